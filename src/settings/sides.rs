//! `sides` of `[workspace]`: whether sheets are printed on both sides, which decides where margins and page numbers stand.
//!
//! What a printer is told is left to the channels.

/// How many sides of a sheet bear text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sides {
    /// Margins and page numbers are mirrored from page to page.
    #[default]
    Two,
    /// Every page is bound at the left and has its number at the right.
    One,
}

impl Sides {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Two, Self::One];

    /// As settings, command line and views name it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Two => "two",
            Self::One => "one",
        }
    }

    /// The sides of a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sides| sides.name() == name)
    }
}
