//! Issues that were wrong: their corrections (更正), those that were called back (撤回), and who was served which file of them.
//!
//! Which parcels follow from that is left to `schedule`.

use chrono::{DateTime, NaiveDate, Utc};
use rusqlite::{OptionalExtension, Row, Transaction, params};

use super::outbox::put_out;
use super::store::{Ledger, text_of};
use super::{Entry, Issue, LedgerError, NewParcel, ParcelRow};

/// A correction that was made.
#[derive(Debug)]
pub struct Correction<'a> {
    /// The issue.
    pub issue: i64,
    /// 1 for its first.
    pub number: u32,
    /// Why.
    pub reason: &'a str,
    /// Its date.
    pub date: NaiveDate,
    /// Who released it (签发), where somebody had to.
    pub signed_by: Option<&'a str>,
    /// Its file within the output folder.
    pub path: &'a str,
    /// What the manifest says of it.
    pub entry: &'a Entry,
}

/// A notice that calls an issue back.
#[derive(Debug)]
pub struct Withdrawal<'a> {
    /// The issue.
    pub issue: i64,
    /// Why.
    pub reason: &'a str,
    /// Its date.
    pub date: NaiveDate,
    /// Who released it (签发), where somebody had to.
    pub signed_by: Option<&'a str>,
    /// Its file within the output folder.
    pub path: &'a str,
    /// What the manifest says of it.
    pub entry: &'a Entry,
}

/// A parcel with all that it carries: issue and SHA-256 of each file.
#[derive(Debug, Clone)]
pub struct Serving {
    /// The parcel.
    pub parcel: ParcelRow,
    /// Its files.
    pub files: Vec<(i64, String)>,
}

/// The last issue about a subject that somebody was served.
#[derive(Debug, Clone)]
pub struct Served {
    /// The issue.
    pub issue: i64,
    /// The file that was served, within the output folder.
    pub path: String,
    /// SHA-256 of what it says.
    pub content: Option<String>,
}

impl Ledger {
    /// All parcels that carry an issue, oldest first. Notices of its withdrawal are none of them.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn servings(&self, issue: i64) -> Result<Vec<Serving>, LedgerError> {
        let condition =
            "kind <> 'withdrawal' AND key IN (SELECT parcel FROM carried WHERE carried.issue = ?1)
                         ORDER BY planned, rowid";
        let parcels = self.parcels_where(condition, &[&issue])?;
        parcels
            .into_iter()
            .map(|parcel| {
                let mut statement =
                    self.read(self.connection.prepare("SELECT issue, pdf FROM carried WHERE parcel = ?1"))?;
                let rows =
                    self.read(statement.query_map([&parcel.key], |row| Ok((row.get(0)?, row.get(1)?))))?;
                let files = self.read(rows.collect())?;
                Ok(Serving { parcel, files })
            })
            .collect()
    }

    /// Records a correction, takes back the parcels that carry what it replaces, and puts out those that carry it: all of it, or nothing.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn correct(
        &mut self,
        correction: &Correction<'_>,
        cancelled: &[String],
        parcels: &[NewParcel],
        now: DateTime<Utc>,
    ) -> Result<(), LedgerError> {
        let Correction { issue, number, reason, date, signed_by, path, entry } = correction;
        self.write(|t| {
            t.execute(
                "INSERT INTO correction (issue, number, reason, date, path, pages, pdf, view, content, made, planned, signed_by)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?10, ?11)",
                params![
                    issue, number, reason, date.to_string(), path, entry.pages, entry.pdf, entry.view,
                    entry.content, text_of(now), signed_by,
                ],
            )?;
            exchange(t, cancelled, parcels, "its issue was corrected before it left", now)
        })
    }

    /// Records that an issue is called back, takes back the parcels that carry it, and puts out the notices: all of it, or nothing.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn withdraw(
        &mut self,
        withdrawal: &Withdrawal<'_>,
        cancelled: &[String],
        parcels: &[NewParcel],
        now: DateTime<Utc>,
    ) -> Result<(), LedgerError> {
        let Withdrawal { issue, reason, date, signed_by, path, entry } = withdrawal;
        self.write(|t| {
            t.execute(
                "INSERT INTO withdrawal (issue, reason, date, path, pages, pdf, made, planned, signed_by)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7, ?8)",
                params![
                    issue,
                    reason,
                    date.to_string(),
                    path,
                    entry.pages,
                    entry.pdf,
                    text_of(now),
                    signed_by
                ],
            )?;
            t.execute("UPDATE issue SET withdrawn = ?2 WHERE id = ?1", params![issue, text_of(now)])?;
            exchange(t, cancelled, parcels, "its issue was withdrawn before it left", now)
        })
    }

    /// The files that were printed of an issue, first to last; with the notice of its withdrawal, where there is one.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn files_of(&self, issue: i64, with_notice: bool) -> Result<Vec<String>, LedgerError> {
        let query = "SELECT path FROM (SELECT path, edition FROM file WHERE issue = ?1
                     UNION ALL SELECT path, 1000000 FROM withdrawal WHERE issue = ?1 AND ?2) ORDER BY edition";
        let mut statement = self.read(self.connection.prepare(query))?;
        let rows = self.read(statement.query_map(params![issue, with_notice], |row| row.get(0)))?;
        self.read(rows.collect())
    }

    /// The last issue of a document about a subject before a number of its series that a recipient was served, by whichever channel, or may
    /// have been.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn last_served(&self, recipient: &str, next: &Issue) -> Result<Option<Served>, LedgerError> {
        let query = "SELECT issue.id, file.path, file.content FROM issue
             JOIN carried ON carried.issue = issue.id JOIN parcel ON parcel.key = carried.parcel
             JOIN file ON file.issue = issue.id AND file.pdf = carried.pdf
             WHERE issue.document = ?1 AND issue.subject = ?2 AND issue.total < ?3 AND issue.withdrawn IS NULL
               AND parcel.recipient = ?4 AND parcel.state IN ('accepted', 'unknown') AND parcel.kind <> 'withdrawal'
             ORDER BY issue.total DESC, file.edition DESC LIMIT 1";
        let values = params![next.document, next.subject, next.number.total, recipient];
        let served =
            |row: &Row<'_>| Ok(Served { issue: row.get(0)?, path: row.get(1)?, content: row.get(2)? });
        self.read(self.connection.query_row(query, values, served).optional())
    }
}

/// Takes parcels back that have not left, and puts others out.
fn exchange(
    t: &Transaction<'_>,
    cancelled: &[String],
    parcels: &[NewParcel],
    reason: &str,
    now: DateTime<Utc>,
) -> rusqlite::Result<()> {
    for key in cancelled {
        t.execute(
            "UPDATE parcel SET state = 'cancelled', phase = NULL, due = NULL, reason = ?2, changed = ?3 WHERE key = ?1",
            params![key, reason, text_of(now)],
        )?;
    }
    parcels.iter().try_for_each(|parcel| put_out(t, parcel, now).map(drop))
}
