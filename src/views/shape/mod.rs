//! The view as templates receive it: one JSON value, described for designers in `docs/views.md`.
//!
//! How it is filled is left to the other modules here.

mod annex;
mod block;
mod copied;
mod mistake;
mod plate;

use serde::{Deserialize, Serialize};

pub use annex::*;
pub use block::*;
pub use copied::*;
pub use mistake::*;
pub use plate::*;

/// A briefing, ready to be set.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct View {
    /// The version of this contract.
    pub format: u32,
    /// `region`, `comparative`, `monthly`, `quarterly`, `half-year` or `year-end`.
    pub document: &'static str,
    /// BCP 47.
    pub language: &'static str,
    /// How secret it is, whatever is printed: `public`, `internal`, `秘密`, `机密` or `绝密`.
    pub secrecy: &'static str,
    /// `all` or `body`.
    pub part: &'static str,
    /// How its pages are laid out, where it is not the usual way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub layout: Option<Layout>,
    /// What makes it a working copy; other views have none.
    #[serde(rename = "copy", skip_serializing_if = "Option::is_none")]
    pub copied: Option<Copied>,
    /// The title.
    pub title: String,
    /// The subtitle.
    pub subtitle: Option<String>,
    /// For the file's metadata.
    pub description: String,
    /// For the file's metadata.
    pub keywords: Vec<String>,
    /// The date of the document.
    pub date: DocumentDate,
    /// The head of page one.
    pub masthead: Masthead,
    /// 更正, on an issue that replaces one with mistakes.
    pub correction: Option<Correction>,
    /// 编者按.
    pub note: Option<Runs>,
    /// The figures of page one.
    pub glance: Vec<Glance>,
    /// The first paragraphs.
    pub lead: Vec<Runs>,
    /// The body.
    pub sections: Vec<Section>,
    /// The foot of the last page.
    pub imprint: Imprint,
    /// What follows the body.
    pub annexes: Vec<Annex>,
    /// Files within the PDF, where its standard allows them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
}

/// A file within the PDF.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Attachment {
    /// Its name.
    pub name: &'static str,
    /// The media type: text/csv.
    pub media_type: &'static str,
    /// What it holds.
    pub description: String,
    /// What it is to the document, as PDF names it: `data`.
    pub relationship: &'static str,
    /// What is in it.
    pub text: String,
}

/// A date, for machines and in words.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct DocumentDate {
    /// YYYY-MM-DD.
    pub iso: String,
    /// 2026年11月30日.
    pub text: String,
}

/// The head of page one.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Masthead {
    /// What stands at the top left.
    pub class: String,
    /// The name of the serial.
    pub name: String,
    /// 第11期.
    pub issue: Option<String>,
    /// 月提醒调度: which documents of the serial it belongs to; only those of the four beats have it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub series: Option<String>,
    /// Who issues it.
    pub office: Option<String>,
    /// The date in words.
    pub date: String,
    /// Whether every page says 样稿.
    pub draft: bool,
    /// Whether every page says 演示数据.
    pub demo: bool,
    /// Whether its red parts are left out, for paper that bears them already; said only where it is so.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub blank: bool,
}

/// Running text.
pub type Runs = Vec<Run>;

/// A stretch of running text.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Run {
    /// Words.
    Words(String),
    /// A figure, which never breaks over two lines.
    Figure {
        /// As printed.
        figure: String,
        /// Its row in the annex, 0 for none.
        to: usize,
        /// The number of its source, 0 for none.
        source: usize,
        /// Whether a raised source number follows.
        mark: bool,
    },
}

/// A figure alone.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Figure {
    /// The number, for lengths.
    pub value: f64,
    /// The digits.
    pub label: String,
    /// What stands before them.
    pub before: String,
    /// What stands between digits and unit.
    pub after: String,
    /// The unit.
    pub unit: String,
    /// What stands after the unit.
    pub tail: String,
    /// Whether it is a target or an expectation.
    pub target: bool,
    /// Whether it is computed.
    pub derived: bool,
    /// The number of its source, 0 for none.
    pub source: usize,
    /// Its row in the annex, 0 for none.
    pub to: usize,
}

/// A cell of page one.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Glance {
    /// The figure.
    pub figure: Figure,
    /// What it is.
    pub what: String,
    /// What belongs to it.
    pub more: Option<Runs>,
    /// When it was so.
    pub time: String,
    /// How sure it is: 确数, 余, 近, 推算, 目标 …
    pub sure: String,
}

/// A section of the body.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Section {
    /// With its number.
    pub heading: String,
    /// What stands in it.
    pub blocks: Vec<Block>,
}

/// The foot of the last page.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Imprint {
    /// 报, 送, 发.
    pub to: Vec<Line>,
    /// Who issues it.
    pub office: Option<String>,
    /// The date, with 印发 once it is signed.
    pub date: String,
    /// 共印60份.
    pub copies: Option<String>,
    /// Whom to ask.
    pub contact: Option<String>,
    /// 拟稿, 核对, 签发.
    pub people: Vec<Line>,
    /// Whether it is a draft.
    pub draft: bool,
    /// The verification code; empty in a view that was not made into a file.
    pub code: String,
}

/// A label with its words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Line {
    /// 报
    pub label: String,
    /// The words.
    pub text: String,
}
