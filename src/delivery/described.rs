//! A parcel in JSON, as programs on the other side read it: what a webhook and a command are told alike.
//!
//! What each of them is told besides is left to its own module.

use std::path::PathBuf;

use serde::Serialize;

use super::{Enclosure, Parcel};

/// A key figure of page one.
#[derive(Serialize)]
pub(super) struct Figure<'a> {
    label: &'a str,
    value: &'a str,
}

/// Key figures of a parcel or a file.
pub(super) fn figures(figures: &[(String, String)]) -> Vec<Figure<'_>> {
    figures.iter().map(|(label, value)| Figure { label, value }).collect()
}

/// What a file of several says of itself.
#[derive(Serialize)]
pub(super) struct Said<'a> {
    title: &'a str,
    document: &'a str,
    subject: &'a str,
    period: &'a str,
    figures: Vec<Figure<'a>>,
}

/// A file of a parcel.
#[derive(Serialize)]
pub(super) struct File<'a> {
    pub(super) name: &'a str,
    pub(super) plain_name: &'a str,
    pub(super) media_type: &'a str,
    pub(super) sha256: &'a str,
    pub(super) size: usize,
    /// What it is, where the parcel has several.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub(super) said: Option<Said<'a>>,
    /// Where it lies, for a program of this machine.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) path: Option<PathBuf>,
    /// What is in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) base64: Option<String>,
}

impl<'a> File<'a> {
    /// A file, without saying where it is.
    pub(super) fn of(enclosure: &'a Enclosure, parcel: &Parcel) -> Self {
        let about = &enclosure.about;
        let said = || Said {
            title: &about.title,
            document: &about.document,
            subject: &about.subject,
            period: &about.period,
            figures: figures(&about.figures),
        };
        Self {
            said: (parcel.enclosures.len() > 1).then(said),
            name: &enclosure.name,
            plain_name: &enclosure.plain_name,
            media_type: &enclosure.media_type,
            sha256: &enclosure.sha256,
            size: enclosure.bytes.len(),
            path: None,
            base64: None,
        }
    }
}
