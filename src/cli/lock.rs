//! `report lock`: what documents are made from besides data, written down, so that nothing of it changes unseen.
//!
//! What belongs to it is left to the typesetter's recipe.

use std::path::{Path, PathBuf};

use briefing::disk;
use briefing::pipeline;
use briefing::typeset::{Engine, Recipe};

use super::args::{Common, Lock};
use super::failure::{Failure, Outcome};
use super::resolve;
use crate::terminal::Terminal;

/// Beside `report.toml`, and kept with it.
fn path_of(common: &Common) -> PathBuf {
    common.workspace.join("report.lock")
}

/// Writes the lock, or compares it.
pub(crate) fn run(common: &Common, verb: &Lock, terminal: &Terminal) -> Result<Outcome, Failure> {
    let workspace = resolve::workspace(common, None, terminal)?;
    let data = pipeline::open_data(&workspace);
    if data.diagnostics.has_errors() {
        return Err(Failure::Diagnostics(data.diagnostics));
    }
    let opened = pipeline::open_engine(&workspace, &data.output.0)?;
    let Some(engine) = opened.output else { return Err(Failure::Diagnostics(opened.diagnostics)) };
    let path = path_of(common);
    if verb.check {
        let differences = read(&path)?.differences(engine.recipe());
        for line in &differences {
            terminal.line(line)?;
        }
        return Ok(if differences.is_empty() { Outcome::Done } else { Outcome::Partly });
    }
    let mut bytes = engine.recipe().bytes();
    bytes.push(b'\n');
    disk::write(&path, &bytes).map_err(|error| Failure::usage(error.to_string(), None))?;
    let recipe = engine.recipe();
    terminal.line(&format!(
        "locked {} templates and {} faces with {} in {}",
        recipe.templates.len(),
        recipe.faces.len(),
        recipe.typesetter,
        path.display()
    ))?;
    Ok(Outcome::Done)
}

/// Refuses to go on where something is not as it was locked.
///
/// # Errors
/// In that case, with all that differs, and where there is no lock.
pub(crate) fn must_hold(common: &Common, engine: &Engine) -> Result<(), Failure> {
    let differences = read(&path_of(common))?.differences(engine.recipe());
    if differences.is_empty() {
        return Ok(());
    }
    let message = format!("not as it was locked: {}", differences.join("; "));
    Err(Failure::usage(message, "put it back, or report lock to go on with what is there".to_owned()))
}

fn read(path: &Path) -> Result<Recipe, Failure> {
    let hint = "report lock writes it".to_owned();
    let Ok(bytes) = disk::read(path) else {
        return Err(Failure::usage(format!("there is no lock `{}`", path.display()), hint));
    };
    serde_json::from_slice(&bytes)
        .map_err(|error| Failure::usage(format!("`{}` is no lock: {error}", path.display()), hint))
}
