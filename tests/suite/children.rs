//! Comparisons that nobody declared: places named on the command line, and the children of one.

use crate::pdf::texts;
use crate::project::Project;
use crate::shipped::Shipped;
use crate::tools::have;

#[test]
fn places_named_on_the_command_line_are_compared() {
    if !have(&["faces", "pdftotext"]) {
        return;
    }
    let project = Project::counties();
    let run = project.generate(["--compare", "qinghe/dongtai,qinghe/xitai,baishi"]);
    run.ok().prints("made comparative qinghe_dongtai+qinghe_xitai+baishi: ");
    let path = "reports/2026-11/comparative/qinghe_dongtai+qinghe_xitai+baishi.pdf";
    let text = texts(&project.path(path)).concat();
    for name in ["东台镇", "西台镇", "白石"] {
        assert!(text.contains(name), "no {name}");
    }
    project.generate(["--compare", "qinghe"]).ends(2).says("a comparison needs two places or more");
    project
        .generate(["--compare", "qinghe,baishi,qinghe"])
        .ends(2)
        .says("`qinghe` stands twice in the comparison");
    // The same places as a declared comparison are that comparison.
    project.generate(["--compare", "qinghe,baishi", "--dry-run"]).ok().prints("comparative/two-counties.pdf");
    project
        .generate(["--compare", "baishi,qinghe", "--dry-run"])
        .ok()
        .prints("comparative/baishi+qinghe.pdf");
}

#[test]
fn the_children_of_a_county_are_its_towns_and_of_a_city_its_regions() {
    if !have(&["faces"]) {
        return;
    }
    let project = Project::counties();
    project
        .generate(["--children-of", "qinghe", "--dry-run"])
        .ok()
        .prints("comparative/children-of-qinghe.pdf");
    let compared = project.view(["--children-of", "qinghe"]).to_string();
    assert!(
        compared.contains("东台") && compared.contains("西台") && !compared.contains("58个"),
        "{compared}"
    );
    project.generate(["--children-of", "baishi"]).ends(2).says("`baishi` has no places below it");
    for id in ["qinghe", "baishi"] {
        let name = format!("data/regions/{id}.toml");
        project.replace(&name, "level = \"county\"\n", "level = \"county\"\nparent = \"shili\"\n");
    }
    project
        .generate(["--children-of", "shili", "--dry-run"])
        .ok()
        .prints("comparative/children-of-shili.pdf");
    let compared = project.view(["--children-of", "shili"]).to_string();
    assert!(compared.contains("青河") && compared.contains("白石"), "{compared}");
}

#[test]
fn the_children_of_pingliang_make_a_document() {
    let Some(shipped) = Shipped::made(&["qpdf", "pdftotext"]) else { return };
    let run = shipped.project.generate(["--children-of", "pingliang", "--out", "children"]);
    run.ok().prints("made comparative children-of-pingliang: ");
    let pdf = shipped.project.path("children/2026-11/comparative/children-of-pingliang.pdf");
    crate::tools::output("qpdf", ["--check", &pdf.display().to_string()]);
    let text = texts(&pdf).concat();
    for name in ["崆峒", "华亭", "泾川", "灵台", "崇信", "庄浪", "静宁"] {
        assert!(text.contains(name), "no {name}");
    }
}

#[test]
fn a_place_has_a_briefing_of_its_own() {
    if !have(&["faces"]) {
        return;
    }
    let project = Project::counties();
    let run = project.generate(["--region", "qinghe/dongtai"]);
    run.ok().prints("made region qinghe_dongtai: ");
    let view = project.view(["--region", "qinghe/dongtai"]);
    let text = view.to_string();
    assert!(text.contains("7个") && text.contains("东台镇"), "{text}");
    assert!(!text.contains("58个"), "a figure of the whole county: {text}");
}
