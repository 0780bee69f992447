//! What changed from one view to another: figures and mechanisms that are new, that are another, and that are gone.
//!
//! Views are read as they are stored, by whatever version made them; who is told of it is left to who asks.

mod english;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::model::Language;

use english::english_moment;

/// A figure as a view prints it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrintedFigure {
    /// `region:fact`; none in views that were made before rows had ids.
    pub id: Option<String>,
    /// Its row in the annex.
    pub no: usize,
    /// What it is.
    pub indicator: String,
    /// Where.
    pub place: String,
    /// When.
    pub time: String,
    /// How much of the place.
    pub coverage: String,
    /// The figure with its unit and words, as printed.
    pub printed: String,
    /// Whether it is computed.
    pub derived: bool,
    /// The title of the source.
    pub source: String,
    /// The number of the source in its view.
    pub source_no: usize,
    /// The paragraph of the source.
    pub paragraph: Option<u64>,
    /// The language of the view.
    pub language: Language,
}

/// A mechanism as a view lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrintedMechanism {
    id: Option<String>,
    /// Its name.
    pub name: String,
    /// Its members, in words.
    pub members: String,
    /// Where.
    pub place: String,
    language: Language,
}

/// How something stood before, and how it stands now; one of the two is there in any case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change<T> {
    /// None for what is new.
    pub was: Option<T>,
    /// None for what is gone.
    pub is: Option<T>,
    /// For a new figure: the latest of its indicator and place that the earlier view has, of a time before it.
    pub earlier: Option<T>,
}

/// All that changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changes {
    /// Figures, in the order of the later view; those that are gone come last.
    pub figures: Vec<Change<PrintedFigure>>,
    /// Mechanisms, likewise.
    pub mechanisms: Vec<Change<PrintedMechanism>>,
}

/// What changed from one stored view to another.
pub fn changes(before: &Value, after: &Value) -> Changes {
    let known = figures(before);
    let mut found = Changes {
        figures: compare(known.clone(), figures(after), |figure| {
            let (indicator, place, time) =
                (figure.indicator.clone(), figure.place.clone(), figure.time.clone());
            (figure.id.clone(), [indicator, place, time])
        })
        .into_iter()
        .filter(|change| match (&change.was, &change.is) {
            (Some(was), Some(is)) => !was.says_the_same(is),
            _ => true,
        })
        .collect(),
        mechanisms: compare(mechanisms(before), mechanisms(after), |mechanism| {
            let none = String::new();
            (mechanism.id.clone(), [mechanism.name.clone(), mechanism.place.clone(), none])
        })
        .into_iter()
        .filter(|change| match (&change.was, &change.is) {
            (Some(was), Some(is)) => (&was.name, &was.members) != (&is.name, &is.members),
            _ => true,
        })
        .collect(),
    };
    for change in &mut found.figures {
        let (None, Some(is)) = (&change.was, &change.is) else { continue };
        let now = moment(&is.time);
        let older = known.iter().filter(|older| is.continues(older) && moment(&older.time) < now);
        change.earlier = older.max_by_key(|older| moment(&older.time)).cloned();
    }
    found
}

/// All figures of a stored view, in the order of its annex.
pub fn figures(view: &Value) -> Vec<PrintedFigure> {
    let titles: BTreeMap<u64, String> = rows(view, "sources", "items")
        .filter_map(|item| Some((item["no"].as_u64()?, item["text"].as_str()?)))
        .map(|(no, text)| (no, title_of(text).to_owned()))
        .collect();
    let language = language_of(view);
    let sections = rows(view, "figures", "sections");
    let rows = sections.flat_map(|section| section["rows"].as_array().into_iter().flatten());
    rows.map(|row| {
        let source = row["source"].as_u64().unwrap_or_default();
        PrintedFigure {
            id: row["id"].as_str().map(str::to_owned),
            no: index(&row["no"]),
            indicator: text(&row["indicator"]),
            place: text(&row["place"]),
            time: text(&row["time"]),
            coverage: text(&row["coverage"]),
            printed: printed(&row["figure"]),
            derived: row["figure"]["derived"].as_bool().unwrap_or_default(),
            source: titles.get(&source).cloned().unwrap_or_default(),
            source_no: index(&row["source"]),
            paragraph: row["paragraph"].as_u64(),
            language,
        }
    })
    .collect()
}

/// A figure as it is printed: ◇, what stands before the digits, the digits, what stands after them.
pub fn printed(figure: &Value) -> String {
    let target = if figure["target"].as_bool().unwrap_or_default() { "◇" } else { "" };
    let parts = ["before", "label", "after", "unit", "tail"];
    let words = parts.iter().map(|part| figure[*part].as_str().unwrap_or_default());
    std::iter::once(target).chain(words).collect()
}

fn mechanisms(view: &Value) -> Vec<PrintedMechanism> {
    rows(view, "mechanisms", "groups")
        .flat_map(|group| group["rows"].as_array().into_iter().flatten())
        .map(|row| PrintedMechanism {
            id: row["id"].as_str().map(str::to_owned),
            name: text(&row["name"]),
            members: text(&row["members"]),
            place: text(&row["place"]),
            language: language_of(view),
        })
        .collect()
}

fn language_of(view: &Value) -> Language {
    view["language"].as_str().and_then(Language::parse).unwrap_or_default()
}

/// The title in an entry of the list of sources, in Chinese and in English.
pub(super) fn title_of(entry: &str) -> &str {
    let ends = ["．", " (in Chinese). ", ". Sent by "];
    ends.iter().fold(entry, |title, end| title.split(end).next().unwrap_or(title))
}

/// What stands in the annexes of a kind under a key.
fn rows<'v>(view: &'v Value, kind: &'v str, key: &'v str) -> impl Iterator<Item = &'v Value> {
    let annexes = view["annexes"].as_array().into_iter().flatten();
    let own = annexes.filter(move |annex| annex["kind"] == kind);
    own.flat_map(move |annex| annex[key].as_array().into_iter().flatten())
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn index(value: &Value) -> usize {
    value.as_u64().and_then(|number| usize::try_from(number).ok()).unwrap_or_default()
}

/// Pairs what is the same thing: by its id, or by what it is called, where and when, with a view whose rows have no ids yet.
fn compare<T>(
    before: Vec<T>,
    after: Vec<T>,
    names: impl Fn(&T) -> (Option<String>, [String; 3]),
) -> Vec<Change<T>> {
    let known: Vec<_> = before.iter().map(&names).collect();
    let mut left: Vec<Option<T>> = before.into_iter().map(Some).collect();
    let mut found = Vec::new();
    for is in after {
        let (id, words) = names(&is);
        let same = |(was, called): &(Option<String>, [String; 3])| match (was, &id) {
            (Some(was), Some(id)) => was == id,
            _ => *called == words,
        };
        let at = (0..known.len()).find(|at| left[*at].is_some() && same(&known[*at]));
        found.push(Change { was: at.and_then(|at| left[at].take()), is: Some(is), earlier: None });
    }
    found.extend(left.into_iter().flatten().map(|was| Change { was: Some(was), is: None, earlier: None }));
    found
}

/// The end of a time in words, to tell which is later: 截至2025年6月 as 2025, 6; 2026年第三季度 as 2026, 3.
fn moment(time: &str) -> Vec<u32> {
    if time.contains(|c: char| c.is_ascii_lowercase()) {
        return english_moment(time.rsplit(" to ").next().unwrap_or(time));
    }
    let numbers = |words: &str| -> Vec<u32> {
        let digits = |c: char| if "一二三四".contains(c) { ' ' } else { c };
        let quarter = words.chars().find_map(|c| "一二三四".chars().zip(1..).find(|(han, _)| *han == c));
        let plain: String = words.chars().map(digits).collect();
        let groups = plain.split(|c: char| !c.is_ascii_digit()).filter_map(|group| group.parse().ok());
        groups.chain(quarter.map(|(_, number)| number)).collect()
    };
    match time.rsplit_once('至') {
        Some((from, to)) if !to.contains('年') => {
            numbers(from).first().copied().into_iter().chain(numbers(to)).collect()
        }
        Some((_, to)) => numbers(to),
        None => numbers(time),
    }
}

impl PrintedFigure {
    /// Whether two are one figure: by id, or by what they are called where one has none.
    pub fn is_same_thing(&self, other: &Self) -> bool {
        match (&self.id, &other.id) {
            (Some(one), Some(other)) => one == other,
            _ => (&self.indicator, &self.place, &self.time) == (&other.indicator, &other.place, &other.time),
        }
    }

    /// Whether a reader is told the same: the number, what it is, and where it comes from. Row numbers and numbers of sources may differ.
    fn says_the_same(&self, other: &Self) -> bool {
        let said = |figure: &Self| {
            let Self { indicator, time, coverage, printed, source, paragraph, .. } = figure.clone();
            (indicator, time, coverage, printed, source, paragraph)
        };
        said(self) == said(other)
    }

    /// Whether another is the same thing at another time; a target is none of a result.
    pub(super) fn continues(&self, other: &Self) -> bool {
        let kind = |figure: &Self| (figure.derived, figure.printed.starts_with('◇'));
        (&self.indicator, &self.place, kind(self)) == (&other.indicator, &other.place, kind(other))
            && self.time != other.time
    }

    /// What it is, where and when: 联建党组织（青河县，截至2025年6月）.
    pub fn name(&self) -> String {
        match self.language.is_english() {
            true => format!("{} ({}, {})", self.indicator, self.place, self.time),
            false => format!("{}（{}，{}）", self.indicator, self.place, self.time),
        }
    }
}

impl Change<PrintedFigure> {
    /// How it was printed, and how it is: with the words in which the two differ beside the number, where they do.
    pub fn was_and_is(&self) -> (Option<String>, Option<String>) {
        let Self { was: Some(was), is: Some(is), .. } = self else {
            let printed = |figure: &Option<PrintedFigure>| figure.as_ref().map(|f| f.printed.clone());
            return (printed(&self.was), printed(&self.is));
        };
        let told = |own: &PrintedFigure, other: &PrintedFigure| {
            let pairs = [
                (&own.indicator, &other.indicator),
                (&own.time, &other.time),
                (&own.coverage, &other.coverage),
            ];
            let words: Vec<&str> =
                pairs.iter().filter(|(own, other)| own != other).map(|(own, _)| own.as_str()).collect();
            match words.as_slice() {
                [] => own.printed.clone(),
                words if own.language.is_english() => format!("{} ({})", own.printed, words.join(", ")),
                words => format!("{}（{}）", own.printed, words.join("，")),
            }
        };
        (Some(told(was, is)), Some(told(is, was)))
    }

    /// One line: 变动：联建党组织（青河县，截至2025年6月）58个 → 68个.
    pub fn line(&self) -> String {
        if self.is.as_ref().or(self.was.as_ref()).is_some_and(|figure| figure.language.is_english()) {
            return self.english_line();
        }
        match (&self.was, &self.is, self.was_and_is()) {
            (Some(was), Some(is), (Some(before), Some(after))) if before == after => {
                let place = |figure: &PrintedFigure| {
                    let paragraph = figure.paragraph.map_or_else(String::new, |p| format!("第{p}段"));
                    format!("《{}》{paragraph}", figure.source)
                };
                format!("变动：{}{after}，资料 {} → {}", is.name(), place(was), place(is))
            }
            (Some(_), Some(is), (Some(before), Some(after))) => {
                format!("变动：{}{before} → {after}", is.name())
            }
            (_, Some(is), _) => {
                let earlier = self.earlier.as_ref();
                let earlier = earlier.map_or_else(String::new, |e| format!("（{}为{}）", e.time, e.printed));
                format!("新增：{}{}{earlier}", is.name(), is.printed)
            }
            (Some(was), ..) => format!("撤下：{}{}", was.name(), was.printed),
            (None, None, _) => String::new(),
        }
    }
}

impl PrintedMechanism {
    /// Whether it is the mechanism of this id.
    pub fn has_id(&self, id: &str) -> bool {
        self.id.as_deref() == Some(id)
    }
}

impl Change<PrintedMechanism> {
    fn line(&self) -> String {
        let any = self.is.as_ref().or(self.was.as_ref());
        match (&self.was, &self.is) {
            _ if any.is_some_and(|any| any.language.is_english()) => self.english_line(),
            (Some(was), Some(is)) if was.name != is.name => {
                format!("变动：机制“{}”（{}）→ “{}”", was.name, is.place, is.name)
            }
            (Some(_), Some(is)) => format!("变动：机制“{}”（{}）的内容", is.name, is.place),
            (None, Some(is)) => format!("新增：机制“{}”（{}）", is.name, is.place),
            (Some(was), None) => format!("撤下：机制“{}”（{}）", was.name, was.place),
            (None, None) => String::new(),
        }
    }
}

impl Changes {
    /// The language of the views that were compared.
    fn language(&self) -> Language {
        let figure = self.figures.iter().find_map(|change| change.is.as_ref().or(change.was.as_ref()));
        let mechanism = self.mechanisms.iter().find_map(|change| change.is.as_ref().or(change.was.as_ref()));
        figure.map(|figure| figure.language).or_else(|| Some(mechanism?.language)).unwrap_or_default()
    }

    /// Whether neither figures nor mechanisms changed.
    pub fn is_empty(&self) -> bool {
        self.figures.is_empty() && self.mechanisms.is_empty()
    }

    /// A line each, at most so many; the last then says how many more there are. What is another comes before what is new.
    pub fn lines(&self, most: usize) -> Vec<String> {
        let rank = |was: bool, is: bool| usize::from(!was) + 2 * usize::from(!is);
        let mut all: Vec<(usize, String)> = self
            .figures
            .iter()
            .map(|change| (rank(change.was.is_some(), change.is.is_some()), change.line()))
            .chain(
                self.mechanisms
                    .iter()
                    .map(|change| (rank(change.was.is_some(), change.is.is_some()), change.line())),
            )
            .collect();
        all.sort_by_key(|(rank, _)| *rank);
        let mut lines: Vec<String> = all.into_iter().map(|(_, line)| line).collect();
        if lines.len() > most {
            let more = lines.len() - most;
            lines.truncate(most);
            lines.push(match self.language().is_english() {
                true => format!("and {more} more"),
                false => format!("另有{more}项"),
            });
        }
        lines
    }
}

#[cfg(test)]
mod tests;
