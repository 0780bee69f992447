//! The view as templates receive it: one JSON value, described for designers in `docs/views.md`.
//!
//! How it is filled is left to the other modules here.

use serde::Serialize;

/// A briefing, ready to be set.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct View {
    /// The version of this contract.
    pub format: u32,
    /// `region` or `comparative`.
    pub document: &'static str,
    /// BCP 47.
    pub language: &'static str,
    /// `all` or `body`.
    pub part: &'static str,
    /// The title.
    pub title: String,
    /// The subtitle.
    pub subtitle: Option<String>,
    /// For the file's metadata.
    pub description: String,
    /// For the file's metadata.
    pub keywords: Vec<String>,
    /// The date of the document.
    pub date: DocumentDate,
    /// The head of page one.
    pub masthead: Masthead,
    /// 编者按.
    pub note: Option<Runs>,
    /// The figures of page one.
    pub glance: Vec<Glance>,
    /// The first paragraphs.
    pub lead: Vec<Runs>,
    /// The body.
    pub sections: Vec<Section>,
    /// The foot of the last page.
    pub imprint: Imprint,
    /// What follows the body.
    pub annexes: Vec<Annex>,
}

/// A date, for machines and in words.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct DocumentDate {
    /// YYYY-MM-DD.
    pub iso: String,
    /// 2026年11月30日.
    pub text: String,
}

/// The head of page one.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Masthead {
    /// What stands at the top left.
    pub class: String,
    /// The name of the serial.
    pub name: String,
    /// 第11期.
    pub issue: Option<String>,
    /// Who issues it.
    pub office: Option<String>,
    /// The date in words.
    pub date: String,
    /// Whether every page says 样稿.
    pub draft: bool,
    /// Whether every page says 演示数据.
    pub demo: bool,
}

/// Running text.
pub type Runs = Vec<Run>;

/// A stretch of running text.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Run {
    /// Words.
    Words(String),
    /// A figure, which never breaks over two lines.
    Figure {
        /// As printed.
        figure: String,
        /// Its row in the annex, 0 for none.
        to: usize,
        /// The number of its source, 0 for none.
        source: usize,
        /// Whether a raised source number follows.
        mark: bool,
    },
}

/// A figure alone.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Figure {
    /// The number, for lengths.
    pub value: f64,
    /// The digits.
    pub label: String,
    /// What stands before them.
    pub before: String,
    /// What stands between digits and unit.
    pub after: String,
    /// The unit.
    pub unit: String,
    /// What stands after the unit.
    pub tail: String,
    /// Whether it is a target or an expectation.
    pub target: bool,
    /// Whether it is computed.
    pub derived: bool,
    /// The number of its source, 0 for none.
    pub source: usize,
    /// Its row in the annex, 0 for none.
    pub to: usize,
}

/// A cell of page one.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Glance {
    /// The figure.
    pub figure: Figure,
    /// What it is.
    pub what: String,
    /// What belongs to it.
    pub more: Option<Runs>,
    /// When it was so.
    pub time: String,
    /// How sure it is: 确数, 余, 近, 推算, 目标 …
    pub sure: String,
}

/// A section of the body.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Section {
    /// With its number.
    pub heading: String,
    /// What stands in it.
    pub blocks: Vec<Block>,
}

/// The foot of the last page.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Imprint {
    /// 报, 送, 发.
    pub to: Vec<Line>,
    /// Who issues it.
    pub office: Option<String>,
    /// The date, with 印发 once it is signed.
    pub date: String,
    /// 共印60份.
    pub copies: Option<String>,
    /// Whom to ask.
    pub contact: Option<String>,
    /// 拟稿, 核对, 签发.
    pub people: Vec<Line>,
    /// Whether it is a draft.
    pub draft: bool,
}

/// A label with its words.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Line {
    /// 报
    pub label: String,
    /// The words.
    pub text: String,
}

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
            | Self::Timespan { plate, .. } => Some(plate),
        }
    }

    /// Whether it is numbered as a table (表), not as a chart (图).
    pub fn is_table(&self) -> bool {
        matches!(self, Self::Table { .. } | Self::Comparison { .. })
    }
}

/// What every table and chart has.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Plate {
    /// Among its kind, over the whole document.
    pub number: usize,
    /// A finding.
    pub title: String,
    /// The unit of all its figures.
    pub unit: Option<String>,
    /// The line under it.
    pub source: Runs,
    /// What it shows in words, with the numbers.
    pub alt: String,
}

/// A column of a table.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Column {
    /// Its head.
    pub head: String,
    /// `left`, `center`, `right` or `decimal`.
    pub align: &'static str,
}

/// A cell of a table.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Cell {
    /// What stands in it.
    pub text: Runs,
    /// Hidden digits that align the decimal point.
    pub pad: String,
}

/// A row of a comparison.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct ComparisonRow {
    /// From 1.
    pub no: usize,
    /// The topic.
    pub name: String,
    /// One cell a place; an empty one is a dash.
    pub cells: Vec<Vec<Compared>>,
    /// Out of the closed set.
    pub flags: Vec<&'static str>,
    /// Whether one place alone has figures.
    pub single: bool,
}

/// A figure in a cell of a comparison.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Compared {
    /// What it is.
    pub what: String,
    /// The figure.
    pub figure: Figure,
}

/// What a flag means.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Legend {
    /// 定
    pub flag: &'static str,
    /// 定义不同
    pub means: &'static str,
}

/// A note to a row.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Remark {
    /// The row's number.
    pub row: usize,
    /// The note.
    pub text: String,
}

/// A level of a tree.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct TreeLevel {
    /// How many there are.
    pub figure: Option<Figure>,
    /// What is on it.
    pub boxes: Vec<String>,
    /// `stated` or `not-stated`: how it hangs on the level above.
    pub link: &'static str,
}

/// What stands beside a tree.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Side {
    /// Its heading.
    pub title: String,
    /// Its figures.
    pub items: Vec<Compared>,
}

/// A row of beats.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct RhythmRow {
    /// Who keeps them.
    pub name: String,
    /// The number of the source, 0 for none.
    pub source: usize,
    /// What is done at each; none is a dash.
    pub cells: Vec<Option<String>>,
}

/// A named figure.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Named {
    /// What it is.
    pub name: String,
    /// The figure.
    pub figure: Figure,
}

/// A named figure with a note.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct NamedNote {
    /// What it is.
    pub name: String,
    /// The figure.
    pub figure: Figure,
    /// A few words.
    pub note: Option<Runs>,
}

/// A bar.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct BarItem {
    /// What it is.
    pub name: String,
    /// The figure.
    pub figure: Figure,
    /// Whether it is the largest.
    pub top: bool,
}

/// What spans some parts of a bar.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Brace {
    /// The index of the first part.
    pub from: usize,
    /// The index of the last part.
    pub to: usize,
    /// The words, with the figure as the source prints it.
    pub text: Runs,
}

/// A bar of progress.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct ProgressItem {
    /// What it is.
    pub name: String,
    /// Done of due in per cent.
    pub share: Figure,
    /// What was done.
    pub done: Figure,
    /// What was due.
    pub due: Figure,
}

/// A step of a plan.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Step {
    /// When.
    pub when: String,
    /// What.
    pub what: Runs,
    /// Whether it is a target.
    pub target: bool,
}

/// Two figures of one definition.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Dots {
    /// What it is.
    pub name: String,
    /// The earlier.
    pub before: Figure,
    /// The later.
    pub after: Figure,
}

/// A row of the presence matrix.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct PresenceRow {
    /// The practice.
    pub name: String,
    /// One cell a place.
    pub cells: Vec<PresenceCell>,
}

/// A cell of the presence matrix.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct PresenceCell {
    /// `full`, `similar` or `none`.
    pub mark: &'static str,
    /// A few words.
    pub text: Runs,
}

/// A row of the time axis.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct TimespanRow {
    /// The source or strand.
    pub name: String,
    /// Its stretches.
    pub bars: Vec<SpanBar>,
    /// The stretch in words.
    pub note: String,
}

/// A stretch of the time axis.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct SpanBar {
    /// `stated`, `presumed` or `target`.
    pub kind: &'static str,
    /// A decimal year.
    pub from: f64,
    /// A decimal year.
    pub to: f64,
}

/// What a kind of stretch means.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct SpanLegend {
    /// The kind.
    pub kind: &'static str,
    /// In words.
    pub means: &'static str,
}

/// What follows the body.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Annex {
    /// Tables and charts that the body had no room for.
    Plates {
        /// 附件1
        label: String,
        /// Its title.
        title: String,
        /// The plates, with text between them.
        blocks: Vec<Block>,
    },
    /// All figures.
    Figures {
        /// 附件1
        label: String,
        /// Its title.
        title: String,
        /// By theme or topic.
        sections: Vec<FigureSection>,
        /// Under the table.
        remark: String,
    },
    /// All mechanisms.
    Mechanisms {
        /// 附件2
        label: String,
        /// Its title.
        title: String,
        /// By kind.
        groups: Vec<MechanismGroup>,
        /// Under the table.
        remark: String,
    },
    /// Sources and notes on the data.
    Sources {
        /// 附件3
        label: String,
        /// Its title.
        title: String,
        /// The sources.
        items: Vec<SourceItem>,
        /// The notes.
        notes: Vec<String>,
    },
}

/// A part of the annex of figures.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct FigureSection {
    /// Its heading.
    pub heading: String,
    /// Its rows.
    pub rows: Vec<FigureRow>,
}

/// A figure in the annex.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct FigureRow {
    /// Its number, which figures in the text link to.
    pub no: usize,
    /// What it is.
    pub indicator: String,
    /// The figure.
    pub figure: Figure,
    /// How it is computed.
    pub formula: Option<String>,
    /// Where.
    pub place: String,
    /// When.
    pub time: String,
    /// How much of the place.
    pub coverage: String,
    /// The number of the source.
    pub source: usize,
    /// The paragraph of the source.
    pub paragraph: Option<u32>,
    /// Anything worth knowing.
    pub note: Option<String>,
}

/// Mechanisms of one kind.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct MechanismGroup {
    /// The kind.
    pub heading: String,
    /// Its rows.
    pub rows: Vec<MechanismRow>,
}

/// A mechanism in the annex.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct MechanismRow {
    /// Its name.
    pub name: String,
    /// Its members, or that they are not listed.
    pub members: String,
    /// Where.
    pub place: String,
    /// The number of the source.
    pub source: usize,
    /// The paragraph of the source.
    pub paragraph: u32,
}

/// A source in the annex.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct SourceItem {
    /// Its number, which source marks link to.
    pub no: usize,
    /// All that is known of it.
    pub text: String,
}
