//! `report doctor --online`: what it finds at a relay with TLS and a login, at printers, and where nothing answers.
//!
//! What each channel does with a parcel is left to `email_relays`, `print` and `channels`.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

use chrono::{Days, SecondsFormat, Utc};

use crate::counter::{DROP, mail};
use crate::mail_servers::{opensmtpd, postfix};
use crate::office::{COMPARED, Office};
use crate::printers::{ATTRIBUTES, Rig};
use crate::project::Run;
use crate::tools::have;

const PASSWORD: &str = "open sesame";

/// The doctor so many days from now: a certificate of a test begins today.
fn in_days(office: &Office, days: u64) -> Run {
    let then = (Utc::now() + Days::new(days)).to_rfc3339_opts(SecondsFormat::Secs, true);
    office.at(&then, ["doctor", "--online"])
}

#[test]
fn doctor_tells_login_and_days_of_a_relay() {
    if !have(&["faces"]) {
        return;
    }
    let Some(server) = postfix() else { return };
    let ca = format!(
        "ca_file = \"{}\"\nuser = \"alice\"\npassword = {{ file = \"secret\" }}",
        server.file("relay.ca.pem").display()
    );
    for (port, security) in [(server.ports[1], "tls"), (server.ports[2], "starttls")] {
        let channel = mail(port, &ca).replace("security = \"none\"", &format!("security = \"{security}\""));
        let office = Office::with(&format!("{channel}{COMPARED}"));
        office.write("secret", PASSWORD);
        fs::set_permissions(office.path("secret"), Permissions::from_mode(0o600)).expect("our file");
        let run = in_days(&office, 0);
        run.ok().prints("  mail: works").prints(", in 39 days").prints("logged in as alice");
        assert!(!run.stdout.contains("have it renewed"));
        // One day is begun already: 40 were given.
        in_days(&office, 18).ok().prints(", in 21 days");
        in_days(&office, 19).ends(1).prints("mail: does not work").prints(", in 20 days: have it renewed");
        office.write("secret", "shut sesame");
        let run = in_days(&office, 0);
        run.ends(1).prints("mail: does not work").prints("logging in: 535 5.7.8");
        assert!(!(run.stdout.clone() + &run.stderr).contains("shut sesame"));
        fs::remove_file(office.path("secret")).expect("it is there");
        in_days(&office, 0).ends(1).prints("cannot read the secret");
    }
}

#[test]
fn doctor_asks_printers_and_names_what_does_not_answer() {
    if !have(&["faces"]) {
        return;
    }
    let Some(printer) = Rig::start(ATTRIBUTES) else { return };
    let channels = |uri: &str| {
        format!(
            "[delivery]\nprinters = [{uri:?}]\nhosts = [\"127.0.0.1:1\"]\n\n[[channel]]\nid = \"paper\"\nkind = \"print\"\nprinters = [{uri:?}]\n\n\
             [[channel]]\nid = \"hook\"\nkind = \"webhook\"\nurl = \"http://127.0.0.1:1/\"\nkey = {{ command = [\"echo\", \"x\"] }}\n{DROP}{COMPARED}"
        )
    };
    let office = Office::with(&channels(&printer.uri));
    in_days(&office, 0)
        .ends(1)
        .prints("  paper: works")
        .prints("  hook: does not work")
        .prints("`127.0.0.1` does not answer")
        .prints("  drop: does not work");
    fs::create_dir(office.path("drop")).expect("a new folder");
    in_days(&office, 0).ends(1).prints("  drop: works");
    let office = Office::with(&channels("ipp://127.0.0.1:1/ipp/print"));
    in_days(&office, 0).ends(1).prints("  paper: does not work");
    assert!(printer.documents().is_empty(), "nothing was printed");
}

#[test]
fn doctor_says_what_an_open_relay_takes() {
    if !have(&["faces"]) {
        return;
    }
    let Some(server) = opensmtpd() else { return };
    let office = Office::with(&format!("{}{COMPARED}", mail(server.ports[0], "")));
    in_days(&office, 0).ok().prints("  mail: works").prints("not encrypted: the relay is this machine");
}
