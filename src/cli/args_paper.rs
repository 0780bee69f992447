//! What can be typed about paper.
//!
//! The other verbs are left to `args`.

use std::path::PathBuf;

/// Write the distribution list (分发单) of an issue as PDF
///
/// Who got it by which way, how many copies on paper, how far each is, and room to sign. It is made anew whenever it is asked for, and is
/// no issue itself.
#[derive(Debug, clap::Args)]
pub(crate) struct DistributionArgs {
    /// The issue: its path within the output folder, such as 2026-11/region/jia-xian
    #[arg(value_name = "ENTRY")]
    pub entry: String,
    /// The file to write [default: SUBJECT.distribution.pdf beside the issue]
    #[arg(long, value_name = "FILE.pdf", conflicts_with = "text")]
    pub file: Option<PathBuf>,
    /// Print it as text, and write nothing
    #[arg(long)]
    pub text: bool,
}
