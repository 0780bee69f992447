//! The documents of an occurrence: how each stands, how often it failed, when it is tried again.
//!
//! The occurrences themselves are left to `occurrences`.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, params};

use super::store::{Ledger, instant_of, text_of};
use super::{LedgerError, State};

/// How a document of an occurrence stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TaskState {
    /// To be made, or made again.
    Open,
    /// Its draft waits for a signature.
    Held,
    /// It was issued.
    Issued,
    /// It says nothing new.
    Unchanged,
    /// Its period was issued before.
    AlreadyIssued,
    /// It failed for good.
    Failed,
}

impl TaskState {
    const ALL: [Self; 6] =
        [Self::Open, Self::Held, Self::Issued, Self::Unchanged, Self::AlreadyIssued, Self::Failed];

    /// As the ledger writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Held => "held",
            Self::Issued => "issued",
            Self::Unchanged => "unchanged",
            Self::AlreadyIssued => "already-issued",
            Self::Failed => "failed",
        }
    }

    fn parse(name: &str) -> Self {
        Self::ALL.into_iter().find(|state| state.name() == name).unwrap_or(Self::Open)
    }
}

/// A document of an occurrence.
#[derive(Debug, Clone)]
pub struct Task {
    /// The kind of document.
    pub document: String,
    /// What it is about.
    pub subject: String,
    /// How it stands.
    pub state: TaskState,
    /// Where it failed last.
    pub stage: Option<String>,
    /// How often it failed.
    pub attempts: u32,
    /// When it is tried again; none for at once.
    pub due: Option<DateTime<Utc>>,
    /// What was said last.
    pub message: Option<String>,
}

impl Ledger {
    /// The documents of an occurrence; they are recorded when it begins.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn tasks(&self, occurrence: i64) -> Result<Vec<Task>, LedgerError> {
        self.read(tasks_of(&self.connection, occurrence))
    }

    /// Records a document of an occurrence, or how it stands now.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn record(&mut self, occurrence: i64, tasks: &[Task]) -> Result<(), LedgerError> {
        self.write(|t| {
            tasks.iter().try_for_each(|task| {
                t.execute(
                    "INSERT INTO task (occurrence, document, subject, state, stage, attempts, due, message)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
                     ON CONFLICT (occurrence, document, subject) DO UPDATE SET state = excluded.state, stage = excluded.stage,
                     attempts = excluded.attempts, due = excluded.due, message = excluded.message",
                    params![
                        occurrence, task.document, task.subject, task.state.name(), task.stage, task.attempts,
                        task.due.map(text_of), task.message,
                    ],
                )
                .map(drop)
            })
        })
    }
}

/// The documents of an occurrence, read within a transaction or without one.
pub(super) fn tasks_of(connection: &Connection, occurrence: i64) -> rusqlite::Result<Vec<Task>> {
    let query = "SELECT document, subject, state, stage, attempts, due, message FROM task WHERE occurrence = ?1 ORDER BY rowid";
    let mut statement = connection.prepare(query)?;
    let rows = statement.query_map([occurrence], |row| {
        let due: Option<String> = row.get(5)?;
        Ok(Task {
            document: row.get(0)?,
            subject: row.get(1)?,
            state: TaskState::parse(&row.get::<_, String>(2)?),
            stage: row.get(3)?,
            attempts: row.get(4)?,
            due: due.as_deref().map(instant_of).transpose()?,
            message: row.get(6)?,
        })
    })?;
    rows.collect()
}

/// How an occurrence ends with these documents; none while one is still to be made. While a draft waits for a signature the occurrence
/// does, whatever became of the others: the reason then names those that failed.
pub fn end_of(tasks: &[Task]) -> Option<(State, Option<String>)> {
    let count = |state: TaskState| tasks.iter().filter(|task| task.state == state).count();
    if count(TaskState::Open) > 0 {
        return None;
    }
    let failed = count(TaskState::Failed);
    let names: Vec<String> = tasks
        .iter()
        .filter(|task| task.state == TaskState::Failed)
        .map(|task| {
            let message = task.message.as_deref().unwrap_or_default();
            format!("{} {}: {message}", task.document, task.subject)
        })
        .collect();
    let state = if count(TaskState::Held) > 0 {
        State::Held
    } else if failed > 0 {
        if failed == tasks.len() { State::Failed } else { State::Partly }
    } else if count(TaskState::Issued) > 0 {
        State::Issued
    } else if count(TaskState::Unchanged) > 0 {
        State::Unchanged
    } else {
        State::AlreadyIssued
    };
    Some((state, (failed > 0).then(|| names.join("; "))))
}
