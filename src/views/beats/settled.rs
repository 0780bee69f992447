//! The last steps that the documents of the beats share: annexes with figures and sources, notes, numbers, the view.
//!
//! What stands in them is left to the documents.

use super::Told;
use super::parts::capital;
use crate::model::Language;
use crate::settings::Settings;
use crate::views::annex;
use crate::views::assemble::{self, Drafted};
use crate::views::cite::Citations;
use crate::views::facts::attachments;
use crate::views::in_words::in_words;
use crate::views::shape::{Annex, Block, FigureSection, Glance, Runs, SourceItem, View};
use crate::views::{Edition, Made, Secrecy};

/// A document of a beat before its parts have numbers.
pub(super) struct Settled {
    pub(super) title: String,
    pub(super) subtitle: Option<String>,
    pub(super) note: Runs,
    pub(super) glance: Vec<Glance>,
    pub(super) lead: Vec<Runs>,
    pub(super) sections: Vec<Drafted>,
    /// Annexes before the figures, each with its title.
    pub(super) annexes: Vec<(&'static str, Vec<Block>)>,
    /// Figures that no return says, each with its row.
    pub(super) records: Vec<FigureSection>,
    /// What holds for the figures of this kind of document.
    pub(super) notes: Vec<String>,
    /// Files of the area that it rests on: title and digest.
    pub(super) files: Vec<(String, String)>,
    /// The heading of the section that compares with the issue before, which is no news of its own.
    pub(super) compares: Option<&'static str>,
}

/// Makes the view.
pub(super) fn settle(
    told: &Told<'_>,
    settled: Settled,
    citations: &mut Citations<'_>,
    settings: &Settings,
    edition: &Edition,
) -> Made {
    let substance = substance(&settled, edition);
    let movable = assemble::plates_in(&settled.sections);
    let (mut sections, moved) =
        assemble::settle(settled.sections, Vec::new(), edition.moved, edition.language);
    let language = edition.language;
    let label = String::new();
    let mut annexes: Vec<Annex> = settled
        .annexes
        .into_iter()
        .filter(|(_, blocks)| !blocks.is_empty())
        .map(|(title, blocks)| Annex::Plates { label: label.clone(), title: title.to_owned(), blocks })
        .collect();
    if !moved.is_empty() {
        annexes.insert(
            0,
            Annex::Plates {
                label: label.clone(),
                title: language.pick("图表续", "Further tables and charts").into(),
                blocks: moved,
            },
        );
    }
    let mut figures = by_indicator(citations);
    let (title, remark) = if settled.records.is_empty() {
        language.pick(
            ("报表数字一览", "“段”为报表的行号。"),
            ("All reported figures", "“Par.” is the line of the return."),
        )
    } else {
        language.pick(
            ("督查数字一览", "数字取自督查记录，一个单位一行。"),
            (
                "All figures of the inspections",
                "The figures are those of the record of inspections, a row for each unit.",
            ),
        )
    };
    figures.extend(settled.records);
    if !figures.is_empty() {
        annexes.push(Annex::Figures {
            label: label.clone(),
            title: title.to_owned(),
            sections: figures,
            remark: remark.to_owned(),
        });
    }
    let mut items = annex::sources(citations);
    for (title, digest) in settled.files {
        let digest = digest.get(..8).unwrap_or(&digest);
        let text = language
            .pick(format!("{title}．校验值{digest}"), format!("{title} (in Chinese). Checksum {digest}"));
        items.push(SourceItem { no: items.len() + 1, text });
    }
    annexes.push(Annex::Sources {
        label,
        title: language.pick("资料来源与数据说明", "Sources and notes on the data").into(),
        items,
        notes: notes(told.demo(), settled.notes, language),
    });
    annex::label(&mut annexes, language);
    assemble::number(&mut sections, &mut annexes);
    let mut masthead = assemble::masthead(settings, edition, told.demo());
    masthead.series = Some(told.beat.in_words(language).to_owned());
    let mut keywords: Vec<String> = vec![told.area.name.clone(), told.beat.in_words(language).to_owned()];
    keywords.extend(told.units().map(|at| told.name(at).to_owned()));
    let view = View {
        format: 1,
        document: told.beat.name(),
        language: edition.language.tag(),
        secrecy: Secrecy::of(&settings.imprint.mark).name(),
        part: edition.part.name(),
        layout: None,
        copied: None,
        description: format!(
            "{}{}{}",
            settings.imprint.masthead,
            language.pick("：", ": "),
            settled.title.replace('\n', "")
        ),
        keywords,
        title: settled.title,
        subtitle: settled.subtitle,
        date: assemble::document_date(edition),
        masthead,
        correction: None,
        note: Some(settled.note),
        glance: settled.glance,
        lead: settled.lead,
        sections,
        imprint: assemble::imprint(settings, edition),
        annexes: assemble::with_annexes(edition.part, annexes),
        attachments: if edition.with_facts { attachments(citations) } else { Vec::new() },
    };
    Made { view, movable, substance }
}

/// The reported figures by what they count, in the order in which they were first cited.
fn by_indicator(citations: &mut Citations<'_>) -> Vec<FigureSection> {
    let language = citations.language();
    let rows: Vec<_> = citations.in_order().to_vec();
    let mut sections: Vec<(&str, FigureSection)> = Vec::new();
    for (region, item) in rows {
        let row = citations.annex_row(region, item);
        let of = item.definition();
        match sections.iter_mut().find(|(known, _)| *known == of) {
            Some((_, section)) => section.rows.push(row),
            None => {
                let heading = match language.is_english() {
                    true => capital(item.label()),
                    false => item.label().to_owned(),
                };
                sections.push((of, FigureSection { heading, rows: vec![row] }));
            }
        }
    }
    sections.into_iter().map(|(_, section)| section).collect()
}

fn notes(demo: bool, own: Vec<String>, language: Language) -> Vec<String> {
    let first = if demo {
        language.pick(
            "本刊数据均为演示而设，不指任何真实地方。",
            "All data are invented for demonstration and mean no real place.",
        )
    } else {
        language.pick(
            "本刊数据取自各单位报表和所列台账，由报送单位负责。",
            "The data are taken from the returns of the units and the ledgers listed here; whoever reported them answers for them.",
        )
    };
    let marks = language.pick(
        "“—”为资料未载；“应报未报”为有报送义务而没有报来；“0”为已报为零；“／”为不适用。",
        "“—” means not stated; “not reported”, that a return is owed and has not come; “0”, reported as zero; “n/a”, not applicable.",
    );
    let mut notes = vec![first.to_owned(), marks.to_owned()];
    notes.extend(own);
    let last = language.pick(
        [
            "合计、差数、比率和位次由本刊按表内数计算；比率四舍五入到一位小数，只用已报单位的数。",
            "发现差错请告编印单位，更正随下期刊出并另发原收件人。",
        ],
        [
            "Totals, differences, rates and ranks are computed here from the figures in the tables; rates are rounded to one decimal place and use only the units that reported.",
            "Please tell the issuing office of any mistake; corrections are printed in the next issue and sent to everyone who was served.",
        ],
    );
    notes.extend(last.map(str::to_owned));
    notes
}

/// What the document says, a line each, but for what it says of the issue before: an unchanged document does not become new by being
/// compared with another.
fn substance(settled: &Settled, edition: &Edition) -> String {
    let mut lines = vec![edition.period.to_string()];
    let own = settled.sections.iter().filter(|section| Some(section.heading.as_str()) != settled.compares);
    let blocks = own.flat_map(|section| &section.blocks);
    for block in blocks.chain(settled.annexes.iter().flat_map(|(_, blocks)| blocks)) {
        match block {
            Block::Table { rows, .. } => lines.extend(
                rows.iter()
                    .map(|row| row.iter().map(|cell| in_words(&cell.text)).collect::<Vec<_>>().join(" ")),
            ),
            Block::Prose { text, .. } => lines.push(in_words(text)),
            _ => {}
        }
    }
    lines.sort();
    lines.dedup();
    lines.join("\n")
}
