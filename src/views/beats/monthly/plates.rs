//! The tables and the chart of a month: what is done, what is near, what is over and where it is stuck.
//!
//! What differs from the month before is left to `compared`.

use super::super::Told;
use super::super::parts::{
    DASH, as_of, capital, cell, cited, count, counted, few, list, many, not_applicable, number, owed, plate,
    share, short_day, sum_of, table,
};
use super::super::returns::{Came, fact, last_said};
use super::month::Month;
use crate::model::{Indicator, Standing, Task, Tasks, percent};
use crate::views::cite::Citations;
use crate::views::numerals::{count_of, han_of};
use crate::views::shape::{Block, Cell, StackItem};

pub(super) fn progress<'a>(
    told: &Told<'a>,
    tasks: &Tasks,
    now: &Month<'a>,
    citations: &mut Citations<'a>,
) -> Block {
    let language = told.language;
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
            cells.push(cell(row.came.in_words(language)));
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
            cell(row.came.in_words(language)),
        ]);
    }
    let here = now.here().count();
    let open: usize = now.here().map(|row| row.on_time.len()).sum();
    rows.push(vec![
        cell(sum_of(here, language)),
        count(now.total()),
        count(now.done()),
        count(open),
        count(now.near().len()),
        count(now.overdue().len()),
        cell(not_applicable(language)),
    ]);
    let rate = percent(now.done(), now.total()).unwrap_or_default();
    let (done, rate, end) = (now.done(), share(rate), as_of(now.day, now.period.year(), language));
    let heads = language.pick(
        ["单位", "任务", "完成■", "按期□", "临期△", "逾期▲", "报送"],
        ["Unit", "Tasks", "Done\u{a0}■", "On time\u{a0}□", "Due soon\u{a0}△", "Overdue\u{a0}▲", "Return"],
    );
    let aligns = ["left", "right", "right", "right", "right", "right", "center"];
    let columns: Vec<(&str, &'static str)> = heads.into_iter().zip(aligns).collect();
    table(
        match language.is_english() {
            true => format!(
                "{} completed {}, {rate}% of the tasks reported",
                capital(&few(here, "unit", "units")),
                many(done, "task", "tasks")
            ),
            false => format!("{}单位完成{done}项，占已报任务的{rate}%", han_of(here)),
        },
        language.pick(Some("项"), None),
        &columns,
        rows,
        match language.is_english() {
            true => format!(
                "Source: tasks and tasks done from the monthly returns; on time, due soon and overdue from the task sheet; {end}. The total holds only units that reported."
            ),
            false => {
                format!("来源：任务和完成为各单位月报，按期、临期、逾期为任务单；{end}。合计只含已报单位。")
            }
        },
        language,
    )
}

pub(super) fn chart(told: &Told<'_>, now: &Month<'_>) -> Block {
    let language = told.language;
    let labels =
        language.pick(["完成", "按期", "临期", "逾期"], ["done", "on schedule", "due soon", "overdue"]);
    let unit = language.pick("项", "");
    let items: Vec<StackItem> = now
        .rows
        .iter()
        .map(|row| {
            let whole = counted(row.total, unit);
            let name = told.name(row.at).to_owned();
            if !row.came.is_here() {
                let words = match row.came {
                    Came::Owed => language.pick("未报", "not reported"),
                    _ => language.pick("资料未载", "not stated"),
                };
                return StackItem { name, parts: Vec::new(), whole, empty: Some(words.to_owned()) };
            }
            let counts = [row.on_time.len(), row.near.len(), row.overdue.len()];
            let mut parts = vec![counted(row.done.unwrap_or_default(), unit)];
            parts.extend(counts.map(|count| counted(number(count), unit)));
            StackItem { name, parts, whole, empty: None }
        })
        .collect();
    let over: Vec<&str> =
        now.here().filter(|row| !row.overdue.is_empty()).map(|row| told.name(row.at)).collect();
    let some_over = over.len() * 2 <= now.here().count();
    let title = match over.as_slice() {
        [] if language.is_english() => "No unit that reported has an overdue task".to_owned(),
        few if some_over && language.is_english() => {
            format!("Overdue tasks are in {}", list(few.iter().copied(), language))
        }
        units if language.is_english() => {
            let (count, have) =
                (few(units.len(), "unit", "units"), if units.len() == 1 { "has" } else { "have" });
            format!("{} {have} overdue tasks", capital(&count))
        }
        [] => "已报单位都没有逾期".to_owned(),
        few if some_over => format!("逾期集中在{}", few.join("、")),
        many => format!("{}个单位有逾期事项", han_of(many.len())),
    };
    let alt: Vec<String> = items
        .iter()
        .map(|item| match &item.empty {
            Some(words) if language.is_english() => {
                format!("{} {words} ({} tasks)", item.name, item.whole.label)
            }
            Some(words) => format!("{}{words}（{}项）", item.name, item.whole.label),
            None => {
                let parts: Vec<String> = labels
                    .iter()
                    .zip(&item.parts)
                    .map(|(label, part)| format!("{label}{}{}", language.pick("", " "), part.label))
                    .collect();
                format!("{}{}{}", item.name, language.pick("", ": "), parts.join(language.comma()))
            }
        })
        .collect();
    let end = as_of(now.day, now.period.year(), language);
    let source = match language.is_english() {
        true => format!(
            "Data: as in Table 1, in tasks, {end}. An empty frame is a return {}; its length is the number of tasks.",
            owed(language)
        ),
        false => format!("数据：同表1，单位：项，{end}。空框为应报未报，框长为任务数。"),
    };
    let alt = match language.is_english() {
        true => format!("{}.", alt.join("; ")),
        false => format!("{}。", alt.join("；")),
    };
    let plate = plate(title, language.pick(Some("项"), None), source, &alt, language);
    Block::Stacks { plate, labels: labels.map(str::to_owned).to_vec(), items }
}

pub(super) fn pressing(told: &Told<'_>, now: &Month<'_>) -> Option<Block> {
    let (year, language) = (now.period.year(), told.language);
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
            cell(short_day(task.due, year, language)),
            over,
            said(&task.stuck),
            said(&task.ask),
            cell(
                new.map_or_else(|| not_applicable(language).to_owned(), |day| short_day(day, year, language)),
            ),
        ]
    };
    let mut rows: Vec<Vec<Cell>> = overdue.iter().map(|(task, over)| row(task, count(over))).collect();
    rows.extend(near.iter().map(|task| row(task, cell(language.pick("临期", "due soon")))));
    let longest = overdue.iter().map(|(_, over)| *over).max();
    let title = match longest {
        Some(days) if language.is_english() => format!(
            "{} overdue, the longest by {}; {} due soon",
            capital(&few(overdue.len(), "task", "tasks")),
            many(days, "day", "days"),
            count_of(near.len(), language)
        ),
        None if language.is_english() => {
            format!("Nothing overdue, {} due soon", few(near.len(), "task", "tasks"))
        }
        Some(days) => format!("逾期{}项，最长已逾{days}天；临期{}项", overdue.len(), near.len()),
        None => format!("没有逾期，临期{}项", near.len()),
    };
    let heads = language.pick(
        ["事项", "单位", "应完成日", "已逾天数", "卡在哪", "请谁协调", "新时限"],
        ["Task", "Unit", "Due", "Days over", "Where it is stuck", "Who is asked to help", "New date"],
    );
    let aligns = ["left", "center", "center", "right", "left", "left", "center"];
    let columns: Vec<(&str, &'static str)> = heads.into_iter().zip(aligns).collect();
    let end = as_of(now.day, year, language);
    let source = match language.is_english() {
        true => format!(
            "Source: task sheet, {end}. What is due soon keeps its date; its new date is “{}”.",
            not_applicable(language)
        ),
        false => format!("来源：任务单，{end}；临期事项时限不变，新时限栏为“／”。"),
    };
    Some(table(title, None, &columns, rows, source, language))
}
