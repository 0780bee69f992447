//! What the files of an area demand of one another and of the returns: sums that must close, lists as long as their counts.
//!
//! What one file alone must hold is checked as it is read.

use std::collections::BTreeMap;

use super::AreaBook;
use crate::diag::{Diagnostics, Problem, Span, nearest};
use crate::model::region::Region;
use crate::model::time::{Date, Period};
use crate::settings::Area;

fn refuse(message: String, span: &Span, diagnostics: &mut Diagnostics) {
    diagnostics.push(Problem::RelationFails { message, certain: true }, span.clone());
}

/// Checks what can be told without the returns.
pub(super) fn check_book(book: &AreaBook, area: &Area, diagnostics: &mut Diagnostics) {
    for quarter in book.quarters.values().map(|kept| &kept.what) {
        let Some(span) = &quarter.span else { continue };
        let (found, _) = quarter.sums();
        let classed: u32 = quarter.classes.iter().map(|class| class.count).sum();
        if !quarter.classes.is_empty() && classed != found {
            refuse(
                format!("the classes have {classed} problems, the inspections {found}"),
                span,
                diagnostics,
            );
        }
        for (unit, inspection) in quarter.inspections.iter().enumerate() {
            let Some(inspection) = inspection else { continue };
            let owed = (inspection.mended.due - inspection.mended.done.min(inspection.mended.due)) as usize;
            let listed = quarter.overdue.iter().filter(|overdue| overdue.unit == unit).count();
            if owed != listed {
                let id = &area.units[unit].0;
                let message = format!("`{id}` has {owed} overdue problems, but {listed} are listed");
                refuse(message, span, diagnostics);
            }
        }
    }
    for (period, kept) in &book.years {
        for account in &kept.what.accounts {
            let Some(quarter) = book.quarters.get(&account.quarter) else {
                let message = format!("there is no `{}.toml` to take an account of", account.quarter);
                refuse(message, &account.span, diagnostics);
                continue;
            };
            let (found, _) = quarter.what.sums();
            let carried =
                kept.what.carried.iter().filter(|carried| carried.quarter == account.quarter).count();
            if account.done as usize + carried != found as usize {
                let message = format!(
                    "{} are mended and {carried} carried over, but {} found {found}",
                    account.done, account.quarter
                );
                refuse(message, &account.span, diagnostics);
            }
        }
        let strays =
            kept.what.carried.iter().filter(|carried| {
                !kept.what.accounts.iter().any(|account| account.quarter == carried.quarter)
            });
        for carried in strays {
            let message = format!("no account speaks of {}", carried.quarter);
            refuse(message, &carried.span, diagnostics);
        }
        let targets = book.targets.get(&period.year());
        for next in &kept.what.next {
            let ids = || targets.iter().flat_map(|kept| &kept.what).map(|target| target.id.as_str());
            if !ids().any(|id| id == next.target) {
                let near = nearest(&next.target, ids());
                let id = next.target.clone();
                diagnostics.push(Problem::DanglingId { kind: "target", id, near }, next.span.clone());
            }
        }
    }
    for (period, kept) in &book.halves {
        let targets = book.targets.get(&period.year());
        for plan in &kept.what.plans {
            let ids = || targets.iter().flat_map(|kept| &kept.what).map(|target| target.id.as_str());
            if !ids().any(|id| id == plan.target) {
                let near = nearest(&plan.target, ids());
                let id = plan.target.clone();
                diagnostics.push(Problem::DanglingId { kind: "target", id, near }, plan.span.clone());
            }
        }
    }
}

/// Checks what the returns of the units demand: as many tasks done as are reported, corrections that changed something, plans whose
/// months add up to what is left. `whole`: whether the regions are there with all that was ever reported, and not as they were known on
/// some day.
pub fn check_figures(
    book: &AreaBook,
    area: &Area,
    regions: &BTreeMap<String, Region>,
    whole: bool,
    diagnostics: &mut Diagnostics,
) {
    for (unit, (id, _)) in area.units.iter().enumerate() {
        let Some(region) = regions.get(id) else { continue };
        for fact in region.facts.iter().filter(|fact| fact.source.is_return) {
            let Date::Day(day) = fact.source.date else { continue };
            let Some(tasks) = book.tasks.get(&chrono::Datelike::year(&day)) else { continue };
            let own = || tasks.what.list.iter().filter(|task| task.unit == unit);
            let (listed, words) = if fact.indicator.id == tasks.what.total.id {
                (own().count(), "tasks")
            } else if fact.indicator.id == tasks.what.done.id {
                (own().filter(|task| task.done.is_some_and(|done| done <= day)).count(), "tasks done")
            } else {
                continue;
            };
            #[expect(clippy::cast_precision_loss, reason = "a count of tasks is far below 2^52")]
            if fact.quantity.value != listed as f64 {
                let message = format!(
                    "`{id}` reports {} {words} for {}, but the list of tasks has {listed}",
                    fact.quantity.value, fact.source.date
                );
                refuse(message, &fact.span, diagnostics);
            }
        }
    }
    for correction in book.corrections.values().flat_map(|kept| &kept.what) {
        let (id, _) = &area.units[correction.unit];
        let Some(region) = regions.get(id) else { continue };
        match region.fact(&correction.fact) {
            None if !whole => {}
            None => {
                let near = nearest(&correction.fact, region.figure_ids());
                let problem = Problem::DanglingId { kind: "fact", id: correction.fact.clone(), near };
                diagnostics.push(problem, correction.span.clone());
            }
            Some(fact) if fact.quantity.value == correction.was => {
                let message = format!("`{id}:{}` still is {}", correction.fact, correction.was);
                refuse(message, &correction.span, diagnostics);
            }
            Some(_) => {}
        }
    }
    for (period, kept) in &book.halves {
        for plan in &kept.what.plans {
            let target = book
                .targets
                .get(&period.year())
                .and_then(|targets| targets.what.iter().find(|target| target.id == plan.target));
            let Some(target) = target else { continue };
            let done: f64 = area
                .units
                .iter()
                .filter_map(|(id, _)| reported(regions.get(id)?, &target.indicator.id, *period))
                .map(|fact| fact.quantity.value)
                .sum();
            let planned = f64::from(plan.months.iter().sum::<u32>());
            let left = (target.value - done).max(0.0);
            if planned != left {
                let message = format!(
                    "the months add up to {planned}, but {left} are left of {} after {done}",
                    target.value
                );
                refuse(message, &plan.span, diagnostics);
            }
        }
    }
}

/// What a unit reported of an indicator in its return for a period.
pub fn reported<'r>(
    region: &'r Region,
    indicator: &str,
    period: Period,
) -> Option<&'r crate::model::fact::Fact> {
    let source = format!("{}-{period}", region.id).to_lowercase();
    region.facts.iter().find(|fact| fact.indicator.id == indicator && fact.source.id == source)
}
