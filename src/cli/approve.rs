//! `report approve` and `report sign`: the signature that makes a draft an issue, and the tool that signs its file.
//!
//! Drafts before that are left to `draft`, sending to `outbox`.

use briefing::delivery::Secrets;
use briefing::ledger::{Draft, Issue, IssueState, Lease, Ledger, Manifest};
use briefing::schedule::{self, ApproveError, Clock, Schedule, Signatures, Signer};

use super::args::{Approve, Common, Sign};
use super::desk::{self, Desk};
use super::draft;
use super::entry::{self, EntryName};
use super::failure::{Failure, Outcome};
use crate::terminal::{Terminal, TickingClock};

/// Makes a draft an issue, and shows that nothing else in it has changed.
pub(crate) fn run(common: &Common, verb: &Approve, terminal: &Terminal) -> Result<Outcome, Failure> {
    let now = terminal.clock(common.now.as_deref(), None)?.now();
    let desk = desk::open(common, terminal)?;
    let lease = Lease::wait(&desk.state)?;
    let mut ledger = existing(&desk)?;
    ledger.guard(&Manifest::read(&desk.workspace.out)?)?;
    ledger.hold(&lease, &terminal.owner(), now)?;
    let draft = wanted(&ledger, &verb.entry)?;
    let schedule = schedule_of(&desk, &ledger, &draft)?;
    let engine = desk.pipeline()?;
    let Some(pipeline) = engine.output else { return Err(Failure::Diagnostics(engine.diagnostics)) };
    let signatures = Signatures {
        signed_by: verb.signed_by.trim(),
        drafted_by: verb.drafted_by.as_deref().map(str::trim),
        reviewed_by: verb.reviewed_by.as_deref().map(str::trim),
        date: verb.date,
    };
    let approved = match schedule::approve(&mut ledger, &pipeline, schedule, &draft, &signatures, now) {
        Ok(approved) => approved,
        Err(error) => return tell_refusal(error, &draft, terminal),
    };
    terminal.messages(&approved.diagnostics);
    let (number, total) = (approved.number.number, approved.number.total);
    let path = desk.workspace.out.join(&approved.path);
    terminal.line(&format!("{} was signed by {}", draft.name(), signatures.signed_by))?;
    terminal
        .line(&format!("  第{number}期（总第{total}期）, {}, {} pages", approved.date, approved.pages))?;
    terminal.line(&format!("  {}", path.display()))?;
    terminal.line(&format!("  SHA-256 {}", approved.pdf))?;
    terminal.line("what differs from the draft:")?;
    for change in &approved.changed {
        terminal.line(&format!("  {}: {} → {}", change.field, change.was, change.is))?;
    }
    terminal.line("everything else is as it was read")?;
    let next = match (&schedule.sign, schedule.deliveries.is_empty()) {
        (_, true) => "it is filed; the schedule sends to nobody",
        (Some(_), _) => "it is signed by the tool, then sent, with the next tick",
        (None, _) => "it is sent with the next tick, or by report deliver",
    };
    terminal.note(next);
    Ok(Outcome::Done)
}

fn existing(desk: &Desk) -> Result<Ledger, Failure> {
    let hint = "the first `report tick` makes it".to_owned();
    let none = || Failure::usage(format!("there is no ledger in `{}`", desk.state.display()), hint);
    Ledger::open_existing(&desk.state)?.ok_or_else(none)
}

/// The draft that is to be signed; one that was signed already is told of as such.
fn wanted(ledger: &Ledger, text: &str) -> Result<Draft, Failure> {
    if let Ok(name) = entry::parse(text)
        && let Some(issue) = issued(ledger, &name)?
    {
        let number = format!("第{}期（总第{}期）", issue.number.number, issue.number.total);
        let message = match ledger.approval(issue.id)? {
            Some(approval) => {
                let (by, date) = (approval.signed_by, approval.date);
                format!("{name} was approved already, by {by} on {date}, as {number}")
            }
            None => {
                format!("{name} was issued as {number}, and needed no signature")
            }
        };
        return Err(Failure::usage(message, "a number is given once; report issue list shows it".to_owned()));
    }
    draft::find(ledger, text)
}

/// The issue of an entry of which no draft waits.
fn issued(
    ledger: &Ledger,
    EntryName { period, document, subject }: &EntryName,
) -> Result<Option<Issue>, Failure> {
    if ledger.draft(document, subject, period)?.is_some() {
        return Ok(None);
    }
    let issue = ledger.issue(document, subject, period)?;
    Ok(issue.filter(|issue| issue.state == IssueState::Issued))
}

/// Says who released an issue, and which file; false where the entry is none that was released.
pub(crate) fn tell_release(
    desk: &Desk,
    ledger: &Ledger,
    text: &str,
    terminal: &Terminal,
) -> Result<bool, Failure> {
    let Ok(name) = entry::parse(text) else { return Ok(false) };
    let Some(issue) = issued(ledger, &name)? else { return Ok(false) };
    let Some(approval) = ledger.approval(issue.id)? else { return Ok(false) };
    terminal.line(&format!("{name} was released (已签发)"))?;
    let file = |path: &str| desk.workspace.out.join(path).display().to_string();
    let recorded = approval.recorded.with_timezone(&desk.settings.zone).format("%Y-%m-%d %H:%M");
    desk::fields(
        &[
            ("number", Some(format!("第{}期（总第{}期）", issue.number.number, issue.number.total))),
            ("dated", Some(approval.date.to_string())),
            ("file", issue.path.as_deref().map(file)),
            ("SHA-256", Some(approval.pdf)),
            ("draft", Some(format!("SHA-256 {}", approval.draft))),
            ("拟稿", approval.drafted_by),
            ("核对", approval.reviewed_by),
            ("签发", Some(format!("{}, {recorded}", approval.signed_by))),
            ("signed", issue.signed.as_ref().map(|(path, _)| file(path))),
            ("SHA-256", issue.signed.map(|(_, digest)| digest)),
        ],
        terminal,
    )?;
    Ok(true)
}

/// The schedule that made a draft.
pub(crate) fn schedule_of<'a>(
    desk: &'a Desk,
    ledger: &Ledger,
    draft: &Draft,
) -> Result<&'a Schedule, Failure> {
    let id = ledger.schedule_of(draft.occurrence)?;
    match id.as_deref().and_then(|id| desk.schedules.iter().find(|schedule| schedule.id == id)) {
        Some(schedule) => Ok(schedule),
        None if id.as_ref().is_some_and(|id| desk.broken.contains(id)) => {
            Err(Failure::Diagnostics(desk.found.clone()))
        }
        None => {
            let message = format!("the schedule `{}` that made it is gone", id.unwrap_or_default());
            let hint = format!("put it back, or report draft reject {} --reason …", draft.name());
            Err(Failure::usage(message, hint))
        }
    }
}

/// Says why a draft was not released, or not made anew.
pub(crate) fn tell_refusal(
    error: ApproveError,
    draft: &Draft,
    terminal: &Terminal,
) -> Result<Outcome, Failure> {
    match error {
        ApproveError::Refused(message, hint) => terminal.error(&message, Some(&hint)),
        ApproveError::Unsound(diagnostics) => {
            terminal.messages(&diagnostics);
            let message = format!("{} was not made: it waits as before", draft.name());
            let hint = format!("mend that; where the data are mended, report draft renew {}", draft.name());
            terminal.error(&message, Some(&hint));
        }
        ApproveError::Differs(found) => {
            let lines =
                found.iter().map(|change| format!("  {}: {} → {}", change.field, change.was, change.is));
            let list = lines.collect::<Vec<_>>().join("\n");
            let message = format!("{} would not be issued as it was read:\n{list}", draft.name());
            let hint = format!("report draft renew {} makes it anew, to be read again", draft.name());
            terminal.error(&message, Some(&hint));
        }
        ApproveError::Operation(error) => return Err(error.into()),
    }
    Ok(Outcome::Partly)
}

/// Has the file of an issue signed by the tool, now.
pub(crate) fn sign(common: &Common, verb: &Sign, terminal: &Terminal) -> Result<Outcome, Failure> {
    let clock = terminal.clock(common.now.as_deref(), None)?;
    let desk = desk::open(common, terminal)?;
    let lease = Lease::wait(&desk.state)?;
    let mut ledger = existing(&desk)?;
    ledger.hold(&lease, &terminal.owner(), clock.now())?;
    let wants = |issue: &Issue| {
        let own = desk.schedules.iter().find(|schedule| issue.schedule.as_ref() == Some(&schedule.id));
        issue.state == IssueState::Issued && own.is_some_and(|schedule| schedule.sign.is_some())
    };
    let issues: Vec<Issue> = ledger.issues()?.into_iter().filter(wants).collect();
    let name = |issue: &Issue| format!("{}/{}/{}", issue.period, issue.document, issue.subject);
    let known: Vec<String> = issues.iter().map(name).collect();
    let wanted = entry::find(&verb.entry, "issue that is signed by a tool", &known)?.to_string();
    let issue = issues.iter().find(|issue| name(issue) == wanted).expect("its name is among theirs");
    if let Some((path, _)) = &issue.signed {
        return Err(Failure::usage(format!("{wanted} is signed already: {path}"), None));
    }
    let settings = schedule::sign_is_due(issue, &desk.schedules).expect("it was chosen for that");
    let path = search_path(terminal);
    let signer = signer(&desk, &clock, &|| false, &path);
    match schedule::sign_issue(&mut ledger, issue, settings, &signer)? {
        Ok(path) => {
            terminal.line(&format!("signed: {}", desk.workspace.out.join(path).display()))?;
            Ok(Outcome::Done)
        }
        Err(why) => {
            terminal.error(&format!("{wanted} was not signed: {why}"), Some("mend that, and run it again"));
            Ok(Outcome::Partly)
        }
    }
}

/// Where programs are looked for.
pub(crate) fn search_path(terminal: &Terminal) -> String {
    let given = terminal.variable("PATH").filter(|path| !path.is_empty());
    given.unwrap_or_else(|| "/usr/local/bin:/usr/bin:/bin".to_owned())
}

/// What signs for a workspace.
pub(crate) fn signer<'a>(
    desk: &'a Desk,
    clock: &'a TickingClock,
    stop: &'a dyn Fn() -> bool,
    path: &'a str,
) -> Signer<'a> {
    Signer { root: desk.root(), out: &desk.workspace.out, scratch: &desk.state, path, clock, stop }
}
