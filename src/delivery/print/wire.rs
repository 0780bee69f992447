//! One printer over IPP: a question, its answer, and how far the question got when there was none.
//!
//! What is asked is left to `capabilities` and `job`. The crate `ipp` writes and reads the messages; its client is not used: it takes a
//! proxy from the environment, which the library never reads, cannot tell a connection that never was from one that broke, and sends
//! `ipps` without a port to 443 instead of 631 (RFC 7472).

use std::io::{Cursor, ErrorKind, Read};
use std::net::IpAddr;
use std::time::Duration;

use base64::Engine as _;
use ipp::attribute::{IppAttribute, IppAttributeGroup, IppAttributes};
use ipp::model::{DelimiterTag, IppVersion, Operation};
use ipp::parser::{IppParseError, IppParser};
use ipp::prelude::{IppRequestResponse, Uri};
use ipp::reader::IppReader;
use ipp::value::{IppKeyword, IppName, IppString, IppValue};
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};

/// A printer that stands still must not hold up the others for longer.
const CONNECT: Duration = Duration::from_secs(10);

/// More than any list of jobs; a printer cannot fill the memory.
const LONGEST_REPLY: u64 = 8 << 20;

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum Failure {
    /// No connection: nothing was sent.
    NotReached(String),
    /// A connection, or an HTTP server without a printer behind it: what was sent may have arrived.
    Lost(String),
    /// The login was refused, or one is wanted.
    Login(String),
    /// The other side said no before it took anything.
    Unusable(String),
}

impl Failure {
    pub(super) fn reason(&self) -> &str {
        match self {
            Self::NotReached(reason) | Self::Lost(reason) | Self::Login(reason) | Self::Unusable(reason) => {
                reason
            }
        }
    }
}

/// What a printer answered.
pub(super) struct Reply {
    /// The status code of IPP.
    pub(super) status: u16,
    /// The attributes.
    pub(super) attributes: IppAttributes,
}

impl Reply {
    /// Whether it did what was asked, perhaps with substitutions.
    pub(super) fn is_success(&self) -> bool {
        self.status < 0x100
    }

    /// The status in words, with what the printer itself says.
    pub(super) fn words(&self) -> String {
        let message = self.attributes.first_of(DelimiterTag::OperationAttributes);
        let message = message.and_then(|group| texts(group, "status-message").into_iter().next());
        let code = format!("IPP status 0x{:04x}", self.status);
        message
            .filter(|message| !message.is_empty())
            .map_or(code.clone(), |message| format!("{code}: {message}"))
    }

    /// The attributes that the printer does not support, by name.
    pub(super) fn unsupported(&self) -> Vec<String> {
        let groups = self.attributes.groups_of(DelimiterTag::UnsupportedAttributes);
        groups.flat_map(IppAttributeGroup::attributes).map(|a| a.name().as_str().to_owned()).collect()
    }
}

/// All values of an attribute that are words: keywords, names, texts, media types; what would move a terminal's cursor becomes a space.
pub(super) fn texts(group: &IppAttributeGroup, name: &str) -> Vec<String> {
    let words = |value: &IppValue| match value {
        IppValue::Keyword(word) => Some(word.as_str().to_owned()),
        IppValue::NameWithoutLanguage(name) | IppValue::NameWithLanguage { name, .. } => {
            Some(name.as_str().to_owned())
        }
        IppValue::MimeMediaType(media_type) => Some(media_type.as_str().to_owned()),
        IppValue::TextWithoutLanguage(text) | IppValue::TextWithLanguage { text, .. } => {
            Some(text.to_string())
        }
        _ => None,
    };
    let values = group.get(name).into_iter().flat_map(|attribute| attribute.value());
    values.filter_map(words).map(|text| text.replace(char::is_control, " ")).collect()
}

/// All values of an attribute that are numbers.
pub(super) fn numbers(group: &IppAttributeGroup, name: &str) -> Vec<i32> {
    let number = |value: &IppValue| match value {
        IppValue::Integer(number) | IppValue::Enum(number) => Some(*number),
        _ => None,
    };
    group.get(name).into_iter().flat_map(|attribute| attribute.value()).filter_map(number).collect()
}

/// A keyword as a value of IPP.
///
/// # Errors
/// When it is longer than a keyword can be.
pub(super) fn keyword(word: &str) -> Result<IppValue, IppParseError> {
    Ok(IppValue::Keyword(IppKeyword::new(word)?))
}

/// One printer, ready to be asked.
pub(super) struct Printer {
    /// As the settings name it.
    pub(super) uri: String,
    target: IppString,
    url: String,
    agent: ureq::Agent,
    login: Option<String>,
    user: IppName,
    patience: Duration,
}

/// What every printer of a group is asked with.
pub(super) struct Access<'a> {
    /// User and password.
    pub(super) login: Option<(&'a str, &'a str)>,
    /// The authorities that alone are trusted for `ipps`, as PEM.
    pub(super) authorities: Option<&'a [u8]>,
    /// The `requesting-user-name`.
    pub(super) user: &'a str,
    /// How long a question may take.
    pub(super) patience: Duration,
}

impl Printer {
    /// Prepares to ask a printer; nothing is sent yet.
    ///
    /// # Errors
    /// What is wrong with the settings.
    pub(super) fn new(uri: &str, access: &Access<'_>) -> Result<Self, String> {
        let parsed: Uri = uri.parse().map_err(|e| format!("`{uri}` is no URI: {e}"))?;
        let scheme = match parsed.scheme_str() {
            Some("ipp") => "http",
            Some("ipps") => "https",
            _ => return Err(format!("`{uri}` must begin with ipp:// or ipps://")),
        };
        let host = parsed.host().filter(|host| !host.is_empty());
        let host = host.ok_or_else(|| format!("`{uri}` names no host"))?;
        if parsed.authority().is_some_and(|authority| authority.as_str().contains('@')) {
            return Err(format!("the URI of the printer on {host} holds a login: set `login` instead"));
        }
        if access.login.is_some() && scheme == "http" && !is_this_machine(host) {
            return Err(format!("`{uri}`: a login goes only over ipps://, or to a printer on this machine"));
        }
        let path = parsed.path_and_query().map_or("/", |path| path.as_str());
        let mut tls = TlsConfig::builder();
        if let Some(pem) = access.authorities {
            tls = tls.root_certs(RootCerts::Specific(authorities(pem)?.into()));
        }
        let basic = |(user, password): (&str, &str)| {
            let pair = base64::engine::general_purpose::STANDARD.encode(format!("{user}:{password}"));
            format!("Basic {pair}")
        };
        let agent = ureq::Agent::config_builder()
            .proxy(None)
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            // A connection from the pool may be dead already: a job lost on it could not be told from one that was taken.
            .max_idle_connections(0)
            .timeout_connect(Some(CONNECT))
            .tls_config(tls.build())
            .user_agent("report")
            .build()
            .into();
        let too_long = |e: IppParseError| format!("`{uri}`: {e}");
        Ok(Self {
            uri: uri.to_owned(),
            target: IppString::new(uri).map_err(too_long)?,
            url: format!("{scheme}://{host}:{}{path}", parsed.port_u16().unwrap_or(631)),
            agent,
            login: access.login.map(basic),
            user: IppName::new(access.user).map_err(too_long)?,
            patience: access.patience,
        })
    }

    /// A question about this printer, to be completed and asked.
    pub(super) fn request(&self, operation: Operation) -> Result<IppRequestResponse, Failure> {
        let mut request = IppRequestResponse::new(IppVersion::v1_1(), operation, None)
            .map_err(|e| Failure::Unusable(e.to_string()))?;
        let mut add = |name: &str, value| {
            if let Ok(attribute) = IppAttribute::with_name(name, value) {
                request.attributes_mut().add(DelimiterTag::OperationAttributes, attribute);
            }
        };
        add("printer-uri", IppValue::Uri(self.target.clone()));
        // Also where nothing is printed: CUPS shows the names of jobs only to the user who sent them.
        add("requesting-user-name", IppValue::NameWithoutLanguage(self.user.clone()));
        Ok(request)
    }

    /// Asks for what can be answered at once.
    pub(super) fn ask(&self, request: &IppRequestResponse) -> Result<Reply, Failure> {
        self.send(request, &[], self.patience)
    }

    /// Sends a message, with a document or without.
    pub(super) fn send(
        &self,
        request: &IppRequestResponse,
        document: &[u8],
        limit: Duration,
    ) -> Result<Reply, Failure> {
        // One piece, so that the request has a Content-Length: old printers do not take chunks.
        let body = [request.to_bytes().as_ref(), document].concat();
        let mut post = self.agent.post(&self.url).header("content-type", "application/ipp");
        if let Some(login) = &self.login {
            post = post.header("authorization", login);
        }
        let connect = CONNECT.min(limit / 2);
        let post = post.config().timeout_connect(Some(connect)).timeout_global(Some(limit)).build();
        let response = post.send(&body[..]).map_err(not_sent)?;
        match response.status().as_u16() {
            200 => {}
            code @ (401 | 403) => return Err(Failure::Login(format!("the login is refused (HTTP {code})"))),
            426 => return Err(Failure::Unusable("the printer wants ipps:// (HTTP 426)".to_owned())),
            // A server between may give up while the printer still works.
            code @ 500.. => return Err(Failure::Lost(format!("HTTP {code}"))),
            code => return Err(Failure::Unusable(format!("no printer answers there (HTTP {code})"))),
        }
        let mut reply = Vec::new();
        let lost = |e: std::io::Error| Failure::Lost(format!("the answer breaks off: {e}"));
        response.into_body().into_reader().take(LONGEST_REPLY).read_to_end(&mut reply).map_err(lost)?;
        let parsed = IppParser::new(IppReader::new(Cursor::new(reply))).parse_parts();
        let (header, attributes, _) =
            parsed.map_err(|e| Failure::Lost(format!("the answer is no IPP: {e}")))?;
        // The crate reads the code as signed, and knows only three of the codes of success.
        let status = header.operation_or_status.cast_unsigned();
        let reply = Reply { status, attributes };
        if (0x0401..=0x0403).contains(&status) {
            return Err(Failure::Login(reply.words()));
        }
        Ok(reply)
    }
}

/// Whether a failure came before the connection stood.
fn not_sent(error: ureq::Error) -> Failure {
    let before = match &error {
        ureq::Error::HostNotFound
        | ureq::Error::ConnectionFailed
        | ureq::Error::BadUri(_)
        | ureq::Error::Http(_) => true,
        ureq::Error::Timeout(at) => matches!(at, ureq::Timeout::Resolve | ureq::Timeout::Connect),
        ureq::Error::Io(e) => matches!(
            e.kind(),
            ErrorKind::ConnectionRefused | ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable
        ),
        _ => false,
    };
    if before { Failure::NotReached(error.to_string()) } else { Failure::Lost(error.to_string()) }
}

fn is_this_machine(host: &str) -> bool {
    let address: Result<IpAddr, _> = host.trim_matches(['[', ']']).parse();
    host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
}

fn authorities(pem: &[u8]) -> Result<Vec<Certificate<'static>>, String> {
    let mut found = Vec::new();
    for item in parse_pem(pem) {
        if let PemItem::Certificate(certificate) = item.map_err(|e| format!("the CA file: {e}"))? {
            found.push(certificate);
        }
    }
    if found.is_empty() { Err("the CA file holds no certificate (PEM)".to_owned()) } else { Ok(found) }
}
