//! The distribution list (分发单) of an issue as its template receives it: one JSON value, described for designers in `docs/views.md`.
//!
//! Who got what is left to `schedule`, which asks the ledger.

use serde::Serialize;

use super::shape::{DocumentDate, Line};

/// The heads of the columns: number, recipient, way, copies, numbers of the copies, how far it is, signature.
pub const HEADS: [&str; 7] = ["序号", "收件单位", "方式", "份数", "份号", "送达情况", "签收"];

/// The same in English.
pub const ENGLISH_HEADS: [&str; 7] = ["No.", "Recipient", "Way", "Copies", "Numbers", "State", "Signature"];

/// A distribution list, ready to be set.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct DistributionView {
    /// The version of this contract.
    pub format: u32,
    /// `distribution`.
    pub document: &'static str,
    /// Its language (BCP 47).
    pub language: &'static str,
    /// 党建联建资料简报分发单.
    pub heading: String,
    /// 第11期（总第11期）.
    pub issue: String,
    /// The date of the issue.
    pub date: DocumentDate,
    /// What was handed out, a line each: 题名, 编印单位, 标识, 制单.
    pub facts: Vec<Line>,
    /// Whether every page says 样稿.
    pub draft: bool,
    /// Whether every page says 演示数据.
    pub demo: bool,
    /// The heads of the columns.
    pub heads: Vec<&'static str>,
    /// Each way to each recipient.
    pub lines: Vec<DistributionLine>,
    /// What follows them: 存档, 合计.
    pub rest: Vec<DistributionRest>,
    /// The reckoning in words.
    pub remarks: Vec<DistributionRemark>,
    /// Who signs at the foot: 经办人, 核对人, 日期.
    pub signs: Vec<&'static str>,
}

/// One way to one recipient.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct DistributionLine {
    /// 序号.
    pub no: usize,
    /// The recipient.
    pub name: String,
    /// 纸质, 电子邮件 …
    pub way: String,
    /// How many copies on paper; empty for none.
    pub copies: String,
    /// Their numbers, 001—003; empty for none.
    pub numbers: String,
    /// How far it is: 已打印, 待发 …
    pub state: String,
    /// Since when, as day and time; empty where nobody has tried.
    pub when: String,
}

/// A line below the recipients.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct DistributionRest {
    /// 存档, 合计.
    pub label: &'static str,
    /// How many copies on paper.
    pub copies: String,
    /// Their numbers; empty for none.
    pub numbers: String,
}

/// A sentence of the reckoning.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct DistributionRemark {
    /// The sentence.
    pub text: String,
    /// Whether something does not agree.
    pub warns: bool,
}
