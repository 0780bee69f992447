//! An issue as people name it: its path within the output folder, with or without `.pdf`.
//!
//! What is done with it is left to the verbs.

use briefing::diag::nearest;
use briefing::ledger::{Issue, IssueState, Ledger};

use super::failure::Failure;

/// What an entry names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Named {
    pub period: String,
    pub document: String,
    pub subject: String,
}

/// Reads `2026-11/region/jia-xian`, also as a shell completes it: `reports/2026-11/region/jia-xian.pdf`.
pub(crate) fn parse(text: &str) -> Option<Named> {
    let mut parts = text.strip_suffix(".pdf").unwrap_or(text).rsplit('/').map(str::to_owned);
    let (subject, document, period) = (parts.next()?, parts.next()?, parts.next()?);
    let whole = ![&subject, &document, &period].iter().any(|part| part.is_empty());
    whole.then_some(Named { period, document, subject })
}

/// The issue that an entry names.
///
/// # Errors
/// Where nothing of that name was issued, with the nearest that was.
pub(crate) fn issue(ledger: &Ledger, text: &str) -> Result<Issue, Failure> {
    let issued: Vec<Issue> =
        ledger.issues()?.into_iter().filter(|issue| issue.state == IssueState::Issued).collect();
    let named = parse(text);
    let is_it = |issue: &&Issue| {
        named.as_ref().is_some_and(|named| {
            (&issue.period, &issue.document, &issue.subject)
                == (&named.period, &named.document, &named.subject)
        })
    };
    if let Some(issue) = issued.iter().find(is_it) {
        return Ok(issue.clone());
    }
    let names: Vec<String> =
        issued.iter().map(|issue| format!("{}/{}/{}", issue.period, issue.document, issue.subject)).collect();
    let asked = named.map_or_else(
        || text.to_owned(),
        |named| format!("{}/{}/{}", named.period, named.document, named.subject),
    );
    let hint = match (nearest(&asked, names.iter().map(String::as_str)), names.last()) {
        (Some(near), _) => format!("did you mean `{near}`?"),
        (None, Some(last)) => format!("an entry is written `{last}`; report issue list shows all"),
        (None, None) => "nothing was issued yet".to_owned(),
    };
    Err(Failure::usage(format!("no issue `{text}`"), hint))
}
