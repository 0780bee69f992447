//! `report daemon`: on time by a fast clock, told to stop, told of changes, and two of them on one workspace.
//!
//! What one tick does is left to `ticks`.

use std::collections::BTreeMap;
use std::fs;

use rustix::process::{Signal, kill_process};
use serde_json::Value;

use crate::office::{MONTHLY, Office, Running, children_of, events_of, until};
use crate::tools::have;

/// Every hour, the comparison of the month before: issued once, unchanged or issued before from then on.
const HOURLY: &str = r#"
[[schedule]]
id = "hourly"
when = { cron = "0 * * * *" }
documents = ["comparative"]
period = "previous-month"
catch_up = "all"
catch_up_max = 1000
overlap = "queue"
since = "2026-12-01"
"#;

/// Starts a daemon whose clock begins at an instant and goes so many times as fast.
fn daemon(office: &Office, log: &str, from: &str, pace: &str) -> Running {
    office.start(log, ["daemon", "--now", from, "--pace", pace, "--log-format", "json"])
}

/// The events so far; the last line may not be whole yet.
fn told(office: &Office, log: &str) -> Vec<Value> {
    let text = office.read(log);
    events_of(&text[..text.rfind('\n').map_or(0, |end| end + 1)])
}

fn count(office: &Office, log: &str, event: &str) -> usize {
    told(office, log).iter().filter(|told| told["event"] == event).count()
}

#[track_caller]
fn stop(office: &Office, log: &str, daemon: &mut Running) {
    daemon.signal(Signal::TERM);
    assert_eq!(daemon.ends(), 0, "{}", office.read(&format!("{log}.err")));
    let last = told(office, log).pop().expect("it said something");
    assert_eq!(last["event"], "stopped", "{last}");
    office.is_sound();
}

#[test]
fn a_daemon_issues_when_it_is_due() {
    if !have(&["faces"]) {
        return;
    }
    let office = Office::with(MONTHLY);
    // An hour passes in three seconds; the first of December begins to count at eight.
    let mut running = daemon(&office, "log", "2026-12-01T07:00:00+08:00", "1200");
    until("both are issued", || count(&office, "log", "issued") == 2);
    stop(&office, "log", &mut running);
    assert_eq!(told(&office, "log")[0]["event"], "started");
    for event in told(&office, "log").iter().filter(|event| event["event"] == "issued") {
        assert!(event["at"].as_str().is_some_and(|at| at >= "2026-12-01T00:00:00Z"), "{event}");
        assert_eq!(event["occurrence"], "monthly@2026-12-01T08:00+08:00");
    }
    let occurrence = &office.occurrences()[0];
    assert!(occurrence.recorded >= occurrence.fires, "it was begun before its time");
    assert_eq!(office.states("monthly"), [("2026-11".to_owned(), "issued")]);
    assert_eq!(office.read("log.err"), "");
}

#[test]
fn a_daemon_that_is_told_to_stop_finishes_its_document() {
    if !have(&["faces", "qpdf"]) {
        return;
    }
    for round in 0..3 {
        let office = Office::with(MONTHLY);
        let mut running = daemon(&office, "log", "2026-12-01T08:00:00+08:00", "1");
        // In the first round before, in the others in the middle of its documents, which get their numbers together.
        match round {
            0 => until("it began", || !told(&office, "log").is_empty()),
            _ => until("a number", || office.issues().len() >= round),
        }
        // A service manager tells all processes of a service, not the daemon alone.
        for worker in children_of(running.pid()) {
            let _ = kill_process(worker, Signal::TERM);
        }
        stop(&office, "log", &mut running);
        let states: Vec<_> = office.issues().iter().map(|issue| issue.state.name()).collect();
        assert!(!states.contains(&"void"), "round {round}: {states:?}");
        let begun = states.len();
        assert_eq!(
            count(&office, "log", "issued"),
            begun,
            "round {round}: a document was begun and not finished"
        );
        let rest = office.tick("2026-12-01T08:10:00+08:00");
        rest.ok();
        assert_eq!(rest.stdout.matches("issued no.").count(), 2 - begun, "round {round}: {}", rest.stdout);
        assert_eq!(office.states("monthly"), [("2026-11".to_owned(), "issued")], "round {round}");
    }
}

#[test]
fn a_daemon_takes_a_changed_plan_over_and_refuses_a_bad_one() {
    if !have(&["faces"]) {
        return;
    }
    let alarms = "[monitor]\nalarm = [\"sh\", \"-c\", \"cat >> alarms\"]\n";
    let office = Office::with(&format!("{MONTHLY}{alarms}"));
    let mut running = daemon(&office, "log", "2026-12-01T07:00:00+08:00", "1");
    until("it began", || count(&office, "log", "started") == 1);
    // A bad change: it says so, in full and once, and the old plan stays.
    office.replace("report.toml", "period = \"previous-month\"", "period = \"last-month\"");
    until("the refusal", || count(&office, "log", "reload-refused") == 1);
    until("the alarm", || {
        fs::read_to_string(office.path("alarms")).is_ok_and(|text| text.contains("reload-refused"))
    });
    let said = office.read("log.err");
    assert!(said.contains("`last-month` is none of") && said.contains("report.toml:"), "{said}");
    running.signal(Signal::HUP);
    until("the second refusal", || count(&office, "log", "reload-refused") == 2);
    // A file that cannot be read as TOML at all is refused in the same way.
    let text = office.read("report.toml");
    office.write("report.toml", &text[..text.len() / 2]);
    until("the third refusal", || count(&office, "log", "reload-refused") == 3);
    office.write("report.toml", text);
    until("the fourth refusal", || count(&office, "log", "reload-refused") == 4);
    // A good one: an hour earlier, which is due at once.
    office.replace("report.toml", "period = \"last-month\"", "period = \"previous-month\"");
    until("the reload", || count(&office, "log", "reloaded") == 1);
    assert!(office.issues().is_empty());
    office.replace("report.toml", "cron = \"0 8 1 * *\"", "cron = \"0 7 1 * *\"");
    until("the second reload", || count(&office, "log", "reloaded") == 2);
    running.signal(Signal::HUP);
    until("the third reload", || count(&office, "log", "reloaded") == 3);
    stop(&office, "log", &mut running);
    let alarms = events_of(&office.read("alarms"));
    assert_eq!(alarms.len(), 4, "{alarms:?}");
}

#[test]
fn a_daemon_keeps_its_old_plan_at_work() {
    if !have(&["faces"]) {
        return;
    }
    let office = Office::with(MONTHLY);
    let mut running = daemon(&office, "log", "2026-12-01T07:00:00+08:00", "1200");
    until("it began", || count(&office, "log", "started") == 1);
    office.replace("report.toml", "period = \"previous-month\"", "period = \"last-month\"");
    until("both are issued", || count(&office, "log", "issued") == 2);
    assert_eq!(count(&office, "log", "reload-refused"), 1);
    stop(&office, "log", &mut running);
    assert_eq!(office.states("monthly"), [("2026-11".to_owned(), "issued")]);
}

#[test]
fn a_daemon_with_a_bad_plan_does_not_begin() {
    let office = Office::with(&MONTHLY.replace("previous-month", "last-month"));
    let run = office.at("2026-12-01T07:00:00+08:00", ["daemon"]);
    run.ends(2).says("`last-month` is none of").says("`previous-month`");
    assert_eq!(run.stdout, "");
}

#[test]
fn a_daemon_outlasts_a_ledger_that_cannot_be_read_for_a_while() {
    if !have(&["faces"]) {
        return;
    }
    let office = Office::with(&format!("{MONTHLY}[monitor]\nalarm = [\"sh\", \"-c\", \"cat >> alarms\"]\n"));
    office.tick("2026-12-01T07:00:00+08:00").ok();
    office.run(["ledger", "backup", "copy.db"]).ok();
    // Before it starts: written over in the middle of a tick, the file would be mended from the log beside it when that tick ends.
    office.write(".report/state.db", "no database at all, but long enough to be looked at".repeat(100));
    let mut running = daemon(&office, "log", "2026-12-01T07:00:00+08:00", "600");
    until("the failure", || count(&office, "log", "tick-failed") >= 1);
    office.at("2026-12-01T08:00:00+08:00", ["status"]).ends(2).says("report ledger restore");
    office.run(["ledger", "restore", "copy.db"]).ok().prints("replaced-");
    until("both are issued", || count(&office, "log", "issued") == 2);
    stop(&office, "log", &mut running);
    // It was tried many times, and each thing that was wrong was told once; while the copy is put in place, that is another thing.
    let alarms = events_of(&office.read("alarms"));
    let said: Vec<_> = alarms.iter().map(|alarm| alarm["message"].clone()).collect();
    assert!(said.len() < 4 && said.windows(2).all(|pair| pair[0] != pair[1]), "{said:?}");
    assert!(alarms[0]["message"].as_str().is_some_and(|said| said.contains("state.db")), "{alarms:?}");
}

/// The file of a program that runs is replaced by a newer one: the worker of the old one is still started.
#[test]
fn a_daemon_outlives_the_file_of_its_program() {
    if !have(&["faces"]) {
        return;
    }
    let office = Office::with(MONTHLY);
    let own = office.path("report-copy");
    fs::copy(env!("CARGO_BIN_EXE_report"), &own).expect("a copy");
    let faces = crate::tools::faces().expect("the faces");
    let mut command = std::process::Command::new(&own);
    command.env_clear().arg("--fonts").arg(faces).current_dir(office.path(""));
    command.args(["daemon", "--now", "2026-12-01T07:59:00+08:00", "--pace", "30", "--log-format", "json"]);
    command.stdout(fs::File::create(office.path("log")).expect("a file"));
    command.stderr(fs::File::create(office.path("log.err")).expect("a file"));
    let mut running = Running(command.spawn().expect("it starts"));
    until("it began", || count(&office, "log", "started") == 1);
    fs::remove_file(&own).expect("it is there");
    running.signal(Signal::HUP);
    until("the reload", || count(&office, "log", "reloaded") == 1);
    until("both are issued", || count(&office, "log", "issued") == 2);
    stop(&office, "log", &mut running);
}

/// Two daemons on one workspace until so many hours are decided: each hour has one row, each number one document.
fn two_daemons(hours: usize, pace: &str) {
    let office = Office::with(HOURLY);
    let from = "2026-12-01T00:30:00+08:00";
    office.tick(from).ok();
    let begun = office.occurrences().len();
    let mut both = ["one", "two"].map(|log| daemon(&office, log, from, pace));
    until_long(|| {
        assert!(
            both.iter_mut().all(|daemon| !daemon.has_ended()),
            "{}{}",
            office.read("one.err"),
            office.read("two.err")
        );
        office.occurrences().len() >= begun + hours
    });
    for daemon in &both {
        daemon.signal(Signal::TERM);
    }
    for (log, daemon) in ["one", "two"].iter().zip(&mut both) {
        assert_eq!(daemon.ends(), 0, "{}", office.read(&format!("{log}.err")));
        assert_eq!(office.read(&format!("{log}.err")), "");
    }
    // What they had begun when they were stopped.
    let last = office.occurrences().pop().expect("an occurrence").fires + chrono::TimeDelta::minutes(1);
    office.tick(&last.to_rfc3339()).ok();
    office.is_sound();
    let all: Vec<_> = office.occurrences().into_iter().skip(begun).take(hours).collect();
    assert_eq!(all.len(), hours);
    for pair in all.windows(2) {
        assert_eq!((pair[1].nominal - pair[0].nominal).num_minutes(), 60, "a gap or a double: {pair:?}");
    }
    for occurrence in &all {
        assert!(
            ["issued", "unchanged", "already-issued"].contains(&occurrence.state.name()),
            "{occurrence:?}"
        );
    }
    // One event for each occurrence, whichever of the two told it.
    let mut events: BTreeMap<String, usize> = BTreeMap::new();
    for event in ["one", "two"].iter().flat_map(|log| told(&office, log)) {
        if let Some(occurrence) = event["occurrence"].as_str() {
            *events.entry(occurrence.to_owned()).or_default() += 1;
        }
    }
    assert!(events.values().all(|count| *count == 1), "{events:?}");
    let issues = office.issues();
    let totals: Vec<u32> = issues.iter().map(|issue| issue.number.total).collect();
    assert_eq!(totals, (1..).take(issues.len()).collect::<Vec<u32>>());
    let mut periods: Vec<_> = issues.iter().map(|issue| issue.period.clone()).collect();
    periods.dedup();
    assert_eq!(periods.len(), issues.len(), "a period was issued twice: {issues:?}");
}

fn until_long(mut so: impl FnMut() -> bool) {
    let started = std::time::Instant::now();
    while !so() {
        assert!(started.elapsed().as_secs() < 1800, "half an hour has passed");
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
}

#[test]
fn two_daemons_do_everything_once() {
    if have(&["faces"]) {
        two_daemons(40, "20000");
    }
}

#[test]
#[ignore = "soak"]
fn soak_two_daemons_do_a_thousand_occurrences_once() {
    if have(&["faces"]) {
        two_daemons(1000, "20000");
    }
}
