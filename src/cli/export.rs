//! `report export`: all facts, for spreadsheets and other programs.

use briefing::model::Region;
use briefing::pipeline;
use serde::Serialize;

use super::args::{Common, Export, ExportFormat};
use super::failure::{Failure, Outcome};
use super::{list, resolve};
use crate::terminal::Terminal;

/// A number without a point that its source does not print.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Number {
    Whole(i64),
    Decimal(f64),
}

impl From<f64> for Number {
    fn from(value: f64) -> Self {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "quantities stay below 1e15, which the model checks"
        )]
        if value.fract() == 0.0 { Self::Whole(value as i64) } else { Self::Decimal(value) }
    }
}

/// A fact or derived figure as others read it.
#[derive(Debug, Serialize)]
struct Row<'a> {
    region: &'a str,
    id: &'a str,
    place: String,
    indicator: &'a str,
    label: &'a str,
    value: Number,
    upper: Option<Number>,
    unit: &'a str,
    qualifier: &'static str,
    nature: &'static str,
    coverage: &'static str,
    time: String,
    source: &'a str,
    paragraph: Option<u32>,
    as_printed: &'a str,
    formula: &'a str,
    note: &'a str,
}

/// Writes all facts to standard output.
pub(crate) fn run(common: &Common, verb: &Export, terminal: &Terminal) -> Result<Outcome, Failure> {
    let workspace = resolve::workspace(common, None, terminal)?;
    let data = pipeline::open_data(&workspace);
    if data.diagnostics.has_errors() {
        return Err(Failure::Diagnostics(data.diagnostics));
    }
    let (_, book) = data.output;
    let (regions, outcome) = list::regions(&book, verb.region.as_deref(), terminal)?;
    let rows: Vec<Row<'_>> = regions.iter().flat_map(rows).collect();
    match verb.format {
        ExportFormat::Json => {
            terminal
                .line(&serde_json::to_string_pretty(&rows).expect("strings and numbers always serialise"))?;
        }
        ExportFormat::Csv => {
            let mut writer = csv::Writer::from_writer(Vec::new());
            for row in &rows {
                writer.serialize(row).expect("writing to memory does not fail");
            }
            let bytes = writer.into_inner().expect("writing to memory does not fail");
            let text = String::from_utf8(bytes).expect("the cells are text");
            terminal.text(&format!("\u{feff}{text}"))?;
        }
    }
    Ok(outcome)
}

fn rows(region: &Region) -> Vec<Row<'_>> {
    let stated = region.facts.iter().map(|fact| Row {
        region: &region.id,
        id: &fact.id,
        place: region.place_name(&fact.place),
        indicator: &fact.indicator.id,
        label: &fact.label,
        value: fact.quantity.value.into(),
        upper: fact.quantity.upper.map(Number::from),
        unit: &fact.quantity.unit,
        qualifier: fact.quantity.qualifier.name(),
        nature: fact.nature.name(),
        coverage: fact.coverage.name(),
        time: fact.time.to_string(),
        source: &fact.source.id,
        paragraph: Some(fact.paragraph),
        as_printed: &fact.as_printed,
        formula: "",
        note: fact.note.as_deref().unwrap_or_default(),
    });
    let derived = region.derived.iter().map(|derived| Row {
        region: &region.id,
        id: &derived.id,
        place: region.place_name(&derived.place),
        indicator: "",
        label: &derived.label,
        value: derived.quantity.value.into(),
        upper: None,
        unit: &derived.quantity.unit,
        qualifier: derived.quantity.qualifier.name(),
        nature: if derived.ahead { "target" } else { "result" },
        coverage: derived.coverage.name(),
        time: derived.time.map_or_else(String::new, |time| time.to_string()),
        source: &derived.source.id,
        paragraph: None,
        as_printed: "",
        formula: &derived.formula,
        note: derived.note.as_deref().unwrap_or_default(),
    });
    stated.chain(derived).collect()
}
