//! A number that somebody doubts: `explain`, `audit` and `diff`, each against the pages and files it speaks of.

use std::collections::BTreeMap;
use std::process::Command;

use serde_json::Value;

use crate::conformance::{conforms, is_there};
use crate::distributed::{engine, set};
use crate::pdf::{squeezed, texts};
use crate::project::{Project, root};
use crate::tools::have;

const REGION: &str = "data/regions/qinghe.toml";
const PDF: &str = "reports/2026-11/region/qinghe.pdf";

/// What follows a label, on its line and on those without one below it.
fn said<'a>(lines: &'a str, label: &str) -> Vec<&'a str> {
    let mut found = Vec::new();
    let mut own = false;
    for line in lines.lines() {
        let (head, text) = line.split_at(line.char_indices().nth(12).map_or(line.len(), |(at, _)| at));
        own = if head.trim().is_empty() { own } else { head.trim() == label };
        if own {
            found.push(text);
        }
    }
    found
}

#[test]
fn explain_tells_of_a_figure_all_that_the_data_say() {
    let project = Project::counties();
    let run = project.run(["explain", "qinghe:members"]);
    let all = &run.ok().stdout;
    let line =
        1 + project.read(REGION).lines().position(|line| line == "id = \"members\"").expect("it is there");
    assert_eq!(said(all, "written at"), [format!("data/regions/qinghe.toml:{line}")]);
    assert_eq!(said(all, "as printed"), ["120人"]);
    assert!(said(all, "source")[0].ends_with("no. 1 of qinghe, paragraph 2"), "{all}");
    assert_eq!(said(all, "time"), ["截至2025年6月"]);
    assert_eq!(said(all, "place"), ["青河县, whole (全域)"]);
    assert_eq!(said(all, "exactness"), ["exact"]);
    assert_eq!(said(all, "entered by"), ["编辑甲; compared with the source by 编辑乙"]);
    let held = said(all, "held to");
    assert_eq!(held.len(), 1, "{held:?}");
    assert!(
        held[0].starts_with("members (120人) = members-women (50人) + members-men (70人), data/"),
        "{held:?}"
    );
    assert_eq!(said(all, "stands on"), ["no document of the output folder"]);

    let run = project.run(["explain", "qinghe:grant"]);
    let all = &run.ok().stdout;
    assert!(said(all, "held to").iter().any(|held| held.contains("never added: ")), "{all}");

    // Nobody has compared it: that is said.
    project.write(REGION, project.read(REGION).replacen("checked_by = \"编辑乙\"\n", "", 1));
    let run = project.run(["explain", "qinghe:joint-bodies"]);
    assert_eq!(said(&run.ok().stdout, "entered by"), ["编辑甲; nobody has compared it with the source"]);

    project
        .run(["explain", "qinghe:member"])
        .ends(2)
        .says("no figure `member`")
        .says("did you mean `qinghe:members`?");
    project.run(["explain", "qinhe:members"]).ends(2).says("no region `qinhe`");
    project.run(["explain", "members"]).ends(2).says("not written as REGION:FIGURE");
}

/// Each page that is named has the figure, and no other page has a link to its row.
#[test]
fn explain_names_the_pages_on_which_a_figure_stands() {
    if !have(&["faces", "pdftotext"]) {
        return;
    }
    let project = Project::shipped();
    project.generate(["--region", "pingliang"]).ok();
    let pages: Vec<String> = texts(&project.path("reports/2026-11/region/pingliang.pdf"))
        .iter()
        .map(|text| squeezed(text))
        .collect();
    for (figure, words) in [("joint-bodies", "58个"), ("paired-branches", "197个")] {
        let run = project.run(["explain", &format!("pingliang:{figure}")]);
        let stands = said(&run.ok().stdout, "stands on")[0];
        let (_, on) = stands.split_once(": page").expect("pages");
        let numbers: Vec<usize> = on
            .trim_start_matches('s')
            .split(':')
            .next()
            .expect("a list")
            .split(',')
            .map(|page| page.trim().parse().expect("a number"))
            .collect();
        assert!(numbers.len() >= 2, "in the body and in the annex: {stands}");
        for page in numbers {
            assert!(pages[page - 1].contains(words), "{figure} is not on page {page}");
        }
        assert!(stands.ends_with(words) && stands.contains("a draft of 2026-11-30"), "{stands}");
    }
    // With another template the file cannot be made again: then no page is guessed.
    project.replace("templates/lib/page.typ", "top: 37mm", "top: 38mm");
    let run = project.run(["explain", "pingliang:joint-bodies"]);
    run.ok().prints("pages not known, since templates or faces are others now: 58个");
}

#[test]
fn audit_lists_each_figure_once_in_page_order() {
    if !have(&["faces", "pdftotext"]) {
        return;
    }
    let project = Project::counties();
    project.generate(["--region", "qinghe"]).ok();
    let view: Value =
        serde_json::from_str(&project.read("reports/2026-11/region/qinghe.json")).expect("a view");
    let rows: BTreeMap<u64, String> = view["annexes"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|annex| annex["kind"] == "figures")
        .flat_map(|annex| annex["sections"].as_array().into_iter().flatten())
        .flat_map(|section| section["rows"].as_array().into_iter().flatten())
        .map(|row| {
            (row["no"].as_u64().expect("a number"), row["indicator"].as_str().expect("a name").to_owned())
        })
        .collect();
    let run = project.run(["audit", "2026-11/region/qinghe", "--csv"]);
    let text = run.ok().stdout.trim_start_matches('\u{feff}').to_owned();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let heads: Vec<String> = reader.headers().expect("heads").iter().map(str::to_owned).collect();
    assert_eq!(heads, ["页", "序号", "指标、时间、地点", "本刊数字", "资料·段", "资料原文", "核对"]);
    let lines: Vec<csv::StringRecord> = reader.records().map(|line| line.expect("a line")).collect();
    let numbers: Vec<u64> = lines.iter().map(|line| line[1].parse().expect("a number")).collect();
    let mut sorted = numbers.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, rows.keys().copied().collect::<Vec<_>>(), "each row of the annex once");
    let first = |line: &csv::StringRecord| -> usize {
        line[0].split('、').next().expect("a page").parse().expect("a page")
    };
    assert!(lines.iter().map(first).is_sorted(), "{text}");
    let bodies = lines.iter().find(|line| line[2].starts_with("联建党组织（截至2025年6月，")).expect("58个");
    assert_eq!((&bodies[3], &bodies[4], &bodies[5], &bodies[6]), ("58个", "1·2", "58个", ""), "{bodies:?}");

    // The sheet has all of it, is tagged as the other files are, and lies beside the document.
    project.run(["audit", PDF]).ok().prints("reports/2026-11/region/qinghe.audit.pdf");
    let sheet = project.path("reports/2026-11/region/qinghe.audit.pdf");
    let words = squeezed(&texts(&sheet).concat());
    for line in &lines {
        assert!(words.contains(&squeezed(&line[3])), "{line:?}");
    }
    assert!(
        words.contains("核对人")
            && words.contains(&view["title"].as_str().expect("a title").replace('\n', ""))
    );
    if is_there() {
        conforms(&[sheet], &["2a", "ua1"]);
    }

    // What the data say otherwise by now, or say no more, is marked.
    project.replace(REGION, "value = 58\nas_printed = \"58个\"", "value = 68\nas_printed = \"68个\"");
    let run = project.run(["audit", "2026-11/region/qinghe", "--text"]);
    run.ok().prints("数据现为68个");
    project
        .run(["audit", "2026-11/region/qinge"])
        .ends(2)
        .says("no document `2026-11/region/qinge`")
        .says("qinghe");
    project.write("reports/2026-11/region/qinghe.json", "{}");
    project.run(["audit", "2026-11/region/qinghe"]).ends(2).says("its view is not the one it was made of");
}

#[test]
fn diff_of_two_periods_names_what_is_another() {
    if !have(&["faces"]) {
        return;
    }
    let project = Project::counties();
    project.generate(["--all", "--period", "2026-10"]).ok();
    project.replace(REGION, "value = 58\nas_printed = \"58个\"", "value = 68\nas_printed = \"68个\"");
    project.generate(["--all", "--period", "2026-11"]).ok();
    let run = project.run(["diff", "2026-10", "2026-11"]);
    run.ok()
        .prints("region baishi: nothing changed")
        .prints("region qinghe: 1 changed")
        .prints("58个")
        .prints("68个");
    project
        .run(["diff", "2026-10", "2026-11", "--subject", "baishi"])
        .ok()
        .prints("region baishi: nothing changed");
    project.run(["diff", "2026-10", "2026-12"]).ends(2).says("no such documents of 2026-12");
    project.run(["diff", "2026-10", "later"]).ends(2).says("`later` is not a period");
}

/// A real repository: a figure mended, one added, one taken away, and files that git does not know.
#[test]
fn diff_of_two_revisions_names_what_is_another_in_the_data() {
    let project = Project::counties();
    let git = |arguments: &[&str]| {
        let mut command = Command::new("git");
        command
            .current_dir(project.path(""))
            .env("HOME", project.path("home"))
            .env("GIT_CONFIG_NOSYSTEM", "1");
        let said = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main"];
        let output = command.args(said).args(arguments).output().expect("git is there");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    project.run(["diff", "--rev", "HEAD"]).ends(2).says("no revision `HEAD`").says("git repository");
    git(&["init", "-q"]);
    git(&["add", "data"]);
    git(&["commit", "-qm", "first"]);
    project.run(["diff", "--rev", "HEAD"]).ok().prints("0 changed, 0 new, 0 gone");
    project.replace(REGION, "value = 58\nas_printed = \"58个\"", "value = 68\nas_printed = \"68个\"");
    project.replace(REGION, "id = \"grant\"", "id = \"grant-again\"");
    let run = project.run(["diff", "--rev", "HEAD"]);
    let all = &run.ok().stdout;
    assert!(
        all.contains("  changed joint-bodies  联建党组织 68个: value 58个 → 68个; as printed 58个 → 68个\n"),
        "{all}"
    );
    assert!(all.contains("  new     grant-again") && all.contains("  gone    grant  "), "{all}");
    git(&["commit", "-qam", "second"]);
    assert_eq!(&project.run(["diff", "--rev", "HEAD~1..HEAD"]).ok().stdout, all);
    assert_eq!(
        &project.run(["diff", "--rev", "HEAD~1..HEAD", "--subject", "baishi"]).ok().stdout,
        "0 changed, 0 new, 0 gone\n"
    );
    project.run(["diff", "--rev", "HEAD..nowhere"]).ends(2).says("no revision `nowhere`");
}

/// What a designer works with is set without a word.
#[test]
fn audit_sample_is_set() {
    let Some(engine) = engine() else { return };
    let sample = std::fs::read(root().join("templates/audit/sample.json")).expect("the sample");
    let sample: Value = serde_json::from_slice(&sample).expect("a view");
    assert_eq!(set(&engine, &sample).pages, 1);
}
