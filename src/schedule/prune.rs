//! What retention takes away: issued files past their time, drafts, old occurrences. Numbers stay for ever.
//!
//! For how long things are kept stands in the settings.

use std::path::Path;

use chrono::{DateTime, Utc};

use crate::disk::{self, PathError};
use crate::ledger::{Ledger, LedgerError, Manifest, audit_path, blank_path, distribution_path};
use crate::settings::Settings;

/// What is taken away, or would be.
#[derive(Debug, Default)]
pub struct Pruned {
    /// Files within the output folder.
    pub files: Vec<String>,
    /// Occurrences in the ledger.
    pub occurrences: usize,
}

/// Takes away what is past its time; with `dry` only says what that is.
///
/// # Errors
/// When a file cannot be removed, or the manifest or the ledger cannot be written.
pub fn prune(
    settings: &Settings,
    out: &Path,
    ledger: &mut Ledger,
    now: DateTime<Utc>,
    dry: bool,
) -> Result<Pruned, LedgerError> {
    let manifest = Manifest::read(out)?;
    let today = now.with_timezone(&settings.zone).date_naive();
    let mut pruned = Pruned::default();
    let mut issues = Vec::new();
    for (document, length) in &settings.retention.documents {
        for issue in ledger.issued_before(document, today - *length)? {
            pruned.files.extend(ledger.files_of(issue.id, true)?);
            issues.push(issue);
        }
    }
    if let Some(length) = settings.retention.drafts {
        let before = (today - length).to_string();
        let waiting: Vec<String> = ledger.drafts()?.into_iter().map(|draft| draft.path).collect();
        let drafts =
            manifest.entries.iter().filter(|(_, entry)| entry.total.is_none() && entry.date < before);
        let old = drafts.map(|(path, _)| path).filter(|path| !waiting.contains(path));
        pruned.files.extend(old.cloned());
    }
    let history = settings.retention.history.map(|length| now - length);
    if dry {
        pruned.occurrences =
            history.map(|before| ledger.forget_before(before, true)).transpose()?.unwrap_or(0);
        return Ok(pruned);
    }
    // First the record, then the file: a file that is left over by a kill is found again by nobody, but harms nobody.
    Manifest::remove(out, &pruned.files)?;
    for issue in issues {
        ledger.pruned(issue.id, now)?;
    }
    for path in &pruned.files {
        let (file, others) = (out.join(path), [blank_path(path), distribution_path(path), audit_path(path)]);
        let others = others.into_iter().map(|path| out.join(path));
        for path in [file.clone(), file.with_extension("json")].into_iter().chain(others) {
            if path.exists() {
                std::fs::remove_file(&path).map_err(|e| PathError::new("remove", &path, e))?;
                disk::sync_folder(&path)?;
            }
        }
    }
    pruned.occurrences = history.map(|before| ledger.forget_before(before, false)).transpose()?.unwrap_or(0);
    Ok(pruned)
}
