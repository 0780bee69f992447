//! `report generate --plan`: the documents of one shard, without the ledger and with nothing shared but the workspace.
//!
//! What is made of them all is left to `merge`.

use std::path::Path;

use briefing::pipeline::{self, Pipeline, Wish};
use briefing::shards::{self, Reader, Share};
use briefing::workers::Crew;

use super::args::{Common, Generate};
use super::failure::{Failure, Outcome};
use super::telling::{Run, shown};
use super::{desk, generate, lock, paper, resolve};
use crate::terminal::Terminal;

/// Makes the documents of a shard that are not there whole.
pub(crate) fn run(
    common: &Common,
    verb: &Generate,
    path: &Path,
    terminal: &Terminal,
) -> Result<Outcome, Failure> {
    for (given, flag) in [(common.language.is_some(), "--lang"), (common.style.is_some(), "--style")] {
        if given {
            let hint = format!("give {flag} to report plan");
            return Err(Failure::usage(format!("{flag} is settled by the plan"), hint));
        }
    }
    let (shard, of) = which(verb)?;
    let plan = Reader::of(path).shard(shard)?;
    if let Some(asked) = of.filter(|of| *of != plan.head.shards) {
        return Err(shards::ShardError::OtherCount { planned: plan.head.shards, asked }.into());
    }
    let jobs = resolve::jobs(verb.jobs, terminal)?;
    let wish = Wish { force: verb.force, deny: verb.deny.clone(), ..plan.head.wish(jobs) };
    let mut workspace = resolve::workspace(common, common.out.as_deref(), terminal)?;
    workspace.style.clone_from(&plan.head.style);
    workspace.language = Some(plan.head.language());
    let shards = plan.head.shards;
    let share = Share::new(plan, shard, &wish);
    let data = pipeline::open_data(&workspace);
    let (settings, book) = data.output;
    if data.diagnostics.has_errors() {
        return Err(Failure::Diagnostics(data.diagnostics));
    }
    let paper = paper::paper(common, &workspace, &settings);
    let engine = pipeline::open_engine(&workspace, &settings)?;
    let Some(engine_output) = engine.output else { return Err(Failure::Diagnostics(engine.diagnostics)) };
    if verb.locked {
        lock::must_hold(common, &engine_output)?;
    }
    let out = workspace.out.clone();
    let limits = generate::limits(verb, &settings);
    let program = desk::worker(&workspace, common, terminal)?;
    let pipeline = Pipeline::new(workspace, settings, book, engine_output)
        .with_paper(paper)
        .with_manifest(share.manifest())
        .with_crew(Crew::new(program, limits, jobs));
    refuse_other(&share, &pipeline, &wish, terminal)?;
    let mut run = Run::new(verb.why, &wish, share.len(), terminal);
    let ended = shards::make(&share, &pipeline, &wish, &mut |outcome| run.tell(outcome))?;
    let made = run.end()?;
    let all = share.len();
    let manifest = out.join(share.manifest());
    terminal.line(&format!(
        "shard {shard} of {shards}: {} of {all} documents are there, {}",
        ended.made,
        shown(&manifest)
    ))?;
    Ok(made.outcome)
}

/// A shard of no plan: the parser does not see it beside a selection.
pub(super) fn refuse_without_plan(verb: &Generate) -> Result<(), Failure> {
    if verb.share.shard.is_none() && verb.share.shard_index.is_none() {
        return Ok(());
    }
    let hint = "report plan writes down what each shard makes: generate --plan FILE --shard I/N".to_owned();
    Err(Failure::usage("a shard is one of a plan", hint))
}

/// Makes nothing from other data, templates, faces or by another program than those of the plan: the shards would not fit together.
fn refuse_other(share: &Share, pipeline: &Pipeline, wish: &Wish, terminal: &Terminal) -> Result<(), Failure> {
    const SHOWN: usize = 8;
    let (mut found, diagnostics) = shards::differences(share, pipeline, wish)?;
    if found.is_empty() {
        return Ok(());
    }
    terminal.messages(&diagnostics);
    let more = found.len().saturating_sub(SHOWN);
    found.truncate(SHOWN);
    if more > 0 {
        found.push(format!("and {more} more"));
    }
    let message = format!("not what the plan was made from: {}", found.join("; "));
    let hint =
        "put it back, or make the plan again with report plan: numbers that are reserved stay".to_owned();
    Err(Failure::usage(message, hint))
}

/// The shard, counted from 1, and of how many, where that was said.
fn which(verb: &Generate) -> Result<(usize, Option<usize>), Failure> {
    if let Some(index) = verb.share.shard_index {
        return Ok((index.saturating_add(1), None));
    }
    let text = verb.share.shard.as_deref().unwrap_or_default();
    let parts = match text.split_once('/') {
        Some((shard, of)) => shard.parse().ok().zip(of.parse().ok().map(Some)),
        None => text.parse().ok().map(|shard| (shard, None)),
    };
    match parts {
        Some(which) => Ok(which),
        None => {
            let hint = "write it as 3/16: the third of sixteen".to_owned();
            Err(Failure::usage(format!("`{text}` is no shard"), hint))
        }
    }
}
