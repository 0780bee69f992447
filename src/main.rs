//! `report`: the command line over the library `briefing`.

mod cli;
mod terminal;

use std::process::ExitCode;

use briefing::diag::{Colour, MessageFormat};
use clap::Parser;

use cli::{Args, Failure};
use terminal::Terminal;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let args = Args::parse();
    let format = match args.common.message_format {
        cli::MessageFormat::Human => MessageFormat::Human,
        cli::MessageFormat::Json => MessageFormat::Json,
        cli::MessageFormat::Short => MessageFormat::Short,
    };
    let coloured = match args.common.color {
        cli::Color::Always => true,
        cli::Color::Never => false,
        cli::Color::Auto => terminal::colours_suit(),
    };
    let terminal = Terminal::new(format, if coloured { Colour::Always } else { Colour::Never });
    match cli::run(args, &terminal) {
        Ok(outcome) => ExitCode::from(outcome.code()),
        Err(failure) => {
            if let Failure::Diagnostics(diagnostics) = &failure {
                let mut diagnostics = diagnostics.clone();
                diagnostics.sort();
                terminal.messages(&diagnostics);
                let (errors, warnings) = (diagnostics.errors(), diagnostics.warnings());
                terminal.note(&format!(
                    "{errors} {}, {warnings} {}",
                    noun(errors, "error"),
                    noun(warnings, "warning")
                ));
            }
            if let Some((message, hint)) = failure.words() {
                terminal.error(&message, hint.as_deref());
            }
            ExitCode::from(failure.code())
        }
    }
}

fn noun(count: usize, one: &str) -> String {
    if count == 1 { one.to_owned() } else { format!("{one}s") }
}
