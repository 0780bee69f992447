//! What can be typed about schedules, numbers and the ledger.
//!
//! The other verbs are left to `args`.

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};

use super::args::DocumentKind;

/// How events are printed.
#[derive(Debug, Clone, Copy, Default, ValueEnum)]
pub(crate) enum LogFormat {
    /// One sentence a line
    #[default]
    Text,
    /// One JSON object a line
    Json,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Tick {
    /// How events are printed
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT", help_heading = "Messages")]
    pub log_format: LogFormat,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Daemon {
    /// How events are printed
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT", help_heading = "Messages")]
    pub log_format: LogFormat,
    /// How many times faster the clock goes, from --now on; for trials
    #[arg(long, hide = true, value_name = "FACTOR")]
    pub pace: Option<f64>,
}

/// Issue what a schedule makes now, beside its plan
///
/// It numbers and issues like the schedule itself, but waits for no data, is not tried again, and leaves the plan as it is.
#[derive(Debug, clap::Args)]
pub(crate) struct Run {
    /// The schedule
    pub schedule: String,
    /// The period: 2026-11, 2026-Q3, 2026-H1 or 2026 [default: that of an occurrence now]
    #[arg(long, value_name = "PERIOD")]
    pub period: Option<String>,
    /// The number of the issue; where the schedule makes one document [default: the next]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub issue: Option<u32>,
    /// Issue also what says nothing new
    #[arg(long)]
    pub even_if_unchanged: bool,
    /// How events are printed
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT", help_heading = "Messages")]
    pub log_format: LogFormat,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ScheduleCommand {
    /// List all schedules, each in words
    List,
    /// List the next occurrences
    Next {
        /// How many
        #[arg(short = 'n', long, default_value_t = 10)]
        count: usize,
        /// Only of this schedule
        #[arg(value_name = "SCHEDULE")]
        schedule: Option<String>,
    },
    /// Say all about one schedule
    Describe {
        /// The schedule
        #[arg(value_name = "ID")]
        schedule: String,
    },
    /// List the occurrences that were missed
    Missed {
        /// How many at most
        #[arg(long, default_value_t = 100, value_name = "N")]
        limit: usize,
    },
    /// Hold a schedule: its occurrences are recorded as skipped
    Pause {
        /// The schedule
        #[arg(value_name = "ID")]
        schedule: String,
    },
    /// Let a schedule go on
    Resume {
        /// The schedule
        #[arg(value_name = "ID")]
        schedule: String,
    },
    /// Write the one trigger: `report tick` every five minutes
    Install(Install),
}

#[derive(Debug, clap::Args)]
pub(crate) struct Install {
    #[command(flatten)]
    pub kind: TriggerKind,
    /// The folder to write it into, for example /etc/systemd/system or /etc/cron.d; the folders of the ledger and of the documents are made
    /// and given to the user [default: print it]
    #[arg(long, value_name = "DIR")]
    pub into: Option<PathBuf>,
    /// Whom it runs as [default: you]
    #[arg(long, value_name = "NAME")]
    pub user: Option<String>,
    /// Where the program will be [default: where it is]
    #[arg(long, value_name = "PATH")]
    pub program: Option<PathBuf>,
    /// The container image, for --kubernetes [default: report:latest]
    #[arg(long, value_name = "IMAGE", requires = "kubernetes")]
    pub image: Option<String>,
}

#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
pub(crate) struct TriggerKind {
    /// A service and a timer
    #[arg(long)]
    pub systemd: bool,
    /// A table for /etc/cron.d
    #[arg(long)]
    pub crontab: bool,
    /// A CronJob
    #[arg(long)]
    pub kubernetes: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Status {
    /// A few lines also when all is well, for a daily message
    #[arg(long)]
    pub digest: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct History {
    /// Only of this schedule
    #[arg(long, value_name = "ID")]
    pub schedule: Option<String>,
    /// Only in this state: issued, failed, missed, unchanged …
    #[arg(long, value_name = "STATE")]
    pub only: Option<String>,
    /// Only from this day on
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub since: Option<String>,
    /// How many at most
    #[arg(long, default_value_t = 50, value_name = "N")]
    pub limit: usize,
    /// As JSON, with every document
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum IssueCommand {
    /// List all numbers that were given, void ones too
    List {
        /// Only of documents of this kind
        #[arg(long, value_enum, value_name = "KIND")]
        document: Option<DocumentKind>,
    },
    /// Set the next numbers, to continue a series that began elsewhere
    SetNext {
        /// The kind of document
        #[arg(long, value_enum, value_name = "KIND")]
        document: DocumentKind,
        /// 第N期, within the year
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
        number: u32,
        /// 总第N期, across years
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
        total: u32,
        /// The year of the number [default: this year]
        #[arg(long, value_name = "YYYY")]
        year: Option<i32>,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum LedgerCommand {
    /// Check the ledger; exit code 1 where something is wrong
    Check,
    /// Write a whole copy, also while others work
    Backup {
        /// The copy
        file: PathBuf,
    },
    /// Put a copy in the place of the ledger, which is kept under another name
    Restore {
        /// The copy
        file: PathBuf,
    },
    /// Take over the issued documents of the output folder that the ledger does not know
    Adopt,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ArchiveCommand {
    /// Take away files and occurrences that are past their time
    Prune {
        /// Say what would go
        #[arg(long)]
        dry_run: bool,
    },
}

#[derive(Debug, clap::Args)]
pub(crate) struct Deliver {
    /// Say what would be sent, and write the messages as .eml files into this folder
    #[arg(long, value_name = "DIR", num_args = 0..=1, default_missing_value = "outbox-preview")]
    pub dry_run: Option<PathBuf>,
    /// How events are printed
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT", help_heading = "Messages")]
    pub log_format: LogFormat,
}

/// Send an issue to somebody who was not planned, or once more to one who has it
///
/// It is the file that was issued, and nothing is made anew.
#[derive(Debug, clap::Args)]
pub(crate) struct Redeliver {
    /// The issue: the path of its file within the output folder, 2026-11/region/pingliang
    pub entry: String,
    /// The recipient
    #[arg(long, value_name = "ID")]
    pub to: String,
    /// Only by this channel [default: by all ways to the recipient]
    #[arg(long, value_name = "ID")]
    pub channel: Option<String>,
    /// Also where it was served; the message says that it is sent again
    #[arg(long)]
    pub again: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum OutboxCommand {
    /// List what was sent and what is to be sent
    List {
        /// Only in this state: held, ready, accepted, failed, unknown, cancelled
        #[arg(long, value_name = "STATE")]
        only: Option<String>,
        /// Only to this recipient
        #[arg(long, value_name = "ID")]
        recipient: Option<String>,
        /// How many at most
        #[arg(long, default_value_t = 100, value_name = "N")]
        limit: usize,
    },
    /// Say all about one parcel
    Show {
        /// The beginning of its key
        key: String,
    },
    /// Let mail go to the addresses of a recipient that are new or changed
    Approve {
        /// The recipient
        recipient: String,
        /// Who says so
        #[arg(long, value_name = "NAME")]
        by: String,
    },
    /// Send a parcel again that failed
    Retry {
        /// The beginning of its key
        key: String,
    },
    /// Send a parcel again of which nobody knows whether it arrived: it may arrive twice
    Resend {
        /// The beginning of its key
        key: String,
    },
    /// Take it that a parcel of which nobody knows arrived
    AssumeSent {
        /// The beginning of its key
        key: String,
    },
    /// Record that a mail came back that a relay had taken
    Bounced {
        /// The beginning of its key
        key: String,
        /// What the bounce says
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Take a parcel out that has not left, for good
    Cancel {
        /// The beginning of its key
        key: String,
        /// Why
        #[arg(long, value_name = "WORDS")]
        reason: String,
    },
    /// Hold all sending
    Pause,
    /// Let sending go on
    Resume,
}

#[derive(Debug, clap::Args)]
pub(crate) struct WorkArgs {
    /// How many bytes of memory it may have
    #[arg(long)]
    pub memory: u64,
    /// The process that started it, without which it ends
    #[arg(long)]
    pub parent: u32,
}
