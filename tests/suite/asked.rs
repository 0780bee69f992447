//! What people ask of schedules: a run by hand, lists, holding, history, status.
//!
//! Numbers and the ledger itself are left to `kept`.

use serde_json::Value;

use crate::office::{COMPARED, FIRST, MONTHLY, Office};
use crate::tools::have;

const LATER: &str = "2026-12-01T08:05:00+08:00";

#[test]
fn a_run_by_hand_never_moves_the_cursor() {
    if !have(&["faces"]) {
        return;
    }
    let office = Office::with(MONTHLY);
    // An hour before its time, for the period that its time will have, and for another.
    let before = "2026-12-01T07:00:00+08:00";
    office.tick("2026-11-30T08:00:00+08:00").ok();
    office
        .at(before, ["run", "monthly"])
        .ok()
        .prints("region qinghe issued no. 1")
        .prints("baishi issued no. 2");
    let run = office.at(before, ["run", "monthly", "--period", "2026-10"]);
    run.ok().prints("本期无新资料: nothing is issued");
    let run = office.at(before, ["run", "monthly", "--period", "2026-10", "--even-if-unchanged"]);
    run.ok().prints("issued no. 3 (total 3)").prints("2026-10/region/qinghe.pdf");
    let run = office.at(before, ["run", "monthly", "--period", "2026-10", "--even-if-unchanged"]);
    run.ok().prints("2026-10 was issued before");
    // Its own time finds the period issued, and is recorded as an occurrence of its own.
    office.tick(FIRST).ok().prints("monthly@2026-12-01T08:00+08:00 2026-11 was issued before");
    let run = office.at(LATER, ["history"]);
    run.ok().prints("monthly@2026-12-01T08:00+08:00  ").prints("already-issued 本期已印发  0 of 2");
    assert_eq!(run.stdout.matches("(manual)").count(), 4, "{}", run.stdout);
    let next = office.at(LATER, ["schedule", "next", "-n", "1"]);
    next.ok().prints("2027-01-01 08:00 +08:00  monthly   2026-12");
    office.is_sound();
}

#[test]
fn a_run_by_hand_takes_the_number_it_is_given() {
    if !have(&["faces"]) {
        return;
    }
    let office = Office::with(&format!("{MONTHLY}{COMPARED}"));
    let run = |arguments: &[&str]| office.at(FIRST, [&["run"], arguments].concat());
    run(&["monthly", "--issue", "7"]).ends(2).says("--issue numbers one document; `monthly` makes 2");
    run(&["compared", "--issue", "0"]).ends(2);
    run(&["compared", "--period", "2026-13"]).ends(2).says("`2026-13` is not a period").says("2026-Q3");
    run(&["compare"]).ends(2).says("no schedule `compare`").says("did you mean `compared`?");
    assert!(office.occurrences().is_empty(), "what was refused left something behind");
    run(&["compared", "--issue", "7"]).ok().prints("issued no. 7 (total 1)");
    office.tick("2026-12-01T08:30:00+08:00").ok();
    // A number that was given is refused, and nobody makes up for the refusal later.
    let taken = run(&["compared", "--issue", "7", "--period", "2026-10", "--even-if-unchanged"]);
    taken.ends(2).says("number 7 was given already").says("report issue list");
    let after = office.tick("2026-12-01T09:00:00+08:00");
    after.ok();
    assert_eq!(after.stdout, "", "a refused run was taken up by the next tick");
    let compared: Vec<_> = office
        .issues()
        .into_iter()
        .filter(|i| i.document == "comparative")
        .map(|i| i.number.number)
        .collect();
    assert_eq!(compared, [7]);
    run(&["compared", "--period", "2026-10", "--even-if-unchanged"]).ok().prints("issued no. 8 (total 2)");
    office.is_sound();
}

#[test]
fn a_run_by_hand_beside_one_that_is_tried_again_says_so() {
    if !have(&["faces"]) {
        return;
    }
    let office = Office::with(COMPARED);
    let main = office.read("templates/comparative/main.typ");
    office.write("templates/comparative/main.typ", format!("#assert(false, message: \"torn\")\n{main}"));
    let first = "2026-12-01T08:30:00+08:00";
    office.tick(first).ok().prints("not made (typeset): assertion failed: torn; tried again in 60 s");
    office.at(first, ["status"]).ends(1).prints("compared comparative two-counties has failed 1 times");
    office.write("templates/comparative/main.typ", main);
    let run = office.at("2026-12-01T08:30:10+08:00", ["run", "compared"]);
    run.ok().prints(
        "warning: compared@2026-12-01T08:30+08:00 comparative two-counties another occurrence has its number",
    );
    office.tick("2026-12-01T08:31:00+08:00").ok().prints("issued no. 1 (total 1)");
    office.tick("2026-12-01T08:35:00+08:00").ok().prints("2026-11 was issued before");
    assert_eq!(
        office.states("compared").iter().map(|(_, state)| *state).collect::<Vec<_>>(),
        ["issued", "already-issued"]
    );
    assert_eq!(office.issues().len(), 1);
}

#[test]
fn schedules_are_told_in_words() {
    let quarterly = r#"
[[schedule]]
id = "quarterly"
when = { cron = "30 8 12 1,4,7,10 *" }
calendar = "next-workday"
documents = ["comparative"]
period = "previous-quarter"
wait_for = { reported = ["*"], at_most = "36h" }
catch_up = "all"
catch_up_max = 3
overlap = "queue"
even_if_unchanged = true
"#;
    let office = Office::with(&format!("{MONTHLY}{quarterly}"));
    for year in [2026, 2027] {
        let text = format!(
            "format = 1\nyear = {year}\ntitle = \"通知\"\nnumber = \"一号\"\nissuer = \"某厅\"\ndate = \"2025-11-04\"\naddress = \"https://example.org/\"\n\n[[holiday]]\nname = \"元旦\"\nfrom = \"{year}-01-01\"\nto = \"{year}-01-03\"\n"
        );
        office.write(&format!("data/calendars/cn-{year}.toml"), text);
    }
    let now = "2026-09-15T00:00:00+08:00";
    let list = office.at(now, ["schedule", "list"]);
    list.ok().prints("每月1日 08:00（Asia/Shanghai）").prints("2026-12-01 08:00 +08:00").prints("quarterly");
    let next = office.at(now, ["schedule", "next", "-n", "4"]);
    next.ok();
    let lines: Vec<&str> = next.stdout.lines().skip(1).collect();
    assert_eq!(lines.len(), 4, "{}", next.stdout);
    assert!(lines[0].starts_with("2026-10-12 08:30 +08:00  quarterly  2026-Q3"), "{}", lines[0]);
    assert!(lines[1].starts_with("2026-12-01 08:00 +08:00  monthly    2026-11"), "{}", lines[1]);
    let next = office.at(now, ["schedule", "next", "-n", "3", "quarterly"]);
    next.ok();
    assert_eq!(next.stdout.matches("quarterly").count(), 3, "{}", next.stdout);
    let moved = office.at("2026-07-01T00:00:00+08:00", ["schedule", "next", "-n", "1", "quarterly"]);
    // The twelfth of July 2026 is a Sunday.
    moved.ok().prints("2026-07-13 08:30 +08:00  quarterly  2026-Q2  moved from 2026-07-12 08:30 +08:00");
    let told = office.at(now, ["schedule", "describe", "quarterly"]);
    told.ok()
        .prints("08:30")
        .prints("previous-quarter (上季度)")
        .prints("waits for   baishi, qinghe (1.5 days at most)");
    told.prints("all occurrences that were missed, 3 at most")
        .prints("takes its turn")
        .prints("issued all the same");
    told.prints("comparative two-counties").prints("2026-10-12 08:30 +08:00 for 2026-Q3");
    office.at(now, ["schedule", "describe", "quartely"]).ends(2).says("did you mean `quarterly`?");
}

#[test]
fn a_held_schedule_records_what_it_passes_over() {
    if !have(&["faces"]) {
        return;
    }
    let office = Office::with(MONTHLY);
    office.at("2026-11-20T08:00:00+08:00", ["schedule", "pause", "monthly"]).ok().prints("paused");
    office.at("2026-11-20T08:00:00+08:00", ["schedule", "list"]).ok().prints("paused");
    office
        .at("2026-11-20T08:00:00+08:00", ["schedule", "pause", "monthy"])
        .ends(2)
        .says("did you mean `monthly`?");
    office.tick(FIRST).ok().prints("the schedule is paused");
    assert_eq!(office.states("monthly"), [("2026-11".to_owned(), "skipped")]);
    assert!(office.issues().is_empty());
    office.at(LATER, ["schedule", "resume", "monthly"]).ok().prints("goes on");
    let after = office.tick("2026-12-02T08:00:00+08:00");
    after.ok();
    assert_eq!(after.stdout, "", "what was skipped on purpose is not made up for");
    office
        .tick("2027-01-01T08:00:00+08:00")
        .ok()
        .prints("monthly@2027-01-01T08:00+08:00 region qinghe issued no. 1");
    // Held by its settings as well.
    office.replace("report.toml", "since = \"2026-11-15\"", "since = \"2026-11-15\"\npaused = true");
    let resumed = office.at(LATER, ["schedule", "resume", "monthly"]);
    resumed.ok().says("report.toml holds it too");
    office.tick("2027-02-01T08:00:00+08:00").ok().prints("the schedule is paused");
}

#[test]
fn what_was_missed_is_listed_with_the_reason() {
    if !have(&["faces"]) {
        return;
    }
    let office = Office::with(MONTHLY);
    assert_eq!(office.at(FIRST, ["schedule", "missed"]).ok().stdout, "");
    office.tick("2026-11-20T08:00:00+08:00").ok();
    // Three months in which nobody was there: the last is made up for, the others are said to be missed.
    let run = office.tick("2027-02-03T08:00:00+08:00");
    run.ok().prints("monthly@2027-02-01T08:00+08:00 region qinghe issued no. 1");
    let missed = office.at(LATER, ["schedule", "missed"]);
    missed
        .ok()
        .prints("monthly@2026-12-01T08:00+08:00  2026-11")
        .prints("monthly@2027-01-01T08:00+08:00  2026-12");
    assert_eq!(missed.stdout.lines().count(), 3, "{}", missed.stdout);
    let one = office.at(LATER, ["schedule", "missed", "--limit", "1"]);
    assert_eq!(one.ok().stdout.lines().count(), 2, "{}", one.stdout);
    assert_eq!(
        office.states("monthly").iter().map(|(_, state)| *state).collect::<Vec<_>>(),
        ["missed", "missed", "issued"]
    );
}

#[test]
fn history_is_filtered_and_read_by_programs() {
    if !have(&["faces"]) {
        return;
    }
    let office = Office::with(&format!("{MONTHLY}{COMPARED}"));
    office.run(["history"]).ok().says("there is no ledger yet");
    office.tick("2026-12-01T08:30:00+08:00").ok();
    office.tick("2027-01-01T08:30:00+08:00").ok();
    let rows = |arguments: &[&str]| {
        let run = office.run([&["history", "--json"], arguments].concat());
        let rows: Value = serde_json::from_str(&run.ok().stdout).expect("JSON");
        rows.as_array().expect("a list").clone()
    };
    assert_eq!(rows(&[]).len(), 4);
    assert_eq!(rows(&["--limit", "3"]).len(), 3);
    assert_eq!(rows(&["--schedule", "compared"]).len(), 2);
    assert_eq!(rows(&["--only", "unchanged"]).len(), 2);
    assert_eq!(rows(&["--only", "missed"]).len(), 0);
    assert_eq!(rows(&["--since", "2027-01-01"]).len(), 2);
    let one = rows(&["--schedule", "monthly", "--only", "issued"]);
    let row = &one[0];
    assert_eq!(row["period"], "2026-11");
    assert_eq!(row["origin"], "schedule");
    assert_eq!(row["nominal"], "2026-12-01T00:00:00+00:00");
    let documents: Vec<_> =
        row["documents"].as_array().expect("a list").iter().map(|d| &d["subject"]).collect();
    assert_eq!(documents, ["qinghe", "baishi"]);
    office.run(["history", "--only", "lost"]).ends(2).says("`lost` is no state").says("already-issued");
    office.run(["history", "--since", "gestern"]).ends(2).says("`gestern` is not a date");
    // A slip in the name is not taken for a schedule that never ran.
    office.run(["history", "--schedule", "monthy"]).ends(2).says("did you mean `monthly`?");
}

#[test]
fn status_is_zero_only_where_all_is_well() {
    if !have(&["faces"]) {
        return;
    }
    let office = Office::with(MONTHLY);
    office.at(FIRST, ["status"]).ends(1).prints("no tick has run yet");
    office.tick(FIRST).ok();
    office.at(LATER, ["status"]).ok().prints("all well");
    let digest = office.at(LATER, ["status", "--digest"]);
    digest.ok().prints("2026-12-01T00:05:00Z: all well").prints("last 2026-11 issued (已印发)");
    digest.prints("next 2027-01-01 08:00 +08:00 for 2026-12");
    let late = office.at("2026-12-01T08:17:00+08:00", ["status", "--digest"]);
    late.ends(1).prints("1 problem").prints("the last tick was 17 minutes ago");
    // An occurrence that was missed stays a problem until the next one goes well.
    office.tick("2027-02-20T08:00:00+08:00").says("").prints("alarm: ");
    office
        .at("2027-02-20T08:01:00+08:00", ["status"])
        .ends(1)
        .prints("monthly@2027-02-01T08:00+08:00 was missed");
    office.tick("2027-03-01T08:00:00+08:00").ok();
    office.at("2027-03-01T08:01:00+08:00", ["status"]).ok();
}

/// A tick under a clock that is years ahead decides what is still to come; afterwards nothing would be due, and nobody would know.
#[test]
fn a_plan_that_a_wrong_clock_decided_is_a_problem() {
    if !have(&["faces"]) {
        return;
    }
    let office = Office::with(MONTHLY);
    office.tick("2026-12-01T08:00:00+08:00").ok();
    office.tick("2031-05-02T08:00:00+08:00");
    let status = office.at("2026-12-01T09:00:00+08:00", ["status"]);
    status.ends(1).prints("schedule `monthly` was decided into the future by a wrong clock");
}
