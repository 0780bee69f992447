//! From what was typed to what is meant: folders, dates, and the places that ids name.

use std::path::{Path, PathBuf};

use briefing::diag::nearest;
use briefing::disk;
use briefing::model::{CaseBook, Subject};
use briefing::pipeline::{Document, Order, Workspace};
use briefing::settings::{Area, Settings};
use chrono::NaiveDate;

use super::args::{Common, LanguageArg};
use super::failure::Failure;
use crate::terminal::Terminal;

/// The workspace that `.` means: this folder, or the nearest one above it that has settings, as git looks for its own. Where there is none
/// it is this folder, and what is missing is told.
pub(crate) fn upwards(given: PathBuf) -> PathBuf {
    if given != Path::new(".") || Path::new("report.toml").exists() {
        return given;
    }
    let depth = std::env::current_dir().map_or(0, |here| here.components().count());
    let above = (1..depth).map(|steps| vec![".."; steps].iter().collect::<PathBuf>());
    above.into_iter().find(|folder| folder.join("report.toml").is_file()).unwrap_or(given)
}

/// Where everything lies.
pub(crate) fn workspace(
    common: &Common,
    out: Option<&Path>,
    terminal: &Terminal,
) -> Result<Workspace, Failure> {
    let root = &common.workspace;
    if !root.is_dir() {
        return Err(Failure::usage(format!("`{}` is no folder", root.display()), None));
    }
    let within = |given: &Option<PathBuf>, name: &str| given.clone().unwrap_or_else(|| root.join(name));
    // What a workspace has not of its own comes with the program.
    let shared = |given: &Option<PathBuf>, name: &str| {
        let own = within(given, name);
        let installed = terminal.installed().map(|folder| folder.join(name)).filter(|folder| folder.is_dir());
        if given.is_some() || own.is_dir() { own } else { installed.unwrap_or(own) }
    };
    Ok(Workspace {
        settings: root.join("report.toml"),
        data: within(&common.data, "data"),
        templates: shared(&common.templates, "templates"),
        style: common.style.clone(),
        language: common.language.map(LanguageArg::meaning),
        fonts: shared(&common.fonts, "fonts"),
        system_fonts: terminal.system_fonts(),
        out: out.map_or_else(|| root.join("reports"), Path::to_owned),
        memory: terminal.cache_folder(),
    })
}

/// Where the ledger lies: `--state`, else `.report` of the workspace. Never inside the output folder, which others may clear.
pub(crate) fn state(common: &Common) -> PathBuf {
    common.state.clone().unwrap_or_else(|| common.workspace.join(".report"))
}

/// The day on which documents are made, and whether somebody named it.
pub(crate) fn as_of(
    given: Option<&str>,
    settings: &Settings,
    terminal: &Terminal,
) -> Result<(NaiveDate, bool), Failure> {
    if let Some(text) = given {
        let hint = Some("write it as 2026-11-30".to_owned());
        let date = text.parse().map_err(|_| Failure::usage(format!("`{text}` is not a date"), hint))?;
        return Ok((date, true));
    }
    match terminal.source_date_epoch() {
        Some(Ok(date)) => Ok((date, true)),
        Some(Err(text)) => {
            let hint = Some("it holds seconds since 1970, as `date +%s` prints them".to_owned());
            Err(Failure::usage(format!("SOURCE_DATE_EPOCH is `{text}`, which is no time"), hint))
        }
        None => Ok((terminal.today(settings.zone), false)),
    }
}

/// How many documents at a time.
pub(crate) fn jobs(given: Option<usize>, terminal: &Terminal) -> Result<usize, Failure> {
    match given {
        Some(0) => Err(Failure::usage("--jobs takes 1 or more", None)),
        given => Ok(given.unwrap_or_else(|| terminal.processors())),
    }
}

/// A region, or a place in one, that must exist.
pub(crate) fn subject(text: &str, book: &CaseBook) -> Result<Subject, Failure> {
    let subject = Subject::parse(text);
    if !book.regions.contains(&subject.region) {
        return Err(unknown("region", &subject.region, &book.regions));
    }
    if let Some(place) = &subject.place {
        let read = book.region(&subject.region);
        let Some(region) = read.output else { return Err(Failure::Diagnostics(read.diagnostics)) };
        if !region.places.contains_key(place) {
            let places: Vec<String> = region.places.keys().filter(|id| **id != region.id).cloned().collect();
            return Err(unknown(&format!("place in `{}`", region.id), place, &places));
        }
    }
    Ok(subject)
}

/// A declared area, which must exist.
pub(crate) fn area<'s>(id: &str, settings: &'s Settings) -> Result<&'s Area, Failure> {
    let known: Vec<String> = settings.areas.iter().map(|area| area.id.clone()).collect();
    settings.areas.iter().find(|area| area.id == id).ok_or_else(|| unknown("area", id, &known))
}

/// More ids than this are not listed one by one.
const NAMED: usize = 40;

fn unknown(kind: &str, id: &str, known: &[String]) -> Failure {
    let near = nearest(id, known.iter().map(String::as_str)).map(|near| format!("did you mean `{near}`? "));
    let there = match known {
        [] => format!("there is no {kind} at all"),
        known if known.len() > NAMED => {
            format!("there are {}, {} and more: {} in all", known[0], known[1], known.len())
        }
        known => format!("there are {}", known.join(", ")),
    };
    Failure::usage(format!("no {kind} `{id}`"), Some(format!("{}{there}", near.unwrap_or_default())))
}

/// A comparison of places; one that is declared keeps its id and title.
pub(crate) fn comparison_order(members: Vec<Subject>, settings: &Settings) -> Result<Order, Failure> {
    let mut seen = Vec::new();
    for member in &members {
        if seen.contains(&member) {
            return Err(Failure::usage(format!("`{member}` stands twice in the comparison"), None));
        }
        seen.push(member);
    }
    if members.len() < 2 {
        let hint = Some("name at least two places, separated by commas".to_owned());
        return Err(Failure::usage("a comparison needs two places or more", hint));
    }
    let declared = settings.comparisons.iter().find(|comparison| {
        comparison.places.iter().map(|(place, _)| Subject::parse(place)).collect::<Vec<_>>() == members
    });
    let subject = match declared {
        Some(comparison) => comparison.id.clone(),
        None => {
            let name = members.iter().map(Subject::file_stem).collect::<Vec<_>>().join("+");
            // File names have at most 255 bytes; many places are told apart by a digest.
            if name.len() <= 120 {
                name
            } else {
                format!(
                    "{}-and-{}-more-{}",
                    members[0].region,
                    members.len() - 1,
                    &disk::sha256(name.as_bytes())[..8]
                )
            }
        }
    };
    let title = declared.and_then(|comparison| comparison.title.clone());
    Ok(Order {
        document: Document::Comparative,
        subject,
        members,
        title,
        has_text: declared.is_some(),
        channels: None,
        stamp: None,
    })
}

/// The places directly below one: the regions that belong to it, or the places in it, in 建制序.
pub(crate) fn children(id: &str, book: &CaseBook) -> Result<Vec<Subject>, Failure> {
    let parent = Subject::parse(id);
    let mut found = Vec::new();
    for region_id in &book.regions {
        let Some(region) = book.region(region_id).output else { continue };
        if region.parent.as_deref() == Some(id) {
            found.push((region.order, region.id.clone(), Subject { region: region.id.clone(), place: None }));
        }
        if parent.region == region.id {
            let outer = parent.place.as_deref().unwrap_or(&region.id);
            for place in region.places.values().filter(|place| place.parent.as_deref() == Some(outer)) {
                let subject = Subject { region: region.id.clone(), place: Some(place.id.clone()) };
                found.push((place.order, place.id.clone(), subject));
            }
        }
    }
    found.sort();
    if found.is_empty() {
        subject(id, book)?;
        return Err(Failure::usage(format!("`{id}` has no places below it"), None));
    }
    Ok(found.into_iter().map(|(.., subject)| subject).collect())
}
