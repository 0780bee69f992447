//! Messages as bytes, and what is refused before anything is sent.
//!
//! Relays are left to `email_relays`, broken lines to `email_faults`.

use std::fs;
use std::path::PathBuf;

use briefing::delivery::SecretSource;
use briefing::delivery::email::{Email, EmailSettings, Security, eml};
use tempfile::TempDir;

use crate::mail_parts::{Environment, NAME, date, kind, parcel, python, read, send, settings};
use crate::tools::skip;

const NOBODY: Environment = Environment("", "");

fn text(settings: &EmailSettings, title: &str) -> String {
    let mut parcel = parcel(1, 100);
    title.clone_into(&mut parcel.title);
    String::from_utf8(eml(settings, &parcel, "a@example.org", date()).expect("a message")).expect("ASCII")
}

#[test]
fn the_same_parcel_is_the_same_message() {
    let settings = settings(25);
    let message = eml(&settings, &parcel(1, 5000), "a@example.org", date()).expect("a message");
    for _ in 0..20 {
        let again = eml(&settings, &parcel(1, 5000), "a@example.org", date()).expect("a message");
        assert!(again == message, "two messages of one parcel differ");
    }
    let text = String::from_utf8(message).expect("ASCII");
    assert!(text.is_ascii());
    assert!(text.lines().all(|line| line.len() <= 998));
    assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
    let key = "01".repeat(32);
    for line in [
        format!("Message-ID: <{key}@example.org>"),
        format!("X-Report-Key: {key}"),
        "Auto-Submitted: auto-generated".to_owned(),
        "Date: Fri, 06 Nov 2026 02:00:00 +0000".to_owned(),
        "To: a@example.org".to_owned(),
    ] {
        assert!(text.lines().any(|l| l == line), "no `{line}` in {text}");
    }
}

#[test]
fn a_mail_program_reads_names_bodies_and_files() {
    if !python() {
        return skip("python3");
    }
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("a.eml");
    let parcel = parcel(1, 70_000);
    let mut reply = settings(25);
    reply.reply_to = Some("王 小明 <wang@example.org>".to_owned());
    fs::write(&path, eml(&reply, &parcel, "a@example.org", date()).expect("a message")).expect("a file");
    let message = read(&path);
    assert_eq!(message["defects"], serde_json::json!([]));
    assert_eq!(message["headers"]["Subject"], parcel.title);
    assert_eq!(message["headers"]["From"], "平凉市资料简报 <briefing@example.org>");
    assert_eq!(message["headers"]["Reply-To"], "王 小明 <wang@example.org>");
    let parts = message["parts"].as_array().expect("parts");
    let types: Vec<_> = parts.iter().map(|part| part["type"].as_str().expect("a type")).collect();
    assert_eq!(types, ["text/plain", "text/html", "application/pdf"]);
    let (plain, html) = (parts[0]["text"].as_str().expect("text"), parts[1]["text"].as_str().expect("text"));
    for body in [plain, html] {
        for words in [&parcel.title, "党员总数", "12,345 名", NAME, "69 KB", "直接回复本邮件"] {
            assert!(body.contains(words), "no `{words}` in {body}");
        }
    }
    assert!(html.contains("<th align=\"left\">&lt;环比&gt;</th>"), "{html}");
    assert_eq!(parts[2]["file"], NAME, "RFC 2231");
    assert_eq!(parts[2]["name"], NAME, "RFC 2047");
    assert_eq!(parts[2]["sha256"], parcel.enclosures[0].sha256);

    reply.plain_names = true;
    fs::write(&path, eml(&reply, &parcel, "a@example.org", date()).expect("a message")).expect("a file");
    let part = &read(&path)["parts"][2];
    assert_eq!(
        (&part["file"], &part["name"]),
        (&"pingliang-2026-10.pdf".into(), &"pingliang-2026-10.pdf".into())
    );
}

/// Whatever stands in a title or a name, it is no line of its own.
#[test]
fn nothing_in_a_parcel_becomes_a_header() {
    let evil = "a\r\nBcc: x@evil.example\r\n\r\nbody\u{2028}\u{202e}b\0";
    let mut settings = settings(25);
    settings.from = format!("{evil} <briefing@example.org>");
    let mut parcel = parcel(1, 10);
    parcel.title = evil.to_owned();
    parcel.key = format!("0>{evil}");
    parcel.figures = vec![(evil.to_owned(), evil.to_owned())];
    for enclosure in &mut parcel.enclosures {
        enclosure.media_type = format!("application/pdf{evil}");
        enclosure.name = evil.to_owned();
        enclosure.plain_name = evil.to_owned();
    }
    for plain_names in [false, true] {
        settings.plain_names = plain_names;
        let message = eml(&settings, &parcel, "a@example.org", date()).expect("a message");
        let message = String::from_utf8(message).expect("ASCII");
        assert!(!message.lines().any(|line| line.starts_with("Bcc:")), "{message}");
        let headers = message.split("\r\n\r\n").next().expect("headers");
        let names: Vec<&str> = headers
            .split("\r\n")
            .filter(|l| !l.starts_with(' '))
            .map(|l| l.split(':').next().unwrap_or(l))
            .collect();
        let known = [
            "Date",
            "From",
            "To",
            "Subject",
            "Message-ID",
            "Auto-Submitted",
            "X-Report-Key",
            "Content-Language",
            "MIME-Version",
            "Content-Type",
        ];
        assert_eq!(names, known);
    }
    for address in
        ["a@example.org\r\nRCPT TO:<b@example.org>", "\"a\r\n\"@example.org", "a b@example.org", "a", ""]
    {
        let refused = eml(&settings, &parcel, address, date()).expect_err(address);
        assert!(refused.to_string().contains("no email address"), "{refused}");
    }
}

#[test]
fn odd_titles_stay_one_line() {
    let long = "字".repeat(300);
    let message = text(&settings(25), &long);
    // Neither of these can be folded.
    let whole = |line: &str| line.starts_with(" filename*") || line.starts_with("Message-ID");
    let too_long = message.lines().find(|line| line.len() > 78 && !whole(line));
    assert_eq!(too_long, None);
    assert!(text(&settings(25), "").contains("Subject: \r\n"));
}

#[test]
fn plain_text_to_another_machine_is_refused() {
    for host in
        ["mail.example.org", "10.0.0.1", "localhost.example.org", "0.0.0.0", "::", "127.0.0.1.example.org"]
    {
        let mut settings = settings(25);
        settings.host = host.to_owned();
        let refused = settings.check().expect_err(host);
        assert!(refused.to_string().contains("would not be encrypted"), "{refused}");
        assert!(refused.hint().contains("starttls"));
        let (outcome, phases) =
            send(&mut Email::new(settings, &NOBODY, date()), &parcel(1, 10), "a@example.org");
        assert_eq!(kind(&outcome, "would not be encrypted"), "stopped");
        assert_eq!(phases, []);
    }
    for host in ["127.0.0.1", "127.1.2.3", "::1", "[::1]", "localhost"] {
        let mut settings = settings(25);
        settings.host = host.to_owned();
        settings.check().expect(host);
    }
}

#[test]
fn settings_that_cannot_work_are_found_without_a_relay() {
    let folder = TempDir::new().expect("a folder");
    let (empty, broken) = (folder.path().join("empty.pem"), folder.path().join("broken.pem"));
    fs::write(&empty, "no certificate\n").expect("a file");
    fs::write(&broken, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n").expect("a file");
    let tls = |ca: PathBuf| {
        move |settings: &mut EmailSettings| {
            settings.security = Security::Tls;
            settings.ca_file = Some(ca);
        }
    };
    type Change = Box<dyn FnOnce(&mut EmailSettings)>;
    let changes: [(&str, Change); 9] = [
        ("from", Box::new(|s| s.from = "平凉 <a@example.org".to_owned())),
        ("from", Box::new(|s| s.from = "平凉".to_owned())),
        ("bounces", Box::new(|s| s.bounces = Some("平凉 <a@example.org>".to_owned()))),
        ("reply_to", Box::new(|s| s.reply_to = Some("a@".to_owned()))),
        ("domain", Box::new(|s| s.domain = "a>b".to_owned())),
        ("a_minute", Box::new(|s| s.a_minute = Some(0))),
        ("cannot read the certificates", Box::new(tls(folder.path().join("none.pem")))),
        ("no `-----BEGIN", Box::new(tls(empty))),
        ("holds no certificates", Box::new(tls(broken))),
    ];
    for (words, change) in changes {
        let mut settings = settings(25);
        change(&mut settings);
        let refused = settings.check().expect_err(words).to_string();
        assert!(refused.contains(words), "{words}: {refused}");
    }
}

#[test]
fn what_cannot_be_sent_never_opens_a_line() {
    let mut settings = settings(9);
    settings.largest = 100_000;
    let mut email = Email::new(settings.clone(), &NOBODY, date());
    let (outcome, phases) = send(&mut email, &parcel(1, 200_000), "a@example.org");
    assert_eq!(kind(&outcome, "more than the 98 KB (100000 bytes) of the settings"), "refused");
    assert_eq!(phases, []);
    let (outcome, phases) = send(&mut email, &parcel(1, 10), "nobody");
    assert_eq!(kind(&outcome, "recipient \"nobody\" is no email address"), "refused");
    assert_eq!(phases, []);
    settings.login = Some(("alice".to_owned(), SecretSource::Environment("ABSENT".to_owned())));
    let (outcome, phases) = send(&mut Email::new(settings, &NOBODY, date()), &parcel(1, 10), "a@example.org");
    assert_eq!(kind(&outcome, "ABSENT"), "stopped");
    assert_eq!(phases, []);
}
