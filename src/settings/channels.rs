//! `[delivery]` and `[[channel]]` as written in `report.toml`.
//!
//! What the words mean is left to `delivery`.

use std::sync::Arc;

use serde::Deserialize;
use toml::de::{DeTable, DeValue};

use crate::casefile::{self, Field};
use crate::diag::{Diagnostics, Problem, SourceFile, Span};

/// `[delivery]`: what may be reached at all.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DeliveryEntry {
    /// Domains of mailboxes.
    pub domains: Field<Vec<String>>,
    /// Hosts of webhooks and robots.
    pub hosts: Field<Vec<String>>,
    /// Printers by their URIs.
    pub printers: Field<Vec<String>>,
    /// A mailbox that gets every message instead of whom it is for; for trials.
    pub redirect_all_to: Field<String>,
    /// Where it is written.
    #[serde(skip)]
    pub span: Option<Span>,
}

/// A `[[channel]]` as written; which keys it takes depends on its kind.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ChannelEntry {
    /// The id.
    pub id: Field<String>,
    /// `email`, `print`, `lp`, `folder`, `webhook`, `wecom` or `command`.
    pub kind: Field<String>,
    /// email: the relay.
    pub host: Field<String>,
    /// email: its port.
    pub port: Field<i64>,
    /// email: `tls`, `starttls` or `none`.
    pub security: Field<String>,
    /// Certificates of authorities, as PEM.
    pub ca_file: Field<String>,
    /// email, print: the user.
    pub user: Field<String>,
    /// email, print: where the password is kept.
    pub password: Field<SecretEntry>,
    /// email: who the message is from.
    pub from: Field<String>,
    /// email: where bounces go.
    pub bounces: Field<String>,
    /// email: the end of a List-Id.
    pub list_id: Field<String>,
    /// email: who gets answers.
    pub reply_to: Field<String>,
    /// email: the domain of Message-IDs.
    pub domain: Field<String>,
    /// email: the name of this machine.
    pub hello: Field<String>,
    /// email: the most bytes of a message, in MiB.
    pub largest_mib: Field<i64>,
    /// email, wecom: where the output folder is shown, for files that are too large.
    pub link: Field<String>,
    /// email, wecom: the most messages a minute.
    pub a_minute: Field<i64>,
    /// email: how many lines work at once.
    pub lines: Field<i64>,
    /// `ask` or `resend`: what becomes of a parcel of which nobody knows.
    pub unknown: Field<String>,
    /// The longest wait for an answer.
    pub timeout: Field<String>,
    /// email, folder: whether files have their names in ASCII.
    pub plain_names: Field<bool>,
    /// print: the printers, in order.
    pub printers: Field<Vec<String>>,
    /// print, lp: `all` or `body`.
    pub part: Field<String>,
    /// print, lp: `red`, or `blank` for paper that bears the red masthead already.
    pub masthead: Field<String>,
    /// print: `one`, `long-edge` or `short-edge`.
    pub sides: Field<String>,
    /// print: the paper.
    pub media: Field<String>,
    /// print: `auto`, `colour` or `monochrome`.
    pub colour: Field<String>,
    /// print: whether each copy is stapled.
    pub staple: Field<bool>,
    /// print: `08:00-18:00`.
    pub hours: Field<String>,
    /// folder: the folder.
    pub path: Field<String>,
    /// folder: `flat`, `period` or `subject`.
    pub layout: Field<String>,
    /// webhook, wecom: the address.
    pub url: Field<String>,
    /// webhook: the key of the signature; wecom: the key of the robot.
    pub key: Field<SecretEntry>,
    /// webhook: whether the event holds the files.
    pub enclose: Field<bool>,
    /// Whether it may take documents marked 内部.
    pub internal: Field<bool>,
    /// command, lp: the program and its arguments.
    pub command: Field<Vec<String>>,
}

/// Where a secret is kept: one of these.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecretEntry {
    /// A variable of the environment.
    pub env: Field<String>,
    /// A file that only its owner can read.
    pub file: Field<String>,
    /// A systemd credential.
    pub credential: Field<String>,
    /// A command that prints it.
    pub command: Field<Vec<String>>,
}

/// What is declared of delivery, as written.
#[derive(Debug, Clone, Default)]
pub struct Declared {
    /// What may be reached.
    pub delivery: DeliveryEntry,
    /// The channels, each with its head.
    pub channels: Vec<(ChannelEntry, Span)>,
}

/// Takes `[delivery]` and the channels out of the root table of `report.toml`.
pub(super) fn take(
    file: &Arc<SourceFile>,
    table: &mut DeTable<'_>,
    diagnostics: &mut Diagnostics,
) -> Declared {
    let mut declared = Declared::default();
    if let Some(value) = table.remove("delivery") {
        let span = Span::new(file, value.span());
        match value.into_inner() {
            DeValue::Table(keys) => {
                declared.delivery =
                    DeliveryEntry { span: Some(span), ..casefile::keys(file, keys, diagnostics) };
            }
            _ => wrong(diagnostics, span, "`delivery` is a table", "[delivery]"),
        }
    }
    if let Some(value) = table.remove("channel") {
        let span = Span::new(file, value.span());
        let DeValue::Array(entries) = value.into_inner() else {
            wrong(diagnostics, span, "`channel` is no list of tables", "[[channel]]");
            return declared;
        };
        for entry in entries {
            let span = Span::new(file, entry.span());
            match entry.into_inner() {
                DeValue::Table(keys) => {
                    declared.channels.push((casefile::keys(file, keys, diagnostics), span));
                }
                _ => wrong(diagnostics, span, "a channel is a table", "[[channel]]"),
            }
        }
    }
    declared
}

fn wrong(diagnostics: &mut Diagnostics, span: Span, message: &str, head: &str) {
    let hint = format!("write `{head}` above its keys");
    diagnostics.push(Problem::KeyConflict { message: message.to_owned(), hint }, span);
}
