//! The folders that a template is looked up in: a house style, the one it builds on, and so on down to the official templates.
//!
//! What is in a template is left to Typst; which style is wanted to the settings and the command line.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Deserialize;
use toml::Spanned;

use crate::casefile::{self, Field};
use crate::diag::{Diagnostics, Problem, SourceFile, Span, nearest};
use crate::disk;

/// The name of the folder that every style ends in.
pub const OFFICIAL: &str = "official";
/// What makes a folder a style.
const STYLE: &str = "style.toml";
/// The folder of styles, beside that of the templates.
const STYLES: &str = "styles";

/// `style.toml` as written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct StyleFile {
    name: Field<String>,
    base: Field<String>,
}

/// One folder of the chain.
#[derive(Debug, Clone)]
struct Folder {
    name: String,
    /// As messages name it, the same on every machine.
    shown: String,
    /// Without links, so that paths below it can be compared.
    root: PathBuf,
}

/// The folders in the order in which a file is looked for.
#[derive(Debug, Clone)]
pub struct Folders {
    list: Vec<Folder>,
}

/// A template as it is in effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effective {
    /// The folder it comes from, by name.
    pub folder: String,
    /// The file, as messages name it.
    pub shown: String,
    /// Where it lies.
    pub path: PathBuf,
}

impl Folders {
    /// The official templates alone, or any folder that is whole in itself.
    pub fn official(templates: &Path) -> Self {
        Self { list: vec![folder(OFFICIAL, "templates", templates)] }
    }

    /// A style with all it builds on: a folder of `styles/` beside the templates. `wanted` is where its name stands, if in a file.
    ///
    /// # Errors
    /// When a style is not there or not sound, or builds on itself.
    pub fn open(templates: &Path, style: &str, wanted: Option<&Span>) -> Result<Self, Diagnostics> {
        let styles = templates.parent().unwrap_or(Path::new("")).join(STYLES);
        let mut list: Vec<Folder> = Vec::new();
        let (mut place, mut name) = (wanted.cloned(), style.to_owned());
        let mut from = styles.clone();
        while name != OFFICIAL {
            let (root, shown) = if name.contains('/') {
                (from.join(&name), name.clone())
            } else {
                (styles.join(&name), format!("{STYLES}/{name}"))
            };
            let chain = || list.iter().map(|folder| folder.name.clone()).collect::<Vec<_>>().join(" → ");
            if !root.join(STYLE).is_file() {
                let known = names(templates);
                let near = nearest(&name, known.iter().map(String::as_str));
                let near = near.map_or_else(String::new, |near| format!("did you mean `{near}`? "));
                let message = match list.last() {
                    Some(above) => format!("style `{}` builds on `{name}`, which is not there", above.name),
                    None => format!("no style `{name}`"),
                };
                let hint = format!("{near}there are {}", known.join(", "));
                return Err(one(Problem::BadSetting { message, hint }, place));
            }
            let own = root.file_name().map_or_else(|| name.clone(), |own| own.to_string_lossy().into_owned());
            let here = folder(&own, &shown, &root);
            if let Some(again) = list.iter().find(|folder| folder.root == here.root || folder.name == own) {
                let message = format!("the styles build on each other: {} → {}", chain(), again.name);
                let hint = format!("one of them must build on `{OFFICIAL}`");
                return Err(one(Problem::BadSetting { message, hint }, place));
            }
            let (base, span) = base_of(&root.join(STYLE), &format!("{shown}/{STYLE}"), &own)?;
            from = root;
            list.push(here);
            (name, place) = (base, Some(span));
        }
        list.push(folder(OFFICIAL, "templates", templates));
        Ok(Self { list })
    }

    /// The name of the style.
    pub fn style(&self) -> &str {
        &self.list[0].name
    }

    /// The names of the folders, the style first.
    pub fn chain(&self) -> Vec<&str> {
        self.list.iter().map(|folder| folder.name.as_str()).collect()
    }

    /// A file by its path within the folders: of the first that has it. `lib/theme@official.typ` is `lib/theme.typ` as the
    /// folder `official` has it, where one before that replaces it.
    pub fn find(&self, path: &str) -> Option<Effective> {
        if let Some(at) = self.first(0, path) {
            return Some(self.effective(at, path));
        }
        let (plain, name) = replaced(path)?;
        let from = self.list.iter().position(|folder| folder.name == name)?;
        let at = self.first(from, &plain)?;
        (self.first(0, &plain)? < from).then(|| self.effective(at, &plain))
    }

    /// Every template in effect by its path, and those that are replaced by the names under which a template reaches them.
    pub fn files(&self) -> BTreeMap<String, Effective> {
        let all: Vec<Vec<String>> = self.list.iter().map(Folder::files).collect();
        let mut found = BTreeMap::new();
        for (at, paths) in all.iter().enumerate() {
            for path in paths {
                found.entry(path.clone()).or_insert_with(|| self.effective(at, path));
                for below in &self.list[at + 1..] {
                    let name = name_below(path, &below.name);
                    if let Some(effective) = self.find(&name) {
                        found.insert(name, effective);
                    }
                }
            }
        }
        found
    }

    /// The files of each folder that stand in place of one further down, or are new: the folder's name and their paths.
    pub fn own_files(&self) -> Vec<(&str, Vec<String>)> {
        self.list.iter().map(|folder| (folder.name.as_str(), folder.files())).collect()
    }

    /// The text of a file.
    ///
    /// # Errors
    /// When it cannot be read as UTF-8.
    pub(super) fn source(&self, path: &str) -> Result<Arc<SourceFile>, Diagnostics> {
        let Some(file) = self.find(path) else {
            let (path, reason) = (format!("templates/{path}"), "it is not there".to_owned());
            return Err(one(Problem::Unreadable { path, reason }, None));
        };
        let bytes = disk::read(&file.path).map_err(|e| {
            one(Problem::Unreadable { path: file.shown.clone(), reason: e.source.to_string() }, None)
        })?;
        let text = String::from_utf8(bytes)
            .map_err(|_| one(Problem::NotUtf8 { path: file.shown.clone(), gb18030: false }, None))?;
        Ok(SourceFile::new(file.shown, text))
    }

    /// A file as messages name it.
    pub(super) fn shown(&self, path: &str) -> String {
        self.find(path).map_or_else(|| format!("templates/{path}"), |file| file.shown)
    }

    /// Whether a file without links lies in one of the folders.
    pub(super) fn holds(&self, path: &Path) -> bool {
        self.list.iter().any(|folder| path.starts_with(&folder.root))
    }

    fn first(&self, from: usize, path: &str) -> Option<usize> {
        (from..self.list.len()).find(|at| self.list[*at].root.join(path).exists())
    }

    fn effective(&self, at: usize, path: &str) -> Effective {
        let Folder { name, shown, root } = &self.list[at];
        Effective { folder: name.clone(), shown: format!("{shown}/{path}"), path: root.join(path) }
    }
}

/// The names of all styles, the official one first.
pub fn names(templates: &Path) -> Vec<String> {
    let styles = templates.parent().unwrap_or(Path::new("")).join(STYLES);
    let folders = fs::read_dir(styles).into_iter().flatten().flatten();
    let mut names: Vec<String> = folders
        .filter(|entry| entry.path().join(STYLE).is_file())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names.insert(0, OFFICIAL.to_owned());
    names
}

impl Folder {
    /// The paths of its files, sorted; what begins with a dot is nobody's template.
    fn files(&self) -> Vec<String> {
        let mut found = Vec::new();
        let mut folders = vec![self.root.clone()];
        while let Some(inner) = folders.pop() {
            for entry in fs::read_dir(&inner).into_iter().flatten().flatten() {
                let path = entry.path();
                if entry.file_name().to_string_lossy().starts_with('.') {
                    continue;
                }
                // A link to a folder around it would never end.
                if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                    folders.push(path);
                } else if path.is_file() {
                    let name = path.strip_prefix(&self.root).unwrap_or(&path);
                    let name = name.to_string_lossy().replace('\\', "/");
                    if name != STYLE {
                        found.push(name);
                    }
                }
            }
        }
        found.sort();
        found
    }
}

fn folder(name: &str, shown: &str, root: &Path) -> Folder {
    let root = fs::canonicalize(root).unwrap_or_else(|_| root.to_owned());
    Folder { name: name.to_owned(), shown: shown.to_owned(), root }
}

/// The style that another builds on, and where that stands.
fn base_of(path: &Path, shown: &str, own: &str) -> Result<(String, Span), Diagnostics> {
    let mut found = Diagnostics::new();
    let file = casefile::load(path, shown, &mut found);
    let entries = file.and_then(|file| {
        let table = casefile::parse(&file, &mut found)?;
        let entries: StyleFile = casefile::keys(&file, table, &mut found);
        Some((file.clone(), entries))
    });
    let Some((file, entries)) = entries else { return Err(found) };
    if let Some(name) = entries.name.as_ref().filter(|name| name.get_ref() != own) {
        let message = format!("the style is named `{}`, and its folder `{own}`", name.get_ref());
        let hint = format!("write name = \"{own}\", or rename the folder");
        found.push(Problem::BadSetting { message, hint }, Span::new(&file, name.span()));
    }
    for (key, missing, example) in
        [("name", entries.name.is_none(), "\"county\""), ("base", entries.base.is_none(), "\"official\"")]
    {
        if missing {
            let entry = "the style".to_owned();
            found.push(Problem::MissingKey { key, entry, example }, Span::head(&file));
        }
    }
    match entries.base.map(|base| (base.span(), Spanned::into_inner(base))) {
        Some((span, base)) if !found.has_errors() => Ok((base, Span::new(&file, span))),
        _ => Err(found),
    }
}

/// `lib/theme@official.typ` taken apart: `lib/theme.typ` and `official`.
fn replaced(path: &str) -> Option<(String, &str)> {
    let (stem, rest) = path.rsplit_once('@')?;
    let (name, end) =
        rest.rsplit_once('.').map_or((rest, String::new()), |(name, end)| (name, format!(".{end}")));
    Some((format!("{stem}{end}"), name))
}

/// The name by which a template reaches a file that is replaced.
fn name_below(path: &str, folder: &str) -> String {
    let at =
        path.rfind('.').filter(|dot| path.rfind('/').is_none_or(|slash| slash < *dot)).unwrap_or(path.len());
    format!("{}@{folder}{}", &path[..at], &path[at..])
}

fn one(problem: Problem, place: Option<Span>) -> Diagnostics {
    let mut found = Diagnostics::new();
    match place {
        Some(span) => found.push(problem, span),
        None => found.push_nowhere(problem),
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_below_leads_back_to_the_file() {
        for (path, below) in [
            ("lib/theme.typ", "lib/theme@official.typ"),
            ("lib/charts/bars.typ", "lib/charts/bars@official.typ"),
            ("v1.2/licence", "v1.2/licence@official"),
        ] {
            assert_eq!(name_below(path, OFFICIAL), below);
            assert_eq!(replaced(below), Some((path.to_owned(), OFFICIAL)));
        }
        assert_eq!(replaced("lib/theme.typ"), None);
    }
}
