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

/// The key figures of a parcel.
pub(super) fn figures(parcel: &Parcel) -> Vec<Figure<'_>> {
    parcel.figures.iter().map(|(label, value)| Figure { label, value }).collect()
}

/// A file of a parcel.
#[derive(Serialize)]
pub(super) struct File<'a> {
    pub(super) name: &'a str,
    pub(super) plain_name: &'a str,
    pub(super) media_type: &'a str,
    pub(super) sha256: &'a str,
    pub(super) size: usize,
    /// Where it lies, for a program of this machine.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) path: Option<PathBuf>,
    /// What is in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) base64: Option<String>,
}

impl<'a> File<'a> {
    /// A file, without saying where it is.
    pub(super) fn of(enclosure: &'a Enclosure) -> Self {
        Self {
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
