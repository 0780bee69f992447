//! Parcels that wait while the files change: who is not to get them any more, who has moved, and what a person takes out.
//!
//! What is planned in the first place is left to `outbox`.

use std::fs;

use crate::counter::{Counter, DROP, recipient};
use crate::office::FIRST;
use crate::tools::have;

const LATER: &str = "2026-12-01T08:05:00+08:00";
const NEXT_DAY: &str = "2026-12-02T08:05:00+08:00";

/// A parcel to each of these that is ready, and sending goes on.
fn waiting(recipients: &[(&str, &str)]) -> Counter {
    let file: String = recipients.iter().map(|(id, more)| recipient(id, more, "drop", id)).collect();
    let counter = Counter::with("[\"comparative\"]", &["drop"], DROP, &file);
    let all: Vec<_> =
        recipients.iter().map(|(id, _)| ((*id).to_owned(), "drop".to_owned(), (*id).to_owned())).collect();
    counter.approve_all(&all);
    counter.run(["outbox", "pause"]).ok();
    counter.tick(FIRST).ok();
    counter.run(["outbox", "resume"]).ok();
    counter
}

#[test]
fn recalled_who_was_taken_out_gets_nothing() {
    if !have(&["faces"]) {
        return;
    }
    let counter =
        waiting(&[("gone", ""), ("over", "until = \"2026-12-01\""), ("wayless", ""), ("there", "")]);
    let file = counter.read("data/recipients.toml");
    // A file that cannot be read takes nobody out.
    counter.write("data/recipients.toml", "[[recipient\n");
    counter.run(["outbox", "pause"]).ok();
    counter.tick(NEXT_DAY).ends(1);
    assert!(counter.parcels().iter().all(|parcel| parcel.ends_with(" ready")), "{:?}", counter.parcels());
    counter.write("data/recipients.toml", &file);
    // On the last day itself it is still theirs.
    counter.tick(LATER).ok();
    assert!(counter.parcels().iter().all(|parcel| parcel.ends_with(" ready")), "{:?}", counter.parcels());
    counter.run(["outbox", "resume"]).ok();
    let gone = recipient("gone", "", "drop", "gone");
    let way = "\n[[recipient.way]]\nchannel = \"drop\"\nto = \"wayless\"\n";
    counter.write("data/recipients.toml", file.replace(&gone, "").replace(way, "\n"));
    counter.check().ok();
    let shown = counter.at(NEXT_DAY, ["deliver", "--dry-run", "trial"]).ok().stdout.clone();
    assert_eq!(shown.matches("not sent: ").count(), 3, "{shown}");
    let warnings = counter.told(NEXT_DAY, "warning");
    assert_eq!(warnings.len(), 3, "{warnings:?}");
    for words in [
        "`gone` is no longer in recipients.toml",
        "`over` gets nothing after 2026-12-01",
        "`wayless` has no way by `drop` any more",
    ] {
        assert!(warnings.iter().any(|told| told.contains(words)), "no `{words}` in {warnings:?}");
    }
    let parcels = counter.parcels();
    assert_eq!(
        parcels,
        ["gone drop cancelled", "over drop cancelled", "there drop accepted", "wayless drop cancelled"]
    );
    assert!(counter.files("drop").iter().all(|name| name.starts_with("there/")));
    counter.run(["outbox", "list", "--only", "cancelled"]).ok().prints("no longer in recipients.toml");
    // Put back, it is not sent by itself; a person may want it.
    counter.write("data/recipients.toml", file);
    assert_eq!(counter.tick(NEXT_DAY).ok().stdout, "");
    counter.at(NEXT_DAY, ["redeliver", "2026-11/comparative/two-counties", "--to", "gone"]).ok();
    counter.at(NEXT_DAY, ["deliver"]).ok();
    assert_eq!(counter.parcels()[0], "gone drop accepted");
    counter.is_sound();
}

#[test]
fn recalled_an_address_that_was_changed_is_held_and_not_used() {
    if !have(&["faces"]) {
        return;
    }
    let counter = waiting(&[("office", "")]);
    counter.replace("data/recipients.toml", "to = \"office\"", "to = \"moved\"");
    let warnings = counter.told(LATER, "warning");
    assert!(
        warnings.len() == 1 && warnings[0].contains("`moved` in place of `office`, held"),
        "{warnings:?}"
    );
    assert_eq!((counter.state().as_str(), counter.files("drop").len()), ("held", 0));
    // Back to one that was approved before: nobody has to look at it again.
    counter.replace("data/recipients.toml", "to = \"moved\"", "to = \"office\"");
    counter.tick(LATER).ok();
    assert_eq!(counter.state(), "accepted");
    assert!(counter.files("drop").iter().all(|name| name.starts_with("office/")));
}

#[test]
fn recalled_a_person_takes_a_parcel_out() {
    if !have(&["faces"]) {
        return;
    }
    let counter = waiting(&[("office", "")]);
    let key = counter.key();
    counter.run(["outbox", "cancel", &key]).ends(2).says("--reason");
    counter.run(["outbox", "cancel", &key[..10], "--reason", "wrong month"]).ok().prints("is cancelled");
    counter.at(LATER, ["deliver"]).ok();
    assert_eq!((counter.state().as_str(), counter.files("drop").len()), ("cancelled", 0));
    counter.run(["outbox", "show", &key]).ok().prints("cancelled").prints("wrong month");
    for verb in ["retry", "resend", "assume-sent"] {
        counter.run(["outbox", verb, &key]).ends(2).says("it was taken back before it left");
    }
    counter.run(["outbox", "cancel", &key, "--reason", "x"]).ends(2).says("is cancelled, not");
    counter.at(LATER, ["redeliver", "2026-11/comparative/two-counties", "--to", "office"]).ok();
    counter.at(LATER, ["deliver"]).ok();
    assert_eq!(counter.state(), "accepted");
    counter.run(["outbox", "cancel", &key, "--reason", "x"]).ends(2).says("is accepted, not cancelled");
}

/// What is known to be wrong does not leave, though nobody took it back.
#[test]
fn recalled_a_file_that_was_corrected_does_not_leave() {
    if !have(&["faces"]) {
        return;
    }
    for (rows, words) in [
        (
            "INSERT INTO correction VALUES (1, 1, 'w', '2026-12-01', NULL, 'c.pdf', 1, 'c', 'v', 'c', '2026-12-01T00:00:00Z', NULL)",
            "its issue was corrected since: report redeliver",
        ),
        (
            "INSERT INTO withdrawal VALUES (1, 'w', '2026-12-01', NULL, 'w.pdf', 1, 'w', '2026-12-01T00:00:00Z', NULL)",
            "its issue was withdrawn",
        ),
    ] {
        let counter = waiting(&[("office", "")]);
        counter.database().execute_batch(rows).expect("a row");
        counter.at(LATER, ["deliver", "--dry-run", "trial"]).ok().prints(words);
        counter.at(LATER, ["deliver"]).ends(1).prints(words);
        assert_eq!((counter.state().as_str(), counter.files("drop").len()), ("failed", 0));
        counter.run(["outbox", "retry", &counter.key()]).ends(2).says("was corrected or withdrawn since");
        counter.at(LATER, ["deliver"]).ok();
        assert_eq!(counter.files("drop").len(), 0);
    }
    // A signature changes nothing: what was on its way without one may arrive.
    let counter = waiting(&[("office", "")]);
    let signed = "UPDATE issue SET signed = 's', signed_path = 's.pdf'";
    counter.database().execute_batch(signed).expect("a change");
    counter.at(LATER, ["deliver"]).ok();
    assert_eq!(counter.state(), "accepted");
}

/// What may be done with a document stands in its view; a view that was altered is not believed.
#[test]
fn recalled_a_view_that_was_altered_is_refused() {
    if !have(&["faces"]) {
        return;
    }
    // Fictional documents print 演示数据 in place of their mark, and keep it.
    for (class, secrecy) in [("秘　密", "秘密"), ("内部资料", "internal"), ("公开资料", "public")]
    {
        let counter = Counter::simple("drop", DROP, "a");
        counter.replace("report.toml", "class = \"示例资料\"", &format!("class = \"{class}\""));
        counter.run(["outbox", "pause"]).ok();
        counter.tick(FIRST).ok();
        counter.run(["outbox", "resume"]).ok();
        let path =
            format!("reports/{}", counter.issues()[0].path.clone().expect("a file").replace(".pdf", ".json"));
        let view = counter.read(&path);
        let said = format!("\"secrecy\": \"{secrecy}\"");
        assert!(view.contains(&said) && view.contains("演示数据"), "{view}");
        // What the settings say by now is of no account.
        counter.replace("report.toml", &format!("class = \"{class}\""), "class = \"示例资料\"");
        if secrecy != "public" {
            counter.write(&path, view.replace(&said, "\"secrecy\": \"public\""));
            counter.tick(LATER).prints("is not the view that was issued");
            assert_eq!((counter.state().as_str(), counter.files("drop").len()), ("failed", 0));
            counter.write(&path, &view);
            counter.run(["outbox", "retry", &counter.key()]).ok();
        }
        counter.at(LATER, ["deliver"]);
        assert_eq!(counter.state(), if secrecy == "public" { "accepted" } else { "failed" }, "{class}");
        // A view of an older version says it by what it prints alone.
        let older = view.replace(&format!("  {said},\n"), "");
        assert!(!older.contains("secrecy"));
        counter.write(&path, &older);
        let change = "UPDATE issue SET view = ?1; ";
        counter.database().execute(change, [briefing::disk::sha256(older.as_bytes())]).expect("a change");
        counter.replace("report.toml", "class = \"示例资料\"", &format!("class = \"{class}\""));
        let change = "UPDATE parcel SET state = 'ready', attempts = 0";
        counter.database().execute_batch(change).expect("a change");
        let _ = fs::remove_dir_all(counter.path("drop/a"));
        counter.at(LATER, ["deliver"]);
        assert_eq!(counter.state(), if secrecy == "public" { "accepted" } else { "failed" }, "{class}");
    }
}

/// Languages, and all places of a region.
#[test]
fn recalled_languages_and_places_are_asked_when_it_is_planned() {
    if !have(&["faces"]) {
        return;
    }
    let recipients = recipient("reader", "languages = [\"en\", \"zh-Hans\"]", "drop", "reader")
        + &recipient("foreign", "languages = [\"en\"]", "drop", "foreign")
        + &recipient("below", "subjects = [\"qinghe/*\"]", "drop", "below");
    let counter = Counter::with("[\"region\"]", &["drop"], DROP, &recipients);
    counter.run(["check"]).ok().says("recipient `foreign` gets nothing: all documents are in `zh-Hans`");
    counter.tick(FIRST).ok();
    assert_eq!(counter.parcels(), ["reader drop held"; 2]);
}
