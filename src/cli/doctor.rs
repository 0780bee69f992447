//! `report doctor`: what is set up, what is missing, and the command that mends it.

use briefing::pipeline::{self, Document};
use briefing::schedule::Clock;
use briefing::typeset::{Embedding, Folders, Roles};

use super::args::{Common, Doctor};
use super::desk;
use super::failure::{Failure, Outcome};
use super::resolve;
use crate::terminal::Terminal;

/// Looks at faces, templates and data; exit code 1 where something is missing.
pub(crate) fn run(common: &Common, verb: &Doctor, terminal: &Terminal) -> Result<Outcome, Failure> {
    let workspace = resolve::workspace(common, None, terminal)?;
    let mut missing = 0;
    let data = pipeline::open_data(&workspace);
    let (settings, book) = &data.output;
    terminal.line("settings")?;
    match &settings.path {
        Some(path) => terminal.line(&format!("  {}", path.display()))?,
        None => terminal.line("  no report.toml: the defaults hold")?,
    }
    match &settings.imprint.office {
        Some(office) => terminal.line(&format!("  office: {office}"))?,
        None => terminal.line("  office: not set, so every page says 样稿 (set `office` in [imprint])")?,
    }
    terminal.line("faces")?;
    let folders = pipeline::folders(&workspace, settings);
    match folders.as_ref().map_err(Clone::clone).and_then(|folders| Roles::read(folders, settings.language)) {
        Err(diagnostics) => {
            missing += 1;
            terminal.messages(&diagnostics);
        }
        Ok(roles) => {
            let faces = pipeline::find_faces(&workspace, settings, roles)?;
            let mut empty = false;
            for role in faces.describe() {
                for face in &role.faces {
                    let found = match &face.found {
                        None => "not there".to_owned(),
                        Some(found) => {
                            let file = found
                                .file
                                .file_name()
                                .map_or_else(String::new, |n| n.to_string_lossy().into());
                            match found.embedding {
                                Embedding::Allowed => file,
                                Embedding::Forbidden => {
                                    format!("{file}, whose licence forbids embedding: use another face")
                                }
                            }
                        }
                    };
                    terminal.line(&format!("  {}: {} ({found})", role.role, face.family))?;
                }
                empty |= !role.faces.is_empty() && role.faces.iter().all(|face| face.found.is_none());
            }
            if empty {
                missing += 1;
                terminal.line("  mend: scripts/fetch-fonts")?;
            }
        }
    }
    terminal.line("templates")?;
    if let Some(chain) = folders.as_ref().ok().map(Folders::chain).filter(|chain| chain.len() > 1) {
        terminal.line(&format!("  style: {}", chain.join(" → ")))?;
    }
    // The four beats need their templates where an area issues them.
    let wanted = |kind: &Document| !matches!(kind, Document::Beat(_)) || !settings.areas.is_empty();
    for kind in Document::ALL.into_iter().filter(wanted).map(Document::name) {
        let main = workspace.templates.join(kind).join("main.typ");
        let own = folders.as_ref().ok().and_then(|folders| folders.find(&format!("{kind}/main.typ")));
        if let Some(own) = own {
            let path = if own.shown.starts_with("templates/") { main } else { own.path };
            terminal.line(&format!("  {}", path.display()))?;
        } else {
            missing += 1;
            terminal.line(&format!("  {} is missing", main.display()))?;
        }
    }
    terminal.line("data")?;
    terminal.line(&format!(
        "  regions: {}, indicators: {}, sources: {}, comparisons: {}, in {}",
        book.regions.len(),
        book.catalogue.indicators.len(),
        book.catalogue.sources.len(),
        settings.comparisons.len(),
        workspace.data.display()
    ))?;
    if data.diagnostics.has_errors() {
        missing += 1;
        terminal.line(&format!("  errors: {}; mend: report check tells them", data.diagnostics.errors()))?;
    }
    if verb.online {
        missing += channels(common, terminal)?;
    }
    Ok(if missing == 0 { Outcome::Done } else { Outcome::Partly })
}

/// Tries every channel; how many do not work.
fn channels(common: &Common, terminal: &Terminal) -> Result<usize, Failure> {
    let clock = terminal.clock(common.now.as_deref(), None)?;
    let desk = desk::open(common, terminal)?;
    terminal.messages(&desk.found);
    let now = || clock.now();
    let time = now().with_timezone(&desk.settings.zone).time();
    terminal.line("channels")?;
    let mut broken = 0;
    for (id, mut lines) in desk.ways.open(terminal, &now, time) {
        let Some(channel) = lines.first_mut() else { continue };
        let (lines, works) = channel.probe();
        broken += usize::from(!works);
        terminal.line(&format!("  {id}: {}", if works { "works" } else { "does not work" }))?;
        for line in lines {
            terminal.line(&format!("    {line}"))?;
        }
    }
    Ok(broken)
}
