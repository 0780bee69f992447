//! The files that a template may read: those of the folders of templates, and nothing else.
//!
//! The view, which differs from document to document, is left to `world`.

use std::fs;
use std::io;
use std::path::Path;

use typst::diag::{FileError, FileResult, PackageError};
use typst::foundations::Bytes;
use typst::syntax::{FileId, VirtualRoot};
use typst_kit::files::FileLoader;

use super::folders::Folders;
use super::roles::FACES;

/// Folders of templates with their list of faces as served.
pub(super) struct Templates {
    folders: Folders,
    faces: Bytes,
}

impl Templates {
    pub(super) fn new(folders: Folders, faces: String) -> Self {
        Self { folders, faces: Bytes::from_string(faces) }
    }
}

impl FileLoader for Templates {
    fn load(&self, id: FileId) -> FileResult<Bytes> {
        if let VirtualRoot::Package(package) = id.root() {
            return Err(FileError::Package(PackageError::NotFound(package.clone())));
        }
        let name = id.vpath().get_without_slash();
        if name == FACES {
            return Ok(self.faces.clone());
        }
        // Messages name files as the workspace does, the same on every machine.
        let Some(found) = self.folders.find(name) else {
            return Err(FileError::NotFound(format!("templates/{name}").into()));
        };
        let fail = |e: io::Error| FileError::from_io(e, Path::new(&found.shown));
        let path = fs::canonicalize(&found.path).map_err(fail)?;
        if !self.folders.holds(&path) {
            return Err(FileError::AccessDenied);
        }
        if path.is_dir() {
            return Err(FileError::IsDirectory);
        }
        fs::read(&path).map(Bytes::new).map_err(fail)
    }
}

#[cfg(test)]
mod tests {
    use typst::syntax::package::PackageSpec;
    use typst::syntax::{RootedPath, VirtualPath};

    use super::*;
    use crate::disk;

    fn load(templates: &Templates, path: &str) -> FileResult<Bytes> {
        let path = VirtualPath::new(path).expect("a path within the folder");
        templates.load(RootedPath::new(VirtualRoot::Project, path).intern())
    }

    #[test]
    #[cfg(unix)]
    fn nothing_outside_is_read() {
        let place = tempfile::tempdir().expect("a temporary folder");
        let write = |path: &str| disk::write(&place.path().join(path), b"x").expect("it can be written");
        write("secret");
        write("templates/region/main.typ");
        write("templates/lib/faces.toml");
        let link = |to: &str, name: &str| {
            std::os::unix::fs::symlink(to, place.path().join("templates").join(name))
                .expect("it can be linked");
        };
        link("../secret", "out");
        link("..", "up");
        link("region/main.typ", "in.typ");

        let templates = Templates::new(Folders::official(&place.path().join("templates")), "faces".into());
        let read = |path| load(&templates, path).map(|bytes| bytes.as_slice().to_vec());
        assert_eq!(read("region/main.typ"), Ok(b"x".to_vec()));
        assert_eq!(read("in.typ"), Ok(b"x".to_vec()));
        assert_eq!(read("lib/faces.toml"), Ok(b"faces".to_vec()));
        assert_eq!(read("out"), Err(FileError::AccessDenied));
        assert_eq!(read("up/secret"), Err(FileError::AccessDenied));
        assert_eq!(read("lib"), Err(FileError::IsDirectory));
        assert_eq!(read("none.typ"), Err(FileError::NotFound("templates/none.typ".into())));
        assert!(VirtualPath::new("../secret").is_err());
        // Packages would come from the network; there is nobody who fetches them.
        let package: PackageSpec = "@preview/cetz:0.4.0".parse().expect("a package");
        let path = VirtualPath::new("lib.typ").expect("a path");
        let inside = RootedPath::new(VirtualRoot::Package(package.clone()), path).intern();
        assert_eq!(templates.load(inside), Err(FileError::Package(PackageError::NotFound(package))));
    }
}
