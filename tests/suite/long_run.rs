//! Long runs: a year of ticks against a listing made another way, and two at work on one ledger.
//!
//! The full lengths run with `cargo test --test suite -- --ignored soak`; the shorter ones of every day do the same.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Barrier};

use briefing::ledger::State;
use briefing::model::Calendars;
use briefing::schedule::Ticked;
use chrono::{DateTime, Datelike, Days, Months, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::{Asia, Europe, Tz};

use crate::clockwork::{Works, schedule, shanghai};

const BEGIN: &str = "2026-01-05 00:00";

/// An occurrence as it should be: schedule, nominal instant, firing.
type Expected = (String, DateTime<Utc>, DateTime<Utc>);

fn at(zone: Tz, day: NaiveDate, hour: u32, minute: u32) -> DateTime<Utc> {
    let wall = day.and_time(NaiveTime::from_hms_opt(hour, minute, 0).expect("a time"));
    zone.from_local_datetime(&wall).earliest().expect("no gap there").to_utc()
}

/// The working day nearest to a day in a direction, found by asking each day.
fn nearest(calendars: &Calendars, mut day: NaiveDate, forward: bool) -> NaiveDate {
    while !calendars.is_working(day).expect("2026") {
        day = if forward { day + Days::new(1) } else { day - Days::new(1) };
    }
    day
}

fn plans() -> String {
    [
        schedule("first", "{ cron = \"0 8 1 * *\" }", "previous-month", "calendar = \"previous-workday\""),
        schedule("last", "{ workday = -1, at = \"17:30\" }", "this-month", "subjects = [\"baishi\"]"),
        schedule(
            "mondays",
            "{ cron = \"15 9 * * 1\" }",
            "this-month",
            "calendar = \"skip\"\nsubjects = [\"baishi\"]",
        ),
        schedule("daily", "{ cron = \"30 4 * * *\" }", "this-quarter", "zone = \"Europe/Berlin\""),
        schedule(
            "after",
            "{ cron = \"0 12 5,20 * *\" }",
            "this-month",
            "calendar = \"next-workday\"\ndocuments = [\"comparative\"]\nsubjects = [\"two-counties\"]",
        ),
    ]
    .concat()
}

/// What should have fired by an instant: every day is asked whether each rule names it.
fn listing(calendars: &Calendars, begin: DateTime<Utc>, end: DateTime<Utc>) -> Vec<Expected> {
    let mut all = Vec::new();
    let (china, working) = (Asia::Shanghai, |day| calendars.is_working(day).expect("2026"));
    for day in begin.date_naive().iter_days().take_while(|day| *day <= end.date_naive() + Days::new(8)) {
        if day.year() > 2026 {
            break;
        }
        let mut add = |id: &str, zone: Tz, (hour, minute): (u32, u32), moved: NaiveDate| {
            all.push((id.to_owned(), at(zone, day, hour, minute), at(zone, moved, hour, minute)));
        };
        if day.day() == 1 {
            add("first", china, (8, 0), nearest(calendars, day, false));
        }
        let rest = day.iter_days().skip(1).take_while(|later| later.month() == day.month());
        if working(day) && !rest.into_iter().any(working) {
            add("last", china, (17, 30), day);
        }
        if day.weekday().number_from_monday() == 1 {
            add("mondays", china, (9, 15), day);
        }
        add("daily", Europe::Berlin, (4, 30), day);
        if day.day() == 5 || day.day() == 20 {
            add("after", china, (12, 0), nearest(calendars, day, true));
        }
    }
    all.retain(|(_, _, fires)| *fires >= begin && *fires <= end);
    all.sort();
    all
}

fn year_of_ticks(ticks: i64) {
    let mut works = Works::new(&plans(), BEGIN);
    let begin = works.now();
    works.tick();
    let _open = works.ledger();
    for _ in 1..ticks {
        works.set(works.now() + TimeDelta::minutes(5));
        assert_eq!(works.tick(), Ticked::Done);
    }
    let mut found: Vec<Expected> = Vec::new();
    for occurrence in works.occurrences() {
        assert!(occurrence.recorded - occurrence.fires < TimeDelta::minutes(5), "{occurrence:?}");
        let skipped = occurrence.schedule == "mondays"
            && !works
                .calendars
                .is_working(occurrence.nominal.with_timezone(&Asia::Shanghai).date_naive())
                .expect("2026");
        assert_eq!(occurrence.state == State::Skipped, skipped, "{occurrence:?}");
        assert!(
            skipped || matches!(occurrence.state, State::Issued | State::AlreadyIssued),
            "{occurrence:?}"
        );
        found.push((occurrence.schedule, occurrence.nominal, occurrence.fires));
    }
    found.sort();
    assert_eq!(found, listing(&works.calendars, begin, works.now()));
    // Each document of a period once, and the numbers of a series without a gap.
    let mut made: Vec<String> =
        works.made().iter().map(|line| line.rsplit_once(' ').expect("a number").0.to_owned()).collect();
    let count = made.len();
    made.sort();
    made.dedup();
    assert_eq!(made.len(), count);
    let totals: Vec<u32> =
        works.ledger().issues().expect("a ledger").iter().map(|i| i.number.total).collect();
    let restarts = totals.windows(2).filter(|pair| pair[1] != pair[0] + 1).count();
    assert!(restarts <= 1, "two series: {totals:?}");
    assert!(works.ledger().check().expect("a ledger").is_empty());
}

#[test]
fn days_of_ticks_miss_nothing_and_double_nothing() {
    year_of_ticks(5_000);
}

#[test]
#[ignore = "soak"]
fn soak_100_000_ticks_miss_nothing_and_double_nothing() {
    year_of_ticks(100_000);
}

/// Two at work, each with its own handles, ticking at the same instants.
fn two_at_work(months: u32) {
    let kinds = [("a", "region", "qinghe"), ("b", "region", "baishi"), ("c", "comparative", "two-counties")];
    let plans: String = kinds
        .iter()
        .map(|(id, document, subject)| {
            let keys = format!("documents = [\"{document}\"]\nsubjects = [\"{subject}\"]");
            schedule(id, "{ cron = \"0 8 15 * *\" }", "previous-month", &keys)
        })
        .collect();
    let first = Works::new(&plans, "2026-01-15 12:00");
    let (state, shelf) = (first.state.clone(), Arc::clone(&first.maker.shelf));
    let (clock, barrier) = (AtomicI64::new(0), Barrier::new(2));
    let work = || {
        let mut works = Works::new(&plans, "2026-01-15 12:00");
        works.state.clone_from(&state);
        works.maker.shelf = Arc::clone(&shelf);
        loop {
            if barrier.wait().is_leader() {
                clock.fetch_add(1, Ordering::SeqCst);
            }
            barrier.wait();
            let month = u32::try_from(clock.load(Ordering::SeqCst)).expect("it only grows") - 1;
            if month >= months {
                return;
            }
            let day = NaiveDate::from_ymd_opt(2026, 1, 15).expect("a day") + Months::new(month);
            works.set(at(Asia::Shanghai, day, 8, 0));
            works.tick();
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(work);
        scope.spawn(work);
    });
    let wanted = usize::try_from(months * 3).expect("it is small");
    let all = first.occurrences();
    assert_eq!(all.len(), wanted);
    assert!(
        all.iter().all(|o| o.state == State::Issued),
        "{:?}",
        all.iter().find(|o| o.state != State::Issued)
    );
    assert_eq!((first.numbers().len(), first.made().len()), (wanted, wanted));
    assert!(first.ledger().check().expect("a ledger").is_empty());
}

#[test]
fn two_at_work_issue_each_of_100_once() {
    two_at_work(34);
}

#[test]
#[ignore = "soak"]
fn soak_two_at_work_issue_each_of_1000_once() {
    two_at_work(334);
}

#[test]
fn the_listing_is_no_echo() {
    let works = Works::new(&plans(), BEGIN);
    let all = listing(&works.calendars, works.now(), shanghai("2026-03-01 00:00"));
    let first: Vec<_> = all.iter().filter(|(id, ..)| id == "first").map(|(_, _, fires)| *fires).collect();
    assert_eq!(first, [shanghai("2026-01-30 08:00"), shanghai("2026-02-28 08:00")]);
}
