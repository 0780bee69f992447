//! The issue before, as far as its stored view tells: its number, and the figures that its annex lists by id.
//!
//! Where it lies is left to the pipeline.

use super::parts::{amount, label_of};
use std::collections::BTreeMap;

use serde_json::Value;

use super::Told;
use crate::model::{Beat, Fact, Language, Period, Region, month_name};
use crate::views::cite::Citations;

/// What an earlier issue printed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Previous {
    /// 第10期（总第10期）; a draft has no number.
    pub number: Option<String>,
    /// `unit:fact` → what was counted and the figure as printed.
    pub figures: BTreeMap<String, (String, String)>,
}

impl Previous {
    /// Reads a stored view; none where it is none of this kind of document.
    pub fn of(view: &Value, beat: Beat) -> Option<Self> {
        if view.get("document")?.as_str()? != beat.name() {
            return None;
        }
        let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
        let mut figures = BTreeMap::new();
        let annexes = view.get("annexes").and_then(Value::as_array);
        let sections = annexes.into_iter().flatten().filter_map(|annex| annex.get("sections")?.as_array());
        for row in sections.flatten().filter_map(|section| section.get("rows")?.as_array()).flatten() {
            let figure = row.get("figure");
            let label = figure.and_then(|figure| text(figure, "label"));
            if let (Some(id), Some(what), Some(label)) = (text(row, "id"), text(row, "indicator"), label) {
                figures.insert(id, (what, label));
            }
        }
        let number = view.get("masthead").and_then(|masthead| text(masthead, "issue"));
        Some(Self { number, figures })
    }

    /// 第10期, No. 10, without the number across years.
    pub(super) fn short(&self) -> Option<&str> {
        self.number.as_deref().map(|number| number.split(['（', '(']).next().unwrap_or(number).trim_end())
    }
}

/// A figure of an earlier issue that is another now.
pub(super) struct Corrected {
    /// Whose, and what: 乙县10月已完成任务.
    pub(super) what: String,
    pub(super) was: String,
    pub(super) now: String,
    pub(super) why: String,
    /// The issue that printed it: 第10期, 2026年10月一期.
    pub(super) issue: String,
    /// The day on which it was corrected; none where only the two issues differ.
    pub(super) day: Option<chrono::NaiveDate>,
    id: String,
}

/// What was corrected from a day on to another, as somebody wrote it down.
pub(super) fn declared(
    told: &Told<'_>,
    year: i32,
    from: chrono::NaiveDate,
    to: chrono::NaiveDate,
) -> Vec<Corrected> {
    let Some(kept) = told.book.corrections.get(&year) else { return Vec::new() };
    let mut all: Vec<Corrected> = kept
        .what
        .iter()
        .filter(|correction| (from..=to).contains(&correction.day))
        .filter_map(|correction| {
            let region = told.unit(correction.unit);
            let fact = region.fact(&correction.fact)?;
            let kind = Beat::ALL.into_iter().find(|beat| beat.name() == correction.document);
            let kind = kind.map_or("", |kind| kind.in_words(told.language));
            let stored = (told.beat.name() == correction.document
                && correction.period == Period::parse(&fact.source.date.to_string()[..7])?)
            .then(|| told.previous.and_then(|previous| previous.short()).map(str::to_owned))
            .flatten();
            let printed = correction.issue.map(|number| match told.language.is_english() {
                true => format!("No.\u{a0}{number}"),
                false => format!("第{number}期"),
            });
            let issue = match (printed.or(stored), told.language.is_english()) {
                (Some(number), false) => format!("{kind}{number}"),
                (Some(number), true) => format!("{kind} {number}"),
                (None, false) => format!("{kind}{}一期", correction.period.chinese()),
                (None, true) => format!("{kind} for {}", correction.period.in_sentence(told.language)),
            };
            Some(Corrected {
                what: named(region, fact, told.language),
                was: amount(correction.was, &fact.indicator),
                now: fact.quantity.digits(),
                why: correction.why.clone(),
                issue,
                day: Some(correction.day),
                id: format!("{}:{}", region.id, fact.id),
            })
        })
        .collect();
    all.sort_by(|a, b| (a.day, &a.what).cmp(&(b.day, &b.what)));
    all
}

/// 乙县10月已完成任务; Yi County, October: tasks completed
fn named(region: &Region, fact: &Fact, language: Language) -> String {
    if language.is_english() {
        let month = match fact.source.date {
            crate::model::Date::Day(day) => month_name(chrono::Datelike::month(&day)).to_owned(),
            other => other.in_words(language),
        };
        return format!("{}, {month}: {}", region.short, label_of(&fact.indicator));
    }
    let month = match fact.source.date {
        crate::model::Date::Day(day) => format!("{}月", chrono::Datelike::month(&day)),
        other => other.chinese(),
    };
    format!("{}{month}{}", region.short, fact.label)
}

/// 2026年10月一期: an issue whose number nobody knows.
pub(super) fn issue_of(period: Period, language: Language) -> String {
    let words = period.in_sentence(language);
    language.pick(format!("{words}一期"), format!("the issue for {words}"))
}

/// Where no issue before is stored.
pub(super) fn first_issue(before: Period, language: Language) -> String {
    let before = before.in_sentence(language);
    match language.is_english() {
        true => format!(
            "No issue for {before} is stored here: this one counts as the first issue, and its figures are not checked against an earlier one."
        ),
        false => format!("本刊没有存{before}的一期，作首期处理，不逐数核对上期。"),
    }
}

/// Where nobody wrote down why a figure is another.
pub(super) fn no_reason(language: Language) -> &'static str {
    language.pick("原因未写明", "no reason stated")
}

/// What differs from the issue before.
#[derive(Default)]
pub(super) struct Differences {
    /// Printed otherwise then.
    pub(super) corrected: Vec<Corrected>,
    /// Printed then, and in the data no more: what, as printed.
    pub(super) withdrawn: Vec<(String, String)>,
    /// Of that period, and not printed then: what, as it is now.
    pub(super) late: Vec<(String, String)>,
}

/// Compares with the issue before, as far as it is there. What somebody wrote down is not told twice.
pub(super) fn differences(
    told: &Told<'_>,
    citations: &Citations<'_>,
    before: Period,
    known: &[Corrected],
) -> Differences {
    let mut found = Differences::default();
    let Some(previous) = told.previous else { return found };
    let language = told.language;
    let issue = previous.short().map_or_else(|| issue_of(before, language), str::to_owned);
    for (id, (what, was)) in &previous.figures {
        let Some((unit, fact)) = id.split_once(':') else { continue };
        let Some(region) = told.regions.get(unit) else { continue };
        let Some(fact) = region.fact(fact) else {
            let what = match language.is_english() {
                true => format!("{}: {what}", region.short),
                false => format!("{}{what}", region.short),
            };
            found.withdrawn.push((what, was.clone()));
            continue;
        };
        let now = fact.quantity.digits();
        if now != *was && !known.iter().any(|correction| correction.id == *id) {
            found.corrected.push(Corrected {
                what: named(region, fact, language),
                was: was.clone(),
                now,
                why: fact.note.clone().unwrap_or_else(|| no_reason(language).to_owned()),
                issue: issue.clone(),
                day: None,
                id: id.clone(),
            });
        }
    }
    for (region, item) in citations.in_order() {
        let id = format!("{}:{}", region.id, item.id());
        let of_before = region
            .fact(item.id())
            .filter(|fact| fact.source.id == format!("{}-{before}", region.id).to_lowercase());
        if let Some(fact) = of_before.filter(|_| !previous.figures.contains_key(&id)) {
            found.late.push((named(region, fact, language), fact.quantity.digits()));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stored_view_gives_its_number_and_figures() {
        let view = serde_json::json!({
            "document": "monthly",
            "masthead": { "issue": "第10期（总第10期）" },
            "annexes": [
                { "kind": "plates", "blocks": [] },
                { "kind": "figures", "sections": [{ "rows": [
                    { "id": "yi-xian:done", "indicator": "已完成任务", "figure": { "label": "6" } },
                ] }] },
            ],
        });
        let previous = Previous::of(&view, Beat::Monthly).expect("it is one");
        assert_eq!(previous.short(), Some("第10期"));
        let english = Previous { number: Some("No. 10 (issue 10 in all)".into()), ..Previous::default() };
        assert_eq!(english.short(), Some("No. 10"));
        assert_eq!(previous.figures["yi-xian:done"], ("已完成任务".to_owned(), "6".to_owned()));
        assert_eq!(Previous::of(&view, Beat::Quarterly), None);
        assert_eq!(Previous::of(&serde_json::json!([]), Beat::Monthly), None);
    }
}
