//! 年终观摩述评: targets against last year, each unit in three sentences, the account of problems, corrections, what comes next.
//!
//! Problems and corrections are left to `account`, the first page to `opening`.

mod account;
mod opening;

use super::parts::{
    DASH, amount, capital, cell, demo_mark, few, label_of, list, measured, not_applicable, owed, plate,
    prose, share, sign, table, unit_of, words,
};
use super::returns::{Came, came};
use super::settled::Settled;
use super::targets::by_unit;
use super::targets::{Reached, last_year, reached};
use super::{Told, nothing};
use crate::diag::Diagnostics;
use crate::model::{Base, Indicator, Language, Year};
use crate::views::Edition;
use crate::views::assemble::Drafted;
use crate::views::cite::Citations;
use crate::views::numerals::{count_of, han, han_of};
use crate::views::shape::{Block, Run, Slope};
use account::{Line, account, corrected, corrections};
use opening::{glances, lead};

pub(super) fn told<'a>(
    told: &Told<'a>,
    citations: &mut Citations<'a>,
    edition: &Edition,
    diagnostics: &mut Diagnostics,
) -> Option<Settled> {
    let period = edition.period;
    let year = period.year();
    let Some(kept) = told.book.years.get(&period) else {
        let path = format!("data/areas/{}/{period}.toml", told.area.id);
        nothing(&format!("review of {period}"), &path, diagnostics);
        return None;
    };
    let Some(targets) = told.book.targets.get(&year).filter(|kept| !kept.what.is_empty()) else {
        let path = format!("data/areas/{}/targets-{year}.toml", told.area.id);
        nothing(&format!("target of {year}"), &path, diagnostics);
        return None;
    };
    let came = came(told, period, diagnostics);
    if !came.iter().any(|came| came.is_here()) {
        let path = format!("data/reported/{period}/<unit>.toml");
        nothing(&format!("return of any unit for {period}"), &path, diagnostics);
        return None;
    }
    let all = reached(told, &targets.what, &came, period, citations);
    let before: Vec<Option<f64>> =
        all.iter().map(|one| last_year(told, one.target, year - 1, citations)).collect();
    let (review, language) = (&kept.what, told.language);
    let lines: Vec<Line> = review
        .accounts
        .iter()
        .filter_map(|account| {
            let (found, _) = told.book.quarters.get(&account.quarter)?.what.sums();
            Some(Line { quarter: account.quarter, found, done: account.done })
        })
        .collect();
    let corrections = corrections(told, year);
    let mut first = vec![aims(&all, &before, &came, year, language)];
    first.extend(slopes(&all, &before, year, language));
    first.push(by_unit(told, &targets.what, &came, period));
    let mut sections = vec![
        Drafted { heading: language.pick("目标完成", "Targets").into(), blocks: first },
        Drafted {
            heading: language.pick("各单位述评", "Review of the units").into(),
            blocks: units(told, review),
        },
    ];
    if !lines.is_empty() {
        sections.push(Drafted {
            heading: language.pick("问题账", "Account of problems").into(),
            blocks: account(told, review, &lines, year),
        });
    }
    if !review.visits.is_empty() {
        let visits = review.visits.iter();
        let blocks = visits
            .map(|visit| {
                let unit = told.name(visit.unit);
                let lead = match language.is_english() {
                    true => format!("{}, {unit}.", visit.place),
                    false => format!("{unit}{}。", visit.place),
                };
                prose(Some(&lead), &visit.words)
            })
            .collect();
        let heading = language.pick("观摩点短评", "Notes on the sites visited").into();
        sections.push(Drafted { heading, blocks });
    }
    sections.push(Drafted {
        heading: language.pick("更正汇总", "Corrections of the year").into(),
        blocks: vec![corrected(&corrections, year, language)],
    });
    if !review.next.is_empty() {
        sections.push(Drafted {
            heading: language.pick(format!("{}年目标", year + 1), format!("Targets of {}", year + 1)),
            blocks: vec![next(review, &all, year, language)],
        });
    }
    let mut files = vec![(kept.title.clone(), kept.digest.clone())];
    files.push((targets.title.clone(), targets.digest.clone()));
    files.extend(told.book.corrections.get(&year).map(|kept| (kept.title.clone(), kept.digest.clone())));
    let quarters = lines.iter().filter_map(|line| told.book.quarters.get(&line.quarter));
    files.extend(quarters.map(|kept| (kept.title.clone(), kept.digest.clone())));
    let demo = demo_mark(told.demo(), language);
    Some(Settled {
        title: match language.is_english() {
            true => format!("{}: review of the year {year}", told.area.name),
            false => format!("{}{year}年度观摩述评", told.area.name),
        },
        subtitle: None,
        note: words(format!(
            "{}{demo}",
            language.pick(
                "述评只看有目标、有底数的指标；等次由评议产生，不由指标加总。",
                "The review looks only at indicators that have a target and a base. Grades come from assessment; they are no sum of indicators.",
            )
        )),
        glance: glances(&all, review, &lines, year, language),
        lead: vec![lead(told, &all, review, &lines)],
        sections,
        annexes: Vec::new(),
        records: Vec::new(),
        notes: language
            .pick(
                [
                    "增减＝本年完成－上年；上年没有同一口径的，写“不可比”和原因，不算增减。",
                    "问题账以各季督查记录的发现数为底，年末已改加结转等于发现。◇为目标，●为完成。",
                ],
                [
                    "Change = this year − last year. Where last year did not count the same, it says “not comparable” and why.",
                    "The account of problems rests on what the quarterly records found: rectified by the end of the year and carried over make up what was found. ◇ marks targets, ● what is done.",
                ],
            )
            .map(str::to_owned)
            .to_vec(),
        files,
        compares: None,
    })
}

/// ＋3, －1, 0: this year less last year.
fn change(by: f64, indicator: &Indicator, language: Language) -> String {
    format!("{}{}", sign(by, language), amount(by.abs(), indicator))
}

fn aims(all: &[Reached<'_>], before: &[Option<f64>], came: &[Came], year: i32, language: Language) -> Block {
    let rows = all
        .iter()
        .zip(before)
        .map(|(one, before)| {
            let indicator = &one.target.indicator;
            let (was, by) = match (&one.target.last_year, before) {
                (Base::None(why), _) => (
                    not_applicable(language).to_owned(),
                    format!("{}{why}", language.pick("不可比，", "not comparable: ")),
                ),
                (Base::Indicator(_), Some(was)) => {
                    (amount(*was, indicator), change(one.done - was, indicator, language))
                }
                (Base::Indicator(_), None) => (DASH.to_owned(), DASH.to_owned()),
            };
            vec![
                cell(one.name()),
                cell(format!("◇{}", amount(one.target.value, indicator))),
                cell(amount(one.done, indicator)),
                cell(share(one.share)),
                cell(was),
                cell(by),
            ]
        })
        .collect();
    let reached = all.iter().filter(|one| one.share >= 100.0).count();
    let missing = came.iter().filter(|came| **came == Came::Owed).count();
    let here = came.iter().filter(|came| came.is_here()).count();
    let (title, source) = match language.is_english() {
        true => {
            let targets = few(all.len(), "target", "targets");
            let missing = match missing {
                0 => String::new(),
                some => format!(
                    " {} {} and not counted.",
                    capital(&few(some, "unit has", "units have")),
                    owed(language)
                ),
            };
            let title = match reached == all.len() {
                true => format!("All {targets} are reached"),
                false => format!(
                    "Of {targets} {} reached and {} not",
                    few(reached, "is", "are"),
                    few(all.len() - reached, "is", "are")
                ),
            };
            let source = format!(
                "Source: what is done is the sum of the returns of {} for {year}, last year that of the yearly accounts of {}.{missing}",
                few(here, "unit", "units"),
                year - 1
            );
            (title, source)
        }
        false => {
            let missing = match missing {
                0 => String::new(),
                some => format!("{}个单位{}，不计入。", han_of(some), owed(language)),
            };
            let title = match reached == all.len() {
                true => format!("{}项目标全部完成", han_of(all.len())),
                false => format!(
                    "{}项目标完成{}项，{}项没有完成",
                    han_of(all.len()),
                    han_of(reached),
                    han(all.len() - reached)
                ),
            };
            let source = format!(
                "来源：完成为{}单位{year}年报表合计，上年为各单位{}年度情况合计。{missing}",
                han_of(here),
                year - 1
            );
            (title, source)
        }
    };
    let heads = language.pick(
        ["指标", "目标◇", "完成●", "完成率（%）", "上年", "增减"],
        ["Indicator", "Target\u{a0}◇", "Done\u{a0}●", "Rate (%)", "Last year", "Change"],
    );
    let aligns = ["left", "right", "right", "right", "right", "center"];
    let columns: Vec<(&str, &'static str)> = heads.into_iter().zip(aligns).collect();
    table(title, None, &columns, rows, source, language)
}

/// Last year and this year, where both counted the same.
fn slopes(all: &[Reached<'_>], before: &[Option<f64>], year: i32, language: Language) -> Option<Block> {
    let english = language.is_english();
    let both: Vec<(&Reached<'_>, f64)> =
        all.iter().zip(before).filter_map(|(one, before)| Some((one, (*before)?))).collect();
    if both.is_empty() {
        return None;
    }
    let more = both.iter().filter(|(one, was)| one.done > *was).count();
    let title = match (more == both.len(), english) {
        (true, false) => format!("同口径{}项都比上年多", han(both.len())),
        (false, false) => format!("同口径{}项里{}项比上年多", han(both.len()), han_of(more)),
        (true, true) => format!(
            "{} counted the same in both years, and all rose",
            capital(&few(both.len(), "indicator", "indicators"))
        ),
        (false, true) => format!(
            "Of {} counted the same in both years, {} rose",
            few(both.len(), "indicator", "indicators"),
            count_of(more, language)
        ),
    };
    let items: Vec<Slope> = both
        .iter()
        .map(|(one, was)| {
            let indicator = &one.target.indicator;
            Slope {
                name: match english {
                    true => capital(label_of(indicator)),
                    false => indicator.label.clone(),
                },
                before: measured(*was, indicator),
                after: measured(one.done, indicator),
                change: format!("{}{}", change(one.done - was, indicator, language), unit_of(indicator)),
            }
        })
        .collect();
    let labels = language.pick(["上年", "本年"], ["last year", "this year"]);
    let alt: Vec<String> = items
        .iter()
        .map(|item| {
            let (was, is) = (&item.before, &item.after);
            let (was, is) = (format!("{}{}", was.label, was.unit), format!("{}{}", is.label, is.unit));
            match english {
                true => format!("{}: last year {was}, this year {is}", item.name),
                false => format!("{}上年{was}，本年{is}", item.name),
            }
        })
        .collect();
    let left: Vec<&str> = all
        .iter()
        .zip(before)
        .filter(|(_, before)| before.is_none())
        .map(|(one, _)| label_of(&one.target.indicator))
        .collect();
    let last = year - 1;
    let (source, alt) = match english {
        true => {
            let left = match left.is_empty() {
                true => String::new(),
                false => {
                    format!(" Not drawn, since last year did not count the same: {}.", list(left, language))
                }
            };
            let source = format!(
                "Data: as in Table 1, {last} and {year}; each chart has its own scale from zero.{left}"
            );
            (source, format!("{}.", alt.join("; ")))
        }
        false => {
            let left = match left.is_empty() {
                true => String::new(),
                false => format!("{}上年无同口径数，不画。", list(left, language)),
            };
            let source =
                format!("数据：同表1，单位见各图，{last}年与{year}年；各图自有标尺，都从零起。{left}");
            (source, format!("{}。", alt.join("；")))
        }
    };
    let plate = plate(title, None, source, &alt, language);
    Some(Block::Slopes { plate, labels: labels.map(str::to_owned).to_vec(), items })
}

fn units(told: &Told<'_>, review: &Year) -> Vec<Block> {
    let language = told.language;
    told.units()
        .map(|at| {
            let name = told.name(at);
            match (review.assessments.get(at).and_then(Option::as_ref), language.is_english()) {
                (Some(one), true) => prose(
                    Some(&format!("{name}, {}.", one.grade.in_words(language))),
                    [one.did.as_str(), &one.lacks, &one.next].join(" "),
                ),
                (Some(one), false) => prose(
                    Some(&format!("{name}，{}。", one.grade.chinese())),
                    format!("{}{}{}", one.did, one.lacks, one.next),
                ),
                (None, true) => prose(Some(&format!("{name}.")), "Not assessed."),
                (None, false) => prose(Some(&format!("{name}。")), "没有评议。"),
            }
        })
        .collect()
}

fn next(review: &Year, all: &[Reached<'_>], year: i32, language: Language) -> Block {
    let items = review
        .next
        .iter()
        .filter_map(|aim| {
            let one = all.iter().find(|one| one.target.id == aim.target)?;
            let indicator = &one.target.indicator;
            let (label, unit) = (label_of(indicator), unit_of(indicator));
            let (next, this) = (amount(aim.value, indicator), amount(one.target.value, indicator));
            let done = amount(one.done, indicator);
            let text = match language.is_english() {
                true => format!(
                    "{}: {next}{unit} ({year}: target {this}{unit}, done {done}{unit})",
                    capital(label)
                ),
                false => {
                    format!("{label}{next}{unit}（{year}年目标{this}{unit}，完成{done}{unit}）")
                }
            };
            Some(vec![Run::Words(text)])
        })
        .collect();
    Block::Aims { items }
}
