//! Working copies (`--draft`): a view with what changed since the last issue marked, and the 审签单 that goes round with it.
//!
//! Which issue was the last is left to the pipeline.

use std::cmp::Reverse;

use serde_json::Value;

use super::Script;
use crate::model::Language;

use super::changes::{Change, Changes, PrintedFigure, PrintedMechanism, changes, figures};
use super::shape::{Annex, Copied, Line, Review, ReviewChange, View};

/// What a working copy is compared with.
#[derive(Debug, Clone)]
pub enum Base {
    /// Nothing: no issue came before it.
    None,
    /// An issue whose view is lost.
    Lost(String),
    /// An issue, and its view as it is stored.
    Issue(String, Value),
}

/// What a view says differently, in the words of the sheet.
#[derive(Debug, Clone)]
pub struct Compared {
    words: String,
    rows: Vec<ReviewChange>,
}

/// Makes a view a working copy, and says what of it is another than in the last issue.
pub fn mark_changes(view: &mut View, base: &Base, script: &Script) -> Compared {
    view.masthead.draft = true;
    view.imprint.draft = true;
    view.copied = None;
    let language = Language::parse(view.language).unwrap_or_default();
    let english = language.is_english();
    let (compared, found) = match base {
        Base::None => (language.pick("首期", "first issue").to_owned(), None),
        Base::Lost(issue) if english => (format!("not compared with {issue}"), None),
        Base::Lost(issue) => (format!("未对照{issue}"), None),
        Base::Issue(issue, before) => {
            let after = script.value(&*view);
            (format!("{}{issue}", language.pick("对照", "compared with ")), Some(changes(before, &after)))
        }
    };
    let rows = found.as_ref().map(|found| rows(view, found, script)).unwrap_or_default();
    if let Some(found) = &found {
        mark(view, &rows, found);
    }
    view.copied = Some(Copied { compared, marked: found.is_some() });
    let count = |kind: &str| rows.iter().filter(|row| row.kind == kind).count();
    let words = match base {
        Base::None if english => "First issue: there is none before it to compare with.".to_owned(),
        Base::Lost(issue) if english => format!("The stored view of {issue} is lost; not compared."),
        Base::Issue(issue, _) if english && rows.is_empty() => {
            format!("Compared with {issue}: no figure and no mechanism changed.")
        }
        Base::Issue(issue, _) if english => {
            let kinds = kinds(language);
            let (changed, new, gone) = (count(kinds.changed), count(kinds.new), count(kinds.gone));
            format!("Compared with {issue}: {changed} changed, {new} new, {gone} gone.")
        }
        Base::None => "首期，没有可对照的上一期。".to_owned(),
        Base::Lost(issue) => format!("{issue}的存档已不在，未作对照。"),
        Base::Issue(issue, _) if rows.is_empty() => format!("对照{issue}：数据和机制没有变化。"),
        Base::Issue(issue, _) => {
            let kinds = kinds(language);
            let (changed, new, gone) = (count(kinds.changed), count(kinds.new), count(kinds.gone));
            format!("对照{issue}：变动{changed}项，新增{new}项，撤下{gone}项。")
        }
    };
    Compared { words, rows }
}

/// The words for the kinds of change.
struct Kinds {
    changed: &'static str,
    new: &'static str,
    gone: &'static str,
}

fn kinds(language: Language) -> Kinds {
    let [changed, new, gone] = language.pick(["变动", "新增", "撤下"], ["changed", "new", "gone"]);
    Kinds { changed, new, gone }
}

/// Puts the mark of each change on its row in the annexes.
fn mark(view: &mut View, rows: &[ReviewChange], changes: &Changes) {
    let kinds = kinds(Language::parse(view.language).unwrap_or_default());
    let name = |is_known: bool| Some(if is_known { "changed" } else { "new" });
    for annex in &mut view.annexes {
        match annex {
            Annex::Figures { sections, .. } => {
                for row in sections.iter_mut().flat_map(|section| &mut section.rows) {
                    let change = rows.iter().find(|change| change.no == row.no);
                    row.change = change.and_then(|change| name(change.kind == kinds.changed));
                }
            }
            Annex::Mechanisms { groups, .. } => {
                for row in groups.iter_mut().flat_map(|group| &mut group.rows) {
                    let own = |change: &&Change<PrintedMechanism>| {
                        change.is.as_ref().is_some_and(|is| is.has_id(&row.id))
                    };
                    let change = changes.mechanisms.iter().find(own);
                    row.change = change.and_then(|change| name(change.was.is_some()));
                }
            }
            Annex::Corrections { .. } | Annex::Plates { .. } | Annex::Sources { .. } => {}
        }
    }
}

/// All changes: what is another, then what is new, then what is gone. Documents of the four beats tell the same figures of each period:
/// there a figure is compared with that of the period before.
fn rows(view: &View, changes: &Changes, script: &Script) -> Vec<ReviewChange> {
    let language = Language::parse(view.language).unwrap_or_default();
    let kinds = kinds(language);
    let kind = |was: bool, is: bool| match (was, is) {
        (true, true) => kinds.changed,
        (_, true) => kinds.new,
        _ => kinds.gone,
    };
    let in_turn = !matches!(view.document, "region" | "comparative");
    let after = if in_turn { figures(&script.value(view)) } else { Vec::new() };
    let figures = changes.figures.iter().filter_map(|change| {
        let figure = change.is.as_ref().or(change.was.as_ref())?;
        let earlier = change.earlier.as_ref().filter(|_| in_turn);
        let is_the_same = earlier.is_some_and(|earlier| earlier.printed == figure.printed);
        let is_followed = change.is.is_none() && after.iter().any(|after| after.continues(figure));
        if is_the_same || is_followed {
            return None;
        }
        let (was, is) = change.was_and_is();
        let (mut was, mut is) = (was.unwrap_or_default(), is.unwrap_or_default());
        if let (Some(before), Some(after)) = (&change.was, &change.is)
            && was == is
        {
            // Only where it comes from is another.
            let place = |figure: &PrintedFigure| {
                let paragraph = figure.paragraph.map_or_else(String::new, |p| match language.is_english() {
                    true => format!(", paragraph {p}"),
                    false => format!("第{p}段"),
                });
                match language.is_english() {
                    true => format!("“{}”{paragraph}", figure.source),
                    false => format!("《{}》{paragraph}", figure.source),
                }
            };
            let comma = language.pick("，", ", ");
            was = format!("{was}{comma}{}", place(before));
            is = format!("{is}{comma}{}", place(after));
        }
        if let (None, Some(earlier)) = (&change.was, &change.earlier) {
            was = format!("{}{}{}", earlier.time, language.pick("为", ": "), earlier.printed);
        }
        let kind = kind(change.was.is_some() || earlier.is_some(), change.is.is_some());
        let no = change.is.as_ref().map_or(0, |is| is.no);
        Some(ReviewChange { kind, what: figure.name(), was, is, no })
    });
    let mechanisms = changes.mechanisms.iter().filter_map(|change| {
        let mechanism = change.is.as_ref().or(change.was.as_ref())?;
        let kind = kind(change.was.is_some(), change.is.is_some());
        let what = match language.is_english() {
            true => format!("mechanism ({})", mechanism.place),
            false => format!("机制（{}）", mechanism.place),
        };
        let told = |own: Option<&PrintedMechanism>, other: Option<&PrintedMechanism>| match (own, other) {
            (None, _) => String::new(),
            (Some(own), Some(other)) if own.name == other.name => {
                format!("{}{}{}", own.name, language.pick("：", ": "), own.members)
            }
            (Some(own), _) => own.name.clone(),
        };
        let was = told(change.was.as_ref(), change.is.as_ref());
        let is = told(change.is.as_ref(), change.was.as_ref());
        Some(ReviewChange { kind, what, was, is, no: 0 })
    });
    let mut rows: Vec<ReviewChange> = figures.chain(mechanisms).collect();
    let rank =
        |row: &ReviewChange| [kinds.gone, kinds.new, kinds.changed].iter().position(|kind| *kind == row.kind);
    rows.sort_by_key(|row| Reverse(rank(row)));
    rows
}

impl Compared {
    /// How many changes there are.
    pub fn count(&self) -> usize {
        self.rows.len()
    }

    /// The 审签单 of a copy, with at most so many changes.
    pub fn review(&self, view: &View, period: &str, pages: usize, most: usize) -> Review {
        let line = |label: &str, text: &str| Line { label: label.to_owned(), text: text.to_owned() };
        let title = view.title.replace('\n', "");
        let serial = &view.masthead.name;
        let language = Language::parse(view.language).unwrap_or_default();
        let heading = match language.is_english() {
            true => format!("{serial}: sheet to sign"),
            false => format!("{serial}审签单"),
        };
        let issue = view.masthead.issue.as_deref().unwrap_or(language.pick("待编号", "not numbered yet"));
        let known = |label: &str| view.imprint.people.iter().find(|line| line.label == label);
        let people = language
            .pick(["拟稿", "核对", "签发"], ["Drafted by", "Checked by", "Released by"])
            .map(|label| line(label, known(label).map_or("", |line| line.text.trim())));
        let more = self.rows.len().saturating_sub(most);
        Review {
            format: 1,
            document: "review",
            language: view.language,
            description: format!("{heading}{}{title}", language.pick("：", ": ")),
            keywords: vec![serial.clone(), language.pick("审签", "signing").to_owned()],
            title: heading,
            date: view.date.clone(),
            serial: serial.clone(),
            demo: view.masthead.demo,
            facts: vec![
                line(language.pick("标题", "Title"), &title),
                line(
                    language.pick("编印单位", "Issued by"),
                    view.masthead.office.as_deref().unwrap_or(language.pick("（未定）", "(not set)")),
                ),
                line(language.pick("期号", "Number"), issue),
                line(language.pick("期间", "Period"), period),
                line(
                    language.pick("样稿", "Draft"),
                    &match language.is_english() {
                        true => format!(
                            "{}, {pages} pages, verification code {}",
                            view.date.text, view.imprint.code
                        ),
                        false => format!("{}，{pages}页，核验码{}", view.date.text, view.imprint.code),
                    },
                ),
            ],
            people: people.into(),
            compared: self.words.clone(),
            changes: self.rows.iter().take(most).cloned().collect(),
            more: (more > 0).then(|| match language.is_english() {
                true => format!("{more} more are not listed on this sheet."),
                false => format!("另有{more}项，本单未列。"),
            }),
        }
    }
}
