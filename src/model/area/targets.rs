//! 年度目标: how much of which indicator, and with what of last year it may be compared.
//!
//! What was done of it is left to the returns.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::reading::{Own, span_of};
use crate::casefile::TargetsFile;
use crate::diag::{Problem, SourceFile, Span};
use crate::model::catalogue::Indicator;

/// A target of the year.
#[derive(Debug, Clone)]
pub struct Target {
    /// The id.
    pub id: String,
    /// The indicator that the units report.
    pub indicator: Arc<Indicator>,
    /// How much, in the indicator's unit.
    pub value: f64,
    /// With what of last year it may be compared.
    pub last_year: Base,
    /// Where it is written.
    pub span: Span,
}

/// What last year has to compare with.
#[derive(Debug, Clone)]
pub enum Base {
    /// The indicator of last year's figures.
    Indicator(Arc<Indicator>),
    /// Nothing, and why.
    None(String),
}

impl Own<'_> {
    pub(super) fn targets(&mut self, file: &Arc<SourceFile>, raw: &TargetsFile) -> Vec<Target> {
        let mut ids = BTreeMap::new();
        let mut targets = Vec::new();
        let catalogue = self.catalogue;
        for entry in &raw.target {
            let (head, raw) = (span_of(file, entry), entry.get_ref());
            let mut reader = self.reader(file);
            let Some((id, span)) = reader.need_id(&raw.id, "the target", &head) else { continue };
            let name = format!("target `{id}`");
            reader.insert(&mut ids, "target", id.clone(), span, ());
            let known = |reader: &mut crate::model::Reader<'_>, field: &toml::Spanned<String>| {
                let ids = catalogue.indicators.keys().map(String::as_str);
                let id = reader.known("indicator", field, ids)?;
                Some(Arc::clone(&catalogue.indicators.get(&id)?.0))
            };
            let indicator = reader.need(&raw.indicator, "indicator", &name, "\"projects-begun\"", &head);
            let indicator = indicator.and_then(|field| known(&mut reader, field));
            let value = reader.need(&raw.value, "value", &name, "24", &head);
            let value = value.and_then(|value| {
                let positive = *value.get_ref() > 0.0 && value.get_ref().is_finite();
                if !positive {
                    let message = format!("a target of {} cannot be reached", value.get_ref());
                    let span = reader.span(value);
                    reader.report(Problem::BadValue { message }, span);
                }
                positive.then_some(*value.get_ref())
            });
            let last_year = match (&raw.last_year, &raw.not_comparable) {
                (Some(field), None) => known(&mut reader, field).map(Base::Indicator),
                (None, Some(why)) => Some(Base::None(why.get_ref().clone())),
                _ => {
                    let message = format!("{name} takes either `last_year` or `not_comparable`");
                    let hint =
                        "name the indicator of last year's figures, or say why there are none".to_owned();
                    reader.report(Problem::KeyConflict { message, hint }, head.clone());
                    None
                }
            };
            if let (Some(Base::Indicator(base)), Some(own), Some(field)) =
                (&last_year, &indicator, &raw.last_year)
                && base.dimension != own.dimension
            {
                let problem = Problem::WrongDimension {
                    unit: base.unit.clone(),
                    found: base.dimension.to_string(),
                    wanted: own.dimension.to_string(),
                    indicator: own.id.clone(),
                };
                let span = reader.span(field);
                reader.report(problem, span);
            }
            let (Some(indicator), Some(value), Some(last_year)) = (indicator, value, last_year) else {
                continue;
            };
            targets.push(Target { id, indicator, value, last_year, span: head });
        }
        targets
    }
}
