//! What becomes of occurrences that nobody was there for, that were held, or whose rule was changed.
//!
//! That each occurrence comes once is left to `once`, what the calendar moves to `shifted`.

use std::fmt::Write as _;

use briefing::ledger::{Ledger, State};
use briefing::schedule::Ticked;
use chrono::TimeDelta;

use crate::clockwork::{Works, monthly, schedule, shanghai};

const FIRST: &str = "2025-08-15 12:00";
/// 400 days later, and a few minutes after an occurrence.
const BACK: &str = "2026-09-19 12:00";

/// A daily schedule of the month, so that every occurrence after the first of a month finds its period issued.
fn daily(keys: &str) -> String {
    schedule("daily", "{ cron = \"0 8 * * *\" }", "this-month", keys)
}

fn count(works: &Works, state: State) -> usize {
    works.occurrences().iter().filter(|o| o.state == state).count()
}

#[test]
fn after_400_days_the_latest_is_made_up_for() {
    let mut works = Works::new(&daily(""), FIRST);
    works.tick();
    works.tick_at(BACK);
    assert_eq!(works.made(), ["region qinghe 2026-09 1/1"]);
    assert_eq!((count(&works, State::Missed), count(&works, State::Issued)), (399, 1));
    let last = works.occurrences().pop().expect("the last");
    assert_eq!((last.nominal, last.state), (shanghai("2026-09-19 08:00"), State::Issued));
    // Nothing of it comes again.
    works.tick_until("2026-09-19 13:00", 5);
    assert_eq!(works.occurrences().len(), 400);
}

#[test]
fn after_400_days_all_are_made_up_for_up_to_the_maximum() {
    let keys = "catch_up = \"all\"\ncatch_up_max = 5\nstarting_deadline = \"2y\"";
    let mut works = Works::new(&monthly(keys), FIRST);
    works.tick();
    works.tick_at(BACK);
    let issued: Vec<String> = (4..9).map(|m| format!("region qinghe 2026-0{m} {0}/{0}", m - 3)).collect();
    assert_eq!(works.made(), issued, "in their order");
    assert_eq!((count(&works, State::Missed), count(&works, State::Issued)), (8, 5));
}

#[test]
fn after_400_days_none_is_made_up_for() {
    let mut works = Works::new(&daily("catch_up = \"none\""), FIRST);
    works.tick();
    works.tick_at(BACK);
    assert_eq!((works.made().len(), count(&works, State::Missed)), (0, 400));
    // An hour's delay is none.
    works.tick_at("2026-09-20 09:00");
    assert_eq!(works.made().len(), 1);
    works.tick_at("2026-09-21 09:01");
    let last = works.occurrences().pop().expect("the last");
    assert_eq!(last.state, State::AlreadyIssued, "its month was issued the day before: nothing was missed");
    let reason = works.occurrences()[0].reason.clone().expect("a reason");
    assert!(reason.contains("starting deadline") || reason.contains("catch_up is none"), "{reason}");
}

#[test]
fn the_starting_deadline_is_kept_to_the_minute() {
    for (tick, state) in [("2026-10-01 20:00", State::Issued), ("2026-10-01 20:01", State::Missed)] {
        let mut works = Works::new(&monthly("starting_deadline = \"12h\""), "2026-09-15 12:00");
        works.tick();
        works.tick_at(tick);
        assert_eq!(works.occurrences()[0].state, state, "{tick}");
        assert_eq!(works.events("missed").len(), usize::from(state == State::Missed));
    }
}

#[test]
fn a_rule_of_every_minute_is_bounded_after_400_days() {
    let minutely = |keys: &str| schedule("minutely", "{ cron = \"* * * * *\" }", "this-month", keys);
    for keys in
        ["", "catch_up = \"all\"\ncatch_up_max = 1000\nstarting_deadline = \"2y\"", "catch_up = \"none\""]
    {
        let mut works = Works::new(&minutely(keys), FIRST);
        works.tick();
        works.tick_at(BACK);
        // One on the first tick, and those since.
        let all = works.occurrences().split_off(1);
        assert_eq!(all.len(), 1000, "{keys}");
        assert_eq!(all[0].state, State::Missed);
        assert!(
            all[0].reason.as_deref().is_some_and(|r| r.contains("more before it")),
            "{:?}",
            all[0].reason
        );
        assert!(all[1].reason.as_deref().is_none_or(|r| !r.contains("more before it")));
        assert_eq!(all[999].nominal, shanghai(BACK));
        // One alarm says it, not a thousand.
        assert!(works.events("missed").len() <= 1, "{} events", works.events("missed").len());
        works.set(shanghai(BACK) + TimeDelta::minutes(1));
        works.tick();
        assert_eq!(works.occurrences().len(), 1002);
    }
}

#[test]
fn exactly_1000_occurrences_have_none_before_them() {
    let mut works =
        Works::new(&schedule("m", "{ cron = \"* * * * *\" }", "this-month", ""), "2026-09-01 00:00");
    works.tick();
    works.set(shanghai("2026-09-01 00:00") + TimeDelta::minutes(1000));
    works.tick();
    let all = works.occurrences();
    assert_eq!(all.len(), 1001, "one on the first tick, and a thousand since");
    assert!(all.iter().all(|o| !o.reason.as_deref().unwrap_or_default().contains("more before it")));
}

#[test]
fn nothing_before_since_ever_fires() {
    let mut works = Works::new(&daily("since = \"2026-03-05\""), "2026-02-27 12:00");
    works.tick();
    works.tick_until("2026-03-06 12:00", 60);
    assert_eq!(
        works.history(),
        ["2026-03-05 08:00 2026-03 issued", "2026-03-06 08:00 2026-03 already-issued"]
    );
}

#[test]
fn a_schedule_that_is_new_makes_up_for_nothing() {
    let mut works = Works::new(&monthly(""), "2026-10-01 08:01");
    works.tick();
    works.tick_until("2026-10-03 08:00", 60);
    assert!(works.occurrences().is_empty());
    // Another schedule counts from the tick before it was seen: it was written since then.
    let second = schedule("second", "{ cron = \"2 8 3 * *\" }", "previous-quarter", "");
    works.plan(&(monthly("") + &second));
    works.tick_at("2026-10-03 08:05");
    assert_eq!(works.history(), ["2026-10-03 08:02 2026-Q3 issued"]);
}

#[test]
fn since_in_the_past_reaches_back_to_it() {
    let mut works = Works::new(&monthly("since = \"2026-09-20\""), "2026-10-02 12:00");
    works.tick();
    assert_eq!(works.history(), ["2026-10-01 08:00 2026-09 issued"]);
}

#[test]
fn since_can_be_brought_forward() {
    let mut works = Works::new(&monthly("since = \"2027-01-01\""), "2026-09-15 12:00");
    works.tick();
    works.plan(&monthly("since = \"2026-10-01\""));
    works.tick();
    works.tick_until("2026-10-01 12:00", 60);
    assert_eq!(works.history(), ["2026-10-01 08:00 2026-09 issued"]);
}

#[test]
fn another_hour_makes_no_second_issue() {
    let at = |hour: u32| schedule("s", &format!("{{ cron = \"0 {hour} 1 * *\" }}"), "previous-month", "");
    let mut works = Works::new(&at(8), "2026-09-30 12:00");
    works.tick();
    works.tick_until("2026-10-01 08:30", 5);
    works.plan(&at(9));
    works.tick_until("2026-10-01 09:30", 5);
    works.plan(&at(8));
    works.tick_until("2026-11-01 12:00", 30);
    let all = [
        "2026-10-01 08:00 2026-09 issued",
        "2026-10-01 09:00 2026-09 already-issued",
        "2026-11-01 08:00 2026-10 issued",
    ];
    assert_eq!(works.history(), all);
    assert_eq!(works.made().len(), 2);
}

/// An edit counts from the tick before it was seen; but what the rule before was still going to make is not lost.
#[test]
fn an_earlier_hour_loses_no_issue() {
    let at = |hour: u32| schedule("s", &format!("{{ cron = \"0 {hour} 1 * *\" }}"), "previous-month", "");
    for edited in ["2026-10-01 07:55", "2026-10-01 08:25"] {
        let mut works = Works::new(&at(9), "2026-09-30 12:00");
        works.tick();
        works.tick_until(edited, 5);
        works.plan(&at(8));
        works.tick_until("2026-10-01 12:00", 5);
        assert_eq!(works.history(), ["2026-10-01 08:00 2026-09 issued"], "{edited}");
    }
    // At 09:30 the rule before has done its work.
    let mut works = Works::new(&at(9), "2026-09-30 12:00");
    works.tick();
    works.tick_until("2026-10-01 09:25", 5);
    works.plan(&at(8));
    works.tick_until("2026-10-01 12:00", 5);
    assert_eq!(works.history(), ["2026-10-01 09:00 2026-09 issued"]);
}

#[test]
fn a_new_rule_makes_up_for_nothing_that_was_not_planned() {
    let rule = |cron: &str, period: &str| schedule("s", &format!("{{ cron = \"{cron}\" }}"), period, "");
    let mut works = Works::new(&rule("0 8 1 1 *", "previous-month"), "2026-09-15 12:00");
    works.tick();
    works.tick_until("2026-10-03 12:00", 60);
    works.plan(&rule("0 8 1 * *", "previous-month"));
    works.tick_until("2026-11-01 12:00", 60);
    assert_eq!(works.history(), ["2026-11-01 08:00 2026-10 issued"]);
}

#[test]
fn what_is_held_is_recorded_and_never_made_up_for() {
    let mut works = Works::new(&monthly("paused = true"), "2026-08-15 12:00");
    works.tick();
    works.tick_until("2026-09-15 12:00", 60);
    works.plan(&monthly(""));
    works.tick_until("2026-10-01 12:00", 60);
    assert_eq!(works.history(), ["2026-09-01 08:00 2026-08 skipped", "2026-10-01 08:00 2026-09 issued"]);
    assert_eq!(works.events("skipped"), ["the schedule is paused"]);
}

fn hold(works: &Works, held: bool) {
    let mut ledger = works.ledger();
    let since = held.then(|| works.now());
    ledger.pause("monthly", &works.schedules[0].written, since, works.now()).expect("a ledger");
}

#[test]
fn a_schedule_is_held_by_the_ledger() {
    let mut works = Works::new(&monthly(""), "2026-08-15 12:00");
    works.tick();
    hold(&works, true);
    works.tick_until("2026-09-01 12:00", 60);
    hold(&works, false);
    works.tick_until("2026-10-01 12:00", 60);
    assert_eq!(works.history(), ["2026-09-01 08:00 2026-08 skipped", "2026-10-01 08:00 2026-09 issued"]);
}

#[test]
fn going_on_makes_up_for_nothing_where_no_tick_came_while_it_was_held() {
    let mut works = Works::new(&monthly(""), "2026-08-15 12:00");
    works.tick();
    hold(&works, true);
    works.set(shanghai("2026-09-01 12:00"));
    hold(&works, false);
    works.tick();
    works.tick_until("2026-10-01 12:00", 60);
    assert_eq!(works.made(), ["region qinghe 2026-09 1/1"]);
    assert!(!works.history().contains(&"2026-09-01 08:00 2026-08 issued".to_owned()));
}

#[test]
fn a_schedule_that_is_gone_lets_go_of_its_numbers() {
    let mut works = Works::new(&monthly(""), "2026-09-30 12:00");
    works.tick();
    works.maker.fails.borrow_mut().insert("qinghe".to_owned(), (briefing::schedule::Stage::Typeset, 1));
    works.tick_at("2026-10-01 08:00");
    assert_eq!(works.numbers(), ["region qinghe 2026-09: 1/1 reserved"]);
    works.plan(&schedule("other", "{ cron = \"0 9 1 * *\" }", "previous-month", ""));
    works.tick_until("2026-10-01 12:00", 5);
    let all = ["2026-10-01 08:00 2026-09 skipped", "2026-10-01 09:00 2026-09 issued"];
    assert_eq!(works.history(), all);
    assert_eq!(works.numbers(), ["region qinghe 2026-09: 1/1 void", "region qinghe 2026-09: 2/2 issued"]);
    assert_eq!(works.events("skipped"), ["the schedule is gone"]);
}

#[test]
fn a_schedule_that_is_broken_keeps_what_it_began() {
    let mut works = Works::new(&monthly(""), "2026-09-30 12:00");
    works.tick();
    works.maker.fails.borrow_mut().insert("qinghe".to_owned(), (briefing::schedule::Stage::Typeset, 1));
    works.tick_at("2026-10-01 08:00");
    let bad = monthly("").replace("previous-month", "last-month");
    let sound = schedule("sound", "{ cron = \"0 9 1 * *\" }", "previous-month", "subjects = [\"baishi\"]");
    works.plan(&(bad + &sound));
    assert_eq!(works.broken, ["monthly"]);
    works.tick_until("2026-10-03 12:00", 60);
    assert_eq!(works.made(), ["region baishi 2026-09 2/2"], "the others go on");
    works.plan(&(monthly("") + &sound));
    works.tick();
    assert_eq!(works.made()[1], "region qinghe 2026-09 1/1", "with its number");
}

#[test]
fn a_later_year_does_not_slow_down_what_comes_next() {
    let mut works =
        Works::new(&schedule("m", "{ cron = \"* * * * *\" }", "this-month", "since = \"2120-01-01\""), FIRST);
    assert_eq!(works.tick(), Ticked::Done);
    let next = briefing::schedule::upcoming(&works.schedules[0], &works.calendars, works.now(), 1);
    assert_eq!(next.expect("no calendar is needed")[0].nominal, shanghai("2120-01-01 00:00"));
}

#[test]
fn a_clock_that_jumps_makes_nothing_twice() {
    let mut works = Works::new(&monthly(""), "2026-09-30 12:00");
    works.tick();
    for now in
        ["2026-10-01 08:05", "2026-09-15 00:00", "2026-10-01 07:00", "2026-10-01 09:00", "2026-10-01 08:00"]
    {
        works.tick_at(now);
    }
    works.tick_until("2026-11-01 09:00", 60);
    assert_eq!(works.made(), ["region qinghe 2026-09 1/1", "region qinghe 2026-10 2/2"]);
}

#[test]
fn a_schedule_that_is_seen_by_a_clock_set_back_begins_at_once() {
    let mut works = Works::new("", "2030-01-01 00:00");
    works.tick();
    works.plan(&monthly(""));
    works.tick_at("2026-09-30 12:00");
    works.tick_until("2026-10-01 08:00", 5);
    assert_eq!(works.history(), ["2026-10-01 08:00 2026-09 issued"]);
}

#[test]
fn a_try_that_a_wrong_clock_put_off_for_years_comes_soon() {
    let mut works = Works::new(&monthly(""), "2026-09-30 12:00");
    works.tick();
    works.maker.fails.borrow_mut().insert("qinghe".to_owned(), (briefing::schedule::Stage::Write, 2));
    works.tick_at("2026-10-01 08:00");
    works.tick_at("2031-05-01 08:00");
    works.tick_at("2026-10-01 12:00");
    assert_eq!(works.made(), ["region qinghe 2026-09 1/1"]);
}

#[test]
fn the_lock_file_may_be_lost_or_hold_anything() {
    let mut works = Works::new(&monthly(""), "2026-09-30 12:00");
    works.tick();
    works.project.write(".report/lock", "no instant at all\n");
    let mut text = String::new();
    let _ = write!(text, "{}", schedule("s", "{ cron = \"0 8 15 * *\" }", "previous-month", ""));
    works.plan(&text.replace("\"s\"", "\"monthly\""));
    works.tick_at("2026-10-20 12:00");
    assert!(Ledger::open(&works.state).is_ok());
    assert!(works.made().is_empty(), "the new rule may be younger than its 15 October: {:?}", works.made());
}
