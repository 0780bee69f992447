//! The house: the flow runs one way, every file says what it is for and has one subject.
//!
//! What clippy sees (printing, the clock, the environment in the library) is left to clippy; printed digits to `printed_digits`.

use std::fs;
use std::path::{Path, PathBuf};

use crate::project::root;

/// All Rust files below a folder of the repository, as path and text, sorted.
fn sources(folder: &str) -> Vec<(String, String)> {
    let (mut found, mut folders): (Vec<PathBuf>, _) = (Vec::new(), vec![root().join(folder)]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    let name = |path: &Path| path.strip_prefix(root()).expect("it lies below").display().to_string();
    found.iter().map(|path| (name(path), fs::read_to_string(path).expect("a source"))).collect()
}

/// The modules of the library in the order of the flow, as `lib.rs` declares them.
fn flow() -> Vec<String> {
    let lib = fs::read_to_string(root().join("src/lib.rs")).expect("the library");
    lib.lines()
        .filter_map(|line| Some(line.strip_prefix("pub mod ")?.strip_suffix(';')?.to_owned()))
        .collect()
}

/// The modules that a text names by `crate::`, in `use` lines and elsewhere.
fn named(text: &str) -> Vec<&str> {
    let end = |rest: &str| rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
    let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    code.flat_map(|line| line.split("crate::").skip(1)).map(|rest| &rest[..end(rest)]).collect()
}

/// Uses of a module that stands further on in the flow: file, module.
fn arrows_back(flow: &[String], sources: &[(String, String)]) -> Vec<String> {
    let place = |module: &str| flow.iter().position(|m| m == module);
    let mut back = Vec::new();
    for (path, text) in sources {
        let own = path.trim_start_matches("src/").split(['/', '.']).next().unwrap_or_default();
        let Some(at) = place(own) else { continue };
        for module in named(text) {
            // An empty name is `use crate::{…}`: one line for each module is wanted, so that this test sees it.
            if module.is_empty() || place(module).is_none_or(|other| other > at) {
                back.push(format!("{path}: `{module}`"));
            }
        }
    }
    back
}

#[test]
fn no_arrow_of_the_flow_runs_back() {
    let flow = flow();
    assert_eq!(flow.first().map(String::as_str), Some("diag"), "{flow:?}");
    assert_eq!(flow.last().map(String::as_str), Some("shards"), "{flow:?}");
    let sources = sources("src");
    let arrows: usize = sources.iter().map(|(_, text)| named(text).len()).sum();
    assert!(arrows > 50, "only {arrows} uses are seen");
    let back = arrows_back(&flow, &sources);
    assert!(back.is_empty(), "{back:#?}");
}

#[test]
fn an_arrow_back_is_seen() {
    let flow = ["diag", "model", "views"].map(str::to_owned);
    let source = |path: &str, text: &str| [(path.to_owned(), text.to_owned())];
    let back = |path, text| arrows_back(&flow, &source(path, text)).len();
    assert_eq!(back("src/model/fact.rs", "use crate::views::shape;"), 1);
    assert_eq!(back("src/model/fact.rs", "let x = crate::views::y();"), 1);
    assert_eq!(back("src/model/fact.rs", "use crate::{diag, views};"), 1);
    assert_eq!(back("src/views/mod.rs", "use crate::model::Fact;\nuse crate::diag::Span;\n"), 0);
    assert_eq!(back("src/model/fact.rs", "/// As `crate::views` prints it."), 0);
}

/// The binary uses the library under its name; a module of it must not reach into the library's files.
#[test]
fn every_module_of_the_library_is_in_the_flow() {
    let flow = flow();
    for (path, _) in sources("src") {
        let own = path.trim_start_matches("src/").split(['/', '.']).next().unwrap_or_default().to_owned();
        let binary = ["main", "lib", "cli", "terminal"].contains(&own.as_str());
        assert!(binary || flow.contains(&own), "{path} belongs to no module of lib.rs");
    }
}

#[test]
fn every_file_opens_with_what_it_is_for() {
    for (path, text) in ["src", "tests", "examples"].into_iter().flat_map(sources) {
        let sentence: Vec<&str> = text.lines().map_while(|line| line.strip_prefix("//! ")).collect();
        let ends = sentence.last().is_some_and(|line| line.ends_with(['.', ':']));
        assert!(ends, "{path} opens with {sentence:?}");
    }
}

#[test]
fn no_file_has_more_than_600_lines() {
    let long: Vec<_> = ["src", "tests", "examples"]
        .into_iter()
        .flat_map(sources)
        .map(|(path, text)| (path, text.lines().count()))
        .filter(|(_, lines)| *lines > 600)
        .collect();
    assert!(long.is_empty(), "{long:?}");
}
