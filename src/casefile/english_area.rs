//! English words of an area's files as written: by the id of an entry, by the unit of one that has no id, else in the order of the
//! Chinese ones.
//!
//! Whether every printed word has its English one is asked by the model.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::english::ById;
use super::read::Field;

/// The words of an entry, by key.
pub type KeyedWords = BTreeMap<String, Spanned<String>>;

/// `data/en/areas/<area>/tasks-<year>.toml`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TasksWords {
    /// As the list of sources names the file.
    pub title: Field<String>,
    /// `[task.<id>]`
    pub task: ById<KeyedWords>,
}

/// `data/en/areas/<area>/lists-<year>.toml`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ListsWords {
    /// As the list of sources names the file.
    pub title: Field<String>,
    /// `[entry.<id>]`
    pub entry: ById<KeyedWords>,
}

/// `data/en/areas/<area>/targets-<year>.toml`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TargetsWords {
    /// As the list of sources names the file.
    pub title: Field<String>,
    /// `[target.<id>]`
    pub target: ById<KeyedWords>,
}

/// `data/en/areas/<area>/corrections-<year>.toml`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CorrectionsWords {
    /// As the list of sources names the file.
    pub title: Field<String>,
    /// `[[correction]]`
    pub correction: Vec<Spanned<KeyedWords>>,
}

/// `data/en/areas/<area>/<year>-Q<n>.toml`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct QuarterWords {
    /// As the list of sources names the file.
    pub title: Field<String>,
    /// `[inspection.<unit>]`
    pub inspection: ById<KeyedWords>,
    /// `[[class]]`
    pub class: Vec<Spanned<KeyedWords>>,
    /// `[[overdue]]`
    pub overdue: Vec<Spanned<KeyedWords>>,
    /// `[practice]`
    pub practice: Field<KeyedWords>,
}

/// `data/en/areas/<area>/<year>-H<n>.toml`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HalfWords {
    /// As the list of sources names the file.
    pub title: Field<String>,
    /// Where they meet.
    pub gather: Field<String>,
    /// `[[stop]]`
    pub stop: Vec<Spanned<KeyedWords>>,
    /// `[[decision]]`
    pub decision: Vec<Spanned<KeyedWords>>,
    /// `[[node]]`
    pub node: Vec<Spanned<KeyedWords>>,
}

/// `data/en/areas/<area>/<year>.toml`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct YearWords {
    /// As the list of sources names the file.
    pub title: Field<String>,
    /// `[assessment.<unit>]`
    pub assessment: ById<KeyedWords>,
    /// `[[carried]]`
    pub carried: Vec<Spanned<KeyedWords>>,
    /// `[[visit]]`
    pub visit: Vec<Spanned<KeyedWords>>,
}
