//! Files that are too large for a message: the text says where they are, how large, and how to know them.
//!
//! Limits without a place for links are left to `email_relays`.

use std::fs;

use briefing::delivery::email::{Email, EmailSettings, eml};
use briefing::delivery::{Channel, Outcome, Phase, WeCom, WeComSettings};

use crate::channels::{self, Variables, refused};
use crate::counter::{Counter, mail};
use crate::listener::{Listener, Reply};
use crate::mail_parts::{self, Environment, NAME, date, kind, parcel, python, read};
use crate::mail_servers::{opensmtpd, opensmtpd_taking, postfix};
use crate::office::FIRST;
use crate::tools::{have, skip};

const BASE: &str = "https://files.example.org/briefings/";
const LINK: &str = "https://files.example.org/briefings/2026-10/region/pingliang.pdf";
const ALICE: &str = "alice@example.org";
const NOBODY: Environment = Environment("", "");

fn settings(port: u16) -> EmailSettings {
    EmailSettings { link: Some(BASE.to_owned()), ..mail_parts::settings(port) }
}

/// The message names the file and where it is, and does not hold it.
fn is_linked(path: &std::path::Path, number: u8, size: usize) {
    let (message, parcel) = (read(path), parcel(number, size));
    assert_eq!(message["defects"], serde_json::json!([]));
    let parts = message["parts"].as_array().expect("parts");
    assert_eq!(parts.len(), 2, "{message}");
    for part in parts {
        let text = part["text"].as_str().expect("text");
        for words in [LINK, &parcel.enclosures[0].sha256, NAME, "请从下列地址下载", "12,345 名"] {
            assert!(text.contains(words), "no `{words}` in {text}");
        }
    }
}

#[test]
fn a_message_that_would_be_too_large_has_a_link() {
    if !python() {
        return skip("python3");
    }
    let folder = channels::temporary();
    let path = folder.path().join("a.eml");
    let mut settings = EmailSettings { largest: 100_000, ..settings(25) };
    fs::write(&path, eml(&settings, &parcel(1, 100_000), ALICE, date()).expect("a message")).expect("a file");
    is_linked(&path, 1, 100_000);
    // One that fits has its file.
    fs::write(&path, eml(&settings, &parcel(1, 10_000), ALICE, date()).expect("a message")).expect("a file");
    assert_eq!(read(&path)["parts"].as_array().map(Vec::len), Some(3));
    // Names in Chinese, and what would be another address.
    let mut odd = parcel(1, 100_000);
    odd.enclosures[0].path = "2026-10/region/平凉 a?b#c%.pdf".to_owned();
    fs::write(&path, eml(&settings, &odd, ALICE, date()).expect("a message")).expect("a file");
    let text = read(&path)["parts"][0]["text"].as_str().expect("text").to_owned();
    let name = "%E5%B9%B3%E5%87%89%20a%3Fb%23c%25.pdf";
    assert!(text.contains(&format!("{BASE}2026-10/region/{name}")), "{text}");
    settings.link = None;
    let mut email = Email::new(settings, &NOBODY, date());
    let (outcome, phases) = mail_parts::send(&mut email, &parcel(1, 100_000), ALICE);
    assert_eq!(kind(&outcome, "with `link` it would name the place of its files"), "refused");
    assert_eq!(phases, []);
}

/// OpenSMTPD meets its limit at the dot (554 5.3.4), Postfix says it before (SIZE): both are tried once more, with a link.
#[test]
fn a_relay_that_takes_less_gets_a_link() {
    if !python() {
        return skip("python3");
    }
    if let Some(server) = opensmtpd() {
        let mut email = Email::new(settings(server.ports[0]), &NOBODY, date());
        let (outcome, phases) = mail_parts::send(&mut email, &parcel(1, 200_000), ALICE);
        assert_eq!(kind(&outcome, "250 2.0.0 "), "accepted");
        assert_eq!(phases, [Phase::Sending, Phase::DataSent, Phase::Sending, Phase::DataSent]);
        let messages = server.mailbox(1);
        assert_eq!(messages.len(), 1);
        is_linked(&messages[0], 1, 200_000);
    }
    if let Some(server) = postfix() {
        let mut email = Email::new(settings(server.ports[0]), &NOBODY, date());
        let (outcome, phases) = mail_parts::send(&mut email, &parcel(2, 100_000), ALICE);
        assert_eq!(kind(&outcome, "queued as "), "accepted");
        assert_eq!(phases, [Phase::Sending, Phase::Sending, Phase::DataSent]);
        is_linked(&server.mailbox(1)[0], 2, 100_000);
        // A full mailbox (552 5.2.2) would not take a link either.
        let (outcome, phases) = mail_parts::send(&mut email, &parcel(3, 10), "huge@example.org");
        assert_eq!(kind(&outcome, "(the mailbox is full)"), "refused");
        assert_eq!(phases, [Phase::Sending]);
    }
}

/// From `report.toml` to the mailbox.
#[test]
fn a_tick_sends_the_link_of_its_file() {
    if !have(&["faces"]) {
        return;
    }
    let Some(server) = opensmtpd_taking("20K") else { return };
    if !python() {
        return skip("python3");
    }
    let delivery = "[delivery]\ndomains = [\"example.org\"]\nhosts = [\"files.example.org\"]\n";
    let link = format!("link = \"{BASE}\"");
    let counter = Counter::simple("mail", &format!("{delivery}{}", mail(server.ports[0], &link)), ALICE);
    counter.check().ok();
    counter.tick(FIRST).ok();
    assert_eq!(counter.state(), "accepted");
    let text = read(&server.mailbox(1)[0])["parts"][0]["text"].as_str().expect("text").to_owned();
    let issue = counter.issues().remove(0);
    let (path, sum) = (issue.path.expect("a file"), issue.pdf.expect("a digest"));
    assert!(text.contains(&format!("{BASE}{path}")) && text.contains(&sum), "{text}");
}

#[test]
fn a_group_is_told_where_a_large_file_is() {
    let server = Listener::start(|_, request| {
        let upload = request.line.contains("/upload_media?");
        let body = if upload {
            r#"{"errcode":0,"errmsg":"ok","media_id":"m"}"#
        } else {
            r#"{"errcode":0,"errmsg":"ok"}"#
        };
        Reply::plain("200 OK", body)
    });
    let robot = |link: Option<&str>| WeComSettings {
        url: format!("http://{}/cgi-bin/webhook", server.address),
        key: briefing::delivery::SecretSource::Environment("ROBOT".into()),
        hosts: vec!["127.0.0.1".into()],
        link: link.map(str::to_owned),
        ca_file: None,
        timeout: std::time::Duration::from_secs(30),
        messages_per_minute: 20,
    };
    let secrets = Variables([("ROBOT", "hunter-2".into())].into());
    let mut both = parcel(1, 10);
    both.enclosures.push(mail_parts::enclosure((20 << 20) + 1));
    let send = |settings: WeComSettings| {
        let mut phase = |_| Ok(());
        WeCom::new(settings, &secrets).send(&both, "", &mut phase).expect("nothing fails to be recorded")
    };
    refused(&send(robot(None)), "with `link` the group would be told where it is");
    assert_eq!(server.requests().len(), 0);
    assert_eq!(send(robot(Some(BASE))), Outcome::Accepted { receipt: "files shown in the group: 2".into() });
    let requests = server.requests();
    let text: serde_json::Value = serde_json::from_slice(&requests[2].body).expect("JSON");
    let content = text["text"]["content"].as_str().expect("text");
    assert!(text["msgtype"] == "text" && requests.len() == 3, "{text}");
    assert!(content.contains(LINK) && content.contains(&both.enclosures[1].sha256), "{content}");
}

/// What digests are split by: files that are said to fit do, with all their figures.
#[test]
fn what_is_said_to_fit_fits() {
    for sizes in [vec![1], vec![57, 58, 1_000_000], vec![300_000; 7], vec![0; 40]] {
        let mut settings = mail_parts::settings(25);
        let wanted: Vec<u64> = sizes.iter().map(|size| *size as u64).collect();
        let least = (1..).map(|step| step * 1024).find(|largest| {
            settings.largest = *largest;
            settings.takes(&wanted)
        });
        let mut parcel = parcel(1, 0);
        parcel.enclosures = sizes.iter().map(|size| mail_parts::enclosure(*size)).collect();
        for enclosure in &mut parcel.enclosures {
            enclosure.about.title = NAME.to_owned();
            enclosure.about.figures = vec![("列入对照的指标".to_owned(), "12,345 名".to_owned()); 12];
        }
        let length = eml(&settings, &parcel, ALICE, date()).expect("a message").len() as u64;
        assert!(Some(length) <= least, "{length} bytes, and {least:?} are enough for {sizes:?}");
    }
}
