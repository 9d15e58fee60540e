//! Conversions and arithmetic that both searches need.

use std::ops::Rem;

/// A position as a number of an instance.
///
/// # Panics
///
/// If it is 2^32 or more.
pub(crate) fn number(position: usize) -> u32 {
    u32::try_from(position).expect("an instance has fewer than 2^32 of anything")
}

/// The greatest common divisor of two nonnegative numbers; that of 0 and another is the other.
pub(crate) fn greatest_common_divisor<N>(mut left: N, mut right: N) -> N
where
    N: Copy + Default + PartialEq + Rem<Output = N>,
{
    while right != N::default() {
        (left, right) = (right, left % right);
    }
    left
}

/// A cost, for bounds in floating point.
#[expect(
    clippy::cast_precision_loss,
    reason = "costs together are below 2^52, which is checked when a choice is made"
)]
pub(crate) const fn to_float(cost: u64) -> f64 {
    cost as f64
}

/// A worth or an amount, for finding payments; bounds are computed in whole numbers.
#[expect(
    clippy::cast_precision_loss,
    reason = "what is computed in floating point proves nothing"
)]
pub(crate) const fn rounded(amount: i128) -> f64 {
    amount as f64
}

#[cfg(test)]
mod tests {
    use super::greatest_common_divisor;

    #[test]
    fn the_divisor_of_nothing_and_a_number_is_the_number() {
        assert_eq!(greatest_common_divisor(0_u64, 7), 7);
        assert_eq!(greatest_common_divisor(7_i128, 0), 7);
        assert_eq!(greatest_common_divisor(12_i128, 18), 6);
    }
}
