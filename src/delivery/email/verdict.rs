//! What each way in which a conversation breaks off means for the parcel, and how it is told.
//!
//! The conversation itself is left to `conversation`.

use std::error::Error as _;
use std::io::ErrorKind;

use lettre::transport::smtp::Error;
use lettre::transport::smtp::response::Response;

use crate::delivery::Outcome;

/// Where in the conversation something went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Connect,
    StartTls,
    Hello,
    Login,
    Reset,
    Sender,
    Recipient,
    Data,
    Body,
    Dot,
}

impl Step {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Connect => "connecting",
            Self::StartTls => "STARTTLS",
            Self::Hello => "EHLO",
            Self::Login => "logging in",
            Self::Reset => "RSET",
            Self::Sender => "MAIL FROM",
            Self::Recipient => "RCPT TO",
            Self::Data => "DATA",
            Self::Body => "the message",
            Self::Dot => "the end of the message",
        }
    }
}

/// Another message would not fit either.
const FULL: &str = " (the mailbox is full)";

/// A step that failed.
#[derive(Debug)]
pub(super) struct Failure {
    /// What that means for the parcel.
    pub(super) outcome: Outcome,
    /// Nothing more can be said on this line.
    pub(super) broken: bool,
    /// The relay may have had enough of this line alone: OpenSMTPD takes 100 messages on one and then says 452 to MAIL FROM.
    pub(super) worn: bool,
    /// It is the size of the message that is to blame.
    pub(super) too_large: bool,
}

impl Failure {
    /// On a line that goes on.
    pub(super) fn here(outcome: Outcome) -> Self {
        Self { outcome, broken: false, worn: false, too_large: false }
    }

    /// The line is of no more use.
    pub(super) fn broken(outcome: Outcome) -> Self {
        Self { outcome, broken: true, worn: false, too_large: false }
    }
}

/// What a failure means that came before the dot, or as an answer to it.
pub(super) fn judged(relay: &str, step: Step, error: &Error, hidden: &[String]) -> Failure {
    let mut told = told(error);
    for secret in hidden.iter().filter(|secret| !secret.is_empty()) {
        told = told.replace(secret.as_str(), "…");
    }
    let code = error.status().and_then(|code| code.to_string().parse::<u16>().ok());
    let reason = format!("{relay}, {}: {told}{}", step.name(), about_size(code, &told));
    let outcome = match (code, step) {
        // A mechanism that only one side knows, or a question that nobody understands.
        (None, Step::Login) if error.is_client() => Outcome::Stopped { reason },
        // 530: it wants a login or TLS first. The rest is no judgement on this parcel either: no other one would fare better.
        (Some(530), _) | (Some(500..), Step::Connect | Step::StartTls | Step::Hello | Step::Login) => {
            Outcome::Stopped { reason }
        }
        (Some(500..), _) => Outcome::Refused { reason },
        _ => Outcome::Retry { reason, after: None },
    };
    let worn = matches!(step, Step::Reset | Step::Sender) && matches!(outcome, Outcome::Retry { .. });
    let too_large = is_about_size(code, &told);
    Failure { outcome, broken: code.is_none_or(|code| code == 421), worn, too_large }
}

/// Whether the message may be too large, as far as the answer says.
fn is_about_size(code: Option<u16>, told: &str) -> bool {
    let words = about_size(code, told);
    !words.is_empty() && words != FULL
}

/// What to add where the size is to blame. Postfix says so with 552 (RFC 5321), OpenSMTPD with 554 and only the second code (RFC 3463).
fn about_size(code: Option<u16>, told: &str) -> &'static str {
    let second = |code| told.split(' ').nth(1) == Some(code);
    match code {
        Some(552) if second("5.2.2") => FULL,
        Some(500..) if second("5.3.4") || second("5.2.3") => " (the message is too large)",
        Some(552 | 523) => " (the message is too large, or the mailbox full)",
        _ => "",
    }
}

/// Answers that do not belong to what was asked: nothing that is said on this line can be believed.
pub(super) fn out_of_step(relay: &str, step: Step, what: &str) -> Failure {
    let reason = format!("{relay}, {}: {what}", step.name());
    Failure::broken(Outcome::Retry { reason, after: None })
}

/// An error in words: the relay's own where it said something.
pub(super) fn told(error: &Error) -> String {
    if timed_out(error) {
        return "no answer in time".to_owned();
    }
    let source = error.source().map(ToString::to_string);
    let text = match (error.status(), source) {
        (Some(code), Some(text)) => format!("{code} {text}"),
        (Some(code), None) => code.to_string(),
        (None, Some(text)) if text.contains("invalid peer certificate") => {
            format!("{text}; if the relay's certificate comes from a CA of your own, name it as `ca_file`")
        }
        (None, Some(text)) => text,
        (None, None) => error.to_string(),
    };
    shortened(&text)
}

/// Whether nothing came for too long. `Error::is_timeout` does not see it: a read that takes too long ends with `WouldBlock` on Unix.
fn timed_out(error: &Error) -> bool {
    let mut source = error.source();
    while let Some(error) = source {
        if let Some(error) = error.downcast_ref::<std::io::Error>() {
            return matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut);
        }
        source = error.source();
    }
    false
}

/// An answer in one line.
pub(super) fn said(answer: &Response) -> String {
    let lines: Vec<&str> = answer.message().collect();
    shortened(&format!("{} {}", answer.code(), lines.join(" ")))
}

/// A relay may say a lot, and anything.
fn shortened(text: &str) -> String {
    let text = super::message::one_line(text);
    match text.char_indices().nth(400) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
