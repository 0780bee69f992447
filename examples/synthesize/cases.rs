//! Cases: what was hard in one place, what it did with another, and what came of it.
//!
//! Their figures are added to the region's.

use crate::draw::Draw;
use crate::entries::Entries;
use crate::facts::{Figures, VISITS};
use crate::indicators::{indicator, lines};
use crate::names::Place;

/// A case.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) topic: &'static str,
    /// Where it happened.
    pub(crate) place: Place,
    difficulty: String,
    action: String,
    outcome: String,
    scope: String,
    pub(crate) fact: String,
}

/// Draws two or three cases in different villages.
pub(crate) fn draw(villages: &[Place], figures: &mut Figures, draw: &mut Draw) -> Vec<Case> {
    let patterns: Vec<[&'static str; 5]> = lines(include_str!("cases.txt")).collect();
    let count = 2 + usize::from(draw.chance(50));
    let chosen = draw.some(&patterns, count);
    let places = draw.shuffled(villages);
    let mut cases = Vec::new();
    for (at, &[topic, difficulty, action, of, outcome]) in chosen.iter().enumerate() {
        let (here, there) = (&places[at], &places[(at + 1) % places.len()]);
        let id = format!("case-{}", at + 1);
        let fact_id = format!("{id}-figure");
        let (least, most) = indicator(of).range;
        let value = draw.between(least, most);
        let fact = figures.tenths(&fact_id, of, value * 10);
        fact.place = Some(here.id.clone());
        fact.coverage = "single";
        fact.source = VISITS;
        for (_, date) in &mut fact.time {
            *date = date.replace("-12", "-06");
        }
        let filled = |text: &str| {
            text.replace("{a}", &here.name)
                .replace("{b}", &there.name)
                .replace("{f}", &format!("{{{fact_id}}}"))
        };
        let scopes = ["单个村，后续未载", "单个村，起止日期未载", "相邻两村，别处未载", "单个村，费用未载"];
        cases.push(Case {
            title: format!("{}（{topic}）", here.name),
            topic,
            place: here.clone(),
            difficulty: filled(difficulty),
            action: filled(action),
            outcome: filled(outcome),
            scope: (*draw.one(&scopes)).to_owned(),
            fact: fact_id.clone(),
            id,
        });
    }
    cases
}

/// Writes all of them.
pub(crate) fn write(cases: &[Case], sources: &[String], paragraphs: &mut Draw, to: &mut Entries) {
    for case in cases {
        to.table("[[case]]").text("id", &case.id).text("title", &case.title).text("place", &case.place.id);
        to.text("difficulty", &case.difficulty).text("action", &case.action).text("outcome", &case.outcome);
        to.text("scope", &case.scope).list("facts", &[&case.fact]).text("source", &sources[VISITS]);
        to.bare("paragraph", paragraphs.between(1, 28));
    }
}
