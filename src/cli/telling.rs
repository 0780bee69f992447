//! What `report generate` says of its documents, one after the other.
//!
//! What is asked for is left to `generate` and `share`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use briefing::diag::Diagnostics;
use briefing::ledger::review_path;
use briefing::pipeline::{self, End, MakeError, Wish};
use briefing::workers::WorkerError;

use super::failure::{Failure, Outcome, with_causes};
use crate::terminal::{Progress, Terminal};

/// What a run left.
pub(super) struct Made {
    pub(super) outcome: Outcome,
    /// The files that are there as asked for.
    pub(super) paths: Vec<PathBuf>,
}

/// Tells of a run as it goes on: of ten thousand documents nothing is kept but what was said already.
pub(super) struct Run<'a> {
    why: bool,
    wish: &'a Wish,
    progress: Progress,
    terminal: &'a Terminal,
    made: Made,
    /// Comparisons read what briefings of regions have read, and find the same in it.
    said: BTreeSet<String>,
    /// Why nothing can be said any more.
    stopped: Option<Failure>,
}

impl<'a> Run<'a> {
    pub(super) fn new(why: bool, wish: &'a Wish, count: usize, terminal: &'a Terminal) -> Self {
        let made = Made { outcome: Outcome::Done, paths: Vec::new() };
        Self {
            why,
            wish,
            progress: terminal.progress(count),
            terminal,
            made,
            said: BTreeSet::new(),
            stopped: None,
        }
    }

    /// Tells of a document. Who reads may go away; the documents are made all the same.
    pub(super) fn tell(&mut self, outcome: pipeline::Outcome) {
        if self.stopped.is_none() {
            self.stopped = self.told(outcome).err();
        }
    }

    fn told(&mut self, outcome: pipeline::Outcome) -> Result<(), Failure> {
        self.progress.step();
        self.messages(outcome.diagnostics);
        let name = format!("{} {}", outcome.order.document.name(), outcome.order.subject);
        let took = outcome.took.as_secs_f64();
        match &outcome.end {
            End::Made { path, pages, bytes } => {
                let size = bytes.div_ceil(1024);
                let shown = shown(path);
                self.line(&format!("made {name}: {pages} pages, {size} KiB, {took:.2} s, {shown}"))?;
                if self.wish.copy {
                    self.line(&format!("made {name}: its 审签单, {}", review_path(&shown)))?;
                }
            }
            End::Unchanged { path, pages } => {
                self.line(&format!("unchanged {name}: {pages} pages, {}", shown(path)))?;
            }
            End::Refused => self.refused(&format!("{name} was not made"), None),
            End::Failed(error) => {
                self.refused(&format!("{name} was not made: {}", with_causes(error)), hint(error));
            }
        }
        if self.why && !matches!(outcome.end, End::Refused | End::Failed(_)) {
            self.line(&format!("  because {}", outcome.why))?;
        }
        if let End::Made { path, .. } | End::Unchanged { path, .. } = outcome.end {
            if self.wish.copy {
                self.made.paths.push(PathBuf::from(review_path(&path.display().to_string())));
            }
            self.made.paths.push(path);
        }
        Ok(())
    }

    /// Prints what was not said before.
    fn messages(&mut self, mut diagnostics: Diagnostics) {
        diagnostics.sort();
        let mut fresh = Diagnostics::new();
        for found in diagnostics.iter() {
            let place = found.span.as_ref().map(|span| (span.file.path().to_owned(), span.range.clone()));
            if self.said.insert(format!("{place:?} {:?}", found.problem)) {
                fresh.add(found.clone());
            }
        }
        if !fresh.is_empty() {
            self.progress.aside(|| self.terminal.messages(&fresh));
        }
    }

    fn line(&self, text: &str) -> Result<(), Failure> {
        self.progress.aside(|| self.terminal.line(text)).map_err(Failure::from)
    }

    fn refused(&mut self, message: &str, hint: Option<&str>) {
        self.made.outcome = Outcome::Partly;
        self.progress.aside(|| self.terminal.error(message, hint));
    }

    /// What the run left, once all is told.
    pub(super) fn end(self) -> Result<Made, Failure> {
        self.progress.end();
        self.stopped.map_or(Ok(self.made), Err)
    }
}

/// What helps against an error.
fn hint(error: &MakeError) -> Option<&'static str> {
    match error {
        MakeError::Worker(WorkerError::Deadline { .. }) => {
            Some("a loop in a template may have no end; --timeout allows a long document more")
        }
        MakeError::Worker(WorkerError::Died { .. } | WorkerError::Memory { .. }) => Some(
            "a template may call itself or fill its memory without end; --memory allows a large document more",
        ),
        MakeError::Disk(_) | MakeError::Worker(_) | MakeError::Ledger(_) => None,
    }
}

pub(super) fn shown(path: &Path) -> String {
    path.strip_prefix(".").unwrap_or(path).display().to_string()
}
