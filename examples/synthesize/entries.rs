//! Writing TOML as the data files have it: `format = 1`, then tables with one key a line.
//!
//! What stands in the tables is left to the modules that fill them.

use std::fmt::Display;

/// A file being written.
pub(crate) struct Entries(String);

impl Entries {
    /// A file with a remark at its head.
    pub(crate) fn new(remark: &str) -> Self {
        Self(format!("# {remark}\nformat = 1\n"))
    }

    /// Opens `[name]` or `[[name]]`.
    pub(crate) fn table(&mut self, head: &str) -> &mut Self {
        self.0.push_str(&format!("\n{head}\n"));
        self
    }

    /// A string.
    pub(crate) fn text(&mut self, key: &str, value: impl AsRef<str>) -> &mut Self {
        self.bare(key, quoted(value.as_ref()))
    }

    /// A string, where there is one.
    pub(crate) fn maybe(&mut self, key: &str, value: Option<&str>) -> &mut Self {
        match value {
            Some(value) => self.text(key, value),
            None => self,
        }
    }

    /// A number, `true`, or a value that is TOML already.
    pub(crate) fn bare(&mut self, key: &str, value: impl Display) -> &mut Self {
        self.0.push_str(&format!("{key} = {value}\n"));
        self
    }

    /// A list of strings.
    pub(crate) fn list<T: AsRef<str>>(&mut self, key: &str, values: &[T]) -> &mut Self {
        self.bare(key, listed(values))
    }

    /// The whole.
    pub(crate) fn finish(self) -> String {
        self.0
    }
}

/// A string between quotes.
pub(crate) fn quoted(value: &str) -> String {
    format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Strings as a list on one line.
pub(crate) fn listed<T: AsRef<str>>(values: &[T]) -> String {
    let values: Vec<String> = values.iter().map(|value| quoted(value.as_ref())).collect();
    format!("[{}]", values.join(", "))
}
