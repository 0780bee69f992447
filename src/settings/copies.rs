//! `copies` and `archive` of `[imprint]`: how many copies on paper the foot of a document names.
//!
//! How many there are is left to the pipeline, which knows who gets them.

use std::sync::Arc;

use serde::Deserialize;
use toml::Spanned;

use crate::diag::{Diagnostics, Problem, SourceFile, Span};

/// What 共印N份 says.
#[derive(Debug, Clone)]
pub enum Copies {
    /// A number that somebody set, and where it is written; it must be the sum of all copies.
    Set(u32, Span),
    /// The sum itself, for each document its own.
    Sum,
}

/// `copies` as written.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged, expecting = "a number of copies, or \"sum\"")]
pub(super) enum CopiesEntry {
    Number(i64),
    Word(String),
}

pub(super) fn read(
    file: &Arc<SourceFile>,
    written: &Spanned<CopiesEntry>,
    diagnostics: &mut Diagnostics,
) -> Option<Copies> {
    let span = Span::new(file, written.span());
    let refused = match written.get_ref() {
        CopiesEntry::Number(number) => match u32::try_from(*number) {
            Ok(count @ 1..) => return Some(Copies::Set(count, span)),
            _ => number.to_string(),
        },
        CopiesEntry::Word(word) if word == "sum" => return Some(Copies::Sum),
        CopiesEntry::Word(word) => word.clone(),
    };
    let hint = "write a number, or `copies = \"sum\"`; leave it out where nothing is to be said".to_owned();
    let message = format!("`{refused}` copies cannot be printed");
    diagnostics.push(Problem::BadSetting { message, hint }, span);
    None
}

pub(super) fn archive(
    file: &Arc<SourceFile>,
    written: Option<&Spanned<i64>>,
    diagnostics: &mut Diagnostics,
) -> u32 {
    let Some(written) = written else { return 0 };
    u32::try_from(*written.get_ref()).unwrap_or_else(|_| {
        let message = format!("`{}` copies cannot be kept", written.get_ref());
        let hint = "write how many are filed, for example `archive = 2`".to_owned();
        diagnostics.push(Problem::BadSetting { message, hint }, Span::new(file, written.span()));
        0
    })
}
