//! Charts that draw numbers to scale: parts, bars, ladders, progress, two times.
//!
//! What is not to scale is left to `diagrams`. Each refuses what cannot honestly share its axis.

use toml::Spanned;

use super::in_words::{list_in_words, printed};
use super::plates::{Cited, Plates};
use super::shape::{BarItem, Block, Brace, Dots, Figure, Named, NamedNote, ProgressItem, Run};
use crate::casefile::{BlockEntry, Field};
use crate::diag::Span;
use crate::model::three_significant;

impl<'a> Plates<'a, '_> {
    pub(super) fn named(&mut self, raw: &BlockEntry, head: &Span) -> Option<(Vec<Named>, Vec<Cited<'a>>)> {
        let cited = self.figures_of(&raw.facts, "facts", head)?;
        let names = self.names_of(&raw.names, &cited, head)?;
        let named = names
            .into_iter()
            .zip(&cited)
            .map(|(name, (region, item))| Named { name, figure: self.citations.figure(region, *item) })
            .collect();
        Some((named, cited))
    }

    pub(super) fn segments(&mut self, raw: &BlockEntry, head: &Span) -> Option<Block> {
        let (parts, cited) = self.named(raw, head)?;
        self.one_unit(&cited, head)?;
        let mut cited = cited;
        let brace = match raw.brace.as_ref().map(Spanned::get_ref) {
            Some(brace) => {
                let id = self.need(&brace.fact, "fact", head)?;
                let (region, item) = self.figure_of(id)?;
                let figure = self.citations.figure(region, item);
                let index = |field: &Field<i64>, default: usize| {
                    field.as_ref().map_or(Some(default), |i| usize::try_from(*i.get_ref()).ok())
                };
                let (from, to) = (index(&brace.from, 0)?, index(&brace.to, parts.len() - 1)?);
                if from > to || to >= parts.len() {
                    self.refuse(format!("there are no parts {from} to {to}"), "parts count from 0", head);
                    return None;
                }
                let spanned: f64 = parts[from..=to].iter().map(|part| part.figure.value).sum();
                // Computed parts are rounded, so their sum may be off in the last digit.
                if parts.iter().all(|part| part.figure.unit == figure.unit)
                    && (spanned - figure.value).abs()
                        > 0.051 * f64::from(u8::try_from(parts.len()).unwrap_or(u8::MAX))
                {
                    let message = format!(
                        "the parts under the brace are {spanned}, but `{}` is {}",
                        item.id(),
                        figure.label
                    );
                    self.refuse(message, "check which parts it spans", head);
                    return None;
                }
                let name = brace
                    .name
                    .as_ref()
                    .map(|name| self.plain(name))
                    .unwrap_or_else(|| item.label().to_owned());
                let run = Run::Figure {
                    figure: printed(&figure),
                    to: figure.to,
                    source: figure.source,
                    mark: false,
                };
                cited.push((region, item));
                let name = format!("{name}{}", self.citations.language().pick("", ": "));
                Some(Brace { from, to, text: vec![Run::Words(name), run] })
            }
            None => None,
        };
        let alt = list_in_words(&parts, self.citations.language());
        let plate = self.plate(raw, head, &cited, alt)?;
        Some(Block::Segments { plate, parts, brace })
    }

    pub(super) fn bars(&mut self, raw: &BlockEntry, head: &Span) -> Option<Block> {
        let (named, cited) = self.named(raw, head)?;
        self.one_unit(&cited, head)?;
        if let Some((_, other)) = cited.iter().find(|(_, item)| item.definition() != cited[0].1.definition())
        {
            let message = format!("`{}` and `{}` are of different indicators", cited[0].1.id(), other.id());
            self.refuse(message, "bars rank within one definition; others belong in a table", head);
            return None;
        }
        let alt = list_in_words(&named, self.citations.language());
        let plate = self.plate(raw, head, &cited, alt)?;
        Some(Block::Bars { plate, items: ranked(named) })
    }

    pub(super) fn ladder(&mut self, raw: &BlockEntry, head: &Span) -> Option<Block> {
        let (steps, cited) = self.named(raw, head)?;
        self.one_unit(&cited, head)?;
        if steps.windows(2).any(|pair| pair[1].figure.value > pair[0].figure.value) {
            self.refuse("the steps of the ladder rise".into(), "write found, due, done in this order", head);
            return None;
        }
        let alt = list_in_words(&steps, self.citations.language());
        let plate = self.plate(raw, head, &cited, alt)?;
        let steps =
            steps.into_iter().map(|s| NamedNote { name: s.name, figure: s.figure, note: None }).collect();
        Some(Block::Ladder { plate, steps })
    }

    pub(super) fn progress(&mut self, raw: &BlockEntry, head: &Span) -> Option<Block> {
        let pairs = self.need(&raw.pairs, "pairs", head)?;
        let (mut items, mut figures) = (Vec::new(), Vec::new());
        for entry in pairs.get_ref() {
            let pair = entry.get_ref();
            let due = self.need(&pair.due, "due", head).cloned();
            let done = self.need(&pair.done, "done", head).cloned();
            let (due, done) = (self.figure_of(&due?)?, self.figure_of(&done?)?);
            self.one_unit(&[due, done], head)?;
            let name =
                pair.name.as_ref().map(|name| self.plain(name)).unwrap_or_else(|| due.1.label().to_owned());
            let (whole, part) = (due.1.quantity().value, done.1.quantity().value);
            if whole <= 0.0 || part > whole {
                self.refuse(format!("`{}` is not a part of `{}`", done.1.id(), due.1.id()), "", head);
                return None;
            }
            let (value, decimals) = three_significant(part / whole * 100.0);
            let (done_figure, due_figure) =
                (self.citations.figure(done.0, done.1), self.citations.figure(due.0, due.1));
            let share = Figure {
                value,
                label: format!("{value:.decimals$}"),
                unit: "%".into(),
                before: String::new(),
                after: String::new(),
                tail: String::new(),
                target: false,
                derived: true,
                source: done_figure.source,
                to: 0,
            };
            figures.extend([due, done]);
            items.push(ProgressItem { name, share, done: done_figure, due: due_figure });
        }
        let language = self.citations.language();
        let alt = items
            .iter()
            .map(|i| {
                let (name, due, done, share) =
                    (&i.name, printed(&i.due), printed(&i.done), printed(&i.share));
                match language.is_english() {
                    true => format!("{name}: {done} of {due} done, {share}"),
                    false => format!("{name}：{due}中已办{done}，占{share}"),
                }
            })
            .collect::<Vec<_>>()
            .join(language.pick("；", "; "));
        let mut plate = self.plate(raw, head, &figures, alt)?;
        let formulas = items.iter().map(|i| {
            let (share, done, due) = (printed(&i.share), &i.done, &i.due);
            match language.is_english() {
                true => format!("{share} = {} ÷ {}", number_of(done), number_of(due)),
                false => format!("{share}＝{}÷{}", done.label, due.label),
            }
        });
        let formulas = formulas.collect::<Vec<_>>().join(language.pick("，", ", "));
        plate.source.push(Run::Words(match language.is_english() {
            true => format!(" Computed: {formulas}."),
            false => format!("推算：{formulas}。"),
        }));
        Some(Block::Progress { plate, items })
    }

    pub(super) fn dots(&mut self, raw: &BlockEntry, head: &Span) -> Option<Block> {
        let pairs = self.need(&raw.pairs, "pairs", head)?;
        let (mut items, mut figures) = (Vec::new(), Vec::new());
        for entry in pairs.get_ref() {
            let pair = entry.get_ref();
            let before = self.need(&pair.before, "before", head).cloned();
            let after = self.need(&pair.after, "after", head).cloned();
            let (before, after) = (self.figure_of(&before?)?, self.figure_of(&after?)?);
            if before.1.definition() != after.1.definition() {
                let message =
                    format!("`{}` and `{}` are of different indicators", before.1.id(), after.1.id());
                self.refuse(message, "two times are compared within one definition alone", head);
                return None;
            }
            let name = pair
                .name
                .as_ref()
                .map(|name| self.plain(name))
                .unwrap_or_else(|| before.1.label().to_owned());
            items.push(Dots {
                name,
                before: self.citations.figure(before.0, before.1),
                after: self.citations.figure(after.0, after.1),
            });
            figures.extend([before, after]);
        }
        self.one_unit(&figures, head)?;
        let labels = match &raw.labels {
            Some(labels) => labels.get_ref().iter().map(|label| self.plain(label)).collect(),
            None => figures
                .iter()
                .take(2)
                .map(|(_, item)| item.time_in_words(self.citations.language()))
                .collect(),
        };
        let language = self.citations.language();
        let (colon, comma) = language.pick(("：", "，"), (": ", ", "));
        let alt = items
            .iter()
            .map(|i| format!("{}{colon}{}{comma}{}", i.name, printed(&i.before), printed(&i.after)))
            .collect::<Vec<_>>()
            .join(language.pick("；", "; "));
        let plate = self.plate(raw, head, &figures, alt)?;
        Some(Block::Dots { plate, items, labels })
    }
}

/// The number of a figure in English, with million or billion.
fn number_of(figure: &Figure) -> String {
    let scale = figure.unit.split(' ').find(|word| ["million", "billion"].contains(word));
    scale.map_or_else(|| figure.label.clone(), |scale| format!("{} {scale}", figure.label))
}

/// Largest first, the first of them marked.
pub(super) fn ranked(mut named: Vec<Named>) -> Vec<BarItem> {
    named.sort_by(|a, b| b.figure.value.total_cmp(&a.figure.value));
    let most = named.first().map_or(0.0, |n| n.figure.value);
    named
        .into_iter()
        .map(|n| BarItem { top: n.figure.value >= most, name: n.name, figure: n.figure })
        .collect()
}
