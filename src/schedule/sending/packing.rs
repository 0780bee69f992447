//! What goes to one recipient: the files that the ledger names, and no others, with what their views say of them.
//!
//! To whom they go is left to `planning`, how to the channels.

use std::path::Path;

use serde_json::Value;

use crate::delivery::{About, Enclosure, Parcel, Ways};
use crate::disk;
use crate::ledger::{FileKind, Filed, Issue, IssuedFile, Ledger, LedgerError, ParcelKind, ParcelRow};
use crate::model::{Language, Period, Recipient};
use crate::views::Secrecy;

use super::paper::{Sheets, file_of_blank, sheets};
use super::released::{must_be_released, must_extend};
use crate::schedule::plan::Schedule;

/// What a parcel is made from.
#[derive(Clone, Copy)]
pub struct Stock<'a> {
    /// What may be reached.
    pub ways: &'a Ways,
    /// What the masthead says of secrecy, for documents whose views do not say it yet.
    pub class: &'a str,
    /// The output folder.
    pub out: &'a Path,
    /// Those who get something.
    pub recipients: &'a [Recipient],
    /// Where days begin.
    pub zone: chrono_tz::Tz,
    /// The schedules, some of which send nothing that nobody has released.
    pub schedules: &'a [Schedule],
}

/// What the ledger says of the files of a parcel, in their order. The files themselves were not looked at.
pub(super) struct Contents(Vec<(Issue, IssuedFile, Filed)>);

/// Makes the parcel: the files that were issued, and no others, with what their views say of them. The inner error says why it may not
/// go there, that a file is not there or another one, or that it bears a mark that nothing here may send.
///
/// # Errors
/// When the ledger cannot be read.
pub fn wrap(
    ledger: &Ledger,
    row: &ParcelRow,
    stock: Stock<'_>,
) -> Result<Result<Parcel, String>, LedgerError> {
    Ok(contents(ledger, row, stock)?.and_then(|contents| pack_all(&contents, row, stock)))
}

/// What a parcel carries. The inner error says why it must not.
///
/// # Errors
/// When the ledger cannot be read.
pub(super) fn contents(
    ledger: &Ledger,
    row: &ParcelRow,
    stock: Stock<'_>,
) -> Result<Result<Contents, String>, LedgerError> {
    let mut files = Vec::new();
    for filed in row.files() {
        let (issue, file) = (ledger.issue_by_id(filed.issue)?, ledger.file_of(filed.issue, &filed.pdf)?);
        let file = match file {
            Some(file) => match out_of_date(ledger, &filed, file.kind)? {
                Some(reason) => return Ok(Err(reason)),
                None => Some(file),
            },
            None => file_of_blank(ledger, &filed, stock)?,
        };
        let (Some(issue), Some(file)) = (issue, file) else {
            return Ok(Err("the ledger has no such file of that issue, or none that holds".to_owned()));
        };
        files.push((issue, file, filed));
    }
    Ok(Ok(Contents(files)))
}

/// Reads the files and puts them together.
///
/// # Errors
/// Why it cannot be sent.
pub(super) fn pack_all(contents: &Contents, row: &ParcelRow, stock: Stock<'_>) -> Result<Parcel, String> {
    may_go(row, stock.ways)?;
    let packed = contents.0.iter().map(|(issue, file, filed)| pack(issue, file, filed, row, stock));
    Ok(put_together(row, packed.collect::<Result<_, _>>()?, stock.recipients))
}

/// Whether the address may be reached, and the one that mail really goes to.
fn may_go(row: &ParcelRow, ways: &Ways) -> Result<(), String> {
    for address in [&row.address, ways.destination(&row.channel, &row.address)] {
        ways.allows(&row.channel, address).map_err(|(message, _)| message)?;
    }
    Ok(())
}

/// Whether a parcel must not leave any more: one of its files was corrected or called back since.
///
/// # Errors
/// When the ledger cannot be read.
pub fn is_outdated(ledger: &Ledger, row: &ParcelRow) -> Result<bool, LedgerError> {
    for filed in row.files() {
        if let Some(file) = ledger.file_of(filed.issue, &filed.pdf)?
            && out_of_date(ledger, &filed, file.kind)?.is_some()
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Why a file does not hold any more. One that waited or failed while its issue was corrected must not leave after all.
fn out_of_date(ledger: &Ledger, filed: &Filed, kind: FileKind) -> Result<Option<String>, LedgerError> {
    if kind == FileKind::Withdrawal {
        return Ok(None);
    }
    let Some(valid) = ledger.valid_file(filed.issue)? else {
        return Ok(Some("its issue was withdrawn".to_owned()));
    };
    if valid.pdf == filed.pdf {
        return Ok(None);
    }
    // A signature changes nothing of what it says.
    let corrected = ledger.file_of(valid.issue, &valid.pdf)?;
    let corrected = corrected.is_some_and(|file| matches!(file.kind, FileKind::Correction(_)));
    Ok(corrected
        .then(|| "its issue was corrected since: report redeliver sends the corrected one".to_owned()))
}

/// A file, with what it says of itself.
struct Packed {
    enclosure: Enclosure,
    serial: String,
    internal: bool,
    language: Language,
}

/// Reads one file and its view, and refuses what must not be sent.
fn pack(
    issue: &Issue,
    file: &IssuedFile,
    filed: &Filed,
    row: &ParcelRow,
    stock: Stock<'_>,
) -> Result<Packed, String> {
    let Sheets { path, body_pages } = sheets(file, &filed.pdf, row, stock)?;
    let bytes = disk::read(&stock.out.join(&path)).map_err(|error| error.to_string())?;
    if disk::sha256(&bytes) != filed.pdf {
        let made = if file.kind == FileKind::Signed { "signed" } else { "issued" };
        return Err(format!("`{path}` is not the file that was {made}"));
    }
    if matches!(file.kind, FileKind::Own | FileKind::Signed) {
        must_be_released(issue, &path, stock)?;
    }
    // The rendering for pre-printed paper has no signature: it is printed.
    if file.kind == FileKind::Signed && path == file.path {
        must_extend(issue, &bytes, stock)?;
    }
    let view = view_of(file, stock.out)?;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let secrecy = secrecy_of(&view, stock.class);
    if secrecy.is_state_secret() {
        return Err(format!("a document marked {} is sent by nothing here", secrecy.name()));
    }
    let internal = secrecy == Secrecy::Internal;
    if internal && !stock.ways.is_internal(&row.channel) {
        return Err(format!(
            "内部 documents leave only by channels with `internal = true`; `{}` has none",
            row.channel
        ));
    }
    let language = view["language"].as_str().and_then(Language::parse).unwrap_or_default();
    // A name in English is words, which blanks part.
    let (blank, colon) = language.pick(("", "："), (" ", ": "));
    let (serial, number) = (text(&view["masthead"]["name"]), text(&view["masthead"]["issue"]));
    let title = text(&view["title"]).replace('\n', "");
    let (mark, plain_mark) = match file.kind {
        FileKind::Own | FileKind::Signed => (String::new(), String::new()),
        // Its number says so itself.
        FileKind::Correction(n) => (String::new(), format!("-correction-{n}")),
        FileKind::Withdrawal => {
            (language.pick("（撤回）", ", withdrawn").to_owned(), "-withdrawal".to_owned())
        }
    };
    let plain = format!("{}-{}-{}-{}", issue.document, issue.subject, issue.period, issue.number.number);
    let enclosure = Enclosure {
        name: format!("{serial}{blank}{number}{mark}-{title}.pdf").replace(": ", " "),
        plain_name: format!("{plain}{plain_mark}.pdf"),
        media_type: "application/pdf".to_owned(),
        sha256: filed.pdf.clone(),
        bytes,
        body_pages,
        path,
        about: About {
            title: format!("{serial}{blank}{number}{mark}{colon}{title}"),
            document: issue.document.clone(),
            subject: issue.subject.clone(),
            period: issue.period.clone(),
            // The figures of what was called back are not told once more.
            figures: if file.kind == FileKind::Withdrawal { Vec::new() } else { figures(&view) },
        },
    };
    Ok(Packed { enclosure, serial, internal, language })
}

/// How secret a document is, as its view says; those of older versions have only the words that they print, or would print.
fn secrecy_of(view: &Value, class: &str) -> Secrecy {
    let printed =
        || Secrecy::of(view["masthead"]["class"].as_str().unwrap_or_default()).max(Secrecy::of(class));
    match view.get("secrecy") {
        None => printed(),
        // A word that nobody here knows is taken for the worst.
        Some(word) => word.as_str().and_then(Secrecy::parse).unwrap_or(Secrecy::TopSecret),
    }
}

/// The view of a file, which says what may be done with it: one that was altered is not believed.
pub(super) fn view_of(file: &IssuedFile, out: &Path) -> Result<Value, String> {
    let (beside, digest) = &file.view;
    let path = Path::new(beside).with_extension("json");
    let view = disk::read(&out.join(&path)).map_err(|error| error.to_string())?;
    if digest.as_ref().is_some_and(|digest| disk::sha256(&view) != *digest) {
        return Err(format!("`{}` is not the view that was issued", path.display()));
    }
    serde_json::from_slice(&view).map_err(|error| error.to_string())
}

/// The key figures of page one.
fn figures(view: &Value) -> Vec<(String, String)> {
    let cells = view["glance"].as_array().into_iter().flatten();
    let figures = cells.map(|cell| {
        let part = |key: &str| cell["figure"][key].as_str().unwrap_or_default();
        let printed = ["before", "label", "after", "unit", "tail"].map(part).concat();
        (cell["what"].as_str().unwrap_or_default().to_owned(), printed)
    });
    figures.collect()
}

/// The parcel of these files, of which there is one at least.
fn put_together(row: &ParcelRow, packed: Vec<Packed>, recipients: &[Recipient]) -> Parcel {
    let internal = packed.iter().any(|one| one.internal);
    let language = packed.first().map_or_else(Language::default, |one| one.language);
    let english = language.is_english();
    let serial = packed.first().map_or_else(String::new, |one| one.serial.clone());
    let enclosures: Vec<Enclosure> = packed.into_iter().map(|one| one.enclosure).collect();
    let first = enclosures.first().map(|enclosure| enclosure.about.clone()).unwrap_or_default();
    let about = match enclosures.len() {
        0 | 1 => first,
        count => {
            let period = Period::parse(&first.period);
            let period = period.map_or_else(|| first.period.clone(), |period| period.in_words(language));
            let (document, subject) = ("digest".to_owned(), "*".to_owned());
            let title = match english {
                true => format!("{serial}: {count} documents ({period})"),
                false => format!("{serial} {count} 份（{period}）"),
            };
            About { title, document, subject, period: first.period, figures: Vec::new() }
        }
    };
    let (title, note) = match row.kind {
        ParcelKind::Again => (
            format!("{}{}", about.title, language.pick("（再次发送）", " (sent again)")),
            Some(
                language
                    .pick(
                        "此件曾经送达，现按要求再次发送，内容与前次相同。",
                        "You had this before; it is sent again by request, unchanged.",
                    )
                    .to_owned(),
            ),
        ),
        _ => (about.title, None),
    };
    let recipient = recipients.iter().find(|recipient| recipient.id == row.recipient);
    Parcel {
        key: row.key.clone(),
        kind: row.kind,
        title,
        note,
        compared: String::new(),
        changes: Vec::new(),
        document: about.document,
        subject: about.subject,
        period: about.period,
        figures: about.figures,
        copies: recipient.map_or(1, |recipient| recipient.copies.max(1)),
        language,
        internal,
        enclosures,
    }
}
