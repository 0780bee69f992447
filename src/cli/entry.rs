//! ENTRY: a document as people name it, by its path within reports/ with or without what stands before and after.
//!
//! Whether there is such a document, and what is done with it, is left to the verbs.

use briefing::diag::nearest;
use briefing::ledger::{Issue, IssueState, Ledger};
use briefing::model::Period;
use briefing::pipeline::Document;

use super::failure::Failure;

/// What may follow the subject in the name of a file.
const ENDINGS: [&str; 3] = [".pdf", ".json", ".draft"];

/// A document of a period: 2026-11/region/pingliang.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EntryName {
    pub period: String,
    pub document: String,
    pub subject: String,
}

impl std::fmt::Display for EntryName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}/{}", self.period, self.document, self.subject)
    }
}

/// Reads an ENTRY that must be one of these, each as [`EntryName`] is displayed; `what` they are goes into the message.
pub(crate) fn find(text: &str, what: &str, known: &[String]) -> Result<EntryName, Failure> {
    let entry = parse(text).map_err(|why| Failure::usage(why, hint(text, known)))?;
    if known.contains(&entry.to_string()) {
        return Ok(entry);
    }
    Err(Failure::usage(format!("no {what} `{entry}`"), hint(text, known)))
}

/// The issue that was meant. One that was called back is found where no other took its place.
pub(crate) fn issue(ledger: &Ledger, text: &str) -> Result<Issue, Failure> {
    let mut issued = ledger.issues()?;
    issued.retain(|issue| issue.state == IssueState::Issued);
    let known: Vec<String> = issued.iter().map(name).collect();
    let entry = find(text, "issue", &known)?.to_string();
    let found = issued.into_iter().rfind(|issue| name(issue) == entry);
    Ok(found.expect("it is one of the known"))
}

/// An issue by its entry.
pub(crate) fn name(issue: &Issue) -> String {
    format!("{}/{}/{}", issue.period, issue.document, issue.subject)
}

/// Reads an ENTRY, whether there is such a document or not.
pub(crate) fn parse(text: &str) -> Result<EntryName, String> {
    let name = bare(text);
    let parts: Vec<&str> = name.split('/').collect();
    let [period, document, subject] = parts.as_slice() else {
        return Err(format!("`{text}` is not written as PERIOD/KIND/SUBJECT"));
    };
    let Some(period) = Period::parse(period) else {
        return Err(format!("`{period}` is not a period"));
    };
    if !Document::ALL.iter().any(|kind| kind.name() == *document) {
        return Err(format!("`{document}` is no kind of document"));
    }
    if subject.is_empty() {
        return Err(format!("`{text}` names no subject"));
    }
    let [document, subject] = [document, subject].map(|part| (*part).to_owned());
    Ok(EntryName { period: period.to_string(), document, subject })
}

/// An ENTRY without the folder before it and the ending after it.
fn bare(text: &str) -> &str {
    let name = text.trim().trim_start_matches("./").trim_end_matches('/');
    let name = name.rsplit_once("reports/").map_or(name, |(_, name)| name);
    let file = name.rsplit('/').next().unwrap_or(name);
    // An id has no dot: what follows the first says which file of the document it is.
    let end = file.find('.').filter(|_| ENDINGS.iter().any(|ending| file.ends_with(ending)));
    let end = end.map_or(name.len(), |at| name.len() - file.len() + at);
    &name[..end]
}

fn hint(text: &str, known: &[String]) -> String {
    const SHOWN: usize = 8;
    let subject = |name: &str| name.rsplit('/').next().unwrap_or_default().to_owned();
    // Who writes the subject alone means the entry about it.
    let own = known.iter().find(|entry| subject(entry) == subject(bare(text))).cloned();
    let near = own.or_else(|| nearest(bare(text), known.iter().map(String::as_str)));
    let near = near.map_or_else(String::new, |near| format!("did you mean `{near}`? "));
    match known {
        [] => "there is none; it is written as 2026-11/region/pingliang".to_owned(),
        known if known.len() <= SHOWN => format!("{near}there are {}", known.join(", ")),
        known => format!("{near}there are {}, and {} more", known[..SHOWN].join(", "), known.len() - SHOWN),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_read_in_all_the_ways_in_which_a_path_is_copied() {
        for text in [
            "2026-11/region/pingliang",
            "2026-11/region/pingliang.pdf",
            "2026-11/region/pingliang.draft.pdf",
            "2026-11/region/pingliang.signed.pdf",
            "2026-11/region/pingliang.json",
            "2026-11/region/pingliang.correction-1.pdf",
            "2026-11/region/pingliang.blank.pdf",
            "reports/2026-11/region/pingliang.draft.pdf",
            "./reports/2026-11/region/pingliang",
            "/srv/briefings/reports/2026-11/region/pingliang.pdf",
        ] {
            assert_eq!(
                parse(text).map(|entry| entry.to_string()).as_deref(),
                Ok("2026-11/region/pingliang"),
                "{text}"
            );
        }
        for (text, why) in [
            ("pingliang", "PERIOD/KIND/SUBJECT"),
            ("2026-11/region/", "PERIOD/KIND/SUBJECT"),
            ("2026-11/region/.pdf", "no subject"),
            ("2026-13/region/pingliang", "`2026-13` is not a period"),
            ("2026-11/regoin/pingliang", "`regoin` is no kind"),
        ] {
            assert!(parse(text).is_err_and(|message| message.contains(why)), "{text}");
        }
    }

    #[test]
    fn a_slip_is_answered_with_what_is_nearest() {
        let known = ["2026-11/region/pingliang", "2026-11/region/dunhua"].map(str::to_owned);
        let hint_of = |text: &str| match find(text, "draft", &known) {
            Err(Failure::Usage { message, hint }) => (message, hint.unwrap_or_default()),
            other => panic!("{text}: {other:?}"),
        };
        let (message, hint) = hint_of("2026-11/region/pingling");
        assert_eq!(message, "no draft `2026-11/region/pingling`");
        assert!(hint.starts_with("did you mean `2026-11/region/pingliang`? there are"), "{hint}");
        assert!(hint_of("dunhua").1.contains("did you mean `2026-11/region/dunhua`?"));
        assert!(hint_of("2026-10/region/dunhua.pdf").1.contains("did you mean `2026-11/region/dunhua`?"));
        assert!(find("reports/2026-11/region/dunhua.draft.pdf", "draft", &known).is_ok());
    }
}
