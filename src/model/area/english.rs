//! The English edition of an area's files: the words of `data/en/areas/` put in the place of the Chinese ones, and what has none reported.
//!
//! They are put there before the entries are read, so that all else of a file is read and checked as it is in Chinese.

use std::sync::Arc;

use serde::de::DeserializeOwned;
use toml::Spanned;

use super::reading::Own;
use crate::casefile::{
    AssessmentEntry, ById, CarriedEntry, ClassEntry, CorrectionEntry, CorrectionsFile, CorrectionsWords,
    DecisionEntry, Field, HalfFile, HalfWords, InspectionEntry, KeyedWords, ListEntry, ListsFile, ListsWords,
    NodeEntry, OverdueEntry, PracticeNote, QuarterFile, QuarterWords, StopEntry, TargetEntry, TargetsFile,
    TargetsWords, TaskEntry, TasksFile, TasksWords, VisitEntry, YearFile, YearWords,
};
use crate::diag::{Diagnostics, Problem, SourceFile, Span, nearest};
use crate::model::casebook::read;
use crate::model::english::FOLDER;

/// An entry with words that are printed.
trait Worded {
    /// What it is called in messages.
    const KIND: &'static str;

    /// What its words are found by; none for an entry that is found by its position.
    fn name(&self) -> Option<&str>;

    /// Its words, by key.
    fn texts(&mut self) -> Vec<(&'static str, &mut Field<String>)>;
}

macro_rules! worded {
    (@name $own:ident) => { None };
    (@name $own:ident $id:ident) => { $own.$id.as_ref().map(|id| id.get_ref().as_str()) };
    ($($entry:ident $kind:literal $(by $id:ident)?: $($key:ident),+;)*) => { $(impl Worded for $entry {
        const KIND: &'static str = $kind;

        fn name(&self) -> Option<&str> {
            worded!(@name self $($id)?)
        }

        fn texts(&mut self) -> Vec<(&'static str, &mut Field<String>)> {
            vec![$((stringify!($key), &mut self.$key)),+]
        }
    })* };
}
worded! {
    TaskEntry "task" by id: matter, stuck, ask;
    ListEntry "entry" by id: matter, proposer, result;
    TargetEntry "target" by id: not_comparable;
    CorrectionEntry "correction": why;
    InspectionEntry "inspection" by unit: note;
    ClassEntry "class": name, shows;
    OverdueEntry "overdue": matter, supervisor;
    PracticeNote "practice": name, text;
    StopEntry "stop": place, look, number, problem, speaker, way;
    DecisionEntry "decision": matter, lead;
    NodeEntry "node": matter;
    AssessmentEntry "assessment" by unit: did, lacks, next;
    CarriedEntry "carried": matter, supervisor;
    VisitEntry "visit": place, words;
}

/// A file of an area, with what holds its words in English.
pub(super) trait Spoken {
    /// The words in English as written.
    type Words: DeserializeOwned + Default;

    /// Puts them in the place of the Chinese ones.
    fn speak(&mut self, words: &Self::Words, scribe: &mut Scribe<'_>);
}

macro_rules! spoken {
    ($($file:ident as $words:ident: [$($text:ident),*] [$($by_id:ident),*] [$($by_place:ident),*];)*) => {
        $(impl Spoken for $file {
            type Words = $words;

            fn speak(&mut self, words: &$words, scribe: &mut Scribe<'_>) {
                $(scribe.text(&mut self.$text, words.$text.as_ref(), stringify!($text), "the file");)*
                $(scribe.by_id(&mut self.$by_id, &words.$by_id);)*
                $(scribe.by_place(&mut self.$by_place, &words.$by_place);)*
            }
        })*
    };
}
spoken! {
    TasksFile as TasksWords: [title] [task] [];
    ListsFile as ListsWords: [title] [entry] [];
    TargetsFile as TargetsWords: [title] [target] [];
    CorrectionsFile as CorrectionsWords: [title] [] [correction];
    HalfFile as HalfWords: [title, gather] [] [stop, decision, node];
    YearFile as YearWords: [title] [assessment] [carried, visit];
}

impl Spoken for QuarterFile {
    type Words = QuarterWords;

    fn speak(&mut self, words: &QuarterWords, scribe: &mut Scribe<'_>) {
        scribe.text(&mut self.title, words.title.as_ref(), "title", "the file");
        scribe.by_id(&mut self.inspection, &words.inspection);
        scribe.by_place(&mut self.class, &words.class);
        scribe.by_place(&mut self.overdue, &words.overdue);
        if let Some(practice) = &mut self.practice {
            let words = words.practice.as_ref();
            scribe.entry(practice.get_mut(), words.map(Spanned::get_ref), "the practice");
        }
    }
}

impl Own<'_> {
    /// Puts the words of `data/en/areas/<area>/<file>` in the place of the Chinese ones.
    pub(super) fn translate<F: Spoken>(&mut self, file: &Arc<SourceFile>, entries: &mut F) {
        let within = self.name.strip_prefix("data/").unwrap_or(&self.name);
        let name = format!("data/{FOLDER}/{within}");
        let data = self.path.ancestors().nth(3).unwrap_or(self.path);
        let path = data.join(FOLDER).join(within);
        if !path.exists() {
            let problem = Problem::NoEnglish { what: format!("`{}`", self.name), file: name };
            self.diagnostics.push(problem, Span::head(file));
            return;
        }
        // What cannot be read is told once; that its words are missing besides would be no second fault.
        let Some((english, words)) = read::<F::Words>(&path, &name, self.diagnostics) else { return };
        let mut scribe = Scribe { chinese: file, english: &english, diagnostics: self.diagnostics };
        entries.speak(&words, &mut scribe);
    }
}

/// Writes English over Chinese, and says what is missing.
pub(super) struct Scribe<'a> {
    chinese: &'a Arc<SourceFile>,
    english: &'a Arc<SourceFile>,
    diagnostics: &'a mut Diagnostics,
}

impl Scribe<'_> {
    /// English words in the place of Chinese ones, whose place in their file they keep: there a fault is to be looked for.
    fn text(&mut self, field: &mut Field<String>, english: Option<&Spanned<String>>, key: &str, what: &str) {
        let Some(chinese) = field else { return };
        match english {
            Some(english) => *chinese = Spanned::new(chinese.span(), english.get_ref().clone()),
            None => {
                let file = self.english.path().to_owned();
                let problem = Problem::NoEnglish { what: format!("`{key}` of {what}"), file };
                self.diagnostics.push(problem, Span::new(self.chinese, chinese.span()));
            }
        }
    }

    fn entry<T: Worded>(&mut self, entry: &mut T, words: Option<&KeyedWords>, what: &str) {
        let mut texts = entry.texts();
        let known: Vec<&str> = texts.iter().map(|(key, _)| *key).collect();
        for (key, english) in words.into_iter().flatten().filter(|(key, _)| !known.contains(&key.as_str())) {
            let near = nearest(key, known.iter().copied());
            let known = known.iter().map(|key| format!("`{key}`")).collect();
            let problem = Problem::UnknownKey { key: key.clone(), near, known };
            self.diagnostics.push(problem, Span::new(self.english, english.span()));
        }
        for (key, field) in &mut texts {
            self.text(field, words.and_then(|words| words.get(*key)), key, what);
        }
    }

    fn by_id<T: Worded>(&mut self, entries: &mut [Spanned<T>], words: &ById<KeyedWords>) {
        let ids: Vec<String> = entries.iter().filter_map(|e| e.get_ref().name().map(str::to_owned)).collect();
        for (id, english) in words.iter().filter(|(id, _)| !ids.contains(id)) {
            let near = nearest(id, ids.iter().map(String::as_str));
            let problem = Problem::DanglingId { kind: T::KIND, id: id.clone(), near };
            self.diagnostics.push(problem, Span::new(self.english, english.span()));
        }
        for entry in entries {
            // An entry without an id is told as it is read.
            let Some(id) = entry.get_ref().name().map(str::to_owned) else { continue };
            let what = format!("{} `{id}`", T::KIND);
            self.entry(entry.get_mut(), words.get(&id).map(Spanned::get_ref), &what);
        }
    }

    fn by_place<T: Worded>(&mut self, entries: &mut [Spanned<T>], words: &[Spanned<KeyedWords>]) {
        let (there, here) = (entries.len(), words.len());
        if let Some(last) = words.last().filter(|_| there != here) {
            let message = format!("[[{}]] stands {here} times, but {there} times in Chinese", T::KIND);
            self.diagnostics.push(Problem::BadValue { message }, Span::new(self.english, last.span()));
            return;
        }
        for (at, entry) in entries.iter_mut().enumerate() {
            let what = format!("{} {}", T::KIND, at + 1);
            self.entry(entry.get_mut(), words.get(at).map(Spanned::get_ref), &what);
        }
    }
}
