//! Whether a file is what it was, and whether it would be made so again: from the view, the templates and the faces that made it.
//!
//! How a document is made the first time is left to the pipeline.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::making::{ident_of, main_of};
use super::opening::find_faces;
use super::{PipelineError, Workspace, with_room};
use crate::disk;
use crate::ledger::{Archive, Entry, Manifest, blank_path};
use crate::model::Language;
use crate::settings::{Settings, Standard};
use crate::typeset::{self, Engine, Folders, Job, PageDifference, Recipe, Roles};

/// What became of the question.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// The same bytes again.
    Identical,
    /// Other bytes, but every page looks the same; what is not as it was when the file was made.
    SameLook(Vec<String>),
    /// Pages look otherwise; and what is not as it was.
    Otherwise(Vec<PageDifference>, Vec<String>),
    /// The file is not the one that was made.
    Altered,
    /// No output folder knows of it.
    Unknown,
    /// It cannot be made again: why.
    Lost(String),
}

/// A file that was looked at.
#[derive(Debug, Clone)]
pub struct Verified {
    /// Its path within the output folder, where it is known there.
    pub path: Option<String>,
    /// What the manifest says of it.
    pub entry: Option<Entry>,
    /// What became of the question.
    pub verdict: Verdict,
}

/// Looks at a file: where it lies in an output folder, or by its content wherever it lies.
///
/// # Errors
/// When the manifest or the file cannot be read, or no thread can be started.
pub fn verify(workspace: &Workspace, settings: &Settings, file: &Path) -> Result<Verified, PipelineError> {
    let bytes = disk::read(file).map_err(crate::ledger::LedgerError::from)?;
    let digest = disk::sha256(&bytes);
    let (out, manifest) = manifest_of(workspace, file)?;
    let by_place = within(&out, file).filter(|path| manifest.entries.contains_key(path));
    let has_it = |entry: &Entry| entry.pdf == digest || entry.blank.as_ref() == Some(&digest);
    let by_content =
        || manifest.entries.iter().find(|(_, entry)| has_it(entry)).map(|(path, _)| path.clone());
    let signed = || signed_one(&out, &manifest, &bytes);
    let Some(path) = by_place.or_else(by_content).or_else(signed) else {
        return Ok(Verified { path: None, entry: None, verdict: Verdict::Unknown });
    };
    let entry = manifest.entries[&path].clone();
    let own =
        if has_it(&entry) { bytes } else { signed_part(&out, &path, &entry, &bytes).unwrap_or_default() };
    let verdict = if own.is_empty() {
        Verdict::Altered
    } else {
        again(workspace, settings, &out, &path, &entry, &own)?
    };
    Ok(Verified { path: Some(path), entry: Some(entry), verdict })
}

/// The document that a file is a signed form of: it begins with all of it.
fn signed_one(out: &Path, manifest: &Manifest, bytes: &[u8]) -> Option<String> {
    let mut known = manifest.entries.iter();
    known.find(|(path, entry)| signed_part(out, path, entry, bytes).is_some()).map(|(path, _)| path.clone())
}

/// What was signed, as far as it is the document of an entry and something follows it.
fn signed_part(out: &Path, path: &str, entry: &Entry, bytes: &[u8]) -> Option<Vec<u8>> {
    let own = disk::read(&out.join(path)).ok()?;
    let extends = bytes.len() > own.len() && bytes.starts_with(&own) && is_update(&bytes[own.len()..]);
    (extends && disk::sha256(&own) == entry.pdf).then_some(own)
}

/// Whether some bytes look like what a signature adds to a PDF, and not like anything at all.
fn is_update(rest: &[u8]) -> bool {
    let has = |wanted: &[u8]| rest.windows(wanted.len()).any(|window| window == wanted);
    has(b"/ByteRange") && has(b"startxref")
}

/// The file that bears a verification code, within the output folder.
///
/// # Errors
/// When the manifest cannot be read.
pub fn file_with_code(workspace: &Workspace, code: &str) -> Result<Option<PathBuf>, PipelineError> {
    let plain =
        |code: &str| code.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_uppercase();
    let wanted = plain(code);
    let manifest = Manifest::read(&workspace.out)?;
    let found = manifest.entries.iter().find(|(_, entry)| !wanted.is_empty() && plain(&entry.code) == wanted);
    Ok(found.map(|(path, _)| workspace.out.join(path)))
}

/// The output folder that a file lies in, else that of the workspace, with its manifest.
fn manifest_of(workspace: &Workspace, file: &Path) -> Result<(PathBuf, Manifest), PipelineError> {
    let file = file.canonicalize().unwrap_or_else(|_| file.to_owned());
    let around = file.ancestors().skip(1).find(|folder| Manifest::is_in(folder));
    let out = around.map_or_else(|| workspace.out.clone(), Path::to_owned);
    let manifest = Manifest::read(&out)?;
    Ok((out, manifest))
}

fn within(out: &Path, file: &Path) -> Option<String> {
    let (out, file) = (out.canonicalize().ok()?, file.canonicalize().ok()?);
    Some(file.strip_prefix(out).ok()?.to_string_lossy().replace('\\', "/"))
}

fn without_red(view: &[u8]) -> Vec<u8> {
    let mut view: Value = serde_json::from_slice(view).unwrap_or(Value::Null);
    view["masthead"]["blank"] = Value::Bool(true);
    let mut bytes = serde_json::to_vec_pretty(&view).expect("a value always serialises");
    bytes.push(b'\n');
    bytes
}

/// Makes a file again from what the archive keeps.
fn again(
    workspace: &Workspace,
    settings: &Settings,
    out: &Path,
    path: &str,
    entry: &Entry,
    bytes: &[u8],
) -> Result<Verdict, PipelineError> {
    let archive = Archive::of(out);
    let beside = disk::read(&out.join(path).with_extension("json")).ok();
    let view = beside.filter(|view| disk::sha256(view) == entry.view).or_else(|| archive.get(&entry.view));
    let Some(view) = view else {
        return Ok(Verdict::Lost("its view is neither beside it nor in the archive".to_owned()));
    };
    let recipe = archive.get(&entry.recipe).and_then(|recipe| serde_json::from_slice::<Recipe>(&recipe).ok());
    let Some(recipe) = recipe else {
        return Ok(Verdict::Lost("the archive does not keep what it was made from".to_owned()));
    };
    // The same without the red of its masthead, for paper that bears it.
    let is_blank = entry.blank.as_deref() == Some(&disk::sha256(bytes));
    let (view, name) =
        if is_blank { (without_red(&view), blank_path(path)) } else { (view, path.to_owned()) };
    let place = tempfile::tempdir().map_err(PipelineError::Thread)?;
    for (name, digest) in &recipe.templates {
        let Some(template) = archive.get(digest) else {
            return Ok(Verdict::Lost(format!("the archive does not keep templates/{name}")));
        };
        disk::write(&place.path().join(name), &template).map_err(crate::ledger::LedgerError::from)?;
    }
    // The recipe names what a style replaces as a template reaches it: one folder holds all.
    let templates = Folders::official(place.path());
    let Ok(roles) = Roles::read(&templates, Language::parse(&entry.language).unwrap_or_default()) else {
        return Ok(Verdict::Lost("this version cannot read its list of faces".to_owned()));
    };
    let faces = find_faces(workspace, settings, roles)?;
    let Ok(engine) = Engine::open(templates, faces) else {
        return Ok(Verdict::Lost("a role has no face any more".to_owned()));
    };
    let differences = recipe.differences(engine.recipe());
    let job = Job {
        main: &main_of(match entry.part.as_str() {
            own @ ("withdrawal" | "review") => own,
            _ => &entry.document,
        }),
        view: &view,
        today: entry.date.parse().unwrap_or_default(),
        ident: &ident_of(&name),
        standard: Standard::parse(&entry.standard).unwrap_or_default(),
    };
    let made = with_room(|| engine.typeset(&job))?;
    let Some(made) = made.output else {
        return Ok(Verdict::Lost("its templates do not work with this version".to_owned()));
    };
    if made.pdf == bytes {
        return Ok(Verdict::Identical);
    }
    Ok(match typeset::compare(bytes, &made.pdf) {
        Ok(pages) if pages.is_empty() => Verdict::SameLook(differences),
        Ok(pages) => Verdict::Otherwise(pages, differences),
        Err(unreadable) => Verdict::Lost(unreadable.to_string()),
    })
}
