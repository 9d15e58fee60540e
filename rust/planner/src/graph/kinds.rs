//! The purposes for which one spec needs another.

use std::ops::{BitAnd, BitOr, BitOrAssign};

/// The set of kinds that one edge has. An edge has at least one dependency type in real data, but
/// the empty set is a valid value: such an edge only affects hashes.
///
/// # Example
///
/// ```
/// use specplan_planner::EdgeKinds;
///
/// let kinds = EdgeKinds::BUILD | EdgeKinds::LINK;
/// assert!(kinds.intersects(EdgeKinds::INSTALL));
/// assert!(!EdgeKinds::BUILD.intersects(EdgeKinds::INSTALL));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EdgeKinds(u8);

impl EdgeKinds {
    /// No kind at all.
    pub const NONE: Self = Self(0);
    /// The dependent links to the dependency.
    pub const LINK: Self = Self(1);
    /// The dependent calls the dependency when it runs.
    pub const RUN: Self = Self(1 << 1);
    /// The dependent needs the dependency while it is built.
    pub const BUILD: Self = Self(1 << 2);
    /// The dependent needs the dependency to test itself: counts for hashes, not for builds.
    pub const TEST: Self = Self(1 << 3);
    /// The dependency compiles the dependent (it provides C, C++ or Fortran). A mark beside
    /// [`BUILD`](Self::BUILD): under [`Policy::Link`](crate::Policy::Link) the edge counts as link.
    pub const COMPILER: Self = Self(1 << 4);
    /// The dependent was spliced, and the dependency is the spec that it was built as.
    pub const SPLICE: Self = Self(1 << 5);

    /// The needs of an installed binary: link and run.
    pub const INSTALL: Self = Self(Self::LINK.0 | Self::RUN.0);
    /// The needs of a build: build, link and run.
    pub const REBUILD: Self = Self(Self::INSTALL.0 | Self::BUILD.0);
    /// The needs of a spliced spec without a binary: link, run, and the spec that it was built as.
    pub(crate) const INSTALL_SPLICED: Self = Self(Self::INSTALL.0 | Self::SPLICE.0);
    /// Every kind.
    pub const ALL: Self = Self(Self::MASK);

    pub(crate) const BITS: u32 = 6;
    const MASK: u8 = (1 << Self::BITS) - 1;

    /// The kinds whose bits are set: 1 link, 2 run, 4 build, 8 test, 16 compiler, 32 splice.
    /// `None` if any other bit is set.
    pub const fn from_bits(bits: u8) -> Option<Self> {
        if bits & !Self::MASK == 0 {
            Some(Self(bits))
        } else {
            None
        }
    }

    /// The kinds in the lowest bits; higher bits are ignored.
    pub(crate) const fn from_low_bits(bits: u8) -> Self {
        Self(bits & Self::MASK)
    }

    /// The kinds as bits, as [`from_bits`](Self::from_bits) takes them.
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// Returns whether the two sets share a kind.
    pub const fn intersects(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Returns whether no kind is set.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

impl BitOr for EdgeKinds {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitOrAssign for EdgeKinds {
    fn bitor_assign(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

impl BitAnd for EdgeKinds {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}
