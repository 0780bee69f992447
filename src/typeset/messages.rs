//! Typst's errors and warnings in the form that all our messages have.
//!
//! How they look is left to `diag`.

use std::collections::BTreeMap;
use std::sync::Arc;

use typst::diag::{Severity, SourceDiagnostic, Tracepoint};
use typst::syntax::{DiagSpan, FileId, VirtualRoot};
use typst::{World, WorldExt};

use super::world::DocumentWorld;
use crate::diag::{Diagnostics, Problem, SourceFile, Span};

/// Warnings that mean a wrong document: other glyphs than wanted, or numbers that did not settle.
const FATAL: [&str; 2] = ["unknown font family", "document did not converge"];

/// All of them, in Typst's order.
pub(super) fn diagnostics<'d>(
    world: &DocumentWorld<'_>,
    all: impl IntoIterator<Item = &'d SourceDiagnostic>,
) -> Diagnostics {
    let mut places = Places { world, files: BTreeMap::new() };
    let mut found = Diagnostics::new();
    for diagnostic in all {
        let fatal = diagnostic.severity == Severity::Error
            || FATAL.iter().any(|beginning| diagnostic.message.starts_with(beginning));
        let mut hints: Vec<String> = Vec::new();
        for hint in &diagnostic.hints {
            let place = places.written(hint.span).map(|place| format!(" ({place})"));
            hints.push(format!("{}{}", hint.v, place.unwrap_or_default()));
        }
        for point in &diagnostic.trace {
            if let Some(place) = places.written(point.span.into()) {
                hints.push(format!("{} {place}", words(&point.v)));
            }
        }
        let problem = Problem::Template { message: diagnostic.message.to_string(), hints, fatal };
        match places.span(diagnostic.span) {
            Some(span) => found.push(problem, span),
            None => found.push_nowhere(problem),
        }
    }
    found
}

fn words(point: &Tracepoint) -> String {
    match point {
        Tracepoint::Call(Some(name)) => format!("`{name}` is called at"),
        Tracepoint::Call(None) => "called at".to_owned(),
        Tracepoint::Show(name) => format!("{name} is shown at"),
        Tracepoint::Import(_) => "imported at".to_owned(),
        Tracepoint::Include(_) => "included at".to_owned(),
    }
}

struct Places<'a> {
    world: &'a DocumentWorld<'a>,
    /// Each file once, however many messages point into it.
    files: BTreeMap<String, Option<Arc<SourceFile>>>,
}

impl Places<'_> {
    fn span(&mut self, span: DiagSpan) -> Option<Span> {
        let range = self.world.range(span)?;
        Some(Span::new(&self.file(span.id()?)?, range))
    }

    fn written(&mut self, span: DiagSpan) -> Option<String> {
        let span = self.span(span)?;
        let (line, column) = span.start();
        Some(format!("{}:{line}:{column}", span.file.path()))
    }

    fn file(&mut self, id: FileId) -> Option<Arc<SourceFile>> {
        if matches!(id.root(), VirtualRoot::Package(_)) {
            return None;
        }
        let name = id.vpath().get_without_slash();
        let path = if DocumentWorld::is_view(id) { name.to_owned() } else { self.world.shown(name) };
        let read = || {
            let bytes = self.world.file(id).ok()?;
            Some(SourceFile::new(path.clone(), bytes.as_str().ok()?))
        };
        self.files.entry(path.clone()).or_insert_with(read).clone()
    }
}
