//! Many issues at once: their numbers, and how they end, each in one transaction. One for each of a country's villages would take hours.
//!
//! Which documents they are is left to `shards`, single issues to `issues`.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use rusqlite::params;

use super::issues::COLUMNS;
use super::store::{Ledger, instant_of, text_of};
use super::{Entry, Issue, LedgerError, Number};

/// A document for which the next number is wanted.
#[derive(Debug, Clone, Copy)]
pub struct Fresh<'a> {
    /// The kind of document.
    pub document: &'a str,
    /// What it is about.
    pub subject: &'a str,
    /// The period.
    pub period: &'a str,
    /// The date it will bear; its year is the year of the number.
    pub date: NaiveDate,
}

/// How a reserved number ends.
#[derive(Debug, Clone, Copy)]
pub enum Ended<'a> {
    /// Its document was made.
    Issued {
        /// The row of the number.
        issue: i64,
        /// The file within the output folder.
        path: &'a str,
        /// What the manifest says of it.
        entry: &'a Entry,
    },
    /// It is given up.
    Void {
        /// The row of the number.
        issue: i64,
        /// Why.
        reason: &'a str,
    },
}

impl Ledger {
    /// All issues of a period, void and withdrawn ones too, in the order in which they were reserved.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn issues_of(&self, period: &str) -> Result<Vec<Issue>, LedgerError> {
        let query = format!("SELECT {COLUMNS} FROM issue WHERE period = ?1 ORDER BY id");
        let mut statement = self.read(self.connection.prepare(&query))?;
        let rows = self.read(statement.query_map([period], Issue::read))?;
        self.read(rows.collect())
    }

    /// What the last issue of each document says, as a digest, by kind and subject; not of one that was called back.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn last_contents(&self) -> Result<BTreeMap<(String, String), String>, LedgerError> {
        // With max(), SQLite takes the other columns from the row that has it.
        let query = "
            SELECT document, subject, max(total),
              coalesce((SELECT c.content FROM correction c WHERE c.issue = issue.id ORDER BY c.number DESC LIMIT 1), content, '')
            FROM issue WHERE state = 'issued' AND withdrawn IS NULL GROUP BY document, subject";
        let mut statement = self.read(self.connection.prepare(query))?;
        let rows = statement.query_map([], |row| Ok(((row.get(0)?, row.get(1)?), row.get(3)?)));
        let rows = self.read(rows)?;
        self.read(rows.collect())
    }

    /// How many numbers of each period are reserved by plans that were not merged, and since when.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn unmerged(&self) -> Result<Vec<(String, u64, DateTime<Utc>)>, LedgerError> {
        let query = "SELECT period, count(*), min(reserved) FROM issue WHERE state = 'reserved' AND occurrence IS NULL
                     GROUP BY period ORDER BY period";
        let mut statement = self.read(self.connection.prepare(query))?;
        let rows = self
            .read(statement.query_map([], |row| {
                Ok((row.get(0)?, row.get(1)?, instant_of(&row.get::<_, String>(2)?)?))
            }))?;
        self.read(rows.collect())
    }

    /// Reserves the next numbers for documents that have none, in their order: for all of them or for none.
    ///
    /// # Errors
    /// When numbers of a later year were given already, or the ledger cannot be written.
    pub fn reserve_all(&mut self, fresh: &[Fresh<'_>], now: DateTime<Utc>) -> Result<(), LedgerError> {
        let mut next: BTreeMap<(&str, i32), Number> = BTreeMap::new();
        for wanted in fresh {
            let (document, year) = (wanted.document, wanted.date.year());
            if next.contains_key(&(document, year)) {
                continue;
            }
            let number = self.next_number(document, year)?;
            self.refuse_backward(document, year, number)?;
            next.insert((document, year), number);
        }
        self.write(|t| {
            let mut insert = t.prepare(
                "INSERT INTO issue (document, subject, period, year, number, total, state, date, reserved)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'reserved', ?7, ?8)",
            )?;
            for wanted in fresh {
                let year = wanted.date.year();
                let Some(number) = next.get_mut(&(wanted.document, year)) else { continue };
                insert.execute(params![
                    wanted.document,
                    wanted.subject,
                    wanted.period,
                    year,
                    number.number,
                    number.total,
                    wanted.date.to_string(),
                    text_of(now),
                ])?;
                *number = Number { number: number.number + 1, total: number.total + 1 };
            }
            Ok(())
        })
    }

    /// A number of a year does not come after those of a later one.
    fn refuse_backward(&self, document: &str, year: i32, number: Number) -> Result<(), LedgerError> {
        let query = "SELECT max(year) FROM issue WHERE document = ?1";
        let last: Option<i32> = self.read(self.connection.query_row(query, [document], |row| row.get(0)))?;
        let Some(last) = last.filter(|last| *last > year) else { return Ok(()) };
        let (document, reason) = (document.to_owned(), format!("numbers of {last} were given already"));
        Err(LedgerError::NumberTaken { document, year, number: number.number, total: number.total, reason })
    }

    /// Records how reserved numbers ended: all of them or none. What ended before stays as it is.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn end_all(&mut self, ended: &[Ended<'_>], now: DateTime<Utc>) -> Result<(), LedgerError> {
        self.write(|t| {
            let mut issued = t.prepare(
                "UPDATE issue SET state = 'issued', path = ?2, pages = ?3, pdf = ?4, view = ?5, content = ?6, issued = ?7
                 WHERE id = ?1 AND state = 'reserved'",
            )?;
            let mut void =
                t.prepare("UPDATE issue SET state = 'void', reason = ?2 WHERE id = ?1 AND state = 'reserved'")?;
            for end in ended {
                match end {
                    Ended::Issued { issue, path, entry } => {
                        let Entry { pages, pdf, view, content, .. } = entry;
                        issued.execute(params![issue, path, pages, pdf, view, content, text_of(now)])?
                    }
                    Ended::Void { issue, reason } => void.execute(params![issue, reason])?,
                };
            }
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::IssueState;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    fn fresh<'a>(document: &'a str, subject: &'a str, date: &str) -> Fresh<'a> {
        Fresh { document, subject, period: "2026-11", date: day(date) }
    }

    #[test]
    fn numbers_are_given_in_order_by_kind_and_all_or_none() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut ledger = Ledger::open(folder.path()).expect("a ledger");
        let now = DateTime::UNIX_EPOCH;
        let set = Number { number: 12, total: 327 };
        ledger.set_next("region", 2026, set, now).expect("a number");
        let wanted = [
            fresh("region", "jia", "2026-11-30"),
            fresh("comparative", "all", "2026-11-30"),
            fresh("region", "yi", "2026-11-30"),
        ];
        ledger.reserve_all(&wanted, now).expect("numbers");
        let issues = |ledger: &Ledger| -> Vec<String> {
            let all = ledger.issues_of("2026-11").expect("a ledger").into_iter();
            all.map(|issue| format!("{} {} {}", issue.subject, issue.number.number, issue.number.total))
                .collect()
        };
        assert_eq!(issues(&ledger), ["jia 12 327", "all 1 1", "yi 13 328"]);
        // The second has its number already: nobody gets another.
        let again = [fresh("region", "bing", "2026-12-01"), fresh("region", "yi", "2026-12-01")];
        ledger.reserve_all(&again, now).expect_err("a second number for one document");
        assert_eq!(issues(&ledger).len(), 3);
        let backward = [fresh("region", "bing", "2025-12-01")];
        let error = ledger.reserve_all(&backward, now).expect_err("a number of the year before");
        assert!(error.to_string().contains("numbers of 2026 were given already"), "{error}");
    }

    #[test]
    fn what_ended_before_stays_as_it_is() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut ledger = Ledger::open(folder.path()).expect("a ledger");
        let now = DateTime::UNIX_EPOCH;
        ledger.reserve_all(&[fresh("region", "jia", "2026-11-30")], now).expect("a number");
        let issue = ledger.issues_of("2026-11").expect("a ledger")[0].id;
        for reason in ["first", "second"] {
            ledger.end_all(&[Ended::Void { issue, reason }], now).expect("an end");
        }
        let ended = ledger.issues_of("2026-11").expect("a ledger").remove(0);
        assert_eq!((ended.state, ended.reason.as_deref()), (IssueState::Void, Some("first")));
        assert!(ledger.last_contents().expect("a ledger").is_empty());
    }
}
