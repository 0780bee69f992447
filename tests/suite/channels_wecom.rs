//! The group robot against servers that answer as it is documented, refuse, and break the line.
//!
//! The servers are left to `listener`, the webhook to `channels_http`.

use std::cell::RefCell;
use std::fs;
use std::time::Duration;

use briefing::delivery::{
    Channel, Outcome, Phase, SecretSource, WECOM_MESSAGES_PER_MINUTE, WeCom, WeComSettings,
};

use crate::channels::{Variables, enclosure, parcel, refused, retried, send, stopped, temporary, unknown};
use crate::listener::{self, Listener, Reply};
use crate::tools;

/// A key of the form that robots have.
const ROBOT: &str = "693a91f6-7a0c-4bc4-97a0-0ec2sifa5aaa";

fn secrets() -> Variables {
    Variables([("ROBOT", ROBOT.into())].into())
}

fn robot(address: &str) -> WeComSettings {
    WeComSettings {
        url: format!("http://{address}/cgi-bin/webhook"),
        key: SecretSource::Environment("ROBOT".into()),
        link: None,
        hosts: vec!["127.0.0.1".into()],
        ca_file: None,
        timeout: Duration::from_secs(30),
        messages_per_minute: WECOM_MESSAGES_PER_MINUTE,
    }
}

const UPLOADED: &str =
    r#"{"errcode":0,"errmsg":"ok","type":"file","media_id":"3a8asd","created_at":"1380000000"}"#;
const SHOWN: &str = r#"{"errcode":0,"errmsg":"ok"}"#;

/// A robot that answers uploads with the first and messages with the second.
fn answering(upload: &'static str, mut message: impl FnMut(usize) -> Reply + Send + 'static) -> Listener {
    let mut messages = 0;
    Listener::start(move |_, request| {
        if request.line.contains("/upload_media?") {
            return Reply::plain("200 OK", upload);
        }
        messages += 1;
        message(messages)
    })
}

fn show(settings: WeComSettings) -> (Outcome, Vec<Phase>) {
    let shown = send(&mut WeCom::new(settings, &secrets()), &parcel(), "");
    assert!(!format!("{shown:?}").contains(ROBOT), "the key is told: {shown:?}");
    shown
}

#[test]
fn a_robot_uploads_and_shows_the_file() {
    if !tools::have(&["python3"]) {
        return;
    }
    let server = answering(UPLOADED, |_| Reply::plain("200 OK", SHOWN));
    let (outcome, phases) = show(robot(&server.address));
    assert_eq!(outcome, Outcome::Accepted { receipt: "files shown in the group: 1".into() });
    assert_eq!(phases, [Phase::Sending, Phase::DataSent]);
    let requests = server.requests();
    let lines: Vec<&str> = requests.iter().map(|request| request.line.as_str()).collect();
    assert_eq!(
        lines,
        [
            &format!("POST /cgi-bin/webhook/upload_media?type=file&key={ROBOT} HTTP/1.1"),
            &format!("POST /cgi-bin/webhook/send?key={ROBOT} HTTP/1.1"),
        ]
    );
    let message: serde_json::Value = serde_json::from_slice(&requests[1].body).expect("JSON");
    assert_eq!(message, serde_json::json!({ "msgtype": "file", "file": { "media_id": "3a8asd" } }));
    // The form as another program reads it.
    let folder = temporary();
    let file = folder.path().join("form");
    fs::write(&file, &requests[0].body).expect("a new file");
    let script = "import email, email.policy, sys\n\
        head = f'Content-Type: {sys.argv[1]}\\r\\n\\r\\n'.encode()\n\
        form = email.message_from_bytes(head + open(sys.argv[2], 'rb').read(), policy=email.policy.HTTP)\n\
        [part] = form.iter_parts()\n\
        said = part.get_param('name', header='content-disposition'), part.get_filename(), part.get_payload(decode=True).decode()\n\
        sys.stdout.buffer.write('|'.join(said).encode('utf-8', 'surrogateescape'))";
    let kind = requests[0].header("content-type").to_owned();
    let read = tools::output("python3", ["-c", script, &kind, file.to_str().expect("plain")]);
    assert_eq!(read, "media|简报第11期-平凉市.pdf|%PDF-1.7 of a test");
}

#[test]
fn the_errcode_of_a_robot_is_the_outcome() {
    let fails = |body: &'static str| answering(UPLOADED, move |_| Reply::plain("200 OK", body)).address;
    let (outcome, _) = show(robot(&fails(r#"{"errcode":45009,"errmsg":"api freq out of limit"}"#)));
    retried(&outcome, "errcode 45009: api freq out of limit");
    assert!(matches!(outcome, Outcome::Retry { after: Some(_), .. }));
    stopped(&show(robot(&fails(r#"{"errcode":93000,"errmsg":"invalid webhook url"}"#))).0, "errcode 93000");
    refused(&show(robot(&fails(r#"{"errcode":40058,"errmsg":"bad"}"#))).0, "errcode 40058");
    unknown(&show(robot(&fails("<html>"))).0, "does not say");
    let busy = answering(r#"{"errcode":-1,"errmsg":"system busy"}"#, |_| Reply::Hush);
    let (outcome, phases) = show(robot(&busy.address));
    retried(&outcome, "errcode -1: system busy");
    assert_eq!((phases, busy.requests().len()), (vec![Phase::Sending], 1));
}

#[test]
fn a_message_without_an_answer_is_unknown_and_an_upload_is_not() {
    unknown(&show(robot(&answering(UPLOADED, |_| Reply::Hush).address)).0, "no answer came");
    unknown(&show(robot(&answering(UPLOADED, |_| Reply::Babble).address)).0, "no answer came");
    unknown(
        &show(robot(&answering(UPLOADED, |_| Reply::plain("502 Bad Gateway", "")).address)).0,
        "HTTP 502",
    );
    let (outcome, phases) = show(robot(&Listener::start(|_, _| Reply::Hush).address));
    assert!(matches!(outcome, Outcome::Retry { .. }) && phases == [Phase::Sending], "{outcome:?}");
    retried(&show(robot(listener::CLOSED)).0, "refused");
}

#[test]
fn a_parcel_that_was_shown_half_is_unknown() {
    let server = answering(UPLOADED, |number| match number {
        1 => Reply::plain("200 OK", SHOWN),
        _ => Reply::plain("200 OK", r#"{"errcode":45009,"errmsg":"api freq out of limit"}"#),
    });
    let mut two = parcel();
    two.enclosures.push(enclosure("附件.pdf", "annex.pdf", b"%PDF-1.7 annex"));
    let (outcome, phases) = send(&mut WeCom::new(robot(&server.address), &secrets()), &two, "");
    unknown(&outcome, "1 of 2 files were shown, then: errcode 45009");
    assert_eq!(phases, [Phase::Sending, Phase::DataSent]);
}

#[test]
fn what_a_robot_cannot_take_is_not_sent() {
    let server = answering(UPLOADED, |_| Reply::plain("200 OK", SHOWN));
    let secrets = secrets();
    let mut odd = parcel();
    for bytes in [vec![1; 4], vec![1; (20 << 20) + 1]] {
        odd.enclosures[0].bytes = bytes;
        refused(&send(&mut WeCom::new(robot(&server.address), &secrets), &odd, "").0, "5 B to 20 MiB");
    }
    odd.enclosures.clear();
    refused(&send(&mut WeCom::new(robot(&server.address), &secrets), &odd, "").0, "not 0");
    let url = Variables([("ROBOT", format!("https://example.cn/?key={ROBOT}"))].into());
    let (outcome, _) = send(&mut WeCom::new(robot(&server.address), &url), &parcel(), "");
    stopped(&outcome, "without the URL");
    assert!(!format!("{outcome:?}").contains(ROBOT));
    stopped(
        &show(WeComSettings { hosts: vec!["qyapi.weixin.qq.com".into()], ..robot(&server.address) }).0,
        "not among",
    );
    stopped(
        &show(WeComSettings { key: SecretSource::Environment("NONE".into()), ..robot(&server.address) }).0,
        "NONE",
    );
    assert_eq!(server.connections(), 0);
}

#[test]
fn no_more_messages_leave_than_a_robot_may_send() {
    let server = answering(UPLOADED, |_| Reply::plain("200 OK", SHOWN));
    let (settings, secrets) = (WeComSettings { messages_per_minute: 2, ..robot(&server.address) }, secrets());
    let mut channel = WeCom::new(settings, &secrets);
    let ended: Vec<_> = (0..3).map(|_| send(&mut channel, &parcel(), "")).collect();
    assert!(ended[..2].iter().all(|(outcome, _)| matches!(outcome, Outcome::Accepted { .. })), "{ended:?}");
    retried(&ended[2].0, "2 messages a minute");
    assert!(ended[2].1.is_empty() && server.requests().len() == 4);
}

#[test]
fn a_probe_of_a_robot_sends_no_message() {
    let server = Listener::always("404 Not Found", "");
    let secrets = secrets();
    let (lines, well) = WeCom::new(robot(&server.address), &secrets).probe();
    assert!(well && !lines.concat().contains(ROBOT), "{lines:?}");
    assert_eq!(server.request().line, "HEAD /cgi-bin/webhook HTTP/1.1");
    assert!(!WeCom::new(robot(listener::CLOSED), &secrets).probe().1);
}

#[test]
fn the_data_phase_comes_before_the_message_and_not_before_the_upload() {
    let server = answering(UPLOADED, |_| Reply::plain("200 OK", SHOWN));
    let seen = RefCell::new(Vec::new());
    let outcome = WeCom::new(robot(&server.address), &secrets()).send(&parcel(), "", &mut |phase| {
        seen.borrow_mut().push((phase, server.requests().len()));
        Ok(())
    });
    assert!(matches!(outcome, Ok(Outcome::Accepted { .. })), "{outcome:?}");
    assert_eq!(seen.into_inner(), [(Phase::Sending, 0), (Phase::DataSent, 1)]);
}
