//! HTTP as the channels use it: one POST, no redirect, no proxy, and how far it got when it failed.
//!
//! Which URLs may be reached is left to `url`, what an answer means to the channels.

use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::{DateTime, NaiveDateTime, Utc};
use ureq::http::Uri;
use ureq::tls::{PemItem, RootCerts, TlsConfig};
use ureq::{Agent, SendBody};

use super::process;
use crate::disk;
use crate::ledger::LedgerError;

/// As much of an answer is read; no receiver needs more to say how it went.
const LONGEST_ANSWER: u64 = 64 << 10;

/// The longest wait that is believed: a slip of a server must not hold a parcel for a year.
const LONGEST_WAIT: Duration = Duration::from_secs(24 * 3600);

/// Something that posts.
#[derive(Debug)]
pub(super) struct Client {
    agent: Agent,
}

/// A whole answer, whatever its status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    /// The status code.
    pub(super) status: u16,
    /// The header `Retry-After`.
    pub(super) retry_after: Option<String>,
    /// The body, or the beginning of a long one.
    pub(super) body: Vec<u8>,
}

/// A request without an answer.
#[derive(Debug)]
pub(super) enum Lost {
    /// The other side cannot have taken it: no connection, or the body did not leave whole.
    Incomplete(String),
    /// The whole request left, and no answer came.
    Unanswered(String),
    /// The phase could not be recorded; the body was not sent.
    Unrecorded(LedgerError),
}

impl Client {
    /// A client that trusts the authorities of `ca_file`, and without it those that browsers trust.
    pub(super) fn new(ca_file: Option<&PathBuf>, timeout: Duration) -> Result<Self, String> {
        let roots = match ca_file {
            Some(path) => RootCerts::new_with_certs(&authorities(path)?),
            None => RootCerts::WebPki,
        };
        let config = Agent::config_builder()
            .tls_config(TlsConfig::builder().root_certs(roots).build())
            // Otherwise taken from the environment, which only the binary reads; and a proxy is another host than the listed one.
            .proxy(None)
            // An answer 3xx comes back as it is: what stands behind it is not on the list, and has no right to the signature.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            // A connection of its own for each request: one that was kept may be dead without showing it before the body is gone.
            .max_idle_connections(0)
            .timeout_global(Some(timeout))
            .user_agent(concat!("report/", env!("CARGO_PKG_VERSION")))
            .build();
        Ok(Self { agent: config.new_agent() })
    }

    /// Posts a body. `before_body` is called when the connection stands and the head of the request is gone, before the first byte of
    /// the body is: a receiver that keeps to `Content-Length` can have taken nothing until then.
    pub(super) fn post(
        &self,
        uri: &Uri,
        headers: &[(&str, String)],
        body: &[u8],
        before_body: &mut dyn FnMut() -> Result<(), LedgerError>,
    ) -> Result<Answer, Lost> {
        let mut request = self.agent.post(uri).header("content-length", body.len().to_string());
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let mut watched = Watched { rest: body, begun: false, before_body, failed: None };
        let sent = request.send(SendBody::from_reader(&mut watched));
        // ureq's errors have no phase, but it asks for the body only when the head has been written, and for more of it only when what
        // it had has been written; what it did not ask for cannot have left.
        let Watched { rest, failed, .. } = watched;
        if let Some(error) = failed {
            return Err(Lost::Unrecorded(error));
        }
        let response = match sent {
            Ok(response) => response,
            Err(error) if rest.is_empty() => return Err(Lost::Unanswered(words(&error))),
            Err(error) => return Err(Lost::Incomplete(words(&error))),
        };
        let status = response.status().as_u16();
        let header = response.headers().get("retry-after");
        let retry_after = header.and_then(|value| value.to_str().ok()).map(str::to_owned);
        let mut body = Vec::new();
        // The status has been read, so that a body which breaks off is no lost answer; who needs its end sees that it is not there.
        let _ = response.into_body().into_reader().take(LONGEST_ANSWER).read_to_end(&mut body);
        Ok(Answer { status, retry_after, body })
    }

    /// Whether something listens at a URL that speaks HTTP, over TLS where it says so: what it answers to a HEAD does not matter.
    pub(super) fn reach(&self, uri: &Uri) -> Result<u16, String> {
        let answer = self.agent.head(uri).call().map_err(|error| words(&error))?;
        Ok(answer.status().as_u16())
    }
}

impl Answer {
    /// The status, and what the body says in its first line.
    pub(super) fn words(&self) -> String {
        match process::line(&self.body) {
            Some(line) => format!("HTTP {}: {line}", self.status),
            None => format!("HTTP {}", self.status),
        }
    }

    /// How long to wait, as `Retry-After` says in seconds or as a date; none where it says nothing that can be read.
    pub(super) fn wait(&self, now: DateTime<Utc>) -> Option<Duration> {
        let value = self.retry_after.as_deref()?.trim();
        let wait = match value.parse() {
            Ok(seconds) => Duration::from_secs(seconds),
            // A date that is past by now means at once.
            Err(_) => (http_date(value)? - now).to_std().unwrap_or_default(),
        };
        Some(wait.min(LONGEST_WAIT))
    }
}

/// A date in one of the three forms that RFC 9110 wants read.
fn http_date(value: &str) -> Option<DateTime<Utc>> {
    ["%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"]
        .iter()
        .find_map(|form| NaiveDateTime::parse_from_str(value, form).ok())
        .map(|date| date.and_utc())
}

/// The body of a request, which tells when it is asked for and how much of it is left.
struct Watched<'a> {
    rest: &'a [u8],
    begun: bool,
    before_body: &'a mut dyn FnMut() -> Result<(), LedgerError>,
    failed: Option<LedgerError>,
}

impl Read for Watched<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if !self.begun {
            self.begun = true;
            if let Err(error) = (self.before_body)() {
                self.failed = Some(error);
                return Err(io::Error::other("the phase could not be recorded"));
            }
        }
        self.rest.read(buffer)
    }
}

pub(super) fn authorities(path: &Path) -> Result<Vec<ureq::tls::Certificate<'static>>, String> {
    let pem = disk::read(path).map_err(|error| format!("{error}: {}", error.source))?;
    let mut certificates = Vec::new();
    for item in ureq::tls::parse_pem(&pem) {
        match item {
            Ok(PemItem::Certificate(certificate)) => certificates.push(certificate),
            Ok(_) => {}
            Err(_) => return Err(format!("`{}` is no PEM file", path.display())),
        }
    }
    if certificates.is_empty() {
        return Err(format!("`{}` has no certificate", path.display()));
    }
    Ok(certificates)
}

/// What went wrong, without the URL: some of ureq's errors print it, and in its query may stand a key.
fn words(error: &ureq::Error) -> String {
    match error {
        ureq::Error::Io(error) => process::plain(&error.to_string()),
        ureq::Error::Timeout(step) => format!("too slow ({step})"),
        ureq::Error::HostNotFound => "the host is not found".to_owned(),
        ureq::Error::ConnectionFailed => "the connection failed".to_owned(),
        ureq::Error::Rustls(error) => process::plain(&format!("TLS: {error}")),
        ureq::Error::Tls(reason) => format!("TLS: {reason}"),
        ureq::Error::LargeResponseHeader(..) | ureq::Error::Protocol(_) => {
            "what it answers is no HTTP".to_owned()
        }
        _ => "the request cannot be made".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_does_not_tell_the_url() {
        let inner = ureq::Error::BadUri("https://b.cn/hook?key=hunter2 is missing host".into());
        assert!(!words(&inner).contains("hunter2"));
    }

    #[test]
    fn the_wait_is_seconds_or_a_date() {
        let now = "1994-11-06T08:49:07Z".parse().expect("an instant");
        let wait =
            |value: &str| Answer { status: 503, retry_after: Some(value.into()), body: Vec::new() }.wait(now);
        let seconds = |seconds| Some(Duration::from_secs(seconds));
        assert_eq!(wait("120"), seconds(120));
        assert_eq!(wait("99999999999"), Some(LONGEST_WAIT));
        // The three forms of RFC 9110, section 5.6.7, with its own example.
        assert_eq!(wait("Sun, 06 Nov 1994 08:49:37 GMT"), seconds(30));
        assert_eq!(wait("Sunday, 06-Nov-94 08:49:37 GMT"), seconds(30));
        assert_eq!(wait("Sun Nov  6 08:49:37 1994"), seconds(30));
        assert_eq!(wait("Sun, 06 Nov 1994 08:00:00 GMT"), seconds(0));
        assert_eq!((wait("soon"), wait("-5"), wait("")), (None, None, None));
    }
}
