//! A workspace of its own for each test, and the program run in it with an empty environment.
//!
//! What the PDFs hold is left to `pdf`, the tools that read them to `tools`.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use tempfile::TempDir;

use crate::tools;

/// The day on which all tests are made.
pub(crate) const AS_OF: &str = "2026-11-30";

/// A workspace in a temporary folder that goes with the value.
pub(crate) struct Project {
    folder: TempDir,
}

/// What a run of the program said.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// The repository.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

impl Project {
    /// The two counties of `tests/fixtures/counties`, which exist nowhere, with the shipped templates.
    pub(crate) fn counties() -> Self {
        Self::copy_of(&root().join("tests/fixtures/counties"))
    }

    /// The shipped workspace.
    pub(crate) fn shipped() -> Self {
        Self::copy_of(root())
    }

    /// The demo, a city that exists nowhere.
    pub(crate) fn demo() -> Self {
        Self::copy_of(&root().join("docs/demo"))
    }

    /// Another workspace with the same settings, data and templates, and nothing made yet.
    pub(crate) fn twin(&self) -> Self {
        let twin = Self::copy_of(self.folder.path());
        fs::remove_dir_all(twin.path("templates")).expect("the templates");
        copy_folder(&self.path("templates"), &twin.path("templates"));
        twin
    }

    /// A copy of any workspace, with the shipped templates.
    pub(crate) fn copy_of(workspace: &Path) -> Self {
        let folder = tempfile::Builder::new().prefix("suite-").tempdir_in(folder_of_tests());
        let folder = folder.expect("a temporary folder");
        let project = Self { folder };
        fs::create_dir(project.path("home")).expect("a new folder");
        fs::copy(workspace.join("report.toml"), project.path("report.toml")).expect("the settings");
        copy_folder(&workspace.join("data"), &project.path("data"));
        copy_folder(&root().join("templates"), &project.path("templates"));
        project
    }

    /// A path in the workspace.
    pub(crate) fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file of the workspace.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> &Self {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("it lies in the workspace")).expect("a folder");
        fs::write(path, content).expect("a writable file");
        self
    }

    /// Reads a file of the workspace.
    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
    }

    /// Replaces words in a file that must have them.
    #[track_caller]
    pub(crate) fn replace(&self, name: &str, from: &str, to: &str) -> &Self {
        let text = self.read(name);
        assert!(text.contains(from), "{name} has no `{from}`");
        self.write(name, text.replace(from, to))
    }

    /// The program, ready to run here: no environment but a home of its own, and the faces.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_report"));
        command.env_clear().env("HOME", self.path("home")).env("XDG_CACHE_HOME", scans());
        command.current_dir(self.folder.path()).stdin(Stdio::null());
        command.arg("--fonts").arg(tools::faces().unwrap_or_else(|| self.path("fonts")));
        command
    }

    /// Runs the program to its end.
    pub(crate) fn run<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Run {
        Run::of(self.command().args(arguments))
    }

    /// Runs `check` with messages of one line each.
    pub(crate) fn check(&self) -> Run {
        self.run(["check", "--as-of", AS_OF, "--message-format", "short"])
    }

    /// Runs `generate` on the day of all tests.
    pub(crate) fn generate<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> Run {
        let common = ["generate", "--as-of", AS_OF, "--message-format", "short"];
        self.run(common.into_iter().chain(arguments))
    }

    /// The view of one document.
    pub(crate) fn view<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> serde_json::Value {
        let run = self.generate(["--view"].into_iter().chain(arguments));
        run.ok();
        serde_json::from_str(&run.stdout).expect("a view is JSON")
    }

    /// All files below a folder of the workspace, relative to it, sorted; none where it does not exist.
    pub(crate) fn files(&self, folder: &str) -> Vec<String> {
        files_below(&self.path(folder))
    }
}

impl Run {
    /// Runs a command to its end.
    pub(crate) fn of(command: &mut Command) -> Self {
        let output = command.output().expect("the program starts");
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).expect("output is UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("messages are UTF-8"),
        }
    }

    /// Everything was done.
    #[track_caller]
    pub(crate) fn ok(&self) -> &Self {
        self.ends(0)
    }

    /// It ended with this exit code, and nothing panicked.
    #[track_caller]
    pub(crate) fn ends(&self, code: i32) -> &Self {
        assert!(!self.stderr.contains("panicked"), "{}", self.stderr);
        assert_eq!(self.code, code, "stdout: {}\nstderr: {}", self.stdout, self.stderr);
        self
    }

    /// Standard error has these words.
    #[track_caller]
    pub(crate) fn says(&self, words: &str) -> &Self {
        assert!(self.stderr.contains(words), "no `{words}` in:\n{}", self.stderr);
        self
    }

    /// Standard output has these words.
    #[track_caller]
    pub(crate) fn prints(&self, words: &str) -> &Self {
        assert!(self.stdout.contains(words), "no `{words}` in:\n{}", self.stdout);
        self
    }
}

/// Where the workspaces lie. Those that all tests share outlive the process, so those of an hour ago are swept first.
fn folder_of_tests() -> &'static Path {
    static SWEPT: OnceLock<PathBuf> = OnceLock::new();
    SWEPT.get_or_init(|| {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let age = entry.metadata().and_then(|m| m.modified()).ok().and_then(|time| time.elapsed().ok());
            let old = age.is_some_and(|age| age > Duration::from_secs(3600));
            if old && entry.file_name().to_string_lossy().starts_with("suite-") {
                let _ = fs::remove_dir_all(entry.path());
            }
        }
        folder
    })
}

/// The scan of faces is remembered from test to test.
fn scans() -> PathBuf {
    folder_of_tests().join("scans")
}

/// All files below a folder, relative to it, sorted; none where it does not exist.
pub(crate) fn files_below(top: &Path) -> Vec<String> {
    let (mut found, mut folders) = (Vec::new(), vec![top.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path.strip_prefix(top).expect("it lies below").display().to_string());
            }
        }
    }
    found.sort();
    found
}

pub(crate) fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a new folder");
    for entry in fs::read_dir(from).unwrap_or_else(|e| panic!("{}: {e}", from.display())).flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("a file that can be copied");
        }
    }
}
