//! The times of a series: stretches of days, whether they are alike, the gaps between them, and the short names for an axis.

use chrono::{Datelike, Days, NaiveDate};

use crate::model::{Date, Fact, Language, Time, TimeForm};

/// When a figure held, as far as that is stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stretch {
    /// The first day; of a state on a date the first day that it can be.
    pub(super) first: NaiveDate,
    /// The last day.
    pub(super) last: NaiveDate,
    /// Whether it was counted over the stretch; else it is a state on a date.
    pub(super) over: bool,
}

/// How long a period is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Length {
    /// Whole months.
    Months(i64),
    /// Days, where it does not begin and end with a month.
    Days(i64),
}

impl Stretch {
    /// The stretch of a time that states one.
    pub(super) fn of(time: Time) -> Option<Self> {
        match time.form {
            TimeForm::AsOf(date) => {
                Some(Self { first: date.first_day(), last: date.last_day(), over: false })
            }
            TimeForm::Between(from, to) => {
                Some(Self { first: from.first_day(), last: to.last_day(), over: true })
            }
            TimeForm::Until(_) | TimeForm::NotStated => None,
        }
    }

    pub(super) fn overlaps(self, other: Self) -> bool {
        self.first <= other.last && other.first <= self.last
    }

    pub(super) fn length(self) -> Length {
        if self.first.day() == 1 && ends_month(self.last) {
            Length::Months(month_of(self.last) - month_of(self.first) + 1)
        } else {
            Length::Days((self.last - self.first).num_days() + 1)
        }
    }

    /// As a decimal year, at its end.
    pub(super) fn at(self) -> f64 {
        Date::Day(self.last).decimal_year(true)
    }
}

impl Length {
    /// 12个月, 12 months.
    pub(super) fn in_words(self, language: Language) -> String {
        let (count, chinese, english) = match self {
            Self::Months(count) => (count, "个月", "month"),
            Self::Days(count) => (count, "天", "day"),
        };
        match (language.is_english(), count) {
            (false, _) => format!("{count}{chinese}"),
            (true, 1) => format!("1 {english}"),
            (true, _) => format!("{count} {english}s"),
        }
    }
}

/// The last day that a fact speaks of, as far as one is stated.
pub(super) fn last_day(fact: &Fact) -> Option<NaiveDate> {
    fact.time.end().map(Date::last_day)
}

/// The first day that a fact speaks of, as far as one is stated.
pub(super) fn first_day(fact: &Fact) -> Option<NaiveDate> {
    Stretch::of(fact.time).map(|stretch| stretch.first)
}

/// For each stretch whether one between it and the one before is missing: a period that does not follow at once, or a date after
/// twice the time, or more, that usually lies between two.
pub(super) fn gaps(stretches: &[Stretch]) -> Vec<bool> {
    let months = |pair: &[Stretch]| month_of(pair[1].last) - month_of(pair[0].last);
    let mut steps: Vec<i64> = stretches.windows(2).map(months).filter(|step| *step > 0).collect();
    steps.sort_unstable();
    let step = steps.get(steps.len().saturating_sub(1) / 2).copied().unwrap_or(1);
    let missing = |pair: &[Stretch]| match pair[1].over {
        true => pair[0].last + Days::new(1) != pair[1].first,
        false => months(pair) >= 2 * step,
    };
    std::iter::once(false).chain(stretches.windows(2).map(missing)).take(stretches.len()).collect()
}

/// Whether one stretch is the month after another, so that the one before is 上月.
pub(super) fn month_after(before: Stretch, after: Stretch) -> bool {
    let month = |stretch: Stretch| {
        ends_month(stretch.last) && (!stretch.over || stretch.length() == Length::Months(1))
    };
    month(before) && month(after) && month_of(after.last) == month_of(before.last) + 1
}

/// A name for an axis, and the year that it stands in, where the name does not say it.
pub(super) fn tick(time: Time, language: Language) -> (String, Option<String>) {
    let Some(stretch) = Stretch::of(time) else { return (String::new(), None) };
    let (first, last) = (stretch.first, stretch.last);
    let year = match language.is_english() {
        true => last.year().to_string(),
        false => format!("{}年", last.year()),
    };
    let whole_year = first.month() == 1 && last.month() == 12 && stretch.length() == Length::Months(12);
    if whole_year || matches!(time.form, TimeForm::AsOf(Date::Year(_))) {
        return (year, None);
    }
    let name = match (language.is_english(), stretch.over) {
        _ if stretch.over && first.year() != last.year() => {
            return (time.in_words(language, false), None);
        }
        (false, true) if stretch.length() == Length::Months(1) => format!("{}月", last.month()),
        (true, true) if stretch.length() == Length::Months(1) => short(last).to_owned(),
        (false, true) if matches!(stretch.length(), Length::Months(_)) => {
            format!("{}至{}月", first.month(), last.month())
        }
        (true, true) if matches!(stretch.length(), Length::Months(_)) => {
            format!("{}–{}", short(first), short(last))
        }
        (false, true) => format!("{}月{}日至{}月{}日", first.month(), first.day(), last.month(), last.day()),
        (true, true) => format!("{} {}–{} {}", first.day(), short(first), last.day(), short(last)),
        // A state at the end of a month, or within one, is named by it.
        (false, false) if ends_month(last) => format!("{}月", last.month()),
        (true, false) if ends_month(last) => short(last).to_owned(),
        (false, false) => format!("{}月{}日", last.month(), last.day()),
        (true, false) => format!("{} {}", last.day(), short(last)),
    };
    (name, Some(year))
}

/// A time in full; whole months are named without their days: 2026年1至6月.
pub(super) fn in_words(time: Time, language: Language) -> String {
    match Stretch::of(time) {
        Some(stretch) if stretch.over && matches!(stretch.length(), Length::Months(_)) && !time.inferred => {
            let month = |day: NaiveDate| Date::Month(day.year(), day.month());
            let form = TimeForm::Between(month(stretch.first), month(stretch.last));
            Time { form, ..time }.in_words(language, false)
        }
        _ => time.in_words(language, false),
    }
}

fn short(day: NaiveDate) -> &'static str {
    const NAMES: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "June", "July", "Aug", "Sept", "Oct", "Nov", "Dec"];
    NAMES[day.month0() as usize]
}

fn month_of(day: NaiveDate) -> i64 {
    i64::from(day.year()) * 12 + i64::from(day.month0())
}

fn ends_month(day: NaiveDate) -> bool {
    (day + Days::new(1)).day() == 1
}
