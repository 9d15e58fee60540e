//! Costs as whole numbers, so that their sums are exact.

/// The largest sum: up to here floating point represents every whole number exactly.
const MOST_SUM: f64 = 4_503_599_627_370_496.0;

/// The most digits behind the point that are counted.
const MOST_DIGITS: usize = 15;

/// The number of parts that one unit of cost has.
///
/// Costs are decimals, as people and files write them. In parts of a unit they are whole numbers,
/// sums of which are exact; divided by the parts again, a sum is the exact decimal sum. If there
/// are too many digits for that, as many are kept as sums have room for, and costs in parts are not
/// whole: see [`is_exact`](Self::is_exact).
///
/// ```
/// use specplan_planner::CostScale;
///
/// let costs = [0.1, 0.2, 0.3];
/// let scale = CostScale::of(&costs);
/// let sum: f64 = costs.iter().map(|&cost| scale.in_parts(cost)).sum();
/// assert!(scale.is_exact());
/// assert_eq!(scale.in_units(sum), 0.6);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CostScale {
    parts: f64,
    is_exact: bool,
}

impl Default for CostScale {
    /// One part per unit, which is exact if every cost is whole.
    fn default() -> Self {
        Self {
            parts: 1.0,
            is_exact: true,
        }
    }
}

impl CostScale {
    /// The scale for costs that are finite and not negative. O(n).
    pub fn of(costs: &[f64]) -> Self {
        let needed = costs.iter().map(|&cost| digits(cost)).max().unwrap_or(0);
        let sum: f64 = costs.iter().sum();
        let room = (0..=needed.min(MOST_DIGITS))
            .rev()
            .find(|&digits| sum * power_of_ten(digits) <= MOST_SUM);
        Self {
            parts: power_of_ten(room.unwrap_or(0)),
            is_exact: room == Some(needed),
        }
    }

    /// Returns whether every cost is a whole number of parts, and every sum exact.
    pub const fn is_exact(self) -> bool {
        self.is_exact
    }

    /// A cost, in parts.
    pub fn in_parts(self, cost: f64) -> f64 {
        if self.is_exact {
            (cost * self.parts).round()
        } else {
            cost * self.parts
        }
    }

    /// The number of parts that a limit of cost allows.
    pub fn limit_in_parts(self, limit: f64) -> f64 {
        let parts = limit * self.parts;
        if digits(limit) <= digits(self.parts.recip()) {
            parts.round()
        } else {
            parts.floor()
        }
    }

    /// A number of parts, as a cost.
    pub fn in_units(self, parts: f64) -> f64 {
        parts / self.parts
    }
}

fn power_of_ten(digits: usize) -> f64 {
    (0..digits).fold(1.0, |power, _| power * 10.0)
}

/// The number of digits after the point in the shortest decimal that reads as a number.
fn digits(number: f64) -> usize {
    if number.fract() == 0.0 {
        return 0;
    }
    let text = number.to_string();
    text.split_once('.').map_or(0, |(_, behind)| behind.len())
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "sums of whole numbers are exact")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn whole_costs_are_counted_as_they_are() {
        assert_eq!(CostScale::of(&[3.0, 1e9]), CostScale::default());
        assert_eq!(CostScale::of(&[]), CostScale::default());
    }

    #[test]
    fn more_digits_than_sums_have_room_for_are_not_exact() {
        let scale = CostScale::of(&[1e9, 1.0 / 3.0]);
        assert!(!scale.is_exact());
        assert_eq!(scale.in_units(scale.in_parts(1e9)), 1e9);
    }

    #[test]
    fn a_limit_allows_no_part_more_than_it_says() {
        let scale = CostScale::of(&[0.1, 0.2]);
        assert_eq!(scale.limit_in_parts(0.3), 3.0);
        assert_eq!(scale.limit_in_parts(0.2999), 2.0);
        assert_eq!(scale.limit_in_parts(f64::INFINITY), f64::INFINITY);
    }

    proptest! {
        #[test]
        fn a_sum_of_decimals_is_the_one_on_paper(
            parts in proptest::collection::vec(0_u32..5_000_000, 1..200),
            digits in 0_usize..7,
        ) {
            let power = power_of_ten(digits);
            let costs: Vec<f64> = parts.iter().map(|&part| f64::from(part) / power).collect();
            let scale = CostScale::of(&costs);
            prop_assert!(scale.is_exact());
            let sum: f64 = costs.iter().map(|&cost| scale.in_parts(cost)).sum();
            let on_paper: f64 = parts.iter().map(|&part| f64::from(part)).sum();
            prop_assert_eq!(scale.in_units(sum), on_paper / power);
        }
    }
}
