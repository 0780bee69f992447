//! `briefing`: from case data in TOML to typeset briefings.
//!
//! Each module uses only those above it (and `diag` and `disk`); a test reads the `use` lines and fails when an arrow runs back.
//!
//! - [`diag`] what is wrong with data, texts, templates or settings, and where
//! - [`disk`] files that appear whole or not at all
//! - [`casefile`] TOML as people write it
//! - [`settings`] `report.toml`
//! - [`model`] the validated domain
//! - [`views`] what a reader will see
//! - [`typeset`] Typst: one view to one PDF
//! - [`ledger`] what was made, numbered and scheduled
//! - [`delivery`] the channels by which finished documents leave
//! - [`workers`] child processes with a deadline and a memory limit
//! - [`pipeline`] the one place that composes the steps
//! - [`schedule`] what is due, and doing it once
//! - [`shards`] many documents shared out among processes that share nothing
//!
//! The library never prints, never reads arguments, the environment or the clock.

pub mod diag;
pub mod disk;

pub mod casefile;
pub mod settings;

pub mod model;
pub mod views;

pub mod typeset;

pub mod ledger;

pub mod delivery;

pub mod workers;

pub mod pipeline;

pub mod schedule;

pub mod shards;
