//! The outside tool that signs a PDF: it gets a copy, and what it makes must begin with exactly these bytes.
//!
//! Which files are signed, and what follows from a refusal, is left to `schedule`; the deadline is kept by `process`.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::process::{self, Ended};
use crate::disk::{self, PathError};

/// A command that signs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignSettings {
    /// The program and its arguments, with `{input}` and `{output}` among them; no shell looks at them.
    pub argv: Vec<String>,
    /// How long it may take for one file.
    pub deadline: Duration,
}

/// Why a file was not signed.
#[derive(Debug, thiserror::Error)]
pub enum SignError {
    /// Its copy could not be laid out, or what was made not be read.
    #[error("{error}: {}", error.source)]
    Disk {
        /// What was refused.
        error: PathError,
    },
    /// There is no such program, or it may not be run.
    #[error("cannot start `{program}`: {source}")]
    Start {
        /// As the settings name it.
        program: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// The command did not end well.
    #[error("the command ended with {0}")]
    Ended(String),
    /// It ended well and made nothing.
    #[error("the command made no file at {{output}}")]
    Nothing,
    /// What it made is another document.
    #[error(
        "the signed file does not begin with the bytes that were released: it was written anew, not added to"
    )]
    Rewritten,
    /// What it made is the file itself.
    #[error("the signed file is no longer than the one that was released: nothing was added")]
    Unsigned,
}

/// Has a file signed by the command: it works on a copy in a folder of its own, of which nothing is left afterwards. Relative paths in its
/// arguments begin at `root`; of the environment there is only `PATH`.
///
/// # Errors
/// When the command fails, or what it made is not the file with something added.
pub fn sign(
    settings: &SignSettings,
    released: &[u8],
    root: &Path,
    scratch: &Path,
    path: &str,
) -> Result<Vec<u8>, SignError> {
    let root =
        &root.canonicalize().map_err(|e| SignError::Disk { error: PathError::new("find", root, e) })?;
    let ours = Permissions::from_mode(0o700);
    let folder = tempfile::Builder::new()
        .prefix("sign-")
        .permissions(ours)
        .tempdir_in(scratch)
        .and_then(|folder| folder.path().canonicalize().map(|path| (folder, path)));
    let (_folder, inside) =
        folder.map_err(|e| SignError::Disk { error: PathError::new("create a folder in", scratch, e) })?;
    let (input, output) = (inside.join("released.pdf"), inside.join("signed.pdf"));
    disk::write_private(&input, released).map_err(|error| SignError::Disk { error })?;
    let fill = |argument: &String| {
        argument.replace("{input}", &input.to_string_lossy()).replace("{output}", &output.to_string_lossy())
    };
    let Some((program, arguments)) = settings.argv.split_first() else { return Err(SignError::Nothing) };
    // A name without `/` is looked for in PATH; one with it begins, like the arguments, at the workspace.
    let named = if program.contains('/') { root.join(program) } else { program.into() };
    let mut command = Command::new(named);
    command.args(arguments.iter().map(fill)).env_clear().env("PATH", path).current_dir(root);
    let start = |source| SignError::Start { program: program.clone(), source };
    let finished = process::run(command, Vec::new(), settings.deadline).map_err(start)?;
    let how = match finished.ended {
        Ended::Code(0) => None,
        Ended::Code(code) => Some(format!("exit code {code}")),
        Ended::Signal(signal) => Some(format!("signal {signal}")),
        Ended::Deadline => Some(format!("its deadline of {} s", settings.deadline.as_secs())),
    };
    if let Some(how) = how {
        let said = last_line(&finished.stderr).or_else(|| last_line(&finished.stdout));
        return Err(SignError::Ended(said.map_or(how.clone(), |said| format!("{how}: {said}"))));
    }
    if !output.is_file() {
        return Err(SignError::Nothing);
    }
    let signed = disk::read(&output).map_err(|error| SignError::Disk { error })?;
    extends(&signed, released)?;
    Ok(signed)
}

/// Whether a signed file is the one that was released with something added at its end.
///
/// # Errors
/// How it differs.
pub fn extends(signed: &[u8], released: &[u8]) -> Result<(), SignError> {
    if !signed.starts_with(released) {
        return Err(SignError::Rewritten);
    }
    if signed.len() == released.len() { Err(SignError::Unsigned) } else { Ok(()) }
}

/// Tools in Python end with what is wrong, after a page of where.
fn last_line(said: &[u8]) -> Option<String> {
    let said = String::from_utf8_lossy(said);
    let last = said.lines().map(str::trim).rfind(|line| !line.is_empty())?;
    Some(process::plain(last))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signed_by(script: &str) -> Result<Vec<u8>, String> {
        let folder = tempfile::tempdir().expect("a folder");
        let argv = ["/bin/sh", "-c", script, "sign", "{input}", "{output}"].map(str::to_owned).to_vec();
        let settings = SignSettings { argv, deadline: Duration::from_secs(60) };
        let result = sign(&settings, b"%PDF released", folder.path(), folder.path(), "/usr/bin:/bin");
        assert_eq!(
            std::fs::read_dir(folder.path()).expect("it is there").count(),
            0,
            "nothing is left behind"
        );
        result.map_err(|error| error.to_string())
    }

    #[test]
    fn only_what_begins_with_the_released_bytes_and_goes_on_is_taken() {
        assert_eq!(
            signed_by("cp $1 $2; printf ' and signed' >> $2"),
            Ok(b"%PDF released and signed".to_vec())
        );
        for (script, why) in [
            ("cp $1 $2", "no longer than"),
            ("printf '%%PDF Released and signed' > $2", "does not begin with"),
            ("head -c 5 $1 > $2", "does not begin with"),
            ("true", "made no file"),
            ("printf 'x' >> $1; cp $1 $2; echo first >&2; echo woe >&2; exit 3", "exit code 3: woe"),
            ("kill -9 $$", "signal 9"),
        ] {
            let error = signed_by(script).expect_err(script);
            assert!(error.contains(why), "{script}: {error}");
        }
    }

    #[test]
    fn it_sees_nothing_of_the_environment_but_the_path() {
        let signed = signed_by("cp $1 $2; env >> $2").expect("it signs");
        let text = String::from_utf8_lossy(&signed).into_owned();
        assert!(text.contains("PATH=/usr/bin:/bin") && !text.contains("HOME="), "{text}");
    }
}
