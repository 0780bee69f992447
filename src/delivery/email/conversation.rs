//! One conversation with a relay, up to the dot and the answer to it.
//!
//! What is said in the message is left to `message`, what a failure means to `verdict`; when a line is opened and kept, to the channel.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{SmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Ehlo, Mail, Noop, Rcpt, Rset};
use lettre::transport::smtp::extension::{ClientId, Extension, MailParameter};
use lettre::transport::smtp::response::{Response, Severity};

use super::message::{Letter, size};
use super::verdict::{Failure, Step, judged, out_of_step, said, told};
use super::{EmailSettings, Security};
use crate::delivery::Outcome;
use crate::ledger::LedgerError;

/// How much of the beginning of a message is written at once.
const CHUNK: usize = 64 * 1024;

/// How much of a message is kept for the write that ends in the dot: two packets of the loopback device, the largest there are.
const LAST: usize = 128 * 1024;

/// What opens a conversation.
pub(super) struct Opening {
    tls: Option<TlsParameters>,
    credentials: Option<Credentials>,
    /// What must not be printed, should the relay repeat what it was told.
    hidden: Vec<String>,
}

impl Opening {
    /// With the settings of TLS, and user and password.
    pub(super) fn new(tls: Option<TlsParameters>, login: Option<(&str, &str)>) -> Self {
        let hidden = login.map_or_else(Vec::new, |(user, password)| {
            let plain = BASE64.encode(format!("\0{user}\0{password}"));
            vec![plain, BASE64.encode(password), password.to_owned()]
        });
        let credentials = login.map(|(user, password)| Credentials::from((user, password)));
        Self { tls, credentials, hidden }
    }
}

/// An open line: greeted, encrypted and logged in as the settings say.
pub(super) struct Conversation {
    connection: SmtpConnection,
    relay: String,
    /// The limit that the relay announces; lettre does not keep it.
    announced: Option<u64>,
}

impl Conversation {
    /// Opens the line.
    pub(super) fn open(settings: &EmailSettings, opening: &Opening) -> Result<Self, Failure> {
        let host = settings.host.trim_matches(['[', ']']);
        let relay = format!("{host}:{}", settings.port);
        let hello = settings.hello.clone().map_or_else(ClientId::default, ClientId::Domain);
        let judge = |step, error: &Error| judged(&relay, step, error, &opening.hidden);
        let (wrapped, upgraded) = match settings.security {
            Security::Tls => (opening.tls.as_ref(), None),
            Security::StartTls => (None, opening.tls.as_ref()),
            Security::None => (None, None),
        };
        let timeout = Some(settings.timeout);
        let connection = SmtpConnection::connect((host, settings.port), timeout, &hello, wrapped, None);
        let mut connection = connection.map_err(|e| judge(Step::Connect, &e))?;
        if let Some(tls) = upgraded {
            connection.starttls(tls, &hello).map_err(|e| judge(Step::StartTls, &e))?;
        }
        if settings.security != Security::None && !connection.is_encrypted() {
            return Err(out_of_step(&relay, Step::StartTls, "the line is not encrypted"));
        }
        // Once more, for what lettre does not keep of the answer. OpenSMTPD greets once only (503): then the limit is not known.
        let greeting = match connection.command(Ehlo::new(hello)) {
            Ok(greeting) => Some(greeting),
            Err(error) if error.is_permanent() => None,
            Err(error) => return Err(judge(Step::Hello, &error)),
        };
        if upgraded.is_some() && !in_step(&mut connection, greeting.as_ref()) {
            return Err(out_of_step(&relay, Step::StartTls, "the answers do not fit the commands"));
        }
        if let Some(credentials) = &opening.credentials {
            let login = connection.auth(DEFAULT_MECHANISMS, credentials);
            login.map_err(|e| judge(Step::Login, &e))?;
        }
        let announced = greeting.as_ref().and_then(announced_size);
        Ok(Self { connection, relay, announced })
    }

    /// What the relay calls itself.
    pub(super) fn name(&self) -> &str {
        self.connection.server_info().name()
    }

    /// The largest message that it says it takes; 0 stands for no limit (RFC 1870).
    pub(super) fn announced(&self) -> Option<u64> {
        self.announced
    }

    /// Its certificate as DER; nothing without TLS.
    pub(super) fn certificate(&self) -> Option<Vec<u8>> {
        self.connection.is_encrypted().then(|| self.connection.peer_certificate().ok()).flatten()
    }

    /// Begins anew on a line that was used before, and finds out whether it still is one.
    pub(super) fn reset(&mut self) -> Result<(), Failure> {
        self.command(Step::Reset, Rset).map(drop)
    }

    /// Says whom the message is from and for, up to the moment where the relay waits for it.
    pub(super) fn address(&mut self, letter: &Letter) -> Result<(), Failure> {
        if let Some(most) = self.announced.filter(|most| *most > 0 && letter.bytes.len() as u64 > *most) {
            let (bytes, relay) = (size(letter.bytes.len()), &self.relay);
            let most = usize::try_from(most).map_or_else(|_| most.to_string(), size);
            let reason =
                format!("{relay}: the message has {bytes}, more than the {most} that the relay takes");
            return Err(Failure { too_large: true, ..Failure::here(Outcome::Refused { reason }) });
        }
        let mut parameters = Vec::new();
        if self.announced.is_some() {
            parameters.push(MailParameter::Size(letter.bytes.len()));
        }
        let mut addresses = letter.envelope.from().into_iter().chain(letter.envelope.to());
        if !addresses.all(|address| AsRef::<str>::as_ref(address).is_ascii()) {
            if !self.connection.server_info().supports_feature(Extension::SmtpUtfEight) {
                let reason = format!("{}: the relay takes no addresses beyond ASCII (SMTPUTF8)", self.relay);
                return Err(Failure::here(Outcome::Refused { reason }));
            }
            parameters.push(MailParameter::SmtpUtfEight);
        }
        self.command(Step::Sender, Mail::new(letter.envelope.from().cloned(), parameters))?;
        for to in letter.envelope.to() {
            self.command(Step::Recipient, Rcpt::new(to.clone(), Vec::new()))?;
        }
        let answer = self.command(Step::Data, Data)?;
        if !answer.has_code(354) {
            return Err(out_of_step(&self.relay, Step::Data, &said(&answer)));
        }
        Ok(())
    }

    /// Sends the message. `before_dot` is called before the part that ends in the final dot is written; when it fails that part is not
    /// sent, and the line has to be dropped.
    ///
    /// lettre's `message_iter` (0.11.23) writes the dot by itself, as a small packet behind others that the relay has not yet acknowledged,
    /// and leaves Nagle's algorithm on: the packet waits some 40 ms for that. Its socket cannot be reached from outside (`NetworkStream` is
    /// private and made within `connect`). So the last part of the message and the dot go in one write, as what lettre takes for a command:
    /// `command` writes the text that it is given and reads the answer to it, no more. The part is long enough for two full packets, which
    /// are acknowledged at once.
    pub(super) fn message(
        &mut self,
        letter: &Letter,
        before_dot: &mut dyn FnMut() -> Result<(), LedgerError>,
    ) -> Result<Result<String, Failure>, LedgerError> {
        // The end is written below: with that of the letter too, the message would end in an empty line that it does not have.
        let bytes = letter.bytes.strip_suffix(b"\r\n").unwrap_or(&letter.bytes);
        let (first, last) = bytes.split_at(last_part(bytes));
        if let Err(error) = self.begin_message(first) {
            return Ok(Err(judged(&self.relay, Step::Body, &error, &[])));
        }
        let last = std::str::from_utf8(last).expect("headers are text, and all else is base64");
        before_dot()?;
        Ok(match self.connection.command(format!("{}\r\n.\r\n", stuffed(last))) {
            Ok(answer) if answer.code().severity == Severity::PositiveCompletion => Ok(said(&answer)),
            Ok(answer) => {
                let reason = format!("{}, {}: {}", self.relay, Step::Dot.name(), said(&answer));
                Err(Failure::broken(Outcome::Unknown { reason }))
            }
            Err(error) if error.status().is_none() => {
                let reason = format!("{}, {}: {}", self.relay, Step::Dot.name(), told(&error));
                Err(Failure::broken(Outcome::Unknown { reason }))
            }
            Err(error) => Err(judged(&self.relay, Step::Dot, &error, &[])),
        })
    }

    /// Writes the beginning of a message, which ends with a line.
    ///
    /// `message_iter` writes and flushes each part before it asks its iterator for the next, and writes the dot only after the iterator has
    /// ended. There is no way to end the iterator and keep the dot back, except to unwind out of `message_iter`: it holds nothing but the
    /// borrowed line.
    fn begin_message(&mut self, bytes: &[u8]) -> Result<(), Error> {
        struct Written;

        if bytes.is_empty() {
            return Ok(());
        }
        let mut parts = bytes.chunks(CHUNK);
        // Past the panic hook: this is a way out, no mishap.
        let iterator = std::iter::from_fn(|| parts.next().or_else(|| resume_unwind(Box::new(Written))));
        match catch_unwind(AssertUnwindSafe(|| self.connection.message_iter(iterator))) {
            Ok(ended) => ended.map(drop),
            Err(way_out) if way_out.is::<Written>() => Ok(()),
            Err(panic) => resume_unwind(panic),
        }
    }

    /// Says goodbye, and waits for no more than this.
    pub(super) fn close(mut self, patience: std::time::Duration) {
        let _ = self.connection.set_timeout(Some(patience));
        let _ = self.connection.quit();
    }

    fn command(&mut self, step: Step, command: impl std::fmt::Display) -> Result<Response, Failure> {
        let answer = self.connection.command(command);
        answer.map_err(|error| judged(&self.relay, step, &error, &[]))
    }
}

/// Where the last part of a message begins, with a line.
fn last_part(message: &[u8]) -> usize {
    let Some(from) = message.len().checked_sub(LAST) else { return 0 };
    let line = message[from..].windows(2).position(|two| two == b"\r\n");
    line.map_or(0, |line| from + line + 2)
}

/// Lines as they are written within a message (RFC 5321, 4.5.2): one that begins with a dot gets another.
fn stuffed(lines: &str) -> String {
    let first = if lines.starts_with('.') { "." } else { "" };
    format!("{first}{}", lines.replace("\r\n.", "\r\n.."))
}

/// Whether the answer to NOOP is that. lettre keeps what was read ahead of TLS: an answer that somebody slipped in after the one to
/// STARTTLS would be taken for the answer to EHLO, and each later one for that of the command before it.
fn in_step(connection: &mut SmtpConnection, greeting: Option<&Response>) -> bool {
    let Ok(noop) = connection.command(Noop) else { return false };
    noop.message().count() == 1 && greeting.is_none_or(|greeting| !noop.message().eq(greeting.message()))
}

/// The SIZE of an answer to EHLO.
fn announced_size(greeting: &Response) -> Option<u64> {
    greeting.message().skip(1).find_map(|line| {
        let mut words = line.split_ascii_whitespace();
        let size = words.next()?.eq_ignore_ascii_case("SIZE");
        // Without a number: it has a limit and does not say which.
        size.then(|| words.next().and_then(|number| number.parse().ok()).unwrap_or(0))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_begins_with_a_dot_does_not_end_the_message() {
        for (plain, written) in
            [(".", ".."), (".\r\na.\r\n.\r\n..b", "..\r\na.\r\n..\r\n...b"), ("a\n.b\r.", "a\n.b\r.")]
        {
            assert_eq!(stuffed(plain), written);
        }
    }

    #[test]
    fn the_last_part_begins_with_a_line() {
        assert_eq!(last_part(b"short\r\n"), 0);
        let line = format!("{}\r\n", "x".repeat(76));
        let long = line.repeat(2 * LAST / line.len());
        let last = last_part(long.as_bytes());
        assert!(
            last.is_multiple_of(line.len()) && (LAST - line.len()..=LAST).contains(&(long.len() - last)),
            "{last}"
        );
    }
}
