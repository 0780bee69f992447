//! Tables out of a text file: cells with figures, cases, columns whose decimals align.
//!
//! The table of a comparison is left to `comparative`.

use super::cite::{Citations, Item, Setting};
use super::in_words::{in_words, table_in_words};
use super::plates::{Cited, Plates, own_runs};
use super::shape::{Block, Cell, Column, Run};
use crate::casefile::BlockEntry;
use crate::diag::{Diagnostics, Problem, Span, nearest};
use crate::model::{Case, Region, Words};

impl<'a> Plates<'a, '_> {
    pub(super) fn table(&mut self, raw: &BlockEntry, head: &Span) -> Option<Block> {
        let columns = self.need(&raw.columns, "columns", head)?;
        let heads: Vec<String> = columns.get_ref().iter().map(|column| self.plain(column)).collect();
        let aligns = self.aligns(raw, heads.len(), head)?;
        let rows = self.need(&raw.rows, "rows", head)?;
        let mut figures = Vec::new();
        let mut cells = Vec::new();
        for row in rows.get_ref() {
            if row.len() != heads.len() {
                let place = row.first().map_or_else(|| head.clone(), |cell| self.span(cell));
                self.refuse(
                    format!("the row has {} cells for {} columns", row.len(), heads.len()),
                    "",
                    &place,
                );
                continue;
            }
            let mut line = Vec::new();
            for cell in row {
                let words = self.words(cell);
                for reference in words.references() {
                    let place = words.place_of(reference);
                    let mut quiet = Diagnostics::new();
                    figures.extend(self.citations.find(
                        reference.region.as_deref(),
                        &reference.id,
                        &place,
                        &mut quiet,
                    ));
                }
                let mut text = self.citations.runs(&words, Setting::Cell, self.diagnostics);
                if text.is_empty() {
                    text.push(Run::Words("—".into()));
                }
                line.push(Cell { text, pad: String::new() });
            }
            cells.push(line);
        }
        align_decimals(&aligns, &mut cells);
        let alt = table_in_words(&heads, &cells, self.citations.language());
        let plate = self.plate(raw, head, &figures, alt)?;
        let columns = heads.into_iter().zip(aligns).map(|(head, align)| Column { head, align }).collect();
        Some(Block::Table { plate, columns, rows: cells })
    }

    pub(super) fn aligns(
        &mut self,
        raw: &BlockEntry,
        columns: usize,
        head: &Span,
    ) -> Option<Vec<&'static str>> {
        const ALIGNS: [&str; 4] = ["left", "center", "right", "decimal"];
        let Some(list) = &raw.align else { return Some(vec!["left"; columns]) };
        if list.get_ref().len() != columns {
            let message = format!("there are {} alignments for {columns} columns", list.get_ref().len());
            self.refuse(message, "give one each: left, center, right or decimal", head);
            return None;
        }
        list.get_ref()
            .iter()
            .map(|word| {
                let found = ALIGNS.iter().find(|align| *align == word.get_ref()).copied();
                if found.is_none() {
                    let near = nearest(word.get_ref(), ALIGNS);
                    let message =
                        format!("`{}` is none of `left`, `center`, `right`, `decimal`", word.get_ref());
                    let span = self.span(word);
                    self.diagnostics.push(Problem::WrongType { message, near }, span);
                }
                found
            })
            .collect()
    }

    pub(super) fn cases(&mut self, raw: &BlockEntry, head: &Span) -> Option<Block> {
        let region = self.citations.parties().first()?.region;
        let chosen: Vec<&'a Case> = match &raw.cases {
            None => region.cases.iter().collect(),
            Some(ids) => {
                let mut chosen = Vec::new();
                for id in ids.get_ref() {
                    match region.cases.iter().find(|case| case.id == *id.get_ref()) {
                        Some(case) => chosen.push(case),
                        None => {
                            let near = nearest(id.get_ref(), region.cases.iter().map(|c| c.id.as_str()));
                            let problem =
                                Problem::DanglingId { kind: "case", id: id.get_ref().clone(), near };
                            let span = self.span(id);
                            self.diagnostics.push(problem, span);
                        }
                    }
                }
                chosen
            }
        };
        if chosen.is_empty() {
            self.refuse("there is no case to print".into(), "", head);
            return None;
        }
        let (columns, rows, figures) = case_table(self.citations, region, &chosen);
        let heads: Vec<String> = columns.iter().map(|column| column.head.clone()).collect();
        let alt = table_in_words(&heads, &rows, self.citations.language());
        let plate = self.plate(raw, head, &figures, alt)?;
        Some(Block::Table { plate, columns, rows })
    }
}

/// The cases as a table: 难处, 做法, 结果, 口径.
pub(super) fn case_table<'a>(
    citations: &mut Citations<'a>,
    region: &'a Region,
    cases: &[&'a Case],
) -> (Vec<Column>, Vec<Vec<Cell>>, Vec<Cited<'a>>) {
    let mut figures = Vec::new();
    let mut rows = Vec::new();
    for case in cases {
        let mut cell = |words: Option<&Words>| {
            let Some(words) = words else {
                return Cell { text: vec![Run::Words("—".into())], pad: String::new() };
            };
            for reference in words.references() {
                let item = region
                    .fact(&reference.id)
                    .map(Item::Fact)
                    .or_else(|| region.derived(&reference.id).map(Item::Derived));
                figures.extend(item.map(|item| (region, item)));
            }
            Cell { text: own_runs(citations, region, words), pad: String::new() }
        };
        let cells = [
            cell(Some(&case.difficulty)),
            cell(Some(&case.action)),
            cell(Some(&case.outcome)),
            cell(case.scope.as_ref()),
        ];
        let name = Cell { text: vec![Run::Words(case.title.clone())], pad: String::new() };
        rows.push(std::iter::once(name).chain(cells).collect());
    }
    let heads = citations.language().pick(
        ["案例", "难处", "做法", "结果", "口径"],
        ["Case", "Difficulty", "What was done", "Result", "Scope"],
    );
    let columns = heads.map(|head| Column { head: head.to_owned(), align: "left" }).into_iter().collect();
    (columns, rows, figures)
}

/// Pads decimal columns so that points stand under each other.
fn align_decimals(aligns: &[&'static str], rows: &mut [Vec<Cell>]) {
    for (column, _) in aligns.iter().enumerate().filter(|(_, align)| **align == "decimal") {
        let places = |cell: &Cell| {
            let text = in_words(&cell.text);
            let digits: String = text
                .chars()
                .skip_while(|c| !c.is_ascii_digit())
                .take_while(|c| c.is_ascii_digit() || *c == '.')
                .collect();
            (!digits.is_empty()).then(|| digits.split_once('.').map_or(0, |(_, after)| after.len()))
        };
        let most = rows.iter().filter_map(|row| places(&row[column])).max().unwrap_or(0);
        for row in rows.iter_mut() {
            let own = places(&row[column]).unwrap_or(0);
            if own < most {
                row[column].pad =
                    if own == 0 { format!(".{}", "0".repeat(most)) } else { "0".repeat(most - own) };
            }
        }
    }
}
