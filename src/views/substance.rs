//! What a document says, without how it says it: whether there is anything new since the last issue is asked of this.
//!
//! Neither numbers, dates and layout nor the program's own wording belong to it: a new version of the program is no news.

use std::fmt::Write as _;

use super::cite::{Citations, Item};
use crate::model::Region;

/// One line for each figure, mechanism, case and practice that the document tells of, sorted.
pub(super) fn substance(citations: &Citations<'_>, compared: bool) -> String {
    let mut lines: Vec<String> =
        citations.in_order().iter().map(|(region, item)| figure(region, *item)).collect();
    for party in citations.parties() {
        let region = party.region;
        let id = &region.id;
        let inside = |place: &str| party.place.is_none_or(|outer| region.lies_in(place, outer));
        if compared {
            let practices = region.practices.iter().filter(|_| party.place.is_none());
            lines.extend(practices.map(|(practice, (full, words))| {
                format!("{id} practice {practice} {full} {}", words.span.text())
            }));
            continue;
        }
        lines.extend(region.mechanisms.iter().filter(|m| inside(&m.place)).map(|m| {
            let (count, members, note) =
                (m.count, m.members.join("、"), m.note.as_deref().unwrap_or_default());
            format!(
                "{id} mechanism {} {} {} {members} {count:?} {} {} {note}",
                m.id, m.name, m.place, m.source.id, m.paragraph
            )
        }));
        lines.extend(region.cases.iter().filter(|case| inside(&case.place)).map(|case| {
            let mut line = format!("{id} case {} {} {} {}", case.id, case.title, case.place, case.source.id);
            for words in
                [Some(&case.difficulty), Some(&case.action), Some(&case.outcome), case.scope.as_ref()]
            {
                let _ = write!(line, " {}", words.map_or("", |words| words.span.text()));
            }
            line
        }));
    }
    lines.sort();
    lines.dedup();
    lines.join("\n")
}

fn figure(region: &Region, item: Item<'_>) -> String {
    let (id, printed) = (&region.id, item.quantity().printed());
    match item {
        Item::Fact(fact) => {
            let note = fact.note.as_deref().unwrap_or_default();
            format!(
                "{id} fact {} {} {} {printed} {} {} {} {} {} {} {note}",
                fact.id,
                fact.indicator.id,
                fact.label,
                fact.as_printed,
                fact.place,
                fact.time,
                item.coverage().chinese(),
                fact.source.id,
                fact.paragraph,
            )
        }
        Item::Derived(derived) => {
            format!("{id} derived {} {} {printed} {}", derived.id, derived.label, derived.formula)
        }
    }
}
