//! The first page of a quarter: six figures and the paragraph under them.
//!
//! The tables behind them are left to `tables`.

use super::super::Told;
use super::super::parts::{ahead, as_of, capital, counted, few, figure, glance, list, many, share, words};
use super::{exact, name_of, of_mended, rate};
use crate::model::{Language, Period, Quarter, month_name, ranks};
use crate::views::numerals::han_of;
use crate::views::shape::{Glance, Runs};

pub(super) fn glances(told: &Told<'_>, quarter: &Quarter, period: Period) -> Vec<Glance> {
    let language = told.language;
    let english = language.is_english();
    let (found, all) = quarter.sums();
    let end = as_of(period.last_day(), period.year(), language);
    let here = quarter.inspections.iter().flatten().count();
    let rate = rate(all).unwrap_or_default();
    let over: Vec<&str> = told
        .units()
        .filter(|at| quarter.inspections[*at].is_some_and(|one| one.mended.done < one.mended.due))
        .map(|at| told.name(at))
        .collect();
    let month = |nth: u32| (period.ordinal() - 1) * 3 + nth;
    let time = match english {
        true => format!("{} to {}", month_name(month(1)), month_name(month(3))),
        false => format!("{}至{}月", month(1), month(3)),
    };
    let [of, total, computed, difference] =
        language.pick(["条", "合计", "计算", "差数"], ["", "total", "computed", "difference"]);
    let left = found - all.due;
    vec![
        glance(
            counted(found, of),
            language.pick("发现问题", "Problems found"),
            Some(match english {
                true => format!("{} inspected once each", few(here, "unit", "units")),
                false => format!("{here}个单位各查一次"),
            }),
            time,
            total,
        ),
        glance(
            counted(all.due, of),
            language.pick("到期应改", "Due to be rectified"),
            Some(match english {
                true => format!("{left} more not yet due"),
                false => format!("另有{left}条未到期"),
            }),
            end.clone(),
            total,
        ),
        glance(counted(all.done, of), language.pick("到期已改", "Rectified"), None, end.clone(), total),
        glance(
            figure(rate, share(rate), "%"),
            language.pick("到期整改率", "Rectification rate"),
            Some(match english {
                true => format!("{} ÷ {}", all.done, all.due),
                false => format!("{}÷{}", all.done, all.due),
            }),
            end.clone(),
            computed,
        ),
        glance(
            counted(left, of),
            language.pick("未到期", "Not yet due"),
            Some(language.pick("不计入整改率", "not in the rate").to_owned()),
            end.clone(),
            difference,
        ),
        glance(
            counted(all.due - all.done, of),
            language.pick("逾期", "Overdue"),
            (!over.is_empty()).then(|| list(over, language)),
            end,
            difference,
        ),
    ]
}

pub(super) fn lead(told: &Told<'_>, quarter: &Quarter, before: Option<&Quarter>, period: Period) -> Runs {
    let language = told.language;
    let english = language.is_english();
    let (found, all) = quarter.sums();
    let now = rate(all).unwrap_or_default();
    let ranks = ranks(&of_mended(quarter));
    let full: Vec<&str> = told
        .units()
        .filter(|at| {
            ranks[*at].is_some()
                && quarter.inspections[*at].is_some_and(|one| one.mended.done == one.mended.due)
        })
        .map(|at| told.name(at))
        .collect();
    let full = match (full.is_empty(), english) {
        (true, _) => String::new(),
        (false, true) => format!("{} rectified all that was due. ", list(full, language)),
        (false, false) => format!("{}到期问题全部改完；", list(full, language)),
    };
    let compared = before.map_or_else(
        || {
            language
                .pick(
                    "上季没有资料，不比升降。",
                    " There are no data for the quarter before to compare with.",
                )
                .to_owned()
        },
        |before| {
            let earlier = before.sums().1;
            let by = risen(exact(all) - exact(earlier), language);
            // A reader who subtracts the printed rates may come to another last digit: then it is said how this one came about.
            let printed = risen(now - rate(earlier).unwrap_or_default(), language);
            match (by == printed, english) {
                (true, true) => format!(" The rate {by} on the quarter before."),
                (false, true) => {
                    format!(" The rate {by} on the quarter before (subtracted before rounding).")
                }
                (true, false) => format!("到期整改率比上季{by}。"),
                (false, false) => format!("到期整改率比上季{by}（按未取舍的数相减）。"),
            }
        },
    );
    let here = quarter.inspections.iter().flatten().count();
    let left = all.due - all.done;
    words(match english {
        true => format!(
            "In the {} {} inspected one another and found {}; {} due, {} of them rectified, which is {}%. {full}{} still not rectified.{compared}",
            name_of(period.ordinal(), language),
            few(here, "unit", "units"),
            many(found, "problem", "problems"),
            many(all.due, "was", "were"),
            all.done,
            share(now),
            capital(&few(left as usize, "is", "are")),
        ),
        false => format!(
            "{}{}个单位互查，发现问题{found}条，到期应改{}条、已改{}条，到期整改率{}%。{full}还有{left}条到期没改。{compared}",
            name_of(period.ordinal(), language),
            han_of(here),
            all.due,
            all.done,
            share(now),
        ),
    })
}

/// 升1.0个百分点, 降1.0个百分点, 持平
fn risen(by: f64, language: Language) -> String {
    let words = ahead(by, 0.0, language);
    if !language.is_english() {
        return words.replace('快', "升").replace('慢', "降");
    }
    match (words.strip_suffix(" ahead"), words.strip_suffix(" behind")) {
        (Some(points), _) => format!("rose by {points}"),
        (_, Some(points)) => format!("fell by {points}"),
        _ => "stayed level".to_owned(),
    }
}
