//! The file that may leave: the one that was issued, signed where it was signed, and released where somebody had to.
//!
//! What else goes into a parcel is left to `packing`.

use std::path::PathBuf;

use super::packing::Stock;
use crate::delivery::extends;
use crate::disk;
use crate::ledger::Issue;

/// The bytes with this digest, and the issued file beside which the view lies.
///
/// # Errors
/// When they are not there any more, or not what was released.
pub(super) fn released(issue: &Issue, digest: &str, stock: Stock<'_>) -> Result<(PathBuf, Vec<u8>), String> {
    let path = issue.path.as_deref().ok_or_else(|| "its file was taken away by retention".to_owned())?;
    let own = stock.schedules.iter().find(|schedule| issue.schedule.as_ref() == Some(&schedule.id));
    // Whoever has a release is bound by it, whatever the settings say by now.
    if own.is_some_and(|schedule| schedule.approval) || issue.approved.is_some() {
        match &issue.approved {
            None => return Err(format!("`{path}` was released by nobody (签发)")),
            Some(approved) if Some(approved) != issue.pdf.as_ref() => {
                return Err(format!("`{path}` is not the file that was released"));
            }
            Some(_) => {}
        }
    }
    let file = stock.out.join(path);
    let whole = |path: &str, digest: &str, what: &str| {
        let bytes = disk::read(&stock.out.join(path)).map_err(|error| error.to_string())?;
        if disk::sha256(&bytes) == digest {
            Ok(bytes)
        } else {
            Err(format!("`{path}` is not the file that was {what}"))
        }
    };
    match &issue.signed {
        Some((signed_path, signed)) if signed == digest => {
            let signed = whole(signed_path, signed, "signed")?;
            let issued = whole(path, issue.pdf.as_deref().unwrap_or_default(), "issued")?;
            extends(&signed, &issued).map_err(|error| error.to_string())?;
            Ok((file, signed))
        }
        _ if issue.approved.as_deref().is_some_and(|approved| approved != digest) => {
            Err(format!("`{path}` is not the file that was released"))
        }
        _ => Ok((file, whole(path, digest, "issued")?)),
    }
}
