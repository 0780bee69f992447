//! Views as they are stored and set: in traditional characters where the document is in them.
//!
//! Everything that a reader sees passes here once, so that no page is half converted. What the words mean is left to the views.

use ferrous_opencc::OpenCC;
use ferrous_opencc::config::BuiltinConfig;
use serde::Serialize;
use serde_json::Value;

use crate::model::{Catalogue, Language};

/// How views are written down.
pub struct Script(Option<Traditional>);

/// The dictionaries, and what goes before them: names in both scripts, the longest first.
struct Traditional {
    opencc: OpenCC,
    names: Vec<(String, String)>,
}

impl Script {
    /// The script of a language, with the names of a catalogue.
    ///
    /// # Panics
    /// When the dictionaries within the program are broken, which a test would show.
    pub fn of(catalogue: &Catalogue) -> Self {
        if catalogue.language != Language::Traditional {
            return Self(None);
        }
        // Forms as Taiwan's standard has them; the words stay those of the source.
        let opencc =
            OpenCC::from_config(BuiltinConfig::S2tw).expect("the dictionaries come with the program");
        let mut names = catalogue.names.clone();
        names.sort_by_key(|(simplified, _)| std::cmp::Reverse(simplified.len()));
        Self(Some(Traditional { opencc, names }))
    }

    /// A view as it is stored.
    ///
    /// # Panics
    /// When it does not serialise, which views always do.
    pub fn bytes(&self, view: &impl Serialize) -> Vec<u8> {
        let mut text = serde_json::to_string_pretty(view).expect("a view always serialises");
        if let Some(traditional) = &self.0 {
            text = traditional.json(&text);
        }
        text.push('\n');
        text.into_bytes()
    }

    /// A view as a reader of the stored one finds it.
    ///
    /// # Panics
    /// As [`Script::bytes`].
    pub fn value(&self, view: &impl Serialize) -> Value {
        serde_json::from_slice(&self.bytes(view)).expect("what was written can be read")
    }
}

impl Traditional {
    /// Converts the strings of pretty JSON, a line each. Keys and ids are ASCII; two things stay: the grade of secrecy, which programs
    /// read, and attached files, which hold the data as they are recorded.
    fn json(&self, text: &str) -> String {
        let mut attached = false;
        let mut written = String::with_capacity(text.len());
        for line in text.split_inclusive('\n') {
            attached |= line.starts_with("  \"attachments\": [");
            let is_file = attached && line.trim_start().starts_with("\"text\": ");
            if is_file || line.starts_with("  \"secrecy\": ") {
                written.push_str(line);
            } else {
                let own: String = line.chars().map(quote).collect();
                self.convert(&own, &mut written);
            }
        }
        written
    }

    fn convert(&self, text: &str, written: &mut String) {
        let mut rest = text;
        let mut pending = 0;
        while let Some(sign) = rest[pending..].chars().next() {
            let here = &rest[pending..];
            let name = self.names.iter().find(|(simplified, _)| here.starts_with(simplified.as_str()));
            let Some((simplified, traditional)) = name else {
                pending += sign.len_utf8();
                continue;
            };
            written.push_str(&self.opencc.convert(&rest[..pending]));
            written.push_str(traditional);
            rest = &rest[pending + simplified.len()..];
            pending = 0;
        }
        written.push_str(&self.opencc.convert(rest));
    }
}

/// Quotation marks as documents in traditional characters have them.
fn quote(sign: char) -> char {
    match sign {
        '“' => '「',
        '”' => '」',
        '‘' => '『',
        '’' => '』',
        other => other,
    }
}

/// The strings of an English view that hold Chinese characters or marks, each once.
pub fn half_translated(view: &Value) -> Vec<String> {
    let mut found = Vec::new();
    // The grade of secrecy is for programs, attached files hold the data as they are recorded, and the description of such a file is
    // the program's own.
    for (key, value) in view.as_object().into_iter().flatten() {
        if !["secrecy", "attachments"].contains(&key.as_str()) {
            chinese_in(value, &mut found);
        }
    }
    found
}

fn chinese_in(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) if text.chars().any(is_chinese) && !found.contains(text) => {
            found.push(text.clone());
        }
        Value::Array(items) => items.iter().for_each(|item| chinese_in(item, found)),
        Value::Object(entries) => entries.values().for_each(|value| chinese_in(value, found)),
        _ => {}
    }
}

/// Han characters, and the marks that only Chinese and Japanese type has.
fn is_chinese(sign: char) -> bool {
    matches!(sign, '\u{3000}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ffef}')
        || matches!(sign, '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn script() -> Script {
        let names = vec![("松江河".to_owned(), "松江河".to_owned()), ("余".to_owned(), "餘".to_owned())];
        Script::of(&Catalogue { language: Language::Traditional, names, ..Catalogue::default() })
    }

    #[test]
    fn words_are_converted_by_their_sense() {
        let value = script().value(&json!({"a": ["干部驻村", "松江河镇", "500余人", "后备力量", "一只船", "“四同”", "联建党组织58个"]}));
        assert_eq!(
            value["a"],
            json!(["幹部駐村", "松江河鎮", "500餘人", "後備力量", "一隻船", "「四同」", "聯建黨組織58個"])
        );
    }

    #[test]
    fn a_page_that_is_half_translated_is_seen() {
        let view = json!({"secrecy": "秘密", "title": "Pingliang", "sections": [{"heading": "1. 怎样联"}, "a（b）"]});
        assert_eq!(half_translated(&view), ["1. 怎样联", "a（b）"]);
    }

    #[test]
    fn secrecy_and_attached_files_stay() {
        #[derive(Serialize)]
        struct View {
            secrecy: &'static str,
            title: &'static str,
            attachments: [Value; 1],
        }
        let file = json!({"description": "数据", "text": "干部"});
        let view = View { secrecy: "秘密", title: "说明", attachments: [file] };
        let value = script().value(&view);
        assert_eq!(value["secrecy"], "秘密");
        assert_eq!(value["title"], "說明");
        assert_eq!(value["attachments"][0]["text"], "干部");
        assert_eq!(value["attachments"][0]["description"], "數據");
    }
}
