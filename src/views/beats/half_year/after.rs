//! What comes after the day: what was settled, what is left month by month, the points in time to come.
//!
//! How far a target is behind is told by `targets`.

use super::super::parts::{
    amount, capital, cell, day_in, few, label_of, plate, prose, semicolon, short_day, table, unit_of, words,
};
use super::super::targets::Reached;
use crate::model::{Decision, Half, Language, Node, Period, month_name, spread};
use crate::views::numerals::han_of;
use crate::views::shape::{Block, Step};

pub(super) fn decisions(all: &[Decision], year: i32, language: Language) -> Block {
    let mut all: Vec<&Decision> = all.iter().collect();
    all.sort_by_key(|decision| decision.due);
    let rows = all
        .iter()
        .map(|decision| {
            let due = short_day(decision.due, year, language);
            vec![cell(&decision.matter), cell(&decision.lead), cell(due)]
        })
        .collect();
    let first = day_in(all[0].due, year, language);
    let heads = language.pick(["事项", "牵头", "时限"], ["Matter", "Led by", "Due"]);
    let columns: Vec<(&str, &'static str)> = heads.into_iter().zip(["left", "left", "center"]).collect();
    let (title, source) = match language.is_english() {
        true => (
            format!(
                "The meeting settled {}, the first to be done by {first}",
                few(all.len(), "matter", "matters")
            ),
            "Source: minutes of the field-day meeting, by date.",
        ),
        false => (
            format!("会上定{}件事，最早一件{first}前办完", han_of(all.len())),
            "来源：现场推进会记录，按时限排。",
        ),
    };
    table(title, None, &columns, rows, source, language)
}

/// What is to be done in each month that is left, for each target that is behind.
pub(super) fn plans(half: &Half, all: &[Reached<'_>], period: Period, language: Language) -> Vec<Block> {
    let months = 12 - period.ordinal() * 6;
    if months == 0 {
        return Vec::new();
    }
    let mut rows = Vec::new();
    let mut sums = Vec::new();
    for one in all.iter().filter(|one| one.ahead < 0.0) {
        let Some(left) = one.left() else { continue };
        let own = half.plans.iter().find(|plan| plan.target == one.target.id);
        let plan = own.map_or_else(|| spread(left, months), |plan| plan.months.clone());
        let indicator = &one.target.indicator;
        let said = |count: u32| amount(f64::from(count), indicator);
        let mut row = vec![cell(one.name())];
        row.extend(plan.iter().map(|month| cell(format!("◇{}", said(*month)))));
        row.push(cell(format!("◇{}", said(left))));
        rows.push(row);
        let (aim, done) = (amount(one.target.value, indicator), amount(one.done, indicator));
        let (label, unit, left) = (label_of(indicator), unit_of(indicator), said(left));
        sums.push(match language.is_english() {
            true => format!("{}: {left}{unit} still to do ({aim} − {done})", capital(label)),
            false => format!("{label}还要完成{left}{unit}（{left}＝{aim}－{done}）"),
        });
    }
    if rows.is_empty() {
        return Vec::new();
    }
    let first = 13 - months;
    let heads: Vec<String> = (first..=12)
        .map(|month| match language.is_english() {
            true => month_name(month).get(..3).unwrap_or_default().to_owned(),
            false => format!("{month}月"),
        })
        .collect();
    let mut columns = vec![(language.pick("指标", "Indicator"), "left")];
    columns.extend(heads.iter().map(|head| (head.as_str(), "right")));
    columns.push((language.pick("合计", "Total"), "right"));
    let sums = sums.join(semicolon(language));
    let (title, said, source) = match language.is_english() {
        true => (
            format!(
                "{} to December, planned back month by month: the total is the target less what is done",
                month_name(first)
            ),
            format!(
                "{sums}. What is done is checked against the plan with each monthly return; what a month leaves undone is added to the next."
            ),
            "Source: planned back here from the targets of the year and the returns; ◇ marks planned figures.",
        ),
        false => (
            format!("{first}至12月逐月倒排，合计等于目标减去已完成"),
            format!("{sums}。逐月完成数随月报核对，当月没有完成的并入下月。"),
            "来源：本刊按年度目标和报表数倒排；◇为计划数。",
        ),
    };
    vec![prose(None, said), table(title, None, &columns, rows, source, language)]
}

pub(super) fn nodes(nodes: &[Node], year: i32, language: Language) -> Block {
    let steps: Vec<Step> = nodes
        .iter()
        .map(|node| Step {
            when: short_day(node.day, year, language),
            what: words(&node.matter),
            target: true,
        })
        .collect();
    let last = day_in(nodes[nodes.len() - 1].day, year, language);
    let day = |node: &Node| day_in(node.day, year, language);
    let (title, source, alt) = match language.is_english() {
        true => {
            let alt: Vec<String> =
                nodes.iter().map(|node| format!("{} {}", day(node), node.matter)).collect();
            (
                format!("{}, the last on {last}", capital(&few(nodes.len(), "date", "dates"))),
                "Data: settled at the field-day meeting; ◇ marks planned times.",
                format!("{}.", alt.join("; ")),
            )
        }
        false => {
            let alt: Vec<String> = nodes.iter().map(|node| format!("{}{}", day(node), node.matter)).collect();
            (
                format!("{}个节点，最后一个在{last}", han_of(nodes.len())),
                "数据：现场推进会议定；◇为计划时间。",
                format!("{}。", alt.join("；")),
            )
        }
    };
    Block::Steps { plate: plate(title, None, source.to_owned(), &alt, language), steps }
}
