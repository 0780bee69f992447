//! A printer of our own, that hangs up, forgets, hides and refuses as it is told.
//!
//! What is to come of that is left to `print_faults`.

use std::io::{BufRead, BufReader, Cursor, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};

use ipp::attribute::{IppAttribute, IppAttributeGroup, IppAttributes};
use ipp::model::{DelimiterTag, IppVersion, StatusCode};
use ipp::parser::IppParser;
use ipp::prelude::IppRequestResponse;
use ipp::reader::IppReader;
use ipp::value::{IppKeyword, IppMimeMediaType, IppName, IppValue};

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
    assert!(first.get("requesting-user-name").is_some(), "it hides its jobs from {operation}");
    let groups = response.attributes_mut().groups_mut();
    match operation {
        2 => {
            let fidelity = first.get("ipp-attribute-fidelity").map(IppAttribute::value);
            assert_eq!(fidelity, Some(&IppValue::Boolean(true)));
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
