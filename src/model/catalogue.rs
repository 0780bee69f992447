//! The catalogues that all regions share: units, themes, indicators, topics, practices, sources, terms.
//!
//! What a region alone needs is left to `region`, which adds it to these.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use toml::Spanned;

use super::english_numbers::Spoken;
use super::quantity::{Dimension, Unit};
use super::reader::{Reader, Set};
use super::source::Source;
use crate::casefile::{CatalogueFile, IndicatorEntry, UnitEntry};
use crate::diag::{Diagnostics, Problem, SourceFile, Span};
use crate::settings::Language;

/// Whether an indicator is a state on a date or is counted over a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Flow {
    /// A state on a date.
    Stock,
    /// Counted over a period.
    Flow,
}

const FLOWS: &Set<Flow> = &[("stock", Flow::Stock), ("flow", Flow::Flow)];

/// A theme of the annex of figures.
#[derive(Debug, Clone)]
pub struct Theme {
    /// The id.
    pub id: String,
    /// In Chinese.
    pub label: String,
    /// In English.
    pub english: String,
    /// The order in annexes.
    pub order: i64,
}

/// What a figure counts or measures.
#[derive(Debug, Clone)]
pub struct Indicator {
    /// The id.
    pub id: String,
    /// In Chinese.
    pub label: String,
    /// In English.
    pub english: String,
    /// What it measures.
    pub dimension: Dimension,
    /// The usual unit.
    pub unit: String,
    /// The same as English says it.
    pub spoken: Option<Spoken>,
    /// The theme it belongs to.
    pub theme: String,
    /// Stock or flow.
    pub flow: Flow,
    /// What exactly is counted.
    pub definition: String,
    /// The row of a comparison it belongs to.
    pub topic: Option<String>,
    /// The label in a comparison's cell.
    pub short: String,
    /// Indicators of the same definition.
    pub comparable_with: Vec<String>,
    /// Whether it is counted from January anew each year, so that one year does not follow another.
    pub yearly: bool,
}

/// A row of figures in a comparison.
#[derive(Debug, Clone)]
pub struct Topic {
    /// The id.
    pub id: String,
    /// In Chinese.
    pub label: String,
    /// In English.
    pub english: String,
    /// The order of the rows.
    pub order: i64,
    /// The remark under the table.
    pub note: Option<String>,
}

/// A row of the presence matrix.
#[derive(Debug, Clone)]
pub struct Practice {
    /// The id.
    pub id: String,
    /// In Chinese.
    pub label: String,
    /// In English.
    pub english: String,
    /// The order of the rows.
    pub order: i64,
}

/// A term that is not to be used.
#[derive(Debug, Clone)]
pub struct Term {
    /// What must not stand in a text.
    pub wrong: String,
    /// What to write instead.
    pub right: String,
    /// Why.
    pub why: String,
}

/// All that is shared, by id, each with the place where it is declared.
#[derive(Debug, Clone, Default)]
pub struct Catalogue {
    /// Units by symbol.
    pub units: BTreeMap<String, (Unit, Span)>,
    /// Themes.
    pub themes: BTreeMap<String, (Theme, Span)>,
    /// Indicators.
    pub indicators: BTreeMap<String, (Arc<Indicator>, Span)>,
    /// Topics.
    pub topics: BTreeMap<String, (Topic, Span)>,
    /// Practices.
    pub practices: BTreeMap<String, (Practice, Span)>,
    /// Sources.
    pub sources: BTreeMap<String, (Arc<Source>, Span)>,
    /// The sources whose English words are there, where documents are in English.
    pub translated: BTreeSet<String>,
    /// Terms.
    pub terms: Vec<Term>,
    /// Names in simplified and in traditional characters, which a dictionary would get wrong.
    pub names: Vec<(String, String)>,
    /// The language that figures are printed in.
    pub language: Language,
}

impl Catalogue {
    /// Adds one shared file. Units and themes must have been added before the indicators that use them.
    pub fn add(&mut self, file: &Arc<SourceFile>, entries: &CatalogueFile, diagnostics: &mut Diagnostics) {
        let mut reader = Reader { file, diagnostics };
        for entry in &entries.unit {
            self.add_unit(entry, &mut reader);
        }
        for entry in &entries.theme {
            let (head, theme) = (reader.span(entry), entry.get_ref());
            let id = reader.need_id(&theme.id, "the theme", &head);
            let label = reader.need_text(&theme.label, "label", "the theme", "\"组织联建\"", &head);
            let (Some((id, span)), Some(label)) = (id, label) else { continue };
            let english = plain(&theme.english).unwrap_or_else(|| label.clone());
            let label = self.language.pick(label, english.clone());
            let theme = Theme { id: id.clone(), label, english, order: order(&theme.order) };
            reader.insert(&mut self.themes, "theme", id, span, theme);
        }
        for entry in &entries.topic {
            let (head, topic) = (reader.span(entry), entry.get_ref());
            let id = reader.need_id(&topic.id, "the topic", &head);
            let label = reader.need_text(&topic.label, "label", "the topic", "\"带动就业\"", &head);
            let (Some((id, span)), Some(label)) = (id, label) else { continue };
            let english = plain(&topic.english).unwrap_or_else(|| label.clone());
            let label = self.language.pick(label, english.clone());
            let topic = Topic {
                id: id.clone(),
                label,
                english,
                order: order(&topic.order),
                note: plain(&topic.note),
            };
            reader.insert(&mut self.topics, "topic", id, span, topic);
        }
        for entry in &entries.practice {
            let (head, practice) = (reader.span(entry), entry.get_ref());
            let id = reader.need_id(&practice.id, "the practice", &head);
            let label = reader.need_text(&practice.label, "label", "the practice", "\"校地联盟\"", &head);
            let (Some((id, span)), Some(label)) = (id, label) else { continue };
            let english = plain(&practice.english).unwrap_or_else(|| label.clone());
            let label = self.language.pick(label, english.clone());
            let practice = Practice { id: id.clone(), label, english, order: order(&practice.order) };
            reader.insert(&mut self.practices, "practice", id, span, practice);
        }
        for entry in &entries.indicator {
            self.add_indicator(entry, &mut reader);
        }
        for entry in &entries.source {
            self.add_source(entry, &mut reader);
        }
        for entry in &entries.name {
            let (head, name) = (reader.span(entry), entry.get_ref());
            let simplified =
                reader.need_text(&name.simplified, "simplified", "the name", "\"松江河\"", &head);
            let traditional =
                reader.need_text(&name.traditional, "traditional", "the name", "\"松江河\"", &head);
            self.names.extend(simplified.zip(traditional));
        }
        for entry in &entries.term {
            let (head, term) = (reader.span(entry), entry.get_ref());
            let wrong = reader.need_text(&term.wrong, "wrong", "the term", "\"高品质发展\"", &head);
            let right = reader.need_text(&term.right, "right", "the term", "\"高质量发展\"", &head);
            if let (Some(wrong), Some(right)) = (wrong, right) {
                self.terms.push(Term { wrong, right, why: plain(&term.why).unwrap_or_default() });
            }
        }
    }

    /// A unit as English says it, where figures are printed in that language: 万元 is ten thousand yuan.
    pub fn spoken(&self, symbol: &str) -> Option<Spoken> {
        if !self.language.is_english() {
            return None;
        }
        let noun = |symbol: &str| self.units.get(symbol).map(|(unit, _)| unit.english.clone());
        let scaled = [("万", 1e4), ("亿", 1e8)]
            .into_iter()
            .find_map(|(prefix, scale)| Some(Spoken { noun: noun(symbol.strip_prefix(prefix)?)?, scale }));
        scaled.or_else(|| Some(Spoken { noun: noun(symbol).unwrap_or_default(), scale: 1.0 }))
    }

    fn add_unit(&mut self, entry: &Spanned<UnitEntry>, reader: &mut Reader<'_>) {
        let (head, unit) = (reader.span(entry), entry.get_ref());
        let symbol = reader.need_text(&unit.symbol, "symbol", "the unit", "\"万元\"", &head);
        let dimension = reader
            .need(&unit.dimension, "dimension", "the unit", "\"money\"", &head)
            .is_some()
            .then(|| reader.one_of(&unit.dimension, &Dimension::ALL, None))
            .flatten();
        let factor = reader.need(&unit.factor, "factor", "the unit", "10000", &head).map(|f| *f.get_ref());
        let (Some(symbol), Some(dimension), Some(factor)) = (symbol, dimension, factor) else { return };
        if !(factor.is_finite() && factor > 0.0) {
            reader.report(Problem::BadValue { message: "a unit's factor is greater than zero".into() }, head);
            return;
        }
        let english = plain(&unit.english).unwrap_or_default();
        let unit = Unit { symbol: symbol.clone(), dimension, factor, english };
        reader.insert(&mut self.units, "unit", symbol, head, unit);
    }

    /// Adds an indicator, from a shared file or a region's.
    pub fn add_indicator(&mut self, entry: &Spanned<IndicatorEntry>, reader: &mut Reader<'_>) {
        let (head, raw) = (reader.span(entry), entry.get_ref());
        let Some((id, span)) = reader.need_id(&raw.id, "the indicator", &head) else { return };
        let name = format!("indicator `{id}`");
        let label = reader.need_text(&raw.label, "label", &name, "\"联建党组织\"", &head);
        let english = reader.need_text(&raw.english, "english", &name, "\"joint Party bodies\"", &head);
        let definition = reader.need_text(&raw.definition, "definition", &name, "\"…\"", &head);
        let dimension = reader.need(&raw.dimension, "dimension", &name, "\"count\"", &head);
        let dimension = dimension.and_then(|_| reader.one_of(&raw.dimension, &Dimension::ALL, None));
        let flow = reader.need(&raw.nature, "nature", &name, "\"stock\"", &head);
        let flow = flow.and_then(|_| reader.one_of(&raw.nature, FLOWS, None));
        let theme = reader.need(&raw.theme, "theme", &name, "\"organisation\"", &head);
        let theme = theme.and_then(|t| reader.known("theme", t, self.themes.keys().map(String::as_str)));
        let unit = reader.need(&raw.unit, "unit", &name, "\"个\"", &head);
        let unit =
            unit.and_then(|unit| self.unit(unit, dimension, &id, reader)).map(|unit| unit.symbol.clone());
        let topic = match &raw.topic {
            Some(topic) => reader.known("topic", topic, self.topics.keys().map(String::as_str)),
            None => None,
        };
        let (
            Some(label),
            Some(english),
            Some(definition),
            Some(dimension),
            Some(flow),
            Some(theme),
            Some(unit),
        ) = (label, english, definition, dimension, flow, theme, unit)
        else {
            return;
        };
        // A Chinese label for narrow cells is no English one; that stands in data/en/indicators.toml.
        let short = self.language.pick(plain(&raw.short).unwrap_or_else(|| label.clone()), english.clone());
        let label = self.language.pick(label, english.clone());
        let comparable_with = raw
            .comparable_with
            .iter()
            .flat_map(|list| list.get_ref())
            .map(|id| id.get_ref().clone())
            .collect();
        let indicator = Indicator {
            id: id.clone(),
            label,
            english,
            dimension,
            spoken: self.spoken(&unit),
            unit,
            theme,
            flow,
            definition,
            topic,
            short,
            comparable_with,
            yearly: raw.yearly.as_ref().is_some_and(|yearly| *yearly.get_ref()),
        };
        reader.insert(&mut self.indicators, "indicator", id, span, Arc::new(indicator));
    }

    /// A unit by its symbol, which must measure the dimension where one is wanted.
    pub fn unit(
        &self,
        symbol: &Spanned<String>,
        wanted: Option<Dimension>,
        indicator: &str,
        reader: &mut Reader<'_>,
    ) -> Option<&Unit> {
        let span = reader.span(symbol);
        let Some((unit, _)) = self.units.get(symbol.get_ref()) else {
            let near = crate::diag::nearest(symbol.get_ref(), self.units.keys().map(String::as_str));
            reader.report(Problem::UnknownUnit { unit: symbol.get_ref().clone(), near }, span);
            return None;
        };
        if let Some(wanted) = wanted.filter(|wanted| *wanted != unit.dimension) {
            let problem = Problem::WrongDimension {
                unit: unit.symbol.clone(),
                found: unit.dimension.to_string(),
                wanted: wanted.to_string(),
                indicator: indicator.to_owned(),
            };
            reader.report(problem, span);
            return None;
        }
        Some(unit)
    }
}

/// A text where the key is there.
pub(super) fn plain(field: &Option<Spanned<String>>) -> Option<String> {
    field.as_ref().map(|text| text.get_ref().clone()).filter(|text| !text.trim().is_empty())
}

/// An order; entries without one come last.
pub(super) fn order(field: &Option<Spanned<i64>>) -> i64 {
    field.as_ref().map_or(i64::MAX, |order| *order.get_ref())
}
