//! A child process with a deadline: fed, listened to, and killed with all it started when it takes too long.
//!
//! What its exit code means is left to `command` and `secret`.

use std::io::{self, Read, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

/// More of its output is not kept: a receipt and a reason are lines.
const KEPT: usize = 64 << 10;

/// How long the output of a child that has ended is waited for: a process that it left behind may hold the pipe open for ever.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// How a child ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    /// By itself, with this exit code.
    Code(i32),
    /// By a signal that somebody else sent.
    Signal(i32),
    /// It was killed at its deadline.
    Deadline,
}

/// A child that has ended.
#[derive(Debug)]
pub(super) struct Finished {
    /// How.
    pub(super) ended: Ended,
    /// The beginning of its standard output.
    pub(super) stdout: Vec<u8>,
    /// The beginning of its standard error.
    pub(super) stderr: Vec<u8>,
}

/// Starts a command, gives it `input` and waits for its end, at most until the deadline.
///
/// # Errors
/// When it cannot be started; it did nothing then.
pub(super) fn run(mut command: Command, input: Vec<u8>, deadline: Duration) -> io::Result<Finished> {
    let begun = Instant::now();
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        // A group of its own: at the deadline the processes that it started go with it.
        .process_group(0)
        .spawn()?;
    let mut stdin = child.stdin.take().expect("it is piped");
    let stdout = Heard::listen(child.stdout.take().expect("it is piped"));
    let stderr = Heard::listen(child.stderr.take().expect("it is piped"));
    // A child that never reads would hold up a writer, and one that closes its input is free to do so.
    std::thread::spawn(move || {
        let _ = stdin.write_all(&input);
    });
    let ended = wait(&mut child, begun, deadline);
    Ok(Finished { ended, stdout: stdout.take(), stderr: stderr.take() })
}

fn wait(child: &mut Child, begun: Instant, deadline: Duration) -> Ended {
    let mut pause = Duration::from_millis(1);
    loop {
        match child.try_wait() {
            Ok(Some(status)) => {
                return match status.code() {
                    Some(code) => Ended::Code(code),
                    None => Ended::Signal(status.signal().unwrap_or_default()),
                };
            }
            Ok(None) if begun.elapsed() < deadline => {
                std::thread::sleep(pause);
                pause = (pause * 2).min(Duration::from_millis(50));
            }
            // A child that cannot be asked about cannot be waited for either.
            Ok(None) | Err(_) => {
                if let Some(group) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
                    let _ = kill_process_group(group, Signal::KILL);
                }
                let _ = child.kill();
                let _ = child.wait();
                return Ended::Deadline;
            }
        }
    }
}

/// What a thread of its own reads from a pipe.
struct Heard {
    kept: Arc<Mutex<Vec<u8>>>,
    over: Receiver<()>,
}

impl Heard {
    fn listen(mut pipe: impl Read + Send + 'static) -> Self {
        let kept = Arc::new(Mutex::new(Vec::new()));
        let (end, over) = channel();
        let to = Arc::clone(&kept);
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(length @ 1..) = pipe.read(&mut buffer) {
                let mut kept = to.lock().unwrap_or_else(PoisonError::into_inner);
                let room = KEPT - kept.len();
                kept.extend_from_slice(&buffer[..length.min(room)]);
            }
            let _ = end.send(());
        });
        Self { kept, over }
    }

    fn take(self) -> Vec<u8> {
        let _ = self.over.recv_timeout(LAST_WORDS);
        std::mem::take(&mut self.kept.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The first line that says something, shortened, without what a terminal would act on.
pub(super) fn line(said: &[u8]) -> Option<String> {
    let said = String::from_utf8_lossy(said);
    let first = said.lines().map(str::trim).find(|line| !line.is_empty())?;
    Some(plain(first))
}

/// Words of the other side as they may stand in a reason: one line, at most 200 characters, no control characters.
pub(super) fn plain(words: &str) -> String {
    let one_line = words.split_whitespace().collect::<Vec<_>>().join(" ");
    one_line.chars().filter(|c| !c.is_control()).take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(60);

    fn shell(script: &str, input: &[u8], deadline: Duration) -> Finished {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", script]);
        run(command, input.to_vec(), deadline).expect("there is a shell")
    }

    #[test]
    fn input_output_and_exit_code_pass() {
        let finished = shell("cat; echo woe >&2; exit 3", b"hello", LONG);
        assert_eq!(finished.ended, Ended::Code(3));
        assert_eq!((finished.stdout.as_slice(), finished.stderr.as_slice()), (&b"hello"[..], &b"woe\n"[..]));
    }

    #[test]
    fn what_it_started_dies_with_it_at_the_deadline() {
        let finished = shell("sleep 1000 & echo $!; wait", b"", Duration::from_secs(2));
        assert_eq!(finished.ended, Ended::Deadline);
        let sleeper = line(&finished.stdout).expect("its number");
        // Killed with its group; until somebody reaps it, a dead process is still listed as a zombie.
        let state = (0..600).map(|_| {
            std::thread::sleep(Duration::from_millis(10));
            std::fs::read_to_string(format!("/proc/{sleeper}/stat")).unwrap_or_default()
        });
        let dead = |stat: String| stat.rsplit(") ").next().is_none_or(|s| s.is_empty() || s.starts_with('Z'));
        assert!({ state }.any(dead));
    }

    #[test]
    fn a_killed_child_and_one_that_does_not_read_are_seen() {
        assert_eq!(shell("kill -9 $$", b"", LONG).ended, Ended::Signal(9));
        assert_eq!(shell("exit 0", &vec![b'x'; 1 << 20], LONG).ended, Ended::Code(0));
    }

    #[test]
    fn much_output_is_read_and_little_kept() {
        let finished = shell("head -c 1000000 /dev/zero", b"", LONG);
        assert_eq!((finished.ended, finished.stdout.len()), (Ended::Code(0), KEPT));
    }

    #[test]
    fn words_of_the_other_side_are_one_plain_line() {
        assert_eq!(line(b"\n  a\x1b[31m  b\nc").as_deref(), Some("a[31m b"));
        assert_eq!(line(b" \n"), None);
        assert_eq!(plain(&"长".repeat(300)).chars().count(), 200);
    }
}
