//! The first page of a half-year: six figures and the paragraph under them.
//!
//! The tables behind them are left to the module above.

use super::super::Told;
use super::super::parts::{
    ahead, amount, as_of, capital, counted, day_in, digits, few, figure, glance, label_of, list, measured,
    number, owed, semicolon, unit_of, words,
};
use super::super::returns::Came;
use super::super::targets::Reached;
use super::target;
use crate::model::{Language, Period, elapsed, month_name};
use crate::views::numerals::han_of;
use crate::views::shape::{Glance, Runs};

fn names<'r>(all: &[Reached<'r>], which: impl Fn(&Reached<'r>) -> bool) -> Vec<&'r str> {
    all.iter().filter(|one| which(one)).map(|one| label_of(&one.target.indicator)).collect()
}

pub(super) fn glances(all: &[Reached<'_>], period: Period, language: Language) -> Vec<Glance> {
    let english = language.is_english();
    let end = as_of(period.last_day(), period.year(), language);
    let passed = elapsed(period);
    let fast = names(all, |one| one.ahead > 0.0);
    let level = names(all, |one| one.ahead == 0.0);
    let slow = names(all, |one| one.ahead < 0.0);
    let more = |names: &[&str]| (!names.is_empty()).then(|| list(names.iter().copied(), language));
    let worst = all.iter().min_by(|a, b| a.ahead.total_cmp(&b.ahead)).filter(|one| one.ahead < 0.0);
    let months = 12 - period.ordinal() * 6;
    let [of, exact, computed, aim] =
        language.pick(["项", "确数", "计算", "目标"], ["", "exact", "computed", "target"]);
    let last = match worst {
        Some(one) if months > 0 => {
            let indicator = &one.target.indicator;
            let (wanted, done) = (amount(one.target.value, indicator), amount(one.done, indicator));
            glance(
                target(measured(one.target.value - one.done, indicator)),
                language.pick("最慢一项还要完成", "Still to do on the slowest"),
                Some(match english {
                    true => format!("{wanted} − {done}, over {months} months"),
                    false => format!("{wanted}－{done}，摊到{months}个月"),
                }),
                match english {
                    true => format!("{} to December", month_name(13 - months)),
                    false => format!("{}至12月", 13 - months),
                },
                aim,
            )
        }
        _ => glance(
            counted(number(all.iter().filter(|one| one.share >= 100.0).count()), of),
            language.pick("已达年目标", "Target of the year reached"),
            None,
            end.clone(),
            computed,
        ),
    };
    let behind = worst.map(|one| {
        let by = ahead(one.ahead, 0.0, language);
        let names = list(slow.iter().copied(), language);
        language.pick(format!("{names}，{by}"), format!("{names}, {by}"))
    });
    let gone = period.ordinal() * 6;
    vec![
        glance(
            figure(passed, digits(passed), "%"),
            language.pick("序时", "Schedule"),
            Some(language.pick(format!("{gone}个月÷12个月"), format!("{gone} ÷ 12 months"))),
            end.clone(),
            computed,
        ),
        glance(
            counted(number(all.len()), of),
            language.pick("有年目标的指标", "Targets of the year"),
            Some(language.pick("各自按完成率比序时", "each set against the schedule").to_owned()),
            language.pick(format!("{}年目标", period.year()), format!("targets of {}", period.year())),
            exact,
        ),
        glance(
            counted(number(fast.len()), of),
            language.pick("快于序时", "Ahead of schedule"),
            more(&fast),
            end.clone(),
            computed,
        ),
        glance(
            counted(number(level.len()), of),
            language.pick("与序时持平", "Level with schedule"),
            more(&level),
            end.clone(),
            computed,
        ),
        glance(
            counted(number(slow.len()), of),
            language.pick("慢于序时", "Behind schedule"),
            behind,
            end,
            computed,
        ),
        last,
    ]
}

pub(super) fn lead(told: &Told<'_>, all: &[Reached<'_>], came: &[Came], period: Period) -> Runs {
    let language = told.language;
    let english = language.is_english();
    let here = came.iter().filter(|came| came.is_here()).count();
    let fast = names(all, |one| one.ahead > 0.0);
    let level = names(all, |one| one.ahead == 0.0);
    let slow: Vec<String> = all
        .iter()
        .filter(|one| one.ahead < 0.0)
        .map(|one| {
            let indicator = &one.target.indicator;
            let (label, by) = (label_of(indicator), ahead(one.ahead, 0.0, language));
            let (left, unit) = (amount(one.target.value - one.done, indicator), unit_of(indicator));
            match english {
                true => format!("{label} {by}, with {left}{unit} left to do"),
                false => format!("{label}{by}，还差{left}{unit}"),
            }
        })
        .collect();
    let mut parts = Vec::new();
    let (fast_words, level_words) =
        language.pick(("快于序时", "持平"), (" ahead of schedule", " level with it"));
    if !fast.is_empty() {
        parts.push(format!("{}{fast_words}", list(fast, language)));
    }
    if !level.is_empty() {
        parts.push(format!("{}{level_words}", list(level, language)));
    }
    parts.extend(slow);
    let missing: Vec<&str> =
        told.units().filter(|at| came[*at] == Came::Owed).map(|at| told.name(at)).collect();
    let missing = match (missing.len(), english) {
        (0, _) => String::new(),
        (count, true) => format!(
            " {} {} {} and {} not counted.",
            list(missing, language),
            if count == 1 { "has" } else { "have" },
            owed(language),
            if count == 1 { "is" } else { "are" }
        ),
        (_, false) => format!("{}{}，不计入。", list(missing, language), owed(language)),
    };
    let (day, passed) = (day_in(period.last_day(), period.year(), language), digits(elapsed(period)));
    let parts = parts.join(semicolon(language));
    words(match english {
        true => format!(
            "By {day}, {passed}% of the year had gone by. {} reported on {}: {parts}.{missing}",
            capital(&few(here, "unit", "units")),
            few(all.len(), "target", "targets")
        ),
        false => format!(
            "到{day}，时间过去{passed}%。{}单位报来{}项指标：{parts}。{missing}",
            han_of(here),
            han_of(all.len())
        ),
    })
}
