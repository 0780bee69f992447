//! `report verify`: a file comes out of the archive as it was, whatever became of templates and data since, or it is said what differs.
//!
//! What is locked before anything is made is left to `locked`.

use std::process::Command;

use crate::project::{Project, Run};
use crate::tools::{self, have, output};

const PDF: &str = "reports/2026-11/region/qinghe.pdf";

fn made() -> Option<Project> {
    have(&["faces"]).then(|| {
        let project = Project::counties();
        project.generate(["--all"]).ok();
        project
    })
}

fn verify(project: &Project, file: &str) -> Run {
    project.run(["verify", file])
}

#[test]
fn a_file_comes_out_again_after_templates_data_and_settings_changed() {
    let Some(project) = made() else { return };
    project.replace("templates/lib/words.typ", "\"共印\" + str(count)", "\"共印印\" + str(count)");
    project.write("templates/lib/head.typ", "#panic()");
    project.replace("report.toml", "示例办公室", "另一办公室");
    project.write("data/regions/qinghe.toml", "format = 1");
    let run = verify(&project, PDF);
    assert_eq!((run.code, run.stdout.starts_with("identical: ")), (0, true), "{run:?}");
    assert!(run.stdout.contains("region qinghe 2026-11, a draft of 2026-11-30"), "{run:?}");
    // Wherever somebody has put it, and by the code in its foot.
    std::fs::copy(project.path(PDF), project.path("home/other name.pdf")).expect("a copy");
    let run = verify(&project, "home/other name.pdf");
    assert!(run.code == 0 && run.stdout.starts_with("identical: home/other name.pdf"), "{run:?}");
    let run = project.run(["verify", "--all"]);
    assert_eq!((run.code, run.stdout.lines().count()), (0, 3), "{run:?}");
}

#[test]
fn the_code_in_the_foot_leads_to_the_document() {
    let Some(project) = made() else { return };
    if !have(&["pdftotext"]) {
        return;
    }
    let text = output("pdftotext", ["-layout", &project.path(PDF).display().to_string(), "-"]);
    let codes: Vec<&str> = text.lines().filter_map(|line| line.trim().strip_prefix("核验码 ")).collect();
    assert_eq!(codes.len(), 1, "once, in the foot: {codes:?}");
    let code = codes[0].split_whitespace().next().expect("a code");
    for typed in [code.to_owned(), code.replace('-', "").to_lowercase()] {
        let run = project.run(["verify", "--code", &typed]);
        assert!(run.code == 0 && run.stdout.contains("region qinghe 2026-11"), "{typed}: {run:?}");
    }
    let run = project.run(["verify", "--code", "0000-0000-0000"]);
    assert_eq!(run.code, 2, "{run:?}");
    // Other data, another code.
    project.replace("report.toml", "示例办公室", "另一办公室");
    project.generate(["--region", "qinghe"]).ok();
    let run = project.run(["verify", "--code", code]);
    assert_eq!(run.code, 2, "{run:?}");
}

#[test]
fn a_file_that_was_altered_or_never_made_is_told_as_such() {
    let Some(project) = made() else { return };
    let mut bytes = std::fs::read(project.path(PDF)).expect("a file");
    let at = bytes.windows(6).position(|w| w == b"stream").expect("a stream") + 40;
    bytes[at] ^= 1;
    project.write(PDF, &bytes);
    let run = verify(&project, PDF);
    assert!(run.code == 1 && run.stdout.starts_with("altered: "), "{run:?}");
    project.write("home/foreign.pdf", "%PDF-1.7");
    let run = verify(&project, "home/foreign.pdf");
    assert!(run.code == 1 && run.stdout.starts_with("unknown: "), "{run:?}");
}

#[test]
fn what_the_archive_lost_is_named() {
    let Some(project) = made() else { return };
    let view = PDF.replace(".pdf", ".json");
    let kept = project.read(&view);
    // A draft's view lies beside it and nowhere else.
    project.write(&view, kept.replace("示例", "别的"));
    let run = verify(&project, PDF);
    assert!(
        run.code == 1 && run.stdout.contains("its view is neither beside it nor in the archive"),
        "{run:?}"
    );
    project.write(&view, kept);
    assert_eq!(verify(&project, PDF).code, 0);
    let digest = {
        let foot = std::fs::read(project.path("templates/lib/foot.typ")).expect("a template");
        briefing::disk::sha256(&foot)
    };
    std::fs::remove_file(project.path(format!("reports/.archive/{}/{digest}.gz", &digest[..2])))
        .expect("it is kept");
    let run = verify(&project, PDF);
    assert!(run.stdout.contains("the archive does not keep templates/lib/foot.typ"), "{run:?}");
}

#[test]
fn the_view_of_an_issue_is_kept_even_where_the_one_beside_it_is_lost() {
    if !have(&["faces"]) {
        return;
    }
    let project = Project::demo();
    let now = ["--now", "2026-03-06T08:30:00+08:00"];
    project.run(["run", "monthly", "--period", "2026-02"].into_iter().chain(now)).ok();
    let file = "reports/2026-02/region/jia-xian.pdf";
    std::fs::remove_file(project.path(file.replace(".pdf", ".json"))).expect("a view");
    let run = verify(&project, file);
    assert!(run.code == 0 && run.stdout.contains("no. 1 of 2026-03-06"), "{run:?}");
}

/// As after an upgrade of the typesetter: the bytes are others, the pages are not.
#[test]
fn other_bytes_with_the_same_pages_are_told_from_other_pages() {
    let Some(project) = made() else { return };
    if !have(&["qpdf"]) {
        return;
    }
    let (pdf, rewritten) = (project.path(PDF), project.path("home/rewritten.pdf"));
    output(
        "qpdf",
        ["--object-streams=generate", &pdf.display().to_string(), &rewritten.display().to_string()],
    );
    let (old, new) = (std::fs::read(&pdf).expect("a file"), std::fs::read(&rewritten).expect("a file"));
    let (old, digest) = (briefing::disk::sha256(&old), briefing::disk::sha256(&new));
    project.replace("reports/manifest.json", &old, &digest);
    project.write(PDF, new);
    let run = verify(&project, PDF);
    assert!(run.code == 0 && run.stdout.starts_with("same pages, other bytes: "), "{run:?}");

    // Without the face of the running text the pages look otherwise, and it is said why.
    let fonts = project.path("home/fonts");
    std::fs::create_dir(&fonts).expect("a folder");
    for file in std::fs::read_dir(tools::faces().expect("asked before")).expect("a folder").flatten() {
        if !file.file_name().to_string_lossy().starts_with("FandolFang") {
            std::os::unix::fs::symlink(
                std::fs::canonicalize(file.path()).expect("a file"),
                fonts.join(file.file_name()),
            )
            .expect("a link");
        }
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_report"));
    command.env_clear().env("HOME", project.path("home")).current_dir(project.path(""));
    let run = command.args(["verify", PDF, "--fonts"]).arg(&fonts).output().expect("it runs");
    let said = String::from_utf8_lossy(&run.stdout).into_owned();
    assert_eq!(run.status.code(), Some(1), "{said}");
    assert!(said.contains("comes out otherwise: ") && said.contains("page 1 looks otherwise on"), "{said}");
    assert!(said.contains("since then: the role `text` was served by FandolFang-Regular.otf#0"), "{said}");
}
