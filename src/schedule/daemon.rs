//! The daemon: ticks when something is due, rests in between, and takes a changed plan over only when it is sound.
//!
//! What a tick does is left to `tick`, signals and the clock to the binary.

use chrono::{DateTime, TimeDelta, Utc};

use super::due::upcoming;
use super::maker::Clock;
use super::plan::Schedule;
use crate::ledger::{Ledger, LedgerError, TaskState};
use crate::model::Calendars;

/// Nothing is rested for longer: data that is waited for, and clocks that were set, are noticed this soon.
const REST: TimeDelta = TimeDelta::seconds(60);

/// What the daemon is to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Go on after a rest that ended in time.
    Tick,
    /// Read settings and data again.
    Reload,
    /// End, with everything recorded.
    Stop,
}

/// When the next tick is wanted: at the next firing or the next try of a document, a minute from now at the latest.
///
/// # Errors
/// When the ledger cannot be read.
pub fn wake_at(
    ledger: Option<&Ledger>,
    schedules: &[Schedule],
    calendars: &Calendars,
    clock: &dyn Clock,
) -> Result<DateTime<Utc>, LedgerError> {
    let now = clock.now();
    let mut at = now + REST;
    for schedule in schedules {
        if let Ok(next) = upcoming(schedule, calendars, now, 1) {
            at = next.iter().map(|due| due.fires).fold(at, DateTime::min);
        }
    }
    if let Some(ledger) = ledger {
        for occurrence in ledger.unfinished()? {
            let tasks = ledger.tasks(occurrence.id)?;
            let due = tasks.iter().filter(|task| task.state == TaskState::Open).filter_map(|task| task.due);
            at = due.fold(at, DateTime::min);
        }
    }
    Ok(at.max(now))
}
