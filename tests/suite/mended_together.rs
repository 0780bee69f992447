//! Mistakes in what was signed, sent with others or printed on pre-printed paper: the parts work together as each works alone.
//!
//! Corrections of plain issues are left to `mistakes`.

use std::fs;

use crate::approval::{QINGHE, approve, approving, change, file};
use crate::counter::{Counter, DROP, recipient};
use crate::office::FIRST;
use crate::pdf::{squeezed, texts};
use crate::tools::have;

const SIGNED: &str = "2026-12-02T09:00:00+08:00";
const MENDED: &str = "2026-12-05T09:00:00+08:00";
const SENT: &str = "2026-12-05T09:05:00+08:00";

/// Kind, channel and state of each parcel, in the order in which they were planned.
fn parcels(counter: &Counter) -> Vec<String> {
    counter.rows("SELECT recipient || ' ' || kind || ' ' || state FROM parcel ORDER BY rowid")
}

#[test]
fn what_had_to_be_signed_is_signed_again_before_it_is_corrected_or_called_back() {
    if !have(&["faces", "pdftotext"]) {
        return;
    }
    let counter = approving("");
    counter.tick(FIRST).ok();
    counter.at("2026-12-01T08:05:00+08:00", ["draft", "review", QINGHE, "--by", "王某"]).ok();
    approve(&counter, SIGNED, QINGHE, &[]).ok();
    counter.tick(SIGNED).ok().prints("accepted");
    change(&counter, 58, 68);

    let correct = ["correct", QINGHE, "--reason", "录入错误"];
    counter.at(MENDED, correct).ends(2).says("add --signed-by NAME");
    assert_eq!(counter.rows("SELECT count(*) || '' FROM correction"), ["0"]);
    counter.at(MENDED, correct.into_iter().chain(["--signed-by", "孙某"])).ok();
    let pages = texts(&counter.path("reports").join(format!("{QINGHE}.correction-1.pdf")));
    let (first, last) = (squeezed(&pages[0]), squeezed(&pages.concat()));
    assert!(first.contains("第1期") && first.contains("更正"), "{first}");
    assert!(last.contains("拟稿：张某核对：王某签发：孙某"), "those of the issue, and who signs now: {last}");
    assert_eq!(counter.rows("SELECT signed_by FROM correction"), ["孙某"]);
    counter.tick(SENT).ok().prints("accepted");
    assert_eq!(parcels(&counter), ["a issue accepted", "a correction accepted"]);
    let sent =
        fs::read(counter.path("drop/a/region-qinghe-2026-11-1-correction-1.pdf")).expect("it was sent");
    assert_eq!(sent, file(&counter, &format!("{QINGHE}.correction-1.pdf")));
    // The release of the issue stands as it was, and nothing is wrong with the ledger.
    counter.is_sound();

    let withdraw = ["withdraw", QINGHE, "--reason", "来源撤稿"];
    counter.at(SENT, withdraw).ends(2).says("add --signed-by NAME");
    counter.at(SENT, withdraw.into_iter().chain(["--signed-by", "孙某"])).ok();
    assert_eq!(counter.rows("SELECT signed_by FROM withdrawal"), ["孙某"]);
}

/// A digest that was served: the one file in it that was wrong follows alone. One that waits: the others go, and the corrected one.
#[test]
fn a_document_of_a_digest_is_corrected_alone() {
    if !have(&["faces"]) {
        return;
    }
    let recipients = recipient("served", "digest = true", "drop", "served")
        + &recipient("waits", "digest = true", "drop", "waits");
    let counter = Counter::with("[\"region\"]", &["drop"], DROP, &recipients);
    counter.approve_all(&[("served".to_owned(), "drop".to_owned(), "served".to_owned())]);
    counter.tick(FIRST).ok();
    assert_eq!(parcels(&counter), ["served digest accepted", "waits digest held"]);
    change(&counter, 58, 68);
    counter.at(MENDED, ["correct", QINGHE, "--reason", "录入错误"]).ok();
    let mut found = parcels(&counter);
    found.sort();
    assert_eq!(
        found,
        [
            "served correction ready",
            "served digest accepted",
            "waits digest cancelled",
            "waits issue held",
            "waits issue held"
        ]
    );
    counter.tick(SENT).ok();
    assert!(counter.path("drop/served/region-qinghe-2026-11-1-correction-1.pdf").exists());
    counter.at(SENT, ["outbox", "approve", "waits", "--by", "王某"]).ok();
    counter.tick(SENT).ok();
    let names: Vec<String> = fs::read_dir(counter.path("drop/waits"))
        .expect("a folder")
        .flatten()
        .map(|file| file.file_name().to_string_lossy().into_owned())
        .filter(|name| name.ends_with(".pdf"))
        .collect();
    assert!(
        names.contains(&"region-qinghe-2026-11-1-correction-1.pdf".to_owned())
            && names.iter().any(|name| name.contains("baishi"))
            && names.len() == 2,
        "the right one and the other, and not the wrong one: {names:?}"
    );
}
