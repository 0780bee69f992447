//! Keys of the view as `[characters]` names them, such as `sections[].blocks[kind=aims].items[][]`.
//!
//! Which role a pattern leads to is left to `roles`.

use serde_json::Value;

/// One step of a path through a view.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step<'v> {
    /// Into the value of a key.
    Key(&'v str),
    /// Into an item of a list.
    Item(usize, &'v Value),
}

/// One step of a pattern.
#[derive(Debug, PartialEq, Eq)]
enum Part {
    /// `name`
    Key(String),
    /// `[]`, or `[key=value]` for items that hold such a string
    Item(Option<(String, String)>),
    /// `*` at the end: every text below
    Any,
}

/// A pattern of keys.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Pattern(Vec<Part>);

impl Pattern {
    /// Reads a pattern; none where it is not one.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut parts = Vec::new();
        for segment in text.split('.') {
            if parts.last() == Some(&Part::Any) {
                return None;
            }
            let name = segment.split('[').next().filter(|name| !name.is_empty())?;
            parts.push(if name == "*" { Part::Any } else { Part::Key(name.to_owned()) });
            for bracket in segment[name.len()..].split_inclusive(']') {
                let inner = bracket.strip_prefix('[')?.strip_suffix(']')?;
                parts.push(Part::Item(match inner.split_once('=') {
                    Some((key, value)) => Some((key.to_owned(), value.to_owned())),
                    None if inner.is_empty() => None,
                    None => return None,
                }));
            }
        }
        Some(Self(parts))
    }

    /// Whether the text at the end of a path is meant. A run may be a string or an object with the key
    /// `figure`: a pattern that ends in `[]` means both.
    pub(super) fn fits(&self, path: &[Step<'_>]) -> bool {
        let mut rest = path;
        for part in &self.0 {
            if *part == Part::Any {
                return !rest.is_empty();
            }
            let Some((step, after)) = rest.split_first() else { return false };
            let fits = match (part, step) {
                (Part::Key(name), Step::Key(key)) => name == key,
                (Part::Item(None), Step::Item(..)) => true,
                (Part::Item(Some((key, value))), Step::Item(_, item)) => {
                    item.get(key).and_then(Value::as_str) == Some(value)
                }
                _ => false,
            };
            if !fits {
                return false;
            }
            rest = after;
        }
        let run = matches!((self.0.last(), rest), (Some(Part::Item(_)), [Step::Key("figure")]));
        rest.is_empty() || run
    }
}

/// Calls `text` with every string of a view and the path that leads to it.
pub(super) fn texts<'v>(
    view: &'v Value,
    path: &mut Vec<Step<'v>>,
    text: &mut impl FnMut(&[Step<'v>], &'v str),
) {
    match view {
        Value::String(string) => text(path, string),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                path.push(Step::Item(index, item));
                texts(item, path, text);
                path.pop();
            }
        }
        Value::Object(entries) => {
            for (key, value) in entries {
                path.push(Step::Key(key));
                texts(value, path, text);
                path.pop();
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// A path as it is written, `sections[2].blocks[0].text[1]`.
pub(super) fn written(path: &[Step<'_>]) -> String {
    let mut written = String::new();
    for step in path {
        match step {
            Step::Key(key) if written.is_empty() => written.push_str(key),
            Step::Key(key) => written.push_str(&format!(".{key}")),
            Step::Item(index, _) => written.push_str(&format!("[{index}]")),
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fitting(pattern: &str, view: &str) -> Vec<String> {
        let pattern = Pattern::parse(pattern).expect("a pattern");
        let view = serde_json::from_str(view).expect("JSON");
        let mut found = Vec::new();
        texts(&view, &mut Vec::new(), &mut |path, _| {
            if pattern.fits(path) {
                found.push(written(path));
            }
        });
        found
    }

    #[test]
    fn patterns_mean_runs_kinds_and_all_below() {
        let view = r#"{"note":["甲",{"figure":"58个","to":12}],
            "blocks":[{"kind":"aims","items":[["乙"]]},{"kind":"bars","items":[{"name":"丙"}]}]}"#;
        assert_eq!(fitting("note[]", view), ["note[0]", "note[1].figure"]);
        assert_eq!(fitting("blocks[kind=aims].items[][]", view), ["blocks[0].items[0][0]"]);
        assert_eq!(fitting("blocks[].*", view).len(), 4);
        assert_eq!(fitting("blocks[].items[].name", view), ["blocks[1].items[0].name"]);
        assert!(fitting("note", view).is_empty());
        for wrong in ["", "a..b", "a[", "a[x]", "*.a", "[]"] {
            assert_eq!(Pattern::parse(wrong), None, "{wrong}");
        }
    }
}
