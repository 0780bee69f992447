//! Cells, figures and tables as the documents of the beats need them, and the standing ways of writing a day and a sum.
//!
//! What stands in them is left to the documents.

use chrono::{Datelike, NaiveDate};

use crate::model::{Date, Fact, Indicator, Language, Region, month_name, tenths};
use crate::views::cite::{Citations, Item};
use crate::views::in_words::table_in_words;
use crate::views::numerals::count_of;
use crate::views::shape::{Block, Cell, Column, Figure, Glance, Plate, Run, Runs};

/// What is not stated.
pub(super) const DASH: &str = "—";

/// What does not apply.
pub(super) fn not_applicable(language: Language) -> &'static str {
    language.pick("／", "n/a")
}

/// What a unit owes and has not sent.
pub(super) fn owed(language: Language) -> &'static str {
    language.pick("应报未报", "not reported")
}

/// What stands between parts of a sentence that could each be one.
pub(super) fn semicolon(language: Language) -> &'static str {
    language.pick("；", "; ")
}

/// （演示）, where everything is invented.
pub(super) fn demo_mark(demo: bool, language: Language) -> &'static str {
    if demo { language.pick("（演示）", " (demonstration)") } else { "" }
}

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

/// An amount of what an indicator counts, without its unit.
pub(super) fn amount(value: f64, indicator: &Indicator) -> String {
    match &indicator.spoken {
        Some(spoken) => spoken.say(tenths(value), (value.fract() != 0.0).then_some(1)),
        None => digits(value),
    }
}

/// The unit behind an amount; in English none where the label says what is counted.
pub(super) fn unit_of(indicator: &Indicator) -> String {
    match &indicator.spoken {
        None => indicator.unit.clone(),
        Some(_) if indicator.dimension.is_counted() => String::new(),
        Some(spoken) if spoken.noun.is_empty() || spoken.noun == "%" => spoken.noun.clone(),
        Some(spoken) => format!(" {}", spoken.noun),
    }
}

/// What an indicator counts, as short as it is within a sentence.
pub(super) fn label_of(indicator: &Indicator) -> &str {
    // Chinese labels are short as they are; what is shorter still is meant for the cell of a comparison.
    if indicator.spoken.is_some() { &indicator.short } else { &indicator.label }
}

/// What an indicator counts, with its unit, for rows and heads of tables.
pub(super) fn named(indicator: &Indicator) -> String {
    let unit = unit_of(indicator);
    match &indicator.spoken {
        None => format!("{}（{unit}）", indicator.label),
        Some(_) if unit.is_empty() => capital(label_of(indicator)),
        Some(_) => format!("{} ({})", capital(label_of(indicator)), unit.trim()),
    }
}

/// With a capital letter, as a sentence begins.
pub(super) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// one unit, four units; for sentences in English.
pub(super) fn few(count: usize, one: &str, several: &str) -> String {
    format!("{} {}", count_of(count, Language::English), if count == 1 { one } else { several })
}

/// 1 task, 28 tasks; for sentences in English.
pub(super) fn many(count: impl Into<f64>, one: &str, several: &str) -> String {
    let count = count.into();
    format!("{} {}", digits(count), if count == 1.0 { one } else { several })
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

/// An amount of what an indicator counts.
pub(super) fn measured(value: f64, indicator: &Indicator) -> Figure {
    figure(value, amount(value, indicator), &unit_of(indicator))
}

/// How many there are of something in memory.
pub(super) fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// A cell of page one.
pub(super) fn glance(figure: Figure, what: &str, more: Option<String>, time: String, sure: &str) -> Glance {
    Glance { figure, what: what.to_owned(), more: more.map(words), time, sure: sure.to_owned() }
}

/// A frame of a chart.
pub(super) fn plate(
    title: String,
    unit: Option<&str>,
    source: String,
    alt: &str,
    language: Language,
) -> Plate {
    Plate {
        number: 0,
        alt: format!("{title}{}{alt}", language.pick("。", ". ")),
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
    language: Language,
) -> Block {
    let columns: Vec<Column> =
        heads.iter().map(|(head, align)| Column { head: (*head).to_owned(), align }).collect();
    let names: Vec<String> = heads.iter().map(|(head, _)| (*head).to_owned()).collect();
    let alt = table_in_words(&names, &rows, language);
    let plate = plate(title.into(), unit, source.into(), &alt, language);
    Block::Table { plate, columns, rows }
}

/// A paragraph.
pub(super) fn prose(lead: Option<&str>, text: impl Into<String>) -> Block {
    Block::Prose { lead: lead.map(str::to_owned), text: words(text) }
}

/// 11月15日, 15 November, for days of the year that the document is about; another year is named.
pub(super) fn day_in(day: NaiveDate, year: i32, language: Language) -> String {
    match (day.year() == year, language.is_english()) {
        (true, false) => format!("{}月{}日", day.month(), day.day()),
        (true, true) => format!("{} {}", day.day(), month_name(day.month())),
        (false, _) => Date::Day(day).in_words(language),
    }
}

/// The same for the cells of a table, where English has the first letters of a month: 15 Nov.
pub(super) fn short_day(day: NaiveDate, year: i32, language: Language) -> String {
    if !language.is_english() {
        return day_in(day, year, language);
    }
    let text = format!("{} {}", day.day(), month_name(day.month()).get(..3).unwrap_or_default());
    if day.year() == year { text } else { format!("{text} {}", day.year()) }
}

/// 截至11月30日
pub(super) fn as_of(day: NaiveDate, year: i32, language: Language) -> String {
    format!("{}{}", language.pick("截至", "as of "), day_in(day, year, language))
}

/// 五单位合计, 六单位合计; of all units 全市 is left to whoever knows the name.
pub(super) fn sum_of(units: usize, language: Language) -> String {
    let count = count_of(units, language);
    language.pick(format!("{count}单位合计"), format!("Total of {count}"))
}

/// Names with 、 between them, or with commas and the word and.
pub(super) fn list<'n>(names: impl IntoIterator<Item = &'n str>, language: Language) -> String {
    let names: Vec<&str> = names.into_iter().collect();
    match names.split_last() {
        Some((last, first)) if language.is_english() && !first.is_empty() => {
            format!("{} and {last}", first.join(", "))
        }
        _ => names.join("、"),
    }
}

/// 快4.2个百分点, 慢21.7个百分点, 持平
pub(super) fn ahead(rate: f64, passed: f64, language: Language) -> String {
    let by = tenths(rate - passed);
    let points = share(by.abs());
    if by > 0.0 {
        language.pick(format!("快{points}个百分点"), format!("{points} points ahead"))
    } else if by < 0.0 {
        language.pick(format!("慢{points}个百分点"), format!("{points} points behind"))
    } else {
        language.pick("持平", "level").to_owned()
    }
}

/// The same under a head that names the unit.
pub(super) fn ahead_by(points: f64, language: Language) -> String {
    ahead(points, 0.0, language).replace(language.pick("个百分点", " points"), "")
}

/// The sign of a difference: ＋, －, or nothing.
pub(super) fn sign(by: f64, language: Language) -> &'static str {
    if by < 0.0 {
        language.pick("－", "−")
    } else if by > 0.0 {
        language.pick("＋", "+")
    } else {
        ""
    }
}

/// ＋21.7, －3.0
pub(super) fn signed_share(rate: f64, language: Language) -> String {
    format!("{}{}", sign(rate, language), share(rate.abs()))
}
