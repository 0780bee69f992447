//! Opening a workspace: its settings and shared data, and the engine with its faces.
//!
//! What is made with them is left to the pipeline.

use super::{PipelineError, Workspace};
use crate::diag::{Diagnostics, Problem, Warned};
use crate::model::CaseBook;
use crate::settings::Settings;
use crate::typeset::{Engine, Faces, Folders, OFFICIAL, Roles, Search, SystemFaces};

/// The settings and the shared data.
pub fn open_data(workspace: &Workspace) -> Warned<(Settings, CaseBook)> {
    let mut diagnostics = Diagnostics::new();
    let mut settings = Settings::read(&workspace.settings, &mut diagnostics);
    let language = workspace.language.unwrap_or(settings.language);
    settings.speak(language, &mut diagnostics);
    let book = CaseBook::open(&workspace.data, language, &mut diagnostics);
    Warned { output: (settings, book), diagnostics }
}

/// The engine with its templates and faces; none where a role has no face or a template folder is broken.
///
/// # Errors
/// When the folder of faces cannot be read.
pub fn open_engine(
    workspace: &Workspace,
    settings: &Settings,
) -> Result<Warned<Option<Engine>>, PipelineError> {
    let opened = folders(workspace, settings)
        .and_then(|folders| Ok((Roles::read(&folders, settings.language)?, folders)));
    let (roles, folders) = match opened {
        Ok(opened) => opened,
        Err(diagnostics) => return Ok(Warned { output: None, diagnostics }),
    };
    let faces = find_faces(workspace, settings, roles)?;
    Ok(match Engine::open(folders, faces) {
        Ok(engine) => {
            let diagnostics = absent_faces(&engine);
            Warned { output: Some(engine), diagnostics }
        }
        Err(diagnostics) => Warned { output: None, diagnostics },
    })
}

/// The folders of the style that was asked for, else of that of the settings, else the official templates.
///
/// # Errors
/// When a style is not there or not sound.
pub fn folders(workspace: &Workspace, settings: &Settings) -> Result<Folders, Diagnostics> {
    match (&workspace.style, &settings.style) {
        (Some(style), _) => Folders::open(&workspace.templates, style, None),
        (None, Some((style, span))) => Folders::open(&workspace.templates, style, Some(span)),
        (None, None) => Folders::open(&workspace.templates, OFFICIAL, None),
    }
}

/// The faces of the declared roles, where the workspace and its settings say to look.
///
/// # Errors
/// When the folder of faces cannot be read.
pub fn find_faces(workspace: &Workspace, settings: &Settings, roles: Roles) -> Result<Faces, PipelineError> {
    let search = Search {
        folder: &workspace.fonts,
        system: &workspace.system_fonts,
        system_faces: if settings.system_faces {
            SystemFaces::Everywhere
        } else {
            SystemFaces::ForEmptyRoles
        },
        memory: workspace.memory.as_deref(),
    };
    Ok(Faces::find(roles, &search)?)
}

/// Declared faces that are not there although a later one of the role is: every page would look different without a word.
fn absent_faces(engine: &Engine) -> Diagnostics {
    let mut diagnostics = Diagnostics::new();
    for role in engine.faces().describe() {
        let there = role.faces.iter().position(|face| face.found.is_some());
        for absent in role.faces.iter().take(there.unwrap_or(0)) {
            let instead = there.map_or_else(String::new, |at| role.faces[at].family.clone());
            let (role, family) = (role.role.clone(), absent.family.clone());
            diagnostics.push_nowhere(Problem::FaceAbsent { role, family, instead });
        }
    }
    diagnostics
}
