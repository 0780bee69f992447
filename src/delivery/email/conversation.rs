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

/// How much is written at once.
const CHUNK: usize = 64 * 1024;

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

    /// Sends the message. `before_dot` is called when all but the final dot has been handed to the system; when it fails the dot is
    /// not sent, and the line has to be dropped.
    ///
    /// lettre's `message_iter` (0.11.23) writes and flushes each part before it asks its iterator for the next, and writes
    /// `CR LF . CR LF` only after the iterator has ended; then it reads the answer. So the end of the iterator is the moment before
    /// the dot. There is no way to end the iterator and keep the dot back, except to unwind out of `message_iter`: it holds nothing
    /// but the borrowed line. `message` is the same with one part, and `command(Data)` writes neither body nor dot.
    ///
    /// The dot is a small packet behind others, and lettre leaves Nagle's algorithm on: it waits until the relay has acknowledged the
    /// message, for which Linux takes 40 ms. A line carries about 27 messages a second; who needs more opens more lines.
    pub(super) fn message(
        &mut self,
        letter: &Letter,
        before_dot: &mut dyn FnMut() -> Result<(), LedgerError>,
    ) -> Result<Result<String, Failure>, LedgerError> {
        // It closes the last line itself: with ours, the message would end in an empty line that it does not have.
        let bytes = letter.bytes.strip_suffix(b"\r\n").unwrap_or(&letter.bytes);
        let (mut parts, mut dot, mut unrecorded) = (bytes.chunks(CHUNK), false, None);
        let next = || match parts.next() {
            Some(part) => Some(part),
            None => match before_dot() {
                Ok(()) => {
                    dot = true;
                    None
                }
                Err(error) => {
                    unrecorded = Some(error);
                    // Past the panic hook: this is a way out, no mishap.
                    resume_unwind(Box::new(()));
                }
            },
        };
        let iterator = std::iter::from_fn(next);
        let sent = catch_unwind(AssertUnwindSafe(|| self.connection.message_iter(iterator)));
        if let Some(error) = unrecorded {
            return Err(error);
        }
        let sent = sent.unwrap_or_else(|panic| resume_unwind(panic));
        Ok(match sent {
            Ok(answer) if answer.code().severity == Severity::PositiveCompletion => Ok(said(&answer)),
            Ok(answer) => {
                let reason = format!("{}, {}: {}", self.relay, Step::Dot.name(), said(&answer));
                Err(Failure::broken(Outcome::Unknown { reason }))
            }
            Err(error) if dot && error.status().is_none() => {
                let reason = format!("{}, {}: {}", self.relay, Step::Dot.name(), told(&error));
                Err(Failure::broken(Outcome::Unknown { reason }))
            }
            Err(error) => {
                let step = if dot { Step::Dot } else { Step::Body };
                Err(judged(&self.relay, step, &error, &[]))
            }
        })
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
