//! What a workspace that runs by itself settles: limits of its workers, how it is watched, for how long things are kept.
//!
//! What it runs when is left to `schedule`.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use chrono::TimeDelta;
use serde::Deserialize;
use toml::Spanned;

use super::Settings;
use crate::casefile::Field;
use crate::diag::{Diagnostics, Problem, SourceFile, Span};

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WorkersEntry {
    deadline: Field<String>,
    memory_mib: Field<i64>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MonitorEntry {
    heartbeat: Field<String>,
    metrics: Field<String>,
    alarm: Field<Vec<String>>,
    alarm_by: Option<Vec<Spanned<AlarmEntry>>>,
    ping: Field<Vec<String>>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AlarmEntry {
    channel: Field<String>,
    to: Field<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RetentionEntry {
    region: Field<String>,
    comparative: Field<String>,
    monthly: Field<String>,
    quarterly: Field<String>,
    half_year: Field<String>,
    year_end: Field<String>,
    drafts: Field<String>,
    history: Field<String>,
}

/// How others see that the schedules run. Paths are relative to the workspace.
#[derive(Debug, Clone, Default)]
pub struct Monitor {
    /// A file whose time is set by every tick.
    pub heartbeat: Option<PathBuf>,
    /// A Prometheus textfile, written by every tick.
    pub metrics: Option<PathBuf>,
    /// A command that is run once for each alarm, with the alarm as JSON on its standard input.
    pub alarm: Vec<String>,
    /// The channels by which alarms leave, the preferred one first.
    pub alarm_by: Vec<AlarmWay>,
    /// A command that is run after every tick.
    pub ping: Vec<String>,
}

/// A channel by which alarms leave, and to whom.
#[derive(Debug, Clone)]
pub struct AlarmWay {
    /// The channel.
    pub channel: String,
    /// The address there.
    pub to: String,
    /// Where it is written.
    pub span: Span,
}

/// For how long things are kept; none for ever.
#[derive(Debug, Clone, Default)]
pub struct Retention {
    /// Issued files, by kind of document.
    pub documents: BTreeMap<String, TimeDelta>,
    /// Files that were made and never issued.
    pub drafts: Option<TimeDelta>,
    /// Ended occurrences.
    pub history: Option<TimeDelta>,
}

impl Settings {
    /// What concerns schedules: limits of the workers, monitoring, retention.
    pub(super) fn fill_running(
        &mut self,
        file: &Arc<SourceFile>,
        workers: Field<WorkersEntry>,
        monitor: Field<MonitorEntry>,
        retention: Field<RetentionEntry>,
        diagnostics: &mut Diagnostics,
    ) {
        if let Some(workers) = workers.map(Spanned::into_inner) {
            if let Some(length) = span_of(file, workers.deadline, diagnostics) {
                self.limits.0 = length.to_std().unwrap_or(self.limits.0);
            }
            if let Some(memory) = workers.memory_mib {
                match u64::try_from(*memory.get_ref()) {
                    Ok(mib @ 128..=1_048_576) => self.limits.1 = mib << 20,
                    _ => {
                        let message = format!("a worker cannot do with {} MiB", memory.get_ref());
                        let hint = "128 or more; a document of sixteen pages takes some 250".to_owned();
                        diagnostics
                            .push(Problem::BadSetting { message, hint }, Span::new(file, memory.span()));
                    }
                }
            }
        }
        if let Some(monitor) = monitor.map(Spanned::into_inner) {
            let path = |field: Field<String>| field.map(|field| PathBuf::from(field.into_inner()));
            let mut command = |field: Field<Vec<String>>| {
                let Some(field) = field else { return Vec::new() };
                if field.get_ref().is_empty() {
                    let message = "the command is empty".to_owned();
                    let hint =
                        "write the program and its arguments: [\"/usr/bin/logger\", \"-t\", \"report\"]";
                    let problem = Problem::BadSetting { message, hint: hint.to_owned() };
                    diagnostics.push(problem, Span::new(file, field.span()));
                }
                field.into_inner()
            };
            self.monitor = Monitor {
                heartbeat: path(monitor.heartbeat),
                metrics: path(monitor.metrics),
                alarm: command(monitor.alarm),
                ping: command(monitor.ping),
                alarm_by: Vec::new(),
            };
            for entry in monitor.alarm_by.into_iter().flatten() {
                let span = Span::new(file, entry.span());
                let AlarmEntry { channel, to } = entry.into_inner();
                let mut need = |field: Field<String>, key: &'static str, example: &'static str| {
                    if field.is_none() {
                        let entry = "the entry of `alarm_by`".to_owned();
                        diagnostics.push(Problem::MissingKey { key, entry, example }, span.clone());
                    }
                    field.map(Spanned::into_inner)
                };
                let channel = need(channel, "channel", "\"mail\"");
                let to = need(to, "to", "\"duty@example.org\"");
                if let (Some(channel), Some(to)) = (channel, to) {
                    self.monitor.alarm_by.push(AlarmWay { channel, to, span });
                }
            }
        }
        if let Some(retention) = retention.map(Spanned::into_inner) {
            for (kind, field) in [
                ("region", retention.region),
                ("comparative", retention.comparative),
                ("monthly", retention.monthly),
                ("quarterly", retention.quarterly),
                ("half-year", retention.half_year),
                ("year-end", retention.year_end),
            ] {
                if let Some(length) = span_of(file, field, diagnostics) {
                    self.retention.documents.insert(kind.to_owned(), length);
                }
            }
            self.retention.drafts = span_of(file, retention.drafts, diagnostics);
            self.retention.history = span_of(file, retention.history, diagnostics);
        }
    }
}

/// A length of time as settings write it: `90s`, `30m`, `12h`, `7d`, `10y` (a year has 366 days here, so that nothing is cut short).
pub fn length_of(text: &str) -> Option<TimeDelta> {
    let unit = text.chars().last()?;
    let digits = &text[..text.len() - unit.len_utf8()];
    let count: i64 = digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok()).flatten()?;
    let length = match unit {
        's' => TimeDelta::try_seconds(count),
        'm' => TimeDelta::try_minutes(count),
        'h' => TimeDelta::try_hours(count),
        'd' => TimeDelta::try_days(count),
        'y' => TimeDelta::try_days(count.checked_mul(366)?),
        _ => None,
    };
    length.filter(|length| *length > TimeDelta::zero() && *length < TimeDelta::days(366_000))
}

/// A length of time in the settings, with a message where it is none.
pub fn span_of(
    file: &Arc<SourceFile>,
    field: Field<String>,
    diagnostics: &mut Diagnostics,
) -> Option<TimeDelta> {
    let field = field?;
    let length = length_of(field.get_ref());
    if length.is_none() {
        let message = format!("`{}` is no length of time", field.get_ref());
        let hint = "write a number and s, m, h, d or y: \"30m\", \"12h\", \"7d\", \"10y\"".to_owned();
        diagnostics.push(Problem::BadSetting { message, hint }, Span::new(file, field.span()));
    }
    length
}
