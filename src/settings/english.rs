//! Masthead and foot in English, and which language the documents are in.
//!
//! The words of the data in English are left to the model.

use std::sync::Arc;

use serde::Deserialize;
use toml::Spanned;

use super::{Imprint, Language, Settings};
use crate::casefile::Field;
use crate::diag::{Diagnostics, Problem, SourceFile, Span, nearest};

/// `[imprint.en]`, `[comparison.en]` and so on hold what is printed in another language.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct EnglishImprint {
    masthead: Field<String>,
    class: Field<String>,
    office: Field<String>,
    report_to: Field<String>,
    send_to: Field<String>,
    distribute_to: Field<String>,
    contact: Field<String>,
}

/// Masthead and foot in English, as far as they are set.
#[derive(Debug, Default, Clone)]
pub struct Spoken {
    masthead: Option<String>,
    class: Option<String>,
    office: Option<String>,
    report_to: Option<String>,
    send_to: Option<String>,
    distribute_to: Option<String>,
    contact: Option<String>,
}

impl From<EnglishImprint> for Spoken {
    fn from(raw: EnglishImprint) -> Self {
        let text = |field: Field<String>| field.map(Spanned::into_inner).filter(|t| !t.trim().is_empty());
        Self {
            masthead: text(raw.masthead),
            class: text(raw.class),
            office: text(raw.office),
            report_to: text(raw.report_to),
            send_to: text(raw.send_to),
            distribute_to: text(raw.distribute_to),
            contact: text(raw.contact),
        }
    }
}

/// Reads the tag of a language.
pub(super) fn read(
    file: &Arc<SourceFile>,
    tag: &Spanned<String>,
    diagnostics: &mut Diagnostics,
) -> Option<Language> {
    let known = Language::parse(tag.get_ref());
    if known.is_none() {
        let tags = Language::ALL.map(|(tag, _)| tag);
        let message =
            format!("`{}` is none of {}", tag.get_ref(), tags.map(|tag| format!("`{tag}`")).join(", "));
        let near = nearest(tag.get_ref(), tags);
        diagnostics.push(Problem::WrongType { message, near }, Span::new(file, tag.span()));
    }
    known
}

impl Settings {
    /// Sets the language of the documents: masthead and foot are those of that language, and what is set in Chinese alone is reported.
    pub fn speak(&mut self, language: Language, diagnostics: &mut Diagnostics) {
        self.language = language;
        if !language.is_english() {
            return;
        }
        let Imprint { class, mark, office, report_to, send_to, distribute_to, contact, .. } =
            self.imprint.clone();
        let own = self.english.clone();
        let mut english = |key: &str, chinese: Option<String>, english: Option<String>| {
            if chinese.is_some() && english.is_none() {
                let problem = Problem::NoEnglish {
                    what: format!("`{key}` of [imprint]"),
                    file: "[imprint.en] of report.toml".to_owned(),
                };
                diagnostics.push_nowhere(problem);
            }
            chinese.and(english)
        };
        self.imprint = Imprint {
            masthead: own.masthead.unwrap_or_else(|| "Joint Party Building: Data Brief".to_owned()),
            class: match own.class {
                Some(class) => class,
                // The words that the program itself brings.
                None if class == "公开资料整理" => "Compiled from public sources".to_owned(),
                None if class == "演示数据" => "Demonstration data".to_owned(),
                None => english("class", Some(class), None).unwrap_or_default(),
            },
            office: english("office", office, own.office),
            report_to: english("report_to", report_to, own.report_to),
            send_to: english("send_to", send_to, own.send_to),
            distribute_to: english("distribute_to", distribute_to, own.distribute_to),
            contact: english("contact", contact, own.contact),
            mark,
            ..self.imprint.clone()
        };
        for comparison in &mut self.comparisons {
            comparison.title = comparison.english.clone();
        }
        // One without an English name is reported with its files: a document about something else needs none.
        for area in &mut self.areas {
            if let Some(english) = &area.english {
                area.name.clone_from(english);
            }
        }
    }
}
