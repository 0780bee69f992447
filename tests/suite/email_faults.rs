//! What the channel makes of a relay that breaks off, at every point of a conversation.
//!
//! Relays as they are in the world are left to `email_relays`.

use std::net::TcpListener;
use std::path::PathBuf;

use briefing::delivery::email::Email;
use briefing::delivery::{Channel, Outcome, Phase};
use briefing::ledger::LedgerError;

use crate::faulty_relay::{Fault, Relay};
use crate::mail_parts::{Environment, date, kind, parcel, send, settings};

const NOBODY: Environment = Environment("", "");

/// More than the buffers of both sides hold: while it is sent, a relay that is gone is noticed before the dot.
const LARGE: usize = 12 << 20;

/// One parcel on a fresh line.
fn one(fault: Fault, size: usize) -> (Outcome, Vec<Phase>, Relay) {
    let relay = Relay::start(&[fault]);
    let mut email = Email::new(relay.settings(), &NOBODY, date());
    let (outcome, phases) = send(&mut email, &parcel(1, size), "a@example.org");
    drop(email);
    (outcome, phases, relay)
}

#[test]
fn a_message_arrives_to_the_last_byte() {
    let (outcome, phases, relay) = one(Fault::Nothing, 300_000);
    assert_eq!(kind(&outcome, "250 2.0.0 taken as 42"), "accepted");
    assert_eq!(phases, [Phase::Sending, Phase::DataSent]);
    let seen = relay.seen.lock().expect("no panic");
    let size = seen.messages[0].len();
    // No line of it begins with a dot, so nothing was doubled.
    let sent =
        briefing::delivery::email::eml(&relay.settings(), &parcel(1, 300_000), "a@example.org", date());
    assert!(sent.expect("a message") == seen.messages[0], "what arrived is not what `eml` shows");
    assert_eq!(
        seen.commands,
        [
            "EHLO sender.example.org",
            "EHLO sender.example.org",
            &format!("MAIL FROM:<bounce@example.org> SIZE={size}"),
            "RCPT TO:<a@example.org>",
            "DATA",
            "QUIT"
        ]
    );
}

/// Before the dot, whatever happens, the parcel was not taken.
#[test]
fn a_line_that_breaks_before_the_dot_is_tried_again() {
    let cases: [(Fault, usize, &str); 9] = [
        (Fault::Answer("greeting", b"", true), 10, "connecting: incomplete response"),
        (Fault::Answer("greeting", b"421 4.3.2 too busy\r\n", true), 10, "421 4.3.2 too busy"),
        (Fault::Silent("greeting"), 10, "connecting: no answer in time"),
        (Fault::Answer("EHLO", b"250-relay\r\n250-SI", true), 10, "connecting: incomplete response"),
        (Fault::Answer("MAIL", b"451 4.3.0 later\r\n", false), 10, "MAIL FROM: 451 4.3.0 later"),
        (Fault::Answer("RCPT", b"450 4.2.0 greylisted\r\n", false), 10, "RCPT TO: 450 4.2.0 greylisted"),
        (Fault::Answer("RCPT", b"", true), 10, "RCPT TO: "),
        (Fault::Silent("DATA"), 10, "DATA: no answer in time"),
        (Fault::DropInBody, LARGE, "the message: "),
    ];
    for (fault, size, words) in cases {
        let (outcome, phases, relay) = one(fault, size);
        assert_eq!(kind(&outcome, words), "retry", "{words}");
        assert_eq!(phases, [Phase::Sending], "{words}");
        assert_eq!(relay.seen().1, 0, "{words}");
    }
}

/// After the dot only an answer tells what became of the parcel.
#[test]
fn without_an_answer_to_the_dot_nobody_knows() {
    let cases: [(Fault, &str); 6] = [
        (Fault::Answer("dot", b"", true), "the end of the message: incomplete response"),
        (Fault::Answer("dot", b"250 2.0.0 tak", true), "incomplete response"),
        (Fault::Answer("dot", b"250-2.0.0 taken\r\n", true), "incomplete response"),
        (Fault::Silent("dot"), "the end of the message: no answer in time"),
        (Fault::Answer("dot", b"what?\r\n", false), "the end of the message: "),
        (Fault::Answer("dot", b"354 go on\r\n", false), "the end of the message: 354 go on"),
    ];
    for (fault, words) in cases {
        let (outcome, phases, _) = one(fault, 10);
        assert_eq!(kind(&outcome, words), "unknown", "{words}");
        assert_eq!(phases, [Phase::Sending, Phase::DataSent], "{words}");
    }
}

#[test]
fn an_answer_to_the_dot_is_believed() {
    let cases: [(&[u8], &str, &str); 4] = [
        (b"451 4.3.0 disk full\r\n", "retry", "451 4.3.0 disk full"),
        (b"421 4.3.2 going down\r\n", "retry", "421 4.3.2 going down"),
        (b"554 5.7.1 looks like spam\r\n", "refused", "554 5.7.1 looks like spam"),
        (b"552 5.3.4 too big\r\n", "refused", "(the message is too large)"),
    ];
    for (answer, expected, words) in cases {
        let (outcome, phases, _) = one(Fault::Answer("dot", answer, false), 10);
        assert_eq!(kind(&outcome, words), expected);
        assert_eq!(phases, [Phase::Sending, Phase::DataSent], "{words}");
    }
}

/// A relay that wants none of us is no judgement on the parcel: the next one would be refused as well.
#[test]
fn refusals_of_a_parcel_and_of_all() {
    let cases: [(&str, &[u8], &str); 7] = [
        ("MAIL", b"553 5.7.1 not your address\r\n", "refused"),
        ("MAIL", b"530 5.7.0 log in first\r\n", "stopped"),
        ("RCPT", b"550 5.1.1 no such user\r\n", "refused"),
        ("RCPT", b"550-5.1.1 no such\r\n550 5.1.1 user\r\n", "refused"),
        ("DATA", b"554 5.5.1 no recipients\r\n", "refused"),
        ("greeting", b"554 5.7.1 you are listed\r\n", "stopped"),
        ("EHLO", b"550 5.7.1 not you\r\n", "stopped"),
    ];
    for (command, answer, expected) in cases {
        let (outcome, phases, _) = one(Fault::Answer(command, answer, false), 10);
        assert_eq!(kind(&outcome, &answer_text(answer)), expected);
        assert_eq!(phases, [Phase::Sending]);
    }
}

fn answer_text(answer: &[u8]) -> String {
    String::from_utf8_lossy(answer).lines().next().expect("a line").replacen('-', " ", 1)
}

/// lettre reads answers as UTF-8 only. An old relay that answers in GBK is taken for a broken line: wrong, but never twice or lost.
#[test]
fn an_answer_that_is_not_utf8_is_no_answer() {
    let gbk = b"550 \xd3\xc3\xbb\xa7\xb2\xbb\xb4\xe6\xd4\xda\r\n";
    let (outcome, phases, _) = one(Fault::Answer("RCPT", gbk, false), 10);
    assert_eq!(kind(&outcome, "UTF-8"), "retry");
    assert_eq!(phases, [Phase::Sending]);
    let (outcome, phases, _) = one(Fault::Answer("dot", gbk, false), 10);
    assert_eq!(kind(&outcome, "UTF-8"), "unknown");
    assert_eq!(phases, [Phase::Sending, Phase::DataSent]);
}

/// A refused login ends the channel: each further try might lock the account.
#[test]
fn a_refused_login_stops_the_channel_and_is_not_tried_again() {
    let password = Environment("RELAY", "s3cret-word");
    let echo = b"535 5.7.8 bad: AHVzZXIAczNjcmV0LXdvcmQ= s3cret-word\r\n";
    let relay = Relay::start(&[Fault::Answer("AUTH", echo, false)]);
    let mut settings = relay.settings();
    let source = briefing::delivery::SecretSource::Environment("RELAY".to_owned());
    settings.login = Some(("user".to_owned(), source));
    let mut email = Email::new(settings.clone(), &password, date());
    let (outcome, phases) = send(&mut email, &parcel(1, 10), "a@example.org");
    assert_eq!(kind(&outcome, "logging in: 535 5.7.8 bad: … …"), "stopped");
    assert_eq!(phases, [Phase::Sending]);
    let (again, phases) = send(&mut email, &parcel(2, 10), "b@example.org");
    assert_eq!((again, phases), (outcome, vec![]));
    let logins = relay.seen().0.iter().filter(|command| command.starts_with("AUTH")).count();
    assert_eq!(logins, 1);

    let relay = Relay::start(&[Fault::Answer("AUTH", b"454 4.7.0 ask again\r\n", false)]);
    settings.port = relay.port;
    let (outcome, _) =
        send(&mut Email::new(settings.clone(), &password, date()), &parcel(1, 10), "a@example.org");
    assert_eq!(kind(&outcome, "454 4.7.0 ask again"), "retry");

    let relay = Relay::start(&[Fault::Answer("EHLO", b"250 no login here\r\n", false)]);
    settings.port = relay.port;
    let (outcome, _) = send(&mut Email::new(settings, &password, date()), &parcel(1, 10), "a@example.org");
    assert_eq!(kind(&outcome, "No compatible authentication mechanism"), "stopped");
}

/// The relay may take the message only when the ledger knows that it may have.
#[test]
fn without_its_record_the_dot_is_not_sent() {
    for (at, torn) in [(Phase::Sending, 0), (Phase::DataSent, 1)] {
        let relay = Relay::start(&[Fault::Nothing]);
        let mut email = Email::new(relay.settings(), &NOBODY, date());
        let mut record = |phase| {
            if phase == at { Err(LedgerError::NoLedger { path: PathBuf::from("x") }) } else { Ok(()) }
        };
        let failed = email.send(&parcel(1, 500_000), "a@example.org", &mut record).expect_err("no record");
        assert!(matches!(failed, LedgerError::NoLedger { .. }), "{failed}");
        let (commands, messages, seen) = relay.seen();
        assert_eq!((messages, seen), (0, torn), "{commands:?}");
        // The channel is as before: the next parcel goes out on a line of its own.
        let (outcome, _) = send(&mut email, &parcel(2, 10), "a@example.org");
        assert_eq!(kind(&outcome, "taken"), "accepted");
        assert_eq!(relay.seen().1, 1);
    }
}

/// A kept line that died, or of which the relay has had enough, is replaced within the same attempt, and the message arrives once.
#[test]
fn a_dead_line_is_replaced_before_the_message() {
    let deaths = [
        Fault::Later("MAIL", b"452 4.5.3 Too many messages sent\r\n"),
        Fault::Answer("RSET", b"", true),
        Fault::Answer("RSET", b"421 4.4.2 idle too long\r\n", true),
        Fault::Silent("RSET"),
    ];
    for death in deaths {
        let relay = Relay::start(&[death, Fault::Nothing]);
        let mut email = Email::new(relay.settings(), &NOBODY, date());
        for number in 1..=4 {
            let (outcome, phases) = send(&mut email, &parcel(number, 10), "a@example.org");
            assert_eq!(kind(&outcome, "taken"), "accepted");
            assert_eq!(phases, [Phase::Sending, Phase::DataSent]);
        }
        let (commands, messages, torn) = relay.seen();
        assert_eq!((messages, torn), (4, 0));
        let lines = commands.iter().filter(|command| command.starts_with("EHLO")).count() / 2;
        assert_eq!(lines, 2, "{commands:?}");
    }
}

/// A refused recipient does not cost the line.
#[test]
fn the_line_is_kept_after_a_refusal() {
    let relay = Relay::start(&[Fault::Answer("RCPT", b"550 5.1.1 nobody\r\n", false)]);
    let mut email = Email::new(relay.settings(), &NOBODY, date());
    for number in 1..=3 {
        let (outcome, _) = send(&mut email, &parcel(number, 10), "a@example.org");
        assert_eq!(kind(&outcome, "nobody"), "refused");
    }
    let (commands, ..) = relay.seen();
    assert_eq!(commands.iter().filter(|command| command.starts_with("EHLO")).count(), 2);
    assert_eq!(commands.iter().filter(|command| *command == "RSET").count(), 2);
}

#[test]
fn the_size_that_a_relay_announces_is_kept_to() {
    let (outcome, phases, relay) =
        one(Fault::Answer("EHLO", b"250-relay\r\n250 SIZE 5000\r\n", false), 10_000);
    assert_eq!(kind(&outcome, "more than the 5 KB that the relay takes"), "refused");
    assert_eq!(phases, [Phase::Sending]);
    assert!(!relay.seen().0.iter().any(|command| command.starts_with("MAIL")));
}

#[test]
fn an_address_beyond_ascii_needs_a_relay_that_takes_it() {
    let relay = Relay::start(&[Fault::Nothing]);
    let mut email = Email::new(relay.settings(), &NOBODY, date());
    let (outcome, _) = send(&mut email, &parcel(1, 10), "王小明@example.org");
    assert_eq!(kind(&outcome, "SMTPUTF8"), "refused");
    let offer = b"250-relay\r\n250 SMTPUTF8\r\n";
    let relay = Relay::start(&[Fault::Answer("EHLO", offer, false)]);
    let mut email = Email::new(relay.settings(), &NOBODY, date());
    let (outcome, _) = send(&mut email, &parcel(1, 10), "王小明@example.org");
    assert_eq!(kind(&outcome, "taken"), "accepted");
    assert!(relay.seen().0.contains(&"MAIL FROM:<bounce@example.org> SMTPUTF8".to_owned()));
}

/// Nothing listens: that passes.
#[test]
fn no_relay_at_all_is_tried_again() {
    let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a port").port();
    let mut email = Email::new(settings(port), &NOBODY, date());
    let (outcome, phases) = send(&mut email, &parcel(1, 10), "a@example.org");
    assert_eq!(kind(&outcome, "connecting: Connection refused"), "retry");
    assert_eq!(phases, [Phase::Sending]);
    let (lines, well) = email.probe();
    assert!(!well && lines[0].contains("Connection refused"), "{lines:?}");
}

#[test]
fn a_limit_of_messages_a_minute_loses_none() {
    let relay = Relay::start(&[Fault::Nothing]);
    let mut settings = relay.settings();
    settings.a_minute = Some(600);
    let mut email = Email::new(settings, &NOBODY, date());
    for number in 1..=5 {
        let (outcome, _) = send(&mut email, &parcel(number, 10), "a@example.org");
        assert_eq!(kind(&outcome, "taken"), "accepted");
    }
    assert_eq!(relay.seen().1, 5);
}
