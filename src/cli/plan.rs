//! `report plan`: documents numbered and shared out, before any of them is made.
//!
//! Making them is left to `generate --plan`.

use briefing::disk;
use briefing::ledger::{Lease, Ledger, Manifest};
use briefing::pipeline::{self, Pipeline};
use briefing::schedule::{self, Clock};
use briefing::shards::{self, Drawing, Drawn, Left, Plan};

use super::args::{Common, PlanArgs};
use super::failure::{Failure, Outcome, with_causes};
use super::{generate, paper, resolve, telling};
use crate::terminal::Terminal;

/// Draws the plan up and writes it.
pub(crate) fn run(common: &Common, verb: &PlanArgs, terminal: &Terminal) -> Result<Outcome, Failure> {
    let now = terminal.clock(common.now.as_deref(), None)?.now();
    let workspace = resolve::workspace(common, common.out.as_deref(), terminal)?;
    let data = pipeline::open_data(&workspace);
    let (settings, book) = data.output;
    if data.diagnostics.has_errors() {
        return Err(Failure::Diagnostics(data.diagnostics));
    }
    terminal.messages(&data.diagnostics);
    let mut wish = generate::plain_wish(&verb.selection, verb.jobs, &settings, terminal)?;
    if common.now.is_some() && !wish.as_of_given {
        wish.as_of = now.with_timezone(&settings.zone).date_naive();
        if verb.selection.period.is_none() {
            wish.period = briefing::model::Period::month_of(wish.as_of);
        }
    }
    let orders = generate::selected(&verb.selection, &settings, &book, wish.period)?;
    let mut wrong = briefing::diag::Diagnostics::new();
    let schedules = schedule::read(&settings, &book, &mut wrong);
    if !verb.drafts && wrong.has_errors() {
        // One that cannot be read may be the one by which somebody signs.
        return Err(Failure::Diagnostics(wrong));
    }
    let paper = paper::paper(common, &workspace, &settings);
    let engine = pipeline::open_engine(&workspace, &settings)?;
    let Some(engine_output) = engine.output else { return Err(Failure::Diagnostics(engine.diagnostics)) };
    terminal.messages(&engine.diagnostics);
    let out = workspace.out.clone();
    let pipeline = Pipeline::new(workspace, settings, book, engine_output).with_paper(paper);
    let progress = terminal.progress(orders.len());
    let drawing = Drawing {
        orders,
        wish: &wish,
        shards: verb.shards as usize,
        even_if_unchanged: verb.even_if_unchanged,
        schedules: &schedules,
    };
    let told = || progress.step();
    let drawn = if verb.drafts {
        shards::draw(&pipeline, None, drawing, now, &told)
    } else {
        let state = resolve::state(common);
        let lease = Lease::wait(&state)?;
        let mut ledger = Ledger::open(&state)?;
        ledger.guard(&Manifest::read(&out)?)?;
        ledger.hold(&lease, &terminal.owner(), now)?;
        shards::draw(&pipeline, Some(&mut ledger), drawing, now, &told)
    }?;
    progress.end();
    tell(verb, drawn, terminal)
}

/// Writes the plan down, and says what is in it and what is not.
fn tell(verb: &PlanArgs, drawn: Drawn, terminal: &Terminal) -> Result<Outcome, Failure> {
    let Drawn { plan, left, mut diagnostics } = drawn;
    diagnostics.sort();
    terminal.messages(&diagnostics);
    for (order, why) in &left {
        terminal.line(&format!(
            "left out {} {}: it {}",
            order.document.name(),
            order.subject,
            why.words()
        ))?;
    }
    match plan {
        None => terminal.line("nothing is to be made: there is no plan")?,
        Some((plan, bytes)) => {
            disk::write(&verb.out_file, &bytes).map_err(|e| Failure::usage(with_causes(&e), None))?;
            terminal.line(&summary(verb, &plan))?;
        }
    }
    let refused = left.iter().any(|(_, why)| *why == Left::Refused);
    Ok(if refused { Outcome::Partly } else { Outcome::Done })
}

fn summary(verb: &PlanArgs, plan: &Plan) -> String {
    let (documents, shards) = (plan.documents.len(), plan.head.shards);
    let sizes = plan.sizes();
    let each = match (sizes.first(), sizes.last()) {
        _ if documents < shards => "1 or none".to_owned(),
        (Some(least), Some(most)) if least != most => format!("{least} or {most}"),
        (_, most) => most.map_or_else(String::new, ToString::to_string),
    };
    let mut text = format!(
        "{}: {documents} documents about {} in {shards} shards of {each}",
        telling::shown(&verb.out_file),
        plan.head.period
    );
    for (document, (first, last)) in plan.numbers() {
        let last = if first == last { String::new() } else { format!(" to {last}") };
        text.push_str(&format!("; {document} no. {first}{last}"));
    }
    text
}
