//! A text file's blocks, turned into paragraphs, tables and charts whose figures are found, checked and cited.
//!
//! Blocks that the program fills by itself in a comparison (presence, comparison, timespan) are left to `comparative`.

use std::sync::Arc;

use toml::Spanned;

use super::cite::{Citations, Item, Marks, Setting};
use super::shape::{
    BarItem, Block, Brace, Cell, Column, Compared, Dots, Figure, Named, NamedNote, Plate, ProgressItem,
    RhythmRow, Run, Runs, Side, Step, TreeLevel,
};
use crate::casefile::{BlockEntry, Field};
use crate::diag::{Diagnostics, Problem, SourceFile, Span, nearest};
use crate::model::{Case, Region, Term, Words, three_significant};

/// Reads one text file's blocks.
pub(super) struct Plates<'a, 'c> {
    pub(super) file: &'c Arc<SourceFile>,
    pub(super) terms: &'c [Term],
    pub(super) citations: &'c mut Citations<'a>,
    pub(super) diagnostics: &'c mut Diagnostics,
}

/// A figure with the region it stands in.
type Cited<'a> = (&'a Region, Item<'a>);

/// Each kind of block with the keys that it takes besides `kind`, `title`, `note` and `unit`.
const KINDS: [(&str, &[&str]); 17] = [
    ("prose", &["text", "lead"]),
    ("table", &["columns", "align", "rows"]),
    ("cases", &["cases"]),
    ("targets", &["items"]),
    ("tree", &["levels", "side"]),
    ("rhythm", &["columns", "rows"]),
    ("segments", &["facts", "names", "brace"]),
    ("bars", &["facts", "names"]),
    ("ladder", &["facts", "names"]),
    ("progress", &["pairs"]),
    ("steps", &["steps"]),
    ("figures", &["facts", "names"]),
    ("dots", &["pairs", "labels"]),
    ("pairing", &["left", "right", "names", "link"]),
    ("presence", &[]),
    ("comparison", &[]),
    ("timespan", &[]),
];

impl<'a> Plates<'a, '_> {
    fn span<T>(&self, spanned: &Spanned<T>) -> Span {
        Span::new(self.file, spanned.span())
    }

    /// A text with references.
    pub(super) fn words(&mut self, text: &Spanned<String>) -> Words {
        Words::read(text.get_ref(), &self.span(text), self.terms, self.diagnostics)
    }

    /// A text with references, as runs.
    pub(super) fn runs(&mut self, text: &Spanned<String>, setting: Setting) -> Runs {
        let words = self.words(text);
        self.citations.runs(&words, setting, self.diagnostics)
    }

    /// Words without references; plain digits are still written `{=…}`.
    pub(super) fn plain(&mut self, text: &Spanned<String>) -> String {
        let words = self.words(text);
        if let Some(reference) = words.references().next() {
            let message = "a figure cannot stand here".to_owned();
            self.diagnostics.push(Problem::BadReference { message }, words.place_of(reference));
        }
        words
            .runs
            .iter()
            .filter_map(|run| match run {
                crate::model::Run::Plain(text) => Some(text.as_str()),
                crate::model::Run::Figure(_) => None,
            })
            .collect()
    }

    /// The kind of a block, with keys that it does not take reported.
    pub(super) fn kind(&mut self, entry: &Spanned<BlockEntry>) -> Option<&'static str> {
        let (head, raw) = (self.span(entry), entry.get_ref());
        let Some(kind) = &raw.kind else {
            let problem =
                Problem::MissingKey { key: "kind", entry: "the block".into(), example: "\"prose\"" };
            self.diagnostics.push(problem, head);
            return None;
        };
        let Some((name, takes)) = KINDS.iter().find(|(name, _)| name == kind.get_ref()) else {
            let near = nearest(kind.get_ref(), KINDS.iter().map(|(name, _)| *name));
            let known = KINDS.iter().map(|(name, _)| format!("`{name}`")).collect::<Vec<_>>().join(", ");
            let message = format!("`{}` is none of {known}", kind.get_ref());
            let span = self.span(kind);
            self.diagnostics.push(Problem::WrongType { message, near }, span);
            return None;
        };
        let given = [
            ("text", raw.text.is_some()),
            ("lead", raw.lead.is_some()),
            ("columns", raw.columns.is_some()),
            ("align", raw.align.is_some()),
            ("rows", raw.rows.is_some()),
            ("cases", raw.cases.is_some()),
            ("items", raw.items.is_some()),
            ("facts", raw.facts.is_some()),
            ("names", raw.names.is_some()),
            ("levels", raw.levels.is_some()),
            ("side", raw.side.is_some()),
            ("brace", raw.brace.is_some()),
            ("pairs", raw.pairs.is_some()),
            ("steps", raw.steps.is_some()),
            ("left", raw.left.is_some()),
            ("right", raw.right.is_some()),
            ("link", raw.link.is_some()),
            ("labels", raw.labels.is_some()),
        ];
        for (key, _) in given.iter().filter(|(key, given)| *given && !takes.contains(key)) {
            let message = format!("a block of the kind `{name}` takes no `{key}`");
            let hint = match takes {
                [] => String::new(),
                takes => format!(
                    "it takes {}",
                    takes.iter().map(|k| format!("`{k}`")).collect::<Vec<_>>().join(", ")
                ),
            };
            self.diagnostics.push(Problem::KeyConflict { message, hint }, head.clone());
        }
        Some(name)
    }

    /// The block; none where it cannot be made, which is then reported.
    pub(super) fn block(&mut self, entry: &Spanned<BlockEntry>) -> Option<Block> {
        let kind = self.kind(entry)?;
        let (head, raw) = (self.span(entry), entry.get_ref());
        match kind {
            "prose" => self.prose(raw, &head),
            "targets" => {
                let items = self.need(&raw.items, "items", &head)?;
                let mut marks = Marks::default();
                let items = items
                    .get_ref()
                    .iter()
                    .map(|item| {
                        let words = self.words(item);
                        self.citations.runs_with(&words, Setting::Prose, &mut marks, self.diagnostics)
                    })
                    .collect();
                Some(Block::Aims { items })
            }
            "table" => self.table(raw, &head),
            "cases" => self.cases(raw, &head),
            "tree" => self.tree(raw, &head),
            "rhythm" => self.rhythm(raw, &head),
            "segments" => self.segments(raw, &head),
            "bars" => self.bars(raw, &head),
            "ladder" => self.ladder(raw, &head),
            "progress" => self.progress(raw, &head),
            "steps" => self.steps(raw, &head),
            "figures" => self.figures(raw, &head),
            "dots" => self.dots(raw, &head),
            "pairing" => self.pairing(raw, &head),
            _ => {
                let message = format!("a block of the kind `{kind}` belongs to a comparison");
                self.diagnostics.push(Problem::BadPlate { message, hint: String::new() }, head);
                None
            }
        }
    }

    fn need<'f, T>(&mut self, field: &'f Field<T>, key: &'static str, head: &Span) -> Option<&'f Spanned<T>> {
        if field.is_none() {
            let problem = Problem::MissingKey { key, entry: "the block".into(), example: "" };
            self.diagnostics.push(problem, head.clone());
        }
        field.as_ref()
    }

    fn refuse(&mut self, message: String, hint: &str, head: &Span) {
        self.diagnostics.push(Problem::BadPlate { message, hint: hint.to_owned() }, head.clone());
    }

    /// `region:id` or `id`.
    fn figure_of(&mut self, id: &Spanned<String>) -> Option<Cited<'a>> {
        let place = self.span(id);
        let (region, id) = match id.get_ref().split_once(':') {
            Some((region, id)) => (Some(region), id),
            None => (None, id.get_ref().as_str()),
        };
        self.citations.find(region, id, &place, self.diagnostics)
    }

    fn figures_of(
        &mut self,
        field: &Field<Vec<Spanned<String>>>,
        key: &'static str,
        head: &Span,
    ) -> Option<Vec<Cited<'a>>> {
        let list = self.need(field, key, head)?;
        let found: Vec<Option<Cited<'a>>> = list.get_ref().iter().map(|id| self.figure_of(id)).collect();
        if found.is_empty() {
            self.refuse(format!("`{key}` is empty"), "", head);
            return None;
        }
        found.into_iter().collect()
    }

    /// Names beside figures: those given, else the figures' own labels.
    fn names_of(
        &mut self,
        names: &Field<Vec<Spanned<String>>>,
        figures: &[Cited<'a>],
        head: &Span,
    ) -> Option<Vec<String>> {
        let Some(names) = names else {
            return Some(figures.iter().map(|(_, item)| item.label().to_owned()).collect());
        };
        if names.get_ref().len() != figures.len() {
            let message = format!("there are {} names for {} figures", names.get_ref().len(), figures.len());
            self.refuse(message, "give one name each, or leave `names` out", head);
            return None;
        }
        Some(names.get_ref().iter().map(|name| self.plain(name)).collect())
    }

    /// All figures must have one unit, since they share an axis.
    fn one_unit(&mut self, figures: &[Cited<'a>], head: &Span) -> Option<()> {
        let (_, first) = figures.first()?;
        if let Some((_, other)) =
            figures.iter().find(|(_, item)| item.quantity().unit != first.quantity().unit)
        {
            let message = format!(
                "`{}` is in {}, `{}` in {}: they cannot share an axis",
                first.id(),
                first.quantity().unit,
                other.id(),
                other.quantity().unit
            );
            self.refuse(message, "chart only figures of one unit; others belong in a table", head);
            return None;
        }
        Some(())
    }

    /// What every plate has; `figures` are all that stand in it.
    fn plate(&mut self, raw: &BlockEntry, head: &Span, figures: &[Cited<'a>], alt: String) -> Option<Plate> {
        let title = self.need(&raw.title, "title", head).cloned();
        let title = title.map(|title| {
            let text = self.plain(&title);
            if text.ends_with(['。', '.', '；']) {
                let place = self.span(&title);
                self.refuse(
                    format!("the title `{text}` ends in a stop"),
                    "a title is a finding without full stop",
                    &place,
                );
            }
            text
        })?;
        let unit = raw.unit.as_ref().map(|unit| self.plain(unit));
        let note = raw.note.as_ref().map(|note| self.runs(note, Setting::Cell)).unwrap_or_default();
        let source = self.source_line(figures, note);
        Some(Plate { number: 0, alt: format!("{title}。{alt}"), title, unit, source })
    }

    /// 来源：资料1。截至2023年10月。, the formulas of what is computed, and the author's note.
    pub(super) fn source_line(&mut self, figures: &[Cited<'a>], note: Runs) -> Runs {
        source_line(self.citations, figures, note)
    }

    fn prose(&mut self, raw: &BlockEntry, head: &Span) -> Option<Block> {
        let text = self.need(&raw.text, "text", head)?;
        let text = self.runs(text, Setting::Prose);
        let lead = raw.lead.as_ref().map(|lead| self.plain(lead));
        Some(Block::Prose { lead, text })
    }

    fn table(&mut self, raw: &BlockEntry, head: &Span) -> Option<Block> {
        let columns = self.need(&raw.columns, "columns", head)?;
        let heads: Vec<String> = columns.get_ref().iter().map(|column| self.plain(column)).collect();
        let aligns = self.aligns(raw, heads.len(), head)?;
        let rows = self.need(&raw.rows, "rows", head)?;
        let mut figures = Vec::new();
        let mut cells = Vec::new();
        for row in rows.get_ref() {
            if row.len() != heads.len() {
                let place = row.first().map_or_else(|| head.clone(), |cell| self.span(cell));
                self.refuse(
                    format!("the row has {} cells for {} columns", row.len(), heads.len()),
                    "",
                    &place,
                );
                continue;
            }
            let mut line = Vec::new();
            for cell in row {
                let words = self.words(cell);
                for reference in words.references() {
                    let place = words.place_of(reference);
                    let mut quiet = Diagnostics::new();
                    figures.extend(self.citations.find(
                        reference.region.as_deref(),
                        &reference.id,
                        &place,
                        &mut quiet,
                    ));
                }
                let mut text = self.citations.runs(&words, Setting::Cell, self.diagnostics);
                if text.is_empty() {
                    text.push(Run::Words("—".into()));
                }
                line.push(Cell { text, pad: String::new() });
            }
            cells.push(line);
        }
        align_decimals(&aligns, &mut cells);
        let alt = table_in_words(&heads, &cells);
        let plate = self.plate(raw, head, &figures, alt)?;
        let columns = heads.into_iter().zip(aligns).map(|(head, align)| Column { head, align }).collect();
        Some(Block::Table { plate, columns, rows: cells })
    }

    fn aligns(&mut self, raw: &BlockEntry, columns: usize, head: &Span) -> Option<Vec<&'static str>> {
        const ALIGNS: [&str; 4] = ["left", "center", "right", "decimal"];
        let Some(list) = &raw.align else { return Some(vec!["left"; columns]) };
        if list.get_ref().len() != columns {
            let message = format!("there are {} alignments for {columns} columns", list.get_ref().len());
            self.refuse(message, "give one each: left, center, right or decimal", head);
            return None;
        }
        list.get_ref()
            .iter()
            .map(|word| {
                let found = ALIGNS.iter().find(|align| *align == word.get_ref()).copied();
                if found.is_none() {
                    let near = nearest(word.get_ref(), ALIGNS);
                    let message =
                        format!("`{}` is none of `left`, `center`, `right`, `decimal`", word.get_ref());
                    let span = self.span(word);
                    self.diagnostics.push(Problem::WrongType { message, near }, span);
                }
                found
            })
            .collect()
    }

    fn cases(&mut self, raw: &BlockEntry, head: &Span) -> Option<Block> {
        let region = self.citations.parties().first()?.region;
        let chosen: Vec<&'a Case> = match &raw.cases {
            None => region.cases.iter().collect(),
            Some(ids) => {
                let mut chosen = Vec::new();
                for id in ids.get_ref() {
                    match region.cases.iter().find(|case| case.id == *id.get_ref()) {
                        Some(case) => chosen.push(case),
                        None => {
                            let near = nearest(id.get_ref(), region.cases.iter().map(|c| c.id.as_str()));
                            let problem =
                                Problem::DanglingId { kind: "case", id: id.get_ref().clone(), near };
                            let span = self.span(id);
                            self.diagnostics.push(problem, span);
                        }
                    }
                }
                chosen
            }
        };
        if chosen.is_empty() {
            self.refuse("there is no case to print".into(), "", head);
            return None;
        }
        let (columns, rows, figures) = case_table(self.citations, region, &chosen, self.diagnostics);
        let heads: Vec<String> = columns.iter().map(|column| column.head.clone()).collect();
        let alt = table_in_words(&heads, &rows);
        let plate = self.plate(raw, head, &figures, alt)?;
        Some(Block::Table { plate, columns, rows })
    }

    fn tree(&mut self, raw: &BlockEntry, head: &Span) -> Option<Block> {
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
        let alt = levels
            .iter()
            .map(|level| {
                let count = level.figure.as_ref().map(printed).unwrap_or_default();
                format!("{}{count}", level.boxes.join("、"))
            })
            .chain(
                side.iter()
                    .flat_map(|side| side.items.iter().map(|i| format!("{}{}", i.what, printed(&i.figure)))),
            )
            .collect::<Vec<_>>()
            .join("；");
        let plate = self.plate(raw, head, &figures, alt)?;
        Some(Block::Tree { plate, levels, side })
    }

    fn rhythm(&mut self, raw: &BlockEntry, head: &Span) -> Option<Block> {
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
        let alt = rows
            .iter()
            .map(|row| {
                let beats = columns
                    .iter()
                    .zip(&row.cells)
                    .filter_map(|(beat, cell)| cell.as_ref().map(|cell| format!("{beat}{cell}")));
                format!("{}：{}", row.name, beats.collect::<Vec<_>>().join("、"))
            })
            .collect::<Vec<_>>()
            .join("；");
        let plate = self.plate(raw, head, &[], alt)?;
        Some(Block::Rhythm { plate, columns, rows })
    }

    fn named(&mut self, raw: &BlockEntry, head: &Span) -> Option<(Vec<Named>, Vec<Cited<'a>>)> {
        let cited = self.figures_of(&raw.facts, "facts", head)?;
        let names = self.names_of(&raw.names, &cited, head)?;
        let named = names
            .into_iter()
            .zip(&cited)
            .map(|(name, (region, item))| Named { name, figure: self.citations.figure(region, *item) })
            .collect();
        Some((named, cited))
    }

    fn segments(&mut self, raw: &BlockEntry, head: &Span) -> Option<Block> {
        let (parts, mut cited) = self.named(raw, head)?;
        self.one_unit(&cited, head)?;
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
                Some(Brace { from, to, text: vec![Run::Words(name), run] })
            }
            None => None,
        };
        let alt = list_in_words(&parts);
        let plate = self.plate(raw, head, &cited, alt)?;
        Some(Block::Segments { plate, parts, brace })
    }

    fn bars(&mut self, raw: &BlockEntry, head: &Span) -> Option<Block> {
        let (named, cited) = self.named(raw, head)?;
        self.one_unit(&cited, head)?;
        if let Some((_, other)) = cited.iter().find(|(_, item)| item.definition() != cited[0].1.definition())
        {
            let message = format!("`{}` and `{}` are of different indicators", cited[0].1.id(), other.id());
            self.refuse(message, "bars rank within one definition; others belong in a table", head);
            return None;
        }
        let alt = list_in_words(&named);
        let plate = self.plate(raw, head, &cited, alt)?;
        Some(Block::Bars { plate, items: ranked(named) })
    }

    fn ladder(&mut self, raw: &BlockEntry, head: &Span) -> Option<Block> {
        let (steps, cited) = self.named(raw, head)?;
        self.one_unit(&cited, head)?;
        if steps.windows(2).any(|pair| pair[1].figure.value > pair[0].figure.value) {
            self.refuse("the steps of the ladder rise".into(), "write found, due, done in this order", head);
            return None;
        }
        let alt = list_in_words(&steps);
        let plate = self.plate(raw, head, &cited, alt)?;
        let steps =
            steps.into_iter().map(|s| NamedNote { name: s.name, figure: s.figure, note: None }).collect();
        Some(Block::Ladder { plate, steps })
    }

    fn figures(&mut self, raw: &BlockEntry, head: &Span) -> Option<Block> {
        let (named, cited) = self.named(raw, head)?;
        let alt = list_in_words(&named);
        let plate = self.plate(raw, head, &cited, alt)?;
        let items = named
            .into_iter()
            .zip(&cited)
            .map(|(n, (_, item))| {
                let note = Some(vec![Run::Words(item.time_in_words())]);
                NamedNote { name: n.name, figure: n.figure, note }
            })
            .collect();
        Some(Block::Figures { plate, items })
    }

    fn progress(&mut self, raw: &BlockEntry, head: &Span) -> Option<Block> {
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
        let alt = items
            .iter()
            .map(|i| {
                format!("{}：{}中已办{}，占{}", i.name, printed(&i.due), printed(&i.done), printed(&i.share))
            })
            .collect::<Vec<_>>()
            .join("；");
        let mut plate = self.plate(raw, head, &figures, alt)?;
        let formulas =
            items.iter().map(|i| format!("{}＝{}÷{}", printed(&i.share), i.done.label, i.due.label));
        plate.source.push(Run::Words(format!("推算：{}。", formulas.collect::<Vec<_>>().join("，"))));
        Some(Block::Progress { plate, items })
    }

    fn steps(&mut self, raw: &BlockEntry, head: &Span) -> Option<Block> {
        let entries = self.need(&raw.steps, "steps", head)?;
        let (mut steps, mut figures, mut alt) = (Vec::new(), Vec::new(), Vec::new());
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
            alt.push(format!("{when}：{}", in_words(&what)));
            let target = step.target.as_ref().is_some_and(|t| *t.get_ref());
            steps.push(Step { when, what, target });
        }
        let plate = self.plate(raw, head, &figures, alt.join("；"))?;
        Some(Block::Steps { plate, steps })
    }

    fn dots(&mut self, raw: &BlockEntry, head: &Span) -> Option<Block> {
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
            None => figures.iter().take(2).map(|(_, item)| item.time_in_words()).collect(),
        };
        let alt = items
            .iter()
            .map(|i| format!("{}：{}，{}", i.name, printed(&i.before), printed(&i.after)))
            .collect::<Vec<_>>()
            .join("；");
        let plate = self.plate(raw, head, &figures, alt)?;
        Some(Block::Dots { plate, items, labels })
    }

    fn pairing(&mut self, raw: &BlockEntry, head: &Span) -> Option<Block> {
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
        let alt = list_in_words(&named);
        let plate = self.plate(raw, head, &all, alt)?;
        let right = named.split_off(left.len());
        Some(Block::Pairing { plate, left: named, right, link })
    }
}

/// 来源：资料1、资料2。推算：…。 and the author's note.
pub(super) fn source_line<'a>(citations: &Citations<'a>, figures: &[Cited<'a>], note: Runs) -> Runs {
    let mut numbers: Vec<usize> =
        figures.iter().map(|(_, item)| citations.source_number(item.source())).collect();
    if numbers.is_empty() && citations.sources().len() == 1 {
        numbers.push(1);
    }
    numbers.sort_unstable();
    numbers.dedup();
    let mut text = String::new();
    if !numbers.is_empty() {
        let names: Vec<String> = numbers.iter().map(|number| format!("资料{number}")).collect();
        text.push_str("来源：");
        text.push_str(&names.join("、"));
        let times: Vec<String> = figures.iter().map(|(_, item)| item.time_in_words()).collect();
        if let Some(first) = times.first()
            && times.iter().all(|time| time == first)
        {
            text.push('，');
            text.push_str(first);
        }
        text.push('。');
    }
    let mut equations: Vec<String> = figures.iter().filter_map(|(_, item)| item.equation()).collect();
    equations.dedup();
    if !equations.is_empty() {
        text.push_str(&format!("推算：{}。", equations.join("，")));
    }
    let mut runs = if text.is_empty() { Vec::new() } else { vec![Run::Words(text)] };
    runs.extend(note);
    runs
}

/// The cases as a table: 难处, 做法, 结果, 口径.
pub(super) fn case_table<'a>(
    citations: &mut Citations<'a>,
    region: &'a Region,
    cases: &[&'a Case],
    diagnostics: &mut Diagnostics,
) -> (Vec<Column>, Vec<Vec<Cell>>, Vec<Cited<'a>>) {
    let mut figures = Vec::new();
    let mut rows = Vec::new();
    for case in cases {
        let mut cell = |words: Option<&Words>| {
            let Some(words) = words else {
                return Cell { text: vec![Run::Words("—".into())], pad: String::new() };
            };
            for reference in words.references() {
                let item = region
                    .fact(&reference.id)
                    .map(Item::Fact)
                    .or_else(|| region.derived(&reference.id).map(Item::Derived));
                figures.extend(item.map(|item| (region, item)));
            }
            Cell { text: own_runs(citations, region, words, diagnostics), pad: String::new() }
        };
        let cells = [
            cell(Some(&case.difficulty)),
            cell(Some(&case.action)),
            cell(Some(&case.outcome)),
            cell(case.scope.as_ref()),
        ];
        let name = Cell { text: vec![Run::Words(case.title.clone())], pad: String::new() };
        rows.push(std::iter::once(name).chain(cells).collect());
    }
    let columns = ["案例", "难处", "做法", "结果", "口径"]
        .map(|head| Column { head: head.to_owned(), align: "left" })
        .into_iter()
        .collect();
    (columns, rows, figures)
}

/// Words of a region's own file, whose references never name the region.
pub(super) fn own_runs<'a>(
    citations: &mut Citations<'a>,
    region: &'a Region,
    words: &Words,
    diagnostics: &mut Diagnostics,
) -> Runs {
    let mut named = words.clone();
    for run in &mut named.runs {
        if let crate::model::Run::Figure(reference) = run {
            reference.region = Some(region.id.clone());
        }
    }
    citations.runs(&named, Setting::Cell, diagnostics)
}

/// Pads decimal columns so that points stand under each other.
fn align_decimals(aligns: &[&'static str], rows: &mut [Vec<Cell>]) {
    for (column, _) in aligns.iter().enumerate().filter(|(_, align)| **align == "decimal") {
        let places = |cell: &Cell| {
            let text = in_words(&cell.text);
            let digits: String = text
                .chars()
                .skip_while(|c| !c.is_ascii_digit())
                .take_while(|c| c.is_ascii_digit() || *c == '.')
                .collect();
            (!digits.is_empty()).then(|| digits.split_once('.').map_or(0, |(_, after)| after.len()))
        };
        let most = rows.iter().filter_map(|row| places(&row[column])).max().unwrap_or(0);
        for row in rows.iter_mut() {
            let own = places(&row[column]).unwrap_or(0);
            if own < most {
                row[column].pad =
                    if own == 0 { format!(".{}", "0".repeat(most)) } else { "0".repeat(most - own) };
            }
        }
    }
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

/// A figure as one word.
pub(super) fn printed(figure: &Figure) -> String {
    let mark = if figure.target { "◇" } else { "" };
    format!("{mark}{}{}{}{}{}", figure.before, figure.label, figure.after, figure.unit, figure.tail)
}

/// Runs as one string.
pub(super) fn in_words(runs: &[Run]) -> String {
    runs.iter()
        .map(|run| match run {
            Run::Words(text) => text.as_str(),
            Run::Figure { figure, .. } => figure.as_str(),
        })
        .collect()
}

fn list_in_words(named: &[Named]) -> String {
    named.iter().map(|n| format!("{}{}", n.name, printed(&n.figure))).collect::<Vec<_>>().join("，")
}

pub(super) fn table_in_words(heads: &[String], rows: &[Vec<Cell>]) -> String {
    rows.iter()
        .map(|row| {
            let cells = heads.iter().zip(row).map(|(head, cell)| format!("{head}{}", in_words(&cell.text)));
            cells.collect::<Vec<_>>().join("，")
        })
        .collect::<Vec<_>>()
        .join("；")
}

/// Checks words of a text file that stand outside blocks.
pub(super) fn check_length(what: &'static str, words: &Words, limit: usize, diagnostics: &mut Diagnostics) {
    let length = words.length();
    if length > limit {
        diagnostics.push(Problem::TooLong { what, length, limit }, words.span.clone());
    }
}
