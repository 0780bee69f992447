//! Names the build: a digest of the sources that decide what a document says and how it looks, and of the versions it is built with.
//!
//! A development build has the version of the last release, but may make another view of the same data; what one of them recorded as
//! unchanged must not be skipped by the next.

use std::fs;
use std::hash::{DefaultHasher, Hasher};
use std::path::Path;

/// What says how a document comes about. The verbs, schedules and channels have no part in it.
const DECIDES: [&str; 7] = [
    "src/casefile",
    "src/model",
    "src/settings",
    "src/settings.rs",
    "src/views",
    "src/typeset",
    "src/pipeline",
];

#[expect(clippy::disallowed_macros, reason = "what is printed is what Cargo is told")]
fn main() {
    let mut hasher = DefaultHasher::new();
    for path in DECIDES.iter().chain(&["Cargo.lock"]) {
        println!("cargo:rerun-if-changed={path}");
        add(Path::new(path), &mut hasher);
    }
    println!("cargo:rustc-env=REPORT_BUILD={:016x}", hasher.finish());
}

/// Adds a file, or all files of a folder in the order of their names.
fn add(path: &Path, hasher: &mut DefaultHasher) {
    if let Ok(entries) = fs::read_dir(path) {
        let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
        paths.sort();
        for path in paths {
            add(&path, hasher);
        }
    } else if let Ok(bytes) = fs::read(path) {
        hasher.write(path.to_string_lossy().as_bytes());
        hasher.write(&bytes);
    }
}
