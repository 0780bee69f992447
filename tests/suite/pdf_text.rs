//! The text layer: each figure of the view stands in it, as often as the view has it.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::pdf::{count, squeezed, texts};
use crate::shipped::Shipped;

/// What a figure prints: a run all of it; a value of a chart without its unit, which may stand in the caption.
fn figures(value: &Value, whole: bool, found: &mut Vec<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| figures(item, whole, found)),
        Value::Object(keys) => {
            if let Some(Value::String(figure)) = keys.get("figure") {
                found.push(figure.clone());
            } else if keys.contains_key("before") && keys.contains_key("label") {
                let parts = if whole {
                    ["before", "label", "after", "unit", "tail"].as_slice()
                } else {
                    &["before", "label", "after"]
                };
                found.push(parts.iter().map(|part| keys[*part].as_str().expect("a text")).collect());
            }
            keys.iter().for_each(|(_, inner)| figures(inner, whole, found));
        }
        _ => {}
    }
}

#[test]
fn every_figure_stands_in_the_text_layer() {
    for (shipped, name) in Shipped::in_all_languages(&["pdftotext"]) {
        let view = shipped.view(name);
        let mut found = Vec::new();
        for (key, part) in view.as_object().expect("a view") {
            figures(part, key == "glance" || key == "annexes", &mut found);
        }
        assert!(found.len() > 40, "{name}: the view is read wrongly: {found:?}");
        let mut wanted: BTreeMap<String, usize> = BTreeMap::new();
        found.iter().for_each(|figure| *wanted.entry(squeezed(figure)).or_default() += 1);
        let text = texts(&shipped.pdf(name)).concat();
        let lacking: Vec<_> = wanted
            .iter()
            .map(|(figure, times)| (figure, times, count(figure, &text)))
            .filter(|(_, times, there)| there < times)
            .collect();
        assert!(lacking.is_empty(), "{name}: figure, times in the view, times in the text: {lacking:?}");
    }
}

/// Titles, headings and captions are found by whoever searches for them.
#[test]
fn words_stand_in_the_text_layer_too() {
    for (shipped, name) in Shipped::in_all_languages(&["pdftotext"]) {
        let view = shipped.view(name);
        let text = squeezed(&texts(&shipped.pdf(name)).concat());
        let mut words: Vec<&str> = vec![view["title"].as_str().expect("a title")];
        words.push(view["masthead"]["name"].as_str().expect("a name"));
        for section in view["sections"].as_array().expect("sections") {
            words.push(section["heading"].as_str().expect("a heading"));
            words.extend(
                section["blocks"].as_array().expect("blocks").iter().filter_map(|b| b["title"].as_str()),
            );
        }
        words.extend(view["annexes"].as_array().expect("annexes").iter().filter_map(|a| a["title"].as_str()));
        for word in words {
            assert!(text.contains(&squeezed(word)), "{name}: no `{word}`");
        }
    }
}

/// Every indicator and mechanism of the annex, whose long tables break over pages.
#[test]
fn no_row_of_an_annex_is_lost_at_a_page_break() {
    for (shipped, name) in Shipped::in_all_languages(&["pdftotext"]) {
        let view = shipped.view(name);
        let text = squeezed(&texts(&shipped.pdf(name)).concat());
        let mut rows = 0;
        for annex in view["annexes"].as_array().expect("annexes") {
            let groups = ["sections", "groups"].iter().filter_map(|key| annex[key].as_array()).flatten();
            for row in groups.flat_map(|group| group["rows"].as_array().expect("rows")) {
                let label =
                    row["indicator"].as_str().or(row["name"].as_str()).expect("what the row is about");
                // A long label breaks into lines between which a cell of the next column may stand.
                let start: String = squeezed(label).chars().take(4).collect();
                assert!(text.contains(&start), "{name}: no row `{label}`");
                rows += 1;
            }
        }
        assert!(rows > 20, "{name} has {rows} rows");
    }
}
