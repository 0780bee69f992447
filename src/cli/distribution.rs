//! `report distribution`: the 分发单 of an issue, as PDF or as text.
//!
//! What stands in it is left to the library.

use briefing::ledger::{Issue, Ledger, distribution_path};
use briefing::pipeline;
use briefing::schedule::{self, Clock, Handed};
use briefing::views::Script;
use briefing::views::distribution::DistributionView;

use super::args::{Common, DistributionArgs};
use super::desk::{self, Desk};
use super::entry;
use super::failure::{Failure, Outcome};
use super::list::table;
use super::sheet;
use crate::terminal::Terminal;

/// Writes or prints the list of an issue.
pub(crate) fn run(common: &Common, verb: &DistributionArgs, terminal: &Terminal) -> Result<Outcome, Failure> {
    let now = terminal.clock(common.now.as_deref(), None)?.now();
    let desk = desk::open(common, terminal)?;
    let Some(ledger) = Ledger::open_existing(&desk.state)? else {
        return Err(Failure::usage(
            format!("no issue `{}`", verb.entry),
            "nothing was issued yet".to_owned(),
        ));
    };
    let issue = entry::issue(&ledger, &verb.entry)?;
    let parcels = ledger.parcels_with(issue.id)?;
    let handed = Handed {
        parcels: &parcels,
        stock: desk.stock(),
        archive: desk.settings.imprint.archive,
        zone: desk.settings.zone,
        now,
    };
    let view = schedule::distribution(&issue, &handed)
        .map_err(|reason| Failure::usage(format!("no list of `{}`: {reason}", verb.entry), None))?;
    if verb.text {
        return print(&view, terminal);
    }
    let pdf = set(&desk, &issue, &view, terminal)?;
    let path = match (&verb.file, &issue.path) {
        (Some(file), _) => file.clone(),
        (None, path) => desk.workspace.out.join(distribution_path(path.as_deref().unwrap_or_default())),
    };
    briefing::disk::write(&path, &pdf).map_err(|error| Failure::Ledger(error.into()))?;
    terminal.line(&path.strip_prefix(".").unwrap_or(&path).display().to_string())?;
    for remark in view.remarks.iter().filter(|remark| remark.warns) {
        terminal.note(&remark.text);
    }
    Ok(Outcome::Done)
}

/// Sets the list.
fn set(desk: &Desk, issue: &Issue, view: &DistributionView, terminal: &Terminal) -> Result<Vec<u8>, Failure> {
    let opened = pipeline::open_engine(&desk.workspace, &desk.settings)?;
    let Some(engine) = opened.output else { return Err(Failure::Diagnostics(opened.diagnostics)) };
    let script = Script::of(&desk.book.catalogue);
    let path = distribution_path(issue.path.as_deref().unwrap_or_default());
    sheet::set((&engine, &script), "distribution", view, issue.date, &path, terminal)
}

/// Prints the list as a table.
fn print(view: &DistributionView, terminal: &Terminal) -> Result<Outcome, Failure> {
    terminal.line(&format!("{}  {}  {}", view.heading, view.issue, view.date.text))?;
    for fact in &view.facts {
        terminal.line(&format!("{}：{}", fact.label.replace('　', ""), fact.text))?;
    }
    let lines = view.lines.iter().map(|line| {
        let state = format!("{} {}", line.state, line.when);
        let cells =
            [&line.name, &line.way, &line.copies, &line.numbers, &state].map(|cell| cell.trim().to_owned());
        std::iter::once(line.no.to_string()).chain(cells).collect()
    });
    let rest = view.rest.iter().map(|rest| {
        let cells = ["", rest.label, "", &rest.copies, &rest.numbers, ""];
        cells.map(str::to_owned).to_vec()
    });
    // There is nowhere to sign.
    let mut heads = [""; 6];
    for (head, word) in heads.iter_mut().zip(&view.heads) {
        *head = word;
    }
    for row in table(heads, lines.chain(rest)) {
        terminal.line(&row)?;
    }
    for remark in &view.remarks {
        terminal.line(&remark.text)?;
    }
    Ok(Outcome::Done)
}
