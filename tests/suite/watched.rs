//! What others watch: heartbeat, metrics, alarms, ping, and a log that programs read.
//!
//! What people ask is left to `asked`.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::Value;

use crate::office::{COMPARED, FIRST, MONTHLY, Office, events_of};
use crate::tools::have;

/// The office with everything that is watched; alarms and pings are appended to files.
fn watched(schedules: &str) -> Office {
    let monitor = "
[monitor]
heartbeat = \"run/heartbeat\"
metrics = \"run/report.prom\"
alarm = [\"sh\", \"-c\", \"cat >> alarms\"]
ping = [\"sh\", \"-c\", \"echo ping >> pings\"]
";
    Office::with(&format!("{schedules}{monitor}"))
}

fn lines(office: &Office, name: &str) -> Vec<String> {
    let text = fs::read_to_string(office.path(name)).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

/// The samples of a Prometheus textfile, after a check of its grammar: each family is described and typed once, before its samples,
/// and no sample stands twice.
#[track_caller]
fn samples(text: &str) -> Vec<(String, f64)> {
    let is_name = |name: &str| {
        let mut bytes = name.bytes();
        bytes.next().is_some_and(|b| b.is_ascii_alphabetic() || b == b'_')
            && bytes.all(|b| b.is_ascii_alphanumeric() || b == b'_')
    };
    let (mut helped, mut typed, mut found) = (BTreeSet::new(), BTreeSet::new(), Vec::new());
    assert!(text.ends_with('\n'), "the last line has no end");
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("# HELP ") {
            let (name, help) = rest.split_once(' ').expect("a help text");
            assert!(is_name(name) && !help.is_empty() && helped.insert(name.to_owned()), "{line}");
        } else if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, kind) = rest.split_once(' ').expect("a type");
            assert!(["gauge", "counter"].contains(&kind) && typed.insert(name.to_owned()), "{line}");
            assert!(!found.iter().any(|(sample, _): &(String, f64)| sample.starts_with(name)), "{line}");
        } else {
            let (sample, value) = line.rsplit_once(' ').expect("a value");
            let value: f64 = value.parse().unwrap_or_else(|e| panic!("{line}: {e}"));
            let (name, labels) = sample.split_once('{').unwrap_or((sample, "}"));
            assert!(is_name(name) && helped.contains(name) && typed.contains(name), "{line}");
            for label in
                labels.strip_suffix('}').expect("a closing brace").split(',').filter(|l| !l.is_empty())
            {
                let (label, quoted) = label.split_once('=').expect("a label's value");
                let inner = quoted.strip_prefix('"').and_then(|q| q.strip_suffix('"')).expect("quotes");
                assert!(is_name(label) && !inner.contains(['"', '\\']), "{line}");
            }
            assert!(!found.iter().any(|(known, _)| known == sample), "{line} stands twice");
            found.push((sample.to_owned(), value));
        }
    }
    found
}

/// One sample of a Prometheus textfile.
#[track_caller]
pub(crate) fn sample(text: &str, name: &str) -> f64 {
    let all = samples(text);
    all.iter().find(|(known, _)| known == name).unwrap_or_else(|| panic!("no {name}: {text}")).1
}

#[test]
fn every_tick_leaves_heartbeat_and_metrics() {
    if !have(&["faces"]) {
        return;
    }
    let office = watched(&format!("{MONTHLY}{COMPARED}"));
    office.tick("2026-11-30T08:00:00+08:00").ok();
    assert_eq!(office.read("run/heartbeat"), "2026-11-30T00:00:00Z\n");
    let text = office.read("run/report.prom");
    assert_eq!(sample(&text, "report_tick_timestamp_seconds"), 1_795_996_800.0);
    assert_eq!(
        sample(&text, "report_next_occurrence_timestamp_seconds{schedule=\"monthly\"}"),
        1_796_083_200.0
    );
    office.tick("2026-12-01T08:30:00+08:00").ok();
    office.at(FIRST, ["schedule", "pause", "compared"]).ok();
    office.tick("2026-12-01T08:35:00+08:00").ok();
    assert_eq!(office.read("run/heartbeat"), "2026-12-01T00:35:00Z\n");
    let text = office.read("run/report.prom");
    assert_eq!(sample(&text, "report_problems"), 0.0);
    assert_eq!(sample(&text, "report_paused{schedule=\"compared\"}"), 1.0);
    assert_eq!(sample(&text, "report_paused{schedule=\"monthly\"}"), 0.0);
    assert_eq!(sample(&text, "report_occurrences{schedule=\"monthly\",state=\"issued\"}"), 1.0);
    assert_eq!(lines(&office, "pings").len(), 3);
    assert!(lines(&office, "alarms").is_empty());
    assert_eq!(office.files("run"), ["heartbeat", "report.prom"], "something is left beside them");
}

#[test]
fn an_alarm_is_given_once() {
    if !have(&["faces"]) {
        return;
    }
    let office = watched(&format!("{MONTHLY}wait_for = {{ reported = [\"qinghe\"], at_most = \"2d\" }}\n"));
    office.tick(FIRST).ok().prints("no data of 2026-11 from qinghe");
    for now in ["2026-12-01T08:05:00+08:00", "2026-12-03T07:59:59+08:00"] {
        assert_eq!(office.tick(now).ok().stdout, "", "waiting is told once");
    }
    assert!(lines(&office, "alarms").is_empty());
    office
        .tick("2026-12-03T08:00:00+08:00")
        .ends(1)
        .prints("alarm: monthly@2026-12-01T08:00+08:00 no data of 2026-11");
    office.tick("2026-12-03T08:05:00+08:00").ok();
    let alarms = lines(&office, "alarms");
    assert_eq!(alarms.len(), 1, "{alarms:?}");
    let alarm: Value = serde_json::from_str(&alarms[0]).expect("JSON");
    for (key, value) in [
        ("level", "alarm"),
        ("event", "no-data"),
        ("occurrence", "monthly@2026-12-01T08:00+08:00"),
        ("period", "2026-11"),
        ("at", "2026-12-03T00:00:00Z"),
        ("message", "no data of 2026-11 from qinghe after 2 days"),
    ] {
        assert_eq!(alarm[key], value, "{alarm}");
    }
    assert_eq!(sample(&office.read("run/report.prom"), "report_problems"), 1.0);
    office
        .at("2026-12-03T08:06:00+08:00", ["status"])
        .ends(1)
        .prints("failed: no data of 2026-11 from qinghe");
}

#[test]
fn a_log_of_json_has_the_occurrence_on_each_line() {
    if !have(&["faces"]) {
        return;
    }
    let office = Office::with(&format!("{MONTHLY}{COMPARED}"));
    office.replace("data/regions/baishi.toml", "as_printed = \"97人\"", "as_printed = \"98人\"");
    let (run, events) = office.events("2026-12-01T08:30:00+08:00");
    run.ok();
    assert_eq!(events.len(), 3, "{}", run.stdout);
    for event in &events {
        let name = event["occurrence"].as_str().expect("an occurrence");
        assert!(
            name.ends_with("@2026-12-01T08:00+08:00") || name.ends_with("@2026-12-01T08:30+08:00"),
            "{event}"
        );
        assert_eq!(event["period"], "2026-11");
        assert_eq!(event["at"], "2026-12-01T00:30:00Z");
        assert!(event["document"].is_string() && event["message"].is_string(), "{event}");
    }
    let mut kinds: Vec<_> =
        events.iter().map(|event| (event["event"].as_str(), event["level"].as_str())).collect();
    // Documents are made together: what was found before is told before.
    kinds.sort_unstable();
    let (retry, issued) = ((Some("retry"), Some("warning")), (Some("issued"), Some("info")));
    assert_eq!(kinds, [issued, retry, retry], "the comparison needs both counties");
    let run = office
        .at("2026-12-01T08:30:00+08:00", ["run", "monthly", "--period", "2026-10", "--log-format", "json"]);
    for event in events_of(&run.ends(1).stdout) {
        assert_eq!(event["occurrence"], "monthly@2026-12-01T08:30+08:00", "{event}");
    }
}

#[test]
fn what_watches_may_fail_and_the_work_goes_on() {
    if !have(&["faces"]) {
        return;
    }
    let office = Office::with(&format!(
        "{MONTHLY}[monitor]\nalarm = [\"./no-such-program\"]\nping = [\"false\"]\nmetrics = \"report.toml/metrics\"\nheartbeat = \"data\"\n"
    ));
    let run = office.tick(FIRST);
    run.ok().prints("issued no. 2").says("the ping command failed: exit status: 1");
    run.says("writing the metrics failed").says("the heartbeat failed");
    office.tick("2027-01-20T08:00:00+08:00").prints("alarm: ").says("the alarm command failed");
}

/// A program beside the settings is found wherever the tick was started from.
#[test]
fn commands_run_in_the_workspace() {
    if !have(&["faces"]) {
        return;
    }
    let office = Office::with(&format!("{MONTHLY}[monitor]\nping = [\"./ping.sh\"]\n"));
    office.write("ping.sh", "#!/bin/sh\npwd > pinged\n");
    fs::set_permissions(office.path("ping.sh"), fs::Permissions::from_mode(0o755)).expect("it is ours");
    let mut command = office.command();
    command.current_dir("/").arg("-C").arg(office.path("")).args(["tick", "--now", FIRST]);
    let run = crate::project::Run::of(&mut command);
    run.ok();
    assert_eq!(run.stderr, "");
    assert_eq!(office.read("pinged").trim(), office.path("").display().to_string().trim_end_matches('/'));
}
