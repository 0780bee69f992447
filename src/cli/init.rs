//! `report init`: a small workspace that works, with comments, for who begins.
//!
//! Its files lie beside this one as they are written.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::Path;

use briefing::disk;

use super::args::Init;
use super::failure::{Failure, Outcome};
use super::telling::shown;
use crate::terminal::Terminal;

/// The files of the workspace; the settings come last, so that a workspace that was begun and not finished is none.
const FILES: [(&str, &str); 7] = [
    ("data/units.toml", include_str!("first/data/units.toml")),
    ("data/indicators.toml", include_str!("first/data/indicators.toml")),
    ("data/sources.toml", include_str!("first/data/sources.toml")),
    ("data/regions/yunxi.toml", include_str!("first/data/regions/yunxi.toml")),
    ("data/texts/region-yunxi.toml", include_str!("first/data/texts/region-yunxi.toml")),
    ("data/recipients.toml", include_str!("first/data/recipients.toml")),
    (SETTINGS, include_str!("first/report.toml")),
];
const SETTINGS: &str = "report.toml";

/// Writes the files that are not there, and says the next steps.
pub(crate) fn run(verb: &Init, terminal: &Terminal) -> Result<Outcome, Failure> {
    let folder = &verb.folder;
    if folder.join(SETTINGS).exists() {
        let hint = "name a folder that is empty or not there yet: report init DIR".to_owned();
        return Err(Failure::usage(format!("{} is a workspace already", shown(folder)), hint));
    }
    for (name, text) in FILES {
        let path = folder.join(name);
        let written = write_new(&path, text).map_err(|error| {
            let hint = "choose a folder that you may write to".to_owned();
            Failure::usage(format!("cannot write {}: {error}", shown(&path)), hint)
        })?;
        let what = if written { "wrote" } else { "kept" };
        terminal.line(&format!("{what} {}", shown(&path)))?;
    }
    let within = if folder == Path::new(".") { String::new() } else { format!("cd {} && ", shown(folder)) };
    terminal.line("")?;
    terminal.line("next:")?;
    terminal.line(&format!("  {within}report check"))?;
    terminal.line("  report generate --region yunxi      # a briefing of an invented county, in reports/")?;
    terminal.line("  report schedule list                # what will be issued when; open report.toml and data/ and write your own")?;
    Ok(Outcome::Done)
}

/// Whether it was written; a file that is there stays as it is, also one that comes between.
fn write_new(path: &Path, text: &str) -> std::io::Result<bool> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut file = match OpenOptions::new().write(true).create_new(true).open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::AlreadyExists => return Ok(false),
        Err(error) => return Err(error),
    };
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    disk::sync_folder(path).map_err(|error| error.source)?;
    Ok(true)
}
