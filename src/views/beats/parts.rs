//! Cells, figures and tables as the documents of the beats need them, and the standing ways of writing a day and a sum.
//!
//! What stands in them is left to the documents.

use chrono::{Datelike, NaiveDate};

use crate::model::{Date, Fact, Region, tenths};
use crate::views::cite::{Citations, Item};
use crate::views::in_words::table_in_words;
use crate::views::numerals::han_of;
use crate::views::shape::{Block, Cell, Column, Figure, Glance, Plate, Run, Runs};

/// What is not stated.
pub(super) const DASH: &str = "—";
/// What does not apply.
pub(super) const NOT_APPLICABLE: &str = "／";
/// What a unit owes and has not sent.
pub(super) const OWED: &str = "应报未报";

/// Plain words.
pub(super) fn words(text: impl Into<String>) -> Runs {
    vec![Run::Words(text.into())]
}

/// A cell with plain words.
pub(super) fn cell(text: impl Into<String>) -> Cell {
    Cell { text: words(text), pad: String::new() }
}

/// A cell with a number.
pub(super) fn count(number: impl std::fmt::Display) -> Cell {
    cell(number.to_string())
}

/// A number as it is printed: whole where it is, else with one digit after the point.
pub(super) fn digits(value: f64) -> String {
    if value.fract() == 0.0 { format!("{value}") } else { format!("{:.1}", tenths(value)) }
}

/// A share with one digit after the point.
pub(super) fn share(value: f64) -> String {
    format!("{:.1}", tenths(value))
}

/// A reported number that leads to its row in the annex.
pub(super) fn cited<'a>(citations: &mut Citations<'a>, region: &'a Region, fact: &'a Fact) -> Cell {
    let figure = citations.figure(region, Item::Fact(fact));
    let run = Run::Figure { figure: figure.label, to: figure.to, source: figure.source, mark: false };
    Cell { text: vec![run], pad: String::new() }
}

/// A figure that the program counted or summed.
pub(super) fn figure(value: f64, label: impl Into<String>, unit: &str) -> Figure {
    Figure {
        value,
        label: label.into(),
        before: String::new(),
        after: String::new(),
        unit: unit.to_owned(),
        tail: String::new(),
        target: false,
        derived: false,
        source: 0,
        to: 0,
    }
}

/// A whole number.
pub(super) fn counted(value: impl Into<f64>, unit: &str) -> Figure {
    let value = value.into();
    figure(value, digits(value), unit)
}

/// A cell of page one.
pub(super) fn glance(figure: Figure, what: &str, more: Option<String>, time: String, sure: &str) -> Glance {
    Glance { figure, what: what.to_owned(), more: more.map(words), time, sure: sure.to_owned() }
}

/// A frame of a chart.
pub(super) fn plate(title: String, unit: Option<&str>, source: String, alt: &str) -> Plate {
    Plate {
        number: 0,
        alt: format!("{title}。{alt}"),
        title,
        unit: unit.map(str::to_owned),
        source: if source.is_empty() { Vec::new() } else { words(source) },
    }
}

/// A table. `heads`: each with its alignment.
pub(super) fn table(
    title: impl Into<String>,
    unit: Option<&str>,
    heads: &[(&str, &'static str)],
    rows: Vec<Vec<Cell>>,
    source: impl Into<String>,
) -> Block {
    let columns: Vec<Column> =
        heads.iter().map(|(head, align)| Column { head: (*head).to_owned(), align }).collect();
    let names: Vec<String> = heads.iter().map(|(head, _)| (*head).to_owned()).collect();
    let plate = plate(
        title.into(),
        unit,
        source.into(),
        &table_in_words(&names, &rows, crate::model::Language::Simplified),
    );
    Block::Table { plate, columns, rows }
}

/// A paragraph.
pub(super) fn prose(lead: Option<&str>, text: impl Into<String>) -> Block {
    Block::Prose { lead: lead.map(str::to_owned), text: words(text) }
}

/// 11月15日, for days of the year that the document is about; another year is named.
pub(super) fn day_in(day: NaiveDate, year: i32) -> String {
    if day.year() == year { format!("{}月{}日", day.month(), day.day()) } else { Date::Day(day).chinese() }
}

/// 五单位合计, 六单位合计; of all units 全市 is left to whoever knows the name.
pub(super) fn sum_of(units: usize) -> String {
    format!("{}单位合计", han_of(units))
}

/// Names with 、 between them.
pub(super) fn list<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    names.into_iter().collect::<Vec<_>>().join("、")
}

/// 快4.2个百分点, 慢21.7个百分点, 持平
pub(super) fn ahead(rate: f64, passed: f64) -> String {
    let by = tenths(rate - passed);
    if by > 0.0 {
        format!("快{}个百分点", share(by))
    } else if by < 0.0 {
        format!("慢{}个百分点", share(-by))
    } else {
        "持平".to_owned()
    }
}

/// ＋21.7, －3.0
pub(super) fn signed_share(rate: f64) -> String {
    let sign = if rate < 0.0 {
        "－"
    } else if rate > 0.0 {
        "＋"
    } else {
        ""
    };
    format!("{sign}{}", share(rate.abs()))
}
