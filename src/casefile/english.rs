//! English words as written: what stands beside the data in another language, by the ids of what it translates.
//!
//! Whether every printed word has its English one is asked by the model.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::read::Field;

/// Entries by id.
pub type ById<T> = BTreeMap<String, Spanned<T>>;

/// `data/en/sources.toml`, `indicators.toml`, `topics.toml` and `regions/<id>.toml`; names stand beside the Chinese ones as `english`.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EnglishFile {
    /// `[source.<id>]`
    pub source: ById<SourceWords>,
    /// `[indicator.<id>]`
    pub indicator: ById<IndicatorWords>,
    /// `[topic.<id>]`
    pub topic: ById<TopicWords>,
    /// `[fact.<id>]`
    pub fact: ById<FactWords>,
    /// `[derived.<id>]`
    pub derived: ById<DerivedWords>,
    /// `[mechanism.<id>]`
    pub mechanism: ById<MechanismWords>,
    /// `[case.<id>]`
    pub case: ById<CaseWords>,
    /// `[practice.<id>]`
    pub practice: ById<PracticeWords>,
}

/// Of a source.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SourceWords {
    /// The title in full.
    pub title: Field<String>,
    /// Who published it first.
    pub publisher: Field<String>,
    /// Where it was read.
    pub carrier: Field<String>,
    /// A few words for tables.
    pub short: Field<String>,
    /// The labels of `[[source.covers]]`, in their order.
    pub covers: Field<Vec<Spanned<String>>>,
}

/// Of an indicator.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct IndicatorWords {
    /// The label in a comparison's cell; default the name.
    pub short: Field<String>,
    /// The noun behind its numbers, where that of the unit is wrong for it: firms that Chinese counts by 户.
    pub unit: Field<String>,
}

/// Of a row of a comparison.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TopicWords {
    /// The remark under the table.
    pub note: Field<String>,
}

/// Of a fact.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FactWords {
    /// What is counted.
    pub label: Field<String>,
    /// The remark.
    pub note: Field<String>,
}

/// Of a derived figure.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DerivedWords {
    /// What it is.
    pub label: Field<String>,
    /// The label in a comparison's cell.
    pub short: Field<String>,
    /// The remark.
    pub note: Field<String>,
}

/// Of a mechanism.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MechanismWords {
    /// The name.
    pub name: Field<String>,
    /// The members, in the order of the Chinese ones.
    pub members: Field<Vec<Spanned<String>>>,
}

/// Of a case.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CaseWords {
    /// Its name.
    pub title: Field<String>,
    /// What was hard.
    pub difficulty: Field<String>,
    /// What was done.
    pub action: Field<String>,
    /// What came of it.
    pub outcome: Field<String>,
    /// What the figures stand for.
    pub scope: Field<String>,
}

/// Of a cell of the presence matrix.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PracticeWords {
    /// A few words.
    pub text: Field<String>,
}
