//! Pages of a made document as images beside it: `pingliang.page-01.png`.
//!
//! How a page becomes an image is left to the typesetter.

use std::path::{Path, PathBuf};

use briefing::{disk, typeset};

use super::failure::Failure;
use super::telling::shown;
use crate::terminal::Terminal;

/// Writes the pages of a PDF, and takes away those that an earlier one had beyond them.
pub(super) fn write(pdf: &Path, dots_per_inch: u16, terminal: &Terminal) -> Result<(), Failure> {
    let failed = |error: &dyn std::error::Error| {
        Failure::usage(format!("no images of `{}`: {error}", shown(pdf)), None)
    };
    let bytes = disk::read(pdf).map_err(|error| failed(&error))?;
    let images = typeset::images(&bytes, dots_per_inch).map_err(|error| failed(&error))?;
    for (at, image) in images.iter().enumerate() {
        disk::write(&path_of(pdf, at + 1), image).map_err(|error| failed(&error))?;
    }
    for page in images.len() + 1.. {
        if std::fs::remove_file(path_of(pdf, page)).is_err() {
            break;
        }
    }
    let first = path_of(pdf, 1);
    terminal.line(&format!("made {} images at {dots_per_inch} dpi, {} …", images.len(), shown(&first)))?;
    Ok(())
}

fn path_of(pdf: &Path, page: usize) -> PathBuf {
    pdf.with_extension(format!("page-{page:02}.png"))
}
