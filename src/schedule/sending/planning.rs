//! To whom a new issue goes: its parcels, from what recipients and the schedule say.
//!
//! How a parcel is made is left to `packing`.

use crate::disk;
use crate::ledger::{Issue, Ledger, LedgerError, NewParcel};
use crate::model::Recipient;
use crate::schedule::event::{Event, Level};
use crate::schedule::plan::Schedule;
use crate::schedule::signing::is_due as sign_is_due;

use super::Counter;

/// The key of a parcel: the same file to the same recipient through the same channel is the same parcel, whoever plans it.
pub fn key_of(pdf: &str, recipient: &str, channel: &str) -> String {
    disk::sha256(format!("{pdf}\n{recipient}\n{channel}").as_bytes())
}

/// The parcels of an issue to all who get it through these channels.
pub fn parcels_of(issue: &Issue, pdf: &str, recipients: &[Recipient], channels: &[String]) -> Vec<NewParcel> {
    let gets = recipients.iter().filter(|r| r.gets(&issue.document, &issue.subject, issue.date));
    let ways = gets.flat_map(|recipient| recipient.ways.iter().map(move |way| (recipient, way)));
    ways.filter(|(_, way)| channels.contains(&way.channel))
        .map(|(recipient, way)| NewParcel {
            key: key_of(pdf, &recipient.id, &way.channel),
            issue: issue.id,
            recipient: recipient.id.clone(),
            channel: way.channel.clone(),
            address: way.address.clone(),
            pdf: pdf.to_owned(),
        })
        .collect()
}

/// Plans to whom new issues go.
pub(super) fn plan(
    ledger: &mut Ledger,
    unplanned: Vec<(i64, String)>,
    schedules: &[Schedule],
    counter: &Counter<'_>,
    told: &mut dyn FnMut(Event),
) -> Result<(), LedgerError> {
    let now = counter.clock.now();
    let issues = ledger.issues()?;
    for (id, schedule) in unplanned {
        let schedule = schedules.iter().find(|known| known.id == schedule);
        let channels = schedule.map_or_else(Vec::new, |schedule| schedule.deliveries.clone());
        let Some(issue) = issues.iter().find(|issue| issue.id == id) else { continue };
        // It is planned, and sent, as it was signed.
        if sign_is_due(issue, schedules).is_some() {
            continue;
        }
        let pdf = issue.sent().unwrap_or_default();
        let parcels = parcels_of(issue, pdf, counter.stock.recipients, &channels);
        // While a file cannot be read nobody knows all who get it: those that are known get theirs, and it is planned again.
        let planned: &[i64] = if counter.sound { &[id] } else { &[] };
        ledger.put_out(planned, &parcels, now)?;
        for parcel in &parcels {
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
    }
    Ok(())
}
