//! Which occurrences of a schedule are due, and which are passed over, in pure values.
//!
//! What is recorded already is asked of the ledger by `tick`, which also does what is due.

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, TimeZone, Utc};

use super::Rule;
use super::plan::{CatchUp, Schedule, Shift, from_written};
use crate::ledger::Seen;
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
/// `after` is the last nominal instant that was decided, `since` the beginning of the plan: what fires before it is not due. The first
/// instant that the settings name is a nominal one.
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
    let earliest = if schedule.shift == Some(Shift::Next) { since - AHEAD } else { since };
    let earliest = schedule.since.map_or(earliest, |first| first.max(earliest));
    // A working day moves nowhere, and to count those of the next month may take another calendar.
    let ahead = schedule.shift == Some(Shift::Previous) && !matches!(schedule.rule, Rule::Workday { .. });
    let until = if ahead { now + AHEAD } else { now };
    let mut found = Vec::new();
    let mut at = until;
    // Backwards from now, so that a year in which nothing ran costs no more than what is kept of it.
    loop {
        let nominal = match schedule.rule.at_or_before(at, schedule.zone, calendars) {
            Ok(Some(nominal)) => nominal,
            Ok(None) => break,
            // Walking back ends where the plan began; the years before it need no calendar.
            Err(missing) if missing.year < earliest.with_timezone(&schedule.zone).year() => break,
            Err(missing) => return Err(missing),
        };
        if nominal < earliest || after.is_some_and(|after| nominal <= after) {
            break;
        }
        at = nominal - TimeDelta::seconds(1);
        let (fires, skipped) = match firing(schedule, calendars, nominal) {
            Ok(found) => found,
            Err(_) if nominal < since => break,
            // The calendar of the next year is missed from the last working day on that is known, and not before.
            Err(missing) if now < last_known(schedule, calendars, nominal, missing)? => continue,
            Err(missing) => return Err(missing),
        };
        if fires > now {
            continue;
        }
        if fires < since {
            break;
        }
        let verdict = match skipped {
            true => Verdict::Skip("the day is no working day"),
            false => Verdict::Run,
        };
        found.push(Due { nominal, fires, period: schedule.period_of(nominal), verdict });
        if found.len() > MOST {
            break;
        }
    }
    let more = found.len() > MOST;
    found.truncate(MOST);
    found.reverse();
    judge(schedule, now, &mut found);
    if more {
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
    let at = now - if schedule.shift == Some(Shift::Next) { AHEAD } else { TimeDelta::zero() };
    let mut at = schedule.since.map_or(at, |since| at.max(since - TimeDelta::seconds(1)));
    while found.len() < count {
        let nominal = match schedule.rule.after(at, schedule.zone, calendars) {
            Ok(Some(nominal)) => nominal,
            Ok(None) => break,
            // What is known is told; the year without a calendar is told when nothing else is left.
            Err(_) if !found.is_empty() => break,
            Err(missing) => return Err(missing),
        };
        at = nominal;
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

/// The instant of a new rule that lies before the change, where the rule before would have come to its period after the change: moved
/// from 09:00 to 08:00 at 08:30, the day's issue would else be lost between the two.
pub(super) fn taken_over(
    schedule: &Schedule,
    calendars: &Calendars,
    before: &Seen,
    after: Option<DateTime<Utc>>,
    began: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    let (rule, zone) = from_written(&before.rule)?;
    let to_come = rule.after(began, zone, calendars).ok().flatten()?;
    let gone_by = schedule.rule.at_or_before(began, schedule.zone, calendars).ok().flatten()?;
    let planned = schedule.period.on(to_come.with_timezone(&zone).date_naive());
    let undecided = gone_by >= before.since && after.is_none_or(|after| gone_by > after);
    (undecided && schedule.period_of(gone_by) == planned).then_some(gone_by)
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
    Ok((on_day(schedule, nominal, day), false))
}

/// The time of day of an instant on another day.
fn on_day(schedule: &Schedule, nominal: DateTime<Utc>, day: NaiveDate) -> DateTime<Utc> {
    let local = nominal.with_timezone(&schedule.zone).naive_local();
    if day == local.date() {
        return nominal;
    }
    // An hour that a change of the clock leaves out is the hour after it.
    let wanted = day.and_time(local.time());
    let moved = schedule.zone.from_local_datetime(&wanted).earliest();
    let later = || schedule.zone.from_local_datetime(&(wanted + TimeDelta::hours(1))).earliest();
    moved.or_else(later).map_or(nominal, |instant| instant.to_utc())
}

/// When an instant fires at the earliest whose year has no calendar: on the last working day of the year before.
fn last_known(
    schedule: &Schedule,
    calendars: &Calendars,
    nominal: DateTime<Utc>,
    missing: NoCalendar,
) -> Result<DateTime<Utc>, NoCalendar> {
    let eve = NaiveDate::from_ymd_opt(missing.year - 1, 12, 31).ok_or(missing)?;
    Ok(on_day(schedule, nominal, calendars.previous_working(eve)?))
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
    // What the calendar moves to one instant comes together: none of it is later than another.
    let Some(first) = running.get(running.len().saturating_sub(keep)).map(|at| found[*at].fires) else {
        return;
    };
    for at in running {
        let due = &mut found[at];
        if due.fires < first {
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
