//! Getting a finished document to one recipient through one channel, and a true account of how that ended.
//!
//! Who gets what, and what was sent already, is left to the outbox; when it is sent, to `schedule`.

mod command;
mod declared;
mod described;
pub mod email;
mod folder;
mod http;
mod notice;
pub mod print;
mod process;
mod scratch;
mod secret;
mod signer;
mod url;
mod webhook;
mod wecom;

use std::time::Duration;

use crate::ledger::{LedgerError, ParcelKind};
use crate::model::Language;

pub use command::{CommandChannel, CommandSettings};
pub use declared::{Channels, Places, Ways};
pub use folder::{Folder, FolderSettings, Layout};
pub use notice::Notice;
pub use scratch::sweep_scratch;
pub use secret::{Secret, SecretError, SecretSource, Secrets};
pub use signer::{SignError, SignSettings, extends, sign};
pub use url::UrlError;
pub use webhook::{Webhook, WebhookSettings};
pub use wecom::{WECOM_MESSAGES_PER_MINUTE, WECOM_URL, WeCom, WeComSettings};

/// What goes to one recipient through one channel.
#[derive(Debug, Clone)]
pub struct Parcel {
    /// The same for the same document, recipient and channel, whoever computes it: 64 hexadecimal digits.
    pub key: String,
    /// Why it goes out.
    pub kind: ParcelKind,
    /// One line: 党建联建资料简报第11期（平凉市，2026年10月）.
    pub title: String,
    /// One sentence besides, where there is something to say: that it was sent before.
    pub note: Option<String>,
    /// The kind of document, what it is about and its period, as the ledger names them; `digest` and `*` where it has several files.
    pub document: String,
    /// What it is about.
    pub subject: String,
    /// The period.
    pub period: String,
    /// The key figures of page one, for a text that is read before the file is opened: label, value. Those of several files are with them.
    pub figures: Vec<(String, String)>,
    /// What the changes are measured by: the issue that the recipient was served before, the correction, the withdrawal; in words.
    pub compared: String,
    /// What is another than there, a line each.
    pub changes: Vec<String>,
    /// The files, one or more.
    pub enclosures: Vec<Enclosure>,
    /// How many copies on paper.
    pub copies: u32,
    /// The language of what it holds, in which its message is written.
    pub language: Language,
    /// 内部: only channels that are declared internal may take it.
    pub internal: bool,
}

/// A file of a parcel.
#[derive(Debug, Clone)]
pub struct Enclosure {
    /// Its name as people read it: 党建联建资料简报第11期-平凉市.pdf.
    pub name: String,
    /// Its name in ASCII, for programs that cannot show the other.
    pub plain_name: String,
    /// The media type: application/pdf.
    pub media_type: String,
    /// What is in it.
    pub bytes: Vec<u8>,
    /// SHA-256 of that.
    pub sha256: String,
    /// How many of its pages are the body, where somebody needs to know and it was recorded.
    pub body_pages: Option<u32>,
    /// Where it lies within the output folder.
    pub path: String,
    /// What it is.
    pub about: About,
}

impl Enclosure {
    /// Its title; that of the parcel where it is the only file.
    fn title_in<'a>(&'a self, parcel: &'a Parcel) -> &'a str {
        if parcel.enclosures.len() > 1 { &self.about.title } else { &parcel.title }
    }
}

/// What a file says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct About {
    /// Its title with serial and number, one line.
    pub title: String,
    /// The kind of document, as the ledger names it.
    pub document: String,
    /// What it is about.
    pub subject: String,
    /// The period.
    pub period: String,
    /// The key figures of page one: label, value.
    pub figures: Vec<(String, String)>,
}

/// A step after which a crash leaves another trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Before anything leaves this machine.
    Sending,
    /// Before the step after which the other side may have taken it: in SMTP the final dot, in HTTP and IPP the request itself.
    DataSent,
}

/// How sending one parcel ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The other side took it; what it said.
    Accepted {
        /// The server's reply, the job's number, the path.
        receipt: String,
    },
    /// It was not taken and may be tried again.
    Retry {
        /// Why.
        reason: String,
        /// How long the other side asks to wait.
        after: Option<Duration>,
    },
    /// It was refused for good.
    Refused {
        /// Why.
        reason: String,
    },
    /// Nobody can know whether it was taken: the line broke between the last byte and the answer.
    Unknown {
        /// What happened.
        reason: String,
    },
    /// The channel itself does not work (login refused, secret missing): nothing else may be tried through it.
    Stopped {
        /// Why.
        reason: String,
    },
}

impl Outcome {
    /// What was said, whatever it means.
    pub fn words(&self) -> &str {
        match self {
            Self::Accepted { receipt: words }
            | Self::Retry { reason: words, .. }
            | Self::Refused { reason: words }
            | Self::Unknown { reason: words }
            | Self::Stopped { reason: words } => words,
        }
    }
}

/// A way by which parcels leave; each works in a thread of its own.
pub trait Channel: Send {
    /// Sends one parcel to one address. `phase` is called before each step, and the step is taken only when it returns: a crash is then
    /// known by the last phase that was recorded.
    ///
    /// # Errors
    /// When the phase cannot be recorded; nothing further was sent then.
    fn send(
        &mut self,
        parcel: &Parcel,
        address: &str,
        phase: &mut dyn FnMut(Phase) -> Result<(), LedgerError>,
    ) -> Result<Outcome, LedgerError>;

    /// Whether sending the same parcel twice does no harm, so that one of which nobody knows may simply be sent again: the other side
    /// knows it by its key.
    fn is_repeatable(&self) -> bool {
        false
    }

    /// Tells the channel of an earlier attempt at a parcel, in the words with which it ended; none where the program ended with it.
    fn remember(&mut self, _key: &str, _account: Option<&str>) {}

    /// Sends a notice to an operator. Nothing of it is recorded: one that is lost is lost, and one that comes twice harms nobody.
    fn notify(&mut self, _notice: &Notice, _address: &str) -> Outcome {
        Outcome::Refused { reason: "this kind of channel takes no notices".to_owned() }
    }

    /// Tries the channel without sending anything, for `doctor --online`: lines of what was found, and whether all is well.
    fn probe(&mut self) -> (Vec<String>, bool);
}
