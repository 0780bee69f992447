//! `templates/lib/faces.toml`: which faces set which role, and which role sets which key of the view.
//!
//! Which of the faces exist is left to `faces`; what a pattern of keys means to `patterns`.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};
use typst::foundations::Regex;
use typst::text::FontWeight;

use super::folders::Folders;
use super::patterns::Pattern;
use crate::diag::{Diagnostics, Problem, SourceFile, Span, nearest};
use crate::model::Language;

/// The file within the folder of templates.
pub(super) const FACES: &str = "lib/faces.toml";
/// The role of text that no pattern names.
const DEFAULT_ROLE: &str = "song";
/// Written in place of a role: keys that a reader never sees set in type.
const NO_ROLE: &str = "none";

const TABLES: [&str; 7] = ["format", "roles", "weights", "covers", "limits", "characters", "languages"];
const WEIGHTS: [(&str, FontWeight); 9] = [
    ("thin", FontWeight::THIN),
    ("extralight", FontWeight::EXTRALIGHT),
    ("light", FontWeight::LIGHT),
    ("regular", FontWeight::REGULAR),
    ("medium", FontWeight::MEDIUM),
    ("semibold", FontWeight::SEMIBOLD),
    ("bold", FontWeight::BOLD),
    ("extrabold", FontWeight::EXTRABOLD),
    ("black", FontWeight::BLACK),
];

/// The roles of a folder of templates, as declared; nothing in it says what is installed.
#[derive(Debug)]
pub struct Roles {
    file: Arc<SourceFile>,
    language: Language,
    roles: Vec<Role>,
    covers: BTreeMap<String, Regex>,
    characters: Vec<(Pattern, Option<usize>)>,
    default: Option<usize>,
}

/// One role with its families in order.
#[derive(Debug)]
pub(super) struct Role {
    pub(super) name: String,
    /// Each family with the bytes of the file that name it.
    pub(super) families: Vec<(String, Range<usize>)>,
    pub(super) weight: FontWeight,
    /// Whether it sets only some characters, in front of another role, and may therefore be empty.
    pub(super) limited: bool,
    /// The bytes of its list in `[roles]`.
    list: Range<usize>,
    /// The bytes of the list that counts: that of the language, where it has its own.
    own: Range<usize>,
}

impl Roles {
    /// Reads `lib/faces.toml` of folders of templates, for documents in a language.
    ///
    /// # Errors
    /// With all that is wrong with the file, or when it cannot be read.
    pub fn read(templates: &Folders, language: Language) -> Result<Self, Diagnostics> {
        Self::parse(&templates.source(FACES)?, language)
    }

    /// Reads the text of such a file.
    ///
    /// # Errors
    /// With all that is wrong with it.
    pub fn parse(file: &Arc<SourceFile>, language: Language) -> Result<Self, Diagnostics> {
        let mut reader = Reader { file, language, found: Diagnostics::new() };
        let (root, errors) = DeTable::parse_recoverable(file.text());
        for error in errors {
            reader.report(
                error.span().unwrap_or(0..0),
                Problem::Syntax { message: error.message().to_owned() },
            );
        }
        let roles = reader.roles(root.get_ref());
        if reader.found.has_errors() { Err(reader.found) } else { Ok(roles) }
    }

    /// The roles in the order of the file.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Role> {
        self.roles.iter()
    }

    /// The role at a place in that order.
    pub(super) fn role(&self, index: usize) -> &Role {
        &self.roles[index]
    }

    /// Whether a family may set a character at all, as far as the file limits it.
    pub(super) fn covers(&self, family: &str, character: char) -> bool {
        let limit = self.covers.get(family);
        limit.is_none_or(|regex| regex.is_match(character.encode_utf8(&mut [0; 4])))
    }

    /// The role that sets a text of the view; none for what is not set in type.
    pub(super) fn role_of(&self, path: &[super::patterns::Step<'_>]) -> Option<usize> {
        let fitting = self.characters.iter().find(|(pattern, _)| pattern.fits(path));
        fitting.map_or(self.default, |(_, role)| *role)
    }

    /// The place where a role is declared.
    pub(super) fn span(&self, role: &Role) -> Span {
        Span::new(&self.file, role.own.clone())
    }

    /// The text of the file with only those families in its lists that something serves: `chains` says for
    /// each role, and for each of its families, what does. Templates learn from it the language, whose lists stand in `[roles]`.
    pub(super) fn served<T>(&self, chains: &[Vec<Option<T>>]) -> String {
        let text = self.file.text();
        let mut served = match self.language {
            Language::Simplified => String::with_capacity(text.len()),
            language => format!("language = \"{}\"\n", language.tag()),
        };
        let mut at = 0;
        for (role, chain) in self.roles.iter().zip(chains) {
            let kept: Vec<&str> = (role.families.iter().zip(chain))
                .filter(|(_, face)| face.is_some())
                .map(|((_, range), _)| &text[range.clone()])
                .collect();
            served.push_str(&text[at..role.list.start]);
            served.push_str(&format!("[{}]", kept.join(", ")));
            at = role.list.end;
        }
        served.push_str(&text[at..]);
        served
    }
}

struct Reader<'a> {
    file: &'a Arc<SourceFile>,
    language: Language,
    found: Diagnostics,
}

/// An entry of a table: its key, where the key stands, and its value.
type Entry<'t> = (&'t str, Range<usize>, &'t Spanned<DeValue<'t>>);

impl Reader<'_> {
    fn report(&mut self, range: Range<usize>, problem: Problem) {
        self.found.push(problem, Span::new(self.file, range));
    }

    fn wrong(&mut self, value: &Spanned<DeValue<'_>>, message: impl Into<String>) {
        self.report(value.span(), Problem::WrongType { message: message.into(), near: None });
    }

    /// The entries of a table of the file, in the order in which they are written.
    fn entries<'t>(&mut self, root: &'t DeTable<'t>, table: &str) -> Vec<Entry<'t>> {
        let Some(entries) = self.table(root, table) else { return Vec::new() };
        let mut entries: Vec<_> =
            entries.iter().map(|(key, value)| (key.get_ref().as_ref(), key.span(), value)).collect();
        entries.sort_by_key(|(_, span, _)| span.start);
        entries
    }

    fn table<'t>(&mut self, root: &'t DeTable<'t>, table: &str) -> Option<&'t DeTable<'t>> {
        let value = root.get(table)?;
        let DeValue::Table(entries) = value.get_ref() else {
            self.wrong(value, format!("`{table}` is a table"));
            return None;
        };
        Some(entries)
    }

    /// The entries of a table of the language, `[languages.en.roles]`, which count before those of all languages.
    fn of_language<'t>(&mut self, root: &'t DeTable<'t>, table: &str) -> Vec<Entry<'t>> {
        let tag = self.language.tag();
        let languages = self.table(root, "languages");
        let own = languages.and_then(|languages| self.table(languages, tag));
        own.map(|own| self.entries(own, table)).unwrap_or_default()
    }

    fn roles(&mut self, root: &DeTable<'_>) -> Roles {
        self.keys(root);
        let weights = self.weights(root);
        let limits: Vec<&str> = self.entries(root, "limits").into_iter().map(|(name, ..)| name).collect();
        let mut roles = Vec::new();
        let of_language = self.of_language(root, "roles");
        for (name, _, value) in self.entries(root, "roles") {
            let own = of_language.iter().find(|(known, ..)| *known == name).map_or(value, |(.., own)| own);
            roles.push(Role {
                name: name.to_owned(),
                families: self.families(own),
                weight: weights.get(name).copied().unwrap_or(FontWeight::REGULAR),
                limited: limits.contains(&name),
                list: value.span(),
                own: own.span(),
            });
        }
        let mut covers = BTreeMap::new();
        let mut limits_of_faces = self.entries(root, "covers");
        limits_of_faces.extend(self.of_language(root, "covers"));
        for (family, _, value) in limits_of_faces {
            match value.get_ref().as_str().map(Regex::new) {
                Some(Ok(regex)) => drop(covers.insert(family.to_owned(), regex)),
                Some(Err(e)) => self.wrong(value, format!("this is no regular expression: {e}")),
                None => self.wrong(value, "`covers` takes regular expressions"),
            }
        }
        let mut characters = Vec::new();
        for (key, at, value) in self.entries(root, "characters") {
            let Some(role) = value.get_ref().as_str() else {
                self.wrong(value, "`characters` takes names of roles");
                continue;
            };
            let index = roles.iter().position(|known| known.name == role);
            if index.is_none() && role != NO_ROLE {
                let near = nearest(role, roles.iter().map(|known| known.name.as_str()));
                self.report(value.span(), Problem::DanglingId { kind: "role", id: role.to_owned(), near });
            }
            match Pattern::parse(key) {
                Some(pattern) => characters.push((pattern, index)),
                None => {
                    self.report(
                        at,
                        Problem::WrongType { message: format!("`{key}` names no key"), near: None },
                    );
                }
            }
        }
        let default = roles.iter().position(|role| role.name == DEFAULT_ROLE);
        Roles { file: Arc::clone(self.file), language: self.language, roles, covers, characters, default }
    }

    fn keys(&mut self, root: &DeTable<'_>) {
        for key in root.keys().filter(|key| !TABLES.contains(&key.get_ref().as_ref())) {
            let known = TABLES.map(str::to_owned).to_vec();
            let near = nearest(key.get_ref(), TABLES);
            self.report(key.span(), Problem::UnknownKey { key: key.get_ref().to_string(), near, known });
        }
        match root.get("format").map(|value| (value.span(), value.get_ref().as_integer())) {
            Some((_, Some(number))) if number.as_str() == "1" => {}
            Some((at, _)) => {
                let found = Some(self.file.text()[at.clone()].to_owned());
                self.report(at, Problem::Format { found });
            }
            None => self.report(0..0, Problem::Format { found: None }),
        }
        if !root.contains_key("roles") {
            let entry = "the list of faces".to_owned();
            self.report(0..0, Problem::MissingKey { key: "roles", entry, example: "" });
        }
    }

    fn families(&mut self, value: &Spanned<DeValue<'_>>) -> Vec<(String, Range<usize>)> {
        let DeValue::Array(items) = value.get_ref() else {
            self.wrong(value, "a role is a list of families");
            return Vec::new();
        };
        let mut families = Vec::new();
        for item in items {
            match item.get_ref().as_str() {
                Some(family) => families.push((family.to_owned(), item.span())),
                None => self.wrong(item, "a family is a name in quotes"),
            }
        }
        families
    }

    fn weights(&mut self, root: &DeTable<'_>) -> BTreeMap<String, FontWeight> {
        let mut weights = BTreeMap::new();
        let mut all = self.entries(root, "weights");
        all.extend(self.of_language(root, "weights"));
        for (role, _, value) in all {
            let weight = match value.get_ref() {
                DeValue::String(word) => {
                    WEIGHTS.iter().find(|(known, _)| known == word).map(|(_, weight)| *weight)
                }
                DeValue::Integer(number) => number.as_str().parse().ok().map(FontWeight::from_number),
                _ => None,
            };
            match weight {
                Some(weight) => drop(weights.insert(role.to_owned(), weight)),
                None => self.wrong(value, "a weight is a word such as \"bold\" or a number from 100 to 900"),
            }
        }
        weights
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"format = 1
[roles]
text = ["Fang", "Serif"] # running text
title = [
  "Biao", # bought
  "Serif",
]
digits = ["Fang"]
[weights]
title = "bold"
[covers]
"Fang" = "[^㎡]"
[limits]
digits = "[0-9.]"
[characters]
"title" = "title"
"alt" = "none"
"#;

    fn parse(text: &str) -> Result<Roles, Diagnostics> {
        Roles::parse(&SourceFile::new("templates/lib/faces.toml", text), Language::Simplified)
    }

    #[test]
    fn serves_only_what_was_found() {
        let roles = parse(TEXT).expect("the text is right");
        let served = roles.served(&[vec![None, Some(())], vec![None, Some(())], vec![None]]);
        assert!(served.contains("text = [\"Serif\"] # running text"), "{served}");
        assert!(served.contains("title = [\"Serif\"]\ndigits = []\n[weights]"), "{served}");
        assert_eq!(roles.role(1).weight, FontWeight::BOLD);
        assert!(roles.role(2).limited && !roles.role(0).limited);
        assert!(!roles.covers("Fang", '㎡') && roles.covers("Fang", '米') && roles.covers("Serif", '㎡'));
    }

    #[test]
    fn tells_everything_at_once() {
        let wrong = TEXT
            .replace("\"bold\"", "\"fat\"")
            .replace("= \"title\"", "= \"titel\"")
            .replace("[limits]", "[limit]");
        let found = parse(&wrong).expect_err("three mistakes");
        let codes: Vec<&str> = found.iter().map(|d| d.problem.code()).collect();
        assert_eq!(codes, ["unknown-key", "wrong-type", "dangling-id"]);
    }
}
