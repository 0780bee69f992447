//! The document of a draft that was signed: set once more under its number, and only where nothing else has changed since.
//!
//! Who may sign, and which number it bears, is left to `schedule`.

use std::collections::BTreeMap;

use serde_json::Value;

use super::making::{Set, ident_of, job, main_of};
use super::{MakeError, Order, Pipeline, PipelineError, Wish};
use crate::diag::{Diagnostics, Warned};
use crate::disk;
use crate::ledger::{Entry, Manifest, blank_path};

/// What a signature changes in a view: number, date, the marks of a draft, and the names of those who answer for it.
const SIGNED: [&str; 9] = [
    "date.iso",
    "date.text",
    "imprint.code",
    "imprint.date",
    "imprint.draft",
    "imprint.people",
    "masthead.date",
    "masthead.draft",
    "masthead.issue",
];

/// More differences than this are not told one by one.
const SHOWN: usize = 12;

/// A draft as it lies there.
#[derive(Debug, Clone, Copy)]
pub struct DraftFile<'a> {
    /// The view beside it.
    pub view: &'a [u8],
    /// SHA-256 over view, templates, faces and engine.
    pub inputs: &'a str,
    /// How many plates moved to the annex.
    pub moved: usize,
    /// How many pages it has.
    pub pages: usize,
}

/// A field of a view that is another one now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Its place: `sections[1].heading`.
    pub field: String,
    /// What stood there.
    pub was: String,
    /// What stands there now.
    pub is: String,
}

/// A document that may be issued; nothing of it is on the disk yet.
#[derive(Debug)]
pub struct Released {
    /// Its file within the output folder.
    pub path: String,
    /// What the manifest will say of it.
    pub entry: Entry,
    /// What the signature changed.
    pub changed: Vec<Difference>,
    set: Set,
}

/// Why a draft that was signed is not issued.
#[derive(Debug)]
pub enum Refusal {
    /// Data, texts or templates have errors now; the diagnostics tell them.
    Unsound,
    /// The same view would be set otherwise: templates, faces or the program are not those of the draft.
    Retooled,
    /// More has changed than a signature changes.
    Differs(Vec<Difference>),
    /// It has another number of pages.
    Pages {
        /// Those of the draft.
        was: usize,
        /// Those that it would have.
        is: usize,
    },
    /// A worker gave no answer.
    Failed(MakeError),
}

impl Pipeline {
    /// Sets the document of a draft once more as it is to be issued, in memory.
    pub fn release(
        &self,
        order: &Order,
        wish: &Wish,
        draft: DraftFile<'_>,
    ) -> Warned<Result<Released, Refusal>> {
        let mut diagnostics = Diagnostics::new();
        let output = self.set_release(order, wish, draft, &mut diagnostics);
        Warned { output, diagnostics }
    }

    fn set_release(
        &self,
        order: &Order,
        wish: &Wish,
        draft: DraftFile<'_>,
        diagnostics: &mut Diagnostics,
    ) -> Result<Released, Refusal> {
        if self.inputs(order, draft.view, wish) != draft.inputs {
            return Err(Refusal::Retooled);
        }
        let loaded = self.load(order, wish, diagnostics).ok_or(Refusal::Unsound)?;
        let edition = self.edition(order, wish, wish.as_of, draft.moved);
        let made = self.made(order, &loaded, &edition, &wish.people, diagnostics);
        let mut made = made.ok_or(Refusal::Unsound)?;
        self.check_characters(&made.view, &loaded, diagnostics);
        let path = Self::path_of(order, wish, self.language());
        let bytes = self.sealed(&mut made.view, &path, wish);
        let view = |bytes: &[u8]| serde_json::from_slice(bytes).unwrap_or(Value::Null);
        let mut all = Vec::new();
        differences("", &view(draft.view), &view(&bytes), &mut all);
        let (changed, mut other): (Vec<_>, Vec<_>) =
            all.into_iter().partition(|found| SIGNED.contains(&found.field.as_str()));
        if !other.is_empty() {
            let more = other.len().saturating_sub(SHOWN);
            other.truncate(SHOWN);
            if more > 0 {
                let and = format!("{more} more fields");
                other.push(Difference { field: and, was: "…".to_owned(), is: "…".to_owned() });
            }
            return Err(Refusal::Differs(other));
        }
        if diagnostics.has_errors() {
            return Err(Refusal::Unsound);
        }
        let (main, ident) = (main_of(order.document.name()), ident_of(&path));
        let job = job(&main, &ident, &bytes, wish.as_of, self.standard(wish));
        let set = self.typeset(&job).map_err(|error| Refusal::Failed(error.into()))?;
        diagnostics.extend(set.diagnostics);
        let output = set.output.filter(|_| !diagnostics.has_errors()).ok_or(Refusal::Unsound)?;
        if output.pages != draft.pages {
            return Err(Refusal::Pages { was: draft.pages, is: output.pages });
        }
        let blank = if self.wants_blank(order, wish) {
            let blank = self.blank(&job, &made, &path, &output, diagnostics).map_err(Refusal::Failed)?;
            Some(blank.ok_or(Refusal::Unsound)?)
        } else {
            None
        };
        let set = Set { made, bytes, output, blank, moved: draft.moved };
        let entry = self.entry(order, wish, &loaded, &set).map_err(|error| Refusal::Failed(error.into()))?;
        Ok(Released { path, entry, changed, set })
    }

    /// Writes a document that may be issued, and records it in the manifest. Its number must be reserved.
    ///
    /// # Errors
    /// When the disk refuses, or the manifest cannot be written.
    pub fn put(&self, released: &Released) -> Result<(), PipelineError> {
        let target = self.workspace.out.join(&released.path);
        let write = |path: &std::path::Path, bytes: &[u8]| {
            disk::write(path, bytes).map_err(|error| PipelineError::Ledger(error.into()))
        };
        write(&target.with_extension("json"), &released.set.bytes)?;
        if let Some(blank) = &released.set.blank {
            write(&self.workspace.out.join(blank_path(&released.path)), blank)?;
        }
        write(&target, &released.set.output.pdf)?;
        let entries = BTreeMap::from([(released.path.clone(), released.entry.clone())]);
        Ok(Manifest::add(&self.workspace.out, entries)?)
    }
}

/// Every field in which two views differ. Where one holds another kind of value, or a list has another length, that is one difference.
fn differences(field: &str, was: &Value, is: &Value, found: &mut Vec<Difference>) {
    let below = |name: &str| if field.is_empty() { name.to_owned() } else { format!("{field}.{name}") };
    match (was, is) {
        _ if was == is => {}
        (Value::Object(a), Value::Object(b)) => {
            let mut names: Vec<&String> =
                a.keys().chain(b.keys().filter(|name| !a.contains_key(*name))).collect();
            names.sort();
            for name in names {
                let value =
                    |of: &serde_json::Map<String, Value>| of.get(name).cloned().unwrap_or(Value::Null);
                differences(&below(name), &value(a), &value(b), found);
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() && field != "imprint.people" => {
            for (at, (was, is)) in a.iter().zip(b).enumerate() {
                differences(&format!("{field}[{at}]"), was, is, found);
            }
        }
        _ => found.push(Difference { field: field.to_owned(), was: in_words(was), is: in_words(is) }),
    }
}

/// A value in a few words.
fn in_words(value: &Value) -> String {
    const LONGEST: usize = 60;
    let words = match value {
        Value::Null => "nothing".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(lines)
            if lines.iter().all(|line| line["label"].is_string() && line["text"].is_string()) =>
        {
            let line = |line: &Value| {
                let part = |key: &str| line[key].as_str().unwrap_or_default().trim().to_owned();
                format!("{}：{}", part("label"), part("text"))
            };
            lines.iter().map(line).collect::<Vec<_>>().join(" ")
        }
        other => other.to_string(),
    };
    if words.chars().count() <= LONGEST {
        words
    } else {
        words.chars().take(LONGEST).chain(['…']).collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_field_that_differs_is_named_once() {
        let was =
            json!({"a": 1, "list": [1, 2], "long": [1], "gone": true, "people": [], "same": {"x": "y"}});
        let is =
            json!({"a": 2, "list": [1, 3], "long": [1, 2], "new": "n", "people": [], "same": {"x": "y"}});
        let mut found = Vec::new();
        differences("", &was, &is, &mut found);
        let found: Vec<_> = found.iter().map(|d| format!("{}: {} → {}", d.field, d.was, d.is)).collect();
        assert_eq!(
            found,
            ["a: 1 → 2", "gone: true → nothing", "list[1]: 2 → 3", "long: [1] → [1,2]", "new: nothing → n"]
        );
    }

    #[test]
    fn people_are_one_field_and_read_as_they_are_printed() {
        let of = |names: [&str; 2]| json!({"imprint": {"people": [{"label": "拟稿", "text": names[0]}, {"label": "签发", "text": names[1]}]}});
        let mut found = Vec::new();
        differences("", &of(["张某", "　　"]), &of(["张某", "李某"]), &mut found);
        let [only] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!(
            (only.field.as_str(), only.was.as_str(), only.is.as_str()),
            ("imprint.people", "拟稿：张某 签发：", "拟稿：张某 签发：李某")
        );
    }
}
