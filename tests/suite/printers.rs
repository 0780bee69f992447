//! Printers to print on: Debian's `ippeveprinter` on a bus of its own, and one of ours that fails as it is told.
//!
//! What is to come of it is left to `print` and `print_faults`.

use std::fs;
use std::io::{BufRead, BufReader, Cursor, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::sleep;
use std::time::{Duration, Instant};

use briefing::delivery::print::{Colour, PrintSettings, Sides};
use briefing::delivery::{Enclosure, Parcel, Phase, Secrets};
use briefing::ledger::LedgerError;
use ipp::attribute::{IppAttribute, IppAttributeGroup, IppAttributes};
use ipp::model::{DelimiterTag, IppVersion, StatusCode};
use ipp::parser::IppParser;
use ipp::prelude::IppRequestResponse;
use ipp::reader::IppReader;
use ipp::value::{IppKeyword, IppMimeMediaType, IppName, IppValue};
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
    }
}

pub(crate) fn parcel(copies: u32) -> Parcel {
    Parcel {
        key: KEY.to_owned(),
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

/// What our printer does with a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Print {
    /// Takes it.
    Take,
    /// Hangs up in the middle of it.
    HangUp,
    /// Takes it and hangs up before the answer.
    TakeAndHangUp,
    /// Takes it, hangs up before the answer, and from then on at once.
    TakeAndVanish,
    /// Answers with this status.
    Refuse(u16),
    /// Takes it and says that it did not heed `sides`.
    Substitute,
}

/// A printer of our own.
pub(crate) struct State {
    pub(crate) print: Print,
    /// The state that a job has at once.
    pub(crate) job_state: i32,
    pub(crate) state: i32,
    pub(crate) accepting: bool,
    pub(crate) hides_names: bool,
    pub(crate) vanished: bool,
    /// The HTTP status of every answer.
    pub(crate) http: u16,
    pub(crate) most_copies: i32,
    /// Number, name, state.
    pub(crate) jobs: Vec<(i32, String, i32)>,
    pub(crate) documents: Vec<Vec<u8>>,
    /// Requests, by operation.
    pub(crate) asked: Vec<i16>,
}

/// It in a thread, until the tests end.
pub(crate) struct Fake {
    pub(crate) uri: String,
    state: Arc<Mutex<State>>,
}

impl Fake {
    pub(crate) fn start(print: Print) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let uri = format!("ipp://{}/ipp/print", listener.local_addr().expect("an address"));
        let state = Arc::new(Mutex::new(State {
            print,
            job_state: 9,
            state: 3,
            accepting: true,
            hides_names: false,
            vanished: false,
            http: 200,
            most_copies: 9,
            jobs: Vec::new(),
            documents: Vec::new(),
            asked: Vec::new(),
        }));
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // A line that breaks is what this is for.
                let _ = answer(stream, &mut shared.lock().expect("no panic"));
            }
        });
        Self { uri, state }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no panic")
    }
}

/// Reads one request and answers it, or does not.
fn answer(stream: TcpStream, state: &mut State) -> std::io::Result<()> {
    if state.vanished {
        return Ok(());
    }
    let mut reader = BufReader::new(&stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().expect("a length");
        }
        if line.trim().is_empty() {
            break;
        }
    }
    // The head of a message is shorter than that, the documents of these tests are longer.
    let mut body = vec![0; length];
    let piece = length.min(2000);
    reader.read_exact(&mut body[..piece])?;
    let operation = i16::from_be_bytes([body[2], body[3]]);
    state.asked.push(operation);
    if operation == 2 && state.print == Print::HangUp {
        return Ok(());
    }
    reader.read_exact(&mut body[piece..])?;
    let (_, attributes, rest) = IppParser::new(IppReader::new(Cursor::new(body))).parse_parts().expect("IPP");
    let mut document = Vec::new();
    rest.into_inner().read_to_end(&mut document)?;
    let Some(reply) = reply(state, operation, &attributes, document) else { return Ok(()) };
    let head = format!("HTTP/1.1 {} X\r\nContent-Type: application/ipp\r\n", state.http);
    let head = format!("{head}Content-Length: {}\r\nConnection: close\r\n\r\n", reply.len());
    (&stream).write_all(&[head.as_bytes(), &reply].concat())
}

/// The answer to a request, where there is one.
fn reply(state: &mut State, operation: i16, asked: &IppAttributes, document: Vec<u8>) -> Option<Vec<u8>> {
    let first = asked.first_of(DelimiterTag::OperationAttributes).expect("attributes");
    let mut response = IppRequestResponse::new_response(IppVersion::v1_1(), StatusCode::SuccessfulOk, 1)
        .expect("it is plain");
    let groups = response.attributes_mut().groups_mut();
    match operation {
        2 => {
            let name = first.get("job-name").and_then(|a| a.value().as_name_without_language());
            let id = i32::try_from(state.jobs.len()).expect("few") + 1;
            if let Print::Refuse(status) = state.print {
                response.header_mut().operation_or_status = status.cast_signed();
                return Some(response.to_bytes().to_vec());
            }
            state.jobs.push((id, name.expect("a name").as_str().to_owned(), state.job_state));
            state.documents.push(document);
            groups.push(job(&state.jobs[state.jobs.len() - 1], false));
            match state.print {
                Print::TakeAndHangUp => return None,
                Print::TakeAndVanish => {
                    state.vanished = true;
                    return None;
                }
                Print::Substitute => {
                    let sides = [("sides", keywords(&["one-sided"]))];
                    groups.push(group(DelimiterTag::UnsupportedAttributes, sides));
                    response.header_mut().operation_or_status = 1;
                }
                _ => {}
            }
        }
        9 => {
            let id = first.get("job-id").and_then(|a| a.value().as_integer()).copied();
            match state.jobs.iter().find(|job| Some(job.0) == id) {
                Some(found) => groups.push(job(found, state.hides_names)),
                None => response.header_mut().operation_or_status = 0x0406,
            }
        }
        10 => {
            let which = first.get("which-jobs").and_then(|a| a.value().as_keyword()).expect("which");
            let done = which.as_str() == "completed";
            let jobs = state.jobs.iter().filter(|job| (job.2 > 6) == done);
            groups.extend(jobs.map(|found| job(found, state.hides_names)));
        }
        11 => groups.push(printer(state)),
        other => panic!("operation {other}"),
    }
    Some(response.to_bytes().to_vec())
}

fn job(job: &(i32, String, i32), hides_name: bool) -> IppAttributeGroup {
    let (id, state) = (IppValue::Integer(job.0), IppValue::Enum(job.2));
    let mut group = group(DelimiterTag::JobAttributes, [("job-id", id), ("job-state", state)]);
    if !hides_name {
        let name = IppValue::NameWithoutLanguage(IppName::new(job.1.clone()).expect("a name"));
        group.attributes_mut().push(IppAttribute::with_name("job-name", name).expect("a name"));
    }
    group
}

fn printer(state: &State) -> IppAttributeGroup {
    let pdf = IppMimeMediaType::new("application/pdf").expect("a type");
    let reasons: &[&str] = if state.state == 5 { &["media-empty-error"] } else { &["none"] };
    let copies = IppValue::RangeOfInteger { min: 1, max: state.most_copies };
    let finishings = IppValue::Array(vec![IppValue::Enum(3), IppValue::Enum(4)]);
    let all = [
        ("printer-state", IppValue::Enum(state.state)),
        ("printer-state-reasons", keywords(reasons)),
        ("printer-is-accepting-jobs", IppValue::Boolean(state.accepting)),
        ("document-format-supported", IppValue::MimeMediaType(pdf)),
        ("sides-supported", keywords(&["one-sided", "two-sided-long-edge"])),
        ("media-supported", keywords(&["iso_a4_210x297mm"])),
        ("print-color-mode-supported", keywords(&["auto", "color"])),
        ("finishings-supported", finishings),
        ("copies-supported", copies),
    ];
    group(DelimiterTag::PrinterAttributes, all)
}

fn keywords(words: &[&str]) -> IppValue {
    IppValue::Array(words.iter().map(|&w| IppValue::Keyword(IppKeyword::new(w).expect("short"))).collect())
}

fn group<const N: usize>(tag: DelimiterTag, all: [(&str, IppValue); N]) -> IppAttributeGroup {
    let mut group = IppAttributeGroup::new(tag);
    let attributes = all.into_iter().map(|(name, value)| IppAttribute::with_name(name, value));
    group.attributes_mut().extend(attributes.map(|attribute| attribute.expect("a name")));
    group
}

/// Writes a script that can be started.
pub(crate) fn script(path: &Path, text: &str) {
    fs::write(path, format!("#!/bin/sh\n{text}")).expect("a writable file");
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("it is ours");
}
