//! The command line: what was typed, one file per verb, and how everything that can go wrong ends.

mod approve;
mod args;
mod args_approval;
mod args_defence;
mod args_mistakes;
mod args_output;
mod args_paper;
mod args_schedule;
mod args_setup;
mod args_shards;
mod args_template;
mod audit;
mod check;
mod completions;
mod correct;
mod daemon;
mod desk;
mod diff;
mod distribution;
mod doctor;
mod draft;
mod entry;
mod explain;
mod export;
mod failure;
mod generate;
mod init;
mod ledger;
mod list;
mod lock;
mod man;
mod merge;
mod outbox;
mod pages;
mod paper;
mod plan;
mod redeliver;
mod resolve;
mod schedule;
mod share;
mod sheet;
mod status;
mod telling;
mod template;
mod tick;
mod verify;
mod work;

pub(crate) use args::{Args, Color, MessageFormat};
pub(crate) use failure::{Failure, Outcome};

use args::{Command, Common};

use crate::terminal::Terminal;

/// Runs the verb that was typed.
///
/// # Errors
/// Whatever ends the run before its verb has done its work.
pub(crate) fn run(args: Args, terminal: &Terminal) -> Result<Outcome, Failure> {
    let common = Common { workspace: resolve::upwards(args.common.workspace), ..args.common };
    match args.command {
        Command::Init(verb) => init::run(&verb, terminal),
        Command::Generate(verb) => generate::run(&common, &verb, terminal),
        Command::Plan(verb) => plan::run(&common, &verb, terminal),
        Command::Merge(verb) => merge::run(&common, &verb, terminal),
        Command::Check(verb) => check::run(&common, &verb, terminal),
        Command::List(verb) => list::run(&common, &verb, terminal),
        Command::Export(verb) => export::run(&common, &verb, terminal),
        Command::Explain(verb) => explain::run(&common, &verb, terminal),
        Command::Audit(verb) => audit::run(&common, &verb, terminal),
        Command::Diff(verb) => diff::run(&common, &verb, terminal),
        Command::Verify(verb) => verify::run(&common, &verb, terminal),
        Command::Template(verb) => template::run(&common, &verb, terminal),
        Command::Lock(verb) => lock::run(&common, &verb, terminal),
        Command::Doctor(verb) => doctor::run(&common, &verb, terminal),
        Command::Tick(verb) => tick::run(&common, &verb, terminal),
        Command::Daemon(verb) => daemon::run(&common, &verb, terminal),
        Command::Run(verb) => tick::manual(&common, &verb, terminal),
        Command::Schedule(verb) => schedule::run(&common, &verb, terminal),
        Command::Status(verb) => status::run(&common, &verb, terminal),
        Command::History(verb) => status::history(&common, &verb, terminal),
        Command::Draft(verb) => draft::run(&common, &verb, terminal),
        Command::Approve(verb) => approve::run(&common, &verb, terminal),
        Command::Sign(verb) => approve::sign(&common, &verb, terminal),
        Command::Deliver(verb) => outbox::deliver(&common, &verb, terminal),
        Command::Distribution(verb) => distribution::run(&common, &verb, terminal),
        Command::Redeliver(verb) => redeliver::run(&common, &verb, terminal),
        Command::Outbox(verb) => outbox::run(&common, &verb, terminal),
        Command::Correct(verb) => correct::correct(&common, &verb, terminal),
        Command::Withdraw(verb) => correct::withdraw(&common, &verb, terminal),
        Command::Issue(verb) => ledger::issue(&common, &verb, terminal),
        Command::Ledger(verb) => ledger::run(&common, &verb, terminal),
        Command::Archive(verb) => ledger::archive(&common, &verb, terminal),
        Command::Work(verb) => work::run(&common, &verb, terminal),
        Command::Completions(verb) => completions::run(&verb, terminal),
        Command::Man(verb) => man::run(&verb, terminal),
    }
}
