//! What a test needs from outside: faces, and programs that read PDFs. Without it a test is skipped, or fails with `REPORT_TESTS=all`.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::project::root;

/// The folder of faces: `REPORT_FONTS`, else `fonts/` once `scripts/fetch-fonts` has filled it.
pub(crate) fn faces() -> Option<PathBuf> {
    let given = std::env::var_os("REPORT_FONTS").map(PathBuf::from);
    given.into_iter().chain([root().join("fonts")]).find(|folder| has_faces(folder.as_path()))
}

fn has_faces(folder: &Path) -> bool {
    let is_face = |path: PathBuf| path.extension().is_some_and(|e| e == "otf" || e == "ttf" || e == "ttc");
    std::fs::read_dir(folder).into_iter().flatten().flatten().any(|entry| is_face(entry.path()))
}

/// Whether all of these are there: `faces`, or the name of a program.
#[track_caller]
pub(crate) fn have(needs: &[&str]) -> bool {
    let missing: Vec<&str> = needs.iter().filter(|need| !is_there(need)).copied().collect();
    if missing.is_empty() {
        return true;
    }
    skip(&missing.join(", "));
    false
}

/// Says that a test does not run, and fails where every test is to run.
#[track_caller]
pub(crate) fn skip(need: &str) {
    let all = std::env::var_os("REPORT_TESTS").is_some_and(|tests| tests == "all");
    assert!(!all, "skipped: needs {need}");
    eprintln!("skipped: needs {need}");
}

fn is_there(need: &str) -> bool {
    if need == "faces" {
        return faces().is_some();
    }
    // Each of them ends at once with its version; poppler's and mupdf's with another code than 0.
    let version = if ["qpdf", "parallel"].contains(&need) { "--version" } else { "-v" };
    Command::new(need).arg(version).output().is_ok()
}

/// Where a file of a package lies that `scripts/fetch-tools` only unpacks (`usr/sbin/cron`): a folder of the cache, else the system.
pub(crate) fn service_tree(file: &str) -> Option<PathBuf> {
    let mut trees = caches().map(|cache| cache.join("services")).chain([PathBuf::from("/")]);
    trees.find(|tree| tree.join(file).is_file())
}

/// A program that a script of ours has put into the cache: `pyhanko/bin/pyhanko`.
pub(crate) fn cached(file: &str) -> Option<PathBuf> {
    caches().map(|cache| cache.join(file)).find(|path| path.is_file())
}

/// Where the scripts keep what they fetch.
fn caches() -> impl Iterator<Item = PathBuf> {
    let cache = std::env::var_os("XDG_CACHE_HOME").filter(|cache| !cache.is_empty()).map(PathBuf::from);
    let cache = cache.or_else(|| std::env::var_os("HOME").map(|home| Path::new(&home).join(".cache")));
    cache.map(|cache| cache.join("report")).into_iter().chain([root().join("target/cache")])
}

/// Such a file, ready to be started, with the libraries and units that came with it.
pub(crate) fn service_in(tree: &Path, file: &str) -> Command {
    let mut command = Command::new(tree.join(file));
    if tree != Path::new("/") {
        command.env("LD_LIBRARY_PATH", std::env::join_paths(libraries(tree)).expect("plain paths"));
    }
    command.env("SYSTEMD_UNIT_PATH", tree.join("lib/systemd/system"));
    command
}

/// The folders below this one that hold shared libraries.
fn libraries(tree: &Path) -> Vec<PathBuf> {
    let (mut found, mut folders) = (Vec::new(), vec![tree.join("lib"), tree.join("usr/lib")]);
    while let Some(folder) = folders.pop() {
        let entries: Vec<_> = std::fs::read_dir(&folder).into_iter().flatten().flatten().collect();
        if entries.iter().any(|entry| entry.file_name().to_string_lossy().contains(".so")) {
            found.push(folder);
        }
        folders.extend(entries.iter().map(std::fs::DirEntry::path).filter(|path| path.is_dir()));
    }
    found
}

/// What a program prints; it must not fail.
#[track_caller]
pub(crate) fn output<S: AsRef<std::ffi::OsStr>>(
    program: &str,
    arguments: impl IntoIterator<Item = S>,
) -> String {
    let output = Command::new(program).args(arguments).output().unwrap_or_else(|e| panic!("{program}: {e}"));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program}: {errors}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}
