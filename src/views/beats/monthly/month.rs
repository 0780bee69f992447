//! A month of all units: what each reported, and how its tasks stand at the end of it.
//!
//! How it is set out is left to `plates`.

use super::super::Told;
use super::super::returns::{Came, came, fact, last_said};
use crate::diag::Diagnostics;
use crate::model::{Period, Standing, Task, Tasks};
use chrono::NaiveDate;

/// A unit's month.
pub(super) struct Row<'a> {
    pub(super) at: usize,
    pub(super) came: Came,
    pub(super) total: f64,
    pub(super) done: Option<f64>,
    pub(super) on_time: Vec<&'a Task>,
    pub(super) near: Vec<&'a Task>,
    pub(super) overdue: Vec<(&'a Task, u32)>,
}

/// A month of all units.
pub(super) struct Month<'a> {
    pub(super) period: Period,
    pub(super) day: NaiveDate,
    pub(super) rows: Vec<Row<'a>>,
}

impl<'a> Month<'a> {
    pub(super) fn here(&self) -> impl Iterator<Item = &Row<'a>> {
        self.rows.iter().filter(|row| row.came.is_here())
    }

    pub(super) fn sum(&self, of: impl Fn(&Row<'a>) -> f64) -> f64 {
        self.here().map(of).sum()
    }

    pub(super) fn done(&self) -> f64 {
        self.sum(|row| row.done.unwrap_or_default())
    }

    pub(super) fn total(&self) -> f64 {
        self.sum(|row| row.total)
    }

    pub(super) fn owed(&self) -> Vec<&Row<'a>> {
        self.rows.iter().filter(|row| row.came == Came::Owed).collect()
    }

    pub(super) fn overdue(&self) -> Vec<(&'a Task, u32)> {
        let mut all: Vec<_> = self.here().flat_map(|row| row.overdue.iter().copied()).collect();
        all.sort_by_key(|(task, _)| (task.due, task.unit));
        all
    }

    pub(super) fn near(&self) -> Vec<&'a Task> {
        let mut all: Vec<_> = self.here().flat_map(|row| row.near.iter().copied()).collect();
        all.sort_by_key(|task| (task.due, task.unit));
        all
    }
}

pub(super) fn month<'a>(
    told: &Told<'a>,
    tasks: &'a Tasks,
    period: Period,
    diagnostics: &mut Diagnostics,
) -> Month<'a> {
    let day = period.last_day();
    let came = came(told, period, diagnostics);
    let rows = told
        .units()
        .map(|at| {
            let (mut on_time, mut near, mut overdue) = (Vec::new(), Vec::new(), Vec::new());
            for task in tasks.list.iter().filter(|task| task.unit == at) {
                match task.standing(day, told.area.near) {
                    Standing::Done => {}
                    Standing::OnTime => on_time.push(task),
                    Standing::Near => near.push(task),
                    Standing::Overdue(over) => overdue.push((task, over)),
                }
            }
            let total =
                fact(told, at, &tasks.total.id, period).or_else(|| last_said(told, at, &tasks.total.id));
            let listed = tasks.list.iter().filter(|task| task.unit == at).count();
            #[expect(clippy::cast_precision_loss, reason = "a count of tasks is far below 2^52")]
            let total = total.map_or(listed as f64, |fact| fact.quantity.value);
            let done = fact(told, at, &tasks.done.id, period).map(|fact| fact.quantity.value);
            Row { at, came: came[at], total, done, on_time, near, overdue }
        })
        .collect();
    Month { period, day, rows }
}
