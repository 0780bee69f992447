//! The languages of the documents.
//!
//! What each of them says is left to the data in that language and to `wording` of the views; how its letters are set, to the templates.

/// The language of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Language {
    /// Chinese in simplified characters, in which the data are written.
    #[default]
    Simplified,
    /// Chinese in traditional characters, converted from the simplified document.
    Traditional,
    /// English, from words of its own beside the data.
    English,
}

impl Language {
    /// All of them with their tags (BCP 47), which settings, file names and views carry.
    pub const ALL: [(&'static str, Self); 3] =
        [("zh-Hans", Self::Simplified), ("zh-Hant", Self::Traditional), ("en", Self::English)];

    /// The tag.
    pub fn tag(self) -> &'static str {
        Self::ALL.iter().find(|(_, language)| *language == self).map_or("", |(tag, _)| tag)
    }

    /// Reads a tag.
    pub fn parse(tag: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == tag).map(|(_, language)| *language)
    }

    /// What stands in the name of a file: nothing for the language of the data.
    pub fn suffix(self) -> String {
        if self == Self::Simplified { String::new() } else { format!(".{}", self.tag()) }
    }

    /// Whether the document is in English; both kinds of Chinese are made from the same words.
    pub fn is_english(self) -> bool {
        self == Self::English
    }

    /// One of two wordings: the Chinese one, from which traditional characters are converted later, or the English one.
    pub fn pick<T>(self, chinese: T, english: T) -> T {
        if self.is_english() { english } else { chinese }
    }

    /// What stands between the parts of an enumeration.
    pub fn comma(self) -> &'static str {
        self.pick("、", ", ")
    }
}
