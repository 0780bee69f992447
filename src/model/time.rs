//! Dates as sources state them, the time of a figure, and the period of an issue.
//!
//! The clock is left to the binary; schedules to their own module.

use std::fmt;

use chrono::{Datelike, Days, NaiveDate};

use super::english_dates::{ORDINALS, between_in_english, month_name};
use crate::settings::Language;

/// A date as exact as it is stated: a year, a month or a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Date {
    /// Some day of a year.
    Year(i32),
    /// Some day of a month.
    Month(i32, u32),
    /// A day.
    Day(NaiveDate),
}

impl Date {
    /// Reads `YYYY`, `YYYY-MM` or `YYYY-MM-DD`; none where it is another form or no such day exists.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = |part: &str, width: usize| {
            let plain = part.len() == width && part.bytes().all(|b| b.is_ascii_digit());
            plain.then(|| part.parse::<i32>().ok()).flatten()
        };
        let mut parts = text.split('-');
        let year = digits(parts.next()?, 4).filter(|year| (1900..=2200).contains(year))?;
        let month = match parts.next() {
            None => return Some(Self::Year(year)),
            Some(month) => u32::try_from(digits(month, 2)?).ok().filter(|month| (1..=12).contains(month))?,
        };
        let day = match parts.next() {
            None => return Some(Self::Month(year, month)),
            Some(day) => u32::try_from(digits(day, 2)?).ok()?,
        };
        if parts.next().is_some() {
            return None;
        }
        NaiveDate::from_ymd_opt(year, month, day).map(Self::Day)
    }

    /// The first day it can be.
    pub fn first_day(self) -> NaiveDate {
        match self {
            Self::Year(year) => day(year, 1),
            Self::Month(year, month) => day(year, month),
            Self::Day(date) => date,
        }
    }

    /// The last day it can be.
    pub fn last_day(self) -> NaiveDate {
        match self {
            Self::Year(year) => before(day(year + 1, 1)),
            Self::Month(year, 12) => before(day(year + 1, 1)),
            Self::Month(year, month) => before(day(year, month + 1)),
            Self::Day(date) => date,
        }
    }

    /// As a decimal year, for a time axis: its first day, or the day after its last.
    pub fn decimal_year(self, end: bool) -> f64 {
        let at = if end { self.last_day() + Days::new(1) } else { self.first_day() };
        let length = if at.leap_year() { 366.0 } else { 365.0 };
        f64::from(at.year()) + f64::from(at.ordinal0()) / length
    }

    /// In Chinese, without zero padding: 2023年10月25日 (GB/T 9704-2012, 7.3.5).
    pub fn chinese(self) -> String {
        match self {
            Self::Year(year) => format!("{year}年"),
            Self::Month(year, month) => format!("{year}年{month}月"),
            Self::Day(date) => format!("{}年{}月{}日", date.year(), date.month(), date.day()),
        }
    }
}

impl Date {
    /// In the language of a document: 25 October 2023.
    pub fn in_words(self, language: Language) -> String {
        if !language.is_english() {
            return self.chinese();
        }
        match self {
            Self::Year(year) => year.to_string(),
            Self::Month(year, month) => format!("{} {year}", month_name(month)),
            // The day never parts from its month.
            Self::Day(date) => format!("{}\u{a0}{} {}", date.day(), month_name(date.month()), date.year()),
        }
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Year(year) => write!(f, "{year:04}"),
            Self::Month(year, month) => write!(f, "{year:04}-{month:02}"),
            Self::Day(date) => write!(f, "{date}"),
        }
    }
}

fn day(year: i32, month: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, 1).expect("the first of a month between 1900 and 2201 exists")
}

fn before(date: NaiveDate) -> NaiveDate {
    date.pred_opt().expect("a day in this range has a day before it")
}

/// When a figure held, as far as its source says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Time {
    /// The form in which it is stated.
    pub form: TimeForm,
    /// Whether it is inferred rather than stated.
    pub inferred: bool,
}

/// The four forms in which a time is stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeForm {
    /// On a date.
    AsOf(Date),
    /// From a date to a date.
    Between(Date, Date),
    /// Up to a date; the start is not stated.
    Until(Date),
    /// Not stated at all.
    NotStated,
}

impl Time {
    /// The last date it speaks of.
    pub fn end(&self) -> Option<Date> {
        match self.form {
            TimeForm::AsOf(date) | TimeForm::Between(_, date) | TimeForm::Until(date) => Some(date),
            TimeForm::NotStated => None,
        }
    }

    /// In Chinese. For a target a date is the day it is due.
    pub fn chinese(&self, target: bool) -> String {
        let text = match self.form {
            TimeForm::AsOf(date) if target => format!("到{}", date.chinese()),
            TimeForm::AsOf(date) if self.inferred => format!("约{}", date.chinese()),
            TimeForm::AsOf(date) => format!("截至{}", date.chinese()),
            TimeForm::Between(from, to) => between(from, to),
            TimeForm::Until(to) if self.inferred => format!("截至约{}，起始未载", to.chinese()),
            TimeForm::Until(to) => format!("截至{}，起始未载", to.chinese()),
            TimeForm::NotStated => "时间未载".to_owned(),
        };
        if self.inferred { format!("{text}（推定）") } else { text }
    }
}

impl Time {
    /// In the language of a document. For a target a date is the day it is due.
    pub fn in_words(&self, language: Language, target: bool) -> String {
        if !language.is_english() {
            return self.chinese(target);
        }
        let words = |date: Date| date.in_words(language);
        let about = if self.inferred { "about " } else { "" };
        let text = match self.form {
            TimeForm::AsOf(date) if target => format!("by {}", words(date)),
            TimeForm::AsOf(date) if self.inferred => format!("about {}", words(date)),
            TimeForm::AsOf(date) => format!("as of {}", words(date)),
            TimeForm::Between(from, to) => between_in_english(from, to),
            TimeForm::Until(to) => format!("to {about}{}, start not stated", words(to)),
            TimeForm::NotStated => "time not stated".to_owned(),
        };
        if self.inferred { format!("{text} (inferred)") } else { text }
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.form {
            TimeForm::AsOf(date) => write!(f, "{date}")?,
            TimeForm::Between(from, to) => write!(f, "{from}..{to}")?,
            TimeForm::Until(to) => write!(f, "..{to}")?,
            TimeForm::NotStated => write!(f, "not-stated")?,
        }
        if self.inferred { write!(f, "~") } else { Ok(()) }
    }
}

/// 2023年1至10月, with the year said once where it is one.
fn between(from: Date, to: Date) -> String {
    match (from, to) {
        (Date::Month(a, m), Date::Month(b, n)) if a == b && m == n => format!("{a}年{m}月"),
        (Date::Month(a, m), Date::Month(b, n)) if a == b => format!("{a}年{m}至{n}月"),
        (Date::Year(a), Date::Year(b)) if a == b => format!("{a}年"),
        _ => format!("{}至{}", from.chinese(), to.chinese()),
    }
}

/// The period that an issue is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Period {
    /// A month.
    Month(i32, u32),
    /// A quarter, 1 to 4.
    Quarter(i32, u32),
    /// A half-year, 1 or 2.
    Half(i32, u32),
    /// A year.
    Year(i32),
}

impl Period {
    /// Reads `2026-11`, `2026-Q3`, `2026-H1` or `2026`.
    pub fn parse(text: &str) -> Option<Self> {
        if let Some((year, rest)) = text.split_once('-') {
            let Some(Date::Year(year)) = Date::parse(year) else { return None };
            match rest {
                "Q1" | "Q2" | "Q3" | "Q4" => return rest[1..].parse().ok().map(|q| Self::Quarter(year, q)),
                "H1" | "H2" => return rest[1..].parse().ok().map(|h| Self::Half(year, h)),
                _ => {}
            }
        }
        match Date::parse(text)? {
            Date::Year(year) => Some(Self::Year(year)),
            Date::Month(year, month) => Some(Self::Month(year, month)),
            Date::Day(_) => None,
        }
    }

    /// The month that a day falls in.
    pub fn month_of(date: NaiveDate) -> Self {
        Self::Month(date.year(), date.month())
    }

    /// The last day of it.
    pub fn last_day(self) -> NaiveDate {
        let (year, month) = match self {
            Self::Month(year, month) => (year, month),
            Self::Quarter(year, quarter) => (year, quarter * 3),
            Self::Half(year, half) => (year, half * 6),
            Self::Year(year) => (year, 12),
        };
        Date::Month(year, month).last_day()
    }

    /// The year it belongs to.
    pub fn year(self) -> i32 {
        match self {
            Self::Month(year, _) | Self::Quarter(year, _) | Self::Half(year, _) | Self::Year(year) => year,
        }
    }

    /// In Chinese: 2026年11月, 2026年第三季度, 2026年上半年.
    pub fn chinese(self) -> String {
        match self {
            Self::Month(year, month) => format!("{year}年{month}月"),
            Self::Quarter(year, quarter) => {
                let name = ["一", "二", "三", "四"].get(quarter as usize - 1).copied().unwrap_or_default();
                format!("{year}年第{name}季度")
            }
            Self::Half(year, half) => format!("{year}年{}半年", if half == 1 { "上" } else { "下" }),
            Self::Year(year) => format!("{year}年"),
        }
    }

    /// In the language of a document: November 2026, third quarter of 2026, first half of 2026.
    pub fn in_words(self, language: Language) -> String {
        if !language.is_english() {
            return self.chinese();
        }
        let name = |n: u32| ORDINALS.get(n as usize - 1).copied().unwrap_or_default();
        match self {
            Self::Month(year, month) => format!("{} {year}", month_name(month)),
            Self::Quarter(year, quarter) => format!("{} quarter of {year}", name(quarter)),
            Self::Half(year, half) => format!("{} half of {year}", name(half)),
            Self::Year(year) => year.to_string(),
        }
    }

    /// The same within a sentence: the third quarter of 2026.
    pub fn in_sentence(self, language: Language) -> String {
        match self {
            Self::Quarter(..) | Self::Half(..) if language.is_english() => {
                format!("the {}", self.in_words(language))
            }
            _ => self.in_words(language),
        }
    }

    /// Its number within the year, from 1.
    pub fn ordinal(self) -> u32 {
        match self {
            Self::Month(_, n) | Self::Quarter(_, n) | Self::Half(_, n) => n,
            Self::Year(_) => 1,
        }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Month(year, month) => write!(f, "{year:04}-{month:02}"),
            Self::Quarter(year, quarter) => write!(f, "{year:04}-Q{quarter}"),
            Self::Half(year, half) => write!(f, "{year:04}-H{half}"),
            Self::Year(year) => write!(f, "{year:04}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_as_exact_as_it_is_written() {
        assert_eq!(Date::parse("2023"), Some(Date::Year(2023)));
        assert_eq!(Date::parse("2023-10"), Some(Date::Month(2023, 10)));
        assert_eq!(Date::parse("2024-02-29").map(|d| d.chinese()).as_deref(), Some("2024年2月29日"));
        for wrong in ["2023-13", "2023-02-29", "23", "2023-1", "2023-10-25-1", "二〇二三", "+203", ""] {
            assert_eq!(Date::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_period_names_its_last_day_and_number() {
        for (text, last, number) in [
            ("2026-11", "2026-11-30", 11),
            ("2026-Q3", "2026-09-30", 3),
            ("2026-H1", "2026-06-30", 1),
            ("2024", "2024-12-31", 1),
        ] {
            let period = Period::parse(text).expect(text);
            assert_eq!(period.to_string(), text);
            assert_eq!(period.last_day().to_string(), last);
            assert_eq!(period.ordinal(), number);
        }
        assert_eq!(Period::parse("2026-Q5"), None);
        assert_eq!(Period::parse("2026-11-01"), None);
    }

    #[test]
    fn a_time_says_what_is_not_stated() {
        let october = Date::Month(2023, 10);
        let stated = |form| Time { form, inferred: false };
        assert_eq!(stated(TimeForm::Between(Date::Month(2023, 1), october)).chinese(false), "2023年1至10月");
        assert_eq!(stated(TimeForm::Until(october)).chinese(false), "截至2023年10月，起始未载");
        assert_eq!(stated(TimeForm::AsOf(Date::Year(2025))).chinese(true), "到2025年");
        let inferred = Time { form: TimeForm::AsOf(Date::Year(2021)), inferred: true };
        assert_eq!(inferred.chinese(false), "约2021年（推定）");
    }
}
