//! Finding the shards of a plan: whether all are there, belong to it, and hold each of its documents once, whole.
//!
//! What is done with what was found is left to `merging`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use super::plan::{Plan, Planned};
use super::{ShardError, Standing, manifest_name};
use crate::disk;
use crate::ledger::{Entry, Manifest, Shard, blank_path};
use crate::model::Language;
use crate::pipeline::Wish;

/// What stands against a merge.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// The shard.
    pub shard: usize,
    /// What is wrong, in words.
    pub what: String,
}

/// A document that is whole.
#[derive(Debug, Clone)]
pub(super) struct Whole {
    /// Its path within the output folder.
    pub(super) path: String,
    pub(super) entry: Entry,
    /// Where in the plan it stands.
    pub(super) at: usize,
    /// The folder in which it was made.
    pub(super) folder: PathBuf,
}

/// The shards of a plan as they were found.
#[derive(Debug, Default)]
pub struct Gathered {
    /// The documents that are there whole.
    pub(super) whole: Vec<Whole>,
    /// Those that were not made, by where they stand in the plan, with the reason.
    pub(super) failed: BTreeMap<usize, String>,
    /// What is missing, foreign or broken, in the order of the shards.
    pub faults: Vec<Fault>,
}

impl Gathered {
    /// Documents that were not made, and not given up before, with the reason.
    pub fn failures<'a>(
        &'a self,
        plan: &'a Plan,
        standing: &'a Standing,
    ) -> impl Iterator<Item = (&'a Planned, &'a str)> {
        let open = self.failed.iter().filter(|(at, _)| !standing.is_void(**at));
        open.map(|(at, reason)| (&plan.documents[*at], reason.as_str()))
    }

    /// How many documents are whole.
    pub fn len(&self) -> usize {
        self.whole.len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.whole.is_empty()
    }
}

/// Looks for the shards of a plan in folders, several shards at a time, and reads every file that they recorded.
///
/// # Errors
/// When no thread can be started. What is wrong with a shard is among the faults.
pub fn gather(plan: &Plan, wish: &Wish, folders: &[PathBuf]) -> Result<Gathered, ShardError> {
    let mut members: Vec<Vec<usize>> = vec![Vec::new(); plan.head.shards];
    for (at, planned) in plan.documents.iter().enumerate() {
        if let Some(of_shard) = planned.shard.checked_sub(1).and_then(|index| members.get_mut(index)) {
            of_shard.push(at);
        }
    }
    let search = Search { plan, wish, language: plan.head.language(), folders };
    let next = AtomicUsize::new(0);
    let found = Mutex::new(Gathered::default());
    std::thread::scope(|scope| {
        for _ in 0..wish.jobs.clamp(1, plan.head.shards.max(1)) {
            let work = || {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(own) = members.get(index) else { break };
                    let shard = search.shard(index + 1, own);
                    let mut all = found.lock().unwrap_or_else(PoisonError::into_inner);
                    all.whole.extend(shard.whole);
                    all.failed.extend(shard.failed);
                    all.faults.extend(shard.faults);
                }
            };
            std::thread::Builder::new().spawn_scoped(scope, work).map_err(ShardError::Thread)?;
        }
        Ok::<_, ShardError>(())
    })?;
    let mut found = found.into_inner().unwrap_or_else(PoisonError::into_inner);
    found.whole.sort_by_key(|whole| whole.at);
    found.faults.sort();
    Ok(found)
}

/// What is looked for, and where.
struct Search<'a> {
    plan: &'a Plan,
    wish: &'a Wish,
    language: Language,
    folders: &'a [PathBuf],
}

impl Search<'_> {
    /// A shard in the first folder that has it whole; else what is wrong with the one that comes nearest.
    fn shard(&self, shard: usize, own: &[usize]) -> Gathered {
        let of = self.plan.head.shards;
        let name = manifest_name(shard, of);
        let fault = |what: String| Gathered { faults: vec![Fault { shard, what }], ..Gathered::default() };
        let mut best: Option<Gathered> = None;
        for folder in self.folders.iter().filter(|folder| folder.join(&name).is_file()) {
            let found = match Manifest::read_as(folder, &name) {
                Err(error) => fault(error.to_string()),
                Ok(manifest) => match &manifest.shard {
                    Some(known) if self.is_ours(known, shard) => self.files(folder, shard, own, manifest),
                    _ => fault(format!("{} belongs to another plan", folder.join(&name).display())),
                },
            };
            if found.faults.is_empty() {
                return found;
            }
            if best.as_ref().is_none_or(|best| found.faults.len() < best.faults.len()) {
                best = Some(found);
            }
        }
        best.unwrap_or_else(|| {
            let folders: Vec<String> =
                self.folders.iter().map(|folder| folder.display().to_string()).collect();
            fault(format!("there is no {name} in {}", folders.join(", ")))
        })
    }

    fn is_ours(&self, known: &Shard, shard: usize) -> bool {
        known.plan == self.plan.id && known.number == shard && known.of == self.plan.head.shards
    }

    /// Compares what a shard recorded with the plan, and its files with what it recorded.
    fn files(&self, folder: &Path, shard: usize, own: &[usize], manifest: Manifest) -> Gathered {
        let mut found = Gathered::default();
        let Manifest { shard: known, mut entries, .. } = manifest;
        let known = known.unwrap_or_default();
        if !known.ended {
            found.faults.push(Fault { shard, what: "it has not ended".to_owned() });
            return found;
        }
        for at in own {
            let planned = &self.plan.documents[*at];
            let path = planned.path(self.wish, self.language);
            let fault = |what: &str| Fault { shard, what: format!("{path} {what}") };
            let Some(entry) = entries.remove(&path) else {
                match known.failed.get(&path) {
                    Some(reason) => drop(found.failed.insert(*at, reason.clone())),
                    None => found.faults.push(fault("is not recorded")),
                }
                continue;
            };
            if !is_planned(&entry, planned, &self.plan.head.period) {
                found.faults.push(fault("is not what was planned"));
                continue;
            }
            let wrong = files_of(&path, &entry).into_iter().find_map(|(name, digest)| {
                let file = folder.join(&name);
                match disk::read(&file) {
                    Ok(bytes) if disk::sha256(&bytes) == digest => None,
                    Ok(_) => Some(format!("{name} is not as it was made")),
                    Err(_) => Some(format!("{name} is missing")),
                }
            });
            match wrong {
                Some(what) => found.faults.push(Fault { shard, what }),
                None => {
                    found.whole.push(Whole { path, entry, at: *at, folder: folder.to_owned() });
                }
            }
        }
        let foreign = entries
            .keys()
            .map(|path| Fault { shard, what: format!("{path} is of no document of this shard") });
        found.faults.extend(foreign);
        found
    }
}

/// Whether what was recorded is the document that was planned.
fn is_planned(entry: &Entry, planned: &Planned, period: &str) -> bool {
    entry.document == planned.document
        && entry.subject == planned.subject
        && entry.period == period
        && entry.date == planned.date
        && entry.number == planned.number.map(|(number, _)| number)
        && entry.total == planned.number.map(|(_, total)| total)
}

/// The files of a document with their digests, the PDF last: what others see of it is whole when that is there.
pub(super) fn files_of(path: &str, entry: &Entry) -> Vec<(String, String)> {
    let base = path.strip_suffix(".pdf").unwrap_or(path);
    let mut files = vec![(format!("{base}.json"), entry.view.clone())];
    files.extend(entry.blank.iter().map(|digest| (blank_path(path), digest.clone())));
    files.push((path.to_owned(), entry.pdf.clone()));
    files
}
