//! To whom new issues go: their parcels, from what recipients and the schedules say.
//!
//! What goes to one recipient in one parcel is left to `digest`, how a parcel is made to `packing`.

use crate::disk;
use crate::ledger::{Issue, Ledger, LedgerError, NewParcel, ParcelKind, Unplanned};
use crate::model::Recipient;
use crate::schedule::event::{Event, Level};
use crate::schedule::plan::Schedule;

use super::Counter;

/// The key of a parcel: the same file to the same recipient through the same channel is the same parcel, whoever plans it.
pub fn key_of(pdf: &str, recipient: &str, channel: &str) -> String {
    disk::sha256(format!("{pdf}\n{recipient}\n{channel}").as_bytes())
}

/// The parcels of a file of an issue to all who get it through these channels, one for each.
pub fn parcels_of(issue: &Issue, pdf: &str, recipients: &[Recipient], channels: &[String]) -> Vec<NewParcel> {
    let gets = recipients.iter().filter(|r| r.gets(&issue.document, &issue.subject, issue.date));
    let ways = gets.flat_map(|recipient| recipient.ways.iter().map(move |way| (recipient, way)));
    ways.filter(|(_, way)| channels.contains(&way.channel))
        .map(|(recipient, way)| NewParcel {
            key: key_of(pdf, &recipient.id, &way.channel),
            kind: ParcelKind::Issue,
            issue: issue.id,
            recipient: recipient.id.clone(),
            channel: way.channel.clone(),
            address: way.address.clone(),
            pdf: pdf.to_owned(),
            further: Vec::new(),
        })
        .collect()
}

/// Plans to whom new issues go.
pub(super) fn plan(
    ledger: &mut Ledger,
    unplanned: Vec<Unplanned>,
    schedules: &[Schedule],
    counter: &Counter<'_>,
    told: &mut dyn FnMut(Event),
) -> Result<(), LedgerError> {
    let now = counter.clock.now();
    for new in unplanned {
        let schedule = schedules.iter().find(|known| known.id == new.schedule);
        let channels = schedule.map_or_else(Vec::new, |schedule| schedule.deliveries.clone());
        let Some(issue) = ledger.issue_by_id(new.issue)? else { continue };
        let parcels = match ledger.valid_file(issue.id)? {
            Some(file) => parcels_of(&issue, &file.pdf, counter.stock.recipients, &channels),
            None => Vec::new(),
        };
        // While a file cannot be read nobody knows all who get it: those that are known get theirs, and it is planned again.
        let planned: &[i64] = if counter.sound { &[issue.id] } else { &[] };
        ledger.put_out(planned, &parcels, now)?;
        tell_held(ledger, &parcels, counter, told)?;
    }
    Ok(())
}

/// Says which addresses somebody has to approve, once a day.
pub(super) fn tell_held(
    ledger: &mut Ledger,
    parcels: &[NewParcel],
    counter: &Counter<'_>,
    told: &mut dyn FnMut(Event),
) -> Result<(), LedgerError> {
    let now = counter.clock.now();
    for parcel in parcels {
        let approved = ledger.is_approved(&parcel.recipient, &parcel.channel, &parcel.address)?;
        let what = format!("held {} {} {}", parcel.recipient, parcel.channel, parcel.address);
        if !approved && ledger.tell_again(&what, now)? {
            let message = format!(
                "held: `{}` is new for {} by {}; report outbox approve {} --by NAME",
                parcel.address, parcel.recipient, parcel.channel, parcel.recipient
            );
            told(Event::new(now, Level::Warning, "held", message));
        }
    }
    Ok(())
}
