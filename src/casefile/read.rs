//! Reading one TOML file into its entries with every slip reported.
//!
//! serde's derive stops at the first error. So every key of an entry is optional here, and an entry is read again without the
//! offending key until nothing offends any more; whether a key must be there is asked by the model.

use std::path::Path;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use crate::diag::{Diagnostics, Problem, SourceFile, Span, nearest};
use crate::disk;

/// A value with the place where it stands, or nothing where the key is absent.
pub type Field<T> = Option<Spanned<T>>;

/// An entry and the place of its head.
#[derive(Debug, Clone)]
pub struct Entry<T> {
    /// What was read.
    pub value: T,
    /// The head of the table, or the first key of a root table.
    pub span: Span,
}

/// Whether a text is written as an id: lower-case ASCII letters, digits and hyphens, a letter first. Ids name files, so nothing else is
/// let through.
pub fn is_id(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && !text.ends_with('-')
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// Nesting deeper than this is no case data; it would only exhaust the stack of a recursive reader.
const DEEPEST: usize = 64;

/// Larger files are no case data either, and offsets are reported as if they were.
const LARGEST: usize = 64 << 20;

/// Reads a file's text, with a plain message for whatever is not readable text.
pub fn load(path: &Path, name: &str, diagnostics: &mut Diagnostics) -> Option<Arc<SourceFile>> {
    let bytes = match disk::read(path) {
        Ok(bytes) => bytes,
        Err(e) => {
            let reason = if path.is_dir() { "it is a folder".to_owned() } else { e.source.to_string() };
            diagnostics.push_nowhere(Problem::Unreadable { path: name.into(), reason });
            return None;
        }
    };
    if bytes.len() > LARGEST {
        let reason = format!("it has {} bytes; case data has at most {LARGEST}", bytes.len());
        diagnostics.push_nowhere(Problem::Unreadable { path: name.into(), reason });
        return None;
    }
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(e) => {
            let gb18030 = looks_like_gb18030(e.as_bytes());
            diagnostics.push_nowhere(Problem::NotUtf8 { path: name.into(), gb18030 });
            return None;
        }
    };
    // Editors on Windows begin files with a mark that means nothing in UTF-8.
    let (text, marked) = match text.strip_prefix('\u{feff}') {
        Some(rest) => (rest.to_owned(), true),
        None => (text, false),
    };
    if marked {
        diagnostics.push_nowhere(Problem::ByteOrderMark { path: name.into() });
    }
    if text.contains("\r\n") {
        diagnostics.push_nowhere(Problem::LineEnds { path: name.into() });
    }
    if text.trim().is_empty() {
        diagnostics.push_nowhere(Problem::EmptyFile { path: name.into() });
        return None;
    }
    Some(SourceFile::new(name, text))
}

/// Whether all bytes outside ASCII pair up as GB18030's do.
fn looks_like_gb18030(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    while let Some((&first, after)) = rest.split_first() {
        rest = match (first, after) {
            (0..=0x7f, _) => after,
            (0x81..=0xfe, [0x40..=0x7e | 0x80..=0xfe, after @ ..]) => after,
            (0x81..=0xfe, [0x30..=0x39, 0x81..=0xfe, 0x30..=0x39, after @ ..]) => after,
            _ => return false,
        };
    }
    true
}

/// Parses a file into its root table, with every syntax error reported and `format = 1` checked.
pub fn parse<'t>(file: &'t Arc<SourceFile>, diagnostics: &mut Diagnostics) -> Option<DeTable<'t>> {
    if let Some(at) = too_deep(file.text()) {
        let message = format!("values are nested more than {DEEPEST} deep");
        diagnostics.push(Problem::Syntax { message }, Span::new(file, at..at + 1));
        return None;
    }
    let (table, errors) = DeTable::parse_recoverable(file.text());
    let broken = !errors.is_empty();
    for error in errors {
        let span = error.span().map_or_else(|| Span::head(file), |range| Span::new(file, range));
        diagnostics.push(Problem::Syntax { message: error.message().replace('\n', "; ") }, span);
    }
    let mut table = table.into_inner();
    match table.remove("format") {
        Some(value) if value.get_ref().as_integer().is_some_and(|i| i.as_str() == "1") => {}
        Some(value) => {
            let span = Span::new(file, value.span());
            diagnostics.push(Problem::Format { found: Some(span.text().to_owned()) }, span);
            return None;
        }
        // A file that cannot be parsed may well have lost its first line to the parser.
        None if broken => {}
        None => diagnostics.push(Problem::Format { found: None }, Span::head(file)),
    }
    Some(table)
}

/// The byte at which brackets outside strings and comments nest too deeply.
fn too_deep(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut quote = None;
    let mut previous = 0;
    for (at, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (None, b'[' | b'{') => depth += 1,
            (None, b']' | b'}') => depth = depth.saturating_sub(1),
            (None, b'"' | b'\'' | b'#') => quote = Some(byte),
            (Some(b'#'), b'\n') => quote = None,
            (Some(b'"'), b'"') if previous != b'\\' => quote = None,
            (Some(b'\''), b'\'') => quote = None,
            _ => {}
        }
        if depth > DEEPEST {
            return Some(at);
        }
        previous = byte;
    }
    None
}

/// Reads the root table of a file as a value of type `T`, whose fields are all optional and refuse unknown keys.
pub fn keys<T: DeserializeOwned + Default>(
    file: &Arc<SourceFile>,
    table: DeTable<'_>,
    diagnostics: &mut Diagnostics,
) -> T {
    let mut root = DeValue::Table(table);
    loop {
        let deserializer = ValueDeserializer::from(Spanned::new(0..file.text().len(), root.clone()));
        let error = match T::deserialize(deserializer) {
            Ok(value) => return value,
            Err(error) => error,
        };
        let range = error.span().unwrap_or(0..0);
        diagnostics.push(explain(error.message()), Span::new(file, range.clone()));
        if !remove_at(&mut root, &range) {
            return T::default();
        }
    }
}

/// Takes out the innermost key whose name or value holds the range. The ranges of tables under a header cover only the header, so
/// every branch is searched.
fn remove_at(value: &mut DeValue<'_>, range: &std::ops::Range<usize>) -> bool {
    let holds = |outer: std::ops::Range<usize>| outer.start <= range.start && range.end <= outer.end;
    match value {
        DeValue::Table(table) => {
            let mut found = None;
            for (key, value) in table.iter_mut() {
                if remove_at(value.get_mut(), range) {
                    return true;
                }
                if holds(key.span()) || holds(value.span()) {
                    found = Some(key.clone());
                }
            }
            found.is_some_and(|key| table.remove(&key).is_some())
        }
        DeValue::Array(array) => array.iter_mut().any(|value| remove_at(value.get_mut(), range)),
        _ => false,
    }
}

/// serde says what is wrong in a sentence that quotes the names in backticks.
fn explain(message: &str) -> Problem {
    let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    match quoted.split_first() {
        Some((key, known)) if message.starts_with("unknown field") => Problem::UnknownKey {
            key: (*key).to_owned(),
            near: nearest(key, known.iter().copied()),
            known: known.iter().map(|k| format!("`{k}`")).collect(),
        },
        Some((found, known)) if message.starts_with("unknown variant") => {
            let known_list = known.iter().map(|k| format!("`{k}`")).collect::<Vec<_>>().join(", ");
            Problem::WrongType {
                message: format!("`{found}` is none of {known_list}"),
                near: nearest(found, known.iter().copied()),
            }
        }
        _ => Problem::WrongType { message: message.replace('\n', "; "), near: None },
    }
}
