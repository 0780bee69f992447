//! The last look at what would be printed: no boxes, and no face that is not declared.
//!
//! Characters of the view are looked at before that, with their places, by `characters`.

use std::collections::BTreeSet;

use typst::layout::{Frame, FrameItem};
use typst::text::TextItem;
use typst_layout::PagedDocument;

use super::faces::Faces;
use crate::diag::{Diagnostics, Problem};

/// Walks all pages; each character is told once per face, with the first page that has it.
pub(super) fn check(document: &PagedDocument, faces: &Faces) -> Diagnostics {
    let mut check = Check { faces, page: 0, seen: BTreeSet::new(), found: Diagnostics::new() };
    for (page, at) in document.pages().iter().zip(1..) {
        check.page = at;
        check.frame(&page.frame);
    }
    check.found
}

struct Check<'a> {
    faces: &'a Faces,
    page: usize,
    seen: BTreeSet<(String, String)>,
    found: Diagnostics,
}

impl Check<'_> {
    fn frame(&mut self, frame: &Frame) {
        for (_, item) in frame.items() {
            match item {
                FrameItem::Group(group) => self.frame(&group.frame),
                FrameItem::Text(text) => self.text(text),
                FrameItem::Shape(..) | FrameItem::Image(..) | FrameItem::Link(..) | FrameItem::Tag(_) => {}
            }
        }
    }

    fn text(&mut self, text: &TextItem) {
        let family = &text.font.info().family;
        let declared = self.faces.book().contains_family(&family.to_lowercase());
        for glyph in text.glyphs.iter().filter(|glyph| glyph.id == 0 || !declared) {
            let character = text.text.get(glyph.range()).unwrap_or_default().to_owned();
            if self.seen.insert((character.clone(), family.clone())) {
                self.found.push_nowhere(Problem::Box { character, page: self.page, face: family.clone() });
            }
        }
    }
}
