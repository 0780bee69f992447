//! Which file of an issue a paper channel prints, and how much of it: the manifest says what was made of it.
//!
//! Printing itself is left to `delivery`, making the files to the pipeline.

use super::packing::Stock;
use super::planning::key_of;
use crate::ledger::{Entry, Issue, LedgerError, Manifest, NewParcel, ParcelRow, blank_path};

/// What is printed of an issue.
pub(super) struct Sheets {
    /// The file within the output folder.
    pub(super) path: String,
    /// How many pages its body takes, for a channel that prints no more.
    pub(super) body_pages: Option<u32>,
}

/// Binds the parcels of channels with pre-printed paper to the file without red. Where there is none they keep the issued file, which
/// such a channel refuses to print.
pub(super) fn bind_blank(
    issue: &Issue,
    parcels: &mut [NewParcel],
    stock: Stock<'_>,
) -> Result<(), LedgerError> {
    let Some(path) = &issue.path else { return Ok(()) };
    let mut blanks = parcels.iter_mut().filter(|parcel| stock.ways.is_blank(&parcel.channel)).peekable();
    if blanks.peek().is_none() {
        return Ok(());
    }
    let manifest = Manifest::read(stock.out)?;
    if let Some(blank) = manifest.entries.get(path).and_then(|entry| entry.blank.as_ref()) {
        for parcel in blanks {
            parcel.pdf.clone_from(blank);
            parcel.key = key_of(blank, &parcel.recipient, &parcel.channel);
        }
    }
    Ok(())
}

/// The file that a parcel carries, by the digest that the ledger bound it to. `path` is the issued one.
///
/// # Errors
/// Why the channel cannot print it.
pub(super) fn sheets(path: &str, row: &ParcelRow, stock: Stock<'_>) -> Result<Sheets, String> {
    let ways = stock.ways;
    let (blank, body) = (ways.is_blank(&row.channel), ways.prints_body(&row.channel));
    let whole = Sheets { path: path.to_owned(), body_pages: None };
    if !ways.prints(&row.channel) {
        return Ok(whole);
    }
    let manifest = Manifest::read(stock.out).map_err(|error| error.to_string())?;
    let Some(entry) = manifest.entries.get(path) else {
        return if blank || body { Err(format!("the manifest does not name `{path}`")) } else { Ok(whole) };
    };
    let is_blank = |entry: &Entry| entry.blank.as_ref() == Some(&row.pdf);
    let path = match (blank, is_blank(entry)) {
        (true, true) => blank_path(path),
        (false, false) => path.to_owned(),
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
