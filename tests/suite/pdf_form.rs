//! What other programs say of the PDFs: sound, A4, faces embedded, links that lead somewhere, title and date.

use std::path::Path;

use serde_json::{Map, Value};

use crate::pdf::squeezed;
use crate::project::AS_OF;
use crate::shipped::Shipped;
use crate::tools::output;

#[test]
fn qpdf_finds_nothing_wrong() {
    for (shipped, name) in Shipped::in_all_languages(&["qpdf"]) {
        let pdf = shipped.pdf(name);
        let said = output("qpdf", ["--check", &pdf.display().to_string()]);
        assert!(said.contains("No syntax or stream encoding errors found"), "{}: {said}", pdf.display());
        assert!(!said.to_lowercase().contains("warning"), "{}: {said}", pdf.display());
    }
}

#[test]
fn every_face_is_embedded_as_a_subset_with_a_map_to_unicode() {
    for (shipped, name) in Shipped::in_all_languages(&["pdffonts"]) {
        let pdf = shipped.pdf(name);
        let table = output("pdffonts", [pdf.as_os_str()]);
        // name, type, encoding, emb, sub, uni, object and generation, columns of fixed width
        let rows: Vec<&str> = table.lines().skip(2).collect();
        assert!(rows.len() >= 4, "{}: {table}", pdf.display());
        for row in rows {
            let columns: Vec<&str> = row.split_whitespace().rev().take(5).collect();
            assert_eq!(columns[2..], ["yes", "yes", "yes"], "{}: {row}", pdf.display());
            let tag = row.split_once('+').map(|(tag, _)| tag);
            assert!(tag.is_some_and(|tag| tag.len() == 6), "{}: no subset tag: {row}", pdf.display());
        }
    }
}

#[test]
fn pages_are_a4_and_the_metadata_name_the_document() {
    for (shipped, name) in Shipped::in_all_languages(&["pdfinfo"]) {
        let view = shipped.view(name);
        let mut arguments = vec!["-f".to_owned(), "1".into(), "-l".into(), "99".into(), "-isodates".into()];
        arguments.push(shipped.pdf(name).display().to_string());
        let info = output("pdfinfo", &arguments);
        let value = |key: &str| {
            info.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(':')).map_or("", str::trim)
        };
        assert_eq!(value("Title"), view["title"].as_str().expect("a title").replace('\n', ""), "{name}");
        assert_eq!(value("Subject"), view["description"], "{name}");
        assert_eq!(value("Creator"), "report", "{name}");
        assert_eq!(value("Tagged"), "yes", "{name}");
        assert!(value("CreationDate").starts_with(AS_OF), "{name}: {info}");
        let sizes: Vec<&str> =
            info.lines().filter(|line| line.starts_with("Page") && line.contains("size:")).collect();
        assert!(
            !sizes.is_empty() && sizes.iter().all(|line| line.contains("595.276 x 841.89 pts (A4)")),
            "{name}: {info}"
        );
        let pages: usize = value("Pages").parse().expect("a number");
        assert_eq!(sizes.len(), pages, "{name}");
        let manifest: Value =
            serde_json::from_str(&shipped.project.read("reports/manifest.json")).expect("JSON");
        assert_eq!(manifest["entries"][format!("{name}.pdf")]["pages"], pages, "{name}");
    }
}

/// The objects of a file by their numbers, as qpdf reads them.
pub(crate) fn objects(pdf: &Path) -> Map<String, Value> {
    let json = output("qpdf", ["--json", "--json-key=qpdf", &pdf.display().to_string()]);
    let whole: Value = serde_json::from_str(&json).expect("qpdf writes JSON");
    whole["qpdf"][1].as_object().expect("the objects").clone()
}

/// The object behind a reference such as `12 0 R`; other values as they are.
pub(crate) fn follow<'a>(objects: &'a Map<String, Value>, value: &'a Value) -> &'a Value {
    match value.as_str().and_then(|text| objects.get(&format!("obj:{text}"))) {
        Some(found) => found.get("value").unwrap_or(&Value::Null),
        None => value,
    }
}

#[test]
fn every_link_leads_to_a_page() {
    for (shipped, name) in Shipped::in_all_languages(&["qpdf"]) {
        let objects = objects(&shipped.pdf(name));
        let page_exists = |target: &Value| follow(&objects, target)["/Type"] == "/Page";
        let mut links = 0;
        let mut outline = 0;
        for (id, object) in &objects {
            let value = &object["value"];
            let is_link = value["/Subtype"] == "/Link";
            if let Some(destination) = value.get("/Dest") {
                let target = follow(&objects, destination);
                let target =
                    target.as_array().unwrap_or_else(|| panic!("{name}: {id} leads nowhere: {target}"));
                assert!(page_exists(&target[0]), "{name}: {id} leads to no page");
                if is_link { links += 1 } else { outline += 1 }
            } else if is_link {
                panic!("{name}: {id} is a link with neither destination nor our say: {value}");
            }
        }
        // A link for each figure of the annex at least, and an entry of the outline for each section.
        let sections = shipped.view(name)["sections"].as_array().map_or(0, Vec::len);
        assert!(links > 20 && outline >= sections, "{name}: {links} links, {outline} entries of the outline");
    }
}

#[test]
fn a_body_has_at_most_four_pages_and_the_rest_are_annexes() {
    for (shipped, name) in Shipped::in_all_languages(&["pdftotext"]) {
        let pages = crate::pdf::texts(&shipped.pdf(name));
        let view = shipped.view(name);
        let first = view["annexes"][0]["label"].as_str().expect("an annex");
        let at = pages.iter().position(|page| page.lines().any(|line| line.trim() == first));
        let at = at.unwrap_or_else(|| panic!("{name}: no page begins `{first}`"));
        assert!((1..=4).contains(&at), "{name}: the body has {at} pages");
        // Blanks that part nothing are plain ones in the text layer.
        let date = squeezed(view["masthead"]["date"].as_str().expect("a date"));
        assert!(squeezed(&pages[0]).contains(&date), "{name}: {}", pages[0]);
    }
}
