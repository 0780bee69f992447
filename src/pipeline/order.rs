//! What is asked for, how it is to be made, and what became of it.

use std::path::PathBuf;
use std::time::Duration;

use chrono::NaiveDate;

use super::Why;
use crate::diag::{Diagnostics, Problem};
use crate::disk::PathError;
use crate::ledger::{Entry, LedgerError};
use crate::model::{Beat, CaseBook, Period, Subject};
use crate::settings::{Area, Settings, Sides, Standard};
use crate::views::shape::Line;
use crate::views::{Numbered, Part};
use crate::workers::WorkerError;

/// A document to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// Which kind.
    pub document: Document,
    /// What names its files and its text: `pingliang`, `pingliang_lingtai`, `four-places`.
    pub subject: String,
    /// Its places.
    pub members: Vec<Subject>,
    /// Its title, where no text gives one.
    pub title: Option<String>,
    /// Whether a text may belong to it: comparisons that nobody declared have none.
    pub has_text: bool,
    /// The channels by which it leaves, where that is settled; they decide what of it is printed on paper.
    pub channels: Option<Vec<String>>,
    /// Number and date, where they were settled beforehand; else those of the wish.
    pub stamp: Option<Stamp>,
}

/// Number and date of one document of many, settled before any of them is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// The number that it bears; a draft has none.
    pub number: Option<Numbered>,
    /// The date on it.
    pub date: NaiveDate,
}

impl Order {
    /// The briefing of one region or place.
    pub fn of_region(subject: Subject) -> Self {
        Self {
            document: Document::Region,
            subject: subject.file_stem(),
            members: vec![subject],
            title: None,
            has_text: true,
            channels: None,
            stamp: None,
        }
    }

    /// A document of a beat about an area.
    pub fn of_area(beat: Beat, area: &Area) -> Self {
        let member = |(unit, _): &(String, _)| Subject { region: unit.clone(), place: None };
        Self {
            document: Document::Beat(beat),
            subject: area.id.clone(),
            members: area.units.iter().map(member).collect(),
            title: None,
            has_text: false,
            channels: None,
            stamp: None,
        }
    }
}

/// The kinds of document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Document {
    /// About one region or place.
    Region,
    /// About several.
    Comparative,
    /// About an area, at one of the four beats.
    Beat(Beat),
}

impl Document {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Region,
        Self::Comparative,
        Self::Beat(Beat::Monthly),
        Self::Beat(Beat::Quarterly),
        Self::Beat(Beat::HalfYear),
        Self::Beat(Beat::YearEnd),
    ];

    /// The name that files, folders and texts use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Region => "region",
            Self::Comparative => "comparative",
            Self::Beat(beat) => beat.name(),
        }
    }

    /// Whether it can be about a period.
    pub fn fits(self, period: Period) -> bool {
        match self {
            Self::Region | Self::Comparative => true,
            Self::Beat(beat) => beat.fits(period),
        }
    }

    /// How many pages its body may take.
    pub(super) fn body_pages(self, settings: &Settings, part: Part) -> usize {
        match self {
            Self::Region | Self::Comparative => settings.body_pages,
            // A body alone ends with the 版记, and a table that moves out of it is lost to its reader.
            Self::Beat(beat) => beat.body_pages() + usize::from(part == Part::Body),
        }
    }
}

/// How documents are to be made.
#[derive(Debug, Clone)]
pub struct Wish {
    /// The day on which documents are made.
    pub as_of: NaiveDate,
    /// Whether somebody named the day, which dates every document anew.
    pub as_of_given: bool,
    /// The period they are about.
    pub period: Period,
    /// The number that the document bears; a draft has none.
    pub number: Option<Numbered>,
    /// How much of each is wanted.
    pub part: Part,
    /// What the files conform to; none for what the settings say.
    pub standard: Option<Standard>,
    /// Whether to make what is already there unchanged.
    pub force: bool,
    /// How many at a time.
    pub jobs: usize,
    /// Warnings that refuse a document, by code; `warnings` stands for all.
    pub deny: Vec<String>,
    /// Whether it is a draft that will wait for a signature, under a name that no other draft takes.
    pub held: bool,
    /// Whether it is a working copy, for those who read and correct it, with a 审签单.
    pub copy: bool,
    /// How many sides of a sheet are printed; none for what the settings say.
    pub sides: Option<Sides>,
    /// 拟稿, 核对, 签发, where the document bears them.
    pub people: Vec<Line>,
}

impl Wish {
    /// The same for a document of which number and date are settled.
    pub(super) fn stamped(&self, stamp: Stamp) -> Self {
        Self { as_of: stamp.date, as_of_given: true, number: stamp.number, ..self.clone() }
    }
}

/// What became of an order.
#[derive(Debug)]
pub struct Outcome {
    /// The order.
    pub order: Order,
    /// What was found on the way.
    pub diagnostics: Diagnostics,
    /// How it ended.
    pub end: End,
    /// Why it was made, or left as it lay there.
    pub why: Why,
    /// What is recorded of it.
    pub entry: Option<Entry>,
    /// How long it took.
    pub took: Duration,
}

/// How an order ended.
#[derive(Debug)]
pub enum End {
    /// The file was made.
    Made {
        /// The file.
        path: PathBuf,
        /// How many pages it has.
        pages: usize,
        /// How many bytes.
        bytes: usize,
    },
    /// The file was there, made from the same inputs.
    Unchanged {
        /// The file.
        path: PathBuf,
        /// How many pages it has.
        pages: usize,
    },
    /// The diagnostics say why there is none.
    Refused,
    /// The disk refused, or a worker gave no answer.
    Failed(MakeError),
}

/// Why a document that is sound was not made.
#[derive(Debug, thiserror::Error)]
pub enum MakeError {
    /// The disk refused.
    #[error(transparent)]
    Disk(#[from] PathError),
    /// A worker gave no answer.
    #[error(transparent)]
    Worker(#[from] WorkerError),
    /// That it was made could not be recorded.
    #[error(transparent)]
    Ledger(LedgerError),
}

/// Every region, every declared comparison, and the four documents of every declared area.
pub fn all_orders(settings: &Settings, book: &CaseBook) -> (Vec<Order>, Diagnostics) {
    let mut diagnostics = Diagnostics::new();
    let mut orders: Vec<Order> = book
        .regions
        .iter()
        .map(|id| Order {
            document: Document::Region,
            subject: id.clone(),
            members: vec![Subject { region: id.clone(), place: None }],
            title: None,
            has_text: true,
            channels: None,
            stamp: None,
        })
        .collect();
    for comparison in &settings.comparisons {
        let mut members = Vec::new();
        for (place, span) in &comparison.places {
            let subject = Subject::parse(place);
            if book.regions.contains(&subject.region) {
                members.push(subject);
            } else {
                let near = book.nearest_region(&subject.region);
                let problem = Problem::DanglingId { kind: "region", id: subject.region, near };
                diagnostics.push(problem, span.clone());
            }
        }
        if members.len() == comparison.places.len() {
            orders.push(Order {
                document: Document::Comparative,
                subject: comparison.id.clone(),
                members,
                title: comparison.title.clone(),
                has_text: true,
                channels: None,
                stamp: None,
            });
        }
    }
    for area in &settings.areas {
        let mut sound = true;
        for (unit, span) in &area.units {
            if !book.regions.contains(unit) {
                sound = false;
                let near = book.nearest_region(unit);
                let problem = Problem::DanglingId { kind: "region", id: unit.clone(), near };
                diagnostics.push(problem, span.clone());
            }
        }
        if sound {
            orders.extend(Beat::ALL.into_iter().map(|beat| Order::of_area(beat, area)));
        }
    }
    (orders, diagnostics)
}
