//! Issues that were wrong, with the real binary: who gets the correction or the notice, and what stands in it.
//!
//! Kills, lost ledgers and retention are left to `mistakes_kept`.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::counter::{COMMAND, Counter, DROP, mail, recipient};
use crate::office::{FIRST, MONTHLY, Office};
use crate::pdf::{count, squeezed, texts};
use crate::project::Project;
use crate::tools::have;

const LATER: &str = "2026-12-05T09:00:00+08:00";
const LATEST: &str = "2026-12-09T09:00:00+08:00";
const NEXT: &str = "2027-01-01T08:00:00+08:00";

/// Takes everything but what goes to b, which it refuses, and to d, where it dies in the middle. What it took stands in `took`.
const DESK: &str = r#"
told=$(cat)
case "$told" in
  *'"address":"b"'*) exit 64 ;;
  *'"address":"d"'*) kill -9 $$ ;;
esac
printf '%s\n' "$told" >> TOOK
"#;

/// Offices that get the documents by these channels, and whose first documents were issued.
pub(crate) fn issued(documents: &str, recipients: &str, approved: &[(&str, &str)]) -> Counter {
    let counter = Counter::with(documents, &["drop", "oa"], &format!("{DROP}{COMMAND}"), recipients);
    counter.replace("report.toml", "\"deliver.sh\"", &format!("{:?}", counter.path("deliver.sh")));
    desk(&counter, DESK);
    let address = |(id, channel): &(&str, &str)| (id.to_string(), channel.to_string(), id.to_string());
    counter.approve_all(&approved.iter().map(address).collect::<Vec<_>>());
    counter.tick(FIRST);
    counter
}

fn desk(counter: &Counter, script: &str) {
    counter.write("deliver.sh", script.replace("TOOK", &counter.path("took").display().to_string()));
}

/// What the command took, each as it was told.
fn took(counter: &Counter) -> Vec<Value> {
    let text = fs::read_to_string(counter.path("took")).unwrap_or_default();
    text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

/// Somebody finds two mistakes in the data of a county.
pub(crate) fn mend(counter: &Counter) {
    let file = "data/regions/qinghe.toml";
    counter.replace(file, "value = 58\nas_printed = \"58个\"", "value = 68\nas_printed = \"68个\"");
    counter.replace(file, "value = 563\nas_printed = \"563万元\"", "value = 653\nas_printed = \"653万元\"");
}

/// The parcels of one issue: recipient, kind and state.
pub(crate) fn parcels(counter: &Counter, document: &str, subject: &str) -> Vec<String> {
    counter.rows(&format!(
        "SELECT recipient || ' ' || kind || ' ' || parcel.state FROM parcel JOIN issue ON issue.id = parcel.issue
         WHERE document = '{document}' AND subject = '{subject}' ORDER BY 1"
    ))
}

pub(crate) fn view(counter: &Counter, path: &str) -> Value {
    serde_json::from_str(&counter.read(&format!("reports/{path}.json"))).expect("a view")
}

/// The pages of a PDF without their spaces.
pub(crate) fn pages(path: &Path) -> Vec<String> {
    texts(path).iter().map(|page| squeezed(page)).collect()
}

const CORRECT: [&str; 4] = ["correct", "2026-11/region/qinghe", "--reason", "录入错误"];

#[test]
fn mistakes_go_right_to_those_who_were_served() {
    if !have(&["faces", "pdftotext"]) {
        return;
    }
    let recipients = [
        recipient("a", "", "drop", "a"),
        recipient("b", "", "oa", "b"),
        recipient("c", "", "drop", "c"),
        recipient("d", "", "oa", "d"),
        recipient("e", "documents = [\"comparative\"]", "drop", "e"),
    ];
    let approved = [("a", "drop"), ("b", "oa"), ("d", "oa"), ("e", "drop")];
    let counter = issued("[\"region\", \"comparative\"]", &recipients.concat(), &approved);
    let before = ["a issue accepted", "b issue failed", "c issue held", "d issue unknown"];
    assert_eq!(parcels(&counter, "region", "qinghe"), before);
    let wrong = fs::read(counter.path("reports/2026-11/region/qinghe.pdf")).expect("the issue");
    mend(&counter);
    counter
        .at(LATER, CORRECT)
        .ok()
        .prints("made 2026-11/region/qinghe.correction-1.pdf: 第1期 of 2026-12-01")
        .prints("3 figures")
        .prints("also printed in 2026-11/comparative/two-counties")
        .prints("2 parcels to those who were served, 2 instead of what had not left; 2 cancelled");
    desk(&counter, "printf '%s\\n' \"$(cat)\" >> TOOK\n");
    counter.at(LATER, ["deliver"]).ok();
    assert_eq!(
        parcels(&counter, "region", "qinghe"),
        [
            "a correction accepted",
            "a issue accepted",
            "b issue accepted",
            "b issue failed".replace("failed", "cancelled").as_str(),
            "c issue cancelled",
            "c issue held",
            "d correction accepted",
            "d issue unknown",
        ]
    );
    let others = parcels(&counter, "region", "baishi");
    assert_eq!(others, before, "the issue beside it has no part in it");
    // What is wrong is not sent a second time, whoever asks.
    let unknown = counter.rows(
        "SELECT key FROM parcel JOIN issue ON issue.id = parcel.issue WHERE parcel.state = 'unknown' AND subject = 'qinghe'",
    );
    counter.run(["outbox", "resend", &unknown[0]]).ends(2).says("was corrected or withdrawn since");
    // The old file lies where it lay, and the manifest says what it is now.
    assert_eq!(fs::read(counter.path("reports/2026-11/region/qinghe.pdf")).expect("the issue"), wrong);
    let manifest = counter.manifest();
    let entry = |path: &str| manifest["entries"][path].clone();
    assert_eq!(entry("2026-11/region/qinghe.pdf")["superseded"], "2026-11/region/qinghe.correction-1.pdf");
    assert_eq!(entry("2026-11/region/qinghe.correction-1.pdf")["correction"], 1);
    counter.run(["issue", "list"]).ok().prints("corrected (已更正)").prints("qinghe.correction-1.pdf");
    counter.is_sound();
    // What the message says.
    let told = took(&counter);
    let served = told.iter().find(|told| told["kind"] == "correction").expect("d was told");
    assert_eq!(served["title"], "示例简报第1期（总第1期）（更正）：青河县联建情况");
    let compared = served["compared"].as_str().expect("words");
    assert_eq!(compared, "更正：本件代替2026年12月1日印发的第1期（总第1期），原件请停止使用。原因：录入错误");
    assert_eq!(served["changes"][0], "联建党组织（青河县，截至2025年6月）：58个 → 68个");
    assert_eq!(served["changes"].as_array().map(Vec::len), Some(3));
    // Who never had the wrong one is told of no mistake.
    let first =
        told.iter().find(|told| told["kind"] == "issue" && told["address"] == "b").expect("b was told");
    assert_eq!(first["compared"], "首期");
    // A draft of today says what the correction says.
    counter
        .run(["generate", "--region", "qinghe", "--period", "2026-11"])
        .ok()
        .prints("unchanged region qinghe")
        .prints("correction-1.pdf");
}

#[test]
fn mistakes_stand_on_page_one_with_the_page_where_they_stood() {
    if !have(&["faces", "pdftotext"]) {
        return;
    }
    let counter = issued("[\"region\", \"comparative\"]", &recipient("a", "", "drop", "a"), &[("a", "drop")]);
    mend(&counter);
    counter.replace(
        "data/regions/qinghe.toml",
        "value = 25\nas_printed = \"25村\"",
        "value = 30\nas_printed = \"30村\"",
    );
    for subject in ["region/qinghe", "comparative/two-counties"] {
        counter.at(LATER, ["correct", &format!("2026-11/{subject}.pdf"), "--reason", "录入错误"]).ok();
        let path = |edition: &str| counter.path(format!("reports/2026-11/{subject}{edition}.pdf"));
        let (old, new) = (pages(&path("")), pages(&path(".correction-1")));
        let first = &new[0];
        for words in
            ["（更正）", "本件代替2026年12月1日印发的第1期（总第1期）", "更正原因：录入错误", "2026年12月5日"]
        {
            assert!(first.contains(words), "{subject}: no {words} in {first}");
        }
        let correction = view(&counter, &format!("2026-11/{subject}.correction-1"))["correction"].clone();
        let rows = correction["rows"].as_array().expect("rows").clone();
        assert!(rows.len() >= 2, "{rows:?}");
        let mut checked = 0;
        for row in rows {
            let part = |key: &str| row[key].as_str().expect("a text").to_owned();
            for words in [part("was"), part("is")] {
                assert!(first.contains(&squeezed(&words)), "{subject}: no {words} on page one");
            }
            // The first page of the old file that has the figure. Short numbers stand in others, and are no proof.
            let was = squeezed(&part("was"));
            if ["58个", "563万元", "22.5万元"].contains(&was.as_str()) {
                let at = old.iter().position(|page| page.contains(&was)).expect("it was printed");
                assert_eq!(part("page"), (at + 1).to_string(), "{subject}: {was}");
                checked += 1;
            }
        }
        assert!(checked >= 2, "{subject}");
    }
    // Each names the other; the region's was made right in the meantime.
    let named = |path: &str| view(&counter, path)["correction"]["printed"].clone();
    assert_eq!(
        named("2026-11/region/qinghe.correction-1"),
        serde_json::json!(["第1期（总第1期）《两地基层党组织联建做法对照》（2026年11月）"])
    );
    assert_eq!(
        named("2026-11/comparative/two-counties.correction-1"),
        serde_json::json!(["第1期（总第1期）《青河县联建情况》（2026年11月，已更正）"])
    );
    let first = &pages(&counter.path("reports/2026-11/region/qinghe.correction-1.pdf"))[0];
    assert!(first.contains("《两地基层党组织联建做法对照》"), "{first}");
}

/// Every figure of a long document: it stands on the page that is told, and on none before.
#[test]
fn mistakes_are_found_on_their_pages_in_a_long_document() {
    if !have(&["faces", "pdftotext"]) {
        return;
    }
    let office = Office::of(
        Project::shipped(),
        &MONTHLY.replace("region\"]", "region\"]\nsubjects = [\"pingliang\"]"),
    );
    office.tick(FIRST).ok();
    let file = "data/regions/pingliang.toml";
    let text = office.read(file);
    office.write(file, text.replace("\nparagraph = ", "\nparagraph = 1"));
    office.at(LATER, ["correct", "2026-11/region/pingliang", "--reason", "段落序号有误"]).ok();
    let old = texts(&office.path("reports/2026-11/region/pingliang.pdf"));
    let view = office.read("reports/2026-11/region/pingliang.correction-1.json");
    let view: Value = serde_json::from_str(&view).expect("a view");
    let rows = view["annexes"][0]["rows"].as_array().expect("the table of corrections");
    assert!(rows.len() > 80, "{}", rows.len());
    let all: Vec<&str> = rows.iter().filter_map(|row| row["was"].as_str()).collect();
    let (mut checked, mut later) = (0, 0);
    for row in rows {
        let was = row["was"].as_str().expect("it was printed");
        let page: usize = row["page"].as_str().and_then(|page| page.parse().ok()).expect("a page");
        let text = squeezed(&old[page - 1]);
        let numbers = was.split(|c: char| !c.is_ascii_digit() && c != '.').filter(|n| !n.is_empty());
        for number in numbers {
            assert!(text.contains(number), "{was} does not stand on page {page}");
        }
        // One that another figure looks like tells nothing of the pages before; nor does a target, which is told without its mark.
        if all.iter().filter(|other| **other == was).count() == 1 && !was.starts_with('◇') {
            let before: usize =
                old[..page - 1].iter().map(|text| count(&squeezed(was), &squeezed(text))).sum();
            assert_eq!(before, 0, "{was} stands before page {page} already");
            checked += 1;
            later += usize::from(page > 1);
        }
    }
    assert!(checked > 40 && later > 30, "{checked} were checked, {later} of them after page one");
}

#[test]
fn mistakes_corrected_twice_and_then_no_more() {
    if !have(&["faces", "pdftotext"]) {
        return;
    }
    let recipients = [recipient("a", "", "drop", "a"), recipient("c", "", "drop", "c")];
    let counter = issued("[\"region\"]", &recipients.concat(), &[("a", "drop")]);
    mend(&counter);
    counter.at(LATER, CORRECT).ok();
    counter.at(LATER, CORRECT).ends(2).says("nothing changed").says("report withdraw 2026-11/region/qinghe");
    counter.replace(
        "data/regions/qinghe.toml",
        "value = 68\nas_printed = \"68个\"",
        "value = 69\nas_printed = \"69个\"",
    );
    counter
        .at(LATEST, CORRECT)
        .ok()
        .prints("qinghe.correction-2.pdf")
        .prints("1 figure\n")
        .prints("1 parcel to those who were served, 1 instead of what had not left; 2 cancelled");
    counter.at(LATEST, ["deliver"]).ok();
    assert_eq!(
        parcels(&counter, "region", "qinghe"),
        [
            "a correction accepted",
            "a correction cancelled",
            "a issue accepted",
            "c issue cancelled",
            "c issue cancelled",
            "c issue held",
        ]
    );
    let entries = counter.manifest()["entries"].clone();
    assert_eq!(
        entries["2026-11/region/qinghe.correction-1.pdf"]["superseded"],
        "2026-11/region/qinghe.correction-2.pdf"
    );
    let second = view(&counter, "2026-11/region/qinghe.correction-2");
    assert_eq!(second["masthead"]["issue"], "第1期（总第1期）（第2次更正）");
    let row = &second["correction"]["rows"][0];
    assert_eq!((&row["was"], &row["is"]), (&"68个".into(), &"69个".into()));
    let replaces = &second["correction"]["replaces"];
    assert_eq!(replaces, "2026年12月5日印发的第1期（总第1期）（更正）");
    counter.run(["issue", "list"]).ok().prints("corrected 2 times");
    // The next period knows nothing of it.
    counter.at(NEXT, ["tick"]).ok();
    let next = view(&counter, "2026-12/region/qinghe");
    assert_eq!((&next["correction"], &next["masthead"]["issue"]), (&Value::Null, &"第1期（总第3期）".into()));
    assert!(!pages(&counter.path("reports/2026-12/region/qinghe.pdf")).concat().contains("更正："));
    counter.is_sound();
}

#[test]
fn mistakes_in_words_are_corrected_too() {
    if !have(&["faces", "pdftotext"]) {
        return;
    }
    let counter = issued("[\"region\"]", &recipient("a", "", "drop", "a"), &[("a", "drop")]);
    counter.replace(
        "data/texts/region-qinghe.toml",
        "title = \"青河县联建情况\"",
        "title = \"青河县联建工作情况\"",
    );
    counter.at(LATER, CORRECT).ok().prints("words only");
    let first = &pages(&counter.path("reports/2026-11/region/qinghe.correction-1.pdf"))[0];
    assert!(first.contains("更正文字，数据未变。") && first.contains("青河县联建工作情况"), "{first}");
}

#[test]
fn mistakes_in_many_figures_have_a_page_of_their_own() {
    if !have(&["faces", "pdftotext"]) {
        return;
    }
    let counter = issued("[\"region\"]", &recipient("a", "", "drop", "a"), &[("a", "drop")]);
    // The notice takes room, and a correction is not refused for that.
    counter.replace("report.toml", "[workspace]", "[workspace]\nbody_pages = 1");
    let file = "data/regions/qinghe.toml";
    let text = counter.read(file);
    counter.write(file, text.replace("paragraph = ", "paragraph = 1"));
    let reason = "核对原始资料时发现，抄录的段落序号是另一个版本的，现按正式刊发的版本逐项改正";
    counter.at(LATER, ["correct", "2026-11/region/qinghe", "--reason", reason]).ok().prints("14 figures");
    let path = counter.path("reports/2026-11/region/qinghe.correction-1.pdf");
    let pages = pages(&path);
    assert!(pages[0].contains("详见附件1《更正表》"), "{}", pages[0]);
    let table = pages.iter().find(|page| page.contains("附件1更正表")).expect("the table");
    for words in ["58个", "资料1·12", "资料1·2", "见首页"] {
        assert!(table.contains(words), "no {words} in {table}");
    }
}

#[test]
fn mistakes_printed_in_many_issues_name_them_all() {
    if !have(&["faces", "pdftotext"]) {
        return;
    }
    let counter = issued("[\"comparative\"]", &recipient("a", "", "drop", "a"), &[("a", "drop")]);
    let later = ["2027-01", "2027-02", "2027-03", "2027-04", "2027-05", "2027-06", "2027-07"];
    for month in later {
        counter.tick(&format!("{month}-01T08:00:00+08:00")).ok();
    }
    mend(&counter);
    let correct = ["correct", "2026-11/comparative/two-counties", "--reason", "录入错误"];
    let run = counter.at("2027-07-02T08:00:00+08:00", correct);
    run.ok().prints("also printed in 2027-06/comparative/two-counties");
    assert_eq!(run.stdout.matches("also printed in").count(), 7, "{}", run.stdout);
    let pages = pages(&counter.path("reports/2026-11/comparative/two-counties.correction-1.pdf"));
    assert!(pages[0].contains("刊有同一差错的另有：7期，列于附件1"), "{}", pages[0]);
    let table = pages.iter().find(|page| page.contains("附件1更正表")).expect("the table");
    for month in ["2026年12月", "2027年1月", "2027年6月"] {
        assert!(
            table.contains(&format!("《两地基层党组织联建做法对照》（{month}）")),
            "no {month} in {table}"
        );
    }
}

#[test]
fn mistakes_are_not_corrected_by_a_template_that_hides_it() {
    if !have(&["faces"]) {
        return;
    }
    let counter = issued("[\"region\"]", &recipient("a", "", "drop", "a"), &[("a", "drop")]);
    mend(&counter);
    let notice = "correction(notice)";
    counter.replace("templates/lib/opening.typ", notice, "none");
    counter.at(LATER, CORRECT).ends(2).says("does not show the notice").says("templates/lib/correction.typ");
    assert_eq!(parcels(&counter, "region", "qinghe"), ["a issue accepted"]);
    let long = "长".repeat(151);
    let correct = ["correct", "2026-11/region/qinghe", "--reason", &long];
    counter.at(LATER, correct).ends(2).says("the reason has 151 characters");
    // The longest that is taken, with the most rows that page one takes.
    counter.replace("templates/lib/opening.typ", "  none\n", &format!("  {notice}\n"));
    let file = "data/regions/qinghe.toml";
    counter.replace(file, "value = 7\nas_printed = \"7个\"", "value = 8\nas_printed = \"8个\"");
    counter.replace(file, "value = 11\nas_printed = \"11个\"", "value = 12\nas_printed = \"12个\"");
    let correct = ["correct", "2026-11/region/qinghe", "--reason", &long[3..]];
    counter.at(LATER, correct).ok().prints("5 figures");
    counter.is_sound();
}

#[test]
fn mistakes_are_called_back() {
    if !have(&["faces", "pdftotext"]) {
        return;
    }
    let recipients =
        [recipient("a", "", "drop", "a"), recipient("b", "", "oa", "b"), recipient("c", "", "drop", "c")];
    let counter = issued("[\"region\"]", &recipients.concat(), &[("a", "drop"), ("b", "oa")]);
    let wrong = fs::read(counter.path("reports/2026-11/region/qinghe.pdf")).expect("the issue");
    let withdraw = ["withdraw", "2026-11/region/qinghe", "--reason", "原发单位声明资料作废"];
    counter
        .at(LATER, withdraw)
        .ok()
        .prints("made 2026-11/region/qinghe.withdrawal.pdf: 第1期 of 2026-12-01, 1 pages")
        .prints("1 parcel to those who were served, 0 instead of what had not left; 2 cancelled");
    counter.at(LATER, ["deliver"]).ok();
    assert_eq!(
        parcels(&counter, "region", "qinghe"),
        ["a issue accepted", "a withdrawal accepted", "b issue cancelled", "c issue cancelled"]
    );
    assert_eq!(counter.files("drop/a").iter().filter(|file| file.contains("withdrawal.pdf")).count(), 2);
    let notice = pages(&counter.path("reports/2026-11/region/qinghe.withdrawal.pdf")).concat();
    for words in [
        "撤回通知",
        "关于撤回《示例简报》第1期的通知",
        "第1期（总第1期）",
        "2026年12月1日",
        "青河县联建情况",
        "撤回原因：原发单位声明资料作废。",
        "停止使用",
        "销毁",
    ] {
        assert!(notice.contains(words), "no {words} in {notice}");
    }
    counter.run(["issue", "list"]).ok().prints("withdrawn (已撤回)");
    counter.at(LATER, ["status"]).says("第1期 was withdrawn");
    counter
        .at(LATER, withdraw)
        .ends(2)
        .says("第1期 was withdrawn")
        .says("report run SCHEDULE --period 2026-11");
    counter.at(LATER, CORRECT).ends(2).says("第1期 was withdrawn");
    // Issued anew under another number; what was called back lies where it lay.
    counter.at(LATEST, ["run", "monthly", "--period", "2026-11"]).ok().prints("issued no. 3 (total 3)");
    let new = "reports/2026-11/region/qinghe.no-3.pdf";
    assert!(pages(&counter.path(new))[0].contains("第3期（总第3期）"));
    assert_eq!(fs::read(counter.path("reports/2026-11/region/qinghe.pdf")).expect("the issue"), wrong);
    let status = counter.at(LATEST, ["status"]);
    assert!(!status.stderr.contains("withdrawn"), "{}", status.stderr);
    mend(&counter);
    counter.at(LATEST, CORRECT).ok().prints("qinghe.no-3.correction-1.pdf: 第3期");
    counter.at(LATEST, withdraw).ok().prints("qinghe.no-3.withdrawal.pdf: 第3期");
    counter.is_sound();
}

#[test]
fn mistakes_that_cannot_be_mended_are_refused() {
    if !have(&["faces"]) {
        return;
    }
    let counter = issued("[\"region\"]", &recipient("a", "", "drop", "a"), &[("a", "drop")]);
    let correct = |entry: &str, reason: &str, date: &str| {
        counter.at(LATER, ["correct", entry, "--reason", reason, "--date", date])
    };
    let entry = "2026-11/region/qinghe";
    correct(entry, "x", "2026-12-05").ends(2).says("nothing changed").says("2026-11/region/qinghe.pdf");
    correct("2026-11/region/qinge", "x", "2026-12-05").ends(2).says("did you mean `2026-11/region/qinghe`?");
    correct("qinghe", "x", "2026-12-05").ends(2).says("did you mean `2026-11/region/qinghe`?");
    correct(entry, " ", "2026-12-05").ends(2).says("the reason is empty");
    correct(entry, "x", "2026-11-30").ends(2).says("is before the issue");
    correct(entry, "x", "yesterday").ends(2).says("`yesterday` is not a date");
    mend(&counter);
    let stored = counter.read("reports/2026-11/region/qinghe.json");
    counter.write("reports/2026-11/region/qinghe.json", stored.replace("58", "57"));
    correct(entry, "x", "2026-12-05").ends(2).says("is not as it was issued");
    counter.write("reports/2026-11/region/qinghe.json", stored);
    counter.replace("data/regions/qinghe.toml", "value = 68", "value = 67");
    correct(entry, "x", "2026-12-05").ends(2).says("as_printed");
    assert_eq!(parcels(&counter, "region", "qinghe"), ["a issue accepted"]);
    assert_eq!(counter.rows("SELECT path FROM correction"), [""; 0]);
}

#[test]
fn mistakes_follow_whoever_has_moved() {
    if !have(&["faces"]) {
        return;
    }
    let recipients = [recipient("a", "", "drop", "a"), recipient("z", "", "drop", "z")];
    let counter = issued("[\"region\"]", &recipients.concat(), &[("a", "drop"), ("z", "drop")]);
    // One has another address, the other is not on the list any more.
    counter.write("data/recipients.toml", format!("format = 1\n\n{}", recipient("a", "", "drop", "a-new")));
    mend(&counter);
    counter.at(LATER, CORRECT).ok().prints("1 held for new addresses");
    let to = counter.rows(
        "SELECT recipient || ' ' || address || ' ' || state FROM parcel WHERE kind = 'correction' ORDER BY 1",
    );
    assert_eq!(to, ["a a-new held", "z z ready"]);
}

#[test]
fn mistakes_in_a_digest_count_and_what_went_with_them_is_not_lost() {
    if !have(&["faces"]) {
        return;
    }
    let recipients = [recipient("a", "", "drop", "a"), recipient("c", "", "drop", "c")];
    let counter = issued("[\"region\"]", &recipients.concat(), &[("a", "drop")]);
    // As if both had got, or were to get, both documents in one parcel, with the wrong one second.
    counter
        .database()
        .execute_batch(
            "DELETE FROM parcel WHERE issue = (SELECT id FROM issue WHERE subject = 'qinghe');
             UPDATE parcel SET kind = 'digest', key = 'digest-' || key;
             INSERT INTO enclosure SELECT key, 2, (SELECT id FROM issue WHERE subject = 'qinghe'),
               (SELECT pdf FROM issue WHERE subject = 'qinghe') FROM parcel;",
        )
        .expect("a digest");
    mend(&counter);
    counter.at(LATER, CORRECT).ok().prints("1 parcel to those who were served, 1 instead");
    assert_eq!(parcels(&counter, "region", "qinghe"), ["a correction ready", "c issue held"]);
    assert_eq!(
        parcels(&counter, "region", "baishi"),
        ["a digest accepted", "c digest cancelled", "c issue held"]
    );
}

#[test]
fn mistakes_and_news_are_told_in_the_mail() {
    if !have(&["faces"]) || !crate::mail_parts::python() {
        return;
    }
    let settings = format!("[delivery]\ndomains = [\"example.org\"]\n{}", mail(1, ""));
    let counter = Counter::simple("mail", &settings, "a@example.org");
    counter.run(["outbox", "pause"]).ok();
    counter.tick(FIRST).ok();
    let body = |name: &str| -> (String, String) {
        counter.at(LATER, ["deliver", "--dry-run", name]).ok();
        let file = counter.files(name).remove(0);
        let read = crate::mail_parts::read(&counter.path(name).join(file));
        (read["headers"]["Subject"].as_str().unwrap_or_default().to_owned(), read.to_string())
    };
    assert!(body("first").1.contains("首期"));
    counter.database().execute("UPDATE parcel SET state = 'accepted'", []).expect("it was served");
    mend(&counter);
    counter.at(LATER, ["correct", "2026-11/comparative/two-counties", "--reason", "录入错误"]).ok();
    let (subject, text) = body("second");
    assert!(subject.contains("（更正）"), "{subject}");
    for words in ["更正：本件代替2026年12月1日印发的第1期", "58个 → 68个", "563万元 → 653万元"]
    {
        assert!(text.contains(words), "no {words} in {text}");
    }
}

#[test]
fn news_go_to_those_who_want_only_news() {
    if !have(&["faces"]) {
        return;
    }
    let recipients = [
        recipient("a", "subjects = [\"qinghe\"]", "oa", "a"),
        recipient("n", "subjects = [\"qinghe\"]\nsend = \"changed\"", "oa", "n"),
    ];
    let counter = issued("[\"region\"]", &recipients.concat(), &[("a", "oa"), ("n", "oa")]);
    counter.check().ok();
    let told = || -> Vec<(String, String, Vec<String>)> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let lines = |value: &Value| value.as_array().into_iter().flatten().map(text).collect();
        let mut all: Vec<_> = took(&counter)
            .iter()
            .map(|told| (text(&told["address"]), text(&told["compared"]), lines(&told["changes"])))
            .collect();
        fs::remove_file(counter.path("took")).expect("something was taken");
        all.sort();
        all
    };
    let first = |id: &str| (id.to_owned(), "首期".to_owned(), Vec::new());
    assert_eq!(told(), [first("a"), first("n")]);
    // A month without news, which is issued all the same.
    counter.tick(NEXT).ok();
    assert_eq!(told(), [("a".to_owned(), "与2026年第1期相比，数据没有变动".to_owned(), Vec::new())]);
    // A month with news: each hears what is new to it.
    mend(&counter);
    counter.tick("2027-02-01T08:00:00+08:00").ok();
    let changes = || -> Vec<String> {
        [
            "变动：联建党组织（青河县，截至2025年6月）58个 → 68个",
            "变动：衔接补助（青河县，2025年1至6月）563万元 → 653万元",
            "变动：每村补助（青河县，2025年1至6月）22.5万元 → 26.1万元",
        ]
        .map(str::to_owned)
        .to_vec()
    };
    let after = |id: &str, number: &str| (id.to_owned(), format!("与{number}相比"), changes());
    assert_eq!(told(), [after("a", "2027年第1期"), after("n", "2026年第1期")]);
    counter.replace("data/recipients.toml", "\"changed\"", "\"change\"");
    counter.check().ends(2).says("`change` is none of `always`, `changed`");
}
