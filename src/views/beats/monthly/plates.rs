//! The tables and the chart of a month: what is done, what is near, what is over and where it is stuck.
//!
//! What differs from the month before is left to `compared`.

use super::super::Told;
use super::super::parts::{
    DASH, NOT_APPLICABLE, cell, cited, count, counted, day_in, plate, share, sum_of, table,
};
use super::super::returns::{Came, fact, last_said};
use super::month::Month;
use crate::model::{Indicator, Standing, Task, Tasks, percent};
use crate::views::cite::Citations;
use crate::views::numerals::han_of;
use crate::views::shape::{Block, Cell, StackItem};

pub(super) fn progress<'a>(
    told: &Told<'a>,
    tasks: &Tasks,
    now: &Month<'a>,
    citations: &mut Citations<'a>,
) -> Block {
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    for row in &now.rows {
        let region = told.unit(row.at);
        let name = cell(told.name(row.at));
        if !row.came.is_here() {
            let total = match last_said(told, row.at, &tasks.total.id) {
                Some(fact) => cited(citations, region, fact),
                None => count(row.total),
            };
            let mut cells = vec![name, total];
            cells.extend([DASH; 4].map(cell));
            cells.push(cell(row.came.chinese()));
            rows.push(cells);
            continue;
        }
        let mut own = |indicator: &Indicator| match fact(told, row.at, &indicator.id, now.period) {
            Some(fact) => cited(citations, region, fact),
            None => cell(DASH),
        };
        rows.push(vec![
            name,
            own(&tasks.total),
            own(&tasks.done),
            count(row.on_time.len()),
            count(row.near.len()),
            count(row.overdue.len()),
            cell(row.came.chinese()),
        ]);
    }
    let here = now.here().count();
    let open: usize = now.here().map(|row| row.on_time.len()).sum();
    rows.push(vec![
        cell(sum_of(here)),
        count(now.total()),
        count(now.done()),
        count(open),
        count(now.near().len()),
        count(now.overdue().len()),
        cell(NOT_APPLICABLE),
    ]);
    let rate = percent(now.done(), now.total()).unwrap_or_default();
    table(
        format!("{}单位完成{}项，占已报任务的{}%", han_of(here), now.done(), share(rate)),
        Some("项"),
        &[
            ("单位", "left"),
            ("任务", "right"),
            ("完成■", "right"),
            ("按期□", "right"),
            ("临期△", "right"),
            ("逾期▲", "right"),
            ("报送", "center"),
        ],
        rows,
        format!(
            "来源：任务和完成为各单位月报，按期、临期、逾期为任务单；截至{}。合计只含已报单位。",
            day_in(now.day, now.period.year())
        ),
    )
}

pub(super) fn chart(told: &Told<'_>, now: &Month<'_>) -> Block {
    let labels = ["完成", "按期", "临期", "逾期"];
    let items: Vec<StackItem> = now
        .rows
        .iter()
        .map(|row| {
            let whole = counted(row.total, "项");
            let name = told.name(row.at).to_owned();
            if !row.came.is_here() {
                let words = if row.came == Came::Owed { "未报" } else { "资料未载" };
                return StackItem { name, parts: Vec::new(), whole, empty: Some(words.to_owned()) };
            }
            let counts = [row.on_time.len(), row.near.len(), row.overdue.len()];
            let mut parts = vec![counted(row.done.unwrap_or_default(), "项")];
            parts.extend(counts.map(|count| counted(u32::try_from(count).unwrap_or(u32::MAX), "项")));
            StackItem { name, parts, whole, empty: None }
        })
        .collect();
    let over: Vec<&str> =
        now.here().filter(|row| !row.overdue.is_empty()).map(|row| told.name(row.at)).collect();
    let title = match over.as_slice() {
        [] => "已报单位都没有逾期".to_owned(),
        few if few.len() * 2 <= now.here().count() => format!("逾期集中在{}", few.join("、")),
        many => format!("{}个单位有逾期事项", han_of(many.len())),
    };
    let alt: Vec<String> = items
        .iter()
        .map(|item| match &item.empty {
            Some(words) => format!("{}{words}（{}项）", item.name, item.whole.label),
            None => {
                let parts: Vec<String> = labels
                    .iter()
                    .zip(&item.parts)
                    .map(|(label, part)| format!("{label}{}", part.label))
                    .collect();
                format!("{}{}", item.name, parts.join("、"))
            }
        })
        .collect();
    let source = format!(
        "数据：同表1，单位：项，截至{}。空框为应报未报，框长为任务数。",
        day_in(now.day, now.period.year())
    );
    let plate = plate(title, Some("项"), source, &format!("{}。", alt.join("；")));
    Block::Stacks { plate, labels: labels.map(str::to_owned).to_vec(), items }
}

pub(super) fn pressing(told: &Told<'_>, now: &Month<'_>) -> Option<Block> {
    let year = now.period.year();
    let overdue = now.overdue();
    let near = now.near();
    if overdue.is_empty() && near.is_empty() {
        return None;
    }
    let said = |text: &Option<String>| cell(text.as_deref().unwrap_or(DASH));
    let row = |task: &Task, over: Cell| {
        let new =
            task.new_due.filter(|_| matches!(task.standing(now.day, told.area.near), Standing::Overdue(_)));
        vec![
            cell(&task.matter),
            cell(told.name(task.unit)),
            cell(day_in(task.due, year)),
            over,
            said(&task.stuck),
            said(&task.ask),
            cell(new.map_or_else(|| NOT_APPLICABLE.to_owned(), |day| day_in(day, year))),
        ]
    };
    let mut rows: Vec<Vec<Cell>> = overdue.iter().map(|(task, over)| row(task, count(over))).collect();
    rows.extend(near.iter().map(|task| row(task, cell("临期"))));
    let longest = overdue.iter().map(|(_, over)| *over).max();
    let title = match longest {
        Some(days) => format!("逾期{}项，最长已逾{days}天；临期{}项", overdue.len(), near.len()),
        None => format!("没有逾期，临期{}项", near.len()),
    };
    Some(table(
        title,
        None,
        &[
            ("事项", "left"),
            ("单位", "center"),
            ("应完成日", "center"),
            ("已逾天数", "right"),
            ("卡在哪", "left"),
            ("请谁协调", "left"),
            ("新时限", "center"),
        ],
        rows,
        format!("来源：任务单，截至{}；临期事项时限不变，新时限栏为“／”。", day_in(now.day, year)),
    ))
}
