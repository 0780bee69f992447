//! `report redeliver` with the real binary: to whom an issue goes that nobody planned, and to whom it does not.
//!
//! What a tick plans is left to `outbox`.

use std::fs;

use crate::counter::{Counter, DROP, mail, recipient};
use crate::office::FIRST;
use crate::sink::{Manner, Sink};
use crate::tools::have;

const LATER: &str = "2026-12-01T08:05:00+08:00";
const ENTRY: &str = "2026-11/comparative/two-counties";
const ALLOWED: &str = "[delivery]\ndomains = [\"example.org\"]\n";

/// The comparison went to `office`; `later` came into the file afterwards, by folder and mail.
fn office(sink: &Sink) -> Counter {
    let settings = format!("{ALLOWED}{DROP}{}", mail(sink.port, ""));
    let counter =
        Counter::with("[\"comparative\"]", &["drop"], &settings, &recipient("office", "", "drop", "a"));
    counter.approve_all(&[("office".to_owned(), "drop".to_owned(), "a".to_owned())]);
    counter.tick(FIRST).ok();
    let file = counter.read("data/recipients.toml");
    let later = recipient("later", "documents = [\"region\"]", "drop", "b")
        + "[[recipient.way]]\nchannel = \"mail\"\nto = \"b@example.org\"\n";
    counter.write("data/recipients.toml", file + &later);
    counter.tick(LATER).ok();
    assert_eq!(counter.parcels(), ["office drop accepted"], "who comes later gets what comes later");
    counter
}

#[test]
fn redeliver_an_issue_goes_to_one_who_was_not_planned() {
    if !have(&["faces"]) {
        return;
    }
    let sink = Sink::start(Manner::default());
    let counter = office(&sink);
    let made = fs::metadata(counter.path(format!("reports/{ENTRY}.pdf"))).expect("the file");
    let redeliver = |more: &[&str]| {
        let arguments = ["redeliver", ENTRY, "--to", "later"];
        counter.at(LATER, arguments.iter().chain(more))
    };
    redeliver(&["--channel", "drop"]).ok().prints("held, `b` is new; report outbox approve later --by NAME");
    redeliver(&["--channel", "drop"]).ends(2).says("a parcel is held").says("report outbox approve later");
    redeliver(&[]).ends(2).says("a parcel is held");
    counter.run(["outbox", "approve", "later", "--by", "x"]).ok();
    redeliver(&["--channel", "mail"]).ok().prints("sent with the next tick, or by report deliver");
    redeliver(&["--channel", "mail", "--again"]).ends(2).says("on its way");
    counter.at(LATER, ["deliver"]).ok();
    assert_eq!(counter.parcels(), ["later drop accepted", "later mail accepted", "office drop accepted"]);
    assert_eq!(sink.to(), ["b@example.org"]);
    let sent = counter.rows("SELECT DISTINCT pdf FROM parcel");
    assert_eq!(sent, counter.rows("SELECT pdf FROM issue"), "the file that was issued");
    let now = fs::metadata(counter.path(format!("reports/{ENTRY}.pdf"))).expect("the file");
    assert_eq!(made.modified().ok(), now.modified().ok(), "nothing was made anew");

    redeliver(&["--channel", "mail"]).ends(2).says("it was served already").says("--again");
    for n in 2..4 {
        redeliver(&["--channel", "mail", "--again"]).ok();
        counter.at(LATER, ["deliver", "--dry-run", "trial"]).ok();
        counter.at(LATER, ["deliver"]).ok();
        assert_eq!(sink.count(), n);
    }
    let messages = counter.files("trial");
    assert_eq!(messages.len(), 2, "each has a key of its own: {messages:?}");
    let message = counter.read(&format!("trial/{}", messages[0]));
    let path = counter.path("one.eml");
    fs::write(&path, &message).expect("a file");
    if crate::mail_parts::python() {
        let read = crate::mail_parts::read(&path);
        assert!(read["headers"]["Subject"].as_str().is_some_and(|s| s.ends_with("（再次发送）")), "{read}");
        assert!(
            read["parts"][0]["text"].as_str().is_some_and(|text| text.contains("再次发送，内容与前次相同"))
        );
    }
    counter.run(["outbox", "list"]).ok().prints(" again ");
    counter.is_sound();
}

#[test]
fn redeliver_refuses_what_is_not_there_or_may_not_go() {
    if !have(&["faces"]) {
        return;
    }
    let sink = Sink::start(Manner::default());
    let counter = office(&sink);
    let redeliver = |entry: &str, to: &str| counter.at(LATER, ["redeliver", entry, "--to", to]);
    redeliver("2026-11/comparative/two-countys", "later").ends(2).says(&format!("did you mean `{ENTRY}`?"));
    redeliver("2026-10/region/qinghe", "later").ends(2).says("no issue `2026-10/region/qinghe`");
    redeliver("x", "later").ends(2).says("`x` is not written as PERIOD/KIND/SUBJECT").says(ENTRY);
    redeliver(ENTRY, "latr").ends(2).says("did you mean `later`?");
    redeliver(&format!("reports/{ENTRY}.pdf"), "office").ends(2).says("it was served already");
    counter
        .at(LATER, ["redeliver", ENTRY, "--to", "later", "--channel", "oa"])
        .ends(2)
        .says("it has ways by drop, mail");
    // Marks and altered files are refused at once, and nothing is put out.
    let path = format!("reports/{ENTRY}.pdf");
    let whole = fs::read(counter.path(&path)).expect("the file");
    counter.write(&path, [whole.as_slice(), b"\n"].concat());
    redeliver(ENTRY, "later").ends(2).says("is not the file that was issued");
    counter.write(&path, whole);
    counter.replace("data/recipients.toml", "documents = [\"region\"]", "until = \"2026-11-30\"");
    redeliver(ENTRY, "later").ends(2).says("gets nothing after 2026-11-30");
    counter.database().execute_batch(
        "INSERT INTO withdrawal VALUES (1, 'wrong', '2026-12-01', NULL, 'w.pdf', 1, 'd', '2026-12-01T00:00:00Z', NULL)",
    ).expect("a withdrawal");
    counter.replace("data/recipients.toml", "until = \"2026-11-30\"", "");
    redeliver(ENTRY, "later").ends(2).says("was withdrawn");
    assert_eq!(counter.parcels(), ["office drop accepted"]);
    assert_eq!(sink.lines(), 0);
}

/// After a correction it is the corrected file that goes, and by what it is called it says so.
#[test]
fn redeliver_sends_the_file_that_holds() {
    if !have(&["faces"]) {
        return;
    }
    let sink = Sink::start(Manner::default());
    let counter = office(&sink);
    let corrected = b"%PDF-1.7 corrected";
    let (pdf, view) = (format!("{ENTRY}.correction-1.pdf"), format!("{ENTRY}.correction-1.json"));
    counter.write(&format!("reports/{pdf}"), corrected);
    let own = fs::read(counter.path(format!("reports/{ENTRY}.json"))).expect("a view");
    counter.write(&format!("reports/{view}"), &own);
    let sum = briefing::disk::sha256;
    counter
        .database()
        .execute(
            "INSERT INTO correction VALUES (1, 1, 'wrong', '2026-12-01', NULL, ?1, 1, ?2, ?3, 'c', '2026-12-01T00:00:00Z', NULL)",
            [&pdf, &sum(corrected), &sum(&own)],
        )
        .expect("a correction");
    counter.at(LATER, ["redeliver", ENTRY, "--to", "office"]).ok().prints("sent with the next tick");
    counter.at(LATER, ["deliver"]).ok();
    let files = counter.files("drop/a");
    let name = files.iter().find(|name| name.ends_with("correction-1.pdf")).expect("the corrected file");
    assert_eq!(fs::read(counter.path(format!("drop/a/{name}"))).expect("it"), corrected);
}
