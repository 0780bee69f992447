//! Passwords and keys: never in TOML, logs or errors; read when they are needed.
//!
//! What they open is left to the channels.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::process::{self, Ended};

/// The largest secret; what is larger is another file.
const LARGEST: u64 = 64 << 10;

/// How long a command may take to tell a secret: it is asked while parcels wait.
const DEADLINE: Duration = Duration::from_secs(20);

/// The bits by which others than the owner could read or change a file (and those that make it a program).
const NOT_PRIVATE: u32 = 0o7177;

/// As that, but the group may read: systemd gives the service its credentials by an access list, whose mask shows as the group's bits.
const NOT_A_CREDENTIAL: u32 = 0o7137;

/// Where a secret is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretSource {
    /// In a variable of the environment.
    Environment(String),
    /// In a file that only its owner can read (mode 0600 or stricter).
    File(PathBuf),
    /// In a systemd credential of this name, below `$CREDENTIALS_DIRECTORY`.
    Credential(String),
    /// On the first line that a command prints.
    Command(Vec<String>),
}

/// What the binary lends from the process around it.
pub trait Secrets {
    /// A variable of the environment.
    fn variable(&self, name: &str) -> Option<String>;
}

/// A secret in memory; it is never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// What it says.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Why a secret cannot be had. The message never holds any part of it.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The variable is not set.
    #[error("the environment has no `{0}`")]
    NoVariable(String),
    /// There is nothing in it.
    #[error("the secret in {0} is empty")]
    Empty(String),
    /// It is no text.
    #[error("the secret in {0} is not UTF-8")]
    NotText(String),
    /// It is larger than secrets are.
    #[error("`{}` is too large for a secret", .0.display())]
    TooLarge(PathBuf),
    /// The file cannot be read.
    #[error("cannot read the secret in `{}`", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// It is a folder, a pipe or a device.
    #[error("the secret in `{}` is not in a regular file", .0.display())]
    NoFile(PathBuf),
    /// Others could read or change it.
    #[error("the secret in `{}` is open to others (mode {mode:04o}): chmod 600", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// It belongs to somebody else, who could read and change it.
    #[error("the secret in `{}` belongs to another user ({owner})", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
        /// The number of that user.
        owner: u32,
    },
    /// The service was started without credentials.
    #[error("no credential `{0}`: systemd gave none (`CREDENTIALS_DIRECTORY` is not set)")]
    NoCredentials(String),
    /// The name would lead out of the folder of credentials.
    #[error("`{0}` is no name of a credential")]
    CredentialName(String),
    /// There is no command.
    #[error("the command that tells the secret is empty")]
    NoCommand,
    /// The command cannot be started.
    #[error("cannot start `{program}`, which tells the secret")]
    Start {
        /// The program, without its arguments.
        program: String,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The command failed. What it printed stays untold: nobody knows what is in it.
    #[error("`{program}`, which tells the secret, {ended}")]
    Failed {
        /// The program, without its arguments.
        program: String,
        /// How it ended.
        ended: String,
    },
}

impl SecretError {
    /// The message with what the system said, for a reason of one line.
    pub fn with_cause(&self) -> String {
        match std::error::Error::source(self) {
            Some(cause) => format!("{self}: {cause}"),
            None => self.to_string(),
        }
    }
}

impl SecretSource {
    /// Reads the secret. One newline at its end is not part of it.
    ///
    /// # Errors
    /// When it is not there, is empty, or others could read it too.
    pub fn read(&self, secrets: &dyn Secrets) -> Result<Secret, SecretError> {
        match self {
            Self::Environment(name) => {
                let value = secrets.variable(name).ok_or_else(|| SecretError::NoVariable(name.clone()))?;
                secret(value.into_bytes(), &format!("the variable `{name}`"))
            }
            Self::File(path) => read_file(path, NOT_PRIVATE),
            Self::Credential(name) => {
                if name.is_empty() || name.starts_with('.') || name.contains(['/', '\0']) {
                    return Err(SecretError::CredentialName(name.clone()));
                }
                let folder = secrets.variable("CREDENTIALS_DIRECTORY").filter(|folder| !folder.is_empty());
                let folder = folder.ok_or_else(|| SecretError::NoCredentials(name.clone()))?;
                read_file(&Path::new(&folder).join(name), NOT_A_CREDENTIAL)
            }
            Self::Command(command) => ask(command, DEADLINE),
        }
    }
}

fn read_file(path: &Path, forbidden: u32) -> Result<Secret, SecretError> {
    let fail = |source| SecretError::Unreadable { path: path.to_owned(), source };
    // Without waiting: a named pipe in its place would hold up everything.
    let nonblocking = rustix::fs::OFlags::NONBLOCK.bits().cast_signed();
    let file = OpenOptions::new().read(true).custom_flags(nonblocking).open(path).map_err(fail)?;
    is_private(&file, path, forbidden)?;
    let mut content = Vec::new();
    file.take(LARGEST + 1).read_to_end(&mut content).map_err(fail)?;
    if content.len() as u64 > LARGEST {
        return Err(SecretError::TooLarge(path.to_owned()));
    }
    secret(content, &format!("`{}`", path.display()))
}

/// Asks the open file, not the path: what is looked at is what is read.
fn is_private(file: &File, path: &Path, forbidden: u32) -> Result<(), SecretError> {
    let about = file.metadata();
    let about = about.map_err(|source| SecretError::Unreadable { path: path.to_owned(), source })?;
    let path = path.to_owned();
    let (mode, owner) = (about.mode() & 0o7777, about.uid());
    if !about.is_file() {
        Err(SecretError::NoFile(path))
    } else if mode & forbidden != 0 {
        Err(SecretError::Open { path, mode })
    } else if owner != 0 && owner != rustix::process::geteuid().as_raw() {
        Err(SecretError::Foreign { path, owner })
    } else {
        Ok(())
    }
}

fn ask(command: &[String], deadline: Duration) -> Result<Secret, SecretError> {
    let Some((program, arguments)) = command.split_first() else { return Err(SecretError::NoCommand) };
    let failed = |ended: String| SecretError::Failed { program: program.clone(), ended };
    let mut child = Command::new(program);
    child.args(arguments);
    let finished = process::run(child, Vec::new(), deadline)
        .map_err(|source| SecretError::Start { program: program.clone(), source })?;
    match finished.ended {
        Ended::Code(0) => {
            let mut said = finished.stdout;
            said.truncate(said.iter().position(|byte| *byte == b'\n').unwrap_or(said.len()));
            secret(said, &format!("the output of `{program}`"))
        }
        Ended::Code(code) => Err(failed(format!("ended with exit code {code}"))),
        Ended::Signal(signal) => Err(failed(format!("was ended by signal {signal}"))),
        Ended::Deadline => Err(failed(format!("took longer than {} s", deadline.as_secs()))),
    }
}

fn secret(mut content: Vec<u8>, place: &str) -> Result<Secret, SecretError> {
    if content.last() == Some(&b'\n') {
        content.pop();
    }
    if content.last() == Some(&b'\r') {
        content.pop();
    }
    match String::from_utf8(content) {
        Err(_) => Err(SecretError::NotText(place.to_owned())),
        Ok(said) if said.is_empty() => Err(SecretError::Empty(place.to_owned())),
        Ok(said) => Ok(Secret(said)),
    }
}

#[cfg(test)]
mod tests;
