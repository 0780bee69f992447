//! `report audit`: the list for checking a document (核对表), as PDF, as text or for a spreadsheet.
//!
//! What stands in it is left to the library.

use std::path::Path;

use briefing::ledger::{Entry, Manifest, audit_path};
use briefing::pipeline::{self, Pipeline};
use briefing::views::audit::AuditView;
use chrono::NaiveDate;

use super::args::{Audit, Common};
use super::failure::{Failure, Outcome};
use super::list::table;
use super::{entry, resolve, sheet};
use crate::terminal::Terminal;

/// Writes or prints the list of a document.
pub(crate) fn run(common: &Common, verb: &Audit, terminal: &Terminal) -> Result<Outcome, Failure> {
    let workspace = resolve::workspace(common, common.out.as_deref(), terminal)?;
    let data = pipeline::open_data(&workspace);
    if data.diagnostics.has_errors() {
        return Err(Failure::Diagnostics(data.diagnostics));
    }
    let (settings, book) = data.output;
    let manifest = Manifest::read(&workspace.out)?;
    let path = document(&verb.entry, &workspace.out, &manifest)?;
    let opened = pipeline::open_engine(&workspace, &settings)?;
    let Some(engine) = opened.output else { return Err(Failure::Diagnostics(opened.diagnostics)) };
    let pipeline = Pipeline::new(workspace, settings, book, engine);
    let Some(view) = pipeline.audit(&path)? else {
        let hint = "what lies beside it was altered or taken away: make it again".to_owned();
        return Err(Failure::usage(
            format!("no list of `{path}`: its view is not the one it was made of"),
            hint,
        ));
    };
    if verb.text {
        return print(&view, terminal);
    }
    if verb.csv {
        terminal.text(&csv(&view))?;
        return Ok(Outcome::Done);
    }
    let own = audit_path(&path);
    let day: NaiveDate = view.date.iso.parse().unwrap_or_default();
    let pdf = sheet::set((pipeline.engine(), pipeline.script()), "audit", &view, day, &own, terminal)?;
    let file = verb.file.clone().unwrap_or_else(|| pipeline.workspace().out.join(&own));
    briefing::disk::write(&file, &pdf).map_err(|error| Failure::Ledger(error.into()))?;
    terminal.line(&file.strip_prefix(".").unwrap_or(&file).display().to_string())?;
    let open = view.lines.iter().filter(|line| !line.remark.is_empty()).count();
    if open > 0 {
        terminal.note(&format!("{open} of {} figures have a remark", view.lines.len()));
    }
    Ok(Outcome::Done)
}

/// The file that was meant: as it is named, or the last one of an entry.
fn document(text: &str, out: &Path, manifest: &Manifest) -> Result<String, Failure> {
    let given = Path::new(text);
    let within = given.strip_prefix(out).unwrap_or(given).display().to_string();
    if manifest.entries.contains_key(&within) {
        return Ok(within);
    }
    let is_current =
        |entry: &Entry| entry.superseded.is_none() && entry.withdrawn.is_none() && entry.part != "withdrawal";
    let stem = |path: &str| {
        let file = path.rfind('/').map_or(0, |at| at + 1);
        path[file..].find('.').map_or(path.to_owned(), |dot| path[..file + dot].to_owned())
    };
    let current = manifest.entries.iter().filter(|(_, entry)| is_current(entry));
    let known: Vec<(String, &String)> = current.map(|(path, _)| (stem(path), path)).collect();
    let names: Vec<String> = known.iter().map(|(name, _)| name.clone()).collect();
    let entry = entry::find(text, "document", &names)?.to_string();
    let found = known.into_iter().find(|(name, _)| *name == entry);
    Ok(found.map(|(_, path)| path.clone()).expect("it is one of the known"))
}

/// The cells of a row, as text and CSV have them.
fn cells(view: &AuditView) -> Vec<Vec<String>> {
    let cells = view.lines.iter().map(|line| {
        let no = line.no.to_string();
        let of = format!("{}（{}）", line.what, line.of);
        [&line.pages, &no, &of, &line.printed, &line.source, &line.stated, &line.remark]
            .map(ToString::to_string)
            .to_vec()
    });
    cells.collect()
}

/// The heads; there is no place to tick, but there are remarks.
fn heads(view: &AuditView) -> [&'static str; 7] {
    let mut heads = [""; 7];
    for (head, word) in heads.iter_mut().zip(&view.heads) {
        *head = word;
    }
    heads
}

fn print(view: &AuditView, terminal: &Terminal) -> Result<Outcome, Failure> {
    terminal.line(format!("{}  {}  {}", view.heading, view.issue, view.date.text).trim_end())?;
    for fact in &view.facts {
        terminal.line(&format!("{}：{}", fact.label.replace('　', ""), fact.text))?;
    }
    for row in table(heads(view), cells(view).into_iter()) {
        terminal.line(&row)?;
    }
    for source in &view.sources {
        terminal.line(&format!("{}  {}", source.no, source.text))?;
    }
    Ok(Outcome::Done)
}

fn csv(view: &AuditView) -> String {
    let mut rows = vec![heads(view).map(str::to_owned).to_vec()];
    rows.extend(cells(view));
    briefing::views::rows_as_csv(&rows)
}
