//! `report tick` and `report run`: doing what is due, and what a person asks for.
//!
//! The loop around ticks is left to `daemon`, one document in a worker to `work`.

use std::time::{Duration, Instant};

use briefing::model::Period;
use briefing::schedule::{self, LazyMaker, ManualRun, Ticked};

use super::approve;
use super::args::{Common, LogFormat, Run, Tick};
use super::desk::{self, Desk, Log};
use super::failure::{Failure, Outcome};
use crate::terminal::{Terminal, TickingClock};

/// How long one tick sends: what is due next must not wait for the end of a long list. The rest is sent by the next tick.
const SHARE: Duration = Duration::from_secs(240);

/// Does whatever is due, and says nothing where nothing is.
pub(crate) fn run(common: &Common, verb: &Tick, terminal: &Terminal) -> Result<Outcome, Failure> {
    let clock = terminal.clock(common.now.as_deref(), None)?;
    let desk = desk::open(common, terminal)?;
    desk.complain(schedule::Clock::now(&clock), terminal)?;
    let ended = once(&desk, verb.log_format, &clock, &|| false, terminal)?;
    let bad = ended == Ticked::Failed || desk.found.has_errors();
    Ok(if bad { Outcome::Partly } else { Outcome::Done })
}

/// Does something with all that a tick works with.
fn at_work<T>(
    desk: &Desk,
    clock: &TickingClock,
    stop: &dyn Fn() -> bool,
    terminal: &Terminal,
    work: impl FnOnce(&schedule::Desk<'_>) -> T,
) -> T {
    let maker = LazyMaker::new(&desk.workspace.out, &desk.book, desk.at_once, || desk.pipeline());
    work(&schedule::Desk {
        state: &desk.state,
        schedules: &desk.schedules,
        broken: &desk.broken,
        calendars: &desk.calendars,
        maker: &maker,
        clock,
        stop,
        owner: &terminal.owner(),
    })
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
    let ended =
        at_work(desk, clock, stop, terminal, |work| schedule::tick(work, &mut |event| log.tell(event)));
    let started = Instant::now();
    let sent = match &ended {
        Ok(Ticked::Held) | Err(_) => Ok(()),
        Ok(_) => send(desk, clock, &|| stop() || started.elapsed() > SHARE, terminal, &mut log),
    };
    // What was told before the ledger failed was told once: the next tick does not say it again.
    desk.raise(&log.alarms, schedule::Clock::now(clock), terminal);
    let ended = ended?;
    sent?;
    if ended != Ticked::Held {
        desk.report_on(schedule::Clock::now(clock), terminal);
    }
    Ok(ended)
}

/// Sends what is in the outbox.
pub(crate) fn send(
    desk: &Desk,
    clock: &TickingClock,
    stop: &dyn Fn() -> bool,
    terminal: &Terminal,
    log: &mut Log<'_>,
) -> Result<(), Failure> {
    let now = || schedule::Clock::now(clock);
    let time = now().with_timezone(&desk.settings.zone).time();
    let mut channels = desk.ways.open(terminal, &now, time);
    let counter = schedule::Counter { stock: desk.stock(), sound: !desk.found.has_errors(), clock, stop };
    let owner = terminal.owner();
    let path = approve::search_path(terminal);
    let signer = approve::signer(desk, clock, stop, &path);
    schedule::sign_due(&desk.state, &owner, &desk.schedules, &signer, &mut |event| log.tell(event))?;
    schedule::deliver(&desk.state, &owner, &desk.schedules, &mut channels, &counter, &mut |event| {
        log.tell(event);
    })?;
    Ok(())
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
    if verb.issue.is_some() && wanted.approval {
        let message = format!("`{}` makes drafts, which have no number", wanted.id);
        return Err(Failure::usage(message, "report approve gives it the next one".to_owned()));
    }
    let mut log = Log { terminal, format: verb.log_format, alarms: Vec::new() };
    let run =
        ManualRun { schedule: wanted, period, number: verb.issue, even_if_unchanged: verb.even_if_unchanged };
    let go_on = || false;
    let ended = at_work(&desk, &clock, &go_on, terminal, |work| {
        schedule::run(work, &run, &mut |event| log.tell(event))
    });
    let sent = match &ended {
        Ok(_) => send(&desk, &clock, &go_on, terminal, &mut log),
        Err(_) => Ok(()),
    };
    // What was told before the ledger failed was told once.
    desk.raise(&log.alarms, schedule::Clock::now(&clock), terminal);
    let ended = ended?;
    sent?;
    Ok(if ended == Ticked::Failed { Outcome::Partly } else { Outcome::Done })
}

/// A period that was typed.
pub(crate) fn period(text: &str) -> Result<Period, Failure> {
    Period::parse(text).ok_or_else(|| {
        let hint = Some("write 2026-11, 2026-Q3, 2026-H1 or 2026".to_owned());
        Failure::usage(format!("`{text}` is not a period"), hint)
    })
}
