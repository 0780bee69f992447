//! The tools that prepare faces: built with `rustc` alone, as `scripts/fetch-fonts` builds them, and their own tests run.

use std::process::Command;

use crate::project::root;

#[test]
fn the_tools_that_prepare_faces_pass_their_tests() {
    let place = tempfile::tempdir().expect("a folder");
    for name in ["truetype-outlines", "split-collection"] {
        let source = root().join("scripts").join(name).with_extension("rs");
        let binary = place.path().join(name);
        let built = Command::new("rustc")
            .args(["--edition", "2021", "-D", "warnings", "--test", "-o"])
            .args([&binary, &source])
            .output()
            .expect("rustc runs, as cargo does");
        assert!(built.status.success(), "{name}: {}", String::from_utf8_lossy(&built.stderr));
        let run = Command::new(&binary).output().expect("it runs");
        assert!(run.status.success(), "{name}: {}", String::from_utf8_lossy(&run.stdout));
    }
}
