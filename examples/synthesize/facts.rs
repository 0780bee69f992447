//! Facts, what is computed from them, and relations, as a region's file has them.
//!
//! What is drawn for a region is left to `figures`.

use crate::draw::Draw;
use crate::entries::Entries;
use crate::indicators::{Indicator, indicator};

/// The year that the figures are about.
pub(crate) const YEAR: i64 = 2025;

/// The source of the year's account, of the visits, and of the year before.
pub(crate) const ACCOUNT: usize = 0;
pub(crate) const VISITS: usize = 1;
pub(crate) const BEFORE: usize = 2;

/// A number in tenths, so that sums are exact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Amount(pub(crate) i64);

impl Amount {
    /// As digits: 12, 12.5.
    pub(crate) fn digits(self) -> String {
        match self.0 % 10 {
            0 => (self.0 / 10).to_string(),
            tenth => format!("{}.{tenth}", self.0 / 10),
        }
    }
}

/// A fact.
#[derive(Debug, Clone)]
pub(crate) struct Fact {
    pub(crate) id: String,
    pub(crate) indicator: &'static Indicator,
    pub(crate) value: Amount,
    /// The qualifier and its word; none for an exact figure.
    pub(crate) qualifier: Option<(&'static str, &'static str)>,
    /// What is counted, where the indicator's label is not enough.
    pub(crate) label: Option<String>,
    /// The id of its place; none for the region itself.
    pub(crate) place: Option<String>,
    /// When: keys and dates.
    pub(crate) time: Vec<(&'static str, String)>,
    pub(crate) target: bool,
    pub(crate) coverage: &'static str,
    /// Which source, counted from 0.
    pub(crate) source: usize,
    pub(crate) note: Option<String>,
}

/// A figure that the program computes.
#[derive(Debug, Clone)]
pub(crate) struct Derived {
    pub(crate) id: &'static str,
    pub(crate) label: &'static str,
    pub(crate) formula: String,
    pub(crate) unit: &'static str,
    pub(crate) per: Option<&'static str>,
    pub(crate) theme: &'static str,
}

/// All figures of one region.
#[derive(Debug, Default)]
pub(crate) struct Figures {
    /// What the county is called, without 县.
    pub(crate) county: String,
    pub(crate) facts: Vec<Fact>,
    pub(crate) derived: Vec<Derived>,
    /// Total and parts.
    pub(crate) sums: Vec<(String, Vec<String>)>,
    /// Each at most the one before it.
    pub(crate) chains: Vec<Vec<String>>,
    /// Facts that must never be added, and why.
    pub(crate) apart: Vec<(Vec<String>, &'static str)>,
    /// The indicators that this region has beyond those of every region.
    pub(crate) extras: Vec<&'static Indicator>,
}

impl Figures {
    /// Adds a fact of the whole region in the year's account, in whole units; what differs is set by whoever asked.
    pub(crate) fn add(&mut self, id: &str, of: &'static str, value: i64) -> &mut Fact {
        self.tenths(id, of, value * 10)
    }

    /// The same, in tenths.
    pub(crate) fn tenths(&mut self, id: &str, of: &'static str, tenths: i64) -> &mut Fact {
        let indicator = indicator(of);
        let time = match indicator.nature {
            "stock" => vec![("as_of", format!("{YEAR}-12"))],
            _ => over_year(YEAR),
        };
        self.facts.push(Fact {
            id: id.to_owned(),
            indicator,
            value: Amount(tenths),
            qualifier: None,
            label: None,
            place: None,
            time,
            target: false,
            coverage: "whole",
            source: ACCOUNT,
            note: None,
        });
        let last = self.facts.len() - 1;
        &mut self.facts[last]
    }

    /// A fact by its id.
    ///
    /// # Panics
    /// When there is none.
    pub(crate) fn fact(&self, id: &str) -> &Fact {
        self.facts.iter().find(|fact| fact.id == id).unwrap_or_else(|| panic!("no fact `{id}`"))
    }

    /// The parts of a total that belong to one indicator.
    pub(crate) fn parts_of(&self, indicator: &str) -> Vec<&Fact> {
        self.facts.iter().filter(|fact| fact.indicator.id == indicator).collect()
    }

    /// Writes all of them.
    pub(crate) fn write(&self, sources: &[String], paragraphs: &mut Draw, to: &mut Entries) {
        for fact in &self.facts {
            let (qualifier, word) = fact.qualifier.unwrap_or(("exact", ""));
            to.table("[[fact]]").text("id", &fact.id).text("indicator", fact.indicator.id);
            to.bare("value", fact.value.digits()).text("as_printed", fact.as_printed());
            to.maybe("label", fact.label.as_deref()).maybe("place", fact.place.as_deref());
            for (key, date) in &fact.time {
                to.text(key, date);
            }
            if !word.is_empty() {
                to.text("qualifier", qualifier).text("word", word);
            }
            if fact.target {
                to.text("nature", "target");
            }
            to.text("coverage", fact.coverage).text("source", &sources[fact.source]);
            to.bare("paragraph", paragraphs.between(1, 28)).text("entered_by", "合成甲");
            to.text("checked_by", "合成乙").maybe("note", fact.note.as_deref());
        }
        for derived in &self.derived {
            to.table("[[derived]]").text("id", derived.id).text("label", derived.label);
            to.text("formula", &derived.formula).text("unit", derived.unit).maybe("per", derived.per);
            to.text("theme", derived.theme);
        }
        for (total, parts) in &self.sums {
            to.table("[[relation]]").text("kind", "sum").text("total", total).list("parts", parts);
        }
        for chain in &self.chains {
            to.table("[[relation]]").text("kind", "descending").list("chain", chain);
        }
        for (facts, why) in &self.apart {
            to.table("[[relation]]").text("kind", "never-sum").list("facts", facts).text("why", why);
        }
    }
}

impl Fact {
    /// What is counted.
    pub(crate) fn what(&self) -> &str {
        self.label.as_deref().unwrap_or(self.indicator.label)
    }

    fn as_printed(&self) -> String {
        let (digits, unit) = (self.value.digits(), self.indicator.unit);
        match self.qualifier.map_or("", |(_, word)| word) {
            word @ ("余" | "多") => format!("{digits}{word}{unit}"),
            word @ ("以上" | "左右") => format!("{digits}{unit}{word}"),
            word => format!("{word}{digits}{unit}"),
        }
    }
}

/// A year from its first to its last month.
pub(crate) fn over_year(year: i64) -> Vec<(&'static str, String)> {
    vec![("from", format!("{year}-01")), ("to", format!("{year}-12"))]
}
