//! Broken data: every fixture of `tests/fixtures/broken` with its exact messages, and what a run with many faults must say.
//!
//! The first line of a fixture names its place in the workspace of the two counties. Files that are no TOML at all are in `hostile`.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;

use insta::assert_snapshot;

use crate::project::{AS_OF, Project, Run, root};
use crate::tools::have;

/// The names of the fixtures, sorted, each with its place and content.
fn fixtures() -> Vec<(String, String, String)> {
    let folder = fs::read_dir(root().join("tests/fixtures/broken")).expect("the fixtures");
    let mut all: Vec<_> = folder
        .map(|entry| {
            let path = entry.expect("an entry").path();
            let text = fs::read_to_string(&path).expect("a fixture");
            let place = text.lines().next().and_then(|line| line.strip_prefix("# ")).expect("its place");
            let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
            (name, place.to_owned(), text)
        })
        .collect();
    all.sort();
    all
}

fn check(project: &Project, format: &str) -> Run {
    project.run(["check", "--as-of", AS_OF, "--message-format", format])
}

/// One text with what each fixture gives.
fn messages(format: &str) -> String {
    let mut text = String::new();
    for (name, place, content) in fixtures() {
        let project = Project::counties();
        project.write(&place, content);
        let run = check(&project, format);
        assert!(run.stdout.is_empty(), "{name}: messages go to standard error, not here: {}", run.stdout);
        assert!(!run.stderr.contains("panicked"), "{name}: {}", run.stderr);
        writeln!(text, "══ {name}: exit code {}\n{}", run.code, run.stderr).expect("a string takes it");
    }
    text
}

pub(crate) fn settings() -> insta::Settings {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings
}

#[test]
fn every_fault_has_its_line() {
    if have(&["faces"]) {
        settings().bind(|| assert_snapshot!("broken-short", messages("short")));
    }
}

#[test]
fn every_fault_has_its_snippet_caret_and_hint() {
    if have(&["faces"]) {
        settings().bind(|| assert_snapshot!("broken-human", messages("human")));
    }
}

#[test]
fn every_fault_has_its_json_object() {
    if !have(&["faces"]) {
        return;
    }
    let text = messages("json");
    settings().bind(|| assert_snapshot!("broken-json", text));
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('═')) {
        let value: serde_json::Value = serde_json::from_str(line).expect("one object a line");
        for key in ["code", "severity", "message", "hints"] {
            assert!(!value[key].is_null(), "no `{key}`: {line}");
        }
    }
}

/// A message that no test provokes may say anything.
#[test]
fn every_code_is_provoked_by_some_test() {
    let table = fs::read_to_string(root().join("src/diag/problem.rs")).expect("the table of messages");
    let codes: BTreeSet<&str> = table
        .lines()
        .filter_map(|line| line.split_once("=> \"")?.1.strip_suffix("\","))
        .filter(|code| code.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'))
        .collect();
    assert!(codes.len() > 40, "the table is read wrongly: {codes:?}");
    let mut told = String::new();
    for folder in ["tests/suite", "tests/snapshots"] {
        for entry in fs::read_dir(root().join(folder)).into_iter().flatten().flatten() {
            told.push_str(&fs::read_to_string(entry.path()).unwrap_or_default());
        }
    }
    // No face that is not declared can get into a document, so none of our templates provokes a box.
    let untold: Vec<_> =
        codes.iter().filter(|code| **code != "box" && !told.contains(&format!("[{code}]"))).collect();
    assert!(untold.is_empty(), "no test provokes {untold:?}");
}

#[test]
fn a_hundred_wrong_keys_give_a_hundred_messages() {
    if !have(&["faces"]) {
        return;
    }
    let project = Project::counties();
    let keys: String = (0..100).map(|n| format!("kez-{n} = {n}\n")).collect();
    project.replace("data/regions/baishi.toml", "[region]\n", &format!("[region]\n{keys}"));
    let run = project.check();
    run.ends(2).says("100 errors, 0 warnings");
    let lines: BTreeSet<_> = run.stderr.lines().filter(|line| line.contains("error[unknown-key]")).collect();
    assert_eq!(lines.len(), 100, "{}", run.stderr);
    for n in 0..100 {
        let line = format!("data/regions/baishi.toml:{}:1: error[unknown-key]: unknown key `kez-{n}`", n + 4);
        assert!(lines.contains(line.as_str()), "no {line}");
    }
}

/// Every fixture that is a region's file gets a file of its own, and each of the texts and settings is wrong too.
#[test]
fn all_files_wrong_at_once_are_all_reported() {
    if !have(&["faces"]) {
        return;
    }
    let project = Project::counties();
    let mut wrong = BTreeSet::new();
    for (name, place, content) in fixtures() {
        let id = name.replace('_', "-");
        let path = match place.as_str() {
            "data/regions/broken.toml" => format!("data/regions/{id}.toml"),
            "report.toml" | "data/units.toml" | "templates/lib/faces.toml" => place,
            _ if name == "text_wrong_term" => place,
            _ => continue,
        };
        project.write(&path, content.replace("id = \"broken\"", &format!("id = \"{id}\"")));
        wrong.insert(path);
    }
    let run = project.check();
    run.ends(2);
    let silent: Vec<_> = wrong.iter().filter(|path| !run.stderr.contains(&format!("{path}:"))).collect();
    assert!(wrong.len() > 35 && silent.is_empty(), "nothing is said of {silent:?}:\n{}", run.stderr);
}

#[test]
fn denied_warnings_fail() {
    if !have(&["faces"]) {
        return;
    }
    let project = Project::counties();
    project.replace("data/regions/baishi.toml", "checked_by = \"编辑乙\"\n", "");
    project.check().ok().says("warning[unchecked]").says("no errors, 3 warnings");
    for (deny, code) in [("unchecked", 2), ("warnings", 2), ("unused,implausible", 0)] {
        let run = project.run(["check", "--as-of", AS_OF, "--message-format", "short", "--deny", deny]);
        run.ends(code);
        let severity = if code == 2 { "error[unchecked]" } else { "warning[unchecked]" };
        run.says(&format!("data/regions/baishi.toml:15:6: {severity}: fact `joint-bodies` is not checked"));
    }
    let run = project.generate(["--region", "baishi", "--deny", "unchecked"]);
    run.ends(1).says("error[unchecked]").says("region baishi was not made");
    assert!(project.files("reports").is_empty(), "a denied document was written");
    project.generate(["--region", "baishi"]).ok();
}
