//! A relay of our own that breaks off where it is told to.
//!
//! What a channel makes of that is left to `email_faults`.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use briefing::delivery::email::EmailSettings;

use crate::mail_parts::settings;

/// What a relay does on one line.
#[derive(Clone, Copy)]
pub(crate) enum Fault {
    /// All is well.
    Nothing,
    /// Answers this command (or `dot`, or `greeting`) with these bytes, and closes the line where the last is true.
    Answer(&'static str, &'static [u8], bool),
    /// Answers this command so from the second time on.
    Later(&'static str, &'static [u8]),
    /// Does not answer this any more.
    Silent(&'static str),
    /// Closes the line within the message.
    DropInBody,
}

/// What a relay was told and given.
#[derive(Default)]
pub(crate) struct Seen {
    pub(crate) commands: Vec<String>,
    pub(crate) messages: Vec<Vec<u8>>,
    /// Lines that were closed within a message.
    pub(crate) torn: usize,
}

/// A relay of which the n-th line behaves as the n-th fault says, and all later ones as the last.
pub(crate) struct Relay {
    pub(crate) port: u16,
    pub(crate) seen: Arc<Mutex<Seen>>,
}

impl Relay {
    pub(crate) fn start(faults: &[Fault]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let seen = Arc::new(Mutex::new(Seen::default()));
        let (faults, all) = (faults.to_vec(), Arc::clone(&seen));
        thread::spawn(move || {
            for (number, stream) in listener.incoming().enumerate() {
                let fault = faults.get(number).or(faults.last()).copied().expect("a fault");
                let all = Arc::clone(&all);
                thread::spawn(move || serve(stream.expect("a line"), fault, &all));
            }
        });
        Self { port, seen }
    }

    pub(crate) fn settings(&self) -> EmailSettings {
        EmailSettings { timeout: Duration::from_secs(1), ..settings(self.port) }
    }

    /// Once nothing more happens: commands, messages, torn messages.
    pub(crate) fn seen(&self) -> (Vec<String>, usize, usize) {
        thread::sleep(Duration::from_millis(200));
        let seen = self.seen.lock().expect("no panic");
        (seen.commands.clone(), seen.messages.len(), seen.torn)
    }
}

/// One line. A client that goes away ends it.
fn serve(stream: TcpStream, fault: Fault, all: &Mutex<Seen>) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut writer = stream;
    let mut times = 0;
    let mut answer = |what: &str, usual: &str| -> Option<()> {
        match fault {
            Fault::Later(when, bytes) if when == what => {
                times += 1;
                writer.write_all(if times > 1 { bytes } else { usual.as_bytes() }).ok()
            }
            Fault::Answer(when, bytes, closes) if when == what => {
                writer.write_all(bytes).ok()?;
                // Closing while the client still sends would take the answer back.
                (!closes).then_some(())
            }
            Fault::Silent(when) if when == what => {
                thread::sleep(Duration::from_secs(4));
                None
            }
            _ => writer.write_all(usual.as_bytes()).ok(),
        }
    };
    answer("greeting", "220 relay ESMTP\r\n")?;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let command = line.trim_end().to_owned();
        all.lock().expect("no panic").commands.push(command.clone());
        let word = command.split([' ', ':']).next().unwrap_or_default();
        match word {
            "EHLO" => {
                answer(word, "250-relay\r\n250-SIZE 99000000\r\n250-AUTH PLAIN LOGIN\r\n250 8BITMIME\r\n")?;
            }
            "AUTH" => answer(word, "235 in\r\n")?,
            "DATA" => {
                answer(word, "354 go on\r\n")?;
                let message = body(&mut reader, fault, all)?;
                all.lock().expect("no panic").messages.push(message);
                answer("dot", "250 2.0.0 taken as 42\r\n")?;
            }
            "QUIT" => {
                answer(word, "221 bye\r\n")?;
                return None;
            }
            _ => answer(word, "250 fine\r\n")?,
        }
    }
}

/// The message up to its dot; nothing where the line ends before.
fn body(reader: &mut BufReader<TcpStream>, fault: Fault, all: &Mutex<Seen>) -> Option<Vec<u8>> {
    if matches!(fault, Fault::DropInBody) {
        let _ = reader.read_exact(&mut [0; 1000]);
        return None;
    }
    let mut message = Vec::new();
    while !message.ends_with(b"\r\n.\r\n") {
        if reader.read_until(b'\n', &mut message).ok()? == 0 {
            all.lock().expect("no panic").torn += 1;
            return None;
        }
    }
    message.truncate(message.len() - 3);
    Some(message)
}
