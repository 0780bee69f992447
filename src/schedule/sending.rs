//! Issued documents to those who get them: what is planned when an issue is out, and what is sent on a tick.
//!
//! How a channel sends is left to `delivery`, how far each parcel went to the ledger's outbox.

mod digest;
mod lines;
mod news;
mod notice;
mod packing;
mod paper;
mod planning;
mod recall;
mod redelivery;
mod released;
mod settling;

use std::collections::{BTreeMap, VecDeque};
use std::path::Path;

use chrono::TimeDelta;

use super::event::{Event, Level};
use super::maker::Clock;
use super::plan::Schedule;
use crate::delivery::{Channels, sweep_scratch};
use crate::ledger::{Lease, Ledger, LedgerError, ParcelRow};

use lines::send_all;
pub use news::{News, Told};
pub use notice::notify;
pub use packing::{Stock, is_outdated, wrap};
pub use paper::bound;
use planning::plan;
pub use planning::{key_of, parcels_of};
use recall::recall;
pub use recall::{Astray, astray};
pub use redelivery::{Redelivery, redelivery};
pub use settling::bounced;
use settling::{ask, event, late};

/// How long a process may take from the end of a parcel until somebody is told of it: its tick goes on sending meanwhile.
const SLOW: TimeDelta = TimeDelta::minutes(15);

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
    sweep_scratch(state);
    let Some(mut ledger) = Ledger::open_existing(state)? else { return Ok(Some(0)) };
    let now = counter.clock.now();
    let unplanned = ledger.unplanned()?;
    for (channel, _) in ledger.stopped_channels()? {
        if counter.sound && !channels.contains_key(&channel) {
            ledger.channel_stopped(&channel, None)?;
        }
    }
    for row in ledger.untold(now - SLOW)? {
        told(late(&row, now));
    }
    let astray = if counter.sound { astray(&ledger, counter.stock, now)? } else { Vec::new() };
    if unplanned.is_empty() && astray.is_empty() && !ledger.has_mail(now)? {
        return Ok(Some(0));
    }
    ledger.hold(&lease, owner, now)?;
    recall(&mut ledger, astray, counter, told)?;
    plan(&mut ledger, unplanned, schedules, counter, told)?;
    send_due(&mut ledger, channels, counter, told).map(Some)
}

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
        let now = counter.clock.now();
        let channel = channels.get_mut(&lost.channel).and_then(|lines| lines.first_mut());
        if let Some(channel) = channel.filter(|channel| channel.is_repeatable()) {
            channel.remember(&lost.key, None);
            ledger.send_again(&lost.key, now)?;
            continue;
        }
        let reason = "the program ended between the last byte and the answer: it may have arrived";
        if counter.stock.ways.resends(&lost.channel) && ledger.resend_once(&lost.key, now)? {
            let words = format!("{reason}; sent once more by itself");
            told(event(&lost, Level::Warning, "resent", &words, now));
            continue;
        }
        told(event(&lost, Level::Alarm, "unknown", &format!("{reason}; {}", ask(&lost)), now));
    }
    if ledger.sending_paused()?.is_some() {
        return Ok(0);
    }
    let mut waiting: BTreeMap<String, VecDeque<ParcelRow>> = BTreeMap::new();
    for row in ledger.sendable(counter.clock.now())? {
        waiting.entry(row.channel.clone()).or_default().push_back(row);
    }
    send_all(ledger, channels, waiting, counter, told)
}
