//! The blocks of a body: paragraphs, tables and charts, each with what it is drawn from.

use serde::Serialize;

use super::{
    BarItem, Brace, Cell, Column, ComparisonRow, Dots, Figure, Legend, Named, NamedNote, PaceItem, Plate,
    PresenceRow, ProgressItem, Remark, RhythmRow, Runs, Side, Slope, SpanLegend, StackItem, Step,
    TimespanRow, TreeLevel, Trend,
};

/// A paragraph, a table or a chart.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Block {
    /// A paragraph.
    Prose {
        /// Set in 楷体 at its head.
        lead: Option<String>,
        /// The text.
        text: Runs,
    },
    /// Targets, each with ◇.
    Aims {
        /// The targets.
        items: Vec<Runs>,
    },
    /// A table.
    Table {
        /// What every plate has.
        #[serde(flatten)]
        plate: Plate,
        /// Its columns.
        columns: Vec<Column>,
        /// Its rows.
        rows: Vec<Vec<Cell>>,
    },
    /// The table of a comparison.
    Comparison {
        /// What every plate has.
        #[serde(flatten)]
        plate: Plate,
        /// Heads of the columns.
        regions: Vec<String>,
        /// Its rows.
        rows: Vec<ComparisonRow>,
        /// What the flags mean.
        legend: Vec<Legend>,
        /// Flags that hold for every row.
        common: Vec<&'static str>,
        /// Notes by row.
        remarks: Vec<Remark>,
    },
    /// An organisation in levels.
    Tree {
        /// What every plate has.
        #[serde(flatten)]
        plate: Plate,
        /// From the top.
        levels: Vec<TreeLevel>,
        /// What stands beside.
        side: Option<Side>,
    },
    /// A matrix of beats.
    Rhythm {
        /// What every plate has.
        #[serde(flatten)]
        plate: Plate,
        /// The beats.
        columns: Vec<String>,
        /// Who keeps them.
        rows: Vec<RhythmRow>,
    },
    /// Parts of one whole.
    Segments {
        /// What every plate has.
        #[serde(flatten)]
        plate: Plate,
        /// In order.
        parts: Vec<Named>,
        /// What spans some of them.
        brace: Option<Brace>,
    },
    /// Ranked bars.
    Bars {
        /// What every plate has.
        #[serde(flatten)]
        plate: Plate,
        /// Largest first.
        items: Vec<BarItem>,
    },
    /// Found → due → done.
    Ladder {
        /// What every plate has.
        #[serde(flatten)]
        plate: Plate,
        /// From the largest.
        steps: Vec<NamedNote>,
    },
    /// Done as a share of due.
    Progress {
        /// What every plate has.
        #[serde(flatten)]
        plate: Plate,
        /// One bar each.
        items: Vec<ProgressItem>,
    },
    /// Steps of a plan.
    Steps {
        /// What every plate has.
        #[serde(flatten)]
        plate: Plate,
        /// In time.
        steps: Vec<Step>,
    },
    /// Numbers set large.
    Figures {
        /// What every plate has.
        #[serde(flatten)]
        plate: Plate,
        /// Side by side.
        items: Vec<NamedNote>,
    },
    /// One definition at two times.
    Dots {
        /// What every plate has.
        #[serde(flatten)]
        plate: Plate,
        /// One row each.
        items: Vec<Dots>,
        /// The two times.
        labels: Vec<String>,
    },
    /// Who is linked with whom.
    Pairing {
        /// What every plate has.
        #[serde(flatten)]
        plate: Plate,
        /// On the left.
        left: Vec<Named>,
        /// On the right.
        right: Vec<Named>,
        /// Words on the link.
        link: String,
    },
    /// What each place has.
    Presence {
        /// What every plate has.
        #[serde(flatten)]
        plate: Plate,
        /// Heads of the columns.
        regions: Vec<String>,
        /// One practice each.
        rows: Vec<PresenceRow>,
    },
    /// Whole things in parts, one bar each, with one key for all.
    Stacks {
        /// What every plate has.
        #[serde(flatten)]
        plate: Plate,
        /// What the parts are, in order.
        labels: Vec<String>,
        /// One bar each.
        items: Vec<StackItem>,
    },
    /// Shares against the share of the time that has gone by.
    Pace {
        /// What every plate has.
        #[serde(flatten)]
        plate: Plate,
        /// Where the line stands.
        mark: Figure,
        /// One bar each.
        items: Vec<PaceItem>,
    },
    /// Two times side by side, each definition on a scale of its own.
    Slopes {
        /// What every plate has.
        #[serde(flatten)]
        plate: Plate,
        /// The two times.
        labels: Vec<String>,
        /// One small chart each.
        items: Vec<Slope>,
    },
    /// One definition at several times: a slope or a line each.
    Trend {
        /// What every plate has.
        #[serde(flatten)]
        plate: Plate,
        /// One small chart each, on a scale of its own from zero.
        items: Vec<Trend>,
    },
    /// When sources speak of.
    Timespan {
        /// What every plate has.
        #[serde(flatten)]
        plate: Plate,
        /// The first year.
        from: i32,
        /// The year after the last.
        to: i32,
        /// One strand each.
        rows: Vec<TimespanRow>,
        /// What the bars mean.
        legend: Vec<SpanLegend>,
    },
}

impl Block {
    /// What it shares with other tables and charts; none for text.
    pub fn plate_mut(&mut self) -> Option<&mut Plate> {
        match self {
            Self::Prose { .. } | Self::Aims { .. } => None,
            Self::Table { plate, .. }
            | Self::Comparison { plate, .. }
            | Self::Tree { plate, .. }
            | Self::Rhythm { plate, .. }
            | Self::Segments { plate, .. }
            | Self::Bars { plate, .. }
            | Self::Ladder { plate, .. }
            | Self::Progress { plate, .. }
            | Self::Steps { plate, .. }
            | Self::Figures { plate, .. }
            | Self::Dots { plate, .. }
            | Self::Pairing { plate, .. }
            | Self::Presence { plate, .. }
            | Self::Stacks { plate, .. }
            | Self::Pace { plate, .. }
            | Self::Slopes { plate, .. }
            | Self::Trend { plate, .. }
            | Self::Timespan { plate, .. } => Some(plate),
        }
    }

    /// Whether it is numbered as a table (表), not as a chart (图).
    pub fn is_table(&self) -> bool {
        matches!(self, Self::Table { .. } | Self::Comparison { .. })
    }
}
