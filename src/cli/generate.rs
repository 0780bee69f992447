//! `report generate`: make briefings.

use std::time::Duration;

use briefing::ledger::review_path;
use briefing::model::{Beat, CaseBook, Period, Subject};
use briefing::pipeline::{self, Document, Order, Pipeline, Wish};
use briefing::settings::{Settings, Standard};
use briefing::views::{Numbered, Part};
use briefing::workers::{Crew, Limits};

use super::args::{Common, Generate, OutputFormat, PartArg, Selection, SidesArg, StandardArg};
use super::failure::{Failure, Outcome, with_causes};
use super::telling::Run;
use super::{desk, lock, pages, paper, resolve, share};
use crate::terminal::Terminal;

/// Makes what was asked for and says what became of it.
pub(crate) fn run(common: &Common, verb: &Generate, terminal: &Terminal) -> Result<Outcome, Failure> {
    if let Some(plan) = &verb.share.plan {
        return share::run(common, verb, plan, terminal);
    }
    share::refuse_without_plan(verb)?;
    let workspace = resolve::workspace(common, common.out.as_deref(), terminal)?;
    let data = pipeline::open_data(&workspace);
    let (settings, book) = data.output;
    if data.diagnostics.has_errors() {
        return Err(Failure::Diagnostics(data.diagnostics));
    }
    terminal.messages(&data.diagnostics);
    let paper = paper::paper(common, &workspace, &settings);
    let wish = wish(verb, &settings, terminal)?;
    let orders = selected(&verb.selection, &settings, &book, wish.period)?;
    if wish.number.is_some() && orders.len() != 1 {
        let hint = Some("give --region with one id".to_owned());
        return Err(Failure::usage(format!("--issue numbers one document, not {}", orders.len()), hint));
    }
    if verb.dry_run && !verb.why {
        for order in &orders {
            let path = workspace.out.join(Pipeline::path_of(order, &wish, book.catalogue.language));
            terminal.line(&path.display().to_string())?;
            if wish.copy {
                let sheet = review_path(&path.display().to_string());
                terminal.line(&sheet)?;
            }
        }
        return Ok(Outcome::Done);
    }
    let limits = limits(verb, &settings);
    let program = desk::worker(&workspace, common, terminal)?;
    let engine = pipeline::open_engine(&workspace, &settings)?;
    let Some(engine_output) = engine.output else { return Err(Failure::Diagnostics(engine.diagnostics)) };
    terminal.messages(&engine.diagnostics);
    if verb.locked {
        lock::must_hold(common, &engine_output)?;
    }
    let mut pipeline =
        Pipeline::new(workspace, settings, book, engine_output).with_paper(paper).with_limits(limits);
    if verb.view {
        let [order] = orders.as_slice() else {
            return Err(Failure::usage(format!("--view prints one view, not {}", orders.len()), None));
        };
        return view(&pipeline, order, &wish, terminal);
    }
    let count = orders.len();
    let survey = pipeline.survey(orders, &wish)?;
    if verb.dry_run {
        return foresee(&survey, terminal);
    }
    // One document is set sooner than a worker is started for it.
    if survey.open() > 1 {
        pipeline = pipeline.with_crew(Crew::new(program, limits, wish.jobs));
    }
    let mut run = Run::new(verb.why, &wish, count, terminal);
    pipeline.carry_out(survey, &wish, |outcome| run.tell(outcome))?;
    let settled = pipeline.settle();
    let mut made = run.end()?;
    if let Err(error) = settled {
        let hint = "what was made is noted beside it, and the next run writes it in";
        terminal.error(&with_causes(&error), Some(hint));
        made.outcome = Outcome::Partly;
    }
    if verb.format == OutputFormat::Png {
        for path in &made.paths {
            pages::write(path, verb.resolution, terminal)?;
        }
    }
    Ok(made.outcome)
}

fn view(pipeline: &Pipeline, order: &Order, wish: &Wish, terminal: &Terminal) -> Result<Outcome, Failure> {
    let made = pipeline.view(order, wish);
    terminal.messages(&made.diagnostics);
    let Some(view) = made.output else { return Ok(Outcome::Partly) };
    let stored = pipeline.script().bytes(&view);
    terminal.line(String::from_utf8_lossy(&stored).trim_end())?;
    Ok(Outcome::Done)
}

/// What a document may take.
pub(super) fn limits(verb: &Generate, settings: &Settings) -> Limits {
    let (deadline, memory) = settings.limits;
    Limits {
        deadline: verb.timeout.map_or(deadline, Duration::from_secs),
        memory: verb.memory.map_or(memory, |mib| mib << 20),
    }
}

/// Says what a run would do, as far as the bytes of data and files tell.
fn foresee(survey: &pipeline::Survey, terminal: &Terminal) -> Result<Outcome, Failure> {
    for (order, stays, why) in survey.iter() {
        let what = if stays { "leave" } else { "read and, where it differs, make" };
        terminal.line(&format!("would {what} {} {}: {why}", order.document.name(), order.subject))?;
    }
    Ok(Outcome::Done)
}

/// The documents that were selected, with the channels by which they leave; of all that could be, those that have something to say.
pub(super) fn selected(
    selection: &Selection,
    settings: &Settings,
    book: &CaseBook,
    period: Period,
) -> Result<Vec<Order>, Failure> {
    let mut orders = orders(selection, settings, book)?;
    paper::settle_channels(&mut orders, settings, book);
    if selection.all || !selection.area.is_empty() {
        let named = selection.document.is_some() && !selection.all;
        orders.retain(|order| named || pipeline::has_matter(order, book, period));
        if orders.is_empty() {
            let message = format!("no document of these areas is about {period}");
            let hint = "2026-11 is monthly, 2026-Q3 quarterly, 2026-H1 half-year, 2026 year-end";
            return Err(Failure::usage(message, Some(hint.to_owned())));
        }
    }
    Ok(orders)
}

fn orders(verb: &Selection, settings: &Settings, book: &CaseBook) -> Result<Vec<Order>, Failure> {
    let mut orders = if verb.all {
        let (orders, diagnostics) = pipeline::all_orders(settings, book);
        if diagnostics.has_errors() {
            return Err(Failure::Diagnostics(diagnostics));
        }
        orders
    } else if !verb.area.is_empty() {
        let mut orders = Vec::new();
        for id in &verb.area {
            let area = resolve::area(id, settings)?;
            if let Some((unit, _)) = area.units.iter().find(|(unit, _)| !book.regions.contains(unit)) {
                resolve::subject(unit, book)?;
            }
            orders.extend(Beat::ALL.into_iter().map(|beat| Order::of_area(beat, area)));
        }
        orders
    } else if let Some(id) = &verb.children_of {
        let mut order = resolve::comparison_order(resolve::children(id, book)?, settings)?;
        order.subject = format!("children-of-{}", Subject::parse(id).file_stem());
        vec![order]
    } else if !verb.compare.is_empty() {
        let members =
            verb.compare.iter().map(|text| resolve::subject(text, book)).collect::<Result<_, _>>()?;
        vec![resolve::comparison_order(members, settings)?]
    } else {
        let mut subjects = Vec::new();
        for text in &verb.region {
            let subject = resolve::subject(text, book)?;
            if !subjects.contains(&subject) {
                subjects.push(subject);
            }
        }
        subjects.into_iter().map(Order::of_region).collect()
    };
    if let Some(kind) = verb.document {
        let wanted = Document::ALL.into_iter().find(|document| document.name() == kind.name());
        let wanted = wanted.expect("every kind of document has a name of its own");
        orders.retain(|order| order.document == wanted);
        if orders.is_empty() {
            let message = format!("what was asked for has no document of the kind `{}`", wanted.name());
            return Err(Failure::usage(message, None));
        }
    }
    Ok(orders)
}

fn wish(verb: &Generate, settings: &Settings, terminal: &Terminal) -> Result<Wish, Failure> {
    if verb.issue == Some(0) {
        return Err(Failure::usage("issues count from 1", None));
    }
    if verb.draft && matches!(verb.selection.part, PartArg::Body) {
        let message = "a working copy is of the whole document, whose annex marks what changed";
        return Err(Failure::usage(message, Some("leave out --part, or --draft".to_owned())));
    }
    Ok(Wish {
        number: verb.issue.map(|number| Numbered { number, total: None }),
        force: verb.force,
        deny: verb.deny.clone(),
        copy: verb.draft,
        ..plain_wish(&verb.selection, verb.jobs, settings, terminal)?
    })
}

/// How documents of a selection are wanted, where nothing else is said.
pub(super) fn plain_wish(
    selection: &Selection,
    jobs: Option<usize>,
    settings: &Settings,
    terminal: &Terminal,
) -> Result<Wish, Failure> {
    let (as_of, as_of_given) = resolve::as_of(selection.as_of.as_deref(), settings, terminal)?;
    let period = match &selection.period {
        None => Period::month_of(as_of),
        Some(text) => Period::parse(text).ok_or_else(|| {
            let hint = Some("write 2026-11, 2026-Q3, 2026-H1 or 2026".to_owned());
            Failure::usage(format!("`{text}` is not a period"), hint)
        })?,
    };
    Ok(Wish {
        as_of,
        as_of_given,
        period,
        number: None,
        part: match selection.part {
            PartArg::All => Part::All,
            PartArg::Body => Part::Body,
        },
        standard: selection.pdf_standard.map(|standard| match standard {
            StandardArg::Archival => Standard::Archival,
            StandardArg::WithFiles => Standard::WithFiles,
            StandardArg::Plain => Standard::Plain,
        }),
        force: false,
        jobs: resolve::jobs(jobs, terminal)?,
        deny: Vec::new(),
        held: false,
        copy: false,
        sides: selection.sides.map(SidesArg::meaning),
        people: Vec::new(),
    })
}
