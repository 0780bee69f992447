//! Drawings that are not to scale: trees, beats, steps of a plan, pairings, numbers set large.

use toml::Spanned;

use super::cite::Setting;
use super::in_words::{in_words, list_in_words, with_figure};
use super::plates::{Cited, Plates};
use super::shape::{Block, Compared, Named, NamedNote, RhythmRow, Run, Side, Step, TreeLevel};
use crate::casefile::BlockEntry;
use crate::diag::{Diagnostics, Span};

impl<'a> Plates<'a, '_> {
    pub(super) fn tree(&mut self, raw: &BlockEntry, head: &Span) -> Option<Block> {
        let entries = self.need(&raw.levels, "levels", head)?;
        let (mut levels, mut figures) = (Vec::new(), Vec::new());
        for entry in entries.get_ref() {
            let level = entry.get_ref();
            let figure = match &level.fact {
                Some(id) => {
                    let cited = self.figure_of(id)?;
                    figures.push(cited);
                    Some(self.citations.figure(cited.0, cited.1))
                }
                None => None,
            };
            let boxes: Vec<String> =
                level.boxes.iter().flat_map(|list| list.get_ref()).map(|text| self.plain(text)).collect();
            let link = match level.link.as_ref().map(|l| l.get_ref().as_str()) {
                None | Some("stated") => "stated",
                Some("not-stated") => "not-stated",
                Some(other) => {
                    self.refuse(format!("`{other}` is none of `stated`, `not-stated`"), "", head);
                    return None;
                }
            };
            levels.push(TreeLevel { figure, boxes, link });
        }
        let side = match raw.side.as_ref().map(Spanned::get_ref) {
            Some(side) => {
                let cited = self.figures_of(&side.facts, "facts", head)?;
                let names = self.names_of(&side.names, &cited, head)?;
                let items = names
                    .into_iter()
                    .zip(&cited)
                    .map(|(what, (region, item))| Compared {
                        what,
                        figure: self.citations.figure(region, *item),
                    })
                    .collect();
                figures.extend(cited);
                let title = side.title.as_ref().map(|title| self.plain(title)).unwrap_or_default();
                Some(Side { title, items })
            }
            None => None,
        };
        let language = self.citations.language();
        let alt = levels
            .iter()
            .map(|level| {
                let boxes = level.boxes.join(language.comma());
                level.figure.as_ref().map_or(boxes.clone(), |count| with_figure(&boxes, count, language))
            })
            .chain(side.iter().flat_map(|side| {
                side.items.iter().map(|item| with_figure(&item.what, &item.figure, language))
            }))
            .collect::<Vec<_>>()
            .join(language.pick("；", "; "));
        let plate = self.plate(raw, head, &figures, alt)?;
        Some(Block::Tree { plate, levels, side })
    }

    pub(super) fn rhythm(&mut self, raw: &BlockEntry, head: &Span) -> Option<Block> {
        let columns = self.need(&raw.columns, "columns", head)?;
        let columns: Vec<String> = columns.get_ref().iter().map(|column| self.plain(column)).collect();
        let entries = self.need(&raw.rows, "rows", head)?;
        let mut rows = Vec::new();
        for row in entries.get_ref() {
            if row.len() != columns.len() + 1 {
                let place = row.first().map_or_else(|| head.clone(), |cell| self.span(cell));
                self.refuse(
                    format!("the row has {} cells for a name and {} beats", row.len(), columns.len()),
                    "",
                    &place,
                );
                continue;
            }
            let mut words = row.iter().map(|cell| self.plain(cell));
            let name = words.next().unwrap_or_default();
            let cells = words.map(|cell| (!cell.is_empty()).then_some(cell)).collect();
            rows.push(RhythmRow { name, source: 0, cells });
        }
        let language = self.citations.language();
        let colon = language.pick("：", ": ");
        let alt = rows
            .iter()
            .map(|row| {
                let beats = columns.iter().zip(&row.cells).filter_map(|(beat, cell)| {
                    Some(format!("{beat}{}{}", language.pick("", " "), cell.as_ref()?))
                });
                format!("{}{colon}{}", row.name, beats.collect::<Vec<_>>().join(language.comma()))
            })
            .collect::<Vec<_>>()
            .join(language.pick("；", "; "));
        let plate = self.plate(raw, head, &[], alt)?;
        Some(Block::Rhythm { plate, columns, rows })
    }

    pub(super) fn steps(&mut self, raw: &BlockEntry, head: &Span) -> Option<Block> {
        let entries = self.need(&raw.steps, "steps", head)?;
        let (mut steps, mut figures, mut alt) = (Vec::new(), Vec::new(), Vec::new());
        let language = self.citations.language();
        for entry in entries.get_ref() {
            let step = entry.get_ref();
            let when = self.need(&step.when, "when", head).cloned();
            let what = self.need(&step.what, "what", head).cloned();
            let when = self.words(&when?);
            let words = self.words(&what?);
            for reference in when.references().chain(words.references()) {
                let mut quiet = Diagnostics::new();
                let place = words.place_of(reference);
                figures.extend(self.citations.find(
                    reference.region.as_deref(),
                    &reference.id,
                    &place,
                    &mut quiet,
                ));
            }
            let when = in_words(&self.citations.runs(&when, Setting::Prose, self.diagnostics));
            let what = self.citations.runs(&words, Setting::Cell, self.diagnostics);
            alt.push(format!("{when}{}{}", language.pick("：", ": "), in_words(&what)));
            let target = step.target.as_ref().is_some_and(|t| *t.get_ref());
            steps.push(Step { when, what, target });
        }
        let plate = self.plate(raw, head, &figures, alt.join(language.pick("；", "; ")))?;
        Some(Block::Steps { plate, steps })
    }

    pub(super) fn figures(&mut self, raw: &BlockEntry, head: &Span) -> Option<Block> {
        let (named, cited) = self.named(raw, head)?;
        let language = self.citations.language();
        let alt = list_in_words(&named, language);
        let plate = self.plate(raw, head, &cited, alt)?;
        let notes = self.notes_of(raw, named.len(), head)?;
        let items = named
            .into_iter()
            .zip(&cited)
            .zip(notes)
            .map(|((n, (_, item)), note)| {
                let note = note.or_else(|| Some(vec![Run::Words(item.time_in_words(language))]));
                NamedNote { name: n.name, figure: n.figure, note }
            })
            .collect();
        Some(Block::Figures { plate, items })
    }

    pub(super) fn pairing(&mut self, raw: &BlockEntry, head: &Span) -> Option<Block> {
        let left = self.figures_of(&raw.left, "left", head)?;
        let right = self.figures_of(&raw.right, "right", head)?;
        let all: Vec<Cited<'a>> = left.iter().chain(&right).copied().collect();
        let names = self.names_of(&raw.names, &all, head)?;
        let mut named: Vec<Named> = names
            .into_iter()
            .zip(&all)
            .map(|(name, (region, item))| Named { name, figure: self.citations.figure(region, *item) })
            .collect();
        let link = raw.link.as_ref().map(|link| self.plain(link)).unwrap_or_default();
        let alt = list_in_words(&named, self.citations.language());
        let plate = self.plate(raw, head, &all, alt)?;
        let right = named.split_off(left.len());
        Some(Block::Pairing { plate, left: named, right, link })
    }
}
