//! What can go wrong with the manifest and the ledger.
//!
//! Exit codes and hints are left to the binary.

use std::path::PathBuf;

use crate::disk::PathError;

/// An operation on the manifest or the ledger that failed.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The disk refused.
    #[error(transparent)]
    Disk(#[from] PathError),
    /// The manifest is not what this program writes.
    #[error("cannot understand `{}`", path.display())]
    Broken {
        /// The manifest.
        path: PathBuf,
        /// What the parser says.
        #[source]
        source: serde_json::Error,
    },
    /// A newer version wrote the manifest.
    #[error("`{}` was written by a newer version (format {format})", path.display())]
    Newer {
        /// The manifest.
        path: PathBuf,
        /// The format it has.
        format: u32,
    },
    /// The database refused.
    #[error("cannot use the ledger `{}`", path.display())]
    Database {
        /// The database.
        path: PathBuf,
        /// What SQLite says.
        #[source]
        source: rusqlite::Error,
    },
    /// A newer version wrote the ledger.
    #[error("the ledger `{}` was written by a newer version (version {version}; this one knows {newest})", path.display())]
    NewerLedger {
        /// The database.
        path: PathBuf,
        /// The version it has.
        version: usize,
        /// The newest version known here.
        newest: usize,
    },
    /// Rows refer to others that are not there.
    #[error("the ledger `{}` cannot be brought up to date: {rows} of its rows refer to what is not there", path.display())]
    Dangling {
        /// The database.
        path: PathBuf,
        /// How many.
        rows: i64,
    },
    /// The file is no ledger.
    #[error("`{}` is no ledger of this program", path.display())]
    NoLedger {
        /// The file.
        path: PathBuf,
    },
    /// The ledger would lie on a network file system.
    #[error("the ledger cannot lie in `{}`: it is on a network file system ({kind}), where two machines cannot lock it safely", path.display())]
    Network {
        /// The folder.
        path: PathBuf,
        /// The kind of file system.
        kind: String,
    },
    /// A copy fails its check.
    #[error("`{}` is not sound: {first}", path.display())]
    Unsound {
        /// The copy.
        path: PathBuf,
        /// The first thing that is wrong.
        first: String,
    },
    /// Issued documents lie in the output folder that the ledger does not know.
    #[error(
        "the ledger does not know {missing} of the issued documents in the manifest, for example `{example}`"
    )]
    Orphaned {
        /// How many.
        missing: usize,
        /// The path of one of them.
        example: String,
    },
    /// Another process took the lease over.
    #[error("another process works on the schedules now")]
    Overtaken,
    /// A parcel may not go further: how far it went could not be recorded.
    #[error("how far a parcel went could not be recorded")]
    Unrecorded,
    /// The number is not free.
    #[error("{document} no. {number} of {year} (total {total}) cannot be given: {reason}")]
    NumberTaken {
        /// The kind of document.
        document: String,
        /// The year.
        year: i32,
        /// The number within it.
        number: u32,
        /// The number across years.
        total: u32,
        /// Why not.
        reason: String,
    },
}
