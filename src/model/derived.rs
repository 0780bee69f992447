//! Figures that no source states: computed from facts, with units that close and bounds that carry through.
//!
//! Their place on paper, with the word 推算 and the formula, is left to the views.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use toml::Spanned;

use super::catalogue::{Catalogue, plain};
use super::fact::{Coverage, Fact};
use super::formula;
use super::quantity::Quantity;
use super::reader::Reader;
use super::region::Region;
use super::source::Source;
use super::time::Time;
use crate::casefile::{DerivedEntry, RelationEntry};
use crate::diag::{Problem, Span};

/// A computed figure.
#[derive(Debug, Clone)]
pub struct Derived {
    /// The id, unique among facts and derived figures.
    pub id: String,
    /// What it is.
    pub label: String,
    /// The result, rounded as it is printed.
    pub quantity: Quantity,
    /// The formula with the numbers in it: 4480÷64; with their units where these differ in scale: 1.09亿元÷323.
    pub formula: String,
    /// Whether the formula holds units, so that the result is printed with its own beside it.
    pub scaled: bool,
    /// What it is divided by: 村.
    pub per: Option<String>,
    /// The theme it is listed under.
    pub theme: String,
    /// The row of a comparison it belongs to.
    pub topic: Option<String>,
    /// The label in a comparison's cell.
    pub short: String,
    /// The facts it is computed from, in the order of the formula.
    pub facts: Vec<String>,
    /// Whether it is computed from targets or expectations.
    pub ahead: bool,
    /// The place of the first of its facts.
    pub place: String,
    /// The time of its facts, where it is one.
    pub time: Option<Time>,
    /// The coverage of the first of its facts.
    pub coverage: Coverage,
    /// The source of the first of its facts.
    pub source: Arc<Source>,
    /// Anything worth knowing.
    pub note: Option<String>,
    /// Where it is written.
    pub span: Span,
}

/// Reads the derived figures of a region and computes them.
pub(super) fn read(
    region: &mut Region,
    entries: &[Spanned<DerivedEntry>],
    relations: &[Spanned<RelationEntry>],
    catalogue: &Catalogue,
    reader: &mut Reader<'_>,
) {
    let apart = never_summed(relations);
    let mut ids: BTreeMap<String, ((), Span)> =
        region.facts.iter().map(|fact| (fact.id.clone(), ((), fact.span.clone()))).collect();
    let mut found = Vec::new();
    for entry in entries {
        let (head, raw) = (reader.span(entry), entry.get_ref());
        let Some((id, span)) = reader.need_id(&raw.id, "the derived figure", &head) else { continue };
        reader.insert(&mut ids, "figure", id.clone(), span.clone(), ());
        let name = format!("derived figure `{id}`");
        let label = reader.need_text(&raw.label, "label", &name, "\"每村衔接补助\"", &head);
        let theme = reader.need(&raw.theme, "theme", &name, "\"economy\"", &head);
        let theme = theme.and_then(|t| reader.known("theme", t, catalogue.themes.keys().map(String::as_str)));
        let topic = match &raw.topic {
            Some(topic) => reader.known("topic", topic, catalogue.topics.keys().map(String::as_str)),
            None => None,
        };
        let unit = reader.need(&raw.unit, "unit", &name, "\"万元\"", &head);
        let unit = unit.and_then(|unit| catalogue.unit(unit, None, &id, reader)).cloned();
        let formula = reader.need(&raw.formula, "formula", &name, "\"grant / grant-villages\"", &head);
        let (Some(label), Some(theme), Some(unit), Some(formula)) = (label, theme, unit, formula) else {
            continue;
        };
        if formula.get_ref().split_whitespace().any(|token| region.failed.contains(token)) {
            continue;
        }
        let place = reader.span(formula);
        let computed =
            formula::compute(formula.get_ref(), &unit, raw.per.is_some(), region, catalogue, &apart);
        let computed = match computed {
            Ok(computed) => computed,
            Err(problem) => {
                reader.report(problem, place);
                continue;
            }
        };
        let facts: Vec<&Fact> = computed.facts.iter().filter_map(|id| region.fact(id)).collect();
        let Some(first) = facts.first() else {
            reader.report(Problem::BadFormula { message: "the formula names no fact".into() }, place);
            continue;
        };
        let same = facts.iter().all(|fact| fact.time == first.time);
        found.push(Derived {
            short: plain(&raw.short).unwrap_or_else(|| label.clone()),
            per: plain(&raw.per),
            note: plain(&raw.note),
            ahead: computed.ahead == Some(true),
            place: first.place.clone(),
            time: same.then_some(first.time),
            coverage: first.coverage,
            source: Arc::clone(&first.source),
            facts: computed.facts.clone(),
            formula: computed.text,
            scaled: computed.scaled,
            id,
            label,
            quantity: computed.quantity,
            theme,
            topic,
            span,
        });
    }
    region.derived = found;
}

/// Pairs of facts that must not be added.
fn never_summed(relations: &[Spanned<RelationEntry>]) -> BTreeSet<(String, String)> {
    let mut pairs = BTreeSet::new();
    for relation in relations {
        let relation = relation.get_ref();
        if relation.kind.as_ref().is_none_or(|kind| kind.get_ref() != "never-sum") {
            continue;
        }
        let ids: Vec<&String> =
            relation.facts.iter().flat_map(|list| list.get_ref()).map(Spanned::get_ref).collect();
        for a in &ids {
            for b in &ids {
                if a != b {
                    pairs.insert(((*a).clone(), (*b).clone()));
                }
            }
        }
    }
    pairs
}
