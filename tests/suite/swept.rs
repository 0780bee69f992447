//! What a process that was killed leaves of a parcel's files, and where a service may write.
//!
//! What becomes of the parcel itself is left to `outbox_kills`.

use std::fs;

use crate::counter::{COMMAND, Counter, DROP, recipient};
use crate::office::{FIRST, until};
use crate::tools::{have, service_in, service_tree, skip};

const LATER: &str = "2026-12-01T09:00:00+08:00";

/// The folders with a parcel's files.
fn parcels(counter: &Counter) -> Vec<String> {
    let entries = fs::read_dir(counter.path(".report")).expect("the ledger's folder").flatten();
    let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    names.filter(|name| name.starts_with("parcel-")).collect()
}

#[test]
fn swept_are_files_that_no_living_process_reads() {
    if !have(&["faces"]) {
        return;
    }
    let counter = Counter::simple("oa", COMMAND, "desk 7");
    let script = counter.path("deliver.sh");
    counter.replace("report.toml", "\"deliver.sh\"", &format!("{script:?}"));
    counter.replace("report.toml", "timeout = \"1s\"", "timeout = \"10m\"");
    let (at_work, go, over) = (counter.path("at-work"), counter.path("go"), counter.path("over"));
    // It reads the file only once it is told to, as a slow upload does.
    let text = format!(
        "line=$(cat)\ntouch {at_work:?}\nwhile [ ! -e {go:?} ]; do sleep 0.05; done\n\
         file=$(printf '%s' \"$line\" | sed 's/.*\"path\":\"\\([^\"]*\\)\".*/\\1/')\nsha256sum \"$file\" >{over:?}.part\nmv {over:?}.part {over:?}\n"
    );
    fs::write(&script, text).expect("a new file");
    counter.run(["outbox", "pause"]).ok();
    counter.tick(FIRST).ok();
    counter.run(["outbox", "resume"]).ok();
    let mut run = counter.start("log", ["deliver", "--now", FIRST]);
    until("the command is at work", || at_work.exists() || run.has_ended());
    run.signal(rustix::process::Signal::KILL);
    run.ends();
    assert_eq!(parcels(&counter).len(), 1);
    // The program is gone, and the command is not: its file stays until it has ended.
    counter.tick(LATER).ok();
    assert_eq!((parcels(&counter).len(), counter.state().as_str()), (1, "unknown"));
    fs::write(&go, "").expect("a new file");
    until("the command has read it", || over.exists());
    let pdf = counter.rows("SELECT pdf FROM issue").remove(0);
    assert!(fs::read_to_string(&over).expect("its digest").starts_with(&pdf));
    // It takes a moment to end after its last line.
    until("it is swept", || {
        counter.tick(LATER).ok();
        parcels(&counter).is_empty()
    });
    counter.is_sound();
}

#[test]
fn swept_or_not_a_service_may_write_where_its_channels_do() {
    let program = "usr/bin/systemd-analyze";
    let Some(tree) = service_tree(program) else { return skip("systemd") };
    let outside = tempfile::Builder::new().prefix("a drop ").tempdir_in("/var/tmp").expect("a folder");
    let there = outside.path().canonicalize().expect("it is there").display().to_string();
    let channel = |id: &str, path: &str| {
        DROP.replace("\"drop\"\nkind", &format!("\"{id}\"\nkind"))
            .replace("path = \"drop\"", &format!("path = {path:?}"))
    };
    let missing = format!("{there}/missing");
    let settings = [
        channel("inside", "drop"),
        channel("outside", &there),
        channel("gone", &missing),
        channel("own", "reports"),
    ];
    let counter =
        Counter::with("[\"region\"]", &["inside"], &settings.concat(), &recipient("a", "", "inside", "a"));
    fs::create_dir(counter.path("reports")).expect("a new folder");
    let units = counter.path("units");
    fs::create_dir(&units).expect("a new folder");
    let into = units.display().to_string();
    let install = ["schedule", "install", "--systemd", "--user", "briefings", "--program", "/bin/true"];
    counter.run(install).ok();
    let text = counter.run(install).stdout;
    let lines: Vec<&str> = text.lines().filter(|line| line.starts_with("ReadWritePaths=")).collect();
    let workspace = counter.path("").canonicalize().expect("it is there").display().to_string();
    let mut drops = [
        (there.clone(), format!("\"-{there}\"")),
        (format!("{workspace}/drop"), format!("-{workspace}/drop")),
    ];
    drops.sort();
    let drops = drops.map(|(_, word)| word).join(" ");
    let expected = format!("ReadWritePaths={workspace}/.report {workspace}/reports {drops}");
    assert_eq!(lines, [expected]);
    for (name, unit) in text.split("# report-tick.").skip(1).map(|unit| unit.split_once('\n').expect("lines"))
    {
        fs::write(units.join(format!("report-tick.{name}")), unit).expect("a new file");
    }
    let mut analyze = service_in(&tree, program);
    let paths = ["service", "timer"].map(|kind| format!("{into}/report-tick.{kind}"));
    let output = analyze.args(["verify", "--man=no", "--recursive-errors=no"]).args(paths).output();
    let output = output.expect("systemd-analyze starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && !said.contains("report-tick"), "{said}");
}
