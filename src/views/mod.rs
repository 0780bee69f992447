//! What a reader will see: pure values in which every number is rounded, formatted, flagged and cited.
//!
//! How it is set on paper is left to the templates, which compute nothing.

mod annex;
mod assemble;
pub mod audit;
mod beats;
mod changes;
mod charts;
mod cite;
mod comparative;
mod copied;
mod correction;
mod diagrams;
pub mod distribution;
mod facts;
mod filled;
mod finish;
mod flags;
mod in_words;
mod item;
mod numerals;
mod plates;
mod region;
mod script;
mod secrecy;
pub mod shape;
mod substance;
mod tables;
mod trends;
mod withdrawal;

use chrono::NaiveDate;

use crate::model::{Language, Period};

pub use beats::{Previous, Told, beat_view};
pub use changes::{Change, Changes, PrintedFigure, PrintedMechanism, changes, figures, printed};
pub use comparative::comparative_view;
pub use copied::{Base, Compared, mark_changes};
pub use correction::{Mistake, corrected, same_document};
pub use facts::{FactRow, Number, fact_rows, facts_as_csv, facts_as_json, rows_as_csv};
pub use region::region_view;
pub use script::{Script, half_translated};
pub use secrecy::Secrecy;

pub use withdrawal::{Withdrawn, withdrawal_view};

/// What distinguishes one edition of a document from another: not what it says, but when and how it is issued.
#[derive(Debug, Clone, Copy)]
pub struct Edition {
    /// Its language.
    pub language: Language,
    /// The date of the document.
    pub date: NaiveDate,
    /// The period it is about.
    pub period: Period,
    /// The number of the issue; a draft has none.
    pub number: Option<Numbered>,
    /// How much of it is wanted.
    pub part: Part,
    /// How many plates have moved from the body to the annex so that the body fits its pages.
    pub moved: usize,
    /// Whether the facts behind it are attached to it.
    pub with_facts: bool,
    /// How its pages are laid out, where it is not the usual way.
    pub layout: Option<shape::Layout>,
    /// 共印N份, where the foot names it.
    pub copies: Option<u32>,
}

/// The number that an issue bears.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Numbered {
    /// 第N期, within the year.
    pub number: u32,
    /// 总第N期, across years; none where somebody chose the number and no ledger counts.
    pub total: Option<u32>,
}

/// How much of a document is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Body and annexes.
    All,
    /// The body that a leader reads.
    Body,
}

impl Part {
    /// The name that the view carries.
    pub fn name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Body => "body",
        }
    }
}

/// A view, and how many plates of its body could still move to the annex.
#[derive(Debug, Clone)]
pub struct Made {
    /// The view.
    pub view: shape::View,
    /// Tables and charts in the body before any moved.
    pub movable: usize,
    /// What it says, a line each, without wording, number, date and layout.
    pub substance: String,
}
