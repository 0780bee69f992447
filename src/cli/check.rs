//! `report check`: everything that is wrong, in one run.

use briefing::delivery::{Places, Ways};
use briefing::diag::{Diagnostics, Problem, nearest};
use briefing::model::{Calendars, CaseBook, Subject, read_recipients};
use briefing::pipeline::{self, Order, Paper, Workspace};
use briefing::schedule::{self, Schedule};
use briefing::settings::Settings;
use chrono::{NaiveDate, NaiveTime};

use super::args::{Check, Common};
use super::failure::{Failure, Outcome};
use super::resolve;
use crate::terminal::Terminal;

/// Checks the workspace; any error is exit code 2.
pub(crate) fn run(common: &Common, verb: &Check, terminal: &Terminal) -> Result<Outcome, Failure> {
    let workspace = resolve::workspace(common, None, terminal)?;
    let settings = pipeline::open_data(&workspace).output.0;
    let (as_of, _) = resolve::as_of(verb.as_of.as_deref(), &settings, terminal)?;
    let mut diagnostics = pipeline::check(&workspace, as_of)?;
    let schedules = schedules(&workspace, as_of, &mut diagnostics);
    let paper = channels(common, &workspace, terminal, &mut diagnostics);
    copies(&settings, &schedules, &paper, as_of, &mut diagnostics);
    diagnostics.sort();
    diagnostics.deny(&verb.deny);
    let (errors, warnings) = (diagnostics.errors(), diagnostics.warnings());
    if errors > 0 {
        return Err(Failure::Diagnostics(diagnostics));
    }
    terminal.messages(&diagnostics);
    terminal.note(&format!(
        "checked: no errors, {warnings} {}",
        if warnings == 1 { "warning" } else { "warnings" }
    ));
    Ok(Outcome::Done)
}

/// Checks the calendars and the schedules, which no document needs.
fn schedules(workspace: &Workspace, as_of: NaiveDate, diagnostics: &mut Diagnostics) -> Vec<Schedule> {
    let (settings, book) = pipeline::open_data(workspace).output;
    let now = as_of.and_time(NaiveTime::MIN).and_utc();
    let calendars = Calendars::read(&workspace.data, diagnostics);
    let schedules = schedule::read(&settings, &book, diagnostics);
    schedule::check(&schedules, &calendars, now, diagnostics);
    schedules
}

/// Checks channels, secrets and recipients.
fn channels(
    common: &Common,
    workspace: &Workspace,
    terminal: &Terminal,
    diagnostics: &mut Diagnostics,
) -> Paper {
    let (settings, book) = pipeline::open_data(workspace).output;
    let places = Places { root: &common.workspace, scratch: &resolve::state(common) };
    let ways = Ways::read(&settings.declared, &places, diagnostics);
    ways.check_secrets(terminal, diagnostics);
    let recipients = read_recipients(&workspace.data, &ways.ids(), diagnostics);
    ways.check(&recipients, diagnostics);
    ways.check_alarms(&settings.monitor.alarm_by, diagnostics);
    for (subject, span) in recipients.iter().filter_map(|recipient| recipient.subjects.as_ref()).flatten() {
        if let Err(near) = knows(subject, &settings, &book) {
            let problem =
                Problem::DanglingId { kind: "region, place, comparison or area", id: subject.clone(), near };
            diagnostics.push(problem, span.clone());
        }
    }
    let language = settings.language.tag();
    for recipient in recipients.iter().filter(|recipient| !recipient.reads(language)) {
        let Some((_, span)) = &recipient.languages else { continue };
        let reason = format!("all documents are in `{language}`");
        let hint = format!("add \"{language}\" to `languages`, or leave the key out");
        diagnostics.push(Problem::GetsNothing { id: recipient.id.clone(), reason, hint }, span.clone());
    }
    Paper::of(&ways, &recipients)
}

/// Checks that 共印N份 is the number of copies that the documents of each schedule have. Two schedules that make the same for the same
/// channels are told of once.
fn copies(
    settings: &Settings,
    schedules: &[Schedule],
    paper: &Paper,
    as_of: NaiveDate,
    diagnostics: &mut Diagnostics,
) {
    let mut checked: Vec<&Order> = Vec::new();
    for order in schedules.iter().flat_map(|schedule| &schedule.orders) {
        if !checked.contains(&order) {
            paper.check(order, &settings.imprint, as_of, diagnostics);
            checked.push(order);
        }
    }
}

/// Whether there is such a subject: a region, a place of one or all of them, a comparison; else the nearest that there is.
fn knows(subject: &str, settings: &Settings, book: &CaseBook) -> Result<(), Option<String>> {
    let parsed = Subject::parse(subject);
    let comparisons = settings.comparisons.iter().map(|comparison| comparison.id.as_str());
    let comparisons = comparisons.chain(settings.areas.iter().map(|area| area.id.as_str()));
    if !book.regions.contains(&parsed.region) {
        let mut all = comparisons.chain(book.regions.iter().map(String::as_str));
        return if all.clone().any(|known| known == subject) {
            Ok(())
        } else {
            Err(nearest(subject, &mut all))
        };
    }
    let Some(place) = parsed.place.filter(|place| place != "*") else { return Ok(()) };
    // A region that cannot be read has errors of its own.
    let Some(region) = book.region(&parsed.region).output else { return Ok(()) };
    if region.places.contains_key(&place) {
        return Ok(());
    }
    let near = nearest(&place, region.places.keys().map(String::as_str));
    Err(near.map(|near| format!("{}/{near}", parsed.region)))
}
