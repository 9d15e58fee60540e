//! The union of several indexes of one mirror.

use crate::{Catalog, CatalogBuilder, DagHash};

impl Catalog {
    /// The same listings; only those of some specs stay binaries.
    ///
    /// O(r log r) for r rows.
    #[must_use]
    pub fn with_binaries(&self, hashes: &[DagHash]) -> Self {
        let mut hashes = hashes.to_vec();
        hashes.sort_unstable();
        let mut builder = CatalogBuilder::new();
        builder.absorb_binaries(self, |hash| hashes.binary_search(&hash).is_ok());
        builder.finish()
    }

    /// The same listings; for a spec that both describe, the content from the newer index replaces
    /// that of this one.
    ///
    /// O(r log r) for r rows.
    #[must_use]
    pub fn with_content_of(&self, newer: &Self) -> Self {
        let mut builder = CatalogBuilder::new();
        builder.absorb_with_content(self, newer);
        builder.finish()
    }
}
