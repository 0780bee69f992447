//! To whom a new issue goes: its parcels, from what recipients and the schedule say.
//!
//! How a parcel is made is left to `packing`.

use crate::disk;
use crate::ledger::{Issue, Ledger, LedgerError, NewParcel, ParcelKind};
use crate::model::Recipient;
use crate::schedule::event::{Event, Level};
use crate::schedule::plan::Schedule;

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
            kind: ParcelKind::Issue,
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
        let mut parcels =
            parcels_of(issue, issue.pdf.as_deref().unwrap_or_default(), counter.stock.recipients, &channels);
        drop_known(ledger, issue, &mut parcels, counter.stock.recipients)?;
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

/// Leaves out those who want only what is new, where the issue says what the last one says that they were served.
fn drop_known(
    ledger: &Ledger,
    issue: &Issue,
    parcels: &mut Vec<NewParcel>,
    recipients: &[Recipient],
) -> Result<(), LedgerError> {
    let mut known = Vec::new();
    for recipient in recipients.iter().filter(|recipient| recipient.only_changed) {
        let served = ledger.last_served(&recipient.id, issue)?;
        if served.is_some_and(|served| served.content.is_some() && served.content == issue.content) {
            known.push(recipient.id.as_str());
        }
    }
    parcels.retain(|parcel| !known.contains(&parcel.recipient.as_str()));
    Ok(())
}
