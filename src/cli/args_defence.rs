//! What can be typed to defend a number: where it comes from, where it stands, what changed.
//!
//! The other verbs are left to `args`.

use std::path::PathBuf;

/// Say all that is known of a figure: where it is written, its source, and every page it stands on
///
/// File and line, the source and the paragraph, as it is printed there, time, exactness, coverage, the relations it is held to, what is computed from
/// it, and each document of the output folder that prints it.
#[derive(Debug, clap::Args)]
pub(crate) struct Explain {
    /// The figure: region and id, as `report list facts` names it
    #[arg(value_name = "REGION:FIGURE")]
    pub figure: String,
}

/// Write the list for checking a document (核对表) as PDF: its figures in page order, each with its source
///
/// Who compares a document with its sources ticks figure by figure. What the data say otherwise by now is marked.
#[derive(Debug, clap::Args)]
pub(crate) struct Audit {
    /// The document: its path within the output folder, such as 2026-11/region/pingliang
    #[arg(value_name = "ENTRY")]
    pub entry: String,
    /// The file to write [default: SUBJECT.audit.pdf beside the document]
    #[arg(long, value_name = "FILE.pdf", conflicts_with_all = ["text", "csv"])]
    pub file: Option<PathBuf>,
    /// Print it as text, and write nothing
    #[arg(long, conflicts_with = "csv")]
    pub text: bool,
    /// Print it as CSV for a spreadsheet, and write nothing
    #[arg(long)]
    pub csv: bool,
}

/// Say what changed between the documents of two periods
///
/// Each document that both periods have, with every figure and mechanism that is another, new or gone. `report diff 2026-Q2 2026-Q3`.
#[derive(Debug, clap::Args)]
pub(crate) struct Diff {
    /// The earlier period: 2026-05, 2026-Q2, 2026-H1, 2026
    #[arg(value_name = "BEFORE", required_unless_present = "revisions")]
    pub before: Option<String>,
    /// The later period
    #[arg(value_name = "AFTER", required_unless_present = "revisions")]
    pub after: Option<String>,
    /// The data of two git revisions instead: A..B, or A for A against the files as they are
    #[arg(long = "rev", value_name = "A..B", conflicts_with_all = ["before", "after"])]
    pub revisions: Option<String>,
    /// Only documents about this region or comparison
    #[arg(long, value_name = "ID")]
    pub subject: Option<String>,
}
