//! What a rule must do: refuse what it cannot mean, fire once where the clocks change, walk back as it walks on.
//!
//! The words of a rule are tested beside `words`.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use chrono_tz::{America, Asia, Australia, Europe, Pacific};

use super::*;

const ALWAYS: &IsWorking<'static> = &|_| Ok(true);

/// Monday to Friday of 2026, but for New Year's Day and a Sunday that is worked on; no other year has a calendar.
fn working_2026(day: NaiveDate) -> Result<bool, NoCalendar> {
    if day.year() != 2026 {
        return Err(NoCalendar { year: day.year() });
    }
    let weekend = day.weekday().number_from_monday() > 5;
    Ok(match (day.month(), day.day()) {
        (1, 1) => false,
        (1, 4) => true,
        _ => !weekend,
    })
}

fn utc(text: &str) -> DateTime<Utc> {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").expect("a test's instant").and_utc()
}

fn cron(text: &str) -> Rule {
    Rule::cron(text).unwrap_or_else(|e| panic!("{text}: {e}"))
}

/// The instants after `from` and not after `to`, as local times with their offset.
fn local(rule: &Rule, zone: Tz, from: &str, to: &str) -> Vec<String> {
    let (from, to) = (utc(from), utc(to));
    let on = forward(rule, zone, from, to);
    on.iter().map(|at| at.with_timezone(&zone).format("%m-%d %H:%M%:z").to_string()).collect()
}

fn forward(rule: &Rule, zone: Tz, from: DateTime<Utc>, to: DateTime<Utc>) -> Vec<DateTime<Utc>> {
    let next = |at: &DateTime<Utc>| {
        rule.next(*at, zone, ALWAYS).expect("no calendar is asked").filter(|at| *at <= to)
    };
    std::iter::successors(next(&from), next).collect()
}

fn backward(rule: &Rule, zone: Tz, from: DateTime<Utc>, to: DateTime<Utc>) -> Vec<DateTime<Utc>> {
    let last = |at: DateTime<Utc>| {
        rule.last(at, zone, ALWAYS).expect("no calendar is asked").filter(|at| *at > from)
    };
    let mut found: Vec<_> =
        std::iter::successors(last(to), |at| last(*at - TimeDelta::nanoseconds(1))).collect();
    found.reverse();
    found
}

/// The dates of a rule in Shanghai.
fn dates(text: &str, from: &str, to: &str) -> Vec<String> {
    local(&cron(text), Asia::Shanghai, from, to).iter().map(|at| at[..5].to_owned()).collect()
}

#[test]
fn a_time_in_a_gap_or_an_overlap_is_due_once() {
    let berlin = Europe::Berlin;
    let new_york = America::New_York;
    let lord_howe = Australia::Lord_Howe;
    let chatham = Pacific::Chatham;
    // Zone, rule, day in UTC, what is due.
    let table: [(Tz, &str, &str, &[&str]); 15] = [
        (berlin, "30 2 * * *", "2026-03-28 23:00", &["03-29 03:00+02:00"]),
        (berlin, "30 2 * * *", "2026-10-24 22:00", &["10-25 02:30+02:00"]),
        (berlin, "30 2,8 * * *", "2026-03-28 23:00", &["03-29 03:00+02:00", "03-29 08:30+02:00"]),
        (berlin, "30 2,8 * * *", "2026-10-24 22:00", &["10-25 02:30+02:00", "10-25 08:30+01:00"]),
        // Two times in the gap are due together, and a time at its end with them.
        (berlin, "0,30 2-3 * * *", "2026-03-28 23:00", &["03-29 03:00+02:00", "03-29 03:30+02:00"]),
        (berlin, "*/30 2 * * *", "2026-03-28 23:00", &[]),
        (
            berlin,
            "*/30 2 * * *",
            "2026-10-24 22:00",
            &["10-25 02:00+02:00", "10-25 02:30+02:00", "10-25 02:00+01:00", "10-25 02:30+01:00"],
        ),
        (new_york, "30 2 * * *", "2026-03-08 05:00", &["03-08 03:00-04:00"]),
        (new_york, "30 1,9 * * *", "2026-11-01 04:00", &["11-01 01:30-04:00", "11-01 09:30-05:00"]),
        (lord_howe, "15 2 * * *", "2026-10-03 13:30", &["10-04 02:30+11:00"]),
        (lord_howe, "45 1 * * *", "2026-04-04 13:00", &["04-05 01:45+11:00"]),
        (lord_howe, "15 1 * * *", "2026-04-04 13:00", &["04-05 01:15+11:00"]),
        (chatham, "0 3 * * *", "2026-09-26 11:15", &["09-27 03:45+13:45"]),
        (chatham, "0 3 * * *", "2026-04-04 10:15", &["04-05 03:00+13:45"]),
        (Asia::Shanghai, "30 2 * * *", "2026-03-28 16:00", &["03-29 02:30+08:00"]),
    ];
    for (zone, text, from, due) in table {
        let to = (utc(from) + TimeDelta::hours(22)).format("%Y-%m-%d %H:%M").to_string();
        assert_eq!(local(&cron(text), zone, from, &to), due, "{text} in {zone} from {from}");
    }
}

#[test]
fn a_rule_with_a_star_keeps_its_pace_through_the_change() {
    for (text, minutes) in [("*/15 * * * *", 15), ("0 * * * *", 60), ("* * * * *", 1)] {
        for (from, to) in [("2026-03-28 22:00", "2026-03-29 06:00"), ("2026-10-24 22:00", "2026-10-25 06:00")]
        {
            let due = forward(&cron(text), Europe::Berlin, utc(from), utc(to));
            assert_eq!(
                due.len(),
                usize::try_from((utc(to) - utc(from)).num_minutes() / minutes).unwrap(),
                "{text}"
            );
            assert!(due.windows(2).all(|two| two[1] - two[0] == TimeDelta::minutes(minutes)), "{text}");
        }
    }
}

/// What a clock-watcher sees who looks every minute: an interval is due when the clock shows it, another rule when the clock first passes it.
fn watched(rule: &CronRule, zone: Tz, from: DateTime<Utc>, to: DateTime<Utc>) -> BTreeSet<DateTime<Utc>> {
    let matches = |at: NaiveDateTime| rule.cron.is_time_matching(&at).expect("a real time");
    let begin = from - TimeDelta::days(2);
    let (mut due, mut highest, mut at) = (BTreeSet::new(), begin.with_timezone(&zone).naive_local(), begin);
    while at < to {
        at += TimeDelta::minutes(1);
        let shown = at.with_timezone(&zone).naive_local();
        let mut is_due = rule.is_interval() && matches(shown);
        while highest < shown {
            highest += TimeDelta::minutes(1);
            is_due |= !rule.is_interval() && matches(highest);
        }
        if is_due && at > from {
            due.insert(at);
        }
    }
    due
}

/// Walks on, walks back, and asks from instants in between, those of a doubled hour among them; how many instants were due.
fn compare_with_watcher(text: &str, zone: Tz, from: DateTime<Utc>, to: DateTime<Utc>) -> usize {
    let rule = cron(text);
    let Rule::Cron(read) = &rule else { unreachable!() };
    let watched: Vec<_> = watched(read, zone, from, to).into_iter().collect();
    assert_eq!(forward(&rule, zone, from, to), watched, "{text} on in {zone} from {from}");
    assert_eq!(backward(&rule, zone, from, to), watched, "{text} back in {zone} from {from}");
    let mut at = from;
    while at < to {
        if let Some(next) = watched.iter().find(|due| **due > at) {
            assert_eq!(rule.next(at, zone, ALWAYS), Ok(Some(*next)), "{text} in {zone} after {at}");
        }
        if let Some(last) = watched.iter().rfind(|due| **due <= at) {
            assert_eq!(rule.last(at, zone, ALWAYS), Ok(Some(*last)), "{text} in {zone} at or before {at}");
        }
        at += TimeDelta::milliseconds(1_057_500);
    }
    watched.len()
}

#[test]
fn walking_back_meets_what_walking_on_met() {
    let rules = [
        "0 8 1 * *",
        "30 2 * * *",
        "30 2,8 * * *",
        "0,15,30,45 1-3 * * *",
        "45 1 * * 0",
        "0 0 * * *",
        "59 23 * * *",
        "*/15 * * * *",
        "*/20 1-3 * * *",
        "30 */2 * * *",
        "7 * * * 0",
        "0 3 * * *",
        "10,20 2,3 4,5,25,27,29 * *",
    ];
    // The days on which the clocks change in one of the zones, and a day on which they do not.
    let days = [
        "2026-01-10",
        "2026-03-08",
        "2026-03-29",
        "2026-04-05",
        "2026-09-27",
        "2026-10-04",
        "2026-10-25",
        "2026-11-01",
    ];
    let zones = [Asia::Shanghai, Europe::Berlin, America::New_York, Australia::Lord_Howe, Pacific::Chatham];
    let mut met = 0;
    for zone in zones {
        for day in days {
            let day = utc(&format!("{day} 00:00"));
            let (from, to) = (day - TimeDelta::days(2), day + TimeDelta::days(2));
            met += rules.iter().map(|text| compare_with_watcher(text, zone, from, to)).sum::<usize>();
        }
    }
    assert!(met > 10_000, "only {met} instants were met");
}

/// Until 2011 the clocks of St. John's went back at 00:01, so that a day began twice.
#[test]
fn a_day_that_begins_twice() {
    let (from, to) = (utc("2010-11-05 00:00"), utc("2010-11-09 00:00"));
    for text in ["0 0 * * *", "30 23 * * *", "0 0,23 * * *", "*/15 * * * *", "59 23 7 * *", "0 0 7 11 *"] {
        assert!(compare_with_watcher(text, America::St_Johns, from, to) > 0, "{text}");
    }
}

/// Samoa had no 30 December 2011.
#[test]
fn a_day_that_is_missing() {
    let due = local(&cron("0 8 * * *"), Pacific::Apia, "2011-12-29 12:00", "2011-12-31 12:00");
    assert_eq!(due, ["12-29 08:00-10:00", "12-31 00:00+14:00", "12-31 08:00+14:00"]);
}

#[test]
fn the_days_of_a_rule() {
    let year = ("2027-12-31 16:00", "2028-12-31 15:59");
    let table: [(&str, &[&str]); 12] = [
        ("0 8 L 1-4 *", &["01-31", "02-29", "03-31", "04-30"]),
        ("0 8 31 1-5 *", &["01-31", "03-31", "05-31"]),
        ("0 8 29 2 *", &["02-29"]),
        ("0 8 LW 4-6 *", &["04-28", "05-31", "06-30"]),
        ("0 8 LW 12 *", &["12-29"]),
        ("0 8 15W 1,4,7,10 *", &["01-14", "04-14", "07-14", "10-16"]),
        ("0 8 1W 1,7 *", &["01-03", "07-03"]),
        ("0 8 * 1-3 5#2", &["01-14", "02-11", "03-10"]),
        ("0 8 * 1-3 5L", &["01-28", "02-25", "03-31"]),
        ("0 8 1 2 MON", &["02-01", "02-07", "02-14", "02-21", "02-28"]),
        ("0 8 1-7 2 +MON", &["02-07"]),
        ("0 8 * 2 7", &["02-06", "02-13", "02-20", "02-27"]),
    ];
    for (text, days) in table {
        assert_eq!(dates(text, year.0, year.1), days, "{text}");
        let back = backward(&cron(text), Asia::Shanghai, utc(year.0), utc(year.1));
        assert_eq!(back, forward(&cron(text), Asia::Shanghai, utc(year.0), utc(year.1)), "{text} back");
    }
}

#[test]
fn a_leap_day_is_waited_for() {
    let rule = cron("0 8 29 2 *");
    let zone = Asia::Shanghai;
    assert_eq!(rule.next(utc("2096-03-01 00:00"), zone, ALWAYS), Ok(Some(utc("2104-02-29 00:00"))));
    assert_eq!(rule.last(utc("2104-02-28 23:59"), zone, ALWAYS), Ok(Some(utc("2096-02-29 00:00"))));
    assert_eq!(rule.last(utc("2104-02-29 00:00"), zone, ALWAYS), Ok(Some(utc("2104-02-29 00:00"))));
    assert_eq!(rule.next(utc("2104-02-29 00:00"), zone, ALWAYS), Ok(Some(utc("2108-02-29 00:00"))));
}

#[test]
fn some_rules_never_fire() {
    for text in ["0 8 30 2 *", "0 8 31 4,6,9,11 *", "*/5 * 30 2 *", "0 8 1-6 * +MON#2"] {
        assert_eq!(cron(text).next(utc("2026-01-01 00:00"), Europe::Berlin, ALWAYS), Ok(None), "{text}");
        assert_eq!(cron(text).last(utc("2026-01-01 00:00"), Europe::Berlin, ALWAYS), Ok(None), "{text}");
    }
    let rare = cron("0 8 29 2 +MON");
    assert_eq!(rare.next(utc("2080-01-01 00:00"), Asia::Shanghai, ALWAYS), Ok(Some(utc("2112-02-29 00:00"))));
}

#[test]
fn working_days_are_counted() {
    let zone = Asia::Shanghai;
    let table = [
        (1, "2026-01-01 00:00", "2026-01-02 00:00"),
        (1, "2026-01-02 00:00", "2026-02-02 00:00"),
        // The Sunday that is worked on is the second working day of January.
        (2, "2026-01-01 00:00", "2026-01-04 00:00"),
        (3, "2026-01-01 00:00", "2026-01-05 00:00"),
        (-1, "2026-01-01 00:00", "2026-01-30 00:00"),
        (-1, "2026-05-01 00:00", "2026-05-29 00:00"),
        (-22, "2026-01-05 00:00", "2026-03-02 00:00"),
        // Only months with 23 working days have this one.
        (23, "2026-01-01 00:00", "2026-07-31 00:00"),
    ];
    for (nth, from, due) in table {
        let rule = Rule::workday(nth, "08:00").expect("a rule");
        assert_eq!(rule.next(utc(from), zone, &working_2026), Ok(Some(utc(due))), "{nth} after {from}");
        assert_eq!(rule.last(utc(due), zone, &working_2026), Ok(Some(utc(due))), "{nth} at {due}");
    }
    let first = Rule::workday(1, "08:00").expect("a rule");
    assert_eq!(first.last(utc("2026-02-01 23:59"), zone, &working_2026), Ok(Some(utc("2026-01-02 00:00"))));
}

#[test]
fn a_year_without_a_calendar_is_named_only_when_it_is_needed() {
    let zone = Asia::Shanghai;
    let (first, last) =
        (Rule::workday(1, "08:00").expect("a rule"), Rule::workday(-1, "08:00").expect("a rule"));
    let none = |year| Err(NoCalendar { year });
    assert_eq!(last.next(utc("2026-12-01 00:00"), zone, &working_2026), Ok(Some(utc("2026-12-31 00:00"))));
    assert_eq!(last.next(utc("2026-12-31 00:00"), zone, &working_2026), none(2027));
    assert_eq!(last.last(utc("2026-12-31 15:59"), zone, &working_2026), Ok(Some(utc("2026-12-31 00:00"))));
    assert_eq!(first.last(utc("2026-01-02 00:00"), zone, &working_2026), Ok(Some(utc("2026-01-02 00:00"))));
    assert_eq!(first.last(utc("2026-01-01 23:59"), zone, &working_2026), none(2025));
    // It is already 2026 in Shanghai.
    assert_eq!(first.next(utc("2025-12-31 16:00"), zone, &working_2026), Ok(Some(utc("2026-01-02 00:00"))));
    assert_eq!(first.next(utc("2025-12-31 15:59"), zone, &working_2026), none(2025));
}

#[test]
fn the_calendars_are_asked() {
    let rule = cron("0 8 1 * *");
    let (now, due) = (utc("2026-01-31 16:00"), Ok(Some(utc("2026-02-01 00:00"))));
    assert_eq!(rule.after(now, Asia::Shanghai, &Calendars::default()), due);
    assert_eq!(rule.at_or_before(utc("2026-02-01 00:00"), Asia::Shanghai, &Calendars::default()), due);
}

#[test]
fn what_cannot_be_meant_is_refused() {
    let table = [
        ("", "the rule is empty", "`0 8 1 * *`"),
        ("8", "`8` has 1 field", "day of month, month, day of week"),
        ("0 8 1 *", "`0 8 1 *` has 4 fields", "`0 8 1 * *`"),
        ("0 0 8 1 * *", "`0 0 8 1 * *` has 6 fields", "leave seconds and years out; a rule has five fields"),
        ("0 0 8 1 * * 2026", "`0 0 8 1 * * 2026` has 7 fields", "`0 8 1 * *`"),
        ("@monthly", "`@monthly` is a nickname", "write its hour out"),
        ("60 8 1 * *", "the minute `60` cannot be read: number out of bounds", "0 to 59"),
        ("0 24 1 * *", "the hour `24` cannot be read: number out of bounds", "`8-18`"),
        ("0 8 0 * *", "the day of month `0` cannot be read: number out of bounds", "`15W`"),
        (
            "0/10 8 * * *",
            "the minute `0/10` cannot be read: invalid step syntax: single number steps like \"0/10\"",
            "`*/15`",
        ),
        ("*/0 8 * * *", "the minute `*/0` cannot be read: step cannot be zero", "`*/15`"),
        ("0 8 1 MON *", "the month `MON` cannot be read: `MON` has no meaning there", "JAN to DEC"),
        ("JAN 8 1 * *", "the minute `JAN` cannot be read: `JAN` has no meaning there", "0 to 59"),
        (
            "0 8 * * MONDAY",
            "the day of week `MONDAY` cannot be read: `MONDAY` has no meaning there",
            "MON to SUN",
        ),
        ("0 8 * * L", "the day of week `L` cannot be read: `L` needs a day before it", "`5L`"),
        ("0 8 * * 5#6", "the day of week `5#6` cannot be read: nth specifier out of bounds", "`5#2`"),
        (
            "0 8 * * 5#2L",
            "the day of week `5#2L` cannot be read: `#` and `L` cannot both follow a day",
            "`5#2`",
        ),
        ("0 8 15W3 * *", "the day of month `15W3` cannot be read: `W` comes after the day", "`15W`"),
        (
            "0 8 L,LW * *",
            "the day of month `L,LW` cannot be read: `L` and `LW` cannot stand together",
            "`LW`",
        ),
        ("0 8, * * *", "the hour `8,` cannot be read: a value is missing", "`8,20`"),
        ("0 8 1 * +", "the day of week `+` cannot be read: a value is missing", "`1-5`"),
        ("0 8 1 * +L", "the day of week `+L` cannot be read: `L` needs a day before it", "`5L`"),
        ("0 8 +1 * *", "the day of month `+1` cannot be read: contains illegal character '+'", "`1,15`"),
        ("*/90 * * * *", "the minute `*/90` cannot be read: the step 90 leaves one value only", "`*/15`"),
        ("0 */24 * * *", "the hour `*/24` cannot be read: the step 24 leaves one value only", "0 to 23"),
        (
            "0 8 * * 1-5/15MON",
            "the day of week `1-5/15MON` cannot be read: `MON` stands right after a digit",
            "`1-5`",
        ),
        ("0 8 1 * 六", "the day of week `六` cannot be read: `六` has no meaning there", "MON to SUN"),
        ("0 18-8 1 * *", "the hour `18-8` cannot be read: range out of bounds", "`8-18`"),
    ];
    for (text, message, hint) in table {
        let error = Rule::cron(text).expect_err(text);
        assert!(error.message.starts_with(message), "{text}: {error}");
        assert!(error.hint.contains(hint), "{text}: {}", error.hint);
    }
}

#[test]
fn spellings_of_the_same_rule() {
    for (one, other) in [
        ("0 8 * JAN,apr mon-fri", "0 8 * 1,4 1-5"),
        ("0 8 ? * 7", "0 8 * * SUN"),
        (" 0  8 1 * * ", "0 8 1 * *"),
    ] {
        let (Rule::Cron(one), Rule::Cron(other)) = (cron(one), cron(other)) else { unreachable!() };
        assert_eq!(one.cron, other.cron);
    }
    let Rule::Cron(rule) = cron("  0 8\t1 * *") else { unreachable!() };
    assert_eq!(rule.text(), "0 8 1 * *");
}

#[test]
fn a_working_day_that_no_month_has_is_refused() {
    for nth in [0, 24, -24, i32::MAX, i32::MIN] {
        assert_eq!(
            Rule::workday(nth, "08:00").map_err(|e| e.message),
            Err(format!("no month has a working day {nth}"))
        );
    }
    for at in ["8:00", "24:00", "08:60", "08:00:00", "", " 8:00", "+8:00", "08-00", "八点", "0８:0"] {
        assert_eq!(Rule::workday(1, at).map_err(|e| e.message), Err(format!("`{at}` is no time of day")));
    }
    let at = NaiveTime::from_hms_opt(23, 59, 0).expect("a time");
    assert_eq!(Rule::workday(-23, "23:59"), Ok(Rule::Workday { nth: -23, at }));
}
