//! Child processes that set documents: a deadline and a memory limit can only be held against a process.
//!
//! What is set, and what happens after a failure, is left to `pipeline` and `schedule`.

mod child;
mod here;
mod wire;

use std::io;
use std::path::PathBuf;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::diag::Warned;
use crate::typeset::{Job, Typeset};

use child::Worker;

pub use here::typeset_here;
pub use wire::serve;

/// After how many documents a worker is replaced. Memory that is in pieces is never whole again: a worker of eleven-page documents grew from
/// 165 to 210 MB between its sixtieth and its five hundredth; two that were replaced after a hundred took 16 MB less in all than after two
/// hundred, and no time that could be told. A new one costs a third of a second. Nor does the typesetter ever forget
/// a path that a template asked for, and it knows 65,535.
const CAREER: usize = 100;

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
    /// A minute and 1 GiB: a hundred times the time and five times the memory that a document of ten pages takes.
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
    /// This process could not start a thread for it.
    #[error("cannot start a thread")]
    Thread {
        /// What the system says.
        #[source]
        source: io::Error,
    },
    /// The typesetter ran into a fault of its own, in this process.
    #[error("the typesetter ran into a fault of its own")]
    Panicked,
    /// This process itself took more memory than it may.
    #[error("the document took more than {} MiB of memory", memory >> 20)]
    Memory {
        /// How many bytes it may take.
        memory: u64,
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
    size: usize,
    places: Mutex<Places>,
    free: Condvar,
}

/// Who of a crew waits, and how many are at work.
#[derive(Debug, Default)]
struct Places {
    idle: Vec<Worker>,
    busy: usize,
}

impl Crew {
    /// A crew of up to `size` workers, each of which is started when a document waits and nobody is free.
    pub fn new(program: Program, limits: Limits, size: usize) -> Self {
        // For this process and all that it starts. Memory in pages of two megabytes would be a tenth more, and spare many documents no time;
        // where the system has none, nothing is lost.
        rustix::thread::disable_transparent_huge_pages(true).ok();
        Self { program, limits, size: size.max(1), places: Mutex::default(), free: Condvar::new() }
    }

    /// Ends the workers that wait for a document. When another one comes they are started anew.
    pub fn dismiss(&self) {
        self.places().idle.clear();
    }

    /// Has one document set, once a worker is free.
    ///
    /// # Errors
    /// When the worker could not be started, took too long, or ended. Another takes its place at the next document.
    pub fn typeset(&self, job: &Job<'_>) -> Result<Warned<Option<Typeset>>, WorkerError> {
        let waiting = {
            let mut places = self.places();
            while places.busy >= self.size {
                places = self.free.wait(places).unwrap_or_else(PoisonError::into_inner);
            }
            places.busy += 1;
            places.idle.pop()
        };
        let answer = self.typeset_by(waiting, job);
        let mut places = self.places();
        places.busy -= 1;
        self.free.notify_one();
        let (worker, answer) = answer?;
        if worker.documents() < CAREER {
            places.idle.push(worker);
        }
        Ok(answer)
    }

    fn typeset_by(
        &self,
        waiting: Option<Worker>,
        job: &Job<'_>,
    ) -> Result<(Worker, Warned<Option<Typeset>>), WorkerError> {
        let mut worker = match waiting {
            Some(worker) => worker,
            None => Worker::start(&self.program, self.limits)?,
        };
        let answer = worker.typeset(job, self.limits)?;
        Ok((worker, answer))
    }

    fn places(&self) -> MutexGuard<'_, Places> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
