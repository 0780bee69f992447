//! What a screen reader finds: heads of tables, charts in words with their numbers, the order of reading, and links there and back.
//!
//! Whether a file conforms to PDF/UA as a whole is left to `conformance`.

use serde_json::{Map, Value};

use crate::pdf::squeezed;
use crate::pdf_form::{follow, objects};
use crate::project::Project;
use crate::shipped::Shipped;
use crate::tools::{have, output};

/// The elements of the tree of a kind: `/TH`, `/Figure`.
fn elements<'a>(objects: &'a Map<String, Value>, kind: &str) -> Vec<&'a Value> {
    objects.values().map(|object| &object["value"]).filter(|value| value["/S"] == kind).collect()
}

/// A string as qpdf's JSON writes it.
fn text_of(value: &Value) -> String {
    value.as_str().and_then(|text| text.strip_prefix("u:")).unwrap_or_default().to_owned()
}

#[test]
fn every_head_of_a_table_says_for_what_it_stands() {
    for (shipped, name) in Shipped::in_all_languages(&["qpdf"]) {
        let objects = objects(&shipped.pdf(name));
        let heads = elements(&objects, "/TH");
        assert!(heads.len() > 10, "{name}: {} heads", heads.len());
        for head in heads {
            let attributes = follow(&objects, &head["/A"]);
            let lists = attributes.as_array().cloned().unwrap_or_else(|| vec![attributes.clone()]);
            let scope = lists.iter().map(|list| &follow(&objects, list)["/Scope"]).find(|s| !s.is_null());
            let scope = scope.and_then(Value::as_str).unwrap_or_default();
            assert!(["/Column", "/Row", "/Both"].contains(&scope), "{name}: a head without scope: {head}");
        }
    }
}

/// All charts of a view, wherever they stand: what they say to those who do not see them, and the numbers they show.
fn charts(value: &Value, found: &mut Vec<(String, Vec<String>)>) {
    match value {
        Value::Object(map) => {
            if let Some(alt) = map.get("alt").and_then(Value::as_str).filter(|alt| !alt.is_empty()) {
                let mut numbers = Vec::new();
                labels(value, &mut numbers);
                found.push((alt.to_owned(), numbers));
            }
            map.values().for_each(|value| charts(value, found));
        }
        Value::Array(list) => list.iter().for_each(|value| charts(value, found)),
        _ => {}
    }
}

/// The digits of all figures in a part of a view.
fn labels(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            if let (Some(label), true) =
                (map.get("label").and_then(Value::as_str), map.contains_key("derived"))
            {
                found.push(label.to_owned());
            }
            map.values().for_each(|value| labels(value, found));
        }
        Value::Array(list) => list.iter().for_each(|value| labels(value, found)),
        _ => {}
    }
}

#[test]
fn every_chart_is_told_in_words_with_the_numbers_that_it_shows() {
    for (shipped, name) in Shipped::in_all_languages(&["qpdf"]) {
        let objects = objects(&shipped.pdf(name));
        let told: Vec<String> =
            elements(&objects, "/Figure").iter().map(|figure| text_of(&figure["/Alt"])).collect();
        assert!(told.iter().all(|alt| !alt.is_empty()), "{name}: a figure without words: {told:?}");
        let mut drawn = Vec::new();
        charts(&shipped.view(name), &mut drawn);
        let is_chart = |alt: &String| told.contains(alt);
        let shown: Vec<_> = drawn.iter().filter(|(alt, _)| is_chart(alt)).collect();
        assert_eq!(shown.len(), told.len(), "{name}: {told:?}");
        for (alt, numbers) in shown {
            for number in numbers {
                assert!(squeezed(alt).contains(&squeezed(number)), "{name}: {number} is not in `{alt}`");
            }
        }
    }
}

#[test]
fn paragraphs_are_read_in_the_order_in_which_they_stand() {
    let Some(shipped) = Shipped::made(&["pdfinfo", "pdftotext"]) else { return };
    // Its time grows with the square of the tree: two documents, the shortest.
    let mut names: Vec<&String> = shipped.names.iter().collect();
    names.sort_by_key(|name| std::fs::metadata(shipped.pdf(name)).map_or(u64::MAX, |file| file.len()));
    for name in names.into_iter().take(2) {
        let pdf = shipped.pdf(name).display().to_string();
        // By the tree: the first words of each paragraph that is long enough to be told from others.
        let tree = output("pdfinfo", ["-struct-text", &pdf]);
        let mut paragraphs: Vec<String> = Vec::new();
        for line in tree.lines() {
            let words = line.trim();
            if words.starts_with("P (block)") {
                paragraphs.push(String::new());
            } else if let Some(words) = words.strip_prefix('"').and_then(|w| w.strip_suffix('"'))
                && let Some(last) = paragraphs.last_mut()
            {
                last.push_str(&squeezed(words));
            } else if words.starts_with("Div") || words.starts_with("Table") {
                paragraphs.push(String::new());
            }
        }
        // By the eye: lines from the top of each page to its foot, headers and page numbers among them.
        let seen = squeezed(&output("pdftotext", ["-layout", &pdf, "-"]));
        let mut at = 0;
        let mut found = 0;
        for paragraph in &paragraphs {
            let start: String = paragraph.chars().take(14).collect();
            if start.chars().count() < 14 {
                continue;
            }
            // One that stands in two columns is read otherwise by eye; one that is in order is behind the last.
            if let Some(next) = seen[at..].find(&start) {
                at += next;
                found += 1;
            } else {
                assert!(!seen.contains(&start), "{name}: `{start}` is read after what stands below it");
            }
        }
        assert!(found >= 8, "{name}: {found} of {} paragraphs are found", paragraphs.len());
    }
}

/// From a figure to its row, from the row to its source, and from both back to where they are first named.
#[test]
fn links_lead_from_a_figure_to_its_source_and_back() {
    for (shipped, name) in Shipped::in_all_languages(&["qpdf"]) {
        let objects = objects(&shipped.pdf(name));
        let pages: Vec<&str> = objects
            .get("trailer")
            .map(|trailer| follow(&objects, &follow(&objects, &trailer["value"]["/Root"])["/Pages"]))
            .and_then(|pages| pages["/Kids"].as_array())
            .map(|kids| kids.iter().filter_map(Value::as_str).collect())
            .unwrap_or_default();
        let number = |page: &str| pages.iter().position(|known| *known == page);
        let (mut on, mut back) = (0, 0);
        for page in &pages {
            let here = number(page).expect("it is of the list");
            let notes = follow(&objects, &objects[&format!("obj:{page}")]["value"]["/Annots"]);
            for note in notes.as_array().into_iter().flatten() {
                let target = follow(&objects, &follow(&objects, note)["/Dest"]);
                let there = target.as_array().and_then(|t| t[0].as_str()).and_then(number);
                let there = there.unwrap_or_else(|| panic!("{name}: a link leads to no page"));
                on += usize::from(there > here);
                back += usize::from(there < here);
            }
        }
        assert!(on > 20 && back > 10, "{name}: {on} links lead on, {back} lead back");
    }
}

#[test]
fn the_facts_behind_a_document_are_attached_with_what_they_are() {
    if !have(&["faces", "qpdf", "pdfdetach"]) {
        return;
    }
    let project = Project::counties();
    project.generate(["--region", "qinghe", "--pdf-standard", "a-3a"]).ok();
    let pdf = project.path("reports/2026-11/region/qinghe.pdf");
    let listed = output("pdfdetach", ["-list", &pdf.display().to_string()]);
    assert!(listed.contains("facts.csv") && listed.contains("facts.json"), "{listed}");
    let objects = objects(&pdf);
    let files: Vec<&Value> = objects
        .values()
        .map(|object| &object["value"])
        .filter(|value| value["/Type"] == "/Filespec")
        .collect();
    assert_eq!(files.len(), 2);
    for file in files {
        assert_eq!(file["/AFRelationship"], "/Data");
        assert!(text_of(&file["/Desc"]).contains("本期引用的全部数据"), "{file}");
    }
    let out = project.path("facts.json");
    output("pdfdetach", ["-save", "2", "-o", &out.display().to_string(), &pdf.display().to_string()]);
    let attached: Value = serde_json::from_str(&project.read("facts.json")).expect("JSON");
    let view: Value =
        serde_json::from_str(&project.read("reports/2026-11/region/qinghe.json")).expect("JSON");
    let annex = view["annexes"].as_array().expect("annexes").iter().find(|a| a["kind"] == "figures");
    let rows: usize = annex.expect("figures")["sections"]
        .as_array()
        .expect("sections")
        .iter()
        .map(|section| section["rows"].as_array().map_or(0, Vec::len))
        .sum();
    assert_eq!(attached.as_array().map(Vec::len), Some(rows), "each figure of the annex and no other");
    // Without the standard that allows files there are none.
    project.generate(["--region", "qinghe", "--force"]).ok();
    let listed = output("pdfdetach", ["-list", &pdf.display().to_string()]);
    assert!(listed.contains("0 embedded files"), "{listed}");
}
