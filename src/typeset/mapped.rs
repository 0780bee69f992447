//! A font file as it lies in the system's memory: nothing is copied, and all processes that set documents share it.
//!
//! Which files those are is left to `faces`.

use std::fs::File;
use std::io;
use std::path::Path;

use memmap2::Mmap;
use typst::foundations::Bytes;

/// Maps a file into memory, read only. Whoever puts another file in its place must do so by renaming, as `scripts/fetch-fonts` and package
/// managers do: a file that is cut while it is mapped ends the process that reads it.
///
/// # Errors
/// When the file cannot be opened or mapped.
#[expect(
    unsafe_code,
    reason = "a mapping is only as constant as its file; see above for who may change it, and how"
)]
pub(super) fn map(path: &Path) -> io::Result<Bytes> {
    let file = File::open(path)?;
    // SAFETY: the mapping is private and read only, and faces are replaced by renaming, which leaves the mapped file as it is.
    let bytes = unsafe { Mmap::map(&file)? };
    Ok(Bytes::new(bytes))
}
