//! Who released an issue and which file that was, and the signed file that an outside tool made of it.
//!
//! Drafts that still wait are left to `drafts`.

use chrono::{DateTime, NaiveDate, Utc};
use rusqlite::{OptionalExtension, params};

use super::drafts::settle;
use super::store::{Ledger, day_of, instant_of, text_of};
use super::{Draft, Entry, LedgerError, TaskState};

/// A release as recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    /// SHA-256 of the draft that was read.
    pub draft: String,
    /// SHA-256 of the file that was released.
    pub pdf: String,
    /// 拟稿
    pub drafted_by: Option<String>,
    /// 核对
    pub reviewed_by: Option<String>,
    /// 签发
    pub signed_by: String,
    /// The date on the issue.
    pub date: NaiveDate,
    /// When it was recorded.
    pub recorded: DateTime<Utc>,
}

/// A release that is to be recorded.
#[derive(Debug, Clone, Copy)]
pub struct Release<'a> {
    /// The issue, which is reserved.
    pub issue: i64,
    /// The draft that was read.
    pub draft: &'a Draft,
    /// The file of the issue within the output folder.
    pub path: &'a str,
    /// What the manifest says of that file.
    pub entry: &'a Entry,
    /// 拟稿
    pub drafted_by: Option<&'a str>,
    /// 核对
    pub reviewed_by: Option<&'a str>,
    /// 签发
    pub signed_by: &'a str,
}

impl Ledger {
    /// Records that a draft was released as an issue: the issue, the approval, its document and its occurrence at once.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn release(&mut self, release: &Release<'_>, now: DateTime<Utc>) -> Result<(), LedgerError> {
        let Release { issue, draft, path, entry, drafted_by, reviewed_by, signed_by } = *release;
        self.write(|t| {
            t.execute(
                "UPDATE issue SET state = 'issued', date = ?2, path = ?3, pages = ?4, pdf = ?5, view = ?6, content = ?7, issued = ?8
                 WHERE id = ?1 AND state = 'reserved'",
                params![
                    issue, entry.date, path, entry.pages, entry.pdf, entry.view, entry.content, text_of(now),
                ],
            )?;
            t.execute(
                "INSERT INTO approval (issue, draft, pdf, drafted_by, reviewed_by, signed_by, date, recorded)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                params![
                    issue, draft.pdf, entry.pdf, drafted_by, reviewed_by, signed_by, entry.date, text_of(now),
                ],
            )?;
            settle(t, draft, TaskState::Issued, None, now)
        })
    }

    /// Who released an issue; none where nobody had to.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn approval(&self, issue: i64) -> Result<Option<Approval>, LedgerError> {
        let query = "SELECT draft, pdf, drafted_by, reviewed_by, signed_by, date, recorded FROM approval WHERE issue = ?1";
        let read = self.connection.query_row(query, [issue], |row| {
            Ok(Approval {
                draft: row.get(0)?,
                pdf: row.get(1)?,
                drafted_by: row.get(2)?,
                reviewed_by: row.get(3)?,
                signed_by: row.get(4)?,
                date: day_of(&row.get::<_, String>(5)?)?,
                recorded: instant_of(&row.get::<_, String>(6)?)?,
            })
        });
        self.read(read.optional())
    }

    /// Records the signed file of an issue.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn signed(&mut self, issue: i64, path: &str, digest: &str) -> Result<(), LedgerError> {
        let change = "UPDATE issue SET signed_path = ?2, signed = ?3 WHERE id = ?1 AND state = 'issued'";
        self.write(|t| t.execute(change, params![issue, path, digest]))?;
        Ok(())
    }

    /// Whether something was told within the last day, without recording anything.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn was_told(&self, what: &str, now: DateTime<Utc>) -> Result<bool, LedgerError> {
        let yesterday = text_of(now - chrono::TimeDelta::days(1));
        let query = "SELECT EXISTS (SELECT 1 FROM told WHERE what = ?1 AND at > ?2 AND at <= ?3)";
        self.read(self.connection.query_row(query, params![what, yesterday, text_of(now)], |row| row.get(0)))
    }
}
