//! What is wrong with data, texts, templates or settings, and where: the one look of every such message.
//!
//! What went wrong with an operation (a disk, a lock) is left to the error enums of the modules.

mod problem;
mod render;
mod source;

use std::cmp::Ordering;

pub use problem::{Problem, nearest};
pub use render::{Colour, MessageFormat, render};
pub use source::{SourceFile, Span};

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The documents concerned are not made.
    Error,
    /// Plausible to be wrong; fails only with `--deny`.
    Warning,
}

/// One thing that an author can mend, with the place where it stands.
#[derive(Debug, Clone)]
pub struct Diagnostic {
    /// What is wrong.
    pub problem: Problem,
    /// How bad it is: the problem's own severity, or an error when `--deny` raised it.
    pub severity: Severity,
    /// Where it stands; none for what belongs to no file.
    pub span: Option<Span>,
}

impl Diagnostic {
    /// A problem at a place.
    pub fn at(problem: Problem, span: Span) -> Self {
        Self { severity: problem.severity(), problem, span: Some(span) }
    }

    /// A problem that belongs to no place in a file.
    pub fn nowhere(problem: Problem) -> Self {
        Self { severity: problem.severity(), problem, span: None }
    }
}

/// Everything that was found, in the order in which it was found.
#[derive(Debug, Clone, Default)]
pub struct Diagnostics {
    entries: Vec<Diagnostic>,
}

impl Diagnostics {
    /// Nothing found yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a problem at a place.
    pub fn push(&mut self, problem: Problem, span: Span) {
        self.entries.push(Diagnostic::at(problem, span));
    }

    /// Adds a problem that belongs to no place in a file.
    pub fn push_nowhere(&mut self, problem: Problem) {
        self.entries.push(Diagnostic::nowhere(problem));
    }

    /// Adds a finished diagnostic.
    pub fn add(&mut self, diagnostic: Diagnostic) {
        self.entries.push(diagnostic);
    }

    /// Takes over all that another run found.
    pub fn extend(&mut self, other: Self) {
        self.entries.extend(other.entries);
    }

    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// How many errors there are.
    pub fn errors(&self) -> usize {
        self.entries.iter().filter(|d| d.severity == Severity::Error).count()
    }

    /// How many warnings there are.
    pub fn warnings(&self) -> usize {
        self.entries.len() - self.errors()
    }

    /// Whether there is an error among them.
    pub fn has_errors(&self) -> bool {
        self.entries.iter().any(|d| d.severity == Severity::Error)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.entries.iter()
    }

    /// Turns the warnings whose code is in `codes` into errors; `warnings` among the codes means every warning.
    pub fn deny(&mut self, codes: &[String]) {
        for entry in &mut self.entries {
            if codes.iter().any(|code| code == "warnings" || code == entry.problem.code()) {
                entry.severity = Severity::Error;
            }
        }
    }

    /// Sorts by file, then by place, and drops exact repetitions, so that two runs print the same.
    pub fn sort(&mut self) {
        self.entries.sort_by(|a, b| match (&a.span, &b.span) {
            (Some(a), Some(b)) => {
                (a.file.path(), a.range.start, a.range.end).cmp(&(b.file.path(), b.range.start, b.range.end))
            }
            (None, Some(_)) => Ordering::Less,
            (Some(_), None) => Ordering::Greater,
            (None, None) => Ordering::Equal,
        });
        self.entries.dedup_by(|a, b| {
            a.problem == b.problem
                && match (&a.span, &b.span) {
                    (Some(a), Some(b)) => a.file.path() == b.file.path() && a.range == b.range,
                    (None, None) => true,
                    _ => false,
                }
        });
    }
}

/// A result beside what was noticed on the way.
#[derive(Debug, Clone)]
pub struct Warned<T> {
    /// The result.
    pub output: T,
    /// What was noticed.
    pub diagnostics: Diagnostics,
}
