//! How far the sending of each parcel went: one that is about to leave, has left, is tried again or is taken out.
//!
//! What is planned is left to the module above, how a parcel is sent to `delivery`.

use chrono::{DateTime, Utc};
use rusqlite::params;

use super::row::ParcelRow;
use crate::ledger::LedgerError;
use crate::ledger::progress::{alarm_is_due, alarm_is_told};
use crate::ledger::store::{Ledger, text_of};

impl Ledger {
    /// Whether a parcel is to be sent now, or was left in the middle.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn has_mail(&self, now: DateTime<Utc>) -> Result<bool, LedgerError> {
        let query = "SELECT EXISTS (SELECT 1 FROM parcel WHERE state = 'sending' OR (state = 'ready' AND (due IS NULL OR due <= ?1)))";
        self.read(self.connection.query_row(query, [text_of(now)], |row| row.get(0)))
    }

    /// What can be sent now, oldest first.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn sendable(&self, now: DateTime<Utc>) -> Result<Vec<ParcelRow>, LedgerError> {
        let now = text_of(now);
        self.parcels_where("state = 'ready' AND (due IS NULL OR due <= ?1) ORDER BY planned, rowid", &[&now])
    }

    /// What waits to be sent, now or later, or for somebody to approve its address.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn waiting(&self) -> Result<Vec<ParcelRow>, LedgerError> {
        self.parcels_where("state IN ('held', 'ready') ORDER BY planned, rowid", &[])
    }

    /// Takes a parcel out before it leaves, for good; one that failed too. Answers whether it could be.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn cancel(&mut self, key: &str, reason: &str, now: DateTime<Utc>) -> Result<bool, LedgerError> {
        let change = "UPDATE parcel SET state = 'cancelled', reason = ?2, due = NULL, changed = ?3
                      WHERE key = ?1 AND state IN ('held', 'ready', 'failed')";
        self.write(|t| {
            let changed = t.execute(change, params![key, reason, text_of(now)])?;
            if changed > 0 {
                alarm_is_told(t, key)?;
            }
            Ok(changed > 0)
        })
    }

    /// Puts a parcel back that was taken out, as a person decides, to this address.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn revive(&mut self, key: &str, address: &str, now: DateTime<Utc>) -> Result<(), LedgerError> {
        let change = "UPDATE parcel SET address = ?2, changed = ?3, attempts = 0, reason = NULL, state =
                      iif(EXISTS (SELECT 1 FROM address WHERE recipient = parcel.recipient AND channel = parcel.channel
                      AND address = ?2), 'ready', 'held') WHERE key = ?1 AND state = 'cancelled'";
        self.write(|t| t.execute(change, params![key, address, text_of(now)]))?;
        Ok(())
    }

    /// Puts a parcel back among those to be sent, as a person decides: one that failed or that nobody knows of.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn send_again(&mut self, key: &str, now: DateTime<Utc>) -> Result<usize, LedgerError> {
        let change = "UPDATE parcel SET state = 'ready', due = NULL, attempts = 0, changed = ?2
                      WHERE key = ?1 AND state IN ('failed', 'unknown', 'ready')";
        self.write(|t| {
            alarm_is_told(t, key)?;
            t.execute(change, params![key, text_of(now)])
        })
    }

    /// Puts off all that is to be sent through a channel, which does not work.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn put_off(
        &mut self,
        channel: &str,
        due: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<usize, LedgerError> {
        let change = "UPDATE parcel SET due = ?2, changed = ?3 WHERE channel = ?1 AND state = 'ready' AND (due IS NULL OR due < ?2)";
        self.write(|t| t.execute(change, params![channel, text_of(due), text_of(now)]))
    }

    /// What a process left behind in the middle: nothing had left, and it is ready again; or the last byte may have, and nobody knows.
    /// Only who holds the lease may ask: another's parcels are under way. Answers those that are unknown now.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn take_stock(&mut self, now: DateTime<Utc>) -> Result<Vec<ParcelRow>, LedgerError> {
        let left = self.parcels_where("state = 'sending' ORDER BY rowid", &[])?;
        if left.is_empty() {
            return Ok(left);
        }
        self.write(|t| {
            for lost in left.iter().filter(|parcel| parcel.data_sent) {
                alarm_is_due(t, &lost.key, &text_of(now))?;
            }
            t.execute(
                "UPDATE parcel SET state = iif(phase = 'data-sent', 'unknown', 'ready'), phase = NULL, changed = ?1,
                 reason = iif(phase = 'data-sent', 'the program ended between the last byte and the answer', reason)
                 WHERE state = 'sending'",
                params![text_of(now)],
            )
        })?;
        Ok(left.into_iter().filter(|parcel| parcel.data_sent).collect())
    }
}
