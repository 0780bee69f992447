//! Numbers: one series for each kind of document, no number twice, none without a row.
//!
//! When a document is issued is left to `once`.

use briefing::ledger::{Ledger, LedgerError, Number};
use briefing::schedule::{Stage, Ticked};
use chrono::{NaiveDate, TimeDelta};

use crate::clockwork::{Works, monthly, schedule, shanghai};

fn at_work(schedules: &str) -> Works {
    let mut works = Works::new(schedules, "2026-10-31 12:00");
    works.tick();
    works
}

#[test]
fn each_kind_of_document_has_its_series_and_the_total_runs_on_across_years() {
    let keys = "documents = [\"region\", \"comparative\"]\nsubjects = [\"*\"]";
    let mut works = at_work(&monthly(keys));
    works.tick_until("2027-02-01 12:00", 60);
    let made: Vec<String> = works.made().iter().map(|line| line.replace("two-counties", "two")).collect();
    let expected = [
        "region baishi 2026-10 1/1",
        "region qinghe 2026-10 2/2",
        "comparative two 2026-10 1/1",
        "region baishi 2026-11 3/3",
        "region qinghe 2026-11 4/4",
        "comparative two 2026-11 2/2",
        "region baishi 2026-12 1/5",
        "region qinghe 2026-12 2/6",
        "comparative two 2026-12 1/3",
        "region baishi 2027-01 3/7",
        "region qinghe 2027-01 4/8",
        "comparative two 2027-01 2/4",
    ];
    let (mut made, mut expected) = (made, expected.map(str::to_owned).to_vec());
    let order = |line: &String| line.split(' ').nth(2).map(str::to_owned);
    made.sort_by_key(order);
    // Which county comes first is left to the list of documents.
    let counts = |lines: &[String]| {
        let mut all: Vec<String> =
            lines.iter().map(|l| l.replace("baishi", "x").replace("qinghe", "x")).collect();
        all.sort();
        all
    };
    expected.sort_by_key(order);
    assert_eq!(counts(&made), counts(&expected));
    assert!(works.ledger().check().expect("a ledger").is_empty());
}

#[test]
fn a_series_that_began_elsewhere_is_continued() {
    let mut works = at_work(&monthly(""));
    let now = works.now();
    works.ledger().set_next("region", 2026, Number { number: 12, total: 327 }, now).expect("free numbers");
    works.tick_until("2027-01-01 12:00", 60);
    let made =
        ["region qinghe 2026-10 12/327", "region qinghe 2026-11 13/328", "region qinghe 2026-12 1/329"];
    assert_eq!(works.made(), made);
}

#[test]
fn numbers_that_were_given_are_refused() {
    let mut works = at_work(&monthly(""));
    works.ledger().set_next("region", 2026, Number { number: 5, total: 50 }, works.now()).expect("free");
    works.tick_at("2026-11-01 08:00");
    for (number, total, free) in
        [(5, 51, false), (4, 51, false), (6, 50, false), (6, 51, true), (9, 90, true), (6, 51, true)]
    {
        let set = works.ledger().set_next("region", 2026, Number { number, total }, works.now());
        assert_eq!(set.is_ok(), free, "{number} {total}: {set:?}");
        assert!(free || matches!(set, Err(LedgerError::NumberTaken { .. })));
    }
    // Another year counts from 1, but the total runs on.
    works.ledger().set_next("region", 2027, Number { number: 3, total: 51 }, works.now()).expect("free");
    assert!(works.ledger().set_next("region", 2027, Number { number: 1, total: 50 }, works.now()).is_err());
    let next = |year| works.ledger().next_number("region", year).expect("a ledger");
    assert_eq!(next(2027), Number { number: 3, total: 51 });
    assert_eq!(next(2026), Number { number: 6, total: 51 });
    assert_eq!(next(2028), Number { number: 1, total: 51 });
}

#[test]
fn a_reservation_is_kept_over_all_tries_and_over_new_year() {
    let mut works =
        Works::new(&schedule("s", "{ cron = \"50 23 31 12 *\" }", "this-year", ""), "2026-12-31 12:00");
    works.tick();
    works.maker.fails.borrow_mut().insert("qinghe".to_owned(), (Stage::Typeset, 3));
    works.tick_until("2027-01-01 12:00", 5);
    assert_eq!(works.made(), ["region qinghe 2026 1/1"]);
    let shelf = works.maker.shelf.lock().expect("no test dies with it");
    assert_eq!(
        shelf.made[0].day,
        NaiveDate::from_ymd_opt(2026, 12, 31).expect("a day"),
        "the day of the first try"
    );
}

#[test]
fn a_void_number_is_never_given_again() {
    let mut works = at_work(&monthly(""));
    works.maker.fails.borrow_mut().insert("qinghe".to_owned(), (Stage::Typeset, u32::MAX));
    works.tick_until("2026-11-02 12:00", 30);
    assert_eq!(works.numbers(), ["region qinghe 2026-10: 1/1 void"]);
    let issue = works.ledger().issues().expect("a ledger").remove(0);
    assert_eq!(issue.reason.as_deref(), Some("the typeset of qinghe is broken"));
    works.maker.fails.borrow_mut().clear();
    assert_eq!(works.run(Some("2026-10"), None).expect("a ledger"), Ticked::Done);
    assert_eq!(works.numbers(), ["region qinghe 2026-10: 1/1 void", "region qinghe 2026-10: 2/2 issued"]);
}

#[test]
fn a_run_by_hand_takes_the_number_that_was_chosen() {
    let mut works = at_work(&monthly(""));
    works.run(None, Some(7)).expect("a free number");
    assert_eq!(works.made(), ["region qinghe 2026-09 7/1"]);
    works.tick_at("2026-11-01 08:00");
    assert_eq!(works.made()[1], "region qinghe 2026-10 8/2", "the next follows");
}

#[test]
fn a_run_by_hand_never_moves_the_cursor() {
    let mut works = at_work(&monthly(""));
    works.set(shanghai("2026-11-01 07:59"));
    works.run(Some("2026-08"), None).expect("a ledger");
    works.tick_at("2026-11-01 08:00");
    assert_eq!(works.made(), ["region qinghe 2026-08 1/1", "region qinghe 2026-10 2/2"]);
    // The period of an occurrence that is to come is then issued already.
    works.run(Some("2026-11"), None).expect("a ledger");
    works.tick_until("2026-12-01 12:00", 60);
    assert!(works.history().contains(&"2026-12-01 08:00 2026-11 already-issued".to_owned()));
    assert_eq!(works.made().len(), 3);
}

/// What is begun and not ended, the next tick goes on with: a refused run must not leave anything behind.
#[test]
fn a_run_by_hand_whose_number_is_refused_leaves_nothing_behind() {
    let mut works = at_work(&monthly(""));
    works.run(Some("2026-08"), Some(7)).expect("a free number");
    let refused = works.run(Some("2026-09"), Some(7));
    assert!(matches!(refused, Err(LedgerError::NumberTaken { .. })), "{refused:?}");
    works.tick();
    works.tick_until("2026-10-31 13:00", 5);
    assert_eq!(works.numbers(), ["region qinghe 2026-08: 7/1 issued"]);
    assert!(works.ledger().unfinished().expect("a ledger").is_empty());
}

#[test]
fn a_run_by_hand_fails_at_once() {
    let mut works = at_work(&monthly(""));
    works.maker.fails.borrow_mut().insert("qinghe".to_owned(), (Stage::Typeset, 1));
    assert_eq!(works.run(Some("2026-09"), None).expect("a ledger"), Ticked::Failed);
    works.tick_until("2026-10-31 20:00", 30);
    assert_eq!(
        works.numbers(),
        ["region qinghe 2026-09: 1/1 void"],
        "somebody stands by: nothing is tried again"
    );
}

/// While a scheduled occurrence tries, its number is reserved; a run by hand is told so.
#[test]
fn a_run_by_hand_beside_a_try_makes_no_second_issue() {
    let mut works = at_work(&monthly(""));
    works.maker.fails.borrow_mut().insert("qinghe".to_owned(), (Stage::Typeset, 1));
    works.tick_at("2026-11-01 08:00");
    works.run(Some("2026-10"), Some(9)).expect("a ledger");
    assert_eq!(works.events("busy").len(), 1);
    works.tick_until("2026-11-01 12:00", 5);
    assert_eq!(works.numbers(), ["region qinghe 2026-10: 1/1 issued"]);
    assert!(works.ledger().unfinished().expect("a ledger").is_empty());
}

#[test]
fn forgetting_keeps_numbers_and_the_cursor() {
    let mut works = at_work(&monthly("catch_up = \"all\"\nstarting_deadline = \"2y\""));
    works.tick_until("2027-03-01 12:00", 60);
    works.set(shanghai("2030-01-01 00:00"));
    let (before, numbers) = (works.occurrences().len(), works.numbers());
    let mut ledger: Ledger = works.ledger();
    let dry = ledger.forget_before(works.now(), true).expect("a ledger");
    assert_eq!(ledger.forget_before(works.now(), false).expect("a ledger"), dry);
    drop(ledger);
    assert_eq!(works.occurrences().len(), before - dry);
    assert_eq!(works.numbers(), numbers);
    works.set(shanghai("2027-03-01 12:00"));
    works.tick();
    assert_eq!(works.made().len(), 5, "nothing that was forgotten comes again");
    works.tick_at("2027-04-01 08:00");
    assert_eq!(works.made()[5], "region qinghe 2027-03 4/6");
}

#[test]
fn forgetting_skipped_and_missed_ones_fires_none_of_them_again() {
    let keys = "paused = true\ncatch_up = \"all\"\nstarting_deadline = \"2y\"";
    let mut works = at_work(&monthly(keys));
    works.tick_until("2027-03-01 12:00", 60);
    assert_eq!(works.ledger().forget_before(works.now() + TimeDelta::days(1), false).expect("a ledger"), 4);
    assert_eq!(works.history(), ["2027-03-01 08:00 2027-02 skipped"], "the cursor stays");
    works.plan(&monthly("catch_up = \"all\"\nstarting_deadline = \"2y\""));
    works.tick_until("2027-03-02 12:00", 60);
    assert!(works.made().is_empty());
}
