//! Shares, ranks and paces, each by one rule: 完成率, 比序时, 位次, and what is left month by month.
//!
//! What they are computed from is left to `area`, how they are worded to the views.

use chrono::NaiveDate;

use super::calendar::{Calendars, NoCalendar};
use super::time::Period;

/// A share in per cent, rounded half up to one digit after the point; none of nothing.
pub fn percent(part: f64, whole: f64) -> Option<f64> {
    (whole > 0.0).then(|| tenths(part / whole * 100.0))
}

/// A number rounded half away from zero to one digit after the point.
pub fn tenths(value: f64) -> f64 {
    // A share of whole numbers whose digit after the next is exactly five must not fall to the side of the nearest binary fraction.
    let scaled = value * 10.0;
    (scaled + scaled.signum() * 1e-9).round() / 10.0
}

/// How much of its year has gone by at the end of a period, in per cent (序时).
pub fn elapsed(period: Period) -> f64 {
    let (gone, of) = match period {
        Period::Month(_, month) => (month, 12),
        Period::Quarter(_, quarter) => (quarter, 4),
        Period::Half(_, half) => (half, 2),
        Period::Year(_) => (1, 1),
    };
    tenths(f64::from(gone) / f64::from(of) * 100.0)
}

/// How many working days after the day on which it was due something came: 0 up to that day, and on the days off right after it.
///
/// # Errors
/// When a year in between has no calendar.
pub fn days_late(calendars: &Calendars, due: NaiveDate, came: NaiveDate) -> Result<u32, NoCalendar> {
    let mut days = 0;
    for day in due.iter_days().skip(1).take_while(|day| *day <= came) {
        days += u32::from(calendars.is_working(day)?);
    }
    Ok(days)
}

/// What a unit did of what was due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mended {
    /// What was due.
    pub due: u32,
    /// What of it was done.
    pub done: u32,
}

/// Fewer than so many due are listed and not ranked: one more or less would decide.
pub const RANKED_FROM: u32 = 5;

/// The rank of each by the share that was done, from 1: equal shares have one rank, and the next goes on behind all of them. Who has
/// reported nothing, or has too few due, has none.
pub fn ranks(units: &[Option<Mended>]) -> Vec<Option<usize>> {
    let ranked = |unit: &Option<Mended>| unit.filter(|mended| mended.due >= RANKED_FROM);
    // Crosswise products: shares are compared exactly.
    let ahead =
        |a: Mended, b: Mended| u64::from(a.done) * u64::from(b.due) > u64::from(b.done) * u64::from(a.due);
    units
        .iter()
        .map(|own| {
            let own = ranked(own)?;
            Some(1 + units.iter().filter_map(ranked).filter(|other| ahead(*other, own)).count())
        })
        .collect()
}

/// What is left spread over the months that are left, so that no month differs from another by more than one and the sum is what is left.
pub fn spread(left: u32, months: u32) -> Vec<u32> {
    if months == 0 {
        return Vec::new();
    }
    let (each, more) = (left / months, left % months);
    (0..months).map(|month| each + u32::from(month < more)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::calendar::Calendar;
    use super::*;

    #[test]
    fn shares_are_rounded_half_up() {
        assert_eq!(percent(28.0, 40.0), Some(70.0));
        assert_eq!(percent(38.0, 45.0), Some(84.4));
        assert_eq!(percent(13.0, 24.0), Some(54.2));
        assert_eq!(percent(58.0, 60.0), Some(96.7));
        assert_eq!(percent(1.0, 800.0), Some(0.1));
        assert_eq!(percent(0.5, 1000.0), Some(0.1));
        assert_eq!(percent(3.0, 0.0), None);
        assert_eq!(tenths(-6.05), -6.1);
    }

    #[test]
    fn lateness_counts_working_days_alone() {
        let day = |text: &str| text.parse::<NaiveDate>().expect(text);
        let holiday = [(day("2026-10-01"), day("2026-10-07"))];
        let calendars = Calendars::of([Calendar::of(2026, &holiday, &[day("2026-10-10")])]);
        for (due, came, late) in [
            ("2026-12-05", "2026-12-04", 0),
            ("2026-12-05", "2026-12-05", 0),
            ("2026-12-05", "2026-12-06", 0),
            ("2026-12-05", "2026-12-08", 2),
            ("2026-10-05", "2026-10-07", 0),
            ("2026-10-05", "2026-10-08", 1),
            // A Saturday on which people work.
            ("2026-10-08", "2026-10-10", 2),
        ] {
            assert_eq!(days_late(&calendars, day(due), day(came)), Ok(late), "{due} {came}");
        }
        assert_eq!(
            days_late(&calendars, day("2026-12-31"), day("2027-01-04")),
            Err(NoCalendar { year: 2027 })
        );
        assert_eq!(days_late(&calendars, day("2027-01-05"), day("2027-01-05")), Ok(0), "nothing was asked");
    }

    #[test]
    fn the_year_goes_by_in_equal_parts() {
        for (period, share) in
            [("2026-11", 91.7), ("2026-01", 8.3), ("2026-Q3", 75.0), ("2026-H1", 50.0), ("2026", 100.0)]
        {
            assert_eq!(elapsed(Period::parse(period).expect(period)), share, "{period}");
        }
    }

    #[test]
    fn equal_shares_have_one_rank_and_few_or_none_have_no_rank() {
        let unit = |due, done| Some(Mended { due, done });
        let units = [unit(6, 6), unit(5, 5), unit(11, 8), unit(8, 6), unit(7, 7), unit(8, 6)];
        assert_eq!(ranks(&units), [1, 1, 6, 4, 1, 4].map(Some));
        assert_eq!(ranks(&[unit(4, 4), None, unit(5, 0)]), [None, None, Some(1)]);
        // 2/3 and 4/6 are one share, although neither is a finite decimal.
        assert_eq!(ranks(&[unit(6, 4), unit(9, 6), unit(300, 199)]), [Some(1), Some(1), Some(3)]);
    }

    #[test]
    fn what_is_left_is_spread_without_a_rest() {
        assert_eq!(spread(112, 6), [19, 19, 19, 19, 18, 18]);
        for left in 0..200 {
            for months in 1..=12 {
                let plan = spread(left, months);
                assert_eq!((plan.len(), plan.iter().sum::<u32>()), (months as usize, left));
                assert!(plan.iter().max() <= plan.iter().min().map(|least| least + 1).as_ref());
            }
        }
        assert!(spread(5, 0).is_empty());
    }
}
