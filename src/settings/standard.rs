//! What PDFs conform to.
//!
//! How a file comes to conform is left to the typesetter.

/// What a PDF conforms to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Standard {
    /// PDF/A-2a and PDF/UA-1: for archives and screen readers.
    #[default]
    Archival,
    /// PDF/A-3a and PDF/UA-1, which allow files within the document.
    WithFiles,
    /// PDF 1.7, tagged.
    Plain,
}

impl Standard {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Archival, Self::WithFiles, Self::Plain];

    /// As settings, command line and manifest name it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Archival => "a-2a",
            Self::WithFiles => "a-3a",
            Self::Plain => "1.7",
        }
    }

    /// The standard of a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|standard| standard.name() == name)
    }
}
