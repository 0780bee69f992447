//! The last steps that every kind of document shares: plates to the annex, annexes in order, numbers, the view.
//!
//! What stands in the document is settled before, in `region` and `comparative`.

use super::assemble::{self, OwnWords};
use super::cite::Citations;
use super::facts::attachments;
use super::shape::{Annex, FigureSection, MechanismGroup, View};
use super::substance::substance;
use super::{Edition, Made, Secrecy, annex};
use crate::settings::Settings;

/// What distinguishes one kind of document from another at its end.
pub(super) struct Ending<'a> {
    /// The name of the kind.
    pub(super) document: &'static str,
    /// The title, whoever gave it.
    pub(super) title: String,
    /// For the file's metadata.
    pub(super) keywords: Vec<String>,
    /// Whether one of its places is fictional.
    pub(super) demo: bool,
    /// Whether places are compared.
    pub(super) compared: bool,
    /// The title of the annex with all figures, and they.
    pub(super) figures: (&'a str, Vec<FigureSection>),
    /// All mechanisms.
    pub(super) groups: Vec<MechanismGroup>,
}

/// Makes the view of what is settled.
pub(super) fn finish(
    ending: Ending<'_>,
    own: OwnWords,
    citations: &Citations<'_>,
    settings: &Settings,
    edition: &Edition,
) -> Made {
    let Ending { document, title, keywords, demo, compared, figures, groups } = ending;
    let movable = assemble::plates_in(&own.sections);
    let (mut sections, plates) = assemble::settle(own.sections, own.annex, edition.moved, edition.language);
    let label = String::new();
    let language = edition.language;
    let mut annexes = Vec::new();
    if !plates.is_empty() {
        annexes.push(Annex::Plates {
            label: label.clone(),
            title: language.pick("图表续", "Further tables and charts").into(),
            blocks: plates,
        });
    }
    if !figures.1.is_empty() {
        let remark = language.pick(
            "●为结果，◇为目标或预计；“段”为资料的自然段序号，题名和电头不计。",
            "● result, ◇ target or expectation. The paragraph counts those of the source, title and dateline left out.",
        );
        let remark = remark.to_owned();
        let (title, sections) = (figures.0.to_owned(), figures.1);
        annexes.push(Annex::Figures { label: label.clone(), title, sections, remark });
    }
    if !groups.is_empty() {
        let remark = language.pick(
            "名称和成员照资料列出；“成员未载”为资料点名而未列成员。",
            "Names and members as the sources list them, translated; “members not stated” where a source gives the name alone.",
        );
        let remark = remark.to_owned();
        annexes.push(Annex::Mechanisms {
            label: label.clone(),
            title: language.pick("机制清单", "Mechanisms").into(),
            groups,
            remark,
        });
    }
    annexes.push(Annex::Sources {
        label,
        title: language.pick("资料来源与数据说明", "Sources and notes on the data").into(),
        items: annex::sources(citations),
        notes: annex::notes(citations, compared, demo),
    });
    annex::label(&mut annexes, language);
    assemble::number(&mut sections, &mut annexes);
    let view = View {
        format: 1,
        document,
        language: language.tag(),
        secrecy: Secrecy::of(&settings.imprint.mark).name(),
        part: edition.part.name(),
        layout: None,
        copied: None,
        description: format!("{}{}{title}", settings.imprint.masthead, language.pick("：", ": ")),
        keywords,
        title,
        subtitle: own.subtitle,
        date: assemble::document_date(edition),
        masthead: assemble::masthead(settings, edition, demo),
        correction: None,
        note: own.note,
        glance: own.glance,
        lead: own.lead,
        sections,
        imprint: assemble::imprint(settings, edition),
        annexes: assemble::with_annexes(edition.part, annexes),
        attachments: if edition.with_facts { attachments(citations) } else { Vec::new() },
    };
    Made { view, movable, substance: substance(citations, compared) }
}
