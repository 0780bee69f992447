//! When something is due, and doing it: once, on time, or a clear word why not.
//!
//! How a document is made is left to `pipeline`, what was made and numbered to `ledger`.

mod rule;
mod words;

pub use rule::{CronRule, Rule, RuleError};
pub use words::{Language, in_words};
