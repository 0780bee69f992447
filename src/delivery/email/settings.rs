//! What an email channel is told, and what is wrong with it.
//!
//! Where it is written down is left to the settings file.

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use lettre::message::Mailbox;
use lettre::transport::smtp::client::{Certificate, CertificateStore, TlsParameters, TlsParametersBuilder};
use lettre::{Address, address::AddressError};

use crate::delivery::{Secret, SecretError, SecretSource, Secrets};

/// A relay and how messages look that go through it.
#[derive(Debug, Clone)]
pub struct EmailSettings {
    /// The relay: a name or an address.
    pub host: String,
    /// Its port: 465 for TLS, 587 for STARTTLS, 25 for the relay of this machine.
    pub port: u16,
    /// How the line is protected.
    pub security: Security,
    /// Certificates in PEM that the relay's must come from, instead of those that browsers trust.
    pub ca_file: Option<PathBuf>,
    /// User and where the password is kept.
    pub login: Option<(String, SecretSource)>,
    /// Who the message is from: `简报 <briefing@example.gov.cn>`.
    pub from: String,
    /// Where bounces go, if not there: the sender of the envelope. `{key}` stands for the beginning of the parcel's key.
    pub bounces: Option<String>,
    /// The part of a Message-ID after `@`.
    pub domain: String,
    /// What follows the kind of document in a List-Id; none without the header.
    pub list_id: Option<String>,
    /// Who gets the answers.
    pub reply_to: Option<String>,
    /// The most bytes that a message may have as it is sent; attachments grow by 37 % there.
    pub largest: u64,
    /// Where the output folder is shown to those who get mail: a message that would be too large has a link to there in place of its files.
    pub link: Option<String>,
    /// The most messages a minute.
    pub a_minute: Option<u32>,
    /// How many lines carry messages at once.
    pub lines: u8,
    /// The longest wait for a relay that says nothing. One that says a byte now and then can take longer: lettre has no limit for the
    /// whole of an answer.
    pub timeout: Duration,
    /// Attachments have their ASCII names (`attachment_name = "ascii"`).
    pub plain_names: bool,
    /// The name of this machine in EHLO, where the relay wants one.
    pub hello: Option<String>,
}

/// How the line to a relay is protected. There is no "if the relay offers it": whoever sits on the line could take the offer away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// TLS from the first byte.
    Tls,
    /// Plain at first, and nothing is said before TLS.
    StartTls,
    /// Not at all: only to this machine.
    None,
}

/// Why nothing can be sent with these settings, or not this.
#[derive(Debug, thiserror::Error)]
pub enum EmailError {
    /// Mail would cross the network as plain text.
    #[error("the relay `{0}` is not this machine, and mail to it would not be encrypted")]
    Plain(String),
    /// No address.
    #[error("{what} {text:?} is no email address: {why}")]
    Address {
        /// Which of them.
        what: &'static str,
        /// As given.
        text: String,
        /// What is wrong.
        why: String,
    },
    /// No name of a domain or a host.
    #[error("{what} {text:?} is no name of a domain")]
    Domain {
        /// Which of them.
        what: &'static str,
        /// As given.
        text: String,
    },
    /// A limit that lets nothing through.
    #[error("{0} is 0: nothing could be sent")]
    Zero(&'static str),
    /// The file of certificates cannot be read.
    #[error("cannot read the certificates in `{}`: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The file holds none, or broken ones.
    #[error("`{}` holds no certificates that can be used: {why}", path.display())]
    Certificates {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
    /// A relay that TLS cannot name.
    #[error("TLS to `{host}` cannot be set up: {why}")]
    Tls {
        /// The relay.
        host: String,
        /// What lettre says.
        why: String,
    },
    /// The password cannot be had.
    #[error("the password of `{user}`: {source}")]
    Secret {
        /// Who logs in.
        user: String,
        /// Why.
        source: SecretError,
    },
    /// A message cannot be put together.
    #[error("the message cannot be composed: {0}")]
    Message(String),
}

impl EmailError {
    /// What to do next.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Plain(_) => "use `security = \"tls\"` (port 465) or `security = \"starttls\"` (port 587)",
            Self::Address { .. } => "write it as `name@example.org`; `from` may have a name before `<…>`",
            Self::Domain { .. } => "write it as `example.org`",
            Self::Zero(_) => "leave it out for no limit, or give a number",
            Self::Unreadable { .. } => "check the path and who may read it",
            Self::Certificates { .. } => {
                "the file has to hold the CA's certificate as PEM (`-----BEGIN CERTIFICATE-----`)"
            }
            Self::Tls { .. } => "name the relay as its certificate does",
            Self::Secret { .. } => "put the password where the settings say",
            Self::Message(_) => "look at the title and the names of the files",
        }
    }
}

impl EmailSettings {
    /// Whether these settings could work: what can be known without asking the relay or reading the password.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn check(&self) -> Result<(), EmailError> {
        self.check_security()?;
        domain("host", self.host.trim_matches(['[', ']']))?;
        mailbox("from", &self.from)?;
        if let Some(bounces) = &self.bounces {
            let local = address("bounces", &keyed(bounces, "0123456789ab"))?;
            // Braces may stand in a mailbox; one that was misspelt would be none.
            if local.to_string().contains(['{', '}']) || bounces.find('@') < bounces.find(KEY) {
                let why = "only `{key}` may stand in braces, and only before the `@`".to_owned();
                return Err(EmailError::Address { what: "bounces", text: bounces.clone(), why });
            }
        }
        if let Some(reply_to) = &self.reply_to {
            mailbox("reply_to", reply_to)?;
        }
        domain("domain", &self.domain)?;
        if let Some(list_id) = &self.list_id {
            domain("list_id", list_id)?;
        }
        if let Some(hello) = &self.hello {
            domain("hello", hello)?;
        }
        for (what, zero) in [
            ("a_minute", self.a_minute == Some(0)),
            ("largest", self.largest == 0),
            ("timeout", self.timeout.is_zero()),
        ] {
            if zero {
                return Err(EmailError::Zero(what));
            }
        }
        self.tls().map(drop)
    }

    /// Whether files of these sizes surely fit into one message: base64 in lines of 76 takes 78 bytes for 57, and each file has its
    /// headers and its figures in two texts.
    pub fn takes(&self, sizes: &[u64]) -> bool {
        const EACH: u64 = 16 * 1024;
        let grown = |size: &u64| size.div_ceil(57).saturating_mul(78).saturating_add(EACH);
        sizes.iter().map(grown).fold(EACH, u64::saturating_add) <= self.largest
    }

    /// Refuses plain text to any other machine.
    ///
    /// # Errors
    /// When the line would not be protected and leaves this machine.
    pub fn check_security(&self) -> Result<(), EmailError> {
        let host = self.host.trim_matches(['[', ']']);
        let here =
            host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
        if self.security == Security::None && !here {
            return Err(EmailError::Plain(self.host.clone()));
        }
        Ok(())
    }

    /// What TLS is set up with; nothing without TLS.
    pub(super) fn tls(&self) -> Result<Option<TlsParameters>, EmailError> {
        if self.security == Security::None {
            return Ok(None);
        }
        let mut builder = TlsParametersBuilder::new(self.host.trim_matches(['[', ']']).to_owned());
        if let Some(path) = &self.ca_file {
            // Where a CA of one's own is named, no other may vouch for the relay.
            builder =
                builder.certificate_store(CertificateStore::None).add_root_certificate(certificates(path)?);
        }
        let built = builder.build();
        built.map(Some).map_err(|why| match &self.ca_file {
            Some(path) => EmailError::Certificates { path: path.clone(), why: why.to_string() },
            None => EmailError::Tls { host: self.host.clone(), why: why.to_string() },
        })
    }

    /// How many lines are of use: one carries what a relay takes that is asked for less than a message a second.
    pub(crate) fn lines(&self) -> u8 {
        let of_use = self.a_minute.map_or(u32::from(self.lines), |most| (most / 60).max(1));
        self.lines.min(u8::try_from(of_use).unwrap_or(self.lines)).max(1)
    }

    /// Reads the password: user, password.
    pub(super) fn password(&self, secrets: &dyn Secrets) -> Result<Option<(&str, Secret)>, EmailError> {
        let Some((user, source)) = &self.login else { return Ok(None) };
        let secret = source.read(secrets);
        let secret = secret.map_err(|source| EmailError::Secret { user: user.clone(), source })?;
        Ok(Some((user, secret)))
    }
}

/// The certificates of a file. lettre takes a file without any for an empty list and then trusts nobody, which looks like a wrong relay.
fn certificates(path: &Path) -> Result<Certificate, EmailError> {
    let pem = std::fs::read(path);
    let pem = pem.map_err(|source| EmailError::Unreadable { path: path.to_owned(), source })?;
    let unusable = |why: String| EmailError::Certificates { path: path.to_owned(), why };
    let begin = b"-----BEGIN CERTIFICATE-----";
    if !pem.windows(begin.len()).any(|window| window == begin) {
        return Err(unusable("it has no `-----BEGIN CERTIFICATE-----`".to_owned()));
    }
    Certificate::from_pem(&pem).map_err(|why| unusable(why.to_string()))
}

/// What stands for the key in the address of bounces.
const KEY: &str = "{key}";

/// The address of bounces for one parcel, so that a bounce tells which it was.
pub(super) fn keyed(bounces: &str, key: &str) -> String {
    bounces.replace(KEY, key.get(..12).unwrap_or(key))
}

/// An address alone.
pub(super) fn address(what: &'static str, text: &str) -> Result<Address, EmailError> {
    let wrong = |why: String| EmailError::Address { what, text: text.to_owned(), why };
    // lettre's parser lets quoted local parts through; a command of SMTP must not be ended by one.
    if text.chars().any(|c| c.is_control() || c.is_whitespace() || matches!(c, '<' | '>')) {
        return Err(wrong("it has a space, a control character or an angle bracket".to_owned()));
    }
    text.parse().map_err(|why: AddressError| wrong(why.to_string().to_lowercase()))
}

/// An address with or without a name before it. Taken apart here: lettre's parser refuses a name in Chinese that is not quoted.
pub(super) fn mailbox(what: &'static str, text: &str) -> Result<Mailbox, EmailError> {
    let Some((name, rest)) = text.split_once('<') else {
        return Ok(Mailbox::new(None, address(what, text)?));
    };
    let Some(inner) = rest.trim_end().strip_suffix('>') else {
        let why = "the angle bracket is not closed".to_owned();
        return Err(EmailError::Address { what, text: text.to_owned(), why });
    };
    let name = super::message::one_line(name.trim().trim_matches('"'));
    Ok(Mailbox::new((!name.is_empty()).then_some(name), address(what, inner)?))
}

/// A name of a domain or an address of a machine.
fn domain(what: &'static str, text: &str) -> Result<(), EmailError> {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '_');
    if text.is_empty() || text.len() > 253 || !text.chars().all(fits) {
        return Err(EmailError::Domain { what, text: text.to_owned() });
    }
    Ok(())
}
