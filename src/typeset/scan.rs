//! The font files of a folder and what is in them, remembered between runs.
//!
//! What a file says about its faces is left to `sfnt`, which of them count to `faces`.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use serde::{Deserialize, Serialize};

use super::sfnt::{self, Scanned};
use crate::disk::{self, PathError};

const EXTENSIONS: [&str; 4] = ["otf", "ttf", "ttc", "otc"];
/// Folders deeper than this are a ring of links.
const DEPTH: usize = 16;

/// A font file and its faces.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct FontFile {
    size: u64,
    /// Nanoseconds since 1970.
    changed: u64,
    pub(super) faces: Vec<Scanned>,
}

/// What was found the last time, beside the version of Typst that read it.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Memory {
    typst: String,
    files: BTreeMap<PathBuf, FontFile>,
}

/// The font files below a folder, sorted by path; none where it does not exist.
///
/// What `memory` still holds rightly is not read again; one that is missing, broken or cannot be written
/// costs only time.
pub(super) fn folder(folder: &Path, memory: Option<&Path>) -> Result<BTreeMap<PathBuf, FontFile>, PathError> {
    let root = match fs::canonicalize(folder) {
        Ok(root) => root,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
        Err(e) => return Err(PathError::new("read", folder, e)),
    };
    let typst = typst::utils::version().raw();
    let mut known = memory.map(recall).filter(|memory| memory.typst == typst).unwrap_or_default();
    let mut paths = Vec::new();
    collect(&root, DEPTH, &mut paths)?;

    let mut files = BTreeMap::new();
    let mut read_anew = false;
    for path in paths {
        let Some((size, changed)) = stamp(&path) else { continue };
        let file = match known.files.remove(&path) {
            Some(file) if file.size == size && file.changed == changed => file,
            _ => {
                read_anew = true;
                let faces = File::open(&path).and_then(|mut file| sfnt::faces(&mut file)).unwrap_or_default();
                FontFile { size, changed, faces }
            }
        };
        files.insert(path, file);
    }

    let gone = known.files.keys().any(|path| path.starts_with(&root));
    if let Some(memory) = memory.filter(|_| read_anew || gone) {
        known.typst = typst.to_owned();
        // Every cold run reads all of it: files of folders that are no more, such as those of trials, go too.
        known.files.retain(|path, _| !path.starts_with(&root) && path.exists());
        known.files.extend(files.clone());
        let text = serde_json::to_vec(&known).expect("names and numbers always serialise");
        disk::write(memory, &text).ok();
    }
    Ok(files)
}

fn recall(memory: &Path) -> Memory {
    let text = fs::read(memory).unwrap_or_default();
    serde_json::from_slice(&text).unwrap_or_default()
}

/// Font files below a folder; links are followed, hidden entries are not.
fn collect(folder: &Path, depth: usize, paths: &mut Vec<PathBuf>) -> Result<(), PathError> {
    let fail = |e| PathError::new("read", folder, e);
    for entry in fs::read_dir(folder).map_err(fail)? {
        let path = entry.map_err(fail)?.path();
        if path.file_name().is_none_or(|name| name.to_string_lossy().starts_with('.')) {
            continue;
        }
        let extension = path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
        if path.is_dir() {
            if depth > 0 {
                collect(&path, depth - 1, paths)?;
            }
        } else if EXTENSIONS.contains(&extension.as_str()) {
            paths.push(path);
        }
    }
    Ok(())
}

/// Size and time of change of a file.
pub(super) fn stamp(path: &Path) -> Option<(u64, u64)> {
    let metadata = fs::metadata(path).ok()?;
    let since = metadata.modified().ok()?.duration_since(UNIX_EPOCH).unwrap_or_default();
    Some((metadata.len(), u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_folder_is_empty_and_a_broken_memory_is_forgotten() {
        let place = tempfile::tempdir().expect("a temporary folder");
        assert!(folder(&place.path().join("none"), None).expect("no error").is_empty());
        let memory = place.path().join("scan.json");
        disk::write(&memory, b"{").expect("it can be written");
        disk::write(&place.path().join("sub/a.OTF"), b"not a face").expect("it can be written");
        disk::write(&place.path().join("sub/readme.txt"), b"").expect("it can be written");
        let files = folder(place.path(), Some(&memory)).expect("no error");
        assert_eq!(files.len(), 1);
        assert_eq!(recall(&memory).files.len(), 1);
    }

    #[test]
    fn folders_that_are_gone_are_forgotten() {
        let place = tempfile::tempdir().expect("a temporary folder");
        let memory = place.path().join("scan.json");
        let look = |name: &str| {
            disk::write(&place.path().join(name).join("a.otf"), b"not a face").expect("it can be written");
            folder(&place.path().join(name), Some(&memory)).expect("no error");
        };
        look("trial");
        look("kept");
        assert_eq!(recall(&memory).files.len(), 2);
        fs::remove_dir_all(place.path().join("trial")).expect("it can be removed");
        look("other");
        let known: Vec<String> = recall(&memory).files.into_keys().map(|p| p.display().to_string()).collect();
        assert!(known.len() == 2 && known.iter().all(|path| !path.contains("trial")), "{known:?}");
    }
}
