//! What keeps figures of several places from being compared: the closed set of six flags, and when a rank is fair.
//!
//! The rows they stand in are left to `comparative`.

use super::cite::{Item, Party};
use super::shape::Legend;
use crate::model::{Language, TimeForm};

/// The six flags with what they mean, in the order in which they are printed.
pub(super) const LEGEND: [Legend; 6] = [
    Legend { flag: "定", means: "定义不同" },
    Legend { flag: "期", means: "时段不同或起点未载" },
    Legend { flag: "级", means: "层级不同" },
    Legend { flag: "围", means: "全域、部分、单点不同" },
    Legend { flag: "性", means: "结果与目标、存量与流量不同" },
    Legend { flag: "源", means: "来源性质不同" },
];

/// The flags as English prints them, in the order of `LEGEND`.
const ENGLISH: [Legend; 6] = [
    Legend { flag: "D", means: "definitions differ" },
    Legend { flag: "T", means: "periods differ or start not stated" },
    Legend { flag: "L", means: "administrative levels differ" },
    Legend { flag: "C", means: "whole, part or single differ" },
    Legend { flag: "N", means: "result and target, or stock and flow" },
    Legend { flag: "S", means: "kinds of source differ" },
];

/// The flags with what they mean, in the language of a document.
pub(super) fn legend(language: Language) -> Vec<Legend> {
    language.pick(LEGEND, ENGLISH).to_vec()
}

/// A flag in the language of a document.
pub(super) fn flag_in(language: Language, flag: &'static str) -> &'static str {
    let at = LEGEND.iter().position(|legend| legend.flag == flag);
    at.map_or(flag, |at| language.pick(&LEGEND, &ENGLISH)[at].flag)
}

/// The flags of a row: what differs between the figures of different places, or is not stated.
pub(super) fn flags(cells: &[(&Party<'_>, Vec<Item<'_>>)]) -> Vec<&'static str> {
    let filled: Vec<_> = cells.iter().filter(|(_, items)| !items.is_empty()).collect();
    if filled.len() < 2 {
        return Vec::new();
    }
    let items = || filled.iter().flat_map(|(_, items)| items.iter().copied());
    let differs = |same: &dyn Fn(Item<'_>, Item<'_>) -> bool| {
        filled.iter().enumerate().any(|(at, (_, items))| {
            filled[at + 1..]
                .iter()
                .any(|(_, others)| items.iter().any(|a| others.iter().any(|b| !same(*a, *b))))
        })
    };
    let open = items().any(|item| match item.time() {
        None => true,
        Some(time) => time.inferred || matches!(time.form, TimeForm::Until(_) | TimeForm::NotStated),
    });
    let tests = [
        differs(&|a, b| same_definition(a, b)),
        open || differs(&|a, b| a.time() == b.time()),
        filled.iter().any(|(party, _)| party.level() != filled[0].0.level()),
        differs(&|a, b| a.coverage() == b.coverage()),
        differs(&|a, b| {
            a.is_ahead() == b.is_ahead() && (a.flow() == b.flow() || a.is_derived() || b.is_derived())
        }),
        differs(&|a, b| a.source().kind == b.source().kind),
    ];
    LEGEND.iter().zip(tests).filter(|(_, set)| *set).map(|(legend, _)| legend.flag).collect()
}

/// Whether two figures count the same thing by the same definition.
pub(super) fn same_definition(a: Item<'_>, b: Item<'_>) -> bool {
    match (a, b) {
        (Item::Fact(a), Item::Fact(b)) => {
            a.indicator.id == b.indicator.id
                || a.indicator.comparable_with.contains(&b.indicator.id)
                || b.indicator.comparable_with.contains(&a.indicator.id)
        }
        _ => a.definition() == b.definition(),
    }
}

/// Whether the places of a row may be ranked: one exact result of one definition each, and nothing but the kind of source differs.
pub(super) fn may_be_ranked(cells: &[(&Party<'_>, Vec<Item<'_>>)], flags: &[&str]) -> bool {
    let filled: Vec<_> = cells.iter().filter(|(_, items)| !items.is_empty()).collect();
    filled.len() >= 2
        && flags.iter().all(|flag| *flag == "源")
        && filled.iter().all(|(_, items)| {
            items.len() == 1
                && items.iter().all(|item| {
                    !item.is_ahead() && item.quantity().word.is_empty() && item.quantity().upper.is_none()
                })
        })
        && filled.windows(2).all(|pair| pair[0].1[0].quantity().unit == pair[1].1[0].quantity().unit)
}
