//! A table for cron, with quotes that both cron and the shell take off.
//!
//! Which triggers can be written at all is left to the module above, putting the table in its place to whoever installs it.

use super::{Checked, InstallError, Trigger, is_plain};

/// Debian's cron keeps a command in 1000 bytes with its end, and drops an entry with a longer one.
pub(super) const LONGEST_COMMAND: usize = 998;

/// A file for `/etc/cron.d`, where an entry names its user.
///
/// Cron reads the file only if it belongs to root, nobody else can write it, and its name has no dot. The tables of `crontab -` and
/// `crontab -e` have no column for a user: for them there is [`crontab_for_user`].
///
/// # Errors
/// Whatever cannot be said in a table.
pub fn crontab(trigger: &Trigger) -> Result<String, InstallError> {
    table(
        &Checked::of(trigger)?,
        true,
        "# For /etc/cron.d/report-tick: owned by root, mode 0644, a name without a dot.",
    )
}

/// Lines for the user's own table. `crontab -` replaces the whole of it, so they are added to what `crontab -l` prints.
///
/// # Errors
/// Whatever cannot be said in a table.
pub fn crontab_for_user(trigger: &Trigger) -> Result<String, InstallError> {
    table(&Checked::of(trigger)?, false, "# For the user's own table: add it at the end, with `crontab -e`.")
}

fn table(parts: &Checked<'_>, names_user: bool, place: &str) -> Result<String, InstallError> {
    let words: Vec<String> = std::iter::once(parts.program).chain(parts.arguments()).map(word).collect();
    let command = words.join(" ");
    if command.len() > LONGEST_COMMAND {
        return Err(InstallError::Long(command.len()));
    }
    let user = if names_user { format!("{} ", parts.user) } else { String::new() };
    let workspace = parts.workspace;
    Ok(format!(
        "\
{place}
# Does every five minutes what is due in {workspace}.
# The quotes below are for this shell.
SHELL=/bin/sh
# A tick at which nothing is due prints nothing. What others print is mailed to the user, or to the one named here.
#MAILTO=somebody@example.org
*/5 * * * * {user}{command}
"
    ))
}

/// A word of the shell. Cron ends the command at a `%` without a backslash, and takes that backslash off.
fn word(word: &str) -> String {
    if is_plain(word) {
        return word.to_owned();
    }
    let mut quoted = String::from("'");
    for c in word.chars() {
        match c {
            '\'' => quoted.push_str(r"'\''"),
            '%' => quoted.push_str(r"\%"),
            // What cron makes of a backslash before another or before an escaped `%` depends on the cron; two quotes keep them apart.
            '\\' => quoted.push_str(r"\''"),
            c => quoted.push(c),
        }
    }
    quoted.push('\'');
    quoted
}

#[cfg(test)]
mod tests {
    use super::super::tests::trigger;
    use super::*;

    fn entry(trigger: &Trigger) -> String {
        let text = crontab(trigger).expect("it can be written");
        assert!(text.ends_with('\n'), "cron drops a last line without an end");
        text.lines().last().expect("an entry").to_owned()
    }

    #[test]
    fn install_writes_one_entry_of_six_columns_and_the_command() {
        let plain = "*/5 * * * * briefings /usr/local/bin/report -C /srv/b tick";
        assert_eq!(entry(&trigger("/srv/b")), plain);
        let own = crontab_for_user(&trigger("/srv/b")).expect("it can be written");
        assert_eq!(own.lines().last(), Some("*/5 * * * * /usr/local/bin/report -C /srv/b tick"));
    }

    #[test]
    fn install_quotes_words_for_cron_and_the_shell() {
        assert_eq!(word(""), "''");
        assert_eq!(word("50% 报告"), r"'50\% 报告'");
        assert_eq!(word("it's"), r"'it'\''s'");
        assert_eq!(word("$HOME `id` \"x\" ; #"), "'$HOME `id` \"x\" ; #'");
        assert_eq!(word(r"a\b"), r"'a\''b'");
        assert_eq!(word(r"a\\%"), r"'a\''\''\%'");
        assert_eq!(word(r"\'"), r"'\'''\'''");
    }

    /// What cron leaves of each of these words, a shell reads as the word.
    #[cfg(unix)]
    #[test]
    fn install_words_come_through_the_shell_unchanged() {
        for text in ["", "50% 报告", "it's", "$HOME `id`", r"a\b", r"a\\%", r"\'", r"\", "~", "!x", "a;b|c&d"]
        {
            let after_cron = word(text).replace(r"\%", "%");
            let script = format!("printf '%s.' {after_cron}");
            let run = std::process::Command::new("/bin/sh").arg("-c").arg(script).output().expect("a shell");
            assert_eq!(String::from_utf8_lossy(&run.stdout), format!("{text}."));
        }
    }

    #[test]
    fn install_refuses_a_command_that_cron_would_drop() {
        let long = format!("/srv/{}", "x".repeat(LONGEST_COMMAND));
        let error = crontab(&trigger(&long)).expect_err("it is too long");
        assert_eq!(error.to_string(), "the command is 1033 bytes long, and cron takes 998");
        assert!(error.hint().contains("symbolic links"));
    }
}
