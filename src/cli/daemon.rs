//! `report daemon`: ticks for as long as it is not told to stop.
//!
//! One tick is left to `tick`.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::SystemTime;

use briefing::ledger::Ledger;
use briefing::schedule::{Clock, Event, Level, Ticked, wake_at};
use chrono::{DateTime, TimeDelta, Utc};

use super::args::{Common, Daemon};
use super::desk::{self, Desk, Log, SLICE};
use super::failure::{Failure, Outcome};
use super::tick;
use crate::terminal::Terminal;

/// What the daemon was told from outside.
struct Signals {
    stop: Arc<AtomicBool>,
    reload: Arc<AtomicBool>,
}

impl Signals {
    fn listen() -> Result<Self, Failure> {
        let signals = Self { stop: Arc::default(), reload: Arc::default() };
        for (number, flag) in [
            (signal_hook::consts::SIGTERM, &signals.stop),
            (signal_hook::consts::SIGINT, &signals.stop),
            (signal_hook::consts::SIGHUP, &signals.reload),
        ] {
            signal_hook::flag::register(number, Arc::clone(flag)).map_err(Failure::Output)?;
        }
        Ok(signals)
    }

    fn stops(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}

/// Ticks until SIGTERM. A plan that has become bad is not taken over.
pub(crate) fn run(common: &Common, verb: &Daemon, terminal: &Terminal) -> Result<Outcome, Failure> {
    let clock = terminal.clock(common.now.as_deref(), verb.pace)?;
    if verb.pace.is_some() && common.now.is_none() {
        return Err(Failure::usage("--pace needs --now: where the fast clock begins", None));
    }
    let signals = Signals::listen()?;
    let mut desk = desk::open(common, terminal)?;
    if desk.found.has_errors() {
        return Err(Failure::Diagnostics(desk.found));
    }
    let mut written = fingerprint(&desk);
    let mut log = Log { terminal, format: verb.log_format, alarms: Vec::new() };
    let began = format!("watching {} schedules", desk.schedules.len());
    log.tell(Event::new(clock.now(), Level::Info, "started", began));
    let mut failing = None;
    while !signals.stops() {
        let now_written = fingerprint(&desk);
        if signals.reload.swap(false, Ordering::Relaxed) || now_written != written {
            written = now_written;
            desk = reload(common, desk, &clock, &mut log, terminal);
        }
        match tick::once(&desk, verb.log_format, &clock, &|| signals.stops(), terminal) {
            Ok(Ticked::Held | Ticked::Done | Ticked::Failed) => failing = None,
            // A disk that is full today is not full tomorrow; a ledger that is not ours stays so.
            Err(Failure::Ledger(error)) if is_passing(&error) => {
                let message = super::failure::with_causes(&error);
                // It is tried again every minute; the same trouble is told once.
                if failing.as_ref() != Some(&message) {
                    log.tell(Event::new(clock.now(), Level::Alarm, "tick-failed", message.as_str()));
                    failing = Some(message);
                }
            }
            Err(failure) => return Err(failure),
        }
        desk.raise(&std::mem::take(&mut log.alarms), clock.now(), terminal);
        let wake = wake(&desk, &clock)?;
        loop {
            clock.rest(SLICE);
            let changed = signals.reload.load(Ordering::Relaxed) || fingerprint(&desk) != written;
            // A clock that was set back by more than a rest has made this one pointless.
            let set_back = wake - clock.now() > TimeDelta::minutes(2);
            if signals.stops() || changed || set_back || clock.now() >= wake {
                break;
            }
        }
    }
    log.tell(Event::new(clock.now(), Level::Info, "stopped", "told to stop; what was begun is recorded"));
    Ok(Outcome::Done)
}

fn reload(common: &Common, old: Desk, clock: &dyn Clock, log: &mut Log<'_>, terminal: &Terminal) -> Desk {
    let found = match desk::open(common, terminal) {
        Ok(new) if !new.found.has_errors() => {
            let message = format!("took the changed plan over: {} schedules", new.schedules.len());
            log.tell(Event::new(clock.now(), Level::Info, "reloaded", message));
            return new;
        }
        Ok(new) => new.found,
        Err(Failure::Diagnostics(found)) => found,
        Err(failure) => {
            if let Some((message, hint)) = failure.words() {
                terminal.error(&message, hint.as_deref());
            }
            briefing::diag::Diagnostics::new()
        }
    };
    let message = "the changed settings or data have errors: the old plan stays";
    let mut event = Event::new(clock.now(), Level::Alarm, "reload-refused", message);
    event.diagnostics = found;
    log.tell(event);
    old
}

/// When to tick again; a ledger that cannot be read at the moment is asked again after a rest.
fn wake(desk: &Desk, clock: &dyn Clock) -> Result<DateTime<Utc>, Failure> {
    let asked = Ledger::open_existing(&desk.state)
        .and_then(|ledger| wake_at(ledger.as_ref(), &desk.schedules, &desk.calendars, clock));
    match asked {
        Err(error) if is_passing(&error) => Ok(clock.now() + TimeDelta::seconds(5)),
        asked => Ok(asked?),
    }
}

fn is_passing(error: &briefing::ledger::LedgerError) -> bool {
    use briefing::ledger::LedgerError;
    matches!(error, LedgerError::Disk(_) | LedgerError::Database { .. } | LedgerError::Overtaken)
}

/// When settings, shared data and calendars were last written. Regions and texts are read anew for each document anyway.
fn fingerprint(desk: &Desk) -> Vec<(PathBuf, SystemTime, u64)> {
    let mut found = Vec::new();
    let mut look = |path: &Path| {
        if let Ok(data) = std::fs::metadata(path)
            && let Ok(time) = data.modified()
        {
            found.push((path.to_owned(), time, data.len()));
        }
    };
    look(&desk.workspace.settings);
    for folder in [
        desk.workspace.data.clone(),
        desk.workspace.data.join("calendars"),
        desk.workspace.data.join("regions"),
    ] {
        look(&folder);
        for path in briefing::disk::list(&folder, "toml").unwrap_or_default() {
            look(&path);
        }
    }
    found
}
