//! Abstract specs asked of a catalog.

use pyo3::prelude::*;
use specplan_catalog::{Catalog, IdSet};
use specplan_planner::{Direction, EdgeKinds, Graph, SpecId};
use specplan_spack::{Query, parse_one};

use crate::errors::no_spec;

/// Reads an abstract spec; the error shows the text with a caret under the fault.
pub(crate) fn query(text: &str) -> PyResult<Query> {
    let spec = parse_one(text).map_err(|error| no_spec(&error))?;
    Ok(Query::new(spec))
}

/// The specs that are reached from `from` over edges of these kinds, `from` included;
/// hashes that nothing describes are left out. An external needs nothing to be installed:
/// without build edges nothing is reached through it.
pub(crate) fn reached_specs(
    catalog: &Catalog,
    graph: &Graph,
    from: &IdSet,
    kinds: EdgeKinds,
) -> Vec<String> {
    let is_passed = |id: u32| kinds.intersects(EdgeKinds::BUILD) || !catalog.is_external(id);
    let is_known = |id: u32| (id as usize) < catalog.len();
    let mut reached = vec![false; graph.spec_count()];
    let mut stack: Vec<u32> = from.iter().collect();
    while let Some(id) = stack.pop() {
        let is_new = !std::mem::replace(&mut reached[id as usize], true);
        if is_new && is_known(id) && is_passed(id) {
            let below = graph.neighbours(SpecId::new(id), Direction::Dependencies);
            let below = below.filter(|(_, of)| of.intersects(kinds));
            stack.extend(below.map(|(spec, _)| spec.get()));
        }
    }
    let ids = (0..)
        .zip(reached)
        .filter(|&(id, is_reached)| is_reached && is_known(id));
    ids.map(|(id, _)| catalog.hash(id).to_string()).collect()
}
