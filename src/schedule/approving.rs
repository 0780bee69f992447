//! The signature (签发): a draft that waits becomes an issue with number and date, and nothing else in it changes.
//!
//! How the document is set once more is left to `pipeline`, who may ask for it to the binary.

use std::path::Path;

use chrono::{DateTime, Datelike, NaiveDate, Utc};

use super::holding::draft_of;
use super::maker::{Maker, Setback, wish};
use super::plan::{Schedule, check_name};
use crate::diag::Diagnostics;
use crate::disk;
use crate::ledger::{Draft, IssueState, Ledger, LedgerError, Number, Release, Wanted};
use crate::model::Period;
use crate::pipeline::{Difference, DraftFile, Order, Pipeline, PipelineError, Refusal};
use crate::views::shape::Line;

/// What the signature says.
#[derive(Debug, Clone, Copy)]
pub struct Signatures<'a> {
    /// 签发
    pub signed_by: &'a str,
    /// 拟稿, where it is not as recorded.
    pub drafted_by: Option<&'a str>,
    /// 核对, where it is not as recorded.
    pub reviewed_by: Option<&'a str>,
    /// The date on the issue; none for today.
    pub date: Option<NaiveDate>,
}

/// A draft that became an issue.
#[derive(Debug)]
pub struct Approved {
    /// Its number.
    pub number: Number,
    /// The date on it.
    pub date: NaiveDate,
    /// Its file within the output folder.
    pub path: String,
    /// How many pages it has.
    pub pages: usize,
    /// SHA-256 of its file.
    pub pdf: String,
    /// What differs from the draft, which is no more than the signature changes.
    pub changed: Vec<Difference>,
    /// What was found on the way.
    pub diagnostics: Diagnostics,
}

/// Why a draft was not released. It waits as before, and no number is used up.
#[derive(Debug)]
pub enum ApproveError {
    /// It cannot be, with a hint.
    Refused(String, String),
    /// More has changed than a signature changes.
    Differs(Vec<Difference>),
    /// Data, texts or templates have errors now.
    Unsound(Diagnostics),
    /// A file cannot be written, or the ledger not be used.
    Operation(PipelineError),
}

impl From<LedgerError> for ApproveError {
    fn from(error: LedgerError) -> Self {
        Self::Operation(error.into())
    }
}

impl ApproveError {
    fn refused(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Refused(message.into(), hint.into())
    }
}

/// Makes a draft an issue. Whoever asks holds the lease. Killed anywhere, it ends with the same number when it is asked again.
///
/// # Errors
/// When the draft is not the file that was laid before those who signed, when anything but the signature would change, or when the disk or
/// the ledger refuses.
pub fn approve(
    ledger: &mut Ledger,
    pipeline: &Pipeline,
    schedule: &Schedule,
    draft: &Draft,
    signatures: &Signatures<'_>,
    now: DateTime<Utc>,
) -> Result<Approved, ApproveError> {
    let (order, period) = order_of(schedule, draft)?;
    let names = [Some(signatures.signed_by), signatures.drafted_by, signatures.reviewed_by];
    for name in names.into_iter().flatten() {
        check_name(name).map_err(|why| {
            ApproveError::refused(why, "write the name of one person, as it is to be printed")
        })?;
    }
    if pipeline.settings().imprint.office.is_none() {
        let message = "every page says 样稿 while nobody is named who issues it";
        return Err(ApproveError::refused(
            message,
            format!("set `office` in [imprint] of report.toml, then report draft renew {}", draft.name()),
        ));
    }
    let today = now.with_timezone(&schedule.zone).date_naive();
    let date = signatures.date.unwrap_or(today);
    if date < draft.date || date > today {
        let message = format!("{date} is no day on which it can have been signed");
        let hint = format!("the draft was made on {}, and today is {today}", draft.date);
        return Err(ApproveError::refused(message, hint));
    }
    let view = unaltered(draft, &pipeline.workspace().out)?;
    let drafted_by = signatures.drafted_by.or(draft.drafted_by.as_deref());
    let reviewed_by = signatures.reviewed_by.or(draft.reviewed_by.as_deref());
    let line = |label: &str, name: &str| Line { label: label.to_owned(), text: name.to_owned() };
    let people = [("拟稿", drafted_by), ("核对", reviewed_by), ("签发", Some(signatures.signed_by))];
    let people = people.into_iter().filter_map(|(label, name)| Some(line(label, name?))).collect();

    // A number that was reserved when an earlier try was killed is used; in another year it would count in the wrong one.
    let known = ledger.issue(&draft.document, &draft.subject, &draft.period)?;
    let number = match &known {
        Some(issue) if issue.state == IssueState::Issued => {
            let number = issue.number;
            let message = format!("it was issued already, as no. {} (total {})", number.number, number.total);
            return Err(ApproveError::refused(
                message,
                format!("report draft reject {} --reason …", draft.name()),
            ));
        }
        Some(issue) if issue.year == date.year() => issue.number,
        Some(issue) => {
            ledger.void(issue.id, "its release was interrupted in another year")?;
            ledger.next_number(&draft.document, date.year())?
        }
        None => ledger.next_number(&draft.document, date.year())?,
    };
    let wish = crate::pipeline::Wish { people, ..wish(period, date, Some(number)) };
    let file = DraftFile { view: &view, inputs: &draft.inputs, moved: draft.moved, pages: draft.pages };
    let found = pipeline.release(order, &wish, file);
    let released = match found.output {
        Ok(released) => released,
        Err(refusal) => return Err(refused(refusal, draft, found.diagnostics)),
    };
    let wanted = Wanted {
        document: &draft.document,
        subject: &draft.subject,
        period: &draft.period,
        occurrence: draft.occurrence,
        date,
        number: None,
    };
    let issue = ledger.reserve(&wanted, now)?;
    pipeline.put(&released).map_err(ApproveError::Operation)?;
    let release = Release {
        issue: issue.id,
        draft,
        path: &released.path,
        entry: &released.entry,
        drafted_by,
        reviewed_by,
        signed_by: signatures.signed_by,
    };
    ledger.release(&release, now)?;
    Ok(Approved {
        number,
        date,
        pages: released.entry.pages,
        pdf: released.entry.pdf,
        path: released.path,
        changed: released.changed,
        diagnostics: found.diagnostics,
    })
}

/// A draft that was made anew.
#[derive(Debug)]
pub struct Renewed {
    /// As it waits now.
    pub draft: Draft,
    /// Whether it says what the one before it said, without its date.
    pub same: bool,
    /// What was found on the way.
    pub diagnostics: Diagnostics,
}

/// Makes a draft anew from the data as they are now; whoever reviewed the old one has not reviewed this.
///
/// # Errors
/// When it cannot be made, or the ledger cannot be written; the old one then waits as before.
pub fn renew(
    ledger: &mut Ledger,
    maker: &dyn Maker,
    schedule: &Schedule,
    draft: &Draft,
    now: DateTime<Utc>,
) -> Result<Renewed, ApproveError> {
    let (order, period) = order_of(schedule, draft)?;
    let day = now.with_timezone(&schedule.zone).date_naive();
    let failed = |setback: Setback| {
        if setback.diagnostics.has_errors() {
            return ApproveError::Unsound(setback.diagnostics);
        }
        let message = format!("it was not made ({}): {}", setback.stage.name(), setback.message);
        ApproveError::refused(message, "the old draft waits as before")
    };
    let content = maker.content(order, period, day).map_err(failed)?;
    let drafted_by = schedule.drafted_by.as_deref().or(draft.drafted_by.as_deref());
    let made = maker.draft(order, period, day, drafted_by).map_err(failed)?;
    let renewed = draft_of(&made.output, draft.occurrence, &content, drafted_by, now);
    ledger.hold_draft(&renewed)?;
    let same = renewed.content == draft.content;
    Ok(Renewed { draft: renewed, same, diagnostics: made.diagnostics })
}

/// What the schedule makes the document of a draft from.
fn order_of<'a>(schedule: &'a Schedule, draft: &Draft) -> Result<(&'a Order, Period), ApproveError> {
    let order = schedule
        .orders
        .iter()
        .find(|order| order.document.name() == draft.document && order.subject == draft.subject);
    order.zip(Period::parse(&draft.period)).ok_or_else(|| {
        let message = format!("the schedule `{}` does not make it any more", schedule.id);
        ApproveError::refused(
            message,
            format!("put it back, or report draft reject {} --reason …", draft.name()),
        )
    })
}

/// The view of a draft, where both its files are those that were made.
fn unaltered(draft: &Draft, out: &Path) -> Result<Vec<u8>, ApproveError> {
    let hint = || format!("report draft renew {} makes it anew, to be read again", draft.name());
    let path = out.join(&draft.path);
    let file = |path: &Path, digest: &str| {
        let bytes = disk::read(path)
            .map_err(|error| ApproveError::refused(format!("{error}: {}", error.source), hint()))?;
        if disk::sha256(&bytes) == digest {
            return Ok(bytes);
        }
        let message =
            format!("`{}` is not the file that was made: it was altered on the disk", path.display());
        Err(ApproveError::refused(message, hint()))
    };
    file(&path, &draft.pdf)?;
    file(&path.with_extension("json"), &draft.view)
}

fn refused(refusal: Refusal, draft: &Draft, diagnostics: Diagnostics) -> ApproveError {
    let renew = format!("report draft renew {} makes it anew, to be read again", draft.name());
    match refusal {
        Refusal::Unsound => ApproveError::Unsound(diagnostics),
        Refusal::Retooled => ApproveError::refused(
            "templates, faces or the program have changed since the draft was made: it would look otherwise",
            renew,
        ),
        Refusal::Differs(found) => ApproveError::Differs(found),
        Refusal::Pages { was, is } => {
            ApproveError::refused(format!("it would have {is} pages; the draft has {was}"), renew)
        }
        Refusal::Failed(error) => ApproveError::refused(
            format!("it was not set: {}", super::maker::chain(&error)),
            "try it again; the draft waits as before",
        ),
    }
}
