//! What a printer can do and how it stands, and whether that is what is asked of it.
//!
//! Which printer of a group gets the job is left to the channel.

use ipp::attribute::{IppAttribute, IppAttributeGroup};
use ipp::model::{DelimiterTag, Operation};
use ipp::prelude::IppRequestResponse;
use ipp::value::IppValue;

use super::wire::{Failure, Printer, keyword, numbers, texts};
use super::{Colour, PrintSettings, Sides};

/// What is asked for; a printer that knows only these names is enough.
const ASKED: [&str; 15] = [
    "printer-make-and-model",
    "printer-state",
    "printer-state-reasons",
    "printer-state-message",
    "printer-is-accepting-jobs",
    "operations-supported",
    "document-format-supported",
    "sides-supported",
    "media-supported",
    "media-ready",
    "print-color-mode-supported",
    "color-supported",
    "finishings-supported",
    "copies-supported",
    "page-ranges-supported",
];

/// `staple`, and where it is put at the head of a page that is read from the left.
const STAPLES: [i32; 2] = [4, 20];

/// What a printer says of itself.
#[derive(Debug)]
pub(super) struct Capabilities {
    model: Option<String>,
    state: i32,
    reasons: Vec<String>,
    accepting: bool,
    operations: Vec<i32>,
    formats: Vec<String>,
    sides: Vec<String>,
    media: Vec<String>,
    ready: Vec<String>,
    modes: Vec<String>,
    colour: bool,
    finishings: Vec<i32>,
    most_copies: u32,
    ranges: bool,
}

/// Adds to a request which attributes the answer is to hold.
pub(super) fn want(request: &mut IppRequestResponse, names: &[&str]) {
    let names = names.iter().filter_map(|name| keyword(name).ok()).collect();
    add(request, "requested-attributes", IppValue::Array(names));
}

/// Adds an attribute of the operation.
pub(super) fn add(request: &mut IppRequestResponse, name: &str, value: IppValue) {
    if let Ok(attribute) = IppAttribute::with_name(name, value) {
        request.attributes_mut().add(DelimiterTag::OperationAttributes, attribute);
    }
}

impl Capabilities {
    /// Asks a printer.
    pub(super) fn ask(printer: &Printer) -> Result<Self, Failure> {
        let mut request = printer.request(Operation::GetPrinterAttributes)?;
        want(&mut request, &ASKED);
        let reply = printer.ask(&request)?;
        let group = reply.attributes.first_of(DelimiterTag::PrinterAttributes);
        match group.filter(|_| reply.is_success()) {
            Some(group) => Ok(Self::read(group)),
            None => Err(Failure::Unusable(reply.words())),
        }
    }

    fn read(group: &IppAttributeGroup) -> Self {
        let first = |name| texts(group, name).into_iter().find(|text| !text.is_empty());
        let is = |name| match group.get(name).map(IppAttribute::value) {
            Some(IppValue::Boolean(answer)) => Some(*answer),
            _ => None,
        };
        let copies = match group.get("copies-supported").map(IppAttribute::value) {
            Some(IppValue::RangeOfInteger { max, .. } | IppValue::Integer(max)) => *max,
            _ => 1,
        };
        let mut reasons = texts(group, "printer-state-reasons");
        reasons.retain(|reason| reason != "none");
        if !reasons.is_empty() {
            reasons.extend(first("printer-state-message"));
        }
        Self {
            model: first("printer-make-and-model"),
            state: numbers(group, "printer-state").first().copied().unwrap_or_default(),
            reasons,
            accepting: is("printer-is-accepting-jobs").unwrap_or(true),
            operations: numbers(group, "operations-supported"),
            formats: texts(group, "document-format-supported"),
            sides: texts(group, "sides-supported"),
            media: texts(group, "media-supported"),
            ready: texts(group, "media-ready"),
            modes: texts(group, "print-color-mode-supported"),
            colour: is("color-supported").unwrap_or(false),
            finishings: numbers(group, "finishings-supported"),
            most_copies: u32::try_from(copies).unwrap_or(1).max(1),
            ranges: is("page-ranges-supported").unwrap_or(false),
        }
    }

    /// Whether it takes jobs now; a stopped printer does and keeps them.
    pub(super) fn is_accepting(&self) -> bool {
        self.accepting
    }

    /// Whether a job would wait until somebody comes.
    pub(super) fn is_stopped(&self) -> bool {
        self.state == 5
    }

    /// What the printer complains of: `media-empty`, `toner-low`.
    pub(super) fn reasons(&self) -> String {
        if self.reasons.is_empty() { "nothing".to_owned() } else { self.reasons.join(", ") }
    }

    /// The attributes of a job as it is asked for; what is the printer's only way is left out.
    ///
    /// # Errors
    /// What this printer cannot do, each with its own list.
    pub(super) fn template(
        &self,
        settings: &PrintSettings,
        format: &str,
        copies: u32,
        pages: Option<u32>,
    ) -> Result<Vec<IppAttribute>, Vec<String>> {
        let (mut attributes, mut missing) = (Vec::new(), Vec::new());
        let lacks = |what: &str, asked: &str, list: &[String]| {
            let list = if list.is_empty() { "nothing".to_owned() } else { list.join(", ") };
            format!("{what} `{asked}` is not supported: the printer offers {list}")
        };
        let mut word = |name: &str, asked: &str, list: &[String]| match keyword(asked) {
            Ok(value) if list.iter().any(|offered| offered == asked) => {
                attributes.extend(IppAttribute::with_name(name, value).ok());
                None
            }
            _ => Some(lacks(name, asked, list)),
        };
        if !self.formats.iter().any(|offered| offered.eq_ignore_ascii_case(format)) {
            missing.push(lacks("document-format", format, &self.formats));
        }
        if settings.sides != Sides::One || !self.sides.is_empty() {
            missing.extend(word("sides", settings.sides.keyword(), &self.sides));
        }
        missing.extend(word("media", &settings.media, &self.media));
        let mode = settings.colour.keyword();
        // Older printers name no modes and only say whether they have colour.
        let plain = match settings.colour {
            Colour::Auto => !self.modes.iter().any(|offered| offered == mode),
            Colour::Colour => self.modes.is_empty() && self.colour,
            Colour::Monochrome => self.modes.is_empty() && !self.colour,
        };
        if !plain {
            missing.extend(word("print-color-mode", mode, &self.modes));
        }
        if settings.staple {
            match STAPLES.iter().find(|staple| self.finishings.contains(staple)) {
                Some(staple) => {
                    let value = IppValue::Enum(*staple);
                    attributes.extend(IppAttribute::with_name("finishings", value).ok());
                }
                None => missing.push(lacks("finishings", "staple", &self.finishing_names())),
            }
        }
        if copies > self.most_copies {
            let range = format!("at most {} of one job", self.most_copies);
            missing.push(lacks("copies", &copies.to_string(), &[range]));
        } else if self.most_copies > 1 {
            let value = IppValue::Integer(i32::try_from(copies).unwrap_or(i32::MAX));
            attributes.extend(IppAttribute::with_name("copies", value).ok());
        }
        if let Some(last) = pages {
            if self.ranges {
                let max = i32::try_from(last).unwrap_or(i32::MAX);
                let value = IppValue::RangeOfInteger { min: 1, max };
                attributes.extend(IppAttribute::with_name("page-ranges", value).ok());
            } else {
                let all = ["all pages of a document".to_owned()];
                missing.push(lacks("page-ranges", &format!("1-{last}"), &all));
            }
        }
        if !self.operations.is_empty() && !self.operations.contains(&(Operation::PrintJob as i32)) {
            missing.push("the printer does not take a document with its job (Print-Job)".to_owned());
        }
        if missing.is_empty() { Ok(attributes) } else { Err(missing) }
    }

    /// What it is and can do, for people.
    pub(super) fn lines(&self) -> Vec<String> {
        let state = match self.state {
            3 => "idle",
            4 => "processing",
            5 => "stopped",
            _ => "in an unknown state",
        };
        let accepting = if self.accepting { "accepts jobs" } else { "accepts no jobs" };
        let model = self.model.as_deref().unwrap_or("a printer without a name");
        let list = |words: &[String]| {
            if words.is_empty() { "nothing named".to_owned() } else { words.join(", ") }
        };
        vec![
            format!("{model}: {state}, {accepting}, complains of {}", self.reasons()),
            format!("document-format: {}", list(&self.formats)),
            format!("sides: {}", list(&self.sides)),
            format!("media: {} (loaded: {})", list(&self.media), list(&self.ready)),
            format!("print-color-mode: {}", list(&self.modes)),
            format!("finishings: {}", list(&self.finishing_names())),
            format!("copies: at most {}", self.most_copies),
            format!("page-ranges: {}", if self.ranges { "supported" } else { "not supported" }),
        ]
    }

    fn finishing_names(&self) -> Vec<String> {
        let name = |number: &i32| match number {
            3 => "none".to_owned(),
            4 => "staple".to_owned(),
            5 => "punch".to_owned(),
            20..=35 => format!("staple ({number})"),
            other => other.to_string(),
        };
        self.finishings.iter().map(name).collect()
    }
}
