//! Who inspects whom: this quarter, the next, and the whole year, with the rule.
//!
//! The rule itself is the model's.

use super::super::Told;
use super::super::parts::{cell, list, prose, table};
use super::NAMES;
use crate::model::{Period, has_mutual_pairs, has_repeats, inspected, shift};
use crate::views::numerals::{han, han_of};
use crate::views::shape::Block;

/// Who inspected whom, and by which rule.
pub(super) fn arrangement(told: &Told<'_>, period: Period) -> Vec<Block> {
    let units = told.area.units.len();
    let pairs = pairs(told, period.ordinal());
    let shifts: Vec<String> = (1..=4).map(|quarter| shift(units, quarter).to_string()).collect();
    let mut rule = format!(
        "{}单位按建制序排成一圈，一至四季度各向后错{}位，每个单位查一个单位、也被一个单位查",
        han_of(units),
        shifts.join("、")
    );
    rule.push_str(if has_repeats(units) {
        "；单位不足5个，一年四轮必有重查"
    } else {
        "；一年内不重查"
    });
    if has_mutual_pairs(units) {
        rule.push_str("。单位不足9个，一年四轮必有互查对");
        if !has_repeats(units) {
            rule.push_str("，互查对相隔两个季度");
        }
    }
    rule.push('。');
    vec![
        prose(Some("本季。"), format!("{}。", list(pairs.iter().map(String::as_str)))),
        prose(Some("轮换。"), rule),
    ]
}

fn pairs(told: &Told<'_>, quarter: u32) -> Vec<String> {
    let round = inspected(told.area.units.len(), quarter);
    told.units().map(|at| format!("{}查{}", told.name(at), told.name(round[at]))).collect()
}

/// The rounds of the year, this one and the next marked.
pub(super) fn round(told: &Told<'_>, period: Period) -> Vec<Block> {
    let this = period.ordinal();
    let next = this % 4 + 1;
    let year = if this == 4 { period.year() + 1 } else { period.year() };
    let heads: Vec<String> = (1..=4)
        .map(|quarter| {
            let name = NAMES[quarter as usize - 1];
            if quarter == this {
                format!("{name}（本季）")
            } else if quarter == next && next > this {
                format!("{name}（下季）")
            } else {
                name.to_owned()
            }
        })
        .collect();
    let rounds: Vec<Vec<usize>> = (1..=4).map(|quarter| inspected(told.area.units.len(), quarter)).collect();
    let rows = told
        .units()
        .map(|at| {
            let mut row = vec![cell(told.name(at))];
            row.extend(rounds.iter().map(|round| cell(told.name(round[at]))));
            row
        })
        .collect();
    let mut columns = vec![("检查单位", "left")];
    columns.extend(heads.iter().map(|head| (head.as_str(), "center")));
    let title = if has_repeats(told.area.units.len()) {
        format!("{}单位互查，一年四轮里有重查", han(told.area.units.len()))
    } else {
        "一年四轮，没有一个单位查同一单位两次".to_owned()
    };
    let table = table(title, None, &columns, rows, "来源：本刊按轮换规则排定，格内为被查单位。");
    let said = format!(
        "{year}年{}：{}。",
        NAMES[next as usize - 1],
        list(pairs(told, next).iter().map(String::as_str))
    );
    vec![prose(None, said), table]
}
