//! Child processes that set documents: a deadline and a memory limit can only be held against a process.
//!
//! What is set, and what happens after a failure, is left to `pipeline` and `schedule`.

mod child;
mod wire;

use std::io;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::diag::Warned;
use crate::typeset::{Job, Typeset};

use child::Worker;

pub use wire::serve;

/// How to start a worker: this program again, with the arguments of its hidden verb.
#[derive(Debug, Clone)]
pub struct Program {
    /// The path of the executable.
    pub path: PathBuf,
    /// Its arguments.
    pub arguments: Vec<std::ffi::OsString>,
    /// What is added to its environment.
    pub environment: Vec<(&'static str, &'static str)>,
}

/// What a worker may take for one document.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// How long it may work on it.
    pub deadline: Duration,
    /// How many bytes of memory it may have.
    pub memory: u64,
}

impl Default for Limits {
    /// A minute and 1 GiB: a hundred times what a document of ten pages takes.
    fn default() -> Self {
        Self { deadline: Duration::from_secs(60), memory: 1 << 30 }
    }
}

/// Why a worker gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum WorkerError {
    /// It could not be started.
    #[error("cannot start a worker (`{}`)", path.display())]
    Start {
        /// The executable.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: io::Error,
    },
    /// It took longer than it may.
    #[error("the document took longer than {} s", deadline.as_secs())]
    Deadline {
        /// How long it may take.
        deadline: Duration,
    },
    /// It ended in the middle.
    #[error("the worker ended in the middle of the document ({how}); its memory limit is {} MiB", memory >> 20)]
    Died {
        /// Its exit code or signal, and what it said last.
        how: String,
        /// Its memory limit in bytes.
        memory: u64,
    },
}

/// Workers that wait for documents; the next to be free takes the next one.
#[derive(Debug)]
pub struct Crew {
    program: Program,
    limits: Limits,
    idle: Mutex<Vec<Worker>>,
}

impl Crew {
    /// A crew that starts its workers when the first documents come.
    pub fn new(program: Program, limits: Limits) -> Self {
        Self { program, limits, idle: Mutex::default() }
    }

    /// Has one document set.
    ///
    /// # Errors
    /// When the worker could not be started, took too long, or ended. It is not used again then.
    pub fn typeset(&self, job: &Job<'_>) -> Result<Warned<Option<Typeset>>, WorkerError> {
        let waiting = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut worker = match waiting {
            Some(worker) => worker,
            None => Worker::start(&self.program, self.limits)?,
        };
        let answer = worker.typeset(job, self.limits)?;
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(worker);
        Ok(answer)
    }
}
