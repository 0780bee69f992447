//! Numbers and the documents that bear them: each number has one row for ever, each document of a period one issue.
//!
//! When a document is issued is left to `schedule`.

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use rusqlite::{OptionalExtension, Row, params};

use super::store::{Ledger, day_of, instant_of, text_of};
use super::{Entry, LedgerError};

/// The number that a document bears.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Number {
    /// 第N期, within the year.
    pub number: u32,
    /// 总第N期, across years.
    pub total: u32,
}

/// How far an issue is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IssueState {
    /// Its document is being made.
    Reserved,
    /// It was issued.
    Issued,
    /// It was refused or failed; its number is not used again.
    Void,
}

impl IssueState {
    /// As the ledger writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Reserved => "reserved",
            Self::Issued => "issued",
            Self::Void => "void",
        }
    }

    fn parse(name: &str) -> Self {
        match name {
            "reserved" => Self::Reserved,
            "issued" => Self::Issued,
            _ => Self::Void,
        }
    }
}

/// A number and what became of it.
#[derive(Debug, Clone)]
pub struct Issue {
    /// Its row.
    pub id: i64,
    /// The kind of document.
    pub document: String,
    /// What it is about.
    pub subject: String,
    /// The period it is about.
    pub period: String,
    /// The year that the number counts in.
    pub year: i32,
    /// Its number.
    pub number: Number,
    /// How far it is.
    pub state: IssueState,
    /// The occurrence that made it.
    pub occurrence: Option<i64>,
    /// The date on the document.
    pub date: NaiveDate,
    /// Its file within the output folder; after a correction that of the last.
    pub path: Option<String>,
    /// SHA-256 of that file.
    pub pdf: Option<String>,
    /// SHA-256 of the view beside it.
    pub view: Option<String>,
    /// SHA-256 of what it says, without number and date.
    pub content: Option<String>,
    /// How often it was corrected.
    pub corrections: u32,
    /// Its file as it was first printed.
    pub first: Option<String>,
    /// Since when it is called back.
    pub withdrawn: Option<DateTime<Utc>>,
    /// When it was issued.
    pub issued: Option<DateTime<Utc>>,
    /// Why it is void.
    pub reason: Option<String>,
    /// Its signed file within the output folder, with its SHA-256.
    pub signed: Option<(String, String)>,
    /// The schedule that made it.
    pub schedule: Option<String>,
    /// SHA-256 of the file that somebody released.
    pub approved: Option<String>,
}

/// Path, digests and content are those of the last correction, where there is one.
pub(super) const COLUMNS: &str = "id, document, subject, period, year, number, total, state, occurrence, date,
  coalesce((SELECT c.path FROM correction c WHERE c.issue = issue.id ORDER BY c.number DESC LIMIT 1), path),
  coalesce((SELECT c.content FROM correction c WHERE c.issue = issue.id ORDER BY c.number DESC LIMIT 1), content), issued, reason,
  coalesce((SELECT c.pdf FROM correction c WHERE c.issue = issue.id ORDER BY c.number DESC LIMIT 1), pdf),
  coalesce((SELECT c.view FROM correction c WHERE c.issue = issue.id ORDER BY c.number DESC LIMIT 1), view),
  signed_path, signed, (SELECT schedule FROM occurrence WHERE occurrence.id = issue.occurrence),
  (SELECT pdf FROM approval WHERE approval.issue = issue.id),
  coalesce((SELECT max(c.number) FROM correction c WHERE c.issue = issue.id), 0), withdrawn, path";

impl Issue {
    pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let issued: Option<String> = row.get(12)?;
        Ok(Self {
            id: row.get(0)?,
            document: row.get(1)?,
            subject: row.get(2)?,
            period: row.get(3)?,
            year: row.get(4)?,
            number: Number { number: row.get(5)?, total: row.get(6)? },
            state: IssueState::parse(&row.get::<_, String>(7)?),
            occurrence: row.get(8)?,
            date: day_of(&row.get::<_, String>(9)?)?,
            path: row.get(10)?,
            content: row.get(11)?,
            issued: issued.as_deref().map(instant_of).transpose()?,
            reason: row.get(13)?,
            pdf: row.get(14)?,
            view: row.get(15)?,
            signed: row.get::<_, Option<String>>(16)?.zip(row.get(17)?),
            schedule: row.get(18)?,
            approved: row.get(19)?,
            corrections: row.get(20)?,
            withdrawn: row.get::<_, Option<String>>(21)?.as_deref().map(instant_of).transpose()?,
            first: row.get(22)?,
        })
    }

    /// SHA-256 of the file that is sent: the signed one, where it was signed.
    pub fn sent(&self) -> Option<&str> {
        self.signed.as_ref().map(|(_, digest)| digest).or(self.pdf.as_ref()).map(String::as_str)
    }
}

/// A document for which a number is wanted.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// The kind of document.
    pub document: &'a str,
    /// What it is about.
    pub subject: &'a str,
    /// The period.
    pub period: &'a str,
    /// The occurrence that makes it.
    pub occurrence: i64,
    /// The date it will bear; its year is the year of the number.
    pub date: NaiveDate,
    /// A number that somebody chose.
    pub number: Option<u32>,
}

impl Ledger {
    /// The issue of a document in a period, void ones and those that were called back left out.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn issue(&self, document: &str, subject: &str, period: &str) -> Result<Option<Issue>, LedgerError> {
        let query = format!(
            "SELECT {COLUMNS} FROM issue WHERE document = ?1 AND subject = ?2 AND period = ?3 AND state <> 'void' AND withdrawn IS NULL"
        );
        self.read(self.connection.query_row(&query, [document, subject, period], Issue::read).optional())
    }

    /// The last issue of a document about a subject, whatever its period; not one that was called back.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn last_issue(&self, document: &str, subject: &str) -> Result<Option<Issue>, LedgerError> {
        let query = format!(
            "SELECT {COLUMNS} FROM issue WHERE document = ?1 AND subject = ?2 AND state = 'issued' AND withdrawn IS NULL
             ORDER BY total DESC LIMIT 1"
        );
        self.read(self.connection.query_row(&query, [document, subject], Issue::read).optional())
    }

    /// All numbers ever given, in the order of their series.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn issues(&self) -> Result<Vec<Issue>, LedgerError> {
        let query = format!("SELECT {COLUMNS} FROM issue ORDER BY document, total");
        let mut statement = self.read(self.connection.prepare(&query))?;
        let rows = self.read(statement.query_map([], Issue::read))?;
        self.read(rows.collect())
    }

    /// Reserves a number, before the document is made: the one reserved for it already, else the one chosen, else the next.
    ///
    /// # Errors
    /// When the chosen number is taken, or the ledger cannot be written.
    pub fn reserve(&mut self, wanted: &Wanted<'_>, now: DateTime<Utc>) -> Result<Issue, LedgerError> {
        if let Some(known) = self.issue(wanted.document, wanted.subject, wanted.period)? {
            return Ok(known);
        }
        let year = wanted.date.year();
        let next = self.next_number(wanted.document, year)?;
        let number = Number { number: wanted.number.unwrap_or(next.number), total: next.total };
        if wanted.number.is_some() {
            self.refuse_taken(wanted.document, year, number)?;
        }
        self.write(|t| {
            t.execute(
                "INSERT INTO issue (document, subject, period, year, number, total, state, occurrence, date, reserved)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'reserved', ?7, ?8, ?9)",
                params![
                    wanted.document, wanted.subject, wanted.period, year, number.number, number.total,
                    wanted.occurrence, wanted.date.to_string(), text_of(now),
                ],
            )
        })?;
        let reserved = self.issue(wanted.document, wanted.subject, wanted.period)?;
        Ok(reserved.expect("the row was written a moment ago under the lease"))
    }

    /// Records that a reserved document was made.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn issued(
        &mut self,
        issue: i64,
        path: &str,
        entry: &Entry,
        content: &str,
        now: DateTime<Utc>,
    ) -> Result<(), LedgerError> {
        self.write(|t| {
            t.execute(
                "UPDATE issue SET state = 'issued', path = ?2, pages = ?3, pdf = ?4, view = ?5, content = ?6, issued = ?7
                 WHERE id = ?1 AND state = 'reserved'",
                params![issue, path, entry.pages, entry.pdf, entry.view, content, text_of(now)],
            )
        })?;
        Ok(())
    }

    /// Gives a reserved number up for good.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn void(&mut self, issue: i64, reason: &str) -> Result<(), LedgerError> {
        let change = "UPDATE issue SET state = 'void', reason = ?2 WHERE id = ?1 AND state = 'reserved'";
        self.write(|t| t.execute(change, params![issue, reason]))?;
        Ok(())
    }

    /// The next number of a series in a year: after the highest given, or as somebody set it.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn next_number(&self, document: &str, year: i32) -> Result<Number, LedgerError> {
        let highest = |query: &str, values: &[&dyn rusqlite::ToSql]| {
            self.read(self.connection.query_row(query, values, |row| row.get::<_, Option<u32>>(0)))
        };
        let number =
            highest("SELECT max(number) FROM issue WHERE document = ?1 AND year = ?2", &[&document, &year])?;
        let total = highest("SELECT max(total) FROM issue WHERE document = ?1", &[&document])?;
        let set = self.read(
            self.connection
                .query_row("SELECT year, number, total FROM series WHERE document = ?1", [document], |row| {
                    Ok((row.get::<_, i32>(0)?, row.get::<_, u32>(1)?, row.get::<_, u32>(2)?))
                })
                .optional(),
        )?;
        let after = |highest: Option<u32>| highest.map_or(1, |n| n + 1);
        let (set_number, set_total) =
            set.map_or((1, 1), |(of, number, total)| (if of == year { number } else { 1 }, total));
        Ok(Number { number: after(number).max(set_number), total: after(total).max(set_total) })
    }

    /// Sets the next numbers of a series, to continue one that began elsewhere.
    ///
    /// # Errors
    /// When a number is already taken or would run backwards, or the ledger cannot be written.
    pub fn set_next(
        &mut self,
        document: &str,
        year: i32,
        number: Number,
        now: DateTime<Utc>,
    ) -> Result<(), LedgerError> {
        self.refuse_taken(document, year, number)?;
        self.write(|t| {
            t.execute(
                "INSERT INTO series (document, year, number, total, changed) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (document) DO UPDATE SET year = excluded.year, number = excluded.number,
                 total = excluded.total, changed = excluded.changed",
                params![document, year, number.number, number.total, text_of(now)],
            )
        })?;
        Ok(())
    }

    /// Refuses a number that somebody chose where it cannot be given.
    ///
    /// # Errors
    /// [`LedgerError::NumberTaken`] in that case.
    pub fn may_give(&self, document: &str, year: i32, number: u32) -> Result<(), LedgerError> {
        let total = self.next_number(document, year)?.total;
        self.refuse_taken(document, year, Number { number, total })
    }

    /// A number that was given, or lies before one that was, is not given again.
    fn refuse_taken(&self, document: &str, year: i32, number: Number) -> Result<(), LedgerError> {
        let highest: (Option<u32>, Option<u32>) = self.read(self.connection.query_row(
            "SELECT (SELECT max(number) FROM issue WHERE document = ?1 AND year = ?2),
                    (SELECT max(total) FROM issue WHERE document = ?1)",
            params![document, year],
            |row| Ok((row.get(0)?, row.get(1)?)),
        ))?;
        let reason = match highest {
            (Some(last), _) if number.number <= last => format!("number {last} was given already"),
            (_, Some(last)) if number.total <= last => format!("total {last} was given already"),
            _ => return Ok(()),
        };
        let document = document.to_owned();
        Err(LedgerError::NumberTaken { document, year, number: number.number, total: number.total, reason })
    }

    /// Issued documents whose files retention may take away: older than a day, and not taken yet.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn issued_before(&self, document: &str, day: NaiveDate) -> Result<Vec<Issue>, LedgerError> {
        let query = format!(
            "SELECT {COLUMNS} FROM issue WHERE document = ?1 AND state = 'issued' AND pruned IS NULL AND date < ?2 ORDER BY total"
        );
        let mut statement = self.read(self.connection.prepare(&query))?;
        let rows = self.read(statement.query_map(params![document, day.to_string()], Issue::read))?;
        self.read(rows.collect())
    }

    /// Records that the file of an issue was taken away.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn pruned(&mut self, issue: i64, now: DateTime<Utc>) -> Result<(), LedgerError> {
        self.write(|t| {
            t.execute("UPDATE issue SET pruned = ?2 WHERE id = ?1", params![issue, text_of(now)])
        })?;
        Ok(())
    }
}
