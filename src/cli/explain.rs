//! `report explain`: all that is known of one figure, for who has to defend it.
//!
//! Where it stands on paper is left to the pipeline.

use briefing::diag::{Span, nearest};
use briefing::model::{Coverage, Derived, Fact, Language, Nature, Qualifier, Region, Source};
use briefing::pipeline::{self, Pipeline, Standing};

use super::args::{Common, Explain};
use super::failure::{Failure, Outcome};
use super::resolve;
use crate::terminal::Terminal;

/// Prints a line for each thing that is known.
pub(crate) fn run(common: &Common, verb: &Explain, terminal: &Terminal) -> Result<Outcome, Failure> {
    let workspace = resolve::workspace(common, common.out.as_deref(), terminal)?;
    let data = pipeline::open_data(&workspace);
    if data.diagnostics.has_errors() {
        return Err(Failure::Diagnostics(data.diagnostics));
    }
    let (settings, book) = data.output;
    let Some((id, figure)) = verb.figure.split_once(':') else {
        let hint = "name it as `report list facts` does: pingliang:joint-bodies".to_owned();
        return Err(Failure::usage(format!("`{}` is not written as REGION:FIGURE", verb.figure), hint));
    };
    resolve::subject(id, &book)?;
    let read = book.region(id);
    let Some(region) = read.output else { return Err(Failure::Diagnostics(read.diagnostics)) };
    let lines = match (region.fact(figure), region.derived(figure)) {
        (Some(fact), _) => stated(&region, fact),
        (None, Some(derived)) => computed(&region, derived),
        (None, None) if region.failed.contains(figure) => return Err(Failure::Diagnostics(read.diagnostics)),
        (None, None) => {
            let near =
                nearest(figure, region.figure_ids()).map(|near| format!("did you mean `{id}:{near}`? "));
            let hint = format!("{}`report list facts --region {id}` names all", near.unwrap_or_default());
            return Err(Failure::usage(format!("`{id}` has no figure `{figure}`"), hint));
        }
    };
    for (label, text) in lines {
        terminal.line(&line(label, &text))?;
    }
    let opened = pipeline::open_engine(&workspace, &settings)?;
    let Some(engine) = opened.output else { return Err(Failure::Diagnostics(opened.diagnostics)) };
    let pipeline = Pipeline::new(workspace, settings, book, engine);
    let standing = pipeline.standing(&verb.figure)?;
    if standing.is_empty() {
        terminal.line(&line("stands on", "no document of the output folder"))?;
    }
    for (at, one) in standing.iter().enumerate() {
        terminal.line(&line(if at == 0 { "stands on" } else { "" }, &on_paper(one)))?;
    }
    Ok(Outcome::Done)
}

fn line(label: &str, text: &str) -> String {
    format!("{label:<12}{text}").trim_end().to_owned()
}

type Lines = Vec<(&'static str, String)>;

/// What is known of a figure that a source states.
fn stated(region: &Region, fact: &Fact) -> Lines {
    let mut lines = vec![
        ("figure", format!("{} {}", fact.label, fact.quantity.printed())),
        ("written at", place(&fact.span)),
        ("as printed", fact.as_printed.clone()),
    ];
    lines.extend(source(region, &fact.source, Some(fact.paragraph)));
    let words = exactness(fact.quantity.qualifier);
    let cumulative = if fact.cumulative { ", cumulative" } else { "" };
    lines.extend([
        ("time", fact.time.in_words(Language::Simplified, fact.nature.is_ahead())),
        ("place", format!("{}, {}", region.place_name(&fact.place), coverage(fact.coverage))),
        ("exactness", words),
        ("nature", format!("{}{cumulative}", nature(fact.nature))),
        (
            "entered by",
            match &fact.checked_by {
                Some(checker) => format!("{}; compared with the source by {checker}", fact.entered_by),
                None => format!("{}; nobody has compared it with the source", fact.entered_by),
            },
        ),
    ]);
    lines.extend(fact.note.iter().map(|note| ("note", note.clone())));
    lines.extend(held_to(region, &fact.id));
    lines.extend(enters(region, &fact.id));
    lines
}

/// What is known of a figure that is computed.
fn computed(region: &Region, derived: &Derived) -> Lines {
    let printed = derived.quantity.printed();
    let mut lines = vec![
        ("figure", format!("{} {printed}（推算）", derived.label)),
        ("written at", place(&derived.span)),
        ("formula", format!("{} = {printed}", derived.formula)),
    ];
    for (at, id) in derived.facts.iter().enumerate() {
        let label = if at == 0 { "from" } else { "" };
        lines.push((
            label,
            match region.fact(id) {
                Some(fact) => format!(
                    "{}:{id}, {} {}, {} ¶{}",
                    region.id,
                    fact.label,
                    fact.quantity.printed(),
                    fact.source.id,
                    fact.paragraph
                ),
                None => format!("{}:{id}", region.id),
            },
        ));
    }
    let time = derived.time.map(|time| time.in_words(Language::Simplified, derived.ahead));
    lines.extend(time.map(|time| ("time", time)));
    lines.push(("place", format!("{}, {}", region.place_name(&derived.place), coverage(derived.coverage))));
    lines.push(("exactness", exactness(derived.quantity.qualifier)));
    lines.extend(derived.note.iter().map(|note| ("note", note.clone())));
    lines
}

/// Title, publisher and date, the paragraph, and where it can be read.
fn source(region: &Region, source: &Source, paragraph: Option<u32>) -> Lines {
    let by = source.publisher.as_ref().map_or_else(String::new, |by| format!("{by}, "));
    let inferred = if source.inferred { " (inferred)" } else { "" };
    let paragraph = paragraph.map_or_else(String::new, |paragraph| format!(", paragraph {paragraph}"));
    let mut lines = vec![(
        "source",
        format!(
            "{} ({}), {by}{}{inferred}, no. {} of {}{paragraph}",
            source.title,
            source.id,
            source.date,
            region.source_number(source),
            region.id
        ),
    )];
    lines.extend(source.address.iter().map(|address| ("read at", format!("{address}, on {}", source.read))));
    lines
}

/// The relations that name it.
fn held_to(region: &Region, id: &str) -> Lines {
    let own = region.relations.iter().filter(|relation| relation.facts.iter().any(|fact| fact == id));
    own.enumerate()
        .map(|(at, relation)| {
            let certain = if relation.certain { "" } else { " (plausible)" };
            let label = if at == 0 { "held to" } else { "" };
            (label, format!("{}{certain}, {}", relation.demand, place(&relation.span)))
        })
        .collect()
}

/// The computed figures that it enters.
fn enters(region: &Region, id: &str) -> Lines {
    let own = region.derived.iter().filter(|derived| derived.facts.iter().any(|fact| fact == id));
    own.enumerate()
        .map(|(at, derived)| {
            let label = if at == 0 { "enters" } else { "" };
            let printed = derived.quantity.printed();
            (label, format!("{}:{}, {} = {printed}", region.id, derived.id, derived.formula))
        })
        .collect()
}

/// A document with its pages and the words on them.
fn on_paper(standing: &Standing) -> String {
    let Standing { path, entry, figure, pages } = standing;
    let numbers: Vec<String> = pages.iter().map(ToString::to_string).collect();
    let on = match numbers.as_slice() {
        [] => "pages not known, since templates or faces are others now".to_owned(),
        [page] => format!("page {page}"),
        several => format!("pages {}", several.join(", ")),
    };
    let number = entry.number.map_or_else(|| "a draft".to_owned(), |number| format!("no. {number}"));
    let state = match (&entry.withdrawn, &entry.superseded) {
        (Some(_), _) => ", withdrawn",
        (None, Some(_)) => ", superseded",
        (None, None) => "",
    };
    format!("{path}, {number} of {}{state}: {on}: {}", entry.date, figure.printed)
}

/// A place in a file.
fn place(span: &Span) -> String {
    let (line, _) = span.file.position(span.range.start);
    format!("{}:{line}", span.file.path())
}

fn exactness(qualifier: Qualifier) -> String {
    match qualifier.words() {
        [] => qualifier.name().to_owned(),
        words => format!("{} ({})", qualifier.name(), words.join(", ")),
    }
}

fn coverage(coverage: Coverage) -> String {
    format!("{} ({})", coverage.name(), coverage.chinese())
}

fn nature(nature: Nature) -> &'static str {
    Nature::ALL.iter().find(|(_, own)| *own == nature).map_or("", |(name, _)| name)
}
