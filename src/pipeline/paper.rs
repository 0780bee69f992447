//! What of a document goes out on paper: how many copies, and whether some of the sheets bear the red masthead already.
//!
//! Who gets it by which channel is left to the model and the settings, printing to `delivery`.

use chrono::NaiveDate;

use super::making::{edition, is_whole};
use super::{MakeError, Order, Pipeline, Wish};
use crate::delivery::Ways;
use crate::diag::{Diagnostics, Problem};
use crate::ledger::{Entry, blank_path};
use crate::model::Recipient;
use crate::settings::{Copies, Imprint, Standard};
use crate::typeset::{Job, Typeset};
use crate::views::{Edition, Made};

/// Who gets paper, and through which channels.
#[derive(Debug, Clone, Default)]
pub struct Paper {
    recipients: Vec<Recipient>,
    /// Channels that print.
    printing: Vec<String>,
    /// Those of them whose paper bears the red masthead.
    blank: Vec<String>,
}

/// The copies of one document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrintRun {
    /// Each recipient with its copies.
    pub parts: Vec<(String, u32)>,
    /// How many are kept.
    pub archive: u32,
}

impl PrintRun {
    /// 共印N份.
    pub fn sum(&self) -> u64 {
        self.parts.iter().map(|(_, copies)| u64::from(*copies)).sum::<u64>() + u64::from(self.archive)
    }

    /// The sum as it is reckoned: `city-office 2 + archive 1`.
    fn reckoning(&self) -> String {
        let mut parts: Vec<String> = self.parts.iter().map(|(id, copies)| format!("{id} {copies}")).collect();
        if self.archive > 0 || parts.is_empty() {
            parts.push(format!("archive {}", self.archive));
        }
        parts.join(" + ")
    }
}

impl Paper {
    /// What the channels and recipients of a workspace say of paper.
    pub fn of(ways: &Ways, recipients: &[Recipient]) -> Self {
        let ids = |wanted: &dyn Fn(&str) -> bool| {
            ways.ids().into_iter().filter(|id| wanted(id)).map(str::to_owned).collect()
        };
        Self {
            recipients: recipients.to_vec(),
            printing: ids(&|id| ways.prints(id)),
            blank: ids(&|id| ways.is_blank(id)),
        }
    }

    /// The copies of a document of a day. A recipient whom two channels serve on paper gets its copies from each.
    pub fn run(&self, order: &Order, imprint: &Imprint, day: NaiveDate) -> PrintRun {
        let gets = self.recipients.iter().filter(|r| r.gets(order.document.name(), &order.subject, day));
        let leaves = |channel: &String| order.channels.as_ref().is_none_or(|only| only.contains(channel));
        let printed = |channel: &String| self.printing.contains(channel) && leaves(channel);
        let parts = gets.flat_map(|recipient| {
            let ways = recipient.ways.iter().filter(|way| printed(&way.channel));
            ways.map(|_| (recipient.id.clone(), recipient.copies.max(1)))
        });
        PrintRun { parts: parts.collect(), archive: imprint.archive }
    }

    /// 共印N份 as the foot of a document names it.
    pub(super) fn printed(&self, order: &Order, imprint: &Imprint, day: NaiveDate) -> Option<u32> {
        match imprint.copies.as_ref()? {
            Copies::Set(count, _) => Some(*count),
            Copies::Sum => {
                let sum = self.run(order, imprint, day).sum();
                u32::try_from(sum).ok().filter(|sum| *sum > 0)
            }
        }
    }

    /// Reports a number that somebody set and that is not the sum. Where nothing is known of any copy, it is taken at its word.
    pub fn check(&self, order: &Order, imprint: &Imprint, day: NaiveDate, diagnostics: &mut Diagnostics) {
        let Some(Copies::Set(set, span)) = &imprint.copies else { return };
        let run = self.run(order, imprint, day);
        let sum = run.sum();
        if sum == 0 || sum == u64::from(*set) {
            return;
        }
        let document = format!("{} {}", order.document.name(), order.subject);
        let problem = Problem::CopiesDiffer { document, set: *set, sum, parts: run.reckoning() };
        diagnostics.push(problem, span.clone());
    }

    /// Whether an issue is also made without red: one of the channels by which it leaves has paper that bears it.
    fn wants_blank(&self, order: &Order, wish: &Wish) -> bool {
        let is_issue = wish.number.is_some_and(|number| number.total.is_some());
        is_issue && order.channels.iter().flatten().any(|channel| self.blank.contains(channel))
    }
}

impl Pipeline {
    /// Tells the pipeline who gets paper.
    #[must_use]
    pub fn with_paper(mut self, paper: Paper) -> Self {
        self.paper = paper;
        self
    }

    /// Whether a document is also made without red.
    pub(super) fn wants_blank(&self, order: &Order, wish: &Wish) -> bool {
        self.paper.wants_blank(order, wish)
    }

    /// An edition with the number of copies that its foot names.
    pub(super) fn edition(&self, order: &Order, wish: &Wish, date: NaiveDate, moved: usize) -> Edition {
        let copies = self.paper.printed(order, &self.settings.imprint, date);
        let with_facts = self.standard(wish) == Standard::WithFiles;
        Edition {
            copies,
            with_facts,
            layout: self.layout(wish),
            ..edition(wish, self.language(), date, moved)
        }
    }

    /// The same view set once more without what is red, for paper that bears it. None where the diagnostics say why.
    pub(super) fn blank(
        &self,
        job: &Job<'_>,
        made: &Made,
        path: &str,
        red: &Typeset,
        diagnostics: &mut Diagnostics,
    ) -> Result<Option<Vec<u8>>, MakeError> {
        let mut made = made.clone();
        made.view.masthead.blank = true;
        let (view, ident) = (self.script.bytes(&made.view), format!("report:{}", blank_path(path)));
        let set = self.typeset(&Job { view: &view, ident: &ident, ..job.clone() })?;
        let Some(blank) = set.output else {
            diagnostics.extend(set.diagnostics);
            return Ok(None);
        };
        if (blank.pages, blank.body_pages) != (red.pages, red.body_pages) {
            diagnostics.push_nowhere(Problem::BlankMoved { pages: red.pages, blank: blank.pages });
            return Ok(None);
        }
        Ok(Some(blank.pdf))
    }

    /// Whether the rendering without red lies there as it was recorded.
    pub(super) fn has_blank(&self, path: &str, entry: &Entry) -> bool {
        let file = self.workspace.out.join(blank_path(path));
        entry.blank.as_ref().is_some_and(|digest| is_whole(&file, digest))
    }
}
