//! Sheets that are no documents of their own, set from a view and handed over: the 分发单 of an issue, the 核对表 of a document.
//!
//! What stands on them is left to the library.

use briefing::diag::{Diagnostics, Problem};
use briefing::pipeline;
use briefing::settings::Standard;
use briefing::typeset::{Engine, Job};
use briefing::views::Script;
use chrono::NaiveDate;
use serde::Serialize;

use super::failure::Failure;
use crate::terminal::Terminal;

/// Sets a sheet by the template of its name; `path` is where it lies in the output folder, by which readers know it again.
pub(super) fn set(
    (engine, script): (&Engine, &Script),
    name: &str,
    view: &impl Serialize,
    day: NaiveDate,
    path: &str,
    terminal: &Terminal,
) -> Result<Vec<u8>, Failure> {
    let value = script.value(view);
    let mut found = Diagnostics::new();
    for missing in engine.characters(&value) {
        let problem = missing.problem();
        // A sheet in English quotes its sources as they are: in characters that no face of its own has first.
        if value["language"] != "en" || !matches!(problem, Problem::Substituted { .. }) {
            found.push_nowhere(problem);
        }
    }
    let bytes = script.bytes(view);
    let (main, ident) = (format!("{name}/main.typ"), format!("report:{path}"));
    let job = Job { main: &main, view: &bytes, today: day, ident: &ident, standard: Standard::Archival };
    let set = pipeline::with_room(|| engine.typeset(&job))?;
    found.extend(set.diagnostics);
    match set.output.filter(|_| !found.has_errors()) {
        Some(made) => {
            terminal.messages(&found);
            Ok(made.pdf)
        }
        None => Err(Failure::Diagnostics(found)),
    }
}
