//! A real HTTP server on loopback that keeps what it is sent and answers as a test says, or breaks the line.
//!
//! What is sent and what follows from the answers is left to `channels_http`.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// What the server does with a request.
pub(crate) enum Reply {
    /// Reads it and answers with this status line, these headers and this body.
    Answer(&'static str, Vec<(&'static str, String)>, String),
    /// Reads it and closes the line without a word.
    Hush,
    /// Reads the head, then closes the line.
    HangUp,
    /// Reads it and never answers.
    Sleep,
    /// Reads it and answers with what is no HTTP.
    Babble,
}

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// POST /path HTTP/1.1
    pub(crate) line: String,
    headers: Vec<(String, String)>,
    /// The body, as much of it as came.
    pub(crate) body: Vec<u8>,
}

/// The server; it ends with the tests.
#[derive(Clone)]
pub(crate) struct Listener {
    /// 127.0.0.1:PORT
    pub(crate) address: String,
    connections: Arc<AtomicUsize>,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Request {
    /// A header, by its name in lower case.
    #[track_caller]
    pub(crate) fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(header, _)| header == name);
        &found.unwrap_or_else(|| panic!("no `{name}` in {self:?}")).1
    }

    fn read(stream: &mut BufReader<TcpStream>) -> Option<Self> {
        let mut line = String::new();
        stream.read_line(&mut line).ok().filter(|length| *length > 0)?;
        let mut headers = Vec::new();
        loop {
            let mut header = String::new();
            stream.read_line(&mut header).ok()?;
            let Some((name, value)) = header.trim_end().split_once(':') else { break };
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        Some(Self { line: line.trim_end().to_owned(), headers, body: Vec::new() })
    }

    fn length(&self) -> u64 {
        let length = self.headers.iter().find(|(name, _)| name == "content-length");
        length.map_or(0, |(_, value)| value.parse().expect("a length"))
    }
}

impl Reply {
    /// An answer without headers of its own.
    pub(crate) fn plain(status: &'static str, body: &str) -> Self {
        Self::Answer(status, Vec::new(), body.to_owned())
    }
}

impl Listener {
    /// A server that does with its n-th request what `reply` says.
    pub(crate) fn start(mut reply: impl FnMut(usize, &Request) -> Reply + Send + 'static) -> Self {
        let socket = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = socket.local_addr().expect("it is bound").to_string();
        let listener = Self { address, connections: Arc::default(), requests: Arc::default() };
        let server = listener.clone();
        std::thread::spawn(move || {
            let mut asleep = Vec::new();
            for stream in socket.incoming() {
                let Ok(stream) = stream else { continue };
                server.connections.fetch_add(1, Ordering::SeqCst);
                let mut stream = BufReader::new(stream);
                let Some(mut request) = Request::read(&mut stream) else { continue };
                let number = server.requests.lock().expect("whole").len();
                let reply = reply(number, &request);
                if !matches!(reply, Reply::HangUp) {
                    let length = request.length();
                    let _ = stream.by_ref().take(length).read_to_end(&mut request.body);
                }
                server.requests.lock().expect("whole").push(request);
                match reply {
                    Reply::Answer(status, headers, body) => {
                        let mut head = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n", body.len());
                        for (name, value) in headers {
                            head += &format!("{name}: {value}\r\n");
                        }
                        let _ = stream.get_mut().write_all(format!("{head}\r\n{body}").as_bytes());
                    }
                    Reply::Sleep => asleep.push(stream),
                    Reply::Babble => {
                        let _ = stream.get_mut().write_all(b"220 mail.example.cn ESMTP\r\n");
                    }
                    Reply::Hush | Reply::HangUp => {}
                }
            }
        });
        listener
    }

    /// A server that answers every request alike.
    pub(crate) fn always(status: &'static str, body: &'static str) -> Self {
        Self::start(move |_, _| Reply::plain(status, body))
    }

    /// How many have connected.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// What has come.
    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.lock().expect("whole").clone()
    }

    /// The only request that has come.
    #[track_caller]
    pub(crate) fn request(&self) -> Request {
        let requests = self.requests();
        assert_eq!(requests.len(), 1, "{requests:?}");
        requests[0].clone()
    }
}

/// A port of this machine on which nothing listens: a free one could be another test's before it is tried.
pub(crate) const CLOSED: &str = "127.0.0.1:1";
