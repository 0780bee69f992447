//! A document that loops, eats memory or takes its worker down costs itself only: the others are issued, and it is tried again.
//!
//! What the typesetter itself refuses is in `failures`.

use std::fs;
use std::path::Path;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::office::{FIRST, MONTHLY, Office, children_of, until};
use crate::tools::have;

const MAIN: &str = "templates/region/main.typ";
/// Three seconds for a document, and little memory.
const LIMITS: &str = "[workers]\ndeadline = \"3s\"\nmemory_mib = 512\n";

/// An office whose template does this where the briefing is Baishi's.
fn spoiled(what: &str) -> Office {
    let office = Office::with(&format!("{MONTHLY}{LIMITS}"));
    let main = office.read(MAIN);
    let spoil = format!(
        "#let tree(depth, n) = if depth == 0 {{ 1 }} else {{ tree(depth - 1, 2 * n) + tree(depth - 1, 2 * n + 1) }}\n#if json(sys.inputs.at(\"briefing\", default: \"/briefing.json\")).title.contains(\"白石\") {{ {what} }}\n"
    );
    office.write(MAIN, format!("{spoil}{main}"));
    office.write("main.typ.sound", main);
    office
}

/// The document is tried again, the other was issued; mended, it is issued under the next number.
#[track_caller]
fn costs_one_document(office: &Office, words: &str) {
    let (run, events) = office.events(FIRST);
    run.ok();
    let kinds: Vec<_> = events.iter().map(|event| event["event"].as_str().unwrap_or_default()).collect();
    assert_eq!(kinds, ["issued", "retry"], "{}", run.stdout);
    let message = events[1]["message"].as_str().unwrap_or_default();
    assert!(message.starts_with("not made (typeset): ") && message.contains(words), "{message}");
    assert!(message.ends_with("tried again in 60 s"), "{message}");
    assert_eq!(events[0]["document"], "region qinghe");
    assert_eq!(events[1]["document"], "region baishi");
    let tasks = office.tasks(&office.occurrences()[0]);
    assert_eq!((tasks[1].attempts, tasks[1].stage.as_deref()), (1, Some("typeset")));
    assert_eq!(office.states("monthly"), [("2026-11".to_owned(), "open")]);
    office.write(MAIN, office.read("main.typ.sound"));
    let (run, events) = office.events("2026-12-01T08:01:00+08:00");
    run.ok();
    assert_eq!(events.len(), 1, "{}", run.stdout);
    assert_eq!((&events[0]["event"], &events[0]["document"]), (&"issued".into(), &"region baishi".into()));
    // The number was its own from the first try on.
    let numbers: Vec<_> = office.issues().iter().map(|i| (i.subject.clone(), i.number.number)).collect();
    assert_eq!(numbers, [("qinghe".to_owned(), 1), ("baishi".to_owned(), 2)]);
    assert_eq!(office.states("monthly"), [("2026-11".to_owned(), "issued")]);
    office.is_sound();
}

#[test]
fn a_loop_ends_at_the_deadline() {
    if have(&["faces"]) {
        let spin = "for i in range(100000) { for j in range(100000) { let k = i * j } }";
        costs_one_document(&spoiled(spin), "the document took longer than 3 s");
    }
}

#[test]
fn a_recursion_ends_at_the_deadline() {
    if have(&["faces"]) {
        let office = spoiled("let n = tree(60, 1)");
        office.replace("report.toml", "memory_mib = 512", "memory_mib = 8192");
        costs_one_document(&office, "the document took longer than 3 s");
    }
}

#[test]
fn a_recursion_without_end_is_refused_by_the_typesetter() {
    if have(&["faces"]) {
        let office = spoiled("let deeper(n) = deeper(n + 1)\nlet n = deeper(0)");
        costs_one_document(&office, "maximum function call depth exceeded");
    }
}

#[test]
fn a_memory_hog_ends_at_the_limit() {
    if have(&["faces"]) {
        let hog =
            "let all = range(64).map(n => \"x\" * (32000000 + n))\nlet size = all.map(t => t.len()).sum()";
        let office = spoiled(hog);
        office.replace("report.toml", "deadline = \"3s\"", "deadline = \"90s\"");
        costs_one_document(&office, "its memory limit is 512 MiB");
    }
}

#[test]
fn a_document_that_never_comes_fails_for_good_and_its_number_is_void() {
    if !have(&["faces"]) {
        return;
    }
    let office = spoiled("assert(false, message: \"no such page\")");
    let alarm =
        format!("{}[monitor]\nalarm = [\"sh\", \"-c\", \"cat >> alarms\"]\n", office.read("report.toml"));
    office.write("report.toml", alarm);
    let tries = [FIRST, "2026-12-01T08:01:00+08:00", "2026-12-01T08:06:00+08:00"];
    for now in tries {
        office.tick(now).ok().prints("no such page").prints("tried again in ");
    }
    assert_eq!(office.tick("2026-12-01T08:35:59+08:00").ok().stdout, "");
    let run = office.tick("2026-12-01T08:36:00+08:00");
    run.ends(1).prints("alarm: monthly@2026-12-01T08:00+08:00 region baishi: ");
    assert_eq!(office.states("monthly"), [("2026-11".to_owned(), "partly")]);
    assert_eq!(office.tick("2026-12-02T16:36:00+08:00").ok().stdout, "");
    let states: Vec<_> = office.issues().iter().map(|i| (i.number.number, i.state.name())).collect();
    assert_eq!(states, [(1, "issued"), (2, "void")]);
    office.run(["issue", "list"]).ok().prints("void").prints("no such page");
    office
        .at("2026-12-02T16:37:00+08:00", ["status"])
        .ends(1)
        .prints("monthly@2026-12-01T08:00+08:00 was made only in part");
    // One alarm for both the document and its occurrence, as JSON.
    let alarms: Vec<Value> = crate::office::events_of(&office.read("alarms"));
    assert_eq!(alarms.iter().map(|alarm| alarm["event"].clone()).collect::<Vec<_>>(), ["partly"]);
    // Mended, a person has it made after all, under a number of its own.
    office.write(MAIN, office.read("main.typ.sound"));
    let run = office.at("2026-12-03T08:00:00+08:00", ["run", "monthly", "--period", "2026-11"]);
    run.ok().prints("region baishi issued no. 3 (total 3)");
    office.is_sound();
}

fn worker_of(parent: Pid) -> Pid {
    let mut found = Vec::new();
    until("a worker", || {
        found = children_of(parent);
        !found.is_empty()
    });
    found[0]
}

/// The worker that takes the most of its processor for a while.
fn busiest(parent: Pid) -> Pid {
    let ticks = |pid: &Pid| {
        let stat = fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero())).unwrap_or_default();
        let after_name = stat.rsplit(')').next().unwrap_or_default().to_owned();
        after_name.split_ascii_whitespace().nth(11).and_then(|time| time.parse().ok()).unwrap_or(0_u64)
    };
    let workers = children_of(parent);
    let before: Vec<u64> = workers.iter().map(ticks).collect();
    std::thread::sleep(std::time::Duration::from_millis(500));
    let taken = workers.iter().zip(before).map(|(pid, before)| (ticks(pid).saturating_sub(before), *pid));
    taken.max_by_key(|(taken, _)| *taken).expect("a worker").1
}

const SPIN: &str = "for i in range(100000) { for j in range(100000) { let k = i * j } }";

#[test]
fn a_worker_that_is_killed_costs_one_document() {
    if !have(&["faces"]) {
        return;
    }
    let office = spoiled(SPIN);
    office.replace("report.toml", "deadline = \"3s\"", "deadline = \"90s\"");
    office.replace(MAIN, "白石", "青河");
    let mut tick = office.start("log", ["tick", "--now", FIRST]);
    // Several work side by side: the one that is still busy once the other document lies there.
    until("the other document", || office.path("reports/2026-11/region/baishi.pdf").exists());
    kill_process(busiest(tick.pid()), Signal::KILL).expect("it is there");
    assert_eq!(tick.ends(), 0);
    let log = office.read("log");
    assert!(
        log.contains(
            "region qinghe not made (typeset): the worker ended in the middle of the document (signal: 9"
        ),
        "{log}"
    );
    assert!(log.contains("region baishi issued no. 2"), "{log}");
    assert_eq!(office.read("log.err"), "");
}

#[test]
fn a_worker_does_not_outlive_who_asked() {
    if !have(&["faces"]) {
        return;
    }
    let office = spoiled(SPIN);
    office.replace("report.toml", "deadline = \"3s\"", "deadline = \"9000s\"");
    let tick = office.start("log", ["tick", "--now", FIRST]);
    let worker = worker_of(tick.pid());
    drop(tick);
    let there = Path::new("/proc").join(worker.as_raw_nonzero().to_string());
    until("the worker ends", || {
        !there.exists() || fs::read_to_string(there.join("stat")).is_ok_and(|s| s.contains(") Z "))
    });
    office.write(MAIN, office.read("main.typ.sound"));
    office.tick("2026-12-01T08:05:00+08:00").ok().prints("qinghe issued no. 1").prints("baishi issued no. 2");
}
