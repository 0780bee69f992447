//! Mechanisms: named ways of working, with the members that a source lists.
//!
//! A count of members that a source prints is a fact; `relation` compares the two.

use std::collections::BTreeMap;
use std::sync::Arc;

use toml::Spanned;

use super::catalogue::{Catalogue, plain};
use super::reader::{Reader, Set};
use super::region::Region;
use super::source::Source;
use crate::casefile::MechanismEntry;
use crate::diag::{Problem, Span};
use crate::settings::Language;

/// What a mechanism is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the Chinese names stand in `chinese`")]
pub enum MechanismKind {
    Body,
    Mode,
    List,
    Cycle,
    System,
    Programme,
    Project,
    Activity,
    Platform,
    Team,
    Principle,
    Goal,
    Brand,
    Document,
    Partner,
}

impl MechanismKind {
    /// All of them in the order of the annex, with the names that files use and in Chinese.
    pub const ALL: [(&'static str, Self, &'static str); 15] = [
        ("body", Self::Body, "组织"),
        ("mode", Self::Mode, "模式"),
        ("list", Self::List, "清单"),
        ("cycle", Self::Cycle, "节拍"),
        ("system", Self::System, "制度体系"),
        ("programme", Self::Programme, "工程、行动"),
        ("project", Self::Project, "项目"),
        ("activity", Self::Activity, "活动"),
        ("platform", Self::Platform, "阵地、平台"),
        ("team", Self::Team, "队伍"),
        ("principle", Self::Principle, "原则、要求"),
        ("goal", Self::Goal, "目标"),
        ("brand", Self::Brand, "品牌、典型"),
        ("document", Self::Document, "文件"),
        ("partner", Self::Partner, "单位"),
    ];

    /// In Chinese.
    pub fn chinese(self) -> &'static str {
        Self::ALL.iter().find(|entry| entry.1 == self).map_or("", |entry| entry.2)
    }

    /// The heading of its group, in the language of a document.
    pub fn in_words(self, language: Language) -> &'static str {
        let english = match self {
            Self::Body => "Bodies",
            Self::Mode => "Modes",
            Self::List => "Lists",
            Self::Cycle => "Beats",
            Self::System => "Rules and systems",
            Self::Programme => "Programmes and campaigns",
            Self::Project => "Projects",
            Self::Activity => "Activities",
            Self::Platform => "Sites and platforms",
            Self::Team => "Teams",
            Self::Principle => "Principles and demands",
            Self::Goal => "Goals",
            Self::Brand => "Brands and models",
            Self::Document => "Documents",
            Self::Partner => "Units",
        };
        language.pick(self.chinese(), english)
    }
}

/// How much of something a source lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stated {
    /// All of it.
    All,
    /// Some of it.
    Some,
    /// Nothing of it.
    None,
}

const STATED: &Set<Stated> = &[("all", Stated::All), ("some", Stated::Some), ("none", Stated::None)];

/// A named way of working.
#[derive(Debug, Clone)]
pub struct Mechanism {
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
    /// What it is.
    pub kind: MechanismKind,
    /// Its members.
    pub members: Vec<String>,
    /// Whether the source lists them.
    pub stated: Stated,
    /// How many it is said to have.
    pub count: Option<u32>,
    /// The place.
    pub place: String,
    /// Where it is named.
    pub source: Arc<Source>,
    /// The paragraph of the source.
    pub paragraph: u32,
    /// Anything worth knowing.
    pub note: Option<String>,
    /// Where it is written.
    pub span: Span,
}

impl Region {
    pub(super) fn read_mechanisms(
        &mut self,
        entries: &[Spanned<MechanismEntry>],
        catalogue: &Catalogue,
        reader: &mut Reader<'_>,
    ) {
        let mut ids: BTreeMap<String, ((), Span)> = BTreeMap::new();
        for entry in entries {
            let (head, raw) = (reader.span(entry), entry.get_ref());
            let Some((id, span)) = reader.need_id(&raw.id, "the mechanism", &head) else { continue };
            let label = format!("mechanism `{id}`");
            let before = ids.len();
            reader.insert(&mut ids, "mechanism", id.clone(), span, ());
            let name = reader.need_text(&raw.name, "name", &label, "\"四项清单\"", &head);
            let kinds: Vec<_> = MechanismKind::ALL.iter().map(|(name, kind, _)| (*name, *kind)).collect();
            let kind = reader.need(&raw.kind, "kind", &label, "\"list\"", &head);
            let kind = kind.and_then(|_| reader.one_of(&raw.kind, &kinds, None));
            let stated = reader.need(&raw.members_stated, "members_stated", &label, "\"all\"", &head);
            let stated = stated.and_then(|_| reader.one_of(&raw.members_stated, STATED, None));
            let source = self.source_of(&raw.source, &raw.paragraph, &label, &head, catalogue, reader);
            let place = self.place_of(&raw.place, reader);
            reader.need_text(&raw.entered_by, "entered_by", &label, "\"编辑甲\"", &head);
            let members: Vec<String> =
                raw.members.iter().flat_map(|list| list.get_ref()).map(|m| m.get_ref().clone()).collect();
            let count = raw.count.as_ref().map(|c| *c.get_ref());
            let place_of_members = raw.members.as_ref().map_or_else(|| head.clone(), |m| reader.span(m));
            let count_name = name.clone().unwrap_or_else(|| id.clone());
            let mismatch = match (stated, count) {
                (Some(Stated::All), Some(count)) => usize::try_from(count) != Ok(members.len()),
                (Some(Stated::All), None) => members.is_empty(),
                (Some(Stated::Some), count) => {
                    members.is_empty()
                        || count.is_some_and(|c| usize::try_from(c).is_ok_and(|c| c <= members.len()))
                }
                (Some(Stated::None), _) => !members.is_empty(),
                (None, _) => false,
            };
            if mismatch {
                let count = match (stated, count) {
                    (Some(Stated::All), Some(count)) => format!("{count} and all of them"),
                    (Some(Stated::All), None) => "all of them".into(),
                    (Some(Stated::Some), Some(count)) => format!("some of {count}"),
                    (Some(Stated::Some), None) => "some of them".into(),
                    _ => "none of them".into(),
                };
                let problem = Problem::MemberCount { name: count_name, listed: members.len(), count };
                reader.report(problem, place_of_members);
            }
            let (Some(name), Some(kind), Some(stated), Some((source, paragraph))) =
                (name, kind, stated, source)
            else {
                continue;
            };
            if ids.len() == before {
                continue;
            }
            self.mechanisms.push(Mechanism {
                span: head,
                id,
                name,
                kind,
                members,
                stated,
                count: count.and_then(|c| u32::try_from(c).ok()),
                place,
                source,
                paragraph,
                note: plain(&raw.note),
            });
        }
    }
}
