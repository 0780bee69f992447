//! Why a document is made, or left as it lies there.
//!
//! What is compared is left to `sources` and `making`.

use std::fmt;

/// How many changes are named one by one.
const NAMED: usize = 4;

/// Why a document is made, or left as it lies there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// There is no record of it.
    New,
    /// Somebody asked for it to be made whatever has changed.
    Forced,
    /// Somebody named a day that is not the one it bears.
    Dated {
        /// The day it bears.
        was: String,
    },
    /// It is to bear another number, other names, or is no draft any more.
    Marked,
    /// Its file is not there.
    Gone(String),
    /// Its file is not as it was made.
    Altered(String),
    /// What it is made from is not what it was, or not known.
    Changed(Vec<String>),
    /// It would say something else.
    Differs,
    /// Nothing that it is made from has changed.
    Same,
    /// What it is made from has changed, or is not known, but it would say the same.
    SaysTheSame(Vec<String>),
}

impl Why {
    /// The same reason, once the view has shown that the document would come out as it lies there.
    pub(super) fn same_view(self) -> Self {
        match self {
            Self::Changed(changes) => Self::SaysTheSame(changes),
            _ => Self::SaysTheSame(Vec::new()),
        }
    }

    /// The same reason, once the view has shown that the document would not.
    pub(super) fn other_view(self) -> Self {
        match self {
            Self::Changed(changes) if changes.is_empty() => Self::Differs,
            Self::Same | Self::SaysTheSame(_) => Self::Differs,
            other => other,
        }
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::New => f.write_str("it was not made before"),
            Self::Forced => f.write_str("--force was given"),
            Self::Dated { was } => write!(f, "it bears the date {was}, and another was asked for"),
            Self::Marked => f.write_str("it is to bear another number or other names"),
            Self::Gone(file) => write!(f, "`{file}` is gone"),
            Self::Altered(file) => write!(f, "`{file}` is not as it was made"),
            Self::Changed(changes) => named(changes, f),
            Self::Differs => f.write_str("it would say something else"),
            Self::Same => f.write_str("nothing that it is made from has changed"),
            Self::SaysTheSame(changes) if changes.is_empty() => f.write_str("it would say the same"),
            Self::SaysTheSame(changes) => {
                named(changes, f)?;
                f.write_str(", but it would say the same")
            }
        }
    }
}

/// The first changes, and how many more there are.
fn named(changes: &[String], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let shown = &changes[..changes.len().min(NAMED)];
    f.write_str(&shown.join(", "))?;
    match changes.len() - shown.len() {
        0 => Ok(()),
        more => write!(f, " and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_changes_are_counted() {
        let changes: Vec<String> = (1..=6).map(|n| format!("{n} changed")).collect();
        let said = Why::Changed(changes.clone()).to_string();
        assert_eq!(said, "1 changed, 2 changed, 3 changed, 4 changed and 2 more");
        let said = Why::Changed(changes[..1].to_vec()).same_view().to_string();
        assert_eq!(said, "1 changed, but it would say the same");
        assert_eq!(Why::Changed(Vec::new()).other_view(), Why::Differs);
        assert_eq!(Why::New.other_view(), Why::New);
    }
}
