//! Each occurrence comes once and ends with a word, whatever fails, waits, overlaps, or dies in the middle.
//!
//! Two at work and 100,000 ticks are left to `long_run`, numbers to `numbers`.

use std::panic::{AssertUnwindSafe, catch_unwind};

use briefing::ledger::TaskState;
use briefing::schedule::{Level, Stage, Ticked};
use chrono::TimeDelta;

use crate::clockwork::{Phase, Works, monthly, schedule, shanghai};

fn at_work(schedules: &str) -> Works {
    let mut works = Works::new(schedules, "2026-09-30 12:00");
    works.tick();
    works
}

fn fail(works: &Works, subject: &str, stage: Stage, times: u32) {
    works.maker.fails.borrow_mut().insert(subject.to_owned(), (stage, times));
}

#[test]
fn a_maker_that_dies_is_continued_with_its_number() {
    let waits = "subjects = [\"qinghe\", \"baishi\"]\nwait_for = { reported = [\"*\"] }";
    let phases = [Phase::Manifest, Phase::Reported, Phase::Content, Phase::BeforeMake, Phase::AfterMake];
    for (phase, at_once) in phases.into_iter().flat_map(|phase| [(phase, 1), (phase, 2)]) {
        let mut works = at_work(&monthly(waits));
        works.maker.at_once.set(at_once);
        for unit in ["qinghe", "baishi"] {
            works.maker.reported.borrow_mut().insert((unit.to_owned(), "2026-09".to_owned()));
        }
        for kill in 0..3 {
            works.set(shanghai("2026-10-01 08:00") + TimeDelta::minutes(5 * kill));
            works.maker.dies.set(Some(phase));
            assert!(catch_unwind(AssertUnwindSafe(|| works.tick())).is_err(), "{phase:?} {at_once}");
        }
        works.tick_at("2026-10-01 08:20");
        works.tick_until("2026-10-02 12:00", 60);
        let numbers = ["region qinghe 2026-09: 1/1 issued", "region baishi 2026-09: 2/2 issued"];
        assert_eq!(works.numbers(), numbers, "{phase:?} {at_once}");
        assert_eq!(works.history(), ["2026-10-01 08:00 2026-09 issued"], "{phase:?} {at_once}");
        let mut made = works.made();
        made.dedup();
        assert_eq!(made, ["region qinghe 2026-09 1/1", "region baishi 2026-09 2/2"], "the same bytes again");
        assert!(works.ledger().check().expect("a ledger").is_empty());
    }
}

#[test]
fn a_try_comes_after_each_pause_and_then_never_again() {
    const HOUR: i64 = 60;
    // Data waits for somebody to mend it, a disk for hours, and the typesetter does the same a third time.
    for (stage, pauses) in [
        (Stage::Data, &[5, 30, 2 * HOUR, 6 * HOUR, 24 * HOUR, 48 * HOUR, 48 * HOUR][..]),
        (Stage::Typeset, &[1, 5, 30]),
        (Stage::Write, &[1, 5, 30, 2 * HOUR, 6 * HOUR, 24 * HOUR]),
    ] {
        let mut works = at_work(&monthly(""));
        fail(&works, "qinghe", stage, u32::MAX);
        let mut at = shanghai("2026-10-01 08:00");
        for (attempt, pause) in (1..).zip(pauses.iter().copied()) {
            works.set(at);
            assert_eq!(works.tick(), Ticked::Done, "it is tried again");
            let task = works.last_tasks().remove(0);
            assert_eq!((task.attempts, task.stage.as_deref()), (attempt, Some(stage.name())));
            at += TimeDelta::minutes(pause);
            assert_eq!(task.due, Some(at), "{stage:?} {attempt}");
            works.set(at - TimeDelta::seconds(1));
            works.tick();
            assert_eq!(works.last_tasks()[0].attempts, attempt, "not before its time");
        }
        works.set(at);
        assert_eq!(works.tick(), Ticked::Failed);
        assert_eq!(works.history(), ["2026-10-01 08:00 2026-09 failed"]);
        assert_eq!(
            (works.events("retry").len(), works.events("failed").len()),
            (pauses.len(), 2),
            "the document, and the occurrence"
        );
        let levels = works.told.iter().filter(|e| e.event == "failed").map(|e| e.level);
        assert_eq!(levels.collect::<Vec<_>>(), [Level::Warning, Level::Alarm], "one alarm for both");
        let reason = works.occurrences()[0].reason.clone().expect("a reason");
        assert_eq!(reason, format!("region qinghe: the {} of qinghe is broken", stage.name()));
        // The next period is none the worse.
        works.maker.fails.borrow_mut().clear();
        works.tick_until("2026-11-01 12:00", 60);
        assert_eq!(works.history()[1], "2026-11-01 08:00 2026-10 issued");
        let number = if stage == Stage::Data { "1/1" } else { "2/2" };
        assert_eq!(
            works.made(),
            [format!("region qinghe 2026-10 {number}")],
            "a number is void once it was reserved"
        );
    }
}

#[test]
fn what_is_mended_between_two_tries_goes_out() {
    let mut works = at_work(&monthly(""));
    fail(&works, "qinghe", Stage::Typeset, 3);
    works.tick_until("2026-10-01 12:00", 5);
    assert_eq!(works.history(), ["2026-10-01 08:00 2026-09 issued"]);
    assert_eq!(works.numbers(), ["region qinghe 2026-09: 1/1 issued"], "with the number of the first try");
    assert_eq!(works.events("retry").len(), 3);
}

#[test]
fn one_document_that_fails_leaves_the_others() {
    let mut works = at_work(&monthly("subjects = [\"qinghe\", \"baishi\"]"));
    fail(&works, "qinghe", Stage::Write, u32::MAX);
    works.tick_at("2026-10-01 08:00");
    assert_eq!(works.made(), ["region baishi 2026-09 2/2"], "at once");
    works.tick_until("2026-10-03 12:00", 5);
    assert_eq!(works.history(), ["2026-10-01 08:00 2026-09 partly"]);
    assert_eq!(works.events("partly"), ["region qinghe: the write of qinghe is broken"]);
    assert_eq!(works.numbers(), ["region qinghe 2026-09: 1/1 void", "region baishi 2026-09: 2/2 issued"]);
}

#[test]
fn a_document_that_the_schedule_no_longer_makes_gives_its_number_up() {
    let mut works = at_work(&monthly("subjects = [\"qinghe\", \"baishi\"]"));
    fail(&works, "qinghe", Stage::Write, 1);
    works.tick_at("2026-10-01 08:00");
    let other = schedule("other", "{ cron = \"0 9 1 * *\" }", "previous-month", "subjects = [\"qinghe\"]");
    works.plan(&(monthly("subjects = [\"baishi\"]") + &other));
    works.tick_until("2026-10-01 12:00", 5);
    assert_eq!(works.history(), ["2026-10-01 08:00 2026-09 partly", "2026-10-01 09:00 2026-09 issued"]);
    assert_eq!(works.made(), ["region baishi 2026-09 2/2", "region qinghe 2026-09 3/3"]);
}

const WEEKLY: &str = "{ cron = \"0 8 * * 1\" }";

fn weekly_that_waits(overlap: &str) -> Works {
    let keys =
        format!("overlap = \"{overlap}\"\nwait_for = {{ reported = [\"qinghe\"], at_most = \"10d\" }}");
    at_work(&schedule("weekly", WEEKLY, "this-month", &keys))
}

#[test]
fn a_newer_occurrence_is_skipped_while_an_older_waits() {
    let mut works = weekly_that_waits("skip");
    works.tick_until("2026-10-13 12:00", 60);
    assert_eq!(works.history(), ["2026-10-05 08:00 2026-10 waiting", "2026-10-12 08:00 2026-10 skipped"]);
    assert_eq!(works.events("skipped"), ["weekly@2026-10-05T08:00+08:00 has not ended yet"]);
    works.tick_until("2026-10-19 12:00", 60);
    assert_eq!(works.history()[0], "2026-10-05 08:00 2026-10 failed", "after ten days");
    assert_eq!(works.history()[2], "2026-10-19 08:00 2026-10 waiting", "the next takes its turn");
}

#[test]
fn a_newer_occurrence_takes_its_turn_after_an_older() {
    let mut works = weekly_that_waits("queue");
    works.tick_until("2026-10-13 12:00", 60);
    assert_eq!(works.history(), ["2026-10-05 08:00 2026-10 waiting", "2026-10-12 08:00 2026-10 waiting"]);
    works.maker.reported.borrow_mut().insert(("qinghe".to_owned(), "2026-10".to_owned()));
    works.tick();
    assert_eq!(
        works.history(),
        ["2026-10-05 08:00 2026-10 issued", "2026-10-12 08:00 2026-10 already-issued"]
    );
    assert_eq!(works.made().len(), 1);
}

#[test]
fn an_older_occurrence_that_is_tried_again_holds_the_newer_back() {
    for (overlap, newer) in [("skip", "skipped"), ("queue", "already-issued")] {
        let hourly = schedule(
            "hourly",
            "{ cron = \"0 8,9 1 * *\" }",
            "previous-month",
            &format!("overlap = \"{overlap}\""),
        );
        let mut works = at_work(&hourly);
        fail(&works, "qinghe", Stage::Write, 4);
        works.tick_until("2026-10-01 10:00", 5);
        assert!(works.made().is_empty());
        works.tick_until("2026-10-01 12:00", 5);
        assert_eq!(works.history()[0], "2026-10-01 08:00 2026-09 issued");
        assert_eq!(works.history()[1], format!("2026-10-01 09:00 2026-09 {newer}"));
    }
}

#[test]
fn data_is_waited_for_until_it_comes() {
    let mut works = at_work(&monthly("wait_for = { reported = [\"*\"], at_most = \"10d\" }"));
    works.maker.reported.borrow_mut().insert(("baishi".to_owned(), "2026-09".to_owned()));
    works.tick_until("2026-10-05 12:00", 30);
    assert_eq!(works.history(), ["2026-10-01 08:00 2026-09 waiting"]);
    assert_eq!(works.events("waiting"), ["no data of 2026-09 from qinghe"], "once");
    // Of another month is not of this one.
    works.maker.reported.borrow_mut().insert(("qinghe".to_owned(), "2026-10".to_owned()));
    works.tick();
    assert!(works.made().is_empty());
    works.maker.reported.borrow_mut().insert(("qinghe".to_owned(), "2026-09".to_owned()));
    works.tick();
    assert_eq!(works.history(), ["2026-10-01 08:00 2026-09 issued"]);
}

#[test]
fn data_that_never_comes_is_an_alarm_once() {
    let mut works = at_work(&monthly("wait_for = { reported = [\"*\"], at_most = \"10d\" }"));
    works.maker.garbled.borrow_mut().insert("baishi".to_owned());
    works.tick_until("2026-10-11 07:55", 30);
    assert_eq!(works.events("bad-report").len(), 1, "and not on every tick");
    assert_eq!(works.events("no-data").len(), 0);
    assert_eq!(works.tick_at("2026-10-11 08:00"), Ticked::Failed, "its deadline");
    works.tick_until("2026-10-13 12:00", 60);
    assert_eq!(works.history(), ["2026-10-01 08:00 2026-09 failed"]);
    let said = "no data of 2026-09 from baishi (its file has errors), qinghe after 10 days";
    assert_eq!(works.events("no-data"), [said]);
    assert_eq!(works.events("waiting").len(), 1);
    // What comes too late is for the next.
    works.maker.garbled.borrow_mut().clear();
    for period in ["2026-09", "2026-10"] {
        for unit in ["qinghe", "baishi"] {
            works.maker.reported.borrow_mut().insert((unit.to_owned(), period.to_owned()));
        }
    }
    works.tick_until("2026-11-01 12:00", 60);
    assert_eq!(works.made(), ["region qinghe 2026-10 1/1"]);
}

#[test]
fn nothing_new_nothing_issued() {
    let mut works = at_work(&monthly("subjects = [\"qinghe\", \"baishi\"]"));
    *works.maker.says.borrow_mut() = Some("the same".to_owned());
    works.tick_until("2026-11-01 12:00", 60);
    assert_eq!(works.history(), ["2026-10-01 08:00 2026-09 issued", "2026-11-01 08:00 2026-10 unchanged"]);
    assert_eq!(works.made().len(), 2, "the first issue says it all for the first time");
    assert_eq!(works.events("unchanged"), ["本期无新资料: nothing is issued"]);
    // What is compared is the last issue, not the last occurrence.
    *works.maker.says.borrow_mut() = Some("another".to_owned());
    works.tick_until("2026-12-01 12:00", 60);
    *works.maker.says.borrow_mut() = Some("the same".to_owned());
    works.tick_until("2027-01-01 12:00", 60);
    let ends: Vec<String> = works.history().iter().skip(2).map(|line| line[17..].to_owned()).collect();
    assert_eq!(ends, ["2026-11 issued", "2026-12 issued"]);
}

/// A number that is reserved is used, also where what was new is taken back between two tries: else nobody would give it up.
#[test]
fn what_was_new_once_goes_out() {
    let mut works = at_work(&monthly(""));
    *works.maker.says.borrow_mut() = Some("the same".to_owned());
    works.tick_until("2026-10-31 12:00", 60);
    *works.maker.says.borrow_mut() = Some("new".to_owned());
    fail(&works, "qinghe", Stage::Typeset, 1);
    works.tick_at("2026-11-01 08:00");
    *works.maker.says.borrow_mut() = Some("the same".to_owned());
    works.tick_until("2026-11-01 12:00", 5);
    assert_eq!(works.numbers(), ["region qinghe 2026-09: 1/1 issued", "region qinghe 2026-10: 2/2 issued"]);
}

#[test]
fn one_new_document_goes_out_alone() {
    let mut works = at_work(&monthly("subjects = [\"qinghe\", \"baishi\"]"));
    *works.maker.says.borrow_mut() = Some("the same".to_owned());
    works.tick_until("2026-10-31 12:00", 60);
    fail(&works, "qinghe", Stage::Data, 1);
    works.tick_at("2026-11-01 08:00");
    assert_eq!(works.last_tasks()[1].state, TaskState::Unchanged);
    *works.maker.says.borrow_mut() = Some("new".to_owned());
    works.tick_at("2026-11-01 08:05");
    assert_eq!(works.history()[1], "2026-11-01 08:00 2026-10 issued");
    assert_eq!(works.made()[2], "region qinghe 2026-10 3/3");
}

#[test]
fn even_if_unchanged_issues_all_the_same() {
    let mut works = at_work(&monthly("even_if_unchanged = true"));
    *works.maker.says.borrow_mut() = Some("the same".to_owned());
    works.tick_until("2026-12-01 12:00", 60);
    assert_eq!(works.made().len(), 3);
}

#[test]
fn two_schedules_of_one_document_and_period_make_one_issue() {
    let twice = monthly("") + &schedule("again", "{ cron = \"0 8 1 * *\" }", "previous-month", "");
    let mut works = at_work(&twice);
    works.tick_at("2026-10-01 08:00");
    let states: Vec<String> = works.history();
    assert_eq!(states, ["2026-10-01 08:00 2026-09 already-issued", "2026-10-01 08:00 2026-09 issued"]);
    // While one of them tries, the other waits for how it ends.
    fail(&works, "qinghe", Stage::Write, 5);
    works.tick_until("2026-11-01 12:00", 30);
    assert_eq!(works.events("waiting").len(), 1);
    works.tick_until("2026-11-02 12:00", 30);
    assert_eq!(works.made(), ["region qinghe 2026-09 1/1", "region qinghe 2026-10 2/2"]);
    assert_eq!(works.numbers().len(), 2);
}
