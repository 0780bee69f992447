//! Asking an entry for its keys: each question reports what is missing or wrong and goes on.
//!
//! The rules of each kind of entry are left to the modules that ask.

use std::collections::BTreeMap;
use std::sync::Arc;

use toml::Spanned;

use super::time::Date;
use crate::casefile::{self, Field};
use crate::diag::{Diagnostics, Problem, SourceFile, Span, nearest};

/// A file being turned into the model, and what was found wrong on the way.
pub struct Reader<'a> {
    /// The file.
    pub file: &'a Arc<SourceFile>,
    /// What was found.
    pub diagnostics: &'a mut Diagnostics,
}

impl Reader<'_> {
    /// The place of something in the file.
    pub fn span<T>(&self, spanned: &Spanned<T>) -> Span {
        Span::new(self.file, spanned.span())
    }

    /// Reports a problem at a place.
    pub fn report(&mut self, problem: Problem, span: Span) {
        self.diagnostics.push(problem, span);
    }

    /// A key that must be there.
    pub fn need<'f, T>(
        &mut self,
        field: &'f Field<T>,
        key: &'static str,
        entry: &str,
        example: &'static str,
        head: &Span,
    ) -> Option<&'f Spanned<T>> {
        if field.is_none() && !self.was_refused(key, head) {
            self.report(Problem::MissingKey { key, entry: entry.to_owned(), example }, head.clone());
        }
        field.as_ref()
    }

    /// Whether the key stands in this entry with a value that was refused: it is then not missing besides.
    fn was_refused(&self, key: &str, head: &Span) -> bool {
        self.diagnostics.iter().any(|found| {
            let Some(span) =
                found.span.as_ref().filter(|_| matches!(found.problem, Problem::WrongType { .. }))
            else {
                return false;
            };
            let (from, to) = (head.range.end, span.range.start);
            let between =
                (from < to && span.file.path() == self.file.path()).then(|| &self.file.text()[from..to]);
            between.is_some_and(|text| {
                let line = text.rsplit('\n').next().unwrap_or(text);
                !text.contains("\n[") && line.split('=').next().is_some_and(|name| name.trim() == key)
            })
        })
    }

    /// A text that must be there and not be blank.
    pub fn need_text(
        &mut self,
        field: &Field<String>,
        key: &'static str,
        entry: &str,
        example: &'static str,
        head: &Span,
    ) -> Option<String> {
        let text = self.need(field, key, entry, example, head)?;
        if text.get_ref().trim().is_empty() {
            let span = self.span(text);
            self.report(Problem::BadValue { message: format!("`{key}` is blank") }, span);
            return None;
        }
        Some(text.get_ref().clone())
    }

    /// An id that must be there and be written as one.
    pub fn need_id(&mut self, field: &Field<String>, entry: &str, head: &Span) -> Option<(String, Span)> {
        let id = self.need(field, "id", entry, "\"joint-bodies\"", head)?;
        let span = self.span(id);
        let id = id.get_ref();
        if !casefile::is_id(id) {
            self.report(Problem::BadId { id: id.clone() }, span);
            return None;
        }
        Some((id.clone(), span))
    }

    /// A word of a closed set, or the default where the key is absent.
    pub fn one_of<T: Copy>(
        &mut self,
        field: &Field<String>,
        set: &[(&'static str, T)],
        default: Option<T>,
    ) -> Option<T> {
        let Some(word) = field else { return default };
        let found = set.iter().find(|(name, _)| name == word.get_ref()).map(|(_, value)| *value);
        if found.is_none() {
            let known = set.iter().map(|(name, _)| format!("`{name}`")).collect::<Vec<_>>().join(", ");
            let near = nearest(word.get_ref(), set.iter().map(|(name, _)| *name));
            let message = format!("`{}` is none of {known}", word.get_ref());
            let span = self.span(word);
            self.report(Problem::WrongType { message, near }, span);
        }
        found
    }

    /// A date, where the key is there.
    pub fn date(&mut self, field: &Field<String>) -> Option<Date> {
        let text = field.as_ref()?;
        let date = Date::parse(text.get_ref());
        if date.is_none() {
            let span = self.span(text);
            self.report(Problem::BadDate { date: text.get_ref().clone() }, span);
        }
        date
    }

    /// An address must be one, where the key is there.
    pub fn check_address(&mut self, field: &Field<String>) {
        let Some(address) = field else { return };
        if ["http://", "https://"].iter().any(|scheme| address.get_ref().starts_with(scheme)) {
            return;
        }
        let span = self.span(address);
        let message = format!("`{}` is not an address", address.get_ref());
        let hint = "leave `address` out where the text prints none".into();
        self.report(Problem::BadSource { message, hint }, span);
    }

    /// A reference to one of the known ids.
    pub fn known<'k>(
        &mut self,
        kind: &'static str,
        reference: &Spanned<String>,
        known: impl IntoIterator<Item = &'k str> + Clone,
    ) -> Option<String> {
        let id = reference.get_ref();
        if known.clone().into_iter().any(|k| k == id) {
            return Some(id.clone());
        }
        let span = self.span(reference);
        self.report(Problem::DanglingId { kind, id: id.clone(), near: nearest(id, known) }, span);
        None
    }

    /// Puts an entry into a table of ids; a second one of the same id is reported and left out.
    pub fn insert<T>(
        &mut self,
        table: &mut BTreeMap<String, (T, Span)>,
        kind: &'static str,
        id: String,
        span: Span,
        value: T,
    ) {
        if let Some((_, first)) = table.get(&id) {
            let (line, column) = first.start();
            let first = format!("{}:{line}:{column}", first.file.path());
            self.report(Problem::DuplicateId { kind, id, first }, span);
            return;
        }
        table.insert(id, (value, span));
    }
}

/// The names and values of a closed set.
pub(super) type Set<T> = [(&'static str, T)];
