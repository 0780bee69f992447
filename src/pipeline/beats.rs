//! What a document of a beat needs besides its regions: the area's own files, the working days, the issue before.
//!
//! What is made of them is left to the views.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::loading::Loaded;
use super::making::edition;
use super::{Document, Order, Pipeline, Wish};
use crate::diag::Diagnostics;
use crate::disk;
use crate::model::{AreaBook, Beat, Calendars, CaseBook, Language, Period, Region, check_figures};
use crate::settings::{Area, Settings};
use crate::views::{Edition, Made, Previous, Told, beat_view};

/// What was read for a document of a beat.
pub(super) struct LoadedBeat {
    area: Area,
    book: AreaBook,
    calendars: Calendars,
    previous: Option<Previous>,
}

impl LoadedBeat {
    pub(super) fn view(
        &self,
        beat: Beat,
        loaded: &Loaded,
        settings: &Settings,
        edition: &Edition,
        diagnostics: &mut Diagnostics,
    ) -> Option<Made> {
        let told = Told {
            beat,
            language: edition.language,
            area: &self.area,
            book: &self.book,
            regions: &loaded.regions,
            calendars: &self.calendars,
            previous: self.previous.as_ref(),
        };
        beat_view(&told, settings, edition, diagnostics)
    }
}

/// Whether there is anything that a document of a period would be made from; regions and comparisons have always something.
pub fn has_matter(order: &Order, book: &CaseBook, period: Period) -> bool {
    let Document::Beat(beat) = order.document else { return true };
    if !beat.fits(period) {
        return false;
    }
    let reported = book.data.join("reported").join(period.to_string());
    let own = book.data.join("areas").join(&order.subject);
    match beat {
        Beat::Monthly => {
            let tasks = own.join(format!("tasks-{}.toml", period.year()));
            let here = |unit: &String| reported.join(format!("{unit}.toml")).exists();
            tasks.exists() && order.members.iter().any(|member| here(&member.region))
        }
        Beat::Quarterly | Beat::HalfYear | Beat::YearEnd => own.join(format!("{period}.toml")).exists(),
    }
}

impl Pipeline {
    /// Reads what the document of a beat needs besides its regions; none where it has errors.
    pub(super) fn load_beat(
        &self,
        beat: Beat,
        order: &Order,
        period: Period,
        regions: &BTreeMap<String, Region>,
        diagnostics: &mut Diagnostics,
    ) -> Option<LoadedBeat> {
        let area = self.settings.areas.iter().find(|area| area.id == order.subject)?.clone();
        let mut found = Diagnostics::new();
        let book = AreaBook::read(&self.book.data, &area, &self.book.catalogue, &mut found);
        if !found.has_errors() {
            check_figures(&book, &area, regions, false, &mut found);
        }
        let calendars = Calendars::read(&self.book.data, &mut found);
        let sound = !found.has_errors();
        diagnostics.extend(found);
        let previous = self.previous(beat, order, period);
        sound.then_some(LoadedBeat { area, book, calendars, previous })
    }

    /// What the issue of the period before printed, where it lies in the output folder.
    fn previous(&self, beat: Beat, order: &Order, period: Period) -> Option<Previous> {
        // The issue before is quoted, so that its words must be those of this language; traditional ones are converted at the end.
        let languages: &[Language] = match self.language() {
            Language::Traditional => &[Language::Simplified, Language::Traditional],
            Language::Simplified => &[Language::Simplified],
            Language::English => &[Language::English],
        };
        let stem = format!("{}/{}/{}", period.before(), order.document.name(), order.subject);
        let read = |language: &Language| {
            disk::read(&self.workspace.out.join(format!("{stem}{}.json", language.suffix()))).ok()
        };
        let bytes = languages.iter().find_map(read)?;
        Previous::of(&serde_json::from_slice(&bytes).ok()?, beat)
    }

    /// Checks the files of all areas, and makes the view of each document that there is matter for.
    pub(super) fn check_beats(
        &self,
        read: &BTreeMap<String, Option<Region>>,
        wish: &Wish,
        diagnostics: &mut Diagnostics,
    ) {
        let calendars = Calendars::read(&self.book.data, &mut Diagnostics::new());
        for area in &self.settings.areas {
            let regions: Option<BTreeMap<String, Region>> =
                area.units.iter().map(|(unit, _)| Some((unit.clone(), read.get(unit)?.clone()?))).collect();
            // A unit that is no region, or whose file cannot be read, is told already.
            let Some(regions) = regions else { continue };
            let mut found = Diagnostics::new();
            let book = AreaBook::read(&self.book.data, area, &self.book.catalogue, &mut found);
            if !found.has_errors() {
                check_figures(&book, area, &regions, true, &mut found);
            }
            let sound = !found.has_errors();
            diagnostics.extend(found);
            if !sound {
                continue;
            }
            for period in self.periods_of(area, &book) {
                let Some(beat) = Beat::ALL.into_iter().find(|beat| beat.fits(period)) else { continue };
                let known = |(id, region): (&String, &Region)| {
                    (id.clone(), region.clone().as_known_on(period.last_day()))
                };
                let own = LoadedBeat {
                    area: area.clone(),
                    book: book.clone(),
                    calendars: calendars.clone(),
                    previous: None,
                };
                let loaded =
                    Loaded { regions: regions.iter().map(known).collect(), text: None, beat: Some(own) };
                let order = Order::of_area(beat, area);
                // The day after the period: a document that looks some working days on must not look beyond the year.
                let day: NaiveDate = period.last_day();
                let wish = Wish { period, ..wish.clone() };
                let made =
                    self.made(&order, &loaded, &edition(&wish, self.language(), day, 0), &[], diagnostics);
                if let Some(made) = made {
                    self.check_characters(&made.view, &loaded, diagnostics);
                }
            }
        }
    }

    /// The periods that an area has matter for.
    fn periods_of(&self, area: &Area, book: &AreaBook) -> Vec<Period> {
        let months = book.tasks.keys().flat_map(|year| (1..=12).map(|month| Period::Month(*year, month)));
        let order = Order::of_area(Beat::Monthly, area);
        let months = months.filter(|month| has_matter(&order, &self.book, *month));
        months.chain(book.periods()).collect()
    }
}
