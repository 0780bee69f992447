//! The demo workspace driven through its year: a tick each morning, and every report comes in on the day it was received.
//!
//! What single ticks do is left to `ticks`.

use std::fs;

use chrono::{NaiveDate, TimeDelta};
use serde_json::Value;

use crate::office::Office;
use crate::project::Project;
use crate::tools::have;

const UNITS: [&str; 6] = ["bing-xian", "ding-xian", "ji-qu", "jia-xian", "wu-qu", "yi-xian"];

/// The demo with nothing reported yet; what will be lies in `to-come`.
struct Year {
    office: Office,
    /// Day of receipt, and where the report lies below `data/reported`.
    to_come: Vec<(NaiveDate, String)>,
}

impl Year {
    fn begin() -> Self {
        let alarm = "[monitor]\nalarm = [\"sh\", \"-c\", \"cat >> alarms\"]\n";
        let office = Office::of(Project::demo(), alarm);
        fs::rename(office.path("data/reported"), office.path("to-come")).expect("the reports");
        let mut to_come = Vec::new();
        for name in office.files("to-come") {
            let text = office.read(&format!("to-come/{name}"));
            let line =
                text.lines().find_map(|line| line.strip_prefix("received = \"")).expect("a day of receipt");
            to_come.push((line.trim_end_matches('"').parse().expect("a date"), name));
        }
        to_come.sort();
        assert_eq!(to_come.len(), 83, "twelve months of six units, but for one, a half-year and a year");
        Self { office, to_come }
    }

    /// Each morning of these days: the post, then a tick. Answers the days whose tick ended with exit code 1.
    fn pass(&mut self, from: &str, to: &str) -> Vec<NaiveDate> {
        let (mut day, last): (NaiveDate, NaiveDate) =
            (from.parse().expect("a day"), to.parse().expect("a day"));
        let mut bad = Vec::new();
        while day <= last {
            while let Some((_, name)) = self.to_come.first().filter(|(received, _)| *received <= day).cloned()
            {
                let target = self.office.path("data/reported").join(&name);
                fs::create_dir_all(target.parent().expect("a folder")).expect("a new folder");
                fs::rename(self.office.path("to-come").join(&name), target).expect("the report");
                self.to_come.remove(0);
            }
            let run = self.office.tick(&format!("{day}T08:00:30+08:00"));
            assert!([0, 1].contains(&run.code), "{day}: {}{}", run.stdout, run.stderr);
            assert!(!run.stderr.contains("error"), "{day}: {}", run.stderr);
            if run.code == 1 {
                bad.push(day);
            }
            day += TimeDelta::days(1);
        }
        bad
    }

    fn status(&self, day: &str) -> (i32, String) {
        let run = self.office.at(&format!("{day}T08:05:00+08:00"), ["status"]);
        (run.code, run.stdout)
    }

    /// Every month so far: its period, the day of issue, and one document for each unit.
    #[track_caller]
    fn check_months(&self, days: &[(&str, &str)]) {
        let issues = self.office.issues();
        let of_regions: Vec<_> = issues.iter().filter(|issue| issue.document == "region").collect();
        assert_eq!(of_regions.len(), 6 * days.len());
        for ((period, day), month) in days.iter().zip(of_regions.chunks(6)) {
            let mut subjects: Vec<_> = month.iter().map(|issue| issue.subject.as_str()).collect();
            subjects.sort_unstable();
            assert_eq!(subjects, UNITS, "{period}");
            for issue in month {
                assert_eq!((issue.period.as_str(), issue.date.to_string().as_str()), (*period, *day));
                assert_eq!(issue.state.name(), "issued");
            }
        }
        for (at, issue) in (1..).zip(&of_regions) {
            assert_eq!((issue.number.number, issue.number.total), (at, at), "{issue:?}");
        }
        self.office.is_sound();
    }
}

/// The fifth working day of each month, by the calendar of 2026 with its make-up days.
const MONTHS: [(&str, &str); 10] = [
    ("2026-01", "2026-02-06"),
    ("2026-02", "2026-03-06"),
    ("2026-03", "2026-04-08"),
    ("2026-04", "2026-05-11"),
    ("2026-05", "2026-06-05"),
    ("2026-06", "2026-07-07"),
    ("2026-07", "2026-08-07"),
    ("2026-08", "2026-09-07"),
    ("2026-09", "2026-10-13"),
    ("2026-10", "2026-11-06"),
];

#[test]
fn the_year_of_the_demo() {
    if !have(&["faces"]) {
        return;
    }
    let mut year = Year::begin();
    assert!(year.pass("2026-01-31", "2026-02-05").is_empty());
    assert!(year.office.issues().is_empty(), "nothing is due before the fifth working day");
    assert!(year.pass("2026-02-06", "2026-02-06").is_empty());
    year.check_months(&MONTHS[..1]);
    assert_eq!(year.status("2026-02-06").0, 0, "{:?}", year.status("2026-02-06"));
    assert!(year.pass("2026-02-07", "2026-07-13").is_empty());
    year.check_months(&MONTHS[..6]);
    assert_eq!(year.status("2026-07-13").0, 0, "{:?}", year.status("2026-07-13"));
    assert!(year.pass("2026-07-14", "2026-12-06").is_empty());
    year.check_months(&MONTHS);
    december(&mut year);

    // The quarters: on the twelfth, or the next working day; the tick of eight o'clock finds half past eight the day after.
    let issues = year.office.issues();
    let quarters: Vec<_> = issues
        .iter()
        .filter(|issue| issue.document == "comparative")
        .map(|issue| (issue.period.as_str(), issue.date.to_string(), issue.number.number, issue.number.total))
        .collect();
    assert_eq!(quarters, [("2026-Q1", "2026-04-14".to_owned(), 1, 1)]);
    // The returns hold nothing that the units are compared by: after the first there is nothing new to compare.
    let states = year.office.states("quarterly");
    let states: Vec<_> = states.iter().map(|(period, state)| (period.as_str(), *state)).collect();
    assert_eq!(states, [("2026-Q1", "issued"), ("2026-Q2", "unchanged"), ("2026-Q3", "unchanged")]);

    // The year's end is held by its settings.
    assert_eq!(year.office.states("year-end"), []);
    year.office
        .tick("2026-12-31T16:00:30+08:00")
        .ok()
        .prints("year-end@2026-12-31T16:00+08:00 the schedule is paused");
    assert_eq!(year.office.states("year-end"), [("2026".to_owned(), "skipped")]);
    let pdfs = year.office.files("reports").into_iter().filter(|name| name.ends_with(".pdf")).count();
    assert_eq!(pdfs, 66 + 11 + 3 + 1);
    beats(&mut year);
    year.office.is_sound();
}

/// The documents of the four beats, each on its day; the year's comes out without a calendar of the year after.
fn beats(year: &mut Year) {
    let of = |year: &Year, document: &str| -> Vec<(String, String, u32)> {
        let issues = year.office.issues().into_iter().filter(|issue| issue.document == document);
        issues.map(|issue| (issue.period, issue.date.to_string(), issue.number.number)).collect()
    };
    let months = of(year, "monthly");
    let days: Vec<(&str, &str)> =
        months.iter().map(|(period, day, _)| (period.as_str(), day.as_str())).collect();
    assert_eq!(
        days,
        [
            ("2026-01", "2026-02-10"),
            ("2026-02", "2026-03-10"),
            ("2026-03", "2026-04-10"),
            ("2026-04", "2026-05-11"),
            ("2026-05", "2026-06-10"),
            ("2026-06", "2026-07-10"),
            ("2026-07", "2026-08-10"),
            ("2026-08", "2026-09-10"),
            ("2026-09", "2026-10-10"),
            ("2026-10", "2026-11-10"),
            ("2026-11", "2026-12-10"),
        ]
    );
    assert!(months.iter().map(|(.., number)| *number).eq(1..=11));
    let quarters = of(year, "quarterly");
    let quarters: Vec<_> = quarters.iter().map(|(period, ..)| period.as_str()).collect();
    assert_eq!(quarters, ["2026-Q1", "2026-Q2", "2026-Q3"]);
    assert_eq!(of(year, "half-year"), [("2026-H1".to_owned(), "2026-07-20".to_owned(), 1)]);
    // November names the unit that has not reported, and the number of the issue before, which was stored.
    let view = year.office.read("reports/2026-11/monthly/shili.json");
    for said in ["应报未报", "迟2个工作日", "月提醒调度第10期", "第11期（总第11期）"] {
        assert!(view.contains(said), "{said}");
    }
    assert!(!view.contains("作首期处理"), "the issue of October is there");
    assert!(year.office.read("reports/2026-01/monthly/shili.json").contains("作首期处理"));
    // The returns of the year come in January, of which there is no calendar: the review needs none.
    let (day, to_come) = ("2027-01-15".parse().expect("a day"), std::mem::take(&mut year.to_come));
    for (received, name) in to_come {
        assert!(received <= day);
        let target = year.office.path("data/reported").join(&name);
        fs::create_dir_all(target.parent().expect("a folder")).expect("a new folder");
        fs::rename(year.office.path("to-come").join(&name), target).expect("the report");
    }
    year.office.tick("2027-01-15T08:00:30+08:00").prints("review@2027-01-15T08:00+08:00");
    assert_eq!(of(year, "year-end"), [("2026".to_owned(), "2027-01-15".to_owned(), 1)]);
}

/// One unit is late, one never reports: the occurrence waits, and on the tenth day it has failed.
fn december(year: &mut Year) {
    assert!(year.pass("2026-12-07", "2026-12-07").is_empty());
    let (code, said) = year.status("2026-12-07");
    assert_eq!(code, 1);
    assert!(said.contains("is waiting: no data of 2026-11 from bing-xian, ji-qu"), "{said}");
    assert!(year.pass("2026-12-08", "2026-12-16").is_empty());
    let (code, said) = year.status("2026-12-16");
    assert_eq!(code, 1);
    assert!(said.contains("is waiting: no data of 2026-11 from ji-qu"), "{said}");
    assert!(!year.office.path("alarms").exists(), "{}", year.office.read("alarms"));
    let bad = year.pass("2026-12-17", "2026-12-30");
    assert_eq!(bad.iter().map(ToString::to_string).collect::<Vec<_>>(), ["2026-12-17"]);
    let states = year.office.states("monthly");
    assert_eq!(states.last(), Some(&("2026-11".to_owned(), "failed")));
    let alarms = year.office.read("alarms");
    let alarms: Vec<Value> = crate::office::events_of(&alarms);
    assert_eq!(alarms.len(), 1, "{alarms:?}");
    assert_eq!(alarms[0]["message"], "no data of 2026-11 from ji-qu after 10 days");
    assert_eq!(alarms[0]["occurrence"], "monthly@2026-12-07T08:00+08:00");
    year.check_months(&MONTHS);
    let (code, said) = year.status("2026-12-30");
    assert_eq!(code, 1);
    assert!(said.contains("monthly@2026-12-07T08:00+08:00 ") && said.contains("failed: no data"), "{said}");
    // Somebody decides to issue what there is after all.
    let run = year.office.at("2026-12-30T09:00:00+08:00", ["run", "monthly", "--period", "2026-11"]);
    run.ok().prints("wu-qu issued no. 65 (total 65)");
    // The sixth has said nothing since October: 本期无新资料.
    assert_eq!(run.stdout.matches("issued no.").count(), 5, "{}", run.stdout);
    assert!(!run.stdout.contains("region ji-qu"), "{}", run.stdout);
    let last = year.office.occurrences().pop().expect("the run by hand");
    let tasks = year.office.tasks(&last);
    let unit = tasks.iter().find(|task| task.subject == "ji-qu").expect("its task");
    assert_eq!(unit.state.name(), "unchanged");
}
