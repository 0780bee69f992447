//! What comes after the day: what was settled, what is left month by month, the points in time to come.
//!
//! How far a target is behind is told by `targets`.

use super::super::parts::{cell, day_in, digits, plate, prose, table, words};
use super::super::targets::Reached;
use crate::model::{Decision, Half, Node, Period, spread};
use crate::views::numerals::han;
use crate::views::shape::{Block, Step};

pub(super) fn decisions(all: &[Decision], year: i32) -> Block {
    let mut all: Vec<&Decision> = all.iter().collect();
    all.sort_by_key(|decision| decision.due);
    let rows = all
        .iter()
        .map(|decision| vec![cell(&decision.matter), cell(&decision.lead), cell(day_in(decision.due, year))])
        .collect();
    let first = all[0];
    table(
        format!("会上定{}件事，最早一件{}前办完", han(all.len()), day_in(first.due, year)),
        None,
        &[("事项", "left"), ("牵头", "left"), ("时限", "center")],
        rows,
        "来源：现场推进会记录，按时限排。",
    )
}

/// What is to be done in each month that is left, for each target that is behind.
pub(super) fn plans(half: &Half, all: &[Reached<'_>], period: Period) -> Vec<Block> {
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
        let mut row = vec![cell(one.name())];
        row.extend(plan.iter().map(|month| cell(format!("◇{month}"))));
        row.push(cell(format!("◇{left}")));
        rows.push(row);
        sums.push(format!(
            "{}还要完成{left}{}（{left}＝{}－{}）",
            one.target.indicator.label,
            one.target.indicator.unit,
            digits(one.target.value),
            digits(one.done)
        ));
    }
    if rows.is_empty() {
        return Vec::new();
    }
    let first = 13 - months;
    let heads: Vec<String> = (first..=12).map(|month| format!("{month}月")).collect();
    let mut columns = vec![("指标", "left")];
    columns.extend(heads.iter().map(|head| (head.as_str(), "right")));
    columns.push(("合计", "right"));
    let title = format!("{first}至12月逐月倒排，合计等于目标减去已完成");
    let said = format!("{}。逐月完成数随月报核对，当月没有完成的并入下月。", sums.join("；"));
    vec![
        prose(None, said),
        table(title, None, &columns, rows, "来源：本刊按年度目标和报表数倒排；◇为计划数。"),
    ]
}

pub(super) fn nodes(nodes: &[Node], year: i32) -> Block {
    let steps: Vec<Step> = nodes
        .iter()
        .map(|node| Step { when: day_in(node.day, year), what: words(&node.matter), target: true })
        .collect();
    let last = &nodes[nodes.len() - 1];
    let title = format!("{}个节点，最后一个在{}", han(nodes.len()), day_in(last.day, year));
    let alt: Vec<String> =
        nodes.iter().map(|node| format!("{}{}", day_in(node.day, year), node.matter)).collect();
    let plate = plate(
        title,
        None,
        "数据：现场推进会议定；◇为计划时间。".to_owned(),
        &format!("{}。", alt.join("；")),
    );
    Block::Steps { plate, steps }
}
