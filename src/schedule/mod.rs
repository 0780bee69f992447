//! When something is due, and doing it: once, on time, or a clear word why not.
//!
//! How a document is made is left to `pipeline`, what was made and numbered to `ledger`.

mod install;

pub use install::{InstallError, Trigger, crontab, crontab_for_user, kubernetes, systemd};
