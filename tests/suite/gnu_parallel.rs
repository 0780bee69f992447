//! A plan by GNU parallel, which starts again what failed.

use std::fs;
use std::process::Command;

use crate::project::{Project, Run};
use crate::tools::have;
use crate::villages::Villages;

/// GNU parallel in a workspace, with the program under its plain name.
fn parallel(project: &Project, more: &[&str]) -> Run {
    let program = std::path::Path::new(env!("CARGO_BIN_EXE_report")).parent().expect("a folder");
    let path = std::env::var("PATH").unwrap_or_default();
    let mut command = Command::new("parallel");
    command.current_dir(project.path("")).env("PATH", format!("{}:{path}", program.display()));
    command
        .env("HOME", project.path("home"))
        .args(["--will-cite", "-j2", "--joblog", "shards.log"])
        .args(more);
    Run::of(&mut command)
}

/// The exit code of each shard, by the last line about it.
fn codes(project: &Project) -> Vec<String> {
    let log = project.read("shards.log");
    let mut rows: Vec<(u32, String)> = Vec::new();
    for line in log.lines().skip(1) {
        let cells: Vec<&str> = line.split('\t').collect();
        let number = cells[0].parse().expect("a number");
        rows.retain(|(known, _)| *known != number);
        rows.push((number, cells[6].to_owned()));
    }
    rows.sort();
    rows.into_iter().map(|(_, code)| code).collect()
}

#[test]
fn what_failed_is_begun_again_and_nothing_else() {
    if !have(&["faces", "parallel"]) {
        return;
    }
    let villages = Villages::new(10);
    villages.plan(4, &["--document", "region"]).ok();
    if let Some(faces) = crate::tools::faces() {
        std::os::unix::fs::symlink(faces, villages.path("fonts")).expect("a link");
    }
    // The disk refuses a document of the third shard: a folder stands in its way.
    let blocked = villages.path("reports/2026-11/region/village-001.pdf");
    fs::create_dir_all(blocked.join("in-the-way")).expect("a folder");
    let shards = [
        "report",
        "generate",
        "--plan",
        "plan.json",
        "--shard",
        "{}/4",
        "--jobs",
        "1",
        ":::",
        "1",
        "2",
        "3",
        "4",
    ];
    let first = parallel(&villages, &shards);
    assert_eq!(first.code, 1, "{}", first.stderr);
    assert_eq!(codes(&villages), ["0", "0", "1", "0"], "{}", first.stderr);
    villages.merge(&[]).ends(1).says("shard 3: region village-001 was not made");
    fs::remove_dir_all(blocked).expect("the folder");
    let again = parallel(&villages, &["--resume-failed"].iter().chain(&shards).copied().collect::<Vec<_>>());
    again.ok().prints("made region village-001").prints("shard 3 of 4: 3 of 3 documents");
    assert!(!again.stdout.contains("shard 1 of 4"), "{}", again.stdout);
    assert_eq!(codes(&villages), ["0", "0", "0", "0"]);
    villages.merge(&[]).ok().prints("merged 12 documents");
    assert!(villages.issues().iter().all(|issue| issue.ends_with(" issued")));
}
