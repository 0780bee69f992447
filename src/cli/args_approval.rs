//! What can be typed about drafts that wait for a signature, the signature, and signed files.
//!
//! The other verbs are left to `args`.

use chrono::NaiveDate;
use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(crate) enum DraftCommand {
    /// List the drafts that wait for a signature
    List,
    /// Say all about one draft, or who released it
    Show(DraftName),
    /// Record who reviewed a draft (核对); it holds for this file and no other
    Review {
        #[command(flatten)]
        draft: DraftName,
        /// Who did
        #[arg(long, value_name = "NAME")]
        by: String,
    },
    /// Make a draft anew from the data as they are now; it is to be reviewed again
    Renew(DraftName),
    /// Send a draft back (发回): nothing is issued, and no number used
    Reject {
        #[command(flatten)]
        draft: DraftName,
        /// Why
        #[arg(long, value_name = "WORDS")]
        reason: String,
    },
}

#[derive(Debug, clap::Args)]
pub(crate) struct DraftName {
    /// The draft, as `report draft list` prints it: 2026-11/region/pingliang
    #[arg(value_name = "ENTRY")]
    pub entry: String,
}

/// Sign a draft (签发): it is issued with number and date
///
/// The document is set once more, and refused where anything else in it would change. It is sent with the next tick.
#[derive(Debug, clap::Args)]
pub(crate) struct Approve {
    /// The draft, as `report draft list` prints it: 2026-11/region/pingliang
    #[arg(value_name = "ENTRY")]
    pub entry: String,
    /// Who signs (签发)
    #[arg(long, value_name = "NAME")]
    pub signed_by: String,
    /// The date on the issue, from the day of the draft to today [default: today]
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub date: Option<NaiveDate>,
    /// Who drafted it (拟稿) [default: as the schedule says]
    #[arg(long, value_name = "NAME")]
    pub drafted_by: Option<String>,
    /// Who reviewed it (核对) [default: as `report draft review` recorded]
    #[arg(long, value_name = "NAME")]
    pub reviewed_by: Option<String>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Sign {
    /// The issue, by its path: 2026-11/region/pingliang
    #[arg(value_name = "ENTRY")]
    pub entry: String,
}
