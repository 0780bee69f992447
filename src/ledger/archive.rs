//! What issued documents were made from, kept by its SHA-256: templates, recipes, views. A file is written once and never changed.
//!
//! What is kept, and what is made of it again, is left to the pipeline.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use flate2::{Compression, GzBuilder};

use crate::disk::{self, PathError};

/// The folder's name within the output folder.
const NAME: &str = ".archive";

/// The archive of an output folder: `.archive/3f/3f9a….gz`, which `zcat` reads.
#[derive(Debug, Clone)]
pub struct Archive {
    folder: PathBuf,
}

impl Archive {
    /// The archive of an output folder; it need not be there yet.
    pub fn of(out: &Path) -> Self {
        Self { folder: out.join(NAME) }
    }

    /// Keeps some bytes, and answers their SHA-256.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn keep(&self, bytes: &[u8]) -> Result<String, PathError> {
        let digest = disk::sha256(bytes);
        let path = self.path_of(&digest);
        if !path.exists() {
            // Without a time in its head: the same bytes give the same file.
            let mut packed = GzBuilder::new().write(Vec::new(), Compression::default());
            let written = packed.write_all(bytes).and_then(|()| packed.finish());
            disk::write(&path, &written.expect("writing to memory does not fail"))?;
        }
        Ok(digest)
    }

    /// What has this SHA-256; none where it was never kept, or is not what it was.
    pub fn get(&self, digest: &str) -> Option<Vec<u8>> {
        if digest.len() != 64 || !digest.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let packed = disk::read(&self.path_of(digest)).ok()?;
        let mut bytes = Vec::new();
        GzDecoder::new(packed.as_slice()).read_to_end(&mut bytes).ok()?;
        (disk::sha256(&bytes) == digest).then_some(bytes)
    }

    fn path_of(&self, digest: &str) -> PathBuf {
        self.folder.join(&digest[..2]).join(format!("{digest}.gz"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_comes_back_and_nothing_else_does() {
        let place = tempfile::tempdir().expect("a folder");
        let archive = Archive::of(place.path());
        let digest = archive.keep("样稿".as_bytes()).expect("it is kept");
        assert_eq!(archive.keep("样稿".as_bytes()).expect("it is there"), digest);
        assert_eq!(archive.get(&digest), Some("样稿".as_bytes().to_vec()));
        assert_eq!(archive.get(&"0".repeat(64)), None);
        assert_eq!(archive.get("../../secret"), None);
        // What somebody wrote over it is not given out as if it were the same.
        disk::write(&archive.path_of(&digest), b"other").expect("a file");
        assert_eq!(archive.get(&digest), None);
    }
}
