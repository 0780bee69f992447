//! Secrets from each place, and each way in which a place does not keep them.
//!
//! What channels do without their secret is left to the integration tests.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

use super::*;

struct Variables(BTreeMap<&'static str, String>);

impl Secrets for Variables {
    fn variable(&self, name: &str) -> Option<String> {
        self.0.get(name).cloned()
    }
}

fn variables<const N: usize>(pairs: [(&'static str, &str); N]) -> Variables {
    Variables(pairs.into_iter().map(|(name, value)| (name, value.to_owned())).collect())
}

fn file(folder: &tempfile::TempDir, content: &[u8], mode: u32) -> PathBuf {
    let path = folder.path().join("key");
    crate::disk::write_private(&path, content).expect("a new file");
    fs::set_permissions(&path, Permissions::from_mode(mode)).expect("our own file");
    path
}

/// Everything that an error tells, through all its causes.
fn told(error: &SecretError) -> String {
    let (mut told, mut cause) = (format!("{error:?} {error}"), error.source());
    while let Some(error) = cause {
        told += &format!(" {error:?} {error}");
        cause = error.source();
    }
    told
}

fn refused(source: &SecretSource, secrets: &Variables) -> String {
    told(&source.read(secrets).expect_err("it is no secret"))
}

#[test]
fn a_variable_is_read() {
    let secrets = variables([("KEY", "hunter2"), ("EMPTY", "")]);
    let read = |name: &str| SecretSource::Environment(name.into()).read(&secrets);
    assert_eq!(read("KEY").expect("it is set").reveal(), "hunter2");
    assert!(matches!(read("EMPTY"), Err(SecretError::Empty(_))));
    assert!(matches!(read("NONE"), Err(SecretError::NoVariable(_))));
}

#[test]
fn a_private_file_is_read_without_its_last_newline() {
    let folder = tempfile::tempdir().expect("a folder");
    for (content, mode, secret) in [
        (&b"hunter2\n"[..], 0o600, "hunter2"),
        (b"hunter2\r\n", 0o400, "hunter2"),
        (b" a b \n\n", 0o600, " a b \n"),
    ] {
        let source = SecretSource::File(file(&folder, content, mode));
        assert_eq!(source.read(&variables([])).expect("a secret").reveal(), secret);
    }
}

#[test]
fn a_file_that_others_can_read_or_change_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    for mode in [0o644, 0o640, 0o620, 0o602, 0o604, 0o601, 0o700, 0o4600] {
        let error = refused(&SecretSource::File(file(&folder, b"hunter2", mode)), &variables([]));
        assert!(error.contains(&format!("mode {mode:04o}")), "{error}");
        assert!(!error.contains("hunter"), "{error}");
    }
}

#[test]
fn a_file_of_another_user_is_refused() {
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let path = file(&folder, b"hunter2", 0o600);
    std::os::unix::fs::chown(&path, Some(12345), None).expect("root may");
    let error = refused(&SecretSource::File(path), &variables([]));
    assert!(error.contains("another user (12345)") && !error.contains("hunter"), "{error}");
}

#[test]
fn what_is_no_file_is_refused_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let fail = |path: &Path| SecretSource::File(path.to_owned()).read(&variables([]));
    assert!(matches!(fail(folder.path()), Err(SecretError::NoFile(_))));
    assert!(matches!(fail(Path::new("/dev/null")), Err(SecretError::NoFile(_))));
    assert!(matches!(fail(&folder.path().join("none")), Err(SecretError::Unreadable { .. })));
    let pipe = folder.path().join("pipe");
    let made = Command::new("mkfifo").arg("-m").arg("600").arg(&pipe).status().expect("mkfifo");
    assert!(made.success());
    assert!(matches!(fail(&pipe), Err(SecretError::NoFile(_))));
}

#[test]
fn nothing_too_much_and_no_text_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let fail = |content: &[u8]| SecretSource::File(file(&folder, content, 0o600)).read(&variables([]));
    assert!(matches!(fail(b""), Err(SecretError::Empty(_))));
    assert!(matches!(fail(b"\n"), Err(SecretError::Empty(_))));
    assert!(matches!(fail(&[b'x'; 65 << 10]), Err(SecretError::TooLarge(_))));
    let error = told(&fail(b"hunter\xff").expect_err("no text"));
    assert!(error.contains("not UTF-8") && !error.contains("hunter"), "{error}");
}

#[test]
fn a_credential_is_read_from_the_folder_that_systemd_names() {
    let folder = tempfile::tempdir().expect("a folder");
    let secrets = variables([("CREDENTIALS_DIRECTORY", folder.path().to_str().expect("plain"))]);
    let source = SecretSource::Credential("key".into());
    for mode in [0o400, 0o440, 0o600] {
        file(&folder, b"hunter2\n", mode);
        assert_eq!(source.read(&secrets).expect("a secret").reveal(), "hunter2");
    }
    for mode in [0o444, 0o460] {
        file(&folder, b"hunter2\n", mode);
        assert!(refused(&source, &secrets).contains("open to others"));
    }
    assert!(refused(&source, &variables([])).contains("CREDENTIALS_DIRECTORY"));
    for name in ["", "..", "../key", "/etc/passwd", ".key", "a/b"] {
        assert!(
            refused(&SecretSource::Credential(name.into()), &secrets).contains("no name of a credential")
        );
    }
}

#[test]
fn a_command_tells_its_first_line() {
    let ask = |words: &[&str]| {
        SecretSource::Command(words.iter().map(|word| (*word).to_owned()).collect()).read(&variables([]))
    };
    assert_eq!(ask(&["printf", "hunter2\\nmore\\n"]).expect("a secret").reveal(), "hunter2");
    assert!(matches!(ask(&[]), Err(SecretError::NoCommand)));
    assert!(matches!(ask(&["/nowhere/tell"]), Err(SecretError::Start { .. })));
    assert!(matches!(ask(&["true"]), Err(SecretError::Empty(_))));
    let error = told(&ask(&["sh", "-c", "echo hunter2; echo hunter2 >&2; exit 4"]).expect_err("it failed"));
    assert!(error.contains("exit code 4") && !error.contains("hunter"), "{error}");
}

#[test]
fn a_command_that_never_ends_is_ended() {
    let command = ["sh", "-c", "echo hunter2; sleep 1000"].map(str::to_owned);
    let error = told(&ask(&command, Duration::from_millis(200)).expect_err("it was killed"));
    assert!(error.contains("took longer") && !error.contains("hunter"), "{error}");
}

#[test]
fn a_secret_does_not_print_itself() {
    let secret = SecretSource::Environment("KEY".into()).read(&variables([("KEY", "hunter2")]));
    assert_eq!(format!("{:?}", secret.expect("it is set")), "Secret(…)");
}
