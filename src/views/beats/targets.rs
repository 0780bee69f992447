//! The targets of the year against what the units reported: sums, shares, paces.
//!
//! How they are set beside the time or last year is left to the documents.

use super::Told;
use super::parts::{DASH, amount, cell, cited, named, not_applicable, sum_of, table};
use super::returns::{Came, fact};
use crate::model::{Base, Period, Target, elapsed, percent, tenths};
use crate::views::cite::Citations;
use crate::views::numerals::count_of;
use crate::views::shape::{Block, Cell};

/// A target with what was done of it.
pub(super) struct Reached<'a> {
    pub(super) target: &'a Target,
    pub(super) done: f64,
    /// Done of the target in per cent.
    pub(super) share: f64,
    /// How many points it is before the time (快) or behind it.
    pub(super) ahead: f64,
}

impl Reached<'_> {
    /// What is left, where it is a whole number.
    pub(super) fn left(&self) -> Option<u32> {
        let left = (self.target.value - self.done).max(0.0);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "checked to be a whole number below 2^32"
        )]
        (left.fract() == 0.0 && left < f64::from(u32::MAX)).then_some(left as u32)
    }

    pub(super) fn name(&self) -> String {
        named(&self.target.indicator)
    }
}

/// What was done of each target up to the end of a period, over the units that reported; each figure gets its row in the annex.
pub(super) fn reached<'a>(
    told: &Told<'a>,
    targets: &'a [Target],
    came: &[Came],
    period: Period,
    citations: &mut Citations<'a>,
) -> Vec<Reached<'a>> {
    targets
        .iter()
        .map(|target| {
            let mut done = 0.0;
            for at in told.units().filter(|at| came[*at].is_here()) {
                if let Some(fact) = fact(told, at, &target.indicator.id, period) {
                    cited(citations, told.unit(at), fact);
                    done += fact.quantity.value;
                }
            }
            let share = done / target.value * 100.0;
            Reached {
                target,
                done,
                share: percent(done, target.value).unwrap_or_default(),
                ahead: tenths(share - elapsed(period)),
            }
        })
        .collect()
}

/// What last year had of an indicator, over all units; none where none of them says it. Each figure gets its row in the annex.
pub(super) fn last_year<'a>(
    told: &Told<'a>,
    target: &'a Target,
    year: i32,
    citations: &mut Citations<'a>,
) -> Option<f64> {
    let Base::Indicator(base) = &target.last_year else { return None };
    let mut sum = None;
    for at in told.units() {
        let region = told.unit(at);
        let own = region.facts.iter().filter(|fact| {
            let end = fact.time.end().map(|date| date.last_day());
            fact.indicator.id == base.id
                && fact.place == region.id
                && fact.coverage == crate::model::Coverage::Whole
                && !fact.nature.is_ahead()
                && end.is_some_and(|day| chrono::Datelike::year(&day) == year)
        });
        let last = own.max_by_key(|fact| fact.time.end().map(|date| date.last_day()));
        if let Some(fact) = last {
            cited(citations, region, fact);
            sum = Some(sum.unwrap_or_default() + fact.quantity.value);
        }
    }
    sum
}

/// What each unit reported of each indicator.
pub(super) fn by_unit(told: &Told<'_>, targets: &[Target], came: &[Came], period: Period) -> Block {
    let language = told.language;
    let mut sums = vec![0.0; targets.len()];
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    for at in told.units() {
        let mut row = vec![cell(told.name(at))];
        for (target, sum) in targets.iter().zip(&mut sums) {
            row.push(match fact(told, at, &target.indicator.id, period) {
                Some(fact) => {
                    *sum += fact.quantity.value;
                    cell(fact.quantity.digits())
                }
                None => cell(DASH),
            });
        }
        row.push(cell(came[at].in_words(language)));
        rows.push(row);
    }
    let here = came.iter().filter(|came| came.is_here()).count();
    let count = count_of(here, language);
    let mut last = vec![cell(sum_of(here, language))];
    last.extend(targets.iter().zip(&sums).map(|(target, sum)| cell(amount(*sum, &target.indicator))));
    last.push(cell(not_applicable(language)));
    rows.push(last);
    let heads: Vec<String> = targets.iter().map(|target| named(&target.indicator)).collect();
    let mut columns = vec![(language.pick("单位", "Unit"), "left")];
    columns.extend(heads.iter().map(|head| (head.as_str(), "right")));
    columns.push((language.pick("报送", "Return"), "center"));
    table(
        match language.is_english() {
            true => format!("What each of the {count} units completed"),
            false => format!("{count}单位各自完成的数"),
        },
        None,
        &columns,
        rows,
        match language.is_english() {
            true => format!(
                "Source: returns of the units for {}; listed, not ranked.",
                period.in_sentence(language)
            ),
            false => format!("来源：各单位{}报表；只列不排。", period.chinese()),
        },
        language,
    )
}
