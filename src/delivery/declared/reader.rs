//! Reading the keys of one `[[channel]]`, with everything that is wrong in it reported.
//!
//! What the channels may reach together is left to `declared`.

use std::path::PathBuf;
use std::time::Duration;

use chrono::NaiveTime;
use toml::Spanned;

use super::{Declaration, Places};
use crate::casefile::{Field, is_id};
use crate::delivery::email::{EmailSettings, Security};
use crate::delivery::http::authorities;
use crate::delivery::print::{Colour, LpSettings, PrintSettings, Sides};
use crate::delivery::url;
use crate::delivery::{
    CommandSettings, FolderSettings, Layout, SecretSource, UrlError, WECOM_MESSAGES_PER_MINUTE, WECOM_URL,
    WeComSettings, WebhookSettings,
};
use crate::diag::{Diagnostics, Problem, Span, nearest};
use crate::settings::{ChannelEntry, SecretEntry, length_of};

/// How long a command may take for one parcel.
const COMMAND_DEADLINE: Duration = Duration::from_secs(120);

/// How many lines an email channel has where nobody says so: a second one carries on while the ledger is written for the first.
const LINES: u16 = 2;

pub(super) const KINDS: [&str; 7] = ["email", "print", "lp", "folder", "webhook", "wecom", "command"];

/// One channel in the reading.
pub(super) struct Reader<'a> {
    pub(super) entry: &'a ChannelEntry,
    pub(super) head: &'a Span,
    pub(super) places: &'a Places<'a>,
    pub(super) diagnostics: &'a mut Diagnostics,
    pub(super) secrets: Vec<(SecretSource, Span)>,
}

impl Reader<'_> {
    pub(super) fn id(&mut self) -> Option<String> {
        let id = self.need(&self.entry.id, "id", "\"mail\"")?;
        if is_id(&id) {
            return Some(id);
        }
        let span = self.entry.id.as_ref().map_or_else(|| self.head.clone(), |field| self.at(field));
        self.report(Problem::BadId { id }, span);
        None
    }

    /// Whether what nobody knows of is sent once more without asking.
    pub(super) fn resends(&mut self) -> bool {
        let entry = self.entry;
        self.one_of(&entry.unknown, &[("ask", false), ("resend", true)], false)
    }

    pub(super) fn declaration(&mut self, hosts: &[String], printers: &[String]) -> Option<Declaration> {
        let kind = self.need(&self.entry.kind, "kind", "\"email\"")?;
        match kind.as_str() {
            "email" => self.email(hosts),
            "print" => self.print(printers),
            "lp" => Some(Declaration::Lp(LpSettings {
                command: self.command("[\"lp\", \"-d\", \"archive\"]")?,
                body_only: self.body_only(),
            })),
            "folder" => self.folder(),
            "webhook" => self.webhook(hosts),
            "wecom" => self.wecom(hosts),
            "command" => Some(Declaration::Command(CommandSettings {
                argv: self.command("[\"/usr/local/bin/send-to-oa\"]")?,
                deadline: self.length(&self.entry.timeout).unwrap_or(COMMAND_DEADLINE),
                scratch: self.places.scratch.to_owned(),
            })),
            _ => {
                let list = KINDS.map(|kind| format!("`{kind}`")).join(", ");
                let near = nearest(&kind, KINDS);
                let span = self.entry.kind.as_ref().map_or_else(|| self.head.clone(), |field| self.at(field));
                self.report(
                    Problem::WrongType { message: format!("`{kind}` is none of {list}"), near },
                    span,
                );
                None
            }
        }
    }

    fn email(&mut self, hosts: &[String]) -> Option<Declaration> {
        let entry = self.entry;
        let host = self.need(&entry.host, "host", "\"relay.example.org\"");
        let from = self.need(&entry.from, "from", "\"党建联建资料简报 <briefing@example.org>\"");
        let securities = [("tls", Security::Tls), ("starttls", Security::StartTls), ("none", Security::None)];
        let security = self.one_of(&entry.security, &securities, Security::Tls);
        let usual = match security {
            Security::Tls => 465,
            Security::StartTls => 587,
            Security::None => 25,
        };
        let (login, link) = (self.login(), self.link(hosts));
        let (host, from) = (host?, from?);
        let own = from.rsplit_once('@').map_or("localhost", |(_, domain)| domain.trim_end_matches('>'));
        let settings = EmailSettings {
            port: self.number(&entry.port, usual, 65_535),
            security,
            ca_file: self.path(&entry.ca_file),
            login,
            bounces: plain(&entry.bounces),
            list_id: plain(&entry.list_id),
            domain: plain(&entry.domain).unwrap_or_else(|| own.to_owned()),
            reply_to: plain(&entry.reply_to),
            largest: u64::from(self.number(&entry.largest_mib, 10, 1024)) << 20,
            link,
            a_minute: entry.a_minute.as_ref().map(|_| u32::from(self.number(&entry.a_minute, 60, 60_000))),
            lines: u8::try_from(self.number(&entry.lines, LINES, 8)).unwrap_or(1),
            timeout: self.length(&entry.timeout).unwrap_or(Duration::from_secs(60)),
            plain_names: entry.plain_names.as_ref().is_some_and(|plain| *plain.get_ref()),
            hello: plain(&entry.hello),
            host,
            from,
        };
        if let Err(error) = settings.check() {
            let (message, hint) = (error.to_string(), error.hint().to_owned());
            self.report(Problem::BadSetting { message, hint }, self.head.clone());
            return None;
        }
        Some(Declaration::Email(settings))
    }

    fn print(&mut self, allowed: &[String]) -> Option<Declaration> {
        let entry = self.entry;
        let Some(printers) = &entry.printers else {
            return self.missing("printers", "[\"ipp://printer.example.org/ipp/print\"]");
        };
        for printer in printers.get_ref().iter().filter(|printer| !allowed.contains(printer)) {
            let message = format!("printing on `{printer}` is not allowed");
            let hint = "add it to `printers` of [delivery], if that is meant".to_owned();
            self.report(Problem::BadSetting { message, hint }, self.at(printers));
        }
        if printers.get_ref().iter().any(|printer| !allowed.contains(printer)) {
            return None;
        }
        let all = [("one", Sides::One), ("long-edge", Sides::LongEdge), ("short-edge", Sides::ShortEdge)];
        let sides = self.one_of(&entry.sides, &all, Sides::LongEdge);
        let all = [("auto", Colour::Auto), ("colour", Colour::Colour), ("monochrome", Colour::Monochrome)];
        let colour = self.one_of(&entry.colour, &all, Colour::Auto);
        let hours = entry.hours.as_ref().and_then(|hours| {
            let time = |text: &str| NaiveTime::parse_from_str(text.trim(), "%H:%M").ok();
            let read = hours.get_ref().split_once('-').and_then(|(from, to)| Some((time(from)?, time(to)?)));
            if read.is_none() {
                let message = format!("`{}` are no hours", hours.get_ref());
                self.report(
                    Problem::BadSetting { message, hint: "write \"08:00-18:00\"".into() },
                    self.at(hours),
                );
            }
            read
        });
        Some(Declaration::Print(PrintSettings {
            printers: printers.get_ref().clone(),
            sides,
            media: plain(&entry.media).unwrap_or_else(|| "iso_a4_210x297mm".to_owned()),
            colour,
            body_only: self.body_only(),
            staple: entry.staple.as_ref().is_some_and(|staple| *staple.get_ref()),
            hours,
            deadline: self.length(&entry.timeout).unwrap_or(Duration::from_secs(300)),
            login: self.login(),
            ca_file: self.ca_file(),
        }))
    }

    fn folder(&mut self) -> Option<Declaration> {
        let entry = self.entry;
        let path = self.need(&entry.path, "path", "\"/srv/exchange/out\"")?;
        let layouts =
            [("flat", Layout::Flat), ("period", Layout::Period), ("subject", Layout::PeriodSubject)];
        let layout = self.one_of(&entry.layout, &layouts, Layout::default());
        let plain_names = entry.plain_names.as_ref().is_some_and(|plain| *plain.get_ref());
        Some(Declaration::Folder(FolderSettings { path: self.places.root.join(path), layout, plain_names }))
    }

    fn webhook(&mut self, hosts: &[String]) -> Option<Declaration> {
        let entry = self.entry;
        let url = self.need(&entry.url, "url", "\"https://hooks.example.org/briefings\"")?;
        let secret = self.secret(&entry.key, "key")?;
        let settings = WebhookSettings {
            url,
            secret,
            hosts: hosts.to_vec(),
            enclose: entry.enclose.as_ref().is_some_and(|enclose| *enclose.get_ref()),
            ca_file: self.ca_file(),
            timeout: self.length(&entry.timeout).unwrap_or(Duration::from_secs(60)),
        };
        self.reachable(settings.check(""))?;
        Some(Declaration::Webhook(settings))
    }

    fn wecom(&mut self, hosts: &[String]) -> Option<Declaration> {
        let entry = self.entry;
        let settings = WeComSettings {
            url: plain(&entry.url).unwrap_or_else(|| WECOM_URL.to_owned()),
            key: self.secret(&entry.key, "key")?,
            hosts: hosts.to_vec(),
            link: self.link(hosts),
            ca_file: self.ca_file(),
            timeout: self.length(&entry.timeout).unwrap_or(Duration::from_secs(60)),
            messages_per_minute: usize::from(self.number(
                &entry.a_minute,
                u16::try_from(WECOM_MESSAGES_PER_MINUTE).unwrap_or(20),
                1000,
            )),
        };
        self.reachable(settings.check())?;
        Some(Declaration::WeCom(settings))
    }

    fn reachable(&mut self, checked: Result<(), UrlError>) -> Option<()> {
        checked
            .map_err(|error| {
                let hint = "add the host to `hosts` of [delivery], if that is meant".to_owned();
                self.report(Problem::BadSetting { message: error.to_string(), hint }, self.head.clone());
            })
            .ok()
    }

    /// Where files are shown that are too large for a message.
    fn link(&mut self, hosts: &[String]) -> Option<String> {
        let field = self.entry.link.as_ref()?;
        if let Err(error) = url::allowed(field.get_ref(), hosts) {
            let hint = "add the host to `hosts` of [delivery], if that is meant".to_owned();
            self.report(Problem::BadSetting { message: error.to_string(), hint }, self.at(field));
            return None;
        }
        Some(field.get_ref().clone())
    }

    /// The certificates of authorities. One that cannot be used now is told of, though the channel may find it mended when it sends.
    fn ca_file(&mut self) -> Option<PathBuf> {
        let path = self.path(&self.entry.ca_file)?;
        if let Some(field) = &self.entry.ca_file
            && let Err(message) = authorities(&path)
        {
            let hint = "name a file with certificates as PEM (`-----BEGIN CERTIFICATE-----`)".to_owned();
            self.report(Problem::BadSetting { message, hint }, self.at(field));
        }
        Some(path)
    }

    fn login(&mut self) -> Option<(String, SecretSource)> {
        let user = plain(&self.entry.user)?;
        let source = self.secret(&self.entry.password, "password")?;
        Some((user, source))
    }

    fn secret(&mut self, field: &Field<SecretEntry>, key: &'static str) -> Option<SecretSource> {
        let Some(field) = field else {
            return self.missing(key, "{ file = \"/etc/report/secret\" }");
        };
        let entry = field.get_ref();
        let sources = [
            entry.env.as_ref().map(|name| SecretSource::Environment(name.get_ref().clone())),
            entry.file.as_ref().map(|path| SecretSource::File(self.places.root.join(path.get_ref()))),
            entry.credential.as_ref().map(|name| SecretSource::Credential(name.get_ref().clone())),
            entry.command.as_ref().map(|argv| SecretSource::Command(argv.get_ref().clone())),
        ];
        let mut given = sources.into_iter().flatten();
        match (given.next(), given.next()) {
            (Some(source), None) => {
                self.secrets.push((source.clone(), self.at(field)));
                Some(source)
            }
            _ => {
                let message = format!("`{key}` says where the secret is kept, in one way");
                let hint = "write { env = \"NAME\" }, { file = \"PATH\" }, { credential = \"NAME\" } or { command = [\"PROGRAM\"] }";
                self.report(Problem::KeyConflict { message, hint: hint.to_owned() }, self.at(field));
                None
            }
        }
    }

    fn command(&mut self, example: &'static str) -> Option<Vec<String>> {
        match &self.entry.command {
            Some(command) if !command.get_ref().is_empty() => Some(command.get_ref().clone()),
            _ => self.missing("command", example),
        }
    }

    fn path(&self, field: &Field<String>) -> Option<PathBuf> {
        field.as_ref().map(|path| self.places.root.join(path.get_ref()))
    }

    fn number(&mut self, field: &Field<i64>, otherwise: u16, most: u16) -> u16 {
        let Some(field) = field else { return otherwise };
        let read = u16::try_from(*field.get_ref()).ok().filter(|n| (1..=most).contains(n));
        read.unwrap_or_else(|| {
            let message = format!("`{}` is not between 1 and {most}", field.get_ref());
            self.report(Problem::BadSetting { message, hint: String::new() }, self.at(field));
            otherwise
        })
    }

    fn length(&mut self, field: &Field<String>) -> Option<Duration> {
        let field = field.as_ref()?;
        let length = length_of(field.get_ref()).and_then(|length| length.to_std().ok());
        if length.is_none() {
            let message = format!("`{}` is no length of time", field.get_ref());
            let hint = "write a number and s, m or h: \"30s\"".to_owned();
            self.report(Problem::BadSetting { message, hint }, self.at(field));
        }
        length
    }

    pub(super) fn one_of<T: Copy>(
        &mut self,
        field: &Field<String>,
        known: &[(&'static str, T)],
        otherwise: T,
    ) -> T {
        let Some(field) = field else { return otherwise };
        if let Some((_, value)) = known.iter().find(|(name, _)| name == field.get_ref()) {
            return *value;
        }
        let list = known.iter().map(|(name, _)| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        let near = nearest(field.get_ref(), known.iter().map(|(name, _)| *name));
        let message = format!("`{}` is none of {list}", field.get_ref());
        self.report(Problem::WrongType { message, near }, self.at(field));
        otherwise
    }

    fn need(&mut self, field: &Field<String>, key: &'static str, example: &'static str) -> Option<String> {
        match plain(field) {
            Some(text) => Some(text),
            None => self.missing(key, example),
        }
    }

    fn missing<T>(&mut self, key: &'static str, example: &'static str) -> Option<T> {
        let entry = match plain(&self.entry.id) {
            Some(id) => format!("channel `{id}`"),
            None => "the channel".to_owned(),
        };
        self.report(Problem::MissingKey { key, entry, example }, self.head.clone());
        None
    }

    pub(super) fn at<T>(&self, field: &Spanned<T>) -> Span {
        Span::new(&self.head.file, field.span())
    }

    pub(super) fn report(&mut self, problem: Problem, span: Span) {
        self.diagnostics.push(problem, span);
    }
}

fn plain(field: &Field<String>) -> Option<String> {
    field.as_ref().map(|text| text.get_ref().clone()).filter(|text| !text.trim().is_empty())
}
