//! Turning the notice of a year's public holidays into its calendar, with every slip reported.
//!
//! What the calendars then answer is left to `calendar`.

use std::collections::BTreeMap;
use std::path::Path;

use chrono::{Datelike, NaiveDate};
use toml::Spanned;

use super::calendar::{Calendar, is_weekend};
use super::casebook;
use super::reader::Reader;
use super::time::Date;
use crate::casefile::{CalendarFile, Field, HolidayEntry};
use crate::diag::{Diagnostics, Problem, Span};

/// Longer holidays are slips of the month: notices give little more than a week.
const LONGEST: i64 = 21;

/// A holiday whose days are in order.
struct Holiday {
    name: String,
    from: NaiveDate,
    to: NaiveDate,
}

/// Reads one file; none where anything in it is wrong. `years` holds every year met so far with its place.
pub(super) fn read(
    path: &Path,
    years: &mut BTreeMap<i32, Span>,
    diagnostics: &mut Diagnostics,
) -> Option<Calendar> {
    let errors = diagnostics.errors();
    let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let name = format!("data/calendars/{name}");
    let (file, raw) = casebook::read::<CalendarFile>(path, &name, diagnostics)?;
    let mut reader = Reader { file: &file, diagnostics };
    let year = year(&raw.year, years, &mut reader);
    about(&raw, year, &mut reader);
    let mut holidays: Vec<Holiday> = Vec::new();
    for entry in &raw.holiday {
        let Some(holiday) = holiday(entry, year, &mut reader) else { continue };
        if let Some(other) = holidays.iter().find(|o| o.from <= holiday.to && holiday.from <= o.to) {
            let message = format!("holiday `{}` has days in common with `{}`", holiday.name, other.name);
            let hint = format!("`{}` lasts from {} to {}", other.name, other.from, other.to);
            let head = reader.span(entry);
            reader.report(Problem::BadSetting { message, hint }, head);
        }
        holidays.push(holiday);
    }
    let work = work(&raw, &holidays, year, &mut reader);
    if raw.holiday.is_empty() && reader.diagnostics.errors() == errors {
        let message = "the calendar has no holiday".to_owned();
        let hint = "add a `[[holiday]]` for each one of the notice".into();
        reader.report(Problem::BadSetting { message, hint }, Span::head(&file));
    }
    let holidays: Vec<_> = holidays.iter().map(|holiday| (holiday.from, holiday.to)).collect();
    year.filter(|_| diagnostics.errors() == errors).map(|year| Calendar::of(year, &holidays, &work))
}

/// The year, which no other file may be for.
fn year(field: &Field<i64>, years: &mut BTreeMap<i32, Span>, reader: &mut Reader<'_>) -> Option<i32> {
    let head = Span::head(reader.file);
    let field = reader.need(field, "year", "the calendar", "2026", &head)?;
    let span = reader.span(field);
    let Some(year) = i32::try_from(*field.get_ref()).ok().filter(|year| (1900..=2200).contains(year)) else {
        let message = format!("`{}` is not a year", field.get_ref());
        let hint = "write one from 1900 to 2200".into();
        reader.report(Problem::BadSetting { message, hint }, span);
        return None;
    };
    if let Some(first) = years.get(&year) {
        let (line, column) = first.start();
        let first = format!("{}:{line}:{column}", first.file.path());
        reader.report(Problem::DuplicateId { kind: "calendar", id: year.to_string(), first }, span);
    } else {
        years.insert(year, span);
    }
    Some(year)
}

/// Where the calendar comes from: nobody can check one that does not say it.
fn about(raw: &CalendarFile, year: Option<i32>, reader: &mut Reader<'_>) {
    let (entry, head) = ("the calendar", Span::head(reader.file));
    reader.need_text(&raw.title, "title", entry, "\"…\"", &head);
    reader.need_text(&raw.issuer, "issuer", entry, "\"国务院办公厅\"", &head);
    reader.check_address(&raw.address);
    let Some(text) = reader.need(&raw.date, "date", entry, "\"2025-11-04\"", &head) else { return };
    let (Some(date), Some(year)) = (day(text, reader), year) else { return };
    if date.year() > year {
        let message = format!("the notice of {year} is dated {date}, when the year was over");
        let span = reader.span(text);
        let hint = "a notice is given in the year before".into();
        reader.report(Problem::BadSetting { message, hint }, span);
    }
}

/// One holiday, whose last day lies in the year and whose first may lie in December before it.
fn holiday(entry: &Spanned<HolidayEntry>, year: Option<i32>, reader: &mut Reader<'_>) -> Option<Holiday> {
    let (head, raw) = (reader.span(entry), entry.get_ref());
    let name = reader.need_text(&raw.name, "name", "the holiday", "\"元旦\"", &head);
    let called = name.as_ref().map_or_else(|| "the holiday".to_owned(), |name| format!("holiday `{name}`"));
    let first = reader.need(&raw.from, "from", &called, "\"2026-01-01\"", &head);
    let last = reader.need(&raw.to, "to", &called, "\"2026-01-03\"", &head);
    let from = first.and_then(|text| Some((day(text, reader)?, reader.span(text))));
    let to = last.and_then(|text| Some((day(text, reader)?, reader.span(text))));
    let mut astray = false;
    if let (Some((from, span)), Some(year)) = (&from, year) {
        astray |= outside(*from, year, false, &format!("{called} begins on {from},"), span, reader);
    }
    if let (Some((to, span)), Some(year)) = (&to, year) {
        astray |= outside(*to, year, true, &format!("{called} ends on {to},"), span, reader);
    }
    let ((from, _), (to, span)) = (from?, to?);
    if astray {
        return None;
    }
    if to < from {
        reader.report(Problem::BackwardPeriod { from: from.to_string(), to: to.to_string() }, span);
        return None;
    }
    let length = (to - from).num_days() + 1;
    if length > LONGEST {
        let message = format!("{called} has {length} days");
        let hint = format!("no holiday has more than {LONGEST}; look at the months of `from` and `to`");
        reader.report(Problem::BadSetting { message, hint }, span);
        return None;
    }
    Some(Holiday { name: name?, from, to })
}

/// The make-up working days of all holidays: days off in any other year, each named once.
fn work(
    raw: &CalendarFile,
    holidays: &[Holiday],
    year: Option<i32>,
    reader: &mut Reader<'_>,
) -> Vec<NaiveDate> {
    let mut places: BTreeMap<NaiveDate, Span> = BTreeMap::new();
    for text in
        raw.holiday.iter().filter_map(|entry| entry.get_ref().work.as_ref()).flat_map(Spanned::get_ref)
    {
        let Some(worked) = day(text, reader) else { continue };
        let span = reader.span(text);
        if let Some(year) = year
            && outside(worked, year, false, &format!("make-up working day {worked} lies"), &span, reader)
        {
            continue;
        }
        if let Some(holiday) = holidays.iter().find(|h| (h.from..=h.to).contains(&worked)) {
            let message = format!("make-up working day {worked} lies in the holiday `{}`", holiday.name);
            let hint = format!("`{}` lasts from {} to {}", holiday.name, holiday.from, holiday.to);
            reader.report(Problem::BadSetting { message, hint }, span);
        } else if !is_weekend(worked) {
            let message = format!("{worked} is a {}, when people work anyway", worked.format("%A"));
            let hint = "a make-up working day is a Saturday or a Sunday".into();
            reader.report(Problem::BadSetting { message, hint }, span);
        } else if let Some(first) = places.get(&worked) {
            let (line, column) = first.start();
            let first = format!("{}:{line}:{column}", first.file.path());
            let problem = Problem::DuplicateId { kind: "make-up working day", id: worked.to_string(), first };
            reader.report(problem, span);
        } else {
            places.insert(worked, span);
        }
    }
    places.into_keys().collect()
}

/// A date that is exact to the day.
pub(super) fn day(text: &Spanned<String>, reader: &mut Reader<'_>) -> Option<NaiveDate> {
    let field = Some(text.clone());
    match reader.date(&field)? {
        Date::Day(day) => Some(day),
        longer => {
            let span = reader.span(text);
            let message = format!("`{longer}` is no single day");
            let hint = "write YYYY-MM-DD".into();
            reader.report(Problem::BadSetting { message, hint }, span);
            None
        }
    }
}

/// Reports a day that the calendar of a year does not take. New Year may take days of the December before; its end may not lie there.
fn outside(day: NaiveDate, year: i32, end: bool, what: &str, span: &Span, reader: &mut Reader<'_>) -> bool {
    let december = !end && day.year() == year - 1 && day.month() == 12;
    if day.year() == year || december {
        return false;
    }
    let message = format!("{what} outside {year}");
    let hint = if day.year() == year + 1 && end {
        format!("the New Year of {} stands in the calendar of {}", year + 1, year + 1)
    } else {
        format!(
            "a calendar holds the days of its year, and of December {} those that New Year takes",
            year - 1
        )
    };
    reader.report(Problem::BadSetting { message, hint }, span.clone());
    true
}

#[cfg(test)]
mod tests {
    use super::super::calendar::Calendars;
    use super::*;
    use crate::diag::{Colour, MessageFormat, render};
    use crate::disk;

    /// What is said of files of these contents, `a.toml` and on, with place and hints; and the years that are left.
    fn said(files: &[&str]) -> (Vec<String>, Vec<i32>) {
        let mut diagnostics = Diagnostics::new();
        let calendars = read_all(files, &mut diagnostics);
        let lines = diagnostics.iter().map(|found| {
            let place = found.span.as_ref().map_or_else(String::new, |span| {
                let (line, column) = span.start();
                format!("{}:{line}:{column} `{}` ", span.file.path(), span.text())
            });
            let hints: String = found.problem.hints().iter().map(|hint| format!(" ({hint})")).collect();
            format!("{place}{}: {}{hints}", found.problem.code(), found.problem.message())
        });
        let lines = lines.map(|line| line.replace("data/calendars/", "")).collect();
        (lines, calendars.years().collect())
    }

    fn read_all(files: &[&str], diagnostics: &mut Diagnostics) -> Calendars {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, text) in ["a.toml", "b.toml"].iter().zip(files) {
            disk::write(&folder.path().join("calendars").join(name), text.as_bytes()).expect("a file");
        }
        Calendars::read(folder.path(), diagnostics)
    }

    /// A calendar of 2026 with these lines after its head, which has six.
    fn of_2026(rest: &str) -> String {
        let head =
            "format = 1\nyear = 2026\ntitle = \"通知\"\nissuer = \"办公厅\"\ndate = \"2025-11-04\"\n\n";
        format!("{head}{rest}")
    }

    /// One holiday on lines 7 to 11.
    fn one(from: &str, to: &str, work: &str) -> String {
        of_2026(&format!("[[holiday]]\nname = \"节\"\nfrom = \"{from}\"\nto = \"{to}\"\nwork = [{work}]\n"))
    }

    #[test]
    fn new_year_may_take_days_of_the_december_before() {
        let calendar = one("2025-12-30", "2026-01-01", "\"2025-12-27\"");
        assert_eq!(said(&[&calendar]), (Vec::new(), vec![2026]));
    }

    #[test]
    fn what_is_missing_is_named() {
        let (lines, years) = said(&["format = 1\n[[holiday]]\n"]);
        assert_eq!(
            lines,
            [
                "a.toml:1:1 `` missing-key: the calendar has no `year` (add it, for example `year = 2026`)",
                "a.toml:1:1 `` missing-key: the calendar has no `title` (add it, for example `title = \"…\"`)",
                "a.toml:1:1 `` missing-key: the calendar has no `issuer` \
                 (add it, for example `issuer = \"国务院办公厅\"`)",
                "a.toml:1:1 `` missing-key: the calendar has no `date` \
                 (add it, for example `date = \"2025-11-04\"`)",
                "a.toml:2:1 `[[holiday]]` missing-key: the holiday has no `name` \
                 (add it, for example `name = \"元旦\"`)",
                "a.toml:2:1 `[[holiday]]` missing-key: the holiday has no `from` \
                 (add it, for example `from = \"2026-01-01\"`)",
                "a.toml:2:1 `[[holiday]]` missing-key: the holiday has no `to` \
                 (add it, for example `to = \"2026-01-03\"`)",
            ]
        );
        assert!(years.is_empty());
        let (lines, _) = said(&[&of_2026("")]);
        assert_eq!(
            lines,
            ["a.toml:1:1 `` bad-setting: the calendar has no holiday \
              (add a `[[holiday]]` for each one of the notice)"]
        );
    }

    #[test]
    fn a_bad_date_is_shown_where_it_stands() {
        let mut all = Vec::new();
        for (from, to, work) in [
            ("2026-02-30", "2026-03-01", ""),
            ("2026-02", "2026-03-01", ""),
            ("2026-05-05", "2026-05-01", ""),
            ("2026-05-01", "2026-06-05", ""),
            ("2026-12-31", "2027-01-02", ""),
            ("2025-11-30", "2026-01-01", ""),
            ("2026-05-01", "2026-05-05", "\"2026-05-08\""),
            ("2026-05-01", "2026-05-05", "\"2026-05-02\""),
            ("2026-05-01", "2026-05-05", "\"2027-05-08\""),
            ("2026-05-01", "2026-05-05", "\"2026-05-09\", \"2026-05-09\""),
        ] {
            let (lines, years) = said(&[&one(from, to, work)]);
            assert_eq!((lines.len(), years.len()), (1, 0), "{lines:#?}");
            all.extend(lines);
        }
        insta::assert_snapshot!(all.join("\n"), @r#"
        a.toml:9:8 `"2026-02-30"` bad-date: `2026-02-30` is not a date (write YYYY, YYYY-MM or YYYY-MM-DD)
        a.toml:9:8 `"2026-02"` bad-setting: `2026-02` is no single day (write YYYY-MM-DD)
        a.toml:10:6 `"2026-05-01"` backward-period: the period ends (2026-05-01) before it begins (2026-05-05)
        a.toml:10:6 `"2026-06-05"` bad-setting: holiday `节` has 36 days (no holiday has more than 21; look at the months of `from` and `to`)
        a.toml:10:6 `"2027-01-02"` bad-setting: holiday `节` ends on 2027-01-02, outside 2026 (the New Year of 2027 stands in the calendar of 2027)
        a.toml:9:8 `"2025-11-30"` bad-setting: holiday `节` begins on 2025-11-30, outside 2026 (a calendar holds the days of its year, and of December 2025 those that New Year takes)
        a.toml:11:9 `"2026-05-08"` bad-setting: 2026-05-08 is a Friday, when people work anyway (a make-up working day is a Saturday or a Sunday)
        a.toml:11:9 `"2026-05-02"` bad-setting: make-up working day 2026-05-02 lies in the holiday `节` (`节` lasts from 2026-05-01 to 2026-05-05)
        a.toml:11:9 `"2027-05-08"` bad-setting: make-up working day 2027-05-08 lies outside 2026 (a calendar holds the days of its year, and of December 2025 those that New Year takes)
        a.toml:11:23 `"2026-05-09"` duplicate-id: make-up working day `2026-05-09` stands here a second time (the first stands at a.toml:11:9)
        "#);
    }

    #[test]
    fn holidays_have_no_day_in_common() {
        let second = "[[holiday]]\nname = \"另\"\nfrom = \"2026-05-05\"\nto = \"2026-05-06\"\n";
        let (lines, _) = said(&[&format!("{}{second}", one("2026-05-01", "2026-05-05", ""))]);
        assert_eq!(
            lines,
            ["a.toml:12:1 `[[holiday]]` bad-setting: holiday `另` has days in common with `节` \
              (`节` lasts from 2026-05-01 to 2026-05-05)"]
        );
    }

    #[test]
    fn a_year_has_one_calendar() {
        let calendar = one("2026-05-01", "2026-05-05", "");
        let (lines, years) = said(&[&calendar, &calendar]);
        assert_eq!(
            lines,
            ["b.toml:2:8 `2026` duplicate-id: calendar `2026` stands here a second time \
              (the first stands at a.toml:2:8)"]
        );
        assert_eq!(years, [2026]);
    }

    #[test]
    fn slips_of_the_head_do_not_hide_each_other() {
        let text = "format = 1\nyear = 26\ntitle = \" \"\nisuer = \"办公厅\"\ndate = 2025-11-04\naddress = \"gov.cn\"\n";
        let (lines, years) = said(&[text, &of_2026("").replace("2025-11-04", "2027-11-04")]);
        assert_eq!(
            lines,
            [
                "a.toml:5:8 `2025-11-04` wrong-type: invalid type: map, expected a string",
                "a.toml:4:1 `isuer` unknown-key: unknown key `isuer` (did you mean `issuer`?)",
                "a.toml:2:8 `26` bad-setting: `26` is not a year (write one from 1900 to 2200)",
                "a.toml:3:9 `\" \"` bad-value: `title` is blank",
                "a.toml:1:1 `` missing-key: the calendar has no `issuer` \
                 (add it, for example `issuer = \"国务院办公厅\"`)",
                "a.toml:6:11 `\"gov.cn\"` bad-source: `gov.cn` is not an address \
                 (leave `address` out where the text prints none)",
                "b.toml:5:8 `\"2027-11-04\"` bad-setting: the notice of 2026 is dated 2027-11-04, when the year was \
                 over (a notice is given in the year before)",
            ]
        );
        assert!(years.is_empty());
    }

    #[test]
    fn a_slip_is_shown_with_its_line_and_caret() {
        let mut diagnostics = Diagnostics::new();
        read_all(&[&one("2026-05-01", "2026-05-05", "\"2026-05-08\"")], &mut diagnostics);
        insta::assert_snapshot!(render(&diagnostics, MessageFormat::Human, Colour::Never), @r#"
        error[bad-setting]: 2026-05-08 is a Friday, when people work anyway
          --> data/calendars/a.toml:11:9
           |
        11 | work = ["2026-05-08"]
           |         ^^^^^^^^^^^^
           |
           = hint: a make-up working day is a Saturday or a Sunday
        "#);
    }
}
