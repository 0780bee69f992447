//! Typst and nothing else: from one view, as JSON, to the bytes of one PDF.
//!
//! What the view says is left to `views`; where the PDF goes to `pipeline` and `ledger`.
//!
//! ```text
//! templates/lib/faces.toml -> Roles -+
//! fonts/, its remembered scan -------+-> Faces -+
//! templates/, styles/ -> Folders --------------+-> Engine -- Job --> Typeset
//! ```

mod characters;
mod compact;
mod engine;
mod faces;
mod files;
mod folders;
mod glyphs;
mod leads;
mod mapped;
mod messages;
mod patterns;
mod raster;
mod recipe;
mod roles;
mod scan;
mod sfnt;
mod theme;
mod world;

use std::{io, panic, thread};

pub use characters::Missing;
pub use engine::{Engine, Job, Typeset};
pub use faces::{DeclaredFace, Faces, FoundFace, RoleFaces, Search, SystemFaces};
pub use folders::{Effective, Folders, OFFICIAL, names as styles};
pub use raster::{PageDifference, Unreadable, compare, images};
pub use recipe::Recipe;
pub use roles::Roles;
pub use sfnt::Embedding;
pub use theme::{THEME, theme_keys};

use crate::disk::PathError;

/// An operation on faces that failed.
#[derive(Debug, thiserror::Error)]
pub enum FacesError {
    /// A folder of faces that is there and cannot be read.
    #[error(transparent)]
    Folder(#[from] PathError),
}

/// What a thread that typesets needs: deep layouts overflow the usual 2 MiB.
pub(crate) const STACK: usize = 64 << 20;

/// Runs something on a thread whose stack is large enough for [`Engine::typeset`], and waits for it.
///
/// A panic in it goes on in the caller.
///
/// # Errors
/// When the system cannot start a thread of that size.
pub fn on_big_stack<T: Send>(work: impl FnOnce() -> T + Send) -> io::Result<T> {
    thread::scope(|scope| {
        let worker =
            thread::Builder::new().name("typeset".into()).stack_size(STACK).spawn_scoped(scope, work)?;
        worker.join().map_or_else(|payload| panic::resume_unwind(payload), Ok)
    })
}
