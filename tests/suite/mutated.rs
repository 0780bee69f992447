//! Three hundred random changes of the shipped regions, the same ones on every run: each is read without a panic, and what is wrong has
//! its place in the file.
//!
//! Faults that people make are in `broken`; files that are no TOML in `hostile`.

use std::fs;

use briefing::casefile::{RegionFile, keys, load, parse};
use briefing::diag::{Colour, Diagnostics, MessageFormat, render};
use briefing::model::{CaseBook, Language, Region};
use briefing::pipeline::with_room;

use crate::project::Project;

/// A generator that gives the same numbers everywhere (xorshift64*).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let number = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        usize::try_from(number).expect("31 bits") % limit
    }
}

/// What TOML and the model are likely to stumble over.
const STUMBLES: [&str; 20] = [
    "\"", "'", "[", "]", "[[", "{", "}", "=", "\n", "#", "\\", "\"\"\"", "-", "1e400", "\0", "。",
    "\u{feff}", "\r", "true", "= {a = [",
];

/// One to four changes: a byte, a stumble, a piece gone, a piece twice.
fn mutate(original: &[u8], random: &mut Random) -> Vec<u8> {
    let mut bytes = original.to_vec();
    for _ in 0..=random.below(4) {
        let at = random.below(bytes.len());
        let end = (at + 1 + random.below(40)).min(bytes.len());
        match random.below(5) {
            0 => bytes[at] = u8::try_from(random.below(256)).expect("a byte"),
            1 | 2 => {
                let stumble = STUMBLES[random.below(STUMBLES.len())];
                bytes.splice(at..at, stumble.bytes());
            }
            3 => {
                bytes.drain(at..end);
            }
            _ => {
                let piece = bytes[at..end].to_vec();
                let to = random.below(bytes.len());
                bytes.splice(to..to, piece);
            }
        }
    }
    bytes
}

#[test]
fn three_hundred_changes_never_panic() {
    let project = Project::shipped();
    let book = CaseBook::open(&project.path("data"), Language::Simplified, &mut Diagnostics::new());
    assert!(book.regions.len() >= 4, "{:?}", book.regions);
    let originals: Vec<(String, Vec<u8>)> = book
        .regions
        .iter()
        .map(|id| (id.clone(), fs::read(book.region_path(id)).expect("a region")))
        .collect();
    let path = project.path("mutant.toml");
    let mut random = Random(20_261_130);
    let (mut told, mut silent) = (0, 0);
    for round in 0..300 {
        let (id, original) = &originals[round % originals.len()];
        let mutant = mutate(original, &mut random);
        fs::write(&path, &mutant).expect("a file");
        let read = || {
            let mut diagnostics = Diagnostics::new();
            if let Some(file) = load(&path, "mutant.toml", &mut diagnostics)
                && let Some(table) = parse(&file, &mut diagnostics)
            {
                let entries: RegionFile = keys(&file, table, &mut diagnostics);
                Region::read(&file, id, &entries, &book.catalogue, &mut diagnostics);
            }
            diagnostics.sort();
            [MessageFormat::Human, MessageFormat::Json, MessageFormat::Short]
                .map(|f| render(&diagnostics, f, Colour::Never))
        };
        let messages = std::panic::catch_unwind(|| with_room(read).expect("a thread"));
        let Ok([_, json, _]) = messages else {
            let kept = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("mutant-{round}.toml"));
            fs::write(&kept, &mutant).expect("a file");
            panic!("round {round}: {id}, kept as {}", kept.display());
        };
        if json.is_empty() {
            silent += 1;
        } else {
            told += 1;
        }
        for line in json.lines() {
            let message: serde_json::Value = serde_json::from_str(line).expect("one object a line");
            let named =
                message["file"] == "mutant.toml" || message["message"].to_string().contains("`mutant.toml`");
            assert!(named, "round {round}: {line} names no file");
        }
    }
    // Some changes fall into notes and comments; most do not.
    assert!(told > 150 && silent > 0, "{told} told, {silent} silent");
}
