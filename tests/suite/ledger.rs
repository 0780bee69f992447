//! The ledger as a file: who may read it, what is refused, copies, and writers that were overtaken.
//!
//! What stands in it is left to `once` and `numbers`.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};

use briefing::ledger::{Lease, Ledger, LedgerError, Number, last_tick};
use briefing::schedule::Ticked;
use rusqlite::Connection;

use crate::clockwork::{Works, monthly, shanghai};
use crate::project::Project;
use crate::tools::{have, output};

/// A ledger with one issue in it.
fn with_an_issue() -> Works {
    let mut works = Works::new(&monthly(""), "2026-09-30 12:00");
    works.tick();
    works.tick_at("2026-10-01 08:00");
    assert_eq!(works.numbers(), ["region qinghe 2026-09: 1/1 issued"]);
    works
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap_or_else(|e| panic!("{}: {e}", path.display())).permissions().mode() & 0o777
}

fn beside(works: &Works, name: &str) -> std::path::PathBuf {
    works.state.join(name)
}

#[test]
fn nobody_but_its_owner_reads_the_ledger() {
    let works = with_an_issue();
    let mut ledger = works.ledger();
    ledger.set_next("region", 2026, Number { number: 9, total: 9 }, works.now()).expect("free numbers");
    for name in ["state.db", "state.db-wal", "state.db-shm"] {
        assert_eq!(mode(&beside(&works, name)), 0o600, "{name}");
    }
    let copy = works.project.path("copy.db");
    ledger.backup(&copy).expect("a copy");
    assert_eq!(mode(&copy), 0o600);
    // One that was copied by hand is closed to others when it is opened.
    fs::set_permissions(beside(&works, "state.db"), fs::Permissions::from_mode(0o644)).expect("a mode");
    works.ledger();
    assert_eq!(mode(&beside(&works, "state.db")), 0o600);
    drop(ledger);
    Ledger::restore(&works.state, &copy, works.now()).expect("a sound copy");
    assert_eq!(mode(&beside(&works, "state.db")), 0o600);
}

/// The mask of a process counts for all its threads, so that a process of its own has to be asked.
#[test]
fn the_mask_of_the_process_makes_no_difference() {
    for mask in ["000", "022", "077"] {
        let project = Project::counties();
        let program = project.command().get_program().to_owned();
        let mut shell = Command::new("/bin/sh");
        shell
            .args(["-c", &format!("umask {mask}; exec \"$0\" tick -C \"$1\"")])
            .arg(program)
            .arg(project.path(""));
        shell.env_clear().env("HOME", project.path("home"));
        let run = crate::project::Run::of(&mut shell);
        run.ok();
        assert_eq!(mode(&project.path(".report/state.db")), 0o600, "umask {mask}");
    }
}

#[test]
fn what_is_newer_or_something_else_is_refused_and_left_alone() {
    let works = with_an_issue();
    let path = beside(&works, "state.db");
    let connection = Connection::open(&path).expect("a database");
    connection.pragma_update(None, "user_version", 99).expect("a database");
    drop(connection);
    let refused = Ledger::open(&works.state);
    assert!(matches!(refused, Err(LedgerError::NewerLedger { version: 99, .. })), "{refused:?}");

    // A database of another program, with a mark of its own, and without one as most are.
    for mark in [0x1234, 0] {
        let folder = works.project.path(format!("other-{mark}"));
        fs::create_dir(&folder).expect("a new folder");
        let connection = Connection::open(folder.join("state.db")).expect("a database");
        connection.pragma_update(None, "application_id", mark).expect("a database");
        connection.execute_batch("CREATE TABLE theirs (a); INSERT INTO theirs VALUES (1);").expect("a table");
        drop(connection);
        let before = fs::read(folder.join("state.db")).expect("a file");
        let refused = Ledger::open(&folder);
        assert!(matches!(refused, Err(LedgerError::NoLedger { .. })), "{refused:?}");
        assert_eq!(fs::read(folder.join("state.db")).expect("a file"), before);
    }
    let folder = works.project.path("text");
    fs::create_dir(&folder).expect("a new folder");
    fs::write(folder.join("state.db"), "no database, but long enough to be read as one ".repeat(9))
        .expect("a file");
    assert!(matches!(Ledger::open(&folder), Err(LedgerError::Database { .. })));
}

#[test]
fn a_copy_is_whole_while_another_writes() {
    let works = with_an_issue();
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut ledger = works_ledger(&works.state);
            for number in 2..200 {
                let next = Number { number, total: number };
                ledger.set_next("region", 2026, next, shanghai("2026-10-02 08:00")).expect("free numbers");
            }
            done.store(true, Ordering::SeqCst);
        });
        let (ledger, folder) = (works_ledger(&works.state), works.project.path("copies"));
        for count in 0.. {
            let copy = folder.join(format!("{count}.db"));
            ledger.backup(&copy).expect("a copy");
            let copied = Connection::open(&copy).expect("a database");
            let sound: String =
                copied.query_row("PRAGMA integrity_check", [], |row| row.get(0)).expect("a check");
            assert_eq!(sound, "ok");
            drop(copied);
            if done.load(Ordering::SeqCst) {
                break;
            }
        }
        let names = fs::read_dir(&folder).expect("copies").flatten().map(|e| e.file_name().into_string());
        let strange: Vec<String> = names.flatten().filter(|name| !name.ends_with(".db")).collect();
        assert!(strange.is_empty(), "a copy is one file: {strange:?}");
    });
}

fn works_ledger(state: &Path) -> Ledger {
    Ledger::open(state).expect("a ledger")
}

#[test]
fn a_copy_is_not_written_over_the_ledger() {
    let works = with_an_issue();
    let refused = works.ledger().backup(&beside(&works, "state.db"));
    assert!(refused.is_err());
    assert_eq!(works.numbers().len(), 1);
}

#[test]
fn putting_a_copy_back_keeps_the_old_one() {
    let mut works = with_an_issue();
    let copy = works.project.path("copy.db");
    works.ledger().backup(&copy).expect("a copy");
    works.tick_at("2026-11-01 08:00");
    let mut kept = Vec::new();
    for _ in 0..3 {
        kept.push(Ledger::restore(&works.state, &copy, works.now()).expect("sound").expect("the old one"));
    }
    kept.dedup();
    assert_eq!(kept.len(), 3, "none is written over by the next, also within a second: {kept:?}");
    assert_eq!(works.numbers(), ["region qinghe 2026-09: 1/1 issued"]);
    let old = Connection::open(&kept[0]).expect("a database");
    let count: i64 = old.query_row("SELECT count(*) FROM issue", [], |row| row.get(0)).expect("issues");
    assert_eq!(count, 2, "with what was last written");
    // Its number 2 is in the folder, and the ledger does not know it.
    assert!(matches!(works.try_tick(), Err(LedgerError::Orphaned { missing: 1, .. })));
}

#[test]
fn a_copy_that_cannot_be_used_leaves_the_ledger_as_it_is() {
    let works = with_an_issue();
    let bad = |name: &str| works.project.path(name);
    let newer = bad("newer.db");
    works.ledger().backup(&newer).expect("a copy");
    Connection::open(&newer).expect("a database").pragma_update(None, "user_version", 9).expect("a database");
    fs::write(bad("text.db"), "no database ".repeat(99)).expect("a file");
    fs::write(bad("empty.db"), "").expect("a file");
    let mut torn = fs::read(beside(&works, "state.db")).expect("a file");
    torn.truncate(torn.len() / 2);
    fs::write(bad("torn.db"), torn).expect("a file");
    for name in ["newer.db", "text.db", "empty.db", "torn.db", "none.db"] {
        let refused = Ledger::restore(&works.state, &bad(name), works.now());
        assert!(refused.is_err(), "{name}");
        assert_eq!(works.numbers(), ["region qinghe 2026-09: 1/1 issued"], "{name}");
    }
    let names = works.project.files(".report");
    assert!(names.iter().all(|name| !name.contains("replaced") && !name.contains("restored")), "{names:?}");
}

#[test]
fn a_copy_made_by_hand_of_a_ledger_at_work_is_whole() {
    let works = with_an_issue();
    let mut ledger = works.ledger();
    ledger.set_next("region", 2026, Number { number: 12, total: 12 }, works.now()).expect("free numbers");
    let folder = works.project.path("by-hand");
    fs::create_dir(&folder).expect("a new folder");
    for name in ["state.db", "state.db-wal"] {
        fs::copy(beside(&works, name), folder.join(name)).expect("a file");
    }
    drop(ledger);
    let target = works.project.path("elsewhere");
    Ledger::restore(&target, &folder.join("state.db"), works.now()).expect("a sound copy");
    let next = works_ledger(&target).next_number("region", 2026).expect("a ledger");
    assert_eq!(next, Number { number: 12, total: 12 }, "what lay beside it came along");
    // The ledger itself is a copy too, if not a wise one.
    Ledger::restore(&works.state, &beside(&works, "state.db"), works.now()).expect("a sound copy");
    assert_eq!(works.numbers().len(), 1);
}

#[test]
fn an_empty_ledger_beside_issued_documents_stops_until_they_are_taken_over() {
    let mut works = with_an_issue();
    fs::remove_file(beside(&works, "state.db")).expect("the ledger");
    works.set(shanghai("2026-11-01 08:00"));
    assert!(matches!(works.try_tick(), Err(LedgerError::Orphaned { missing: 1, .. })));
    assert!(matches!(works.run(None, None), Err(LedgerError::Orphaned { .. })));
    assert_eq!(works.made().len(), 1, "nothing is made");
    let manifest = briefing::schedule::Maker::manifest(&works.maker).expect("a manifest");
    let now = works.now();
    assert_eq!(works.ledger().adopt(&manifest, now).expect("free numbers"), 1);
    assert_eq!(works.ledger().adopt(&manifest, now).expect("free numbers"), 0, "once");
    works.run(Some("2026-09"), None).expect("a ledger");
    works.run(Some("2026-10"), None).expect("a ledger");
    assert_eq!(works.numbers(), ["region qinghe 2026-09: 1/1 issued", "region qinghe 2026-10: 2/2 issued"]);
    assert!(works.ledger().check().expect("a ledger").is_empty());
}

#[test]
fn every_table_is_strict_and_explains_itself() {
    let works = with_an_issue();
    let connection = Connection::open(beside(&works, "state.db")).expect("a database");
    let query = "SELECT count(*), sum(strict) FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite%'";
    let (tables, strict): (i64, i64) =
        connection.query_row(query, [], |row| Ok((row.get(0)?, row.get(1)?))).expect("a list");
    assert_eq!((tables, strict), (15, 15));
    assert!(connection.execute("UPDATE issue SET number = 'seven'", []).is_err());
    assert!(connection.execute("UPDATE occurrence SET state = 'done'", []).is_err());
    drop(connection);
    if !have(&["sqlite3"]) {
        return;
    }
    let schema = output("sqlite3", [beside(&works, "state.db").as_os_str(), ".schema".as_ref()]);
    for words in [
        "-- 第N期 within the year",
        "-- A number, and the document that bears it.",
        "-- the instant that the rule names",
    ] {
        assert!(schema.contains(words), "no `{words}` in {schema}");
    }
    let query = "SELECT state FROM issue";
    let state = output("sqlite3", [beside(&works, "state.db").as_os_str(), query.as_ref()]);
    assert_eq!(state, "issued\n");
}

#[test]
fn numbers_that_contradict_each_other_are_told_and_copied_all_the_same() {
    let works = with_an_issue();
    let connection = Connection::open(beside(&works, "state.db")).expect("a database");
    connection
        .execute_batch(
            "INSERT INTO issue (document, subject, period, year, number, total, state, date, reserved)
            VALUES ('region', 'baishi', '2026-09', 2025, 9, 2, 'void', '2025-12-31', '2026-10-01T00:00:00Z')",
        )
        .expect("a row");
    drop(connection);
    assert_eq!(works.ledger().check().expect("a ledger").len(), 1);
    let copy = works.project.path("copy.db");
    works.ledger().backup(&copy).expect("a copy of what is there");
    Ledger::restore(&works.state, &copy, works.now()).expect("a copy of what was there");
}

#[test]
fn one_who_was_overtaken_cannot_write() {
    let works = with_an_issue();
    let (mut old, mut new) = (works.ledger(), works.ledger());
    let lease = Lease::wait(&works.state).expect("a folder");
    old.hold(&lease, "old", works.now()).expect("a ledger");
    new.hold(&lease, "new", works.now()).expect("a ledger");
    let issue = old.issues().expect("a ledger").remove(0);
    let occurrence = issue.occurrence.expect("it was scheduled");
    let seen = old.schedules().expect("a ledger").remove(0);
    let now = works.now();
    let number = Number { number: 50, total: 50 };
    for refused in [
        old.plan(&seen, &[], now).map(drop),
        old.stand(occurrence, briefing::ledger::State::Failed, None, now),
        old.record(occurrence, &[]),
        old.void(issue.id, "overtaken"),
        old.set_next("region", 2026, number, now),
        old.pause("monthly", "", None, now),
        old.pruned(issue.id, now),
        old.forget_before(now, false).map(drop),
    ] {
        assert!(matches!(refused, Err(LedgerError::Overtaken)), "{refused:?}");
    }
    new.set_next("region", 2026, number, now).expect("the new one can");
}

#[test]
fn while_another_has_the_lease_a_tick_does_nothing() {
    let mut works = with_an_issue();
    let lease = Lease::wait(&works.state).expect("a folder");
    works.set(shanghai("2026-11-01 08:00"));
    assert_eq!(works.try_tick().expect("a ledger"), Ticked::Held);
    assert_eq!(last_tick(&works.state), Some(shanghai("2026-10-01 08:00")), "it is no tick");
    drop(lease);
    assert_eq!(works.tick(), Ticked::Done);
    assert_eq!(works.made().len(), 2);
}

/// Whoever looks at a ledger may be the one who makes it, beside another.
#[test]
fn many_who_open_a_new_ledger_at_once_all_can() {
    for _ in 0..10 {
        let project = Project::counties();
        let state = project.path(".report");
        std::thread::scope(|scope| {
            let all: Vec<_> = (0..4).map(|_| scope.spawn(|| Ledger::open(&state).map(drop))).collect();
            for one in all {
                one.join().expect("a thread").expect("a ledger");
            }
        });
    }
}
