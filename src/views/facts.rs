//! The facts behind a document or a region as a table that other programs read: a row for each stated or derived figure.
//!
//! How they look on paper is left to the annexes.

use serde::Serialize;

use super::cite::{Citations, Item};
use super::shape::Attachment;
use crate::model::Region;

/// A number without a point that its source does not print.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub enum Number {
    /// Without decimals.
    Whole(i64),
    /// With decimals.
    Decimal(f64),
}

impl From<f64> for Number {
    fn from(value: f64) -> Self {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "quantities stay below 1e15, which the model checks"
        )]
        if value.fract() == 0.0 { Self::Whole(value as i64) } else { Self::Decimal(value) }
    }
}

/// A stated or derived figure as other programs read it.
#[derive(Debug, Clone, Serialize)]
pub struct FactRow<'a> {
    /// The region.
    pub region: &'a str,
    /// The id of the fact within it.
    pub id: &'a str,
    /// The name of the place.
    pub place: String,
    /// The indicator; empty for a derived figure.
    pub indicator: &'a str,
    /// What it is.
    pub label: &'a str,
    /// The number.
    pub value: Number,
    /// The upper end of a range.
    pub upper: Option<Number>,
    /// The unit.
    pub unit: &'a str,
    /// How exact it is.
    pub qualifier: &'static str,
    /// Result, target, expectation or capacity.
    pub nature: &'static str,
    /// How much of the place it covers.
    pub coverage: &'static str,
    /// When it held.
    pub time: String,
    /// The id of the source.
    pub source: &'a str,
    /// The paragraph of the source; none for a derived figure.
    pub paragraph: Option<u32>,
    /// As the source prints it.
    pub as_printed: &'a str,
    /// How a derived figure is computed.
    pub formula: &'a str,
    /// Anything worth knowing.
    pub note: &'a str,
}

/// The rows of all figures of a region, as written.
pub fn fact_rows(region: &Region) -> Vec<FactRow<'_>> {
    let stated = region.facts.iter().map(|fact| row(region, Item::Fact(fact)));
    stated.chain(region.derived.iter().map(|derived| row(region, Item::Derived(derived)))).collect()
}

fn row<'a>(region: &'a Region, item: Item<'a>) -> FactRow<'a> {
    let (place, quantity) = (region.place_name(item.place()), item.quantity());
    let common = FactRow {
        region: &region.id,
        id: item.id(),
        place,
        indicator: "",
        label: item.label(),
        value: quantity.value.into(),
        upper: None,
        unit: &quantity.unit,
        qualifier: quantity.qualifier.name(),
        nature: if item.is_ahead() { "target" } else { "result" },
        coverage: item.coverage().name(),
        time: item.time().map_or_else(String::new, |time| time.to_string()),
        source: &item.source().id,
        paragraph: None,
        as_printed: "",
        formula: "",
        note: "",
    };
    match item {
        Item::Fact(fact) => FactRow {
            indicator: &fact.indicator.id,
            upper: quantity.upper.map(Number::from),
            nature: fact.nature.name(),
            paragraph: Some(fact.paragraph),
            as_printed: &fact.as_printed,
            note: fact.note.as_deref().unwrap_or_default(),
            ..common
        },
        Item::Derived(derived) => {
            FactRow { formula: &derived.formula, note: derived.note.as_deref().unwrap_or_default(), ..common }
        }
    }
}

/// Rows as JSON, for programs.
pub fn facts_as_json(rows: &[FactRow<'_>]) -> String {
    serde_json::to_string_pretty(rows).expect("strings and numbers always serialise")
}

/// Rows as comma-separated values, with the byte-order mark by which spreadsheets see that it is UTF-8.
pub fn facts_as_csv(rows: &[FactRow<'_>]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in rows {
        writer.serialize(row).expect("writing to memory does not fail");
    }
    let bytes = writer.into_inner().expect("writing to memory does not fail");
    format!("\u{feff}{}", String::from_utf8(bytes).expect("the cells are text"))
}

/// Rows of text as comma-separated values, likewise; the first are the heads.
///
/// # Panics
/// When rows have other numbers of cells.
pub fn rows_as_csv(rows: &[Vec<String>]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in rows {
        writer.write_record(row).expect("all rows have as many cells");
    }
    let bytes = writer.into_inner().expect("writing to memory does not fail");
    format!("\u{feff}{}", String::from_utf8(bytes).expect("the cells are text"))
}

/// The facts that a document cites, as files within it.
pub(super) fn attachments(citations: &Citations<'_>) -> Vec<Attachment> {
    let rows: Vec<FactRow<'_>> =
        citations.in_order().iter().map(|(region, item)| row(region, *item)).collect();
    let language = citations.language();
    let file = |name, media_type, text, form: &str| Attachment {
        name,
        media_type,
        description: match language.is_english() {
            true => format!("All figures that this issue cites, {form}"),
            false => format!("本期引用的全部数据，{form}"),
        },
        relationship: "data",
        text,
    };
    vec![
        file(
            "facts.csv",
            "text/csv",
            facts_as_csv(&rows),
            language.pick("逗号分隔，供电子表格读取", "comma-separated, for spreadsheets"),
        ),
        file(
            "facts.json",
            "application/json",
            facts_as_json(&rows),
            language.pick("JSON，供程序读取", "JSON, for programs"),
        ),
    ]
}
