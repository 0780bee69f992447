//! A plan as a Slurm job array, one task of which is killed and queued again.

use std::collections::BTreeMap;
use std::fs;
use std::time::SystemTime;

use briefing::ledger::Manifest;

use crate::project::root;
use crate::slurm::Slurm;
use crate::tools::have;
use crate::villages::Villages;

#[test]
fn an_array_of_which_a_task_is_killed_and_queued_again_is_whole() {
    if !have(&["faces"]) {
        return;
    }
    let Some(slurm) = Slurm::start() else { return };
    let villages = Villages::new(58);
    villages.plan(3, &["--document", "region"]).ok();
    let program = std::path::Path::new(env!("CARGO_BIN_EXE_report")).parent().expect("a folder");
    if let Some(faces) = crate::tools::faces() {
        std::os::unix::fs::symlink(faces, villages.path("fonts")).expect("a link");
    }
    let path = std::env::var("PATH").unwrap_or_default();
    // The script that the guide shows, with what a small machine asks of it otherwise.
    let submitted = slurm
        .command("sbatch")
        .current_dir(villages.path(""))
        .env("PATH", format!("{}:{path}", program.display()))
        .env("HOME", villages.path("home"))
        .args(["--parsable", "--array=1-3%2", "--cpus-per-task=1", "--mem-per-cpu=2G"])
        .arg(root().join("docs/scale/array.sbatch"))
        .output()
        .expect("sbatch starts");
    let job = String::from_utf8_lossy(&submitted.stdout).trim().to_owned();
    assert!(submitted.status.success(), "{}", String::from_utf8_lossy(&submitted.stderr));

    // It is killed once it has recorded something and not everything.
    let task = format!("{job}_1");
    let read = || {
        Manifest::read_as(&villages.path("reports"), "manifest.shard-1-of-3.json").expect("a whole manifest")
    };
    slurm.wait("something is recorded", || !read().entries.is_empty());
    slurm.try_run("scancel", &["--full", "--signal=KILL", &task]).expect("it is killed");
    let gone = |state: Option<String>| {
        state.is_none_or(|state| !["RUNNING", "COMPLETING"].contains(&state.as_str()))
    };
    slurm.wait("the task is gone", || gone(slurm.state(&task)));
    let known = read();
    assert!(known.shard.as_ref().is_some_and(|shard| !shard.ended), "it was killed too late: {known:?}");
    let changed = |name: &String| -> SystemTime {
        let about = fs::metadata(villages.path("reports").join(name)).expect("a file");
        about.modified().expect("a time")
    };
    let recorded: Vec<String> = known.entries.keys().cloned().collect();
    let times = || recorded.iter().map(|name| (name.clone(), changed(name))).collect::<BTreeMap<_, _>>();
    let before = times();

    slurm.wait("the task is queued again", || slurm.try_run("scontrol", &["requeue", &task]).is_some());
    // Slurm lets two minutes pass before such a task begins.
    slurm.wait("the task is at work again", || {
        let begin = format!("JobId={task}");
        slurm.try_run("scontrol", &["update", &begin, "StartTime=now"]);
        slurm.state(&task).is_some_and(|state| ["RUNNING", "COMPLETED"].contains(&state.as_str()))
    });
    let all = (1..=3).map(|number| format!("{job}_{number}")).collect::<Vec<_>>();
    slurm.wait("all have ended", || {
        all.iter().all(|task| slurm.state(task).is_none_or(|state| state == "COMPLETED"))
    });

    let log = villages.read("shard-1.log");
    assert_eq!(log.matches("unchanged region").count(), recorded.len(), "{log}");
    assert_eq!(times(), before, "what was recorded was made again");
    villages.merge(&[]).ok().prints("merged 60 documents: reports/manifest.json");
    let issues = villages.issues();
    assert_eq!(issues.iter().filter(|issue| issue.ends_with(" issued")).count(), 60, "{issues:#?}");
    assert_eq!(villages.entries("reports/manifest.json").len(), 60);
    villages.run(["ledger", "check"]).ok();
}
