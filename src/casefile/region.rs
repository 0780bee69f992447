//! A region's file as written.

use serde::Deserialize;
use toml::Spanned;

use super::catalogue::{IndicatorEntry, SourceEntry};
use super::read::Field;

/// `data/regions/<id>.toml`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RegionFile {
    /// `[region]`
    pub region: Option<Spanned<RegionEntry>>,
    /// `[[place]]`
    pub place: Vec<Spanned<PlaceEntry>>,
    /// `[[source]]` that only this region needs
    pub source: Vec<Spanned<SourceEntry>>,
    /// `[[indicator]]` that only this region needs
    pub indicator: Vec<Spanned<IndicatorEntry>>,
    /// `[[fact]]`
    pub fact: Vec<Spanned<FactEntry>>,
    /// `[[derived]]`
    pub derived: Vec<Spanned<DerivedEntry>>,
    /// `[[relation]]`
    pub relation: Vec<Spanned<RelationEntry>>,
    /// `[[mechanism]]`
    pub mechanism: Vec<Spanned<MechanismEntry>>,
    /// `[[case]]`
    pub case: Vec<Spanned<CaseEntry>>,
    /// `[[practice]]`
    pub practice: Vec<Spanned<PracticeEntry>>,
}

/// The region itself.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegionEntry {
    /// The id, which is the file's name.
    pub id: Field<String>,
    /// The name in full.
    pub name: Field<String>,
    /// The name in tables.
    pub short: Field<String>,
    /// In English.
    pub english: Field<String>,
    /// City, county, town …
    pub level: Field<String>,
    /// The places above it, from the top.
    pub within: Field<Vec<String>>,
    /// Another region that it belongs to.
    pub parent: Field<String>,
    /// 建制序.
    pub order: Field<i64>,
    /// Its sources, in the order of their numbers.
    pub sources: Field<Vec<Spanned<String>>>,
    /// Whether it is fictional, which marks every page.
    pub demo: Field<bool>,
}

/// A place within the region.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlaceEntry {
    /// The id.
    pub id: Field<String>,
    /// The name.
    pub name: Field<String>,
    /// In English.
    pub english: Field<String>,
    /// County, town, village …
    pub level: Field<String>,
    /// The place it lies in; default the region.
    pub parent: Field<String>,
    /// The order among the children of its parent.
    pub order: Field<i64>,
}

/// A figure that a source states.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FactEntry {
    /// The id.
    pub id: Field<String>,
    /// What it counts or measures.
    pub indicator: Field<String>,
    /// The number, in the unit.
    pub value: Field<f64>,
    /// The upper end of a range.
    pub upper: Field<f64>,
    /// The unit; default the indicator's.
    pub unit: Field<String>,
    /// As it stands in the source.
    pub as_printed: Field<String>,
    /// What is counted, where the indicator's label is not enough.
    pub label: Field<String>,
    /// The place; default the region.
    pub place: Field<String>,
    /// On a date.
    pub as_of: Field<String>,
    /// Over a period: its first date.
    pub from: Field<String>,
    /// Over a period: its last date.
    pub to: Field<String>,
    /// `not-stated`: the period's start is not stated.
    pub start: Field<String>,
    /// `not-stated`: no time at all.
    pub time: Field<String>,
    /// Whether the time is inferred.
    pub time_inferred: Field<bool>,
    /// How exact it is.
    pub qualifier: Field<String>,
    /// The qualifier's word.
    pub word: Field<String>,
    /// Result, target, expected or capacity.
    pub nature: Field<String>,
    /// 累计.
    pub cumulative: Field<bool>,
    /// Whole, part, single or mean.
    pub coverage: Field<String>,
    /// The mean of how many.
    pub of: Field<i64>,
    /// The source.
    pub source: Field<String>,
    /// The paragraph of the source.
    pub paragraph: Field<i64>,
    /// Who entered it.
    pub entered_by: Field<String>,
    /// Who compared it with the source.
    pub checked_by: Field<String>,
    /// Anything worth knowing.
    pub note: Field<String>,
}

/// A figure that the program computes.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DerivedEntry {
    /// The id, unique among facts and derived figures.
    pub id: Field<String>,
    /// What it is.
    pub label: Field<String>,
    /// How it is computed.
    pub formula: Field<String>,
    /// The unit of the result.
    pub unit: Field<String>,
    /// What it is divided by.
    pub per: Field<String>,
    /// The theme it is listed under.
    pub theme: Field<String>,
    /// The row of a comparison it belongs to.
    pub topic: Field<String>,
    /// The label in a comparison's cell.
    pub short: Field<String>,
    /// Anything worth knowing.
    pub note: Field<String>,
}

/// What the words of a source demand of figures.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RelationEntry {
    /// Sum, descending, equal, members or never-sum.
    pub kind: Field<String>,
    /// The total of a sum.
    pub total: Field<String>,
    /// The parts of a sum.
    pub parts: Field<Vec<Spanned<String>>>,
    /// Figures in descending order.
    pub chain: Field<Vec<Spanned<String>>>,
    /// Equal figures, or figures that must not be added.
    pub facts: Field<Vec<Spanned<String>>>,
    /// The count that members are compared with.
    pub fact: Field<String>,
    /// The mechanism whose members are counted.
    pub mechanism: Field<String>,
    /// `certain` or `plausible`.
    pub strength: Field<String>,
    /// Why figures must not be added.
    pub why: Field<String>,
}

/// A named way of working.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MechanismEntry {
    /// The id.
    pub id: Field<String>,
    /// The name as the source has it.
    pub name: Field<String>,
    /// In English.
    pub english: Field<String>,
    /// Mode, list, cycle …
    pub kind: Field<String>,
    /// Its members, in the order of the source.
    pub members: Field<Vec<Spanned<String>>>,
    /// All, some or none.
    pub members_stated: Field<String>,
    /// How many the name or text says there are.
    pub count: Field<i64>,
    /// The place; default the region.
    pub place: Field<String>,
    /// The source.
    pub source: Field<String>,
    /// The paragraph of the source.
    pub paragraph: Field<i64>,
    /// Who entered it.
    pub entered_by: Field<String>,
    /// Who compared it with the source.
    pub checked_by: Field<String>,
    /// Anything worth knowing.
    pub note: Field<String>,
}

/// A case: what was hard, what was done, what came of it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseEntry {
    /// The id.
    pub id: Field<String>,
    /// Its name.
    pub title: Field<String>,
    /// The place; default the region.
    pub place: Field<String>,
    /// What was hard.
    pub difficulty: Field<String>,
    /// What was done.
    pub action: Field<String>,
    /// What came of it.
    pub outcome: Field<String>,
    /// What the figures stand for.
    pub scope: Field<String>,
    /// The facts it rests on.
    pub facts: Field<Vec<Spanned<String>>>,
    /// The source.
    pub source: Field<String>,
    /// The paragraph of the source.
    pub paragraph: Field<i64>,
}

/// A cell of the presence matrix.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PracticeEntry {
    /// The practice.
    pub id: Field<String>,
    /// `full` or `similar`.
    pub stated: Field<String>,
    /// A few words.
    pub text: Field<String>,
}
