//! What was made, numbered and scheduled: the manifest beside the finished files, and the ledger in its own folder.
//!
//! When something is due is left to `schedule`.

mod adopting;
mod approvals;
mod archive;
mod batches;
mod corrections;
mod drafts;
mod error;
mod files;
mod issues;
mod journal;
mod lease;
mod manifest;
mod mounts;
mod occurrences;
mod outbox;
mod progress;
mod schema;
mod standing;
mod store;
mod tasks;

pub use approvals::{Approval, Release};
pub use archive::Archive;
pub use batches::{Ended, Fresh};
pub use corrections::{Correction, Served, Serving, Withdrawal};
pub use drafts::Draft;
pub use error::LedgerError;
pub use files::{Bearer, FileKind, IssuedFile};
pub use issues::{Issue, IssueState, Number, Wanted};
pub use lease::{Lease, last_tick};
pub use manifest::{
    Entry, LastRead, MANIFEST, Manifest, Shard, Sources, audit_path, blank_path, distribution_path,
    review_path,
};
pub use occurrences::{NewOccurrence, Occurrence, Origin, Seen, State};
pub use outbox::{Filed, NewParcel, ParcelKind, ParcelRow, ParcelState, Unplanned};
pub use progress::Progress;
pub use standing::{ByChannel, Standing};
pub use store::Ledger;
pub use tasks::{Task, TaskState, end_of};
