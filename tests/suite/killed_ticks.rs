//! A tick that is killed anywhere is continued by the next: one issue for each document, no number lost or given twice, every file whole.
//!
//! Runs of `generate` that are killed are in `killed`.

use std::fs;
use std::thread::sleep;
use std::time::{Duration, Instant};

use briefing::disk::sha256;
use briefing::ledger::IssueState;

use crate::killed::{check_archive, results};
use crate::office::{FIRST, Office, Running};
use crate::tools::{have, output};

/// Three documents of two series at once.
const ALL: &str = r#"
[[schedule]]
id = "all"
when = { cron = "0 8 1 * *" }
documents = ["region", "comparative"]
period = "previous-month"
since = "2026-11-15"
"#;

/// What is waited for before the kill.
#[derive(Debug, Clone, Copy)]
enum Phase {
    /// Nothing but some time since the start.
    Started,
    /// So many files of the ledger and the reports.
    Files(usize),
    /// So many numbers that were reserved.
    Reserved(usize),
    /// So many that were issued.
    Issued(usize),
}

/// When each round is killed: at a phase, and so many milliseconds later. The same round is always killed alike.
fn moment(round: usize) -> (Phase, u64) {
    // A step that shares no factor with the lengths of time below reaches all of them.
    let spread = |length: u64| (round as u64).wrapping_mul(7919) % length;
    match round % 10 {
        0 => (Phase::Started, spread(40)),
        1 => (Phase::Started, spread(900)),
        2 => (Phase::Files(1 + round / 10 % 4), spread(9)),
        3 => (Phase::Files(4 + round / 10 % 8), spread(3)),
        4 => (Phase::Reserved(1), spread(7)),
        5 => (Phase::Reserved(2 + round / 10 % 2), spread(160)),
        6 => (Phase::Issued(1), spread(5)),
        7 => (Phase::Issued(2), spread(200)),
        8 => (Phase::Issued(1 + round / 10 % 3), 0),
        _ => (Phase::Reserved(1 + round / 10 % 3), spread(300)),
    }
}

/// How far the ledger is, read as an operator would: by SQL, without opening it as the program does.
fn count(office: &Office, condition: &str) -> usize {
    let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_WRITE;
    let Ok(database) = rusqlite::Connection::open_with_flags(office.path(".report/state.db"), flags) else {
        return 0;
    };
    let _ = database.busy_timeout(Duration::from_secs(5));
    let query = format!("SELECT count(*) FROM issue WHERE {condition}");
    database.query_row(&query, [], |row| row.get(0)).unwrap_or(0)
}

/// Starts a tick and kills it at a moment; whether it was still running.
fn kill_at(office: &Office, (phase, later): (Phase, u64)) -> bool {
    let mut tick: Running = office.start("log", ["tick", "--now", FIRST]);
    let reached = || match phase {
        Phase::Started => true,
        Phase::Files(files) => office.files(".report").len() + results(office).len() >= files,
        Phase::Reserved(issues) => count(office, "true") >= issues,
        Phase::Issued(issues) => count(office, "state = 'issued'") >= issues,
    };
    let started = Instant::now();
    while !reached() && !tick.has_ended() {
        assert!(started.elapsed() < Duration::from_secs(120), "{phase:?} is not reached");
        sleep(Duration::from_millis(1));
    }
    sleep(Duration::from_millis(later));
    let running = !tick.has_ended();
    drop(tick);
    running
}

/// What a tick that ran to its end leaves.
#[track_caller]
fn check(office: &Office, round: usize) {
    office.is_sound();
    assert_eq!(office.states("all"), [("2026-11".to_owned(), "issued")], "round {round}");
    let issues = office.issues();
    let numbers: Vec<_> = issues
        .iter()
        .map(|issue| {
            (issue.document.as_str(), issue.subject.as_str(), issue.number.number, issue.number.total)
        })
        .collect();
    let wanted =
        [("comparative", "two-counties", 1, 1), ("region", "qinghe", 1, 1), ("region", "baishi", 2, 2)];
    assert_eq!(numbers, wanted, "round {round}");
    let manifest = office.manifest();
    assert_eq!(manifest["entries"].as_object().map(serde_json::Map::len), Some(3), "round {round}");
    for issue in &issues {
        assert_eq!(issue.state, IssueState::Issued, "round {round}");
        let name = issue.path.as_ref().expect("its file");
        let path = office.path("reports").join(name);
        let digest = sha256(&fs::read(&path).expect("the PDF"));
        let entry = &manifest["entries"][name];
        assert_eq!(
            (&entry["pdf"], &entry["number"]),
            (&digest.into(), &issue.number.number.into()),
            "round {round}"
        );
        let said = output("qpdf", ["--check", &path.display().to_string()]);
        assert!(said.contains("No syntax"), "round {round}: {name}: {said}");
        let text: String = output("pdftotext", [path.as_os_str(), "-".as_ref()]).split_whitespace().collect();
        let number = format!("第{}期（总第{}期）", issue.number.number, issue.number.total);
        assert!(text.contains(&number), "round {round}: {name} has no {number}");
    }
    check_archive(office, round);
    for name in results(office) {
        let base = name.rsplit('/').next().unwrap_or_default();
        let known = base.ends_with(".pdf") || base.ends_with(".json");
        assert!(known || base == ".manifest.lock" || base.ends_with(".part"), "round {round}: {name}");
    }
}

/// Rounds in each of which one tick is killed, every fourth time a second one too, and the next runs to its end.
fn rounds(first: usize, count: usize) {
    let mut killed = 0;
    for round in first..first + count {
        let office = Office::with(ALL);
        killed += usize::from(kill_at(&office, moment(round)));
        if round % 4 == 3 {
            kill_at(&office, moment(round * 3 + 1));
        }
        // A copy made right after the kill is whole.
        if office.path(".report/state.db").exists() && count_of_tables(&office) > 0 {
            office.run(["ledger", "backup", "copy.db"]).ok();
        }
        let tick = office.tick(FIRST);
        tick.ok();
        assert_eq!(tick.stderr, "", "round {round}");
        check(&office, round);
        let again = office.tick("2026-12-01T08:05:00+08:00");
        assert_eq!(again.ok().stdout, "", "round {round}");
    }
    assert!(killed * 2 >= count, "only {killed} of {count} ticks were still running when they were killed");
}

/// A kill before the first table leaves a file that is no ledger yet.
fn count_of_tables(office: &Office) -> usize {
    let database = rusqlite::Connection::open(office.path(".report/state.db")).expect("a file");
    database.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).unwrap_or(0)
}

/// The shortest of all phases: every document has ended, their occurrence has not. Left so, it would hold the next one up.
#[test]
fn an_occurrence_that_was_killed_before_its_end_ends() {
    if !have(&["faces", "qpdf", "pdftotext"]) {
        return;
    }
    let office = Office::with(ALL);
    office.tick(FIRST).ok();
    let kill = || {
        let database = rusqlite::Connection::open(office.path(".report/state.db")).expect("the ledger");
        database.execute("UPDATE occurrence SET state = 'open', ended = NULL", []).expect("one row");
        assert_eq!(office.states("all"), [("2026-11".to_owned(), "open")]);
    };
    kill();
    assert_eq!(office.tick("2026-12-01T08:05:00+08:00").ok().stdout, "");
    check(&office, 0);
    // The machine comes back a month later: the next occurrence is not skipped because of it.
    kill();
    office.tick("2027-01-01T08:00:00+08:00").ok();
    let both = [("2026-11".to_owned(), "issued"), ("2026-12".to_owned(), "unchanged")];
    assert_eq!(office.states("all"), both);
}

#[test]
fn a_killed_tick_is_continued() {
    if have(&["faces", "qpdf", "pdftotext"]) {
        rounds(0, 10);
    }
}

#[test]
#[ignore = "soak"]
fn soak_two_hundred_killed_ticks_are_continued() {
    if have(&["faces", "qpdf", "pdftotext"]) {
        rounds(0, 200);
    }
}
