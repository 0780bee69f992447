//! Digests (合并投递): all documents of an occurrence that a recipient gets by one way, in as few parcels as the channel allows.
//!
//! When an occurrence is planned is left to `planning`.

use crate::delivery::Ways;
use crate::ledger::{Filed, NewParcel, ParcelKind};
use crate::model::Recipient;

use super::planning::{Sheet, key_of_all};

/// The parcels of those who get their documents together.
pub(super) fn digests<'a>(
    sheets: &[Sheet],
    recipients: impl Iterator<Item = &'a Recipient>,
    channels: &[String],
    ways: &Ways,
) -> Vec<NewParcel> {
    let mut parcels = Vec::new();
    for recipient in recipients {
        for way in recipient.ways.iter().filter(|way| channels.contains(&way.channel)) {
            let theirs = sheets.iter().filter(|sheet| sheet.is_for(recipient, &way.channel, ways)).collect();
            for part in parts(theirs, &way.channel, ways) {
                let pdf = |sheet: &Sheet| sheet.pdf_for(&way.channel, ways).to_owned();
                let files = part.iter().map(|sheet| Filed { issue: sheet.issue.id, pdf: pdf(sheet) });
                let mut files: Vec<Filed> = files.collect();
                let key = key_of_all(&files, &recipient.id, &way.channel);
                let first = files.remove(0);
                parcels.push(NewParcel {
                    key,
                    // One alone is nothing to put together.
                    kind: if files.is_empty() { ParcelKind::Issue } else { ParcelKind::Digest },
                    issue: first.issue,
                    recipient: recipient.id.clone(),
                    channel: way.channel.clone(),
                    address: way.address.clone(),
                    pdf: first.pdf,
                    further: files,
                });
            }
        }
    }
    parcels
}

/// Files in their order, in parts that the channel takes; one that is too large even alone is a part of its own.
fn parts<'s>(sheets: Vec<&'s Sheet>, channel: &str, ways: &Ways) -> Vec<Vec<&'s Sheet>> {
    let mut parts: Vec<Vec<&Sheet>> = Vec::new();
    for sheet in sheets {
        let fits = parts.last().is_some_and(|part| {
            let sizes: Vec<u64> = part.iter().copied().chain([sheet]).map(|sheet| sheet.size).collect();
            ways.takes(channel, &sizes)
        });
        match parts.last_mut() {
            Some(part) if fits => part.push(sheet),
            _ => parts.push(vec![sheet]),
        }
    }
    parts
}
