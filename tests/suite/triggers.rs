//! Triggers with what will read them: systemd's own parser, a cron daemon of Debian's, a reader of YAML.
//!
//! What becomes of a tick is left to others: a script stands in for the program.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use briefing::schedule::{self, Trigger};
use serde_json::Value;
use tempfile::TempDir;

use crate::tools::{output, service_in, service_tree, skip};

/// A folder that every user can enter: systemd refuses to be tested as root.
fn open_folder() -> TempDir {
    let folder = tempfile::Builder::new().prefix("suite-").tempdir_in("/tmp").expect("a temporary folder");
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("it is ours");
    folder
}

/// Writes a script that can be started.
fn script(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().expect("a folder")).expect("a new folder");
    fs::write(path, format!("#!/bin/sh\n{text}")).expect("a writable file");
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("it is ours");
}

fn trigger(program: &Path, workspace: &Path) -> Trigger {
    Trigger {
        program: program.to_owned(),
        workspace: workspace.to_owned(),
        state: workspace.join(".report"),
        out: workspace.join("reports"),
        user: "briefings".to_owned(),
        options: Vec::new(),
        drops: Vec::new(),
    }
}

/// What `systemd-analyze verify` says of units; nothing where all is well.
fn verified(analyze: &mut Command, folder: &Path, units: &[(String, String)]) -> Result<(), String> {
    let paths = units.iter().map(|(name, text)| {
        fs::write(folder.join(name), text).expect("a writable file");
        folder.join(name)
    });
    let output = analyze.args(["verify", "--man=no", "--recursive-errors=no"]).args(paths).output();
    let output = output.expect("systemd-analyze starts");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    // Of an unknown key it only warns.
    if output.status.success() && !said.contains("report-tick") { Ok(()) } else { Err(said) }
}

#[test]
fn systemd_takes_the_units_and_refuses_broken_ones() {
    let program = "usr/bin/systemd-analyze";
    let Some(tree) = service_tree(program) else { return skip("systemd") };
    let folder = open_folder();
    let report = folder.path().join("50% of a place/report");
    script(&report, "");
    let units = schedule::systemd(&trigger(&report, &folder.path().join("二〇二六 年报"))).expect("units");
    let names: Vec<&str> = units.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["report-tick.service", "report-tick.timer"]);
    let verified = |units: &[_]| verified(&mut service_in(&tree, program), folder.path(), units);
    assert_eq!(verified(&units), Ok(()));

    let broken = [
        (0, "ExecStart=", "ExecStart=x"),
        (0, "WorkingDirectory=/", "WorkingDirectory="),
        (0, "RestrictRealtime", "RestrictUnreal"),
        (0, "/report\" -C", "/missing\" -C"),
        (1, "*:0/5", "*:0/5/5"),
    ];
    for (unit, from, to) in broken {
        let mut units = units.clone();
        assert!(units[unit].1.contains(from), "{}", units[unit].1);
        units[unit].1 = units[unit].1.replacen(from, to, 1);
        let said = verified(&units).expect_err(to);
        assert!(said.contains("report-tick") || said.contains("missing"), "{to}: {said}");
    }
}

/// What systemd, asked what it would do at boot, has read of our service: its lines.
fn read_by_systemd(tree: &Path, folder: &Path) -> Vec<String> {
    let root = rustix::process::geteuid().is_root();
    let mut tree = tree.to_owned();
    if root && tree != Path::new("/") {
        // It is started as nobody, who cannot enter root's cache.
        let copy = folder.join("systemd");
        output("cp", [Path::new("-a"), &tree, &copy]);
        tree = copy;
    }
    let systemd = service_in(&tree, "lib/systemd/systemd");
    let mut command = Command::new(if root { "setpriv" } else { "env" });
    if root {
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]);
    }
    command.arg(systemd.get_program()).args([
        "--test",
        "--system",
        "--no-pager",
        "--unit=report-tick.service",
    ]);
    command.envs(systemd.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let folders = [folder.to_owned(), tree.join("lib/systemd/system")];
    command.env("SYSTEMD_UNIT_PATH", std::env::join_paths(folders).expect("plain paths"));
    let output =
        command.env("SYSTEMD_LOG_TARGET", "console").stdin(Stdio::null()).output().expect("it starts");
    let (said, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let ours = said.split("-> Unit ").find(|unit| unit.starts_with("report-tick.service:"));
    ours.unwrap_or_else(|| panic!("no service of ours: {errors}"))
        .lines()
        .map(|l| l.trim().to_owned())
        .collect()
}

#[test]
fn systemd_reads_odd_paths_as_they_are() {
    let program = "lib/systemd/systemd";
    let Some(tree) = service_tree(program) else { return skip("systemd") };
    let folder = open_folder();
    let report = Path::new("/opt/50% of $HOME/report");
    let options = ["--note", "", ";", "%n $x \"'\\ 报告"].map(str::to_owned).to_vec();
    let odd = Trigger { options, ..trigger(report, Path::new("/srv/年报 %h \"'\\$x/b")) };
    for (name, text) in schedule::systemd(&odd).expect("units") {
        fs::write(folder.path().join(name), text).expect("a writable file");
    }
    let lines = read_by_systemd(&tree, folder.path());
    // A word with odd signs is printed as a shell would take it; variables are replaced when it starts.
    let command = r#"Command Line: "/opt/50% of \$HOME/report" -C "/srv/年报 %h \"'\\\$\$x/b" tick --note "" ";" "%n \$\$x \"'\\ 报告""#;
    for line in [
        command,
        "User: briefings",
        r#"WorkingDirectory: /srv/年报 %h "'\$x/b"#,
        r#"ReadWritePaths: /srv/年报 %h "'\$x/b/.report /srv/年报 %h "'\$x/b/reports"#,
        "ProtectSystem: strict",
        "PrivateTmp: yes",
    ] {
        assert!(lines.iter().any(|l| l == line), "no `{line}` in {lines:#?}");
    }
}

/// A daemon that ends with the test.
struct Daemon(Child);

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A system of its own for cron, seen by nothing else: users, tables, and nobody who asks for a password.
const CRON_ALONE: &str = "\
mount --bind \"$1\" /etc && mount -t tmpfs tmpfs /run && mount -t tmpfs tmpfs /var/spool || exit 1
mkdir -p /var/spool/cron/crontabs
exec \"$2\" -f
";

#[test]
fn cron_runs_the_table_as_it_was_meant() {
    let file = "usr/sbin/cron";
    let Some(tree) = service_tree(file) else { return skip("cron") };
    if !Command::new("unshare").args(["-m", "true"]).output().is_ok_and(|output| output.status.success()) {
        return skip("root");
    }
    let folder = open_folder();
    let report = folder.path().join("it's 50%\\/report");
    let said = folder.path().join("said");
    // Moved to its place when it is whole. What the shell itself would add to the environment is not in /proc.
    let work = format!(
        "{{ printf '%s\\n' \"$@\"; echo --; tr '\\0' '\\n' </proc/$$/environ; }} >'{0}.part' && mv '{0}.part' '{0}'\n",
        said.display()
    );
    script(&report, &work);
    let options = vec!["--note".to_owned(), r"a\\% $HOME".to_owned()];
    let workspace = folder.path().join("年报 100% '二〇二六'");
    let table = schedule::crontab(&Trigger { options, ..trigger(&report, &workspace) }).expect("a table");
    assert_eq!(table.matches("*/5 * * * *").count(), 1, "{table}");

    let etc = folder.path().join("etc");
    for (name, text) in [
        ("passwd", "root:x:0:0::/root:/bin/sh\nbriefings:x:0:0::/:/bin/sh\n"),
        ("group", "root:x:0:\n"),
        ("nsswitch.conf", "passwd: files\ngroup: files\n"),
        (
            "pam.d/cron",
            "account required pam_permit.so\nsession required pam_permit.so\nauth required pam_permit.so\n",
        ),
        ("cron.d/report-tick", &table.replace("*/5 * * * *", "* * * * *")),
    ] {
        fs::create_dir_all(etc.join(name).parent().expect("a folder")).expect("a new folder");
        fs::write(etc.join(name), text).expect("a writable file");
    }
    let cron = service_in(&tree, file);
    let mut command = Command::new("unshare");
    command.args(["-m", "--propagation", "private", "sh", "-c", CRON_ALONE, "sh"]).arg(&etc);
    command.arg(cron.get_program()).envs(cron.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let child =
        command.env("REPORT_TESTS_MARK", "left").stdin(Stdio::null()).spawn().expect("unshare starts");
    let mut daemon = Daemon(child);
    let start = Instant::now();
    while !said.exists() {
        let ended = daemon.0.try_wait().expect("it is our child");
        assert!(ended.is_none(), "cron ended: {ended:?}");
        assert!(start.elapsed() < Duration::from_secs(75), "cron did not run\n{table}");
        sleep(Duration::from_millis(100));
    }
    drop(daemon);

    let said = fs::read_to_string(&said).expect("what the script said");
    let (arguments, environment) = said.split_once("\n--\n").expect("both parts");
    let workspace = workspace.to_str().expect("UTF-8");
    assert_eq!(arguments.lines().collect::<Vec<_>>(), ["-C", workspace, "tick", "--note", r"a\\% $HOME"]);
    let mut names: Vec<&str> = environment.lines().filter_map(|line| Some(line.split_once('=')?.0)).collect();
    names.retain(|name| !["PWD", "OLDPWD", "_", "SHLVL", "USER"].contains(name));
    names.sort_unstable();
    assert_eq!(names, ["HOME", "LOGNAME", "PATH", "SHELL"], "{environment}");
}

/// The manifest as Python's reader of YAML understands it; none where there is no such reader.
fn read_as_yaml(text: &str) -> Option<Value> {
    let script = "import json, sys, yaml; print(json.dumps(yaml.safe_load(sys.argv[1])))";
    let ready = Command::new("python3").args(["-c", "import yaml"]).output();
    ready
        .is_ok_and(|output| output.status.success())
        .then(|| serde_json::from_str(&output("python3", ["-c", script, text])).expect("JSON"))
}

#[test]
fn kubernetes_gets_one_job_that_can_do_little() {
    let workspace = "/srv/年报 #1 \"x\" \\ ${HOME}";
    let odd = trigger(Path::new("/usr/bin/report"), Path::new(workspace));
    let text = schedule::kubernetes(&odd, "registry.example.org/report:1.0").expect("a manifest");
    // The depth of a line is its place in the structure.
    for line in [
        "kind: CronJob",
        "  schedule: \"*/5 * * * *\"",
        "  concurrencyPolicy: Forbid",
        "      backoffLimit: 0",
        "          restartPolicy: Never",
        "            runAsNonRoot: true",
        "                readOnlyRootFilesystem: true",
    ] {
        assert!(text.lines().any(|l| l == line), "no `{line}` in {text}");
    }
    let Some(job) = read_as_yaml(&text) else {
        eprintln!("python3 has no yaml: only lines were compared");
        return;
    };
    assert_eq!(job["apiVersion"], "batch/v1");
    assert_eq!(job["spec"]["schedule"], "*/5 * * * *");
    assert!(
        job["spec"]["startingDeadlineSeconds"].as_u64().is_some_and(|seconds| (10..300).contains(&seconds))
    );
    assert_eq!(job["spec"]["jobTemplate"]["spec"]["backoffLimit"], 0);
    let pod = &job["spec"]["jobTemplate"]["spec"]["template"]["spec"];
    assert_eq!(pod["restartPolicy"], "Never");
    assert_eq!(pod["securityContext"]["runAsNonRoot"], true);
    let container = &pod["containers"][0];
    assert_eq!(container["image"], "registry.example.org/report:1.0");
    assert_eq!(container["command"], serde_json::json!(["/usr/bin/report"]));
    assert_eq!(container["args"], serde_json::json!(["-C", workspace.replace('$', "$$"), "tick"]));
    assert_eq!(container["workingDir"], workspace);
    assert_eq!(container["securityContext"]["capabilities"]["drop"], serde_json::json!(["ALL"]));
    assert_eq!(container["volumeMounts"][0]["mountPath"], workspace);
    assert_eq!(pod["volumes"].as_array().map(Vec::len), Some(1));
}
