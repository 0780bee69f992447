//! The figures of one document: which row of the annex each has, which source, and how it is printed.
//!
//! Where they stand in text, tables and charts is left to the modules that ask.

use std::collections::BTreeMap;
use std::sync::Arc;

pub(super) use super::item::Item;
use super::shape::{Figure, FigureRow, Run, Runs};
use super::{Edition, Part};
use crate::diag::{Diagnostics, Problem, Span, nearest};
use crate::model::{Language, Level, Reference, Region, Source, Subject, Words};

/// A subject of a document, with the region that holds it.
pub(super) struct Party<'a> {
    pub(super) region: &'a Region,
    /// The place within the region; none for the whole.
    pub(super) place: Option<&'a str>,
}

impl<'a> Party<'a> {
    pub(super) fn new(region: &'a Region, subject: &'a Subject) -> Self {
        Self { region, place: subject.place.as_deref() }
    }

    /// The name in heads of columns.
    pub(super) fn short(&self) -> &'a str {
        match self.place {
            None => &self.region.short,
            Some(place) => self.region.places.get(place).map_or(place, |place| place.name.as_str()),
        }
    }

    pub(super) fn level(&self) -> Level {
        self.place
            .and_then(|place| self.region.places.get(place))
            .map_or(self.region.level, |place| place.level)
    }

    /// Whether something at a place belongs to this subject.
    pub(super) fn holds(&self, place: &str) -> bool {
        self.place.is_none_or(|outer| self.region.lies_in(place, outer))
    }

    /// Its stated and derived figures, as written.
    pub(super) fn items(&self) -> impl Iterator<Item = Item<'a>> + use<'a> {
        let (region, outer) = (self.region, self.place);
        let holds = move |place: &str| outer.is_none_or(|outer| region.lies_in(place, outer));
        let facts = region.facts.iter().filter(move |fact| holds(&fact.place)).map(Item::Fact);
        facts.chain(region.derived.iter().filter(move |derived| holds(&derived.place)).map(Item::Derived))
    }
}

/// Gives out row numbers and source numbers, and prints figures with them.
pub(super) struct Citations<'a> {
    parties: Vec<Party<'a>>,
    /// Whether a reference must name its region.
    several: bool,
    sources: Vec<&'a Arc<Source>>,
    rows: BTreeMap<(&'a str, &'a str), usize>,
    order: Vec<(&'a Region, Item<'a>)>,
    /// Whether there is an annex to link to.
    linked: bool,
    language: Language,
}

impl<'a> Citations<'a> {
    /// A document about some subjects. `several` says whether its texts name the region with each figure.
    pub(super) fn new(parties: Vec<Party<'a>>, several: bool, edition: &Edition) -> Self {
        let mut sources: Vec<&Arc<Source>> = Vec::new();
        for party in &parties {
            // A comparison of units that report each month names of their returns only those that it cites.
            for source in party.region.sources.iter().filter(|source| !(several && source.is_return)) {
                if !sources.iter().any(|known| known.id == source.id) {
                    sources.push(source);
                }
            }
        }
        let (linked, language) = (edition.part == Part::All, edition.language);
        Self { parties, several, sources, rows: BTreeMap::new(), order: Vec::new(), linked, language }
    }

    /// A document that names only the sources that it cites.
    pub(super) fn of_returns(parties: Vec<Party<'a>>, edition: &Edition) -> Self {
        let sources = Vec::new();
        Self { sources, ..Self::new(parties, true, edition) }
    }

    /// The language of the document.
    pub(super) fn language(&self) -> Language {
        self.language
    }

    pub(super) fn parties(&self) -> &[Party<'a>] {
        &self.parties
    }

    /// The sources in the order of their numbers.
    pub(super) fn sources(&self) -> &[&'a Arc<Source>] {
        &self.sources
    }

    /// The number of a source, from 1.
    pub(super) fn source_number(&self, source: &Source) -> usize {
        self.sources.iter().position(|known| known.id == source.id).map_or(0, |at| at + 1)
    }

    /// The row of a figure in the annex, from 1; the next free one where it has none yet.
    pub(super) fn row(&mut self, region: &'a Region, item: Item<'a>) -> usize {
        let next = self.order.len() + 1;
        let row = *self.rows.entry((&region.id, item.id())).or_insert(next);
        if row == next {
            self.order.push((region, item));
            if self.source_number(item.source()) == 0 {
                self.sources.push(item.source());
            }
        }
        row
    }

    /// The row that a figure links to, 0 where the annex is left out.
    fn link(&mut self, region: &'a Region, item: Item<'a>) -> usize {
        let row = self.row(region, item);
        if self.linked { row } else { 0 }
    }

    /// The figures that have rows, in order.
    pub(super) fn in_order(&self) -> &[(&'a Region, Item<'a>)] {
        &self.order
    }

    /// A figure by its reference, reported where there is none.
    pub(super) fn find(
        &self,
        region: Option<&str>,
        id: &str,
        place: &Span,
        diagnostics: &mut Diagnostics,
    ) -> Option<(&'a Region, Item<'a>)> {
        let party = match region {
            None if self.several => {
                let message = format!("`{id}` does not say which region it belongs to");
                diagnostics.push(Problem::BadReference { message }, place.clone());
                return None;
            }
            None => self.parties.first(),
            Some(region) => {
                let found = self.parties.iter().find(|party| party.region.id == region);
                if found.is_none() {
                    let there: Vec<String> =
                        self.parties.iter().map(|p| format!("`{}`", p.region.id)).collect();
                    let message = format!(
                        "`{region}` is not part of this document, which is about {}",
                        there.join(", ")
                    );
                    diagnostics.push(Problem::BadReference { message }, place.clone());
                }
                found
            }
        }?;
        let region = party.region;
        let item = region.fact(id).map(Item::Fact).or_else(|| region.derived(id).map(Item::Derived));
        if item.is_none() && !region.failed.contains(id) {
            let near = nearest(id, region.figure_ids());
            diagnostics.push(Problem::DanglingId { kind: "fact", id: id.to_owned(), near }, place.clone());
        }
        item.map(|item| (region, item))
    }

    /// A figure for a chart or the first page.
    pub(super) fn figure(&mut self, region: &'a Region, item: Item<'a>) -> Figure {
        let to = self.link(region, item);
        let quantity = item.quantity();
        let (before, after, tail) = quantity.affixes();
        Figure {
            value: quantity.value,
            label: quantity.digits(),
            before: before.to_owned(),
            after: after.to_owned(),
            unit: quantity.unit_in_words(),
            tail: tail.to_owned(),
            target: item.is_ahead(),
            derived: item.is_derived(),
            source: self.source_number(item.source()),
            to,
        }
    }

    /// Text with its figures. `Setting` says where it stands.
    pub(super) fn runs(&mut self, words: &Words, setting: Setting, diagnostics: &mut Diagnostics) -> Runs {
        let mut marks = Marks::default();
        self.runs_with(words, setting, &mut marks, diagnostics)
    }

    /// Text with its figures, going on after text that has marked sources already.
    pub(super) fn runs_with(
        &mut self,
        words: &Words,
        setting: Setting,
        marks: &mut Marks,
        diagnostics: &mut Diagnostics,
    ) -> Runs {
        let mut runs = Vec::new();
        let count = words.runs.len();
        for (at, run) in words.runs.iter().enumerate() {
            match run {
                crate::model::Run::Plain(text) => runs.push(Run::Words(text.clone())),
                crate::model::Run::Figure(reference) => {
                    let says_so = |run: Option<&crate::model::Run>, of: fn(&str) -> bool| match run {
                        Some(crate::model::Run::Plain(text)) => of(text),
                        _ => false,
                    };
                    let said = says_so(words.runs.get(at + 1).filter(|_| at + 1 < count), |text| {
                        text.starts_with("（推算")
                            || text.starts_with("（本刊推算")
                            || text.starts_with(" (computed")
                    }) || says_so(at.checked_sub(1).and_then(|at| words.runs.get(at)), |text| {
                        text.rsplit(['，', '。', '；', '、', '（', '：'])
                            .next()
                            .is_some_and(|clause| clause.contains("推算"))
                    });
                    runs.extend(self.reference(words, reference, setting, said, marks, diagnostics));
                }
            }
        }
        runs
    }

    fn reference(
        &mut self,
        words: &Words,
        reference: &Reference,
        setting: Setting,
        said: bool,
        marks: &mut Marks,
        diagnostics: &mut Diagnostics,
    ) -> Option<Run> {
        let place = words.place_of(reference);
        let (region, item) = self.find(reference.region.as_deref(), &reference.id, &place, diagnostics)?;
        let to = self.link(region, item);
        let source = self.source_number(item.source());
        let mut figure =
            if reference.number_only { item.quantity().without_unit() } else { item.quantity().printed() };
        if setting == Setting::Cell && item.is_ahead() {
            figure.insert(0, '◇');
        }
        // A share keeps its sign, which says what it is, also where the head of a column has the unit.
        if item.is_derived() && !reference.number_only && !said && setting != Setting::Head {
            figure.push_str(self.language.pick("（推算）", " (computed)"));
        }
        let mark = setting == Setting::Prose && marks.last != Some(source);
        marks.last = Some(source);
        Some(Run::Figure { figure, to, source, mark })
    }

    /// The rows of the annex for some figures.
    pub(super) fn annex_row(&mut self, region: &'a Region, item: Item<'a>) -> FigureRow {
        let figure = self.figure(region, item);
        let (formula, paragraph, note) = match item {
            Item::Fact(fact) => (None, Some(fact.paragraph), fact.note.clone()),
            Item::Derived(derived) => (item.equation(), None, derived.note.clone()),
        };
        let place = if self.several && self.parties.len() > 1 {
            let own = region.place_name(item.place());
            match self.language.is_english() {
                _ if own == region.name => region.short.clone(),
                true => format!("{own}, {}", region.short),
                false => format!("{}·{own}", region.short),
            }
        } else {
            region.place_name(item.place())
        };
        FigureRow {
            no: self.row(region, item),
            id: format!("{}:{}", region.id, item.id()),
            indicator: item.label().to_owned(),
            formula,
            place,
            time: item.time_in_words(self.language),
            coverage: item.coverage().in_words(self.language),
            source: figure.source,
            paragraph,
            note,
            figure,
            change: None,
        }
    }
}

/// Where a text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Setting {
    /// In running text, where raised source numbers stand.
    Prose,
    /// In a table or chart, whose sources stand under it.
    Cell,
    /// In a title, a name or a head, which has no links.
    Head,
}

/// Which source was marked last: a number stands at a paragraph's first figure and wherever the source changes.
#[derive(Debug, Default)]
pub(super) struct Marks {
    last: Option<usize>,
}
