//! Drafts (样稿) that wait for a signature: which file was laid before those who review and sign, and who did so far.
//!
//! What becomes of one that is signed is left to `approvals`.

use chrono::{DateTime, NaiveDate, Utc};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::store::{Ledger, day_of, instant_of, text_of};
use super::tasks::tasks_of;
use super::{LedgerError, TaskState, end_of};

/// A draft that waits for a signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The occurrence that made it.
    pub occurrence: i64,
    /// The kind of document.
    pub document: String,
    /// What it is about.
    pub subject: String,
    /// The period it is about.
    pub period: String,
    /// Its file within the output folder.
    pub path: String,
    /// How many pages it has.
    pub pages: usize,
    /// SHA-256 of its file.
    pub pdf: String,
    /// SHA-256 of the view beside it.
    pub view: String,
    /// SHA-256 of what it says, without number and date.
    pub content: String,
    /// SHA-256 over view, templates, faces and engine.
    pub inputs: String,
    /// How many plates moved to the annex so that the body fits.
    pub moved: usize,
    /// The date on it.
    pub date: NaiveDate,
    /// 拟稿
    pub drafted_by: Option<String>,
    /// 核对, of this file and no other.
    pub reviewed_by: Option<String>,
    /// When that was.
    pub reviewed: Option<DateTime<Utc>>,
    /// When it was made.
    pub made: DateTime<Utc>,
}

const COLUMNS: &str =
    "occurrence, document, subject, period, path, pages, pdf, view, content, inputs, moved, date, drafted_by,
    reviewed_by, reviewed, made";

impl Draft {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let reviewed: Option<String> = row.get(14)?;
        Ok(Self {
            occurrence: row.get(0)?,
            document: row.get(1)?,
            subject: row.get(2)?,
            period: row.get(3)?,
            path: row.get(4)?,
            pages: row.get(5)?,
            pdf: row.get(6)?,
            view: row.get(7)?,
            content: row.get(8)?,
            inputs: row.get(9)?,
            moved: row.get(10)?,
            date: day_of(&row.get::<_, String>(11)?)?,
            drafted_by: row.get(12)?,
            reviewed_by: row.get(13)?,
            reviewed: reviewed.as_deref().map(instant_of).transpose()?,
            made: instant_of(&row.get::<_, String>(15)?)?,
        })
    }

    /// How people name it: its path without the ending, 2026-11/region/pingliang.
    pub fn name(&self) -> String {
        format!("{}/{}/{}", self.period, self.document, self.subject)
    }
}

impl Ledger {
    /// All drafts that wait, oldest first.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn drafts(&self) -> Result<Vec<Draft>, LedgerError> {
        let query = format!("SELECT {COLUMNS} FROM draft ORDER BY made, rowid");
        let mut statement = self.read(self.connection.prepare(&query))?;
        let rows = self.read(statement.query_map([], Draft::read))?;
        self.read(rows.collect())
    }

    /// The draft of a document in a period, where one waits.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn draft(&self, document: &str, subject: &str, period: &str) -> Result<Option<Draft>, LedgerError> {
        let query =
            format!("SELECT {COLUMNS} FROM draft WHERE document = ?1 AND subject = ?2 AND period = ?3");
        self.read(self.connection.query_row(&query, [document, subject, period], Draft::read).optional())
    }

    /// Whether a draft that waits says this about a subject already, for whatever period.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn is_drafted(&self, document: &str, subject: &str, content: &str) -> Result<bool, LedgerError> {
        let query =
            "SELECT EXISTS (SELECT 1 FROM draft WHERE document = ?1 AND subject = ?2 AND content = ?3)";
        self.read(self.connection.query_row(query, [document, subject, content], |row| row.get(0)))
    }

    /// The schedule of an occurrence.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn schedule_of(&self, occurrence: i64) -> Result<Option<String>, LedgerError> {
        let query = "SELECT schedule FROM occurrence WHERE id = ?1";
        self.read(self.connection.query_row(query, [occurrence], |row| row.get(0)).optional())
    }

    /// Records a draft, or the one that takes its place: nobody has reviewed that yet.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn hold_draft(&mut self, draft: &Draft) -> Result<(), LedgerError> {
        let insert = format!(
            "INSERT INTO draft ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, NULL, NULL, ?14)
             ON CONFLICT (document, subject, period) DO UPDATE SET path = excluded.path, pages = excluded.pages,
             pdf = excluded.pdf, view = excluded.view, content = excluded.content, inputs = excluded.inputs,
             moved = excluded.moved, date = excluded.date, drafted_by = excluded.drafted_by, reviewed_by = NULL,
             reviewed = NULL, made = excluded.made"
        );
        self.write(|t| {
            t.execute(
                &insert,
                params![
                    draft.occurrence,
                    draft.document,
                    draft.subject,
                    draft.period,
                    draft.path,
                    draft.pages,
                    draft.pdf,
                    draft.view,
                    draft.content,
                    draft.inputs,
                    draft.moved,
                    draft.date.to_string(),
                    draft.drafted_by,
                    text_of(draft.made),
                ],
            )
        })?;
        Ok(())
    }

    /// Records who reviewed a draft. Answers false where another has taken its place since.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn review(&mut self, draft: &Draft, by: &str, now: DateTime<Utc>) -> Result<bool, LedgerError> {
        let change = "UPDATE draft SET reviewed_by = ?5, reviewed = ?6
                      WHERE document = ?1 AND subject = ?2 AND period = ?3 AND pdf = ?4";
        let values = params![draft.document, draft.subject, draft.period, draft.pdf, by, text_of(now)];
        Ok(self.write(|t| t.execute(change, values))? > 0)
    }

    /// Sends a draft back: its document has failed, and a number that was reserved for it is void.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn reject(&mut self, draft: &Draft, reason: &str, now: DateTime<Utc>) -> Result<(), LedgerError> {
        let void = "UPDATE issue SET state = 'void', reason = ?4
                    WHERE document = ?1 AND subject = ?2 AND period = ?3 AND state = 'reserved'";
        self.write(|t| {
            t.execute(void, params![draft.document, draft.subject, draft.period, reason])?;
            settle(t, draft, TaskState::Failed, Some(reason), now)
        })
    }
}

/// Takes a draft out of those that wait, with how its document stands now, and ends the occurrences for which it was the last.
pub(super) fn settle(
    t: &Transaction<'_>,
    draft: &Draft,
    state: TaskState,
    message: Option<&str>,
    now: DateTime<Utc>,
) -> rusqlite::Result<()> {
    t.execute(
        "DELETE FROM draft WHERE document = ?1 AND subject = ?2 AND period = ?3",
        params![draft.document, draft.subject, draft.period],
    )?;
    // The one that made it may not have come to record that it is held.
    t.execute(
        "UPDATE task SET state = ?5, message = ?6, due = NULL WHERE document = ?1 AND subject = ?2
         AND (state = 'held' AND occurrence IN (SELECT id FROM occurrence WHERE period = ?3) OR state = 'open' AND occurrence = ?4)",
        params![draft.document, draft.subject, draft.period, draft.occurrence, state.name(), message],
    )?;
    for occurrence in held(t, &draft.period)? {
        let Some((end, reason)) = end_of(&tasks_of(t, occurrence)?) else { continue };
        t.execute(
            "UPDATE occurrence SET state = ?2, reason = ?3, ended = ?4 WHERE id = ?1",
            params![occurrence, end.name(), reason, text_of(now)],
        )?;
    }
    Ok(())
}

/// The occurrences about a period that wait for signatures.
fn held(connection: &Connection, period: &str) -> rusqlite::Result<Vec<i64>> {
    let mut statement =
        connection.prepare("SELECT id FROM occurrence WHERE state = 'held' AND period = ?1")?;
    let rows = statement.query_map([period], |row| row.get(0))?;
    rows.collect()
}
