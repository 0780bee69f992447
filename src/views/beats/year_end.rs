//! To come.
use super::Told;
use super::settled::Settled;
use crate::diag::Diagnostics;
use crate::views::Edition;
use crate::views::cite::Citations;
pub(super) fn told<'a>(_: &Told<'a>, _: &mut Citations<'a>, _: &Edition, _: &mut Diagnostics) -> Option<Settled> {
    None
}
