//! Words in which figures are references: `{id}`, `{region:id}`, `{id.n}`, and `{=words as they are}`.
//!
//! What a reference prints is left to the views.

use crate::diag::{Diagnostics, Problem, Span};

use super::catalogue::Term;

/// A reference to a figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The region, where another than the text's own is meant.
    pub region: Option<String>,
    /// The fact or derived figure.
    pub id: String,
    /// Whether the unit is left out.
    pub number_only: bool,
    /// Where it stands in the text: its bytes.
    pub range: std::ops::Range<usize>,
}

/// A stretch of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Run {
    /// Words.
    Plain(String),
    /// A figure.
    Figure(Reference),
}

/// A text with its references, and where it stands.
#[derive(Debug, Clone)]
pub struct Words {
    /// Its stretches in order.
    pub runs: Vec<Run>,
    /// The place of the string in its file.
    pub span: Span,
}

impl Words {
    /// Reads a text and reports hand-typed digits, broken references and terms that are not to be used.
    pub fn read(text: &str, span: &Span, terms: &[Term], diagnostics: &mut Diagnostics) -> Self {
        let mut runs = Vec::new();
        let mut plain = String::new();
        let mut rest = text;
        let mut at = 0;
        while let Some(open) = rest.find('{') {
            let before = &rest[..open];
            check_digits(before, span, diagnostics);
            plain.push_str(before);
            let Some(length) = rest[open..].find('}') else {
                let message = "a brace is not closed".to_owned();
                diagnostics.push(Problem::BadReference { message }, locate(span, &rest[open..]));
                rest = "";
                break;
            };
            let inner = &rest[open + 1..open + length];
            let range = at + open..at + open + length + 1;
            if let Some(words) = inner.strip_prefix('=') {
                plain.push_str(words);
            } else {
                match reference(inner, range) {
                    Some(found) => {
                        if !plain.is_empty() {
                            runs.push(Run::Plain(std::mem::take(&mut plain)));
                        }
                        runs.push(Run::Figure(found));
                    }
                    None => {
                        let message = format!("`{{{inner}}}` is not a reference");
                        let place = locate(span, &rest[open..=open + length]);
                        diagnostics.push(Problem::BadReference { message }, place);
                    }
                }
            }
            at += open + length + 1;
            rest = &rest[open + length + 1..];
        }
        check_digits(rest, span, diagnostics);
        plain.push_str(rest);
        if !plain.is_empty() {
            runs.push(Run::Plain(plain));
        }
        check_terms(text, span, terms, diagnostics);
        Self { runs, span: span.clone() }
    }

    /// How many characters it has, a reference counting as four.
    pub fn length(&self) -> usize {
        self.runs
            .iter()
            .map(|run| match run {
                Run::Plain(text) => text.chars().count(),
                Run::Figure(_) => 4,
            })
            .sum()
    }

    /// The references in it.
    pub fn references(&self) -> impl Iterator<Item = &Reference> {
        self.runs.iter().filter_map(|run| match run {
            Run::Figure(reference) => Some(reference),
            Run::Plain(_) => None,
        })
    }

    /// The place of a reference, or of the whole text where the file writes it differently (escapes).
    pub fn place_of(&self, reference: &Reference) -> Span {
        let id = &reference.id;
        let written = match &reference.region {
            Some(region) => format!("{{{region}:{id}"),
            None => format!("{{{id}"),
        };
        locate(&self.span, &written)
    }
}

/// Reports digits and wrong terms in words that hold no references.
pub fn check_plain(text: &str, span: &Span, terms: &[Term], diagnostics: &mut Diagnostics) {
    check_digits(text, span, diagnostics);
    check_terms(text, span, terms, diagnostics);
}

fn reference(inner: &str, range: std::ops::Range<usize>) -> Option<Reference> {
    let (inner, number_only) = match inner.strip_suffix(".n") {
        Some(inner) => (inner, true),
        None => (inner, false),
    };
    let (region, id) = match inner.split_once(':') {
        Some((region, id)) => (Some(region), id),
        None => (None, inner),
    };
    let is_id = |id: &str| {
        id.starts_with(|c: char| c.is_ascii_lowercase())
            && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    let fits = is_id(id) && region.is_none_or(is_id);
    fits.then(|| Reference { region: region.map(str::to_owned), id: id.to_owned(), number_only, range })
}

/// The place of some words within the place of a text: the words are looked for in the file, since escapes move offsets.
fn locate(span: &Span, words: &str) -> Span {
    match span.text().find(words) {
        Some(at) => span.within(at..at + words.len()),
        None => span.clone(),
    }
}

fn check_digits(words: &str, span: &Span, diagnostics: &mut Diagnostics) {
    let is_digit = |c: char| c.is_ascii_digit() || ('０'..='９').contains(&c);
    let mut at = 0;
    while let Some(start) = words[at..].find(is_digit).map(|found| at + found) {
        let rest = &words[start..];
        let length = rest.find(|c: char| !is_digit(c) && c != '.').unwrap_or(rest.len());
        let place = match span.text().find(words) {
            Some(base) => span.within(base + start..base + start + length),
            None => span.clone(),
        };
        diagnostics.push(Problem::TypedDigit { digit: words[start..start + length].to_owned() }, place);
        at = start + length;
    }
}

fn check_terms(text: &str, span: &Span, terms: &[Term], diagnostics: &mut Diagnostics) {
    for term in terms {
        let (wrong, right, why) = (&term.wrong, &term.right, &term.why);
        let problem = || Problem::WrongTerm { wrong: wrong.clone(), right: right.clone(), why: why.clone() };
        let places: Vec<usize> = span.text().match_indices(wrong).map(|(at, _)| at).collect();
        for at in &places {
            diagnostics.push(problem(), span.within(*at..at + wrong.len()));
        }
        // Written with escapes, the term stands in the text but not in the file.
        if places.is_empty() && text.contains(wrong) {
            diagnostics.push(problem(), span.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::SourceFile;

    fn read(text: &str) -> (Words, Vec<String>) {
        let file = SourceFile::new("texts/x.toml", text);
        let span = Span::new(&file, 0..text.len());
        let mut diagnostics = Diagnostics::new();
        let terms =
            [Term { wrong: "高品质发展".into(), right: "高质量发展".into(), why: String::new() }];
        let words = Words::read(text, &span, &terms, &mut diagnostics);
        let found = diagnostics
            .iter()
            .map(|d| {
                let (line, column) = d.span.as_ref().expect("has a place").start();
                format!("{line}:{column} {}", d.problem.message())
            })
            .collect();
        (words, found)
    }

    #[test]
    fn references_and_plain_words_are_told_apart() {
        let (words, found) = read("到{=2023年10月}有{joint-bodies}，另{dunhua:units.n}个");
        assert!(found.is_empty(), "{found:?}");
        assert_eq!(words.runs.len(), 5);
        assert_eq!(words.runs[0], Run::Plain("到2023年10月有".into()));
        let references: Vec<_> = words.references().collect();
        assert_eq!(references[0].id, "joint-bodies");
        assert_eq!(references[1].region.as_deref(), Some("dunhua"));
        assert!(references[1].number_only);
    }

    #[test]
    fn slips_are_found_where_they_stand() {
        assert_eq!(read("有58个").1, ["1:2 `58` is typed by hand"]);
        assert_eq!(read("有58个，另60个").1, ["1:2 `58` is typed by hand", "1:7 `60` is typed by hand"]);
        assert_eq!(read("有{joint bodies}个").1, ["1:2 `{joint bodies}` is not a reference"]);
        assert_eq!(read("有{joint-bodies个").1, ["1:2 a brace is not closed"]);
        assert_eq!(read("推动高品质发展").1, ["1:3 `高品质发展` is not the term to use"]);
    }
}
