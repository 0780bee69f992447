//! The validated domain: places, sources, indicators, facts, derived figures, mechanisms, cases, and the case book that holds them.
//!
//! How they are written is left to `casefile`, how they are printed to `views`.

mod area;
mod beat;
mod calendar;
mod case;
mod casebook;
mod catalogue;
mod derived;
mod english;
mod english_dates;
mod english_numbers;
mod fact;
mod formula;
mod mechanism;
mod notice;
mod pace;
mod place;
mod quantity;
mod reader;
mod recipients;
mod region;
mod relation;
mod reported;
mod revision;
mod rotation;
mod source;
mod time;
mod words;

pub use crate::settings::Language;
pub use area::{
    Account, AreaBook, Assessment, Base, Carried, Class, Correction, Decision, Grade, Half, Inspection, Kept,
    ListKind, ListState, Listed, NextAim, Node, Overdue, Plan, Practised, Quarter, Standing, Stop, Target,
    Task, Tasks, Visited, Year, check_areas, check_figures, reported,
};
pub use beat::Beat;
pub use calendar::{Calendar, Calendars, NoCalendar};
pub use case::Case;
pub use casebook::{CaseBook, Subject, Text, Used, has_english};
pub use catalogue::{Catalogue, Flow, Indicator, Practice, Term, Theme, Topic};
pub use derived::Derived;

pub use english_dates::{MONTHS, month_name, number_of_name};
pub use english_numbers::Spoken;
pub use fact::{Coverage, Fact};
pub use mechanism::{Mechanism, MechanismKind, Stated};
pub use pace::{Mended, RANKED_FROM, days_late, elapsed, percent, ranks, spread, tenths};
pub use place::{Level, Place};
pub use quantity::{Dimension, Nature, Qualifier, Quantity, Unit, three_significant};
pub use reader::Reader;
pub use recipients::{Recipient, Way, read_recipients};
pub use region::Region;
pub use relation::Relation;
pub use reported::{check_reported, has_reported};
pub use revision::{Revised, revised};
pub use rotation::{has_mutual_pairs, has_repeats, inspected, shift};
pub use source::{Source, SourceKind, Strand};
pub use time::{Date, Period, Time, TimeForm};
pub use words::{Reference, Run, Words, check_plain};
