//! Every message once: code, severity, words and hint of all that can be wrong with what people write.
//!
//! Where it is found is left to the readers and the model; how it looks to `render`.

use super::Severity;

/// What is wrong. Values are quoted as they stand in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "the fields are the words of the message below, where each is shown in its sentence"
)]
pub enum Problem {
    // ── files and syntax ──
    /// The file cannot be read at all.
    Unreadable { path: String, reason: String },
    /// The file is not UTF-8.
    NotUtf8 { path: String, gb18030: bool },
    /// The file begins with a byte-order mark.
    ByteOrderMark { path: String },
    /// Lines end in CR LF.
    LineEnds { path: String },
    /// Nothing stands in the file.
    EmptyFile { path: String },
    /// TOML or Typst cannot be parsed here.
    Syntax { message: String },
    /// `format` is missing or of another version.
    Format { found: Option<String> },
    /// A key that the table does not take.
    UnknownKey { key: String, near: Option<String>, known: Vec<String> },
    /// A key that must be there.
    MissingKey { key: &'static str, entry: String, example: &'static str },
    /// A value of the wrong type or out of a closed set.
    WrongType { message: String, near: Option<String> },
    /// Keys that exclude or demand each other.
    KeyConflict { message: String, hint: String },

    // ── ids ──
    /// An id with other characters than lower-case letters, digits and hyphens.
    BadId { id: String },
    /// A second entry of the same id.
    DuplicateId { kind: &'static str, id: String, first: String },
    /// A reference to something that is not there.
    DanglingId { kind: &'static str, id: String, near: Option<String> },
    /// The id of a region differs from the name of its file.
    RegionFileName { id: String, file: String },
    /// Places whose parents form a ring.
    PlaceCycle { id: String },
    /// Words that an English document prints and that stand in Chinese alone.
    NoEnglish { what: String, file: String },
    /// Something that nothing refers to.
    Unused { kind: &'static str, id: String },

    // ── facts ──
    /// A unit that no file declares.
    UnknownUnit { unit: String, near: Option<String> },
    /// A unit of another dimension than the indicator's.
    WrongDimension { unit: String, found: String, wanted: String, indicator: String },
    /// A date that does not exist or is not written as one.
    BadDate { date: String },
    /// A period that ends before it begins.
    BackwardPeriod { from: String, to: String },
    /// A result dated after the source that reports it.
    AfterSource { time: String, published: String },
    /// A share below 0 or above 100.
    ShareOutOfRange { value: String },
    /// A negative count, a huge or otherwise impossible number.
    BadValue { message: String },
    /// The digits as printed give another number.
    AsPrinted { printed: String, read: String, value: String },
    /// The words as printed say another qualifier, or another end of a range.
    AsPrintedSays { printed: String, says: String, entry: String },
    /// The qualifier's word does not belong to the qualifier.
    QualifierWord { word: String, qualifier: &'static str, allowed: String },
    /// Entered and checked by the same person, or not checked.
    Unchecked { fact: String, reason: &'static str },
    /// Address, publisher or paragraph that cannot be.
    BadSource { message: String, hint: String },

    // ── relations and derived figures ──
    /// A relation that the figures do not hold.
    RelationFails { message: String, certain: bool },
    /// Listed members and count differ.
    MemberCount { name: String, listed: usize, count: String },
    /// A formula that cannot be read.
    BadFormula { message: String },
    /// A formula that mixes what must not be mixed.
    FormulaMixes { message: String, hint: String },

    // ── texts ──
    /// A digit typed by hand.
    TypedDigit { digit: String },
    /// A brace that is not closed, or an empty reference.
    BadReference { message: String },
    /// A term that is not to be used.
    WrongTerm { wrong: String, right: String, why: String },
    /// A text longer than its place.
    TooLong { what: &'static str, length: usize, limit: usize },
    /// A text that speaks of what was not known yet in the period.
    TextTooLate { file: String, period: String, figure: String },
    /// A text file whose name fits no document or subject.
    TextFileName { file: String, reason: String },
    /// A chart or table that cannot be drawn from what it names.
    BadPlate { message: String, hint: String },

    // ── settings ──
    /// A setting that cannot be used.
    BadSetting { message: String, hint: String },
    /// 共印N份 that is not the number of copies on paper.
    CopiesDiffer { document: String, set: u32, sum: u64, parts: String },
    /// A key of a channel that its kind does not use.
    IdleKey { key: &'static str, kind: String, users: String },
    /// A rendering for pre-printed paper that would not fall on the same places.
    BlankMoved { pages: usize, blank: usize },
    /// A recipient to whom nothing will ever go.
    GetsNothing { id: String, reason: String, hint: String },
    /// A year whose working days are needed and not known.
    CalendarMissing { year: i32, fatal: bool },

    // ── faces and templates ──
    /// A role has no face at all.
    RoleWithoutFace { role: String, wanted: String },
    /// A face that a role declares before others is not there.
    FaceAbsent { role: String, family: String, instead: String },
    /// No face of the role has this character.
    NoGlyph { character: char, role: String },
    /// The character comes from a later face of the role.
    Substituted { character: char, role: String, face: String },
    /// A face that is not declared was used, or a box would be printed.
    Box { character: String, page: usize, face: String },
    /// An error or warning of the typesetter.
    Template { message: String, hints: Vec<String>, fatal: bool },
    /// A body that takes more pages than its document allows, after everything that may move has moved.
    BodyTooLong { pages: usize, limit: usize },
}

impl Problem {
    /// The stable code: what `--deny` takes, and what a search finds in the documentation.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } => "unreadable",
            Self::NotUtf8 { .. } => "not-utf8",
            Self::ByteOrderMark { .. } => "byte-order-mark",
            Self::LineEnds { .. } => "line-ends",
            Self::EmptyFile { .. } => "empty-file",
            Self::Syntax { .. } => "syntax",
            Self::Format { .. } => "format",
            Self::UnknownKey { .. } => "unknown-key",
            Self::MissingKey { .. } => "missing-key",
            Self::WrongType { .. } => "wrong-type",
            Self::KeyConflict { .. } => "key-conflict",
            Self::BadId { .. } => "bad-id",
            Self::DuplicateId { .. } => "duplicate-id",
            Self::DanglingId { .. } => "dangling-id",
            Self::NoEnglish { .. } => "no-english",
            Self::RegionFileName { .. } => "region-file-name",
            Self::PlaceCycle { .. } => "place-cycle",
            Self::Unused { .. } => "unused",
            Self::UnknownUnit { .. } => "unknown-unit",
            Self::WrongDimension { .. } => "wrong-dimension",
            Self::BadDate { .. } => "bad-date",
            Self::BackwardPeriod { .. } => "backward-period",
            Self::AfterSource { .. } => "after-source",
            Self::ShareOutOfRange { .. } => "share-out-of-range",
            Self::BadValue { .. } => "bad-value",
            Self::AsPrinted { .. } | Self::AsPrintedSays { .. } => "as-printed",
            Self::QualifierWord { .. } => "qualifier-word",
            Self::Unchecked { .. } => "unchecked",
            Self::BadSource { .. } => "bad-source",
            Self::RelationFails { certain: true, .. } => "relation",
            Self::RelationFails { certain: false, .. } => "implausible",
            Self::MemberCount { .. } => "member-count",
            Self::BadFormula { .. } => "bad-formula",
            Self::FormulaMixes { .. } => "formula-mixes",
            Self::TypedDigit { .. } => "typed-digit",
            Self::BadReference { .. } => "bad-reference",
            Self::WrongTerm { .. } => "wrong-term",
            Self::TooLong { .. } => "too-long",
            Self::TextTooLate { .. } => "text-too-late",
            Self::TextFileName { .. } => "text-file-name",
            Self::BadPlate { .. } => "bad-plate",
            Self::BadSetting { .. } => "bad-setting",
            Self::CopiesDiffer { .. } => "copies-differ",
            Self::IdleKey { .. } => "idle-key",
            Self::BlankMoved { .. } => "blank-moved",
            Self::GetsNothing { .. } => "gets-nothing",
            Self::CalendarMissing { .. } => "calendar-missing",
            Self::RoleWithoutFace { .. } => "role-without-face",
            Self::FaceAbsent { .. } => "face-absent",
            Self::NoGlyph { .. } => "no-glyph",
            Self::Substituted { .. } => "substituted",
            Self::Box { .. } => "box",
            Self::Template { .. } => "template",
            Self::BodyTooLong { .. } => "body-too-long",
        }
    }

    /// How bad it is unless `--deny` says otherwise.
    pub fn severity(&self) -> Severity {
        match self {
            Self::ByteOrderMark { .. }
            | Self::LineEnds { .. }
            | Self::Unused { .. }
            | Self::AfterSource { .. }
            | Self::Unchecked { .. }
            | Self::RelationFails { certain: false, .. }
            | Self::TooLong { .. }
            | Self::TextTooLate { .. }
            | Self::Substituted { .. }
            | Self::FaceAbsent { .. }
            | Self::BodyTooLong { .. }
            | Self::GetsNothing { .. }
            | Self::CalendarMissing { fatal: false, .. }
            | Self::Template { fatal: false, .. } => Severity::Warning,
            _ => Severity::Error,
        }
    }

    /// The message: lower-case, exact, without a full stop.
    pub fn message(&self) -> String {
        match self {
            Self::Unreadable { path, reason } => format!("cannot read `{path}`: {reason}"),
            Self::NotUtf8 { path, gb18030: true } => format!("`{path}` is not UTF-8; it looks like GB18030"),
            Self::NotUtf8 { path, gb18030: false } => format!("`{path}` is not UTF-8"),
            Self::ByteOrderMark { path } => format!("`{path}` begins with a byte-order mark"),
            Self::LineEnds { path } => format!("`{path}` has lines that end in CR LF"),
            Self::EmptyFile { path } => format!("`{path}` is empty"),
            Self::Syntax { message } => message.clone(),
            Self::Format { found: None } => "the file does not say which format it has".into(),
            Self::Format { found: Some(found) } => format!("format {found} is not known to this version"),
            Self::UnknownKey { key, .. } => format!("unknown key `{key}`"),
            Self::MissingKey { key, entry, .. } => format!("{entry} has no `{key}`"),
            Self::WrongType { message, .. } | Self::KeyConflict { message, .. } => message.clone(),
            Self::BadId { id } => format!("`{id}` is not an id"),
            Self::DuplicateId { kind, id, .. } => format!("{kind} `{id}` stands here a second time"),
            Self::DanglingId { kind, id, .. } => format!("no {kind} `{id}`"),
            Self::NoEnglish { what, .. } => format!("{what} has no English words"),
            Self::RegionFileName { id, file } => format!("region `{id}` stands in a file named `{file}`"),
            Self::PlaceCycle { id } => format!("place `{id}` lies within itself"),
            Self::Unused { kind, id } => format!("{kind} `{id}` is used by nothing"),
            Self::UnknownUnit { unit, .. } => format!("unknown unit `{unit}`"),
            Self::WrongDimension { unit, found, wanted, indicator } => {
                format!("`{unit}` measures {found}, but indicator `{indicator}` is {wanted}")
            }
            Self::BadDate { date } => format!("`{date}` is not a date"),
            Self::BackwardPeriod { from, to } => format!("the period ends ({to}) before it begins ({from})"),
            Self::AfterSource { time, published } => {
                format!("a result of {time} in a source published {published}")
            }
            Self::ShareOutOfRange { value } => format!("a share of {value} % is outside 0 to 100"),
            Self::BadValue { message } => message.clone(),
            Self::AsPrinted { printed, read, value } => {
                format!("`as_printed` is `{printed}`, which reads {read}, but the value is {value}")
            }
            Self::AsPrintedSays { printed, says, entry } => {
                format!("`as_printed` is `{printed}`, which says {says}, but the entry says {entry}")
            }
            Self::QualifierWord { word, qualifier, .. } => {
                format!("`{word}` is not a word of the qualifier `{qualifier}`")
            }
            Self::Unchecked { fact, reason } => format!("fact `{fact}` {reason}"),
            Self::BadSource { message, .. } | Self::RelationFails { message, .. } => message.clone(),
            Self::MemberCount { name, listed, count } => {
                format!("`{name}` lists {listed} members, but says {count}")
            }
            Self::BadFormula { message } | Self::FormulaMixes { message, .. } => message.clone(),
            Self::TypedDigit { digit } => format!("`{digit}` is typed by hand"),
            Self::BadReference { message } => message.clone(),
            Self::WrongTerm { wrong, .. } => format!("`{wrong}` is not the term to use"),
            Self::TooLong { what, length, limit } => {
                format!("{what} has {length} characters; there is room for {limit}")
            }
            Self::TextTooLate { file, period, figure } => {
                format!("`{file}` is left out: it speaks of `{figure}`, which was published after {period}")
            }
            Self::TextFileName { file, reason } => format!("`{file}` belongs to no document: {reason}"),
            Self::BadPlate { message, .. } | Self::BadSetting { message, .. } => message.clone(),
            Self::CopiesDiffer { document, set, sum, .. } => {
                format!("`copies` is {set}, but {document} has {sum} copies on paper")
            }
            Self::IdleKey { key, kind, .. } => format!("a channel of the kind `{kind}` does not use `{key}`"),
            Self::BlankMoved { pages, blank } => {
                format!("without its red masthead the document has {blank} pages instead of {pages}")
            }
            Self::GetsNothing { id, reason, .. } => format!("recipient `{id}` gets nothing: {reason}"),
            Self::CalendarMissing { year, .. } => format!("there is no calendar of {year}"),
            Self::RoleWithoutFace { role, .. } => format!("no face for the role `{role}`"),
            Self::FaceAbsent { role, family, instead } => {
                format!("no face `{family}` for the role `{role}`; `{instead}` takes its place")
            }
            Self::NoGlyph { character, role } => {
                format!("no face of the role `{role}` has `{character}` (U+{:04X})", u32::from(*character))
            }
            Self::Substituted { character, role, face } => {
                format!(
                    "`{character}` (U+{:04X}) is not in the first face of the role `{role}`; it comes from {face}",
                    u32::from(*character)
                )
            }
            Self::Box { character, page, face } => {
                format!(
                    "`{character}` on page {page} would be printed by `{face}`, which is not declared for it"
                )
            }
            Self::Template { message, .. } => message.clone(),
            Self::BodyTooLong { pages, limit } => {
                format!("the body takes {pages} pages; it may take {limit}")
            }
        }
    }

    /// What to do next, most useful first.
    pub fn hints(&self) -> Vec<String> {
        let one = |hint: String| vec![hint];
        let near = |near: &Option<String>| near.iter().map(|n| format!("did you mean `{n}`?")).collect();
        match self {
            Self::NotUtf8 { gb18030: true, .. } => {
                one("save it as UTF-8, or convert it: iconv -f GB18030 -t UTF-8 FILE".into())
            }
            Self::NotUtf8 { .. } => one("save it as UTF-8".into()),
            Self::ByteOrderMark { .. } => {
                one("it is read without; save the file as UTF-8 without BOM".into())
            }
            Self::LineEnds { .. } => {
                one("they are read as they are meant; set the editor to LF line ends".into())
            }
            Self::EmptyFile { .. } | Self::Format { found: None } => {
                one("begin the file with `format = 1`".into())
            }
            Self::Format { .. } => one("this version reads `format = 1`".into()),
            Self::UnknownKey { near: Some(near), .. } => one(format!("did you mean `{near}`?")),
            Self::UnknownKey { known, .. } if known.is_empty() => Vec::new(),
            Self::UnknownKey { known, .. } => one(format!("the keys here are {}", known.join(", "))),
            Self::MissingKey { key, example, .. } if !example.is_empty() => {
                one(format!("add it, for example `{key} = {example}`"))
            }
            Self::WrongType { near: n, .. } => near(n),
            Self::KeyConflict { hint, .. }
            | Self::BadSource { hint, .. }
            | Self::FormulaMixes { hint, .. }
            | Self::BadPlate { hint, .. }
            | Self::BadSetting { hint, .. }
            | Self::GetsNothing { hint, .. }
                if !hint.is_empty() =>
            {
                one(hint.clone())
            }
            Self::BadId { .. } => {
                one("use lower-case letters, digits and hyphens, and begin with a letter".into())
            }
            Self::DuplicateId { first, .. } => one(format!("the first stands at {first}")),
            Self::DanglingId { near: n, .. } | Self::UnknownUnit { near: n, .. } => near(n),
            Self::RegionFileName { id, .. } => one(format!("name the file `{id}.toml`")),
            Self::NoEnglish { file, .. } => one(format!("write them in {file}")),
            Self::Unused { .. } => one("remove it, or use it".into()),
            Self::BadDate { .. } => one("write YYYY, YYYY-MM or YYYY-MM-DD".into()),
            Self::AfterSource { .. } => one("a target or an expectation needs `nature`".into()),
            Self::AsPrinted { .. } | Self::AsPrintedSays { .. } => {
                one("copy the digits from the source once more".into())
            }
            Self::QualifierWord { allowed, .. } => one(format!("it takes {allowed}")),
            Self::Unchecked { .. } => {
                one("a second person compares it with the source and sets `checked_by`".into())
            }
            Self::TypedDigit { .. } => {
                one("refer to the fact, `{id}`, or mark the words as plain, `{=2023年}`".into())
            }
            Self::TextTooLate { period, .. } => {
                one(format!("write a text for that period, `<document>-<subject>-{period}.toml`"))
            }
            Self::WrongTerm { right, why, .. } => {
                let why = if why.is_empty() { String::new() } else { format!(" ({why})") };
                one(format!("write `{right}`{why}"))
            }
            Self::CopiesDiffer { sum, parts, .. } => one(format!(
                "{parts} = {sum}; write `copies = \"sum\"`, or mend recipients, `archive` or `copies`"
            )),
            Self::IdleKey { users, .. } => one(format!("it belongs to {users}; take it out")),
            Self::BlankMoved { .. } => {
                one("in templates, `masthead.blank` may hide what is red, and change nothing else".into())
            }
            Self::CalendarMissing { year, .. } => one(format!(
                "write data/calendars/cn-{year}.toml by the State Council's notice, which comes in the November before"
            )),
            Self::RoleWithoutFace { wanted, .. } => {
                one(format!("run scripts/fetch-fonts, or put one of these into fonts/: {wanted}"))
            }
            Self::NoGlyph { .. } => {
                one("write another character, or add a face that has it to templates/lib/faces.toml".into())
            }
            Self::FaceAbsent { .. } => {
                one("run scripts/fetch-fonts, or take the family out of templates/lib/faces.toml".into())
            }
            Self::Box { .. } => one("declare a face that has it in templates/lib/faces.toml".into()),
            Self::Template { hints, .. } => hints.clone(),
            Self::BodyTooLong { .. } => {
                one("shorten the text, or move a section to the annex with `annex = true`".into())
            }
            _ => Vec::new(),
        }
    }
}

/// The candidate that was probably meant: the nearest by edits, if it is near enough to be a slip.
pub fn nearest<'a>(wrong: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    candidates
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(wrong, candidate), candidate))
        .filter(|(score, _)| *score > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(a.1)))
        .map(|(_, candidate)| candidate.to_owned())
}
