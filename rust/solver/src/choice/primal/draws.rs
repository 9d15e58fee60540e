//! Draws of numbers.

use crate::numbers::to_float;

/// Draws that are the same in every run (Steele, Lea, Flood, "Fast splittable pseudorandom number
/// generators", 2014).
pub(in crate::choice) struct Draws(u64);

impl Draws {
    pub(in crate::choice) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`, which is at least 1.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the product is below 2^64 * end"
    )]
    pub(super) fn below(&mut self, end: usize) -> usize {
        ((u128::from(self.next()) * end as u128) >> 64) as usize
    }

    /// A number in `0.0..1.0`.
    pub(super) fn part(&mut self) -> f64 {
        to_float(self.next() >> 12) / to_float(1 << 52)
    }
}
