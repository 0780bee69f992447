//! Documents in traditional characters and in English: whole, with the same figures, and never half translated.
//!
//! Whether their files conform is left to `conformance`, what they look like to whoever opens them.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::pdf::{chars, texts};
use crate::pdf_form::objects;
use crate::project::Project;
use crate::shipped::Shipped;
use crate::tools::have;

/// Han characters, and marks that only Chinese type has.
pub(crate) fn chinese(text: &str) -> String {
    let is =
        |c: &char| matches!(c, '\u{3000}'..='\u{303f}' | '\u{3400}'..='\u{9fff}' | '\u{ff00}'..='\u{ffef}');
    text.chars().filter(is).collect()
}

/// Each figure of the annex by its id: its value, and whether it is a target or computed.
fn figures(view: &Value) -> BTreeMap<String, (String, bool, bool)> {
    let annexes = view["annexes"].as_array().into_iter().flatten().filter(|annex| annex["kind"] == "figures");
    let sections = annexes.flat_map(|annex| annex["sections"].as_array().into_iter().flatten());
    let rows = sections.flat_map(|section| section["rows"].as_array().into_iter().flatten());
    rows.map(|row| {
        let figure = &row["figure"];
        let is = |key: &str| figure[key].as_bool().expect("a flag");
        let id = row["id"].as_str().expect("an id").to_owned();
        (id, (figure["value"].to_string(), is("target"), is("derived")))
    })
    .collect()
}

#[test]
fn an_english_document_holds_no_chinese_character() {
    let all = Shipped::in_all_languages(&["pdftotext", "qpdf"]);
    for (shipped, name) in all.into_iter().filter(|(_, name)| name.ends_with(".en")) {
        for (at, page) in texts(&shipped.pdf(name)).iter().enumerate() {
            assert_eq!(chinese(page), "", "{name} page {}", at + 1);
        }
        let view = shipped.project.read(&format!("reports/{name}.json"));
        let view: Value = serde_json::from_str(&view).expect("JSON");
        assert_eq!(chinese(&view.to_string()), "", "{name}");
        assert_eq!(view["language"], "en");
        let objects = objects(&shipped.pdf(name));
        let language = objects.values().find_map(|object| object["value"]["/Lang"].as_str());
        assert!(language.is_some_and(|tag| tag.starts_with("u:en")), "{name}: {language:?}");
    }
}

#[test]
fn figures_are_the_same_in_every_language() {
    let all = Shipped::in_all_languages(&[]);
    for (shipped, name) in &all {
        let plain = name.trim_end_matches(".en").trim_end_matches(".zh-Hant");
        let (simplified, _) = all.iter().find(|(_, other)| *other == plain).expect("it is there in Chinese");
        let (here, there) = (figures(&shipped.view(name)), figures(&simplified.view(plain)));
        assert!(here.len() > 20, "{name}: {} figures", here.len());
        assert_eq!(here, there, "{name}");
    }
}

#[test]
fn traditional_documents_are_traditional_throughout() {
    let all = Shipped::in_all_languages(&["pdftotext"]);
    for (shipped, name) in all.into_iter().filter(|(_, name)| name.ends_with(".zh-Hant")) {
        let text = texts(&shipped.pdf(name)).concat();
        let simplified: String = text
            .chars()
            .filter(|c| "党联组织员县镇业务动统计说图产链农个为乡关资项结带发书证办团实国".contains(*c))
            .collect();
        assert_eq!(simplified, "", "{name}");
        assert!(!text.contains(['“', '”']), "{name}: quotation marks of simplified text");
        assert!(text.contains('黨') && text.contains('聯'), "{name}");
        assert_eq!(shipped.view(name)["secrecy"], "public", "{name}");
    }
    // Names that a dictionary gets wrong stand in data/names.toml.
    let Some((shipped, name)) =
        Shipped::in_all_languages(&[]).into_iter().find(|(_, name)| name.ends_with("dunhua.zh-Hant"))
    else {
        return;
    };
    let view = shipped.view(name).to_string();
    assert!(view.contains("松江河") && !view.contains("鬆江河"), "the village keeps its name");
}

/// Marks in the middle of their square come from one face on the whole page: those of the running text draw them elsewhere.
#[test]
fn marks_of_traditional_text_come_from_one_face() {
    let all = Shipped::in_all_languages(&["mutool"]);
    for (shipped, name) in all.into_iter().filter(|(_, name)| name.ends_with(".zh-Hant")).take(2) {
        let marks: Vec<_> =
            chars(&shipped.pdf(name)).into_iter().filter(|c| "「」，。、；：（）".contains(c.c)).collect();
        assert!(marks.len() > 100, "{name}: {} marks", marks.len());
        for mark in marks {
            assert!(mark.font.starts_with("Noto"), "{name}: {mark:?}");
        }
    }
}

/// A measure word that Chinese uses for firms would make households of them; and one is no plural.
#[test]
fn nouns_fit_what_is_counted() {
    let all = Shipped::in_all_languages(&[]);
    let Some((shipped, name)) = all.into_iter().find(|(_, name)| name.ends_with("pingliang.en")) else {
        return;
    };
    let text = shipped.view(name).to_string();
    assert!(
        text.contains("\"unit\":\" firms\"") && !text.contains("167 households"),
        "firms are no households"
    );
    for wrong in ["1 years", "1 times", "1 batches", "1 people"] {
        let alone = text
            .match_indices(wrong)
            .any(|(at, _)| !text[..at].ends_with(|c: char| c.is_ascii_digit() || c == ','));
        assert!(!alone, "{wrong}");
    }
}

#[test]
fn what_has_no_english_words_is_told_with_its_place() {
    if !have(&["faces"]) {
        return;
    }
    let project = Project::shipped();
    let english = project.read("data/en/regions/dunhua.toml");
    let first = english.find("note = ").expect("a note");
    let end = first + english[first..].find('\n').expect("its end");
    project.write("data/en/regions/dunhua.toml", format!("{}{}", &english[..first], &english[end..]));
    let run = project.generate(["--region", "dunhua", "--lang", "en"]);
    run.ends(1).says("error[no-english]: `note` of fact `").says("data/regions/dunhua.toml:");
    let human = project.run(["--lang", "en", "generate", "--region", "dunhua"]);
    human.ends(1).says("hint: write them in data/en/regions/dunhua.toml");
    assert!(!project.path("reports/2026-11/region/dunhua.en.pdf").exists());
    // The Chinese document has what it needs, and the check of the workspace tells of both.
    project.generate(["--region", "dunhua"]).ok();
    project.check().ends(2).says("error[no-english]: `note` of fact `");
}

#[test]
fn a_page_that_is_half_translated_is_refused() {
    if !have(&["faces"]) {
        return;
    }
    let project = Project::shipped();
    let text = project.read("data/en/texts/region-dunhua.toml");
    let line = text.lines().position(|line| line.starts_with("subtitle = ")).expect("a subtitle");
    let own = text.lines().nth(line).expect("it").to_owned();
    project.replace("data/en/texts/region-dunhua.toml", &own, "subtitle = \"From one 报道\"");
    let run = project.generate(["--region", "dunhua", "--lang", "en"]);
    run.ends(1).says(&format!("data/en/texts/region-dunhua.toml:{}:", line + 1));
    run.says("error[no-english]: `From one 报道` has no English words");
    // Masthead and foot have their words in the settings.
    let project = Project::shipped();
    project.replace("report.toml", "distribute_to = \"subscribers of this brief\"\n", "");
    let run = project.generate(["--region", "dunhua", "--lang", "en"]);
    run.ends(2).says("error[no-english]: `distribute_to` of [imprint] has no English words");
}

#[test]
fn english_words_speak_of_the_same_things() {
    if !have(&["faces"]) {
        return;
    }
    let project = Project::shipped();
    project.replace(
        "data/en/texts/region-dunhua.toml",
        "fact = \"pairing-units\"",
        "fact = \"cooperatives\"",
    );
    let run = project.check();
    run.ends(2).says("data/en/texts/region-dunhua.toml:1:1: error[bad-reference]: `cooperatives` is named ");
    run.says(" times in data/texts/region-dunhua.toml");
    let project = Project::shipped();
    let file = project.read("data/en/regions/dunhua.toml");
    project.write("data/en/regions/dunhua.toml", format!("{file}\n[mechanism.no-such]\nname = \"None\"\n"));
    project.check().ends(2).says("error[dangling-id]: no mechanism `no-such`");
    let members = file.lines().find(|line| line.starts_with("members = [")).expect("members");
    let fewer = "members = [\"only one of them\"]";
    project.write("data/en/regions/dunhua.toml", file.replacen(members, fewer, 1));
    project.check().ends(2).says("members, but 1 in English");
}

#[test]
fn each_language_has_files_of_its_own_that_can_be_verified() {
    if !have(&["faces"]) {
        return;
    }
    let project = Project::shipped();
    for language in ["zh-Hans", "en", "zh-Hant"] {
        project.generate(["--region", "dunhua", "--lang", language]).ok();
    }
    let files = project.files("reports/2026-11/region");
    let pdfs: Vec<_> = files.iter().filter(|file| file.ends_with(".pdf")).collect();
    assert_eq!(pdfs, ["dunhua.en.pdf", "dunhua.pdf", "dunhua.zh-Hant.pdf"]);
    let manifest: Value = serde_json::from_str(&project.read("reports/manifest.json")).expect("JSON");
    let language = |name: &str| manifest["entries"][format!("2026-11/region/{name}.pdf")]["language"].clone();
    assert_eq!(language("dunhua.en"), "en");
    assert_eq!(language("dunhua.zh-Hant"), "zh-Hant");
    assert_eq!(language("dunhua"), Value::Null, "the usual one is not written");
    let run = project.run(["verify", "--all"]);
    run.ok();
    assert_eq!(run.stdout.matches("identical").count(), 3, "{}", run.stdout);
    // Made once more, nothing is made anew.
    project.generate(["--region", "dunhua", "--lang", "en"]).ok().prints("unchanged");
}

#[test]
fn a_workspace_may_speak_english_by_itself() {
    if !have(&["faces"]) {
        return;
    }
    let project = Project::shipped();
    project.replace("report.toml", "[workspace]\n", "[workspace]\nlanguage = \"en\"\n");
    project.generate(["--region", "dunhua"]).ok().prints("dunhua.en.pdf");
    project.generate(["--region", "dunhua", "--lang", "zh-Hans"]).ok().prints("dunhua.pdf");
    project.replace("report.toml", "language = \"en\"", "language = \"english\"");
    project.check().ends(2).says("`english` is none of `zh-Hans`, `zh-Hant`, `en`");
    project.run(["generate", "--region", "dunhua", "--lang", "fr"]).ends(2).says("zh-Hant");
}

#[test]
fn working_copies_speak_the_language_of_the_document() {
    if !have(&["faces", "pdftotext"]) {
        return;
    }
    let project = Project::shipped();
    project.generate(["--region", "dunhua", "--lang", "en", "--draft"]).ok();
    for name in ["dunhua.en.copy", "dunhua.en.copy.review", "dunhua.en.review"] {
        let path = project.path(format!("reports/2026-11/region/{name}.pdf"));
        if path.exists() {
            assert_eq!(chinese(&texts(&path).concat()), "", "{name}");
        }
    }
    let files = project.files("reports/2026-11/region");
    assert_eq!(files.iter().filter(|file| file.ends_with(".pdf")).count(), 2, "{files:?}");
}
