//! What the tests of the schedules work with: a clock that a test sets, a maker that typesets nothing, and a workspace that ticks.
//!
//! What the schedules must do is left to the files that use them.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use briefing::diag::{Diagnostics, Problem, Warned};
use briefing::ledger::{Entry, IssueState, Ledger, LedgerError, Manifest, Number, Occurrence, Task};
use briefing::model::{Calendars, CaseBook, Language, Period};
use briefing::pipeline::Order;
use briefing::schedule::{self, Clock, Desk, Event, MadeDocument, Maker, ManualRun, Schedule};
use briefing::schedule::{Setback, Stage, Ticked};
use briefing::settings::Settings;
use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta, TimeZone, Utc};
use chrono_tz::{Asia, Tz};

use crate::project::{Project, root};

/// A minute of the clock on a wall; the first of two.
pub(crate) fn local(zone: Tz, text: &str) -> DateTime<Utc> {
    let wall =
        NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap_or_else(|e| panic!("{text}: {e}"));
    zone.from_local_datetime(&wall).earliest().unwrap_or_else(|| panic!("{text} is in a gap")).to_utc()
}

/// A minute of the clock in Shanghai.
pub(crate) fn shanghai(text: &str) -> DateTime<Utc> {
    local(Asia::Shanghai, text)
}

/// A schedule of one document, due at 08:00 on the first of each month; the last keys are the test's.
pub(crate) fn monthly(keys: &str) -> String {
    schedule("monthly", "{ cron = \"0 8 1 * *\" }", "previous-month", keys)
}

/// A schedule of the briefing of one county, unless its keys name other subjects.
pub(crate) fn schedule(id: &str, when: &str, period: &str, keys: &str) -> String {
    let documents = if keys.contains("documents") { "" } else { "documents = [\"region\"]\n" };
    let subjects = if keys.contains("subjects") { "" } else { "subjects = [\"qinghe\"]\n" };
    format!(
        "\n[[schedule]]\nid = \"{id}\"\nwhen = {when}\nperiod = \"{period}\"\n{documents}{subjects}{keys}\n"
    )
}

/// A clock that a test sets.
pub(crate) struct FakeClock(Cell<DateTime<Utc>>);

impl Clock for FakeClock {
    fn now(&self) -> DateTime<Utc> {
        self.0.get()
    }
}

/// A document that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Made {
    pub(crate) order: String,
    pub(crate) period: String,
    pub(crate) day: NaiveDate,
    pub(crate) number: Number,
}

/// What lies in the output folder, shared by makers as a folder is.
#[derive(Default)]
pub(crate) struct Shelf {
    pub(crate) made: Vec<Made>,
    pub(crate) entries: BTreeMap<String, Entry>,
}

/// Where a maker dies, as a process that is killed does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    Manifest,
    Reported,
    Content,
    BeforeMake,
    AfterMake,
}

/// A maker that typesets nothing.
#[derive(Default)]
pub(crate) struct FakeMaker {
    pub(crate) shelf: Arc<Mutex<Shelf>>,
    /// What every document says; none for something new in each period.
    pub(crate) says: RefCell<Option<String>>,
    /// Subjects that fail, where, and how often still.
    pub(crate) fails: RefCell<BTreeMap<String, (Stage, u32)>>,
    /// Unit and period of what was reported.
    pub(crate) reported: RefCell<BTreeSet<(String, String)>>,
    /// Units whose reports cannot be used.
    pub(crate) garbled: RefCell<BTreeSet<String>>,
    pub(crate) dies: Cell<Option<Phase>>,
    /// How many documents it is asked for at once.
    pub(crate) at_once: Cell<usize>,
}

impl FakeMaker {
    fn passes(&self, phase: Phase) {
        if self.dies.get() == Some(phase) {
            self.dies.set(None);
            // Not a panic: nothing is printed, and no message of it is wanted.
            std::panic::resume_unwind(Box::new("killed"));
        }
    }

    fn fails_at(&self, order: &Order, here: fn(Stage) -> bool) -> Option<Setback> {
        let mut fails = self.fails.borrow_mut();
        let (stage, times) =
            fails.get_mut(&order.subject).filter(|(stage, times)| *times > 0 && here(*stage))?;
        *times = times.saturating_sub(1);
        let message = format!("the {} of {} is broken", stage.name(), order.subject);
        Some(Setback { stage: *stage, message, diagnostics: Diagnostics::new() })
    }
}

/// What the manifest would say of a document.
fn entry_of(order: &Order, period: Period, day: NaiveDate, number: Option<Number>) -> Entry {
    Entry {
        document: order.document.name().to_owned(),
        subject: order.subject.clone(),
        period: period.to_string(),
        part: "all".to_owned(),
        number: number.map(|number| number.number),
        total: number.map(|number| number.total),
        date: day.to_string(),
        pages: 2,
        body_pages: Some(1),
        sources: None,
        blank: None,
        correction: None,
        superseded: None,
        withdrawn: None,
        moved: 0,
        pdf: "p".repeat(64),
        view: "v".repeat(64),
        content: "c".repeat(64),
        standard: "a-2a".into(),
        code: "0000-0000-0000".into(),
        recipe: "r".repeat(64),
        held: false,
        style: "official".into(),
        language: "zh-Hans".into(),
        people: Vec::new(),
        inputs: "i".repeat(64),
    }
}

impl Maker for FakeMaker {
    fn content(&self, order: &Order, period: Period, _: NaiveDate) -> Result<String, Setback> {
        self.passes(Phase::Content);
        if let Some(setback) = self.fails_at(order, |stage| stage == Stage::Data) {
            return Err(setback);
        }
        let says = self.says.borrow().clone();
        Ok(says.unwrap_or_else(|| format!("{} {} {period}", order.document.name(), order.subject)))
    }

    fn make(
        &self,
        order: &Order,
        period: Period,
        day: NaiveDate,
        number: Number,
    ) -> Result<Warned<MadeDocument>, Setback> {
        self.passes(Phase::BeforeMake);
        if let Some(setback) = self.fails_at(order, |stage| stage != Stage::Data) {
            return Err(setback);
        }
        let (document, subject) = (order.document.name(), order.subject.clone());
        let path = format!("{document}/{period}/{subject}.pdf");
        let entry = entry_of(order, period, day, Some(number));
        {
            let mut shelf = self.shelf.lock().expect("no test dies with it");
            shelf.entries.insert(path.clone(), entry.clone());
            let order = format!("{document} {subject}");
            shelf.made.push(Made { order, period: period.to_string(), day, number });
        }
        self.passes(Phase::AfterMake);
        Ok(Warned { output: MadeDocument { path, entry }, diagnostics: Diagnostics::new() })
    }

    fn at_once(&self) -> usize {
        self.at_once.get()
    }

    fn draft(
        &self,
        order: &Order,
        period: Period,
        day: NaiveDate,
        _: Option<&str>,
    ) -> Result<Warned<MadeDocument>, Setback> {
        self.passes(Phase::BeforeMake);
        if let Some(setback) = self.fails_at(order, |stage| stage != Stage::Data) {
            return Err(setback);
        }
        let path = format!("{}/{period}/{}.draft.pdf", order.document.name(), order.subject);
        let entry = Entry { held: true, ..entry_of(order, period, day, None) };
        self.shelf.lock().expect("no test dies with it").entries.insert(path.clone(), entry.clone());
        self.passes(Phase::AfterMake);
        Ok(Warned { output: MadeDocument { path, entry }, diagnostics: Diagnostics::new() })
    }

    fn has_reported(&self, unit: &str, period: Period) -> Result<bool, Diagnostics> {
        self.passes(Phase::Reported);
        if self.garbled.borrow().contains(unit) {
            let mut diagnostics = Diagnostics::new();
            diagnostics.push_nowhere(Problem::BadDate { date: "31 June".to_owned() });
            return Err(diagnostics);
        }
        Ok(self.reported.borrow().contains(&(unit.to_owned(), period.to_string())))
    }

    fn manifest(&self) -> Result<Manifest, LedgerError> {
        self.passes(Phase::Manifest);
        // An empty folder gives an empty manifest.
        let mut manifest = Manifest::read(&root().join("tests/fixtures/counties"))?;
        manifest.entries = self.shelf.lock().expect("no test dies with it").entries.clone();
        Ok(manifest)
    }
}

/// A workspace of the two counties with schedules, that ticks.
pub(crate) struct Works {
    pub(crate) project: Project,
    pub(crate) clock: FakeClock,
    pub(crate) maker: FakeMaker,
    pub(crate) schedules: Vec<Schedule>,
    pub(crate) broken: Vec<String>,
    pub(crate) calendars: Calendars,
    pub(crate) told: Vec<Event>,
    pub(crate) state: PathBuf,
    settings: String,
}

impl Works {
    /// A workspace with these schedules, at a minute in Shanghai. Nothing has ticked yet.
    pub(crate) fn new(schedules: &str, now: &str) -> Self {
        let project = Project::counties();
        let calendar = fs::read(root().join("data/calendars/cn-2026.toml")).expect("the calendar of 2026");
        project.write("data/calendars/cn-2026.toml", calendar);
        let mut found = Diagnostics::new();
        let calendars = Calendars::read(&project.path("data"), &mut found);
        assert!(!found.has_errors(), "{found:?}");
        let mut works = Self {
            state: project.path(".report"),
            settings: project.read("report.toml"),
            project,
            clock: FakeClock(Cell::new(shanghai(now))),
            maker: FakeMaker::default(),
            schedules: Vec::new(),
            broken: Vec::new(),
            calendars,
            told: Vec::new(),
        };
        works.plan(schedules);
        works
    }

    /// Another plan: the schedules that are sound count, the others are broken.
    pub(crate) fn plan(&mut self, schedules: &str) -> Diagnostics {
        let text = format!("{}\n{schedules}", self.settings);
        self.project.write("report.toml", text);
        let mut found = Diagnostics::new();
        let settings = Settings::read(&self.project.path("report.toml"), &mut found);
        let book = CaseBook::open(&self.project.path("data"), Language::Simplified, &mut found);
        self.schedules = schedule::read(&settings, &book, &mut found);
        let ids = settings.schedules.iter().filter_map(|written| written.entry.id.as_ref());
        self.broken = ids.map(|id| id.get_ref().clone()).collect();
        self.broken.retain(|id| !self.schedules.iter().any(|schedule| schedule.id == *id));
        assert!(found.has_errors() != self.broken.is_empty(), "{found:?}");
        found
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    pub(crate) fn set(&self, now: DateTime<Utc>) {
        self.clock.0.set(now);
    }

    fn desk(&self) -> Desk<'_> {
        Desk {
            state: &self.state,
            schedules: &self.schedules,
            broken: &self.broken,
            calendars: &self.calendars,
            maker: &self.maker,
            clock: &self.clock,
            stop: &|| false,
            owner: "a test",
        }
    }

    pub(crate) fn try_tick(&mut self) -> Result<Ticked, LedgerError> {
        let mut told = Vec::new();
        let ended = schedule::tick(&self.desk(), &mut |event| told.push(event));
        self.told.extend(told);
        ended
    }

    /// One tick. A child that another test starts shares the lock until it is the program it shall be: that is waited for.
    #[track_caller]
    pub(crate) fn tick(&mut self) -> Ticked {
        for _ in 0..10_000 {
            let ended = self.try_tick().expect("a sound ledger");
            if ended != Ticked::Held {
                return ended;
            }
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        panic!("the lease is never let go of");
    }

    /// One tick at a minute in Shanghai.
    #[track_caller]
    pub(crate) fn tick_at(&mut self, now: &str) -> Ticked {
        self.set(shanghai(now));
        self.tick()
    }

    /// A tick every few minutes until a minute in Shanghai, that one included.
    #[track_caller]
    pub(crate) fn tick_until(&mut self, end: &str, minutes: i64) {
        let end = shanghai(end);
        // While somebody has the ledger open, the last to close it does not tidy it up after each tick: that is most of a tick's time.
        let _open = self.ledger();
        while self.now() + TimeDelta::minutes(minutes) <= end {
            self.set(self.now() + TimeDelta::minutes(minutes));
            self.tick();
        }
    }

    /// A run by hand of the first schedule.
    pub(crate) fn run(&mut self, period: Option<&str>, number: Option<u32>) -> Result<Ticked, LedgerError> {
        let mut told = Vec::new();
        let period = period.map(|period| Period::parse(period).expect(period));
        let wanted = ManualRun { schedule: &self.schedules[0], period, number, even_if_unchanged: false };
        let ended = schedule::run(&self.desk(), &wanted, &mut |event| told.push(event));
        self.told.extend(told);
        ended
    }

    pub(crate) fn ledger(&self) -> Ledger {
        Ledger::open(&self.state).expect("a ledger")
    }

    /// All occurrences in the order of their nominal instants.
    pub(crate) fn occurrences(&self) -> Vec<Occurrence> {
        let mut all = self.ledger().history(None, None, None, usize::MAX).expect("a ledger");
        all.sort_by(|a, b| (a.nominal, &a.schedule, a.id).cmp(&(b.nominal, &b.schedule, b.id)));
        all
    }

    /// All occurrences, as `2026-10-01 08:00 2026-09 issued` by the clock in Shanghai.
    pub(crate) fn history(&self) -> Vec<String> {
        let line = |o: &Occurrence| {
            let at = o.nominal.with_timezone(&Asia::Shanghai).format("%Y-%m-%d %H:%M");
            format!("{at} {} {}", o.period, o.state.name())
        };
        self.occurrences().iter().map(line).collect()
    }

    /// The documents of the occurrence that was recorded last.
    pub(crate) fn last_tasks(&self) -> Vec<Task> {
        let last = self.occurrences().iter().map(|o| o.id).max().expect("an occurrence");
        self.ledger().tasks(last).expect("a ledger")
    }

    /// All numbers, as `region qinghe 2026-09: 1/1 issued`.
    pub(crate) fn numbers(&self) -> Vec<String> {
        let state = |state: IssueState| state.name();
        let issues = self.ledger().issues().expect("a ledger");
        let lines = issues.iter().map(|i| {
            let number = format!("{}/{}", i.number.number, i.number.total);
            format!("{} {} {}: {number} {}", i.document, i.subject, i.period, state(i.state))
        });
        lines.collect()
    }

    /// What was made, as `region qinghe 2026-09 1/1`.
    pub(crate) fn made(&self) -> Vec<String> {
        let shelf = self.maker.shelf.lock().expect("no test dies with it");
        let line = |m: &Made| format!("{} {} {}/{}", m.order, m.period, m.number.number, m.number.total);
        shelf.made.iter().map(line).collect()
    }

    /// The messages of all events of one kind.
    pub(crate) fn events(&self, kind: &str) -> Vec<String> {
        self.told.iter().filter(|event| event.event == kind).map(|event| event.message.clone()).collect()
    }
}
