//! `report template`: the house styles, what each changes, and whether its templates work.
//!
//! How a file is looked up is left to the typesetter's folders.

use std::collections::BTreeSet;

use briefing::diag::Diagnostics;
use briefing::disk;
use briefing::pipeline::{self, Workspace};
use briefing::settings::{Settings, Standard};
use briefing::typeset::{Folders, Job, OFFICIAL, THEME, styles, theme_keys};
use chrono::NaiveDate;

use super::args::{Common, TemplateCommand};
use super::failure::{Failure, Outcome};
use super::{list, resolve};
use crate::terminal::Terminal;

/// The view of a kind that stands beside its template.
const SAMPLE: &str = "/sample.json";

/// Does what was typed.
pub(crate) fn run(common: &Common, verb: &TemplateCommand, terminal: &Terminal) -> Result<Outcome, Failure> {
    let mut workspace = resolve::workspace(common, None, terminal)?;
    let data = pipeline::open_data(&workspace);
    if data.diagnostics.has_errors() {
        return Err(Failure::Diagnostics(data.diagnostics));
    }
    let settings = data.output.0;
    match verb {
        TemplateCommand::List => all(&workspace, &settings, terminal),
        TemplateCommand::Show(style) => {
            workspace.style = style.name.clone().or(workspace.style);
            let folders = pipeline::folders(&workspace, &settings).map_err(Failure::Diagnostics)?;
            show(&folders, terminal)
        }
        TemplateCommand::Test(style) => {
            workspace.style = style.name.clone().or(workspace.style);
            test(&workspace, &settings, terminal)
        }
    }
}

fn all(workspace: &Workspace, settings: &Settings, terminal: &Terminal) -> Result<Outcome, Failure> {
    let wanted = settings.style.as_ref().map_or(OFFICIAL, |(name, _)| name);
    let wanted = workspace.style.as_deref().unwrap_or(wanted);
    let mut rows = Vec::new();
    let mut broken = Diagnostics::new();
    for name in styles(&workspace.templates) {
        match Folders::open(&workspace.templates, &name, None) {
            Ok(folders) => {
                let mark = if name == wanted { "in effect" } else { "" };
                let own = folders.own_files().first().map_or(0, |(_, files)| files.len());
                rows.push(vec![name, folders.chain().join(" → "), own.to_string(), mark.to_owned()]);
            }
            Err(diagnostics) => broken.extend(diagnostics),
        }
    }
    for row in list::table(["style", "looked up in", "own files", ""], rows.into_iter()) {
        terminal.line(&row)?;
    }
    terminal.messages(&broken);
    Ok(if broken.is_empty() { Outcome::Done } else { Outcome::Partly })
}

fn show(folders: &Folders, terminal: &Terminal) -> Result<Outcome, Failure> {
    terminal.line(&format!("{}: {}", folders.style(), folders.chain().join(" → ")))?;
    let own = folders.own_files();
    for (at, (name, files)) in own.iter().enumerate() {
        terminal.line(name)?;
        for file in files {
            let behind = own[at + 1..].iter().find(|(_, below)| below.contains(file));
            let before = own[..at].iter().find(|(_, above)| above.contains(file));
            let note = match (before, behind) {
                (Some((above, _)), _) => format!(", replaced by that of {above}"),
                (None, Some((below, _))) => format!(", in place of that of {below}"),
                (None, None) => String::new(),
            };
            terminal.line(&format!("  {file}{note}"))?;
            if file == THEME && *name != OFFICIAL {
                let path = if at == 0 { THEME.to_owned() } else { format!("lib/theme@{name}.typ") };
                let text = folders.find(&path).and_then(|found| disk::read(&found.path).ok());
                let keys = theme_keys(&String::from_utf8_lossy(&text.unwrap_or_default()));
                terminal.line(&format!("    sets {}", keys.join(", ")))?;
            }
        }
    }
    Ok(Outcome::Done)
}

fn test(workspace: &Workspace, settings: &Settings, terminal: &Terminal) -> Result<Outcome, Failure> {
    let opened = pipeline::open_engine(workspace, settings)?;
    let Some(engine) = opened.output else { return Err(Failure::Diagnostics(opened.diagnostics)) };
    terminal.messages(&opened.diagnostics);
    let style = engine.folders().style().to_owned();
    let mut broken = 0;
    let mut told = BTreeSet::new();
    for (path, file) in engine.folders().files() {
        let Some(kind) = path.strip_suffix(SAMPLE).filter(|kind| !kind.contains('/')) else { continue };
        let view = disk::read(&file.path).map_err(|e| Failure::usage(e.to_string(), None))?;
        let main = format!("{kind}/main.typ");
        let job =
            Job { main: &main, view: &view, today: day_of(&view), ident: kind, standard: Standard::Archival };
        let set = pipeline::with_room(|| engine.typeset(&job))?;
        // One slip in what all kinds share is told once.
        let mut fresh = Diagnostics::new();
        for diagnostic in set.diagnostics.iter() {
            let place = diagnostic.span.as_ref().map(|span| (span.file.path().to_owned(), span.start()));
            if told.insert((diagnostic.problem.message(), place)) {
                fresh.add(diagnostic.clone());
            }
        }
        terminal.messages(&fresh);
        match set.output {
            Some(made) => terminal.line(&format!("{style} {kind}: {} pages", made.pages))?,
            None => {
                broken += 1;
                terminal.error(&format!("{style} {kind} was not made"), None);
            }
        }
    }
    Ok(if broken == 0 { Outcome::Done } else { Outcome::Partly })
}

/// The day of a sample; a sample without one is of the first.
fn day_of(view: &[u8]) -> NaiveDate {
    let view: serde_json::Value = serde_json::from_slice(view).unwrap_or_default();
    view["date"]["iso"].as_str().and_then(|day| day.parse().ok()).unwrap_or_default()
}
