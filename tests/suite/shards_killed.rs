//! Shards and merges that are killed anywhere are ended by the next, with nothing missing and nothing twice.

use std::collections::BTreeMap;
use std::fs;
use std::process::Stdio;
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime};

use briefing::ledger::Manifest;

use crate::tools::have;
use crate::villages::Villages;

#[test]
fn a_shard_that_is_killed_is_ended_by_the_next_run_and_makes_nothing_twice() {
    if !have(&["faces"]) {
        return;
    }
    let villages = Villages::new(30);
    villages.plan(1, &["--document", "region"]).ok();
    let manifest = "manifest.shard-1-of-1.json";
    let mut killed = 0;
    for wanted in [0, 1, 9, 20] {
        let mut child = villages
            .command()
            .args(["generate", "--plan", "plan.json", "--shard", "1/1", "--jobs", "1"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        let started = Instant::now();
        let there = || villages.files("reports").iter().filter(|name| name.ends_with(".pdf")).count();
        while there() < wanted && child.try_wait().expect("a child of ours").is_none() {
            assert!(started.elapsed() < Duration::from_secs(120), "{wanted} documents take two minutes");
            sleep(Duration::from_millis(2));
        }
        killed += usize::from(child.try_wait().expect("a child of ours").is_none());
        child.kill().expect("it can be killed");
        child.wait().expect("it ends");
        villages.merge(&[]).ends(1).says("1 of 1 shards are not whole: nothing was merged");
    }
    assert!(killed >= 3, "only {killed} of 4 runs were still at work when they were killed");
    let recorded = Manifest::read_as(&villages.path("reports"), manifest).expect("a manifest").entries;
    assert!(recorded.len() >= 8, "{} are recorded", recorded.len());
    let changed = |name: &String| -> SystemTime {
        let about = fs::metadata(villages.path("reports").join(name)).expect("a file");
        about.modified().expect("a time")
    };
    let before: BTreeMap<String, SystemTime> =
        recorded.keys().map(|name| (name.clone(), changed(name))).collect();
    let run = villages.shard(1, 1, &[]);
    assert_eq!(run.ok().stdout.matches("unchanged region").count(), recorded.len(), "{}", run.stdout);
    let after: BTreeMap<String, SystemTime> =
        recorded.keys().map(|name| (name.clone(), changed(name))).collect();
    assert_eq!(before, after, "what was recorded was made again");
    villages.merge(&[]).ok().prints("merged 32 documents");
    villages.generate(["--all", "--document", "region"]).ok();
    assert_eq!(villages.issues().iter().filter(|issue| issue.ends_with(" issued")).count(), 32);
}

#[test]
fn a_merge_that_is_killed_is_ended_by_the_next() {
    if !have(&["faces"]) {
        return;
    }
    let villages = Villages::new(8);
    villages.plan(2, &["--document", "region"]).ok();
    for (shard, folder) in [(1, "one"), (2, "two")] {
        villages.shard(shard, 2, &["--out", folder]).ok();
    }
    let mut killed = 0;
    // Each is left to go on for longer than the one before.
    for later in 0..12_u64 {
        let mut child = villages
            .command()
            .args(["merge", "plan.json", "one", "two", "--jobs", "1"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        sleep(Duration::from_millis(5 + later * later));
        killed += usize::from(child.try_wait().expect("a child of ours").is_none());
        child.kill().expect("it can be killed");
        child.wait().expect("it ends");
        // What is recorded is there, and nothing is issued that the manifest does not have.
        let issued = villages.issues().iter().filter(|issue| issue.ends_with(" issued")).count();
        assert!(issued == 0 || issued == 10, "{issued} of 10 are issued");
        if issued > 0 || villages.path("reports/manifest.json").exists() {
            assert_eq!(villages.entries("reports/manifest.json").len(), 10);
            villages.run(["verify", "--all"]).ok();
        }
    }
    assert!(killed >= 3, "only {killed} of 12 merges were still at work when they were killed");
    villages.merge(&["one", "two"]).ok();
    assert_eq!(villages.issues().iter().filter(|issue| issue.ends_with(" issued")).count(), 10);
    villages.run(["verify", "--all"]).ok();
    villages.run(["ledger", "check"]).ok();
}
