//! `report redeliver`: an issue as it was issued, to somebody who was not planned, or once more to somebody who was served.
//!
//! Which parcel that makes is left to the library's `schedule`, sending to the next tick.

use briefing::diag::nearest;
use briefing::ledger::{Lease, Ledger, ParcelRow};
use briefing::model::{Recipient, Way};
use briefing::schedule::{self, Clock, Redelivery};

use super::args::{Common, Redeliver};
use super::desk::{self, Desk};
use super::entry;
use super::failure::{Failure, Outcome};
use crate::terminal::Terminal;

/// Puts the parcels out that were asked for.
pub(crate) fn run(common: &Common, verb: &Redeliver, terminal: &Terminal) -> Result<Outcome, Failure> {
    let now = terminal.clock(common.now.as_deref(), None)?.now();
    let desk = desk::open(common, terminal)?;
    if desk.found.has_errors() {
        return Err(Failure::Diagnostics(desk.found));
    }
    let Some(mut ledger) = Ledger::open_existing(&desk.state)? else {
        return Err(Failure::usage(
            format!("no issue `{}`", verb.entry),
            "there is no ledger yet".to_owned(),
        ));
    };
    let lease = Lease::wait(&desk.state)?;
    ledger.hold(&lease, &terminal.owner(), now)?;
    let issue = entry::issue(&ledger, &verb.entry)?;
    let recipient = recipient(&desk, &verb.to)?;
    if let Some(until) = recipient.until.filter(|_| recipient.is_over(desk.today(now))) {
        let message = format!("`{}` gets nothing after {until}", recipient.id);
        return Err(Failure::usage(message, "change `until` in data/recipients.toml".to_owned()));
    }
    let Some(filed) = ledger.valid_file(issue.id)? else {
        return Err(Failure::usage(format!("`{}` was withdrawn", entry::name(&issue)), None));
    };
    // All are judged before the first is put out: half of what was asked for would be hard to see.
    let mut wanted = Vec::new();
    for way in ways(recipient, verb.channel.as_deref())? {
        let filed = schedule::bound(&ledger, &filed, &way.channel, desk.stock())?;
        let parcel = schedule::redelivery(&ledger, &filed, recipient, way, verb.again)?;
        if let Redelivery::Refused(message, hint) = parcel {
            return Err(Failure::usage(message, hint));
        }
        if let Redelivery::New(new) = &parcel
            && let Err(reason) = schedule::wrap(&ledger, &ParcelRow::of(new), desk.stock())?
        {
            return Err(Failure::usage(format!("not sent: {reason}"), None));
        }
        wanted.push((way, parcel));
    }
    for (way, parcel) in wanted {
        let key = match parcel {
            Redelivery::New(new) => {
                ledger.put_out(&[], std::slice::from_ref(&new), now)?;
                new.key
            }
            Redelivery::Revived(key) => {
                ledger.revive(&key, &way.address, now)?;
                key
            }
            Redelivery::Refused(..) => continue,
        };
        let (key, id, channel, address) = (&key[..12], &recipient.id, &way.channel, &way.address);
        let what = format!("{key} {} to {id} by {channel}", entry::name(&issue));
        terminal.line(&if ledger.is_approved(id, channel, address)? {
            format!("{what}: sent with the next tick, or by report deliver")
        } else {
            format!("{what}: held, `{address}` is new; report outbox approve {id} --by NAME")
        })?;
    }
    Ok(Outcome::Done)
}

/// A recipient that was typed.
pub(super) fn recipient<'d>(desk: &'d Desk, id: &str) -> Result<&'d Recipient, Failure> {
    if let Some(known) = desk.recipients.iter().find(|known| known.id == id) {
        return Ok(known);
    }
    let names: Vec<&str> = desk.recipients.iter().map(|known| known.id.as_str()).collect();
    let near = nearest(id, names.iter().copied()).map(|near| format!("did you mean `{near}`? "));
    let there = match names.as_slice() {
        [] => "data/recipients.toml has no [[recipient]]".to_owned(),
        names => format!("there are {}", names.join(", ")),
    };
    Err(Failure::usage(format!("no recipient `{id}`"), format!("{}{there}", near.unwrap_or_default())))
}

/// The ways that were meant: the one by a channel, or all.
fn ways<'r>(recipient: &'r Recipient, channel: Option<&str>) -> Result<Vec<&'r Way>, Failure> {
    let Some(channel) = channel else {
        if recipient.ways.is_empty() {
            let hint = "add a [[recipient.way]] to data/recipients.toml".to_owned();
            return Err(Failure::usage(format!("`{}` has no way", recipient.id), hint));
        }
        return Ok(recipient.ways.iter().collect());
    };
    if let Some(way) = recipient.way(channel) {
        return Ok(vec![way]);
    }
    let known: Vec<&str> = recipient.ways.iter().map(|way| way.channel.as_str()).collect();
    let hint = format!("it has ways by {}", known.join(", "));
    Err(Failure::usage(format!("`{}` has no way by `{channel}`", recipient.id), hint))
}
