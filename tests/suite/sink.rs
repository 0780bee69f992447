//! A relay of our own that takes all mail and remembers to whom each message went, quickly or as slowly as it is told.
//!
//! Relays that break off are left to `faulty_relay`.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Barrier, Mutex};
use std::thread;
use std::time::Duration;

/// What a relay was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mail {
    pub(crate) to: String,
    pub(crate) from: String,
    pub(crate) id: String,
    /// Its beginning.
    pub(crate) text: String,
}

/// How a relay behaves.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Manner {
    /// How long it thinks before each answer.
    pub(crate) pause: Duration,
    /// Whether it refuses every login.
    pub(crate) locked: bool,
    /// Whether it never says a word.
    pub(crate) mute: bool,
    /// A recipient that it refuses; `*` for all.
    pub(crate) unknown: &'static str,
    /// From the second message on, it takes one only when so many lines have one for it.
    pub(crate) together: usize,
}

/// A relay on a port of this machine.
pub(crate) struct Sink {
    pub(crate) port: u16,
    taken: Arc<Mutex<Vec<Mail>>>,
    lines: Arc<Mutex<usize>>,
}

impl Sink {
    pub(crate) fn start(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let sink = Self { port, taken: Arc::default(), lines: Arc::default() };
        let (taken, lines) = (Arc::clone(&sink.taken), Arc::clone(&sink.lines));
        let meeting = Arc::new(Barrier::new(manner.together.max(1)));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                *lines.lock().expect("no panic") += 1;
                let (taken, meeting) = (Arc::clone(&taken), Arc::clone(&meeting));
                thread::spawn(move || serve(stream, manner, &taken, &meeting));
            }
        });
        sink
    }

    /// All that it took, in order.
    pub(crate) fn taken(&self) -> Vec<Mail> {
        self.taken.lock().expect("no panic").clone()
    }

    /// How many messages it took.
    pub(crate) fn count(&self) -> usize {
        self.taken.lock().expect("no panic").len()
    }

    /// To whom they went, sorted.
    pub(crate) fn to(&self) -> Vec<String> {
        let mut to: Vec<String> = self.taken().into_iter().map(|mail| mail.to).collect();
        to.sort();
        to
    }

    /// How many lines were opened.
    pub(crate) fn lines(&self) -> usize {
        *self.lines.lock().expect("no panic")
    }
}

/// One line. A client that goes away ends it.
fn serve(stream: TcpStream, manner: Manner, taken: &Mutex<Vec<Mail>>, meeting: &Barrier) -> Option<()> {
    stream.set_nodelay(true).ok()?;
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut writer = stream;
    let mut answer = |words: &str| -> Option<()> {
        thread::sleep(manner.pause);
        writer.write_all(format!("{words}\r\n").as_bytes()).ok()
    };
    if manner.mute {
        let _ = reader.read_line(&mut String::new());
        return None;
    }
    answer("220 sink ESMTP")?;
    let (mut from, mut to) = (String::new(), String::new());
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim_end().split([' ', ':']).next().unwrap_or_default() {
            "EHLO" => answer("250-sink\r\n250-SIZE 99000000\r\n250-AUTH PLAIN LOGIN\r\n250 8BITMIME")?,
            "AUTH" if manner.locked => answer("535 5.7.8 wrong password")?,
            "AUTH" => answer("235 in")?,
            "MAIL" => {
                from = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                answer("250 fine")?;
            }
            "RCPT" => {
                to = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                let refused = manner.unknown == "*" || (!manner.unknown.is_empty() && to == manner.unknown);
                answer(if refused { "550 5.1.1 no such user" } else { "250 fine" })?;
            }
            "DATA" => {
                if !taken.lock().expect("no panic").is_empty() {
                    meeting.wait();
                }
                answer("354 go on")?;
                let (id, text) = message(&mut reader)?;
                // From here on it counts as taken, whether the answer arrives or not.
                taken.lock().expect("no panic").push(Mail { to: to.clone(), from: from.clone(), id, text });
                answer("250 2.0.0 taken")?;
            }
            "QUIT" => return answer("221 bye"),
            _ => answer("250 fine")?,
        }
    }
}

/// The Message-ID of a message that is whole, and its beginning.
fn message(reader: &mut BufReader<TcpStream>) -> Option<(String, String)> {
    let (mut id, mut text, mut line) = (String::new(), String::new(), Vec::new());
    loop {
        line.clear();
        if reader.read_until(b'\n', &mut line).ok()? == 0 {
            return None;
        }
        if line == b".\r\n" {
            return Some((id, text));
        }
        if text.len() < 8192 {
            text.push_str(&String::from_utf8_lossy(&line));
        }
        if let Some(found) = line.strip_prefix(b"Message-ID: ") {
            id = String::from_utf8_lossy(found).trim_end().to_owned();
        }
    }
}
