//! A service and a timer for systemd, 252 or later: what the service cannot need is taken from it.
//!
//! Which triggers can be written at all is left to the module above, enabling the timer to whoever installs it.

use super::{Checked, InstallError, LONGEST_TICK, Trigger, is_plain};

/// The files for `/etc/systemd/system`, as names and texts.
///
/// The state and output folders must exist when the service starts: they are the only places where it can write.
///
/// # Errors
/// Whatever cannot be said in a unit file.
pub fn systemd(trigger: &Trigger) -> Result<Vec<(String, String)>, InstallError> {
    let parts = Checked::of(trigger)?;
    Ok(vec![("report-tick.service".to_owned(), service(&parts)?), ("report-tick.timer".to_owned(), timer())])
}

fn service(parts: &Checked<'_>) -> Result<String, InstallError> {
    let workspace = value("workspace", parts.workspace)?;
    let state = path_word(parts.state);
    let out = path_word(parts.out);
    // With a minus: a share that is not mounted holds up its channel, not every tick.
    let drops: String =
        parts.drops.iter().map(|path| format!(" {}", path_word(&format!("-{path}")))).collect();
    let user = parts.user;
    let command = command(parts)?;
    let temporary = temporary(parts);
    Ok(format!(
        "\
# Does what is due in a workspace, and ends. report-tick.timer starts it.
[Unit]
Description=Briefings that are due in {workspace}

[Service]
Type=oneshot
User={user}
WorkingDirectory={workspace}
ExecStart={command}
# A tick that hangs would hold up all that come after it: while one runs, systemd starts no other.
TimeoutStartSec={LONGEST_TICK}min
# What people wait for goes first.
Nice=10
# Briefings are for the user and its group.
UMask=0027

# The system is read-only but for these folders; those of the ledger and of the documents must exist.
ProtectSystem=strict
ReadWritePaths={state} {out}{drops}
# A workspace below /home can be read; `yes` or `tmpfs` would hide it.
ProtectHome=read-only
{temporary}
# Nothing it starts can gain rights. A set-group-id sendmail is such a program: mail has to go out by SMTP.
NoNewPrivileges=yes
CapabilityBoundingSet=
RestrictSUIDSGID=yes
# It needs no device, and nothing of the kernel but files, processes and sockets.
PrivateDevices=yes
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectKernelLogs=yes
ProtectControlGroups=yes
ProtectClock=yes
ProtectHostname=yes
ProtectProc=invisible
RestrictNamespaces=yes
RestrictRealtime=yes
LockPersonality=yes
MemoryDenyWriteExecute=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallErrorNumber=EPERM
# For mail: names are looked up, and a server is spoken to.
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
"
    ))
}

fn timer() -> String {
    "\
# Looks every five minutes whether something is due. What is due when is said in the workspace.
[Unit]
Description=Every five minutes: briefings that are due

[Timer]
OnCalendar=*:0/5
# By default systemd may be late by a minute.
AccuracySec=1s
# After the machine was off, the first tick comes at once.
Persistent=true
Unit=report-tick.service

[Install]
WantedBy=timers.target
"
    .to_owned()
}

fn command(parts: &Checked<'_>) -> Result<String, InstallError> {
    // systemd refuses them there even when they are escaped.
    if parts.program.contains(['"', '\'', '\\']) {
        let (path, why) = (parts.program.to_owned(), "has a quote or a backslash");
        return Err(InstallError::Systemd { what: "program", path, why });
    }
    // Variables are replaced in the arguments, not in the path of the program.
    let mut command = path_word(parts.program);
    for argument in parts.arguments() {
        command.push(' ');
        command.push_str(&path_word(argument).replace('$', "$$"));
    }
    Ok(command)
}

/// A word of a list, in quotes where needed. `%` opens a specifier everywhere.
fn path_word(word: &str) -> String {
    if is_plain(word) {
        return word.to_owned();
    }
    format!("\"{}\"", word.replace('\\', r"\\").replace('"', "\\\"").replace('%', "%%"))
}

/// A path that is the whole value of a key: there, quotes and backslashes stand for themselves.
fn value(what: &'static str, path: &str) -> Result<String, InstallError> {
    // The one would be cut off, the other would join the next line to this one.
    let refused = [(' ', "ends in a space"), ('\\', "ends in a backslash")];
    if let Some((_, why)) = refused.into_iter().find(|(end, _)| path.ends_with(*end)) {
        return Err(InstallError::Systemd { what, path: path.to_owned(), why });
    }
    Ok(path.replace('%', "%%"))
}

/// A folder of temporary files of its own, unless that would hide what the service needs.
fn temporary(parts: &Checked<'_>) -> &'static str {
    let named = [parts.program, parts.workspace, parts.state, parts.out]
        .into_iter()
        .chain(parts.drops.iter().copied());
    let options =
        parts.options.iter().map(|option| option.split_once('=').map_or(option.as_str(), |(_, v)| v));
    let is_temporary = |path: &str| path.starts_with("/tmp/") || path.starts_with("/var/tmp/");
    if named.chain(options).any(is_temporary) {
        "# Something that it needs lies below /tmp or /var/tmp, and `yes` would hide it.\nPrivateTmp=no"
    } else {
        "PrivateTmp=yes"
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::trigger;
    use super::*;

    fn line(trigger: &Trigger, key: &str) -> String {
        let units = systemd(trigger).expect("it can be written");
        let of_key = |line: &&str| line.starts_with(key) && line[key.len()..].starts_with('=');
        let found: Vec<&str> = units[0].1.lines().filter(of_key).collect();
        assert_eq!(found.len(), 1, "{key}: {found:?}");
        found[0][key.len() + 1..].to_owned()
    }

    #[test]
    fn install_writes_plain_words_without_quotes() {
        let plain = trigger("/srv/briefings");
        assert_eq!(line(&plain, "ExecStart"), "/usr/local/bin/report -C /srv/briefings tick");
        assert_eq!(line(&plain, "ReadWritePaths"), "/srv/briefings/.report /srv/briefings/reports");
        assert_eq!(line(&plain, "User"), "briefings");
    }

    #[test]
    fn install_escapes_what_systemd_would_replace() {
        let odd = trigger("/srv/50% $HOME/\"报告\"/a\\n'b");
        let exec = r#"/usr/local/bin/report -C "/srv/50%% $$HOME/\"报告\"/a\\n'b" tick"#;
        assert_eq!(line(&odd, "ExecStart"), exec);
        assert_eq!(line(&odd, "WorkingDirectory"), r#"/srv/50%% $HOME/"报告"/a\n'b"#);
        let folders = line(&odd, "ReadWritePaths");
        assert!(folders.starts_with(r#""/srv/50%% $HOME/\"报告\"/a\\n'b/.report" ""#), "{folders}");
    }

    #[test]
    fn install_leaves_variables_in_the_path_of_the_program() {
        let odd = Trigger { program: "/opt/a b$c%/report".into(), ..trigger("/srv/b") };
        assert!(line(&odd, "ExecStart").starts_with(r#""/opt/a b$c%%/report" -C"#));
    }

    #[test]
    fn install_quotes_options_that_would_end_the_command() {
        let options = ["--note", "", ";", "a;b", "#"].map(str::to_owned).to_vec();
        let odd = Trigger { options, ..trigger("/srv/b") };
        assert!(line(&odd, "ExecStart").ends_with(r##" tick --note "" ";" "a;b" "#""##));
    }

    #[test]
    fn install_lets_channels_write_into_their_folders() {
        let drops = vec!["/srv/exchange/out".into(), "/mnt/a b%".into()];
        let odd = Trigger { drops, ..trigger("/srv/b") };
        assert_eq!(
            line(&odd, "ReadWritePaths"),
            r#"/srv/b/.report /srv/b/reports -/srv/exchange/out "-/mnt/a b%%""#
        );
        assert_eq!(line(&odd, "PrivateTmp"), "yes");
        assert_eq!(line(&Trigger { drops: vec!["/tmp/out".into()], ..odd }, "PrivateTmp"), "no");
    }

    #[test]
    fn install_refuses_paths_that_systemd_cannot_take() {
        for (path, why) in [("/srv/a ", "ends in a space"), ("/srv/a\\", "ends in a backslash")] {
            let error = systemd(&trigger(path)).expect_err("it would be another path");
            assert!(error.to_string().ends_with(why), "{error}");
        }
        let odd = Trigger { program: "/opt/it's/report".into(), ..trigger("/srv/b") };
        let error = systemd(&odd).expect_err("systemd refuses it").to_string();
        assert!(error.ends_with("has a quote or a backslash"), "{error}");
    }

    #[test]
    fn install_hides_the_temporary_folders_unless_they_are_needed() {
        assert_eq!(line(&trigger("/srv/b"), "PrivateTmp"), "yes");
        assert_eq!(line(&trigger("/tmp/b"), "PrivateTmp"), "no");
        let options = vec!["--templates=/var/tmp/t".to_owned()];
        assert_eq!(line(&Trigger { options, ..trigger("/srv/b") }, "PrivateTmp"), "no");
    }
}
