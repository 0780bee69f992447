//! What is drawn of change: the block that a text asks for, and what a region's document gets by itself.
//!
//! Which figures make a series is left to the module above.

use super::change::{Way, overall, step, way};
use super::reason::Reason;
use super::times::{Stretch, in_words, tick};
use super::why_not::why_not;
use super::{Found, Series, find};
use crate::casefile::BlockEntry;
use crate::diag::Span;
use crate::model::{Catalogue, Fact, Language, Region};
use crate::views::cite::{Citations, Item, Setting};
use crate::views::in_words::printed;
use crate::views::numerals::count_of;
use crate::views::plates::{Cited, Plates, source_line};
use crate::views::shape::{Block, Plate, Run, Trend, TrendPoint};

/// So many series stand side by side; the others are told in words.
const SERIES: usize = 6;

/// Whether sections draw a trend already.
pub(in crate::views) fn has_trend<'b>(blocks: impl IntoIterator<Item = &'b Block>) -> bool {
    blocks.into_iter().any(|block| matches!(block, Block::Trend { .. }))
}

/// What a document about a place says of change where its text says nothing: the series as small charts, and what does not compare.
pub(in crate::views) fn before_and_after(citations: &mut Citations<'_>, catalogue: &Catalogue) -> Vec<Block> {
    let (region, facts) = {
        let party = &citations.parties()[0];
        let facts: Vec<&Fact> = party.region.facts.iter().filter(|fact| party.holds(&fact.place)).collect();
        (party.region, facts)
    };
    let Found { series, look_alikes } = find(region, &facts);
    let mut blocks = Vec::new();
    if !series.is_empty() {
        blocks.push(small_multiples(citations, region, &series));
    }
    if !look_alikes.is_empty() {
        blocks.push(why_not(citations, region, &look_alikes, catalogue));
    }
    blocks
}

impl Plates<'_, '_> {
    pub(in crate::views) fn trend(&mut self, raw: &BlockEntry, head: &Span) -> Option<Block> {
        let cited = self.figures_of(&raw.facts, "facts", head)?;
        let language = self.citations.language();
        let region = cited[0].0;
        let mut facts = Vec::new();
        for (other, item) in &cited {
            if other.id != region.id {
                let message = format!(
                    "`{}:{}` and `{}:{}` are of different regions",
                    region.id,
                    cited[0].1.id(),
                    other.id,
                    item.id()
                );
                self.refuse(message, "a trend is of one place; a comparison sets places side by side", head);
                return None;
            }
            let Item::Fact(fact) = item else {
                let message = format!("`{}` is computed", item.id());
                self.refuse(
                    message,
                    "a trend is drawn from stated figures alone; the change is computed from them",
                    head,
                );
                return None;
            };
            facts.push(*fact);
        }
        if facts.len() < 2 {
            self.refuse(
                "a trend of one figure shows nothing".into(),
                "name two facts or more of one definition",
                head,
            );
            return None;
        }
        let series = match Series::of(facts) {
            Ok(series) => series,
            Err((a, b, why)) => {
                let (message, hint) = refusal(a, b, &why);
                self.refuse(message, hint, head);
                return None;
            }
        };
        let mut items = vec![trend(self.citations, region, &series)];
        let figures: Vec<Cited<'_>> = series.facts.iter().map(|fact| (region, Item::Fact(fact))).collect();
        let mut note = raw.note.as_ref().map(|note| self.runs(note, Setting::Cell)).unwrap_or_default();
        note.push(Run::Words(explained(&items, &[&series], language)));
        let alt = in_full(&items, language);
        let mut plate = match &raw.title {
            Some(_) => self.plate(raw, head, &figures, alt)?,
            None => framed(title_of(&items, &[&series], language), alt, language),
        };
        plate.unit = raw.unit.as_ref().map(|unit| self.plain(unit));
        if plate.unit.is_some() {
            items[0].unit.clear();
        }
        plate.source = source_line(self.citations, &figures, note);
        Some(Block::Trend { plate, items })
    }
}

/// Which two figures a block may not draw together, why, and what to do.
fn refusal(a: &Fact, b: &Fact, why: &[Reason]) -> (String, &'static str) {
    let others = why.iter().skip(1).map(|reason| format!(", {}", reason.in_words(Language::English)));
    let others: String = others.collect();
    let first = why.first().map(|reason| reason.in_words(Language::English)).unwrap_or_default();
    let detail = match why.first() {
        Some(Reason::Definition) => format!("`{}`, `{}`", a.indicator.id, b.indicator.id),
        Some(Reason::Label) => format!("`{}`, `{}`", a.label, b.label),
        Some(Reason::Place) => format!("`{}`, `{}`", a.place, b.place),
        Some(Reason::Unit) => format!("{}, {}", a.quantity.unit, b.quantity.unit),
        Some(Reason::Coverage(..) | Reason::Nature(..) | Reason::Range | Reason::Qualifier(..)) => {
            format!("{}, {}", a.as_printed, b.as_printed)
        }
        _ => format!("{}, {}", a.time, b.time),
    };
    let hint = match why.first() {
        Some(Reason::Definition | Reason::Label) => {
            "a trend has one definition; put others into a table that says why they do not compare"
        }
        Some(Reason::Place | Reason::Coverage(..)) => "a trend is of one place and one coverage",
        Some(Reason::Nature(..)) => "a trend is of results; targets belong in a block of the kind `targets`",
        Some(Reason::Unit | Reason::Range | Reason::Qualifier(..)) => {
            "a trend has one unit and figures that are equally exact"
        }
        _ => "a trend has distinct dates, or periods of one length whose start is stated",
    };
    (format!("`{}` and `{}` make no trend: {first} ({detail}){others}", a.id, b.id), hint)
}

/// The series as charts side by side.
fn small_multiples<'a>(citations: &mut Citations<'a>, region: &'a Region, series: &[Series<'a>]) -> Block {
    let language = citations.language();
    let shown: Vec<&Series<'_>> = series.iter().take(SERIES).collect();
    let items: Vec<Trend> = shown.iter().map(|series| trend(citations, region, series)).collect();
    let figures: Vec<Cited<'_>> =
        shown.iter().flat_map(|series| &series.facts).map(|fact| (region, Item::Fact(fact))).collect();
    let mut note = explained(&items, &shown, language);
    if series.len() > SERIES {
        let rest: Vec<String> = series[SERIES..]
            .iter()
            .map(|series| {
                let item = trend(citations, region, series);
                format!("{}{}{}", item.name, language.pick("：", ": "), item.change)
            })
            .collect();
        let count = count_of(rest.len(), language);
        let rest = rest.join(language.pick("；", "; "));
        note.push_str(&match language.is_english() {
            true => format!(" Not drawn, {count} more: {rest}."),
            false => format!("另有{count}项不画：{rest}。"),
        });
    }
    let mut plate = framed(title_of(&items, &shown, language), in_full(&items, language), language);
    plate.source = source_line(citations, &figures, vec![Run::Words(note)]);
    Block::Trend { plate, items }
}

pub(super) fn framed(title: String, alt: String, language: Language) -> Plate {
    let alt = format!("{title}{}{alt}", language.pick("。", ". "));
    Plate { number: 0, title, unit: None, source: Vec::new(), alt }
}

/// One series as it is drawn.
fn trend<'a>(citations: &mut Citations<'a>, region: &'a Region, series: &Series<'a>) -> Trend {
    let language = citations.language();
    let first = series.facts[0];
    let place = region.place_name(&first.place);
    let name = match place == region.name {
        true => first.label.clone(),
        false => format!("{place}{}{}", language.pick("：", ": "), first.label),
    };
    let gaps = series.gaps();
    let mut year_before = None;
    let mut points: Vec<TrendPoint> = Vec::new();
    for (at, fact) in series.facts.iter().enumerate() {
        let (tick, year) = tick(fact.time, language);
        let fresh = year.clone().filter(|_| year != year_before);
        year_before = year;
        points.push(TrendPoint {
            when: in_words(fact.time, language),
            tick,
            year: fresh,
            at: Stretch::of(fact.time).map_or(0.0, Stretch::at),
            figure: citations.figure(region, Item::Fact(fact)),
            change: at.checked_sub(1).map(|before| step(series.facts[before], fact, language)),
            gap: gaps.get(at).copied().unwrap_or_default(),
        });
    }
    // In English one figure may stand in millions and another in thousands: then each bears its own unit.
    let unit = points[0].figure.unit.trim().to_owned();
    let one = points.iter().all(|point| point.figure.unit.trim() == unit);
    Trend {
        name,
        unit: if one { unit } else { String::new() },
        points,
        change: overall(&series.facts, language),
    }
}

/// A finding: of one series what it did, of several how many went which way.
fn title_of(items: &[Trend], series: &[&Series<'_>], language: Language) -> String {
    if let [item] = items {
        return format!("{}{}{}", item.name, language.pick("：", ": "), item.change);
    }
    let went = |wanted: Way| {
        let ends = series.iter().filter_map(|series| Some((series.facts.first()?, series.facts.last()?)));
        ends.filter(|(first, last)| way(first, last) == wanted).count()
    };
    let parts: Vec<String> = [
        (Way::Up, "末期多于首期", "up"),
        (Way::Down, "末期少于首期", "down"),
        (Way::Level, "首末相同", "the same at both ends"),
        (Way::Unknown, "增减不计算", "not computed"),
    ]
    .into_iter()
    .filter(|(wanted, ..)| went(*wanted) > 0)
    .map(|(wanted, chinese, english)| match language.is_english() {
        true => format!("{} {english}", count_of(went(wanted), language)),
        false => format!("{}项{chinese}", count_of(went(wanted), language)),
    })
    .collect();
    let count = count_of(items.len(), language);
    match language.is_english() {
        true => format!("Of {count} figures with one definition throughout, {}", parts.join(", ")),
        false => format!("前后口径相同的有{count}项，{}", parts.join("，")),
    }
}

/// What stands under the charts: how changes are computed, what dashes mean, that scales differ.
fn explained(items: &[Trend], series: &[&Series<'_>], language: Language) -> String {
    let computed = series.iter().any(|series| {
        series.facts.windows(2).any(|pair| matches!(way(pair[0], pair[1]), Way::Up | Way::Down))
    });
    let gap = items.iter().any(|item| item.points.iter().any(|point| point.gap));
    let parts = [
        (
            computed,
            "推算：变化＝末数－首数，百分数＝变化÷首数。",
            "Computed: change = last − first, per cent = change ÷ first.",
        ),
        (gap, "虚线：其间时段的数未载。", "Dashed: figures between the two are not stated."),
        (items.len() > 1, "各图自有标尺，都从零起。", "Each chart has a scale of its own from zero."),
        (items.len() == 1, "纵轴从零起。", "The scale begins at zero."),
    ];
    let said = parts
        .into_iter()
        .filter(|(said, ..)| *said)
        .map(|(_, chinese, english)| language.pick(chinese, english));
    said.collect::<Vec<_>>().join(language.pick("", " "))
}

/// Every figure with its time and the change, for those who do not see the chart.
fn in_full(items: &[Trend], language: Language) -> String {
    let (colon, comma, semicolon) = language.pick(("：", "，", "；"), (": ", ", ", "; "));
    let items = items.iter().map(|item| {
        let points = item.points.iter().map(|point| {
            let change = point.change.as_ref().map_or_else(String::new, |change| format!("{comma}{change}"));
            format!("{}{}{}{change}", point.when, language.pick("", ": "), printed(&point.figure))
        });
        let points = points.collect::<Vec<_>>().join(semicolon);
        format!("{}{colon}{points}{semicolon}{}", item.name, item.change)
    });
    items.collect::<Vec<_>>().join(language.pick("。", ". "))
}
