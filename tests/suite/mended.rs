//! Bugs that were found once, each with the case that showed it.

use std::fs;
use std::process::Command;

use crate::project::{Project, Run};
use crate::tools::{faces, have};

#[test]
fn an_id_of_a_comparison_cannot_leave_the_output_folder() {
    let project = Project::counties();
    project.replace("report.toml", "id = \"two-counties\"", "id = \"../../../evil\"");
    project.check().ends(2).says("report.toml:15:6: error[bad-id]: `../../../evil` is not an id");
    project.generate(["--all"]).ends(2);
    assert!(project.files("reports").is_empty());
}

#[test]
fn a_place_that_is_not_there_or_stands_twice_is_no_comparison() {
    let project = Project::counties();
    project.replace("report.toml", "\"qinghe\", \"baishi\"", "\"qinghe/dongtay\", \"baishi\"");
    let run = project.check();
    run.ends(2).says("report.toml:16:11: error[dangling-id]: no place `dongtay`");
    if have(&["faces"]) {
        project.generate(["--all"]).ends(1).says("comparative two-counties was not made");
    }
    project.replace("report.toml", "\"qinghe/dongtay\", \"baishi\"", "\"qinghe\", \"qinghe\"");
    project
        .check()
        .ends(2)
        .says("report.toml:16:21: error[duplicate-id]: place `qinghe` stands here a second time");
}

#[test]
fn a_text_of_a_place_is_checked_and_used() {
    let project = Project::counties();
    project.write("data/texts/region-qinghe_dongtai.toml", "format = 1\ntitle = \"东台一镇的做法\"\n");
    project.check().ok();
    if have(&["faces"]) {
        let view = project.view(["--region", "qinghe/dongtai"]);
        assert_eq!(view["title"], "东台一镇的做法");
    }
    project.write("data/texts/region-qinghe_dongtai.toml", "format = 1\ntitle = \"{nothing}\"\n");
    project.check().ends(2).says("region-qinghe_dongtai.toml:2:10: error[dangling-id]: no fact `nothing`");
    project.write("data/texts/region-qinghe_nowhere.toml", "format = 1\n");
    project
        .check()
        .ends(2)
        .says("error[text-file-name]: `data/texts/region-qinghe_nowhere.toml` belongs to no document");
}

#[test]
fn a_view_that_is_gone_is_written_again() {
    if !have(&["faces"]) {
        return;
    }
    let project = Project::counties();
    project.generate(["--region", "baishi"]).ok().prints("made region baishi");
    let view = project.path("reports/2026-11/region/baishi.json");
    fs::remove_file(&view).expect("the view lies beside the document");
    project.generate(["--region", "baishi"]).ok().prints("made region baishi");
    assert!(view.exists());
    project.generate(["--region", "baishi"]).ok().prints("unchanged region baishi");
}

#[test]
fn the_words_as_printed_are_compared_too() {
    for (printed, message) in [
        ("近46个", "`as_printed` is `近46个`, which says `近`, but the entry says `exact`"),
        ("46个以上", "`as_printed` is `46个以上`, which says `以上`, but the entry says `exact`"),
        ("46至50个", "`as_printed` is `46至50个`, which says up to 50, but the entry says no `upper`"),
    ] {
        let project = Project::counties();
        project.replace(
            "data/regions/baishi.toml",
            "as_printed = \"46个\"",
            &format!("as_printed = \"{printed}\""),
        );
        project.check().ends(2).says(&format!("baishi.toml:18:14: error[as-printed]: {message}"));
    }
    let project = Project::counties();
    let qualified = "as_printed = \"46个\"\nqualifier = \"nearly\"";
    project.replace("data/regions/baishi.toml", "as_printed = \"46个\"", qualified);
    project.check().ends(2).says("which says no qualifier, but the entry says `近`");
}

#[test]
fn a_comparable_definition_is_comparable_both_ways() {
    if !have(&["faces"]) {
        return;
    }
    let project = Project::counties();
    let indicators = project.read("data/indicators.toml");
    let at = indicators.find("id = \"grant\"").expect("the fixture counts grants");
    let head = indicators[..at].rfind("[[indicator]]").expect("an entry has a head");
    let end = indicators[at..].find("\n\n").map_or(indicators.len(), |found| at + found);
    let copy = indicators[head..end]
        .replace("id = \"grant\"", "id = \"grant-baishi\"\ncomparable_with = [\"grant\"]");
    project.write("data/indicators.toml", format!("{}\n\n{copy}\n", indicators.trim_end()));
    project.replace("data/regions/baishi.toml", "indicator = \"grant\"", "indicator = \"grant-baishi\"");
    let flags = |places: &str| {
        let view = project.view(["--compare", places]).to_string();
        view.matches("\"kind\":\"bars\"").count()
    };
    assert_eq!(flags("qinghe,baishi"), flags("baishi,qinghe"));
    assert!(flags("qinghe,baishi") > 0, "the grants of both counties can be ranked");
}

#[test]
fn a_comment_is_not_blamed_for_a_character() {
    if !have(&["faces"]) {
        return;
    }
    let project = Project::counties();
    let text = project.read("data/texts/region-qinghe.toml");
    let text = format!("# 王祎\n{}", text.replacen("title = \"", "title = \"祎", 1));
    project.write("data/texts/region-qinghe.toml", text);
    let run = project.check();
    assert!(!run.stderr.contains("region-qinghe.toml:1:"), "{}", run.stderr);
}

#[test]
fn a_message_stays_on_its_line_and_has_an_end() {
    let project = Project::counties();
    project.replace("data/regions/baishi.toml", "level = \"county\"", "level = \"\"\"cou\nnty\"\"\"");
    let key = "x".repeat(100_000);
    project.replace("data/regions/baishi.toml", "demo = true", &format!("demo = true\n{key} = 1"));
    let run = project.check();
    run.ends(2).says("`cou nty` is none of");
    assert!(run.stderr.len() < 5_000, "{} bytes of messages", run.stderr.len());
    let human = project.run(["check", "--as-of", "2026-11-30"]);
    assert!(human.stderr.len() < 20_000, "{} bytes of messages", human.stderr.len());
}

#[test]
fn a_list_that_lacks_a_region_is_not_complete() {
    let project = Project::counties();
    project.replace("data/regions/baishi.toml", "value = 46", "value = 46\nvalu = 1");
    for verb in [["list", "facts"], ["export", "--format=csv"]] {
        project.run(verb).ends(1).says("unknown key `valu`");
    }
}

#[test]
fn a_region_and_a_place_never_share_a_file() {
    let project = Project::counties();
    let region =
        project.read("data/regions/baishi.toml").replace("id = \"baishi\"", "id = \"qinghe-dongtai\"");
    project.write("data/regions/qinghe-dongtai.toml", region);
    let run = project.generate(["--dry-run", "--region", "qinghe/dongtai", "qinghe-dongtai"]);
    run.ok();
    let mut paths: Vec<&str> = run.stdout.lines().collect();
    paths.dedup();
    assert_eq!(paths.len(), 2, "{}", run.stdout);
}

#[test]
fn a_foreign_region_is_said_to_be_foreign() {
    let project = Project::counties();
    project.write("data/texts/region-qinghe.toml", "format = 1\nlead = \"有{baishi:joint-bodies}\"\n");
    let run = project.check();
    run.ends(2).says("`baishi` is not part of this document, which is about `qinghe`");
}

#[test]
fn a_face_that_is_not_there_is_missed() {
    if !have(&["faces"]) {
        return;
    }
    let project = Project::counties();
    let fonts = project.path("some-fonts");
    fs::create_dir(&fonts).expect("a folder in the temporary one");
    for face in fs::read_dir(faces().expect("asked for above")).expect("the faces are there").flatten() {
        if !face.file_name().to_string_lossy().starts_with("FandolFang") {
            std::os::unix::fs::symlink(face.path(), fonts.join(face.file_name())).expect("a link");
        }
    }
    let check = |more: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_report"));
        command.env_clear().arg("--workspace").arg(project.path("")).arg("--fonts").arg(&fonts);
        Run::of(command.args(["check", "--as-of", "2026-11-30", "--message-format", "short"]).args(more))
    };
    let words = "warning[face-absent]: no face `FandolFang R` for the role `text`; `Noto Serif CJK SC` takes its place";
    check(&[]).ok().says(words);
    check(&["--deny", "face-absent"]).ends(2);
}

#[test]
fn a_key_of_the_wrong_type_is_not_missing_besides() {
    let project = Project::counties();
    project.replace("data/regions/baishi.toml", "value = 46", "value = \"46\"");
    let run = project.check();
    run.ends(2).says("data/regions/baishi.toml:17:9: error[wrong-type]: ").says("1 error, ");
    assert!(!run.stderr.contains("missing-key"), "{}", run.stderr);
}

/// Returns of so many months, each a line in the list of sources.
fn with_returns(months: u32) -> Project {
    let project = Project::counties();
    for at in 0..months {
        let (year, month) = (2020 + at / 12, at % 12 + 1);
        let period = format!("{year}-{month:02}");
        let fact = format!(
            "[[fact]]\nid = \"events-{period}\"\nindicator = \"joint-bodies\"\nvalue = {at}\nas_printed = \"{at}\"\nas_of = \"{period}\"\n\
             coverage = \"whole\"\nparagraph = 1\nentered_by = \"甲\"\nchecked_by = \"乙\"\n"
        );
        let head =
            format!("format = 1\nunit = \"qinghe\"\nperiod = \"{period}\"\nreceived = \"2026-11-22\"\n\n");
        project.write(&format!("data/reported/{period}/qinghe.toml"), head + &fact);
    }
    project
}

#[test]
fn the_foot_stands_below_the_last_words_however_long_the_list_before_them() {
    if !have(&["faces", "pdftotext"]) {
        return;
    }
    let mut pages = std::collections::BTreeSet::new();
    for months in 16..36 {
        let project = with_returns(months);
        project.generate(["--region", "qinghe"]).ok();
        let texts = crate::pdf::texts(&project.path("reports/2026-11/region/qinghe.pdf"));
        let last = texts.last().expect("a page").replace(char::is_whitespace, "");
        for words in ["发现差错请告编印单位", "共印30份"] {
            assert!(last.contains(words), "{months} returns: no `{words}` on the last page: {last}");
        }
        pages.insert(texts.len());
    }
    assert!(pages.len() > 1, "the lists do not cross a page: {pages:?}");
}

#[test]
fn who_shares_the_first_place_is_named_with_the_first() {
    let project = Project::counties();
    let title = |project: &Project| {
        let view = project.view(["--compare", "qinghe,baishi"]);
        let sections = view["sections"].as_array().expect("sections").clone();
        let mut blocks = sections.iter().flat_map(|section| section["blocks"].as_array().expect("blocks"));
        let bars = blocks.find(|block| block["kind"] == "bars").expect("a ranking");
        bars["title"].as_str().expect("a title").to_owned()
    };
    if !have(&["faces"]) {
        return;
    }
    let alone = title(&project);
    assert!(alone.ends_with("青河最多"), "{alone}");
    let baishi = "data/regions/baishi.toml";
    project.replace(baishi, "value = 381\nas_printed = \"381万元\"", "value = 563\nas_printed = \"563万元\"");
    let shared = title(&project);
    assert!(shared.ends_with("各地相同"), "{shared}");
}
