//! The English edition of the data: the words of `data/en/` put in the place of the Chinese ones, and what has none reported.
//!
//! Names, which stand beside the Chinese ones as `english`, are taken as the data are read; figures are left to `english_numbers`.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use toml::Spanned;

use super::casebook::read;
use super::catalogue::Catalogue;
use super::reader::Reader;
use super::region::Region;
use super::words::Words;
use crate::casefile::{ById, CaseWords, EnglishFile, Field};
use crate::diag::{Diagnostics, Problem, SourceFile, Span, nearest};

/// The folder of the English words within the folder of data.
pub(super) const FOLDER: &str = "en";

/// A file of English words.
pub(super) struct English {
    /// Its name within the workspace.
    name: String,
    file: Option<Arc<SourceFile>>,
    entries: EnglishFile,
}

impl English {
    /// Reads `data/en/<name>`; one that is not there has no words.
    pub(super) fn read(data: &Path, name: &str, diagnostics: &mut Diagnostics) -> Self {
        let (path, name) = (data.join(FOLDER).join(name), format!("data/{FOLDER}/{name}"));
        let read = path.exists().then(|| read::<EnglishFile>(&path, &name, diagnostics)).flatten();
        match read {
            Some((file, entries)) => Self { name, file: Some(file), entries },
            None => Self { name, file: None, entries: EnglishFile::default() },
        }
    }

    /// Puts the words of sources, indicators and topics into the catalogue.
    pub(super) fn enter(&self, catalogue: &mut Catalogue, diagnostics: &mut Diagnostics) {
        let mut scribe = Scribe { english: self, diagnostics };
        scribe.known("source", &self.entries.source, catalogue.sources.keys());
        scribe.known("indicator", &self.entries.indicator, catalogue.indicators.keys());
        scribe.known("topic", &self.entries.topic, catalogue.topics.keys());
        for (id, entry) in &self.entries.indicator {
            if let Some((indicator, _)) = catalogue.indicators.get_mut(id) {
                let indicator = Arc::make_mut(indicator);
                if let Some(short) = &entry.get_ref().short {
                    indicator.short.clone_from(short.get_ref());
                }
                if let (Some(noun), Some(spoken)) = (&entry.get_ref().unit, &mut indicator.spoken) {
                    spoken.noun.clone_from(noun.get_ref());
                }
            }
        }
        for (id, entry) in &self.entries.topic {
            if let Some((topic, _)) = catalogue.topics.get_mut(id) {
                topic.note = entry.get_ref().note.as_ref().map(|note| note.get_ref().clone());
            }
        }
        for (id, entry) in &self.entries.source {
            let Some((source, span)) = catalogue.sources.get_mut(id) else { continue };
            let (words, what, span) = (entry.get_ref(), format!("source `{id}`"), span.clone());
            catalogue.translated.insert(id.clone());
            let source = Arc::make_mut(source);
            scribe.text(&mut source.title, &words.title, "title", &what, &span);
            scribe.text(&mut source.short, &words.short, "short", &what, &span);
            scribe.maybe(&mut source.publisher, &words.publisher, "publisher", &what, &span);
            scribe.maybe(&mut source.carrier, &words.carrier, "carrier", &what, &span);
            let labels = words.covers.iter().flat_map(|labels| labels.get_ref());
            for (strand, label) in source.strands.iter_mut().zip(labels) {
                strand.label.clone_from(label.get_ref());
            }
        }
    }

    /// Puts the words of a region in the place of the Chinese ones.
    pub(super) fn translate(
        &self,
        region: &mut Region,
        catalogue: &Catalogue,
        diagnostics: &mut Diagnostics,
    ) {
        let needs = !region.mechanisms.is_empty()
            || !region.cases.is_empty()
            || !region.derived.is_empty()
            || region.facts.iter().any(|fact| fact.note.is_some());
        if self.file.is_none() && needs {
            let what = format!("region `{}`", region.id);
            diagnostics.push_nowhere(Problem::NoEnglish { what, file: self.name.clone() });
            return;
        }
        let words = &self.entries;
        let mut scribe = Scribe { english: self, diagnostics };
        for source in region.sources.iter().filter(|source| !source.is_return) {
            let Some((_, span)) = catalogue.sources.get(&source.id) else { continue };
            if !catalogue.translated.contains(&source.id) {
                // A source that regions share has its words beside it, not with one of them.
                let own = span.file.path() == format!("data/regions/{}.toml", region.id);
                let file = if own { self.name.clone() } else { format!("data/{FOLDER}/sources.toml") };
                let problem = Problem::NoEnglish { what: format!("source `{}`", source.id), file };
                scribe.diagnostics.push(problem, span.clone());
            }
        }
        scribe.known("fact", &words.fact, region.facts.iter().map(|fact| &fact.id));
        scribe.known("derived figure", &words.derived, region.derived.iter().map(|derived| &derived.id));
        scribe.known("mechanism", &words.mechanism, region.mechanisms.iter().map(|mechanism| &mechanism.id));
        scribe.known("case", &words.case, region.cases.iter().map(|case| &case.id));
        scribe.known("practice", &words.practice, region.practices.keys());
        for fact in &mut region.facts {
            let (what, entry) = (format!("fact `{}`", fact.id), of(&words.fact, &fact.id));
            // The usual label is the indicator's, which is English already.
            if fact.label != fact.indicator.label {
                scribe.text(&mut fact.label, &entry.label, "label", &what, &fact.span);
            }
            scribe.maybe(&mut fact.note, &entry.note, "note", &what, &fact.span);
        }
        for derived in &mut region.derived {
            let (what, entry) = (format!("derived figure `{}`", derived.id), of(&words.derived, &derived.id));
            let own = derived.short != derived.label;
            scribe.text(&mut derived.label, &entry.label, "label", &what, &derived.span);
            if own {
                scribe.text(&mut derived.short, &entry.short, "short", &what, &derived.span);
            } else {
                derived.short.clone_from(&derived.label);
            }
            scribe.maybe(&mut derived.note, &entry.note, "note", &what, &derived.span);
        }
        for mechanism in &mut region.mechanisms {
            let what = format!("mechanism `{}`", mechanism.id);
            let entry = of(&words.mechanism, &mechanism.id);
            scribe.text(&mut mechanism.name, &entry.name, "name", &what, &mechanism.span);
            scribe.members(&mut mechanism.members, &entry.members, &what, &mechanism.span);
        }
        for case in &mut region.cases {
            let (what, entry): (_, CaseWords) = (format!("case `{}`", case.id), of(&words.case, &case.id));
            let span = case.outcome.span.clone();
            scribe.text(&mut case.title, &entry.title, "title", &what, &span);
            scribe.words(&mut case.difficulty, &entry.difficulty, "difficulty", &what, catalogue);
            scribe.words(&mut case.action, &entry.action, "action", &what, catalogue);
            scribe.words(&mut case.outcome, &entry.outcome, "outcome", &what, catalogue);
            if let Some(scope) = &mut case.scope {
                scribe.words(scope, &entry.scope, "scope", &what, catalogue);
            }
        }
        for (id, (_, text)) in &mut region.practices {
            let entry = of(&words.practice, id);
            scribe.words(text, &entry.text, "text", &format!("practice `{id}`"), catalogue);
        }
    }
}

fn of<T: Clone + Default>(entries: &ById<T>, id: &str) -> T {
    entries.get(id).map(|entry| entry.get_ref().clone()).unwrap_or_default()
}

/// Writes English over Chinese, and says what is missing.
struct Scribe<'a> {
    english: &'a English,
    diagnostics: &'a mut Diagnostics,
}

impl Scribe<'_> {
    fn missing(&mut self, key: &str, what: &str, span: &Span) {
        let problem =
            Problem::NoEnglish { what: format!("`{key}` of {what}"), file: self.english.name.clone() };
        self.diagnostics.push(problem, span.clone());
    }

    /// Words of something that is not there are words in the wrong place.
    fn known<'k, T>(&mut self, kind: &'static str, entries: &ById<T>, ids: impl Iterator<Item = &'k String>) {
        let ids: BTreeSet<&str> = ids.map(String::as_str).collect();
        let Some(file) = &self.english.file else { return };
        for (id, entry) in entries.iter().filter(|(id, _)| !ids.contains(id.as_str())) {
            let near = nearest(id, ids.iter().copied());
            self.diagnostics
                .push(Problem::DanglingId { kind, id: id.clone(), near }, Span::new(file, entry.span()));
        }
    }

    fn text(&mut self, text: &mut String, english: &Field<String>, key: &str, what: &str, span: &Span) {
        match english {
            Some(english) => text.clone_from(english.get_ref()),
            None => self.missing(key, what, span),
        }
    }

    fn maybe(
        &mut self,
        text: &mut Option<String>,
        english: &Field<String>,
        key: &str,
        what: &str,
        span: &Span,
    ) {
        if let Some(text) = text {
            self.text(text, english, key, what, span);
        }
    }

    fn members(
        &mut self,
        members: &mut [String],
        english: &Field<Vec<Spanned<String>>>,
        what: &str,
        span: &Span,
    ) {
        if members.is_empty() {
            return;
        }
        let (Some(english), Some(file)) = (english, &self.english.file) else {
            self.missing("members", what, span);
            return;
        };
        if english.get_ref().len() != members.len() {
            let (count, there) = (english.get_ref().len(), members.len());
            let message = format!("{what} has {there} members, but {count} in English");
            self.diagnostics.push(Problem::BadValue { message }, Span::new(file, english.span()));
            return;
        }
        for (member, english) in members.iter_mut().zip(english.get_ref()) {
            member.clone_from(english.get_ref());
        }
    }

    /// A text with figures: the English one must name the same.
    fn words(
        &mut self,
        words: &mut Words,
        english: &Field<String>,
        key: &str,
        what: &str,
        catalogue: &Catalogue,
    ) {
        let (Some(english), Some(file)) = (english, &self.english.file) else {
            self.missing(key, what, &words.span.clone());
            return;
        };
        let mut reader = Reader { file, diagnostics: self.diagnostics };
        let span = reader.span(english);
        let read = Words::read(english.get_ref(), &span, &catalogue.terms, reader.diagnostics);
        let named = |words: &Words| {
            let mut ids: Vec<String> = words.references().map(|reference| reference.id.clone()).collect();
            ids.sort_unstable();
            ids
        };
        if named(&read) != named(words) {
            let message = format!("`{key}` of {what} names other figures than in Chinese");
            reader.report(Problem::BadReference { message }, span);
        }
        *words = read;
    }
}
