//! The snapshots that count, as texts and as numbers.

use pyo3::prelude::*;
use specplan_catalog::{Catalog, Column, Snapshot};

use crate::literals;

/// The snapshots of caches that count: (cache, tag) pairs.
pub(crate) type State = Vec<(String, String)>;

/// The numbers of a state.
pub(crate) fn snapshots(catalog: &Catalog, state: &State) -> PyResult<Vec<Snapshot>> {
    let find = |column: Column, text: &str| {
        let found = catalog.names(column).find(text);
        found.ok_or_else(|| literals::unknown(column.name(), text))
    };
    let snapshot = |(cache, tag): &(String, String)| {
        let cache = find(Column::Cache, cache)?;
        let tag = find(Column::Tag, tag)?;
        Ok(Snapshot { cache, tag })
    };
    state.iter().map(snapshot).collect()
}
