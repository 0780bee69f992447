//! The briefing that sets several places side by side: what is flagged, what little may be ranked, and what one place alone has.

use super::annex;
use super::assemble::{self, Drafted, OwnWords};
use super::charts::ranked;
use super::cite::{Citations, Item, Party};
use super::flags::{LEGEND, flags, may_be_ranked};
use super::in_words::{in_words, printed};
use super::numerals::han_of;
use super::plates::{own_runs, source_line};
use super::shape::{
    Annex, Block, Compared, ComparisonRow, Figure, FigureSection, Glance, Named, Plate, PresenceCell,
    PresenceRow, Remark, Run, Runs, SpanBar, SpanLegend, TimespanRow, View,
};
use super::{Edition, Made};
use crate::diag::Diagnostics;
use crate::model::{Catalogue, Region, Source, Strand, Subject, Text, Topic};
use crate::settings::Settings;

/// Builds the view of a comparison. `title` stands where no text gives one.
pub fn comparative_view<'a>(
    parties: &[(&'a Region, &'a Subject)],
    title: Option<&str>,
    text: Option<&Text>,
    catalogue: &Catalogue,
    settings: &Settings,
    edition: &Edition,
    diagnostics: &mut Diagnostics,
) -> Made {
    let members = parties.iter().map(|(region, subject)| Party::new(region, subject)).collect();
    let mut citations = Citations::new(members, true, edition.part);
    let table = Table::build(&mut citations, catalogue);
    let mut own = match text {
        Some(text) => {
            let mut fill = |kind: &str, title, note, citations: &mut Citations<'a>| {
                filled(kind, title, note, &table, citations, catalogue)
            };
            assemble::own_words(text, &catalogue.terms, &mut citations, &mut fill, diagnostics)
        }
        None => OwnWords::default(),
    };
    let places = citations.parties().len();
    let names: Vec<&str> = citations.parties().iter().map(Party::short).collect();
    let title = own.title.take().or_else(|| title.map(str::to_owned));
    let title = title.unwrap_or_else(|| format!("{}地基层党组织联建做法对照", han_of(places)));
    if own.glance.is_empty() {
        own.glance = table.glance(&citations);
    }
    if own.lead.is_empty() {
        own.lead = vec![vec![Run::Words(format!(
            "本期把{}的公开资料并列，逐项标出定义、时段、层级、范围、性质和来源上的差别。口径不同的只列不比，{}。",
            names.join("、"),
            if table.rankable() == 0 { "没有一项可以直接排名" } else { "可以排名的另列" }
        ))]];
    }
    if own.sections.is_empty() {
        let heading = |text: &str| text.to_owned();
        for (kind, heading) in [
            ("presence", heading("做法有无")),
            ("comparison", heading("逐项对照")),
            ("timespan", heading("资料的时段")),
        ] {
            let block = filled(kind, None, Vec::new(), &table, &mut citations, catalogue);
            own.sections.push(Drafted { heading, blocks: block.into_iter().collect() });
        }
    }
    let ranks = table.ranks(&mut citations);
    if !ranks.is_empty() {
        own.sections.push(Drafted { heading: "可以排名的指标".into(), blocks: ranks });
    }
    let movable = assemble::plates_in(&own.sections);
    let (mut sections, plates) = assemble::settle(own.sections, own.annex, edition.moved);
    let mut annexes = Vec::new();
    if !plates.is_empty() {
        annexes.push(Annex::Plates { label: String::new(), title: "图表续".into(), blocks: plates });
    }
    let figures = table.basis(&mut citations);
    if !figures.is_empty() {
        let remark = "●为结果，◇为目标或预计；“段”为资料的自然段序号，题名和电头不计。".to_owned();
        annexes.push(Annex::Figures {
            label: String::new(),
            title: "逐项口径".into(),
            sections: figures,
            remark,
        });
    }
    let demo = parties.iter().any(|(region, _)| region.demo);
    annexes.push(Annex::Sources {
        label: String::new(),
        title: "资料来源与数据说明".into(),
        items: annex::sources(&citations),
        notes: annex::notes(&citations, true, demo),
    });
    annex::label(&mut annexes);
    assemble::number(&mut sections, &mut annexes);
    let keywords = names
        .iter()
        .map(|name| (*name).to_owned())
        .chain(["对照".to_owned(), "党建联建".to_owned()])
        .collect();
    let view = View {
        format: 1,
        document: "comparative",
        language: "zh-Hans",
        part: edition.part.name(),
        description: format!("{}：{title}", settings.imprint.masthead),
        keywords,
        title,
        subtitle: own.subtitle,
        date: assemble::document_date(edition),
        masthead: assemble::masthead(settings, edition, demo),
        note: own.note,
        glance: own.glance,
        lead: own.lead,
        sections,
        imprint: assemble::imprint(settings, edition),
        annexes: assemble::with_annexes(edition.part, annexes),
    };
    Made { view, movable }
}

/// A topic with what each place has on it.
struct Row<'a> {
    topic: Topic,
    cells: Vec<(&'a Region, Vec<Item<'a>>)>,
    flags: Vec<&'static str>,
    rankable: bool,
}

impl Row<'_> {
    fn places(&self) -> usize {
        self.cells.iter().filter(|(_, items)| !items.is_empty()).count()
    }
}

/// The rows that some place has figures for.
struct Table<'a> {
    rows: Vec<Row<'a>>,
}

impl<'a> Table<'a> {
    fn build(citations: &mut Citations<'a>, catalogue: &Catalogue) -> Self {
        let mut topics: Vec<_> = catalogue.topics.values().map(|(topic, _)| topic).collect();
        topics.sort_by(|a, b| (a.order, &a.id).cmp(&(b.order, &b.id)));
        let mut rows = Vec::new();
        for topic in topics {
            let cells: Vec<(&Party<'a>, Vec<Item<'a>>)> = citations
                .parties()
                .iter()
                .map(|party| (party, party.items().filter(|item| item.topic() == Some(&topic.id)).collect()))
                .collect();
            if cells.iter().all(|(_, items): &(_, Vec<Item<'_>>)| items.is_empty()) {
                continue;
            }
            let flags = flags(&cells);
            let rankable = may_be_ranked(&cells, &flags);
            let cells = cells.into_iter().map(|(party, items)| (party.region, items)).collect();
            rows.push(Row { topic: topic.clone(), cells, flags, rankable });
        }
        // The annex lists the figures in the order of the table.
        for row in &rows {
            for (region, items) in &row.cells {
                for item in items {
                    citations.row(region, *item);
                }
            }
        }
        Self { rows }
    }

    fn rankable(&self) -> usize {
        self.rows.iter().filter(|row| row.rankable).count()
    }

    fn shared(&self) -> usize {
        self.rows.iter().filter(|row| row.places() > 1).count()
    }

    /// Flags that hold for every row that two places share: they are said once.
    fn common(&self) -> Vec<&'static str> {
        let shared: Vec<_> = self.rows.iter().filter(|row| row.places() > 1).collect();
        if shared.is_empty() {
            return Vec::new();
        }
        LEGEND
            .iter()
            .map(|l| l.flag)
            .filter(|flag| shared.iter().all(|row| row.flags.contains(flag)))
            .collect()
    }

    /// Six numbers, all counted here.
    fn glance(&self, citations: &Citations<'_>) -> Vec<Glance> {
        let figures =
            self.rows.iter().flat_map(|row| &row.cells).map(|(_, items)| items.len()).sum::<usize>();
        let single = self.rows.len() - self.shared();
        [
            (
                citations.parties().len(),
                "地",
                "列入对照",
                format!("依据公开资料{}份", citations.sources().len()),
            ),
            (self.rows.len(), "项", "列入对照的指标", "按指标目录的次序".to_owned()),
            (self.shared(), "项", "两地以上有数", "逐项标出差别".to_owned()),
            (single, "项", "仅一地有数", "只列不比".to_owned()),
            (self.rankable(), "项", "口径一致、可直接排名", "定义、时段、层级、范围都同".to_owned()),
            (figures, "个", "表内数字", "逐个注明来源和段号".to_owned()),
        ]
        .into_iter()
        .map(|(count, unit, what, time)| Glance {
            figure: counted(count, unit),
            what: what.to_owned(),
            more: None,
            time,
            sure: "计出".to_owned(),
        })
        .collect()
    }

    /// The rows that may be ranked, as bars.
    fn ranks(&self, citations: &mut Citations<'a>) -> Vec<Block> {
        let names: Vec<String> = citations.parties().iter().map(|party| party.short().to_owned()).collect();
        self.rows
            .iter()
            .filter(|row| row.rankable)
            .map(|row| {
                let cited: Vec<_> = row
                    .cells
                    .iter()
                    .zip(&names)
                    .filter_map(|((region, items), name)| {
                        items.first().map(|item| (name.clone(), *region, *item))
                    })
                    .collect();
                let figures: Vec<_> = cited.iter().map(|(_, region, item)| (*region, *item)).collect();
                let named: Vec<Named> = cited
                    .into_iter()
                    .map(|(name, region, item)| Named { name, figure: citations.figure(region, item) })
                    .collect();
                let items = ranked(named);
                let title = format!("{}：{}最多", row.topic.label, items[0].name);
                let words: Vec<String> =
                    items.iter().map(|i| format!("{}{}", i.name, printed(&i.figure))).collect();
                let plate = Plate {
                    number: 0,
                    alt: format!("{title}。{}", words.join("，")),
                    title,
                    unit: Some(items[0].figure.unit.clone()),
                    source: source_line(citations, &figures, Vec::new()),
                };
                Block::Bars { plate, items }
            })
            .collect()
    }

    /// Every figure of the table with its time, place and paragraph, then the others that the text cites.
    fn basis(&self, citations: &mut Citations<'a>) -> Vec<FigureSection> {
        let mut sections = Vec::new();
        let mut listed = 0;
        for (at, row) in self.rows.iter().enumerate() {
            let mut rows = Vec::new();
            for (region, items) in &row.cells {
                for item in items {
                    rows.push(citations.annex_row(region, *item));
                }
            }
            listed += rows.len();
            sections.push(FigureSection { heading: format!("{} {}", at + 1, row.topic.label), rows });
        }
        let others: Vec<_> = citations.in_order().iter().skip(listed).copied().collect();
        if !others.is_empty() {
            let rows = others.into_iter().map(|(region, item)| citations.annex_row(region, item)).collect();
            sections.push(FigureSection { heading: "正文和矩阵引用的其他数字".into(), rows });
        }
        sections
    }
}

/// A number that the program counted.
fn counted(count: usize, unit: &str) -> Figure {
    Figure {
        #[expect(clippy::cast_precision_loss, reason = "a count of rows is far below 2^52")]
        value: count as f64,
        label: count.to_string(),
        before: String::new(),
        after: String::new(),
        unit: unit.to_owned(),
        tail: String::new(),
        target: false,
        derived: false,
        source: 0,
        to: 0,
    }
}

/// The blocks that the program fills.
fn filled<'a>(
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
