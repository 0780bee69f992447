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
    /// A text file whose name fits no document or subject.
    TextFileName { file: String, reason: String },
    /// A chart or table that cannot be drawn from what it names.
    BadPlate { message: String, hint: String },

    // ── settings ──
    /// A setting that cannot be used.
    BadSetting { message: String, hint: String },

    // ── faces and templates ──
    /// A role has no face at all.
    RoleWithoutFace { role: String, wanted: String },
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

use Problem as P;

impl Problem {
    /// The stable code: what `--deny` takes, and what a search finds in the documentation.
    pub fn code(&self) -> &'static str {
        match self {
            P::Unreadable { .. } => "unreadable",
            P::NotUtf8 { .. } => "not-utf8",
            P::ByteOrderMark { .. } => "byte-order-mark",
            P::LineEnds { .. } => "line-ends",
            P::EmptyFile { .. } => "empty-file",
            P::Syntax { .. } => "syntax",
            P::Format { .. } => "format",
            P::UnknownKey { .. } => "unknown-key",
            P::MissingKey { .. } => "missing-key",
            P::WrongType { .. } => "wrong-type",
            P::KeyConflict { .. } => "key-conflict",
            P::BadId { .. } => "bad-id",
            P::DuplicateId { .. } => "duplicate-id",
            P::DanglingId { .. } => "dangling-id",
            P::RegionFileName { .. } => "region-file-name",
            P::PlaceCycle { .. } => "place-cycle",
            P::Unused { .. } => "unused",
            P::UnknownUnit { .. } => "unknown-unit",
            P::WrongDimension { .. } => "wrong-dimension",
            P::BadDate { .. } => "bad-date",
            P::BackwardPeriod { .. } => "backward-period",
            P::AfterSource { .. } => "after-source",
            P::ShareOutOfRange { .. } => "share-out-of-range",
            P::BadValue { .. } => "bad-value",
            P::AsPrinted { .. } => "as-printed",
            P::QualifierWord { .. } => "qualifier-word",
            P::Unchecked { .. } => "unchecked",
            P::BadSource { .. } => "bad-source",
            P::RelationFails { certain: true, .. } => "relation",
            P::RelationFails { certain: false, .. } => "implausible",
            P::MemberCount { .. } => "member-count",
            P::BadFormula { .. } => "bad-formula",
            P::FormulaMixes { .. } => "formula-mixes",
            P::TypedDigit { .. } => "typed-digit",
            P::BadReference { .. } => "bad-reference",
            P::WrongTerm { .. } => "wrong-term",
            P::TooLong { .. } => "too-long",
            P::TextFileName { .. } => "text-file-name",
            P::BadPlate { .. } => "bad-plate",
            P::BadSetting { .. } => "bad-setting",
            P::RoleWithoutFace { .. } => "role-without-face",
            P::NoGlyph { .. } => "no-glyph",
            P::Substituted { .. } => "substituted",
            P::Box { .. } => "box",
            P::Template { .. } => "template",
            P::BodyTooLong { .. } => "body-too-long",
        }
    }

    /// How bad it is unless `--deny` says otherwise.
    pub fn severity(&self) -> Severity {
        match self {
            P::ByteOrderMark { .. }
            | P::LineEnds { .. }
            | P::Unused { .. }
            | P::AfterSource { .. }
            | P::Unchecked { .. }
            | P::RelationFails { certain: false, .. }
            | P::TooLong { .. }
            | P::Substituted { .. }
            | P::BodyTooLong { .. }
            | P::Template { fatal: false, .. } => Severity::Warning,
            _ => Severity::Error,
        }
    }

    /// The message: lower-case, exact, without a full stop.
    pub fn message(&self) -> String {
        match self {
            P::Unreadable { path, reason } => format!("cannot read `{path}`: {reason}"),
            P::NotUtf8 { path, gb18030: true } => format!("`{path}` is not UTF-8; it looks like GB18030"),
            P::NotUtf8 { path, gb18030: false } => format!("`{path}` is not UTF-8"),
            P::ByteOrderMark { path } => format!("`{path}` begins with a byte-order mark"),
            P::LineEnds { path } => format!("`{path}` has lines that end in CR LF"),
            P::EmptyFile { path } => format!("`{path}` is empty"),
            P::Syntax { message } => message.clone(),
            P::Format { found: None } => "the file does not say which format it has".into(),
            P::Format { found: Some(found) } => format!("format {found} is not known to this version"),
            P::UnknownKey { key, .. } => format!("unknown key `{key}`"),
            P::MissingKey { key, entry, .. } => format!("{entry} has no `{key}`"),
            P::WrongType { message, .. } | P::KeyConflict { message, .. } => message.clone(),
            P::BadId { id } => format!("`{id}` is not an id"),
            P::DuplicateId { kind, id, .. } => format!("{kind} `{id}` stands here a second time"),
            P::DanglingId { kind, id, .. } => format!("no {kind} `{id}`"),
            P::RegionFileName { id, file } => format!("region `{id}` stands in a file named `{file}`"),
            P::PlaceCycle { id } => format!("place `{id}` lies within itself"),
            P::Unused { kind, id } => format!("{kind} `{id}` is used by nothing"),
            P::UnknownUnit { unit, .. } => format!("unknown unit `{unit}`"),
            P::WrongDimension { unit, found, wanted, indicator } => {
                format!("`{unit}` measures {found}, but indicator `{indicator}` is {wanted}")
            }
            P::BadDate { date } => format!("`{date}` is not a date"),
            P::BackwardPeriod { from, to } => format!("the period ends ({to}) before it begins ({from})"),
            P::AfterSource { time, published } => {
                format!("a result of {time} in a source published {published}")
            }
            P::ShareOutOfRange { value } => format!("a share of {value} % is outside 0 to 100"),
            P::BadValue { message } => message.clone(),
            P::AsPrinted { printed, read, value } => {
                format!("`as_printed` is `{printed}`, which reads {read}, but the value is {value}")
            }
            P::QualifierWord { word, qualifier, .. } => {
                format!("`{word}` is not a word of the qualifier `{qualifier}`")
            }
            P::Unchecked { fact, reason } => format!("fact `{fact}` {reason}"),
            P::BadSource { message, .. } | P::RelationFails { message, .. } => message.clone(),
            P::MemberCount { name, listed, count } => {
                format!("`{name}` lists {listed} members, but says {count}")
            }
            P::BadFormula { message } | P::FormulaMixes { message, .. } => message.clone(),
            P::TypedDigit { digit } => format!("`{digit}` is typed by hand"),
            P::BadReference { message } => message.clone(),
            P::WrongTerm { wrong, .. } => format!("`{wrong}` is not the term to use"),
            P::TooLong { what, length, limit } => {
                format!("{what} has {length} characters; there is room for {limit}")
            }
            P::TextFileName { file, reason } => format!("`{file}` belongs to no document: {reason}"),
            P::BadPlate { message, .. } | P::BadSetting { message, .. } => message.clone(),
            P::RoleWithoutFace { role, .. } => format!("no face for the role `{role}`"),
            P::NoGlyph { character, role } => {
                format!("no face of the role `{role}` has `{character}` (U+{:04X})", u32::from(*character))
            }
            P::Substituted { character, role, face } => {
                format!(
                    "`{character}` (U+{:04X}) is not in the first face of the role `{role}`; it comes from {face}",
                    u32::from(*character)
                )
            }
            P::Box { character, page, face } => {
                format!(
                    "`{character}` on page {page} would be printed by `{face}`, which is not declared for it"
                )
            }
            P::Template { message, .. } => message.clone(),
            P::BodyTooLong { pages, limit } => format!("the body takes {pages} pages; it may take {limit}"),
        }
    }

    /// What to do next, most useful first.
    pub fn hints(&self) -> Vec<String> {
        let one = |hint: String| vec![hint];
        let near = |near: &Option<String>| near.iter().map(|n| format!("did you mean `{n}`?")).collect();
        match self {
            P::NotUtf8 { gb18030: true, .. } => {
                one("save it as UTF-8, or convert it: iconv -f GB18030 -t UTF-8 FILE".into())
            }
            P::NotUtf8 { .. } => one("save it as UTF-8".into()),
            P::ByteOrderMark { .. } => one("it is read without; save the file as UTF-8 without BOM".into()),
            P::LineEnds { .. } => {
                one("they are read as they are meant; set the editor to LF line ends".into())
            }
            P::EmptyFile { .. } | P::Format { found: None } => one("begin the file with `format = 1`".into()),
            P::Format { .. } => one("this version reads `format = 1`".into()),
            P::UnknownKey { near: Some(near), .. } => one(format!("did you mean `{near}`?")),
            P::UnknownKey { known, .. } if known.is_empty() => Vec::new(),
            P::UnknownKey { known, .. } => one(format!("the keys here are {}", known.join(", "))),
            P::MissingKey { key, example, .. } if !example.is_empty() => {
                one(format!("add it, for example `{key} = {example}`"))
            }
            P::WrongType { near: n, .. } => near(n),
            P::KeyConflict { hint, .. }
            | P::BadSource { hint, .. }
            | P::FormulaMixes { hint, .. }
            | P::BadPlate { hint, .. }
            | P::BadSetting { hint, .. }
                if !hint.is_empty() =>
            {
                one(hint.clone())
            }
            P::BadId { .. } => {
                one("use lower-case letters, digits and hyphens, and begin with a letter".into())
            }
            P::DuplicateId { first, .. } => one(format!("the first stands at {first}")),
            P::DanglingId { near: n, .. } | P::UnknownUnit { near: n, .. } => near(n),
            P::RegionFileName { id, .. } => one(format!("name the file `{id}.toml`")),
            P::Unused { .. } => one("remove it, or use it".into()),
            P::BadDate { .. } => one("write YYYY, YYYY-MM or YYYY-MM-DD".into()),
            P::AfterSource { .. } => one("a target or an expectation needs `nature`".into()),
            P::AsPrinted { .. } => one("copy the digits from the source once more".into()),
            P::QualifierWord { allowed, .. } => one(format!("it takes {allowed}")),
            P::Unchecked { .. } => {
                one("a second person compares it with the source and sets `checked_by`".into())
            }
            P::TypedDigit { .. } => {
                one("refer to the fact, `{id}`, or mark the words as plain, `{=2023年}`".into())
            }
            P::WrongTerm { right, why, .. } => {
                let why = if why.is_empty() { String::new() } else { format!(" ({why})") };
                one(format!("write `{right}`{why}"))
            }
            P::RoleWithoutFace { wanted, .. } => {
                one(format!("run scripts/fetch-fonts, or put one of these into fonts/: {wanted}"))
            }
            P::NoGlyph { .. } => {
                one("write another character, or add a face that has it to templates/lib/faces.toml".into())
            }
            P::Box { .. } => one("declare a face that has it in templates/lib/faces.toml".into()),
            P::Template { hints, .. } => hints.clone(),
            P::BodyTooLong { .. } => {
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
