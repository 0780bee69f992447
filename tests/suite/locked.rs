//! `report lock` and `generate --locked`: a template, a face or a role that changed is named, and nothing is made.
//!
//! What a made document can be compared with later is left to `verified`.

use crate::project::Project;
use crate::tools::have;

#[test]
fn nothing_is_made_from_what_is_not_as_it_was_locked() {
    if !have(&["faces"]) {
        return;
    }
    let project = Project::counties();
    let run = project.generate(["--region", "qinghe", "--locked"]);
    assert_eq!(run.code, 2, "{run:?}");
    assert!(
        run.stderr.contains("there is no lock") && run.stderr.contains("report lock writes it"),
        "{run:?}"
    );

    project.run(["lock"]).ok();
    let written = project.read("report.lock");
    project.generate(["--region", "qinghe", "--locked"]).ok();
    let run = project.run(["lock", "--check"]);
    assert_eq!((run.code, run.stdout.as_str()), (0, ""), "{run:?}");

    // Data are not locked: a document says what they say.
    project.replace("report.toml", "示例办公室", "另一办公室");
    project.generate(["--region", "qinghe", "--locked"]).ok();

    project.replace("templates/lib/foot.typ", "版记", "版记 ");
    project.write("templates/lib/new.typ", "");
    let run = project.generate(["--region", "baishi", "--locked"]);
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.stderr.contains("templates/lib/foot.typ changed; templates/lib/new.typ is new"), "{run:?}");
    assert!(!project.path("reports/2026-11/region/baishi.pdf").exists());
    let run = project.run(["lock", "--check"]);
    assert_eq!(run.code, 1, "{run:?}");
    assert_eq!(run.stdout, "templates/lib/foot.typ changed\ntemplates/lib/new.typ is new\n");

    project.run(["lock"]).ok();
    assert_ne!(project.read("report.lock"), written);
    project.generate(["--region", "baishi", "--locked"]).ok();
}

#[test]
fn another_face_for_a_role_is_another_lock() {
    if !have(&["faces"]) {
        return;
    }
    let project = Project::counties();
    project.run(["lock"]).ok();
    let faces = project.read("templates/lib/faces.toml");
    let first = faces.lines().find(|line| line.contains("FandolFang")).expect("a role of 仿宋");
    project.replace("templates/lib/faces.toml", first, &first.replace("FandolFang", "FandolKai"));
    let run = project.run(["lock", "--check"]);
    assert!(run.stdout.contains("the role `text` was served by FandolFang-Regular.otf#0"), "{run:?}");
}
