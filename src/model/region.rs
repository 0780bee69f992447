//! One region: its places, facts, mechanisms and cases, checked as its file is read.
//!
//! Derived figures and relations are left to `derived` and `relation`, which this calls.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use toml::Spanned;

use super::case::Case;
use super::catalogue::{Catalogue, Source, order, plain};
use super::derived::{self, Derived};
use super::english::English;
use super::fact::Fact;
use super::mechanism::Mechanism;
use super::reader::Reader;
use super::relation;
use super::reported::Reported;
use super::words::{Words, check_plain};
use crate::casefile::{PlaceEntry, RegionFile};
use crate::diag::{Diagnostics, Problem, SourceFile, Span};
use crate::settings::Language;

/// How high in the tree of places something stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// 省
    Province,
    /// 地级市
    City,
    /// 县、县级市、区
    County,
    /// 开发区
    Zone,
    /// 乡镇、街道
    Town,
    /// 园区
    Park,
    /// 村
    Village,
    /// 社区
    Community,
}

impl Level {
    /// All of them with the names that files use.
    pub const ALL: [(&'static str, Self); 8] = [
        ("province", Self::Province),
        ("city", Self::City),
        ("county", Self::County),
        ("zone", Self::Zone),
        ("town", Self::Town),
        ("park", Self::Park),
        ("village", Self::Village),
        ("community", Self::Community),
    ];

    /// The name that files use.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|entry| entry.1 == self).map_or("", |entry| entry.0)
    }
}

/// A place within a region.
#[derive(Debug, Clone)]
pub struct Place {
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
    /// In English.
    pub english: String,
    /// How high it stands.
    pub level: Level,
    /// The place it lies in; none for the region itself.
    pub parent: Option<String>,
    /// 建制序 among the children of its parent.
    pub order: i64,
}

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

    /// The names from the place up to, but without, the region: 灵台县百里镇, or Baili Town, Lingtai County; the region's own name for itself.
    pub fn place_name(&self, id: &str) -> String {
        let mut names = Vec::new();
        let mut at = self.places.get(id);
        while let Some(place) = at {
            if place.id == self.id {
                break;
            }
            names.push(place.name.as_str());
            at = place.parent.as_ref().and_then(|parent| self.places.get(parent));
        }
        if names.is_empty() {
            return self.name.clone();
        }
        if self.language.is_english() {
            return names.join(", ");
        }
        names.reverse();
        names.concat()
    }

    /// Whether a place is another one or lies in it.
    pub fn lies_in(&self, id: &str, outer: &str) -> bool {
        let mut at = Some(id);
        while let Some(current) = at {
            if current == outer {
                return true;
            }
            at = self.places.get(current).and_then(|place| place.parent.as_deref());
        }
        false
    }

    /// The places in the order of the tree: each before its children, children by their order.
    pub fn place_order(&self) -> BTreeMap<&str, usize> {
        let mut children: BTreeMap<&str, Vec<&Place>> = BTreeMap::new();
        for place in self.places.values() {
            if let Some(parent) = &place.parent {
                children.entry(parent).or_default().push(place);
            }
        }
        for list in children.values_mut() {
            list.sort_by(|a, b| (a.order, &a.id).cmp(&(b.order, &b.id)));
        }
        let mut ranks = BTreeMap::new();
        let mut stack = vec![self.id.as_str()];
        while let Some(id) = stack.pop() {
            ranks.insert(id, ranks.len());
            stack.extend(children.get(id).into_iter().flatten().rev().map(|place| place.id.as_str()));
        }
        ranks
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
        (region.sums, region.chains) = (held.sums, held.chains);
        region.read_cases(&entries.case, &catalogue, &mut reader);
        region.read_practices(entries, &catalogue, &mut reader);
        region.report_unused(&facts, entries, &mut reader);
        if let Some(english) = english {
            english.translate(&mut region, &catalogue, reader.diagnostics);
        }
        Some(region)
    }

    fn read_places(&mut self, entries: &[Spanned<PlaceEntry>], reader: &mut Reader<'_>) {
        let mut table: BTreeMap<String, (Place, Span)> = BTreeMap::new();
        let mut parents = Vec::new();
        for entry in entries {
            let (head, raw) = (reader.span(entry), entry.get_ref());
            let Some((id, span)) = reader.need_id(&raw.id, "the place", &head) else { continue };
            let label = format!("place `{id}`");
            let name = reader.need_text(&raw.name, "name", &label, "\"灵台县\"", &head);
            let level = reader.need(&raw.level, "level", &label, "\"county\"", &head);
            let level = level.and_then(|_| reader.one_of(&raw.level, &Level::ALL, None));
            if let Some(name) = &raw.name {
                let (text, place) = (name.get_ref().clone(), reader.span(name));
                if text.chars().any(char::is_whitespace) {
                    reader.report(Problem::BadValue { message: format!("`{text}` has blanks in it") }, place);
                }
            }
            if id == self.id {
                let first = format!("[region] of {}", reader.file.path());
                reader.report(Problem::DuplicateId { kind: "place", id, first }, span);
                continue;
            }
            parents.push((id.clone(), raw.parent.clone()));
            let place = Place {
                id: id.clone(),
                name: self.language.pick(name, plain(&raw.english)).unwrap_or_default(),
                english: plain(&raw.english).unwrap_or_default(),
                level: level.unwrap_or(Level::Village),
                parent: Some(raw.parent.as_ref().map_or_else(|| self.id.clone(), |p| p.get_ref().clone())),
                order: order(&raw.order),
            };
            reader.insert(&mut table, "place", id, span, place);
        }
        let known: BTreeSet<String> = table.keys().cloned().chain([self.id.clone()]).collect();
        for (id, parent) in parents {
            let Some(parent) = parent else { continue };
            if reader.known("place", &parent, known.iter().map(String::as_str)).is_none()
                && let Some((place, _)) = table.get_mut(&id)
            {
                place.parent = Some(self.id.clone());
            }
        }
        let mut rings = Vec::new();
        for (id, (_, span)) in &table {
            let mut at = table.get(id).and_then(|(place, _)| place.parent.as_ref());
            let mut steps = 0;
            while let Some(parent) = at.filter(|_| steps <= table.len()) {
                at = table.get(parent).and_then(|(place, _)| place.parent.as_ref());
                steps += 1;
            }
            if steps > table.len() {
                rings.push((id.clone(), span.clone()));
            }
        }
        for (id, span) in rings {
            reader.report(Problem::PlaceCycle { id: id.clone() }, span);
            if let Some((place, _)) = table.get_mut(&id) {
                place.parent = Some(self.id.clone());
            }
        }
        self.places.extend(table.into_iter().map(|(id, (place, _))| (id, place)));
    }

    pub(super) fn place_of(&self, place: &Option<Spanned<String>>, reader: &mut Reader<'_>) -> String {
        place
            .as_ref()
            .and_then(|place| reader.known("place", place, self.places.keys().map(String::as_str)))
            .unwrap_or_else(|| self.id.clone())
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
        practices: BTreeMap::new(),
        language,
        sources,
        id,
        name,
        english,
        level,
    })
}
