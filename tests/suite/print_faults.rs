//! Printing where something breaks: a printer of our own that hangs up, forgets, hides and refuses as it is told.
//!
//! What a sound printer does is left to `print`.

use std::path::PathBuf;
use std::time::Duration;

use briefing::delivery::print::{PrintChannel, PrintSettings};
use briefing::delivery::{Channel, Outcome, Parcel, Phase, SecretSource};
use briefing::ledger::LedgerError;
use chrono::NaiveTime;

use crate::own_printer::{Fake, Print};
use crate::printers::{KEY, NoSecrets, dead, enclosure, parcel, pdf, record, settings};

fn quick(printers: &[&Fake]) -> PrintSettings {
    let uris: Vec<&str> = printers.iter().map(|printer| printer.uri.as_str()).collect();
    PrintSettings { deadline: Duration::from_millis(600), ..settings(&uris) }
}

fn send(settings: PrintSettings, remembered: Option<Option<&str>>, parcel: &Parcel) -> Outcome {
    let mut channel = PrintChannel::new(settings, &NoSecrets, NaiveTime::MIN);
    if let Some(account) = remembered {
        channel.remember(KEY, account);
    }
    channel.send(parcel, "archive", &mut |_| Ok(())).expect("a ledger that works")
}

fn completed(printer: &Fake) -> Outcome {
    Outcome::Accepted { receipt: format!("job 1 on {}: completed", printer.uri) }
}

#[track_caller]
fn unknown(outcome: Outcome) -> String {
    match outcome {
        Outcome::Unknown { reason } => reason,
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn retry(outcome: Outcome) -> String {
    match outcome {
        Outcome::Retry { reason, .. } => reason,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_answer_that_is_lost_is_found_by_the_key() {
    let (first, second) = (Fake::start(Print::TakeAndHangUp), Fake::start(Print::Take));
    assert_eq!(send(quick(&[&first, &second]), None, &parcel(1)), completed(&first));
    assert_eq!(first.state().documents, [pdf()]);
    assert!(second.state().documents.is_empty());
}

#[test]
fn a_line_that_breaks_in_the_document_is_tried_again_there() {
    let (first, second) = (Fake::start(Print::HangUp), Fake::start(Print::Take));
    let reason = retry(send(quick(&[&first, &second]), None, &parcel(1)));
    assert!(reason.contains("it has no such job"), "{reason}");
    assert!(second.state().documents.is_empty());
    // What it gave up itself is not counted as taken.
    first.state().jobs.push((7, format!("report {} title", &KEY[..16]), 8));
    first.state().print = Print::Take;
    let outcome = send(quick(&[&first, &second]), Some(Some(&reason)), &parcel(1));
    assert!(matches!(outcome, Outcome::Accepted { .. }), "{outcome:?}");
    assert_eq!(first.state().documents.len(), 1);
}

#[test]
fn a_printer_that_can_no_longer_be_asked_leaves_it_unknown() {
    let (first, second) = (Fake::start(Print::TakeAndVanish), Fake::start(Print::Take));
    let reason = unknown(send(quick(&[&first, &second]), None, &parcel(1)));
    assert!(reason.contains("cannot be asked any more"), "{reason}");
    // Nor is it printed elsewhere as long as that printer stays away.
    unknown(send(quick(&[&first, &second]), Some(Some(&reason)), &parcel(1)));
    assert!(second.state().documents.is_empty());
    first.state().vanished = false;
    assert_eq!(send(quick(&[&first, &second]), Some(Some(&reason)), &parcel(1)), completed(&first));
    assert_eq!(first.state().documents.len(), 1);
}

#[test]
fn a_crash_is_asked_about_at_every_printer_of_the_group() {
    let (first, dead) = (Fake::start(Print::Take), dead());
    let both = || PrintSettings { printers: vec![first.uri.clone(), dead.clone()], ..quick(&[]) };
    let reason = unknown(send(both(), Some(None), &parcel(1)));
    assert!(reason.contains(&dead), "{reason}");
    assert!(first.state().documents.is_empty());
    // All can be asked, and none has it: the crash came before.
    assert_eq!(send(quick(&[&first]), Some(None), &parcel(1)), completed(&first));
}

#[test]
fn a_printer_that_hides_names_cannot_say_that_it_has_no_such_job() {
    let first = Fake::start(Print::TakeAndHangUp);
    first.state().hides_names = true;
    let reason = unknown(send(quick(&[&first]), None, &parcel(1)));
    assert!(reason.contains("hides the names of 1 jobs"), "{reason}");
    unknown(send(quick(&[&first]), Some(Some(&reason)), &parcel(1)));
    assert_eq!(first.state().documents.len(), 1);
}

#[test]
fn a_job_that_the_printer_has_forgotten_is_not_printed_again() {
    let first = Fake::start(Print::Take);
    first.state().job_state = 6;
    let reason = retry(send(quick(&[&first]), None, &parcel(1)));
    assert!(reason.starts_with(&format!("job 1 on {}: stopped (", first.uri)), "{reason}");
    // The paper came in the night, and the list of jobs is short.
    first.state().jobs.clear();
    let account = unknown(send(quick(&[&first]), Some(Some(&reason)), &parcel(1)));
    assert!(account.contains("taken earlier, and not found there now"), "{account}");
    unknown(send(quick(&[&first]), Some(Some(&account)), &parcel(1)));
    // After a restart the number is another's.
    first.state().jobs.push((1, "a letter".to_owned(), 9));
    unknown(send(quick(&[&first]), Some(Some(&account)), &parcel(1)));
    assert_eq!(first.state().documents.len(), 1);
}

#[test]
fn a_file_that_is_printed_stays_so_when_the_next_one_waits() {
    let first = Fake::start(Print::Take);
    let both = Parcel { enclosures: vec![enclosure("简报.pdf"), enclosure("附件.pdf")], ..parcel(1) };
    assert!(matches!(send(quick(&[&first]), None, &both), Outcome::Accepted { .. }));
    first.state().jobs[1].2 = 6;
    let account = retry(send(quick(&[&first]), None, &both));
    let parts = [format!("job 1 on {}: completed", first.uri), format!("job 2 on {}: stopped", first.uri)];
    assert!(parts.iter().all(|part| account.contains(part)), "{account}");
    first.state().jobs.remove(0);
    first.state().jobs[0].2 = 9;
    let outcome = send(quick(&[&first]), Some(Some(&account)), &both);
    assert!(matches!(outcome, Outcome::Accepted { .. }), "{outcome:?}");
    assert_eq!(first.state().documents.len(), 2);
}

#[test]
fn a_printer_that_says_no_leads_to_the_next() {
    for status in [0x0507, 0x0506, 0x040b, 0x0408, 0x0501] {
        let (first, second) = (Fake::start(Print::Refuse(status)), Fake::start(Print::Take));
        assert_eq!(send(quick(&[&first, &second]), None, &parcel(1)), completed(&second), "{status:x}");
    }
    let busy = Fake::start(Print::Refuse(0x0507));
    assert!(retry(send(quick(&[&busy]), None, &parcel(1))).contains("0x0507"));
    let unable = Fake::start(Print::Refuse(0x040b));
    let outcome = send(quick(&[&unable]), None, &parcel(1));
    assert!(matches!(outcome, Outcome::Refused { .. }), "{outcome:?}");
}

#[test]
fn a_stopped_printer_comes_last_and_a_closed_one_never() {
    let (stopped, closed, ready) =
        (Fake::start(Print::Take), Fake::start(Print::Take), Fake::start(Print::Take));
    stopped.state().state = 5;
    closed.state().accepting = false;
    assert_eq!(send(quick(&[&stopped, &closed, &ready]), None, &parcel(1)), completed(&ready));
    assert_eq!(send(quick(&[&closed, &stopped]), None, &parcel(1)), completed(&stopped));
    let reason = retry(send(quick(&[&closed]), None, &parcel(1)));
    assert!(reason.contains("accepts no jobs"), "{reason}");
}

#[test]
fn what_a_printer_ignores_all_the_same_is_in_the_receipt() {
    let first = Fake::start(Print::Substitute);
    let Outcome::Accepted { receipt } = send(quick(&[&first]), None, &parcel(1)) else {
        panic!("it is taken")
    };
    assert!(receipt.ends_with(": completed; the printer ignored sides"), "{receipt}");
}

#[test]
fn a_refused_login_stops_the_channel_and_none_goes_over_the_net_in_plain() {
    let first = Fake::start(Print::Take);
    first.state().http = 401;
    let login = || Some(("archive".to_owned(), SecretSource::Environment("PRINTER_PASSWORD".to_owned())));
    let outcome = send(PrintSettings { login: login(), ..quick(&[&first]) }, None, &parcel(1));
    assert!(matches!(outcome, Outcome::Stopped { .. }), "{outcome:?}");

    let broken = [
        PrintSettings { login: login(), ..settings(&["ipp://printer.example/ipp/print"]) },
        PrintSettings {
            login: Some(("archive".to_owned(), SecretSource::Environment("NONE".to_owned()))),
            ..quick(&[&first])
        },
        settings(&["ipp://archive:sesame@localhost/ipp/print"]),
        settings(&["http://localhost/ipp/print"]),
        settings(&["no printer"]),
        settings(&[]),
        PrintSettings { ca_file: Some(PathBuf::from("missing.pem")), ..quick(&[&first]) },
    ];
    for settings in broken {
        let Outcome::Stopped { reason } = send(settings, None, &parcel(1)) else { panic!("it is broken") };
        assert!(!reason.contains("sesame"), "{reason}");
    }
}

#[test]
fn nothing_is_sent_before_its_step_is_recorded() {
    for refused in [Phase::Sending, Phase::DataSent] {
        let first = Fake::start(Print::Take);
        let mut channel = PrintChannel::new(quick(&[&first]), &NoSecrets, NaiveTime::MIN);
        let mut phase = |phase| if phase == refused { Err(LedgerError::Overtaken) } else { Ok(()) };
        let outcome = channel.send(&parcel(1), "archive", &mut phase);
        assert!(matches!(outcome, Err(LedgerError::Overtaken)), "{outcome:?}");
        assert!(!first.state().asked.contains(&2));
    }
}

#[test]
fn a_long_title_keeps_the_key() {
    let first = Fake::start(Print::Take);
    let long = Parcel { title: format!("简报\n{}", "第11期".repeat(100)), ..parcel(1) };
    for _ in 0..2 {
        assert_eq!(send(quick(&[&first]), None, &long), completed(&first));
    }
    let name = first.state().jobs[0].1.clone();
    assert!(name.starts_with("report 00aa11bb22cc33dd 简报第11期") && name.len() > 250, "{name}");
    assert_eq!(first.state().documents.len(), 1);
}

#[test]
fn printing_has_its_hours() {
    let first = Fake::start(Print::Take);
    let time = |hour, minute| NaiveTime::from_hms_opt(hour, minute, 0).expect("a time");
    let at = |from, to, now| {
        let hours = Some((time(from, 0), time(to, 0)));
        let mut phases = Vec::new();
        let settings = PrintSettings { hours, ..quick(&[&first]) };
        let mut channel = PrintChannel::new(settings, &NoSecrets, now);
        let outcome = channel.send(&parcel(1), "archive", &mut record(&mut phases));
        match outcome.expect("a ledger that works") {
            Outcome::Retry { after, .. } => Some(after.expect("a time to wait").as_secs().div_ceil(60)),
            Outcome::Accepted { .. } => None,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(at(8, 18, time(7, 30)), Some(30));
    assert_eq!(at(8, 18, time(18, 0)), Some(14 * 60));
    assert_eq!(at(22, 6, time(12, 0)), Some(10 * 60));
    assert!(first.state().asked.is_empty());
    assert_eq!(at(8, 18, time(8, 0)), None);
    assert_eq!(at(22, 6, time(23, 0)), None);
    assert_eq!(at(22, 6, time(5, 59)), None);
}

#[test]
fn nothing_to_print_is_refused() {
    let first = Fake::start(Print::Take);
    for empty in [parcel(0), Parcel { enclosures: Vec::new(), ..parcel(1) }] {
        assert!(matches!(send(quick(&[&first]), None, &empty), Outcome::Refused { .. }));
    }
    first.state().most_copies = 1;
    let Outcome::Refused { reason } = send(quick(&[&first]), None, &parcel(2)) else {
        panic!("one at a time")
    };
    assert!(reason.contains("at most 1 of one job"), "{reason}");
}
