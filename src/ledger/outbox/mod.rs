//! The outbox: one row for each recipient, channel and parcel of documents.
//!
//! How far each went is left to `settle`, what is sent by which channel to `delivery`.

mod row;
mod settle;

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, Transaction, params};

use super::LedgerError;
use super::store::{Ledger, instant_of, text_of};
use row::COLUMNS;

pub use row::{Filed, NewParcel, ParcelKind, ParcelRow, ParcelState};

/// An issue of which nobody has planned yet to whom it goes.
#[derive(Debug, Clone)]
pub struct Unplanned {
    /// The issue.
    pub issue: i64,
    /// The occurrence that made it.
    pub occurrence: i64,
    /// The schedule of that.
    pub schedule: String,
    /// Whether other documents of the occurrence are still to be made, or to be signed.
    pub more_to_come: bool,
}

impl Ledger {
    /// The issues of which nobody has planned yet to whom they go, in the order in which they were made.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn unplanned(&self) -> Result<Vec<Unplanned>, LedgerError> {
        // A draft that waits for its signature may come as long as its occurrence is held; what a schedule that is gone left open never does.
        let query = "SELECT issue.id, occurrence.id, occurrence.schedule,
                       (occurrence.ended IS NULL OR occurrence.state = 'held') AND EXISTS
                         (SELECT 1 FROM task WHERE task.occurrence = occurrence.id AND task.state IN ('open', 'held'))
                     FROM issue JOIN occurrence ON occurrence.id = issue.occurrence
                     WHERE issue.state = 'issued' AND issue.planned IS NULL AND issue.withdrawn IS NULL ORDER BY issue.id";
        let mut statement = self.read(self.connection.prepare(query))?;
        let rows = self.read(statement.query_map([], |row| {
            Ok(Unplanned {
                issue: row.get(0)?,
                occurrence: row.get(1)?,
                schedule: row.get(2)?,
                more_to_come: row.get(3)?,
            })
        }))?;
        self.read(rows.collect())
    }

    /// Records to whom issues go: their parcels, and that they are planned; one whose key is there already stays as it is. One to an address that nobody has approved is held.
    /// Answers how many are new.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn put_out(
        &mut self,
        issues: &[i64],
        parcels: &[NewParcel],
        now: DateTime<Utc>,
    ) -> Result<usize, LedgerError> {
        self.write(|t| {
            for issue in issues {
                t.execute("UPDATE issue SET planned = ?2 WHERE id = ?1", params![issue, text_of(now)])?;
            }
            parcels.iter().try_fold(0, |count, parcel| Ok(count + put_out(t, parcel, now)?))
        })
    }

    /// Approves an address; what was held for it is ready. Answers how many parcels.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn approve_address(
        &mut self,
        recipient: &str,
        channel: &str,
        address: &str,
        by: &str,
        now: DateTime<Utc>,
    ) -> Result<usize, LedgerError> {
        self.write(|t| {
            t.execute(
                "INSERT INTO address (recipient, channel, address, approved_by, approved) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (recipient, channel, address) DO NOTHING",
                params![recipient, channel, address, by, text_of(now)],
            )?;
            t.execute(
                "UPDATE parcel SET state = 'ready', changed = ?4 WHERE state = 'held' AND recipient = ?1 AND channel = ?2 AND address = ?3",
                params![recipient, channel, address, text_of(now)],
            )
        })
    }

    /// Gives a parcel that was not sent another address, since the old one was wrong; it is held where that is new.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn readdress(&mut self, key: &str, address: &str, now: DateTime<Utc>) -> Result<usize, LedgerError> {
        let change = "UPDATE parcel SET address = ?2, changed = ?3, state = iif(EXISTS (SELECT 1 FROM address WHERE
                      recipient = parcel.recipient AND channel = parcel.channel AND address = ?2), 'ready', 'held')
                      WHERE key = ?1 AND address <> ?2 AND state IN ('held', 'ready')";
        self.write(|t| t.execute(change, params![key, address, text_of(now)]))
    }

    /// Whether an address was approved.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn is_approved(&self, recipient: &str, channel: &str, address: &str) -> Result<bool, LedgerError> {
        let query =
            "SELECT EXISTS (SELECT 1 FROM address WHERE recipient = ?1 AND channel = ?2 AND address = ?3)";
        self.read(self.connection.query_row(query, [recipient, channel, address], |row| row.get(0)))
    }

    /// All parcels, newest first, of a state and a recipient where they are named.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn parcels(
        &self,
        state: Option<ParcelState>,
        recipient: Option<&str>,
        limit: usize,
    ) -> Result<Vec<ParcelRow>, LedgerError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.parcels_where(
            "(?1 IS NULL OR state = ?1) AND (?2 IS NULL OR recipient = ?2) ORDER BY planned DESC, rowid DESC LIMIT ?3",
            &[&state.map(ParcelState::name), &recipient, &limit],
        )
    }

    /// The parcels whose key begins so.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn parcels_by_key(&self, beginning: &str) -> Result<Vec<ParcelRow>, LedgerError> {
        self.parcels_where("substr(key, 1, length(?1)) = ?1 ORDER BY key", &[&beginning])
    }

    /// The parcels that carry an issue to those whom it is for, alone or with others; not those that call it back or correct it.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn parcels_with(&self, issue: i64) -> Result<Vec<ParcelRow>, LedgerError> {
        self.parcels_where(
            "kind NOT IN ('correction', 'withdrawal') AND (issue = ?1 OR key IN (SELECT parcel FROM enclosure WHERE enclosure.issue = ?1))
             ORDER BY planned, rowid",
            &[&issue],
        )
    }

    pub(in crate::ledger) fn parcels_where(
        &self,
        condition: &str,
        values: &[&dyn rusqlite::ToSql],
    ) -> Result<Vec<ParcelRow>, LedgerError> {
        let query = format!("SELECT {COLUMNS} FROM parcel WHERE {condition}");
        let mut statement = self.read(self.connection.prepare(&query))?;
        let rows = self.read(statement.query_map(values, ParcelRow::read))?;
        let rows: Vec<(ParcelRow, usize)> = self.read(rows.collect())?;
        let whole = rows.into_iter().map(|(mut row, more)| {
            if more > 0 {
                row.further = self.further(&row.key)?;
            }
            Ok(row)
        });
        whole.collect()
    }

    fn further(&self, parcel: &str) -> Result<Vec<Filed>, LedgerError> {
        let query = "SELECT issue, pdf FROM enclosure WHERE parcel = ?1 ORDER BY place";
        let mut statement = self.read(self.connection.prepare(query))?;
        let files = statement.query_map([parcel], |row| Ok(Filed { issue: row.get(0)?, pdf: row.get(1)? }));
        self.read(self.read(files)?.collect())
    }

    /// Whether sending is held as a whole, and since when.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn sending_paused(&self) -> Result<Option<DateTime<Utc>>, LedgerError> {
        let query = "SELECT since FROM pause WHERE what = 'sending'";
        let text: Option<String> =
            self.read(self.connection.query_row(query, [], |row| row.get(0)).optional())?;
        self.read(text.as_deref().map(instant_of).transpose())
    }

    /// Holds sending as a whole, or lets it go on.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn pause_sending(&mut self, since: Option<DateTime<Utc>>) -> Result<(), LedgerError> {
        self.write(|t| match since {
            Some(since) => t.execute(
                "INSERT INTO pause (what, since) VALUES ('sending', ?1) ON CONFLICT (what) DO NOTHING",
                params![text_of(since)],
            ),
            None => t.execute("DELETE FROM pause WHERE what = 'sending'", []),
        })?;
        Ok(())
    }
}

/// Puts a parcel into the outbox; one whose key is there already stays as it is.
pub(in crate::ledger) fn put_out(
    t: &Transaction<'_>,
    parcel: &NewParcel,
    now: DateTime<Utc>,
) -> rusqlite::Result<usize> {
    let added = t.execute(
        "INSERT INTO parcel (key, issue, recipient, channel, address, pdf, state, planned, changed, kind)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, iif(EXISTS (SELECT 1 FROM address WHERE recipient = ?3 AND channel = ?4
         AND address = ?5), 'ready', 'held'), ?7, ?7, ?8) ON CONFLICT (key) DO NOTHING",
        params![
            parcel.key, parcel.issue, parcel.recipient, parcel.channel, parcel.address, parcel.pdf, text_of(now),
            parcel.kind.name(),
        ],
    )?;
    for (place, file) in (2_i64..).zip(&parcel.further).filter(|_| added > 0) {
        t.execute(
            "INSERT INTO enclosure (parcel, place, issue, pdf) VALUES (?1, ?2, ?3, ?4)",
            params![parcel.key, place, file.issue, file.pdf],
        )?;
    }
    Ok(added)
}
