//! 半年现场推进: the sites of the day, what the meeting settled, the points in time to come, and plans for what is slow.
//!
//! What the units had done by then is left to their returns.

use std::sync::Arc;

use chrono::{NaiveDate, NaiveTime};

use super::reading::{Own, span_of};
use crate::casefile::{HalfFile, StopEntry};
use crate::diag::{Problem, SourceFile, Span};
use crate::model::catalogue::plain;

/// A half-year's day on site.
#[derive(Debug, Clone, Default)]
pub struct Half {
    /// The day of the visits.
    pub day: Option<NaiveDate>,
    /// Where they meet.
    pub gather: Option<String>,
    /// The sites in the order of the route.
    pub stops: Vec<Stop>,
    /// What the meeting settled.
    pub decisions: Vec<Decision>,
    /// The points in time to come.
    pub nodes: Vec<Node>,
    /// Plans for what is slow, where somebody wrote one.
    pub plans: Vec<Plan>,
}

/// A site that is visited.
#[derive(Debug, Clone)]
pub struct Stop {
    /// When they arrive.
    pub arrive: NaiveTime,
    /// When they leave.
    pub leave: NaiveTime,
    /// Whose it is.
    pub unit: usize,
    /// Where it is.
    pub place: String,
    /// What to look at.
    pub look: String,
    /// One number.
    pub number: String,
    /// One problem.
    pub problem: String,
    /// Who speaks.
    pub speaker: String,
    /// The way to the next one.
    pub way: Option<String>,
}

/// Something that was settled at the meeting.
#[derive(Debug, Clone)]
pub struct Decision {
    /// What.
    pub matter: String,
    /// Who leads.
    pub lead: String,
    /// By when.
    pub due: NaiveDate,
}

/// A point in the time to come.
#[derive(Debug, Clone)]
pub struct Node {
    /// When.
    pub day: NaiveDate,
    /// What.
    pub matter: String,
}

/// What is to be done in each month that is left.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The target.
    pub target: String,
    /// One number for each month that is left.
    pub months: Vec<u32>,
    /// Where it is written.
    pub span: Span,
}

impl Own<'_> {
    pub(super) fn half(&mut self, file: &Arc<SourceFile>, raw: &HalfFile) -> Half {
        let mut half = Half { day: self.day(file, &raw.day), gather: plain(&raw.gather), ..Half::default() };
        for entry in &raw.stop {
            let head = span_of(file, entry);
            let Some(stop) = self.stop(file, entry.get_ref(), &head) else { continue };
            if let Some(before) = half.stops.last().filter(|before| before.leave > stop.arrive) {
                let message = format!("they arrive at {} before they leave the last site", stop.arrive);
                let hint = format!("`{}` is left at {}", before.place, before.leave);
                self.diagnostics.push(Problem::KeyConflict { message, hint }, head);
            }
            half.stops.push(stop);
        }
        for entry in &raw.decision {
            let (head, raw) = (span_of(file, entry), entry.get_ref());
            let matter = self.text(file, &raw.matter, "matter", "the decision", "\"…\"", &head);
            let lead = self.text(file, &raw.lead, "lead", "the decision", "\"市联建办\"", &head);
            let due = self.need_day(file, &raw.due, "due", "the decision", &head);
            if let (Some(matter), Some(lead), Some(due)) = (matter, lead, due) {
                half.decisions.push(Decision { matter, lead, due });
            }
        }
        for entry in &raw.node {
            let (head, raw) = (span_of(file, entry), entry.get_ref());
            let day = self.need_day(file, &raw.day, "day", "the point in time", &head);
            let matter = self.text(file, &raw.matter, "matter", "the point in time", "\"…\"", &head);
            if let (Some(day), Some(matter)) = (day, matter) {
                half.nodes.push(Node { day, matter });
            }
        }
        half.nodes.sort_by_key(|node| node.day);
        for entry in &raw.plan {
            let (span, raw) = (span_of(file, entry), entry.get_ref());
            let target = self.text(file, &raw.target, "target", "the plan", "\"requests\"", &span);
            let months = self.reader(file).need(&raw.months, "months", "the plan", "[19, 19, 18]", &span);
            let months = months.and_then(|months| {
                let counts = months.get_ref().iter().map(|month| u32::try_from(*month).ok());
                let counts = counts.collect::<Option<Vec<u32>>>();
                if counts.is_none() {
                    let message = "a month cannot have fewer than none".to_owned();
                    self.diagnostics.push(Problem::BadValue { message }, span_of(file, months));
                }
                counts
            });
            if let (Some(target), Some(months)) = (target, months) {
                half.plans.push(Plan { target, months, span });
            }
        }
        half
    }

    fn stop(&mut self, file: &Arc<SourceFile>, raw: &StopEntry, head: &Span) -> Option<Stop> {
        let name = "the site";
        let time = |own: &mut Self, field: &crate::casefile::Field<String>, key: &'static str| {
            let text = own.reader(file).need(field, key, name, "\"09:00\"", head)?;
            let time = NaiveTime::parse_from_str(text.get_ref(), "%H:%M").ok();
            if time.is_none() {
                let message = format!("`{}` is no time of the day", text.get_ref());
                let hint = "write HH:MM".to_owned();
                own.diagnostics.push(Problem::BadSetting { message, hint }, span_of(file, text));
            }
            time
        };
        let arrive = time(self, &raw.arrive, "arrive");
        let leave = time(self, &raw.leave, "leave");
        let unit = self.unit(file, &raw.unit, "unit", name, head);
        let place = self.text(file, &raw.place, "place", name, "\"甲一镇产业园\"", head);
        let look = self.text(file, &raw.look, "look", name, "\"清单怎样接单\"", head);
        let number = self.text(file, &raw.number, "number", name, "\"办结12件\"", head);
        let problem = self.text(file, &raw.problem, "problem", name, "\"人手不足\"", head);
        let speaker = self.text(file, &raw.speaker, "speaker", name, "\"镇党委负责人\"", head);
        let (arrive, leave) = (arrive?, leave?);
        if leave < arrive
            && let Some(field) = &raw.leave
        {
            self.refuse(format!("they leave at {leave}, before they arrive"), span_of(file, field));
        }
        Some(Stop {
            arrive,
            leave,
            unit: unit?,
            place: place?,
            look: look?,
            number: number?,
            problem: problem?,
            speaker: speaker?,
            way: plain(&raw.way),
        })
    }
}
