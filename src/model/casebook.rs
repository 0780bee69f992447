//! The case book: settings, shared catalogues, and regions read when their turn comes.
//!
//! A region is dropped after use; ten thousand of them held at once would take most of a gigabyte.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::catalogue::Catalogue;
use super::english::{self, English};
use super::language::Language;
use super::region::Region;
use super::reported;
use crate::casefile::{self, CatalogueFile, RegionFile, TextFile};
use crate::diag::{Diagnostics, Problem, SourceFile, Warned, nearest};
use crate::disk;

/// What a briefing is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Subject {
    /// The region.
    pub region: String,
    /// A place in it; none for the whole.
    pub place: Option<String>,
}

impl Subject {
    /// Reads `region` or `region/place`.
    pub fn parse(text: &str) -> Self {
        match text.split_once('/') {
            Some((region, place)) => Self { region: region.into(), place: Some(place.into()) },
            None => Self { region: text.into(), place: None },
        }
    }
}

impl std::fmt::Display for Subject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.place {
            Some(place) => write!(f, "{}/{place}", self.region),
            None => f.write_str(&self.region),
        }
    }
}

impl Subject {
    /// What names its files: `region`, or `region_place`; ids have no underscore, so no two subjects share a name.
    pub fn file_stem(&self) -> String {
        self.to_string().replace('/', "_")
    }
}

/// The shared part of a workspace's data, and where the rest lies.
#[derive(Debug, Clone)]
pub struct CaseBook {
    /// The folder with the data.
    pub data: PathBuf,
    /// Units, indicators, topics, sources, terms.
    pub catalogue: Catalogue,
    /// The ids of all regions, by their file names, sorted.
    pub regions: Vec<String>,
}

/// A text file with its place in the workspace.
#[derive(Debug, Clone)]
pub struct Text {
    /// The file.
    pub file: Arc<SourceFile>,
    /// What stands in it.
    pub entries: TextFile,
}

/// The shared files in the order in which they are read, each of which may refer to those before it.
const SHARED: [&str; 6] =
    ["units.toml", "topics.toml", "indicators.toml", "sources.toml", "terms.toml", "names.toml"];

impl CaseBook {
    /// Reads the shared files, for documents in a language, and lists the regions.
    pub fn open(data: &Path, language: Language, diagnostics: &mut Diagnostics) -> Self {
        let mut catalogue = Catalogue { language, ..Catalogue::default() };
        if !data.is_dir() {
            let reason = "it is no folder".to_owned();
            diagnostics.push_nowhere(Problem::Unreadable { path: data.display().to_string(), reason });
        }
        for name in SHARED {
            let path = data.join(name);
            if path.exists()
                && let Some((file, entries)) =
                    read::<CatalogueFile>(&path, &format!("data/{name}"), diagnostics)
            {
                catalogue.add(&file, &entries, diagnostics);
            }
        }
        if language.is_english() {
            for name in SHARED {
                English::read(data, name, diagnostics).enter(&mut catalogue, diagnostics);
            }
        }
        check_comparable(&catalogue, diagnostics);
        let regions = match disk::list(&data.join("regions"), "toml") {
            Ok(paths) => paths.iter().filter_map(|p| Some(p.file_stem()?.to_str()?.to_owned())).collect(),
            Err(e) => {
                let (path, reason) = (e.path.display().to_string(), e.source.to_string());
                diagnostics.push_nowhere(Problem::Unreadable { path, reason });
                Vec::new()
            }
        };
        Self { data: data.to_owned(), catalogue, regions }
    }

    /// The file of a region.
    pub fn region_path(&self, id: &str) -> PathBuf {
        self.data.join("regions").join(format!("{id}.toml"))
    }

    /// Reads and checks one region; none where its file has no usable head.
    pub fn region(&self, id: &str) -> Warned<Option<Region>> {
        let mut diagnostics = Diagnostics::new();
        let path = self.region_path(id);
        let output = read::<RegionFile>(&path, &format!("data/regions/{id}.toml"), &mut diagnostics)
            .and_then(|(file, entries)| {
                let reports = reported::of_unit(&self.data, id, &mut diagnostics);
                let english = self
                    .catalogue
                    .language
                    .is_english()
                    .then(|| English::read(&self.data, &format!("regions/{id}.toml"), &mut diagnostics));
                let (english, catalogue) = (english.as_ref(), &self.catalogue);
                Region::read_with(&file, id, &entries, &reports, english, catalogue, &mut diagnostics)
            });
        Warned { output, diagnostics }
    }

    /// The id that was probably meant by one that does not exist.
    pub fn nearest_region(&self, id: &str) -> Option<String> {
        nearest(id, self.regions.iter().map(String::as_str))
    }

    /// The folder of texts within the data: those in English stand apart.
    pub fn texts(&self) -> String {
        match self.catalogue.language.is_english() {
            true => format!("{}/texts", english::FOLDER),
            false => "texts".to_owned(),
        }
    }

    /// The words of an issue: those of its period where there are any, else those that serve every period.
    pub fn text(
        &self,
        document: &str,
        subject: &str,
        period: &str,
        diagnostics: &mut Diagnostics,
    ) -> Option<Text> {
        let folder = self.texts();
        [format!("{document}-{subject}-{period}.toml"), format!("{document}-{subject}.toml")]
            .into_iter()
            .map(|name| (self.data.join(&folder).join(&name), format!("{folder}/{name}")))
            .find(|(path, _)| path.exists())
            .and_then(|(path, name)| Self::read_text(&path, &name, diagnostics))
    }

    /// Reads one text file. `name`: its path within the data.
    pub fn read_text(path: &Path, name: &str, diagnostics: &mut Diagnostics) -> Option<Text> {
        let (file, entries) = read::<TextFile>(path, &format!("data/{name}"), diagnostics)?;
        Some(Text { file, entries })
    }
}

/// Reads a file as one kind of entries.
pub(super) fn read<T: serde::de::DeserializeOwned + Default>(
    path: &Path,
    name: &str,
    diagnostics: &mut Diagnostics,
) -> Option<(Arc<SourceFile>, T)> {
    let file = casefile::load(path, name, diagnostics)?;
    let table = casefile::parse(&file, diagnostics)?;
    let entries = casefile::keys(&file, table, diagnostics);
    Some((file, entries))
}

/// What an indicator may be compared with must exist and be of its dimension.
fn check_comparable(catalogue: &Catalogue, diagnostics: &mut Diagnostics) {
    for (indicator, span) in catalogue.indicators.values() {
        for other in &indicator.comparable_with {
            match catalogue.indicators.get(other) {
                None => {
                    let near = nearest(other, catalogue.indicators.keys().map(String::as_str));
                    let problem = Problem::DanglingId { kind: "indicator", id: other.clone(), near };
                    diagnostics.push(problem, span.clone());
                }
                Some((found, _)) if found.dimension != indicator.dimension => {
                    let problem = Problem::WrongDimension {
                        unit: found.unit.clone(),
                        found: found.dimension.to_string(),
                        wanted: indicator.dimension.to_string(),
                        indicator: indicator.id.clone(),
                    };
                    diagnostics.push(problem, span.clone());
                }
                Some(_) => {}
            }
        }
    }
}

/// Which shared entries some region uses.
#[derive(Debug, Default)]
pub struct Used {
    indicators: std::collections::BTreeSet<String>,
    sources: std::collections::BTreeSet<String>,
    regions: usize,
    incomplete: bool,
}

impl Used {
    /// Notes what a region uses.
    pub fn add(&mut self, region: &Region) {
        self.regions += 1;
        self.indicators.extend(region.facts.iter().map(|fact| fact.indicator.id.clone()));
        self.sources.extend(region.sources.iter().map(|source| source.id.clone()));
    }

    /// A region whose facts are incomplete says nothing of what is unused.
    pub fn skip_if(&mut self, incomplete: bool) {
        self.incomplete |= incomplete;
    }

    /// Reports what nothing uses; nothing is said of a workspace that has no regions yet.
    pub fn report(&self, catalogue: &Catalogue, diagnostics: &mut Diagnostics) {
        if self.regions == 0 || self.incomplete {
            return;
        }
        for (id, (_, span)) in &catalogue.indicators {
            if !self.indicators.contains(id) {
                diagnostics.push(Problem::Unused { kind: "indicator", id: id.clone() }, span.clone());
            }
        }
        for (id, (_, span)) in &catalogue.sources {
            if !self.sources.contains(id) {
                diagnostics.push(Problem::Unused { kind: "source", id: id.clone() }, span.clone());
            }
        }
    }
}
