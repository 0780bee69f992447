//! PDF/A and PDF/UA, as veraPDF judges them: every shipped document, those of the demo, drafts and issues, in each standard.
//!
//! What other readers find in the files is left to `pdf_form` and `accessible`.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::counter::recipient;
use crate::mistakes::{issued, mend};
use crate::project::{AS_OF, Project, copy_folder, root};
use crate::shipped::Shipped;
use crate::tools::{have, skip};

/// Where `scripts/fetch-verapdf` has put it.
fn verapdf() -> Option<PathBuf> {
    let cache = std::env::var_os("XDG_CACHE_HOME").filter(|cache| !cache.is_empty()).map(PathBuf::from);
    let cache = cache.or_else(|| std::env::var_os("HOME").map(|home| Path::new(&home).join(".cache")));
    let caches = cache.map(|cache| cache.join("report")).into_iter().chain([root().join("target/cache")]);
    caches.map(|cache| cache.join("verapdf-1.30.2")).find(|folder| folder.is_dir())
}

/// Whether it can be asked; a test without it is skipped.
pub(crate) fn is_there() -> bool {
    if !have(&["faces", "java"]) {
        return false;
    }
    if verapdf().is_none() {
        skip("veraPDF (scripts/fetch-verapdf)");
        return false;
    }
    true
}

/// Fails unless each file conforms to each flavour (`2a`, `3a`, `ua1`), with the rules that it breaks.
#[track_caller]
pub(crate) fn conforms(files: &[PathBuf], flavours: &[&str]) {
    let jars = verapdf().expect("asked before").join("*");
    for flavour in flavours {
        let mut java = Command::new("java");
        java.arg("-cp").arg(&jars).arg("org.verapdf.apps.GreenfieldCliWrapper");
        let run = java.args(["--flavour", flavour, "--format", "text", "-v"]).args(files).output();
        let run = run.expect("java starts");
        let said = String::from_utf8_lossy(&run.stdout);
        let passed = said.lines().filter(|line| line.starts_with("PASS")).count();
        assert_eq!(passed, files.len(), "{flavour}: {said}{}", String::from_utf8_lossy(&run.stderr));
    }
}

fn pdfs(project: &Project, folder: &str) -> Vec<PathBuf> {
    let files = project.files(folder);
    let pdfs = files.iter().filter(|file| file.ends_with(".pdf"));
    pdfs.map(|file| project.path(format!("{folder}/{file}"))).collect()
}

#[test]
fn every_shipped_document_conforms_to_pdf_a_2a_and_pdf_ua_1() {
    if !is_there() {
        return;
    }
    let all = Shipped::in_all_languages(&[]);
    let files: Vec<PathBuf> = all.into_iter().map(|(shipped, name)| shipped.pdf(name)).collect();
    assert!(files.len() >= 15, "five documents in three languages: {files:?}");
    conforms(&files, &["2a", "ua1"]);
}

/// The style for the general reader, and the four beats in either style, in each language.
#[test]
fn every_style_conforms_in_every_language() {
    if !is_there() {
        return;
    }
    let (shipped, demo) = (Project::shipped(), Project::demo());
    for project in [&shipped, &demo] {
        copy_folder(&root().join("styles"), &project.path("styles"));
    }
    for language in ["zh-Hans", "zh-Hant", "en"] {
        let all = ["generate", "--all", "--style", "modern", "--jobs", "2", "--lang", language];
        shipped.run(all.into_iter().chain(["--as-of", AS_OF])).ok();
        for style in ["official", "modern"] {
            for (period, day) in [
                ("2026-10", "2026-11-06"),
                ("2026-Q3", "2026-10-12"),
                ("2026-H1", "2026-07-12"),
                ("2026", "2027-01-12"),
            ] {
                let out = format!("reports/{style}");
                let one = ["generate", "--area", "shili", "--period", period, "--as-of", day];
                demo.run(one.into_iter().chain(["--style", style, "--lang", language, "--out", &out])).ok();
            }
        }
    }
    let files = [pdfs(&shipped, "reports"), pdfs(&demo, "reports")].concat();
    assert_eq!(files.len(), 15 + 24, "{files:?}");
    conforms(&files, &["2a", "ua1"]);
}

#[test]
fn with_its_facts_within_it_a_document_conforms_to_pdf_a_3a() {
    if !is_there() {
        return;
    }
    let project = Project::counties();
    project.generate(["--all", "--pdf-standard", "a-3a"]).ok();
    let files = pdfs(&project, "reports");
    assert!(files.len() > 2, "{files:?}");
    conforms(&files, &["3a", "ua1"]);
}

#[test]
fn drafts_issues_and_bodies_of_the_demo_conform() {
    if !is_there() {
        return;
    }
    let project = Project::demo();
    project.generate(["--all"]).ok();
    project.generate(["--region", "jia-xian", "--issue", "3", "--out", "reports/issue"]).ok();
    project.generate(["--region", "jia-xian", "--part", "body", "--out", "reports/body"]).ok();
    for period in ["2026-Q3", "2026-H1", "2026"] {
        project.generate(["--area", "shili", "--period", period]).ok();
    }
    let files = pdfs(&project, "reports");
    assert!(files.len() > 11, "{files:?}");
    conforms(&files, &["2a", "ua1"]);
}

#[test]
fn corrections_withdrawals_and_distribution_lists_conform() {
    if !is_there() {
        return;
    }
    let counter = issued("[\"region\"]", &recipient("a", "", "drop", "a"), &[("a", "drop")]);
    let later = "2026-12-05T09:00:00+08:00";
    mend(&counter);
    counter.at(later, ["correct", "2026-11/region/qinghe", "--reason", "录入错误"]).ok();
    counter.at(later, ["withdraw", "2026-11/region/baishi", "--reason", "来源撤稿"]).ok();
    counter.at(later, ["distribution", "2026-11/region/qinghe"]).ok();
    let files = counter.files("reports").into_iter().filter(|file| file.ends_with(".pdf"));
    let files: Vec<PathBuf> = files.map(|file| counter.path(format!("reports/{file}"))).collect();
    assert_eq!(files.len(), 5, "two issues, a correction, a notice and a list: {files:?}");
    conforms(&files, &["2a", "ua1"]);
}

/// A validator that passes everything would make all of the above worthless.
#[test]
fn a_plain_file_does_not_conform() {
    if !is_there() {
        return;
    }
    let project = Project::counties();
    project.generate(["--region", "qinghe", "--pdf-standard", "1.7"]).ok();
    let files = pdfs(&project, "reports");
    let failed = std::panic::catch_unwind(|| conforms(&files, &["2a"]));
    assert!(failed.is_err(), "veraPDF passes a file that names no standard");
}
