//! A question of coverage.

use specplan_spack::OperatingSystemTable;
use thiserror::Error;

use crate::{Compatibility, IdSet, Level, Snapshot, SystemName};

/// The origin of the wants of a report.
#[derive(Clone, Debug)]
pub enum Wants {
    /// A cell wants every key that a peer of its stack has.
    Peers(Peers),
    /// A cell wants every key that this older state has in the same cell.
    Baseline(Vec<Snapshot>),
    /// For each reported stack the specs that it wants, on any system. An available spec meets a
    /// want whichever stack lists it. Externals are not wants.
    Specs(Vec<IdSet>),
}

/// The peers of stacks: a cell wants every key that a peer of its stack has on any system; at level
/// `Hash` on the same system.
#[derive(Clone, Debug, Default)]
pub struct Peers {
    /// Labels that are peers together, each ascending.
    pub families: Vec<Vec<u32>>,
    /// For each reported stack the position of its family.
    pub of_reported: Vec<usize>,
}

/// The cells in which stacks are reported, besides those where they have something.
#[derive(Clone, Debug, Default)]
pub struct AddedSystems {
    /// For each reported stack these systems.
    pub these: Vec<Vec<SystemName>>,
    /// Also every system on which a peer of the stack has anything.
    pub of_peers: bool,
}

/// Excluded wants. `None` matches every name.
#[derive(Clone, Debug, Default)]
pub struct NotWanted {
    /// Package names, sorted.
    pub packages: Option<Vec<String>>,
    /// Stack labels, sorted.
    pub stacks: Option<Vec<String>>,
    /// Operating systems, sorted.
    pub oss: Option<Vec<String>>,
    /// Targets, sorted.
    pub targets: Option<Vec<String>>,
}

/// One question of coverage.
#[derive(Clone, Debug)]
pub struct CoverageTask {
    /// The state.
    pub state: Vec<Snapshot>,
    /// The level of keys.
    pub level: Level,
    /// The origin of the wants.
    pub wants: Wants,
    /// The labels of the stacks whose cells are reported, ascending.
    pub reported: Vec<u32>,
    /// Further cells of the reported stacks.
    pub added: AddedSystems,
    /// Report only cells of these operating systems, sorted. It changes neither wants nor numbers.
    pub oss: Option<Vec<String>>,
    /// Report only cells of these targets, sorted. It changes neither wants nor numbers.
    pub targets: Option<Vec<String>>,
    /// The binaries that serve a cell.
    pub compatibility: Compatibility,
    /// The known operating systems.
    pub table: OperatingSystemTable,
    /// The not-wanted entries.
    pub not_wanted: Vec<NotWanted>,
    /// The detail of the answer.
    pub detail: Detail,
}

/// The detail of an answer. Each value includes those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Detail {
    /// The counts of each cell.
    Cells,
    /// The keys that each cell lacks.
    Keys,
    /// The gaps, ranked, each with its state.
    Gaps,
    /// The nearest spec of each gap.
    Nearest,
}

/// The maximum number of cells of one answer.
pub const MOST_CELLS: usize = 1_000_000;

/// The reason why a question of coverage has no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CoverageError {
    /// More cells than an answer may have.
    #[error("a report is limited to {MOST_CELLS} cells, but this one has more")]
    TooManyCells,
    /// More gaps than an answer may have.
    #[error("with this many listings a report is limited to {limit} gaps, but this one has more")]
    TooManyGaps {
        /// The limit.
        limit: u64,
    },
}
