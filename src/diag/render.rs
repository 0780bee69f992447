//! Diagnostics as people, scripts and logs read them. What they say is left to `problem`.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use serde::Serialize;

use super::{Diagnostic, Diagnostics, Severity};

/// The forms in which messages are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MessageFormat {
    /// With snippet, caret and hints.
    #[default]
    Human,
    /// One JSON object a line.
    Json,
    /// `file:line:column: error[code]: message`, one a line.
    Short,
}

/// Whether messages carry ANSI colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colour {
    /// They do.
    Always,
    /// They do not.
    Never,
}

#[derive(Serialize)]
struct JsonLine<'a> {
    code: &'a str,
    severity: &'a str,
    message: String,
    file: Option<&'a str>,
    line: Option<usize>,
    column: Option<usize>,
    snippet: Option<&'a str>,
    hints: Vec<String>,
}

/// All messages as one text that ends in a newline, or nothing where there are none.
pub fn render(diagnostics: &Diagnostics, format: MessageFormat, colour: Colour) -> String {
    diagnostics
        .iter()
        .map(|diagnostic| match format {
            MessageFormat::Human => human(diagnostic, colour),
            MessageFormat::Json => json(diagnostic),
            MessageFormat::Short => short(diagnostic),
        })
        .collect()
}

fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

/// Messages quote what stands in files; what is longer than this tells nobody more.
const LONGEST: usize = 400;

/// The message on one line and not endless.
fn message(diagnostic: &Diagnostic) -> String {
    let message = diagnostic.problem.message().replace(['\n', '\r'], " ");
    if message.chars().count() <= LONGEST {
        return message;
    }
    let cut: String = message.chars().take(LONGEST).collect();
    format!("{cut}…")
}

/// The bytes that the caret marks: of an endless value only its beginning.
fn shown(span: &super::Span) -> std::ops::Range<usize> {
    let mut end = span.range.end.min(span.range.start + LONGEST);
    while !span.file.text().is_char_boundary(end) {
        end -= 1;
    }
    span.range.start..end
}

fn human(diagnostic: &Diagnostic, colour: Colour) -> String {
    let renderer = match colour {
        Colour::Always => Renderer::styled(),
        Colour::Never => Renderer::plain(),
    };
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level.primary_title(message(diagnostic)).id(diagnostic.problem.code());
    let mut group = match &diagnostic.span {
        Some(span) => title.element(
            Snippet::source(span.file.text())
                .path(span.file.path())
                .annotation(AnnotationKind::Primary.span(shown(span))),
        ),
        None => Group::with_title(title),
    };
    for hint in diagnostic.problem.hints() {
        group = group.element(Level::HELP.with_name("hint").message(hint));
    }
    let mut text = renderer.render(&[group]);
    text.push_str("\n\n");
    text
}

fn json(diagnostic: &Diagnostic) -> String {
    let position = diagnostic.span.as_ref().map(super::Span::start);
    let line = JsonLine {
        code: diagnostic.problem.code(),
        severity: word(diagnostic.severity),
        message: message(diagnostic),
        file: diagnostic.span.as_ref().map(|span| span.file.path()),
        line: position.map(|p| p.0),
        column: position.map(|p| p.1),
        snippet: diagnostic.span.as_ref().map(|span| &span.file.text()[shown(span)]),
        hints: diagnostic.problem.hints(),
    };
    let mut text = serde_json::to_string(&line).expect("strings and numbers always serialise");
    text.push('\n');
    text
}

fn short(diagnostic: &Diagnostic) -> String {
    let severity = word(diagnostic.severity);
    let (code, message) = (diagnostic.problem.code(), message(diagnostic));
    match &diagnostic.span {
        Some(span) => {
            let (line, column) = span.start();
            format!("{}:{line}:{column}: {severity}[{code}]: {message}\n", span.file.path())
        }
        None => format!("{severity}[{code}]: {message}\n"),
    }
}
