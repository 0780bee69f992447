//! A run that is killed midway leaves whole files only, and the next run completes them.

use std::io::Read;
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use briefing::disk::sha256;
use serde_json::Value;

use crate::project::{AS_OF, Project};
use crate::tools::{have, output};

/// Every PDF is whole, nothing else has such a name, and what the manifest says of a file is true.
#[track_caller]
pub(crate) fn check_whole(project: &Project, round: usize) -> usize {
    let mut pdfs = 0;
    check_archive(project, round);
    for name in results(project) {
        let base = name.rsplit('/').next().expect("a name");
        if base.starts_with('.') {
            let known = [".manifest.lock", ".manifest.journal"].contains(&base) || base.ends_with(".part");
            assert!(known, "round {round}: {name}");
            continue;
        }
        let path = project.path("reports").join(&name);
        match base.rsplit_once('.').expect("an extension").1 {
            "pdf" => {
                let said = output("qpdf", ["--check", &path.display().to_string()]);
                assert!(said.contains("No syntax"), "round {round}: {name}: {said}");
                pdfs += 1;
            }
            "json" => {
                let text = project.read(&format!("reports/{name}"));
                assert!(serde_json::from_str::<Value>(&text).is_ok(), "round {round}: {name} is cut");
            }
            _ => panic!("round {round}: {name} is no result"),
        }
    }
    if let Ok(text) = std::fs::read_to_string(project.path("reports/manifest.json")) {
        let manifest: Value = serde_json::from_str(&text).expect("a whole manifest");
        for (name, entry) in manifest["entries"].as_object().expect("entries") {
            is_as_recorded(project, name, entry, round);
        }
    }
    for (name, entry) in noted(project) {
        is_as_recorded(project, &name, &entry, round);
    }
    pdfs
}

#[track_caller]
fn is_as_recorded(project: &Project, name: &str, entry: &Value, round: usize) {
    let digest = |name: &str| sha256(&std::fs::read(project.path("reports").join(name)).expect("its file"));
    assert_eq!(entry["pdf"], digest(name), "round {round}: {name}");
    assert_eq!(entry["view"], digest(&name.replace(".pdf", ".json")), "round {round}: {name}");
}

/// The files that a run noted before it was killed.
pub(crate) fn noted(project: &Project) -> Vec<(String, Value)> {
    let text = std::fs::read_to_string(project.path("reports/.manifest.journal")).unwrap_or_default();
    let lines = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    lines.map(|line| (line["path"].as_str().expect("a path").to_owned(), line["entry"].clone())).collect()
}

/// Fails unless each file of the archive is whole: what is in it has the SHA-256 that it is named by.
pub(crate) fn check_archive(project: &Project, round: usize) {
    for name in project.files("reports/.archive") {
        let base = name.rsplit('/').next().unwrap_or_default();
        if base.ends_with(".part") {
            continue;
        }
        let packed = std::fs::read(project.path("reports/.archive").join(&name)).expect("a file");
        let mut bytes = Vec::new();
        flate2::read::GzDecoder::new(packed.as_slice()).read_to_end(&mut bytes).expect("it is whole");
        assert_eq!(base, format!("{}.gz", sha256(&bytes)), "round {round}");
    }
}

/// The files of the output folder that are no part of the archive.
pub(crate) fn results(project: &Project) -> Vec<String> {
    let mut files = project.files("reports");
    files.retain(|name| !name.starts_with(".archive/"));
    files
}

/// When each run is killed: how many files are there by then, and how many milliseconds later. A whole run writes eight.
const MOMENTS: [(usize, u64); 10] =
    [(0, 5), (0, 120), (1, 0), (2, 0), (2, 7), (3, 3), (4, 0), (5, 1), (6, 0), (6, 2)];

/// Starts a run and kills it at a moment; whether it was still running.
fn killed_at(project: &Project, (files, later): (usize, u64), more: &[&str]) -> bool {
    let mut child = project
        .command()
        .args(["generate", "--all", "--jobs", "2", "--as-of", AS_OF, "--out", "reports"])
        .args(more)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    let started = Instant::now();
    let finished = |child: &mut Child| child.try_wait().expect("a child of ours").is_some();
    while results(project).len() < files && !finished(&mut child) {
        assert!(started.elapsed() < Duration::from_secs(60), "no file after a minute");
        sleep(Duration::from_millis(1));
    }
    sleep(Duration::from_millis(later));
    let running = !finished(&mut child);
    child.kill().expect("it can be killed");
    child.wait().expect("it ends");
    running
}

#[test]
fn only_whole_files_are_left() {
    if !have(&["faces", "qpdf"]) {
        return;
    }
    let whole = Project::counties();
    whole.generate(["--all"]).ok();
    let digests = |project: &Project| {
        let names = ["region/qinghe", "region/baishi", "comparative/two-counties"];
        let read = |name| std::fs::read(project.path(format!("reports/2026-11/{name}.pdf"))).expect("a PDF");
        names.map(|name| sha256(&read(name)))
    };
    let mut killed = 0;
    for (round, moment) in MOMENTS.into_iter().enumerate() {
        let project = whole.twin();
        killed += usize::from(killed_at(&project, moment, &[]));
        check_whole(&project, round);
        let recorded = noted(&project);
        let rest = project.generate(["--all"]);
        rest.ok();
        assert_eq!(rest.stdout.lines().count(), 3, "round {round}: {}", rest.stdout);
        for (path, _) in &recorded {
            let left = rest.stdout.lines().any(|line| line.starts_with("unchanged ") && line.ends_with(path));
            assert!(left, "round {round}: {path} was recorded and made again: {}", rest.stdout);
        }
        assert!(!project.path("reports/.manifest.journal").exists(), "round {round}");
        assert_eq!(check_whole(&project, round), 3, "round {round}");
        assert_eq!(digests(&project), digests(&whole), "round {round}");
    }
    assert!(killed >= 5, "only {killed} of 10 runs were still running when they were killed");
}

#[test]
fn what_was_there_stays_whole_while_it_is_made_again() {
    if !have(&["faces", "qpdf"]) {
        return;
    }
    let project = Project::counties();
    project.generate(["--all"]).ok();
    let before = check_whole(&project, 0);
    let mut killed = 0;
    for (round, later) in [20, 60, 100, 140, 180, 220, 260, 300].into_iter().enumerate() {
        killed += usize::from(killed_at(&project, (0, later), &["--force"]));
        assert_eq!(check_whole(&project, round), before, "round {round}");
    }
    assert!(killed >= 2, "only {killed} of 8 runs were still running when they were killed");
    project.generate(["--all"]).ok();
}
