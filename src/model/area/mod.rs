//! What an area keeps besides the returns of its units: its tasks, lists, targets and corrections of a year, and one file for each beat.
//!
//! How it is computed with is left to `pace` and `rotation`, how it is told to the views.

mod check;
mod english;
mod half;
mod ledgers;
mod quarter;
mod reading;
mod targets;
mod year;

use std::collections::BTreeMap;
use std::path::Path;

use crate::diag::{Diagnostics, Problem};
use crate::disk;
use crate::settings::Area;

use super::catalogue::Catalogue;
use super::time::Period;
use reading::Own;

pub use check::{check_figures, reported};
pub use half::{Decision, Half, Node, Plan, Stop};
pub use ledgers::{Correction, ListKind, ListState, Listed, Standing, Task, Tasks};
pub use quarter::{Class, Inspection, Overdue, Practised, Quarter};
pub use targets::{Base, Target};
pub use year::{Account, Assessment, Carried, Grade, NextAim, Visited, Year};

/// What stands in a file, with what the list of sources says of the file.
#[derive(Debug, Clone)]
pub struct Kept<T> {
    /// The title.
    pub title: String,
    /// The digest of the file.
    pub digest: String,
    /// What stands in it.
    pub what: T,
}

/// All that an area keeps, by year or period.
#[derive(Debug, Clone, Default)]
pub struct AreaBook {
    /// 年度任务单
    pub tasks: BTreeMap<i32, Kept<Tasks>>,
    /// 四项清单台账
    pub lists: BTreeMap<i32, Kept<Vec<Listed>>>,
    /// 年度目标
    pub targets: BTreeMap<i32, Kept<Vec<Target>>>,
    /// 更正
    pub corrections: BTreeMap<i32, Kept<Vec<Correction>>>,
    /// 季交叉督查
    pub quarters: BTreeMap<Period, Kept<Quarter>>,
    /// 半年现场推进
    pub halves: BTreeMap<Period, Kept<Half>>,
    /// 年终观摩述评
    pub years: BTreeMap<Period, Kept<Year>>,
}

/// What the name of a file says that it holds.
enum Holds {
    Tasks(i32),
    Lists(i32),
    Targets(i32),
    Corrections(i32),
    Beat(Period),
}

fn holds(stem: &str) -> Option<Holds> {
    let year = |text: &str| match Period::parse(text)? {
        Period::Year(year) => Some(year),
        _ => None,
    };
    if let Some((kind, of)) = stem.split_once('-').filter(|(kind, _)| kind.starts_with(char::is_alphabetic)) {
        let year = year(of)?;
        return match kind {
            "tasks" => Some(Holds::Tasks(year)),
            "lists" => Some(Holds::Lists(year)),
            "targets" => Some(Holds::Targets(year)),
            "corrections" => Some(Holds::Corrections(year)),
            _ => None,
        };
    }
    Period::parse(stem).filter(|period| !matches!(period, Period::Month(..))).map(Holds::Beat)
}

impl AreaBook {
    /// Reads the folder of an area; one without a folder keeps nothing.
    pub fn read(data: &Path, area: &Area, catalogue: &Catalogue, diagnostics: &mut Diagnostics) -> Self {
        let mut book = Self::default();
        let before = diagnostics.errors();
        if catalogue.language.is_english() && area.english.is_none() {
            let what = format!("`name` of area `{}`", area.id);
            let file = "`english` of [[area]] in report.toml".to_owned();
            diagnostics.push(Problem::NoEnglish { what, file }, area.span.clone());
        }
        let folder = data.join("areas").join(&area.id);
        let paths = disk::list(&folder, "toml").unwrap_or_default();
        for path in paths {
            let stem = path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
            let name = format!("data/areas/{}/{stem}.toml", area.id);
            let Some(holds) = holds(&stem) else {
                let reason = "it is named like no year and no beat".to_owned();
                let hint = "tasks-2026, lists-2026, targets-2026, corrections-2026, 2026-Q3, 2026-H1 or 2026";
                let message = format!("`{name}` is not read: {reason}");
                diagnostics.push_nowhere(Problem::BadSetting { message, hint: hint.to_owned() });
                continue;
            };
            let mut own = Own { area, catalogue, path: &path, name, diagnostics };
            match holds {
                Holds::Tasks(year) => {
                    own.keep(&mut book.tasks, year, |own, file, raw| own.tasks(file, raw, year));
                }
                Holds::Lists(year) => {
                    own.keep(&mut book.lists, year, |own, file, raw| Some(own.lists(file, raw)));
                }
                Holds::Targets(year) => {
                    own.keep(&mut book.targets, year, |own, file, raw| Some(own.targets(file, raw)));
                }
                Holds::Corrections(year) => {
                    own.keep(&mut book.corrections, year, |own, file, raw| Some(own.corrections(file, raw)));
                }
                Holds::Beat(period @ Period::Quarter(..)) => {
                    own.keep(&mut book.quarters, period, |own, file, raw| Some(own.quarter(file, raw)));
                }
                Holds::Beat(period @ Period::Half(..)) => {
                    own.keep(&mut book.halves, period, |own, file, raw| Some(own.half(file, raw)));
                }
                Holds::Beat(period) => {
                    own.keep(&mut book.years, period, |own, file, raw| Some(own.year(file, raw)));
                }
            }
        }
        // What was refused is missing in every sum: that it does not close is no second fault.
        if diagnostics.errors() == before {
            check::check_book(&book, area, diagnostics);
        }
        book
    }

    /// The periods about which the area has something to say with a document of this kind, as far as its own files say it.
    pub fn periods(&self) -> impl Iterator<Item = Period> {
        self.quarters.keys().chain(self.halves.keys()).chain(self.years.keys()).copied()
    }
}

/// Reports folders of areas that nobody declared.
pub fn check_areas(data: &Path, areas: &[Area], diagnostics: &mut Diagnostics) {
    let mut folders: Vec<String> = std::fs::read_dir(data.join("areas"))
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    folders.sort();
    for folder in folders.iter().filter(|folder| !areas.iter().any(|area| area.id == **folder)) {
        let message = format!("`data/areas/{folder}` belongs to no area");
        let hint = "declare it as `[[area]]` in report.toml".to_owned();
        diagnostics.push_nowhere(Problem::BadSetting { message, hint });
    }
}
