//! When a briefing is due: a cron rule of five fields, or the n-th working day of every month.
//!
//! What a rule says in words is left to `words`, which days are worked on to the calendars of `model`, catching up to the daemon.

use chrono::{DateTime, Datelike, Months, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Utc};
use chrono_tz::{GapInfo, Tz};
use croner::parser::{CronParser, Seconds, Year};
use croner::{Cron, CronPattern, Weekday};

use crate::model::{Calendars, NoCalendar};

#[cfg(test)]
mod tests;

/// After 400 years the days of the week fall on the same dates again: what has not fired by then never will.
const MONTHS_OF_A_CYCLE: u32 = 400 * 12;

/// How the five fields are written.
const FIVE_FIELDS: &str =
    "a rule has five fields: minute, hour, day of month, month, day of week, such as `0 8 1 * *`";

/// The name of each field and what may stand in it.
const FIELDS: [(&str, &str); 5] = [
    ("minute", "minutes go from 0 to 59: `0`, `0,30`, `*/15`"),
    ("hour", "hours go from 0 to 23: `8`, `8,20`, `8-18`"),
    ("day of month", "days go from 1 to 31: `1`, `1,15`, `L` (the last day), `LW`, `15W` (Monday to Friday)"),
    ("month", "months go from 1 to 12 or from JAN to DEC: `*`, `1,4,7,10`, `JAN-JUN`"),
    (
        "day of week",
        "days go from 1 (Monday) to 7 or from MON to SUN: `1-5`, `5#2` (second Friday), `5L` (last)",
    ),
];

/// The largest step of each field after which there can be a second value.
const LARGEST_STEP: [u32; 5] = [59, 23, 30, 11, 6];

const MONTHS: [&str; 12] =
    ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const WEEKDAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

/// A rule that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct RuleError {
    /// What is wrong.
    pub message: String,
    /// What to write instead, with an example.
    pub hint: String,
}

/// When a briefing is due, by the clock on the wall of a time zone.
///
/// A time that the change to summer time skips is due just after the gap; one that comes twice is due the first time only.
/// A cron rule with `*` in its minutes or hours is different: it is due whenever the clock shows one of its times, so that
/// `*/15 * * * *` keeps its quarters of an hour through the change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rule {
    /// A cron rule.
    Cron(CronRule),
    /// A working day of every month.
    Workday {
        /// Which one: from 1, the first, or from -1, the last, backwards.
        nth: i32,
        /// The time of day.
        at: NaiveTime,
    },
}

/// A cron rule of five fields that has been read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CronRule {
    text: String,
    cron: Box<Cron>,
}

impl CronRule {
    /// The rule as it was written, with one space between the fields.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What each field lets pass.
    pub(super) fn pattern(&self) -> &CronPattern {
        &self.cron.pattern
    }

    /// Whether a field of the time has `*`. As in Debian's cron, and not as in croner, for which several hours are such a rule too.
    fn is_interval(&self) -> bool {
        self.pattern().minutes.from_wildcard || self.pattern().hours.from_wildcard
    }

    /// The times of day, in order.
    fn times(&self) -> Vec<NaiveTime> {
        let minutes = self.pattern().minutes.values();
        let of_hour = |hour: u16| {
            minutes.iter().filter_map(move |minute| NaiveTime::from_hms_opt(hour.into(), (*minute).into(), 0))
        };
        self.pattern().hours.values().into_iter().flat_map(of_hour).collect()
    }

    fn is_day(&self, day: NaiveDate) -> bool {
        let weekday = Weekday::from_days_from_sunday(day.weekday().num_days_from_sunday());
        // croner refuses dates that do not exist; this one does.
        self.pattern().month_match(day.month()).unwrap_or(false)
            && self.pattern().day_match(day.year(), day.month(), day.day(), weekday).unwrap_or(false)
    }
}

impl Rule {
    /// Reads a cron rule: minute, hour, day of month, month, day of week with Monday as 1; no seconds, no years, no nicknames.
    ///
    /// # Errors
    /// When there are not five fields, or one of them cannot be read or would not mean what it seems to.
    pub fn cron(text: &str) -> Result<Self, RuleError> {
        let fields: Vec<&str> = text.split_whitespace().collect();
        let text = fields.join(" ");
        let refused = |message: String, hint: String| Err(RuleError { message, hint });
        if text.starts_with('@') {
            // A nickname hides its hour: all are due at midnight, before the data of a day is there.
            return refused(format!("`{text}` is a nickname"), format!("write its hour out; {FIVE_FIELDS}"));
        }
        match fields.len() {
            5 => {}
            0 => return refused("the rule is empty".into(), FIVE_FIELDS.into()),
            1 => return refused(format!("`{text}` has 1 field"), FIVE_FIELDS.into()),
            n @ (6 | 7) => {
                let hint = format!("leave seconds and years out; {FIVE_FIELDS}");
                return refused(format!("`{text}` has {n} fields"), hint);
            }
            n => return refused(format!("`{text}` has {n} fields"), FIVE_FIELDS.into()),
        }
        for (at, field) in fields.iter().enumerate() {
            if let Err(reason) = check_field(at, field) {
                let (name, hint) = FIELDS[at];
                return refused(format!("the {name} `{field}` cannot be read: {reason}"), hint.into());
            }
        }
        match read(&text) {
            Ok(cron) => Ok(Self::Cron(CronRule { text, cron: Box::new(cron) })),
            Err(reason) => refused(format!("`{text}` cannot be read: {reason}"), FIVE_FIELDS.into()),
        }
    }

    /// The n-th working day of every month, from the last one backwards where `nth` is negative, at `HH:MM`.
    ///
    /// # Errors
    /// When no month has such a working day, or `at` is no time of day.
    pub fn workday(nth: i32, at: &str) -> Result<Self, RuleError> {
        if !(1..=23).contains(&nth.unsigned_abs()) {
            let hint = "1 is the first working day of a month and -1 the last: 1 to 23 or -1 to -23".into();
            return Err(RuleError { message: format!("no month has a working day {nth}"), hint });
        }
        let two_digits = at.len() == 5 && at.bytes().enumerate().all(|(i, b)| i == 2 || b.is_ascii_digit());
        match NaiveTime::parse_from_str(at, "%H:%M") {
            Ok(at) if two_digits => Ok(Self::Workday { nth, at }),
            _ => Err(RuleError {
                message: format!("`{at}` is no time of day"),
                hint: "write the hour and the minute with two digits each, from 00:00 to 23:59: `08:00`"
                    .into(),
            }),
        }
    }

    /// The first instant after `instant` at which the rule is due in `zone`; none where it is never due again.
    ///
    /// # Errors
    /// When a year has no calendar in which a working day has to be counted.
    pub fn after(
        &self,
        instant: DateTime<Utc>,
        zone: Tz,
        calendars: &Calendars,
    ) -> Result<Option<DateTime<Utc>>, NoCalendar> {
        self.next(instant, zone, &|day| calendars.is_working(day))
    }

    /// The last instant at which the rule was due in `zone`, `instant` itself or before it; none where it was never due.
    ///
    /// It mirrors [`Rule::after`]: both walk over the same instants.
    ///
    /// # Errors
    /// When a year has no calendar in which a working day has to be counted.
    pub fn at_or_before(
        &self,
        instant: DateTime<Utc>,
        zone: Tz,
        calendars: &Calendars,
    ) -> Result<Option<DateTime<Utc>>, NoCalendar> {
        self.last(instant, zone, &|day| calendars.is_working(day))
    }

    fn next(
        &self,
        instant: DateTime<Utc>,
        zone: Tz,
        is_working: &IsWorking<'_>,
    ) -> Result<Option<DateTime<Utc>>, NoCalendar> {
        let local = instant.with_timezone(&zone);
        if let Self::Cron(rule) = self
            && rule.is_interval()
        {
            // The only error is that croner's years are used up.
            return Ok(rule.cron.find_next_occurrence(&local, false).ok().map(|found| found.to_utc()));
        }
        let (today, times) = (local.date_naive(), self.times());
        let mut month = first_of_month(today);
        for _ in 0..=MONTHS_OF_A_CYCLE {
            let days = self.days(month, is_working)?.into_iter().filter(|day| *day >= today);
            let mut due =
                days.flat_map(|day| times.iter().filter_map(move |at| reached(zone, day.and_time(*at))));
            if let Some(found) = due.find(|due| *due > instant) {
                return Ok(Some(found));
            }
            let Some(following) = month.checked_add_months(Months::new(1)) else { break };
            month = following;
        }
        Ok(None)
    }

    fn last(
        &self,
        instant: DateTime<Utc>,
        zone: Tz,
        is_working: &IsWorking<'_>,
    ) -> Result<Option<DateTime<Utc>>, NoCalendar> {
        let local = instant.with_timezone(&zone);
        if let Self::Cron(rule) = self
            && rule.is_interval()
        {
            return Ok(rule.cron.find_previous_occurrence(&local, true).ok().map(|found| found.to_utc()));
        }
        // Where clocks go back over midnight, tomorrow has been reached once already.
        let begun =
            |day: &NaiveDate| reached(zone, day.and_time(NaiveTime::MIN)).is_some_and(|at| at <= instant);
        let today = local.date_naive();
        let today = today.succ_opt().filter(begun).unwrap_or(today);
        let times = self.times();
        let mut month = first_of_month(today);
        for _ in 0..=MONTHS_OF_A_CYCLE {
            let days = self.days(month, is_working)?.into_iter().rev().filter(|day| *day <= today);
            let mut due = days
                .flat_map(|day| times.iter().rev().filter_map(move |at| reached(zone, day.and_time(*at))));
            if let Some(found) = due.find(|due| *due <= instant) {
                return Ok(Some(found));
            }
            let Some(preceding) = month.checked_sub_months(Months::new(1)) else { break };
            month = preceding;
        }
        Ok(None)
    }

    /// The days of a month on which the rule is due, in order.
    fn days(&self, month: NaiveDate, is_working: &IsWorking<'_>) -> Result<Vec<NaiveDate>, NoCalendar> {
        let mut days = month.iter_days().take_while(|day| day.month() == month.month());
        match self {
            Self::Cron(rule) => Ok(days.filter(|day| rule.is_day(*day)).collect()),
            Self::Workday { nth, .. } if *nth > 0 => nth_working(&mut days, *nth, is_working),
            Self::Workday { nth, .. } => {
                nth_working(&mut days.collect::<Vec<_>>().into_iter().rev(), *nth, is_working)
            }
        }
    }

    /// Whether it is due at one time of day only.
    pub(super) fn has_one_time(&self) -> bool {
        self.times().len() == 1
    }

    /// The times of day at which the rule is due, in order.
    fn times(&self) -> Vec<NaiveTime> {
        match self {
            Self::Cron(rule) => rule.times(),
            Self::Workday { at, .. } => vec![*at],
        }
    }
}

/// Whether people work on a day.
type IsWorking<'a> = dyn Fn(NaiveDate) -> Result<bool, NoCalendar> + 'a;

/// The n-th working day of the days of a month, as they come; empty where there are fewer.
fn nth_working(
    days: &mut dyn Iterator<Item = NaiveDate>,
    nth: i32,
    is_working: &IsWorking<'_>,
) -> Result<Vec<NaiveDate>, NoCalendar> {
    let mut left = nth.unsigned_abs();
    for day in days {
        if is_working(day)? {
            left = left.saturating_sub(1);
            if left == 0 {
                return Ok(vec![day]);
            }
        }
    }
    Ok(Vec::new())
}

fn first_of_month(day: NaiveDate) -> NaiveDate {
    day.with_day(1).unwrap_or(day)
}

/// The first instant at which the clocks of a zone have reached a local time; a later time is never reached earlier.
fn reached(zone: Tz, local: NaiveDateTime) -> Option<DateTime<Utc>> {
    let first = zone.from_local_datetime(&local).earliest();
    first.or_else(|| GapInfo::new(&local, &zone)?.end).map(|at| at.to_utc())
}

/// Reads five fields; the reason of a refusal starts in lower case and has no full stop.
fn read(text: &str) -> Result<Cron, String> {
    use croner::errors::CronError::{ComponentError, IllegalCharacters, InvalidPattern};
    let parser = CronParser::builder().seconds(Seconds::Disallowed).year(Year::Disallowed).build();
    parser.parse(text).map_err(|error| {
        let reason = match error {
            InvalidPattern(reason) | IllegalCharacters(reason) | ComponentError(reason) => reason,
            other => other.to_string(),
        };
        let reason = reason.trim_start_matches("CronPattern ").trim_end_matches('.');
        let word = reason.chars().nth(1).is_some_and(char::is_lowercase);
        match reason.chars().next() {
            Some(first) if word => first.to_lowercase().chain(reason.chars().skip(1)).collect(),
            _ => reason.to_owned(),
        }
    })
}

/// Whether a field can be read and means what it seems to mean, or why not.
fn check_field(at: usize, field: &str) -> Result<(), String> {
    let field = field.to_uppercase();
    // croner takes the name of a day or a month in any field for its number.
    let strange = |word: &&str| match at {
        2 => !["", "L", "W", "LW"].contains(word),
        3 => !word.is_empty() && !MONTHS.contains(word),
        4 => {
            !["", "L"].contains(word)
                && !WEEKDAYS.contains(word)
                && !word.strip_suffix('L').is_some_and(|name| WEEKDAYS.contains(&name))
        }
        _ => !word.is_empty(),
    };
    if let Some(word) = field.split(|c: char| !c.is_alphabetic()).find(strange) {
        return Err(format!("`{word}` has no meaning there"));
    }
    let parts: Vec<&str> = field.strip_prefix('+').unwrap_or(&field).split(',').collect();
    for part in &parts {
        // Each of these croner reads as something less than what stands there.
        if part.is_empty() {
            return Err("a value is missing".into());
        }
        let digit_before =
            |name: &&str| part.find(*name).is_some_and(|i| part[..i].ends_with(|c: char| c.is_ascii_digit()));
        if let Some(name) = MONTHS.iter().chain(&WEEKDAYS).copied().find(digit_before) {
            return Err(format!("`{name}` stands right after a digit"));
        }
        if let Some(step) = part.split_once('/').and_then(|(_, step)| step.parse::<u32>().ok())
            && step > LARGEST_STEP[at]
        {
            // `*/90` would be due every hour.
            return Err(format!("the step {step} leaves one value only"));
        }
        if at == 2 && part.contains('W') && !part.ends_with('W') {
            return Err("`W` comes after the day".into());
        }
        if at == 4 && *part == "L" {
            return Err("`L` needs a day before it".into());
        }
        if at == 4 && part.contains('#') && part.ends_with('L') && !part.ends_with("#L") {
            return Err("`#` and `L` cannot both follow a day".into());
        }
    }
    if parts.contains(&"L") && parts.contains(&"LW") {
        return Err("`L` and `LW` cannot stand together".into());
    }
    let mut fields = ["*"; 5];
    fields[at] = &field;
    read(&fields.join(" ")).map(|_| ())
}
