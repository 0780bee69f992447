//! A figure of a document: stated by a source or computed, with all that is asked of it.
//!
//! Its row and the number of its source are left to `cite`.

use std::sync::Arc;

use crate::model::{Coverage, Derived, Fact, Flow, Language, Nature, Qualifier, Quantity, Source, Time};

/// A stated or a derived figure.
#[derive(Debug, Clone, Copy)]
pub(super) enum Item<'a> {
    /// Stated by a source.
    Fact(&'a Fact),
    /// Computed.
    Derived(&'a Derived),
}

impl<'a> Item<'a> {
    pub(super) fn id(self) -> &'a str {
        match self {
            Item::Fact(fact) => &fact.id,
            Item::Derived(derived) => &derived.id,
        }
    }

    pub(super) fn quantity(self) -> &'a Quantity {
        match self {
            Item::Fact(fact) => &fact.quantity,
            Item::Derived(derived) => &derived.quantity,
        }
    }

    pub(super) fn source(self) -> &'a Arc<Source> {
        match self {
            Item::Fact(fact) => &fact.source,
            Item::Derived(derived) => &derived.source,
        }
    }

    pub(super) fn label(self) -> &'a str {
        match self {
            Item::Fact(fact) => &fact.label,
            Item::Derived(derived) => &derived.label,
        }
    }

    /// The label in a comparison's cell.
    pub(super) fn short(self) -> &'a str {
        match self {
            Item::Fact(fact) => &fact.indicator.short,
            Item::Derived(derived) => &derived.short,
        }
    }

    pub(super) fn theme(self) -> &'a str {
        match self {
            Item::Fact(fact) => &fact.indicator.theme,
            Item::Derived(derived) => &derived.theme,
        }
    }

    pub(super) fn topic(self) -> Option<&'a str> {
        match self {
            Item::Fact(fact) => fact.indicator.topic.as_deref(),
            Item::Derived(derived) => derived.topic.as_deref(),
        }
    }

    pub(super) fn place(self) -> &'a str {
        match self {
            Item::Fact(fact) => &fact.place,
            Item::Derived(derived) => &derived.place,
        }
    }

    pub(super) fn time(self) -> Option<Time> {
        match self {
            Item::Fact(fact) => Some(fact.time),
            Item::Derived(derived) => derived.time,
        }
    }

    pub(super) fn coverage(self) -> Coverage {
        match self {
            Item::Fact(fact) => fact.coverage,
            Item::Derived(derived) => derived.coverage,
        }
    }

    /// What it counts: facts of one definition share it.
    pub(super) fn definition(self) -> &'a str {
        match self {
            Item::Fact(fact) => &fact.indicator.id,
            Item::Derived(derived) => &derived.id,
        }
    }

    pub(super) fn flow(self) -> Option<Flow> {
        match self {
            Item::Fact(fact) => Some(fact.indicator.flow),
            Item::Derived(_) => None,
        }
    }

    /// Whether it is a target or an expectation.
    pub(super) fn is_ahead(self) -> bool {
        match self {
            Item::Fact(fact) => fact.nature.is_ahead(),
            Item::Derived(derived) => derived.ahead,
        }
    }

    pub(super) fn is_derived(self) -> bool {
        matches!(self, Item::Derived(_))
    }

    /// How sure it is, in a word: 确数, 余, 近, 推算, 目标.
    pub(super) fn sure(self, language: Language) -> String {
        if language.is_english() {
            return self.sure_in_english().to_owned();
        }
        match self {
            Item::Derived(_) => "推算".into(),
            Item::Fact(fact) => match fact.nature {
                Nature::Target => "目标".into(),
                Nature::Expected => "预计".into(),
                Nature::Capacity => "能力".into(),
                Nature::Result if fact.quantity.word.is_empty() => "确数".into(),
                Nature::Result => fact.quantity.word.clone(),
            },
        }
    }

    fn sure_in_english(self) -> &'static str {
        match self {
            Item::Derived(_) => "computed",
            Item::Fact(fact) => match (fact.nature, fact.quantity.qualifier) {
                (Nature::Target, _) => "target",
                (Nature::Expected, _) => "expected",
                (Nature::Capacity, _) => "capacity",
                (Nature::Result, Qualifier::Exact) => "exact",
                (Nature::Result, Qualifier::About) => "approximate",
                (Nature::Result, Qualifier::MoreThan) => "lower bound",
                (Nature::Result, Qualifier::AtLeast) => "lower bound",
                (Nature::Result, Qualifier::Nearly) => "upper bound",
            },
        }
    }

    /// When it held, in words.
    pub(super) fn time_in_words(self, language: Language) -> String {
        match self.time() {
            Some(time) => time.in_words(language, self.is_ahead()),
            None => language.pick("时间见式中各数", "as the figures in the formula").into(),
        }
    }

    /// The formula with the result: 70.0＝4480÷64, or 33.7万元＝1.09亿元÷323.
    pub(super) fn equation(self) -> Option<String> {
        let Item::Derived(derived) = self else { return None };
        let quantity = &derived.quantity;
        let result = if derived.scaled { quantity.printed() } else { quantity.without_unit() };
        // A formula in English has its blanks already.
        let equals = if quantity.spoken.is_some() { " = " } else { "＝" };
        Some(format!("{result}{equals}{}", derived.formula))
    }
}
