//! Formulas over facts: numbers with units that close, and bounds that carry through.
//!
//! Which figures have one, and where they are listed, is left to the derived figures.

use std::collections::{BTreeMap, BTreeSet};

use super::Unit;
use super::catalogue::Catalogue;
use super::quantity::{Dimension, Qualifier, Quantity, three_significant};
use super::region::Region;
use crate::diag::{Problem, nearest};

/// What a formula comes to.
pub(super) struct Computed {
    /// The result, rounded as it is printed.
    pub(super) quantity: Quantity,
    /// The formula with the numbers in it.
    pub(super) text: String,
    /// Whether the result is printed with its unit beside the formula.
    pub(super) scaled: bool,
    /// Whether targets are in it; none where it holds bare numbers alone.
    pub(super) ahead: Option<bool>,
    /// The ids of its facts, in its order.
    pub(super) facts: Vec<String>,
}

/// Computes a formula in a unit. `per`: the unit is of each of what is divided by. `apart`: pairs of facts that are never added.
pub(super) fn compute(
    formula: &str,
    unit: &Unit,
    per: bool,
    region: &Region,
    catalogue: &Catalogue,
    apart: &BTreeSet<(String, String)>,
) -> Result<Computed, Problem> {
    let mixed = mixed_scales(formula, unit, region, catalogue);
    let scaled = mixed.contains(&unit.dimension);
    let (value, text) = Parser::new(formula, region, catalogue, apart, mixed).parse()?;
    let quantity = Quantity { spoken: catalogue.spoken(&unit.symbol), ..close(&value, unit, per)? };
    let text = catalogue.language.pick(text.clone(), in_english(&text));
    Ok(Computed { quantity, text, scaled, ahead: value.ahead, facts: value.facts })
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
        spoken: None,
    })
}

/// The signs of a formula with blanks around them, brackets as English has them.
fn in_english(text: &str) -> String {
    let mut spaced = String::new();
    for sign in text.chars() {
        match sign {
            '＋' => spaced.push_str(" + "),
            '－' => spaced.push_str(" − "),
            '×' | '÷' => {
                spaced.push(' ');
                spaced.push(sign);
                spaced.push(' ');
            }
            '（' => spaced.push('('),
            '）' => spaced.push(')'),
            other => spaced.push(other),
        }
    }
    spaced
}

fn bad(message: String) -> Problem {
    Problem::BadFormula { message }
}
