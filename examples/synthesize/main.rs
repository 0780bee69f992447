//! `synthesize`: writes a workspace of synthetic case data, as large as a test or a measurement needs it.
//!
//! Every place, figure and source in it is invented and says so. The same seed gives the same files; a region is the same however many
//! others are made with it.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_macros,
    reason = "a program for the terminal"
)]
#![expect(clippy::disallowed_methods, reason = "an empty folder is filled: what is cut short is thrown away")]
#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_possible_wrap,
    reason = "numbers drawn here are small"
)]

mod cases;
mod draw;
mod entries;
mod facts;
mod figures;
mod indicators;
mod mechanisms;
mod names;
mod plates;
mod region;
mod shared;
mod story;
mod text;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;

use indicators::Indicator;
use region::Size;

/// Write a workspace of synthetic case data: invented regions with figures, mechanisms, cases and their own words.
///
/// The same seed gives the same files, and a region is the same however many others are made with it.
#[derive(Debug, Parser)]
#[command(name = "synthesize")]
struct Args {
    /// How many regions
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=names::MOST as u64))]
    regions: u64,

    /// What everything is drawn from
    #[arg(long, default_value_t = 1)]
    seed: u64,

    /// Facts of each region at the least
    #[arg(long, default_value_t = 40, value_parser = clap::value_parser!(u32).range(..=50_000))]
    facts: u32,

    /// Mechanisms of each region at the least
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(..=50_000))]
    mechanisms: u32,

    /// The folder to write to: a new one, or an empty one
    dir: PathBuf,
}

fn main() -> ExitCode {
    let args = Args::parse();
    if let Err(message) = is_free(&args.dir) {
        eprintln!("error: {message}");
        eprintln!("  = hint: name a new folder, or an empty one");
        return ExitCode::from(2);
    }
    match write(&args) {
        Ok(()) => {
            println!("wrote {} regions to {}", args.regions, args.dir.display());
            ExitCode::SUCCESS
        }
        Err((path, error)) => {
            eprintln!("error: cannot write `{}`: {error}", path.display());
            ExitCode::FAILURE
        }
    }
}

/// Nothing is written over, and nothing is mixed with what somebody keeps.
fn is_free(dir: &Path) -> Result<(), String> {
    match fs::read_dir(dir) {
        Ok(mut entries) => match entries.next() {
            None => Ok(()),
            Some(_) => Err(format!("`{}` is not empty", dir.display())),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(format!("`{}` is no folder to write to: {error}", dir.display())),
    }
}

fn write(args: &Args) -> Result<(), (PathBuf, io::Error)> {
    let put = |name: &str, text: &str| {
        let path = args.dir.join(name);
        fs::write(&path, text).map_err(|error| (path, error))
    };
    for folder in ["data/regions", "data/texts"] {
        let path = args.dir.join(folder);
        fs::create_dir_all(&path).map_err(|error| (path, error))?;
    }
    let size = Size { facts: args.facts as usize, mechanisms: args.mechanisms as usize };
    let mut used: Vec<&'static Indicator> = Vec::new();
    for number in 0..args.regions as usize {
        let files = region::make(args.seed, number, size);
        put(&format!("data/regions/{}.toml", files.id), &files.region)?;
        put(&format!("data/texts/region-{}.toml", files.id), &files.text)?;
        for indicator in files.indicators {
            if !used.contains(&indicator) {
                used.push(indicator);
            }
        }
    }
    for (name, text) in shared::files(&used) {
        put(name, &text)?;
    }
    Ok(())
}
