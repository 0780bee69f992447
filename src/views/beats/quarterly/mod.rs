//! 季交叉督查: who inspected whom, what was found, due and mended, ranks by one rule, what is overdue, and the next round.
//!
//! Who inspects whom is left to `rounds`.

mod records;
mod rounds;

use super::parts::{
    DASH, NOT_APPLICABLE, ahead, cell, count, counted, day_in, figure, glance, plate, prose, share, sum_of,
    table, words,
};
use super::settled::Settled;
use super::{Told, nothing};
use crate::diag::Diagnostics;
use crate::model::{Mended, Overdue, Period, Quarter, RANKED_FROM, percent, ranks};
use crate::views::Edition;
use crate::views::assemble::Drafted;
use crate::views::numerals::han_of;
use crate::views::shape::{Block, Cell, Glance, NamedNote, Runs};
use records::{changed, figure_cell};
use rounds::{arrangement, round};

/// The heading under which the issue before is compared.
const CHECKED: &str = "与上季一期核对";

const NAMES: [&str; 4] = ["一季度", "二季度", "三季度", "四季度"];

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
        return sum_of(here);
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
    let year = period.year();
    let mut sections = vec![
        Drafted { heading: "互查安排".into(), blocks: arrangement(told, period) },
        Drafted {
            heading: "督查结果".into(),
            blocks: results(told, quarter, before.map(|kept| &kept.what), edition),
        },
    ];
    if !quarter.classes.is_empty() {
        sections.push(Drafted { heading: "共性问题".into(), blocks: vec![classes(quarter)] });
    }
    if !quarter.overdue.is_empty() {
        let blocks = vec![overdue(told, &quarter.overdue, period)];
        sections.push(Drafted { heading: "逾期清单".into(), blocks });
    }
    if let Some(practice) = &quarter.practice {
        let lead = format!("{}：{}。", told.name(practice.unit), practice.name);
        sections
            .push(Drafted {
                heading: "典型做法".into(), blocks: vec![prose(Some(&lead), &practice.text)]
            });
    }
    let changed = before.map_or_else(Vec::new, |kept| changed(told, &kept.what, period.before()));
    if !changed.is_empty() {
        let blocks = changed.iter().map(|said| prose(None, said)).collect();
        sections.push(Drafted { heading: CHECKED.into(), blocks });
    }
    let first = told
        .previous
        .is_none()
        .then(|| format!("本刊没有存{}的一期，作首期处理，不逐数核对上期。", period.before().chinese()));
    let mut next = round(told, period);
    let by = told.calendars.working_after(edition.date, 15);
    let by = by.map_or_else(|_| String::new(), |day| format!("（{}前）", day_in(day, year)));
    next.push(prose(
        None,
        format!("有到期未改问题的单位，请在15个工作日内{by}报整改说明；到时仍未改的，列入下期。"),
    ));
    sections.push(Drafted { heading: "下季互查安排".into(), blocks: next });
    let mut files = vec![(kept.title.clone(), kept.digest.clone())];
    files.extend(before.map(|kept| (kept.title.clone(), kept.digest.clone())));
    let demo = if told.demo() { "（演示）" } else { "" };
    let name = NAMES[period.ordinal() as usize - 1];
    Some(Settled {
        title: format!("{}{}交叉督查情况通报", told.area.name, period.chinese()),
        subtitle: None,
        note: words(format!(
            "现将{name}交叉督查情况印发。整改率以到期问题为底数，发现数不作排名依据。{demo}"
        )),
        glance: glances(told, quarter, period),
        lead: vec![lead(told, quarter, before.map(|kept| &kept.what), period)],
        sections,
        annexes: Vec::new(),
        records: records::figures(told, quarter, period, edition.part),
        notes: first
            .into_iter()
            .chain([
                format!("到期整改率＝到期已改÷到期应改，截至{}。", day_in(period.last_day(), year)),
                format!("只排到期整改率；到期不足{RANKED_FROM}条的只列不排，缺报不排，同率同位次。"),
            ])
            .collect(),
        files,
        compares: Some(CHECKED),
    })
}

fn glances(told: &Told<'_>, quarter: &Quarter, period: Period) -> Vec<Glance> {
    let (found, all) = quarter.sums();
    let end = format!("截至{}", day_in(period.last_day(), period.year()));
    let here = quarter.inspections.iter().flatten().count();
    let rate = rate(all).unwrap_or_default();
    let over: Vec<&str> = told
        .units()
        .filter(|at| quarter.inspections[*at].is_some_and(|one| one.mended.done < one.mended.due))
        .map(|at| told.name(at))
        .collect();
    let month = |nth: u32| (period.ordinal() - 1) * 3 + nth;
    let time = format!("{}至{}月", month(1), month(3));
    vec![
        glance(counted(found, "条"), "发现问题", Some(format!("{here}个单位各查一次")), time, "合计"),
        glance(
            counted(all.due, "条"),
            "到期应改",
            Some(format!("另有{}条未到期", found - all.due)),
            end.clone(),
            "合计",
        ),
        glance(counted(all.done, "条"), "到期已改", None, end.clone(), "合计"),
        glance(
            figure(rate, share(rate), "%"),
            "到期整改率",
            Some(format!("{}÷{}", all.done, all.due)),
            end.clone(),
            "计算",
        ),
        glance(
            counted(found - all.due, "条"),
            "未到期",
            Some("不计入整改率".to_owned()),
            end.clone(),
            "差数",
        ),
        glance(
            counted(all.due - all.done, "条"),
            "逾期",
            (!over.is_empty()).then(|| over.join("、")),
            end,
            "差数",
        ),
    ]
}

fn lead(told: &Told<'_>, quarter: &Quarter, before: Option<&Quarter>, period: Period) -> Runs {
    let (found, all) = quarter.sums();
    let now = rate(all).unwrap_or_default();
    let ranks = ranks(&of_mended(quarter));
    let full: Vec<&str> = told
        .units()
        .filter(|at| {
            ranks[*at].is_some()
                && quarter.inspections[*at].is_some_and(|one| one.mended.done == one.mended.due)
        })
        .map(|at| told.name(at))
        .collect();
    let full = if full.is_empty() {
        String::new()
    } else {
        format!("{}到期问题全部改完；", full.join("、"))
    };
    let compared = before.map_or_else(
        || "上季没有资料，不比升降。".to_owned(),
        |before| {
            let earlier = before.sums().1;
            let risen = |by| ahead(by, 0.0).replace('快', "升").replace('慢', "降");
            let by = risen(exact(all) - exact(earlier));
            // A reader who subtracts the printed rates may come to another last digit: then it is said how this one came about.
            let printed = risen(now - rate(earlier).unwrap_or_default());
            let how = if by == printed { "" } else { "（按未取舍的数相减）" };
            format!("到期整改率比上季{by}{how}。")
        },
    );
    words(format!(
        "{}{}个单位互查，发现问题{found}条，到期应改{}条、已改{}条，到期整改率{}%。{full}还有{}条到期没改。{compared}",
        NAMES[period.ordinal() as usize - 1],
        han_of(quarter.inspections.iter().flatten().count()),
        all.due,
        all.done,
        share(now),
        all.due - all.done,
    ))
}

fn results(told: &Told<'_>, quarter: &Quarter, before: Option<&Quarter>, edition: &Edition) -> Vec<Block> {
    let period = edition.period;
    let now = ranks(&of_mended(quarter));
    let then = before.map(|before| ranks(&of_mended(before)));
    let mut order: Vec<usize> = told.units().collect();
    order.sort_by_key(|at| (now[*at].unwrap_or(usize::MAX), quarter.inspections[*at].is_none(), *at));
    let mut rows: Vec<Vec<Cell>> = order
        .iter()
        .map(|at| {
            let name = cell(told.name(*at));
            let Some(one) = quarter.inspections[*at] else {
                let mut row = vec![name];
                row.extend([DASH; 4].map(cell));
                row.extend([cell("缺报不排"), cell(NOT_APPLICABLE)]);
                return row;
            };
            let rank = match now[*at] {
                Some(rank) if now.iter().filter(|other| **other == Some(rank)).count() > 1 => {
                    format!("并列{rank}")
                }
                Some(rank) => rank.to_string(),
                None => "只列不排".to_owned(),
            };
            let moved = match (then.as_ref().map(|then| then[*at]), now[*at]) {
                (Some(Some(old)), Some(new)) if old > new => format!("升{}位", old - new),
                (Some(Some(old)), Some(new)) if old < new => format!("降{}位", new - old),
                (Some(Some(_)), Some(_)) => "持平".to_owned(),
                (Some(None), Some(_)) => "上季未排".to_owned(),
                (None, Some(_)) => DASH.to_owned(),
                (_, None) => NOT_APPLICABLE.to_owned(),
            };
            vec![
                name,
                figure_cell(quarter, *at, 0, edition.part),
                figure_cell(quarter, *at, 1, edition.part),
                figure_cell(quarter, *at, 2, edition.part),
                cell(rate(one.mended).map_or_else(|| NOT_APPLICABLE.to_owned(), share)),
                cell(rank),
                cell(moved),
            ]
        })
        .collect();
    let (found, all) = quarter.sums();
    let here = quarter.inspections.iter().flatten().count();
    rows.push(vec![
        cell(whole(told, here)),
        count(found),
        count(all.due),
        count(all.done),
        cell(rate(all).map_or_else(|| NOT_APPLICABLE.to_owned(), share)),
        cell(NOT_APPLICABLE),
        cell(NOT_APPLICABLE),
    ]);
    let full = told.units().filter(|at| {
        now[*at].is_some() && quarter.inspections[*at].is_some_and(|one| one.mended.done == one.mended.due)
    });
    let title = match full.count() {
        0 => "没有单位把到期问题全部改完".to_owned(),
        some => format!("{}个单位到期问题全部改完", han_of(some)),
    };
    let results = table(
        title,
        None,
        &[
            ("被查单位", "left"),
            ("发现（条）", "right"),
            ("到期（条）", "right"),
            ("已改（条）", "right"),
            ("到期整改率（%）", "right"),
            ("位次", "center"),
            ("比上季", "center"),
        ],
        rows,
        format!(
            "来源：{}交叉督查记录，截至{}。位次只按到期整改率排，同位次按建制序。",
            NAMES[period.ordinal() as usize - 1],
            day_in(period.last_day(), period.year())
        ),
    );
    let rules = format!(
        "只排到期整改率；发现数不排，因为各组检查深浅不同；到期不足{RANKED_FROM}条的只列不排；同率并列同位次；缺报不排。"
    );
    vec![results, prose(Some("排名规则。"), rules), ladder(quarter, period)]
}

fn ladder(quarter: &Quarter, period: Period) -> Block {
    let (found, all) = quarter.sums();
    let left = all.due - all.done;
    let title = if left == 0 {
        format!("到期的{}条全部改完", all.due)
    } else {
        format!("到期{}条中还有{left}条没改", all.due)
    };
    let step = |name: &str, number: u32, note: Option<String>| NamedNote {
        name: name.to_owned(),
        figure: counted(number, "条"),
        note: note.map(words),
    };
    let steps = vec![
        step("发现", found, None),
        step("到期应改", all.due, Some(format!("未到期{}条", found - all.due))),
        step("到期已改", all.done, (left > 0).then(|| format!("逾期{left}条"))),
    ];
    let alt = format!("发现{found}条，到期应改{}条，到期已改{}条。", all.due, all.done);
    let source = format!("数据：同表1，单位：条，截至{}。", day_in(period.last_day(), period.year()));
    Block::Ladder { plate: plate(title, Some("条"), source, &alt), steps }
}

fn classes(quarter: &Quarter) -> Block {
    let mut classes: Vec<_> = quarter.classes.iter().collect();
    classes.sort_by_key(|class| std::cmp::Reverse(class.count));
    let (found, _) = quarter.sums();
    let first = classes[0];
    let rows = classes
        .iter()
        .map(|class| {
            let share_of = percent(f64::from(class.count), f64::from(found));
            vec![
                cell(&class.name),
                count(class.count),
                cell(share_of.map_or_else(|| NOT_APPLICABLE.to_owned(), share)),
                cell(&class.shows),
            ]
        })
        .collect();
    table(
        format!("{}最多，有{}条", first.name, first.count),
        None,
        &[("类别", "left"), ("条数", "right"), ("占比（%）", "right"), ("主要表现", "left")],
        rows,
        format!("来源：交叉督查记录，共{found}条；按条数排，不点个人。"),
    )
}

fn overdue(told: &Told<'_>, overdue: &[Overdue], period: Period) -> Block {
    let mut list: Vec<&Overdue> = overdue.iter().collect();
    list.sort_by_key(|one| (one.unit, one.due));
    let year = period.year();
    let rows = list
        .iter()
        .map(|one| {
            vec![
                cell(&one.matter),
                cell(told.name(one.unit)),
                cell(day_in(one.due, year)),
                cell(day_in(one.new_due, year)),
                cell(&one.supervisor),
            ]
        })
        .collect();
    let mut units: Vec<usize> = list.iter().map(|one| one.unit).collect();
    units.dedup();
    let worst = units
        .iter()
        .max_by_key(|at| (list.iter().filter(|one| one.unit == **at).count(), std::cmp::Reverse(**at)));
    let worst = worst.map_or_else(String::new, |at| {
        format!("，{}有{}条", told.name(*at), list.iter().filter(|one| one.unit == *at).count())
    });
    table(
        format!("逾期{}条在{}个单位{worst}", list.len(), han_of(units.len())),
        None,
        &[
            ("问题", "left"),
            ("责任单位", "center"),
            ("原时限", "center"),
            ("新时限", "center"),
            ("督办人", "left"),
        ],
        rows,
        "来源：交叉督查记录。同单位按原时限排。",
    )
}
