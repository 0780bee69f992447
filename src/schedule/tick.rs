//! One tick: decide what is due, do it, record how each ends. Everything is recorded before and after it is done, so that a tick
//! that is killed anywhere is continued by the next.
//!
//! Which instants are due is left to `due`, how a document is made to `maker`.

use std::path::Path;

use chrono::{DateTime, TimeDelta, Utc};

use super::due::{Verdict, due, in_words};
use super::event::{Event, Level, occurrence_name};
use super::maker::{Clock, Maker, Setback};
use super::plan::{Overlap, Schedule};
use crate::ledger::{
    IssueState, Lease, Ledger, LedgerError, NewOccurrence, Occurrence, Origin, Seen, State, Task, TaskState,
    Wanted,
};
use crate::model::{Calendars, Period};
use crate::pipeline::Order;

/// When a document is tried again after each failure; after the last it has failed for good.
const BACK_OFF: [TimeDelta; 5] = [
    TimeDelta::minutes(1),
    TimeDelta::minutes(5),
    TimeDelta::minutes(30),
    TimeDelta::hours(2),
    TimeDelta::hours(6),
];

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
    let last = lease.last();
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
    let even_if_unchanged = wanted.even_if_unchanged;
    let mut work = Work { desk, ledger, told, failed: false, number: wanted.number, even_if_unchanged };
    let new = NewOccurrence {
        schedule: wanted.schedule.id.clone(),
        nominal: now,
        fires: now,
        period: wanted.period.unwrap_or_else(|| wanted.schedule.period_of(now)).to_string(),
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

struct Work<'a> {
    desk: &'a Desk<'a>,
    ledger: Ledger,
    told: &'a mut dyn FnMut(Event),
    failed: bool,
    number: Option<u32>,
    even_if_unchanged: bool,
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
            // A new rule counts from the tick before it was seen: it was written at some time between the two.
            let since = match before {
                Some(seen) if same => seen.since,
                Some(seen) => last.unwrap_or(seen.seen),
                None => schedule.since.or(last).unwrap_or(now),
            };
            let paused = before.and_then(|seen| seen.paused);
            let seen =
                Seen { id: schedule.id.clone(), rule: schedule.written.clone(), since, seen: now, paused };
            let after = self.ledger.last_nominal(&schedule.id)?;
            let found = match due(schedule, self.desk.calendars, since, after, now) {
                Ok(found) => found,
                Err(missing) => {
                    let message =
                        format!("{missing}: schedule `{}` decides nothing until it is written", schedule.id);
                    self.tell(Event::new(now, Level::Alarm, "no-calendar", message));
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
        self.ledger.plan(seen, &occurrences, now)?;
        for new in &occurrences {
            let (level, event) = match new.state {
                State::Missed => (Level::Alarm, "missed"),
                State::Skipped => (Level::Info, "skipped"),
                _ => continue,
            };
            let message = new.reason.clone().unwrap_or_default();
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
            let idle = open.peek().is_some() && open.all(|task| task.due.is_some_and(|due| due > now));
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
                    let now = self.desk.clock.now();
                    self.ledger.stand(occurrence.id, State::Skipped, Some("the schedule is gone"), now)?;
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

    /// Begins an occurrence once its data is there; whether it has ended.
    fn wait(&mut self, schedule: &Schedule, occurrence: &Occurrence) -> Result<bool, LedgerError> {
        let now = self.desk.clock.now();
        let Some((units, at_most)) = &schedule.wait else {
            self.ledger.stand(occurrence.id, State::Open, None, now)?;
            return self.open(schedule, occurrence);
        };
        let Some(period) = Period::parse(&occurrence.period) else { return Ok(true) };
        let mut missing = Vec::new();
        for unit in units {
            match self.desk.maker.has_reported(unit, period) {
                Ok(true) => {}
                Ok(false) => missing.push(unit.clone()),
                Err(diagnostics) => {
                    missing.push(format!("{unit} (its file has errors)"));
                    let mut event = Event::new(
                        now,
                        Level::Warning,
                        "bad-report",
                        format!("what {unit} reported cannot be used"),
                    );
                    event.diagnostics = diagnostics;
                    self.tell_of(schedule, occurrence, event);
                }
            }
        }
        if missing.is_empty() {
            self.ledger.stand(occurrence.id, State::Open, None, now)?;
            return self.open(schedule, occurrence);
        }
        let reason = format!("no data of {} from {}", occurrence.period, missing.join(", "));
        if now - occurrence.fires >= *at_most {
            let reason = format!("{reason} after {}", in_words(*at_most));
            self.ledger.stand(occurrence.id, State::Failed, Some(&reason), now)?;
            self.failed = true;
            self.tell_of(schedule, occurrence, Event::new(now, Level::Alarm, "no-data", reason));
            return Ok(true);
        }
        if occurrence.reason.as_deref() != Some(&reason) {
            self.ledger.stand(occurrence.id, State::Waiting, Some(&reason), now)?;
            self.tell_of(schedule, occurrence, Event::new(now, Level::Info, "waiting", reason));
        }
        Ok(false)
    }

    /// Makes the documents of an occurrence that are due; whether it has ended.
    fn open(&mut self, schedule: &Schedule, occurrence: &Occurrence) -> Result<bool, LedgerError> {
        let mut tasks = self.ledger.tasks(occurrence.id)?;
        if tasks.is_empty() {
            tasks = schedule.orders.iter().map(first_try).collect();
            self.ledger.record(occurrence.id, &tasks)?;
        }
        for task in &mut tasks {
            let now = self.desk.clock.now();
            if task.state != TaskState::Open || task.due.is_some_and(|due| due > now) {
                continue;
            }
            if (self.desk.stop)() {
                return Ok(false);
            }
            self.document(schedule, occurrence, task)?;
            self.ledger.record(occurrence.id, std::slice::from_ref(task))?;
        }
        let Some((state, reason)) = end_of(&tasks) else { return Ok(false) };
        let now = self.desk.clock.now();
        self.ledger.stand(occurrence.id, state, reason.as_deref(), now)?;
        let told = match state {
            State::Unchanged => {
                Some((Level::Info, "unchanged", "本期无新资料: nothing is issued".to_owned()))
            }
            State::AlreadyIssued => {
                Some((Level::Info, "already-issued", format!("{} was issued before", occurrence.period)))
            }
            State::Failed | State::Partly => {
                self.failed = true;
                Some((Level::Alarm, state.name(), reason.unwrap_or_default()))
            }
            _ => None,
        };
        if let Some((level, event, message)) = told {
            self.tell_of(schedule, occurrence, Event::new(now, level, event, message));
        }
        Ok(true)
    }

    /// Makes one document, as far as it goes; how it stands then is left in the task.
    fn document(
        &mut self,
        schedule: &Schedule,
        occurrence: &Occurrence,
        task: &mut Task,
    ) -> Result<(), LedgerError> {
        let now = self.desk.clock.now();
        let found =
            schedule.orders.iter().find(|o| o.document.name() == task.document && o.subject == task.subject);
        let (Some(order), Some(period)) = (found, Period::parse(&occurrence.period)) else {
            task.state = TaskState::Failed;
            task.message = Some("the schedule does not make it any more".to_owned());
            return Ok(());
        };
        let known = self.ledger.issue(&task.document, &task.subject, &occurrence.period)?;
        let ours = known.as_ref().is_some_and(|issue| issue.occurrence == Some(occurrence.id));
        match &known {
            Some(issue) if issue.state == IssueState::Issued => {
                // Ours where the process was killed between the issue and this record of it.
                task.state = if ours { TaskState::Issued } else { TaskState::AlreadyIssued };
                return Ok(());
            }
            Some(_) if !ours => {
                task.due = Some(now + BACK_OFF[0]);
                let message =
                    "another occurrence has its number and is making it; asked again with the next tick";
                // Who asked for it by hand would otherwise see nothing at all.
                if occurrence.origin == Origin::Manual && task.message.is_none() {
                    let mut event = Event::new(now, Level::Warning, "busy", message);
                    event.document = Some(format!("{} {}", task.document, task.subject));
                    self.tell_of(schedule, occurrence, event);
                }
                task.message = Some(message.to_owned());
                return Ok(());
            }
            _ => {}
        }
        let today = now.with_timezone(&schedule.zone).date_naive();
        let day = known.as_ref().map_or(today, |issue| issue.date);
        let content = match self.desk.maker.content(order, period, day) {
            Ok(content) => content,
            Err(setback) => return self.setback(schedule, occurrence, task, setback),
        };
        let even = schedule.even_if_unchanged || self.even_if_unchanged;
        if known.is_none() && !even {
            let last = self.ledger.last_issue(&task.document, &task.subject)?;
            if last.is_some_and(|last| last.content.as_deref() == Some(&content)) {
                task.state = TaskState::Unchanged;
                return Ok(());
            }
        }
        let wanted = Wanted {
            document: &task.document,
            subject: &task.subject,
            period: &occurrence.period,
            occurrence: occurrence.id,
            date: day,
            number: self.number,
        };
        let issue = self.ledger.reserve(&wanted, now)?;
        match self.desk.maker.make(order, period, issue.date, issue.number) {
            Ok(made) => {
                let now = self.desk.clock.now();
                let (path, entry) = (&made.output.path, &made.output.entry);
                self.ledger.issued(issue.id, path, entry, &content, now)?;
                task.state = TaskState::Issued;
                task.message = None;
                let number = issue.number;
                let message = format!(
                    "issued no. {} (total {}), {} pages, {path}",
                    number.number, number.total, entry.pages
                );
                let mut event = Event::new(now, Level::Info, "issued", message);
                event.document = Some(format!("{} {}", task.document, task.subject));
                event.diagnostics = made.diagnostics;
                self.tell_of(schedule, occurrence, event);
                Ok(())
            }
            Err(setback) => self.setback(schedule, occurrence, task, setback),
        }
    }

    /// A document failed: it is tried again later, or has failed for good, which voids its number.
    fn setback(
        &mut self,
        schedule: &Schedule,
        occurrence: &Occurrence,
        task: &mut Task,
        setback: Setback,
    ) -> Result<(), LedgerError> {
        let now = self.desk.clock.now();
        let name = format!("{} {}", task.document, task.subject);
        let again = BACK_OFF.get(task.attempts as usize).filter(|_| occurrence.origin == Origin::Schedule);
        task.attempts += 1;
        task.stage = Some(setback.stage.name().to_owned());
        let (level, event, message) = match again {
            Some(pause) => {
                task.due = Some(now + *pause);
                let message = format!(
                    "not made ({}): {}; tried again in {}",
                    setback.stage.name(),
                    setback.message,
                    in_words(*pause)
                );
                (Level::Warning, "retry", message)
            }
            None => {
                task.state = TaskState::Failed;
                task.due = None;
                if let Some(issue) = self.ledger.issue(&task.document, &task.subject, &occurrence.period)? {
                    self.ledger.void(issue.id, &setback.message)?;
                }
                (Level::Alarm, "failed", format!("not made ({}): {}", setback.stage.name(), setback.message))
            }
        };
        task.message = Some(setback.message);
        let mut told = Event::new(now, level, event, message);
        told.document = Some(name);
        told.diagnostics = setback.diagnostics;
        self.tell_of(schedule, occurrence, told);
        Ok(())
    }

    fn tell_of(&mut self, schedule: &Schedule, occurrence: &Occurrence, mut event: Event) {
        event.occurrence = Some(occurrence_name(&schedule.id, occurrence.nominal, schedule.zone));
        event.period = Some(occurrence.period.clone());
        self.tell(event);
    }

    fn tell(&mut self, event: Event) {
        (self.told)(event);
    }
}

fn first_try(order: &Order) -> Task {
    Task {
        document: order.document.name().to_owned(),
        subject: order.subject.clone(),
        state: TaskState::Open,
        stage: None,
        attempts: 0,
        due: None,
        message: None,
    }
}

/// How an occurrence ends with these documents; none while one is still to be made.
fn end_of(tasks: &[Task]) -> Option<(State, Option<String>)> {
    let count = |state: TaskState| tasks.iter().filter(|task| task.state == state).count();
    if count(TaskState::Open) > 0 {
        return None;
    }
    let failed = count(TaskState::Failed);
    if failed > 0 {
        let names: Vec<String> = tasks
            .iter()
            .filter(|task| task.state == TaskState::Failed)
            .map(|task| {
                let message = task.message.as_deref().unwrap_or_default();
                format!("{} {}: {message}", task.document, task.subject)
            })
            .collect();
        let state = if failed == tasks.len() { State::Failed } else { State::Partly };
        return Some((state, Some(names.join("; "))));
    }
    let state = if count(TaskState::Issued) > 0 {
        State::Issued
    } else if count(TaskState::Unchanged) > 0 {
        State::Unchanged
    } else {
        State::AlreadyIssued
    };
    Some((state, None))
}
