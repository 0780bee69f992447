//! What units report for a period: files beside the region's own, whose facts join it with the report as their source.
//!
//! Who waits for them is left to `schedule`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::casebook::{CaseBook, read};
use super::catalogue::Catalogue;
use super::reader::Reader;
use super::region::Region;
use super::source::{Source, SourceKind};
use super::time::{Date, Period};
use crate::casefile::{Field, ReportedFile};
use crate::diag::{Diagnostics, Problem, Severity, SourceFile, Span, nearest};
use crate::disk;

/// A report that names its unit and period rightly.
pub(super) struct Reported {
    file: Arc<SourceFile>,
    entries: ReportedFile,
    period: Period,
    received: Date,
}

/// The folder of all reports.
fn folder(data: &Path) -> PathBuf {
    data.join("reported")
}

/// Whether a unit has reported for a period.
///
/// # Errors
/// What is wrong with the file or a figure in it: what cannot be used was not reported.
pub fn has_reported(book: &CaseBook, unit: &str, period: Period) -> Result<bool, Diagnostics> {
    let path = folder(&book.data).join(period.to_string()).join(format!("{unit}.toml"));
    if !path.exists() {
        return Ok(false);
    }
    let name = name_of(unit, period);
    let mut own = Diagnostics::new();
    for found in book.region(unit).diagnostics.iter() {
        // What belongs to no place in a file is the file itself: it cannot be read.
        let here = found.span.as_ref().is_none_or(|span| span.file.path() == name);
        if here && found.severity == Severity::Error {
            own.add(found.clone());
        }
    }
    if own.is_empty() { Ok(true) } else { Err(own) }
}

/// The name of a report in messages.
fn name_of(unit: &str, period: Period) -> String {
    format!("data/reported/{period}/{unit}.toml")
}

/// All reports of a unit, oldest first.
pub(super) fn of_unit(data: &Path, unit: &str, diagnostics: &mut Diagnostics) -> Vec<Reported> {
    let mut periods: Vec<Period> = periods(data).into_iter().filter_map(|(_, period)| period).collect();
    periods.sort_by_key(|period| (period.last_day(), *period));
    let mut reports = Vec::new();
    for period in periods {
        let path = folder(data).join(period.to_string()).join(format!("{unit}.toml"));
        if path.exists() {
            reports.extend(read_one(&path, unit, period, diagnostics));
        }
    }
    reports
}

/// Checks that every report lies in the folder of a period and belongs to a region.
pub fn check_reported(data: &Path, regions: &[String], diagnostics: &mut Diagnostics) {
    for (name, period) in periods(data) {
        if period.is_none() {
            let message = format!("`data/reported/{name}` is named like no period");
            let hint = "name the folder 2026-11, 2026-Q3, 2026-H1 or 2026".to_owned();
            diagnostics.push_nowhere(Problem::BadSetting { message, hint });
            continue;
        }
        let paths = disk::list(&folder(data).join(&name), "toml").unwrap_or_default();
        for path in paths {
            let unit = path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
            if !regions.contains(&unit) {
                let near = nearest(&unit, regions.iter().map(String::as_str));
                let problem = Problem::DanglingId { kind: "region", id: unit.clone(), near };
                let file = SourceFile::new(format!("data/reported/{name}/{unit}.toml"), "");
                diagnostics.push(problem, Span::head(&file));
            }
        }
    }
}

/// The folders of reports, sorted, each with the period that it names.
fn periods(data: &Path) -> Vec<(String, Option<Period>)> {
    let mut names: Vec<String> = std::fs::read_dir(folder(data))
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names.into_iter().map(|name| (name.clone(), Period::parse(&name))).collect()
}

fn read_one(path: &Path, unit: &str, period: Period, diagnostics: &mut Diagnostics) -> Option<Reported> {
    let name = name_of(unit, period);
    let (file, entries) = read::<ReportedFile>(path, &name, diagnostics)?;
    let mut reader = Reader { file: &file, diagnostics };
    let head = Span::head(&file);
    let mut agrees = |field: &Field<String>, key: &'static str, wanted: &str, example: &'static str| {
        let Some(found) = reader.need(field, key, "the report", example, &head) else { return false };
        let span = reader.span(found);
        let same = found.get_ref() == wanted;
        if !same {
            let message =
                format!("`{key}` is `{}`, but the file lies where `{wanted}` reports", found.get_ref());
            let hint = "a report is data/reported/<period>/<unit>.toml".to_owned();
            reader.report(Problem::KeyConflict { message, hint }, span);
        }
        same
    };
    let mut sound = agrees(&entries.unit, "unit", unit, "\"jia-xian\"");
    sound &= agrees(&entries.period, "period", &period.to_string(), "\"2026-01\"");
    reader.need(&entries.received, "received", "the report", "\"2026-02-03\"", &head);
    let received = reader.date(&entries.received)?;
    sound.then_some(Reported { file, entries, period, received })
}

impl Region {
    /// Takes the facts of the unit's reports over. Each report becomes a source of the region, dated the last day of its period, so that
    /// it is known to whatever is issued about that period.
    pub(super) fn read_reported(
        &mut self,
        reports: &[Reported],
        catalogue: &mut Catalogue,
        ids: &mut BTreeMap<String, ((), Span)>,
        diagnostics: &mut Diagnostics,
    ) {
        for report in reports {
            let mut reader = Reader { file: &report.file, diagnostics };
            let language = catalogue.language;
            let period = report.period.in_sentence(language);
            let source = Arc::new(Source {
                id: format!("{}-{}", self.id, report.period).to_lowercase(),
                title: language.pick(
                    format!("{}{period}报表", self.name),
                    format!("Return of {} for {period}", self.name),
                ),
                kind: SourceKind::Organ,
                publisher: Some(self.name.clone()),
                carrier: None,
                author: None,
                date: Date::Day(report.period.last_day()),
                inferred: false,
                address: None,
                read: report.received,
                sha256: disk::sha256(report.file.text().as_bytes()),
                short: language.pick(format!("{period}报表"), format!("return for {period}")),
                strands: Vec::new(),
                is_return: true,
            });
            let mut facts = report.entries.fact.clone();
            for fact in &mut facts {
                let span = fact.span();
                let head = reader.span(fact);
                if let Some(named) = &fact.get_ref().source {
                    let message = "a reported fact names no source".to_owned();
                    let hint = "take `source` out: the report itself is the source".to_owned();
                    let place = reader.span(named);
                    reader.report(Problem::KeyConflict { message, hint }, place);
                }
                fact.get_mut().source = Some(toml::Spanned::new(span, source.id.clone()));
                let Some(id) = fact.get_ref().id.as_ref().map(|id| id.get_ref().clone()) else { continue };
                if let Some((_, first)) = ids.get(&id) {
                    let (line, _) = first.file.position(first.range.start);
                    let first = format!("{}:{line}", first.file.path());
                    reader.report(Problem::DuplicateId { kind: "fact", id, first }, head);
                }
            }
            catalogue.sources.insert(source.id.clone(), (Arc::clone(&source), Span::head(&report.file)));
            self.sources.push(source);
            let read = self.read_facts(&facts, catalogue, &mut reader);
            ids.extend(read);
        }
    }
}
