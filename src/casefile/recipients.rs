//! `data/recipients.toml` as written: who gets what, by which way.
//!
//! Whether ways and places exist is left to the model.

use serde::Deserialize;
use toml::Spanned;

use super::read::Field;

/// `data/recipients.toml`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RecipientsFile {
    /// `[[recipient]]`
    pub recipient: Vec<Spanned<RecipientEntry>>,
}

/// An office or a person.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecipientEntry {
    /// The id.
    pub id: Field<String>,
    /// The name, as letters address it.
    pub name: Field<String>,
    /// Regions, places as `region/place` or `region/*`, declared comparisons; `*` for all. Default all.
    pub subjects: Field<Vec<Spanned<String>>>,
    /// Kinds of document. Default all.
    pub documents: Field<Vec<Spanned<String>>>,
    /// How many copies on paper.
    pub copies: Field<i64>,
    /// The last day on which it gets anything.
    pub until: Field<String>,
    /// The languages that it reads. Default all.
    pub languages: Field<Vec<Spanned<String>>>,
    /// Whether all documents of an occurrence go to it together.
    pub digest: Field<bool>,
    /// `always`, or `changed`: only issues that say something new to it.
    pub send: Field<String>,
    /// `[[recipient.way]]`
    #[serde(default)]
    pub way: Vec<Spanned<WayEntry>>,
}

/// A way to a recipient.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WayEntry {
    /// The channel of the settings.
    pub channel: Field<String>,
    /// The address there: a mailbox, a sub-folder.
    pub to: Field<String>,
}
