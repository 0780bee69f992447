//! `report deliver` and `report outbox`: what goes to whom, and what a person decides about it.
//!
//! What is sent on a tick is left to `tick`.

use briefing::ledger::{Lease, Ledger, ParcelRow, ParcelState};
use briefing::schedule::{self, Clock};
use chrono::{DateTime, Utc};

use super::args::{Common, Deliver, OutboxCommand};
use super::desk::{self, Desk, Log};
use super::failure::{Failure, Outcome};
use super::list::table;
use super::tick;
use crate::terminal::Terminal;

/// Sends what is in the outbox, or says what would be sent.
pub(crate) fn deliver(common: &Common, verb: &Deliver, terminal: &Terminal) -> Result<Outcome, Failure> {
    let clock = terminal.clock(common.now.as_deref(), None)?;
    let desk = desk::open(common, terminal)?;
    if desk.found.has_errors() {
        return Err(Failure::Diagnostics(desk.found));
    }
    if let Some(folder) = &verb.dry_run {
        return preview(&desk, folder, clock.now(), terminal);
    }
    let mut log = Log { terminal, format: verb.log_format, alarms: Vec::new() };
    tick::send(&desk, &clock, &|| false, terminal, &mut log)?;
    let failed = !log.alarms.is_empty();
    desk.raise(log.alarms, terminal);
    Ok(if failed { Outcome::Partly } else { Outcome::Done })
}

/// Says what would be sent now, and writes each message as it would be.
fn preview(
    desk: &Desk,
    folder: &std::path::Path,
    now: DateTime<Utc>,
    terminal: &Terminal,
) -> Result<Outcome, Failure> {
    let Some(ledger) = Ledger::open_existing(&desk.state)? else { return Ok(Outcome::Done) };
    let issues: std::collections::BTreeMap<i64, _> =
        ledger.issues()?.into_iter().map(|issue| (issue.id, issue)).collect();
    let mut news = schedule::News::default();
    let mut rows = Vec::new();
    for parcel in ledger.sendable(now)? {
        let issue = issues.get(&parcel.issue);
        let told = match issue {
            Some(issue) => news.of(&ledger, issue, &issues, &parcel, &desk.workspace.out)?,
            None => (String::new(), Vec::new()),
        };
        let what = issue.map_or_else(String::new, |issue| {
            format!("{} {} {}", issue.document, issue.subject, issue.period)
        });
        let to = desk.ways.destination(&parcel.channel, &parcel.address).to_owned();
        let note = match desk.message(issue, &parcel, told, now) {
            Some(Ok(eml)) => {
                let path = folder.join(format!("{}.eml", &parcel.key[..12]));
                briefing::disk::write_private(&path, &eml).map_err(|e| Failure::Ledger(e.into()))?;
                path.display().to_string()
            }
            Some(Err(reason)) => format!("not sent: {reason}"),
            None => String::new(),
        };
        rows.push(vec![parcel.recipient, parcel.channel, to, what, note]);
    }
    if ledger.sending_paused()?.is_some() {
        terminal.note("sending is held: report outbox resume");
    }
    for row in table(["recipient", "channel", "to", "document", ""], rows.into_iter()) {
        terminal.line(&row)?;
    }
    Ok(Outcome::Done)
}

/// Looks at the outbox, or settles what is open in it.
pub(crate) fn run(common: &Common, verb: &OutboxCommand, terminal: &Terminal) -> Result<Outcome, Failure> {
    let now = terminal.clock(common.now.as_deref(), None)?.now();
    let desk = desk::open(common, terminal)?;
    let Some(mut ledger) = Ledger::open_existing(&desk.state)? else {
        terminal.note("there is no ledger yet");
        return Ok(Outcome::Done);
    };
    match verb {
        OutboxCommand::List { only, recipient, limit } => {
            let state = only.as_deref().map(state).transpose()?;
            let rows = ledger.parcels(state, recipient.as_deref(), *limit)?.into_iter().map(|parcel| {
                let due = parcel.due.map_or_else(String::new, |due| {
                    due.with_timezone(&desk.settings.zone).format("next try %Y-%m-%d %H:%M; ").to_string()
                });
                let words = parcel.receipt.clone().or_else(|| parcel.reason.clone()).unwrap_or_default();
                vec![
                    parcel.key[..12].to_owned(),
                    parcel.recipient,
                    parcel.channel,
                    parcel.address,
                    parcel.state.name().to_owned(),
                    format!("{due}{words}"),
                ]
            });
            for row in table(["parcel", "recipient", "channel", "to", "state", ""], rows) {
                terminal.line(&row)?;
            }
            return Ok(Outcome::Done);
        }
        OutboxCommand::Show { key } => return show(&desk, &ledger, &one(&ledger, key)?, terminal),
        // These two do not wait for a tick that is sending: it looks for them before each parcel.
        OutboxCommand::Pause => {
            ledger.pause_sending(Some(now))?;
            terminal.line("nothing is sent until report outbox resume")?;
            return Ok(Outcome::Done);
        }
        OutboxCommand::Resume => {
            ledger.pause_sending(None)?;
            terminal.line("sending goes on")?;
            return Ok(Outcome::Done);
        }
        _ => {}
    }
    let lease = Lease::wait(&desk.state)?;
    ledger.hold(&lease, &terminal.owner(), now)?;
    match verb {
        OutboxCommand::Approve { recipient, by } => {
            let Some(known) = desk.recipients.iter().find(|known| known.id == *recipient) else {
                let names: Vec<&str> = desk.recipients.iter().map(|known| known.id.as_str()).collect();
                let hint = format!("there are {}", names.join(", "));
                return Err(Failure::usage(format!("no recipient `{recipient}`"), hint));
            };
            for way in &known.ways {
                // What was held for an address that was corrected since goes to the one that is approved.
                for parcel in ledger.parcels(Some(ParcelState::Held), Some(recipient), usize::MAX)? {
                    if parcel.channel == way.channel {
                        ledger.readdress(&parcel.key, &way.address, now)?;
                    }
                }
                let ready = ledger.approve_address(recipient, &way.channel, &way.address, by, now)?;
                let (channel, address) = (&way.channel, &way.address);
                terminal.line(&format!("approved {address} by {channel}; {ready} parcels are ready"))?;
            }
        }
        OutboxCommand::Retry { key } => again(&desk, &mut ledger, key, ParcelState::Failed, now, terminal)?,
        OutboxCommand::Resend { key } => again(&desk, &mut ledger, key, ParcelState::Unknown, now, terminal)?,
        OutboxCommand::AssumeSent { key } => {
            let parcel = one(&ledger, key)?;
            must_be(&parcel, ParcelState::Unknown)?;
            ledger.sent(&parcel.key, ParcelState::Accepted, "a person says that it arrived", None, now)?;
            terminal.line(&format!("{} counts as accepted", &parcel.key[..12]))?;
        }
        OutboxCommand::List { .. }
        | OutboxCommand::Show { .. }
        | OutboxCommand::Pause
        | OutboxCommand::Resume => {}
    }
    Ok(Outcome::Done)
}

fn again(
    desk: &Desk,
    ledger: &mut Ledger,
    key: &str,
    state: ParcelState,
    now: DateTime<Utc>,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let parcel = one(ledger, key)?;
    if parcel.superseded {
        let hint = format!("report outbox list --recipient {} shows it", parcel.recipient);
        let message =
            "its issue was corrected or withdrawn since: what took its place is a parcel of its own";
        return Err(Failure::usage(message, hint));
    }
    // One that waits for its next try may be hurried; one that was served never is.
    if parcel.state != ParcelState::Ready {
        must_be(&parcel, state)?;
    }
    ledger.send_again(&parcel.key, now)?;
    // The address may have been what was wrong.
    let known = desk.recipients.iter().filter(|known| known.id == parcel.recipient);
    let way = known.flat_map(|known| &known.ways).find(|way| way.channel == parcel.channel);
    if let Some(way) = way {
        ledger.readdress(&parcel.key, &way.address, now)?;
        if one(ledger, &parcel.key)?.state == ParcelState::Held {
            let (key, to) = (&parcel.key[..12], &way.address);
            let line =
                format!("{key} is held: `{to}` is new; report outbox approve {} --by NAME", parcel.recipient);
            terminal.line(&line)?;
            return Ok(());
        }
    }
    terminal.line(&format!("{} is sent with the next tick, or by report deliver", &parcel.key[..12]))?;
    Ok(())
}

fn must_be(parcel: &ParcelRow, state: ParcelState) -> Result<(), Failure> {
    if parcel.state == state {
        return Ok(());
    }
    let hint = match parcel.state {
        ParcelState::Accepted => "who was served is not served again".to_owned(),
        ParcelState::Unknown => "report outbox resend, or assume-sent".to_owned(),
        ParcelState::Failed => "report outbox retry".to_owned(),
        ParcelState::Held => format!("report outbox approve {} --by NAME", parcel.recipient),
        ParcelState::Ready | ParcelState::Sending => "it is on its way".to_owned(),
        ParcelState::Cancelled => "it was taken back before it left".to_owned(),
    };
    let message = format!("parcel {} is {}, not {}", &parcel.key[..12], parcel.state.name(), state.name());
    Err(Failure::usage(message, hint))
}

fn one(ledger: &Ledger, key: &str) -> Result<ParcelRow, Failure> {
    let hint = "report outbox list".to_owned();
    let mut found = ledger.parcels_by_key(key)?;
    match (found.pop(), found.len()) {
        (Some(parcel), 0) if !key.is_empty() => Ok(parcel),
        (None, _) => Err(Failure::usage(format!("no parcel `{key}`"), hint)),
        _ => Err(Failure::usage(format!("`{key}` is the beginning of several parcels"), hint)),
    }
}

fn show(desk: &Desk, ledger: &Ledger, parcel: &ParcelRow, terminal: &Terminal) -> Result<Outcome, Failure> {
    let issue = ledger.issues()?.into_iter().find(|issue| issue.id == parcel.issue);
    let local =
        |at: DateTime<Utc>| at.with_timezone(&desk.settings.zone).format("%Y-%m-%d %H:%M %:z").to_string();
    terminal.line(&parcel.key)?;
    for (what, words) in [
        (
            "document",
            issue.map(|i| {
                format!("{} {} {} ({}年第{}期)", i.document, i.subject, i.period, i.year, i.number.number)
            }),
        ),
        ("kind", Some(parcel.kind.name().to_owned())),
        ("recipient", Some(parcel.recipient.clone())),
        ("channel", Some(parcel.channel.clone())),
        ("address", Some(parcel.address.clone())),
        ("state", Some(parcel.state.name().to_owned())),
        ("attempts", Some(parcel.attempts.to_string())),
        ("next try", parcel.due.map(local)),
        ("receipt", parcel.receipt.clone()),
        ("reason", parcel.reason.clone()),
        ("file", Some(format!("SHA-256 {}", parcel.pdf))),
    ] {
        if let Some(words) = words {
            terminal.line(&format!("  {what:<10}{words}"))?;
        }
    }
    Ok(Outcome::Done)
}

fn state(text: &str) -> Result<ParcelState, Failure> {
    ParcelState::ALL.into_iter().find(|state| state.name() == text).ok_or_else(|| {
        let names: Vec<&str> = ParcelState::ALL.iter().map(|state| state.name()).collect();
        Failure::usage(format!("`{text}` is no state of a parcel"), format!("there are {}", names.join(", ")))
    })
}
