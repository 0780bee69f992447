//! Parcels, settings and readers for the tests of email.
//!
//! What is expected of them is left to `email`, `email_faults` and `email_relays`.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use briefing::delivery::email::{Email, EmailSettings, Security};
use briefing::delivery::{About, Channel, Enclosure, Outcome, Parcel, Phase, Secrets};
use briefing::ledger::{LedgerError, ParcelKind};
use chrono::{DateTime, Utc};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// The name that a mail program has to show.
pub(crate) const NAME: &str =
    "党建联建资料简报第11期（平凉市崆峒区及泾川县、灵台县、崇信县、庄浪县）-2026年10月.pdf";

/// An environment of one variable.
pub(crate) struct Environment(pub(crate) &'static str, pub(crate) &'static str);

impl Secrets for Environment {
    fn variable(&self, name: &str) -> Option<String> {
        (name == self.0).then(|| self.1.to_owned())
    }
}

pub(crate) fn date() -> DateTime<Utc> {
    DateTime::from_timestamp(1_793_930_400, 0).expect("a date")
}

pub(crate) fn settings(port: u16) -> EmailSettings {
    EmailSettings {
        host: "127.0.0.1".to_owned(),
        port,
        security: Security::None,
        ca_file: None,
        login: None,
        from: "平凉市资料简报 <briefing@example.org>".to_owned(),
        bounces: Some("bounce@example.org".to_owned()),
        domain: "example.org".to_owned(),
        list_id: None,
        reply_to: None,
        largest: 20 << 20,
        link: None,
        a_minute: None,
        lines: 1,
        timeout: Duration::from_secs(20),
        plain_names: false,
        hello: Some("sender.example.org".to_owned()),
    }
}

pub(crate) fn enclosure(size: usize) -> Enclosure {
    // Every byte occurs, and lines that begin with a dot.
    let bytes: Vec<u8> = (0..size).map(|i| if i % 7 == 0 { b'.' } else { (i * 31 % 256) as u8 }).collect();
    let sha256 = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    let plain_name = "pingliang-2026-10.pdf".to_owned();
    Enclosure {
        name: NAME.to_owned(),
        plain_name,
        media_type: "application/pdf".to_owned(),
        bytes,
        sha256,
        body_pages: None,
        path: "2026-10/region/pingliang.pdf".to_owned(),
        about: About::default(),
    }
}

/// A parcel of this many bytes, unlike any of another number.
pub(crate) fn parcel(number: u8, size: usize) -> Parcel {
    Parcel {
        language: briefing::model::Language::default(),
        key: format!("{number:02x}").repeat(32),
        kind: ParcelKind::Issue,
        note: None,
        compared: String::new(),
        changes: Vec::new(),
        title: "党建联建资料简报第11期（平凉市，2026年10月）".to_owned(),
        document: "monthly".to_owned(),
        subject: "620800".to_owned(),
        period: "2026-10".to_owned(),
        figures: vec![
            ("党员总数".to_owned(), "12,345 名".to_owned()),
            ("<环比>".to_owned(), "+3.2%".to_owned()),
        ],
        enclosures: vec![enclosure(size)],
        copies: 0,
        internal: false,
    }
}

/// Sends, and says which phases were recorded.
pub(crate) fn send(email: &mut Email<'_>, parcel: &Parcel, to: &str) -> (Outcome, Vec<Phase>) {
    let mut phases = Vec::new();
    let mut record = |phase| -> Result<(), LedgerError> {
        phases.push(phase);
        Ok(())
    };
    let outcome = email.send(parcel, to, &mut record).expect("nothing fails to be recorded");
    (outcome, phases)
}

/// What kind of outcome it is, and its words.
pub(crate) fn told(outcome: &Outcome) -> (&'static str, &str) {
    match outcome {
        Outcome::Accepted { receipt } => ("accepted", receipt),
        Outcome::Retry { reason, .. } => ("retry", reason),
        Outcome::Refused { reason } => ("refused", reason),
        Outcome::Unknown { reason } => ("unknown", reason),
        Outcome::Stopped { reason } => ("stopped", reason),
    }
}

/// The kind of an outcome, of which the words must hold this.
#[track_caller]
pub(crate) fn kind(outcome: &Outcome, words: &str) -> &'static str {
    let (kind, said) = told(outcome);
    assert!(said.contains(words), "{kind}: {said}");
    kind
}

/// Whether Python is there to read messages.
pub(crate) fn python() -> bool {
    let version = Command::new("python3").arg("--version").stdout(Stdio::null()).status();
    version.is_ok_and(|status| status.success())
}

/// A message as Python's parser of MIME reads it: its headers, and its parts with type, names, text or digest.
pub(crate) fn read(message: &Path) -> Value {
    let script = "
import email, email.header, email.policy, hashlib, json, sys
message = email.message_from_binary_file(open(sys.argv[1], 'rb'), policy=email.policy.default)
legacy = email.message_from_binary_file(open(sys.argv[1], 'rb'))
words = lambda text: str(email.header.make_header(email.header.decode_header(text))) if text else None
parts = []
for part, old in zip(message.walk(), legacy.walk()):
    if part.is_multipart(): continue
    body = part.get_payload(decode=True)
    parts.append({'type': part.get_content_type(), 'file': part.get_filename(), 'name': words(old.get_param('name')),
        'text': part.get_content() if part.get_content_maintype() == 'text' else None, 'sha256': hashlib.sha256(body).hexdigest()})
print(json.dumps({'headers': {k: str(v) for k, v in message.items()}, 'parts': parts, 'defects': [str(d) for p in message.walk() for d in p.defects]}))
";
    let path = message.as_os_str();
    let read = crate::tools::output("python3", ["-c".as_ref(), script.as_ref(), path]);
    serde_json::from_str(&read).expect("JSON")
}
