//! An issue as people name it: by the path of its file within the output folder, `2026-11/region/pingliang`.
//!
//! What is done with it is left to the verbs.

use briefing::diag::nearest;
use briefing::ledger::{Issue, IssueState, Ledger};
use briefing::pipeline::Document;

use super::failure::Failure;

/// Period, kind of document and subject of an entry that was typed, with or without `.pdf` and the name of the folder.
pub(crate) fn parse(text: &str) -> Option<(String, String, String)> {
    let path = text.strip_suffix(".pdf").unwrap_or(text).trim_end_matches('/');
    let mut names = path.rsplit('/');
    let (subject, document, period) = (names.next()?, names.next()?, names.next()?);
    let is_kind = [Document::Region, Document::Comparative].iter().any(|kind| kind.name() == document);
    (is_kind && !subject.is_empty() && !period.is_empty())
        .then(|| (period.to_owned(), document.to_owned(), subject.to_owned()))
}

/// The issue that was meant; else what there is that is most like it.
pub(crate) fn find(ledger: &Ledger, text: &str) -> Result<Issue, Failure> {
    let wanted = parse(text);
    if let Some((period, document, subject)) = &wanted
        && let Some(issue) = ledger.issue(document, subject, period)?
        && issue.state == IssueState::Issued
    {
        return Ok(issue);
    }
    let known: Vec<String> =
        ledger.issues()?.iter().filter(|issue| issue.state == IssueState::Issued).map(name).collect();
    let typed = wanted
        .map_or_else(|| text.to_owned(), |(period, kind, subject)| format!("{period}/{kind}/{subject}"));
    let hint = match nearest(&typed, known.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => match known.as_slice() {
            [] => "nothing was issued yet".to_owned(),
            [.., last] => format!("name it as `{last}`; report issue list has all"),
        },
    };
    Err(Failure::usage(format!("no issue `{text}`"), hint))
}

/// An issue by its entry.
pub(crate) fn name(issue: &Issue) -> String {
    format!("{}/{}/{}", issue.period, issue.document, issue.subject)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_a_path_with_or_without_its_ends() {
        let wanted = Some(("2026-11".to_owned(), "region".to_owned(), "pingliang".to_owned()));
        for text in [
            "2026-11/region/pingliang",
            "2026-11/region/pingliang.pdf",
            "reports/2026-11/region/pingliang.pdf",
            "./reports/2026-11/region/pingliang",
        ] {
            assert_eq!(parse(text), wanted, "{text}");
        }
        for text in
            ["", "pingliang", "region/pingliang", "2026-11/regions/pingliang", "/region/a", "2026-11/region/"]
        {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
