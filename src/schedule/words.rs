//! What a rule of a schedule says, in Chinese and in English.
//!
//! How a rule is read and when it is due is left to `rule`.

use chrono_tz::Tz;
use croner::{CronComponent, CronPattern};

use super::rule::Rule;
use crate::model::MONTHS;

#[cfg(test)]
mod tests;

/// The marks that croner keeps for each value of a field; it lets them be asked for but keeps their names to itself.
const NTH: [u8; 5] = [1 << 1, 1 << 2, 1 << 3, 1 << 4, 1 << 5];
const LAST: u8 = 1 << 6;
const NEAREST_WEEKDAY: u8 = 1 << 7;

/// More times of day than this are put as hours and minutes.
const MOST_TIMES: usize = 6;

const WEEKDAYS_ZH: [&str; 7] = ["周日", "周一", "周二", "周三", "周四", "周五", "周六"];
const WEEKDAYS_EN: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/// The language of the words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Simplified Chinese.
    Chinese,
    /// English.
    English,
}

/// What a rule says, with the time zone: `每月1日 08:00（Asia/Shanghai）`, `at 08:00 on day 1 of every month (Asia/Shanghai)`.
pub fn in_words(rule: &Rule, zone: Tz, language: Language) -> String {
    let (times, days) = match rule {
        Rule::Cron(rule) => (times(rule.pattern(), language), cron_days(rule.pattern(), language)),
        Rule::Workday { nth, at } => {
            let at = at.format("%H:%M");
            match language {
                Language::Chinese => (at.to_string(), Some(workday_zh(*nth))),
                Language::English => {
                    (format!("at {at}"), Some(format!("on {} of every month", workday_en(*nth))))
                }
            }
        }
    };
    let (days, gap) = days.map_or((String::new(), ""), |days| (days, " "));
    match language {
        Language::Chinese => format!("{days}{gap}{times}（{zone}）"),
        Language::English => format!("{times}{gap}{days} ({zone})"),
    }
}

fn workday_zh(nth: i32) -> String {
    match nth {
        -1 => "每月最后1个工作日".into(),
        nth if nth < 0 => format!("每月倒数第{}个工作日", nth.unsigned_abs()),
        nth => format!("每月第{nth}个工作日"),
    }
}

fn workday_en(nth: i32) -> String {
    match nth {
        -1 => "the last working day".into(),
        nth if nth < 0 => format!("the {} working day from the end", ordinal(nth.unsigned_abs())),
        nth => format!("the {} working day", ordinal(nth.unsigned_abs())),
    }
}

fn ordinal(n: u32) -> String {
    let ending = match (n % 10, n % 100) {
        (1, tens) if tens != 11 => "st",
        (2, tens) if tens != 12 => "nd",
        (3, tens) if tens != 13 => "rd",
        _ => "th",
    };
    format!("{n}{ending}")
}

/// The times of day.
fn times(pattern: &CronPattern, language: Language) -> String {
    let (minutes, hours) = (pattern.minutes.values(), pattern.hours.values());
    let (first, last) = (hours[0], hours[hours.len() - 1]);
    let all_hours = hours.len() == 24;
    let one_run = usize::from(last - first) + 1 == hours.len();
    let minute_step = whole_step(&minutes, 60);
    let (from, to) = (clock(first, minutes[0]), clock(last, minutes[minutes.len() - 1]));
    let zh = language == Language::Chinese;
    match (minutes.as_slice(), minute_step, whole_step(&hours, 24)) {
        (_, Some(step), _) if one_run && minutes[0] == 0 => {
            let every = match (zh, step) {
                (true, 1) => "每分钟".into(),
                (true, _) => format!("每{step}分钟"),
                (false, 1) => "every minute".into(),
                (false, _) => format!("every {step} minutes"),
            };
            match (all_hours, zh) {
                (true, _) => every,
                (false, true) => format!("{from}至{to}{every}"),
                (false, false) => format!("{every} from {from} to {to}"),
            }
        }
        ([0], ..) if all_hours => if zh { "每小时整点" } else { "every hour on the hour" }.into(),
        ([minute], ..) if all_hours && zh => format!("每小时第{minute}分"),
        ([minute], ..) if all_hours => format!("at minute {minute} of every hour"),
        _ if minutes.len() * hours.len() <= MOST_TIMES => clock_times(&minutes, &hours, zh),
        ([_], ..) if one_run && zh => format!("{from}至{to}每小时"),
        ([_], ..) if one_run => format!("every hour from {from} to {to}"),
        ([_], _, Some(step)) if zh => format!("{from}至{to}每{step}小时"),
        ([_], _, Some(step)) => format!("every {step} hours from {from} to {to}"),
        ([_], ..) => clock_times(&minutes, &hours, zh),
        _ => minutes_of_hours(&minutes, &hours, zh),
    }
}

fn clock(hour: u16, minute: u16) -> String {
    format!("{hour:02}:{minute:02}")
}

/// Each time of day.
fn clock_times(minutes: &[u16], hours: &[u16], zh: bool) -> String {
    let of_hour = |hour: &u16| minutes.iter().map(|minute| clock(*hour, *minute)).collect::<Vec<_>>();
    let times: Vec<String> = hours.iter().flat_map(of_hour).collect();
    if zh { times.join("、") } else { format!("at {}", listed(&times, "and")) }
}

/// All minutes and all hours, as they are.
fn minutes_of_hours(minutes: &[u16], hours: &[u16], zh: bool) -> String {
    let values = |values: &[u16]| runs(values, if zh { "至" } else { " to " }, |value| value.to_string());
    let (minutes, in_hours) = (values(minutes), values(hours));
    match (zh, hours.len() == 24) {
        (true, true) => format!("每小时第{}分", minutes.join("、")),
        (true, false) => format!("{}时的第{}分", in_hours.join("、"), minutes.join("、")),
        (false, true) => format!("at minutes {} of every hour", listed(&minutes, "and")),
        (false, false) => {
            let hour = if hours.len() == 1 { "hour" } else { "hours" };
            format!("at minutes {} of {hour} {}", listed(&minutes, "and"), listed(&in_hours, "and"))
        }
    }
}

/// The step of values that run through a whole round, which the step divides: `0, 15, 30, 45` of 60.
fn whole_step(values: &[u16], round: u16) -> Option<u16> {
    let step = values.get(1)? - values[0];
    let whole = round.is_multiple_of(step)
        && values.len() == usize::from(round / step)
        && values.windows(2).all(|pair| pair[1] - pair[0] == step);
    whole.then_some(step)
}

/// The days; none where a rule within every day needs no word for every day.
fn cron_days(pattern: &CronPattern, language: Language) -> Option<String> {
    let (days, weekdays) = (Days(&pattern.days), Weekdays(&pattern.days_of_week));
    let months = pattern.months.values();
    let scope = Scope(if months.len() == 12 { &[] } else { &months });
    let any_day = pattern.is_dom_wildcard() || pattern.days.values().len() == 31;
    let any_weekday = pattern.is_dow_wildcard() || pattern.days_of_week.values().len() == 7;
    let and = pattern.matches_dom_and_dow();
    // Without `+`, one of two written fields that takes every day leaves the other nothing to choose.
    let either = !and && !pattern.is_dom_wildcard() && !pattern.is_dow_wildcard();
    let every_day = if either { any_day || any_weekday } else { any_day && any_weekday };
    let zh = language == Language::Chinese;
    Some(match (every_day, any_day, any_weekday) {
        (true, ..) if scope.0.is_empty() && pattern.hours.values().len() == 24 => return None,
        (true, ..) if zh => format!("{}每日", scope.chinese("")),
        (true, ..) => format!("every day{}", scope.english_in()),
        (_, true, _) if zh => weekdays.chinese(&scope),
        (_, true, _) => format!("on {}", weekdays.english(&scope)),
        (.., true) if zh => days.chinese(&scope),
        (.., true) => format!("on {}", days.english(&scope)),
        _ if and && zh => format!("{}且为{}", days.chinese(&scope), weekdays.names_zh()),
        _ if and => format!("on {} if that is {}", days.english(&scope), weekdays.names_en()),
        _ if zh => format!("{}或{}", days.chinese(&scope), weekdays.chinese(&scope)),
        _ => format!("on {} or on {}", days.english(&scope), weekdays.english(&scope)),
    })
}

/// The months of a rule; empty for all.
struct Scope<'a>(&'a [u16]);

impl Scope<'_> {
    fn chinese(&self, all: &str) -> String {
        match self.0 {
            [] => all.into(),
            // A date with one month and no 每年 would read as that of a single day.
            [month] => format!("每年{month}月"),
            months => format!("{}月", runs(months, "至", |month| month.to_string()).join("、")),
        }
    }

    fn english(&self) -> String {
        let name = |month: u16| MONTHS[usize::from(month) - 1].to_owned();
        if self.0.is_empty() { "every month".into() } else { listed(&runs(self.0, " to ", name), "and") }
    }

    fn english_in(&self) -> String {
        if self.0.is_empty() { String::new() } else { format!(" in {}", self.english()) }
    }
}

/// The field of the days of a month.
struct Days<'a>(&'a CronComponent);

impl Days<'_> {
    fn has_last_day(&self) -> bool {
        self.0.is_feature_enabled(LAST) && !self.has_last_weekday()
    }

    fn has_last_weekday(&self) -> bool {
        self.0.is_feature_enabled(LAST | NEAREST_WEEKDAY)
    }

    fn chinese(&self, scope: &Scope<'_>) -> String {
        let mut days = Vec::new();
        if !self.0.values().is_empty() {
            days.push(format!("{}日", runs(&self.0.values(), "至", |day| day.to_string()).join("、")));
        }
        let nearest = self.0.get_set_values(NEAREST_WEEKDAY);
        days.extend(nearest.iter().map(|day| format!("最接近{day}日的工作日（周一至周五）")));
        days.extend(self.has_last_weekday().then(|| "最后一个工作日（周一至周五）".into()));
        days.extend(self.has_last_day().then(|| "最后一日".into()));
        format!("{}{}", scope.chinese("每月"), days.join("、"))
    }

    fn english(&self, scope: &Scope<'_>) -> String {
        let mut days = Vec::new();
        let values = self.0.values();
        if !values.is_empty() {
            let word = if values.len() == 1 { "day" } else { "days" };
            days.push(format!("{word} {}", listed(&runs(&values, " to ", |day| day.to_string()), "and")));
        }
        let nearest = self.0.get_set_values(NEAREST_WEEKDAY);
        days.extend(nearest.iter().map(|day| format!("the weekday (Monday to Friday) nearest day {day}")));
        days.extend(self.has_last_weekday().then(|| "the last weekday (Monday to Friday)".into()));
        days.extend(self.has_last_day().then(|| "the last day".into()));
        format!("{} of {}", listed(&days, "and"), scope.english())
    }
}

/// The field of the days of the week.
struct Weekdays<'a>(&'a CronComponent);

impl Weekdays<'_> {
    /// The days with a mark, or without one, from Monday as 1 to Sunday as 7.
    fn marked(&self, mark: Option<u8>) -> Vec<u16> {
        let days = mark.map_or_else(|| self.0.values(), |mark| self.0.get_set_values(mark));
        let mut days: Vec<u16> = days.into_iter().map(|day| if day == 0 { 7 } else { day }).collect();
        days.sort_unstable();
        days
    }

    /// Each day that is one of several in its month, with its place: `("2nd", "Friday")`.
    fn placed(&self, place: impl Fn(usize) -> String, last: &str, names: &[&str; 7]) -> Vec<String> {
        let places = NTH.iter().enumerate().map(|(i, mark)| (place(i + 1), *mark));
        let places = places.chain([(last.to_owned(), LAST)]);
        let name = |day: u16| names[usize::from(day) % 7];
        places
            .flat_map(|(place, mark)| {
                let days = self.marked(Some(mark)).into_iter();
                days.map(move |day| format!("{place}{}", name(day)))
            })
            .collect()
    }

    fn placed_zh(&self) -> Vec<String> {
        self.placed(|n| format!("第{n}个"), "最后一个", &WEEKDAYS_ZH)
    }

    fn placed_en(&self) -> Vec<String> {
        let place = |n: usize| format!("the {} ", ordinal(u32::try_from(n).unwrap_or_default()));
        self.placed(place, "the last ", &WEEKDAYS_EN)
    }

    fn plain_zh(&self) -> Vec<String> {
        runs(&self.marked(None), "至", |day| WEEKDAYS_ZH[usize::from(day) % 7].into())
    }

    fn plain_en(&self, article: &str, joint: &str) -> Option<String> {
        let name = |day: &u16| WEEKDAYS_EN[usize::from(*day) % 7].to_owned();
        match self.marked(None).as_slice() {
            [] => None,
            [first, .., last]
                if usize::from(last - first) + 1 == self.marked(None).len() && last - first > 1 =>
            {
                Some(format!("{article} day from {} to {}", name(first), name(last)))
            }
            days => Some(format!("{article} {}", listed(&days.iter().map(name).collect::<Vec<_>>(), joint))),
        }
    }

    fn chinese(&self, scope: &Scope<'_>) -> String {
        let (plain, placed) = (self.plain_zh(), self.placed_zh());
        let plain = (!plain.is_empty()).then(|| format!("{}每{}", scope.chinese(""), plain.join("、")));
        let placed = (!placed.is_empty()).then(|| format!("{}{}", scope.chinese("每月"), placed.join("、")));
        plain.into_iter().chain(placed).collect::<Vec<_>>().join("、")
    }

    fn english(&self, scope: &Scope<'_>) -> String {
        let plain = self.plain_en("every", "and").map(|days| format!("{days}{}", scope.english_in()));
        let placed = self.placed_en();
        let placed =
            (!placed.is_empty()).then(|| format!("{} of {}", listed(&placed, "and"), scope.english()));
        plain.into_iter().chain(placed).collect::<Vec<_>>().join(" and on ")
    }

    /// The days as a condition on a day that has been named: `周一或第2个周五`.
    fn names_zh(&self) -> String {
        self.plain_zh().into_iter().chain(self.placed_zh()).collect::<Vec<_>>().join("或")
    }

    /// The days as a condition on a day that has been named: `a Monday or the 2nd Friday`.
    fn names_en(&self) -> String {
        self.plain_en("a", "or").into_iter().chain(self.placed_en()).collect::<Vec<_>>().join(" or ")
    }
}

/// Values by name, three and more in a row as a range.
fn runs(values: &[u16], to: &str, name: impl Fn(u16) -> String) -> Vec<String> {
    let runs = values.chunk_by(|a, b| a + 1 == *b);
    runs.flat_map(|run| match run {
        [first, _, .., last] => vec![format!("{}{to}{}", name(*first), name(*last))],
        run => run.iter().map(|value| name(*value)).collect(),
    })
    .collect()
}

/// `a, b and c`.
fn listed(words: &[String], joint: &str) -> String {
    match words {
        [] => String::new(),
        [word] => word.clone(),
        [words @ .., last] => format!("{} {joint} {last}", words.join(", ")),
    }
}
