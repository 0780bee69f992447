//! 年终观摩述评: how units were assessed, the account of the year's problems, what goes on into the next year.
//!
//! What each quarter found is left to its own file.

use std::sync::Arc;

use chrono::NaiveDate;

use super::reading::{Own, span_of};
use crate::casefile::YearFile;
use crate::diag::{Problem, SourceFile, Span};
use crate::model::time::Period;
use crate::settings::Language;

/// A year's review.
#[derive(Debug, Clone, Default)]
pub struct Year {
    /// By the place of the unit in the area; none where it was not assessed.
    pub assessments: Vec<Option<Assessment>>,
    /// How much of each quarter's problems is mended, in the order of quarters.
    pub accounts: Vec<Account>,
    /// What goes on into the next year.
    pub carried: Vec<Carried>,
    /// Words on sites that were looked at.
    pub visits: Vec<Visited>,
    /// Targets of the next year.
    pub next: Vec<NextAim>,
}

/// How good somebody judged a unit to be; never computed from indicators.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grade {
    /// 好
    Good,
    /// 较好
    Fair,
    /// 一般
    Middling,
    /// 差
    Poor,
}

impl Grade {
    /// All of them with the names that files use, the best first.
    pub const ALL: [(&'static str, Self); 4] =
        [("good", Self::Good), ("fair", Self::Fair), ("middling", Self::Middling), ("poor", Self::Poor)];

    /// In Chinese.
    pub fn chinese(self) -> &'static str {
        match self {
            Self::Good => "好",
            Self::Fair => "较好",
            Self::Middling => "一般",
            Self::Poor => "差",
        }
    }

    /// In the language of a document.
    pub fn in_words(self, language: Language) -> &'static str {
        let english = match self {
            Self::Good => "good",
            Self::Fair => "fairly good",
            Self::Middling => "average",
            Self::Poor => "poor",
        };
        language.pick(self.chinese(), english)
    }
}

/// How a unit was assessed.
#[derive(Debug, Clone)]
pub struct Assessment {
    /// The grade.
    pub grade: Grade,
    /// What was achieved.
    pub did: String,
    /// Where it falls short.
    pub lacks: String,
    /// What to do next year.
    pub next: String,
}

/// How many of a quarter's problems are mended by the end of the year.
#[derive(Debug, Clone)]
pub struct Account {
    /// The quarter.
    pub quarter: Period,
    /// How many.
    pub done: u32,
    /// Where it is written.
    pub span: Span,
}

/// A problem that goes on into the next year.
#[derive(Debug, Clone)]
pub struct Carried {
    /// The quarter that found it.
    pub quarter: Period,
    /// Who is to mend it.
    pub unit: usize,
    /// What it is.
    pub matter: String,
    /// By when.
    pub due: NaiveDate,
    /// Who sees to it.
    pub supervisor: String,
    /// Where it is written.
    pub span: Span,
}

/// A few words on a site that was looked at.
#[derive(Debug, Clone)]
pub struct Visited {
    /// Whose it is.
    pub unit: usize,
    /// Where.
    pub place: String,
    /// The words.
    pub words: String,
}

/// A target of the next year.
#[derive(Debug, Clone)]
pub struct NextAim {
    /// The target of this year.
    pub target: String,
    /// How much.
    pub value: f64,
    /// Where it is written.
    pub span: Span,
}

impl Own<'_> {
    pub(super) fn year(&mut self, file: &Arc<SourceFile>, raw: &YearFile) -> Year {
        let mut year = Year { assessments: vec![None; self.area.units.len()], ..Year::default() };
        for entry in &raw.assessment {
            let (head, raw) = (span_of(file, entry), entry.get_ref());
            let name = "the assessment";
            let unit = self.unit(file, &raw.unit, "unit", name, &head);
            self.reader(file).need(&raw.grade, "grade", name, "\"good\"", &head);
            let grade = self.reader(file).one_of(&raw.grade, &Grade::ALL, None);
            let did = self.text(file, &raw.did, "did", name, "\"…\"", &head);
            let lacks = self.text(file, &raw.lacks, "lacks", name, "\"…\"", &head);
            let next = self.text(file, &raw.next, "next", name, "\"…\"", &head);
            let (Some(unit), Some(grade), Some(did), Some(lacks), Some(next)) =
                (unit, grade, did, lacks, next)
            else {
                continue;
            };
            if year.assessments[unit].is_some() {
                let id = self.area.units[unit].0.clone();
                let first = format!("[[assessment]] of {}", self.name);
                self.diagnostics.push(Problem::DuplicateId { kind: "unit", id, first }, head);
                continue;
            }
            year.assessments[unit] = Some(Assessment { grade, did, lacks, next });
        }
        for entry in &raw.account {
            let (span, raw) = (span_of(file, entry), entry.get_ref());
            let quarter = self.quarter_of(file, &raw.quarter, "the account", &span);
            let done = self.count(file, &raw.done, "done", "the account", &span);
            if let (Some(quarter), Some(done)) = (quarter, done) {
                year.accounts.push(Account { quarter, done, span });
            }
        }
        year.accounts.sort_by_key(|account| account.quarter);
        for entry in &raw.carried {
            let (span, raw) = (span_of(file, entry), entry.get_ref());
            let name = "the problem";
            let quarter = self.quarter_of(file, &raw.quarter, name, &span);
            let unit = self.unit(file, &raw.unit, "unit", name, &span);
            let matter = self.text(file, &raw.matter, "matter", name, "\"…\"", &span);
            let due = self.need_day(file, &raw.due, "due", name, &span);
            let supervisor = self.text(file, &raw.supervisor, "supervisor", name, "\"市联建办\"", &span);
            if let (Some(quarter), Some(unit), Some(matter), Some(due), Some(supervisor)) =
                (quarter, unit, matter, due, supervisor)
            {
                year.carried.push(Carried { quarter, unit, matter, due, supervisor, span });
            }
        }
        for entry in &raw.visit {
            let (head, raw) = (span_of(file, entry), entry.get_ref());
            let unit = self.unit(file, &raw.unit, "unit", "the site", &head);
            let place = self.text(file, &raw.place, "place", "the site", "\"甲一镇产业园\"", &head);
            let words = self.text(file, &raw.words, "words", "the site", "\"…\"", &head);
            if let (Some(unit), Some(place), Some(words)) = (unit, place, words) {
                year.visits.push(Visited { unit, place, words });
            }
        }
        for entry in &raw.next {
            let (span, raw) = (span_of(file, entry), entry.get_ref());
            let target = self.text(file, &raw.target, "target", "the target", "\"projects\"", &span);
            let value = self.reader(file).need(&raw.value, "value", "the target", "26", &span);
            if let (Some(target), Some(value)) = (target, value) {
                year.next.push(NextAim { target, value: *value.get_ref(), span });
            }
        }
        year
    }

    fn quarter_of(
        &mut self,
        file: &Arc<SourceFile>,
        field: &crate::casefile::Field<String>,
        name: &str,
        head: &Span,
    ) -> Option<Period> {
        let text = self.reader(file).need(field, "quarter", name, "\"2026-Q1\"", head)?;
        let period = Period::parse(text.get_ref()).filter(|period| matches!(period, Period::Quarter(..)));
        if period.is_none() {
            let message = format!("`{}` is no quarter", text.get_ref());
            self.diagnostics.push(Problem::BadValue { message }, span_of(file, text));
        }
        period
    }
}
