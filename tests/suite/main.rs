//! The integration tests, one binary: linking Typst is slow.
//!
//! `INSTA_UPDATE=always cargo test --test suite` writes the snapshots of `tests/snapshots` anew; read the difference before it is kept.
//! A test that cannot run says why (`skipped: needs …`); `REPORT_TESTS=all` turns that into a failure. `REPORT_FONTS` names another
//! folder of faces than `fonts/`.

#![expect(clippy::disallowed_methods, reason = "tests read the environment and write the files they break")]
#![expect(clippy::print_stderr, clippy::disallowed_macros, reason = "a test that is skipped says so")]

mod accessible;
mod alarms;
mod approval;
mod approval_kills;
mod asked;
mod beats;
mod broken;
mod catching_up;
mod channels;
mod channels_http;
mod channels_wecom;
mod characters;
mod children;
mod clockwork;
mod command_line;
mod confined;
mod conformance;
mod copies;
mod counter;
mod daemons;
mod demo_year;
mod digests;
mod distributed;
mod doctor_online;
mod email;
mod email_faults;
mod email_relays;
mod failures;
mod faulty_relay;
mod golden;
mod grid;
mod hostile;
mod house;
mod images;
mod kept;
mod killed;
mod killed_ticks;
mod languages_beats;
mod ledger;
mod linked;
mod listener;
mod listing;
mod locked;
mod long_run;
mod long_table;
mod mail_parts;
mod mail_servers;
mod mended;
mod mended_together;
mod mistakes;
mod mistakes_kept;
mod mutated;
mod new_region;
mod numbered;
mod numbers;
mod office;
mod once;
mod outbox;
mod outbox_ends;
mod outbox_kills;
mod outbox_lines;
mod outbox_mail;
mod own_printer;
mod page;
mod paper;
mod pdf;
mod pdf_form;
mod pdf_text;
mod print;
mod print_faults;
mod printed_digits;
mod printers;
mod project;
mod ranked;
mod recalled;
mod redelivered;
mod same_bytes;
mod shifted;
mod shipped;
mod signed;
mod sink;
mod styles;
mod styles_modern;
mod swept;
mod ticks;
mod tools;
mod triggers;
mod verified;
mod watched;
