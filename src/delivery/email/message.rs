//! The message of one parcel or notice: its bytes are a function of parcel, address, settings and date alone.
//!
//! How it travels is left to `conversation`.

use std::fmt::Write as _;
use std::time::SystemTime;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use chrono::{DateTime, Datelike, Utc};
use lettre::address::Envelope;
use lettre::message::header::{self, Header, HeaderName, HeaderValue};
use lettre::message::{Message, MessageBuilder, MultiPart, MultiPartKind, SinglePart};

use super::phrases::{closing, phrases, tag_of};
use super::{EmailError, EmailSettings, settings};
use crate::delivery::url::{link, percent};
use crate::delivery::{Enclosure, Notice, Parcel};
use crate::model::Language;

/// A message and whom it is from and for, as the relay is told.
pub(super) struct Letter {
    /// The bytes, each line closed by CR LF.
    pub(super) bytes: Vec<u8>,
    /// Sender (for bounces) and recipient.
    pub(super) envelope: Envelope,
    /// Whether links stand in it in place of files.
    pub(super) linked: bool,
}

/// Where the files of a message are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Files<'a> {
    /// In it.
    Attached,
    /// Behind links that begin so.
    Linked(&'a str),
}

/// The message; with links in place of the files where it would be larger than the settings allow and they name a place for that.
pub(super) fn fitting(
    settings: &EmailSettings,
    parcel: &Parcel,
    address: &str,
    date: DateTime<Utc>,
) -> Result<Letter, EmailError> {
    let whole = letter(settings, parcel, address, date, Files::Attached)?;
    match &settings.link {
        Some(base) if whole.bytes.len() as u64 > settings.largest => {
            letter(settings, parcel, address, date, Files::Linked(base))
        }
        _ => Ok(whole),
    }
}

/// Composes the message.
pub(super) fn letter(
    settings: &EmailSettings,
    parcel: &Parcel,
    address: &str,
    date: DateTime<Utc>,
    files: Files<'_>,
) -> Result<Letter, EmailError> {
    let key = token(&parcel.key);
    let list = settings.list_id.as_ref().map(|list| format!("<{}.{list}>", parcel.document));
    let multipart = body(settings, parcel, &key, files);
    let language = parcel.language;
    let Heading { envelope, mut builder } = heading(settings, &key, &parcel.title, address, date, language)?;
    if let Some(list) = list {
        builder = builder.raw_header(plain_header("List-Id", list));
    }
    let message = builder.multipart(multipart).map_err(|why| EmailError::Message(why.to_string()))?;
    Ok(Letter { bytes: message.formatted(), envelope, linked: files != Files::Attached })
}

/// Composes a notice: text alone.
pub(super) fn notice(
    settings: &EmailSettings,
    notice: &Notice,
    address: &str,
    date: DateTime<Utc>,
) -> Result<Letter, EmailError> {
    let Heading { envelope, builder } =
        heading(settings, &token(&notice.id), &notice.subject, address, date, Language::default())?;
    let text = format!("{}\n{}\n", notice.text, closing(settings, Language::default()));
    let message = builder.singlepart(text_part(header::ContentType::TEXT_PLAIN, text));
    let message = message.map_err(|why| EmailError::Message(why.to_string()))?;
    Ok(Letter { bytes: message.formatted(), envelope, linked: false })
}

/// What stands above the body of every message.
struct Heading {
    envelope: Envelope,
    builder: MessageBuilder,
}

fn heading(
    settings: &EmailSettings,
    key: &str,
    title: &str,
    address: &str,
    date: DateTime<Utc>,
    language: Language,
) -> Result<Heading, EmailError> {
    let from = settings::mailbox("from", &settings.from)?;
    let to = settings::address("recipient", address)?;
    let bounces = match &settings.bounces {
        Some(bounces) => settings::address("bounces", &settings::keyed(bounces, key))?,
        None => from.email.clone(),
    };
    let envelope = Envelope::new(Some(bounces), vec![to.clone()]);
    let envelope = envelope.map_err(|why| EmailError::Message(why.to_string()))?;
    let mut builder = Message::builder()
        .envelope(envelope.clone())
        .date(in_range(date))
        .from(from)
        .to(lettre::message::Mailbox::new(None, to))
        .subject(one_line(title))
        .message_id(Some(format!("<{key}@{}>", settings.domain)));
    if let Some(reply_to) = &settings.reply_to {
        builder = builder.reply_to(settings::mailbox("reply_to", reply_to)?);
    }
    builder = builder
        .header(AutoSubmitted)
        .raw_header(plain_header("X-Report-Key", key.to_owned()))
        .raw_header(plain_header("Content-Language", tag_of(language).to_owned()));
    Ok(Heading { envelope, builder })
}

fn plain_header(name: &'static str, value: String) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value)
}

fn text_part(content_type: header::ContentType, text: String) -> SinglePart {
    let base64 = header::ContentTransferEncoding::Base64;
    SinglePart::builder().header(content_type).header(base64).body(text)
}

/// lettre draws boundaries at random; these come from the key, and no line of base64 or of a text of ours begins with `--`.
fn body(settings: &EmailSettings, parcel: &Parcel, key: &str, files: Files<'_>) -> MultiPart {
    let short = &key[..key.len().min(32)];
    let builder =
        |kind, name: &str| MultiPart::builder().kind(kind).boundary(format!("report-{name}-{short}"));
    let bodies = builder(MultiPartKind::Alternative, "b")
        .singlepart(text_part(header::ContentType::TEXT_PLAIN, plain(settings, parcel, files)))
        .singlepart(text_part(header::ContentType::TEXT_HTML, html(settings, parcel, files)));
    let whole = builder(MultiPartKind::Mixed, "a").multipart(bodies);
    let attached = parcel.enclosures.iter().filter(|_| files == Files::Attached);
    attached.fold(whole, |whole, enclosure| {
        let name = file_name(enclosure, settings.plain_names);
        let part = SinglePart::builder()
            .header(NamedType { media_type: media_type(&enclosure.media_type), name: name.clone() })
            .header(NamedAttachment(name))
            .header(header::ContentTransferEncoding::Base64)
            .body(enclosure.bytes.clone());
        whole.singlepart(part)
    })
}

/// The tables of figures: that of the parcel, or one for each file under its title.
fn tables(parcel: &Parcel) -> Vec<(&str, &[(String, String)])> {
    match parcel.enclosures.as_slice() {
        [] | [_] if parcel.figures.is_empty() => Vec::new(),
        [] | [_] => vec![(phrases(parcel.language).figures, &parcel.figures)],
        several => {
            several.iter().map(|file| (file.about.title.as_str(), file.about.figures.as_slice())).collect()
        }
    }
}

/// The body for programs that show text alone.
fn plain(settings: &EmailSettings, parcel: &Parcel, files: Files<'_>) -> String {
    let said = phrases(parcel.language);
    let english = parcel.language.is_english();
    let bracketed = |words: &str| if english { format!(" ({words})") } else { format!("（{words}）") };
    let mut text = format!("{}\n", one_line(&parcel.title));
    if parcel.internal {
        let _ = writeln!(text, "{}", bracketed(said.internal).trim());
    }
    if let Some(note) = &parcel.note {
        let _ = writeln!(text, "{}", one_line(note));
    }
    for (title, figures) in tables(parcel) {
        let _ = writeln!(text, "\n{}{}", one_line(title), said.colon.trim());
        for (label, value) in figures {
            let _ = writeln!(text, "  {}{}{}", one_line(label), said.colon, one_line(value));
        }
    }
    if !parcel.compared.is_empty() {
        let _ = writeln!(text, "\n{}", above_changes(parcel));
        for line in &parcel.changes {
            let _ = writeln!(text, "  {}", one_line(line));
        }
    }
    let _ = writeln!(text, "\n{}", if files == Files::Attached { said.attached } else { said.linked });
    for (number, enclosure) in (1..).zip(&parcel.enclosures) {
        let large = bracketed(&size(enclosure.bytes.len()));
        let _ = writeln!(text, "  {number}. {}{large}", one_line(&enclosure.name));
        if let Files::Linked(base) = files {
            let (link, sum) = (link(base, enclosure), &enclosure.sha256);
            let _ = write!(text, "     {link}\n     SHA-256{}{sum}\n", said.colon);
        }
    }
    let _ = write!(text, "\n{}\n", closing(settings, parcel.language));
    text
}

/// The body for all others; it loads nothing from anywhere.
fn html(settings: &EmailSettings, parcel: &Parcel, files: Files<'_>) -> String {
    let said = phrases(parcel.language);
    let english = parcel.language.is_english();
    let bracketed = |words: &str| if english { format!(" ({words})") } else { format!("（{words}）") };
    let mut text = format!(
        "<!DOCTYPE html>\n<html lang=\"{}\">\n<head><meta charset=\"utf-8\">",
        tag_of(parcel.language)
    );
    let title = escaped(&parcel.title);
    let _ = write!(text, "<title>{title}</title></head>\n<body>\n<h2>{title}</h2>\n");
    if parcel.internal {
        let _ = writeln!(text, "<p><strong>{}</strong></p>", said.internal);
    }
    if let Some(note) = &parcel.note {
        let _ = writeln!(text, "<p>{}</p>", escaped(note));
    }
    for (title, figures) in tables(parcel) {
        let _ = write!(
            text,
            "<p>{}{}</p>\n<table border=\"1\" cellpadding=\"6\" ",
            escaped(title),
            said.colon.trim()
        );
        text.push_str("style=\"border-collapse:collapse\">\n");
        for (label, value) in figures {
            let (label, value) = (escaped(label), escaped(value));
            let _ =
                writeln!(text, "<tr><th align=\"left\">{label}</th><td align=\"right\">{value}</td></tr>");
        }
        text.push_str("</table>\n");
    }
    if !parcel.compared.is_empty() {
        let _ = writeln!(text, "<p>{}</p>", escaped(&above_changes(parcel)));
        if !parcel.changes.is_empty() {
            text.push_str("<ul>\n");
            for line in &parcel.changes {
                let _ = writeln!(text, "<li>{}</li>", escaped(line));
            }
            text.push_str("</ul>\n");
        }
    }
    let _ =
        write!(text, "<p>{}</p>\n<ol>\n", if files == Files::Attached { said.attached } else { said.linked });
    for enclosure in &parcel.enclosures {
        let (name, size) = (escaped(&enclosure.name), bracketed(&size(enclosure.bytes.len())));
        let _ = match files {
            Files::Attached => writeln!(text, "<li>{name}{size}</li>"),
            Files::Linked(base) => {
                let (link, sum) = (escaped(&link(base, enclosure)), &enclosure.sha256);
                let colon = said.colon;
                writeln!(text, "<li><a href=\"{link}\">{name}</a>{size}<br>SHA-256{colon}{sum}</li>")
            }
        };
    }
    let _ = write!(text, "</ol>\n<p>{}</p>\n</body>\n</html>\n", closing(settings, parcel.language));
    text
}

/// The line above the changes.
fn above_changes(parcel: &Parcel) -> String {
    let (stop, colon) = parcel.language.pick(("。", "："), (".", ":"));
    let stop = if parcel.changes.is_empty() { stop } else { colon };
    format!("{}{stop}", one_line(&parcel.compared))
}

/// A size as people read it.
pub(super) fn size(bytes: usize) -> String {
    // Rounded up, so that nothing is 0 KB.
    match bytes {
        0..1_048_576 => format!("{} KB", bytes.div_ceil(1024)),
        _ => {
            let tenths = bytes.saturating_mul(10).div_ceil(1_048_576);
            format!("{}.{} MB", tenths / 10, tenths % 10)
        }
    }
}

/// What may stand in a header or on a line: no control characters, and none that turn the direction of reading (a file name that
/// ends in `fdp.exe` must not look like a PDF).
pub(super) fn one_line(text: &str) -> String {
    let odd = |c: char| {
        c.is_control()
            || matches!(c, '\u{2028}' | '\u{2029}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.replace(odd, " ").split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

fn escaped(text: &str) -> String {
    let text = one_line(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.replace('"', "&quot;")
}

/// A key as it may stand in a Message-ID.
fn token(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).collect()
}

/// The name that the attachment is saved under. A header line holds 998 bytes and each byte of a name takes three.
fn file_name(enclosure: &Enclosure, plain: bool) -> String {
    let name = one_line(&enclosure.name).replace(['/', '\\', '"'], "_");
    if !plain && !name.is_empty() && name.len() <= 255 {
        return name;
    }
    let kept = |c: char| if c.is_ascii_graphic() && !"/\\\"".contains(c) { c } else { '_' };
    let name: String = enclosure.plain_name.chars().take(200).map(kept).collect();
    if name.is_empty() { "attachment".to_owned() } else { name }
}

fn media_type(text: &str) -> String {
    let token =
        |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-._".contains(&b));
    let fits = text.split_once('/').is_some_and(|(kind, subtype)| token(kind) && token(subtype));
    if fits { text.to_owned() } else { "application/octet-stream".to_owned() }
}

/// lettre panics on a date before 1970 or after 9999.
fn in_range(date: DateTime<Utc>) -> SystemTime {
    if (1970..=9999).contains(&date.year()) { date.into() } else { SystemTime::UNIX_EPOCH }
}

/// Tells vacation programs and list servers not to answer (RFC 3834).
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// `Content-Type` with the file's name as encoded words (RFC 2047), which no standard allows there and most
/// programs read: Outlook and the big Chinese ones only this.
#[derive(Clone)]
struct NamedType {
    media_type: String,
    name: String,
}

impl Header for NamedType {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Content-Type")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Err("it is only written".into())
    }

    fn display(&self) -> HeaderValue {
        let name =
            if self.name.is_ascii() { self.name.clone() } else { encoded_words(&self.name).join("\r\n ") };
        let value = format!("{};\r\n name=\"{name}\"", self.media_type);
        HeaderValue::dangerous_new_pre_encoded(Self::name(), self.media_type.clone(), value)
    }
}

/// `Content-Disposition` with the name as RFC 2231 has it, in one parameter however long: lettre's own splits a name into
/// `filename*0*`, `filename*1*`, …, which QQ shows as `tcmime.bin`.
#[derive(Clone)]
struct NamedAttachment(String);

impl Header for NamedAttachment {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Content-Disposition")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Err("it is only written".into())
    }

    fn display(&self) -> HeaderValue {
        let value = if self.0.is_ascii() {
            format!("attachment;\r\n filename=\"{}\"", self.0)
        } else {
            format!("attachment;\r\n filename*=UTF-8''{}", percent(&self.0))
        };
        HeaderValue::dangerous_new_pre_encoded(Self::name(), "attachment".to_owned(), value)
    }
}

/// Encoded words, none of which splits a character. 39 bytes make 64 characters: with what stands around it, a line holds at most 76.
fn encoded_words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for c in text.chars() {
        if words.last().is_none_or(|word| word.len() + c.len_utf8() > 39) {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.push(c);
        }
    }
    words.iter().map(|word| format!("=?UTF-8?B?{}?=", BASE64.encode(word))).collect()
}
