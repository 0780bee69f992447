//! The list for checking a document (核对表): its figures with their pages, and what the data say of each.
//!
//! How it looks is left to `views` and its template.

use std::collections::BTreeMap;

use super::{MakeError, Pipeline, Sheet};
use crate::views::audit::{AuditView, audit_view};

impl Pipeline {
    /// The list of a document by its path in the output folder; none where it was not made here, or what is stored of it was altered.
    ///
    /// # Errors
    /// When the manifest or what is stored cannot be read, or the document cannot be set to learn its pages.
    pub fn audit(&self, path: &str) -> Result<Option<AuditView>, MakeError> {
        let Some(Sheet { entry, view, figures, .. }) = self.sheet(path)? else { return Ok(None) };
        let mut regions = BTreeMap::new();
        for (figure, _) in &figures {
            let Some((id, _)) = figure.id.as_deref().and_then(|id| id.split_once(':')) else { continue };
            if !regions.contains_key(id)
                && let Some(region) = self.book.region(id).output
            {
                regions.insert(id.to_owned(), region);
            }
        }
        Ok(Some(audit_view(&view, (path, &entry.pdf), &figures, &regions)))
    }
}
