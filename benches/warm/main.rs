//! CPU time of one warm document, of two programs or two sets of files against each other, in paired rounds.
//!
//!     cargo bench --bench warm -- [--rounds N] [--at-most RATIO] LABEL SIDE SIDE
//!
//! A SIDE is a list of `key=value` with commas between: `report` (the program), `workspace`, `templates`, `fonts`, `views` (the folder
//! of a month as that program wrote it: `region/x.json` and so on), and if wanted `style`, `lang` and `standard` (`a-2a`, `1.7`). What a
//! side does not say it takes from the one before it.
//!
//! Each side is a worker, `report work`, which stays as it would in a run: it sets all views in turn, and none again before all others,
//! so that what `evict(1)` keeps cannot help. The first round warms up and does not count. What is printed is a row of a table: medians
//! of the CPU time of a document (all threads of the worker, user and system) and the median of the ratios of the rounds.

#![expect(
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a program of its own: it reads its arguments and prints a row"
)]

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitCode, Stdio};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Documents of a round at least: the kernel counts CPU time in hundredths of a second.
const ROUND: usize = 40;
/// The kernel's unit of CPU time in `/proc`, in milliseconds: `USER_HZ` is 100 on every architecture that it runs on.
const TICK: f64 = 10.0;

fn main() -> ExitCode {
    match run(std::env::args().skip(1).filter(|a| a != "--bench").collect()) {
        Ok(row) => {
            say(&row);
            ExitCode::SUCCESS
        }
        Err(e) => {
            say(&format!("warm: {e}"));
            ExitCode::FAILURE
        }
    }
}

fn say(words: &str) {
    println!("{words}");
}

fn run(mut arguments: Vec<String>) -> Result<String> {
    let rounds = option(&mut arguments, "--rounds")?.map_or(Ok(9), |n| n.parse())?;
    let limit = option(&mut arguments, "--at-most")?;
    let [label, before, after] = arguments.try_into().map_err(|_| "usage: warm LABEL SIDE SIDE")?;
    let mut said = BTreeMap::new();
    let mut before = Side::start(&before, &mut said)?;
    let mut after = Side::start(&after, &mut said)?;
    before.round()?;
    after.round()?;
    let (mut old, mut new, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..rounds {
        // Each goes first as often as the other.
        let (a, b) = if round % 2 == 0 {
            let a = before.round()?;
            (a, after.round()?)
        } else {
            let b = after.round()?;
            (before.round()?, b)
        };
        old.push(a);
        new.push(b);
        ratios.push(b / a);
    }
    let limit = limit.map_or(String::new(), |limit| format!(" {limit} |"));
    Ok(format!(
        "| {label} | {} | {:.1} ms | {:.1} ms | {:.2} |{limit}",
        before.views.len(),
        median(old),
        median(new),
        median(ratios)
    ))
}

/// Takes an option with its value out of the arguments.
fn option(arguments: &mut Vec<String>, name: &str) -> Result<Option<String>> {
    let Some(at) = arguments.iter().position(|a| a == name) else { return Ok(None) };
    if at + 1 == arguments.len() {
        return Err(format!("{name} takes a value").into());
    }
    arguments.remove(at);
    Ok(Some(arguments.remove(at)))
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len() % 2 == 1 { values[middle] } else { (values[middle - 1] + values[middle]) / 2.0 }
}

/// A worker with the documents it is asked for.
struct Side {
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    standard: String,
    /// The template of each view, and the view.
    views: Vec<(String, Vec<u8>)>,
}

impl Side {
    fn start(words: &str, said: &mut BTreeMap<String, String>) -> Result<Self> {
        for entry in words.split(',') {
            let (key, value) = entry.split_once('=').ok_or_else(|| format!("{entry}: not key=value"))?;
            said.insert(key.to_owned(), value.to_owned());
        }
        let get = |key: &str| said.get(key).ok_or_else(|| format!("a side needs {key}="));
        let mut command = Command::new(get("report")?);
        for (flag, key) in [("-C", "workspace"), ("--templates", "templates"), ("--fonts", "fonts")] {
            command.arg(flag).arg(get(key)?);
        }
        for (flag, key) in [("--style", "style"), ("--lang", "lang")] {
            if let Some(value) = said.get(key) {
                command.arg(flag).arg(value);
            }
        }
        // As the program starts its workers, without a limit that matters.
        for (key, value) in [
            ("MIMALLOC_ARENA_EAGER_COMMIT", "0"),
            ("MIMALLOC_ARENA_RESERVE", "0"),
            ("RAYON_NUM_THREADS", "1"),
        ] {
            command.env(key, value);
        }
        command.args(["work", "--memory", "8589934592", "--parent"]);
        command.arg(std::process::id().to_string());
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let to = child.stdin.take().ok_or("no pipe")?;
        let from = BufReader::new(child.stdout.take().ok_or("no pipe")?);
        let standard = said.get("standard").map_or("a-2a", String::as_str).to_owned();
        let views = views(Path::new(get("views")?))?;
        Ok(Self { child, to, from, standard, views })
    }

    /// Sets every view as often as makes a round; gives the milliseconds of CPU time of one document.
    fn round(&mut self) -> Result<f64> {
        let times = ROUND.div_ceil(self.views.len());
        let start = self.ticks()?;
        for _ in 0..times {
            for at in 0..self.views.len() {
                self.set(at)?;
            }
        }
        let ticks = self.ticks()? - start;
        Ok(f64::from(ticks) * TICK / (times * self.views.len()) as f64)
    }

    /// Sets one view and throws the document away.
    fn set(&mut self, at: usize) -> Result<()> {
        let (main, view) = &self.views[at];
        let question = serde_json::json!({
            "main": main, "today": "2026-11-30", "ident": format!("warm-{at}"), "standard": self.standard, "view": view.len(),
        });
        writeln!(self.to, "{question}")?;
        self.to.write_all(view)?;
        self.to.flush()?;
        let mut line = String::new();
        self.from.read_line(&mut line)?;
        let answer: serde_json::Value = serde_json::from_str(&line)?;
        let Some(length) = answer["pdf"].as_u64() else {
            return Err(format!("{main}: no document: {}", answer["messages"]).into());
        };
        let mut pdf = vec![0; usize::try_from(length)?];
        self.from.read_exact(&mut pdf)?;
        Ok(())
    }

    /// CPU time that the worker has taken so far.
    fn ticks(&self) -> Result<u32> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        // The name of the program stands in brackets and may hold blanks; user and system time are fields 14 and 15.
        let fields = stat.rsplit(')').next().unwrap_or_default().split_ascii_whitespace();
        Ok(fields.skip(11).take(2).map(str::parse::<u32>).sum::<std::result::Result<_, _>>()?)
    }
}

impl Drop for Side {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The views of a folder, each with its template: those below `region/` are set by `region/main.typ`.
fn views(folder: &Path) -> Result<Vec<(String, Vec<u8>)>> {
    let mut found: Vec<(String, PathBuf)> = Vec::new();
    for kind in fs::read_dir(folder)? {
        let kind = kind?;
        for file in fs::read_dir(kind.path())? {
            let path = file?.path();
            if path.extension().is_some_and(|e| e == "json") {
                found.push((format!("{}/main.typ", kind.file_name().to_string_lossy()), path));
            }
        }
    }
    found.sort();
    // Fewer than three, and what the last but one left behind would still be there.
    if found.len() < 3 {
        return Err(format!("{}: fewer than three views", folder.display()).into());
    }
    found.into_iter().map(|(main, path)| Ok((main, fs::read(path)?))).collect()
}
