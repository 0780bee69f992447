//! Making one output folder of all shards: their files, one manifest, and the numbers as issued.
//!
//! Whether the shards are whole is left to `gathering`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Utc};

use super::ShardError;
use super::gathering::{Gathered, Whole, files_of};
use super::plan::{Plan, Planned};
use crate::disk::{self, PathError};
use crate::ledger::{Ended, Issue, IssueState, Ledger, Manifest};

/// A merge of shards that were found whole.
pub struct Merging<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// What was found of it.
    pub gathered: &'a Gathered,
    /// The output folder.
    pub out: &'a Path,
    /// Why the numbers of documents that were not made are given up.
    pub reason: &'a str,
    /// How many files are copied at a time.
    pub jobs: usize,
}

/// What a merge did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Merged {
    /// How many documents are in the one manifest by it.
    pub documents: usize,
    /// How many numbers are void by it.
    pub void: usize,
}

/// How the numbers of a plan stand in the ledger.
#[derive(Debug)]
pub struct Standing {
    /// The issue of each document of the plan, in its order; none of drafts.
    issues: Vec<Issue>,
}

impl Standing {
    /// Asks the ledger; drafts have no numbers to ask for.
    ///
    /// # Errors
    /// When the ledger cannot be read, or does not have the numbers that the plan reserved.
    pub fn of(plan: &Plan, ledger: Option<&Ledger>) -> Result<Self, ShardError> {
        if !plan.head.numbered {
            return Ok(Self { issues: Vec::new() });
        }
        let mut known: BTreeMap<(String, u32), Issue> = BTreeMap::new();
        if let Some(ledger) = ledger {
            let issues = ledger.issues_of(&plan.head.period)?.into_iter();
            known.extend(issues.map(|issue| ((issue.document.clone(), issue.number.total), issue)));
        }
        let issues = plan.documents.iter().map(|planned| {
            let (number, total) = planned.number.unwrap_or_default();
            let issue = known.remove(&(planned.document.clone(), total));
            issue.filter(|issue| is_of(issue, planned, number)).ok_or_else(|| ShardError::NotReserved {
                document: planned.document.clone(),
                subject: planned.subject.clone(),
                number,
                total,
            })
        });
        Ok(Self { issues: issues.collect::<Result<_, _>>()? })
    }

    /// Whether every number has ended: there is nothing left to merge.
    pub fn is_ended(&self) -> bool {
        !self.issues.is_empty() && self.issues.iter().all(|issue| issue.state != IssueState::Reserved)
    }

    /// Whether a document still waits for its merge.
    fn is_open(&self, at: usize) -> bool {
        self.issues.get(at).is_none_or(|issue| issue.state == IssueState::Reserved)
    }

    /// Whether a document was given up before.
    pub fn is_void(&self, at: usize) -> bool {
        self.issues.get(at).is_some_and(|issue| issue.state == IssueState::Void)
    }
}

fn is_of(issue: &Issue, planned: &Planned, number: u32) -> bool {
    issue.subject == planned.subject && issue.number.number == number && issue.occurrence.is_none()
}

/// Brings the files of all shards into the output folder, adds them to its manifest, and ends their numbers in the ledger, which must be
/// held under the lease. A merge that is killed anywhere is ended by the next.
///
/// # Errors
/// When a file, the manifest or the ledger cannot be written.
pub fn merge(
    merging: &Merging<'_>,
    standing: &Standing,
    ledger: Option<&mut Ledger>,
    now: DateTime<Utc>,
) -> Result<Merged, ShardError> {
    let gathered = merging.gathered;
    // What a merge has recorded may have been corrected since, and stays as it is.
    let open: Vec<&Whole> = gathered.whole.iter().filter(|whole| standing.is_open(whole.at)).collect();
    copy(&open, merging)?;
    let entries = open.iter().map(|whole| (whole.path.clone(), whole.entry.clone())).collect();
    Manifest::add(merging.out, entries)?;
    let mut merged = Merged { documents: open.len(), void: 0 };
    if let Some(ledger) = ledger {
        let mut ended = Vec::new();
        for whole in &open {
            let issue = standing.issues[whole.at].id;
            ended.push(Ended::Issued { issue, path: &whole.path, entry: &whole.entry });
        }
        for at in gathered.failed.keys().filter(|at| standing.is_open(**at)) {
            ended.push(Ended::Void { issue: standing.issues[*at].id, reason: merging.reason });
            merged.void += 1;
        }
        ledger.end_all(&ended, now)?;
    }
    Ok(merged)
}

/// Gives up every number of a plan that has not ended. Answers how many.
///
/// # Errors
/// When the ledger cannot be written.
pub fn abandon(
    standing: &Standing,
    ledger: &mut Ledger,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<usize, ShardError> {
    let open = standing.issues.iter().filter(|issue| issue.state == IssueState::Reserved);
    let ended: Vec<Ended<'_>> = open.map(|issue| Ended::Void { issue: issue.id, reason }).collect();
    ledger.end_all(&ended, now)?;
    Ok(ended.len())
}

/// Copies what was made elsewhere, and what it was made from, several files at a time.
fn copy(open: &[&Whole], merging: &Merging<'_>) -> Result<(), ShardError> {
    let out = merging.out;
    disk::create_folder(out)?;
    let is_out = |folder: &Path| match (folder.canonicalize(), out.canonicalize()) {
        (Ok(one), Ok(other)) => one == other,
        _ => folder == out,
    };
    let mut folders: BTreeMap<&Path, bool> = BTreeMap::new();
    for whole in open {
        folders.entry(&whole.folder).or_insert_with_key(|folder| !is_out(folder));
    }
    let mut files: Vec<(PathBuf, PathBuf, Option<String>)> = Vec::new();
    for (folder, _) in folders.iter().filter(|(_, elsewhere)| **elsewhere) {
        files.extend(archived(folder)?.into_iter().map(|name| (folder.join(&name), out.join(&name), None)));
    }
    // A file of the archive has its digest for its name.
    files.retain(|(_, target, _)| !target.exists());
    for whole in open.iter().filter(|whole| folders[whole.folder.as_path()]) {
        let own = files_of(&whole.path, &whole.entry).into_iter();
        files.extend(own.map(|(name, digest)| (whole.folder.join(&name), out.join(&name), Some(digest))));
    }
    let next = AtomicUsize::new(0);
    let first: Mutex<Option<PathError>> = Mutex::new(None);
    std::thread::scope(|scope| {
        for _ in 0..merging.jobs.clamp(1, files.len().max(1)) {
            let work = || {
                while let Some((from, to, digest)) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Err(error) = copy_one(from, to, digest.as_deref()) {
                        first.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
                        break;
                    }
                }
            };
            std::thread::Builder::new().spawn_scoped(scope, work).map_err(ShardError::Thread)?;
        }
        Ok::<_, ShardError>(())
    })?;
    match first.into_inner().unwrap_or_else(PoisonError::into_inner) {
        None => Ok(()),
        Some(error) => Err(error.into()),
    }
}

fn copy_one(from: &Path, to: &Path, digest: Option<&str>) -> Result<(), PathError> {
    let bytes = disk::read(from)?;
    if let Some(digest) = digest {
        let is_there = |path: &Path| disk::read(path).is_ok_and(|bytes| disk::sha256(&bytes) == digest);
        if is_there(to) {
            return Ok(());
        }
        if disk::sha256(&bytes) != digest {
            let changed = std::io::Error::other("it changed while it was copied");
            return Err(PathError::new("copy", from, changed));
        }
    }
    disk::write(to, &bytes)
}

/// The files of the archive of a folder, by their path within it.
fn archived(folder: &Path) -> Result<Vec<PathBuf>, PathError> {
    let mut found = Vec::new();
    let archive = folder.join(".archive");
    let Ok(parts) = std::fs::read_dir(&archive) else { return Ok(found) };
    for part in parts.flatten() {
        for path in disk::list(&part.path(), "gz")? {
            found.push(path.strip_prefix(folder).unwrap_or(&path).to_owned());
        }
    }
    found.sort();
    Ok(found)
}
