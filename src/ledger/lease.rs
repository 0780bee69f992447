//! The lease: at any time one process works on the schedules.
//!
//! What it does then is left to `schedule`.

use std::fs::{File, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::Path;

use chrono::{DateTime, Utc};
use rusqlite::params;

use super::LedgerError;
use super::store::{Ledger, instant_of, text_of};
use crate::disk::{self, PathError};

/// The file that is locked; it names the last tick. The system lets go of the lock when its holder ends, however it ends.
const LOCK: &str = "lock";

/// The right to work on the schedules, until the value is dropped or the process ends.
#[derive(Debug)]
pub struct Lease {
    file: File,
}

impl Lease {
    /// Takes the lease; none where another process has it.
    ///
    /// # Errors
    /// When the folder cannot be written to.
    pub fn take(folder: &Path) -> Result<Option<Self>, LedgerError> {
        disk::create_folder(folder)?;
        let path = folder.join(LOCK);
        let fail = |e| LedgerError::Disk(PathError::new("lock", &path, e));
        let file =
            File::options().create(true).truncate(false).read(true).write(true).open(&path).map_err(fail)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(e)) => Err(fail(e)),
        }
    }

    /// Takes the lease, waiting for as long as another process has it.
    ///
    /// # Errors
    /// When the folder cannot be written to.
    pub fn wait(folder: &Path) -> Result<Self, LedgerError> {
        disk::create_folder(folder)?;
        let path = folder.join(LOCK);
        let fail = |e| LedgerError::Disk(PathError::new("lock", &path, e));
        let file =
            File::options().create(true).truncate(false).read(true).write(true).open(&path).map_err(fail)?;
        file.lock().map_err(fail)?;
        Ok(Self { file })
    }

    /// When the last tick ended; none where there was none, or the file was lost with a power failure.
    pub fn last(&mut self) -> Option<DateTime<Utc>> {
        let mut text = String::new();
        self.file.rewind().and_then(|()| self.file.read_to_string(&mut text)).ok()?;
        instant_of(text.trim()).ok()
    }

    /// Records that a tick ended. It is not synced: what hangs on it is only from when a new rule counts.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn mark(&mut self, now: DateTime<Utc>) -> Result<(), LedgerError> {
        let write = |file: &mut File| {
            file.rewind()?;
            file.set_len(0)?;
            writeln!(file, "{}", text_of(now))
        };
        write(&mut self.file).map_err(|e| PathError::new("write", Path::new(LOCK), e).into())
    }
}

/// When the last tick ended, asked without the lease.
pub fn last_tick(folder: &Path) -> Option<DateTime<Utc>> {
    let text = std::fs::read_to_string(folder.join(LOCK)).ok()?;
    instant_of(text.trim()).ok()
}

impl Ledger {
    /// Makes the holder of the lease the only one who can write: whoever held it before and still runs is refused from now on.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn hold(&mut self, _lease: &Lease, owner: &str, now: DateTime<Utc>) -> Result<(), LedgerError> {
        self.fence = None;
        let fence = self.write(|t| {
            t.query_row(
                "INSERT INTO lease (name, fence, owner, taken) VALUES ('tick', 1, ?1, ?2)
                 ON CONFLICT (name) DO UPDATE SET fence = fence + 1, owner = excluded.owner, taken = excluded.taken
                 RETURNING fence",
                params![owner, text_of(now)],
                |row| row.get(0),
            )
        })?;
        self.fence = Some(fence);
        Ok(())
    }
}
