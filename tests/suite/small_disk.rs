//! A small disk of a test's own.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::project::files_below;
use crate::tools;

/// A small disk of its own, seen through the process in whose mount namespace it is; gone with it.
pub(crate) struct SmallDisk {
    holder: Child,
    /// Where it is seen from here.
    pub(crate) path: PathBuf,
    below: TempDir,
}

impl SmallDisk {
    pub(crate) fn mount(options: &str) -> Option<Self> {
        let below = tempfile::tempdir().expect("a temporary folder");
        let script = format!("mount -t tmpfs -o {options} tmpfs \"$0\" && echo mounted && exec cat");
        let mut holder = Command::new("unshare")
            .args(["-m", "sh", "-c", &script])
            .arg(below.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let mut said = String::new();
        let _ = BufReader::new(holder.stdout.take().expect("it is piped")).read_line(&mut said);
        let seen = Path::new("/proc").join(holder.id().to_string()).join("root");
        let path = seen.join(below.path().strip_prefix("/").expect("it is absolute"));
        let disk = Self { holder, path, below };
        if said.trim() == "mounted" {
            return Some(disk);
        }
        tools::skip("root");
        None
    }

    /// Gives it another size.
    pub(crate) fn resize(&self, size: &str) {
        let holder = self.holder.id().to_string();
        let options = format!("remount,size={size}");
        let mut mount = Command::new("nsenter");
        mount.args(["-t", &holder, "-m", "mount", "-o", &options]).arg(self.below.path());
        assert!(mount.status().expect("nsenter starts").success());
    }

    /// All files on it, relative to it, sorted.
    pub(crate) fn files(&self) -> Vec<String> {
        files_below(&self.path)
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = self.holder.kill();
        let _ = self.holder.wait();
    }
}
