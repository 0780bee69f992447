//! The account of the year's problems and of its corrections: what was found, mended and carried over, and what was printed wrongly.
//!
//! What each quarter found is told by its own document.

use super::super::Told;
use super::super::parts::{
    DASH, capital, cell, count, counted, day_in, many, not_applicable, number, plate, prose, share,
    short_day, table, words,
};
use super::super::previous::{self, Corrected};
use super::super::quarterly::name_of;
use crate::model::{Language, Period, Year, percent};
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

/// 第三季度, Third quarter: the year stands in the title.
fn quarter_in(quarter: Period, year: i32, language: Language) -> String {
    match language.is_english() {
        true => capital(name_of(quarter.ordinal(), language)),
        false => quarter.chinese().trim_start_matches(&format!("{year}年")).to_owned(),
    }
}

pub(super) fn account(told: &Told<'_>, review: &Year, lines: &[Line], year: i32) -> Vec<Block> {
    let mut blocks = vec![by_quarter(lines, year, told.language), ladder(lines, told.language)];
    if !review.carried.is_empty() {
        blocks.push(carried(told, review, year));
    }
    blocks
}

fn by_quarter(lines: &[Line], year: i32, language: Language) -> Block {
    let (found, done) = sums(lines);
    let left = found - done.min(found);
    let rate = |done: u32, found: u32| {
        let rate = percent(f64::from(done), f64::from(found));
        cell(rate.map_or_else(|| not_applicable(language).to_owned(), share))
    };
    let mut rows: Vec<Vec<Cell>> = lines
        .iter()
        .map(|line| {
            vec![
                cell(quarter_in(line.quarter, year, language)),
                count(line.found),
                count(line.done),
                count(line.found - line.done.min(line.found)),
                rate(line.done, line.found),
            ]
        })
        .collect();
    let all = language.pick("全年合计", "Whole year");
    rows.push(vec![cell(all), count(found), count(done), count(left), rate(done, found)]);
    let worst = lines.iter().max_by_key(|line| line.found - line.done.min(line.found));
    let title = worst.filter(|_| left > 0).map_or_else(
        || {
            language
                .pick(
                    "各季发现的问题年末都已改完",
                    "All problems found in the quarters were rectified by the end of the year",
                )
                .to_owned()
        },
        |line| {
            let of = line.found - line.done.min(line.found);
            match language.is_english() {
                true => format!(
                    "Of {} carried over, {of} were found in the {}",
                    many(left, "problem", "problems"),
                    name_of(line.quarter.ordinal(), language)
                ),
                false => {
                    format!("结转{left}条里，{}发现的有{of}条", quarter_in(line.quarter, year, language))
                }
            }
        },
    );
    let heads = language.pick(
        ["发现的季度", "发现", "年末已改", "结转", "已改占发现（%）"],
        ["Found in", "Found", "Rectified", "Carried over", "Rectified (%)"],
    );
    let columns: Vec<(&str, &'static str)> =
        heads.into_iter().zip(["left", "right", "right", "right", "right"]).collect();
    let source = language.pick(
        "来源：各季交叉督查记录和年末核对；发现＝年末已改＋结转。",
        "Source: records of the quarterly cross-inspections and the check at the end of the year; found = rectified + carried over.",
    );
    table(title, language.pick(Some("条"), None), &columns, rows, source, language)
}

fn ladder(lines: &[Line], language: Language) -> Block {
    let (found, done) = sums(lines);
    let left = found - done.min(found);
    let english = language.is_english();
    let of = language.pick("条", "");
    let step = |name: &str, number: u32, note: Option<String>| NamedNote {
        name: name.to_owned(),
        figure: counted(number, of),
        note: note.map(words),
    };
    let title = match (left, english) {
        (0, false) => "全年问题年末都已改完".to_owned(),
        (_, false) => format!("全年问题还有{left}条结转"),
        (0, true) => "All problems of the year were rectified".to_owned(),
        (_, true) => format!("{} of the year carried over", many(left, "problem", "problems")),
    };
    let over = language.pick(format!("结转{left}条"), format!("{left} carried over"));
    let [found_word, done_word] =
        language.pick(["全年发现", "年末已改"], ["Found in the year", "Rectified by its end"]);
    let steps = vec![step(found_word, found, None), step(done_word, done, (left > 0).then_some(over))];
    let (alt, source) = match english {
        true => (
            format!("Found in the year {found}, rectified by its end {done}, carried over {left}."),
            "Data: records of the quarterly cross-inspections and the check at the end of the year, in problems, as of 31 December.",
        ),
        false => (
            format!("全年发现{found}条，年末已改{done}条，结转{left}条。"),
            "数据：各季交叉督查记录和年末核对，单位：条，截至12月31日。",
        ),
    };
    let plate = plate(title, language.pick(Some("条"), None), source.to_owned(), &alt, language);
    Block::Ladder { plate, steps }
}

fn carried(told: &Told<'_>, review: &Year, year: i32) -> Block {
    let language = told.language;
    let mut carried: Vec<_> = review.carried.iter().collect();
    carried.sort_by_key(|one| (one.unit, one.due, one.quarter));
    // The year of most is said once, in the head.
    let shown = if carried.iter().all(|one| one.due.year() == year + 1) { year + 1 } else { year };
    let head = match (shown == year, language.is_english()) {
        (true, _) => language.pick("时限", "Due").to_owned(),
        (false, true) => format!("Due\u{a0}{shown}"),
        (false, false) => format!("时限（{shown}年）"),
    };
    let rows = carried
        .iter()
        .map(|one| {
            vec![
                cell(&one.matter),
                cell(told.name(one.unit)),
                cell(match language.is_english() {
                    true => format!("Q{}", one.quarter.ordinal()),
                    false => quarter_in(one.quarter, year, language).trim_end_matches('度').to_owned(),
                }),
                cell(short_day(one.due, shown, language)),
                cell(&one.supervisor),
            ]
        })
        .collect();
    let last = carried.iter().map(|one| one.due).max().map(|day| day_in(day, year, language));
    let title = match language.is_english() {
        true => {
            let last = last.map_or_else(String::new, |day| format!(", the last by {day}"));
            let problems = many(number(carried.len()), "problem", "problems");
            format!("{problems} carried over, each with a unit and a date{last}")
        }
        false => {
            let last = last.map_or_else(String::new, |day| format!("，最迟{day}改完"));
            format!("结转{}条逐条有责任和时限{last}", carried.len())
        }
    };
    let [problem, unit, found, supervisor] =
        language.pick(["问题", "责任单位", "发现", "督办"], ["Problem", "Unit", "Found", "Supervised by"]);
    let columns = [
        (problem, "left"),
        (unit, "center"),
        (found, "center"),
        (head.as_str(), "center"),
        (supervisor, "left"),
    ];
    let source = language.pick(
        "来源：年末核对，按建制序、时限排。",
        "Source: check at the end of the year; by official order and date.",
    );
    table(title, None, &columns, rows, source, language)
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

pub(super) fn corrected(all: &[Corrected], year: i32, language: Language) -> Block {
    if all.is_empty() {
        let none = "None of the figures printed in the year was corrected.";
        return prose(None, language.pick("全年刊出的数字没有更正。", none));
    }
    let rows = all
        .iter()
        .map(|one| {
            vec![
                cell(one.day.map_or_else(|| DASH.to_owned(), |day| short_day(day, year, language))),
                cell(&one.issue),
                cell(&one.what),
                cell(&one.was),
                cell(&one.now),
                cell(&one.why),
            ]
        })
        .collect();
    let heads = language.pick(
        ["更正日", "原期号", "数字", "原为", "改为", "原因"],
        ["Day", "Printed in", "Figure", "Was", "Is", "Why"],
    );
    let columns: Vec<(&str, &'static str)> =
        heads.into_iter().zip(["center", "left", "left", "right", "right", "left"]).collect();
    let (title, source) = match language.is_english() {
        true => (
            format!(
                "{} in the year, each with the issue and the reason",
                many(number(all.len()), "correction", "corrections")
            ),
            "Source: record of corrections. The returns are corrected; issues already printed are not.",
        ),
        false => (
            format!("全年更正{}处，都写明原期号和原因", all.len()),
            "来源：更正记录；报表已改，已刊出的各期不改。",
        ),
    };
    table(title, None, &columns, rows, source, language)
}
