//! Sets of specs.

use std::ops::RangeInclusive;

use fixedbitset::FixedBitSet;

use crate::error::OutOfRange;
use crate::graph::id::SpecId;

/// A set of specs of one graph, as one bit a spec.
///
/// # Example
///
/// ```
/// use specplan_planner::{SpecId, SpecSet};
///
/// let set = SpecSet::from_ids(4, [SpecId::new(2), SpecId::new(0)])?;
/// assert_eq!(set.iter().map(SpecId::get).collect::<Vec<_>>(), [0, 2]);
/// assert!(SpecSet::from_ids(4, [SpecId::new(4)]).is_err());
/// # Ok::<(), specplan_planner::OutOfRange>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpecSet {
    bits: FixedBitSet,
}

impl SpecSet {
    /// No spec of a graph of `spec_count` specs.
    pub fn empty(spec_count: usize) -> Self {
        Self {
            bits: FixedBitSet::with_capacity(spec_count),
        }
    }

    /// Every spec of a graph of `spec_count` specs.
    pub fn full(spec_count: usize) -> Self {
        let mut bits = FixedBitSet::with_capacity(spec_count);
        bits.insert_range(..);
        Self { bits }
    }

    /// The specs `ids`, of a graph of `spec_count` specs.
    ///
    /// # Errors
    ///
    /// [`OutOfRange`] names the first id that is not in `0..spec_count`.
    pub fn from_ids(
        spec_count: usize,
        ids: impl IntoIterator<Item = SpecId>,
    ) -> Result<Self, OutOfRange> {
        let mut set = Self::empty(spec_count);
        for id in ids {
            set.insert(id)?;
        }
        Ok(set)
    }

    /// The specs whose ids lie in one of `ranges`, of a graph of `spec_count` specs.
    ///
    /// # Errors
    ///
    /// [`OutOfRange`] names an id of the first range that is not within `0..spec_count`.
    pub fn from_ranges(
        spec_count: usize,
        ranges: impl IntoIterator<Item = RangeInclusive<u32>>,
    ) -> Result<Self, OutOfRange> {
        let mut bits = FixedBitSet::with_capacity(spec_count);
        for range in ranges.into_iter().filter(|range| !range.is_empty()) {
            let (first, last) = (SpecId::new(*range.start()), SpecId::new(*range.end()));
            if last.index() >= spec_count {
                return Err(OutOfRange {
                    id: last,
                    spec_count,
                });
            }
            bits.insert_range(first.index()..last.index() + 1);
        }
        Ok(Self { bits })
    }

    /// The specs at whose position `flags` holds true, one flag for each spec.
    pub fn from_flags(flags: &[bool]) -> Self {
        let mut bits = FixedBitSet::with_capacity(flags.len());
        for (position, _) in flags.iter().enumerate().filter(|(_, flag)| **flag) {
            bits.insert(position);
        }
        Self { bits }
    }

    /// Adds a spec.
    ///
    /// # Errors
    ///
    /// [`OutOfRange`] if the graph has no such spec.
    pub fn insert(&mut self, id: SpecId) -> Result<(), OutOfRange> {
        if id.index() >= self.bits.len() {
            return Err(OutOfRange {
                id,
                spec_count: self.bits.len(),
            });
        }
        self.bits.insert(id.index());
        Ok(())
    }

    /// Returns whether the spec is in the set; false for an id that the graph does not have.
    pub fn contains(&self, id: SpecId) -> bool {
        self.bits.contains(id.index())
    }

    /// The number of specs that the graph has, in the set or not.
    pub fn spec_count(&self) -> usize {
        self.bits.len()
    }

    /// The number of specs that are in the set. Complexity: O(n / 64).
    pub fn len(&self) -> usize {
        self.bits.count_ones(..)
    }

    /// Returns whether no spec is in the set.
    pub fn is_empty(&self) -> bool {
        self.bits.is_clear()
    }

    /// The specs in the set, in ascending id.
    pub fn iter(&self) -> impl Iterator<Item = SpecId> + '_ {
        self.bits.ones().map(spec_at)
    }

    /// Returns whether every spec of this set is in `other`.
    pub fn is_subset(&self, other: &Self) -> bool {
        self.bits.is_subset(&other.bits)
    }

    /// The specs of this set that are not in `other`.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Self {
        let mut bits = self.bits.clone();
        bits.difference_with(&other.bits);
        Self { bits }
    }

    /// The specs that are in both sets.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        let mut bits = self.bits.clone();
        bits.intersect_with(&other.bits);
        Self { bits }
    }

    /// The specs that are in either set.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        let mut bits = self.bits.clone();
        bits.union_with(&other.bits);
        Self { bits }
    }

    pub(crate) fn from_bits(bits: FixedBitSet) -> Self {
        Self { bits }
    }

    pub(crate) fn positions(&self) -> impl Iterator<Item = usize> + '_ {
        self.bits.ones()
    }
}

/// The spec at a position of a slice that is indexed by spec.
#[expect(
    clippy::cast_possible_truncation,
    reason = "a graph refuses more than 2^26 specs when it is built"
)]
pub(crate) const fn spec_at(position: usize) -> SpecId {
    SpecId::new(position as u32)
}
