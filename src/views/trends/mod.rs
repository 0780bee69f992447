//! One indicator at several times: which figures of a region make a series, and which look alike and do not.
//!
//! Why two figures may not follow each other is left to `reason`, the change in words to `change`, what is drawn to `plates` and `why_not`.

mod change;
mod plates;
mod reason;
#[cfg(test)]
mod tests;
mod times;
mod why_not;

use reason::{Reason, reasons};
use times::Stretch;

use super::cite::Item;
use super::flags::same_definition;
use crate::model::{Fact, Nature, Region};

pub(super) use plates::{before_and_after, has_trend};

/// Figures that may follow each other, the oldest first.
#[derive(Debug, Clone)]
pub(super) struct Series<'a> {
    facts: Vec<&'a Fact>,
}

/// Two figures that look alike and may not follow each other.
#[derive(Debug, Clone)]
struct LookAlikes<'a> {
    before: &'a Fact,
    after: &'a Fact,
    why: Vec<Reason>,
}

/// What the figures of a region, or of a place in it, say of change.
#[derive(Debug, Clone, Default)]
struct Found<'a> {
    /// Two figures or more each; those with most points first.
    series: Vec<Series<'a>>,
    /// One pair for what could be taken for a change.
    look_alikes: Vec<LookAlikes<'a>>,
}

impl<'a> Series<'a> {
    /// Puts figures that may follow each other into their order; the first two that may not, with the reasons.
    fn of(mut facts: Vec<&'a Fact>) -> Result<Self, (&'a Fact, &'a Fact, Vec<Reason>)> {
        facts.sort_by_key(|fact| (times::last_day(fact), times::first_day(fact)));
        // Each with each: no two of a series may overlap, nor differ in anything but time and value.
        for (at, before) in facts.iter().enumerate() {
            for after in &facts[at + 1..] {
                let why = reasons(before, after);
                if !why.is_empty() {
                    return Err((before, after, why));
                }
            }
        }
        Ok(Self { facts })
    }

    /// Whether the figures are all the same.
    fn is_level(&self) -> bool {
        self.facts.windows(2).all(|pair| pair[0].quantity.value == pair[1].quantity.value)
    }

    /// The gaps: for each figure whether something between it and the one before is not known.
    fn gaps(&self) -> Vec<bool> {
        let stretches: Vec<Stretch> = self.facts.iter().filter_map(|fact| Stretch::of(fact.time)).collect();
        times::gaps(&stretches)
    }
}

/// Finds the series of some facts, and the look-alikes among those that are in none together.
fn find<'a>(region: &Region, facts: &[&'a Fact]) -> Found<'a> {
    let stated: Vec<&Fact> = facts
        .iter()
        .copied()
        .filter(|fact| fact.nature == Nature::Result && fact.quantity.upper.is_none())
        .collect();
    let mut groups: Vec<Vec<&Fact>> = Vec::new();
    for fact in &stated {
        let own = |group: &&mut Vec<&'a Fact>| {
            let why = reasons(group[0], fact);
            // Figures of one time and of times that overlap stand in one group for now: whether they agree is asked below.
            why.iter().all(|reason| matches!(reason, Reason::SameTime | Reason::Overlap))
                && !reason::of_two_years(group[0], fact)
        };
        match groups.iter_mut().find(own) {
            Some(group) => group.push(fact),
            None => groups.push(vec![*fact]),
        }
    }
    let mut found = Found::default();
    let mut single = Vec::new();
    for group in groups {
        let Some(group) = agreed(group) else { continue };
        let alone = group.clone();
        match Series::of(group) {
            Ok(series) if series.facts.len() > 1 => found.series.push(series),
            Ok(series) => single.extend(series.facts),
            Err(_) => single.extend(alone),
        }
    }
    found.look_alikes = look_alikes(region, facts, &found.series, &single);
    found.series.sort_by_key(|series| (std::cmp::Reverse(series.facts.len()), series.is_level()));
    found
}

/// A group in which one time has one figure; none where two figures of one time differ, since they then count different things.
fn agreed(group: Vec<&Fact>) -> Option<Vec<&Fact>> {
    let mut kept: Vec<&Fact> = Vec::new();
    for fact in group {
        match kept.iter().find(|known| known.time == fact.time) {
            Some(known) if known.quantity.value == fact.quantity.value => {}
            Some(_) => return None,
            None => kept.push(fact),
        }
    }
    Some(kept)
}

/// One pair for each two that could be taken for a change and are none: same indicator first, then same topic.
fn look_alikes<'a>(
    region: &Region,
    facts: &[&'a Fact],
    series: &[Series<'a>],
    single: &[&'a Fact],
) -> Vec<LookAlikes<'a>> {
    // A series stands for all its figures by the last of them.
    let mut heads: Vec<&Fact> = series.iter().filter_map(|series| series.facts.last().copied()).collect();
    heads.extend(single);
    // A target is meant to be another figure, and ◇ says so; what a plant can do is taken for what it made.
    let others = facts.iter().filter(|fact| fact.quantity.upper.is_some() || fact.nature == Nature::Capacity);
    heads.extend(others.filter(|fact| !fact.nature.is_ahead()));
    heads.sort_by_key(|fact| (times::last_day(fact), times::first_day(fact)));
    let mut found: Vec<LookAlikes<'a>> = Vec::new();
    let mut told: Vec<[&str; 3]> = Vec::new();
    for by_topic in [false, true] {
        for (at, before) in heads.iter().enumerate() {
            for after in &heads[at + 1..] {
                let alike =
                    if by_topic { same_topic(region, before, after) } else { same_thing(before, after) };
                let why = reasons(before, after);
                if !alike || why.is_empty() || why.contains(&Reason::SameTime) {
                    continue;
                }
                // One row for each thing or topic: more would say the same again.
                let key = match &after.indicator.topic {
                    Some(topic) if by_topic => [topic.as_str(), "", ""],
                    _ => [after.indicator.id.as_str(), &after.label, &after.place],
                };
                if !told.contains(&key) {
                    told.push(key);
                    found.push(LookAlikes { before, after, why });
                }
            }
        }
    }
    found
}

/// One indicator, of one place, under one label.
fn same_thing(a: &Fact, b: &Fact) -> bool {
    let label = a.indicator.id != b.indicator.id || a.label == b.label;
    same_definition(Item::Fact(a), Item::Fact(b)) && label && a.place == b.place
}

/// Another indicator of one topic, at another known time, of one place or of a place within the other.
fn same_topic(region: &Region, a: &Fact, b: &Fact) -> bool {
    let topic = a.indicator.topic.is_some() && a.indicator.topic == b.indicator.topic;
    let here = region.lies_in(&a.place, &b.place) || region.lies_in(&b.place, &a.place);
    let end = |fact: &Fact| fact.time.end().map(|date| date.last_day());
    let apart = end(a).is_some() && end(b).is_some() && end(a) != end(b);
    topic && here && apart && !same_definition(Item::Fact(a), Item::Fact(b))
}
