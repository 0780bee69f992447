//! The documents of the four beats, as the demo issues them: what their pages say, what they are made of, and what is refused.
//!
//! That the schedules issue them through the year is shown in `demo_year`; the rules are tested beside them in the model.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

use serde_json::Value;

use crate::broken::settings;
use crate::golden::without_code;
use crate::golden::written;
use crate::page::{check_margins, check_numbers};
use crate::pdf::{squeezed, texts};
use crate::project::{Project, Run};
use crate::tools::have;

/// Kind, period, day, and how many pages its body may take.
const ISSUES: [(&str, &str, &str, usize); 4] = [
    ("monthly", "2026-11", "2026-12-10", 2),
    ("quarterly", "2026-Q3", "2026-10-15", 4),
    ("half-year", "2026-H1", "2026-07-20", 4),
    ("year-end", "2026", "2027-01-15", 6),
];

fn generate(project: &Project, kind: &str, period: &str, day: &str) -> Run {
    let run = ["generate", "--message-format", "short", "--document", kind, "--area", "shili"];
    project.run(run.into_iter().chain(["--period", period, "--as-of", day]))
}

/// The demo with one issue of each beat.
fn made() -> Option<&'static Project> {
    static MADE: OnceLock<Project> = OnceLock::new();
    have(&["faces", "pdftotext"]).then(|| {
        MADE.get_or_init(|| {
            let project = Project::demo();
            for (kind, period, day, _) in ISSUES {
                generate(&project, kind, period, day).ok();
            }
            project
        })
    })
}

fn view(project: &Project, kind: &str, period: &str) -> Value {
    let view = project.read(&format!("reports/{period}/{kind}/shili.json"));
    without_code(serde_json::from_str(&view).expect("a view"))
}

/// The words of a PDF without blanks, so that neither justification nor the end of a line parts them.
fn words(pdf: &Path, pages: Option<usize>) -> String {
    let mut command = Command::new("pdftotext");
    command.args(["-layout", "-enc", "UTF-8"]);
    if let Some(last) = pages {
        command.args(["-l", &last.to_string()]);
    }
    let output = command.arg(pdf).arg("-").output().expect("pdftotext runs");
    assert!(output.status.success());
    String::from_utf8(output.stdout).expect("UTF-8").split_whitespace().collect()
}

fn page_of(project: &Project, kind: &str, period: &str) -> std::path::PathBuf {
    project.path(format!("reports/{period}/{kind}/shili.pdf"))
}

#[track_caller]
fn says(text: &str, wanted: &[&str]) {
    let missing: Vec<_> = wanted.iter().filter(|words| !text.contains(**words)).collect();
    assert!(missing.is_empty(), "no {missing:?} in:\n{text}");
}

#[test]
fn the_month_says_what_was_reported_and_what_was_not() {
    let Some(project) = made() else { return };
    // All of this stands on two pages.
    let text = words(&page_of(project, "monthly", "2026-11"), Some(2));
    says(
        &text,
        &[
            "月提醒调度",
            "演示数据",
            "本月有2项逾期、1个单位未报，请有关单位按表2时限办理，并于5个工作日内回告。（演示）",
            "逾期集中在丙县、丁县",
            "甲县86110按时",
            "乙县87100按时",
            "丙县84211迟2个工作日",
            "丁县85201按时",
            "戊区86110按时",
            "己区8————应报未报",
            "五单位合计4028732／",
            "产业园用地手续丙县10月31日30",
            "3个村账目公开丁县11月15日15",
            "同口径五单位完成数23→28",
            "新逾期1项，销号1项",
            "月提醒调度第10期“乙县10月已完成任务”由6更正为5，原因：一项还未验收，不算完成。",
            "提醒三条",
        ],
    );
    for glance in ["48", "28", "70.0", "91.7", "2", "1"] {
        let cells = view(project, "monthly", "2026-11")["glance"].clone();
        assert!(
            cells.as_array().expect("cells").iter().any(|cell| cell["figure"]["label"] == glance),
            "{glance}: {cells}"
        );
    }
}

#[test]
fn the_quarter_ranks_by_one_rule() {
    let Some(project) = made() else { return };
    let text = words(&page_of(project, "quarterly", "2026-Q3"), None);
    says(
        &text,
        &[
            "季交叉督查",
            "甲县查己区、乙县查甲县、丙县查乙县、丁县查丙县、戊区查丁县、己区查戊区",
            "一至四季度各向后错1、2、5、4位",
            "单位不足9个，一年四轮必有互查对，互查对相隔两个季度",
            "甲县866100.0并列1持平",
            "乙县755100.0并列1升2位",
            "戊区977100.0并列1持平",
            "丁县118675.0并列4持平",
            "己区118675.0并列4上季未排",
            "丙县1411872.76降2位",
            "全市60453884.4／／",
            "到期45条中还有7条没改",
            "到期不足5条的只列不排",
            "2026年四季度：甲县查戊区、乙县查己区、丙县查甲县、丁县查乙县、戊区查丙县、己区查丁县",
        ],
    );
}

#[test]
fn the_half_year_sets_targets_against_the_time() {
    let Some(project) = made() else { return };
    let text = words(&page_of(project, "half-year", "2026-H1"), None);
    says(
        &text,
        &[
            "半年现场推进",
            "上半年四项指标有一项慢于序时，现场点位围绕慢项选定，请带着问题看。（演示）",
            "联建项目开工（个）◇241354.2快4.2",
            "结对单位（个）◇603355.0快5.0",
            "服务事项办结（件）◇2008844.0慢6.0",
            "骨干培训（期）◇12650.0持平",
            "服务事项办结慢于序时6个百分点",
            "服务事项办结（件）◇19◇19◇19◇19◇18◇18◇112",
        ],
    );
    let annex = &view(project, "half-year", "2026-H1")["annexes"][0];
    assert_eq!(annex["title"], "现场推进路线时刻表");
    let stops = annex["blocks"].as_array().expect("blocks").iter().find(|block| block["kind"] == "table");
    assert_eq!(stops.expect("the timetable")["rows"].as_array().map(Vec::len), Some(5));
}

#[test]
fn the_year_takes_account_of_all_problems() {
    let Some(project) = made() else { return };
    let text = words(&page_of(project, "year-end", "2026"), None);
    says(
        &text,
        &[
            "年终观摩述评",
            "述评只看有目标、有底数的指标；等次由评议产生，不由指标加总。（演示）",
            "联建项目开工（个）◇2424100.020＋4",
            "结对单位（个）◇605896.752＋6",
            "服务事项办结（件）◇200214107.0／不可比，上年未设",
            "骨干培训（期）◇1212100.010＋2",
            "同口径三项都比上年多",
            "第一季度48480100.0",
            "第二季度5251198.1",
            "第三季度6056493.3",
            "第四季度5041982.0",
            "全年合计2101961493.3",
            "全年问题还有14条结转",
            "好2、较好3、一般1",
            "月提醒调度第10期",
            "骨干培训12期（2026年目标12期，完成12期）",
        ],
    );
    let view = view(project, "year-end", "2026");
    let blocks = view["sections"].as_array().expect("sections").iter();
    let kinds: Vec<&str> = blocks
        .flat_map(|section| section["blocks"].as_array().expect("blocks"))
        .filter_map(|block| block["kind"].as_str())
        .collect();
    assert!(kinds.contains(&"slopes") && kinds.contains(&"ladder"), "{kinds:?}");
    let carried = view["sections"][2]["blocks"][2]["rows"].as_array().expect("the list of what goes on");
    assert_eq!(carried.len(), 14);
}

/// The body of each takes no more pages than a leader reads, and nothing had to move out of it.
#[test]
fn bodies_keep_to_their_pages() {
    let Some(project) = made() else { return };
    let manifest: Value = serde_json::from_str(&project.read("reports/manifest.json")).expect("JSON");
    for (kind, period, day, limit) in ISSUES {
        let entry = &manifest["entries"][format!("{period}/{kind}/shili.pdf")];
        assert_eq!(entry["moved"], 0, "{kind}");
        let run = generate(project, kind, period, day);
        assert!(!run.stderr.contains("body-too-long"), "{kind}: more than {limit} pages: {}", run.stderr);
        // The body alone has every table of the body, and the 版记 besides.
        let run = ["generate", "--document", kind, "--area", "shili", "--period", period, "--as-of", day];
        project.run(run.into_iter().chain(["--part", "body"])).ok();
        let body: Value =
            serde_json::from_str(&project.read(&format!("reports/{period}/{kind}/shili.body.json")))
                .expect("a view");
        let whole = view(project, kind, period);
        let blocks = |view: &Value| -> Vec<usize> {
            let sections = view["sections"].as_array().expect("sections").iter();
            sections.map(|section| section["blocks"].as_array().expect("blocks").len()).collect()
        };
        assert_eq!(blocks(&body), blocks(&whole), "{kind}");
    }
}

#[test]
fn pages_keep_their_numbers_margins_and_marks() {
    let Some(project) = made().filter(|_| have(&["mutool"])) else { return };
    for (kind, period, ..) in ISSUES {
        let pdf = page_of(project, kind, period);
        check_numbers(&pdf);
        check_margins(&pdf);
        for (at, page) in texts(&pdf).iter().enumerate() {
            let marked = squeezed(page);
            assert!(marked.contains("演示数据") && marked.contains("样稿"), "{kind} page {}", at + 1);
        }
    }
}

/// Every chart of every beat has its numbers in words, and every figure of a return leads to a row that names its id.
#[test]
fn charts_have_words_and_rows_have_ids() {
    let Some(project) = made() else { return };
    let mut charts = 0;
    for (kind, period, ..) in ISSUES {
        let view = view(project, kind, period);
        for block in view["sections"]
            .as_array()
            .expect("sections")
            .iter()
            .flat_map(|s| s["blocks"].as_array().expect("blocks"))
        {
            let Some(alt) = block.get("alt").and_then(Value::as_str) else { continue };
            charts += usize::from(block["kind"] != "table");
            let title = block["title"].as_str().expect("a title");
            assert!(alt.starts_with(title) && alt.len() > title.len() + 3, "{kind}: {alt}");
            assert!(alt.chars().any(|c| c.is_ascii_digit()) || block["kind"] == "table", "{kind}: {alt}");
        }
        let rows =
            view["annexes"].as_array().expect("annexes").iter().filter_map(|a| a["sections"].as_array());
        for row in rows.flatten().flat_map(|section| section["rows"].as_array().expect("rows")) {
            assert!(row["id"].as_str().is_some_and(|id| id.contains(':')), "{row}");
        }
    }
    assert!(charts >= 6, "{charts}");
}

#[test]
fn views_of_the_beats_are_as_they_were() {
    let Some(project) = made() else { return };
    let mut differing = Vec::new();
    for (kind, period, ..) in ISSUES {
        let mut text = String::new();
        written(&view(project, kind, period), 0, &mut text);
        let compare = || settings().bind(|| insta::assert_snapshot!(format!("beat-{kind}"), text));
        if std::panic::catch_unwind(compare).is_err() {
            differing.push(kind);
        }
    }
    assert!(differing.is_empty(), "other views than before: {differing:?}");
}

/// Samples for designers are views that the program made.
#[test]
fn samples_are_made_by_the_program() {
    let Some(project) = made() else { return };
    for (kind, period, ..) in ISSUES {
        let sample: Value =
            serde_json::from_str(&project.read(&format!("templates/{kind}/sample.json"))).expect("JSON");
        assert_eq!(sample, view(project, kind, period), "templates/{kind}/sample.json");
    }
}

/// Where the issue before is there, what it printed otherwise is told with both values, its number and the reason; and a document does
/// not become new by that.
#[test]
fn the_issue_before_is_compared_figure_by_figure() {
    if !have(&["faces"]) {
        return;
    }
    let project = Project::demo();
    std::fs::remove_file(project.path("data/areas/shili/corrections-2026.toml")).expect("it is there");
    // October is issued with six tasks done, as the unit first reported, and with a task that nobody had accepted.
    let (report, tasks) = ("data/reported/2026-10/yi-xian.toml", "data/areas/shili/tasks-2026.toml");
    let (right, listed) = (project.read(report), project.read(tasks));
    project.replace(report, "value = 5\nas_printed = \"5\"", "value = 6\nas_printed = \"6\"");
    project.replace(tasks, "done = \"2026-11-12\"", "done = \"2026-10-30\"");
    let issue = |period: &str, number: &str, day: &str| {
        let run =
            ["generate", "--document", "monthly", "--area", "shili", "--period", period, "--as-of", day];
        project.run(run.into_iter().chain(["--issue", number])).ok();
        view(&project, "monthly", period).to_string()
    };
    let content = || {
        let manifest: Value = serde_json::from_str(&project.read("reports/manifest.json")).expect("JSON");
        manifest["entries"]["2026-11/monthly/shili.pdf"]["content"].as_str().expect("a digest").to_owned()
    };
    // First without it, from the data as they will be.
    let wrong = (project.read(report), project.read(tasks));
    project.write(report, &right).write(tasks, &listed);
    let first = issue("2026-11", "11", "2026-12-10");
    assert!(first.contains("作首期处理"), "{first}");
    let alone = content();
    project.write(report, wrong.0).write(tasks, wrong.1);
    issue("2026-10", "10", "2026-11-10");
    // A unit that reports late was not in it.
    project.write(report, right).write(tasks, listed);
    let november = issue("2026-11", "11", "2026-12-10");
    assert!(
        november.contains("第10期“乙县10月已完成任务”由6更正为5，原因：首报为6，核对时更正为5"),
        "{november}"
    );
    assert!(!november.contains("作首期处理"));
    assert_eq!(content(), alone, "to be compared is no news");
    // What was withdrawn and what came late.
    std::fs::remove_file(project.path("data/reported/2026-10/jia-xian.toml")).expect("it is there");
    let november = issue("2026-11", "11", "2026-12-11");
    assert!(november.contains("甲县已完成任务5、"), "{november}");
    assert!(november.contains("资料里已经撤下"), "{november}");
}

#[test]
fn what_a_unit_did_not_report_before_is_told_when_it_comes() {
    if !have(&["faces"]) {
        return;
    }
    let project = Project::demo();
    let report = "data/reported/2026-10/wu-qu.toml";
    let text = project.read(report);
    std::fs::remove_file(project.path(report)).expect("it is there");
    generate(&project, "monthly", "2026-10", "2026-11-10").ok();
    let october = view(&project, "monthly", "2026-10").to_string();
    assert!(october.contains("应报未报") && october.contains("五单位合计"), "{october}");
    project.write(report, text);
    generate(&project, "monthly", "2026-11", "2026-12-10").ok();
    let november = view(&project, "monthly", "2026-11").to_string();
    assert!(november.contains("戊区10月已完成任务5，上期刊出时还没有报来"), "{november}");
}

/// The files of the area with one slip each, and what is said of it.
#[test]
fn every_slip_in_the_files_of_an_area_has_its_line() {
    if !have(&["faces"]) {
        return;
    }
    let area = |name: &str| format!("data/areas/shili/{name}.toml");
    let slips: [(&str, String, &str, &str); 28] = [
        (
            "a unit that the area has not",
            area("tasks-2026"),
            "unit = \"jia-xian\"\nmatter = \"任务分解到镇村\"",
            "unit = \"jia-xan\"\nmatter = \"任务分解到镇村\"",
        ),
        (
            "a day that is none",
            area("tasks-2026"),
            "due = \"2026-10-31\"\nstuck",
            "due = \"2026-10-32\"\nstuck",
        ),
        (
            "a day of another year",
            area("tasks-2026"),
            "due = \"2026-10-31\"\nstuck",
            "due = \"2027-10-31\"\nstuck",
        ),
        (
            "a new date before the old",
            area("tasks-2026"),
            "new_due = \"2026-12-31\"",
            "new_due = \"2026-10-30\"",
        ),
        ("an unknown indicator", area("tasks-2026"), "done = \"tasks-done\"", "done = \"tasks-doen\""),
        (
            "more done than reported",
            area("tasks-2026"),
            "due = \"2026-10-31\"\nstuck",
            "due = \"2026-10-31\"\ndone = \"2026-11-02\"\nstuck",
        ),
        ("a key that is none", area("tasks-2026"), "new_due = \"2026-12-31\"", "new_date = \"2026-12-31\""),
        (
            "an unknown list",
            area("lists-2026"),
            "kind = \"resource\"\nmatter = \"县农技站",
            "kind = \"ressource\"\nmatter = \"县农技站",
        ),
        (
            "an entry that ends before it begins",
            area("lists-2026"),
            "closed = \"2026-09-18\"",
            "closed = \"2026-03-18\"",
        ),
        (
            "completed and sent back",
            area("lists-2026"),
            "returned = \"2026-11-09\"",
            "closed = \"2026-11-08\"\nreturned = \"2026-11-09\"",
        ),
        (
            "an indicator and a reason",
            area("targets-2026"),
            "not_comparable = \"上年未设\"",
            "not_comparable = \"上年未设\"\nlast_year = \"needs-done\"",
        ),
        ("a target of nothing", area("targets-2026"), "value = 24", "value = 0"),
        (
            "last year in another dimension",
            area("targets-2026"),
            "last_year = \"training-classes\"",
            "last_year = \"trained\"",
        ),
        (
            "a correction of no fact",
            area("corrections-2026"),
            "yi-xian:tasks-done-2026-10",
            "yi-xian:tasks-doen-2026-10",
        ),
        (
            "a correction of no unit",
            area("corrections-2026"),
            "yi-xian:tasks-done-2026-10",
            "yixian:tasks-done-2026-10",
        ),
        ("a correction that changed nothing", area("corrections-2026"), "was = 6\n", "was = 5\n"),
        (
            "more mended than due",
            area("2026-Q3"),
            "found = 8\ndue = 6\ndone = 6",
            "found = 8\ndue = 6\ndone = 7",
        ),
        ("classes that do not add up", area("2026-Q3"), "count = 18", "count = 17"),
        (
            "an overdue problem too few",
            area("2026-Q3"),
            "found = 14\ndue = 11\ndone = 8",
            "found = 14\ndue = 11\ndone = 7",
        ),
        (
            "a unit inspected twice",
            area("2026-Q3"),
            "unit = \"yi-xian\"\nfound",
            "unit = \"jia-xian\"\nfound",
        ),
        ("a time that is none", area("2026-H1"), "arrive = \"09:35\"", "arrive = \"9点\""),
        ("two sites at once", area("2026-H1"), "arrive = \"09:35\"", "arrive = \"08:55\""),
        (
            "a plan that does not add up",
            area("2026-H1"),
            "[[node]]\nday = \"2026-08-10\"",
            "[[plan]]\ntarget = \"requests\"\nmonths = [19, 19, 19, 19, 18, 17]\n\n[[node]]\nday = \"2026-08-10\"",
        ),
        ("a grade that is none", area("2026"), "grade = \"middling\"", "grade = \"medium\""),
        ("an account that does not close", area("2026"), "done = 51", "done = 52"),
        (
            "a return that nobody can owe",
            "report.toml".to_owned(),
            "owes = [\"monthly\", \"half-year\"",
            "owes = [\"monthly\", \"halfyear\"",
        ),
        ("a day that some months have not", "report.toml".to_owned(), "due = 5", "due = 31"),
        (
            "an area without its units",
            "report.toml".to_owned(),
            "units = [\"jia-xian\", \"yi-xian\"",
            "units = [\"jia-xan\", \"yi-xian\"",
        ),
    ];
    let mut text = String::new();
    for (name, file, from, to) in slips {
        let project = Project::demo();
        project.replace(&file, from, to);
        let run = project.run(["check", "--as-of", "2026-06-30", "--message-format", "human"]);
        assert!(!run.stderr.contains("panicked"), "{name}: {}", run.stderr);
        assert_eq!(run.code, 2, "{name}: {}", run.stderr);
        writeln!(text, "══ {name}\n{}", run.stderr).expect("a string takes it");
    }
    let project = Project::demo();
    project
        .write("data/areas/shili/task-2026.toml", "format = 1\n")
        .write("data/areas/shilli/2026.toml", "format = 1\n");
    let run = project.run(["check", "--as-of", "2026-06-30", "--message-format", "short"]);
    writeln!(text, "══ files and folders that nobody reads\n{}", run.stderr).expect("a string takes it");
    settings().bind(|| insta::assert_snapshot!("broken-areas", text));
}

#[test]
fn a_document_without_matter_says_what_to_write() {
    let project = Project::demo();
    if !have(&["faces"]) {
        return;
    }
    generate(&project, "monthly", "2026-Q3", "2026-10-15")
        .ends(1)
        .says("`monthly` is not about a period such as 2026-Q3");
    generate(&project, "monthly", "2027-01", "2027-02-10").ends(1).says("there is no list of tasks of 2027");
    generate(&project, "quarterly", "2027-Q1", "2027-04-15")
        .ends(1)
        .says("there is no file of inspections of 2027-Q1");
    std::fs::remove_dir_all(project.path("data/reported/2026-11")).expect("it is there");
    generate(&project, "monthly", "2026-11", "2026-12-10").ends(1).says("no return of any unit for 2026-11");
    project
        .run(["generate", "--area", "shilli", "--period", "2026-Q3"])
        .ends(2)
        .says("no area `shilli`")
        .says("did you mean `shili`?");
    project
        .run(["generate", "--area", "shili", "--period", "2025"])
        .ends(2)
        .says("no document of these areas is about 2025");
    project.run(["list", "documents"]).ok().prints("half-year    shili");
    // Without a kind an area makes what the period stands for.
    let run = project.run([
        "generate",
        "--area",
        "shili",
        "--period",
        "2026-Q3",
        "--as-of",
        "2026-10-15",
        "--dry-run",
    ]);
    assert_eq!(run.ok().stdout, "./reports/2026-Q3/quarterly/shili.pdf\n");
}

/// Two units can but inspect each other, and one of which nothing is known is listed and not ranked.
#[test]
fn a_small_area_says_what_cannot_be_fair() {
    if !have(&["faces"]) {
        return;
    }
    let project = Project::counties();
    let settings = project.read("report.toml");
    let area = "[[area]]\nid = \"two\"\nname = \"两县\"\nunits = [\"qinghe\", \"baishi\"]\n";
    project.write("report.toml", format!("{settings}\n{area}"));
    let inspection = "[[inspection]]\nunit = \"qinghe\"\nfound = 4\ndue = 4\ndone = 4\n";
    let file = |rest: &str| format!("format = 1\ntitle = \"督查记录\"\n\n{inspection}{rest}");
    project.write("data/areas/two/2026-Q3.toml", file(""));
    project.check().ok();
    project.generate(["--area", "two", "--period", "2026-Q3"]).ok();
    let view = |period: &str| project.read(&format!("reports/{period}/quarterly/two.json"));
    let third = view("2026-Q3");
    for said in ["单位不足5个，一年四轮必有重查", "只列不排", "缺报不排", "上季没有资料，不比升降"]
    {
        assert!(third.contains(said), "no `{said}` in {third}");
    }
    // Nobody owes anything here: what is missing is not stated, not owed.
    assert!(!third.contains("\"应报未报\""), "{third}");
    let more = "[[inspection]]\nunit = \"baishi\"\nfound = 6\ndue = 5\ndone = 5\n";
    project.write("data/areas/two/2026-Q4.toml", file(more));
    project.generate(["--area", "two", "--period", "2026-Q4"]).ok();
    let fourth = view("2026-Q4");
    assert!(fourth.contains("2027年一季度：") && fourth.contains("上季未排"), "{fourth}");
}

/// What the quarter before printed otherwise is told, with the reason that its file gives.
#[test]
fn a_quarter_is_checked_against_the_issue_before() {
    if !have(&["faces"]) {
        return;
    }
    let project = Project::demo();
    generate(&project, "quarterly", "2026-Q2", "2026-07-15").ok();
    let second = "data/areas/shili/2026-Q2.toml";
    let from = "unit = \"bing-xian\"\nfound = 10\ndue = 8";
    project.replace(second, from, "unit = \"bing-xian\"\nnote = \"两条重复登记\"\nfound = 9\ndue = 8");
    project.replace(second, "count = 16", "count = 15").replace(
        "data/areas/shili/2026.toml",
        "quarter = \"2026-Q2\"\ndone = 51",
        "quarter = \"2026-Q2\"\ndone = 50",
    );
    generate(&project, "quarterly", "2026-Q3", "2026-10-15").ok();
    let third = view(&project, "quarterly", "2026-Q3").to_string();
    let said = "更正：2026年第二季度一期“丙县发现问题”由10条更正为9条，原因：两条重复登记。";
    assert!(third.contains(said), "{third}");
    assert_eq!(third.matches("更正：").count(), 1, "{third}");
    assert!(!third.contains("作首期处理"));
}
