//! Numbers of nodes: [`SpecId`] is the caller's, [`Place`] is the graph's own.

use std::fmt;

/// One spec, as a dense number in `0..spec_count` that the caller chose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SpecId(u32);

impl SpecId {
    /// The spec that the caller numbers `id`. Whether a graph has it is checked where it enters.
    pub const fn new(id: u32) -> Self {
        Self(id)
    }

    /// The caller's number.
    pub const fn get(self) -> u32 {
        self.0
    }

    /// The number as a position in a slice that is indexed by spec.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

impl fmt::Display for SpecId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "spec {}", self.0)
    }
}

/// One spec by its position in the graph's topological order: every dependency has a smaller place
/// than its dependents, so a walk in ascending places meets dependencies first.
///
/// Places follow from ranks and edges alone. Results that are computed on places are therefore
/// independent of the caller's numbering and of the order in which edges were given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place(u32);

impl Place {
    pub(crate) const fn new(place: u32) -> Self {
        Self(place)
    }

    /// The place at a position of a slice that is indexed by place.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a graph refuses more than 2^26 specs when it is built"
    )]
    pub(crate) const fn at(index: usize) -> Self {
        Self(index as u32)
    }

    pub(crate) const fn get(self) -> u32 {
        self.0
    }

    pub(crate) const fn index(self) -> usize {
        self.0 as usize
    }
}

/// A count of specs, or of anything not more numerous than specs, as a number.
pub(crate) fn number(count: usize) -> u32 {
    u32::try_from(count).expect("whatever is counted fits into memory less than 2^32 times")
}
