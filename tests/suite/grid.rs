//! The page of GB/T 9704: 22 lines of 28 characters, 156 mm by 225 mm, on a page that is all Han.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crate::pdf::{Line, MM, chars, lines};
use crate::project::Project;
use crate::tools::have;

/// A document whose body is little else than one paragraph of Han characters, over more than three pages.
pub(crate) fn all_han() -> Option<&'static PathBuf> {
    static MADE: OnceLock<(Project, PathBuf)> = OnceLock::new();
    let make = || {
        let project = Project::counties();
        let text: String = "联建党组织带动村企抱团发展产业兴旺生态宜居乡风文明治理有效生活富裕"
            .chars()
            .cycle()
            .take(2400)
            .collect();
        let block = format!(
            "[[section]]\nheading = \"怎样联\"\n[[section.block]]\nkind = \"prose\"\ntext = \"{text}\"\n"
        );
        project.write(
            "data/texts/region-baishi.toml",
            format!("format = 1\ntitle = \"白石县联建情况\"\n{block}"),
        );
        let run = project.generate(["--region", "baishi"]);
        // Nothing may move to the annex, so the text is too long, which is told but hinders nothing.
        run.ok().says("data/texts/region-baishi.toml:1:1: warning[body-too-long]: the body takes 5 pages; it may take 4");
        let pdf = project.path("reports/2026-11/region/baishi.pdf");
        (project, pdf)
    };
    have(&["faces", "mutool"]).then(|| &MADE.get_or_init(make).1)
}

/// The lines of running text, by page; page one begins with the masthead.
fn running(pdf: &Path) -> Vec<Line> {
    lines(&chars(pdf), 15.7..15.9)
}

fn near(found: f64, wanted: f64, slack: f64) -> bool {
    (found - wanted).abs() <= slack
}

#[test]
fn a_full_page_has_22_lines_of_28_characters() {
    let Some(pdf) = all_han() else { return };
    let lines = running(pdf);
    for page in [2, 3, 4] {
        let own: Vec<&Line> = lines.iter().filter(|line| line.page == page).collect();
        assert_eq!(own.len(), 22, "lines on page {page}");
        for line in own {
            let count = line.chars.len();
            assert_eq!(count, 28, "characters on page {page} in `{}`", line.text());
        }
    }
}

#[test]
fn lines_and_characters_keep_their_pitch() {
    let Some(pdf) = all_han() else { return };
    let lines = running(pdf);
    let mut measured = 0;
    for pair in lines.windows(2).filter(|pair| pair[0].page == pair[1].page && pair[0].page > 1) {
        // 225 mm for 22 lines; the body of the characters is 156 mm over 28.
        let pitch = pair[1].y - pair[0].y;
        assert!(near(pitch, 29.6, 0.3), "page {}: {pitch:.2} pt below `{}`", pair[0].page, pair[0].text());
        measured += 1;
    }
    assert!(measured >= 63, "{measured} pitches measured");
    for line in lines.iter().filter(|line| (2..=4).contains(&line.page)) {
        for pair in line.chars.windows(2) {
            let advance = pair[1].x - pair[0].x;
            assert!(
                near(advance, 156.0 * MM / 28.0, 0.1),
                "page {}: {advance:.2} pt in `{}`",
                line.page,
                line.text()
            );
        }
    }
}

#[test]
fn margins_are_mirrored_for_binding() {
    let Some(pdf) = all_han() else { return };
    let lines = running(pdf);
    for page in [2, 3, 4] {
        let (inner, outer) = (28.0, 26.0);
        let (left, right) = if page % 2 == 1 { (inner, outer) } else { (outer, inner) };
        let own: Vec<&Line> = lines.iter().filter(|line| line.page == page).collect();
        for line in &own {
            assert!(
                near(line.left() / MM, left, 0.5),
                "page {page}: left edge at {:.2} mm",
                line.left() / MM
            );
            let margin = 210.0 - line.right() / MM;
            assert!(near(margin, right, 0.5), "page {page}: right margin of {margin:.2} mm");
        }
        // The head of the first line's characters and the foot of the last: a character stands 0.88 above its baseline.
        let top = own[0].y - 0.88 * 15.8;
        let bottom = own[21].y + 0.12 * 15.8;
        assert!(near(top / MM, 37.0, 0.5), "page {page}: text begins {:.2} mm below the edge", top / MM);
        assert!(
            near(297.0 - bottom / MM, 35.0, 1.0),
            "page {page}: text ends {:.2} mm above the edge",
            297.0 - bottom / MM
        );
    }
}
