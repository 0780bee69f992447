//! `report completions`: a completion script for a shell.

use clap::CommandFactory;

use super::args::{Args, Completions};
use super::failure::{Failure, Outcome};
use crate::terminal::Terminal;

/// Writes the script to standard output.
pub(crate) fn run(verb: &Completions, terminal: &Terminal) -> Result<Outcome, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(verb.shell, &mut Args::command(), "report", &mut script);
    terminal.text(&String::from_utf8_lossy(&script))?;
    Ok(Outcome::Done)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use crate::cli::Args;

    #[test]
    fn the_command_line_is_consistent() {
        Args::command().debug_assert();
    }
}
