//! The four lists as they stand at the end of a month: what is on them, what is new, what has left them.
//!
//! How an entry stands on a day is left to the model.

use super::super::Told;
use super::super::parts::{DASH, as_of, cell, many, number, short_day, table};
use super::month::Month;
use crate::model::{ListState, Listed};
use crate::views::shape::{Block, Cell};
use chrono::{Datelike, NaiveDate};

/// The four lists as they stand at the end of the month: what is on them, what is new, what has left them.
pub(super) fn ledger(told: &Told<'_>, all: &[Listed], now: &Month<'_>) -> Option<Block> {
    let (year, language) = (now.period.year(), told.language);
    let first = now.day.with_day(1).unwrap_or(now.day);
    let within = |day: NaiveDate| (first..=now.day).contains(&day);
    let row = |entry: &&Listed| {
        vec![
            cell(entry.id.to_uppercase()),
            cell(entry.kind.in_words(language)),
            cell(&entry.matter),
            cell(&entry.proposer),
            cell(entry.owner.map_or(DASH, |at| told.name(at))),
            cell(short_day(entry.due, year, language)),
            cell(entry.state(now.day).in_words(language)),
            cell(
                entry
                    .result
                    .as_deref()
                    .filter(|_| entry.ended().is_some_and(|day| day <= now.day))
                    .unwrap_or(DASH),
            ),
        ]
    };
    let mut entries: Vec<&Listed> = all.iter().filter(|entry| entry.opened <= now.day).collect();
    entries.sort_by(|a, b| (a.kind, a.opened, &a.id).cmp(&(b.kind, b.opened, &b.id)));
    let new: Vec<&Listed> = entries.iter().copied().filter(|entry| within(entry.opened)).collect();
    let gone: Vec<&Listed> =
        entries.iter().copied().filter(|entry| entry.ended().is_some_and(within)).collect();
    let open: Vec<&Listed> = entries
        .iter()
        .copied()
        .filter(|entry| !within(entry.opened) && entry.ended().is_none_or(|day| day > now.day))
        .collect();
    let standing = entries.iter().filter(|entry| entry.ended().is_none_or(|day| day > now.day)).count();
    let idle = entries.iter().filter(|entry| entry.state(now.day) == ListState::Open).count();
    let titles =
        [open.len(), new.len(), gone.len()].map(|count| (count, many(number(count), "item", "items")));
    let [open_title, new_title, gone_title] = titles;
    let tables = [
        (
            language.pick(
                format!("以前列入、月末仍在册{}项", open_title.0),
                format!("Entered before and still on the lists: {}", open_title.1),
            ),
            open,
        ),
        (
            language
                .pick(format!("本月新增{}项", new_title.0), format!("Entered this month: {}", new_title.1)),
            new,
        ),
        (
            language.pick(
                format!("本月销号{}项", gone_title.0),
                format!("Struck off this month: {}", gone_title.1),
            ),
            gone,
        ),
    ];
    let names = language.pick(
        ["编号", "类别", "事项", "提出单位", "承接单位", "时限", "状态", "结果"],
        ["No.", "Kind", "Matter", "Proposed by", "Taken on by", "Due", "State", "Result"],
    );
    let aligns = ["center", "center", "left", "left", "center", "center", "center", "left"];
    let heads: Vec<(&str, &'static str)> = names.into_iter().zip(aligns).collect();
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    for (title, entries) in tables.into_iter().filter(|(_, entries)| !entries.is_empty()) {
        rows.push(vec![cell(title)]);
        rows.extend(entries.iter().map(row));
    }
    if rows.is_empty() {
        return None;
    }
    let end = as_of(now.day, year, language);
    let source = language
        .pick(format!("来源：四项清单台账，{end}。"), format!("Source: ledger of the four lists, {end}."));
    let title = match language.is_english() {
        true => format!(
            "The four lists hold {} at the end of the month, {} of them not taken on",
            many(number(standing), "item", "items"),
            if idle == 0 { "none".to_owned() } else { idle.to_string() }
        ),
        false => format!("四项清单月末在册{standing}项，其中未接{idle}项"),
    };
    Some(table(title, None, &heads, rows, source, language))
}
