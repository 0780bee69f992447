//! Many documents in one run: what fails costs itself alone, memory stays level, a full disk and a killed run leave nothing half.
//!
//! The full numbers run with `cargo test --test suite -- --ignored soak`; the smaller ones of every day do the same.

use std::collections::BTreeSet;
use std::fs;
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use briefing::disk::sha256;
use briefing::ledger::Manifest;

use crate::killed::{check_whole, noted};
use crate::project::{AS_OF, Project, Run};
use crate::small_disk::SmallDisk;
use crate::tools::have;

/// A number as it can stand in the name of a place.
fn numeral(number: usize) -> String {
    const SIGNS: [char; 10] = ['零', '一', '二', '三', '四', '五', '六', '七', '八', '九'];
    number.to_string().bytes().map(|digit| SIGNS[usize::from(digit - b'0')]).collect()
}

fn id(number: usize) -> String {
    format!("county-{number:05}")
}

/// A workspace of that many counties, like one another but for their names and one figure, and no comparison.
fn counties(count: usize) -> Project {
    let project = Project::counties();
    let settings = project.read("report.toml");
    let (before, _) = settings.split_once("[[comparison]]").expect("a comparison");
    project.write("report.toml", before);
    let pattern = project.read("data/regions/baishi.toml");
    for file in ["regions/baishi", "regions/qinghe", "texts/region-qinghe"] {
        fs::remove_file(project.path(format!("data/{file}.toml"))).expect("it was there");
    }
    for number in 1..=count {
        let name = numeral(number);
        let own = pattern
            .replace("\"baishi\"", &format!("{:?}", id(number)))
            .replace("白石", &format!("第{name}"))
            .replace("Baishi", &format!("County {number}"))
            .replace("order = 2", &format!("order = {number}"))
            .replace("value = 97", &format!("value = {}", 97 + number))
            .replace("97人", &format!("{}人", 97 + number));
        project.write(&format!("data/regions/{}.toml", id(number)), own);
    }
    project
}

/// How many documents a run says it made, and left as they were.
fn told(run: &Run) -> (usize, usize) {
    let count = |what: &str| run.stdout.lines().filter(|line| line.starts_with(what)).count();
    (count("made "), count("unchanged "))
}

/// What each of seven broken templates does, and what is said of it.
const BROKEN: [(&str, &str); 7] = [
    ("for i in range(100000) { for j in range(100000) { let k = i * j } }", "took longer than 10 s"),
    ("let all = \"x\" * 900000000\nlet size = all.len()", "memory limit is 512 MiB"),
    ("let deeper(n) = deeper(n + 1)\nlet n = deeper(0)", "maximum function call depth exceeded"),
    ("assert(false, message: \"no such page\")", "no such page"),
    ("let n = 1 + \"个\"", "cannot add integer and string"),
    ("nothing-of-this-name()", "unknown variable: nothing-of-this-name"),
    ("read(\"none.txt\")", "file not found"),
];

/// Of `count` documents seven have a template that is broken for them.
fn seven_of(count: usize) {
    let project = counties(count);
    let main = project.read("templates/region/main.typ");
    let broken: Vec<usize> = (1..=7).map(|n| n * count / 8).collect();
    let mut spoiled =
        "#let title = json(sys.inputs.at(\"briefing\", default: \"/briefing.json\")).title\n".to_owned();
    for (number, (what, _)) in broken.iter().zip(BROKEN) {
        spoiled.push_str(&format!("#if title.contains(\"第{}县\") {{ {what} }}\n", numeral(*number)));
    }
    project.write("templates/region/main.typ", format!("{spoiled}{main}"));
    let limits = ["--timeout", "10", "--memory", "512", "--jobs", "2"];
    let run = project.generate(["--all"].into_iter().chain(limits));
    run.ends(1);
    assert_eq!(told(&run), (count - 7, 0), "{}", run.stderr);
    for (number, (_, words)) in broken.iter().zip(BROKEN) {
        run.says(&format!("region {} was not made", id(*number))).says(words);
    }
    // The others lie there and stay; those seven are tried again, and only they.
    let again = project.generate(["--all"].into_iter().chain(limits));
    again.ends(1);
    assert_eq!(told(&again), (0, count - 7));
    assert_eq!(again.stderr.matches(" was not made").count(), 7, "{}", again.stderr);
    project.write("templates/region/main.typ", main);
    assert_eq!(told(project.generate(["--all"]).ok()), (count, 0));
}

#[test]
fn broken_templates_cost_their_documents_alone() {
    if have(&["faces"]) {
        seven_of(24);
    }
}

#[test]
#[ignore = "soak"]
fn soak_seven_broken_templates_of_a_thousand() {
    if have(&["faces"]) {
        seven_of(1000);
    }
}

#[test]
fn a_single_document_has_limits_too() {
    if !have(&["faces"]) {
        return;
    }
    let project = Project::counties();
    let main = project.read("templates/region/main.typ");
    for ((what, words), limits) in [
        ((BROKEN[0].0, "the document took longer than 2 s"), ["--timeout", "2"]),
        ((BROKEN[1].0, "the document took more than 300 MiB of memory"), ["--memory", "300"]),
    ] {
        project.write("templates/region/main.typ", format!("#{{ {what} }}\n{main}"));
        let run = project.generate(["--region", "baishi"].into_iter().chain(limits));
        run.ends(1).says(words).says(limits[0]);
    }
}

#[test]
fn a_full_disk_leaves_whole_files_and_the_next_run_makes_the_rest() {
    if !have(&["faces", "qpdf"]) {
        return;
    }
    let count = 12;
    let project = counties(count);
    project.generate(["--all", "--out", "elsewhere"]).ok();
    let Some(disk) = SmallDisk::mount("size=64m") else { return };
    // What the archive takes does not count: it is there before the first document.
    let whole =
        fs::metadata(project.path(format!("elsewhere/2026-11/region/{}.pdf", id(1)))).expect("a file").len();
    let out = disk.path.display().to_string();
    project.generate(["--region", &id(1), "--out", &out]).ok();
    let used = fs::read_dir(&disk.path).expect("a disk").count();
    assert!(used > 0);
    disk.resize(&format!("{}k", (used_on(&disk) + 4 * whole) / 1024));
    let run = project.generate(["--all", "--out", &out]);
    run.ends(1).says("No space left on device");
    let (made, left) = told(&run);
    assert!(made >= 1 && made < count - 1 && left == 1, "{made} made of {count}: {}", run.stdout);
    let recorded = Manifest::read(&disk.path).expect("it can be read").entries;
    for (name, entry) in &recorded {
        assert_eq!(sha256(&fs::read(disk.path.join(name)).expect("its file")), entry.pdf, "{name}");
    }
    assert!(recorded.len() > made, "{} are recorded, {made} were made", recorded.len());
    for name in disk.files().iter().filter(|name| name.ends_with(".pdf")) {
        let other = project.path("elsewhere").join(name);
        assert_eq!(
            fs::read(disk.path.join(name)).expect("a file"),
            fs::read(other).expect("a file"),
            "{name}"
        );
    }
    assert!(disk.files().iter().all(|name| !name.ends_with(".part")), "{:?}", disk.files());
    disk.resize("64m");
    let rest = project.generate(["--all", "--out", &out]);
    rest.ok();
    for name in recorded.keys() {
        let left =
            rest.stdout.lines().any(|line| line.starts_with("unchanged ") && line.ends_with(name.as_str()));
        assert!(left, "{name} was recorded and made again");
    }
    assert_eq!(disk.files().iter().filter(|name| name.ends_with(".pdf")).count(), count);
}

/// How many bytes its files take, in whole pages.
fn used_on(disk: &SmallDisk) -> u64 {
    let size =
        |name: &String| fs::metadata(disk.path.join(name)).map_or(0, |data| data.len().div_ceil(4096) * 4096);
    disk.files().iter().map(size).sum()
}

/// Starts a run of everything.
fn start(project: &Project) -> Child {
    let mut command = project.command();
    command.args(["generate", "--all", "--jobs", "2", "--as-of", AS_OF, "--out", "reports"]);
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program starts")
}

/// Kills runs at moments drawn at random, each in an empty folder; a second run completes what the first one left.
fn killed_at_random(count: usize, rounds: usize) {
    let project = counties(count);
    let started = Instant::now();
    assert!(start(&project).wait().expect("it ends").success());
    let whole = started.elapsed();
    let digests = |project: &Project| {
        let digest = |n| {
            sha256(&fs::read(project.path(format!("reports/2026-11/region/{}.pdf", id(n)))).expect("a PDF"))
        };
        (1..=count).map(digest).collect::<Vec<_>>()
    };
    let sound = digests(&project);
    let mut draw = fastrand::Rng::with_seed(50);
    let (mut killed, mut kept) = (0, 0);
    for round in 0..rounds {
        fs::remove_dir_all(project.path("reports")).expect("it was made");
        let mut child = start(&project);
        sleep(whole.mul_f64(draw.f64()));
        killed += usize::from(child.try_wait().expect("a child of ours").is_none());
        child.kill().expect("it can be killed");
        child.wait().expect("it ends");
        check_whole(&project, round);
        let recorded: BTreeSet<String> = noted(&project).into_iter().map(|(path, _)| path).collect();
        kept += recorded.len();
        let rest = project.generate(["--all"]);
        rest.ok();
        for path in &recorded {
            let left = rest
                .stdout
                .lines()
                .any(|line| line.starts_with("unchanged ") && line.ends_with(path.as_str()));
            assert!(left, "round {round}: {path} was recorded and made again: {}", rest.stdout);
        }
        assert_eq!(check_whole(&project, round), count, "round {round}");
        assert_eq!(digests(&project), sound, "round {round}");
    }
    assert!(killed * 2 > rounds, "only {killed} of {rounds} runs were still running when they were killed");
    assert!(kept > rounds, "only {kept} documents were recorded when {rounds} runs were killed");
}

#[test]
fn a_run_killed_at_any_moment_repeats_nothing() {
    if have(&["faces", "qpdf"]) {
        killed_at_random(16, 5);
    }
}

#[test]
#[ignore = "soak"]
fn soak_a_run_killed_at_fifty_moments_repeats_nothing() {
    if have(&["faces", "qpdf"]) {
        killed_at_random(32, 50);
    }
}

/// The highest sum of the proportional set sizes of a process and its children, in MiB, while it runs.
fn memory_of(child: &mut Child) -> u64 {
    let pss = |pid: u32| {
        let text = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("Pss:"));
        line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok()).unwrap_or(0)
    };
    let mut highest = 0;
    while child.try_wait().expect("a child of ours").is_none() {
        let children =
            fs::read_to_string(format!("/proc/{0}/task/{0}/children", child.id())).unwrap_or_default();
        let others = children.split_whitespace().filter_map(|pid| pid.parse().ok());
        highest = highest.max(others.chain([child.id()]).map(pss).sum::<u64>() / 1024);
        sleep(Duration::from_millis(200));
    }
    highest
}

/// Makes `few` documents and then `many`, and compares the memory that both took.
fn stays_level(few: usize, many: usize) {
    let taken = |count: usize| {
        let project = counties(count);
        let mut child = start(&project);
        let memory = memory_of(&mut child);
        assert!(child.wait().expect("it ends").success());
        assert_eq!(Manifest::read(&project.path("reports")).expect("a manifest").entries.len(), count);
        assert_eq!(told(project.generate(["--all"]).ok()), (0, count));
        memory
    };
    let (at_few, at_many) = (taken(few), taken(many));
    eprintln!("{few} documents took {at_few} MiB, {many} took {at_many} MiB");
    assert!(at_few > 50, "{at_few} MiB: the workers were not seen");
    assert!(at_many <= 400, "{many} documents took {at_many} MiB");
    assert!(at_many * 10 <= at_few * 11, "{many} documents took {at_many} MiB, {few} took {at_few} MiB");
}

#[test]
#[ignore = "soak"]
fn soak_ten_thousand_documents_in_one_run() {
    if have(&["faces"]) {
        stays_level(1000, 10_000);
    }
}
