//! What goes to one recipient: the files that the ledger names, and no others, with what their views say of them.
//!
//! To whom they go is left to `planning`, how to the channels.

use std::path::Path;

use serde_json::Value;

use crate::delivery::{Enclosure, Parcel, Ways};
use crate::disk;
use crate::ledger::{Issue, ParcelRow};
use crate::model::Recipient;

/// What a parcel is made from.
#[derive(Clone, Copy)]
pub struct Stock<'a> {
    /// What may be reached.
    pub ways: &'a Ways,
    /// What the masthead says of secrecy: 内部资料. A fictional document prints other words there, and is none the less what it is.
    pub class: &'a str,
    /// The output folder.
    pub out: &'a Path,
    /// Those who get something.
    pub recipients: &'a [Recipient],
}

/// Makes the parcel: the file that was issued, and no other, with what its view says of it.
///
/// # Errors
/// When it may not go there, the file is not there or another one, or bears a mark that nothing here may send.
pub fn wrap(issue: &Issue, row: &ParcelRow, stock: Stock<'_>) -> Result<Parcel, String> {
    let Stock { ways, class, out, recipients } = stock;
    ways.allows(&row.channel, &row.address).map_err(|(message, _)| message)?;
    ways.allows(&row.channel, ways.destination(&row.channel, &row.address))
        .map_err(|(message, _)| message)?;
    if row.superseded {
        return Err("its issue was corrected or withdrawn since: what took its place is a parcel of its own"
            .to_owned());
    }
    let path = row.path.as_deref().ok_or_else(|| "its file was taken away by retention".to_owned())?;
    let file = out.join(path);
    let bytes = disk::read(&file).map_err(|error| error.to_string())?;
    if disk::sha256(&bytes) != row.pdf {
        return Err(format!("`{path}` is not the file that was issued"));
    }
    let view = disk::read(&file.with_extension("json")).map_err(|error| error.to_string())?;
    let view: Value = serde_json::from_slice(&view).map_err(|error| error.to_string())?;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    // Marks are often spaced out: 秘　密.
    let class = format!("{} {}", text(&view["masthead"]["class"]), class).replace(char::is_whitespace, "");
    if let Some(mark) = ["绝密", "机密", "秘密"].into_iter().find(|mark| class.contains(mark)) {
        return Err(format!("a document marked {mark} is sent by nothing here"));
    }
    let internal = class.contains("内部");
    if internal && !ways.is_internal(&row.channel) {
        return Err(format!(
            "内部 documents leave only by channels with `internal = true`; `{}` has none",
            row.channel
        ));
    }
    let (serial, number) = (text(&view["masthead"]["name"]), text(&view["masthead"]["issue"]));
    let title = text(&view["title"]).replace('\n', "");
    let figures = view["glance"].as_array().into_iter().flatten().map(|cell| {
        let figure = &cell["figure"];
        let part = |key: &str| figure[key].as_str().unwrap_or_default();
        let printed =
            format!("{}{}{}{}{}", part("before"), part("label"), part("after"), part("unit"), part("tail"));
        (text(&cell["what"]), printed)
    });
    let recipient = recipients.iter().find(|recipient| recipient.id == row.recipient);
    let mut plain = format!("{}-{}-{}-{}", issue.document, issue.subject, issue.period, issue.number.number);
    // correction-1, withdrawal: what distinguishes the file from the one before it.
    let name = path.rsplit('/').next().and_then(|name| name.strip_suffix(".pdf")).unwrap_or_default();
    if let Some((_, edition)) = name.rsplit_once('.').filter(|(_, edition)| !edition.starts_with("no-")) {
        plain = format!("{plain}-{edition}");
    }
    Ok(Parcel {
        key: row.key.clone(),
        kind: row.kind,
        compared: String::new(),
        changes: Vec::new(),
        title: format!("{serial}{number}：{title}"),
        document: issue.document.clone(),
        subject: issue.subject.clone(),
        period: issue.period.clone(),
        figures: figures.collect(),
        copies: recipient.map_or(1, |recipient| recipient.copies.max(1)),
        internal,
        enclosures: vec![Enclosure {
            name: format!("{serial}{number}-{title}.pdf"),
            plain_name: format!("{plain}.pdf"),
            media_type: "application/pdf".to_owned(),
            sha256: row.pdf.clone(),
            bytes,
        }],
    })
}
