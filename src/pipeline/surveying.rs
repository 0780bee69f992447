//! What of the documents that are asked for lies there as it would be made, by the bytes of their sources and of their files.
//!
//! What those sources are is left to `sources`; what a document says, which decides where bytes do not, to `making`.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use super::making::{bears, is_issue};
use super::running::in_order;
use super::sources::Ground;
use super::{Order, Pipeline, PipelineError, Why, Wish};
use crate::disk;
use crate::ledger::{Entry, Manifest, blank_path};

/// What was asked for, and what of it lies there as it would be made.
#[derive(Debug)]
pub struct Survey {
    pub(super) before: Arc<Manifest>,
    pub(super) ground: Ground,
    pub(super) orders: Vec<Order>,
    pub(super) found: Vec<Found>,
}

/// What the bytes of its sources say of a document.
#[derive(Debug)]
pub(super) struct Found {
    /// Its file and its entry, where it lies there as it would be made.
    pub(super) stays: Option<(PathBuf, Entry)>,
    /// Why it stays, or what is known of why it may not.
    pub(super) why: Why,
    pub(super) took: Duration,
}

impl Found {
    fn stays(path: PathBuf, entry: &Entry) -> Self {
        Self { stays: Some((path, entry.clone())), why: Why::Same, took: Duration::ZERO }
    }

    fn goes(why: Why) -> Self {
        Self { stays: None, why, took: Duration::ZERO }
    }
}

impl Survey {
    /// How many documents have to be read, and made where they would say something else.
    pub fn open(&self) -> usize {
        self.found.iter().filter(|found| found.stays.is_none()).count()
    }

    /// Each document with whether it stays as it lies there, and why, as far as the bytes of its sources tell.
    pub fn iter(&self) -> impl Iterator<Item = (&Order, bool, &Why)> {
        let found = self.found.iter().map(|found| (found.stays.is_some(), &found.why));
        self.orders.iter().zip(found).map(|(order, (stays, why))| (order, stays, why))
    }
}

impl Pipeline {
    /// Compares what documents are made from with what was recorded when they were made, and their files with their digests. Nothing of
    /// the data is understood for that, only its bytes are read.
    ///
    /// # Errors
    /// When the manifest cannot be read, or no thread can be started.
    pub fn survey(&self, orders: Vec<Order>, wish: &Wish) -> Result<Survey, PipelineError> {
        let before = self
            .recorded
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .now(&self.workspace.out, &self.manifest)?;
        let ground = self.ground(wish);
        let mut found = Vec::with_capacity(orders.len());
        let look = |at: usize| {
            let started = Instant::now();
            let order = &orders[at];
            let stamped = order.stamp.map(|stamp| wish.stamped(stamp));
            let found = self.look(order, stamped.as_ref().unwrap_or(wish), &before, &ground);
            Found { took: started.elapsed(), ..found }
        };
        in_order(wish.jobs, orders.len(), look, |_, one| found.push(one)).map_err(PipelineError::Thread)?;
        Ok(Survey { before, ground, orders, found })
    }

    /// What is to be done with a document, as far as the bytes of its sources and of its files tell.
    fn look(&self, order: &Order, wish: &Wish, before: &Manifest, ground: &Ground) -> Found {
        let path = Self::path_of(order, wish, self.language());
        let Some(entry) = before.entries.get(&path) else { return Found::goes(Why::New) };
        // What was issued is never written over: a draft that says something else lies beside it.
        let was_issued = entry.total.is_some() && !is_issue(wish);
        if entry.withdrawn.is_some() || (was_issued && entry.superseded.is_some()) {
            return Found::goes(Why::Changed(Vec::new()));
        }
        if !was_issued {
            if wish.force {
                return Found::goes(Why::Forced);
            }
            if wish.as_of_given && entry.date != wish.as_of.to_string() {
                return Found::goes(Why::Dated { was: entry.date.clone() });
            }
            if !bears(entry, wish) {
                return Found::goes(Why::Marked);
            }
        }
        if let Some(why) = self.spoilt(order, wish, &path, entry) {
            return Found::goes(why);
        }
        match self.sources(order, wish, ground) {
            Some(sources) if entry.sources.as_ref() == Some(&sources) => {
                Found::stays(self.workspace.out.join(&path), entry)
            }
            Some(sources) => Found::goes(Why::Changed(self.changes(entry, &sources, ground))),
            None => Found::goes(Why::Changed(Vec::new())),
        }
    }

    /// Which file of a document is not there as it was recorded.
    fn spoilt(&self, order: &Order, wish: &Wish, path: &str, entry: &Entry) -> Option<Why> {
        let view = Path::new(path).with_extension("json").display().to_string();
        let mut files = vec![(path.to_owned(), &entry.pdf), (view, &entry.view)];
        if self.wants_blank(order, wish) {
            match &entry.blank {
                Some(digest) => files.push((blank_path(path), digest)),
                None => return Some(Why::Gone(blank_path(path))),
            }
        }
        files.into_iter().find_map(|(name, digest)| {
            let file = self.workspace.out.join(&name);
            match disk::read(&file) {
                Ok(bytes) if disk::sha256(&bytes) == *digest => None,
                Ok(_) => Some(Why::Altered(name)),
                Err(_) => Some(Why::Gone(name)),
            }
        })
    }
}
