//! Places: the tree of cities, counties, towns and villages within a region, and what is asked of it.
//!
//! What is told of a place is left to facts, mechanisms and cases.

use std::collections::{BTreeMap, BTreeSet};

use toml::Spanned;

use super::catalogue::{order, plain};
use super::reader::Reader;
use super::region::Region;
use crate::casefile::PlaceEntry;
use crate::diag::{Problem, Span};

/// How high in the tree of places something stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// 省
    Province,
    /// 地级市
    City,
    /// 县、县级市、区
    County,
    /// 开发区
    Zone,
    /// 乡镇、街道
    Town,
    /// 园区
    Park,
    /// 村
    Village,
    /// 社区
    Community,
}

impl Level {
    /// All of them with the names that files use.
    pub const ALL: [(&'static str, Self); 8] = [
        ("province", Self::Province),
        ("city", Self::City),
        ("county", Self::County),
        ("zone", Self::Zone),
        ("town", Self::Town),
        ("park", Self::Park),
        ("village", Self::Village),
        ("community", Self::Community),
    ];

    /// The name that files use.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|entry| entry.1 == self).map_or("", |entry| entry.0)
    }
}

/// A place within a region.
#[derive(Debug, Clone)]
pub struct Place {
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
    /// In English.
    pub english: String,
    /// How high it stands.
    pub level: Level,
    /// The place it lies in; none for the region itself.
    pub parent: Option<String>,
    /// 建制序 among the children of its parent.
    pub order: i64,
}

impl Region {
    /// The names from the place up to, but without, the region: 灵台县百里镇, or Baili Town, Lingtai County; the region's own name for itself.
    pub fn place_name(&self, id: &str) -> String {
        let mut names = Vec::new();
        let mut at = self.places.get(id);
        while let Some(place) = at {
            if place.id == self.id {
                break;
            }
            names.push(place.name.as_str());
            at = place.parent.as_ref().and_then(|parent| self.places.get(parent));
        }
        if names.is_empty() {
            return self.name.clone();
        }
        if self.language.is_english() {
            return names.join(", ");
        }
        names.reverse();
        names.concat()
    }

    /// Whether a place is another one or lies in it.
    pub fn lies_in(&self, id: &str, outer: &str) -> bool {
        let mut at = Some(id);
        while let Some(current) = at {
            if current == outer {
                return true;
            }
            at = self.places.get(current).and_then(|place| place.parent.as_deref());
        }
        false
    }

    /// The places in the order of the tree: each before its children, children by their order.
    pub fn place_order(&self) -> BTreeMap<&str, usize> {
        let mut children: BTreeMap<&str, Vec<&Place>> = BTreeMap::new();
        for place in self.places.values() {
            if let Some(parent) = &place.parent {
                children.entry(parent).or_default().push(place);
            }
        }
        for list in children.values_mut() {
            list.sort_by(|a, b| (a.order, &a.id).cmp(&(b.order, &b.id)));
        }
        let mut ranks = BTreeMap::new();
        let mut stack = vec![self.id.as_str()];
        while let Some(id) = stack.pop() {
            ranks.insert(id, ranks.len());
            stack.extend(children.get(id).into_iter().flatten().rev().map(|place| place.id.as_str()));
        }
        ranks
    }

    pub(super) fn read_places(&mut self, entries: &[Spanned<PlaceEntry>], reader: &mut Reader<'_>) {
        let mut table: BTreeMap<String, (Place, Span)> = BTreeMap::new();
        let mut parents = Vec::new();
        for entry in entries {
            let (head, raw) = (reader.span(entry), entry.get_ref());
            let Some((id, span)) = reader.need_id(&raw.id, "the place", &head) else { continue };
            let label = format!("place `{id}`");
            let name = reader.need_text(&raw.name, "name", &label, "\"灵台县\"", &head);
            let level = reader.need(&raw.level, "level", &label, "\"county\"", &head);
            let level = level.and_then(|_| reader.one_of(&raw.level, &Level::ALL, None));
            if let Some(name) = &raw.name {
                let (text, place) = (name.get_ref().clone(), reader.span(name));
                if text.chars().any(char::is_whitespace) {
                    reader.report(Problem::BadValue { message: format!("`{text}` has blanks in it") }, place);
                }
            }
            if id == self.id {
                let first = format!("[region] of {}", reader.file.path());
                reader.report(Problem::DuplicateId { kind: "place", id, first }, span);
                continue;
            }
            parents.push((id.clone(), raw.parent.clone()));
            let place = Place {
                id: id.clone(),
                name: self.language.pick(name, plain(&raw.english)).unwrap_or_default(),
                english: plain(&raw.english).unwrap_or_default(),
                level: level.unwrap_or(Level::Village),
                parent: Some(raw.parent.as_ref().map_or_else(|| self.id.clone(), |p| p.get_ref().clone())),
                order: order(&raw.order),
            };
            reader.insert(&mut table, "place", id, span, place);
        }
        let known: BTreeSet<String> = table.keys().cloned().chain([self.id.clone()]).collect();
        for (id, parent) in parents {
            let Some(parent) = parent else { continue };
            if reader.known("place", &parent, known.iter().map(String::as_str)).is_none()
                && let Some((place, _)) = table.get_mut(&id)
            {
                place.parent = Some(self.id.clone());
            }
        }
        let mut rings = Vec::new();
        for (id, (_, span)) in &table {
            let mut at = table.get(id).and_then(|(place, _)| place.parent.as_ref());
            let mut steps = 0;
            while let Some(parent) = at.filter(|_| steps <= table.len()) {
                at = table.get(parent).and_then(|(place, _)| place.parent.as_ref());
                steps += 1;
            }
            if steps > table.len() {
                rings.push((id.clone(), span.clone()));
            }
        }
        for (id, span) in rings {
            reader.report(Problem::PlaceCycle { id: id.clone() }, span);
            if let Some((place, _)) = table.get_mut(&id) {
                place.parent = Some(self.id.clone());
            }
        }
        self.places.extend(table.into_iter().map(|(id, (place, _))| (id, place)));
    }

    pub(super) fn place_of(&self, place: &Option<Spanned<String>>, reader: &mut Reader<'_>) -> String {
        place
            .as_ref()
            .and_then(|place| reader.known("place", place, self.places.keys().map(String::as_str)))
            .unwrap_or_else(|| self.id.clone())
    }
}
