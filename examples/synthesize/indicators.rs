//! What the synthetic regions count: the lists of `indicators.txt` and `units.txt`.
//!
//! The numbers are left to `figures`.

use std::sync::LazyLock;

/// An indicator as the shared file has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Indicator {
    /// Which regions have it: `everywhere`, `some`, or `single` villages and cases.
    pub(crate) group: &'static str,
    pub(crate) theme: &'static str,
    pub(crate) id: &'static str,
    pub(crate) label: &'static str,
    pub(crate) unit: &'static str,
    /// `stock` or `flow`.
    pub(crate) nature: &'static str,
    /// The least and the most that one region may have of it.
    pub(crate) range: (i64, i64),
    pub(crate) english: &'static str,
    pub(crate) definition: &'static str,
    /// The row of a comparison; empty where it belongs to none.
    pub(crate) topic: &'static str,
}

/// A unit of measure.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Unit {
    pub(crate) symbol: &'static str,
    pub(crate) dimension: &'static str,
    /// How many base units it is.
    pub(crate) factor: &'static str,
    /// Empty where English needs no word.
    pub(crate) english: &'static str,
}

/// The parts of the annex of figures: id, label, English.
pub(crate) const THEMES: [(&str, &str, &str); 4] = [
    ("organisation", "组织联建", "Organisation"),
    ("economy", "产业与项目", "Industry and projects"),
    ("governance", "服务与治理", "Services and governance"),
    ("people", "队伍与活动", "People and events"),
];

/// All of them, in the order of the shared file.
pub(crate) static INDICATORS: LazyLock<Vec<Indicator>> = LazyLock::new(|| {
    let number = |text: &str| text.parse().unwrap_or_default();
    lines(include_str!("indicators.txt"))
        .map(|[group, theme, id, label, unit, nature, least, most, english, definition, topic]| Indicator {
            group,
            theme,
            id,
            label,
            unit,
            nature,
            range: (number(least), number(most)),
            english,
            definition,
            topic,
        })
        .collect()
});

/// All units, in the order of the shared file.
pub(crate) static UNITS: LazyLock<Vec<Unit>> = LazyLock::new(|| {
    lines(include_str!("units.txt"))
        .map(|[symbol, dimension, factor, english]| Unit { symbol, dimension, factor, english })
        .collect()
});

/// The indicator of an id.
///
/// # Panics
/// When `indicators.txt` has none.
pub(crate) fn indicator(id: &str) -> &'static Indicator {
    let found = INDICATORS.iter().find(|indicator| indicator.id == id);
    found.unwrap_or_else(|| panic!("no indicator `{id}` in indicators.txt"))
}

/// What a unit measures.
pub(crate) fn dimension(unit: &str) -> &'static str {
    UNITS.iter().find(|known| known.symbol == unit).map_or("count", |known| known.dimension)
}

/// The lines of a list, cut at `|`; `#` begins a remark.
pub(crate) fn lines<const N: usize>(list: &'static str) -> impl Iterator<Item = [&'static str; N]> {
    list.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).map(|line| {
        let mut parts = [""; N];
        for (part, text) in parts.iter_mut().zip(line.split('|')) {
            *part = text;
        }
        parts
    })
}
