//! Specs that depend on each other in circles, which no graph can hold.

use crate::error::GraphError;
use crate::graph::id::{Place, SpecId};
use crate::graph::{Edge, Graph};

/// Specs that all need each other, directly or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CyclicComponent {
    /// The specs, ascending.
    pub specs: Vec<SpecId>,
    /// A shortest cycle among them, each spec followed by one that it needs, from the smallest.
    pub cycle: Vec<SpecId>,
}

/// All strongly connected components of a graph that have an edge in them, by their smallest specs;
/// and for each spec the component that it is in.
///
/// After Tarjan, "Depth-first search and linear graph algorithms", SIAM J. Comput. 1 (1972), with
/// an explicit stack, so no chain is too long. Without the edges inside of components the graph has
/// no cycle.
///
/// # Panics
///
/// If an edge ends at a spec that is not below `spec_count`.
///
/// # Complexity
///
/// O(n + m), plus the cost of finding a shortest cycle in each component.
///
/// # Example
///
/// ```
/// use specplan_planner::{Edge, EdgeKinds, SpecId, cyclic_components};
///
/// let specs = [0, 1, 2, 3].map(SpecId::new);
/// let edge = |dependent: usize, dependency: usize| Edge {
///     dependent: specs[dependent],
///     dependency: specs[dependency],
///     kinds: EdgeKinds::LINK,
/// };
/// let (found, of) = cyclic_components(4, &[edge(0, 1), edge(1, 2), edge(2, 1), edge(2, 3)]);
/// assert_eq!(found[0].specs, [specs[1], specs[2]]);
/// assert_eq!(of, [None, Some(0), Some(0), None]);
/// ```
pub fn cyclic_components(
    spec_count: usize,
    edges: &[Edge],
) -> (Vec<CyclicComponent>, Vec<Option<u32>>) {
    let mut of = components(spec_count, edges);
    let mut members: Vec<Vec<SpecId>> = Vec::new();
    for (spec, component) in (0..).map(SpecId::new).zip(&of) {
        let component = *component as usize;
        if component >= members.len() {
            members.resize(component + 1, Vec::new());
        }
        members[component].push(spec);
    }
    let mut inner: Vec<Vec<Edge>> = vec![Vec::new(); members.len()];
    for edge in edges {
        let component = of[edge.dependent.index()];
        if component == of[edge.dependency.index()] {
            inner[component as usize].push(*edge);
        }
    }
    let mut order: Vec<usize> = (0..members.len()).collect();
    order.retain(|&component| !inner[component].is_empty());
    order.sort_unstable_by_key(|&component| members[component][0]);
    let mut number = vec![None; members.len()];
    for (position, &component) in (0..).zip(&order) {
        number[component] = Some(position);
    }
    let of = of.drain(..).map(|component| number[component as usize]);
    let of = of.collect();
    let found = order.into_iter().map(|component| {
        let specs = std::mem::take(&mut members[component]);
        let cycle = shortest_cycle(&specs, &inner[component]);
        CyclicComponent { specs, cycle }
    });
    (found.collect(), of)
}

/// A shortest cycle of specs of a component.
fn shortest_cycle(specs: &[SpecId], edges: &[Edge]) -> Vec<SpecId> {
    let within = |spec: SpecId| {
        let position = specs.partition_point(|&each| each < spec);
        SpecId::new(Place::at(position).get())
    };
    let edges = edges.iter().map(|edge| Edge {
        dependent: within(edge.dependent),
        dependency: within(edge.dependency),
        kinds: edge.kinds,
    });
    match Graph::new(specs.len(), edges) {
        Err(GraphError::Cycle { cycle }) => {
            cycle.into_iter().map(|spec| specs[spec.index()]).collect()
        }
        _ => specs.to_vec(),
    }
}

/// Marks a spec that was not visited yet.
const UNSEEN: u32 = u32::MAX;

/// For each spec the number of its strongly connected component.
fn components(spec_count: usize, edges: &[Edge]) -> Vec<u32> {
    let mut first = vec![0_u32; spec_count + 1];
    for edge in edges {
        first[edge.dependent.index() + 1] += 1;
    }
    for spec in 0..spec_count {
        first[spec + 1] += first[spec];
    }
    let mut next = first.clone();
    let mut to = vec![0_u32; edges.len()];
    for edge in edges {
        let slot = &mut next[edge.dependent.index()];
        to[*slot as usize] = edge.dependency.get();
        *slot += 1;
    }

    // The edges of spec s that were not followed yet are `to[next[s]..first[s + 1]]`.
    next.copy_from_slice(&first);
    let mut order = vec![UNSEEN; spec_count];
    // The smallest order that a spec is known to reach among those still on the path.
    let mut low = vec![0_u32; spec_count];
    let mut component = vec![UNSEEN; spec_count];
    let (mut visited, mut components) = (0, 0);
    let (mut path, mut calls): (Vec<usize>, Vec<usize>) = (Vec::new(), Vec::new());
    for start in 0..spec_count {
        if order[start] == UNSEEN {
            calls.push(start);
        }
        while let Some(&spec) = calls.last() {
            if order[spec] == UNSEEN {
                (order[spec], low[spec]) = (visited, visited);
                visited += 1;
                path.push(spec);
            }
            if next[spec] < first[spec + 1] {
                let below = to[next[spec] as usize] as usize;
                next[spec] += 1;
                if order[below] == UNSEEN {
                    calls.push(below);
                } else if component[below] == UNSEEN {
                    low[spec] = low[spec].min(order[below]);
                }
                continue;
            }
            calls.pop();
            if let Some(&above) = calls.last() {
                low[above] = low[above].min(low[spec]);
            }
            if low[spec] == order[spec] {
                while let Some(member) = path.pop() {
                    component[member] = components;
                    if member == spec {
                        break;
                    }
                }
                components += 1;
            }
        }
    }
    component
}
