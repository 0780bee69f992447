//! What can be typed of the form in which documents are made.
//!
//! Which verbs take it is left to `args`.

use briefing::model::Language;
use briefing::settings::Sides;
use clap::ValueEnum;

/// How many sides of a sheet are printed.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum SidesArg {
    /// Margins and page numbers are mirrored
    Two,
    /// Every page is bound at the left
    One,
}

impl SidesArg {
    /// As the settings mean it.
    pub(crate) fn meaning(self) -> Sides {
        match self {
            Self::Two => Sides::Two,
            Self::One => Sides::One,
        }
    }
}

/// The language of the documents.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum LanguageArg {
    /// Chinese in simplified characters
    #[value(name = "zh-Hans")]
    Simplified,
    /// Chinese in traditional characters
    #[value(name = "zh-Hant")]
    Traditional,
    /// English
    #[value(name = "en")]
    English,
}

impl LanguageArg {
    /// As the documents mean it.
    pub(crate) fn meaning(self) -> Language {
        match self {
            Self::Simplified => Language::Simplified,
            Self::Traditional => Language::Traditional,
            Self::English => Language::English,
        }
    }
}

/// What is made of a document.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum OutputFormat {
    /// The PDF
    #[default]
    Pdf,
    /// The PDF, and its pages as PNG
    Png,
}
