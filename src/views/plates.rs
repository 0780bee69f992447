//! A text file's blocks: which keys each kind takes, which figures it names, and the frame that every table and chart has.
//!
//! What stands within the frame is left to `tables`, `charts` and `diagrams`; blocks that the program fills to `comparative`.

use std::sync::Arc;

use toml::Spanned;

use super::cite::{Citations, Item, Marks, Setting};
use super::in_words::in_words;
use super::shape::{Block, Plate, Run, Runs};
use crate::casefile::{BlockEntry, Field};
use crate::diag::{Diagnostics, Problem, SourceFile, Span, nearest};
use crate::model::{Region, Term, Words};

/// Reads one text file's blocks.
pub(super) struct Plates<'a, 'c> {
    pub(super) file: &'c Arc<SourceFile>,
    pub(super) terms: &'c [Term],
    pub(super) citations: &'c mut Citations<'a>,
    pub(super) diagnostics: &'c mut Diagnostics,
}

/// A figure with the region it stands in.
pub(super) type Cited<'a> = (&'a Region, Item<'a>);

/// Each kind of block with the keys that it takes besides `kind`, `title`, `note` and `unit`.
const KINDS: [(&str, &[&str]); 18] = [
    ("prose", &["text", "lead"]),
    ("table", &["columns", "align", "rows"]),
    ("cases", &["cases"]),
    ("targets", &["items"]),
    ("tree", &["levels", "side"]),
    ("rhythm", &["columns", "rows"]),
    ("segments", &["facts", "names", "brace"]),
    ("bars", &["facts", "names"]),
    ("ladder", &["facts", "names", "notes"]),
    ("progress", &["pairs"]),
    ("steps", &["steps"]),
    ("figures", &["facts", "names", "notes"]),
    ("dots", &["pairs", "labels"]),
    ("trend", &["facts"]),
    ("pairing", &["left", "right", "names", "link"]),
    ("presence", &[]),
    ("comparison", &[]),
    ("timespan", &[]),
];

impl<'a> Plates<'a, '_> {
    pub(super) fn span<T>(&self, spanned: &Spanned<T>) -> Span {
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

    /// A title, a name or a head: words whose figures are printed and listed in the annex, but link nowhere.
    pub(super) fn plain(&mut self, text: &Spanned<String>) -> String {
        in_words(&self.runs(text, Setting::Head))
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
            ("notes", raw.notes.is_some()),
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
            "trend" => self.trend(raw, &head),
            "pairing" => self.pairing(raw, &head),
            _ => {
                let message = format!("a block of the kind `{kind}` belongs to a comparison");
                self.diagnostics.push(Problem::BadPlate { message, hint: String::new() }, head);
                None
            }
        }
    }

    pub(super) fn need<'f, T>(
        &mut self,
        field: &'f Field<T>,
        key: &'static str,
        head: &Span,
    ) -> Option<&'f Spanned<T>> {
        if field.is_none() {
            let problem = Problem::MissingKey { key, entry: "the block".into(), example: "" };
            self.diagnostics.push(problem, head.clone());
        }
        field.as_ref()
    }

    pub(super) fn refuse(&mut self, message: String, hint: &str, head: &Span) {
        self.diagnostics.push(Problem::BadPlate { message, hint: hint.to_owned() }, head.clone());
    }

    /// `region:id` or `id`.
    pub(super) fn figure_of(&mut self, id: &Spanned<String>) -> Option<Cited<'a>> {
        let place = self.span(id);
        let (region, id) = match id.get_ref().split_once(':') {
            Some((region, id)) => (Some(region), id),
            None => (None, id.get_ref().as_str()),
        };
        self.citations.find(region, id, &place, self.diagnostics)
    }

    pub(super) fn figures_of(
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
    pub(super) fn names_of(
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

    /// Notes beside figures, one each, where there are any.
    pub(super) fn notes_of(
        &mut self,
        raw: &BlockEntry,
        count: usize,
        head: &Span,
    ) -> Option<Vec<Option<Runs>>> {
        let Some(notes) = &raw.notes else { return Some(vec![None; count]) };
        if notes.get_ref().len() != count {
            let message = format!("there are {} notes for {count} figures", notes.get_ref().len());
            self.refuse(message, "give one note each, an empty one where there is none", head);
            return None;
        }
        let runs =
            |plates: &mut Self, note| Some(plates.runs(note, Setting::Cell)).filter(|runs| !runs.is_empty());
        Some(notes.get_ref().iter().map(|note| runs(self, note)).collect())
    }

    /// All figures must have one unit, since they share an axis.
    pub(super) fn one_unit(&mut self, figures: &[Cited<'a>], head: &Span) -> Option<()> {
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
    pub(super) fn plate(
        &mut self,
        raw: &BlockEntry,
        head: &Span,
        figures: &[Cited<'a>],
        alt: String,
    ) -> Option<Plate> {
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
        let source = source_line(self.citations, figures, note);
        let alt = format!("{title}{}{alt}", self.citations.language().pick("。", ". "));
        Some(Plate { number: 0, alt, title, unit, source })
    }

    pub(super) fn prose(&mut self, raw: &BlockEntry, head: &Span) -> Option<Block> {
        let text = self.need(&raw.text, "text", head)?;
        let text = self.runs(text, Setting::Prose);
        let lead = raw.lead.as_ref().map(|lead| self.plain(lead));
        Some(Block::Prose { lead, text })
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
    let language = citations.language();
    let (comma, stop) = language.pick(("，", "。"), (", ", "."));
    let mut text = String::new();
    if !numbers.is_empty() {
        let names: Vec<String> =
            numbers.iter().map(|number| format!("{}{number}", language.pick("资料", ""))).collect();
        text.push_str(match names.len() {
            1 => language.pick("来源：", "Source: "),
            _ => language.pick("来源：", "Sources: "),
        });
        text.push_str(&names.join(language.comma()));
        let times: Vec<String> = figures.iter().map(|(_, item)| item.time_in_words(language)).collect();
        if let Some(first) = times.first()
            && times.iter().all(|time| time == first)
        {
            text.push_str(comma);
            text.push_str(first);
        }
        text.push_str(stop);
    }
    let mut equations: Vec<String> = figures.iter().filter_map(|(_, item)| item.equation()).collect();
    equations.dedup();
    if !equations.is_empty() {
        text.push_str(language.pick("推算：", " Computed: "));
        text.push_str(&equations.join(comma));
        text.push_str(stop);
    }
    if language.is_english() && !text.is_empty() && !note.is_empty() {
        text.push(' ');
    }
    let mut runs = if text.is_empty() { Vec::new() } else { vec![Run::Words(text)] };
    runs.extend(note);
    runs
}

/// Words of a region's own file, whose references never name the region.
pub(super) fn own_runs<'a>(citations: &mut Citations<'a>, region: &'a Region, words: &Words) -> Runs {
    let mut named = words.clone();
    for run in &mut named.runs {
        if let crate::model::Run::Figure(reference) = run {
            reference.region = Some(region.id.clone());
        }
    }
    // The region's own check has reported what is wrong with them.
    citations.runs(&named, Setting::Cell, &mut Diagnostics::new())
}

/// Checks words of a text file that stand outside blocks.
pub(super) fn check_length(what: &'static str, words: &Words, limit: usize, diagnostics: &mut Diagnostics) {
    let length = words.length();
    if length > limit {
        diagnostics.push(Problem::TooLong { what, length, limit }, words.span.clone());
    }
}
