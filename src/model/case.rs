//! Cases and practices: what a region's file tells in words, with figures as references.
//!
//! The words of an issue are left to `casefile` and the views.

use std::collections::BTreeMap;
use std::sync::Arc;

use toml::Spanned;

use super::catalogue::Catalogue;
use super::reader::Reader;
use super::region::Region;
use super::source::Source;
use super::words::Words;
use crate::casefile::{CaseEntry, RegionFile};
use crate::diag::{Problem, Span, nearest};

/// A case.
#[derive(Debug, Clone)]
pub struct Case {
    /// The id.
    pub id: String,
    /// Its name.
    pub title: String,
    /// The place.
    pub place: String,
    /// What was hard.
    pub difficulty: Words,
    /// What was done.
    pub action: Words,
    /// What came of it.
    pub outcome: Words,
    /// What the figures stand for.
    pub scope: Option<Words>,
    /// The facts it rests on.
    pub facts: Vec<String>,
    /// Where it is told.
    pub source: Arc<Source>,
}

impl Region {
    pub(super) fn read_cases(
        &mut self,
        entries: &[Spanned<CaseEntry>],
        catalogue: &Catalogue,
        reader: &mut Reader<'_>,
    ) {
        let mut ids: BTreeMap<String, ((), Span)> = BTreeMap::new();
        for entry in entries {
            let (head, raw) = (reader.span(entry), entry.get_ref());
            let Some((id, span)) = reader.need_id(&raw.id, "the case", &head) else { continue };
            let label = format!("case `{id}`");
            reader.insert(&mut ids, "case", id.clone(), span, ());
            let title = reader.need_text(&raw.title, "title", &label, "\"…\"", &head);
            let difficulty = self.words(&raw.difficulty, "difficulty", &label, &head, catalogue, reader);
            let action = self.words(&raw.action, "action", &label, &head, catalogue, reader);
            let outcome = self.words(&raw.outcome, "outcome", &label, &head, catalogue, reader);
            let scope = match &raw.scope {
                Some(_) => self.words(&raw.scope, "scope", &label, &head, catalogue, reader),
                None => None,
            };
            let mut facts = Vec::new();
            for fact in raw.facts.iter().flat_map(|list| list.get_ref()) {
                let known: Vec<&str> =
                    self.figure_ids().chain(self.failed.iter().map(String::as_str)).collect();
                facts.extend(reader.known("fact", fact, known));
            }
            let source = self.source_of(&raw.source, &raw.paragraph, &label, &head, catalogue, reader);
            let place = self.place_of(&raw.place, reader);
            let (Some(title), Some(difficulty), Some(action), Some(outcome), Some((source, _))) =
                (title, difficulty, action, outcome, source)
            else {
                continue;
            };
            self.cases.push(Case { id, title, place, difficulty, action, outcome, scope, facts, source });
        }
    }

    pub(super) fn read_practices(
        &mut self,
        entries: &RegionFile,
        catalogue: &Catalogue,
        reader: &mut Reader<'_>,
    ) {
        for entry in &entries.practice {
            let (head, raw) = (reader.span(entry), entry.get_ref());
            let id = reader.need(&raw.id, "id", "the practice", "\"lists\"", &head);
            let id = id
                .and_then(|id| reader.known("practice", id, catalogue.practices.keys().map(String::as_str)));
            let full = reader.need(&raw.stated, "stated", "the practice", "\"full\"", &head);
            let full =
                full.and_then(|_| reader.one_of(&raw.stated, &[("full", true), ("similar", false)], None));
            let text = self.words(&raw.text, "text", "the practice", &head, catalogue, reader);
            let (Some(id), Some(full), Some(text)) = (id, full, text) else { continue };
            if self.practices.contains_key(&id) {
                let first = "above".to_owned();
                reader.report(Problem::DuplicateId { kind: "practice", id, first }, head);
                continue;
            }
            self.practices.insert(id, (full, text));
        }
    }

    /// A text of this file, whose references must be to figures of this file.
    fn words(
        &self,
        field: &Option<Spanned<String>>,
        key: &'static str,
        entry: &str,
        head: &Span,
        catalogue: &Catalogue,
        reader: &mut Reader<'_>,
    ) -> Option<Words> {
        let text = reader.need(field, key, entry, "\"…\"", head)?;
        let words = Words::read(text.get_ref(), &reader.span(text), &catalogue.terms, reader.diagnostics);
        for reference in words.references() {
            let known = reference.region.is_none()
                && (self.figure_ids().any(|id| id == reference.id) || self.failed.contains(&reference.id));
            if !known {
                let near = nearest(&reference.id, self.figure_ids());
                let problem = Problem::DanglingId { kind: "fact", id: reference.id.clone(), near };
                reader.report(problem, words.place_of(reference));
            }
        }
        Some(words)
    }
}
