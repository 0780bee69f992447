//! Issued documents that the ledger does not know, since it was lost or is an old copy: they stop everything, or are taken over from the
//! manifest.
//!
//! What is recorded when a document is issued is left to `issues`.

use chrono::{DateTime, Utc};
use rusqlite::{Transaction, params};

use super::store::{Ledger, text_of};
use super::{Entry, LedgerError, Manifest};

impl Ledger {
    /// Refuses to go on where the manifest holds issued documents that the ledger does not know: their numbers would be
    /// given a second time.
    ///
    /// # Errors
    /// [`LedgerError::Orphaned`] in that case.
    pub fn guard(&self, manifest: &Manifest) -> Result<(), LedgerError> {
        let unknown = self.unknown(manifest)?;
        match unknown.first() {
            None => Ok(()),
            Some((path, _)) => {
                Err(LedgerError::Orphaned { missing: unknown.len(), example: (*path).clone() })
            }
        }
    }

    /// Takes the issued documents of a manifest over into a ledger that does not know them. Answers how many.
    ///
    /// # Errors
    /// When a number contradicts one that the ledger has, or it cannot be written.
    pub fn adopt(&mut self, manifest: &Manifest, now: DateTime<Utc>) -> Result<usize, LedgerError> {
        let unknown: Vec<(String, Entry)> =
            self.unknown(manifest)?.into_iter().map(|(path, entry)| (path.clone(), entry.clone())).collect();
        let issues = || unknown.iter().filter(|(_, entry)| is_first(entry));
        self.write(|t| {
            issues().try_for_each(|(path, entry)| adopt_one(t, path, entry, now))?;
            let later = unknown.iter().filter(|(_, entry)| !is_first(entry));
            later.into_iter().try_for_each(|(path, entry)| adopt_mistake(t, path, entry, now))
        })?;
        Ok(issues().count())
    }

    fn unknown<'m>(&self, manifest: &'m Manifest) -> Result<Vec<(&'m String, &'m Entry)>, LedgerError> {
        let mut unknown = Vec::new();
        for (path, entry) in manifest.entries.iter().filter(|(_, entry)| entry.total.is_some()) {
            let known = self.read(self.connection.query_row(
                "SELECT EXISTS (SELECT 1 FROM issue WHERE document = ?1 AND total = ?2)",
                params![entry.document, entry.total],
                |row| row.get::<_, bool>(0),
            ))?;
            if !known {
                unknown.push((path, entry));
            }
        }
        Ok(unknown)
    }
}

/// Whether a file is that of an issue as it was first printed.
fn is_first(entry: &Entry) -> bool {
    entry.correction.is_none() && entry.part != "withdrawal"
}

/// A correction or a notice of a withdrawal; why it was made stands in the file alone.
fn adopt_mistake(t: &Transaction<'_>, path: &str, entry: &Entry, now: DateTime<Utc>) -> rusqlite::Result<()> {
    let issue: i64 = t.query_row(
        "SELECT id FROM issue WHERE document = ?1 AND total = ?2",
        params![entry.document, entry.total],
        |row| row.get(0),
    )?;
    if entry.correction.is_some() {
        t.execute(
            "INSERT INTO correction (issue, number, reason, date, path, pages, pdf, view, content, made, planned)
             VALUES (?1, ?2, 'taken over from the manifest', ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?9)",
            params![
                issue, entry.correction, entry.date, path, entry.pages, entry.pdf, entry.view, entry.content,
                text_of(now),
            ],
        )?;
        return Ok(());
    }
    t.execute(
        "INSERT INTO withdrawal (issue, reason, date, path, pages, pdf, made, planned)
         VALUES (?1, 'taken over from the manifest', ?2, ?3, ?4, ?5, ?6, ?6)",
        params![issue, entry.date, path, entry.pages, entry.pdf, text_of(now)],
    )?;
    Ok(())
}

fn adopt_one(t: &Transaction<'_>, path: &str, entry: &Entry, now: DateTime<Utc>) -> rusqlite::Result<()> {
    let year: i32 = entry.date.get(..4).and_then(|year| year.parse().ok()).unwrap_or_default();
    t.execute(
        "INSERT INTO issue (document, subject, period, year, number, total, state, date, path, pages, pdf, view, content, reserved, issued,
           withdrawn)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'issued', ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?13, iif(?14, ?13, NULL))",
        params![
            entry.document, entry.subject, entry.period, year, entry.number, entry.total, entry.date, path,
            entry.pages, entry.pdf, entry.view, entry.content, text_of(now), entry.withdrawn.is_some(),
        ],
    )?;
    Ok(())
}
