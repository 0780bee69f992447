//! What Typst sees of the outside while it makes one document.
//!
//! All that documents share is left to `engine`.

use std::collections::BTreeMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};
use typst_kit::files::FileStore;

use super::faces::Faces;
use super::files::Templates;
use super::folders::Folders;
use super::leads;
use crate::disk;

/// The one path of every view: file ids are never freed, and there are only 65,535.
static VIEW: LazyLock<FileId> =
    LazyLock::new(|| file_id("briefing.json").expect("a plain name is a path within the root"));

/// The id of a file of the templates, or none where the path leaves their folder.
pub(super) fn file_id(path: &str) -> Option<FileId> {
    Some(RootedPath::new(VirtualRoot::Project, VirtualPath::new(path).ok()?).intern())
}

/// What all documents share.
pub(super) struct Shared {
    pub(super) library: LazyHash<Library>,
    pub(super) faces: Faces,
    pub(super) folders: Folders,
    pub(super) files: FileStore<Templates>,
    /// The SHA-256 of each file that some document used, by its path: a file is read once for all documents.
    digests: Mutex<BTreeMap<&'static str, String>>,
}

impl Shared {
    pub(super) fn new(faces: Faces, folders: Folders, files: FileStore<Templates>) -> Self {
        Self {
            library: LazyHash::new(Library::builder().with_inputs(leads::inputs()).build()),
            faces,
            folders,
            files,
            digests: Mutex::default(),
        }
    }

    /// The digest of a file; none where it cannot be read.
    fn digest(&self, path: &'static str, id: FileId) -> Option<String> {
        let mut known = self.digests.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(digest) = known.get(path) {
            return Some(digest.clone());
        }
        let digest = disk::sha256(&self.files.file(id).ok()?);
        known.insert(path, digest.clone());
        Some(digest)
    }
}

/// One document's view of it.
pub(super) struct DocumentWorld<'a> {
    shared: &'a Shared,
    main: FileId,
    view: Bytes,
    today: Datetime,
    /// The files that were asked for and exist, by path.
    used: Mutex<BTreeMap<&'static str, FileId>>,
}

impl<'a> DocumentWorld<'a> {
    pub(super) fn new(shared: &'a Shared, main: FileId, view: Vec<u8>, today: Datetime) -> Self {
        Self { shared, main, view: Bytes::new(view), today, used: Mutex::default() }
    }

    /// Whether a file is the view.
    pub(super) fn is_view(id: FileId) -> bool {
        id == *VIEW
    }

    /// A template as messages name it.
    pub(super) fn shown(&self, path: &str) -> String {
        self.shared.folders.shown(path)
    }

    /// The templates that the document was made of, with the SHA-256 of each, sorted by path.
    pub(super) fn used(&self) -> Vec<(String, String)> {
        let used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        let digest =
            |(path, id): (&&'static str, &FileId)| Some(((*path).to_owned(), self.shared.digest(path, *id)?));
        used.iter().filter_map(digest).collect()
    }

    fn note(&self, id: FileId) {
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        used.insert(id.get().vpath().get_without_slash(), id);
    }
}

impl World for DocumentWorld<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &self.shared.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        self.shared.faces.book()
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if Self::is_view(id) {
            return Err(FileError::NotSource);
        }
        self.shared.files.source(id).inspect(|_| self.note(id))
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if Self::is_view(id) {
            return Ok(self.view.clone());
        }
        self.shared.files.file(id).inspect(|_| self.note(id))
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.shared.faces.font(index)
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        Some(self.today)
    }
}
