//! The dated states of the caches.

use crate::{Catalog, Column, Row};

/// One dated state of one cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Snapshot {
    /// Number of the cache.
    pub cache: u32,
    /// Number of the tag.
    pub tag: u32,
}

impl Snapshot {
    /// The snapshot that a row belongs to.
    pub fn of(row: &Row) -> Self {
        Self {
            cache: row.id(Column::Cache),
            tag: row.id(Column::Tag),
        }
    }
}

impl Catalog {
    /// All snapshots, ordered by cache, then newest first.
    pub fn snapshots(&self) -> &[Snapshot] {
        self.snapshots.get_or_init(|| {
            let mut snapshots: Vec<Snapshot> = self.rows.iter().map(Snapshot::of).collect();
            snapshots.dedup();
            snapshots.sort_unstable();
            snapshots.dedup();
            snapshots
        })
    }
}
