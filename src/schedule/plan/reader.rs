//! Reading the keys of one `[[schedule]]`, with everything that is wrong in it reported.
//!
//! What a schedule is, and what holds of all of them, is left to `plan`.

use chrono::{NaiveDate, NaiveTime, TimeDelta, TimeZone};
use chrono_tz::Tz;

use super::{CatchUp, Overlap, RelativePeriod, Schedule, Shift};
use crate::diag::{Diagnostics, Problem, Span, nearest};
use crate::model::{CaseBook, Subject};
use crate::pipeline::{Document, Order};
use crate::schedule::Rule;
use crate::settings::{ScheduleEntry, Settings, WaitEntry, WhenEntry, Written, length_of};

/// How late an occurrence may begin where nobody says.
const STARTING_DEADLINE: TimeDelta = TimeDelta::days(7);
/// How long data is waited for where nobody says.
const WAIT: TimeDelta = TimeDelta::days(10);
/// How many occurrences are caught up with at most where nobody says.
const CATCH_UP: usize = 12;

/// One schedule in the reading.
pub(super) struct Reader<'a> {
    pub(super) settings: &'a Settings,
    pub(super) book: &'a CaseBook,
    pub(super) orders: &'a [Order],
    pub(super) diagnostics: Diagnostics,
}

impl Reader<'_> {
    pub(super) fn schedule(&mut self, written: &Written) -> Option<Schedule> {
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
        let mut orders = self.orders(entry, head);
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
        let deliveries: Vec<String> =
            entry.deliveries.iter().flat_map(toml::Spanned::get_ref).map(|id| id.get_ref().clone()).collect();
        for order in orders.iter_mut().flatten() {
            order.channels = Some(deliveries.clone());
        }
        let approval = self.approval(entry, head);
        let drafted_by = self.drafted_by(entry, approval, head);
        let sign = entry.sign.as_ref().and_then(|sign| self.sign(sign.get_ref(), &at(head, sign)));
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
            deliveries,
            approval,
            drafted_by,
            sign,
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
            let known = Document::ALL;
            match known.into_iter().find(|kind| kind.name() == document.get_ref()) {
                Some(kind) => kinds.push(kind),
                None => self.none_of(document.get_ref(), &known.map(Document::name), &at(head, document)),
            }
        }
        let mut orders: Vec<Order> = Vec::new();
        let subjects = entry.subjects.as_ref().map(toml::Spanned::get_ref);
        for subject in subjects.into_iter().flatten().filter(|subject| subject.get_ref() != "*") {
            let wanted = subject.get_ref();
            let before = orders.len();
            orders.extend(self.orders.iter().filter(|order| order.subject == *wanted).cloned());
            if orders.len() > before {
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
                Problem::DanglingId { kind: "region, place, comparison or area", id: wanted.clone(), near };
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

    pub(super) fn length(&mut self, field: &Option<toml::Spanned<String>>, head: &Span) -> Option<TimeDelta> {
        let field = field.as_ref()?;
        let length = length_of(field.get_ref());
        if length.is_none() {
            let message = format!("`{}` is no length of time", field.get_ref());
            let hint = "write a number and s, m, h, d or y: \"30m\", \"12h\", \"7d\"".to_owned();
            self.diagnostics.push(Problem::BadSetting { message, hint }, at(head, field));
        }
        length
    }

    pub(super) fn one_of<T: Copy>(
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

    pub(super) fn missing<T>(&mut self, key: &'static str, example: &'static str, head: &Span) -> Option<T> {
        let entry = "the schedule".to_owned();
        self.diagnostics.push(Problem::MissingKey { key, entry, example }, head.clone());
        None
    }
}

/// The place of a value in the file that a head stands in.
pub(super) fn at<T>(head: &Span, value: &toml::Spanned<T>) -> Span {
    Span::new(&head.file, value.span())
}

fn as_written(when: &WhenEntry) -> String {
    match (&when.cron, &when.workday, &when.at) {
        (Some(cron), ..) => format!("cron {}", cron.get_ref()),
        (_, Some(day), Some(time)) => format!("workday {} {}", day.get_ref(), time.get_ref()),
        _ => String::new(),
    }
}
