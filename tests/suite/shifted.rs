//! Working days: only the firing moves, and each occurrence comes once where the calendar or the clocks change.
//!
//! The calendar itself is left to `model`, cron rules by themselves to the tests beside `rule`.

use briefing::diag::Severity;
use briefing::ledger::Occurrence;
use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};
use chrono_tz::{America, Asia, Australia, Europe, Pacific, Tz};

use crate::clockwork::{Works, local, schedule, shanghai};

/// A year with a tick at 08:00 of each day; each occurrence as `nominal -> fires, recorded, period, state`.
fn year(when: &str, period: &str, rule: &str) -> Vec<String> {
    let mut works =
        Works::new(&schedule("s", when, period, &format!("calendar = \"{rule}\"")), "2026-01-05 08:00");
    works.tick();
    works.tick_until("2026-12-10 08:00", 24 * 60);
    let day = |at: DateTime<Utc>| at.with_timezone(&Asia::Shanghai).format("%m-%d").to_string();
    let line = |o: &Occurrence| {
        assert_eq!(o.recorded, o.fires, "{o:?}");
        format!("{} {} {} {}", day(o.nominal), day(o.fires), o.period, o.state.name())
    };
    works.occurrences().iter().map(line).collect()
}

const FIRSTS: &str = "{ cron = \"0 8 1 * *\" }";

#[test]
fn a_day_off_is_skipped() {
    let found = year(FIRSTS, "previous-month", "skip");
    let expected = [
        "02-01 02-01 2026-01 skipped",
        "03-01 03-01 2026-02 skipped",
        "04-01 04-01 2026-03 issued",
        "05-01 05-01 2026-04 skipped",
        "06-01 06-01 2026-05 issued",
        "07-01 07-01 2026-06 issued",
        "08-01 08-01 2026-07 skipped",
        "09-01 09-01 2026-08 issued",
        "10-01 10-01 2026-09 skipped",
        "11-01 11-01 2026-10 skipped",
        "12-01 12-01 2026-11 issued",
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_day_off_moves_to_the_working_day_before() {
    let found = year(FIRSTS, "previous-month", "previous-workday");
    let expected = [
        "02-01 01-30 2026-01 issued",
        "03-01 02-28 2026-02 issued",
        "04-01 04-01 2026-03 issued",
        "05-01 04-30 2026-04 issued",
        "06-01 06-01 2026-05 issued",
        "07-01 07-01 2026-06 issued",
        "08-01 07-31 2026-07 issued",
        "09-01 09-01 2026-08 issued",
        "10-01 09-30 2026-09 issued",
        "11-01 10-30 2026-10 issued",
        "12-01 12-01 2026-11 issued",
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_day_off_moves_to_the_working_day_after() {
    let found = year(FIRSTS, "previous-month", "next-workday");
    let expected = [
        "02-01 02-02 2026-01 issued",
        "03-01 03-02 2026-02 issued",
        "04-01 04-01 2026-03 issued",
        "05-01 05-06 2026-04 issued",
        "06-01 06-01 2026-05 issued",
        "07-01 07-01 2026-06 issued",
        "08-01 08-03 2026-07 issued",
        "09-01 09-01 2026-08 issued",
        "10-01 10-08 2026-09 issued",
        "11-01 11-02 2026-10 issued",
        "12-01 12-01 2026-11 issued",
    ];
    assert_eq!(found, expected);
}

#[test]
fn the_period_comes_from_the_nominal_instant_wherever_it_fires() {
    // 31 January is a Saturday and 28 February a Saturday that is worked on; 5 and 6 October lie in the National Day week.
    let found = year("{ cron = \"0 8 6 2,10 *\" }", "this-month", "previous-workday");
    assert_eq!(found, ["02-06 02-06 2026-02 issued", "10-06 09-30 2026-10 issued"]);
    let found = year("{ cron = \"0 8 16 2 *\" }", "this-month", "previous-workday");
    assert_eq!(found, ["02-16 02-14 2026-02 issued"], "the Saturday before Spring Festival is worked on");
    let found = year("{ cron = \"0 8 16 2 *\" }", "this-month", "next-workday");
    assert_eq!(found, ["02-16 02-24 2026-02 issued"]);
    let found = year("{ cron = \"0 8 31 5,10 *\" }", "this-month", "next-workday");
    assert_eq!(found, ["05-31 06-01 2026-05 issued", "10-31 11-02 2026-10 issued"]);
}

#[test]
fn days_that_move_to_one_day_are_not_missed() {
    for (rule, firing) in [("previous-workday", "09-30"), ("next-workday", "10-08")] {
        let found = year("{ cron = \"0 8 * 10 *\" }", "this-month", rule);
        assert_eq!(found.len(), 31, "{rule}");
        let week: Vec<&String> = found.iter().filter(|line| line.contains(&format!(" {firing} "))).collect();
        assert_eq!(week.len(), if rule == "next-workday" { 8 } else { 7 }, "{found:#?}");
        assert!(
            week[0].ends_with("issued") && week.iter().skip(1).all(|l| l.ends_with("already-issued")),
            "{week:#?}"
        );
        assert!(found.iter().all(|line| !line.contains("missed")), "{found:#?}");
    }
}

/// Two times of a day would change their order when one of the days moves: the later one of the day before would be passed over.
#[test]
fn what_moves_has_one_time_of_day() {
    let many = ["{ cron = \"0 8,18 * * *\" }", "{ cron = \"0,30 8 * * *\" }", "{ cron = \"*/15 * * * *\" }"];
    for when in many {
        for rule in ["previous-workday", "next-workday"] {
            let mut works = Works::new("", "2026-01-05 02:00");
            let found = works.plan(&schedule("s", when, "this-month", &format!("calendar = \"{rule}\"")));
            let errors: Vec<String> =
                found.iter().filter(|f| f.severity == Severity::Error).map(|f| f.problem.message()).collect();
            assert!(
                errors.iter().any(|message| message.contains("time of day")),
                "{when} {rule}: {errors:?}"
            );
        }
        Works::new(&schedule("s", when, "this-month", "calendar = \"skip\""), "2026-01-05 02:00");
    }
}

#[test]
fn what_was_planned_while_it_moves_still_fires() {
    // On 3 October the rule is new; `schedule next` names 8 October, moved from the 1st, and so it must be.
    let mut works = Works::new(
        &schedule("s", FIRSTS, "previous-month", "calendar = \"next-workday\""),
        "2026-10-03 12:00",
    );
    let next =
        briefing::schedule::upcoming(&works.schedules[0], &works.calendars, works.now(), 1).expect("2026");
    assert_eq!(next[0].fires, shanghai("2026-10-08 08:00"));
    works.tick();
    works.tick_until("2026-10-08 12:00", 60);
    assert_eq!(works.history(), ["2026-10-01 08:00 2026-09 issued"]);
    // What had fired before it was seen does not.
    let mut works = Works::new(
        &schedule("s", FIRSTS, "previous-month", "calendar = \"previous-workday\""),
        "2026-09-30 12:00",
    );
    works.tick();
    works.tick_until("2026-10-02 12:00", 60);
    assert!(works.occurrences().is_empty());
}

#[test]
fn the_end_of_the_last_calendar_stops_only_what_needs_the_next() {
    let rule = |when: &str| schedule("s", when, "this-month", "calendar = \"previous-workday\"");
    for when in ["{ cron = \"0 8 20 * *\" }", "{ workday = -3, at = \"08:00\" }"] {
        let mut works = Works::new(&rule(when), "2026-12-17 12:00");
        works.tick();
        works.tick_until("2026-12-30 12:00", 60);
        assert_eq!(works.made().len(), 1, "{when}: {:?}", works.events("no-calendar").first());
    }
    // New Year's Day moves to the last working day of December, or before it: from then on the calendar is missed.
    let mut works = Works::new(&rule("{ cron = \"0 8 1 * *\" }"), "2026-12-17 12:00");
    works.tick();
    works.tick_until("2026-12-31 07:00", 60);
    assert!(works.events("no-calendar").is_empty());
    works.tick_at("2026-12-31 08:00");
    assert_eq!(works.events("no-calendar").len(), 1);
}

#[test]
fn a_working_day_of_every_month() {
    let mut works = Works::new(
        &schedule("s", "{ workday = 1, at = \"08:00\" }", "previous-month", ""),
        "2026-01-05 02:00",
    );
    works.tick();
    works.tick_until("2026-12-31 12:00", 60);
    let days: Vec<NaiveDate> =
        works.occurrences().iter().map(|o| o.nominal.with_timezone(&Asia::Shanghai).date_naive()).collect();
    let days: Vec<(u32, u32)> = days.iter().map(|day| (day.month(), day.day())).collect();
    assert_eq!(
        days,
        [(2, 2), (3, 2), (4, 1), (5, 6), (6, 1), (7, 1), (8, 3), (9, 1), (10, 8), (11, 2), (12, 1)]
    );
}

/// Ticks every five minutes over the days around a change of the clocks; what was recorded, by the clock on the wall.
fn around(cron: &str, zone: Tz, from: &str, to: &str) -> Vec<String> {
    let keys = format!("zone = \"{}\"\ncatch_up = \"all\"\ncatch_up_max = 1000", zone.name());
    let mut works = Works::new(
        &schedule("s", &format!("{{ cron = \"{cron}\" }}"), "this-year", &keys),
        "2020-01-01 00:00",
    );
    works.set(local(zone, from));
    let end = local(zone, to);
    let _open = works.ledger();
    while works.now() <= end {
        works.tick();
        works.set(works.now() + TimeDelta::minutes(5));
    }
    let wall = |o: &Occurrence| {
        assert_eq!((o.fires, o.nominal), (o.nominal, o.nominal));
        assert!(o.recorded - o.nominal < TimeDelta::minutes(5), "{o:?}");
        o.nominal.with_timezone(&zone).format("%m-%d %H:%M%:z").to_string()
    };
    works.occurrences().iter().map(wall).collect()
}

#[test]
fn each_occurrence_comes_once_where_the_clocks_change() {
    let changes = [
        (Europe::Berlin, "30 2 * * *", "2026-03-28", ["03-29 03:00+02:00", "03-30 02:30+02:00"]),
        (Europe::Berlin, "30 2 * * *", "2026-10-24", ["10-25 02:30+02:00", "10-26 02:30+01:00"]),
        (America::New_York, "15 2 * * *", "2026-03-07", ["03-08 03:00-04:00", "03-09 02:15-04:00"]),
        (America::New_York, "15 1 * * *", "2026-10-31", ["11-01 01:15-04:00", "11-02 01:15-05:00"]),
        (Australia::Lord_Howe, "10 2 * * *", "2026-10-03", ["10-04 02:30+11:00", "10-05 02:10+11:00"]),
        (Australia::Lord_Howe, "40 1 * * *", "2026-04-04", ["04-05 01:40+11:00", "04-06 01:40+10:30"]),
        (Pacific::Chatham, "50 2 * * *", "2026-09-26", ["09-27 03:45+13:45", "09-28 02:50+13:45"]),
        (Pacific::Chatham, "0 3 * * *", "2026-04-04", ["04-05 03:00+13:45", "04-06 03:00+12:45"]),
    ];
    for (zone, cron, before, expected) in changes {
        let day: NaiveDate = before.parse().expect("a day");
        let (from, to) = (format!("{day} 12:00"), format!("{} 12:00", day + TimeDelta::days(2)));
        assert_eq!(around(cron, zone, &from, &to), expected, "{zone} {cron}");
    }
}

#[test]
fn quarters_of_an_hour_go_on_where_the_clocks_change() {
    for (zone, day, hours) in [
        (Europe::Berlin, "2026-03-29", 23 * 4),
        (Europe::Berlin, "2026-10-25", 25 * 4),
        (Australia::Lord_Howe, "2026-10-04", 23 * 4 + 2),
        (Australia::Lord_Howe, "2026-04-05", 24 * 4 + 2),
        (Pacific::Chatham, "2026-09-27", 23 * 4),
        (Pacific::Chatham, "2026-04-05", 25 * 4),
    ] {
        let found = around("*/15 * * * *", zone, &format!("{day} 00:00"), &format!("{day} 23:59"));
        assert_eq!(found.len(), hours, "{zone} {day}: {found:?}");
    }
}
