//! Figures, runs and rows as plain words: for the alternative text of charts, and wherever runs are too much.

use super::shape::{Cell, Figure, Named, Run};

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

/// Names with their figures.
pub(super) fn list_in_words(named: &[Named]) -> String {
    named.iter().map(|n| format!("{}{}", n.name, printed(&n.figure))).collect::<Vec<_>>().join("，")
}

/// Rows with the heads of their columns; a row of one cell alone is a heading, which has none.
pub(super) fn table_in_words(heads: &[String], rows: &[Vec<Cell>]) -> String {
    rows.iter()
        .map(|row| {
            if let ([heading], true) = (row.as_slice(), heads.len() > 1) {
                return in_words(&heading.text);
            }
            let cells = heads.iter().zip(row).map(|(head, cell)| format!("{head}{}", in_words(&cell.text)));
            cells.collect::<Vec<_>>().join("，")
        })
        .collect::<Vec<_>>()
        .join("；")
}
