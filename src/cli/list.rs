//! `report list`: what the workspace holds, as tables whose columns line up also where characters are wide.

use briefing::model::{CaseBook, Place, Region};
use briefing::pipeline;

use super::args::{Common, List, Listed};
use super::failure::{Failure, Outcome};
use super::resolve;
use crate::terminal::Terminal;

/// Lists what was asked for.
pub(crate) fn run(common: &Common, verb: &List, terminal: &Terminal) -> Result<Outcome, Failure> {
    let workspace = resolve::workspace(common, None, terminal)?;
    let data = pipeline::open_data(&workspace);
    if data.diagnostics.has_errors() {
        return Err(Failure::Diagnostics(data.diagnostics));
    }
    let (settings, book) = data.output;
    let mut outcome = Outcome::Done;
    let mut read = || -> Result<Vec<Region>, Failure> {
        let (regions, all) = regions(&book, verb.region.as_deref(), terminal)?;
        outcome = all;
        Ok(regions)
    };
    let rows = match verb.what {
        Listed::Documents => {
            let (orders, diagnostics) = pipeline::all_orders(&settings, &book);
            if diagnostics.has_errors() {
                return Err(Failure::Diagnostics(diagnostics));
            }
            let row = |order: &pipeline::Order| {
                let members: Vec<String> = order.members.iter().map(ToString::to_string).collect();
                vec![order.document.name().to_owned(), order.subject.clone(), members.join(", ")]
            };
            table(["document", "subject", "places"], orders.iter().map(row))
        }
        Listed::Indicators => table(
            ["id", "label", "unit", "theme", "topic"],
            book.catalogue.indicators.values().map(|(i, _)| {
                let topic = i.topic.clone().unwrap_or_default();
                vec![i.id.clone(), i.label.clone(), i.unit.clone(), i.theme.clone(), topic]
            }),
        ),
        Listed::Sources => table(
            ["id", "date", "kind", "title"],
            book.catalogue.sources.values().map(|(s, _)| {
                let inferred = if s.inferred { "~" } else { "" };
                vec![
                    s.id.clone(),
                    format!("{}{inferred}", s.date),
                    s.kind.chinese().to_owned(),
                    s.title.clone(),
                ]
            }),
        ),
        Listed::Regions => {
            let regions = read()?;
            table(
                ["id", "name", "level", "facts", "derived", "mechanisms", "cases", "sources"],
                regions.iter().map(|r| {
                    let counts =
                        [r.facts.len(), r.derived.len(), r.mechanisms.len(), r.cases.len(), r.sources.len()];
                    let names = [r.id.clone(), r.name.clone(), r.level.name().to_owned()];
                    names.into_iter().chain(counts.map(|count| count.to_string())).collect()
                }),
            )
        }
        Listed::Places => {
            let regions = read()?;
            table(["place", "name", "level"], regions.iter().flat_map(places))
        }
        Listed::Facts => {
            let regions = read()?;
            table(["figure", "what", "value", "place", "time", "source"], regions.iter().flat_map(facts))
        }
    };
    for row in rows {
        terminal.line(&row)?;
    }
    Ok(outcome)
}

/// The regions that can be read, in 建制序, and whether all could; the messages of the others are printed.
pub(crate) fn regions(
    book: &CaseBook,
    only: Option<&str>,
    terminal: &Terminal,
) -> Result<(Vec<Region>, Outcome), Failure> {
    if let Some(id) = only {
        resolve::subject(id, book)?;
    }
    let mut regions = Vec::new();
    let mut outcome = Outcome::Done;
    for id in book.regions.iter().filter(|id| only.is_none_or(|only| only == id.as_str())) {
        let read = book.region(id);
        if read.diagnostics.has_errors() {
            outcome = Outcome::Partly;
            terminal.messages(&read.diagnostics);
        }
        regions.extend(read.output);
    }
    regions.sort_by(|a, b| (a.order, &a.id).cmp(&(b.order, &b.id)));
    Ok((regions, outcome))
}

fn places(region: &Region) -> Vec<Vec<String>> {
    let order = region.place_order();
    let mut places: Vec<&Place> = region.places.values().collect();
    places.sort_by_key(|place| order.get(place.id.as_str()).copied());
    places
        .into_iter()
        .map(|place| {
            let mut depth = 0;
            let mut at = place.parent.as_deref();
            while let Some(parent) = at {
                depth += 1;
                at = region.places.get(parent).and_then(|place| place.parent.as_deref());
            }
            let address =
                if place.id == region.id { region.id.clone() } else { format!("{}/{}", region.id, place.id) };
            vec![address, format!("{}{}", "  ".repeat(depth), place.name), place.level.name().to_owned()]
        })
        .collect()
}

fn facts(region: &Region) -> Vec<Vec<String>> {
    let stated = region.facts.iter().map(|fact| {
        vec![
            format!("{}:{}", region.id, fact.id),
            fact.label.clone(),
            fact.quantity.printed(),
            region.place_name(&fact.place),
            fact.time.to_string(),
            format!("{} ¶{}", fact.source.id, fact.paragraph),
        ]
    });
    let derived = region.derived.iter().map(|derived| {
        vec![
            format!("{}:{}", region.id, derived.id),
            derived.label.clone(),
            derived.quantity.printed(),
            region.place_name(&derived.place),
            derived.time.map_or_else(String::new, |time| time.to_string()),
            derived.formula.clone(),
        ]
    });
    stated.chain(derived).collect()
}

/// Lines with their columns under each other.
pub(crate) fn table<const N: usize>(
    heads: [&str; N],
    rows: impl Iterator<Item = Vec<String>>,
) -> Vec<String> {
    let rows: Vec<Vec<String>> = std::iter::once(heads.map(str::to_owned).to_vec()).chain(rows).collect();
    let width = |text: &str| unicode_width::UnicodeWidthStr::width(text);
    let widths: Vec<usize> =
        (0..N).map(|column| rows.iter().map(|row| width(&row[column])).max().unwrap_or(0)).collect();
    rows.iter()
        .map(|row| {
            let mut line = String::new();
            for (cell, wide) in row.iter().zip(&widths) {
                line.push_str(cell);
                line.push_str(&" ".repeat(wide - width(cell) + 2));
            }
            line.trim_end().to_owned()
        })
        .collect()
}
