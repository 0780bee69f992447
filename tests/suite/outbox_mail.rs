//! Mail from a tick of the real binary: where it may go, what stands in it, and which channel waits for which.
//!
//! How the channel takes a relay that breaks off is left to `email_faults`, crowds and kills to `outbox_kills`.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use crate::counter::{Counter, DROP, mail, many, recipient};
use crate::office::{FIRST, until};
use crate::sink::{Manner, Sink};
use crate::tools::have;

const LATER: &str = "2026-12-01T08:05:00+08:00";
const ALLOWED: &str = "[delivery]\ndomains = [\"example.org\"]\n";
const PASSWORD: &str = "Zw7-correct-horse";

#[test]
fn outbox_a_trial_sends_all_mail_to_one() {
    if !have(&["faces"]) {
        return;
    }
    let sink = Sink::start(Manner::default());
    let settings = format!("{ALLOWED}redirect_all_to = \"trial@example.org\"\n{}", mail(sink.port, ""));
    let (recipients, addresses) = many(3);
    let counter = Counter::with("[\"comparative\"]", &["mail"], &settings, &recipients);
    counter.approve_all(&addresses);
    counter.tick(FIRST).ok();
    assert_eq!(sink.to(), ["trial@example.org"; 3]);
    assert!(counter.parcels().iter().all(|parcel| parcel.ends_with(" accepted")));
    let list = counter.run(["outbox", "list"]).ok().stdout.clone();
    assert_eq!(list.matches("as a trial to trial@example.org instead").count(), 3, "{list}");
    counter.tick(LATER).ok();
    assert_eq!(sink.count(), 3);
}

#[test]
fn outbox_a_domain_that_is_not_allowed_is_refused_twice() {
    if !have(&["faces"]) {
        return;
    }
    let sink = Sink::start(Manner::default());
    let counter = Counter::simple("mail", &format!("{ALLOWED}{}", mail(sink.port, "")), "a@example.org");
    counter.check().ok();
    counter.run(["outbox", "pause"]).ok();
    counter.tick(FIRST).ok();
    counter.run(["outbox", "resume"]).ok();
    counter.replace("report.toml", "domains = [\"example.org\"]", "domains = [\"example.net\"]");
    counter.check().ends(2).says("data/recipients.toml:").says("mail to `example.org` is not allowed");
    counter.tick(LATER).ends(1).prints("mail to `example.org` is not allowed");
    assert_eq!((counter.state().as_str(), sink.lines()), ("failed", 0));
    // Nor is the mailbox of a trial a way around it.
    counter.replace("report.toml", "example.net", "example.org");
    counter.replace("report.toml", "[delivery]", "[delivery]\nredirect_all_to = \"me@example.net\"");
    counter.check().ends(2).says("report.toml:").says("mail to `example.net` is not allowed");
    counter.run(["outbox", "retry", &counter.key()]).ok();
    counter.tick(LATER).ends(1);
    assert_eq!((counter.state().as_str(), sink.lines()), ("failed", 0));
}

#[test]
fn outbox_a_password_is_never_seen() {
    if !have(&["faces"]) {
        return;
    }
    for locked in [false, true] {
        let sink = Sink::start(Manner { locked, ..Manner::default() });
        let login = "user = \"briefing\"\npassword = { file = \"secret\" }";
        let counter =
            Counter::simple("mail", &format!("{ALLOWED}{}", mail(sink.port, login)), "a@example.org");
        counter.check().ends(2).says("report.toml:").says("cannot read the secret");
        counter.write("secret", PASSWORD);
        fs::set_permissions(counter.path("secret"), Permissions::from_mode(0o644)).expect("our file");
        counter.check().ends(2).says("is open to others");
        fs::set_permissions(counter.path("secret"), Permissions::from_mode(0o600)).expect("our file");
        counter.check().ok();
        let mut said = Vec::new();
        for run in [
            counter.tick(FIRST),
            counter.at(LATER, ["deliver", "--log-format", "json"]),
            counter.run(["outbox", "list"]),
            counter.run(["outbox", "show", &counter.key()]),
        ] {
            said.push(run.stdout + &run.stderr);
        }
        for file in counter.files(".report") {
            let bytes = fs::read(counter.path(".report").join(file)).expect("a file");
            said.push(String::from_utf8_lossy(&bytes).into_owned());
        }
        let plain = BASE64.encode(format!("\0briefing\0{PASSWORD}"));
        for words in [PASSWORD, &plain, &BASE64.encode(PASSWORD)] {
            assert!(said.iter().all(|text| !text.contains(words)), "{words} was told");
        }
        assert_eq!(sink.count(), usize::from(!locked));
        assert_eq!(counter.state(), if locked { "ready" } else { "accepted" });
    }
}

#[test]
fn outbox_a_refused_login_is_not_tried_for_each_parcel() {
    if !have(&["faces"]) {
        return;
    }
    let sink = Sink::start(Manner { locked: true, ..Manner::default() });
    let login = "user = \"briefing\"\npassword = { file = \"secret\" }";
    let (recipients, addresses) = many(5);
    let settings = format!("{ALLOWED}{}", mail(sink.port, login));
    let counter = Counter::with("[\"comparative\"]", &["mail"], &settings, &recipients);
    counter.write("secret", PASSWORD);
    fs::set_permissions(counter.path("secret"), Permissions::from_mode(0o600)).expect("our file");
    counter.approve_all(&addresses);
    let alarms = counter.told(FIRST, "alarm");
    assert_eq!((alarms.len(), sink.lines()), (1, 1), "{alarms:?}");
    for minute in ["05", "10", "29"] {
        assert_eq!(counter.tick(&format!("2026-12-01T08:{minute}:00+08:00")).ok().stdout, "");
    }
    assert_eq!(sink.lines(), 1, "an account is locked after a few of these");
    assert_eq!(counter.told("2026-12-01T08:30:00+08:00", "alarm"), [""; 0], "it is known");
    assert_eq!(sink.lines(), 2);
    assert!(counter.parcels().iter().all(|parcel| parcel.ends_with(" ready")));
}

#[test]
fn outbox_a_ca_that_cannot_be_read_is_found_before() {
    if !have(&["faces"]) {
        return;
    }
    let relay = mail(25, "ca_file = \"ca.pem\"").replace("\"none\"", "\"starttls\"");
    let counter = Counter::simple("mail", &format!("{ALLOWED}{relay}"), "a@example.org");
    counter.check().ends(2).says("report.toml:").says("cannot read the certificates");
    counter.write("ca.pem", "nothing");
    counter.check().ends(2).says("holds no certificates");
}

#[test]
fn outbox_a_dry_run_writes_messages_and_sends_nothing() {
    if !have(&["faces"]) {
        return;
    }
    let sink = Sink::start(Manner::default());
    let counter = Counter::simple("mail", &format!("{ALLOWED}{}", mail(sink.port, "")), "a@example.org");
    counter.run(["outbox", "pause"]).ok();
    counter.tick(FIRST).ok();
    counter.at(LATER, ["deliver", "--dry-run", "trial"]).ok().says("sending is held");
    counter.run(["outbox", "resume"]).ok();
    counter.at(LATER, ["deliver", "--dry-run", "trial"]).ok().prints("a@example.org").prints(".eml");
    let files = counter.files("trial");
    assert_eq!(files, [format!("{}.eml", &counter.key()[..12])]);
    let message = counter.read(&format!("trial/{}", files[0]));
    assert!(message.contains("To: a@example.org") && message.contains("Message-ID: "), "{message}");
    assert_eq!((counter.state().as_str(), sink.lines()), ("ready", 0));
    counter.at(LATER, ["deliver"]).ok();
    assert_eq!(sink.to(), ["a@example.org"]);
    assert!(message.contains(&sink.taken()[0].id), "what was shown is what was sent");
    let again = counter.at(LATER, ["deliver", "--dry-run", "trial-2"]);
    assert!(!again.ok().stdout.contains("a@example.org"));
}

/// What would be refused is not shown as if it would go.
#[test]
fn outbox_a_dry_run_refuses_what_sending_refuses() {
    if !have(&["faces"]) {
        return;
    }
    let counter = Counter::simple("mail", &format!("{ALLOWED}{}", mail(9, "")), "a@example.org");
    counter.mark("内部资料");
    counter.run(["outbox", "pause"]).ok();
    counter.tick(FIRST).ok();
    counter.at(LATER, ["deliver", "--dry-run", "trial"]).ok().prints("internal = true");
    assert_eq!(counter.files("trial"), [""; 0]);
}

#[test]
fn outbox_a_mailbox_that_does_not_exist_is_mended() {
    if !have(&["faces"]) {
        return;
    }
    let sink = Sink::start(Manner { unknown: "worng@example.org", ..Manner::default() });
    let counter = Counter::simple("mail", &format!("{ALLOWED}{}", mail(sink.port, "")), "worng@example.org");
    let alarms = counter.told(FIRST, "alarm");
    assert!(alarms.len() == 1 && alarms[0].contains("550"), "{alarms:?}");
    assert_eq!(counter.state(), "failed");
    counter.replace("data/recipients.toml", "worng", "right");
    let key = counter.key();
    counter.run(["outbox", "retry", &key]).ok().prints("report outbox approve office --by NAME");
    counter.tick(LATER).ok();
    assert_eq!((counter.state().as_str(), sink.count()), ("held", 0));
    counter.run(["outbox", "approve", "office", "--by", "x"]).ok();
    counter.tick(LATER).ok();
    assert_eq!((counter.state().as_str(), sink.to()), ("accepted", vec!["right@example.org".to_owned()]));
}

/// A relay that takes the line and never speaks costs one wait, not one for each of its parcels.
#[test]
fn outbox_a_dead_relay_holds_up_nothing_else() {
    if !have(&["faces"]) {
        return;
    }
    let (mut recipients, mut addresses) = many(6);
    recipients.push_str(&recipient("folder", "", "drop", "a"));
    addresses.push(("folder".to_owned(), "drop".to_owned(), "a".to_owned()));
    let silent = Sink::start(Manner { mute: true, ..Manner::default() });
    for (port, limit) in [(9, "20s"), (silent.port, "11s")] {
        let settings = format!("{ALLOWED}{}{DROP}", mail(port, &format!("timeout = \"{limit}\"")));
        let counter = Counter::with("[\"comparative\"]", &["mail", "drop"], &settings, &recipients);
        counter.approve_all(&addresses);
        counter.tick(FIRST).ok();
        let parcels = counter.parcels();
        assert_eq!(parcels[0], "folder drop accepted");
        assert!(parcels[1..].iter().all(|parcel| parcel.ends_with(" ready")), "{parcels:?}");
    }
    assert_eq!(silent.lines(), 1);
}

/// The brake works while a long list is sent.
#[test]
fn outbox_a_pause_holds_at_once() {
    if !have(&["faces"]) {
        return;
    }
    let sink = Sink::start(Manner { pause: std::time::Duration::from_millis(20), ..Manner::default() });
    let (recipients, addresses) = many(60);
    let settings = format!("{ALLOWED}{}", mail(sink.port, ""));
    let counter = Counter::with("[\"comparative\"]", &["mail"], &settings, &recipients);
    counter.approve_all(&addresses);
    let mut tick = counter.start("log", ["tick", "--now", FIRST]);
    until("something is sent", || sink.count() > 1);
    counter.run(["outbox", "pause"]).ok();
    assert_eq!(tick.ends(), 0);
    let sent = sink.count();
    assert!(sent < 60, "all were sent before it held");
    counter.at(LATER, ["deliver"]).ok();
    assert_eq!(sink.count(), sent);
    counter.run(["outbox", "resume"]).ok();
    counter.at(LATER, ["deliver"]).ok();
    let mut wanted: Vec<String> = addresses.into_iter().map(|(_, _, to)| to).collect();
    wanted.sort();
    assert_eq!(sink.to(), wanted);
}
