//! The documents of an occurrence: waiting for their data, making them, trying again, and how it all ends.
//!
//! What is due is left to `tick`, how a document is made to `maker`.

use chrono::{DateTime, TimeDelta, Utc};

use super::due::in_words;
use super::event::{Event, Level};
use super::maker::{MadeDocument, NumberedOrder, Setback, Stage};
use super::plan::Schedule;
use super::tick::Work;
use crate::diag::Warned;
use crate::ledger::{
    Issue, IssueState, LedgerError, Occurrence, Origin, State, Task, TaskState, Wanted, end_of,
};
use crate::model::Period;
use crate::pipeline::Order;

/// When a document is tried again after each failure; after the last it has failed for good. Somebody must mend data, which takes days
/// over a holiday; a disk empties or not within hours; what the typesetter does not do in the third try it does not do.
fn pauses(stage: Stage) -> &'static [TimeDelta] {
    const MINUTES: [TimeDelta; 3] = [TimeDelta::minutes(1), TimeDelta::minutes(5), TimeDelta::minutes(30)];
    const HOURS: [TimeDelta; 6] =
        [MINUTES[0], MINUTES[1], MINUTES[2], TimeDelta::hours(2), TimeDelta::hours(6), TimeDelta::hours(24)];
    const DAYS: [TimeDelta; 7] = [
        MINUTES[1],
        MINUTES[2],
        TimeDelta::hours(2),
        TimeDelta::hours(6),
        TimeDelta::hours(24),
        LONGEST_PAUSE,
        LONGEST_PAUSE,
    ];
    match stage {
        Stage::Data => &DAYS,
        Stage::Typeset => &MINUTES,
        Stage::Write => &HOURS,
    }
}

/// The longest of all pauses.
const LONGEST_PAUSE: TimeDelta = TimeDelta::hours(48);

/// Documents of a round for each that is made at a time: then the last one of a round is not long alone.
const ROUND: usize = 8;

/// A document that has its number.
struct Ready<'a> {
    order: &'a Order,
    period: Period,
    issue: Issue,
    /// The digest of what it says.
    content: String,
}

impl Ready<'_> {
    fn wanted(&self) -> NumberedOrder<'_> {
        NumberedOrder {
            order: self.order,
            period: self.period,
            day: self.issue.date,
            number: self.issue.number,
        }
    }
}

impl Work<'_> {
    /// Voids the number that an occurrence reserved for a document, if it did.
    pub(super) fn give_up(
        &mut self,
        occurrence: &Occurrence,
        task: &Task,
        reason: &str,
    ) -> Result<(), LedgerError> {
        match self.ledger.issue(&task.document, &task.subject, &occurrence.period)? {
            Some(issue) if issue.occurrence == Some(occurrence.id) => self.ledger.void(issue.id, reason),
            _ => Ok(()),
        }
    }

    /// Begins an occurrence once its data is there; whether it has ended.
    pub(super) fn wait(&mut self, schedule: &Schedule, occurrence: &Occurrence) -> Result<bool, LedgerError> {
        let now = self.desk.clock.now();
        let Some((units, at_most)) = &schedule.wait else {
            self.ledger.stand(occurrence.id, State::Open, None, now)?;
            return self.open(schedule, occurrence);
        };
        let Some(period) = Period::parse(&occurrence.period) else { return Ok(true) };
        let (mut missing, mut bad) = (Vec::new(), Vec::new());
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
                    bad.push(event);
                }
            }
        }
        if missing.is_empty() {
            self.ledger.stand(occurrence.id, State::Open, None, now)?;
            return self.open(schedule, occurrence);
        }
        let reason = format!("no data of {} from {}", occurrence.period, missing.join(", "));
        let is_new = occurrence.reason.as_deref() != Some(&reason);
        // What is wrong with a file is said when it is found, and not on every tick after.
        for event in bad.into_iter().filter(|_| is_new) {
            self.tell_of(schedule, occurrence, event);
        }
        if now - occurrence.fires >= *at_most {
            let reason = format!("{reason} after {}", in_words(*at_most));
            self.ledger.stand(occurrence.id, State::Failed, Some(&reason), now)?;
            self.failed = true;
            self.tell_of(schedule, occurrence, Event::new(now, Level::Alarm, "no-data", reason));
            return Ok(true);
        }
        if is_new {
            self.ledger.stand(occurrence.id, State::Waiting, Some(&reason), now)?;
            self.tell_of(schedule, occurrence, Event::new(now, Level::Info, "waiting", reason));
        }
        Ok(false)
    }

    /// Makes the documents of an occurrence that are due; whether it has ended.
    pub(super) fn open(&mut self, schedule: &Schedule, occurrence: &Occurrence) -> Result<bool, LedgerError> {
        let mut tasks = self.ledger.tasks(occurrence.id)?;
        if tasks.is_empty() {
            tasks = self.desk.maker.in_order(&schedule.orders).iter().map(first_try).collect();
            self.ledger.record(occurrence.id, &tasks)?;
        }
        let mut from = 0;
        while from < tasks.len() {
            match self.round(schedule, occurrence, &mut tasks, from)? {
                Some(next) => from = next,
                None => return Ok(false),
            }
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
            // The drafts that wait were told one by one; what failed beside them needs somebody now, not after the last signature.
            State::Held => reason.map(|reason| {
                self.failed = true;
                (Level::Alarm, State::Partly.name(), reason)
            }),
            _ => None,
        };
        if let Some((level, event, message)) = told {
            self.tell_of(schedule, occurrence, Event::new(now, level, event, message));
        }
        Ok(true)
    }

    /// Makes the next documents of an occurrence that are due, as many as are worth making at once, each by itself in the ledger. Where
    /// the process ends within a round, the next tick makes what has its number and is not issued. The task after the last one; none
    /// where the tick is to stop.
    fn round(
        &mut self,
        schedule: &Schedule,
        occurrence: &Occurrence,
        tasks: &mut [Task],
        from: usize,
    ) -> Result<Option<usize>, LedgerError> {
        let most = match self.desk.maker.at_once() {
            0 | 1 => 1,
            several => several * ROUND,
        };
        let mut ready: Vec<(usize, Ready<'_>)> = Vec::new();
        let mut next = from;
        let mut stopped = false;
        while next < tasks.len() && ready.len() < most {
            let task = &mut tasks[next];
            if task.state == TaskState::Open && !rests(task, self.desk.clock.now()) {
                stopped = (self.desk.stop)();
                if stopped {
                    break;
                }
                match self.number(schedule, occurrence, task)? {
                    Some(one) => ready.push((next, one)),
                    None => self.ledger.record(occurrence.id, std::slice::from_ref(task))?,
                }
            }
            next += 1;
        }
        let wanted: Vec<NumberedOrder<'_>> = ready.iter().map(|(_, one)| one.wanted()).collect();
        let made = self.desk.maker.make_all(&wanted);
        for ((at, one), made) in ready.into_iter().zip(made) {
            let task = &mut tasks[at];
            match made {
                Ok(made) => self.issued(schedule, occurrence, task, (&one, made))?,
                Err(setback) => self.setback(schedule, occurrence, task, setback)?,
            }
            self.ledger.record(occurrence.id, std::slice::from_ref(task))?;
        }
        Ok((!stopped).then_some(next))
    }

    /// Takes one document as far as its number; none where it is not to be made now, and how it stands then is left in the task.
    fn number<'s>(
        &mut self,
        schedule: &'s Schedule,
        occurrence: &Occurrence,
        task: &mut Task,
    ) -> Result<Option<Ready<'s>>, LedgerError> {
        let now = self.desk.clock.now();
        let found =
            schedule.orders.iter().find(|o| o.document.name() == task.document && o.subject == task.subject);
        let (Some(order), Some(period)) = (found, Period::parse(&occurrence.period)) else {
            let reason = "the schedule does not make it any more";
            self.give_up(occurrence, task, reason)?;
            task.state = TaskState::Failed;
            task.message = Some(reason.to_owned());
            return Ok(None);
        };
        if self.already_held(schedule, occurrence, task)? {
            return Ok(None);
        }
        let known = self.ledger.issue(&task.document, &task.subject, &occurrence.period)?;
        let ours = known.as_ref().is_some_and(|issue| issue.occurrence == Some(occurrence.id));
        match &known {
            Some(issue) if issue.state == IssueState::Issued => {
                // Ours where the process was killed between the issue and this record of it.
                task.state = if ours { TaskState::Issued } else { TaskState::AlreadyIssued };
                return Ok(None);
            }
            Some(issue) if !ours => {
                task.due = Some(now + TimeDelta::minutes(1));
                let message = match issue.occurrence {
                    Some(_) => {
                        "another occurrence has its number and is making it; asked again with the next tick"
                    }
                    None => "a plan has its number and is not merged yet; asked again with the next tick",
                };
                if task.message.as_deref() != Some(message) {
                    task.message = Some(message.to_owned());
                    // Who asked for it by hand would otherwise see nothing at all.
                    let manual = occurrence.origin == Origin::Manual;
                    let (level, what) =
                        if manual { (Level::Warning, "busy") } else { (Level::Info, "waiting") };
                    let mut event = Event::new(now, level, what, message);
                    event.document = Some(format!("{} {}", task.document, task.subject));
                    self.tell_of(schedule, occurrence, event);
                }
                return Ok(None);
            }
            _ => {}
        }
        let today = now.with_timezone(&schedule.zone).date_naive();
        let day = known.as_ref().map_or(today, |issue| issue.date);
        let content = match self.desk.maker.content(order, period, day) {
            Ok(content) => content,
            Err(setback) => {
                self.setback(schedule, occurrence, task, setback)?;
                return Ok(None);
            }
        };
        let even = schedule.even_if_unchanged || self.even_if_unchanged;
        if known.is_none() && !even {
            let last = self.ledger.last_issue(&task.document, &task.subject)?;
            let said = last.is_some_and(|last| last.content.as_deref() == Some(&content));
            if said || self.ledger.is_drafted(&task.document, &task.subject, &content)? {
                task.state = TaskState::Unchanged;
                return Ok(None);
            }
        }
        if schedule.approval {
            self.hold_draft(schedule, occurrence, task, (order, period), (day, &content))?;
            return Ok(None);
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
        Ok(Some(Ready { order, period, issue, content }))
    }

    /// Records a document that was made.
    fn issued(
        &mut self,
        schedule: &Schedule,
        occurrence: &Occurrence,
        task: &mut Task,
        (one, made): (&Ready<'_>, Warned<MadeDocument>),
    ) -> Result<(), LedgerError> {
        let now = self.desk.clock.now();
        let (path, entry) = (&made.output.path, &made.output.entry);
        self.ledger.issued(one.issue.id, path, entry, &one.content, now)?;
        task.state = TaskState::Issued;
        task.message = None;
        let number = one.issue.number;
        let message =
            format!("issued no. {} (total {}), {} pages, {path}", number.number, number.total, entry.pages);
        let mut event = Event::new(now, Level::Info, "issued", message);
        event.document = Some(format!("{} {}", task.document, task.subject));
        event.diagnostics = made.diagnostics;
        self.tell_of(schedule, occurrence, event);
        Ok(())
    }

    /// A document failed: it is tried again later, or has failed for good, which voids its number.
    pub(super) fn setback(
        &mut self,
        schedule: &Schedule,
        occurrence: &Occurrence,
        task: &mut Task,
        setback: Setback,
    ) -> Result<(), LedgerError> {
        let now = self.desk.clock.now();
        let name = format!("{} {}", task.document, task.subject);
        let pauses = pauses(setback.stage);
        let again = pauses.get(task.attempts as usize).filter(|_| occurrence.origin == Origin::Schedule);
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
                self.give_up(occurrence, task, &setback.message)?;
                // The alarm is that of the occurrence, which ends now or soon.
                (
                    Level::Warning,
                    "failed",
                    format!("not made ({}): {}", setback.stage.name(), setback.message),
                )
            }
        };
        task.message = Some(setback.message);
        let mut told = Event::new(now, level, event, message);
        told.document = Some(name);
        told.diagnostics = setback.diagnostics;
        self.tell_of(schedule, occurrence, told);
        Ok(())
    }
}

/// Whether a document waits for its next try. One that is to come later than any pause was put off by a clock that was wrong.
pub(super) fn rests(task: &Task, now: DateTime<Utc>) -> bool {
    task.due.is_some_and(|due| due > now && due - now <= LONGEST_PAUSE)
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
