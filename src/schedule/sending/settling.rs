//! What the end of one attempt means for its parcel: its state, when it is tried again, and what is told.
//!
//! How it is recorded is left to `lines`.

use chrono::{DateTime, TimeDelta, Utc};

use crate::delivery::Outcome;
use crate::ledger::{ParcelRow, ParcelState, Progress};
use crate::schedule::due::in_words;
use crate::schedule::event::{Event, Level};

/// When a parcel is tried again after each failure; after the last it has failed for good.
const BACK_OFF: [TimeDelta; 6] = [
    TimeDelta::minutes(1),
    TimeDelta::minutes(5),
    TimeDelta::minutes(30),
    TimeDelta::hours(2),
    TimeDelta::hours(6),
    TimeDelta::hours(24),
];

/// How long nothing is tried through a channel that does not work.
pub(super) const REST: TimeDelta = BACK_OFF[2];

/// What an attempt came to.
pub(super) struct Settled {
    /// What the ledger keeps of it.
    pub(super) progress: Progress,
    /// What is told of it.
    pub(super) event: Event,
    /// Why the channel does not work, where that is so.
    pub(super) stopped: Option<String>,
}

/// Settles an attempt. `resends` says whether the channel sends once more by itself what nobody knows of.
pub(super) fn settle(row: &ParcelRow, outcome: &Outcome, resends: bool, now: DateTime<Utc>) -> Settled {
    let (mut due, mut counted, mut resent, mut stopped) = (None, false, false, None);
    let key = short(row);
    let (state, words, level, what, message) = match outcome {
        Outcome::Accepted { receipt } => {
            (ParcelState::Accepted, receipt, Level::Info, "sent", format!("accepted: {receipt}"))
        }
        Outcome::Retry { reason, after } => {
            counted = true;
            let asked = after.and_then(|after| TimeDelta::from_std(after).ok());
            let pause = BACK_OFF.get(row.attempts as usize).copied();
            if let Some(pause) = pause.map(|pause| asked.map_or(pause, |asked| asked.max(pause))) {
                due = Some(now + pause);
                let message = format!("not sent: {reason}; tried again in {}", in_words(pause));
                (ParcelState::Ready, reason, Level::Warning, "send-again", message)
            } else {
                let message = format!("not sent: {reason}; report outbox retry {key}");
                (ParcelState::Failed, reason, Level::Alarm, "not-sent", message)
            }
        }
        Outcome::Refused { reason } => {
            let message = format!("refused: {reason}; report outbox retry {key} once that is mended");
            (ParcelState::Failed, reason, Level::Alarm, "not-sent", message)
        }
        Outcome::Unknown { reason } if resends && row.resent == 0 => {
            resent = true;
            due = Some(now + BACK_OFF[0]);
            let message = format!("nobody knows whether it arrived: {reason}; sent once more by itself");
            (ParcelState::Ready, reason, Level::Warning, "resent", message)
        }
        Outcome::Unknown { reason } => {
            let message = format!("nobody knows whether it arrived: {reason}; {}", ask(row));
            (ParcelState::Unknown, reason, Level::Alarm, "unknown", message)
        }
        Outcome::Stopped { reason } => {
            due = Some(now + REST);
            stopped = Some(reason.clone());
            let message = format!(
                "the channel `{}` does not work: {reason}; nothing is tried through it for {}; \
                 report doctor --online tries it",
                row.channel,
                in_words(REST)
            );
            (ParcelState::Ready, reason, Level::Alarm, "channel-stopped", message)
        }
    };
    let (key, words) = (row.key.clone(), words.clone());
    Settled {
        progress: Progress::Ended { key, state, words, due, counted, resent },
        event: event(row, level, what, &message, now),
        stopped,
    }
}

/// What is told of a mail that came back after it was taken.
pub fn bounced(row: &ParcelRow, reason: &str, now: DateTime<Utc>) -> Event {
    let message = format!(
        "{reason}; mend the address `{}` in recipients.toml, then report outbox retry {}",
        row.address,
        short(row)
    );
    event(row, Level::Alarm, "bounced", &message, now)
}

/// What is told of a parcel by the next process, where the one that sent it ended before it told anybody.
pub(super) fn late(row: &ParcelRow, now: DateTime<Utc>) -> Event {
    let reason = row.reason.as_deref().unwrap_or_default();
    match row.state {
        ParcelState::Unknown => event(row, Level::Alarm, "unknown", &format!("{reason}; {}", ask(row)), now),
        _ => {
            let words = format!("not sent: {reason}; report outbox retry {}", short(row));
            event(row, Level::Alarm, "not-sent", &words, now)
        }
    }
}

/// What a person does about a parcel of which nobody knows.
pub(super) fn ask(row: &ParcelRow) -> String {
    format!("ask there, then report outbox assume-sent or resend {}", short(row))
}

/// The beginning of a key, by which a person names a parcel.
pub(super) fn short(row: &ParcelRow) -> &str {
    row.key.get(..12).unwrap_or(&row.key)
}

/// An event about a parcel.
pub(super) fn event(
    row: &ParcelRow,
    level: Level,
    what: &'static str,
    words: &str,
    now: DateTime<Utc>,
) -> Event {
    let message = format!("{} by {} ({}): {words}", row.recipient, row.channel, short(row));
    let mut event = Event::new(now, level, what, message);
    event.channel = Some(row.channel.clone());
    event.parcel = Some(row.key.clone());
    event
}
