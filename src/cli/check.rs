//! `report check`: everything that is wrong, in one run.

use briefing::delivery::{Places, Ways};
use briefing::diag::{Diagnostics, Problem};
use briefing::model::{Calendars, Subject, read_recipients};
use briefing::pipeline::{self, Workspace};
use briefing::schedule;
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
    schedules(&workspace, as_of, &mut diagnostics);
    channels(common, &workspace, terminal, &mut diagnostics);
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
fn schedules(workspace: &Workspace, as_of: NaiveDate, diagnostics: &mut Diagnostics) {
    let (settings, book) = pipeline::open_data(workspace).output;
    let now = as_of.and_time(NaiveTime::MIN).and_utc();
    let calendars = Calendars::read(&workspace.data, diagnostics);
    let schedules = schedule::read(&settings, &book, diagnostics);
    schedule::check(&schedules, &calendars, now, diagnostics);
}

/// Checks channels, secrets and recipients.
fn channels(common: &Common, workspace: &Workspace, terminal: &Terminal, diagnostics: &mut Diagnostics) {
    let (settings, book) = pipeline::open_data(workspace).output;
    let places = Places { root: &common.workspace, scratch: &resolve::state(common) };
    let ways = Ways::read(&settings.declared, &places, diagnostics);
    ways.check_secrets(terminal, diagnostics);
    let recipients = read_recipients(&workspace.data, &ways.ids(), diagnostics);
    ways.check(&recipients, diagnostics);
    let known = |subject: &str| {
        let parsed = Subject::parse(subject);
        book.regions.contains(&parsed.region)
            || settings.comparisons.iter().any(|c| c.id == subject)
            || settings.areas.iter().any(|area| area.id == subject)
    };
    for (subject, span) in recipients.iter().filter_map(|recipient| recipient.subjects.as_ref()).flatten() {
        if !known(subject) {
            let near = book.nearest_region(subject);
            let problem =
                Problem::DanglingId { kind: "region, place, comparison or area", id: subject.clone(), near };
            diagnostics.push(problem, span.clone());
        }
    }
}
