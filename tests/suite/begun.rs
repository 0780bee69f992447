//! The first minutes: a workspace that `init` writes, with a program that was installed and templates that came with it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::pdf::{squeezed, texts};
use crate::project::{Run, copy_folder, root};
use crate::tools::{faces, have};

/// A program installed below a prefix, with an empty environment, and a home without anything.
struct Newcomer {
    folder: TempDir,
}

impl Newcomer {
    fn new() -> Self {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
        let own = Self { folder };
        for name in ["usr/bin", "usr/share/report", "home"] {
            fs::create_dir_all(own.path(name)).expect("a folder");
        }
        let program = Path::new(env!("CARGO_BIN_EXE_report"));
        if fs::hard_link(program, own.path("usr/bin/report")).is_err() {
            fs::copy(program, own.path("usr/bin/report")).expect("a copy");
        }
        copy_folder(&root().join("templates"), &own.path("usr/share/report/templates"));
        own
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn run(&self, at: &str, arguments: &[&str]) -> Run {
        let mut command = Command::new(self.path("usr/bin/report"));
        command.env_clear().env("HOME", self.path("home")).current_dir(self.path(at)).stdin(Stdio::null());
        Run::of(command.args(arguments))
    }
}

#[test]
fn what_init_writes_is_checked_made_and_scheduled() {
    if !have(&["faces", "pdftotext"]) {
        return;
    }
    let newcomer = Newcomer::new();
    let run = newcomer.run("home", &["init", "first"]);
    run.ok()
        .prints("wrote first/report.toml")
        .prints("cd first && report check")
        .prints("report generate --region yunxi");
    let fonts = faces().expect("faces").display().to_string();
    let check = newcomer.run("home/first", &["check", "--fonts", &fonts, "--as-of", "2026-11-30"]);
    check.ok().says("checked: no errors, 0 warnings");
    newcomer
        .run("home/first", &["generate", "--region", "yunxi", "--fonts", &fonts, "--as-of", "2026-11-30"])
        .ok();
    let pages = texts(&newcomer.path("home/first/reports/2026-11/region/yunxi.pdf"));
    let all = squeezed(&pages.concat());
    for words in ["云溪县以党建联建带动两镇发展情况", "样稿", "演示数据", "36个", "1240余人", "◇50个"]
    {
        assert!(all.contains(words), "no {words}: {all}");
    }
    newcomer.run("home/first", &["schedule", "list"]).ok().prints("monthly");
    // From a folder within it, as git finds its own.
    let within = newcomer.run("home/first/data/regions", &["list", "facts"]);
    within.ok().prints("yunxi:joint-bodies");
}

#[test]
fn init_overwrites_nothing() {
    let newcomer = Newcomer::new();
    let own = newcomer.path("home/first/data/units.toml");
    fs::create_dir_all(own.parent().expect("a folder")).expect("a folder");
    fs::write(&own, "mine").expect("a new file");
    newcomer.run("home/first", &["init"]).ok().prints("kept data/units.toml").prints("wrote report.toml");
    assert_eq!(fs::read_to_string(&own).expect("it is there"), "mine");
    let settings = newcomer.path("home/first/report.toml");
    fs::write(&settings, "format = 1\n").expect("it can be written");
    newcomer.run("home/first", &["init"]).ends(2).says("is a workspace already");
    newcomer.run("home", &["init", "first"]).ends(2).says("first is a workspace already");
    assert_eq!(fs::read_to_string(&settings).expect("it is there"), "format = 1\n");
    newcomer.run("home", &["init", "first/report.toml/sub"]).ends(2).says("cannot write");
}

#[test]
fn templates_that_came_with_the_program_serve_a_workspace_without_its_own() {
    let newcomer = Newcomer::new();
    newcomer.run("home", &["init", "first"]).ok();
    newcomer.run("home/first", &["template", "list"]).ok();
    fs::remove_dir_all(newcomer.path("usr/share/report")).expect("it is there");
    let doctor = newcomer.run("home/first", &["doctor"]);
    assert_ne!(doctor.code, 0, "without templates something is missing: {}", doctor.stdout);
}

/// Files and folders below one, with their modes, but not their times.
fn all_below(top: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![top.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).expect("a folder").flatten() {
            found.push(entry.path().strip_prefix(top).expect("below").display().to_string());
            if entry.path().is_dir() {
                open.push(entry.path());
            }
        }
    }
    found.sort();
    found
}

#[test]
fn what_is_installed_works_and_goes_without_a_trace() {
    if !have(&["faces"]) {
        return;
    }
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
    let top = folder.path().join("opt/report");
    // What lies there already, empty folders too, is of others.
    fs::create_dir_all(top.join("share/man")).expect("a folder");
    fs::create_dir_all(top.join("bin")).expect("a folder");
    fs::write(top.join("bin/other"), "of others").expect("a file");
    let before = all_below(&top);
    let install = |more: &[&str]| {
        let mut command = Command::new(root().join("scripts/install"));
        let run =
            Run::of(command.args(["--prefix", "/opt/report", "--destdir"]).arg(folder.path()).args(more));
        run.ok();
    };
    for _ in 0..2 {
        // Once more over itself, as an upgrade is.
        install(&["--program", env!("CARGO_BIN_EXE_report")]);
    }
    let there = all_below(&top);
    for name in [
        "bin/report",
        "share/report/templates/region/main.typ",
        "share/report/styles/modern/style.toml",
        "share/man/man1/report.1",
        "share/man/man1/report-generate.1",
        "share/bash-completion/completions/report",
        "share/zsh/site-functions/_report",
        "share/fish/vendor_completions.d/report.fish",
        "share/doc/report/README.md",
        "share/doc/report/docs/data.md",
    ] {
        assert!(there.iter().any(|path| path == name), "no {name}");
    }
    assert!(!there.iter().any(|path| path.ends_with(".new")));
    // An installed program makes a briefing with nothing but what it brought.
    let home = folder.path().join("home");
    fs::create_dir_all(&home).expect("a folder");
    for arguments in [&["init", "first"][..], &["-C", "first", "generate", "--region", "yunxi"]] {
        let mut command = Command::new(top.join("bin/report"));
        Run::of(command.env_clear().env("HOME", &home).current_dir(&home).args(arguments)).ok();
    }
    install(&["--uninstall"]);
    assert_eq!(all_below(&top), before);
}
