//! The files of an issue: its own, the signed one, its corrections and the notice that withdraws it, each known by its digest.
//!
//! Who makes them is left to `schedule`, who gets them to the outbox.

use rusqlite::{OptionalExtension, params};

use super::issues::COLUMNS;
use super::store::Ledger;
use super::{Filed, Issue, LedgerError, ParcelState};

/// What a file is to its issue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// What was issued.
    Own,
    /// The same, with a signature.
    Signed,
    /// A correction, by its number.
    Correction(u32),
    /// The notice that withdraws it.
    Withdrawal,
}

/// A file of an issue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuedFile {
    /// What it is to the issue.
    pub kind: FileKind,
    /// Where it lies within the output folder.
    pub path: String,
    /// The file beside which its view lies, and the SHA-256 of that view.
    pub view: (String, Option<String>),
}

/// A parcel that carries a file, or did.
#[derive(Debug, Clone)]
pub struct Bearer {
    /// Its key.
    pub key: String,
    /// To whom.
    pub recipient: String,
    /// By which channel.
    pub channel: String,
    /// SHA-256 of the file.
    pub pdf: String,
    /// How the parcel stands.
    pub state: ParcelState,
}

impl Ledger {
    /// An issue by its row.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn issue_by_id(&self, issue: i64) -> Result<Option<Issue>, LedgerError> {
        let query = format!("SELECT {COLUMNS} FROM issue WHERE id = ?1");
        self.read(self.connection.query_row(&query, [issue], Issue::read).optional())
    }

    /// The file of an issue that has a digest.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn file_of(&self, issue: i64, digest: &str) -> Result<Option<IssuedFile>, LedgerError> {
        // A notice of withdrawal has no view of its own: it is as secret as what it withdraws.
        let query = "
            SELECT 'own', path, path, view FROM issue WHERE id = ?1 AND pdf = ?2 AND path IS NOT NULL
            UNION ALL SELECT 'signed', signed_path, path, view FROM issue WHERE id = ?1 AND signed = ?2 AND signed_path IS NOT NULL
            UNION ALL SELECT number, path, path, view FROM correction WHERE issue = ?1 AND pdf = ?2
            UNION ALL SELECT 'withdrawal', withdrawal.path, issue.path, issue.view FROM withdrawal
              JOIN issue ON issue.id = withdrawal.issue WHERE issue.id = ?1 AND withdrawal.pdf = ?2 AND issue.path IS NOT NULL
            LIMIT 1";
        let file = self.connection.query_row(query, params![issue, digest], |row| {
            let kind = match row.get_ref(0)? {
                rusqlite::types::ValueRef::Integer(_) => FileKind::Correction(row.get(0)?),
                rusqlite::types::ValueRef::Text(b"own") => FileKind::Own,
                rusqlite::types::ValueRef::Text(b"signed") => FileKind::Signed,
                _ => FileKind::Withdrawal,
            };
            Ok(IssuedFile { kind, path: row.get(1)?, view: (row.get(2)?, row.get(3)?) })
        });
        self.read(file.optional())
    }

    /// The file in which an issue holds now: its last correction, else the signed file, else its own. None where it was withdrawn.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn valid_file(&self, issue: i64) -> Result<Option<Filed>, LedgerError> {
        let query = "
            SELECT coalesce((SELECT pdf FROM correction WHERE issue = ?1 ORDER BY number DESC LIMIT 1), signed, pdf)
            FROM issue WHERE id = ?1 AND state = 'issued' AND NOT EXISTS (SELECT 1 FROM withdrawal WHERE issue = ?1)";
        let pdf = self.connection.query_row(query, [issue], |row| row.get::<_, Option<String>>(0));
        Ok(self.read(pdf.optional())?.flatten().map(|pdf| Filed { issue, pdf }))
    }

    /// The parcels that carry a file of an issue, those that were cancelled too.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn bearers(&self, issue: i64) -> Result<Vec<Bearer>, LedgerError> {
        let query = "
            SELECT key, recipient, channel, pdf, state FROM parcel WHERE issue = ?1
            UNION ALL SELECT parcel.key, recipient, channel, enclosure.pdf, state FROM enclosure
              JOIN parcel ON parcel.key = enclosure.parcel WHERE enclosure.issue = ?1";
        let mut statement = self.read(self.connection.prepare(query))?;
        let rows = self.read(statement.query_map([issue], |row| {
            Ok(Bearer {
                key: row.get(0)?,
                recipient: row.get(1)?,
                channel: row.get(2)?,
                pdf: row.get(3)?,
                state: ParcelState::parse(&row.get::<_, String>(4)?),
            })
        }))?;
        self.read(rows.collect())
    }
}
