//! The process around the library: terminal, environment, clock, processors. Nothing else touches them.

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::cli::Failure;
use briefing::delivery::Secrets;
use briefing::diag::{Colour, Diagnostics, MessageFormat, render};
use briefing::schedule::Clock;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// What the verbs may ask of the process.
pub(crate) struct Terminal {
    format: MessageFormat,
    colour: Colour,
}

impl Terminal {
    /// A terminal that prints messages in a format, with or without colours.
    pub(crate) fn new(format: MessageFormat, colour: Colour) -> Self {
        Self { format, colour }
    }

    /// Prints a line of output.
    pub(crate) fn line(&self, text: &str) -> io::Result<()> {
        let mut out = io::stdout().lock();
        writeln!(out, "{text}")
    }

    /// Prints output as it is.
    pub(crate) fn text(&self, text: &str) -> io::Result<()> {
        let mut out = io::stdout().lock();
        out.write_all(text.as_bytes())?;
        out.flush()
    }

    /// Prints diagnostics to standard error.
    pub(crate) fn messages(&self, diagnostics: &Diagnostics) {
        self.aside(&render(diagnostics, self.format, self.colour));
    }

    /// Prints a remark to standard error.
    pub(crate) fn note(&self, text: &str) {
        if self.format != MessageFormat::Json {
            self.aside(&format!("{text}\n"));
        }
    }

    /// Prints an error that belongs to no file.
    pub(crate) fn error(&self, message: &str, hint: Option<&str>) {
        let text = match self.format {
            MessageFormat::Json => {
                let value = serde_json::json!({
                    "code": "failure", "severity": "error", "message": message, "hints": hint.into_iter().collect::<Vec<_>>(),
                });
                format!("{value}\n")
            }
            MessageFormat::Human | MessageFormat::Short => {
                let (red, bold, end) = match self.colour {
                    Colour::Always => ("\u{1b}[1;31m", "\u{1b}[1m", "\u{1b}[0m"),
                    Colour::Never => ("", "", ""),
                };
                let hint = hint.map_or_else(String::new, |hint| format!("  {bold}hint{end}: {hint}\n"));
                format!("{red}error{end}: {message}\n{hint}")
            }
        };
        self.aside(&text);
    }

    /// Where standard error is gone, there is nobody left to tell.
    fn aside(&self, text: &str) {
        let _ = io::stderr().lock().write_all(text.as_bytes());
    }

    /// A bar that appears on a terminal when the work takes more than a second.
    pub(crate) fn progress(&self, count: usize) -> Progress {
        let bar = ProgressBar::with_draw_target(Some(count as u64), ProgressDrawTarget::hidden());
        let style = ProgressStyle::with_template("{bar:30} {pos}/{len} {elapsed}")
            .expect("the template is well-formed");
        bar.set_style(style);
        let shown = count > 1 && io::stderr().is_terminal() && self.format == MessageFormat::Human;
        Progress { bar, started: Instant::now(), shown }
    }

    /// Today in a zone.
    #[expect(clippy::disallowed_methods, reason = "the one place where the clock is read")]
    pub(crate) fn today(&self, zone: chrono_tz::Tz) -> NaiveDate {
        Utc::now().with_timezone(&zone).date_naive()
    }

    /// The day of `SOURCE_DATE_EPOCH`, in UTC as its specification says; its text where that is no number.
    pub(crate) fn source_date_epoch(&self) -> Option<Result<NaiveDate, String>> {
        let text = variable("SOURCE_DATE_EPOCH")?;
        let time = text.trim().parse().ok().and_then(|seconds| DateTime::<Utc>::from_timestamp(seconds, 0));
        Some(time.map(|time| time.date_naive()).ok_or(text))
    }

    /// The clock: that of the system, or one that begins at a given instant and may go faster.
    pub(crate) fn clock(&self, from: Option<&str>, pace: Option<f64>) -> Result<TickingClock, Failure> {
        let from = from.map(|text| {
            let hint = "write it as 2026-11-30T08:00:00+08:00".to_owned();
            let instant = DateTime::parse_from_rfc3339(text).map(|at| at.to_utc());
            instant.map_err(|_| Failure::usage(format!("`{text}` is no instant"), hint))
        });
        let pace = pace.unwrap_or(0.0);
        if !(0.0..=1e9).contains(&pace) {
            return Err(Failure::usage(format!("a clock cannot go {pace} times as fast"), None));
        }
        Ok(TickingClock { from: from.transpose()?, pace, started: Instant::now() })
    }

    /// This program.
    pub(crate) fn program(&self) -> io::Result<PathBuf> {
        std::env::current_exe()
    }

    /// This program as it runs, to be started once more: its file may have been replaced by another version since.
    pub(crate) fn running_program(&self) -> io::Result<PathBuf> {
        let image = PathBuf::from("/proc/self/exe");
        if image.exists() { Ok(image) } else { self.program() }
    }

    /// The folder with the templates, styles and faces that came with this program: `share/report` beside its `bin`, or its own.
    pub(crate) fn installed(&self) -> Option<PathBuf> {
        let program = self.program().ok()?.canonicalize().ok()?;
        let own = program.parent()?;
        let beside = own.parent().map(|above| above.join("share/report"));
        beside.into_iter().chain([own.to_owned()]).find(|folder| folder.join("templates").is_dir())
    }

    /// Who works on the schedules: this host and process.
    pub(crate) fn owner(&self) -> String {
        let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
        format!("{} process {}", host.trim(), std::process::id())
    }

    /// Gives a folder to a user, where this process may: root made it, another is to write into it.
    #[cfg(unix)]
    pub(crate) fn hand_over(&self, folder: &std::path::Path, user: &str) -> io::Result<()> {
        use std::os::unix::fs::{MetadataExt, chown};
        // passwd(5): name, password, user, group.
        let users = std::fs::read_to_string("/etc/passwd")?;
        let entry = users.lines().find(|line| line.split(':').next() == Some(user));
        let mut numbers = entry.unwrap_or_default().split(':').skip(2).map(str::parse::<u32>);
        let (Some(Ok(uid)), Some(Ok(gid))) = (numbers.next(), numbers.next()) else {
            return Err(io::Error::other("there is no such user here"));
        };
        if folder.metadata()?.uid() == uid { Ok(()) } else { chown(folder, Some(uid), Some(gid)) }
    }

    /// Gives a folder to a user, where the system knows of such things.
    #[cfg(not(unix))]
    pub(crate) fn hand_over(&self, _: &std::path::Path, _: &str) -> io::Result<()> {
        Ok(())
    }

    /// Whose process this is, by name.
    pub(crate) fn user(&self) -> String {
        variable("USER").or_else(|| variable("LOGNAME")).unwrap_or_else(|| "root".to_owned())
    }

    /// Where the scan of faces is remembered.
    pub(crate) fn cache_folder(&self) -> Option<PathBuf> {
        let base = variable("XDG_CACHE_HOME")
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
            .or_else(|| variable("HOME").map(|home| PathBuf::from(home).join(".cache")))?;
        Some(base.join("report"))
    }

    /// Where the system keeps its faces.
    pub(crate) fn system_fonts(&self) -> Vec<PathBuf> {
        let home = variable("HOME").map(PathBuf::from);
        let mut folders: Vec<PathBuf> = Vec::new();
        if cfg!(target_os = "macos") {
            folders.extend(["/Library/Fonts", "/System/Library/Fonts"].map(PathBuf::from));
            folders.extend(home.map(|home| home.join("Library/Fonts")));
        } else if cfg!(windows) {
            folders.extend(variable("WINDIR").map(|windows| PathBuf::from(windows).join("Fonts")));
        } else {
            folders.extend(["/usr/share/fonts", "/usr/local/share/fonts"].map(PathBuf::from));
            folders.extend(home.map(|home| home.join(".local/share/fonts")));
        }
        folders.retain(|folder| folder.is_dir());
        folders
    }

    /// How many documents at a time suit this machine.
    pub(crate) fn processors(&self) -> usize {
        std::thread::available_parallelism().map_or(1, usize::from)
    }
}

impl Secrets for Terminal {
    fn variable(&self, name: &str) -> Option<String> {
        variable(name)
    }
}

/// A clock that the schedules go by.
pub(crate) struct TickingClock {
    from: Option<DateTime<Utc>>,
    pace: f64,
    started: Instant,
}

impl TickingClock {
    /// Rests for a while; a fast clock makes it shorter.
    pub(crate) fn rest(&self, length: Duration) {
        let shorter =
            if self.pace > 1.0 { length.div_f64(self.pace).max(Duration::from_millis(2)) } else { length };
        std::thread::sleep(shorter.min(length));
    }
}

impl Clock for TickingClock {
    #[expect(clippy::disallowed_methods, reason = "the one place where the clock is read")]
    fn now(&self) -> DateTime<Utc> {
        match self.from {
            None => Utc::now(),
            Some(from) => {
                let seconds = self.started.elapsed().as_secs_f64() * self.pace;
                from + TimeDelta::from_std(Duration::from_secs_f64(seconds)).unwrap_or_default()
            }
        }
    }
}

/// Whether colours suit standard error.
pub(crate) fn colours_suit() -> bool {
    io::stderr().is_terminal() && variable("NO_COLOR").is_none_or(|value| value.is_empty())
}

#[expect(clippy::disallowed_methods, reason = "the one place where the environment is read")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// A bar that is drawn late or never.
pub(crate) struct Progress {
    bar: ProgressBar,
    started: Instant,
    shown: bool,
}

impl Progress {
    /// One more is done.
    pub(crate) fn step(&self) {
        self.bar.inc(1);
        if self.shown && self.started.elapsed() > Duration::from_secs(1) {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
    }

    /// Prints something else; the bar makes room for it.
    pub(crate) fn aside<T>(&self, print: impl FnOnce() -> T) -> T {
        self.bar.suspend(print)
    }

    /// All is done; the bar goes.
    pub(crate) fn end(&self) {
        self.bar.finish_and_clear();
    }
}
