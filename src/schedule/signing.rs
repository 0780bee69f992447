//! Signed files: an outside tool adds its signature to a file that was issued, and only then it is sent.
//!
//! How the tool is run is left to `delivery`, what is sent to `sending`.

use std::path::Path;

use chrono::{DateTime, Utc};

use super::event::{Event, Level};
use super::maker::Clock;
use super::plan::Schedule;
use crate::delivery::{SignSettings, sign};
use crate::disk;
use crate::ledger::{Issue, IssueState, Lease, Ledger, LedgerError};

/// What signing works with.
#[derive(Clone, Copy)]
pub struct Signer<'a> {
    /// The workspace, where relative paths of the command begin.
    pub root: &'a Path,
    /// The output folder.
    pub out: &'a Path,
    /// A folder of our own, for copies.
    pub scratch: &'a Path,
    /// Where programs are looked for.
    pub path: &'a str,
    /// The time.
    pub clock: &'a dyn Clock,
    /// Whether to end before the next file.
    pub stop: &'a dyn Fn() -> bool,
}

/// What signs an issue that is not signed yet, where its schedule wants that.
pub fn is_due<'a>(issue: &Issue, schedules: &'a [Schedule]) -> Option<&'a SignSettings> {
    let wanted = issue.state == IssueState::Issued && issue.signed.is_none();
    let own = schedules.iter().find(|schedule| wanted && issue.schedule.as_ref() == Some(&schedule.id));
    own.and_then(|schedule| schedule.sign.as_ref())
}

/// Signs what was issued and waits for that. A file that could not be signed is not tried again for a day, unless somebody asks.
///
/// # Errors
/// When the ledger cannot be used.
pub fn sign_due(
    state: &Path,
    owner: &str,
    schedules: &[Schedule],
    signer: &Signer<'_>,
    told: &mut dyn FnMut(Event),
) -> Result<(), LedgerError> {
    if schedules.iter().all(|schedule| schedule.sign.is_none()) {
        return Ok(());
    }
    let Some(lease) = Lease::take(state)? else { return Ok(()) };
    let Some(mut ledger) = Ledger::open_existing(state)? else { return Ok(()) };
    let unplanned: Vec<i64> = ledger.unplanned()?.into_iter().map(|new| new.issue).collect();
    if unplanned.is_empty() {
        return Ok(());
    }
    let mut held = false;
    for issue in ledger.issues()?.into_iter().filter(|issue| unplanned.contains(&issue.id)) {
        let now = signer.clock.now();
        let Some(settings) = is_due(&issue, schedules) else { continue };
        if ledger.was_told(&unsigned(&issue), now)? || (signer.stop)() {
            continue;
        }
        if !held {
            ledger.hold(&lease, owner, now)?;
            held = true;
        }
        match sign_issue(&mut ledger, &issue, settings, signer)? {
            Ok(path) => {
                let mut event =
                    Event::new(signer.clock.now(), Level::Info, "signed", format!("signed: {path}"));
                event.document = Some(format!("{} {}", issue.document, issue.subject));
                event.period = Some(issue.period.clone());
                told(event);
            }
            Err(why) => told(alarm(&issue, &why, &mut ledger, signer.clock.now())?),
        }
    }
    Ok(())
}

/// Signs one issue, and keeps the signed file beside it; the path, or why it was not signed.
///
/// # Errors
/// When the ledger cannot be written.
pub fn sign_issue(
    ledger: &mut Ledger,
    issue: &Issue,
    settings: &SignSettings,
    signer: &Signer<'_>,
) -> Result<Result<String, String>, LedgerError> {
    let Some((path, digest)) = issue.path.as_deref().zip(issue.pdf.as_deref()) else {
        return Ok(Err("it has no file".to_owned()));
    };
    let released = match disk::read(&signer.out.join(path)) {
        Ok(bytes) if disk::sha256(&bytes) == digest => bytes,
        Ok(_) => return Ok(Err(format!("`{path}` is not the file that was issued"))),
        Err(error) => return Ok(Err(format!("{error}: {}", error.source))),
    };
    let signed = match sign(settings, &released, signer.root, signer.scratch, signer.path) {
        Ok(signed) => signed,
        Err(error) => return Ok(Err(error.to_string())),
    };
    let beside = path.strip_suffix(".pdf").unwrap_or(path).to_owned() + ".signed.pdf";
    if let Err(error) = disk::write(&signer.out.join(&beside), &signed) {
        return Ok(Err(format!("{error}: {}", error.source)));
    }
    ledger.signed(issue.id, &beside, &disk::sha256(&signed))?;
    Ok(Ok(beside))
}

/// Under which words it is remembered that an issue could not be signed.
fn unsigned(issue: &Issue) -> String {
    format!("not signed {}", issue.id)
}

fn alarm(issue: &Issue, why: &str, ledger: &mut Ledger, now: DateTime<Utc>) -> Result<Event, LedgerError> {
    ledger.tell_again(&unsigned(issue), now)?;
    let (period, document, subject) = (&issue.period, &issue.document, &issue.subject);
    let message = format!(
        "not signed, and not sent until it is: {why}; report sign {period}/{document}/{subject} tries again"
    );
    let mut event = Event::new(now, Level::Alarm, "not-signed", message);
    event.document = Some(format!("{document} {subject}"));
    event.period = Some(period.clone());
    Ok(event)
}
