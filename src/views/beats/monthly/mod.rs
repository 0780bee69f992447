//! 月提醒调度: who reported what, which tasks are near or over, what differs from the month before, and three reminders.
//!
//! How a task stands is left to the model.

mod compared;
mod ledger;
mod month;
mod plates;

use super::parts::ahead;
use compared::compared;
use ledger::ledger;
use month::{Month, month};
use plates::{chart, pressing, progress};

use super::parts::{cited, counted, day_in, figure, glance, list, prose, share, words};
use super::returns::{fact, last_said};
use super::settled::Settled;
use super::{Told, nothing};
use crate::diag::Diagnostics;
use crate::model::{elapsed, percent};
use crate::views::Edition;
use crate::views::assemble::Drafted;
use crate::views::cite::Citations;
use crate::views::numerals::han_of;
use crate::views::shape::{Block, Runs};

const COMPARED: &str = "与上月比";

pub(super) fn told<'a>(
    told: &Told<'a>,
    citations: &mut Citations<'a>,
    edition: &Edition,
    diagnostics: &mut Diagnostics,
) -> Option<Settled> {
    let year = edition.period.year();
    let Some(kept) = told.book.tasks.get(&year) else {
        let path = format!("data/areas/{}/tasks-{year}.toml", told.area.id);
        nothing(&format!("list of tasks of {year}"), &path, diagnostics);
        return None;
    };
    let tasks = &kept.what;
    let now = month(told, tasks, edition.period, diagnostics);
    if now.here().next().is_none() {
        let path = format!("data/reported/{}/<unit>.toml", edition.period);
        nothing(&format!("return of any unit for {}", edition.period), &path, diagnostics);
        return None;
    }
    // Rows of the annex stand by what they count, not by where the text meets them first.
    for indicator in [&tasks.total, &tasks.done] {
        for at in now.here().map(|row| row.at).collect::<Vec<_>>() {
            if let Some(fact) = fact(told, at, &indicator.id, now.period) {
                cited(citations, told.unit(at), fact);
            }
        }
        for row in now.rows.iter().filter(|row| !row.came.is_here()) {
            if let Some(fact) = last_said(told, row.at, &tasks.total.id) {
                cited(citations, told.unit(row.at), fact);
            }
        }
    }
    let table1 = progress(told, tasks, &now, citations);
    let table2 = pressing(told, &now);
    let (mut compared, mut extra) = compared(told, tasks, &now, citations);
    // In a quiet month there is room for all that the returns say.
    if table2.is_none() {
        compared.append(&mut extra);
    }
    let name = &told.area.name;
    let mut sections =
        vec![Drafted { heading: "完成情况".into(), blocks: vec![chart(told, &now), table1] }];
    sections.extend(table2.map(|block| Drafted { heading: "逾期与临期".into(), blocks: vec![block] }));
    sections.push(Drafted { heading: COMPARED.into(), blocks: compared });
    let reminders = reminders(told, &now, edition);
    if !reminders.is_empty() {
        sections.push(Drafted {
            heading: format!("提醒{}条", han_of(reminders.len()).replace('两', "二")),
            blocks: reminders,
        });
    }
    let first = told.previous.is_none().then(|| {
        format!("本刊没有存{}的一期，作首期处理，不逐数核对上期。", edition.period.before().chinese())
    });
    let mut files = vec![(kept.title.clone(), kept.digest.clone())];
    let lists = told.book.lists.get(&year);
    files.extend(lists.map(|kept| (kept.title.clone(), kept.digest.clone())));
    files.extend(told.book.corrections.get(&year).map(|kept| (kept.title.clone(), kept.digest.clone())));
    let ledger = lists.and_then(|kept| ledger(told, &kept.what, &now));
    Some(Settled {
        title: format!("{name}{}任务提醒调度", edition.period.chinese()),
        subtitle: None,
        note: note(told, &now),
        glance: glances(told, &now),
        lead: Vec::new(),
        sections,
        annexes: vec![("四项清单台账和月报各项", ledger.into_iter().chain(extra).collect())],
        records: Vec::new(),
        notes: [first].into_iter().flatten().chain([
            format!(
                "状态以月末为准：应完成日在月末以后{}日内为临期；应完成日已到而没有完成为逾期，已逾天数按日历日计。",
                told.area.near
            ),
            format!("月报应在次月{}日前报来，迟报天数按工作日计。", told.area.due),
        ])
        .collect(),
        files,
        compares: Some(COMPARED),
    })
}

fn note(told: &Told<'_>, now: &Month<'_>) -> Runs {
    let mut parts = Vec::new();
    let (overdue, owed) = (now.overdue().len(), now.owed().len());
    if overdue > 0 {
        parts.push(format!("{overdue}项逾期"));
    }
    if owed > 0 {
        parts.push(format!("{owed}个单位未报"));
    }
    let demo = if told.demo() { "（演示）" } else { "" };
    words(if parts.is_empty() {
        format!("本月各单位都已报来，没有逾期事项。{demo}")
    } else {
        format!("本月有{}，请有关单位按表2时限办理，并于5个工作日内回告。{demo}", parts.join("、"))
    })
}

fn glances(told: &Told<'_>, now: &Month<'_>) -> Vec<crate::views::shape::Glance> {
    let end = format!("截至{}", day_in(now.day, now.period.year()));
    let all: f64 = now.rows.iter().map(|row| row.total).sum();
    let here = now.here().count();
    let rate = percent(now.done(), now.total()).unwrap_or_default();
    let overdue = now.overdue();
    let owed = now.owed();
    let left = now.owed().iter().map(|row| row.total).sum::<f64>();
    let passed = elapsed(now.period);
    let units = |at: Vec<usize>| list(at.into_iter().map(|at| told.name(at)));
    let mut over: Vec<usize> = overdue.iter().map(|(task, _)| task.unit).collect();
    over.dedup();
    vec![
        glance(
            counted(all, "项"),
            "年度任务",
            Some(format!("{here}个单位已报{}项", now.total())),
            format!("{}年任务单", now.period.year()),
            "确数",
        ),
        glance(
            counted(now.done(), "项"),
            "已完成",
            Some(format!("{}单位已报口径", han_of(here))),
            end.clone(),
            "合计",
        ),
        glance(
            figure(rate, share(rate), "%"),
            "完成率",
            Some(format!("{}÷{}，已报口径", now.done(), now.total())),
            end.clone(),
            "计算",
        ),
        glance(
            figure(passed, share(passed), "%"),
            "序时",
            Some(format!("完成率比序时{}", ahead(rate, passed))),
            format!("{}个月÷12个月", now.period.ordinal()),
            "计算",
        ),
        glance(
            counted(u32::try_from(overdue.len()).unwrap_or(u32::MAX), "项"),
            "逾期",
            (!over.is_empty()).then(|| units(over)),
            format!("{end}，另有临期{}项", now.near().len()),
            "确数",
        ),
        glance(
            counted(u32::try_from(owed.len()).unwrap_or(u32::MAX), "个单位"),
            "应报未报",
            (!owed.is_empty())
                .then(|| format!("{}，{left}项不计入完成率", units(owed.iter().map(|row| row.at).collect()))),
            format!("次月{}日前应报", told.area.due),
            "确数",
        ),
    ]
}

fn reminders(told: &Told<'_>, now: &Month<'_>, edition: &Edition) -> Vec<Block> {
    let year = now.period.year();
    let mut lines: Vec<(&str, String)> = Vec::new();
    for (task, _) in now.overdue() {
        let by = task
            .new_due
            .map_or_else(|| "请报新时限。".to_owned(), |day| format!("{}前完成。", day_in(day, year)));
        lines.push((told.name(task.unit), format!("{}，{by}", task.matter)));
    }
    let owed = now.owed();
    if !owed.is_empty() {
        // Without a calendar of the year the day is not guessed.
        let by = told.calendars.working_after(edition.date, 5);
        let by = by
            .map_or_else(|_| "5个工作日内补报。".to_owned(), |day| format!("{}前补报。", day_in(day, year)));
        let month = now.period.ordinal();
        // What is missing comes before what is merely late to end.
        lines.extend(owed.iter().map(|row| (told.name(row.at), format!("{month}月报表，{by}"))));
    }
    lines.extend(now.near().into_iter().map(|task| {
        (told.name(task.unit), format!("{}，{}到期，不再延。", task.matter, day_in(task.due, year)))
    }));
    lines.truncate(3);
    let lines = lines.into_iter().enumerate();
    lines.map(|(at, (unit, text))| prose(Some(&format!("{}.{unit}：", at + 1)), text)).collect()
}
