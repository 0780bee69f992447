//! Which keys a `[[channel]]` of each kind uses, and those that say what of a document is printed.
//!
//! The other keys are left to `reader`.

use super::reader::{KINDS, Reader};
use crate::diag::{Problem, Span};
use crate::settings::ChannelEntry;

/// The kinds that use a key; `id`, `kind`, `internal` and `unknown` belong to all.
fn users(key: &str) -> &'static [&'static str] {
    match key {
        "host" | "port" | "security" | "from" | "bounces" | "reply_to" | "domain" | "hello"
        | "largest_mib" | "list_id" | "lines" => &["email"],
        "user" | "password" => &["email", "print"],
        "ca_file" => &["email", "print", "webhook", "wecom"],
        "timeout" => &["email", "print", "webhook", "wecom", "command"],
        "a_minute" | "link" => &["email", "wecom"],
        "plain_names" => &["email", "folder"],
        "printers" | "sides" | "media" | "colour" | "staple" | "hours" => &["print"],
        "part" | "masthead" => &["print", "lp"],
        "path" | "layout" => &["folder"],
        "url" | "key" => &["webhook", "wecom"],
        "enclose" => &["webhook"],
        "command" => &["lp", "command"],
        _ => &KINDS,
    }
}

/// The keys that are written, each with its place.
fn written(entry: &ChannelEntry) -> Vec<(&'static str, std::ops::Range<usize>)> {
    macro_rules! written {
        ($($key:ident),*) => {
            [$((stringify!($key), entry.$key.as_ref().map(toml::Spanned::span))),*]
        };
    }
    let all = written!(
        host,
        port,
        security,
        ca_file,
        user,
        password,
        from,
        bounces,
        reply_to,
        domain,
        hello,
        largest_mib,
        list_id,
        lines,
        link,
        a_minute,
        timeout,
        plain_names,
        printers,
        part,
        masthead,
        sides,
        media,
        colour,
        staple,
        hours,
        path,
        layout,
        url,
        key,
        enclose,
        command
    );
    all.into_iter().filter_map(|(key, span)| Some((key, span?))).collect()
}

impl Reader<'_> {
    /// Reports keys that the kind of the channel does not use: who wrote them believes that they do something.
    pub(super) fn idle_keys(&mut self) {
        let Some(kind) = self.entry.kind.as_ref().map(|kind| kind.get_ref().clone()) else { return };
        if !KINDS.contains(&kind.as_str()) {
            return;
        }
        for (key, span) in written(self.entry) {
            let users = users(key);
            if users.contains(&kind.as_str()) {
                continue;
            }
            let users = users.iter().map(|kind| format!("`{kind}`")).collect::<Vec<_>>().join(", ");
            let span = Span::new(&self.head.file, span);
            self.report(Problem::IdleKey { key, kind: kind.clone(), users }, span);
        }
    }

    /// Whether only the body is printed.
    pub(super) fn body_only(&mut self) -> bool {
        let entry = self.entry;
        self.one_of(&entry.part, &[("all", false), ("body", true)], false)
    }

    /// Whether the paper bears the red masthead.
    pub(super) fn is_blank(&mut self) -> bool {
        let entry = self.entry;
        self.one_of(&entry.masthead, &[("red", false), ("blank", true)], false)
    }
}
