//! A table of two thousand rows: its tags are packed, and the file says what it said before.
//!
//! How many objects a file must have to be packed is left to the typesetter.

use crate::conformance;
use crate::project::Project;
use crate::tools::{have, output};

const TABLE: &str = r#"
#import "../lib/faces.typ": *
#let view = json(sys.inputs.at("briefing", default: "/briefing.json"))
#set document(title: view.title)
#set text(font: tabular, size: 8pt, lang: "zh", region: "CN")
= 清单
#table(columns: 8,
  table.header(..("甲", "乙", "丙", "丁", "戊", "己", "庚", "辛")),
  ..range(2000 * 8).map(cell => [#(cell * 7)]))
#metadata((demo: false, draft: false))<briefing-state>
"#;

#[test]
fn a_tagged_table_of_two_thousand_rows_stays_small_and_whole() {
    if !have(&["faces", "qpdf", "pdftotext"]) {
        return;
    }
    let project = Project::counties();
    project.write("templates/region/main.typ", TABLE);
    project.replace("report.toml", "zone = ", "body_pages = 100\nzone = ");
    project.generate(["--region", "qinghe"]).ok();
    let pdf = project.path("reports/2026-11/region/qinghe.pdf");
    let bytes = std::fs::read(&pdf).expect("a file");
    assert!(bytes.len() < 600 * 1024, "{} bytes", bytes.len());
    assert!(bytes.windows(7).any(|w| w == b"/ObjStm"), "nothing is packed");
    let said = output("qpdf", ["--check", &pdf.display().to_string()]);
    assert!(said.contains("No syntax or stream encoding errors found"), "{said}");
    // Every cell is there, in its order, for a reader that knows nothing of how the file was written.
    let text = output("pdftotext", ["-raw", &pdf.display().to_string(), "-"]);
    let numbers: Vec<usize> = text.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    let written: Vec<usize> = (0..16_000).map(|cell| cell * 7).collect();
    assert!(numbers == written, "{} numbers are read", numbers.len());
    // The same bytes again.
    project.generate(["--region", "qinghe", "--force"]).ok();
    assert!(std::fs::read(&pdf).expect("a file") == bytes, "another run wrote other bytes");
    if conformance::is_there() {
        conformance::conforms(&[pdf], &["2a", "ua1"]);
    }
}
