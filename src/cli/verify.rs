//! `report verify`: whether a file is what was made, and comes out so again.
//!
//! How that is found out is left to the pipeline.

use std::path::{Path, PathBuf};

use briefing::ledger::Manifest;
use briefing::pipeline::{self, Verdict, Verified};

use super::args::{Common, Verify};
use super::failure::{Failure, Outcome};
use super::resolve;
use super::telling::shown;
use crate::terminal::Terminal;

/// Says of each file how it stands; the outcome is good where all come out as they are.
pub(crate) fn run(common: &Common, verb: &Verify, terminal: &Terminal) -> Result<Outcome, Failure> {
    let workspace = resolve::workspace(common, common.out.as_deref(), terminal)?;
    let data = pipeline::open_data(&workspace);
    let settings = data.output.0;
    let files: Vec<PathBuf> = match &verb.code {
        Some(code) => match pipeline::file_with_code(&workspace, code)? {
            Some(file) => vec![file],
            None => {
                let hint =
                    format!("its folder may be another one: --out DIR; this was {}", shown(&workspace.out));
                return Err(Failure::usage(format!("no document bears the code `{code}`"), hint));
            }
        },
        None if verb.all => {
            let manifest = Manifest::read(&workspace.out)?;
            manifest.entries.keys().map(|path| workspace.out.join(path)).collect()
        }
        None => verb.file.clone(),
    };
    let mut bad = 0;
    for file in &files {
        let verified = pipeline::verify(&workspace, &settings, file)?;
        bad += usize::from(!matches!(verified.verdict, Verdict::Identical | Verdict::SameLook(_)));
        for line in lines(file, &verified) {
            terminal.line(&line)?;
        }
    }
    Ok(if bad == 0 { Outcome::Done } else { Outcome::Partly })
}

fn lines(file: &Path, verified: &Verified) -> Vec<String> {
    let name = shown(file);
    let what = verified.entry.as_ref().map_or_else(String::new, |entry| {
        let number = entry.number.map_or_else(|| "a draft".to_owned(), |number| format!("no. {number}"));
        format!(
            "{} {} {}, {number} of {}, {} pages",
            entry.document, entry.subject, entry.period, entry.date, entry.pages
        )
    });
    let since = |differences: &[String]| -> Vec<String> {
        differences.iter().map(|difference| format!("  since then: {difference}")).collect()
    };
    match &verified.verdict {
        Verdict::Identical => vec![format!("identical: {name}: {what}")],
        Verdict::SameLook(differences) => {
            let first = format!("same pages, other bytes: {name}: {what}");
            [vec![first], since(differences)].concat()
        }
        Verdict::Otherwise(pages, differences) => {
            let pages: Vec<String> = pages
                .iter()
                .map(|page| {
                    format!("  page {} looks otherwise on {:.2} % of it", page.page, page.share * 100.0)
                })
                .collect();
            [vec![format!("comes out otherwise: {name}: {what}")], pages, since(differences)].concat()
        }
        Verdict::Altered => vec![format!("altered: {name} is not the file that was made: {what}")],
        Verdict::Unknown => vec![format!("unknown: {name} was not made here")],
        Verdict::Lost(why) => vec![format!("cannot be made again: {name}: {why}")],
    }
}
