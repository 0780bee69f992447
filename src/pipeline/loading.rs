//! What a document is made from: the regions and the text that it needs, read and sound, and the view that they give.
//!
//! How the view becomes a file is left to `making`.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use super::beats::LoadedBeat;
use super::{Document, Order, Pipeline, Wish};
use crate::diag::{Diagnostics, Problem, SourceFile, Span, nearest};
use crate::disk;
use crate::model::{CaseBook, Period, Region, Subject, Text};
use crate::settings::Settings;
use crate::views::shape::{Line, View};
use crate::views::{Edition, Made, comparative_view, half_translated, region_view};

impl Pipeline {
    /// Reads the regions and the text that a document needs; none where one of them has errors.
    pub(super) fn load(&self, order: &Order, wish: &Wish, diagnostics: &mut Diagnostics) -> Option<Loaded> {
        let mut regions: BTreeMap<String, Region> = BTreeMap::new();
        let mut sound = true;
        let mut later: Vec<String> = Vec::new();
        for member in &order.members {
            if regions.contains_key(&member.region) {
                continue;
            }
            let read = self.book.region(&member.region);
            sound &= !read.diagnostics.has_errors();
            diagnostics.extend(read.diagnostics);
            if let Some(region) = read.output {
                let all: Vec<String> = region.figure_ids().map(str::to_owned).collect();
                let known = region.as_known_on(wish.period.last_day());
                later.extend(all.into_iter().filter(|id| !known.figure_ids().any(|known| known == id)));
                regions.insert(member.region.clone(), known);
            }
        }
        for member in &order.members {
            let Some(place) = &member.place else { continue };
            let Some(region) = regions.get(&member.region) else { continue };
            if !region.places.contains_key(place) {
                sound = false;
                let near = nearest(place, region.places.keys().map(String::as_str));
                diagnostics.push_nowhere(Problem::DanglingId { kind: "place", id: member.to_string(), near });
            }
        }
        let period = wish.period.to_string();
        let text = order
            .has_text
            .then(|| self.book.text(order.document.name(), &order.subject, &period, diagnostics))
            .flatten();
        let text = text.filter(|text| suits(text, &later, wish.period, diagnostics));
        if !sound || regions.len() != distinct(&order.members) {
            return None;
        }
        let beat = match order.document {
            Document::Beat(beat) => Some(self.load_beat(beat, order, wish.period, &regions, diagnostics)?),
            Document::Region | Document::Comparative => None,
        };
        Some(Loaded { regions, text, beat })
    }

    pub(super) fn made(
        &self,
        order: &Order,
        loaded: &Loaded,
        edition: &Edition,
        people: &[Line],
        diagnostics: &mut Diagnostics,
    ) -> Option<Made> {
        let mut made = make_view(order, loaded, &self.book, &self.settings, edition, diagnostics)?;
        made.view.imprint.people = people.to_vec();
        made.view.layout = edition.layout;
        // GB/T 9704-2012, 7.4.2: the date of who released it is followed by 印发.
        if !people.is_empty() && edition.number.is_some() {
            made.view.imprint.date = match edition.language.is_english() {
                true => format!("issued {}", made.view.imprint.date),
                false => format!("{}印发", made.view.imprint.date),
            };
        }
        Some(made)
    }

    /// Reports characters that no face has, at the place in the data where one stands.
    pub(super) fn check_characters(&self, view: &View, loaded: &Loaded, diagnostics: &mut Diagnostics) {
        let value = self.script.value(view);
        if self.language().is_english() && self.check_english(&value, loaded, diagnostics) {
            return;
        }
        for missing in self.engine.characters(&value) {
            let character = missing.character.to_string();
            match self.place_of(&character, loaded) {
                Some(span) => diagnostics.push(missing.problem(), span),
                None => diagnostics.push_nowhere(missing.problem()),
            }
        }
    }

    /// Refuses a page that is half translated, wherever its Chinese words came from. Answers whether it is one.
    fn check_english(&self, view: &Value, loaded: &Loaded, diagnostics: &mut Diagnostics) -> bool {
        // What is known to be missing is told where it stands; that its pages are half translated follows from it.
        if diagnostics.iter().any(|known| matches!(known.problem, Problem::NoEnglish { .. })) {
            return true;
        }
        let found = half_translated(view);
        for words in &found {
            let problem = Problem::NoEnglish {
                what: format!("`{words}`"),
                file: "the English words of the data, the text or [imprint.en]".to_owned(),
            };
            match self.place_of(words, loaded) {
                Some(span) => diagnostics.push(problem, span),
                None => diagnostics.push_nowhere(problem),
            }
        }
        !found.is_empty()
    }

    /// Where some words stand in what a document is made from.
    fn place_of(&self, words: &str, loaded: &Loaded) -> Option<Span> {
        loaded.text.as_ref().and_then(|text| place_of(&text.file, words)).or_else(|| {
            loaded.regions.keys().find_map(|id| {
                let name = format!("data/regions/{id}.toml");
                let mut quiet = Diagnostics::new();
                let file = crate::casefile::load(&self.book.region_path(id), &name, &mut quiet)?;
                place_of(&file, words)
            })
        })
    }
}

/// Whether a text speaks only of what was known in the period; one that does not is left out with a warning.
fn suits(text: &Text, later: &[String], period: Period, diagnostics: &mut Diagnostics) -> bool {
    let written = text.file.text();
    let names = |id: &&String| {
        let marks = [('{', '}'), ('{', '.'), (':', '}'), (':', '.'), ('"', '"'), (':', '"')];
        marks.iter().any(|(before, after)| written.contains(&format!("{before}{id}{after}")))
    };
    let Some(figure) = later.iter().find(names) else { return true };
    let file = text.file.path().to_owned();
    let problem = Problem::TextTooLate { file, period: period.to_string(), figure: figure.clone() };
    diagnostics.push_nowhere(problem);
    false
}

/// What a document is made from, read and sound.
pub(super) struct Loaded {
    pub(super) regions: BTreeMap<String, Region>,
    pub(super) text: Option<Text>,
    /// What a document of the four beats is made from besides.
    pub(super) beat: Option<LoadedBeat>,
}

pub(super) fn make_view(
    order: &Order,
    loaded: &Loaded,
    book: &CaseBook,
    settings: &Settings,
    edition: &Edition,
    diagnostics: &mut Diagnostics,
) -> Option<Made> {
    let text = loaded.text.as_ref();
    match order.document {
        Document::Region => {
            let subject = &order.members[0];
            let region = &loaded.regions[&subject.region];
            Some(region_view(region, subject, text, &book.catalogue, settings, edition, diagnostics))
        }
        Document::Comparative => {
            let parties: Vec<_> =
                order.members.iter().map(|subject| (&loaded.regions[&subject.region], subject)).collect();
            let title = order.title.as_deref();
            Some(comparative_view(&parties, title, text, &book.catalogue, settings, edition, diagnostics))
        }
        Document::Beat(beat) => loaded.beat.as_ref()?.view(beat, loaded, settings, edition, diagnostics),
    }
}

/// A digest of what a document says: the figures and mechanisms that it tells of, and its own words.
pub(super) fn content_of(order: &Order, loaded: &Loaded, made: &Made) -> String {
    let words = loaded.text.as_ref().map_or("", |text| text.file.text());
    let title = order.title.as_deref().unwrap_or_default();
    disk::sha256(format!("{title}\n{words}\n{}", made.substance).as_bytes())
}

fn distinct(members: &[Subject]) -> usize {
    let mut regions: Vec<&str> = members.iter().map(|member| member.region.as_str()).collect();
    regions.sort_unstable();
    regions.dedup();
    regions.len()
}

/// Where some words stand in a file, comments left out.
fn place_of(file: &Arc<SourceFile>, words: &str) -> Option<Span> {
    let mut start = 0;
    for line in file.text().split_inclusive('\n') {
        if let Some(at) = line.find(words).filter(|_| !line.trim_start().starts_with('#')) {
            return Some(Span::new(file, start + at..start + at + words.len()));
        }
        start += line.len();
    }
    None
}
