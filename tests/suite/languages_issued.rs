//! An office that issues in English: numbers, messages, corrections, withdrawals and lists speak the language of its documents.
//!
//! What the documents say is left to `languages`.

use std::fs;

use serde_json::Value;

use crate::languages::chinese;
use crate::pdf::texts;
use crate::project::{Project, Run};
use crate::tools::have;

const FIRST: &str = "2026-12-01T08:00:00+08:00";
const LATER: &str = "2026-12-05T09:00:00+08:00";

const RUNNING: &str = r#"
[[schedule]]
id = "monthly"
when = { cron = "0 8 1 * *" }
documents = ["region"]
subjects = ["dunhua"]
period = "previous-month"
since = "2026-11-15"
even_if_unchanged = true
deliveries = ["mail", "drop"]

[[channel]]
id = "drop"
kind = "folder"
path = "drop"

[[channel]]
id = "mail"
kind = "email"
host = "127.0.0.1"
port = 9
security = "none"
from = "Brief <brief@example.org>"
hello = "sender.example.org"

[delivery]
domains = ["example.org"]
"#;

const RECIPIENTS: &str = r#"format = 1

[[recipient]]
id = "reader"
name = "Reading Room"
languages = ["en"]
[[recipient.way]]
channel = "mail"
to = "reader@example.org"
[[recipient.way]]
channel = "drop"
to = "reader"

[[recipient]]
id = "other"
name = "资料室"
languages = ["zh-Hans"]
[[recipient.way]]
channel = "drop"
to = "other"
"#;

fn at(project: &Project, now: &str, arguments: &[&str]) -> Run {
    Run::of(project.command().args(arguments).args(["--now", now]))
}

fn view(project: &Project, name: &str) -> Value {
    serde_json::from_str(&project.read(&format!("reports/2026-11/region/{name}.json"))).expect("JSON")
}

/// An office in English whose first document was issued.
fn office() -> Option<Project> {
    if !have(&["faces", "pdftotext"]) {
        return None;
    }
    let project = Project::shipped();
    let settings = project.read("report.toml");
    let settings = settings.split("\n# Once a quarter").next().expect("what comes before the schedules");
    let settings = settings
        .replace("[workspace]\n", "[workspace]\nlanguage = \"en\"\n")
        .replace("# office = \"××办公室\"", "office = \"示例办公室\"")
        .replace("[imprint.en]\n", "[imprint.en]\noffice = \"Example Office\"\n");
    project.write("report.toml", format!("{settings}{RUNNING}"));
    project.write("data/recipients.toml", RECIPIENTS);
    fs::create_dir_all(project.path("drop")).expect("a folder");
    let run = at(&project, FIRST, &["tick"]);
    assert!(project.path("reports/2026-11/region/dunhua.en.pdf").exists(), "{run:?}");
    Some(project)
}

#[test]
fn issues_and_messages_are_in_english() {
    let Some(project) = office() else { return };
    let issued = view(&project, "dunhua.en");
    assert_eq!(issued["masthead"]["issue"], "No. 1 (issue 1 in all)");
    assert_eq!(chinese(&issued.to_string()), "");
    // Only who reads English is planned for.
    let listed = at(&project, FIRST, &["outbox", "list"]);
    assert!(listed.stdout.contains("reader") && !listed.stdout.contains("other"), "{}", listed.stdout);
    at(&project, FIRST, &["outbox", "approve", "reader", "--by", "somebody"]).ok();
    let folder = project.path("letters");
    let folder = folder.display().to_string();
    at(&project, FIRST, &["deliver", "--dry-run", &folder]);
    let letters: Vec<String> =
        project.files("letters").into_iter().filter(|file| file.ends_with(".eml")).collect();
    assert_eq!(letters.len(), 1, "{letters:?}");
    let letter = project.read(&format!("letters/{}", letters[0]));
    assert!(letter.contains("Content-Language: en"), "{letter}");
    assert!(letter.is_ascii(), "headers and bodies are encoded");
    for body in letter.split("Content-Transfer-Encoding: base64").skip(1).take(2) {
        let lines = body.trim_start().lines().take_while(|line| !line.starts_with("--"));
        let packed: String = lines.collect();
        let bytes = base64_of(&packed);
        let text = String::from_utf8(bytes).expect("UTF-8");
        assert_eq!(chinese(&text), "", "{text}");
        for words in ["Key figures", "Attached:", "No. 1", "do not reply"] {
            assert!(text.contains(words), "{words}: {text}");
        }
    }
}

fn base64_of(packed: &str) -> Vec<u8> {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.decode(packed.trim()).expect("base64")
}

#[test]
fn a_correction_a_withdrawal_and_a_list_are_in_english() {
    let Some(project) = office() else { return };
    let file = "data/regions/dunhua.toml";
    project.replace(file, "value = 119\n", "value = 129\n");
    let text = project.read(file).replace("as_printed = \"119", "as_printed = \"129");
    project.write(file, text);
    at(&project, LATER, &["correct", "2026-11/region/dunhua", "--reason", "typing error"]).ok();
    let corrected = view(&project, "dunhua.en.correction-1");
    assert_eq!(chinese(&corrected.to_string()), "");
    let notice = &corrected["correction"];
    assert_eq!(notice["replaces"], "No. 1 (issue 1 in all) of 1\u{a0}December 2026");
    assert_eq!(notice["rows"][0]["was"], "119");
    assert_eq!(notice["rows"][0]["is"], "129");
    let page = &texts(&project.path("reports/2026-11/region/dunhua.en.correction-1.pdf"))[0];
    assert!(page.contains("This replaces No. 1") && page.contains("typing error"), "{page}");
    at(&project, LATER, &["distribution", "2026-11/region/dunhua"]).ok();
    let lists: Vec<String> = project
        .files("reports/2026-11/region")
        .into_iter()
        .filter(|file| file.contains("distribution"))
        .collect();
    let list = texts(&project.path(format!("reports/2026-11/region/{}", lists[0]))).concat();
    assert_eq!(chinese(&list), "", "{list}");
    assert!(list.contains("Reading Room") && list.contains("distribution list"), "{list}");
    at(&project, LATER, &["withdraw", "2026-11/region/dunhua", "--reason", "wrong source"]).ok();
    let withdrawn = view(&project, "dunhua.en.withdrawal");
    assert_eq!(chinese(&withdrawn.to_string()), "");
    let page = texts(&project.path("reports/2026-11/region/dunhua.en.withdrawal.pdf")).concat();
    assert!(page.contains("Withdrawal of") && page.contains("wrong source"), "{page}");
    assert_eq!(chinese(&page), "");
}
