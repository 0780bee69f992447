//! Making the documents of one shard, with nothing shared but the workspace, which is read only.
//!
//! What belongs to the shard is left to the plan, how a document is made to the pipeline.

use std::collections::{BTreeMap, BTreeSet};

use super::drawing::{settings_digest, shared_digest};
use super::plan::Plan;
use super::{ShardError, manifest_name};
use crate::diag::{Diagnostics, Severity};
use crate::ledger::{Manifest, Shard};
use crate::pipeline::{End, Order, Outcome, Pipeline, Wish};
use crate::schedule::chain;

/// The documents of one shard.
pub struct Share {
    plan: Plan,
    shard: usize,
    orders: Vec<Order>,
    /// The path of each.
    paths: Vec<String>,
}

/// How a shard ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ended {
    /// How many of its documents are there.
    pub made: usize,
    /// How many are not.
    pub failed: usize,
}

impl Share {
    /// The documents of a shard, as [`Reader::shard`](super::Reader::shard) answers them.
    pub fn new(plan: Plan, shard: usize, wish: &Wish) -> Self {
        let language = plan.head.language();
        let orders: Vec<Order> = plan.documents.iter().map(super::Planned::order).collect();
        let paths = orders.iter().map(|order| Pipeline::path_of(order, wish, language)).collect();
        Self { plan, shard, orders, paths }
    }

    /// The name of its manifest.
    pub fn manifest(&self) -> String {
        manifest_name(self.shard, self.plan.head.shards)
    }

    /// How many documents it has.
    pub fn len(&self) -> usize {
        self.orders.len()
    }

    /// Whether it has none: there are more shards than documents.
    pub fn is_empty(&self) -> bool {
        self.orders.is_empty()
    }
}

/// What differs from what the plan was made from, a line each; empty where a document made now is the one that was planned.
///
/// # Errors
/// When no thread can be started.
pub fn differences(
    share: &Share,
    pipeline: &Pipeline,
    wish: &Wish,
) -> Result<(Vec<String>, Diagnostics), ShardError> {
    let head = &share.plan.head;
    let mut found = head.recipe.differences(pipeline.engine().recipe());
    if head.settings != settings_digest(pipeline) {
        found.push("report.toml changed".to_owned());
    }
    if head.shared != shared_digest(pipeline) {
        found.push("a file that all documents share, in data/, changed".to_owned());
    }
    let mut diagnostics = Diagnostics::new();
    if found.is_empty() {
        let examined = pipeline.examine(&share.orders, wish, &|| {})?;
        for (planned, now) in share.plan.documents.iter().zip(examined) {
            let (document, subject) = (&planned.document, &planned.subject);
            match now.output {
                Some(now) if now.view == planned.view => {}
                Some(_) => found.push(format!("the data of {document} {subject} changed")),
                None => {
                    found.push(format!("the data of {document} {subject} have errors"));
                    diagnostics.extend(now.diagnostics);
                }
            }
        }
    }
    Ok((found, diagnostics))
}

/// Makes the documents of a shard that are not there whole, and records them in its own manifest: what was noted before a kill is not
/// made again. The pipeline must write to that manifest. `told` hears of each document.
///
/// # Errors
/// When the manifest cannot be read or written, or no thread can be started.
pub fn make(
    share: &Share,
    pipeline: &Pipeline,
    wish: &Wish,
    told: &mut dyn FnMut(Outcome),
) -> Result<Ended, ShardError> {
    let (out, name) = (&pipeline.workspace().out, share.manifest());
    Manifest::change_as(out, &name, |known| begin(share, known))?;
    let mut failed = BTreeMap::new();
    let mut paths = share.paths.iter();
    let survey = pipeline.survey(share.orders.clone(), wish)?;
    pipeline.carry_out(survey, wish, |outcome| {
        let path = paths.next().expect("each document is told of once, in its turn");
        if let Some(reason) = why_failed(&outcome) {
            failed.insert(path.clone(), reason);
        }
        told(outcome);
    })?;
    let ended = Ended { made: share.orders.len() - failed.len(), failed: failed.len() };
    Manifest::change_as(out, &name, |known| {
        // What was recorded of an earlier plan, and failed now, is not what was planned.
        known.entries.retain(|path, _| !failed.contains_key(path));
        if let Some(shard) = &mut known.shard {
            shard.ended = true;
            shard.failed = failed;
        }
    })?;
    Ok(ended)
}

/// What an earlier run of the same plan recorded stays; of another plan, what this one has too, until it was looked at again.
fn begin(share: &Share, known: &mut Manifest) {
    let id = &share.plan.id;
    if known.shard.as_ref().is_some_and(|shard| shard.plan == *id) {
        return;
    }
    let own: BTreeSet<&String> = share.paths.iter().collect();
    known.entries.retain(|path, _| own.contains(path));
    known.shard = Some(Shard {
        plan: id.clone(),
        number: share.shard,
        of: share.plan.head.shards,
        ended: false,
        failed: BTreeMap::new(),
    });
}

fn why_failed(outcome: &Outcome) -> Option<String> {
    match &outcome.end {
        End::Made { .. } | End::Unchanged { .. } => None,
        End::Refused => {
            let error = outcome.diagnostics.iter().find(|found| found.severity == Severity::Error);
            Some(error.map_or_else(|| "it was refused".to_owned(), |error| error.problem.message()))
        }
        End::Failed(error) => Some(chain(error)),
    }
}
