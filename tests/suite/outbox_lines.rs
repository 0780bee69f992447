//! Several lines to one relay, and channels side by side: who waits for whom, and who does not.
//!
//! Crowds and kills are left to `outbox_kills`.

use crate::counter::{Counter, DROP, mail, many, recipient};
use crate::office::{FIRST, until};
use crate::sink::{Manner, Sink};
use crate::tools::have;

const ALLOWED: &str = "[delivery]\ndomains = [\"example.org\"]\n";

/// One document to so many mailboxes, all approved.
fn office(count: usize, sink: &Sink, more: &str) -> Counter {
    let (recipients, addresses) = many(count);
    let settings = format!("{ALLOWED}{}", mail(sink.port, more));
    let counter = Counter::with("[\"comparative\"]", &["mail"], &settings, &recipients);
    counter.approve_all(&addresses);
    counter
}

/// The relay takes no message before four lines have one for it.
#[test]
fn lines_work_at_once() {
    if !have(&["faces"]) {
        return;
    }
    let sink = Sink::start(Manner { together: 4, ..Manner::default() });
    let counter = office(9, &sink, "lines = 4");
    counter.tick(FIRST).ok();
    let mut to = sink.to();
    to.dedup();
    assert_eq!((sink.count(), to.len(), sink.lines()), (9, 9, 4));
    counter.is_sound();
}

#[test]
fn lines_of_one_carry_the_oldest_first() {
    if !have(&["faces"]) {
        return;
    }
    let sink = Sink::start(Manner::default());
    let counter = office(12, &sink, "lines = 1");
    counter.tick(FIRST).ok();
    let order: Vec<String> = sink.taken().into_iter().map(|mail| mail.to).collect();
    assert_eq!(order, counter.rows("SELECT address FROM parcel ORDER BY planned, rowid"));
    assert_eq!(sink.lines(), 1);
}

#[test]
fn lines_are_one_to_eight() {
    let counter = Counter::simple("mail", &format!("{ALLOWED}{}", mail(25, "lines = 9")), "a@example.org");
    counter.check().ends(2).says("report.toml:").says("`9` is not between 1 and 8");
    counter.replace("report.toml", "lines = 9", "lines = 8\nunknown = \"resent\"");
    counter.check().ends(2).says("report.toml:").says("`resent` is none of `ask`, `resend`");
}

/// Within one tick, while a relay that never answers is still waited for.
#[test]
fn lines_of_a_silent_relay_hold_up_no_other_channel() {
    if !have(&["faces"]) {
        return;
    }
    let silent = Sink::start(Manner { mute: true, ..Manner::default() });
    let prompt = Sink::start(Manner::default());
    let other = mail(prompt.port, "").replace("\"mail\"", "\"other\"");
    let settings = format!("{ALLOWED}{}{other}{DROP}", mail(silent.port, "timeout = \"10m\""));
    // The silent one comes first, whichever way they are sorted.
    let recipients =
        [("a-mail", "mail", "a@example.org"), ("b-drop", "drop", "b"), ("c-other", "other", "c@example.org")];
    let file: String = recipients.iter().map(|(id, channel, to)| recipient(id, "", channel, to)).collect();
    let counter = Counter::with("[\"comparative\"]", &["mail", "drop", "other"], &settings, &file);
    counter
        .approve_all(&recipients.map(|(id, channel, to)| (id.to_owned(), channel.to_owned(), to.to_owned())));
    let mut tick = counter.start("log", ["tick", "--now", FIRST]);
    let wanted = ["a-mail mail sending", "b-drop drop accepted", "c-other other accepted"];
    until("the others got theirs", || {
        counter.path(".report/state.db").exists() && counter.parcels() == wanted
    });
    assert!(!tick.has_ended(), "it still waits for the silent one");
}

/// What was begun is ended, and nothing is begun after.
#[test]
fn lines_are_drained_by_a_pause() {
    if !have(&["faces"]) {
        return;
    }
    let sink = Sink::start(Manner { pause: std::time::Duration::from_millis(20), ..Manner::default() });
    let counter = office(100, &sink, "lines = 4");
    let mut tick = counter.start("log", ["tick", "--now", FIRST]);
    until("all lines are at work", || sink.lines() == 4);
    counter.run(["outbox", "pause"]).ok();
    assert_eq!(tick.ends(), 0);
    let states = counter.rows("SELECT DISTINCT state FROM parcel ORDER BY 1");
    assert_eq!(states, ["accepted", "ready"]);
    assert_eq!(counter.rows("SELECT address FROM parcel WHERE state = 'accepted'").len(), sink.count());
}

/// The ledger is taken away from all lines at once: nothing leaves any more, and what has left is known to have.
#[test]
fn lines_stop_where_the_ledger_fails() {
    if !have(&["faces"]) {
        return;
    }
    let sink = Sink::start(Manner { pause: std::time::Duration::from_millis(10), ..Manner::default() });
    let counter = office(100, &sink, "lines = 4");
    let mut tick = counter.start("log", ["tick", "--now", FIRST]);
    until("all lines are at work", || sink.lines() == 4 && sink.count() > 8);
    counter.database().execute_batch("UPDATE lease SET fence = fence + 1").expect("a change");
    assert_ne!(tick.ends(), 0);
    assert!(counter.read("log.err").contains("another process works on the schedules now"));
    let left = counter.rows(
        "SELECT address FROM parcel WHERE state = 'accepted' OR (state = 'sending' AND phase = 'data-sent') ORDER BY 1",
    );
    let taken = sink.to();
    assert!(taken.len() < 100 && taken.iter().all(|to| left.contains(to)), "{taken:?} {left:?}");
    assert!(left.len() <= taken.len() + 4, "no more than one on each line is in doubt");
    // What is in doubt is left to a person, the rest is sent.
    counter.tick(FIRST).ok();
    let mut all = sink.to();
    let count = all.len();
    all.dedup();
    assert_eq!(all.len(), count, "nothing went out twice");
    let unknown = counter.rows("SELECT address FROM parcel WHERE state = 'unknown'").len();
    assert!(count + unknown >= 100 && unknown <= 4, "{count} {unknown}");
    counter.is_sound();
}
