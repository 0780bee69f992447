//! The four beats of the year: the kinds of document that an area issues, and the periods that they are about.
//!
//! What each says is left to the views.

use super::time::Period;
use crate::settings::Language;

/// A beat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Beat {
    /// 月提醒调度
    Monthly,
    /// 季交叉督查
    Quarterly,
    /// 半年现场推进
    HalfYear,
    /// 年终观摩述评
    YearEnd,
}

impl Beat {
    /// All of them, the shortest first.
    pub const ALL: [Self; 4] = [Self::Monthly, Self::Quarterly, Self::HalfYear, Self::YearEnd];

    /// The name that files, folders and schedules use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Monthly => "monthly",
            Self::Quarterly => "quarterly",
            Self::HalfYear => "half-year",
            Self::YearEnd => "year-end",
        }
    }

    /// As it stands under the number of an issue.
    pub fn chinese(self) -> &'static str {
        match self {
            Self::Monthly => "月提醒调度",
            Self::Quarterly => "季交叉督查",
            Self::HalfYear => "半年现场推进",
            Self::YearEnd => "年终观摩述评",
        }
    }

    /// The same in the language of a document.
    pub fn in_words(self, language: Language) -> &'static str {
        let english = match self {
            Self::Monthly => "Monthly dispatch",
            Self::Quarterly => "Quarterly cross-inspection",
            Self::HalfYear => "Half-year on-site review",
            Self::YearEnd => "Year-end review",
        };
        language.pick(self.chinese(), english)
    }

    /// Whether it can be about a period.
    pub fn fits(self, period: Period) -> bool {
        matches!(
            (self, period),
            (Self::Monthly, Period::Month(..))
                | (Self::Quarterly, Period::Quarter(..))
                | (Self::HalfYear, Period::Half(..))
                | (Self::YearEnd, Period::Year(_))
        )
    }

    /// How a period that it can be about is written.
    pub fn example(self) -> &'static str {
        match self {
            Self::Monthly => "2026-11",
            Self::Quarterly => "2026-Q3",
            Self::HalfYear => "2026-H1",
            Self::YearEnd => "2026",
        }
    }

    /// How many pages its body may take.
    pub fn body_pages(self) -> usize {
        match self {
            Self::Monthly => 2,
            Self::Quarterly | Self::HalfYear => 4,
            Self::YearEnd => 6,
        }
    }
}

impl Period {
    /// The period of the same length before it.
    #[must_use]
    pub fn before(self) -> Self {
        match self {
            Self::Month(year, 1) => Self::Month(year - 1, 12),
            Self::Month(year, month) => Self::Month(year, month - 1),
            Self::Quarter(year, 1) => Self::Quarter(year - 1, 4),
            Self::Quarter(year, quarter) => Self::Quarter(year, quarter - 1),
            Self::Half(year, 1) => Self::Half(year - 1, 2),
            Self::Half(year, half) => Self::Half(year, half - 1),
            Self::Year(year) => Self::Year(year - 1),
        }
    }

    /// The same period of the year before.
    #[must_use]
    pub fn a_year_before(self) -> Self {
        match self {
            Self::Month(year, month) => Self::Month(year - 1, month),
            Self::Quarter(year, quarter) => Self::Quarter(year - 1, quarter),
            Self::Half(year, half) => Self::Half(year - 1, half),
            Self::Year(year) => Self::Year(year - 1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_beat_has_its_period_and_the_one_before() {
        for (beat, period, before) in [
            (Beat::Monthly, "2026-11", "2026-10"),
            (Beat::Monthly, "2026-01", "2025-12"),
            (Beat::Quarterly, "2026-Q1", "2025-Q4"),
            (Beat::HalfYear, "2026-H1", "2025-H2"),
            (Beat::YearEnd, "2026", "2025"),
        ] {
            let period = Period::parse(period).expect(period);
            assert_eq!(Beat::ALL.into_iter().filter(|beat| beat.fits(period)).collect::<Vec<_>>(), [beat]);
            assert_eq!(period.before().to_string(), before);
            assert_eq!(period.a_year_before().year(), 2025);
        }
    }
}
