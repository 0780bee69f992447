//! What is another in a region between two states of its data: each figure and mechanism that is new, gone or otherwise.
//!
//! Where the two states come from is left to who asks; what changed on paper to the views.

use super::derived::Derived;
use super::fact::Fact;
use super::mechanism::Mechanism;
use super::region::Region;
use crate::settings::Language;

/// A figure or a mechanism that is another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revised {
    /// Its id within the region.
    pub id: String,
    /// What it is: 联建党组织 58个.
    pub name: String,
    /// `new`, `changed` or `gone`.
    pub kind: &'static str,
    /// Each of its parts that is another: what, as it was, as it is. Empty for what is new or gone.
    pub parts: Vec<(&'static str, String, String)>,
}

/// What is another, in the order of the later state; what is gone comes last. A region that is not there in one of them is all new, or gone.
pub fn revised(before: Option<&Region>, after: Option<&Region>) -> Vec<Revised> {
    let all = |region: Option<&Region>| region.map(described).unwrap_or_default();
    let (before, after) = (all(before), all(after));
    let mut found = Vec::new();
    for is in &after {
        let was = before.iter().find(|was| was.id == is.id && was.parts.len() == is.parts.len());
        let parts = was.map(|was| differing(was, is));
        match parts {
            None => found.push(is.revised("new", Vec::new())),
            Some(parts) if parts.is_empty() => {}
            Some(parts) => found.push(is.revised("changed", parts)),
        }
    }
    let gone = before.iter().filter(|was| !after.iter().any(|is| is.id == was.id));
    found.extend(gone.map(|was| was.revised("gone", Vec::new())));
    found
}

/// A figure or mechanism in words, part by part.
struct Described {
    id: String,
    name: String,
    parts: Vec<(&'static str, String)>,
}

impl Described {
    fn revised(&self, kind: &'static str, parts: Vec<(&'static str, String, String)>) -> Revised {
        Revised { id: self.id.clone(), name: self.name.clone(), kind, parts }
    }
}

fn differing(was: &Described, is: &Described) -> Vec<(&'static str, String, String)> {
    let pairs = was.parts.iter().zip(&is.parts);
    let other = pairs.filter(|(was, is)| was != is);
    other.map(|((what, was), (_, is))| (*what, was.clone(), is.clone())).collect()
}

fn described(region: &Region) -> Vec<Described> {
    let facts = region.facts.iter().map(|fact| of_fact(region, fact));
    let derived = region.derived.iter().map(of_derived);
    let mechanisms = region.mechanisms.iter().map(|mechanism| of_mechanism(region, mechanism));
    facts.chain(derived).chain(mechanisms).collect()
}

fn of_fact(region: &Region, fact: &Fact) -> Described {
    let printed = fact.quantity.printed();
    Described {
        id: fact.id.clone(),
        name: format!("{} {printed}", fact.label),
        parts: vec![
            ("indicator", fact.indicator.id.clone()),
            ("label", fact.label.clone()),
            ("value", printed),
            ("as printed", fact.as_printed.clone()),
            ("place", region.place_name(&fact.place)),
            ("time", fact.time.in_words(Language::Simplified, fact.nature.is_ahead())),
            ("nature", format!("{:?}", fact.nature).to_lowercase()),
            ("cumulative", fact.cumulative.to_string()),
            ("coverage", fact.coverage.chinese()),
            ("source", fact.source.id.clone()),
            ("paragraph", fact.paragraph.to_string()),
            ("checked by", fact.checked_by.clone().unwrap_or_else(|| "nobody".to_owned())),
            ("note", fact.note.clone().unwrap_or_default()),
        ],
    }
}

fn of_derived(derived: &Derived) -> Described {
    let printed = derived.quantity.printed();
    Described {
        id: derived.id.clone(),
        name: format!("{} {printed}", derived.label),
        parts: vec![
            ("label", derived.label.clone()),
            ("value", printed),
            ("formula", derived.formula.clone()),
            ("note", derived.note.clone().unwrap_or_default()),
        ],
    }
}

fn of_mechanism(region: &Region, mechanism: &Mechanism) -> Described {
    Described {
        id: mechanism.id.clone(),
        name: mechanism.name.clone(),
        parts: vec![
            ("name", mechanism.name.clone()),
            ("members", mechanism.members.join("、")),
            ("place", region.place_name(&mechanism.place)),
            ("source", mechanism.source.id.clone()),
            ("paragraph", mechanism.paragraph.to_string()),
        ],
    }
}
