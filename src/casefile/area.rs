//! What an area keeps besides the returns of its units, as written: tasks, lists, targets, corrections, and one file for each beat.
//!
//! Whether units, days and sums fit together is left to the model.

use serde::Deserialize;
use toml::Spanned;

use super::read::Field;

/// `data/areas/<area>/tasks-<year>.toml`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TasksFile {
    /// As the list of sources names it.
    pub title: Field<String>,
    /// The indicator of a return that says how many tasks there are.
    pub total: Field<String>,
    /// The indicator of a return that says how many of them are done.
    pub done: Field<String>,
    /// Other indicators of a return that are set beside the month before.
    pub also: Field<Vec<Spanned<String>>>,
    /// `[[task]]`
    pub task: Vec<Spanned<TaskEntry>>,
}

/// A task of the year.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TaskEntry {
    /// The id.
    pub id: Field<String>,
    /// Who is to do it.
    pub unit: Field<String>,
    /// What is to be done.
    pub matter: Field<String>,
    /// By when.
    pub due: Field<String>,
    /// The day on which it was done.
    pub done: Field<String>,
    /// Where it is stuck.
    pub stuck: Field<String>,
    /// Who is asked to help.
    pub ask: Field<String>,
    /// The new date.
    pub new_due: Field<String>,
}

/// `data/areas/<area>/lists-<year>.toml`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ListsFile {
    /// As the list of sources names it.
    pub title: Field<String>,
    /// `[[entry]]`
    pub entry: Vec<Spanned<ListEntry>>,
}

/// An entry of the four lists.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListEntry {
    /// The id, which is its number on paper.
    pub id: Field<String>,
    /// `resource`, `need`, `project` or `activity`.
    pub kind: Field<String>,
    /// The matter.
    pub matter: Field<String>,
    /// Who brought it.
    pub proposer: Field<String>,
    /// The unit that sees to it.
    pub owner: Field<String>,
    /// By when.
    pub due: Field<String>,
    /// The day on which it was entered.
    pub opened: Field<String>,
    /// The day on which the owner took it on.
    pub taken: Field<String>,
    /// The day on which it was completed.
    pub closed: Field<String>,
    /// The day on which it was sent back.
    pub returned: Field<String>,
    /// What came of it.
    pub result: Field<String>,
}

/// `data/areas/<area>/targets-<year>.toml`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TargetsFile {
    /// As the list of sources names it.
    pub title: Field<String>,
    /// `[[target]]`
    pub target: Vec<Spanned<TargetEntry>>,
}

/// A target of the year.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TargetEntry {
    /// The id.
    pub id: Field<String>,
    /// The indicator that the units report.
    pub indicator: Field<String>,
    /// How much, in the indicator's unit.
    pub value: Field<f64>,
    /// The indicator of last year's figures.
    pub last_year: Field<String>,
    /// Why there are none to compare with.
    pub not_comparable: Field<String>,
}

/// `data/areas/<area>/corrections-<year>.toml`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CorrectionsFile {
    /// As the list of sources names it.
    pub title: Field<String>,
    /// `[[correction]]`
    pub correction: Vec<Spanned<CorrectionEntry>>,
}

/// A figure that was corrected.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CorrectionEntry {
    /// `unit:fact`, which now has the right value.
    pub fact: Field<String>,
    /// What it was before.
    pub was: Field<f64>,
    /// The day on which it was corrected.
    pub day: Field<String>,
    /// Why.
    pub why: Field<String>,
    /// The kind of document that printed it.
    pub document: Field<String>,
    /// The period of the issue that printed it.
    pub period: Field<String>,
    /// Its number on paper.
    pub issue: Field<i64>,
}

/// `data/areas/<area>/<year>-Q<n>.toml`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct QuarterFile {
    /// As the list of sources names it.
    pub title: Field<String>,
    /// `[[inspection]]`, one for each unit.
    pub inspection: Vec<Spanned<InspectionEntry>>,
    /// `[[class]]`
    pub class: Vec<Spanned<ClassEntry>>,
    /// `[[overdue]]`
    pub overdue: Vec<Spanned<OverdueEntry>>,
    /// `[practice]`
    pub practice: Field<PracticeNote>,
}

/// What an inspection of a unit found.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InspectionEntry {
    /// Who was inspected.
    pub unit: Field<String>,
    /// How many problems were found.
    pub found: Field<i64>,
    /// How many were due to be mended.
    pub due: Field<i64>,
    /// How many of those were.
    pub done: Field<i64>,
    /// Why a figure is another than an issue has printed.
    pub note: Field<String>,
}

/// Problems of one class.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClassEntry {
    /// What they have in common.
    pub name: Field<String>,
    /// How many.
    pub count: Field<i64>,
    /// How they show.
    pub shows: Field<String>,
}

/// A problem that was due and is not mended.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OverdueEntry {
    /// Who is to mend it.
    pub unit: Field<String>,
    /// What it is.
    pub matter: Field<String>,
    /// By when it was to be mended.
    pub due: Field<String>,
    /// By when it is now.
    pub new_due: Field<String>,
    /// Who sees to it.
    pub supervisor: Field<String>,
}

/// A practice worth telling of.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PracticeNote {
    /// Whose it is.
    pub unit: Field<String>,
    /// In a few words.
    pub name: Field<String>,
    /// What is done and what came of it.
    pub text: Field<String>,
}

/// `data/areas/<area>/<year>-H<n>.toml`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HalfFile {
    /// As the list of sources names it.
    pub title: Field<String>,
    /// The day of the visits.
    pub day: Field<String>,
    /// Where they meet.
    pub gather: Field<String>,
    /// `[[stop]]`
    pub stop: Vec<Spanned<StopEntry>>,
    /// `[[decision]]`
    pub decision: Vec<Spanned<DecisionEntry>>,
    /// `[[node]]`
    pub node: Vec<Spanned<NodeEntry>>,
    /// `[[plan]]`
    pub plan: Vec<Spanned<PlanEntry>>,
}

/// A site that is visited.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StopEntry {
    /// When they arrive: `09:00`.
    pub arrive: Field<String>,
    /// When they leave.
    pub leave: Field<String>,
    /// Whose it is.
    pub unit: Field<String>,
    /// Where it is.
    pub place: Field<String>,
    /// What to look at.
    pub look: Field<String>,
    /// One number.
    pub number: Field<String>,
    /// One problem.
    pub problem: Field<String>,
    /// Who speaks.
    pub speaker: Field<String>,
    /// The way to the next one.
    pub way: Field<String>,
}

/// Something that was settled at the meeting.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecisionEntry {
    /// What.
    pub matter: Field<String>,
    /// Who leads.
    pub lead: Field<String>,
    /// By when.
    pub due: Field<String>,
}

/// A point in the time to come.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodeEntry {
    /// When.
    pub day: Field<String>,
    /// What.
    pub matter: Field<String>,
}

/// What is to be done in each month that is left.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanEntry {
    /// The target.
    pub target: Field<String>,
    /// One number for each month that is left.
    pub months: Field<Vec<i64>>,
}

/// `data/areas/<area>/<year>.toml`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct YearFile {
    /// As the list of sources names it.
    pub title: Field<String>,
    /// `[[assessment]]`
    pub assessment: Vec<Spanned<AssessmentEntry>>,
    /// `[[account]]`
    pub account: Vec<Spanned<AccountEntry>>,
    /// `[[carried]]`
    pub carried: Vec<Spanned<CarriedEntry>>,
    /// `[[visit]]`
    pub visit: Vec<Spanned<VisitEntry>>,
    /// `[[next]]`
    pub next: Vec<Spanned<NextEntry>>,
}

/// How a unit was assessed.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AssessmentEntry {
    /// Who.
    pub unit: Field<String>,
    /// `good`, `fair`, `middling` or `poor`.
    pub grade: Field<String>,
    /// What was achieved.
    pub did: Field<String>,
    /// Where it falls short.
    pub lacks: Field<String>,
    /// What to do next year.
    pub next: Field<String>,
}

/// How many of a quarter's problems are mended by now.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountEntry {
    /// The quarter: `2026-Q1`.
    pub quarter: Field<String>,
    /// How many are mended.
    pub done: Field<i64>,
}

/// A problem that goes on into the next year.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CarriedEntry {
    /// The quarter that found it.
    pub quarter: Field<String>,
    /// Who is to mend it.
    pub unit: Field<String>,
    /// What it is.
    pub matter: Field<String>,
    /// By when.
    pub due: Field<String>,
    /// Who sees to it.
    pub supervisor: Field<String>,
}

/// A few words on a site that was looked at.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VisitEntry {
    /// Whose it is.
    pub unit: Field<String>,
    /// Where.
    pub place: Field<String>,
    /// The words.
    pub words: Field<String>,
}

/// A target of the next year.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NextEntry {
    /// The target of this year.
    pub target: Field<String>,
    /// How much.
    pub value: Field<f64>,
}
