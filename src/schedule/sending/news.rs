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
            return Ok(self.of_file(ledger, row, filed, out)?.1);
        }
        let mut lines = Vec::new();
        for filed in &files {
            let (title, (compared, changes)) = self.of_file(ledger, row, filed, out)?;
            if !compared.is_empty() {
                lines.push(format!("{title}：{compared}"));
                lines.extend(changes.into_iter().map(|line| format!("　　{line}")));
            }
        }
        let compared =
            if lines.is_empty() { String::new() } else { "各件与上次所送相比".to_owned() };
        Ok((compared, lines))
    }

    /// The title of a file, and what changed with it.
    fn of_file(
        &mut self,
        ledger: &Ledger,
        row: &ParcelRow,
        filed: &Filed,
        out: &Path,
    ) -> Result<(String, Told), LedgerError> {
        let nothing = (String::new(), (String::new(), Vec::new()));
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
        // The same file is a correction to one and the first that another gets.
        let key = (row.kind.name(), path, served.as_ref().map(|served| served.path.clone()));
        if let Some(known) = self.told.get(&key) {
            return Ok((title, known.clone()));
        }
        let told = match (row.kind, served, now) {
            (ParcelKind::Correction, _, Some(now)) => corrected(&now),
            (ParcelKind::Withdrawal, _, Some(now)) => withdrawn(&now),
            (ParcelKind::Correction | ParcelKind::Withdrawal, ..) => nothing.1,
            (_, None, _) => ("首期".to_owned(), Vec::new()),
            (_, Some(served), now) => {
                let before = stored(out, &served.path);
                let number = ledger
                    .issue_by_id(served.issue)?
                    .map_or_else(String::new, |issue| format!("{}年第{}期", issue.year, issue.number.number));
                match (before, now) {
                    (Some(before), Some(now)) => {
                        let lines = changes(&before, &now).lines(LINES);
                        let words = if lines.is_empty() { "，数据没有变动" } else { "" };
                        (format!("与{number}相比{words}"), lines)
                    }
                    // Retention has taken it away.
                    _ => nothing.1,
                }
            }
        };
        self.told.insert(key, told.clone());
        Ok((title, told))
    }
}

/// What a correction says of itself.
fn corrected(view: &Value) -> (String, Vec<String>) {
    let correction = &view["correction"];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let annexes = view["annexes"].as_array().into_iter().flatten();
    let apart = annexes.filter(|annex| annex["kind"] == "corrections").map(|annex| &annex["rows"]);
    let rows = std::iter::once(&correction["rows"]).chain(apart).filter_map(Value::as_array).flatten();
    let mut lines: Vec<String> = rows
        .map(|row| format!("{}：{} → {}", text(&row["what"]), text(&row["was"]), text(&row["is"])))
        .collect();
    if lines.len() > LINES {
        let more = lines.len() - LINES;
        lines.truncate(LINES);
        lines.push(format!("另有{more}项"));
    }
    if lines.is_empty() {
        lines.push(text(&correction["summary"]));
    }
    let (replaces, reason) = (text(&correction["replaces"]), text(&correction["reason"]));
    (format!("更正：本件代替{replaces}，原件请停止使用。原因：{}", reason.trim_end_matches('。')), lines)
}

/// What a notice says of itself.
fn withdrawn(view: &Value) -> (String, Vec<String>) {
    let texts = |key: &str| -> Vec<String> {
        let items = view[key].as_array().into_iter().flatten();
        items.filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let lead = texts("lead").concat();
    (format!("撤回：{}", lead.trim_end_matches('。')), texts("requests"))
}

/// A view as it is stored beside its file.
fn stored(out: &Path, path: &str) -> Option<Value> {
    // A signed file lies beside the one that was signed, which has the view.
    let path = path.strip_suffix(".signed.pdf").unwrap_or(path);
    let bytes = disk::read(&out.join(path).with_extension("json")).ok()?;
    serde_json::from_slice(&bytes).ok()
}
