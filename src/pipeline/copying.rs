//! Working copies: the issue that a copy is compared with, and the 审签单 that lies beside it.
//!
//! What is marked in a copy, and what stands on the sheet, is left to the views.

use serde_json::Value;

use super::making::{Set, ident_of, is_whole, job, main_of};
use super::{MakeError, Order, Pipeline, Wish};
use crate::diag::Diagnostics;
use crate::disk;
use crate::ledger::{Archive, Entry, Manifest, review_path};
use crate::model::Period;
use crate::views::shape::{Layout, View};
use crate::views::{Base, Compared, mark_changes};

/// More changes than this never fit on a page.
const MOST: usize = 24;

impl Pipeline {
    /// What is put on every view: how its pages are laid out, where that is not the usual way.
    pub(super) fn layout(&self, wish: &Wish) -> Option<Layout> {
        let sides = wish.sides.unwrap_or(self.settings.sides);
        (sides != crate::settings::Sides::default()).then(|| Layout { sides: sides.name() })
    }

    /// The last issue of a document up to its period, as it stands after its last correction. One that was called back does not count.
    pub(super) fn base(&self, order: &Order, wish: &Wish, before: &Manifest) -> Base {
        let rank = |entry: &Entry| Some((Period::parse(&entry.period)?.last_day(), entry.total?));
        let own = |entry: &&Entry| {
            entry.document == order.document.name()
                && entry.subject == order.subject
                && entry.part == "all"
                && entry.language == self.language().tag()
                && entry.correction.is_none()
                && entry.withdrawn.is_none()
        };
        let issues = before.entries.iter().filter(|(_, entry)| own(entry));
        let ranked = issues.filter_map(|(path, entry)| Some((rank(entry)?, path, entry)));
        let last =
            ranked.filter(|(rank, ..)| rank.0 <= wish.period.last_day()).max_by_key(|(rank, ..)| *rank);
        let Some((_, mut path, mut entry)) = last else { return Base::None };
        while let Some((next, corrected)) =
            entry.superseded.as_ref().and_then(|path| before.entries.get_key_value(path))
        {
            (path, entry) = (next, corrected);
        }
        let english = self.language().is_english();
        let number = entry.number.map_or_else(String::new, |number| match english {
            true => format!("No. {number}"),
            false => format!("第{number}期"),
        });
        let total = entry.total.map_or_else(String::new, |total| match english {
            true => format!(" (issue {total} in all)"),
            false => format!("（总第{total}期）"),
        });
        let corrected = match (entry.correction.is_some(), english) {
            (false, _) => "",
            (true, true) => " as corrected",
            (true, false) => "更正后",
        };
        let name = format!("{number}{total}{corrected}");
        let out = &self.workspace.out;
        let beside = disk::read(&out.join(path).with_extension("json")).ok();
        let view = beside.filter(|view| disk::sha256(view) == entry.view);
        let view = view.or_else(|| Archive::of(out).get(&entry.view));
        match view.and_then(|view| serde_json::from_slice::<Value>(&view).ok()) {
            Some(view) => Base::Issue(name, view),
            None => Base::Lost(name),
        }
    }

    /// Whether the sheet of a copy lies there as it would be made.
    pub(super) fn has_review(
        &self,
        wish: &Wish,
        view: &mut View,
        base: &Base,
        copy: &Entry,
        before: &Manifest,
        path: &str,
    ) -> bool {
        let path = review_path(path);
        let target = self.workspace.out.join(&path);
        before.entries.get(&path).is_some_and(|entry| {
            entry.inputs
                == self.review_inputs(&mark_changes(view, base, &self.script), view, wish, copy.pages)
                && is_whole(&target, &entry.pdf)
                && is_whole(&target.with_extension("json"), &entry.view)
        })
    }

    /// What a sheet is made from, with all changes.
    fn review_inputs(&self, compared: &Compared, view: &View, wish: &Wish, pages: usize) -> String {
        let whole = compared.review(view, &wish.period.in_words(self.language()), pages, compared.count());
        self.digest_of("review", &self.script.bytes(&whole), wish)
    }

    /// Makes the sheet of a copy: one page, with as many changes as it holds. None where the diagnostics say why.
    pub(super) fn make_review(
        &self,
        wish: &Wish,
        set: &Set,
        base: &Base,
        copy: (&str, &Entry),
        diagnostics: &mut Diagnostics,
    ) -> Result<Option<(String, Entry)>, MakeError> {
        let (copy_path, copy) = copy;
        let path = review_path(copy_path);
        let mut view = set.made.view.clone();
        let compared = mark_changes(&mut view, base, &self.script);
        let mut most = compared.count().min(MOST);
        let (bytes, output) = loop {
            let review = compared.review(&view, &wish.period.in_words(self.language()), copy.pages, most);
            let bytes = self.script.bytes(&review);
            let (main, ident) = (main_of("review"), ident_of(&path));
            let made = self.typeset(&job(&main, &ident, &bytes, wish.as_of, self.standard(wish)))?;
            match made.output {
                Some(output) if output.pages > 1 && most > 0 => most -= 1,
                Some(output) => {
                    diagnostics.extend(made.diagnostics);
                    break (bytes, output);
                }
                None => {
                    diagnostics.extend(made.diagnostics);
                    return Ok(None);
                }
            }
        };
        let target = self.workspace.out.join(&path);
        let entry = Entry {
            part: "review".to_owned(),
            pages: output.pages,
            body_pages: None,
            moved: 0,
            pdf: disk::sha256(&output.pdf),
            view: disk::sha256(&bytes),
            content: String::new(),
            code: String::new(),
            inputs: self.review_inputs(&compared, &view, wish, copy.pages),
            ..copy.clone()
        };
        disk::write(&target.with_extension("json"), &bytes)?;
        disk::write(&target, &output.pdf)?;
        Ok(Some((path, entry)))
    }
}
