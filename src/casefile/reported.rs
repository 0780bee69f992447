//! What a unit reports for a period, as written.
//!
//! How it joins the unit's region is left to the model.

use serde::Deserialize;
use toml::Spanned;

use super::read::Field;
use super::region::FactEntry;

/// `data/reported/<period>/<unit>.toml`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ReportedFile {
    /// The unit: a region, which names the file.
    pub unit: Field<String>,
    /// The period, which names the folder.
    pub period: Field<String>,
    /// The day it was received.
    pub received: Field<String>,
    /// A remark for whoever reads the file.
    pub note: Field<String>,
    /// `[[fact]]`, as in a region's file but without a source: the report itself is the source.
    pub fact: Vec<Spanned<FactEntry>>,
}
