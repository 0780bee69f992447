//! Printing on a real printer's protocol: Debian's `ippeveprinter`.
//!
//! Lines that break are left to `print_faults`.

use std::fs;
use std::time::Duration;

use briefing::delivery::print::{LpChannel, LpSettings, PrintChannel, PrintSettings};
use briefing::delivery::{Channel, Outcome, Parcel, Phase};
use chrono::NaiveTime;

use crate::printers::{
    ATTRIBUTES, KEY, NoSecrets, Rig, dead, enclosure, parcel, pdf, record, script, settings, wait,
};

/// Sends with a channel of its own, as after a crash.
fn send(settings: PrintSettings, parcel: &Parcel) -> (Outcome, Vec<Phase>) {
    let mut phases = Vec::new();
    let mut channel = PrintChannel::new(settings, &NoSecrets, NaiveTime::MIN);
    let outcome = channel.send(parcel, "archive", &mut record(&mut phases)).expect("a ledger that works");
    (outcome, phases)
}

fn completed(job: i32, uri: &str) -> Outcome {
    Outcome::Accepted { receipt: format!("job {job} on {uri}: completed") }
}

#[track_caller]
fn retry(outcome: Outcome) -> String {
    match outcome {
        Outcome::Retry { reason, .. } => reason,
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn refused(outcome: Outcome) -> String {
    match outcome {
        Outcome::Refused { reason } => reason,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_parcel_is_printed_as_asked_and_once() {
    let Some(rig) = Rig::start(ATTRIBUTES) else { return };
    let (outcome, phases) = send(settings(&[&rig.uri]), &parcel(3));
    assert_eq!(outcome, completed(1, &rig.uri));
    assert_eq!(phases, [Phase::Sending, Phase::DataSent]);
    assert_eq!(rig.documents(), [pdf()]);
    let asked = rig.asked(1);
    for line in [
        "IPP_COPIES=3",
        "IPP_SIDES=two-sided-long-edge",
        "IPP_MEDIA=iso_a4_210x297mm",
        "IPP_PRINT_COLOR_MODE=color",
        "IPP_FINISHINGS=staple",
        "IPP_JOB_ORIGINATING_USER_NAME=report",
        "IPP_DOCUMENT_FORMAT_SUPPLIED=application/pdf",
        "IPP_JOB_NAME=report 00aa11bb22cc33dd 党建联建资料简报第11期（平凉市，2026年10月）",
    ] {
        assert!(asked.iter().any(|asked| asked == line), "{line}: {asked:#?}");
    }

    // A crash after the last step forgets all that; the printer does not.
    let (outcome, phases) = send(settings(&[&dead(), &rig.uri]), &parcel(3));
    assert_eq!(outcome, completed(1, &rig.uri));
    assert_eq!(phases, []);
    assert_eq!(rig.documents().len(), 1);

    let other = Parcel { key: KEY.replace('a', "f"), ..parcel(1) };
    assert_eq!(send(settings(&[&rig.uri]), &other).0, completed(2, &rig.uri));
    assert_eq!(rig.documents().len(), 2);
}

#[test]
fn each_file_of_a_parcel_is_a_job() {
    let Some(rig) = Rig::start(ATTRIBUTES) else { return };
    let both = Parcel { enclosures: vec![enclosure("简报.pdf"), enclosure("附件.pdf")], ..parcel(1) };
    let receipt = format!("job 1 on {0}: completed; job 2 on {0}: completed", rig.uri);
    for phases in [&[Phase::Sending, Phase::DataSent][..], &[]] {
        let expected = (Outcome::Accepted { receipt: receipt.clone() }, phases.to_vec());
        assert_eq!(send(settings(&[&rig.uri]), &both), expected);
    }
    assert!(rig.asked(2).contains(&"IPP_JOB_NAME=report 00aa11bb22cc33dd-2 附件.pdf".to_owned()));
    assert_eq!(rig.documents().len(), 2);
}

#[test]
fn what_a_printer_cannot_do_is_refused_with_its_list_or_left_to_another() {
    let plain = ATTRIBUTES
        .replace("auto,color,monochrome", "auto,monochrome")
        .replace("color-supported true", "color-supported false")
        .replace("finishings-supported 3,4", "finishings-supported 3");
    let Some(rig) = Rig::start(&plain) else { return };
    let (outcome, phases) = send(settings(&[&rig.uri]), &parcel(10));
    let reason = refused(outcome);
    for part in [
        "print-color-mode `color` is not supported: the printer offers auto, monochrome",
        "finishings `staple` is not supported: the printer offers none",
        "copies `10` is not supported: the printer offers at most 9 of one job",
    ] {
        assert!(reason.contains(part), "{reason}");
    }
    assert_eq!((phases, rig.documents().len()), (Vec::new(), 0));

    let paper = PrintSettings { media: "iso_a5_148x210mm".to_owned(), ..settings(&[&rig.uri]) };
    let reason = refused(send(paper, &parcel(1)).0);
    assert!(reason.contains("media `iso_a5_148x210mm`"), "{reason}");
    let mut text = parcel(1);
    text.enclosures[0].media_type = "text/csv".to_owned();
    let reason = refused(send(settings(&[&rig.uri]), &text).0);
    assert!(reason.contains("document-format `text/csv`"), "{reason}");

    // What is dead now may be able to.
    let reason = retry(send(settings(&[&rig.uri, &dead()]), &parcel(1)).0);
    assert!(reason.contains("staple") && reason.contains("refused"), "{reason}");
    let Some(able) = Rig::start(ATTRIBUTES) else { return };
    let (outcome, _) = send(settings(&[&rig.uri, &able.uri]), &parcel(1));
    assert_eq!(outcome, completed(1, &able.uri));
}

#[test]
fn a_dead_printer_leads_to_the_next_and_alone_to_another_attempt() {
    let Some(rig) = Rig::start(ATTRIBUTES) else { return };
    assert_eq!(send(settings(&[&dead(), &rig.uri]), &parcel(1)).0, completed(1, &rig.uri));
    let (outcome, phases) = send(settings(&[&dead()]), &parcel(1));
    assert!(retry(outcome).contains("refused"));
    assert_eq!(phases, []);
}

#[test]
fn out_of_paper_waits_in_the_printer() {
    let Some(rig) = Rig::start(ATTRIBUTES) else { return };
    let Some(other) = Rig::start(ATTRIBUTES) else { return };
    let short = || PrintSettings { deadline: Duration::from_secs(1), ..settings(&[&rig.uri, &other.uri]) };
    rig.paper(false);
    for attempt in [1, 2] {
        let reason = retry(send(short(), &parcel(1)).0);
        assert!(reason.starts_with(&format!("job 1 on {}: processing", rig.uri)), "{attempt}: {reason}");
        assert!(reason.contains("media-empty"), "{attempt}: {reason}");
    }
    rig.paper(true);
    assert_eq!(send(settings(&[&rig.uri, &other.uri]), &parcel(1)).0, completed(1, &rig.uri));
    assert_eq!((rig.documents().len(), other.documents().len()), (1, 0));
}

#[test]
fn a_canceled_job_is_refused_and_printed_again_only_when_told() {
    let Some(rig) = Rig::start(ATTRIBUTES) else { return };
    rig.paper(false);
    let short = PrintSettings { deadline: Duration::from_millis(500), ..settings(&[&rig.uri]) };
    retry(send(short, &parcel(1)).0);
    rig.ipptool(
        "{ NAME \"cancel\" OPERATION Cancel-Job GROUP operation-attributes-tag
         ATTR charset attributes-charset utf-8 ATTR language attributes-natural-language en
         ATTR uri printer-uri $uri ATTR integer job-id 1 ATTR name requesting-user-name report
         STATUS successful-ok }",
    );
    rig.paper(true);
    let account = refused(send(settings(&[&rig.uri]), &parcel(1)).0);
    assert!(account.starts_with(&format!("job 1 on {}: canceled (", rig.uri)), "{account}");
    let again = refused(send(settings(&[&rig.uri]), &parcel(1)).0);
    assert_eq!(again, account);

    let mut channel = PrintChannel::new(settings(&[&rig.uri]), &NoSecrets, NaiveTime::MIN);
    channel.remember(KEY, Some(&account));
    let outcome = channel.send(&parcel(1), "archive", &mut |_| Ok(())).expect("a ledger that works");
    assert_eq!(outcome, completed(2, &rig.uri));
}

#[test]
fn a_printer_that_vanishes_with_the_job_leaves_it_unknown() {
    let Some(mut rig) = Rig::start(ATTRIBUTES) else { return };
    let Some(other) = Rig::start(ATTRIBUTES) else { return };
    rig.paper(false);
    let (uri, paths) = (rig.uri.clone(), rig.path("job-1.env"));
    let short = PrintSettings { deadline: Duration::from_secs(4), ..settings(&[&uri, &other.uri]) };
    let outcome = std::thread::scope(|scope| {
        let sent = scope.spawn(|| send(short.clone(), &parcel(1)).0);
        wait(|| paths.exists());
        rig.printer.kill().expect("it runs");
        sent.join().expect("no panic")
    });
    let Outcome::Unknown { reason } = outcome else { panic!("{outcome:?}") };
    assert!(reason.starts_with(&format!("job 1 on {uri}: taken")), "{reason}");

    // It may be switched on again with the job in it: the other one must not print it too.
    let mut channel = PrintChannel::new(short, &NoSecrets, NaiveTime::MIN);
    channel.remember(KEY, Some(&reason));
    let outcome = channel.send(&parcel(1), "archive", &mut |_| Ok(())).expect("a ledger that works");
    assert!(matches!(outcome, Outcome::Unknown { .. }), "{outcome:?}");
    assert_eq!(other.documents().len(), 0);
}

#[test]
fn a_printer_that_stands_still_does_not_hold_up_the_next() {
    let Some(rig) = Rig::start(ATTRIBUTES) else { return };
    let Some(other) = Rig::start(ATTRIBUTES) else { return };
    let process = i32::try_from(rig.printer.id()).ok().and_then(rustix::process::Pid::from_raw);
    let process = process.expect("a process");
    rustix::process::kill_process(process, rustix::process::Signal::STOP).expect("it is ours");
    let short = PrintSettings { deadline: Duration::from_secs(2), ..settings(&[&rig.uri, &other.uri]) };
    assert_eq!(send(short, &parcel(1)).0, completed(1, &other.uri));
    rustix::process::kill_process(process, rustix::process::Signal::CONT).expect("it is ours");
}

#[test]
fn ipps_trusts_whom_it_is_told_to() {
    let Some(rig) = Rig::start(ATTRIBUTES) else { return };
    let uri = rig.uri.replace("ipp:", "ipps:");
    let reason = retry(send(settings(&[&uri]), &parcel(1)).0);
    assert!(reason.contains("certificate"), "{reason}");
    let ca_file = Some(rig.path("localhost.crt"));
    let trusting = PrintSettings { ca_file, ..settings(&[&uri]) };
    assert_eq!(send(trusting, &parcel(1)).0, completed(1, &uri));
    assert_eq!(rig.documents(), [pdf()]);
}

#[test]
fn a_probe_says_what_the_printers_can_do() {
    let Some(rig) = Rig::start(ATTRIBUTES) else { return };
    let dead = dead();
    let probe = |printers: &[&str]| PrintChannel::new(settings(printers), &NoSecrets, NaiveTime::MIN).probe();
    let (lines, well) = probe(&[&rig.uri]);
    let lines = lines.join("\n");
    assert!(well, "{lines}");
    for part in ["idle, accepts jobs", "sides: one-sided, two-sided", "finishings: none, staple", "most 9"] {
        assert!(lines.contains(part), "{lines}");
    }
    let (lines, well) = probe(&[&rig.uri, &dead]);
    assert!(!well && lines.iter().any(|line| line.starts_with(&dead)), "{lines:#?}");
    assert!(rig.documents().is_empty());
}

#[test]
fn lp_is_given_the_document_and_trusted_no_further_than_the_queue() {
    let folder = tempfile::tempdir().expect("a folder");
    let lp = folder.path().join("lp");
    script(&lp, "cat >\"${0%/*}/got\"\necho \"request id is $*\"\n");
    let run = |rest: &[&str]| {
        let command = [lp.to_str().expect("plain")].iter().chain(rest).map(|&word| word.to_owned()).collect();
        let mut channel = LpChannel::new(LpSettings { command, body_only: false });
        channel.send(&parcel(2), "archive", &mut |_| Ok(())).expect("a ledger that works")
    };
    let Outcome::Accepted { receipt } = run(&["-d", "archive"]) else { panic!("it is queued") };
    assert!(receipt.starts_with("queued only"), "{receipt}");
    assert!(receipt.contains("-d archive -n 2 -t report 00aa11bb22cc33dd 党建"), "{receipt}");
    assert_eq!(fs::read(folder.path().join("got")).expect("a document"), pdf());

    script(&lp, "echo 'lp: the printer or class does not exist.' >&2\nexit 1\n");
    assert!(retry(run(&[])).ends_with("ends with 1: lp: the printer or class does not exist."));
    fs::remove_file(&lp).expect("it is ours");
    assert!(matches!(run(&[]), Outcome::Stopped { .. }));
}
