//! Every error of every verb, turned into its message, hint and exit code.

use std::error::Error;
use std::fmt::Write as _;

use briefing::diag::Diagnostics;
use briefing::ledger::LedgerError;
use briefing::pipeline::PipelineError;

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
            Self::Operation(PipelineError::Ledger(_) | PipelineError::Faces(_)) => 2,
            Self::Operation(PipelineError::Thread(_)) | Self::Output(_) => 3,
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
                    PipelineError::Ledger(LedgerError::Broken { .. }) => {
                        Some("move the file away; documents are then made again".to_owned())
                    }
                    PipelineError::Ledger(LedgerError::Newer { .. }) => {
                        Some("use the newer version".to_owned())
                    }
                    _ => None,
                };
                Some((with_causes(error), hint))
            }
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

impl From<PipelineError> for Failure {
    fn from(error: PipelineError) -> Self {
        Self::Operation(error)
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
