//! How a parcel ends beyond a plain answer: mail that comes back, what nobody knows of, and what monitoring sees of it all.
//!
//! What a person decides about parcels is left to `outbox`.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use crate::counter::{COMMAND, Counter, DROP, mail, many, recipient};
use crate::faulty_relay::{Fault, Relay};
use crate::office::FIRST;
use crate::sink::{Manner, Sink};
use crate::tools::have;
use crate::watched::sample;

const LATER: &str = "2026-12-01T08:05:00+08:00";
const NEXT: &str = "2026-12-01T08:10:00+08:00";
const ALLOWED: &str = "[delivery]\ndomains = [\"example.org\"]\n";

#[test]
fn ends_unknown_is_sent_once_more_where_the_channel_says_so() {
    if !have(&["faces"]) {
        return;
    }
    let gone = Fault::Answer("dot", b"", true);
    for (faults, states) in [
        (vec![gone, Fault::Nothing], ["ready", "accepted", "accepted"]),
        // A second one asks a person, and is not sent by itself again.
        (vec![gone, gone, Fault::Nothing], ["ready", "unknown", "unknown"]),
    ] {
        let relay = Relay::start(&faults);
        let settings = format!("{ALLOWED}{}", mail(relay.port, "unknown = \"resend\""));
        let counter = Counter::simple("mail", &settings, "a@example.org");
        counter.tick(FIRST).ok().prints("sent once more by itself");
        let mut found = vec![counter.state()];
        for now in [LATER, NEXT] {
            counter.tick(now).ok();
            found.push(counter.state());
        }
        assert_eq!(found, states);
        let wanted = faults.len() - usize::from(faults.len() == 3);
        assert_eq!(relay.seen().1, wanted, "how often it left");
        if states[2] == "unknown" {
            counter.run(["outbox", "resend", &counter.key()]).ok();
            counter.tick("2026-12-01T08:20:00+08:00").ok();
            assert_eq!(counter.state(), "accepted", "a person may say so");
        }
    }
}

/// The same after a crash between the last byte and the answer; and without the key a person is asked.
#[test]
fn ends_of_a_crash_are_sent_once_more_where_the_channel_says_so() {
    if !have(&["faces"]) {
        return;
    }
    for (more, state, count) in [("unknown = \"resend\"", "accepted", 1), ("", "unknown", 0)] {
        let sink = Sink::start(Manner::default());
        let counter =
            Counter::simple("mail", &format!("{ALLOWED}{}", mail(sink.port, more)), "a@example.org");
        counter.run(["outbox", "pause"]).ok();
        counter.tick(FIRST).ok();
        counter.run(["outbox", "resume"]).ok();
        let crash = "UPDATE parcel SET state = 'sending', phase = 'data-sent'";
        counter.database().execute_batch(crash).expect("a change");
        counter.tick(LATER).ok();
        assert_eq!((counter.state().as_str(), sink.count()), (state, count));
        // The next crash of the same parcel is one too many.
        counter.database().execute_batch(crash).expect("a change");
        counter.tick(NEXT).ok().prints("report outbox assume-sent or resend");
        assert_eq!((counter.state().as_str(), sink.count()), ("unknown", count));
    }
}

/// The key in the sender of the envelope tells which parcel came back; the headers are those of mail from a machine.
#[test]
fn ends_of_a_message_tell_which_parcel_it_is() {
    if !have(&["faces"]) {
        return;
    }
    let sink = Sink::start(Manner::default());
    let more = "bounces = \"bounce+{key}@example.org\"\nlist_id = \"briefing.example.org\"";
    let counter = Counter::simple("mail", &format!("{ALLOWED}{}", mail(sink.port, more)), "a@example.org");
    counter.check().ok();
    counter.tick(FIRST).ok();
    let (taken, key) = (sink.taken().remove(0), counter.key());
    assert_eq!(taken.from, format!("bounce+{}@example.org", &key[..12]));
    for line in [
        "List-Id: <comparative.briefing.example.org>\r\n",
        "Auto-Submitted: auto-generated\r\n",
        &format!("X-Report-Key: {key}\r\n"),
    ] {
        assert!(taken.text.contains(line), "{line} is not in {}", taken.text);
    }
    for (wrong, words) in [
        ("bounce+{kye}@example.org", "only `{key}` may stand in braces"),
        ("bounce@{key}.example.org", "only before the `@`"),
        ("bounce+{key}", "is no email address"),
    ] {
        counter.replace("report.toml", "bounce+{key}@example.org", wrong);
        counter.check().ends(2).says("report.toml:").says(words);
        counter.replace("report.toml", wrong, "bounce+{key}@example.org");
    }
    counter.replace("report.toml", "\"briefing.example.org\"", "\"a list\"");
    counter.check().ends(2).says("list_id \"a list\" is no name of a domain");
}

/// The rule of the manual, as Postfix runs it on a bounce: the parcel has failed, an alarm is raised once, and with a new address it is
/// sent again.
#[test]
fn ends_that_come_back_are_recorded_by_the_rule_of_the_manual() {
    if !have(&["faces"]) {
        return;
    }
    let (sink, spare) = (Sink::start(Manner::default()), Sink::start(Manner::default()));
    let other = mail(spare.port, "").replace("id = \"mail\"", "id = \"spare\"");
    let by = "[monitor]\nalarm_by = [{ channel = \"spare\", to = \"duty@example.org\" }]\n";
    let settings =
        format!("{ALLOWED}{}{other}{by}", mail(sink.port, "bounces = \"bounce+{key}@example.org\""));
    let counter = Counter::simple("mail", &settings, "a@example.org");
    counter.tick(FIRST).ok();
    let manual =
        fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/delivery.md")).expect("it is there");
    let rule = manual.split("```sh\n#!/bin/sh\n").nth(1).and_then(|rest| rest.split("```").next());
    let rule = rule.expect("a script").replace("/srv/briefings", &counter.path("").display().to_string());
    counter.write("bounced", rule);
    let extension = sink.taken()[0].from.split(['+', '@']).nth(1).expect("an extension").to_owned();
    let bounce = |action: &str, extension: &str| {
        counter.write("bounce.eml", format!("Content-Type: message/delivery-status\n\nAction: {action}\nDiagnostic-Code: smtp; 550 5.1.1 nobody here\n"));
        let programs = Path::new(env!("CARGO_BIN_EXE_report")).parent().expect("a folder").display();
        let run = Command::new("sh")
            .arg(counter.path("bounced"))
            .env("EXTENSION", extension)
            .env("PATH", format!("{programs}:/usr/bin:/bin"))
            .stdin(fs::File::open(counter.path("bounce.eml")).expect("a file"))
            .output()
            .expect("sh starts");
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    };
    bounce("delayed", &extension);
    bounce("failed", "");
    bounce("failed", "$(touch x)");
    assert_eq!((counter.state().as_str(), spare.count()), ("accepted", 0));
    bounce("failed", &extension);
    assert_eq!((counter.state().as_str(), spare.to()), ("failed", vec!["duty@example.org".to_owned()]));
    bounce("failed", &extension);
    assert_eq!(spare.count(), 1, "it is known");
    let key = counter.key();
    counter.run(["outbox", "show", &key]).ok().prints("bounced: smtp; 550 5.1.1 nobody here");
    counter.replace("data/recipients.toml", "a@example.org", "b@example.org");
    counter.run(["outbox", "retry", &key]).ok().prints("report outbox approve office");
    counter.run(["outbox", "approve", "office", "--by", "x"]).ok();
    counter.tick(LATER).ok();
    assert_eq!(
        (counter.state().as_str(), sink.to()),
        ("accepted", vec!["a@example.org".into(), "b@example.org".into()])
    );
    // What was never taken cannot come back.
    counter.database().execute_batch("UPDATE parcel SET state = 'unknown'").expect("a change");
    counter.run(["outbox", "bounced", &key, "--reason", "x"]).ends(2).says("is unknown, not accepted");
}

#[test]
fn ends_are_seen_by_monitoring() {
    if !have(&["faces"]) {
        return;
    }
    let sink = Sink::start(Manner { locked: true, ..Manner::default() });
    let login = "user = \"briefing\"\npassword = { file = \"secret\" }";
    let (mut recipients, mut addresses) = many(3);
    for (id, channel) in [("folder", "drop"), ("desk", "oa")] {
        recipients.push_str(&recipient(id, "", channel, "a"));
        addresses.push((id.to_owned(), channel.to_owned(), "a".to_owned()));
    }
    let monitor = "[monitor]\nmetrics = \"run/report.prom\"\n";
    let settings = format!("{ALLOWED}{}{DROP}{COMMAND}{monitor}", mail(sink.port, login));
    let counter = Counter::with("[\"comparative\"]", &["mail", "drop", "oa"], &settings, &recipients);
    counter.write("secret", "x");
    fs::set_permissions(counter.path("secret"), Permissions::from_mode(0o600)).expect("our file");
    counter.write("deliver.sh", "exit 1");
    counter.approve_all(&addresses);
    counter.tick(FIRST).ok();
    let first = 1_796_083_200.0;
    let text = counter.read("run/report.prom");
    for (name, value) in [
        ("report_outbox_parcels{channel=\"mail\",state=\"ready\"}", 3.0),
        ("report_outbox_parcels{channel=\"drop\",state=\"accepted\"}", 1.0),
        ("report_outbox_parcels{channel=\"oa\",state=\"failed\"}", 1.0),
        ("report_outbox_paused", 0.0),
    ] {
        assert_eq!(sample(&text, name), value, "{name}");
    }
    for name in ["oldest_ready", "stopped"] {
        let at = sample(&text, &format!("report_outbox_{name}_timestamp_seconds{{channel=\"mail\"}}"));
        assert!((first..first + 120.0).contains(&at), "{name}: {at}");
    }
    let at = sample(&text, "report_outbox_last_accepted_timestamp_seconds{channel=\"drop\"}");
    assert!((first..first + 120.0).contains(&at), "{at}");
    assert!(!text.contains("last_accepted_timestamp_seconds{channel=\"oa\"}"));
    counter.run(["status"]).ends(1).prints("channel `mail` does not work since");
    // It stays stopped since then, and works again when something is taken.
    let stopped = sample(&text, "report_outbox_stopped_timestamp_seconds{channel=\"mail\"}");
    counter.tick("2026-12-01T08:30:30+08:00").ok();
    let text = counter.read("run/report.prom");
    assert_eq!(sample(&text, "report_outbox_stopped_timestamp_seconds{channel=\"mail\"}"), stopped);
    // One that was taken out is no trouble any more.
    counter
        .database()
        .execute_batch("INSERT INTO pause VALUES ('channel gone', '2026-12-01T00:00:00Z')")
        .expect("a row");
    let well = Sink::start(Manner::default());
    counter.replace("report.toml", &format!("port = {}", sink.port), &format!("port = {}", well.port));
    counter.run(["outbox", "pause"]).ok();
    counter.tick("2026-12-01T09:01:30+08:00").ok();
    assert_eq!(sample(&counter.read("run/report.prom"), "report_outbox_paused"), 1.0);
    counter.run(["outbox", "resume"]).ok();
    counter.tick("2026-12-01T09:02:30+08:00").ok();
    let text = counter.read("run/report.prom");
    assert_eq!(sample(&text, "report_outbox_parcels{channel=\"mail\",state=\"accepted\"}"), 3.0);
    assert!(!text.contains("stopped_timestamp_seconds{"), "{text}");
}
