//! Where figures stand on paper: in which documents, and on which of their pages.
//!
//! What the data say of a figure is left to `model`.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use super::making::is_whole;
use super::{MakeError, Pipeline};
use crate::disk;
use crate::ledger::{Entry, Manifest};
use crate::views::{PrintedFigure, figures};

/// A figure on paper.
#[derive(Debug, Clone)]
pub struct Standing {
    /// The document, within the output folder.
    pub path: String,
    /// What the manifest says of it.
    pub entry: Entry,
    /// The figure as it is printed there.
    pub figure: PrintedFigure,
    /// The pages; none where the file cannot be made again as it is, since templates or faces are others by now.
    pub pages: BTreeSet<usize>,
}

/// The figures of one document.
#[derive(Debug, Clone)]
pub struct Sheet {
    /// The document, within the output folder.
    pub path: String,
    /// What the manifest says of it.
    pub entry: Entry,
    /// What is stored of it.
    pub view: Value,
    /// Its figures with their pages, in the order of the pages and of the annex.
    pub figures: Vec<(PrintedFigure, BTreeSet<usize>)>,
}

impl Pipeline {
    /// The documents of the output folder that print a figure (`region:fact`), by path.
    ///
    /// # Errors
    /// When the manifest or a stored view cannot be read, or no document can be set.
    pub fn standing(&self, figure: &str) -> Result<Vec<Standing>, MakeError> {
        let manifest = Manifest::read(&self.workspace.out).map_err(MakeError::Ledger)?;
        let mut found = Vec::new();
        for (path, entry) in manifest.entries {
            // Most documents do not print it, and reading their views takes longer than looking for the name.
            let name = format!("\"{figure}\"");
            let Some(bytes) = self.stored_bytes(&path, &entry)? else { continue };
            if !bytes.windows(name.len()).any(|part| part == name.as_bytes()) {
                continue;
            }
            let Some(sheet) = self.sheet_of(path, entry, &bytes)? else { continue };
            let Sheet { path, entry, figures, .. } = sheet;
            let own = figures.into_iter().filter(|(own, _)| own.id.as_deref() == Some(figure));
            found.extend(own.map(|(figure, pages)| Standing {
                path: path.clone(),
                entry: entry.clone(),
                figure,
                pages,
            }));
        }
        Ok(found)
    }

    /// All figures of a document with their pages; none where it was not made here, or what is stored of it was altered.
    ///
    /// # Errors
    /// When the manifest or the stored view cannot be read, or it cannot be set.
    pub fn sheet(&self, path: &str) -> Result<Option<Sheet>, MakeError> {
        let Some(entry) =
            Manifest::read(&self.workspace.out).map_err(MakeError::Ledger)?.entries.remove(path)
        else {
            return Ok(None);
        };
        match self.stored_bytes(path, &entry)? {
            Some(bytes) => self.sheet_of(path.to_owned(), entry, &bytes),
            None => Ok(None),
        }
    }

    fn stored_bytes(&self, path: &str, entry: &Entry) -> Result<Option<Vec<u8>>, MakeError> {
        let beside = self.workspace.out.join(Path::new(path).with_extension("json"));
        Ok(if is_whole(&beside, &entry.view) { Some(disk::read(&beside)?) } else { None })
    }

    fn sheet_of(&self, path: String, entry: Entry, bytes: &[u8]) -> Result<Option<Sheet>, MakeError> {
        let Ok(view) = serde_json::from_slice::<Value>(bytes) else { return Ok(None) };
        let pages = self.pages_of(&path, &entry, bytes, &view)?;
        let with_pages = |figure: PrintedFigure| (pages.get(&figure.no).cloned().unwrap_or_default(), figure);
        let mut own: Vec<_> = figures(&view).into_iter().map(with_pages).collect();
        own.sort_by_key(|(pages, figure)| (pages.first().copied().unwrap_or(usize::MAX), figure.no));
        let figures = own.into_iter().map(|(pages, figure)| (figure, pages)).collect();
        Ok(Some(Sheet { path, entry, view, figures }))
    }
}
