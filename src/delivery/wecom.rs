//! A group robot of WeCom (企业微信群机器人): each file is uploaded, then shown in the group as a message.
//!
//! The request itself is left to `http`; when a parcel is tried again, to the outbox.
//!
//! The key stands in the query of every request, as WeCom wants it. ureq prints queries to a logger at level trace, so that no logger of
//! this program may be set to that.

mod answer;

use std::collections::VecDeque;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use ureq::http::Uri;

use answer::{Key, halfway, shown_or_why, understand};

use super::http::{Answer, Client, Lost};
use super::url::{self, UrlError};
use super::{Channel, Enclosure, Notice, Outcome, Parcel, Phase, SecretSource, Secrets};
use crate::disk;
use crate::ledger::LedgerError;

/// Where WeCom is.
pub const WECOM_URL: &str = "https://qyapi.weixin.qq.com/cgi-bin/webhook";

/// The sizes of a file that WeCom takes.
const SIZES: std::ops::RangeInclusive<usize> = 5..=20 << 20;

/// The bytes of a message of text.
const TEXT: usize = 2048;

/// The messages that a robot may send in a minute.
pub const WECOM_MESSAGES_PER_MINUTE: usize = 20;

const MINUTE: Duration = Duration::from_secs(60);

/// A robot of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WeComSettings {
    /// [`WECOM_URL`], or that of a private installation.
    pub url: String,
    /// The key of the robot.
    pub key: SecretSource,
    /// The hosts that may be reached.
    pub hosts: Vec<String>,
    /// Where the output folder is shown to the group, for files that are too large.
    pub link: Option<String>,
    /// The authorities that sign the certificate, in PEM, in place of those that browsers trust.
    pub ca_file: Option<PathBuf>,
    /// How long one request may take in all.
    pub timeout: Duration,
    /// [`WECOM_MESSAGES_PER_MINUTE`], or fewer where others use the robot too.
    pub messages_per_minute: usize,
}

impl WeComSettings {
    /// Whether the robot may be reached.
    ///
    /// # Errors
    /// When the URL is none, is not https, or its host is not allowed.
    pub fn check(&self) -> Result<(), UrlError> {
        url::allowed(&self.url, &self.hosts).map(|_| ())
    }
}

/// Sends parcels into the group of a robot; one robot knows one group, so that the address says nothing here.
pub struct WeCom<'a> {
    settings: WeComSettings,
    secrets: &'a (dyn Secrets + Sync),
    client: Option<Client>,
    rate: Rate,
}

impl<'a> WeCom<'a> {
    /// A channel with these settings.
    pub fn new(settings: WeComSettings, secrets: &'a (dyn Secrets + Sync)) -> Self {
        let rate = Rate { most: settings.messages_per_minute, sent: VecDeque::new() };
        Self { settings, secrets, client: None, rate }
    }

    /// The key and the client, made when they are first needed.
    fn ready(&mut self) -> Result<Key, String> {
        if self.client.is_none() {
            self.client = Some(Client::new(self.settings.ca_file.as_ref(), self.settings.timeout)?);
        }
        let key = self.settings.key.read(self.secrets).map_err(|error| error.with_cause())?;
        Key::new(&key).ok_or_else(|| {
            "the key of the robot has characters that no key has: give the key alone, without the URL"
                .to_owned()
        })
    }

    /// The URL of a method, checked each time: the list may have changed.
    fn method(&self, key: &Key, method: &str) -> Result<Uri, UrlError> {
        let url = format!("{}/{method}key={}", self.settings.url.trim_end_matches('/'), key.reveal());
        url::allowed(&url, &self.settings.hosts)
    }

    fn post(
        &self,
        uri: &Uri,
        content_type: &str,
        body: &[u8],
        before_body: &mut dyn FnMut() -> Result<(), LedgerError>,
    ) -> Result<Answer, Lost> {
        let client = self.client.as_ref().expect("it was made when the parcel came");
        client.post(uri, &[("content-type", content_type.to_owned())], body, before_body)
    }

    /// Uploads a file: its media id. Nobody sees it yet, so that whatever fails here may be tried again.
    fn upload(&self, uri: &Uri, key: &Key, file: &Enclosure) -> Result<String, Outcome> {
        let boundary = boundary(file);
        let content_type = format!("multipart/form-data; boundary={boundary}");
        let retry = |reason: String| Outcome::Retry { reason: key.hidden_in(&reason), after: None };
        let answer = match self.post(uri, &content_type, &multipart(&boundary, file), &mut || Ok(())) {
            Ok(answer) => answer,
            Err(Lost::Incomplete(reason) | Lost::Unanswered(reason)) => return Err(retry(reason)),
            Err(Lost::Unrecorded(_)) => unreachable!("an upload records nothing"),
        };
        match understand(&answer, key)?.media_id {
            Some(id) => Ok(id),
            None => Err(retry("an upload was accepted without a media_id".to_owned())),
        }
    }
}

impl Channel for WeCom<'_> {
    fn send(
        &mut self,
        parcel: &Parcel,
        _: &str,
        phase: &mut dyn FnMut(Phase) -> Result<(), LedgerError>,
    ) -> Result<Outcome, LedgerError> {
        let link = self.settings.link.clone();
        if let Some(reason) = unfit(parcel, self.rate.most, link.as_deref()) {
            return Ok(Outcome::Refused { reason });
        }
        let key = match self.ready() {
            Ok(key) => key,
            Err(reason) => return Ok(Outcome::Stopped { reason }),
        };
        let uris =
            self.method(&key, "upload_media?type=file&").and_then(|u| Ok((u, self.method(&key, "send?")?)));
        let (uploading, sending) = match uris {
            Ok(uris) => uris,
            Err(error) => return Ok(Outcome::Stopped { reason: error.to_string() }),
        };
        if let Some(wait) = self.rate.wait(parcel.enclosures.len(), Instant::now()) {
            let reason = format!("the robot may send {} messages a minute", self.rate.most);
            return Ok(Outcome::Retry { reason, after: Some(wait) });
        }
        phase(Phase::Sending)?;
        // All uploads first: what fails among them has shown nothing to anybody.
        let mut messages = Vec::new();
        for file in &parcel.enclosures {
            if let Some(base) = link.as_deref().filter(|_| file.bytes.len() > *SIZES.end()) {
                messages.push(linked(base, file));
                continue;
            }
            match self.upload(&uploading, &key, file) {
                Ok(id) => messages.push(serde_json::json!({ "msgtype": "file", "file": { "media_id": id } })),
                Err(outcome) => return Ok(outcome),
            }
        }
        let mut recorded = false;
        for (shown, message) in messages.iter().enumerate() {
            self.rate.sent.push_back(Instant::now());
            let body = message.to_string();
            let mut before_body = || {
                if !recorded {
                    phase(Phase::DataSent)?;
                    recorded = true;
                }
                Ok(())
            };
            let failed = match self.post(&sending, "application/json", body.as_bytes(), &mut before_body) {
                Ok(answer) => match shown_or_why(&answer, &key) {
                    Ok(()) => continue,
                    Err(outcome) => outcome,
                },
                Err(Lost::Incomplete(reason)) => {
                    Outcome::Retry { reason: key.hidden_in(&reason), after: None }
                }
                // A robot has no ids by which a second message would be known as the first.
                Err(Lost::Unanswered(reason)) => Outcome::Unknown {
                    reason: key.hidden_in(&format!("the message was sent, but no answer came: {reason}")),
                },
                Err(Lost::Unrecorded(error)) => return Err(error),
            };
            return Ok(if shown == 0 { failed } else { halfway(&failed, shown, messages.len()) });
        }
        Ok(Outcome::Accepted { receipt: format!("files shown in the group: {}", messages.len()) })
    }

    fn notify(&mut self, notice: &Notice, _: &str) -> Outcome {
        let key = match self.ready() {
            Ok(key) => key,
            Err(reason) => return Outcome::Stopped { reason },
        };
        let uri = match self.method(&key, "send?") {
            Ok(uri) => uri,
            Err(error) => return Outcome::Stopped { reason: error.to_string() },
        };
        let text = serde_json::json!({ "msgtype": "text", "text": { "content": notice.within(TEXT) } });
        self.rate.sent.push_back(Instant::now());
        match self.post(&uri, "application/json", text.to_string().as_bytes(), &mut || Ok(())) {
            Ok(answer) => match shown_or_why(&answer, &key) {
                Ok(()) => Outcome::Accepted { receipt: "shown in the group".to_owned() },
                Err(outcome) => outcome,
            },
            Err(Lost::Incomplete(reason) | Lost::Unanswered(reason)) => {
                Outcome::Retry { reason: key.hidden_in(&reason), after: None }
            }
            Err(Lost::Unrecorded(_)) => unreachable!("a notice records nothing"),
        }
    }

    fn probe(&mut self) -> (Vec<String>, bool) {
        let reached = self.ready().and_then(|_| {
            // Without the key: any request with it could be a message.
            let uri = url::allowed(&self.settings.url, &self.settings.hosts).map_err(|e| e.to_string())?;
            let host = uri.host().unwrap_or_default().to_owned();
            let client = self.client.as_ref().expect("it is made by now");
            match client.reach(&uri) {
                Ok(status) => Ok(format!(
                    "`{host}` answers (HTTP {status}); the key is there, and is tried by the first message"
                )),
                Err(reason) => Err(format!("`{host}` does not answer: {reason}")),
            }
        });
        match reached {
            Ok(line) => (vec![line], true),
            Err(line) => (vec![line], false),
        }
    }
}

/// The message in place of a file that WeCom does not take.
fn linked(base: &str, file: &Enclosure) -> serde_json::Value {
    let megabytes = file.bytes.len().div_ceil(1 << 20);
    let (name, sum, link) = (&file.name, &file.sha256, url::link(base, file));
    let content = format!("{name}（{megabytes} MB，文件较大，请下载）\n{link}\nSHA-256：{sum}");
    serde_json::json!({ "msgtype": "text", "text": { "content": content } })
}

/// Why a parcel can never be sent by a robot.
fn unfit(parcel: &Parcel, most: usize, link: Option<&str>) -> Option<String> {
    if parcel.enclosures.is_empty() || parcel.enclosures.len() > most {
        return Some(format!("a robot sends 1 to {most} files at once, not {}", parcel.enclosures.len()));
    }
    let fits = |size: usize| SIZES.contains(&size) || (link.is_some() && size > *SIZES.end());
    let odd = parcel.enclosures.iter().find(|file| !fits(file.bytes.len()))?;
    let hint =
        if odd.bytes.len() > *SIZES.end() { "; with `link` the group would be told where it is" } else { "" };
    Some(format!("WeCom takes files of 5 B to 20 MiB; `{}` has {} B{hint}", odd.name, odd.bytes.len()))
}

/// A boundary that does not occur in the file, and is the same at each attempt.
fn boundary(file: &Enclosure) -> String {
    let digest = disk::sha256(&[file.name.as_bytes(), &file.bytes].concat());
    format!("report-{}", &digest[..40])
}

/// A form with one file. Its name stands there in UTF-8 as it is: WeCom does not read `filename*=`, and takes a file without a name for
/// no file (errcode 41005).
fn multipart(boundary: &str, file: &Enclosure) -> Vec<u8> {
    let name = file.name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A");
    let head = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"media\"; filename=\"{name}\"; filelength={}\r\n\
         Content-Type: application/octet-stream\r\n\r\n",
        file.bytes.len()
    );
    [head.as_bytes(), &file.bytes, format!("\r\n--{boundary}--\r\n").as_bytes()].concat()
}

/// The messages of the last minute.
struct Rate {
    most: usize,
    sent: VecDeque<Instant>,
}

impl Rate {
    /// How long to wait until so many more messages may be sent.
    fn wait(&mut self, more: usize, now: Instant) -> Option<Duration> {
        while self.sent.front().is_some_and(|sent| now.duration_since(*sent) >= MINUTE) {
            self.sent.pop_front();
        }
        let too_many = (self.sent.len() + more).checked_sub(self.most).filter(|many| *many > 0)?;
        let last = self.sent.get(too_many - 1)?;
        Some(MINUTE - now.duration_since(*last))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_messages_of_a_minute_are_counted() {
        let begin = Instant::now();
        let at = |seconds| begin + Duration::from_secs(seconds);
        let mut rate = Rate { most: 3, sent: [at(0), at(10), at(20)].into() };
        assert_eq!(rate.wait(1, at(30)), Some(Duration::from_secs(30)));
        assert_eq!(rate.wait(2, at(30)), Some(Duration::from_secs(40)));
        assert_eq!(rate.wait(1, at(60)), None);
        assert_eq!(rate.wait(2, at(60)), Some(Duration::from_secs(10)));
        assert_eq!(rate.wait(3, at(90)), None);
    }

    #[test]
    fn a_name_cannot_end_its_header() {
        let file = Enclosure {
            body_pages: None,
            name: "简报\"\r\nX: y.pdf".into(),
            plain_name: "a.pdf".into(),
            media_type: "application/pdf".into(),
            bytes: b"%PDF-".to_vec(),
            sha256: String::new(),
            path: String::new(),
            about: crate::delivery::About::default(),
        };
        let form = String::from_utf8(multipart("b", &file)).expect("all text here");
        assert!(form.contains("filename=\"简报%22%0D%0AX: y.pdf\"; filelength=5\r\n"), "{form}");
        assert!(form.ends_with("\r\n\r\n%PDF-\r\n--b--\r\n"), "{form}");
    }
}
