//! The command line: what was typed, one file per verb, and how everything that can go wrong ends.

mod args;
mod check;
mod completions;
mod doctor;
mod export;
mod failure;
mod generate;
mod list;
mod resolve;

pub(crate) use args::{Args, Color, MessageFormat};
pub(crate) use failure::{Failure, Outcome};

use args::Command;

use crate::terminal::Terminal;

/// Runs the verb that was typed.
///
/// # Errors
/// Whatever ends the run before its verb has done its work.
pub(crate) fn run(args: Args, terminal: &Terminal) -> Result<Outcome, Failure> {
    let common = args.common;
    match args.command {
        Command::Generate(verb) => generate::run(&common, &verb, terminal),
        Command::Check(verb) => check::run(&common, &verb, terminal),
        Command::List(verb) => list::run(&common, &verb, terminal),
        Command::Export(verb) => export::run(&common, &verb, terminal),
        Command::Doctor => doctor::run(&common, terminal),
        Command::Completions(verb) => completions::run(&verb, terminal),
    }
}
