//! The lines by which parcels leave: each is a thread that asks for a parcel, sends it, and says how that ended.
//!
//! One thread owns the ledger and answers them all. A line goes on only with its answer, so that nothing leaves before that is recorded;
//! what several lines say at once is recorded in one transaction. What an end means is left to `settling`.

use std::collections::{BTreeMap, VecDeque};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::Scope;
use std::time::{Duration, Instant};

use super::news::{News, Told};
use super::packing::{Contents, contents, pack_all};
use super::settling::{REST, Settled, settle};
use super::{Counter, Stock};
use crate::delivery::{Channel, Channels, Outcome, Parcel, Phase};
use crate::ledger::{Ledger, LedgerError, ParcelRow, ParcelState, Progress};
use crate::schedule::event::{Event, Level};

/// How long a channel may go without taking anything before the rest of its parcels wait for the next tick: a relay that does not answer
/// must not keep a tick from its end for an hour.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a line says. It waits for an answer to the first two.
enum Word {
    /// It wants the next parcel of its lane.
    Next(usize, Sender<Option<Taken>>),
    /// A parcel is about to leave, or its last byte is.
    Leaving(Progress, Sender<Result<(), LedgerError>>),
    /// Sending a parcel has ended, after so long.
    Ended(usize, Box<ParcelRow>, Outcome, Duration),
    /// It works no more.
    Left,
}

/// A parcel to be sent, with what the ledger says of its files, or why it must not be; and what changed since the one before.
type Taken = (ParcelRow, Result<Contents, String>, Told);

/// One line of a channel, in a thread of its own.
struct Line<'a, 'c> {
    lane: usize,
    channel: &'a mut (dyn Channel + 'c),
    owner: Sender<Word>,
    stock: Stock<'a>,
}

impl Line<'_, '_> {
    /// Sends parcel after parcel until there are no more, or the ledger fails.
    fn work(mut self) {
        while let Some((row, contents, news)) = self.next() {
            let started = Instant::now();
            let Ok(outcome) = self.send(&row, contents, news) else { return };
            // Without an owner nobody records anything: the next process takes stock.
            let _ = self.owner.send(Word::Ended(self.lane, Box::new(row), outcome, started.elapsed()));
        }
    }

    fn next(&self) -> Option<Taken> {
        let (answer, answered) = channel();
        self.owner.send(Word::Next(self.lane, answer)).ok()?;
        answered.recv().ok()?
    }

    fn send(
        &mut self,
        row: &ParcelRow,
        contents: Result<Contents, String>,
        (compared, changes): Told,
    ) -> Result<Outcome, LedgerError> {
        let parcel = match contents.and_then(|contents| pack_all(&contents, row, self.stock)) {
            Ok(parcel) => Parcel { compared, changes, ..parcel },
            Err(reason) => return Ok(Outcome::Refused { reason }),
        };
        if row.attempts > 0 {
            self.channel.remember(&row.key, row.reason.as_deref());
        }
        let destination = self.stock.ways.destination(&row.channel, &row.address);
        let owner = &self.owner;
        let mut phase = |phase| {
            let (answer, answered) = channel();
            let leaving = Progress::Leaving { key: row.key.clone(), data_sent: phase == Phase::DataSent };
            owner.send(Word::Leaving(leaving, answer)).map_err(|_| LedgerError::Unrecorded)?;
            answered.recv().unwrap_or(Err(LedgerError::Unrecorded))
        };
        let mut outcome = self.channel.send(&parcel, destination, &mut phase)?;
        if let Outcome::Accepted { receipt } = &mut outcome
            && destination != row.address
        {
            *receipt = format!("as a trial to {destination} instead: {receipt}");
        }
        Ok(outcome)
    }
}

impl Drop for Line<'_, '_> {
    fn drop(&mut self) {
        let _ = self.owner.send(Word::Left);
    }
}

/// The parcels of one channel, and the lines that carry them.
struct Lane<'a, 'c> {
    id: &'a str,
    rows: VecDeque<ParcelRow>,
    /// Lines that do not work yet: until something was taken, one line finds out alone whether the channel works.
    spare: std::slice::IterMut<'a, Box<dyn Channel + 'c>>,
    /// How long nothing was taken.
    waited: Duration,
    /// Whether no parcel is begun any more.
    closed: bool,
    /// Whether it is known not to work.
    stopped: bool,
}

/// Who owns the ledger while the lines work.
struct Owner<'a, 'c, 'o> {
    ledger: &'o mut Ledger,
    counter: &'o Counter<'a>,
    told: &'o mut dyn FnMut(Event),
    lanes: Vec<Lane<'a, 'c>>,
    to_owner: Sender<Word>,
    /// What changed from issue to issue.
    news: News,
    /// How many lines work.
    working: usize,
    accepted: usize,
    failed: Option<LedgerError>,
}

/// Sends these parcels, oldest first within each channel, each channel in its own time. Answers how many were taken.
///
/// # Errors
/// When the ledger cannot be used; nothing is sent then that is not recorded.
pub(super) fn send_all<'a, 'c>(
    ledger: &mut Ledger,
    channels: &'a mut Channels<'c>,
    mut waiting: BTreeMap<String, VecDeque<ParcelRow>>,
    counter: &Counter<'a>,
    told: &mut dyn FnMut(Event),
) -> Result<usize, LedgerError> {
    let (to_owner, heard) = channel();
    let stopped = ledger.stopped_channels()?;
    let lanes = channels.iter_mut().filter_map(|(id, lines)| {
        let stopped = stopped.iter().any(|(channel, _)| channel == id);
        let rows = waiting.remove(id)?;
        Some(Lane { id, rows, spare: lines.iter_mut(), waited: Duration::ZERO, closed: false, stopped })
    });
    let lanes: Vec<Lane<'a, 'c>> = lanes.collect();
    let mut owner = Owner {
        ledger,
        counter,
        told,
        lanes,
        to_owner,
        news: News::default(),
        working: 0,
        accepted: 0,
        failed: None,
    };
    std::thread::scope(|scope| {
        for lane in 0..owner.lanes.len() {
            owner.open(scope, lane);
        }
        owner.serve(scope, &heard);
    });
    owner.failed.map_or(Ok(owner.accepted), Err)
}

impl<'a, 'c> Owner<'a, 'c, '_> {
    /// Sets one more line of a lane to work, where it has one.
    fn open<'scope>(&mut self, scope: &'scope Scope<'scope, '_>, lane: usize)
    where
        'a: 'scope,
        'c: 'scope,
    {
        let Some(channel) = self.lanes[lane].spare.next() else { return };
        let owner = self.to_owner.clone();
        let line = Line { lane, channel: &mut **channel, owner, stock: self.counter.stock };
        self.working += 1;
        scope.spawn(move || line.work());
    }

    /// Answers the lines until none works any more.
    fn serve<'scope>(&mut self, scope: &'scope Scope<'scope, '_>, heard: &Receiver<Word>)
    where
        'a: 'scope,
        'c: 'scope,
    {
        while self.working > 0 {
            let first = heard.recv().expect("the owner keeps a sender itself");
            let words: Vec<Word> = std::iter::once(first).chain(heard.try_iter()).collect();
            let settled = self.record(&words);
            let recorded = self.failed.is_none();
            for (word, settled) in words.into_iter().zip(settled) {
                match word {
                    Word::Next(lane, answer) => _ = answer.send(self.next(lane)),
                    Word::Leaving(_, answer) => {
                        _ = answer.send(if recorded { Ok(()) } else { Err(LedgerError::Unrecorded) });
                    }
                    Word::Ended(lane, _, outcome, took) => {
                        if let Some(settled) = settled {
                            self.ended(lane, settled);
                        }
                        let taken = matches!(outcome, Outcome::Accepted { .. });
                        let lane_of = &mut self.lanes[lane];
                        lane_of.waited = if taken { Duration::ZERO } else { lane_of.waited + took };
                        lane_of.closed |= lane_of.waited > PATIENCE;
                        while taken && !self.lanes[lane].rows.is_empty() && self.lanes[lane].spare.len() > 0 {
                            self.open(scope, lane);
                        }
                    }
                    Word::Left => self.working -= 1,
                }
            }
        }
    }

    /// Records all that was said in one transaction. Answers how each end was settled; none where it could not be recorded.
    fn record(&mut self, words: &[Word]) -> Vec<Option<Settled>> {
        let now = self.counter.clock.now();
        let settle = |word: &Word| match word {
            Word::Ended(_, row, outcome, _) => {
                Some(settle(row, outcome, self.counter.stock.ways.resends(&row.channel), now))
            }
            _ => None,
        };
        let settled: Vec<Option<Settled>> = words.iter().map(settle).collect();
        let steps: Vec<Progress> = words
            .iter()
            .zip(&settled)
            .filter_map(|(word, settled)| match word {
                // Once the ledger has failed nothing leaves any more; what has left is recorded if that can be.
                Word::Leaving(step, _) if self.failed.is_none() => Some(step.clone()),
                _ => settled.as_ref().map(|settled| settled.progress.clone()),
            })
            .collect();
        if !steps.is_empty()
            && let Err(error) = self.ledger.advance(&steps, now)
        {
            self.failed.get_or_insert(error);
            return words.iter().map(|_| None).collect();
        }
        settled
    }

    /// The next parcel of a lane, unless something ends it.
    fn next(&mut self, lane: usize) -> Option<Taken> {
        if self.failed.is_some() || self.lanes[lane].closed || (self.counter.stop)() {
            return None;
        }
        // A person who holds all sending does not wait for the end of a long list.
        let taken = self.ledger.sending_paused().and_then(|paused| {
            let row = if paused.is_none() { self.lanes[lane].rows.pop_front() } else { None };
            let Some(row) = row else { return Ok(None) };
            let contents = contents(self.ledger, &row, self.counter.stock)?;
            let told = self.news.of(self.ledger, &row, self.counter.stock.out)?;
            Ok(Some((row, contents, told)))
        });
        taken.unwrap_or_else(|error| {
            self.failed = Some(error);
            None
        })
    }

    /// Tells how a parcel ended, and what follows for its channel.
    fn ended(&mut self, lane: usize, mut settled: Settled) {
        if let Some(reason) = &settled.stopped {
            (self.lanes[lane].closed, self.lanes[lane].stopped) = (true, true);
            match self.stop(self.lanes[lane].id, reason) {
                // It is tried again every half hour, and fails alike until somebody mends it.
                Ok(known) if known => settled.event.level = Level::Warning,
                Ok(_) => {}
                Err(error) => _ = self.failed.get_or_insert(error),
            }
        }
        let Progress::Ended { state, .. } = &settled.progress else { return };
        self.accepted += usize::from(*state == ParcelState::Accepted);
        if *state == ParcelState::Accepted && self.lanes[lane].stopped {
            self.lanes[lane].stopped = false;
            if let Err(error) = self.ledger.channel_stopped(self.lanes[lane].id, None) {
                self.failed.get_or_insert(error);
            }
        }
        (self.told)(settled.event);
    }

    /// Puts off all that waits for a channel that does not work. Answers whether that is known, for once a day.
    fn stop(&mut self, channel: &str, reason: &str) -> Result<bool, LedgerError> {
        let now = self.counter.clock.now();
        self.ledger.put_off(channel, now + REST, now)?;
        self.ledger.channel_stopped(channel, Some(now))?;
        self.ledger.tell_again(&format!("stopped {channel} {reason}"), now).map(|new| !new)
    }
}
