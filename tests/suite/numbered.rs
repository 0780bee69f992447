//! Numbers on paper: what an issue prints and records, and drafts that leave it alone.
//!
//! Which number it is, is left to `kept`.

use std::fs;

use crate::office::{FIRST, MONTHLY, Office};
use crate::tools::{have, output};

/// The text of a PDF without its spaces: they depend on how it is set.
fn text_of(office: &Office, name: &str) -> String {
    let path = office.path("reports").join(name);
    output("pdftotext", [path.as_os_str(), "-".as_ref()]).split_whitespace().collect()
}

const BAISHI: &str = "2026-11/region/baishi.pdf";
const DRAFT: &str = "2026-11/region/baishi.draft.pdf";

#[test]
fn an_issue_prints_its_numbers_and_the_manifest_has_them() {
    if !have(&["faces", "pdftotext"]) {
        return;
    }
    let office = Office::with(MONTHLY);
    let set = ["issue", "set-next", "--document", "region", "--number", "12", "--total", "327"];
    office.at(FIRST, set).ok();
    office.tick(FIRST).ok();
    for (name, number, total) in [(BAISHI, 13, 328), ("2026-11/region/qinghe.pdf", 12, 327)] {
        let text = text_of(&office, name);
        assert!(text.contains(&format!("第{number}期（总第{total}期）")), "{name}: {text}");
        assert!(text.contains("2026年12月1日") && !text.contains("样稿"), "{name}: {text}");
        let entry = &office.manifest()["entries"][name];
        assert_eq!((&entry["number"], &entry["total"]), (&number.into(), &total.into()), "{entry}");
        assert_eq!(entry["date"], "2026-12-01");
        let bytes = fs::read(office.path("reports").join(name)).expect("the PDF");
        assert_eq!(entry["pdf"], briefing::disk::sha256(&bytes));
    }
}

#[test]
fn a_draft_never_touches_what_was_issued() {
    if !have(&["faces", "pdftotext"]) {
        return;
    }
    let office = Office::with(MONTHLY);
    office.tick(FIRST).ok();
    let issued = || fs::read(office.path("reports").join(BAISHI)).expect("the issue");
    let before = (issued(), office.files("reports"), office.manifest()["entries"][BAISHI].clone());
    let generate = |arguments: &[&str]| {
        let common = ["generate", "--region", "baishi", "--period", "2026-11"];
        office.run([&common, arguments].concat())
    };
    // Unchanged data: the issue is what there is to say, whatever the day and even by force.
    for more in [&[][..], &["--as-of", "2026-12-24"]] {
        generate(more).ok().prints(&format!("unchanged region baishi: 4 pages, reports/{BAISHI}"));
        assert_eq!(office.files("reports"), before.1, "{more:?}");
    }
    office.replace(
        "data/regions/baishi.toml",
        "checked_by = \"编辑乙\"\n\n[[practice]]",
        "checked_by = \"编辑丙\"\n\n[[practice]]",
    );
    office.replace(
        "data/regions/baishi.toml",
        "value = 97\nas_printed = \"97人\"",
        "value = 98\nas_printed = \"98人\"",
    );
    for more in [&[][..], &["--force"], &["--as-of", "2026-12-24"], &["--force", "--issue", "40"]] {
        let run = generate(more);
        run.ok().prints(DRAFT);
        assert_eq!(issued(), before.0, "{more:?}");
        assert_eq!(office.manifest()["entries"][BAISHI], before.2, "{more:?}");
    }
    generate(&["--as-of", "2026-12-24", "--force"]).ok();
    let (old, new) = (text_of(&office, BAISHI), text_of(&office, DRAFT));
    assert!(old.contains("97人") && old.contains("第2期（总第2期）"), "{old}");
    assert!(new.contains("98人") && new.contains("样稿") && !new.contains("总第"), "{new}");
    // A tick finds the period issued; a run by hand does too.
    assert_eq!(office.tick("2026-12-01T08:05:00+08:00").ok().stdout, "");
    office
        .at("2026-12-01T09:00:00+08:00", ["run", "monthly", "--period", "2026-11", "--even-if-unchanged"])
        .ok()
        .prints("was issued before");
    assert_eq!(issued(), before.0);
    // The next period says what is new, under the next number.
    office.tick("2027-01-01T08:00:00+08:00").ok().prints("region baishi issued no. 1 (total 3)");
    assert!(text_of(&office, "2026-12/region/baishi.pdf").contains("98人"));
    assert_eq!(
        office.tasks(&office.occurrences()[2]).iter().map(|task| task.state.name()).collect::<Vec<_>>(),
        ["unchanged", "issued"]
    );
}

/// A draft that was there first makes way for the issue of its period.
#[test]
fn an_issue_takes_the_place_of_a_draft() {
    if !have(&["faces", "pdftotext"]) {
        return;
    }
    let office = Office::with(MONTHLY);
    office
        .run(["generate", "--region", "baishi", "--period", "2026-11", "--as-of", "2026-12-01"])
        .ok()
        .prints("made");
    assert!(text_of(&office, BAISHI).contains("样稿"));
    office.tick(FIRST).ok().prints("region qinghe issued no. 1");
    let text = text_of(&office, BAISHI);
    assert!(text.contains("第2期（总第2期）") && !text.contains("样稿"), "{text}");
}
