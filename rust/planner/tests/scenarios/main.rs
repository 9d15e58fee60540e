//! Small worlds with known answers: the traps that real systems fell into.
#![expect(clippy::unwrap_used, reason = "every input here is sound")]

mod differences;
mod faults;
mod plans;
mod usefulness;

use std::sync::Arc;

use specplan_planner::{Edge, EdgeKinds, Graph, Plan, SpecId, SpecSet, Task};

pub(crate) const BUILD: EdgeKinds = EdgeKinds::BUILD;
pub(crate) const LINK: EdgeKinds = EdgeKinds::LINK;
pub(crate) const RUN: EdgeKinds = EdgeKinds::RUN;
pub(crate) const TEST: EdgeKinds = EdgeKinds::TEST;
pub(crate) const SPLICE: EdgeKinds = EdgeKinds::SPLICE;

pub(crate) fn edges(triples: &[(u32, u32, EdgeKinds)]) -> Vec<Edge> {
    let edge = |&(dependent, dependency, kinds)| Edge {
        dependent: SpecId::new(dependent),
        dependency: SpecId::new(dependency),
        kinds,
    };
    triples.iter().map(edge).collect()
}

pub(crate) fn ids(ids: &[u32]) -> Vec<SpecId> {
    ids.iter().copied().map(SpecId::new).collect()
}

/// A task over `spec_count` specs that wants spec 0 and finds `available` in the cache.
pub(crate) fn task(
    spec_count: usize,
    triples: &[(u32, u32, EdgeKinds)],
    available: &[u32],
) -> Task {
    let graph = Arc::new(Graph::new(spec_count, edges(triples)).unwrap());
    let mut task = Task::new(graph, ids(&[0]));
    task.available = SpecSet::from_ids(spec_count, ids(available)).unwrap();
    task
}

pub(crate) fn builds(task: &Task) -> Vec<u32> {
    Plan::new(task.clone())
        .unwrap()
        .builds()
        .map(SpecId::get)
        .collect()
}
