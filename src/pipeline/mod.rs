//! The one place that composes the steps: data to view to PDF to file to manifest.
//!
//! Who asks, and how the answer is shown, is left to the binary.

mod auditing;
mod beats;
mod check;
mod copying;
mod correcting;
mod keeping;
mod loading;
mod making;
mod opening;
mod order;
mod paper;
mod planning;
mod release;
mod running;
mod sources;
mod standing;
mod surveying;
mod verifying;
mod why;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Mutex;

use crate::diag::{Diagnostics, Warned};
use crate::ledger::{LastRead, LedgerError, MANIFEST, Manifest};
use crate::model::{CaseBook, Language};
use crate::settings::Settings;
use crate::typeset::{Engine, FacesError, Job, Typeset, on_big_stack};
use crate::views::{Part, Script, mark_changes, shape};
use crate::workers::{self, Crew, Limits, WorkerError};

use loading::content_of;
use making::edition;

pub use beats::has_matter;
pub use check::check;
pub use correcting::{Corrected, Correcting, OtherIssue, Unmended, Withdrawing};
pub use opening::{find_faces, folders, open_data, open_engine};
pub use order::{Document, End, MakeError, Order, Outcome, Stamp, Wish, all_orders};
pub use paper::{Paper, PrintRun};
pub use planning::Examined;
pub use release::{Difference, DraftFile, Refusal, Released};
pub(crate) use running::in_order;
pub use standing::{Sheet, Standing};
pub use surveying::Survey;
pub use verifying::{Verdict, Verified, file_with_code, verify};
pub use why::Why;

/// Where everything lies.
#[derive(Debug, Clone)]
pub struct Workspace {
    /// `report.toml`.
    pub settings: PathBuf,
    /// What people write.
    pub data: PathBuf,
    /// What designers write.
    pub templates: PathBuf,
    /// The house style, where it is not that of the settings.
    pub style: Option<String>,
    /// The language of the documents, where it is not that of the settings.
    pub language: Option<Language>,
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
    /// A document could not be set, or something of it not be read.
    #[error(transparent)]
    Make(#[from] MakeError),
}

/// Settings, shared data and engine, all sound.
pub struct Pipeline {
    workspace: Workspace,
    settings: Settings,
    book: CaseBook,
    engine: Engine,
    /// Who sets the documents; none for this process itself.
    crew: Option<Crew>,
    /// How views are written down.
    script: Script,
    /// The recipe, once the archive has it.
    kept: Mutex<Option<String>>,
    /// What was finished, as last read.
    recorded: Mutex<LastRead>,
    /// The digests of what runs shared, once the archive has it.
    grounds: Mutex<BTreeSet<String>>,
    /// What a document may take that this process sets itself.
    limits: Limits,
    /// Who gets paper.
    paper: Paper,
    /// The name of the manifest, in the output folder, that records what is made.
    manifest: String,
}

impl Pipeline {
    /// Puts the parts together.
    pub fn new(workspace: Workspace, settings: Settings, book: CaseBook, engine: Engine) -> Self {
        let (script, paper) = (Script::of(&book.catalogue), Paper::default());
        let (kept, recorded, grounds) = (Mutex::default(), Mutex::default(), Mutex::default());
        Self {
            workspace,
            settings,
            book,
            engine,
            crew: None,
            script,
            kept,
            recorded,
            grounds,
            limits: Limits::default(),
            paper,
            manifest: MANIFEST.to_owned(),
        }
    }

    /// Has what is made recorded in a manifest of another name, which no other run writes to.
    #[must_use]
    pub fn with_manifest(mut self, name: String) -> Self {
        self.manifest = name;
        self
    }

    /// Has the documents set by workers instead of this process.
    #[must_use]
    pub fn with_crew(mut self, crew: Crew) -> Self {
        self.crew = Some(crew);
        self
    }

    /// Sets what a document may take that this process sets itself; a crew has its own limits.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// What sets the documents.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The settings.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The data.
    pub fn book(&self) -> &CaseBook {
        &self.book
    }

    /// How views are written down.
    pub fn script(&self) -> &Script {
        &self.script
    }

    /// The language of the documents.
    pub fn language(&self) -> Language {
        self.book.catalogue.language
    }

    /// Where everything lies.
    pub fn workspace(&self) -> &Workspace {
        &self.workspace
    }

    fn typeset(&self, job: &Job<'_>) -> Result<Warned<Option<Typeset>>, WorkerError> {
        match &self.crew {
            Some(crew) => crew.typeset(job),
            None => workers::typeset_here(&self.engine, job, self.limits),
        }
    }

    /// The view of a document as it would be set today, without writing anything.
    pub fn view(&self, order: &Order, wish: &Wish) -> Warned<Option<shape::View>> {
        let mut diagnostics = Diagnostics::new();
        let edition = self.edition(order, wish, wish.as_of, 0);
        let view = self
            .load(order, wish, &mut diagnostics)
            .and_then(|loaded| self.made(order, &loaded, &edition, &wish.people, &mut diagnostics))
            .map(|made| made.view);
        let view = view.map(|mut view| {
            if wish.copy {
                let before = Manifest::read(&self.workspace.out).unwrap_or_default();
                mark_changes(&mut view, &self.base(order, wish, &before), &self.script);
            }
            view
        });
        Warned { output: view.filter(|_| !diagnostics.has_errors()), diagnostics }
    }

    /// The path of a document within the output folder.
    pub fn path_of(order: &Order, wish: &Wish, language: Language) -> String {
        let language = language.suffix();
        let part = match wish.part {
            Part::All => "",
            Part::Body => ".body",
        };
        let draft = match (wish.copy, wish.held) {
            (true, _) => ".copy",
            (_, true) => ".draft",
            _ => "",
        };
        format!("{}/{}/{}{language}{part}{draft}.pdf", wish.period, order.document.name(), order.subject)
    }

    /// A digest of what a document would say today, without number and date; none where the diagnostics say why.
    pub fn content(&self, order: &Order, wish: &Wish) -> Warned<Option<String>> {
        let mut diagnostics = Diagnostics::new();
        if order.channels.is_some() {
            // Known before a number is reserved, so that none is lost by it.
            self.paper.check(order, &self.settings.imprint, wish.as_of, &mut diagnostics);
        }
        let content = self.load(order, wish, &mut diagnostics).and_then(|loaded| {
            let edition = self.edition(order, wish, wish.as_of, 0);
            let made = self.made(order, &loaded, &edition, &wish.people, &mut diagnostics)?;
            Some(content_of(order, &loaded, &made))
        });
        Warned { output: content.filter(|_| !diagnostics.has_errors()), diagnostics }
    }
}

/// Runs some work on a stack that a deeply nested document fits on.
///
/// # Errors
/// When no thread can be started.
pub fn with_room<T: Send>(work: impl FnOnce() -> T + Send) -> Result<T, PipelineError> {
    on_big_stack(work).map_err(PipelineError::Thread)
}
