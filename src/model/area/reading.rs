//! What all files of an area have in common: a title, units, days, and how a missing or wrong one is told.
//!
//! What each kind of file holds is left to the modules beside this one.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use chrono::NaiveDate;
use serde::de::DeserializeOwned;
use toml::Spanned;

use super::Kept;
use super::english::Spoken;
use crate::casefile::Field;
use crate::diag::{Diagnostics, Problem, SourceFile, Span};
use crate::disk;
use crate::model::casebook::read;
use crate::model::catalogue::{Catalogue, Indicator};
use crate::model::notice;
use crate::model::reader::Reader;
use crate::settings::Area;

/// A file of an area being read.
pub(super) struct Own<'a> {
    pub(super) area: &'a Area,
    pub(super) catalogue: &'a Catalogue,
    pub(super) path: &'a Path,
    pub(super) name: String,
    pub(super) diagnostics: &'a mut Diagnostics,
}

/// A file of entries, each of which has the title of the file.
pub(super) trait Titled: Spoken + DeserializeOwned + Default {
    fn title(&self) -> &Field<String>;
}

macro_rules! titled {
    ($($file:ident),*) => { $(impl Titled for crate::casefile::$file {
        fn title(&self) -> &Field<String> { &self.title }
    })* };
}
titled!(TasksFile, ListsFile, TargetsFile, CorrectionsFile, QuarterFile, HalfFile, YearFile);

impl Own<'_> {
    /// Reads the file and keeps what `take` makes of it.
    pub(super) fn keep<K: Ord, F: Titled, T>(
        &mut self,
        kept: &mut BTreeMap<K, Kept<T>>,
        key: K,
        take: impl FnOnce(&mut Self, &Arc<SourceFile>, &F) -> Option<T>,
    ) {
        let Some((file, mut entries)) = read::<F>(self.path, &self.name, self.diagnostics) else { return };
        if self.catalogue.language.is_english() {
            self.translate(&file, &mut entries);
        }
        let head = Span::head(&file);
        let title =
            self.text(&file, entries.title(), "title", "the file", "\"示例市2026年年度任务单\"", &head);
        let Some(what) = take(self, &file, &entries) else { return };
        let digest = disk::sha256(file.text().as_bytes());
        kept.insert(key, Kept { title: title.unwrap_or_default(), digest, what });
    }

    pub(super) fn reader<'r>(&'r mut self, file: &'r Arc<SourceFile>) -> Reader<'r> {
        Reader { file, diagnostics: self.diagnostics }
    }

    pub(super) fn text(
        &mut self,
        file: &Arc<SourceFile>,
        field: &Field<String>,
        key: &'static str,
        entry: &str,
        example: &'static str,
        head: &Span,
    ) -> Option<String> {
        self.reader(file).need_text(field, key, entry, example, head)
    }

    /// An indicator of the catalogue.
    pub(super) fn indicator(
        &mut self,
        file: &Arc<SourceFile>,
        field: &Spanned<String>,
    ) -> Option<Arc<Indicator>> {
        let catalogue = self.catalogue;
        let ids = catalogue.indicators.keys().map(String::as_str);
        let id = self.reader(file).known("indicator", field, ids)?;
        catalogue.indicators.get(&id).map(|(indicator, _)| Arc::clone(indicator))
    }

    /// An indicator that must be named.
    pub(super) fn need_indicator(
        &mut self,
        file: &Arc<SourceFile>,
        field: &Field<String>,
        key: &'static str,
        entry: &str,
        head: &Span,
    ) -> Option<Arc<Indicator>> {
        let field = self.reader(file).need(field, key, entry, "\"tasks-done\"", head)?;
        self.indicator(file, field)
    }

    /// A day that must be there.
    pub(super) fn need_day(
        &mut self,
        file: &Arc<SourceFile>,
        field: &Field<String>,
        key: &'static str,
        entry: &str,
        head: &Span,
    ) -> Option<NaiveDate> {
        self.reader(file).need(field, key, entry, "\"2026-11-15\"", head)?;
        self.day(file, field)
    }

    /// A day, where the key is there.
    pub(super) fn day(&mut self, file: &Arc<SourceFile>, field: &Field<String>) -> Option<NaiveDate> {
        notice::day(field.as_ref()?, &mut self.reader(file))
    }

    /// A unit of the area, by its place in the circle.
    pub(super) fn unit(
        &mut self,
        file: &Arc<SourceFile>,
        field: &Field<String>,
        key: &'static str,
        entry: &str,
        head: &Span,
    ) -> Option<usize> {
        let area = self.area;
        let mut reader = self.reader(file);
        let unit = reader.need(field, key, entry, "\"jia-xian\"", head)?;
        let id = reader.known("unit of the area", unit, area.units.iter().map(|(id, _)| id.as_str()))?;
        area.units.iter().position(|(unit, _)| *unit == id)
    }

    /// A count that must be there and not be negative.
    pub(super) fn count(
        &mut self,
        file: &Arc<SourceFile>,
        field: &Field<i64>,
        key: &'static str,
        entry: &str,
        head: &Span,
    ) -> Option<u32> {
        let mut reader = self.reader(file);
        let number = reader.need(field, key, entry, "8", head)?;
        let count = u32::try_from(*number.get_ref()).ok();
        if count.is_none() {
            let message = format!("`{key}` cannot be {}", number.get_ref());
            let span = reader.span(number);
            reader.report(Problem::BadValue { message }, span);
        }
        count
    }

    /// Reports what does not fit together.
    pub(super) fn refuse(&mut self, message: String, span: Span) {
        self.diagnostics.push(Problem::RelationFails { message, certain: true }, span);
    }
}

/// The place of something in a file.
pub(super) fn span_of<T>(file: &Arc<SourceFile>, spanned: &Spanned<T>) -> Span {
    Span::new(file, spanned.span())
}
