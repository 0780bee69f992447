//! `.report/state.db`: one SQLite file that says what was scheduled, numbered and issued.
//!
//! What stands in its tables is left to `occurrences` and `issues`, the files that were made to `manifest`.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use rusqlite::backup::Backup;
use rusqlite::{Connection, ErrorCode, OpenFlags, Transaction, TransactionBehavior};

use super::schema::{APPLICATION, MIGRATIONS};
use super::{LedgerError, mounts};
use crate::disk::{self, PathError};

/// The file's name within the folder of the state.
const NAME: &str = "state.db";
/// How long another writer is waited for.
const PATIENCE: Duration = Duration::from_secs(30);

/// The ledger of a workspace.
pub struct Ledger {
    pub(super) connection: Connection,
    path: PathBuf,
    /// The fence of the lease that this ledger writes under; none without a lease.
    pub(super) fence: Option<i64>,
}

impl Ledger {
    /// Opens the ledger in a folder; it is created, with mode 0600, where it does not exist.
    ///
    /// # Errors
    /// When the folder lies on a network file system, where SQLite's shared memory does not work; when the file cannot be
    /// opened, is no ledger, or was written by a newer version.
    pub fn open(folder: &Path) -> Result<Self, LedgerError> {
        disk::create_folder(folder)?;
        if let Some(kind) = mounts::network(folder) {
            return Err(LedgerError::Network { path: folder.to_owned(), kind });
        }
        let path = folder.join(NAME);
        create_private(&path)?;
        let mut ledger = Self::connect(&path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        ledger.migrate()?;
        Ok(ledger)
    }

    /// Opens the ledger only where there is one.
    ///
    /// # Errors
    /// As [`Ledger::open`].
    pub fn open_existing(folder: &Path) -> Result<Option<Self>, LedgerError> {
        if folder.join(NAME).exists() { Self::open(folder).map(Some) } else { Ok(None) }
    }

    fn connect(path: &Path, flags: OpenFlags) -> Result<Self, LedgerError> {
        let fail = |source| LedgerError::Database { path: path.to_owned(), source };
        let connection =
            Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX).map_err(fail)?;
        connection.busy_timeout(PATIENCE).map_err(fail)?;
        connection.pragma_update(None, "foreign_keys", true).map_err(fail)?;
        Ok(Self { connection, path: path.to_owned(), fence: None })
    }

    fn migrate(&mut self) -> Result<(), LedgerError> {
        let version = self.version()?;
        let newest = MIGRATIONS.len();
        if version > newest {
            return Err(LedgerError::NewerLedger { path: self.path.clone(), version, newest });
        }
        let fail = |source| LedgerError::Database { path: self.path.clone(), source };
        self.write_ahead().map_err(fail)?;
        self.connection.pragma_update(None, "synchronous", "FULL").map_err(fail)?;
        if version == newest {
            return Ok(());
        }
        // A table that others refer to can only be made anew while nobody checks the references; they are checked before the end.
        self.connection.pragma_update(None, "foreign_keys", false).map_err(fail)?;
        let transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(fail)?;
        // Another process may have brought it up to date while this one waited for the lock.
        let version: usize =
            transaction.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(fail)?;
        for script in MIGRATIONS.iter().skip(version) {
            transaction.execute_batch(script).map_err(fail)?;
        }
        // Each row that it answers is a reference to nothing.
        let dangling =
            transaction.query_row("SELECT count(*) FROM pragma_foreign_key_check", [], |row| row.get(0));
        let dangling: i64 = dangling.map_err(fail)?;
        if dangling > 0 {
            return Err(LedgerError::Dangling { path: self.path.clone(), rows: dangling });
        }
        transaction.pragma_update(None, "application_id", APPLICATION).map_err(fail)?;
        transaction.pragma_update(None, "user_version", newest).map_err(fail)?;
        transaction.commit().map_err(fail)?;
        self.connection.pragma_update(None, "foreign_keys", true).map_err(fail)
    }

    /// Switches to the journal that lets others read while one writes. Of two who switch a new file at once SQLite refuses one without
    /// waiting, whatever its patience.
    fn write_ahead(&self) -> rusqlite::Result<()> {
        let pause = Duration::from_millis(20);
        let mut left = PATIENCE;
        loop {
            match self.connection.pragma_update(None, "journal_mode", "WAL") {
                Err(error)
                    if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) && !left.is_zero() =>
                {
                    std::thread::sleep(pause);
                    left = left.saturating_sub(pause);
                }
                ended => return ended,
            }
        }
    }

    fn version(&self) -> Result<usize, LedgerError> {
        let read = |name| self.connection.pragma_query_value(None, name, |row| row.get::<_, i32>(0));
        let fail = |source| LedgerError::Database { path: self.path.clone(), source };
        // Asked first: another process may be about to fill a new file, and then its mark is there with its tables.
        let tables: i64 =
            self.read(self.connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)))?;
        let (version, application) =
            (read("user_version").map_err(fail)?, read("application_id").map_err(fail)?);
        // Few programs mark their databases: one without a mark is only taken for a new ledger where it is empty.
        let ours = application == APPLICATION || (version == 0 && application == 0 && tables == 0);
        let version = usize::try_from(version).ok().filter(|_| ours);
        version.ok_or_else(|| LedgerError::NoLedger { path: self.path.clone() })
    }

    /// The database file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes in one transaction that no other writer interrupts, and only while the lease is still ours.
    pub(super) fn write<T>(
        &mut self,
        work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, LedgerError> {
        let fail = |source| LedgerError::Database { path: self.path.clone(), source };
        let transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(fail)?;
        if let Some(ours) = self.fence {
            let current: i64 = transaction
                .query_row("SELECT fence FROM lease WHERE name = 'tick'", [], |row| row.get(0))
                .map_err(fail)?;
            if current != ours {
                return Err(LedgerError::Overtaken);
            }
        }
        let output = work(&transaction).map_err(fail)?;
        transaction.commit().map_err(fail)?;
        Ok(output)
    }

    /// Turns an error of the database into one that names it.
    pub(super) fn read<T>(&self, result: rusqlite::Result<T>) -> Result<T, LedgerError> {
        result.map_err(|source| LedgerError::Database { path: self.path.clone(), source })
    }

    /// What is wrong with the file: SQLite's own check of pages and indexes, broken references, and numbers that
    /// contradict each other. Empty where all is well.
    ///
    /// # Errors
    /// When the file cannot be read at all.
    pub fn check(&self) -> Result<Vec<String>, LedgerError> {
        let mut wrong = self.check_file()?;
        wrong.extend(self.ask(
            "SELECT document, number, year FROM issue WHERE state = 'issued' AND (pdf IS NULL OR path IS NULL OR issued IS NULL)",
            &|row| {
                let (document, number, year): (String, i64, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
                Ok(Some(format!("{document} no. {number} of {year} is issued, but no file is recorded")))
            },
        )?);
        wrong.extend(self.ask(
            "SELECT path FROM issue JOIN approval ON approval.issue = issue.id WHERE approval.pdf IS NOT issue.pdf",
            &|row| Ok(Some(format!("`{}` is not the file that was released", row.get::<_, String>(0)?))),
        )?);
        wrong.extend(self.ask(
            "SELECT a.document, a.total, b.total FROM issue a JOIN issue b ON a.document = b.document
             AND (a.year < b.year OR (a.year = b.year AND a.number < b.number)) AND a.total > b.total",
            &|row| {
                let (document, a, b): (String, i64, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
                Ok(Some(format!("{document}: total {a} comes before total {b}, but its number after")))
            },
        )?);
        Ok(wrong)
    }

    /// What is wrong with the file itself: numbers that contradict each other are no reason to be without a copy of them.
    fn check_file(&self) -> Result<Vec<String>, LedgerError> {
        let mut wrong = self.ask("PRAGMA integrity_check", &|row| {
            let text: String = row.get(0)?;
            Ok((text != "ok").then_some(text))
        })?;
        wrong.extend(self.ask("PRAGMA foreign_key_check", &|row| {
            let table: String = row.get(0)?;
            Ok(Some(format!("a row of `{table}` refers to one that is gone")))
        })?);
        Ok(wrong)
    }

    fn ask(
        &self,
        query: &str,
        say: &dyn Fn(&rusqlite::Row<'_>) -> rusqlite::Result<Option<String>>,
    ) -> Result<Vec<String>, LedgerError> {
        let mut statement = self.read(self.connection.prepare(query))?;
        let rows = self.read(statement.query_map([], |row| say(row)))?;
        let found = self.read(rows.collect::<rusqlite::Result<Vec<_>>>())?;
        Ok(found.into_iter().flatten().collect())
    }

    /// Writes a whole copy while others may go on writing; it is checked before it gets its name.
    ///
    /// # Errors
    /// When the file cannot be written, or the copy is not sound.
    pub fn backup(&self, target: &Path) -> Result<(), LedgerError> {
        let folder = target.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        disk::create_folder(folder)?;
        if is_same(target, &self.path) {
            let source = io::Error::from(io::ErrorKind::AlreadyExists);
            return Err(PathError::new("write a copy of the ledger over", target, source).into());
        }
        let scratch = tempfile::Builder::new()
            .prefix(".report-")
            .suffix(".part")
            .tempfile_in(folder)
            .map_err(|e| PathError::new("create a file in", folder, e))?;
        let mut copy = Self::connect(scratch.path(), OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        {
            let backup = self.read(Backup::new(&self.connection, &mut copy.connection))?;
            self.read(backup.run_to_completion(1000, Duration::from_millis(5), None))?;
        }
        // A copy is one file: nobody should have to know of the two that lie beside a database at work.
        copy.read(copy.connection.pragma_update(None, "journal_mode", "DELETE"))?;
        if let Some(first) = copy.check_file()?.into_iter().next() {
            return Err(LedgerError::Unsound { path: target.to_owned(), first });
        }
        drop(copy);
        let bytes = disk::read(scratch.path())?;
        disk::write_private(target, &bytes)?;
        Ok(())
    }

    /// Puts a copy in the place of the ledger, which is kept beside it under another name. Answers that name.
    ///
    /// # Errors
    /// When the copy is no sound ledger, or a file cannot be moved; the ledger is then as before.
    pub fn restore(folder: &Path, copy: &Path, now: DateTime<Utc>) -> Result<Option<PathBuf>, LedgerError> {
        if !copy.is_file() {
            let source = io::Error::from(io::ErrorKind::NotFound);
            return Err(PathError::new("read", copy, source).into());
        }
        let other = Self::connect(copy, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let (version, newest) = (other.version()?, MIGRATIONS.len());
        if version == 0 {
            return Err(LedgerError::NoLedger { path: copy.to_owned() });
        }
        if version > newest {
            return Err(LedgerError::NewerLedger { path: copy.to_owned(), version, newest });
        }
        disk::create_folder(folder)?;
        let path = folder.join(NAME);
        // By way of a backup: of a database that is at work, a part lies in the file beside it. The ledger is touched when this is there.
        let fresh = folder.join(format!("{NAME}.restored"));
        other.backup(&fresh)?;
        drop(other);
        let mut kept = None;
        if path.exists() {
            // What SQLite has not yet written back lies in the file beside it: opening and closing brings it in.
            drop(Self::connect(&path, OpenFlags::SQLITE_OPEN_READ_WRITE)?);
            let name =
                |more: &str| folder.join(format!("{NAME}.replaced-{}{more}", now.format("%Y%m%dT%H%M%SZ")));
            let again = (2..).map(|n| name(&format!("-{n}")));
            let name = std::iter::once(name("")).chain(again).find(|name| !name.exists()).unwrap_or_default();
            fs::rename(&path, &name).map_err(|e| PathError::new("rename", &path, e))?;
            for more in ["-wal", "-shm"] {
                let beside = folder.join(format!("{NAME}{more}"));
                if beside.exists() {
                    let target = PathBuf::from(format!("{}{more}", name.display()));
                    fs::rename(&beside, target).map_err(|e| PathError::new("rename", &beside, e))?;
                }
            }
            kept = Some(name);
        }
        fs::rename(&fresh, &path).map_err(|e| PathError::new("rename", &fresh, e))?;
        disk::sync_folder(&path)?;
        Self::open(folder)?;
        Ok(kept)
    }
}

impl std::fmt::Debug for Ledger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ledger").field("path", &self.path).finish_non_exhaustive()
    }
}

/// An instant as the ledger writes it: 2026-11-01T00:00:00Z. Texts of this form sort as the instants do.
pub(super) fn text_of(instant: DateTime<Utc>) -> String {
    instant.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// The instant that the ledger wrote.
pub(super) fn instant_of(text: &str) -> rusqlite::Result<DateTime<Utc>> {
    let parsed = DateTime::parse_from_rfc3339(text).map(|instant| instant.with_timezone(&Utc));
    parsed.map_err(|e| rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, Box::new(e)))
}

/// The day that the ledger wrote.
pub(super) fn day_of(text: &str) -> rusqlite::Result<NaiveDate> {
    let fail = |e| rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, Box::new(e));
    text.parse().map_err(|e: chrono::ParseError| fail(e))
}

/// Whether two paths are one file.
fn is_same(one: &Path, other: &Path) -> bool {
    matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}

/// A ledger that was copied by hand has the mode of any file.
#[cfg(unix)]
fn tighten(path: &Path) -> Result<(), PathError> {
    use std::os::unix::fs::PermissionsExt;
    let fail = |e| PathError::new("protect", path, e);
    let mode = fs::metadata(path).map_err(fail)?.permissions().mode();
    if mode & 0o077 == 0 {
        return Ok(());
    }
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).map_err(fail)
}

#[cfg(not(unix))]
fn tighten(_: &Path) -> Result<(), PathError> {
    Ok(())
}

/// Who can read the ledger sees who gets what: nobody but its owner.
fn create_private(path: &Path) -> Result<(), PathError> {
    if path.exists() {
        return tighten(path);
    }
    let mut options = File::options();
    options.create(true).truncate(false).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop).map_err(|e| PathError::new("create", path, e))
}
