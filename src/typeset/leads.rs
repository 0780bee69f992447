//! Links within a document, put in once its pages stand.
//!
//! A template that looks up where a link leads makes every layout around it depend on the answer, so the typesetter sets the document
//! again. Instead it links to `report:LABEL`; here that becomes the place of the first element with the label, and where nothing bears
//! it the words stay without a link.

use std::collections::{BTreeMap, HashSet};

use typst::foundations::{Dict, IntoValue, Label, Selector};
use typst::introspection::{Introspector, Location, PagedPosition, Tag};
use typst::layout::{Frame, FrameItem, PageElem};
use typst::model::{Destination, Document, LinkMarker};
use typst::text::{LocalName, Locale};
use typst::utils::PicoStr;
use typst_layout::{Page, PagedDocument, PagedIntrospector};

/// What a link begins with that leads to a label.
const SCHEME: &str = "report:";

/// What templates find in `sys.inputs`: that they need not look up where a link leads.
pub(super) fn inputs() -> Dict {
    [("links".into(), "late".into_value())].into_iter().collect()
}

/// The document with every link in its place.
pub(super) fn put_in(document: &PagedDocument) -> PagedDocument {
    let info = document.info().clone();
    let mut leads = Leads {
        introspector: document.introspector(),
        locale: info.locale.unwrap_or_default(),
        places: BTreeMap::new(),
        gone: HashSet::new(),
    };
    let pages: Vec<Page> = document.pages().iter().map(|page| leads.page(page)).collect();
    PagedDocument::new(pages.into(), info)
}

struct Leads<'a> {
    introspector: &'a PagedIntrospector,
    locale: Locale,
    /// Where each label is; none for one that nothing bears.
    places: BTreeMap<String, Option<PagedPosition>>,
    /// The links that lead nowhere.
    gone: HashSet<Location>,
}

impl Leads<'_> {
    fn page(&mut self, page: &Page) -> Page {
        let mut page = page.clone();
        if has_leads(&page.frame) {
            self.frame(&mut page.frame);
        }
        page
    }

    /// Whatever of a link that leads nowhere is not retained: its area, and both ends of its tag.
    fn frame(&mut self, frame: &mut Frame) {
        frame.retain(|item| match item {
            FrameItem::Group(group) => {
                if has_leads(&group.frame) {
                    self.frame(&mut group.frame);
                }
                true
            }
            FrameItem::Link(destination, _) => match destination {
                Destination::Url(url) if label_of(url).is_some() => {
                    let place = label_of(url).and_then(|label| self.place(label));
                    place.inspect(|place| *destination = Destination::Position(*place)).is_some()
                }
                _ => true,
            },
            FrameItem::Tag(Tag::Start(element, _)) => {
                let at = element.location();
                let Some(marker) = element.to_packed_mut::<LinkMarker>() else { return true };
                let Some(label) = marker.alt.as_deref().and_then(label_of) else { return true };
                let place = self.place(label);
                // What the typesetter itself says of a link to a place.
                let page = PageElem::local_name(self.locale.lang, self.locale.region);
                marker.alt = place.map(|place| format!("{page} {}", place.page).into());
                if place.is_none() {
                    self.gone.extend(at);
                }
                place.is_some()
            }
            FrameItem::Tag(Tag::End(at, ..)) => !self.gone.contains(at),
            FrameItem::Text(_) | FrameItem::Shape(..) | FrameItem::Image(..) => true,
        });
    }

    fn place(&mut self, label: &str) -> Option<PagedPosition> {
        if let Some(place) = self.places.get(label) {
            return *place;
        }
        let place = PicoStr::get(label)
            .and_then(Label::new)
            .and_then(|label| self.introspector.query_first(&Selector::Label(label)))
            .and_then(|element| self.introspector.position(element.location()?));
        self.places.insert(label.to_owned(), place);
        place
    }
}

/// The label that a link leads to.
fn label_of(link: &str) -> Option<&str> {
    link.strip_prefix(SCHEME)
}

/// Whether a frame has any such link: one that has none is left as it is, shared with what the typesetter remembers.
fn has_leads(frame: &Frame) -> bool {
    frame.items().any(|(_, item)| match item {
        FrameItem::Group(group) => has_leads(&group.frame),
        FrameItem::Link(Destination::Url(url), _) => label_of(url).is_some(),
        FrameItem::Tag(Tag::Start(element, _)) => element.is::<LinkMarker>(),
        _ => false,
    })
}
