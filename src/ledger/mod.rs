//! What was made, numbered and scheduled: the manifest beside the finished files, and the ledger in its own folder.
//!
//! When something is due is left to `schedule`.

mod adopting;
mod corrections;
mod error;
mod issues;
mod lease;
mod manifest;
mod mounts;
mod occurrences;
mod outbox;
mod schema;
mod store;
mod tasks;

pub use corrections::{Correction, Served, Serving, Withdrawal};
pub use error::LedgerError;
pub use issues::{Issue, IssueState, Number, Wanted};
pub use lease::{Lease, last_tick};
pub use manifest::{Entry, Manifest};
pub use occurrences::{NewOccurrence, Occurrence, Origin, Seen, State};
pub use outbox::{NewParcel, ParcelKind, ParcelRow, ParcelState};
pub use store::Ledger;
pub use tasks::{Task, TaskState};
