//! `report deliver` and `report outbox`: what goes to whom, and what a person decides about it.
//!
//! What is sent on a tick is left to `tick`.

use briefing::delivery::Parcel;
use briefing::ledger::{Issue, Lease, Ledger, ParcelRow, ParcelState};
use briefing::schedule::{self, Astray, Clock, Event};
use chrono::{DateTime, Utc};

use super::args::{Common, Deliver, OutboxCommand};
use super::desk::{self, Desk, Log};
use super::failure::{Failure, Outcome};
use super::list::table;
use super::{paper, tick};
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
    desk.raise(&log.alarms, clock.now(), terminal);
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
    let issues = ledger.issues()?;
    let astray = schedule::astray(&ledger, desk.stock(), now)?;
    let mut news = schedule::News::default();
    let mut rows = Vec::new();
    for parcel in ledger.sendable(now)? {
        let issue = issues.iter().find(|issue| issue.id == parcel.issue);
        let what = issue.map_or_else(String::new, |issue| what(issue, parcel.further.len()));
        let to = desk.ways.destination(&parcel.channel, &parcel.address).to_owned();
        let other = astray.iter().find(|(row, _)| row.key == parcel.key).map(|(_, other)| match other {
            Astray::Cancelled(reason) => format!("not sent: {reason}"),
            Astray::Moved(address) => format!("addressed to `{address}` first, and held where that is new"),
        });
        if let Some(note) = other {
            rows.push(vec![parcel.recipient, parcel.channel, to, what, note]);
            continue;
        }
        let (compared, changes) = news.of(&ledger, &parcel, &desk.workspace.out)?;
        let wrapped = schedule::wrap(&ledger, &parcel, desk.stock())?;
        let wrapped = wrapped.map(|wrapped| Parcel { compared, changes, ..wrapped });
        let message = wrapped.as_ref().map(|one| desk.ways.eml(&parcel.channel, one, &parcel.address, now));
        let note = match (&wrapped, message) {
            (Err(reason), _) => format!("not sent: {reason}"),
            (_, Ok(Some(Ok(eml)))) => {
                let path = folder.join(format!("{}.eml", &parcel.key[..12]));
                briefing::disk::write_private(&path, &eml).map_err(|e| Failure::Ledger(e.into()))?;
                path.display().to_string()
            }
            (_, Ok(Some(Err(reason)))) => format!("not sent: {reason}"),
            (Ok(wrapped), _) => paper::plan(desk, wrapped, &parcel.channel),
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

/// What a parcel carries, in short.
fn what(issue: &Issue, further: usize) -> String {
    let more = if further > 0 { format!(" and {further} more") } else { String::new() };
    format!("{} {} {}{more}", issue.document, issue.subject, issue.period)
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
                    match parcel.further.len() {
                        0 => parcel.kind.name().to_owned(),
                        more => format!("{} of {}", parcel.kind.name(), more + 1),
                    },
                    parcel.state.name().to_owned(),
                    format!("{due}{words}"),
                ]
            });
            for row in table(["parcel", "recipient", "channel", "to", "kind", "state", ""], rows) {
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
            let known = super::redeliver::recipient(&desk, recipient)?;
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
        OutboxCommand::Bounced { key, reason } => {
            let event = bounced(&mut ledger, key, reason, now)?;
            drop(lease);
            match event {
                Some(event) => {
                    terminal.line(&event.line())?;
                    desk.raise(&[event], now, terminal);
                }
                None => terminal.line("it is known already that it came back")?,
            }
        }
        OutboxCommand::Cancel { key, reason } => {
            let parcel = one(&ledger, key)?;
            if !ledger.cancel(&parcel.key, reason, now)? {
                return Err(cannot(&parcel, "cancelled"));
            }
            terminal.line(&format!("{} is cancelled", &parcel.key[..12]))?;
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
    if schedule::is_outdated(ledger, &parcel)? {
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

/// Records that an accepted mail came back; none where that is known. Whoever reads bounces may read one twice.
fn bounced(
    ledger: &mut Ledger,
    key: &str,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<Option<Event>, Failure> {
    const BOUNCED: &str = "bounced: ";
    let parcel = one(ledger, key)?;
    let known = parcel.reason.as_ref().is_some_and(|reason| reason.starts_with(BOUNCED));
    if parcel.state == ParcelState::Failed && known {
        return Ok(None);
    }
    must_be(&parcel, ParcelState::Accepted)?;
    let reason = format!("{BOUNCED}{}", reason.split_whitespace().collect::<Vec<_>>().join(" "));
    ledger.sent(&parcel.key, ParcelState::Failed, &reason, None, now)?;
    Ok(Some(briefing::schedule::bounced(&parcel, &reason, now)))
}

fn must_be(parcel: &ParcelRow, state: ParcelState) -> Result<(), Failure> {
    if parcel.state == state {
        return Ok(());
    }
    Err(cannot(parcel, state.name()))
}

/// Why a parcel cannot be what was wanted of it.
fn cannot(parcel: &ParcelRow, wanted: &str) -> Failure {
    let hint = match parcel.state {
        ParcelState::Accepted => {
            "who was served is not served again, except by report redeliver --again".to_owned()
        }
        ParcelState::Unknown => "report outbox resend, or assume-sent".to_owned(),
        ParcelState::Failed => "report outbox retry".to_owned(),
        ParcelState::Held => format!("report outbox approve {} --by NAME", parcel.recipient),
        ParcelState::Ready | ParcelState::Sending => "it is on its way".to_owned(),
        ParcelState::Cancelled => {
            "it was taken back before it left; report redeliver sends the issue after all".to_owned()
        }
    };
    let message = format!("parcel {} is {}, not {wanted}", &parcel.key[..12], parcel.state.name());
    Failure::usage(message, hint)
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
    let local =
        |at: DateTime<Utc>| at.with_timezone(&desk.settings.zone).format("%Y-%m-%d %H:%M %:z").to_string();
    terminal.line(&parcel.key)?;
    for (what, words) in [
        ("kind", Some(parcel.kind.name().to_owned())),
        ("recipient", Some(parcel.recipient.clone())),
        ("channel", Some(parcel.channel.clone())),
        ("address", Some(parcel.address.clone())),
        ("state", Some(parcel.state.name().to_owned())),
        ("attempts", Some(parcel.attempts.to_string())),
        ("next try", parcel.due.map(local)),
        ("receipt", parcel.receipt.clone()),
        ("reason", parcel.reason.clone()),
    ] {
        if let Some(words) = words {
            terminal.line(&format!("  {what:<10}{words}"))?;
        }
    }
    for filed in parcel.files() {
        if let Some(i) = ledger.issue_by_id(filed.issue)? {
            let words =
                format!("{} {} {} ({}年第{}期)", i.document, i.subject, i.period, i.year, i.number.number);
            terminal.line(&format!("  {:<10}{words}", "document"))?;
        }
        let path = ledger.file_of(filed.issue, &filed.pdf)?.map_or_else(String::new, |file| file.path);
        terminal.line(&format!("  {:<10}{path} SHA-256 {}", "file", filed.pdf))?;
    }
    Ok(Outcome::Done)
}

fn state(text: &str) -> Result<ParcelState, Failure> {
    ParcelState::ALL.into_iter().find(|state| state.name() == text).ok_or_else(|| {
        let names: Vec<&str> = ParcelState::ALL.iter().map(|state| state.name()).collect();
        Failure::usage(format!("`{text}` is no state of a parcel"), format!("there are {}", names.join(", ")))
    })
}
