//! What a tick says: one event a line, as text or JSON, each with its occurrence.
//!
//! Where the lines go is left to the binary.

use chrono::{DateTime, SecondsFormat, Utc};
use chrono_tz::Tz;
use serde::Serialize;

use crate::diag::Diagnostics;

/// How much an event matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// As it should be.
    Info,
    /// Somebody may want to look.
    Warning,
    /// Something that was due did not happen.
    Alarm,
}

/// Something that happened on a tick.
#[derive(Debug, Clone, Serialize)]
pub struct Event {
    /// When, in UTC.
    pub at: String,
    /// How much it matters.
    pub level: Level,
    /// What happened, in one word that stays the same.
    pub event: &'static str,
    /// The occurrence: schedule and nominal instant in its zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub occurrence: Option<String>,
    /// The period of its documents.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period: Option<String>,
    /// The document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
    /// The channel, where it is about a delivery.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// The key of the parcel that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parcel: Option<String>,
    /// One sentence, without a full stop.
    pub message: String,
    /// What the author of data or templates can mend, as `check` shows it.
    #[serde(skip)]
    pub diagnostics: Diagnostics,
}

impl Event {
    /// An event that belongs to no occurrence yet.
    pub fn new(now: DateTime<Utc>, level: Level, event: &'static str, message: impl Into<String>) -> Self {
        Self {
            at: now.to_rfc3339_opts(SecondsFormat::Secs, true),
            level,
            event,
            occurrence: None,
            period: None,
            document: None,
            channel: None,
            parcel: None,
            message: message.into(),
            diagnostics: Diagnostics::new(),
        }
    }

    /// One line of text: instant, level where it is not the usual one, occurrence, document, sentence.
    pub fn line(&self) -> String {
        let level = match self.level {
            Level::Info => "",
            Level::Warning => "warning: ",
            Level::Alarm => "alarm: ",
        };
        let mut line = format!("{} {level}", self.at);
        for part in [&self.occurrence, &self.document].into_iter().flatten() {
            line.push_str(part);
            line.push(' ');
        }
        line.push_str(&self.message);
        line
    }

    /// One line of JSON.
    pub fn json(&self) -> String {
        serde_json::to_string(self).expect("strings always serialise")
    }
}

/// How people name an occurrence: `quarterly@2026-10-01T08:00+08:00`.
pub fn occurrence_name(schedule: &str, nominal: DateTime<Utc>, zone: Tz) -> String {
    format!("{schedule}@{}", nominal.with_timezone(&zone).format("%Y-%m-%dT%H:%M%:z"))
}
