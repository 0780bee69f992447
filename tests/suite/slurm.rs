//! A Slurm cluster of one node, this machine: Debian's munge, slurmctld and slurmd on ports and with a key of their own.
//!
//! What is run on it is left to `slurm_array`.

use std::fs::{self, File};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::tools::{output, service_in, service_tree, skip};

/// A cluster that ends with the value.
pub(crate) struct Slurm {
    folder: TempDir,
    tree: PathBuf,
    /// Ended in this order.
    daemons: Vec<Child>,
}

impl Slurm {
    /// A cluster at work; none where Slurm is not here.
    pub(crate) fn start() -> Option<Self> {
        let files = ["usr/sbin/munged", "usr/sbin/slurmctld-wlm", "usr/sbin/slurmd-wlm", "usr/bin/sbatch"];
        let trees: Vec<PathBuf> = files.into_iter().filter_map(service_tree).collect();
        let Some(tree) = trees.first().filter(|_| trees.len() == files.len()).cloned() else {
            skip("slurm (scripts/fetch-tools)");
            return None;
        };
        // The path of a socket holds 108 bytes.
        let folder = tempfile::Builder::new().prefix("slurm-").tempdir_in("/tmp").expect("a folder");
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("a mode");
        let mut slurm = Self { folder, tree, daemons: Vec::new() };
        slurm.begin();
        Some(slurm)
    }

    fn begin(&mut self) {
        let key = self.path("munge.key");
        fs::write(&key, (0..=255_u8).cycle().take(1024).collect::<Vec<u8>>()).expect("a key");
        fs::set_permissions(&key, fs::Permissions::from_mode(0o400)).expect("a mode");
        for folder in ["state", "spool", "socket"] {
            fs::create_dir(self.path(folder)).expect("a folder");
        }
        fs::write(self.path("slurm.conf"), self.settings()).expect("the settings");
        let named = |name: &str, path: PathBuf| format!("--{name}={}", path.display());
        let munge = [
            named("key-file", key),
            named("socket", self.path("socket/munge")),
            named("pid-file", self.path("munge.pid")),
            named("log-file", self.path("munge.log")),
            named("seed-file", self.path("munge.seed")),
            "--foreground".to_owned(),
        ];
        self.daemon("usr/sbin/munged", &munge);
        self.wait("munge", || self.path("socket/munge").exists());
        let settings = self.path("slurm.conf").display().to_string();
        self.daemon("usr/sbin/slurmctld-wlm", &["-D".to_owned(), "-f".to_owned(), settings.clone()]);
        let step = self.tree.join("usr/sbin/slurmstepd-wlm").display().to_string();
        self.daemon(
            "usr/sbin/slurmd-wlm",
            &["-D", "-f", &settings, "-N", "node", "-d", &step].map(str::to_owned),
        );
        self.wait("the node", || {
            self.try_run("sinfo", &["-h", "-o", "%T"]).is_some_and(|state| state.trim() == "idle")
        });
    }

    fn settings(&self) -> String {
        let user = output("id", ["-un"]);
        let host = fs::read_to_string("/proc/sys/kernel/hostname").expect("the name of this machine");
        let [controller, node] = [free_port(), free_port()];
        let plugins = plugins(&self.tree).expect("slurm has plugins");
        let (user, host, folder) = (user.trim(), host.trim(), self.folder.path().display());
        format!(
            "ClusterName=test\nSlurmctldHost={host}(127.0.0.1)\nSlurmctldPort={controller}\nSlurmdPort={node}\n\
             SlurmUser={user}\nSlurmdUser={user}\nAuthType=auth/munge\nCredType=cred/munge\n\
             AuthInfo=socket={folder}/socket/munge\nPluginDir={}\nStateSaveLocation={folder}/state\n\
             SlurmdSpoolDir={folder}/spool\nSlurmctldPidFile={folder}/slurmctld.pid\nSlurmdPidFile={folder}/slurmd.pid\n\
             SlurmctldLogFile={folder}/slurmctld.log\nSlurmdLogFile={folder}/slurmd.log\nProctrackType=proctrack/pgid\n\
             TaskPlugin=task/none\nSwitchType=switch/none\nMpiDefault=none\nJobAcctGatherType=jobacct_gather/none\n\
             AccountingStorageType=accounting_storage/none\nJobCompType=jobcomp/none\nReturnToService=2\n\
             SelectType=select/cons_tres\nSelectTypeParameters=CR_Core_Memory\nSchedulerType=sched/builtin\n\
             SchedulerParameters=sched_interval=1,sched_min_interval=100000\nKillWait=2\nSlurmdParameters=config_overrides\n\
             NodeName=node NodeHostname={host} NodeAddr=127.0.0.1 CPUs=2 RealMemory=8000 State=UNKNOWN\n\
             PartitionName=main Nodes=ALL Default=YES State=UP\n",
            plugins.display()
        )
    }

    fn daemon(&mut self, file: &str, arguments: &[String]) {
        let log = File::options().create(true).append(true).open(self.path("daemons.log")).expect("a log");
        let mut command = service_in(&self.tree, file);
        command.args(arguments).env("SLURM_CONF", self.path("slurm.conf")).stdin(Stdio::null());
        let child = command.stdout(log.try_clone().expect("a log")).stderr(log).spawn();
        self.daemons.insert(0, child.unwrap_or_else(|e| panic!("{file}: {e}")));
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A command of Slurm, for this cluster.
    pub(crate) fn command(&self, name: &str) -> Command {
        let mut command = service_in(&self.tree, &format!("usr/bin/{name}"));
        command.env("SLURM_CONF", self.path("slurm.conf")).stdin(Stdio::null());
        command
    }

    /// What a command of Slurm prints; none where it fails.
    pub(crate) fn try_run(&self, name: &str, arguments: &[&str]) -> Option<String> {
        let output = self.command(name).args(arguments).output().expect("it starts");
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// The state of a task of an array; none once Slurm lists it no more.
    pub(crate) fn state(&self, task: &str) -> Option<String> {
        let states = self.try_run("squeue", &["-h", "-r", "-t", "all", "-o", "%i %T"])?;
        let own = states.lines().find_map(|line| line.strip_prefix(task)?.strip_prefix(' '));
        own.map(str::to_owned)
    }

    /// Waits until something holds, and fails with the logs where it never does.
    #[track_caller]
    pub(crate) fn wait(&self, what: &str, holds: impl Fn() -> bool) {
        let started = Instant::now();
        while !holds() {
            let logs = ["daemons.log", "slurmctld.log", "slurmd.log"];
            assert!(
                started.elapsed() < Duration::from_secs(240),
                "{what} after four minutes:\n{}",
                logs.map(|log| fs::read_to_string(self.path(log)).unwrap_or_default()).join("\n")
            );
            sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Slurm {
    fn drop(&mut self) {
        // What still runs would outlive the cluster.
        let _ = self.try_run("scancel", &["--full", "--signal=KILL", "--state=RUNNING"]);
        for daemon in &mut self.daemons {
            let _ = daemon.kill();
            let _ = daemon.wait();
        }
    }
}

/// Where Slurm's plugins lie: below a folder that is named by the architecture.
fn plugins(tree: &Path) -> Option<PathBuf> {
    let entries = fs::read_dir(tree.join("usr/lib")).ok()?.flatten();
    entries.map(|entry| entry.path().join("slurm-wlm")).find(|path| path.is_dir())
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address").port()
}
