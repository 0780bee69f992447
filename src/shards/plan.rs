//! `plan.json`: what is to be made, with its number, its date and its shard; JSON with a line for each document, so that a shard reads
//! past those of the others.
//!
//! What stands in a plan is decided by `drawing`.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::ShardError;
use crate::disk::{self, PathError};
use crate::model::{Language, Period, Subject};
use crate::pipeline::{Document, Order, Pipeline, Stamp, Wish};
use crate::settings::{Sides, Standard};
use crate::typeset::Recipe;
use crate::views::{Numbered, Part};

/// The newest form of plans.
const FORMAT: u32 = 1;

/// Why the words of a plan can be understood.
const CHECKED: &str = "who read the plan has looked at its words";

const OPENS: &str = "{\"head\":";
const LIST: &str = "\"documents\":[";
const CLOSES: &str = "]}";

/// What holds of all documents of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Head {
    /// The version of this form.
    pub format: u32,
    /// How many shards there are.
    pub shards: usize,
    /// How many documents.
    pub documents: usize,
    /// What they are about.
    pub period: String,
    /// Whether they are issues, with numbers of the ledger; else drafts.
    pub numbered: bool,
    /// How much of each is wanted: `all`, `body`.
    pub part: String,
    /// What the files conform to.
    pub standard: String,
    /// How many sides of a sheet are printed, where that is not what the settings say.
    pub sides: Option<String>,
    /// The house style, where it was named.
    pub style: Option<String>,
    /// Their language.
    pub language: String,
    /// SHA-256 of `report.toml`.
    pub settings: String,
    /// SHA-256 over the files of the data that all documents share.
    pub shared: String,
    /// Program, typesetter, templates and faces.
    pub recipe: Recipe,
}

/// A document of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Planned {
    /// The shard that makes it, counted from 1. It stands first: by it others read past the line.
    pub shard: usize,
    /// The kind of document.
    pub document: String,
    /// What names its files.
    pub subject: String,
    /// Its places.
    pub members: Vec<String>,
    /// Its title, where no text gives one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Whether a text may belong to it.
    pub text: bool,
    /// The channels by which it leaves, where that is settled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channels: Option<Vec<String>>,
    /// 第N期 and 总第N期 of an issue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<(u32, u32)>,
    /// The date on it, as 2026-11-30.
    pub date: String,
    /// SHA-256 of its view before it was numbered: other data give another.
    pub view: String,
}

/// A whole plan.
#[derive(Debug, Clone)]
pub struct Plan {
    /// What holds of all documents.
    pub head: Head,
    /// The documents, in their order.
    pub documents: Vec<Planned>,
    /// SHA-256 of the file; a shard says by it what it belongs to.
    pub id: String,
}

/// Reads a plan, or what one shard needs of it.
#[derive(Debug, Clone)]
pub struct Reader {
    path: PathBuf,
}

impl Head {
    /// The form that this version writes.
    pub(super) const FORMAT: u32 = FORMAT;

    /// The language of the documents.
    pub fn language(&self) -> Language {
        Language::parse(&self.language).expect(CHECKED)
    }

    /// How the documents are to be made, so many at a time.
    pub fn wish(&self, jobs: usize) -> Wish {
        self.known_wish(jobs).expect(CHECKED)
    }

    /// The same; none where a word is not known to this version.
    fn known_wish(&self, jobs: usize) -> Option<Wish> {
        let sides = match &self.sides {
            Some(sides) => Some(Sides::parse(sides)?),
            None => None,
        };
        Some(Wish {
            // Each document has a date of its own.
            as_of: NaiveDate::default(),
            as_of_given: true,
            period: Period::parse(&self.period)?,
            number: None,
            part: [Part::All, Part::Body].into_iter().find(|part| part.name() == self.part)?,
            standard: Some(Standard::parse(&self.standard)?),
            force: false,
            jobs,
            deny: Vec::new(),
            held: false,
            copy: false,
            sides,
            people: Vec::new(),
        })
    }
}

impl Planned {
    /// The document to make.
    pub fn order(&self) -> Order {
        self.known_order().expect(CHECKED)
    }

    /// The same; none where its kind is not known to this version, or its date is none.
    fn known_order(&self) -> Option<Order> {
        Some(Order {
            document: Document::ALL.into_iter().find(|kind| kind.name() == self.document)?,
            subject: self.subject.clone(),
            members: self.members.iter().map(|member| Subject::parse(member)).collect(),
            title: self.title.clone(),
            has_text: self.text,
            channels: self.channels.clone(),
            stamp: Some(Stamp {
                number: self.number.map(|(number, total)| Numbered { number, total: Some(total) }),
                date: self.date.parse().ok()?,
            }),
        })
    }

    /// Its path within the output folder.
    pub fn path(&self, wish: &Wish, language: Language) -> String {
        Pipeline::path_of(&self.order(), wish, language)
    }
}

impl Plan {
    /// A plan with the bytes of its file.
    pub(super) fn new(head: Head, documents: Vec<Planned>) -> (Self, Vec<u8>) {
        let json = |value: serde_json::Result<String>| value.expect("strings and numbers always serialise");
        let mut text = format!("{OPENS}{},\n{LIST}\n", json(serde_json::to_string(&head)));
        for (at, document) in documents.iter().enumerate() {
            text.push_str(&json(serde_json::to_string(document)));
            text.push_str(if at + 1 < documents.len() { ",\n" } else { "\n" });
        }
        text.push_str(CLOSES);
        text.push('\n');
        let id = disk::sha256(text.as_bytes());
        (Self { head, documents, id }, text.into_bytes())
    }
}

impl Reader {
    /// A reader of the plan in a file.
    pub fn of(path: &Path) -> Self {
        Self { path: path.to_owned() }
    }

    /// The whole plan.
    ///
    /// # Errors
    /// When the file cannot be read, or is not as it was written.
    pub fn whole(&self) -> Result<Plan, ShardError> {
        self.read(None)
    }

    /// The plan with the documents of one shard only.
    ///
    /// # Errors
    /// As [`Reader::whole`], and when the plan has no such shard.
    pub fn shard(&self, shard: usize) -> Result<Plan, ShardError> {
        let plan = self.read(Some(shard))?;
        let shards = plan.head.shards;
        if shard == 0 || shard > shards {
            return Err(ShardError::NoShard { shard, shards });
        }
        Ok(plan)
    }

    fn read(&self, only: Option<usize>) -> Result<Plan, ShardError> {
        let fail = |e| PathError::new("read", &self.path, e);
        let mut file = BufReader::with_capacity(1 << 20, File::open(&self.path).map_err(fail)?);
        let mut digest = Sha256::new();
        let mut line = String::new();
        let mut next = |line: &mut String| -> Result<bool, ShardError> {
            line.clear();
            let read = file.read_line(line).map_err(fail)?;
            digest.update(line.as_bytes());
            Ok(read > 0)
        };
        next(&mut line)?;
        let head = self.head(&line)?;
        next(&mut line)?;
        if line.trim_end() != LIST {
            return Err(self.broken("the list of its documents is missing"));
        }
        let own = only.map(|shard| format!("{{\"shard\":{shard},"));
        let (mut documents, mut count) = (Vec::new(), 0);
        loop {
            if !next(&mut line)? {
                return Err(self.broken("it is cut off"));
            }
            if line.trim_end() == CLOSES {
                break;
            }
            count += 1;
            if own.as_ref().is_some_and(|own| !line.starts_with(own)) {
                continue;
            }
            let text = line.trim_end().trim_end_matches(',');
            let document: Planned =
                serde_json::from_str(text).map_err(|e| self.broken(&format!("document {count}: {e}")))?;
            if document.known_order().is_none() {
                return Err(
                    self.broken(&format!("document {count} is of a kind, or of a date, that is not known"))
                );
            }
            documents.push(document);
        }
        if count != head.documents {
            return Err(self.broken(&format!("it names {} documents and has {count}", head.documents)));
        }
        if next(&mut line)? {
            return Err(self.broken("something follows its end"));
        }
        let id = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Plan { head, documents, id })
    }

    fn head(&self, line: &str) -> Result<Head, ShardError> {
        let text = line.trim_end().strip_prefix(OPENS).and_then(|text| text.strip_suffix(','));
        let text = text.ok_or_else(|| self.broken("its first line is not that of a plan"))?;
        let value: serde_json::Value = serde_json::from_str(text).map_err(|e| self.broken(&e.to_string()))?;
        let format = value["format"].as_u64().and_then(|format| u32::try_from(format).ok());
        if let Some(format) = format.filter(|format| *format > FORMAT) {
            return Err(ShardError::Newer { path: self.path.clone(), format });
        }
        let head: Head = serde_json::from_value(value).map_err(|e| self.broken(&e.to_string()))?;
        if head.known_wish(1).is_none() || Language::parse(&head.language).is_none() || head.shards == 0 {
            return Err(self.broken("its first line has a word that is not known"));
        }
        Ok(head)
    }

    fn broken(&self, why: &str) -> ShardError {
        ShardError::NoPlan { path: self.path.clone(), why: why.to_owned() }
    }
}
