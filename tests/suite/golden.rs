//! Golden views: what each shipped document says, kept beside the tests so that a change of data, texts or program shows what it changes.
//!
//! After an intended change: `INSTA_UPDATE=always cargo test --test suite golden`, then read `git diff tests/snapshots`.

use std::fmt::Write as _;
use std::fs;

use serde_json::Value;

use crate::broken::settings;
use crate::project::root;
use crate::shipped::Shipped;

/// JSON with every value that fits on one line of so many characters on one line.
const WIDTH: usize = 150;

pub(crate) fn written(value: &Value, indent: usize, text: &mut String) {
    let compact = value.to_string();
    if indent + compact.chars().count() <= WIDTH || !(value.is_array() || value.is_object()) {
        text.push_str(&compact);
        return;
    }
    let inner = indent + 2;
    let members: Vec<(Option<&String>, &Value)> = match value {
        Value::Array(items) => items.iter().map(|item| (None, item)).collect(),
        Value::Object(keys) => keys.iter().map(|(key, item)| (Some(key), item)).collect(),
        _ => Vec::new(),
    };
    text.push(if value.is_array() { '[' } else { '{' });
    for (at, (key, item)) in members.iter().enumerate() {
        let comma = if at == 0 { "" } else { "," };
        write!(text, "{comma}\n{:inner$}", "").expect("a string takes it");
        if let Some(key) = key {
            write!(text, "\"{key}\": ").expect("a string takes it");
        }
        written(item, inner, text);
    }
    write!(text, "\n{:indent$}{}", "", if value.is_array() { ']' } else { '}' }).expect("a string takes it");
}

/// The code in the foot stands for the whole recipe: it is another after each change of a template, and none before a file is made.
pub(crate) fn without_code(mut view: Value) -> Value {
    let code = view["imprint"]["code"].take();
    assert_eq!(code.as_str().map(str::len), Some(14), "a view beside a PDF has a code");
    view["imprint"]["code"] = "".into();
    view
}

#[test]
fn views_are_as_they_were() {
    let Some(shipped) = Shipped::made(&[]) else { return };
    let mut differing = Vec::new();
    for name in &shipped.names {
        let (mut text, view) = (String::new(), without_code(shipped.view(name)));
        written(&view, 0, &mut text);
        assert_eq!(serde_json::from_str::<Value>(&text).expect("it is JSON"), view);
        let file = format!("view-{}", name.rsplit('/').next().expect("a name"));
        // All are compared before the test fails, so that one run updates or shows them all.
        let compare = || settings().bind(|| insta::assert_snapshot!(file, text));
        if std::panic::catch_unwind(compare).is_err() {
            differing.push(name);
        }
    }
    assert!(differing.is_empty(), "other views than before: {differing:?}");
}

/// What `--view` prints is what lies beside the PDF, and it writes nothing.
#[test]
fn the_printed_view_is_the_kept_one() {
    let Some(shipped) = Shipped::made(&[]) else { return };
    let before = shipped.project.files("reports");
    for name in shipped.names.iter().filter(|name| name.contains("/region/")) {
        let region = name.rsplit('/').next().expect("a name");
        let printed = shipped.project.view(["--region", region]);
        let mut kept = without_code(shipped.view(name));
        // Plates that moved to the annex so that the body fits are known only after setting.
        let manifest: Value =
            serde_json::from_str(&shipped.project.read("reports/manifest.json")).expect("JSON");
        if manifest["entries"][format!("{name}.pdf")]["moved"] != 0 {
            for key in ["sections", "annexes"] {
                kept[key] = printed[key].clone();
            }
        }
        assert_eq!(printed, kept, "{name}");
    }
    assert_eq!(shipped.project.files("reports"), before);
}

/// A snapshot that belongs to no document any more misleads whoever reads it.
#[test]
fn no_snapshot_is_left_over() {
    let Some(shipped) = Shipped::made(&[]) else { return };
    for entry in fs::read_dir(root().join("tests/snapshots")).expect("the snapshots").flatten() {
        let file = entry.file_name().to_string_lossy().into_owned();
        let Some(subject) = file.strip_prefix("view-").and_then(|f| f.strip_suffix(".snap")) else {
            continue;
        };
        assert!(
            shipped.names.iter().any(|name| name.ends_with(&format!("/{subject}"))),
            "{file} is left over"
        );
    }
}

/// Over the shipped documents charts have at least six different forms.
#[test]
fn charts_have_six_forms() {
    let Some(shipped) = Shipped::made(&[]) else { return };
    let charts = [
        "tree", "rhythm", "segments", "bars", "ladder", "progress", "steps", "figures", "dots", "pairing",
        "presence", "timespan",
    ];
    let mut found = std::collections::BTreeSet::new();
    for name in &shipped.names {
        let view = shipped.view(name);
        let plates = view["annexes"].as_array().into_iter().flatten().filter_map(|a| a["blocks"].as_array());
        let body = view["sections"].as_array().into_iter().flatten().filter_map(|s| s["blocks"].as_array());
        for block in body.chain(plates).flatten() {
            let kind = block["kind"].as_str().expect("a kind");
            if let Some(chart) = charts.iter().find(|chart| **chart == kind) {
                found.insert(*chart);
                assert!(
                    !block["alt"].as_str().unwrap_or_default().is_empty(),
                    "{name}: a {kind} without words for it"
                );
            }
        }
    }
    assert!(found.len() >= 6, "{found:?}");
}
