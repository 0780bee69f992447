//! Paper through the real binary and a real printer's protocol: the body alone, pre-printed red paper, and how many copies there are.
//!
//! What a printer does wrong is left to `print` and `print_faults`; the distribution list to `distributed`.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use briefing::disk::sha256;
use serde_json::Value;

use crate::counter::{Counter, recipient};
use crate::office::FIRST;
use crate::printers::{ATTRIBUTES, Rig, script};
use crate::tools::{have, output};

const LATER: &str = "2026-12-01T09:00:00+08:00";

/// A channel of its own to these printers.
pub(crate) fn print(id: &str, printers: &[&str], more: &str) -> String {
    format!(
        "[[channel]]\nid = \"{id}\"\nkind = \"print\"\nprinters = {printers:?}\ninternal = true\ntimeout = \"20s\"\n{more}\n"
    )
}

/// Printers that may be printed on.
pub(crate) fn allowed(printers: &[&str]) -> String {
    format!("[delivery]\nprinters = {printers:?}\n")
}

/// A rig that prints ranges of pages, unless the tools are not there.
pub(crate) fn ranging() -> Option<Rig> {
    Rig::start(&format!("{ATTRIBUTES}ATTR boolean page-ranges-supported true\n"))
}

fn approve(counter: &Counter, addresses: &[(&str, &str)]) {
    let all =
        addresses.iter().map(|(id, channel)| ((*id).to_owned(), (*channel).to_owned(), "room".to_owned()));
    counter.approve_all(&all.collect::<Vec<_>>());
}

/// The entry of the comparison of 2026-11 in the manifest.
fn entry(counter: &Counter) -> Value {
    counter.manifest()["entries"]["2026-11/comparative/two-counties.pdf"].clone()
}

#[test]
fn paper_the_body_alone_is_printed_from_the_issued_file() {
    if !have(&["faces", "pdftotext"]) {
        return;
    }
    let Some(rig) = ranging() else { return };
    // A printer that knows no ranges is passed over.
    let Some(plain) = Rig::start(ATTRIBUTES) else { return };
    let uris = [plain.uri.as_str(), rig.uri.as_str()];
    let settings = allowed(&uris) + &print("leader", &uris, "part = \"body\"");
    let counter = Counter::with(
        "[\"comparative\"]",
        &["leader"],
        &settings,
        &recipient("a", "copies = 3", "leader", "room"),
    );
    counter.replace("report.toml", "copies = 30", "copies = 3");
    approve(&counter, &[("a", "leader")]);
    counter.check().ok();
    counter.tick(FIRST).ok();
    assert_eq!(counter.parcels(), ["a leader accepted"]);
    assert_eq!(plain.documents().len(), 0);
    let (asked, entry) = (rig.asked(1), entry(&counter));
    let body = entry["body-pages"].as_u64().expect("it is recorded");
    assert!(body > 0 && body < entry["pages"].as_u64().expect("pages"), "{entry}");
    for line in [&format!("IPP_PAGE_RANGES=1-{body}"), "IPP_COPIES=3", "IPP_SIDES=two-sided-long-edge"] {
        assert!(asked.iter().any(|asked| asked == line), "{line}: {asked:#?}");
    }
    // Nothing is rendered anew, and the annex begins where the body ends.
    let documents = rig.documents();
    assert_eq!(sha256(&documents[0]), entry["pdf"].as_str().expect("a digest"));
    let pdf = counter.path("reports/2026-11/comparative/two-counties.pdf");
    let page = |number: u64| {
        let number = number.to_string();
        output("pdftotext", ["-f", &number, "-l", &number, &pdf.display().to_string(), "-"])
    };
    let has_annex = |number: u64| page(number).lines().any(|line| line == "附件1" || line == "附件");
    assert!(has_annex(body + 1) && !(1..=body).any(has_annex), "the body ends on page {body}");
}

#[test]
fn paper_a_body_whose_end_nobody_recorded_is_not_guessed() {
    if !have(&["faces"]) {
        return;
    }
    let Some(rig) = Rig::start(ATTRIBUTES) else { return };
    let settings = allowed(&[&rig.uri]) + &print("leader", &[&rig.uri], "part = \"body\"");
    let counter = Counter::with(
        "[\"comparative\"]",
        &["leader"],
        &settings,
        &recipient("a", "copies = 30", "leader", "room"),
    );
    // No printer of the group prints ranges.
    approve(&counter, &[("a", "leader")]);
    let alarms = counter.told(FIRST, "alarm");
    let said = "page-ranges `1-";
    assert!(alarms.len() == 1 && alarms[0].contains(said), "{alarms:?}");
    assert!(alarms[0].contains("is not supported"), "{alarms:?}");
    // As an older version left it.
    let manifest = counter.read("reports/manifest.json");
    let older: Vec<&str> = manifest.lines().filter(|line| !line.contains("body-pages")).collect();
    counter.write("reports/manifest.json", older.join("\n"));
    counter.at(LATER, ["outbox", "retry", &counter.key()]).ok();
    let alarms = counter.told(LATER, "alarm");
    assert!(alarms.len() == 1 && alarms[0].contains("it is not guessed"), "{alarms:?}");
    assert_eq!((counter.state().as_str(), rig.documents().len()), ("failed", 0));
}

#[test]
fn paper_lp_is_told_the_pages_of_the_body() {
    if !have(&["faces"]) {
        return;
    }
    let settings = |path: &Path| {
        format!(
            "[[channel]]\nid = \"queue\"\nkind = \"lp\"\ncommand = [{:?}]\ninternal = true\npart = \"body\"\n",
            path.display().to_string()
        )
    };
    let folder = tempfile::tempdir().expect("a folder");
    let program = folder.path().join("lp");
    script(
        &program,
        "printf '%s\\n' \"$*\" >\"$(dirname \"$0\")/arguments\"\ncat >\"$(dirname \"$0\")/document\"\n",
    );
    let counter = Counter::with(
        "[\"comparative\"]",
        &["queue"],
        &settings(&program),
        &recipient("a", "copies = 30", "queue", "room"),
    );
    approve(&counter, &[("a", "queue")]);
    counter.tick(FIRST).ok();
    let arguments = fs::read_to_string(folder.path().join("arguments")).expect("what it was told");
    let entry = entry(&counter);
    assert!(arguments.ends_with(&format!(" -o page-ranges=1-{}\n", entry["body-pages"])), "{arguments}");
    assert!(arguments.starts_with("-n 30 -t "), "{arguments}");
    let document = fs::read(folder.path().join("document")).expect("what it got");
    assert_eq!(sha256(&document), entry["pdf"].as_str().expect("a digest"));
}

/// A page as pixels: whether each is reddish, and how dark.
fn pixels(pdf: &Path, page: u64) -> Vec<[u8; 3]> {
    let page = page.to_string();
    let command = std::process::Command::new("pdftoppm")
        .args(["-r", "60", "-f", &page, "-l", &page])
        .arg(pdf)
        .output()
        .expect("pdftoppm starts");
    // P6, width and height, 255, then the bytes.
    let head = command.stdout.iter().enumerate().filter(|(_, byte)| byte.is_ascii_whitespace()).nth(3);
    let start = head.expect("a head").0 + 1;
    command.stdout[start..].chunks_exact(3).map(|rgb| [rgb[0], rgb[1], rgb[2]]).collect()
}

fn is_red([r, g, b]: &[u8; 3]) -> bool {
    *r > (*g).max(*b)
}

#[test]
fn paper_that_bears_the_masthead_gets_the_same_document_without_red() {
    if !have(&["faces", "pdftotext", "pdftoppm"]) {
        return;
    }
    let Some(rig) = Rig::start(ATTRIBUTES) else { return };
    let settings = allowed(&[&rig.uri])
        + &print("white", &[&rig.uri], "")
        + &print("red", &[&rig.uri], "masthead = \"blank\"");
    let recipients =
        recipient("a", "copies = 4", "white", "room") + &recipient("b", "copies = 5", "red", "room");
    let counter = Counter::with("[\"region\", \"comparative\"]", &["white", "red"], &settings, &recipients);
    counter.replace("report.toml", "copies = 30", "copies = 9");
    approve(&counter, &[("a", "white"), ("b", "red")]);
    counter.check().ok();
    counter.tick(FIRST).ok();
    assert_eq!(
        counter.parcels(),
        ["a white accepted"; 3].into_iter().chain(["b red accepted"; 3]).collect::<Vec<_>>()
    );
    let printed: BTreeSet<String> = rig.documents().iter().map(|bytes| sha256(bytes)).collect();
    assert_eq!(printed.len(), 6);
    let manifest = counter.manifest();
    for (path, entry) in manifest["entries"].as_object().expect("entries") {
        let red = counter.path(format!("reports/{path}"));
        let blank = red.with_extension("blank.pdf");
        // What was printed is what was recorded, and lies there.
        for (file, key) in [(&red, "pdf"), (&blank, "blank")] {
            let digest = sha256(&fs::read(file).expect("it was made"));
            assert_eq!(entry[key], digest, "{path}");
            assert!(printed.contains(&digest), "{path} {key}");
            counter.run(["verify".as_ref(), file.as_os_str()]).ok().prints("identical: ");
        }
        // Every word but those of the masthead stands where it stood.
        let words = |pdf: &Path| output("pdftotext", [Path::new("-bbox"), pdf, Path::new("-")]);
        let (with, without) = (words(&red), words(&blank));
        let kept: Vec<&str> =
            with.lines().filter(|line| without.lines().any(|other| other == *line)).collect();
        let gone: Vec<&str> = with.lines().filter(|line| !kept.contains(line)).collect();
        assert_eq!(kept, without.lines().collect::<Vec<_>>(), "{path}");
        assert!(!gone.is_empty() && gone.iter().all(|line| line.contains("<word")), "{path}: {gone:?}");
        let name: String =
            gone.iter().filter_map(|line| Some(line.split_once("\">")?.1.split_once('<')?.0)).collect();
        assert_eq!(name, "示例简报", "{path}");
        // And every pixel but the red ones is what it was.
        for page in 1..=entry["pages"].as_u64().expect("pages") {
            let (with, without) = (pixels(&red, page), pixels(&blank, page));
            assert_eq!(with.len(), without.len());
            assert_eq!(without.iter().filter(|pixel| is_red(pixel)).count(), 0, "{path} page {page}");
            let differ = with.iter().zip(&without).filter(|(a, b)| a != b && !is_red(a)).count();
            assert_eq!(differ, 0, "{path} page {page}");
            assert_eq!(with.iter().any(is_red), page == 1, "{path} page {page}");
        }
    }
    let twin = counter.twin();
    let again = |key: &str| {
        counter
            .database()
            .execute("UPDATE parcel SET state = 'failed' WHERE key = ?1", [key])
            .expect("a row");
        counter.at(LATER, ["outbox", "retry", key]).ok();
        counter.told(LATER, "alarm")
    };
    let key = counter.rows("SELECT parcel.key FROM parcel JOIN issue ON issue.id = parcel.issue WHERE channel = 'red' AND subject = 'qinghe'").remove(0);
    // A file that was altered is not printed, nor one that is not there.
    let blank = counter.path("reports/2026-11/region/qinghe.blank.pdf");
    let bytes = fs::read(&blank).expect("it was made");
    fs::write(&blank, [&bytes[..], b"%"].concat()).expect("it is ours");
    let alarms = again(&key);
    let altered = "`2026-11/region/qinghe.blank.pdf` is not the file that was issued";
    assert!(alarms.len() == 1 && alarms[0].contains(altered), "{alarms:?}");
    fs::write(&blank, bytes).expect("it is ours");
    // A channel whose paper was exchanged does not print the other file on it.
    counter.replace("report.toml", "masthead = \"blank\"", "");
    let alarms = again(&key);
    assert!(alarms.len() == 1 && alarms[0].contains("has no `masthead = \"blank\"` any more"), "{alarms:?}");
    assert_eq!(rig.documents().len(), 6);
    // The same day, the same bytes; and without such a channel there is no such file.
    let all = |project: &crate::project::Project| -> Vec<(String, Vec<u8>)> {
        let blank = |name: &String| name.ends_with(".blank.pdf");
        let read =
            |name: String| (name.clone(), fs::read(project.path("reports").join(name)).expect("a file"));
        project.files("reports").into_iter().filter(blank).map(read).collect()
    };
    twin.run(["tick", "--now", FIRST]).ok();
    assert_eq!((all(&counter).len(), all(&counter) == all(&twin)), (3, true));
    let other = counter.twin();
    other.run(["tick", "--now", FIRST]).ok();
    assert_eq!((other.files("reports").len() > 6, all(&other).len()), (true, 0));
}

/// A template that moves something where it leaves the red out would print over what the paper bears.
#[test]
fn paper_that_bears_the_masthead_gets_nothing_that_moved() {
    if !have(&["faces"]) {
        return;
    }
    let channel = "[[channel]]\nid = \"red\"\nkind = \"lp\"\ninternal = true\nmasthead = \"blank\"\ncommand = [\"/bin/true\"]\n";
    let counter = Counter::with("[\"comparative\"]", &["red"], channel, "");
    let moved = "if view.masthead.at(\"blank\", default: false) { pagebreak() }\n  note(view.note)";
    counter.replace("templates/lib/opening.typ", "note(view.note)", moved);
    let run = counter.tick(FIRST);
    run.ok().says("error[blank-moved]: without its red masthead the document has 5 pages instead of 4");
    run.prints("not made (typeset): without its red masthead");
    assert_eq!(counter.files("reports"), [""; 0]);
}

/// An issue that was made before its schedule had such a channel would get red upon red.
#[test]
fn paper_that_bears_the_masthead_gets_nothing_that_has_it_too() {
    if !have(&["faces"]) {
        return;
    }
    let channel = "[[channel]]\nid = \"red\"\nkind = \"lp\"\ninternal = true\ncommand = [\"/bin/true\"]\n";
    let all = recipient("a", "copies = 30", "red", "room");
    let counter = Counter::with("[\"comparative\"]", &["red"], channel, &all);
    approve(&counter, &[("a", "red")]);
    counter.run(["outbox", "pause"]).ok();
    counter.tick(FIRST).ok();
    counter.run(["outbox", "resume"]).ok();
    counter.replace("report.toml", "id = \"red\"", "id = \"red\"\nmasthead = \"blank\"");
    let alarms = counter.told(LATER, "alarm");
    let said = "was issued without a rendering for pre-printed paper";
    assert!(alarms.len() == 1 && alarms[0].contains(said), "{alarms:?}");
    // The next one has it, and what retention takes away it takes away with all that belongs to it.
    counter.tick("2027-01-01T08:00:00+08:00").ok();
    assert_eq!(counter.parcels(), ["a red accepted", "a red failed"]);
    for entry in ["2026-11/comparative/two-counties", "2026-12/comparative/two-counties"] {
        counter.at(LATER, ["distribution", entry]).ok();
    }
    let files = || counter.files("reports").into_iter().filter(|name| name.contains("two-counties")).count();
    assert_eq!(files(), 7);
    let settings = counter.read("report.toml");
    counter.write("report.toml", format!("{settings}\n[retention]\ncomparative = \"1d\"\n"));
    counter.at("2027-02-01T00:00:00+08:00", ["archive", "prune"]).ok();
    assert_eq!(files(), 0);
}

#[test]
fn paper_waits_for_its_hours_and_tells_what_the_printer_complains_of() {
    if !have(&["faces"]) {
        return;
    }
    let Some(rig) = ranging() else { return };
    let Some(other) = ranging() else { return };
    let uris = [rig.uri.as_str(), other.uri.as_str()];
    let more = "hours = \"08:30-18:00\"\npart = \"body\"\nmasthead = \"blank\"\nsides = \"short-edge\"";
    let settings = allowed(&uris) + &print("room", &uris, more).replace("\"20s\"", "\"1s\"");
    let counter = Counter::with(
        "[\"comparative\"]",
        &["room"],
        &settings,
        &recipient("a", "copies = 2", "room", "room"),
    );
    counter.replace("report.toml", "copies = 30", "copies = \"sum\"");
    approve(&counter, &[("a", "room")]);
    counter.tick(FIRST).ok().prints("outside of the hours of printing; tried again in");
    counter.tick("2026-12-01T08:29:00+08:00").ok();
    assert_eq!((counter.state().as_str(), rig.documents().len()), ("ready", 0));
    let opens = "2026-12-01T08:30:00+08:00";
    let body = entry(&counter)["body-pages"].clone();
    let plan = format!("2 × 2026-11/comparative/two-counties.blank.pdf, pages 1-{body}");
    counter.at(opens, ["deliver", "--dry-run"]).ok().prints(&plan);
    // The first of the group has no paper: it keeps the job, and nobody else prints it.
    rig.paper(false);
    let told = counter.told(opens, "warning");
    assert!(told.len() == 1 && told[0].contains("media-empty"), "{told:?}");
    counter.run(["outbox", "list"]).ok().prints("the printer complains of media-empty");
    rig.paper(true);
    counter.tick("2026-12-01T09:30:00+08:00").ok();
    assert_eq!(
        (counter.state().as_str(), rig.documents().len(), other.documents().len()),
        ("accepted", 1, 0)
    );
    let asked = rig.asked(1);
    for line in [&format!("IPP_PAGE_RANGES=1-{body}"), "IPP_COPIES=2", "IPP_SIDES=two-sided-short-edge"] {
        assert!(asked.iter().any(|asked| asked == line), "{line}: {asked:#?}");
    }
    assert_eq!(sha256(&rig.documents()[0]), entry(&counter)["blank"].as_str().expect("a digest"));
}

#[test]
fn paper_copies_are_the_sum_of_all_that_is_printed() {
    if !have(&["faces"]) {
        return;
    }
    let uri = "ipp://127.0.0.1:9/ipp/print";
    let settings = allowed(&[uri]) + &print("paper", &[uri], "") + crate::counter::DROP;
    let recipients = [
        recipient("office", "copies = 2", "paper", "room"),
        recipient("one", "subjects = [\"qinghe\"]", "paper", "room"),
        recipient("gone", "copies = 90\nuntil = \"2026-11-29\"", "paper", "room"),
        recipient("files", "copies = 50", "drop", "files"),
    ];
    let counter = Counter::with("[\"region\"]", &["paper", "drop"], &settings, &recipients.concat());
    // 30 copies are neither of the two sums, and both are told at the place of the number.
    let line =
        counter.read("report.toml").lines().position(|line| line == "copies = 30").expect("it is set") + 1;
    counter.replace("report.toml", "copies = 30", "copies = 30\narchive = 1");
    let run = counter.check();
    run.ends(2).says(&format!("report.toml:{line}:10: error[copies-differ]"));
    run.says("`copies` is 30, but region qinghe has 4 copies on paper");
    run.says("`copies` is 30, but region baishi has 3 copies on paper");
    let run = counter.run(["check", "--as-of", crate::project::AS_OF]);
    run.ends(2).says("office 2 + one 1 + archive 1 = 4").says("office 2 + archive 1 = 3");
    // Refused before a number is reserved, and made once it is mended.
    let told = counter.told(FIRST, "warning");
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].contains("not made (data): `copies` is 30, but region"), "{told:?}");
    assert_eq!((counter.issues().len(), counter.files("reports").len()), (0, 0));
    counter.replace("report.toml", "copies = 30", "copies = \"sum\"");
    counter.check().ok();
    counter.tick("2026-12-01T08:05:00+08:00").ok();
    let copies = |subject: &str| {
        let view = counter.read(&format!("reports/2026-11/region/{subject}.json"));
        let view: Value = serde_json::from_str(&view).expect("a view");
        view["imprint"]["copies"].as_str().map(str::to_owned)
    };
    assert_eq!(copies("qinghe").as_deref(), Some("共印4份"));
    assert_eq!(copies("baishi").as_deref(), Some("共印3份"));
    // A draft of the day of the issue says the same; what no schedule makes counts every way on paper.
    let draft = |id: &str| counter.view(["--region", id])["imprint"]["copies"].as_str().map(str::to_owned);
    assert_eq!(draft("qinghe").as_deref(), Some("共印4份"));
    let compared = counter.view(["--all", "--document", "comparative"]);
    assert_eq!(compared["imprint"]["copies"], "共印3份");
    counter.replace("report.toml", "copies = \"sum\"\narchive = 1", "");
    assert_eq!(draft("qinghe"), None);
    for (wrong, said) in [
        ("copies = \"all\"", "`all` copies cannot be printed"),
        ("copies = 0", "`0` copies cannot be printed"),
        ("copies = true", "a number of copies, or \"sum\""),
        ("archive = -1", "`-1` copies cannot be kept"),
    ] {
        let counter = Counter::with("[\"region\"]", &["drop"], crate::counter::DROP, "");
        counter.replace("report.toml", "copies = 30", wrong);
        counter.check().ends(2).says(said);
    }
}

/// A number that nobody can compare with anything is taken at its word, as before.
#[test]
fn paper_that_others_hand_out_is_counted_by_others() {
    let counter = Counter::with(
        "[\"region\"]",
        &["drop"],
        crate::counter::DROP,
        &recipient("a", "copies = 2", "drop", "a"),
    );
    counter.check().ok();
    assert_eq!(counter.view(["--region", "qinghe"])["imprint"]["copies"], "共印30份");
}

#[test]
fn paper_keys_that_a_kind_does_not_use_are_told() {
    let counter = Counter::with(
        "[\"region\"]",
        &["drop"],
        &format!("{}staple = true\npart = \"body\"\n", crate::counter::DROP),
        "",
    );
    let run = counter.run(["check", "--as-of", crate::project::AS_OF]);
    run.ends(2).says("error[idle-key]: a channel of the kind `folder` does not use `staple`");
    run.says("it belongs to `print`; take it out").says("it belongs to `print`, `lp`");
    run.says("report.toml:");
}
