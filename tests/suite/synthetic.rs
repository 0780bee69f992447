//! The example `synthesize`: its workspaces are the same again, are right by every check, and no two of their documents share a paragraph.
//!
//! How long their documents take is left to the measurements that are made with them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use serde_json::Value;

use crate::pdf::{squeezed, texts};
use crate::project::{Project, Run, root};
use crate::tools::{have, output};

/// The example, built as the suite is. `cargo test --test suite` builds no examples by itself.
fn example() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        let suite = std::env::current_exe().expect("the suite");
        let profile = suite.parent().and_then(Path::parent).expect("the folder of a profile");
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.args(["build", "--quiet", "--locked", "--example", "synthesize"]).current_dir(root());
        cargo.arg("--target-dir").arg(profile.parent().expect("the folder of all profiles"));
        if profile.ends_with("release") {
            cargo.arg("--release");
        }
        let built = cargo.status().is_ok_and(|status| status.success());
        assert!(built, "cargo build --example synthesize fails");
        profile.join("examples/synthesize")
    })
}

fn synthesize(folder: &Path, arguments: &[&str]) -> Run {
    Run::of(Command::new(example()).args(arguments).arg(folder))
}

/// A workspace of so many regions that one seed gives.
pub(crate) fn workspace(arguments: &[&str]) -> Project {
    let folder = tempfile::tempdir().expect("a folder");
    let inner = folder.path().join("new");
    synthesize(&inner, arguments).ok();
    Project::copy_of(&inner)
}

/// All files of the data with what stands in them.
fn data(project: &Project) -> BTreeMap<String, String> {
    let names = project.files("data");
    names.into_iter().map(|name| (name.clone(), project.read(&format!("data/{name}")))).collect()
}

/// Files of regions and their texts.
fn of_regions(data: &BTreeMap<String, String>) -> BTreeMap<&String, &String> {
    data.iter().filter(|(name, _)| name.starts_with("regions/") || name.starts_with("texts/")).collect()
}

#[test]
fn one_seed_gives_one_workspace_and_few_regions_are_the_first_of_many() {
    let few = data(&workspace(&["--regions", "3", "--seed", "7"]));
    assert_eq!(few, data(&workspace(&["--regions", "3", "--seed", "7"])));
    let many = data(&workspace(&["--regions", "40", "--seed", "7"]));
    assert_eq!(of_regions(&many).len(), 80);
    for (name, text) in of_regions(&few) {
        assert!(many.get(name) == Some(text), "{name} differs with more regions");
    }
    let other = data(&workspace(&["--regions", "3", "--seed", "8"]));
    let same = of_regions(&few).into_iter().filter(|(_, text)| other.values().any(|other| other == *text));
    assert_eq!(same.count(), 0, "another seed gives the same region");
}

#[test]
fn a_folder_that_holds_something_is_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("notes.txt"), "mine").expect("a file");
    let run = synthesize(folder.path(), &["--regions", "1"]);
    run.ends(2).says("is not empty").says("hint: name a new folder");
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1);
    synthesize(&folder.path().join("notes.txt"), &[]).ends(2).says("is no folder to write to");
    for count in ["0", "32769", "many"] {
        synthesize(&folder.path().join("new"), &["--regions", count]).ends(2).says("--regions");
    }
    assert!(!folder.path().join("new").exists());
}

/// Every name that there is, once.
#[test]
fn no_two_regions_are_named_alike() {
    let project = workspace(&["--regions", "600", "--seed", "3", "--facts", "1", "--mechanisms", "1"]);
    let mut seen = BTreeMap::new();
    for (file, text) in data(&project).iter().filter(|(name, _)| name.starts_with("regions/")) {
        let line = text.lines().find(|line| line.starts_with("name = ")).expect("a name");
        assert!(file.ends_with(".toml") && file.is_ascii(), "{file}");
        assert_eq!(seen.insert(line.to_owned(), file.clone()), None, "{line} twice");
    }
    assert_eq!(seen.len(), 600);
}

#[test]
fn the_checks_find_nothing_and_regions_hold_what_real_ones_hold() {
    if !have(&["faces"]) {
        return;
    }
    let project = workspace(&["--regions", "12", "--seed", "11"]);
    let run = project.run(["check", "--deny", "warnings"]);
    run.ok();
    assert_eq!(run.stderr, "checked: no errors, 0 warnings\n");
    let mut qualifiers = BTreeSet::new();
    for file in project.files("data/regions") {
        let region: toml::Table = project.read(&format!("data/regions/{file}")).parse().expect("TOML");
        let count = |key: &str| region.get(key).and_then(toml::Value::as_array).map_or(0, Vec::len);
        assert!(count("fact") >= 40, "{file}: {} facts", count("fact"));
        assert!(count("mechanism") >= 30, "{file}: {} mechanisms", count("mechanism"));
        assert!((2..=3).contains(&count("case")), "{file}: {} cases", count("case"));
        for (key, least) in [("source", 3), ("place", 8), ("derived", 5), ("relation", 8), ("practice", 4)] {
            assert!(count(key) >= least, "{file}: {} of {key}", count(key));
        }
        assert_eq!(region["region"]["demo"].as_bool(), Some(true), "{file} does not say that it is invented");
        let facts = region["fact"].as_array().expect("facts");
        let said = facts.iter().filter_map(|fact| fact.get("qualifier")?.as_str().map(str::to_owned));
        qualifiers.extend(said);
        let text = project.read(&format!("data/texts/region-{file}"));
        assert!(text.matches("[[section.block]]").count() >= 8, "{text}");
    }
    assert_eq!(qualifiers.len(), 4, "{qualifiers:?}");
}

/// A check that could not fail would prove nothing of the data: a figure that is altered breaks the sums that it stands in.
#[test]
fn the_relations_of_a_region_bind_its_figures() {
    if !have(&["faces"]) {
        return;
    }
    let project = workspace(&["--regions", "1"]);
    let file = format!("data/regions/{}", project.files("data/regions")[0]);
    let text = project.read(&file);
    let line = text.lines().skip_while(|line| *line != "id = \"joint-bodies\"").nth(2).expect("its value");
    let value: u32 = line.strip_prefix("value = ").and_then(|n| n.parse().ok()).expect("a whole number");
    let fact = |value: u32| format!("value = {value}\nas_printed = \"{value}个\"");
    project.replace(&file, &fact(value), &fact(value + 1));
    let run = project.check();
    run.ends(2);
    assert!(run.stderr.matches("error[relation]").count() >= 2, "{}", run.stderr);
}

/// What a document says in words and figures, piece by piece: paragraphs, headings, tables, charts, and each row of each table.
/// Where a piece stands and what it links to is left out; so are the remarks and notes that the program prints in every document.
fn pieces(view: &Value) -> BTreeSet<String> {
    let mut all: Vec<&Value> = ["title", "subtitle", "note", "lead", "glance"].map(|key| &view[key]).to_vec();
    let list = |value: &'static str| move |of: &'_ Value| of[value].as_array().cloned().unwrap_or_default();
    let sections = list("sections")(view);
    let annexes = list("annexes")(view);
    let mut inner: Vec<Value> = Vec::new();
    for section in &sections {
        inner.push(section["heading"].clone());
        inner.extend(list("blocks")(section));
    }
    for annex in &annexes {
        inner.extend(list("blocks")(annex));
        inner.extend(list("items")(annex));
        let groups = list("sections")(annex).into_iter().chain(list("groups")(annex));
        inner.extend(groups.flat_map(|group| list("rows")(&group)));
    }
    let rows: Vec<Value> = inner.iter().flat_map(list("rows")).collect();
    all.extend(inner.iter().chain(&rows));
    all.into_iter().map(|piece| bare(piece).to_string()).collect()
}

/// Without numbers and links.
fn bare(value: &Value) -> Value {
    match value {
        Value::Object(map) => map
            .iter()
            .filter(|(key, _)| !["to", "no", "id", "number"].contains(&key.as_str()))
            .map(|(key, value)| (key.clone(), bare(value)))
            .collect(),
        Value::Array(list) => list.iter().map(bare).collect(),
        other => other.clone(),
    }
}

/// All strings of a view.
fn strings(value: &Value, to: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => map.values().for_each(|value| strings(value, to)),
        Value::Array(list) => list.iter().for_each(|value| strings(value, to)),
        Value::String(text) => {
            to.insert(squeezed(text));
        }
        _ => {}
    }
}

/// What is compared of one document.
struct Document {
    name: String,
    pieces: BTreeSet<String>,
    /// All strings of its view.
    strings: BTreeSet<String>,
    /// The lines on its pages that are long enough to be no accident.
    lines: BTreeSet<String>,
}

impl Document {
    #[track_caller]
    fn of(project: &Project, name: &str) -> Self {
        let path = format!("reports/2026-11/region/{name}");
        let view: Value = serde_json::from_str(&project.read(&format!("{path}.json"))).expect("JSON");
        let pdf = project.path(format!("{path}.pdf"));
        let info = output("pdfinfo", [&pdf]);
        let pages = info.lines().find_map(|line| line.strip_prefix("Pages:")?.trim().parse::<usize>().ok());
        assert!(pages.is_some_and(|pages| pages >= 8), "{name}: {info}");
        let pages = texts(&pdf);
        assert!(pages.iter().all(|page| page.contains("演示数据")), "{name} has a page without the mark");
        assert!(squeezed(&pages[0]).contains("合成数据联建简报（测试）"), "{}", pages[0]);
        let lines = pages.iter().flat_map(|page| page.lines()).filter(|line| han(line) >= 16);
        let mut all = BTreeSet::new();
        strings(&view, &mut all);
        Self { name: name.into(), pieces: pieces(&view), strings: all, lines: lines.map(squeezed).collect() }
    }

    /// Long lines that stand in both and are made of anything but strings that both views have.
    fn lines_in_both<'a>(&'a self, other: &'a Self) -> Vec<&'a String> {
        let mut fixed: Vec<&String> = self.strings.intersection(&other.strings).collect();
        fixed.sort_by_key(|text| std::cmp::Reverse(text.len()));
        let own = |line: &&String| {
            let words = fixed.iter().filter(|text| han(text) > 0);
            let rest = words.fold((*line).clone(), |line, text| line.replace(*text, ""));
            // A longer string takes several lines.
            han(&rest) > 3 && !fixed.iter().any(|text| text.contains(line.as_str()))
        };
        self.lines.intersection(&other.lines).filter(own).collect()
    }
}

/// How many Chinese characters a text has.
fn han(text: &str) -> usize {
    text.chars().filter(|c| ('一'..='鿿').contains(c)).count()
}

/// No piece of one document stands in another, as it is given to the typesetter; and on paper no long line but what the program prints
/// in every document by itself: heads of tables, remarks, notes on the data.
#[test]
fn no_two_documents_share_a_paragraph_or_a_table() {
    if !have(&["faces", "pdftotext", "pdfinfo"]) {
        return;
    }
    let project = workspace(&["--regions", "5", "--seed", "5"]);
    let run = project.generate(["--all"]);
    run.ok();
    assert_eq!(run.stderr, "");
    let files = project.files("data/regions");
    let names = files.iter().filter_map(|file| file.strip_suffix(".toml"));
    let documents: Vec<Document> = names.map(|name| Document::of(&project, name)).collect();
    assert_eq!(documents.len(), 5);
    for (at, one) in documents.iter().enumerate() {
        assert!(one.pieces.len() > 100 && one.lines.len() > 40, "{}: {}", one.name, one.pieces.len());
        for other in &documents[at + 1..] {
            let shared: Vec<_> = one.pieces.intersection(&other.pieces).collect();
            assert!(shared.is_empty(), "{} and {} share {shared:#?}", one.name, other.name);
            let shared = one.lines_in_both(other);
            assert!(shared.is_empty(), "{} and {} print {shared:#?}", one.name, other.name);
        }
    }
    // The remarks are there to be found, so that lines are compared at all.
    let [one, other] = [&documents[0], &documents[1]];
    assert!(one.lines.intersection(&other.lines).count() > 0, "{:?}", one.lines);
}
