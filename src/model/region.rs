//! One region: its places, facts, mechanisms and cases, checked as its file is read.
//!
//! Derived figures and relations are left to `derived` and `relation`, which this calls.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use toml::Spanned;

use super::case::Case;
use super::catalogue::{Catalogue, order, plain};
use super::derived::{self, Derived};
use super::english::English;
use super::fact::Fact;
use super::mechanism::Mechanism;
use super::place::{Level, Place};
use super::reader::Reader;
use super::relation::{self, Relation};
use super::reported::Reported;
use super::source::Source;
use super::words::{Words, check_plain};
use crate::casefile::RegionFile;
use crate::diag::{Diagnostics, Problem, SourceFile, Span};
use crate::settings::Language;

/// A region with all that its file holds.
#[derive(Debug, Clone)]
pub struct Region {
    /// The id.
    pub id: String,
    /// The name in full.
    pub name: String,
    /// The name in tables.
    pub short: String,
    /// In English.
    pub english: String,
    /// How high it stands.
    pub level: Level,
    /// The places above it.
    pub within: Vec<String>,
    /// Another region it belongs to.
    pub parent: Option<String>,
    /// 建制序.
    pub order: i64,
    /// Whether it is fictional.
    pub demo: bool,
    /// Its sources in the order of their numbers.
    pub sources: Vec<Arc<Source>>,
    /// Its places, itself among them under its own id.
    pub places: BTreeMap<String, Place>,
    /// Facts as written.
    pub facts: Vec<Fact>,
    /// Figures that are declared but did not pass their own checks: references to them are not wrong besides.
    pub failed: BTreeSet<String>,
    /// Derived figures as written.
    pub derived: Vec<Derived>,
    /// Mechanisms as written.
    pub mechanisms: Vec<Mechanism>,
    /// Cases as written.
    pub cases: Vec<Case>,
    /// Declared sums that hold: total → parts.
    pub sums: Vec<(String, Vec<String>)>,
    /// Declared chains that hold, each figure at most the one before it.
    pub chains: Vec<Vec<String>>,
    /// All relations as they are declared.
    pub relations: Vec<Relation>,
    /// What the presence matrix prints: practice → (stated in full, words).
    pub practices: BTreeMap<String, (bool, Words)>,
    /// The language of its words.
    pub language: Language,
}

impl Region {
    /// A fact by its id.
    pub fn fact(&self, id: &str) -> Option<&Fact> {
        self.facts.iter().find(|fact| fact.id == id)
    }

    /// A derived figure by its id.
    pub fn derived(&self, id: &str) -> Option<&Derived> {
        self.derived.iter().find(|derived| derived.id == id)
    }

    /// The ids of all figures that a text may name.
    pub fn figure_ids(&self) -> impl Iterator<Item = &str> + Clone {
        self.facts.iter().map(|f| f.id.as_str()).chain(self.derived.iter().map(|d| d.id.as_str()))
    }

    /// The number of a source in this region's documents, from 1.
    pub fn source_number(&self, source: &Source) -> usize {
        self.sources.iter().position(|s| s.id == source.id).map_or(0, |at| at + 1)
    }

    /// The region as its sources had told of it by the end of a day: what was published later is left out, nothing older is.
    #[must_use]
    pub fn as_known_on(mut self, day: chrono::NaiveDate) -> Self {
        let known = |source: &Source| source.date.first_day() <= day;
        if self.sources.iter().all(|source| known(source)) {
            return self;
        }
        self.facts.retain(|fact| known(&fact.source));
        self.mechanisms.retain(|mechanism| known(&mechanism.source));
        self.cases.retain(|case| known(&case.source));
        let facts: std::collections::BTreeSet<&str> =
            self.facts.iter().map(|fact| fact.id.as_str()).collect();
        let holds = |id: &String| facts.contains(id.as_str());
        self.derived.retain(|derived| derived.facts.iter().all(holds));
        self.sums.retain(|(total, parts)| holds(total) && parts.iter().all(holds));
        self.chains.retain(|chain| chain.iter().all(holds));
        let practices = std::mem::take(&mut self.practices);
        self.practices = practices
            .into_iter()
            .filter(|(_, (_, words))| {
                words.references().all(|reference| self.figure_ids().any(|id| id == reference.id))
            })
            .collect();
        self.sources.retain(|source| known(source));
        self
    }

    /// Builds a region from its file, with everything that is wrong in it reported; none where it has no usable head.
    pub fn read(
        file: &Arc<SourceFile>,
        stem: &str,
        entries: &RegionFile,
        shared: &Catalogue,
        diagnostics: &mut Diagnostics,
    ) -> Option<Self> {
        Self::read_with(file, stem, entries, &[], None, shared, diagnostics)
    }

    /// As [`Region::read`], with what the region has reported besides.
    pub(super) fn read_with(
        file: &Arc<SourceFile>,
        stem: &str,
        entries: &RegionFile,
        reports: &[Reported],
        english: Option<&English>,
        shared: &Catalogue,
        diagnostics: &mut Diagnostics,
    ) -> Option<Self> {
        let mut catalogue = shared.clone();
        let mut reader = Reader { file, diagnostics };
        for entry in &entries.source {
            catalogue.add_source(entry, &mut reader);
        }
        for entry in &entries.indicator {
            catalogue.add_indicator(entry, &mut reader);
        }
        if let Some(english) = english {
            english.enter(&mut catalogue, reader.diagnostics);
        }
        let mut region = head(file, stem, entries, &catalogue, &mut reader)?;
        region.read_places(&entries.place, &mut reader);
        let mut facts = region.read_facts(&entries.fact, &catalogue, &mut reader);
        region.read_reported(reports, &mut catalogue, &mut facts, reader.diagnostics);
        region.read_mechanisms(&entries.mechanism, &catalogue, &mut reader);
        region.failed = facts.keys().filter(|id| region.fact(id).is_none()).cloned().collect();
        derived::read(&mut region, &entries.derived, &entries.relation, &catalogue, &mut reader);
        let declared = entries.derived.iter().filter_map(|derived| derived.get_ref().id.as_ref());
        let failed: Vec<String> =
            declared.map(|id| id.get_ref().clone()).filter(|id| region.derived(id).is_none()).collect();
        region.failed.extend(failed);
        let held = relation::check(&region, &entries.relation, &facts, &entries.mechanism, &mut reader);
        (region.sums, region.chains, region.relations) = (held.sums, held.chains, held.declared);
        region.read_cases(&entries.case, &catalogue, &mut reader);
        region.read_practices(entries, &catalogue, &mut reader);
        region.report_unused(&facts, entries, &mut reader);
        if let Some(english) = english {
            english.translate(&mut region, &catalogue, reader.diagnostics);
        }
        Some(region)
    }

    pub(super) fn source_of(
        &self,
        source: &Option<Spanned<String>>,
        paragraph: &Option<Spanned<i64>>,
        name: &str,
        head: &Span,
        catalogue: &Catalogue,
        reader: &mut Reader<'_>,
    ) -> Option<(Arc<Source>, u32)> {
        let source = reader.need(source, "source", name, "\"pingliang-2023\"", head);
        let source = source.and_then(|s| {
            let id = reader.known("source", s, catalogue.sources.keys().map(String::as_str))?;
            if !self.sources.iter().any(|known| known.id == id) {
                let span = reader.span(s);
                let message = format!("source `{id}` is not among the region's `sources`");
                reader.report(
                    Problem::BadSource { message, hint: "add it to `sources` in [region]".into() },
                    span,
                );
            }
            catalogue.sources.get(&id).map(|(source, _)| Arc::clone(source))
        });
        let paragraph =
            reader.need(paragraph, "paragraph", name, "8", head).map(|p| (*p.get_ref(), reader.span(p)));
        let paragraph = paragraph.and_then(|(number, span)| match u32::try_from(number) {
            Ok(number @ 1..=9999) => Some(number),
            _ => {
                let message = format!("there is no paragraph {number}");
                let hint = "paragraphs count from 1, title and dateline left out".into();
                reader.report(Problem::BadSource { message, hint }, span);
                None
            }
        });
        Some((source?, paragraph?))
    }

    fn report_unused(
        &self,
        facts: &BTreeMap<String, ((), Span)>,
        entries: &RegionFile,
        reader: &mut Reader<'_>,
    ) {
        for entry in &entries.indicator {
            if let Some(id) = &entry.get_ref().id
                && !self.facts.iter().any(|fact| fact.indicator.id == *id.get_ref())
                && facts.len() == self.facts.len()
            {
                let span = reader.span(id);
                reader.report(Problem::Unused { kind: "indicator", id: id.get_ref().clone() }, span);
            }
        }
        let mut used: BTreeSet<&str> = self.facts.iter().map(|f| f.place.as_str()).collect();
        used.extend(self.mechanisms.iter().map(|m| m.place.as_str()));
        used.extend(self.cases.iter().map(|c| c.place.as_str()));
        let parents: BTreeSet<&str> = self.places.values().filter_map(|p| p.parent.as_deref()).collect();
        for entry in &entries.place {
            let Some(id) = &entry.get_ref().id else { continue };
            let known = used.contains(id.get_ref().as_str()) || parents.contains(id.get_ref().as_str());
            if !known && facts.len() == self.facts.len() {
                let span = reader.span(id);
                reader.report(Problem::Unused { kind: "place", id: id.get_ref().clone() }, span);
            }
        }
    }
}

fn head(
    file: &Arc<SourceFile>,
    stem: &str,
    entries: &RegionFile,
    catalogue: &Catalogue,
    reader: &mut Reader<'_>,
) -> Option<Region> {
    let Some(entry) = &entries.region else {
        let entry = format!("`{}`", file.path());
        reader.report(Problem::MissingKey { key: "[region]", entry, example: "" }, Span::head(file));
        return None;
    };
    let (span, raw) = (reader.span(entry), entry.get_ref());
    let id = reader.need_id(&raw.id, "[region]", &span);
    if let Some((id, place)) = &id
        && id != stem
    {
        let file = file.path().to_owned();
        reader.report(Problem::RegionFileName { id: id.clone(), file }, place.clone());
    }
    let name = reader.need_text(&raw.name, "name", "[region]", "\"平凉市\"", &span);
    let english = reader.need_text(&raw.english, "english", "[region]", "\"Pingliang\"", &span);
    let level = reader.need(&raw.level, "level", "[region]", "\"city\"", &span);
    let level = level.and_then(|_| reader.one_of(&raw.level, &Level::ALL, None));
    let mut sources = Vec::new();
    if let Some(list) = reader.need(&raw.sources, "sources", "[region]", "[\"pingliang-2023\"]", &span) {
        for source in list.get_ref() {
            let known = reader.known("source", source, catalogue.sources.keys().map(String::as_str));
            sources.extend(
                known.and_then(|id| catalogue.sources.get(&id)).map(|(source, _)| Arc::clone(source)),
            );
        }
    }
    if let Some(short) = &raw.short {
        let place = reader.span(short);
        check_plain(short.get_ref(), &place, &catalogue.terms, reader.diagnostics);
    }
    let (id, name, english, level) = (id?.0, name?, english?, level?);
    let language = catalogue.language;
    let short = language.pick(plain(&raw.short).unwrap_or_else(|| name.clone()), english.clone());
    let name = language.pick(name, english.clone());
    let own = Place {
        id: id.clone(),
        name: name.clone(),
        english: english.clone(),
        level,
        parent: None,
        order: order(&raw.order),
    };
    Some(Region {
        short,
        within: raw.within.as_ref().map(|w| w.get_ref().clone()).unwrap_or_default(),
        parent: plain(&raw.parent),
        order: order(&raw.order),
        demo: raw.demo.as_ref().is_some_and(|d| *d.get_ref()),
        places: BTreeMap::from([(id.clone(), own)]),
        facts: Vec::new(),
        failed: BTreeSet::new(),
        derived: Vec::new(),
        mechanisms: Vec::new(),
        cases: Vec::new(),
        sums: Vec::new(),
        chains: Vec::new(),
        relations: Vec::new(),
        practices: BTreeMap::new(),
        language,
        sources,
        id,
        name,
        english,
        level,
    })
}
