//! The print channel: one parcel to the first printer of a group that can do what is asked, over IPP.
//!
//! How many copies and which pages is left to who makes the parcel; when a waiting job is asked about again, to the outbox.

mod capabilities;
mod job;
mod lp;
mod wire;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use chrono::NaiveTime;

use self::capabilities::Capabilities;
use self::job::{JobName, Order, Search, Taken};
use self::wire::{Access, Failure, Printer};
use super::{Channel, Outcome, Parcel, Phase, SecretSource, Secrets};
use crate::ledger::LedgerError;

pub use lp::{LpChannel, LpSettings};

/// How long a printer may take to answer a question.
const PATIENCE: Duration = Duration::from_secs(20);

/// How often, and how far apart, a printer is asked about a job on which the line broke: it may still read what it got.
const SEARCHES: (u32, Duration) = (3, Duration::from_millis(500));

/// Who asks, where no login says it.
const USER: &str = "report";

/// A group of printers, and how documents are printed there.
#[derive(Debug, Clone)]
pub struct PrintSettings {
    /// Their URIs (`ipp://printer.example/ipp/print`), the preferred one first.
    pub printers: Vec<String>,
    /// Which sides of a sheet.
    pub sides: Sides,
    /// The paper, by its name in PWG 5101.1: `iso_a4_210x297mm`.
    pub media: String,
    /// Colour or not.
    pub colour: Colour,
    /// Whether each copy is stapled.
    pub staple: bool,
    /// The hours in which may be printed, from and to; past midnight when the second is earlier.
    pub hours: Option<(NaiveTime, NaiveTime)>,
    /// How long a job is followed before the parcel waits.
    pub deadline: Duration,
    /// User and password.
    pub login: Option<(String, SecretSource)>,
    /// Whom alone to trust for `ipps`: certificates of authorities, as PEM. Without it, the public ones.
    pub ca_file: Option<PathBuf>,
}

/// Which sides of a sheet are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sides {
    /// The front only.
    One,
    /// Both, turned as a book.
    LongEdge,
    /// Both, turned as a pad.
    ShortEdge,
}

impl Sides {
    fn keyword(self) -> &'static str {
        match self {
            Self::One => "one-sided",
            Self::LongEdge => "two-sided-long-edge",
            Self::ShortEdge => "two-sided-short-edge",
        }
    }
}

/// Whether colour is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colour {
    /// As the document has it.
    Auto,
    /// Yes.
    Colour,
    /// No.
    Monochrome,
}

impl Colour {
    fn keyword(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Colour => "color",
            Self::Monochrome => "monochrome",
        }
    }
}

/// What is known of earlier attempts at a parcel.
#[derive(Debug, Clone, Default)]
struct Earlier {
    /// A printer may have taken it.
    sent: bool,
    /// This one has.
    job: Option<JobName>,
    /// This one ended without being printed.
    over: Option<JobName>,
    /// It is printed; the receipt.
    done: Option<String>,
}

impl Earlier {
    /// What an account of a job says.
    fn told(job: JobName, said: &str) -> Self {
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

/// Prints parcels.
///
/// The key of the parcel is in the name of the job, so that a job is found again after a crash and followed, not printed once more. That
/// holds as long as the printer keeps its list of jobs; [`PrintChannel::remember`] says what the outbox knows beyond that.
pub struct PrintChannel<'a> {
    settings: PrintSettings,
    secrets: &'a dyn Secrets,
    now: NaiveTime,
    began: Instant,
    earlier: BTreeMap<String, Earlier>,
}

/// Why a printer of the group was passed over.
enum Passed {
    Later(String),
    Never(String),
    Login(String),
}

/// The steps before a document leaves, each recorded once for a parcel.
struct Steps<'a> {
    phase: &'a mut dyn FnMut(Phase) -> Result<(), LedgerError>,
    taken: bool,
}

impl Steps<'_> {
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

impl<'a> PrintChannel<'a> {
    /// A channel to a group of printers. `now` is the time of day where they stand.
    pub fn new(settings: PrintSettings, secrets: &'a dyn Secrets, now: NaiveTime) -> Self {
        Self { settings, secrets, now, began: Instant::now(), earlier: BTreeMap::new() }
    }

    /// Tells what became of an earlier attempt at a parcel that got as far as [`Phase::DataSent`]: its reason or receipt, where there is
    /// one. Until every printer of the group was asked for its job, it is not printed.
    pub fn remember(&mut self, key: &str, account: Option<&str>) {
        let jobs = account.map(JobName::all_in).unwrap_or_default();
        let sent = Earlier { sent: true, ..Earlier::default() };
        self.earlier.insert(key.to_owned(), sent);
        // A parcel of several files names their jobs in the order of the files.
        for (at, (job, said)) in jobs.into_iter().enumerate() {
            self.earlier.insert(file_key(key, at), Earlier::told(job, said));
        }
    }

    /// The printers, ready to be asked.
    fn printers(&self) -> Result<Vec<Printer>, String> {
        let settings = &self.settings;
        if settings.printers.is_empty() {
            return Err("the group has no printers".to_owned());
        }
        let login = match &settings.login {
            Some((user, source)) => Some((user, source.read(self.secrets).map_err(|e| e.to_string())?)),
            None => None,
        };
        let ca = settings.ca_file.as_ref();
        let read = |path: &PathBuf| {
            std::fs::read(path).map_err(|e| format!("cannot read the CA file `{}`: {e}", path.display()))
        };
        let ca = ca.map(read).transpose()?;
        let access = Access {
            login: login.as_ref().map(|(user, secret)| (user.as_str(), secret.reveal())),
            authorities: ca.as_deref(),
            user: settings.login.as_ref().map_or(USER, |(user, _)| user),
            patience: PATIENCE.min(settings.deadline.max(Duration::from_secs(1))),
        };
        settings.printers.iter().map(|uri| Printer::new(uri, &access)).collect()
    }

    /// How long until printing is allowed.
    fn closed_for(&self) -> Option<Duration> {
        let (from, to) = self.settings.hours?;
        let passed = chrono::Duration::from_std(self.began.elapsed()).unwrap_or_default();
        let now = self.now.overflowing_add_signed(passed).0;
        let open = if from <= to { (from..to).contains(&now) } else { now >= from || now < to };
        let wait = from.signed_duration_since(now);
        let wait = if wait < chrono::Duration::zero() { wait + chrono::Duration::days(1) } else { wait };
        (!open).then(|| wait.to_std().unwrap_or_default())
    }

    /// Prints one document, or finds out what became of it.
    fn deliver(
        &self,
        printers: &[Printer],
        order: &Order<'_>,
        copies: u32,
        earlier: &mut Earlier,
        steps: &mut Steps<'_>,
    ) -> Result<Outcome, LedgerError> {
        let deadline = self.settings.deadline;
        if let Some(outcome) = taken_before(printers, order.token, earlier, Instant::now() + deadline) {
            return Ok(outcome);
        }
        let (mut passed, mut ready, mut stopped) = (Vec::new(), Vec::new(), Vec::new());
        for printer in printers {
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
        let template = can.template(&self.settings, order.format, copies);
        let template = template.map_err(|missing| never(printer, &missing.join("; ")))?;
        if !can.is_accepting() {
            let reason = format!("accepts no jobs and complains of {}", can.reasons());
            return Err(later(printer, &reason));
        }
        Ok((template, can.is_stopped()))
    }
}

/// The attributes of the job, and whether it would wait there.
type Suitable = (Vec<ipp::attribute::IppAttribute>, bool);

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

/// The name under which a file of a parcel is remembered.
fn file_key(key: &str, at: usize) -> String {
    format!("{key}-{}", at + 1)
}

/// Puts the receipts of what was printed before the account of what was not: they tell the next attempt what is done.
fn after(receipts: &[String], outcome: Outcome) -> Outcome {
    let with = |reason: String| [receipts, &[reason]].concat().join("; ");
    match outcome {
        Outcome::Accepted { receipt } => Outcome::Accepted { receipt: with(receipt) },
        Outcome::Retry { reason, after } => Outcome::Retry { reason: with(reason), after },
        Outcome::Refused { reason } => Outcome::Refused { reason: with(reason) },
        Outcome::Unknown { reason } => Outcome::Unknown { reason: with(reason) },
        Outcome::Stopped { reason } => Outcome::Stopped { reason: with(reason) },
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

impl Channel for PrintChannel<'_> {
    /// The printers are those of the settings, so the address only has to be the name of the group.
    fn send(
        &mut self,
        parcel: &Parcel,
        _address: &str,
        phase: &mut dyn FnMut(Phase) -> Result<(), LedgerError>,
    ) -> Result<Outcome, LedgerError> {
        if parcel.copies == 0 || parcel.enclosures.is_empty() {
            return Ok(Outcome::Refused { reason: "the parcel has nothing to print".to_owned() });
        }
        if let Some(after) = self.closed_for() {
            let reason = "outside of the hours of printing".to_owned();
            return Ok(Outcome::Retry { reason, after: Some(after) });
        }
        let printers = match self.printers() {
            Ok(printers) => printers,
            Err(reason) => return Ok(Outcome::Stopped { reason }),
        };
        let mut steps = Steps { phase, taken: false };
        let key: String = parcel.key.chars().take(16).collect();
        let mut receipts = Vec::new();
        for (at, enclosure) in parcel.enclosures.iter().enumerate() {
            let many = parcel.enclosures.len() > 1;
            let token = if many { format!("{key}-{}", at + 1) } else { key.clone() };
            let title = if many { &enclosure.name } else { &parcel.title };
            let order =
                Order { token: &token, title, format: &enclosure.media_type, document: &enclosure.bytes };
            let known = file_key(&parcel.key, at);
            let earlier = self.earlier.get(&known).or_else(|| self.earlier.get(&parcel.key));
            let mut earlier = earlier.cloned().unwrap_or_default();
            let outcome = match &earlier.done {
                Some(receipt) => Outcome::Accepted { receipt: receipt.clone() },
                None => self.deliver(&printers, &order, parcel.copies, &mut earlier, &mut steps)?,
            };
            match &outcome {
                Outcome::Accepted { receipt } => earlier.done = Some(receipt.clone()),
                Outcome::Refused { .. } => earlier.over = earlier.job.take().or(earlier.over),
                _ => {}
            }
            self.earlier.insert(known, earlier);
            match outcome {
                Outcome::Accepted { receipt } => receipts.push(receipt),
                other => return Ok(after(&receipts, other)),
            }
        }
        Ok(Outcome::Accepted { receipt: receipts.join("; ") })
    }

    fn probe(&mut self) -> (Vec<String>, bool) {
        let printers = match self.printers() {
            Ok(printers) => printers,
            Err(reason) => return (vec![reason], false),
        };
        let (mut lines, mut well) = (Vec::new(), true);
        for printer in &printers {
            let can = match Capabilities::ask(printer) {
                Ok(can) => can,
                Err(failure) => {
                    lines.push(format!("{}: {}", printer.uri, failure.reason()));
                    well = false;
                    continue;
                }
            };
            lines.extend(can.lines().into_iter().map(|line| format!("{}: {line}", printer.uri)));
            let missing = can.template(&self.settings, "application/pdf", 1).err().unwrap_or_default();
            well &= missing.is_empty() && can.is_accepting() && !can.is_stopped();
            lines.extend(missing.into_iter().map(|line| format!("{}: {line}", printer.uri)));
        }
        (lines, well)
    }
}
