//! `report status` and `report history`: how the schedules stand, and what became of their occurrences.
//!
//! What is planned is left to `schedule`.

use briefing::ledger::{Ledger, Origin, State, TaskState};
use briefing::schedule::{Clock, occurrence_name};
use chrono::{DateTime, NaiveTime, TimeZone, Utc};

use super::args::{Common, History, Status};
use super::desk::{self, Desk};
use super::failure::{Failure, Outcome};
use super::list::table;
use crate::terminal::Terminal;

/// Prints what somebody should see to; exit code 1 where there is something.
pub(crate) fn run(common: &Common, verb: &Status, terminal: &Terminal) -> Result<Outcome, Failure> {
    let now = terminal.clock(common.now.as_deref(), None)?.now();
    let desk = desk::open(common, terminal)?;
    let health = desk.health(now)?;
    if verb.digest {
        terminal.text(&health.digest(&desk.schedules, now))?;
    } else {
        for problem in &health.problems {
            terminal.line(problem)?;
        }
        for note in &health.notes {
            terminal.note(note);
        }
        if health.problems.is_empty() {
            let paused = health.schedules.iter().filter(|schedule| schedule.paused).count();
            let held = if paused == 0 { String::new() } else { format!(", {paused} paused") };
            terminal.line(&format!("all well: {} schedules{held}", desk.schedules.len()))?;
        }
    }
    Ok(if health.problems.is_empty() { Outcome::Done } else { Outcome::Partly })
}

/// Prints occurrences, newest first, each with its documents where they are asked for.
pub(crate) fn history(common: &Common, verb: &History, terminal: &Terminal) -> Result<Outcome, Failure> {
    let desk = desk::open(common, terminal)?;
    let Some(ledger) = Ledger::open_existing(&desk.state)? else {
        terminal.note("there is no ledger yet");
        return Ok(Outcome::Done);
    };
    let state = verb.only.as_deref().map(state).transpose()?;
    let since = verb.since.as_deref().map(|text| since(text, &desk)).transpose()?;
    if let Some(id) = &verb.schedule
        && ledger.history(Some(id), None, None, 1)?.is_empty()
    {
        // One that is gone has its history; one that never was is a slip.
        desk.schedule(id)?;
    }
    let all = ledger.history(verb.schedule.as_deref(), state, since, verb.limit)?;
    if verb.json {
        let mut rows = Vec::new();
        for occurrence in &all {
            let tasks: Vec<_> = ledger
                .tasks(occurrence.id)?
                .iter()
                .map(|task| {
                    serde_json::json!({
                        "document": task.document, "subject": task.subject, "state": task.state.name(),
                        "attempts": task.attempts, "message": task.message,
                    })
                })
                .collect();
            rows.push(serde_json::json!({
                "schedule": occurrence.schedule, "nominal": occurrence.nominal.to_rfc3339(),
                "fires": occurrence.fires.to_rfc3339(), "period": occurrence.period,
                "origin": if occurrence.origin == Origin::Manual { "manual" } else { "schedule" },
                "state": occurrence.state.name(), "reason": occurrence.reason,
                "ended": occurrence.ended.map(|at| at.to_rfc3339()), "documents": tasks,
            }));
        }
        terminal.line(&serde_json::to_string_pretty(&rows).expect("strings always serialise"))?;
        return Ok(Outcome::Done);
    }
    let mut rows = Vec::new();
    for occurrence in &all {
        let zone = desk
            .schedules
            .iter()
            .find(|s| s.id == occurrence.schedule)
            .map_or(desk.settings.zone, |s| s.zone);
        let mut name = occurrence_name(&occurrence.schedule, occurrence.nominal, zone);
        if occurrence.origin == Origin::Manual {
            name.push_str(" (manual)");
        }
        let tasks = ledger.tasks(occurrence.id)?;
        let issued = tasks.iter().filter(|task| task.state == TaskState::Issued).count();
        let documents = if tasks.is_empty() { String::new() } else { format!("{issued} of {}", tasks.len()) };
        let reason = occurrence.reason.clone().unwrap_or_default();
        let state = format!("{} {}", occurrence.state.name(), occurrence.state.chinese());
        rows.push(vec![name, occurrence.period.clone(), state, documents, reason]);
    }
    for row in table(["occurrence", "period", "state", "issued", ""], rows.into_iter()) {
        terminal.line(&row)?;
    }
    Ok(Outcome::Done)
}

fn state(text: &str) -> Result<State, Failure> {
    State::ALL.into_iter().find(|state| state.name() == text).ok_or_else(|| {
        let names: Vec<&str> = State::ALL.iter().map(|state| state.name()).collect();
        Failure::usage(
            format!("`{text}` is no state of an occurrence"),
            format!("there are {}", names.join(", ")),
        )
    })
}

fn since(text: &str, desk: &Desk) -> Result<DateTime<Utc>, Failure> {
    let day: Option<chrono::NaiveDate> = text.parse().ok();
    let start =
        day.and_then(|day| desk.settings.zone.from_local_datetime(&day.and_time(NaiveTime::MIN)).earliest());
    let hint = "write it as 2026-11-30".to_owned();
    start.map(|at| at.to_utc()).ok_or_else(|| Failure::usage(format!("`{text}` is not a date"), hint))
}
