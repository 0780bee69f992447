//! `.manifest.journal`, or that of a shard's manifest: the files that a run has finished so far, a line each, until the manifest takes them over.
//!
//! A run of ten thousand documents cannot write the manifest ten thousand times, and one that is killed must not lose what it has
//! made. What stands in the manifest, and who may touch either, is left to `manifest`.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::manifest::Entry;
use crate::disk::PathError;

/// The journal of a manifest, beside it.
fn path_of(folder: &Path, manifest: &str) -> PathBuf {
    folder.join(format!(".{}.journal", manifest.trim_end_matches(".json")))
}

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
pub(super) fn append(folder: &Path, manifest: &str, entries: &[(String, Entry)]) -> Result<(), PathError> {
    let path = path_of(folder, manifest);
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

/// What the journal of a folder says after its first bytes, oldest first, and how many bytes of whole lines it has; nothing where there is
/// none. A last line that is cut is no line.
///
/// # Errors
/// When it is there and cannot be read.
pub(super) fn read_from(
    folder: &Path,
    manifest: &str,
    start: u64,
) -> Result<(Vec<(String, Entry)>, u64), PathError> {
    let path = path_of(folder, manifest);
    if !path.exists() {
        return Ok((Vec::new(), 0));
    }
    let (bytes, start) = rest_of(&path, start).map_err(|e| PathError::new("read", &path, e))?;
    let end = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let lines = bytes[..end].split(|byte| *byte == b'\n');
    let lines = lines.filter_map(|line| serde_json::from_slice::<Line>(line).ok());
    Ok((lines.map(|line| (line.path, line.entry)).collect(), start + end as u64))
}

/// What stands in a file after its first bytes, and how many those are: none in a file that is shorter, which is another one.
fn rest_of(path: &Path, start: u64) -> io::Result<(Vec<u8>, u64)> {
    let mut file = File::open(path)?;
    let start = if start > file.metadata()?.len() { 0 } else { start };
    file.seek(SeekFrom::Start(start))?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok((bytes, start))
}

/// Whether a manifest has a journal.
pub(super) fn is_in(folder: &Path, manifest: &str) -> bool {
    path_of(folder, manifest).is_file()
}

/// Takes the journal away: the manifest has all of it.
///
/// # Errors
/// When the system refuses.
pub(super) fn remove(folder: &Path, manifest: &str) -> Result<(), PathError> {
    let path = path_of(folder, manifest);
    match fs::remove_file(&path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(PathError::new("remove", &path, e)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{MANIFEST, Manifest};
    use super::*;
    use crate::disk;

    fn entry(subject: &str) -> Entry {
        let json = format!(
            "{{\"document\":\"region\",\"subject\":\"{subject}\",\"period\":\"2026-11\",\"part\":\"all\",\"date\":\"2026-11-30\",\"pages\":2,\"moved\":0,\"pdf\":\"\",\"view\":\"\",\"inputs\":\"\"}}"
        );
        serde_json::from_str(&json).expect("an entry")
    }

    fn subjects(entries: &[(String, Entry)]) -> Vec<&str> {
        entries.iter().map(|(_, entry)| entry.subject.as_str()).collect()
    }

    #[test]
    fn half_a_line_is_no_line_and_does_not_spoil_the_next() {
        let folder = tempfile::tempdir().expect("a folder");
        let note = |name: &str| {
            append(folder.path(), MANIFEST, &[(format!("{name}.pdf"), entry(name))]).expect("a line");
        };
        note("a");
        let path = path_of(folder.path(), MANIFEST);
        let mut bytes = disk::read(&path).expect("a journal");
        let half = bytes.len() / 2;
        bytes.extend_from_within(..half);
        disk::write(&path, &bytes).expect("a journal");
        assert_eq!(subjects(&read_from(folder.path(), MANIFEST, 0).expect("lines").0), ["a"]);
        note("b");
        let (entries, end) = read_from(folder.path(), MANIFEST, 0).expect("lines");
        assert_eq!(subjects(&entries), ["a", "b"]);
        note("c");
        assert_eq!(subjects(&read_from(folder.path(), MANIFEST, end).expect("lines").0), ["c"]);
        // Another journal that is shorter is read from its beginning.
        assert_eq!(read_from(folder.path(), MANIFEST, 1 << 30).expect("lines").0.len(), 3);
    }

    #[test]
    fn notes_are_found_at_once_and_go_into_the_manifest() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut last = super::super::LastRead::default();
        let mut known = || last.now(folder.path(), MANIFEST).expect("a manifest").entries.len();
        let note = |name: &str| {
            Manifest::note(folder.path(), MANIFEST, &[(name.to_owned(), entry(name))]).expect("a note");
        };
        assert_eq!(known(), 0);
        note("a");
        assert_eq!(known(), 1);
        Manifest::settle(folder.path(), MANIFEST).expect("a manifest");
        assert!(!is_in(folder.path(), MANIFEST));
        assert_eq!(known(), 1);
        note("b");
        assert_eq!(known(), 2);
        note("c");
        assert_eq!(known(), 3);
        // Somebody else's manifest, which lacks what was noted before it.
        Manifest::change(folder.path(), |entries| entries.retain(|name, _| name == "c")).expect("a manifest");
        assert_eq!(known(), 1);
        assert_eq!(Manifest::read(folder.path()).expect("a manifest").entries.len(), 1);
    }
}
