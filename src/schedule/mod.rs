//! When something is due, and doing it: once, on time, or a clear word why not.
//!
//! How a document is made is left to `pipeline`, what was made and numbered to `ledger`.

mod approving;
mod correcting;
mod daemon;
mod distribution;
mod due;
mod event;
mod holding;
mod install;
mod maker;
mod making;
mod monitor;
mod plan;
mod prune;
mod rule;
mod sending;
mod signing;
mod tick;
mod words;

pub use approving::{ApproveError, Approved, Renewed, Signatures, approve, renew};
pub use correcting::{Denied, Mended, Mending, correct, withdraw};
pub use daemon::{Next, wake_at};
pub use distribution::{Handed, distribution};
pub use due::{Due, Verdict, due, in_words as in_words_of, upcoming};
pub use event::{Event, Level, occurrence_name};
pub use install::{InstallError, Trigger, crontab, crontab_for_user, kubernetes, systemd};
pub(crate) use maker::chain;
pub use maker::{Clock, LazyMaker, MadeDocument, Maker, Setback, Stage};
pub use monitor::{Health, ScheduleHealth, alarm, beat, health, run as run_command};
pub use plan::{CatchUp, Overlap, RelativePeriod, Schedule, Shift, check, check_name, read};
pub use prune::{Pruned, prune};
pub use rule::{CronRule, Rule, RuleError};
pub use sending::{
    Astray, Counter, News, Redelivery, Stock, Told, astray, bounced, bound, deliver, is_outdated, key_of,
    notify, parcels_of, redelivery, send_due, wrap,
};
pub use signing::{Signer, is_due as sign_is_due, sign_due, sign_issue};
pub use tick::{Desk, ManualRun, Ticked, run, tick};
pub use words::{Language, in_words};
