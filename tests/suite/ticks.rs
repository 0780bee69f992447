//! `report tick` and `report check` with schedules: silence, the lease, an empty environment, and schedules with errors.
//!
//! What people ask of schedules is left to `asked`, what goes wrong with a document to `confined`.

use std::fs::File;

use crate::office::{COMPARED, FIRST, MONTHLY, Office};
use crate::project::Run;
use crate::tools::{faces, have, skip};

#[test]
fn a_tick_with_nothing_to_do_says_nothing() {
    if !have(&["faces"]) {
        return;
    }
    let office = Office::with(MONTHLY);
    for now in ["2026-11-30T08:00:00+08:00", "2026-12-01T07:59:59+08:00"] {
        let run = office.tick(now);
        run.ok();
        assert_eq!((run.stdout.as_str(), run.stderr.as_str()), ("", ""), "{now}");
    }
    assert!(office.occurrences().is_empty() && office.files("reports").is_empty());
    office.tick(FIRST).ok().prints("issued no. 1 (total 1)").prints("issued no. 2 (total 2)");
    for now in [FIRST, "2026-12-01T08:05:00+08:00", "2026-12-31T23:59:00+08:00"] {
        let run = office.tick(now);
        run.ok();
        assert_eq!((run.stdout.as_str(), run.stderr.as_str()), ("", ""), "{now}");
    }
    assert_eq!(office.states("monthly"), [("2026-11".to_owned(), "issued")]);
}

#[test]
fn a_workspace_without_schedules_ticks_in_silence() {
    let office = Office::with("");
    let run = office.tick(FIRST);
    run.ok();
    assert_eq!((run.stdout.as_str(), run.stderr.as_str()), ("", ""));
}

#[test]
fn a_tick_beside_the_holder_of_the_lease_says_and_does_nothing() {
    if !have(&["faces"]) {
        return;
    }
    let office = Office::with(MONTHLY);
    office.write(".report/lock", "");
    let held = File::options().write(true).open(office.path(".report/lock")).expect("the lock");
    held.lock().expect("nobody has it");
    let run = office.tick(FIRST);
    run.ok();
    assert_eq!((run.stdout.as_str(), run.stderr.as_str()), ("", ""));
    assert!(office.issues().is_empty());
    held.unlock().expect("it is ours");
    office.tick(FIRST).ok().prints("issued no. 2");
}

#[test]
fn a_tick_needs_no_environment() {
    let Some(faces) = faces() else { return skip("faces") };
    let office = Office::with(MONTHLY);
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_report"));
    // As cron has it: another folder, no home, no path, nothing to write to but the workspace.
    command.env_clear().current_dir("/").stdin(std::process::Stdio::null());
    command.arg("-C").arg(office.path("")).arg("--fonts").arg(faces);
    Run::of(command.args(["tick", "--now", FIRST])).ok().prints("issued no. 2 (total 2)");
    assert_eq!(office.issues().len(), 2);
    office.is_sound();
}

/// A schedule with an error, beside one that is sound.
fn beside(broken: &str) -> Office {
    Office::with(&format!("{MONTHLY}\n[[schedule]]\nid = \"broken\"\n{broken}"))
}

#[test]
fn a_broken_schedule_names_its_field_and_the_others_go_on() {
    if !have(&["faces"]) {
        return;
    }
    let office =
        beside("when = { cron = \"0 0 8 1 * *\" }\ndocuments = [\"region\"]\nperiod = \"this-month\"\n");
    let run = office.tick(FIRST);
    run.ends(1).prints("monthly@2026-12-01T08:00+08:00 region qinghe issued no. 1");
    run.says("`0 0 8 1 * *` has 6 fields").says("leave seconds and years out").says("`0 8 1 * *`");
    run.says("report.toml:28:17");
    assert_eq!(office.issues().len(), 2);
    let run = office.at(FIRST, ["status"]);
    run.ends(1).prints("schedule `broken` has errors: report check tells them");
    // Where nothing is due it still says what is wrong, and never makes anything of the broken one.
    let again = office.tick("2026-12-01T08:05:00+08:00");
    assert_eq!(again.ends(1).stderr, "", "what is wrong on every tick is told once a day");
    office.tick("2026-12-02T08:00:00+08:00").ends(1).says("6 fields");
    assert!(office.states("broken").is_empty());
    office.at(FIRST, ["run", "broken"]).ends(2).says("6 fields");
    office.at(FIRST, ["schedule", "describe", "broken"]).ends(2).says("6 fields");
    office.at(FIRST, ["schedule", "list"]).ends(1).prints("monthly").says("6 fields");
}

#[test]
fn a_slip_in_a_schedule_that_has_begun_holds_its_occurrence() {
    if !have(&["faces"]) {
        return;
    }
    let wait = "wait_for = { reported = [\"qinghe\"], at_most = \"60d\" }\n";
    let office = Office::with(&format!("{MONTHLY}{wait}"));
    office.tick(FIRST).ok().prints("no data of 2026-11 from qinghe");
    office.replace("report.toml", "wait_for", "wait_four");
    office.tick("2026-12-02T08:00:00+08:00").ends(1).says("unknown key `wait_four`");
    assert_eq!(office.states("monthly"), [("2026-11".to_owned(), "waiting")]);
    office.replace("report.toml", "wait_four", "wait_for");
    office.tick("2026-12-02T08:05:00+08:00").ok();
    assert_eq!(office.states("monthly"), [("2026-11".to_owned(), "waiting")]);
    office.replace("report.toml", wait, "");
    office.tick("2026-12-02T08:10:00+08:00").ok().prints("issued no. 1");
    assert_eq!(office.states("monthly"), [("2026-11".to_owned(), "issued")]);
}

#[test]
fn a_rule_that_never_fires_is_an_error_of_check_only() {
    if !have(&["faces"]) {
        return;
    }
    let never = "when = { cron = \"0 8 30 2 *\" }\ndocuments = [\"region\"]\nperiod = \"this-month\"\n";
    let office = beside(never);
    office.check().ends(2).says("report.toml:26:1: error[bad-setting]: schedule `broken` never fires");
    office.tick(FIRST).ok().prints("issued no. 2");
}

#[test]
fn a_year_without_a_calendar_is_told_in_time() {
    if !have(&["faces"]) {
        return;
    }
    let office =
        beside("when = { workday = 5, at = \"08:00\" }\ndocuments = [\"region\"]\nperiod = \"this-month\"\n");
    // No calendar at all: an error now.
    office.check().ends(2).says("report.toml:26:1: error[calendar-missing]: there is no calendar of 2026");
    let run = office.tick(FIRST);
    run.ends(1)
        .prints("there is no calendar of 2026")
        .prints("monthly@2026-12-01T08:00+08:00 region qinghe issued");
    let calendar = std::fs::read_to_string(crate::project::root().join("data/calendars/cn-2026.toml"));
    office.write("data/calendars/cn-2026.toml", calendar.expect("the shipped calendar"));
    // In the last two months of a year the next one is wanted, but not yet needed.
    office.check().ok().says("report.toml:26:1: warning[calendar-missing]: there is no calendar of 2027");
    let early = office.run(["check", "--as-of", "2026-10-31", "--message-format", "short"]);
    early.ok();
    assert!(!early.stderr.contains("calendar-missing"), "{}", early.stderr);
    // A plan that ends with the calendar is told as far as it goes.
    let next = office.at("2026-12-20T08:00:00+08:00", ["schedule", "list"]);
    next.ok();
    assert!(
        !next.stdout.contains("never"),
        "an occurrence that nobody can name yet is not never:\n{}",
        next.stdout
    );
    let digest = office.at("2026-12-20T08:00:00+08:00", ["status", "--digest"]);
    digest.prints("next not known: the calendar of 2027 is not written yet");
    office.at("2027-01-02T08:00:00+08:00", ["status"]).ends(1).prints("there is no calendar of 2027");
}

#[test]
fn a_schedule_whose_data_is_broken_says_so_and_is_tried_again() {
    if !have(&["faces"]) {
        return;
    }
    let office = Office::with(&format!("{MONTHLY}{COMPARED}"));
    office.replace("data/regions/baishi.toml", "as_printed = \"97人\"", "as_printed = \"98人\"");
    let run = office.tick(FIRST);
    run.ok().prints("warning: monthly@2026-12-01T08:00+08:00 region baishi not made (data)").says("98人");
    run.prints("tried again in 5 minutes").prints("region qinghe issued no. 1");
    // The number of the one that was not made is not lost.
    office.replace("data/regions/baishi.toml", "as_printed = \"98人\"", "as_printed = \"97人\"");
    office.tick("2026-12-01T08:04:59+08:00").ok();
    assert_eq!(office.states("monthly"), [("2026-11".to_owned(), "open")]);
    office.tick("2026-12-01T08:05:00+08:00").ok().prints("region baishi issued no. 2");
    assert_eq!(office.states("monthly"), [("2026-11".to_owned(), "issued")]);
}
