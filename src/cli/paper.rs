//! Who gets paper, for verbs that make, check or plan outside of a schedule's run.
//!
//! What is printed of them is left to the pipeline.

use std::collections::BTreeMap;

use briefing::delivery::{Parcel, Places, Ways};
use briefing::diag::Diagnostics;
use briefing::model::{CaseBook, read_recipients};
use briefing::pipeline::{Order, Paper, Workspace};
use briefing::schedule;
use briefing::settings::Settings;

use super::args::Common;
use super::desk::Desk;
use super::resolve;

/// Who gets paper. What is wrong with channels and recipients is told by `check`, and stops no draft.
pub(crate) fn paper(common: &Common, workspace: &Workspace, settings: &Settings) -> Paper {
    let mut untold = Diagnostics::new();
    let places = Places { root: &common.workspace, scratch: &resolve::state(common) };
    let ways = Ways::read(&settings.declared, &places, &mut untold);
    let recipients = read_recipients(&workspace.data, &ways.ids(), &mut untold);
    Paper::of(&ways, &recipients)
}

/// Gives drafts the channels by which their issues leave: those of all schedules that make them. One that no schedule makes has none of
/// its own, and every way counts.
pub(crate) fn settle_channels(orders: &mut [Order], settings: &Settings, book: &CaseBook) {
    let schedules = schedule::read(settings, book, &mut Diagnostics::new());
    // By name: a search for each among all others grows with the square of their number.
    let mut leaving: BTreeMap<(&str, &str), Vec<String>> = BTreeMap::new();
    for known in schedules.iter().flat_map(|schedule| &schedule.orders) {
        let channels = leaving.entry((known.document.name(), &known.subject)).or_default();
        channels.extend(known.channels.iter().flatten().cloned());
    }
    for order in orders {
        if let Some(channels) = leaving.get(&(order.document.name(), order.subject.as_str())) {
            order.channels = Some(channels.clone());
        }
    }
}

/// What a paper channel would print of a parcel: the files with their pages, and copies. Nothing for other channels.
pub(crate) fn plan(desk: &Desk, parcel: &Parcel, channel: &str) -> String {
    if !desk.ways.prints(channel) {
        return String::new();
    }
    let files = parcel.enclosures.iter().map(|file| {
        let pages = file.body_pages.map(|last| format!(", pages 1-{last}")).unwrap_or_default();
        format!("{} × {}{pages}", parcel.copies, file.path)
    });
    files.collect::<Vec<_>>().join("; ")
}
