//! The account of the year's problems and of its corrections: what was found, mended and carried over, and what was printed wrongly.
//!
//! What each quarter found is told by its own document.

use super::super::Told;
use super::super::parts::{
    DASH, NOT_APPLICABLE, cell, count, counted, day_in, plate, prose, share, table, words,
};
use super::super::previous::{self, Corrected};
use crate::model::{Period, Year, percent};
use crate::views::shape::{Block, Cell, NamedNote};
use chrono::{Datelike, NaiveDate};

/// The account of a quarter's problems.
pub(super) struct Line {
    pub(super) quarter: Period,
    pub(super) found: u32,
    pub(super) done: u32,
}

pub(super) fn sums(lines: &[Line]) -> (u32, u32) {
    lines.iter().fold((0, 0), |(found, done), line| (found + line.found, done + line.done))
}

pub(super) fn account(told: &Told<'_>, review: &Year, lines: &[Line], year: i32) -> Vec<Block> {
    let (found, done) = sums(lines);
    let left = found - done.min(found);
    let mut rows: Vec<Vec<Cell>> = lines
        .iter()
        .map(|line| {
            let rate = percent(f64::from(line.done), f64::from(line.found));
            vec![
                cell(line.quarter.chinese().trim_start_matches(&format!("{year}年"))),
                count(line.found),
                count(line.done),
                count(line.found - line.done.min(line.found)),
                cell(rate.map_or_else(|| NOT_APPLICABLE.to_owned(), share)),
            ]
        })
        .collect();
    rows.push(vec![
        cell("全年合计"),
        count(found),
        count(done),
        count(left),
        cell(percent(f64::from(done), f64::from(found)).map_or_else(|| NOT_APPLICABLE.to_owned(), share)),
    ]);
    let worst = lines.iter().max_by_key(|line| line.found - line.done.min(line.found));
    let title = worst.filter(|_| left > 0).map_or_else(
        || "各季发现的问题年末都已改完".to_owned(),
        |line| {
            let name = line.quarter.chinese();
            format!(
                "结转{left}条里，{}发现的有{}条",
                name.trim_start_matches(&format!("{year}年")),
                line.found - line.done.min(line.found)
            )
        },
    );
    let by_quarter = table(
        title,
        Some("条"),
        &[
            ("发现的季度", "left"),
            ("发现", "right"),
            ("年末已改", "right"),
            ("结转", "right"),
            ("已改占发现（%）", "right"),
        ],
        rows,
        "来源：各季交叉督查记录和年末核对；发现＝年末已改＋结转。",
    );
    let step = |name: &str, number: u32, note: Option<String>| NamedNote {
        name: name.to_owned(),
        figure: counted(number, "条"),
        note: note.map(words),
    };
    let title = if left == 0 {
        "全年问题年末都已改完".to_owned()
    } else {
        format!("全年问题还有{left}条结转")
    };
    let steps = vec![
        step("全年发现", found, None),
        step("年末已改", done, (left > 0).then(|| format!("结转{left}条"))),
    ];
    let alt = format!("全年发现{found}条，年末已改{done}条，结转{left}条。");
    let ladder = Block::Ladder {
        plate: plate(
            title,
            Some("条"),
            "数据：各季交叉督查记录和年末核对，单位：条，截至12月31日。".to_owned(),
            &alt,
        ),
        steps,
    };
    let mut blocks = vec![by_quarter, ladder];
    if !review.carried.is_empty() {
        let mut carried: Vec<_> = review.carried.iter().collect();
        carried.sort_by_key(|one| (one.unit, one.due, one.quarter));
        // The year of most is said once, in the head.
        let shown = if carried.iter().all(|one| one.due.year() == year + 1) { year + 1 } else { year };
        let head = if shown == year { "时限".to_owned() } else { format!("时限（{shown}年）") };
        let rows = carried
            .iter()
            .map(|one| {
                vec![
                    cell(&one.matter),
                    cell(told.name(one.unit)),
                    cell(
                        one.quarter.chinese().trim_start_matches(&format!("{year}年")).trim_end_matches('度'),
                    ),
                    cell(day_in(one.due, shown)),
                    cell(&one.supervisor),
                ]
            })
            .collect();
        let last = carried.iter().map(|one| one.due).max();
        let last = last.map_or_else(String::new, |day| format!("，最迟{}改完", day_in(day, year)));
        blocks.push(table(
            format!("结转{}条逐条有责任和时限{last}", carried.len()),
            None,
            &[
                ("问题", "left"),
                ("责任单位", "center"),
                ("发现", "center"),
                (&head, "center"),
                ("督办", "left"),
            ],
            rows,
            "来源：年末核对，按建制序、时限排。",
        ));
    }
    blocks
}

/// All figures of the year that were corrected.
pub(super) fn corrections(told: &Told<'_>, year: i32) -> Vec<Corrected> {
    let day = |month, day| NaiveDate::from_ymd_opt(year, month, day);
    // Whatever stands in the file of the year belongs to it, also what was corrected in the January after.
    match (day(1, 1), NaiveDate::from_ymd_opt(year + 1, 12, 31)) {
        (Some(from), Some(to)) => previous::declared(told, year, from, to),
        _ => Vec::new(),
    }
}

pub(super) fn corrected(all: &[Corrected], year: i32) -> Block {
    if all.is_empty() {
        return prose(None, "全年刊出的数字没有更正。");
    }
    let rows = all
        .iter()
        .map(|one| {
            vec![
                cell(one.day.map_or_else(|| DASH.to_owned(), |day| day_in(day, year))),
                cell(&one.issue),
                cell(&one.what),
                cell(&one.was),
                cell(&one.now),
                cell(&one.why),
            ]
        })
        .collect();
    table(
        format!("全年更正{}处，都写明原期号和原因", all.len()),
        None,
        &[
            ("更正日", "center"),
            ("原期号", "left"),
            ("数字", "left"),
            ("原为", "right"),
            ("改为", "right"),
            ("原因", "left"),
        ],
        rows,
        "来源：更正记录；报表已改，已刊出的各期不改。",
    )
}
