//! What differs from the month before: over the units that reported both times, by corrections, and against the stored issue.
//!
//! What an earlier issue printed is read by `previous`.

use super::super::parts::{
    DASH, amount, capital, cell, cited, digits, few, list, many, named, not_applicable, number, prose,
    signed_share, table,
};
use super::super::returns::fact;
use super::super::{Told, previous};
use super::month::{Month, month};
use crate::diag::Diagnostics;
use crate::model::{Period, Task, Tasks, percent};
use crate::views::cite::Citations;
use crate::views::numerals::han_of;
use crate::views::shape::Block;

/// What differs from the month before: paragraphs, and a table for the annex.
pub(super) fn compared<'a>(
    told: &Told<'a>,
    tasks: &'a Tasks,
    now: &Month<'a>,
    citations: &mut Citations<'a>,
) -> (Vec<Block>, Vec<Block>) {
    let language = told.language;
    let before = now.period.before();
    let same_year = before.year() == now.period.year();
    let mut blocks = Vec::new();
    let then = month(told, tasks, before, &mut Diagnostics::new());
    let both: Vec<usize> = now.here().map(|row| row.at).filter(|at| then.rows[*at].came.is_here()).collect();
    let mut said = Vec::new();
    if same_year && !both.is_empty() {
        let sum =
            |month: &Month<'_>| both.iter().map(|at| month.rows[*at].done.unwrap_or_default()).sum::<f64>();
        let (was, is) = (sum(&then), sum(now));
        let rate = percent(is - was, was).map(|rate| signed_share(rate, language));
        let (old, new) = (digits(was), digits(is));
        said.push(match language.is_english() {
            true => {
                let rate = rate.map_or_else(String::new, |rate| format!(", {rate}% on the previous month"));
                let units = few(both.len(), "unit", "units");
                format!("Over the same {units}, tasks done went from {old} to {new}{rate}. ")
            }
            false => {
                let rate = rate.map_or_else(String::new, |rate| format!("，环比{rate}%"));
                format!("同口径{}单位完成数{old}→{new}{rate}。", han_of(both.len()))
            }
        });
        let over = |month: &Month<'a>| {
            let all = month.overdue().into_iter().map(|(task, _)| task);
            all.filter(|task| both.contains(&task.unit)).collect::<Vec<_>>()
        };
        let (old, new) = (over(&then), over(now));
        let fresh: Vec<&&Task> =
            new.iter().filter(|task| !old.iter().any(|other| other.id == task.id)).collect();
        let gone: Vec<&&Task> =
            old.iter().filter(|task| !new.iter().any(|other| other.id == task.id)).collect();
        let ended = list(gone.iter().map(|task| task.matter.as_str()), language);
        let ended = match (ended.is_empty(), language.is_english()) {
            (true, _) => ended,
            (false, true) => format!(" ({ended})"),
            (false, false) => format!("（{ended}）"),
        };
        said.push(match language.is_english() {
            true => format!(
                "Newly overdue: {}; struck off: {}{ended}.",
                many(number(fresh.len()), "task", "tasks"),
                many(number(gone.len()), "task", "tasks")
            ),
            false => format!("新逾期{}项，销号{}项{ended}。", fresh.len(), gone.len()),
        });
    }
    if !said.is_empty() {
        blocks.push(prose(Some(language.pick("进度。", "Progress.")), said.concat()));
    }
    let extra = side_by_side(told, tasks, now, citations);
    let from = before.last_day().succ_opt().unwrap_or(now.day);
    let known = previous::declared(told, now.period.year(), from, now.day);
    let found = previous::differences(told, citations, before, &known);
    let corrections: Vec<String> = known
        .iter()
        .chain(&found.corrected)
        .map(|one| match language.is_english() {
            true => format!(
                "{}, “{}”: {} corrected to {}; reason: {}.",
                capital(&one.issue),
                one.what,
                one.was,
                one.now,
                one.why
            ),
            false => {
                format!("{}“{}”由{}更正为{}，原因：{}。", one.issue, one.what, one.was, one.now, one.why)
            }
        })
        .collect();
    if !corrections.is_empty() {
        let lead = language.pick("更正：", "Corrected:");
        blocks.push(prose(Some(lead), corrections.join(language.pick("", " "))));
    }
    let list_of = |items: &[(String, String)]| {
        let blank = language.pick("", " ");
        let said: Vec<String> = items.iter().map(|(what, value)| format!("{what}{blank}{value}")).collect();
        said.join(language.pick("、", "; "))
    };
    if !found.late.is_empty() {
        let late = list_of(&found.late);
        blocks.push(match language.is_english() {
            true => prose(
                Some("Reported late:"),
                format!("{late}; not yet reported when the last issue was printed."),
            ),
            false => prose(Some("补报："), format!("{late}，上期刊出时还没有报来。")),
        });
    }
    if !found.withdrawn.is_empty() {
        let withdrawn = list_of(&found.withdrawn);
        blocks.push(match language.is_english() {
            true => prose(
                Some("Withdrawn:"),
                format!("{withdrawn}; printed in the last issue and no longer in the data."),
            ),
            false => prose(Some("撤回："), format!("上期刊出的{withdrawn}，资料里已经撤下。")),
        });
    }
    (blocks, vec![extra])
}

/// This month, the month before and the same month of last year, over the units that reported each time.
fn side_by_side<'a>(
    told: &Told<'a>,
    tasks: &'a Tasks,
    now: &Month<'a>,
    citations: &mut Citations<'a>,
) -> Block {
    let language = told.language;
    let mut rows = Vec::new();
    for indicator in [&tasks.done].into_iter().chain(&tasks.also) {
        let value = |at: usize, period| fact(told, at, &indicator.id, period);
        let here: Vec<usize> = now.here().map(|row| row.at).collect();
        let sum = |period: Period| -> Option<(f64, f64, usize)> {
            let both: Vec<(f64, f64)> = here
                .iter()
                .filter_map(|at| {
                    Some((value(*at, now.period)?.quantity.value, value(*at, period)?.quantity.value))
                })
                .collect();
            let (is, was) = both.iter().fold((0.0, 0.0), |(a, b), (is, was)| (a + is, b + was));
            (!both.is_empty()).then_some((is, was, both.len()))
        };
        for at in &here {
            // The month before is listed for the tasks alone: their sum stands on page two.
            let periods = if indicator.id == tasks.done.id { 2 } else { 1 };
            for period in [now.period, now.period.before()].into_iter().take(periods) {
                if let Some(fact) = value(*at, period) {
                    cited(citations, told.unit(*at), fact);
                }
            }
        }
        let (before, year) = (sum(now.period.before()), sum(now.period.a_year_before()));
        let own: f64 =
            here.iter().filter_map(|at| value(*at, now.period)).map(|fact| fact.quantity.value).sum();
        let past = |sums: Option<(f64, f64, usize)>| match sums {
            Some((is, was, units)) => {
                let rate = percent(is - was, was);
                let was = amount(was, indicator);
                // Fewer units than this month: a number beside the whole would seem to be one with it.
                let same = units == here.len();
                [
                    cell(match (same, language.is_english()) {
                        (true, _) => was,
                        (false, true) => format!("{was} ({})", many(number(units), "unit", "units")),
                        (false, false) => format!("{was}（{units}单位）"),
                    }),
                    cell(rate.map_or_else(
                        || not_applicable(language).to_owned(),
                        |rate| signed_share(rate, language),
                    )),
                ]
            }
            None => [cell(DASH), cell(DASH)],
        };
        let mut row = vec![cell(named(indicator)), cell(amount(own, indicator))];
        row.extend(past(before));
        row.extend(past(year));
        rows.push(row);
    }
    let known = now.period.a_year_before().in_words(language);
    let heads = language.pick(
        ["指标", "本期", "上期", "环比（%）", "上年同期", "同比（%）"],
        ["Indicator", "This month", "Month before", "Change (%)", "Year before", "Change (%)"],
    );
    let aligns = ["left", "right", "right", "right", "right", "right"];
    let columns: Vec<(&str, &'static str)> = heads.into_iter().zip(aligns).collect();
    let here = now.here().count();
    let (title, source) = match language.is_english() {
        true => (
            format!(
                "{}: this month, the month before and the same month of last year",
                capital(&few(here, "unit", "units"))
            ),
            format!(
                "Source: monthly returns, only of units that reported both times. Where there is no return for {known}, the year before is “{DASH}”."
            ),
        ),
        false => (
            format!("{}单位各项与上月、上年同月", han_of(here)),
            format!("来源：各单位月报；只用两期都报来的单位。{known}没有月报的，上年同期为“—”。"),
        ),
    };
    table(title, None, &columns, rows, source, language)
}
