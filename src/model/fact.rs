//! Facts: figures that a source states, each with time, coverage and place of the source.
//!
//! The relations between them are left to `relation`, what is computed from them to `derived`.

use std::collections::BTreeMap;
use std::sync::Arc;

use toml::Spanned;

use super::catalogue::{Catalogue, Indicator, plain};
use super::quantity::{Nature, Qualifier, Quantity, read_number};
use super::reader::{Reader, Set};
use super::region::Region;
use super::source::Source;
use super::time::{Time, TimeForm};
use crate::casefile::FactEntry;
use crate::diag::{Problem, Span};
use crate::settings::Language;

/// How much of its place a figure speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Coverage {
    /// The whole place.
    Whole,
    /// Some of its units.
    Part,
    /// One firm, village or event.
    Single,
    /// The mean of so many units.
    Mean(u32),
}

impl Coverage {
    /// In Chinese.
    pub fn chinese(self) -> String {
        match self {
            Self::Whole => "全域".into(),
            Self::Part => "部分".into(),
            Self::Single => "单点".into(),
            Self::Mean(of) => format!("{of}个均值"),
        }
    }

    /// In the language of a document.
    pub fn in_words(self, language: Language) -> String {
        if !language.is_english() {
            return self.chinese();
        }
        match self {
            Self::Whole => "whole".into(),
            Self::Part => "part".into(),
            Self::Single => "single".into(),
            Self::Mean(of) => format!("mean of {of}"),
        }
    }

    /// The name that files use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Part => "part",
            Self::Single => "single",
            Self::Mean(_) => "mean",
        }
    }
}

/// A figure that a source states.
#[derive(Debug, Clone)]
pub struct Fact {
    /// The id.
    pub id: String,
    /// What it counts or measures.
    pub indicator: Arc<Indicator>,
    /// What is counted.
    pub label: String,
    /// The number.
    pub quantity: Quantity,
    /// As it stands in the source.
    pub as_printed: String,
    /// The place.
    pub place: String,
    /// When it held.
    pub time: Time,
    /// Result, target, expected or capacity.
    pub nature: Nature,
    /// 累计.
    pub cumulative: bool,
    /// How much of the place it speaks of.
    pub coverage: Coverage,
    /// Where it is stated.
    pub source: Arc<Source>,
    /// The paragraph of the source.
    pub paragraph: u32,
    /// Who entered it.
    pub entered_by: String,
    /// Who compared it with the source.
    pub checked_by: Option<String>,
    /// Anything worth knowing.
    pub note: Option<String>,
    /// Where it is written.
    pub span: Span,
}

impl Region {
    /// Reads the facts and says where the values that passed stand.
    pub(super) fn read_facts(
        &mut self,
        entries: &[Spanned<FactEntry>],
        catalogue: &Catalogue,
        reader: &mut Reader<'_>,
    ) -> BTreeMap<String, ((), Span)> {
        let mut ids = BTreeMap::new();
        for entry in entries {
            let (head, raw) = (reader.span(entry), entry.get_ref());
            let Some((id, span)) = reader.need_id(&raw.id, "the fact", &head) else { continue };
            let before = ids.len();
            reader.insert(&mut ids, "fact", id.clone(), span.clone(), ());
            if ids.len() == before {
                continue;
            }
            if let Some(fact) = self.read_fact(id, span, &head, raw, catalogue, reader) {
                self.facts.push(fact);
            }
        }
        ids
    }

    fn read_fact(
        &self,
        id: String,
        span: Span,
        head: &Span,
        raw: &FactEntry,
        catalogue: &Catalogue,
        reader: &mut Reader<'_>,
    ) -> Option<Fact> {
        let name = format!("fact `{id}`");
        let indicator = reader.need(&raw.indicator, "indicator", &name, "\"joint-bodies\"", head);
        let indicator = indicator
            .and_then(|i| reader.known("indicator", i, catalogue.indicators.keys().map(String::as_str)))
            .and_then(|id| catalogue.indicators.get(&id).map(|(indicator, _)| Arc::clone(indicator)));
        let quantity = read_quantity(raw, &name, head, indicator.as_deref(), catalogue, reader);
        let as_printed = reader.need_text(&raw.as_printed, "as_printed", &name, "\"58个\"", head);
        let nature = reader.one_of(&raw.nature, &Nature::ALL, Some(Nature::Result));
        let coverage = read_coverage(raw, &name, head, reader);
        let time = read_time(raw, &name, head, reader);
        let place = self.place_of(&raw.place, reader);
        let source = self.source_of(&raw.source, &raw.paragraph, &name, head, catalogue, reader);
        let entered_by = reader.need_text(&raw.entered_by, "entered_by", &name, "\"编辑甲\"", head);
        let checked_by = plain(&raw.checked_by);
        match (&entered_by, &checked_by) {
            (Some(_), None) => {
                reader
                    .report(Problem::Unchecked { fact: id.clone(), reason: "is not checked" }, span.clone());
            }
            (Some(entered), Some(checked)) if entered == checked => {
                let reason = "was checked by the one who entered it";
                reader.report(Problem::Unchecked { fact: id.clone(), reason }, span.clone());
            }
            _ => {}
        }
        if let (Some(nature), Some(time), Some((source, _))) = (nature, time, &source)
            && nature == Nature::Result
            && time.end().is_some_and(|end| end.first_day() > source.date.last_day())
        {
            let place =
                raw.as_of.as_ref().or(raw.to.as_ref()).map_or_else(|| head.clone(), |t| reader.span(t));
            let (time, published) = (time.to_string(), source.date.to_string());
            reader.report(Problem::AfterSource { time, published }, place);
        }
        let indicator = indicator?;
        let (source, paragraph) = source?;
        Some(Fact {
            label: plain(&raw.label).unwrap_or_else(|| indicator.label.clone()),
            quantity: quantity?,
            as_printed: as_printed?,
            place,
            time: time?,
            nature: nature?,
            cumulative: raw.cumulative.as_ref().is_some_and(|c| *c.get_ref()),
            coverage: coverage?,
            source,
            paragraph,
            entered_by: entered_by?,
            checked_by,
            note: plain(&raw.note),
            indicator,
            id,
            span,
        })
    }
}

fn read_quantity(
    raw: &FactEntry,
    name: &str,
    head: &Span,
    indicator: Option<&Indicator>,
    catalogue: &Catalogue,
    reader: &mut Reader<'_>,
) -> Option<Quantity> {
    let value = reader.need(&raw.value, "value", name, "58", head);
    let qualifiers: Vec<_> = Qualifier::ALL.iter().map(|(name, qualifier, _)| (*name, *qualifier)).collect();
    let qualifier = reader.one_of(&raw.qualifier, &qualifiers, Some(Qualifier::Exact))?;
    let unit = match (&raw.unit, indicator) {
        (Some(unit), indicator) => {
            let id = indicator.map_or("", |i| i.id.as_str());
            catalogue.unit(unit, indicator.map(|i| i.dimension), id, reader)?.symbol.clone()
        }
        (None, indicator) => indicator?.unit.clone(),
    };
    let word = match &raw.word {
        None => qualifier.words().first().copied().unwrap_or_default().to_owned(),
        Some(word) if qualifier.words().contains(&word.get_ref().as_str()) => word.get_ref().clone(),
        Some(word) => {
            let allowed = match qualifier.words() {
                [] => "no word".to_owned(),
                words => words.iter().map(|w| format!("`{w}`")).collect::<Vec<_>>().join(", "),
            };
            let span = reader.span(word);
            let word = word.get_ref().clone();
            reader.report(Problem::QualifierWord { word, qualifier: qualifier.name(), allowed }, span);
            return None;
        }
    };
    let value = value?;
    let place = reader.span(value);
    let number = *value.get_ref();
    let upper = raw.upper.as_ref().map(|u| *u.get_ref());
    let share = catalogue.units.get(&unit).is_some_and(|(unit, _)| unit.dimension == super::Dimension::Share);
    for number in [Some(number), upper].into_iter().flatten() {
        if !(0.0..1e15).contains(&number) {
            let message = format!("`{}` is no quantity", place.text());
            reader.report(Problem::BadValue { message }, place);
            return None;
        }
        if share && number > 100.0 {
            reader.report(Problem::ShareOutOfRange { value: number.to_string() }, place);
            return None;
        }
    }
    if upper.is_some_and(|upper| upper <= number) {
        reader.report(Problem::BadValue { message: "`upper` is not above `value`".into() }, place);
        return None;
    }
    if let Some(printed) = &raw.as_printed
        && let Some(read) = read_number(printed.get_ref())
        && (read - number).abs() > 1e-9
    {
        let span = reader.span(printed);
        let (printed, read, value) = (printed.get_ref().clone(), read.to_string(), number.to_string());
        reader.report(Problem::AsPrinted { printed, read, value }, span);
    }
    if let Some(printed) = &raw.as_printed {
        let span = reader.span(printed);
        compare_words(printed.get_ref(), qualifier, &word, upper, span, reader);
    }
    // An indicator may have a noun of its own for its usual unit.
    let own = indicator.filter(|indicator| indicator.unit == unit).and_then(|own| own.spoken.clone());
    let spoken = own.or_else(|| catalogue.spoken(&unit));
    Some(Quantity { value: number, upper, unit, qualifier, word, decimals: None, spoken })
}

/// The words as printed must say the same qualifier and the same range as the entry.
fn compare_words(
    printed: &str,
    qualifier: Qualifier,
    word: &str,
    upper: Option<f64>,
    span: Span,
    reader: &mut Reader<'_>,
) {
    let said =
        Qualifier::ALL.iter().flat_map(|(_, _, words)| words.iter()).find(|said| printed.contains(**said));
    let mut differ = |says: String, entry: String| {
        reader.report(Problem::AsPrintedSays { printed: printed.to_owned(), says, entry }, span.clone());
    };
    match said {
        Some(said) if !printed.contains(word) || word.is_empty() => {
            let entry = if word.is_empty() { format!("`{}`", qualifier.name()) } else { format!("`{word}`") };
            differ(format!("`{said}`"), entry);
        }
        None if !word.is_empty() => differ("no qualifier".to_owned(), format!("`{word}`")),
        _ => {}
    }
    let range = printed.split_once(['-', '至', '～', '—', '~']).map(|(_, after)| after).and_then(read_number);
    match (range, upper) {
        (Some(read), Some(upper)) if (read - upper).abs() > 1e-9 => {
            differ(format!("up to {read}"), format!("up to {upper}"));
        }
        (Some(read), None) => differ(format!("up to {read}"), "no `upper`".to_owned()),
        (None, Some(upper)) => differ("no range".to_owned(), format!("up to {upper}")),
        _ => {}
    }
}

fn read_coverage(raw: &FactEntry, name: &str, head: &Span, reader: &mut Reader<'_>) -> Option<Coverage> {
    const COVERAGES: &Set<u8> = &[("whole", 0), ("part", 1), ("single", 2), ("mean", 3)];
    reader.need(&raw.coverage, "coverage", name, "\"whole\"", head)?;
    let which = reader.one_of(&raw.coverage, COVERAGES, None)?;
    let of = raw.of.as_ref().map(|of| (*of.get_ref(), reader.span(of)));
    match (which, of) {
        (3, Some((of, span))) => match u32::try_from(of) {
            Ok(of) if of > 1 => Some(Coverage::Mean(of)),
            _ => {
                reader.report(Problem::BadValue { message: format!("no mean is of {of}") }, span);
                None
            }
        },
        (3, None) => {
            reader.need::<i64>(&None, "of", name, "2", head);
            None
        }
        (_, Some((_, span))) => {
            let message = "`of` goes with `coverage = \"mean\"` alone".to_owned();
            reader.report(Problem::KeyConflict { message, hint: "remove `of`, or say mean".into() }, span);
            None
        }
        (0, None) => Some(Coverage::Whole),
        (1, None) => Some(Coverage::Part),
        _ => Some(Coverage::Single),
    }
}

fn read_time(raw: &FactEntry, name: &str, head: &Span, reader: &mut Reader<'_>) -> Option<Time> {
    let not_stated: &Set<()> = &[("not-stated", ())];
    let forms = [raw.as_of.is_some(), raw.from.is_some(), raw.start.is_some(), raw.time.is_some()];
    let hint = "write one of: as_of · from and to · start = \"not-stated\" and to · time = \"not-stated\""
        .to_owned();
    match forms.iter().filter(|given| **given).count() {
        1 => {}
        0 => {
            let message = format!("{name} does not say when");
            reader.report(Problem::KeyConflict { message, hint }, head.clone());
            return None;
        }
        _ => {
            let message = format!("{name} says when in two ways");
            reader.report(Problem::KeyConflict { message, hint }, head.clone());
            return None;
        }
    }
    let inferred = raw.time_inferred.as_ref().is_some_and(|i| *i.get_ref());
    let spans_two = raw.from.is_some() || raw.start.is_some();
    if spans_two {
        reader.need(&raw.to, "to", name, "\"2023-10\"", head);
    } else if let Some(to) = &raw.to {
        let message = "`to` goes with `from` or `start`".to_owned();
        let span = reader.span(to);
        reader.report(Problem::KeyConflict { message, hint }, span);
        return None;
    }
    reader.one_of(&raw.start, not_stated, Some(()))?;
    reader.one_of(&raw.time, not_stated, Some(()))?;
    let (as_of, from, to) = (reader.date(&raw.as_of), reader.date(&raw.from), reader.date(&raw.to));
    let form = match (as_of, from, to) {
        (Some(date), ..) => TimeForm::AsOf(date),
        (None, Some(from), Some(to)) => {
            if from.first_day() > to.last_day() {
                let place = raw.from.as_ref().map_or_else(|| head.clone(), |f| reader.span(f));
                reader.report(Problem::BackwardPeriod { from: from.to_string(), to: to.to_string() }, place);
                return None;
            }
            TimeForm::Between(from, to)
        }
        (None, None, Some(to)) if raw.start.is_some() => TimeForm::Until(to),
        (None, None, None) if raw.time.is_some() => TimeForm::NotStated,
        _ => return None,
    };
    Some(Time { form, inferred })
}
