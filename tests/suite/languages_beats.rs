//! The documents of the four beats in English: no Chinese left in them, the same figures, and missing words told where they stand.
//!
//! What the Chinese documents say is shown in `beats`.

use std::process::Command;

use serde_json::Value;

use crate::project::Project;
use crate::tools::have;

/// Period and day of each beat.
const ISSUES: [(&str, &str, &str); 4] = [
    ("monthly", "2026-11", "2026-12-10"),
    ("quarterly", "2026-Q3", "2026-10-15"),
    ("half-year", "2026-H1", "2026-07-20"),
    ("year-end", "2026", "2027-01-15"),
];

fn view(project: &Project, language: &str, period: &str, day: &str) -> Value {
    let run =
        ["generate", "--view", "--lang", language, "--area", "shili", "--period", period, "--as-of", day];
    let run = project.run(run);
    run.ok();
    serde_json::from_str(&run.stdout).expect("a view is JSON")
}

/// Chinese characters, their punctuation, and the full-width forms of other signs.
fn is_chinese(letter: char) -> bool {
    matches!(letter, '\u{2e80}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe4f}' | '\u{ff00}'..='\u{ffef}' | '\u{20000}'..='\u{3ffff}')
}

/// What a reader may see of a view: every text but the attachment, which holds the data as they are.
fn texts<'v>(value: &'v Value, path: &str, found: &mut Vec<(String, &'v str)>) {
    match value {
        Value::String(text) => found.push((path.to_owned(), text)),
        Value::Array(values) => {
            values.iter().enumerate().for_each(|(at, value)| texts(value, &format!("{path}/{at}"), found));
        }
        Value::Object(entries) => entries
            .iter()
            .filter(|(key, _)| *key != "attachments")
            .for_each(|(key, value)| texts(value, &format!("{path}/{key}"), found)),
        _ => {}
    }
}

/// The values of all figures, sorted: an object with a value and a label is one.
fn figures(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Array(values) => values.iter().for_each(|value| figures(value, found)),
        Value::Object(entries) => {
            if let (Some(number), Some(_)) = (entries.get("value"), entries.get("label")) {
                found.push(number.to_string());
            }
            entries.values().for_each(|value| figures(value, found));
        }
        _ => {}
    }
}

#[test]
fn english_beats_hold_no_chinese() {
    if !have(&["faces"]) {
        return;
    }
    let project = Project::demo();
    for (kind, period, day) in ISSUES {
        let view = view(&project, "en", period, day);
        assert_eq!(view["document"], kind);
        assert_eq!(view["language"], "en");
        let mut found = Vec::new();
        texts(&view, "", &mut found);
        found.retain(|(_, text)| text.contains(is_chinese));
        assert!(found.is_empty(), "{kind}: {found:#?}");
    }
}

#[test]
fn english_beats_have_the_figures_of_the_chinese_ones() {
    if !have(&["faces"]) {
        return;
    }
    let project = Project::demo();
    for (kind, period, day) in ISSUES {
        let [chinese, english] = ["zh-Hans", "en"].map(|language| {
            let mut found = Vec::new();
            figures(&view(&project, language, period, day), &mut found);
            found.sort();
            found
        });
        assert!(chinese.len() > 6, "{kind}: {chinese:?}");
        assert_eq!(chinese, english, "{kind}");
    }
}

#[test]
fn english_pages_of_a_beat_hold_no_chinese() {
    if !have(&["faces", "pdftotext"]) {
        return;
    }
    let project = Project::demo();
    for (kind, period, day) in ISSUES {
        let run = ["generate", "--lang", "en", "--area", "shili", "--period", period, "--as-of", day];
        project.run(run).ok();
        let pdf = project.path(format!("reports/{period}/{kind}/shili.en.pdf"));
        let output = Command::new("pdftotext").args(["-enc", "UTF-8"]).arg(&pdf).arg("-").output();
        let text = String::from_utf8(output.expect("pdftotext runs").stdout).expect("UTF-8");
        let left: Vec<&str> = text.lines().filter(|line| line.contains(is_chinese)).collect();
        assert!(text.len() > 1000 && left.is_empty(), "{kind}: {left:?}");
    }
}

/// What is wrong, the file, the period that is asked for, the words in the file, what stands there instead, and what is said of it.
type Slip = (&'static str, &'static str, &'static str, &'static str, &'static str, &'static [&'static str]);

/// The words of a file of the area with one slip each, and what is said of it: file, line, what is wrong, and what to do.
#[test]
fn every_slip_in_the_english_words_of_an_area_has_its_line() {
    if !have(&["faces"]) {
        return;
    }
    let english = |name: &str| format!("data/en/areas/shili/{name}.toml");
    let slips: [Slip; 7] = [
        (
            "a word that is missing",
            "tasks-2026",
            "2026-11",
            "stuck = \"date of fire-safety acceptance not set\"\n",
            "",
            &[
                "`stuck` of task `jia-7` has no English words",
                "data/areas/shili/tasks-2026.toml:58:9",
                "write them in data/en/areas/shili/tasks-2026.toml",
            ],
        ),
        (
            "an id that the area has not",
            "tasks-2026",
            "2026-11",
            "[task.jia-7]",
            "[task.jia-77]",
            &["no task `jia-77`", "did you mean `jia-7`", "data/en/areas/shili/tasks-2026.toml"],
        ),
        (
            "a key that is none",
            "tasks-2026",
            "2026-11",
            "ask = \"District power supplier\"",
            "asks = \"District power supplier\"",
            &["unknown key `asks`", "did you mean `ask`", "`ask` of task `wu-7` has no English words"],
        ),
        (
            "too few in a list",
            "2026-Q3",
            "2026-Q3",
            "[[class]]\nname = \"Events for form’s sake\"\nshows = \"sign-in sheets but no content; photographs in place of records\"\n",
            "",
            &["[[class]] stands 4 times, but 5 times in Chinese", "data/en/areas/shili/2026-Q3.toml"],
        ),
        (
            "a word of a list",
            "2026-H1",
            "2026-H1",
            "speaker = \"head, park Party committee\"\n",
            "",
            &["`speaker` of stop 4 has no English words", "data/areas/shili/2026-H1.toml:"],
        ),
        (
            "a unit that is none",
            "2026",
            "2026",
            "[assessment.ji-qu]",
            "[assessment.ji-qa]",
            &["no assessment `ji-qa`", "did you mean `ji-qu`", "`did` of assessment `ji-qu`"],
        ),
        (
            "a table of another file",
            "targets-2026",
            "2026-H1",
            "[target.requests]",
            "[task.requests]",
            &["unknown key `task`", "`not_comparable` of target `requests` has no English words"],
        ),
    ];
    for (slip, name, period, from, to, said) in slips {
        let project = Project::demo();
        project.replace(&english(name), from, to);
        let run = project.run([
            "generate",
            "--lang",
            "en",
            "--area",
            "shili",
            "--period",
            period,
            "--as-of",
            "2027-01-15",
        ]);
        assert_ne!(run.code, 0, "{slip}");
        for words in said {
            assert!(run.stderr.contains(words), "{slip}: no `{words}` in:\n{}", run.stderr);
        }
    }
}

#[test]
fn what_has_no_english_at_all_is_told_once() {
    if !have(&["faces"]) {
        return;
    }
    let project = Project::demo();
    let run = |project: &Project| {
        project.run([
            "generate",
            "--lang",
            "en",
            "--area",
            "shili",
            "--period",
            "2026-11",
            "--as-of",
            "2026-12-10",
        ])
    };
    std::fs::remove_file(project.path("data/en/areas/shili/lists-2026.toml")).expect("it is there");
    let said = run(&project);
    said.ends(1).says("`data/areas/shili/lists-2026.toml` has no English words");
    said.says("write them in data/en/areas/shili/lists-2026.toml");
    assert_eq!(said.stderr.matches("[no-english]").count(), 1, "{}", said.stderr);

    let project = Project::demo();
    project.replace("report.toml", "english = \"Shili City\"\n", "");
    run(&project).ends(1).says("`name` of area `shili` has no English words").says("`english` of [[area]]");

    let project = Project::demo();
    project.replace("data/en/regions/yi-xian.toml", "[source.yi-xian-2025]", "[source.yi-xian-2024]");
    let said = run(&project);
    said.ends(1).says("source `yi-xian-2025` has no English words").says("data/regions/yi-xian.toml:16:");
    said.says("no source `yi-xian-2024`");
}

/// The issue before is quoted in the language of this one, though it was issued in another one too.
#[test]
fn an_english_issue_is_compared_with_the_english_one_before() {
    if !have(&["faces"]) {
        return;
    }
    let project = Project::demo();
    for language in ["zh-Hans", "en"] {
        let run = [
            "generate",
            "--lang",
            language,
            "--area",
            "shili",
            "--period",
            "2026-10",
            "--as-of",
            "2026-11-10",
        ];
        project.run(run).ok();
    }
    let report = "data/reported/2026-10/wu-qu.toml";
    project.replace(report, "value = 40\nas_printed = \"40\"", "value = 44\nas_printed = \"44\"");
    let november = view(&project, "en", "2026-11", "2026-12-10");
    let said = november.to_string();
    let wanted = "The issue for October 2026, “Wu District, October: attendances at training”: 40 corrected to 44; reason: no reason stated.";
    assert!(said.contains(wanted), "{said}");
    let mut found = Vec::new();
    texts(&november, "", &mut found);
    assert!(!found.iter().any(|(_, text)| text.contains(is_chinese)), "{found:#?}");
}
