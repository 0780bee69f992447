//! Every error of every verb, turned into its message, hint and exit code.

use std::error::Error;
use std::fmt::Write as _;

use briefing::diag::Diagnostics;
use briefing::ledger::LedgerError;
use briefing::pipeline::{MakeError, PipelineError};
use briefing::shards::ShardError;

/// How a run that got to its end ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// All was done.
    Done,
    /// Some document was not made.
    Partly,
}

impl Outcome {
    /// The exit code.
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Partly => 1,
        }
    }
}

/// What ended a run before its end.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Settings, data or templates are wrong; all is said in the diagnostics.
    Diagnostics(Diagnostics),
    /// What was typed cannot be done.
    Usage {
        /// What is wrong.
        message: String,
        /// What to do next.
        hint: Option<String>,
    },
    /// An operation failed.
    Operation(PipelineError),
    /// The ledger cannot be used.
    Ledger(LedgerError),
    /// The reader of the output went away.
    BrokenPipe,
    /// Standard output failed.
    Output(std::io::Error),
}

impl Failure {
    /// A usage error with a hint.
    pub(crate) fn usage(message: impl Into<String>, hint: impl Into<Option<String>>) -> Self {
        Self::Usage { message: message.into(), hint: hint.into() }
    }

    /// The exit code.
    pub(crate) fn code(&self) -> u8 {
        match self {
            Self::Diagnostics(_) | Self::Usage { .. } => 2,
            Self::Ledger(_) | Self::Operation(PipelineError::Ledger(_) | PipelineError::Faces(_)) => 2,
            Self::Operation(PipelineError::Thread(_) | PipelineError::Make(_)) | Self::Output(_) => 3,
            Self::BrokenPipe => 0,
        }
    }

    /// The message with its causes, and the hint.
    pub(crate) fn words(&self) -> Option<(String, Option<String>)> {
        match self {
            Self::Diagnostics(_) | Self::BrokenPipe => None,
            Self::Usage { message, hint } => Some((message.clone(), hint.clone())),
            Self::Operation(error) => {
                let hint = match error {
                    PipelineError::Ledger(error) => hint_of(error),
                    _ => None,
                };
                Some((with_causes(error), hint))
            }
            Self::Ledger(error) => Some((with_causes(error), hint_of(error))),
            Self::Output(error) => Some((format!("cannot write to standard output: {error}"), None)),
        }
    }
}

/// The message of an error and of all that caused it, in one line.
pub(crate) fn with_causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        // A transparent error prints its cause's message already.
        if !text.ends_with(&inner.to_string()) {
            let _ = write!(text, ": {inner}");
        }
        cause = inner.source();
    }
    text
}

/// What to do about a ledger or manifest that cannot be used.
fn hint_of(error: &LedgerError) -> Option<String> {
    let hint = match error {
        LedgerError::Broken { .. } => "move the file away; documents are then made again",
        LedgerError::Newer { .. } | LedgerError::NewerLedger { .. } => "use the newer version",
        LedgerError::Network { .. } => {
            "put it on a local disk with --state DIR; the documents may stay where they are"
        }
        LedgerError::Orphaned { .. } => {
            "put the ledger back with `report ledger restore FILE`, or take the documents over with `report ledger adopt`"
        }
        LedgerError::NumberTaken { .. } => "`report issue list` shows the numbers that were given",
        LedgerError::NoLedger { .. } => "name the file that `report ledger backup` wrote",
        LedgerError::Unsound { .. } => "use another copy",
        LedgerError::Dangling { .. } => "`report ledger restore FILE` puts a copy back that is whole",
        LedgerError::Database { .. } => {
            "`report ledger check` says what is wrong; `report ledger restore FILE` puts a copy back"
        }
        LedgerError::Disk(_) | LedgerError::Overtaken | LedgerError::Unrecorded => return None,
    };
    Some(hint.to_owned())
}

impl From<LedgerError> for Failure {
    fn from(error: LedgerError) -> Self {
        Self::Ledger(error)
    }
}

impl From<ShardError> for Failure {
    fn from(error: ShardError) -> Self {
        let hint = match &error {
            ShardError::NoPlan { .. } => {
                "report plan writes one; it is read as it was written, and in no other layout"
            }
            ShardError::Newer { .. } => "use the newer version",
            ShardError::OtherCount { .. } | ShardError::NoShard { .. } => {
                "report plan --shards N settles how many there are"
            }
            ShardError::Signed { .. } => {
                "report run makes its draft, and report approve numbers it; report plan --drafts numbers nothing"
            }
            ShardError::NotReserved { .. } => {
                "name the ledger that the plan was made with (--state), or put it back with report ledger restore FILE"
            }
            ShardError::Ledger(_) | ShardError::Pipeline(_) | ShardError::Disk(_) | ShardError::Thread(_) => {
                ""
            }
        };
        match error {
            ShardError::Ledger(error) => Self::Ledger(error),
            ShardError::Pipeline(error) => Self::Operation(error),
            ShardError::Thread(error) => Self::Operation(PipelineError::Thread(error)),
            error => Self::usage(with_causes(&error), (!hint.is_empty()).then(|| hint.to_owned())),
        }
    }
}

impl From<PipelineError> for Failure {
    fn from(error: PipelineError) -> Self {
        Self::Operation(error)
    }
}

impl From<MakeError> for Failure {
    fn from(error: MakeError) -> Self {
        Self::Operation(error.into())
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::BrokenPipe => Self::BrokenPipe,
            _ => Self::Output(error),
        }
    }
}
