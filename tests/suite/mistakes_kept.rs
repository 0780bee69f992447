//! Corrections and withdrawals that are killed, whose ledger is lost, and whose time is over.
//!
//! Who gets what is left to `mistakes`.

use std::fs;
use std::time::Duration;

use crate::counter::recipient;
use crate::mistakes::{issued, mend, parcels};
use crate::office::until;
use crate::tools::have;

const LATER: &str = "2026-12-05T09:00:00+08:00";
const CORRECT: [&str; 6] = ["correct", "2026-11/region/qinghe", "--reason", "录入错误", "--now", LATER];

#[test]
fn mistakes_killed_in_the_middle_are_mended_by_saying_it_again() {
    if !have(&["faces"]) {
        return;
    }
    let recipients = [recipient("a", "", "drop", "a"), recipient("c", "", "drop", "c")];
    let wanted = ["a correction ready", "a issue accepted", "c issue cancelled", "c issue held"];
    let json = "reports/2026-11/region/qinghe.correction-1.json";
    let pdf = "reports/2026-11/region/qinghe.correction-1.pdf";
    let (mut early, mut late) = (0, 0);
    for round in 0..8 {
        let counter = issued("[\"region\"]", &recipients.concat(), &[("a", "drop")]);
        mend(&counter);
        let mut run = counter.start("log", CORRECT);
        // Somewhere before the files, between them, before the record, and after it.
        match round {
            0 => {}
            1 => std::thread::sleep(Duration::from_millis(300)),
            2 | 3 => until("the view is there", || counter.path(json).exists() || run.has_ended()),
            4 | 5 => until("the file is there", || counter.path(pdf).exists() || run.has_ended()),
            6 => until("the manifest knows it", || {
                counter.read("reports/manifest.json").contains("correction-1") || run.has_ended()
            }),
            _ => _ = run.ends(),
        }
        drop(run);
        let recorded = counter.rows("SELECT path FROM correction").len();
        let before = parcels(&counter, "region", "qinghe");
        if recorded == 0 {
            early += 1;
            assert_eq!(before, ["a issue accepted", "c issue held"], "round {round}: all of it or nothing");
            counter.run(CORRECT).ok();
        } else {
            late += 1;
            counter.run(CORRECT).ends(2).says("nothing changed");
        }
        assert_eq!(parcels(&counter, "region", "qinghe"), wanted, "round {round}");
        counter.at(LATER, ["deliver"]).ok();
        assert_eq!(parcels(&counter, "region", "qinghe")[0], "a correction accepted");
        counter.is_sound();
    }
    eprintln!("8 kills: {early} before the record, {late} after it");
    assert!(early >= 2 && late >= 1, "{early} before the record, {late} after it");
}

#[test]
fn mistakes_before_anybody_was_planned_for_go_out_right() {
    if !have(&["faces"]) {
        return;
    }
    let counter = issued("[\"region\"]", &recipient("a", "", "drop", "a"), &[("a", "drop")]);
    // As if the program had ended between the issue and its parcels.
    counter
        .database()
        .execute_batch("DELETE FROM parcel; UPDATE issue SET planned = NULL;")
        .expect("the ledger of a moment before");
    mend(&counter);
    counter.run(CORRECT).ok();
    counter.run(["withdraw", "2026-11/region/baishi", "--reason", "作废", "--now", LATER]).ok();
    counter.at(LATER, ["deliver"]).ok();
    assert_eq!(parcels(&counter, "region", "qinghe"), ["a issue accepted"]);
    assert_eq!(parcels(&counter, "region", "baishi"), [""; 0]);
    assert!(counter.files("drop/a").iter().any(|file| file == "region-qinghe-2026-11-1-correction-1.pdf"));
}

#[test]
fn mistakes_outlive_the_ledger() {
    if !have(&["faces"]) {
        return;
    }
    let counter = issued("[\"region\"]", &recipient("a", "", "drop", "a"), &[("a", "drop")]);
    mend(&counter);
    counter.run(CORRECT).ok();
    counter.run(["withdraw", "2026-11/region/baishi", "--reason", "作废", "--now", LATER]).ok();
    counter.at(LATER, ["run", "monthly", "--period", "2026-11"]).ok();
    let list = counter.run(["issue", "list"]).ok().stdout.clone();
    fs::rename(counter.path(".report"), counter.path("lost")).expect("it is there");
    counter.at(LATER, ["ledger", "adopt"]).ok().prints("took over 3 issued documents");
    assert_eq!(counter.run(["issue", "list"]).ok().stdout, list);
    counter.run(CORRECT).ends(2).says("nothing changed");
    counter.is_sound();
}

#[test]
fn mistakes_go_with_their_issue_when_its_time_is_over() {
    if !have(&["faces"]) {
        return;
    }
    let counter = issued("[\"region\"]", &recipient("a", "", "drop", "a"), &[("a", "drop")]);
    mend(&counter);
    counter.run(CORRECT).ok();
    counter.run(["withdraw", "2026-11/region/qinghe", "--reason", "作废", "--now", LATER]).ok();
    let text = counter.read("report.toml");
    counter.write("report.toml", format!("{text}\n[retention]\nregion = \"90d\"\n"));
    let before = counter.files("reports/2026-11").len();
    counter.at("2027-06-01T08:00:00+08:00", ["archive", "prune"]).ok().prints("qinghe.withdrawal.pdf");
    assert_eq!((before, counter.files("reports/2026-11").len()), (8, 0));
    counter.is_sound();
}
