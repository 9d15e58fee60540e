//! The answer to a question of coverage.

use crate::{IdSet, SystemName};

/// The coverage of one cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellCoverage {
    /// Number of the stack's label.
    pub label: u32,
    /// The system.
    pub system: SystemName,
    /// The number of keys that are wanted.
    pub wanted: u64,
    /// The number of covered ones.
    pub covered: u64,
    /// The number of wants that are covered on the same system.
    pub covered_exact: u64,
    /// Whether no other cell defines the wants of this one, so that it has none.
    pub no_peer: bool,
}

/// The reason why a want is a gap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum GapState {
    /// Another stack, or the union index, has it on a compatible system.
    OtherStack,
    /// Only systems whose binaries do not serve this one have it.
    OtherSystem,
    /// No spec of the state matches it.
    Missing,
}

/// A want that nothing covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// Position of the cell in the answer.
    pub cell: u32,
    /// The key, numbered as in [`Catalog::keys`](crate::Catalog::keys).
    pub key: u32,
    /// The key as text.
    pub want: String,
    /// The reason why it is a gap.
    pub state: GapState,
    /// The number of cells of the answer in which the same key is a gap.
    pub cells_lacking: u32,
    /// The closest available spec of the same package.
    pub nearest: Option<Nearest>,
}

/// The ways in which a spec can differ from a want. The order is that of reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DifferingPart {
    /// The operating system.
    OperatingSystem,
    /// The target.
    Target,
    /// The version.
    Version,
    /// The compiler.
    Compiler,
    /// The variants.
    Variants,
    /// The stack does not list the spec.
    Stack,
}

impl DifferingPart {
    /// The word for it in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::OperatingSystem => "os",
            Self::Target => "target",
            Self::Version => "version",
            Self::Compiler => "compiler",
            Self::Variants => "variants",
            Self::Stack => "stack",
        }
    }
}

/// An available spec of the wanted package with the fewest differences.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nearest {
    /// The spec.
    pub spec: u32,
    /// The stack that lists it: the gap's own, else the first by name, else the
    /// union index; `None` where no label lists it.
    pub label: Option<u32>,
    /// The differences, in order.
    pub differs: Vec<DifferingPart>,
}

/// The answer to a [`CoverageTask`](super::CoverageTask).
#[derive(Clone, Debug, PartialEq)]
pub struct Coverage {
    /// Ordered by label, os, target.
    pub cells: Vec<CellCoverage>,
    /// The keys that each cell lacks, if requested.
    pub lacking: Vec<IdSet>,
    /// The gaps, if requested: those that most cells lack first; then by cell and text.
    pub gaps: Vec<Gap>,
    /// For each entry of `not_wanted`, the number of wants that it excludes.
    pub excluded: Vec<u64>,
    /// The number of wants that are excluded by any entry.
    pub not_wanted: u64,
}
