//! Figures that no source states: computed from facts, with units that close and bounds that carry through.
//!
//! Their place on paper, with the word 推算 and the formula, is left to the views.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use toml::Spanned;

use super::Unit;
use super::catalogue::{Catalogue, Source, plain};
use super::fact::{Coverage, Fact};
use super::quantity::{Dimension, Qualifier, Quantity, three_significant};
use super::reader::Reader;
use super::region::Region;
use super::time::Time;
use crate::casefile::{DerivedEntry, RelationEntry};
use crate::diag::{Problem, Span, nearest};

/// A computed figure.
#[derive(Debug, Clone)]
pub struct Derived {
    /// The id, unique among facts and derived figures.
    pub id: String,
    /// What it is.
    pub label: String,
    /// The result, rounded as it is printed.
    pub quantity: Quantity,
    /// The formula with the numbers in it: 4480÷64; with their units where these differ in scale: 1.09亿元÷323.
    pub formula: String,
    /// Whether the formula holds units, so that the result is printed with its own beside it.
    pub scaled: bool,
    /// What it is divided by: 村.
    pub per: Option<String>,
    /// The theme it is listed under.
    pub theme: String,
    /// The row of a comparison it belongs to.
    pub topic: Option<String>,
    /// The label in a comparison's cell.
    pub short: String,
    /// The facts it is computed from, in the order of the formula.
    pub facts: Vec<String>,
    /// Whether it is computed from targets or expectations.
    pub ahead: bool,
    /// The place of the first of its facts.
    pub place: String,
    /// The time of its facts, where it is one.
    pub time: Option<Time>,
    /// The coverage of the first of its facts.
    pub coverage: Coverage,
    /// The source of the first of its facts.
    pub source: Arc<Source>,
    /// Anything worth knowing.
    pub note: Option<String>,
    /// Where it is written.
    pub span: Span,
}

/// Reads the derived figures of a region and computes them.
pub(super) fn read(
    region: &mut Region,
    entries: &[Spanned<DerivedEntry>],
    relations: &[Spanned<RelationEntry>],
    catalogue: &Catalogue,
    reader: &mut Reader<'_>,
) {
    let apart = never_summed(relations);
    let mut ids: BTreeMap<String, ((), Span)> =
        region.facts.iter().map(|fact| (fact.id.clone(), ((), fact.span.clone()))).collect();
    let mut found = Vec::new();
    for entry in entries {
        let (head, raw) = (reader.span(entry), entry.get_ref());
        let Some((id, span)) = reader.need_id(&raw.id, "the derived figure", &head) else { continue };
        reader.insert(&mut ids, "figure", id.clone(), span.clone(), ());
        let name = format!("derived figure `{id}`");
        let label = reader.need_text(&raw.label, "label", &name, "\"每村衔接补助\"", &head);
        let theme = reader.need(&raw.theme, "theme", &name, "\"economy\"", &head);
        let theme = theme.and_then(|t| reader.known("theme", t, catalogue.themes.keys().map(String::as_str)));
        let topic = match &raw.topic {
            Some(topic) => reader.known("topic", topic, catalogue.topics.keys().map(String::as_str)),
            None => None,
        };
        let unit = reader.need(&raw.unit, "unit", &name, "\"万元\"", &head);
        let unit = unit.and_then(|unit| catalogue.unit(unit, None, &id, reader)).cloned();
        let formula = reader.need(&raw.formula, "formula", &name, "\"grant / grant-villages\"", &head);
        let (Some(label), Some(theme), Some(unit), Some(formula)) = (label, theme, unit, formula) else {
            continue;
        };
        if formula.get_ref().split_whitespace().any(|token| region.failed.contains(token)) {
            continue;
        }
        let place = reader.span(formula);
        let mixed = mixed_scales(formula.get_ref(), &unit, region, catalogue);
        let scaled = mixed.contains(&unit.dimension);
        let parsed = Parser::new(formula.get_ref(), region, catalogue, &apart, mixed).parse();
        let (value, text) = match parsed {
            Ok(parsed) => parsed,
            Err(problem) => {
                reader.report(problem, place);
                continue;
            }
        };
        let quantity = match close(&value, &unit, raw.per.is_some()) {
            Ok(quantity) => quantity,
            Err(problem) => {
                reader.report(problem, place);
                continue;
            }
        };
        let facts: Vec<&Fact> = value.facts.iter().filter_map(|id| region.fact(id)).collect();
        let Some(first) = facts.first() else {
            reader.report(Problem::BadFormula { message: "the formula names no fact".into() }, place);
            continue;
        };
        let same = facts.iter().all(|fact| fact.time == first.time);
        found.push(Derived {
            short: plain(&raw.short).unwrap_or_else(|| label.clone()),
            per: plain(&raw.per),
            note: plain(&raw.note),
            ahead: value.ahead == Some(true),
            place: first.place.clone(),
            time: same.then_some(first.time),
            coverage: first.coverage,
            source: Arc::clone(&first.source),
            facts: value.facts.clone(),
            formula: text,
            scaled,
            id,
            label,
            quantity,
            theme,
            topic,
            span,
        });
    }
    region.derived = found;
}

/// Pairs of facts that must not be added.
fn never_summed(relations: &[Spanned<RelationEntry>]) -> BTreeSet<(String, String)> {
    let mut pairs = BTreeSet::new();
    for relation in relations {
        let relation = relation.get_ref();
        if relation.kind.as_ref().is_none_or(|kind| kind.get_ref() != "never-sum") {
            continue;
        }
        let ids: Vec<&String> =
            relation.facts.iter().flat_map(|list| list.get_ref()).map(Spanned::get_ref).collect();
        for a in &ids {
            for b in &ids {
                if a != b {
                    pairs.insert(((*a).clone(), (*b).clone()));
                }
            }
        }
    }
    pairs
}

/// Dimensions whose numbers stand in the formula, or in it and the result, in units of different scale, as 亿元 and 万元: bare
/// numbers would not make the equation true.
fn mixed_scales(formula: &str, result: &Unit, region: &Region, catalogue: &Catalogue) -> BTreeSet<Dimension> {
    let mut scales = BTreeMap::from([(result.dimension, result.factor)]);
    let facts = formula.split_whitespace().filter_map(|token| region.fact(token));
    let units = facts.map(|fact| &catalogue.units[&fact.quantity.unit].0);
    units
        .filter(|unit| *scales.entry(unit.dimension).or_insert(unit.factor) != unit.factor)
        .map(|unit| unit.dimension)
        .collect()
}

/// A number on its way through a formula, in base units.
#[derive(Debug, Clone)]
struct Value {
    number: f64,
    /// Exponents of the dimensions.
    dimensions: BTreeMap<Dimension, i32>,
    /// −1: the true value is below, 1: above, 0: neither.
    direction: i8,
    about: bool,
    /// Whether targets are in it; none for a bare number.
    ahead: Option<bool>,
    /// The most digits after the point of any operand, in the unit it was stated in.
    decimals: usize,
    /// Whether it was multiplied or divided.
    ratio: bool,
    facts: Vec<String>,
}

struct Parser<'a> {
    tokens: Vec<&'a str>,
    at: usize,
    region: &'a Region,
    catalogue: &'a Catalogue,
    apart: &'a BTreeSet<(String, String)>,
    /// Whose numbers are written with their units.
    mixed: BTreeSet<Dimension>,
    text: String,
}

impl<'a> Parser<'a> {
    fn new(
        formula: &'a str,
        region: &'a Region,
        catalogue: &'a Catalogue,
        apart: &'a BTreeSet<(String, String)>,
        mixed: BTreeSet<Dimension>,
    ) -> Self {
        let tokens = formula.split_whitespace().collect();
        Self { tokens, at: 0, region, catalogue, apart, mixed, text: String::new() }
    }

    fn parse(mut self) -> Result<(Value, String), Problem> {
        let value = self.sum(0)?;
        match self.tokens.get(self.at) {
            None => Ok((value, self.text)),
            Some(token) => Err(bad(format!("`{token}` does not belong here"))),
        }
    }

    fn next_is(&mut self, operators: [&str; 2]) -> Option<bool> {
        let token = self.tokens.get(self.at)?;
        let found = operators.iter().position(|operator| operator == token)?;
        self.at += 1;
        Some(found == 0)
    }

    fn sum(&mut self, depth: usize) -> Result<Value, Problem> {
        let mut left = self.product(depth)?;
        while let Some(plus) = self.next_is(["+", "-"]) {
            self.text.push(if plus { '＋' } else { '－' });
            let right = self.product(depth)?;
            left = self.add(left, right, plus)?;
        }
        Ok(left)
    }

    fn product(&mut self, depth: usize) -> Result<Value, Problem> {
        let mut left = self.factor(depth)?;
        while let Some(times) = self.next_is(["*", "/"]) {
            self.text.push(if times { '×' } else { '÷' });
            let right = self.factor(depth)?;
            left = multiply(left, right, times)?;
        }
        Ok(left)
    }

    fn factor(&mut self, depth: usize) -> Result<Value, Problem> {
        let Some(&token) = self.tokens.get(self.at) else {
            return Err(bad("the formula ends too early".into()));
        };
        self.at += 1;
        if token == "(" {
            if depth > 16 {
                return Err(bad("brackets are nested too deeply".into()));
            }
            self.text.push('（');
            let inner = self.sum(depth + 1)?;
            if self.tokens.get(self.at) != Some(&")") {
                return Err(bad("a bracket is not closed".into()));
            }
            self.at += 1;
            self.text.push('）');
            return Ok(inner);
        }
        if token.starts_with(|c: char| c.is_ascii_digit()) {
            let (digits, share) = token.strip_suffix('%').map_or((token, false), |digits| (digits, true));
            let number: f64 = digits.parse().map_err(|_| bad(format!("`{token}` is not a number")))?;
            self.text.push_str(digits);
            let dimensions = if share { BTreeMap::from([(Dimension::Share, 1)]) } else { BTreeMap::new() };
            let decimals = digits.split_once('.').map_or(0, |(_, after)| after.len());
            return Ok(Value {
                number,
                dimensions,
                direction: 0,
                about: false,
                ahead: None,
                decimals,
                ratio: false,
                facts: Vec::new(),
            });
        }
        let Some(fact) = self.region.fact(token) else {
            let near = nearest(token, self.region.facts.iter().map(|f| f.id.as_str()));
            return Err(Problem::DanglingId { kind: "fact", id: token.to_owned(), near });
        };
        if fact.quantity.upper.is_some() {
            return Err(bad(format!("`{token}` is a range, which cannot be computed with")));
        }
        let (quantity, unit) = (&fact.quantity, &self.catalogue.units[&fact.quantity.unit].0);
        let with_unit = self.mixed.contains(&unit.dimension);
        self.text.push_str(&if with_unit { quantity.printed() } else { quantity.without_unit() });
        let digits = fact.quantity.digits();
        Ok(Value {
            number: fact.quantity.value * unit.factor,
            dimensions: BTreeMap::from([(unit.dimension, 1)]),
            direction: fact.quantity.qualifier.direction(),
            about: fact.quantity.qualifier == Qualifier::About,
            ahead: Some(fact.nature.is_ahead()),
            decimals: digits.split_once('.').map_or(0, |(_, after)| after.len()),
            ratio: false,
            facts: vec![fact.id.clone()],
        })
    }

    fn add(&self, left: Value, right: Value, plus: bool) -> Result<Value, Problem> {
        if left.dimensions != right.dimensions {
            let message = "the formula adds quantities of different dimensions".to_owned();
            let hint = "only like things are added".to_owned();
            return Err(Problem::FormulaMixes { message, hint });
        }
        if plus {
            for a in &left.facts {
                for b in &right.facts {
                    if self.apart.contains(&(a.clone(), b.clone())) {
                        let message = format!("the formula adds `{a}` and `{b}`, which are never summed");
                        let hint = "a `never-sum` relation of this file names both".to_owned();
                        return Err(Problem::FormulaMixes { message, hint });
                    }
                }
            }
        }
        let number = if plus { left.number + right.number } else { left.number - right.number };
        let direction = if plus { right.direction } else { -right.direction };
        combine(left, right, number, direction)
    }
}

fn multiply(left: Value, right: Value, times: bool) -> Result<Value, Problem> {
    if !times && right.number == 0.0 {
        return Err(bad("the formula divides by zero".into()));
    }
    let number = if times { left.number * right.number } else { left.number / right.number };
    let direction = if times { right.direction } else { -right.direction };
    let mut dimensions = left.dimensions.clone();
    for (dimension, exponent) in &right.dimensions {
        let sum = dimensions.entry(*dimension).or_insert(0);
        *sum += if times { *exponent } else { -exponent };
        if *sum == 0 {
            dimensions.remove(dimension);
        }
    }
    let value = combine(left, right, number, direction)?;
    Ok(Value { dimensions, ratio: true, ..value })
}

fn combine(left: Value, right: Value, number: f64, direction: i8) -> Result<Value, Problem> {
    let ahead = match (left.ahead, right.ahead) {
        (Some(a), Some(b)) if a != b => {
            let message = "the formula mixes a target with a result".to_owned();
            let hint = "a target is compared with a result side by side, never in one figure".to_owned();
            return Err(Problem::FormulaMixes { message, hint });
        }
        (a, b) => a.or(b),
    };
    if left.direction * direction < 0 {
        let message =
            "one bound lies above and the other below, so nothing is known of the result".to_owned();
        return Err(Problem::FormulaMixes { message, hint: "leave the figure out".into() });
    }
    let mut facts = left.facts;
    facts.extend(right.facts);
    Ok(Value {
        number,
        dimensions: left.dimensions,
        direction: left.direction + direction,
        about: left.about || right.about,
        ahead,
        decimals: left.decimals.max(right.decimals),
        ratio: left.ratio || right.ratio,
        facts,
    })
}

/// Turns the result into the declared unit, if the dimensions allow it.
fn close(value: &Value, unit: &Unit, per: bool) -> Result<Quantity, Problem> {
    let mut dimensions = value.dimensions.clone();
    if per {
        dimensions.retain(|dimension, exponent| !(dimension.is_counted() && *exponent == -1));
    }
    let number = if dimensions == BTreeMap::from([(unit.dimension, 1)]) {
        value.number / unit.factor
    } else if dimensions.is_empty() && unit.dimension == Dimension::Share && value.ratio {
        value.number * 100.0
    } else if dimensions.is_empty() && per && unit.dimension.is_counted() {
        value.number
    } else {
        let found = dimensions.iter().map(|(d, e)| format!("{d}^{e}")).collect::<Vec<_>>().join(" ");
        let found = if found.is_empty() { "a bare number".to_owned() } else { found };
        let message = format!("the formula gives {found}, which is not `{}`", unit.symbol);
        let hint = "set the unit, and `per` for what it is divided by".to_owned();
        return Err(Problem::FormulaMixes { message, hint });
    };
    if !number.is_finite() {
        return Err(bad("the result is no number".into()));
    }
    let (value_rounded, decimals) =
        if value.ratio { three_significant(number) } else { (number, value.decimals) };
    let (qualifier, word) = match (value.about, value.direction) {
        (true, _) => (Qualifier::About, "约"),
        (false, 1..) => (Qualifier::MoreThan, "多于"),
        (false, ..=-1) => (Qualifier::Nearly, "不足"),
        (false, 0) => (Qualifier::Exact, ""),
    };
    Ok(Quantity {
        value: value_rounded,
        upper: None,
        unit: unit.symbol.clone(),
        qualifier,
        word: word.to_owned(),
        decimals: Some(decimals),
    })
}

fn bad(message: String) -> Problem {
    Problem::BadFormula { message }
}
