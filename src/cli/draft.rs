//! `report draft`: drafts that wait for a signature, looked at, reviewed, made anew and sent back.
//!
//! The signature is left to `approve`.

use briefing::disk;
use briefing::ledger::{Draft, Lease, Ledger, Manifest};
use briefing::schedule::{self, Clock, LazyMaker};
use chrono::{DateTime, Utc};

use super::approve::{schedule_of, tell_refusal, tell_release};
use super::args::{Common, DraftCommand};
use super::desk::{self, Desk};
use super::entry;
use super::failure::{Failure, Outcome};
use super::list::table;
use crate::terminal::Terminal;

/// Looks at the drafts that wait, or does something about one.
pub(crate) fn run(common: &Common, verb: &DraftCommand, terminal: &Terminal) -> Result<Outcome, Failure> {
    let now = terminal.clock(common.now.as_deref(), None)?.now();
    let desk = desk::open(common, terminal)?;
    let Some(mut ledger) = Ledger::open_existing(&desk.state)? else {
        terminal.note("there is no ledger yet");
        return Ok(Outcome::Done);
    };
    match verb {
        DraftCommand::List => return list(&desk, &ledger, terminal),
        DraftCommand::Show(name) if tell_release(&desk, &ledger, &name.entry, terminal)? => {
            return Ok(Outcome::Done);
        }
        DraftCommand::Show(name) => return show(&desk, &find(&ledger, &name.entry)?, terminal),
        _ => {}
    }
    let lease = Lease::wait(&desk.state)?;
    ledger.guard(&Manifest::read(&desk.workspace.out)?)?;
    ledger.hold(&lease, &terminal.owner(), now)?;
    match verb {
        DraftCommand::Review { draft, by } => {
            let draft = find(&ledger, &draft.entry)?;
            review(&desk, &mut ledger, &draft, by, now, terminal)
        }
        DraftCommand::Renew(name) => {
            let draft = find(&ledger, &name.entry)?;
            renew(&desk, &mut ledger, &draft, now, terminal)
        }
        DraftCommand::Reject { draft, reason } => {
            let draft = find(&ledger, &draft.entry)?;
            if reason.trim().is_empty() {
                return Err(Failure::usage("the reason is empty", "say what is to be mended".to_owned()));
            }
            ledger.reject(&draft, &format!("sent back (发回): {}", reason.trim()), now)?;
            terminal.line(&format!("{} was sent back; no number was used", draft.name()))?;
            if let Ok(schedule) = schedule_of(&desk, &ledger, &draft) {
                let (id, period) = (&schedule.id, &draft.period);
                terminal
                    .note(&format!("once it is mended: report run {id} --period {period} makes a new draft"));
            }
            Ok(Outcome::Done)
        }
        DraftCommand::List | DraftCommand::Show(_) => Ok(Outcome::Done),
    }
}

/// The draft that somebody named.
pub(crate) fn find(ledger: &Ledger, text: &str) -> Result<Draft, Failure> {
    let drafts = ledger.drafts()?;
    let known: Vec<String> = drafts.iter().map(Draft::name).collect();
    let name = entry::find(text, "draft that waits", &known)?.to_string();
    Ok(drafts.into_iter().find(|draft| draft.name() == name).expect("its name is among theirs"))
}

fn list(desk: &Desk, ledger: &Ledger, terminal: &Terminal) -> Result<Outcome, Failure> {
    let drafts = ledger.drafts()?;
    if drafts.is_empty() {
        terminal.note("no draft waits for a signature");
        return Ok(Outcome::Done);
    }
    let rows = drafts.iter().map(|draft| {
        let name = |name: &Option<String>| name.clone().unwrap_or_default();
        vec![
            draft.name(),
            local(draft.made, desk),
            draft.pages.to_string(),
            name(&draft.drafted_by),
            name(&draft.reviewed_by),
            desk.workspace.out.join(&draft.path).display().to_string(),
        ]
    });
    for row in table(["draft", "made", "pages", "拟稿", "核对", "file"], rows) {
        terminal.line(&row)?;
    }
    Ok(Outcome::Done)
}

fn local(at: DateTime<Utc>, desk: &Desk) -> String {
    at.with_timezone(&desk.settings.zone).format("%Y-%m-%d %H:%M").to_string()
}

fn show(desk: &Desk, draft: &Draft, terminal: &Terminal) -> Result<Outcome, Failure> {
    let whole = is_whole(desk, draft);
    terminal.line(&draft.name())?;
    let reviewed = draft.reviewed_by.as_ref().map(|by| match draft.reviewed {
        Some(at) => format!("{by}, {}", local(at, desk)),
        None => by.clone(),
    });
    desk::fields(
        &[
            ("file", Some(desk.workspace.out.join(&draft.path).display().to_string())),
            ("SHA-256", Some(draft.pdf.clone())),
            (
                "on disk",
                Some(if whole { "as it was made" } else { "altered or gone: report draft renew" }.to_owned()),
            ),
            ("pages", Some(draft.pages.to_string())),
            ("dated", Some(draft.date.to_string())),
            ("made", Some(local(draft.made, desk))),
            ("拟稿", draft.drafted_by.clone()),
            ("核对", reviewed),
        ],
        terminal,
    )?;
    Ok(if whole { Outcome::Done } else { Outcome::Partly })
}

fn is_whole(desk: &Desk, draft: &Draft) -> bool {
    let path = desk.workspace.out.join(&draft.path);
    disk::read(&path).is_ok_and(|bytes| disk::sha256(&bytes) == draft.pdf)
}

fn review(
    desk: &Desk,
    ledger: &mut Ledger,
    draft: &Draft,
    by: &str,
    now: DateTime<Utc>,
    terminal: &Terminal,
) -> Result<Outcome, Failure> {
    schedule::check_name(by).map_err(|why| {
        Failure::usage(why, "write the name of one person, as it is to be printed".to_owned())
    })?;
    if !is_whole(desk, draft) {
        let message = format!("`{}` is not the file that was made: it was altered on the disk", draft.path);
        let hint = format!("report draft renew {} makes it anew, to be read again", draft.name());
        terminal.error(&message, Some(&hint));
        return Ok(Outcome::Partly);
    }
    ledger.review(draft, by, now)?;
    terminal.line(&format!("{} was reviewed by {by}: SHA-256 {}", draft.name(), draft.pdf))?;
    Ok(Outcome::Done)
}

fn renew(
    desk: &Desk,
    ledger: &mut Ledger,
    draft: &Draft,
    now: DateTime<Utc>,
    terminal: &Terminal,
) -> Result<Outcome, Failure> {
    let schedule = schedule_of(desk, ledger, draft)?;
    let maker = LazyMaker::new(&desk.workspace.out, &desk.book, desk.at_once, || desk.pipeline());
    let renewed = match schedule::renew(ledger, &maker, schedule, draft, now) {
        Ok(renewed) => renewed,
        Err(error) => return tell_refusal(error, draft, terminal),
    };
    terminal.messages(&renewed.diagnostics);
    let new = &renewed.draft;
    let path = desk.workspace.out.join(&new.path);
    terminal.line(&format!("made {} anew: {} pages, {}", new.name(), new.pages, path.display()))?;
    terminal.line(&format!("SHA-256 {}", new.pdf))?;
    if renewed.same {
        terminal.note("it says what the draft before it said");
    }
    if let Some(by) = &draft.reviewed_by {
        terminal.note(&format!("the review by {by} was of the draft before it, and is taken out"));
    }
    Ok(Outcome::Done)
}
