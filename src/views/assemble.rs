//! What both documents share: head, foot, first page, sections out of a text, numbering, and plates that move to the annex.
//!
//! What each document says where no text says it is left to `region` and `comparative`.

use super::cite::{Citations, Setting};
use super::numerals::han;
use super::plates::{Plates, check_length};
use super::shape::{Annex, Block, DocumentDate, Glance, Imprint, Line, Masthead, Runs, Section};
use super::{Edition, Numbered, Part};
use crate::casefile::TextFile;
use crate::diag::{Diagnostics, Problem, Span};
use crate::model::{Date, Language, Term, Text};
use crate::settings::Settings;

/// The longest title that two lines hold, and the longest note and lead that page one holds: characters in Chinese, and in English.
const TITLE: (usize, usize) = (40, 90);
const NOTE: (usize, usize) = (90, 300);
const LEAD: (usize, usize) = (170, 480);

/// What an issue's own words give; what they leave open is none or empty.
#[derive(Default)]
pub(super) struct OwnWords {
    pub(super) title: Option<String>,
    pub(super) subtitle: Option<String>,
    pub(super) note: Option<Runs>,
    pub(super) lead: Vec<Runs>,
    pub(super) glance: Vec<Glance>,
    pub(super) sections: Vec<Drafted>,
    pub(super) annex: Vec<Block>,
    /// Whether the text says itself what may be compared over time.
    pub(super) trends: bool,
}

/// A section before it has a number.
pub(super) struct Drafted {
    pub(super) heading: String,
    pub(super) blocks: Vec<Block>,
}

/// Makes a block that the program fills by itself.
pub(super) type Fill<'f, 'a> =
    dyn FnMut(&str, Option<String>, Runs, &mut Citations<'a>) -> Option<Block> + 'f;

/// Reads an issue's own words.
pub(super) fn own_words<'a>(
    text: &Text,
    terms: &[Term],
    citations: &mut Citations<'a>,
    fill: &mut Fill<'_, 'a>,
    diagnostics: &mut Diagnostics,
) -> OwnWords {
    let mut plates = Plates { file: &text.file, terms, citations, diagnostics };
    let entries: &TextFile = &text.entries;
    let mut own = OwnWords::default();
    let language = plates.citations.language();
    let at_most = |(chinese, english)| language.pick(chinese, english);
    if let Some(title) = &entries.title {
        let words = plates.words(title);
        check_length("the title", &words, at_most(TITLE), plates.diagnostics);
        own.title = Some(plates.plain(title));
    }
    own.subtitle = entries.subtitle.as_ref().map(|subtitle| plates.plain(subtitle));
    if let Some(note) = &entries.note {
        let words = plates.words(note);
        check_length("the note", &words, at_most(NOTE), plates.diagnostics);
        own.note = Some(plates.runs(note, Setting::Prose));
    }
    if let Some(lead) = &entries.lead {
        let words = plates.words(lead);
        check_length("the lead", &words, at_most(LEAD), plates.diagnostics);
        own.lead = vec![plates.runs(lead, Setting::Prose)];
    }
    own.glance = glance(entries, &mut plates);
    if let Some(trends) = &entries.trends {
        own.trends = trends.get_ref() == "own";
        if !own.trends {
            let message = format!("`{}` is no value of `trends`", trends.get_ref());
            let near = Some("own".to_owned());
            let place = plates.span(trends);
            plates.diagnostics.push(Problem::WrongType { message, near }, place);
        }
    }
    for section in &entries.section {
        let head = Span::new(&text.file, section.span());
        let section = section.get_ref();
        let mut blocks = Vec::new();
        for entry in &section.block {
            let kind = entry.get_ref().kind.as_ref().map(|kind| kind.get_ref().as_str());
            if let Some(kind @ ("presence" | "comparison" | "timespan")) = kind {
                if plates.kind(entry).is_none() {
                    continue;
                }
                let title = entry.get_ref().title.as_ref().map(|title| plates.plain(title));
                let note = entry.get_ref().note.as_ref().map(|note| plates.runs(note, Setting::Cell));
                let made = fill(kind, title, note.unwrap_or_default(), plates.citations);
                if made.is_none() {
                    let message = format!("there is nothing to draw a `{kind}` from");
                    let hint = "it belongs to a comparison whose places have such data".to_owned();
                    let place = Span::new(&text.file, entry.span());
                    plates.diagnostics.push(Problem::BadPlate { message, hint }, place);
                }
                blocks.extend(made);
            } else {
                blocks.extend(plates.block(entry));
            }
        }
        if section.annex.as_ref().is_some_and(|annex| *annex.get_ref()) {
            own.annex.extend(blocks);
            continue;
        }
        let Some(heading) = &section.heading else {
            let problem =
                Problem::MissingKey { key: "heading", entry: "the section".into(), example: "\"怎样联\"" };
            plates.diagnostics.push(problem, head);
            continue;
        };
        own.sections.push(Drafted { heading: plates.plain(heading), blocks });
    }
    own
}

fn glance(entries: &TextFile, plates: &mut Plates<'_, '_>) -> Vec<Glance> {
    let language = plates.citations.language();
    let mut cells = Vec::new();
    for entry in &entries.glance {
        let head = Span::new(plates.file, entry.span());
        let raw = entry.get_ref();
        let Some(id) = &raw.fact else {
            let problem =
                Problem::MissingKey { key: "fact", entry: "the cell".into(), example: "\"joint-bodies\"" };
            plates.diagnostics.push(problem, head);
            continue;
        };
        let place = Span::new(plates.file, id.span());
        let (region, name) = match id.get_ref().split_once(':') {
            Some((region, name)) => (Some(region), name),
            None => (None, id.get_ref().as_str()),
        };
        let Some((region, item)) = plates.citations.find(region, name, &place, plates.diagnostics) else {
            continue;
        };
        let what = raw.what.as_ref().map_or_else(|| item.label().to_owned(), |what| plates.plain(what));
        let more = raw.more.as_ref().map(|more| plates.runs(more, Setting::Cell));
        let time = raw.time.as_ref().map_or_else(|| item.time_in_words(language), |time| plates.plain(time));
        let figure = plates.citations.figure(region, item);
        cells.push(Glance { figure, what, more, time, sure: item.sure(language) });
    }
    if let Some(first) = entries.glance.first()
        && ![3, 6].contains(&entries.glance.len())
    {
        let message = format!("page one has {} cells", entries.glance.len());
        let hint = "it holds three or six".to_owned();
        plates.diagnostics.push(Problem::BadPlate { message, hint }, Span::new(plates.file, first.span()));
    }
    cells
}

/// 样稿: nobody answers for it yet, or it has no number.
fn is_draft(settings: &Settings, edition: &Edition) -> bool {
    settings.imprint.office.is_none() || edition.number.is_none()
}

/// The head of page one.
pub(super) fn masthead(settings: &Settings, edition: &Edition, demo: bool) -> Masthead {
    let (imprint, language) = (&settings.imprint, edition.language);
    let issue = |Numbered { number, total }| match (total, language.is_english()) {
        (Some(total), false) => format!("第{number}期（总第{total}期）"),
        (None, false) => format!("第{number}期"),
        (Some(total), true) => format!("No. {number} (issue {total} in all)"),
        (None, true) => format!("No. {number}"),
    };
    Masthead {
        class: if demo {
            language.pick("演示数据", "Demonstration data").to_owned()
        } else {
            imprint.class.clone()
        },
        name: imprint.masthead.clone(),
        issue: edition.number.map(issue),
        series: None,
        office: imprint.office.clone(),
        date: Date::Day(edition.date).in_words(language),
        draft: is_draft(settings, edition),
        demo,
        blank: false,
    }
}

/// The foot of the last page.
pub(super) fn imprint(settings: &Settings, edition: &Edition) -> Imprint {
    let (imprint, language) = (&settings.imprint, edition.language);
    let line = |label: &str, text: &Option<String>| {
        text.as_ref().map(|text| {
            let stop = if text.ends_with(['。', '.']) { "" } else { language.pick("。", ".") };
            Line { label: label.to_owned(), text: format!("{text}{stop}") }
        })
    };
    Imprint {
        to: [
            line(language.pick("报", "Reported to"), &imprint.report_to),
            line(language.pick("送", "Copied to"), &imprint.send_to),
            line(language.pick("发", "Distributed to"), &imprint.distribute_to),
        ]
        .into_iter()
        .flatten()
        .collect(),
        office: imprint.office.clone(),
        date: Date::Day(edition.date).in_words(language),
        copies: edition.copies.map(|copies| match language.is_english() {
            true => format!("{copies} copies printed"),
            false => format!("共印{copies}份"),
        }),
        contact: imprint.contact.clone(),
        people: Vec::new(),
        draft: is_draft(settings, edition),
        code: String::new(),
    }
}

/// The date for machines and in words.
pub(super) fn document_date(edition: &Edition) -> DocumentDate {
    DocumentDate { iso: edition.date.to_string(), text: Date::Day(edition.date).in_words(edition.language) }
}

/// Moves the last plates of the body to the annex, drops sections that have become empty, and gives sections their numbers.
pub(super) fn settle(
    mut drafted: Vec<Drafted>,
    mut annex: Vec<Block>,
    moved: usize,
    language: Language,
) -> (Vec<Section>, Vec<Block>) {
    for _ in 0..moved {
        let last = drafted.iter_mut().rev().find_map(|section| {
            let at = section.blocks.iter_mut().rposition(|block| block.plate_mut().is_some())?;
            Some(section.blocks.remove(at))
        });
        match last {
            Some(block) => annex.insert(0, block),
            None => break,
        }
    }
    drafted.retain(|section| !section.blocks.is_empty());
    let sections = drafted
        .into_iter()
        .enumerate()
        .map(|(at, section)| Section {
            heading: match language.is_english() {
                true => format!("{}. {}", at + 1, section.heading),
                false => format!("{}、{}", han(at + 1), section.heading),
            },
            blocks: section.blocks,
        })
        .collect();
    (sections, annex)
}

/// Numbers tables and charts, each on its own, in the order of the document.
pub(super) fn number(sections: &mut [Section], annexes: &mut [Annex]) {
    let (mut tables, mut charts) = (0, 0);
    let body = sections.iter_mut().flat_map(|section| &mut section.blocks);
    let after = annexes.iter_mut().flat_map(|annex| match annex {
        Annex::Plates { blocks, .. } => blocks.as_mut_slice(),
        _ => &mut [],
    });
    for block in body.chain(after) {
        let counter = if block.is_table() { &mut tables } else { &mut charts };
        if let Some(plate) = block.plate_mut() {
            *counter += 1;
            plate.number = *counter;
        }
    }
}

/// How many plates a body has: as many as may move.
pub(super) fn plates_in(sections: &[Drafted]) -> usize {
    sections
        .iter()
        .flat_map(|section| &section.blocks)
        .filter(|block| !matches!(block, Block::Prose { .. } | Block::Aims { .. }))
        .count()
}

/// Whether the annexes belong to this part.
pub(super) fn with_annexes(part: Part, annexes: Vec<Annex>) -> Vec<Annex> {
    match part {
        Part::All => annexes,
        Part::Body => Vec::new(),
    }
}
