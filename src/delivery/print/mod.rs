//! The print channel: one parcel to the first printer of a group that can do what is asked, over IPP.
//!
//! How many copies and which pages is left to who makes the parcel; when a waiting job is asked about again, to the outbox.

mod capabilities;
mod group;
mod job;
mod lp;
mod wire;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use chrono::NaiveTime;

use self::capabilities::Capabilities;
use self::group::{Earlier, Group, Steps};
use self::job::{JobName, Order};
use self::wire::{Access, Printer};
use super::{Channel, Enclosure, Outcome, Parcel, Phase, SecretSource, Secrets};
use crate::ledger::LedgerError;

pub use lp::{LpChannel, LpSettings};

/// How long a printer may take to answer a question.
const PATIENCE: Duration = Duration::from_secs(20);

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
    /// Whether only the body of a document is printed, without its annexes.
    pub body_only: bool,
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

/// Prints parcels.
///
/// The key of the parcel is in the name of the job, so that a job is found again after a crash and followed, not printed once more. That
/// holds as long as the printer keeps its list of jobs; [`PrintChannel::remember`] says what the outbox knows beyond that.
pub struct PrintChannel<'a> {
    settings: PrintSettings,
    secrets: &'a (dyn Secrets + Sync),
    now: NaiveTime,
    began: Instant,
    earlier: BTreeMap<String, Earlier>,
}

impl<'a> PrintChannel<'a> {
    /// A channel to a group of printers. `now` is the time of day where they stand.
    pub fn new(settings: PrintSettings, secrets: &'a (dyn Secrets + Sync), now: NaiveTime) -> Self {
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
}

/// The last page to be printed, where that is not the last of the file.
fn pages_of(enclosure: &Enclosure, body_only: bool) -> Result<Option<u32>, String> {
    match (body_only, enclosure.body_pages) {
        (false, _) => Ok(None),
        (true, Some(pages)) => Ok(Some(pages)),
        (true, None) => Err(format!(
            "nobody recorded on which page the body of `{}` ends, and it is not guessed: print it whole (`part = \"all\"`)",
            enclosure.plain_name
        )),
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

impl Channel for PrintChannel<'_> {
    fn is_repeatable(&self) -> bool {
        true
    }

    fn remember(&mut self, key: &str, account: Option<&str>) {
        Self::remember(self, key, account);
    }

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
        let group = match self.printers() {
            Ok(printers) => Group { settings: &self.settings, printers },
            Err(reason) => return Ok(Outcome::Stopped { reason }),
        };
        let mut steps = Steps::new(phase);
        let key: String = parcel.key.chars().take(16).collect();
        let mut receipts = Vec::new();
        for (at, enclosure) in parcel.enclosures.iter().enumerate() {
            let many = parcel.enclosures.len() > 1;
            let token = if many { format!("{key}-{}", at + 1) } else { key.clone() };
            let title = if many { &enclosure.name } else { &parcel.title };
            let pages = match pages_of(enclosure, self.settings.body_only) {
                Ok(pages) => pages,
                Err(reason) => return Ok(after(&receipts, Outcome::Refused { reason })),
            };
            let format = &enclosure.media_type;
            let order = Order { token: &token, title, format, document: &enclosure.bytes, pages };
            let known = file_key(&parcel.key, at);
            let earlier = self.earlier.get(&known).or_else(|| self.earlier.get(&parcel.key));
            let mut earlier = earlier.cloned().unwrap_or_default();
            let outcome = match &earlier.done {
                Some(receipt) => Outcome::Accepted { receipt: receipt.clone() },
                None => group.deliver(&order, parcel.copies, &mut earlier, &mut steps)?,
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
            let missing = can
                .template(&self.settings, "application/pdf", 1, self.settings.body_only.then_some(1))
                .err()
                .unwrap_or_default();
            well &= missing.is_empty() && can.is_accepting() && !can.is_stopped();
            lines.extend(missing.into_iter().map(|line| format!("{}: {line}", printer.uri)));
        }
        (lines, well)
    }
}
