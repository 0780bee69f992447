//! Who gets what, by which way, until when.
//!
//! What was sent to them is left to the ledger, how it is sent to the channels.

use std::path::Path;

use chrono::NaiveDate;
use toml::Spanned;

use super::beat::Beat;
use super::casebook::read;
use super::reader::Reader;
use crate::casefile::{RecipientEntry, RecipientsFile};
use crate::diag::{Diagnostics, Problem, Span, nearest};

/// The languages that recipients may ask for.
const LANGUAGES: [&str; 3] = ["zh-Hans", "zh-Hant", "en"];

/// An office or a person that gets briefings.
#[derive(Debug, Clone)]
pub struct Recipient {
    /// The id.
    pub id: String,
    /// The name, as letters address it.
    pub name: String,
    /// What it is told about; none for everything.
    pub subjects: Option<Vec<(String, Span)>>,
    /// The kinds of document that it gets; none for all.
    pub documents: Option<Vec<String>>,
    /// How many copies on paper.
    pub copies: u32,
    /// The last day on which it gets anything.
    pub until: Option<NaiveDate>,
    /// The languages that it reads (BCP 47), and where they are written; none for all.
    pub languages: Option<(Vec<String>, Span)>,
    /// Whether all documents of an occurrence go to it together (合并投递).
    pub digest: bool,
    /// Whether it gets only issues that say something new to it.
    pub only_changed: bool,
    /// The ways to it.
    pub ways: Vec<Way>,
}

/// A way to a recipient.
#[derive(Debug, Clone)]
pub struct Way {
    /// The channel of the settings.
    pub channel: String,
    /// The address there.
    pub address: String,
    /// Where the address is written.
    pub span: Span,
}

impl Recipient {
    /// Whether it gets a document on a day.
    pub fn gets(&self, document: &str, subject: &str, day: NaiveDate) -> bool {
        let listed =
            |list: &Option<Vec<String>>, one: &str| list.as_ref().is_none_or(|l| l.iter().any(|x| x == one));
        let told = self
            .subjects
            .as_ref()
            .is_none_or(|subjects| subjects.iter().any(|(wanted, _)| is_about(subject, wanted)));
        told && listed(&self.documents, document) && !self.is_over(day)
    }

    /// Whether its last day is before a day.
    pub fn is_over(&self, day: NaiveDate) -> bool {
        self.until.is_some_and(|last| last < day)
    }

    /// Whether it reads a language.
    pub fn reads(&self, language: &str) -> bool {
        self.languages.as_ref().is_none_or(|(known, _)| known.iter().any(|one| one == language))
    }

    /// Its way by a channel, of which it has one at most.
    pub fn way(&self, channel: &str) -> Option<&Way> {
        self.ways.iter().find(|way| way.channel == channel)
    }
}

/// Whether a subject, as files are named, is what a recipient wants to be told about: `jia-xian`, `jia-xian/a` or, for all its places,
/// `jia-xian/*`.
fn is_about(subject: &str, wanted: &str) -> bool {
    match wanted.strip_suffix("/*") {
        // Ids have no underscore: what follows the first is the place.
        Some(region) => subject.strip_prefix(region).is_some_and(|rest| rest.starts_with('_')),
        None => wanted.replace('/', "_") == subject,
    }
}

/// Reads `recipients.toml`; a workspace without one has none.
pub fn read_recipients(data: &Path, channels: &[&str], diagnostics: &mut Diagnostics) -> Vec<Recipient> {
    let path = data.join("recipients.toml");
    if !path.exists() {
        return Vec::new();
    }
    let Some((file, entries)) = read::<RecipientsFile>(&path, "data/recipients.toml", diagnostics) else {
        return Vec::new();
    };
    let mut reader = Reader { file: &file, diagnostics };
    let mut recipients: Vec<Recipient> = Vec::new();
    for entry in &entries.recipient {
        let Some((recipient, span)) = read_one(entry, channels, &mut reader) else { continue };
        if recipients.iter().any(|known| known.id == recipient.id) {
            let first = "[[recipient]] of data/recipients.toml".to_owned();
            reader.report(Problem::DuplicateId { kind: "recipient", id: recipient.id, first }, span);
        } else {
            recipients.push(recipient);
        }
    }
    recipients
}

fn read_one(
    entry: &Spanned<RecipientEntry>,
    channels: &[&str],
    reader: &mut Reader<'_>,
) -> Option<(Recipient, Span)> {
    let (head, raw) = (reader.span(entry), entry.get_ref());
    let (id, span) = reader.need_id(&raw.id, "the recipient", &head)?;
    let label = format!("recipient `{id}`");
    let name = reader.need_text(&raw.name, "name", &label, "\"市委办公室\"", &head)?;
    let subjects = raw.subjects.as_ref().map(|subjects| {
        subjects.get_ref().iter().map(|s| (s.get_ref().clone(), reader.span(s))).collect::<Vec<_>>()
    });
    let documents = raw.documents.as_ref().map(|documents| {
        documents.get_ref().iter().map(|document| document.get_ref().clone()).collect::<Vec<_>>()
    });
    for document in raw.documents.iter().flat_map(Spanned::get_ref) {
        let kinds = ["region", "comparative"].into_iter().chain(Beat::ALL.map(Beat::name));
        if !kinds.clone().any(|kind| kind == document.get_ref()) {
            let known = kinds.clone().map(|kind| format!("`{kind}`")).collect::<Vec<_>>().join(", ");
            let message = format!("`{}` is none of {known}", document.get_ref());
            let near = nearest(document.get_ref(), kinds);
            let place = reader.span(document);
            reader.report(Problem::WrongType { message, near }, place);
        }
    }
    let copies = match &raw.copies {
        None => 0,
        Some(copies) => u32::try_from(*copies.get_ref()).unwrap_or_else(|_| {
            let message = format!("`{}` copies cannot be printed", copies.get_ref());
            let place = reader.span(copies);
            reader.report(Problem::BadValue { message }, place);
            0
        }),
    };
    // Whom a slip here would serve too much gets nothing until it is mended.
    let until = raw.until.as_ref().map(|until| read_day(until, reader));
    let languages = raw.languages.as_ref().map(|languages| read_languages(languages, reader));
    let only_changed = raw.send.as_ref().is_some_and(|send| {
        let word = send.get_ref().as_str();
        if !["always", "changed"].contains(&word) {
            let message = format!("`{word}` is none of `always`, `changed`");
            let near = nearest(word, ["always", "changed"]);
            let place = reader.span(send);
            reader.report(Problem::WrongType { message, near }, place);
        }
        word == "changed"
    });
    let mut ways = Vec::new();
    for way in &raw.way {
        let (head, raw) = (reader.span(way), way.get_ref());
        let what = format!("a way to `{id}`");
        let channel = reader.need(&raw.channel, "channel", &what, "\"mail\"", &head);
        let channel = channel.and_then(|channel| reader.known("channel", channel, channels.iter().copied()));
        let address = reader.need_text(&raw.to, "to", &what, "\"office@example.org\"", &head);
        let (Some(channel), Some(address), Some(to)) = (channel, address, &raw.to) else { continue };
        // A recipient is served once by a channel: the second address would never get anything.
        if ways.iter().any(|known: &Way| known.channel == channel) {
            let message = format!("`{id}` has two ways by `{channel}`");
            let hint = "write another [[recipient]] for the other address".to_owned();
            let place = reader.span(to);
            reader.report(Problem::KeyConflict { message, hint }, place);
            continue;
        }
        ways.push(Way { channel, address, span: reader.span(to) });
    }
    let all = subjects.as_ref().is_some_and(|subjects| subjects.iter().any(|(subject, _)| subject == "*"));
    let subjects = subjects.filter(|_| !all);
    let (until, languages) = match (until, languages) {
        (Some(None), _) | (_, Some(None)) => return None,
        (until, languages) => (until.flatten(), languages.flatten()),
    };
    let digest = raw.digest.as_ref().is_some_and(|digest| *digest.get_ref());
    let recipient =
        Recipient { id, name, subjects, documents, copies, until, languages, digest, only_changed, ways };
    Some((recipient, span))
}

fn read_day(until: &Spanned<String>, reader: &mut Reader<'_>) -> Option<NaiveDate> {
    let day = until.get_ref().parse().ok();
    if day.is_none() {
        let place = reader.span(until);
        reader.report(Problem::BadDate { date: until.get_ref().clone() }, place);
    }
    day
}

fn read_languages(
    languages: &Spanned<Vec<Spanned<String>>>,
    reader: &mut Reader<'_>,
) -> Option<(Vec<String>, Span)> {
    let known: Vec<String> = languages.get_ref().iter().map(|language| language.get_ref().clone()).collect();
    let mut sound = true;
    for language in languages.get_ref().iter().filter(|one| !LANGUAGES.contains(&one.get_ref().as_str())) {
        let list = LANGUAGES.map(|language| format!("`{language}`")).join(", ");
        let message = format!("`{}` is none of {list}", language.get_ref());
        let near = nearest(language.get_ref(), LANGUAGES);
        let place = reader.span(language);
        reader.report(Problem::WrongType { message, near }, place);
        sound = false;
    }
    sound.then(|| (known, reader.span(languages)))
}
