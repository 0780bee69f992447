//! What can be typed to say which documents are wanted, and to share many out.
//!
//! Which verbs take it is left to `args`.

use std::path::PathBuf;

use super::args::{DocumentKind, PartArg, SidesArg, StandardArg};

/// Which documents are wanted, about which period, and in which form.
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("what").required(true).multiple(false))]
pub(crate) struct Selection {
    /// Regions, or places in them as region/place
    #[arg(long, value_name = "ID", num_args = 1.., value_delimiter = ',', group = "what", help_heading = "What to make")]
    pub region: Vec<String>,
    /// Every region, every declared comparison and every declared area
    #[arg(long, group = "what", help_heading = "What to make")]
    pub all: bool,
    /// A comparison of these places
    #[arg(
        long,
        value_name = "A,B[,C]",
        value_delimiter = ',',
        group = "what",
        help_heading = "What to make"
    )]
    pub compare: Vec<String>,
    /// A comparison of the places directly below this one
    #[arg(long, value_name = "ID", group = "what", help_heading = "What to make")]
    pub children_of: Option<String>,
    /// Declared areas
    #[arg(long, value_name = "ID", value_delimiter = ',', group = "what", help_heading = "What to make")]
    pub area: Vec<String>,
    /// Only documents of this kind
    #[arg(long, value_enum, value_name = "KIND", help_heading = "What to make")]
    pub document: Option<DocumentKind>,
    /// The period: 2026-11, 2026-Q3, 2026-H1 or 2026 [default: the month of as-of]
    #[arg(long, value_name = "PERIOD", help_heading = "The issue")]
    pub period: Option<String>,
    /// The date of the documents [default: SOURCE_DATE_EPOCH, else today]
    #[arg(long, value_name = "YYYY-MM-DD", help_heading = "The issue")]
    pub as_of: Option<String>,
    /// How much of each document
    #[arg(long, value_enum, default_value_t, value_name = "PART", help_heading = "The issue")]
    pub part: PartArg,
    /// How many sides of a sheet are printed: mirrored pages, or all bound at the left [default: `sides` of report.toml, else two]
    #[arg(long, value_enum, value_name = "SIDES", help_heading = "Output")]
    pub sides: Option<SidesArg>,
    /// What the PDF conforms to [default: `pdf_standard` of report.toml, else a-2a]
    #[arg(long, value_enum, value_name = "STANDARD", help_heading = "Output")]
    pub pdf_standard: Option<StandardArg>,
}

/// Which part of a plan is wanted, instead of a selection.
#[derive(Debug, clap::Args)]
pub(crate) struct ShareArgs {
    /// A plan that `report plan` wrote: make the documents of one shard of it
    #[arg(
        long,
        value_name = "FILE",
        group = "what",
        requires = "which",
        conflicts_with_all = [
            "document", "period", "as_of", "part", "sides", "pdf_standard", "issue", "draft", "format", "view", "dry_run"
        ],
        help_heading = "What to make"
    )]
    pub plan: Option<PathBuf>,
    /// The shard, counted from 1; 3/16 also says of how many, which must be as planned
    #[arg(long, value_name = "I[/N]", requires = "plan", group = "which", help_heading = "What to make")]
    pub shard: Option<String>,
    /// The shard, counted from 0, as the index of a Kubernetes job is
    #[arg(long, value_name = "K", requires = "plan", group = "which", help_heading = "What to make")]
    pub shard_index: Option<usize>,
}

/// Sharing documents out.
#[derive(Debug, clap::Args)]
#[command(
    override_usage = "report plan [OPTIONS] <--region|--all|--compare|--children-of|--area> [ID]... --shards N"
)]
pub(crate) struct PlanArgs {
    #[command(flatten)]
    pub selection: Selection,
    /// Among how many shards the documents are shared out
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000), help_heading = "The plan")]
    pub shards: u32,
    /// Drafts (样稿), which have no numbers and touch no ledger
    #[arg(long, help_heading = "The plan")]
    pub drafts: bool,
    /// Number also what says nothing new since its last issue
    #[arg(long, conflicts_with = "drafts", help_heading = "The plan")]
    pub even_if_unchanged: bool,
    /// Where the plan is written
    #[arg(long, value_name = "FILE", default_value = "plan.json", help_heading = "The plan")]
    pub out_file: PathBuf,
    /// How many documents are examined at a time [default: one a processor]
    #[arg(long, short, value_name = "N", help_heading = "The plan")]
    pub jobs: Option<usize>,
}

/// Bringing shards together.
#[derive(Debug, clap::Args)]
pub(crate) struct MergeArgs {
    /// The plan
    #[arg(value_name = "PLAN")]
    pub plan: PathBuf,
    /// The folders that the shards wrote to [default: the output folder]
    #[arg(value_name = "FOLDER")]
    pub folders: Vec<PathBuf>,
    /// Merge although documents failed, and give their numbers up for this reason
    #[arg(long, value_name = "REASON", conflicts_with = "abandon")]
    pub void_failed: Option<String>,
    /// Merge nothing, and give up every number of the plan that was not issued
    #[arg(long, value_name = "REASON", conflicts_with = "folders")]
    pub abandon: Option<String>,
    /// How many files are read at a time [default: one a processor]
    #[arg(long, short, value_name = "N")]
    pub jobs: Option<usize>,
}
