//! A drop into a folder, for networks that nothing else reaches: files, then a manifest, then an empty `.ok` for each.
//!
//! Who reads the folder, and what is cleared away from it, is left to the other side.

use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{Channel, Enclosure, Outcome, Parcel, Phase};
use crate::disk::{self, AtomicFile, PathError};
use crate::ledger::LedgerError;

/// The list of what lies in a folder.
const MANIFEST: &str = "manifest.json";

/// The end of the name of the empty file that says: this one is complete.
const MARK: &str = ".ok";

/// Where files are dropped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FolderSettings {
    /// The folder. It must be there: one that is missing is a share that is not mounted, and is never created.
    pub path: PathBuf,
    /// The folders below that of the recipient.
    pub layout: Layout,
    /// Whether files have their names in ASCII.
    pub plain_names: bool,
}

/// The folders below that of the recipient.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Layout {
    /// None: all files lie in the recipient's folder.
    Flat,
    /// One for each period.
    Period,
    /// One for each period, and in it one for each subject.
    #[default]
    PeriodSubject,
}

/// A file of the manifest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Entry {
    name: String,
    sha256: String,
    size: usize,
    title: String,
    key: String,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Manifest {
    files: Vec<Entry>,
}

/// What stands in the way of a drop.
#[derive(Debug, thiserror::Error)]
enum Obstacle {
    #[error("{0}")]
    Never(String),
    #[error("{0}")]
    Now(String),
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

impl From<PathError> for Obstacle {
    fn from(error: PathError) -> Self {
        let reason = format!("{error}: {}", error.source);
        match error.source.kind() {
            // The same name will be too long the next time.
            io::ErrorKind::InvalidFilename => Self::Never(reason),
            _ => Self::Now(reason),
        }
    }
}

/// Drops parcels into a folder.
///
/// A reader takes a file when its `.ok` is there; before that, nothing of the parcel counts. Dropping a parcel again changes nothing
/// where its files still lie, so that neither a crash nor a second attempt does harm.
#[derive(Debug)]
pub struct Folder {
    settings: FolderSettings,
}

impl Folder {
    /// A channel with these settings.
    pub fn new(settings: FolderSettings) -> Self {
        Self { settings }
    }

    fn drop_parcel(
        &self,
        parcel: &Parcel,
        address: &str,
        phase: &mut dyn FnMut(Phase) -> Result<(), LedgerError>,
    ) -> Result<String, Obstacle> {
        let mut folders: Vec<(PathBuf, Vec<&Enclosure>)> = Vec::new();
        for enclosure in &parcel.enclosures {
            let folder = self.folder_of(parcel, enclosure, address)?;
            match folders.iter_mut().find(|(known, _)| *known == folder) {
                Some((_, files)) => files.push(enclosure),
                None => folders.push((folder, vec![enclosure])),
            }
        }
        phase(Phase::Sending)?;
        self.is_there()?;
        let mut marks = Vec::new();
        for (folder, files) in &folders {
            self.holds(folder)?;
            marks.extend(lay_down(folder, files, parcel, self.settings.plain_names)?);
        }
        if !marks.is_empty() {
            // The marks are what readers wait for: until the first stands there, nobody may have taken anything.
            phase(Phase::DataSent)?;
            for mark in &marks {
                disk::write(mark, b"")?;
            }
        }
        let paths: Vec<String> = folders.iter().map(|(folder, _)| folder.display().to_string()).collect();
        Ok(paths.join(", "))
    }

    /// Whether an address is a sub-folder.
    ///
    /// # Errors
    /// Why it is none.
    pub fn check_address(address: &str) -> Result<(), String> {
        address
            .split('/')
            .try_for_each(check_name)
            .map_err(|why| format!("`{address}` is no sub-folder: {why}"))
    }

    /// The folder of a file, below the one that is set: those of a digest lie where each would lie alone.
    fn folder_of(&self, parcel: &Parcel, file: &Enclosure, address: &str) -> Result<PathBuf, Obstacle> {
        let mut folder = self.settings.path.clone();
        let own = |own: &str, whole: &str| if own.is_empty() { whole.to_owned() } else { own.to_owned() };
        let period = &own(&file.about.period, &parcel.period);
        let subject = &own(&file.about.subject, &parcel.subject);
        let below: &[&str] = match self.settings.layout {
            Layout::Flat => &[address],
            Layout::Period => &[address, period],
            Layout::PeriodSubject => &[address, period, subject],
        };
        for path in below {
            for name in path.split('/') {
                check_name(name)
                    .map_err(|why| Obstacle::Never(format!("`{path}` is no sub-folder: {why}")))?;
                folder.push(name);
            }
        }
        Ok(folder)
    }

    /// A folder that is missing must not be created: what is written below the place of a share that is not mounted is hidden later.
    fn is_there(&self) -> Result<(), Obstacle> {
        let path = &self.settings.path;
        let about = std::fs::metadata(path).map_err(|e| PathError::new("read", path, e))?;
        if !about.is_dir() {
            return Err(Obstacle::Now(format!("`{}` is no folder", path.display())));
        }
        Ok(())
    }

    /// Readers may write to their folder, and could lay a link there that leads out of it.
    fn holds(&self, folder: &Path) -> Result<(), Obstacle> {
        let below = folder.strip_prefix(&self.settings.path).expect("it was joined to it");
        let mut path = self.settings.path.clone();
        for name in below {
            path.push(name);
            if path.is_symlink() {
                return Err(Obstacle::Never(format!(
                    "`{}` is a link, which may lead anywhere",
                    path.display()
                )));
            }
        }
        Ok(())
    }
}

impl Channel for Folder {
    fn is_repeatable(&self) -> bool {
        true
    }

    fn send(
        &mut self,
        parcel: &Parcel,
        address: &str,
        phase: &mut dyn FnMut(Phase) -> Result<(), LedgerError>,
    ) -> Result<Outcome, LedgerError> {
        // Never `Unknown`: a parcel that was dropped half is dropped again without harm.
        match self.drop_parcel(parcel, address, phase) {
            Ok(receipt) => Ok(Outcome::Accepted { receipt }),
            Err(Obstacle::Never(reason)) => Ok(Outcome::Refused { reason }),
            Err(Obstacle::Now(reason)) => Ok(Outcome::Retry { reason, after: None }),
            Err(Obstacle::Ledger(error)) => Err(error),
        }
    }

    fn probe(&mut self) -> (Vec<String>, bool) {
        let path = &self.settings.path;
        let tried = self.is_there().and_then(|()| {
            AtomicFile::create(&path.join(MANIFEST))?;
            Ok(rustix::fs::statvfs(path).ok())
        });
        match tried {
            Ok(space) => {
                let free = space.map(|space| space.f_bavail.saturating_mul(space.f_frsize) >> 20);
                let free = free.map_or_else(String::new, |free| format!(", {free} MiB free"));
                (vec![format!("`{}` can be written to{free}", path.display())], true)
            }
            Err(obstacle) => (vec![obstacle.to_string()], false),
        }
    }
}

/// Puts the files of one folder there, and their manifest; the marks that are still to be set.
fn lay_down(
    folder: &Path,
    files: &[&Enclosure],
    parcel: &Parcel,
    plain_names: bool,
) -> Result<Vec<PathBuf>, Obstacle> {
    disk::create_folder(folder)?;
    let mut manifest = read_manifest(folder)?;
    let before = manifest.files.clone();
    let mut marks = Vec::new();
    for enclosure in files {
        let wanted = if plain_names { &enclosure.plain_name } else { &enclosure.name };
        let name = put(folder, wanted, &parcel.key, &enclosure.bytes)?;
        manifest.files.retain(|entry| entry.name != name);
        manifest.files.push(Entry {
            sha256: disk::sha256(&enclosure.bytes),
            size: enclosure.bytes.len(),
            title: enclosure.title_in(parcel).to_owned(),
            key: parcel.key.clone(),
            name: name.clone(),
        });
        marks.push(folder.join(format!("{name}{MARK}")));
    }
    manifest.files.sort_by(|a, b| a.name.cmp(&b.name));
    if manifest.files != before {
        let mut text = serde_json::to_vec_pretty(&manifest).expect("strings and numbers always serialise");
        text.push(b'\n');
        disk::write(&folder.join(MANIFEST), &text)?;
    }
    marks.retain(|mark| !mark.exists());
    Ok(marks)
}

/// Why a name cannot be that of a file or folder everywhere that a share may lie.
fn check_name(name: &str) -> Result<(), String> {
    if name.is_empty() {
        Err("a name in it is empty".to_owned())
    } else if name.starts_with('.') {
        Err(format!("`{name}` begins with a dot"))
    } else if let Some(c) = name.chars().find(|c| c.is_control() || "/\\:*?\"<>|".contains(*c)) {
        Err(format!("{c:?} cannot stand in a name"))
    } else {
        Ok(())
    }
}

/// Puts a file in its place, or beside another that has its name; the name that it got. A file that is there already is left alone.
fn put(folder: &Path, wanted: &str, key: &str, bytes: &[u8]) -> Result<String, Obstacle> {
    check_name(wanted).map_err(|why| Obstacle::Never(format!("`{wanted}` is no name of a file: {why}")))?;
    if wanted.ends_with(MARK) {
        return Err(Obstacle::Never(format!("`{wanted}` would be taken for the mark of another file")));
    }
    let suffixes = [8, 16, usize::MAX].map(|length| key.get(..length).unwrap_or(key));
    let names = [wanted.to_owned()].into_iter().chain(suffixes.map(|suffix| beside(wanted, suffix)));
    for name in names.filter(|name| name != MANIFEST) {
        let path = folder.join(&name);
        match disk::read(&path) {
            Ok(there) if there == bytes => return Ok(name),
            Ok(_) => {}
            Err(error) if error.source.kind() == io::ErrorKind::NotFound => {
                // Between the look and the new name another program could take it: of ours, the ledger's lease lets only one deliver,
                // and a rename that fails there does not exist on the shares of other systems.
                disk::write(&path, bytes)?;
                return Ok(name);
            }
            Err(error) => return Err(error.into()),
        }
    }
    Err(Obstacle::Never(format!("other files of the name `{wanted}` lie in `{}`", folder.display())))
}

/// `a.pdf` as `a-SUFFIX.pdf`.
fn beside(name: &str, suffix: &str) -> String {
    match name.rsplit_once('.') {
        Some((stem, extension)) => format!("{stem}-{suffix}.{extension}"),
        None => format!("{name}-{suffix}"),
    }
}

fn read_manifest(folder: &Path) -> Result<Manifest, Obstacle> {
    let path = folder.join(MANIFEST);
    match disk::read(&path) {
        // Written over, somebody's list would be lost; so a person is to look at it first.
        Ok(text) => serde_json::from_slice(&text)
            .map_err(|e| Obstacle::Now(format!("cannot understand `{}`: {e}", path.display()))),
        Err(error) if error.source.kind() == io::ErrorKind::NotFound => Ok(Manifest::default()),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_names_lead_into_the_folder() {
        for name in ["平凉市", "a b", "a..b", "x-1_2.pdf"] {
            assert_eq!(check_name(name), Ok(()), "{name}");
        }
        for name in ["", ".", "..", ".ssh", "a/b", "a\\b", "C:", "a\0", "a\n", "a*"] {
            assert!(check_name(name).is_err(), "{name:?}");
        }
    }

    #[test]
    fn a_suffix_stands_before_the_extension() {
        assert_eq!(beside("第11期.pdf", "0a"), "第11期-0a.pdf");
        assert_eq!(beside("a.b.pdf", "0a"), "a.b-0a.pdf");
        assert_eq!(beside("plain", "0a"), "plain-0a");
    }

    #[test]
    fn a_third_file_of_a_name_finds_a_longer_suffix() {
        let folder = tempfile::tempdir().expect("a folder");
        let key = "0123456789abcdef0123456789abcdef";
        let put = |bytes: &[u8]| put(folder.path(), "a.pdf", key, bytes);
        let names: Vec<_> = [b"1", b"2", b"3", b"4", b"2"].map(|bytes| put(bytes).expect("a name")).into();
        assert_eq!(
            names,
            ["a.pdf", "a-01234567.pdf", "a-0123456789abcdef.pdf", &format!("a-{key}.pdf"), "a-01234567.pdf"]
        );
        assert!(matches!(put(b"5"), Err(Obstacle::Never(_))));
        assert_eq!(disk::read(&folder.path().join("a.pdf")).expect("the first"), b"1");
    }
}
