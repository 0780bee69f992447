//! Schedules as last seen, their occurrences, and the documents of each.
//!
//! What is due, and what an occurrence does, is left to `schedule`.

use chrono::{DateTime, Utc};
use rusqlite::{Row, params};

use super::LedgerError;
use super::store::{Ledger, instant_of, text_of};

/// How an occurrence stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// For data that is owed.
    Waiting,
    /// At work, or to be tried again.
    Open,
    /// All is made, and drafts wait for a signature.
    Held,
    /// Every document that was new went out.
    Issued,
    /// Some documents failed for good.
    Partly,
    /// All of them did, or the data never came.
    Failed,
    /// 本期无新资料: nothing new, nothing issued.
    Unchanged,
    /// The period was issued before.
    AlreadyIssued,
    /// Paused, overlapped, or the schedule is gone.
    Skipped,
    /// Too late, or passed over when catching up.
    Missed,
}

impl State {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Waiting,
        Self::Open,
        Self::Held,
        Self::Issued,
        Self::Partly,
        Self::Failed,
        Self::Unchanged,
        Self::AlreadyIssued,
        Self::Skipped,
        Self::Missed,
    ];

    /// As the ledger writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Open => "open",
            Self::Held => "held",
            Self::Issued => "issued",
            Self::Partly => "partly",
            Self::Failed => "failed",
            Self::Unchanged => "unchanged",
            Self::AlreadyIssued => "already-issued",
            Self::Skipped => "skipped",
            Self::Missed => "missed",
        }
    }

    /// In Chinese.
    pub fn chinese(self) -> &'static str {
        match self {
            Self::Waiting => "等待资料",
            Self::Open => "办理中",
            Self::Held => "待签发",
            Self::Issued => "已印发",
            Self::Partly => "部分未成",
            Self::Failed => "未成",
            Self::Unchanged => "本期无新资料",
            Self::AlreadyIssued => "本期已印发",
            Self::Skipped => "跳过",
            Self::Missed => "错过",
        }
    }

    /// Whether nothing more happens.
    pub fn is_final(self) -> bool {
        !matches!(self, Self::Waiting | Self::Open)
    }

    fn parse(name: &str) -> Self {
        Self::ALL.into_iter().find(|state| state.name() == name).unwrap_or(Self::Failed)
    }
}

/// Who asked for an occurrence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The schedule.
    Schedule,
    /// A person; such a run never moves the schedule's cursor.
    Manual,
}

/// A schedule as the last tick saw it.
#[derive(Debug, Clone)]
pub struct Seen {
    /// Its id.
    pub id: String,
    /// When and zone, as written.
    pub rule: String,
    /// Nothing before this instant is ever due.
    pub since: DateTime<Utc>,
    /// The last tick that looked at it.
    pub seen: DateTime<Utc>,
    /// Held since then.
    pub paused: Option<DateTime<Utc>>,
}

/// An occurrence that is to be recorded.
#[derive(Debug, Clone)]
pub struct NewOccurrence {
    /// The schedule.
    pub schedule: String,
    /// The instant that its rule names.
    pub nominal: DateTime<Utc>,
    /// That instant moved by the calendar.
    pub fires: DateTime<Utc>,
    /// The period of its documents.
    pub period: String,
    /// Who asked for it.
    pub origin: Origin,
    /// How it begins.
    pub state: State,
    /// Why, where it ends as it begins.
    pub reason: Option<String>,
}

/// An occurrence as recorded.
#[derive(Debug, Clone)]
pub struct Occurrence {
    /// Its row.
    pub id: i64,
    /// The schedule.
    pub schedule: String,
    /// The instant that its rule names.
    pub nominal: DateTime<Utc>,
    /// That instant moved by the calendar.
    pub fires: DateTime<Utc>,
    /// The period of its documents.
    pub period: String,
    /// Who asked for it.
    pub origin: Origin,
    /// How it stands.
    pub state: State,
    /// Why.
    pub reason: Option<String>,
    /// When it was recorded.
    pub recorded: DateTime<Utc>,
    /// When it ended.
    pub ended: Option<DateTime<Utc>>,
}

const COLUMNS: &str = "id, schedule, nominal, fires, period, origin, state, reason, recorded, ended";

impl Occurrence {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let instant = |at: usize| row.get::<_, String>(at).and_then(|text| instant_of(&text));
        let ended: Option<String> = row.get(9)?;
        Ok(Self {
            id: row.get(0)?,
            schedule: row.get(1)?,
            nominal: instant(2)?,
            fires: instant(3)?,
            period: row.get(4)?,
            origin: if row.get::<_, String>(5)? == "manual" { Origin::Manual } else { Origin::Schedule },
            state: State::parse(&row.get::<_, String>(6)?),
            reason: row.get(7)?,
            recorded: instant(8)?,
            ended: ended.as_deref().map(instant_of).transpose()?,
        })
    }
}

impl Ledger {
    /// All schedules that were ever seen.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn schedules(&self) -> Result<Vec<Seen>, LedgerError> {
        let query = "SELECT id, rule, since, seen, paused FROM schedule ORDER BY id";
        let mut statement = self.read(self.connection.prepare(query))?;
        let rows = self.read(statement.query_map([], |row| {
            let paused: Option<String> = row.get(4)?;
            Ok(Seen {
                id: row.get(0)?,
                rule: row.get(1)?,
                since: instant_of(&row.get::<_, String>(2)?)?,
                seen: instant_of(&row.get::<_, String>(3)?)?,
                paused: paused.as_deref().map(instant_of).transpose()?,
            })
        }))?;
        self.read(rows.collect())
    }

    /// Records how a schedule was seen, and in the same transaction what became due; an occurrence that is there already
    /// stays as it is. Answers how many were new.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn plan(
        &mut self,
        seen: &Seen,
        occurrences: &[NewOccurrence],
        now: DateTime<Utc>,
    ) -> Result<usize, LedgerError> {
        self.write(|t| {
            t.execute(
                "INSERT INTO schedule (id, rule, since, seen) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (id) DO UPDATE SET rule = excluded.rule, since = excluded.since, seen = excluded.seen",
                params![seen.id, seen.rule, text_of(seen.since), text_of(now)],
            )?;
            occurrences.iter().try_fold(0, |count, new| Ok(count + insert(t, new, now)?))
        })
    }

    /// Records a run that a person asked for, and answers it.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn begin(&mut self, new: &NewOccurrence, now: DateTime<Utc>) -> Result<Occurrence, LedgerError> {
        let id = self.write(|t| {
            insert(t, new, now)?;
            Ok(t.last_insert_rowid())
        })?;
        let query = format!("SELECT {COLUMNS} FROM occurrence WHERE id = ?1");
        self.read(self.connection.query_row(&query, [id], Occurrence::read))
    }

    /// Holds a schedule, or lets it go on; its plan then begins anew, so that nothing is made up for that was held.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn pause(
        &mut self,
        schedule: &str,
        rule: &str,
        since: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
    ) -> Result<(), LedgerError> {
        self.write(|t| {
            t.execute(
                "INSERT INTO schedule (id, rule, since, seen, paused) VALUES (?1, ?2, ?3, ?3, ?4)
                 ON CONFLICT (id) DO UPDATE SET paused = excluded.paused,
                 since = iif(paused IS NOT NULL AND excluded.paused IS NULL, max(since, excluded.since), since)",
                params![schedule, rule, text_of(now), since.map(text_of)],
            )
        })?;
        Ok(())
    }

    /// The last nominal instant of a schedule that was decided.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn last_nominal(&self, schedule: &str) -> Result<Option<DateTime<Utc>>, LedgerError> {
        let query = "SELECT max(nominal) FROM occurrence WHERE schedule = ?1 AND origin = 'schedule'";
        let text: Option<String> =
            self.read(self.connection.query_row(query, [schedule], |row| row.get(0)))?;
        self.read(text.as_deref().map(instant_of).transpose())
    }

    /// Occurrences that have not ended, in the order in which they fire.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn unfinished(&self) -> Result<Vec<Occurrence>, LedgerError> {
        self.occurrences_where("ended IS NULL ORDER BY fires, nominal, id", &[])
    }

    /// The last occurrences, newest first.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn history(
        &self,
        schedule: Option<&str>,
        state: Option<State>,
        since: Option<DateTime<Utc>>,
        limit: usize,
    ) -> Result<Vec<Occurrence>, LedgerError> {
        let since = since.map(text_of);
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.occurrences_where(
            "(?1 IS NULL OR schedule = ?1) AND (?2 IS NULL OR state = ?2) AND (?3 IS NULL OR fires >= ?3)
             ORDER BY recorded DESC, nominal DESC, id DESC LIMIT ?4",
            &[&schedule, &state.map(State::name), &since, &limit],
        )
    }

    /// The last occurrence of a schedule that its rule asked for.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn last_occurrence(&self, schedule: &str) -> Result<Option<Occurrence>, LedgerError> {
        let condition = "schedule = ?1 AND origin = 'schedule' ORDER BY nominal DESC LIMIT 1";
        Ok(self.occurrences_where(condition, &[&schedule])?.into_iter().next())
    }

    fn occurrences_where(
        &self,
        condition: &str,
        values: &[&dyn rusqlite::ToSql],
    ) -> Result<Vec<Occurrence>, LedgerError> {
        let query = format!("SELECT {COLUMNS} FROM occurrence WHERE {condition}");
        let mut statement = self.read(self.connection.prepare(&query))?;
        let rows = self.read(statement.query_map(values, Occurrence::read))?;
        self.read(rows.collect())
    }

    /// How many occurrences of each schedule are in each state.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn counts(&self) -> Result<Vec<(String, State, u64)>, LedgerError> {
        let query = "SELECT schedule, state, count(*) FROM occurrence GROUP BY schedule, state ORDER BY schedule, state";
        let mut statement = self.read(self.connection.prepare(query))?;
        let rows = self
            .read(statement.query_map([], |row| {
                Ok((row.get(0)?, State::parse(&row.get::<_, String>(1)?), row.get(2)?))
            }))?;
        self.read(rows.collect())
    }

    /// Records that an occurrence stands otherwise.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn stand(
        &mut self,
        occurrence: i64,
        state: State,
        reason: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<(), LedgerError> {
        let ended = state.is_final().then(|| text_of(now));
        let change =
            "UPDATE occurrence SET state = ?2, reason = ?3, ended = ?4 WHERE id = ?1 AND ended IS NULL";
        self.write(|t| t.execute(change, params![occurrence, state.name(), reason, ended]))?;
        Ok(())
    }

    /// Whether something that is wrong on every tick is to be told again: the first time, and a day after it was told last.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn tell_again(&mut self, what: &str, now: DateTime<Utc>) -> Result<bool, LedgerError> {
        let known = self.was_told(what, now)?;
        if !known {
            self.write(|t| {
                t.execute(
                    "INSERT INTO told (what, at) VALUES (?1, ?2) ON CONFLICT (what) DO UPDATE SET at = excluded.at",
                    params![what, text_of(now)],
                )
            })?;
        }
        Ok(!known)
    }

    /// Forgets ended occurrences and their documents that were recorded before an instant, but never the last of a schedule,
    /// which is its cursor, nor one that an issue or a draft refers to. Answers how many.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn forget_before(&mut self, instant: DateTime<Utc>, dry: bool) -> Result<usize, LedgerError> {
        const OLD: &str = "ended IS NOT NULL AND recorded < ?1 AND id NOT IN (SELECT occurrence FROM issue WHERE occurrence IS NOT NULL)
             AND id NOT IN (SELECT occurrence FROM draft)
             AND NOT EXISTS (SELECT 1 FROM schedule s WHERE s.id = occurrence.schedule AND occurrence.origin = 'schedule'
                 AND occurrence.nominal = (SELECT max(o.nominal) FROM occurrence o WHERE o.schedule = s.id AND o.origin = 'schedule'))";
        let before = text_of(instant);
        if dry {
            let query = format!("SELECT count(*) FROM occurrence WHERE {OLD}");
            return self.read(self.connection.query_row(&query, [before], |row| row.get(0)));
        }
        self.write(|t| {
            let tasks =
                format!("DELETE FROM task WHERE occurrence IN (SELECT id FROM occurrence WHERE {OLD})");
            t.execute(&tasks, [&before])?;
            t.execute(&format!("DELETE FROM occurrence WHERE {OLD}"), [&before])
        })
    }
}

fn insert(t: &rusqlite::Transaction<'_>, new: &NewOccurrence, now: DateTime<Utc>) -> rusqlite::Result<usize> {
    let origin = match new.origin {
        Origin::Schedule => "schedule",
        Origin::Manual => "manual",
    };
    let ended = new.state.is_final().then(|| text_of(now));
    t.execute(
        "INSERT INTO occurrence (schedule, nominal, fires, period, origin, state, reason, recorded, ended)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
         ON CONFLICT (schedule, nominal) WHERE origin = 'schedule' DO NOTHING",
        params![
            new.schedule,
            text_of(new.nominal),
            text_of(new.fires),
            new.period,
            origin,
            new.state.name(),
            new.reason,
            text_of(now),
            ended,
        ],
    )
}
