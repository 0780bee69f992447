//! The ledger and its numbers by the verbs that keep them: list, set-next, check, backup, restore, adopt, prune.
//!
//! How a number gets onto paper is left to `numbered`.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::office::{COMPARED, FIRST, MONTHLY, Office};
use crate::tools::have;

const SECOND: &str = "2027-01-01T08:00:00+08:00";

#[test]
fn numbers_are_listed_and_a_series_is_continued() {
    if !have(&["faces"]) {
        return;
    }
    let office = Office::with(&format!("{MONTHLY}{COMPARED}"));
    assert_eq!(office.run(["issue", "list"]).ok().stdout, "");
    let set = |number: &str, total: &str| {
        office.at(FIRST, ["issue", "set-next", "--document", "region", "--number", number, "--total", total])
    };
    set("12", "327").ok().prints("the next region of 2026 is 第12期（总第327期）");
    office
        .tick(FIRST)
        .ok()
        .prints("qinghe issued no. 12 (total 327)")
        .prints("baishi issued no. 13 (total 328)");
    set("13", "400").ends(2).says("number 13 was given already").says("report issue list");
    set("14", "328").ends(2).says("total 328 was given already");
    set("0", "1").ends(2);
    // The next year counts from one; the total runs on.
    office
        .at(SECOND, ["run", "monthly", "--even-if-unchanged"])
        .ok()
        .prints("qinghe issued no. 1 (total 329)");
    let list = office.run(["issue", "list", "--document", "region"]);
    list.ok()
        .prints("2026年第12期（总第327期）")
        .prints("2027年第2期（总第330期）")
        .prints("2026-11/region/baishi.pdf");
    assert_eq!(list.stdout.lines().count(), 5, "{}", list.stdout);
    let none = office.run(["issue", "list", "--document", "comparative"]);
    assert!(!none.ok().stdout.contains('期'), "{}", none.stdout);
    office.is_sound();
}

#[test]
fn an_empty_ledger_beside_issued_documents_stops_everything_that_numbers() {
    if !have(&["faces"]) {
        return;
    }
    let office = Office::with(MONTHLY);
    office.tick(FIRST).ok();
    let manifest = office.manifest();
    fs::rename(office.path(".report"), office.path("lost")).expect("it is there");
    let set_next = ["issue", "set-next", "--document", "region", "--number", "5", "--total", "5"];
    for verb in [&["tick"][..], &["run", "monthly"], &set_next, &["daemon"]] {
        let run = office.at("2026-12-01T08:10:00+08:00", verb);
        run.ends(2).says("report ledger restore FILE").says("report ledger adopt").says("2 ");
        assert_eq!(run.stdout.matches("issued").count(), 0, "{}", run.stdout);
    }
    assert!(office.issues().is_empty() && office.manifest() == manifest);
    office.at(FIRST, ["ledger", "adopt"]).ok().prints("took over 2 issued documents");
    office.at(FIRST, ["ledger", "adopt"]).ok().prints("took over 0 issued documents");
    office.is_sound();
    let list = office.run(["issue", "list"]);
    list.ok().prints("2026年第1期（总第1期）").prints("2026年第2期（总第2期）");
    // What was taken over counts as issued: nothing comes out twice, and the series goes on.
    let tick = office.tick("2026-12-01T08:15:00+08:00");
    tick.ok();
    assert!(!tick.stdout.contains("issued no."), "{}", tick.stdout);
    office.at(SECOND, ["run", "monthly"]).ok().prints("本期无新资料");
    office.at(SECOND, ["run", "monthly", "--even-if-unchanged"]).ok().prints("issued no. 1 (total 3)");
}

#[test]
fn a_copy_is_whole_and_can_be_put_back() {
    if !have(&["faces"]) {
        return;
    }
    let office = Office::with(MONTHLY);
    office.run(["ledger", "check"]).ends(2).says("there is no ledger");
    office.run(["ledger", "backup", "copy.db"]).ends(2).says("there is no ledger");
    office.run(["ledger", "restore", "copy.db"]).ends(2).says("copy.db");
    office.tick(FIRST).ok();
    office.run(["ledger", "backup", "copies/one.db"]).ok().prints("wrote copies/one.db");
    let mode = |name: &str| fs::metadata(office.path(name)).expect("a file").permissions().mode() & 0o777;
    assert_eq!((mode("copies/one.db"), mode(".report/state.db")), (0o600, 0o600));
    assert_eq!(office.files("copies"), ["one.db"]);
    office.at(SECOND, ["run", "monthly", "--even-if-unchanged"]).ok().prints("total 4");
    // The copy is older than the documents: what it does not know is refused, then taken over.
    let run = office.at(SECOND, ["ledger", "restore", "copies/one.db"]);
    run.ok().prints("state.db.replaced-20270101T000000Z").prints("restored from copies/one.db");
    assert_eq!(office.issues().len(), 2);
    office.tick(SECOND).ends(2).says("report ledger adopt");
    office.at(SECOND, ["ledger", "adopt"]).ok().prints("took over 2 issued documents");
    assert_eq!(office.issues().iter().map(|issue| issue.number.total).collect::<Vec<_>>(), [1, 2, 3, 4]);
    office.is_sound();
    // What is no ledger of ours is not put there.
    office.write("other.db", "no database at all");
    office.run(["ledger", "restore", "other.db"]).ends(2).says("other.db");
    office.write("empty.db", "");
    office.run(["ledger", "restore", "empty.db"]).ends(2).says("empty.db");
    assert_eq!(office.issues().len(), 4);
    assert_eq!(mode(".report/state.db"), 0o600);
}

#[test]
fn a_damaged_ledger_is_said_to_be_damaged_and_replaced_by_a_copy() {
    if !have(&["faces"]) {
        return;
    }
    let office = Office::with(MONTHLY);
    office.tick(FIRST).ok();
    office.run(["ledger", "backup", "copy.db"]).ok();
    let mut bytes = fs::read(office.path(".report/state.db")).expect("the ledger");
    // Every page but the first, so that it still opens.
    for byte in bytes.iter_mut().skip(4096) {
        *byte = 0xA5;
    }
    office.write(".report/state.db", &bytes);
    let run = office.run(["ledger", "check"]);
    assert!([1, 2].contains(&run.code), "{run:?}");
    assert!(!run.stdout.contains("is sound"), "{run:?}");
    office
        .tick("2026-12-01T08:10:00+08:00")
        .ends(2)
        .says("report ledger check")
        .says("report ledger restore");
    office.write("damaged.db", &bytes);
    office.run(["ledger", "restore", "damaged.db"]).ends(2).says("damaged.db");
    office.run(["ledger", "restore", "copy.db"]).ok();
    office.is_sound();
    assert_eq!(office.tick("2026-12-01T08:10:00+08:00").ok().stdout, "");
}

#[test]
fn a_contradiction_in_the_numbers_is_found() {
    if !have(&["faces"]) {
        return;
    }
    let office = Office::with(MONTHLY);
    office.tick(FIRST).ok();
    let database = rusqlite::Connection::open(office.path(".report/state.db")).expect("the ledger");
    database.execute("UPDATE issue SET total = 9 WHERE number = 1", []).expect("a row");
    drop(database);
    let run = office.run(["ledger", "check"]);
    run.ends(1).prints("region: total 9 comes before total 2, but its number after");
}

#[test]
fn what_is_past_its_time_goes_and_its_number_stays() {
    if !have(&["faces"]) {
        return;
    }
    let office = Office::with(&format!("{MONTHLY}{COMPARED}"));
    let prune = |now: &str, arguments: &[&str]| office.at(now, [&["archive", "prune"], arguments].concat());
    prune(FIRST, &[]).ends(2).says("there is no ledger");
    office.tick("2026-12-01T08:30:00+08:00").ok();
    prune("2028-12-01T09:00:00+08:00", &[]).ok().says("[retention] is not set");
    let retention = "\n[retention]\nregion = \"1y\"\ndrafts = \"30d\"\nhistory = \"2y\"\n";
    office.write("report.toml", format!("{}{retention}", office.read("report.toml")));
    office.run(["generate", "--region", "baishi", "--period", "2026-09", "--as-of", "2026-12-01"]).ok();
    let all = office.files("reports");
    prune("2026-12-20T08:00:00+08:00", &[]).ok().says("0 files and 0 occurrences are gone");
    let late = "2028-01-01T08:00:00+08:00";
    let dry = prune(late, &["--dry-run"]);
    dry.ok().says("3 files and 0 occurrences would go");
    for file in ["2026-11/region/baishi.pdf", "2026-11/region/qinghe.pdf", "2026-09/region/baishi.pdf"] {
        assert!(dry.stdout.lines().any(|line| line == file), "no {file}: {}", dry.stdout);
    }
    assert_eq!(office.files("reports"), all, "a dry run took something away");
    assert_eq!(prune(late, &[]).ok().says("3 files and 0 occurrences are gone").stdout, dry.stdout);
    let left = office.files("reports");
    assert_eq!(
        left.iter().filter(|name| name.ends_with(".pdf")).collect::<Vec<_>>(),
        ["2026-11/comparative/two-counties.pdf"]
    );
    assert!(!left.iter().any(|name| name.contains("baishi") || name.contains("qinghe")), "{left:?}");
    assert_eq!(office.manifest()["entries"].as_object().map(serde_json::Map::len), Some(1));
    prune(late, &[]).ok().says("0 files and 0 occurrences are gone");
    // The numbers stay given, the periods issued.
    assert_eq!(office.issues().len(), 3);
    office.at(late, ["run", "monthly", "--period", "2026-11"]).ok().prints("2026-11 was issued before");
    office.is_sound();
}

#[test]
fn old_occurrences_are_forgotten_but_never_the_last() {
    if !have(&["faces"]) {
        return;
    }
    let office = Office::with(&format!("{MONTHLY}[retention]\nhistory = \"90d\"\n"));
    for month in ["2026-12", "2027-01", "2027-02", "2027-03"] {
        office.tick(&format!("{month}-01T08:00:00+08:00")).ok();
    }
    let late = "2028-03-01T07:00:00+08:00";
    office.at(late, ["archive", "prune", "--dry-run"]).ok().says("0 files and 2 occurrences would go");
    assert_eq!(office.occurrences().len(), 4);
    office.at(late, ["archive", "prune"]).ok().says("0 files and 2 occurrences are gone");
    // The issue's own occurrence, and the cursor.
    let left: Vec<_> = office.states("monthly");
    assert_eq!(left, [("2026-11".to_owned(), "issued"), ("2027-02".to_owned(), "unchanged")]);
    office.is_sound();
}
