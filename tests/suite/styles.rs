//! House styles: a folder of templates builds on another, and all that is said, kept and made again knows of it.
//!
//! The modern style that ships is left to `styles_modern`.

use crate::project::Project;
use crate::tools::{have, output};

const PDF: &str = "reports/2026-11/region/qinghe.pdf";

/// A county that builds on its province: the province has its own stamp and colour, the county its own page number.
fn county() -> Option<Project> {
    have(&["faces", "pdftotext"]).then(|| {
        let project = Project::counties();
        style(&project, "province", "official");
        style(&project, "county", "province");
        project.write(
            "styles/province/lib/theme.typ",
            "#import \"theme@official.typ\": theme as base\n\
             #let theme = base + (red: rgb(\"#b00020\"), words: base.words + (demo: \"征求意见\"))\n",
        );
        project.write(
            "styles/county/lib/theme.typ",
            "#import \"theme@province.typ\": theme as base\n#let theme = base + (page-number: n => [共建 #n])\n",
        );
        project
    })
}

fn style(project: &Project, name: &str, base: &str) {
    let text = format!("format = 1\nname = \"{name}\"\nbase = \"{base}\"\n");
    project.write(&format!("styles/{name}/style.toml"), text);
}

fn text_of(project: &Project) -> String {
    output("pdftotext", ["-layout", &project.path(PDF).display().to_string(), "-"])
}

#[test]
fn a_county_changes_what_its_province_has_not_and_keeps_the_rest() {
    let Some(project) = county() else { return };
    project.generate(["--region", "qinghe"]).ok();
    let text = text_of(&project);
    assert!(!text.contains("共建 1") && !text.contains("征求意见"), "{text}");
    // Another style is another document, whatever lies there.
    let run = project.generate(["--region", "qinghe", "--style", "county"]);
    assert!(run.code == 0 && run.stdout.starts_with("made region qinghe"), "{run:?}");
    let text = text_of(&project);
    assert!(text.contains("共建 1") && text.contains("征求意见"), "{text}");
    assert!(project.read("reports/manifest.json").contains("\"style\": \"county\""));
    let run = project.generate(["--region", "qinghe", "--style", "county"]);
    assert!(run.stdout.starts_with("unchanged region qinghe"), "{run:?}");
    // What a style below changes is a change.
    project.replace("styles/province/lib/theme.typ", "征求意见", "内部讨论");
    let run = project.generate(["--region", "qinghe", "--style", "county"]);
    assert!(run.stdout.starts_with("made region qinghe"), "{run:?}");
    assert!(text_of(&project).contains("内部讨论"));
}

#[test]
fn a_document_in_a_style_comes_out_again_when_the_style_is_gone() {
    let Some(project) = county() else { return };
    project.replace("report.toml", "[workspace]", "[workspace]\nstyle = \"county\"");
    project.generate(["--region", "qinghe"]).ok();
    assert!(text_of(&project).contains("共建 1"));
    project.run(["lock"]).ok();
    project.replace("report.toml", "style = \"county\"", "");
    std::fs::remove_dir_all(project.path("styles")).expect("the styles");
    let run = project.run(["verify", PDF]);
    assert!(run.code == 0 && run.stdout.starts_with("identical: "), "{run:?}");
    let run = project.run(["lock", "--check"]);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.stdout.contains("the style was county and is official"), "{run:?}");
    assert!(run.stdout.contains("templates/lib/theme@province.typ is gone"), "{run:?}");
}

#[test]
fn a_style_that_is_not_sound_is_told_with_its_place() {
    let Some(project) = county() else { return };
    project.replace("report.toml", "[workspace]", "[workspace]\nstyle = \"conty\"");
    let run = project.check();
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.stderr.contains("report.toml:") && run.stderr.contains("no style `conty`"), "{run:?}");
    let run = project.run(["check"]);
    assert!(run.stderr.contains("did you mean `county`? there are official, county, province"), "{run:?}");
    project.replace("report.toml", "conty", "county");

    style(&project, "province", "county");
    let run = project.check();
    let words = "the styles build on each other: county → province → county";
    assert!(run.code == 2 && run.stderr.contains("styles/province/style.toml:3:8"), "{run:?}");
    assert!(run.stderr.contains(words), "{run:?}");
    style(&project, "province", "official2");
    let run = project.check();
    let words = "style `province` builds on `official2`, which is not there";
    assert!(run.code == 2 && run.stderr.contains(words), "{run:?}");
    style(&project, "province", "official");
    project.replace("styles/county/style.toml", "\"county\"", "\"other\"");
    let run = project.check();
    let words = "the style is named `other`, and its folder `county`";
    assert!(run.code == 2 && run.stderr.contains(words), "{run:?}");
    // Another that is not sound does no harm to who does not use it.
    let run = project.generate(["--region", "qinghe", "--style", "province"]);
    assert_eq!(run.code, 0, "{run:?}");
    let run = project.run(["template", "list"]);
    assert!(run.code == 1 && run.stdout.contains("province → official"), "{run:?}");
    assert!(run.stderr.contains(words), "{run:?}");
}

#[test]
fn a_base_may_lie_elsewhere() {
    let Some(project) = county() else { return };
    std::fs::create_dir(project.path("shared")).expect("a folder");
    std::fs::rename(project.path("styles/province"), project.path("shared/province")).expect("it moves");
    style(&project, "county", "../../shared/province");
    project.generate(["--region", "qinghe", "--style", "county"]).ok();
    let text = text_of(&project);
    assert!(text.contains("共建 1") && text.contains("征求意见"), "{text}");
}

#[test]
fn a_template_that_fails_is_told_like_data_and_the_other_documents_are_made() {
    let Some(project) = county() else { return };
    project.write("styles/county/comparative/main.typ", "#let view = 1\n#view.title\n");
    let run = project.run(["generate", "--all", "--as-of", "2026-11-30", "--style", "county"]);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.stdout.contains("made region qinghe"), "{run:?}");
    assert!(run.stderr.contains("error[template]: "), "{run:?}");
    assert!(run.stderr.contains(" --> styles/county/comparative/main.typ:2:7"), "{run:?}");
    assert!(run.stderr.contains("2 | #view.title"), "{run:?}");
    assert!(run.stderr.contains("was not made"), "{run:?}");

    // A style cannot read what it does not hold.
    project.write("styles/county/comparative/main.typ", "#read(\"/lib/head@official.typ\")\n");
    let run = project.run(["generate", "--all", "--as-of", "2026-11-30", "--style", "county"]);
    assert!(run.code == 1 && run.stderr.contains("file not found"), "{run:?}");
}

#[test]
fn the_styles_are_listed_shown_and_tried() {
    let Some(project) = county() else { return };
    let run = project.run(["template", "list", "--style", "county"]);
    run.ok();
    let line = run.stdout.lines().find(|line| line.starts_with("county")).expect("a line");
    assert!(line.contains("county → province → official") && line.ends_with("in effect"), "{run:?}");

    let run = project.run(["template", "show", "county"]);
    run.ok();
    for words in [
        "  lib/theme.typ, in place of that of province\n    sets page-number\n",
        "  lib/theme.typ, replaced by that of county\n    sets red, words.demo\n",
        "  lib/head.typ\n",
    ] {
        assert!(run.stdout.contains(words), "{words}: {run:?}");
    }

    let run = project.run(["template", "test", "county"]);
    run.ok();
    let kinds: Vec<&str> = run.stdout.lines().filter_map(|line| line.strip_prefix("county ")).collect();
    assert_eq!(kinds.len(), 10, "every kind has a sample: {run:?}");
    assert!(kinds.contains(&"withdrawal: 1 pages"), "{run:?}");

    project.replace("styles/county/lib/theme.typ", "n => [共建 #n]", "n => panic(\"no\")");
    let run = project.run(["template", "test", "county"]);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.stderr.contains(" --> styles/county/lib/theme.typ:2:"), "{run:?}");
    assert!(run.stderr.contains("county region was not made"), "{run:?}");
    let place = " --> styles/county/lib/theme.typ:2:";
    assert_eq!(run.stderr.matches(place).count(), 1, "what all kinds share is told once: {run:?}");
    // The others are not touched by it.
    project.run(["template", "test", "province"]).ok();
}
