//! What is said of an issue that was wrong: the notice and the table of a correction, and the notice of a withdrawal.
//!
//! The document that a correction stands on is left to the other files here.

use serde::Serialize;

use super::{DocumentDate, Imprint, Line, Masthead};

/// 更正: the notice on page one of an issue that replaces one with mistakes.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Correction {
    /// 1 for the first correction of the issue.
    pub number: u32,
    /// 2026年12月1日印发的第1期（总第1期）
    pub replaces: String,
    /// What went wrong.
    pub reason: String,
    /// 更正数据2项。
    pub summary: String,
    /// What is another now; empty where it stands in an annex, or where only words changed.
    pub rows: Vec<CorrectionRow>,
    /// Every issue that printed one of the wrong figures.
    pub printed: Vec<String>,
}

/// A figure that was wrong.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct CorrectionRow {
    /// Where it stood in the wrong issue: 1, or 附件1第12号 where the page cannot be told for sure.
    pub page: String,
    /// What it is, where and when.
    pub what: String,
    /// As it was printed; a dash for what is new.
    pub was: String,
    /// As it is; a dash for what is gone.
    pub is: String,
    /// Why.
    pub why: String,
    /// Where it comes from, and where it came from if that changed.
    pub sources: Vec<String>,
    /// Its row in the annex, 0 for none.
    pub to: usize,
}

/// 撤回通知, of one page.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Withdrawal {
    /// The version of this contract.
    pub format: u32,
    /// `withdrawal`.
    pub document: &'static str,
    /// BCP 47.
    pub language: &'static str,
    /// The title.
    pub title: String,
    /// For the file's metadata.
    pub description: String,
    /// For the file's metadata.
    pub keywords: Vec<String>,
    /// The date of the notice.
    pub date: DocumentDate,
    /// The head of the page.
    pub masthead: Masthead,
    /// 各收件单位：
    pub salutation: String,
    /// The first paragraphs.
    pub lead: Vec<String>,
    /// What is withdrawn: name of the serial, number, date, title.
    pub what: Vec<Line>,
    /// What recipients are asked to do.
    pub requests: Vec<String>,
    /// The foot of the page.
    pub imprint: Imprint,
}
