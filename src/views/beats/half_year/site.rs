//! The sites of the day: what to see at each, and the timetable of the route on a page of its own.
//!
//! How the targets stand is left to the module above.

use super::super::Told;
use super::super::parts::{DASH, capital, cell, count, day_in, few, prose, table};
use crate::model::{Date, Half};
use crate::views::numerals::{han, han_of};
use crate::views::shape::Block;
use chrono::{Datelike, NaiveTime};

pub(super) fn sites(told: &Told<'_>, half: &Half, year: i32) -> Vec<Block> {
    let language = told.language;
    let mut columns: Vec<(String, &'static str)> = vec![(language.pick("站次", "Stop").to_owned(), "left")];
    columns.extend(half.stops.iter().enumerate().map(|(at, stop)| {
        let unit = told.name(stop.unit);
        let head = match language.is_english() {
            true => format!("{}. {unit}", at + 1),
            false => format!("第{}站 {unit}", han(at + 1)),
        };
        (head, "left")
    }));
    let heads: Vec<(&str, &'static str)> =
        columns.iter().map(|(head, align)| (head.as_str(), *align)).collect();
    let line = |name: &str, of: &dyn Fn(&crate::model::Stop) -> String| {
        let mut row = vec![cell(name)];
        row.extend(half.stops.iter().map(|stop| cell(of(stop))));
        row
    };
    let [time, place, look, number, problem, speaker] = language.pick(
        ["时间", "地点", "看什么", "一个数", "一个问题", "谁来讲"],
        ["Time", "Place", "What to see", "One figure", "One problem", "Speaker"],
    );
    let rows = vec![
        line(time, &|stop| clock(stop.arrive)),
        line(place, &|stop| stop.place.clone()),
        line(look, &|stop| stop.look.clone()),
        line(number, &|stop| stop.number.clone()),
        line(problem, &|stop| stop.problem.clone()),
        line(speaker, &|stop| stop.speaker.clone()),
    ];
    let (title, source) = match language.is_english() {
        true => {
            let day = half.day.map_or_else(String::new, |day| format!("{}; ", day_in(day, year, language)));
            (
                format!(
                    "{}, each with one figure and one problem",
                    capital(&few(half.stops.len(), "site", "sites"))
                ),
                format!("Source: plan of the on-site review; {day}the timetable stands in Annex 1."),
            )
        }
        false => {
            let day = half.day.map_or_else(String::new, |day| format!("{}，", day_in(day, year, language)));
            (
                format!("{}个点，每个点一个数、一个问题", han_of(half.stops.len())),
                format!("来源：现场推进方案；{day}路线时刻见附件1。"),
            )
        }
    };
    vec![table(title, None, &heads, rows, source, language)]
}

/// The timetable of the route, on a page of its own that can be torn off.
pub(super) fn route(told: &Told<'_>, half: &Half) -> Vec<Block> {
    if half.stops.is_empty() {
        return Vec::new();
    }
    let language = told.language;
    let mut rows = Vec::new();
    for (at, stop) in half.stops.iter().enumerate() {
        rows.push(vec![
            count(at + 1),
            cell(format!("{}{}{}", clock(stop.arrive), language.pick("—", "–"), clock(stop.leave))),
            cell(match language.is_english() {
                true => format!("{}, {}", stop.place, told.name(stop.unit)),
                false => format!("{}{}", told.name(stop.unit), stop.place),
            }),
            cell(&stop.look),
            cell(&stop.speaker),
            cell(stop.way.as_deref().unwrap_or(DASH)),
        ]);
    }
    let first = &half.stops[0];
    let last = &half.stops[half.stops.len() - 1];
    let (from, to, stops) = (clock(first.arrive), clock(last.leave), half.stops.len());
    let words_of = if language.is_english() {
        let day = half.day.map_or_else(String::new, |day| {
            format!("{}, {}. ", day.format("%A"), Date::Day(day).in_words(language))
        });
        let gather = half.gather.as_deref().map_or_else(String::new, |gather| format!("Meet {gather}. "));
        format!(
            "{day}{gather}Arrival at the first stop {from}, departure from the last {to}. This page can be torn off and taken along."
        )
    } else {
        let day = half.day.map_or_else(String::new, |day| {
            let name =
                ["一", "二", "三", "四", "五", "六", "日"][day.weekday().num_days_from_monday() as usize];
            format!("{}（星期{name}）", Date::Day(day).chinese())
        });
        let gather = half.gather.as_deref().map_or_else(String::new, |gather| format!("{gather}集合。"));
        format!("{day}，{from}到第一站，{to}离开最后一站。{gather}本页可撕下带走。")
    };
    let names: Vec<&str> = half.stops.iter().map(|stop| told.name(stop.unit)).collect();
    let names = names.join(language.comma());
    let title = match language.is_english() {
        true => format!("{}: {names}", capital(&few(stops, "stop", "stops"))),
        false => format!("{}站：{names}", han_of(stops)),
    };
    let heads = language.pick(
        ["站", "时间", "地点", "看什么", "谁来讲", "下一程"],
        ["Stop", "Time", "Place", "What to see", "Speaker", "Next leg"],
    );
    let columns: Vec<(&str, &'static str)> =
        heads.into_iter().zip(["center", "center", "left", "left", "left", "left"]).collect();
    let source = language.pick("来源：现场推进方案。", "Source: plan of the on-site review.");
    let (lead, questions) = language.pick(
        ("每站三问：", "清单上的事谁在办，卡在哪，几号办完。"),
        (
            "Three questions at each stop:",
            "who is handling what is on the list, where it is stuck, and by what day it will be done.",
        ),
    );
    vec![
        prose(None, words_of),
        table(title, None, &columns, rows, source, language),
        prose(Some(lead), questions),
    ]
}

/// 8:30
fn clock(time: NaiveTime) -> String {
    time.format("%-H:%M").to_string()
}
