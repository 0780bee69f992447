//! The webhook against servers that answer, refuse, stall and break the line.
//!
//! The servers are left to `listener`, the group robot to `channels_wecom`.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;

use briefing::delivery::{Channel, Outcome, Phase, SecretSource, Webhook, WebhookSettings};
use chrono::{DateTime, Utc};

use crate::channels::{Variables, parcel, refused, retried, send, send_unrecorded, stopped, temporary};
use crate::listener::{self, Listener, Reply};
use crate::tools;

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

fn now() -> DateTime<Utc> {
    "2026-11-30T08:00:00Z".parse().expect("an instant")
}

fn secrets() -> Variables {
    Variables([("HOOK", SECRET.into()), ("RAW", "raw key".into())].into())
}

fn hook(address: &str) -> WebhookSettings {
    WebhookSettings {
        url: format!("http://{address}/hooks/briefings?group=1"),
        secret: SecretSource::Environment("HOOK".into()),
        hosts: vec!["127.0.0.1".into()],
        enclose: false,
        ca_file: None,
        timeout: Duration::from_secs(30),
    }
}

fn post(settings: WebhookSettings) -> (Outcome, Vec<Phase>) {
    send(&mut Webhook::new(settings, &secrets(), &now), &parcel(), "平凉市委")
}

/// The signature as Python computes it.
fn signed_by_python(secret: &str, id: &str, timestamp: &str, body: &[u8]) -> String {
    let folder = temporary();
    let file = folder.path().join("body");
    fs::write(&file, body).expect("a new file");
    let script = "import base64, hashlib, hmac, sys\n\
        secret, id, timestamp, body = sys.argv[1:]\n\
        key = base64.b64decode(secret[6:]) if secret.startswith('whsec_') else secret.encode()\n\
        content = f'{id}.{timestamp}.'.encode() + open(body, 'rb').read()\n\
        print('v1,' + base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode(), end='')";
    tools::output("python3", ["-c", script, secret, id, timestamp, file.to_str().expect("plain")])
}

#[test]
fn an_event_is_posted_and_signed() {
    if !tools::have(&["python3"]) {
        return;
    }
    for (name, secret) in [("HOOK", SECRET), ("RAW", "raw key")] {
        let server = Listener::always("202 Accepted", "queued as 7\n");
        let settings =
            WebhookSettings { secret: SecretSource::Environment(name.into()), ..hook(&server.address) };
        let (outcome, phases) = post(settings);
        assert_eq!(outcome, Outcome::Accepted { receipt: "HTTP 202: queued as 7".into() });
        assert_eq!(phases, [Phase::Sending, Phase::DataSent]);
        let request = server.request();
        assert_eq!(request.line, "POST /hooks/briefings?group=1 HTTP/1.1");
        assert_eq!(request.header("content-type"), "application/json");
        assert_eq!(request.header("webhook-id"), parcel().key);
        assert_eq!(request.header("webhook-timestamp"), now().timestamp().to_string());
        let signed =
            signed_by_python(secret, &parcel().key, request.header("webhook-timestamp"), &request.body);
        assert_eq!(request.header("webhook-signature"), signed);
        let event: serde_json::Value = serde_json::from_slice(&request.body).expect("JSON");
        let data = &event["data"];
        assert_eq!(event["type"], "briefing.issued");
        assert_eq!((&data["recipient"], &data["period"]), (&"平凉市委".into(), &"2026-10".into()));
        assert_eq!(data["figures"][0], serde_json::json!({ "label": "机制数", "value": "12" }));
        let file = &data["files"][0];
        assert_eq!(
            (&file["sha256"], &file["size"]),
            (&parcel().enclosures[0].sha256.clone().into(), &18.into())
        );
        assert!(file.get("base64").is_none());
    }
}

#[test]
fn the_file_is_in_the_event_only_where_that_is_set() {
    let server = Listener::always("200 OK", "");
    let mut large = parcel();
    large.enclosures[0].bytes = (0..3_000_000_u32).map(|n| n.to_le_bytes()[1]).collect();
    let settings = WebhookSettings { enclose: true, ..hook(&server.address) };
    let (outcome, _) = send(&mut Webhook::new(settings, &secrets(), &now), &large, "");
    assert_eq!(outcome, Outcome::Accepted { receipt: "HTTP 200".into() });
    let event: serde_json::Value = serde_json::from_slice(&server.request().body).expect("JSON");
    let base64 = event["data"]["files"][0]["base64"].as_str().expect("the file");
    assert_eq!(base64.len(), 4_000_000);
}

#[test]
fn each_attempt_posts_the_same_event() {
    let server = Listener::start(|number, _| match number {
        0 => Reply::Hush,
        _ => Reply::plain("200 OK", ""),
    });
    let (first, phases) = post(hook(&server.address));
    retried(&first, "sent, but no answer came");
    assert_eq!(phases, [Phase::Sending, Phase::DataSent]);
    assert!(matches!(post(hook(&server.address)).0, Outcome::Accepted { .. }));
    let requests = server.requests();
    assert_eq!(requests[0].body, requests[1].body);
    assert_eq!(requests[0].header("webhook-id"), requests[1].header("webhook-id"));
}

#[test]
fn the_answer_of_a_webhook_is_the_outcome() {
    let ask = |status: &'static str, headers: Vec<(&'static str, &str)>| {
        let headers: Vec<_> = headers.into_iter().map(|(name, value)| (name, value.to_owned())).collect();
        let server = Listener::start(move |_, _| Reply::Answer(status, headers.clone(), "why".into()));
        post(hook(&server.address)).0
    };
    let after = |outcome: Outcome| match outcome {
        Outcome::Retry { after, .. } => after.map(|wait| wait.as_secs()),
        other => panic!("{other:?}"),
    };
    assert_eq!(after(ask("503 Service Unavailable", vec![("retry-after", "120")])), Some(120));
    let date = vec![("Retry-After", "Mon, 30 Nov 2026 08:01:30 GMT")];
    assert_eq!(after(ask("429 Too Many Requests", date)), Some(90));
    assert_eq!(after(ask("500 Internal Server Error", vec![])), None);
    refused(&ask("422 Unprocessable Content", vec![]), "HTTP 422: why");
    stopped(&ask("401 Unauthorized", vec![]), "HTTP 401: why");
}

#[test]
fn a_redirect_is_not_followed() {
    let other = Listener::always("200 OK", "");
    for status in ["301 Moved Permanently", "302 Found", "303 See Other", "307 Temporary Redirect"] {
        let location = format!("http://{}/elsewhere", other.address);
        let server = Listener::start(move |_, _| {
            Reply::Answer(status, vec![("location", location.clone())], String::new())
        });
        refused(&post(hook(&server.address)).0, "redirects are not followed");
    }
    assert_eq!(other.connections(), 0);
}

#[test]
fn a_host_that_is_not_listed_is_not_reached() {
    let server = Listener::always("200 OK", "");
    let elsewhere = WebhookSettings { hosts: vec!["hooks.example.cn".into()], ..hook(&server.address) };
    assert!(elsewhere.check("").is_err());
    let (outcome, phases) = post(elsewhere.clone());
    stopped(&outcome, "not among the allowed hosts");
    assert!(phases.is_empty());
    let url = format!("http://{}/own", server.address);
    let (outcome, _) = send(&mut Webhook::new(elsewhere, &secrets(), &now), &parcel(), &url);
    refused(&outcome, "not among the allowed hosts");
    let (outcome, _) =
        send(&mut Webhook::new(hook("127.0.0.1:1"), &secrets(), &now), &parcel(), "http://example.cn/");
    refused(&outcome, "must begin with https://");
    assert_eq!(server.connections(), 0);
    let (outcome, _) = send(&mut Webhook::new(hook("127.0.0.1:1"), &secrets(), &now), &parcel(), &url);
    assert!(matches!(outcome, Outcome::Accepted { .. }), "{outcome:?}");
    assert_eq!(server.request().line, "POST /own HTTP/1.1");
}

#[test]
fn how_far_a_request_came_is_known() {
    let (outcome, phases) = post(hook(listener::CLOSED));
    retried(&outcome, "refused");
    assert_eq!(phases, [Phase::Sending]);
    let server = Listener::start(|_, _| Reply::Sleep);
    let (outcome, _) = post(WebhookSettings { timeout: Duration::from_secs(1), ..hook(&server.address) });
    retried(&outcome, "sent, but no answer came: too slow");
    retried(&post(hook(&Listener::start(|_, _| Reply::Babble).address)).0, "no HTTP");
    // More than the buffers of both sides hold: it cannot have left whole.
    let server = Listener::start(|_, _| Reply::HangUp);
    let mut large = parcel();
    large.enclosures[0].bytes = vec![7; 40 << 20];
    let settings = WebhookSettings { enclose: true, ..hook(&server.address) };
    let (outcome, _) = send(&mut Webhook::new(settings, &secrets(), &now), &large, "");
    assert!(
        matches!(&outcome, Outcome::Retry { reason, .. } if !reason.contains("sent, but")),
        "{outcome:?}"
    );
}

#[test]
fn each_phase_comes_before_its_step() {
    let server = Listener::always("200 OK", "");
    send_unrecorded(&mut Webhook::new(hook(&server.address), &secrets(), &now), &parcel(), Phase::Sending);
    assert_eq!(server.connections(), 0);
    send_unrecorded(&mut Webhook::new(hook(&server.address), &secrets(), &now), &parcel(), Phase::DataSent);
    // The head was sent, and nothing of the body.
    let heard = (0..1000).find_map(|_| {
        std::thread::sleep(Duration::from_millis(5));
        server.requests().pop()
    });
    assert!(heard.expect("the head came").body.is_empty());
}

#[test]
fn a_webhook_without_its_secret_or_its_authority_stops() {
    let server = Listener::always("200 OK", "");
    let with = |secret: &str| WebhookSettings {
        secret: SecretSource::Environment(secret.into()),
        ..hook(&server.address)
    };
    stopped(&post(with("NONE")).0, "the environment has no `NONE`");
    let file = WebhookSettings { secret: SecretSource::File("/nowhere/key".into()), ..hook(&server.address) };
    stopped(&post(file).0, "`/nowhere/key`: No such file");
    let odd = Variables([("HOOK", "whsec_hunter2!".into())].into());
    let (outcome, _) = send(&mut Webhook::new(with("HOOK"), &odd, &now), &parcel(), "");
    stopped(&outcome, "no base64");
    assert!(!format!("{outcome:?}").contains("hunter2"));
    let folder = temporary();
    for (name, content) in [("none.pem", None), ("empty.pem", Some("")), ("text.pem", Some("words"))] {
        let path = folder.path().join(name);
        if let Some(content) = content {
            fs::write(&path, content).expect("a new file");
        }
        let settings = WebhookSettings { ca_file: Some(path), ..hook(&server.address) };
        stopped(&post(settings).0, name);
    }
    assert_eq!(server.connections(), 0);
    assert!(Webhook::new(hook(&server.address), &secrets(), &now).probe().1);
    assert!(!Webhook::new(hook(listener::CLOSED), &secrets(), &now).probe().1);
    assert!(!Webhook::new(with("NONE"), &secrets(), &now).probe().1);
}

/// A server over TLS that Python runs, with a certificate that its own authority signed.
const TLS_SERVER: &str = r"
import http.server, ssl, sys
class Taking(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        open(sys.argv[2], 'wb').write(self.rfile.read(int(self.headers['content-length'])))
        self.send_response(200); self.send_header('content-length', '0'); self.end_headers()
    def log_message(self, *words): pass
server = http.server.HTTPServer(('127.0.0.1', 0), Taking)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[1])
server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
print(server.server_address[1], flush=True)
server.serve_forever()
";

#[test]
fn a_certificate_is_checked_against_the_authority_that_is_set() {
    if !tools::have(&["python3", "openssl"]) {
        return;
    }
    let folder = temporary();
    let script = r#"cd "$0" && for ca in ours other; do openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj "/CN=$ca" \
        -keyout $ca.key -out $ca.pem; done && openssl req -newkey rsa:2048 -nodes -subj /CN=localhost -keyout server.key -out server.csr &&
        printf 'subjectAltName=IP:127.0.0.1\nbasicConstraints=CA:FALSE\n' > extensions && openssl x509 -req -in server.csr -CA ours.pem \
        -CAkey ours.key -CAcreateserial -days 30 -extfile extensions -out server.crt && cat server.key server.crt > server.pem"#;
    tools::output("sh", ["-c", script, folder.path().to_str().expect("plain")]);
    let taken = folder.path().join("taken");
    let mut server = Command::new("python3")
        .args(["-c", TLS_SERVER])
        .args([folder.path().join("server.pem"), taken.clone()])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("python3 starts");
    let mut port = String::new();
    BufReader::new(server.stdout.take().expect("it is piped")).read_line(&mut port).expect("a port");
    let with = |authority: Option<&str>| WebhookSettings {
        url: format!("https://127.0.0.1:{}/", port.trim()),
        ca_file: authority.map(|name| folder.path().join(name)),
        ..hook("")
    };
    let ended = [Some("other.pem"), None].map(|authority| post(with(authority)));
    let before = taken.exists();
    let trusted = post(with(Some("ours.pem"))).0;
    let _ = server.kill();
    let _ = server.wait();
    for (outcome, phases) in ended {
        retried(&outcome, "certificate");
        assert_eq!(phases, [Phase::Sending]);
    }
    assert!(!before, "an event went to a stranger");
    assert!(matches!(trusted, Outcome::Accepted { .. }), "{trusted:?}");
    assert!(taken.exists());
}
