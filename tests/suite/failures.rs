//! What fails fails alone: a broken template or region costs its documents, and the rest is made (exit code 1).

use std::fs;

use crate::project::Project;
use crate::tools::have;

/// The PDFs that were made.
fn made(project: &Project) -> Vec<String> {
    project.files("reports").into_iter().filter(|name| name.ends_with(".pdf")).collect()
}

#[test]
fn a_template_error_fails_its_documents_only_and_shows_its_place() {
    if !have(&["faces"]) {
        return;
    }
    let project = Project::counties();
    let template = project.read("templates/comparative/main.typ");
    let line = template.lines().count() + 1;
    project.write("templates/comparative/main.typ", format!("{template}#let x = 1 + \"个\"\n"));
    let run = project.generate(["--all"]);
    run.ends(1).says(&format!(
        "templates/comparative/main.typ:{line}:10: error[template]: cannot add integer and string"
    ));
    run.says("comparative two-counties was not made")
        .prints("made region baishi: ")
        .prints("made region qinghe: ");
    assert_eq!(made(&project), ["2026-11/region/baishi.pdf", "2026-11/region/qinghe.pdf"]);
    assert!(!project.read("reports/manifest.json").contains("comparative"));
    // The human look has snippet and caret, as for data.
    let run = project.run(["generate", "--all", "--as-of", "2026-11-30"]);
    run.ends(1).says(&format!("{line} | #let x = 1 + \"个\"\n")).says("^^^^^^^^");
}

#[test]
fn an_error_deep_in_the_library_says_how_it_was_reached() {
    if !have(&["faces"]) {
        return;
    }
    let project = Project::counties();
    project.replace(
        "templates/lib/head.typ",
        "#let masthead(m) = ",
        "#let masthead(m) = if m.nothing == 1 { [] } else ",
    );
    let run = project.generate(["--region", "baishi"]);
    run.ends(1).says("templates/lib/head.typ:").says("error[template]: ").says("region baishi was not made");
    assert!(made(&project).is_empty());
}

#[test]
fn a_warning_of_the_typesetter_is_told_and_can_be_denied() {
    if !have(&["faces"]) {
        return;
    }
    let project = Project::counties();
    let template = project.read("templates/region/main.typ");
    project.write("templates/region/main.typ", format!("{template}\n****\n"));
    let run = project.generate(["--region", "baishi"]);
    run.ok().says("templates/region/main.typ:").says("warning[template]: no text within stars");
    let run = project.generate(["--region", "baishi", "--force", "--deny", "template"]);
    run.ends(1).says("error[template]: no text within stars").says("region baishi was not made");
}

#[test]
fn a_broken_region_fails_its_documents_and_the_comparisons_with_it() {
    if !have(&["faces"]) {
        return;
    }
    let project = Project::counties();
    project.replace("data/regions/baishi.toml", "value = 97", "value = 98");
    let run = project.generate(["--all"]);
    run.ends(1).says("data/regions/baishi.toml:43:14: error[as-printed]").says("region baishi was not made");
    run.says("comparative two-counties was not made").prints("made region qinghe: ");
    assert_eq!(made(&project), ["2026-11/region/qinghe.pdf"]);
    assert_eq!(run.stderr.matches("error[as-printed]").count(), 1, "told twice: {}", run.stderr);
    project.check().ends(2);
}

#[test]
fn a_broken_text_fails_its_document() {
    if !have(&["faces"]) {
        return;
    }
    let project = Project::counties();
    project.replace("data/texts/region-qinghe.toml", "{members}", "120人");
    let run = project.generate(["--all"]);
    run.ends(1).says("data/texts/region-qinghe.toml:13:").says("error[typed-digit]: `120` is typed by hand");
    assert_eq!(made(&project), ["2026-11/comparative/two-counties.pdf", "2026-11/region/baishi.pdf"]);
    project.write("data/texts/region-qinghe.toml", "format = 1\ntitle = \n");
    project.generate(["--region", "qinghe", "--force"]).ends(1).says("error[syntax]");
}

#[test]
fn broken_shared_data_stop_the_run_before_it_begins() {
    if !have(&["faces"]) {
        return;
    }
    for name in ["data/units.toml", "report.toml", "templates/lib/faces.toml"] {
        for what in [&["--all"][..], &["--region", "baishi"]] {
            let project = Project::counties();
            project.write(name, "format = 1\nwrong = true\n");
            let run = project.generate(what.iter().copied());
            run.ends(2).says(&format!("{name}:2:1: error[unknown-key]: unknown key `wrong`"));
            assert!(project.files("reports").is_empty(), "{name}: something was attempted");
        }
    }
}

#[test]
fn a_disk_that_refuses_and_a_broken_manifest_are_told_by_name() {
    if !have(&["faces"]) {
        return;
    }
    let project = Project::counties();
    // A file where the folder of the period should be.
    project.write("reports/2026-11", "in the way");
    let run = project.generate(["--region", "baishi"]);
    run.ends(1).says("region baishi was not made: cannot create `./reports/2026-11/region`");
    fs::remove_file(project.path("reports/2026-11")).expect("it is there");
    project.write("reports/manifest.json", "{\"format\": 1,");
    let run = project.generate(["--region", "baishi"]);
    run.ends(2).says("cannot understand `./reports/manifest.json`").says("hint: move the file away");
    project.write("reports/manifest.json", "{\"format\": 2, \"entries\": {}}");
    project.generate(["--region", "baishi"]).ends(2).says("was written by a newer version (format 2)");
    assert!(made(&project).is_empty());
}
