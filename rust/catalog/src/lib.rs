//! Specs as columns, their bitset indexes, and coverage.
//!
//! A *spec* is one exact build, named by its [`DagHash`]. A [`Row`] is one listing
//! of a spec by one file: the spec's content, the *snapshot* (tag) that the file
//! belongs to and the *stacks* that list it. A [`Catalog`] is a set of rows; specs,
//! names and indexes are derived from it, so the order of files leaves no trace
//! and merging is the union of sets.
//!
//! A *cell* is a stack on a *system* (an operating system and a target). A *want* is a *key* (see
//! [`Level`]) that should be available in a cell, and a *gap* is a want that no available spec
//! covers: [`CoverageTask`] finds them, [`DiffTask`] compares two snapshots, [`Query`] selects
//! specs.
//!
//! The crate reads no files and knows no file formats. Ids are `u32`; a catalog
//! of more than 2^32 rows does not exist.

// Ids are dense and below 2^32 by construction; lengths of the same tables are
// turned into ids in many places, and a check at each would say nothing.
#![allow(clippy::cast_possible_truncation)]

mod agreement;
mod catalog;
mod compatibility;
mod coverage;
mod diff;
mod edge;
mod edge_table;
mod find;
mod hash;
mod id_set;
mod listings;
mod migration;
mod misfit;
mod names;
mod query;
mod requirements;
mod resolved;
mod row;
mod tag;
mod want_key;

pub use agreement::Disagreement;
pub use catalog::builder::CatalogBuilder;
pub use catalog::graph::{CatalogGraph, VIRTUALS_NOT_RECORDED};
pub use catalog::index::Indexes;
pub use catalog::key::{KeyColumn, Level};
pub use catalog::view::{Cell, View, ViewKeys};
pub use catalog::{Catalog, NoCatalog, Snapshot, System};
pub use compatibility::{Compatibility, SystemName};
pub use coverage::abstract_wants::{
    AbstractCell, AbstractCellCoverage, AbstractCoverage, AbstractGap, AbstractTask, AbstractWants,
    Met, UnknownWant,
};
pub use coverage::near_miss::NearMiss;
pub use coverage::{
    AddedSystems, CellCoverage, Coverage, CoverageError, CoverageTask, Detail, DifferingPart, Gap,
    GapState, MOST_CELLS, Nearest, NotWanted, Peers, Wants,
};
pub use diff::{CellDiff, DiffTask, PackageChange};
pub use edge::{CatalogEdge, EdgeColumn, EdgeTypes, RecordedEdge};
pub use edge_table::{Dependencies, DependenciesIter};
pub use find::Found;
pub use hash::{DagHash, HASH_LEN, ParseHashError};
pub use id_set::IdSet;
pub use names::Names;
pub use query::Query;
pub use requirements::{Clause, ClauseRule};
pub use row::{Column, Row, SourceKind};
pub use tag::newest_first;
pub use want_key::{WANT_KEY_LETTERS, want_key};
