//! 年终观摩述评: targets against last year, each unit in three sentences, the account of problems, corrections, what comes next.
//!
//! Problems and corrections are left to `account`.

mod account;

use super::parts::{
    DASH, NOT_APPLICABLE, OWED, cell, counted, digits, glance, plate, prose, share, table, words,
};
use super::returns::{Came, came};
use super::settled::Settled;
use super::targets::by_unit;
use super::targets::{Reached, last_year, reached};
use super::{Told, nothing};
use crate::diag::Diagnostics;
use crate::model::{Base, Grade, Year, percent};
use crate::views::Edition;
use crate::views::assemble::Drafted;
use crate::views::cite::Citations;
use crate::views::numerals::{han, han_of};
use crate::views::shape::{Block, Glance, Run, Runs, Slope};
use account::{Line, account, corrected, corrections, sums};

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
    let review = &kept.what;
    let lines: Vec<Line> = review
        .accounts
        .iter()
        .filter_map(|account| {
            let (found, _) = told.book.quarters.get(&account.quarter)?.what.sums();
            Some(Line { quarter: account.quarter, found, done: account.done })
        })
        .collect();
    let corrections = corrections(told, year);
    let mut first = vec![aims(&all, &before, &came, year)];
    first.extend(slopes(&all, &before, year));
    first.push(by_unit(told, &targets.what, &came, period));
    let mut sections = vec![
        Drafted { heading: "目标完成".into(), blocks: first },
        Drafted { heading: "各单位述评".into(), blocks: units(told, review) },
    ];
    if !lines.is_empty() {
        sections.push(Drafted { heading: "问题账".into(), blocks: account(told, review, &lines, year) });
    }
    if !review.visits.is_empty() {
        let visits = review.visits.iter();
        let blocks = visits
            .map(|visit| prose(Some(&format!("{}{}。", told.name(visit.unit), visit.place)), &visit.words))
            .collect();
        sections.push(Drafted { heading: "观摩点短评".into(), blocks });
    }
    sections.push(Drafted { heading: "更正汇总".into(), blocks: vec![corrected(&corrections, year)] });
    if !review.next.is_empty() {
        sections
            .push(Drafted {
                heading: format!("{}年目标", year + 1), blocks: vec![next(review, &all, year)]
            });
    }
    let mut files = vec![(kept.title.clone(), kept.digest.clone())];
    files.push((targets.title.clone(), targets.digest.clone()));
    files.extend(told.book.corrections.get(&year).map(|kept| (kept.title.clone(), kept.digest.clone())));
    let quarters = lines.iter().filter_map(|line| told.book.quarters.get(&line.quarter));
    files.extend(quarters.map(|kept| (kept.title.clone(), kept.digest.clone())));
    let demo = if told.demo() { "（演示）" } else { "" };
    Some(Settled {
        title: format!("{}{year}年度观摩述评", told.area.name),
        subtitle: None,
        note: words(format!("述评只看有目标、有底数的指标；等次由评议产生，不由指标加总。{demo}")),
        glance: glances(&all, review, &lines, year),
        lead: vec![lead(told, &all, review, &lines)],
        sections,
        annexes: Vec::new(),
        records: Vec::new(),
        notes: vec![
            "增减＝本年完成－上年；上年没有同一口径的，写“不可比”和原因，不算增减。".to_owned(),
            "问题账以各季督查记录的发现数为底，年末已改加结转等于发现。◇为目标，●为完成。".to_owned(),
        ],
        files,
        compares: None,
    })
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

fn grades(review: &Year) -> Vec<(Grade, usize)> {
    let of = |grade: Grade| review.assessments.iter().flatten().filter(|one| one.grade == grade).count();
    Grade::ALL.map(|(_, grade)| (grade, of(grade))).into_iter().filter(|(_, count)| *count > 0).collect()
}

fn graded(review: &Year) -> String {
    let grades: Vec<String> =
        grades(review).iter().map(|(grade, count)| format!("{}{count}", grade.chinese())).collect();
    grades.join("、")
}

fn glances(all: &[Reached<'_>], review: &Year, lines: &[Line], year: i32) -> Vec<Glance> {
    let reached = all.iter().filter(|one| one.share >= 100.0).count();
    let missed: Vec<&str> =
        all.iter().filter(|one| one.share < 100.0).map(|one| one.target.indicator.label.as_str()).collect();
    let (found, done) = sums(lines);
    let whole = format!("{year}年");
    let end = "截至12月31日".to_owned();
    let best = grades(review).first().copied();
    let assessed = review.assessments.iter().flatten().count();
    let mut cells = vec![
        glance(
            counted(number(reached), "项"),
            "完成的目标",
            Some(format!("{}项目标里", han_of(all.len()))),
            whole.clone(),
            "确数",
        ),
        glance(
            counted(number(missed.len()), "项"),
            "未完成的目标",
            (!missed.is_empty()).then(|| missed.join("、")),
            whole.clone(),
            "确数",
        ),
        glance(
            counted(number(best.map_or(0, |(_, count)| count)), "个单位"),
            &format!("评议等次为{}", best.map_or("好", |(grade, _)| grade.chinese())),
            Some(graded(review)),
            format!("评议{assessed}个单位"),
            "评议",
        ),
    ];
    if !lines.is_empty() {
        let parts: Vec<String> = lines.iter().map(|line| line.found.to_string()).collect();
        cells.extend([
            glance(
                counted(found, "条"),
                "全年发现问题",
                Some(format!("各季{}", parts.join("、"))),
                whole,
                "合计",
            ),
            glance(
                counted(done, "条"),
                "已改",
                percent(f64::from(done), f64::from(found)).map(|rate| format!("占发现的{}%", share(rate))),
                end,
                "合计",
            ),
            glance(
                counted(found - done.min(found), "条"),
                "结转下年",
                Some("逐条有责任和时限".to_owned()),
                format!("转入{}年", year + 1),
                "差数",
            ),
        ]);
    }
    cells
}

fn lead(told: &Told<'_>, all: &[Reached<'_>], review: &Year, lines: &[Line]) -> Runs {
    let missed: Vec<String> = all
        .iter()
        .filter(|one| one.share < 100.0)
        .map(|one| {
            format!(
                "{}完成{}{}，差{}{}",
                one.target.indicator.label,
                digits(one.done),
                one.target.indicator.unit,
                digits(one.target.value - one.done),
                one.target.indicator.unit
            )
        })
        .collect();
    let (found, done) = sums(lines);
    let reached = all.len() - missed.len();
    let missed = if missed.is_empty() { String::new() } else { format!("，{}", missed.join("；")) };
    let account = if lines.is_empty() {
        String::new()
    } else {
        format!("全年互查发现问题{found}条，年末已改{done}条，结转{}条。", found - done.min(found))
    };
    let graded = graded(review);
    let graded = if graded.is_empty() {
        String::new()
    } else {
        format!("{}个单位评议等次为{graded}。", han_of(review.assessments.iter().flatten().count()))
    };
    words(format!(
        "{}{}项年目标完成{}项{missed}。{account}{graded}",
        told.area.name,
        han_of(all.len()),
        han_of(reached),
    ))
}

fn aims(all: &[Reached<'_>], before: &[Option<f64>], came: &[Came], year: i32) -> Block {
    let rows = all
        .iter()
        .zip(before)
        .map(|(one, before)| {
            let (was, by) = match (&one.target.last_year, before) {
                (Base::None(why), _) => (NOT_APPLICABLE.to_owned(), format!("不可比，{why}")),
                (Base::Indicator(_), Some(was)) => {
                    let by = one.done - was;
                    let sign = if by > 0.0 {
                        "＋"
                    } else if by < 0.0 {
                        "－"
                    } else {
                        ""
                    };
                    (digits(*was), format!("{sign}{}", digits(by.abs())))
                }
                (Base::Indicator(_), None) => (DASH.to_owned(), DASH.to_owned()),
            };
            vec![
                cell(one.name()),
                cell(format!("◇{}", digits(one.target.value))),
                cell(digits(one.done)),
                cell(share(one.share)),
                cell(was),
                cell(by),
            ]
        })
        .collect();
    let reached = all.iter().filter(|one| one.share >= 100.0).count();
    let owed = came.iter().filter(|came| **came == Came::Owed).count();
    let owed =
        if owed == 0 { String::new() } else { format!("{}个单位{OWED}，不计入。", han_of(owed)) };
    let here = came.iter().filter(|came| came.is_here()).count();
    let title = if reached == all.len() {
        format!("{}项目标全部完成", han_of(all.len()))
    } else {
        format!(
            "{}项目标完成{}项，{}项没有完成",
            han_of(all.len()),
            han_of(reached),
            han(all.len() - reached)
        )
    };
    table(
        title,
        None,
        &[
            ("指标", "left"),
            ("目标◇", "right"),
            ("完成●", "right"),
            ("完成率（%）", "right"),
            ("上年", "right"),
            ("增减", "center"),
        ],
        rows,
        format!(
            "来源：完成为{}单位{year}年报表合计，上年为各单位{}年度情况合计。{owed}",
            han_of(here),
            year - 1
        ),
    )
}

/// Last year and this year, where both counted the same.
fn slopes(all: &[Reached<'_>], before: &[Option<f64>], year: i32) -> Option<Block> {
    let both: Vec<(&Reached<'_>, f64)> =
        all.iter().zip(before).filter_map(|(one, before)| Some((one, (*before)?))).collect();
    if both.is_empty() {
        return None;
    }
    let more = both.iter().filter(|(one, was)| one.done > *was).count();
    let title = if more == both.len() {
        format!("同口径{}项都比上年多", han(both.len()))
    } else {
        format!("同口径{}项里{}项比上年多", han(both.len()), han_of(more))
    };
    let items: Vec<Slope> = both
        .iter()
        .map(|(one, was)| {
            let unit = &one.target.indicator.unit;
            let by = one.done - was;
            let sign = if by > 0.0 {
                "＋"
            } else if by < 0.0 {
                "－"
            } else {
                ""
            };
            Slope {
                name: one.target.indicator.label.clone(),
                before: counted(*was, unit),
                after: counted(one.done, unit),
                change: format!("{sign}{}{unit}", digits(by.abs())),
            }
        })
        .collect();
    let alt: Vec<String> = items
        .iter()
        .map(|item| {
            format!(
                "{}上年{}{}，本年{}{}",
                item.name, item.before.label, item.before.unit, item.after.label, item.after.unit
            )
        })
        .collect();
    let left: Vec<&str> = all
        .iter()
        .zip(before)
        .filter(|(_, before)| before.is_none())
        .map(|(one, _)| one.target.indicator.label.as_str())
        .collect();
    let left = if left.is_empty() {
        String::new()
    } else {
        format!("{}上年无同口径数，不画。", left.join("、"))
    };
    let source = format!("数据：同表1，单位见各图，{}年与{year}年；各图自有标尺，都从零起。{left}", year - 1);
    let plate = plate(title, None, source, &format!("{}。", alt.join("；")));
    Some(Block::Slopes { plate, labels: vec!["上年".into(), "本年".into()], items })
}

fn units(told: &Told<'_>, review: &Year) -> Vec<Block> {
    told.units()
        .map(|at| match review.assessments.get(at).and_then(Option::as_ref) {
            Some(one) => prose(
                Some(&format!("{}，{}。", told.name(at), one.grade.chinese())),
                format!("{}{}{}", one.did, one.lacks, one.next),
            ),
            None => prose(Some(&format!("{}。", told.name(at))), "没有评议。"),
        })
        .collect()
}

fn next(review: &Year, all: &[Reached<'_>], year: i32) -> Block {
    let items = review
        .next
        .iter()
        .filter_map(|aim| {
            let one = all.iter().find(|one| one.target.id == aim.target)?;
            let unit = &one.target.indicator.unit;
            let text = format!(
                "{}{}{unit}（{year}年目标{}{unit}，完成{}{unit}）",
                one.target.indicator.label,
                digits(aim.value),
                digits(one.target.value),
                digits(one.done)
            );
            Some(vec![Run::Words(text)])
        })
        .collect();
    Block::Aims { items }
}
