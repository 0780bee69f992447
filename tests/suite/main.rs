//! The integration tests, one binary: linking Typst is slow.
//!
//! `INSTA_UPDATE=always cargo test --test suite` writes the snapshots of `tests/snapshots` anew; read the difference before it is kept.
//! A test that cannot run says why (`skipped: needs …`); `REPORT_TESTS=all` turns that into a failure. `REPORT_FONTS` names another
//! folder of faces than `fonts/`.

#![expect(clippy::disallowed_methods, reason = "tests read the environment and write the files they break")]
#![expect(clippy::print_stderr, clippy::disallowed_macros, reason = "a test that is skipped says so")]

mod broken;
mod characters;
mod children;
mod command_line;
mod failures;
mod golden;
mod grid;
mod hostile;
mod house;
mod killed;
mod listing;
mod mended;
mod mutated;
mod new_region;
mod own_printer;
mod page;
mod pdf;
mod pdf_form;
mod pdf_text;
mod print;
mod print_faults;
mod printed_digits;
mod printers;
mod project;
mod ranked;
mod same_bytes;
mod shipped;
mod tools;
mod triggers;
