//! Dependencies between specs.

use std::fmt;
use std::ops::BitOr;

use crate::DagHash;

/// The types of a dependency: a set, numbered as in Spack.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EdgeTypes(u8);

impl EdgeTypes {
    /// Linked to.
    pub const LINK: Self = Self(1);
    /// Needed when running.
    pub const RUN: Self = Self(2);
    /// Needed when building.
    pub const BUILD: Self = Self(4);
    /// Needed when testing.
    pub const TEST: Self = Self(8);
    /// Not a dependency: the spec that a spliced spec was built as.
    pub const BUILD_SPEC: Self = Self(16);

    /// The set as a number: link 1, run 2, build 4, test 8, build spec 16.
    pub fn bits(self) -> u8 {
        self.0
    }

    /// The set with this number.
    pub fn from_bits(bits: u8) -> Self {
        Self(bits)
    }

    /// Returns whether some type of `other` is here.
    pub fn intersects(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

impl fmt::Display for EdgeTypes {
    /// The types as Spack writes them, joined by commas.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = [
            (Self::BUILD, "build"),
            (Self::LINK, "link"),
            (Self::RUN, "run"),
            (Self::TEST, "test"),
            (Self::BUILD_SPEC, "build_spec"),
        ];
        let names: Vec<&str> = names
            .into_iter()
            .filter(|(types, _)| self.intersects(*types))
            .map(|(_, name)| name)
            .collect();
        formatter.write_str(&names.join(","))
    }
}

impl BitOr for EdgeTypes {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// An edge as a file records it: the dependency by its hash, which need not be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RecordedEdge {
    /// Number of the dependency's package name among the edges' names.
    pub name: u32,
    /// The dependency.
    pub child: DagHash,
    /// Its purpose.
    pub types: EdgeTypes,
    /// Number of the list of virtual packages that it provides on this edge.
    pub virtuals: u32,
}

/// Columns of edges. Their texts are numbered per catalog, like those of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub enum EdgeColumn {
    /// The package name of the dependency.
    Name,
    /// The virtual packages that the dependency provides, joined by commas.
    Virtuals,
}

impl EdgeColumn {
    /// The number of columns.
    pub const COUNT: usize = 2;

    /// All columns, in order.
    pub const ALL: [Self; Self::COUNT] = [Self::Name, Self::Virtuals];
}

/// An edge of a catalog, to a known spec or to an undescribed hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CatalogEdge {
    /// Id of the dependency: a spec below the number of specs, else an unknown hash.
    pub child: u32,
    /// Number of its package name among the edges' names.
    pub name: u32,
    /// Number of the list of virtual packages that it provides on this edge.
    pub virtuals: u32,
    /// Its purpose.
    pub types: EdgeTypes,
}
