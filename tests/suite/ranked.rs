//! What may be ranked: results of one definition, time, level and coverage; everything else is flagged and left unranked.

use serde_json::Value;

use crate::project::Project;
use crate::tools::have;

/// The comparison of the two counties after a change of the second.
fn compared(from: &str, to: &str) -> Value {
    let project = Project::counties();
    project.replace("data/regions/baishi.toml", from, to);
    project.view(["--compare", "qinghe,baishi"])
}

fn blocks<'a>(view: &'a Value, kind: &str) -> Vec<&'a Value> {
    let sections = view["sections"].as_array().expect("sections").iter();
    sections.flat_map(|s| s["blocks"].as_array().expect("blocks")).filter(|b| b["kind"] == kind).collect()
}

/// The flags of the row of 财政扶持: its own and those that hold for every row.
fn flags(view: &Value) -> String {
    let table = blocks(view, "comparison")[0];
    let rows = table["rows"].as_array().expect("rows");
    let row = rows.iter().find(|row| row["name"] == "财政扶持").expect("its row");
    let own = row["flags"].as_array().expect("flags").iter();
    let all = own.chain(table["common"].as_array().expect("flags"));
    all.map(|flag| flag.as_str().expect("a flag")).collect()
}

/// The places in the chart that ranks the grants, largest first.
fn ranked(view: &Value) -> Vec<&str> {
    let bars = blocks(view, "bars");
    let grants = bars.iter().find(|b| b["unit"] == "万元").and_then(|b| b["items"].as_array());
    grants.into_iter().flatten().map(|item| item["name"].as_str().expect("a name")).collect()
}

#[test]
fn like_is_ranked_with_like() {
    if !have(&["faces"]) {
        return;
    }
    let project = Project::counties();
    let view = project.view(["--compare", "baishi,qinghe"]);
    assert_eq!((flags(&view).as_str(), ranked(&view)), ("", vec!["青河", "白石"]));
    let bars = blocks(&view, "bars");
    assert_eq!(bars.len(), 1, "the towns and the target of 联建主体 stand beside the county: no rank");
    let items = bars[0]["items"].as_array().expect("bars");
    let labels: Vec<_> = items.iter().map(|item| (&item["figure"]["label"], &item["top"])).collect();
    assert_eq!(labels, [(&"563".into(), &true.into()), (&"381".into(), &false.into())]);
    project.generate(["--compare", "baishi,qinghe"]).ok();
}

#[test]
fn what_differs_is_flagged_and_not_ranked() {
    if !have(&["faces"]) {
        return;
    }
    for (from, to, flag) in [
        ("to = \"2025-06\"", "to = \"2025-03\"", "期"),
        ("from = \"2025-01\"", "start = \"not-stated\"", "期"),
        ("to = \"2025-06\"\n", "to = \"2025-06\"\ntime_inferred = true\n", "期"),
        ("level = \"county\"", "level = \"zone\"", "级"),
        ("to = \"2025-06\"\ncoverage = \"whole\"", "to = \"2025-06\"\ncoverage = \"part\"", "围"),
        ("to = \"2025-06\"\n", "to = \"2025-06\"\nnature = \"target\"\n", "性"),
    ] {
        let view = compared(from, to);
        assert_eq!(flags(&view), flag, "{to}");
        assert!(ranked(&view).is_empty(), "{to}: {:?}", ranked(&view));
    }
}

#[test]
fn another_definition_is_flagged_unless_it_is_declared_the_same() {
    if !have(&["faces"]) {
        return;
    }
    let own = |same: &str| {
        let indicator = format!(
            "[[indicator]]\nid = \"own-grant\"\nlabel = \"本县补助\"\nenglish = \"own grant\"\ndimension = \"money\"\nunit = \"万元\"\n\
             theme = \"funds\"\nnature = \"flow\"\ndefinition = \"本县自定的口径\"\ntopic = \"money\"\ncomparable_with = [{same}]\n"
        );
        let project = Project::counties();
        project.replace("data/regions/baishi.toml", "indicator = \"grant\"", "indicator = \"own-grant\"");
        let region = project.read("data/regions/baishi.toml");
        project.write("data/regions/baishi.toml", format!("{region}\n{indicator}"));
        project.view(["--compare", "baishi,qinghe"])
    };
    let view = own("");
    assert_eq!((flags(&view).as_str(), ranked(&view)), ("定", Vec::new()));
    let view = own("\"grant\"");
    assert_eq!((flags(&view).as_str(), ranked(&view)), ("", vec!["青河", "白石"]));
}

#[test]
fn a_bound_is_not_ranked_and_another_kind_of_source_is() {
    if !have(&["faces"]) {
        return;
    }
    let view = compared("as_printed = \"381万元\"", "as_printed = \"近381万元\"\nqualifier = \"nearly\"");
    assert!(ranked(&view).is_empty(), "近381 may be less or more than another figure");
    let project = Project::counties();
    let sources = project.read("data/sources.toml");
    let (first, second) = sources.split_once("id = \"baishi-2025\"").expect("its source");
    let second = second.replacen("media-centre", "organ", 1);
    project.write("data/sources.toml", format!("{first}id = \"baishi-2025\"{second}"));
    let view = project.view(["--compare", "qinghe,baishi"]);
    assert_eq!((flags(&view).as_str(), ranked(&view)), ("源", vec!["青河", "白石"]));
}
