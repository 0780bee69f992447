//! A single document, set by this process itself: starting a worker for it would take longer than setting it.
//!
//! A thread cannot be ended, so a document that takes too long goes on until the process ends, which follows its error.

use std::panic::{self, AssertUnwindSafe};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use super::{Limits, WorkerError};
use crate::diag::Warned;
use crate::disk;
use crate::typeset::{Engine, Job, STACK, Typeset};

/// How often memory and time are looked at.
const GLANCE: Duration = Duration::from_millis(50);

/// Sets a document on a thread of its own.
///
/// # Errors
/// When it takes longer, or more memory, than it may, or when the typesetter panics.
pub fn typeset_here(
    engine: &Engine,
    job: &Job<'_>,
    limits: Limits,
) -> Result<Warned<Option<Typeset>>, WorkerError> {
    let (engine, main, ident) = (engine.clone(), job.main.to_owned(), job.ident.to_owned());
    let (view, today, standard) = (job.view.to_vec(), job.today, job.standard);
    let (send, answer) = channel();
    let set = move || {
        let job = Job { main: &main, view: &view, today, ident: &ident, standard };
        let set = panic::catch_unwind(AssertUnwindSafe(|| engine.typeset(&job)));
        // Whoever asked may have given up.
        let _ = send.send(set);
    };
    let started = Instant::now();
    std::thread::Builder::new()
        .name("typeset".into())
        .stack_size(STACK)
        .spawn(set)
        .map_err(|source| WorkerError::Thread { source })?;
    loop {
        match answer.recv_timeout(GLANCE) {
            Ok(Ok(set)) => return Ok(set),
            Ok(Err(_)) | Err(RecvTimeoutError::Disconnected) => return Err(WorkerError::Panicked),
            Err(RecvTimeoutError::Timeout) if started.elapsed() > limits.deadline => {
                return Err(WorkerError::Deadline { deadline: limits.deadline });
            }
            Err(RecvTimeoutError::Timeout) if own_data() > limits.memory => {
                return Err(WorkerError::Memory { memory: limits.memory });
            }
            Err(RecvTimeoutError::Timeout) => {}
        }
    }
}

/// How many bytes of memory of its own this process holds; nothing where the system does not say.
fn own_data() -> u64 {
    let status = disk::read(std::path::Path::new("/proc/self/status")).unwrap_or_default();
    let status = String::from_utf8_lossy(&status);
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"));
    let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kib.unwrap_or(0) << 10
}
