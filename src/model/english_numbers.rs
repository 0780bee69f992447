//! Figures as English prints them: grouped digits, millions and billions in place of 万 and 亿, the word on exactness in front.
//!
//! What a figure is worth, and how Chinese prints it, is left to `quantity`.

use super::quantity::Qualifier;

/// A unit in English.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Spoken {
    /// The noun after the number; empty where what is counted says it (58 joint Party bodies), `%` without a blank.
    pub noun: String,
    /// How many of the noun the unit is: 10000 for 万元.
    pub scale: f64,
}

impl Spoken {
    /// A number as it is printed, without its noun: 1,200, or 44.8 million.
    pub fn say(&self, value: f64, decimals: Option<usize>) -> String {
        let (digits, word) = number(value, self.scale, decimals);
        if word.is_empty() { digits } else { format!("{digits} {word}") }
    }
}

/// A number in English: its digits, and `million` or `billion` where it needs one. `decimals`: digits after the point in the unit.
pub(super) fn number(value: f64, scale: f64, decimals: Option<usize>) -> (String, &'static str) {
    if scale <= 1.0 {
        let digits = match decimals {
            Some(decimals) => format!("{value:.decimals$}"),
            None => format!("{value}"),
        };
        return (grouped(&digits), "");
    }
    // What has been stated in a scale of ten thousands has no more than its own digits: rounding takes away what floating point added.
    let whole = (value * scale * 100.0).round() / 100.0;
    let (divisor, word) = if whole >= 1e9 {
        (1e9, "billion")
    } else if whole >= 1e6 {
        (1e6, "million")
    } else {
        (1.0, "")
    };
    let digits = format!("{:.6}", whole / divisor);
    (grouped(digits.trim_end_matches('0').trim_end_matches('.')), word)
}

/// 11103 → 11,103; years are no quantities and never come here.
fn grouped(digits: &str) -> String {
    let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(a, b)| (a, Some(b)));
    let mut text = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    match fraction {
        Some(fraction) => format!("{text}.{fraction}"),
        None => text,
    }
}

/// The noun for one: 1 time, 1 person.
pub(super) fn singular(noun: &str) -> String {
    match noun {
        "people" => "person".to_owned(),
        _ => match (noun.strip_suffix("ches"), noun.strip_suffix('s')) {
            (Some(stem), _) => format!("{stem}ch"),
            (None, Some(stem)) => stem.to_owned(),
            (None, None) => noun.to_owned(),
        },
    }
}

/// The word on exactness, which stands before the number.
pub(super) fn exactness(word: &str, qualifier: Qualifier) -> &'static str {
    match (word, qualifier) {
        ("", Qualifier::Exact) => "",
        ("不足", _) => "less than ",
        ("多于", _) => "more than ",
        (_, Qualifier::About) => "about ",
        (_, Qualifier::MoreThan) => "over ",
        (_, Qualifier::AtLeast) => "at least ",
        (_, Qualifier::Nearly) => "nearly ",
        (_, Qualifier::Exact) => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_no_plural() {
        for (noun, one) in
            [("times", "time"), ("people", "person"), ("batches", "batch"), ("mu", "mu"), ("%", "%")]
        {
            assert_eq!(singular(noun), one);
        }
    }

    #[test]
    fn ten_thousands_become_millions() {
        for (value, scale, decimals, printed) in [
            (58.0, 1.0, None, ("58", "")),
            (11103.0, 1.0, None, ("11,103", "")),
            (84.3, 1.0, None, ("84.3", "")),
            (70.0, 1e4, Some(1), ("700,000", "")),
            (2.10, 1e4, Some(2), ("21,000", "")),
            (4480.0, 1e4, None, ("44.8", "million")),
            (3029.56, 1e4, None, ("30.2956", "million")),
            (1.09, 1e8, None, ("109", "million")),
            (398.0, 1e8, None, ("39.8", "billion")),
            (9.47, 1e4, None, ("94,700", "")),
            (1.76, 1e4, None, ("17,600", "")),
            (0.25, 1.0, Some(3), ("0.250", "")),
        ] {
            let (digits, word) = number(value, scale, decimals);
            assert_eq!((digits.as_str(), word), printed, "{value} × {scale}");
        }
    }
}
