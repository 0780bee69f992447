//! 年度任务单, 四项清单台账 and 更正: how a task and an entry stand on a day follows from their dates, never from a word.
//!
//! What the units themselves report of their tasks is left to their returns.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;

use super::reading::{Own, span_of};
use crate::casefile::{CorrectionsFile, ListsFile, TasksFile};
use crate::diag::{Problem, SourceFile, Span};
use crate::model::catalogue::{Indicator, plain};
use crate::model::time::Period;
use crate::settings::Language;

/// The tasks of a year, and which indicators of a return speak of them.
#[derive(Debug, Clone)]
pub struct Tasks {
    /// How many tasks a unit has.
    pub total: Arc<Indicator>,
    /// How many of them are done.
    pub done: Arc<Indicator>,
    /// What else a return says that is set beside the month before.
    pub also: Vec<Arc<Indicator>>,
    /// The tasks as written.
    pub list: Vec<Task>,
}

/// A task of the year.
#[derive(Debug, Clone)]
pub struct Task {
    /// The id.
    pub id: String,
    /// Who is to do it: the place of the unit in the area.
    pub unit: usize,
    /// What is to be done.
    pub matter: String,
    /// By when.
    pub due: NaiveDate,
    /// The day on which it was done.
    pub done: Option<NaiveDate>,
    /// Where it is stuck.
    pub stuck: Option<String>,
    /// Who is asked to help.
    pub ask: Option<String>,
    /// The new date.
    pub new_due: Option<NaiveDate>,
    /// Where it is written.
    pub span: Span,
}

/// How a task stands at the end of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// It is done.
    Done,
    /// It is due later (按期).
    OnTime,
    /// It is due within the days that the area calls near (临期).
    Near,
    /// Its day is over, by so many calendar days (逾期). With the day itself it begins: at its end the task should have been done.
    Overdue(u32),
}

impl Task {
    /// How it stands at the end of a day.
    pub fn standing(&self, day: NaiveDate, near: u32) -> Standing {
        if self.done.is_some_and(|done| done <= day) {
            return Standing::Done;
        }
        let left = (self.due - day).num_days();
        match u32::try_from(-left) {
            Ok(over) => Standing::Overdue(over),
            Err(_) if left <= i64::from(near) => Standing::Near,
            Err(_) => Standing::OnTime,
        }
    }
}

/// Which of the four lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ListKind {
    /// 资源
    Resource,
    /// 需求
    Need,
    /// 项目
    Project,
    /// 活动
    Activity,
}

impl ListKind {
    const ALL: [(&'static str, Self); 4] = [
        ("resource", Self::Resource),
        ("need", Self::Need),
        ("project", Self::Project),
        ("activity", Self::Activity),
    ];

    /// In Chinese.
    pub fn chinese(self) -> &'static str {
        match self {
            Self::Resource => "资源",
            Self::Need => "需求",
            Self::Project => "项目",
            Self::Activity => "活动",
        }
    }

    /// In the language of a document.
    pub fn in_words(self, language: Language) -> &'static str {
        let english = match self {
            Self::Resource => "resource",
            Self::Need => "request",
            Self::Project => "project",
            Self::Activity => "activity",
        };
        language.pick(self.chinese(), english)
    }
}

/// How an entry stands at the end of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListState {
    /// 未接
    Open,
    /// 在办
    Taken,
    /// 办结
    Closed,
    /// 退回
    Returned,
}

impl ListState {
    /// In Chinese.
    pub fn chinese(self) -> &'static str {
        match self {
            Self::Open => "未接",
            Self::Taken => "在办",
            Self::Closed => "办结",
            Self::Returned => "退回",
        }
    }

    /// In the language of a document.
    pub fn in_words(self, language: Language) -> &'static str {
        let english = match self {
            Self::Open => "open",
            Self::Taken => "in hand",
            Self::Closed => "completed",
            Self::Returned => "sent back",
        };
        language.pick(self.chinese(), english)
    }
}

/// An entry of the four lists.
#[derive(Debug, Clone)]
pub struct Listed {
    /// Its number on paper.
    pub id: String,
    /// Which list.
    pub kind: ListKind,
    /// The matter.
    pub matter: String,
    /// Who brought it.
    pub proposer: String,
    /// The unit that sees to it; none while nobody does.
    pub owner: Option<usize>,
    /// By when.
    pub due: NaiveDate,
    /// The day on which it was entered.
    pub opened: NaiveDate,
    /// The day on which the owner took it on.
    pub taken: Option<NaiveDate>,
    /// The day on which it was completed.
    pub closed: Option<NaiveDate>,
    /// The day on which it was sent back.
    pub returned: Option<NaiveDate>,
    /// What came of it.
    pub result: Option<String>,
}

impl Listed {
    /// How it stands at the end of a day.
    pub fn state(&self, day: NaiveDate) -> ListState {
        let by = |date: Option<NaiveDate>| date.is_some_and(|date| date <= day);
        if by(self.closed) {
            ListState::Closed
        } else if by(self.returned) {
            ListState::Returned
        } else if by(self.taken) {
            ListState::Taken
        } else {
            ListState::Open
        }
    }

    /// The day on which it left the list.
    pub fn ended(&self) -> Option<NaiveDate> {
        self.closed.or(self.returned)
    }
}

/// A figure that was corrected after an issue had printed it.
#[derive(Debug, Clone)]
pub struct Correction {
    /// The unit, by its place in the area.
    pub unit: usize,
    /// The fact of that unit, which now has the right value.
    pub fact: String,
    /// What it was before.
    pub was: f64,
    /// The day on which it was corrected.
    pub day: NaiveDate,
    /// Why.
    pub why: String,
    /// The kind of document that printed it.
    pub document: String,
    /// The period of the issue that printed it.
    pub period: Period,
    /// Its number on paper, where somebody wrote it down.
    pub issue: Option<u32>,
    /// Where it is written.
    pub span: Span,
}

impl Own<'_> {
    pub(super) fn tasks(&mut self, file: &Arc<SourceFile>, raw: &TasksFile, year: i32) -> Option<Tasks> {
        let mut ids = BTreeMap::new();
        let mut tasks = Vec::new();
        for entry in &raw.task {
            let (head, raw) = (span_of(file, entry), entry.get_ref());
            let Some((id, span)) = self.reader(file).need_id(&raw.id, "the task", &head) else { continue };
            let name = format!("task `{id}`");
            self.reader(file).insert(&mut ids, "task", id.clone(), span, ());
            let unit = self.unit(file, &raw.unit, "unit", &name, &head);
            let matter = self.text(file, &raw.matter, "matter", &name, "\"产业园用地手续\"", &head);
            let due = self.need_day(file, &raw.due, "due", &name, &head);
            let done = self.day(file, &raw.done);
            let new_due = self.day(file, &raw.new_due);
            let (Some(unit), Some(matter), Some(due)) = (unit, matter, due) else { continue };
            if chrono::Datelike::year(&due) != year
                && let Some(field) = &raw.due
            {
                self.refuse(format!("{name} is due in another year than {year}"), span_of(file, field));
            }
            if let (Some(new), Some(field)) = (new_due, &raw.new_due)
                && new <= due
            {
                let message = format!("the new date of {name} is not after {due}");
                self.refuse(message, span_of(file, field));
            }
            let (stuck, ask) = (plain(&raw.stuck), plain(&raw.ask));
            tasks.push(Task { id, unit, matter, due, done, stuck, ask, new_due, span: head });
        }
        let head = Span::head(file);
        let total = self.need_indicator(file, &raw.total, "total", "the file", &head);
        let done = self.need_indicator(file, &raw.done, "done", "the file", &head);
        let also = raw.also.as_ref().map(|also| also.get_ref().as_slice()).unwrap_or_default();
        let also = also.iter().filter_map(|field| self.indicator(file, field)).collect();
        Some(Tasks { total: total?, done: done?, also, list: tasks })
    }

    pub(super) fn lists(&mut self, file: &Arc<SourceFile>, raw: &ListsFile) -> Vec<Listed> {
        let mut ids = BTreeMap::new();
        let mut listed = Vec::new();
        for entry in &raw.entry {
            let (head, raw) = (span_of(file, entry), entry.get_ref());
            let Some((id, span)) = self.reader(file).need_id(&raw.id, "the entry", &head) else { continue };
            let name = format!("entry `{id}`");
            self.reader(file).insert(&mut ids, "entry", id.clone(), span, ());
            self.reader(file).need(&raw.kind, "kind", &name, "\"need\"", &head);
            let kind = self.reader(file).one_of(&raw.kind, &ListKind::ALL, None);
            let matter = self.text(file, &raw.matter, "matter", &name, "\"修排水渠\"", &head);
            let proposer = self.text(file, &raw.proposer, "proposer", &name, "\"甲一镇\"", &head);
            let owner = match &raw.owner {
                Some(_) => self.unit(file, &raw.owner, "owner", &name, &head),
                None => None,
            };
            let due = self.need_day(file, &raw.due, "due", &name, &head);
            let opened = self.need_day(file, &raw.opened, "opened", &name, &head);
            let [taken, closed, returned] =
                [&raw.taken, &raw.closed, &raw.returned].map(|field| self.day(file, field));
            let (Some(kind), Some(matter), Some(proposer)) = (kind, matter, proposer) else { continue };
            let (Some(due), Some(opened)) = (due, opened) else { continue };
            if let Some(field) = raw.returned.as_ref().filter(|_| raw.closed.is_some()) {
                let message = format!("{name} is both completed and sent back");
                let hint = "keep the one that holds".to_owned();
                self.diagnostics.push(Problem::KeyConflict { message, hint }, span_of(file, field));
            }
            for (day, field) in
                [(taken, &raw.taken), (closed, &raw.closed), (returned, &raw.returned), (Some(due), &raw.due)]
            {
                if let (Some(day), Some(field)) = (day, field)
                    && day < opened
                {
                    let message = format!("{day} lies before {opened}, when {name} was entered");
                    self.refuse(message, span_of(file, field));
                }
            }
            if raw.taken.is_some() && owner.is_none() && raw.owner.is_none() {
                self.reader(file).need(&raw.owner, "owner", &name, "\"jia-xian\"", &head);
            }
            let result = plain(&raw.result);
            let entry =
                Listed { id, kind, matter, proposer, owner, due, opened, taken, closed, returned, result };
            listed.push(entry);
        }
        listed
    }

    pub(super) fn corrections(&mut self, file: &Arc<SourceFile>, raw: &CorrectionsFile) -> Vec<Correction> {
        let mut corrections = Vec::new();
        for entry in &raw.correction {
            let (head, raw) = (span_of(file, entry), entry.get_ref());
            let name = "the correction";
            let example = "\"yi-xian:tasks-done-2026-10\"";
            let fact = self.text(file, &raw.fact, "fact", name, example, &head);
            let was = self.reader(file).need(&raw.was, "was", name, "6", &head).map(|was| *was.get_ref());
            let day = self.need_day(file, &raw.day, "day", name, &head);
            let why = self.text(file, &raw.why, "why", name, "\"一项还未验收\"", &head);
            let document = self.text(file, &raw.document, "document", name, "\"monthly\"", &head);
            let period = self.text(file, &raw.period, "period", name, "\"2026-10\"", &head);
            let period = period.and_then(|text| {
                let period = Period::parse(&text);
                if let (None, Some(field)) = (period, &raw.period) {
                    let message = format!("`{text}` is not a period");
                    self.diagnostics.push(Problem::BadValue { message }, span_of(file, field));
                }
                period
            });
            let issue = match &raw.issue {
                Some(_) => self.count(file, &raw.issue, "issue", name, &head),
                None => None,
            };
            let Some((unit, fact)) = fact.and_then(|fact| {
                let (unit, fact) = fact.split_once(':')?;
                let unit = self.area.units.iter().position(|(id, _)| id == unit)?;
                Some((unit, fact.to_owned()))
            }) else {
                if let Some(field) = &raw.fact {
                    let message = format!("`{}` names no fact of a unit of the area", field.get_ref());
                    self.diagnostics.push(Problem::BadReference { message }, span_of(file, field));
                }
                continue;
            };
            let (Some(was), Some(day), Some(why), Some(document), Some(period)) =
                (was, day, why, document, period)
            else {
                continue;
            };
            corrections.push(Correction { unit, fact, was, day, why, document, period, issue, span: head });
        }
        corrections
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_stands_as_its_dates_say() {
        let day = |text: &str| text.parse::<NaiveDate>().expect(text);
        let file = SourceFile::new("x", "");
        let mut task = Task {
            id: "x".into(),
            unit: 0,
            matter: "x".into(),
            due: day("2026-10-31"),
            done: None,
            stuck: None,
            ask: None,
            new_due: None,
            span: Span::head(&file),
        };
        let stands = |task: &Task, on: &str| task.standing(day(on), 15);
        assert_eq!(stands(&task, "2026-10-15"), Standing::OnTime);
        assert_eq!(stands(&task, "2026-10-16"), Standing::Near);
        assert_eq!(stands(&task, "2026-10-30"), Standing::Near);
        assert_eq!(stands(&task, "2026-10-31"), Standing::Overdue(0), "the day is over, and it is not done");
        assert_eq!(stands(&task, "2026-11-30"), Standing::Overdue(30));
        task.done = Some(day("2026-11-30"));
        assert_eq!(stands(&task, "2026-11-29"), Standing::Overdue(29));
        assert_eq!(stands(&task, "2026-11-30"), Standing::Done);
    }
}
