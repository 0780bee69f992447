//! What can go wrong with a plan and its shards.
//!
//! Exit codes and hints are left to the binary.

use std::path::PathBuf;

use crate::disk::PathError;
use crate::ledger::LedgerError;
use crate::pipeline::PipelineError;

/// An operation on a plan or its shards that failed.
#[derive(Debug, thiserror::Error)]
pub enum ShardError {
    /// The disk refused.
    #[error(transparent)]
    Disk(#[from] PathError),
    /// The ledger or a manifest cannot be used.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The documents cannot be made at all.
    #[error(transparent)]
    Pipeline(#[from] PipelineError),
    /// No thread could be started.
    #[error("cannot start a thread")]
    Thread(#[source] std::io::Error),
    /// The file is not a plan as it was written.
    #[error("`{}` is no whole plan: {why}", path.display())]
    NoPlan {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// A newer version wrote the plan.
    #[error("`{}` was written by a newer version (format {format})", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// The format it has.
        format: u32,
    },
    /// The plan was made for another number of shards.
    #[error("the plan has {planned} shards, not {asked}")]
    OtherCount {
        /// How many it has.
        planned: usize,
        /// How many somebody said.
        asked: usize,
    },
    /// The plan has no such shard.
    #[error("there is no shard {shard}: the plan has {shards}, counted from 1")]
    NoShard {
        /// The one asked for.
        shard: usize,
        /// How many there are.
        shards: usize,
    },
    /// Somebody signs a document before it is numbered.
    #[error(
        "{document} {subject} is signed before it is numbered: schedule `{schedule}` has approval = \"required\""
    )]
    Signed {
        /// The kind of document.
        document: &'static str,
        /// What it is about.
        subject: String,
        /// The schedule that says so.
        schedule: String,
    },
    /// The ledger does not have a number of the plan as it was reserved.
    #[error("the ledger does not have {document} no. {number} (total {total}) reserved for {subject}")]
    NotReserved {
        /// The kind of document.
        document: String,
        /// What it is about.
        subject: String,
        /// The number within the year.
        number: u32,
        /// The number across years.
        total: u32,
    },
}
