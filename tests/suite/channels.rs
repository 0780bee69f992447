//! Folder and command: parcels in real folders, on a full disk, and through real commands.
//!
//! The channels that speak HTTP are left to `channels_http` and `channels_wecom`.

use std::collections::BTreeMap;
use std::fs;

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use briefing::delivery::{
    About, Channel, CommandChannel, CommandSettings, Enclosure, Folder, FolderSettings, Layout, Outcome,
    Parcel, Phase, Secrets,
};
use briefing::disk;
use briefing::ledger::{LedgerError, ParcelKind};
use tempfile::TempDir;

use crate::small_disk::SmallDisk;
use crate::tools;

/// An environment of the test's own.
pub(crate) struct Variables(pub(crate) BTreeMap<&'static str, String>);

impl Secrets for Variables {
    fn variable(&self, name: &str) -> Option<String> {
        self.0.get(name).cloned()
    }
}

pub(crate) fn enclosure(name: &str, plain_name: &str, bytes: &[u8]) -> Enclosure {
    Enclosure {
        body_pages: None,
        name: name.into(),
        plain_name: plain_name.into(),
        media_type: "application/pdf".into(),
        bytes: bytes.into(),
        sha256: disk::sha256(bytes),
        path: String::new(),
        about: About::default(),
    }
}

pub(crate) fn parcel() -> Parcel {
    Parcel {
        language: briefing::model::Language::default(),
        key: disk::sha256(b"the first parcel"),
        kind: ParcelKind::Issue,
        note: None,
        compared: String::new(),
        changes: Vec::new(),
        title: "党建联建资料简报第11期（平凉市，2026年10月）".into(),
        document: "region".into(),
        subject: "pingliang".into(),
        period: "2026-10".into(),
        figures: vec![("机制数".into(), "12".into())],
        enclosures: vec![enclosure(
            "简报第11期-平凉市.pdf",
            "briefing-11-pingliang.pdf",
            b"%PDF-1.7 of a test",
        )],
        copies: 1,
        internal: false,
    }
}

/// Sends a parcel: how it ended, and the phases that it went through.
pub(crate) fn send(channel: &mut dyn Channel, parcel: &Parcel, address: &str) -> (Outcome, Vec<Phase>) {
    let mut phases = Vec::new();
    let outcome = channel.send(parcel, address, &mut |phase| {
        phases.push(phase);
        Ok(())
    });
    (outcome.expect("each phase is recorded"), phases)
}

/// Sends a parcel whose phase cannot be recorded.
pub(crate) fn send_unrecorded(channel: &mut dyn Channel, parcel: &Parcel, fails: Phase) {
    let sent = channel.send(parcel, "office", &mut |phase| {
        if phase == fails { Err(LedgerError::Overtaken) } else { Ok(()) }
    });
    assert!(matches!(sent, Err(LedgerError::Overtaken)), "{sent:?}");
}

#[track_caller]
pub(crate) fn retried(outcome: &Outcome, words: &str) {
    assert!(matches!(outcome, Outcome::Retry { reason, .. } if reason.contains(words)), "{outcome:?}");
}

#[track_caller]
pub(crate) fn refused(outcome: &Outcome, words: &str) {
    assert!(matches!(outcome, Outcome::Refused { reason } if reason.contains(words)), "{outcome:?}");
}

#[track_caller]
pub(crate) fn stopped(outcome: &Outcome, words: &str) {
    assert!(matches!(outcome, Outcome::Stopped { reason } if reason.contains(words)), "{outcome:?}");
}

#[track_caller]
pub(crate) fn unknown(outcome: &Outcome, words: &str) {
    assert!(matches!(outcome, Outcome::Unknown { reason } if reason.contains(words)), "{outcome:?}");
}

pub(crate) fn temporary() -> TempDir {
    tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a temporary folder")
}

fn drop_into(path: &Path, layout: Layout) -> Folder {
    Folder::new(FolderSettings { path: path.to_owned(), layout, plain_names: false })
}

/// The files of a folder with what is in them, and when each was last given its name.
fn files(folder: &Path) -> BTreeMap<String, (Vec<u8>, u64)> {
    use std::os::unix::fs::MetadataExt;
    let entries = fs::read_dir(folder).expect("a folder").flatten().filter(|entry| entry.path().is_file());
    let look = |path: PathBuf| {
        (fs::read(&path).expect("a readable file"), fs::metadata(&path).expect("it is there").ino())
    };
    entries.map(|entry| (entry.file_name().to_string_lossy().into_owned(), look(entry.path()))).collect()
}

#[test]
fn a_parcel_lies_whole_in_its_folder() {
    let top = temporary();
    let (outcome, phases) =
        send(&mut drop_into(top.path(), Layout::PeriodSubject), &parcel(), "平凉市/办公室");
    let folder = top.path().join("平凉市/办公室/2026-10/pingliang");
    assert_eq!(outcome, Outcome::Accepted { receipt: folder.display().to_string() });
    assert_eq!(phases, [Phase::Sending, Phase::DataSent]);
    let found = files(&folder);
    let names: Vec<&str> = found.keys().map(String::as_str).collect();
    assert_eq!(names, ["manifest.json", "简报第11期-平凉市.pdf", "简报第11期-平凉市.pdf.ok"]);
    assert_eq!(found["简报第11期-平凉市.pdf"].0, b"%PDF-1.7 of a test");
    assert!(found["简报第11期-平凉市.pdf.ok"].0.is_empty());
    let manifest: serde_json::Value = serde_json::from_slice(&found["manifest.json"].0).expect("JSON");
    let entry = &manifest["files"][0];
    assert_eq!(entry["name"], "简报第11期-平凉市.pdf");
    assert_eq!(entry["size"], 18);
    assert_eq!(entry["title"], parcel().title);
    assert_eq!(entry["key"], parcel().key);
    // What another program computes.
    let sum = tools::output("sha256sum", [folder.join("简报第11期-平凉市.pdf")]);
    assert_eq!(entry["sha256"], sum.split_whitespace().next().expect("a sum").trim_start_matches('\\'));
}

#[test]
fn the_same_parcel_again_changes_nothing() {
    let top = temporary();
    let mut folder = drop_into(top.path(), Layout::Flat);
    let first = send(&mut folder, &parcel(), "office").0;
    let before = files(&top.path().join("office"));
    let (second, phases) = send(&mut folder, &parcel(), "office");
    assert_eq!((first, phases), (second, vec![Phase::Sending]));
    assert_eq!(files(&top.path().join("office")), before);
}

#[test]
fn another_file_of_the_same_name_is_kept_beside() {
    let top = temporary();
    let mut folder = Folder::new(FolderSettings {
        path: top.path().to_owned(),
        layout: Layout::Period,
        plain_names: true,
    });
    let mut other = parcel();
    other.key = disk::sha256(b"the second parcel");
    other.enclosures[0].bytes = b"%PDF-1.7 corrected".to_vec();
    for parcel in [parcel(), other.clone(), parcel(), other.clone()] {
        assert!(matches!(send(&mut folder, &parcel, "office").0, Outcome::Accepted { .. }));
    }
    let found = files(&top.path().join("office/2026-10"));
    let beside = format!("briefing-11-pingliang-{}.pdf", &other.key[..8]);
    assert_eq!(found.len(), 5, "{found:?}");
    assert_eq!(found["briefing-11-pingliang.pdf"].0, b"%PDF-1.7 of a test");
    assert_eq!(found[&beside].0, b"%PDF-1.7 corrected");
    let manifest: serde_json::Value = serde_json::from_slice(&found["manifest.json"].0).expect("JSON");
    let keys: Vec<_> =
        manifest["files"].as_array().expect("a list").iter().map(|file| &file["key"]).collect();
    assert_eq!(keys, [&other.key, &parcel().key]);
}

#[test]
fn what_leads_out_of_the_folder_is_refused() {
    let top = temporary();
    let mut folder = drop_into(&top.path().join("drop"), Layout::PeriodSubject);
    fs::create_dir(top.path().join("drop")).expect("a new folder");
    for address in ["", "..", "../x", "a/../..", "/etc", "a//b", "a\\b", "a/", ".hidden", "C:", "a\nb"] {
        let (outcome, phases) = send(&mut folder, &parcel(), address);
        refused(&outcome, "no sub-folder");
        assert!(phases.is_empty());
    }
    let mut odd = parcel();
    odd.subject = "../../x".into();
    refused(&send(&mut folder, &odd, "office").0, "no sub-folder");
    for name in ["../../x.pdf", "", "a/b.pdf", "a.pdf.ok"] {
        let mut odd = parcel();
        odd.enclosures[0].name = name.into();
        refused(&send(&mut folder, &odd, "office").0, name);
    }
    fs::create_dir(top.path().join("outside")).expect("a new folder");
    std::os::unix::fs::symlink(top.path().join("outside"), top.path().join("drop/link")).expect("a link");
    refused(&send(&mut folder, &parcel(), "link").0, "is a link");
    assert_eq!(files(&top.path().join("outside")).len() + files(top.path()).len(), 0);
}

#[test]
fn a_missing_folder_and_a_strange_manifest_are_waited_for() {
    let top = temporary();
    let mut folder = drop_into(&top.path().join("share"), Layout::Flat);
    retried(&send(&mut folder, &parcel(), "office").0, "share");
    assert!(!folder.probe().1 && !top.path().join("share").exists(), "a share is not created");
    fs::create_dir_all(top.path().join("share/office")).expect("a new folder");
    assert!(folder.probe().1, "{:?}", folder.probe());
    fs::write(top.path().join("share/office/manifest.json"), "somebody's").expect("a new file");
    retried(&send(&mut folder, &parcel(), "office").0, "cannot understand");
    assert_eq!(fs::read(top.path().join("share/office/manifest.json")).expect("it is there"), b"somebody's");
    fs::remove_file(top.path().join("share/office/manifest.json")).expect("it was there");
    assert!(matches!(send(&mut folder, &parcel(), "office").0, Outcome::Accepted { .. }));
}

#[test]
fn without_a_recorded_phase_nothing_is_marked_as_whole() {
    let top = temporary();
    let mut folder = drop_into(top.path(), Layout::Flat);
    send_unrecorded(&mut folder, &parcel(), Phase::Sending);
    assert_eq!(fs::read_dir(top.path()).expect("a folder").count(), 0);
    send_unrecorded(&mut folder, &parcel(), Phase::DataSent);
    assert!(files(&top.path().join("office")).keys().all(|name| !name.ends_with(".ok")));
    assert!(matches!(send(&mut folder, &parcel(), "office").0, Outcome::Accepted { .. }));
}

#[test]
fn a_full_disk_is_waited_for_and_nothing_half_is_left() {
    let Some(small) = SmallDisk::mount("size=256k") else { return };
    let mut folder = drop_into(&small.path, Layout::Flat);
    let mut large = parcel();
    large.enclosures.push(enclosure("附件.pdf", "annex.pdf", &vec![7; 400 << 10]));
    retried(&send(&mut folder, &large, "office").0, "No space left");
    let found = files(&small.path.join("office"));
    assert!(found.keys().all(|name| name == "简报第11期-平凉市.pdf"), "{:?}", found.keys());
    large.enclosures[1].bytes.truncate(100 << 10);
    assert!(matches!(send(&mut folder, &large, "office").0, Outcome::Accepted { .. }));
    assert_eq!(files(&small.path.join("office")).len(), 5);
}

#[test]
fn a_folder_that_is_not_writable_is_waited_for() {
    let Some(small) = SmallDisk::mount("ro") else { return };
    let mut folder = drop_into(&small.path, Layout::Flat);
    retried(&send(&mut folder, &parcel(), "office").0, "Read-only");
    assert!(!folder.probe().1);
}

fn commanded<'a>(
    scratch: &Path,
    argv: &[&str],
    seconds: f64,
    environment: &'a Variables,
) -> CommandChannel<'a> {
    let settings = CommandSettings {
        argv: argv.iter().map(|word| (*word).to_owned()).collect(),
        deadline: Duration::from_secs_f64(seconds),
        scratch: scratch.to_owned(),
    };
    CommandChannel::new(settings, environment)
}

fn environment() -> Variables {
    Variables([("PATH", "/usr/bin:/bin".into()), ("KEY", "hunter2".into())].into())
}

#[test]
fn a_command_reads_the_parcel_and_its_files() {
    let (scratch, environment) = (temporary(), environment());
    let told = scratch.path().join("told");
    // Keeps what it reads, the environment, and the modes and sums of the files, which it finds by their paths in the JSON.
    let script = r#"cat > "$0.json"; env > "$0.env"; for f in "$1"/parcel-*/*; do stat -c %a "$f" "${f%/*}"; sha256sum < "$f"; done > "$0.files"; echo receipt 7; echo more"#;
    let argv = ["sh", "-c", script, told.to_str().expect("plain"), scratch.path().to_str().expect("plain")];
    let (outcome, phases) =
        send(&mut commanded(scratch.path(), &argv, 60.0, &environment), &parcel(), "科室");
    assert_eq!(outcome, Outcome::Accepted { receipt: "receipt 7".into() });
    assert_eq!(phases, [Phase::Sending, Phase::DataSent]);
    let read = |extension: &str| fs::read_to_string(told.with_extension(extension)).expect("it was written");
    let json: serde_json::Value = serde_json::from_str(&read("json")).expect("JSON");
    assert_eq!((&json["address"], &json["key"]), (&"科室".into(), &parcel().key.into()));
    assert_eq!(json["figures"][0], serde_json::json!({ "label": "机制数", "value": "12" }));
    assert_eq!(json["files"][0]["size"], 18);
    let sum = disk::sha256(b"%PDF-1.7 of a test");
    assert_eq!(read("files"), format!("600\n700\n{sum}  -\n"));
    assert!(!Path::new(json["files"][0]["path"].as_str().expect("a path")).exists());
    // A shell adds these two by itself.
    let names =
        read("env").lines().filter_map(|line| line.split('=').next().map(str::to_owned)).collect::<Vec<_>>();
    assert!(
        names.iter().all(|name| ["PATH", "PWD", "OLDPWD", "SHLVL", "_"].contains(&name.as_str())),
        "{names:?}"
    );
}

#[test]
fn the_exit_code_of_a_command_is_the_outcome() {
    let (scratch, environment) = (temporary(), environment());
    let run = |script: &str, seconds: f64| {
        let outcome =
            send(&mut commanded(scratch.path(), &["sh", "-c", script], seconds, &environment), &parcel(), "");
        assert_eq!(fs::read_dir(scratch.path()).expect("a folder").count(), 0, "files are left");
        outcome.0
    };
    retried(&run("echo later >&2; exit 75", 60.0), "exit code 75: later");
    retried(&run("exit 69", 60.0), "exit code 69");
    stopped(&run("exit 78", 60.0), "exit code 78");
    stopped(&run("nothing-of-that-name", 60.0), "exit code 127");
    refused(&run("exit 65", 60.0), "exit code 65");
    refused(&run("exit 1", 60.0), "exit code 1");
    unknown(&run("kill -9 $$", 60.0), "signal 9");
    unknown(&run("sleep 1000 & wait", 0.3), "killed after");
}

#[test]
fn a_command_that_is_not_there_stops_the_channel() {
    let (scratch, environment) = (temporary(), environment());
    let plain = scratch.path().join("plain");
    fs::write(&plain, "#!/bin/sh\n").expect("a new file");
    fs::set_permissions(&plain, fs::Permissions::from_mode(0o644)).expect("our file");
    for argv in [&["/nowhere/send"][..], &["no-such-command"], &[], &[""], &[plain.to_str().expect("plain")]]
    {
        let mut channel = commanded(scratch.path(), argv, 60.0, &environment);
        let (outcome, phases) = send(&mut channel, &parcel(), "office");
        assert!(matches!(outcome, Outcome::Stopped { .. }) && phases.is_empty(), "{argv:?}: {outcome:?}");
        assert!(!channel.probe().1);
    }
    let mut channel = commanded(scratch.path(), &["sh"], 60.0, &environment);
    let (lines, well) = channel.probe();
    assert!(well && lines.concat().ends_with("/sh` can be run"), "{lines:?}");
}

#[test]
fn a_command_is_not_started_before_its_phase_is_recorded() {
    let (scratch, environment) = (temporary(), environment());
    let mark = scratch.path().join("mark");
    for phase in [Phase::Sending, Phase::DataSent] {
        let argv = ["touch", mark.to_str().expect("plain")];
        send_unrecorded(&mut commanded(scratch.path(), &argv, 60.0, &environment), &parcel(), phase);
        assert_eq!(fs::read_dir(scratch.path()).expect("a folder").count(), 0);
    }
}
