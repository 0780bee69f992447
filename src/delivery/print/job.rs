//! One job on one printer: found again by the key in its name, sent, and followed to its end.
//!
//! Which printer gets it, and what becomes of the parcel when it gets none, is left to the channel.

use std::fmt;
use std::time::{Duration, Instant};

use ipp::attribute::{IppAttribute, IppAttributeGroup};
use ipp::model::{DelimiterTag, Operation};
use ipp::value::{IppMimeMediaType, IppName, IppValue};

use super::capabilities::{Capabilities, add, want};
use super::wire::{Failure, Printer, keyword, numbers, texts};
use crate::delivery::Outcome;

/// The states of a job that is over (RFC 8011, 5.3.7).
const CANCELED: i32 = 7;
const ABORTED: i32 = 8;
const COMPLETED: i32 = 9;

/// What IPP says of a job or a printer that it does not know.
const NOT_FOUND: u16 = 0x0406;

/// It prints something else, and can keep no second job.
const BUSY: u16 = 0x0507;

/// How long a printer that is busy is asked again.
const PATIENCE: Duration = Duration::from_secs(60);

/// Between two questions about a job.
const PAUSES: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(5));

/// A name in IPP is at most this long, in bytes.
const LONGEST_NAME: usize = 255;

/// A job of a printer, as receipts and reasons name it: `job 5 on ipp://printer/ipp/print`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct JobName {
    pub(super) id: i32,
    pub(super) uri: String,
}

impl fmt::Display for JobName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "job {} on {}", self.id, self.uri)
    }
}

impl JobName {
    /// The jobs that a receipt or a reason names, each with what is said of it.
    pub(super) fn all_in(text: &str) -> Vec<(Self, &str)> {
        let named = |rest: &str| {
            let (id, rest) = rest.split_once(" on ")?;
            let (uri, rest) = rest.split_once(": ")?;
            let is_uri = uri.starts_with("ipp") && !uri.contains(char::is_whitespace);
            let job = Self { id: id.parse().ok()?, uri: uri.to_owned() };
            is_uri.then_some((job, text.len() - rest.len()))
        };
        let found = text.match_indices("job ").filter_map(|(at, word)| named(&text[at + word.len()..]));
        found.map(|(job, said)| (job, &text[said..])).collect()
    }
}

/// What is to be printed.
pub(super) struct Order<'a> {
    /// The key in the name of the job, one word.
    pub(super) token: &'a str,
    /// What people call it.
    pub(super) title: &'a str,
    pub(super) format: &'a str,
    pub(super) document: &'a [u8],
    /// The last page, where not all are printed.
    pub(super) pages: Option<u32>,
}

impl Order<'_> {
    /// `report KEY title`, without what breaks a line, as long as a name may be.
    fn job_name(&self) -> String {
        let mut name = format!("report {} {}", self.token, self.title);
        name.retain(|c| !c.is_control());
        name.truncate(name.floor_char_boundary(LONGEST_NAME));
        name
    }
}

/// What a search for a key found.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Search {
    /// A job that is under way, done, or was canceled by a person.
    Found(i32),
    /// No job of that key, or only some that the printer gave up itself.
    Absent,
    /// No job of that key, and this many of which the printer does not show the name.
    Hidden(usize),
}

/// Searches the jobs of a printer, done or not, for a key. `over` is known to have ended without being printed.
pub(super) fn find(printer: &Printer, token: &str, over: Option<i32>) -> Result<Search, Failure> {
    let (mut found, mut hidden): (Option<(u8, i32)>, usize) = (None, 0);
    // A job that ends between the two answers is in the second.
    for which in ["not-completed", "completed"] {
        let mut request = printer.request(Operation::GetJobs)?;
        if let Ok(which) = keyword(which) {
            add(&mut request, "which-jobs", which);
        }
        add(&mut request, "my-jobs", IppValue::Boolean(false));
        want(&mut request, &["job-id", "job-name", "job-state"]);
        let reply = printer.ask(&request)?;
        if !reply.is_success() {
            return Err(Failure::Unusable(format!("the list of jobs: {}", reply.words())));
        }
        for group in reply.attributes.groups_of(DelimiterTag::JobAttributes) {
            let (id, state) = (number(group, "job-id"), number(group, "job-state"));
            if id == 0 || Some(id) == over || state == ABORTED {
                continue;
            }
            match texts(group, "job-name").first() {
                None => hidden += 1,
                Some(name) if bears(name, token) => {
                    // Should there be several: printed counts before under way, and that before canceled.
                    let rank = match state {
                        COMPLETED => 2,
                        CANCELED => 0,
                        _ => 1,
                    };
                    found = found.max(Some((rank, id)));
                }
                Some(_) => {}
            }
        }
    }
    Ok(match found {
        Some((_, id)) => Search::Found(id),
        None if hidden > 0 => Search::Hidden(hidden),
        None => Search::Absent,
    })
}

/// Whether the name of a job holds a key as a word; CUPS and others may put words before it.
fn bears(name: &str, token: &str) -> bool {
    name.split_whitespace().any(|word| word == token)
}

/// Whether a printer still has a job, under a name that holds the key: after a restart numbers may begin anew.
pub(super) fn is_there(printer: &Printer, id: i32, token: &str) -> Result<bool, Failure> {
    let job = look(printer, id)?;
    Ok(job.is_some_and(|job| job.name.is_none_or(|name| bears(&name, token))))
}

/// How a printer took a document.
pub(super) enum Taken {
    /// As this job; what it did not heed.
    Job(i32, Vec<String>),
    /// Not now.
    Later(String),
    /// Not this one.
    Never(String),
}

/// Sends job and document in one request.
pub(super) fn print(
    printer: &Printer,
    order: &Order<'_>,
    template: &[IppAttribute],
    limit: Duration,
) -> Result<Taken, Failure> {
    let mut request = printer.request(Operation::PrintJob)?;
    let long = |e| Failure::Unusable(format!("{e}"));
    let name = IppName::new(order.job_name()).map_err(long)?;
    add(&mut request, "job-name", IppValue::NameWithoutLanguage(name));
    // Without it a printer drops what it does not support and prints all the same.
    add(&mut request, "ipp-attribute-fidelity", IppValue::Boolean(true));
    let format = IppMimeMediaType::new(order.format).map_err(long)?;
    add(&mut request, "document-format", IppValue::MimeMediaType(format));
    for attribute in template {
        request.attributes_mut().add(DelimiterTag::JobAttributes, attribute.clone());
    }
    let began = Instant::now();
    let mut reply = printer.send(&request, order.document, limit)?;
    // Another channel prints there at this moment; nothing of this job was taken.
    while reply.status == BUSY && began.elapsed() < PATIENCE.min(limit) {
        std::thread::sleep(Duration::from_millis(500));
        reply = printer.send(&request, order.document, limit)?;
    }
    if reply.is_success() {
        let job = reply.attributes.first_of(DelimiterTag::JobAttributes);
        let id = job.map_or(0, |group| number(group, "job-id"));
        if id == 0 {
            return Err(Failure::Lost("the printer took the document and gave no number".to_owned()));
        }
        return Ok(Taken::Job(id, reply.unsupported()));
    }
    let mut reason = reply.words();
    let unsupported = reply.unsupported();
    if !unsupported.is_empty() {
        reason = format!("{reason} (not supported: {})", unsupported.join(", "));
    }
    // 5xx speak of the printer's state, 0501 and 0503 of what it is; 0405 of its patience.
    Ok(match reply.status {
        0x0501 | 0x0503 => Taken::Never(reason),
        0x0405 | 0x0500.. => Taken::Later(reason),
        _ => Taken::Never(reason),
    })
}

/// A job as it stands.
struct Standing {
    state: i32,
    name: Option<String>,
    reasons: Vec<String>,
}

/// Asks how a job stands; `None` when the printer does not know it.
fn look(printer: &Printer, id: i32) -> Result<Option<Standing>, Failure> {
    let mut request = printer.request(Operation::GetJobAttributes)?;
    add(&mut request, "job-id", IppValue::Integer(id));
    want(&mut request, &["job-state", "job-state-reasons", "job-state-message", "job-name"]);
    let reply = printer.ask(&request)?;
    if reply.status == NOT_FOUND {
        return Ok(None);
    }
    let group = reply.attributes.first_of(DelimiterTag::JobAttributes).filter(|_| reply.is_success());
    let Some(group) = group else { return Err(Failure::Unusable(reply.words())) };
    let mut reasons = texts(group, "job-state-reasons");
    reasons.retain(|reason| reason != "none");
    reasons.extend(texts(group, "job-state-message").into_iter().filter(|message| !message.is_empty()));
    let name = texts(group, "job-name").into_iter().next();
    Ok(Some(Standing { state: number(group, "job-state"), name, reasons }))
}

/// Follows a job to its end, or until it is time to let it wait.
pub(super) fn follow(printer: &Printer, id: i32, until: Instant) -> Outcome {
    let job = JobName { id, uri: printer.uri.clone() };
    let mut pause = PAUSES.0;
    loop {
        let asked = look(printer, id);
        match &asked {
            Ok(Some(standing)) => match standing.state {
                COMPLETED => return Outcome::Accepted { receipt: format!("{job}: completed") },
                state @ (CANCELED | ABORTED) => {
                    let end = if state == CANCELED { "canceled" } else { "aborted" };
                    let reasons = or_nothing(&standing.reasons);
                    return Outcome::Refused { reason: format!("{job}: {end} ({reasons})") };
                }
                _ => {}
            },
            Ok(None) => {
                let reason = format!("{job}: the printer took it and no longer knows it");
                return Outcome::Unknown { reason };
            }
            Err(_) => {}
        }
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return waiting(printer, &job, asked);
        }
        // In short steps at first: most jobs of a few pages are in the printer's memory at once.
        std::thread::sleep(pause.min(left));
        pause = (pause * 2).min(PAUSES.1);
    }
}

/// What is said of a job that is not over in time.
fn waiting(printer: &Printer, job: &JobName, asked: Result<Option<Standing>, Failure>) -> Outcome {
    match asked {
        Ok(standing) => {
            let complains = Capabilities::ask(printer);
            let complains = complains.map_or_else(|e| e.reason().to_owned(), |printer| printer.reasons());
            let state = standing.as_ref().map_or("unknown", |standing| state_name(standing.state));
            let reasons = standing.map(|standing| standing.reasons).unwrap_or_default();
            let reasons = or_nothing(&reasons);
            let reason =
                format!("{job}: {state} ({reasons}) and stays there; the printer complains of {complains}");
            Outcome::Retry { reason, after: None }
        }
        Err(failure) => {
            let reason =
                format!("{job}: taken, and then the printer could not be asked: {}", failure.reason());
            Outcome::Unknown { reason }
        }
    }
}

fn state_name(state: i32) -> &'static str {
    match state {
        3 => "pending",
        4 => "held",
        5 => "processing",
        6 => "stopped",
        _ => "in an unknown state",
    }
}

fn or_nothing(reasons: &[String]) -> String {
    if reasons.is_empty() { "no reason given".to_owned() } else { reasons.join(", ") }
}

fn number(group: &IppAttributeGroup, name: &str) -> i32 {
    numbers(group, name).first().copied().unwrap_or_default()
}
