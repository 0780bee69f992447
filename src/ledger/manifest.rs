//! `manifest.json`: every finished file with its digests, written last.
//!
//! What a run notes on the way is left to `journal`. Whether a document must be made again is left to the pipeline, which compares.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use super::{LedgerError, journal};
use crate::disk::{self, PathError};
use crate::model::Language;
use crate::views::shape::Line;

/// The file's name within the output folder.
pub const MANIFEST: &str = "manifest.json";

/// A finished file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Entry {
    /// `region` or `comparative`.
    pub document: String,
    /// What it is about.
    pub subject: String,
    /// The period it is about.
    pub period: String,
    /// `all` or `body`; `copy` for a working copy, `review` for its 审签单; `withdrawal` for the notice that calls an issue back.
    pub part: String,
    /// 第N期, where it bears a number.
    #[serde(default)]
    pub number: Option<u32>,
    /// 总第N期. Only the ledger gives it: what has one was issued, and is never written over by a draft.
    #[serde(default)]
    pub total: Option<u32>,
    /// The date of the document: the day it was first made with these inputs.
    pub date: String,
    /// How many pages it has.
    pub pages: usize,
    /// How many of them the body takes; none where an older version recorded it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body_pages: Option<usize>,
    /// How many plates moved to the annex so that the body fits.
    pub moved: usize,
    /// SHA-256 of the PDF.
    pub pdf: String,
    /// SHA-256 of the view, which lies beside it.
    pub view: String,
    /// SHA-256 of what it says, without number and date.
    #[serde(default)]
    pub content: String,
    /// What the PDF conforms to: `a-2a`, `a-3a`, `1.7`. Files made before there was a choice are plain.
    #[serde(default = "plain")]
    pub standard: String,
    /// The verification code in its foot.
    #[serde(default)]
    pub code: String,
    /// SHA-256 of the recipe in the archive: templates, faces, engine.
    #[serde(default)]
    pub recipe: String,
    /// The house style it was made in.
    #[serde(default = "official", skip_serializing_if = "is_official")]
    pub style: String,
    /// The language of its words (BCP 47).
    #[serde(default = "simplified", skip_serializing_if = "is_simplified")]
    pub language: String,
    /// Whether it is a draft that waits, or waited, for a signature: another draft never takes its name.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub held: bool,
    /// 拟稿, 核对, 签发, as they stand on it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub people: Vec<Line>,
    /// SHA-256 over view, templates, faces, engine and options: what the PDF was made from.
    pub inputs: String,
    /// The files that the view was made from; none where there was something to warn of, which is to be said again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sources: Option<Sources>,
    /// SHA-256 of the same document without the red of its masthead, where one lies beside it: see [`blank_path`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blank: Option<String>,
    /// Which correction (更正) of its issue it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correction: Option<u32>,
    /// The path of the correction that replaces it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub superseded: Option<String>,
    /// The path of the notice that calls its issue back (撤回).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawn: Option<String>,
}

/// The files that a view is made from, by their content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sources {
    /// SHA-256 of what all documents of a run share, which the archive keeps: settings, catalogues, templates, faces, program, options.
    pub basis: String,
    /// SHA-256 of what was asked for: the places, the title, the channels.
    pub order: String,
    /// SHA-256 of each file that belongs to this document, by its name in the workspace.
    pub files: BTreeMap<String, String>,
}

/// Where the rendering of a document for pre-printed red paper (套红纸) lies: `<subject>.blank.pdf` beside it.
pub fn blank_path(path: &str) -> String {
    beside(path, "blank")
}

/// Where the distribution list of a document lies: `<subject>.distribution.pdf` beside it. It is no issue, and not in the manifest.
pub fn distribution_path(path: &str) -> String {
    beside(path, "distribution")
}

/// Where the list for checking a document lies: `<subject>.audit.pdf` beside it. It is no issue, and not in the manifest.
pub fn audit_path(path: &str) -> String {
    beside(path, "audit")
}

/// Where the 审签单 of a working copy lies: `<subject>.review.pdf` beside `<subject>.copy.pdf`.
pub fn review_path(copy: &str) -> String {
    beside(copy.strip_suffix(".copy.pdf").unwrap_or(copy), "review")
}

fn beside(path: &str, what: &str) -> String {
    format!("{}.{what}.pdf", path.strip_suffix(".pdf").unwrap_or(path))
}

fn official() -> String {
    "official".to_owned()
}

fn simplified() -> String {
    Language::default().tag().to_owned()
}

fn is_simplified(language: &str) -> bool {
    language == Language::default().tag()
}

fn is_official(style: &str) -> bool {
    style == "official"
}

fn plain() -> String {
    "1.7".to_owned()
}

/// All finished files of an output folder, by their path within it; or those of one shard of a plan.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Manifest {
    format: u32,
    /// Of which shard of a plan it is; none for that of the whole folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shard: Option<Shard>,
    /// The entries by path, with `/`.
    pub entries: BTreeMap<String, Entry>,
}

/// Which shard of a plan a manifest is of, and how far it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Shard {
    /// SHA-256 of the plan.
    pub plan: String,
    /// Which one, counted from 1.
    pub number: usize,
    /// Of how many.
    pub of: usize,
    /// Whether a run has gone through all its documents.
    pub ended: bool,
    /// Why documents were not made, by their path.
    pub failed: BTreeMap<String, String>,
}

impl Manifest {
    /// Reads the manifest of a folder, with what a run that has not ended has finished; an empty one where there is none yet.
    ///
    /// # Errors
    /// When it is there and cannot be read or understood.
    pub fn read(folder: &Path) -> Result<Self, LedgerError> {
        Self::read_as(folder, MANIFEST)
    }

    /// As [`Manifest::read`], of a manifest with another name.
    ///
    /// # Errors
    /// As [`Manifest::read`].
    pub fn read_as(folder: &Path, name: &str) -> Result<Self, LedgerError> {
        // The journal first: one that is taken over in the meantime is then read twice, and not missed.
        let (finished, _) = journal::read_from(folder, name, 0)?;
        let mut manifest = Self::read_whole(folder, name)?;
        manifest.entries.extend(finished);
        Ok(manifest)
    }

    fn read_whole(folder: &Path, name: &str) -> Result<Self, LedgerError> {
        let path = folder.join(name);
        if !path.exists() {
            return Ok(Self { format: 1, shard: None, entries: BTreeMap::new() });
        }
        let bytes = disk::read(&path)?;
        let manifest: Self = serde_json::from_slice(&bytes)
            .map_err(|source| LedgerError::Broken { path: path.clone(), source })?;
        if manifest.format > 1 {
            return Err(LedgerError::Newer { path, format: manifest.format });
        }
        Ok(manifest)
    }

    /// Whether a folder has a manifest.
    pub fn is_in(folder: &Path) -> bool {
        folder.join(MANIFEST).is_file() || journal::is_in(folder, MANIFEST)
    }

    /// Adds entries to the manifest of a folder. What another run has added in the meantime is kept.
    ///
    /// # Errors
    /// When the folder cannot be locked or written to, or the manifest in it cannot be understood.
    pub fn add(folder: &Path, entries: BTreeMap<String, Entry>) -> Result<(), LedgerError> {
        Self::add_as(folder, MANIFEST, entries)
    }

    /// As [`Manifest::add`], to a manifest with another name.
    ///
    /// # Errors
    /// As [`Manifest::add`].
    pub fn add_as(folder: &Path, name: &str, entries: BTreeMap<String, Entry>) -> Result<(), LedgerError> {
        if entries.is_empty() {
            return Ok(());
        }
        Self::change_as(folder, name, |known| known.entries.extend(entries))
    }

    /// Notes files that are finished, in the midst of a run. Every reader finds them; [`Manifest::settle`] writes them into the manifest.
    ///
    /// # Errors
    /// When the folder cannot be locked or written to.
    pub fn note(folder: &Path, name: &str, entries: &[(String, Entry)]) -> Result<(), LedgerError> {
        if entries.is_empty() {
            return Ok(());
        }
        disk::create_folder(folder)?;
        let lock = Lock::of(folder, name)?;
        journal::append(folder, name, entries)?;
        drop(lock);
        Ok(())
    }

    /// Writes what was noted into the manifest, this run's notes and those of one that was killed.
    ///
    /// # Errors
    /// As [`Manifest::add`].
    pub fn settle(folder: &Path, name: &str) -> Result<(), LedgerError> {
        if journal::is_in(folder, name) { Self::change_as(folder, name, |_| ()) } else { Ok(()) }
    }

    /// Takes entries out of the manifest of a folder.
    ///
    /// # Errors
    /// As [`Manifest::add`].
    pub fn remove(folder: &Path, paths: &[String]) -> Result<(), LedgerError> {
        if paths.is_empty() {
            return Ok(());
        }
        Self::change(folder, |known| known.retain(|path, _| !paths.contains(path)))
    }

    /// Changes the entries of a folder while nobody else does.
    ///
    /// # Errors
    /// As [`Manifest::add`].
    pub fn change(folder: &Path, work: impl FnOnce(&mut BTreeMap<String, Entry>)) -> Result<(), LedgerError> {
        Self::change_as(folder, MANIFEST, |known| work(&mut known.entries))
    }

    /// Changes a manifest with another name while nobody else does.
    ///
    /// # Errors
    /// As [`Manifest::add`].
    pub fn change_as(folder: &Path, name: &str, work: impl FnOnce(&mut Self)) -> Result<(), LedgerError> {
        disk::create_folder(folder)?;
        let lock = Lock::of(folder, name)?;
        let mut manifest = Self::read_as(folder, name)?;
        work(&mut manifest);
        let mut bytes = serde_json::to_vec_pretty(&manifest).expect("strings and numbers always serialise");
        bytes.push(b'\n');
        disk::write(&folder.join(name), &bytes)?;
        journal::remove(folder, name)?;
        drop(lock);
        Ok(())
    }
}

/// A manifest as it was last read: a run that asks after each document reads only what was noted since.
#[derive(Debug, Default)]
pub struct LastRead {
    manifest: Arc<Manifest>,
    /// Size and time of change of the manifest; none before the first reading, or where there is no manifest.
    stamp: Option<(u64, SystemTime)>,
    /// How much of the journal is in it.
    noted: u64,
}

impl LastRead {
    /// The manifest as it is now.
    ///
    /// # Errors
    /// As [`Manifest::read`].
    pub fn now(&mut self, folder: &Path, name: &str) -> Result<Arc<Manifest>, LedgerError> {
        let stamp = || {
            let data = std::fs::metadata(folder.join(name)).ok()?;
            Some((data.len(), data.modified().ok()?))
        };
        let before = stamp();
        let (finished, end) = journal::read_from(folder, name, self.noted)?;
        if before.is_some() && before == self.stamp && stamp() == before && end >= self.noted {
            if !finished.is_empty() {
                Arc::make_mut(&mut self.manifest).entries.extend(finished);
            }
            self.noted = end;
        } else {
            let (all, end) = journal::read_from(folder, name, 0)?;
            let mut manifest = Manifest::read_whole(folder, name)?;
            manifest.entries.extend(all);
            *self = Self { manifest: Arc::new(manifest), stamp: before, noted: end };
        }
        Ok(Arc::clone(&self.manifest))
    }
}

/// An advisory lock that ends with the value, or with the process.
struct Lock {
    _file: File,
}

impl Lock {
    /// Two runs that finish at once take turns by locking a file beside the manifest, which stays empty.
    fn of(folder: &Path, name: &str) -> Result<Self, PathError> {
        let path = &folder.join(format!(".{}.lock", name.trim_end_matches(".json")));
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(path)
            .and_then(|file| file.lock().map(|()| file))
            .map_err(|e| PathError::new("lock", path, e))?;
        Ok(Self { _file: file })
    }
}
