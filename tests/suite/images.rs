//! Pages as images: one for each page, of the size that was asked for, alike to what another renderer makes of the same file.
//!
//! How a page must look is left to whoever looks at it.

use crate::project::Project;
use crate::tools::{have, output};

/// Width and height of a PNG, from its head.
fn size(png: &[u8]) -> (u32, u32) {
    assert!(png.starts_with(b"\x89PNG\r\n\x1a\n"), "no PNG");
    let number = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().expect("four bytes"));
    (number(16), number(20))
}

#[test]
fn each_page_becomes_an_image_and_no_old_one_stays() {
    if !have(&["faces", "pdfinfo"]) {
        return;
    }
    let project = Project::counties();
    let images = |project: &Project| {
        let files = project.files("reports/2026-11/region");
        files.into_iter().filter(|file| file.ends_with(".png")).collect::<Vec<_>>()
    };
    project.generate(["--region", "qinghe", "--format", "png", "--resolution", "72"]).ok();
    let pdf = project.path("reports/2026-11/region/qinghe.pdf");
    let pages = |pdf: &std::path::Path| -> usize {
        let info = output("pdfinfo", [pdf]);
        let line = info.lines().find_map(|line| line.strip_prefix("Pages:")).expect("a number of pages");
        line.trim().parse().expect("a number")
    };
    let all = pages(&pdf);
    assert_eq!(images(&project).len(), all);
    let first = std::fs::read(project.path("reports/2026-11/region/qinghe.page-01.png")).expect("an image");
    let (width, height) = size(&first);
    // A4 is 595.3 by 841.9 points.
    assert!((595..=596).contains(&width) && (841..=842).contains(&height), "{width} × {height}");

    // The body alone has fewer pages, and its images lie beside it, not among those of the whole.
    project.generate(["--region", "qinghe", "--part", "body", "--format", "png"]).ok();
    assert!(images(&project).iter().any(|file| file == "qinghe.body.page-01.png"));
    // A document that lost its annexes loses their images.
    project.write("reports/2026-11/region/qinghe.page-90.png", "of another program");
    project.write(&format!("reports/2026-11/region/qinghe.page-{:02}.png", all + 1), "of a longer one");
    project.generate(["--region", "qinghe", "--format", "png", "--resolution", "72"]).ok();
    let left = images(&project);
    assert!(!left.contains(&format!("qinghe.page-{:02}.png", all + 1)), "{left:?}");
    assert!(left.contains(&"qinghe.page-90.png".to_owned()), "what is not of the row is not ours: {left:?}");
}

#[test]
fn a_size_that_no_page_should_have_is_refused() {
    let project = Project::counties();
    let run = project.generate(["--region", "qinghe", "--format", "png", "--resolution", "6000"]);
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.stderr.contains("36..=600"), "{run:?}");
}
