//! What documents are made from, put into the archive beside them, once for a run.
//!
//! What is in a recipe is left to `typeset`, what all documents of a run share to `sources`.

use std::sync::PoisonError;

use super::Pipeline;
use super::sources::Ground;
use crate::disk::{self, PathError};
use crate::ledger::{Archive, Sources};

impl Pipeline {
    /// Keeps what documents are made from in the archive, and the view of an issue with it. Answers the digest of the recipe.
    pub(super) fn keep(&self, view: Option<&Vec<u8>>) -> Result<String, PathError> {
        let archive = Archive::of(&self.workspace.out);
        if let Some(view) = view {
            archive.keep(view)?;
        }
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(recipe) = &*kept {
            return Ok(recipe.clone());
        }
        for file in self.engine.folders().files().values() {
            archive.keep(&disk::read(&file.path)?)?;
        }
        let recipe = archive.keep(&self.engine.recipe().bytes())?;
        *kept = Some(recipe.clone());
        Ok(recipe)
    }

    /// The sources of a document, once the archive has what they name.
    pub(super) fn recorded(
        &self,
        sources: Option<Sources>,
        ground: &Ground,
    ) -> Result<Option<Sources>, PathError> {
        if sources.is_some() {
            let mut kept = self.grounds.lock().unwrap_or_else(PoisonError::into_inner);
            if !kept.contains(&ground.digest) {
                self.keep(None)?;
                Archive::of(&self.workspace.out).keep(&ground.bytes())?;
                kept.insert(ground.digest.clone());
            }
        }
        Ok(sources)
    }
}
