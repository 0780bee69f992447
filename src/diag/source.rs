//! A file that messages point into, and places in it.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// A file with its text, shared by all places in it.
pub struct SourceFile {
    path: String,
    text: String,
    /// The byte at which each line starts; the first is 0.
    lines: Vec<usize>,
}

impl SourceFile {
    /// A file under the path that messages name it by (relative to the workspace, with `/`).
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Arc<Self> {
        let text = text.into();
        let lines = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Arc::new(Self { path: path.into(), text, lines })
    }

    /// The path that messages name it by.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What stands in it.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Line and column of a byte, both from 1; the column counts characters.
    pub fn position(&self, byte: usize) -> (usize, usize) {
        let byte = byte.min(self.text.len());
        let line = self.lines.partition_point(|&start| start <= byte).max(1);
        let start = self.lines[line - 1];
        let column = self.text.get(start..byte).map_or(1, |before| before.chars().count() + 1);
        (line, column)
    }
}

impl fmt::Debug for SourceFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SourceFile").field(&self.path).finish()
    }
}

/// A place in a file: a range of bytes.
#[derive(Debug, Clone)]
pub struct Span {
    /// The file.
    pub file: Arc<SourceFile>,
    /// The bytes, which lie within the text.
    pub range: Range<usize>,
}

impl Span {
    /// A place, cut to the text and to whole characters.
    pub fn new(file: &Arc<SourceFile>, range: Range<usize>) -> Self {
        let text = file.text();
        let floor = |mut at: usize| {
            at = at.min(text.len());
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            at
        };
        let start = floor(range.start);
        let end = floor(range.end).max(start);
        Self { file: Arc::clone(file), range: start..end }
    }

    /// The head of a file, for what concerns it as a whole.
    pub fn head(file: &Arc<SourceFile>) -> Self {
        Self::new(file, 0..0)
    }

    /// A part of this place; offsets count from its start.
    pub fn within(&self, range: Range<usize>) -> Self {
        let start = self.range.start;
        Self::new(
            &self.file,
            (start + range.start).min(self.range.end)..(start + range.end).min(self.range.end),
        )
    }

    /// Line and column where it starts, both from 1.
    pub fn start(&self) -> (usize, usize) {
        self.file.position(self.range.start)
    }

    /// What stands there.
    pub fn text(&self) -> &str {
        &self.file.text()[self.range.clone()]
    }
}
