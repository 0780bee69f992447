//! The shared files as written: units, indicators, topics, sources, terms.
//!
//! Several of these tables may also stand in a region's file.

use serde::Deserialize;
use toml::Spanned;

use super::read::Field;

/// Any of the shared files: each takes the tables that its name promises, and all go into one catalogue.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CatalogueFile {
    /// `[[unit]]`
    pub unit: Vec<Spanned<UnitEntry>>,
    /// `[[theme]]`
    pub theme: Vec<Spanned<ThemeEntry>>,
    /// `[[indicator]]`
    pub indicator: Vec<Spanned<IndicatorEntry>>,
    /// `[[topic]]`
    pub topic: Vec<Spanned<TopicEntry>>,
    /// `[[practice]]`
    pub practice: Vec<Spanned<PracticeKind>>,
    /// `[[source]]`
    pub source: Vec<Spanned<SourceEntry>>,
    /// `[[term]]`
    pub term: Vec<Spanned<TermEntry>>,
    /// `[[name]]`
    pub name: Vec<Spanned<NameEntry>>,
}

/// A unit of measure.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnitEntry {
    /// As printed: 万元.
    pub symbol: Field<String>,
    /// What it measures: money, count, area …
    pub dimension: Field<String>,
    /// How many base units of the dimension it is.
    pub factor: Field<f64>,
    /// In English; default the symbol.
    pub english: Field<String>,
}

/// A theme: one part of the annex of figures.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ThemeEntry {
    /// The id.
    pub id: Field<String>,
    /// In Chinese.
    pub label: Field<String>,
    /// In English.
    pub english: Field<String>,
    /// The order in annexes.
    pub order: Field<i64>,
}

/// An indicator: what a figure counts or measures.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub struct IndicatorEntry {
    /// The id.
    pub id: Field<String>,
    /// In Chinese.
    pub label: Field<String>,
    /// In English.
    pub english: Field<String>,
    /// What it measures.
    pub dimension: Field<String>,
    /// The usual unit.
    pub unit: Field<String>,
    /// The theme it belongs to.
    pub theme: Field<String>,
    /// `stock` or `flow`.
    pub nature: Field<String>,
    /// What exactly is counted, in one sentence.
    pub definition: Field<String>,
    /// The row of a comparison it belongs to.
    pub topic: Field<String>,
    /// The label in a comparison's cell; default the label.
    pub short: Field<String>,
    /// Indicators of the same definition.
    pub comparable_with: Field<Vec<Spanned<String>>>,
    /// Whether it is counted from January anew each year.
    pub yearly: Field<bool>,
}

/// A row of figures in a comparison.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TopicEntry {
    /// The id.
    pub id: Field<String>,
    /// In Chinese.
    pub label: Field<String>,
    /// In English.
    pub english: Field<String>,
    /// The order of the rows.
    pub order: Field<i64>,
    /// The remark under the table.
    pub note: Field<String>,
}

/// A row of the presence matrix.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PracticeKind {
    /// The id.
    pub id: Field<String>,
    /// In Chinese.
    pub label: Field<String>,
    /// In English.
    pub english: Field<String>,
    /// The order of the rows.
    pub order: Field<i64>,
}

/// A published text that figures were taken from.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceEntry {
    /// The id.
    pub id: Field<String>,
    /// The title in full.
    pub title: Field<String>,
    /// One of the five kinds.
    pub kind: Field<String>,
    /// Who published it first.
    pub publisher: Field<String>,
    /// Where it was read.
    pub carrier: Field<String>,
    /// The byline.
    pub author: Field<String>,
    /// When it was published.
    pub date: Field<String>,
    /// Whether the date is inferred from the content.
    pub inferred: Field<bool>,
    /// The address that the text itself prints.
    pub address: Field<String>,
    /// The day it was read.
    pub read: Field<String>,
    /// SHA-256 of the text that was read.
    pub sha256: Field<String>,
    /// A few words for tables.
    pub short: Field<String>,
    /// Anything worth knowing.
    pub note: Field<String>,
    /// The time it speaks of.
    #[serde(default)]
    pub covers: Vec<Spanned<SpanEntry>>,
}

/// A stretch of time that a source speaks of.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpanEntry {
    /// Which strand of the source.
    pub label: Field<String>,
    /// First date.
    pub from: Field<String>,
    /// Last date.
    pub to: Field<String>,
    /// Whether the first date is stated; default true.
    pub from_stated: Field<bool>,
    /// Whether the last date is stated; default true.
    pub to_stated: Field<bool>,
    /// How far its targets reach.
    pub target: Field<String>,
}

/// A name in both scripts, where a dictionary would get it wrong.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NameEntry {
    /// In simplified characters, as the data have it.
    pub simplified: Field<String>,
    /// In traditional characters.
    pub traditional: Field<String>,
}

/// A term that is not to be used.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TermEntry {
    /// What must not stand in a text.
    pub wrong: Field<String>,
    /// What to write instead.
    pub right: Field<String>,
    /// Why.
    pub why: Field<String>,
}
