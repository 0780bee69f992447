//! When something is due, and doing it: once, on time, or a clear word why not.
//!
//! How a document is made is left to `pipeline`, what was made and numbered to `ledger`.

mod correcting;
mod daemon;
mod due;
mod event;
mod install;
mod maker;
mod making;
mod monitor;
mod plan;
mod prune;
mod rule;
mod sending;
mod tick;
mod words;

pub use correcting::{Denied, Mended, Mending, correct, withdraw};
pub use daemon::{Next, wake_at};
pub use due::{Due, Verdict, due, in_words as in_words_of, upcoming};
pub use event::{Event, Level, occurrence_name};
pub use install::{InstallError, Trigger, crontab, crontab_for_user, kubernetes, systemd};
pub use maker::{Clock, LazyMaker, MadeDocument, Maker, Setback, Stage};
pub use monitor::{Health, ScheduleHealth, alarm, beat, health, run as run_command};
pub use plan::{CatchUp, Overlap, RelativePeriod, Schedule, Shift, check, read};
pub use prune::{Pruned, prune};
pub use rule::{CronRule, Rule, RuleError};
pub use sending::{Channels, Counter, News, Stock, deliver, key_of, parcels_of, send_due, wrap};
pub use tick::{Desk, ManualRun, Ticked, run, tick};
pub use words::{Language, in_words};
