//! Chance that is the same on every machine: one stream for each region, out of the seed and the region's number.
//!
//! What is drawn is left to the modules that ask.

use fastrand::Rng;

/// The stream of one region, or of the whole workspace.
pub(crate) struct Draw(Rng);

impl Draw {
    /// The stream of region `number`, which is the same however many regions there are.
    pub(crate) fn of(seed: u64, number: u64) -> Self {
        // Neighbouring numbers must not have neighbouring states: the steps are those of SplitMix64.
        let mut state = seed ^ number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        Self(Rng::with_seed(state ^ (state >> 31)))
    }

    /// A whole number from `low` to `high`, both among them.
    pub(crate) fn between(&mut self, low: i64, high: i64) -> i64 {
        self.0.i64(low..=high.max(low))
    }

    /// An index below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0.usize(..end.max(1))
    }

    /// Whether something of `percent` in a hundred happens.
    pub(crate) fn chance(&mut self, percent: i64) -> bool {
        self.between(1, 100) <= percent
    }

    /// One of some things.
    pub(crate) fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }

    /// Some things in another order.
    pub(crate) fn shuffled<T: Clone>(&mut self, of: &[T]) -> Vec<T> {
        let mut all = of.to_vec();
        self.0.shuffle(&mut all);
        all
    }

    /// So many of some things, in an order of chance.
    pub(crate) fn some<T: Clone>(&mut self, of: &[T], count: usize) -> Vec<T> {
        let mut all = self.shuffled(of);
        all.truncate(count);
        all
    }

    /// Splits a whole into so many parts, none of them below one where the whole has that many.
    pub(crate) fn split(&mut self, whole: i64, parts: usize) -> Vec<i64> {
        let weights: Vec<i64> = (0..parts).map(|_| self.between(20, 100)).collect();
        let sum: i64 = weights.iter().sum();
        let mut split: Vec<i64> = weights.iter().map(|weight| (whole * weight / sum).max(1)).collect();
        let rest = whole - split.iter().sum::<i64>();
        if let Some(most) = split.iter_mut().max() {
            *most += rest;
        }
        split
    }
}
