//! `report correct` and `report withdraw`: issues that were wrong.
//!
//! What is made of them, and to whom it goes, is left to the library.

use briefing::ledger::{Issue, Lease, Ledger, Manifest};
use briefing::pipeline::{self, Order, Pipeline, Unmended};
use briefing::schedule::{self, Clock, Denied, Mended, Mending};
use chrono::NaiveDate;

use super::args::{Common, Correct, Withdraw};
use super::desk::{self, Desk};
use super::entry;
use super::failure::{Failure, Outcome, with_causes};
use crate::terminal::Terminal;

/// Page one has room for so long a reason.
const LONGEST_REASON: usize = 150;

/// Issues a document once more, under its number.
pub(crate) fn correct(common: &Common, verb: &Correct, terminal: &Terminal) -> Result<Outcome, Failure> {
    let wanted = Wanted {
        entry: &verb.entry,
        reason: &verb.reason,
        date: verb.date.as_deref(),
        signed_by: verb.signed_by.as_deref(),
    };
    mend(common, &wanted, terminal, |desk, ledger, mending| {
        let order = order(desk, mending.issue)?;
        Ok(schedule::correct(ledger, mending, &order))
    })
}

/// Calls an issue back.
pub(crate) fn withdraw(common: &Common, verb: &Withdraw, terminal: &Terminal) -> Result<Outcome, Failure> {
    let wanted = Wanted {
        entry: &verb.entry,
        reason: &verb.reason,
        date: verb.date.as_deref(),
        signed_by: verb.signed_by.as_deref(),
    };
    mend(common, &wanted, terminal, |_, ledger, mending| Ok(schedule::withdraw(ledger, mending)))
}

/// What was typed.
struct Wanted<'a> {
    entry: &'a str,
    reason: &'a str,
    date: Option<&'a str>,
    signed_by: Option<&'a str>,
}

fn mend(
    common: &Common,
    wanted: &Wanted<'_>,
    terminal: &Terminal,
    work: impl FnOnce(&Desk, &mut Ledger, &Mending<'_>) -> Result<Result<Mended, Denied>, Failure>,
) -> Result<Outcome, Failure> {
    let now = terminal.clock(common.now.as_deref(), None)?.now();
    let reason = wanted.reason.trim();
    if reason.is_empty() {
        let hint = "those who read the notice want to know what went wrong".to_owned();
        return Err(Failure::usage("the reason is empty", hint));
    }
    if reason.chars().count() > LONGEST_REASON {
        let message = format!("the reason has {} characters", reason.chars().count());
        let hint = format!("page one has room for {LONGEST_REASON}; what was wrong stands in the table");
        return Err(Failure::usage(message, hint));
    }
    let desk = desk::open(common, terminal)?;
    // Who is on the list decides to which address it goes: a list with errors would decide wrongly.
    if desk.found.has_errors() {
        return Err(Failure::Diagnostics(desk.found));
    }
    let today = now.with_timezone(&desk.settings.zone).date_naive();
    let date = match wanted.date {
        None => today,
        Some(text) => text.parse().map_err(|_| {
            Failure::usage(format!("`{text}` is not a date"), "write it as 2026-12-05".to_owned())
        })?,
    };
    let lease = Lease::wait(&desk.state)?;
    let Some(mut ledger) = Ledger::open_existing(&desk.state)? else {
        let hint = "the first `report tick` makes it".to_owned();
        return Err(Failure::usage(format!("there is no ledger in `{}`", desk.state.display()), hint));
    };
    ledger.guard(&Manifest::read(&desk.workspace.out)?)?;
    ledger.hold(&lease, &terminal.owner(), now)?;
    let issue = entry::issue(&ledger, wanted.entry)?;
    may_be_mended(&issue, date)?;
    let signed_by = signer(&desk, &issue, wanted.signed_by)?;
    let pipeline = pipeline_of(&desk, terminal)?;
    let mending = Mending {
        pipeline: &pipeline,
        issue: &issue,
        recipients: &desk.recipients,
        ways: &desk.ways,
        reason,
        date,
        signed_by,
        now,
    };
    match work(&desk, &mut ledger, &mending)? {
        Ok(mended) => tell(&issue, &mended, terminal),
        Err(denied) => Err(refused(&issue, denied)),
    }
}

/// Who releases it. What had to be signed before it went out has to be signed again before it is taken back.
fn signer<'a>(desk: &Desk, issue: &Issue, name: Option<&'a str>) -> Result<Option<&'a str>, Failure> {
    if let Some(name) = name.map(str::trim) {
        schedule::check_name(name)
            .map_err(|why| Failure::usage(format!("--signed-by: {why}"), "write a name".to_owned()))?;
        return Ok(Some(name));
    }
    let own = desk.schedules.iter().find(|schedule| issue.schedule.as_ref() == Some(&schedule.id));
    if own.is_some_and(|schedule| schedule.approval) || issue.approved.is_some() {
        let message = format!("`{}` was signed (签发), and so is what takes its place", entry::name(issue));
        return Err(Failure::usage(message, "add --signed-by NAME".to_owned()));
    }
    Ok(None)
}

fn may_be_mended(issue: &Issue, date: NaiveDate) -> Result<(), Failure> {
    let number = issue.number.number;
    if issue.withdrawn.is_some() {
        let hint = format!("report run SCHEDULE --period {} issues it anew", issue.period);
        return Err(Failure::usage(format!("第{number}期 was withdrawn"), hint));
    }
    if date < issue.date {
        let message = format!("{date} is before the issue, which is of {}", issue.date);
        return Err(Failure::usage(message, None));
    }
    Ok(())
}

fn pipeline_of(desk: &Desk, terminal: &Terminal) -> Result<Pipeline, Failure> {
    let opened = desk.pipeline()?;
    match opened.output {
        Some(pipeline) => {
            terminal.messages(&opened.diagnostics);
            Ok(pipeline)
        }
        None => Err(Failure::Diagnostics(opened.diagnostics)),
    }
}

/// How a document is made that was issued: as a schedule has it, else as the workspace has it.
fn order(desk: &Desk, issue: &Issue) -> Result<Order, Failure> {
    let (all, _) = pipeline::all_orders(&desk.settings, &desk.book);
    let of_schedules = desk.schedules.iter().flat_map(|schedule| &schedule.orders);
    let mut orders = of_schedules.chain(&all);
    let fits = |order: &&Order| order.document.name() == issue.document && order.subject == issue.subject;
    orders.find(fits).cloned().ok_or_else(|| {
        let message = format!("nothing makes {} {} any more", issue.document, issue.subject);
        let hint = "put it back into report.toml or data/, or call it back with report withdraw".to_owned();
        Failure::usage(message, hint)
    })
}

fn refused(issue: &Issue, denied: Denied) -> Failure {
    let name = format!("{}/{}/{}", issue.period, issue.document, issue.subject);
    let error = match denied {
        Denied::Ledger(error) | Denied::Refused(Unmended::Ledger(error)) => return error.into(),
        Denied::Refused(Unmended::Diagnostics(diagnostics)) => return Failure::Diagnostics(diagnostics),
        Denied::Refused(error) => error,
    };
    let hint = match &error {
        Unmended::Unchanged { .. } => format!(
            "mend the data or the text first, then say it again; report withdraw {name} --reason … calls it back instead"
        ),
        Unmended::Altered { .. } => {
            "put the file and the .json beside it back from a copy; nothing can be compared without them"
                .to_owned()
        }
        Unmended::NoNotice { .. } => {
            "templates/lib/correction.typ and briefing.typ of this version show it; a shorter reason may help too".to_owned()
        }
        _ => "nothing was recorded: say it again once that is mended".to_owned(),
    };
    Failure::usage(with_causes(&error), hint)
}

fn tell(issue: &Issue, mended: &Mended, terminal: &Terminal) -> Result<Outcome, Failure> {
    let Mended { made, served, instead, cancelled, held } = mended;
    terminal.messages(&made.diagnostics);
    let figures = match (made.entry.correction, made.figures) {
        (None, _) => String::new(),
        (_, 0) => ", words only".to_owned(),
        (_, 1) => ", 1 figure".to_owned(),
        (_, figures) => format!(", {figures} figures"),
    };
    let (number, date) = (issue.number.number, issue.date);
    terminal
        .line(&format!("made {}: 第{number}期 of {date}, {} pages{figures}", made.path, made.entry.pages))?;
    for name in &made.elsewhere {
        terminal.line(&format!(
            "also printed in {name}: report correct {name} --reason … once its data are mended too"
        ))?;
    }
    let parcels = |count: usize| if count == 1 { "1 parcel".to_owned() } else { format!("{count} parcels") };
    terminal.line(&format!(
        "{} to those who were served, {instead} instead of what had not left; {cancelled} cancelled",
        parcels(*served)
    ))?;
    if *held > 0 {
        terminal.line(&format!("{held} held for new addresses: report outbox list --only held"))?;
    }
    terminal.line("sent with the next tick, or by report deliver")?;
    Ok(Outcome::Done)
}
