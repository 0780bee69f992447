//! Figures, runs and rows as plain words: for the alternative text of charts, and wherever runs are too much.

use super::cite::Item;
use super::shape::{Cell, Figure, Named, Run};
use crate::model::Language;

/// A figure as one word.
pub(super) fn printed(figure: &Figure) -> String {
    let mark = if figure.target { "◇" } else { "" };
    format!("{mark}{}{}{}{}{}", figure.before, figure.label, figure.after, figure.unit, figure.tail)
}

/// Runs as one string.
pub(super) fn in_words(runs: &[Run]) -> String {
    runs.iter()
        .map(|run| match run {
            Run::Words(text) => text.as_str(),
            Run::Figure { figure, .. } => figure.as_str(),
        })
        .collect()
}

/// A name and its figure: 企业926家, firms: 926.
pub(super) fn with_figure(name: &str, figure: &Figure, language: Language) -> String {
    format!("{name}{}{}", language.pick("", ": "), printed(figure))
}

/// Names with their figures.
pub(super) fn list_in_words(named: &[Named], language: Language) -> String {
    let words = named.iter().map(|n| with_figure(&n.name, &n.figure, language));
    words.collect::<Vec<_>>().join(language.pick("，", ", "))
}

/// A name as it stands within an English sentence: with a small letter, unless it is a name of its own.
pub(super) fn within_sentence(name: &str) -> String {
    let mut letters = name.chars();
    match (letters.next(), letters.next()) {
        (Some(first), Some(second)) if second.is_lowercase() && !name.starts_with("Party") => {
            first.to_lowercase().chain(name.chars().skip(1)).collect()
        }
        _ => name.to_owned(),
    }
}

/// The unit that stands at the head of a chart, where its figures stand without it.
pub(super) fn chart_unit(item: &Item<'_>, language: Language) -> String {
    let quantity = item.quantity();
    match &quantity.spoken {
        Some(spoken) if language.is_english() => spoken.noun.clone(),
        _ => quantity.unit.clone(),
    }
}

/// Rows with the heads of their columns; a row of one cell alone is a heading, which has none.
pub(super) fn table_in_words(heads: &[String], rows: &[Vec<Cell>], language: Language) -> String {
    let colon = language.pick("", ": ");
    rows.iter()
        .map(|row| {
            if let ([heading], true) = (row.as_slice(), heads.len() > 1) {
                return in_words(&heading.text);
            }
            let cells =
                heads.iter().zip(row).map(|(head, cell)| format!("{head}{colon}{}", in_words(&cell.text)));
            cells.collect::<Vec<_>>().join(language.pick("，", ", "))
        })
        .collect::<Vec<_>>()
        .join(language.pick("；", "; "))
}
