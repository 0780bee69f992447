//! What follows the body: plates that moved, figures, mechanisms, sources.

use serde::Serialize;

use super::{Block, CorrectionRow, Figure};

/// What follows the body.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Annex {
    /// What a correction changed, where page one has no room for it.
    Corrections {
        /// 附件1
        label: String,
        /// Its title.
        title: String,
        /// What is another now.
        rows: Vec<CorrectionRow>,
        /// Every issue that printed one of the wrong figures, where they are too many for page one.
        printed: Vec<String>,
        /// Under the title.
        remark: String,
    },
    /// Tables and charts that the body had no room for.
    Plates {
        /// 附件1
        label: String,
        /// Its title.
        title: String,
        /// The plates, with text between them.
        blocks: Vec<Block>,
    },
    /// All figures.
    Figures {
        /// 附件1
        label: String,
        /// Its title.
        title: String,
        /// By theme or topic.
        sections: Vec<FigureSection>,
        /// Under the table.
        remark: String,
    },
    /// All mechanisms.
    Mechanisms {
        /// 附件2
        label: String,
        /// Its title.
        title: String,
        /// By kind.
        groups: Vec<MechanismGroup>,
        /// Under the table.
        remark: String,
    },
    /// Sources and notes on the data.
    Sources {
        /// 附件3
        label: String,
        /// Its title.
        title: String,
        /// The sources.
        items: Vec<SourceItem>,
        /// The notes.
        notes: Vec<String>,
    },
}

/// A part of the annex of figures.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct FigureSection {
    /// Its heading.
    pub heading: String,
    /// Its rows.
    pub rows: Vec<FigureRow>,
}

/// A figure in the annex.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct FigureRow {
    /// Its number, which figures in the text link to.
    pub no: usize,
    /// `region:fact`, the same in every issue; templates have no use for it.
    pub id: String,
    /// What it is.
    pub indicator: String,
    /// The figure.
    pub figure: Figure,
    /// How it is computed.
    pub formula: Option<String>,
    /// Where.
    pub place: String,
    /// When.
    pub time: String,
    /// How much of the place.
    pub coverage: String,
    /// The number of the source.
    pub source: usize,
    /// The paragraph of the source.
    pub paragraph: Option<u32>,
    /// Anything worth knowing.
    pub note: Option<String>,
    /// `new` or `changed` since the last issue; only a working copy says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change: Option<&'static str>,
}

/// Mechanisms of one kind.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct MechanismGroup {
    /// The kind.
    pub heading: String,
    /// Its rows.
    pub rows: Vec<MechanismRow>,
}

/// A mechanism in the annex.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct MechanismRow {
    /// `region:mechanism`, the same in every issue; templates have no use for it.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its members, or that they are not listed.
    pub members: String,
    /// Where.
    pub place: String,
    /// The number of the source.
    pub source: usize,
    /// The paragraph of the source.
    pub paragraph: u32,
    /// `new` or `changed` since the last issue; only a working copy says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change: Option<&'static str>,
}

/// A source in the annex.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct SourceItem {
    /// Its number, which source marks link to.
    pub no: usize,
    /// All that is known of it.
    pub text: String,
}
