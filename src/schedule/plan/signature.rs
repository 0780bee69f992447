//! The keys of a `[[schedule]]` about who signs, and what signs the file.
//!
//! The other keys are left to `reader`.

use std::time::Duration;

use super::reader::{Reader, at};
use crate::delivery::SignSettings;
use crate::diag::{Problem, Span};
use crate::settings::{ScheduleEntry, SignEntry};

/// How long a command that signs may take where nobody says.
const PATIENCE: Duration = Duration::from_secs(120);
/// The longest name that the line of 拟稿, 核对, 签发 holds beside two others.
pub(in crate::schedule) const LONGEST_NAME: usize = 12;

impl Reader<'_> {
    pub(super) fn approval(&mut self, entry: &ScheduleEntry, head: &Span) -> bool {
        self.one_of(&entry.approval, &[("none", false), ("required", true)], head).unwrap_or(false)
    }

    pub(super) fn drafted_by(
        &mut self,
        entry: &ScheduleEntry,
        approval: bool,
        head: &Span,
    ) -> Option<String> {
        let field = entry.drafted_by.as_ref()?;
        let name = field.get_ref().trim().to_owned();
        if !approval {
            let message = "`drafted_by` is printed only beside who signs".to_owned();
            let hint = "write `approval = \"required\"` too, or take it out".to_owned();
            self.diagnostics.push(Problem::KeyConflict { message, hint }, at(head, field));
        } else if let Err(message) = super::check_name(&name) {
            let hint = "write the name of one person, as it is to be printed".to_owned();
            self.diagnostics.push(Problem::BadSetting { message, hint }, at(head, field));
        }
        Some(name)
    }

    pub(super) fn sign(&mut self, entry: &SignEntry, span: &Span) -> Option<SignSettings> {
        const EXAMPLE: &str = "[\"/usr/local/bin/sign\", \"{input}\", \"{output}\"]";
        let timeout = self.length(&entry.timeout, span).and_then(|length| length.to_std().ok());
        let Some(command) = &entry.command else { return self.missing("command", EXAMPLE, span) };
        let argv = command.get_ref();
        let names = |what: &str| argv.iter().skip(1).any(|argument| argument.contains(what));
        if argv.first().is_none_or(|program| program.trim().is_empty())
            || !names("{input}")
            || !names("{output}")
        {
            let message = "the command that signs names a program, `{input}` and `{output}`".to_owned();
            let hint = format!("write it as {EXAMPLE}");
            self.diagnostics.push(Problem::BadSetting { message, hint }, at(span, command));
            return None;
        }
        Some(SignSettings { argv: argv.clone(), deadline: timeout.unwrap_or(PATIENCE) })
    }
}
