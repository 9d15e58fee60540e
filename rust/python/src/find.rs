//! Abstract specs asked of a catalog.

use pyo3::prelude::*;
use specplan_catalog::{Catalog, IdSet};
use specplan_planner::{Direction, EdgeKinds, Graph, SpecId, reached};
use specplan_spack::{Query, parse_one};

use crate::errors::no_spec;
use crate::graph::spec_set;

/// Reads an abstract spec; the error shows the text with a caret under the fault.
pub(crate) fn query(text: &str) -> PyResult<Query> {
    let spec = parse_one(text).map_err(|error| no_spec(&error))?;
    Ok(Query::new(spec))
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
