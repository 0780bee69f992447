//! Passwords and keys: never in TOML, logs or errors; read when they are needed.
//!
//! What they open is left to the channels.

use std::fmt;
use std::path::PathBuf;

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
}

impl SecretSource {
    /// Reads the secret.
    ///
    /// # Errors
    /// When it is not there, is empty, or others could read it too.
    pub fn read(&self, secrets: &dyn Secrets) -> Result<Secret, SecretError> {
        match self {
            Self::Environment(name) => {
                secrets.variable(name).map(Secret).ok_or_else(|| SecretError::NoVariable(name.clone()))
            }
            _ => Err(SecretError::NoVariable(String::new())),
        }
    }
}
