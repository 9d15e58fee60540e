//! What builds take of each limit, in whole numbers.

use super::Limit;
use crate::cost_scale::CostScale;
use crate::id::Place;
use crate::rebuild::Plan;

/// How many limits there can be.
const ROWS: usize = 2;

/// What a build costs at most, in parts: all that sums of costs have room for.
const MOST_COST: i128 = 1 << 52;

/// As what part of its limit an amount is told where there are two limits.
pub(super) const WHOLE: i128 = 1 << 40;

/// Builds, and their cost. What is not limited is not counted: it is nothing here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Amounts(pub(super) [i128; ROWS]);

impl Amounts {
    pub(super) fn add(&mut self, other: Self) {
        for (own, other) in self.0.iter_mut().zip(other.0) {
            *own += other;
        }
    }

    pub(super) fn take(&mut self, other: Self) {
        for (own, other) in self.0.iter_mut().zip(other.0) {
            *own -= other;
        }
    }

    pub(super) fn is_nothing(self) -> bool {
        self == Self::default()
    }

    /// Whether it is no more than another in every respect.
    pub(super) fn fits(self, limit: Self) -> bool {
        self.0.iter().zip(limit.0).all(|(own, limit)| *own <= limit)
    }
}

/// What may be spent, and what each build takes of it.
#[derive(Clone, Debug)]
pub(super) struct Purse {
    /// By place.
    pub(super) costs: Vec<Amounts>,
    pub(super) limit: Amounts,
    /// Which of the amounts are limited.
    pub(super) is_limited: [bool; ROWS],
}

impl Purse {
    pub(super) fn new(plan: &Plan, limit: Limit) -> Self {
        let count = plan.graph().spec_count();
        let mut purse = Self {
            costs: vec![Amounts::default(); count],
            limit: Amounts::default(),
            is_limited: [limit.builds.is_some(), limit.cost.is_some()],
        };
        if let Some(builds) = limit.builds {
            purse.limit.0[0] = i128::from(builds);
            for cost in &mut purse.costs {
                cost.0[0] = 1;
            }
        }
        if let Some(limit) = limit.cost {
            let costs: Vec<f64> = (0..count).map(|at| plan.cost_at(Place::at(at))).collect();
            let scale = CostScale::of(&costs);
            for (own, cost) in purse.costs.iter_mut().zip(costs) {
                // Where parts are not whole, what is bought stays within the limit all the same.
                own.0[1] = whole(scale.in_parts(cost).ceil()).min(MOST_COST);
            }
            purse.limit.0[1] = whole(scale.limit_in_parts(limit).floor());
        }
        purse
    }

    /// One number for amounts: what is limited, or where both are, the sum of what parts of the
    /// limits they are.
    pub(super) fn weigh(&self, amounts: Amounts) -> i128 {
        weigh(self.is_limited, self.limit, amounts)
    }
}

/// See [`Purse::weigh`].
pub(super) fn weigh(is_limited: [bool; ROWS], limit: Amounts, amounts: Amounts) -> i128 {
    match is_limited {
        [true, true] => (0..ROWS)
            .map(|row| amounts.0[row] * WHOLE / limit.0[row].max(1))
            .sum(),
        [_, is_cost] => amounts.0[usize::from(is_cost)],
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a conversion from a float saturates, and what is beyond 2^80 is never spent"
)]
fn whole(number: f64) -> i128 {
    (number as i128).clamp(0, 1 << 80)
}

/// One row of amounts that stands for all limits: whatever stays within them stays within it.
///
/// With one limit it is that one. With two it is a mixture: each amount is told as a part of its
/// limit, rounded down, so that all together are at most a whole; so many parts of the first and
/// the rest of the second are added up.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) costs: Vec<i128>,
    pub(super) limit: i128,
}

/// How many parts a mixture has.
pub(super) const MIXTURE: i128 = 16;

impl Row {
    /// The only row, or the mixture of `first` parts of the first limit and the rest of the second.
    pub(super) fn new(
        costs: &[Amounts],
        limit: Amounts,
        is_limited: [bool; ROWS],
        first: i128,
    ) -> Self {
        if is_limited != [true, true] {
            let row = usize::from(is_limited[1]);
            return Self {
                costs: costs.iter().map(|cost| cost.0[row]).collect(),
                limit: limit.0[row],
            };
        }
        let parts = [first, MIXTURE - first];
        let of_limit = |row: usize, amount: i128| match limit.0[row] {
            0 => 0,
            limit => amount * WHOLE / limit,
        };
        let mixed = |cost: &Amounts| {
            let rows = 0..ROWS;
            rows.map(|row| parts[row] * of_limit(row, cost.0[row]))
                .sum()
        };
        Self {
            costs: costs.iter().map(mixed).collect(),
            limit: MIXTURE * WHOLE,
        }
    }
}
