//! The documents of the four beats: what an area and its units have done, counted by the rules of the model.
//!
//! Each document has a module of its own; what they share is in `parts` and `settled`.

mod half_year;
mod monthly;
mod parts;
mod previous;
mod quarterly;
mod returns;
mod settled;
mod targets;
mod year_end;

use std::collections::BTreeMap;

use super::cite::{Citations, Party};
use super::{Edition, Made};
use crate::diag::{Diagnostics, Problem};
use crate::model::{AreaBook, Beat, Calendars, Language, Region, Subject};
use crate::settings::{Area, Settings};

pub use previous::Previous;

/// What a document of a beat is made from.
#[derive(Debug, Clone, Copy)]
pub struct Told<'a> {
    /// Which beat.
    pub beat: Beat,
    /// The language of the document.
    pub language: Language,
    /// The area.
    pub area: &'a Area,
    /// What it keeps.
    pub book: &'a AreaBook,
    /// Its units, by id.
    pub regions: &'a BTreeMap<String, Region>,
    /// The working days.
    pub calendars: &'a Calendars,
    /// The issue before; none for the first.
    pub previous: Option<&'a Previous>,
}

impl<'a> Told<'a> {
    /// The unit at a place of the circle.
    pub(super) fn unit(&self, at: usize) -> &'a Region {
        &self.regions[&self.area.units[at].0]
    }

    /// The name of a unit in tables.
    pub(super) fn name(&self, at: usize) -> &'a str {
        &self.unit(at).short
    }

    /// The places of all units, in their order.
    pub(super) fn units(&self) -> std::ops::Range<usize> {
        0..self.area.units.len()
    }

    /// Whether each unit owes a return for this document.
    pub(super) fn is_owed(&self) -> bool {
        self.area.owes.iter().any(|kind| kind == self.beat.name())
    }

    /// Whether the area is fictional.
    pub(super) fn demo(&self) -> bool {
        self.units().any(|at| self.unit(at).demo)
    }
}

/// Builds the view of a document of a beat; none where there is nothing to make it from, which is then reported.
pub fn beat_view(
    told: &Told<'_>,
    settings: &Settings,
    edition: &Edition,
    diagnostics: &mut Diagnostics,
) -> Option<Made> {
    if !told.beat.fits(edition.period) {
        let message = format!("`{}` is not about a period such as {}", told.beat.name(), edition.period);
        let hint = format!("give one such as {}", told.beat.example());
        diagnostics.push_nowhere(Problem::BadSetting { message, hint });
        return None;
    }
    let subjects: Vec<Subject> =
        told.units().map(|at| Subject { region: told.unit(at).id.clone(), place: None }).collect();
    let parties: Vec<Party<'_>> = told.units().map(|at| Party::new(told.unit(at), &subjects[at])).collect();
    let mut citations = Citations::of_returns(parties, edition);
    let settled = match told.beat {
        Beat::Monthly => monthly::told(told, &mut citations, edition, diagnostics),
        Beat::Quarterly => quarterly::told(told, edition, diagnostics),
        Beat::HalfYear => half_year::told(told, &mut citations, edition, diagnostics),
        Beat::YearEnd => year_end::told(told, &mut citations, edition, diagnostics),
    }?;
    Some(settled::settle(told, settled, &mut citations, settings, edition))
}

/// Reports that the area keeps nothing for this document.
fn nothing(what: &str, path: &str, diagnostics: &mut Diagnostics) {
    let message = format!("there is no {what}");
    let hint = format!("write {path}");
    diagnostics.push_nowhere(Problem::BadSetting { message, hint });
}
