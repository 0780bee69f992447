//! The modern style that ships: every kind of document is set in it, says the same, and conforms.
//!
//! What styles are at all is left to `styles`.

use std::path::PathBuf;

use crate::conformance::{conforms, is_there};
use crate::project::{Project, copy_folder, root};
use crate::tools::{have, output};

fn modern(project: Project) -> Project {
    copy_folder(&root().join("styles"), &project.path("styles"));
    project
}

fn pdfs(project: &Project) -> Vec<PathBuf> {
    let files = project.files("reports");
    let pdfs = files.iter().filter(|file| file.ends_with(".pdf"));
    pdfs.map(|file| project.path(format!("reports/{file}"))).collect()
}

#[test]
fn every_sample_is_set_in_it() {
    if !have(&["faces"]) {
        return;
    }
    let run = modern(Project::counties()).run(["template", "test", "modern"]);
    assert_eq!((run.code, run.stdout.lines().count()), (0, 10), "{run:?}");
}

#[test]
fn its_cover_holds_title_figures_and_stamps() {
    if !have(&["faces", "pdftotext"]) {
        return;
    }
    let project = modern(Project::demo());
    let demo =
        ["generate", "--style", "modern", "--as-of", "2026-11-06", "--period", "2026-10", "--area", "shili"];
    project.run(demo).ok();
    let file = pdfs(&project).remove(0);
    let view = project.read("reports/2026-10/monthly/shili.json");
    let view: serde_json::Value = serde_json::from_str(&view).expect("JSON");
    let page = |first: &str| {
        let file = file.display().to_string();
        output("pdftotext", ["-f", first, "-l", first, "-layout", &file, "-"])
    };
    let cover: String = page("1").split_whitespace().collect();
    assert!(cover.contains(view["title"].as_str().expect("a title")), "{cover}");
    let glance = view["glance"].as_array().expect("figures");
    for cell in glance {
        assert!(cover.contains(cell["figure"]["label"].as_str().expect("a label")), "{cell}: {cover}");
    }
    assert!((3..=6).contains(&glance.len()));
    for stamp in ["演示数据", "样稿"] {
        assert!(cover.contains(stamp), "{stamp}: {cover}");
    }
    // The text begins behind it.
    let heading = view["sections"][0]["heading"].as_str().expect("a heading");
    assert!(!cover.contains(heading) && page("2").contains(heading), "{heading}");
}

#[test]
fn it_conforms_to_pdf_a_2a_and_pdf_ua_1() {
    if !is_there() {
        return;
    }
    let project = modern(Project::counties());
    project.generate(["--all", "--style", "modern"]).ok();
    let demo = modern(Project::demo());
    for (period, day) in [
        ("2026-10", "2026-11-06"),
        ("2026-Q3", "2026-10-12"),
        ("2026-H1", "2026-07-12"),
        ("2026", "2026-12-12"),
    ] {
        let run = ["generate", "--style", "modern", "--area", "shili", "--period", period, "--as-of", day];
        demo.run(run).ok();
    }
    let files = [pdfs(&project), pdfs(&demo)].concat();
    assert!(files.len() >= 7, "{files:?}");
    conforms(&files, &["2a", "ua1"]);
}
