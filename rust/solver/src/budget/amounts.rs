//! Amounts of each limit, in whole numbers.

/// The number of limits that there can be.
const ROWS: usize = 2;

/// The parts that each of two limits is divided into.
pub(super) const WHOLE: i128 = 1 << 40;

/// An amount for each limit. Amounts without a limit are not counted: they are 0 here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Amounts(pub [i128; ROWS]);

impl Amounts {
    /// Adds another amount to this one.
    pub fn add(&mut self, other: Self) {
        for (own, other) in self.0.iter_mut().zip(other.0) {
            *own += other;
        }
    }

    /// Subtracts another amount from this one.
    pub(super) fn take(&mut self, other: Self) {
        for (own, other) in self.0.iter_mut().zip(other.0) {
            *own -= other;
        }
    }

    /// Returns whether it is 0 for every limit.
    pub fn is_nothing(self) -> bool {
        self == Self::default()
    }

    /// Returns whether it is at most another amount, for every limit.
    pub fn fits(self, limit: Self) -> bool {
        self.0.iter().zip(limit.0).all(|(own, limit)| *own <= limit)
    }
}

/// The amount that may be spent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AmountLimit {
    /// The limits; 0 where there is none.
    pub amounts: Amounts,
    /// The kinds of limits.
    pub is_limited: [bool; ROWS],
}

impl AmountLimit {
    /// One number for amounts: the amount that is limited or, with two limits, the sum of the parts
    /// of the limits.
    pub fn weigh(&self, amounts: Amounts) -> i128 {
        match self.is_limited {
            [true, true] => (0..ROWS)
                .map(|row| amounts.0[row] * WHOLE / self.amounts.0[row].max(1))
                .sum(),
            [_, is_cost] => amounts.0[usize::from(is_cost)],
        }
    }
}

/// One row of amounts that replaces all limits: a choice within all of them is within it.
///
/// With one limit it is that one. With two it is a mixture: each amount is a part of its limit,
/// rounded down, so that the sum is at most the whole; `first` parts of the first and the rest of
/// the second are added up.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) costs: Vec<i128>,
    pub(super) limit: i128,
}

/// The number of parts that a mixture has.
pub(super) const MIXTURE: i128 = 16;

impl Row {
    /// The row of the only limit, or the mixture of `first` parts of the first limit and the rest
    /// of the second.
    pub(super) fn new(costs: &[Amounts], limit: AmountLimit, first: i128) -> Self {
        let AmountLimit {
            amounts: limit,
            is_limited,
        } = limit;
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
