//! The faces that exist for the declared roles, loaded when the first glyph is wanted.
//!
//! What the roles are is left to `roles`, which characters they lack to `characters`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::{fmt, mem};

use typst::foundations::Bytes;
use typst::text::{Font, FontBook, FontInfo, FontStretch, FontStyle, FontVariant};
use typst::utils::LazyHash;
use typst_kit::fonts::{FontSource, FontStore};

use super::mapped::map;
use super::roles::{Role, Roles};
use super::scan::{self, FontFile};
use super::{Embedding, FacesError};
use crate::diag::{Diagnostics, Problem};

/// Where to look for faces.
#[derive(Debug, Clone)]
pub struct Search<'a> {
    /// The workspace's own folder; it may be missing.
    pub folder: &'a Path,
    /// Folders of the system, in order.
    pub system: &'a [PathBuf],
    /// When the system's folders are looked into.
    pub system_faces: SystemFaces,
    /// The folder in which scans are remembered between runs.
    pub memory: Option<&'a Path>,
}

/// When faces of the system are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SystemFaces {
    /// Only for a role that is otherwise empty; that keeps bytes equal between machines.
    #[default]
    ForEmptyRoles,
    /// For every declared family that the workspace's folder lacks.
    Everywhere,
}

/// The declared faces that were found. No other face can get into a document.
pub struct Faces {
    roles: Roles,
    store: FontStore,
    /// What stands behind each index of the store.
    found: Vec<FoundFace>,
    /// For each role, in the order of its file: its families, each with the index that serves it.
    chains: Vec<Vec<Option<usize>>>,
    /// Where the digests of font files are remembered between runs.
    memory: Option<PathBuf>,
}

/// A face that serves a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundFace {
    /// The font file.
    pub file: PathBuf,
    /// Which face of a collection it is.
    pub index: u32,
    /// Its weight, from 100 to 900.
    pub weight: u16,
    /// Whether documents may carry it.
    pub embedding: Embedding,
}

/// A family that a role declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeclaredFace {
    /// The family, as Typst names it.
    pub family: String,
    /// The face that serves it, if there is one.
    pub found: Option<FoundFace>,
}

/// A role with all that it declares, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleFaces {
    /// The role.
    pub role: String,
    /// Its families.
    pub faces: Vec<DeclaredFace>,
}

impl Faces {
    /// Finds the faces of the declared families.
    ///
    /// # Errors
    /// When a folder is there and cannot be read. A file that is no font is passed over; a role without any
    /// face is told by [`Engine::open`](super::Engine::open).
    pub fn find(roles: Roles, search: &Search<'_>) -> Result<Self, FacesError> {
        let memory = search.memory.map(|memory| memory.join("digests.json"));
        let mut faces =
            Self { roles, store: FontStore::new(), found: Vec::new(), chains: Vec::new(), memory };
        let all = vec![true; faces.roles.iter().count()];
        faces.add(&faces.families(&all), scan::folder(search.folder, search.memory)?);
        faces.chain(&all);
        let open = match search.system_faces {
            SystemFaces::Everywhere => all,
            SystemFaces::ForEmptyRoles => faces.empty(),
        };
        let mut wanted = faces.families(&open);
        wanted.retain(|family| !faces.store.book().contains_family(family));
        if !wanted.is_empty() {
            for folder in search.system {
                faces.add(&wanted, scan::folder(folder, search.memory)?);
            }
            faces.chain(&open);
        }
        Ok(faces)
    }

    /// What serves each role, and what is missing.
    pub fn describe(&self) -> Vec<RoleFaces> {
        let describe = |(role, chain): (&Role, &Vec<Option<usize>>)| RoleFaces {
            role: role.name.clone(),
            faces: (role.families.iter().zip(chain))
                .map(|((family, _), index)| DeclaredFace {
                    family: family.clone(),
                    found: index.map(|index| self.found[index].clone()),
                })
                .collect(),
        };
        self.roles.iter().zip(&self.chains).map(describe).collect()
    }

    pub(super) fn memory(&self) -> Option<&Path> {
        self.memory.as_deref()
    }

    pub(super) fn roles(&self) -> &Roles {
        &self.roles
    }

    pub(super) fn book(&self) -> &LazyHash<FontBook> {
        self.store.book()
    }

    pub(super) fn font(&self, index: usize) -> Option<Font> {
        self.store.font(index)
    }

    pub(super) fn info(&self, index: usize) -> &FontInfo {
        self.store.book().info(index).expect("chains hold indices of the book")
    }

    /// For each role the indices that serve its families.
    pub(super) fn chains(&self) -> &[Vec<Option<usize>>] {
        &self.chains
    }

    /// `faces.toml` with only those families that serve a role, or the roles that nothing serves.
    pub(super) fn served(&self) -> Result<String, Diagnostics> {
        let mut found = Diagnostics::new();
        for (role, _) in self.roles.iter().zip(self.empty()).filter(|(_, empty)| *empty) {
            let families: Vec<&str> = role.families.iter().map(|(family, _)| family.as_str()).collect();
            let problem = Problem::RoleWithoutFace { role: role.name.clone(), wanted: families.join(", ") };
            found.push(problem, self.roles.span(role));
        }
        if found.has_errors() { Err(found) } else { Ok(self.roles.served(&self.chains)) }
    }

    /// Which roles have no face and need one.
    fn empty(&self) -> Vec<bool> {
        let roles = self.roles.iter().zip(&self.chains);
        roles.map(|(role, chain)| !role.limited && chain.iter().all(Option::is_none)).collect()
    }

    /// The families that the chosen roles declare, as a font book spells them.
    fn families(&self, chosen: &[bool]) -> Vec<String> {
        let roles = self.roles.iter().zip(chosen).filter(|(_, chosen)| **chosen);
        roles.flat_map(|(role, _)| role.families.iter().map(|(family, _)| family.to_lowercase())).collect()
    }

    fn add(&mut self, wanted: &[String], files: BTreeMap<PathBuf, FontFile>) {
        for (path, file) in files {
            let source = Arc::new(Data { path: path.clone(), bytes: OnceLock::new() });
            for face in
                file.faces.into_iter().filter(|face| wanted.contains(&face.info.family.to_lowercase()))
            {
                self.found.push(FoundFace {
                    file: path.clone(),
                    index: face.index,
                    weight: face.info.variant.weight.to_number(),
                    embedding: face.embedding,
                });
                self.store.push((LazyFace { data: Arc::clone(&source), index: face.index }, face.info));
            }
        }
    }

    /// Finds out what serves the chosen roles.
    fn chain(&mut self, chosen: &[bool]) {
        let book = self.store.book();
        let mut chains = mem::take(&mut self.chains);
        chains.resize(chosen.len(), Vec::new());
        for ((role, chain), _) in
            self.roles.iter().zip(&mut chains).zip(chosen).filter(|(_, chosen)| **chosen)
        {
            let variant = FontVariant::new(FontStyle::Normal, role.weight, FontStretch::NORMAL);
            let serve = |(family, _): &(String, _)| book.select(&family.to_lowercase(), variant);
            *chain = role.families.iter().map(serve).collect();
        }
        self.chains = chains;
    }
}

impl fmt::Debug for Faces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Faces").field(&self.describe()).finish()
    }
}

/// A font file, read when its first face is wanted and once for all its faces.
struct Data {
    path: PathBuf,
    bytes: OnceLock<Option<Bytes>>,
}

struct LazyFace {
    data: Arc<Data>,
    index: u32,
}

impl FontSource for LazyFace {
    fn load(&self) -> Option<Font> {
        let bytes = self.data.bytes.get_or_init(|| map(&self.data.path).ok());
        Font::new(bytes.clone()?, self.index)
    }
}
