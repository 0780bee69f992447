//! Sending that is killed, and sending to very many: nothing is lost, nothing goes out twice.
//!
//! What a person does about parcels of which nobody knows is left to `outbox`.

use std::collections::{BTreeMap, BTreeSet};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::counter::{Counter, mail, many};
use crate::office::FIRST;
use crate::sink::{Manner, Sink};
use crate::tools::have;

/// How many lines are killed at once.
const LINES: usize = 3;

const ALLOWED: &str = "[delivery]\ndomains = [\"example.org\"]\n";

/// One document to so many mailboxes, all approved; it is issued and planned, and nothing sent yet.
fn office(count: usize, sink: &Sink, more: &str) -> Counter {
    let (recipients, addresses) = many(count);
    let settings = format!("{ALLOWED}{}", mail(sink.port, more));
    let counter = Counter::with("[\"comparative\"]", &["mail"], &settings, &recipients);
    counter.approve_all(&addresses);
    counter.run(["outbox", "pause"]).ok();
    counter.tick(FIRST).ok();
    assert_eq!(sink.count(), 0);
    counter.run(["outbox", "resume"]).ok();
    counter
}

/// How many messages each mailbox got.
fn deliveries(sink: &Sink) -> BTreeMap<String, usize> {
    let mut count = BTreeMap::new();
    for mail in sink.taken() {
        *count.entry(mail.to).or_insert(0) += 1;
    }
    count
}

fn addresses(counter: &Counter, condition: &str) -> BTreeSet<String> {
    counter.rows(&format!("SELECT address FROM parcel WHERE {condition}")).into_iter().collect()
}

/// Kills `report deliver` so many times while it sends, and lets the last one end.
fn kills(rounds: usize) {
    let count = rounds * 4;
    let sink = Sink::start(Manner { pause: Duration::from_millis(12), ..Manner::default() });
    let counter = office(count, &sink, &format!("lines = {LINES}"));
    let (mut cut_before, mut cut_after) = (BTreeSet::new(), BTreeSet::new());
    for round in 0..rounds {
        let before = sink.count();
        let mut run = counter.start("log", ["deliver", "--now", FIRST]);
        // The same round is always killed alike: after a message was taken, and so much later.
        let wanted = before + round % 3;
        let started = Instant::now();
        while sink.count() < wanted && !run.has_ended() {
            assert!(started.elapsed() < Duration::from_secs(120), "round {round}: nothing is sent");
            sleep(Duration::from_millis(1));
        }
        let spread = if round % 3 == 0 { 400 } else { 120 };
        sleep(Duration::from_millis((round as u64).wrapping_mul(7919) % spread));
        drop(run);
        // What the relay was still told is heard now.
        sleep(Duration::from_millis(20));
        let taken = deliveries(&sink);
        assert!(taken.values().all(|times| *times == 1), "round {round}: {taken:?}");
        let early = addresses(&counter, "state = 'sending' AND phase = 'sending'");
        let late = addresses(&counter, "state = 'sending' AND phase = 'data-sent'");
        assert!(early.len() + late.len() <= LINES, "round {round}: one on each line");
        assert!(early.iter().all(|to| !taken.contains_key(to)), "round {round}: {early:?} was taken already");
        // One that was cut in an earlier round may still stand so, where this round was killed before it looked.
        cut_before.extend(early);
        cut_after.extend(late);
    }
    counter.at(FIRST, ["deliver"]);
    let taken = deliveries(&sink);
    let (accepted, unknown) =
        (addresses(&counter, "state = 'accepted'"), addresses(&counter, "state = 'unknown'"));
    eprintln!(
        "{rounds} kills: {} before the dot, {} after it; {} accepted, {} unknown, {} taken",
        cut_before.len(),
        cut_after.len(),
        accepted.len(),
        unknown.len(),
        taken.len()
    );
    assert!(taken.values().all(|times| *times == 1), "{taken:?}");
    assert_eq!(accepted.len() + unknown.len(), count, "every parcel was sent or is unknown");
    assert_eq!(unknown, cut_after);
    assert!(accepted.iter().all(|to| taken.contains_key(to)), "accepted is what was taken");
    assert!(taken.keys().all(|to| accepted.contains(to) || unknown.contains(to)));
    counter.is_sound();
    // Nobody sends them again but a person.
    let sent = sink.count();
    // What a killed round could tell nobody is told by the first of these, and by no other.
    counter.at("2026-12-03T08:00:00+08:00", ["deliver"]);
    counter.at("2026-12-03T08:30:00+08:00", ["deliver"]).ok();
    assert_eq!(sink.count(), sent);
}

/// One document to so many mailboxes.
fn crowd(count: usize) {
    let sink = Sink::start(Manner::default());
    let counter = office(count, &sink, "");
    let started = Instant::now();
    counter.at(FIRST, ["deliver"]).ok();
    let seconds = started.elapsed().as_secs_f64();
    eprintln!("{count} parcels in {seconds:.1} s: {:.0} a second", count as f64 / seconds);
    let ids: BTreeSet<String> = sink.taken().into_iter().map(|mail| mail.id).collect();
    assert_eq!((sink.count(), ids.len()), (count, count), "none lost, none double");
    assert_eq!(deliveries(&sink).len(), count, "each has its own");
    assert_eq!(addresses(&counter, "state = 'accepted'").len(), count);
    assert!((1..=2).contains(&sink.lines()), "two lines carry them all, and are kept");
    counter.at(FIRST, ["deliver"]).ok();
    assert_eq!(sink.count(), count, "nobody is served twice");
    counter.is_sound();
}

/// Whoever comes second leaves it to the first.
#[test]
fn outbox_several_senders_at_once_send_once() {
    if !have(&["faces"]) {
        return;
    }
    let sink = Sink::start(Manner { pause: Duration::from_millis(2), ..Manner::default() });
    let counter = office(30, &sink, "");
    let mut runs: Vec<_> = ["a", "b", "c", "d"]
        .iter()
        .enumerate()
        .map(|(n, log)| counter.start(log, [if n % 2 == 0 { "deliver" } else { "tick" }, "--now", FIRST]))
        .collect();
    assert!(runs.iter_mut().all(|run| run.ends() == 0));
    let taken = deliveries(&sink);
    assert_eq!((taken.len(), sink.count()), (30, 30));
    counter.is_sound();
}

/// A tick that ended between issuing and planning, or within planning: the next one plans, and serves nobody again.
#[test]
fn outbox_an_issue_that_is_planned_again_serves_nobody_twice() {
    if !have(&["faces"]) {
        return;
    }
    let sink = Sink::start(Manner::default());
    let counter = office(6, &sink, "");
    counter.at(FIRST, ["deliver"]).ok();
    assert_eq!(sink.count(), 6);
    let change = "UPDATE issue SET planned = NULL; DELETE FROM parcel WHERE recipient = 'office-3'";
    counter.database().execute_batch(change).expect("a change");
    counter.at(FIRST, ["deliver"]).ok();
    let taken = deliveries(&sink);
    assert_eq!((sink.count(), taken["office-3@example.org"]), (7, 2), "only of whom the ledger knew nothing");
}

#[test]
fn outbox_sending_that_is_killed_sends_nothing_twice() {
    if have(&["faces"]) {
        kills(10);
    }
}

#[test]
#[ignore = "soak"]
fn soak_outbox_two_hundred_kills_send_nothing_twice() {
    if have(&["faces"]) {
        kills(200);
    }
}

#[test]
fn outbox_two_hundred_parcels_arrive_once() {
    if have(&["faces"]) {
        crowd(200);
    }
}

#[test]
#[ignore = "soak"]
fn soak_outbox_ten_thousand_parcels_arrive_once() {
    if have(&["faces"]) {
        crowd(10_000);
    }
}
