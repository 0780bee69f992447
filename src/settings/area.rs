//! `[[area]]`: units that are led together, and what they owe.
//!
//! Whether the units exist is left to the pipeline; what the area keeps besides their returns to the model.

use std::sync::Arc;

use serde::Deserialize;
use toml::Spanned;

use crate::casefile::{self, Field};
use crate::diag::{Diagnostics, Problem, SourceFile, Span, nearest};

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AreaEntry {
    id: Field<String>,
    name: Field<String>,
    english: Field<String>,
    units: Field<Vec<Spanned<String>>>,
    owes: Field<Vec<Spanned<String>>>,
    due: Field<i64>,
    near: Field<i64>,
}

/// Units that are led together: what the documents of the four beats are about.
#[derive(Debug, Clone)]
pub struct Area {
    /// The id, which names its folder and its documents.
    pub id: String,
    /// The name, in the language of the documents.
    pub name: String,
    /// The name in English.
    pub english: Option<String>,
    /// Where the name is written.
    pub span: Span,
    /// Its units, regions of the workspace, in the order in which they stand in the circle of inspectors.
    pub units: Vec<(String, Span)>,
    /// The kinds of document for which each unit owes a return.
    pub owes: Vec<String>,
    /// The day of the month after a period on which its returns are due.
    pub due: u32,
    /// A task that is due within so many days is near (临期).
    pub near: u32,
}

/// The kinds of document that rest on returns.
const OWED: [&str; 3] = ["monthly", "half-year", "year-end"];

/// Reads the areas; one that is wrong is left out.
pub(super) fn read(
    file: &Arc<SourceFile>,
    entries: Vec<Spanned<AreaEntry>>,
    diagnostics: &mut Diagnostics,
) -> Vec<Area> {
    let mut areas: Vec<Area> = Vec::new();
    for entry in entries {
        let head = Span::new(file, entry.span());
        if let Some(area) = one(file, entry.into_inner(), &head, &areas, diagnostics) {
            areas.push(area);
        }
    }
    areas
}

fn one(
    file: &Arc<SourceFile>,
    raw: AreaEntry,
    head: &Span,
    known: &[Area],
    diagnostics: &mut Diagnostics,
) -> Option<Area> {
    let at = |range: std::ops::Range<usize>| Span::new(file, range);
    let mut missing = |key: &'static str, example: &'static str| {
        let entry = "the area".to_owned();
        diagnostics.push(Problem::MissingKey { key, entry, example }, head.clone());
    };
    if raw.id.is_none() {
        missing("id", "\"shili\"");
    }
    if raw.name.is_none() {
        missing("name", "\"示例市\"");
    }
    if raw.units.is_none() {
        missing("units", "[\"jia-xian\", \"yi-xian\"]");
    }
    let (id, name, units) = (raw.id?, raw.name?, raw.units?);
    if !casefile::is_id(id.get_ref()) {
        diagnostics.push(Problem::BadId { id: id.get_ref().clone() }, at(id.span()));
        return None;
    }
    if known.iter().any(|area| area.id == *id.get_ref()) {
        let first = format!("[[area]] of {}", file.path());
        let problem = Problem::DuplicateId { kind: "area", id: id.get_ref().clone(), first };
        diagnostics.push(problem, at(id.span()));
        return None;
    }
    let place = at(units.span());
    let units: Vec<(String, Span)> =
        units.into_inner().into_iter().map(|unit| (unit.get_ref().clone(), at(unit.span()))).collect();
    for (position, (unit, span)) in units.iter().enumerate() {
        if units[..position].iter().any(|(other, _)| other == unit) {
            let first = format!("area `{}`", id.get_ref());
            diagnostics.push(Problem::DuplicateId { kind: "unit", id: unit.clone(), first }, span.clone());
            return None;
        }
    }
    if units.len() < 2 {
        let message = format!("area `{}` has fewer than two units", id.get_ref());
        let hint = "units inspect one another in a circle".to_owned();
        diagnostics.push(Problem::BadSetting { message, hint }, place);
        return None;
    }
    let mut owes = Vec::new();
    for kind in raw.owes.map(Spanned::into_inner).into_iter().flatten() {
        if OWED.contains(&kind.get_ref().as_str()) {
            owes.push(kind.into_inner());
        } else {
            let message = format!("`{}` is none of `monthly`, `half-year`, `year-end`", kind.get_ref());
            let near = nearest(kind.get_ref(), OWED);
            diagnostics.push(Problem::WrongType { message, near }, at(kind.span()));
        }
    }
    let mut number = |field: Field<i64>, key: &str, default: u32, most: u32| match field {
        None => default,
        Some(field) => match u32::try_from(*field.get_ref()) {
            Ok(number) if (1..=most).contains(&number) => number,
            _ => {
                let message = format!("`{key}` cannot be {}", field.get_ref());
                let hint = format!("1 to {most}; without it {default}");
                diagnostics.push(Problem::BadSetting { message, hint }, at(field.span()));
                default
            }
        },
    };
    let due = number(raw.due, "due", 5, 28);
    let near = number(raw.near, "near", 15, 90);
    let (span, name) = (at(name.span()), name.into_inner());
    let english = raw.english.map(Spanned::into_inner).filter(|english| !english.trim().is_empty());
    Some(Area { id: id.into_inner(), name, english, span, units, owes, due, near })
}
