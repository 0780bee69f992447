//! All that the verbs of a schedule work with: settings, data, schedules, calendars, and the ledger's folder.
//!
//! What each verb does with it is left to its own file.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use briefing::delivery::{Places, Ways};
use briefing::diag::{Diagnostics, Warned, nearest};
use briefing::model::{Calendars, CaseBook, Recipient, read_recipients};
use briefing::pipeline::{self, Pipeline, PipelineError, Workspace};
use briefing::schedule::{self, Event, Level, Schedule};
use briefing::settings::Settings;
use briefing::workers::{Crew, Limits, Program};
use chrono::{DateTime, Utc};

use super::args::{Common, LogFormat};
use super::failure::{Failure, with_causes};
use super::resolve;
use crate::terminal::Terminal;

/// A workspace with its schedules.
pub(crate) struct Desk {
    pub workspace: Workspace,
    pub state: PathBuf,
    pub settings: Settings,
    pub book: CaseBook,
    pub schedules: Vec<Schedule>,
    /// The ids of schedules with errors.
    pub broken: Vec<String>,
    pub calendars: Calendars,
    pub ways: Ways,
    pub recipients: Vec<Recipient>,
    /// What is wrong with schedules and calendars; nothing here stops the sound schedules.
    pub found: Diagnostics,
    /// How many documents are set at once: one for each processor.
    pub at_once: usize,
    program: Program,
    root: PathBuf,
}

/// Opens a workspace. Errors in a schedule are kept, those in what all share end here.
pub(crate) fn open(common: &Common, terminal: &Terminal) -> Result<Desk, Failure> {
    let workspace = resolve::workspace(common, common.out.as_deref(), terminal)?;
    let state = resolve::state(common);
    let data = pipeline::open_data(&workspace);
    if data.diagnostics.has_errors() {
        return Err(Failure::Diagnostics(data.diagnostics));
    }
    let (settings, book) = data.output;
    let mut found = Diagnostics::new();
    let calendars = Calendars::read(&workspace.data, &mut found);
    let schedules = schedule::read(&settings, &book, &mut found);
    let places = Places { root: &common.workspace, scratch: &state };
    let ways = Ways::read(&settings.declared, &places, &mut found);
    let recipients = read_recipients(&workspace.data, &ways.ids(), &mut found);
    ways.check(&recipients, &mut found);
    ways.check_alarms(&settings.monitor.alarm_by, &mut found);
    let id = |written: &briefing::settings::Written| written.entry.id.as_ref().map(|id| id.get_ref().clone());
    let mut broken: Vec<String> = settings.schedules.iter().filter_map(id).collect();
    broken.retain(|id| !schedules.iter().any(|schedule| schedule.id == *id));
    let program = worker(&workspace, common, terminal)?;
    let root = common.workspace.clone();
    Ok(Desk {
        workspace,
        state,
        settings,
        book,
        schedules,
        broken,
        calendars,
        ways,
        recipients,
        found,
        at_once: terminal.processors(),
        program,
        root,
    })
}

/// This program again, as a worker on the same templates and faces.
pub(super) fn worker(
    workspace: &Workspace,
    common: &Common,
    terminal: &Terminal,
) -> Result<Program, Failure> {
    let path = terminal.running_program()?;
    let mut arguments: Vec<OsString> = Vec::new();
    for (flag, folder) in [
        ("-C", &common.workspace),
        ("--data", &workspace.data),
        ("--templates", &workspace.templates),
        ("--fonts", &workspace.fonts),
    ] {
        arguments.push(flag.into());
        arguments.push(folder.into());
    }
    if let Some(style) = &workspace.style {
        arguments.extend(["--style".into(), style.into()]);
    }
    if let Some(language) = workspace.language {
        arguments.extend(["--lang".into(), language.tag().into()]);
    }
    arguments.push("work".into());
    // The allocator would take a gibibyte at once and hand it out bit by bit; against a limit only what is used must count.
    // Each keeps to one thread: with as many in each as there are processors two workers took a tenth more time, and one alone took more
    // than its processor.
    let environment = vec![
        ("MIMALLOC_ARENA_EAGER_COMMIT", "0"),
        ("MIMALLOC_ARENA_RESERVE", "0"),
        ("RAYON_NUM_THREADS", "1"),
    ];
    Ok(Program { path, arguments, environment })
}

impl Desk {
    /// The pipeline, whose documents are set by workers.
    pub(crate) fn pipeline(&self) -> Result<Warned<Option<Pipeline>>, PipelineError> {
        let engine = pipeline::open_engine(&self.workspace, &self.settings)?;
        let (deadline, memory) = self.settings.limits;
        let output = engine.output.map(|engine| {
            Pipeline::new(self.workspace.clone(), self.settings.clone(), self.book.clone(), engine)
                .with_paper(pipeline::Paper::of(&self.ways, &self.recipients))
                .with_crew(Crew::new(self.program.clone(), Limits { deadline, memory }, self.at_once))
        });
        Ok(Warned { output, diagnostics: engine.diagnostics })
    }

    /// A schedule by its id.
    pub(crate) fn schedule(&self, id: &str) -> Result<&Schedule, Failure> {
        if let Some(schedule) = self.schedules.iter().find(|schedule| schedule.id == id) {
            return Ok(schedule);
        }
        if self.broken.iter().any(|broken| broken == id) {
            return Err(Failure::Diagnostics(self.found.clone()));
        }
        let known: Vec<&str> = self.schedules.iter().map(|schedule| schedule.id.as_str()).collect();
        let near = nearest(id, known.iter().copied()).map(|near| format!("did you mean `{near}`? "));
        let there = match known.as_slice() {
            [] => "report.toml has no [[schedule]]".to_owned(),
            known => format!("there are {}", known.join(", ")),
        };
        let hint = format!("{}{there}", near.unwrap_or_default());
        Err(Failure::usage(format!("no schedule `{id}`"), hint))
    }

    /// Says what is wrong with schedules and calendars: once a day, since a tick comes every five minutes.
    pub(crate) fn complain(&self, now: DateTime<Utc>, terminal: &Terminal) -> Result<(), Failure> {
        if self.found.is_empty() {
            return Ok(());
        }
        let words = briefing::diag::render(
            &self.found,
            briefing::diag::MessageFormat::Short,
            briefing::diag::Colour::Never,
        );
        let what = format!("settings {}", briefing::disk::sha256(words.as_bytes()));
        if briefing::ledger::Ledger::open(&self.state)?.tell_again(&what, now)? {
            terminal.messages(&self.found);
        }
        Ok(())
    }

    /// The day that it is where the workspace is.
    pub(crate) fn today(&self, now: DateTime<Utc>) -> chrono::NaiveDate {
        now.with_timezone(&self.settings.zone).date_naive()
    }

    /// What parcels are made from.
    pub(crate) fn stock(&self) -> schedule::Stock<'_> {
        schedule::Stock {
            ways: &self.ways,
            class: &self.settings.imprint.mark,
            out: &self.workspace.out,
            recipients: &self.recipients,
            zone: self.settings.zone,
            schedules: &self.schedules,
        }
    }

    /// The workspace, where relative paths begin.
    pub(crate) fn root(&self) -> &std::path::Path {
        &self.root
    }

    /// A path of the settings, relative to the workspace.
    pub(crate) fn within(&self, path: &std::path::Path) -> PathBuf {
        self.root.join(path)
    }

    /// Gives alarms to whom they concern. What fails here is said and changes nothing else.
    pub(crate) fn raise(&self, alarms: &[Event], now: DateTime<Utc>, terminal: &Terminal) {
        let by = &self.settings.monitor.alarm_by;
        if !by.is_empty() && !alarms.is_empty() {
            match self.notify(alarms, now, terminal) {
                Ok(untold) => untold.iter().for_each(|words| terminal.error(words, None)),
                Err(error) => {
                    terminal.error(&format!("sending alarms failed: {}", with_causes(&error)), None);
                }
            }
        }
        let command = &self.settings.monitor.alarm;
        for event in alarms {
            if !command.is_empty()
                && let Err(error) = schedule::alarm(command, &self.root, event)
            {
                terminal.error(&format!("the alarm command failed: {}", with_causes(&error)), None);
            }
        }
        if let Err(error) = self.is_told(alarms) {
            terminal.error(&format!("recording the alarms failed: {}", with_causes(&error)), None);
        }
    }

    /// Records that somebody was told of parcels, so that the next process does not tell it again.
    fn is_told(&self, alarms: &[Event]) -> Result<(), briefing::ledger::LedgerError> {
        let parcels: Vec<&str> = alarms.iter().filter_map(|alarm| alarm.parcel.as_deref()).collect();
        if parcels.is_empty() {
            return Ok(());
        }
        briefing::ledger::Ledger::open_existing(&self.state)?.map_or(Ok(()), |mut l| l.is_told(&parcels))
    }

    /// Sends alarms by the channels that the settings name for them. Answers what nobody was told.
    fn notify(
        &self,
        alarms: &[Event],
        now: DateTime<Utc>,
        terminal: &Terminal,
    ) -> Result<Vec<String>, briefing::ledger::LedgerError> {
        let then = || now;
        let mut ledger = briefing::ledger::Ledger::open_existing(&self.state)?;
        let mut channels = self.ways.open(terminal, &then, now.with_timezone(&self.settings.zone).time());
        let by = &self.settings.monitor.alarm_by;
        schedule::notify(ledger.as_mut(), alarms, by, &self.ways, &mut channels, now)
    }

    /// After a tick: heartbeat, metrics, ping. What fails here is said and changes nothing else.
    pub(crate) fn report_on(&self, now: DateTime<Utc>, terminal: &Terminal) {
        let monitor = &self.settings.monitor;
        let say = |what: &str, error: &dyn std::error::Error| {
            terminal.error(&format!("{what} failed: {}", with_causes(error)), None);
        };
        if let Some(path) = &monitor.metrics {
            match self.health(now) {
                Ok(health) => {
                    let text = health.metrics(now);
                    if let Err(error) = briefing::disk::write(&self.within(path), text.as_bytes()) {
                        say("writing the metrics", &error);
                    }
                }
                Err(Failure::Ledger(error)) => say("writing the metrics", &error),
                Err(_) => {}
            }
        }
        if let Some(path) = &monitor.heartbeat
            && let Err(error) = schedule::beat(&self.within(path), now)
        {
            say("the heartbeat", &error);
        }
        if !monitor.ping.is_empty()
            && let Err(error) = schedule::run_command(&monitor.ping, &self.root, b"")
        {
            say("the ping command", &error);
        }
    }

    /// How the schedules stand.
    pub(crate) fn health(&self, now: DateTime<Utc>) -> Result<schedule::Health, Failure> {
        let ledger = briefing::ledger::Ledger::open_existing(&self.state)?;
        let last = briefing::ledger::last_tick(&self.state);
        Ok(schedule::health(ledger.as_ref(), &self.schedules, &self.broken, &self.calendars, last, now)?)
    }
}

/// Prints what is known of one thing, a line each; what is not known is left out.
pub(crate) fn fields(known: &[(&str, Option<String>)], terminal: &Terminal) -> Result<(), Failure> {
    for (what, words) in known {
        if let Some(words) = words {
            // A Chinese character is as wide as two letters.
            let width = 10 - what.chars().filter(|c| !c.is_ascii()).count();
            terminal.line(&format!("  {what:<width$}{words}"))?;
        }
    }
    Ok(())
}

/// Prints events as they come, and keeps the alarms.
pub(crate) struct Log<'a> {
    pub terminal: &'a Terminal,
    pub format: LogFormat,
    pub alarms: Vec<Event>,
}

impl Log<'_> {
    pub(crate) fn tell(&mut self, event: Event) {
        let line = match self.format {
            LogFormat::Text => event.line(),
            LogFormat::Json => event.json(),
        };
        // Nobody reads the log any more: what is due is done all the same.
        let _ = self.terminal.line(&line);
        self.terminal.messages(&event.diagnostics);
        if event.level == Level::Alarm {
            self.alarms.push(event);
        }
    }
}

/// What stops a daemon is asked at short intervals.
pub(crate) const SLICE: Duration = Duration::from_millis(100);
