//! How far parcels went: what several lines have to say at once is on the disk together.
//!
//! Which parcels there are is left to `outbox`, who may go on when it is recorded to `schedule`.

use chrono::{DateTime, Utc};
use rusqlite::{Transaction, params};

use super::store::{Ledger, text_of};
use super::{LedgerError, ParcelRow, ParcelState};

/// What became of a parcel.
#[derive(Debug, Clone)]
pub enum Progress {
    /// It is about to leave, or its last byte is.
    Leaving {
        /// Its key.
        key: String,
        /// Whether what follows is its last byte.
        data_sent: bool,
    },
    /// Sending it has ended.
    Ended {
        /// Its key.
        key: String,
        /// How it stands now.
        state: ParcelState,
        /// What the other side said when it took it, or why it did not.
        words: String,
        /// When it is tried again; none for never, or at once.
        due: Option<DateTime<Utc>>,
        /// Whether a try counts that ended before anything was to leave: a printer that is off, a relay that does not answer.
        counted: bool,
        /// Whether it goes out once more by itself although nobody knows whether it arrived.
        resent: bool,
    },
}

impl Ledger {
    /// Records what became of parcels, all of it or nothing; it is on the disk when this returns.
    ///
    /// # Errors
    /// When the ledger cannot be written; no parcel may go further then.
    pub fn advance(&mut self, all: &[Progress], now: DateTime<Utc>) -> Result<(), LedgerError> {
        let now = text_of(now);
        self.write(|t| {
            for one in all {
                match one {
                    Progress::Leaving { key, data_sent } => t.execute(
                        "UPDATE parcel SET state = 'sending', phase = ?2, changed = ?3,
                         attempts = attempts + iif(state = 'sending', 0, 1) WHERE key = ?1 AND state IN ('ready', 'sending')",
                        params![key, if *data_sent { "data-sent" } else { "sending" }, now],
                    )?,
                    Progress::Ended { key, state, words, due, counted, resent } => t.execute(
                        "UPDATE parcel SET attempts = attempts + iif(?7 AND state = 'ready', 1, 0), state = ?2, phase = NULL,
                         receipt = iif(?3, ?4, receipt), reason = iif(?3, NULL, ?4), due = ?5, changed = ?6,
                         resent = resent + ?8 WHERE key = ?1",
                        params![
                            key, state.name(), *state == ParcelState::Accepted, words, due.map(text_of), now, counted,
                            resent
                        ],
                    )?,
                };
                if let Progress::Ended { key, state, .. } = one {
                    let alarming = matches!(state, ParcelState::Failed | ParcelState::Unknown);
                    if alarming { alarm_is_due(t, key, &now)? } else { alarm_is_told(t, key)? };
                }
            }
            Ok(())
        })
    }

    /// Records how sending ended, or how a person settles it.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn sent(
        &mut self,
        key: &str,
        state: ParcelState,
        words: &str,
        due: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
    ) -> Result<(), LedgerError> {
        let (key, words) = (key.to_owned(), words.to_owned());
        self.advance(&[Progress::Ended { key, state, words, due, counted: false, resent: false }], now)
    }

    /// Lets a parcel of which nobody knows go out once more by itself. Answers whether it does: it may do so once.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn resend_once(&mut self, key: &str, now: DateTime<Utc>) -> Result<bool, LedgerError> {
        let change = "UPDATE parcel SET state = 'ready', resent = resent + 1, due = NULL, changed = ?2
                      WHERE key = ?1 AND state = 'unknown' AND resent = 0";
        self.write(|t| {
            let changed = t.execute(change, params![key, text_of(now)])?;
            if changed > 0 {
                alarm_is_told(t, key)?;
            }
            Ok(changed > 0)
        })
    }

    /// Parcels of which somebody was to be told before an instant, and nobody was: the process that had to ended first.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn untold(&self, before: DateTime<Utc>) -> Result<Vec<ParcelRow>, LedgerError> {
        self.parcels_where(
            "state IN ('failed', 'unknown')
             AND EXISTS (SELECT 1 FROM told WHERE what = 'untold ' || parcel.key AND at < ?1) ORDER BY rowid",
            &[&text_of(before)],
        )
    }

    /// Records that somebody was told of these parcels.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn is_told(&mut self, keys: &[&str]) -> Result<(), LedgerError> {
        self.write(|t| keys.iter().try_for_each(|key| alarm_is_told(t, key).map(drop)))
    }
}

/// Records, with the state that asks for it, that somebody has to be told of a parcel: should the process end before, the next one does.
pub(super) fn alarm_is_due(t: &Transaction<'_>, key: &str, now: &str) -> rusqlite::Result<usize> {
    t.execute(
        "INSERT INTO told (what, at) VALUES ('untold ' || ?1, ?2) ON CONFLICT (what) DO UPDATE SET at = excluded.at",
        params![key, now],
    )
}

/// Nobody has to be told of a parcel any more.
pub(super) fn alarm_is_told(t: &Transaction<'_>, key: &str) -> rusqlite::Result<usize> {
    t.execute("DELETE FROM told WHERE what = 'untold ' || ?1", [key])
}
