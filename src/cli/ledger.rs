//! `report ledger`, `report issue` and `report archive`: the ledger itself, the numbers in it, and what is kept for how long.
//!
//! What is issued is left to `tick`.

use briefing::ledger::{IssueState, Lease, Ledger, Manifest, Number};
use briefing::schedule::{self, Clock};
use chrono::Datelike;

use super::args::{ArchiveCommand, Common, IssueCommand, LedgerCommand};
use super::desk::{self, Desk};
use super::failure::{Failure, Outcome};
use super::list::table;
use super::resolve;
use crate::terminal::Terminal;

/// Checks, copies, puts back or refills the ledger.
pub(crate) fn run(common: &Common, verb: &LedgerCommand, terminal: &Terminal) -> Result<Outcome, Failure> {
    let now = terminal.clock(common.now.as_deref(), None)?.now();
    let state = resolve::state(common);
    match verb {
        LedgerCommand::Check => {
            let ledger = existing(&state)?;
            let wrong = ledger.check()?;
            for line in &wrong {
                terminal.line(line)?;
            }
            if wrong.is_empty() {
                terminal.line(&format!("{} is sound", ledger.path().display()))?;
                return Ok(Outcome::Done);
            }
            Ok(Outcome::Partly)
        }
        LedgerCommand::Backup { file } => {
            existing(&state)?.backup(file)?;
            terminal.line(&format!("wrote {}", file.display()))?;
            Ok(Outcome::Done)
        }
        LedgerCommand::Restore { file } => {
            let _lease = Lease::wait(&state)?;
            if let Some(kept) = Ledger::restore(&state, file, now)? {
                terminal.line(&format!("the ledger that was there is now {}", kept.display()))?;
            }
            terminal.line(&format!("restored from {}", file.display()))?;
            Ok(Outcome::Done)
        }
        LedgerCommand::Adopt => {
            let workspace = resolve::workspace(common, common.out.as_deref(), terminal)?;
            let lease = Lease::wait(&state)?;
            let mut ledger = Ledger::open(&state)?;
            ledger.hold(&lease, &terminal.owner(), now)?;
            let count = ledger.adopt(&Manifest::read(&workspace.out)?, now)?;
            terminal.line(&format!("took over {count} issued documents from {}", workspace.out.display()))?;
            Ok(Outcome::Done)
        }
    }
}

fn existing(state: &std::path::Path) -> Result<Ledger, Failure> {
    Ledger::open_existing(state)?.ok_or_else(|| {
        let hint =
            "the first `report tick` makes it; `report ledger restore FILE` puts a copy back".to_owned();
        Failure::usage(format!("there is no ledger in `{}`", state.display()), hint)
    })
}

/// Lists numbers, or sets the next ones.
pub(crate) fn issue(common: &Common, verb: &IssueCommand, terminal: &Terminal) -> Result<Outcome, Failure> {
    let now = terminal.clock(common.now.as_deref(), None)?.now();
    let state = resolve::state(common);
    match verb {
        IssueCommand::List { document } => {
            let Some(ledger) = Ledger::open_existing(&state)? else { return Ok(Outcome::Done) };
            let wanted = |of: &str| document.is_none_or(|kind| kind.name() == of);
            let rows: Vec<_> = ledger
                .issues()?
                .into_iter()
                .filter(|issue| wanted(&issue.document))
                .map(|issue| {
                    let state = match (issue.withdrawn, issue.corrections) {
                        (Some(_), _) => "withdrawn (已撤回)".to_owned(),
                        (None, 0) => issue.state.name().to_owned(),
                        (None, 1) => "corrected (已更正)".to_owned(),
                        (None, times) => format!("corrected {times} times (已更正)"),
                    };
                    let what = match issue.state {
                        IssueState::Void => issue.reason.unwrap_or_default(),
                        _ => issue.path.unwrap_or_default(),
                    };
                    vec![
                        format!(
                            "{}年第{}期（总第{}期）",
                            issue.year, issue.number.number, issue.number.total
                        ),
                        issue.document,
                        issue.subject,
                        issue.period,
                        issue.date.to_string(),
                        state,
                        what,
                    ]
                })
                .collect();
            let heads = ["number", "document", "subject", "period", "date", "state", ""];
            for row in table(heads, rows.into_iter()) {
                terminal.line(&row)?;
            }
            Ok(Outcome::Done)
        }
        IssueCommand::SetNext { document, number, total, year } => {
            let desk = desk::open(common, terminal)?;
            let lease = Lease::wait(&state)?;
            let mut ledger = Ledger::open(&state)?;
            ledger.guard(&Manifest::read(&desk.workspace.out)?)?;
            ledger.hold(&lease, &terminal.owner(), now)?;
            let year = year.unwrap_or_else(|| now.with_timezone(&desk.settings.zone).year());
            ledger.set_next(document.name(), year, Number { number: *number, total: *total }, now)?;
            terminal
                .line(&format!("the next {} of {year} is 第{number}期（总第{total}期）", document.name()))?;
            Ok(Outcome::Done)
        }
    }
}

/// Takes away what retention no longer keeps.
pub(crate) fn archive(
    common: &Common,
    verb: &ArchiveCommand,
    terminal: &Terminal,
) -> Result<Outcome, Failure> {
    let now = terminal.clock(common.now.as_deref(), None)?.now();
    let desk: Desk = desk::open(common, terminal)?;
    let ArchiveCommand::Prune { dry_run } = verb;
    let lease = Lease::wait(&desk.state)?;
    let mut ledger = existing(&desk.state)?;
    ledger.hold(&lease, &terminal.owner(), now)?;
    let pruned = schedule::prune(&desk.settings, &desk.workspace.out, &mut ledger, now, *dry_run)?;
    for file in &pruned.files {
        terminal.line(file)?;
    }
    let done = if *dry_run { "would go" } else { "are gone" };
    let retention = &desk.settings.retention;
    if retention.documents.is_empty() && retention.drafts.is_none() && retention.history.is_none() {
        terminal.note("[retention] is not set in report.toml: everything is kept");
    } else {
        terminal.note(&format!("{} files and {} occurrences {done}", pruned.files.len(), pruned.occurrences));
    }
    Ok(Outcome::Done)
}
