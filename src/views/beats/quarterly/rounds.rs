//! Who inspects whom: this quarter, the next, and the whole year, with the rule.
//!
//! The rule itself is the model's.

use super::super::Told;
use super::super::parts::{capital, cell, list, prose, semicolon, table};
use super::name_of;
use crate::model::{Period, has_mutual_pairs, has_repeats, inspected, shift};
use crate::views::numerals::{count_of, han, han_of};
use crate::views::shape::Block;

/// Who inspected whom, and by which rule.
pub(super) fn arrangement(told: &Told<'_>, period: Period) -> Vec<Block> {
    let language = told.language;
    let stop = language.pick("。", ".");
    let pairs = pairs(told, period.ordinal()).join(language.pick("、", "; "));
    let rule = if language.is_english() { rule_in_english(told) } else { rule(told) };
    vec![
        prose(Some(language.pick("本季。", "This quarter.")), format!("{pairs}{stop}")),
        prose(Some(language.pick("轮换。", "Rotation.")), rule),
    ]
}

fn rule_in_english(told: &Told<'_>) -> String {
    let units = told.area.units.len();
    let shifts: Vec<String> = (1..=4).map(|quarter| shift(units, quarter).to_string()).collect();
    let mut rule = format!(
        "The {} units stand in a circle in their official order. From the first quarter to the fourth each inspects the one {} places on, so that every unit inspects one and is inspected by one",
        count_of(units, told.language),
        list(shifts.iter().map(String::as_str), told.language)
    );
    rule.push_str(if has_repeats(units) {
        "; with fewer than five units the four rounds of a year must repeat"
    } else {
        "; within a year none inspects the same unit twice"
    });
    if has_mutual_pairs(units) {
        rule.push_str(". With fewer than nine units, some pairs must inspect each other within the year");
        if !has_repeats(units) {
            rule.push_str(", two quarters apart");
        }
    }
    rule.push('.');
    rule
}

fn rule(told: &Told<'_>) -> String {
    let units = told.area.units.len();
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
    rule
}

fn pairs(told: &Told<'_>, quarter: u32) -> Vec<String> {
    let round = inspected(told.area.units.len(), quarter);
    let inspects = told.language.pick("查", " inspects ");
    told.units().map(|at| format!("{}{inspects}{}", told.name(at), told.name(round[at]))).collect()
}

/// The rounds of the year, this one and the next marked.
pub(super) fn round(told: &Told<'_>, period: Period) -> Vec<Block> {
    let language = told.language;
    let this = period.ordinal();
    let next = this % 4 + 1;
    let year = if this == 4 { period.year() + 1 } else { period.year() };
    let heads: Vec<String> = (1..=4)
        .map(|quarter| {
            let name =
                language.pick(name_of(quarter, language).to_owned(), capital(name_of(quarter, language)));
            if quarter == this {
                format!("{name}{}", language.pick("（本季）", " (now)"))
            } else if quarter == next && next > this {
                format!("{name}{}", language.pick("（下季）", " (next)"))
            } else {
                name
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
    let mut columns = vec![(language.pick("检查单位", "Inspecting unit"), "left")];
    columns.extend(heads.iter().map(|head| (head.as_str(), "center")));
    let units = told.area.units.len();
    let title = match (has_repeats(units), language.is_english()) {
        (true, false) => format!("{}单位互查，一年四轮里有重查", han(units)),
        (false, false) => "一年四轮，没有一个单位查同一单位两次".to_owned(),
        (true, true) => {
            format!(
                "{} units inspect one another; the four rounds repeat",
                capital(&count_of(units, language))
            )
        }
        (false, true) => "Four rounds a year: no unit inspects another twice".to_owned(),
    };
    let source = language.pick(
        "来源：本刊按轮换规则排定，格内为被查单位。",
        "Source: set here by the rule of rotation; the cells name the unit inspected.",
    );
    let table = table(title, None, &columns, rows, source, language);
    let (name, pairs) = (name_of(next, language), pairs(told, next));
    let said = match language.is_english() {
        true => format!("{} of {year}: {}.", capital(name), pairs.join(semicolon(language))),
        false => format!("{year}年{name}：{}。", pairs.join("、")),
    };
    vec![prose(None, said), table]
}
