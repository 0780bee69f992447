//! Same data, templates, faces and day: same bytes; what is there unchanged is left alone.

use std::collections::BTreeMap;
use std::fs;
use std::time::SystemTime;

use briefing::disk::sha256;

use crate::project::{AS_OF, Project};
use crate::shipped::Shipped;
use crate::tools::have;

/// The SHA-256 of every file below a folder.
fn digests(project: &Project, folder: &str) -> BTreeMap<String, String> {
    let digest = |name: String| {
        let bytes = fs::read(project.path(folder).join(&name)).expect("a file");
        (name, sha256(&bytes))
    };
    project.files(folder).into_iter().map(digest).collect()
}

fn times(project: &Project) -> BTreeMap<String, SystemTime> {
    let time = |name: String| {
        let time = fs::metadata(project.path("reports").join(&name)).and_then(|m| m.modified());
        (name, time.expect("a time"))
    };
    project.files("reports").into_iter().map(time).collect()
}

#[test]
fn another_folder_and_another_number_of_jobs_give_the_same_bytes() {
    let Some(shipped) = Shipped::made(&[]) else { return };
    let other = shipped.project.twin();
    other.generate(["--all", "--jobs", "1", "--out", "elsewhere/deep"]).ok();
    let (first, second) = (digests(&shipped.project, "reports"), digests(&other, "elsewhere/deep"));
    assert!(first.len() >= 11, "five documents with their views, and the manifest: {first:?}");
    assert_eq!(first, second);
}

#[test]
fn a_second_run_rewrites_nothing() {
    if !have(&["faces"]) {
        return;
    }
    let project = Project::counties();
    project.generate(["--all"]).ok().prints("made region qinghe: ");
    let before = times(&project);
    std::thread::sleep(std::time::Duration::from_millis(20));
    // Named again, and not named: the month alone fixes path, number and the figures that are known.
    for arguments in [&["--as-of", AS_OF][..], &["--period", "2026-11"]] {
        let run = project.run(["generate", "--all"].iter().chain(arguments));
        run.ok();
        let lines: Vec<&str> = run.stdout.lines().collect();
        assert_eq!(lines.len(), 3, "{}", run.stdout);
        assert!(lines.iter().all(|line| line.starts_with("unchanged ")), "{}", run.stdout);
        assert_eq!(times(&project), before, "{arguments:?}");
    }
}

#[test]
fn what_is_altered_or_gone_is_made_again() {
    if !have(&["faces"]) {
        return;
    }
    let project = Project::counties();
    project.generate(["--all"]).ok();
    let before = digests(&project, "reports");
    project.write("reports/2026-11/region/qinghe.pdf", "not a PDF");
    fs::remove_file(project.path("reports/2026-11/region/baishi.pdf")).expect("it was made");
    let run = project.generate(["--all"]);
    run.ok().prints("made region qinghe: ").prints("made region baishi: ");
    run.prints("unchanged comparative two-counties: ");
    assert_eq!(digests(&project, "reports"), before);
    fs::remove_file(project.path("reports/manifest.json")).expect("it was made");
    project.generate(["--all"]).ok().prints("made comparative two-counties: ");
    assert_eq!(digests(&project, "reports"), before);
}

#[test]
fn changed_inputs_are_noticed() {
    if !have(&["faces"]) {
        return;
    }
    let project = Project::counties();
    project.generate(["--all"]).ok();
    // A figure of one county: its briefing and the comparison, not the other county's.
    project.replace("data/regions/baishi.toml", "value = 97", "value = 98");
    project.replace("data/regions/baishi.toml", "97人", "98人");
    let run = project.generate(["--all"]);
    run.ok().prints("made region baishi: ").prints("unchanged region qinghe: ");
    let manifest = project.read("reports/manifest.json");
    // A template: everything.
    let page = project.read("templates/lib/page.typ");
    project.write("templates/lib/page.typ", format!("{page}\n// A remark.\n"));
    let run = project.generate(["--all"]);
    run.ok();
    assert!(!run.stdout.contains("unchanged"), "{}", run.stdout);
    assert_ne!(project.read("reports/manifest.json"), manifest);
}

#[test]
fn force_and_a_named_day_make_again() {
    if !have(&["faces"]) {
        return;
    }
    let project = Project::counties();
    let path = "reports/2026-11/region/baishi.pdf";
    project.generate(["--region", "baishi"]).ok();
    let (first, before) = (fs::read(project.path(path)).expect("a PDF"), times(&project));
    std::thread::sleep(std::time::Duration::from_millis(20));
    project.generate(["--region", "baishi", "--force"]).ok().prints("made region baishi: ");
    assert!(times(&project)["2026-11/region/baishi.pdf"] > before["2026-11/region/baishi.pdf"]);
    assert_eq!(fs::read(project.path(path)).expect("a PDF"), first, "forced, but the same");
    project
        .run(["generate", "--region", "baishi", "--as-of", "2026-11-29"])
        .ok()
        .prints("made region baishi: ");
    assert_ne!(fs::read(project.path(path)).expect("a PDF"), first, "another day");
    assert!(project.read("reports/2026-11/region/baishi.json").contains("2026年11月29日"));
    let manifest = project.read("reports/manifest.json");
    assert!(manifest.contains("\"date\": \"2026-11-29\"") && !manifest.contains(AS_OF), "{manifest}");
    // Without a day the day that the document was first made on is kept.
    project.run(["generate", "--region", "baishi", "--period", "2026-11"]).ok().prints("unchanged ");
}

#[test]
fn the_epoch_of_the_environment_is_a_day_too() {
    if !have(&["faces"]) {
        return;
    }
    let project = Project::counties();
    let run = |epoch: &str| {
        let mut command = project.command();
        command.env("SOURCE_DATE_EPOCH", epoch).args(["generate", "--view", "--region", "baishi"]);
        crate::project::Run::of(&mut command)
    };
    run("1798675199").ok().prints("\"iso\": \"2026-12-30\"");
    run("1798675200").ok().prints("\"iso\": \"2026-12-31\"");
    run("yesterday").ends(2).says("SOURCE_DATE_EPOCH is `yesterday`, which is no time");
}
