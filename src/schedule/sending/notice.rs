//! Alarms to an operator by a channel: one about a delivery never leaves by the channel that it is about.
//!
//! What raises an alarm is left to those who tell of it, how a notice travels to `delivery`.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use chrono::{DateTime, Utc};

use crate::delivery::{Channels, Notice, Outcome, Ways};
use crate::disk;
use crate::ledger::{Ledger, LedgerError};
use crate::schedule::event::Event;
use crate::settings::AlarmWay;

/// How many alarms one notice tells of. After a relay refused a thousand mails nobody reads as many lines.
const SHOWN: usize = 20;

/// Gives alarms to an operator: those about one channel in one notice, by the first way that is another channel and takes it. Each notice is
/// sent once. Answers what nobody was told, and why.
///
/// # Errors
/// When the ledger cannot be used.
pub fn notify(
    ledger: Option<&mut Ledger>,
    alarms: &[Event],
    by: &[AlarmWay],
    ways: &Ways,
    channels: &mut Channels<'_>,
    now: DateTime<Utc>,
) -> Result<Vec<String>, LedgerError> {
    let mut of_channel: BTreeMap<Option<&str>, Vec<&Event>> = BTreeMap::new();
    for alarm in alarms {
        of_channel.entry(alarm.channel.as_deref()).or_default().push(alarm);
    }
    let (mut ledger, mut untold) = (ledger, Vec::new());
    for (channel, alarms) in of_channel {
        let notice = compose(&alarms);
        if let Some(ledger) = &mut ledger
            && !ledger.tell_again(&format!("notice {}", notice.id), now)?
        {
            continue;
        }
        let mut why = Vec::new();
        for way in by.iter().filter(|way| Some(way.channel.as_str()) != channel) {
            match send(&notice, way, ways, channels) {
                Ok(()) => {
                    why.clear();
                    break;
                }
                Err(reason) => why.push(format!("`{}`: {reason}", way.channel)),
            }
        }
        if by.iter().all(|way| Some(way.channel.as_str()) == channel) {
            let own = channel.unwrap_or_default();
            why.push(format!("`alarm_by` has no channel but `{own}`, of which it tells"));
        }
        if !why.is_empty() {
            let count = alarms.len();
            let are = if count == 1 { "1 alarm was" } else { &format!("{count} alarms were") };
            untold.push(format!("{are} sent to nobody: {}", why.join("; ")));
        }
    }
    Ok(untold)
}

fn send(notice: &Notice, way: &AlarmWay, ways: &Ways, channels: &mut Channels<'_>) -> Result<(), String> {
    let to = ways.destination(&way.channel, &way.to);
    for address in [&way.to, to] {
        ways.allows(&way.channel, address).map_err(|(message, _)| message)?;
    }
    let line = channels.get_mut(&way.channel).and_then(|lines| lines.first_mut());
    let line = line.ok_or_else(|| "it has errors".to_owned())?;
    match line.notify(notice, to) {
        Outcome::Accepted { .. } => Ok(()),
        Outcome::Retry { reason, .. }
        | Outcome::Refused { reason }
        | Outcome::Unknown { reason }
        | Outcome::Stopped { reason } => Err(reason),
    }
}

/// What an operator reads.
fn compose(alarms: &[&Event]) -> Notice {
    let what = match alarms.first().map(|alarm| alarm.event) {
        Some("not-sent" | "bounced") => "未送达",
        Some("unknown") => "送达情况不明",
        Some("channel-stopped") => "投递渠道停用",
        _ => "定期任务异常",
    };
    let count = if alarms.len() > 1 { format!("（{}项）", alarms.len()) } else { String::new() };
    let about =
        alarms.first().and_then(|alarm| alarm.channel.as_ref().or(alarm.occurrence.as_ref())).cloned();
    let subject = format!("【需处理】{what}{count}：{}", about.unwrap_or_else(|| "report".to_owned()));
    let mut text = String::from("以下事项需要处理：\n\n");
    for (number, alarm) in (1..).zip(alarms.iter().take(SHOWN)) {
        let _ = writeln!(text, "{number}. {}", alarm.line());
    }
    if let Some(more) = alarms.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        let _ = writeln!(text, "\n另有{more}项：report outbox list，report status");
    }
    let all: Vec<String> = alarms.iter().map(|alarm| alarm.line()).collect();
    Notice { id: disk::sha256(format!("notice\n{}", all.join("\n")).as_bytes()), subject, text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedule::event::Level;

    #[test]
    fn a_notice_is_the_same_for_the_same_alarms_and_not_endless() {
        let alarm = |number: usize| {
            let mut event =
                Event::new(DateTime::UNIX_EPOCH, Level::Alarm, "not-sent", format!("no. {number};"));
            event.channel = Some("mail".to_owned());
            event
        };
        let all: Vec<Event> = (1..=23).map(alarm).collect();
        let of = |count: usize| compose(&all.iter().take(count).collect::<Vec<_>>());
        assert_eq!(of(1).subject, "【需处理】未送达：mail");
        let long = of(23);
        assert_eq!(long.subject, "【需处理】未送达（23项）：mail");
        assert!(
            long.text.contains("no. 20;") && !long.text.contains("no. 21;") && long.text.contains("另有3项")
        );
        assert_eq!(of(23), of(23));
        assert_ne!(of(22).id, of(23).id, "all of them count, also those that are not shown");
    }
}
