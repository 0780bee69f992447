//! A run over many documents: which of them are to be made, who makes them, and how each ends, in the order in which they were asked for.
//!
//! What a single document takes is left to `making`, what is compared before it is made to `sources`.

use std::collections::BTreeMap;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{PoisonError, mpsc};
use std::time::Instant;

use super::sources::Ground;
use super::surveying::{Found, Survey};
use super::{End, MakeError, Order, Outcome, Pipeline, PipelineError, Why, Wish};
use crate::diag::Diagnostics;
use crate::ledger::{LastRead, Manifest};
use crate::typeset::STACK;

impl Pipeline {
    /// Makes the documents that are to be made, and notes them. `told` hears of each, in the order of the orders. After the last,
    /// [`Pipeline::settle`] writes the manifest.
    ///
    /// # Errors
    /// When the manifest cannot be read, or no thread can be started.
    pub fn generate(
        &self,
        orders: Vec<Order>,
        wish: &Wish,
        told: impl FnMut(Outcome),
    ) -> Result<(), PipelineError> {
        let survey = self.survey(orders, wish)?;
        self.carry_out(survey, wish, told)
    }

    /// Makes what a survey left open. Each file is noted when it is finished: a run that is killed leaves only what it had begun to the
    /// next. After the last, [`Pipeline::settle`] writes the manifest.
    ///
    /// # Errors
    /// When no thread can be started.
    pub fn carry_out(
        &self,
        survey: Survey,
        wish: &Wish,
        mut told: impl FnMut(Outcome),
    ) -> Result<(), PipelineError> {
        let Survey { before, ground, orders, found } = survey;
        let open: Vec<usize> = (0..orders.len()).filter(|at| found[*at].stays.is_none()).collect();
        // Reading the next data and writing the last file go on while the workers set: they wait for disks and pipes, not for processors.
        let threads = match &self.crew {
            Some(_) if wish.jobs > 1 => wish.jobs * 2,
            _ => wish.jobs,
        };
        let work = |at: usize| {
            let at = open[at];
            self.one(&orders[at], wish, &before, &ground, found[at].why.clone())
        };
        let mut rest = 0..orders.len();
        // Of those before the next open one; that one is taken from the rest with them, and told of by its maker.
        let mut told_until = |end: usize, told: &mut dyn FnMut(Outcome)| {
            for at in rest.by_ref().take_while(|at| *at < end).filter(|at| found[*at].stays.is_some()) {
                told(stayed(&orders[at], &found[at]));
            }
        };
        in_order(threads, open.len(), work, |at, outcome| {
            told_until(open[at], &mut told);
            told(outcome);
        })
        .map_err(PipelineError::Thread)?;
        told_until(orders.len(), &mut told);
        Ok(())
    }

    /// Writes the manifest, once no more documents are wanted.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn settle(&self) -> Result<(), PipelineError> {
        // What was read for the run is not kept beside what is read to be written, nor do workers wait for nothing.
        if let Some(crew) = &self.crew {
            crew.dismiss();
        }
        *self.recorded.lock().unwrap_or_else(PoisonError::into_inner) = LastRead::default();
        Ok(Manifest::settle(&self.workspace.out, &self.manifest)?)
    }

    fn one(&self, order: &Order, wish: &Wish, before: &Manifest, ground: &Ground, why: Why) -> Outcome {
        let started = Instant::now();
        let mut diagnostics = Diagnostics::new();
        let stamped = order.stamp.map(|stamp| wish.stamped(stamp));
        let wish = stamped.as_ref().unwrap_or(wish);
        let made = self.make(order, wish, (before, ground), &why, &mut diagnostics).and_then(|made| {
            Manifest::note(&self.workspace.out, &self.manifest, &made.entries).map_err(MakeError::Ledger)?;
            Ok(made)
        });
        let (end, why, entry) = match made {
            Ok(made) => {
                (made.end, made.why, made.entries.into_iter().last().map(|(_, entry)| entry).or(made.entry))
            }
            Err(error) => (End::Failed(error), why.other_view(), None),
        };
        Outcome { order: order.clone(), diagnostics, end, why, entry, took: started.elapsed() }
    }
}

/// What is told of a document that lies there as it would be made.
fn stayed(order: &Order, found: &Found) -> Outcome {
    let (path, entry) = found.stays.clone().expect("only those that stay are told of");
    Outcome {
        order: order.clone(),
        diagnostics: Diagnostics::new(),
        end: End::Unchanged { path, pages: entry.pages },
        why: found.why.clone(),
        entry: Some(entry),
        took: found.took,
    }
}

/// Does `count` pieces of work on some threads, each with room for a document, and tells of each in its turn.
pub(crate) fn in_order<T: Send>(
    threads: usize,
    count: usize,
    work: impl Fn(usize) -> T + Sync,
    mut told: impl FnMut(usize, T),
) -> io::Result<()> {
    let next = AtomicUsize::new(0);
    let (send, receive) = mpsc::channel();
    std::thread::scope(|scope| {
        for _ in 0..threads.clamp(1, count.max(1)) {
            let (send, next, work) = (send.clone(), &next, &work);
            let pull = move || {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    if at >= count || send.send((at, work(at))).is_err() {
                        break;
                    }
                }
            };
            std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, pull)?;
        }
        drop(send);
        let (mut early, mut turn) = (BTreeMap::new(), 0);
        for (at, done) in receive {
            early.insert(at, done);
            while let Some(done) = early.remove(&turn) {
                told(turn, done);
                turn += 1;
            }
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn each_is_told_once_in_its_turn() {
        for (threads, count) in [(1, 5), (4, 100), (8, 3), (2, 0)] {
            let mut told = Vec::new();
            let slow_first = |at: usize| {
                std::thread::sleep(Duration::from_micros(if at.is_multiple_of(7) { 500 } else { 5 }));
                at * at
            };
            in_order(threads, count, slow_first, |at, square| told.push((at, square))).expect("threads");
            assert_eq!(told, (0..count).map(|at| (at, at * at)).collect::<Vec<_>>());
        }
    }
}
