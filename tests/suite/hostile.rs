//! Files that are no case data at all: each gets a plain message that names it, nothing panics, and the rest is still checked.
//!
//! What is TOML but says something wrong is in `broken`.

use std::fs;

use crate::project::{Project, Run};
use crate::tools::have;

const BAD: &str = "data/regions/bad.toml";
const HEAD: &str = "format = 1\n[region]\nid = \"bad\"\nname = \"坏县\"\nenglish = \"Bad\"\nlevel = \"county\"\nsources = []\n";

/// Checks two counties and a third file, beside a fault elsewhere that must be found too.
#[track_caller]
fn check_beside(prepare: impl FnOnce(&Project)) -> Run {
    let project = Project::counties();
    project.replace("data/regions/baishi.toml", "value = 97", "value = 98");
    prepare(&project);
    let run = project.check();
    run.ends(2).says("data/regions/baishi.toml:43:14: error[as-printed]: `as_printed` is `97人`");
    run
}

/// As `check_beside`, for a file of these bytes; `said` is what must be said of it, and nothing else may be.
#[track_caller]
fn check_bytes(content: impl AsRef<[u8]>, said: &[&str]) {
    if !have(&["faces"]) {
        return;
    }
    let run = check_beside(|project| {
        project.write(BAD, content);
    });
    let lines: Vec<&str> = run.stderr.lines().filter(|line| line.contains("regions/bad.toml")).collect();
    assert_eq!(lines, said, "{}", run.stderr);
}

#[test]
fn ten_thousand_brackets() {
    let said = ["data/regions/bad.toml:8:69: error[syntax]: values are nested more than 64 deep"];
    check_bytes(format!("{HEAD}x = {}{}", "[".repeat(10_000), "]".repeat(10_000)), &said);
    check_bytes(format!("{HEAD}x = {}", "[".repeat(10_000)), &said);
    let said = ["data/regions/bad.toml:8:197: error[syntax]: values are nested more than 64 deep"];
    check_bytes(format!("{HEAD}x = {}", "{a=".repeat(10_000)), &said);
}

#[test]
fn ten_thousand_dots() {
    if !have(&["faces"]) {
        return;
    }
    let key = ["a"; 10_000].join(".");
    for content in [format!("{HEAD}{key} = 1\n"), format!("{HEAD}[{key}]\nb = 1\n")] {
        let run = check_beside(|project| {
            project.write(BAD, content);
        });
        run.says("data/regions/bad.toml:").says("error[syntax]: recursion limit");
    }
}

#[test]
fn a_byte_order_mark_and_windows_line_ends_are_read_and_told() {
    let mark = "warning[byte-order-mark]: `data/regions/bad.toml` begins with a byte-order mark";
    let ends = "warning[line-ends]: `data/regions/bad.toml` has lines that end in CR LF";
    check_bytes(format!("\u{feff}{HEAD}"), &[mark]);
    check_bytes(HEAD.replace('\n', "\r\n"), &[ends]);
    check_bytes(format!("\u{feff}{}", HEAD.replace('\n', "\r\n")), &[mark, ends]);
}

#[test]
fn bytes_that_are_not_utf8() {
    // 坏县 in GB18030, as an old editor saves it.
    let old = [HEAD.replace("坏县", "@").as_bytes(), b""].concat();
    let at = old.iter().position(|byte| *byte == b'@').expect("it stands there");
    let gb18030 = [&old[..at], &[0xbb, 0xb5, 0xcf, 0xd8], &old[at + 1..]].concat();
    check_bytes(gb18030, &["error[not-utf8]: `data/regions/bad.toml` is not UTF-8; it looks like GB18030"]);
    check_bytes(b"format = 1\n\xff\xfe\x00", &["error[not-utf8]: `data/regions/bad.toml` is not UTF-8"]);
}

#[test]
fn an_empty_file() {
    let said = ["error[empty-file]: `data/regions/bad.toml` is empty"];
    for content in ["", "\n", " \r\t\n \n", "\u{feff}"] {
        let mut said = said.to_vec();
        if content.starts_with('\u{feff}') {
            said.insert(0, "warning[byte-order-mark]: `data/regions/bad.toml` begins with a byte-order mark");
        }
        check_bytes(content, &said);
    }
}

#[test]
fn nul_bytes() {
    check_bytes(
        HEAD.replace("坏县", "坏\0县"),
        &[
            "data/regions/bad.toml:4:10: error[syntax]: invalid basic string, expected non-double-quote visible characters, `\\`",
        ],
    );
    if have(&["faces"]) {
        check_beside(|project| {
            project.write(BAD, [0; 4096]);
        })
        .says("data/regions/bad.toml:1:1: error[syntax]");
    }
}

#[test]
fn a_line_of_two_megabytes() {
    let long = "长".repeat(700_000);
    if have(&["faces"]) {
        let run = check_beside(|project| {
            project.write(BAD, HEAD.replace("sources = []", &format!("{long} = 1")));
        });
        run.says("data/regions/bad.toml:7:1: error[syntax]: invalid unquoted key");
    }
    // A legal one is no fault.
    check_bytes(format!("{HEAD}# {long}\n"), &[]);
}

#[test]
fn a_folder_in_a_files_place() {
    if !have(&["faces"]) {
        return;
    }
    for place in [BAD, "data/texts/region-qinghe.toml", "data/terms.toml", "report.toml"] {
        let run = check_beside(|project| {
            let _ = fs::remove_file(project.path(place));
            fs::create_dir(project.path(place)).expect("a new folder");
        });
        run.says(&format!("error[unreadable]: cannot read `{place}`: it is a folder"));
    }
}

#[cfg(unix)]
#[test]
fn a_link_to_itself_and_a_link_to_nowhere() {
    use std::os::unix::fs::symlink;

    if !have(&["faces"]) {
        return;
    }
    let run = check_beside(|project| symlink("bad.toml", project.path(BAD)).expect("a link"));
    run.says("error[unreadable]: cannot read `data/regions/bad.toml`: Too many levels of symbolic links");
    let run = check_beside(|project| symlink("nowhere.toml", project.path(BAD)).expect("a link"));
    run.says("error[unreadable]: cannot read `data/regions/bad.toml`: No such file or directory");
}

#[cfg(unix)]
#[test]
fn a_file_that_may_not_be_read() {
    use std::os::unix::fs::PermissionsExt;

    if !have(&["faces"]) {
        return;
    }
    let run = check_beside(|project| {
        project.write(BAD, HEAD);
        fs::set_permissions(project.path(BAD), fs::Permissions::from_mode(0o000)).expect("its owner may");
        if fs::read(project.path(BAD)).is_ok() {
            // Nothing is closed to root; the memory of a process, from its start, is.
            fs::remove_file(project.path(BAD)).expect("it is there");
            std::os::unix::fs::symlink("/proc/self/mem", project.path(BAD)).expect("a link");
        }
    });
    run.says("error[unreadable]: cannot read `data/regions/bad.toml`: ");
}

/// Words of data reach a template as values, never as its code.
#[test]
fn words_that_look_like_code_are_printed() {
    if !have(&["faces", "pdftotext"]) {
        return;
    }
    let project = Project::counties();
    let code = "#read('lib/faces.toml') #panic() *粗* $x^2$ `raw` @ref <label> //";
    project.replace(
        "data/texts/region-qinghe.toml",
        "全县有党员",
        &format!("{}全县有党员", code.replace('2', "二")),
    );
    project.generate(["--region", "qinghe"]).ok();
    let text =
        crate::pdf::squeezed(&crate::pdf::texts(&project.path("reports/2026-11/region/qinghe.pdf")).concat());
    for words in ["#read('lib/faces.toml')", "#panic()", "*粗*", "$x^二$", "`raw`", "@ref<label>", "//全县"]
    {
        assert!(text.contains(words), "no {words}: {text}");
    }
}
