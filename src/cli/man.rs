//! `report man`: the manual pages, from the same words as `--help`.

use clap::CommandFactory;

use super::args::{Args, Man};
use super::failure::{Failure, Outcome};
use super::telling::shown;
use crate::terminal::Terminal;

/// Writes a page for the program and one for each verb.
pub(crate) fn run(verb: &Man, terminal: &Terminal) -> Result<Outcome, Failure> {
    let folder = &verb.folder;
    let written =
        std::fs::create_dir_all(folder).and_then(|()| clap_mangen::generate_to(Args::command(), folder));
    written.map_err(|error| Failure::usage(format!("cannot write into {}: {error}", shown(folder)), None))?;
    terminal.line(&format!("man -l {}", shown(&folder.join("report.1"))))?;
    Ok(Outcome::Done)
}
