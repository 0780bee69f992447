//! Folders of our own in which the files of a parcel lie while a command reads them, and what a process that was killed left of them.
//!
//! What lies in them is left to `command`.

use std::fs::{self, File, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use rustix::io::{FdFlags, fcntl_setfd};
use tempfile::TempDir;

use crate::disk::PathError;

/// How the name of such a folder begins.
const PREFIX: &str = "parcel-";

/// A folder that goes with the value. As long as a process that uses it lives, ours or the command that we started, it is locked.
pub(super) struct Scratch {
    folder: TempDir,
    _lock: File,
}

impl Scratch {
    /// A new one that only we can read.
    pub(super) fn new(within: &Path) -> Result<Self, PathError> {
        let failed = |e| PathError::new("create a folder in", within, e);
        let ours = Permissions::from_mode(0o700);
        let folder = tempfile::Builder::new().prefix(PREFIX).permissions(ours).tempdir_in(within);
        let folder = folder.map_err(failed)?;
        let lock = File::open(folder.path()).and_then(|lock| lock.lock().map(|()| lock)).map_err(failed)?;
        // The command inherits the lock: it outlives us where we are killed, and reads on.
        fcntl_setfd(&lock, FdFlags::empty()).map_err(|e| failed(e.into()))?;
        Ok(Self { folder, _lock: lock })
    }

    /// Where it lies.
    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// Takes away what processes left that were killed. Only who holds the lease may ask: nobody else is about to make one. What cannot be
/// taken away stays, and harms nobody.
pub fn sweep_scratch(within: &Path) {
    for entry in fs::read_dir(within).into_iter().flatten().flatten() {
        let is_ours = entry.file_name().to_string_lossy().starts_with(PREFIX)
            && entry.file_type().is_ok_and(|kind| kind.is_dir());
        if !is_ours {
            continue;
        }
        if File::open(entry.path()).is_ok_and(|folder| folder.try_lock().is_ok()) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_use_stays_and_what_is_left_goes() {
        let within = tempfile::tempdir().expect("a folder");
        let used = Scratch::new(within.path()).expect("a folder");
        fs::create_dir(within.path().join("parcel-left")).expect("a folder");
        File::create(within.path().join("parcel-left/1.pdf")).expect("a file");
        fs::create_dir(within.path().join("other")).expect("a folder");
        File::create(within.path().join("parcel-file")).expect("a file");
        sweep_scratch(within.path());
        let there = |name: &str| within.path().join(name).exists();
        assert!(used.path().exists() && there("other") && there("parcel-file") && !there("parcel-left"));
        let path = used.path().to_owned();
        drop(used);
        assert!(!path.exists());
    }
}
