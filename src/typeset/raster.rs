//! Pages of a finished PDF as images: to be shown where no PDF can be, and to be compared with those of another.
//!
//! Which pages and how large is left to who asks.

use hayro::hayro_interpret::InterpreterSettings;
use hayro::hayro_syntax::Pdf;
use hayro::vello_cpu::Pixmap;
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::{PixmapSettings, RenderCache, RenderSettings, render};

/// Points of an inch.
const POINTS: f32 = 72.0;
/// Two colours that differ by less look alike: what another version of the typesetter rounds otherwise is no difference.
const ALIKE: u8 = 48;

/// Why a file has no images.
#[derive(Debug, thiserror::Error)]
#[error("it cannot be read as a PDF")]
pub struct Unreadable;

/// How one page looks otherwise.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PageDifference {
    /// The page, from 1.
    pub page: usize,
    /// How much of it looks otherwise, from 0 to 1; 1 where the other has no such page, or one of another size.
    pub share: f64,
}

/// The pages as PNG.
///
/// # Errors
/// When the file is no PDF that can be read.
pub fn images(pdf: &[u8], dots_per_inch: u16) -> Result<Vec<Vec<u8>>, Unreadable> {
    pixmaps(pdf, dots_per_inch)?.into_iter().map(|page| page.into_png().map_err(|_| Unreadable)).collect()
}

/// The pages that look otherwise in another file, whichever of the two has more.
///
/// # Errors
/// When one of them is no PDF that can be read.
pub fn compare(one: &[u8], other: &[u8]) -> Result<Vec<PageDifference>, Unreadable> {
    let dots_per_inch = 100;
    let (one, other) = (pixmaps(one, dots_per_inch)?, pixmaps(other, dots_per_inch)?);
    let pages = one.len().max(other.len());
    let differences = (0..pages).filter_map(|at| {
        let share = match (one.get(at), other.get(at)) {
            (Some(one), Some(other)) => difference(one, other),
            _ => 1.0,
        };
        (share > 0.0).then_some(PageDifference { page: at + 1, share })
    });
    Ok(differences.collect())
}

fn difference(one: &Pixmap, other: &Pixmap) -> f64 {
    if (one.width(), one.height()) != (other.width(), other.height()) {
        return 1.0;
    }
    let (one, other) = (one.data_as_u8_slice(), other.data_as_u8_slice());
    let differs = |(a, b): &(&[u8], &[u8])| a.iter().zip(*b).any(|(a, b)| a.abs_diff(*b) > ALIKE);
    let count = one.chunks_exact(4).zip(other.chunks_exact(4)).filter(differs).count();
    #[expect(clippy::cast_precision_loss, reason = "a page has some millions of dots")]
    let share = count as f64 / (one.len() / 4).max(1) as f64;
    share
}

fn pixmaps(pdf: &[u8], dots_per_inch: u16) -> Result<Vec<Pixmap>, Unreadable> {
    let pdf = Pdf::new(pdf.to_vec()).map_err(|_| Unreadable)?;
    let cache = RenderCache::new();
    let scale = f32::from(dots_per_inch) / POINTS;
    let size = PixmapSettings { x_scale: scale, y_scale: scale, bg_color: WHITE };
    let page =
        |page| render(page, &cache, &InterpreterSettings::default(), &RenderSettings::default(), &size);
    Ok(pdf.pages().iter().map(page).collect())
}
