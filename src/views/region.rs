//! The briefing of one region: its own words where there are any, else what the data carry by themselves.

use super::annex;
use super::assemble::{self, Drafted, OwnWords};
use super::cite::{Citations, Item, Party};
use super::finish::{Ending, finish};
use super::in_words::{chart_unit, list_in_words, table_in_words, with_figure};
use super::plates::source_line;
use super::shape::{Block, Cell, Column, Glance, Named, NamedNote, Plate, Run};
use super::tables::case_table;
use super::{Edition, Made, trends};
use crate::diag::Diagnostics;
use crate::model::{Catalogue, Language, Region, Subject, Text};
use crate::settings::Settings;

/// Builds the view of a region, or of a place in it.
pub fn region_view(
    region: &Region,
    subject: &Subject,
    text: Option<&Text>,
    catalogue: &Catalogue,
    settings: &Settings,
    edition: &Edition,
    diagnostics: &mut Diagnostics,
) -> Made {
    let mut citations = Citations::new(vec![Party::new(region, subject)], false, edition);
    let language = edition.language;
    annex::number_by_theme(&mut citations, catalogue);
    let mut own = match text {
        Some(text) => {
            let mut nothing = |_: &str, _, _, _: &mut Citations<'_>| None;
            assemble::own_words(text, &catalogue.terms, &mut citations, &mut nothing, diagnostics)
        }
        None => OwnWords::default(),
    };
    let name = subject.place.as_deref().map_or_else(|| region.name.clone(), |place| region.place_name(place));
    if own.glance.is_empty() {
        own.glance = default_glance(&mut citations, catalogue);
    }
    if own.lead.is_empty() {
        own.lead = vec![vec![Run::Words(default_lead(&name, &citations))]];
    }
    let written = !own.sections.is_empty();
    if !written {
        own.sections = default_sections(&mut citations, catalogue);
    }
    let drawn = own.sections.iter().flat_map(|section| &section.blocks).chain(&own.annex);
    if !own.trends && !trends::has_trend(drawn) {
        let blocks = trends::before_and_after(&mut citations, catalogue);
        // The pages of a body that somebody wrote are full: there the annex has room.
        if written {
            own.annex.extend(blocks);
        } else if !blocks.is_empty() {
            let heading = language.pick("前后对照", "Change over time").to_owned();
            own.sections.push(Drafted { heading, blocks });
        }
    }
    let ending = Ending {
        document: "region",
        title: own.title.take().unwrap_or_else(|| match language.is_english() {
            true => format!("Joint building of grassroots Party organisations in {name}"),
            false => format!("{name}基层党组织联建情况"),
        }),
        keywords: vec![
            name,
            region.english.clone(),
            language.pick("党建联建", "joint Party building").into(),
        ],
        demo: region.demo,
        compared: false,
        figures: (
            language.pick("数据一览", "All figures"),
            annex::figures_by_theme(&mut citations, catalogue),
        ),
        groups: annex::mechanisms(&citations),
    };
    finish(ending, own, &citations, settings, edition)
}

/// The figures that a comparison would show come first, since they are what others are asked about too.
fn default_glance(citations: &mut Citations<'_>, catalogue: &Catalogue) -> Vec<Glance> {
    let language = citations.language();
    let mut chosen: Vec<_> = citations.in_order().to_vec();
    chosen.retain(|(_, item)| !item.is_derived());
    chosen.sort_by_key(|(_, item)| {
        let topic =
            item.topic().and_then(|topic| catalogue.topics.get(topic)).map_or(i64::MAX, |(t, _)| t.order);
        (item.coverage() != crate::model::Coverage::Whole, topic, item.is_ahead())
    });
    let mut seen = Vec::new();
    chosen.retain(|(_, item)| {
        let fresh = !seen.contains(&item.definition());
        seen.push(item.definition());
        fresh
    });
    chosen.truncate(match chosen.len() {
        0..3 => 0,
        3..6 => 3,
        _ => 6,
    });
    chosen
        .into_iter()
        .map(|(region, item)| {
            let own = region.place_name(item.place());
            let more = (own != region.name).then(|| vec![Run::Words(own)]);
            Glance {
                figure: citations.figure(region, item),
                what: item.label().to_owned(),
                more,
                time: item.time_in_words(language),
                sure: item.sure(language),
            }
        })
        .collect()
}

fn default_lead(name: &str, citations: &Citations<'_>) -> String {
    let stated = citations.in_order().iter().filter(|(_, item)| !item.is_derived()).count();
    let derived = citations.in_order().len() - stated;
    let mechanisms: usize = citations
        .parties()
        .iter()
        .map(|party| party.region.mechanisms.iter().filter(|m| party.holds(&m.place)).count())
        .sum();
    let sources = citations.sources().len();
    if citations.language().is_english() {
        let computed =
            if derived == 0 { String::new() } else { format!(", {derived} figures computed here") };
        return format!(
            "This issue sets out what {sources} published sources say of {name}: {stated} figures{computed}, and {mechanisms} named mechanisms. The time, coverage and source of each are given, and all are listed in the annexes."
        );
    }
    let computed = if derived == 0 { String::new() } else { format!("，本刊推算{derived}项") };
    format!(
        "本期据{sources}份公开资料整理{name}的做法和数据，列出资料所载数字{stated}项{computed}，点名机制{mechanisms}项。各数的时间、范围和来源逐项注明，全部列在附件。"
    )
}

/// A section for each theme with what the data declare: tables of results, charts of parts and of steps, cases, targets.
fn default_sections(citations: &mut Citations<'_>, catalogue: &Catalogue) -> Vec<Drafted> {
    let language = citations.language();
    let mut themes: Vec<_> = catalogue.themes.values().map(|(theme, _)| theme.clone()).collect();
    themes.sort_by(|a, b| (a.order, &a.id).cmp(&(b.order, &b.id)));
    let mut drafted = Vec::new();
    for theme in themes {
        let items: Vec<_> = citations
            .in_order()
            .iter()
            .filter(|(_, item)| item.theme() == theme.id && !item.is_ahead())
            .copied()
            .collect();
        let mut blocks = Vec::new();
        if !items.is_empty() {
            blocks.push(result_table(&theme.label, &items, citations));
        }
        blocks.extend(charts_of(&theme.id, citations));
        drafted.push(Drafted { heading: theme.label.clone(), blocks });
    }
    let (region, outer) = {
        let party = &citations.parties()[0];
        (party.region, party.place)
    };
    let cases: Vec<_> = region
        .cases
        .iter()
        .filter(|case| outer.is_none_or(|o| region.lies_in(&case.place, o)))
        .take(3)
        .collect();
    if !cases.is_empty() {
        let (columns, rows, figures) = case_table(citations, region, &cases);
        let heads: Vec<String> = columns.iter().map(|column| column.head.clone()).collect();
        let plate = Plate {
            number: 0,
            title: language.pick("资料写到的案例", "Cases that the sources tell of").into(),
            unit: None,
            source: source_line(citations, &figures, Vec::new()),
            alt: table_in_words(&heads, &rows, language),
        };
        let heading = language.pick("案例", "Cases").to_owned();
        drafted.push(Drafted { heading, blocks: vec![Block::Table { plate, columns, rows }] });
    }
    let ahead: Vec<_> = citations
        .in_order()
        .iter()
        .filter(|(_, i)| i.is_ahead() && !i.is_derived())
        .take(6)
        .copied()
        .collect();
    if !ahead.is_empty() {
        let items = ahead
            .into_iter()
            .map(|(region, item)| {
                let figure = citations.figure(region, item);
                let run = Run::Figure {
                    figure: item.quantity().printed(),
                    to: figure.to,
                    source: figure.source,
                    mark: true,
                };
                let time = item.time_in_words(language);
                let time = if language.is_english() { format!(" ({time})") } else { format!("（{time}）") };
                let label = format!("{}{}", item.label(), language.pick("：", ": "));
                vec![Run::Words(label), run, Run::Words(time)]
            })
            .collect();
        drafted.push(Drafted {
            heading: language.pick("目标与预计", "Targets and expectations").into(),
            blocks: vec![Block::Aims { items }],
        });
    }
    drafted
}

/// At most so many results stand in the body; the annex has all.
const RESULTS: usize = 6;

fn result_table<'a>(theme: &str, items: &[(&'a Region, Item<'a>)], citations: &mut Citations<'a>) -> Block {
    let language = citations.language();
    let shown = &items[..items.len().min(RESULTS)];
    let rows: Vec<Vec<Cell>> = shown
        .iter()
        .map(|(region, item)| {
            let words = |text: String| Cell { text: vec![Run::Words(text)], pad: String::new() };
            let run = Run::Figure {
                figure: item.quantity().printed(),
                to: citations.figure(region, *item).to,
                source: citations.source_number(item.source()),
                mark: false,
            };
            vec![
                words(item.label().to_owned()),
                Cell { text: vec![run], pad: String::new() },
                words(region.place_name(item.place())),
                words(item.time_in_words(language)),
            ]
        })
        .collect();
    let heads = language.pick(["指标", "数值", "地点", "时间"], ["Indicator", "Figure", "Place", "Time"]);
    let columns: Vec<Column> = heads
        .iter()
        .zip(["left", "right", "left", "left"])
        .map(|(head, align)| Column { head: (*head).to_owned(), align })
        .collect();
    let note = if items.len() > shown.len() {
        let (some, all) = (shown.len(), items.len());
        vec![Run::Words(match language.is_english() {
            true => format!(" {some} of {all} are shown; the others stand in the annex."),
            false => format!("本表列{some}项，共{all}项，余见附件。"),
        })]
    } else {
        Vec::new()
    };
    let plate = Plate {
        number: 0,
        title: format!(
            "{theme}{}",
            language.pick("：资料所载的主要数字", ": the main figures in the sources")
        ),
        unit: None,
        source: source_line(citations, shown, note),
        alt: table_in_words(&heads.map(str::to_owned), &rows, language),
    };
    Block::Table { plate, columns, rows }
}

/// The charts that declared relations carry: parts of a total, and steps that go down.
fn charts_of<'a>(theme: &str, citations: &mut Citations<'a>) -> Vec<Block> {
    let (region, outer): (&'a Region, _) = (citations.parties()[0].region, citations.parties()[0].place);
    let (language, mut blocks) = (citations.language(), Vec::new());
    let find = |id: &String| {
        let fact = region.fact(id)?;
        let own = outer.is_none_or(|outer| region.lies_in(&fact.place, outer));
        (own && fact.indicator.theme == theme && !fact.nature.is_ahead()).then_some(Item::Fact(fact))
    };
    // Figures descend for many reasons; a share that somebody has declared says that one is a part of the other.
    let share_of = |chain: &[String]| {
        region.derived.iter().any(|derived| {
            derived.quantity.unit == "%"
                && derived.facts.len() == 2
                && derived.facts.iter().all(|id| chain.contains(id))
        })
    };
    for (total, parts) in &region.sums {
        let (Some(total), Some(parts)) = (find(total), parts.iter().map(find).collect::<Option<Vec<_>>>())
        else {
            continue;
        };
        let named: Vec<Named> = named(citations, region, &parts);
        let figures: Vec<_> = parts.iter().chain([&total]).map(|item| (region, *item)).collect();
        let plate = Plate {
            number: 0,
            title: match language.is_english() {
                true => format!("What {} consist of", total.label()),
                false => format!("{}的构成", total.label()),
            },
            unit: Some(chart_unit(&total, language)),
            source: source_line(citations, &figures, Vec::new()),
            alt: String::new(),
        };
        blocks.push(with_alt(Block::Segments { plate, parts: named, brace: None }, language));
    }
    for chain in &region.chains {
        let Some(items) = chain.iter().map(find).collect::<Option<Vec<_>>>() else { continue };
        let one_unit = items.iter().all(|item| item.quantity().unit == items[0].quantity().unit);
        if !one_unit || !share_of(chain) {
            continue;
        }
        let figures: Vec<_> = items.iter().map(|item| (region, *item)).collect();
        let plate = Plate {
            number: 0,
            title: match (items[0].label(), items[items.len() - 1].label()) {
                (first, last) if language.is_english() => format!("From {first} to {last}"),
                (first, last) => format!("从{first}到{last}"),
            },
            unit: Some(chart_unit(&items[0], language)),
            source: source_line(citations, &figures, Vec::new()),
            alt: String::new(),
        };
        let steps = named(citations, region, &items)
            .into_iter()
            .map(|n| NamedNote { name: n.name, figure: n.figure, note: None })
            .collect();
        blocks.push(with_alt(Block::Ladder { plate, steps }, language));
    }
    blocks
}

fn named<'a>(citations: &mut Citations<'a>, region: &'a Region, items: &[Item<'a>]) -> Vec<Named> {
    items
        .iter()
        .map(|item| Named { name: item.label().to_owned(), figure: citations.figure(region, *item) })
        .collect()
}

fn with_alt(mut block: Block, language: Language) -> Block {
    let words = match &block {
        Block::Segments { parts, .. } => list_in_words(parts, language),
        Block::Ladder { steps, .. } => {
            let named = steps.iter().map(|s| with_figure(&s.name, &s.figure, language));
            named.collect::<Vec<_>>().join(language.pick("，", ", "))
        }
        _ => String::new(),
    };
    if let Some(plate) = block.plate_mut() {
        plate.alt = format!("{}{}{words}", plate.title, language.pick("。", ". "));
    }
    block
}
