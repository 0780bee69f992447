//! What follows the body: all figures, all mechanisms, the sources and the notes on the data.
//!
//! Tables and charts that had no room in the body are left to `assemble`.

use super::cite::{Citations, Item};
use super::shape::{Annex, FigureSection, MechanismGroup, MechanismRow, SourceItem};
use crate::model::{Catalogue, Date, Language, Mechanism, MechanismKind, Source, Stated};

/// All figures of a region by theme, places in 建制序.
pub(super) fn figures_by_theme(citations: &mut Citations<'_>, catalogue: &Catalogue) -> Vec<FigureSection> {
    let mut themes: Vec<_> = catalogue.themes.values().map(|(theme, _)| theme).collect();
    themes.sort_by(|a, b| (a.order, &a.id).cmp(&(b.order, &b.id)));
    let rows: Vec<_> = citations.in_order().to_vec();
    themes
        .iter()
        .map(|theme| FigureSection {
            heading: theme.label.clone(),
            rows: rows
                .iter()
                .filter(|(_, item)| item.theme() == theme.id)
                .map(|(region, item)| citations.annex_row(region, *item))
                .collect(),
        })
        .filter(|section| !section.rows.is_empty())
        .collect()
}

/// Gives every figure of a region its row: by theme, then by place, then as written.
pub(super) fn number_by_theme(citations: &mut Citations<'_>, catalogue: &Catalogue) {
    let mut ranked = Vec::new();
    for (at, party) in citations.parties().iter().enumerate() {
        let places = party.region.place_order();
        for (written, item) in party.items().enumerate() {
            let theme = catalogue.themes.get(item.theme()).map_or(i64::MAX, |(theme, _)| theme.order);
            let place = places.get(item.place()).copied().unwrap_or(usize::MAX);
            ranked.push(((at, theme, item.is_derived(), place, written), party.region, item));
        }
    }
    ranked.sort_by_key(|(rank, ..)| *rank);
    for (_, region, item) in ranked {
        citations.row(region, item);
    }
}

/// All mechanisms of a region by kind.
pub(super) fn mechanisms(citations: &Citations<'_>) -> Vec<MechanismGroup> {
    let language = citations.language();
    MechanismKind::ALL
        .iter()
        .map(|(_, kind, _)| {
            let mut rows = Vec::new();
            for party in citations.parties() {
                let places = party.region.place_order();
                let mut own: Vec<_> = party
                    .region
                    .mechanisms
                    .iter()
                    .filter(|mechanism| mechanism.kind == *kind && party.holds(&mechanism.place))
                    .collect();
                own.sort_by_key(|mechanism| places.get(mechanism.place.as_str()).copied());
                rows.extend(own.into_iter().map(|mechanism| MechanismRow {
                    id: format!("{}:{}", party.region.id, mechanism.id),
                    name: mechanism.name.clone(),
                    members: members(mechanism, language),
                    place: party.region.place_name(&mechanism.place),
                    source: citations.source_number(&mechanism.source),
                    paragraph: mechanism.paragraph,
                    change: None,
                }));
            }
            MechanismGroup { heading: kind.in_words(language).to_owned(), rows }
        })
        .filter(|group| !group.rows.is_empty())
        .collect()
}

/// The members as far as the source lists them.
fn members(mechanism: &Mechanism, language: Language) -> String {
    if language.is_english() {
        let list = mechanism.members.join("; ");
        return match (mechanism.stated, mechanism.count) {
            (Stated::All, _) => list,
            (Stated::Some, Some(count)) => format!("{list} ({count} in all, the others not stated)"),
            (Stated::Some, None) => format!("{list} (the others not stated)"),
            (Stated::None, Some(count)) => format!("members not stated (said to be {count})"),
            (Stated::None, None) => "—".to_owned(),
        };
    }
    let list = mechanism.members.join("、");
    let bare: String = mechanism.name.chars().filter(|c| !"“”、，和 ".contains(*c)).collect();
    if bare == mechanism.members.concat() {
        return "见名称".to_owned();
    }
    match (mechanism.stated, mechanism.count) {
        (Stated::All, _) => list,
        (Stated::Some, Some(count)) => format!("{list}（共{count}项，其余未载）"),
        (Stated::Some, None) => format!("{list}（其余未载）"),
        (Stated::None, Some(count)) => format!("成员未载（称{count}项）"),
        (Stated::None, None) => "—".to_owned(),
    }
}

/// The list of sources.
pub(super) fn sources(citations: &Citations<'_>) -> Vec<SourceItem> {
    citations
        .sources()
        .iter()
        .enumerate()
        .map(|(at, source)| SourceItem { no: at + 1, text: describe(source, citations.language()) })
        .collect()
}

/// 题名．刊载网站（原始来源），发布日期．性质．引用日期．地址．存档校验值前8位
fn describe(source: &Source, language: Language) -> String {
    let digest = source.sha256.get(..8).unwrap_or(&source.sha256);
    if language.is_english() {
        return describe_in_english(source, digest);
    }
    if source.is_return {
        let (unit, read) = (source.publisher.as_deref().unwrap_or_default(), source.read.chinese());
        return format!("{}．{unit}报送，{read}收到．校验值{digest}", source.title);
    }
    let carrier = source.carrier.as_deref().unwrap_or("网站未载");
    let publisher = source.publisher.as_deref().unwrap_or("原始来源未载");
    let date = if source.inferred {
        format!("日期推定为约{}", source.date.chinese())
    } else {
        source.date.chinese()
    };
    let address = source.address.as_deref().unwrap_or("网址未载");
    format!(
        "{}．{carrier}（{publisher}），{date}．{}．{}查阅．{address}．校验值{digest}",
        source.title,
        source.kind.chinese(),
        source.read.chinese(),
    )
}

/// Title. Carrier (first publisher), date. Kind. Day read. Address. First eight digits of the checksum.
fn describe_in_english(source: &Source, digest: &str) -> String {
    let words = |date: Date| date.in_words(Language::English);
    let read = words(source.read);
    if source.is_return {
        let unit = source.publisher.as_deref().unwrap_or_default();
        return format!("{}. Sent by {unit}, received {read}. Checksum {digest}", source.title);
    }
    let carrier = source.carrier.as_deref().unwrap_or("Site not stated");
    let publisher = source.publisher.as_deref().unwrap_or("first publisher not stated");
    let date = words(source.date);
    let date = if source.inferred { format!("date inferred as about {date}") } else { date };
    let address = source.address.as_deref().unwrap_or("Address not stated");
    let (title, kind) = (&source.title, source.kind.in_words(Language::English));
    format!(
        "{title} (in Chinese). {carrier} ({publisher}), {date}; {kind}. Read {read}. {address}. Checksum {digest}"
    )
}

/// The standing notes on the data, as far as the document needs them.
pub(super) fn notes(citations: &Citations<'_>, compared: bool, demo: bool) -> Vec<String> {
    let items = || citations.in_order().iter().map(|(_, item)| *item);
    let qualified = items().any(|item| matches!(item, Item::Fact(fact) if !fact.quantity.word.is_empty()));
    let first = if demo {
        (
            "本刊数据均为演示而设，不指任何真实地方。",
            "All data are invented for demonstration and mean no real place.",
        )
    } else {
        (
            "本刊数据取自所列公开资料，未经当地核实，均为资料自述。",
            "The data are taken from the published sources listed here. They are the sources’ own statements and were not verified on the spot.",
        )
    };
    let language = citations.language();
    [
        (true, first),
        (
            true,
            (
                "“—”为资料未载，不表示没有，也不是零。",
                "“—” means that the sources do not state it: neither that there is none, nor zero.",
            ),
        ),
        (
            qualified,
            (
                "余、多、约、近、超、以上照资料原样保留。",
                "Over, about, nearly and at least are kept as the sources have them.",
            ),
        ),
        (
            items().any(Item::is_ahead),
            ("◇为目标或预计，不是结果。", "◇ marks targets and expectations, not results."),
        ),
        (
            items().any(Item::is_derived),
            (
                "推算由本刊计算，式子随数列出，比值取三位有效数字，和与差不取舍。",
                "Computed figures are this brief’s own; the formula stands with each. Ratios have three significant digits, sums and differences are not rounded.",
            ),
        ),
        (
            compared,
            (
                "不同口径的数不相加、不排名，标记含义见表下。",
                "Figures of different definitions are neither added nor ranked; what the marks mean stands under the table.",
            ),
        ),
        (
            true,
            (
                "名称里的数字（如“百企”“四同”）不是统计数。",
                "Numbers within names (“Hundred firms”, “Four togethers”) are no statistics.",
            ),
        ),
        (
            true,
            (
                "发现差错请告编印单位，更正随下期刊出并另发原收件人。",
                "Please tell the issuing office of any mistake; corrections are printed in the next issue and sent to everyone who was served.",
            ),
        ),
    ]
    .into_iter()
    .filter(|(needed, _)| *needed)
    .map(|(_, (chinese, english))| language.pick(chinese, english).to_owned())
    .collect()
}

/// Numbers the annexes that are there.
pub(super) fn label(annexes: &mut [Annex], language: Language) {
    for (at, annex) in annexes.iter_mut().enumerate() {
        let (Annex::Corrections { label, .. }
        | Annex::Plates { label, .. }
        | Annex::Figures { label, .. }
        | Annex::Mechanisms { label, .. }
        | Annex::Sources { label, .. }) = annex;
        *label = format!("{}{}", language.pick("附件", "Annex "), at + 1);
    }
}
