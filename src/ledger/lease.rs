//! The lease: at any time one process works on the schedules.
//!
//! What it does then is left to `schedule`.

use std::fs::{File, TryLockError};
use std::path::Path;

use chrono::{DateTime, Utc};
use rusqlite::params;

use super::LedgerError;
use super::store::{Ledger, text_of};
use crate::disk::{self, PathError};

/// The file that is locked; it stays empty. The system lets go of it when its holder ends, however it ends.
const LOCK: &str = "lock";

/// The right to work on the schedules, until the value is dropped or the process ends.
#[derive(Debug)]
pub struct Lease {
    _file: File,
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
        let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(fail)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { _file: file })),
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
        let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(fail)?;
        file.lock().map_err(fail)?;
        Ok(Self { _file: file })
    }
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
