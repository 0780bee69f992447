//! What is printed in tests, and a printer to print on: Debian's `ippeveprinter` on a bus of its own.
//!
//! What is to come of it is left to `print`; a printer that fails, to `own_printer`.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use briefing::delivery::print::{Colour, PrintSettings, Sides};
use briefing::delivery::{About, Enclosure, Parcel, Phase, Secrets};
use briefing::ledger::{LedgerError, ParcelKind};
use tempfile::TempDir;

use crate::tools::{service_in, service_tree, skip};

pub(crate) const KEY: &str = "00aa11bb22cc33dd44ee55ff66778899aabbccddeeff00112233445566778899";

/// The environment has nothing to hide.
pub(crate) struct NoSecrets;

impl Secrets for NoSecrets {
    fn variable(&self, name: &str) -> Option<String> {
        (name == "PRINTER_PASSWORD").then(|| "open sesame".to_owned())
    }
}

pub(crate) fn settings(printers: &[&str]) -> PrintSettings {
    PrintSettings {
        printers: printers.iter().map(|&uri| uri.to_owned()).collect(),
        sides: Sides::LongEdge,
        media: "iso_a4_210x297mm".to_owned(),
        colour: Colour::Colour,
        staple: true,
        body_only: false,
        hours: None,
        deadline: Duration::from_secs(20),
        login: None,
        ca_file: None,
    }
}

/// A valid PDF of an empty page and a stream of every byte, longer than what fits into the buffers of a connection at once.
pub(crate) fn pdf() -> Vec<u8> {
    let stream: Vec<u8> = (0..300_000_u32).map(|at| (at.wrapping_mul(at) / 7 % 256) as u8).collect();
    let mut pdf = b"%PDF-1.7\n%\xe5\x85\xac\n".to_vec();
    let mut places = Vec::new();
    let objects: [&[u8]; 3] = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>",
    ];
    for (at, object) in objects.iter().enumerate() {
        places.push(pdf.len());
        pdf.extend(format!("{} 0 obj\n", at + 1).bytes());
        pdf.extend(*object);
        pdf.extend(b"\nendobj\n");
    }
    places.push(pdf.len());
    pdf.extend(format!("4 0 obj\n<</Length {}>>\nstream\n", stream.len()).bytes());
    pdf.extend(stream);
    pdf.extend(b"\nendstream\nendobj\n");
    let start = pdf.len();
    pdf.extend(b"xref\n0 5\n0000000000 65535 f \n");
    pdf.extend(places.iter().flat_map(|place| format!("{place:010} 00000 n \n").into_bytes()));
    pdf.extend(format!("trailer\n<</Size 5/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n").bytes());
    pdf
}

pub(crate) fn enclosure(name: &str) -> Enclosure {
    Enclosure {
        name: name.to_owned(),
        plain_name: "briefing.pdf".to_owned(),
        media_type: "application/pdf".to_owned(),
        bytes: pdf(),
        sha256: String::new(),
        body_pages: None,
        path: String::new(),
        about: About::default(),
    }
}

pub(crate) fn parcel(copies: u32) -> Parcel {
    Parcel {
        language: briefing::model::Language::default(),
        key: KEY.to_owned(),
        kind: ParcelKind::Issue,
        note: None,
        compared: String::new(),
        changes: Vec::new(),
        title: "党建联建资料简报第11期（平凉市，2026年10月）".to_owned(),
        document: "briefing".to_owned(),
        subject: "pingliang".to_owned(),
        period: "2026-10".to_owned(),
        figures: Vec::new(),
        enclosures: vec![enclosure("简报.pdf")],
        copies,
        internal: false,
    }
}

/// Records the phases.
pub(crate) fn record(phases: &mut Vec<Phase>) -> impl FnMut(Phase) -> Result<(), LedgerError> {
    |phase| {
        phases.push(phase);
        Ok(())
    }
}

/// A URI at which nobody listens.
pub(crate) fn dead() -> String {
    format!("ipp://127.0.0.1:{}/ipp/print", free_port())
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a free port").port()
}

/// The part of a rig's attributes that tests change.
pub(crate) const ATTRIBUTES: &str = "ATTR boolean color-supported true
ATTR rangeOfInteger copies-supported 1-9
ATTR integer copies-default 1
ATTR mimeMediaType document-format-supported application/pdf
ATTR mimeMediaType document-format-default application/pdf
ATTR enum finishings-default 3
ATTR enum finishings-supported 3,4
ATTR keyword media-default iso_a4_210x297mm
ATTR keyword media-supported iso_a4_210x297mm,iso_a3_297x420mm
ATTR keyword media-ready iso_a4_210x297mm
ATTR keyword print-color-mode-default auto
ATTR keyword print-color-mode-supported auto,color,monochrome
ATTR keyword sides-default one-sided
ATTR keyword sides-supported one-sided,two-sided-long-edge,two-sided-short-edge
";

/// A bus with no other purpose than that `ippeveprinter` starts; it announces nothing on it.
const BUS: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:path=SOCKET</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/></policy>
</busconfig>
"#;

/// What the printer does with a document: writes down how it was asked to, and waits while there is no paper.
const PRINT: &str = r#"#!/bin/sh
cd "$(dirname "$0")" || exit 1
env | grep '^IPP_' >"job-$IPP_JOB_ID.part" && mv "job-$IPP_JOB_ID.part" "job-$IPP_JOB_ID.env"
[ -e no-paper ] || exit 0
echo 'STATE: +media-empty-error' >&2
while [ -e no-paper ]; do sleep 0.05; done
echo 'STATE: -media-empty-error' >&2
"#;

/// A running `ippeveprinter`.
pub(crate) struct Rig {
    pub(crate) uri: String,
    pub(crate) printer: Child,
    bus: Child,
    folder: TempDir,
}

impl Rig {
    /// Starts one with these attributes, unless the tools are not there.
    #[track_caller]
    pub(crate) fn start(attributes: &str) -> Option<Self> {
        let (printer, daemon) = ("usr/sbin/ippeveprinter", "usr/bin/dbus-daemon");
        let (Some(tree), Some(bus_tree)) = (service_tree(printer), service_tree(daemon)) else {
            skip("cups-ipp-utils, dbus");
            return None;
        };
        // The path of a socket is short.
        let folder = tempfile::Builder::new().prefix("printer-").tempdir_in("/tmp").expect("a folder");
        let path = |name: &str| folder.path().join(name);
        let socket = path("bus");
        fs::write(path("bus.xml"), BUS.replace("SOCKET", &socket.display().to_string())).expect("writable");
        fs::write(path("attributes"), attributes).expect("writable");
        fs::write(path("print"), PRINT).expect("writable");
        fs::set_permissions(path("print"), fs::Permissions::from_mode(0o755)).expect("it is ours");
        fs::create_dir(path("spool")).expect("a new folder");
        let quiet = |command: &mut Command| {
            let log = fs::File::options().create(true).append(true).open(path("log")).expect("a log");
            command.stdin(Stdio::null()).stdout(log.try_clone().expect("a log")).stderr(log);
            command.spawn().expect("it starts")
        };
        let mut command = service_in(&bus_tree, daemon);
        command.arg("--config-file").arg(path("bus.xml")).args(["--nofork", "--nopidfile"]);
        let bus = quiet(&mut command);
        wait(|| socket.exists());
        let port = free_port();
        let mut command = service_in(&tree, printer);
        command.env("DBUS_SYSTEM_BUS_ADDRESS", format!("unix:path={}", socket.display()));
        command.args(["-r", "off", "-k", "-vv", "-n", "localhost", "-p", &port.to_string(), "-d"]);
        command.arg(path("spool")).arg("-a").arg(path("attributes")).arg("-c").arg(path("print"));
        command.arg("-K").arg(folder.path()).arg("Archive");
        let printer = quiet(&mut command);
        wait(|| TcpStream::connect(("127.0.0.1", port)).is_ok());
        Some(Self { uri: format!("ipp://localhost:{port}/ipp/print"), printer, bus, folder })
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Takes the paper away, or puts it back.
    pub(crate) fn paper(&self, there: bool) {
        let file = self.path("no-paper");
        if there { fs::remove_file(file) } else { fs::write(file, "") }.expect("the rig is ours");
    }

    /// The documents that arrived.
    pub(crate) fn documents(&self) -> Vec<Vec<u8>> {
        let entries =
            fs::read_dir(self.path("spool")).expect("the spool").flatten().map(|entry| entry.path());
        let is_pdf = |path: &PathBuf| path.extension().is_some_and(|e| e == "pdf");
        entries.filter(is_pdf).map(|path| fs::read(path).expect("a document")).collect()
    }

    /// How a job was asked for, once it is worked on: `IPP_COPIES=2`.
    pub(crate) fn asked(&self, job: i32) -> Vec<String> {
        let path = self.path(&format!("job-{job}.env"));
        wait(|| path.exists());
        fs::read_to_string(path).expect("what it was asked for").lines().map(str::to_owned).collect()
    }

    /// Asks the printer with `ipptool`.
    pub(crate) fn ipptool(&self, test: &str) {
        let program = "usr/bin/ipptool";
        let tree = service_tree(program).expect("it comes with ippeveprinter");
        let file = self.path("ipptool.test");
        fs::write(&file, test).expect("writable");
        let output = service_in(&tree, program).arg("-tv").arg(&self.uri).arg(file).output();
        let output = output.expect("ipptool starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    }
}

impl Drop for Rig {
    fn drop(&mut self) {
        for child in [&mut self.printer, &mut self.bus] {
            // It may be dead already.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

#[track_caller]
pub(crate) fn wait(done: impl Fn() -> bool) {
    let began = Instant::now();
    while !done() {
        assert!(began.elapsed() < Duration::from_secs(30), "nothing comes of it");
        sleep(Duration::from_millis(20));
    }
}

/// Writes a script that can be started.
pub(crate) fn script(path: &Path, text: &str) {
    fs::write(path, format!("#!/bin/sh\n{text}")).expect("a writable file");
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("it is ours");
}
