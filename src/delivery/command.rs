//! A command that delivers: the parcel as JSON on its standard input, its exit code as the outcome.
//!
//! What the command does is left to whoever wrote it; deadlines are kept by `process`.
//!
//! | it ends with | sysexits.h | outcome |
//! |---|---|---|
//! | 0 | `EX_OK` | accepted; the first line on standard output is the receipt |
//! | 69 | `EX_UNAVAILABLE` | retry: what it hands the parcel to is not there |
//! | 75 | `EX_TEMPFAIL` | retry |
//! | 77, 78 | `EX_NOPERM`, `EX_CONFIG` | the channel stops: every other parcel would fare the same |
//! | 126, 127 | | the channel stops: a shell did not find or may not run what it was to run |
//! | any other, 64 and 65 among them | | refused |
//! | a signal, or killed at the deadline | | unknown: nobody knows how far it came |

use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde::Serialize;

use super::described::{Figure, File, figures};
use super::process::{self, Ended, Finished};
use super::scratch::Scratch;
use super::{Channel, Notice, Outcome, Parcel, Phase, Secrets};
use crate::disk::PathError;
use crate::ledger::LedgerError;

/// Where programs are looked for when the environment has no `PATH`.
const PATH: &str = "/usr/local/bin:/usr/bin:/bin";

/// A command that delivers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandSettings {
    /// The program and its arguments; no shell looks at them.
    pub argv: Vec<String>,
    /// How long it may take for one parcel.
    pub deadline: Duration,
    /// Where the files of a parcel lie while the command runs, in a folder that only we can read.
    pub scratch: PathBuf,
}

/// Delivers parcels by a command. Its environment is empty but for `PATH`: what it needs to know stands in its arguments or files.
pub struct CommandChannel<'a> {
    settings: CommandSettings,
    secrets: &'a (dyn Secrets + Sync),
}

/// A parcel as the command reads it.
#[derive(Serialize)]
struct Told<'a> {
    key: &'a str,
    kind: &'static str,
    address: &'a str,
    title: &'a str,
    document: &'a str,
    subject: &'a str,
    period: &'a str,
    figures: Vec<Figure<'a>>,
    compared: &'a str,
    changes: &'a [String],
    copies: u32,
    internal: bool,
    files: Vec<File<'a>>,
}

impl<'a> CommandChannel<'a> {
    /// A channel with these settings; `secrets` has the `PATH`.
    pub fn new(settings: CommandSettings, secrets: &'a (dyn Secrets + Sync)) -> Self {
        Self { settings, secrets }
    }

    fn path(&self) -> String {
        self.secrets.variable("PATH").filter(|path| !path.is_empty()).unwrap_or_else(|| PATH.to_owned())
    }

    /// The program's file, where there is one that can be run.
    fn program(&self) -> Option<PathBuf> {
        let name = self.settings.argv.first().filter(|name| !name.is_empty())?;
        let path = self.path();
        let found = if name.contains('/') {
            vec![PathBuf::from(name)]
        } else {
            path.split(':').map(|folder| Path::new(folder).join(name)).collect()
        };
        found.into_iter().find(|file| file.metadata().is_ok_and(|m| m.is_file() && m.mode() & 0o111 != 0))
    }
}

impl Channel for CommandChannel<'_> {
    fn send(
        &mut self,
        parcel: &Parcel,
        address: &str,
        phase: &mut dyn FnMut(Phase) -> Result<(), LedgerError>,
    ) -> Result<Outcome, LedgerError> {
        let Some(program) = self.program() else {
            return Ok(Outcome::Stopped { reason: self.not_found() });
        };
        phase(Phase::Sending)?;
        // It goes with its files when this function returns, however the command ended.
        let (folder, files) = match lay_out(&self.settings.scratch, parcel) {
            Ok(laid) => laid,
            Err(error) => {
                return Ok(Outcome::Retry { reason: format!("{error}: {}", error.source), after: None });
            }
        };
        let told = tell(parcel, address, files);
        // From its start on it may do anything, whether it reads the parcel or not.
        phase(Phase::DataSent)?;
        let outcome = self.start(&program, told);
        drop(folder);
        Ok(outcome)
    }

    fn notify(&mut self, notice: &Notice, address: &str) -> Outcome {
        let Some(program) = self.program() else {
            return Outcome::Stopped { reason: self.not_found() };
        };
        let told = serde_json::json!({
            "key": notice.id, "address": address, "title": notice.subject, "text": notice.text, "files": [],
        });
        self.start(&program, format!("{told}\n").into_bytes())
    }

    fn probe(&mut self) -> (Vec<String>, bool) {
        let mut lines = Vec::new();
        let program = self.program();
        match &program {
            Some(program) => lines.push(format!("`{}` can be run", program.display())),
            None => lines.push(self.not_found()),
        }
        let scratch = tempfile::Builder::new().prefix("probe-").tempdir_in(&self.settings.scratch);
        if let Err(error) = &scratch {
            lines.push(format!("cannot write to `{}`: {error}", self.settings.scratch.display()));
        }
        (lines, program.is_some() && scratch.is_ok())
    }
}

impl CommandChannel<'_> {
    /// Runs the command on what it is told.
    fn start(&self, program: &Path, told: Vec<u8>) -> Outcome {
        let mut command = Command::new(program);
        command.args(&self.settings.argv[1..]).env_clear().env("PATH", self.path());
        match process::run(command, told, self.settings.deadline) {
            Ok(finished) => outcome(&finished, self.settings.deadline),
            Err(error) => {
                Outcome::Stopped { reason: format!("cannot start `{}`: {error}", program.display()) }
            }
        }
    }

    fn not_found(&self) -> String {
        match self.settings.argv.first() {
            Some(name) => format!("`{name}` is no program that can be run"),
            None => "the command is empty".to_owned(),
        }
    }
}

fn outcome(finished: &Finished, deadline: Duration) -> Outcome {
    let said = process::line(&finished.stdout);
    let why = |how: String| {
        let complained = process::line(&finished.stderr).or_else(|| said.clone());
        complained.map_or(how.clone(), |complained| format!("{how}: {complained}"))
    };
    match finished.ended {
        Ended::Code(0) => Outcome::Accepted { receipt: said.unwrap_or_else(|| "exit code 0".to_owned()) },
        Ended::Code(code) => {
            let reason = why(format!("exit code {code}"));
            match code {
                69 | 75 => Outcome::Retry { reason, after: None },
                77 | 78 | 126 | 127 => Outcome::Stopped { reason },
                _ => Outcome::Refused { reason },
            }
        }
        Ended::Signal(signal) => Outcome::Unknown { reason: why(format!("ended by signal {signal}")) },
        Ended::Deadline => Outcome::Unknown { reason: why(format!("killed after {} s", deadline.as_secs())) },
    }
}

fn tell(parcel: &Parcel, address: &str, files: Vec<PathBuf>) -> Vec<u8> {
    let told = Told {
        key: &parcel.key,
        kind: parcel.kind.name(),
        address,
        title: &parcel.title,
        document: &parcel.document,
        subject: &parcel.subject,
        period: &parcel.period,
        figures: figures(&parcel.figures),
        compared: &parcel.compared,
        changes: &parcel.changes,
        copies: parcel.copies,
        internal: parcel.internal,
        files: (parcel.enclosures.iter().zip(files))
            .map(|(enclosure, path)| File { path: Some(path), ..File::of(enclosure, parcel) })
            .collect(),
    };
    let mut line = serde_json::to_vec(&told).expect("strings and numbers always serialise");
    line.push(b'\n');
    line
}

/// Writes the files of a parcel where only we can read them. They are numbered: names of people are not trusted with paths.
fn lay_out(scratch: &Path, parcel: &Parcel) -> Result<(Scratch, Vec<PathBuf>), PathError> {
    let folder = Scratch::new(scratch)?;
    let mut files = Vec::new();
    for (number, enclosure) in parcel.enclosures.iter().enumerate() {
        let extension =
            Path::new(&enclosure.plain_name).extension().and_then(|e| e.to_str()).unwrap_or("bin");
        let path = folder.path().join(format!("{}.{extension}", number + 1));
        OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)
            .and_then(|mut file| file.write_all(&enclosure.bytes))
            .map_err(|e| PathError::new("write", &path, e))?;
        files.push(path);
    }
    Ok((folder, files))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_end_has_its_outcome() {
        let of = |ended| {
            let finished = Finished { ended, stdout: b"said\n".to_vec(), stderr: b"woe\n".to_vec() };
            outcome(&finished, Duration::from_secs(9))
        };
        let reason = |code: i32| format!("exit code {code}: woe");
        assert_eq!(of(Ended::Code(0)), Outcome::Accepted { receipt: "said".into() });
        for code in [69, 75] {
            assert_eq!(of(Ended::Code(code)), Outcome::Retry { reason: reason(code), after: None });
        }
        for code in [77, 78, 126, 127] {
            assert_eq!(of(Ended::Code(code)), Outcome::Stopped { reason: reason(code) });
        }
        for code in [1, 2, 64, 65, 70, 255] {
            assert_eq!(of(Ended::Code(code)), Outcome::Refused { reason: reason(code) });
        }
        assert_eq!(of(Ended::Signal(9)), Outcome::Unknown { reason: "ended by signal 9: woe".into() });
        assert_eq!(of(Ended::Deadline), Outcome::Unknown { reason: "killed after 9 s: woe".into() });
    }
}
