//! The printers of one channel as a group: which of them gets a document, and what became of one that was sent.
//!
//! What goes over the line is left to `job` and `capabilities`; hours, logins and the files of a parcel to the channel.

use std::time::{Duration, Instant};

use ipp::attribute::IppAttribute;

use super::PrintSettings;
use super::capabilities::Capabilities;
use super::job::{self, JobName, Order, Search, Taken};
use super::wire::{Failure, Printer};
use crate::delivery::{Outcome, Phase};
use crate::ledger::LedgerError;

/// How often, and how far apart, a printer is asked about a job on which the line broke: it may still read what it got.
const SEARCHES: (u32, Duration) = (3, Duration::from_millis(500));

/// What is known of earlier attempts at a parcel.
#[derive(Debug, Clone, Default)]
pub(super) struct Earlier {
    /// A printer may have taken it.
    pub(super) sent: bool,
    /// This one has.
    pub(super) job: Option<JobName>,
    /// This one ended without being printed.
    pub(super) over: Option<JobName>,
    /// It is printed; the receipt.
    pub(super) done: Option<String>,
}

impl Earlier {
    /// What an account of a job says.
    pub(super) fn told(job: JobName, said: &str) -> Self {
        let mut earlier = Self { sent: true, ..Self::default() };
        if said.starts_with("completed") {
            earlier.done = Some(format!("{job}: completed"));
        } else if said.starts_with("canceled") || said.starts_with("aborted") {
            earlier.over = Some(job);
        } else {
            earlier.job = Some(job);
        }
        earlier
    }

    fn over_on(&self, printer: &Printer) -> Option<i32> {
        self.over.as_ref().filter(|job| job.uri == printer.uri).map(|job| job.id)
    }
}

/// Why a printer of the group was passed over.
enum Passed {
    Later(String),
    Never(String),
    Login(String),
}

/// The steps before a document leaves, each recorded once for a parcel.
pub(super) struct Steps<'a> {
    phase: &'a mut dyn FnMut(Phase) -> Result<(), LedgerError>,
    taken: bool,
}

impl<'a> Steps<'a> {
    pub(super) fn new(phase: &'a mut dyn FnMut(Phase) -> Result<(), LedgerError>) -> Self {
        Self { phase, taken: false }
    }

    fn before_the_document(&mut self) -> Result<(), LedgerError> {
        if !self.taken {
            (self.phase)(Phase::Sending)?;
            // Job and document are one request.
            (self.phase)(Phase::DataSent)?;
            self.taken = true;
        }
        Ok(())
    }
}

/// The printers of a channel, and how is printed there.
pub(super) struct Group<'a> {
    pub(super) settings: &'a PrintSettings,
    pub(super) printers: Vec<Printer>,
}

impl Group<'_> {
    /// Prints one document, or finds out what became of it.
    pub(super) fn deliver(
        &self,
        order: &Order<'_>,
        copies: u32,
        earlier: &mut Earlier,
        steps: &mut Steps<'_>,
    ) -> Result<Outcome, LedgerError> {
        let deadline = self.settings.deadline;
        if let Some(outcome) = taken_before(&self.printers, order.token, earlier, Instant::now() + deadline) {
            return Ok(outcome);
        }
        let (mut passed, mut ready, mut stopped) = (Vec::new(), Vec::new(), Vec::new());
        for printer in &self.printers {
            match self.suitable(printer, order, copies) {
                Ok((template, false)) => ready.push((printer, template)),
                Ok((template, true)) => stopped.push((printer, template)),
                Err(why) => passed.push(why),
            }
        }
        // Where all are out of paper, the first keeps the job until somebody comes.
        for (printer, template) in ready.into_iter().chain(stopped) {
            steps.before_the_document()?;
            // Dead printers before it do not shorten its time.
            let until = Instant::now() + deadline;
            let sent_before = std::mem::replace(&mut earlier.sent, true);
            match job::print(printer, order, &template, deadline) {
                Ok(Taken::Job(id, ignored)) => {
                    earlier.job = Some(JobName { id, uri: printer.uri.clone() });
                    return Ok(with_ignored(job::follow(printer, id, until), &ignored));
                }
                Ok(Taken::Later(reason)) => passed.push(later(printer, &reason)),
                Ok(Taken::Never(reason)) => passed.push(never(printer, &reason)),
                Err(Failure::Lost(reason)) => {
                    return Ok(after_a_break(printer, order.token, &reason, earlier, until));
                }
                Err(failure) => passed.push(passed_by(printer, failure)),
            }
            // That printer has surely not taken it.
            earlier.sent = sent_before;
        }
        Ok(none_took_it(passed))
    }

    /// Whether a printer can do what is asked: the attributes of the job, and whether it would wait there.
    fn suitable(&self, printer: &Printer, order: &Order<'_>, copies: u32) -> Result<Suitable, Passed> {
        let can = Capabilities::ask(printer).map_err(|failure| passed_by(printer, failure))?;
        let template = can.template(self.settings, order.format, copies, order.pages);
        let template = template.map_err(|missing| never(printer, &missing.join("; ")))?;
        if !can.is_accepting() {
            let reason = format!("accepts no jobs and complains of {}", can.reasons());
            return Err(later(printer, &reason));
        }
        Ok((template, can.is_stopped()))
    }
}

/// The attributes of the job, and whether it would wait there.
type Suitable = (Vec<IppAttribute>, bool);

fn later(printer: &Printer, reason: &str) -> Passed {
    Passed::Later(format!("{}: {reason}", printer.uri))
}

fn never(printer: &Printer, reason: &str) -> Passed {
    Passed::Never(format!("{}: {reason}", printer.uri))
}

fn passed_by(printer: &Printer, failure: Failure) -> Passed {
    match failure {
        Failure::NotReached(reason) | Failure::Lost(reason) => later(printer, &reason),
        Failure::Login(reason) => Passed::Login(format!("{}: {reason}", printer.uri)),
        Failure::Unusable(reason) => never(printer, &reason),
    }
}

/// What becomes of a job that an earlier attempt may have left in a printer; `None` when it may be printed.
fn taken_before(printers: &[Printer], token: &str, earlier: &mut Earlier, until: Instant) -> Option<Outcome> {
    let mut unsure = Vec::new();
    if let Some(job) = &earlier.job
        && let Some(printer) = printers.iter().find(|printer| printer.uri == job.uri)
        && job::is_there(printer, job.id, token).unwrap_or(false)
    {
        return Some(job::follow(printer, job.id, until));
    }
    for printer in printers {
        match job::find(printer, token, earlier.over_on(printer)) {
            Ok(Search::Found(id)) => {
                earlier.sent = true;
                earlier.job = Some(JobName { id, uri: printer.uri.clone() });
                return Some(job::follow(printer, id, until));
            }
            Ok(Search::Absent) => {}
            Ok(Search::Hidden(jobs)) => {
                unsure.push(format!("{} hides the names of {jobs} jobs", printer.uri));
            }
            Err(failure) => {
                unsure.push(format!("{} cannot be asked: {}", printer.uri, failure.reason()));
            }
        }
    }
    match &earlier.job {
        Some(job) => unsure.insert(0, format!("{job}: taken earlier, and not found there now")),
        // Nothing left this machine before: another printer may have it.
        None if !earlier.sent => return None,
        None if unsure.is_empty() => return None,
        None => unsure.insert(0, "a printer may have taken it earlier".to_owned()),
    }
    Some(Outcome::Unknown { reason: unsure.join("; ") })
}

/// What becomes of a document on which the line broke.
fn after_a_break(
    printer: &Printer,
    token: &str,
    reason: &str,
    earlier: &mut Earlier,
    until: Instant,
) -> Outcome {
    let broke = format!("{}: the line broke while the document was sent: {reason}", printer.uri);
    let mut last = Ok(Search::Absent);
    for attempt in 0..SEARCHES.0 {
        if attempt > 0 {
            std::thread::sleep(SEARCHES.1);
        }
        last = job::find(printer, token, earlier.over_on(printer));
        if let Ok(Search::Found(id)) = last {
            earlier.job = Some(JobName { id, uri: printer.uri.clone() });
            return job::follow(printer, id, until);
        }
    }
    match last {
        // The next attempt asks again before it prints.
        Ok(Search::Absent | Search::Found(_)) => {
            Outcome::Retry { reason: format!("{broke}; it has no such job"), after: None }
        }
        Ok(Search::Hidden(jobs)) => {
            Outcome::Unknown { reason: format!("{broke}; it hides the names of {jobs} jobs") }
        }
        Err(failure) => {
            Outcome::Unknown { reason: format!("{broke}; it cannot be asked any more: {}", failure.reason()) }
        }
    }
}

/// The account where no printer took the document: one that may do so later counts more than one that never will.
fn none_took_it(passed: Vec<Passed>) -> Outcome {
    let (mut reasons, mut may_later, mut login) = (Vec::new(), false, false);
    for why in passed {
        may_later |= matches!(why, Passed::Later(_));
        login |= matches!(why, Passed::Login(_));
        let (Passed::Later(reason) | Passed::Never(reason) | Passed::Login(reason)) = why;
        reasons.push(reason);
    }
    let reason = reasons.join("; ");
    if may_later {
        Outcome::Retry { reason, after: None }
    } else if login {
        Outcome::Stopped { reason }
    } else {
        Outcome::Refused { reason }
    }
}

/// Adds to a receipt what the printer did otherwise than asked.
fn with_ignored(outcome: Outcome, ignored: &[String]) -> Outcome {
    match outcome {
        Outcome::Accepted { receipt } if !ignored.is_empty() => {
            Outcome::Accepted { receipt: format!("{receipt}; the printer ignored {}", ignored.join(", ")) }
        }
        other => other,
    }
}
