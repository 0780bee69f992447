//! A calendar as written: the public holidays and make-up working days (调休) of a year, as a notice arranges them.
//!
//! Whether the days fit the year and each other is left to the model.

use serde::Deserialize;
use toml::Spanned;

use super::read::Field;

/// A file of `data/calendars`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CalendarFile {
    /// The year it is for.
    pub year: Field<i64>,
    /// The title of the notice in full.
    pub title: Field<String>,
    /// The number of the notice, 文号.
    pub number: Field<String>,
    /// Who gave the notice.
    pub issuer: Field<String>,
    /// The day the notice was given.
    pub date: Field<String>,
    /// Where the notice stands.
    pub address: Field<String>,
    /// `[[holiday]]`
    pub holiday: Vec<Spanned<HolidayEntry>>,
}

/// A public holiday with the days that are worked for it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HolidayEntry {
    /// What it is called: 春节.
    pub name: Field<String>,
    /// The first day off.
    pub from: Field<String>,
    /// The last day off.
    pub to: Field<String>,
    /// Make-up working days: Saturdays and Sundays on which people work.
    pub work: Field<Vec<Spanned<String>>>,
}
