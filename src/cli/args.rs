//! What can be typed. What it means, with all defaults, is settled in `resolve` before any work.

use std::path::PathBuf;

pub(crate) use super::args_approval::*;
pub(crate) use super::args_defence::*;
pub(crate) use super::args_mistakes::*;
pub(crate) use super::args_output::*;
pub(crate) use super::args_paper::*;
pub(crate) use super::args_schedule::*;
pub(crate) use super::args_setup::*;
pub(crate) use super::args_shards::*;
pub(crate) use super::args_template::*;
use clap::builder::styling::{AnsiColor, Styles};
use clap::{Parser, Subcommand, ValueEnum};

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold());

/// Make briefings from case data
///
/// Case data in TOML is checked, and set as PDF: one briefing for each region, and comparative ones.
#[derive(Debug, Parser)]
#[command(
    name = "report",
    version,
    styles = STYLES,
    max_term_width = 100,
    after_help = "exit codes: 0 all done; 1 ran, but some document was not made or something needs seeing to; 2 usage, settings or shared data wrong, nothing was attempted; 3 internal"
)]
pub(crate) struct Args {
    #[command(flatten)]
    pub common: Common,
    #[command(subcommand)]
    pub command: Command,
}

/// Where things are and how messages look; for every verb.
#[derive(Debug, clap::Args)]
pub(crate) struct Common {
    /// The folder that holds report.toml, data/ and reports/; `.` is the nearest one upwards that has report.toml
    #[arg(
        long,
        short = 'C',
        global = true,
        value_name = "DIR",
        default_value = ".",
        help_heading = "Workspace"
    )]
    pub workspace: PathBuf,
    /// Case data [default: data/ of the workspace]
    #[arg(long, global = true, value_name = "DIR", help_heading = "Workspace")]
    pub data: Option<PathBuf>,
    /// Templates [default: templates/ of the workspace]
    #[arg(long, global = true, value_name = "DIR", help_heading = "Workspace")]
    pub templates: Option<PathBuf>,
    /// House style: a folder of styles/ beside the templates [default: `style` of report.toml, else official]
    #[arg(long, global = true, value_name = "NAME", help_heading = "Workspace")]
    pub style: Option<String>,
    /// Language of the documents [default: `language` of report.toml, else zh-Hans]
    #[arg(
        long = "lang",
        global = true,
        value_enum,
        value_name = "LANG",
        hide_possible_values = false,
        help_heading = "Workspace"
    )]
    pub language: Option<LanguageArg>,
    /// Faces [default: fonts/ of the workspace]
    #[arg(long, global = true, value_name = "DIR", help_heading = "Workspace")]
    pub fonts: Option<PathBuf>,
    /// Where the documents go [default: reports/ of the workspace]
    #[arg(long, global = true, value_name = "DIR", help_heading = "Workspace")]
    pub out: Option<PathBuf>,
    /// Where the ledger lies [default: .report/ of the workspace]
    #[arg(long, global = true, value_name = "DIR", help_heading = "Workspace")]
    pub state: Option<PathBuf>,
    /// As if it were this instant; for trials
    #[arg(long, global = true, hide = true, value_name = "INSTANT")]
    pub now: Option<String>,
    /// How errors and warnings are printed
    #[arg(
        long,
        global = true,
        value_enum,
        default_value_t,
        value_name = "FORMAT",
        help_heading = "Messages"
    )]
    pub message_format: MessageFormat,
    /// When to use colours
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN", help_heading = "Messages")]
    pub color: Color,
}

/// How errors and warnings are printed.
#[derive(Debug, Clone, Copy, Default, ValueEnum)]
pub(crate) enum MessageFormat {
    /// With snippet, caret and hint
    #[default]
    Human,
    /// One JSON object a line
    Json,
    /// One line each
    Short,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless NO_COLOR is set
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Write a small workspace that works, to begin with
    Init(Init),
    /// Make briefings: drafts without a number, unless --issue gives one
    Generate(Generate),
    /// Share many documents out: number them, and write down which shard makes which
    Plan(PlanArgs),
    /// Bring the shards of a plan together, once all are there and whole
    Merge(MergeArgs),
    /// Check settings, data, texts and faces, and report everything that is wrong
    Check(Check),
    /// List what the workspace holds
    List(List),
    /// Write all facts to standard output
    Export(Export),
    Explain(Explain),
    Audit(Audit),
    Diff(Diff),
    /// Say whether files are what was made, and make them again from the archive to compare
    Verify(Verify),
    /// List, show and try the house styles
    #[command(subcommand)]
    Template(TemplateCommand),
    /// Write down what documents are made from besides data, for generate --locked
    Lock(Lock),
    /// Say what is set up and what is missing, with the command that mends it
    Doctor(Doctor),
    /// Do whatever is due, and end; for cron and timers
    Tick(Tick),
    /// Do whatever is due when it is due, until told to stop
    Daemon(Daemon),
    /// Issue what a schedule makes now, beside its plan
    Run(Run),
    /// Look at the schedules, hold them, and write the trigger that runs them
    #[command(subcommand)]
    Schedule(ScheduleCommand),
    /// Say what somebody should see to; exit code 1 where there is something
    Status(Status),
    /// List what became of each occurrence
    History(History),
    /// Look at drafts that wait for a signature: review them, make them anew, send them back
    #[command(subcommand)]
    Draft(DraftCommand),
    /// Sign a draft (签发): it is issued with number and date
    Approve(Approve),
    /// Have the file of an issue signed by the schedule's tool now
    Sign(Sign),
    /// Send what is in the outbox now
    Deliver(Deliver),
    /// Write the distribution list (分发单) of an issue as PDF
    Distribution(DistributionArgs),
    /// Send an issue to somebody who was not planned, or once more to one who has it
    Redeliver(Redeliver),
    /// Look at what was sent to whom, and settle what is open
    #[command(subcommand)]
    Outbox(OutboxCommand),
    Correct(Correct),
    Withdraw(Withdraw),
    /// List the numbers of issues, and continue a series
    #[command(subcommand)]
    Issue(IssueCommand),
    /// Check, copy and restore the ledger
    #[command(subcommand)]
    Ledger(LedgerCommand),
    /// Take away what `[retention]` no longer keeps
    #[command(subcommand)]
    Archive(ArchiveCommand),
    /// Set the documents that come over standard input
    #[command(hide = true)]
    Work(WorkArgs),
    /// Write a completion script to standard output
    Completions(Completions),
    /// Write the manual pages into a folder
    Man(Man),
}

#[derive(Debug, clap::Args)]
#[command(
    override_usage = "report generate [OPTIONS] <--region|--all|--compare|--children-of|--area> [ID]...\n       report generate [OPTIONS] --plan FILE --shard I/N"
)]
pub(crate) struct Generate {
    #[command(flatten)]
    pub selection: Selection,
    #[command(flatten)]
    pub share: ShareArgs,
    /// The number of the issue; for one document only
    #[arg(long, value_name = "N", help_heading = "The issue")]
    pub issue: Option<u32>,
    /// A working copy for those who read and correct: 样稿 and line numbers on every page, changes since the last issue marked, and a 审签单
    #[arg(long, help_heading = "The issue")]
    pub draft: bool,
    /// What is made: the PDF alone, or each page as an image besides, for chat groups and slides
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT", help_heading = "Output")]
    pub format: OutputFormat,
    /// Dots per inch of the images
    #[arg(long, default_value_t = 150, value_name = "DPI", value_parser = clap::value_parser!(u16).range(36..=600), help_heading = "Output")]
    pub resolution: u16,
    /// Make documents again that are there unchanged
    #[arg(long, help_heading = "Output")]
    pub force: bool,
    /// Say of each document why it is made or left as it is
    #[arg(long, help_heading = "Messages")]
    pub why: bool,
    /// How many seconds a document may take [default: `deadline` of report.toml, else 60]
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=86_400), help_heading = "Output")]
    pub timeout: Option<u64>,
    /// How many MiB of memory a worker may take [default: `memory_mib` of report.toml, else 1024]
    #[arg(long, value_name = "MIB", value_parser = clap::value_parser!(u64).range(128..=1_048_576), help_heading = "Output")]
    pub memory: Option<u64>,
    /// Make nothing unless templates, faces and typesetter are as `report lock` wrote them down
    #[arg(long, help_heading = "Output")]
    pub locked: bool,
    /// How many documents at a time [default: one a processor]
    #[arg(long, short, value_name = "N", help_heading = "Output")]
    pub jobs: Option<usize>,
    /// Print the view as JSON and write nothing; for one document only
    #[arg(long, conflicts_with_all = ["dry_run", "out"], help_heading = "Output")]
    pub view: bool,
    /// Say what would be made and write nothing
    #[arg(long, help_heading = "Output")]
    pub dry_run: bool,
    /// Fail on these warnings; `warnings` stands for all
    #[arg(long, value_name = "CODE", value_delimiter = ',', help_heading = "Messages")]
    pub deny: Vec<String>,
}

impl DocumentKind {
    /// As files, folders and the ledger name it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Region => "region",
            Self::Comparative => "comparative",
            Self::Monthly => "monthly",
            Self::Quarterly => "quarterly",
            Self::HalfYear => "half-year",
            Self::YearEnd => "year-end",
        }
    }
}

/// The kinds of document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum DocumentKind {
    /// One region or place
    Region,
    /// Several places side by side
    Comparative,
    /// An area's month: 月提醒调度
    Monthly,
    /// An area's quarter: 季交叉督查
    Quarterly,
    /// An area's half-year: 半年现场推进
    HalfYear,
    /// An area's year: 年终观摩述评
    YearEnd,
}

/// How much of each document.
#[derive(Debug, Clone, Copy, Default, ValueEnum)]
pub(crate) enum PartArg {
    /// Body and annexes
    #[default]
    All,
    /// The body that a leader reads
    Body,
}

/// What a PDF conforms to.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum StandardArg {
    /// PDF/A-2a and PDF/UA-1: for archives and screen readers
    #[value(name = "a-2a")]
    Archival,
    /// PDF/A-3a and PDF/UA-1, with the facts behind it as CSV and JSON within it
    #[value(name = "a-3a")]
    WithFiles,
    /// PDF 1.7, tagged
    #[value(name = "1.7")]
    Plain,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Check {
    /// Fail on these warnings; `warnings` stands for all
    #[arg(long, value_name = "CODE", value_delimiter = ',', help_heading = "Messages")]
    pub deny: Vec<String>,
    /// The day on which the check is made [default: SOURCE_DATE_EPOCH, else today]
    #[arg(long, value_name = "YYYY-MM-DD", hide = true)]
    pub as_of: Option<String>,
}

#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("files").required(true).multiple(false))]
pub(crate) struct Verify {
    /// PDFs: in an output folder, or anywhere
    #[arg(value_name = "FILE", group = "files")]
    pub file: Vec<PathBuf>,
    /// The document whose foot bears this code
    #[arg(long, value_name = "CODE", group = "files")]
    pub code: Option<String>,
    /// Every document of the output folder
    #[arg(long, group = "files")]
    pub all: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Doctor {
    /// Also try every channel, without sending anything: login, certificate, printers
    #[arg(long)]
    pub online: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct List {
    /// What to list
    #[arg(value_enum)]
    pub what: Listed,
    /// Only this region
    #[arg(long, value_name = "ID")]
    pub region: Option<String>,
}

/// What can be listed.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Listed {
    /// Regions with how much is known of each
    Regions,
    /// Places as a tree
    Places,
    /// Indicators
    Indicators,
    /// Documents that `generate --all` makes
    Documents,
    /// Sources
    Sources,
    /// Facts and derived figures
    Facts,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Export {
    /// The format
    #[arg(long, value_enum, default_value_t)]
    pub format: ExportFormat,
    /// Only this region
    #[arg(long, value_name = "ID")]
    pub region: Option<String>,
}

/// The formats of an export.
#[derive(Debug, Clone, Copy, Default, ValueEnum)]
pub(crate) enum ExportFormat {
    /// Comma-separated values, UTF-8 with a byte-order mark so that spreadsheets read it right
    #[default]
    Csv,
    /// One array of objects
    Json,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Completions {
    /// The shell
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}
