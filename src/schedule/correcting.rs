//! Issues that were wrong: made anew (更正) or called back (撤回), and sent to exactly those who were served them.
//!
//! How the new file is made is left to the pipeline, what a person typed to the command line.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};

use super::maker::wish;
use super::sending::key_of;
use crate::delivery::Ways;
use crate::ledger::{
    Correction, Entry, Issue, IssueState, Ledger, LedgerError, NewParcel, ParcelKind, ParcelState, Serving,
    Withdrawal,
};
use crate::model::{Period, Recipient};
use crate::pipeline::{Corrected, Correcting, Order, OtherIssue, Pipeline, Unmended, Wish, Withdrawing};
use crate::views::shape::Line;

/// What is wrong, and with what it is mended.
pub struct Mending<'a> {
    /// Who makes documents.
    pub pipeline: &'a Pipeline,
    /// The issue, which was issued and not called back.
    pub issue: &'a Issue,
    /// Those who get something, as they are now.
    pub recipients: &'a [Recipient],
    /// The ways by which it goes.
    pub ways: &'a Ways,
    /// Why.
    pub reason: &'a str,
    /// The date of the correction or the notice.
    pub date: NaiveDate,
    /// Who releases it (签发), where somebody has to.
    pub signed_by: Option<&'a str>,
    /// The time.
    pub now: DateTime<Utc>,
}

/// What was done.
#[derive(Debug)]
pub struct Mended {
    /// What was made.
    pub made: Corrected,
    /// To how many ways of recipients it goes that had, or may have, what was wrong.
    pub served: usize,
    /// To how many it goes instead of what had not left.
    pub instead: usize,
    /// How many parcels were taken back.
    pub cancelled: usize,
    /// How many of the new ones wait for somebody to approve the address.
    pub held: usize,
}

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub enum Denied {
    /// The document was not made.
    #[error(transparent)]
    Refused(#[from] Unmended),
    /// The ledger cannot be used.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

/// Issues a document once more under its number. Where the process ends in the middle nothing is recorded, and it is simply done again.
///
/// # Errors
/// When nothing is another now, the document cannot be made, or the ledger cannot be written.
pub fn correct(ledger: &mut Ledger, mending: &Mending<'_>, order: &Order) -> Result<Mended, Denied> {
    let Mending { pipeline, issue, reason, date, signed_by, now, .. } = *mending;
    let (first, current) = files(issue)?;
    let mut others = Vec::new();
    for other in
        ledger.issues()?.iter().filter(|other| other.state == IssueState::Issued && other.id != issue.id)
    {
        others.push(OtherIssue {
            name: name_of(other),
            period: Period::parse(&other.period).map_or_else(|| other.period.clone(), Period::chinese),
            paths: ledger.files_of(other.id, false)?,
            withdrawn: other.withdrawn.is_some(),
        });
    }
    // In the order of the mind: first those of its own series, then the others.
    others.sort_by_key(|other| !other.name.contains(&format!("/{}/", issue.document)));
    let number = issue.corrections + 1;
    let wish = Wish {
        people: people(ledger, issue, signed_by)?,
        ..wish(period_of(issue)?, date, Some(issue.number))
    };
    let made = pipeline.correct(&Correcting {
        order,
        wish: &wish,
        first,
        current,
        number,
        reason,
        others: &others,
    })?;
    let exchange = exchange(ledger, mending, &made.entry, ParcelKind::Correction)?;
    let correction =
        Correction { issue: issue.id, number, reason, date, signed_by, path: &made.path, entry: &made.entry };
    ledger.correct(&correction, &exchange.cancelled, &exchange.parcels, now)?;
    exchange.mended(ledger, made)
}

/// Calls an issue back. Where the process ends in the middle nothing is recorded, and it is simply done again.
///
/// # Errors
/// When the notice cannot be made, or the ledger cannot be written.
pub fn withdraw(ledger: &mut Ledger, mending: &Mending<'_>) -> Result<Mended, Denied> {
    let Mending { pipeline, issue, reason, date, signed_by, now, .. } = *mending;
    let (first, (current, _)) = files(issue)?;
    let made = pipeline.withdraw(&Withdrawing {
        what: (&issue.document, &issue.subject),
        wish: &wish(period_of(issue)?, date, Some(issue.number)),
        first,
        current,
        paths: &ledger.files_of(issue.id, false)?,
        issued: issue.date,
        reason,
    })?;
    let exchange = exchange(ledger, mending, &made.entry, ParcelKind::Withdrawal)?;
    let withdrawal =
        Withdrawal { issue: issue.id, reason, date, signed_by, path: &made.path, entry: &made.entry };
    ledger.withdraw(&withdrawal, &exchange.cancelled, &exchange.parcels, now)?;
    exchange.mended(ledger, made)
}

/// 拟稿, 核对, 签发 of a correction: who drafted and reviewed the issue, and who releases it now. None where nobody does.
fn people(ledger: &Ledger, issue: &Issue, signed_by: Option<&str>) -> Result<Vec<Line>, LedgerError> {
    let Some(signed_by) = signed_by else { return Ok(Vec::new()) };
    let approval = ledger.approval(issue.id)?;
    let (drafted, reviewed) = approval.map_or((None, None), |known| (known.drafted_by, known.reviewed_by));
    let names = [("拟稿", drafted), ("核对", reviewed), ("签发", Some(signed_by.to_owned()))];
    let line = |(label, name): (&str, Option<String>)| Some(Line { label: label.to_owned(), text: name? });
    Ok(names.into_iter().filter_map(line).collect())
}

/// How the command line names an issue: 2026-11/region/pingliang.
pub(super) fn name_of(issue: &Issue) -> String {
    format!("{}/{}/{}", issue.period, issue.document, issue.subject)
}

/// The file as it was first printed, and the last one with its SHA-256.
fn files(issue: &Issue) -> Result<(&str, (&str, &str)), Unmended> {
    let gone = || Unmended::Altered { path: name_of(issue) };
    let first = issue.first.as_deref().ok_or_else(gone)?;
    let current = issue.path.as_deref().zip(issue.pdf.as_deref()).ok_or_else(gone)?;
    Ok((first, current))
}

fn period_of(issue: &Issue) -> Result<Period, Unmended> {
    Period::parse(&issue.period).ok_or_else(|| Unmended::Altered { path: name_of(issue) })
}

/// The parcels that take the place of others.
#[derive(Default)]
struct Exchange {
    cancelled: Vec<String>,
    parcels: Vec<NewParcel>,
}

impl Exchange {
    fn mended(self, ledger: &Ledger, made: Corrected) -> Result<Mended, Denied> {
        let count = |kind: ParcelKind| self.parcels.iter().filter(|parcel| parcel.kind == kind).count();
        let made_of = |pdf: &String| *pdf == made.entry.pdf || Some(pdf) == made.entry.blank.as_ref();
        let of_issue = self.parcels.iter().filter(|parcel| made_of(&parcel.pdf));
        let instead = of_issue.filter(|parcel| parcel.kind == ParcelKind::Issue).count();
        let mut held = 0;
        for parcel in &self.parcels {
            held += usize::from(!ledger.is_approved(&parcel.recipient, &parcel.channel, &parcel.address)?);
        }
        let served = count(ParcelKind::Correction) + count(ParcelKind::Withdrawal);
        Ok(Mended { made, served, instead, cancelled: self.cancelled.len(), held })
    }
}

/// The file that a channel carries of what was made: that without red where its paper bears it.
fn pdf_for<'a>(mending: &Mending<'_>, entry: &'a Entry, channel: &str) -> &'a str {
    let blank = entry.blank.as_deref().filter(|_| mending.ways.is_blank(channel));
    blank.unwrap_or(&entry.pdf)
}

/// What becomes of the parcels of an issue: those that have not left are taken back, and who was served, or may have been, is told.
fn exchange(
    ledger: &Ledger,
    mending: &Mending<'_>,
    entry: &Entry,
    kind: ParcelKind,
) -> Result<Exchange, LedgerError> {
    let issue = mending.issue.id;
    let mut ways: BTreeMap<(String, String), Vec<Serving>> = BTreeMap::new();
    for serving in ledger.servings(issue)? {
        let way = (serving.parcel.recipient.clone(), serving.parcel.channel.clone());
        ways.entry(way).or_default().push(serving);
    }
    let mut exchange = Exchange::default();
    for ((recipient, channel), servings) in ways {
        // The address of today; who has gone from the list is still owed the truth, where the mistake went.
        let address = mending
            .recipients
            .iter()
            .filter(|known| known.id == recipient)
            .flat_map(|known| &known.ways)
            .find(|way| way.channel == channel)
            .map(|way| way.address.clone())
            .or_else(|| servings.last().map(|serving| serving.parcel.address.clone()))
            .unwrap_or_default();
        let parcel = |kind, issue, pdf: &str| NewParcel {
            key: key_of(pdf, &recipient, &channel),
            kind,
            issue,
            recipient: recipient.clone(),
            channel: channel.clone(),
            address: address.clone(),
            pdf: pdf.to_owned(),
            further: Vec::new(),
        };
        let pdf = pdf_for(mending, entry, &channel);
        let (mut served, mut waited) = (false, false);
        for Serving { parcel: old, files } in &servings {
            match old.state {
                ParcelState::Accepted | ParcelState::Unknown => served = true,
                // Its last byte may have left before the program ended.
                ParcelState::Sending if old.data_sent => served = true,
                ParcelState::Cancelled => {}
                ParcelState::Held | ParcelState::Ready | ParcelState::Failed | ParcelState::Sending => {
                    waited = true;
                    exchange.cancelled.push(old.key.clone());
                    // What was to go in the same message is not wrong.
                    let others = files.iter().filter(|(other, _)| *other != issue);
                    exchange
                        .parcels
                        .extend(others.map(|(other, pdf)| parcel(ParcelKind::Issue, *other, pdf)));
                }
            }
        }
        match kind {
            _ if served => exchange.parcels.push(parcel(kind, issue, pdf)),
            ParcelKind::Correction if waited => exchange.parcels.push(parcel(ParcelKind::Issue, issue, pdf)),
            _ => {}
        }
    }
    Ok(exchange)
}
