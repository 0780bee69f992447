//! What a message says of the changes: since the issue that its recipient was served before, or by a correction or a withdrawal.
//!
//! What changed from one view to another is found in `views`.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use crate::disk;
use crate::ledger::{FileKind, Filed, Ledger, LedgerError, ParcelKind, ParcelRow};
use crate::views::changes;

/// A message has so many lines of changes.
const LINES: usize = 10;

/// What was compared before: a crowd gets the same issue after the same one.
#[derive(Debug, Default)]
pub struct News {
    /// By why it goes out, its file, and the file that was served before.
    told: BTreeMap<(&'static str, String, Option<String>), Told>,
}

/// What the changes are measured by, in words, and a line for each.
pub type Told = (String, Vec<String>);

impl News {
    /// What the changes of a parcel are measured by, in words, and a line for each. Of several files each is told apart.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn of(&mut self, ledger: &Ledger, row: &ParcelRow, out: &Path) -> Result<Told, LedgerError> {
        let files = row.files();
        if let [filed] = files.as_slice() {
            return Ok(self.of_file(ledger, row, filed, out)?.2);
        }
        let (mut lines, mut all_english) = (Vec::new(), true);
        for filed in &files {
            let (title, english, (compared, changes)) = self.of_file(ledger, row, filed, out)?;
            if !compared.is_empty() {
                all_english &= english;
                lines.push(format!("{title}{}{compared}", if english { ": " } else { "：" }));
                lines.extend(changes.into_iter().map(|line| match english {
                    true => format!("    {line}"),
                    false => format!("　　{line}"),
                }));
            }
        }
        let compared = match lines.first() {
            None => String::new(),
            Some(_) if all_english => "Each compared with what you had before".to_owned(),
            Some(_) => "各件与上次所送相比".to_owned(),
        };
        Ok((compared, lines))
    }

    /// The title of a file, whether it is in English, and what changed with it.
    fn of_file(
        &mut self,
        ledger: &Ledger,
        row: &ParcelRow,
        filed: &Filed,
        out: &Path,
    ) -> Result<(String, bool, Told), LedgerError> {
        let nothing = (String::new(), false, (String::new(), Vec::new()));
        let (issue, file) = (ledger.issue_by_id(filed.issue)?, ledger.file_of(filed.issue, &filed.pdf)?);
        let (Some(issue), Some(file)) = (issue, file) else { return Ok(nothing) };
        // A signed file has the view of the one that was signed.
        let path = if file.kind == FileKind::Signed { file.view.0 } else { file.path };
        let served = match row.kind {
            ParcelKind::Correction | ParcelKind::Withdrawal => None,
            _ => ledger.last_served(&row.recipient, &issue)?,
        };
        let now = stored(out, &path);
        let title = now
            .as_ref()
            .map_or_else(String::new, |view| view["title"].as_str().unwrap_or_default().replace('\n', ""));
        let english = now.as_ref().is_some_and(is_english);
        // The same file is a correction to one and the first that another gets.
        let key = (row.kind.name(), path, served.as_ref().map(|served| served.path.clone()));
        if let Some(known) = self.told.get(&key) {
            return Ok((title, english, known.clone()));
        }
        let told = match (row.kind, served, now) {
            (ParcelKind::Correction, _, Some(now)) => corrected(&now),
            (ParcelKind::Withdrawal, _, Some(now)) => withdrawn(&now),
            (ParcelKind::Correction | ParcelKind::Withdrawal, ..) => nothing.2,
            (_, None, _) => (if english { "First issue" } else { "首期" }.to_owned(), Vec::new()),
            (_, Some(served), now) => {
                let before = stored(out, &served.path);
                let number =
                    ledger.issue_by_id(served.issue)?.map_or_else(String::new, |issue| match english {
                        true => format!("No. {} of {}", issue.number.number, issue.year),
                        false => format!("{}年第{}期", issue.year, issue.number.number),
                    });
                match (before, now) {
                    (Some(before), Some(now)) => {
                        let lines = changes(&before, &now).lines(LINES);
                        let told = match (english, lines.is_empty()) {
                            (true, true) => format!("Compared with {number}: no figure changed"),
                            (true, false) => format!("Compared with {number}"),
                            (false, true) => format!("与{number}相比，数据没有变动"),
                            (false, false) => format!("与{number}相比"),
                        };
                        (told, lines)
                    }
                    // Retention has taken it away.
                    _ => nothing.2,
                }
            }
        };
        self.told.insert(key, told.clone());
        Ok((title, english, told))
    }
}

/// What a correction says of itself.
fn corrected(view: &Value) -> (String, Vec<String>) {
    let english = is_english(view);
    let correction = &view["correction"];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let annexes = view["annexes"].as_array().into_iter().flatten();
    let apart = annexes.filter(|annex| annex["kind"] == "corrections").map(|annex| &annex["rows"]);
    let rows = std::iter::once(&correction["rows"]).chain(apart).filter_map(Value::as_array).flatten();
    let mut lines: Vec<String> = rows
        .map(|row| {
            let colon = if english { ": " } else { "：" };
            format!("{}{colon}{} → {}", text(&row["what"]), text(&row["was"]), text(&row["is"]))
        })
        .collect();
    if lines.len() > LINES {
        let more = lines.len() - LINES;
        lines.truncate(LINES);
        lines.push(if english { format!("and {more} more") } else { format!("另有{more}项") });
    }
    if lines.is_empty() {
        lines.push(text(&correction["summary"]).trim().to_owned());
    }
    let (replaces, reason) = (text(&correction["replaces"]), text(&correction["reason"]));
    let told = match english {
        true => format!(
            "Correction: this replaces {replaces}, which please stop using. Reason: {}",
            reason.trim_end_matches('.')
        ),
        false => format!("更正：本件代替{replaces}，原件请停止使用。原因：{}", reason.trim_end_matches('。')),
    };
    (told, lines)
}

/// What a notice says of itself.
fn withdrawn(view: &Value) -> (String, Vec<String>) {
    let texts = |key: &str| -> Vec<String> {
        let items = view[key].as_array().into_iter().flatten();
        items.filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let lead = texts("lead").concat();
    let word = if is_english(view) { "Withdrawn: " } else { "撤回：" };
    (format!("{word}{}", lead.trim_end_matches(['。', '.'])), texts("requests"))
}

fn is_english(view: &Value) -> bool {
    view["language"] == "en"
}

/// A view as it is stored beside its file.
fn stored(out: &Path, path: &str) -> Option<Value> {
    // A signed file lies beside the one that was signed, which has the view.
    let path = path.strip_suffix(".signed.pdf").unwrap_or(path);
    let bytes = disk::read(&out.join(path).with_extension("json")).ok()?;
    serde_json::from_slice(&bytes).ok()
}
