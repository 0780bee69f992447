//! What the words of a source demand of its figures, checked on every run.
//!
//! That unlike things are never added is left to `derived`, where things are added.

use std::collections::BTreeMap;

use toml::Spanned;

use super::fact::Fact;
use super::reader::{Reader, Set};
use super::region::Region;
use crate::casefile::{Field, MechanismEntry, RelationEntry};
use crate::diag::{Problem, Span, nearest};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Sum,
    Descending,
    Equal,
    Members,
    NeverSum,
}

const KINDS: &Set<Kind> = &[
    ("sum", Kind::Sum),
    ("descending", Kind::Descending),
    ("equal", Kind::Equal),
    ("members", Kind::Members),
    ("never-sum", Kind::NeverSum),
];

/// The keys that each kind takes besides `kind` and `strength`.
fn keys(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Sum => &["total", "parts"],
        Kind::Descending => &["chain"],
        Kind::Equal => &["facts"],
        Kind::Members => &["fact", "mechanism"],
        Kind::NeverSum => &["facts", "why"],
    }
}

/// The relations that hold, for charts that need them, and all as they are declared.
#[derive(Debug, Default)]
pub(super) struct Held {
    pub(super) sums: Vec<(String, Vec<String>)>,
    pub(super) chains: Vec<Vec<String>>,
    pub(super) declared: Vec<Relation>,
}

/// A relation as it is declared.
#[derive(Debug, Clone)]
pub struct Relation {
    /// The facts it holds, in the order of the file; the total of a sum comes first.
    pub facts: Vec<String>,
    /// What it demands of them: `58 = 20 + 38`, `never added`.
    pub demand: String,
    /// Whether the words of the source say so for certain.
    pub certain: bool,
    /// Where it is written.
    pub span: Span,
}

/// Checks all relations of a region.
pub(super) fn check(
    region: &Region,
    entries: &[Spanned<RelationEntry>],
    declared: &BTreeMap<String, ((), Span)>,
    mechanisms: &[Spanned<MechanismEntry>],
    reader: &mut Reader<'_>,
) -> Held {
    let mut held = Held::default();
    for entry in entries {
        let (head, raw) = (reader.span(entry), entry.get_ref());
        let Some(_) = reader.need(&raw.kind, "kind", "the relation", "\"sum\"", &head) else { continue };
        let Some(kind) = reader.one_of(&raw.kind, KINDS, None) else { continue };
        refuse_other_keys(raw, kind, &head, reader);
        let certain = reader.one_of(&raw.strength, &[("certain", true), ("plausible", false)], Some(true));
        let certain = certain.unwrap_or(true);
        let facts = named(raw, kind);
        let demand = demand(raw, kind, &facts, region);
        held.declared.push(Relation { facts, demand, certain, span: head.clone() });
        let mut checker = Checker { region, declared, head: &head, certain, reader };
        match kind {
            Kind::Sum => held.sums.extend(checker.sum(raw)),
            Kind::Descending => held.chains.extend(checker.descending(raw)),
            Kind::Equal => checker.equal(raw),
            Kind::Members => checker.members(raw, mechanisms),
            Kind::NeverSum => {
                checker.list(&raw.facts, "facts");
            }
        }
    }
    held
}

/// The facts that a relation names.
fn named(raw: &RelationEntry, kind: Kind) -> Vec<String> {
    let one = |field: &Field<String>| field.as_ref().map(|id| id.get_ref().clone());
    let list = |field: &Field<Vec<Spanned<String>>>| -> Vec<String> {
        let ids = field.iter().flat_map(|list| list.get_ref());
        ids.map(|id| id.get_ref().clone()).collect()
    };
    match kind {
        Kind::Sum => one(&raw.total).into_iter().chain(list(&raw.parts)).collect(),
        Kind::Descending => list(&raw.chain),
        Kind::Equal | Kind::NeverSum => list(&raw.facts),
        Kind::Members => one(&raw.fact).into_iter().collect(),
    }
}

/// What a relation demands of its facts, with the numbers in it.
fn demand(raw: &RelationEntry, kind: Kind, facts: &[String], region: &Region) -> String {
    let number = |id: &String| {
        let printed = region.fact(id).map_or_else(|| "?".to_owned(), |fact| fact.quantity.printed());
        format!("{id} ({printed})")
    };
    let numbers: Vec<String> = facts.iter().map(number).collect();
    let said = |field: &Field<String>| field.as_ref().map(|text| text.get_ref().clone()).unwrap_or_default();
    match kind {
        Kind::Sum => match numbers.split_first() {
            Some((total, parts)) => format!("{total} = {}", parts.join(" + ")),
            None => String::new(),
        },
        Kind::Descending => numbers.join(" ≥ "),
        Kind::Equal => numbers.join(" = "),
        Kind::Members => format!("{} = the members of mechanism {}", numbers.concat(), said(&raw.mechanism)),
        Kind::NeverSum => format!("never added: {}; {}", numbers.join(", "), said(&raw.why)),
    }
}

fn refuse_other_keys(raw: &RelationEntry, kind: Kind, head: &Span, reader: &mut Reader<'_>) {
    let given = [
        ("total", raw.total.is_some()),
        ("parts", raw.parts.is_some()),
        ("chain", raw.chain.is_some()),
        ("facts", raw.facts.is_some()),
        ("fact", raw.fact.is_some()),
        ("mechanism", raw.mechanism.is_some()),
        ("why", raw.why.is_some()),
    ];
    let takes = keys(kind);
    for (key, _) in given.iter().filter(|(key, given)| *given && !takes.contains(key)) {
        let message = format!("a relation of this kind takes no `{key}`");
        let hint =
            format!("it takes {}", takes.iter().map(|k| format!("`{k}`")).collect::<Vec<_>>().join(", "));
        reader.report(Problem::KeyConflict { message, hint }, head.clone());
    }
}

struct Checker<'a, 'r> {
    region: &'a Region,
    declared: &'a BTreeMap<String, ((), Span)>,
    head: &'a Span,
    certain: bool,
    reader: &'a mut Reader<'r>,
}

impl<'a> Checker<'a, '_> {
    fn fails(&mut self, message: String, place: Span) {
        let certain = self.certain;
        self.reader.report(Problem::RelationFails { message, certain }, place);
    }

    /// A fact by its id; one that is declared but did not pass its own checks is passed over in silence.
    fn fact(&mut self, id: &Spanned<String>) -> Option<&'a Fact> {
        let found = self.region.fact(id.get_ref());
        if found.is_none() && !self.declared.contains_key(id.get_ref()) {
            let near = nearest(id.get_ref(), self.declared.keys().map(String::as_str));
            let span = self.reader.span(id);
            self.reader.report(Problem::DanglingId { kind: "fact", id: id.get_ref().clone(), near }, span);
        }
        found
    }

    fn one(&mut self, field: &Field<String>, key: &'static str) -> Option<&'a Fact> {
        let id = self.reader.need(field, key, "the relation", "\"…\"", self.head)?;
        self.fact(id)
    }

    fn list(
        &mut self,
        field: &Field<Vec<Spanned<String>>>,
        key: &'static str,
    ) -> Option<(Vec<&'a Fact>, Span)> {
        let list = self.reader.need(field, key, "the relation", "[\"…\"]", self.head)?;
        let span = self.reader.span(list);
        let facts: Vec<Option<&Fact>> = list.get_ref().iter().map(|id| self.fact(id)).collect();
        if facts.len() < 2 {
            let message = format!("`{key}` names fewer than two facts");
            self.reader.report(Problem::BadValue { message }, span);
            return None;
        }
        Some((facts.into_iter().collect::<Option<Vec<_>>>()?, span))
    }

    fn sum(&mut self, raw: &RelationEntry) -> Option<(String, Vec<String>)> {
        let total = self.one(&raw.total, "total");
        let parts = self.list(&raw.parts, "parts");
        let (total, (parts, place)) = (total?, parts?);
        let sum: f64 = parts.iter().map(|fact| fact.quantity.value).sum();
        if parts.iter().any(|part| part.quantity.unit != total.quantity.unit) {
            self.fails(format!("the parts of `{}` have other units than the total", total.id), place);
            return None;
        }
        if (sum - total.quantity.value).abs() > 1e-6 {
            let addends = parts.iter().map(|fact| fact.quantity.digits()).collect::<Vec<_>>().join(" + ");
            let sum = (sum * 1e6).round() / 1e6;
            let message = format!("{addends} = {sum}, but `{}` is {}", total.id, total.quantity.digits());
            self.fails(message, place);
            return None;
        }
        Some((total.id.clone(), parts.iter().map(|part| part.id.clone()).collect()))
    }

    fn descending(&mut self, raw: &RelationEntry) -> Option<Vec<String>> {
        let (chain, place) = self.list(&raw.chain, "chain")?;
        let mut holds = self.certain;
        for pair in chain.windows(2) {
            let [above, below] = pair else { continue };
            if above.indicator.dimension != below.indicator.dimension {
                self.fails(
                    format!("`{}` and `{}` are not of one dimension", above.id, below.id),
                    place.clone(),
                );
            } else if below.quantity.value > above.quantity.value
                && above.quantity.unit == below.quantity.unit
            {
                let message = format!(
                    "`{}` ({}) is more than `{}` ({})",
                    below.id,
                    below.quantity.printed(),
                    above.id,
                    above.quantity.printed()
                );
                self.fails(message, place.clone());
                holds = false;
            }
        }
        holds.then(|| chain.iter().map(|fact| fact.id.clone()).collect())
    }

    fn equal(&mut self, raw: &RelationEntry) {
        let Some((facts, place)) = self.list(&raw.facts, "facts") else { return };
        let Some((first, rest)) = facts.split_first() else { return };
        for other in rest {
            if (other.quantity.value - first.quantity.value).abs() > 1e-9 {
                let message = format!(
                    "`{}` ({}) and `{}` ({}) differ",
                    first.id,
                    first.quantity.printed(),
                    other.id,
                    other.quantity.printed()
                );
                self.fails(message, place.clone());
            }
        }
    }

    fn members(&mut self, raw: &RelationEntry, mechanisms: &[Spanned<MechanismEntry>]) {
        let fact = self.one(&raw.fact, "fact");
        let Some(id) = self.reader.need(&raw.mechanism, "mechanism", "the relation", "\"…\"", self.head)
        else {
            return;
        };
        let ids = mechanisms.iter().filter_map(|m| m.get_ref().id.as_ref()).map(|id| id.get_ref().as_str());
        if self.reader.known("mechanism", id, ids).is_none() {
            return;
        }
        let Some(mechanism) = self.region.mechanisms.iter().find(|m| m.id == *id.get_ref()) else { return };
        let Some(fact) = fact else { return };
        let listed = u32::try_from(mechanism.members.len()).unwrap_or(u32::MAX);
        if (fact.quantity.value - f64::from(listed)).abs() > 1e-9 {
            let place = self.reader.span(id);
            let count = format!("{} (`{}`)", fact.quantity.digits(), fact.id);
            let problem =
                Problem::MemberCount { name: mechanism.name.clone(), listed: mechanism.members.len(), count };
            self.reader.report(problem, place);
        }
    }
}
