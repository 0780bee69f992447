//! What a working copy has besides, how its sheets are printed, and the sheet (审签单) that goes round with it.

use serde::Serialize;

use super::{DocumentDate, Line};

/// How pages are laid out where it is not the usual way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Layout {
    /// `one`: no page is mirrored.
    pub sides: &'static str,
}

/// What makes a view a working copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Copied {
    /// What it was compared with, in the head of every page: 对照第1期（总第1期）, 首期.
    pub compared: String,
    /// Whether changes are marked.
    pub marked: bool,
}

/// The 审签单, ready to be set.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Review {
    /// The version of this contract.
    pub format: u32,
    /// `review`.
    pub document: &'static str,
    /// BCP 47.
    pub language: &'static str,
    /// For the file's metadata: 党建联建资料简报审签单.
    pub title: String,
    /// For the file's metadata.
    pub description: String,
    /// For the file's metadata.
    pub keywords: Vec<String>,
    /// The date of the copy.
    pub date: DocumentDate,
    /// The name of the serial.
    pub serial: String,
    /// Whether the page says 演示数据.
    pub demo: bool,
    /// 标题, 期号, 期间, …
    pub facts: Vec<Line>,
    /// 拟稿, 核对, 签发, with the names that are known.
    pub people: Vec<Line>,
    /// What it was compared with, and how much is another.
    pub compared: String,
    /// Each change, as many as the page holds.
    pub changes: Vec<ReviewChange>,
    /// 另有3项, where there are more.
    pub more: Option<String>,
}

/// What is another than in the last issue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct ReviewChange {
    /// 变动, 新增, 撤下.
    pub kind: &'static str,
    /// What: 联建党组织（青河县，截至2025年6月）.
    pub what: String,
    /// How it was printed; empty for what is new.
    pub was: String,
    /// How it is printed; empty for what is gone.
    pub is: String,
    /// Its row in the annex of figures, 0 for none.
    pub no: usize,
}
