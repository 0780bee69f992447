//! A schedule as its author means it, validated.
//!
//! Which of its occurrences are due is left to `due`.

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

use super::Rule;
use crate::diag::{Diagnostics, Problem, Span, nearest};
use crate::model::{Calendars, CaseBook, Period, Subject};
use crate::pipeline::{Document, Order, all_orders};
use crate::settings::{ScheduleEntry, Settings, WaitEntry, WhenEntry, Written, length_of};

/// How late an occurrence may begin where nobody says.
const STARTING_DEADLINE: TimeDelta = TimeDelta::days(7);
/// How long data is waited for where nobody says.
const WAIT: TimeDelta = TimeDelta::days(10);
/// How many occurrences are caught up with at most where nobody says.
const CATCH_UP: usize = 12;

/// A schedule.
#[derive(Debug, Clone)]
pub struct Schedule {
    /// Its id.
    pub id: String,
    /// When it fires.
    pub rule: Rule,
    /// In which zone.
    pub zone: Tz,
    /// The rule and the zone as written: another text is another plan.
    pub written: String,
    /// What it makes.
    pub orders: Vec<Order>,
    /// The period of its documents.
    pub period: RelativePeriod,
    /// What happens to occurrences that nobody was there for.
    pub catch_up: CatchUp,
    /// How late an occurrence may begin.
    pub starting_deadline: TimeDelta,
    /// What happens while an older occurrence has not ended.
    pub overlap: Overlap,
    /// Where the day is no working day.
    pub shift: Option<Shift>,
    /// The first instant.
    pub since: Option<DateTime<Utc>>,
    /// Whether the settings hold it.
    pub paused: bool,
    /// Whether it issues what says nothing new.
    pub even_if_unchanged: bool,
    /// Units that owe data, and for how long they are waited for.
    pub wait: Option<(Vec<String>, TimeDelta)>,
    /// The channels by which its issues leave.
    pub deliveries: Vec<String>,
    /// Where it stands in the settings.
    pub span: Span,
}

/// What happens to occurrences that nobody was there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CatchUp {
    /// The last of them is made up for.
    Latest,
    /// The last so many are, in order.
    All(usize),
    /// None is, beyond an hour.
    None,
}

/// What happens while an older occurrence of the same schedule has not ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overlap {
    /// The newer one is skipped.
    Skip,
    /// It takes its turn after the older.
    Queue,
}

/// Where an instant goes whose day is no working day. Only the firing moves; the nominal instant stays what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shift {
    /// Nowhere: the occurrence is skipped.
    Skip,
    /// To the working day before.
    Previous,
    /// To the working day after.
    Next,
}

/// A period as seen from the nominal instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RelativePeriod {
    length: Length,
    previous: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Length {
    Month,
    Quarter,
    Half,
    Year,
}

impl RelativePeriod {
    const NAMES: [(&'static str, Length, bool); 8] = [
        ("previous-month", Length::Month, true),
        ("previous-quarter", Length::Quarter, true),
        ("previous-half", Length::Half, true),
        ("previous-year", Length::Year, true),
        ("this-month", Length::Month, false),
        ("this-quarter", Length::Quarter, false),
        ("this-half", Length::Half, false),
        ("this-year", Length::Year, false),
    ];

    fn parse(name: &str) -> Option<Self> {
        let (_, length, previous) = Self::NAMES.into_iter().find(|(known, ..)| *known == name)?;
        Some(Self { length, previous })
    }

    /// As the settings write it.
    pub fn name(self) -> &'static str {
        let own = |(_, length, previous): &&(&str, Length, bool)| {
            *length == self.length && *previous == self.previous
        };
        Self::NAMES.iter().find(own).map_or("", |(name, ..)| name)
    }

    /// In Chinese: 上季度.
    pub fn chinese(self) -> &'static str {
        match (self.length, self.previous) {
            (Length::Month, true) => "上月",
            (Length::Quarter, true) => "上季度",
            (Length::Half, true) => "上半年度",
            (Length::Year, true) => "上年",
            (Length::Month, false) => "本月",
            (Length::Quarter, false) => "本季度",
            (Length::Half, false) => "本半年度",
            (Length::Year, false) => "本年",
        }
    }

    /// The period that it means on a day.
    pub fn on(self, day: NaiveDate) -> Period {
        let (year, month) = (day.year(), day.month());
        match (self.length, self.previous) {
            (Length::Month, false) => Period::Month(year, month),
            (Length::Month, true) if month == 1 => Period::Month(year - 1, 12),
            (Length::Month, true) => Period::Month(year, month - 1),
            (Length::Quarter, false) => Period::Quarter(year, (month - 1) / 3 + 1),
            (Length::Quarter, true) if month <= 3 => Period::Quarter(year - 1, 4),
            (Length::Quarter, true) => Period::Quarter(year, (month - 1) / 3),
            (Length::Half, false) => Period::Half(year, (month - 1) / 6 + 1),
            (Length::Half, true) if month <= 6 => Period::Half(year - 1, 2),
            (Length::Half, true) => Period::Half(year, 1),
            (Length::Year, false) => Period::Year(year),
            (Length::Year, true) => Period::Year(year - 1),
        }
    }
}

impl Schedule {
    /// The period of an occurrence: it follows from the nominal instant, wherever the calendar moves the firing.
    pub fn period_of(&self, nominal: DateTime<Utc>) -> Period {
        self.period.on(nominal.with_timezone(&self.zone).date_naive())
    }
}

/// Reads all schedules. One that is wrong is left out with its messages; the others stand.
pub fn read(settings: &Settings, book: &CaseBook, diagnostics: &mut Diagnostics) -> Vec<Schedule> {
    let (orders, _) = all_orders(settings, book);
    let mut schedules: Vec<Schedule> = Vec::new();
    for written in &settings.schedules {
        let mut reader = Reader { settings, book, orders: &orders, diagnostics: written.diagnostics.clone() };
        let schedule = reader.schedule(written);
        let mut found = reader.diagnostics;
        if let Some(schedule) = schedule.filter(|_| !found.has_errors()) {
            if let Some(first) = schedules.iter().find(|known| known.id == schedule.id) {
                let (line, _) = first.span.file.position(first.span.range.start);
                let first = format!("line {line} of {}", first.span.file.path());
                let problem = Problem::DuplicateId { kind: "schedule", id: schedule.id, first };
                found.push(problem, schedule.span);
            } else {
                schedules.push(schedule);
            }
        }
        diagnostics.extend(found);
    }
    schedules
}

/// Checks what only the calendars tell: that each schedule ever fires, and that its years have a calendar.
pub fn check(
    schedules: &[Schedule],
    calendars: &Calendars,
    now: DateTime<Utc>,
    diagnostics: &mut Diagnostics,
) {
    for schedule in schedules {
        match schedule.rule.after(now, schedule.zone, calendars) {
            Ok(Some(_)) => {}
            Ok(None) => {
                let message = format!("schedule `{}` never fires", schedule.id);
                let hint =
                    "no year has such a day; `0 8 1 * *` is 08:00 on the first of each month".to_owned();
                diagnostics.push(Problem::BadSetting { message, hint }, schedule.span.clone());
            }
            Err(missing) => {
                diagnostics.push(no_calendar(missing.year), schedule.span.clone());
            }
        }
        let needs = schedule.shift.is_some() || matches!(schedule.rule, Rule::Workday { .. });
        let today = now.with_timezone(&schedule.zone).date_naive();
        if needs && !calendars.has_year(today.year()) {
            diagnostics.push(no_calendar(today.year()), schedule.span.clone());
        }
        // The notice of a year comes in the November before; without it the first days of January cannot be planned.
        let next = today.year() + 1;
        if needs && today.month() >= 11 && !calendars.has_year(next) {
            diagnostics.push(Problem::CalendarMissing { year: next, fatal: false }, schedule.span.clone());
        }
    }
}

fn no_calendar(year: i32) -> Problem {
    Problem::CalendarMissing { year, fatal: true }
}

struct Reader<'a> {
    settings: &'a Settings,
    book: &'a CaseBook,
    orders: &'a [Order],
    diagnostics: Diagnostics,
}

impl Reader<'_> {
    fn schedule(&mut self, written: &Written) -> Option<Schedule> {
        let (entry, head) = (&written.entry, &written.span);
        let id = match &entry.id {
            Some(id) if crate::casefile::is_id(id.get_ref()) => Some(id.get_ref().clone()),
            Some(id) => {
                let problem = Problem::BadId { id: id.get_ref().clone() };
                self.diagnostics.push(problem, at(head, id));
                None
            }
            None => self.missing("id", "\"quarterly\"", head),
        };
        let rule = match &entry.when {
            Some(when) => self.rule(when.get_ref(), &at(head, when)),
            None => self.missing("when", "{ cron = \"0 8 1 * *\" }", head),
        };
        let zone = self.zone(entry, head);
        let orders = self.orders(entry, head);
        let period = match &entry.period {
            Some(period) => {
                let read = RelativePeriod::parse(period.get_ref());
                if read.is_none() {
                    let names: Vec<&str> = RelativePeriod::NAMES.iter().map(|(name, ..)| *name).collect();
                    self.none_of(period.get_ref(), &names, &at(head, period));
                }
                read
            }
            None => self.missing("period", "\"previous-quarter\"", head),
        };
        let catch_up = self.catch_up(entry, head);
        let starting_deadline = self.length(&entry.starting_deadline, head).unwrap_or(STARTING_DEADLINE);
        let overlap =
            self.one_of(&entry.overlap, &[("skip", Overlap::Skip), ("queue", Overlap::Queue)], head);
        let shifts =
            [("skip", Shift::Skip), ("previous-workday", Shift::Previous), ("next-workday", Shift::Next)];
        let shift = self.one_of(&entry.calendar, &shifts, head);
        let since = entry.since.as_ref().and_then(|since| match since.get_ref().parse::<NaiveDate>() {
            Ok(day) => Some(day),
            Err(_) => {
                let problem = Problem::BadDate { date: since.get_ref().clone() };
                self.diagnostics.push(problem, at(head, since));
                None
            }
        });
        let wait = entry.wait_for.as_ref().and_then(|wait| self.wait(wait.get_ref(), &at(head, wait)));
        let channels: Vec<&str> = self
            .settings
            .declared
            .channels
            .iter()
            .filter_map(|(channel, _)| channel.id.as_ref())
            .map(|id| id.get_ref().as_str())
            .collect();
        for delivery in entry.deliveries.iter().flat_map(toml::Spanned::get_ref) {
            if channels.contains(&delivery.get_ref().as_str()) {
                continue;
            }
            let problem = Problem::DanglingId {
                kind: "channel",
                id: delivery.get_ref().clone(),
                near: nearest(delivery.get_ref(), channels.iter().copied()),
            };
            self.diagnostics.push(problem, at(head, delivery));
        }
        let (rule, zone) = (rule?, zone?);
        if let Some(calendar) = entry.calendar.as_ref().filter(|_| shift.is_some_and(|s| s != Shift::Skip))
            && !rule.has_one_time()
        {
            // Of two times of a day, the later one of a day that stays would come after the earlier one of a day that moves there.
            let message = "a rule that moves to another day has one time of day".to_owned();
            let hint =
                "write one hour and one minute, as in `0 8 1 * *`, or one schedule for each time".to_owned();
            self.diagnostics.push(Problem::KeyConflict { message, hint }, at(head, calendar));
        }
        let when = entry.when.as_ref().map(toml::Spanned::get_ref)?;
        Some(Schedule {
            id: id?,
            written: format!("{} {zone}", as_written(when)),
            since: since
                .and_then(|day| zone.from_local_datetime(&day.and_time(NaiveTime::MIN)).earliest())
                .map(|i| i.to_utc()),
            rule,
            zone,
            orders: orders?,
            period: period?,
            catch_up: catch_up?,
            starting_deadline,
            overlap: overlap.unwrap_or(Overlap::Skip),
            shift,
            paused: entry.paused.as_ref().is_some_and(|paused| *paused.get_ref()),
            even_if_unchanged: entry.even_if_unchanged.as_ref().is_some_and(|even| *even.get_ref()),
            wait,
            deliveries: entry
                .deliveries
                .iter()
                .flat_map(toml::Spanned::get_ref)
                .map(|id| id.get_ref().clone())
                .collect(),
            span: head.clone(),
        })
    }

    fn rule(&mut self, when: &WhenEntry, span: &Span) -> Option<Rule> {
        let example = "write `{ cron = \"0 8 1 * *\" }` or `{ workday = 1, at = \"08:00\" }`";
        let rule = match (&when.cron, &when.workday, &when.at) {
            (Some(cron), None, None) => (Rule::cron(cron.get_ref()), at(span, cron)),
            (None, Some(day), Some(time)) => {
                let nth = i32::try_from(*day.get_ref()).unwrap_or(0);
                (Rule::workday(nth, time.get_ref()), span.clone())
            }
            _ => {
                let message = "`when` takes either `cron`, or `workday` with `at`".to_owned();
                self.diagnostics
                    .push(Problem::KeyConflict { message, hint: example.to_owned() }, span.clone());
                return None;
            }
        };
        match rule {
            (Ok(rule), _) => Some(rule),
            (Err(error), span) => {
                self.diagnostics.push(Problem::BadSetting { message: error.message, hint: error.hint }, span);
                None
            }
        }
    }

    fn zone(&mut self, entry: &ScheduleEntry, head: &Span) -> Option<Tz> {
        match &entry.zone {
            Some(zone) => {
                let parsed = zone.get_ref().parse().ok();
                if parsed.is_none() {
                    let message = format!("`{}` is no time zone", zone.get_ref());
                    let hint = "write an IANA name, for example \"Asia/Shanghai\"".to_owned();
                    self.diagnostics.push(Problem::BadSetting { message, hint }, at(head, zone));
                }
                parsed
            }
            // The zone of the machine would move every schedule with a new machine.
            None if self.settings.zone_given => Some(self.settings.zone),
            None => self.missing("zone", "\"Asia/Shanghai\"", head),
        }
    }

    fn orders(&mut self, entry: &ScheduleEntry, head: &Span) -> Option<Vec<Order>> {
        let Some(documents) = &entry.documents else {
            return self.missing("documents", "[\"region\", \"comparative\"]", head);
        };
        let mut kinds = Vec::new();
        for document in documents.get_ref() {
            let known = [Document::Region, Document::Comparative];
            match known.into_iter().find(|kind| kind.name() == document.get_ref()) {
                Some(kind) => kinds.push(kind),
                None => self.none_of(document.get_ref(), &known.map(Document::name), &at(head, document)),
            }
        }
        let mut orders: Vec<Order> = Vec::new();
        let subjects = entry.subjects.as_ref().map(toml::Spanned::get_ref);
        for subject in subjects.into_iter().flatten().filter(|subject| subject.get_ref() != "*") {
            let wanted = subject.get_ref();
            if let Some(order) = self.orders.iter().find(|order| order.subject == *wanted) {
                orders.push(order.clone());
                continue;
            }
            let parsed = Subject::parse(wanted);
            let has_place = |place: &String| {
                self.book
                    .region(&parsed.region)
                    .output
                    .is_some_and(|region| region.places.contains_key(place))
            };
            if parsed.place.as_ref().is_some_and(has_place) {
                orders.push(Order::of_region(parsed));
                continue;
            }
            let near = nearest(wanted, self.orders.iter().map(|order| order.subject.as_str()));
            let problem =
                Problem::DanglingId { kind: "region, place or comparison", id: wanted.clone(), near };
            self.diagnostics.push(problem, at(head, subject));
        }
        let all = subjects.is_none_or(|subjects| subjects.iter().any(|subject| subject.get_ref() == "*"));
        if all {
            orders.extend(self.orders.iter().cloned());
        }
        orders.retain(|order| kinds.contains(&order.document));
        let all = std::mem::take(&mut orders);
        orders = all.into_iter().fold(orders, |mut kept, order| {
            if !kept.contains(&order) {
                kept.push(order);
            }
            kept
        });
        if orders.is_empty() && !self.diagnostics.has_errors() {
            let message = "the schedule makes no document".to_owned();
            let hint = "`documents` and `subjects` have nothing in common; `report list documents` shows what there is";
            self.diagnostics.push(Problem::BadSetting { message, hint: hint.to_owned() }, head.clone());
        }
        Some(orders)
    }

    fn catch_up(&mut self, entry: &ScheduleEntry, head: &Span) -> Option<CatchUp> {
        let most = match &entry.catch_up_max {
            None => CATCH_UP,
            Some(most) => match usize::try_from(*most.get_ref()) {
                Ok(count @ 1..=1000) => count,
                _ => {
                    let message = format!("`{}` occurrences cannot be caught up with", most.get_ref());
                    let hint = "1 to 1000, for example `catch_up_max = 12`".to_owned();
                    self.diagnostics.push(Problem::BadSetting { message, hint }, at(head, most));
                    return None;
                }
            },
        };
        if entry.catch_up.is_none() {
            return Some(CatchUp::Latest);
        }
        let kinds = [("latest", CatchUp::Latest), ("all", CatchUp::All(most)), ("none", CatchUp::None)];
        self.one_of(&entry.catch_up, &kinds, head)
    }

    fn wait(&mut self, wait: &WaitEntry, span: &Span) -> Option<(Vec<String>, TimeDelta)> {
        let at_most = self.length(&wait.at_most, span).unwrap_or(WAIT);
        let Some(reported) = &wait.reported else {
            return self.missing("reported", "[\"*\"]", span);
        };
        let mut units = Vec::new();
        for unit in reported.get_ref() {
            if unit.get_ref() == "*" {
                units.extend(self.book.regions.iter().cloned());
            } else if self.book.regions.contains(unit.get_ref()) {
                units.push(unit.get_ref().clone());
            } else {
                let near = self.book.nearest_region(unit.get_ref());
                let problem = Problem::DanglingId { kind: "region", id: unit.get_ref().clone(), near };
                self.diagnostics.push(problem, at(span, unit));
            }
        }
        units.sort();
        units.dedup();
        Some((units, at_most))
    }

    fn length(&mut self, field: &Option<toml::Spanned<String>>, head: &Span) -> Option<TimeDelta> {
        let field = field.as_ref()?;
        let length = length_of(field.get_ref());
        if length.is_none() {
            let message = format!("`{}` is no length of time", field.get_ref());
            let hint = "write a number and s, m, h, d or y: \"30m\", \"12h\", \"7d\"".to_owned();
            self.diagnostics.push(Problem::BadSetting { message, hint }, at(head, field));
        }
        length
    }

    fn one_of<T: Copy>(
        &mut self,
        field: &Option<toml::Spanned<String>>,
        known: &[(&'static str, T)],
        head: &Span,
    ) -> Option<T> {
        let field = field.as_ref()?;
        let found = known.iter().find(|(name, _)| name == field.get_ref());
        if found.is_none() {
            let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
            self.none_of(field.get_ref(), &names, &at(head, field));
        }
        found.map(|(_, value)| *value)
    }

    fn none_of(&mut self, found: &str, known: &[&str], span: &Span) {
        let list = known.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        // Of the names as they are spelt `this-month` would be nearest to `last-month`, and would be wrong.
        let near = nearest(&found.replace("last-", "previous-"), known.iter().copied());
        let problem = Problem::WrongType { message: format!("`{found}` is none of {list}"), near };
        self.diagnostics.push(problem, span.clone());
    }

    fn missing<T>(&mut self, key: &'static str, example: &'static str, head: &Span) -> Option<T> {
        let entry = "the schedule".to_owned();
        self.diagnostics.push(Problem::MissingKey { key, entry, example }, head.clone());
        None
    }
}

/// The place of a value in the file that a head stands in.
fn at<T>(head: &Span, value: &toml::Spanned<T>) -> Span {
    Span::new(&head.file, value.span())
}

/// Rule and zone of [`Schedule::written`]; none where an older version read more than this one does.
pub(super) fn from_written(text: &str) -> Option<(Rule, Tz)> {
    let (when, zone) = text.rsplit_once(' ')?;
    let rule = match when.split_once(' ')? {
        ("cron", fields) => Rule::cron(fields),
        (_, day) => day.split_once(' ').and_then(|(nth, at)| Some(Rule::workday(nth.parse().ok()?, at)))?,
    };
    Some((rule.ok()?, zone.parse().ok()?))
}

fn as_written(when: &WhenEntry) -> String {
    match (&when.cron, &when.workday, &when.at) {
        (Some(cron), ..) => format!("cron {}", cron.get_ref()),
        (_, Some(day), Some(time)) => format!("workday {} {}", day.get_ref(), time.get_ref()),
        _ => String::new(),
    }
}
