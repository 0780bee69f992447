//! Whether a folder lies on a network file system, where two machines cannot share SQLite's memory.
//!
//! What follows from it is left to `store`.

use std::path::{Path, PathBuf};

use crate::disk;

/// File systems that other machines serve, as Linux names them.
const NETWORK: [&str; 16] = [
    "nfs",
    "nfs4",
    "cifs",
    "smb3",
    "smbfs",
    "afs",
    "ceph",
    "lustre",
    "9p",
    "ncpfs",
    "fuse.sshfs",
    "fuse.glusterfs",
    "fuse.ceph",
    "fuse.rclone",
    "fuse.s3fs",
    "fuse.davfs2",
];

/// The kind of the network file system that a folder lies on; none for a local one, or where the system does not tell.
pub(super) fn network(folder: &Path) -> Option<String> {
    let table = disk::read(Path::new("/proc/self/mountinfo")).ok()?;
    let folder = folder.canonicalize().ok()?;
    kind_of(&String::from_utf8_lossy(&table), &folder).filter(|kind| NETWORK.contains(&kind.as_str()))
}

/// The kind of the file system that is mounted at a path or next above it. Of two at one place the later hides the earlier.
fn kind_of(mountinfo: &str, path: &Path) -> Option<String> {
    let mut best: Option<(usize, String)> = None;
    for line in mountinfo.lines() {
        // proc_pid_mountinfo(5): the fifth field is the place, the kind follows the lone hyphen.
        let Some((before, after)) = line.split_once(" - ") else { continue };
        let (Some(place), Some(kind)) = (before.split(' ').nth(4), after.split(' ').next()) else { continue };
        let place = PathBuf::from(place.replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\"));
        let depth = place.components().count();
        if path.starts_with(&place) && best.as_ref().is_none_or(|(known, _)| depth >= *known) {
            best = Some((depth, kind.to_owned()));
        }
    }
    best.map(|(_, kind)| kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "\
22 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw
30 22 0:40 / /srv/share rw,relatime shared:20 - nfs4 server:/export rw
31 22 0:41 / /srv/share/local rw - tmpfs tmpfs rw
32 22 0:42 / /mnt/two\\040words rw - cifs //server/two rw
33 22 0:43 / /home/me/far rw - fuse.sshfs me@far: rw
34 22 0:44 / /srv/hidden rw - nfs server:/a rw
35 22 0:45 / /srv/hidden rw - xfs /dev/vdb rw
";

    #[test]
    fn the_innermost_mount_counts() {
        for (path, kind) in [
            ("/var/lib/report", "ext4"),
            ("/srv/share/report", "nfs4"),
            ("/srv/shared", "ext4"),
            ("/srv/share/local/report", "tmpfs"),
            ("/mnt/two words/x", "cifs"),
            ("/home/me/far", "fuse.sshfs"),
            ("/srv/hidden/x", "xfs"),
        ] {
            assert_eq!(kind_of(TABLE, Path::new(path)).as_deref(), Some(kind), "{path}");
        }
        assert!(NETWORK.contains(&"nfs4") && NETWORK.contains(&"fuse.sshfs") && !NETWORK.contains(&"ext4"));
    }

    #[test]
    fn a_local_folder_is_no_network() {
        assert_eq!(network(&std::env::temp_dir()), None);
    }
}
