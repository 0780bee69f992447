//! Drawing up a plan: which of the wanted documents are to be made, in which order, with which numbers and by which shard.
//!
//! The file that says so is left to `plan`, making the documents to `making`.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};

use super::ShardError;
use super::plan::{Head, Plan, Planned};
use crate::diag::{Diagnostics, Warned};
use crate::disk;
use crate::ledger::{Fresh, Issue, IssueState, Ledger, Manifest};
use crate::pipeline::{Document, Examined, Order, Pipeline, Stamp, Wish};
use crate::schedule::Schedule;

/// What is wanted of a plan.
pub struct Drawing<'a> {
    /// The documents.
    pub orders: Vec<Order>,
    /// How they are to be made; its day is the date of those that have none yet.
    pub wish: &'a Wish,
    /// Among how many shards they are shared out.
    pub shards: usize,
    /// Whether to number what says nothing new since its last issue.
    pub even_if_unchanged: bool,
    /// Who else issues these documents.
    pub schedules: &'a [Schedule],
}

/// A plan that was drawn up.
#[derive(Debug)]
pub struct Drawn {
    /// The plan with the bytes of its file; none where nothing is to be made.
    pub plan: Option<(Plan, Vec<u8>)>,
    /// What was wanted and is not planned.
    pub left: Vec<(Order, Left)>,
    /// What was found on the way.
    pub diagnostics: Diagnostics,
}

/// Why a document is not planned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Left {
    /// It was issued for this period, under this number.
    Issued(u32),
    /// Its issue of this period was called back.
    Withdrawn,
    /// A schedule has its number and is making it.
    Scheduled,
    /// A draft of it waits for a signature.
    Held,
    /// It would say what its last issue says.
    Unchanged,
    /// The diagnostics say what is wrong.
    Refused,
}

impl Left {
    /// In words, after the name of the document.
    pub fn words(&self) -> String {
        match self {
            Self::Issued(number) => format!("was issued as no. {number}"),
            Self::Withdrawn => {
                "was issued and called back: `report run` issues it anew, under a number of its own"
                    .to_owned()
            }
            Self::Scheduled => "is being issued by a schedule".to_owned(),
            Self::Held => "has a draft that waits for a signature (待签发)".to_owned(),
            Self::Unchanged => "has nothing new since its last issue (本期无新资料)".to_owned(),
            Self::Refused => "has errors, and gets no number".to_owned(),
        }
    }
}

/// Draws up a plan. With a ledger, which must be held under the lease, each document gets the number that is reserved for it, or the next
/// one; without, all are drafts. `told` hears of each document that was examined.
///
/// # Errors
/// When somebody signs one of the documents, or the ledger or the output folder cannot be used.
pub fn draw(
    pipeline: &Pipeline,
    ledger: Option<&mut Ledger>,
    wanted: Drawing<'_>,
    now: DateTime<Utc>,
    told: &(dyn Fn() + Sync),
) -> Result<Drawn, ShardError> {
    let Drawing { orders, wish, shards, even_if_unchanged, schedules } = wanted;
    let known = match &ledger {
        Some(ledger) => {
            refuse_signed(&orders, schedules)?;
            Known::of_issues(ledger, wish)?
        }
        None => Known::of_drafts(pipeline, &orders, wish)?,
    };
    let mut left = Vec::new();
    let mut open = Vec::new();
    for mut order in orders {
        match known.why_not(&order) {
            Some(why) => left.push((order, why)),
            None => {
                let date = known.reserved.get(&key(&order)).map_or(wish.as_of, |issue| issue.date);
                order.stamp = Some(Stamp { number: None, date });
                open.push(order);
            }
        }
    }
    let mut diagnostics = Diagnostics::new();
    let mut sound: Vec<(Order, Examined)> = Vec::new();
    let examined = pipeline.examine(&open, wish, told)?;
    for (order, Warned { output, diagnostics: found }) in open.into_iter().zip(examined) {
        diagnostics.extend(found);
        match output {
            None => left.push((order, Left::Refused)),
            Some(examined) if !even_if_unchanged && known.says(&order, &examined.content) => {
                left.push((order, Left::Unchanged));
            }
            Some(examined) => sound.push((order, examined)),
        }
    }
    let kind = |order: &Order| Document::ALL.iter().position(|kind| *kind == order.document);
    sound.sort_by(|(one, a), (other, b)| {
        (kind(one), a.rank, &one.subject).cmp(&(kind(other), b.rank, &other.subject))
    });
    let numbered = ledger.is_some();
    if let Some(ledger) = ledger {
        number(ledger, &mut sound, &known, wish, now)?;
        // By their numbers: a document that joins a later plan comes last of its kind, and moves no other to another shard.
        sound.sort_by_key(|(order, _)| (kind(order), order.stamp.and_then(|stamp| stamp.number?.total)));
    }
    let plan = (!sound.is_empty())
        .then(|| Plan::new(head(pipeline, wish, shards, sound.len(), numbered), shared_out(sound, shards)));
    Ok(Drawn { plan, left, diagnostics })
}

/// Each document with its shard, in turn: those that lie side by side are alike in size and go to different shards.
fn shared_out(sound: Vec<(Order, Examined)>, shards: usize) -> Vec<Planned> {
    let planned = |(at, (order, examined)): (usize, (Order, Examined))| Planned {
        shard: at % shards + 1,
        document: order.document.name().to_owned(),
        subject: order.subject,
        members: order.members.iter().map(ToString::to_string).collect(),
        title: order.title,
        text: order.has_text,
        channels: order.channels,
        number: order.stamp.and_then(|stamp| stamp.number).and_then(|n| Some((n.number, n.total?))),
        date: order.stamp.map_or_else(String::new, |stamp| stamp.date.to_string()),
        view: examined.view,
    };
    sound.into_iter().enumerate().map(planned).collect()
}

fn head(pipeline: &Pipeline, wish: &Wish, shards: usize, documents: usize, numbered: bool) -> Head {
    let workspace = pipeline.workspace();
    Head {
        format: Head::FORMAT,
        shards,
        documents,
        period: wish.period.to_string(),
        numbered,
        part: wish.part.name().to_owned(),
        standard: wish.standard.unwrap_or(pipeline.settings().standard).name().to_owned(),
        sides: wish.sides.map(|sides| sides.name().to_owned()),
        style: workspace.style.clone(),
        language: pipeline.language().tag().to_owned(),
        settings: settings_digest(pipeline),
        shared: shared_digest(pipeline),
        recipe: pipeline.engine().recipe().clone(),
    }
}

/// SHA-256 of `report.toml`, which may be missing.
pub(super) fn settings_digest(pipeline: &Pipeline) -> String {
    disk::sha256(&disk::read(&pipeline.workspace().settings).unwrap_or_default())
}

/// SHA-256 over the files at the top of the data, which all documents share. What a document has of its own shows in its view.
pub(super) fn shared_digest(pipeline: &Pipeline) -> String {
    let mut all = String::new();
    let data = &pipeline.workspace().data;
    for folder in [data.clone(), data.join("en")] {
        for path in disk::list(&folder, "toml").unwrap_or_default() {
            let name = path.strip_prefix(data).unwrap_or(&path).display().to_string();
            let digest = disk::sha256(&disk::read(&path).unwrap_or_default());
            all.push_str(&format!("{name} {digest}\n"));
        }
    }
    disk::sha256(all.as_bytes())
}

/// Documents that somebody signs get their number by the signature, and by nothing else.
fn refuse_signed(orders: &[Order], schedules: &[Schedule]) -> Result<(), ShardError> {
    let signing = schedules.iter().filter(|schedule| schedule.approval);
    let mut signed: BTreeMap<(&str, &str), &str> = BTreeMap::new();
    for schedule in signing {
        let of = schedule.orders.iter().map(|order| (order.document.name(), order.subject.as_str()));
        signed.extend(of.map(|document| (document, schedule.id.as_str())));
    }
    let found = orders.iter().find_map(|order| {
        let schedule = signed.get(&(order.document.name(), order.subject.as_str()))?;
        Some((order, (*schedule).to_owned()))
    });
    match found {
        None => Ok(()),
        Some((order, schedule)) => {
            let (document, subject) = (order.document.name(), order.subject.clone());
            Err(ShardError::Signed { document, subject, schedule })
        }
    }
}

type Key = (String, String);

fn key(order: &Order) -> Key {
    (order.document.name().to_owned(), order.subject.clone())
}

/// What the ledger knows of the documents of a period.
#[derive(Default)]
struct Known {
    /// Numbers that an earlier plan reserved.
    reserved: BTreeMap<Key, Issue>,
    others: BTreeMap<Key, Left>,
    /// What the last issues say.
    said: BTreeMap<Key, String>,
}

impl Known {
    fn of_issues(ledger: &Ledger, wish: &Wish) -> Result<Self, ShardError> {
        let period = wish.period.to_string();
        let mut known = Self { said: ledger.last_contents()?, ..Self::default() };
        // In their order: what came after a withdrawal or a void number counts.
        for issue in ledger.issues_of(&period)? {
            let key = (issue.document.clone(), issue.subject.clone());
            match issue.state {
                IssueState::Void => {}
                _ if issue.withdrawn.is_some() => drop(known.others.insert(key, Left::Withdrawn)),
                IssueState::Issued => drop(known.others.insert(key, Left::Issued(issue.number.number))),
                IssueState::Reserved if issue.occurrence.is_some() => {
                    known.others.insert(key, Left::Scheduled);
                }
                IssueState::Reserved => drop(known.reserved.insert(key, issue)),
            }
        }
        for draft in ledger.drafts()?.into_iter().filter(|draft| draft.period == period) {
            known.others.entry((draft.document, draft.subject)).or_insert(Left::Held);
        }
        Ok(known)
    }

    /// A draft of what was issued would lie beside it under another name, which depends on what lies there: that is left to `generate`.
    fn of_drafts(pipeline: &Pipeline, orders: &[Order], wish: &Wish) -> Result<Self, ShardError> {
        let mut known = Self::default();
        let manifest = Manifest::read(&pipeline.workspace().out)?;
        for order in orders {
            let path = Pipeline::path_of(order, wish, pipeline.language());
            if let Some(entry) = manifest.entries.get(&path).filter(|entry| entry.total.is_some()) {
                known.others.insert(key(order), Left::Issued(entry.number.unwrap_or_default()));
            }
        }
        Ok(known)
    }

    fn why_not(&self, order: &Order) -> Option<Left> {
        self.others.get(&key(order)).cloned()
    }

    /// Whether the last issue says the same. What has its number already is made.
    fn says(&self, order: &Order, content: &str) -> bool {
        let key = key(order);
        !self.reserved.contains_key(&key) && self.said.get(&key).is_some_and(|said| said == content)
    }
}

/// Gives each document the number that is reserved for it; those that have none get the next ones, in their order.
fn number(
    ledger: &mut Ledger,
    sound: &mut [(Order, Examined)],
    known: &Known,
    wish: &Wish,
    now: DateTime<Utc>,
) -> Result<(), ShardError> {
    let period = wish.period.to_string();
    let fresh: Vec<Fresh<'_>> = sound
        .iter()
        .filter(|(order, _)| !known.reserved.contains_key(&key(order)))
        .map(|(order, _)| Fresh {
            document: order.document.name(),
            subject: &order.subject,
            period: &period,
            date: wish.as_of,
        })
        .collect();
    if !fresh.is_empty() {
        ledger.reserve_all(&fresh, now)?;
    }
    let reserved = Known::of_issues(ledger, wish)?.reserved;
    for (order, _) in sound {
        if let Some(issue) = reserved.get(&key(order)) {
            let number =
                crate::views::Numbered { number: issue.number.number, total: Some(issue.number.total) };
            let date: NaiveDate = issue.date;
            order.stamp = Some(Stamp { number: Some(number), date });
        }
    }
    Ok(())
}

/// The subjects of a plan by kind, for those who ask which numbers it has.
impl Plan {
    /// The first and the last number of each kind of document, within the year.
    pub fn numbers(&self) -> BTreeMap<&str, (u32, u32)> {
        let mut spans: BTreeMap<&str, (u32, u32)> = BTreeMap::new();
        for planned in &self.documents {
            let Some((number, _)) = planned.number else { continue };
            let span = spans.entry(planned.document.as_str()).or_insert((number, number));
            *span = (span.0.min(number), span.1.max(number));
        }
        spans
    }

    /// How many documents each shard has.
    pub fn sizes(&self) -> BTreeSet<usize> {
        let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
        for planned in &self.documents {
            *counts.entry(planned.shard).or_default() += 1;
        }
        counts.into_values().collect()
    }
}
