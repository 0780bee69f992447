//! Sentences of one region: patterns of `sentences.txt` with its own places, mechanisms and figures.
//!
//! Which of them stand together, and with which tables and charts, is left to `text`.

use crate::cases::Case;
use crate::draw::Draw;
use crate::facts::Figures;
use crate::indicators::lines;
use crate::mechanisms::Mechanism;
use crate::names::Place;

/// All that is told of one region.
pub(crate) struct Story {
    pub(crate) county: Place,
    pub(crate) towns: Vec<Place>,
    pub(crate) villages: Vec<Place>,
    pub(crate) figures: Figures,
    pub(crate) mechanisms: Vec<Mechanism>,
    pub(crate) cases: Vec<Case>,
}

impl Story {
    /// A paragraph of so many different sentences about a subject.
    pub(crate) fn paragraph(&self, subject: &str, count: usize, draw: &mut Draw) -> String {
        self.sentences(subject, count, draw).concat()
    }

    /// So many different sentences about a subject.
    pub(crate) fn sentences(&self, subject: &str, count: usize, draw: &mut Draw) -> Vec<String> {
        let all: Vec<&str> = lines(include_str!("sentences.txt"))
            .filter(|[about, _]| *about == subject)
            .map(|[_, sentence]| sentence)
            .filter(|sentence| !sentence.contains("<x>") || self.extras(subject).len() > 1)
            .collect();
        draw.some(&all, count).into_iter().map(|sentence| self.fill(sentence, subject, draw)).collect()
    }

    /// A method of the whole county.
    pub(crate) fn method(&self, draw: &mut Draw) -> String {
        self.named(&["list", "mode", "cycle", "system", "programme"], draw)
    }

    /// The name of one of the county's own mechanisms of some kinds, as it is called within the county.
    fn named(&self, kinds: &[&str], draw: &mut Draw) -> String {
        let own: Vec<&Mechanism> = self
            .mechanisms
            .iter()
            .filter(|mechanism| mechanism.place.is_none() && kinds.contains(&mechanism.kind))
            .collect();
        match own.is_empty() {
            true => "联席会议".to_owned(),
            false => draw.one(&own).name.replace(&self.county.name, ""),
        }
    }

    fn fill(&self, sentence: &str, subject: &str, draw: &mut Draw) -> String {
        let (towns, villages) = (draw.some(&self.towns, 2), draw.some(&self.villages, 2));
        let mut text = sentence
            .replace("<n>", &self.county.name)
            .replace("<s>", &self.county.stem)
            .replace("<t>", &towns[0].name)
            .replace("<u>", &towns[1].name)
            .replace("<v>", &villages[0].name)
            .replace("<w>", &villages[1].name);
        if text.contains("<m>") {
            text = text.replace("<m>", &self.method(draw));
        }
        if text.contains("<o>") {
            text = text.replace("<o>", &self.named(&["body", "team", "platform"], draw));
        }
        let extras = draw.some(&self.extras(subject), 2);
        for (slot, extra) in ["<x>", "<y>"].into_iter().zip(extras) {
            text = text.replace(slot, &extra);
        }
        text
    }

    /// What only some regions have of a theme, each with its name.
    fn extras(&self, theme: &str) -> Vec<String> {
        let own = self.figures.extras.iter().filter(|extra| extra.theme == theme);
        own.map(|extra| format!("{}{{{}}}", extra.label, extra.id)).collect()
    }
}
