//! Sources: published texts that figures were taken from, and what units report, each with the time it speaks of.
//!
//! Where a figure stands in its source is left to the facts.

use std::sync::Arc;

use toml::Spanned;

use super::catalogue::{Catalogue, plain};
use super::reader::{Reader, Set};
use super::time::Date;
use crate::casefile::SourceEntry;
use crate::diag::Problem;
use crate::settings::Language;

/// The five kinds of source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SourceKind {
    /// 机关发布
    Organ,
    /// 党报党网
    PartyPress,
    /// 宣传部门供稿
    Publicity,
    /// 融媒体供稿
    MediaCentre,
    /// 商业或个人网站转载
    Repost,
}

const SOURCE_KINDS: &Set<SourceKind> = &[
    ("organ", SourceKind::Organ),
    ("party-press", SourceKind::PartyPress),
    ("publicity", SourceKind::Publicity),
    ("media-centre", SourceKind::MediaCentre),
    ("repost", SourceKind::Repost),
];

impl SourceKind {
    /// In the language of a document.
    pub fn in_words(self, language: Language) -> &'static str {
        let english = match self {
            Self::Organ => "published by an authority",
            Self::PartyPress => "Party press",
            Self::Publicity => "supplied by a publicity department",
            Self::MediaCentre => "supplied by a media centre",
            Self::Repost => "reposted by a commercial or private site",
        };
        language.pick(self.chinese(), english)
    }

    /// In Chinese.
    pub fn chinese(self) -> &'static str {
        match self {
            Self::Organ => "机关发布",
            Self::PartyPress => "党报党网",
            Self::Publicity => "宣传部门供稿",
            Self::MediaCentre => "融媒体供稿",
            Self::Repost => "商业或个人网站转载",
        }
    }
}

/// A stretch of time that a source speaks of.
#[derive(Debug, Clone)]
pub struct Strand {
    /// Which strand of the source; empty where there is one.
    pub label: String,
    /// First date; none where it is not stated and cannot be presumed.
    pub from: Option<Date>,
    /// Last date.
    pub to: Date,
    /// Whether the first date is stated.
    pub from_stated: bool,
    /// Whether the last date is stated.
    pub to_stated: bool,
    /// How far its targets reach.
    pub target: Option<Date>,
}

/// A published text that figures were taken from.
#[derive(Debug, Clone)]
pub struct Source {
    /// The id.
    pub id: String,
    /// The title in full.
    pub title: String,
    /// What kind of source it is.
    pub kind: SourceKind,
    /// Who published it first.
    pub publisher: Option<String>,
    /// Where it was read.
    pub carrier: Option<String>,
    /// The byline.
    pub author: Option<String>,
    /// When it was published.
    pub date: Date,
    /// Whether the date is inferred.
    pub inferred: bool,
    /// The address that the text itself prints.
    pub address: Option<String>,
    /// The day it was read.
    pub read: Date,
    /// SHA-256 of the text that was read.
    pub sha256: String,
    /// A few words for tables.
    pub short: String,
    /// The time it speaks of.
    pub strands: Vec<Strand>,
    /// Whether it is what a unit reported for a period, and no publication.
    pub is_return: bool,
}

impl Catalogue {
    /// Adds a source, from a shared file or a region's.
    pub fn add_source(&mut self, entry: &Spanned<SourceEntry>, reader: &mut Reader<'_>) {
        let (head, raw) = (reader.span(entry), entry.get_ref());
        let Some((id, span)) = reader.need_id(&raw.id, "the source", &head) else { return };
        let name = format!("source `{id}`");
        let title = reader.need_text(&raw.title, "title", &name, "\"…\"", &head);
        let kind = reader.need(&raw.kind, "kind", &name, "\"party-press\"", &head);
        let kind = kind.and_then(|_| reader.one_of(&raw.kind, SOURCE_KINDS, None));
        let date = reader.need(&raw.date, "date", &name, "\"2023-10-25\"", &head);
        let date = date.and_then(|_| reader.date(&raw.date));
        let read = reader.need(&raw.read, "read", &name, "\"2026-11-22\"", &head);
        let read = read.and_then(|_| reader.date(&raw.read));
        let sha256 = reader.need_text(&raw.sha256, "sha256", &name, "\"…\"", &head);
        if let Some(digest) = &raw.sha256 {
            let hex = digest.get_ref();
            if hex.len() != 64 || !hex.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)) {
                let span = reader.span(digest);
                let problem = Problem::BadSource {
                    message: format!("`{hex}` is not a SHA-256"),
                    hint: "sha256sum FILE prints it".into(),
                };
                reader.report(problem, span);
            }
        }
        reader.check_address(&raw.address);
        let strands = raw.covers.iter().filter_map(|span| strand(span, &name, reader)).collect();
        if let (Some(date), Some(read)) = (date, read)
            && date.first_day() > read.last_day()
        {
            let message = format!("{name} was read ({read}) before it was published ({date})");
            reader.report(Problem::BadSource { message, hint: String::new() }, head);
        }
        let (Some(title), Some(kind), Some(date), Some(read), Some(sha256)) =
            (title, kind, date, read, sha256)
        else {
            return;
        };
        let source = Source {
            id: id.clone(),
            short: plain(&raw.short).unwrap_or_else(|| title.clone()),
            title,
            kind,
            publisher: plain(&raw.publisher),
            carrier: plain(&raw.carrier),
            author: plain(&raw.author),
            date,
            inferred: raw.inferred.as_ref().is_some_and(|i| *i.get_ref()),
            address: plain(&raw.address),
            read,
            sha256,
            strands,
            is_return: false,
        };
        reader.insert(&mut self.sources, "source", id, span, Arc::new(source));
    }
}

fn strand(
    entry: &Spanned<crate::casefile::SpanEntry>,
    name: &str,
    reader: &mut Reader<'_>,
) -> Option<Strand> {
    let (head, raw) = (reader.span(entry), entry.get_ref());
    let stretch = format!("`covers` of {name}");
    reader.need(&raw.to, "to", &stretch, "\"2023-10\"", &head);
    let (from, to) = (reader.date(&raw.from), reader.date(&raw.to));
    let target = reader.date(&raw.target);
    let to = to?;
    if let Some(from) = from
        && from.first_day() > to.last_day()
    {
        reader.report(Problem::BackwardPeriod { from: from.to_string(), to: to.to_string() }, head);
        return None;
    }
    Some(Strand {
        label: plain(&raw.label).unwrap_or_default(),
        from,
        to,
        from_stated: from.is_some() && raw.from_stated.as_ref().is_none_or(|s| *s.get_ref()),
        to_stated: raw.to_stated.as_ref().is_none_or(|s| *s.get_ref()),
        target,
    })
}
