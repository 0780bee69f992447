//! The blocks of a comparison that the program fills by itself: presence matrix, table of topics, time axis.
//!
//! Which topics there are, and what is flagged, is left to `comparative`.

use super::cite::Citations;
use super::comparative::Table;
use super::flags::{flag_in, legend};
use super::in_words::{in_words, with_figure, within_sentence};
use super::numerals::{count_of, han_of};
use super::plates::own_runs;
use super::shape::{
    Block, Compared, ComparisonRow, Plate, PresenceCell, PresenceRow, Remark, Run, Runs, SpanBar, SpanLegend,
    TimespanRow,
};
use crate::model::{Catalogue, Date, Language, Region, Source, Strand};

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
    let language = citations.language();
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
            .map(|((_, name), cell)| match (cell.mark, language.is_english()) {
                ("full", false) => format!("{name}写明{}", in_words(&cell.text)),
                ("similar", false) => format!("{name}有相近做法{}", in_words(&cell.text)),
                (_, false) => format!("{name}未载"),
                ("full", true) => format!("{name} stated: {}", in_words(&cell.text)),
                ("similar", true) => format!("{name} similar: {}", in_words(&cell.text)),
                (_, true) => format!("{name} not stated"),
            })
            .collect();
        let (colon, comma) = language.pick(("：", "，"), (": ", ", "));
        alt.push(format!("{}{colon}{}", practice.label, words.join(comma)));
        rows.push(PresenceRow { name: practice.label.clone(), cells });
    }
    if rows.is_empty() {
        return None;
    }
    let (count, places) = (count_of(rows.len(), language), count_of(parties.len(), language));
    let title = title.unwrap_or_else(|| match everywhere.as_slice() {
        [] if language.is_english() => format!("Of {count} practices none is stated for all {places} places"),
        [only] if language.is_english() => {
            let only = within_sentence(only);
            format!("Of {count} practices only one is stated for all {places} places: {only}")
        }
        several if language.is_english() => {
            let several = count_of(several.len(), language);
            format!("Of {count} practices {several} are stated for all {places} places")
        }
        [] => format!("{count}样做法里，没有一样是{places}地都写明的"),
        [only] => format!("{count}样做法里，{places}地都写明的只有{only}"),
        several => format!("{count}样做法里，{places}地都写明的有{}样", han_of(several.len())),
    });
    let words = language.pick(
        "●资料写明，○有相近做法，—资料未载（不等于没有）。",
        "● stated by the sources, ○ a similar practice, — not stated (which does not mean that there is none). ",
    );
    let mut source = vec![Run::Words(words.into())];
    source.extend(note);
    let plate = Plate { number: 0, alt: alt_of(&title, &alt, language), title, unit: None, source };
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
    let language = citations.language();
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
        let own = row.flags.iter().copied().filter(|flag| !common.contains(flag));
        let flags = own.map(|flag| flag_in(language, flag)).collect();
        rows.push(ComparisonRow { no: at + 1, name: row.topic.label.clone(), cells, flags, single });
    }
    let title = title.unwrap_or_else(|| {
        if language.is_english() {
            let (rows, shared) = (table.rows.len(), table.shared());
            let rank = match table.rankable() {
                0 => "none may be ranked".to_owned(),
                some => format!("{some} may be ranked"),
            };
            return format!("Of {rows} topics, {shared} have figures in two places or more; {rank}");
        }
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
                        cell.iter().map(|c| with_figure(&c.what, &c.figure, language)).collect();
                    let blank = language.pick("", " ");
                    if facts.is_empty() {
                        format!("{name}{}", language.pick("未载", " not stated"))
                    } else {
                        format!("{name}{blank}{}", facts.join(language.comma()))
                    }
                })
                .collect();
            let (colon, comma) = language.pick(("：", "，"), (": ", ". "));
            format!("{}{colon}{}", row.name, cells.join(comma))
        })
        .collect();
    let plate = Plate { number: 0, alt: alt_of(&title, &alt, language), title, unit: None, source: note };
    let common = common.into_iter().map(|flag| flag_in(language, flag)).collect();
    Some(Block::Comparison { plate, regions, rows, legend: legend(language), common, remarks })
}

/// A title and what stands under it, for the alternative text.
fn alt_of(title: &str, parts: &[String], language: Language) -> String {
    format!("{title}{}{}", language.pick("。", ". "), parts.join(language.pick("；", "; ")))
}

/// A stretch of time of one source.
fn strand_row(
    number: usize,
    several: bool,
    source: &Source,
    strand: &Strand,
    first: f64,
    language: Language,
) -> TimespanRow {
    let (to, from) =
        (strand.to.decimal_year(true), strand.from.map_or(first, |from| from.decimal_year(false)));
    let stated = strand.from_stated && strand.to_stated;
    let mut bars = vec![SpanBar { kind: if stated { "stated" } else { "presumed" }, from, to }];
    if let Some(target) = strand.target {
        bars.push(SpanBar { kind: "target", from: to, to: target.decimal_year(true).max(to) });
    }
    let presumed = |date: Date| match language.is_english() {
        true => format!("about {} (inferred)", date.in_words(language)),
        false => format!("约{}（推定）", date.chinese()),
    };
    let start = match strand.from {
        Some(from) if strand.from_stated => from.in_words(language),
        Some(from) => presumed(from),
        None => language.pick("起点未载", "start not stated").to_owned(),
    };
    let end = if strand.to_stated { strand.to.in_words(language) } else { presumed(strand.to) };
    let until = language.pick("，目标到", "; targets to ");
    let target = strand.target.map(|target| format!("{until}{}", target.in_words(language)));
    let label = if several { strand.label.as_str() } else { "" };
    let name = match language.is_english() {
        true if label.is_empty() => format!("{number}. {}", source.short),
        true => format!("{number}. {}, {label}", source.short),
        false => format!("资料{number} {}{label}", source.short),
    };
    let to = language.pick("至", " to ");
    TimespanRow { name, bars, note: format!("{start}{to}{end}{}", target.unwrap_or_default()) }
}

fn timespan(title: Option<String>, note: Runs, citations: &Citations<'_>) -> Option<Block> {
    let language = citations.language();
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
            rows.push(strand_row(at + 1, source.strands.len() > 1, source, strand, open, language));
        }
    }
    // All sources share a time only where the latest start lies before the earliest end.
    let start =
        strands().filter_map(|s| s.from).map(|d| d.decimal_year(false)).fold(f64::NEG_INFINITY, f64::max);
    let end = strands().map(|s| s.to.decimal_year(true)).fold(f64::INFINITY, f64::min);
    let places = count_of(citations.parties().len(), language);
    let title = title.unwrap_or_else(|| match (start < end, language.is_english()) {
        (true, false) => format!("{places}地资料有一段共同的时间"),
        (false, false) => format!("{places}地资料没有共同的起止时段"),
        (true, true) => format!("The sources on the {places} places share a stretch of time"),
        (false, true) => format!("The sources on the {places} places share no stretch of time"),
    });
    let colon = language.pick("：", ": ");
    let alt: Vec<String> = rows.iter().map(|row| format!("{}{colon}{}", row.name, row.note)).collect();
    let words = language.pick(
        "起点未载的，虚框只表示止期以前；止期未写明的以发布时间为准。",
        "Where the start is not stated, the dashed frame means only the time before the end; where the end is not stated, the day of publication counts. ",
    );
    let mut source = vec![Run::Words(words.into())];
    source.extend(note);
    let plate = Plate { number: 0, alt: alt_of(&title, &alt, language), title, unit: None, source };
    #[expect(clippy::cast_possible_truncation, reason = "years of dates between 1900 and 2200")]
    let (from, to) = (first.floor() as i32, last.ceil() as i32);
    let means = language.pick(
        ["写明", "起点未载或推定", "目标期，◇为期末"],
        ["stated", "start not stated, or inferred", "target period, ◇ its end"],
    );
    let legend = ["stated", "presumed", "target"]
        .into_iter()
        .zip(means)
        .filter(|(kind, _)| rows.iter().flat_map(|row| &row.bars).any(|bar| bar.kind == *kind))
        .map(|(kind, means)| SpanLegend { kind, means })
        .collect();
    Some(Block::Timespan { plate, from, to, rows, legend })
}
