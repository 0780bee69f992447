//! 半年现场推进: targets against the time gone by, the sites of the day, what was settled, and what is left month by month.
//!
//! The sites are left to `site`, what comes after the day to `after`, the first page to `opening`.

mod after;
mod opening;
mod site;

use super::parts::{
    ahead_by, amount, as_of, capital, cell, day_in, demo_mark, digits, few, figure, label_of, measured,
    plate, prose, share, table, words,
};
use super::returns::{Came, came};
use super::settled::Settled;
use super::targets::by_unit;
use super::targets::{Reached, reached};
use super::{Told, nothing};
use crate::diag::Diagnostics;
use crate::model::{Language, Period, elapsed};
use crate::views::Edition;
use crate::views::assemble::Drafted;
use crate::views::cite::Citations;
use crate::views::numerals::{count_of, han_of};
use crate::views::shape::{Block, Figure, PaceItem};
use after::{decisions, nodes, plans};
use opening::{glances, lead};
use site::{route, sites};

pub(super) fn told<'a>(
    told: &Told<'a>,
    citations: &mut Citations<'a>,
    edition: &Edition,
    diagnostics: &mut Diagnostics,
) -> Option<Settled> {
    let period = edition.period;
    let year = period.year();
    let Some(kept) = told.book.halves.get(&period) else {
        let path = format!("data/areas/{}/{period}.toml", told.area.id);
        nothing(&format!("file of the day on site of {period}"), &path, diagnostics);
        return None;
    };
    let Some(targets) = told.book.targets.get(&year).filter(|kept| !kept.what.is_empty()) else {
        let path = format!("data/areas/{}/targets-{year}.toml", told.area.id);
        nothing(&format!("target of {year}"), &path, diagnostics);
        return None;
    };
    let came = came(told, period, diagnostics);
    if !came.iter().any(|came| came.is_here()) {
        let path = format!("data/reported/{period}/<unit>.toml");
        nothing(&format!("return of any unit for {period}"), &path, diagnostics);
        return None;
    }
    let all = reached(told, &targets.what, &came, period, citations);
    let (half, language) = (&kept.what, told.language);
    let mut sections = vec![Drafted {
        heading: language.pick("指标进度", "Progress of the targets").into(),
        blocks: vec![
            progress(&all, &came, period, language),
            pace(&all, period, language),
            by_unit(told, &targets.what, &came, period),
        ],
    }];
    if !half.stops.is_empty() {
        sections.push(Drafted {
            heading: language.pick("现场点位", "Sites").into(),
            blocks: sites(told, half, year),
        });
    }
    if !half.decisions.is_empty() {
        let blocks = vec![decisions(&half.decisions, year, language)];
        sections.push(Drafted {
            heading: language.pick("会上定的事", "What the meeting settled").into(),
            blocks,
        });
    }
    let plans = plans(half, &all, period, language);
    if !plans.is_empty() {
        sections.push(Drafted {
            heading: language.pick("慢项倒排", "Back-planning of what is behind").into(),
            blocks: plans,
        });
    }
    if !half.nodes.is_empty() {
        let name = match period.ordinal() {
            1 => language.pick("下半年节点表", "Dates of the second half"),
            _ => language.pick("下年节点表", "Dates of the next year"),
        };
        let mut blocks = vec![nodes(&half.nodes, year, language)];
        if !half.decisions.is_empty() {
            blocks.push(prose(
                None,
                language.pick(
                    "会上定的事由牵头单位按时限办理，办结情况随当月月报回告；倒排数没有完成的，在下一期月提醒调度里写明卡在哪、请谁协调。",
                    "Whoever leads a matter completes it by its date and reports on it with the return of that month. Where a back-planned figure is missed, the next monthly dispatch says where it is stuck and who is asked to help.",
                ),
            ));
        }
        sections.push(Drafted { heading: name.into(), blocks });
    }
    let route = route(told, half);
    Some(Settled {
        title: match language.is_english() {
            true => format!("{}: on-site review, {}", told.area.name, period.in_words(language)),
            false => format!("{}{}现场推进情况", told.area.name, period.chinese()),
        },
        subtitle: None,
        note: words(note(told, &all, period)),
        glance: glances(&all, period, language),
        lead: vec![lead(told, &all, &came, period)],
        sections,
        annexes: vec![(language.pick("现场推进路线时刻表", "Timetable of the on-site review"), route)],
        records: Vec::new(),
        notes: match language.is_english() {
            true => vec![
                format!(
                    "Schedule: the months gone by to {} as a share of the year. Against schedule = completion rate − schedule, subtracted before rounding.",
                    day_in(period.last_day(), year, language)
                ),
                "◇ marks targets and planned figures, ● what is done. Back-planning spreads what is left over the remaining months; the total is the target less what is done.".to_owned(),
            ],
            false => vec![
                format!(
                    "序时为到{}已过的月数占全年的比，比序时＝完成率－序时，按未取舍的数相减。",
                    day_in(period.last_day(), year, language)
                ),
                "◇为目标或计划数，●为完成数。慢项倒排把剩下的数摊到余下各月，合计等于目标减去已完成。".to_owned(),
            ],
        },
        files: vec![
            (kept.title.clone(), kept.digest.clone()),
            (targets.title.clone(), targets.digest.clone()),
        ],
        compares: None,
    })
}

/// What page one says of the day.
fn note(told: &Told<'_>, all: &[Reached<'_>], period: Period) -> String {
    let slow = all.iter().filter(|one| one.ahead < 0.0).count();
    let (demo, count) = (demo_mark(told.demo(), told.language), han_of(all.len()));
    if told.language.is_english() {
        let half = if period.ordinal() == 1 { "the first half" } else { "the year" };
        let (all, slow) = (few(all.len(), "target", "targets"), few(slow, "is", "are"));
        return if slow.starts_with("no ") {
            format!("None of {all} is behind schedule in {half}; the sites show how this is kept up.{demo}")
        } else {
            format!(
                "Of {all}, {slow} behind schedule in {half}. The sites were chosen for what is behind; please come with the problems in mind.{demo}"
            )
        };
    }
    let name = if period.ordinal() == 1 { "上半年" } else { "全年" };
    if slow == 0 {
        format!("{name}{count}项指标没有慢于序时的，现场点位看怎样保持。{demo}")
    } else {
        format!(
            "{name}{}项指标有{}项慢于序时，现场点位围绕慢项选定，请带着问题看。{demo}",
            count.replace('两', "二"),
            han_of(slow)
        )
    }
}

fn target(figure: Figure) -> Figure {
    Figure { target: true, ..figure }
}

fn progress(all: &[Reached<'_>], came: &[Came], period: Period, language: Language) -> Block {
    let rows = all
        .iter()
        .map(|one| {
            vec![
                cell(one.name()),
                cell(format!("◇{}", amount(one.target.value, &one.target.indicator))),
                cell(amount(one.done, &one.target.indicator)),
                cell(share(one.share)),
                cell(ahead_by(one.ahead, language)),
            ]
        })
        .collect();
    let fast = all.iter().filter(|one| one.ahead > 0.0).count();
    let slow = all.iter().filter(|one| one.ahead < 0.0).count();
    let here = came.iter().filter(|came| came.is_here()).count();
    let (level, first_half) = (all.len() - fast - slow, period.ordinal() == 1);
    let end = as_of(period.last_day(), period.year(), language);
    let passed = digits(elapsed(period));
    let heads = match first_half {
        true => language.pick(
            ["指标", "年目标◇", "半年完成●", "完成率（%）", "比序时（百分点）"],
            ["Indicator", "Target\u{a0}◇", "Half-year\u{a0}●", "Rate (%)", "Against schedule (points)"],
        ),
        false => language.pick(
            ["指标", "年目标◇", "全年完成●", "完成率（%）", "比序时（百分点）"],
            ["Indicator", "Target\u{a0}◇", "Year\u{a0}●", "Rate (%)", "Against schedule (points)"],
        ),
    };
    let aligns = ["left", "right", "right", "right", "center"];
    let columns: Vec<(&str, &'static str)> = heads.into_iter().zip(aligns).collect();
    let (title, source) = match language.is_english() {
        true => {
            let of = |count: usize| count_of(count, language);
            (
                format!(
                    "{} targets: {} ahead of schedule, {} level, {} behind",
                    capital(&of(all.len())),
                    of(fast),
                    of(level),
                    of(slow)
                ),
                format!(
                    "Source: what is done is the sum of the returns of {}, targets are those of the year; {end}, schedule {passed}%.",
                    few(here, "unit", "units")
                ),
            )
        }
        false => (
            format!(
                "{}项里{}项快、{}项平、{}项慢",
                han_of(all.len()),
                han_of(fast),
                han_of(level),
                han_of(slow)
            ),
            format!("来源：完成数为{}单位报表合计，目标为年度目标；{end}，序时{passed}%。", han_of(here)),
        ),
    };
    table(title, None, &columns, rows, source, language)
}

fn pace(all: &[Reached<'_>], period: Period, language: Language) -> Block {
    let english = language.is_english();
    let passed = elapsed(period);
    let worst = all.iter().min_by(|a, b| a.ahead.total_cmp(&b.ahead)).filter(|one| one.ahead < 0.0);
    let title = match (worst, english) {
        (Some(one), false) => {
            format!("{}慢于序时{}个百分点", one.target.indicator.label, digits(-one.ahead))
        }
        (None, false) => "没有一项慢于序时".to_owned(),
        (Some(one), true) => format!(
            "{}: {} points behind schedule",
            capital(label_of(&one.target.indicator)),
            share(-one.ahead)
        ),
        (None, true) => "Nothing is behind schedule".to_owned(),
    };
    let items: Vec<PaceItem> = all
        .iter()
        .map(|one| PaceItem {
            name: match english {
                true => capital(label_of(&one.target.indicator)),
                false => one.target.indicator.label.clone(),
            },
            share: figure(one.share, share(one.share), "%"),
            done: measured(one.done, &one.target.indicator),
            aim: target(measured(one.target.value, &one.target.indicator)),
            ahead: ahead_by(one.ahead, language),
            slow: one.ahead < 0.0,
        })
        .collect();
    let alt: Vec<String> = items
        .iter()
        .map(|item| {
            let (done, aim) = (&item.done, &item.aim);
            let (done, aim) = (format!("{}{}", done.label, done.unit), format!("{}{}", aim.label, aim.unit));
            let (share, ahead) = (&item.share.label, &item.ahead);
            match english {
                true => format!("{}: {done} done, target {aim}, rate {share}%, {ahead}", item.name),
                false => format!("{}完成{done}，目标{aim}，完成率{share}%，{ahead}", item.name),
            }
        })
        .collect();
    let end = as_of(period.last_day(), period.year(), language);
    let (source, alt) = match english {
        true => (
            format!(
                "Data: as in Table 1, completion rate in %, {end}; the dashed line is the schedule, the darkest bar is behind it."
            ),
            format!("Schedule {}%; {}.", digits(passed), alt.join("; ")),
        ),
        false => (
            format!("数据：同表1，单位：%（完成率），{end}；虚线为序时，黑条为慢于序时的一项。"),
            format!("序时{}%；{}。", digits(passed), alt.join("；")),
        ),
    };
    let plate = plate(title, Some("%"), source, &alt, language);
    Block::Pace { plate, mark: figure(passed, digits(passed), "%"), items }
}
