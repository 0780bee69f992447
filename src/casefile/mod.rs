//! TOML as people write it: read entry by entry, so that one slip never hides the next.
//!
//! What the words mean, and whether they fit together, is left to the model.

mod area;
mod calendar;
mod catalogue;
mod english;
mod english_area;
mod read;
mod recipients;
mod region;
mod reported;
mod text;

pub use area::{
    AccountEntry, AssessmentEntry, CarriedEntry, ClassEntry, CorrectionEntry, CorrectionsFile, DecisionEntry,
    HalfFile, InspectionEntry, ListEntry, ListsFile, NextEntry, NodeEntry, OverdueEntry, PlanEntry,
    PracticeNote, QuarterFile, StopEntry, TargetEntry, TargetsFile, TaskEntry, TasksFile, VisitEntry,
    YearFile,
};
pub use calendar::{CalendarFile, HolidayEntry};
pub use catalogue::{
    CatalogueFile, IndicatorEntry, PracticeKind, SourceEntry, SpanEntry, TermEntry, ThemeEntry, TopicEntry,
    UnitEntry,
};
pub use english::{ById, CaseWords, EnglishFile};
pub use english_area::{
    CorrectionsWords, HalfWords, KeyedWords, ListsWords, QuarterWords, TargetsWords, TasksWords, YearWords,
};
pub use read::{Entry, Field, is_id, keys, load, parse};
pub use recipients::{RecipientEntry, RecipientsFile, WayEntry};
pub use region::{
    CaseEntry, DerivedEntry, FactEntry, MechanismEntry, PlaceEntry, PracticeEntry, RegionEntry, RegionFile,
    RelationEntry,
};
pub use reported::ReportedFile;
pub use text::{
    BlockEntry, BraceEntry, GlanceEntry, LevelEntry, PairEntry, SectionEntry, SideEntry, StepEntry, TextFile,
};
