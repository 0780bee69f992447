//! What goes over the pipes between a run and its workers: one line of JSON with lengths, then the bytes.
//!
//! Processes and deadlines are left to `child`.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufRead, BufReader, Read, Write};

use serde::{Deserialize, Serialize};

use crate::diag::{Diagnostic, Diagnostics, Problem, Severity, SourceFile, Span, Warned};
use crate::settings::Standard;
use crate::typeset::{Engine, Job, Typeset};

/// Larger heads are no heads of ours: the other side is out of step.
const LONGEST_HEAD: u64 = 64 << 20;

#[derive(Debug, Serialize, Deserialize)]
struct Question {
    main: String,
    /// YYYY-MM-DD.
    today: String,
    ident: String,
    standard: String,
    view: usize,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct AnswerHead {
    pages: usize,
    body_pages: usize,
    figures: BTreeMap<usize, BTreeSet<usize>>,
    notice: Option<usize>,
    files: Vec<(String, String)>,
    /// The length of the PDF; none where there is no document.
    pdf: Option<usize>,
    messages: Vec<Message>,
}

/// What the typesetter said. Only it speaks in a worker: everything else was checked before.
#[derive(Debug, Serialize, Deserialize)]
struct Message {
    said: Said,
    place: Option<Place>,
}

#[derive(Debug, Serialize, Deserialize)]
enum Said {
    Template {
        message: String,
        hints: Vec<String>,
        fatal: bool,
    },
    Box {
        character: String,
        page: usize,
        face: String,
    },
    Unreadable {
        path: String,
        reason: String,
    },
    /// Any other message, in its words.
    Other {
        message: String,
        hints: Vec<String>,
        fatal: bool,
    },
}

#[derive(Debug, Serialize, Deserialize)]
struct Place {
    file: String,
    text: String,
    start: usize,
    end: usize,
}

/// A worker's answer to one question.
#[derive(Debug)]
pub(super) struct Answer {
    head: AnswerHead,
    pdf: Vec<u8>,
}

pub(super) fn write_question(to: &mut impl Write, job: &Job<'_>) -> io::Result<()> {
    let question = Question {
        main: job.main.to_owned(),
        today: job.today.to_string(),
        ident: job.ident.to_owned(),
        standard: job.standard.name().to_owned(),
        view: job.view.len(),
    };
    write_parts(to, &question, job.view)
}

pub(super) fn read_answer(from: &mut impl Read) -> io::Result<Answer> {
    let head: AnswerHead = read_head(from)?;
    let pdf = read_bytes(from, head.pdf.unwrap_or(0))?;
    Ok(Answer { head, pdf })
}

/// Answers questions until there are no more.
///
/// # Errors
/// When a pipe fails, or what comes over it is no question.
pub fn serve(engine: &Engine, from: impl Read, mut to: impl Write) -> io::Result<()> {
    let mut from = BufReader::new(from);
    loop {
        if from.fill_buf()?.is_empty() {
            return Ok(());
        }
        let question: Question = read_head(&mut from)?;
        let view = read_bytes(&mut from, question.view)?;
        let job = Job {
            main: &question.main,
            view: &view,
            today: question.today.parse().map_err(io::Error::other)?,
            ident: &question.ident,
            standard: Standard::parse(&question.standard).unwrap_or_default(),
        };
        let set = engine.typeset(&job);
        let messages = set.diagnostics.iter().map(message).collect();
        let (pdf, head) = match set.output {
            Some(Typeset { pdf, pages, body_pages, figures, notice, files }) => {
                let head =
                    AnswerHead { pages, body_pages, figures, notice, files, pdf: Some(pdf.len()), messages };
                (pdf, head)
            }
            None => (Vec::new(), AnswerHead { messages, ..AnswerHead::default() }),
        };
        write_parts(&mut to, &head, &pdf)?;
    }
}

impl Answer {
    pub(super) fn into_typeset(self) -> Warned<Option<Typeset>> {
        let Self { mut head, pdf } = self;
        let mut diagnostics = Diagnostics::new();
        for message in std::mem::take(&mut head.messages) {
            let problem = match message.said {
                Said::Template { message, hints, fatal } | Said::Other { message, hints, fatal } => {
                    Problem::Template { message, hints, fatal }
                }
                Said::Box { character, page, face } => Problem::Box { character, page, face },
                Said::Unreadable { path, reason } => Problem::Unreadable { path, reason },
            };
            match message.place {
                Some(Place { file, text, start, end }) => {
                    diagnostics.push(problem, Span::new(&SourceFile::new(&file, text), start..end));
                }
                None => diagnostics.push_nowhere(problem),
            }
        }
        let set = head.pdf.is_some();
        let AnswerHead { pages, body_pages, figures, notice, files, .. } = head;
        let output = set.then_some(Typeset { pdf, pages, body_pages, figures, notice, files });
        Warned { output, diagnostics }
    }
}

fn message(diagnostic: &Diagnostic) -> Message {
    let said = match diagnostic.problem.clone() {
        Problem::Template { message, hints, fatal } => Said::Template { message, hints, fatal },
        Problem::Box { character, page, face } => Said::Box { character, page, face },
        Problem::Unreadable { path, reason } => Said::Unreadable { path, reason },
        other => Said::Other {
            message: other.message(),
            hints: other.hints(),
            fatal: diagnostic.severity == Severity::Error,
        },
    };
    let place = diagnostic.span.as_ref().map(|span| Place {
        file: span.file.path().to_owned(),
        text: span.file.text().to_owned(),
        start: span.range.start,
        end: span.range.end,
    });
    Message { said, place }
}

fn write_parts(to: &mut impl Write, head: &impl Serialize, bytes: &[u8]) -> io::Result<()> {
    let mut line = serde_json::to_vec(head).expect("strings and numbers always serialise");
    line.push(b'\n');
    to.write_all(&line)?;
    to.write_all(bytes)?;
    to.flush()
}

/// Reads one line, byte by byte: what follows it belongs to somebody else. A pipe of this kind carries few heads.
fn read_head<T: for<'de> Deserialize<'de>>(from: &mut impl Read) -> io::Result<T> {
    let mut line = Vec::new();
    let mut byte = [0];
    loop {
        from.read_exact(&mut byte)?;
        if byte[0] == b'\n' {
            break;
        }
        line.push(byte[0]);
        if line.len() as u64 > LONGEST_HEAD {
            return Err(io::Error::other("the head has no end"));
        }
    }
    serde_json::from_slice(&line).map_err(io::Error::other)
}

fn read_bytes(from: &mut impl Read, length: usize) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; length];
    from.read_exact(&mut bytes)?;
    Ok(bytes)
}
