//! The escape: a command such as `lp` that takes the document on its standard input and puts it into a queue of the system.
//!
//! What becomes of it there is left to that system: nothing of it is known here.

use std::io::{Read, Seek, Write};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::pages_of;
use crate::delivery::{Channel, Enclosure, Outcome, Parcel, Phase};
use crate::ledger::LedgerError;

/// `lp` only copies to the queue; one that takes longer hangs.
const DEADLINE: Duration = Duration::from_secs(60);

/// What is kept of a message.
const LONGEST_MESSAGE: u64 = 2000;

/// A command that prints its standard input.
#[derive(Debug, Clone)]
pub struct LpSettings {
    /// The program and its arguments (`lp -d archive -o sides=two-sided-long-edge`); `-n COPIES` and `-t TITLE` are added.
    pub command: Vec<String>,
    /// Whether only the body of a document is printed; `-o page-ranges=1-N` is added then.
    pub body_only: bool,
}

/// Hands parcels to such a command.
pub struct LpChannel {
    settings: LpSettings,
}

/// How a run of the command ended.
enum Run {
    /// With this code; what it said.
    Ended(Option<i32>, String, String),
    /// Not in time.
    Hangs,
}

impl LpChannel {
    /// A channel to one queue.
    pub fn new(settings: LpSettings) -> Self {
        Self { settings }
    }

    /// One file into the queue.
    fn queue(&self, program: &str, document: &[u8], arguments: &[String]) -> Outcome {
        match self.run(document, arguments) {
            Ok(Run::Ended(Some(0), said, _)) => {
                let receipt =
                    format!("queued only, by `{program}`: whether it is printed is not known; {said}");
                Outcome::Accepted { receipt: receipt.trim_end_matches("; ").to_owned() }
            }
            Ok(Run::Ended(Some(code), _, errors)) => {
                Outcome::Retry { reason: format!("`{program}` ends with {code}: {errors}"), after: None }
            }
            Ok(Run::Ended(None, ..)) => Outcome::Unknown { reason: format!("`{program}` was killed") },
            Ok(Run::Hangs) => {
                let seconds = DEADLINE.as_secs();
                let reason = format!("`{program}` did not end within {seconds} s and was killed");
                Outcome::Unknown { reason }
            }
            Err(error) => Outcome::Stopped { reason: format!("cannot run `{program}`: {error}") },
        }
    }

    fn run(&self, document: &[u8], arguments: &[String]) -> std::io::Result<Run> {
        let Some((program, rest)) = self.settings.command.split_first() else {
            return Err(std::io::Error::other("no command is given"));
        };
        // Files instead of pipes: a program that does not read, or says much, cannot block.
        let (mut input, mut output, mut errors) =
            (tempfile::tempfile()?, tempfile::tempfile()?, tempfile::tempfile()?);
        input.write_all(document)?;
        input.rewind()?;
        let mut command = Command::new(program);
        command.args(rest).args(arguments).stdin(input);
        command.stdout(Stdio::from(output.try_clone()?)).stderr(Stdio::from(errors.try_clone()?));
        let mut child = command.spawn()?;
        let began = Instant::now();
        loop {
            if let Some(status) = child.try_wait()? {
                let said = |file: &mut std::fs::File| {
                    let mut bytes = Vec::new();
                    file.rewind()?;
                    file.take(LONGEST_MESSAGE).read_to_end(&mut bytes)?;
                    let text = String::from_utf8_lossy(&bytes);
                    Ok::<_, std::io::Error>(text.split_whitespace().collect::<Vec<_>>().join(" "))
                };
                return Ok(Run::Ended(status.code(), said(&mut output)?, said(&mut errors)?));
            }
            if began.elapsed() > DEADLINE {
                child.kill()?;
                child.wait()?;
                return Ok(Run::Hangs);
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// Copies, the name of the job (the key, and which file it is where there are several), and the pages where only the body is printed.
fn arguments(parcel: &Parcel, at: usize, body_only: bool) -> Result<Vec<String>, String> {
    let key: String = parcel.key.chars().take(16).collect();
    let (key, title) = match parcel.enclosures.as_slice() {
        [_] => (key, &parcel.title),
        several => (format!("{key}-{}", at + 1), &several[at].name),
    };
    let title: String = title.chars().filter(|c| !c.is_control()).collect();
    let copies = parcel.copies.to_string();
    let mut arguments = vec!["-n".to_owned(), copies, "-t".to_owned(), format!("report {key} {title}")];
    if let Some(last) = pages_of(&parcel.enclosures[at], body_only)? {
        arguments.extend(["-o".to_owned(), format!("page-ranges=1-{last}")]);
    }
    Ok(arguments)
}

impl Channel for LpChannel {
    /// The queue is in the command, so the address only has to be its name.
    fn send(
        &mut self,
        parcel: &Parcel,
        _address: &str,
        phase: &mut dyn FnMut(Phase) -> Result<(), LedgerError>,
    ) -> Result<Outcome, LedgerError> {
        let program = self.settings.command.first().map_or("", String::as_str).to_owned();
        let fits = |file: &Enclosure| file.media_type == "application/pdf";
        if parcel.copies == 0 || parcel.enclosures.is_empty() || !parcel.enclosures.iter().all(fits) {
            let reason = format!("`{program}` gets PDF, in one copy or more");
            return Ok(Outcome::Refused { reason });
        }
        let all = parcel.enclosures.len();
        let lists = (0..all).map(|at| arguments(parcel, at, self.settings.body_only));
        let lists: Vec<Vec<String>> = match lists.collect() {
            Ok(lists) => lists,
            Err(reason) => return Ok(Outcome::Refused { reason }),
        };
        phase(Phase::Sending)?;
        phase(Phase::DataSent)?;
        let mut receipt = String::new();
        for (queued, (enclosure, arguments)) in parcel.enclosures.iter().zip(&lists).enumerate() {
            match self.queue(&program, &enclosure.bytes, arguments) {
                Outcome::Accepted { receipt: said } if queued == 0 => receipt = said,
                Outcome::Accepted { .. } => {}
                failed if queued == 0 => return Ok(failed),
                // Sent again as a whole, the first ones would be printed twice.
                failed => {
                    let reason = format!("{queued} of {all} files were queued, then: {}", failed.words());
                    return Ok(Outcome::Unknown { reason });
                }
            }
        }
        if all > 1 {
            receipt = format!("{all} files: {receipt}");
        }
        Ok(Outcome::Accepted { receipt })
    }

    /// Nothing can be asked without printing; only that the command can be started is seen when it is.
    fn probe(&mut self) -> (Vec<String>, bool) {
        match self.settings.command.first() {
            Some(program) => (vec![format!("`{program}`: a queue of the system, which is not asked")], true),
            None => (vec!["no command is given".to_owned()], false),
        }
    }
}
