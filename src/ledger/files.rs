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

#[cfg(test)]
mod tests {
    use super::*;

    /// One issue with every kind of file, as others record them.
    fn ledger(folder: &std::path::Path) -> Ledger {
        let ledger = Ledger::open(folder).expect("a ledger");
        let rows = "
            INSERT INTO issue (id, document, subject, period, year, number, total, state, date, path, pdf, view, reserved)
              VALUES (1, 'region', 'jia', '2026-10', 2026, 1, 1, 'issued', '2026-11-06', 'a.pdf', 'own', 'seen', 'r');
            INSERT INTO issue (id, document, subject, period, year, number, total, state, date, reserved)
              VALUES (2, 'region', 'yi', '2026-10', 2026, 2, 2, 'void', '2026-11-06', 'r');";
        ledger.connection.execute_batch(rows).expect("rows");
        ledger
    }

    #[test]
    fn the_file_that_holds_is_the_last() {
        let folder = tempfile::tempdir().expect("a folder");
        let ledger = ledger(folder.path());
        let change = |rows: &str| ledger.connection.execute_batch(rows).expect("rows");
        let valid = || ledger.valid_file(1).expect("a ledger").map(|filed| filed.pdf);
        let file = |digest: &str| ledger.file_of(1, digest).expect("a ledger");
        assert_eq!(valid().as_deref(), Some("own"));
        assert_eq!(
            (file("own").map(|f| (f.kind, f.path)), file("signed")),
            (Some((FileKind::Own, "a.pdf".into())), None)
        );
        change("UPDATE issue SET signed = 'signed', signed_path = 's.pdf' WHERE id = 1");
        assert_eq!(valid().as_deref(), Some("signed"));
        let signed = file("signed").expect("a file");
        assert_eq!((signed.kind, signed.path.as_str()), (FileKind::Signed, "s.pdf"));
        assert_eq!(signed.view, ("a.pdf".to_owned(), Some("seen".to_owned())), "it says what the issue says");
        for number in [1, 2] {
            change(&format!(
                "INSERT INTO correction (issue, number, reason, date, path, pages, pdf, view, content, made)
                 VALUES (1, {number}, 'w', 'd', 'c{number}.pdf', 1, 'fixed{number}', 'v{number}', 'c', 'm')"
            ));
        }
        assert_eq!(valid().as_deref(), Some("fixed2"));
        let first = file("fixed1").expect("an earlier one is still known");
        assert_eq!(
            (first.kind, first.view),
            (FileKind::Correction(1), ("c1.pdf".to_owned(), Some("v1".to_owned())))
        );
        change("INSERT INTO withdrawal VALUES (1, 'w', 'd', NULL, 'w.pdf', 1, 'gone', 'm', NULL)");
        assert_eq!(valid(), None);
        let notice = file("gone").expect("the notice");
        assert_eq!(
            (notice.kind, notice.path.as_str(), notice.view.0.as_str()),
            (FileKind::Withdrawal, "w.pdf", "a.pdf")
        );
        // What was never issued has no file, and no issue has that of another.
        assert_eq!(ledger.valid_file(2).expect("a ledger"), None);
        assert_eq!(ledger.file_of(2, "own").expect("a ledger"), None);
    }
}
