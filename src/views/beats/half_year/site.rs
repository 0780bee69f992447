//! The sites of the day: what to see at each, and the timetable of the route on a page of its own.
//!
//! How the targets stand is left to the module above.

use super::super::Told;
use super::super::parts::{DASH, cell, count, day_in, list, prose, table};
use crate::model::{Date, Half};
use crate::views::numerals::han;
use crate::views::shape::Block;
use chrono::{Datelike, NaiveTime};

pub(super) fn sites(told: &Told<'_>, half: &Half, year: i32) -> Vec<Block> {
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
        line("时间", &|stop| clock(stop.arrive)),
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

/// The timetable of the route, on a page of its own that can be torn off.
pub(super) fn route(told: &Told<'_>, half: &Half) -> Vec<Block> {
    if half.stops.is_empty() {
        return Vec::new();
    }
    let mut rows = Vec::new();
    for (at, stop) in half.stops.iter().enumerate() {
        rows.push(vec![
            count(at + 1),
            cell(format!("{}—{}", clock(stop.arrive), clock(stop.leave))),
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
        clock(first.arrive),
        clock(last.leave),
    );
    let stops = list(half.stops.iter().map(|stop| told.name(stop.unit)));
    vec![
        prose(None, words_of),
        table(
            format!("{}站：{stops}", han(half.stops.len())),
            None,
            &[
                ("站", "center"),
                ("时间", "center"),
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

/// 8:30
fn clock(time: NaiveTime) -> String {
    time.format("%-H:%M").to_string()
}
