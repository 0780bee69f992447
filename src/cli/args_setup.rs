//! What can be typed to begin and to install.
//!
//! The other verbs are left to `args`.

use std::path::PathBuf;

/// Write a small workspace that works, to begin with
///
/// Settings, an invented county, a schedule and a recipient, with comments. What is there already is kept as it is.
#[derive(Debug, clap::Args)]
pub(crate) struct Init {
    /// The folder, which is made where it is not there
    #[arg(value_name = "DIR", default_value = ".")]
    pub folder: PathBuf,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Man {
    /// The folder, which is made where it is not there
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
}
