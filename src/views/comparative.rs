//! The briefing that sets several places side by side: what is flagged, what little may be ranked, and what one place alone has.

use super::assemble::{self, Drafted, OwnWords};
use super::charts::ranked;
use super::cite::{Citations, Item, Party};
use super::filled::filled;
use super::finish::{Ending, finish};
use super::flags::{LEGEND, flags, may_be_ranked};
use super::in_words::{chart_unit, with_figure};
use super::numerals::{count_of, han_of};
use super::plates::source_line;
use super::shape::{BarItem, Block, Figure, FigureSection, Glance, Named, Plate, Run};
use super::{Edition, Made};
use crate::diag::Diagnostics;
use crate::model::{Catalogue, Language, Region, Subject, Text, Topic};
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
    let mut citations = Citations::new(members, true, edition);
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
    let language = edition.language;
    let places = citations.parties().len();
    let names: Vec<&str> = citations.parties().iter().map(Party::short).collect();
    let title = own.title.take().or_else(|| title.map(str::to_owned));
    let title = title.unwrap_or_else(|| match language.is_english() {
        true => {
            format!(
                "Joint building of grassroots Party organisations: {} places side by side",
                count_of(places, language)
            )
        }
        false => format!("{}地基层党组织联建做法对照", han_of(places)),
    });
    if own.glance.is_empty() {
        own.glance = table.glance(&citations);
    }
    if own.lead.is_empty() {
        own.lead = vec![vec![Run::Words(match language.is_english() {
            true => format!(
                "This issue sets the published sources on {} side by side and marks, row by row, where definition, time, level, coverage, nature or source differ. What is defined differently is listed, not compared; {}.",
                names.join(", "),
                if table.rankable() == 0 {
                    "nothing may be ranked directly"
                } else {
                    "what may be ranked stands apart"
                }
            ),
            false => format!(
                "本期把{}的公开资料并列，逐项标出定义、时段、层级、范围、性质和来源上的差别。口径不同的只列不比，{}。",
                names.join("、"),
                if table.rankable() == 0 {
                    "没有一项可以直接排名"
                } else {
                    "可以排名的另列"
                }
            ),
        })]];
    }
    if own.sections.is_empty() {
        for (kind, heading) in [
            ("presence", language.pick("做法有无", "Which practices are stated")),
            ("comparison", language.pick("逐项对照", "Topic by topic")),
            ("timespan", language.pick("资料的时段", "The time that the sources speak of")),
        ] {
            let heading = heading.to_owned();
            let block = filled(kind, None, Vec::new(), &table, &mut citations, catalogue);
            own.sections.push(Drafted { heading, blocks: block.into_iter().collect() });
        }
    }
    let ranks = table.ranks(&mut citations);
    if !ranks.is_empty() {
        own.sections.push(Drafted {
            heading: language.pick("可以排名的指标", "Indicators that may be ranked").into(),
            blocks: ranks,
        });
    }
    let mut keywords: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    keywords.extend(
        language.pick(["对照", "党建联建"], ["comparison", "joint Party building"]).map(str::to_owned),
    );
    let ending = Ending {
        document: "comparative",
        title,
        keywords,
        demo: parties.iter().any(|(region, _)| region.demo),
        compared: true,
        figures: (language.pick("逐项口径", "The basis of each figure"), table.basis(&mut citations)),
        groups: Vec::new(),
    };
    finish(ending, own, &citations, settings, edition)
}

/// Who has most, with all who share the place.
fn most(items: &[BarItem], language: Language) -> String {
    let best = items[0].figure.value;
    let first: Vec<&str> =
        items.iter().take_while(|i| i.figure.value == best).map(|i| i.name.as_str()).collect();
    if language.is_english() {
        return match first.len() {
            1 => format!("{} has most", first[0]),
            all if all == items.len() => "the same everywhere".to_owned(),
            2 | 3 => format!("{} share the first place", first.join(", ")),
            several => format!("{} places share the first place", count_of(several, language)),
        };
    }
    match first.len() {
        1 => format!("{}最多", first[0]),
        all if all == items.len() => "各地相同".to_owned(),
        2 | 3 => format!("{}并列最多", first.join("、")),
        several => format!("{}地并列最多", han_of(several)),
    }
}

/// A topic with what each place has on it.
pub(super) struct Row<'a> {
    pub(super) topic: Topic,
    pub(super) cells: Vec<(&'a Region, Vec<Item<'a>>)>,
    pub(super) flags: Vec<&'static str>,
    rankable: bool,
}

impl Row<'_> {
    pub(super) fn places(&self) -> usize {
        self.cells.iter().filter(|(_, items)| !items.is_empty()).count()
    }
}

/// The rows that some place has figures for.
pub(super) struct Table<'a> {
    pub(super) rows: Vec<Row<'a>>,
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

    pub(super) fn rankable(&self) -> usize {
        self.rows.iter().filter(|row| row.rankable).count()
    }

    pub(super) fn shared(&self) -> usize {
        self.rows.iter().filter(|row| row.places() > 1).count()
    }

    /// Flags that hold for every row that two places share: they are said once.
    pub(super) fn common(&self) -> Vec<&'static str> {
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
        let (sources, language) = (citations.sources().len(), citations.language());
        let counts =
            [citations.parties().len(), self.rows.len(), self.shared(), single, self.rankable(), figures];
        let words = language.pick(
            [
                ("地", "列入对照", format!("依据公开资料{sources}份")),
                ("项", "列入对照的指标", "按指标目录的次序".to_owned()),
                ("项", "两地以上有数", "逐项标出差别".to_owned()),
                ("项", "仅一地有数", "只列不比".to_owned()),
                ("项", "口径一致、可直接排名", "定义、时段、层级、范围都同".to_owned()),
                ("个", "表内数字", "逐个注明来源和段号".to_owned()),
            ],
            [
                (" places", "set side by side", format!("from {sources} published sources")),
                (" topics", "compared", "in the order of the catalogue".to_owned()),
                (
                    " topics",
                    "with figures in two places or more",
                    "differences marked in each row".to_owned(),
                ),
                (" topics", "with figures in one place alone", "listed, not compared".to_owned()),
                (
                    " topics",
                    "that may be ranked directly",
                    "one definition, time, level and coverage".to_owned(),
                ),
                (" figures", "in the table", "each with source and paragraph".to_owned()),
            ],
        );
        counts
            .into_iter()
            .zip(words)
            .map(|(count, (unit, what, time))| Glance {
                figure: counted(count, unit),
                what: what.to_owned(),
                more: None,
                time,
                sure: language.pick("计出", "counted").to_owned(),
            })
            .collect()
    }

    /// The rows that may be ranked, as bars.
    fn ranks(&self, citations: &mut Citations<'a>) -> Vec<Block> {
        let language = citations.language();
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
                let title =
                    format!("{}{}{}", row.topic.label, language.pick("：", ": "), most(&items, language));
                let words: Vec<String> =
                    items.iter().map(|i| with_figure(&i.name, &i.figure, language)).collect();
                let (stop, comma) = language.pick(("。", "，"), (". ", ", "));
                let plate = Plate {
                    number: 0,
                    alt: format!("{title}{stop}{}", words.join(comma)),
                    title,
                    unit: figures.first().map(|(_, item)| chart_unit(item, language)),
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
            sections.push(FigureSection {
                heading: format!("{}{} {}", at + 1, citations.language().pick("", "."), row.topic.label),
                rows,
            });
        }
        let others: Vec<_> = citations.in_order().iter().skip(listed).copied().collect();
        if !others.is_empty() {
            let rows = others.into_iter().map(|(region, item)| citations.annex_row(region, item)).collect();
            sections.push(FigureSection {
                heading: citations
                    .language()
                    .pick("正文和矩阵引用的其他数字", "Other figures that text and matrix cite")
                    .into(),
                rows,
            });
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
