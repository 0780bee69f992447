//! `report tick`, `report run` and `report work`: doing what is due, what a person asks for, and one document in a worker.
//!
//! The loop around ticks is left to `daemon`.

use std::io;

use briefing::model::Period;
use briefing::pipeline;
use briefing::schedule::{self, LazyMaker, ManualRun, Ticked};
use briefing::workers;

use super::args::{Common, LogFormat, Run, Tick, WorkArgs};
use super::desk::{self, Desk, Log};
use super::failure::{Failure, Outcome};
use super::resolve;
use crate::terminal::{Terminal, TickingClock};

/// Does whatever is due, and says nothing where nothing is.
pub(crate) fn run(common: &Common, verb: &Tick, terminal: &Terminal) -> Result<Outcome, Failure> {
    let clock = terminal.clock(common.now.as_deref(), None)?;
    let desk = desk::open(common, terminal)?;
    terminal.messages(&desk.found);
    let ended = once(&desk, verb.log_format, &clock, &|| false, terminal)?;
    let bad = ended == Ticked::Failed || desk.found.has_errors();
    Ok(if bad { Outcome::Partly } else { Outcome::Done })
}

/// One tick, with what follows it.
pub(crate) fn once(
    desk: &Desk,
    format: LogFormat,
    clock: &TickingClock,
    stop: &dyn Fn() -> bool,
    terminal: &Terminal,
) -> Result<Ticked, Failure> {
    let mut log = Log { terminal, format, alarms: Vec::new() };
    let maker = LazyMaker::new(&desk.workspace.out, &desk.workspace.data, || desk.pipeline());
    let owner = terminal.owner();
    let work = schedule::Desk {
        state: &desk.state,
        schedules: &desk.schedules,
        broken: &desk.broken,
        calendars: &desk.calendars,
        maker: &maker,
        clock,
        stop,
        owner: &owner,
    };
    let ended = schedule::tick(&work, &mut |event| log.tell(event))?;
    if ended != Ticked::Held {
        desk.report_on(&log.alarms, schedule::Clock::now(clock), terminal);
    }
    Ok(ended)
}

/// Runs a schedule now, beside its plan.
pub(crate) fn manual(common: &Common, verb: &Run, terminal: &Terminal) -> Result<Outcome, Failure> {
    let clock = terminal.clock(common.now.as_deref(), None)?;
    let desk = desk::open(common, terminal)?;
    let wanted = desk.schedule(&verb.schedule)?;
    let period = verb.period.as_deref().map(period).transpose()?;
    if verb.issue.is_some() && wanted.orders.len() != 1 {
        let message = format!("--issue numbers one document; `{}` makes {}", wanted.id, wanted.orders.len());
        return Err(Failure::usage(message, None));
    }
    let mut log = Log { terminal, format: verb.log_format, alarms: Vec::new() };
    let maker = LazyMaker::new(&desk.workspace.out, &desk.workspace.data, || desk.pipeline());
    let owner = terminal.owner();
    let work = schedule::Desk {
        state: &desk.state,
        schedules: &desk.schedules,
        broken: &desk.broken,
        calendars: &desk.calendars,
        maker: &maker,
        clock: &clock,
        stop: &|| false,
        owner: &owner,
    };
    let run =
        ManualRun { schedule: wanted, period, number: verb.issue, even_if_unchanged: verb.even_if_unchanged };
    let ended = schedule::run(&work, &run, &mut |event| log.tell(event))?;
    Ok(if ended == Ticked::Failed { Outcome::Partly } else { Outcome::Done })
}

/// A period that was typed.
pub(crate) fn period(text: &str) -> Result<Period, Failure> {
    Period::parse(text).ok_or_else(|| {
        let hint = Some("write 2026-11, 2026-Q3, 2026-H1 or 2026".to_owned());
        Failure::usage(format!("`{text}` is not a period"), hint)
    })
}

/// Sets the documents that come over standard input until it ends.
pub(crate) fn work(common: &Common, verb: &WorkArgs, terminal: &Terminal) -> Result<Outcome, Failure> {
    limit_memory(verb.memory)?;
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

#[cfg(not(target_os = "linux"))]
fn limit_memory(_: u64) -> Result<(), Failure> {
    Ok(())
}
