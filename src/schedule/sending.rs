//! Issued documents to those who get them: what is planned when an issue is out, and what is sent on a tick.
//!
//! How a channel sends is left to `delivery`, how far each parcel went to the ledger's outbox.

mod news;
mod packing;
mod planning;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};

use super::due::in_words;
use super::event::{Event, Level};
use super::maker::Clock;
use super::plan::Schedule;
use crate::delivery::{Channel, Outcome, Phase};
use crate::ledger::{Issue, Lease, Ledger, LedgerError, ParcelRow, ParcelState};

pub use news::News;
pub use packing::{Stock, wrap};
use planning::plan;
pub use planning::{key_of, parcels_of};

/// When a parcel is tried again after each failure; after the last it has failed for good.
const BACK_OFF: [TimeDelta; 6] = [
    TimeDelta::minutes(1),
    TimeDelta::minutes(5),
    TimeDelta::minutes(30),
    TimeDelta::hours(2),
    TimeDelta::hours(6),
    TimeDelta::hours(24),
];

/// How long a channel may go without taking anything before the rest of its parcels wait for the next tick: a relay that does not answer
/// holds up no other channel for an hour.
const PATIENCE: Duration = Duration::from_secs(10);

/// Plans to whom new issues go, and sends what can be sent. None where another process holds the lease.
///
/// # Errors
/// When the ledger cannot be used.
pub fn deliver(
    state: &Path,
    owner: &str,
    schedules: &[Schedule],
    channels: &mut Channels<'_>,
    counter: &Counter<'_>,
    told: &mut dyn FnMut(Event),
) -> Result<Option<usize>, LedgerError> {
    let Some(lease) = Lease::take(state)? else { return Ok(None) };
    let Some(mut ledger) = Ledger::open_existing(state)? else { return Ok(Some(0)) };
    let now = counter.clock.now();
    let unplanned = ledger.unplanned()?;
    if unplanned.is_empty() && !ledger.has_mail(now)? {
        return Ok(Some(0));
    }
    ledger.hold(&lease, owner, now)?;
    plan(&mut ledger, unplanned, schedules, counter, told)?;
    send_due(&mut ledger, channels, counter, told).map(Some)
}

/// The channels by id, ready to send.
pub type Channels<'a> = BTreeMap<String, Box<dyn Channel + 'a>>;

/// What sending works with.
pub struct Counter<'a> {
    /// What parcels are made from.
    pub stock: Stock<'a>,
    /// Whether schedules, channels and recipients were read without errors.
    pub sound: bool,
    /// The time.
    pub clock: &'a dyn Clock,
    /// Whether to end before the next parcel.
    pub stop: &'a dyn Fn() -> bool,
}

/// Sends what can be sent now. A parcel that somebody has been served is never sent again; one of which nobody knows is left to a person.
///
/// # Errors
/// When the ledger cannot be used; nothing is sent then that is not recorded.
pub fn send_due(
    ledger: &mut Ledger,
    channels: &mut Channels<'_>,
    counter: &Counter<'_>,
    told: &mut dyn FnMut(Event),
) -> Result<usize, LedgerError> {
    for lost in ledger.take_stock(counter.clock.now())? {
        if let Some(channel) = channels.get_mut(&lost.channel).filter(|channel| channel.is_repeatable()) {
            channel.remember(&lost.key, None);
            ledger.send_again(&lost.key, counter.clock.now())?;
            continue;
        }
        let reason = "the program ended between the last byte and the answer: it may have arrived";
        told(event(counter, Level::Alarm, "unknown", &lost, reason));
    }
    if ledger.sending_paused()?.is_some() {
        return Ok(0);
    }
    let issues: BTreeMap<i64, Issue> = ledger.issues()?.into_iter().map(|issue| (issue.id, issue)).collect();
    let mut stopped: BTreeSet<String> = BTreeSet::new();
    let mut lost: BTreeMap<String, Duration> = BTreeMap::new();
    let mut count = 0;
    let mut news = News::default();
    for row in ledger.sendable(counter.clock.now())? {
        // A person who holds all sending does not wait for the end of a long list.
        if (counter.stop)() || ledger.sending_paused()?.is_some() {
            break;
        }
        if stopped.contains(&row.channel) {
            continue;
        }
        let Some(channel) = channels.get_mut(&row.channel) else {
            stopped.insert(row.channel.clone());
            let now = counter.clock.now();
            // One that is wrong is told of as such; one that was taken away would leave its parcels waiting for ever, and nobody knowing.
            if counter.sound && ledger.tell_again(&format!("no channel {}", row.channel), now)? {
                let words = format!("there is no channel `{}`: declare it again as [[channel]]", row.channel);
                told(event(counter, Level::Alarm, "channel-stopped", &row, &words));
            }
            continue;
        };
        let issue = issues.get(&row.issue);
        let wrapped = issue.map(|issue| wrap(issue, &row, counter.stock));
        let mut parcel = match wrapped {
            Some(Ok(parcel)) => parcel,
            Some(Err(reason)) => {
                ledger.sent(&row.key, ParcelState::Failed, &reason, None, counter.clock.now())?;
                told(event(counter, Level::Alarm, "not-sent", &row, &reason));
                continue;
            }
            None => continue,
        };
        if let Some(issue) = issue {
            (parcel.compared, parcel.changes) = news.of(ledger, issue, &issues, &row, counter.stock.out)?;
        }
        if row.attempts > 0 {
            channel.remember(&row.key, row.reason.as_deref());
        }
        let destination = counter.stock.ways.destination(&row.channel, &row.address);
        let started = Instant::now();
        let mut outcome = {
            let mut phase = |phase| ledger.phase(&row.key, phase == Phase::DataSent, counter.clock.now());
            channel.send(&parcel, destination, &mut phase)?
        };
        if let Outcome::Accepted { receipt } = &mut outcome
            && destination != row.address
        {
            *receipt = format!("as a trial to {destination} instead: {receipt}");
        }
        count += usize::from(matches!(outcome, Outcome::Accepted { .. }));
        let waited = lost.entry(row.channel.clone()).or_default();
        match &outcome {
            Outcome::Accepted { .. } => *waited = Duration::ZERO,
            Outcome::Stopped { .. } => _ = stopped.insert(row.channel.clone()),
            _ => *waited += started.elapsed(),
        }
        if *waited > PATIENCE {
            stopped.insert(row.channel.clone());
        }
        settle(ledger, &row, outcome, counter, told)?;
    }
    Ok(count)
}

/// Records how sending ended.
fn settle(
    ledger: &mut Ledger,
    row: &ParcelRow,
    outcome: Outcome,
    counter: &Counter<'_>,
    told: &mut dyn FnMut(Event),
) -> Result<(), LedgerError> {
    let now = counter.clock.now();
    match outcome {
        Outcome::Accepted { receipt } => {
            ledger.sent(&row.key, ParcelState::Accepted, &receipt, None, now)?;
            told(event(counter, Level::Info, "sent", row, &format!("accepted: {receipt}")));
        }
        Outcome::Retry { reason, after } => {
            ledger.count_try(&row.key)?;
            let pause = BACK_OFF.get(row.attempts as usize).copied();
            let asked = after.and_then(|after| TimeDelta::from_std(after).ok());
            match pause.map(|pause| asked.map_or(pause, |asked| asked.max(pause))) {
                Some(pause) => {
                    ledger.sent(&row.key, ParcelState::Ready, &reason, Some(now + pause), now)?;
                    let words = format!("not sent: {reason}; tried again in {}", in_words(pause));
                    told(event(counter, Level::Warning, "send-again", row, &words));
                }
                None => {
                    ledger.sent(&row.key, ParcelState::Failed, &reason, None, now)?;
                    let words = format!("not sent: {reason}; report outbox retry {}", short(row));
                    told(event(counter, Level::Alarm, "not-sent", row, &words));
                }
            }
        }
        Outcome::Refused { reason } => {
            ledger.sent(&row.key, ParcelState::Failed, &reason, None, now)?;
            let words = format!("refused: {reason}; report outbox retry {} once that is mended", short(row));
            told(event(counter, Level::Alarm, "not-sent", row, &words));
        }
        Outcome::Unknown { reason } => {
            ledger.sent(&row.key, ParcelState::Unknown, &reason, None, now)?;
            let words = format!(
                "nobody knows whether it arrived: {reason}; ask there, then report outbox assume-sent or resend {}",
                short(row)
            );
            told(event(counter, Level::Alarm, "unknown", row, &words));
        }
        Outcome::Stopped { reason } => {
            let pause = BACK_OFF[2];
            ledger.sent(&row.key, ParcelState::Ready, &reason, Some(now + pause), now)?;
            ledger.put_off(&row.channel, now + pause, now)?;
            let words = format!(
                "the channel `{}` does not work: {reason}; nothing is tried through it for {}",
                row.channel,
                in_words(pause)
            );
            // Once a day: it is tried again every half hour, and fails alike until somebody mends it.
            let again = ledger.tell_again(&format!("stopped {} {reason}", row.channel), now)?;
            let level = if again { Level::Alarm } else { Level::Warning };
            told(event(counter, level, "channel-stopped", row, &words));
        }
    }
    Ok(())
}

fn short(row: &ParcelRow) -> &str {
    row.key.get(..12).unwrap_or(&row.key)
}

fn event(counter: &Counter<'_>, level: Level, what: &'static str, row: &ParcelRow, words: &str) -> Event {
    let now: DateTime<Utc> = counter.clock.now();
    let message = format!("{} by {} ({}): {words}", row.recipient, row.channel, short(row));
    Event::new(now, level, what, message)
}
