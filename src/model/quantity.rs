//! Numbers with a unit and a word on how exact they are, and how they are printed.
//!
//! What they count is left to the facts.

use std::fmt;

use super::english_numbers::{self, Spoken};

/// What a unit measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dimension {
    /// Things: 个, 家, 次.
    Count,
    /// People: 人, 名.
    People,
    /// Attendances, in which one person counts several times: 人次.
    Attendance,
    /// Money.
    Money,
    /// Area.
    Area,
    /// Length.
    Length,
    /// Mass.
    Mass,
    /// Volume.
    Volume,
    /// Power.
    Power,
    /// Duration.
    Duration,
    /// A share in per cent.
    Share,
}

impl Dimension {
    /// All of them with the names that files use.
    pub const ALL: [(&'static str, Self); 11] = [
        ("count", Self::Count),
        ("people", Self::People),
        ("attendance", Self::Attendance),
        ("money", Self::Money),
        ("area", Self::Area),
        ("length", Self::Length),
        ("mass", Self::Mass),
        ("volume", Self::Volume),
        ("power", Self::Power),
        ("duration", Self::Duration),
        ("share", Self::Share),
    ];

    /// Whether it counts things or people, so that "each" of them can be said.
    pub fn is_counted(self) -> bool {
        matches!(self, Self::Count | Self::People | Self::Attendance)
    }
}

impl fmt::Display for Dimension {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = Self::ALL.iter().find(|(_, d)| d == self).map_or("", |(name, _)| name);
        f.write_str(name)
    }
}

/// A unit of measure.
#[derive(Debug, Clone, PartialEq)]
pub struct Unit {
    /// As printed.
    pub symbol: String,
    /// What it measures.
    pub dimension: Dimension,
    /// How many base units it is.
    pub factor: f64,
    /// In English.
    pub english: String,
}

/// How exact a figure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Qualifier {
    /// As counted.
    Exact,
    /// 约, 左右: near it, on either side.
    About,
    /// 余, 多, 超, 突破: more than it.
    MoreThan,
    /// 以上: it or more.
    AtLeast,
    /// 近: a little less.
    Nearly,
}

impl Qualifier {
    /// All of them with the names that files use and the words that sources use.
    pub const ALL: [(&'static str, Self, &'static [&'static str]); 5] = [
        ("exact", Self::Exact, &[]),
        ("about", Self::About, &["约", "左右"]),
        ("more-than", Self::MoreThan, &["余", "多", "超", "突破"]),
        ("at-least", Self::AtLeast, &["以上"]),
        ("nearly", Self::Nearly, &["近"]),
    ];

    /// The name that files use.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|entry| entry.1 == self).map_or("", |entry| entry.0)
    }

    /// The words that go with it; the first is the usual one.
    pub fn words(self) -> &'static [&'static str] {
        Self::ALL.iter().find(|entry| entry.1 == self).map_or(&[], |entry| entry.2)
    }

    /// Which way the true value lies: −1 below, 1 above, 0 neither or unknown.
    pub fn direction(self) -> i8 {
        match self {
            Self::Exact | Self::About => 0,
            Self::MoreThan | Self::AtLeast => 1,
            Self::Nearly => -1,
        }
    }
}

/// What a figure speaks of: what is, or what is to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Nature {
    /// What was counted or reached.
    Result,
    /// What is to be reached.
    Target,
    /// What is expected (预计).
    Expected,
    /// What a plant can do, not what it made.
    Capacity,
}

impl Nature {
    /// All of them with the names that files use.
    pub const ALL: [(&'static str, Self); 4] = [
        ("result", Self::Result),
        ("target", Self::Target),
        ("expected", Self::Expected),
        ("capacity", Self::Capacity),
    ];

    /// The name that files use.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|entry| entry.1 == self).map_or("", |entry| entry.0)
    }

    /// Whether it is drawn open, with ◇.
    pub fn is_ahead(self) -> bool {
        matches!(self, Self::Target | Self::Expected)
    }
}

/// A number as it is printed.
#[derive(Debug, Clone, PartialEq)]
pub struct Quantity {
    /// In the unit.
    pub value: f64,
    /// The upper end of a range.
    pub upper: Option<f64>,
    /// The unit's symbol.
    pub unit: String,
    /// How exact it is.
    pub qualifier: Qualifier,
    /// The word that says so; empty for an exact figure.
    pub word: String,
    /// Digits after the point; none for as many as the number has.
    pub decimals: Option<usize>,
    /// The unit in English, where the figure is printed in that language.
    pub spoken: Option<Spoken>,
}

impl Quantity {
    /// The digits: a range as 1至2.
    pub fn digits(&self) -> String {
        if let Some(spoken) = &self.spoken {
            let one = |value| english_numbers::number(value, spoken.scale, self.decimals).0;
            return match self.upper {
                Some(upper) => format!("{}–{}", one(self.value), one(upper)),
                None => one(self.value),
            };
        }
        let one = |value: f64| match self.decimals {
            Some(decimals) => format!("{value:.decimals$}"),
            None => format!("{value}"),
        };
        match self.upper {
            Some(upper) => format!("{}至{}", one(self.value), one(upper)),
            None => one(self.value),
        }
    }

    /// What stands before the digits, between digits and unit, and after the unit: 近|1000||万元, 500|多|人, 1.5||万元|以上.
    pub fn affixes(&self) -> (&str, &str, &str) {
        if self.spoken.is_some() {
            return (english_numbers::exactness(&self.word, self.qualifier), "", "");
        }
        match self.word.as_str() {
            "余" | "多" => ("", &self.word, ""),
            "以上" | "左右" => ("", "", &self.word),
            before => (before, "", ""),
        }
    }

    /// What stands behind the number: the unit; in English with the blank before it, and with million or billion.
    pub fn unit_in_words(&self) -> String {
        let Some(spoken) = &self.spoken else { return self.unit.clone() };
        let blank = if spoken.noun.is_empty() || spoken.noun == "%" { "" } else { " " };
        let is_one = self.upper.is_none() && self.value == 1.0 && spoken.scale <= 1.0;
        let noun = if is_one { english_numbers::singular(&spoken.noun) } else { spoken.noun.clone() };
        format!("{}{blank}{noun}", self.scale_in_words())
    }

    /// ` million`, where English needs it; Chinese units hold their own scale.
    fn scale_in_words(&self) -> String {
        let Some(spoken) = &self.spoken else { return String::new() };
        match english_numbers::number(self.upper.unwrap_or(self.value), spoken.scale, self.decimals).1 {
            "" => String::new(),
            word => format!(" {word}"),
        }
    }

    /// The whole as printed.
    pub fn printed(&self) -> String {
        let (before, after, tail) = self.affixes();
        format!("{before}{}{after}{}{tail}", self.digits(), self.unit_in_words())
    }

    /// The number with its qualifier, without the unit.
    pub fn without_unit(&self) -> String {
        let (before, after, tail) = self.affixes();
        format!("{before}{}{after}{}{tail}", self.digits(), self.scale_in_words())
    }
}

/// The number in digits or Chinese numerals at the first place where one stands; none where there is none.
pub(super) fn read_number(text: &str) -> Option<f64> {
    let digits: String = text
        .chars()
        .map(|c| match c {
            '０'..='９' => char::from_digit(u32::from(c) - u32::from('０'), 10).unwrap_or(c),
            _ => c,
        })
        .filter(|c| *c != ',' && *c != '，')
        .skip_while(|c| !c.is_ascii_digit())
        .take_while(|c| c.is_ascii_digit() || *c == '.')
        .collect();
    if !digits.is_empty() {
        return digits.trim_end_matches('.').parse().ok();
    }
    let numeral = |c: &char| "零〇一二两三四五六七八九十百千万半".contains(*c);
    let han: Vec<char> = text.chars().skip_while(|c| !numeral(c)).take_while(numeral).collect();
    if han.is_empty() { None } else { read_han(&han) }
}

/// 十七 → 17, 二百 → 200, 一千零三 → 1003, 半 → 0.5.
fn read_han(han: &[char]) -> Option<f64> {
    if han == ['半'] {
        return Some(0.5);
    }
    let (mut total, mut section, mut digit) = (0_u64, 0_u64, 0_u64);
    for &c in han {
        let unit = match c {
            '十' => 10,
            '百' => 100,
            '千' => 1000,
            '万' => {
                total = (total + section + digit).max(1) * 10_000;
                (section, digit) = (0, 0);
                continue;
            }
            _ => {
                digit = "零一二三四五六七八九".chars().position(|d| d == c).unwrap_or(match c {
                    '两' => 2,
                    _ => 0,
                }) as u64;
                continue;
            }
        };
        section += digit.max(1) * unit;
        digit = 0;
    }
    #[expect(clippy::cast_precision_loss, reason = "numerals in words are far below 2^52")]
    Some((total + section + digit) as f64)
}

/// Rounds to three significant digits and says how many stand after the point.
pub fn three_significant(value: f64) -> (f64, usize) {
    if value == 0.0 || !value.is_finite() {
        return (value, 0);
    }
    #[expect(clippy::cast_possible_truncation, reason = "the exponent of a finite number fits")]
    let magnitude = value.abs().log10().floor() as i32;
    let decimals = usize::try_from((2 - magnitude).max(0)).unwrap_or(0);
    let scale = 10_f64.powi(2 - magnitude);
    let rounded = (value * scale).round() / scale;
    // 9.996 rounds up into the next magnitude, where one digit less stands after the point.
    #[expect(clippy::cast_possible_truncation, reason = "the exponent of a finite number fits")]
    let after = rounded.abs().log10().floor() as i32;
    let decimals = if after > magnitude { decimals.saturating_sub(1) } else { decimals };
    (rounded, decimals)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quantity(value: f64, unit: &str, qualifier: Qualifier, word: &str) -> Quantity {
        Quantity {
            value,
            upper: None,
            unit: unit.into(),
            qualifier,
            word: word.into(),
            decimals: None,
            spoken: None,
        }
    }

    #[test]
    fn the_word_stands_where_chinese_puts_it() {
        for (value, unit, qualifier, word, printed) in [
            (1000.0, "万元", Qualifier::Nearly, "近", "近1000万元"),
            (500.0, "人", Qualifier::MoreThan, "多", "500多人"),
            (1.5, "万元", Qualifier::AtLeast, "以上", "1.5万元以上"),
            (100.0, "万元", Qualifier::MoreThan, "超", "超100万元"),
            (3029.56, "万元", Qualifier::Exact, "", "3029.56万元"),
        ] {
            assert_eq!(quantity(value, unit, qualifier, word).printed(), printed);
        }
        let range = Quantity { upper: Some(2.0), ..quantity(1.0, "个", Qualifier::Exact, "") };
        assert_eq!(range.printed(), "1至2个");
    }

    #[test]
    fn digits_and_numerals_are_read() {
        for (text, value) in [
            ("近1000万元", 1000.0),
            ("1.5万元以上", 1.5),
            ("三村", 3.0),
            ("两套", 2.0),
            ("十七", 17.0),
            ("一百二十个", 120.0),
            ("11,103名", 11103.0),
            ("半年", 0.5),
            ("３０个", 30.0),
        ] {
            assert_eq!(read_number(text), Some(value), "{text}");
        }
        assert_eq!(read_number("若干"), None);
    }

    #[test]
    fn ratios_have_three_significant_digits() {
        for (value, text) in [
            (350.0 / 167.0, "2.10"),
            (9375.0 / 51.0, "184"),
            (70.0, "70.0"),
            (9.996, "10.0"),
            (0.032_53, "0.0325"),
            (1234.0, "1230"),
        ] {
            let (rounded, decimals) = three_significant(value);
            assert_eq!(format!("{rounded:.decimals$}"), text);
        }
    }
}
