//! 半年现场推进: targets against the time gone by, the sites of the day, what was settled, and what is left month by month.

use chrono::Datelike;

use super::parts::{
    DASH, cell, count, counted, day_in, digits, figure, glance, list, plate, prose, share, table, words,
};
use super::returns::{Came, came, fact};
use super::settled::Settled;
use super::targets::{Reached, reached};
use super::{Told, nothing};
use crate::diag::Diagnostics;
use crate::model::{Date, Decision, Half, Node, Period, Target, elapsed, spread};
use crate::views::Edition;
use crate::views::assemble::Drafted;
use crate::views::cite::Citations;
use crate::views::numerals::{han, han_of};
use crate::views::shape::{Block, Cell, Figure, Glance, PaceItem, Runs, Step};

pub(super) fn told<'a>(
    told: &Told<'a>,
    citations: &mut Citations<'a>,
    edition: &Edition,
    diagnostics: &mut Diagnostics,
) -> Option<Settled> {
    let period = edition.period;
    let year = period.year();
    let Some(kept) = told.book.halves.get(&period) else {
        let path = format!("data/areas/{}/{period}.toml", told.area.id);
        nothing(&format!("file of the day on site of {period}"), &path, diagnostics);
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
    let half = &kept.what;
    let mut sections = vec![Drafted {
        heading: "指标进度".into(),
        blocks: vec![
            progress(&all, &came, period),
            pace(&all, period),
            by_unit(told, &targets.what, &came, period),
        ],
    }];
    if !half.stops.is_empty() {
        sections.push(Drafted { heading: "现场点位".into(), blocks: sites(told, half, year) });
    }
    if !half.decisions.is_empty() {
        let blocks = vec![decisions(&half.decisions, year)];
        sections.push(Drafted { heading: "会上定的事".into(), blocks });
    }
    let plans = plans(half, &all, period);
    if !plans.is_empty() {
        sections.push(Drafted { heading: "慢项倒排".into(), blocks: plans });
    }
    if !half.nodes.is_empty() {
        let name = if period.ordinal() == 1 { "下半年节点表" } else { "下年节点表" };
        let mut blocks = vec![nodes(&half.nodes, year)];
        if !half.decisions.is_empty() {
            blocks.push(prose(
                None,
                "会上定的事由牵头单位按时限办理，办结情况随当月月报回告；倒排数没有完成的，在下一期月提醒调度里写明卡在哪、请谁协调。",
            ));
        }
        sections.push(Drafted { heading: name.into(), blocks });
    }
    let route = route(told, half);
    let slow = all.iter().filter(|one| one.ahead < 0.0).count();
    let demo = if told.demo() { "（演示）" } else { "" };
    let name = if period.ordinal() == 1 { "上半年" } else { "全年" };
    let note = if slow == 0 {
        format!("{name}{}项指标没有慢于序时的，现场点位看怎样保持。{demo}", han_of(all.len()))
    } else {
        format!(
            "{name}{}项指标有{}项慢于序时，现场点位围绕慢项选定，请带着问题看。{demo}",
            han_of(all.len()).replace('两', "二"),
            han(slow)
        )
    };
    Some(Settled {
        title: format!("{}{}现场推进情况", told.area.name, period.chinese()),
        subtitle: None,
        note: words(note),
        glance: glances(&all, period),
        lead: vec![lead(told, &all, &came, period)],
        sections,
        annexes: vec![("现场推进路线时刻表", route)],
        notes: vec![
            format!(
                "序时为到{}已过的月数占全年的比，比序时＝完成率－序时，按未取舍的数相减。",
                day_in(period.last_day(), year)
            ),
            "◇为目标或计划数，●为完成数。慢项倒排把剩下的数摊到余下各月，合计等于目标减去已完成。".to_owned(),
        ],
        files: vec![
            (kept.title.clone(), kept.digest.clone()),
            (targets.title.clone(), targets.digest.clone()),
        ],
        compares: None,
    })
}

fn names<'r>(all: &[Reached<'r>], which: impl Fn(&Reached<'r>) -> bool) -> Vec<&'r str> {
    all.iter().filter(|one| which(one)).map(|one| one.target.indicator.label.as_str()).collect()
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

fn glances(all: &[Reached<'_>], period: Period) -> Vec<Glance> {
    let end = format!("截至{}", day_in(period.last_day(), period.year()));
    let passed = elapsed(period);
    let fast = names(all, |one| one.ahead > 0.0);
    let level = names(all, |one| one.ahead == 0.0);
    let slow = names(all, |one| one.ahead < 0.0);
    let more = |names: &[&str]| (!names.is_empty()).then(|| names.join("、"));
    let worst = all.iter().min_by(|a, b| a.ahead.total_cmp(&b.ahead)).filter(|one| one.ahead < 0.0);
    let months = 12 - period.ordinal() * 6;
    let last = match worst {
        Some(one) if months > 0 => glance(
            target(counted(one.target.value - one.done, &one.target.indicator.unit)),
            "最慢一项还要完成",
            Some(format!("{}－{}，摊到{months}个月", digits(one.target.value), digits(one.done))),
            format!("{}至12月", 13 - months),
            "目标",
        ),
        _ => glance(
            counted(number(all.iter().filter(|one| one.share >= 100.0).count()), "项"),
            "已达年目标",
            None,
            end.clone(),
            "计算",
        ),
    };
    let behind = worst.map(|one| format!("{}，{}", slow.join("、"), super::monthly::ahead(one.ahead, 0.0)));
    vec![
        glance(
            figure(passed, digits(passed), "%"),
            "序时",
            Some(format!("{}个月÷12个月", period.ordinal() * 6)),
            end.clone(),
            "计算",
        ),
        glance(
            counted(number(all.len()), "项"),
            "有年目标的指标",
            Some("各自按完成率比序时".to_owned()),
            format!("{}年目标", period.year()),
            "确数",
        ),
        glance(counted(number(fast.len()), "项"), "快于序时", more(&fast), end.clone(), "计算"),
        glance(counted(number(level.len()), "项"), "与序时持平", more(&level), end.clone(), "计算"),
        glance(counted(number(slow.len()), "项"), "慢于序时", behind, end, "计算"),
        last,
    ]
}

fn target(figure: Figure) -> Figure {
    Figure { target: true, ..figure }
}

fn lead(told: &Told<'_>, all: &[Reached<'_>], came: &[Came], period: Period) -> Runs {
    let here = came.iter().filter(|came| came.is_here()).count();
    let fast = names(all, |one| one.ahead > 0.0);
    let level = names(all, |one| one.ahead == 0.0);
    let slow: Vec<String> = all
        .iter()
        .filter(|one| one.ahead < 0.0)
        .map(|one| {
            let left = one.target.value - one.done;
            format!(
                "{}{}，还差{}{}",
                one.target.indicator.label,
                super::monthly::ahead(one.ahead, 0.0),
                digits(left),
                one.target.indicator.unit
            )
        })
        .collect();
    let mut parts = Vec::new();
    if !fast.is_empty() {
        parts.push(format!("{}快于序时", fast.join("、")));
    }
    if !level.is_empty() {
        parts.push(format!("{}持平", level.join("、")));
    }
    parts.extend(slow);
    let owed: Vec<&str> = told.units().filter(|at| came[*at] == Came::Owed).map(|at| told.name(at)).collect();
    let owed = if owed.is_empty() {
        String::new()
    } else {
        format!("{}应报未报，不计入。", owed.join("、"))
    };
    words(format!(
        "到{}，时间过去{}%。{}单位报来{}项指标：{}。{owed}",
        day_in(period.last_day(), period.year()),
        digits(elapsed(period)),
        han_of(here),
        han_of(all.len()),
        parts.join("；"),
    ))
}

fn progress(all: &[Reached<'_>], came: &[Came], period: Period) -> Block {
    let rows = all
        .iter()
        .map(|one| {
            vec![
                cell(one.name()),
                cell(format!("◇{}", digits(one.target.value))),
                cell(digits(one.done)),
                cell(share(one.share)),
                cell(super::monthly::ahead(one.ahead, 0.0).replace("个百分点", "")),
            ]
        })
        .collect();
    let fast = all.iter().filter(|one| one.ahead > 0.0).count();
    let slow = all.iter().filter(|one| one.ahead < 0.0).count();
    let here = came.iter().filter(|came| came.is_here()).count();
    table(
        format!(
            "{}项里{}项快、{}项平、{}项慢",
            han_of(all.len()),
            han(fast),
            han(all.len() - fast - slow),
            han(slow)
        ),
        None,
        &[
            ("指标", "left"),
            ("年目标◇", "right"),
            (if period.ordinal() == 1 { "半年完成●" } else { "全年完成●" }, "right"),
            ("完成率（%）", "right"),
            ("比序时（百分点）", "center"),
        ],
        rows,
        format!(
            "来源：完成数为{}单位报表合计，目标为年度目标；截至{}，序时{}%。",
            han_of(here),
            day_in(period.last_day(), period.year()),
            digits(elapsed(period))
        ),
    )
}

fn pace(all: &[Reached<'_>], period: Period) -> Block {
    let passed = elapsed(period);
    let worst = all.iter().min_by(|a, b| a.ahead.total_cmp(&b.ahead)).filter(|one| one.ahead < 0.0);
    let title = match worst {
        Some(one) => format!("{}慢于序时{}个百分点", one.target.indicator.label, digits(-one.ahead)),
        None => "没有一项慢于序时".to_owned(),
    };
    let items: Vec<PaceItem> = all
        .iter()
        .map(|one| PaceItem {
            name: one.target.indicator.label.clone(),
            share: figure(one.share, share(one.share), "%"),
            done: counted(one.done, &one.target.indicator.unit),
            aim: target(counted(one.target.value, &one.target.indicator.unit)),
            ahead: super::monthly::ahead(one.ahead, 0.0).replace("个百分点", ""),
            slow: one.ahead < 0.0,
        })
        .collect();
    let alt: Vec<String> = items
        .iter()
        .map(|item| {
            let (done, aim) = (&item.done, &item.aim);
            format!(
                "{}完成{}{}，目标{}{}，完成率{}%，{}",
                item.name, done.label, done.unit, aim.label, aim.unit, item.share.label, item.ahead
            )
        })
        .collect();
    let source = format!(
        "数据：同表1，单位：%（完成率），截至{}；虚线为序时，黑条为慢于序时的一项。",
        day_in(period.last_day(), period.year())
    );
    let plate = plate(title, Some("%"), source, &format!("序时{}%；{}。", digits(passed), alt.join("；")));
    Block::Pace { plate, mark: figure(passed, digits(passed), "%"), items }
}

/// What each unit reported of each indicator.
pub(super) fn by_unit(told: &Told<'_>, targets: &[Target], came: &[Came], period: Period) -> Block {
    let mut sums = vec![0.0; targets.len()];
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    for at in told.units() {
        let mut row = vec![cell(told.name(at))];
        for (target, sum) in targets.iter().zip(&mut sums) {
            row.push(match fact(told, at, &target.indicator.id, period) {
                Some(fact) => {
                    *sum += fact.quantity.value;
                    cell(fact.quantity.digits())
                }
                None => cell(DASH),
            });
        }
        row.push(cell(came[at].chinese()));
        rows.push(row);
    }
    let here = came.iter().filter(|came| came.is_here()).count();
    let mut last = vec![cell(super::parts::sum_of(here))];
    last.extend(sums.iter().map(|sum| cell(digits(*sum))));
    last.push(cell(super::parts::NOT_APPLICABLE));
    rows.push(last);
    let heads: Vec<String> = targets
        .iter()
        .map(|target| format!("{}（{}）", target.indicator.label, target.indicator.unit))
        .collect();
    let mut columns = vec![("单位", "left")];
    columns.extend(heads.iter().map(|head| (head.as_str(), "right")));
    columns.push(("报送", "center"));
    table(
        format!("{}单位各自完成的数", han_of(here)),
        None,
        &columns,
        rows,
        format!("来源：各单位{}报表；只列不排。", period.chinese()),
    )
}

fn sites(told: &Told<'_>, half: &Half, year: i32) -> Vec<Block> {
    let mut columns: Vec<(String, &'static str)> = vec![("站次".to_owned(), "left")];
    columns.extend(
        half.stops
            .iter()
            .enumerate()
            .map(|(at, stop)| (format!("第{}站 {}", han(at + 1), told.name(stop.unit)), "left")),
    );
    let heads: Vec<(&str, &'static str)> =
        columns.iter().map(|(head, align)| (head.as_str(), *align)).collect();
    let line = |name: &str, of: &dyn Fn(&crate::model::Stop) -> String| {
        let mut row = vec![cell(name)];
        row.extend(half.stops.iter().map(|stop| cell(of(stop))));
        row
    };
    let rows = vec![
        line("时间", &|stop| stop.arrive.format("%-H:%M").to_string()),
        line("地点", &|stop| stop.place.clone()),
        line("看什么", &|stop| stop.look.clone()),
        line("一个数", &|stop| stop.number.clone()),
        line("一个问题", &|stop| stop.problem.clone()),
        line("谁来讲", &|stop| stop.speaker.clone()),
    ];
    let day = half.day.map_or_else(String::new, |day| format!("{}，", day_in(day, year)));
    vec![table(
        format!("{}个点，每个点一个数、一个问题", han(half.stops.len())),
        None,
        &heads,
        rows,
        format!("来源：现场推进方案；{day}路线时刻见附件1。"),
    )]
}

fn decisions(all: &[Decision], year: i32) -> Block {
    let mut all: Vec<&Decision> = all.iter().collect();
    all.sort_by_key(|decision| decision.due);
    let rows = all
        .iter()
        .map(|decision| vec![cell(&decision.matter), cell(&decision.lead), cell(day_in(decision.due, year))])
        .collect();
    let first = all[0];
    table(
        format!("会上定{}件事，最早一件{}前办完", han(all.len()), day_in(first.due, year)),
        None,
        &[("事项", "left"), ("牵头", "left"), ("时限", "center")],
        rows,
        "来源：现场推进会记录，按时限排。",
    )
}

/// What is to be done in each month that is left, for each target that is behind.
fn plans(half: &Half, all: &[Reached<'_>], period: Period) -> Vec<Block> {
    let months = 12 - period.ordinal() * 6;
    if months == 0 {
        return Vec::new();
    }
    let mut rows = Vec::new();
    let mut sums = Vec::new();
    for one in all.iter().filter(|one| one.ahead < 0.0) {
        let Some(left) = one.left() else { continue };
        let own = half.plans.iter().find(|plan| plan.target == one.target.id);
        let plan = own.map_or_else(|| spread(left, months), |plan| plan.months.clone());
        let mut row = vec![cell(one.name())];
        row.extend(plan.iter().map(|month| cell(format!("◇{month}"))));
        row.push(cell(format!("◇{left}")));
        rows.push(row);
        sums.push(format!(
            "{}还要完成{left}{}（{left}＝{}－{}）",
            one.target.indicator.label,
            one.target.indicator.unit,
            digits(one.target.value),
            digits(one.done)
        ));
    }
    if rows.is_empty() {
        return Vec::new();
    }
    let first = 13 - months;
    let heads: Vec<String> = (first..=12).map(|month| format!("{month}月")).collect();
    let mut columns = vec![("指标", "left")];
    columns.extend(heads.iter().map(|head| (head.as_str(), "right")));
    columns.push(("合计", "right"));
    let title = format!("{first}至12月逐月倒排，合计等于目标减去已完成");
    let said = format!("{}。逐月完成数随月报核对，当月没有完成的并入下月。", sums.join("；"));
    vec![
        prose(None, said),
        table(title, None, &columns, rows, "来源：本刊按年度目标和报表数倒排；◇为计划数。"),
    ]
}

fn nodes(nodes: &[Node], year: i32) -> Block {
    let steps: Vec<Step> = nodes
        .iter()
        .map(|node| Step { when: day_in(node.day, year), what: words(&node.matter), target: true })
        .collect();
    let last = &nodes[nodes.len() - 1];
    let title = format!("{}个节点，最后一个在{}", han(nodes.len()), day_in(last.day, year));
    let alt: Vec<String> =
        nodes.iter().map(|node| format!("{}{}", day_in(node.day, year), node.matter)).collect();
    let plate = plate(
        title,
        None,
        "数据：现场推进会议定；◇为计划时间。".to_owned(),
        &format!("{}。", alt.join("；")),
    );
    Block::Steps { plate, steps }
}

/// The timetable of the route, on a page of its own that can be torn off.
fn route(told: &Told<'_>, half: &Half) -> Vec<Block> {
    if half.stops.is_empty() {
        return Vec::new();
    }
    let mut rows = Vec::new();
    for (at, stop) in half.stops.iter().enumerate() {
        let stay = (stop.leave - stop.arrive).num_minutes();
        rows.push(vec![
            count(at + 1),
            cell(stop.arrive.format("%-H:%M").to_string()),
            cell(stop.leave.format("%-H:%M").to_string()),
            count(stay),
            cell(format!("{}{}", told.name(stop.unit), stop.place)),
            cell(&stop.look),
            cell(&stop.speaker),
            cell(stop.way.as_deref().unwrap_or(DASH)),
        ]);
    }
    let first = &half.stops[0];
    let last = &half.stops[half.stops.len() - 1];
    let day = half.day.map_or_else(String::new, |day| {
        let name = ["一", "二", "三", "四", "五", "六", "日"][day.weekday().num_days_from_monday() as usize];
        format!("{}（星期{name}）", Date::Day(day).chinese())
    });
    let gather = half.gather.as_deref().map_or_else(String::new, |gather| format!("{gather}集合。"));
    let words_of = format!(
        "{day}，{}到第一站，{}离开最后一站。{gather}本页可撕下带走。",
        first.arrive.format("%-H:%M"),
        last.leave.format("%-H:%M"),
    );
    let stops = list(half.stops.iter().map(|stop| told.name(stop.unit)));
    vec![
        prose(None, words_of),
        table(
            format!("{}站：{stops}", han(half.stops.len())),
            None,
            &[
                ("站", "center"),
                ("到达", "center"),
                ("离开", "center"),
                ("停留（分）", "right"),
                ("地点", "left"),
                ("看什么", "left"),
                ("谁来讲", "left"),
                ("下一程", "left"),
            ],
            rows,
            "来源：现场推进方案。",
        ),
        prose(Some("每站三问："), "清单上的事谁在办，卡在哪，几号办完。"),
    ]
}
