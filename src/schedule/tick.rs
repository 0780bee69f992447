//! One tick: decide what is due, do it, record how each ends. Everything is recorded before and after it is done, so that a tick
//! that is killed anywhere is continued by the next.
//!
//! Which instants are due is left to `due`, the documents of an occurrence to `making`.

use std::path::Path;

use chrono::{DateTime, Datelike, Utc};

use super::due::{Verdict, due, taken_over};
use super::event::{Event, Level, occurrence_name};
use super::maker::{Clock, Maker};
use super::making::rests;
use super::plan::{Overlap, Schedule};
use crate::ledger::{Lease, Ledger, LedgerError, NewOccurrence, Occurrence, Origin, Seen, State, TaskState};
use crate::model::{Calendars, Period};
use crate::pipeline::Order;

/// All that a tick works with.
pub struct Desk<'a> {
    /// The folder of the ledger.
    pub state: &'a Path,
    /// The schedules that are sound.
    pub schedules: &'a [Schedule],
    /// The ids of those that are not: their occurrences wait until they are mended.
    pub broken: &'a [String],
    /// The working days.
    pub calendars: &'a Calendars,
    /// Who makes the documents.
    pub maker: &'a dyn Maker,
    /// The time.
    pub clock: &'a dyn Clock,
    /// Whether to end before the next document.
    pub stop: &'a dyn Fn() -> bool,
    /// Who holds the lease, in words: host and process.
    pub owner: &'a str,
}

/// How a tick ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ticked {
    /// Another process holds the lease: nothing was done.
    Held,
    /// What was due is done, or will be tried again.
    Done,
    /// Something failed for good.
    Failed,
}

/// A run that a person asks for.
#[derive(Debug, Clone)]
pub struct ManualRun<'a> {
    /// The schedule.
    pub schedule: &'a Schedule,
    /// The period; none for the one that an occurrence now would have.
    pub period: Option<Period>,
    /// The number of the issue, where there is one document.
    pub number: Option<u32>,
    /// Whether to issue what says nothing new.
    pub even_if_unchanged: bool,
}

/// Does whatever is due.
///
/// # Errors
/// When the ledger cannot be used, or does not know what was issued.
pub fn tick(desk: &Desk<'_>, told: &mut dyn FnMut(Event)) -> Result<Ticked, LedgerError> {
    let Some(mut lease) = Lease::take(desk.state)? else { return Ok(Ticked::Held) };
    let now = desk.clock.now();
    // A clock that was set back leaves a last tick that is still to come.
    let last = lease.last().map(|last| last.min(now));
    let ledger = Ledger::open(desk.state)?;
    ledger.guard(&desk.maker.manifest()?)?;
    let mut work = Work { desk, ledger, told, failed: false, number: None, even_if_unchanged: false };
    let plans = work.plans(now, last)?;
    if !plans.is_empty() || work.has_unfinished(now)? {
        work.ledger.hold(&lease, desk.owner, now)?;
        // First what was begun: where only a kill left it open, it ends here and holds nothing up that has become due since.
        work.unfinished()?;
        if !plans.is_empty() {
            for (seen, occurrences) in plans {
                work.decide(&seen, occurrences, now)?;
            }
            work.unfinished()?;
        }
    }
    lease.mark(now)?;
    Ok(if work.failed { Ticked::Failed } else { Ticked::Done })
}

/// Does what a person asks for, now, beside the plan: it never moves the schedule's cursor. None where another process holds the lease
/// and does not let go of it.
///
/// # Errors
/// As [`tick`].
pub fn run(
    desk: &Desk<'_>,
    wanted: &ManualRun<'_>,
    told: &mut dyn FnMut(Event),
) -> Result<Ticked, LedgerError> {
    let lease = Lease::wait(desk.state)?;
    let now = desk.clock.now();
    let mut ledger = Ledger::open(desk.state)?;
    ledger.guard(&desk.maker.manifest()?)?;
    ledger.hold(&lease, desk.owner, now)?;
    let period = wanted.period.unwrap_or_else(|| wanted.schedule.period_of(now)).to_string();
    if let Some(number) = wanted.number {
        // Refused before anything is recorded: what is begun, the next tick would go on with under another number.
        let today = now.with_timezone(&wanted.schedule.zone).date_naive();
        for order in &wanted.schedule.orders {
            let document = order.document.name();
            if ledger.issue(document, &order.subject, &period)?.is_none() {
                ledger.may_give(document, today.year(), number)?;
            }
        }
    }
    let even_if_unchanged = wanted.even_if_unchanged;
    let mut work = Work { desk, ledger, told, failed: false, number: wanted.number, even_if_unchanged };
    let new = NewOccurrence {
        schedule: wanted.schedule.id.clone(),
        nominal: now,
        fires: now,
        period,
        origin: Origin::Manual,
        state: State::Open,
        reason: None,
    };
    let occurrence = work.ledger.begin(&new, now)?;
    let ended = work.open(wanted.schedule, &occurrence);
    if let Err(refused @ LedgerError::NumberTaken { .. }) = &ended {
        // Left open, it would be taken up by the next tick, under another number.
        work.ledger.stand(occurrence.id, State::Failed, Some(&refused.to_string()), now)?;
    }
    ended?;
    Ok(if work.failed { Ticked::Failed } else { Ticked::Done })
}

/// A tick at work.
pub(super) struct Work<'a> {
    pub(super) desk: &'a Desk<'a>,
    pub(super) ledger: Ledger,
    told: &'a mut dyn FnMut(Event),
    pub(super) failed: bool,
    /// A number that somebody chose.
    pub(super) number: Option<u32>,
    /// Whether somebody wants it although it says nothing new.
    pub(super) even_if_unchanged: bool,
}

impl Work<'_> {
    /// What each schedule has become due for since it was last decided; only schedules for which there is something to record.
    fn plans(
        &mut self,
        now: DateTime<Utc>,
        last: Option<DateTime<Utc>>,
    ) -> Result<Vec<(Seen, Vec<NewOccurrence>)>, LedgerError> {
        let known = self.ledger.schedules()?;
        let mut plans = Vec::new();
        for schedule in self.desk.schedules {
            let before = known.iter().find(|seen| seen.id == schedule.id);
            let same = before.is_some_and(|seen| seen.rule == schedule.written);
            let after = self.ledger.last_nominal(&schedule.id)?;
            // A new rule counts from the tick before it was seen: it was written at some time between the two.
            let began = last.unwrap_or(now);
            let since = match before {
                Some(seen) if same => seen.since,
                Some(seen) => taken_over(schedule, self.desk.calendars, seen, after, began).unwrap_or(began),
                None => schedule.since.map_or(began, |first| first.min(began)),
            };
            let paused = before.and_then(|seen| seen.paused);
            let seen =
                Seen { id: schedule.id.clone(), rule: schedule.written.clone(), since, seen: now, paused };
            let found = match due(schedule, self.desk.calendars, since, after, now) {
                Ok(found) => found,
                Err(missing) => {
                    let message =
                        format!("{missing}: schedule `{}` decides nothing until it is written", schedule.id);
                    if self.ledger.tell_again(&message, now)? {
                        self.tell(Event::new(now, Level::Alarm, "no-calendar", message));
                    }
                    self.failed = true;
                    continue;
                }
            };
            if found.is_empty() && same {
                continue;
            }
            let held = schedule.paused || paused.is_some();
            let occurrences = found.into_iter().map(|due| {
                let (state, reason) = match due.verdict {
                    _ if held => (State::Skipped, Some("the schedule is paused".to_owned())),
                    Verdict::Run => (State::Open, None),
                    Verdict::Skip(reason) => (State::Skipped, Some(reason.to_owned())),
                    Verdict::Missed(reason) => (State::Missed, Some(reason)),
                };
                NewOccurrence {
                    schedule: schedule.id.clone(),
                    nominal: due.nominal,
                    fires: due.fires,
                    period: due.period.to_string(),
                    origin: Origin::Schedule,
                    state,
                    reason,
                }
            });
            plans.push((seen, occurrences.collect()));
        }
        Ok(plans)
    }

    /// Records what became due, with what an older occurrence that has not ended makes of it.
    fn decide(
        &mut self,
        seen: &Seen,
        mut occurrences: Vec<NewOccurrence>,
        now: DateTime<Utc>,
    ) -> Result<(), LedgerError> {
        let Some(schedule) = self.desk.schedules.iter().find(|schedule| schedule.id == seen.id) else {
            return Ok(());
        };
        let own = |older: &&Occurrence| older.schedule == seen.id && older.origin == Origin::Schedule;
        let older = self.ledger.unfinished()?.iter().find(own).map(|older| older.nominal);
        for new in occurrences.iter_mut().filter(|new| new.state == State::Open) {
            if let Some(older) = older.filter(|_| schedule.overlap == Overlap::Skip) {
                new.state = State::Skipped;
                let name = occurrence_name(&seen.id, older, schedule.zone);
                new.reason = Some(format!("{name} has not ended yet"));
            } else if schedule.wait.is_some() {
                new.state = State::Waiting;
            }
        }
        for new in occurrences.iter_mut().filter(|new| new.state == State::Missed) {
            // Issued by hand, or taken over from a series that began elsewhere: nothing was missed.
            let mut all = schedule.orders.iter();
            let issued =
                |order: &Order| self.ledger.issue(order.document.name(), &order.subject, &new.period);
            if all.try_fold(true, |all, order| Ok::<_, LedgerError>(all && issued(order)?.is_some()))? {
                (new.state, new.reason) = (State::AlreadyIssued, None);
            }
        }
        self.ledger.plan(seen, &occurrences, now)?;
        // After a year off one alarm tells of all that was missed: nobody reads a thousand.
        let missed = occurrences.iter().filter(|new| new.state == State::Missed).count();
        let mut before = missed;
        for new in &occurrences {
            let (level, event) = match new.state {
                State::Missed => (Level::Alarm, "missed"),
                State::Skipped => (Level::Info, "skipped"),
                _ => continue,
            };
            let mut message = new.reason.clone().unwrap_or_default();
            if new.state == State::Missed {
                before -= 1;
                match missed {
                    _ if before > 0 => continue,
                    1 => {}
                    _ => message = format!("the last of {missed} that were missed: {message}"),
                }
            }
            let mut told = Event::new(now, level, event, message);
            told.occurrence = Some(occurrence_name(&new.schedule, new.nominal, schedule.zone));
            told.period = Some(new.period.clone());
            self.tell(told);
        }
        Ok(())
    }

    /// Whether an occurrence that was begun has something to do now.
    fn has_unfinished(&self, now: DateTime<Utc>) -> Result<bool, LedgerError> {
        for occurrence in self.ledger.unfinished()? {
            let tasks = self.ledger.tasks(occurrence.id)?;
            // One whose documents have all ended was killed before that was recorded, and has its own end to come.
            let mut open = tasks.iter().filter(|task| task.state == TaskState::Open).peekable();
            let idle = open.peek().is_some() && open.all(|task| rests(task, now));
            if !idle {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Works on all that was begun, oldest first; a newer occurrence of a schedule waits for the older.
    fn unfinished(&mut self) -> Result<(), LedgerError> {
        let mut busy: Vec<String> = Vec::new();
        for occurrence in self.ledger.unfinished()? {
            if busy.contains(&occurrence.schedule) {
                continue;
            }
            let found = self.desk.schedules.iter().find(|schedule| schedule.id == occurrence.schedule);
            let Some(schedule) = found else {
                if !self.desk.broken.contains(&occurrence.schedule) {
                    self.gone(&occurrence)?;
                }
                continue;
            };
            let ended = match occurrence.state {
                State::Waiting => self.wait(schedule, &occurrence)?,
                _ => self.open(schedule, &occurrence)?,
            };
            if !ended {
                busy.push(occurrence.schedule);
            }
        }
        Ok(())
    }

    /// Ends an occurrence whose schedule was taken out. Its numbers are given up, or whoever makes the documents next would wait for it.
    fn gone(&mut self, occurrence: &Occurrence) -> Result<(), LedgerError> {
        const REASON: &str = "the schedule is gone";
        let now = self.desk.clock.now();
        for task in self.ledger.tasks(occurrence.id)? {
            self.give_up(occurrence, &task, REASON)?;
        }
        self.ledger.stand(occurrence.id, State::Skipped, Some(REASON), now)?;
        let mut event = Event::new(now, Level::Warning, "skipped", REASON);
        event.occurrence = Some(occurrence_name(&occurrence.schedule, occurrence.nominal, chrono_tz::UTC));
        event.period = Some(occurrence.period.clone());
        self.tell(event);
        Ok(())
    }

    pub(super) fn tell_of(&mut self, schedule: &Schedule, occurrence: &Occurrence, mut event: Event) {
        event.occurrence = Some(occurrence_name(&schedule.id, occurrence.nominal, schedule.zone));
        event.period = Some(occurrence.period.clone());
        self.tell(event);
    }

    pub(super) fn tell(&mut self, event: Event) {
        (self.told)(event);
    }
}
