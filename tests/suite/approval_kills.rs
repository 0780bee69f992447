//! Drafting and signing that are killed anywhere: each is finished by doing it again, under the same number.
//!
//! What refuses a signature is left to `approval`.

use std::thread::sleep;
use std::time::{Duration, Instant};

use briefing::disk::sha256;
use briefing::ledger::IssueState;

use crate::approval::{BAISHI, LATER, QINGHE, approve, approving, change, file};
use crate::counter::Counter;
use crate::office::FIRST;
use crate::tools::have;

/// Starts a verb and kills it so many milliseconds after something is so; whether it was still running.
fn kill(counter: &Counter, arguments: &[&str], later: u64, so: impl Fn() -> bool) -> bool {
    let mut run = counter.start("log", arguments);
    let started = Instant::now();
    while !so() && !run.has_ended() {
        assert!(started.elapsed() < Duration::from_secs(120), "{arguments:?}: it never comes so far");
        sleep(Duration::from_millis(1));
    }
    sleep(Duration::from_millis(later));
    !run.has_ended()
}

fn count(counter: &Counter, table: &str) -> usize {
    let query = format!("SELECT count(*) FROM {table}");
    counter.database().query_row(&query, [], |row| row.get(0)).unwrap_or(0)
}

#[test]
fn approval_a_killed_signature_is_finished_under_the_same_number() {
    if !have(&["faces"]) {
        return;
    }
    let mut killed = 0;
    let issue = |counter: &Counter| counter.path(format!("reports/{QINGHE}.pdf"));
    for round in 0..6_u64 {
        let counter = approving("");
        counter.tick(FIRST).ok();
        let given = ["approve", QINGHE, "--signed-by", "李某", "--now", LATER];
        killed += usize::from(match round % 3 {
            0 => kill(&counter, &given, round * 150, || true),
            1 => kill(&counter, &given, round / 2, || count(&counter, "issue") > 0),
            _ => kill(&counter, &given, round / 3, || issue(&counter).exists()),
        });
        let before = counter.issues();
        // The other one is signed in between: it does not take the number.
        if before.iter().any(|issue| issue.state == IssueState::Reserved) {
            approve(&counter, LATER, BAISHI, &[]).ok().prints("第2期");
        }
        let again = approve(&counter, LATER, QINGHE, &[]);
        if again.code == 2 {
            again.says("was approved already, by 李某");
        } else {
            again.ok().prints("第1期（总第1期）");
        }
        let issues = counter.issues();
        let own = issues.iter().find(|issue| issue.subject == "qinghe").expect("it is issued");
        assert_eq!((own.state, own.number.number), (IssueState::Issued, 1), "round {round}");
        let digest = sha256(&file(&counter, &format!("{QINGHE}.pdf")));
        assert_eq!(
            (own.pdf.as_ref(), own.approved.as_ref()),
            (Some(&digest), Some(&digest)),
            "round {round}"
        );
        counter.is_sound();
        counter.tick(LATER).ok();
        assert!(counter.parcels().iter().all(|parcel| parcel == "a drop accepted"), "round {round}");
    }
    assert!(killed >= 2, "only {killed} were still running when they were killed");
}

/// The moments that a clock hits too seldom: a number that is reserved and no file yet, and files without the record of them.
#[test]
fn approval_a_number_that_was_reserved_before_a_kill_is_used() {
    if !have(&["faces"]) {
        return;
    }
    let counter = approving("");
    counter.tick(FIRST).ok();
    let row = "INSERT INTO issue (document, subject, period, year, number, total, state, occurrence, date, reserved)
               SELECT 'region', 'qinghe', '2026-11', 2026, 1, 1, 'reserved', id, '2026-12-01', '2026-12-01T00:01:00Z' FROM occurrence";
    counter.database().execute_batch(row).expect("a row");
    change(&counter, 41, 42);
    approve(&counter, LATER, QINGHE, &[]).ends(1).says("41 → 42");
    counter.at(LATER, ["draft", "renew", QINGHE]).ok();
    approve(&counter, LATER, BAISHI, &[]).ok().prints("第2期（总第2期）");
    approve(&counter, LATER, QINGHE, &[]).ok().prints("第1期（总第1期）");
    // Its files are there, the record is not.
    let undo = "DELETE FROM approval WHERE issue = (SELECT id FROM issue WHERE subject = 'baishi');
                UPDATE issue SET state = 'reserved', path = NULL, pdf = NULL, issued = NULL WHERE subject = 'baishi'";
    let counter = approving("");
    counter.tick(FIRST).ok();
    let draft = "CREATE TABLE kept AS SELECT * FROM draft WHERE subject = 'baishi'";
    counter.database().execute_batch(draft).expect("a copy");
    approve(&counter, LATER, BAISHI, &[]).ok().prints("第1期");
    let made = file(&counter, &format!("{BAISHI}.pdf"));
    let back = format!(
        "{undo}; INSERT INTO draft SELECT * FROM kept; DROP TABLE kept;
         UPDATE task SET state = 'held' WHERE subject = 'baishi'; UPDATE occurrence SET state = 'held'"
    );
    counter.database().execute_batch(&back).expect("as it was before");
    counter.tick(LATER).ok();
    assert_eq!(counter.parcels(), [""; 0]);
    approve(&counter, LATER, BAISHI, &[]).ok().prints("第1期（总第1期）");
    assert_eq!(file(&counter, &format!("{BAISHI}.pdf")), made);
    counter.is_sound();
    // Sent back, a number that was reserved is void.
    let counter = approving("");
    counter.tick(FIRST).ok();
    counter.database().execute_batch(row).expect("a row");
    counter.at(LATER, ["draft", "reject", QINGHE, "--reason", "x"]).ok();
    assert_eq!(counter.issues()[0].state, IssueState::Void);
}

#[test]
fn approval_a_killed_tick_drafts_each_document_once() {
    if !have(&["faces"]) {
        return;
    }
    let mut killed = 0;
    for round in 0..6_u64 {
        let counter = approving("");
        let file = |name: &str| counter.path(format!("reports/{name}.draft.pdf"));
        let tick = ["tick", "--now", FIRST];
        killed += usize::from(match round % 3 {
            0 => kill(&counter, &tick, round * 120, || true),
            1 => kill(&counter, &tick, round / 2, || file(QINGHE).exists()),
            _ => kill(&counter, &tick, round, || count(&counter, "draft") > 0),
        });
        counter.tick(LATER).ok();
        assert_eq!(counter.states("monthly"), [("2026-11".to_owned(), "held")], "round {round}");
        assert_eq!((count(&counter, "draft"), count(&counter, "issue")), (2, 0), "round {round}");
        for entry in [QINGHE, BAISHI] {
            approve(&counter, LATER, entry, &[]).ok();
        }
        assert_eq!(counter.states("monthly"), [("2026-11".to_owned(), "issued")], "round {round}");
        counter.is_sound();
    }
    assert!(killed >= 2, "only {killed} were still running when they were killed");
}

/// Of two who sign at once one does; the other is told who.
#[test]
fn approval_two_signatures_at_once_are_one() {
    if !have(&["faces"]) {
        return;
    }
    let counter = approving("");
    counter.tick(FIRST).ok();
    let names = ["李某", "赵某"];
    let mut runs: Vec<_> = names
        .iter()
        .map(|name| counter.start(name, ["approve", QINGHE, "--signed-by", name, "--now", LATER]))
        .collect();
    let mut codes: Vec<i32> = runs.iter_mut().map(crate::office::Running::ends).collect();
    let later = usize::from(codes[0] == 0);
    codes.sort_unstable();
    assert_eq!(codes, [0, 2]);
    let said = counter.read(&format!("{}.err", names[later]));
    assert!(said.contains(&format!("was approved already, by {}", names[1 - later])), "{said}");
    assert_eq!(counter.issues().len(), 1);
}
