//! Working days: weekends, public holidays and the make-up working days (调休) of a year.
//!
//! How a calendar is written and checked is left to `notice`, when a schedule fires to `schedule`.

use std::collections::BTreeMap;
use std::path::Path;

use chrono::{Datelike, NaiveDate, Weekday};

use super::notice;
use crate::diag::{Diagnostics, Problem};
use crate::disk;

/// A year for which no calendar is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no calendar of {year}")]
pub struct NoCalendar {
    /// The year.
    pub year: i32,
}

/// The calendar of one year: the days on which people work otherwise than the day of the week says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    year: i32,
    /// Whether people work, for each day that the notice names.
    named: BTreeMap<NaiveDate, bool>,
}

impl Calendar {
    /// A calendar of the holidays, each from its first to its last day, and the make-up working days of a year. Nothing is checked: what
    /// people write goes through [`Calendars::read`].
    pub fn of(year: i32, holidays: &[(NaiveDate, NaiveDate)], work: &[NaiveDate]) -> Self {
        let off = holidays.iter().flat_map(|&(from, to)| from.iter_days().take_while(move |day| *day <= to));
        let named = off.map(|day| (day, false)).chain(work.iter().map(|&day| (day, true))).collect();
        Self { year, named }
    }
}

/// The calendars of all years that somebody wrote one for.
///
/// A calendar may name days of December of the year before, which its New Year takes. There it prevails over the calendar of that year,
/// since its notice is the newer one; while it is not there, December is what its own calendar says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Calendars {
    years: BTreeMap<i32, Calendar>,
}

impl Calendars {
    /// Reads every calendar in the `calendars` folder of the data; without that folder there is none. Every slip is reported, and a file
    /// with an error in it gives no calendar: a wrong day would go unnoticed where a missing year does not.
    pub fn read(data: &Path, diagnostics: &mut Diagnostics) -> Self {
        let paths = disk::list(&data.join("calendars"), "toml").unwrap_or_else(|e| {
            let (path, reason) = (e.path.display().to_string(), e.source.to_string());
            diagnostics.push_nowhere(Problem::Unreadable { path, reason });
            Vec::new()
        });
        // Also of files that give no calendar: a year that stands twice is a slip of its own.
        let mut years = BTreeMap::new();
        Self::of(paths.iter().filter_map(|path| notice::read(path, &mut years, diagnostics)))
    }

    /// These calendars; of two of one year the later in the list is kept.
    pub fn of(calendars: impl IntoIterator<Item = Calendar>) -> Self {
        Self { years: calendars.into_iter().map(|calendar| (calendar.year, calendar)).collect() }
    }

    /// Whether a year has a calendar.
    pub fn has_year(&self, year: i32) -> bool {
        self.years.contains_key(&year)
    }

    /// The years that have a calendar, the earliest first.
    pub fn years(&self) -> impl Iterator<Item = i32> {
        self.years.keys().copied()
    }

    /// The last year that has a calendar; none where no year has.
    pub fn last_year(&self) -> Option<i32> {
        self.years.keys().next_back().copied()
    }

    /// Whether people work on a day.
    ///
    /// # Errors
    /// When the year has no calendar.
    pub fn is_working(&self, day: NaiveDate) -> Result<bool, NoCalendar> {
        let year = day.year();
        let own = self.years.get(&year).ok_or(NoCalendar { year })?;
        let newer = self.years.get(&(year + 1)).and_then(|calendar| calendar.named.get(&day));
        let named = newer.or_else(|| own.named.get(&day));
        Ok(named.copied().unwrap_or_else(|| !is_weekend(day)))
    }

    /// The day itself where people work on it, else the next day on which they do.
    ///
    /// # Errors
    /// When the search comes to a year without a calendar.
    pub fn next_working(&self, day: NaiveDate) -> Result<NaiveDate, NoCalendar> {
        self.search(day, following)
    }

    /// The day itself where people work on it, else the last day before it on which they did.
    ///
    /// # Errors
    /// When the search comes to a year without a calendar.
    pub fn previous_working(&self, day: NaiveDate) -> Result<NaiveDate, NoCalendar> {
        self.search(day, preceding)
    }

    /// A working day of a month by its number: 1 is the first, -1 the last. None where the month has fewer, for the number 0, and where
    /// no such month exists.
    ///
    /// # Errors
    /// When the year has no calendar.
    pub fn nth_working(&self, year: i32, month: u32, nth: i32) -> Result<Option<NaiveDate>, NoCalendar> {
        if !self.has_year(year) {
            return Err(NoCalendar { year });
        }
        let mut working = Vec::new();
        for day in (1..=31).filter_map(|day| NaiveDate::from_ymd_opt(year, month, day)) {
            if self.is_working(day)? {
                working.push(day);
            }
        }
        if nth < 0 {
            working.reverse();
        }
        let at = usize::try_from(nth.unsigned_abs()).ok().and_then(|nth| nth.checked_sub(1));
        Ok(at.and_then(|at| working.get(at).copied()))
    }

    /// The `count`-th working day after a day, which is not counted itself; 0 gives the day as it is.
    ///
    /// # Errors
    /// When the search comes to a year without a calendar.
    pub fn working_after(&self, day: NaiveDate, count: u32) -> Result<NaiveDate, NoCalendar> {
        (0..count).try_fold(day, |day, _| self.next_working(following(day)?))
    }

    /// The first working day from a day on; ends at the latest where the calendars do.
    fn search(
        &self,
        mut day: NaiveDate,
        step: fn(NaiveDate) -> Result<NaiveDate, NoCalendar>,
    ) -> Result<NaiveDate, NoCalendar> {
        while !self.is_working(day)? {
            day = step(day)?;
        }
        Ok(day)
    }
}

/// Whether a day is a Saturday or a Sunday.
pub(super) fn is_weekend(day: NaiveDate) -> bool {
    matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
}

/// The next day. Beyond the last one that can be written lies a year without a calendar.
fn following(day: NaiveDate) -> Result<NaiveDate, NoCalendar> {
    day.succ_opt().ok_or(NoCalendar { year: day.year() + 1 })
}

/// The day before.
fn preceding(day: NaiveDate) -> Result<NaiveDate, NoCalendar> {
    day.pred_opt().ok_or(NoCalendar { year: day.year() - 1 })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect(text)
    }

    /// The calendars that the program comes with.
    fn shipped() -> Calendars {
        let mut diagnostics = Diagnostics::new();
        let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("data");
        let calendars = Calendars::read(&data, &mut diagnostics);
        assert!(diagnostics.is_empty(), "{diagnostics:?}");
        calendars
    }

    /// The days of a month on which people work.
    fn working(calendars: &Calendars, month: u32) -> Vec<u32> {
        let days = (1..=31).filter_map(|day| NaiveDate::from_ymd_opt(2026, month, day));
        days.filter(|day| calendars.is_working(*day).expect("2026 is there")).map(|day| day.day()).collect()
    }

    #[test]
    fn every_month_of_2026_has_its_working_days() {
        let calendars = shipped();
        assert_eq!(calendars.years().collect::<Vec<_>>(), [2026]);
        assert_eq!(calendars.last_year(), Some(2026));
        // Counted without this program, from the days of the notice written out one by one.
        let counts = [21, 16, 22, 21, 19, 21, 23, 21, 22, 18, 21, 23];
        for (month, count) in (1..).zip(counts) {
            assert_eq!(working(&calendars, month).len(), count, "month {month}");
        }
        assert_eq!(counts.iter().sum::<usize>(), 248);
    }

    #[test]
    fn every_day_of_2026_that_is_not_as_its_weekday_is() {
        let calendars = shipped();
        let all = day("2026-01-01").iter_days().take(365);
        let (mut worked, mut off) = (Vec::new(), Vec::new());
        for day in all {
            match (calendars.is_working(day).expect("2026 is there"), is_weekend(day)) {
                (true, true) => worked.push(day.format("%m-%d").to_string()),
                (false, false) => off.push(day.format("%m-%d").to_string()),
                _ => {}
            }
        }
        assert_eq!(worked, ["01-04", "02-14", "02-28", "05-09", "09-20", "10-10"]);
        let expected = "01-01 01-02 02-16 02-17 02-18 02-19 02-20 02-23 04-06 05-01 05-04 05-05 06-19 09-25 \
                        10-01 10-02 10-05 10-06 10-07";
        assert_eq!(off.join(" "), expected);
    }

    #[test]
    fn spring_festival_and_golden_week_are_passed_over() {
        let calendars = shipped();
        let expected = [2, 3, 4, 5, 6, 9, 10, 11, 12, 13, 14, 24, 25, 26, 27, 28];
        assert_eq!(working(&calendars, 2), expected);
        for (from, next, previous) in [
            ("2026-02-15", "2026-02-24", "2026-02-14"),
            ("2026-02-23", "2026-02-24", "2026-02-14"),
            ("2026-10-01", "2026-10-08", "2026-09-30"),
            ("2026-09-20", "2026-09-20", "2026-09-20"),
            ("2026-10-10", "2026-10-10", "2026-10-10"),
            ("2026-10-11", "2026-10-12", "2026-10-10"),
        ] {
            assert_eq!(calendars.next_working(day(from)), Ok(day(next)), "next from {from}");
            assert_eq!(calendars.previous_working(day(from)), Ok(day(previous)), "back from {from}");
        }
    }

    #[test]
    fn working_days_are_counted_from_either_end_of_a_month() {
        let calendars = shipped();
        for (month, nth, expected) in [
            (1, 1, Some("2026-01-04")),
            (2, -1, Some("2026-02-28")),
            (2, 16, Some("2026-02-28")),
            (2, -16, Some("2026-02-02")),
            (2, 17, None),
            (2, -17, None),
            (10, 1, Some("2026-10-08")),
            (10, 3, Some("2026-10-10")),
            (10, 0, None),
            (10, i32::MIN, None),
            (5, -1, Some("2026-05-29")),
            (13, 1, None),
        ] {
            assert_eq!(calendars.nth_working(2026, month, nth), Ok(expected.map(day)), "{nth} of {month}");
        }
    }

    #[test]
    fn the_day_that_is_counted_from_is_not_counted() {
        let calendars = shipped();
        for (from, count, expected) in [
            ("2026-10-01", 0, "2026-10-01"),
            ("2026-09-30", 1, "2026-10-08"),
            ("2026-10-01", 1, "2026-10-08"),
            ("2026-10-08", 2, "2026-10-10"),
            ("2026-02-13", 3, "2026-02-25"),
            ("2025-12-31", 1, "2026-01-04"),
        ] {
            assert_eq!(calendars.working_after(day(from), count), Ok(day(expected)), "{count} after {from}");
        }
    }

    #[test]
    fn nothing_is_said_of_a_year_without_a_calendar() {
        let calendars = shipped();
        let (none, next) = (NoCalendar { year: 2025 }, NoCalendar { year: 2027 });
        assert!(calendars.has_year(2026) && !calendars.has_year(2025) && !calendars.has_year(2027));
        assert_eq!(calendars.is_working(day("2025-12-31")), Err(none));
        assert_eq!(calendars.previous_working(day("2026-01-03")), Err(none));
        assert_eq!(calendars.next_working(day("2027-01-01")), Err(next));
        assert_eq!(calendars.nth_working(2027, 1, 1), Err(next));
        assert_eq!(calendars.nth_working(2027, 13, 0), Err(next));
        assert_eq!(calendars.working_after(day("2026-12-31"), 1), Err(next));
        assert_eq!(next.to_string(), "there is no calendar of 2027");
        assert_eq!(Calendars::default().last_year(), None);
        assert_eq!(Calendars::default().next_working(NaiveDate::MAX), Err(NoCalendar { year: 262_142 }));
    }

    #[test]
    fn the_newer_notice_prevails_in_the_december_before_its_year() {
        let before = Calendar::of(2018, &[], &[]);
        let new_year = Calendar::of(2019, &[(day("2018-12-30"), day("2019-01-01"))], &[day("2018-12-29")]);
        let alone = Calendars::of([before.clone()]);
        assert_eq!(alone.is_working(day("2018-12-29")), Ok(false));
        assert_eq!(alone.is_working(day("2018-12-31")), Ok(true));
        let both = Calendars::of([before, new_year]);
        assert_eq!(both.is_working(day("2018-12-29")), Ok(true));
        assert_eq!(both.is_working(day("2018-12-31")), Ok(false));
        assert_eq!(both.nth_working(2018, 12, -1), Ok(Some(day("2018-12-29"))));
        assert_eq!(both.next_working(day("2018-12-30")), Ok(day("2019-01-02")));
    }

    #[test]
    fn without_the_folder_there_is_no_calendar() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut diagnostics = Diagnostics::new();
        assert_eq!(Calendars::read(folder.path(), &mut diagnostics), Calendars::default());
        assert!(diagnostics.is_empty(), "{diagnostics:?}");
    }
}
