//! Abstract specs asked of a catalog.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use specplan_catalog::{Catalog, Found, IdSet};
use specplan_planner::{Direction, EdgeKinds, Graph, SpecId, reached};
use specplan_spack::{Query, parse_one};

use crate::graph::spec_set;

/// Reads an abstract spec; the error shows the text with a caret under the fault.
pub(crate) fn query(text: &str) -> PyResult<Query> {
    let spec = parse_one(text).map_err(|error| PyValueError::new_err(error.to_string()))?;
    Ok(Query::new(spec))
}

/// The specs that satisfy a query, and the hashes of those of which it is unknown, each
/// with what is missing.
pub(crate) fn find(catalog: &Catalog, query: &Query) -> (IdSet, Vec<(String, String)>) {
    let all = IdSet::full(u32::try_from(catalog.len()).unwrap_or(u32::MAX));
    let Found { specs, unknown } = catalog.find_specs(query, &all);
    let unknown = unknown
        .into_iter()
        .map(|(spec, missing)| (catalog.hash(spec).to_string(), missing.to_string()));
    (specs, unknown.collect())
}

/// The specs that are reached from `from` over edges of these kinds, `from` included;
/// hashes that nothing describes are left out.
pub(crate) fn reached_specs(
    catalog: &Catalog,
    graph: &Graph,
    from: &IdSet,
    kinds: EdgeKinds,
) -> Vec<String> {
    let from = spec_set(graph, from);
    let reached = reached(graph, &from, Direction::Dependencies, kinds);
    let known = reached
        .iter()
        .filter(|spec| (spec.get() as usize) < catalog.len());
    known
        .map(|spec: SpecId| catalog.hash(spec.get()).to_string())
        .collect()
}
