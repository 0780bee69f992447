//! The channels that the settings declare, validated, and opened when something is to be sent.
//!
//! How their keys are read is left to `reader`, how each of them sends to its own module.

mod keys;
mod reader;

use std::collections::BTreeMap;
use std::path::Path;

use chrono::{DateTime, NaiveTime, Utc};

use self::reader::Reader;
use super::email::{Email, EmailSettings, check_mailbox, eml};
use super::print::{LpChannel, LpSettings, PrintChannel, PrintSettings};
use super::{
    Channel, CommandChannel, CommandSettings, Folder, FolderSettings, Parcel, SecretSource, Secrets, WeCom,
    WeComSettings, Webhook, WebhookSettings,
};
use crate::casefile::Field;
use crate::diag::{Diagnostics, Problem, Span};
use crate::model::Recipient;
use crate::settings::{AlarmWay, Declared};

/// The channels of a workspace.
#[derive(Debug, Clone, Default)]
pub struct Ways {
    channels: BTreeMap<String, Declaration>,
    /// Channels that may take 内部.
    internal: Vec<String>,
    /// Channels whose paper bears the red masthead.
    blank: Vec<String>,
    /// Channels that send once more by themselves what nobody knows of.
    resending: Vec<String>,
    /// Where secrets are kept, and where that is written.
    secrets: Vec<(SecretSource, Span)>,
    domains: Vec<String>,
    /// A mailbox that gets every message instead of whom it is for.
    pub redirect_all_to: Option<String>,
}

#[derive(Debug, Clone)]
enum Declaration {
    Email(EmailSettings),
    Print(PrintSettings),
    Lp(LpSettings),
    Folder(FolderSettings),
    Webhook(WebhookSettings),
    WeCom(WeComSettings),
    Command(CommandSettings),
}

/// The channels by id, each with one line or several, ready to send.
pub type Channels<'a> = BTreeMap<String, Vec<Box<dyn Channel + 'a>>>;

/// Where relative paths begin, and where files lie while a command runs.
#[derive(Debug, Clone)]
pub struct Places<'a> {
    /// The workspace.
    pub root: &'a Path,
    /// A folder of our own.
    pub scratch: &'a Path,
}

impl Ways {
    /// Reads the channels. One that is wrong is left out with its messages.
    pub fn read(declared: &Declared, places: &Places<'_>, diagnostics: &mut Diagnostics) -> Self {
        let list = |field: &Field<Vec<String>>| {
            field.as_ref().map(|list| list.get_ref().clone()).unwrap_or_default()
        };
        let delivery = &declared.delivery;
        let mut ways = Self {
            channels: BTreeMap::new(),
            internal: Vec::new(),
            blank: Vec::new(),
            resending: Vec::new(),
            secrets: Vec::new(),
            domains: list(&delivery.domains),
            redirect_all_to: delivery.redirect_all_to.as_ref().map(|to| to.get_ref().clone()),
        };
        if let Some(to) = &delivery.redirect_all_to
            && let Err((message, hint)) = ways.allows_mailbox(to.get_ref())
        {
            let head = delivery.span.as_ref().expect("what was read stands in a file");
            diagnostics.push(Problem::BadSetting { message, hint }, Span::new(&head.file, to.span()));
        }
        for (entry, head) in &declared.channels {
            let mut reader = Reader { entry, head, places, diagnostics, secrets: Vec::new() };
            let Some(id) = reader.id() else { continue };
            if ways.channels.contains_key(&id) {
                let first = "[[channel]] of report.toml".to_owned();
                reader.report(Problem::DuplicateId { kind: "channel", id, first }, head.clone());
                continue;
            }
            if reader.resends() {
                ways.resending.push(id.clone());
            }
            let declaration = reader.declaration(&list(&delivery.hosts), &list(&delivery.printers));
            ways.secrets.append(&mut reader.secrets);
            if entry.internal.as_ref().is_some_and(|internal| *internal.get_ref()) {
                ways.internal.push(id.clone());
            }
            if reader.is_blank() {
                ways.blank.push(id.clone());
            }
            reader.idle_keys();
            if let Some(declaration) = declaration {
                ways.channels.insert(id, declaration);
            }
        }
        ways
    }

    /// The ids of the channels.
    pub fn ids(&self) -> Vec<&str> {
        self.channels.keys().map(String::as_str).collect()
    }

    /// Checks that the addresses of all recipients are such as their channels may reach.
    pub fn check(&self, recipients: &[Recipient], diagnostics: &mut Diagnostics) {
        for way in recipients.iter().flat_map(|recipient| &recipient.ways) {
            if let Err((message, hint)) = self.allows(&way.channel, &way.address) {
                diagnostics.push(Problem::BadSetting { message, hint }, way.span.clone());
            }
        }
    }

    /// Checks that alarms can leave by the channels that are to carry them, to addresses that these may reach.
    pub fn check_alarms(&self, alarms: &[AlarmWay], diagnostics: &mut Diagnostics) {
        for way in alarms {
            let takes = !matches!(
                self.channels.get(&way.channel),
                Some(Declaration::Print(_) | Declaration::Lp(_) | Declaration::Folder(_))
            );
            let checked = if takes {
                self.allows(&way.channel, &way.to)
            } else {
                let message = format!("alarms cannot leave by `{}`", way.channel);
                Err((message, "name a channel of kind email, webhook, wecom or command".to_owned()))
            };
            if let Err((message, hint)) = checked {
                diagnostics.push(Problem::BadSetting { message, hint }, way.span.clone());
            }
        }
    }

    /// Checks that secrets are where they are said to be. A command is not run for that.
    pub fn check_secrets(&self, secrets: &dyn Secrets, diagnostics: &mut Diagnostics) {
        for (source, span) in
            self.secrets.iter().filter(|(source, _)| !matches!(source, SecretSource::Command(_)))
        {
            if let Err(error) = source.read(secrets) {
                let message = error.with_cause();
                let hint = "put the secret there, readable by nobody else (chmod 600)".to_owned();
                diagnostics.push(Problem::BadSetting { message, hint }, span.clone());
            }
        }
    }

    /// Whether an address may be reached through a channel: asked when it is read, and again before anything is sent to it.
    ///
    /// # Errors
    /// Why not, and what to do.
    pub fn allows(&self, channel: &str, address: &str) -> Result<(), (String, String)> {
        match self.channels.get(channel) {
            Some(Declaration::Email(_)) => self.allows_mailbox(address),
            Some(Declaration::Folder(_)) => Folder::check_address(address)
                .map_err(|why| (why, "write the name of a folder, or several with `/` between".to_owned())),
            Some(Declaration::Webhook(settings)) => settings.check(address).map_err(|error| {
                (error.to_string(), "add the host to `hosts` of [delivery], if that is meant".to_owned())
            }),
            Some(_) => Ok(()),
            None => Err((
                format!("there is no channel `{channel}`"),
                "declare it as [[channel]] in report.toml".to_owned(),
            )),
        }
    }

    fn allows_mailbox(&self, address: &str) -> Result<(), (String, String)> {
        let domain = check_mailbox(address).map_err(|error| (error.to_string(), error.hint().to_owned()))?;
        if self.domains.iter().any(|known| known.eq_ignore_ascii_case(&domain)) {
            return Ok(());
        }
        Err((
            format!("mail to `{domain}` is not allowed"),
            "add the domain to `domains` of [delivery], if that is meant".to_owned(),
        ))
    }

    /// Whether a channel may take documents marked 内部.
    pub fn is_internal(&self, channel: &str) -> bool {
        self.internal.iter().any(|known| known == channel)
    }

    /// The kind of a channel, as the settings name it.
    pub fn kind(&self, channel: &str) -> Option<&'static str> {
        self.channels.get(channel).map(|declaration| match declaration {
            Declaration::Email(_) => "email",
            Declaration::Print(_) => "print",
            Declaration::Lp(_) => "lp",
            Declaration::Folder(_) => "folder",
            Declaration::Webhook(_) => "webhook",
            Declaration::WeCom(_) => "wecom",
            Declaration::Command(_) => "command",
        })
    }

    /// Whether a channel prints on paper.
    pub fn prints(&self, channel: &str) -> bool {
        matches!(self.channels.get(channel), Some(Declaration::Print(_) | Declaration::Lp(_)))
    }

    /// Whether a channel prints the body of a document only.
    pub fn prints_body(&self, channel: &str) -> bool {
        match self.channels.get(channel) {
            Some(Declaration::Print(settings)) => settings.body_only,
            Some(Declaration::Lp(settings)) => settings.body_only,
            _ => false,
        }
    }

    /// Whether the paper of a channel bears the red masthead already (套红纸).
    pub fn is_blank(&self, channel: &str) -> bool {
        self.prints(channel) && self.blank.iter().any(|known| known == channel)
    }

    /// Whether there is such a channel.
    pub fn has_blank(&self) -> bool {
        !self.blank.is_empty()
    }

    /// The folders into which channels lay files.
    pub fn folders(&self) -> Vec<&Path> {
        let declared = self.channels.values().filter_map(|declaration| match declaration {
            Declaration::Folder(settings) => Some(settings.path.as_path()),
            _ => None,
        });
        declared.collect()
    }

    /// Whether a channel sends once more by itself what nobody knows of.
    pub fn resends(&self, channel: &str) -> bool {
        self.resending.iter().any(|known| known == channel)
    }

    /// Whether files of these sizes fit into one parcel of a channel, as far as its settings say.
    pub fn takes(&self, channel: &str, sizes: &[u64]) -> bool {
        match self.channels.get(channel) {
            Some(Declaration::Email(settings)) => settings.takes(sizes),
            Some(Declaration::WeCom(settings)) => sizes.len() <= settings.messages_per_minute,
            _ => true,
        }
    }

    /// The address that a message really goes to.
    pub fn destination<'a>(&'a self, channel: &str, address: &'a str) -> &'a str {
        match (&self.redirect_all_to, self.channels.get(channel)) {
            (Some(other), Some(Declaration::Email(_))) => other,
            _ => address,
        }
    }

    /// The exact message that a mail channel would send on an instant; none for other channels.
    pub fn eml(
        &self,
        channel: &str,
        parcel: &Parcel,
        address: &str,
        now: DateTime<Utc>,
    ) -> Option<Result<Vec<u8>, String>> {
        let Some(Declaration::Email(settings)) = self.channels.get(channel) else { return None };
        let to = self.destination(channel, address);
        Some(eml(settings, parcel, to, now).map_err(|error| error.to_string()))
    }

    /// Opens the channels, each with the lines that it may have. Nothing is connected yet.
    pub fn open<'a>(
        &'a self,
        secrets: &'a (dyn Secrets + Sync),
        now: &'a (dyn Fn() -> DateTime<Utc> + Sync),
        time: NaiveTime,
    ) -> Channels<'a> {
        let open = |(id, declaration): (&String, &Declaration)| {
            let channel: Box<dyn Channel + 'a> = match declaration.clone() {
                Declaration::Email(settings) => {
                    let lines = usize::from(settings.lines());
                    let first = Email::new(settings, secrets, now());
                    let more = (1..lines).map(|_| first.another()).collect::<Vec<_>>();
                    let all = std::iter::once(first).chain(more);
                    return (id.clone(), all.map(|line| Box::new(line) as Box<dyn Channel + 'a>).collect());
                }
                Declaration::Print(settings) => Box::new(PrintChannel::new(settings, secrets, time)),
                Declaration::Lp(settings) => Box::new(LpChannel::new(settings)),
                Declaration::Folder(settings) => Box::new(Folder::new(settings)),
                Declaration::Webhook(settings) => Box::new(Webhook::new(settings, secrets, now)),
                Declaration::WeCom(settings) => Box::new(WeCom::new(settings, secrets)),
                Declaration::Command(settings) => Box::new(CommandChannel::new(settings, secrets)),
            };
            (id.clone(), vec![channel])
        };
        self.channels.iter().map(open).collect()
    }
}
