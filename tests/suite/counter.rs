//! An office that delivers: a schedule with channels, recipients, and what the ledger says of each parcel.
//!
//! What is expected of it is left to `outbox`, `outbox_mail` and `outbox_kills`.

use std::fmt::Write as _;
use std::ops::Deref;

use briefing::ledger::Ledger;
use rusqlite::{Connection, params};
use serde_json::Value;

use crate::office::Office;

/// Two counties whose briefings are delivered.
pub(crate) struct Counter(Office);

impl Deref for Counter {
    type Target = Office;

    fn deref(&self) -> &Office {
        &self.0
    }
}

/// A channel of mail to a port of this machine.
pub(crate) fn mail(port: u16, more: &str) -> String {
    format!(
        "[[channel]]\nid = \"mail\"\nkind = \"email\"\nhost = \"127.0.0.1\"\nport = {port}\nsecurity = \"none\"\n\
         from = \"示例 <briefing@example.org>\"\nhello = \"sender.example.org\"\n{more}\n"
    )
}

/// A channel that drops files into `drop`.
pub(crate) const DROP: &str =
    "[[channel]]\nid = \"drop\"\nkind = \"folder\"\npath = \"drop\"\nlayout = \"flat\"\nplain_names = true\n";

/// A channel that runs `deliver.sh`.
pub(crate) const COMMAND: &str = "[[channel]]\nid = \"oa\"\nkind = \"command\"\ncommand = [\"/bin/sh\", \"deliver.sh\"]\ntimeout = \"1s\"\n";

/// A recipient with one way.
pub(crate) fn recipient(id: &str, more: &str, channel: &str, to: &str) -> String {
    format!(
        "[[recipient]]\nid = \"{id}\"\nname = \"{id}\"\n{more}\n[[recipient.way]]\nchannel = \"{channel}\"\nto = \"{to}\"\n\n"
    )
}

impl Counter {
    /// These documents on the first of each month, by all of these channels, to these recipients.
    pub(crate) fn with(documents: &str, channels: &[&str], settings: &str, recipients: &str) -> Self {
        let schedule = format!(
            "[[schedule]]\nid = \"monthly\"\nwhen = {{ cron = \"0 8 1 * *\" }}\ndocuments = {documents}\n\
             period = \"previous-month\"\nsince = \"2026-11-15\"\neven_if_unchanged = true\ndeliveries = {channels:?}\n"
        );
        let office = Office::with(&format!("{settings}\n{schedule}"));
        office.write("data/recipients.toml", format!("format = 1\n\n{recipients}"));
        std::fs::create_dir(office.path("drop")).expect("a new folder");
        Self(office)
    }

    /// One document to one recipient by one channel, whose address was approved.
    pub(crate) fn simple(channel: &str, settings: &str, to: &str) -> Self {
        let counter =
            Self::with("[\"comparative\"]", &[channel], settings, &recipient("office", "", channel, to));
        counter.approve_all(&[("office".to_owned(), channel.to_owned(), to.to_owned())]);
        counter
    }

    /// Its documents bear this mark: they are of no demo, which would bear that one.
    pub(crate) fn mark(&self, class: &str) {
        for region in ["qinghe", "baishi"] {
            self.replace(&format!("data/regions/{region}.toml"), "demo = true", "demo = false");
        }
        self.replace("report.toml", "class = \"示例资料\"", &format!("class = \"{class}\""));
    }

    /// Approves addresses at once, as `report outbox approve` does one by one.
    pub(crate) fn approve_all(&self, addresses: &[(String, String, String)]) {
        drop(Ledger::open(&self.path(".report")).expect("a ledger"));
        let mut database = self.database();
        let transaction = database.transaction().expect("nobody else writes");
        for (recipient, channel, address) in addresses {
            let row = "INSERT INTO address (recipient, channel, address, approved_by, approved)
                       VALUES (?1, ?2, ?3, 'test', '2026-11-15T00:00:00Z')";
            transaction.execute(row, params![recipient, channel, address]).expect("a new address");
        }
        transaction.commit().expect("it is written");
    }

    /// A secret where only we can read it.
    pub(crate) fn secret(&self, name: &str, words: &str) {
        use std::os::unix::fs::PermissionsExt;
        self.write(name, words);
        let ours = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(self.path(name), ours).expect("our file");
    }

    pub(crate) fn database(&self) -> Connection {
        let database = Connection::open(self.path(".report/state.db")).expect("the ledger");
        database.busy_timeout(std::time::Duration::from_secs(20)).expect("a limit");
        database
    }

    /// Rows of text.
    pub(crate) fn rows(&self, query: &str) -> Vec<String> {
        let database = self.database();
        let mut statement = database.prepare(query).expect("a query");
        let rows = statement.query_map([], |row| row.get(0)).expect("rows");
        rows.map(|row| row.expect("text")).collect()
    }

    /// Recipient, channel and state of every parcel, sorted.
    pub(crate) fn parcels(&self) -> Vec<String> {
        self.rows("SELECT recipient || ' ' || channel || ' ' || state FROM parcel ORDER BY 1")
    }

    /// The state of the only parcel.
    #[track_caller]
    pub(crate) fn state(&self) -> String {
        let states = self.rows("SELECT state FROM parcel");
        assert_eq!(states.len(), 1);
        states[0].clone()
    }

    /// The key of the only parcel.
    pub(crate) fn key(&self) -> String {
        self.rows("SELECT key FROM parcel").remove(0)
    }

    /// One tick: what its events of these levels say.
    #[track_caller]
    pub(crate) fn told(&self, now: &str, level: &str) -> Vec<String> {
        let (_, events) = self.events(now);
        let words = |event: &Value| format!("{}: {}", text(&event["event"]), text(&event["message"]));
        events.iter().filter(|event| event["level"] == level).map(words).collect()
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Many recipients with a mailbox each, and their addresses.
pub(crate) fn many(count: usize) -> (String, Vec<(String, String, String)>) {
    let (mut file, mut addresses) = (String::new(), Vec::new());
    for n in 0..count {
        let (id, to) = (format!("office-{n}"), format!("office-{n}@example.org"));
        write!(file, "{}", recipient(&id, "", "mail", &to)).expect("a string takes it");
        addresses.push((id, "mail".to_owned(), to));
    }
    (file, addresses)
}
