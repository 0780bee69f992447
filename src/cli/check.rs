//! `report check`: everything that is wrong, in one run.

use briefing::pipeline;

use super::args::{Check, Common};
use super::failure::{Failure, Outcome};
use super::resolve;
use crate::terminal::Terminal;

/// Checks the workspace; any error is exit code 2.
pub(crate) fn run(common: &Common, verb: &Check, terminal: &Terminal) -> Result<Outcome, Failure> {
    let workspace = resolve::workspace(common, None, terminal)?;
    let settings = pipeline::open_data(&workspace).output.0;
    let (as_of, _) = resolve::as_of(verb.as_of.as_deref(), &settings, terminal)?;
    let mut diagnostics = pipeline::check(&workspace, as_of)?;
    diagnostics.deny(&verb.deny);
    let (errors, warnings) = (diagnostics.errors(), diagnostics.warnings());
    if errors > 0 {
        return Err(Failure::Diagnostics(diagnostics));
    }
    terminal.messages(&diagnostics);
    terminal.note(&format!(
        "checked: no errors, {warnings} {}",
        if warnings == 1 { "warning" } else { "warnings" }
    ));
    Ok(Outcome::Done)
}
