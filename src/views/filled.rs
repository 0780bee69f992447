//! The blocks of a comparison that the program fills by itself: presence matrix, table of topics, time axis.
//!
//! Which topics there are, and what is flagged, is left to `comparative`.

use super::cite::Citations;
use super::comparative::Table;
use super::flags::LEGEND;
use super::in_words::{in_words, printed};
use super::numerals::han_of;
use super::plates::own_runs;
use super::shape::{
    Block, Compared, ComparisonRow, Plate, PresenceCell, PresenceRow, Remark, Run, Runs, SpanBar, SpanLegend,
    TimespanRow,
};
use crate::model::{Catalogue, Region, Source, Strand};

/// The blocks that the program fills.
pub(super) fn filled<'a>(
    kind: &str,
    title: Option<String>,
    note: Runs,
    table: &Table<'a>,
    citations: &mut Citations<'a>,
    catalogue: &Catalogue,
) -> Option<Block> {
    match kind {
        "presence" => presence(title, note, citations, catalogue),
        "comparison" => comparison(title, note, table, citations),
        _ => timespan(title, note, citations),
    }
}

fn presence<'a>(
    title: Option<String>,
    note: Runs,
    citations: &mut Citations<'a>,
    catalogue: &Catalogue,
) -> Option<Block> {
    let mut practices: Vec<_> = catalogue.practices.values().map(|(practice, _)| practice).collect();
    practices.sort_by(|a, b| (a.order, &a.id).cmp(&(b.order, &b.id)));
    // Practices are told of whole regions; a place in one has none of its own.
    let parties: Vec<(&'a Region, String)> = citations
        .parties()
        .iter()
        .filter(|party| party.place.is_none())
        .map(|party| (party.region, party.short().to_owned()))
        .collect();
    if parties.len() < 2 {
        return None;
    }
    let (mut rows, mut everywhere, mut alt) = (Vec::new(), Vec::new(), Vec::new());
    for practice in practices {
        if parties.iter().all(|(region, _)| !region.practices.contains_key(&practice.id)) {
            continue;
        }
        let mut cells = Vec::new();
        for (region, _) in &parties {
            cells.push(match region.practices.get(&practice.id) {
                Some((full, words)) => PresenceCell {
                    mark: if *full { "full" } else { "similar" },
                    text: own_runs(citations, region, words),
                },
                None => PresenceCell { mark: "none", text: Vec::new() },
            });
        }
        if cells.iter().all(|cell| cell.mark == "full") {
            everywhere.push(practice.label.clone());
        }
        let words: Vec<String> = parties
            .iter()
            .zip(&cells)
            .map(|((_, name), cell)| match cell.mark {
                "full" => format!("{name}写明{}", in_words(&cell.text)),
                "similar" => format!("{name}有相近做法{}", in_words(&cell.text)),
                _ => format!("{name}未载"),
            })
            .collect();
        alt.push(format!("{}：{}", practice.label, words.join("，")));
        rows.push(PresenceRow { name: practice.label.clone(), cells });
    }
    if rows.is_empty() {
        return None;
    }
    let (count, places) = (han_of(rows.len()), han_of(parties.len()));
    let title = title.unwrap_or_else(|| match everywhere.as_slice() {
        [] => format!("{count}样做法里，没有一样是{places}地都写明的"),
        [only] => format!("{count}样做法里，{places}地都写明的只有{only}"),
        several => format!("{count}样做法里，{places}地都写明的有{}样", han_of(several.len())),
    });
    let mut source = vec![Run::Words("●资料写明，○有相近做法，—资料未载（不等于没有）。".into())];
    source.extend(note);
    let plate = Plate { number: 0, alt: format!("{title}。{}", alt.join("；")), title, unit: None, source };
    Some(Block::Presence { plate, regions: parties.into_iter().map(|(_, name)| name).collect(), rows })
}

fn comparison<'a>(
    title: Option<String>,
    note: Runs,
    table: &Table<'a>,
    citations: &mut Citations<'a>,
) -> Option<Block> {
    if table.rows.is_empty() {
        return None;
    }
    let common = table.common();
    let mut rows = Vec::new();
    let mut remarks = Vec::new();
    for (at, row) in table.rows.iter().enumerate() {
        let single = row.places() < 2;
        let cells = row
            .cells
            .iter()
            .map(|(region, items)| {
                items
                    .iter()
                    .map(|item| Compared {
                        what: item.short().to_owned(),
                        figure: citations.figure(region, *item),
                    })
                    .collect()
            })
            .collect();
        if let (Some(note), false) = (&row.topic.note, single) {
            remarks.push(Remark { row: at + 1, text: note.clone() });
        }
        let flags = row.flags.iter().copied().filter(|flag| !common.contains(flag)).collect();
        rows.push(ComparisonRow { no: at + 1, name: row.topic.label.clone(), cells, flags, single });
    }
    let title = title.unwrap_or_else(|| {
        let rank = match table.rankable() {
            0 => "没有一项可直接排名".to_owned(),
            some => format!("{}项可直接排名", han_of(some)),
        };
        format!("{}项指标里，{}项两地以上有数，{rank}", han_of(table.rows.len()), han_of(table.shared()))
    });
    let regions: Vec<String> = citations.parties().iter().map(|party| party.short().to_owned()).collect();
    let alt: Vec<String> = rows
        .iter()
        .map(|row| {
            let cells: Vec<String> = regions
                .iter()
                .zip(&row.cells)
                .map(|(name, cell): (&String, &Vec<Compared>)| {
                    let facts: Vec<String> =
                        cell.iter().map(|c| format!("{}{}", c.what, printed(&c.figure))).collect();
                    if facts.is_empty() {
                        format!("{name}未载")
                    } else {
                        format!("{name}{}", facts.join("、"))
                    }
                })
                .collect();
            format!("{}：{}", row.name, cells.join("，"))
        })
        .collect();
    let plate =
        Plate { number: 0, alt: format!("{title}。{}", alt.join("；")), title, unit: None, source: note };
    Some(Block::Comparison { plate, regions, rows, legend: LEGEND.to_vec(), common, remarks })
}

/// A stretch of time of one source.
fn strand_row(number: usize, several: bool, source: &Source, strand: &Strand, first: f64) -> TimespanRow {
    let (to, from) =
        (strand.to.decimal_year(true), strand.from.map_or(first, |from| from.decimal_year(false)));
    let stated = strand.from_stated && strand.to_stated;
    let mut bars = vec![SpanBar { kind: if stated { "stated" } else { "presumed" }, from, to }];
    if let Some(target) = strand.target {
        bars.push(SpanBar { kind: "target", from: to, to: target.decimal_year(true).max(to) });
    }
    let start = match strand.from {
        Some(from) if strand.from_stated => from.chinese(),
        Some(from) => format!("约{}（推定）", from.chinese()),
        None => "起点未载".to_owned(),
    };
    let end = if strand.to_stated {
        strand.to.chinese()
    } else {
        format!("约{}（推定）", strand.to.chinese())
    };
    let target = strand.target.map_or_else(String::new, |target| format!("，目标到{}", target.chinese()));
    let label = if several { strand.label.as_str() } else { "" };
    TimespanRow {
        name: format!("资料{number} {}{label}", source.short),
        bars,
        note: format!("{start}至{end}{target}"),
    }
}

fn timespan(title: Option<String>, note: Runs, citations: &Citations<'_>) -> Option<Block> {
    let sources: Vec<_> = citations.sources().to_vec();
    let strands = || sources.iter().flat_map(|source| &source.strands);
    let earliest =
        strands().filter_map(|s| s.from).map(|from| from.decimal_year(false)).fold(f64::INFINITY, f64::min);
    let first_end = strands().map(|s| s.to.decimal_year(false)).fold(f64::INFINITY, f64::min);
    let first = earliest.min(first_end - 0.5);
    let last = strands()
        .flat_map(|s| [s.to.decimal_year(true), s.target.map_or(0.0, |t| t.decimal_year(true))])
        .fold(f64::NEG_INFINITY, f64::max);
    if !first.is_finite() || !last.is_finite() {
        return None;
    }
    let mut rows = Vec::new();
    for (at, source) in sources.iter().enumerate() {
        for strand in &source.strands {
            // A stretch whose start is not stated is drawn half a year long, dashed.
            let open = strand.to.decimal_year(true) - 0.5;
            rows.push(strand_row(at + 1, source.strands.len() > 1, source, strand, open));
        }
    }
    // All sources share a time only where the latest start lies before the earliest end.
    let start =
        strands().filter_map(|s| s.from).map(|d| d.decimal_year(false)).fold(f64::NEG_INFINITY, f64::max);
    let end = strands().map(|s| s.to.decimal_year(true)).fold(f64::INFINITY, f64::min);
    let places = han_of(citations.parties().len());
    let title = title.unwrap_or_else(|| {
        if start < end {
            format!("{places}地资料有一段共同的时间")
        } else {
            format!("{places}地资料没有共同的起止时段")
        }
    });
    let alt: Vec<String> = rows.iter().map(|row| format!("{}：{}", row.name, row.note)).collect();
    let mut source = vec![Run::Words("起点未载的，虚框只表示止期以前；止期未写明的以发布时间为准。".into())];
    source.extend(note);
    let plate = Plate { number: 0, alt: format!("{title}。{}", alt.join("；")), title, unit: None, source };
    #[expect(clippy::cast_possible_truncation, reason = "years of dates between 1900 and 2200")]
    let (from, to) = (first.floor() as i32, last.ceil() as i32);
    let legend = [("stated", "写明"), ("presumed", "起点未载或推定"), ("target", "目标期，◇为期末")]
        .into_iter()
        .filter(|(kind, _)| rows.iter().flat_map(|row| &row.bars).any(|bar| bar.kind == *kind))
        .map(|(kind, means)| SpanLegend { kind, means })
        .collect();
    Some(Block::Timespan { plate, from, to, rows, legend })
}
