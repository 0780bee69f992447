//! 月提醒调度: who reported what, which tasks are near or over, what differs from the month before, and three reminders.
//!
//! How a task stands is left to the model.

mod compared;
mod ledger;
mod month;
mod plates;

use compared::compared;
use ledger::ledger;
use month::{Month, month};
use plates::{chart, pressing, progress};

use super::parts::{
    ahead, as_of, capital, cited, counted, day_in, demo_mark, few, figure, glance, list, many, number, prose,
    share, words,
};
use super::previous::first_issue;
use super::returns::{fact, last_said};
use super::settled::Settled;
use super::{Told, nothing};
use crate::diag::Diagnostics;
use crate::model::{Language, elapsed, percent};
use crate::views::Edition;
use crate::views::assemble::Drafted;
use crate::views::cite::Citations;
use crate::views::numerals::{count_of, han_of};
use crate::views::shape::{Block, Runs};

/// The heading under which the month before is compared.
fn compared_heading(language: Language) -> &'static str {
    language.pick("与上月比", "Compared with the month before")
}

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
    let (name, language) = (&told.area.name, told.language);
    let mut sections = vec![Drafted {
        heading: language.pick("完成情况", "What is done").into(),
        blocks: vec![chart(told, &now), table1],
    }];
    sections.extend(table2.map(|block| Drafted {
        heading: language.pick("逾期与临期", "Overdue and due soon").into(),
        blocks: vec![block],
    }));
    sections.push(Drafted { heading: compared_heading(language).into(), blocks: compared });
    let reminders = reminders(told, &now, edition);
    if !reminders.is_empty() {
        sections.push(Drafted {
            heading: match language.is_english() {
                true => capital(&few(reminders.len(), "reminder", "reminders")),
                false => format!("提醒{}条", han_of(reminders.len()).replace('两', "二")),
            },
            blocks: reminders,
        });
    }
    let first = told.previous.is_none().then(|| first_issue(edition.period.before(), language));
    let mut files = vec![(kept.title.clone(), kept.digest.clone())];
    let lists = told.book.lists.get(&year);
    files.extend(lists.map(|kept| (kept.title.clone(), kept.digest.clone())));
    files.extend(told.book.corrections.get(&year).map(|kept| (kept.title.clone(), kept.digest.clone())));
    let ledger = lists.and_then(|kept| ledger(told, &kept.what, &now));
    Some(Settled {
        title: match language.is_english() {
            true => format!("{name}: dispatch of tasks for {}", edition.period.in_words(language)),
            false => format!("{name}{}任务提醒调度", edition.period.chinese()),
        },
        subtitle: None,
        note: note(told, &now),
        glance: glances(told, &now),
        lead: Vec::new(),
        sections,
        annexes: vec![(
            language.pick("四项清单台账和月报各项", "The four lists and all items of the returns"),
            ledger.into_iter().chain(extra).collect(),
        )],
        records: Vec::new(),
        notes: first.into_iter().chain(notes(told)).collect(),
        files,
        compares: Some(compared_heading(language)),
    })
}

/// How tasks and returns are judged.
fn notes(told: &Told<'_>) -> [String; 2] {
    let (near, due) = (told.area.near, told.area.due);
    match told.language.is_english() {
        true => [
            format!(
                "Tasks stand as at the end of the month: due within {near} days after it is due soon; its day come and not done is overdue, counted in calendar days."
            ),
            format!(
                "Returns are due on day {due} of the next month; how late they are is counted in working days."
            ),
        ],
        false => [
            format!(
                "状态以月末为准：应完成日在月末以后{near}日内为临期；应完成日已到而没有完成为逾期，已逾天数按日历日计。"
            ),
            format!("月报应在次月{due}日前报来，迟报天数按工作日计。"),
        ],
    }
}

fn note(told: &Told<'_>, now: &Month<'_>) -> Runs {
    let (overdue, missing) = (now.overdue().len(), now.owed().len());
    let demo = demo_mark(told.demo(), told.language);
    let mut parts = Vec::new();
    if told.language.is_english() {
        if overdue > 0 {
            parts.push(format!("{} overdue", few(overdue, "task is", "tasks are")));
        }
        if missing > 0 {
            parts.push(format!("{} not reported", few(missing, "unit has", "units have")));
        }
        return words(if parts.is_empty() {
            format!("All units have reported for this month, and nothing is overdue.{demo}")
        } else {
            format!(
                "This month {}. The units concerned are asked to act within the dates of Table 2 and to report back within five working days.{demo}",
                parts.join(" and ")
            )
        });
    }
    if overdue > 0 {
        parts.push(format!("{overdue}项逾期"));
    }
    if missing > 0 {
        parts.push(format!("{missing}个单位未报"));
    }
    words(if parts.is_empty() {
        format!("本月各单位都已报来，没有逾期事项。{demo}")
    } else {
        format!("本月有{}，请有关单位按表2时限办理，并于5个工作日内回告。{demo}", parts.join("、"))
    })
}

fn glances(told: &Told<'_>, now: &Month<'_>) -> Vec<crate::views::shape::Glance> {
    let (language, year) = (told.language, now.period.year());
    let english = language.is_english();
    let end = as_of(now.day, year, language);
    let all: f64 = now.rows.iter().map(|row| row.total).sum();
    let here = now.here().count();
    let rate = percent(now.done(), now.total()).unwrap_or_default();
    let overdue = now.overdue();
    let missing = now.owed();
    let left = missing.iter().map(|row| row.total).sum::<f64>();
    let passed = elapsed(now.period);
    let units = |at: Vec<usize>| list(at.into_iter().map(|at| told.name(at)), language);
    let mut over: Vec<usize> = overdue.iter().map(|(task, _)| task.unit).collect();
    over.dedup();
    let [of, exact, total, computed] =
        language.pick(["项", "确数", "合计", "计算"], ["", "exact", "total", "computed"]);
    let pace = ahead(rate, passed, language);
    let near = now.near().len();
    let names = units(missing.iter().map(|row| row.at).collect());
    vec![
        glance(
            counted(all, of),
            language.pick("年度任务", "Tasks of the year"),
            Some(match english {
                true => format!("{} reported by {}", now.total(), few(here, "unit", "units")),
                false => format!("{here}个单位已报{}项", now.total()),
            }),
            language.pick(format!("{year}年任务单"), format!("task sheet of {year}")),
            exact,
        ),
        glance(
            counted(now.done(), of),
            language.pick("已完成", "Done"),
            Some(match english {
                true => format!("{} that reported", few(here, "unit", "units")),
                false => format!("{}单位已报口径", han_of(here)),
            }),
            end.clone(),
            total,
        ),
        glance(
            figure(rate, share(rate), "%"),
            language.pick("完成率", "Completion rate"),
            Some(match english {
                true => format!("{} ÷ {}, as reported", now.done(), now.total()),
                false => format!("{}÷{}，已报口径", now.done(), now.total()),
            }),
            end.clone(),
            computed,
        ),
        glance(
            figure(passed, share(passed), "%"),
            language.pick("序时", "Schedule"),
            Some(match english {
                true => format!("completion is {pace}"),
                false => format!("完成率比序时{pace}"),
            }),
            match english {
                true => format!("{} ÷ 12 months", now.period.ordinal()),
                false => format!("{}个月÷12个月", now.period.ordinal()),
            },
            computed,
        ),
        glance(
            counted(number(overdue.len()), of),
            language.pick("逾期", "Overdue"),
            (!over.is_empty()).then(|| units(over)),
            match english {
                true => format!("{end}; {} more due soon", count_of(near, language)),
                false => format!("{end}，另有临期{near}项"),
            },
            exact,
        ),
        glance(
            counted(
                number(missing.len()),
                language.pick("个单位", if missing.len() == 1 { " unit" } else { " units" }),
            ),
            language.pick("应报未报", "Not reported"),
            (!missing.is_empty()).then(|| match english {
                true => format!("{names}: {} not in the rate", many(left, "task", "tasks")),
                false => format!("{names}，{left}项不计入完成率"),
            }),
            match english {
                true => format!("due on day {} of the next month", told.area.due),
                false => format!("次月{}日前应报", told.area.due),
            },
            exact,
        ),
    ]
}

fn reminders(told: &Told<'_>, now: &Month<'_>, edition: &Edition) -> Vec<Block> {
    let (year, language) = (now.period.year(), told.language);
    let english = language.is_english();
    let day = |day| day_in(day, year, language);
    let mut lines: Vec<(&str, String)> = Vec::new();
    for (task, _) in now.overdue() {
        let text = match (task.new_due.map(day), english) {
            (Some(by), true) => format!("{}; complete by {by}.", task.matter),
            (None, true) => format!("{}; report a new date.", task.matter),
            (Some(by), false) => format!("{}，{by}前完成。", task.matter),
            (None, false) => format!("{}，请报新时限。", task.matter),
        };
        lines.push((told.name(task.unit), text));
    }
    let missing = now.owed();
    if !missing.is_empty() {
        // Without a calendar of the year the day is not guessed.
        let by = told.calendars.working_after(edition.date, 5).ok().map(day);
        let month = now.period.ordinal();
        let text = match (by, english) {
            (Some(by), true) => format!("return for {}; send it by {by}.", now.period.in_words(language)),
            (None, true) => {
                format!("return for {}; send it within five working days.", now.period.in_words(language))
            }
            (Some(by), false) => format!("{month}月报表，{by}前补报。"),
            (None, false) => format!("{month}月报表，5个工作日内补报。"),
        };
        // What is missing comes before what is merely late to end.
        lines.extend(missing.iter().map(|row| (told.name(row.at), text.clone())));
    }
    lines.extend(now.near().into_iter().map(|task| {
        let due = day(task.due);
        let text = match english {
            true => format!("{}; due on {due}, with no further extension.", task.matter),
            false => format!("{}，{due}到期，不再延。", task.matter),
        };
        (told.name(task.unit), text)
    }));
    lines.truncate(3);
    let (point, colon) = language.pick((".", "："), (". ", ":"));
    let lines = lines.into_iter().enumerate();
    lines.map(|(at, (unit, text))| prose(Some(&format!("{}{point}{unit}{colon}", at + 1)), text)).collect()
}
