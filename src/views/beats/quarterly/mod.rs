//! 季交叉督查: who inspected whom, what was found, due and mended, ranks by one rule, what is overdue, and the next round.
//!
//! Who inspects whom is left to `rounds`.

mod opening;
mod records;
mod rounds;
mod tables;

use super::parts::{as_of, day_in, demo_mark, prose, sum_of, words};
use super::previous::first_issue;
use super::settled::Settled;
use super::{Told, nothing};
use crate::diag::Diagnostics;
use crate::model::{Language, Mended, Quarter, RANKED_FROM, percent};
use crate::views::Edition;
use crate::views::assemble::Drafted;
use opening::{glances, lead};
use records::changed;
use rounds::{arrangement, round};
use tables::{classes, overdue, results};

/// The heading under which the issue before is compared.
fn checked_heading(language: Language) -> &'static str {
    language.pick("与上季一期核对", "Checked against the last issue")
}

/// A quarter without its year, from 1.
pub(super) fn name_of(quarter: u32, language: Language) -> &'static str {
    let names = language.pick(
        ["一季度", "二季度", "三季度", "四季度"],
        ["first quarter", "second quarter", "third quarter", "fourth quarter"],
    );
    names.get((quarter as usize).wrapping_sub(1)).copied().unwrap_or_default()
}

fn of_mended(quarter: &Quarter) -> Vec<Option<Mended>> {
    quarter.inspections.iter().map(|inspection| inspection.map(|inspection| inspection.mended)).collect()
}

/// The share of what was due that is mended.
fn rate(mended: Mended) -> Option<f64> {
    percent(f64::from(mended.done), f64::from(mended.due))
}

/// The same before it is rounded, for differences; nothing due is nothing mended.
fn exact(mended: Mended) -> f64 {
    if mended.due == 0 { 0.0 } else { f64::from(mended.done) / f64::from(mended.due) * 100.0 }
}

/// 全市, 全县, or 合计 where some unit is missing.
fn whole(told: &Told<'_>, here: usize) -> String {
    if here < told.area.units.len() {
        return sum_of(here, told.language);
    }
    if told.language.is_english() {
        return "All units".to_owned();
    }
    match told.area.name.chars().last() {
        Some(level @ ('市' | '县' | '区' | '州' | '省')) => format!("全{level}"),
        _ => "合计".to_owned(),
    }
}

pub(super) fn told(told: &Told<'_>, edition: &Edition, diagnostics: &mut Diagnostics) -> Option<Settled> {
    let period = edition.period;
    let Some(kept) = told.book.quarters.get(&period) else {
        let path = format!("data/areas/{}/{period}.toml", told.area.id);
        nothing(&format!("file of inspections of {period}"), &path, diagnostics);
        return None;
    };
    let quarter = &kept.what;
    let before = told.book.quarters.get(&period.before());
    let (year, language) = (period.year(), told.language);
    let mut sections = vec![
        Drafted {
            heading: language.pick("互查安排", "Who inspected whom").into(),
            blocks: arrangement(told, period),
        },
        Drafted {
            heading: language.pick("督查结果", "Results").into(),
            blocks: results(told, quarter, before.map(|kept| &kept.what), edition),
        },
    ];
    if !quarter.classes.is_empty() {
        sections.push(Drafted {
            heading: language.pick("共性问题", "Common problems").into(),
            blocks: vec![classes(quarter, language)],
        });
    }
    if !quarter.overdue.is_empty() {
        let blocks = vec![overdue(told, &quarter.overdue, period)];
        sections.push(Drafted { heading: language.pick("逾期清单", "Overdue problems").into(), blocks });
    }
    if let Some(practice) = &quarter.practice {
        let (unit, name) = (told.name(practice.unit), &practice.name);
        let lead = language.pick(format!("{unit}：{name}。"), format!("{unit}: {name}."));
        sections.push(Drafted {
            heading: language.pick("典型做法", "A practice worth following").into(),
            blocks: vec![prose(Some(&lead), &practice.text)],
        });
    }
    let changed = before.map_or_else(Vec::new, |kept| changed(told, &kept.what, period.before()));
    if !changed.is_empty() {
        let blocks = changed.iter().map(|said| prose(None, said)).collect();
        sections.push(Drafted { heading: checked_heading(language).into(), blocks });
    }
    let first = told.previous.is_none().then(|| first_issue(period.before(), language));
    let mut next = round(told, period);
    let by = told.calendars.working_after(edition.date, 15);
    let by = by.ok().map(|day| day_in(day, year, language));
    next.push(prose(
        None,
        match language.is_english() {
            true => {
                let by = by.map_or_else(String::new, |day| format!(" (by {day})"));
                format!(
                    "Units with problems due and not rectified are asked to explain within 15 working days{by}; what is still not rectified then is listed in the next issue."
                )
            }
            false => {
                let by = by.map_or_else(String::new, |day| format!("（{day}前）"));
                format!("有到期未改问题的单位，请在15个工作日内{by}报整改说明；到时仍未改的，列入下期。")
            }
        },
    ));
    sections.push(Drafted {
        heading: language.pick("下季互查安排", "The next round").into(), blocks: next
    });
    let mut files = vec![(kept.title.clone(), kept.digest.clone())];
    files.extend(before.map(|kept| (kept.title.clone(), kept.digest.clone())));
    let demo = demo_mark(told.demo(), language);
    let name = name_of(period.ordinal(), language);
    let end = as_of(period.last_day(), year, language);
    Some(Settled {
        title: match language.is_english() {
            true => format!("{}: cross-inspection in the {}", told.area.name, period.in_words(language)),
            false => format!("{}{}交叉督查情况通报", told.area.name, period.chinese()),
        },
        subtitle: None,
        note: words(match language.is_english() {
            true => format!(
                "This issue reports the cross-inspection of the {name}. Rectification rates are taken of the problems that were due; how many were found is not ranked.{demo}"
            ),
            false => format!(
                "现将{name}交叉督查情况印发。整改率以到期问题为底数，发现数不作排名依据。{demo}"
            ),
        }),
        glance: glances(told, quarter, period),
        lead: vec![lead(told, quarter, before.map(|kept| &kept.what), period)],
        sections,
        annexes: Vec::new(),
        records: records::figures(told, quarter, period, edition.part),
        notes: first
            .into_iter()
            .chain(match language.is_english() {
                true => [
                    format!("Rectification rate = due problems rectified ÷ problems due, {end}."),
                    format!(
                        "Only the rectification rate is ranked. Fewer than {RANKED_FROM} problems due are listed and not ranked; without a report there is no rank; equal rates share a rank."
                    ),
                ],
                false => [
                    format!("到期整改率＝到期已改÷到期应改，{end}。"),
                    format!("只排到期整改率；到期不足{RANKED_FROM}条的只列不排，缺报不排，同率同位次。"),
                ],
            })
            .collect(),
        files,
        compares: Some(checked_heading(language)),
    })
}
