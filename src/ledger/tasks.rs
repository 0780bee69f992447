//! The documents of an occurrence: how each stands, how often it failed, when it is tried again.
//!
//! The occurrences themselves are left to `occurrences`.

use chrono::{DateTime, Utc};
use rusqlite::params;

use super::LedgerError;
use super::store::{Ledger, instant_of, text_of};

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
        let query = "SELECT document, subject, state, stage, attempts, due, message FROM task WHERE occurrence = ?1 ORDER BY rowid";
        let mut statement = self.read(self.connection.prepare(query))?;
        let rows = self.read(statement.query_map([occurrence], |row| {
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
        }))?;
        self.read(rows.collect())
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
