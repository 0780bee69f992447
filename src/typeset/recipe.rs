//! What a document is made from besides its view: this program, its typesetter, the templates, the faces.
//!
//! Whether two recipes agree, and what then, is left to who asks.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::faces::Faces;
use super::folders::{Folders, OFFICIAL};
use super::scan::stamp;
use crate::disk;

/// The typesetter that this program is built with.
const TYPESETTER: &str = "typst 0.15.1";

/// Everything that decides how a view looks on paper, by its content and not by where it lies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    /// The version of this form.
    pub format: u32,
    /// This program and its version.
    pub program: String,
    /// The typesetter and its version.
    pub typesetter: String,
    /// The chain of the house style, its name first; none for the official templates alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub style: Vec<String>,
    /// SHA-256 of each template in effect, by its path: those that a style replaces bear the name by which it reaches them.
    pub templates: BTreeMap<String, String>,
    /// SHA-256 of each font file that serves a role, by its name.
    pub faces: BTreeMap<String, String>,
    /// Which face of which file serves each role, in order: `fang: FandolFang-Regular.otf#0`.
    pub roles: BTreeMap<String, Vec<String>>,
}

impl Recipe {
    /// The recipe of folders of templates with the faces found for it. `memory` is a file in which the digests of faces are kept: they are
    /// large, and change once in years.
    pub(super) fn of(folders: &Folders, faces: &Faces, memory: Option<&Path>) -> Self {
        // A sample is for designers; no document is made from it.
        let used = folders.files().into_iter().filter(|(_, file)| name_of(&file.path) != "sample.json");
        let templates = used
            .filter_map(|(name, file)| Some((name, disk::sha256(&disk::read(&file.path).ok()?))))
            .collect();
        let chain = folders.chain().into_iter().map(str::to_owned);
        let style = if folders.style() == OFFICIAL { Vec::new() } else { chain.collect() };
        let mut roles = BTreeMap::new();
        let mut files = Vec::new();
        for role in faces.describe() {
            let served = role.faces.into_iter().filter_map(|face| face.found);
            let names = served.map(|face| {
                let name = name_of(&face.file);
                files.push(face.file);
                format!("{name}#{}", face.index)
            });
            roles.insert(role.role, names.collect());
        }
        files.sort();
        files.dedup();
        Self {
            format: 1,
            program: format!("report {}", env!("CARGO_PKG_VERSION")),
            typesetter: TYPESETTER.to_owned(),
            style,
            templates,
            faces: digests(&files, memory),
            roles,
        }
    }

    /// SHA-256 over all of it.
    pub fn digest(&self) -> String {
        disk::sha256(&self.bytes())
    }

    /// As it is kept: JSON, the same bytes for the same recipe.
    pub fn bytes(&self) -> Vec<u8> {
        serde_json::to_vec_pretty(self).expect("strings always serialise")
    }

    /// How another recipe differs from this one, a line each: `templates/lib/foot.typ changed`.
    pub fn differences(&self, other: &Self) -> Vec<String> {
        let mut found = Vec::new();
        for (what, was, is) in [
            ("the program", &self.program, &other.program),
            ("the typesetter", &self.typesetter, &other.typesetter),
        ] {
            if was != is {
                found.push(format!("{what} was {was} and is {is}"));
            }
        }
        if self.style != other.style {
            let name = |style: &[String]| style.first().map_or(OFFICIAL, String::as_str).to_owned();
            found.push(format!("the style was {} and is {}", name(&self.style), name(&other.style)));
        }
        compare("templates/", &self.templates, &other.templates, &mut found);
        compare("face ", &self.faces, &other.faces, &mut found);
        for (role, was) in &self.roles {
            let is = other.roles.get(role);
            if is.is_some_and(|is| is != was) {
                let is = is.map_or_else(String::new, |is| is.join(", "));
                found.push(format!("the role `{role}` was served by {} and is by {is}", was.join(", ")));
            }
        }
        found
    }
}

fn compare(
    prefix: &str,
    was: &BTreeMap<String, String>,
    is: &BTreeMap<String, String>,
    found: &mut Vec<String>,
) {
    for (name, digest) in was {
        match is.get(name) {
            None => found.push(format!("{prefix}{name} is gone")),
            Some(other) if other != digest => found.push(format!("{prefix}{name} changed")),
            Some(_) => {}
        }
    }
    found.extend(
        is.keys().filter(|name| !was.contains_key(*name)).map(|name| format!("{prefix}{name} is new")),
    );
}

fn name_of(file: &Path) -> String {
    file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

/// A digest with the size and the time of change that the file had.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Known {
    size: u64,
    /// Nanoseconds since 1970.
    changed: u64,
    sha256: String,
}

/// The digests of font files, by name; those that are remembered rightly are not read again.
fn digests(files: &[PathBuf], memory: Option<&Path>) -> BTreeMap<String, String> {
    let read = |memory: &Path| fs::read(memory).ok().and_then(|text| serde_json::from_slice(&text).ok());
    let mut known: BTreeMap<PathBuf, Known> = memory.and_then(read).unwrap_or_default();
    let mut found = BTreeMap::new();
    let mut read_anew = false;
    for file in files {
        let Some((size, changed)) = stamp(file) else { continue };
        let sha256 = match known.get(file) {
            Some(known) if known.size == size && known.changed == changed => known.sha256.clone(),
            _ => {
                let Ok(bytes) = disk::read(file) else { continue };
                let sha256 = disk::sha256(&bytes);
                known.insert(file.clone(), Known { size, changed, sha256: sha256.clone() });
                read_anew = true;
                sha256
            }
        };
        found.insert(name_of(file), sha256);
    }
    if let Some(memory) = memory.filter(|_| read_anew) {
        known.retain(|file, _| file.exists());
        let text = serde_json::to_vec(&known).expect("names and numbers always serialise");
        disk::write(memory, &text).ok();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recipe(templates: &[(&str, &str)]) -> Recipe {
        Recipe {
            format: 1,
            program: "report 1".into(),
            typesetter: "typst 1".into(),
            style: Vec::new(),
            templates: templates.iter().map(|(name, digest)| ((*name).into(), (*digest).into())).collect(),
            faces: BTreeMap::new(),
            roles: BTreeMap::new(),
        }
    }

    #[test]
    fn what_differs_is_named() {
        let one = recipe(&[("a", "1"), ("b", "2")]);
        let other = Recipe { program: "report 2".into(), ..recipe(&[("b", "3"), ("c", "4")]) };
        let words = one.differences(&other);
        assert_eq!(
            words,
            [
                "the program was report 1 and is report 2",
                "templates/a is gone",
                "templates/b changed",
                "templates/c is new"
            ]
        );
        assert!(one.differences(&one).is_empty());
    }

    #[test]
    fn a_face_that_changes_without_changing_its_length_has_another_digest() {
        let place = tempfile::tempdir().expect("a folder");
        let (face, memory) = (place.path().join("a.otf"), place.path().join("memory.json"));
        disk::write(&face, b"one").expect("a file");
        let first = digests(std::slice::from_ref(&face), Some(&memory));
        assert_eq!(digests(std::slice::from_ref(&face), Some(&memory)), first);
        disk::write(&face, b"two").expect("a file");
        let later = fs::File::options().write(true).open(&face).expect("a file");
        later
            .set_modified(std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(9))
            .expect("a time");
        assert_ne!(digests(&[face], Some(&memory)), first);
    }
}
