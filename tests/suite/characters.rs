//! Characters that a face lacks: a substitute is told, a box never reaches paper.

use crate::pdf::chars;
use crate::project::Project;
use crate::tools::have;

const TEXT: &str = "data/texts/region-baishi.toml";

fn with_lead(lead: &str) -> Project {
    let project = Project::counties();
    project.write(TEXT, format!("format = 1\ntitle = \"白石县联建情况\"\nlead = \"{lead}\"\n"));
    project
}

#[test]
fn a_substituted_character_is_a_warning_with_its_place() {
    if !have(&["faces", "mutool"]) {
        return;
    }
    let project = with_lead("干部王祎到镇里。");
    let said = format!(
        "{TEXT}:3:12: warning[substituted]: `祎` (U+794E) is not in the first face of the role `text`; it comes from Noto Serif CJK SC"
    );
    project.check().ok().says(&said).says("no errors, 1 warning");
    project.generate(["--region", "baishi"]).ok().says(&said);
    let chars = chars(&project.path("reports/2026-11/region/baishi.pdf"));
    let font =
        |wanted: char| chars.iter().find(|c| c.c == wanted).map(|c| c.font.as_str()).expect("it is printed");
    assert_eq!(font('祎'), "NotoSerifCJKsc-Regular");
    assert!(font('干').starts_with("FandolFang"), "{}", font('干'));
    let denied = project.generate(["--region", "baishi", "--force", "--deny", "substituted"]);
    denied.ends(1).says(&said.replace("warning", "error"));
}

#[test]
fn a_character_without_a_face_is_an_error_and_nothing_is_made() {
    if !have(&["faces"]) {
        return;
    }
    let project = with_lead("干部到镇里😀。");
    let said = format!("{TEXT}:3:14: error[no-glyph]: no face of the role `text` has `😀` (U+1F600)");
    project.check().ends(2).says(&said);
    let run = project.generate(["--all"]);
    run.ends(1).says(&said).says("region baishi was not made").prints("made region qinghe: ");
    assert!(!project.path("reports/2026-11/region/baishi.pdf").exists());
    let human = project.run(["check", "--as-of", "2026-11-30"]);
    human
        .ends(2)
        .says("hint: write another character, or add a face that has it to templates/lib/faces.toml");
}

/// Data are looked at as texts are, and each character is told once for each role.
#[test]
fn characters_of_a_regions_file_are_found_there() {
    if !have(&["faces"]) {
        return;
    }
    let project = Project::counties();
    project.replace("data/regions/qinghe.toml", "需求清单", "需求清单🐟");
    let run = project.check();
    run.ends(2).says("error[no-glyph]: no face of the role `song` has `🐟` (U+1F41F)");
    let line =
        project.read("data/regions/qinghe.toml").lines().position(|l| l.contains('🐟')).expect("it is there")
            + 1;
    run.says(&format!("data/regions/qinghe.toml:{line}:"));
    assert_eq!(run.stderr.matches("no-glyph").count(), 1, "{}", run.stderr);
    project.generate(["--region", "qinghe"]).ends(1).says("region qinghe was not made");
}

/// A template that prints a character of its own, which no check of the data sees.
#[test]
fn a_box_out_of_a_template_is_refused_too() {
    if !have(&["faces"]) {
        return;
    }
    let project = Project::counties();
    let main = project.read("templates/region/main.typ");
    project.write(
        "templates/region/main.typ",
        format!("{main}\n#text(font: \"Noto Serif CJK SC\", fallback: false)[😀]\n"),
    );
    let run = project.generate(["--region", "baishi"]);
    run.ends(1).says("error[box]: `😀` on page ").says("region baishi was not made");
    assert!(!project.path("reports/2026-11/region/baishi.pdf").exists());
}
