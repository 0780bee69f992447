//! An office at work: the two counties with schedules, driven by ticks at instants that a test names.
//!
//! The workspace itself is left to `project`.

use std::ffi::OsStr;
use std::fs;
use std::ops::Deref;
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use briefing::ledger::{Issue, Ledger, Occurrence, Task};
use rustix::process::{Pid, Signal};
use serde_json::Value;

use crate::project::{Project, Run};

/// Both counties on the first of each month.
pub(crate) const MONTHLY: &str = r#"
[[schedule]]
id = "monthly"
when = { cron = "0 8 1 * *" }
documents = ["region"]
period = "previous-month"
since = "2026-11-15"
"#;

/// One document, the comparison, on the first of each month.
pub(crate) const COMPARED: &str = r#"
[[schedule]]
id = "compared"
when = { cron = "30 8 1 * *" }
documents = ["comparative"]
period = "previous-month"
since = "2026-11-15"
"#;

/// The first instant at which `MONTHLY` fires.
pub(crate) const FIRST: &str = "2026-12-01T08:00:00+08:00";

/// A workspace with schedules.
pub(crate) struct Office(Project);

impl Deref for Office {
    type Target = Project;

    fn deref(&self) -> &Project {
        &self.0
    }
}

impl Office {
    /// The two counties with this at the end of their settings.
    pub(crate) fn with(settings: &str) -> Self {
        Self::of(Project::counties(), settings)
    }

    /// Another workspace with this at the end of its settings.
    pub(crate) fn of(project: Project, settings: &str) -> Self {
        let text = project.read("report.toml");
        project.write("report.toml", format!("{text}\n{settings}"));
        Self(project)
    }

    /// Runs a verb as if it were this instant.
    pub(crate) fn at<S: AsRef<OsStr>>(&self, now: &str, arguments: impl IntoIterator<Item = S>) -> Run {
        Run::of(self.command().args(arguments).args(["--now", now]))
    }

    /// One tick.
    pub(crate) fn tick(&self, now: &str) -> Run {
        self.at(now, ["tick"])
    }

    /// One tick, whose events are read.
    pub(crate) fn events(&self, now: &str) -> (Run, Vec<Value>) {
        let run = self.at(now, ["tick", "--log-format", "json"]);
        let events = events_of(&run.stdout);
        (run, events)
    }

    /// Starts a verb and leaves it running; its events go to a file of the workspace.
    pub(crate) fn start<S: AsRef<OsStr>>(
        &self,
        log: &str,
        arguments: impl IntoIterator<Item = S>,
    ) -> Running {
        let file = |name: String| fs::File::create(self.path(name)).expect("a new file");
        let mut command = self.command();
        command.args(arguments).stdout(file(log.to_owned())).stderr(file(format!("{log}.err")));
        Running(command.stdin(Stdio::null()).spawn().expect("the program starts"))
    }

    fn ledger(&self) -> Option<Ledger> {
        Ledger::open_existing(&self.path(".report")).expect("a sound ledger")
    }

    /// Every number that was given.
    pub(crate) fn issues(&self) -> Vec<Issue> {
        self.ledger().map(|ledger| ledger.issues().expect("the issues")).unwrap_or_default()
    }

    /// Every occurrence, oldest nominal instant first.
    pub(crate) fn occurrences(&self) -> Vec<Occurrence> {
        let mut all = self.ledger().map_or_else(Vec::new, |ledger| {
            ledger.history(None, None, None, usize::MAX).expect("the occurrences")
        });
        all.sort_by_key(|occurrence| (occurrence.nominal, occurrence.id));
        all
    }

    /// The documents of an occurrence.
    pub(crate) fn tasks(&self, occurrence: &Occurrence) -> Vec<Task> {
        self.ledger().map(|ledger| ledger.tasks(occurrence.id).expect("its documents")).unwrap_or_default()
    }

    /// How each occurrence of a schedule stands: period and state.
    pub(crate) fn states(&self, schedule: &str) -> Vec<(String, &'static str)> {
        let own = self.occurrences().into_iter().filter(|occurrence| occurrence.schedule == schedule);
        own.map(|occurrence| (occurrence.period, occurrence.state.name())).collect()
    }

    /// The manifest.
    pub(crate) fn manifest(&self) -> Value {
        serde_json::from_str(&self.read("reports/manifest.json")).expect("a whole manifest")
    }

    /// The ledger is sound by its own check.
    #[track_caller]
    pub(crate) fn is_sound(&self) {
        self.run(["ledger", "check"]).ok().prints("is sound");
    }
}

/// Events as `--log-format json` prints them: one object a line.
#[track_caller]
pub(crate) fn events_of(text: &str) -> Vec<Value> {
    let event = |line: &str| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"));
    text.lines().map(event).collect()
}

/// A program that is killed when the test ends before it.
pub(crate) struct Running(pub(crate) Child);

impl Running {
    pub(crate) fn pid(&self) -> Pid {
        Pid::from_child(&self.0)
    }

    pub(crate) fn signal(&self, signal: Signal) {
        rustix::process::kill_process(self.pid(), signal).expect("it is our child");
    }

    /// Waits for its end.
    #[track_caller]
    pub(crate) fn ends(&mut self) -> i32 {
        let mut code = None;
        until("it ends", || {
            code = self.0.try_wait().expect("it is our child");
            code.is_some()
        });
        code.and_then(|status| status.code()).unwrap_or(-1)
    }

    pub(crate) fn has_ended(&mut self) -> bool {
        self.0.try_wait().expect("it is our child").is_some()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Waits until something is so; generously, for a machine that is busy.
#[track_caller]
pub(crate) fn until(what: &str, mut so: impl FnMut() -> bool) {
    let started = Instant::now();
    while !so() {
        assert!(started.elapsed() < Duration::from_secs(120), "waited two minutes: {what}");
        sleep(Duration::from_millis(5));
    }
}

/// The processes that a process has started and that are still there.
pub(crate) fn children_of(parent: Pid) -> Vec<Pid> {
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
        let status = fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
        // The name in brackets may hold anything; the state and the parent follow it.
        let mut fields = status.rsplit(") ").next().unwrap_or_default().split(' ');
        let (state, of) = (fields.next(), fields.next());
        if state != Some("Z") && of == Some(&parent.as_raw_nonzero().to_string()) {
            found.extend(Pid::from_raw(pid));
        }
    }
    found
}
