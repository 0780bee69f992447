//! What can be typed about issues that were wrong.
//!
//! The other verbs are left to `args` and `args_schedule`.

/// Issue a document once more under its number, with what was wrong (更正)
///
/// Mend the data first. The new file says on page one what is another now, and goes to exactly those who were served the wrong one.
#[derive(Debug, clap::Args)]
pub(crate) struct Correct {
    /// The issue: PERIOD/KIND/SUBJECT, as its file lies in reports/, for example 2026-11/region/pingliang
    #[arg(value_name = "ENTRY")]
    pub entry: String,
    /// What went wrong, in words for those who read it
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
    /// Who releases it (签发); must be there where the schedule has `approval = "required"`
    #[arg(long, value_name = "NAME")]
    pub signed_by: Option<String>,
    /// The date of the correction [default: today]
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub date: Option<String>,
}

/// Call an issue back (撤回)
///
/// Its number stays used. A notice goes to exactly those who were served the issue; its period can be issued anew.
#[derive(Debug, clap::Args)]
pub(crate) struct Withdraw {
    /// The issue: PERIOD/KIND/SUBJECT, as its file lies in reports/, for example 2026-11/region/pingliang
    #[arg(value_name = "ENTRY")]
    pub entry: String,
    /// Why, in words for those who read it
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
    /// Who releases it (签发); must be there where the schedule has `approval = "required"`
    #[arg(long, value_name = "NAME")]
    pub signed_by: Option<String>,
    /// The date of the notice [default: today]
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub date: Option<String>,
}
