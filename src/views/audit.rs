//! The list for checking a document (核对表) as its template receives it: one JSON value, described for designers in `docs/views.md`.
//!
//! On which pages a figure stands is left to the pipeline.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

use super::changes::PrintedFigure;
use super::shape::{DocumentDate, Line};
use crate::model::{Language, Region};

/// The heads of the columns: pages, row of the annex, what it is, as printed here, source and paragraph, as printed there, tick.
pub const AUDIT_HEADS: [&str; 7] =
    ["页", "序号", "指标、时间、地点", "本刊数字", "资料·段", "资料原文", "核对"];

/// The same in English.
pub const ENGLISH_AUDIT_HEADS: [&str; 7] =
    ["Page", "No.", "Indicator, time, place", "Printed here", "Source", "Printed there", "Tick"];

/// A list for checking, ready to be set.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct AuditView {
    /// The version of this contract.
    pub format: u32,
    /// `audit`.
    pub document: &'static str,
    /// Its language (BCP 47).
    pub language: &'static str,
    /// 党建联建资料简报核对表.
    pub heading: String,
    /// 第11期（总第11期）; empty on a draft.
    pub issue: String,
    /// The date of the document.
    pub date: DocumentDate,
    /// What is checked, a line each: 题名, 编印单位, 文件, 校验值, 项数.
    pub facts: Vec<Line>,
    /// Whether every page says 样稿.
    pub draft: bool,
    /// Whether every page says 演示数据.
    pub demo: bool,
    /// The heads of the columns.
    pub heads: Vec<&'static str>,
    /// The figures in page order.
    pub lines: Vec<AuditLine>,
    /// The head of the list of sources.
    pub behind: &'static str,
    /// The sources with their numbers.
    pub sources: Vec<AuditSource>,
    /// Who signs at the foot: 核对人, 复核人, 日期.
    pub signs: Vec<&'static str>,
}

/// A figure to be compared with its source.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct AuditLine {
    /// The pages, 1、6; empty where they are not known.
    pub pages: String,
    /// Its row in the annex.
    pub no: usize,
    /// What it is.
    pub what: String,
    /// When and where.
    pub of: String,
    /// As the document prints it.
    pub printed: String,
    /// The number of the source and the paragraph: 1·9.
    pub source: String,
    /// As the source prints it; the formula of a computed figure.
    pub stated: String,
    /// What is to be looked at: the data say otherwise by now, or nobody has compared it yet; empty for nothing.
    pub remark: String,
}

/// A source with its number in the document.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct AuditSource {
    /// Its number.
    pub no: u64,
    /// Its entry in the list of sources.
    pub text: String,
}

/// The list for one document: its stored view, its file with the digest, and its figures with their pages, in page order.
pub fn audit_view(
    view: &Value,
    file: (&str, &str),
    figures: &[(PrintedFigure, BTreeSet<usize>)],
    regions: &BTreeMap<String, Region>,
) -> AuditView {
    let language = view["language"].as_str().and_then(Language::parse).unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let masthead = &view["masthead"];
    let lines: Vec<AuditLine> =
        figures.iter().map(|(figure, pages)| line(figure, pages, regions, language)).collect();
    let fact = |label: &str, text: String| Line { label: label.to_owned(), text };
    let facts = [
        fact(language.pick("题　　名", "Title"), text(&view["title"]).replace('\n', "")),
        fact(language.pick("编印单位", "Issued by"), text(&masthead["office"])),
        fact(language.pick("文　　件", "File"), file.0.to_owned()),
        fact(language.pick("校验值", "SHA-256"), file.1.to_owned()),
        fact(language.pick("项　　数", "Figures"), lines.len().to_string()),
    ];
    let sources = view["annexes"].as_array().into_iter().flatten().filter(|annex| annex["kind"] == "sources");
    let sources = sources.flat_map(|annex| annex["items"].as_array().into_iter().flatten());
    let sources =
        sources.filter_map(|item| Some(AuditSource { no: item["no"].as_u64()?, text: text(&item["text"]) }));
    AuditView {
        format: 1,
        document: "audit",
        language: language.tag(),
        heading: match language.is_english() {
            true => format!("{}: list for checking", text(&masthead["name"])),
            false => format!("{}核对表", text(&masthead["name"])),
        },
        issue: text(&masthead["issue"]),
        date: DocumentDate { iso: text(&view["date"]["iso"]), text: text(&view["date"]["text"]) },
        facts: facts.into_iter().filter(|fact| !fact.text.is_empty()).collect(),
        draft: masthead["draft"] == true,
        demo: masthead["demo"] == true,
        heads: language.pick(AUDIT_HEADS, ENGLISH_AUDIT_HEADS).to_vec(),
        lines,
        behind: language.pick("资料", "Sources"),
        sources: sources.collect(),
        signs: language
            .pick(["核对人", "复核人", "日期"], ["Checked by", "Checked again by", "Date"])
            .to_vec(),
    }
}

fn line(
    figure: &PrintedFigure,
    pages: &BTreeSet<usize>,
    regions: &BTreeMap<String, Region>,
    language: Language,
) -> AuditLine {
    let numbers: Vec<String> = pages.iter().map(ToString::to_string).collect();
    let paragraph = figure.paragraph.map_or_else(String::new, |paragraph| format!("·{paragraph}"));
    let (stated, remark) = behind(figure, regions, language);
    AuditLine {
        pages: numbers.join(language.pick("、", ", ")),
        no: figure.no,
        what: figure.indicator.clone(),
        of: [figure.time.as_str(), figure.place.as_str()].join(language.pick("，", ", ")),
        printed: figure.printed.clone(),
        source: if figure.source_no == 0 {
            String::new()
        } else {
            format!("{}{paragraph}", figure.source_no)
        },
        stated,
        remark,
    }
}

/// What the data say of a figure now: as the source prints it, and what is to be looked at.
fn behind(
    figure: &PrintedFigure,
    regions: &BTreeMap<String, Region>,
    language: Language,
) -> (String, String) {
    let Some((region, id)) = figure.id.as_deref().and_then(|id| id.split_once(':')) else {
        return (String::new(), String::new());
    };
    let Some(region) = regions.get(region) else { return (String::new(), String::new()) };
    // What a view prints in other letters or words cannot be told apart from what was changed.
    let plain = language == Language::Simplified;
    let now = |printed: String| {
        let printed_here = figure.printed.trim_start_matches('◇');
        let differs = plain && printed != printed_here;
        if differs { format!("数据现为{printed}") } else { String::new() }
    };
    if let Some(fact) = region.fact(id) {
        let mut remark = now(fact.quantity.printed());
        if remark.is_empty() && fact.checked_by.is_none() {
            remark = language.pick("未核对", "never compared").to_owned();
        }
        return (fact.as_printed.clone(), remark);
    }
    match region.derived(id) {
        Some(derived) => (
            format!("{}{}", language.pick("推算：", "computed: "), derived.formula),
            now(derived.quantity.printed()),
        ),
        None => (String::new(), language.pick("数据中已无", "not in the data any more").to_owned()),
    }
}
