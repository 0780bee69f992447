//! A rerun compares bytes before it reads any data, views before it sets any page, and says why it makes what it makes.
//!
//! That nothing is rewritten, and that the same inputs give the same bytes, is left to `same_bytes`.

use std::fs;

use serde_json::Value;

use crate::project::{AS_OF, Project, Run};
use crate::tools::have;

/// A run of all documents that says why.
fn run(project: &Project, more: &[&str]) -> Run {
    project.generate(["--all", "--why"].into_iter().chain(more.iter().copied()))
}

/// What was said of a document: `made` or `unchanged`, and why.
fn said(run: &Run, document: &str) -> String {
    let mut lines = run.stdout.lines();
    let what = lines.find_map(|line| line.split_once(&format!(" {document}: "))).expect("the document").0;
    let why = lines.next().and_then(|line| line.strip_prefix("  because ")).expect("a reason");
    format!("{what}: {why}")
}

fn add(project: &Project, file: &str, words: &str) {
    let text = project.read(file);
    project.write(file, format!("{text}\n{words}\n"));
}

#[test]
fn each_document_says_why_it_is_made_or_left() {
    if !have(&["faces"]) {
        return;
    }
    let project = Project::counties();
    let pdf = "reports/2026-11/region/baishi.pdf";
    let first = run(&project, &[]);
    assert_eq!(said(first.ok(), "region baishi"), "made: it was not made before");
    let again = run(&project, &[]);
    for document in ["region baishi", "region qinghe", "comparative two-counties"] {
        assert_eq!(said(again.ok(), document), "unchanged: nothing that it is made from has changed");
    }
    // A remark in one file: its documents are read, and say the same. The run after that need not read them.
    add(&project, "data/regions/baishi.toml", "# a remark");
    let remark = run(&project, &[]);
    let same = "unchanged: data/regions/baishi.toml changed, but it would say the same";
    assert_eq!(said(remark.ok(), "region baishi"), same);
    assert_eq!(said(&remark, "comparative two-counties"), same);
    assert_eq!(said(&remark, "region qinghe"), "unchanged: nothing that it is made from has changed");
    assert_eq!(
        said(run(&project, &[]).ok(), "region baishi"),
        "unchanged: nothing that it is made from has changed"
    );
    project.replace("data/regions/baishi.toml", "value = 97", "value = 98");
    project.replace("data/regions/baishi.toml", "97人", "98人");
    let figure = run(&project, &["--dry-run"]);
    figure
        .ok()
        .prints("would read and, where it differs, make region baishi: data/regions/baishi.toml changed");
    figure.prints("would leave region qinghe: nothing that it is made from has changed");
    assert_eq!(said(run(&project, &[]).ok(), "region baishi"), "made: data/regions/baishi.toml changed");
    fs::remove_file(project.path(pdf)).expect("it was made");
    assert_eq!(said(run(&project, &[]).ok(), "region baishi"), "made: `2026-11/region/baishi.pdf` is gone");
    project.write("reports/2026-11/region/baishi.json", "{}");
    assert_eq!(
        said(run(&project, &[]).ok(), "region baishi"),
        "made: `2026-11/region/baishi.json` is not as it was made"
    );
    add(&project, "templates/lib/page.typ", "// a remark");
    assert_eq!(said(run(&project, &[]).ok(), "region qinghe"), "made: templates/lib/page.typ changed");
    add(&project, "report.toml", "# a remark");
    assert_eq!(
        said(run(&project, &[]).ok(), "region qinghe"),
        "unchanged: report.toml changed, but it would say the same"
    );
    assert_eq!(said(run(&project, &["--force"]).ok(), "region qinghe"), "made: --force was given");
    assert_eq!(
        said(run(&project, &["--pdf-standard", "a-3a"]).ok(), "region qinghe"),
        "made: the option standard was a-2a and is a-3a"
    );
    let other_day = project.run(["generate", "--all", "--why", "--as-of", "2026-11-29"]);
    assert_eq!(
        said(other_day.ok(), "region qinghe"),
        format!("made: it bears the date {AS_OF}, and another was asked for")
    );
}

#[test]
fn a_text_that_comes_or_goes_is_noticed() {
    if !have(&["faces"]) {
        return;
    }
    let project = Project::counties();
    project.generate(["--all"]).ok();
    let text = "data/texts/region-qinghe-2026-11.toml";
    project.write(text, project.read("data/texts/region-qinghe.toml"));
    let came = run(&project, &[]);
    assert_eq!(
        said(came.ok(), "region qinghe"),
        format!("unchanged: {text} is new, but it would say the same")
    );
    fs::remove_file(project.path(text)).expect("it was written");
    let went = run(&project, &[]);
    assert_eq!(
        said(went.ok(), "region qinghe"),
        format!("unchanged: {text} is gone, but it would say the same")
    );
}

#[test]
fn what_there_was_to_warn_of_is_said_by_each_run() {
    if !have(&["faces"]) {
        return;
    }
    let project = Project::counties();
    let note = "checked = 2026-07-01";
    let data = project.read("data/regions/baishi.toml");
    let line = data.lines().find(|line| line.starts_with("checked")).unwrap_or(note).to_owned();
    project.write("data/regions/baishi.toml", data.replacen(&format!("{line}\n"), "", 1));
    for _ in 0..3 {
        project.generate(["--region", "baishi"]).ok().says("warning[unchecked]");
    }
    project.generate(["--region", "baishi", "--deny", "unchecked"]).says("[unchecked]");
}

/// Whatever file of the data a document cannot do without when it is broken, a change of that file is noticed from its bytes.
#[test]
fn no_file_that_is_read_is_missing_from_what_is_compared() {
    if !have(&["faces"]) {
        return;
    }
    let project = Project::demo();
    let documents: [&[&str]; 3] =
        [&["--region", "jia-xian"], &["--region", "jia-xian", "--lang", "en"], &["--region", "wu-qu"]];
    for document in documents {
        project.generate(document.iter().copied()).ok();
    }
    let mut depends = 0;
    for file in project.files("data") {
        let file = format!("data/{file}");
        let sound = project.read(&file);
        for document in documents {
            let with = |more: &[&'static str]| project.generate(document.iter().chain(more).copied());
            project.write(&file, format!("{sound}\n[[["));
            let broken = with(&["--view"]).code != 0;
            project.write(&file, format!("{sound}\n# a remark\n"));
            let looked = with(&["--why", "--dry-run"]);
            project.write(&file, &sound);
            if broken {
                depends += 1;
                looked.ok().prints(&format!("{file} changed"));
            }
        }
    }
    assert!(depends > 20, "only {depends} broken files were noticed at all");
}

#[test]
fn another_build_does_not_trust_what_the_first_recorded() {
    if !have(&["faces"]) {
        return;
    }
    let project = Project::counties();
    project.generate(["--all"]).ok();
    let mut manifest: Value = serde_json::from_str(&project.read("reports/manifest.json")).expect("JSON");
    let entries = manifest["entries"].as_object_mut().expect("entries");
    for entry in entries.values_mut() {
        let basis = entry["sources"]["basis"].as_str().expect("what it was made from");
        assert!(project.path(format!("reports/.archive/{}/{basis}.gz", &basis[..2])).exists(), "{basis}");
        entry["sources"]["basis"] = "0".repeat(64).into();
    }
    project.write("reports/manifest.json", manifest.to_string());
    let run = run(&project, &[]);
    let words = "unchanged: what all documents share changed, but it would say the same";
    assert_eq!(said(run.ok(), "region baishi"), words);
}
