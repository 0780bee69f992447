//! The first page of a year: six figures and the paragraph under them.
//!
//! The tables behind them are left to the module above.

use super::super::Told;
use super::super::parts::{
    amount, capital, counted, few, glance, label_of, list, number, semicolon, share, unit_of, words,
};
use super::super::targets::Reached;
use super::account::{Line, sums};
use crate::model::{Grade, Language, Year, percent};
use crate::views::numerals::{count_of, han_of};
use crate::views::shape::{Glance, Runs};

fn grades(review: &Year) -> Vec<(Grade, usize)> {
    let of = |grade: Grade| review.assessments.iter().flatten().filter(|one| one.grade == grade).count();
    Grade::ALL.map(|(_, grade)| (grade, of(grade))).into_iter().filter(|(_, count)| *count > 0).collect()
}

/// 好2、较好3、一般1; 2 good, 3 fairly good, 1 fair
fn graded(review: &Year, language: Language) -> String {
    let grades: Vec<String> = grades(review)
        .iter()
        .map(|(grade, count)| match language.is_english() {
            true => format!("{count} {}", grade.in_words(language)),
            false => format!("{}{count}", grade.chinese()),
        })
        .collect();
    grades.join(language.comma())
}

pub(super) fn glances(
    all: &[Reached<'_>],
    review: &Year,
    lines: &[Line],
    year: i32,
    language: Language,
) -> Vec<Glance> {
    let english = language.is_english();
    let reached = all.iter().filter(|one| one.share >= 100.0).count();
    let missed: Vec<&str> =
        all.iter().filter(|one| one.share < 100.0).map(|one| label_of(&one.target.indicator)).collect();
    let (found, done) = sums(lines);
    let whole = language.pick(format!("{year}年"), year.to_string());
    let end = language.pick("截至12月31日", "as of 31 December").to_owned();
    let best = grades(review).first().copied();
    let (best, best_count) = best.map_or((Grade::Good, 0), |(grade, count)| (grade, count));
    let assessed = review.assessments.iter().flatten().count();
    let [of, exact, judged, total, difference] = language
        .pick(["项", "确数", "评议", "合计", "差数"], ["", "exact", "assessed", "total", "difference"]);
    let units = language.pick("个单位", if best_count == 1 { " unit" } else { " units" });
    let mut cells = vec![
        glance(
            counted(number(reached), of),
            language.pick("完成的目标", "Targets reached"),
            Some(match english {
                true => format!("of {}", few(all.len(), "target", "targets")),
                false => format!("{}项目标里", han_of(all.len())),
            }),
            whole.clone(),
            exact,
        ),
        glance(
            counted(number(missed.len()), of),
            language.pick("未完成的目标", "Targets missed"),
            (!missed.is_empty()).then(|| list(missed, language)),
            whole.clone(),
            exact,
        ),
        glance(
            counted(number(best_count), units),
            &match english {
                true => format!("Graded {}", best.in_words(language)),
                false => format!("评议等次为{}", best.chinese()),
            },
            Some(graded(review, language)),
            match english {
                true => format!("{} assessed", few(assessed, "unit", "units")),
                false => format!("评议{assessed}个单位"),
            },
            judged,
        ),
    ];
    if !lines.is_empty() {
        let parts: Vec<String> = lines.iter().map(|line| line.found.to_string()).collect();
        let parts = parts.join(language.comma());
        let problems = language.pick("条", "");
        cells.extend([
            glance(
                counted(found, problems),
                language.pick("全年发现问题", "Problems found"),
                Some(language.pick(format!("各季{parts}"), format!("by quarter {parts}"))),
                whole,
                total,
            ),
            glance(
                counted(done, problems),
                language.pick("已改", "Rectified"),
                percent(f64::from(done), f64::from(found)).map(|rate| match english {
                    true => format!("{}% of those found", share(rate)),
                    false => format!("占发现的{}%", share(rate)),
                }),
                end,
                total,
            ),
            glance(
                counted(found - done.min(found), problems),
                language.pick("结转下年", "Carried over"),
                Some(language.pick("逐条有责任和时限", "each with a unit and a date").to_owned()),
                language.pick(format!("转入{}年", year + 1), format!("into {}", year + 1)),
                difference,
            ),
        ]);
    }
    cells
}

pub(super) fn lead(told: &Told<'_>, all: &[Reached<'_>], review: &Year, lines: &[Line]) -> Runs {
    let language = told.language;
    let english = language.is_english();
    let missed: Vec<String> = all
        .iter()
        .filter(|one| one.share < 100.0)
        .map(|one| {
            let indicator = &one.target.indicator;
            let (label, unit) = (label_of(indicator), unit_of(indicator));
            let (done, left) = (amount(one.done, indicator), amount(one.target.value - one.done, indicator));
            match english {
                true => format!("{label} came to {done}{unit}, {left}{unit} short"),
                false => format!("{label}完成{done}{unit}，差{left}{unit}"),
            }
        })
        .collect();
    let (found, done) = sums(lines);
    let left = found - done.min(found);
    let reached = all.len() - missed.len();
    let missed = match (missed.is_empty(), english) {
        (true, _) => String::new(),
        (false, true) => format!("; {}", missed.join(semicolon(language))),
        (false, false) => format!("，{}", missed.join(semicolon(language))),
    };
    let account = match (lines.is_empty(), english) {
        (true, _) => String::new(),
        (false, true) => format!(
            " The inspections of the year found {found} problems; {done} were rectified by its end and {left} carried over."
        ),
        (false, false) => format!("全年互查发现问题{found}条，年末已改{done}条，结转{left}条。"),
    };
    let graded = graded(review, language);
    let assessed = review.assessments.iter().flatten().count();
    let graded = match (graded.is_empty(), english) {
        (true, _) => String::new(),
        (false, true) => {
            format!(" {} assessed: {graded}.", capital(&few(assessed, "unit was", "units were")))
        }
        (false, false) => format!("{}个单位评议等次为{graded}。", han_of(assessed)),
    };
    words(match english {
        true => format!(
            "{} reached {} of its {}{missed}.{account}{graded}",
            told.area.name,
            count_of(reached, language),
            few(all.len(), "target", "targets"),
        ),
        false => format!(
            "{}{}项年目标完成{}项{missed}。{account}{graded}",
            told.area.name,
            han_of(all.len()),
            han_of(reached),
        ),
    })
}
