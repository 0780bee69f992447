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
            .is_none_or(|subjects| subjects.iter().any(|(wanted, _)| wanted.replace('/', "_") == subject));
        told && listed(&self.documents, document) && self.until.is_none_or(|last| day <= last)
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
    let until = raw.until.as_ref().and_then(|until| {
        let day = until.get_ref().parse().ok();
        if day.is_none() {
            let place = reader.span(until);
            reader.report(Problem::BadDate { date: until.get_ref().clone() }, place);
        }
        day
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
    Some((Recipient { id, name, subjects, documents, copies, until, ways }, span))
}
