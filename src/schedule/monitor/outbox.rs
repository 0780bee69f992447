//! The outbox in the textfile that Prometheus reads.
//!
//! Schedules and occurrences in it are left to `monitor`.

use std::fmt::Write as _;

use super::head;
use crate::ledger::{ByChannel, Standing};

/// The families of the outbox.
pub(super) fn metrics(outbox: &Standing) -> String {
    let mut text = head(
        "outbox_parcels",
        "Parcels in the ledger by how they stand; docs/delivery.md explains the states.",
    );
    for (channel, state, count) in &outbox.parcels {
        let _ = writeln!(text, "report_outbox_parcels{{channel=\"{channel}\",state=\"{state}\"}} {count}");
    }
    text += &head("outbox_paused", "Whether all sending is held.");
    let _ = writeln!(text, "report_outbox_paused {}", u8::from(outbox.paused.is_some()));
    for (name, help, instants) in [
        (
            "outbox_oldest_ready_timestamp_seconds",
            "When the oldest parcel was planned that waits to be sent.",
            &outbox.oldest_ready,
        ),
        (
            "outbox_last_accepted_timestamp_seconds",
            "When something was last taken from each channel.",
            &outbox.last_accepted,
        ),
        ("outbox_stopped_timestamp_seconds", "Since when a channel does not work.", &outbox.stopped),
    ] {
        text += &head(name, help);
        text += &instants_of(name, instants);
    }
    text
}

fn instants_of(name: &str, instants: &ByChannel) -> String {
    instants.iter().fold(String::new(), |mut text, (channel, at)| {
        let _ = writeln!(text, "report_{name}{{channel=\"{channel}\"}} {}", at.timestamp());
        text
    })
}
