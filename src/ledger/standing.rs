//! How the outbox stands as a whole: what monitoring counts, and which channels do not work.
//!
//! Single parcels are left to `outbox`.

use chrono::{DateTime, Utc};
use rusqlite::params;

use super::LedgerError;
use super::store::{Ledger, instant_of, text_of};

/// What stands before the id of a channel among the things that are held as a whole.
const CHANNEL: &str = "channel ";

/// An instant for each of several channels.
pub type ByChannel = Vec<(String, DateTime<Utc>)>;

/// How the outbox stands.
#[derive(Debug, Clone, Default)]
pub struct Standing {
    /// How many parcels of each channel are in each state.
    pub parcels: Vec<(String, String, u64)>,
    /// When the oldest parcel was planned that waits to be sent.
    pub oldest_ready: ByChannel,
    /// When something was last taken.
    pub last_accepted: ByChannel,
    /// Since when a channel does not work.
    pub stopped: ByChannel,
    /// Since when sending is held.
    pub paused: Option<DateTime<Utc>>,
}

impl Ledger {
    /// How the outbox stands.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn standing(&self) -> Result<Standing, LedgerError> {
        let query =
            "SELECT channel, state, count(*) FROM parcel GROUP BY channel, state ORDER BY channel, state";
        let mut statement = self.read(self.connection.prepare(query))?;
        let rows = self.read(statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))))?;
        Ok(Standing {
            parcels: self.read(rows.collect())?,
            oldest_ready: self.by_channel(
                "SELECT channel, min(planned) FROM parcel WHERE state = 'ready' GROUP BY channel ORDER BY channel",
            )?,
            last_accepted: self.by_channel(
                "SELECT channel, max(changed) FROM parcel WHERE state = 'accepted' GROUP BY channel ORDER BY channel",
            )?,
            stopped: self.stopped_channels()?,
            paused: self.sending_paused()?,
        })
    }

    /// The channels that do not work, and since when.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn stopped_channels(&self) -> Result<ByChannel, LedgerError> {
        let query = format!(
            "SELECT substr(what, {}), since FROM pause WHERE what LIKE '{CHANNEL}%' ORDER BY what",
            CHANNEL.len() + 1
        );
        self.by_channel(&query)
    }

    /// Records since when a channel does not work, or that it works again.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn channel_stopped(
        &mut self,
        channel: &str,
        since: Option<DateTime<Utc>>,
    ) -> Result<(), LedgerError> {
        let what = format!("{CHANNEL}{channel}");
        self.write(|t| match since {
            Some(since) => t.execute(
                "INSERT INTO pause (what, since) VALUES (?1, ?2) ON CONFLICT (what) DO NOTHING",
                params![what, text_of(since)],
            ),
            None => t.execute("DELETE FROM pause WHERE what = ?1", [what]),
        })?;
        Ok(())
    }

    fn by_channel(&self, query: &str) -> Result<ByChannel, LedgerError> {
        let mut statement = self.read(self.connection.prepare(query))?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, instant_of(&row.get::<_, String>(1)?)?)));
        let rows = self.read(rows)?;
        self.read(rows.collect())
    }
}
