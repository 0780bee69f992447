//! Approval before issue: drafts that wait, the signature, and everything that refuses it, with the real binary.
//!
//! Kills in the middle are left to `approval_kills`, signed files to `signed`.

use std::fs;

use briefing::disk::sha256;
use serde_json::Value;

use crate::counter::{Counter, DROP, recipient};
use crate::office::{FIRST, Office};
use crate::tools::{have, output};

pub(crate) const LATER: &str = "2026-12-01T08:05:00+08:00";
const NEXT_DAY: &str = "2026-12-02T09:00:00+08:00";
const NEXT_MONTH: &str = "2027-01-01T08:00:00+08:00";

pub(crate) const QINGHE: &str = "2026-11/region/qinghe";
pub(crate) const BAISHI: &str = "2026-11/region/baishi";

/// Both counties, signed before they are issued, to one folder; what says nothing new is not issued.
pub(crate) fn approving(more: &str) -> Counter {
    let counter = Counter::with("[\"region\"]", &["drop"], DROP, &recipient("a", "", "drop", "a"));
    counter.approve_all(&[("a".to_owned(), "drop".to_owned(), "a".to_owned())]);
    let keys = format!("approval = \"required\"\ndrafted_by = \"张某\"\n{more}\n");
    counter.replace("report.toml", "even_if_unchanged = true\n", &keys);
    counter
}

pub(crate) fn approve(office: &Office, now: &str, entry: &str, more: &[&str]) -> crate::project::Run {
    let given = ["approve", entry, "--signed-by", "李某"];
    office.at(now, given.iter().chain(more))
}

/// Another number of contracts in the data of 青河县.
pub(crate) fn change(office: &Office, from: u32, to: u32) {
    let printed = |n: u32| format!("value = {n}\nas_printed = \"{n}个\"");
    office.replace("data/regions/qinghe.toml", &printed(from), &printed(to));
}

/// A file of the output folder.
pub(crate) fn file(office: &Office, name: &str) -> Vec<u8> {
    fs::read(office.path("reports").join(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
}

/// The words of a PDF without their spaces.
fn words(office: &Office, name: &str) -> String {
    let path = office.path("reports").join(name);
    output("pdftotext", [path.as_os_str(), "-".as_ref()]).split_whitespace().collect()
}

fn drafts(office: &Office) -> Vec<String> {
    let list = office.run(["draft", "list"]).ok().stdout.clone();
    list.lines().skip(1).filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

#[test]
fn approval_a_month_is_drafted_reviewed_signed_and_sent_once() {
    if !have(&["faces", "pdftotext"]) {
        return;
    }
    let counter = approving("");
    counter.check().ok();
    let (run, events) = counter.events(FIRST);
    run.ok();
    let told: Vec<_> =
        events.iter().map(|event| (event["level"].as_str(), event["event"].as_str())).collect();
    assert_eq!(told, [(Some("warning"), Some("held-draft")); 2]);
    assert!(
        events[0]["message"]
            .as_str()
            .is_some_and(|m| m.contains(&format!("report approve {QINGHE} --signed-by NAME")))
    );
    assert_eq!(counter.states("monthly"), [("2026-11".to_owned(), "held")]);
    assert!(counter.issues().is_empty() && counter.parcels().is_empty());
    assert_eq!(drafts(&counter), [QINGHE, BAISHI]);
    let draft = words(&counter, &format!("{QINGHE}.draft.pdf"));
    assert!(
        draft.contains("样稿") && draft.contains("拟稿：张某核对：签发：") && !draft.contains("第1期"),
        "{draft}"
    );
    // It is told once; sending has nothing to send; who asks for the status is told what to do.
    assert_eq!(counter.tick(LATER).ok().stdout, "");
    assert_eq!(counter.at(LATER, ["deliver"]).ok().stdout, "");
    let status = counter.at(LATER, ["status"]);
    status.ends(1).prints(&format!(
        "{QINGHE} waits for a signature (待签发) since 2026-12-01: report approve {QINGHE}"
    ));
    assert!(!status.stdout.contains("report run"), "{}", status.stdout);
    counter
        .at(LATER, ["draft", "review", &format!("reports/{QINGHE}.draft.pdf"), "--by", "王某"])
        .ok()
        .prints("王某");
    let show = counter.run(["draft", "show", QINGHE]);
    show.ok().prints("as it was made").prints("张某").prints("王某, 2026-12-01 08:05");
    show.prints(&sha256(&file(&counter, &format!("{QINGHE}.draft.pdf"))));

    let run = approve(&counter, NEXT_DAY, QINGHE, &[]);
    run.ok().prints("第1期（总第1期）, 2026-12-02, 5 pages").prints("everything else is as it was read");
    run.prints("masthead.draft: true → false");
    run.prints("imprint.people: 拟稿：张某 核对： 签发： → 拟稿：张某 核对：王某 签发：李某");
    run.prints(&sha256(&file(&counter, &format!("{QINGHE}.pdf"))));
    let issued = words(&counter, &format!("{QINGHE}.pdf"));
    assert!(!issued.contains("样稿") && issued.contains("第1期（总第1期）"), "{issued}");
    assert!(
        issued.contains("拟稿：张某核对：王某签发：李某") && issued.contains("2026年12月2日印发"),
        "{issued}"
    );
    assert_eq!(counter.states("monthly"), [("2026-11".to_owned(), "held")]);
    counter.tick("2026-12-02T09:05:00+08:00").ok().prints("accepted");
    assert_eq!(
        fs::read(counter.path("drop/a/region-qinghe-2026-11-1.pdf")).expect("it was sent"),
        file(&counter, &format!("{QINGHE}.pdf"))
    );

    // The other one has no reviewer on record, and a date of its own.
    approve(&counter, NEXT_DAY, BAISHI, &["--date", "2026-12-01", "--reviewed-by", "赵某"])
        .ok()
        .prints("第2期（总第2期）, 2026-12-01");
    assert_eq!(counter.states("monthly"), [("2026-11".to_owned(), "issued")]);
    counter.tick("2026-12-02T09:10:00+08:00").ok().prints("accepted");
    assert_eq!(counter.tick("2026-12-02T09:15:00+08:00").ok().stdout, "");
    assert_eq!(counter.parcels(), ["a drop accepted"; 2]);
    counter.at("2026-12-02T09:16:00+08:00", ["status"]).ok().prints("all well");
    let show = counter.run(["draft", "show", QINGHE]);
    show.ok().prints("第1期（总第1期）").prints("李某, 2026-12-02 09:00").prints("王某");
    for name in [format!("{QINGHE}.pdf"), format!("{QINGHE}.draft.pdf")] {
        show.prints(&sha256(&file(&counter, &name)));
    }
    approve(&counter, NEXT_DAY, QINGHE, &[])
        .ends(2)
        .says("was approved already, by 李某 on 2026-12-02, as 第1期（总第1期）");
    assert!(drafts(&counter).is_empty());
    counter.is_sound();

    // Nothing new, no draft; the period again, no draft either.
    counter.tick(NEXT_MONTH).ok().prints("本期无新资料");
    counter
        .at(NEXT_MONTH, ["run", "monthly", "--period", "2026-11"])
        .ok()
        .prints("2026-11 was issued before");
    assert!(drafts(&counter).is_empty());
    // What was issued is known as such by `generate`, names and all.
    counter
        .run(["generate", "--region", "qinghe", "--period", "2026-11"])
        .ok()
        .prints("unchanged region qinghe");
}

#[test]
fn approval_is_refused_where_the_data_changed_until_the_draft_is_made_anew() {
    if !have(&["faces"]) {
        return;
    }
    let counter = approving("");
    counter.tick(FIRST).ok();
    counter.at(LATER, ["draft", "review", QINGHE, "--by", "王某"]).ok();
    change(&counter, 41, 42);
    let run = approve(&counter, LATER, QINGHE, &[]);
    run.ends(1).says("would not be issued as it was read").says("glance[3].figure.label: 41 → 42");
    run.says(&format!("report draft renew {QINGHE}"));
    assert!(counter.issues().is_empty());
    assert!(!counter.path(format!("reports/{QINGHE}.pdf")).exists());
    counter
        .at(NEXT_DAY, ["draft", "renew", QINGHE])
        .ok()
        .says("the review by 王某 was of the draft before it");
    let show = counter.run(["draft", "show", QINGHE]);
    assert!(!show.ok().stdout.contains("王某") && show.stdout.contains("2026-12-02"), "{}", show.stdout);
    // The signature cannot be older than what was signed, nor come from tomorrow.
    for day in ["2026-12-01", "2026-12-03"] {
        approve(&counter, NEXT_DAY, QINGHE, &["--date", day])
            .ends(1)
            .says("is no day on which it can have been signed");
    }
    let run = approve(&counter, NEXT_DAY, QINGHE, &[]);
    run.ok().prints("→ 拟稿：张某 签发：李某");
    assert_eq!(counter.issues().len(), 1);
    counter.is_sound();
}

#[test]
fn approval_is_refused_where_templates_changed_or_the_draft_was_altered() {
    if !have(&["faces"]) {
        return;
    }
    let counter = approving("");
    counter.tick(FIRST).ok();
    let template = counter.read("templates/lib/foot.typ");
    counter.write("templates/lib/foot.typ", format!("{template}\n// another hand\n"));
    approve(&counter, LATER, QINGHE, &[])
        .ends(1)
        .says("templates, faces or the program have changed since the draft was made");
    counter.write("templates/lib/foot.typ", template);

    for name in [format!("{QINGHE}.draft.pdf"), format!("{QINGHE}.draft.json")] {
        let path = counter.path("reports").join(&name);
        let before = file(&counter, &name);
        let mut bytes = before.clone();
        let last = bytes.len() - 2;
        bytes[last] ^= 1;
        fs::write(&path, bytes).expect("a writable file");
        approve(&counter, LATER, QINGHE, &[])
            .ends(1)
            .says("it was altered on the disk")
            .says("report draft renew");
        fs::write(&path, before).expect("a writable file");
    }
    fs::write(counter.path(format!("reports/{QINGHE}.draft.pdf")), "gone").expect("a writable file");
    counter.run(["draft", "show", QINGHE]).ends(1).prints("altered or gone");
    counter.at(LATER, ["draft", "review", QINGHE, "--by", "王某"]).ends(1).says("altered on the disk");
    counter.at(LATER, ["draft", "renew", QINGHE]).ok().says("it says what the draft before it said");
    assert!(counter.issues().is_empty());
    // The office is who answers for it: without one every page would still say 样稿.
    counter.replace("report.toml", "office = \"示例办公室\"\n", "");
    approve(&counter, LATER, QINGHE, &[])
        .ends(1)
        .says("every page says 样稿")
        .says("set `office` in [imprint]");
    counter.replace("report.toml", "copies = 30\n", "copies = 30\noffice = \"示例办公室\"\n");
    for name in ["", "某某某某某某某某某某某某某"] {
        counter.at(LATER, ["approve", QINGHE, "--signed-by", name]).ends(1).says("the name");
    }
    approve(&counter, LATER, QINGHE, &[]).ok();
}

#[test]
fn approval_a_draft_that_is_sent_back_uses_no_number() {
    if !have(&["faces"]) {
        return;
    }
    let counter = approving("");
    counter.tick(FIRST).ok();
    counter
        .at(LATER, ["draft", "reject", QINGHE, "--reason", "数字要核"])
        .ok()
        .says("report run monthly --period 2026-11");
    counter
        .at(LATER, ["draft", "reject", QINGHE, "--reason", "again"])
        .ends(2)
        .says("no draft that waits")
        .says(BAISHI);
    approve(&counter, LATER, BAISHI, &[]).ok().prints("第1期（总第1期）");
    let occurrences = counter.occurrences();
    let [only] = occurrences.as_slice() else { panic!("{occurrences:?}") };
    assert_eq!(only.state.name(), "partly");
    assert_eq!(only.reason.as_deref(), Some("region qinghe: sent back (发回): 数字要核"));
    counter.at(LATER, ["status"]).ends(1).prints("数字要核");
    // Mended, it is drafted again by hand, and gets the next number.
    counter
        .at(NEXT_DAY, ["run", "monthly", "--period", "2026-11"])
        .ok()
        .prints("a draft waits for a signature");
    approve(&counter, NEXT_DAY, QINGHE, &[]).ok().prints("第2期（总第2期）");
    counter.at("2026-12-02T09:05:00+08:00", ["tick"]).ok();
    counter.at("2026-12-02T09:06:00+08:00", ["status"]).ok();
    assert_eq!(counter.parcels().len(), 2);
    counter.is_sound();
}

/// A run by hand for a period whose drafts wait neither issues it nor makes a second draft.
#[test]
fn approval_nothing_goes_round_a_draft_that_waits() {
    if !have(&["faces"]) {
        return;
    }
    let counter = approving("");
    counter.at(FIRST, ["run", "monthly", "--issue", "7"]).ends(2);
    counter.tick(FIRST).ok();
    let before = file(&counter, &format!("{QINGHE}.draft.pdf"));
    counter.at(LATER, ["run", "monthly", "--period", "2026-11"]).ok().prints("a draft waits");
    // Not even a schedule that asks nobody.
    counter.replace("report.toml", "approval = \"required\"\ndrafted_by = \"张某\"\n", "");
    counter.at(LATER, ["run", "monthly", "--period", "2026-11"]).ok().prints("a draft waits");
    counter.replace(
        "report.toml",
        "since = \"2026-11-15\"\n",
        "since = \"2026-11-15\"\napproval = \"required\"\n",
    );
    assert!(counter.issues().is_empty());
    // `generate` writes its own file, before the issue and after it.
    change(&counter, 41, 42);
    counter.generate(["--region", "qinghe", "--period", "2026-11"]).ok().prints("qinghe.pdf");
    assert_eq!(file(&counter, &format!("{QINGHE}.draft.pdf")), before);
    change(&counter, 42, 41);
    for entry in [QINGHE, BAISHI] {
        approve(&counter, LATER, entry, &[]).ok();
    }
    let issue = file(&counter, &format!("{QINGHE}.pdf"));
    let ended: Vec<_> = counter.occurrences().iter().map(|o| o.state.name()).collect();
    assert_eq!(ended, ["issued"; 3]);
    change(&counter, 41, 42);
    counter.generate(["--region", "qinghe", "--period", "2026-11"]).ok().prints("qinghe.draft-2.pdf");
    assert_eq!(file(&counter, &format!("{QINGHE}.draft.pdf")), before);
    assert_eq!(file(&counter, &format!("{QINGHE}.pdf")), issue);
    counter.is_sound();
}

/// A document that fails beside a draft that waits is told at once, not after the last signature.
#[test]
fn approval_what_fails_beside_a_draft_is_an_alarm() {
    if !have(&["faces"]) {
        return;
    }
    let counter = approving("");
    counter.replace("data/regions/baishi.toml", "format = 1", "format = 1\nwrong = 1");
    let alarms: Vec<Value> = ["08:00", "08:05", "08:35", "10:35", "16:35"]
        .into_iter()
        .map(|time| format!("2026-12-01T{time}:00+08:00"))
        .chain(
            ["2026-12-02T16:35:00+08:00", "2026-12-04T16:35:00+08:00", "2026-12-06T16:35:00+08:00"]
                .map(str::to_owned),
        )
        .flat_map(|now| counter.events(&now).1)
        .filter(|event| event["level"] == "alarm")
        .collect();
    assert!(alarms.len() == 1 && alarms[0]["event"] == "partly", "{alarms:?}");
    assert_eq!(counter.states("monthly"), [("2026-11".to_owned(), "held")]);
    assert_eq!(drafts(&counter), [QINGHE]);
    approve(&counter, "2026-12-06T17:00:00+08:00", QINGHE, &[]).ok();
    assert_eq!(counter.states("monthly"), [("2026-11".to_owned(), "partly")]);
}

/// Only the released file leaves: whoever reaches the ledger or the disk by another way sends nothing.
#[test]
fn approval_nothing_else_than_the_released_file_is_sent() {
    if !have(&["faces"]) {
        return;
    }
    let tampered = |change: &str, why: &str| {
        let counter = approving("");
        counter.tick(FIRST).ok();
        approve(&counter, LATER, QINGHE, &[]).ok();
        counter.database().execute_batch(change).expect("a change");
        let alarms = counter.told(LATER, "alarm");
        assert!(alarms.len() == 1 && alarms[0].contains(why), "{change}: {alarms:?}");
        assert_eq!(counter.files("drop"), [""; 0], "{change}");
        counter
    };
    tampered("DELETE FROM approval", "was released by nobody (签发)");
    let draft =
        "UPDATE issue SET pdf = (SELECT draft FROM approval), path = '2026-11/region/qinghe.draft.pdf'";
    let counter = tampered(draft, "is not the file that was released");
    counter.run(["ledger", "check"]).ends(1).prints("is not the file that was released");
    let counter = approving("");
    counter.tick(FIRST).ok();
    approve(&counter, LATER, QINGHE, &[]).ok();
    let path = counter.path("reports").join(format!("{QINGHE}.pdf"));
    fs::write(&path, [file(&counter, &format!("{QINGHE}.pdf")), b"more".to_vec()].concat())
        .expect("a writable file");
    let alarms = counter.told(LATER, "alarm");
    assert!(alarms.len() == 1 && alarms[0].contains("is not the file that was issued"), "{alarms:?}");
    assert_eq!(counter.files("drop"), [""; 0]);
}

/// A draft that waits has said it: the next month nobody is asked to sign the same once more.
#[test]
fn approval_what_a_waiting_draft_says_is_nothing_new() {
    if !have(&["faces"]) {
        return;
    }
    let counter = approving("");
    counter.tick(FIRST).ok();
    change(&counter, 41, 42);
    counter.tick(NEXT_MONTH).ok();
    assert_eq!(drafts(&counter), [QINGHE, BAISHI, "2026-12/region/qinghe"]);
    let states = counter.states("monthly");
    assert!(states.iter().all(|(_, state)| *state == "held"), "{states:?}");
    approve(&counter, NEXT_MONTH, "2026-12/region/qinghe", &[]).ok().prints("第1期（总第1期）, 2027-01-01");
    assert_eq!(counter.states("monthly")[1].1, "issued");
}

#[test]
fn approval_the_number_counts_in_the_year_of_the_signature() {
    if !have(&["faces"]) {
        return;
    }
    let counter = approving("");
    counter.tick(FIRST).ok();
    approve(&counter, LATER, QINGHE, &[]).ok().prints("第1期（总第1期）");
    approve(&counter, "2027-01-04T09:00:00+08:00", BAISHI, &[]).ok().prints("第1期（总第2期）, 2027-01-04");
    counter.is_sound();
}

/// Retention takes drafts away that were made and never issued, but none that somebody was asked to sign.
#[test]
fn approval_retention_leaves_drafts_that_wait() {
    if !have(&["faces"]) {
        return;
    }
    let counter = approving("");
    let settings = counter.read("report.toml");
    counter.write("report.toml", format!("{settings}\n[retention]\ndrafts = \"10d\"\nhistory = \"10d\"\n"));
    counter.tick(FIRST).ok();
    approve(&counter, LATER, BAISHI, &[]).ok();
    let much_later = "2027-06-01T08:00:00+08:00";
    counter.at(much_later, ["archive", "prune"]).ok().prints("baishi.draft.pdf");
    approve(&counter, much_later, QINGHE, &[]).ok();
    counter.is_sound();
}

#[test]
fn approval_keys_that_are_wrong_are_told_with_place_and_hint() {
    let office = |keys: &str| approving(keys);
    let said = |counter: &Counter, words: &str| {
        counter.run(["check"]).ends(2).says("report.toml").says(words);
    };
    let counter = approving("");
    counter.replace("report.toml", "\"required\"", "\"requierd\"");
    said(&counter, "`requierd` is none of `none`, `required`");
    said(&counter, "did you mean `required`?");
    let counter = approving("");
    counter.replace("report.toml", "approval = \"required\"\n", "");
    said(&counter, "`drafted_by` is printed only beside who signs");
    said(
        &office("sign = { command = [\"sign\", \"{input}\"] }"),
        "names a program, `{input}` and `{output}`",
    );
    said(&office("sign = { timeout = \"1m\" }"), "command");
    said(
        &office("sign = { command = [\"sign\", \"{input}\", \"{output}\"], timeout = \"soon\" }"),
        "`soon` is no length of time",
    );
    said(&office("sign = { comand = [] }"), "comand");
}
