//! What may be typed, and what is said to what may not.

use crate::project::{Project, Run};
use crate::tools::have;

#[test]
fn an_unknown_region_says_which_there_are_and_which_was_meant() {
    if !have(&["faces"]) {
        return;
    }
    let project = Project::counties();
    let run = project.generate(["--region", "qinhe"]);
    run.ends(2).says("error: no region `qinhe`\n  hint: did you mean `qinghe`? there are baishi, qinghe\n");
    let run = project.generate(["--region", "qinghe/dongtay"]);
    run.ends(2)
        .says("no place in `qinghe` `dongtay`")
        .says("did you mean `dongtai`? there are dongtai, xitai");
    project
        .generate(["--compare", "qinghe,beishi"])
        .ends(2)
        .says("no region `beishi`")
        .says("did you mean `baishi`?");
    project
        .generate(["--children-of", "zzz"])
        .ends(2)
        .says("no region `zzz`")
        .says("there are baishi, qinghe");
    let json = project.run(["generate", "--region", "qinhe", "--message-format", "json"]);
    let line: serde_json::Value = serde_json::from_str(json.ends(2).stderr.trim()).expect("one object");
    assert_eq!(line["message"], "no region `qinhe`");
    assert!(
        line["hints"][0].as_str().is_some_and(|hint| hint.starts_with("did you mean `qinghe`?")),
        "{line}"
    );
    assert!(project.files("reports").is_empty());
}

#[test]
fn exactly_one_thing_is_made() {
    let project = Project::counties();
    let choices: [&[&str]; 4] =
        [&["--region", "qinghe"], &["--all"], &["--compare", "qinghe,baishi"], &["--children-of", "qinghe"]];
    project.generate([]).ends(2).says("required");
    for (at, one) in choices.iter().enumerate() {
        for other in &choices[at + 1..] {
            project.generate(one.iter().chain(*other).copied()).ends(2).says("cannot be used with");
        }
    }
    assert!(project.files("reports").is_empty());
}

#[test]
fn a_number_belongs_to_one_document() {
    if !have(&["faces"]) {
        return;
    }
    let project = Project::counties();
    let two = project.generate(["--region", "qinghe", "baishi", "--issue", "7"]);
    two.ends(2).says("--issue numbers one document, not 2");
    project.generate(["--all", "--issue", "7"]).ends(2).says("--issue numbers one document, not 3");
    project.generate(["--region", "baishi", "--issue", "0"]).ends(2).says("issues count from 1");
    assert!(project.files("reports").is_empty());
    let view = project.view(["--region", "baishi", "--issue", "7"]);
    assert_eq!(view["masthead"]["issue"], "第7期");
    let draft = project.view(["--region", "baishi"]);
    assert!(
        draft["masthead"]["issue"].is_null() && draft["masthead"]["draft"] == true,
        "{}",
        draft["masthead"]
    );
}

#[test]
fn a_view_and_a_dry_run_write_nothing() {
    if !have(&["faces"]) {
        return;
    }
    let project = Project::counties();
    let view = project.view(["--region", "qinghe"]);
    assert_eq!((&view["document"], &view["title"]), (&"region".into(), &"青河县联建情况".into()));
    let run = project.generate(["--all", "--dry-run"]);
    let paths = ["region/baishi", "region/qinghe", "comparative/two-counties"];
    let expected: String = paths.iter().map(|path| format!("./reports/2026-11/{path}.pdf\n")).collect();
    assert_eq!(run.ok().stdout, expected);
    project.generate(["--all", "--view"]).ends(2).says("--view prints one view, not 3");
    project.generate(["--region", "qinghe", "--view", "--dry-run"]).ends(2).says("cannot be used with");
    assert!(!project.path("reports").exists(), "{:?}", project.files("reports"));
}

#[test]
fn kinds_periods_parts_and_days_are_understood() {
    if !have(&["faces"]) {
        return;
    }
    let project = Project::counties();
    let dry = |arguments: &[&str]| {
        let run = project.generate(["--all", "--dry-run"].iter().chain(arguments).copied());
        (run.code, run.stdout.replace("./reports/", ""), run.stderr)
    };
    assert_eq!(dry(&["--document", "comparative"]).1, "2026-11/comparative/two-counties.pdf\n");
    for (period, folder) in
        [("2026-Q3", "2026-Q3"), ("2026-H1", "2026-H1"), ("2025", "2025"), ("2026-02", "2026-02")]
    {
        let (code, paths, _) = dry(&["--period", period, "--part", "body"]);
        assert_eq!(
            (code, paths.lines().next()),
            (0, Some(format!("{folder}/region/baishi.body.pdf").as_str()))
        );
    }
    for wrong in ["2026-13", "2026-Q5", "november", "2026-1", ""] {
        let (code, _, errors) = dry(&["--period", wrong]);
        assert!(code == 2 && errors.contains(&format!("`{wrong}` is not a period")), "{wrong}: {errors}");
    }
    for wrong in ["2026-02-30", "tomorrow"] {
        let run = project.run(["generate", "--all", "--as-of", wrong]);
        run.ends(2).says(&format!("`{wrong}` is not a date")).says("hint: write it as 2026-11-30");
    }
    project.generate(["--all", "--jobs", "0"]).ends(2).says("--jobs takes 1 or more");
    project.run(["-C", "nowhere", "check"]).ends(2).says("`nowhere` is no folder");
    let body = project.view(["--region", "qinghe", "--part", "body"]);
    assert_eq!((&body["part"], body["annexes"].as_array().map(Vec::len)), (&"body".into(), Some(0)));
}

#[test]
fn colours_are_for_whoever_wants_them() {
    let project = Project::counties();
    let run = |arguments: &[&str], variable: Option<(&str, &str)>| {
        let mut command = project.command();
        command.envs(variable).args(["generate", "--region", "nowhere"]).args(arguments);
        let run = Run::of(&mut command);
        run.ends(2);
        run.stderr.contains('\u{1b}')
    };
    assert!(!run(&[], None), "standard error is no terminal");
    assert!(run(&["--color", "always"], None));
    assert!(run(&["--color", "always"], Some(("NO_COLOR", "1"))), "what is typed wins");
    assert!(!run(&["--color", "never"], None));
    assert!(!run(&["--color", "auto"], Some(("NO_COLOR", "1"))));
    assert!(!run(&["--color", "always", "--message-format", "json"], None), "JSON has no colours");
}

#[test]
fn help_stands_under_headings_and_names_the_exit_codes() {
    let project = Project::counties();
    let help = project.run(["generate", "--help"]);
    help.ok();
    for heading in ["What to make:", "The issue:", "Output:", "Workspace:", "Messages:"] {
        assert!(help.stdout.lines().any(|line| line == heading), "no `{heading}` in {}", help.stdout);
    }
    let longest = help.stdout.lines().map(|line| line.chars().count()).max();
    assert!(longest <= Some(100), "a line of {longest:?} characters");
    project.run(["--help"]).ok().prints("exit codes: 0 all done; 1 ran, but some document was not made or");
    project.run(["--version"]).ok().prints("report 0.1.0");
    project.run::<&str>([]).ends(2).says("Usage: report");
    project.run(["genrate"]).ends(2).says("a similar subcommand exists: 'generate'");
}
