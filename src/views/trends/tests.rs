//! What makes a series, and each reason why figures do not.

use super::change::{change, overall, step};
use super::reason::told;
use super::*;
use crate::model::{CaseBook, Language};

const INDICATORS: &str = r#"format = 1
[[theme]]
id = "t"
label = "组织"
[[topic]]
id = "reach"
label = "结对"
[[indicator]]
id = "pairs"
label = "结对"
english = "pairs"
dimension = "count"
unit = "个"
theme = "t"
nature = "stock"
definition = "结对数"
topic = "reach"
comparable_with = ["pairs-too"]
[[indicator]]
id = "pairs-too"
label = "结对的村"
english = "pairs"
dimension = "count"
unit = "个"
theme = "t"
nature = "stock"
definition = "结对数"
[[indicator]]
id = "villages"
label = "联建的村"
english = "villages"
dimension = "count"
unit = "个"
theme = "t"
nature = "stock"
definition = "村数"
topic = "reach"
[[indicator]]
id = "done"
label = "已完成"
english = "done"
dimension = "count"
unit = "个"
theme = "t"
nature = "stock"
definition = "从年初累计完成数"
yearly = true
[[indicator]]
id = "money"
label = "投入"
english = "money"
dimension = "money"
unit = "万元"
theme = "t"
nature = "flow"
definition = "期内投入"
[[indicator]]
id = "share"
label = "比重"
english = "share"
dimension = "share"
unit = "%"
theme = "t"
nature = "stock"
definition = "所占比重"
"#;

const UNITS: &str = r#"format = 1
[[unit]]
symbol = "个"
dimension = "count"
factor = 1
[[unit]]
symbol = "处"
dimension = "count"
factor = 1
[[unit]]
symbol = "%"
dimension = "share"
factor = 1
english = "%"
[[unit]]
symbol = "元"
dimension = "money"
factor = 1
english = "yuan"
[[unit]]
symbol = "万元"
dimension = "money"
factor = 10000
english = "10,000 yuan"
"#;

const REGION: &str = r#"format = 1
[region]
id = "jia"
name = "甲县"
english = "Jia"
level = "county"
order = 1
sources = ["s"]
[[source]]
id = "s"
title = "材料"
kind = "organ"
date = "2027-01-31"
read = "2027-02-01"
sha256 = "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"
[[place]]
id = "town"
name = "甲镇"
level = "town"
order = 1
[[place]]
id = "town-too"
name = "乙镇"
level = "town"
order = 2
"#;

#[expect(clippy::disallowed_methods, reason = "a test writes its own files")]
/// Facts of so many lines each: indicator, value, and the rest as TOML keys divided by `;`.
fn region(facts: &[(&str, &str, &str)], language: Language) -> Region {
    let folder = tempfile::tempdir().expect("a folder");
    let mut text = REGION.to_owned();
    for (at, (indicator, value, rest)) in facts.iter().enumerate() {
        let coverage = if rest.contains("coverage") { "" } else { "coverage = \"whole\"" };
        text.push_str(&format!(
            "[[fact]]\nid = \"f{at}\"\nindicator = \"{indicator}\"\nvalue = {value}\nas_printed = \"若干\"\nsource = \"s\"\n\
             paragraph = 1\nentered_by = \"A\"\nchecked_by = \"B\"\n{coverage}\n{}\n",
            rest.replace(';', "\n")
        ));
    }
    std::fs::create_dir(folder.path().join("regions")).expect("a folder");
    for (name, text) in [("units.toml", UNITS), ("indicators.toml", INDICATORS), ("regions/jia.toml", &text)]
    {
        std::fs::write(folder.path().join(name), text).expect("a file");
    }
    let mut diagnostics = crate::diag::Diagnostics::new();
    let book = CaseBook::open(folder.path(), language, &mut diagnostics);
    let region = book.region("jia").output.expect("a region");
    assert_eq!(region.facts.len(), facts.len(), "all facts are read: {:?}", book.region("jia").diagnostics);
    region
}

fn found(region: &Region) -> Found<'_> {
    find(region, &region.facts.iter().collect::<Vec<_>>())
}

/// The times of each series.
fn series(region: &Region) -> Vec<Vec<String>> {
    let times = |series: &Series<'_>| series.facts.iter().map(|fact| fact.time.to_string()).collect();
    found(region).series.iter().map(times).collect()
}

#[test]
fn dates_of_one_definition_make_a_series_in_time() {
    let region = region(
        &[
            ("pairs", "30", "as_of = \"2026-03-31\""),
            ("pairs", "24", "as_of = \"2025-12\""),
            ("pairs-too", "27", "as_of = \"2026-01-31\""),
        ],
        Language::Simplified,
    );
    assert_eq!(series(&region), [["2025-12", "2026-01-31", "2026-03-31"]]);
    let found = found(&region);
    assert_eq!(found.series[0].gaps(), [false, false, true], "February is missing");
    assert!(found.look_alikes.is_empty());
    let facts = &found.series[0].facts;
    assert_eq!(overall(facts, Language::Simplified), "2026年3月比2025年12月增6个，增25.0%（推算）");
    assert_eq!(step(facts[0], facts[1], Language::Simplified), "比上月增3个，增12.5%（推算）");
    assert_eq!(overall(facts, Language::English), "Dec 2025 to Mar 2026: up by 6 (25.0%), computed");
}

#[test]
fn periods_of_one_length_make_a_series_and_others_say_why_not() {
    let region = region(
        &[
            ("money", "120", "from = \"2025-01\";to = \"2025-12\""),
            ("money", "10.5", "from = \"2026-01-01\";to = \"2026-01-31\""),
            ("money", "8", "from = \"2026-02\";to = \"2026-02\""),
            ("money", "9", "from = \"2026-04\";to = \"2026-04\""),
        ],
        Language::Simplified,
    );
    let found = found(&region);
    assert_eq!(found.series.len(), 1);
    assert_eq!(found.series[0].gaps(), [false, false, true]);
    let facts = &found.series[0].facts;
    assert_eq!(overall(facts, Language::Simplified), "4月比1月减1.5万元，减14.3%（推算）");
    let [pair] = found.look_alikes.as_slice() else { panic!("{:?}", found.look_alikes) };
    assert_eq!(told(&pair.why, Language::Simplified), "期：一为12个月，一为1个月");
    assert_eq!(told(&pair.why, Language::English), "T: one covers 12 months, the other 1 month");
}

/// Two figures, and the reason why they make no series.
#[test]
fn each_reason_has_its_words_and_its_flag() {
    let date = |day: &str, rest: &str| format!("as_of = \"{day}\"{rest}");
    for (one, other, why) in [
        (("pairs", date("2025-12", "")), ("villages", date("2026-12", "")), "定：定义不同"),
        (
            ("pairs", date("2025-12", ";label = \"甲\"")),
            ("pairs", date("2026-12", ";label = \"乙\"")),
            "定：数的不是同一项",
        ),
        (
            ("pairs", date("2025-12", ";nature = \"target\"")),
            ("pairs", date("2026-12", "")),
            "性：一为目标，一为结果",
        ),
        (("pairs", date("2025-12", ";place = \"town\"")), ("pairs", date("2026-12", "")), "围：地点不同"),
        (
            ("pairs", date("2025-12", ";coverage = \"part\"")),
            ("pairs", date("2026-12", "")),
            "围：一为部分，一为全域",
        ),
        (
            ("pairs", date("2025-12", ";coverage = \"mean\";of = 2")),
            ("pairs", date("2026-12", ";coverage = \"mean\";of = 3")),
            "围：一为2个均值，一为3个均值",
        ),
        (("pairs", date("2025-12", ";unit = \"处\"")), ("pairs", date("2026-12", "")), "单位不同"),
        (
            ("pairs", date("2025-12", ";time_inferred = true")),
            ("pairs", date("2026-12", "")),
            "期：有一数时间是推定的",
        ),
        (
            ("pairs", date("2025-12", ";cumulative = true")),
            ("pairs", date("2026-12", "")),
            "期：只有一数写明累计",
        ),
        (("pairs", date("2025", "")), ("pairs", date("2025-06", "")), "期：时段有重叠"),
        (("pairs", date("2025-06", "")), ("pairs", date("2025-06", "")), "期：是同一时间的数"),
        (("done", date("2025-12", "")), ("done", date("2026-03", "")), "期：每年从头数起"),
        (("money", date("2025-12", "")), ("money", date("2026-03", "")), "期：起点未载"),
        (
            ("money", "start = \"not-stated\";to = \"2025-12\"".to_owned()),
            ("money", "start = \"not-stated\";to = \"2026-12\"".to_owned()),
            "期：起点未载",
        ),
        (("pairs", "time = \"not-stated\"".to_owned()), ("pairs", date("2025-06", "")), "期：有一数时间未载"),
        (
            ("pairs", date("2025-06", "")),
            ("pairs", "from = \"2026-01\";to = \"2026-02\"".to_owned()),
            "期：一为时点，一为时段",
        ),
    ] {
        let region = region(&[(one.0, "3", &one.1), (other.0, "5", &other.1)], Language::Simplified);
        let [one, other] = region.facts.as_slice() else { panic!("two facts") };
        assert_eq!(told(&reasons(one, other), Language::Simplified), why);
        assert!(found(&region).series.is_empty(), "{why}");
    }
}

#[test]
fn bounds_are_drawn_and_not_computed() {
    let over = "qualifier = \"more-than\"";
    let stated = region(
        &[
            ("pairs", "30", &format!("as_of = \"2025-12\";{over}")),
            ("pairs", "40", &format!("as_of = \"2026-12\";{over}")),
        ],
        Language::Simplified,
    );
    let found = found(&stated);
    let facts = &found.series[0].facts;
    assert_eq!(change(facts[0], facts[1], Language::Simplified), "变化不计算，因各数只载下限（余、多、超）");
    let mixed = region(
        &[("pairs", "30", "as_of = \"2025-12\""), ("pairs", "40", &format!("as_of = \"2026-12\";{over}"))],
        Language::English,
    );
    let [one, other] = mixed.facts.as_slice() else { panic!("two facts") };
    assert_eq!(told(&reasons(one, other), Language::English), "one is “exact”, the other “more than”");
}

#[test]
fn shares_change_by_points_and_nothing_is_a_percentage_of_nothing() {
    let region = region(
        &[
            ("share", "20.5", "as_of = \"2025-12\""),
            ("share", "21.75", "as_of = \"2026-12\""),
            ("pairs", "0", "as_of = \"2025-12\""),
            ("pairs", "4", "as_of = \"2026-12\""),
        ],
        Language::English,
    );
    let words = |language| {
        let found = found(&region);
        found.series.iter().map(|series| overall(&series.facts, language)).collect::<Vec<_>>()
    };
    assert_eq!(words(Language::Simplified)[0], "2026年12月比2025年12月升1.25个百分点（推算）");
    assert_eq!(
        words(Language::English),
        [
            "Dec 2025 to Dec 2026: up by 1.25 percentage points, computed",
            "Dec 2025 to Dec 2026: up by 4, computed"
        ]
    );
}

/// What is counted anew each year makes one line a year; the same month of two years is as much.
#[test]
fn no_line_leads_into_a_new_year_of_what_begins_anew() {
    let region = region(
        &[
            ("done", "7", "as_of = \"2025-12\""),
            ("done", "1", "as_of = \"2026-01\""),
            ("done", "2", "as_of = \"2026-02\""),
        ],
        Language::Simplified,
    );
    assert_eq!(series(&region), [["2026-01", "2026-02"]]);
    assert_eq!(told(&found(&region).look_alikes[0].why, Language::Simplified), "期：每年从头数起");
}

#[test]
fn two_figures_of_one_time_that_differ_make_no_series() {
    let region = region(
        &[
            ("pairs", "3", "as_of = \"2025-12\""),
            ("pairs", "4", "as_of = \"2025-12\""),
            ("pairs", "5", "as_of = \"2026-12\""),
        ],
        Language::Simplified,
    );
    let found = found(&region);
    assert!(found.series.is_empty() && found.look_alikes.is_empty(), "{found:?}");
}

#[test]
fn one_topic_looks_alike_where_places_touch() {
    for (place, pairs) in [("", 1), (";place = \"town\"", 1)] {
        let region = region(
            &[
                ("pairs", "3", "as_of = \"2025-12\""),
                ("villages", "4", &format!("as_of = \"2026-12\"{place}")),
            ],
            Language::Simplified,
        );
        assert_eq!(found(&region).look_alikes.len(), pairs);
    }
    let apart = region(
        &[
            ("pairs", "3", "as_of = \"2025-12\";place = \"town-too\""),
            ("villages", "4", "as_of = \"2026-12\";place = \"town\""),
            // A target is meant to be another figure.
            ("pairs", "9", "as_of = \"2027-12\";place = \"town-too\";nature = \"target\""),
        ],
        Language::Simplified,
    );
    assert!(found(&apart).look_alikes.is_empty(), "two towns");
}

#[test]
fn a_last_date_off_the_rhythm_makes_no_gaps_of_the_others() {
    let dates = ["2021", "2022", "2023", "2024-06"].map(|date| format!("as_of = \"{date}\""));
    let facts: Vec<_> = dates.iter().map(|date| ("pairs", "3", date.as_str())).collect();
    let region = region(&facts, Language::Simplified);
    assert_eq!(found(&region).series[0].gaps(), [false; 4]);
}
