//! Checking a whole workspace without making anything.

use std::collections::BTreeMap;

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
    orders.extend(places_with_texts(&book, &read));
    check_text_names(&book, &orders, &mut diagnostics);
    if let Some(engine) = &engine.output {
        let pipeline = Pipeline::new(workspace.clone(), settings.clone(), book.clone(), engine.clone());
        pipeline.check_beats(&read, &wish, &mut diagnostics);
    }
    orders.retain(|order| !matches!(order.document, Document::Beat(_)));
    for order in &orders {
        let texts = texts_of(&book, order, &mut diagnostics);
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
            if let (Some(engine), Some(made)) = (&engine.output, made) {
                let pipeline =
                    Pipeline::new(workspace.clone(), settings.clone(), book.clone(), engine.clone());
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

/// The briefings of places that somebody has written a text for.
fn places_with_texts(book: &CaseBook, regions: &BTreeMap<String, Option<Region>>) -> Vec<Order> {
    let names: Vec<String> = disk::list(&book.data.join(book.texts()), "toml")
        .unwrap_or_default()
        .iter()
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .collect();
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
        .filter(|order| names.iter().any(|name| name.starts_with(&format!("region-{}", order.subject))))
        .collect()
}

/// All texts of an order: the one for every period and those of single periods; one none where there is no text at all.
fn texts_of(book: &CaseBook, order: &Order, diagnostics: &mut Diagnostics) -> Vec<Option<Text>> {
    let stem = format!("{}-{}", order.document.name(), order.subject);
    let Ok(paths) = disk::list(&book.data.join(book.texts()), "toml") else { return vec![None] };
    let mut texts = Vec::new();
    for path in paths {
        let name = path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
        let rest = name.strip_suffix(".toml").and_then(|name| name.strip_prefix(&stem));
        let belongs = rest.is_some_and(|rest| {
            rest.is_empty() || rest.strip_prefix('-').is_some_and(|period| Period::parse(period).is_some())
        });
        if belongs {
            texts.extend(book.read_text(&path, &format!("{}/{name}", book.texts()), diagnostics).map(Some));
        }
    }
    if texts.is_empty() { vec![None] } else { texts }
}

/// Reports text files whose names fit no document.
fn check_text_names(book: &CaseBook, orders: &[Order], diagnostics: &mut Diagnostics) {
    let Ok(paths) = disk::list(&book.data.join(book.texts()), "toml") else { return };
    for path in paths {
        let name = path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
        let stem = name.strip_suffix(".toml").unwrap_or(&name);
        let fits = orders.iter().any(|order| {
            stem.strip_prefix(&format!("{}-{}", order.document.name(), order.subject)).is_some_and(|rest| {
                rest.is_empty()
                    || rest.strip_prefix('-').is_some_and(|period| Period::parse(period).is_some())
            })
        });
        if !fits {
            let reason =
                "it is named <document>-<subject>[-<period>].toml, with a region, a place as region_place, or a declared comparison"
                    .into();
            diagnostics.push_nowhere(Problem::TextFileName {
                file: format!("data/{}/{name}", book.texts()),
                reason,
            });
        }
    }
}
