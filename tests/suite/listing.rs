//! `list`, `export`, `doctor`, `completions`: what the workspace holds, for people and for other programs.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read};
use std::process::Stdio;

use serde_json::Value;

use crate::project::Project;
use crate::tools::have;

#[test]
fn each_list_has_its_entries() {
    let project = Project::counties();
    let rows = |what: &str| {
        let run = project.run(["list", what]);
        run.ok();
        run.stdout.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let regions = rows("regions");
    assert_eq!(regions[0], "id      name    level   facts  derived  mechanisms  cases  sources");
    assert_eq!(regions[1], "qinghe  青河县  county  14     2        1           1      1");
    assert_eq!(regions[2], "baishi  白石县  county  3      0        0           0      1");
    let places = rows("places");
    assert_eq!(places[2], "qinghe/dongtai    东台镇  town", "{places:#?}");
    assert_eq!(rows("indicators").len(), 1 + 8);
    assert_eq!(rows("sources").len(), 1 + 2);
    let documents = rows("documents");
    assert_eq!(documents[3], "comparative  two-counties  qinghe, baishi", "{documents:#?}");
    let facts = rows("facts");
    assert_eq!(facts.len(), 1 + 14 + 2 + 3);
    let target = facts.iter().find(|row| row.starts_with("qinghe:partner-funds ")).expect("a row");
    assert!(target.contains("近300万元") && target.contains("qinghe-2025 ¶6"), "{target}");
    let one = project.run(["list", "facts", "--region", "baishi"]);
    assert_eq!(one.ok().stdout.lines().count(), 1 + 3);
    project.run(["list", "facts", "--region", "beishi"]).ends(2).says("did you mean `baishi`?");
    project
        .run(["list", "cities"])
        .ends(2)
        .says("possible values: regions, places, indicators, documents, sources, facts");
}

#[test]
fn both_exports_have_a_row_for_each_figure_of_the_list() {
    let project = Project::shipped();
    let listed: BTreeSet<String> = {
        let run = project.run(["list", "facts"]);
        run.ok().stdout.lines().skip(1).map(|row| row.split(' ').next().expect("an id").to_owned()).collect()
    };
    assert!(listed.len() > 200, "{} figures", listed.len());

    let csv = project.run(["export", "--format", "csv"]).ok().stdout.clone();
    let csv = csv.strip_prefix('\u{feff}').expect("a mark for spreadsheets");
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let heads = reader.headers().expect("a head").clone();
    for column in [
        "region",
        "place",
        "indicator",
        "value",
        "unit",
        "qualifier",
        "coverage",
        "time",
        "source",
        "paragraph",
        "as_printed",
    ] {
        assert!(heads.iter().any(|head| head == column), "no column `{column}` in {heads:?}");
    }
    let at = |name: &str| heads.iter().position(|head| head == name).expect("a column");
    let mut rows = BTreeSet::new();
    for record in reader.records() {
        let record = record.expect("a whole row");
        let id = format!("{}:{}", &record[at("region")], &record[at("id")]);
        assert!(record[at("value")].parse::<f64>().is_ok(), "{id}: {record:?}");
        let stated = record[at("formula")].is_empty();
        assert_eq!(stated, record[at("paragraph")].parse::<u32>().is_ok(), "{id}: {record:?}");
        assert_eq!(stated, !record[at("as_printed")].is_empty(), "{id}: {record:?}");
        assert!(rows.insert(id), "a second row: {record:?}");
    }
    assert_eq!(rows, listed);

    let json = project.run(["export", "--format", "json"]).ok().stdout.clone();
    let json: Vec<Value> = serde_json::from_str(&json).expect("an array");
    let ids = json.iter().map(|row| {
        format!("{}:{}", row["region"].as_str().unwrap_or("?"), row["id"].as_str().unwrap_or("?"))
    });
    assert_eq!(ids.collect::<BTreeSet<_>>(), listed);
    assert_eq!(json.len(), listed.len());
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let project = Project::shipped();
    for arguments in [&["list", "facts"][..], &["export"], &["completions", "bash"]] {
        let mut child = project
            .command()
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut first = String::new();
        let mut out = BufReader::with_capacity(64, child.stdout.take().expect("a pipe"));
        out.read_line(&mut first).expect("a line");
        drop(out);
        let mut errors = String::new();
        child.stderr.take().expect("a pipe").read_to_string(&mut errors).expect("text");
        let status = child.wait().expect("it ends");
        assert_eq!((status.code(), errors.as_str()), (Some(0), ""), "{arguments:?}");
        assert!(!first.is_empty(), "{arguments:?}");
    }
}

#[test]
fn the_doctor_names_what_is_missing_and_what_mends_it() {
    if !have(&["faces"]) {
        return;
    }
    let project = Project::counties();
    let run = project.run(["doctor"]);
    run.ok()
        .prints("report.toml")
        .prints("office: 示例办公室")
        .prints("regions: 2, indicators: 8, sources: 2, comparisons: 1");
    assert!(!run.stdout.contains("mend"), "{}", run.stdout);
    project.replace("templates/lib/faces.toml", "[roles]\n", "[roles]\nseal = [\"没有的字体\"]\n");
    project.replace("report.toml", "office = \"示例办公室\"\n", "");
    let run = project.run(["doctor"]);
    run.ends(1)
        .prints("seal: 没有的字体 (not there)")
        .prints("mend: scripts/fetch-fonts")
        .prints("every page says 样稿");
    std::fs::remove_file(project.path("templates/comparative/main.typ")).expect("it is there");
    project.write("data/terms.toml", "format = 7\n");
    let run = project.run(["doctor"]);
    run.ends(1).prints("comparative/main.typ is missing").prints("errors: 1; mend: report check");
}

#[test]
fn completions_know_every_verb() {
    let project = Project::counties();
    for shell in ["bash", "zsh", "fish"] {
        let run = project.run(["completions", shell]);
        run.ok();
        for verb in ["generate", "check", "list", "export", "doctor", "completions", "children-of"] {
            assert!(run.stdout.contains(verb), "{shell}: no `{verb}`");
        }
    }
    project.run(["completions", "cmd"]).ends(2).says("possible values: bash, elvish, fish, powershell, zsh");
}
