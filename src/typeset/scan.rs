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

/// What was found in a folder the last time, beside the version of Typst that read it.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Memory {
    typst: String,
    folder: PathBuf,
    files: BTreeMap<PathBuf, FontFile>,
}

/// The font files below a folder, sorted by path; none where it does not exist.
///
/// What the folder `memory` still holds rightly is not read again; one that is missing, broken or cannot be written
/// costs only time.
pub(super) fn folder(folder: &Path, memory: Option<&Path>) -> Result<BTreeMap<PathBuf, FontFile>, PathError> {
    let root = match fs::canonicalize(folder) {
        Ok(root) => root,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
        Err(e) => return Err(PathError::new("read", folder, e)),
    };
    let typst = typst::utils::version().raw();
    let memory = memory.map(|memory| memory.join(name_of(&root)));
    let known = memory.as_deref().map(recall).filter(|memory| memory.typst == typst);
    let mut known = known.unwrap_or_default().files;
    let mut paths = Vec::new();
    collect(&root, DEPTH, &mut paths)?;

    let mut files = BTreeMap::new();
    let mut read_anew = false;
    for path in paths {
        let Some((size, changed)) = stamp(&path) else { continue };
        let file = match known.remove(&path) {
            Some(file) if file.size == size && file.changed == changed => file,
            _ => {
                read_anew = true;
                let faces = File::open(&path).and_then(|mut file| sfnt::faces(&mut file)).unwrap_or_default();
                FontFile { size, changed, faces }
            }
        };
        files.insert(path, file);
    }

    let gone = !known.is_empty();
    if let Some(memory) = memory.filter(|_| read_anew || gone) {
        let found = Memory { typst: typst.to_owned(), folder: root, files };
        let text = serde_json::to_vec(&found).expect("names and numbers always serialise");
        if disk::write(&memory, &text).is_ok() {
            forget_others(&memory);
        }
        return Ok(found.files);
    }
    Ok(files)
}

/// Each folder is remembered in a file of its own, as a cold run reads all of the file.
fn name_of(folder: &Path) -> String {
    let digest = disk::sha256(folder.as_os_str().as_encoded_bytes());
    format!("faces-{}.json", &digest[..16])
}

/// Removes what is remembered of folders that are no more, such as those of trials.
fn forget_others(memory: &Path) {
    let others = memory.parent().and_then(|folder| fs::read_dir(folder).ok());
    for other in others.into_iter().flatten().flatten() {
        let name = other.file_name().to_string_lossy().into_owned();
        let is_memory = name.starts_with("faces-") && name.ends_with(".json");
        if is_memory && !recall(&other.path()).folder.exists() {
            fs::remove_file(other.path()).ok();
        }
    }
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
        let faces = place.path().join("faces");
        disk::write(&faces.join("sub/a.OTF"), b"not a face").expect("it can be written");
        disk::write(&faces.join("sub/readme.txt"), b"").expect("it can be written");
        let root = fs::canonicalize(&faces).expect("it is there");
        let memory = place.path().join(name_of(&root));
        disk::write(&memory, b"{").expect("it can be written");
        let files = folder(&faces, Some(place.path())).expect("no error");
        assert_eq!(files.len(), 1);
        assert_eq!(recall(&memory).files.len(), 1);
    }

    #[test]
    fn folders_that_are_gone_are_forgotten() {
        let place = tempfile::tempdir().expect("a temporary folder");
        let memory = place.path().join("memory");
        let look = |name: &str| {
            disk::write(&place.path().join(name).join("a.otf"), b"not a face").expect("it can be written");
            folder(&place.path().join(name), Some(&memory)).expect("no error");
        };
        let known = || -> Vec<String> {
            let files = fs::read_dir(&memory).expect("a folder").flatten();
            let files = files.flat_map(|file| recall(&file.path()).files.into_keys());
            files.map(|path| path.display().to_string()).collect()
        };
        look("trial");
        look("kept");
        assert_eq!(known().len(), 2);
        fs::remove_dir_all(place.path().join("trial")).expect("it can be removed");
        look("other");
        assert!(known().len() == 2 && known().iter().all(|path| !path.contains("trial")), "{:?}", known());
    }
}
