//! `report merge`: the shards of a plan, once all are there and whole, made one output folder.
//!
//! Making what is missing is left to `generate --plan`.

use std::path::PathBuf;

use briefing::ledger::{Lease, Ledger, Manifest};
use briefing::schedule::Clock;
use briefing::shards::{self, Gathered, Merging, Plan, Reader, Standing};

use super::args::{Common, MergeArgs};
use super::failure::{Failure, Outcome};
use super::{resolve, telling};
use crate::terminal::Terminal;

/// Checks the shards, and brings them together where nothing stands against it.
pub(crate) fn run(common: &Common, verb: &MergeArgs, terminal: &Terminal) -> Result<Outcome, Failure> {
    let now = terminal.clock(common.now.as_deref(), None)?.now();
    let plan = Reader::of(&verb.plan).whole()?;
    let jobs = resolve::jobs(verb.jobs, terminal)?;
    let wish = plan.head.wish(jobs);
    let out = resolve::workspace(common, common.out.as_deref(), terminal)?.out;
    let (mut ledger, _lease) = if plan.head.numbered {
        let state = resolve::state(common);
        let lease = Lease::wait(&state)?;
        let mut ledger = Ledger::open(&state)?;
        ledger.guard(&Manifest::read(&out)?)?;
        ledger.hold(&lease, &terminal.owner(), now)?;
        (Some(ledger), Some(lease))
    } else {
        (None, None)
    };
    let standing = Standing::of(&plan, ledger.as_ref())?;
    if let Some(reason) = &verb.abandon {
        let Some(ledger) = &mut ledger else {
            return Err(Failure::usage("a plan of drafts has no numbers to give up", None));
        };
        let count = shards::abandon(&standing, ledger, &said(reason)?, now)?;
        terminal
            .line(&format!("{count} numbers are void, {} had ended before", plan.documents.len() - count))?;
        return Ok(Outcome::Done);
    }
    if standing.is_ended() {
        terminal.line("nothing is left to merge: every number of the plan has ended")?;
        return Ok(Outcome::Done);
    }
    let folders = if verb.folders.is_empty() { vec![out.clone()] } else { verb.folders.clone() };
    let gathered = shards::gather(&plan, &wish, &folders)?;
    let reason = verb.void_failed.as_deref().map(said).transpose()?;
    if !is_whole(verb, &plan, &gathered, &standing, reason.is_some(), terminal) {
        return Ok(Outcome::Partly);
    }
    let reason = reason.unwrap_or_default();
    let merging = Merging { plan: &plan, gathered: &gathered, out: &out, reason: &reason, jobs };
    let merged = shards::merge(&merging, &standing, ledger.as_mut(), now)?;
    let void = match merged.void {
        0 => String::new(),
        count => format!(", {count} numbers are void"),
    };
    let manifest = out.join(briefing::ledger::MANIFEST);
    terminal.line(&format!("merged {} documents{void}: {}", merged.documents, telling::shown(&manifest)))?;
    Ok(Outcome::Done)
}

fn said(reason: &str) -> Result<String, Failure> {
    match reason.trim() {
        "" => Err(Failure::usage("the reason is empty", "it stands in the ledger for ever".to_owned())),
        reason => Ok(reason.to_owned()),
    }
}

/// Whether nothing stands against a merge. What does is said by shard, with the command that mends it.
fn is_whole(
    verb: &MergeArgs,
    plan: &Plan,
    gathered: &Gathered,
    standing: &Standing,
    may_fail: bool,
    terminal: &Terminal,
) -> bool {
    let mut faulty: Vec<usize> = Vec::new();
    for fault in &gathered.faults {
        terminal.error(&format!("shard {}: {}", fault.shard, fault.what), None);
        if faulty.last() != Some(&fault.shard) {
            faulty.push(fault.shard);
        }
    }
    let mut failed = 0;
    for (planned, reason) in gathered.failures(plan, standing) {
        let (shard, document, subject) = (planned.shard, &planned.document, &planned.subject);
        if !may_fail {
            terminal.error(&format!("shard {shard}: {document} {subject} was not made: {reason}"), None);
        }
        failed += 1;
    }
    let shards = plan.head.shards;
    let file: &PathBuf = &verb.plan;
    for shard in &faulty {
        terminal.note(&format!("  report generate --plan {} --shard {shard}/{shards}", file.display()));
    }
    if !faulty.is_empty() {
        let message = format!("{} of {shards} shards are not whole: nothing was merged", faulty.len());
        terminal.error(&message, Some("run the commands above, and report merge again"));
    } else if failed > 0 && !may_fail {
        let message = format!("{failed} documents were not made: nothing was merged");
        let hint = if plan.head.numbered {
            "mend the cause, report plan, and run their shards again; or give their numbers up with --void-failed REASON"
        } else {
            "mend the cause, report plan, and run their shards again; or merge without them with --void-failed REASON"
        };
        terminal.error(&message, Some(hint));
    }
    faulty.is_empty() && (failed == 0 || may_fail)
}
