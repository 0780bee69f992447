//! An issue's own words as written.

use serde::Deserialize;
use toml::Spanned;

use super::read::Field;

/// `data/texts/<document>-<subject>[-<period>].toml`
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TextFile {
    /// The title.
    pub title: Field<String>,
    /// The subtitle.
    pub subtitle: Field<String>,
    /// 编者按.
    pub note: Field<String>,
    /// The first paragraph.
    pub lead: Field<String>,
    /// `own`: the text says itself what may be compared over time, and nothing is added.
    pub trends: Field<String>,
    /// `[[glance]]`: the cells of the first page.
    pub glance: Vec<Spanned<GlanceEntry>>,
    /// `[[section]]`
    pub section: Vec<Spanned<SectionEntry>>,
}

/// A cell of the first page.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GlanceEntry {
    /// The figure.
    pub fact: Field<String>,
    /// What it is.
    pub what: Field<String>,
    /// What belongs to it.
    pub more: Field<String>,
    /// When it was so.
    pub time: Field<String>,
}

/// A section.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SectionEntry {
    /// Its heading without number.
    pub heading: Field<String>,
    /// Whether its blocks go to the annex.
    pub annex: Field<bool>,
    /// Its blocks.
    #[serde(default)]
    pub block: Vec<Spanned<BlockEntry>>,
}

/// A paragraph, a table or a chart; which keys it takes is decided by `kind`.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BlockEntry {
    /// What it is.
    pub kind: Field<String>,
    /// The finding that stands over a table or chart.
    pub title: Field<String>,
    /// What follows the sources under it.
    pub note: Field<String>,
    /// The unit of all its figures.
    pub unit: Field<String>,
    /// A paragraph's text.
    pub text: Field<String>,
    /// A paragraph's head.
    pub lead: Field<String>,
    /// Heads of columns.
    pub columns: Field<Vec<Spanned<String>>>,
    /// Alignments of columns.
    pub align: Field<Vec<Spanned<String>>>,
    /// Rows of cells.
    pub rows: Field<Vec<Vec<Spanned<String>>>>,
    /// Cases to print.
    pub cases: Field<Vec<Spanned<String>>>,
    /// Targets.
    pub items: Field<Vec<Spanned<String>>>,
    /// Figures.
    pub facts: Field<Vec<Spanned<String>>>,
    /// Names beside the figures.
    pub names: Field<Vec<Spanned<String>>>,
    /// Notes beside the figures.
    pub notes: Field<Vec<Spanned<String>>>,
    /// Levels of a tree.
    pub levels: Field<Vec<Spanned<LevelEntry>>>,
    /// What stands beside a tree.
    pub side: Field<SideEntry>,
    /// What spans some of the parts.
    pub brace: Field<BraceEntry>,
    /// Pairs of figures.
    pub pairs: Field<Vec<Spanned<PairEntry>>>,
    /// Steps of a plan.
    pub steps: Field<Vec<Spanned<StepEntry>>>,
    /// Figures on the left of a pairing.
    pub left: Field<Vec<Spanned<String>>>,
    /// Figures on the right of a pairing.
    pub right: Field<Vec<Spanned<String>>>,
    /// The words on the link of a pairing.
    pub link: Field<String>,
    /// The two times of a dot plot.
    pub labels: Field<Vec<Spanned<String>>>,
}

/// A level of a tree.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LevelEntry {
    /// How many there are.
    pub fact: Field<String>,
    /// What is on the level.
    pub boxes: Field<Vec<Spanned<String>>>,
    /// `stated` or `not-stated`: whether inclusion in the level above is stated.
    pub link: Field<String>,
}

/// What stands beside a tree.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SideEntry {
    /// Its heading.
    pub title: Field<String>,
    /// Its figures.
    pub facts: Field<Vec<Spanned<String>>>,
    /// Names beside the figures.
    pub names: Field<Vec<Spanned<String>>>,
}

/// What spans some parts of a bar.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BraceEntry {
    /// The figure as the source prints it.
    pub fact: Field<String>,
    /// The index of the first part, from 0.
    pub from: Field<i64>,
    /// The index of the last part; default the last.
    pub to: Field<i64>,
    /// Words before the figure.
    pub name: Field<String>,
}

/// Two figures that belong together.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PairEntry {
    /// What they are about.
    pub name: Field<String>,
    /// What was to be done.
    pub due: Field<String>,
    /// What was done.
    pub done: Field<String>,
    /// The earlier figure.
    pub before: Field<String>,
    /// The later figure.
    pub after: Field<String>,
}

/// A step of a plan.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepEntry {
    /// When.
    pub when: Field<String>,
    /// What.
    pub what: Field<String>,
    /// Whether it is a target.
    pub target: Field<bool>,
}

impl TextFile {
    /// Every figure that stands outside its sentences: in the cells of the first page, and in the lists of charts.
    pub fn listed(&self) -> Vec<&str> {
        fn all(list: &Field<Vec<Spanned<String>>>) -> impl Iterator<Item = &str> {
            list.iter().flat_map(|list| list.get_ref()).map(|id| id.get_ref().as_str())
        }
        fn one(field: &Field<String>) -> Option<&str> {
            field.as_ref().map(|id| id.get_ref().as_str())
        }
        let mut ids: Vec<&str> = self.glance.iter().filter_map(|cell| one(&cell.get_ref().fact)).collect();
        for block in self.section.iter().flat_map(|section| &section.get_ref().block) {
            let block = block.get_ref();
            ids.extend(all(&block.facts).chain(all(&block.left)).chain(all(&block.right)));
            for level in block.levels.iter().flat_map(|levels| levels.get_ref()) {
                ids.extend(one(&level.get_ref().fact));
            }
            if let Some(side) = &block.side {
                ids.extend(all(&side.get_ref().facts));
            }
            if let Some(brace) = &block.brace {
                ids.extend(one(&brace.get_ref().fact));
            }
            for pair in block.pairs.iter().flat_map(|pairs| pairs.get_ref()) {
                let pair = pair.get_ref();
                ids.extend([&pair.due, &pair.done, &pair.before, &pair.after].into_iter().filter_map(one));
            }
        }
        ids
    }
}
