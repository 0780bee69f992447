//! Change over time: lines where figures compare, reasons where they do not, in Chinese and in English.
//!
//! Each reason alone is tested beside the finder.

use serde_json::Value;

use crate::project::Project;
use crate::tools::have;

const BAISHI: &str = "data/regions/baishi.toml";

/// A fact of 白石县 as its file would have it.
fn fact(id: &str, indicator: &str, printed: &str, time: &str) -> String {
    let value: String = printed.chars().take_while(char::is_ascii_digit).collect();
    format!(
        "\n[[fact]]\nid = \"{id}\"\nindicator = \"{indicator}\"\nvalue = {value}\nas_printed = \"{printed}\"\n{time}\n\
         coverage = \"whole\"\nsource = \"baishi-2025\"\nparagraph = 4\nentered_by = \"编辑甲\"\nchecked_by = \"编辑乙\"\n"
    )
}

/// The counties, one of which tells its bodies of three months, and its grant of a half-year and of a month.
fn counties() -> Project {
    let project = Project::counties();
    let more = [
        fact("bodies-april", "joint-bodies", "40个", "as_of = \"2025-04-30\""),
        fact("bodies-march", "joint-bodies", "40个", "as_of = \"2025-03-31\""),
        fact("grant-june", "grant", "81万元", "from = \"2025-06\"\nto = \"2025-06\""),
    ];
    project.write(BAISHI, project.read(BAISHI) + &more.concat());
    project
}

fn blocks(view: &Value) -> Vec<&Value> {
    let parts = view["sections"].as_array().into_iter().chain(view["annexes"].as_array());
    parts.flatten().filter_map(|part| part["blocks"].as_array()).flatten().collect()
}

fn of_kind<'v>(view: &'v Value, kind: &str) -> Vec<&'v Value> {
    blocks(view).into_iter().filter(|block| block["kind"] == kind).collect()
}

#[test]
fn three_months_are_a_line_with_the_change() {
    if !have(&["faces"]) {
        return;
    }
    let view = counties().view(["--region", "baishi"]);
    let sections = view["sections"].as_array().expect("sections");
    let last = sections.last().expect("a section");
    assert!(last["heading"].as_str().is_some_and(|heading| heading.ends_with("、前后对照")), "{last}");
    let [trend] = of_kind(&view, "trend")[..] else { panic!("one trend: {view}") };
    assert_eq!(trend["title"], "联建党组织：6月比3月增6个，增15.0%（推算）");
    let item = &trend["items"][0];
    let points = item["points"].as_array().expect("points");
    let told: Vec<_> = points
        .iter()
        .map(|point| (point["tick"].as_str(), point["figure"]["label"].as_str(), point["gap"].as_bool()))
        .collect();
    let point = |tick, label, gap| (Some(tick), Some(label), Some(gap));
    assert_eq!(told, [point("3月", "40", false), point("4月", "40", false), point("6月", "46", true)]);
    assert_eq!(points[1]["change"], "与上月持平");
    assert_eq!(points[2]["change"], "比4月增6个，增15.0%（推算）");
    let at: Vec<f64> = points.iter().filter_map(|point| point["at"].as_f64()).collect();
    assert!(at[0] < at[1] && (at[2] - at[1]) / (at[1] - at[0]) > 1.9, "time is to scale: {at:?}");
    let alt = trend["alt"].as_str().expect("words");
    for words in ["截至2025年3月31日40个", "截至2025年4月30日40个", "截至2025年6月46个", "增6个，增15.0%"]
    {
        assert!(alt.contains(words), "no {words} in {alt}");
    }
    let source = trend["source"].to_string();
    assert!(source.contains("虚线：其间时段的数未载。") && source.contains("变化÷首数"), "{source}");
}

#[test]
fn look_alikes_say_why_they_do_not_compare() {
    if !have(&["faces"]) {
        return;
    }
    let view = counties().view(["--region", "baishi"]);
    let tables = of_kind(&view, "table");
    let table = tables.last().expect("a table");
    assert_eq!(table["title"], "看似同类、不能相比的数有一组");
    let alt = table["alt"].as_str().expect("words");
    for words in ["381万元（2025年1至6月）", "81万元（2025年6月）", "期：一为6个月，一为1个月"]
    {
        assert!(alt.contains(words), "no {words} in {alt}");
    }
    assert!(table["source"].to_string().contains("期：时段不同或起点未载。"), "{table}");
}

/// Nothing is added where the data say nothing of change, nor where the text says it itself.
#[test]
fn a_text_may_speak_for_itself() {
    if !have(&["faces"]) {
        return;
    }
    let project = counties();
    let bare = Project::counties().view(["--region", "baishi"]);
    assert!(!bare.to_string().contains("前后对照"), "one figure each");
    let text = "format = 1\n[[section]]\nheading = \"怎样联\"\n[[section.block]]\nkind = \"prose\"\ntext = \"有{joint-bodies}。\"\n";
    project.write("data/texts/region-baishi.toml", text);
    let view = project.view(["--region", "baishi"]);
    let [annex] = &view["annexes"]
        .as_array()
        .expect("annexes")
        .iter()
        .filter(|a| a["kind"] == "plates")
        .collect::<Vec<_>>()[..]
    else {
        panic!("an annex of plates")
    };
    assert_eq!(annex["blocks"].as_array().map(Vec::len), Some(2), "the trend and the reasons");
    project
        .write("data/texts/region-baishi.toml", text.replace("[[section]]", "trends = \"own\"\n[[section]]"));
    assert!(of_kind(&project.view(["--region", "baishi"]), "trend").is_empty());
    project.write(
        "data/texts/region-baishi.toml",
        text.replace("[[section]]", "trends = \"none\"\n[[section]]"),
    );
    project.check().ends(2).says("data/texts/region-baishi.toml:2:").says("`none` is no value of `trends`");
}

#[test]
fn a_trend_refuses_what_does_not_compare() {
    if !have(&["faces"]) {
        return;
    }
    let project = counties();
    let text = |facts: &str| {
        let text = format!(
            "format = 1\n[[section]]\nheading = \"变化\"\n[[section.block]]\nkind = \"trend\"\nfacts = [{facts}]\n"
        );
        project.write("data/texts/region-baishi.toml", text);
        project.run(["check", "--as-of", "2026-11-30"])
    };
    for (facts, message, hint) in [
        (
            "\"joint-bodies\", \"members\"",
            "make no trend: they are defined differently (`joint-bodies`, `members`), they are of one time",
            "= hint: a trend has one definition; put others into a table that says why they do not compare",
        ),
        (
            "\"grant\", \"grant-june\"",
            "`grant` and `grant-june` make no trend: one covers 6 months, the other 1 month (2025-01..2025-06, 2025-06..2025-06)",
            "= hint: a trend has distinct dates, or periods of one length whose start is stated",
        ),
        (
            "\"grant\"",
            "a trend of one figure shows nothing",
            "= hint: name two facts or more of one definition",
        ),
    ] {
        let run = text(facts);
        run.ends(2)
            .says("error[bad-plate]")
            .says("data/texts/region-baishi.toml:4:1")
            .says(message)
            .says(hint);
    }
    text("\"bodies-april\", \"joint-bodies\", \"bodies-march\"").ok();
    let view = project.view(["--region", "baishi"]);
    let [trend] = of_kind(&view, "trend")[..] else { panic!("one trend, in the body") };
    assert_eq!(trend["items"][0]["points"][0]["figure"]["label"], "40");
    assert_eq!(trend["title"], "联建党组织：6月比3月增6个，增15.0%（推算）");
}

/// The units of the demo report monthly: their returns become lines, in English too.
#[test]
fn the_demo_tells_its_months() {
    if !have(&["faces"]) {
        return;
    }
    let project = Project::demo();
    let view =
        |language: &str| project.view(["--region", "ding-xian", "--period", "2026-03", "--lang", language]);
    for (language, title, change) in [
        ("zh-Hans", "前后口径相同的有四项，三项末期多于首期，一项首末相同", "3月比1月"),
        (
            "en",
            "Of four figures with one definition throughout, three up, one the same at both ends",
            "Jan to Mar: up by",
        ),
    ] {
        let view = view(language);
        let [trend] = of_kind(&view, "trend")[..] else { panic!("one trend") };
        assert_eq!(trend["title"], title);
        let items = trend["items"].as_array().expect("items");
        assert!(items.iter().all(|item| item["points"].as_array().map(Vec::len) == Some(3)), "{items:?}");
        assert!(items[0]["change"].as_str().is_some_and(|words| words.starts_with(change)), "{}", items[0]);
        let alt = trend["alt"].as_str().expect("words");
        for point in items.iter().flat_map(|item| item["points"].as_array().expect("points")) {
            let (when, label) = (point["when"].as_str(), point["figure"]["label"].as_str());
            assert!(alt.contains(when.expect("a time")) && alt.contains(label.expect("digits")), "{point}");
        }
    }
    // The text of 甲县 draws two years itself.
    let jia = project.view(["--region", "jia-xian", "--period", "2026-03"]);
    let [trend] = of_kind(&jia, "trend")[..] else { panic!("one trend") };
    assert_eq!(trend["items"][0]["change"], "2025年比2024年增4次，增20.0%（推算）");
}
