//! Files that an outside tool signs: an incremental update of the released file, or nothing is sent.
//!
//! The signature of a person is left to `approval`.

use std::fs;
use std::process::Command;

use briefing::disk::sha256;

use crate::approval::{LATER, QINGHE, approve, approving, file};
use crate::counter::{Counter, DROP};
use crate::office::{FIRST, until};
use crate::tools::{cached, have, output, skip};

const AFTER: &str = "2026-12-01T08:10:00+08:00";

/// A tool that adds a line to the file, as a signature is added.
const ADDS: &str = "cp \"$1\" \"$2\"; printf '%% signed\\n' >> \"$2\"";

/// The keys of a schedule whose files this script signs.
fn by_script(script: &str) -> String {
    format!(
        "sign = {{ command = [\"/bin/sh\", \"-c\", {script:?}, \"sign\", \"{{input}}\", \"{{output}}\"] }}"
    )
}

/// The comparison, to one folder, with no person to ask; its file is signed by this script.
fn signing(script: &str) -> Counter {
    let counter = Counter::simple("drop", DROP, "a");
    let key = format!("since = \"2026-11-15\"\n{}\n", by_script(script));
    counter.replace("report.toml", "since = \"2026-11-15\"\n", &key);
    counter.replace("report.toml", "even_if_unchanged = true\n", "");
    counter
}

const COMPARED: &str = "2026-11/comparative/two-counties";

fn sent(counter: &Counter) -> Vec<u8> {
    let name = counter.files("drop/a").into_iter().find(|name| name.ends_with(".pdf")).expect("it was sent");
    fs::read(counter.path("drop/a").join(name)).expect("a file")
}

#[test]
fn signed_by_pyhanko_what_is_sent_begins_with_what_was_released() {
    if !have(&["faces", "pdfsig", "openssl"]) {
        return;
    }
    let Some(pyhanko) = cached("pyhanko/bin/pyhanko") else { return skip("pyhanko") };
    let tool = pyhanko.display();
    let counter = approving(&format!(
        "sign = {{ command = [\"{tool}\", \"sign\", \"addsig\", \"--field\", \"Seal\", \"pemder\", \"--key\", \"keys/key.pem\", \
         \"--cert\", \"keys/cert.pem\", \"--no-pass\", \"{{input}}\", \"{{output}}\"] }}"
    ));
    fs::create_dir(counter.path("keys")).expect("a new folder");
    let key = Command::new("openssl")
        .args([
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-days",
            "30",
            "-subj",
            "/O=Example/CN=Seal of the Office",
        ])
        .args(["-addext", "keyUsage=critical,digitalSignature,nonRepudiation"])
        .arg("-keyout")
        .arg(counter.path("keys/key.pem"))
        .arg("-out")
        .arg(counter.path("keys/cert.pem"))
        .output()
        .expect("openssl starts");
    assert!(key.status.success(), "{}", String::from_utf8_lossy(&key.stderr));
    counter.check().ok();
    counter.tick(FIRST).ok();
    approve(&counter, LATER, QINGHE, &[]).ok().says("signed by the tool");
    assert!(counter.parcels().is_empty());
    counter.tick(LATER).ok().prints("signed: 2026-11/region/qinghe.signed.pdf").prints("accepted");
    let (released, signed) =
        (file(&counter, &format!("{QINGHE}.pdf")), file(&counter, &format!("{QINGHE}.signed.pdf")));
    assert!(signed.starts_with(&released) && signed.len() > released.len());
    assert_eq!(sent(&counter), signed);
    let issue = counter.issues().remove(0);
    assert_eq!(issue.approved.as_deref(), Some(sha256(&released).as_str()));
    assert_eq!(issue.signed, Some((format!("{QINGHE}.signed.pdf"), sha256(&signed))));
    let path = counter.path(format!("reports/{QINGHE}.signed.pdf"));
    let said = output("pdfsig", ["-nocert".as_ref(), path.as_os_str()]);
    assert!(said.contains("Signature is Valid") && said.contains("Total document signed"), "{said}");
    assert!(said.contains("Seal of the Office"), "{said}");
    // What was signed is known again within the signed file; something else behind it is no signature.
    counter.run(["verify".as_ref(), path.as_os_str()]).ok().prints("identical: ");
    let pasted = counter.path("pasted.pdf");
    fs::write(&pasted, [&released[..], b"\n% more"].concat()).expect("it is ours");
    counter.run(["verify".as_ref(), pasted.as_os_str()]).ends(1).prints("unknown: ");
    assert_eq!(counter.parcels(), ["a drop accepted"]);
    assert_eq!(counter.tick(AFTER).ok().stdout, "");
    counter.at(AFTER, ["sign", QINGHE]).ends(2).says("is signed already");
    counter.is_sound();
}

#[test]
fn signed_a_tool_that_writes_the_file_anew_is_refused_and_nothing_is_sent() {
    if !have(&["faces"]) {
        return;
    }
    let counter = signing("sed 's/PDF/Pdf/' \"$1\" > \"$2\"; echo x >> \"$2\"");
    let alarms = counter.told(FIRST, "alarm");
    assert!(
        alarms.len() == 1 && alarms[0].starts_with("not-signed: not signed, and not sent until it is"),
        "{alarms:?}"
    );
    assert!(
        alarms[0].contains("was written anew") && alarms[0].contains(&format!("report sign {COMPARED}")),
        "{alarms:?}"
    );
    assert!(counter.parcels().is_empty() && !counter.path(format!("reports/{COMPARED}.signed.pdf")).exists());
    // The issue stands; it is told once, and the status knows it.
    assert_eq!(counter.states("monthly"), [("2026-11".to_owned(), "issued")]);
    assert_eq!(counter.tick(LATER).ok().stdout, "");
    counter
        .at(LATER, ["status"])
        .ends(1)
        .prints(&format!("{COMPARED} is not signed, and not sent: report sign {COMPARED}"));
    counter.at(LATER, ["sign", COMPARED]).ends(1).says("was written anew");
    counter
        .at(LATER, ["sign", "2026-11/comparative/two-countys"])
        .ends(2)
        .says(&format!("did you mean `{COMPARED}`?"));
    // Mended, it is signed by hand and sent with the next tick.
    counter.replace("report.toml", "sed 's/PDF/Pdf/'", "cat");
    counter.at(LATER, ["sign", COMPARED]).ok().prints("two-counties.signed.pdf");
    counter.tick(AFTER).ok().prints("accepted");
    assert_eq!(sent(&counter), file(&counter, &format!("{COMPARED}.signed.pdf")));
    counter.at(AFTER, ["status"]).ok();
    assert_eq!(counter.parcels(), ["office drop accepted"]);
}

#[test]
fn signed_a_tool_that_fails_is_tried_again_after_a_day() {
    if !have(&["faces"]) {
        return;
    }
    let counter = signing("echo the card is not there >&2; exit 1");
    let alarms = counter.told(FIRST, "alarm");
    assert!(alarms.len() == 1 && alarms[0].contains("exit code 1: the card is not there"), "{alarms:?}");
    counter.replace(
        "report.toml",
        "echo the card is not there >&2; exit 1",
        &ADDS.replace('\\', "\\\\").replace('"', "\\\""),
    );
    assert_eq!(counter.tick(LATER).ok().stdout, "");
    counter.tick("2026-12-02T08:05:00+08:00").ok().prints("signed: ").prints("accepted");
    let counter = signing("sleep 60");
    counter.replace("report.toml", "\"{output}\"] }", "\"{output}\"], timeout = \"1s\" }");
    let alarms = counter.told(FIRST, "alarm");
    assert!(alarms.len() == 1 && alarms[0].contains("its deadline of 1 s"), "{alarms:?}");
}

/// The tool is at work when the program is killed: the next tick has it signed, and sends it once.
#[test]
fn signed_a_kill_while_the_tool_works_is_made_up_for() {
    if !have(&["faces"]) {
        return;
    }
    let wait = "touch started; while [ ! -e go ]; do sleep 0.01; done; ";
    let counter = signing(&format!("{wait}{ADDS}"));
    let tick = counter.start("log", ["tick", "--now", FIRST]);
    until("the tool works", || counter.path("started").exists());
    drop(tick);
    counter.write("go", "");
    assert!(counter.parcels().is_empty());
    counter.tick(LATER).ok().prints("signed: ").prints("accepted");
    assert_eq!(counter.parcels(), ["office drop accepted"]);
    assert!(sent(&counter).ends_with(b"% signed\n"));
    counter.is_sound();
}

/// What lies there is looked at once more before it leaves.
#[test]
fn signed_files_that_were_altered_are_not_sent() {
    if !have(&["faces"]) {
        return;
    }
    for (name, why) in [
        ("two-counties.signed.pdf", "not the file that was signed"),
        ("two-counties.pdf", "not the file that was issued"),
    ] {
        let counter = signing(ADDS);
        counter.run(["outbox", "pause"]).ok();
        counter.tick(FIRST).ok();
        assert_eq!(counter.parcels(), ["office drop ready"]);
        let path = counter.path(format!("reports/2026-11/comparative/{name}"));
        let mut bytes = fs::read(&path).expect("a file");
        bytes.push(b'x');
        fs::write(&path, bytes).expect("a writable file");
        counter.run(["outbox", "resume"]).ok();
        let alarms = counter.told(LATER, "alarm");
        assert!(alarms.len() == 1 && alarms[0].contains(why), "{name}: {alarms:?}");
        assert_eq!(counter.files("drop"), [""; 0]);
    }
    // Both digests may hold and the signed file be another document all the same.
    let counter = signing(ADDS);
    counter.run(["outbox", "pause"]).ok();
    counter.tick(FIRST).ok();
    let other = b"%PDF another document".to_vec();
    fs::write(counter.path(format!("reports/{COMPARED}.signed.pdf")), &other).expect("a writable file");
    let digest = sha256(&other);
    let change = format!("UPDATE issue SET signed = '{digest}'; UPDATE parcel SET pdf = '{digest}'");
    counter.database().execute_batch(&change).expect("a change");
    counter.run(["outbox", "resume"]).ok();
    let alarms = counter.told(LATER, "alarm");
    assert!(
        alarms.len() == 1 && alarms[0].contains("does not begin with the bytes that were released"),
        "{alarms:?}"
    );
}
