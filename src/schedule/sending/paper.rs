//! Which file of an issue a paper channel prints, and how much of it: the manifest says what was made of it.
//!
//! Printing itself is left to `delivery`, making the files to the pipeline.

use std::path::Path;

use super::packing::Stock;
use crate::ledger::{FileKind, Filed, IssuedFile, Ledger, LedgerError, Manifest, ParcelRow, blank_path};

/// What is printed of an issue.
pub(super) struct Sheets {
    /// The file within the output folder.
    pub(super) path: String,
    /// How many pages its body takes, for a channel that prints no more.
    pub(super) body_pages: Option<u32>,
}

/// SHA-256 of the rendering of a file for pre-printed paper, where there is one. `beside` is the file beside which its view lies.
pub(super) fn blank_of(beside: &str, out: &Path) -> Result<Option<String>, LedgerError> {
    Ok(Manifest::read(out)?.entries.get(beside).and_then(|entry| entry.blank.clone()))
}

/// The digest by which a channel is bound to a file: that of the rendering for pre-printed paper where it needs one. Where there is none
/// it keeps the issued file, which such a channel refuses to print.
///
/// # Errors
/// When ledger or manifest cannot be read.
pub fn bound(ledger: &Ledger, filed: &Filed, channel: &str, stock: Stock<'_>) -> Result<Filed, LedgerError> {
    if !stock.ways.is_blank(channel) {
        return Ok(filed.clone());
    }
    let Some(file) = ledger.file_of(filed.issue, &filed.pdf)? else { return Ok(filed.clone()) };
    let blank = blank_of(&file.view.0, stock.out)?;
    Ok(Filed { issue: filed.issue, pdf: blank.unwrap_or_else(|| filed.pdf.clone()) })
}

/// The file in which an issue holds now, where a digest is that of its rendering for pre-printed paper.
pub(super) fn file_of_blank(
    ledger: &Ledger,
    filed: &Filed,
    stock: Stock<'_>,
) -> Result<Option<IssuedFile>, LedgerError> {
    let Some(valid) = ledger.valid_file(filed.issue)? else { return Ok(None) };
    let Some(file) = ledger.file_of(valid.issue, &valid.pdf)? else { return Ok(None) };
    let is_it = blank_of(&file.view.0, stock.out)?.as_ref() == Some(&filed.pdf);
    Ok(is_it.then_some(file))
}

/// What a channel prints of a file, by the digest that the ledger bound the parcel to.
///
/// # Errors
/// Why the channel cannot print it.
pub(super) fn sheets(
    file: &IssuedFile,
    digest: &str,
    row: &ParcelRow,
    stock: Stock<'_>,
) -> Result<Sheets, String> {
    let ways = stock.ways;
    let (blank, body) = (ways.is_blank(&row.channel), ways.prints_body(&row.channel));
    let whole = Sheets { path: file.path.clone(), body_pages: None };
    // A notice is one page with a head of its own, on whatever paper.
    if !ways.prints(&row.channel) || file.kind == FileKind::Withdrawal {
        return Ok(whole);
    }
    let path = &file.view.0;
    let manifest = Manifest::read(stock.out).map_err(|error| error.to_string())?;
    let Some(entry) = manifest.entries.get(path) else {
        return if blank || body { Err(format!("the manifest does not name `{path}`")) } else { Ok(whole) };
    };
    let path = match (blank, entry.blank.as_deref() == Some(digest)) {
        (true, true) => blank_path(path),
        (false, false) => file.path.clone(),
        (true, false) => {
            return Err(format!(
                "`{path}` was issued without a rendering for pre-printed paper: the schedule had no channel with `masthead = \"blank\"` then"
            ));
        }
        (false, true) => {
            return Err(format!(
                "it is bound to the rendering for pre-printed paper, and `{}` has no `masthead = \"blank\"` any more",
                row.channel
            ));
        }
    };
    let body_pages = entry.body_pages.filter(|_| body).and_then(|pages| u32::try_from(pages).ok());
    Ok(Sheets { path, body_pages })
}
