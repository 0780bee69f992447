//! One region: its file and its text, out of the seed and its number alone.
//!
//! What all regions share is left to `shared`.

use sha2::{Digest, Sha256};

use crate::cases;
use crate::draw::Draw;
use crate::entries::Entries;
use crate::facts::{Figures, YEAR};
use crate::indicators::Indicator;
use crate::mechanisms::{self, LISTS, MODES};
use crate::names::{self, Place};
use crate::story::Story;
use crate::text;

/// The files of one region.
pub(crate) struct Files {
    pub(crate) id: String,
    /// `data/regions/<id>.toml`
    pub(crate) region: String,
    /// `data/texts/region-<id>.toml`
    pub(crate) text: String,
    /// The indicators that it uses.
    pub(crate) indicators: Vec<&'static Indicator>,
}

/// How big a region is at the least.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Size {
    pub(crate) facts: usize,
    pub(crate) mechanisms: usize,
}

/// Makes the region of a number, counted from 0.
pub(crate) fn make(seed: u64, number: usize, size: Size) -> Files {
    let mut draw = Draw::of(seed, number as u64);
    let county = names::county(seed, number);
    // Some regions are told of briefly, some at length.
    let breadth = draw.between(0, 2);
    let town_count = (4 + draw.between(0, breadth)) as usize;
    let towns = names::towns(town_count, &mut draw);
    // A big region has more villages, not more figures of each.
    let village_count = (4 + draw.between(0, 1 + breadth) as usize).max(size.facts / 12);
    let villages = names::villages(village_count, &towns, &mut draw);
    let mechanisms = mechanisms::draw(&county, &towns, &villages, size.mechanisms, breadth, &mut draw);
    let listed = |id: &str| mechanisms.iter().find(|one| one.id == id).map_or(0, |one| one.members.len());
    let counted = [LISTS, MODES].map(listed);
    let mut figures = Figures::draw(&county, &towns, &villages, counted, size.facts, breadth, &mut draw);
    let cases = cases::draw(&villages, &mut figures, &mut draw);
    let story = Story { county, towns, villages, figures, mechanisms, cases };
    let mut indicators: Vec<&'static Indicator> = Vec::new();
    for fact in &story.figures.facts {
        if !indicators.contains(&fact.indicator) {
            indicators.push(fact.indicator);
        }
    }
    Files {
        id: story.county.id.clone(),
        region: region(&story, number, &mut draw),
        text: text::text(&story, breadth, &mut draw),
        indicators,
    }
}

fn region(story: &Story, number: usize, draw: &mut Draw) -> String {
    let county = &story.county;
    let mut to =
        Entries::new("合成数据，仅供测试：这里的地名、数字和事情都是程序编出来的，不指任何真实地方。");
    let ids = ["account", "visits", "before"].map(|kind| format!("{}-{kind}", county.id));
    to.table("[region]").text("id", &county.id).text("name", &county.name).text("short", &county.stem);
    to.text("english", &county.english).text("level", county.level).list("within", &["合成省"]);
    to.bare("order", number + 1).list("sources", &ids).bare("demo", true);
    sources(story, &ids, draw, &mut to);
    for place in story.towns.iter().chain(&story.villages) {
        write_place(place, &mut to);
    }
    story.figures.write(&ids, draw, &mut to);
    for (fact, mechanism) in [("lists", LISTS), ("joint-modes", MODES)] {
        to.table("[[relation]]").text("kind", "members").text("fact", fact).text("mechanism", mechanism);
    }
    mechanisms::write(&story.mechanisms, &ids, draw, &mut to);
    cases::write(&story.cases, &ids, draw, &mut to);
    text::practices(&story.figures, draw, &mut to);
    to.finish()
}

fn write_place(place: &Place, to: &mut Entries) {
    to.table("[[place]]").text("id", &place.id).text("name", &place.name).text("english", &place.english);
    to.text("level", place.level).maybe("parent", place.parent.as_deref()).bare("order", place.order);
}

/// The year's account, the visits, and the account of the year before.
fn sources(story: &Story, ids: &[String; 3], draw: &mut Draw, to: &mut Entries) {
    let name = &story.county.name;
    let town = &draw.one(&story.towns).name;
    let last = YEAR - 1;
    let next = YEAR + 1;
    let of = [
        (
            format!("{name}{YEAR}年度联建情况（合成资料）"),
            "organ",
            format!("{name}联建办公室（虚构）"),
            format!("{next}-01-{:02}", draw.between(5, 28)),
            format!("{name}年度情况（合成）"),
            (format!("{YEAR}-01"), format!("{YEAR}-12"), Some(format!("{next}-12"))),
        ),
        (
            format!("{town}等地联建走访记（合成资料）"),
            "media-centre",
            format!("{name}融媒体中心（虚构）"),
            format!("{YEAR}-07-{:02}", draw.between(2, 30)),
            format!("{town}走访（合成）"),
            (format!("{YEAR}-01"), format!("{YEAR}-06"), None),
        ),
        (
            format!("{name}{last}年度联建情况（合成资料）"),
            "organ",
            format!("{name}联建办公室（虚构）"),
            format!("{YEAR}-01-{:02}", draw.between(5, 28)),
            format!("{name}上年情况（合成）"),
            (format!("{last}-01"), format!("{last}-12"), None),
        ),
    ];
    for (id, (title, kind, publisher, date, short, (from, until, target))) in ids.iter().zip(of) {
        to.table("[[source]]").text("id", id).text("title", &title).text("kind", kind);
        to.text("publisher", &publisher).text("carrier", "合成资料网（虚构）").text("date", &date);
        // There is no text behind it, so the checksum is that of its title.
        let digest: String =
            Sha256::digest(title.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
        to.text("read", format!("{next}-02-{:02}", draw.between(1, 27)))
            .text("sha256", &digest)
            .text("short", &short);
        to.table("[[source.covers]]")
            .text("from", &from)
            .text("to", &until)
            .maybe("target", target.as_deref());
    }
}
