//! A schedule as its author means it, validated.
//!
//! How its keys are read is left to `reader`, which of its occurrences are due to `due`.

mod reader;
mod signature;

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;

use self::reader::Reader;
use super::Rule;
use crate::delivery::SignSettings;
use crate::diag::{Diagnostics, Problem, Span};
use crate::model::{Calendars, CaseBook, Period};
use crate::pipeline::{Order, all_orders};
use crate::settings::Settings;

/// A schedule.
#[derive(Debug, Clone)]
pub struct Schedule {
    /// Its id.
    pub id: String,
    /// When it fires.
    pub rule: Rule,
    /// In which zone.
    pub zone: Tz,
    /// The rule and the zone as written: another text is another plan.
    pub written: String,
    /// What it makes.
    pub orders: Vec<Order>,
    /// The period of its documents.
    pub period: RelativePeriod,
    /// What happens to occurrences that nobody was there for.
    pub catch_up: CatchUp,
    /// How late an occurrence may begin.
    pub starting_deadline: TimeDelta,
    /// What happens while an older occurrence has not ended.
    pub overlap: Overlap,
    /// Where the day is no working day.
    pub shift: Option<Shift>,
    /// The first instant.
    pub since: Option<DateTime<Utc>>,
    /// Whether the settings hold it.
    pub paused: bool,
    /// Whether it issues what says nothing new.
    pub even_if_unchanged: bool,
    /// Units that owe data, and for how long they are waited for.
    pub wait: Option<(Vec<String>, TimeDelta)>,
    /// The channels by which its issues leave.
    pub deliveries: Vec<String>,
    /// Whether somebody signs a draft before it is numbered.
    pub approval: bool,
    /// 拟稿, where somebody signs.
    pub drafted_by: Option<String>,
    /// What signs the file of an issue.
    pub sign: Option<SignSettings>,
    /// Where it stands in the settings.
    pub span: Span,
}

/// What happens to occurrences that nobody was there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CatchUp {
    /// The last of them is made up for.
    Latest,
    /// The last so many are, in order.
    All(usize),
    /// None is, beyond an hour.
    None,
}

/// What happens while an older occurrence of the same schedule has not ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overlap {
    /// The newer one is skipped.
    Skip,
    /// It takes its turn after the older.
    Queue,
}

/// Where an instant goes whose day is no working day. Only the firing moves; the nominal instant stays what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shift {
    /// Nowhere: the occurrence is skipped.
    Skip,
    /// To the working day before.
    Previous,
    /// To the working day after.
    Next,
}

/// A period as seen from the nominal instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RelativePeriod {
    length: Length,
    previous: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Length {
    Month,
    Quarter,
    Half,
    Year,
}

impl RelativePeriod {
    const NAMES: [(&'static str, Length, bool); 8] = [
        ("previous-month", Length::Month, true),
        ("previous-quarter", Length::Quarter, true),
        ("previous-half", Length::Half, true),
        ("previous-year", Length::Year, true),
        ("this-month", Length::Month, false),
        ("this-quarter", Length::Quarter, false),
        ("this-half", Length::Half, false),
        ("this-year", Length::Year, false),
    ];

    fn parse(name: &str) -> Option<Self> {
        let (_, length, previous) = Self::NAMES.into_iter().find(|(known, ..)| *known == name)?;
        Some(Self { length, previous })
    }

    /// As the settings write it.
    pub fn name(self) -> &'static str {
        let own = |(_, length, previous): &&(&str, Length, bool)| {
            *length == self.length && *previous == self.previous
        };
        Self::NAMES.iter().find(own).map_or("", |(name, ..)| name)
    }

    /// In Chinese: 上季度.
    pub fn chinese(self) -> &'static str {
        match (self.length, self.previous) {
            (Length::Month, true) => "上月",
            (Length::Quarter, true) => "上季度",
            (Length::Half, true) => "上半年度",
            (Length::Year, true) => "上年",
            (Length::Month, false) => "本月",
            (Length::Quarter, false) => "本季度",
            (Length::Half, false) => "本半年度",
            (Length::Year, false) => "本年",
        }
    }

    /// The period that it means on a day.
    pub fn on(self, day: NaiveDate) -> Period {
        let (year, month) = (day.year(), day.month());
        match (self.length, self.previous) {
            (Length::Month, false) => Period::Month(year, month),
            (Length::Month, true) if month == 1 => Period::Month(year - 1, 12),
            (Length::Month, true) => Period::Month(year, month - 1),
            (Length::Quarter, false) => Period::Quarter(year, (month - 1) / 3 + 1),
            (Length::Quarter, true) if month <= 3 => Period::Quarter(year - 1, 4),
            (Length::Quarter, true) => Period::Quarter(year, (month - 1) / 3),
            (Length::Half, false) => Period::Half(year, (month - 1) / 6 + 1),
            (Length::Half, true) if month <= 6 => Period::Half(year - 1, 2),
            (Length::Half, true) => Period::Half(year, 1),
            (Length::Year, false) => Period::Year(year),
            (Length::Year, true) => Period::Year(year - 1),
        }
    }
}

impl Schedule {
    /// The period of an occurrence: it follows from the nominal instant, wherever the calendar moves the firing.
    pub fn period_of(&self, nominal: DateTime<Utc>) -> Period {
        self.period.on(nominal.with_timezone(&self.zone).date_naive())
    }
}

/// Reads all schedules. One that is wrong is left out with its messages; the others stand.
pub fn read(settings: &Settings, book: &CaseBook, diagnostics: &mut Diagnostics) -> Vec<Schedule> {
    let (orders, _) = all_orders(settings, book);
    let mut schedules: Vec<Schedule> = Vec::new();
    for written in &settings.schedules {
        let mut reader = Reader { settings, book, orders: &orders, diagnostics: written.diagnostics.clone() };
        let schedule = reader.schedule(written);
        let mut found = reader.diagnostics;
        if let Some(schedule) = schedule.filter(|_| !found.has_errors()) {
            if let Some(first) = schedules.iter().find(|known| known.id == schedule.id) {
                let (line, _) = first.span.file.position(first.span.range.start);
                let first = format!("line {line} of {}", first.span.file.path());
                let problem = Problem::DuplicateId { kind: "schedule", id: schedule.id, first };
                found.push(problem, schedule.span);
            } else {
                schedules.push(schedule);
            }
        }
        diagnostics.extend(found);
    }
    schedules
}

/// Checks what only the calendars tell: that each schedule ever fires, and that its years have a calendar.
pub fn check(
    schedules: &[Schedule],
    calendars: &Calendars,
    now: DateTime<Utc>,
    diagnostics: &mut Diagnostics,
) {
    for schedule in schedules {
        match schedule.rule.after(now, schedule.zone, calendars) {
            Ok(Some(_)) => {}
            Ok(None) => {
                let message = format!("schedule `{}` never fires", schedule.id);
                let hint =
                    "no year has such a day; `0 8 1 * *` is 08:00 on the first of each month".to_owned();
                diagnostics.push(Problem::BadSetting { message, hint }, schedule.span.clone());
            }
            Err(missing) => {
                diagnostics.push(no_calendar(missing.year), schedule.span.clone());
            }
        }
        let needs = schedule.shift.is_some() || matches!(schedule.rule, Rule::Workday { .. });
        let today = now.with_timezone(&schedule.zone).date_naive();
        if needs && !calendars.has_year(today.year()) {
            diagnostics.push(no_calendar(today.year()), schedule.span.clone());
        }
        // The notice of a year comes in the November before; without it the first days of January cannot be planned.
        let next = today.year() + 1;
        if needs && today.month() >= 11 && !calendars.has_year(next) {
            diagnostics.push(Problem::CalendarMissing { year: next, fatal: false }, schedule.span.clone());
        }
    }
}

fn no_calendar(year: i32) -> Problem {
    Problem::CalendarMissing { year, fatal: true }
}

/// Rule and zone of [`Schedule::written`]; none where an older version read more than this one does.
pub(super) fn from_written(text: &str) -> Option<(Rule, Tz)> {
    let (when, zone) = text.rsplit_once(' ')?;
    let rule = match when.split_once(' ')? {
        ("cron", fields) => Rule::cron(fields),
        (_, day) => day.split_once(' ').and_then(|(nth, at)| Some(Rule::workday(nth.parse().ok()?, at)))?,
    };
    Some((rule.ok()?, zone.parse().ok()?))
}

/// Whether a name may stand in the line of 拟稿, 核对, 签发.
///
/// # Errors
/// Why not.
pub fn check_name(name: &str) -> Result<(), String> {
    match name.chars().count() {
        0 => Err("the name is empty".to_owned()),
        _ if name.chars().any(char::is_control) => Err("the name is not one line".to_owned()),
        length if length > signature::LONGEST_NAME => {
            Err(format!("the name has {length} characters; the line holds {}", signature::LONGEST_NAME))
        }
        _ => Ok(()),
    }
}
