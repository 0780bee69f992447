//! The files that a document is made from, by their content: what a rerun compares before it reads any of them.
//!
//! A figure that is looked up, a text that is chosen: what is made of the files is left to `loading`. Documents of the four beats read the
//! files of a whole area and the issues before them, and working copies the issue that they are compared with; those go by their view.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{Document, Order, Pipeline, Wish};
use crate::disk;
use crate::ledger::{Archive, Entry, Sources};
use crate::typeset::Recipe;

/// Folders of the data whose files belong to single documents, or to the four beats alone.
const OWN: [&str; 7] = ["regions", "texts", "reported", "areas", "en/regions", "en/texts", "en/areas"];

/// What all documents of a run share. The archive keeps it, so that a later run can say what has changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Basis {
    /// This program, by version and build.
    program: String,
    /// SHA-256 of the recipe: templates, faces, typesetter.
    recipe: String,
    /// How the documents are wanted, as far as it changes what is in them.
    options: BTreeMap<String, String>,
    /// SHA-256 of each shared file, by its name in the workspace.
    files: BTreeMap<String, String>,
}

/// The basis of a run with its digest, and the folders of reported figures.
#[derive(Debug)]
pub(super) struct Ground {
    basis: Basis,
    pub(super) digest: String,
    periods: Vec<String>,
}

impl Pipeline {
    /// Reads what all documents of a run share.
    pub(super) fn ground(&self, wish: &Wish) -> Ground {
        let data = &self.workspace.data;
        let mut files = BTreeMap::new();
        note(&self.workspace.settings, "report.toml", &mut files);
        shared(data, "", &mut files);
        let options = [
            ("standard", self.standard(wish).name().to_owned()),
            ("part", wish.part.name().to_owned()),
            ("sides", wish.sides.unwrap_or(self.settings.sides).name().to_owned()),
            ("language", self.language().tag().to_owned()),
        ];
        let basis = Basis {
            program: format!("{} ({})", env!("CARGO_PKG_VERSION"), env!("REPORT_BUILD")),
            recipe: self.engine.digest().to_owned(),
            options: options.map(|(name, value)| (name.to_owned(), value)).into(),
            files,
        };
        let digest = disk::sha256(&basis.bytes());
        let mut periods = Vec::new();
        for entry in fs::read_dir(data.join("reported")).into_iter().flatten().flatten() {
            periods.push(entry.file_name().to_string_lossy().into_owned());
        }
        periods.sort();
        Ground { basis, digest, periods }
    }

    /// The files that a document is made from; none for a document that does not go by them.
    pub(super) fn sources(&self, order: &Order, wish: &Wish, ground: &Ground) -> Option<Sources> {
        if wish.copy || matches!(order.document, Document::Beat(_)) {
            return None;
        }
        let mut names: Vec<String> = Vec::new();
        let english = self.language().is_english();
        for member in &order.members {
            let id = &member.region;
            names.push(format!("regions/{id}.toml"));
            if english {
                names.push(format!("en/regions/{id}.toml"));
            }
            names.extend(ground.periods.iter().map(|period| format!("reported/{period}/{id}.toml")));
        }
        if order.has_text {
            let (document, subject) = (order.document.name(), &order.subject);
            let files =
                [format!("{document}-{subject}-{}.toml", wish.period), format!("{document}-{subject}.toml")];
            for file in files {
                names.push(format!("texts/{file}"));
                if english {
                    names.push(format!("en/texts/{file}"));
                }
            }
        }
        let mut files = BTreeMap::new();
        for name in names {
            note(&self.workspace.data.join(&name), &format!("data/{name}"), &mut files);
        }
        let members: Vec<String> = order.members.iter().map(ToString::to_string).collect();
        let asked = format!("{members:?}\n{:?}\n{}\n{:?}", order.title, order.has_text, order.channels);
        Some(Sources { basis: ground.digest.clone(), order: disk::sha256(asked.as_bytes()), files })
    }

    /// What of the sources of a file has changed since it was made, in words; every change of a template counts, used or not.
    pub(super) fn changes(&self, was: &Entry, now: &Sources, ground: &Ground) -> Vec<String> {
        let Some(before) = &was.sources else { return Vec::new() };
        let mut changed = Vec::new();
        if before.basis != ground.digest {
            let archive = Archive::of(&self.workspace.out);
            let kept = |digest: &str| archive.get(digest);
            match kept(&before.basis).and_then(|bytes| serde_json::from_slice::<Basis>(&bytes).ok()) {
                Some(basis) => {
                    let recipe =
                        kept(&basis.recipe).and_then(|bytes| serde_json::from_slice::<Recipe>(&bytes).ok());
                    changed.extend(ground.basis.differences(&basis, recipe.as_ref(), self.engine.recipe()));
                }
                None => changed.push("what all documents share changed".to_owned()),
            }
        }
        if before.order != now.order {
            changed.push("its places, title or channels are others".to_owned());
        }
        compare(&before.files, &now.files, &mut changed);
        changed
    }
}

impl Ground {
    /// The basis as the archive keeps it.
    pub(super) fn bytes(&self) -> Vec<u8> {
        self.basis.bytes()
    }
}

impl Basis {
    fn bytes(&self) -> Vec<u8> {
        serde_json::to_vec_pretty(self).expect("strings always serialise")
    }

    /// How this one differs from an earlier one.
    fn differences(&self, was: &Self, recipe: Option<&Recipe>, now: &Recipe) -> Vec<String> {
        let mut changed = Vec::new();
        if self.program != was.program {
            changed.push("the program is another build".to_owned());
        }
        if self.recipe != was.recipe {
            match recipe {
                Some(recipe) => changed.extend(recipe.differences(now)),
                None => changed.push("templates or faces changed".to_owned()),
            }
        }
        for (name, value) in &self.options {
            match was.options.get(name) {
                Some(before) if before == value => {}
                Some(before) => changed.push(format!("the option {name} was {before} and is {value}")),
                None => changed.push(format!("the option {name} is {value}")),
            }
        }
        compare(&was.files, &self.files, &mut changed);
        changed
    }
}

/// The files that are others than before, each in a few words.
fn compare(was: &BTreeMap<String, String>, is: &BTreeMap<String, String>, changed: &mut Vec<String>) {
    for (name, digest) in is {
        match was.get(name) {
            Some(before) if before == digest => {}
            Some(_) => changed.push(format!("{name} changed")),
            None => changed.push(format!("{name} is new")),
        }
    }
    changed.extend(was.keys().filter(|name| !is.contains_key(*name)).map(|name| format!("{name} is gone")));
}

/// Adds the files of a folder of the data that are nobody's own.
fn shared(data: &Path, within: &str, files: &mut BTreeMap<String, String>) {
    let folder = if within.is_empty() { data.to_owned() } else { data.join(within) };
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let name = if within.is_empty() { name } else { format!("{within}/{name}") };
        let path: PathBuf = entry.path();
        if path.is_dir() {
            if !OWN.contains(&name.as_str()) {
                shared(data, &name, files);
            }
        } else {
            note(&path, &format!("data/{name}"), files);
        }
    }
}

/// Adds a file by its digest, where there is one.
fn note(path: &Path, name: &str, files: &mut BTreeMap<String, String>) {
    if let Ok(bytes) = disk::read(path) {
        files.insert(name.to_owned(), disk::sha256(&bytes));
    }
}
