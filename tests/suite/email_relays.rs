//! Relays as they are in the world: OpenSMTPD and Postfix take parcels or refuse them, and the mailbox is read back.
//!
//! How they are started is left to `mail_servers`, lines that break to `email_faults`.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

use briefing::delivery::email::{Email, EmailSettings, Security, eml};
use briefing::delivery::{Channel, Phase, SecretSource};
use chrono::{Days, Utc};

use crate::mail_parts::{Environment, NAME, date, kind, parcel, python, read, send, settings};
use crate::mail_servers::{Server, opensmtpd, postfix};

const NOBODY: Environment = Environment("", "");
const ALICE: &str = "alice@example.org";
const PASSWORD: Environment = Environment("RELAY_PASSWORD", "open sesame");

/// Settings for a port of Postfix that wants TLS and a login.
fn guarded(server: &Server, security: Security) -> EmailSettings {
    let port = server.ports[if security == Security::Tls { 1 } else { 2 }];
    EmailSettings {
        security,
        ca_file: Some(server.file("relay.ca.pem")),
        login: Some(("alice".to_owned(), SecretSource::Environment("RELAY_PASSWORD".to_owned()))),
        ..settings(port)
    }
}

/// The one message of a mailbox is the parcel, byte for byte but for what relays put before it.
fn is_the_parcel(server: &Server, settings: &EmailSettings, number: u8, size: usize) {
    let paths = server.mailbox(1);
    assert_eq!(paths.len(), 1);
    let (kept, parcel) = (fs::read(&paths[0]).expect("a message"), parcel(number, size));
    let sent = eml(settings, &parcel, ALICE, date()).expect("a message");
    // A mailbox has the line ends of its system.
    let sent = String::from_utf8(sent).expect("ASCII").replace("\r\n", "\n");
    assert!(kept.ends_with(sent.as_bytes()), "{}", String::from_utf8_lossy(&kept));
    if !python() {
        return;
    }
    let message = read(&paths[0]);
    assert_eq!(message["defects"], serde_json::json!([]));
    assert_eq!(message["headers"]["Subject"], parcel.title);
    assert_eq!(
        message["headers"]["Return-Path"].as_str().map(|path| path.trim_matches(['<', '>'])),
        Some("bounce@example.org")
    );
    assert_eq!(message["headers"]["Message-ID"], format!("<{}@example.org>", parcel.key));
    let part = &message["parts"][2];
    assert_eq!((&part["file"], &part["name"]), (&NAME.into(), &NAME.into()));
    assert_eq!(part["sha256"], parcel.enclosures[0].sha256);
    assert!(message["parts"][0]["text"].as_str().is_some_and(|text| text.contains("12,345 名")));
}

#[test]
fn opensmtpd_delivers_and_refuses() {
    let Some(server) = opensmtpd() else { return };
    let settings = settings(server.ports[0]);
    let mut email = Email::new(settings.clone(), &NOBODY, date());
    let (outcome, phases) = send(&mut email, &parcel(1, 100_000), ALICE);
    assert_eq!(kind(&outcome, "250 2.0.0 "), "accepted");
    assert_eq!(phases, [Phase::Sending, Phase::DataSent]);
    is_the_parcel(&server, &settings, 1, 100_000);

    let (outcome, phases) = send(&mut email, &parcel(2, 10), "absent@example.org");
    assert_eq!(kind(&outcome, "550 Invalid recipient"), "refused");
    assert_eq!(phases, [Phase::Sending]);
    let (outcome, _) = send(&mut email, &parcel(3, 10), "a@elsewhere.example");
    assert_eq!(kind(&outcome, "550 "), "refused");
    let (outcome, phases) = send(&mut email, &parcel(4, 200_000), ALICE);
    // It tells its limit with the first EHLO alone, which lettre reads: so it is met at the dot.
    assert_eq!(
        kind(
            &outcome,
            "554 5.3.4 Message too big for system: Transaction failed, message too big (the message is too large)"
        ),
        "refused"
    );
    assert_eq!(phases, [Phase::Sending, Phase::DataSent]);
    // All that on one line, which still works.
    let (outcome, _) = send(&mut email, &parcel(5, 10), ALICE);
    assert_eq!(kind(&outcome, "250 2.0.0 "), "accepted");
    server.mailbox(2);
    assert_eq!(server.log().matches(" smtp connected ").count(), 1 + 1, "the probe of the port, and ours");
    let (lines, well) = email.probe();
    assert!(well, "{lines:?}");
    assert!(lines[2].starts_with("it does not say how large"), "{lines:?}");
}

/// The same parcel twice is the same message to every relay, and to none a reason to keep one: what was sent must be known here.
#[test]
fn a_relay_takes_the_same_message_twice() {
    let Some(server) = opensmtpd() else { return };
    for _ in 0..2 {
        let mut email = Email::new(settings(server.ports[0]), &NOBODY, date());
        let (outcome, _) = send(&mut email, &parcel(1, 10), ALICE);
        assert_eq!(kind(&outcome, "250 2.0.0 "), "accepted");
    }
    assert_eq!(server.mailbox(2).len(), 2);
}

#[test]
fn postfix_delivers_refuses_and_puts_off() {
    let Some(server) = postfix() else { return };
    let settings = settings(server.ports[0]);
    let mut email = Email::new(settings.clone(), &NOBODY, date());
    let cases = [
        ("slow@example.org", "RCPT TO: 450 4.2.0", "retry"),
        ("full@example.org", "RCPT TO: 452 4.2.2", "retry"),
        (
            "huge@example.org",
            "552 5.2.2 <huge@example.org>: Recipient address rejected: over quota (the mailbox is full)",
            "refused",
        ),
        ("nobody@example.org", "RCPT TO: 554 5.7.1", "refused"),
    ];
    for (to, words, expected) in cases {
        let (outcome, phases) = send(&mut email, &parcel(1, 10), to);
        assert_eq!(kind(&outcome, words), expected);
        assert_eq!(phases, [Phase::Sending]);
    }
    let (outcome, phases) = send(&mut email, &parcel(2, 100_000), ALICE);
    assert_eq!(kind(&outcome, "more than the 100 KB that the relay takes"), "refused");
    assert_eq!(phases, [Phase::Sending]);
    let (outcome, phases) = send(&mut email, &parcel(3, 50_000), ALICE);
    assert_eq!(kind(&outcome, "250 2.0.0 Ok: queued as "), "accepted");
    assert_eq!(phases, [Phase::Sending, Phase::DataSent]);
    is_the_parcel(&server, &settings, 3, 50_000);
}

#[test]
fn postfix_with_tls_and_a_login() {
    let Some(server) = postfix() else { return };
    for (number, security) in [(1, Security::Tls), (2, Security::StartTls)] {
        let settings = guarded(&server, security);
        settings.check().expect("settings");
        let mut email = Email::new(settings.clone(), &PASSWORD, date());
        let (outcome, phases) = send(&mut email, &parcel(number, 10), ALICE);
        assert_eq!(kind(&outcome, "queued as "), "accepted");
        assert_eq!(phases, [Phase::Sending, Phase::DataSent]);
        server.mailbox(number.into());
        let (lines, well) = Email::new(settings.clone(), &PASSWORD, Utc::now()).probe();
        assert!(well, "{lines:?}");
        assert!(lines[1].ends_with(", in 39 days"), "{lines:?}");
        // Said in time: on the last of its days nobody could be reached.
        let (lines, well) = Email::new(settings.clone(), &PASSWORD, Utc::now() + Days::new(18)).probe();
        assert!(well && lines[1].ends_with(", in 21 days"), "{lines:?}");
        let (lines, well) = Email::new(settings.clone(), &PASSWORD, Utc::now() + Days::new(19)).probe();
        assert!(!well && lines[1].ends_with(", in 20 days: have it renewed"), "{lines:?}");
        assert!(lines.contains(&"logged in as alice".to_owned()), "{lines:?}");

        let wrong = Environment("RELAY_PASSWORD", "shut sesame");
        let mut email = Email::new(settings.clone(), &wrong, date());
        let (outcome, phases) = send(&mut email, &parcel(3, 10), ALICE);
        assert_eq!(kind(&outcome, "logging in: 535 5.7.8"), "stopped");
        assert_eq!(phases, [Phase::Sending]);
        let (lines, well) = email.probe();
        assert!(!well && lines[0].contains("535 5.7.8"), "{lines:?}");

        let anonymous = EmailSettings { login: None, ..settings.clone() };
        let (outcome, _) = send(&mut Email::new(anonymous, &NOBODY, date()), &parcel(3, 10), ALICE);
        assert_eq!(kind(&outcome, "554 5.7.1"), "refused");

        // A CA that did not sign the relay's certificate, none at all, and a name that is not in it.
        let other = EmailSettings { ca_file: Some(server.file("other.ca.pem")), ..settings.clone() };
        let public = EmailSettings { ca_file: None, ..settings.clone() };
        for distrusted in [other, public] {
            let (outcome, phases) =
                send(&mut Email::new(distrusted, &PASSWORD, date()), &parcel(3, 10), ALICE);
            assert_eq!(kind(&outcome, "invalid peer certificate: UnknownIssuer; if"), "retry");
            assert_eq!(phases, [Phase::Sending]);
        }
        let mut named = settings.clone();
        named.host = "127.0.0.2".to_owned();
        let (outcome, _) = send(&mut Email::new(named, &PASSWORD, date()), &parcel(3, 10), ALICE);
        assert!(matches!(kind(&outcome, ""), "retry"), "{outcome:?}");
    }
    // Plain text where TLS is expected, and the other way round.
    let mixed = EmailSettings { port: server.ports[2], ..guarded(&server, Security::Tls) };
    let (outcome, _) = send(&mut Email::new(mixed, &PASSWORD, date()), &parcel(3, 10), ALICE);
    assert_eq!(kind(&outcome, "connecting: "), "retry");
    let bare =
        EmailSettings { security: Security::None, login: None, ..guarded(&server, Security::StartTls) };
    let (outcome, _) = send(&mut Email::new(bare, &NOBODY, date()), &parcel(3, 10), ALICE);
    assert_eq!(kind(&outcome, "MAIL FROM: 530 5.7.0 Must issue a STARTTLS command first"), "stopped");
    let without = EmailSettings {
        port: server.ports[0],
        ca_file: Some(server.file("other.ca.pem")),
        ..guarded(&server, Security::StartTls)
    };
    let (outcome, _) = send(&mut Email::new(without, &PASSWORD, date()), &parcel(3, 10), ALICE);
    assert_eq!(kind(&outcome, "STARTTLS"), "retry");
    assert_eq!(server.mailbox(2).len(), 2);
}

/// Passes everything on, and slips an answer in behind the one to STARTTLS.
fn meddler(relay: u16) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let server = TcpStream::connect(("127.0.0.1", relay)).expect("the relay");
            let (mut from, mut to) =
                (client.try_clone().expect("a line"), server.try_clone().expect("a line"));
            thread::spawn(move || std::io::copy(&mut from, &mut to));
            thread::spawn(move || slip(server, client));
        }
    });
    port
}

fn slip(mut server: TcpStream, mut client: TcpStream) -> Option<()> {
    let mut buffer = [0; 4096];
    loop {
        let read = server.read(&mut buffer).ok().filter(|read| *read > 0)?;
        let mut bytes = buffer[..read].to_vec();
        if bytes.starts_with(b"220 2.0.0") {
            bytes.extend_from_slice(b"250-relay\r\n250 AUTH PLAIN\r\n");
        }
        client.write_all(&bytes).ok()?;
    }
}

#[test]
fn an_answer_slipped_in_before_tls_is_seen() {
    let Some(server) = postfix() else { return };
    let mut settings = guarded(&server, Security::StartTls);
    settings.port = meddler(server.ports[2]);
    let (outcome, phases) = send(&mut Email::new(settings, &PASSWORD, date()), &parcel(1, 10), ALICE);
    assert_eq!(kind(&outcome, "the answers do not fit the commands"), "retry");
    assert_eq!(phases, [Phase::Sending]);
    assert!(!server.log().contains("sasl_method"), "{}", server.log());
}
