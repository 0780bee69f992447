//! Documents of a schedule that somebody signs: they are made as drafts (样稿) and wait, without a number.
//!
//! What follows the signature is left to `approving`, the other documents to `making`.

use chrono::{DateTime, NaiveDate, Utc};

use super::event::{Event, Level};
use super::maker::MadeDocument;
use super::plan::Schedule;
use super::tick::Work;
use crate::ledger::{Draft, LedgerError, Occurrence, Task, TaskState};
use crate::model::Period;
use crate::pipeline::Order;

impl Work<'_> {
    /// Whether a draft of the document waits already: of this occurrence, which was killed before it recorded that, or of another one.
    /// Nobody issues it by another way.
    pub(super) fn already_held(
        &mut self,
        schedule: &Schedule,
        occurrence: &Occurrence,
        task: &mut Task,
    ) -> Result<bool, LedgerError> {
        let Some(draft) = self.ledger.draft(&task.document, &task.subject, &occurrence.period)? else {
            return Ok(false);
        };
        self.held(schedule, occurrence, task, &draft);
        Ok(true)
    }

    /// Makes the draft of a document, and records that it waits.
    pub(super) fn hold_draft(
        &mut self,
        schedule: &Schedule,
        occurrence: &Occurrence,
        task: &mut Task,
        (order, period): (&Order, Period),
        (day, content): (NaiveDate, &str),
    ) -> Result<(), LedgerError> {
        let drafted_by = schedule.drafted_by.as_deref();
        match self.desk.maker.draft(order, period, day, drafted_by) {
            Ok(made) => {
                let now = self.desk.clock.now();
                let draft = draft_of(&made.output, occurrence.id, content, drafted_by, now);
                self.ledger.hold_draft(&draft)?;
                self.held(schedule, occurrence, task, &draft);
                Ok(())
            }
            Err(setback) => self.setback(schedule, occurrence, task, setback),
        }
    }

    fn held(&mut self, schedule: &Schedule, occurrence: &Occurrence, task: &mut Task, draft: &Draft) {
        task.state = TaskState::Held;
        task.message = None;
        task.due = None;
        let message = format!(
            "a draft waits for a signature (待签发): {}, {} pages; report approve {} --signed-by NAME",
            draft.path,
            draft.pages,
            draft.name()
        );
        let mut event = Event::new(self.desk.clock.now(), Level::Warning, "held-draft", message);
        event.document = Some(format!("{} {}", task.document, task.subject));
        self.tell_of(schedule, occurrence, event);
    }
}

/// The row of a draft that was made.
pub(super) fn draft_of(
    made: &MadeDocument,
    occurrence: i64,
    content: &str,
    drafted_by: Option<&str>,
    now: DateTime<Utc>,
) -> Draft {
    let entry = &made.entry;
    Draft {
        occurrence,
        document: entry.document.clone(),
        subject: entry.subject.clone(),
        period: entry.period.clone(),
        path: made.path.clone(),
        pages: entry.pages,
        pdf: entry.pdf.clone(),
        view: entry.view.clone(),
        content: content.to_owned(),
        inputs: entry.inputs.clone(),
        moved: entry.moved,
        date: entry.date.parse().unwrap_or_else(|_| now.date_naive()),
        drafted_by: drafted_by.map(str::to_owned),
        reviewed_by: None,
        reviewed: None,
        made: now,
    }
}
