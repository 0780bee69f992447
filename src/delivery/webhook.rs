//! A signed webhook as Standard Webhooks describes it: an event in JSON, an id, a time and a signature over the three.
//!
//! Who may be reached is settled in `url`; when a parcel is tried again is left to the outbox.

use std::path::PathBuf;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit, Mac};
use serde::Serialize;
use sha2::Sha256;

use super::described::{Figure, File, figures};
use super::http::{Answer, Client, Lost};
use super::url::{self, UrlError};
use super::{Channel, Notice, Outcome, Parcel, Phase, Secret, SecretSource, Secrets};
use crate::ledger::{LedgerError, ParcelKind};

/// Where events are posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookSettings {
    /// The receiver of those who have no URL of their own.
    pub url: String,
    /// The key of the signature: `whsec_` and base64, or any text, whose bytes are the key then.
    pub secret: SecretSource,
    /// The hosts that may be reached: `hooks.example.cn`, or `hooks.example.cn:8443` for one port only.
    pub hosts: Vec<String>,
    /// Whether the event holds the files themselves.
    pub enclose: bool,
    /// The authorities that sign the receiver's certificate, in PEM, in place of those that browsers trust.
    pub ca_file: Option<PathBuf>,
    /// How long one request may take in all.
    pub timeout: Duration,
}

impl WebhookSettings {
    /// Whether parcels for this address may be posted: to the address where it is a URL, else to [`WebhookSettings::url`].
    ///
    /// # Errors
    /// When the URL is none, is not https, or its host is not allowed.
    pub fn check(&self, address: &str) -> Result<(), UrlError> {
        url::allowed(self.target(address), &self.hosts).map(|_| ())
    }

    fn target<'a>(&'a self, address: &'a str) -> &'a str {
        if is_url(address) { address } else { &self.url }
    }
}

fn is_url(address: &str) -> bool {
    address.contains("://")
}

/// Posts parcels as signed events.
pub struct Webhook<'a> {
    settings: WebhookSettings,
    secrets: &'a (dyn Secrets + Sync),
    now: &'a (dyn Fn() -> DateTime<Utc> + Sync),
    client: Option<Client>,
}

/// What is posted. Nothing in it depends on the attempt, so that each attempt posts the same bytes.
#[derive(Serialize)]
struct Event<D> {
    r#type: &'static str,
    data: D,
}

#[derive(Serialize)]
struct Told<'a> {
    key: &'a str,
    subject: &'a str,
    text: &'a str,
}

#[derive(Serialize)]
struct Data<'a> {
    key: &'a str,
    kind: &'static str,
    recipient: &'a str,
    document: &'a str,
    subject: &'a str,
    period: &'a str,
    title: &'a str,
    internal: bool,
    figures: Vec<Figure<'a>>,
    compared: &'a str,
    changes: &'a [String],
    files: Vec<File<'a>>,
}

impl<'a> Webhook<'a> {
    /// A channel with these settings. `now` is asked for the time of each attempt: receivers refuse signatures of another hour.
    pub fn new(
        settings: WebhookSettings,
        secrets: &'a (dyn Secrets + Sync),
        now: &'a (dyn Fn() -> DateTime<Utc> + Sync),
    ) -> Self {
        Self { settings, secrets, now, client: None }
    }

    /// The client, made when it is first needed.
    fn client(&mut self) -> Result<&Client, String> {
        if self.client.is_none() {
            self.client = Some(Client::new(self.settings.ca_file.as_ref(), self.settings.timeout)?);
        }
        Ok(self.client.as_ref().expect("it was made above"))
    }

    fn key(&self) -> Result<Vec<u8>, String> {
        let secret = self.settings.secret.read(self.secrets).map_err(|error| error.with_cause())?;
        signing_key(&secret)
    }

    /// Posts a signed event.
    fn post(
        &mut self,
        id: &str,
        address: &str,
        body: &[u8],
        phase: &mut dyn FnMut(Phase) -> Result<(), LedgerError>,
    ) -> Result<Outcome, LedgerError> {
        // Read again at each attempt: the list may have been shortened since the address was.
        let uri = match url::allowed(self.settings.target(address), &self.settings.hosts) {
            Ok(uri) => uri,
            Err(error) if is_url(address) => return Ok(Outcome::Refused { reason: error.to_string() }),
            Err(error) => return Ok(Outcome::Stopped { reason: error.to_string() }),
        };
        let key = match self.key() {
            Ok(key) => key,
            Err(reason) => return Ok(Outcome::Stopped { reason }),
        };
        let now = (self.now)();
        let headers = [
            ("content-type", "application/json".to_owned()),
            ("webhook-id", id.to_owned()),
            ("webhook-timestamp", now.timestamp().to_string()),
            ("webhook-signature", signature(&key, id, now.timestamp(), body)),
        ];
        let client = match self.client() {
            Ok(client) => client,
            Err(reason) => return Ok(Outcome::Stopped { reason }),
        };
        phase(Phase::Sending)?;
        Ok(match client.post(&uri, &headers, body, &mut || phase(Phase::DataSent)) {
            Ok(answer) => outcome(&answer, (self.now)()),
            Err(Lost::Incomplete(reason)) => Outcome::Retry { reason, after: None },
            // Not `Unknown`: the receiver knows an event by its webhook-id, which every attempt bears, and is bound by Standard Webhooks
            // to take it once. Waiting for a person would only delay what a second attempt settles.
            Err(Lost::Unanswered(reason)) => {
                Outcome::Retry { reason: format!("sent, but no answer came: {reason}"), after: None }
            }
            Err(Lost::Unrecorded(error)) => return Err(error),
        })
    }
}

impl Channel for Webhook<'_> {
    fn is_repeatable(&self) -> bool {
        true
    }

    fn send(
        &mut self,
        parcel: &Parcel,
        address: &str,
        phase: &mut dyn FnMut(Phase) -> Result<(), LedgerError>,
    ) -> Result<Outcome, LedgerError> {
        let body = event(parcel, address, self.settings.enclose);
        self.post(&parcel.key, address, &body, phase)
    }

    fn notify(&mut self, notice: &Notice, address: &str) -> Outcome {
        let data = Told { key: &notice.id, subject: &notice.subject, text: &notice.text };
        let body =
            serde_json::to_vec(&Event { r#type: "briefing.alarm", data }).expect("strings always serialise");
        self.post(&notice.id, address, &body, &mut |_| Ok(())).unwrap_or_else(|error| {
            // A notice records nothing.
            Outcome::Retry { reason: error.to_string(), after: None }
        })
    }

    fn probe(&mut self) -> (Vec<String>, bool) {
        let (mut lines, mut well) = (Vec::new(), true);
        let mut bad = |line: String| {
            well = false;
            lines.push(line);
        };
        if let Err(reason) = self.key() {
            bad(reason);
        }
        match url::allowed(&self.settings.url, &self.settings.hosts) {
            Err(error) => bad(error.to_string()),
            Ok(uri) => {
                let host = uri.host().unwrap_or_default().to_owned();
                match self.client().and_then(|client| client.reach(&uri)) {
                    Ok(status) => lines.push(format!("`{host}` answers (HTTP {status})")),
                    Err(reason) => bad(format!("`{host}` does not answer: {reason}")),
                }
            }
        }
        (lines, well)
    }
}

/// What an answer means.
fn outcome(answer: &Answer, now: DateTime<Utc>) -> Outcome {
    let reason = answer.words();
    match answer.status {
        200..=299 => Outcome::Accepted { receipt: reason },
        300..=399 => Outcome::Refused { reason: format!("{reason} (redirects are not followed)") },
        401 | 403 => Outcome::Stopped { reason },
        408 | 425 | 429 | 500..=599 => Outcome::Retry { reason, after: answer.wait(now) },
        _ => Outcome::Refused { reason },
    }
}

/// The bytes that sign.
fn signing_key(secret: &Secret) -> Result<Vec<u8>, String> {
    match secret.reveal().strip_prefix("whsec_") {
        // What the decoder says holds a part of the secret.
        Some(encoded) => STANDARD
            .decode(encoded)
            .ok()
            .filter(|key| !key.is_empty())
            .ok_or_else(|| "the secret begins with `whsec_`, but no base64 follows".to_owned()),
        None => Ok(secret.reveal().as_bytes().to_vec()),
    }
}

fn signature(key: &[u8], id: &str, timestamp: i64, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of every length");
    mac.update(format!("{id}.{timestamp}.").as_bytes());
    mac.update(body);
    format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}

fn event(parcel: &Parcel, address: &str, enclose: bool) -> Vec<u8> {
    let files = parcel.enclosures.iter().map(|enclosure| File {
        base64: enclose.then(|| STANDARD.encode(&enclosure.bytes)),
        ..File::of(enclosure, parcel)
    });
    let data = Data {
        key: &parcel.key,
        kind: parcel.kind.name(),
        // A URL may hold a key of the receiver's, and it knows where it is.
        recipient: if is_url(address) { "" } else { address },
        document: &parcel.document,
        subject: &parcel.subject,
        period: &parcel.period,
        title: &parcel.title,
        internal: parcel.internal,
        figures: figures(&parcel.figures),
        compared: &parcel.compared,
        changes: &parcel.changes,
        files: files.collect(),
    };
    let r#type = match parcel.kind {
        ParcelKind::Issue | ParcelKind::Digest | ParcelKind::Again => "briefing.issued",
        ParcelKind::Correction => "briefing.corrected",
        ParcelKind::Withdrawal => "briefing.withdrawn",
    };
    serde_json::to_vec(&Event { r#type, data }).expect("strings and numbers always serialise")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 4231, test case 2: the algorithm alone; what is signed is tried below.
    #[test]
    fn the_algorithm_is_that_of_the_rfc() {
        let mut mac = Hmac::<Sha256>::new_from_slice(b"Jefe").expect("a key");
        mac.update(b"what do ya want for nothing?");
        let hex: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }

    #[test]
    fn the_signature_is_that_of_the_specification() {
        // The example of the libraries of Standard Webhooks.
        let key = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").expect("base64");
        let body = br#"{"test": 2432232314}"#;
        let signed = signature(&key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body);
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn each_status_has_its_outcome() {
        let now = "2026-11-30T00:00:00Z".parse().expect("an instant");
        let of = |status| {
            let answer = Answer { status, retry_after: Some("7".into()), body: b"words".to_vec() };
            outcome(&answer, now)
        };
        let said = |status| format!("HTTP {status}: words");
        for status in [200, 202, 204] {
            assert_eq!(of(status), Outcome::Accepted { receipt: said(status) });
        }
        for status in [408, 425, 429, 500, 502, 503, 504] {
            let after = Some(Duration::from_secs(7));
            assert_eq!(of(status), Outcome::Retry { reason: said(status), after });
        }
        for status in [401, 403] {
            assert_eq!(of(status), Outcome::Stopped { reason: said(status) });
        }
        for status in [301, 302, 307, 308, 400, 404, 410, 413, 422] {
            assert!(matches!(of(status), Outcome::Refused { .. }), "{status}");
        }
    }
}
