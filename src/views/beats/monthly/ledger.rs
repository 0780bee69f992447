//! The four lists as they stand at the end of a month: what is on them, what is new, what has left them.
//!
//! How an entry stands on a day is left to the model.

use super::super::Told;
use super::super::parts::{DASH, cell, day_in, table};
use super::month::Month;
use crate::model::{ListState, Listed};
use crate::views::shape::{Block, Cell};
use chrono::{Datelike, NaiveDate};

/// The four lists as they stand at the end of the month: what is on them, what is new, what has left them.
pub(super) fn ledger(told: &Told<'_>, all: &[Listed], now: &Month<'_>) -> Option<Block> {
    let year = now.period.year();
    let first = now.day.with_day(1).unwrap_or(now.day);
    let within = |day: NaiveDate| (first..=now.day).contains(&day);
    let row = |entry: &&Listed| {
        vec![
            cell(entry.id.to_uppercase()),
            cell(entry.kind.chinese()),
            cell(&entry.matter),
            cell(&entry.proposer),
            cell(entry.owner.map_or(DASH, |at| told.name(at))),
            cell(day_in(entry.due, year)),
            cell(entry.state(now.day).chinese()),
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
    let tables = [
        (format!("以前列入、月末仍在册{}项", open.len()), open),
        (format!("本月新增{}项", new.len()), new),
        (format!("本月销号{}项", gone.len()), gone),
    ];
    let heads = [
        ("编号", "center"),
        ("类别", "center"),
        ("事项", "left"),
        ("提出单位", "left"),
        ("承接单位", "center"),
        ("时限", "center"),
        ("状态", "center"),
        ("结果", "left"),
    ];
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    for (title, entries) in tables.into_iter().filter(|(_, entries)| !entries.is_empty()) {
        rows.push(vec![cell(title)]);
        rows.extend(entries.iter().map(row));
    }
    if rows.is_empty() {
        return None;
    }
    let source = format!("来源：四项清单台账，截至{}。", day_in(now.day, year));
    Some(table(format!("四项清单月末在册{standing}项，其中未接{idle}项"), None, &heads, rows, source))
}
