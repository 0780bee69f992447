//! What a robot's answers mean, told without its key.
//!
//! What is asked of it is left to the module above.

use std::time::Duration;

use serde::Deserialize;

use crate::delivery::http::Answer;
use crate::delivery::process::plain;
use crate::delivery::{Outcome, Secret};

/// The key, of characters that cannot change the URL in which it stands.
pub(super) struct Key(String);

impl Key {
    /// A secret as the key; none where it has other characters.
    pub(super) fn new(secret: &Secret) -> Option<Self> {
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        secret.reveal().chars().all(plain).then(|| Self(secret.reveal().to_owned()))
    }

    /// What it says.
    pub(super) fn reveal(&self) -> &str {
        &self.0
    }

    /// Takes the key out of words of the other side, which may repeat what it was asked.
    pub(super) fn hidden_in(&self, words: &str) -> String {
        plain(&words.replace(&self.0, "…"))
    }
}

/// What WeCom answers, always with HTTP 200: how it went stands in the body.
#[derive(Deserialize)]
pub(super) struct Said {
    errcode: i64,
    #[serde(default)]
    errmsg: String,
    pub(super) media_id: Option<String>,
}

/// The status and the body. The key is taken out of the whole of it: out of its beginning, half of a key would not be.
fn words(answer: &Answer) -> String {
    format!("HTTP {}: {}", answer.status, String::from_utf8_lossy(&answer.body))
}

/// How long WeCom counts the messages of a robot.
const MINUTE: Duration = Duration::from_secs(60);

/// What an upload's answer says, or the outcome where it is no success.
pub(super) fn understand(answer: &Answer, key: &Key) -> Result<Said, Outcome> {
    let words = key.hidden_in(&words(answer));
    let said: Said = match (answer.status, serde_json::from_slice(&answer.body)) {
        (200..=299, Ok(said)) => said,
        (200..=299, Err(_)) => {
            return Err(Outcome::Retry {
                reason: format!("cannot understand the answer: {words}"),
                after: None,
            });
        }
        (401 | 403, _) => return Err(Outcome::Stopped { reason: words }),
        (408 | 429 | 500..=599, _) => return Err(Outcome::Retry { reason: words, after: None }),
        _ => return Err(Outcome::Refused { reason: words }),
    };
    let reason = key.hidden_in(&format!("errcode {}: {}", said.errcode, said.errmsg));
    match said.errcode {
        0 => Ok(said),
        // Too often in a minute; the count begins anew with the next.
        45009 | 45033 => Err(Outcome::Retry { reason, after: Some(MINUTE) }),
        // Busy; a media id that is not known (any more), which the next attempt gets anew.
        -1 | 40007 => Err(Outcome::Retry { reason, after: None }),
        // The key is wrong or the robot is no longer in its group; it was stopped; this machine's address is not allowed.
        40001 | 40014 | 60020 | 93000 | 93004 | 93008 => Err(Outcome::Stopped { reason }),
        _ => Err(Outcome::Refused { reason }),
    }
}

/// As [`understand`], for a message: where the answer leaves open whether it was shown, a second one could be a double.
pub(super) fn shown_or_why(answer: &Answer, key: &Key) -> Result<(), Outcome> {
    let open = match answer.status {
        200..=299 => serde_json::from_slice::<Said>(&answer.body).is_err(),
        // A gateway says so that lost the answer of what stands behind it; 503 is said in place of taking it.
        status => status >= 500 && status != 503,
    };
    if open {
        let words = key.hidden_in(&words(answer));
        return Err(Outcome::Unknown {
            reason: format!("the answer does not say whether the message was shown: {words}"),
        });
    }
    understand(answer, key).map(|_| ())
}

/// Some files of a parcel were shown and the next was not: neither is it served, nor may it be sent again as a whole.
pub(super) fn halfway(failed: &Outcome, shown: usize, all: usize) -> Outcome {
    Outcome::Unknown { reason: format!("{shown} of {all} files were shown, then: {}", failed.words()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &str) -> Answer {
        Answer { status, retry_after: None, body: body.as_bytes().to_vec() }
    }

    fn key() -> Key {
        Key("hunter2".into())
    }

    #[test]
    fn each_errcode_has_its_outcome() {
        let of = |code: i64| {
            let body = format!(r#"{{"errcode":{code},"errmsg":"about hunter2"}}"#);
            understand(&answer(200, &body), &key()).err()
        };
        let reason = |code: i64| format!("errcode {code}: about …");
        assert_eq!(of(0), None);
        assert_eq!(of(45009), Some(Outcome::Retry { reason: reason(45009), after: Some(MINUTE) }));
        assert_eq!(of(-1), Some(Outcome::Retry { reason: reason(-1), after: None }));
        assert_eq!(of(93000), Some(Outcome::Stopped { reason: reason(93000) }));
        assert_eq!(of(40058), Some(Outcome::Refused { reason: reason(40058) }));
    }

    #[test]
    fn what_leaves_open_whether_a_message_was_shown_is_unknown() {
        let unknown = |status, body| {
            matches!(shown_or_why(&answer(status, body), &key()), Err(Outcome::Unknown { .. }))
        };
        for (status, body) in [(200, ""), (200, "<html>"), (200, r#"{"errcode":"#), (502, ""), (504, "x")] {
            assert!(unknown(status, body), "{status} {body}");
        }
        for (status, body) in [(200, r#"{"errcode":0}"#), (429, ""), (503, ""), (404, ""), (403, "")] {
            assert!(!unknown(status, body), "{status} {body}");
        }
    }

    #[test]
    fn an_answer_that_repeats_the_key_does_not_tell_it() {
        for status in [200, 302, 403, 404, 500] {
            let long = format!("{}hunter2", "x".repeat(185));
            for body in ["key=hunter2 is odd", long.as_str(), r#"{"errcode":93000,"errmsg":"hunter2"}"#] {
                let told =
                    format!("{:?}", shown_or_why(&answer(status, body), &key()).expect_err("it failed"));
                assert!(!told.contains("hunt"), "{told}");
            }
        }
    }
}
