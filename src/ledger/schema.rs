//! The tables of the ledger, version by version; the comments stay in the file, so that `sqlite3 state.db .schema` explains it.
//!
//! What is read and written is left to the modules beside it.

/// Marks the file as a ledger of this program, for `file` and for whoever opens the wrong one.
pub(super) const APPLICATION: i32 = 0x5250_4c47;

/// One script for each version, applied in order; `PRAGMA user_version` counts those that were.
pub(super) const MIGRATIONS: [&str; 3] = [FIRST, SECOND, THIRD];

const FIRST: &str = "
CREATE TABLE schedule (
  -- A [[schedule]] of report.toml that a tick has seen.
  id     TEXT PRIMARY KEY,
  rule   TEXT NOT NULL,   -- when and zone as last seen; another rule begins a new plan
  since  TEXT NOT NULL,   -- the plan begins here; nothing before it is ever due
  seen   TEXT NOT NULL,   -- the last tick that looked at it
  paused TEXT             -- held since then by `report schedule pause`
) STRICT;

CREATE TABLE occurrence (
  -- A nominal instant of a schedule, and what became of it. All instants are UTC.
  id       INTEGER PRIMARY KEY,
  schedule TEXT NOT NULL,
  nominal  TEXT NOT NULL,  -- the instant that the rule names
  fires    TEXT NOT NULL,  -- that instant moved by the calendar
  period   TEXT NOT NULL,  -- what its documents are about
  origin   TEXT NOT NULL CHECK (origin IN ('schedule', 'manual')),
  state    TEXT NOT NULL CHECK (state IN (
    'waiting',         -- for data that is owed
    'open',            -- at work, or to be tried again
    'issued',          -- every document that was new went out
    'partly',          -- some documents failed for good
    'failed',          -- all did, or the data never came
    'unchanged',       -- nothing new: nothing issued
    'already-issued',  -- the period was issued before
    'skipped',         -- paused, overlapped, or the schedule is gone
    'missed'           -- too late, or passed over when catching up
  )),
  reason   TEXT,           -- one sentence, where the state needs one
  recorded TEXT NOT NULL,
  ended    TEXT
) STRICT;
CREATE UNIQUE INDEX occurrence_once ON occurrence (schedule, nominal) WHERE origin = 'schedule';
CREATE INDEX occurrence_unfinished ON occurrence (id) WHERE ended IS NULL;

CREATE TABLE task (
  -- One document of an occurrence.
  occurrence INTEGER NOT NULL REFERENCES occurrence (id),
  document   TEXT NOT NULL,
  subject    TEXT NOT NULL,
  state      TEXT NOT NULL CHECK (state IN ('open', 'issued', 'unchanged', 'already-issued', 'failed')),
  stage      TEXT,                        -- where it failed last: data, typeset, write
  attempts   INTEGER NOT NULL DEFAULT 0,  -- how often it failed
  due        TEXT,                        -- when it is tried again
  message    TEXT,
  PRIMARY KEY (occurrence, document, subject)
) STRICT;

CREATE TABLE issue (
  -- A number, and the document that bears it. Every number has one row for ever.
  id         INTEGER PRIMARY KEY,
  document   TEXT NOT NULL,
  subject    TEXT NOT NULL,
  period     TEXT NOT NULL,
  year       INTEGER NOT NULL,
  number     INTEGER NOT NULL,  -- 第N期 within the year
  total      INTEGER NOT NULL,  -- 总第N期 across years
  state      TEXT NOT NULL CHECK (state IN (
    'reserved',  -- the document is being made
    'issued',
    'void'       -- refused or failed: the number is not used again
  )),
  occurrence INTEGER REFERENCES occurrence (id),  -- none for adopted issues
  date       TEXT NOT NULL,     -- the date on the document
  path       TEXT,              -- within the output folder
  pages      INTEGER,
  pdf        TEXT,              -- SHA-256 of the file
  view       TEXT,              -- SHA-256 of the view beside it
  content    TEXT,              -- SHA-256 of what it says, without number and date
  reserved   TEXT NOT NULL,
  issued     TEXT,
  pruned     TEXT,              -- since when retention has taken the file away
  reason     TEXT,              -- of a void number
  UNIQUE (document, year, number),
  UNIQUE (document, total)
) STRICT;
CREATE UNIQUE INDEX issue_once ON issue (document, subject, period) WHERE state <> 'void';

CREATE TABLE series (
  -- The next numbers of a series, set by hand to continue one that began elsewhere.
  document TEXT PRIMARY KEY,
  year     INTEGER NOT NULL,
  number   INTEGER NOT NULL,
  total    INTEGER NOT NULL,
  changed  TEXT NOT NULL
) STRICT;

CREATE TABLE told (
  -- What is wrong on every tick is told once a day.
  what TEXT PRIMARY KEY,
  at   TEXT NOT NULL
) STRICT;

CREATE TABLE lease (
  -- Who works on the schedules. The fence grows with each holder; one who was overtaken cannot write any more.
  name  TEXT PRIMARY KEY,
  fence INTEGER NOT NULL,
  owner TEXT NOT NULL,
  taken TEXT NOT NULL
) STRICT;
";

const SECOND: &str = "
-- When the parcels of an issue were planned. What was issued before there were any is sent to nobody.
ALTER TABLE issue ADD COLUMN planned TEXT;
UPDATE issue SET planned = issued WHERE state = 'issued';
CREATE TABLE parcel (
  -- A document on its way to one recipient through one channel.
  key       TEXT PRIMARY KEY,  -- the same for the same file, recipient and channel
  issue     INTEGER NOT NULL REFERENCES issue (id),
  recipient TEXT NOT NULL,
  channel   TEXT NOT NULL,
  address   TEXT NOT NULL,
  pdf       TEXT NOT NULL,     -- SHA-256 of the file that is sent, and of no other
  state     TEXT NOT NULL CHECK (state IN (
    'held',      -- the address is new: somebody must approve it once
    'ready',     -- to be sent, or sent again when it is due
    'sending',   -- a process is at it, or was when it ended
    'accepted',  -- the other side took it
    'failed',    -- refused for good
    'unknown'    -- the line or the process broke between the last byte and the answer
  )),
  phase     TEXT CHECK (phase IN ('sending', 'data-sent')),  -- written before the socket, and before the last byte
  attempts  INTEGER NOT NULL DEFAULT 0,
  due       TEXT,
  receipt   TEXT,              -- what the other side said when it took it
  reason    TEXT,
  planned   TEXT NOT NULL,
  changed   TEXT NOT NULL
) STRICT;
CREATE INDEX parcel_unsent ON parcel (state) WHERE state IN ('ready', 'sending', 'held', 'unknown');

CREATE TABLE address (
  -- An address that somebody has approved; a new or changed one is held until then.
  recipient   TEXT NOT NULL,
  channel     TEXT NOT NULL,
  address     TEXT NOT NULL,
  approved_by TEXT NOT NULL,
  approved    TEXT NOT NULL,
  PRIMARY KEY (recipient, channel, address)
) STRICT;

CREATE TABLE pause (
  -- What is held as a whole: sending.
  what  TEXT PRIMARY KEY,
  since TEXT NOT NULL
) STRICT;
";

const THIRD: &str = "
-- A document may wait for a signature, and an occurrence with it: the states of both are checked, so their tables are made anew.
CREATE TABLE new_occurrence (
  -- A nominal instant of a schedule, and what became of it. All instants are UTC.
  id       INTEGER PRIMARY KEY,
  schedule TEXT NOT NULL,
  nominal  TEXT NOT NULL,  -- the instant that the rule names
  fires    TEXT NOT NULL,  -- that instant moved by the calendar
  period   TEXT NOT NULL,  -- what its documents are about
  origin   TEXT NOT NULL CHECK (origin IN ('schedule', 'manual')),
  state    TEXT NOT NULL CHECK (state IN (
    'waiting',         -- for data that is owed
    'open',            -- at work, or to be tried again
    'held',            -- all is made, and drafts wait for a signature; ended, as far as the schedule goes
    'issued',          -- every document that was new went out
    'partly',          -- some documents failed for good
    'failed',          -- all did, or the data never came
    'unchanged',       -- nothing new: nothing issued
    'already-issued',  -- the period was issued before
    'skipped',         -- paused, overlapped, or the schedule is gone
    'missed'           -- too late, or passed over when catching up
  )),
  reason   TEXT,           -- one sentence, where the state needs one
  recorded TEXT NOT NULL,
  ended    TEXT
) STRICT;
INSERT INTO new_occurrence SELECT id, schedule, nominal, fires, period, origin, state, reason, recorded, ended FROM occurrence;
DROP TABLE occurrence;
ALTER TABLE new_occurrence RENAME TO occurrence;
CREATE UNIQUE INDEX occurrence_once ON occurrence (schedule, nominal) WHERE origin = 'schedule';
CREATE INDEX occurrence_unfinished ON occurrence (id) WHERE ended IS NULL;

CREATE TABLE new_task (
  -- One document of an occurrence.
  occurrence INTEGER NOT NULL REFERENCES occurrence (id),
  document   TEXT NOT NULL,
  subject    TEXT NOT NULL,
  state      TEXT NOT NULL CHECK (state IN ('open', 'held', 'issued', 'unchanged', 'already-issued', 'failed')),
  stage      TEXT,                        -- where it failed last: data, typeset, write
  attempts   INTEGER NOT NULL DEFAULT 0,  -- how often it failed
  due        TEXT,                        -- when it is tried again
  message    TEXT,
  PRIMARY KEY (occurrence, document, subject)
) STRICT;
INSERT INTO new_task SELECT occurrence, document, subject, state, stage, attempts, due, message FROM task ORDER BY rowid;
DROP TABLE task;
ALTER TABLE new_task RENAME TO task;

CREATE TABLE draft (
  -- A draft (样稿) that waits for a signature. It has no number yet.
  occurrence  INTEGER NOT NULL REFERENCES occurrence (id),
  document    TEXT NOT NULL,
  subject     TEXT NOT NULL,
  period      TEXT NOT NULL,
  path        TEXT NOT NULL,  -- within the output folder
  pages       INTEGER NOT NULL,
  pdf         TEXT NOT NULL,  -- SHA-256 of the file that was read by those who review and sign
  view        TEXT NOT NULL,  -- SHA-256 of the view beside it
  content     TEXT NOT NULL,  -- SHA-256 of what it says, without number and date
  inputs      TEXT NOT NULL,  -- SHA-256 over view, templates, faces and engine
  moved       INTEGER NOT NULL, -- how many plates moved to the annex so that the body fits
  date        TEXT NOT NULL,  -- the date on it: no signature is older
  drafted_by  TEXT,           -- 拟稿
  reviewed_by TEXT,           -- 核对
  reviewed    TEXT,
  made        TEXT NOT NULL,
  PRIMARY KEY (document, subject, period)
) STRICT;

CREATE TABLE approval (
  -- Who released an issue, and which file: this one is sent, and no other.
  issue       INTEGER PRIMARY KEY REFERENCES issue (id),
  draft       TEXT NOT NULL,  -- SHA-256 of the draft that was read
  pdf         TEXT NOT NULL,  -- SHA-256 of the file that was released
  drafted_by  TEXT,
  reviewed_by TEXT,
  signed_by   TEXT NOT NULL,  -- 签发
  date        TEXT NOT NULL,
  recorded    TEXT NOT NULL
) STRICT;

-- What an outside tool made of the released file: an incremental update, which begins with its bytes.
ALTER TABLE issue ADD COLUMN signed_path TEXT;
ALTER TABLE issue ADD COLUMN signed TEXT;      -- SHA-256 of the signed file
-- Since when it is called back. Its number stays used; its period may be issued anew, under another.
ALTER TABLE issue ADD COLUMN withdrawn TEXT;
DROP INDEX issue_once;
CREATE UNIQUE INDEX issue_once ON issue (document, subject, period) WHERE state <> 'void' AND withdrawn IS NULL;

CREATE TABLE correction (
  -- The same number once more, with what was wrong (更正). The file that it supersedes stays.
  issue    INTEGER NOT NULL REFERENCES issue (id),
  number   INTEGER NOT NULL,  -- 1 for the first correction of the issue
  reason   TEXT NOT NULL,
  date     TEXT NOT NULL,
  signed_by TEXT,             -- 签发, where somebody released it
  path     TEXT NOT NULL,     -- within the output folder
  pages    INTEGER NOT NULL,
  pdf      TEXT NOT NULL,
  view     TEXT NOT NULL,
  content  TEXT NOT NULL,
  made     TEXT NOT NULL,
  planned  TEXT,              -- when its parcels were planned
  PRIMARY KEY (issue, number)
) STRICT;

CREATE TABLE withdrawal (
  -- An issue that was called back (撤回), and the notice that says so.
  issue    INTEGER PRIMARY KEY REFERENCES issue (id),
  reason   TEXT NOT NULL,
  date     TEXT NOT NULL,
  signed_by TEXT,             -- 签发, where somebody released it
  path     TEXT NOT NULL,
  pages    INTEGER NOT NULL,
  pdf      TEXT NOT NULL,
  made     TEXT NOT NULL,
  planned  TEXT
) STRICT;

CREATE TABLE new_parcel (
  -- Files on their way to one recipient through one channel.
  key       TEXT PRIMARY KEY,  -- the same for the same files, recipient and channel
  issue     INTEGER NOT NULL REFERENCES issue (id),  -- the first, where it has several
  kind      TEXT NOT NULL DEFAULT 'issue' CHECK (kind IN ('issue', 'digest', 'correction', 'withdrawal', 'again')),
  recipient TEXT NOT NULL,
  channel   TEXT NOT NULL,
  address   TEXT NOT NULL,
  pdf       TEXT NOT NULL,     -- SHA-256 of the file that is sent, and of no other; the first, where it has several
  state     TEXT NOT NULL CHECK (state IN (
    'held',      -- the address is new: somebody must approve it once
    'ready',     -- to be sent, or sent again when it is due
    'sending',   -- a process is at it, or was when it ended
    'accepted',  -- the other side took it
    'failed',    -- refused for good
    'unknown',   -- the line or the process broke between the last byte and the answer
    'cancelled'  -- not to be sent any more: its issue was corrected or withdrawn, or its recipient taken out, before it left
  )),
  phase     TEXT CHECK (phase IN ('sending', 'data-sent')),  -- written before the socket, and before the last byte
  attempts  INTEGER NOT NULL DEFAULT 0,
  due       TEXT,
  receipt   TEXT,              -- what the other side said when it took it
  reason    TEXT,
  planned   TEXT NOT NULL,
  changed   TEXT NOT NULL
) STRICT;
INSERT INTO new_parcel SELECT key, issue, 'issue', recipient, channel, address, pdf, state, phase, attempts, due, receipt, reason, planned, changed
  FROM parcel ORDER BY rowid;
DROP TABLE parcel;
ALTER TABLE new_parcel RENAME TO parcel;
CREATE INDEX parcel_unsent ON parcel (state) WHERE state IN ('ready', 'sending', 'held', 'unknown');
CREATE INDEX parcel_of ON parcel (issue);
-- How often it went out again by itself after nobody knew whether it had arrived.
ALTER TABLE parcel ADD COLUMN resent INTEGER NOT NULL DEFAULT 0;

CREATE TABLE enclosure (
  -- The files of a parcel after the first, in their order.
  parcel TEXT NOT NULL REFERENCES parcel (key),
  place  INTEGER NOT NULL,  -- 2 for the second file
  issue  INTEGER NOT NULL REFERENCES issue (id),
  pdf    TEXT NOT NULL,
  PRIMARY KEY (parcel, place)
) STRICT;
CREATE INDEX enclosure_of ON enclosure (issue);

CREATE VIEW file AS
  -- Every file that was printed of an issue: 0 as it was first, then its corrections; what a signature made of the first is one more.
  SELECT id AS issue, 0 AS edition, path, pdf, content FROM issue WHERE path IS NOT NULL
  UNION ALL SELECT id, 0, signed_path, signed, content FROM issue WHERE signed_path IS NOT NULL
  UNION ALL SELECT issue, number, path, pdf, content FROM correction;

CREATE VIEW carried AS
  -- Every file of every parcel.
  SELECT key AS parcel, issue, pdf FROM parcel
  UNION ALL SELECT parcel, issue, pdf FROM enclosure;
";

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::*;
    use crate::ledger::Ledger;

    /// Tables that are made anew keep their rows and what refers to them.
    #[test]
    fn a_ledger_of_the_second_version_is_brought_up_to_date_with_all_its_rows() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("state.db");
        let old = Connection::open(&path).expect("a database");
        old.execute_batch(FIRST).and_then(|()| old.execute_batch(SECOND)).expect("tables");
        old.execute_batch(
            "INSERT INTO occurrence VALUES (7, 'monthly', 'n', 'f', '2026-10', 'schedule', 'issued', NULL, 'r', 'e');
             INSERT INTO task VALUES (7, 'region', 'jia', 'issued', NULL, 1, NULL, 'said');
             INSERT INTO issue (id, document, subject, period, year, number, total, state, occurrence, date, reserved)
               VALUES (3, 'region', 'jia', '2026-10', 2026, 1, 1, 'issued', 7, '2026-11-06', 'r');
             INSERT INTO parcel VALUES ('k', 3, 'office', 'mail', 'a@b', 'd', 'accepted', NULL, 1, NULL, '250', NULL, 'p', 'c');",
        )
        .expect("rows");
        old.pragma_update(None, "application_id", APPLICATION).expect("a mark");
        old.pragma_update(None, "user_version", 2).expect("a version");
        drop(old);

        drop(Ledger::open(folder.path()).expect("it is brought up to date"));

        let new = Connection::open(&path).expect("a database");
        let ask = |query: &str| new.query_row(query, [], |row| row.get::<_, String>(0)).expect("a row");
        assert_eq!(ask("SELECT group_concat(id || state || ended) FROM occurrence"), "7issuede");
        assert_eq!(ask("SELECT group_concat(occurrence || state || message) FROM task"), "7issuedsaid");
        assert_eq!(
            ask("SELECT group_concat(key || issue || kind || receipt || changed) FROM parcel"),
            "k3issue250c"
        );
        assert_eq!(ask("SELECT count(*) || '' FROM pragma_foreign_key_check"), "0");
        assert!(new.execute("UPDATE issue SET occurrence = 8", []).is_err(), "references are kept");
    }
}
