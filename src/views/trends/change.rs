//! How much a figure changed, in words: by how much, in per cent of what it was, or that it is not computed and why.

use super::reason::exactness;
use super::times::{Stretch, month_after, tick};
use crate::model::{Dimension, Fact, Language, Qualifier, Quantity, three_significant};

/// Which way a series went from its first figure to its last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// More.
    Up,
    /// Less.
    Down,
    /// The same.
    Level,
    /// Nobody can say.
    Unknown,
}

/// Which way it went.
pub(super) fn way(before: &Fact, after: &Fact) -> Way {
    if before.quantity.qualifier != Qualifier::Exact || after.quantity.qualifier != Qualifier::Exact {
        return Way::Unknown;
    }
    match after.quantity.value.total_cmp(&before.quantity.value) {
        std::cmp::Ordering::Greater => Way::Up,
        std::cmp::Ordering::Less => Way::Down,
        std::cmp::Ordering::Equal => Way::Level,
    }
}

/// 增3个，增12.5%（推算）; 持平; 升1.2个百分点（推算）; 不计算：各数只载下限.
pub(super) fn change(before: &Fact, after: &Fact, language: Language) -> String {
    let way = way(before, after);
    let share = before.indicator.dimension == Dimension::Share;
    let verb = match (way, share) {
        (Way::Up, false) => ("增", "up by"),
        (Way::Up, true) => ("升", "up by"),
        (Way::Down, false) => ("减", "down by"),
        (Way::Down, true) => ("降", "down by"),
        (Way::Level, _) => return language.pick("持平", "unchanged").to_owned(),
        (Way::Unknown, _) => {
            // Which of the two is not exact does not matter here: those of one series are equally exact.
            let why = match before.quantity.qualifier {
                Qualifier::About => language.pick("都是约数", "about"),
                other => exactness(other, language),
            };
            return match language.is_english() {
                true => format!("change not computed, because the figures are stated as “{why}”"),
                false => format!("变化不计算，因各数{why}"),
            };
        }
    };
    let verb = language.pick(verb.0, verb.1);
    let by = difference(&before.quantity, &after.quantity);
    let by = match share {
        true => format!("{}{}", by.digits(), language.pick("个百分点", " percentage points")),
        // “Up 4 times” would mean something else; what is counted says the name before it.
        false if language.is_english() && before.indicator.dimension.is_counted() => by.without_unit(),
        false => by.printed(),
    };
    let percent = percent(before, after);
    if language.is_english() {
        let percent = percent.map_or_else(String::new, |percent| format!(" ({percent})"));
        return format!("{verb} {by}{percent}, computed");
    }
    let percent = percent.map_or_else(String::new, |percent| format!("，{verb}{percent}"));
    format!("{verb}{by}{percent}（推算）")
}

/// With the words for what it is compared with: 比上月增3个（推算）.
pub(super) fn step(before: &Fact, after: &Fact, language: Language) -> String {
    let stretches = (Stretch::of(before.time), Stretch::of(after.time));
    let monthly = matches!(stretches, (Some(one), Some(next)) if month_after(one, next));
    let change = change(before, after, language);
    if way(before, after) == Way::Unknown {
        return change;
    }
    let against = match monthly {
        true => language.pick("比上月", "against the month before: ").to_owned(),
        false => {
            let name = named(before, Some(after), language);
            language.pick(format!("比{name}"), format!("against {name}: "))
        }
    };
    let level = language.pick(change == "持平", false);
    if level {
        format!("与{}持平", against.trim_start_matches('比'))
    } else {
        format!("{against}{change}")
    }
}

/// From the first to the last: 12月比1月增7项，增700%（推算）.
pub(super) fn overall(facts: &[&Fact], language: Language) -> String {
    let (Some(first), Some(last)) = (facts.first(), facts.last()) else { return String::new() };
    let change = change(first, last, language);
    if way(first, last) == Way::Unknown {
        return change;
    }
    let (from, to) = (named(first, Some(last), language), named(last, Some(first), language));
    match language.is_english() {
        true => format!("{from} to {to}: {change}"),
        false if change == "持平" => format!("{to}与{from}持平"),
        false => format!("{to}比{from}{change}"),
    }
}

/// 12月, with the year where another figure stands in another one.
fn named(fact: &Fact, other: Option<&Fact>, language: Language) -> String {
    let (name, year) = tick(fact.time, language);
    let others = other.and_then(|other| tick(other.time, language).1);
    match year {
        Some(year) if Some(&year) != others.as_ref() => match language.is_english() {
            true => format!("{name} {year}"),
            false => format!("{year}{name}"),
        },
        _ => name,
    }
}

/// The difference without its sign, to as many digits after the point as either figure has.
fn difference(before: &Quantity, after: &Quantity) -> Quantity {
    let places = |quantity: &Quantity| {
        let digits = quantity.decimals.map_or_else(
            || format!("{}", quantity.value),
            |decimals| format!("{:.decimals$}", quantity.value),
        );
        digits.split_once('.').map_or(0, |(_, after)| after.len())
    };
    let decimals = places(before).max(places(after));
    let value = (after.value - before.value).abs();
    Quantity { value, decimals: Some(decimals), ..after.clone() }
}

/// In per cent of what it was: only for money and for what is counted, and only from something.
fn percent(before: &Fact, after: &Fact) -> Option<String> {
    let dimension = before.indicator.dimension;
    if !(dimension.is_counted() || dimension == Dimension::Money) || before.quantity.value <= 0.0 {
        return None;
    }
    let ratio = (after.quantity.value - before.quantity.value).abs() / before.quantity.value * 100.0;
    let (value, decimals) = three_significant(ratio);
    Some(format!("{value:.decimals$}%"))
}
