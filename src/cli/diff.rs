//! `report diff`: what changed between the documents of two periods, or between the data of two git revisions.
//!
//! What counts as a change is left to the library.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use briefing::diag::Diagnostics;
use briefing::disk;
use briefing::ledger::{Entry, Manifest};
use briefing::model::{CaseBook, Language, Period, Revised, revised};
use briefing::views::changes;
use serde_json::Value;

use super::args::{Common, Diff};
use super::failure::{Failure, Outcome};
use super::resolve;
use crate::terminal::Terminal;

/// Prints what changed.
pub(crate) fn run(common: &Common, verb: &Diff, terminal: &Terminal) -> Result<Outcome, Failure> {
    match (&verb.revisions, &verb.before, &verb.after) {
        (Some(revisions), ..) => between_revisions(common, revisions, verb.subject.as_deref(), terminal),
        (None, Some(before), Some(after)) => between_periods(common, before, after, verb, terminal),
        _ => Err(Failure::usage("two periods are wanted", "report diff 2026-Q2 2026-Q3".to_owned())),
    }
}

/// Documents as readers have them: those that were replaced or called back are not among them.
fn between_periods(
    common: &Common,
    before: &str,
    after: &str,
    verb: &Diff,
    terminal: &Terminal,
) -> Result<Outcome, Failure> {
    let workspace = resolve::workspace(common, common.out.as_deref(), terminal)?;
    let period = |text: &str| {
        let hint = "write 2026-11, 2026-Q3, 2026-H1 or 2026".to_owned();
        let period =
            Period::parse(text).ok_or_else(|| Failure::usage(format!("`{text}` is not a period"), hint));
        period.map(|period| period.to_string())
    };
    let (before, after) = (period(before)?, period(after)?);
    let manifest = Manifest::read(&workspace.out)?;
    let of = |period: &str| -> BTreeMap<(String, String, String), (String, Entry)> {
        let own = manifest.entries.iter().filter(|(_, entry)| {
            let is_current =
                entry.superseded.is_none() && entry.withdrawn.is_none() && entry.part != "withdrawal";
            let is_wanted = verb.subject.as_ref().is_none_or(|subject| *subject == entry.subject);
            entry.period == period && is_current && is_wanted
        });
        own.map(|(path, entry)| {
            let name = (entry.document.clone(), entry.subject.clone(), entry.language.clone());
            (name, (path.clone(), entry.clone()))
        })
        .collect()
    };
    let (earlier, later) = (of(&before), of(&after));
    if earlier.is_empty() || later.is_empty() {
        let empty = if earlier.is_empty() { &before } else { &after };
        let hint =
            format!("`report generate --period {empty}` makes them; `report list documents` names all");
        return Err(Failure::usage(format!("the output folder has no such documents of {empty}"), hint));
    }
    let names: BTreeSet<_> = earlier.keys().chain(later.keys()).collect();
    let mut outcome = Outcome::Done;
    for name in names {
        let title = format!("{} {}", name.0, name.1);
        match (earlier.get(name), later.get(name)) {
            (Some(was), Some(is)) => {
                let (Some(was), Some(is)) = (stored(&workspace.out, was), stored(&workspace.out, is)) else {
                    let hint = "make it again";
                    terminal.error(
                        &format!("{title}: what lies beside it was altered or taken away"),
                        Some(hint),
                    );
                    outcome = Outcome::Partly;
                    continue;
                };
                let changes = changes(&was, &is);
                if changes.is_empty() {
                    terminal.line(&format!("{title}: nothing changed"))?;
                    continue;
                }
                let count = changes.figures.len() + changes.mechanisms.len();
                terminal.line(&format!("{title}: {count} changed"))?;
                for line in changes.lines(usize::MAX) {
                    terminal.line(&format!("  {line}"))?;
                }
            }
            (Some(_), None) => terminal.line(&format!("{title}: only in {before}"))?,
            (None, _) => terminal.line(&format!("{title}: only in {after}"))?,
        }
    }
    Ok(outcome)
}

/// The view beside a document, where it is the one that the document was made of.
fn stored(out: &Path, (path, entry): &(String, Entry)) -> Option<Value> {
    let bytes = disk::read(&out.join(path).with_extension("json")).ok()?;
    if disk::sha256(&bytes) != entry.view {
        return None;
    }
    serde_json::from_slice(&bytes).ok()
}

/// The data of two commits, or of one and of the files as they are.
fn between_revisions(
    common: &Common,
    revisions: &str,
    subject: Option<&str>,
    terminal: &Terminal,
) -> Result<Outcome, Failure> {
    let workspace = resolve::workspace(common, None, terminal)?;
    let (before, after) = match revisions.split_once("..") {
        Some((before, after)) => {
            (before, Some(after.trim_start_matches('.')).filter(|after| !after.is_empty()))
        }
        None => (revisions, None),
    };
    let stage = tempfile::tempdir()?;
    let earlier = checked_out(&workspace.data, before, &stage.path().join("before"))?;
    let later = match after {
        Some(after) => checked_out(&workspace.data, after, &stage.path().join("after"))?,
        None => workspace.data.clone(),
    };
    // What is wrong with old data is told by `report check` of that state; here it is compared as far as it can be read.
    let open = |data: &Path| CaseBook::open(data, Language::Simplified, &mut Diagnostics::new());
    let (earlier, later) = (open(&earlier), open(&later));
    let regions: BTreeSet<&String> = earlier.regions.iter().chain(&later.regions).collect();
    let other = other_files(&earlier.data, &later.data)?;
    let shared = other.iter().any(|name| !name.contains('/'));
    let mut counts = BTreeMap::new();
    for id in regions.into_iter().filter(|id| subject.is_none_or(|subject| subject == id.as_str())) {
        // What no other file is named after reads as it did, unless what all share is another.
        if !shared && !other.iter().any(|name| name.contains(id.as_str())) {
            continue;
        }
        let read = |book: &CaseBook| book.regions.contains(id).then(|| book.region(id).output).flatten();
        let found = revised(read(&earlier).as_ref(), read(&later).as_ref());
        if found.is_empty() {
            continue;
        }
        terminal.line(id)?;
        for one in &found {
            *counts.entry(one.kind).or_insert(0) += 1;
            terminal.line(&line(one))?;
        }
    }
    let count = |kind: &str| counts.get(kind).copied().unwrap_or(0);
    terminal.line(&format!("{} changed, {} new, {} gone", count("changed"), count("new"), count("gone")))?;
    Ok(Outcome::Done)
}

/// The files that are another in two folders, relative to them.
fn other_files(before: &Path, after: &Path) -> Result<BTreeSet<String>, Failure> {
    let (before, after) = (contents_below(before)?, contents_below(after)?);
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    Ok(names.into_iter().filter(|name| before.get(*name) != after.get(*name)).cloned().collect())
}

/// The digest of each TOML file below a folder.
fn contents_below(folder: &Path) -> Result<BTreeMap<String, String>, Failure> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(at) = open.pop() {
        for entry in std::fs::read_dir(&at)? {
            let path = entry?.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|ending| ending == "toml") {
                let bytes = disk::read(&path).map_err(|error| Failure::Ledger(error.into()))?;
                let name = path.strip_prefix(folder).unwrap_or(&path).display().to_string();
                found.insert(name, disk::sha256(&bytes));
            }
        }
    }
    Ok(found)
}

fn line(one: &Revised) -> String {
    let Revised { id, name, kind, parts } = one;
    let parts: Vec<String> = parts.iter().map(|(what, was, is)| format!("{what} {was} → {is}")).collect();
    match parts.as_slice() {
        [] => format!("  {kind:<8}{id}  {name}"),
        parts => format!("  {kind:<8}{id}  {name}: {}", parts.join("; ")),
    }
}

/// Writes the data of a commit into a folder.
fn checked_out(data: &Path, revision: &str, to: &Path) -> Result<PathBuf, Failure> {
    let refuse = |what: &str, said: &[u8]| {
        let said = String::from_utf8_lossy(said);
        let reason = said.trim().trim_start_matches("fatal: ").lines().next().unwrap_or_default().to_owned();
        let hint = "the data must lie in a git repository, and `git` be installed".to_owned();
        Failure::usage(format!("{what}: {reason}"), hint)
    };
    let git = |arguments: &[&OsStr]| {
        let output = Command::new("git").arg("-C").arg(data).args(arguments).stdin(Stdio::null()).output();
        output.map_err(|error| refuse("`git` cannot be run", error.to_string().as_bytes()))
    };
    let commit = format!("{revision}^{{commit}}");
    let known =
        git(&["rev-parse".as_ref(), "--verify".as_ref(), "--end-of-options".as_ref(), commit.as_ref()])?;
    if !known.status.success() {
        return Err(refuse(&format!("no revision `{revision}`"), &known.stderr));
    }
    let commit = String::from_utf8_lossy(&known.stdout).trim().to_owned();
    // Names relative to the folder of the data.
    let listed = git(&["ls-tree".as_ref(), "-r".as_ref(), "-z".as_ref(), commit.as_ref(), ".".as_ref()])?;
    if !listed.status.success() {
        return Err(refuse(&format!("the data of `{revision}` cannot be listed"), &listed.stderr));
    }
    let mut files = Vec::new();
    for entry in listed.stdout.split(|byte| *byte == 0).filter(|entry| !entry.is_empty()) {
        let entry = String::from_utf8_lossy(entry).into_owned();
        // MODE TYPE OBJECT<tab>NAME; links are mode 120000 and lead nowhere here.
        let Some((head, name)) = entry.split_once('\t') else { continue };
        let parts: Vec<&str> = head.split(' ').collect();
        if let [mode, "blob", object] = parts.as_slice()
            && mode.starts_with("100")
            && name.ends_with(".toml")
        {
            files.push(((*object).to_owned(), name.to_owned()));
        }
    }
    let contents = contents(data, &files)
        .map_err(|error| refuse("`git` cannot be read", error.to_string().as_bytes()))?;
    for ((_, name), bytes) in files.iter().zip(contents) {
        disk::write(&to.join(name), &bytes).map_err(|error| Failure::Ledger(error.into()))?;
    }
    std::fs::create_dir_all(to)?;
    Ok(to.to_owned())
}

/// The contents of some objects, in their order, from one process: a province has tens of thousands of files.
fn contents(data: &Path, files: &[(String, String)]) -> std::io::Result<Vec<Vec<u8>>> {
    let mut child = Command::new("git")
        .arg("-C")
        .arg(data)
        .args(["cat-file", "--batch"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let asked: String = files.iter().map(|(object, _)| format!("{object}\n")).collect();
    let mut to = child.stdin.take().expect("it is piped");
    // Beside the reading: a pipe that is full on both sides would stand still.
    let writer = std::thread::spawn(move || to.write_all(asked.as_bytes()));
    let output = child.wait_with_output()?;
    writer.join().expect("it does not panic")?;
    let mut rest = output.stdout.as_slice();
    let mut found = Vec::new();
    let broken = || std::io::Error::other("an answer of cat-file is cut off");
    for _ in files {
        let end = rest.iter().position(|byte| *byte == b'\n').ok_or_else(broken)?;
        let head = String::from_utf8_lossy(&rest[..end]).into_owned();
        let size: usize = head.rsplit(' ').next().and_then(|size| size.parse().ok()).ok_or_else(broken)?;
        let bytes = rest.get(end + 1..end + 1 + size).ok_or_else(broken)?;
        found.push(bytes.to_vec());
        rest = rest.get(end + 2 + size..).ok_or_else(broken)?;
    }
    Ok(found)
}
