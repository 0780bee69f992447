//! The tables of a quarter: results and ranks, what problems have in common, what is overdue.
//!
//! The figures of each inspection are left to `records`.

use super::super::Told;
use super::super::parts::{
    DASH, as_of, capital, cell, count, counted, few, many, not_applicable, number, plate, prose, share,
    short_day, table, words,
};
use super::records::figure_cell;
use super::{name_of, of_mended, rate, whole};
use crate::model::{Language, Overdue, Period, Quarter, RANKED_FROM, percent, ranks};
use crate::views::Edition;
use crate::views::numerals::han_of;
use crate::views::shape::{Block, Cell, NamedNote};

pub(super) fn results(
    told: &Told<'_>,
    quarter: &Quarter,
    before: Option<&Quarter>,
    edition: &Edition,
) -> Vec<Block> {
    let (period, language) = (edition.period, told.language);
    let na = || not_applicable(language).to_owned();
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
                row.extend([cell(language.pick("缺报不排", "no report")), cell(na())]);
                return row;
            };
            let rank = match now[*at] {
                Some(rank) if now.iter().filter(|other| **other == Some(rank)).count() > 1 => {
                    language.pick(format!("并列{rank}"), format!("{rank}="))
                }
                Some(rank) => rank.to_string(),
                None => language.pick("只列不排", "not ranked").to_owned(),
            };
            let moved = match (then.as_ref().map(|then| then[*at]), now[*at]) {
                (Some(Some(old)), Some(new)) if old > new => {
                    language.pick(format!("升{}位", old - new), format!("up {}", old - new))
                }
                (Some(Some(old)), Some(new)) if old < new => {
                    language.pick(format!("降{}位", new - old), format!("down {}", new - old))
                }
                (Some(Some(_)), Some(_)) => language.pick("持平", "same").to_owned(),
                (Some(None), Some(_)) => language.pick("上季未排", "was not ranked").to_owned(),
                (None, Some(_)) => DASH.to_owned(),
                (_, None) => na(),
            };
            vec![
                name,
                figure_cell(quarter, *at, 0, edition.part),
                figure_cell(quarter, *at, 1, edition.part),
                figure_cell(quarter, *at, 2, edition.part),
                cell(rate(one.mended).map_or_else(na, share)),
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
        cell(rate(all).map_or_else(na, share)),
        cell(na()),
        cell(na()),
    ]);
    let full = told.units().filter(|at| {
        now[*at].is_some() && quarter.inspections[*at].is_some_and(|one| one.mended.done == one.mended.due)
    });
    let full = full.count();
    let title = match (full, language.is_english()) {
        (0, false) => "没有单位把到期问题全部改完".to_owned(),
        (some, false) => format!("{}个单位到期问题全部改完", han_of(some)),
        (0, true) => "No unit rectified all that was due".to_owned(),
        (some, true) => format!("{} rectified all that was due", capital(&few(some, "unit", "units"))),
    };
    let heads = language.pick(
        ["被查单位", "发现（条）", "到期（条）", "已改（条）", "到期整改率（%）", "位次", "比上季"],
        ["Unit inspected", "Found", "Due", "Rectified", "Rate (%)", "Rank", "Change"],
    );
    let aligns = ["left", "right", "right", "right", "right", "center", "center"];
    let columns: Vec<(&str, &'static str)> = heads.into_iter().zip(aligns).collect();
    let (name, end) =
        (name_of(period.ordinal(), language), as_of(period.last_day(), period.year(), language));
    let source = match language.is_english() {
        true => format!(
            "Source: record of the cross-inspection of the {name}, {end}. The rank follows the rate alone; equal ranks stand in official order. Change: of rank on the quarter before."
        ),
        false => {
            format!("来源：{name}交叉督查记录，{end}。位次只按到期整改率排，同位次按建制序。")
        }
    };
    let results = table(title, None, &columns, rows, source, language);
    let rules = match language.is_english() {
        true => format!(
            "Only the rectification rate is ranked. How many problems were found is not, since teams look more or less closely; with fewer than {RANKED_FROM} due a unit is listed and not ranked; equal rates share a rank; without a report there is none."
        ),
        false => format!(
            "只排到期整改率；发现数不排，因为各组检查深浅不同；到期不足{RANKED_FROM}条的只列不排；同率并列同位次；缺报不排。"
        ),
    };
    let lead = language.pick("排名规则。", "How ranks are given.");
    vec![results, prose(Some(lead), rules), ladder(quarter, period, language)]
}

fn ladder(quarter: &Quarter, period: Period, language: Language) -> Block {
    let (found, all) = quarter.sums();
    let left = all.due - all.done;
    let english = language.is_english();
    let title = match (left, english) {
        (0, false) => format!("到期的{}条全部改完", all.due),
        (_, false) => format!("到期{}条中还有{left}条没改", all.due),
        (0, true) => format!("All {} problems due are rectified", all.due),
        (_, true) => format!("Of {} problems due, {} not rectified", all.due, many(left, "is", "are")),
    };
    let of = language.pick("条", "");
    let step = |name: &str, number: u32, note: Option<String>| NamedNote {
        name: name.to_owned(),
        figure: counted(number, of),
        note: note.map(words),
    };
    let notes = match english {
        true => [format!("{} not yet due", found - all.due), format!("{left} overdue")],
        false => [format!("未到期{}条", found - all.due), format!("逾期{left}条")],
    };
    let [not_due, over] = notes;
    let [found_word, due_word, done_word] =
        language.pick(["发现", "到期应改", "到期已改"], ["Found", "Due to be rectified", "Rectified"]);
    let steps = vec![
        step(found_word, found, None),
        step(due_word, all.due, Some(not_due)),
        step(done_word, all.done, (left > 0).then_some(over)),
    ];
    let end = as_of(period.last_day(), period.year(), language);
    let (alt, source) = match english {
        true => (
            format!("Found {found}, due to be rectified {}, rectified {}.", all.due, all.done),
            format!("Data: as in Table 1, in problems, {end}."),
        ),
        false => (
            format!("发现{found}条，到期应改{}条，到期已改{}条。", all.due, all.done),
            format!("数据：同表1，单位：条，{end}。"),
        ),
    };
    Block::Ladder { plate: plate(title, language.pick(Some("条"), None), source, &alt, language), steps }
}

pub(super) fn classes(quarter: &Quarter, language: Language) -> Block {
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
                cell(share_of.map_or_else(|| not_applicable(language).to_owned(), share)),
                cell(&class.shows),
            ]
        })
        .collect();
    let heads = language
        .pick(["类别", "条数", "占比（%）", "主要表现"], ["Kind", "Problems", "Share (%)", "How they show"]);
    let columns: Vec<(&str, &'static str)> =
        heads.into_iter().zip(["left", "right", "right", "left"]).collect();
    let (title, source) = match language.is_english() {
        true => (
            format!("Most frequent: {}, {}", first.name, many(first.count, "problem", "problems")),
            format!(
                "Source: record of the cross-inspection, {found} problems; ordered by number, naming nobody."
            ),
        ),
        false => (
            format!("{}最多，有{}条", first.name, first.count),
            format!("来源：交叉督查记录，共{found}条；按条数排，不点个人。"),
        ),
    };
    table(title, None, &columns, rows, source, language)
}

pub(super) fn overdue(told: &Told<'_>, overdue: &[Overdue], period: Period) -> Block {
    let mut list: Vec<&Overdue> = overdue.iter().collect();
    list.sort_by_key(|one| (one.unit, one.due));
    let (year, language) = (period.year(), told.language);
    let rows = list
        .iter()
        .map(|one| {
            vec![
                cell(&one.matter),
                cell(told.name(one.unit)),
                cell(short_day(one.due, year, language)),
                cell(short_day(one.new_due, year, language)),
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
        let count = list.iter().filter(|one| one.unit == *at).count();
        match language.is_english() {
            true => format!(", {count} of them in {}", told.name(*at)),
            false => format!("，{}有{count}条", told.name(*at)),
        }
    });
    let title = match language.is_english() {
        true => format!(
            "{} overdue in {}{worst}",
            many(number(list.len()), "problem", "problems"),
            few(units.len(), "unit", "units")
        ),
        false => format!("逾期{}条在{}个单位{worst}", list.len(), han_of(units.len())),
    };
    let heads = language.pick(
        ["问题", "责任单位", "原时限", "新时限", "督办人"],
        ["Problem", "Unit", "Was\u{a0}due", "New date", "Supervised by"],
    );
    let columns: Vec<(&str, &'static str)> =
        heads.into_iter().zip(["left", "center", "center", "center", "left"]).collect();
    let source = language.pick(
        "来源：交叉督查记录。同单位按原时限排。",
        "Source: record of the cross-inspection. Those of a unit stand by the date on which they were due.",
    );
    table(title, None, &columns, rows, source, language)
}
