//! An issue made anew since it was wrong (更正), and the notice that calls one back (撤回): from what is stored of it to the new file.
//!
//! Whether it may be done, and to whom it goes, is left to `schedule`.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde_json::Value;

use super::making::{Dress, edition, ident_of, is_whole, job, main_of};
use super::{MakeError, Order, Pipeline, Wish};
use crate::diag::Diagnostics;
use crate::disk;
use crate::ledger::{Entry, LedgerError, Manifest, blank_path};
use crate::model::Date;
use crate::settings::Standard;
use crate::views::shape::View;
use crate::views::{
    Mistake, PrintedFigure, Withdrawn, changes, corrected, figures, same_document, withdrawal_view,
};

/// What is to be corrected, and how.
pub struct Correcting<'a> {
    /// The document.
    pub order: &'a Order,
    /// Its period, its number, and the date of the correction.
    pub wish: &'a Wish,
    /// The file of the issue as it was first printed; those of its corrections have its name and more.
    pub first: &'a str,
    /// The file that is replaced, with its SHA-256.
    pub current: (&'a str, &'a str),
    /// 1 for the first correction of the issue.
    pub number: u32,
    /// Why.
    pub reason: &'a str,
    /// All other issues.
    pub others: &'a [OtherIssue],
}

/// An issue in which a wrong figure may have been printed too.
#[derive(Debug, Clone)]
pub struct OtherIssue {
    /// How the command line names it: 2026-11/comparative/two-counties.
    pub name: String,
    /// Its period, in words.
    pub period: String,
    /// Its files, the last one last.
    pub paths: Vec<String>,
    /// Whether it was called back.
    pub withdrawn: bool,
}

/// What is to be called back, and how.
pub struct Withdrawing<'a> {
    /// The kind of document, and what it is about.
    pub what: (&'a str, &'a str),
    /// The period and number of the issue, and the date of the notice.
    pub wish: &'a Wish,
    /// The file of the issue as it was first printed.
    pub first: &'a str,
    /// The file of the issue as it is, after its last correction.
    pub current: &'a str,
    /// All its files.
    pub paths: &'a [String],
    /// The date on the issue.
    pub issued: NaiveDate,
    /// Why.
    pub reason: &'a str,
}

/// A correction that was made, or a notice.
#[derive(Debug)]
pub struct Corrected {
    /// Its file within the output folder.
    pub path: String,
    /// What the manifest says of it.
    pub entry: Entry,
    /// How many figures are another now.
    pub figures: usize,
    /// The other issues that print a wrong figure to this day, as the command line names them.
    pub elsewhere: Vec<String>,
    /// What was found on the way.
    pub diagnostics: Diagnostics,
}

/// Why an issue was not corrected or called back.
#[derive(Debug, thiserror::Error)]
pub enum Unmended {
    /// What is stored of it is not there, or another.
    #[error("`{path}` is not as it was issued")]
    Altered {
        /// The file.
        path: String,
    },
    /// It would say what it says already.
    #[error("nothing changed: it would print what `{path}` prints")]
    Unchanged {
        /// The file.
        path: String,
    },
    /// The template does not show the notice of a correction where it must stand.
    #[error("`{template}` does not show the notice of the correction on page one")]
    NoNotice {
        /// The template.
        template: String,
    },
    /// The data or the templates are wrong.
    #[error("it cannot be made")]
    Diagnostics(Diagnostics),
    /// It was not made.
    #[error(transparent)]
    Make(#[from] MakeError),
    /// The manifest cannot be read or written.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

impl From<disk::PathError> for Unmended {
    fn from(error: disk::PathError) -> Self {
        Self::Make(error.into())
    }
}

impl Pipeline {
    /// Makes an issue anew, under its number, with the notice of what is another now. What was printed stays where it is.
    ///
    /// # Errors
    /// When nothing is another now, the data have errors, or something cannot be read or written.
    pub fn correct(&self, wanted: &Correcting<'_>) -> Result<Corrected, Unmended> {
        let Correcting { order, wish, first, current: (current, digest), number, reason, others } = *wanted;
        let (before_bytes, before) = self.stored(current)?;
        let mut diagnostics = Diagnostics::new();
        let Some(loaded) = self.load(order, wish, &mut diagnostics) else {
            return Err(Unmended::Diagnostics(diagnostics));
        };
        let recorded = Manifest::read(&self.workspace.out)?.entries.remove(current);
        let moved = recorded.as_ref().map_or(0, |entry| entry.moved);
        let edition = self.edition(order, wish, wish.as_of, moved);
        let Some(plain) = self.made(order, &loaded, &edition, &wish.people, &mut diagnostics) else {
            return Err(Unmended::Diagnostics(diagnostics));
        };
        let after = self.script.value(&plain.view);
        if same_document(&before, &after) {
            return Err(Unmended::Unchanged { path: current.to_owned() });
        }
        let changes = changes(&before, &after);
        let pages = match recorded.filter(|entry| entry.pdf == digest) {
            Some(entry) => self.pages_of(current, &entry, &before_bytes, &before)?,
            None => BTreeMap::new(),
        };
        let language = self.language();
        let annex = label_of_figures(&before);
        let page = |figure: &PrintedFigure| match pages.get(&figure.no).and_then(BTreeSet::first) {
            Some(page) => page.to_string(),
            None if language.is_english() => format!("{annex}, no. {}", figure.no),
            None => format!("{annex}第{}号", figure.no),
        };
        let wrong: Vec<&PrintedFigure> = changes.figures.iter().filter_map(|c| c.was.as_ref()).collect();
        let printed = self.printed_in(&wrong, others);
        let (date, issue) = (text(&before["date"]["text"]), text(&before["masthead"]["issue"]));
        let replaces = match language.is_english() {
            true => format!("{issue} of {date}"),
            false => format!("{date}印发的{issue}"),
        };
        let path = beside(first, &format!("correction-{number}"));
        // Where the notice with its table is too long for page one, the table has a page of its own.
        let mut set = None;
        for apart in [false, true] {
            let on = |view: &mut View| {
                let printed = printed.iter().map(|(words, ..)| words.clone()).collect();
                let (replaces, reason) = (replaces.clone(), reason.to_owned());
                let mistake =
                    Mistake { number, replaces, reason, changes: &changes, page: &page, printed, apart };
                corrected(view, mistake);
            };
            let mut found = diagnostics.clone();
            let dress = Dress { on: &on, roomy: true };
            let Some(made) = self.set(order, wish, &loaded, &path, &dress, &mut found)? else {
                return Err(Unmended::Diagnostics(found));
            };
            if made.output.notice == Some(1) {
                diagnostics = found;
                set = Some(made);
                break;
            }
        }
        let template = main_of(order.document.name());
        let set = set.ok_or(Unmended::NoNotice { template })?;
        let entry = Entry { correction: Some(number), ..self.entry(order, wish, &loaded, &set)? };
        if let Some(blank) = &set.blank {
            disk::write(&self.workspace.out.join(blank_path(&path)), blank)?;
        }
        self.lay_down(&path, &set.bytes, &set.output.pdf, &entry, |known| {
            if let Some(old) = known.get_mut(current) {
                old.superseded = Some(path.clone());
            }
        })?;
        let elsewhere = printed.into_iter().filter(|(_, _, still)| *still).map(|(_, name, _)| name).collect();
        Ok(Corrected { path, entry, figures: changes.figures.len(), elsewhere, diagnostics })
    }

    /// Makes the notice that calls an issue back. What was printed stays where it is.
    ///
    /// # Errors
    /// When what is stored of the issue cannot be read, the notice cannot be set, or something cannot be written.
    pub fn withdraw(&self, wanted: &Withdrawing<'_>) -> Result<Corrected, Unmended> {
        let Withdrawing { what: (document, subject), wish, first, current, paths, issued, reason } = *wanted;
        let (_, before) = self.stored(current)?;
        let withdrawn = Withdrawn {
            serial: text(&before["masthead"]["name"]),
            issue: text(&before["masthead"]["issue"]),
            date: Date::Day(issued).in_words(self.language()),
            title: text(&before["title"]),
            demo: before["masthead"]["demo"].as_bool().unwrap_or_default(),
            reason: reason.to_owned(),
        };
        let view =
            withdrawal_view(&withdrawn, &self.settings, &edition(wish, self.language(), wish.as_of, 0));
        let bytes = self.script.bytes(&view);
        let path = beside(first, "withdrawal");
        let mut diagnostics = Diagnostics::new();
        let value = self.script.value(&view);
        for missing in self.engine.characters(&value) {
            diagnostics.push_nowhere(missing.problem());
        }
        let set = self
            .typeset(&job(&main_of("withdrawal"), &ident_of(&path), &bytes, wish.as_of, self.standard(wish)))
            .map_err(MakeError::from)?;
        diagnostics.extend(set.diagnostics);
        let Some(output) = set.output.filter(|_| !diagnostics.has_errors()) else {
            return Err(Unmended::Diagnostics(diagnostics));
        };
        let number = wish.number;
        let entry = Entry {
            document: document.to_owned(),
            subject: subject.to_owned(),
            period: wish.period.to_string(),
            part: "withdrawal".to_owned(),
            number: number.map(|number| number.number),
            total: number.and_then(|number| number.total),
            date: wish.as_of.to_string(),
            pages: output.pages,
            moved: 0,
            pdf: disk::sha256(&output.pdf),
            view: disk::sha256(&bytes),
            content: String::new(),
            body_pages: None,
            standard: self.standard(wish).name().to_owned(),
            code: String::new(),
            recipe: self.keep(Some(&bytes))?,
            style: self.style(),
            language: self.language().tag().to_owned(),
            held: false,
            people: Vec::new(),
            inputs: self.digest_of("withdrawal", &bytes, wish),
            sources: None,
            blank: None,
            correction: None,
            superseded: None,
            withdrawn: None,
        };
        self.lay_down(&path, &bytes, &output.pdf, &entry, |known| {
            for old in paths {
                if let Some(old) = known.get_mut(old) {
                    old.withdrawn = Some(path.clone());
                }
            }
        })?;
        Ok(Corrected { path, entry, figures: 0, elsewhere: Vec::new(), diagnostics })
    }

    /// Writes a file with its view, and then into the manifest what it is and what it makes of the files before it.
    fn lay_down(
        &self,
        path: &str,
        view: &[u8],
        pdf: &[u8],
        entry: &Entry,
        mark: impl FnOnce(&mut BTreeMap<String, Entry>),
    ) -> Result<(), Unmended> {
        let target = self.workspace.out.join(path);
        disk::write(&target.with_extension("json"), view)?;
        disk::write(&target, pdf)?;
        Manifest::change(&self.workspace.out, |known| {
            known.insert(path.to_owned(), entry.clone());
            mark(known);
        })?;
        Ok(())
    }

    /// The view that is stored beside a file, as the manifest knows it.
    fn stored(&self, path: &str) -> Result<(Vec<u8>, Value), Unmended> {
        let altered = || Unmended::Altered { path: path.to_owned() };
        let beside = self.workspace.out.join(path).with_extension("json");
        let manifest = Manifest::read(&self.workspace.out)?;
        let recorded = manifest.entries.get(path).ok_or_else(altered)?;
        if !is_whole(&beside, &recorded.view) {
            return Err(altered());
        }
        let bytes = disk::read(&beside)?;
        let value = serde_json::from_slice(&bytes).map_err(|_| altered())?;
        Ok((bytes, value))
    }

    /// The pages on which each figure stands, by its row in the annex: the stored view is set once more, and where that gives the same
    /// file, the pages are those of it. Where templates or faces are others by now there are none.
    pub(super) fn pages_of(
        &self,
        path: &str,
        entry: &Entry,
        bytes: &[u8],
        view: &Value,
    ) -> Result<BTreeMap<usize, BTreeSet<usize>>, MakeError> {
        let Ok(day) = text(&view["date"]["iso"]).parse() else { return Ok(BTreeMap::new()) };
        let standard = Standard::parse(&entry.standard).unwrap_or_default();
        let set = self.typeset(&job(&main_of(&entry.document), &ident_of(path), bytes, day, standard))?;
        let same = set.output.filter(|output| disk::sha256(&output.pdf) == entry.pdf);
        Ok(same.map(|output| output.figures).unwrap_or_default())
    }

    /// The other issues that printed one of these figures: in words, by name, and whether the last that was printed of it still has one.
    fn printed_in(&self, wrong: &[&PrintedFigure], others: &[OtherIssue]) -> Vec<(String, String, bool)> {
        let mut found = Vec::new();
        for other in others {
            let mut printed: Option<(Value, bool)> = None;
            for path in &other.paths {
                // What retention has taken away cannot be looked into.
                let bytes = disk::read(&self.workspace.out.join(path).with_extension("json"));
                let Some(view) = bytes.ok().and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok())
                else {
                    continue;
                };
                let own = figures(&view);
                let has = wrong.iter().any(|wrong| {
                    own.iter().any(|own| own.is_same_thing(wrong) && own.printed == wrong.printed)
                });
                match &mut printed {
                    Some((_, still)) => *still = has,
                    None if has => printed = Some((view, true)),
                    None => {}
                }
            }
            let Some((view, still)) = printed else { continue };
            let issue = text(&view["masthead"]["issue"]);
            let language = self.language();
            let title = text(&view["title"]).replace('\n', "");
            let state = match (other.withdrawn, still) {
                (true, _) => language.pick("，已撤回", ", withdrawn"),
                (_, false) => language.pick("，已更正", ", corrected"),
                _ => "",
            };
            let words = match language.is_english() {
                true => format!("{issue}, “{title}” ({}{state})", other.period),
                false => format!("{issue}《{title}》（{}{state}）", other.period),
            };
            found.push((words, other.name.clone(), still && !other.withdrawn));
        }
        found
    }
}

/// The label of the annex with all figures.
fn label_of_figures(view: &Value) -> String {
    let annexes = view["annexes"].as_array().into_iter().flatten();
    let found = annexes.filter(|annex| annex["kind"] == "figures").map(|annex| text(&annex["label"])).next();
    found.unwrap_or_else(|| "附件".to_owned())
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// The name of a file that belongs to another: region/jia.pdf, region/jia.correction-1.pdf.
fn beside(first: &str, what: &str) -> String {
    format!("{}.{what}.pdf", first.strip_suffix(".pdf").unwrap_or(first))
}
