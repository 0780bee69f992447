//! To whom new issues go: their parcels, from what recipients and the schedules say.
//!
//! Which of them go together is left to `digest`, how a parcel is made to `packing`.

use std::collections::BTreeMap;

use crate::delivery::Ways;
use crate::disk;
use crate::ledger::{Bearer, Filed, Issue, Ledger, LedgerError, NewParcel, ParcelKind, Unplanned};
use crate::model::Language;
use crate::model::Recipient;
use crate::schedule::event::{Event, Level};
use crate::schedule::plan::Schedule;
use crate::schedule::signing::is_due as sign_is_due;

use super::Counter;
use super::digest::digests;
use super::packing::view_of;
use super::paper::blank_of;

/// The key of a parcel: the same file to the same recipient through the same channel is the same parcel, whoever plans it.
pub fn key_of(pdf: &str, recipient: &str, channel: &str) -> String {
    disk::sha256(format!("{pdf}\n{recipient}\n{channel}").as_bytes())
}

/// The key of a parcel of several files, in their order.
pub(super) fn key_of_all(files: &[Filed], recipient: &str, channel: &str) -> String {
    let digests: Vec<&str> = files.iter().map(|file| file.pdf.as_str()).collect();
    key_of(&digests.join("\n"), recipient, channel)
}

/// The parcels of a file of an issue to all who get it through these channels, one for each.
pub fn parcels_of<'a>(
    issue: &Issue,
    pdf: &str,
    recipients: impl IntoIterator<Item = &'a Recipient>,
    channels: &[String],
) -> Vec<NewParcel> {
    let gets = recipients.into_iter().filter(|r| r.gets(&issue.document, &issue.subject, issue.date));
    let ways = gets.flat_map(|recipient| recipient.ways.iter().map(move |way| (recipient, way)));
    ways.filter(|(_, way)| channels.contains(&way.channel))
        .map(|(recipient, way)| NewParcel {
            key: key_of(pdf, &recipient.id, &way.channel),
            kind: ParcelKind::Issue,
            issue: issue.id,
            recipient: recipient.id.clone(),
            channel: way.channel.clone(),
            address: way.address.clone(),
            pdf: pdf.to_owned(),
            further: Vec::new(),
        })
        .collect()
}

/// A document that was issued and is to be planned.
pub(super) struct Sheet {
    pub(super) issue: Issue,
    /// SHA-256 of the file in which it holds.
    pub(super) pdf: String,
    /// SHA-256 of its rendering for pre-printed paper, where there is one.
    blank: Option<String>,
    /// How large it is.
    pub(super) size: u64,
    language: String,
    /// Those who want only what is new, and were served what says the same.
    weary: Vec<String>,
    /// The parcels that carry it already.
    bearers: Vec<Bearer>,
}

impl Sheet {
    /// What the ledger and the view say; none where the issue was withdrawn.
    fn read(ledger: &Ledger, issue: Issue, counter: &Counter<'_>) -> Result<Option<Self>, LedgerError> {
        let Some(filed) = ledger.valid_file(issue.id)? else { return Ok(None) };
        let file = ledger.file_of(issue.id, &filed.pdf)?;
        let out = counter.stock.out;
        // What cannot be read is planned none the less: sending refuses it, and says why.
        let path = file.as_ref().map(|file| out.join(&file.path));
        let size = path.and_then(|path| path.metadata().ok()).map_or(0, |about| about.len());
        let blank = match &file {
            Some(file) if counter.stock.ways.has_blank() => blank_of(&file.view.0, out)?,
            _ => None,
        };
        let view = file.and_then(|file| view_of(&file, out).ok());
        let language = view
            .as_ref()
            .and_then(|view| view["language"].as_str())
            .unwrap_or(Language::default().tag())
            .to_owned();
        let bearers = ledger.bearers(issue.id)?;
        let mut weary = Vec::new();
        for recipient in counter.stock.recipients.iter().filter(|recipient| recipient.only_changed) {
            let served = ledger.last_served(&recipient.id, &issue)?;
            if served.is_some_and(|served| served.content.is_some() && served.content == issue.content) {
                weary.push(recipient.id.clone());
            }
        }
        Ok(Some(Self { issue, pdf: filed.pdf, blank, size, language, weary, bearers }))
    }

    /// SHA-256 of the file that a channel carries.
    pub(super) fn pdf_for(&self, channel: &str, ways: &Ways) -> &str {
        self.blank.as_deref().filter(|_| ways.is_blank(channel)).unwrap_or(&self.pdf)
    }

    /// Whether a recipient is to get it by a channel, in a parcel that is not there yet.
    pub(super) fn is_for(&self, recipient: &Recipient, channel: &str, ways: &Ways) -> bool {
        self.is_wanted_by(recipient)
            && !self.bearers.iter().any(|bearer| {
                let pdf = self.pdf_for(channel, ways);
                bearer.recipient == recipient.id && bearer.channel == channel && bearer.pdf == pdf
            })
    }

    fn is_wanted_by(&self, recipient: &Recipient) -> bool {
        let issue = &self.issue;
        recipient.gets(&issue.document, &issue.subject, issue.date)
            && recipient.reads(&self.language)
            && !self.weary.contains(&recipient.id)
    }
}

/// Plans to whom new issues go: those of one occurrence in one step, so that whoever is killed leaves all of them or none.
pub(super) fn plan(
    ledger: &mut Ledger,
    unplanned: Vec<Unplanned>,
    schedules: &[Schedule],
    counter: &Counter<'_>,
    told: &mut dyn FnMut(Event),
) -> Result<(), LedgerError> {
    let now = counter.clock.now();
    let mut occurrences: BTreeMap<i64, Vec<Unplanned>> = BTreeMap::new();
    for new in unplanned {
        occurrences.entry(new.occurrence).or_default().push(new);
    }
    for issues in occurrences.into_values() {
        let schedule = schedules.iter().find(|known| known.id == issues[0].schedule);
        let channels = schedule.map_or_else(Vec::new, |schedule| schedule.deliveries.clone());
        let more_to_come = issues[0].more_to_come;
        let (mut planned, mut sheets) = (Vec::new(), Vec::new());
        for new in &issues {
            let issue = ledger.issue_by_id(new.issue)?;
            // It is planned, and sent, as it was signed.
            if issue.as_ref().is_some_and(|issue| sign_is_due(issue, schedules).is_some()) {
                continue;
            }
            let sheet = match issue {
                Some(issue) => Sheet::read(ledger, issue, counter)?,
                None => None,
            };
            let waits = |sheet: &Sheet| {
                let by = |recipient: &Recipient| recipient.ways.iter().any(|w| channels.contains(&w.channel));
                more_to_come && together(counter).any(|r| by(r) && sheet.is_wanted_by(r))
            };
            if !sheet.as_ref().is_some_and(waits) {
                planned.push(new.issue);
            }
            sheets.extend(sheet);
        }
        let mut parcels = Vec::new();
        for sheet in &sheets {
            let readers = counter.stock.recipients.iter().filter(|r| !r.digest && sheet.is_wanted_by(r));
            let mut alone = parcels_of(&sheet.issue, &sheet.pdf, readers, &channels);
            for parcel in &mut alone {
                let pdf = sheet.pdf_for(&parcel.channel, counter.stock.ways);
                parcel.key = key_of(pdf, &parcel.recipient, &parcel.channel);
                pdf.clone_into(&mut parcel.pdf);
            }
            // One that went out with others stays there, though its recipient wants no digests any more.
            let is_there = |parcel: &NewParcel| {
                sheet.bearers.iter().any(|bearer| {
                    (&bearer.recipient, &bearer.channel, &bearer.pdf)
                        == (&parcel.recipient, &parcel.channel, &parcel.pdf)
                })
            };
            parcels.extend(alone.into_iter().filter(|parcel| !is_there(parcel)));
        }
        if !more_to_come {
            parcels.extend(digests(&sheets, together(counter), &channels, counter.stock.ways));
        }
        // While a file cannot be read nobody knows all who get it: those that are known get theirs, and it is planned again.
        let planned: &[i64] = if counter.sound { &planned } else { &[] };
        ledger.put_out(planned, &parcels, now)?;
        tell_held(ledger, &parcels, counter, told)?;
    }
    Ok(())
}

/// Those who get the documents of an occurrence together.
fn together<'a>(counter: &Counter<'a>) -> impl Iterator<Item = &'a Recipient> {
    counter.stock.recipients.iter().filter(|recipient| recipient.digest)
}

/// Says which addresses somebody has to approve, once a day.
pub(super) fn tell_held(
    ledger: &mut Ledger,
    parcels: &[NewParcel],
    counter: &Counter<'_>,
    told: &mut dyn FnMut(Event),
) -> Result<(), LedgerError> {
    let now = counter.clock.now();
    for parcel in parcels {
        let approved = ledger.is_approved(&parcel.recipient, &parcel.channel, &parcel.address)?;
        let what = format!("held {} {} {}", parcel.recipient, parcel.channel, parcel.address);
        if !approved && ledger.tell_again(&what, now)? {
            let message = format!(
                "held: `{}` is new for {} by {}; report outbox approve {} --by NAME",
                parcel.address, parcel.recipient, parcel.channel, parcel.recipient
            );
            told(Event::new(now, Level::Warning, "held", message));
        }
    }
    Ok(())
}
