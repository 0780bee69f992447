//! What stands within tables and charts: columns, cells, levels, bars, stretches of time.

use serde::Serialize;

use super::{Figure, Runs};

/// What every table and chart has.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Plate {
    /// Among its kind, over the whole document.
    pub number: usize,
    /// A finding.
    pub title: String,
    /// The unit of all its figures.
    pub unit: Option<String>,
    /// The line under it.
    pub source: Runs,
    /// What it shows in words, with the numbers.
    pub alt: String,
}

/// A column of a table.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Column {
    /// Its head.
    pub head: String,
    /// `left`, `center`, `right` or `decimal`.
    pub align: &'static str,
}

/// A cell of a table.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Cell {
    /// What stands in it.
    pub text: Runs,
    /// Hidden digits that align the decimal point.
    pub pad: String,
}

/// A row of a comparison.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct ComparisonRow {
    /// From 1.
    pub no: usize,
    /// The topic.
    pub name: String,
    /// One cell a place; an empty one is a dash.
    pub cells: Vec<Vec<Compared>>,
    /// Out of the closed set.
    pub flags: Vec<&'static str>,
    /// Whether one place alone has figures.
    pub single: bool,
}

/// A figure in a cell of a comparison.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Compared {
    /// What it is.
    pub what: String,
    /// The figure.
    pub figure: Figure,
}

/// What a flag means.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Legend {
    /// 定
    pub flag: &'static str,
    /// 定义不同
    pub means: &'static str,
}

/// A note to a row.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Remark {
    /// The row's number.
    pub row: usize,
    /// The note.
    pub text: String,
}

/// A level of a tree.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct TreeLevel {
    /// How many there are.
    pub figure: Option<Figure>,
    /// What is on it.
    pub boxes: Vec<String>,
    /// `stated` or `not-stated`: how it hangs on the level above.
    pub link: &'static str,
}

/// What stands beside a tree.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Side {
    /// Its heading.
    pub title: String,
    /// Its figures.
    pub items: Vec<Compared>,
}

/// A row of beats.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct RhythmRow {
    /// Who keeps them.
    pub name: String,
    /// The number of the source, 0 for none.
    pub source: usize,
    /// What is done at each; none is a dash.
    pub cells: Vec<Option<String>>,
}

/// A named figure.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Named {
    /// What it is.
    pub name: String,
    /// The figure.
    pub figure: Figure,
}

/// A named figure with a note.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct NamedNote {
    /// What it is.
    pub name: String,
    /// The figure.
    pub figure: Figure,
    /// A few words.
    pub note: Option<Runs>,
}

/// A bar.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct BarItem {
    /// What it is.
    pub name: String,
    /// The figure.
    pub figure: Figure,
    /// Whether it is the largest.
    pub top: bool,
}

/// What spans some parts of a bar.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Brace {
    /// The index of the first part.
    pub from: usize,
    /// The index of the last part.
    pub to: usize,
    /// The words, with the figure as the source prints it.
    pub text: Runs,
}

/// A bar of progress.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct ProgressItem {
    /// What it is.
    pub name: String,
    /// Done of due in per cent.
    pub share: Figure,
    /// What was done.
    pub done: Figure,
    /// What was due.
    pub due: Figure,
}

/// A step of a plan.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Step {
    /// When.
    pub when: String,
    /// What.
    pub what: Runs,
    /// Whether it is a target.
    pub target: bool,
}

/// Two figures of one definition.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Dots {
    /// What it is.
    pub name: String,
    /// The earlier.
    pub before: Figure,
    /// The later.
    pub after: Figure,
}

/// A row of the presence matrix.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct PresenceRow {
    /// The practice.
    pub name: String,
    /// One cell a place.
    pub cells: Vec<PresenceCell>,
}

/// A cell of the presence matrix.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct PresenceCell {
    /// `full`, `similar` or `none`.
    pub mark: &'static str,
    /// A few words.
    pub text: Runs,
}

/// A whole in parts.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct StackItem {
    /// What it is.
    pub name: String,
    /// As many as there are labels; none where nothing is known of them.
    pub parts: Vec<Figure>,
    /// The whole.
    pub whole: Figure,
    /// Why there are no parts: the words in the empty bar.
    pub empty: Option<String>,
}

/// A share against the time that has gone by.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct PaceItem {
    /// What it is.
    pub name: String,
    /// The share that is done.
    pub share: Figure,
    /// What was done.
    pub done: Figure,
    /// The target.
    pub aim: Figure,
    /// How far it is before or behind, in words.
    pub ahead: String,
    /// Whether it is behind.
    pub slow: bool,
}

/// One definition at two times.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Slope {
    /// What it is.
    pub name: String,
    /// The earlier.
    pub before: Figure,
    /// The later.
    pub after: Figure,
    /// The change in words.
    pub change: String,
}

/// One definition at several times.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Trend {
    /// What it is.
    pub name: String,
    /// The unit, as it stands beside the name.
    pub unit: String,
    /// From the oldest.
    pub points: Vec<TrendPoint>,
    /// The change from the first to the last in words, or that it is not computed and why.
    pub change: String,
}

/// A figure at its time.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct TrendPoint {
    /// When, in full.
    pub when: String,
    /// When, short enough for an axis.
    pub tick: String,
    /// The year under the tick, where it begins and the tick does not say it.
    pub year: Option<String>,
    /// Where it stands on the axis: a decimal year.
    pub at: f64,
    /// The figure.
    pub figure: Figure,
    /// The change since the point before in words; the first has none.
    pub change: Option<String>,
    /// Whether something between it and the point before is not known.
    pub gap: bool,
}

/// A row of the time axis.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct TimespanRow {
    /// The source or strand.
    pub name: String,
    /// Its stretches.
    pub bars: Vec<SpanBar>,
    /// The stretch in words.
    pub note: String,
}

/// A stretch of the time axis.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct SpanBar {
    /// `stated`, `presumed` or `target`.
    pub kind: &'static str,
    /// A decimal year.
    pub from: f64,
    /// A decimal year.
    pub to: f64,
}

/// What a kind of stretch means.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct SpanLegend {
    /// The kind.
    pub kind: &'static str,
    /// In words.
    pub means: &'static str,
}
