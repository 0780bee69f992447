//! Numerals in words, for headings and for counts in sentences.

use crate::model::Language;

const DIGITS: [char; 10] = ['零', '一', '二', '三', '四', '五', '六', '七', '八', '九'];

/// A count from 0 to 99 in Chinese numerals: 十四. Larger ones stay digits.
pub(super) fn han(count: usize) -> String {
    match count {
        0..=9 => DIGITS[count].to_string(),
        10 => "十".to_owned(),
        11..=19 => format!("十{}", DIGITS[count - 10]),
        20..=99 if count.is_multiple_of(10) => format!("{}十", DIGITS[count / 10]),
        20..=99 => format!("{}十{}", DIGITS[count / 10], DIGITS[count % 10]),
        _ => count.to_string(),
    }
}

/// A count before a measure word, where two is 两.
pub(super) fn han_of(count: usize) -> String {
    if count == 2 { "两".to_owned() } else { han(count) }
}

const WORDS: [&str; 13] =
    ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];

/// A count in a sentence, in the language of a document: 四, four; from thirteen English writes digits.
pub(super) fn count_of(count: usize, language: Language) -> String {
    match WORDS.get(count) {
        _ if !language.is_english() => han_of(count),
        Some(word) => (*word).to_owned(),
        None => count.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numerals_are_written_as_they_are_read() {
        let written: Vec<String> = [0, 1, 2, 10, 11, 20, 35, 99, 100].into_iter().map(han).collect();
        assert_eq!(written, ["零", "一", "二", "十", "十一", "二十", "三十五", "九十九", "100"]);
        assert_eq!(han_of(2), "两");
    }
}
