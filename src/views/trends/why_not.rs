//! The table of what looks alike and does not compare: both figures, their times, and the reason.

use super::LookAlikes;
use super::plates::framed;
use super::reason::told;
use super::times::in_words;
use crate::model::{Catalogue, Fact, Region};
use crate::views::cite::{Citations, Item};
use crate::views::flags::legend;
use crate::views::in_words::table_in_words;
use crate::views::numerals::count_of;
use crate::views::plates::{Cited, source_line};
use crate::views::shape::{Block, Cell, Column, Run};

/// So many rows say why figures do not compare.
const ROWS: usize = 6;

/// The table of what looks alike and does not compare.
pub(super) fn why_not<'a>(
    citations: &mut Citations<'a>,
    region: &'a Region,
    pairs: &[LookAlikes<'a>],
    catalogue: &Catalogue,
) -> Block {
    let language = citations.language();
    let shown = &pairs[..pairs.len().min(ROWS)];
    let words = |text: String| Cell { text: vec![Run::Words(text)], pad: String::new() };
    let mut figures: Vec<Cited<'_>> = Vec::new();
    let mut rows = Vec::new();
    for LookAlikes { before, after, why } in shown {
        let one_name = before.label == after.label;
        let topic = after.indicator.topic.as_ref().and_then(|topic| catalogue.topics.get(topic));
        let name = match topic {
            Some((topic, _)) if !one_name => topic.label.clone(),
            _ => after.label.clone(),
        };
        let mut cell = |fact: &'a Fact| {
            figures.push((region, Item::Fact(fact)));
            let figure = citations.figure(region, Item::Fact(fact));
            let run = Run::Figure {
                figure: fact.quantity.printed(),
                to: figure.to,
                source: figure.source,
                mark: false,
            };
            let time = in_words(fact.time, language);
            // A time that has a bracket of its own stands behind a comma.
            let time = match (time.contains(['（', '(']), language.is_english()) {
                (true, false) => format!("，{time}"),
                (true, true) => format!(", {time}"),
                (false, false) => format!("（{time}）"),
                (false, true) => format!(" ({time})"),
            };
            let label =
                if one_name { String::new() } else { format!("{}{}", fact.label, language.pick("", ": ")) };
            let text = [Run::Words(label), run, Run::Words(time)];
            let text = text.into_iter().filter(|run| *run != Run::Words(String::new())).collect();
            Cell { text, pad: String::new() }
        };
        rows.push(vec![words(name), cell(before), cell(after), words(told(why, language))]);
    }
    let heads =
        language.pick(["事项", "前", "后", "不能相比的原因"], ["What", "Earlier", "Later", "Why not"]);
    let columns = heads.iter().map(|head| Column { head: (*head).to_owned(), align: "left" }).collect();
    let flags = shown.iter().flat_map(|pair| &pair.why).filter_map(|reason| reason.flag(language));
    let flags: Vec<&str> = flags.collect();
    let mut note: String = legend(language)
        .iter()
        .filter(|legend| flags.contains(&legend.flag))
        .map(|legend| match language.is_english() {
            true => format!(" {}: {}.", legend.flag, legend.means),
            false => format!("{}：{}。", legend.flag, legend.means),
        })
        .collect();
    if pairs.len() > ROWS {
        let more = count_of(pairs.len() - ROWS, language);
        note.push_str(&language.pick(format!("另有{more}组未列。"), format!(" Not listed: {more} more.")));
    }
    let count = count_of(shown.len(), language);
    let heads = heads.map(str::to_owned);
    let title = match (language.is_english(), shown.len()) {
        (true, 1) => "Alike, but not comparable: one pair of figures".to_owned(),
        (true, _) => format!("Alike, but not comparable: {count} pairs of figures"),
        (false, _) => format!("看似同类、不能相比的数有{count}组"),
    };
    let mut plate = framed(title, table_in_words(&heads, &rows, language), language);
    plate.source = source_line(citations, &figures, vec![Run::Words(note.trim_start().to_owned())]);
    Block::Table { plate, columns, rows }
}
