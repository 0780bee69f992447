//! Email: one message for each recipient, through one relay.
//!
//! The limits of a relay, its login and when a line is kept are here; what stands in a message is left to `message`, what is said to the
//! relay to `conversation`.

mod certificate;
mod conversation;
mod message;
mod phrases;
mod settings;
mod verdict;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};

pub use settings::{EmailError, EmailSettings, Security};

use super::{Channel, Notice, Outcome, Parcel, Phase, Secrets};
use crate::ledger::LedgerError;
use conversation::{Conversation, Opening};
use message::{Files, Letter, size};
use verdict::Failure;

/// How long a relay is waited for when a line is closed.
const GOODBYE: Duration = Duration::from_secs(2);

/// A certificate that is good for fewer days is not well: whoever renews it needs time.
const LAST_DAYS: i64 = 21;

/// The date of a parcel's message.
type Dated<'a> = &'a (dyn Fn(&Parcel) -> DateTime<Utc> + Sync);

/// A relay, and the line to it while it is kept.
pub struct Email<'a> {
    settings: EmailSettings,
    secrets: &'a (dyn Secrets + Sync),
    now: DateTime<Utc>,
    dated: Option<Dated<'a>>,
    opening: Option<Opening>,
    kept: Option<Conversation>,
    /// Before that, the limit of messages a minute would be broken; all lines share it.
    next: Arc<Mutex<Option<Instant>>>,
    /// Why the channel does not work: once refused, a login is not tried again, lest the account be locked.
    stopped: Option<String>,
}

/// The message of a parcel to the last byte, as `deliver --dry-run` writes it and the channel sends it.
///
/// # Errors
/// When an address is none.
pub fn eml(
    settings: &EmailSettings,
    parcel: &Parcel,
    address: &str,
    date: DateTime<Utc>,
) -> Result<Vec<u8>, EmailError> {
    message::fitting(settings, parcel, address, date).map(|letter| letter.bytes)
}

/// Whether a text is an address to which a message may go, without a name before it; its domain.
///
/// # Errors
/// When it is none.
pub fn check_mailbox(text: &str) -> Result<String, EmailError> {
    settings::address("the address", text).map(|address| address.domain().to_owned())
}

impl<'a> Email<'a> {
    /// A channel; nothing is opened before the first parcel. `now` dates the messages and is what a certificate's end is counted from.
    pub fn new(settings: EmailSettings, secrets: &'a (dyn Secrets + Sync), now: DateTime<Utc>) -> Self {
        let next = Arc::default();
        Self { settings, secrets, now, dated: None, opening: None, kept: None, next, stopped: None }
    }

    /// One more line to the same relay, within the same limit of messages a minute.
    #[must_use]
    pub fn another(&self) -> Self {
        let mut line = Self::new(self.settings.clone(), self.secrets, self.now);
        line.dated = self.dated;
        line.next = Arc::clone(&self.next);
        line
    }

    /// Dates each message by its parcel, so that a parcel tried again next day is the same message to the last byte.
    #[must_use]
    pub fn dated_by(mut self, dated: Dated<'a>) -> Self {
        self.dated = Some(dated);
        self
    }

    /// What opens a line: read once, when it is needed first.
    fn prepare(&mut self) -> Result<(), EmailError> {
        self.settings.check_security()?;
        if self.opening.is_none() {
            let tls = self.settings.tls()?;
            let login = self.settings.password(self.secrets)?;
            let login = login.as_ref().map(|(user, password)| (*user, password.reveal()));
            self.opening = Some(Opening::new(tls, login));
        }
        Ok(())
    }

    fn open(&self) -> Result<Conversation, Failure> {
        let Some(opening) = &self.opening else {
            let reason = "the channel was not prepared".to_owned();
            return Err(Failure::broken(Outcome::Stopped { reason }));
        };
        Conversation::open(&self.settings, opening)
    }

    /// The letter, unless it cannot be written or is too large.
    fn letter(&self, parcel: &Parcel, address: &str) -> Result<Letter, Outcome> {
        let date = self.dated.map_or(self.now, |dated| dated(parcel));
        let letter = message::fitting(&self.settings, parcel, address, date);
        let letter = letter.map_err(|why| Outcome::Refused { reason: why.to_string() })?;
        if letter.bytes.len() as u64 > self.settings.largest {
            let files: usize = parcel.enclosures.iter().map(|enclosure| enclosure.bytes.len()).sum();
            let most = usize::try_from(self.settings.largest).unwrap_or(usize::MAX);
            let hint = if letter.linked { "" } else { "; with `link` it would name the place of its files" };
            let reason = format!(
                "the message has {} ({} bytes; the files have {}), more than the {} ({most} bytes) of the settings{hint}",
                size(letter.bytes.len()),
                letter.bytes.len(),
                size(files),
                size(most),
            );
            return Err(Outcome::Refused { reason });
        }
        Ok(letter)
    }

    /// When the limit of messages a minute allows one more; evenly, since relays count in windows that nobody knows. The turn is taken then.
    fn turn(&self, now: Instant) -> Instant {
        let Some(a_minute) = self.settings.a_minute.filter(|most| *most > 0) else { return now };
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let turn = next.map_or(now, |next| next.max(now));
        *next = Some(turn + Duration::from_secs(60) / a_minute);
        turn
    }

    /// A line on which the relay waits for the message. One that was kept may have died meanwhile, or be worn out: nothing of the message
    /// was sent by then, so a fresh one is opened in its place, once.
    fn addressed(&mut self, letter: &Letter) -> Result<Conversation, Failure> {
        if let Some(mut kept) = self.kept.take() {
            match kept.reset().and_then(|()| kept.address(letter)) {
                Ok(()) => return Ok(kept),
                Err(failure) if failure.broken => {}
                Err(failure) if failure.worn => kept.close(GOODBYE),
                Err(failure) => {
                    self.kept = Some(kept);
                    return Err(failure);
                }
            }
        }
        let mut fresh = self.open()?;
        if let Err(failure) = fresh.address(letter) {
            if !failure.broken {
                self.kept = Some(fresh);
            }
            return Err(failure);
        }
        Ok(fresh)
    }

    /// Sends a letter once.
    fn try_letter(
        &mut self,
        letter: &Letter,
        phase: &mut dyn FnMut(Phase) -> Result<(), LedgerError>,
    ) -> Result<Result<String, Failure>, LedgerError> {
        let now = Instant::now();
        std::thread::sleep(self.turn(now) - now);
        phase(Phase::Sending)?;
        let mut conversation = match self.addressed(letter) {
            Ok(conversation) => conversation,
            Err(failure) => return Ok(Err(failure)),
        };
        let sent = conversation.message(letter, &mut || phase(Phase::DataSent))?;
        if sent.as_ref().err().is_none_or(|failure| !failure.broken) {
            self.kept = Some(conversation);
        }
        Ok(sent)
    }

    /// Remembers that the channel does not work.
    fn ended(&mut self, outcome: Outcome) -> Outcome {
        if let Outcome::Stopped { reason } = &outcome {
            self.stopped = Some(reason.clone());
            self.kept = None;
        }
        outcome
    }

    /// What a line that was just opened tells.
    fn found(&self, conversation: &Conversation) -> (Vec<String>, bool) {
        let (settings, mut well) = (&self.settings, true);
        let mut lines =
            vec![format!("{}:{} answers as {}", settings.host, settings.port, conversation.name())];
        match (settings.security, conversation.certificate()) {
            (Security::None, _) => lines.push("not encrypted: the relay is this machine".to_owned()),
            (_, der) => match der.as_deref().and_then(certificate::not_after) {
                Some(end) => {
                    let days = (end - self.now).num_days();
                    well = days >= LAST_DAYS;
                    let renew = if well { "" } else { ": have it renewed" };
                    let end = end.format("%F");
                    lines.push(format!("encrypted; its certificate ends on {end}, in {days} days{renew}"));
                }
                None => lines.push("encrypted; when its certificate ends cannot be told".to_owned()),
            },
        }
        if let Some((user, _)) = &settings.login {
            lines.push(format!("logged in as {user}"));
        }
        lines.push(match conversation.announced() {
            Some(0) => "it announces a limit of size and no number".to_owned(),
            Some(most) if most < settings.largest => {
                format!("it takes {most} bytes, less than the {} of the settings", settings.largest)
            }
            Some(most) => format!("it takes {most} bytes; the settings {}", settings.largest),
            None => {
                format!(
                    "it does not say how large a message it takes; the settings {} bytes",
                    settings.largest
                )
            }
        });
        (lines, well)
    }
}

impl Channel for Email<'_> {
    fn send(
        &mut self,
        parcel: &Parcel,
        address: &str,
        phase: &mut dyn FnMut(Phase) -> Result<(), LedgerError>,
    ) -> Result<Outcome, LedgerError> {
        if let Some(reason) = &self.stopped {
            return Ok(Outcome::Stopped { reason: reason.clone() });
        }
        if let Err(why) = self.prepare() {
            return Ok(self.ended(Outcome::Stopped { reason: why.to_string() }));
        }
        let letter = match self.letter(parcel, address) {
            Ok(letter) => letter,
            Err(outcome) => return Ok(outcome),
        };
        let mut ended = self.try_letter(&letter, phase)?;
        // Refused for its size, by a relay that takes less than the settings say: nothing of it is kept there.
        if let (Err(Failure { too_large: true, .. }), Some(base)) = (&ended, self.settings.link.clone())
            && !letter.linked
        {
            let date = self.dated.map_or(self.now, |dated| dated(parcel));
            match message::letter(&self.settings, parcel, address, date, Files::Linked(&base)) {
                Ok(linked) => ended = self.try_letter(&linked, phase)?,
                Err(why) => return Ok(Outcome::Refused { reason: why.to_string() }),
            }
        }
        let outcome = ended.map_or_else(|failure| failure.outcome, |receipt| Outcome::Accepted { receipt });
        Ok(self.ended(outcome))
    }

    fn notify(&mut self, notice: &Notice, address: &str) -> Outcome {
        if let Some(reason) = &self.stopped {
            return Outcome::Stopped { reason: reason.clone() };
        }
        if let Err(why) = self.prepare() {
            return self.ended(Outcome::Stopped { reason: why.to_string() });
        }
        let letter = match message::notice(&self.settings, notice, address, self.now) {
            Ok(letter) => letter,
            Err(why) => return Outcome::Refused { reason: why.to_string() },
        };
        match self.try_letter(&letter, &mut |_| Ok(())) {
            Ok(ended) => {
                let outcome =
                    ended.map_or_else(|failure| failure.outcome, |receipt| Outcome::Accepted { receipt });
                self.ended(outcome)
            }
            // A notice records nothing.
            Err(error) => Outcome::Retry { reason: error.to_string(), after: None },
        }
    }

    fn probe(&mut self) -> (Vec<String>, bool) {
        if let Err(why) = self.settings.check().and_then(|()| self.prepare()) {
            return (vec![why.to_string(), why.hint().to_owned()], false);
        }
        match self.open() {
            Ok(conversation) => {
                let found = self.found(&conversation);
                conversation.close(self.settings.timeout);
                found
            }
            Err(failure) => (vec![failure.outcome.words().to_owned()], false),
        }
    }
}

impl Drop for Email<'_> {
    fn drop(&mut self) {
        if let Some(kept) = self.kept.take() {
            kept.close(GOODBYE);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Nothing;

    impl Secrets for Nothing {
        fn variable(&self, _: &str) -> Option<String> {
            None
        }
    }

    fn settings(a_minute: Option<u32>, lines: u8) -> EmailSettings {
        EmailSettings {
            host: "127.0.0.1".into(),
            port: 25,
            security: Security::None,
            ca_file: None,
            login: None,
            from: "a@example.org".into(),
            bounces: None,
            domain: "example.org".into(),
            list_id: None,
            reply_to: None,
            largest: 1 << 20,
            link: None,
            a_minute,
            lines,
            timeout: Duration::from_secs(1),
            plain_names: false,
            hello: None,
        }
    }

    #[test]
    fn the_lines_of_a_channel_share_its_limit() {
        let first = Email::new(settings(Some(120), 2), &Nothing, DateTime::UNIX_EPOCH);
        let second = first.another();
        let now = Instant::now();
        let turns: Vec<Duration> =
            [&first, &second, &second, &first].map(|line| line.turn(now) - now).into_iter().collect();
        assert_eq!(turns, [0, 500, 1000, 1500].map(Duration::from_millis));
        let free = Email::new(settings(None, 2), &Nothing, DateTime::UNIX_EPOCH);
        assert_eq!((free.turn(now), free.another().turn(now)), (now, now));
    }

    #[test]
    fn a_slow_limit_has_no_use_for_several_lines() {
        let lines = [(None, 8), (Some(1), 8), (Some(119), 8), (Some(240), 8), (Some(60_000), 3), (None, 1)];
        assert_eq!(lines.map(|(a_minute, lines)| settings(a_minute, lines).lines()), [8, 1, 1, 4, 3, 1]);
    }
}
