//! Named ways of working: out of `mechanisms.txt`, with names of the region's own places.
//!
//! The counts that the figures state of them are told to `figures` by whoever makes the region.

use crate::draw::Draw;
use crate::entries::Entries;
use crate::facts::ACCOUNT;
use crate::indicators::lines;
use crate::names::{Place, han};

/// A named way of working.
#[derive(Debug, Clone)]
pub(crate) struct Mechanism {
    pub(crate) id: String,
    pub(crate) kind: &'static str,
    pub(crate) name: String,
    pub(crate) members: Vec<&'static str>,
    /// `all`, `some` or `none`.
    pub(crate) stated: &'static str,
    pub(crate) count: Option<usize>,
    /// The id of its place; none for the region itself.
    pub(crate) place: Option<String>,
    pub(crate) source: usize,
    pub(crate) note: Option<&'static str>,
}

/// The first two of every region: the lists and the modes, of which its figures state how many there are.
pub(crate) const LISTS: &str = "lists";
pub(crate) const MODES: &str = "modes";

/// Draws at least `least` mechanisms of a county, of its towns and villages.
pub(crate) fn draw(
    county: &Place,
    towns: &[Place],
    villages: &[Place],
    least: usize,
    breadth: i64,
    draw: &mut Draw,
) -> Vec<Mechanism> {
    let patterns: Vec<[&'static str; 5]> = lines(include_str!("mechanisms.txt")).collect();
    let mut mechanisms = Vec::new();
    for (id, pattern) in [LISTS, MODES].into_iter().zip(&patterns) {
        let mechanism = one(pattern, county, None, draw);
        mechanisms.push(Mechanism { id: id.into(), source: ACCOUNT, ..mechanism });
    }
    let others = draw.shuffled(&patterns[2..]);
    let count = least.max(draw.between(30, 34 + 5 * breadth) as usize);
    let places: Vec<&Place> = villages.iter().chain(towns).collect();
    for at in mechanisms.len()..count {
        let pattern = &others[at % others.len()];
        // Once around all patterns each stands at another place.
        let round = at / others.len();
        let here = match round {
            0 if draw.chance(55) => None,
            _ => Some(places[(at + round) % places.len()]),
        };
        let mechanism = one(pattern, here.unwrap_or(county), here, draw);
        mechanisms.push(Mechanism { id: format!("way-{}", at + 1), ..mechanism });
    }
    mechanisms
}

fn one(pattern: &[&'static str; 5], named: &Place, place: Option<&Place>, draw: &mut Draw) -> Mechanism {
    const NOTES: [&str; 4] = ["成员为材料所列", "起止时间未载", "与上年同名，成员有变", "由几个村合办"];
    let &[kind, name, members, least, most] = pattern;
    let pool: Vec<&'static str> = members.split('、').filter(|member| !member.is_empty()).collect();
    let (least, most) = (least.parse().unwrap_or(0), most.parse().unwrap_or(0));
    let counted = name.contains("{n}");
    let count = draw.between(least, most) as usize;
    let members = draw.some(&pool, count);
    let listed = members.len();
    // What a name counts is listed in full; of the others a source may leave some out.
    let stated = match listed {
        0 => "none",
        _ if !counted && draw.chance(25) => "some",
        _ => "all",
    };
    let name = name.replace("{n}", &han(listed)).replace("{p}", &named.name).replace("{s}", &named.stem);
    let count = match stated {
        "all" => Some(listed),
        "some" => draw.chance(50).then_some(listed + 2),
        _ => None,
    };
    Mechanism {
        id: String::new(),
        kind,
        name,
        members,
        stated,
        count,
        place: place.map(|place| place.id.clone()),
        source: draw.below(3),
        note: draw.chance(20).then(|| *draw.one(&NOTES)),
    }
}

/// Writes all of them.
pub(crate) fn write(mechanisms: &[Mechanism], sources: &[String], paragraphs: &mut Draw, to: &mut Entries) {
    for mechanism in mechanisms {
        to.table("[[mechanism]]").text("id", &mechanism.id).text("name", &mechanism.name);
        to.text("kind", mechanism.kind);
        if !mechanism.members.is_empty() {
            to.list("members", &mechanism.members);
        }
        to.text("members_stated", mechanism.stated);
        if let Some(count) = mechanism.count {
            to.bare("count", count);
        }
        to.maybe("place", mechanism.place.as_deref()).text("source", &sources[mechanism.source]);
        to.bare("paragraph", paragraphs.between(1, 28)).text("entered_by", "合成甲");
        to.text("checked_by", "合成乙").maybe("note", mechanism.note);
    }
}
