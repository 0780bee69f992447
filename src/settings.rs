//! `report.toml`: what an office decides once for all its briefings.
//!
//! What a single issue says in its own words is left to the texts.

mod area;
mod channels;
mod copies;
mod english;
mod language;
mod running;
mod schedule;
mod sides;
mod standard;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use toml::Spanned;

use crate::casefile::{self, Field};
use crate::diag::{Diagnostics, Problem, SourceFile, Span, nearest};

use copies::CopiesEntry;
use running::{MonitorEntry, RetentionEntry, WorkersEntry};

pub use area::Area;
use area::AreaEntry;
pub use channels::{ChannelEntry, Declared, DeliveryEntry, SecretEntry};
pub use copies::Copies;
pub use language::Language;
pub use running::{AlarmWay, Monitor, Retention, length_of, span_of};
pub use schedule::{ScheduleEntry, SignEntry, WaitEntry, WhenEntry, Written};
pub use sides::Sides;
pub use standard::Standard;

/// `report.toml` as written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct SettingsFile {
    workspace: Field<WorkspaceEntry>,
    imprint: Field<ImprintEntry>,
    fonts: Field<FontsEntry>,
    comparison: Vec<Spanned<ComparisonEntry>>,
    area: Vec<Spanned<AreaEntry>>,
    workers: Field<WorkersEntry>,
    monitor: Field<MonitorEntry>,
    retention: Field<RetentionEntry>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct WorkspaceEntry {
    zone: Field<String>,
    body_pages: Field<i64>,
    pdf_standard: Field<String>,
    style: Field<String>,
    language: Field<String>,
    sides: Field<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct ImprintEntry {
    masthead: Field<String>,
    class: Field<String>,
    office: Field<String>,
    report_to: Field<String>,
    send_to: Field<String>,
    distribute_to: Field<String>,
    copies: Field<CopiesEntry>,
    archive: Field<i64>,
    contact: Field<String>,
    en: Field<english::EnglishImprint>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct FontsEntry {
    system: Field<bool>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct ComparisonEntry {
    id: Field<String>,
    title: Field<String>,
    english: Field<String>,
    places: Field<Vec<Spanned<String>>>,
}

/// Masthead and foot of every briefing; what is not set is left out.
#[derive(Debug, Clone)]
pub struct Imprint {
    /// The name of the serial, in red.
    pub masthead: String,
    /// What stands at the top left: 公开资料整理, 内部资料.
    pub class: String,
    /// The same as it is set in Chinese, in which it is read how secret a document is.
    pub mark: String,
    /// Who issues it; unset means every page says 样稿.
    pub office: Option<String>,
    /// 报
    pub report_to: Option<String>,
    /// 送
    pub send_to: Option<String>,
    /// 发
    pub distribute_to: Option<String>,
    /// 共印N份
    pub copies: Option<Copies>,
    /// How many copies on paper are kept (存档); they count among those of 共印N份.
    pub archive: u32,
    /// Whom to ask.
    pub contact: Option<String>,
}

/// A declared comparison.
#[derive(Debug, Clone)]
pub struct Comparison {
    /// The id, which names its files.
    pub id: String,
    /// Its title, where no text gives one.
    pub title: Option<String>,
    /// The title in English.
    pub english: Option<String>,
    /// Its places: `region` or `region/place`.
    pub places: Vec<(String, Span)>,
}

/// The settings of a workspace.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The zone in which days begin.
    pub zone: chrono_tz::Tz,
    /// Whether somebody set that zone: schedules need one that does not depend on a default.
    pub zone_given: bool,
    /// Schedules, as written.
    pub schedules: Vec<Written>,
    /// Channels and what they may reach, as written.
    pub declared: Declared,
    /// What a worker may take for one document.
    pub limits: (Duration, u64),
    /// How others see that the schedules run.
    pub monitor: Monitor,
    /// For how long things are kept.
    pub retention: Retention,
    /// How many pages a body may take.
    pub body_pages: usize,
    /// What the files conform to.
    pub standard: Standard,
    /// The house style, and where it is named; none for the official one.
    pub style: Option<(String, Span)>,
    /// The language of the documents.
    pub language: Language,
    /// Masthead and foot in English.
    pub english: english::Spoken,
    /// How many sides of a sheet are printed.
    pub sides: Sides,
    /// Masthead and foot.
    pub imprint: Imprint,
    /// Whether the faces of the system may serve a role before those of the project.
    pub system_faces: bool,
    /// Declared comparisons, as written.
    pub comparisons: Vec<Comparison>,
    /// Declared areas, as written.
    pub areas: Vec<Area>,
    /// The file, where there is one.
    pub path: Option<PathBuf>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            zone: chrono_tz::Asia::Shanghai,
            zone_given: false,
            schedules: Vec::new(),
            declared: Declared::default(),
            limits: (Duration::from_secs(60), 1 << 30),
            monitor: Monitor::default(),
            retention: Retention::default(),
            body_pages: 4,
            standard: Standard::default(),
            style: None,
            language: Language::default(),
            english: english::Spoken::default(),
            sides: Sides::default(),
            imprint: Imprint {
                masthead: "党建联建资料简报".into(),
                class: "公开资料整理".into(),
                mark: "公开资料整理".into(),
                office: None,
                report_to: None,
                send_to: None,
                distribute_to: None,
                copies: None,
                archive: 0,
                contact: None,
            },
            system_faces: false,
            comparisons: Vec::new(),
            areas: Vec::new(),
            path: None,
        }
    }
}

impl Settings {
    /// Reads `report.toml`; a workspace without one has the defaults.
    pub fn read(path: &Path, diagnostics: &mut Diagnostics) -> Self {
        if !path.exists() {
            return Self::default();
        }
        let name = path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
        let mut settings = Self { path: Some(path.to_owned()), ..Self::default() };
        let Some(file) = casefile::load(path, &name, diagnostics) else { return settings };
        let Some(mut table) = casefile::parse(&file, diagnostics) else { return settings };
        settings.schedules = schedule::take(&file, &mut table, diagnostics);
        settings.declared = channels::take(&file, &mut table, diagnostics);
        let entries: SettingsFile = casefile::keys(&file, table, diagnostics);
        settings.fill(&file, entries, diagnostics);
        settings
    }

    fn fill(&mut self, file: &Arc<SourceFile>, entries: SettingsFile, diagnostics: &mut Diagnostics) {
        let at = |range: std::ops::Range<usize>| Span::new(file, range);
        if let Some(workspace) = entries.workspace.map(Spanned::into_inner) {
            if let Some(zone) = workspace.zone {
                match zone.get_ref().parse() {
                    Ok(parsed) => {
                        self.zone = parsed;
                        self.zone_given = true;
                    }
                    Err(_) => diagnostics.push(
                        Problem::BadSetting {
                            message: format!("`{}` is no time zone", zone.get_ref()),
                            hint: "write an IANA name, for example \"Asia/Shanghai\"".into(),
                        },
                        at(zone.span()),
                    ),
                }
            }
            if let Some(pages) = workspace.body_pages {
                match usize::try_from(*pages.get_ref()) {
                    Ok(count @ 1..=100) => self.body_pages = count,
                    _ => diagnostics.push(
                        Problem::BadSetting {
                            message: format!("a body cannot have {} pages", pages.get_ref()),
                            hint: "the customary limit is 4".into(),
                        },
                        at(pages.span()),
                    ),
                }
            }
            if let Some(tag) = &workspace.language {
                self.language = english::read(file, tag, diagnostics).unwrap_or_default();
            }
            self.style = workspace.style.map(|style| (style.get_ref().clone(), at(style.span())));
            let one_of = |name: &Spanned<String>, names: &[&'static str], diagnostics: &mut Diagnostics| {
                let all = names.iter().map(|n| format!("`{n}`")).collect::<Vec<_>>().join(", ");
                let message = format!("`{}` is none of {all}", name.get_ref());
                let near = nearest(name.get_ref(), names.iter().copied());
                diagnostics.push(Problem::WrongType { message, near }, at(name.span()));
            };
            if let Some(name) = workspace.pdf_standard {
                match Standard::parse(name.get_ref()) {
                    Some(standard) => self.standard = standard,
                    None => one_of(&name, &Standard::ALL.map(Standard::name), diagnostics),
                }
            }
            if let Some(name) = workspace.sides {
                match Sides::parse(name.get_ref()) {
                    Some(sides) => self.sides = sides,
                    None => one_of(&name, &Sides::ALL.map(Sides::name), diagnostics),
                }
            }
        }
        if let Some(imprint) = entries.imprint.map(Spanned::into_inner) {
            let text = |field: Field<String>| field.map(Spanned::into_inner).filter(|t| !t.trim().is_empty());
            let own = &mut self.imprint;
            own.masthead = text(imprint.masthead).unwrap_or_else(|| own.masthead.clone());
            own.class = text(imprint.class).unwrap_or_else(|| own.class.clone());
            own.mark.clone_from(&own.class);
            own.office = text(imprint.office);
            own.report_to = text(imprint.report_to);
            own.send_to = text(imprint.send_to);
            own.distribute_to = text(imprint.distribute_to);
            own.contact = text(imprint.contact);
            own.copies = imprint.copies.and_then(|copies| copies::read(file, &copies, diagnostics));
            self.english = imprint.en.map(Spanned::into_inner).unwrap_or_default().into();
            own.archive = copies::archive(file, imprint.archive.as_ref(), diagnostics);
        }
        if let Some(system) = entries.fonts.and_then(|fonts| fonts.into_inner().system) {
            self.system_faces = *system.get_ref();
        }
        self.fill_running(file, entries.workers, entries.monitor, entries.retention, diagnostics);
        self.areas = area::read(file, entries.area, diagnostics);
        for entry in entries.comparison {
            let head = at(entry.span());
            let raw = entry.into_inner();
            let mut need = |key: &'static str, example: &'static str| {
                let entry = "the comparison".to_owned();
                diagnostics.push(Problem::MissingKey { key, entry, example }, head.clone());
            };
            let Some(id) = raw.id else {
                need("id", "\"four-places\"");
                continue;
            };
            let Some(places) = raw.places else {
                need("places", "[\"pingliang\", \"dunhua\"]");
                continue;
            };
            if !casefile::is_id(id.get_ref()) {
                diagnostics.push(Problem::BadId { id: id.get_ref().clone() }, at(id.span()));
                continue;
            }
            if self.comparisons.iter().any(|c| c.id == *id.get_ref()) {
                let problem = Problem::DuplicateId {
                    kind: "comparison",
                    id: id.get_ref().clone(),
                    first: format!("[[comparison]] of {}", file.path()),
                };
                diagnostics.push(problem, at(id.span()));
                continue;
            }
            let span = at(places.span());
            let places: Vec<_> =
                places.into_inner().into_iter().map(|p| (p.get_ref().clone(), at(p.span()))).collect();
            for (at, (place, span)) in places.iter().enumerate() {
                if places[..at].iter().any(|(other, _)| other == place) {
                    let first = format!("comparison `{}`", id.get_ref());
                    diagnostics
                        .push(Problem::DuplicateId { kind: "place", id: place.clone(), first }, span.clone());
                }
            }
            if places.len() < 2 {
                let message = format!("comparison `{}` has fewer than two places", id.get_ref());
                diagnostics.push(Problem::BadSetting { message, hint: String::new() }, span);
                continue;
            }
            let (title, english) = (raw.title.map(Spanned::into_inner), raw.english.map(Spanned::into_inner));
            self.comparisons.push(Comparison { id: id.into_inner(), title, english, places });
        }
    }
}
