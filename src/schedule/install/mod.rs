//! The one trigger that a machine needs: texts that run `report tick` every five minutes.
//!
//! What is due at a tick is left to the schedule, writing the texts where they belong to the verb.

use std::path::{Component, Path, PathBuf};

mod crontab;
mod kubernetes;
mod systemd;

pub use crontab::{crontab, crontab_for_user};
pub use kubernetes::kubernetes;
pub use systemd::systemd;

/// Minutes after which a tick that still runs is ended: one that hangs would hold up all later ones.
const LONGEST_TICK: u32 = 30;

/// What is to be run, as whom, and where it may write.
///
/// There is no time zone: every five minutes is the same in each of them. Which zone the schedules are in is a setting of the workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trigger {
    /// The program, absolute.
    pub program: PathBuf,
    /// The workspace, absolute.
    pub workspace: PathBuf,
    /// Where the program remembers what it did, absolute; it must exist.
    pub state: PathBuf,
    /// Where the documents go, absolute; it must exist.
    pub out: PathBuf,
    /// The user that ticks.
    pub user: String,
    /// What follows the verb, such as `--templates` and a folder; paths in it should be absolute.
    pub options: Vec<String>,
    /// Folders besides into which it lays files, absolute; one that is missing when the service starts does not stop it.
    pub drops: Vec<PathBuf>,
}

/// Why a trigger cannot be written down.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InstallError {
    /// A path depends on where it is read.
    #[error("the {what} {path:?} is not an absolute path")]
    Relative {
        /// Which path.
        what: &'static str,
        /// As given.
        path: PathBuf,
    },
    /// A path goes up, which systemd refuses.
    #[error("the {what} {path:?} has a `..`")]
    Upward {
        /// Which path.
        what: &'static str,
        /// As given.
        path: PathBuf,
    },
    /// A path is not UTF-8, which unit files and manifests have to be.
    #[error("the {what} {path:?} is not UTF-8")]
    NotUtf8 {
        /// Which path.
        what: &'static str,
        /// As given.
        path: PathBuf,
    },
    /// A line break, a NUL or the like: it would end the line it stands in, and what follows would be read as something else.
    #[error("the {what} {text:?} has a control character")]
    Control {
        /// What has it.
        what: &'static str,
        /// As given.
        text: String,
    },
    /// No name of a user.
    #[error("{0:?} is not the name of a user")]
    User(String),
    /// systemd would read the path as another one, or not take it.
    #[error("systemd cannot use the {what} {path:?}: it {why}")]
    Systemd {
        /// Which path.
        what: &'static str,
        /// As given.
        path: String,
        /// What stands against it.
        why: &'static str,
    },
    /// Cron cuts long commands off or drops the table.
    #[error("the command is {0} bytes long, and cron takes {most}", most = crontab::LONGEST_COMMAND)]
    Long(usize),
    /// A pod can write to its volume only.
    #[error("the {what} {path:?} is not in the workspace, which is all that a pod keeps")]
    Outside {
        /// Which path.
        what: &'static str,
        /// As given.
        path: String,
    },
    /// Kubernetes refuses a colon in the path of a volume.
    #[error("kubernetes cannot mount a volume at {0:?}: it has a colon")]
    Colon(String),
    /// No name of an image.
    #[error("{0:?} is not the name of an image")]
    Image(String),
}

impl InstallError {
    /// What to do next.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Relative { .. } => {
                "give the path from the root on: a trigger starts in a folder of its own"
            }
            Self::Upward { .. } => "give the path without `..`, as `realpath` prints it",
            Self::NotUtf8 { .. } | Self::Control { .. } | Self::Systemd { .. } | Self::Colon(_) => {
                "rename it, or reach it by a symbolic link with a plainer name"
            }
            Self::User(_) => {
                "a name has at most 31 letters, digits, `_`, `-` and `.`, and opens with a letter or `_`"
            }
            Self::Long(_) => "reach the folders by symbolic links with shorter names",
            Self::Outside { .. } => "use a folder below the workspace",
            Self::Image(_) => "name it as a registry does, such as `registry.example.org/report:1.0`",
        }
    }
}

/// A trigger of which every part is fit for a line of text.
struct Checked<'a> {
    program: &'a str,
    workspace: &'a str,
    state: &'a str,
    out: &'a str,
    user: &'a str,
    options: &'a [String],
    drops: Vec<&'a str>,
}

impl<'a> Checked<'a> {
    fn of(trigger: &'a Trigger) -> Result<Self, InstallError> {
        for option in &trigger.options {
            check_printable("option", option)?;
        }
        Ok(Self {
            program: checked_path("program", &trigger.program)?,
            workspace: checked_path("workspace", &trigger.workspace)?,
            state: checked_path("state folder", &trigger.state)?,
            out: checked_path("output folder", &trigger.out)?,
            user: checked_user(&trigger.user)?,
            options: &trigger.options,
            drops: trigger.drops.iter().map(|path| checked_path("folder", path)).collect::<Result<_, _>>()?,
        })
    }

    /// What follows the program on its command line.
    fn arguments(&self) -> impl Iterator<Item = &'a str> {
        ["-C", self.workspace, "tick"].into_iter().chain(self.options.iter().map(String::as_str))
    }
}

fn checked_path<'a>(what: &'static str, path: &'a Path) -> Result<&'a str, InstallError> {
    let Some(text) = path.to_str() else {
        return Err(InstallError::NotUtf8 { what, path: path.to_owned() });
    };
    check_printable(what, text)?;
    if !path.is_absolute() {
        return Err(InstallError::Relative { what, path: path.to_owned() });
    }
    if path.components().any(|part| part == Component::ParentDir) {
        return Err(InstallError::Upward { what, path: path.to_owned() });
    }
    Ok(text)
}

fn check_printable(what: &'static str, text: &str) -> Result<(), InstallError> {
    if text.contains(char::is_control) {
        return Err(InstallError::Control { what, text: text.to_owned() });
    }
    Ok(())
}

/// A name that stands alone in a column of cron's, and that systemd does not take for a number.
fn checked_user(name: &str) -> Result<&str, InstallError> {
    let opens = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || "_-.".contains(c));
    if opens && plain && name.len() <= 31 { Ok(name) } else { Err(InstallError::User(name.to_owned())) }
}

/// Whether a shell and systemd both read a word as it stands.
fn is_plain(word: &str) -> bool {
    !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric() || "/._-+=:,@".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn trigger(workspace: &str) -> Trigger {
        Trigger {
            program: "/usr/local/bin/report".into(),
            workspace: workspace.into(),
            state: Path::new(workspace).join(".report"),
            out: Path::new(workspace).join("reports"),
            user: "briefings".to_owned(),
            options: Vec::new(),
            drops: Vec::new(),
        }
    }

    fn error(trigger: &Trigger) -> InstallError {
        let error = systemd(trigger).expect_err("it cannot be written");
        assert_eq!(crontab(trigger).expect_err("nor for cron"), error);
        assert_eq!(kubernetes(trigger, "report:1").expect_err("nor for a cluster"), error);
        error
    }

    #[test]
    fn install_refuses_what_would_be_read_as_something_else() {
        let good = trigger("/srv/b");
        let relative = Trigger { program: "bin/report".into(), ..good.clone() };
        assert_eq!(error(&relative).to_string(), r#"the program "bin/report" is not an absolute path"#);
        let upward = Trigger { out: "/srv/b/../c".into(), ..good.clone() };
        assert_eq!(error(&upward).to_string(), r#"the output folder "/srv/b/../c" has a `..`"#);
        for control in ["/srv/a\nb", "/srv/a\0b", "/srv/a\tb", "/srv/a\u{85}b"] {
            let control = Trigger { state: control.into(), ..good.clone() };
            assert!(matches!(error(&control), InstallError::Control { what: "state folder", .. }));
        }
        let option = Trigger { options: vec!["--data\nUser=root".to_owned()], ..good };
        assert_eq!(error(&option).to_string(), r#"the option "--data\nUser=root" has a control character"#);
    }

    #[cfg(unix)]
    #[test]
    fn install_refuses_a_path_that_is_not_utf8() {
        use std::os::unix::ffi::OsStrExt;
        let path = std::ffi::OsStr::from_bytes(b"/srv/\xff");
        let odd = Trigger { workspace: path.into(), ..trigger("/srv/b") };
        assert!(matches!(error(&odd), InstallError::NotUtf8 { what: "workspace", .. }));
    }

    #[test]
    fn install_refuses_what_is_no_user() {
        let long = "a".repeat(32);
        for name in ["", "root root", "-x", "a*", "1000", ".a", "用户", "a$", "a%n", long.as_str()] {
            let user = Trigger { user: name.to_owned(), ..trigger("/srv/b") };
            assert_eq!(error(&user), InstallError::User(name.to_owned()));
            assert!(error(&user).hint().starts_with("a name has"));
        }
        for name in ["a", "_apt", "www-data", "j.doe", "Svc_1"] {
            assert_eq!(checked_user(name), Ok(name));
        }
    }
}
