//! One document: from its view to its file, unless it lies there as it would be made.
//!
//! How many are made at a time is left to the pipeline, what they are made from to `loading`.

use std::path::Path;

use chrono::NaiveDate;

use super::loading::{Loaded, content_of};
use super::sources::Ground;
use super::{End, MakeError, Order, Pipeline, Why, Wish};
use crate::diag::{Diagnostics, Problem, Span};
use crate::disk::{self, PathError};
use crate::ledger::{Entry, Manifest, blank_path};
use crate::model::Language;
use crate::settings::Standard;
use crate::typeset::{Job, Typeset};
use crate::views::shape::View;
use crate::views::{Edition, Made, Numbered, mark_changes, same_document};

/// A document that was set.
#[derive(Debug)]
pub(super) struct Set {
    /// Its view.
    pub(super) made: Made,
    /// The view as it is stored.
    pub(super) bytes: Vec<u8>,
    /// The pages.
    pub(super) output: Typeset,
    /// The rendering for pre-printed paper, where a channel prints on such.
    pub(super) blank: Option<Vec<u8>>,
    /// How many plates moved to the annex.
    pub(super) moved: usize,
}

/// What became of a document that had to be read.
#[derive(Debug)]
pub(super) struct Done {
    pub(super) end: End,
    pub(super) why: Why,
    /// What is to be recorded; the document itself is the last.
    pub(super) entries: Vec<(String, Entry)>,
    /// What is recorded of it, where nothing is to be recorded anew.
    pub(super) entry: Option<Entry>,
}

/// How a document is dressed that is not the plain one of its data: what is put on its view, and whether its body may take the room
/// that it needs.
pub(super) struct Dress<'a> {
    pub(super) on: &'a dyn Fn(&mut View),
    pub(super) roomy: bool,
}

impl Pipeline {
    /// Makes a document, unless its view shows that it would come out as it lies there.
    pub(super) fn make(
        &self,
        order: &Order,
        wish: &Wish,
        (before, ground): (&Manifest, &Ground),
        why: &Why,
        diagnostics: &mut Diagnostics,
    ) -> Result<Done, MakeError> {
        let refused =
            || Done { end: End::Refused, why: why.clone().other_view(), entries: Vec::new(), entry: None };
        let stays = |end, entry: &Entry, entries| Done {
            end,
            why: why.clone().same_view(),
            entries,
            entry: Some(entry.clone()),
        };
        // What changes while the data are read is noticed by the next run: the digests are those from before.
        let sources = self.sources(order, wish, ground);
        let Some(loaded) = self.load(order, wish, diagnostics) else { return Ok(refused()) };
        let mut path = Self::path_of(order, wish, self.language());
        let base = wish.copy.then(|| self.base(order, wish, before));
        let on = |view: &mut View| {
            if let Some(base) = &base {
                mark_changes(view, base, &self.script);
            }
        };
        let dress = Dress { on: &on, roomy: false };
        // A number that was called back keeps its file.
        if let Some(number) = wish.number.filter(|number| number.total.is_some())
            && before.entries.get(&path).is_some_and(|entry| entry.withdrawn.is_some())
        {
            path = path.replacen(".pdf", &format!(".no-{}.pdf", number.number), 1);
        }
        if !is_issue(wish)
            && !wish.held
            && !wish.copy
            && let Some(entry) = before.entries.get(&path).filter(|entry| entry.total.is_some())
        {
            // What was issued is never written over: a draft that says something else lies beside it.
            let end = match &entry.superseded {
                _ if entry.withdrawn.is_some() => None,
                Some(_) => self.as_corrected(order, wish, &loaded, before, entry),
                None => self.unchanged(order, wish, &loaded, &path, entry, &dress).map(|(end, _)| end),
            };
            if let Some(end) = end {
                return Ok(stays(end, entry, Vec::new()));
            }
            path = path.replacen(".pdf", ".draft.pdf", 1);
            // Nor is a draft that somebody was asked to sign.
            if before.entries.get(&path).is_some_and(|entry| entry.held) {
                path = path.replacen(".draft.pdf", ".draft-2.pdf", 1);
            }
        }
        let target = self.workspace.out.join(&path);
        let may_stay =
            |entry: &&Entry| !wish.force && (!wish.as_of_given || entry.date == wish.as_of.to_string());
        let recorded = before.entries.get(&path).filter(may_stay);
        if let Some(entry) = recorded.filter(|entry| bears(entry, wish))
            && let Some((end, mut view)) = self.unchanged(order, wish, &loaded, &path, entry, &dress)
            && base.as_ref().is_none_or(|base| self.has_review(wish, &mut view, base, entry, before, &path))
        {
            // It says the same, but from other bytes: the next run need not read them again. Where there was something to warn of when it was
            // made, it is read each time.
            let known = entry.sources.is_some() && diagnostics.is_empty() && entry.sources != sources;
            let entries = match known {
                true => vec![(path, Entry { sources: self.recorded(sources, ground)?, ..entry.clone() })],
                false => Vec::new(),
            };
            return Ok(stays(end, entry, entries));
        }
        let Some(set) = self.set(order, wish, &loaded, &path, &dress, diagnostics)? else {
            return Ok(refused());
        };
        let mut entry = self.entry(order, wish, &loaded, &set)?;
        if diagnostics.is_empty() {
            entry.sources = self.recorded(sources, ground)?;
        }
        let sheet = match &base {
            None => None,
            Some(base) => match self.make_review(wish, &set, base, (&path, &entry), diagnostics)? {
                Some(sheet) => Some(sheet),
                None => return Ok(refused()),
            },
        };
        disk::write(&target.with_extension("json"), &set.bytes)?;
        if let Some(blank) = &set.blank {
            disk::write(&self.workspace.out.join(blank_path(&path)), blank)?;
        }
        disk::write(&target, &set.output.pdf)?;
        let end = End::Made { path: target, pages: set.output.pages, bytes: set.output.pdf.len() };
        let entries = sheet.into_iter().chain([(path, entry)]).collect();
        Ok(Done { end, why: why.clone().other_view(), entries, entry: None })
    }

    /// Sets a document; none where the diagnostics say why. Plates move to the annex until the body fits.
    pub(super) fn set(
        &self,
        order: &Order,
        wish: &Wish,
        loaded: &Loaded,
        path: &str,
        dress: &Dress<'_>,
        diagnostics: &mut Diagnostics,
    ) -> Result<Option<Set>, MakeError> {
        let mut moved = 0;
        loop {
            let edition = self.edition(order, wish, wish.as_of, moved);
            let mut found = Diagnostics::new();
            let mut made = self.made(order, loaded, &edition, &wish.people, &mut found);
            if let Some(made) = &mut made {
                (dress.on)(&mut made.view);
            }
            if moved == 0 {
                if let Some(made) = &made {
                    self.check_characters(&made.view, loaded, &mut found);
                }
                diagnostics.extend(found);
                diagnostics.deny(&wish.deny);
            }
            if diagnostics.has_errors() {
                return Ok(None);
            }
            let Some(mut made) = made else { return Ok(None) };
            let bytes = self.sealed(&mut made.view, path, wish);
            let (main, ident) = (main_of(order.document.name()), ident_of(path));
            let job = job(&main, &ident, &bytes, wish.as_of, self.standard(wish));
            let set = self.typeset(&job)?;
            let Some(output) = set.output else {
                diagnostics.extend(set.diagnostics);
                return Ok(None);
            };
            let limit = order.document.body_pages(&self.settings, wish.part);
            if output.body_pages > limit {
                if moved < made.movable {
                    moved += 1;
                    continue;
                }
                let problem = Problem::BodyTooLong { pages: output.body_pages, limit };
                match &loaded.text {
                    _ if dress.roomy => {}
                    Some(text) => diagnostics.push(problem, Span::head(&text.file)),
                    None => diagnostics.push_nowhere(problem),
                }
            }
            diagnostics.extend(set.diagnostics);
            diagnostics.deny(&wish.deny);
            if diagnostics.has_errors() {
                return Ok(None);
            }
            let blank = if self.wants_blank(order, wish) {
                match self.blank(&job, &made, path, &output, diagnostics)? {
                    Some(blank) => Some(blank),
                    None => return Ok(None),
                }
            } else {
                None
            };
            return Ok(Some(Set { made, bytes, output, blank, moved }));
        }
    }

    /// What the manifest says of a document that was set.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub(super) fn entry(
        &self,
        order: &Order,
        wish: &Wish,
        loaded: &Loaded,
        set: &Set,
    ) -> Result<Entry, PathError> {
        let recipe = self.keep(is_issue(wish).then_some(&set.bytes))?;
        Ok(Entry {
            document: order.document.name().into(),
            subject: order.subject.clone(),
            period: wish.period.to_string(),
            part: if wish.copy { "copy".to_owned() } else { wish.part.name().to_owned() },
            number: wish.number.map(|number| number.number),
            total: wish.number.and_then(|number| number.total),
            date: wish.as_of.to_string(),
            pages: set.output.pages,
            body_pages: Some(set.output.body_pages),
            moved: set.moved,
            pdf: disk::sha256(&set.output.pdf),
            view: disk::sha256(&set.bytes),
            content: content_of(order, loaded, &set.made),
            standard: self.standard(wish).name().to_owned(),
            code: set.made.view.imprint.code.clone(),
            recipe,
            style: self.style(),
            language: self.language().tag().to_owned(),
            held: wish.held,
            people: wish.people.clone(),
            inputs: self.inputs(order, &set.bytes, wish),
            sources: None,
            blank: set.blank.as_deref().map(disk::sha256),
            correction: None,
            superseded: None,
            withdrawn: None,
        })
    }

    /// How a draft ends that says what the last correction of its issue says.
    fn as_corrected(
        &self,
        order: &Order,
        wish: &Wish,
        loaded: &Loaded,
        before: &Manifest,
        entry: &Entry,
    ) -> Option<End> {
        let mut last = (String::new(), entry);
        while let Some(path) = &last.1.superseded {
            last = (path.clone(), before.entries.get(path)?);
        }
        let (path, entry) = last;
        let target = self.workspace.out.join(path);
        let stored = disk::read(&target.with_extension("json")).ok()?;
        let edition = Edition {
            number: numbered(entry),
            ..self.edition(order, wish, entry.date.parse().ok()?, entry.moved)
        };
        let made = self.made(order, loaded, &edition, &entry.people, &mut Diagnostics::new())?;
        let (stored, now) = (serde_json::from_slice(&stored).ok()?, self.script.value(&made.view));
        let same = same_document(&stored, &now) && is_whole(&target, &entry.pdf);
        same.then_some(End::Unchanged { path: target, pages: entry.pages })
    }

    /// How a document that is recorded ends when it would come out as it lies there.
    fn unchanged(
        &self,
        order: &Order,
        wish: &Wish,
        loaded: &Loaded,
        path: &str,
        entry: &Entry,
        dress: &Dress<'_>,
    ) -> Option<(End, View)> {
        let target = self.workspace.out.join(path);
        let edition = Edition {
            number: numbered(entry),
            ..self.edition(order, wish, entry.date.parse().ok()?, entry.moved)
        };
        let mut made = self.made(order, loaded, &edition, &entry.people, &mut Diagnostics::new())?;
        (dress.on)(&mut made.view);
        let bytes = self.sealed(&mut made.view, path, wish);
        let same = self.inputs(order, &bytes, wish) == entry.inputs
            && is_whole(&target, &entry.pdf)
            && is_whole(&target.with_extension("json"), &entry.view)
            && (!self.wants_blank(order, wish) || self.has_blank(path, entry));
        same.then_some((End::Unchanged { path: target, pages: entry.pages }, made.view))
    }

    /// What a file conforms to.
    pub(super) fn standard(&self, wish: &Wish) -> Standard {
        wish.standard.unwrap_or(self.settings.standard)
    }

    /// What a PDF is made from, in one digest.
    pub(super) fn inputs(&self, order: &Order, view: &[u8], wish: &Wish) -> String {
        self.digest_of(order.document.name(), view, wish)
    }

    /// What a PDF of a kind is made from, in one digest.
    pub(super) fn digest_of(&self, document: &str, view: &[u8], wish: &Wish) -> String {
        let (view, engine) = (disk::sha256(view), self.engine.digest());
        let parts = format!("{document}\n{view}\n{engine}\n{}", self.standard(wish).name());
        disk::sha256(parts.as_bytes())
    }

    /// Puts the verification code into the foot of a view: over the view without it, the file's name, and all else that it is made from.
    pub(super) fn sealed(&self, view: &mut View, path: &str, wish: &Wish) -> Vec<u8> {
        view.imprint.code.clear();
        let (plain, engine) = (disk::sha256(&self.script.bytes(view)), self.engine.digest());
        let parts = format!("{plain}\n{path}\n{engine}\n{}", self.standard(wish).name());
        let digest = disk::sha256(parts.as_bytes()).to_uppercase();
        view.imprint.code = [0, 4, 8].map(|at| &digest[at..at + 4]).join("-");
        self.script.bytes(view)
    }

    /// The house style as the manifest names it.
    pub(super) fn style(&self) -> String {
        self.engine.folders().style().to_owned()
    }
}

pub(super) fn edition(wish: &Wish, language: Language, date: NaiveDate, moved: usize) -> Edition {
    Edition {
        language,
        date,
        period: wish.period,
        number: wish.number,
        part: wish.part,
        moved,
        copies: None,
        with_facts: false,
        layout: None,
    }
}

/// Whether a document is wanted as an issue: only the ledger gives a number across years.
pub(super) fn is_issue(wish: &Wish) -> bool {
    wish.number.is_some_and(|number| number.total.is_some())
}

/// Whether a recorded file bears the number and the names that are wanted, and is a draft where one is wanted.
pub(super) fn bears(entry: &Entry, wish: &Wish) -> bool {
    numbered(entry) == wish.number && entry.people == wish.people && entry.held == wish.held
}

/// The number that a recorded file bears.
fn numbered(entry: &Entry) -> Option<Numbered> {
    entry.number.map(|number| Numbered { number, total: entry.total })
}

/// The template of a kind of document.
pub(super) fn main_of(document: &str) -> String {
    format!("{document}/main.typ")
}

/// What identifies a file over all its versions.
pub(super) fn ident_of(path: &str) -> String {
    format!("report:{path}")
}

/// How a view is set.
pub(super) fn job<'a>(
    template: &'a str,
    ident: &'a str,
    view: &'a [u8],
    today: NaiveDate,
    standard: Standard,
) -> Job<'a> {
    Job { main: template, view, today, ident, standard }
}

/// Whether a file is there as it was recorded.
pub(super) fn is_whole(path: &Path, digest: &str) -> bool {
    disk::read(path).is_ok_and(|bytes| disk::sha256(&bytes) == digest)
}
