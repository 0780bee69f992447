//! How a person names an issued document: by its path within the output folder, 2026-11/region/pingliang, with or without `.pdf`.
//!
//! What is done with it is left to the verbs.

use briefing::diag::nearest;
use briefing::ledger::{Issue, IssueState, Ledger};

use super::failure::Failure;

/// An issue that was typed; it must have been issued. One that was called back is found where no other took its place.
pub(crate) fn issue(text: &str, ledger: &Ledger) -> Result<Issue, Failure> {
    let issued: Vec<Issue> =
        ledger.issues()?.into_iter().filter(|issue| issue.state == IssueState::Issued).collect();
    let wanted = parse(text);
    let fits = |issue: &&Issue| {
        wanted.as_ref().is_some_and(|(period, document, subject)| {
            (&issue.period, &issue.document, &issue.subject) == (period, document, subject)
        })
    };
    let mut found: Vec<&Issue> = issued.iter().filter(fits).collect();
    found.sort_by_key(|issue| issue.withdrawn.is_none());
    if let Some(issue) = found.last() {
        return Ok((*issue).clone());
    }
    let known: Vec<String> =
        issued.iter().map(|i| format!("{}/{}/{}", i.period, i.document, i.subject)).collect();
    let hint = match nearest(text, known.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`? report issue list shows all"),
        None if known.is_empty() => "nothing was issued yet".to_owned(),
        None => {
            let last: Vec<&str> = known.iter().rev().take(3).map(String::as_str).collect();
            format!("write it as PERIOD/KIND/SUBJECT, for example {}", last.join(", "))
        }
    };
    Err(Failure::usage(format!("no issue `{text}`"), hint))
}

/// Period, kind of document and subject: the last three parts of a path, without what follows the first dot of the file's name.
fn parse(text: &str) -> Option<(String, String, String)> {
    let mut parts = text.trim_end_matches('/').rsplit('/');
    let (file, document, period) = (parts.next()?, parts.next()?, parts.next()?);
    let subject = file.split('.').next()?;
    Some((period.to_owned(), document.to_owned(), subject.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn a_path_is_read_with_and_without_its_folder_and_ending() {
        let wanted = Some(("2026-11".to_owned(), "region".to_owned(), "qinghe".to_owned()));
        for text in [
            "2026-11/region/qinghe",
            "2026-11/region/qinghe.pdf",
            "reports/2026-11/region/qinghe.pdf",
            "/srv/briefings/reports/2026-11/region/qinghe.correction-1.pdf",
        ] {
            assert_eq!(parse(text), wanted, "{text}");
        }
        assert_eq!(parse("qinghe"), None);
    }
}
