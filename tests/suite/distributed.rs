//! The distribution list (分发单) of an issue: who got it, how many copies, and whether they are as many as its foot says.
//!
//! What is printed is left to `paper`.

use std::fs;

use briefing::pipeline::{self, Workspace};
use briefing::settings::Settings;
use briefing::settings::Standard;
use briefing::typeset::{Engine, Job, Typeset};
use serde_json::Value;

use crate::counter::{Counter, DROP, recipient};
use crate::office::FIRST;
use crate::project::root;
use crate::tools::{faces, have, output};

const LATER: &str = "2026-12-01T09:00:00+08:00";
const ENTRY: &str = "2026-11/comparative/two-counties";

/// A queue that takes everything, and a folder.
fn office(recipients: &str) -> Counter {
    let queue = "[[channel]]\nid = \"queue\"\nkind = \"lp\"\ncommand = [\"/bin/true\"]\ninternal = true\n";
    let counter =
        Counter::with("[\"comparative\"]", &["queue", "drop"], &format!("{queue}{DROP}"), recipients);
    counter.replace("report.toml", "copies = 30", "copies = \"sum\"\narchive = 2");
    counter
}

fn approved(counter: &Counter, ways: &[(&str, &str)]) {
    let row = |(id, channel): &(&str, &str)| ((*id).to_owned(), (*channel).to_owned(), (*id).to_owned());
    counter.approve_all(&ways.iter().map(row).collect::<Vec<_>>());
}

fn text_of(counter: &Counter, file: &str) -> String {
    output("pdftotext", ["-layout", &counter.path(file).display().to_string(), "-"])
}

#[test]
fn distribution_lists_every_way_with_the_copies_and_their_sum() {
    if !have(&["faces", "pdftotext"]) {
        return;
    }
    let both = "[[recipient.way]]\nchannel = \"drop\"\nto = \"a\"\n";
    let counter = office(
        &(recipient("a", "copies = 2", "queue", "a")
            + both
            + &recipient("b", "", "queue", "b")
            + &recipient("c", "copies = 7", "drop", "c")),
    );
    counter.run(["distribution", ENTRY]).ends(2).says("no issue").says("nothing was issued yet");
    approved(&counter, &[("a", "queue"), ("b", "queue"), ("a", "drop")]);
    counter.tick(FIRST).ok();
    let before = (counter.files("drop"), counter.read("reports/manifest.json"));

    let run = counter.at(LATER, ["distribution", ENTRY, "--text"]);
    for line in [
        "示例简报分发单  第1期（总第1期）  2026年12月1日",
        "题名：两地基层党组织联建做法对照",
        "制单日期：2026年12月1日",
        "1     a         纸质      2     001—002  已交打印队列 12月1日 08:00\n",
        "2     a         文件交换                 已收受 12月1日 08:00\n",
        "3     b         纸质      1     003      已交打印队列 12月1日 08:00\n",
        "4     c         文件交换                 待核地址\n",
        "      存档                2     004—005\n",
        "      合计                5\n",
        "收件单位3个；纸质分发3份，存档2份，合计5份。",
        "尚有1项未送达或去向未定",
        "版记印“共印5份”，与合计相符。",
    ] {
        run.ok().prints(line);
    }
    // As a shell completes it; the file lies beside the issue, and neither ledger nor channels know of it.
    let run = counter.at(LATER, ["distribution", &format!("reports/{ENTRY}.pdf")]);
    run.ok().prints(&format!("reports/{ENTRY}.distribution.pdf")).says("尚有1项未送达");
    let text = text_of(&counter, &format!("reports/{ENTRY}.distribution.pdf"));
    for words in ["示例简报分发单", "001—002", "待核地址", "签收", "经办人", "共印5份", "第1页", "共1页"]
    {
        assert!(text.contains(words), "{words}: {text}");
    }
    counter.at(LATER, ["deliver"]).ok();
    assert_eq!(before, (counter.files("drop"), counter.read("reports/manifest.json")));
    // The same instant, the same bytes; another place where it is wanted.
    counter.at(LATER, ["distribution", ENTRY, "--file", "list.pdf"]).ok().prints("list.pdf");
    let bytes = |name: &str| fs::read(counter.path(name)).expect("it was made");
    assert_eq!(bytes("list.pdf"), bytes(&format!("reports/{ENTRY}.distribution.pdf")));

    // Copies that were changed since are not what the foot says.
    counter.replace("data/recipients.toml", "copies = 2", "copies = 3");
    counter.at(LATER, ["distribution", ENTRY]).ok().says("版记印“共印5份”，与合计6份不符，请核对。");
    counter
        .run(["distribution", "2026-11/comparative/two-countries"])
        .ends(2)
        .says(&format!("did you mean `{ENTRY}`?"));
    counter.run(["distribution", "x"]).ends(2).says("`x` is not written as PERIOD/KIND/SUBJECT").says(ENTRY);
    counter.is_sound();
}

#[test]
fn distribution_of_many_repeats_its_head_and_loses_nobody() {
    if !have(&["faces", "pdftotext"]) {
        return;
    }
    let all: String =
        (0..120).map(|n| recipient(&format!("office-{n}"), "copies = 9", "queue", "room")).collect();
    let counter = office(&all);
    counter.tick(FIRST).ok();
    counter.at(LATER, ["distribution", ENTRY]).ok();
    let text = text_of(&counter, &format!("reports/{ENTRY}.distribution.pdf"));
    let pages: Vec<&str> = text.split('\u{c}').filter(|page| !page.trim().is_empty()).collect();
    assert!(pages.len() > 4, "{}", pages.len());
    for (at, page) in pages.iter().enumerate() {
        let last = at + 1 == pages.len();
        assert!(page.contains("收件单位") && page.contains("送达情况"), "page {}: {page}", at + 1);
        let told = format!("第{}页共{}页", at + 1, pages.len());
        assert!(page.split_whitespace().collect::<String>().contains(&told), "{page}");
        // Who signs signs below rows, not on a sheet of nothing but that.
        assert_eq!(page.contains("经办人"), last, "page {}", at + 1);
    }
    for n in 0..120 {
        assert!(
            text.lines().any(|line| line.split_whitespace().any(|word| word == format!("office-{n}"))),
            "{n}"
        );
    }
    // 1080 copies and two that are kept: numbers have four digits then.
    assert!(text.contains("1072—1080") && text.contains("1081—1082"), "{text}");
}

/// A character that no face has would be a box on paper that somebody signs.
#[test]
fn distribution_refuses_what_it_cannot_print() {
    if !have(&["faces"]) {
        return;
    }
    let counter = office(&recipient("a", "", "queue", "a").replace("name = \"a\"", "name = \"\u{1F980}办\""));
    counter.tick(FIRST).ok();
    counter.at(LATER, ["distribution", ENTRY]).ends(2).says("no-glyph");
    assert!(!counter.path(format!("reports/{ENTRY}.distribution.pdf")).exists());
}

/// The engine of the shipped templates.
pub(crate) fn engine() -> Option<Engine> {
    let Some(fonts) = faces() else {
        crate::tools::skip("faces");
        return None;
    };
    let workspace = Workspace {
        settings: root().join("report.toml"),
        data: root().join("data"),
        templates: root().join("templates"),
        style: None,
        language: None,
        fonts,
        system_fonts: Vec::new(),
        out: root().join("reports"),
        memory: None,
    };
    pipeline::open_engine(&workspace, &Settings::default()).expect("faces").output
}

/// Sets a view by the template of its kind, without a word of the typesetter.
pub(crate) fn set(engine: &Engine, view: &Value) -> Typeset {
    let main = format!("{}/main.typ", view["document"].as_str().expect("a kind"));
    let bytes = serde_json::to_vec(view).expect("plain");
    let job = Job {
        main: &main,
        view: &bytes,
        today: "2026-11-30".parse().expect("a day"),
        ident: "sample",
        standard: Standard::Archival,
    };
    let set = pipeline::with_room(|| engine.typeset(&job)).expect("a thread");
    assert!(set.diagnostics.is_empty(), "{:?}", set.diagnostics);
    set.output.expect("a document")
}

fn sample() -> Value {
    let sample = fs::read(root().join("templates/distribution/sample.json")).expect("the sample");
    serde_json::from_slice(&sample).expect("a view")
}

/// What a designer works with is set without a word.
#[test]
fn distribution_sample_is_set() {
    let Some(engine) = engine() else { return };
    assert_eq!(set(&engine, &sample()).pages, 1);
}

/// However many rows there are, the sheet that is signed has some of what it is signed for.
#[test]
fn distribution_is_signed_below_rows() {
    let Some(engine) = engine().filter(|_| have(&["pdftotext"])) else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("list.pdf").display().to_string();
    let mut pages = Vec::new();
    for count in 3..34 {
        let mut view = sample();
        let line = view["lines"][2].clone();
        view["lines"] = (0..count).map(|_| line.clone()).collect();
        let made = set(&engine, &view);
        fs::write(&file, &made.pdf).expect("a new file");
        let last = made.pages.to_string();
        let text = output("pdftotext", ["-f", &last, "-layout", &file, "-"]);
        assert!(text.contains("经办人") && text.contains("市人民政府办公室"), "{count}: {text}");
        pages.push(made.pages);
    }
    assert!(pages.is_sorted() && pages.first() == Some(&1) && pages.last() > Some(&1), "{pages:?}");
}
