//! 月提醒调度: who reported what, which tasks are near or over, what differs from the month before, and three reminders.
//!
//! How a task stands is left to the model; the four lists to `lists` in the annex.

use chrono::{Datelike, NaiveDate};

use super::parts::{
    DASH, NOT_APPLICABLE, cell, cited, count, counted, day_in, figure, glance, list, plate, prose, share,
    sum_of, table, words,
};
use super::returns::{Came, came, fact, last_said};
use super::settled::Settled;
use super::{Told, nothing, previous};
use crate::diag::Diagnostics;
use crate::model::{Indicator, ListState, Listed, Period, Standing, Task, Tasks, elapsed, percent, tenths};
use crate::views::Edition;
use crate::views::assemble::Drafted;
use crate::views::cite::Citations;
use crate::views::numerals::han_of;
use crate::views::shape::{Block, Cell, Runs, StackItem};

const COMPARED: &str = "与上月比";

/// A unit's month.
struct Row<'a> {
    at: usize,
    came: Came,
    total: f64,
    done: Option<f64>,
    on_time: Vec<&'a Task>,
    near: Vec<&'a Task>,
    overdue: Vec<(&'a Task, u32)>,
}

/// A month of all units.
struct Month<'a> {
    period: Period,
    day: NaiveDate,
    rows: Vec<Row<'a>>,
}

impl<'a> Month<'a> {
    fn here(&self) -> impl Iterator<Item = &Row<'a>> {
        self.rows.iter().filter(|row| row.came.is_here())
    }

    fn sum(&self, of: impl Fn(&Row<'a>) -> f64) -> f64 {
        self.here().map(of).sum()
    }

    fn done(&self) -> f64 {
        self.sum(|row| row.done.unwrap_or_default())
    }

    fn total(&self) -> f64 {
        self.sum(|row| row.total)
    }

    fn owed(&self) -> Vec<&Row<'a>> {
        self.rows.iter().filter(|row| row.came == Came::Owed).collect()
    }

    fn overdue(&self) -> Vec<(&'a Task, u32)> {
        let mut all: Vec<_> = self.here().flat_map(|row| row.overdue.iter().copied()).collect();
        all.sort_by_key(|(task, _)| (task.due, task.unit));
        all
    }

    fn near(&self) -> Vec<&'a Task> {
        let mut all: Vec<_> = self.here().flat_map(|row| row.near.iter().copied()).collect();
        all.sort_by_key(|task| (task.due, task.unit));
        all
    }
}

fn month<'a>(told: &Told<'a>, tasks: &'a Tasks, period: Period, diagnostics: &mut Diagnostics) -> Month<'a> {
    let day = period.last_day();
    let came = came(told, period, diagnostics);
    let rows = told
        .units()
        .map(|at| {
            let (mut on_time, mut near, mut overdue) = (Vec::new(), Vec::new(), Vec::new());
            for task in tasks.list.iter().filter(|task| task.unit == at) {
                match task.standing(day, told.area.near) {
                    Standing::Done => {}
                    Standing::OnTime => on_time.push(task),
                    Standing::Near => near.push(task),
                    Standing::Overdue(over) => overdue.push((task, over)),
                }
            }
            let total =
                fact(told, at, &tasks.total.id, period).or_else(|| last_said(told, at, &tasks.total.id));
            let listed = tasks.list.iter().filter(|task| task.unit == at).count();
            #[expect(clippy::cast_precision_loss, reason = "a count of tasks is far below 2^52")]
            let total = total.map_or(listed as f64, |fact| fact.quantity.value);
            let done = fact(told, at, &tasks.done.id, period).map(|fact| fact.quantity.value);
            Row { at, came: came[at], total, done, on_time, near, overdue }
        })
        .collect();
    Month { period, day, rows }
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

/// 快4.2个百分点, 慢21.7个百分点, 持平
pub(super) fn ahead(rate: f64, passed: f64) -> String {
    let by = tenths(rate - passed);
    if by > 0.0 {
        format!("快{}个百分点", share(by))
    } else if by < 0.0 {
        format!("慢{}个百分点", share(-by))
    } else {
        "持平".to_owned()
    }
}

fn progress<'a>(told: &Told<'a>, tasks: &Tasks, now: &Month<'a>, citations: &mut Citations<'a>) -> Block {
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    for row in &now.rows {
        let region = told.unit(row.at);
        let name = cell(told.name(row.at));
        if !row.came.is_here() {
            let total = match last_said(told, row.at, &tasks.total.id) {
                Some(fact) => cited(citations, region, fact),
                None => count(row.total),
            };
            let mut cells = vec![name, total];
            cells.extend([DASH; 4].map(cell));
            cells.push(cell(row.came.chinese()));
            rows.push(cells);
            continue;
        }
        let mut own = |indicator: &Indicator| match fact(told, row.at, &indicator.id, now.period) {
            Some(fact) => cited(citations, region, fact),
            None => cell(DASH),
        };
        rows.push(vec![
            name,
            own(&tasks.total),
            own(&tasks.done),
            count(row.on_time.len()),
            count(row.near.len()),
            count(row.overdue.len()),
            cell(row.came.chinese()),
        ]);
    }
    let here = now.here().count();
    let open: usize = now.here().map(|row| row.on_time.len()).sum();
    rows.push(vec![
        cell(sum_of(here)),
        count(now.total()),
        count(now.done()),
        count(open),
        count(now.near().len()),
        count(now.overdue().len()),
        cell(NOT_APPLICABLE),
    ]);
    let rate = percent(now.done(), now.total()).unwrap_or_default();
    table(
        format!("{}单位完成{}项，占已报任务的{}%", han_of(here), now.done(), share(rate)),
        Some("项"),
        &[
            ("单位", "left"),
            ("任务", "right"),
            ("完成■", "right"),
            ("按期□", "right"),
            ("临期△", "right"),
            ("逾期▲", "right"),
            ("报送", "center"),
        ],
        rows,
        format!(
            "来源：任务和完成为各单位月报，按期、临期、逾期为任务单；截至{}。合计只含已报单位。",
            day_in(now.day, now.period.year())
        ),
    )
}

fn chart(told: &Told<'_>, now: &Month<'_>) -> Block {
    let labels = ["完成", "按期", "临期", "逾期"];
    let items: Vec<StackItem> = now
        .rows
        .iter()
        .map(|row| {
            let whole = counted(row.total, "项");
            let name = told.name(row.at).to_owned();
            if !row.came.is_here() {
                let words = if row.came == Came::Owed { "未报" } else { "资料未载" };
                return StackItem { name, parts: Vec::new(), whole, empty: Some(words.to_owned()) };
            }
            let counts = [row.on_time.len(), row.near.len(), row.overdue.len()];
            let mut parts = vec![counted(row.done.unwrap_or_default(), "项")];
            parts.extend(counts.map(|count| counted(u32::try_from(count).unwrap_or(u32::MAX), "项")));
            StackItem { name, parts, whole, empty: None }
        })
        .collect();
    let over: Vec<&str> =
        now.here().filter(|row| !row.overdue.is_empty()).map(|row| told.name(row.at)).collect();
    let title = match over.as_slice() {
        [] => "已报单位都没有逾期".to_owned(),
        few if few.len() * 2 <= now.here().count() => format!("逾期集中在{}", few.join("、")),
        many => format!("{}个单位有逾期事项", han_of(many.len())),
    };
    let alt: Vec<String> = items
        .iter()
        .map(|item| match &item.empty {
            Some(words) => format!("{}{words}（{}项）", item.name, item.whole.label),
            None => {
                let parts: Vec<String> = labels
                    .iter()
                    .zip(&item.parts)
                    .map(|(label, part)| format!("{label}{}", part.label))
                    .collect();
                format!("{}{}", item.name, parts.join("、"))
            }
        })
        .collect();
    let source = format!(
        "数据：同表1，单位：项，截至{}。空框为应报未报，框长为任务数。",
        day_in(now.day, now.period.year())
    );
    let plate = plate(title, Some("项"), source, &format!("{}。", alt.join("；")));
    Block::Stacks { plate, labels: labels.map(str::to_owned).to_vec(), items }
}

fn pressing(told: &Told<'_>, now: &Month<'_>) -> Option<Block> {
    let year = now.period.year();
    let overdue = now.overdue();
    let near = now.near();
    if overdue.is_empty() && near.is_empty() {
        return None;
    }
    let said = |text: &Option<String>| cell(text.as_deref().unwrap_or(DASH));
    let row = |task: &Task, over: Cell| {
        let new =
            task.new_due.filter(|_| matches!(task.standing(now.day, told.area.near), Standing::Overdue(_)));
        vec![
            cell(&task.matter),
            cell(told.name(task.unit)),
            cell(day_in(task.due, year)),
            over,
            said(&task.stuck),
            said(&task.ask),
            cell(new.map_or_else(|| NOT_APPLICABLE.to_owned(), |day| day_in(day, year))),
        ]
    };
    let mut rows: Vec<Vec<Cell>> = overdue.iter().map(|(task, over)| row(task, count(over))).collect();
    rows.extend(near.iter().map(|task| row(task, cell("临期"))));
    let longest = overdue.iter().map(|(_, over)| *over).max();
    let title = match longest {
        Some(days) => format!("逾期{}项，最长已逾{days}天；临期{}项", overdue.len(), near.len()),
        None => format!("没有逾期，临期{}项", near.len()),
    };
    Some(table(
        title,
        None,
        &[
            ("事项", "left"),
            ("单位", "center"),
            ("应完成日", "center"),
            ("已逾天数", "right"),
            ("卡在哪", "left"),
            ("请谁协调", "left"),
            ("新时限", "center"),
        ],
        rows,
        format!("来源：任务单，截至{}；临期事项时限不变，新时限栏为“／”。", day_in(now.day, year)),
    ))
}

/// What differs from the month before: paragraphs, and a table for the annex.
fn compared<'a>(
    told: &Told<'a>,
    tasks: &'a Tasks,
    now: &Month<'a>,
    citations: &mut Citations<'a>,
) -> (Vec<Block>, Vec<Block>) {
    let before = now.period.before();
    let same_year = before.year() == now.period.year();
    let mut blocks = Vec::new();
    let then = month(told, tasks, before, &mut Diagnostics::new());
    let both: Vec<usize> = now.here().map(|row| row.at).filter(|at| then.rows[*at].came.is_here()).collect();
    let mut said = Vec::new();
    if same_year && !both.is_empty() {
        let sum =
            |month: &Month<'_>| both.iter().map(|at| month.rows[*at].done.unwrap_or_default()).sum::<f64>();
        let (was, is) = (sum(&then), sum(now));
        let rate =
            percent(is - was, was).map_or_else(String::new, |rate| format!("，环比{}%", signed_share(rate)));
        said.push(format!(
            "同口径{}单位完成数{}→{}{rate}。",
            han_of(both.len()),
            super::parts::digits(was),
            super::parts::digits(is),
        ));
        let over = |month: &Month<'a>| {
            let all = month.overdue().into_iter().map(|(task, _)| task);
            all.filter(|task| both.contains(&task.unit)).collect::<Vec<_>>()
        };
        let (old, new) = (over(&then), over(now));
        let fresh: Vec<&&Task> =
            new.iter().filter(|task| !old.iter().any(|other| other.id == task.id)).collect();
        let gone: Vec<&&Task> =
            old.iter().filter(|task| !new.iter().any(|other| other.id == task.id)).collect();
        let ended = list(gone.iter().map(|task| task.matter.as_str()));
        let ended = if ended.is_empty() { ended } else { format!("（{ended}）") };
        said.push(format!("新逾期{}项，销号{}项{ended}。", fresh.len(), gone.len()));
    }
    if !said.is_empty() {
        blocks.push(prose(Some("进度。"), said.concat()));
    }
    let extra = side_by_side(told, tasks, now, citations);
    let from = before.last_day().succ_opt().unwrap_or(now.day);
    let known = previous::declared(told, now.period.year(), from, now.day);
    let found = previous::differences(told, citations, before, &known);
    let corrections: Vec<String> = known
        .iter()
        .chain(&found.corrected)
        .map(|one| format!("{}“{}”由{}更正为{}，原因：{}。", one.issue, one.what, one.was, one.now, one.why))
        .collect();
    if !corrections.is_empty() {
        blocks.push(prose(Some("更正："), corrections.concat()));
    }
    let list_of = |items: &[(String, String)]| {
        items.iter().map(|(what, value)| format!("{what}{value}")).collect::<Vec<_>>().join("、")
    };
    if !found.late.is_empty() {
        blocks.push(prose(Some("补报："), format!("{}，上期刊出时还没有报来。", list_of(&found.late))));
    }
    if !found.withdrawn.is_empty() {
        blocks.push(prose(
            Some("撤回："),
            format!("上期刊出的{}，资料里已经撤下。", list_of(&found.withdrawn)),
        ));
    }
    (blocks, vec![extra])
}

/// ＋21.7, －3.0
pub(super) fn signed_share(rate: f64) -> String {
    let sign = if rate < 0.0 {
        "－"
    } else if rate > 0.0 {
        "＋"
    } else {
        ""
    };
    format!("{sign}{}", share(rate.abs()))
}

/// This month, the month before and the same month of last year, over the units that reported each time.
fn side_by_side<'a>(
    told: &Told<'a>,
    tasks: &'a Tasks,
    now: &Month<'a>,
    citations: &mut Citations<'a>,
) -> Block {
    let mut rows = Vec::new();
    for indicator in [&tasks.done].into_iter().chain(&tasks.also) {
        let value = |at: usize, period| fact(told, at, &indicator.id, period);
        let here: Vec<usize> = now.here().map(|row| row.at).collect();
        let sum = |period: Period| -> Option<(f64, f64, usize)> {
            let both: Vec<(f64, f64)> = here
                .iter()
                .filter_map(|at| {
                    Some((value(*at, now.period)?.quantity.value, value(*at, period)?.quantity.value))
                })
                .collect();
            let (is, was) = both.iter().fold((0.0, 0.0), |(a, b), (is, was)| (a + is, b + was));
            (!both.is_empty()).then_some((is, was, both.len()))
        };
        for at in &here {
            // The month before is listed for the tasks alone: their sum stands on page two.
            let periods = if indicator.id == tasks.done.id { 2 } else { 1 };
            for period in [now.period, now.period.before()].into_iter().take(periods) {
                if let Some(fact) = value(*at, period) {
                    cited(citations, told.unit(*at), fact);
                }
            }
        }
        let (before, year) = (sum(now.period.before()), sum(now.period.a_year_before()));
        let own: f64 =
            here.iter().filter_map(|at| value(*at, now.period)).map(|fact| fact.quantity.value).sum();
        let past = |sums: Option<(f64, f64, usize)>| match sums {
            Some((is, was, units)) => {
                let rate = percent(is - was, was);
                let was = super::parts::digits(was);
                // Fewer units than this month: a number beside the whole would seem to be one with it.
                let same = units == here.len();
                [
                    cell(if same { was } else { format!("{was}（{units}单位）") }),
                    cell(rate.map_or_else(|| NOT_APPLICABLE.to_owned(), signed_share)),
                ]
            }
            None => [cell(DASH), cell(DASH)],
        };
        let mut row =
            vec![cell(format!("{}（{}）", indicator.label, indicator.unit)), cell(super::parts::digits(own))];
        row.extend(past(before));
        row.extend(past(year));
        rows.push(row);
    }
    let known = now.period.a_year_before();
    table(
        format!("{}单位各项与上月、上年同月", han_of(now.here().count())),
        None,
        &[
            ("指标", "left"),
            ("本期", "right"),
            ("上期", "right"),
            ("环比（%）", "right"),
            ("上年同期", "right"),
            ("同比（%）", "right"),
        ],
        rows,
        format!("来源：各单位月报；只用两期都报来的单位。{}没有月报的，上年同期为“—”。", known.chinese()),
    )
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

/// The four lists as they stand at the end of the month: what is on them, what is new, what has left them.
fn ledger(told: &Told<'_>, all: &[Listed], now: &Month<'_>) -> Option<Block> {
    let year = now.period.year();
    let first = now.day.with_day(1).unwrap_or(now.day);
    let within = |day: NaiveDate| (first..=now.day).contains(&day);
    let row = |entry: &&Listed| {
        vec![
            cell(entry.id.to_uppercase()),
            cell(entry.kind.chinese()),
            cell(&entry.matter),
            cell(&entry.proposer),
            cell(entry.owner.map_or(DASH, |at| told.name(at))),
            cell(day_in(entry.due, year)),
            cell(entry.state(now.day).chinese()),
            cell(
                entry
                    .result
                    .as_deref()
                    .filter(|_| entry.ended().is_some_and(|day| day <= now.day))
                    .unwrap_or(DASH),
            ),
        ]
    };
    let mut entries: Vec<&Listed> = all.iter().filter(|entry| entry.opened <= now.day).collect();
    entries.sort_by(|a, b| (a.kind, a.opened, &a.id).cmp(&(b.kind, b.opened, &b.id)));
    let new: Vec<&Listed> = entries.iter().copied().filter(|entry| within(entry.opened)).collect();
    let gone: Vec<&Listed> =
        entries.iter().copied().filter(|entry| entry.ended().is_some_and(within)).collect();
    let open: Vec<&Listed> = entries
        .iter()
        .copied()
        .filter(|entry| !within(entry.opened) && entry.ended().is_none_or(|day| day > now.day))
        .collect();
    let standing = entries.iter().filter(|entry| entry.ended().is_none_or(|day| day > now.day)).count();
    let idle = entries.iter().filter(|entry| entry.state(now.day) == ListState::Open).count();
    let tables = [
        (format!("以前列入、月末仍在册{}项", open.len()), open),
        (format!("本月新增{}项", new.len()), new),
        (format!("本月销号{}项", gone.len()), gone),
    ];
    let heads = [
        ("编号", "center"),
        ("类别", "center"),
        ("事项", "left"),
        ("提出单位", "left"),
        ("承接单位", "center"),
        ("时限", "center"),
        ("状态", "center"),
        ("结果", "left"),
    ];
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    for (title, entries) in tables.into_iter().filter(|(_, entries)| !entries.is_empty()) {
        rows.push(vec![cell(title)]);
        rows.extend(entries.iter().map(row));
    }
    if rows.is_empty() {
        return None;
    }
    let source = format!("来源：四项清单台账，截至{}。", day_in(now.day, year));
    Some(table(format!("四项清单月末在册{standing}项，其中未接{idle}项"), None, &heads, rows, source))
}
