//! Working copies (`generate --draft`) and pages printed on one side, as files: nothing moves, changes are marked, the 审签单 lists them.
//!
//! What counts as a change is left to the tests of the views.

use std::fs;
use std::path::{Path, PathBuf};

use briefing::disk::sha256;
use serde_json::{Value, json};

use crate::conformance::{conforms, is_there};
use crate::office::{FIRST, MONTHLY, Office};
use crate::pdf::{Char, MM, chars, squeezed, texts};
use crate::project::{Project, root};
use crate::tools::{have, output};

const REGION: &str = "data/regions/qinghe.toml";
const COPY: &str = "reports/2026-11/region/qinghe.copy.pdf";
const SHEET: &str = "reports/2026-11/region/qinghe.review.pdf";
const ISSUE: &str = "reports/2026-11/region/qinghe.pdf";

/// A fact that says nothing wrong, of the month `at` months after 2000-01.
fn fact(at: usize) -> String {
    let as_of = format!("{}-{:02}", 2000 + at / 12, 1 + at % 12);
    format!(
        "[[fact]]\nid = \"extra-{at}\"\nindicator = \"joint-bodies\"\nvalue = {at}\nas_printed = \"{at}个\"\nas_of = \"{as_of}\"\ncoverage = \"whole\"\nsource = \"qinghe-2025\"\nparagraph = 2\nentered_by = \"编辑甲\"\nchecked_by = \"编辑乙\"\n\n"
    )
}

fn add(project: &Project, facts: std::ops::Range<usize>) {
    let text = project.read(REGION);
    let (head, rest) = text.split_once("[[fact]]").expect("facts");
    let new: String = facts.map(fact).collect();
    project.write(REGION, format!("{head}{new}[[fact]]{rest}"));
}

/// Both counties issued for 2026-11; since then 58个 became 68个 and a figure was added.
fn changed() -> Office {
    let office = Office::with(MONTHLY);
    add(&office, 1..2);
    office.tick(FIRST).ok();
    let text = office.read(REGION);
    office.write(REGION, text.replace(&fact(1), &fact(2)));
    office.replace(REGION, "value = 58\nas_printed = \"58个\"", "value = 68\nas_printed = \"68个\"");
    office
}

fn copy(project: &Project, more: &[&str]) {
    project.generate(["--region", "qinghe", "--draft"].into_iter().chain(more.iter().copied())).ok();
}

fn view_of(project: &Project, pdf: &str) -> Value {
    serde_json::from_str(&project.read(&pdf.replace(".pdf", ".json"))).expect("a view")
}

fn whole(pdf: &Path) -> String {
    squeezed(&texts(pdf).concat())
}

/// A character with its place in hundredths of a point.
fn place(c: &Char) -> (usize, i64, i64, i64, char) {
    #[expect(clippy::cast_possible_truncation, reason = "points of a page")]
    let hundredths = |points: f64| (points * 100.0).round() as i64;
    (c.page, hundredths(c.x), hundredths(c.y), hundredths(c.size), c.c)
}

/// Every character below the head of the page but those of the verification code, which is another for another file.
fn placed(pdf: &Path) -> Vec<(usize, i64, i64, i64, char)> {
    let all = chars(pdf);
    let code: Vec<(usize, f64)> = all.iter().filter(|c| c.c == '核').map(|c| (c.page, c.y)).collect();
    let foot = |c: &&Char| !code.iter().any(|(page, y)| c.page == *page && (c.y - y).abs() < 1.0);
    all.iter().filter(|c| c.y > 37.0 * MM && !c.c.is_whitespace()).filter(foot).map(place).collect()
}

/// Nothing of the plain draft stands elsewhere in the copy; what the copy has besides stands left of the text.
#[track_caller]
fn nothing_moved(plain: &Path, copy: &Path) {
    let (before, mut after) = (placed(plain), placed(copy));
    for own in &before {
        let at = after.iter().position(|other| other == own);
        let at = at.unwrap_or_else(|| panic!("{}: {own:?} moved", copy.display()));
        after.remove(at);
    }
    assert!(!after.is_empty(), "{}: no line is numbered", copy.display());
    for (page, x, y, size, c) in after {
        let margin = if page % 2 == 1 { 28.0 } else { 26.0 };
        #[expect(clippy::cast_precision_loss, reason = "hundredths of a point of a page")]
        let left = (x as f64) / 100.0 < margin * MM;
        assert!(left && size <= 800, "{}: page {page}: {c} at {x} {y} of {size}", copy.display());
    }
    assert_eq!(texts(plain).len(), texts(copy).len());
}

#[test]
fn a_working_copy_has_every_character_where_the_draft_has_it() {
    if !have(&["faces", "mutool", "pdftotext"]) {
        return;
    }
    for project in [Project::counties(), Project::demo()] {
        project.generate(["--all"]).ok();
        let plain: Vec<String> =
            project.files("reports").into_iter().filter(|file| file.ends_with(".pdf")).collect();
        project.generate(["--all", "--draft"]).ok();
        assert!(plain.len() >= 3, "{plain:?}");
        for file in plain {
            let draft = project.path(format!("reports/{file}"));
            nothing_moved(&draft, &draft.with_extension("copy.pdf"));
        }
    }
}

#[test]
fn marks_of_changes_move_nothing_and_every_page_counts_its_lines() {
    if !have(&["faces", "mutool", "pdftotext"]) {
        return;
    }
    let office = changed();
    copy(&office, &[]);
    office.generate(["--region", "qinghe", "--out", "plain"]).ok();
    nothing_moved(&office.path("plain/2026-11/region/qinghe.pdf"), &office.path(COPY));
    let all = chars(&office.path(COPY));
    let number = |c: &&Char| (6.9..7.1).contains(&c.size) && c.c.is_ascii_digit();
    for page in 1..=texts(&office.path(COPY)).len() {
        let mut lines: Vec<(i64, String)> = Vec::new();
        for c in all.iter().filter(|c| c.page == page).filter(number) {
            let y = place(c).2;
            match lines.iter_mut().find(|(other, _)| *other == y) {
                Some((_, digits)) => digits.push(c.c),
                None => lines.push((y, c.c.to_string())),
            }
        }
        lines.sort();
        let told: Vec<usize> = lines.iter().map(|(_, digits)| digits.parse().expect("digits")).collect();
        assert!(told.len() > 3 && told == (1..=told.len()).collect::<Vec<_>>(), "page {page}: {told:?}");
    }
}

#[test]
fn what_changed_since_the_issue_is_marked_and_listed() {
    if !have(&["faces", "pdftotext", "mutool"]) {
        return;
    }
    let office = changed();
    let issued = sha256(&fs::read(office.path(ISSUE)).expect("the issue"));
    copy(&office, &[]);
    assert_eq!(sha256(&fs::read(office.path(ISSUE)).expect("the issue")), issued);
    let view = view_of(&office, COPY);
    assert_eq!(view["copy"], json!({"compared": "对照第1期（总第1期）", "marked": true}));
    let annexes = view["annexes"].as_array().expect("annexes");
    let figures = annexes.iter().find(|annex| annex["kind"] == "figures").expect("figures");
    let rows = figures["sections"].as_array().expect("sections").iter();
    let rows: Vec<&Value> = rows.flat_map(|section| section["rows"].as_array().expect("rows")).collect();
    let of = |kind: &str| -> Vec<&str> {
        let own = rows.iter().filter(|row| row["change"] == kind);
        own.map(|row| row["id"].as_str().expect("an id")).collect()
    };
    assert_eq!((of("changed"), of("new")), (vec!["qinghe:joint-bodies"], vec!["qinghe:extra-2"]));
    let pages = texts(&office.path(COPY));
    assert!(pages.iter().all(|page| page.contains("样稿") && page.contains("对照第1期")), "{pages:?}");
    // Lines below figures of the body, which the same copy without an issue before it does not have.
    let strokes = |pdf: &Path| {
        let trace = output("mutool", ["trace", &pdf.display().to_string()]);
        trace.lines().filter(|line| line.contains("stroke_path") && line.contains("linewidth=\".9\"")).count()
    };
    office.generate(["--region", "qinghe", "--draft", "--out", "alone"]).ok();
    let alone = office.path("alone/2026-11/region/qinghe.copy.pdf");
    let (marked, plain) = (strokes(&office.path(COPY)), strokes(&alone));
    // Charts may have strokes as wide, in both.
    assert!(marked > plain, "{marked} and {plain} lines");
    // The sheet tells was and is.
    let sheet = view_of(&office, SHEET);
    assert_eq!(sheet["compared"], "对照第1期（总第1期）：变动1项，新增1项，撤下1项。");
    let told: Vec<String> = sheet["changes"]
        .as_array()
        .expect("changes")
        .iter()
        .map(|change| {
            let part = |key: &str| change[key].as_str().expect("words").to_owned();
            [part("kind"), part("what"), part("was"), part("is")].join("|")
        })
        .collect();
    assert_eq!(
        told,
        [
            "变动|联建党组织（青河县，截至2025年6月）|58个|68个",
            "新增|联建党组织（青河县，截至2000年3月）|截至2000年2月为1个|2个",
            "撤下|联建党组织（青河县，截至2000年2月）|1个|",
        ]
    );
    let text = whole(&office.path(SHEET));
    for words in ["示例简报审签单", "青河县联建情况", "拟稿", "核对", "签发", "意见", "58个", "68个"]
    {
        assert!(text.contains(words), "{words}: {text}");
    }
    let code = view["imprint"]["code"].as_str().expect("a code");
    assert!(text.contains(code), "{code}: {text}");
}

#[test]
fn a_copy_is_recorded_stays_as_it_is_and_can_be_verified() {
    if !have(&["faces"]) {
        return;
    }
    let office = changed();
    let made = || office.generate(["--region", "qinghe", "--draft", "--sides", "one"]);
    made().ok().prints("qinghe.review.pdf");
    made().ok().prints("unchanged region qinghe");
    let manifest = office.manifest();
    for (path, part) in
        [("2026-11/region/qinghe.copy.pdf", "copy"), ("2026-11/region/qinghe.review.pdf", "review")]
    {
        assert_eq!(manifest["entries"][path]["part"], part);
        let run = office.run(["verify", &format!("reports/{path}")]);
        assert!(run.code == 0 && run.stdout.starts_with("identical: "), "{run:?}");
    }
    // A sheet that is gone is made again, and so is a copy whose data changed.
    fs::remove_file(office.path(SHEET)).expect("the sheet");
    made().ok().prints("made region qinghe");
    assert!(office.path(SHEET).exists());
    office.replace(REGION, "value = 68\nas_printed = \"68个\"", "value = 69\nas_printed = \"69个\"");
    made().ok().prints("made region qinghe");
    assert!(office.read(&SHEET.replace(".pdf", ".json")).contains("69个"));
    // With a number it says 样稿 all the same; the issue keeps its file.
    copy(&office, &["--issue", "9"]);
    let view = view_of(&office, COPY);
    assert_eq!((&view["masthead"]["issue"], &view["masthead"]["draft"]), (&json!("第9期"), &json!(true)));
    assert_eq!(office.manifest()["entries"]["2026-11/region/qinghe.pdf"]["total"], 1);
}

#[test]
fn a_copy_is_compared_with_the_last_correction_or_says_why_not() {
    if !have(&["faces"]) {
        return;
    }
    let office = changed();
    office.generate(["--region", "qinghe", "--draft", "--out", "alone"]).ok();
    let alone = view_of(&office, "alone/2026-11/region/qinghe.review.pdf");
    assert_eq!(alone["compared"], "首期，没有可对照的上一期。");
    let later = "2026-12-02T08:00:00+08:00";
    office.at(later, ["correct", "2026-11/region/qinghe", "--reason", "录入有误"]).ok();
    copy(&office, &[]);
    let sheet = view_of(&office, SHEET);
    assert_eq!(sheet["compared"], "对照第1期（总第1期）更正后：数据和机制没有变化。");
    assert_eq!(sheet["changes"], json!([]));
    // A later period is compared with it as well, an earlier one has no issue before it.
    copy(&office, &["--period", "2027-01"]);
    assert_eq!(view_of(&office, "reports/2027-01/region/qinghe.copy.pdf")["copy"]["marked"], true);
    copy(&office, &["--period", "2026-10"]);
    let first = view_of(&office, "reports/2026-10/region/qinghe.copy.pdf");
    assert_eq!(first["copy"], json!({"compared": "首期", "marked": false}));
    fs::remove_file(office.path("reports/2026-11/region/qinghe.correction-1.json")).expect("its view");
    fs::remove_dir_all(office.path("reports/.archive"))
        .or_else(|_| fs::remove_dir_all(office.path("reports/archive")))
        .expect("the archive");
    copy(&office, &[]);
    let sheet = view_of(&office, SHEET);
    assert_eq!(sheet["compared"], "第1期（总第1期）更正后的存档已不在，未作对照。");
}

/// The demo's city tells the same figures of each month under other ids: what counts is how they differ from the month before.
#[test]
fn a_document_of_a_beat_is_compared_with_the_period_before() {
    if !have(&["faces"]) {
        return;
    }
    let beats = "\n[[schedule]]\nid = \"dispatch\"\nwhen = { cron = \"0 8 10 * *\" }\ndocuments = [\"monthly\"]\nsubjects = [\"shili\"]\nperiod = \"previous-month\"\nsince = \"2026-11-01\"\n";
    let project = Project::demo();
    let settings = project.read("report.toml");
    let (kept, _) = settings.split_once("[[schedule]]").expect("schedules");
    project.write("report.toml", kept);
    let office = Office::of(project, beats);
    office.tick("2026-11-10T08:00:00+08:00").ok();
    office.generate(["--area", "shili", "--period", "2026-11", "--draft"]).ok();
    let sheet = view_of(&office, "reports/2026-11/monthly/shili.review.pdf");
    let changes = sheet["changes"].as_array().expect("changes");
    let done = changes.iter().find(|change| change["what"] == "已完成任务（甲县，截至2026年11月30日）");
    let done = done.expect("it was 5 and is 6");
    assert_eq!(
        (&done["kind"], &done["was"], &done["is"]),
        (&json!("变动"), &json!("截至2026年10月31日为5项"), &json!("6项"))
    );
    // What is as it was a month ago is not listed, and no figure of the month before is called gone.
    let total =
        |change: &&Value| change["what"].as_str().is_some_and(|what| what.starts_with("年度任务（甲县"));
    assert_eq!(changes.iter().find(total), None);
    // A unit that has not reported this month is told no more.
    let gone = changes.iter().filter(|change| change["kind"] == "撤下");
    let gone: Vec<&str> = gone.map(|change| change["what"].as_str().expect("words")).collect();
    assert!(!gone.is_empty() && gone.iter().all(|what| what.contains("（己区，")), "{gone:?}");
}

#[test]
fn a_sheet_with_more_changes_than_a_page_holds_says_how_many_there_are() {
    if !have(&["faces", "pdftotext", "mutool"]) {
        return;
    }
    let office = Office::with(MONTHLY);
    office.tick(FIRST).ok();
    add(&office, 0..60);
    copy(&office, &[]);
    assert_eq!(texts(&office.path(SHEET)).len(), 1);
    let sheet = view_of(&office, SHEET);
    let shown = sheet["changes"].as_array().expect("changes").len();
    assert!((8..60).contains(&shown), "{shown}");
    assert_eq!(sheet["more"], format!("另有{}项，本单未列。", 60 - shown));
    // There is room for remarks.
    let remarks = chars(&office.path(SHEET)).into_iter().filter(|c| c.c == '意').map(|c| c.y).next_back();
    let room = (297.0 - 35.0) * MM - remarks.expect("a box for remarks");
    assert!(room > 20.0 * MM, "{room} pt");
    office.generate(["--region", "qinghe", "--draft"]).ok().prints("unchanged region qinghe");
}

#[test]
fn a_copy_of_the_body_alone_is_refused() {
    let project = Project::counties();
    let run = project.generate(["--region", "qinghe", "--draft", "--part", "body"]);
    assert_eq!(run.code, 2, "{run:?}");
    run.says("a working copy is of the whole document");
}

#[test]
fn printed_on_one_side_every_page_is_laid_out_as_the_odd_ones() {
    if !have(&["faces", "mutool"]) {
        return;
    }
    let project = Project::counties();
    project.generate(["--region", "qinghe"]).ok();
    let mirrored = placed(&project.path(ISSUE));
    project.replace("report.toml", "[workspace]", "[workspace]\nsides = \"one\"");
    project.generate(["--region", "qinghe"]).ok().prints("made region qinghe");
    assert_eq!(view_of(&project, ISSUE)["layout"], json!({"sides": "one"}));
    let single = placed(&project.path(ISSUE));
    // Page numbers and text of even pages stand 2 mm further right, or at the other edge; those of odd pages where they stood.
    let odd = |all: &[(usize, i64, i64, i64, char)]| -> Vec<_> {
        all.iter().filter(|c| c.0 % 2 == 1).copied().collect()
    };
    assert_eq!(odd(&mirrored), odd(&single));
    let left = |all: &[(usize, i64, i64, i64, char)], page: usize| {
        all.iter().filter(|c| c.0 == page && c.2 < 70_000).map(|c| c.1).min().expect("text")
    };
    #[expect(clippy::cast_possible_truncation, reason = "hundredths of a point")]
    let binding = (2.0 * MM * 100.0) as i64;
    let moved = left(&single, 2) - left(&mirrored, 2);
    assert!((moved - binding).abs() <= 2, "{moved}");
    let number = |all: &[(usize, i64, i64, i64, char)]| {
        all.iter().filter(|c| c.0 == 2 && c.2 > 70_000 && c.4 == '2').map(|c| c.1).max().expect("a number")
    };
    assert!(number(&mirrored) < 15_000 && number(&single) > 45_000);
    // From its stored view it is made again as it was, whatever the settings say by now.
    project.replace("report.toml", "sides = \"one\"", "sides = \"two\"");
    let run = project.run(["verify", ISSUE]);
    assert!(run.code == 0 && run.stdout.starts_with("identical: "), "{run:?}");
    project.generate(["--region", "qinghe", "--sides", "one"]).ok().prints("unchanged region qinghe");
    project.replace("report.toml", "sides = \"two\"", "sides = \"tow\"");
    let run = project.check();
    assert_eq!(run.code, 2, "{run:?}");
    run.says("`tow` is none of `two`, `one`");
}

#[test]
fn copies_sheets_and_pages_of_one_side_conform() {
    if !is_there() {
        return;
    }
    let office = changed();
    copy(&office, &[]);
    let project = Project::demo();
    project.generate(["--all", "--draft", "--sides", "one"]).ok();
    let own = |project: &Project| -> Vec<PathBuf> {
        let files = project.files("reports").into_iter();
        let own = files.filter(|file| file.ends_with(".copy.pdf") || file.ends_with(".review.pdf"));
        own.map(|file| project.path(format!("reports/{file}"))).collect()
    };
    let files = [own(&office), own(&project)].concat();
    assert!(files.len() > 10, "{files:?}");
    conforms(&files, &["2a", "ua1"]);
}

/// The sample beside the template is what the program makes, but for the code, which is another with every template.
#[test]
fn the_sample_of_the_sheet_is_made_by_the_program() {
    if !have(&["faces"]) {
        return;
    }
    let office = changed();
    copy(&office, &[]);
    let mut sheet = view_of(&office, SHEET);
    let fact = sheet["facts"][4]["text"].as_str().expect("words").to_owned();
    let (words, code) = fact.split_once("核验码").expect("a code");
    assert_eq!(code.len(), 14, "{code}");
    sheet["facts"][4]["text"] = json!(format!("{words}核验码0000-0000-0000"));
    if std::env::var_os("INSTA_UPDATE").is_some_and(|update| update == "always") {
        let sample = serde_json::to_string_pretty(&sheet).expect("JSON");
        fs::write(root().join("templates/review/sample.json"), sample + "\n").expect("a sample");
    }
    let sample = fs::read(root().join("templates/review/sample.json")).expect("the sample");
    assert_eq!(sheet, serde_json::from_slice::<Value>(&sample).expect("JSON"));
}
