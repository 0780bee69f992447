//! Characters of a view that the faces of their roles lack, found without loading a face.
//!
//! Where the character stands in the data is left to the caller, who knows which text made which key.

use std::collections::HashSet;
use std::sync::OnceLock;

use serde_json::Value;
use typst::text::Coverage;

use super::faces::Faces;
use super::patterns::{texts, written};
use crate::diag::Problem;

/// A character that the first face of its role does not set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// The character.
    pub character: char,
    /// The role that wants it.
    pub role: String,
    /// The later face of the role that has it; none when no face has.
    pub face: Option<String>,
    /// The first place in the view, such as `sections[2].blocks[0].text[1]`.
    pub path: String,
}

impl Missing {
    /// The problem: an error where no face has the character, a warning where another face sets it.
    pub fn problem(&self) -> Problem {
        let (character, role) = (self.character, self.role.clone());
        match self.face.clone() {
            Some(face) => Problem::Substituted { character, role, face },
            None => Problem::NoGlyph { character, role },
        }
    }
}

/// The characters of each face, quick to ask; made when they are first asked for.
#[derive(Default)]
pub(super) struct Repertoire {
    sets: OnceLock<Vec<Vec<Option<CharacterSet>>>>,
}

impl Repertoire {
    /// Each character once per role, in the order of the view.
    pub(super) fn missing(&self, faces: &Faces, view: &Value) -> Vec<Missing> {
        let sets = self.sets.get_or_init(|| {
            let set =
                |index: &Option<usize>| index.map(|index| CharacterSet::of(&faces.info(index).coverage));
            faces.chains().iter().map(|chain| chain.iter().map(set).collect()).collect()
        });
        let mut seen = HashSet::new();
        let mut missing = Vec::new();
        texts(view, &mut Vec::new(), &mut |path, text| {
            let Some(index) = faces.roles().role_of(path) else { return };
            let role = faces.roles().role(index);
            for character in text.chars().filter(|c| !has_no_glyph(*c)) {
                let is_sign = ('\u{25A0}'..='\u{25FF}').contains(&character);
                if !seen.insert((index, character)) {
                    continue;
                }
                // A face that the designer keeps from a character is not the one it should come from.
                let chain = (role.families.iter().zip(&sets[index]))
                    .filter_map(|((family, _), set)| Some((family, set.as_ref()?)))
                    .filter(|(family, _)| faces.roles().covers(family, character));
                let face = match chain.enumerate().find(|(_, (_, set))| set.contains(character)) {
                    Some((0, _)) => continue,
                    // ● and ◇ are signs, not letters: any face of the role may draw them.
                    Some(_) if is_sign => continue,
                    Some((_, (family, _))) => Some(family.clone()),
                    None => None,
                };
                missing.push(Missing { character, role: role.name.clone(), face, path: written(path) });
            }
        });
        missing
    }
}

/// Spaces, line ends, joiners and selectors: what is never printed.
fn has_no_glyph(character: char) -> bool {
    let ignorable = matches!(character, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{2060}'..='\u{2064}')
        || matches!(character, '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}');
    ignorable || character.is_whitespace() || character.is_control()
}

/// A set of characters, one bit each.
struct CharacterSet(Vec<u64>);

impl CharacterSet {
    fn of(coverage: &Coverage) -> Self {
        let mut words = Vec::new();
        for character in coverage.iter() {
            let (word, bit) = (character as usize / 64, character % 64);
            if word >= words.len() {
                words.resize(word + 1, 0);
            }
            words[word] |= 1 << bit;
        }
        Self(words)
    }

    fn contains(&self, character: char) -> bool {
        let at = u32::from(character);
        self.0.get(at as usize / 64).is_some_and(|word| word >> (at % 64) & 1 == 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_knows_its_characters() {
        let inside = ['0', '㎡', '米', '\u{2A700}'];
        let set = CharacterSet::of(&Coverage::from_vec(inside.map(u32::from).to_vec()));
        assert!(inside.iter().all(|c| set.contains(*c)));
        assert!(!['1', '\u{3FF}', '\u{10FFFF}'].iter().any(|c| set.contains(*c)));
    }

    #[test]
    fn what_is_never_printed() {
        assert!([' ', '\n', '\u{3000}', '\u{200B}', '\u{2060}'].iter().all(|c| has_no_glyph(*c)));
        assert!(!['。', '一', '—'].iter().any(|c| has_no_glyph(*c)));
    }
}
