//! The distribution list (分发单) of an issue: who got it by which way, how many copies on paper, and whether their sum is what its foot says.
//!
//! How it is set is left to its template, which parcels there are to the ledger.

use chrono::{DateTime, Datelike, Utc};
use chrono_tz::Tz;
use serde_json::Value;

use super::Stock;
use crate::delivery::Ways;
use crate::disk;
use crate::ledger::{Issue, ParcelRow, ParcelState};
use crate::model::{Date, Language};
use crate::views::distribution::{
    DistributionLine, DistributionRemark, DistributionRest, DistributionView, ENGLISH_HEADS, HEADS,
};
use crate::views::shape::{DocumentDate, Line};

/// What a list is made of besides the issue.
pub struct Handed<'a> {
    /// The parcels that carry the issue.
    pub parcels: &'a [ParcelRow],
    /// What parcels are made from.
    pub stock: Stock<'a>,
    /// How many copies are kept.
    pub archive: u32,
    /// In which zone days and times are told.
    pub zone: Tz,
    /// When the list is made.
    pub now: DateTime<Utc>,
}

/// The list of an issue.
///
/// # Errors
/// Why there is none: its view, which says what it is called, cannot be read.
pub fn distribution(issue: &Issue, handed: &Handed<'_>) -> Result<DistributionView, String> {
    let path = issue.path.as_deref().ok_or("its file was taken away by retention")?;
    let view = disk::read(&handed.stock.out.join(path).with_extension("json")).map_err(|e| e.to_string())?;
    let view: Value = serde_json::from_slice(&view).map_err(|error| error.to_string())?;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let masthead = &view["masthead"];
    let language = view["language"].as_str().and_then(Language::parse).unwrap_or_default();
    let (lines, paper) = lines(handed, language);
    let recipients = {
        let mut ids: Vec<&str> = handed.parcels.iter().map(|parcel| parcel.recipient.as_str()).collect();
        ids.sort_unstable();
        ids.dedup();
        ids.len()
    };
    let total = paper + u64::from(handed.archive);
    let archive = (handed.archive > 0).then(|| DistributionRest {
        label: language.pick("存档", "On file"),
        copies: handed.archive.to_string(),
        numbers: numbers(paper, u64::from(handed.archive), total),
    });
    let sum = DistributionRest {
        label: language.pick("合计", "Total"),
        copies: total.to_string(),
        numbers: String::new(),
    };
    let fact = |label: &str, text: String| Line { label: label.to_owned(), text };
    let facts = [
        fact(language.pick("题　　名", "Title"), text(&view["title"]).replace('\n', "")),
        fact(language.pick("编印单位", "Issued by"), text(&masthead["office"])),
        fact(language.pick("标　　识", "Class"), text(&masthead["class"])),
        fact(
            language.pick("制单日期", "Made on"),
            Date::Day(handed.now.with_timezone(&handed.zone).date_naive()).in_words(language),
        ),
    ];
    Ok(DistributionView {
        format: 1,
        document: "distribution",
        language: language.tag(),
        heading: match language.is_english() {
            true => format!("{}: distribution list", text(&masthead["name"])),
            false => format!("{}分发单", text(&masthead["name"])),
        },
        issue: text(&masthead["issue"]),
        date: DocumentDate { iso: issue.date.to_string(), text: Date::Day(issue.date).in_words(language) },
        facts: facts.into_iter().filter(|fact| !fact.text.is_empty()).collect(),
        draft: masthead["draft"] == true,
        demo: masthead["demo"] == true,
        heads: language.pick(HEADS, ENGLISH_HEADS).to_vec(),
        lines,
        rest: archive.into_iter().chain([sum]).collect(),
        remarks: remarks(recipients, paper, handed, view["imprint"]["copies"].as_str(), language),
        signs: language.pick(["经办人", "核对人", "日期"], ["Handled by", "Checked by", "Date"]).to_vec(),
    })
}

/// Each parcel as a line, in the order of the recipients, with the numbers of its copies; and how many copies that is.
fn lines(handed: &Handed<'_>, language: Language) -> (Vec<DistributionLine>, u64) {
    let Stock { ways, recipients, .. } = handed.stock;
    let place = |parcel: &ParcelRow| recipients.iter().position(|known| known.id == parcel.recipient);
    let mut parcels: Vec<&ParcelRow> = handed.parcels.iter().collect();
    // Who was taken out of the recipients stands at the end, by id.
    parcels.sort_by_key(|parcel| (place(parcel).unwrap_or(usize::MAX), parcel.recipient.clone()));
    let known = |parcel: &ParcelRow| place(parcel).map(|at| &recipients[at]);
    let copies = |parcel: &ParcelRow| match ways.prints(&parcel.channel) {
        true => u64::from(known(parcel).map_or(1, |recipient| recipient.copies.max(1))),
        false => 0,
    };
    let paper: u64 = parcels.iter().map(|parcel| copies(parcel)).sum();
    let total = paper + u64::from(handed.archive);
    let mut given = 0;
    let lines = parcels.iter().enumerate().map(|(at, parcel)| {
        let count = copies(parcel);
        let numbers = numbers(given, count, total);
        given += count;
        DistributionLine {
            no: at + 1,
            name: known(parcel).map_or_else(|| parcel.recipient.clone(), |recipient| recipient.name.clone()),
            way: way(ways, &parcel.channel, language),
            copies: if count > 0 { count.to_string() } else { String::new() },
            numbers,
            state: state(ways, parcel, language).to_owned(),
            when: when(parcel, handed.zone, language),
        }
    });
    (lines.collect(), paper)
}

/// The numbers of some copies after those that were given: 004—006, as many digits as the last one needs, at least three.
fn numbers(given: u64, count: u64, total: u64) -> String {
    let digits = total.to_string().len().max(3);
    match count {
        0 => String::new(),
        1 => format!("{:0digits$}", given + 1),
        _ => format!("{:0digits$}—{:0digits$}", given + 1, given + count),
    }
}

/// A way as clerks call it; a channel that is declared no more, by its id.
fn way(ways: &Ways, channel: &str, language: Language) -> String {
    let words = match ways.kind(channel) {
        Some("email") => language.pick("电子邮件", "email"),
        Some("print" | "lp") => match (ways.is_blank(channel), ways.prints_body(channel)) {
            (false, false) => language.pick("纸质", "paper"),
            (false, true) => language.pick("纸质正文", "paper, body"),
            (true, false) => language.pick("套红纸", "red paper"),
            (true, true) => language.pick("套红纸正文", "red paper, body"),
        },
        Some("folder") => language.pick("文件交换", "folder"),
        Some("webhook") => language.pick("系统推送", "webhook"),
        Some("wecom") => language.pick("企业微信", "WeCom"),
        Some("command") => language.pick("其他系统", "other system"),
        _ => channel,
    };
    words.to_owned()
}

fn state(ways: &Ways, parcel: &ParcelRow, language: Language) -> &'static str {
    let (chinese, english) = match parcel.state {
        ParcelState::Held => ("待核地址", "address to approve"),
        ParcelState::Ready if parcel.attempts > 0 => ("待重发", "to be tried again"),
        ParcelState::Ready => ("待发", "ready"),
        ParcelState::Sending => ("发送中", "being sent"),
        ParcelState::Accepted => match ways.kind(&parcel.channel) {
            Some("print") => ("已打印", "printed"),
            Some("lp") => ("已交打印队列", "in the print queue"),
            _ => ("已收受", "accepted"),
        },
        ParcelState::Failed => ("未送达", "not delivered"),
        ParcelState::Unknown => ("去向不明", "unknown"),
        ParcelState::Cancelled => ("已取消", "cancelled"),
    };
    language.pick(chinese, english)
}

/// Since when it is so; nothing while it waits, since then nothing has happened.
fn when(parcel: &ParcelRow, zone: Tz, language: Language) -> String {
    match parcel.state {
        ParcelState::Held | ParcelState::Ready | ParcelState::Sending => String::new(),
        _ => {
            let at = parcel.changed.with_timezone(&zone);
            match language.is_english() {
                true => at.format("%-d %b %H:%M").to_string(),
                false => format!("{}月{}日 {}", at.month(), at.day(), at.format("%H:%M")),
            }
        }
    }
}

/// The reckoning in words, and whether it agrees with what the foot of the issue says.
fn remarks(
    recipients: usize,
    paper: u64,
    handed: &Handed<'_>,
    printed: Option<&str>,
    language: Language,
) -> Vec<DistributionRemark> {
    let total = paper + u64::from(handed.archive);
    let english = language.is_english();
    let archive = match handed.archive {
        0 => String::new(),
        filed if english => format!(", {filed} on file"),
        filed => format!("，存档{filed}份"),
    };
    let mut all = vec![match english {
        true => format!("Recipients: {recipients}; copies on paper: {paper}{archive}, {total} in all."),
        false => format!("收件单位{recipients}个；纸质分发{paper}份{archive}，合计{total}份。"),
    }];
    let open = handed.parcels.iter().filter(|parcel| parcel.state != ParcelState::Accepted).count();
    let mut warns = vec![false];
    if open > 0 {
        all.push(match english {
            true => format!("{open} not delivered yet or unknown: see the column “State”."),
            false => format!("尚有{open}项未送达或去向未定，见“送达情况”栏。"),
        });
        warns.push(true);
    }
    // What stands there is words: 共印60份.
    let said = printed.map(|words| {
        let digits: String = words.chars().filter(char::is_ascii_digit).collect();
        (words, digits.parse::<u64>().ok() == Some(total))
    });
    match said {
        Some((words, true)) => {
            all.push(match english {
                true => format!("The foot says “{words}”, which agrees."),
                false => format!("版记印“{words}”，与合计相符。"),
            });
            warns.push(false);
        }
        Some((words, false)) => {
            all.push(match english {
                true => format!(
                    "The foot says “{words}”, which does not agree with {total} in all: please check."
                ),
                false => format!("版记印“{words}”，与合计{total}份不符，请核对。"),
            });
            warns.push(true);
        }
        None => {}
    }
    let remark = |(text, warns)| DistributionRemark { text, warns };
    all.into_iter().zip(warns).map(remark).collect()
}
