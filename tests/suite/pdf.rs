//! PDFs as other programs read them: every character with its place, and the words of a page.

use std::path::Path;

use crate::tools::output;

/// Points of a millimetre.
pub(crate) const MM: f64 = 72.0 / 25.4;

/// A character where its baseline begins, in points from the top left.
#[derive(Debug, Clone)]
pub(crate) struct Char {
    pub(crate) page: usize,
    pub(crate) x: f64,
    pub(crate) y: f64,
    /// Its right edge.
    pub(crate) right: f64,
    pub(crate) size: f64,
    pub(crate) font: String,
    pub(crate) c: char,
}

/// Characters of one size on one baseline.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) page: usize,
    pub(crate) y: f64,
    pub(crate) chars: Vec<Char>,
}

impl Line {
    pub(crate) fn left(&self) -> f64 {
        self.chars.iter().map(|c| c.x).fold(f64::INFINITY, f64::min)
    }

    pub(crate) fn right(&self) -> f64 {
        self.chars.iter().map(|c| c.right).fold(f64::NEG_INFINITY, f64::max)
    }

    pub(crate) fn text(&self) -> String {
        self.chars.iter().map(|c| c.c).collect()
    }
}

/// All characters, by the structured text of `mutool`.
pub(crate) fn chars(pdf: &Path) -> Vec<Char> {
    let xml = output("mutool", ["draw", "-q", "-F", "stext", "-o", "-", &pdf.display().to_string()]);
    let (mut page, mut font, mut size) = (0, String::new(), 0.0);
    let mut found = Vec::new();
    for line in xml.lines() {
        if line.starts_with("<page ") {
            page += 1;
        } else if line.starts_with("<font ") {
            font = attribute(line, "name").to_owned();
            size = number(attribute(line, "size"));
        } else if line.starts_with("<char ") {
            let quad: Vec<f64> = attribute(line, "quad").split(' ').map(number).collect();
            let (x, y) = (number(attribute(line, "x")), number(attribute(line, "y")));
            let c = character(attribute(line, "c"));
            found.push(Char { page, x, y, right: quad[2], size, font: font.clone(), c });
        }
    }
    assert!(page > 0 && !found.is_empty(), "mutool reads nothing in {}", pdf.display());
    found
}

/// Lines of the characters of a size, from the top of each page; blanks are left out.
pub(crate) fn lines(chars: &[Char], size: std::ops::Range<f64>) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for char in chars.iter().filter(|c| size.contains(&c.size) && !c.c.is_whitespace()) {
        match lines.iter_mut().find(|line| line.page == char.page && (line.y - char.y).abs() < 1.0) {
            Some(line) => line.chars.push(char.clone()),
            None => lines.push(Line { page: char.page, y: char.y, chars: vec![char.clone()] }),
        }
    }
    lines.sort_by(|a, b| (a.page, a.y).partial_cmp(&(b.page, b.y)).expect("numbers"));
    for line in &mut lines {
        line.chars.sort_by(|a, b| a.x.total_cmp(&b.x));
    }
    lines
}

/// The text layer of each page, by `pdftotext`, in the order of the file.
pub(crate) fn texts(pdf: &Path) -> Vec<String> {
    let text = output("pdftotext", ["-raw", &pdf.display().to_string(), "-"]);
    text.trim_end_matches('\u{c}').split('\u{c}').map(str::to_owned).collect()
}

/// A text without its blanks.
pub(crate) fn squeezed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// How often a figure stands in a text, whatever blanks are in it; not as the end of a longer number.
pub(crate) fn count(figure: &str, text: &str) -> usize {
    let wanted: Vec<char> = figure.chars().filter(|c| !c.is_whitespace()).collect();
    let text: Vec<char> = text.chars().collect();
    let fits = |at: &usize| {
        let longer = |c: &char| c.is_ascii_digit() || *c == '.';
        if text[..*at].last().is_some_and(longer) {
            return false;
        }
        let mut rest = text[*at..].iter();
        let blank = text[*at].is_whitespace();
        !blank && wanted.iter().all(|c| rest.find(|t| !t.is_whitespace()) == Some(c))
    };
    (0..text.len()).filter(fits).count()
}

fn attribute<'a>(line: &'a str, name: &str) -> &'a str {
    let (_, rest) = line.split_once(&format!(" {name}=\"")).unwrap_or_else(|| panic!("no {name}: {line}"));
    rest.split('"').next().unwrap_or_default()
}

fn number(text: &str) -> f64 {
    text.parse().unwrap_or_else(|e| panic!("`{text}`: {e}"))
}

fn character(text: &str) -> char {
    let named = [("&lt;", '<'), ("&gt;", '>'), ("&amp;", '&'), ("&quot;", '"'), ("&apos;", '\'')];
    if let Some((_, c)) = named.iter().find(|(name, _)| *name == text) {
        return *c;
    }
    match text.strip_prefix("&#x").and_then(|hex| hex.strip_suffix(';')) {
        Some(hex) => u32::from_str_radix(hex, 16).ok().and_then(char::from_u32).expect("a character"),
        None => text.chars().next().expect("a character"),
    }
}

#[test]
fn a_figure_is_no_part_of_a_longer_number() {
    assert_eq!(count("58个", "158个 3.58个 58 个\n58\n个5 8个"), 3);
    assert_eq!(count("58个", "58家"), 0);
}
