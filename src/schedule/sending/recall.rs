//! Parcels that wait for somebody who is not to get them any more, or who has moved: taken back, or addressed anew, before they leave.
//!
//! What a person takes out by hand is left to the command line.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};

use crate::ledger::{Ledger, LedgerError, ParcelKind, ParcelRow};
use crate::model::Recipient;
use crate::schedule::event::{Event, Level};

use super::packing::Stock;
use super::{Counter, event};

/// What is to become of a parcel that waits.
#[derive(Debug)]
pub enum Astray {
    /// It is not sent any more; why.
    Cancelled(String),
    /// Its recipient has another address now.
    Moved(String),
}

/// The waiting parcels that recipients.toml contradicts. Not to be asked of a file with errors, which says nothing of those whom it does
/// not name.
///
/// # Errors
/// When the ledger cannot be read.
pub fn astray(
    ledger: &Ledger,
    stock: Stock<'_>,
    now: DateTime<Utc>,
) -> Result<Vec<(ParcelRow, Astray)>, LedgerError> {
    let today = now.with_timezone(&stock.zone).date_naive();
    let known: BTreeMap<&str, &Recipient> =
        stock.recipients.iter().map(|recipient| (recipient.id.as_str(), recipient)).collect();
    let mut found = Vec::new();
    for row in ledger.waiting()? {
        let astray = match known.get(row.recipient.as_str()) {
            None => Some(Astray::Cancelled(format!("`{}` is no longer in recipients.toml", row.recipient))),
            Some(recipient) => judge(&row, recipient, today),
        };
        found.extend(astray.map(|astray| (row, astray)));
    }
    Ok(found)
}

fn judge(row: &ParcelRow, recipient: &Recipient, today: NaiveDate) -> Option<Astray> {
    let Some(way) = recipient.way(&row.channel) else {
        let (id, channel) = (&recipient.id, &row.channel);
        return Some(Astray::Cancelled(format!("`{id}` has no way by `{channel}` any more")));
    };
    // Who was served something wrong is told so however late it is.
    let is_mending = matches!(row.kind, ParcelKind::Correction | ParcelKind::Withdrawal);
    if let Some(until) = recipient.until.filter(|_| recipient.is_over(today) && !is_mending) {
        return Some(Astray::Cancelled(format!("`{}` gets nothing after {until}", recipient.id)));
    }
    (way.address != row.address).then(|| Astray::Moved(way.address.clone()))
}

/// Takes them back, or addresses them anew.
pub(super) fn recall(
    ledger: &mut Ledger,
    astray: Vec<(ParcelRow, Astray)>,
    counter: &Counter<'_>,
    told: &mut dyn FnMut(Event),
) -> Result<(), LedgerError> {
    let now = counter.clock.now();
    for (row, what) in astray {
        match what {
            Astray::Cancelled(reason) => {
                ledger.cancel(&row.key, &reason, now)?;
                let words = format!("cancelled: {reason}");
                told(event(&row, Level::Warning, "cancelled", &words, now));
            }
            Astray::Moved(address) => {
                ledger.readdress(&row.key, &address, now)?;
                let approved = ledger.is_approved(&row.recipient, &row.channel, &address)?;
                let (old, id) = (&row.address, &row.recipient);
                let (level, then) = if approved {
                    (Level::Info, String::new())
                } else {
                    (Level::Warning, format!(", held: report outbox approve {id} --by NAME"))
                };
                let words = format!("`{address}` in place of `{old}`{then}");
                told(event(&row, level, "readdressed", &words, now));
            }
        }
    }
    Ok(())
}
