//! The returns of the units for a period: which came, which came late, and what they say.
//!
//! What is computed from them is left to the documents.

use chrono::{Datelike, NaiveDate};

use super::Told;
use super::parts::{DASH, few, owed};
use crate::diag::{Diagnostics, Problem};
use crate::model::{Date, Fact, Language, Period, days_late, reported};

/// How a return came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Came {
    /// In time.
    InTime,
    /// So many working days after the day on which it was due.
    Late(u32),
    /// Not, though it is owed.
    Owed,
    /// Not, and nobody owes one.
    Never,
}

impl Came {
    pub(super) fn in_words(self, language: Language) -> String {
        match self {
            Self::InTime => language.pick("按时", "on time").to_owned(),
            Self::Late(days) if language.is_english() => {
                format!("{} late", few(days as usize, "working day", "working days"))
            }
            Self::Late(days) => format!("迟{days}个工作日"),
            Self::Owed => owed(language).to_owned(),
            Self::Never => DASH.to_owned(),
        }
    }

    pub(super) fn is_here(self) -> bool {
        matches!(self, Self::InTime | Self::Late(_))
    }
}

/// How each unit's return for a period came, in the order of units.
pub(super) fn came(told: &Told<'_>, period: Period, diagnostics: &mut Diagnostics) -> Vec<Came> {
    let due = due(told, period);
    told.units()
        .map(|at| {
            let region = told.unit(at);
            let id = format!("{}-{period}", region.id).to_lowercase();
            let Some(source) = region.sources.iter().find(|source| source.id == id) else {
                return if told.is_owed() { Came::Owed } else { Came::Never };
            };
            let Date::Day(received) = source.read else { return Came::InTime };
            match days_late(told.calendars, due, received) {
                Ok(0) => Came::InTime,
                Ok(days) => Came::Late(days),
                Err(missing) => {
                    diagnostics.push_nowhere(Problem::CalendarMissing { year: missing.year, fatal: true });
                    Came::InTime
                }
            }
        })
        .collect()
}

/// The day on which the returns of a period are due.
fn due(told: &Told<'_>, period: Period) -> NaiveDate {
    let last = period.last_day();
    last.succ_opt().and_then(|first| first.with_day(told.area.due)).unwrap_or(last)
}

/// What a unit reported of an indicator.
pub(super) fn fact<'a>(told: &Told<'a>, at: usize, indicator: &str, period: Period) -> Option<&'a Fact> {
    reported(told.unit(at), indicator, period)
}

/// What a unit said last of an indicator in a return up to the end of a period.
pub(super) fn last_said<'a>(told: &Told<'a>, at: usize, indicator: &str) -> Option<&'a Fact> {
    let facts = told.unit(at).facts.iter();
    facts
        .filter(|fact| fact.indicator.id == indicator && fact.source.is_return)
        .max_by_key(|fact| fact.source.date)
}
