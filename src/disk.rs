//! Reading and writing files so that every error names its file and a file appears whole or not at all.
//!
//! What stands in the files is left to the modules that read and write them.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

/// An operation on a path that the system refused.
#[derive(Debug, thiserror::Error)]
#[error("cannot {action} `{}`", path.display())]
pub struct PathError {
    /// What was tried, as a verb: `read`, `create`, `replace`.
    pub action: &'static str,
    /// The file or folder.
    pub path: PathBuf,
    /// What the system said.
    #[source]
    pub source: io::Error,
}

impl PathError {
    /// An error with the verb and path that it belongs to.
    pub fn new(action: &'static str, path: &Path, source: io::Error) -> Self {
        Self { action, path: path.to_owned(), source }
    }
}

/// Reads a whole file.
///
/// # Errors
/// When the file is missing, unreadable or not a file.
pub fn read(path: &Path) -> Result<Vec<u8>, PathError> {
    fs::read(path).map_err(|e| PathError::new("read", path, e))
}

/// Creates a folder and those above it.
///
/// # Errors
/// When the system refuses, or a file stands in the way.
pub fn create_folder(path: &Path) -> Result<(), PathError> {
    fs::create_dir_all(path).map_err(|e| PathError::new("create", path, e))
}

/// The names in a folder that end in `.extension`, sorted; empty where the folder does not exist.
///
/// # Errors
/// When the folder is there and cannot be read.
pub fn list(folder: &Path, extension: &str) -> Result<Vec<PathBuf>, PathError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(e) => return Err(PathError::new("read", folder, e)),
    };
    let mut paths = Vec::new();
    for entry in entries {
        let path = entry.map_err(|e| PathError::new("read", folder, e))?.path();
        let hidden = path.file_name().is_none_or(|name| name.to_string_lossy().starts_with('.'));
        if !hidden && path.extension().is_some_and(|found| found == extension) {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

/// The SHA-256 of some bytes, in lower-case hexadecimal digits.
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A file in the making: it gets its name only when it is complete and on the disk.
#[derive(Debug)]
pub struct AtomicFile {
    target: PathBuf,
    temporary: tempfile::NamedTempFile,
}

impl AtomicFile {
    /// Begins a file beside its target, in a folder that is created where it is missing.
    ///
    /// # Errors
    /// When the folder cannot be created or written to.
    pub fn create(target: &Path) -> Result<Self, PathError> {
        let folder = target.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        create_folder(folder)?;
        let temporary = tempfile::Builder::new()
            .prefix(".report-")
            .suffix(".part")
            .tempfile_in(folder)
            .map_err(|e| PathError::new("create a file in", folder, e))?;
        Ok(Self { target: target.to_owned(), temporary })
    }

    /// Writes the content, syncs it, gives it its name and syncs the folder.
    ///
    /// # Errors
    /// When the disk is full or the system refuses; the old file, if there was one, is then untouched.
    pub fn finish(self, content: &[u8]) -> Result<(), PathError> {
        readable_by_others(self.temporary.as_file()).map_err(|e| PathError::new("write", &self.target, e))?;
        self.finish_private(content)
    }

    /// As [`AtomicFile::finish`], for a file that only its owner may read.
    ///
    /// # Errors
    /// As [`AtomicFile::finish`].
    pub fn finish_private(mut self, content: &[u8]) -> Result<(), PathError> {
        let fail = |e| PathError::new("write", &self.target, e);
        self.temporary.write_all(content).map_err(fail)?;
        self.temporary.as_file().sync_all().map_err(fail)?;
        self.temporary.persist(&self.target).map_err(|e| PathError::new("replace", &self.target, e.error))?;
        sync_folder(&self.target)
    }
}

/// Writes a whole file by way of [`AtomicFile`].
///
/// # Errors
/// As [`AtomicFile::create`] and [`AtomicFile::finish`].
pub fn write(target: &Path, content: &[u8]) -> Result<(), PathError> {
    AtomicFile::create(target)?.finish(content)
}

/// Writes a whole file that only its owner may read.
///
/// # Errors
/// As [`AtomicFile::create`] and [`AtomicFile::finish`].
pub fn write_private(target: &Path, content: &[u8]) -> Result<(), PathError> {
    AtomicFile::create(target)?.finish_private(content)
}

/// Temporary files are private by default; a briefing is meant to be read by those the folder lets in.
#[cfg(unix)]
fn readable_by_others(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn readable_by_others(_: &File) -> io::Result<()> {
    Ok(())
}

/// Syncs the folder that holds a name: only then a rename or a removal is durable.
///
/// # Errors
/// When the system refuses.
#[cfg(unix)]
pub fn sync_folder(target: &Path) -> Result<(), PathError> {
    let folder = target.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder).and_then(|f| f.sync_all()).map_err(|e| PathError::new("sync", folder, e))
}

/// Syncs the folder that holds a name, where the system can do that.
///
/// # Errors
/// Never here.
#[cfg(not(unix))]
pub fn sync_folder(_: &Path) -> Result<(), PathError> {
    Ok(())
}
