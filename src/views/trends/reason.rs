//! Why one figure may not follow another: in words, and as one of the six flags where one says it.

use chrono::Datelike;

use super::times::{Length, Stretch};
use crate::model::{Coverage, Fact, Flow, Language, Nature, Qualifier, TimeForm};
use crate::views::cite::Item;
use crate::views::flags::{flag_in, same_definition};

/// What keeps two figures from being one before and one after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reason {
    /// They are defined otherwise.
    Definition,
    /// One definition, but other things are counted: 财政投入 and 企业投入.
    Label,
    /// One is a result, the other is not.
    Nature(Nature, Nature),
    /// They are of different places.
    Place,
    /// They speak of more or less of their place.
    Coverage(Coverage, Coverage),
    /// They stand in different units.
    Unit,
    /// One is a range.
    Range,
    /// One is exact and the other a bound, or they are bounds on different sides.
    Qualifier(Qualifier, Qualifier),
    /// No time is stated.
    NoTime,
    /// The start of what was counted is not stated.
    NoStart,
    /// A time is inferred.
    Inferred,
    /// One holds on a date, the other was counted over a period.
    Form,
    /// The periods have different lengths.
    Length(Length, Length),
    /// 累计 is said of one alone.
    Cumulative,
    /// What is counted begins anew each year.
    NewYear,
    /// The periods share some days.
    Overlap,
    /// They are of one time.
    SameTime,
}

/// Everything that keeps two figures apart; empty where the second may follow the first.
pub(super) fn reasons(a: &Fact, b: &Fact) -> Vec<Reason> {
    let mut why = Vec::new();
    if !same_definition(Item::Fact(a), Item::Fact(b)) {
        why.push(Reason::Definition);
    } else if a.label != b.label && a.indicator.id == b.indicator.id {
        why.push(Reason::Label);
    }
    times(a, b, &mut why);
    if a.coverage != b.coverage {
        why.push(Reason::Coverage(a.coverage, b.coverage));
    }
    if a.place != b.place {
        why.push(Reason::Place);
    }
    if a.nature != b.nature || a.nature != Nature::Result {
        why.push(Reason::Nature(a.nature, b.nature));
    }
    // What is defined otherwise may well stand in another unit: that says nothing more.
    if why.contains(&Reason::Definition) {
        return why;
    }
    if a.quantity.unit != b.quantity.unit {
        why.push(Reason::Unit);
    }
    if a.quantity.upper.is_some() || b.quantity.upper.is_some() {
        why.push(Reason::Range);
    } else if a.quantity.qualifier != b.quantity.qualifier {
        why.push(Reason::Qualifier(a.quantity.qualifier, b.quantity.qualifier));
    }
    why
}

fn times(a: &Fact, b: &Fact, why: &mut Vec<Reason>) {
    if a.time.inferred || b.time.inferred {
        why.push(Reason::Inferred);
    }
    // What was counted by a date has a start that nobody states.
    let no_start = |fact: &Fact| {
        matches!(fact.time.form, TimeForm::Until(_))
            || (fact.indicator.flow == Flow::Flow && matches!(fact.time.form, TimeForm::AsOf(_)))
    };
    if [a, b].iter().any(|fact| fact.time.form == TimeForm::NotStated) {
        why.push(Reason::NoTime);
    }
    if no_start(a) || no_start(b) {
        why.push(Reason::NoStart);
    } else if a.cumulative != b.cumulative {
        why.push(Reason::Cumulative);
    }
    let (Some(one), Some(other)) = (Stretch::of(a.time), Stretch::of(b.time)) else { return };
    if one == other {
        why.push(Reason::SameTime);
    } else if one.over != other.over {
        why.push(Reason::Form);
    } else {
        if one.over && one.length() != other.length() {
            why.push(Reason::Length(one.length(), other.length()));
        } else if one.overlaps(other) {
            why.push(Reason::Overlap);
        }
        // By the same month of two years as much was counted for as long.
        if of_two_years(a, b) && one.last.month() != other.last.month() {
            why.push(Reason::NewYear);
        }
    }
}

/// Whether two states of what is counted anew each year stand in different years: no line leads from one year into the other.
pub(super) fn of_two_years(a: &Fact, b: &Fact) -> bool {
    let year = |fact: &Fact| {
        Stretch::of(fact.time).filter(|stretch| !stretch.over).map(|stretch| stretch.last.year())
    };
    (a.indicator.yearly || b.indicator.yearly) && year(a) != year(b)
}

impl Reason {
    /// The flag that says so, in the language of a document; none where no flag does.
    pub(super) fn flag(&self, language: Language) -> Option<&'static str> {
        let flag = match self {
            Self::Definition | Self::Label => "定",
            Self::Nature(..) => "性",
            Self::Place | Self::Coverage(..) => "围",
            Self::Unit | Self::Range | Self::Qualifier(..) => return None,
            _ => "期",
        };
        Some(flag_in(language, flag))
    }

    /// In words.
    pub(super) fn in_words(&self, language: Language) -> String {
        let words = match self {
            Self::Definition => ("定义不同", "they are defined differently"),
            Self::Label => ("数的不是同一项", "they count different things"),
            Self::Place => ("地点不同", "they are of different places"),
            Self::Unit => ("单位不同", "their units differ"),
            Self::Range => ("有一数是幅度", "one is a range"),
            Self::NoTime => ("有一数时间未载", "the time of one is not stated"),
            Self::NoStart => ("起点未载", "the start is not stated"),
            Self::Inferred => ("有一数时间是推定的", "the time of one is inferred"),
            Self::Form => ("一为时点，一为时段", "one is of a date, the other of a period"),
            Self::Cumulative => ("只有一数写明累计", "one alone is said to be cumulative"),
            Self::NewYear => ("每年从头数起", "the count begins anew each year"),
            Self::Overlap => ("时段有重叠", "their times overlap"),
            Self::SameTime => ("是同一时间的数", "they are of one time"),
            Self::Nature(a, b) => return pair(nature(*a, language), nature(*b, language), language),
            Self::Coverage(a, b) => return pair(&a.in_words(language), &b.in_words(language), language),
            Self::Qualifier(a, b) => return pair(exactness(*a, language), exactness(*b, language), language),
            Self::Length(a, b) => {
                let (one, other) = (a.in_words(language), b.in_words(language));
                return match language.is_english() {
                    true => format!("one covers {one}, the other {other}"),
                    false => pair(&one, &other, language),
                };
            }
        };
        language.pick(words.0, words.1).to_owned()
    }
}

fn pair(one: &str, other: &str, language: Language) -> String {
    match language.is_english() {
        true => format!("one is “{one}”, the other “{other}”"),
        false => format!("一为{one}，一为{other}"),
    }
}

fn nature(nature: Nature, language: Language) -> &'static str {
    match nature {
        Nature::Result => language.pick("结果", "result"),
        Nature::Target => language.pick("目标", "target"),
        Nature::Expected => language.pick("预计", "expected"),
        Nature::Capacity => language.pick("能力", "capacity"),
    }
}

/// How exact a figure is, as a word of its own.
pub(super) fn exactness(qualifier: Qualifier, language: Language) -> &'static str {
    match qualifier {
        Qualifier::Exact => language.pick("确数", "exact"),
        Qualifier::About => language.pick("约数", "about"),
        Qualifier::MoreThan => language.pick("只载下限（余、多、超）", "more than"),
        Qualifier::AtLeast => language.pick("只载下限（以上）", "at least"),
        Qualifier::Nearly => language.pick("只载上限（近）", "nearly"),
    }
}

/// All reasons in a cell, flags first: 期：一为12个月，一为1个月.
pub(super) fn told(why: &[Reason], language: Language) -> String {
    let (colon, stop) = language.pick(("：", "；"), (": ", "; "));
    let mut parts: Vec<(Option<&str>, Vec<String>)> = Vec::new();
    for reason in why {
        let (flag, words) = (reason.flag(language), reason.in_words(language));
        match parts.iter_mut().find(|(known, _)| *known == flag) {
            Some((_, all)) => all.push(words),
            None => parts.push((flag, vec![words])),
        }
    }
    let parts = parts.into_iter().map(|(flag, words)| {
        let words = words.join(language.pick("、", ", "));
        flag.map_or_else(|| words.clone(), |flag| format!("{flag}{colon}{words}"))
    });
    parts.collect::<Vec<_>>().join(stop)
}
