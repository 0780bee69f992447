//! The one place that composes the steps: data to view to PDF to file to manifest.
//!
//! Who asks, and how the answer is shown, is left to the binary.

mod beats;
mod check;
mod opening;
mod order;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::Instant;

use chrono::NaiveDate;

use crate::diag::{Diagnostics, Problem, SourceFile, Span, Warned, nearest};
use crate::disk;
use crate::ledger::{Entry, LedgerError, Manifest};
use crate::model::{CaseBook, Period, Region, Subject, Text};
use crate::settings::Settings;
use crate::typeset::{Engine, FacesError, Job, Standard, Typeset, on_big_stack};
use crate::views::{Edition, Made, Numbered, Part, comparative_view, region_view, shape};
use crate::workers::{Crew, WorkerError};

use beats::LoadedBeat;

pub use beats::has_matter;
pub use check::check;
pub use opening::{find_faces, open_data, open_engine};
pub use order::{Document, End, MakeError, Order, Outcome, Wish, all_orders};

/// Where everything lies.
#[derive(Debug, Clone)]
pub struct Workspace {
    /// `report.toml`.
    pub settings: PathBuf,
    /// What people write.
    pub data: PathBuf,
    /// What designers write.
    pub templates: PathBuf,
    /// Fetched faces.
    pub fonts: PathBuf,
    /// Folders of the system's faces.
    pub system_fonts: Vec<PathBuf>,
    /// What comes out.
    pub out: PathBuf,
    /// Where the scan of faces is remembered; none to remember nothing.
    pub memory: Option<PathBuf>,
}

/// An operation that stops a run.
#[derive(Debug, thiserror::Error)]
pub enum PipelineError {
    /// The faces cannot be found.
    #[error(transparent)]
    Faces(#[from] FacesError),
    /// The manifest cannot be read or written.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// No thread could be started.
    #[error("cannot start a thread")]
    Thread(#[source] std::io::Error),
}

/// Settings, shared data and engine, all sound.
pub struct Pipeline {
    workspace: Workspace,
    settings: Settings,
    book: CaseBook,
    engine: Engine,
    /// Who sets the documents; none for this process itself.
    crew: Option<Crew>,
}

impl Pipeline {
    /// Puts the parts together.
    pub fn new(workspace: Workspace, settings: Settings, book: CaseBook, engine: Engine) -> Self {
        Self { workspace, settings, book, engine, crew: None }
    }

    /// Has the documents set by workers instead of this process.
    #[must_use]
    pub fn with_crew(mut self, crew: Crew) -> Self {
        self.crew = Some(crew);
        self
    }

    /// The settings.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The data.
    pub fn book(&self) -> &CaseBook {
        &self.book
    }

    /// Where everything lies.
    pub fn workspace(&self) -> &Workspace {
        &self.workspace
    }

    fn typeset(&self, job: &Job<'_>) -> Result<Warned<Option<Typeset>>, WorkerError> {
        match &self.crew {
            Some(crew) => crew.typeset(job),
            None => Ok(self.engine.typeset(job)),
        }
    }

    /// Makes the documents and records those that were made. `told` hears of each as it ends.
    ///
    /// # Errors
    /// When the manifest cannot be read or written, or no thread can be started.
    pub fn generate(
        &self,
        orders: Vec<Order>,
        wish: &Wish,
        mut told: impl FnMut(&Outcome),
    ) -> Result<Vec<Outcome>, PipelineError> {
        let before = Manifest::read(&self.workspace.out)?;
        let made = Mutex::new(BTreeMap::new());
        let next = AtomicUsize::new(0);
        let (send, receive) = mpsc::channel();
        let workers = wish.jobs.clamp(1, orders.len().max(1));
        let mut outcomes: Vec<Option<Outcome>> = orders.iter().map(|_| None).collect();
        std::thread::scope(|scope| -> Result<(), PipelineError> {
            for _ in 0..workers {
                let (send, next, orders, before, made) = (send.clone(), &next, &orders, &before, &made);
                let work = move || {
                    loop {
                        let at = next.fetch_add(1, Ordering::Relaxed);
                        let Some(order) = orders.get(at) else { break };
                        let (outcome, entry) = self.one(order, wish, before);
                        if let Some((path, entry)) = entry {
                            made.lock().unwrap_or_else(PoisonError::into_inner).insert(path, entry);
                        }
                        if send.send((at, outcome)).is_err() {
                            break;
                        }
                    }
                };
                std::thread::Builder::new()
                    .stack_size(64 << 20)
                    .spawn_scoped(scope, work)
                    .map_err(PipelineError::Thread)?;
            }
            drop(send);
            for (at, outcome) in receive {
                told(&outcome);
                outcomes[at] = Some(outcome);
            }
            Ok(())
        })?;
        Manifest::add(&self.workspace.out, made.into_inner().unwrap_or_else(PoisonError::into_inner))?;
        Ok(outcomes.into_iter().flatten().collect())
    }

    /// The view of a document as it would be set today, without writing anything.
    pub fn view(&self, order: &Order, wish: &Wish) -> Warned<Option<shape::View>> {
        let mut diagnostics = Diagnostics::new();
        let edition = edition(wish, wish.as_of, 0);
        let view = self
            .load(order, wish, &mut diagnostics)
            .and_then(|loaded| Some(self.made(order, &loaded, &edition, &mut diagnostics)?.view));
        Warned { output: view.filter(|_| !diagnostics.has_errors()), diagnostics }
    }

    /// The path of a document within the output folder.
    pub fn path_of(order: &Order, wish: &Wish) -> String {
        let part = match wish.part {
            Part::All => "",
            Part::Body => ".body",
        };
        format!("{}/{}/{}{part}.pdf", wish.period, order.document.name(), order.subject)
    }

    /// A digest of what a document would say today, without number and date; none where the diagnostics say why.
    pub fn content(&self, order: &Order, wish: &Wish) -> Warned<Option<String>> {
        let mut diagnostics = Diagnostics::new();
        let content = self.load(order, wish, &mut diagnostics).and_then(|loaded| {
            let made = self.made(order, &loaded, &edition(wish, wish.as_of, 0), &mut diagnostics)?;
            Some(content_of(order, &loaded, &made))
        });
        Warned { output: content.filter(|_| !diagnostics.has_errors()), diagnostics }
    }

    fn one(&self, order: &Order, wish: &Wish, before: &Manifest) -> (Outcome, Option<(String, Entry)>) {
        let started = Instant::now();
        let mut diagnostics = Diagnostics::new();
        let (end, entry) = match self.make(order, wish, before, &mut diagnostics) {
            Ok((end, entry)) => (end, entry),
            Err(e) => (End::Failed(e), None),
        };
        let outcome = Outcome { order: order.clone(), diagnostics, end, took: started.elapsed() };
        (outcome, entry)
    }

    fn make(
        &self,
        order: &Order,
        wish: &Wish,
        before: &Manifest,
        diagnostics: &mut Diagnostics,
    ) -> Result<(End, Option<(String, Entry)>), MakeError> {
        let Some(loaded) = self.load(order, wish, diagnostics) else { return Ok((End::Refused, None)) };
        let mut path = Self::path_of(order, wish);
        let is_issue = wish.number.is_some_and(|number| number.total.is_some());
        if !is_issue && let Some(entry) = before.entries.get(&path).filter(|entry| entry.total.is_some()) {
            // What was issued is never written over: a draft that says something else lies beside it.
            if let Some(end) = self.unchanged(order, wish, &loaded, &path, entry) {
                return Ok((end, None));
            }
            path = path.replacen(".pdf", ".draft.pdf", 1);
        }
        let target = self.workspace.out.join(&path);
        let may_stay =
            |entry: &&Entry| !wish.force && (!wish.as_of_given || entry.date == wish.as_of.to_string());
        let recorded = before.entries.get(&path).filter(may_stay);
        let same_number = |entry: &&Entry| numbered(entry) == wish.number;
        if let Some(entry) = recorded.filter(same_number)
            && let Some(end) = self.unchanged(order, wish, &loaded, &path, entry)
        {
            return Ok((end, None));
        }
        let mut moved = 0;
        loop {
            let edition = edition(wish, wish.as_of, moved);
            let mut found = Diagnostics::new();
            let made = self.made(order, &loaded, &edition, &mut found);
            if moved == 0 {
                if let Some(made) = &made {
                    self.check_characters(made, &loaded, &mut found);
                }
                diagnostics.extend(found);
                diagnostics.deny(&wish.deny);
            }
            if diagnostics.has_errors() {
                return Ok((End::Refused, None));
            }
            let Some(made) = made else { return Ok((End::Refused, None)) };
            let bytes = bytes_of(&made);
            let job = Job {
                main: &format!("{}/main.typ", order.document.name()),
                view: &bytes,
                today: wish.as_of,
                ident: &format!("report:{path}"),
                standard: Standard::Plain,
            };
            let set = self.typeset(&job)?;
            let Some(set_output) = set.output else {
                diagnostics.extend(set.diagnostics);
                return Ok((End::Refused, None));
            };
            let limit = order.document.body_pages(&self.settings, wish.part);
            if set_output.body_pages > limit {
                if moved < made.movable {
                    moved += 1;
                    continue;
                }
                let problem = Problem::BodyTooLong { pages: set_output.body_pages, limit };
                match &loaded.text {
                    Some(text) => diagnostics.push(problem, Span::head(&text.file)),
                    None => diagnostics.push_nowhere(problem),
                }
            }
            diagnostics.extend(set.diagnostics);
            diagnostics.deny(&wish.deny);
            if diagnostics.has_errors() {
                return Ok((End::Refused, None));
            }
            let entry = Entry {
                document: order.document.name().into(),
                subject: order.subject.clone(),
                period: wish.period.to_string(),
                part: wish.part.name().into(),
                number: wish.number.map(|number| number.number),
                total: wish.number.and_then(|number| number.total),
                date: wish.as_of.to_string(),
                pages: set_output.pages,
                moved,
                pdf: disk::sha256(&set_output.pdf),
                view: disk::sha256(&bytes),
                content: content_of(order, &loaded, &made),
                inputs: self.inputs(order, &bytes),
            };
            disk::write(&target.with_extension("json"), &bytes)?;
            disk::write(&target, &set_output.pdf)?;
            let end = End::Made { path: target, pages: set_output.pages, bytes: set_output.pdf.len() };
            return Ok((end, Some((path, entry))));
        }
    }

    /// How a document that is recorded ends when it would come out as it lies there.
    fn unchanged(
        &self,
        order: &Order,
        wish: &Wish,
        loaded: &Loaded,
        path: &str,
        entry: &Entry,
    ) -> Option<End> {
        let target = self.workspace.out.join(path);
        let edition =
            Edition { number: numbered(entry), ..edition(wish, entry.date.parse().ok()?, entry.moved) };
        let made = self.made(order, loaded, &edition, &mut Diagnostics::new())?;
        let same = self.inputs(order, &bytes_of(&made)) == entry.inputs
            && is_whole(&target, &entry.pdf)
            && is_whole(&target.with_extension("json"), &entry.view);
        same.then_some(End::Unchanged { path: target, pages: entry.pages })
    }

    /// Reads the regions and the text that a document needs; none where one of them has errors.
    fn load(&self, order: &Order, wish: &Wish, diagnostics: &mut Diagnostics) -> Option<Loaded> {
        let mut regions: BTreeMap<String, Region> = BTreeMap::new();
        let mut sound = true;
        let mut later: Vec<String> = Vec::new();
        for member in &order.members {
            if regions.contains_key(&member.region) {
                continue;
            }
            let read = self.book.region(&member.region);
            sound &= !read.diagnostics.has_errors();
            diagnostics.extend(read.diagnostics);
            if let Some(region) = read.output {
                let all: Vec<String> = region.figure_ids().map(str::to_owned).collect();
                let known = region.as_known_on(wish.period.last_day());
                later.extend(all.into_iter().filter(|id| !known.figure_ids().any(|known| known == id)));
                regions.insert(member.region.clone(), known);
            }
        }
        for member in &order.members {
            let Some(place) = &member.place else { continue };
            let Some(region) = regions.get(&member.region) else { continue };
            if !region.places.contains_key(place) {
                sound = false;
                let near = nearest(place, region.places.keys().map(String::as_str));
                diagnostics.push_nowhere(Problem::DanglingId { kind: "place", id: member.to_string(), near });
            }
        }
        let period = wish.period.to_string();
        let text = order
            .has_text
            .then(|| self.book.text(order.document.name(), &order.subject, &period, diagnostics))
            .flatten();
        let text = text.filter(|text| suits(text, &later, wish.period, diagnostics));
        if !sound || regions.len() != distinct(&order.members) {
            return None;
        }
        let beat = match order.document {
            Document::Beat(beat) => Some(self.load_beat(beat, order, wish.period, &regions, diagnostics)?),
            Document::Region | Document::Comparative => None,
        };
        Some(Loaded { regions, text, beat })
    }

    fn made(
        &self,
        order: &Order,
        loaded: &Loaded,
        edition: &Edition,
        diagnostics: &mut Diagnostics,
    ) -> Option<Made> {
        make_view(order, loaded, &self.book, &self.settings, edition, diagnostics)
    }

    /// Reports characters that no face has, at the place in the data where one stands.
    fn check_characters(&self, made: &Made, loaded: &Loaded, diagnostics: &mut Diagnostics) {
        let value = serde_json::to_value(&made.view).expect("a view always serialises");
        for missing in self.engine.characters(&value) {
            let place =
                loaded.text.as_ref().and_then(|text| place_of(&text.file, missing.character)).or_else(|| {
                    loaded.regions.keys().find_map(|id| {
                        let name = format!("data/regions/{id}.toml");
                        let mut quiet = Diagnostics::new();
                        let file = crate::casefile::load(&self.book.region_path(id), &name, &mut quiet)?;
                        place_of(&file, missing.character)
                    })
                });
            match place {
                Some(span) => diagnostics.push(missing.problem(), span),
                None => diagnostics.push_nowhere(missing.problem()),
            }
        }
    }

    /// What a PDF is made from, in one digest.
    fn inputs(&self, order: &Order, view: &[u8]) -> String {
        let parts = format!("{}\n{}\n{}", order.document.name(), disk::sha256(view), self.engine.digest());
        disk::sha256(parts.as_bytes())
    }
}

/// Whether a text speaks only of what was known in the period; one that does not is left out with a warning.
fn suits(text: &Text, later: &[String], period: Period, diagnostics: &mut Diagnostics) -> bool {
    let written = text.file.text();
    let names = |id: &&String| {
        let marks = [('{', '}'), ('{', '.'), (':', '}'), (':', '.'), ('"', '"'), (':', '"')];
        marks.iter().any(|(before, after)| written.contains(&format!("{before}{id}{after}")))
    };
    let Some(figure) = later.iter().find(names) else { return true };
    let file = text.file.path().to_owned();
    let problem = Problem::TextTooLate { file, period: period.to_string(), figure: figure.clone() };
    diagnostics.push_nowhere(problem);
    false
}

/// What a document is made from, read and sound.
struct Loaded {
    regions: BTreeMap<String, Region>,
    text: Option<Text>,
    beat: Option<LoadedBeat>,
}

fn make_view(
    order: &Order,
    loaded: &Loaded,
    book: &CaseBook,
    settings: &Settings,
    edition: &Edition,
    diagnostics: &mut Diagnostics,
) -> Option<Made> {
    let text = loaded.text.as_ref();
    match order.document {
        Document::Region => {
            let subject = &order.members[0];
            let region = &loaded.regions[&subject.region];
            Some(region_view(region, subject, text, &book.catalogue, settings, edition, diagnostics))
        }
        Document::Comparative => {
            let parties: Vec<_> =
                order.members.iter().map(|subject| (&loaded.regions[&subject.region], subject)).collect();
            let title = order.title.as_deref();
            Some(comparative_view(&parties, title, text, &book.catalogue, settings, edition, diagnostics))
        }
        Document::Beat(beat) => loaded.beat.as_ref()?.view(beat, loaded, settings, edition, diagnostics),
    }
}

fn edition(wish: &Wish, date: NaiveDate, moved: usize) -> Edition {
    Edition { date, period: wish.period, number: wish.number, part: wish.part, moved }
}

/// The number that a recorded file bears.
fn numbered(entry: &Entry) -> Option<Numbered> {
    entry.number.map(|number| Numbered { number, total: entry.total })
}

/// A digest of what a document says: the figures and mechanisms that it tells of, and its own words.
fn content_of(order: &Order, loaded: &Loaded, made: &Made) -> String {
    let words = loaded.text.as_ref().map_or("", |text| text.file.text());
    let title = order.title.as_deref().unwrap_or_default();
    disk::sha256(format!("{title}\n{words}\n{}", made.substance).as_bytes())
}

/// Whether a file is there as it was recorded.
fn is_whole(path: &Path, digest: &str) -> bool {
    disk::read(path).is_ok_and(|bytes| disk::sha256(&bytes) == digest)
}

fn bytes_of(made: &Made) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(&made.view).expect("a view always serialises");
    bytes.push(b'\n');
    bytes
}

fn distinct(members: &[Subject]) -> usize {
    let mut regions: Vec<&str> = members.iter().map(|member| member.region.as_str()).collect();
    regions.sort_unstable();
    regions.dedup();
    regions.len()
}

/// Where a character stands in a file, comments left out.
fn place_of(file: &Arc<SourceFile>, character: char) -> Option<Span> {
    let mut start = 0;
    for line in file.text().split_inclusive('\n') {
        if let Some(at) = line.find(character).filter(|_| !line.trim_start().starts_with('#')) {
            return Some(Span::new(file, start + at..start + at + character.len_utf8()));
        }
        start += line.len();
    }
    None
}

/// Runs some work on a stack that a deeply nested document fits on.
///
/// # Errors
/// When no thread can be started.
pub fn with_room<T: Send>(work: impl FnOnce() -> T + Send) -> Result<T, PipelineError> {
    on_big_stack(work).map_err(PipelineError::Thread)
}
