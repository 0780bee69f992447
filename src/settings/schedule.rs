//! `[[schedule]]` as written in `report.toml`: each entry is read by itself, so that a slip in one leaves the others in force.
//!
//! What the words mean is left to `schedule`.

use std::sync::Arc;

use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::casefile::{self, Field};
use crate::diag::{Diagnostics, Problem, SourceFile, Span};

/// A `[[schedule]]` as written.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ScheduleEntry {
    /// The id.
    pub id: Field<String>,
    /// `{ cron = "0 8 1 * *" }` or `{ workday = 1, at = "08:00" }`
    pub when: Field<WhenEntry>,
    /// The IANA zone; default the workspace's.
    pub zone: Field<String>,
    /// Kinds of document.
    pub documents: Field<Vec<Spanned<String>>>,
    /// Regions, places as `region/place`, declared comparisons; default all.
    pub subjects: Field<Vec<Spanned<String>>>,
    /// The period of the documents, seen from the nominal instant.
    pub period: Field<String>,
    /// `latest`, `all` or `none`.
    pub catch_up: Field<String>,
    /// With `catch_up = "all"`: how many at most.
    pub catch_up_max: Field<i64>,
    /// How late an occurrence may begin: `7d`, `12h`, `30m`.
    pub starting_deadline: Field<String>,
    /// `skip` or `queue`, while an older occurrence has not ended.
    pub overlap: Field<String>,
    /// `skip`, `previous-workday` or `next-workday`, where the day is no working day.
    pub calendar: Field<String>,
    /// The first day.
    pub since: Field<String>,
    /// Whether it is held.
    pub paused: Field<bool>,
    /// Whether it issues what says nothing new.
    pub even_if_unchanged: Field<bool>,
    /// Data that must be there first.
    pub wait_for: Field<WaitEntry>,
    /// Who gets it.
    pub deliveries: Field<Vec<Spanned<String>>>,
    /// `none` or `required`: whether somebody signs before a number is given.
    pub approval: Field<String>,
    /// 拟稿, with `approval = "required"`.
    pub drafted_by: Field<String>,
    /// The command that signs the file of an issue.
    pub sign: Field<SignEntry>,
}

/// A command that signs.
#[derive(Debug, Clone, Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "a table such as { command = [\"pyhanko\", …, \"{input}\", \"{output}\"] }"
)]
pub struct SignEntry {
    /// The program and its arguments, with `{input}` and `{output}` among them.
    pub command: Field<Vec<String>>,
    /// How long it may take: `120s`.
    pub timeout: Field<String>,
}

/// When a schedule fires.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table such as { cron = \"0 8 1 * *\" }")]
pub struct WhenEntry {
    /// Five fields, as in crontab(5).
    pub cron: Field<String>,
    /// The n-th working day of each month, from the end where it is negative.
    pub workday: Field<i64>,
    /// The time of that day.
    pub at: Field<String>,
}

/// What a schedule waits for.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table such as { reported = [\"*\"], at_most = \"10d\" }")]
pub struct WaitEntry {
    /// Units that owe data for the period; `*` for each region.
    pub reported: Field<Vec<Spanned<String>>>,
    /// For how long: `10d`.
    pub at_most: Field<String>,
}

/// A schedule as written, with what is wrong with its keys.
#[derive(Debug, Clone)]
pub struct Written {
    /// Its keys, without those that are wrong.
    pub entry: ScheduleEntry,
    /// Its head.
    pub span: Span,
    /// What is wrong with the keys.
    pub diagnostics: Diagnostics,
}

/// Takes the schedules out of the root table of `report.toml`.
pub(super) fn take(
    file: &Arc<SourceFile>,
    table: &mut DeTable<'_>,
    diagnostics: &mut Diagnostics,
) -> Vec<Written> {
    let Some((key, value)) = table.remove_entry("schedule") else { return Vec::new() };
    let DeValue::Array(entries) = value.into_inner() else {
        let message = "`schedule` is no list of tables".to_owned();
        let hint = "write `[[schedule]]` above the keys of each".to_owned();
        diagnostics.push(Problem::KeyConflict { message, hint }, Span::new(file, key.span()));
        return Vec::new();
    };
    let mut written = Vec::new();
    for value in entries {
        let span = Span::new(file, value.span());
        let mut found = Diagnostics::new();
        let entry = match value.into_inner() {
            DeValue::Table(keys) => casefile::keys(file, keys, &mut found),
            _ => {
                let message = "a schedule is a table".to_owned();
                found.push(Problem::WrongType { message, near: None }, span.clone());
                ScheduleEntry::default()
            }
        };
        written.push(Written { entry, span, diagnostics: found });
    }
    written
}
