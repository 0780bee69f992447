//! An issue for somebody who was not planned, or once more for somebody who was served, because a person asks for it.
//!
//! Which issue and which recipient is meant is left to the command line; whether it may go there to `packing`.

use crate::disk;
use crate::ledger::{Filed, Ledger, LedgerError, NewParcel, ParcelKind, ParcelState};
use crate::model::{Recipient, Way};

use super::planning::key_of;

/// What comes of such a wish.
#[derive(Debug)]
pub enum Redelivery {
    /// A parcel to be put out.
    New(NewParcel),
    /// The parcel of this key was taken back before it left, and is to be sent after all.
    Revived(String),
    /// It is not sent: why, and what to do.
    Refused(String, String),
}

/// The parcel of a file to a recipient by one of its ways; `again` where it is to be sent to one who has it.
///
/// # Errors
/// When the ledger cannot be read.
pub fn redelivery(
    ledger: &Ledger,
    filed: &Filed,
    recipient: &Recipient,
    way: &Way,
    again: bool,
) -> Result<Redelivery, LedgerError> {
    let (id, channel) = (&recipient.id, &way.channel);
    let mut bearers = ledger.bearers(filed.issue)?;
    bearers.retain(|one| (&one.recipient, &one.channel, &one.pdf) == (id, channel, &filed.pdf));
    let refuse =
        |why: &str, hint: String| Ok(Redelivery::Refused(format!("`{id}` by `{channel}`: {why}"), hint));
    for bearer in &bearers {
        let key = &bearer.key[..12];
        match bearer.state {
            ParcelState::Held => {
                return refuse("a parcel is held", format!("report outbox approve {id} --by NAME"));
            }
            ParcelState::Ready | ParcelState::Sending => {
                return refuse("a parcel is on its way", format!("report outbox show {key}"));
            }
            ParcelState::Unknown => {
                let hint = format!("report outbox assume-sent {key}, or resend");
                return refuse("it may have arrived already", hint);
            }
            ParcelState::Failed => return refuse("a parcel failed", format!("report outbox retry {key}")),
            ParcelState::Accepted | ParcelState::Cancelled => {}
        }
    }
    let served = bearers.iter().any(|bearer| bearer.state == ParcelState::Accepted);
    if served && !again {
        return refuse("it was served already", "--again sends it once more, and says so".to_owned());
    }
    let key = key_of(&filed.pdf, id, channel);
    let new = |key, kind| {
        Ok(Redelivery::New(NewParcel {
            key,
            kind,
            issue: filed.issue,
            recipient: id.clone(),
            channel: channel.clone(),
            address: way.address.clone(),
            pdf: filed.pdf.clone(),
            further: Vec::new(),
        }))
    };
    if served {
        // Counted by what is there, so that two who ask at once ask for the same parcel.
        let count = bearers.len();
        return new(disk::sha256(format!("{key}\nagain {count}").as_bytes()), ParcelKind::Again);
    }
    if bearers.iter().any(|bearer| bearer.key == key) {
        return Ok(Redelivery::Revived(key));
    }
    new(key, ParcelKind::Issue)
}
