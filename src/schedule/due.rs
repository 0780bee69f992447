//! Which occurrences of a schedule are due, and which are passed over, in pure values.
//!
//! What is recorded already is asked of the ledger by `tick`, which also does what is due.

use chrono::{DateTime, Datelike, TimeDelta, TimeZone, Utc};

use super::plan::{CatchUp, Schedule, Shift};
use crate::model::{Calendars, NoCalendar, Period};

/// How far ahead a working day before a holiday can lie: the longest holiday with its weekends has eleven days.
const AHEAD: TimeDelta = TimeDelta::days(16);
/// More than this are never walked through; what lies before is one occurrence that says so.
const MOST: usize = 1000;
/// Without catching up, what is found later than this is missed. A tick comes every five minutes.
const ON_TIME: TimeDelta = TimeDelta::hours(1);

/// An occurrence whose time has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The instant that the rule names.
    pub nominal: DateTime<Utc>,
    /// That instant moved by the calendar.
    pub fires: DateTime<Utc>,
    /// The period of its documents.
    pub period: Period,
    /// What becomes of it.
    pub verdict: Verdict,
}

/// What becomes of an occurrence whose time has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It runs.
    Run,
    /// The calendar says no.
    Skip(&'static str),
    /// It is too late for it.
    Missed(String),
}

/// The occurrences whose time has come and that are not decided yet, oldest first.
///
/// `after` is the last nominal instant that was decided, `since` the beginning of the plan.
///
/// # Errors
/// When a year that matters has no calendar; nothing is decided then.
pub fn due(
    schedule: &Schedule,
    calendars: &Calendars,
    since: DateTime<Utc>,
    after: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<Vec<Due>, NoCalendar> {
    let since = schedule.since.map_or(since, |first| first.max(since));
    let until = if schedule.shift == Some(Shift::Previous) { now + AHEAD } else { now };
    let mut found = Vec::new();
    let mut at = until;
    // Backwards from now, so that a year in which nothing ran costs no more than what is kept of it.
    loop {
        let nominal = match schedule.rule.at_or_before(at, schedule.zone, calendars) {
            Ok(Some(nominal)) => nominal,
            Ok(None) => break,
            // Walking back ends where the plan began; the years before it need no calendar.
            Err(missing) if missing.year < since.with_timezone(&schedule.zone).year() => break,
            Err(missing) => return Err(missing),
        };
        if nominal < since || after.is_some_and(|after| nominal <= after) {
            break;
        }
        at = nominal - TimeDelta::seconds(1);
        let (fires, skipped) = firing(schedule, calendars, nominal)?;
        if fires > now {
            continue;
        }
        let verdict = match skipped {
            true => Verdict::Skip("the day is no working day"),
            false => Verdict::Run,
        };
        found.push(Due { nominal, fires, period: schedule.period_of(nominal), verdict });
        if found.len() == MOST {
            break;
        }
    }
    found.reverse();
    judge(schedule, now, &mut found);
    if found.len() == MOST {
        let reason = format!("the first of {MOST} that are listed; there were more before it");
        found[0].verdict = Verdict::Missed(reason);
    }
    Ok(found)
}

/// The next occurrences after an instant, nominal and firing, without a verdict.
///
/// # Errors
/// When a year that matters has no calendar.
pub fn upcoming(
    schedule: &Schedule,
    calendars: &Calendars,
    now: DateTime<Utc>,
    count: usize,
) -> Result<Vec<Due>, NoCalendar> {
    let mut found = Vec::new();
    let mut at = now - if schedule.shift == Some(Shift::Next) { AHEAD } else { TimeDelta::zero() };
    while found.len() < count {
        let nominal = match schedule.rule.after(at, schedule.zone, calendars) {
            Ok(Some(nominal)) => nominal,
            Ok(None) => break,
            // What is known is told; the year without a calendar is told when nothing else is left.
            Err(_) if !found.is_empty() => break,
            Err(missing) => return Err(missing),
        };
        at = nominal;
        if schedule.since.is_some_and(|since| nominal < since) {
            continue;
        }
        let (fires, skipped) = match firing(schedule, calendars, nominal) {
            Ok(found) => found,
            Err(_) if !found.is_empty() => break,
            Err(missing) => return Err(missing),
        };
        if fires <= now {
            continue;
        }
        let verdict = if skipped { Verdict::Skip("the day is no working day") } else { Verdict::Run };
        found.push(Due { nominal, fires, period: schedule.period_of(nominal), verdict });
    }
    Ok(found)
}

/// When an occurrence fires, and whether the calendar skips it.
fn firing(
    schedule: &Schedule,
    calendars: &Calendars,
    nominal: DateTime<Utc>,
) -> Result<(DateTime<Utc>, bool), NoCalendar> {
    let Some(shift) = schedule.shift else { return Ok((nominal, false)) };
    let local = nominal.with_timezone(&schedule.zone).naive_local();
    let day = match shift {
        Shift::Skip => return Ok((nominal, !calendars.is_working(local.date())?)),
        Shift::Previous => calendars.previous_working(local.date())?,
        Shift::Next => calendars.next_working(local.date())?,
    };
    if day == local.date() {
        return Ok((nominal, false));
    }
    // An hour that a change of the clock leaves out is the hour after it.
    let wanted = day.and_time(local.time());
    let moved = schedule.zone.from_local_datetime(&wanted).earliest();
    let later = || schedule.zone.from_local_datetime(&(wanted + TimeDelta::hours(1))).earliest();
    Ok((moved.or_else(later).map_or(nominal, |instant| instant.to_utc()), false))
}

/// Decides which of the occurrences that nobody was there for are made up for.
fn judge(schedule: &Schedule, now: DateTime<Utc>, found: &mut [Due]) {
    for due in found.iter_mut().filter(|due| due.verdict == Verdict::Run) {
        if now - due.fires > schedule.starting_deadline {
            due.verdict = Verdict::Missed(format!(
                "found {} after its time; the starting deadline is {}",
                in_words(now - due.fires),
                in_words(schedule.starting_deadline)
            ));
        }
    }
    let keep = match schedule.catch_up {
        CatchUp::Latest | CatchUp::None => 1,
        CatchUp::All(most) => most,
    };
    let running: Vec<usize> =
        found.iter().enumerate().filter(|(_, due)| due.verdict == Verdict::Run).map(|(at, _)| at).collect();
    let passed = running.len().saturating_sub(keep);
    for (order, at) in running.into_iter().enumerate() {
        let due = &mut found[at];
        if order < passed {
            due.verdict = Verdict::Missed("passed over: a later one is made up for".to_owned());
        } else if schedule.catch_up == CatchUp::None && now - due.fires > ON_TIME {
            due.verdict = Verdict::Missed(format!(
                "found {} after its time; catch_up is none",
                in_words(now - due.fires)
            ));
        }
    }
}

/// A length of time in its largest unit that is not nought.
pub fn in_words(length: TimeDelta) -> String {
    match (length.num_days(), length.num_hours(), length.num_minutes(), length.num_seconds()) {
        (2.., ..) => format!("{} days", length.num_days()),
        (_, 2.., ..) => format!("{} hours", length.num_hours()),
        (_, _, 2.., _) => format!("{} minutes", length.num_minutes()),
        (.., seconds) => format!("{seconds} s"),
    }
}
