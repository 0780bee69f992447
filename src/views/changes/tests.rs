//! What is told of two views.
//!
//! Views that the program makes itself are compared by the suite.

use serde_json::json;

use super::*;

fn row(no: usize, id: Option<&str>, indicator: &str, label: &str) -> Value {
    let figure =
        json!({"label": label, "before": "", "after": "", "unit": "个", "tail": "", "target": false});
    let mut row = json!({"no": no, "indicator": indicator, "figure": figure, "place": "甲县",
        "time": "截至2026年6月", "coverage": "全县", "source": 1, "paragraph": 2});
    if let Some(id) = id {
        row["id"] = json!(id);
    }
    row
}

fn view(rows: &[Value]) -> Value {
    json!({"annexes": [
        {"kind": "figures", "sections": [{"heading": "一", "rows": rows}]},
        {"kind": "sources", "items": [{"no": 1, "text": "甲报告．网站，2026年7月1日"}]},
    ]})
}

fn lines(before: &[Value], after: &[Value]) -> Vec<String> {
    changes(&view(before), &view(after)).lines(10)
}

#[test]
fn figures_are_told_apart_by_their_ids_and_not_by_their_rows() {
    let before = [row(1, Some("jia:a"), "组织", "58"), row(2, Some("jia:b"), "企业", "7")];
    let after = [row(1, Some("jia:c"), "合同", "3"), row(2, Some("jia:a"), "组织", "68")];
    assert_eq!(
        lines(&before, &after),
        [
            "变动：组织（甲县，截至2026年6月）58个 → 68个",
            "新增：合同（甲县，截至2026年6月）3个",
            "撤下：企业（甲县，截至2026年6月）7个",
        ]
    );
    let moved = [row(9, Some("jia:b"), "企业", "7"), row(8, Some("jia:a"), "组织", "58")];
    assert!(changes(&view(&before), &view(&moved)).is_empty(), "another order is no change");
}

#[test]
fn two_figures_of_one_name_are_two() {
    let before = [row(1, Some("jia:a"), "组织", "58"), row(2, Some("jia:b"), "组织", "59")];
    let after = [row(1, Some("jia:b"), "组织", "59"), row(2, Some("jia:a"), "组织", "60")];
    assert_eq!(lines(&before, &after), ["变动：组织（甲县，截至2026年6月）58个 → 60个"]);
}

#[test]
fn a_view_without_ids_is_read_by_names() {
    let before = [row(1, None, "组织", "58"), row(2, None, "企业", "7")];
    let after = [row(5, Some("jia:b"), "企业", "7"), row(6, Some("jia:a"), "组织", "68")];
    assert_eq!(lines(&before, &after), ["变动：组织（甲县，截至2026年6月）58个 → 68个"]);
}

#[test]
fn another_time_or_source_is_a_change_too() {
    let before = [row(1, Some("jia:a"), "组织", "58"), row(2, Some("jia:b"), "企业", "7")];
    let mut after = before.clone();
    after[0]["time"] = json!("截至2026年7月");
    after[1]["paragraph"] = json!(3);
    assert_eq!(
        lines(&before, &after),
        [
            "变动：组织（甲县，截至2026年7月）58个（截至2026年6月） → 58个（截至2026年7月）",
            "变动：企业（甲县，截至2026年6月）7个，资料 《甲报告》第2段 → 《甲报告》第3段",
        ]
    );
}

#[test]
fn a_new_figure_says_what_the_last_of_its_kind_was() {
    let mut before = [row(1, Some("jia:a-05"), "组织", "50"), row(2, Some("jia:a-06"), "组织", "58")];
    before[0]["time"] = json!("截至2026年5月");
    let mut later = row(3, Some("jia:a-07"), "组织", "60");
    later["time"] = json!("截至2026年7月");
    let mut target = row(4, Some("jia:goal"), "组织", "99");
    target["time"] = json!("到2026年12月");
    target["figure"]["target"] = json!(true);
    let after = [before[0].clone(), before[1].clone(), later, target];
    assert_eq!(
        lines(&before, &after),
        [
            "新增：组织（甲县，截至2026年7月）60个（截至2026年6月为58个）",
            "新增：组织（甲县，到2026年12月）◇99个",
        ]
    );
}

#[test]
fn many_lines_end_with_how_many_more_there_are() {
    let after: Vec<Value> =
        (0..12).map(|n| row(n, Some(&format!("jia:{n}")), "组织", &n.to_string())).collect();
    let lines = lines(&[], &after);
    assert_eq!((lines.len(), lines[10].as_str()), (11, "另有2项"));
}

#[test]
fn mechanisms_are_compared_likewise() {
    let of = |id: &str, name: &str, members: &str| {
        let rows = json!([{"id": id, "name": name, "members": members, "place": "甲县"}]);
        json!({"annexes": [{"kind": "mechanisms", "groups": [{"rows": rows}]}]})
    };
    let said = |before: &Value, after: &Value| changes(before, after).lines(9);
    let old = of("jia:m", "三张清单", "需求");
    assert_eq!(said(&old, &of("jia:m", "三张清单", "需求、资源")), ["变动：机制“三张清单”（甲县）的内容"]);
    assert_eq!(said(&old, &of("jia:m", "四张清单", "需求")), ["变动：机制“三张清单”（甲县）→ “四张清单”"]);
    let other = said(&old, &of("jia:n", "三张清单", "需求"));
    assert_eq!(other, ["新增：机制“三张清单”（甲县）", "撤下：机制“三张清单”（甲县）"]);
}

#[test]
fn the_figure_before_is_the_latest_one_whatever_its_row() {
    let at = |no: usize, id: &str, label: &str, time: &str| {
        let mut row = row(no, Some(id), "组织", label);
        row["time"] = json!(time);
        row
    };
    for (late, early, now) in [
        ("截至2026年10月31日", "截至2026年9月30日", "截至2026年11月30日"),
        ("2026年1至10月", "2025年1至12月", "2026年1至11月"),
        ("2026年第三季度", "2026年第二季度", "2026年第四季度"),
        ("2026年10月1日至2026年10月31日", "2026年9月1日至2026年9月30日", "2026年11月1日至2026年11月30日"),
    ] {
        // The older one stands below the later one, and one of a time to come is not before it.
        let before = [at(1, "jia:b", "6", late), at(2, "jia:a", "5", early), at(3, "jia:d", "9", "2027年")];
        let found = changes(&view(&before), &view(&[at(1, "jia:c", "7", now)]));
        let earlier = found.figures[0].earlier.as_ref().expect("one before it");
        assert_eq!((earlier.time.as_str(), earlier.printed.as_str()), (late, "6个"));
    }
}
