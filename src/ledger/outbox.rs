//! The outbox: one row for each recipient, channel and document, and how far its sending went.
//!
//! What is sent by which channel is left to `delivery`.

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, Row, Transaction, params};

use super::LedgerError;
use super::store::{Ledger, instant_of, text_of};

/// How a parcel stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParcelState {
    /// Its address is new: somebody must approve it once.
    Held,
    /// To be sent.
    Ready,
    /// A process is at it, or was when it ended.
    Sending,
    /// It was taken.
    Accepted,
    /// It failed for good.
    Failed,
    /// Nobody can know whether it was taken: it is not sent again without a person saying so.
    Unknown,
    /// It is not to be sent any more, and never left.
    Cancelled,
}

impl ParcelState {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Held,
        Self::Ready,
        Self::Sending,
        Self::Accepted,
        Self::Failed,
        Self::Unknown,
        Self::Cancelled,
    ];

    /// As the ledger writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Ready => "ready",
            Self::Sending => "sending",
            Self::Accepted => "accepted",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
            Self::Cancelled => "cancelled",
        }
    }

    fn parse(name: &str) -> Self {
        Self::ALL.into_iter().find(|state| state.name() == name).unwrap_or(Self::Unknown)
    }
}

/// Why a parcel goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParcelKind {
    /// A document was issued.
    Issue,
    /// All documents of an occurrence together (合并投递).
    Digest,
    /// An issue was corrected (更正).
    Correction,
    /// An issue was called back (撤回).
    Withdrawal,
    /// Somebody asked for it once more, or is served by hand a second time.
    Again,
}

impl ParcelKind {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Issue, Self::Digest, Self::Correction, Self::Withdrawal, Self::Again];

    /// As the ledger writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Issue => "issue",
            Self::Digest => "digest",
            Self::Correction => "correction",
            Self::Withdrawal => "withdrawal",
            Self::Again => "again",
        }
    }

    fn parse(name: &str) -> Self {
        Self::ALL.into_iter().find(|kind| kind.name() == name).unwrap_or(Self::Issue)
    }
}

/// A parcel as recorded.
#[derive(Debug, Clone)]
pub struct ParcelRow {
    /// The same for the same document, recipient and channel.
    pub key: String,
    /// Why it goes out.
    pub kind: ParcelKind,
    /// The issue that it carries.
    pub issue: i64,
    /// The recipient.
    pub recipient: String,
    /// The channel.
    pub channel: String,
    /// The address.
    pub address: String,
    /// SHA-256 of the file that it carries.
    pub pdf: String,
    /// That file within the output folder.
    pub path: Option<String>,
    /// Whether another file has taken its place since: a correction, or the notice that calls it back.
    pub superseded: bool,
    /// How it stands.
    pub state: ParcelState,
    /// Whether the last byte had left when its process was last heard of.
    pub data_sent: bool,
    /// How often it was tried.
    pub attempts: u32,
    /// When it is tried again; none for at once.
    pub due: Option<DateTime<Utc>>,
    /// What the other side said when it took it.
    pub receipt: Option<String>,
    /// Why it failed, or is tried again.
    pub reason: Option<String>,
}

const COLUMNS: &str =
    "key, issue, recipient, channel, address, pdf, state, phase, attempts, due, receipt, reason, kind,
  coalesce((SELECT path FROM file WHERE file.issue = parcel.issue AND file.pdf = parcel.pdf),
    (SELECT path FROM withdrawal WHERE withdrawal.issue = parcel.issue AND withdrawal.pdf = parcel.pdf)),
  kind <> 'withdrawal' AND (EXISTS (SELECT 1 FROM withdrawal WHERE withdrawal.issue = parcel.issue)
    OR EXISTS (SELECT 1 FROM file WHERE file.issue = parcel.issue AND file.edition >
      (SELECT edition FROM file WHERE file.issue = parcel.issue AND file.pdf = parcel.pdf)))";

impl ParcelRow {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let due: Option<String> = row.get(9)?;
        Ok(Self {
            key: row.get(0)?,
            kind: ParcelKind::parse(&row.get::<_, String>(12)?),
            path: row.get(13)?,
            superseded: row.get::<_, Option<bool>>(14)?.unwrap_or_default(),
            issue: row.get(1)?,
            recipient: row.get(2)?,
            channel: row.get(3)?,
            address: row.get(4)?,
            pdf: row.get(5)?,
            state: ParcelState::parse(&row.get::<_, String>(6)?),
            data_sent: row.get::<_, Option<String>>(7)?.as_deref() == Some("data-sent"),
            attempts: row.get(8)?,
            due: due.as_deref().map(instant_of).transpose()?,
            receipt: row.get(10)?,
            reason: row.get(11)?,
        })
    }
}

/// A parcel that is to be sent.
#[derive(Debug, Clone)]
pub struct NewParcel {
    /// The same for the same document, recipient and channel.
    pub key: String,
    /// Why it goes out.
    pub kind: ParcelKind,
    /// The issue that it carries.
    pub issue: i64,
    /// The recipient.
    pub recipient: String,
    /// The channel.
    pub channel: String,
    /// The address.
    pub address: String,
    /// SHA-256 of the file that it carries.
    pub pdf: String,
}

impl Ledger {
    /// The schedule that made an issue of which nobody has planned yet to whom it goes.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn unplanned(&self) -> Result<Vec<(i64, String)>, LedgerError> {
        let query = "SELECT issue.id, occurrence.schedule FROM issue JOIN occurrence ON occurrence.id = issue.occurrence
                     WHERE issue.state = 'issued' AND issue.planned IS NULL AND issue.withdrawn IS NULL
                     ORDER BY issue.id";
        let mut statement = self.read(self.connection.prepare(query))?;
        let rows = self.read(statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))))?;
        self.read(rows.collect())
    }

    /// Whether a parcel is to be sent now, or was left in the middle.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn has_mail(&self, now: DateTime<Utc>) -> Result<bool, LedgerError> {
        let query = "SELECT EXISTS (SELECT 1 FROM parcel WHERE state = 'sending' OR (state = 'ready' AND (due IS NULL OR due <= ?1)))";
        self.read(self.connection.query_row(query, [text_of(now)], |row| row.get(0)))
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

    /// Puts a parcel back among those to be sent, as a person decides: one that failed or that nobody knows of.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn send_again(&mut self, key: &str, now: DateTime<Utc>) -> Result<usize, LedgerError> {
        let change = "UPDATE parcel SET state = 'ready', due = NULL, attempts = 0, changed = ?2
                      WHERE key = ?1 AND state IN ('failed', 'unknown', 'ready')";
        self.write(|t| t.execute(change, params![key, text_of(now)]))
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

    /// What can be sent now, oldest first.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn sendable(&self, now: DateTime<Utc>) -> Result<Vec<ParcelRow>, LedgerError> {
        let now = text_of(now);
        self.parcels_where("state = 'ready' AND (due IS NULL OR due <= ?1) ORDER BY planned, rowid", &[&now])
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

    pub(super) fn parcels_where(
        &self,
        condition: &str,
        values: &[&dyn rusqlite::ToSql],
    ) -> Result<Vec<ParcelRow>, LedgerError> {
        let query = format!("SELECT {COLUMNS} FROM parcel WHERE {condition}");
        let mut statement = self.read(self.connection.prepare(&query))?;
        let rows = self.read(statement.query_map(values, ParcelRow::read))?;
        self.read(rows.collect())
    }

    /// Records that a parcel is about to leave, or that its last byte is; it is on the disk when this returns.
    ///
    /// # Errors
    /// When the ledger cannot be written; the parcel must not go further then.
    pub fn phase(&mut self, key: &str, data_sent: bool, now: DateTime<Utc>) -> Result<(), LedgerError> {
        let phase = if data_sent { "data-sent" } else { "sending" };
        self.write(|t| {
            t.execute(
                "UPDATE parcel SET state = 'sending', phase = ?2, changed = ?3,
                 attempts = attempts + iif(state = 'sending', 0, 1) WHERE key = ?1 AND state IN ('ready', 'sending')",
                params![key, phase, text_of(now)],
            )
        })?;
        Ok(())
    }

    /// Counts a try that ended before anything was to leave: a printer that is off, a relay that does not answer.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn count_try(&mut self, key: &str) -> Result<(), LedgerError> {
        self.write(|t| {
            t.execute("UPDATE parcel SET attempts = attempts + 1 WHERE key = ?1 AND state = 'ready'", [key])
        })?;
        Ok(())
    }

    /// Records how sending ended.
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
        let accepted = state == ParcelState::Accepted;
        self.write(|t| {
            t.execute(
                "UPDATE parcel SET state = ?2, phase = NULL, receipt = iif(?3, ?4, receipt), reason = iif(?3, NULL, ?4),
                 due = ?5, changed = ?6 WHERE key = ?1",
                params![key, state.name(), accepted, words, due.map(text_of), text_of(now)],
            )
        })?;
        Ok(())
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
            t.execute(
                "UPDATE parcel SET state = iif(phase = 'data-sent', 'unknown', 'ready'), phase = NULL, changed = ?1,
                 reason = iif(phase = 'data-sent', 'the program ended between the last byte and the answer', reason)
                 WHERE state = 'sending'",
                params![text_of(now)],
            )
        })?;
        Ok(left.into_iter().filter(|parcel| parcel.data_sent).collect())
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
pub(super) fn put_out(
    t: &Transaction<'_>,
    parcel: &NewParcel,
    now: DateTime<Utc>,
) -> rusqlite::Result<usize> {
    t.execute(
        "INSERT INTO parcel (key, issue, recipient, channel, address, pdf, state, planned, changed, kind)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, iif(EXISTS (SELECT 1 FROM address WHERE recipient = ?3 AND channel = ?4
         AND address = ?5), 'ready', 'held'), ?7, ?7, ?8) ON CONFLICT (key) DO NOTHING",
        params![
            parcel.key, parcel.issue, parcel.recipient, parcel.channel, parcel.address, parcel.pdf, text_of(now),
            parcel.kind.name(),
        ],
    )
}
