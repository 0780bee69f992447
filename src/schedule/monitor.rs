//! How the schedules stand, for people, for monitoring and for a textfile that Prometheus reads.
//!
//! What happened on one tick is told by its events.

mod outbox;

use std::fmt::Write as _;
use std::io;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use chrono::{DateTime, Datelike, SecondsFormat, TimeDelta, Utc};

use super::due::{Due, Verdict, in_words, upcoming};
use super::event::{Event, occurrence_name};
use super::plan::Schedule;
use super::signing::is_due;
use crate::disk;
use crate::ledger::{Ledger, LedgerError, Occurrence, Origin, ParcelState, Standing, State};
use crate::model::Calendars;

/// A trigger comes every five minutes; when none has come for this long, something is wrong with it.
const SILENCE: TimeDelta = TimeDelta::minutes(16);
/// What the calendar fires early lies no further ahead than this.
const AHEAD: TimeDelta = TimeDelta::days(32);
/// How long a command of the settings may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// How the schedules stand.
#[derive(Debug)]
pub struct Health {
    /// Each schedule.
    pub schedules: Vec<ScheduleHealth>,
    /// What somebody should see to; empty where all is well.
    pub problems: Vec<String>,
    /// What is worth knowing and asks for nothing.
    pub notes: Vec<String>,
    /// When the last tick ended.
    pub last_tick: Option<DateTime<Utc>>,
    /// How many occurrences of each schedule ended in each state.
    pub counts: Vec<(String, State, u64)>,
    /// How the outbox stands.
    pub outbox: Standing,
}

/// How one schedule stands.
#[derive(Debug)]
pub struct ScheduleHealth {
    /// The schedule.
    pub id: String,
    /// Whether it is held.
    pub paused: bool,
    /// Its last occurrence.
    pub last: Option<Occurrence>,
    /// Its next one.
    pub next: Option<Due>,
    /// The year without a calendar, where that is why the next one is not known.
    pub missing_calendar: Option<i32>,
}

/// Looks at every schedule.
///
/// # Errors
/// When the ledger cannot be read.
pub fn health(
    ledger: Option<&Ledger>,
    schedules: &[Schedule],
    broken: &[String],
    calendars: &Calendars,
    last_tick: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<Health, LedgerError> {
    let mut problems: Vec<String> =
        broken.iter().map(|id| format!("schedule `{id}` has errors: report check tells them")).collect();
    let mut found = Vec::new();
    let seen = ledger.map(Ledger::schedules).transpose()?.unwrap_or_default();
    for schedule in schedules {
        let held = seen.iter().any(|seen| seen.id == schedule.id && seen.paused.is_some());
        let mut missing_calendar = None;
        let next = match upcoming(schedule, calendars, now, 1) {
            Ok(next) => next.into_iter().next(),
            Err(missing) => {
                missing_calendar = Some(missing.year);
                // The calendar of the next year comes in November; until it is needed nobody is to blame.
                if missing.year <= now.with_timezone(&schedule.zone).year() {
                    problems.push(format!("schedule `{}`: {missing}", schedule.id));
                }
                None
            }
        };
        let last = ledger.map(|ledger| ledger.last_occurrence(&schedule.id)).transpose()?.flatten();
        if let Some(ledger) = ledger {
            problems.extend(unmended(ledger, schedule)?);
        }
        // A tick under a clock that was years ahead has decided what is still to come.
        if last.as_ref().is_some_and(|last| last.nominal - now > AHEAD) {
            problems.push(format!(
                "schedule `{}` was decided into the future by a wrong clock: report ledger restore puts an older copy back",
                schedule.id
            ));
        }
        let paused = schedule.paused || held;
        found.push(ScheduleHealth { id: schedule.id.clone(), paused, last, next, missing_calendar });
    }
    if let Some(ledger) = ledger {
        for occurrence in ledger.unfinished()?.iter().filter(|occurrence| occurrence.state == State::Open) {
            for task in
                ledger.tasks(occurrence.id)?.iter().filter(|task| task.attempts > 0 && task.due.is_some())
            {
                let message = task.message.as_deref().unwrap_or_default();
                let (document, subject) = (&task.document, &task.subject);
                problems.push(format!(
                    "{} {document} {subject} has failed {} times: {message}",
                    occurrence.schedule, task.attempts
                ));
            }
        }
    }
    if let Some(ledger) = ledger {
        problems.extend(awaited(ledger, schedules)?);
    }
    for (state, what) in [
        (ParcelState::Failed, "report outbox list --only failed"),
        (ParcelState::Unknown, "nobody knows whether it arrived; report outbox list --only unknown"),
        (ParcelState::Held, "the address is new; report outbox approve RECIPIENT --by NAME"),
    ] {
        let count = ledger
            .map(|ledger| ledger.parcels(Some(state), None, usize::MAX))
            .transpose()?
            .map_or(0, |all| all.len());
        if count > 0 {
            let parcels = if count == 1 { "parcel is" } else { "parcels are" };
            problems.push(format!("{count} {parcels} {}: {what}", state.name()));
        }
    }
    let outbox = ledger.map(Ledger::standing).transpose()?.unwrap_or_default();
    for (channel, since) in &outbox.stopped {
        let ago = in_words((now - *since).max(TimeDelta::zero()));
        problems
            .push(format!("channel `{channel}` does not work since {ago}; report doctor --online tries it"));
    }
    match last_tick {
        None if !schedules.is_empty() => {
            problems.push("no tick has run yet: install a trigger with report schedule install".to_owned());
        }
        Some(last) if !schedules.is_empty() && now - last > SILENCE => {
            problems.push(format!("the last tick was {} ago", in_words(now - last)));
        }
        _ => {}
    }
    let counts = ledger.map(Ledger::counts).transpose()?.unwrap_or_default();
    let mut notes = ledger.map(|ledger| called_back(ledger, now)).transpose()?.unwrap_or_default();
    for (period, count, since) in ledger.map(Ledger::unmerged).transpose()?.unwrap_or_default() {
        let ago = in_words((now - since).max(TimeDelta::zero()));
        notes.push(format!(
            "{count} numbers of {period} are reserved by a plan since {ago}: report merge ends them"
        ));
    }
    Ok(Health { schedules: found, problems, notes, last_tick, counts, outbox })
}

/// What was called back of late and was not issued anew.
fn called_back(ledger: &Ledger, now: DateTime<Utc>) -> Result<Vec<String>, LedgerError> {
    const OF_LATE: TimeDelta = TimeDelta::days(31);
    let issues = ledger.issues()?;
    let late = issues.iter().filter(|issue| issue.withdrawn.is_some_and(|since| now - since <= OF_LATE));
    let mut notes = Vec::new();
    for issue in late {
        let (document, subject, period) = (&issue.document, &issue.subject, &issue.period);
        if ledger.issue(document, subject, period)?.is_none() {
            let number = issue.number.number;
            notes.push(format!(
                "{period}/{document}/{subject}: 第{number}期 was withdrawn (已撤回), and nothing took its place"
            ));
        }
    }
    Ok(notes)
}

/// What went wrong with a schedule and was not mended since: by a later occurrence that ended well, or by a run by hand for the same
/// period.
fn unmended(ledger: &Ledger, schedule: &Schedule) -> Result<Vec<String>, LedgerError> {
    const LOOK_BACK: usize = 200;
    const SHOWN: usize = 3;
    let mut mended: Vec<String> = Vec::new();
    let mut found = Vec::new();
    for occurrence in ledger.history(Some(&schedule.id), None, None, LOOK_BACK)? {
        let name = occurrence_name(&schedule.id, occurrence.nominal, schedule.zone);
        let reason = occurrence.reason.as_deref().unwrap_or_default();
        match occurrence.state {
            State::Issued | State::Unchanged | State::AlreadyIssued
                if occurrence.origin == Origin::Schedule =>
            {
                break;
            }
            State::Issued | State::Unchanged | State::AlreadyIssued => mended.push(occurrence.period),
            State::Open | State::Skipped => {}
            _ if mended.contains(&occurrence.period) => {}
            State::Waiting => found.push(format!("{name} is waiting: {reason}")),
            State::Failed => found.push(format!("{name} failed: {reason}")),
            State::Partly => found.push(format!("{name} was made only in part: {reason}")),
            // The drafts that wait are told one by one.
            State::Held if occurrence.reason.is_none() => {}
            State::Held => found.push(format!("{name} was made only in part: {reason}")),
            State::Missed => found.push(format!("{name} was missed: {reason}")),
        }
    }
    if found.len() > SHOWN {
        let more = found.len() - SHOWN;
        found.truncate(SHOWN);
        found.push(format!("{} has {more} more before these: report history --schedule {0}", schedule.id));
    }
    if let Some(last) = found.last_mut().filter(|_| schedule.wait.is_none()) {
        last.push_str(&format!("; report run {} --period … makes up for one", schedule.id));
    }
    Ok(found)
}

/// Drafts that wait for a signature, and issues that are not signed.
fn awaited(ledger: &Ledger, schedules: &[Schedule]) -> Result<Vec<String>, LedgerError> {
    let mut found: Vec<String> = Vec::new();
    for draft in ledger.drafts()? {
        let name = draft.name();
        let since = draft.date;
        found.push(format!(
            "{name} waits for a signature (待签发) since {since}: report approve {name} --signed-by NAME"
        ));
    }
    let unplanned = ledger.unplanned()?;
    if !unplanned.is_empty() {
        for issue in ledger.issues()? {
            let waits = unplanned.iter().any(|new| new.issue == issue.id);
            if waits && is_due(&issue, schedules).is_some() {
                let name = format!("{}/{}/{}", issue.period, issue.document, issue.subject);
                found.push(format!("{name} is not signed, and not sent: report sign {name}"));
            }
        }
    }
    Ok(found)
}

impl Health {
    /// A Prometheus textfile.
    pub fn metrics(&self, now: DateTime<Utc>) -> String {
        let mut text = String::new();
        text += &head("tick_timestamp_seconds", "When the last tick ended.");
        let _ = writeln!(text, "report_tick_timestamp_seconds {}", now.timestamp());
        text += &head("problems", "What somebody should see to.");
        let _ = writeln!(text, "report_problems {}", self.problems.len());
        text += &head("next_occurrence_timestamp_seconds", "When each schedule fires next.");
        for schedule in &self.schedules {
            if let Some(next) = schedule.next.as_ref().filter(|_| !schedule.paused) {
                let at = next.fires.timestamp();
                let _ = writeln!(
                    text,
                    "report_next_occurrence_timestamp_seconds{{schedule=\"{}\"}} {at}",
                    schedule.id
                );
            }
        }
        text += &head("paused", "Whether a schedule is held.");
        for schedule in &self.schedules {
            let _ =
                writeln!(text, "report_paused{{schedule=\"{}\"}} {}", schedule.id, u8::from(schedule.paused));
        }
        text += &head(
            "occurrences",
            "Occurrences in the ledger by how they stand; docs/schedule.md explains the states.",
        );
        for (schedule, state, count) in &self.counts {
            let state = state.name();
            let _ = writeln!(text, "report_occurrences{{schedule=\"{schedule}\",state=\"{state}\"}} {count}");
        }
        text + &outbox::metrics(&self.outbox)
    }

    /// A few lines for a person, also when all is well.
    pub fn digest(&self, schedules: &[Schedule], now: DateTime<Utc>) -> String {
        let mut text = String::new();
        let well = if self.problems.is_empty() {
            "all well".to_owned()
        } else {
            match self.problems.len() {
                1 => "1 problem".to_owned(),
                several => format!("{several} problems"),
            }
        };
        let _ = writeln!(text, "{}: {well}", now.to_rfc3339_opts(SecondsFormat::Secs, true));
        for problem in &self.problems {
            let _ = writeln!(text, "  ! {problem}");
        }
        for note in &self.notes {
            let _ = writeln!(text, "  {note}");
        }
        for (health, schedule) in self.schedules.iter().zip(schedules) {
            let local =
                |at: DateTime<Utc>| at.with_timezone(&schedule.zone).format("%Y-%m-%d %H:%M %:z").to_string();
            let last = health.last.as_ref().map_or_else(
                || "nothing yet".to_owned(),
                |last| format!("{} {} ({})", last.period, last.state.name(), last.state.chinese()),
            );
            let next = match (&health.next, health.paused) {
                (_, true) => "paused".to_owned(),
                (Some(next), _) if next.verdict == Verdict::Run => {
                    format!("next {} for {}", local(next.fires), next.period)
                }
                (Some(next), _) => format!("next {}, which the calendar skips", local(next.fires)),
                (None, _) => health.missing_calendar.map_or_else(
                    || "no next occurrence".to_owned(),
                    |year| format!("next not known: the calendar of {year} is not written yet"),
                ),
            };
            let _ = writeln!(text, "  {}: last {last}; {next}", health.id);
        }
        text
    }
}

/// What stands before the samples of a family; all of them may fall as well as rise.
fn head(name: &str, help: &str) -> String {
    format!("# HELP report_{name} {help}\n# TYPE report_{name} gauge\n")
}

/// Sets the time of the heartbeat file, by writing the instant into it.
///
/// # Errors
/// When the disk refuses.
pub fn beat(path: &Path, now: DateTime<Utc>) -> Result<(), disk::PathError> {
    disk::write(path, format!("{}\n", now.to_rfc3339_opts(SecondsFormat::Secs, true)).as_bytes())
}

/// Runs the command that tells somebody of an alarm, with the event as JSON on its standard input.
///
/// # Errors
/// As [`run`].
pub fn alarm(command: &[String], folder: &Path, event: &Event) -> io::Result<()> {
    run(command, folder, format!("{}\n", event.json()).as_bytes())
}

/// Runs a command of the settings in a folder, with some input. One that hangs would hold up everything that is due, so it is ended.
///
/// # Errors
/// When it cannot be started, takes too long, or ends with an error.
pub fn run(command: &[String], folder: &Path, input: &[u8]) -> io::Result<()> {
    let Some((program, arguments)) = command.split_first() else { return Ok(()) };
    let mut child = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()?;
    if let Some(mut to) = child.stdin.take() {
        // A command that does not read its input is none the worse for it.
        let _ = to.write_all(input);
    }
    let started = Instant::now();
    let ended = loop {
        if let Some(ended) = child.try_wait()? {
            break ended;
        }
        if started.elapsed() > PATIENCE {
            child.kill()?;
            child.wait()?;
            return Err(io::Error::other(format!("it took longer than {} s", PATIENCE.as_secs())));
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    if ended.success() { Ok(()) } else { Err(io::Error::other(ended.to_string())) }
}
