//! What was made: the manifest beside the finished files.
//!
//! Numbers, schedules and deliveries join it when there are any.

mod manifest;

pub use manifest::{Entry, LedgerError, Manifest};
