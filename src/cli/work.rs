//! `report work`: a worker, which sets the documents that come over standard input until it ends.
//!
//! Who starts it, and for how long it may work, is left to the library's `workers`.

use std::io;

use briefing::{pipeline, workers};

use super::args::{Common, WorkArgs};
use super::failure::{Failure, Outcome};
use super::resolve;
use crate::terminal::Terminal;

/// Sets documents until there are no more.
pub(crate) fn run(common: &Common, verb: &WorkArgs, terminal: &Terminal) -> Result<Outcome, Failure> {
    limit_memory(verb.memory)?;
    end_with(verb.parent)?;
    let workspace = resolve::workspace(common, None, terminal)?;
    // Whatever is wrong with settings was said by the process that asks.
    let settings = pipeline::open_data(&workspace).output.0;
    let engine = pipeline::open_engine(&workspace, &settings)?;
    let Some(engine) = engine.output else { return Err(Failure::Diagnostics(engine.diagnostics)) };
    let served = pipeline::with_room(|| workers::serve(&engine, io::stdin().lock(), io::stdout().lock()))?;
    served.map_err(Failure::from)?;
    Ok(Outcome::Done)
}

#[cfg(target_os = "linux")]
fn limit_memory(bytes: u64) -> Result<(), Failure> {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let limit = Rlimit { current: Some(bytes), maximum: Some(bytes) };
    // Data, not address space: a face that is mapped is nobody's memory.
    setrlimit(Resource::Data, limit).map_err(|e| Failure::Output(e.into()))
}

/// A service manager that stops a daemon tells its workers too, and so does a terminal; but the document that was begun is to be finished.
/// When the parent is gone, however it went, there is nobody to answer, and nobody left who would end a document without end.
#[cfg(target_os = "linux")]
fn end_with(parent: u32) -> Result<(), Failure> {
    use rustix::process::{Signal, getpid, getppid, kill_process};
    for signal in [signal_hook::consts::SIGTERM, signal_hook::consts::SIGINT] {
        signal_hook::flag::register(signal, std::sync::Arc::default()).map_err(Failure::Output)?;
    }
    let is_there =
        move || getppid().is_some_and(|pid| u32::try_from(pid.as_raw_nonzero().get()) == Ok(parent));
    let watch = move || {
        while is_there() {
            std::thread::sleep(std::time::Duration::from_millis(500));
        }
        let _ = kill_process(getpid(), Signal::KILL);
    };
    std::thread::Builder::new().name("parent".into()).spawn(watch).map_err(Failure::Output)?;
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn limit_memory(_: u64) -> Result<(), Failure> {
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn end_with(_: u32) -> Result<(), Failure> {
    Ok(())
}
