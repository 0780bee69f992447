//! 半年现场推进: targets against the time gone by, the sites of the day, what was settled, and what is left month by month.
//!
//! The sites are left to `site`, what comes after the day to `after`.

mod after;
mod site;

use super::parts::{ahead, cell, counted, day_in, digits, figure, glance, plate, prose, share, table, words};
use super::returns::{Came, came};
use super::settled::Settled;
use super::targets::by_unit;
use super::targets::{Reached, reached};
use super::{Told, nothing};
use crate::diag::Diagnostics;
use crate::model::{Period, elapsed};
use crate::views::Edition;
use crate::views::assemble::Drafted;
use crate::views::cite::Citations;
use crate::views::numerals::{han, han_of};
use crate::views::shape::{Block, Figure, Glance, PaceItem, Runs};
use after::{decisions, nodes, plans};
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
    let half = &kept.what;
    let mut sections = vec![Drafted {
        heading: "指标进度".into(),
        blocks: vec![
            progress(&all, &came, period),
            pace(&all, period),
            by_unit(told, &targets.what, &came, period),
        ],
    }];
    if !half.stops.is_empty() {
        sections.push(Drafted { heading: "现场点位".into(), blocks: sites(told, half, year) });
    }
    if !half.decisions.is_empty() {
        let blocks = vec![decisions(&half.decisions, year)];
        sections.push(Drafted { heading: "会上定的事".into(), blocks });
    }
    let plans = plans(half, &all, period);
    if !plans.is_empty() {
        sections.push(Drafted { heading: "慢项倒排".into(), blocks: plans });
    }
    if !half.nodes.is_empty() {
        let name = if period.ordinal() == 1 { "下半年节点表" } else { "下年节点表" };
        let mut blocks = vec![nodes(&half.nodes, year)];
        if !half.decisions.is_empty() {
            blocks.push(prose(
                None,
                "会上定的事由牵头单位按时限办理，办结情况随当月月报回告；倒排数没有完成的，在下一期月提醒调度里写明卡在哪、请谁协调。",
            ));
        }
        sections.push(Drafted { heading: name.into(), blocks });
    }
    let route = route(told, half);
    let slow = all.iter().filter(|one| one.ahead < 0.0).count();
    let demo = if told.demo() { "（演示）" } else { "" };
    let name = if period.ordinal() == 1 { "上半年" } else { "全年" };
    let note = if slow == 0 {
        format!("{name}{}项指标没有慢于序时的，现场点位看怎样保持。{demo}", han_of(all.len()))
    } else {
        format!(
            "{name}{}项指标有{}项慢于序时，现场点位围绕慢项选定，请带着问题看。{demo}",
            han_of(all.len()).replace('两', "二"),
            han(slow)
        )
    };
    Some(Settled {
        title: format!("{}{}现场推进情况", told.area.name, period.chinese()),
        subtitle: None,
        note: words(note),
        glance: glances(&all, period),
        lead: vec![lead(told, &all, &came, period)],
        sections,
        annexes: vec![("现场推进路线时刻表", route)],
        records: Vec::new(),
        notes: vec![
            format!(
                "序时为到{}已过的月数占全年的比，比序时＝完成率－序时，按未取舍的数相减。",
                day_in(period.last_day(), year)
            ),
            "◇为目标或计划数，●为完成数。慢项倒排把剩下的数摊到余下各月，合计等于目标减去已完成。".to_owned(),
        ],
        files: vec![
            (kept.title.clone(), kept.digest.clone()),
            (targets.title.clone(), targets.digest.clone()),
        ],
        compares: None,
    })
}

fn names<'r>(all: &[Reached<'r>], which: impl Fn(&Reached<'r>) -> bool) -> Vec<&'r str> {
    all.iter().filter(|one| which(one)).map(|one| one.target.indicator.label.as_str()).collect()
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

fn glances(all: &[Reached<'_>], period: Period) -> Vec<Glance> {
    let end = format!("截至{}", day_in(period.last_day(), period.year()));
    let passed = elapsed(period);
    let fast = names(all, |one| one.ahead > 0.0);
    let level = names(all, |one| one.ahead == 0.0);
    let slow = names(all, |one| one.ahead < 0.0);
    let more = |names: &[&str]| (!names.is_empty()).then(|| names.join("、"));
    let worst = all.iter().min_by(|a, b| a.ahead.total_cmp(&b.ahead)).filter(|one| one.ahead < 0.0);
    let months = 12 - period.ordinal() * 6;
    let last = match worst {
        Some(one) if months > 0 => glance(
            target(counted(one.target.value - one.done, &one.target.indicator.unit)),
            "最慢一项还要完成",
            Some(format!("{}－{}，摊到{months}个月", digits(one.target.value), digits(one.done))),
            format!("{}至12月", 13 - months),
            "目标",
        ),
        _ => glance(
            counted(number(all.iter().filter(|one| one.share >= 100.0).count()), "项"),
            "已达年目标",
            None,
            end.clone(),
            "计算",
        ),
    };
    let behind = worst.map(|one| format!("{}，{}", slow.join("、"), ahead(one.ahead, 0.0)));
    vec![
        glance(
            figure(passed, digits(passed), "%"),
            "序时",
            Some(format!("{}个月÷12个月", period.ordinal() * 6)),
            end.clone(),
            "计算",
        ),
        glance(
            counted(number(all.len()), "项"),
            "有年目标的指标",
            Some("各自按完成率比序时".to_owned()),
            format!("{}年目标", period.year()),
            "确数",
        ),
        glance(counted(number(fast.len()), "项"), "快于序时", more(&fast), end.clone(), "计算"),
        glance(counted(number(level.len()), "项"), "与序时持平", more(&level), end.clone(), "计算"),
        glance(counted(number(slow.len()), "项"), "慢于序时", behind, end, "计算"),
        last,
    ]
}

fn target(figure: Figure) -> Figure {
    Figure { target: true, ..figure }
}

fn lead(told: &Told<'_>, all: &[Reached<'_>], came: &[Came], period: Period) -> Runs {
    let here = came.iter().filter(|came| came.is_here()).count();
    let fast = names(all, |one| one.ahead > 0.0);
    let level = names(all, |one| one.ahead == 0.0);
    let slow: Vec<String> = all
        .iter()
        .filter(|one| one.ahead < 0.0)
        .map(|one| {
            let left = one.target.value - one.done;
            format!(
                "{}{}，还差{}{}",
                one.target.indicator.label,
                ahead(one.ahead, 0.0),
                digits(left),
                one.target.indicator.unit
            )
        })
        .collect();
    let mut parts = Vec::new();
    if !fast.is_empty() {
        parts.push(format!("{}快于序时", fast.join("、")));
    }
    if !level.is_empty() {
        parts.push(format!("{}持平", level.join("、")));
    }
    parts.extend(slow);
    let owed: Vec<&str> = told.units().filter(|at| came[*at] == Came::Owed).map(|at| told.name(at)).collect();
    let owed = if owed.is_empty() {
        String::new()
    } else {
        format!("{}应报未报，不计入。", owed.join("、"))
    };
    words(format!(
        "到{}，时间过去{}%。{}单位报来{}项指标：{}。{owed}",
        day_in(period.last_day(), period.year()),
        digits(elapsed(period)),
        han_of(here),
        han_of(all.len()),
        parts.join("；"),
    ))
}

fn progress(all: &[Reached<'_>], came: &[Came], period: Period) -> Block {
    let rows = all
        .iter()
        .map(|one| {
            vec![
                cell(one.name()),
                cell(format!("◇{}", digits(one.target.value))),
                cell(digits(one.done)),
                cell(share(one.share)),
                cell(ahead(one.ahead, 0.0).replace("个百分点", "")),
            ]
        })
        .collect();
    let fast = all.iter().filter(|one| one.ahead > 0.0).count();
    let slow = all.iter().filter(|one| one.ahead < 0.0).count();
    let here = came.iter().filter(|came| came.is_here()).count();
    table(
        format!(
            "{}项里{}项快、{}项平、{}项慢",
            han_of(all.len()),
            han(fast),
            han(all.len() - fast - slow),
            han(slow)
        ),
        None,
        &[
            ("指标", "left"),
            ("年目标◇", "right"),
            (if period.ordinal() == 1 { "半年完成●" } else { "全年完成●" }, "right"),
            ("完成率（%）", "right"),
            ("比序时（百分点）", "center"),
        ],
        rows,
        format!(
            "来源：完成数为{}单位报表合计，目标为年度目标；截至{}，序时{}%。",
            han_of(here),
            day_in(period.last_day(), period.year()),
            digits(elapsed(period))
        ),
    )
}

fn pace(all: &[Reached<'_>], period: Period) -> Block {
    let passed = elapsed(period);
    let worst = all.iter().min_by(|a, b| a.ahead.total_cmp(&b.ahead)).filter(|one| one.ahead < 0.0);
    let title = match worst {
        Some(one) => format!("{}慢于序时{}个百分点", one.target.indicator.label, digits(-one.ahead)),
        None => "没有一项慢于序时".to_owned(),
    };
    let items: Vec<PaceItem> = all
        .iter()
        .map(|one| PaceItem {
            name: one.target.indicator.label.clone(),
            share: figure(one.share, share(one.share), "%"),
            done: counted(one.done, &one.target.indicator.unit),
            aim: target(counted(one.target.value, &one.target.indicator.unit)),
            ahead: ahead(one.ahead, 0.0).replace("个百分点", ""),
            slow: one.ahead < 0.0,
        })
        .collect();
    let alt: Vec<String> = items
        .iter()
        .map(|item| {
            let (done, aim) = (&item.done, &item.aim);
            format!(
                "{}完成{}{}，目标{}{}，完成率{}%，{}",
                item.name, done.label, done.unit, aim.label, aim.unit, item.share.label, item.ahead
            )
        })
        .collect();
    let source = format!(
        "数据：同表1，单位：%（完成率），截至{}；虚线为序时，黑条为慢于序时的一项。",
        day_in(period.last_day(), period.year())
    );
    let plate = plate(title, Some("%"), source, &format!("序时{}%；{}。", digits(passed), alt.join("；")));
    Block::Pace { plate, mark: figure(passed, digits(passed), "%"), items }
}
