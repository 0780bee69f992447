//! Checking a whole workspace without making anything.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::loading::{Loaded, make_view};
use super::{
    Document, Order, Pipeline, PipelineError, Wish, Workspace, all_orders, edition, open_data, open_engine,
};
use crate::diag::{Diagnostic, Diagnostics, Problem, Warned, nearest};
use crate::disk;
use crate::model::{CaseBook, Language, Period, Region, Subject, Text, has_english};
use crate::settings::Settings;
use crate::views::Part;

/// Checks everything: settings, shared data, every region, every text, every declared comparison, and the characters of all; and the same
/// in English where somebody has begun to write English words.
///
/// # Errors
/// When the folder of faces cannot be read.
pub fn check(workspace: &Workspace, as_of: NaiveDate) -> Result<Diagnostics, PipelineError> {
    let mut diagnostics = check_in_one(workspace, as_of)?;
    if workspace.language.is_none() && has_english(&workspace.data) {
        let english = Workspace { language: Some(Language::English), ..workspace.clone() };
        // What is wrong with the data is wrong in both languages, and told once.
        let place = |one: &Diagnostic| {
            let span = one.span.as_ref()?;
            Some((span.file.path().to_owned(), span.range.clone()))
        };
        // Without a place the words tell; with one they may name the same thing in another language.
        let what = |one: &Diagnostic| {
            let words = one.span.is_none().then(|| one.problem.clone());
            (one.problem.code(), place(one), words)
        };
        let known: Vec<_> = diagnostics.iter().map(what).collect();
        let found = check_in_one(&english, as_of)?;
        for new in found.iter().filter(|one| !known.contains(&what(one))) {
            diagnostics.add(new.clone());
        }
        diagnostics.sort();
    }
    Ok(diagnostics)
}

/// Checks everything in one language.
fn check_in_one(workspace: &Workspace, as_of: NaiveDate) -> Result<Diagnostics, PipelineError> {
    let Warned { output: (settings, book), mut diagnostics } = open_data(workspace);
    let engine = open_engine(workspace, &settings)?;
    diagnostics.extend(engine.diagnostics);
    let (mut orders, found) = all_orders(&settings, &book);
    diagnostics.extend(found);
    let wish = Wish {
        as_of,
        as_of_given: true,
        period: Period::month_of(as_of),
        number: None,
        part: Part::All,
        standard: None,
        force: true,
        jobs: 1,
        deny: Vec::new(),
        held: false,
        copy: false,
        sides: None,
        people: Vec::new(),
    };
    let mut used = crate::model::Used::default();
    let mut read: BTreeMap<String, Option<Region>> = BTreeMap::new();
    for id in &book.regions {
        let region = book.region(id);
        diagnostics.extend(region.diagnostics);
        if let Some(region) = &region.output {
            used.add(region);
            used.skip_if(!region.failed.is_empty());
        }
        read.insert(id.clone(), region.output);
    }
    crate::model::check_areas(&book.data, &settings.areas, &mut diagnostics);
    crate::model::check_reported(&book.data, &book.regions, &mut diagnostics);
    check_places(&settings, &read, &mut diagnostics);
    let names = text_names(&book);
    orders.extend(places_with_texts(&names, &read));
    check_text_names(&book, &names, &orders, &mut diagnostics);
    let pipeline =
        engine.output.map(|engine| Pipeline::new(workspace.clone(), settings.clone(), book.clone(), engine));
    if let Some(pipeline) = &pipeline {
        pipeline.check_beats(&read, &wish, &mut diagnostics);
    }
    orders.retain(|order| !matches!(order.document, Document::Beat(_)));
    for order in &orders {
        let texts = texts_of(&book, &names, order, &mut diagnostics);
        let regions: Option<BTreeMap<String, Region>> = order
            .members
            .iter()
            .map(|member| Some((member.region.clone(), read.get(&member.region)?.clone()?)))
            .collect();
        let Some(regions) = regions else { continue };
        for text in texts {
            let loaded = Loaded { regions: regions.clone(), text, beat: None };
            let made = make_view(
                order,
                &loaded,
                &book,
                &settings,
                &edition(&wish, settings.language, as_of, 0),
                &mut diagnostics,
            );
            if let (Some(pipeline), Some(made)) = (&pipeline, made) {
                pipeline.check_characters(&made.view, &loaded, &mut diagnostics);
            }
        }
    }
    used.report(&book.catalogue, &mut diagnostics);
    diagnostics.sort();
    Ok(diagnostics)
}

/// Reports places of declared comparisons that their region does not have.
fn check_places(
    settings: &Settings,
    regions: &BTreeMap<String, Option<Region>>,
    diagnostics: &mut Diagnostics,
) {
    for (place, span) in settings.comparisons.iter().flat_map(|comparison| &comparison.places) {
        let subject = Subject::parse(place);
        let (Some(id), Some(Some(region))) = (&subject.place, regions.get(&subject.region)) else { continue };
        if !region.places.contains_key(id) {
            let near = nearest(id, region.places.keys().map(String::as_str));
            diagnostics.push(Problem::DanglingId { kind: "place", id: id.clone(), near }, span.clone());
        }
    }
}

/// The names of all texts, without their ending.
fn text_names(book: &CaseBook) -> BTreeSet<String> {
    let paths = disk::list(&book.data.join(book.texts()), "toml").unwrap_or_default();
    paths.iter().filter_map(|path| Some(path.file_stem()?.to_string_lossy().into_owned())).collect()
}

/// Those of the names that begin so.
fn beginning<'a>(names: &'a BTreeSet<String>, with: &'a str) -> impl Iterator<Item = &'a String> {
    names.range(with.to_owned()..).take_while(move |name| name.starts_with(with))
}

/// What the texts of an order are named like.
fn stem_of(order: &Order) -> String {
    format!("{}-{}", order.document.name(), order.subject)
}

/// The briefings of places that somebody has written a text for.
fn places_with_texts(names: &BTreeSet<String>, regions: &BTreeMap<String, Option<Region>>) -> Vec<Order> {
    let places = regions.values().flatten().flat_map(|region| {
        let own = region.places.keys().filter(|id| **id != region.id);
        own.map(|id| Subject { region: region.id.clone(), place: Some(id.clone()) })
    });
    places
        .map(|subject| Order {
            document: Document::Region,
            subject: subject.file_stem(),
            members: vec![subject],
            title: None,
            has_text: true,
            channels: None,
            stamp: None,
        })
        .filter(|order| beginning(names, &stem_of(order)).next().is_some())
        .collect()
}

/// All texts of an order: the one for every period and those of single periods; one none where there is no text at all.
fn texts_of(
    book: &CaseBook,
    names: &BTreeSet<String>,
    order: &Order,
    diagnostics: &mut Diagnostics,
) -> Vec<Option<Text>> {
    let stem = stem_of(order);
    let mut texts = Vec::new();
    for name in beginning(names, &stem) {
        let rest = &name[stem.len()..];
        let belongs =
            rest.is_empty() || rest.strip_prefix('-').is_some_and(|period| Period::parse(period).is_some());
        if belongs {
            let name = format!("{}/{name}.toml", book.texts());
            texts.extend(book.read_text(&book.data.join(&name), &name, diagnostics).map(Some));
        }
    }
    if texts.is_empty() { vec![None] } else { texts }
}

/// Reports text files whose names fit no document.
fn check_text_names(
    book: &CaseBook,
    names: &BTreeSet<String>,
    orders: &[Order],
    diagnostics: &mut Diagnostics,
) {
    let stems: BTreeSet<String> = orders.iter().map(stem_of).collect();
    for name in names {
        let of_period =
            |(at, _): (usize, &str)| Period::parse(&name[at + 1..]).is_some() && stems.contains(&name[..at]);
        let fits = stems.contains(name) || name.match_indices('-').any(of_period);
        if !fits {
            let reason =
                "it is named <document>-<subject>[-<period>].toml, with a region, a place as region_place, or a declared comparison"
                    .into();
            diagnostics.push_nowhere(Problem::TextFileName {
                file: format!("data/{}/{name}.toml", book.texts()),
                reason,
            });
        }
    }
}
