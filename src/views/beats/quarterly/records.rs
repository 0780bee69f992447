//! The figures of the inspections one by one, as the annex lists them, and what the issue before printed otherwise.
//!
//! How they are ranked and summed is left to the module above.

use super::super::Told;
use super::super::parts::counted;
use crate::model::{Inspection, Period, Quarter};
use crate::views::Part;
use crate::views::shape::{Cell, FigureRow, FigureSection, Run};

/// What is told of each inspection: the name in ids, and in words.
const KINDS: [(&str, &str); 3] = [("found", "发现问题"), ("due", "到期应改"), ("done", "到期已改")];

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
    KINDS
        .iter()
        .enumerate()
        .map(|(kind, (_, words))| {
            let rows = told.units().filter_map(|at| {
                let inspection = quarter.inspections[at].as_ref()?;
                let no = row(quarter, at, kind);
                let mut figure = counted(value(inspection, kind), "条");
                figure.source = 1;
                figure.to = if part == Part::All { no } else { 0 };
                Some(FigureRow {
                    no,
                    id: id(told, at, period, kind),
                    indicator: (*words).to_owned(),
                    figure,
                    formula: None,
                    place: told.name(at).to_owned(),
                    time: period.chinese(),
                    coverage: "全域".to_owned(),
                    source: 1,
                    paragraph: None,
                    note: quarter.notes[at].clone(),
                    change: None,
                })
            });
            FigureSection { heading: (*words).to_owned(), rows: rows.collect() }
        })
        .collect()
}

/// What the issue before printed otherwise than its quarter's file has it now: a sentence each.
pub(super) fn changed(told: &Told<'_>, before: &Quarter, period: Period) -> Vec<String> {
    let Some(previous) = told.previous else { return Vec::new() };
    let issue = previous.short().map_or_else(|| format!("{}一期", period.chinese()), str::to_owned);
    let mut said = Vec::new();
    for at in told.units() {
        for (kind, (_, words)) in KINDS.iter().enumerate() {
            let was = previous.figures.get(&id(told, at, period, kind)).map(|(_, was)| was.as_str());
            let now = before.inspections[at].as_ref().map(|one| value(one, kind).to_string());
            let what = format!("{issue}“{}{words}”", told.name(at));
            match (was, now) {
                (Some(was), Some(now)) if was != now => {
                    let why = before.notes[at].as_deref().unwrap_or("原因未写明");
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
