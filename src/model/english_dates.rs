//! Dates as English prints them: the names of months, and stretches of time that say once what both ends share.
//!
//! What a date is, and how Chinese prints it, is left to `time`.

use chrono::Datelike;

use super::time::Date;
use crate::settings::Language;

/// The names of the months.
pub const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// How halves and quarters are counted.
pub(super) const ORDINALS: [&str; 4] = ["first", "second", "third", "fourth"];

/// The number that a word of a date in English stands for: March as 3, the third quarter as 3.
pub fn number_of_name(word: &str) -> Option<u32> {
    let at = MONTHS.iter().position(|month| *month == word);
    let at = at.or_else(|| ORDINALS.iter().position(|ordinal| *ordinal == word));
    at.and_then(|at| u32::try_from(at + 1).ok())
}

/// The name of a month, from 1.
pub fn month_name(month: u32) -> &'static str {
    (month as usize).checked_sub(1).and_then(|at| MONTHS.get(at)).copied().unwrap_or_default()
}

/// January to October 2023, 5 to 20 May 2023, with the year said once where it is one.
pub(super) fn between_in_english(from: Date, to: Date) -> String {
    let words = |date: Date| date.in_words(Language::English);
    // Whole months are named without their days, which leaves a narrow column on one line.
    let (from, to) = match (from, to) {
        (Date::Day(a), Date::Day(b)) if a.day() == 1 && b == Date::Month(b.year(), b.month()).last_day() => {
            (Date::Month(a.year(), a.month()), Date::Month(b.year(), b.month()))
        }
        both => both,
    };
    match (from, to) {
        _ if from == to => words(from),
        (Date::Month(a, month), Date::Month(b, _)) if a == b => {
            format!("{} to {}", month_name(month), words(to))
        }
        (Date::Day(a), Date::Day(b)) if (a.year(), a.month()) == (b.year(), b.month()) => {
            format!("{} to {}", a.day(), words(to))
        }
        (Date::Day(a), Date::Day(b)) if a.year() == b.year() => {
            format!("{}\u{a0}{} to {}", a.day(), month_name(a.month()), words(to))
        }
        _ => format!("{} to {}", words(from), words(to)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stretch_of_time_says_once_what_both_ends_share() {
        for (from, to, words) in [
            ("2026-11-01", "2026-11-30", "November 2026"),
            ("2026-01-01", "2026-06-30", "January to June 2026"),
            ("2026-05-05", "2026-05-20", "5 to 20 May 2026"),
            ("2026-05-05", "2026-06-20", "5 May to 20 June 2026"),
            ("2025-12-05", "2026-01-20", "5 December 2025 to 20 January 2026"),
            ("2025-12-01", "2026-01-31", "December 2025 to January 2026"),
            ("2023-01", "2023-10", "January to October 2023"),
            ("2023", "2023", "2023"),
            ("2022", "2023", "2022 to 2023"),
        ] {
            let date = |text: &str| Date::parse(text).expect(text);
            assert_eq!(between_in_english(date(from), date(to)).replace('\u{a0}', " "), words);
        }
    }
}
