//! The typesetter: made once, then one call a document.
//!
//! What a reader will see stands in the view and is left to `views`; processes and deadlines to `workers`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::num::NonZeroUsize;
use std::sync::{Arc, OnceLock};

use chrono::{Datelike, NaiveDate};
use typst::foundations::{Datetime, Label, NativeElement, Selector, Smart};
use typst::introspection::Introspector;
use typst::model::{LinkElem, LinkTarget};
use typst::utils::PicoStr;
use typst_kit::files::FileStore;
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

use super::characters::{Missing, Repertoire};
use super::compact::compact;
use super::faces::Faces;
use super::files::Templates;
use super::folders::Folders;
use super::recipe::Recipe;
use super::world::{DocumentWorld, Shared, file_id};
use super::{glyphs, leads, messages};
use crate::diag::{Diagnostics, Problem, Warned};
use crate::settings::Standard;

/// Written into every PDF, whatever the version, so that an upgrade alone changes no bytes.
const CREATOR: &str = "report";
/// The label that a template sets at the end of the body.
const BODY_END: &str = "body-end";
/// The label that a template sets where it shows the notice of a correction.
const NOTICE: &str = "correction-notice";
/// What the label of a figure's row in the annex begins with; its number follows.
const FIGURE: &str = "f";
/// What the label of a place that leads to such a row begins with.
const TO_FIGURE: &str = "to-f";

/// Templates and faces, ready to make documents; cheap to clone, never changed.
#[derive(Clone)]
pub struct Engine {
    shared: Arc<Shared>,
    repertoire: Arc<Repertoire>,
    recipe: Arc<OnceLock<(Recipe, String)>>,
}

/// One document to make.
#[derive(Debug, Clone)]
pub struct Job<'a> {
    /// The template, relative to the folder of templates: `region/main.typ`.
    pub main: &'a str,
    /// The view as JSON; the template reads it at `/briefing.json`.
    pub view: &'a [u8],
    /// The day of the document, and the only date in it that is not in the view.
    pub today: NaiveDate,
    /// What identifies the document over all its versions.
    pub ident: &'a str,
    /// What the PDF conforms to.
    pub standard: Standard,
}

/// A made document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Typeset {
    /// The bytes of the PDF; the same job gives the same bytes.
    pub pdf: Vec<u8>,
    /// How many pages it has.
    pub pages: usize,
    /// The page on which the body ends; all of them where the template does not say.
    pub body_pages: usize,
    /// The pages on which each figure is printed, by its row in the annex: where it links to that row, and the row itself.
    pub figures: BTreeMap<usize, BTreeSet<usize>>,
    /// The page that has the notice of a correction; none where the template shows none.
    pub notice: Option<usize>,
    /// The templates it was made of, relative to their folder, with the SHA-256 of each; sorted.
    pub files: Vec<(String, String)>,
}

impl Engine {
    /// Opens folders of templates with the faces found for them.
    ///
    /// # Errors
    /// When a role has no face.
    pub fn open(folders: Folders, faces: Faces) -> Result<Self, Diagnostics> {
        let files = FileStore::new(Templates::new(folders.clone(), faces.served()?));
        let shared = Shared::new(faces, folders, files);
        Ok(Self { shared: Arc::new(shared), repertoire: Arc::default(), recipe: Arc::default() })
    }

    /// Where its templates come from.
    pub fn folders(&self) -> &Folders {
        &self.shared.folders
    }

    /// What documents are made from besides their views: every template, the faces, this program and its typesetter.
    pub fn recipe(&self) -> &Recipe {
        &self.made_from().0
    }

    /// The digest of the recipe.
    pub fn digest(&self) -> &str {
        &self.made_from().1
    }

    fn made_from(&self) -> &(Recipe, String) {
        self.recipe.get_or_init(|| {
            let recipe = Recipe::of(self.folders(), self.faces(), self.faces().memory());
            let digest = recipe.digest();
            (recipe, digest)
        })
    }

    /// The faces it was opened with.
    pub fn faces(&self) -> &Faces {
        &self.shared.faces
    }

    /// The characters of a view that the faces of their roles lack, each once per role,
    /// with the first place that has it.
    pub fn characters(&self, view: &serde_json::Value) -> Vec<Missing> {
        self.repertoire.missing(&self.shared.faces, view)
    }

    /// Makes one document; there is none where the diagnostics hold an error.
    ///
    /// Call it on a large stack ([`on_big_stack`](super::on_big_stack)), never from a pool that steals work.
    pub fn typeset(&self, job: &Job<'_>) -> Warned<Option<Typeset>> {
        let mut diagnostics = Diagnostics::new();
        let output = self.compile(job, &mut diagnostics);
        Warned { output, diagnostics }
    }

    fn compile(&self, job: &Job<'_>, diagnostics: &mut Diagnostics) -> Option<Typeset> {
        let Some(main) = file_id(job.main) else {
            let reason = "it leaves the folder of templates".to_owned();
            diagnostics.push_nowhere(Problem::Unreadable { path: job.main.to_owned(), reason });
            return None;
        };
        let world = DocumentWorld::new(&self.shared, main, job.view.to_vec(), midnight(job.today));
        let compiled = typst::compile::<PagedDocument>(&world);
        // The one place that evicts: what this document has not used of the one before is dropped, before the PDF takes memory of its own.
        typst::comemo::evict(1);
        diagnostics.extend(messages::diagnostics(&world, &compiled.warnings));
        let document = match compiled.output {
            Ok(document) => document,
            Err(errors) => {
                diagnostics.extend(messages::diagnostics(&world, &errors));
                return None;
            }
        };
        diagnostics.extend(glyphs::check(&document, self.faces()));
        if diagnostics.has_errors() {
            return None;
        }
        let mut document = leads::put_in(&document);
        // A template cannot know the day; what it sets does not count.
        document.info_mut().date = Smart::Auto;
        let pdf = match typst_pdf::pdf(&document, &options(job)) {
            Ok(pdf) => compact(pdf),
            Err(errors) => {
                diagnostics.extend(messages::diagnostics(&world, &errors));
                return None;
            }
        };
        let pages = document.pages().len();
        Some(Typeset {
            pdf,
            pages,
            body_pages: page_of(&document, BODY_END).map_or(pages, NonZeroUsize::get),
            figures: figure_pages(&document),
            notice: page_of(&document, NOTICE).map(NonZeroUsize::get),
            files: world.used(),
        })
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine").finish_non_exhaustive()
    }
}

/// The page of a mark that the template sets.
fn page_of(document: &PagedDocument, mark: &str) -> Option<NonZeroUsize> {
    let introspector = document.introspector();
    let label = Label::new(PicoStr::intern(mark))?;
    let mark = introspector.query_first(&Selector::Label(label))?;
    introspector.page(mark.location()?)
}

/// The pages of each figure.
fn figure_pages(document: &PagedDocument) -> BTreeMap<usize, BTreeSet<usize>> {
    let introspector = document.introspector();
    let number = |label: &str, kind: &str| label.strip_prefix(kind)?.parse().ok();
    let row = |label: Label| {
        let label = label.resolve();
        number(label.as_str(), FIGURE).or_else(|| number(label.as_str(), TO_FIGURE))
    };
    let links = introspector.query(&LinkElem::ELEM.select());
    let links = links.iter().filter_map(|link| match link.to_packed::<LinkElem>()?.dest {
        LinkTarget::Label(label) => Some((row(label)?, link.location()?)),
        LinkTarget::Dest(_) => None,
    });
    let anchors = introspector.query_labelled();
    let anchors = anchors.iter().filter_map(|anchor| Some((row(anchor.label()?)?, anchor.location()?)));
    let mut pages: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    for (row, place) in links.chain(anchors) {
        let Some(page) = introspector.page(place).map(NonZeroUsize::get) else { continue };
        pages.entry(row).or_default().insert(page);
    }
    pages
}

fn midnight(day: NaiveDate) -> Datetime {
    let number = |part: u32| u8::try_from(part).expect("months and days are small");
    Datetime::from_ymd_hms(day.year(), number(day.month()), number(day.day()), 0, 0, 0)
        .expect("what is a date to chrono is a date")
}

fn options(job: &Job<'_>) -> PdfOptions {
    let standards: &[PdfStandard] = match job.standard {
        Standard::Archival => &[PdfStandard::A_2a, PdfStandard::Ua_1],
        Standard::WithFiles => &[PdfStandard::A_3a, PdfStandard::Ua_1],
        Standard::Plain => &[PdfStandard::V_1_7],
    };
    PdfOptions {
        ident: Smart::Custom(job.ident.to_owned()),
        creator: Smart::Custom(Some(CREATOR.to_owned())),
        timestamp: Some(Timestamp::new_utc(midnight(job.today))),
        page_ranges: None,
        standards: PdfStandards::new(standards).expect("these standards agree"),
        tagged: true,
        pretty: false,
    }
}
