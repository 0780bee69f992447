//! `.manifest.journal`: the files that a run has finished so far, a line each, until the manifest takes them over.
//!
//! A run of ten thousand documents cannot write the manifest ten thousand times, and one that is killed must not lose what it has
//! made. What stands in the manifest, and who may touch either, is left to `manifest`.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::manifest::Entry;
use crate::disk::{self, PathError};

/// The file's name within the output folder.
const NAME: &str = ".manifest.journal";

/// A line as it is read.
#[derive(Debug, Deserialize)]
struct Line {
    path: String,
    entry: Entry,
}

/// A line as it is written.
#[derive(Debug, Serialize)]
struct NewLine<'a> {
    path: &'a str,
    entry: &'a Entry,
}

/// Adds finished files. It is not synced: a machine that loses power forgets the last lines, and their documents are made again.
///
/// # Errors
/// When the disk refuses; the journal is then as before.
pub(super) fn append(folder: &Path, entries: &[(String, Entry)]) -> Result<(), PathError> {
    let path = folder.join(NAME);
    let fail = |e| PathError::new("write", &path, e);
    let mut lines = Vec::new();
    for (path, entry) in entries {
        serde_json::to_writer(&mut lines, &NewLine { path, entry })
            .expect("strings and numbers always serialise");
        lines.push(b'\n');
    }
    let mut file =
        OpenOptions::new().create(true).truncate(false).read(true).write(true).open(&path).map_err(fail)?;
    let end = end_of_lines(&mut file).map_err(fail)?;
    if let Err(error) = file.seek(SeekFrom::Start(end)).and_then(|_| file.write_all(&lines)) {
        // Half a line would be taken for a whole one with the next behind it.
        let _ = file.set_len(end);
        return Err(fail(error));
    }
    Ok(())
}

/// Where the last whole line ends; what a killed process wrote of another one is cut off.
fn end_of_lines(file: &mut File) -> io::Result<u64> {
    let length = file.seek(SeekFrom::End(0))?;
    if length == 0 {
        return Ok(0);
    }
    let mut last = [0];
    file.seek(SeekFrom::Start(length - 1))?;
    file.read_exact(&mut last)?;
    if last == *b"\n" {
        return Ok(length);
    }
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    file.read_to_end(&mut bytes)?;
    let end = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1) as u64;
    file.set_len(end)?;
    Ok(end)
}

/// What the journal of a folder says, oldest first; nothing where there is none. A last line that is cut is no line.
///
/// # Errors
/// When it is there and cannot be read.
pub(super) fn read(folder: &Path) -> Result<Vec<(String, Entry)>, PathError> {
    let path = folder.join(NAME);
    if !path.exists() {
        return Ok(Vec::new());
    }
    let bytes = disk::read(&path)?;
    let lines = bytes.split(|byte| *byte == b'\n');
    let lines = lines.filter_map(|line| serde_json::from_slice::<Line>(line).ok());
    Ok(lines.map(|line| (line.path, line.entry)).collect())
}

/// Whether a folder has a journal.
pub(super) fn is_in(folder: &Path) -> bool {
    folder.join(NAME).is_file()
}

/// Takes the journal away: the manifest has all of it.
///
/// # Errors
/// When the system refuses.
pub(super) fn remove(folder: &Path) -> Result<(), PathError> {
    let path = folder.join(NAME);
    match fs::remove_file(&path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(PathError::new("remove", &path, e)),
        _ => Ok(()),
    }
}
