//! A new region is one file, written as `docs/data.md` says, without a text and without a line anywhere else.

use serde_json::Value;

use crate::project::{Project, root};
use crate::tools::have;

const FILE: &str = "data/regions/xinhe.toml";

/// A region with a source and an indicator of its own, and so many facts in one theme.
fn region(facts: usize) -> String {
    let mut text = "format = 1

[region]
id = \"xinhe\"
name = \"新河县\"
english = \"Xinhe\"
level = \"county\"
order = 3
sources = [\"xinhe-2025\"]

[[source]]
id = \"xinhe-2025\"
title = \"新河县联建工作综述\"
kind = \"organ\"
date = \"2025-08\"
read = \"2026-11-22\"
sha256 = \"cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc\"
"
    .to_owned();
    if facts > 0 {
        text.push_str(
            "
[[indicator]]
id = \"river-groups\"
label = \"护河小组\"
english = \"river groups\"
dimension = \"count\"
unit = \"个\"
theme = \"organisation\"
nature = \"stock\"
definition = \"联建党组织设的护河小组数\"
",
        );
    }
    for n in 1..=facts {
        text.push_str(&format!(
            "
[[fact]]
id = \"groups-{n}\"
indicator = \"river-groups\"
value = {value}
as_printed = \"{value}个\"
label = \"第{n}段护河小组\"
as_of = \"2025-07\"
coverage = \"part\"
source = \"xinhe-2025\"
paragraph = {n}
entered_by = \"编辑甲\"
checked_by = \"编辑乙\"
",
            value = n + 2,
        ));
    }
    text
}

/// Checks without a word, and makes the briefing; its view.
#[track_caller]
fn made(facts: usize) -> Value {
    let project = Project::counties();
    project.write(FILE, region(facts));
    let check = project.check();
    check.ok();
    assert_eq!(check.stderr, "checked: no errors, 0 warnings\n");
    let run = project.generate(["--region", "xinhe"]);
    run.ok().prints("made region xinhe: ");
    assert_eq!(run.stderr, "");
    project.run(["list", "documents"]).ok().prints("region       xinhe         xinhe");
    serde_json::from_str(&project.read("reports/2026-11/region/xinhe.json")).expect("a view is JSON")
}

fn rows(view: &Value) -> usize {
    let annexes = view["annexes"].as_array().expect("annexes");
    let figures = annexes.iter().filter(|annex| annex["kind"] == "figures");
    figures
        .flat_map(|a| a["sections"].as_array().expect("sections"))
        .map(|s| s["rows"].as_array().expect("rows").len())
        .sum()
}

#[test]
fn a_region_with_a_few_facts() {
    if !have(&["faces"]) {
        return;
    }
    let view = made(5);
    assert_eq!(view["title"], "新河县基层党组织联建情况");
    assert!(view["lead"].to_string().contains("资料所载数字5项"), "{}", view["lead"]);
    assert_eq!(rows(&view), 5);
    let blocks = view["sections"][0]["blocks"].as_array().expect("blocks");
    assert_eq!(blocks[0]["kind"], "table");
    assert_eq!(blocks[0]["rows"].as_array().map(Vec::len), Some(5));
    assert_eq!(view["sections"][0]["heading"], "一、组织");
}

#[test]
fn a_region_with_one_fact() {
    if have(&["faces"]) {
        let view = made(1);
        assert_eq!(view["glance"], serde_json::json!([]), "one figure makes no first page of three");
        assert_eq!(rows(&view), 1);
    }
}

#[test]
fn a_region_of_which_nothing_is_known() {
    if have(&["faces"]) {
        let view = made(0);
        assert_eq!((view["sections"].as_array().map(Vec::len), rows(&view)), (Some(0), 0));
        assert!(view["annexes"].to_string().contains("新河县联建工作综述"), "its source stands in the annex");
    }
}

#[test]
fn a_region_with_forty_facts_in_one_theme() {
    if !have(&["faces", "pdftotext"]) {
        return;
    }
    let view = made(40);
    assert_eq!(rows(&view), 40);
    let table = &view["sections"][0]["blocks"][0];
    assert_eq!(table["rows"].as_array().map(Vec::len), Some(6), "the body has the first, the annex all");
    assert!(table["source"].to_string().contains("本表列6项，共40项，余见附件。"), "{}", table["source"]);
}

/// Different indicators fill the first page: three cells or six.
#[test]
fn the_default_first_page_has_three_cells_or_six() {
    if !have(&["faces"]) {
        return;
    }
    let project = Project::counties();
    // Three indicators in one county, eight in the other.
    assert_eq!(project.view(["--region", "baishi"])["glance"].as_array().map(Vec::len), Some(3));
    std::fs::remove_file(project.path("data/texts/region-qinghe.toml")).expect("its text");
    let view = project.view(["--region", "qinghe"]);
    let cells = view["glance"].as_array().expect("cells");
    assert_eq!(cells.len(), 6);
    assert!(cells.iter().all(|cell| cell["time"].as_str().is_some_and(|time| !time.is_empty())), "{cells:?}");
    let kinds: Vec<_> = view["sections"]
        .as_array()
        .expect("sections")
        .iter()
        .flat_map(|s| s["blocks"].as_array().expect("blocks"))
        .map(|b| b["kind"].as_str().unwrap_or("?"))
        .collect();
    for kind in ["table", "segments", "ladder", "aims"] {
        assert!(kinds.contains(&kind), "no {kind} out of the relations and targets: {kinds:?}");
    }
}

/// A period cuts at its end: what was published later is not in it, and a text that speaks of it gives way.
#[test]
fn a_period_before_the_source_knows_nothing_of_it() {
    if !have(&["faces"]) {
        return;
    }
    let project = Project::counties();
    let run = project.generate(["--region", "qinghe", "--period", "2025-06"]);
    run.ok().says("warning[text-too-late]");
    let view: Value =
        serde_json::from_str(&project.read("reports/2025-06/region/qinghe.json")).expect("JSON");
    assert_eq!(rows(&view), 0);
    assert!(!view.to_string().contains("58个"), "a figure from the future");
    let later = project.view(["--region", "qinghe", "--period", "2025-07"]);
    assert_eq!(rows(&later), 16, "all facts and derived figures");
}

#[test]
fn a_text_of_a_period_serves_that_period_alone() {
    if !have(&["faces"]) {
        return;
    }
    let project = Project::counties();
    project.write("data/texts/region-qinghe-2026-11.toml", "format = 1\ntitle = \"青河县十一月情况\"\n");
    project.check().ok();
    for (period, title) in [("2026-11", "青河县十一月情况"), ("2026-12", "青河县联建情况")] {
        assert_eq!(project.view(["--region", "qinghe", "--period", period])["title"], title);
    }
}

/// The page that teaches the data shows entries that the program takes.
#[test]
fn the_keys_that_the_guide_shows_are_known() {
    if !have(&["faces"]) {
        return;
    }
    let guide = std::fs::read_to_string(root().join("docs/data.md")).expect("the guide");
    let blocks: Vec<&str> =
        guide.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert!(blocks.len() >= 12, "{} examples", blocks.len());
    let project = Project::counties();
    let region: Vec<&str> = blocks
        .iter()
        .filter(|b| {
            ["[region]", "[[place]]", "[[fact]]", "[[derived]]", "[[mechanism]]", "[[case]]"]
                .iter()
                .any(|head| b.starts_with(head))
        })
        .copied()
        .collect();
    project.write("data/regions/guide.toml", format!("format = 1\n\n{}", region.join("\n")));
    let text = blocks.iter().find(|block| block.starts_with("format = 1\ntitle")).expect("a text");
    project.write("data/texts/region-qinghe.toml", text);
    let run = project.check();
    for code in ["unknown-key", "wrong-type", "syntax"] {
        let lines: Vec<_> = run.stderr.lines().filter(|line| line.contains(&format!("[{code}]"))).collect();
        assert!(lines.is_empty(), "{lines:#?}");
    }
    run.ends(2).says("data/regions/guide.toml:").says("data/texts/region-qinghe.toml:");
}
