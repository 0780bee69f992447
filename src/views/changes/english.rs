//! Changes in English: a line for each, and the times of figures.
//!
//! What changed is found in `changes`.

use super::{Change, PrintedFigure, PrintedMechanism};
use crate::model::number_of_name;

/// The same of English words: as of 30 June 2025 as 2025, 6, 30; third quarter of 2026 as 2026, 3.
pub(super) fn english_moment(words: &str) -> Vec<u32> {
    let mut day = None;
    let (mut year, mut part) = (None, None);
    for word in words.split(|c: char| !c.is_ascii_alphanumeric()) {
        match word.parse::<u32>() {
            Ok(number @ 1000..) => year = Some(number),
            Ok(number) => day = Some(number),
            Err(_) => part = part.or_else(|| number_of_name(word)),
        }
    }
    [year, part, day].into_iter().flatten().collect()
}

impl Change<PrintedFigure> {
    pub(super) fn english_line(&self) -> String {
        match (&self.was, &self.is, self.was_and_is()) {
            (Some(was), Some(is), (Some(before), Some(after))) if before == after => {
                let place = |figure: &PrintedFigure| {
                    let paragraph = figure.paragraph.map_or_else(String::new, |p| format!(", paragraph {p}"));
                    format!("“{}”{paragraph}", figure.source)
                };
                format!("Changed: {}: {after}, source {} → {}", is.name(), place(was), place(is))
            }
            (Some(_), Some(is), (Some(before), Some(after))) => {
                format!("Changed: {}: {before} → {after}", is.name())
            }
            (_, Some(is), _) => {
                let earlier = self.earlier.as_ref();
                let earlier = earlier.map_or_else(String::new, |e| format!(" ({}: {})", e.time, e.printed));
                format!("New: {}: {}{earlier}", is.name(), is.printed)
            }
            (Some(was), ..) => format!("Gone: {}: {}", was.name(), was.printed),
            (None, None, _) => String::new(),
        }
    }
}

impl Change<PrintedMechanism> {
    pub(super) fn english_line(&self) -> String {
        match (&self.was, &self.is) {
            (Some(was), Some(is)) if was.name != is.name => {
                format!("Changed: mechanism “{}” ({}) → “{}”", was.name, is.place, is.name)
            }
            (Some(_), Some(is)) => format!("Changed: content of the mechanism “{}” ({})", is.name, is.place),
            (None, Some(is)) => format!("New: mechanism “{}” ({})", is.name, is.place),
            (Some(was), None) => format!("Gone: mechanism “{}” ({})", was.name, was.place),
            (None, None) => String::new(),
        }
    }
}
