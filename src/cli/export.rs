//! `report export`: all facts, for spreadsheets and other programs.

use briefing::pipeline;
use briefing::views::{fact_rows, facts_as_csv, facts_as_json};

use super::args::{Common, Export, ExportFormat};
use super::failure::{Failure, Outcome};
use super::{list, resolve};
use crate::terminal::Terminal;

/// Writes all facts to standard output.
pub(crate) fn run(common: &Common, verb: &Export, terminal: &Terminal) -> Result<Outcome, Failure> {
    let workspace = resolve::workspace(common, None, terminal)?;
    let data = pipeline::open_data(&workspace);
    if data.diagnostics.has_errors() {
        return Err(Failure::Diagnostics(data.diagnostics));
    }
    let (_, book) = data.output;
    let (regions, outcome) = list::regions(&book, verb.region.as_deref(), terminal)?;
    let rows: Vec<_> = regions.iter().flat_map(fact_rows).collect();
    match verb.format {
        ExportFormat::Json => terminal.line(&facts_as_json(&rows))?,
        ExportFormat::Csv => terminal.text(&facts_as_csv(&rows))?,
    }
    Ok(outcome)
}
