//! Examining documents before they are numbered or shared out: whether their data are sound, and what they would say.
//!
//! Which of them are then made, and where, is left to `schedule` and `shards`.

use super::loading::content_of;
use super::running::in_order;
use super::{Document, Order, Pipeline, PipelineError, Wish};
use crate::diag::{Diagnostics, Warned};
use crate::disk;

/// What is known of a document that can be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Examined {
    /// SHA-256 of what it says, without wording, number and date.
    pub content: String,
    /// SHA-256 of its view without a number: all that data, texts and settings give it.
    pub view: String,
    /// Its place in 建制序; documents about several places have the last.
    pub rank: i64,
}

impl Pipeline {
    /// Examines documents, several at a time; none for one where its diagnostics say why it cannot be made. `told` hears of each.
    ///
    /// # Errors
    /// When no thread can be started.
    pub fn examine(
        &self,
        orders: &[Order],
        wish: &Wish,
        told: &dyn Fn(),
    ) -> Result<Vec<Warned<Option<Examined>>>, PipelineError> {
        let mut found = Vec::with_capacity(orders.len());
        let examined = |at: usize| self.examined(&orders[at], wish);
        in_order(wish.jobs, orders.len(), examined, |_, one| {
            told();
            found.push(one);
        })
        .map_err(PipelineError::Thread)?;
        Ok(found)
    }

    fn examined(&self, order: &Order, wish: &Wish) -> Warned<Option<Examined>> {
        let mut diagnostics = Diagnostics::new();
        let date = order.stamp.map_or(wish.as_of, |stamp| stamp.date);
        // Before it is numbered it has none, and what is compared must not depend on that.
        let wish = Wish { number: None, as_of: date, ..wish.clone() };
        if order.channels.is_some() {
            self.paper.check(order, &self.settings.imprint, date, &mut diagnostics);
        }
        let examined = self.load(order, &wish, &mut diagnostics).and_then(|loaded| {
            let edition = self.edition(order, &wish, date, 0);
            let made = self.made(order, &loaded, &edition, &wish.people, &mut diagnostics)?;
            let region = match order.document {
                Document::Region => loaded.regions.get(&order.members[0].region),
                Document::Comparative | Document::Beat(_) => None,
            };
            Some(Examined {
                content: content_of(order, &loaded, &made),
                view: disk::sha256(&self.script.bytes(&made.view)),
                rank: region.map_or(i64::MAX, |region| region.order),
            })
        });
        Warned { output: examined.filter(|_| !diagnostics.has_errors()), diagnostics }
    }
}
