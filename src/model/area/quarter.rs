//! 季交叉督查: what each inspection found, what was due and mended, what problems have in common.
//!
//! How it is ranked is left to `pace`, who inspects whom to `rotation`.

use std::sync::Arc;

use chrono::NaiveDate;

use super::reading::{Own, span_of};
use crate::casefile::{InspectionEntry, QuarterFile};
use crate::diag::{Problem, SourceFile, Span};
use crate::model::catalogue::plain;
use crate::model::pace::Mended;

/// A quarter of inspections.
#[derive(Debug, Clone, Default)]
pub struct Quarter {
    /// By the place of the unit in the area; none where nothing was reported of it.
    pub inspections: Vec<Option<Inspection>>,
    /// Why a figure of a unit is another than an issue has printed.
    pub notes: Vec<Option<String>>,
    /// What problems have in common, as written.
    pub classes: Vec<Class>,
    /// What was due and is not mended, as written.
    pub overdue: Vec<Overdue>,
    /// A practice worth telling of.
    pub practice: Option<Practised>,
    /// The head of the file.
    pub span: Option<Span>,
}

/// What an inspection of a unit found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Inspection {
    /// How many problems.
    pub found: u32,
    /// How many were due, and how many of those are mended.
    pub mended: Mended,
}

/// Problems of one class.
#[derive(Debug, Clone)]
pub struct Class {
    /// What they have in common.
    pub name: String,
    /// How many.
    pub count: u32,
    /// How they show.
    pub shows: String,
}

/// A problem that was due and is not mended.
#[derive(Debug, Clone)]
pub struct Overdue {
    /// Who is to mend it.
    pub unit: usize,
    /// What it is.
    pub matter: String,
    /// By when it was to be mended.
    pub due: NaiveDate,
    /// By when it is now.
    pub new_due: NaiveDate,
    /// Who sees to it.
    pub supervisor: String,
}

/// A practice worth telling of.
#[derive(Debug, Clone)]
pub struct Practised {
    /// Whose it is.
    pub unit: usize,
    /// In a few words.
    pub name: String,
    /// What is done and what came of it.
    pub text: String,
}

impl Quarter {
    /// Problems found, due and mended over all units that reported.
    pub fn sums(&self) -> (u32, Mended) {
        self.inspections.iter().flatten().fold((0, Mended { due: 0, done: 0 }), |(found, all), one| {
            let mended = Mended { due: all.due + one.mended.due, done: all.done + one.mended.done };
            (found + one.found, mended)
        })
    }
}

impl Own<'_> {
    pub(super) fn quarter(&mut self, file: &Arc<SourceFile>, raw: &QuarterFile) -> Quarter {
        let mut quarter = Quarter {
            inspections: vec![None; self.area.units.len()],
            notes: vec![None; self.area.units.len()],
            span: Some(Span::head(file)),
            ..Quarter::default()
        };
        for entry in &raw.inspection {
            let head = span_of(file, entry);
            let Some((unit, inspection)) = self.inspection(file, entry.get_ref(), &head) else { continue };
            if quarter.inspections[unit].is_some() {
                let id = self.area.units[unit].0.clone();
                let first = format!("[[inspection]] of {}", self.name);
                self.diagnostics.push(Problem::DuplicateId { kind: "unit", id, first }, head);
                continue;
            }
            quarter.inspections[unit] = Some(inspection);
            quarter.notes[unit] = plain(&entry.get_ref().note);
        }
        for entry in &raw.class {
            let (head, raw) = (span_of(file, entry), entry.get_ref());
            let name = self.text(file, &raw.name, "name", "the class", "\"台账不全\"", &head);
            let count = self.count(file, &raw.count, "count", "the class", &head);
            let shows = self.text(file, &raw.shows, "shows", "the class", "\"有清单无结果\"", &head);
            if let (Some(name), Some(count), Some(shows)) = (name, count, shows) {
                quarter.classes.push(Class { name, count, shows });
            }
        }
        for entry in &raw.overdue {
            let (head, raw) = (span_of(file, entry), entry.get_ref());
            let name = "the overdue problem";
            let unit = self.unit(file, &raw.unit, "unit", name, &head);
            let matter = self.text(file, &raw.matter, "matter", name, "\"账目三个月未公开\"", &head);
            let due = self.need_day(file, &raw.due, "due", name, &head);
            let new_due = self.need_day(file, &raw.new_due, "new_due", name, &head);
            let supervisor = self.text(file, &raw.supervisor, "supervisor", name, "\"督查组组长\"", &head);
            if let (Some(unit), Some(matter), Some(due), Some(new_due), Some(supervisor)) =
                (unit, matter, due, new_due, supervisor)
            {
                quarter.overdue.push(Overdue { unit, matter, due, new_due, supervisor });
            }
        }
        if let Some(practice) = &raw.practice {
            let (head, raw) = (span_of(file, practice), practice.get_ref());
            let unit = self.unit(file, &raw.unit, "unit", "the practice", &head);
            let name = self.text(file, &raw.name, "name", "the practice", "\"一张表管到底\"", &head);
            let text = self.text(file, &raw.text, "text", "the practice", "\"…\"", &head);
            if let (Some(unit), Some(name), Some(text)) = (unit, name, text) {
                quarter.practice = Some(Practised { unit, name, text });
            }
        }
        quarter
    }

    fn inspection(
        &mut self,
        file: &Arc<SourceFile>,
        raw: &InspectionEntry,
        head: &Span,
    ) -> Option<(usize, Inspection)> {
        let name = "the inspection";
        let unit = self.unit(file, &raw.unit, "unit", name, head);
        let found = self.count(file, &raw.found, "found", name, head);
        let due = self.count(file, &raw.due, "due", name, head);
        let done = self.count(file, &raw.done, "done", name, head);
        let (unit, found, due, done) = (unit?, found?, due?, done?);
        let mut at_most = |less: u32, more: u32, words: &str, field: &crate::casefile::Field<i64>| {
            if let Some(field) = field.as_ref().filter(|_| less > more) {
                self.refuse(format!("{less} {words} of {more}"), span_of(file, field));
            }
        };
        at_most(due, found, "problems are due", &raw.due);
        at_most(done, due, "problems are mended", &raw.done);
        Some((unit, Inspection { found, mended: Mended { due, done } }))
    }
}
