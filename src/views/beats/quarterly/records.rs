//! The figures of the inspections one by one, as the annex lists them, and what the issue before printed otherwise.
//!
//! How they are ranked and summed is left to the module above.

use super::super::Told;
use super::super::parts::{capital, counted};
use super::super::previous::{issue_of, no_reason};
use crate::model::{Inspection, Period, Quarter};
use crate::views::Part;
use crate::views::shape::{Cell, FigureRow, FigureSection, Run};

/// What is told of each inspection: the name in ids, and in words of both languages.
const KINDS: [(&str, &str, &str); 3] = [
    ("found", "发现问题", "problems found"),
    ("due", "到期应改", "problems due"),
    ("done", "到期已改", "due problems rectified"),
];

fn value(inspection: &Inspection, kind: usize) -> u32 {
    [inspection.found, inspection.mended.due, inspection.mended.done][kind]
}

/// The same in every issue: `jia-xian:2026-q3-found`.
fn id(told: &Told<'_>, at: usize, period: Period, kind: usize) -> String {
    format!("{}:{}-{}", told.unit(at).id, period.to_string().to_lowercase(), KINDS[kind].0)
}

/// The row of a figure in the annex, from 1.
fn row(quarter: &Quarter, at: usize, kind: usize) -> usize {
    let here = quarter.inspections.iter().flatten().count();
    kind * here + quarter.inspections[..=at].iter().flatten().count()
}

/// A figure in a table, which leads to its row.
pub(super) fn figure_cell(quarter: &Quarter, at: usize, kind: usize, part: Part) -> Cell {
    let figure =
        quarter.inspections[at].as_ref().map_or_else(String::new, |one| value(one, kind).to_string());
    let to = if part == Part::All { row(quarter, at, kind) } else { 0 };
    Cell { text: vec![Run::Figure { figure, to, source: 1, mark: false }], pad: String::new() }
}

/// All figures of a quarter.
pub(super) fn figures(told: &Told<'_>, quarter: &Quarter, period: Period, part: Part) -> Vec<FigureSection> {
    let language = told.language;
    KINDS
        .iter()
        .enumerate()
        .map(|(kind, (_, chinese, english))| {
            let words = language.pick(*chinese, *english);
            let rows = told.units().filter_map(|at| {
                let inspection = quarter.inspections[at].as_ref()?;
                let no = row(quarter, at, kind);
                let mut figure = counted(value(inspection, kind), language.pick("条", ""));
                figure.source = 1;
                figure.to = if part == Part::All { no } else { 0 };
                Some(FigureRow {
                    no,
                    id: id(told, at, period, kind),
                    indicator: words.to_owned(),
                    figure,
                    formula: None,
                    place: told.name(at).to_owned(),
                    time: period.in_words(language),
                    coverage: language.pick("全域", "whole").to_owned(),
                    source: 1,
                    paragraph: None,
                    note: quarter.notes[at].clone(),
                    change: None,
                })
            });
            let heading = language.pick(words.to_owned(), capital(words));
            FigureSection { heading, rows: rows.collect() }
        })
        .collect()
}

/// What the issue before printed otherwise than its quarter's file has it now: a sentence each.
pub(super) fn changed(told: &Told<'_>, before: &Quarter, period: Period) -> Vec<String> {
    let Some(previous) = told.previous else { return Vec::new() };
    let language = told.language;
    let issue = previous.short().map_or_else(|| issue_of(period, language), str::to_owned);
    let mut said = Vec::new();
    for at in told.units() {
        for (kind, (_, chinese, english)) in KINDS.iter().enumerate() {
            let was = previous.figures.get(&id(told, at, period, kind)).map(|(_, was)| was.as_str());
            let now = before.inspections[at].as_ref().map(|one| value(one, kind).to_string());
            if language.is_english() {
                let what = format!("{issue}, “{}: {english}”", told.name(at));
                said.extend(match (was, now) {
                    (Some(was), Some(now)) if was != now => {
                        let why = before.notes[at].as_deref().unwrap_or(no_reason(language));
                        Some(format!("Corrected: {what}, {was} corrected to {now}; reason: {why}."))
                    }
                    (Some(was), None) => Some(format!("Withdrawn: {what}, {was}; no longer in the record.")),
                    (None, Some(now)) => Some(format!(
                        "Reported late: {what}, {now}; not yet reported when the last issue was printed."
                    )),
                    _ => None,
                });
                continue;
            }
            let what = format!("{issue}“{}{chinese}”", told.name(at));
            match (was, now) {
                (Some(was), Some(now)) if was != now => {
                    let why = before.notes[at].as_deref().unwrap_or(no_reason(language));
                    said.push(format!("更正：{what}由{was}条更正为{now}条，原因：{why}。"));
                }
                (Some(was), None) => said.push(format!("撤回：{what}{was}条，记录里已经撤下。")),
                (None, Some(now)) => said.push(format!("补报：{what}{now}条，上期刊出时还没有报来。")),
                _ => {}
            }
        }
    }
    said
}
