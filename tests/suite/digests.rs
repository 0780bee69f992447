//! Digests with the real binary: several documents in one message, when it leaves, and that it leaves once.
//!
//! Parcels of one document are left to `outbox`.

use std::fs;

use serde_json::Value;

use crate::counter::{COMMAND, Counter, DROP, mail, recipient};
use crate::listener::{Listener, Reply};
use crate::mail_parts::{python, read};
use crate::mail_servers::opensmtpd_taking;
use crate::office::{FIRST, events_of};
use crate::printers::{ATTRIBUTES, Rig};
use crate::sink::{Manner, Sink};
use crate::tools::{have, skip};

const LATER: &str = "2026-12-01T08:05:00+08:00";
const ALLOWED: &str = "[delivery]\ndomains = [\"example.org\"]\n";
const ALL: &str = "[\"region\", \"comparative\"]";

/// Both counties and their comparison to one office that wants them together, by a channel, to an address that was approved.
fn office(channel: &str, settings: &str, to: &str) -> Counter {
    let recipients = recipient("office", "digest = true", channel, to);
    let counter = Counter::with(ALL, &[channel], settings, &recipients);
    counter.approve_all(&[("office".to_owned(), channel.to_owned(), to.to_owned())]);
    counter
}

/// Kind, state and number of files of each parcel, in the order in which they were planned.
fn digests(counter: &Counter) -> Vec<String> {
    counter.rows(
        "SELECT kind || ' ' || state || ' ' || (1 + (SELECT count(*) FROM enclosure WHERE parcel = key)) FROM parcel ORDER BY rowid",
    )
}

/// One message in a mailbox, with all files and their figures, as a mail program reads it.
#[test]
fn digest_a_mailbox_gets_one_message_with_all_files() {
    if !have(&["faces"]) {
        return;
    }
    let Some(server) = opensmtpd_taking("20M") else { return };
    if !python() {
        return skip("python3");
    }
    let settings = format!("{ALLOWED}{}", mail(server.ports[0], ""));
    let counter = office("mail", &settings, "alice@example.org");
    counter.check().ok();
    counter.tick(FIRST).ok();
    assert_eq!(digests(&counter), ["digest accepted 3"]);
    let messages = server.mailbox(1);
    assert_eq!(messages.len(), 1);
    let message = read(&messages[0]);
    assert_eq!(message["defects"], serde_json::json!([]));
    let subject = message["headers"]["Subject"].as_str().expect("a subject");
    assert!(subject.ends_with("3 份（2026年11月）"), "{subject}");
    let parts = message["parts"].as_array().expect("parts");
    let sent: Vec<&Value> = parts[2..].iter().map(|part| &part["sha256"]).collect();
    let issued = counter.rows("SELECT pdf FROM issue ORDER BY id");
    assert_eq!(
        sent,
        issued.iter().map(String::as_str).collect::<Vec<_>>(),
        "the files, in the order of their making"
    );
    let names: Vec<&str> = parts[2..].iter().filter_map(|part| part["file"].as_str()).collect();
    assert!(names.iter().all(|name| name.ends_with(".pdf")) && names.len() == 3, "{names:?}");
    for body in &parts[..2] {
        let body = body["text"].as_str().expect("text");
        for issue in counter.issues() {
            let view =
                counter.read(&format!("reports/{}", issue.path.expect("its file").replace(".pdf", ".json")));
            let view: Value = serde_json::from_str(&view).expect("JSON");
            let title = view["title"].as_str().expect("a title").replace('\n', "");
            let what = view["glance"][0]["what"].as_str().expect("a figure");
            assert!(body.contains(&title) && body.contains(what), "no `{title}` with `{what}` in {body}");
        }
    }
    // Nothing is planned or sent a second time.
    counter.database().execute_batch("UPDATE issue SET planned = NULL").expect("a change");
    assert_eq!(counter.tick(LATER).ok().stdout, "");
    assert_eq!(digests(&counter), ["digest accepted 3"]);
    // Nor alone, where it is no digest any more.
    counter.database().execute_batch("UPDATE issue SET planned = NULL").expect("a change");
    counter.replace("data/recipients.toml", "digest = true", "");
    assert_eq!(counter.tick(LATER).ok().stdout, "");
    assert_eq!(digests(&counter), ["digest accepted 3"]);
    let show = counter.run(["outbox", "show", &counter.key()]).ok().prints("digest").stdout.clone();
    assert_eq!(show.matches("SHA-256").count(), 3, "{show}");
    counter.run(["outbox", "list"]).ok().prints("digest of 3");
    counter.is_sound();
}

/// It waits for what is tried again; those who want each alone do not.
#[test]
fn digest_waits_for_the_end_of_its_occurrence() {
    if !have(&["faces"]) {
        return;
    }
    let recipients =
        recipient("together", "digest = true", "drop", "t") + &recipient("alone", "", "drop", "a");
    let counter = Counter::with(ALL, &["drop"], DROP, &recipients);
    let approved = [("together", "t"), ("alone", "a")];
    counter.approve_all(&approved.map(|(id, to)| (id.to_owned(), "drop".to_owned(), to.to_owned())));
    let whole = counter.read("data/regions/baishi.toml");
    counter.write("data/regions/baishi.toml", format!("{whole}\n["));
    counter.tick(FIRST);
    let issued = counter.rows("SELECT subject FROM issue WHERE state = 'issued'");
    assert_eq!(issued, ["qinghe"]);
    assert_eq!(counter.parcels(), ["alone drop accepted"]);
    counter.write("data/regions/baishi.toml", whole);
    counter.tick("2026-12-01T08:40:00+08:00").ok();
    assert_eq!(counter.rows("SELECT count(*) || '' FROM issue WHERE state = 'issued'"), ["3"]);
    let of = |id: &str| {
        counter
            .rows(&format!("SELECT kind || ' ' || state FROM parcel WHERE recipient = '{id}' ORDER BY rowid"))
    };
    assert_eq!(of("together"), ["digest accepted"]);
    assert_eq!(of("alone"), ["issue accepted"; 3]);
    // In the folder each lies where it would lie alone, and all of them are whole.
    let files = counter.files("drop/t");
    let pdfs: Vec<&String> = files.iter().filter(|name| name.ends_with(".pdf")).collect();
    assert_eq!(pdfs.len(), 3, "{files:?}");
    assert!(pdfs.iter().all(|pdf| files.contains(&format!("{pdf}.ok"))), "{files:?}");
    counter.is_sound();
}

/// What comes after the digest of an occurrence that failed in part goes as a digest of its own.
#[test]
fn digest_what_comes_late_goes_in_a_second_one() {
    if !have(&["faces"]) {
        return;
    }
    let sink = Sink::start(Manner::default());
    let counter = office("mail", &format!("{ALLOWED}{}", mail(sink.port, "")), "a@example.org");
    let whole = counter.read("data/regions/baishi.toml");
    counter.write("data/regions/baishi.toml", format!("{whole}\n["));
    // By hand, nothing is tried again: it has failed for good.
    let run = ["run", "monthly", "--period", "2026-11"];
    counter.at("2026-11-30T09:00:00+08:00", run).ends(1);
    assert_eq!(digests(&counter), ["issue accepted 1"], "one alone is no digest");
    counter.write("data/regions/baishi.toml", whole);
    counter.at("2026-11-30T10:00:00+08:00", run).ok();
    assert_eq!(digests(&counter), ["issue accepted 1", "digest accepted 2"]);
    assert_eq!(sink.count(), 2);
    counter.tick(LATER).ok();
    assert_eq!(sink.count(), 2);
}

/// A robot sends so many messages a minute, one for each file: what is more goes in a second parcel.
#[test]
fn digest_is_split_where_the_channel_takes_no_more() {
    if !have(&["faces"]) {
        return;
    }
    let server = Listener::start(|_, request| {
        let upload = request.line.contains("/upload_media?");
        let body = if upload {
            r#"{"errcode":0,"errmsg":"ok","media_id":"m"}"#
        } else {
            r#"{"errcode":0,"errmsg":"ok"}"#
        };
        Reply::plain("200 OK", body)
    });
    let settings = format!(
        "[delivery]\nhosts = [\"127.0.0.1\"]\n[[channel]]\nid = \"group\"\nkind = \"wecom\"\n\
         url = \"http://{}/cgi-bin/webhook\"\nkey = {{ file = \"key\" }}\na_minute = 2\n",
        server.address
    );
    let counter = office("group", &settings, "group");
    counter.secret("key", "robot-key");
    counter.tick(FIRST).ok();
    assert_eq!(
        digests(&counter),
        ["digest accepted 2", "issue ready 1"],
        "the second waits for the next minute"
    );
    counter.tick(LATER).ok();
    assert_eq!(digests(&counter), ["digest accepted 2", "issue accepted 1"]);
    let shown = server.requests().iter().filter(|request| request.line.contains("/send?")).count();
    assert_eq!(shown, 3);
}

/// Programs are told of each file what they are told of one.
#[test]
fn digest_for_programs_names_each_file() {
    if !have(&["faces"]) {
        return;
    }
    let server = Listener::always("200 OK", "fine");
    let hook = format!(
        "[delivery]\nhosts = [\"127.0.0.1\"]\n[[channel]]\nid = \"hook\"\nkind = \"webhook\"\nurl = \"http://{}/x\"\n\
         key = {{ file = \"key\" }}\nenclose = true\n",
        server.address
    );
    let counter = office("hook", &hook, "office");
    counter.secret("key", "a key");
    counter.tick(FIRST).ok();
    let event: Value = serde_json::from_slice(&server.request().body).expect("JSON");
    let command = office("oa", COMMAND, "desk 7");
    let told = command.path("told");
    command.replace("report.toml", "\"deliver.sh\"", &format!("{:?}", command.path("deliver.sh")));
    command.write("deliver.sh", format!("cat > {}\n", told.display()));
    command.tick(FIRST).ok();
    let line: Value = serde_json::from_slice(&fs::read(told).expect("it was called")).expect("JSON");
    for (said, counter) in [(&event["data"], &counter), (&line, &command)] {
        assert_eq!(
            (&said["kind"], &said["document"], &said["subject"]),
            (&"digest".into(), &"digest".into(), &"*".into())
        );
        assert_eq!((&said["period"], &said["figures"]), (&"2026-11".into(), &serde_json::json!([])));
        let files = said["files"].as_array().expect("files");
        let issues = counter.issues();
        assert_eq!(files.len(), issues.len());
        for file in files {
            let issue =
                issues.iter().find(|issue| file["sha256"] == issue.pdf.as_deref().unwrap_or_default());
            let issue = issue.expect("it is one of the issues");
            assert_eq!(
                (&file["document"], &file["subject"]),
                (&issue.document.as_str().into(), &issue.subject.as_str().into())
            );
            assert!(file["figures"][0]["value"].is_string() && file["title"].is_string(), "{file}");
        }
    }
}

/// A queue of the system gets one job for each file; one that fails after others makes nobody print them twice.
#[test]
fn digest_on_paper_is_a_job_for_each_file() {
    if !have(&["faces"]) {
        return;
    }
    for (fails_at, state) in [(9, "accepted"), (1, "ready"), (2, "unknown")] {
        let counter = office(
            "lp",
            "[[channel]]\nid = \"lp\"\nkind = \"lp\"\ncommand = [\"/bin/sh\", \"lp.sh\"]\n",
            "room",
        );
        counter.replace("report.toml", "\"lp.sh\"", &format!("{:?}", counter.path("lp.sh")));
        let jobs = counter.path("jobs");
        counter.write(
            "lp.sh",
            format!(
                "echo \"$*\" >> {0}\ncat > /dev/null\n[ $(wc -l < {0}) != {fails_at} ]\n",
                jobs.display()
            ),
        );
        counter.replace("report.toml", "copies = 30", "copies = \"sum\"");
        counter.tick(FIRST);
        let jobs = fs::read_to_string(jobs).expect("jobs");
        assert_eq!(digests(&counter), [format!("digest {state} 3")], "{jobs}");
        assert_eq!(jobs.lines().count(), fails_at.min(3), "{jobs}");
        let key: String = counter.key().chars().take(16).collect();
        for (number, job) in (1..).zip(jobs.lines()) {
            assert!(
                job.starts_with(&format!("-n 1 -t report {key}-{number} ")) && job.ends_with(".pdf"),
                "{job}"
            );
        }
    }
}

/// The next month is another digest, under another key.
#[test]
fn digest_of_each_occurrence_is_one_of_its_own() {
    if !have(&["faces"]) {
        return;
    }
    let counter = office("drop", DROP, "a");
    counter.tick(FIRST).ok();
    let (_, events) = counter.events("2027-01-01T08:00:00+08:00");
    assert_eq!(events.iter().filter(|event| event["event"] == "sent").count(), 1, "{events:?}");
    assert_eq!(digests(&counter), ["digest accepted 3"; 2]);
    let run = counter.at("2027-01-01T08:05:00+08:00", ["deliver", "--log-format", "json"]);
    assert_eq!(events_of(&run.ok().stdout).len(), 0);
}

/// Mail has a limit of size: what is more goes in a second message, alike whoever plans it.
#[test]
fn digest_by_mail_is_split_where_it_would_be_too_large() {
    if !have(&["faces"]) {
        return;
    }
    let sink = Sink::start(Manner::default());
    let settings = format!("{ALLOWED}{}", mail(sink.port, "largest_mib = 1"));
    let counter = office("mail", &settings, "a@example.org");
    counter.run(["outbox", "pause"]).ok();
    counter.tick(FIRST).ok();
    assert_eq!(digests(&counter), ["digest ready 3"]);
    // As if they had been larger when they were issued.
    for issue in counter.issues() {
        let path = format!("reports/{}", issue.path.expect("a file"));
        let mut bytes = fs::read(counter.path(&path)).expect("a PDF");
        bytes.resize(300_000, b' ');
        let change = "UPDATE issue SET pdf = ?1, planned = NULL WHERE id = ?2";
        let row = rusqlite::params![briefing::disk::sha256(&bytes), issue.id];
        counter.database().execute(change, row).expect("a change");
        counter.write(&path, bytes);
    }
    let mut keys = Vec::new();
    for _ in 0..2 {
        let forget = "DELETE FROM enclosure; DELETE FROM parcel; UPDATE issue SET planned = NULL";
        counter.database().execute_batch(forget).expect("a change");
        counter.at(LATER, ["deliver"]).ok();
        assert_eq!(digests(&counter), ["digest ready 2", "issue ready 1"]);
        keys.push(counter.rows("SELECT key FROM parcel ORDER BY rowid"));
    }
    assert_eq!(keys[0], keys[1]);
    counter.run(["outbox", "resume"]).ok();
    counter.at(LATER, ["deliver"]).ok();
    assert_eq!(digests(&counter), ["digest accepted 2", "issue accepted 1"]);
    assert_eq!(sink.count(), 2);
}

/// Whoever is killed while planning leaves the parcels of an occurrence all or not at all.
#[test]
fn digest_planning_that_is_killed_is_done_again_whole() {
    if !have(&["faces"]) {
        return;
    }
    let sink = Sink::start(Manner::default());
    let counter = office("mail", &format!("{ALLOWED}{}", mail(sink.port, "")), "a@example.org");
    counter.run(["outbox", "pause"]).ok();
    counter.tick(FIRST).ok();
    for round in 0..12_u64 {
        let forget = "DELETE FROM enclosure; DELETE FROM parcel; UPDATE issue SET planned = NULL";
        counter.database().execute_batch(forget).expect("a change");
        let run = counter.start("log", ["deliver", "--now", LATER]);
        std::thread::sleep(std::time::Duration::from_millis(round * 8));
        drop(run);
        let planned = counter.rows("SELECT count(planned) || '' FROM issue").remove(0);
        match planned.as_str() {
            "0" => assert_eq!(digests(&counter), [""; 0], "round {round}"),
            "3" => assert_eq!(digests(&counter), ["digest ready 3"], "round {round}"),
            other => panic!("round {round}: {other} of three issues are planned"),
        }
    }
    counter.run(["outbox", "resume"]).ok();
    counter.at(LATER, ["deliver"]).ok();
    counter.at(LATER, ["deliver"]).ok();
    assert_eq!((digests(&counter), sink.count()), (vec!["digest accepted 3".to_owned()], 1));
    counter.is_sound();
}

/// A draft that waits for its signature holds up the digest it belongs to.
#[test]
fn digest_waits_for_a_signature() {
    if !have(&["faces"]) {
        return;
    }
    let counter = office("drop", DROP, "a");
    counter.run(["outbox", "pause"]).ok();
    counter.tick(FIRST).ok();
    counter.run(["outbox", "resume"]).ok();
    // As approval records it: all that could be made is, and one document is a draft yet.
    let held = "DELETE FROM enclosure; DELETE FROM parcel; UPDATE issue SET planned = NULL; UPDATE occurrence SET state = 'held';
                UPDATE issue SET state = 'reserved' WHERE subject = 'baishi'; UPDATE task SET state = 'held' WHERE subject = 'baishi'";
    counter.database().execute_batch(held).expect("a change");
    counter.at(LATER, ["deliver"]).ok();
    assert_eq!(digests(&counter), [""; 0]);
    let signed = "UPDATE issue SET state = 'issued'; UPDATE task SET state = 'issued'";
    counter.database().execute_batch(signed).expect("a change");
    counter.at(LATER, ["deliver"]).ok();
    assert_eq!(digests(&counter), ["digest accepted 3"]);
}

#[test]
fn digest_on_a_printer_is_a_job_for_each_file() {
    if !have(&["faces"]) {
        return;
    }
    let Some(rig) = Rig::start(ATTRIBUTES) else { return };
    let settings = format!(
        "[delivery]\nprinters = [{0:?}]\n[[channel]]\nid = \"paper\"\nkind = \"print\"\nprinters = [{0:?}]\n",
        rig.uri
    );
    let counter = office("paper", &settings, "room 7");
    counter.replace("data/recipients.toml", "digest = true", "digest = true\ncopies = 2");
    counter.replace("report.toml", "copies = 30", "copies = \"sum\"");
    counter.tick(FIRST).ok();
    assert_eq!(digests(&counter), ["digest accepted 3"]);
    let mut printed: Vec<String> =
        rig.documents().iter().map(|bytes| briefing::disk::sha256(bytes)).collect();
    printed.sort();
    assert_eq!(printed, counter.rows("SELECT pdf FROM issue ORDER BY pdf"));
    let key: String = counter.key().chars().take(16).collect();
    for job in 1..=3 {
        let asked = rig.asked(job);
        let is_named = |line: &String| line.starts_with(&format!("IPP_JOB_NAME=report {key}-{job} "));
        assert!(asked.iter().any(is_named) && asked.contains(&"IPP_COPIES=2".to_owned()), "{asked:#?}");
    }
}
