//! Specs of the planner by their hashes and names.

use pyo3::prelude::*;
use specplan_catalog::{Catalog, Column, DagHash, Snapshot};
use specplan_planner::{Graph, SpecId, SpecSet};

use crate::graph::flagged;
use crate::literals;

/// A spec with its readable names; nothing is known about an undescribed hash.
#[pyclass(frozen, get_all, module = "specplan._core")]
#[derive(Clone)]
pub(crate) struct NamedAnswer {
    hash: String,
    package: String,
    version: String,
}

/// The spec that has a hash.
pub(crate) fn spec_id(catalog: &Catalog, text: &str) -> PyResult<SpecId> {
    let hash = DagHash::parse(text).ok();
    let found = hash.and_then(|hash| catalog.find(hash));
    found
        .map(SpecId::new)
        .ok_or_else(|| literals::unknown("spec", text))
}

/// The text of a spec; a hash that no source describes has no fields.
pub(super) fn text_of(catalog: &Catalog, spec: SpecId, column: Column) -> &str {
    if spec.index() < catalog.len() {
        catalog.text(spec.get(), column)
    } else {
        ""
    }
}

pub(crate) fn named(catalog: &Catalog, spec: SpecId) -> NamedAnswer {
    NamedAnswer {
        hash: catalog.node_hash(spec.get()).to_string(),
        package: text_of(catalog, spec, Column::Package).to_owned(),
        version: text_of(catalog, spec, Column::Version).to_owned(),
    }
}

/// The specs that some row of a state lists, whether as binaries or not.
pub(crate) fn known(catalog: &Catalog, graph: &Graph, state: &[Snapshot]) -> SpecSet {
    flagged(graph, |id| {
        (id as usize) < catalog.len()
            && catalog
                .rows_of(id)
                .iter()
                .any(|row| state.contains(&Snapshot::of(row)))
    })
}
