//! Making the documents of an occurrence, by way of the pipeline.
//!
//! Whether a document is to be made, and under which number, is left to `tick`.

use std::cell::OnceCell;
use std::path::Path;

use chrono::{DateTime, NaiveDate, Utc};

use crate::diag::{Diagnostics, Warned};
use crate::ledger::{Entry, LedgerError, MANIFEST, Manifest, Number};
use crate::model::{CaseBook, Period};
use crate::pipeline::{self, Document, End, MakeError, Order, Pipeline, PipelineError, Wish};
use crate::views::shape::Line;
use crate::views::{Numbered, Part};

/// Where time comes from: the binary's clock, or one that a test sets.
pub trait Clock {
    /// The instant that is now.
    fn now(&self) -> DateTime<Utc>;
}

/// Where a document failed. Each stage is tried again in its own time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Data, texts or settings are wrong: somebody must mend them.
    Data,
    /// The typesetter refused, took too long or ended.
    Typeset,
    /// The disk refused.
    Write,
}

impl Stage {
    /// As the ledger writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Data => "data",
            Self::Typeset => "typeset",
            Self::Write => "write",
        }
    }
}

/// A document that was not made.
#[derive(Debug, Clone)]
pub struct Setback {
    /// Where it failed.
    pub stage: Stage,
    /// One sentence.
    pub message: String,
    /// What its author can mend.
    pub diagnostics: Diagnostics,
}

/// A document that was made, or lay there as it would have been made.
#[derive(Debug, Clone)]
pub struct MadeDocument {
    /// Its file within the output folder.
    pub path: String,
    /// What the manifest says of it.
    pub entry: Entry,
}

/// A document that has its number.
#[derive(Debug, Clone, Copy)]
pub struct NumberedOrder<'a> {
    /// What is to be made.
    pub order: &'a Order,
    /// The period it tells of.
    pub period: Period,
    /// Its date.
    pub day: NaiveDate,
    /// Its number.
    pub number: Number,
}

/// Who makes documents.
pub trait Maker {
    /// A digest of what a document would say, without number and date.
    ///
    /// # Errors
    /// When it cannot be said, with the stage.
    fn content(&self, order: &Order, period: Period, day: NaiveDate) -> Result<String, Setback>;

    /// Makes a document under a number; the same number and day give the same bytes.
    ///
    /// # Errors
    /// When it is not made, with the stage.
    fn make(
        &self,
        order: &Order,
        period: Period,
        day: NaiveDate,
        number: Number,
    ) -> Result<Warned<MadeDocument>, Setback>;

    /// Makes documents, several at once where that is sooner; what became of each, in their order.
    fn make_all(&self, wanted: &[NumberedOrder<'_>]) -> Vec<Result<Warned<MadeDocument>, Setback>> {
        wanted.iter().map(|one| self.make(one.order, one.period, one.day, one.number)).collect()
    }

    /// How many documents are worth asking for at once.
    fn at_once(&self) -> usize {
        1
    }

    /// Makes a draft that will wait for a signature.
    ///
    /// # Errors
    /// When it is not made, with the stage.
    fn draft(
        &self,
        order: &Order,
        period: Period,
        day: NaiveDate,
        drafted_by: Option<&str>,
    ) -> Result<Warned<MadeDocument>, Setback>;

    /// Whether a unit has reported for a period.
    ///
    /// # Errors
    /// When what lies there cannot be used, with the messages.
    fn has_reported(&self, unit: &str, period: Period) -> Result<bool, Diagnostics>;

    /// Documents in the order in which they are made and numbered: regions in 建制序, comparisons after them.
    fn in_order(&self, orders: &[Order]) -> Vec<Order> {
        orders.to_vec()
    }

    /// What lies in the output folder.
    ///
    /// # Errors
    /// When the manifest cannot be read.
    fn manifest(&self) -> Result<Manifest, LedgerError>;
}

/// Opens the pipeline when the first document is wanted: most ticks want none.
pub struct LazyMaker<'a, F> {
    out: &'a Path,
    book: &'a CaseBook,
    open: F,
    at_once: usize,
    pipeline: OnceCell<Result<Pipeline, (String, Diagnostics)>>,
}

/// The documents of a tick are noted one by one; the manifest is written after the last. Where that fails, the notes stay, every reader
/// finds them, and the next run writes them in. So does a tick that makes nothing, with those of one that was killed after its last document.
impl<F> Drop for LazyMaker<'_, F> {
    fn drop(&mut self) {
        let _ = match self.pipeline.get() {
            Some(Ok(pipeline)) => pipeline.settle(),
            _ => Manifest::settle(self.out, MANIFEST).map_err(PipelineError::from),
        };
    }
}

impl<'a, F: Fn() -> Result<Warned<Option<Pipeline>>, PipelineError>> LazyMaker<'a, F> {
    /// A maker that opens its pipeline as `open` says, which sets so many documents at once.
    pub fn new(out: &'a Path, book: &'a CaseBook, at_once: usize, open: F) -> Self {
        Self { out, book, open, at_once, pipeline: OnceCell::new() }
    }

    fn pipeline(&self) -> Result<&Pipeline, Setback> {
        let opened = self.pipeline.get_or_init(|| match (self.open)() {
            Ok(Warned { output: Some(pipeline), .. }) => Ok(pipeline),
            Ok(Warned { output: None, diagnostics }) => {
                Err(("settings, shared data or templates have errors".to_owned(), diagnostics))
            }
            Err(error) => Err((error.to_string(), Diagnostics::new())),
        });
        opened.as_ref().map_err(|(message, diagnostics)| Setback {
            stage: Stage::Data,
            message: message.clone(),
            diagnostics: diagnostics.clone(),
        })
    }

    fn made(&self, order: &Order, wish: &Wish) -> Result<Warned<MadeDocument>, Setback> {
        made(self.pipeline()?, self.out, order, wish)
    }
}

fn failed(stage: Stage, message: String) -> Setback {
    Setback { stage, message, diagnostics: Diagnostics::new() }
}

fn made(
    pipeline: &Pipeline,
    out: &Path,
    order: &Order,
    wish: &Wish,
) -> Result<Warned<MadeDocument>, Setback> {
    let mut ended = None;
    pipeline
        .generate(vec![order.clone()], wish, |outcome| ended = Some(outcome))
        .map_err(|error| failed(Stage::Write, chain(&error)))?;
    let Some(outcome) = ended else {
        return Err(failed(Stage::Typeset, "it has no outcome".to_owned()));
    };
    let diagnostics = outcome.diagnostics;
    let path = match outcome.end {
        End::Made { path, .. } | End::Unchanged { path, .. } => path,
        End::Refused => {
            let message = first_error(&diagnostics, "it was refused");
            return Err(Setback { stage: Stage::Typeset, message, diagnostics });
        }
        End::Failed(error) => {
            let stage = match error {
                MakeError::Disk(_) | MakeError::Ledger(_) => Stage::Write,
                MakeError::Worker(_) => Stage::Typeset,
            };
            return Err(Setback { stage, message: chain(&error), diagnostics });
        }
    };
    let path = path.strip_prefix(out).unwrap_or(&path).display().to_string();
    match outcome.entry {
        Some(entry) => Ok(Warned { output: MadeDocument { path, entry }, diagnostics }),
        None => Err(failed(Stage::Write, "nothing is recorded of it".to_owned())),
    }
}

pub(super) fn wish(period: Period, day: NaiveDate, number: Option<Number>) -> Wish {
    Wish {
        as_of: day,
        as_of_given: true,
        period,
        number: number.map(|number| Numbered { number: number.number, total: Some(number.total) }),
        part: Part::All,
        standard: None,
        force: false,
        jobs: 1,
        deny: Vec::new(),
        held: false,
        copy: false,
        sides: None,
        people: Vec::new(),
    }
}

/// How a draft is wanted that will wait for a signature. The line for 拟稿, 核对, 签发 stands on it already, so that nothing moves when
/// their names are filled in.
pub(super) fn draft_wish(period: Period, day: NaiveDate, drafted_by: Option<&str>) -> Wish {
    let blank = "\u{3000}".repeat(4);
    let line = |label: &str, name: Option<&str>| Line {
        label: label.to_owned(),
        text: name.map_or_else(|| blank.clone(), str::to_owned),
    };
    let people = vec![line("拟稿", drafted_by), line("核对", None), line("签发", None)];
    Wish { held: true, people, ..wish(period, day, None) }
}

impl<F: Fn() -> Result<Warned<Option<Pipeline>>, PipelineError>> Maker for LazyMaker<'_, F> {
    fn content(&self, order: &Order, period: Period, day: NaiveDate) -> Result<String, Setback> {
        let found = self.pipeline()?.content(order, &wish(period, day, None));
        let diagnostics = found.diagnostics;
        found.output.ok_or_else(|| Setback {
            stage: Stage::Data,
            message: first_error(&diagnostics, "its data has errors"),
            diagnostics,
        })
    }

    fn make(
        &self,
        order: &Order,
        period: Period,
        day: NaiveDate,
        number: Number,
    ) -> Result<Warned<MadeDocument>, Setback> {
        self.made(order, &wish(period, day, Some(number)))
    }

    fn make_all(&self, wanted: &[NumberedOrder<'_>]) -> Vec<Result<Warned<MadeDocument>, Setback>> {
        let pipeline = match self.pipeline() {
            Ok(pipeline) => pipeline,
            Err(setback) => return wanted.iter().map(|_| Err(setback.clone())).collect(),
        };
        let out = self.out;
        let one = |at: usize| {
            let NumberedOrder { order, period, day, number } = wanted[at];
            made(pipeline, out, order, &wish(period, day, Some(number)))
        };
        let mut all = Vec::new();
        match pipeline::in_order(self.at_once, wanted.len(), one, |_, made| all.push(made)) {
            Ok(()) => all,
            Err(error) => {
                let message = format!("no thread can be started: {error}");
                wanted.iter().map(|_| Err(failed(Stage::Typeset, message.clone()))).collect()
            }
        }
    }

    fn at_once(&self) -> usize {
        self.at_once
    }

    fn draft(
        &self,
        order: &Order,
        period: Period,
        day: NaiveDate,
        drafted_by: Option<&str>,
    ) -> Result<Warned<MadeDocument>, Setback> {
        self.made(order, &draft_wish(period, day, drafted_by))
    }

    fn has_reported(&self, unit: &str, period: Period) -> Result<bool, Diagnostics> {
        crate::model::has_reported(self.book, unit, period)
    }

    fn in_order(&self, orders: &[Order]) -> Vec<Order> {
        let mut orders = orders.to_vec();
        orders.sort_by_cached_key(|order| {
            let region = match order.document {
                Document::Region => self.book.region(&order.members[0].region).output,
                Document::Comparative | Document::Beat(_) => None,
            };
            (
                order.document != Document::Region,
                region.map_or(i64::MAX, |region| region.order),
                order.subject.clone(),
            )
        });
        orders
    }

    fn manifest(&self) -> Result<Manifest, LedgerError> {
        Manifest::read(self.out)
    }
}

fn first_error(diagnostics: &Diagnostics, otherwise: &str) -> String {
    let error = diagnostics.iter().find(|found| found.severity == crate::diag::Severity::Error);
    error.map_or_else(|| otherwise.to_owned(), |error| error.problem.message())
}

/// An error with all that caused it, in one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let said = inner.to_string();
        if !text.ends_with(&said) {
            text.push_str(": ");
            text.push_str(&said);
        }
        cause = inner.source();
    }
    text
}
