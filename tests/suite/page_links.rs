//! Links within a document: the program puts in their places once the pages stand, the typesetter alone looks each up.

use std::path::Path;

use serde_json::Value;

use crate::pdf_form::{follow, objects};
use crate::project::Project;
use crate::tools::have;

/// What a link is: its page and area, the page and place it leads to, and what is said of it.
type Link = (String, String, Option<usize>, String, String);

/// The links of a file, and how many of them are in the order of reading.
fn links(pdf: &Path) -> (Vec<Link>, usize) {
    let objects = objects(pdf);
    let root = follow(&objects, &objects["trailer"]["value"]["/Root"]);
    let kids = follow(&objects, &root["/Pages"])["/Kids"].as_array().cloned().unwrap_or_default();
    let pages: Vec<&str> = kids.iter().filter_map(Value::as_str).collect();
    let mut found = Vec::new();
    for page in &pages {
        let notes = follow(&objects, &objects[&format!("obj:{page}")]["value"]["/Annots"]);
        for note in notes.as_array().into_iter().flatten() {
            let link = follow(&objects, note);
            let target = follow(&objects, &link["/Dest"]).as_array().cloned().unwrap_or_default();
            let there = target.first().and_then(Value::as_str);
            let there = there.and_then(|there| pages.iter().position(|page| *page == there));
            let place = target.iter().skip(1).map(Value::to_string).collect();
            let area = follow(&objects, &link["/QuadPoints"]).to_string() + &link["/Rect"].to_string();
            found.push(((*page).to_owned(), area, there, place, link["/Contents"].to_string()));
        }
    }
    let tagged = objects.values().filter(|object| object["value"]["/S"] == "/Link").count();
    // Objects are numbered as they come; pages are told by their order.
    for link in &mut found {
        link.0 = pages.iter().position(|page| *page == link.0).map_or_else(String::new, |at| at.to_string());
    }
    (found, tagged)
}

#[test]
fn links_put_in_afterwards_are_those_that_are_looked_up() {
    if !have(&["faces", "qpdf"]) {
        return;
    }
    let project = Project::shipped();
    for language in ["zh-Hans", "en"] {
        let made = |late: bool| {
            let grid = if late { "links" } else { "none" };
            project.replace(
                "templates/lib/grid.typ",
                "sys.inputs.at(\"links\"",
                &format!("sys.inputs.at(\"{grid}\""),
            );
            project.generate(["--region", "pingliang", "--force", "--lang", language]).ok();
            let pdf = project.files("reports").into_iter().find(|file| file.ends_with("pingliang.pdf"));
            let found = links(&project.path("reports").join(pdf.expect("a briefing")));
            project.replace(
                "templates/lib/grid.typ",
                &format!("sys.inputs.at(\"{grid}\""),
                "sys.inputs.at(\"links\"",
            );
            found
        };
        let ((late, tagged), looked_up) = (made(true), made(false));
        assert!(
            late.len() > 50 && late.iter().all(|link| link.2.is_some()),
            "{language}: {} links",
            late.len()
        );
        assert!(tagged > 50 && (&late, tagged) == (&looked_up.0, looked_up.1), "{language}");
    }
}
