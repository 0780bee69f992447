//! A parcel as the ledger has it, and one that is to be put there.
//!
//! What happens to it is left to the modules beside this one.

use chrono::{DateTime, Utc};
use rusqlite::Row;

use crate::ledger::store::instant_of;

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

    pub(in crate::ledger) fn parse(name: &str) -> Self {
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

/// A file that the ledger knows: that of an issue, signed or not, a correction of it or the notice that withdraws it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Filed {
    /// The issue.
    pub issue: i64,
    /// SHA-256 of the file.
    pub pdf: String,
}

/// A parcel as recorded.
#[derive(Debug, Clone)]
pub struct ParcelRow {
    /// The same for the same files, recipient and channel.
    pub key: String,
    /// Why it goes out.
    pub kind: ParcelKind,
    /// The issue that it carries; the first, where it has several.
    pub issue: i64,
    /// The recipient.
    pub recipient: String,
    /// The channel.
    pub channel: String,
    /// The address.
    pub address: String,
    /// SHA-256 of the file that it carries; of the first, where it has several.
    pub pdf: String,
    /// The files after the first.
    pub further: Vec<Filed>,
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
    /// How often it went out again by itself after nobody knew whether it had arrived.
    pub resent: u32,
    /// Since when it stands so.
    pub changed: DateTime<Utc>,
}

/// The last says how many files follow the first.
pub(super) const COLUMNS: &str =
    "key, issue, recipient, channel, address, pdf, state, phase, attempts, due, receipt, reason, kind, resent, changed,
    (SELECT count(*) FROM enclosure WHERE enclosure.parcel = parcel.key)";

impl ParcelRow {
    /// A row without its further files, and how many there are.
    pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<(Self, usize)> {
        let due: Option<String> = row.get(9)?;
        let read = Self {
            key: row.get(0)?,
            kind: ParcelKind::parse(&row.get::<_, String>(12)?),
            issue: row.get(1)?,
            recipient: row.get(2)?,
            channel: row.get(3)?,
            address: row.get(4)?,
            pdf: row.get(5)?,
            further: Vec::new(),
            state: ParcelState::parse(&row.get::<_, String>(6)?),
            data_sent: row.get::<_, Option<String>>(7)?.as_deref() == Some("data-sent"),
            attempts: row.get(8)?,
            due: due.as_deref().map(instant_of).transpose()?,
            receipt: row.get(10)?,
            reason: row.get(11)?,
            resent: row.get(13)?,
            changed: instant_of(&row.get::<_, String>(14)?)?,
        };
        Ok((read, row.get(15)?))
    }

    /// A parcel as it will be recorded; for asking whether it may be sent at all.
    pub fn of(new: &NewParcel) -> Self {
        let new = new.clone();
        Self {
            key: new.key,
            kind: new.kind,
            issue: new.issue,
            recipient: new.recipient,
            channel: new.channel,
            address: new.address,
            pdf: new.pdf,
            further: new.further,
            state: ParcelState::Held,
            data_sent: false,
            attempts: 0,
            due: None,
            receipt: None,
            reason: None,
            resent: 0,
            changed: DateTime::UNIX_EPOCH,
        }
    }

    /// All files that it carries, in their order.
    pub fn files(&self) -> Vec<Filed> {
        let first = Filed { issue: self.issue, pdf: self.pdf.clone() };
        [first].into_iter().chain(self.further.iter().cloned()).collect()
    }
}

/// A parcel that is to be sent.
#[derive(Debug, Clone)]
pub struct NewParcel {
    /// The same for the same files, recipient and channel.
    pub key: String,
    /// Why it goes out.
    pub kind: ParcelKind,
    /// The issue that it carries; the first, where it has several.
    pub issue: i64,
    /// The recipient.
    pub recipient: String,
    /// The channel.
    pub channel: String,
    /// The address.
    pub address: String,
    /// SHA-256 of the file that it carries; of the first, where it has several.
    pub pdf: String,
    /// The files after the first.
    pub further: Vec<Filed>,
}
