//! A document of more than three hundred pages: nothing of it is missing.
//!
//! What it takes is measured elsewhere; that files are well-formed and packed is left to `pdf_form` and `long_table`.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::pdf::{squeezed, texts};
use crate::pdf_form::{follow, objects};
use crate::synthetic::workspace;
use crate::tools::{have, output};

/// All rows of the annexes of a view that stand under a key.
fn rows<'a>(view: &'a Value, kind: &str, key: &str) -> Vec<&'a Value> {
    let annexes = view["annexes"].as_array().expect("annexes");
    let annex = annexes.iter().find(|annex| annex["kind"] == kind).expect("an annex of this kind");
    let groups = annex[key].as_array().expect("groups");
    groups.iter().flat_map(|group| group["rows"].as_array().expect("rows")).collect()
}

/// The rows of figures that the body names.
fn named(value: &Value, to: &mut BTreeSet<u64>) {
    match value {
        Value::Object(map) => {
            to.extend(map.get("to").and_then(Value::as_u64).filter(|row| *row > 0));
            map.values().for_each(|value| named(value, to));
        }
        Value::Array(list) => list.iter().for_each(|value| named(value, to)),
        _ => {}
    }
}

/// The pages in their order; their tree has more than one level.
fn pages(objects: &Map<String, Value>) -> Vec<String> {
    fn kids(objects: &Map<String, Value>, node: &str, to: &mut Vec<String>) {
        let value = &objects[&format!("obj:{node}")]["value"];
        match value["/Kids"].as_array() {
            Some(list) => list.iter().filter_map(Value::as_str).for_each(|kid| kids(objects, kid, to)),
            None => to.push(node.to_owned()),
        }
    }
    let root = follow(objects, &objects["trailer"]["value"]["/Root"]);
    let mut found = Vec::new();
    kids(objects, root["/Pages"].as_str().expect("a tree of pages"), &mut found);
    found
}

#[test]
fn a_document_of_three_hundred_pages_is_whole() {
    if !have(&["faces", "qpdf", "pdfinfo", "pdftotext"]) {
        return;
    }
    let project = workspace(&["--regions", "1", "--seed", "7", "--facts", "1000", "--mechanisms", "6000"]);
    // It takes more than the limit that is meant to end what went wrong, and says how to allow it.
    let small = project.generate(["--all", "--memory", "512", "--timeout", "600"]);
    small
        .ends(1)
        .says("the document took more than 512 MiB of memory")
        .says("--memory allows a large document more");
    let run = project.generate(["--all", "--memory", "6144", "--timeout", "600"]);
    run.ok();
    assert_eq!(run.stderr, "");
    let name = project.files("data/regions")[0].replace(".toml", "");
    let pdf = project.path(format!("reports/2026-11/region/{name}.pdf"));
    let view = project.read(&format!("reports/2026-11/region/{name}.json"));
    let view: Value = serde_json::from_str(&view).expect("a view is JSON");

    let info = output("pdfinfo", [&pdf]);
    let count: usize = info
        .lines()
        .find_map(|line| line.strip_prefix("Pages:")?.trim().parse().ok())
        .expect("a number of pages");
    assert!(count >= 300, "{count} pages");
    let checked = output("qpdf", ["--check", &pdf.display().to_string()]);
    assert!(checked.contains("No syntax or stream encoding errors found"), "{checked}");
    let manifest: Value = serde_json::from_str(&project.read("reports/manifest.json")).expect("JSON");
    let entry = &manifest["entries"][format!("2026-11/region/{name}.pdf")];
    assert_eq!((&entry["pages"], entry["body-pages"].as_u64() <= Some(4)), (&count.into(), true), "{entry}");

    let printed: Vec<String> = texts(&pdf);
    assert_eq!(printed.len(), count);
    for (at, page) in printed.iter().enumerate() {
        assert!(squeezed(page).contains(&format!("—{}—", at + 1)), "page {} has no number: {page}", at + 1);
        assert!(page.contains("演示数据"), "page {} is not marked", at + 1);
    }

    // Every figure has its row, in the order of the numbers, and every row its source.
    let (figures, mechanisms) = (rows(&view, "figures", "sections"), rows(&view, "mechanisms", "groups"));
    assert!(figures.len() >= 1000 && mechanisms.len() >= 6000);
    let is_annex = |page: &String| squeezed(page).contains("序号指标数值");
    let annex: Vec<usize> = (0..count).filter(|at| is_annex(&printed[*at])).collect();
    let mut next = 1;
    for page in annex.iter().map(|at| &printed[*at]) {
        for line in page.lines() {
            next += usize::from(line.split_whitespace().next() == Some(&next.to_string()));
        }
    }
    assert_eq!(next - 1, figures.len(), "row {next} of the figures is not printed");
    let places = |page: &String| page.split_whitespace().filter(|word| is_place(word)).count();
    let told = figures.iter().filter(|row| row["figure"]["derived"] != true).count() + mechanisms.len();
    assert_eq!(printed.iter().map(places).sum::<usize>(), told, "a source and its paragraph for each row");

    // What the body names leads to the annex of figures, and every link to a page.
    let objects = objects(&pdf);
    let pages = pages(&objects);
    assert_eq!(pages.len(), count);
    let mut wanted = BTreeSet::new();
    for key in ["lead", "sections", "note"] {
        named(&view[key], &mut wanted);
    }
    let (mut links, mut to_rows) = (0, 0);
    for (here, page) in pages.iter().enumerate() {
        let notes = follow(&objects, &objects[&format!("obj:{page}")]["value"]["/Annots"]);
        for note in notes.as_array().into_iter().flatten() {
            let target = follow(&objects, &follow(&objects, note)["/Dest"]);
            let there = target.as_array().and_then(|target| target[0].as_str());
            let there = there.and_then(|page| pages.iter().position(|known| known == page));
            let there = there.unwrap_or_else(|| panic!("a link of page {} leads to no page", here + 1));
            links += 1;
            to_rows += usize::from(here < annex[0] && annex.contains(&there));
        }
    }
    assert!(wanted.len() > 15 && to_rows >= wanted.len(), "{to_rows} links for {} figures", wanted.len());
    assert!(links > told, "{links} links for {told} rows that lead to their source");
}

/// `1·28`: a source and a paragraph.
fn is_place(word: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    word.split_once('·').is_some_and(|(source, paragraph)| digits(source) && digits(paragraph))
}
