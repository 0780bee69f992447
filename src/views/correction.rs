//! An issue that replaces one with mistakes: the view of today with the notice that says what is another now.
//!
//! What changed is found in `changes`; on which page it stood is left to the typesetter.

use serde_json::Value;

use super::annex;
use super::changes::{Change, Changes, PrintedFigure, title_of};
use super::shape::{Annex, Correction, CorrectionRow, View};
use crate::model::Language;

/// So many rows stand on page one; more have a page of their own.
const ROWS: usize = 5;
/// So many other issues are named on page one; more are named with the table.
const ISSUES: usize = 6;
/// A reason of so many characters, in Chinese and in English, stands in every row; a longer one is said once.
const REASON: (usize, usize) = (14, 30);

/// What a correction says.
pub struct Mistake<'a> {
    /// 1 for the first correction of the issue.
    pub number: u32,
    /// What it replaces: 2026年12月1日印发的第1期（总第1期）.
    pub replaces: String,
    /// Why.
    pub reason: String,
    /// What is another now.
    pub changes: &'a Changes,
    /// Where a figure stood in the wrong issue.
    pub page: &'a dyn Fn(&PrintedFigure) -> String,
    /// Every issue that printed one of the wrong figures.
    pub printed: Vec<String>,
    /// Whether page one has no room for the table, however short it is.
    pub apart: bool,
}

/// Puts the notice on a view.
pub fn corrected(view: &mut View, mistake: Mistake<'_>) {
    let Mistake { number, replaces, reason, changes, page, mut printed, apart } = mistake;
    let language = Language::parse(view.language).unwrap_or_default();
    let apart =
        !changes.figures.is_empty() && (apart || changes.figures.len() > ROWS || printed.len() > ISSUES);
    let why = match () {
        () if reason.chars().count() <= language.pick(REASON.0, REASON.1) => reason.as_str(),
        () if apart => language.pick("见首页", "see page one"),
        () => language.pick("如上", "as above"),
    };
    let rows = changes.figures.iter().map(|change| row(change, view, why, page)).collect();
    let count = |count: usize, chinese: &str, english: &str| {
        (count > 0).then(|| match (language.is_english(), count) {
            (true, 1) => format!("one {english}"),
            (true, _) => format!("{count} {english}s"),
            (false, _) => format!("{chinese}{count}项"),
        })
    };
    let figures = count(changes.figures.len(), "数据", "figure");
    let mechanisms = count(changes.mechanisms.len(), "机制", "mechanism");
    let parts: Vec<String> = [figures, mechanisms].into_iter().flatten().collect();
    let corrected = |stop: &str| match language.is_english() {
        true => format!("{} corrected{stop}", parts.join(" and ")),
        false => format!("更正{}{stop}", parts.join("、")),
    };
    let mut summary = match parts.as_slice() {
        [] => language.pick("更正文字，数据未变。", " Wording corrected, no figure changed.").to_owned(),
        _ => format!("{}{}", language.pick("", " "), corrected(language.pick("。", "."))),
    };
    let mut here = rows;
    if apart {
        let rows = std::mem::take(&mut here);
        let mut others = Vec::new();
        if printed.len() > ISSUES {
            let count = printed.len();
            others = std::mem::replace(
                &mut printed,
                vec![match language.is_english() {
                    true => format!("{count} issues, listed in Annex 1"),
                    false => format!("{count}期，列于附件1"),
                }],
            );
        }
        summary = match language.is_english() {
            true => format!(" {}", corrected("; see Annex 1.")),
            false => corrected("，详见附件1《更正表》。"),
        };
        let remark = language.pick(
            "页次为原件的页次；“—”为原无或已删；资料编号为本件的编号。",
            "Pages are those of the replaced issue; “—”: not there before, or taken out; sources have the numbers of this issue.",
        );
        let remark = remark.to_owned();
        let (label, title) = (String::new(), language.pick("更正表", "Table of corrections").to_owned());
        view.annexes.insert(0, Annex::Corrections { label, title, rows, printed: others, remark });
        annex::label(&mut view.annexes, language);
    }
    view.masthead.issue = view.masthead.issue.take().map(|issue| match (language.is_english(), number) {
        (false, 1) => format!("{issue}（更正）"),
        (false, _) => format!("{issue}（第{number}次更正）"),
        (true, 1) => format!("{issue}, corrected"),
        (true, _) => format!("{issue}, correction {number}"),
    });
    view.correction = Some(Correction { number, replaces, reason, summary, rows: here, printed });
}

fn row(
    change: &Change<PrintedFigure>,
    view: &View,
    why: &str,
    page: &dyn Fn(&PrintedFigure) -> String,
) -> CorrectionRow {
    let language = Language::parse(view.language).unwrap_or_default();
    let dash = || "—".to_owned();
    let (was, is) = change.was_and_is();
    let place = |figure: &PrintedFigure| place_of(figure, view);
    let places = (change.was.as_ref().map(place), change.is.as_ref().map(place));
    let sources = match places {
        (Some(was), Some(is)) if was == is => vec![is],
        (Some(was), Some(is)) => [(language.pick("原：", "was: "), was), (language.pick("今：", "is: "), is)]
            .map(|(word, place)| format!("{word}{place}"))
            .into(),
        (was, is) => was.into_iter().chain(is).collect(),
    };
    let figure = change.is.as_ref().or(change.was.as_ref());
    let derived = figure.is_some_and(|figure| figure.derived);
    CorrectionRow {
        page: change.was.as_ref().map_or_else(dash, page),
        what: figure.map(PrintedFigure::name).unwrap_or_default(),
        was: was.unwrap_or_else(dash),
        is: is.unwrap_or_else(dash),
        why: if derived {
            language.pick("随所据数更正", "follows its operands").to_owned()
        } else {
            why.to_owned()
        },
        sources,
        to: change.is.as_ref().map_or(0, |figure| figure.no),
    }
}

/// Where a figure comes from, by the numbers of this document as far as it lists the source.
fn place_of(figure: &PrintedFigure, view: &View) -> String {
    let english = figure.language.is_english();
    if figure.derived {
        return figure.language.pick("推算", "computed").to_owned();
    }
    let known = view.annexes.iter().find_map(|annex| match annex {
        Annex::Sources { items, .. } => items.iter().find(|item| title_of(&item.text) == figure.source),
        _ => None,
    });
    let paragraph = figure.paragraph.map_or_else(String::new, |paragraph| format!("·{paragraph}"));
    match known {
        Some(item) => format!("{}{}{paragraph}", figure.language.pick("资料", ""), item.no),
        None if english => format!("“{}”{paragraph}", figure.source),
        None => format!("《{}》{paragraph}", figure.source),
    }
}

/// Whether two stored views print the same but for their dates and the notice of a correction.
pub fn same_document(before: &Value, after: &Value) -> bool {
    plain(before) == plain(after)
}

fn plain(view: &Value) -> Value {
    let mut view = view.clone();
    for (part, key) in [("masthead", "issue"), ("masthead", "date"), ("imprint", "date")] {
        if let Some(part) = view[part].as_object_mut() {
            part.remove(key);
        }
    }
    if let Some(keys) = view.as_object_mut() {
        keys.remove("date");
        keys.remove("correction");
    }
    // Who signed, and by what the file is known again, belong to the record, not to what is said.
    if let Some(imprint) = view["imprint"].as_object_mut() {
        imprint.remove("people");
        imprint.remove("code");
    }
    if let Some(annexes) = view["annexes"].as_array_mut() {
        annexes.retain(|annex| annex["kind"] != "corrections");
        for annex in annexes.iter_mut().filter_map(Value::as_object_mut) {
            annex.remove("label");
        }
    }
    // Rows of views that were made before they had ids, and keys that views did not have yet.
    plain_rows(&mut view);
    view
}

fn plain_rows(value: &mut Value) {
    match value {
        Value::Object(keys) => {
            keys.remove("id");
            keys.retain(|_, value| !value.is_null());
            keys.values_mut().for_each(plain_rows);
        }
        Value::Array(items) => items.iter_mut().for_each(plain_rows),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn dates_numbers_ids_and_the_notice_do_not_make_another_document() {
        let before = json!({
            "date": {"iso": "2026-12-01"}, "masthead": {"issue": "第1期", "date": "1日", "name": "甲"},
            "imprint": {"date": "1日"}, "correction": null,
            "annexes": [{"kind": "figures", "label": "附件1", "sections": [{"rows": [{"no": 1}]}]}],
        });
        let mut after = json!({
            "date": {"iso": "2026-12-09"}, "masthead": {"issue": "第1期（更正）", "date": "9日", "name": "甲"},
            "imprint": {"date": "9日"}, "correction": {"number": 1},
            "annexes": [
                {"kind": "corrections", "label": "附件1", "rows": []},
                {"kind": "figures", "label": "附件2", "sections": [{"rows": [{"no": 1, "id": "jia:a"}]}]},
            ],
        });
        assert!(same_document(&before, &after));
        after["masthead"]["name"] = json!("乙");
        assert!(!same_document(&before, &after));
    }
}
