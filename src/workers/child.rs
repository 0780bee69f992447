//! One worker process: started, given documents, killed when it takes too long.
//!
//! What goes over its pipes is left to `wire`.

use std::io::{self, BufReader, Read};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};

use super::{Limits, Program, WorkerError, wire};
use crate::diag::Warned;
use crate::typeset::{Job, Typeset};

/// A worker process; it is killed when the value is dropped.
#[derive(Debug)]
pub(super) struct Worker {
    child: Child,
    to: ChildStdin,
    answers: Receiver<io::Result<wire::Answer>>,
    documents: usize,
}

impl Worker {
    /// How many documents it has answered for.
    pub(super) fn documents(&self) -> usize {
        self.documents
    }

    pub(super) fn start(program: &Program, limits: Limits) -> Result<Self, WorkerError> {
        let fail = |source| WorkerError::Start { path: program.path.clone(), source };
        let mut child = Command::new(&program.path)
            .args(&program.arguments)
            .envs(program.environment.iter().copied())
            .arg("--memory")
            .arg(limits.memory.to_string())
            .arg("--parent")
            .arg(std::process::id().to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(fail)?;
        let to = child.stdin.take().expect("it is piped");
        let mut from = BufReader::new(child.stdout.take().expect("it is piped"));
        let (send, answers) = channel();
        // Only a thread of its own can be waited for with a deadline; it ends with the pipe.
        std::thread::Builder::new()
            .name("worker-answers".into())
            .spawn(move || {
                loop {
                    let answer = wire::read_answer(&mut from);
                    let over = answer.is_err();
                    if send.send(answer).is_err() || over {
                        break;
                    }
                }
            })
            .map_err(fail)?;
        Ok(Self { child, to, answers, documents: 0 })
    }

    pub(super) fn typeset(
        &mut self,
        job: &Job<'_>,
        limits: Limits,
    ) -> Result<Warned<Option<Typeset>>, WorkerError> {
        // A worker that is gone refuses the question; why it went is asked below in any case.
        let asked = wire::write_question(&mut self.to, job);
        let answer = match asked {
            Err(_) => Err(RecvTimeoutError::Disconnected),
            Ok(()) => self.answers.recv_timeout(limits.deadline),
        };
        match answer {
            Ok(Ok(answer)) => {
                self.documents += 1;
                Ok(answer.into_typeset())
            }
            Err(RecvTimeoutError::Timeout) => Err(WorkerError::Deadline { deadline: limits.deadline }),
            Ok(Err(_)) | Err(RecvTimeoutError::Disconnected) => {
                Err(WorkerError::Died { how: self.last_words(), memory: limits.memory })
            }
        }
    }

    /// How it ended, and the last line that it said.
    fn last_words(&mut self) -> String {
        let _ = self.child.kill();
        let ended = self.child.wait().map_or_else(|e| e.to_string(), |status| status.to_string());
        let mut said = String::new();
        if let Some(errors) = &mut self.child.stderr {
            let _ = errors.read_to_string(&mut said);
        }
        match said.lines().rfind(|line| !line.trim().is_empty()) {
            Some(line) => format!("{ended}: {}", line.trim()),
            None => ended,
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
