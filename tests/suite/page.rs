//! What stands outside the text area: page numbers, 样稿 and 演示数据.

use std::path::Path;

use crate::grid::all_han;
use crate::pdf::{Char, Line, MM, chars, lines, squeezed, texts};
use crate::project::Project;
use crate::shipped::Shipped;
use crate::tools::have;

/// The characters of a page's number: all that is below the text area.
fn foot(chars: &[Char], page: usize) -> Vec<&Char> {
    let below = |c: &&Char| c.page == page && c.y > (297.0 - 35.0) * MM + 4.0 && !c.c.is_whitespace();
    let mut found: Vec<&Char> = chars.iter().filter(below).collect();
    found.sort_by(|a, b| a.x.total_cmp(&b.x));
    found
}

#[track_caller]
pub(crate) fn check_numbers(pdf: &Path) {
    let chars = chars(pdf);
    let pages = chars.iter().map(|c| c.page).max().expect("pages");
    for page in 1..=pages {
        let foot = foot(&chars, page);
        let text: String = foot.iter().map(|c| c.c).collect();
        assert_eq!(text, format!("—{page}—"), "{}: below the text of page {page}", pdf.display());
        // Four-point Song half-width digits with a dash on either side, the dash 7 mm under the text area, one character from
        // the edge: right on odd pages, left on even ones.
        assert!(foot.iter().all(|c| (c.size - 14.0).abs() < 0.1), "page {page}: {foot:?}");
        assert!(
            foot.iter().all(|c| c.font.contains("Serif") || c.font.contains("Song")),
            "page {page}: {foot:?}"
        );
        // The stroke of a dash lies three tenths of its size above the baseline.
        let below = (foot[0].y - 0.3 * 14.0) / MM - (297.0 - 35.0);
        assert!((below - 7.0).abs() <= 0.7, "page {page}: the dash is {below:.2} mm under the text area");
        let (left, right) = (foot[0].x, foot[foot.len() - 1].right);
        if page % 2 == 1 {
            let gap = (210.0 - 26.0) * MM - right;
            assert!((gap - 14.0).abs() < 1.5, "page {page}: the number ends {gap:.1} pt before the edge");
        } else {
            let gap = left - 26.0 * MM;
            assert!((gap - 14.0).abs() < 1.5, "page {page}: the number begins {gap:.1} pt after the edge");
        }
    }
}

#[test]
fn page_numbers_stand_at_the_outer_edge() {
    if let Some(pdf) = all_han() {
        check_numbers(pdf);
    }
    let Some(shipped) = Shipped::made(&["mutool"]) else { return };
    shipped.pdfs().for_each(|pdf| check_numbers(&pdf));
}

/// Every character stands between the margins.
#[track_caller]
pub(crate) fn check_margins(pdf: &Path) {
    for c in chars(pdf).iter().filter(|c| !c.c.is_whitespace()) {
        let (left, right) = if c.page % 2 == 1 { (28.0, 184.0) } else { (26.0, 182.0) };
        // Brackets and stops are half empty; their white half may stand outside.
        let (before, after) = ("“‘（《〈「『".contains(c.c), "，。、；：．！？）》〉”’」』".contains(c.c));
        let ink =
            c.x + if before { c.size / 2.0 } else { 0.0 }..c.right - if after { c.size / 2.0 } else { 0.0 };
        let inside = ink.start >= left * MM - 0.5 && ink.end <= right * MM + 0.5;
        assert!(inside, "{}: {c:?}", pdf.display());
    }
}

/// The faces of the shipped templates set nothing outside the paper or the margins.
#[test]
fn nothing_runs_over_the_text_area() {
    for (shipped, name) in Shipped::in_all_languages(&["mutool"]) {
        check_margins(&shipped.pdf(name));
    }
}

#[test]
fn a_draft_says_so_on_every_page_and_an_issue_on_none() {
    let Some(shipped) = Shipped::made(&["pdftotext"]) else { return };
    // The shipped workspace names no organ.
    assert!(!shipped.project.read("report.toml").lines().any(|line| line.starts_with("office")));
    for pdf in shipped.pdfs() {
        for (at, page) in texts(&pdf).iter().enumerate() {
            assert!(squeezed(page).contains("样稿"), "{} page {}", pdf.display(), at + 1);
            assert!(!page.contains("演示数据"), "{} page {}", pdf.display(), at + 1);
        }
    }
}

#[test]
fn an_office_makes_a_clean_copy_and_a_demo_is_marked() {
    if !have(&["faces", "pdftotext"]) {
        return;
    }
    let project = Project::counties();
    project.generate(["--region", "qinghe", "--issue", "11"]).ok();
    let pdf = project.path("reports/2026-11/region/qinghe.pdf");
    let pages = texts(&pdf);
    for (at, page) in pages.iter().enumerate() {
        assert!(!squeezed(page).contains("样稿"), "page {}", at + 1);
        assert!(page.contains("演示数据"), "page {}", at + 1);
    }
    assert!(pages[0].contains("示例办公室") && pages[0].contains("2026年11月30日"), "{}", pages[0]);
    let last = squeezed(&pages[pages.len() - 1]);
    for words in ["送：示例单位", "示例办公室", "2026年11月30日", "共印30份"] {
        assert!(last.contains(words), "no `{words}` at the foot of the last page: {last}");
    }
}

/// A name that is too long for one line even at the least size takes two of about equal length, and the number stays clear of them.
#[test]
fn a_long_name_in_the_masthead_takes_two_lines() {
    if !have(&["faces", "mutool"]) {
        return;
    }
    let project = Project::counties();
    let name = "示例市城乡基层党组织互联共建工作情况简报（按季印发）";
    project.replace("report.toml", "masthead = \"示例简报\"", &format!("masthead = \"{name}\""));
    project.generate(["--region", "qinghe", "--issue", "11"]).ok();
    let chars = chars(&project.path("reports/2026-11/region/qinghe.pdf"));
    let first = |size| lines(&chars, size).into_iter().filter(|line| line.page == 1).collect::<Vec<_>>();
    let names = first(25.0..27.0);
    assert_eq!(names.iter().map(Line::text).collect::<Vec<_>>(), [&name[..39], &name[39..]]);
    let numbers = first(15.5..16.5);
    let number = numbers.iter().find(|line| line.text().contains("第11期")).expect("a number");
    let (foot, top) = (names[1].y + 0.12 * 26.0, number.y - 0.88 * 16.0);
    assert!(top > foot, "the number begins at {top:.1}, the name ends at {foot:.1}");
}
