//! Whether a file may leave: released where somebody had to release it, and signed as it was released.
//!
//! What else goes into a parcel is left to `packing`.

use super::packing::Stock;
use crate::delivery::extends;
use crate::disk;
use crate::ledger::Issue;

/// Refuses an issue that nobody has released, where somebody has to.
///
/// # Errors
/// In that case.
pub(super) fn must_be_released(issue: &Issue, path: &str, stock: Stock<'_>) -> Result<(), String> {
    let own = stock.schedules.iter().find(|schedule| issue.schedule.as_ref() == Some(&schedule.id));
    // Whoever has a release is bound by it, whatever the settings say by now.
    if !own.is_some_and(|schedule| schedule.approval) && issue.approved.is_none() {
        return Ok(());
    }
    match &issue.approved {
        None => Err(format!("`{path}` was released by nobody (签发)")),
        Some(approved) if Some(approved) != issue.pdf.as_ref() => {
            Err(format!("`{path}` is not the file that was released"))
        }
        Some(_) => Ok(()),
    }
}

/// Refuses a signed file that does not begin with the issued one.
///
/// # Errors
/// In that case, and where the issued one is not there any more.
pub(super) fn must_extend(issue: &Issue, signed: &[u8], stock: Stock<'_>) -> Result<(), String> {
    let path = issue.path.as_deref().ok_or_else(|| "its file was taken away by retention".to_owned())?;
    let issued = disk::read(&stock.out.join(path)).map_err(|error| error.to_string())?;
    if Some(disk::sha256(&issued)) != issue.pdf {
        return Err(format!("`{path}` is not the file that was issued"));
    }
    extends(signed, &issued).map_err(|error| error.to_string())
}
