//! From edges in any order to a [`Graph`].
//!
//! All steps are counting sorts. Transposing rows while visiting them in ascending rank leaves the
//! new rows sorted by rank, so that sorting never compares:
//!
//! 1. check ends and ranks, and bucket the edges by dependency;
//! 2. transpose: rows of dependencies by rank, where equal edges are neighbours and merge;
//! 3. transpose again: rows of dependents by rank;
//! 4. order topologically, leaves first (Kahn 1962), first come first served from the leaves by
//!    rank, which makes the order a function of ranks and edges alone;
//! 5. rename ids to places in both directions.

use fixedbitset::FixedBitSet;

use super::rows::{Hop, Rows};
use super::{Edge, Graph, shortest_cycle};
use crate::error::{GraphError, OutOfRange};
use crate::graph::id::{Place, SpecId};
use crate::graph::kinds::EdgeKinds;
use crate::graph::set::spec_at;

pub(super) fn build(
    ranks: &[u32],
    edges: impl Iterator<Item = Edge> + Clone,
) -> Result<Graph, GraphError> {
    let spec_count = ranks.len();
    if spec_count > Graph::MAX_SPECS {
        return Err(GraphError::TooManySpecs {
            spec_count,
            limit: Graph::MAX_SPECS,
        });
    }
    let by_rank = invert(ranks)?;
    let in_degrees = check_edges(spec_count, edges.clone())?;

    let entries = edges.map(|edge| {
        let hop = Hop::new(edge.dependent.get(), edge.kinds);
        (edge.dependency.get(), hop)
    });
    let unsorted = Rows::fill(&in_degrees, entries);
    let mut dependencies = unsorted.transposed(&by_rank);
    drop(unsorted);
    dependencies.merge_neighbours();
    let dependents = dependencies.transposed(&by_rank);

    let order = topological(&by_rank, &dependencies, &dependents);
    if order.len() < spec_count {
        let cycle = shortest_cycle::shortest(&by_rank, &order, &dependencies, &dependents);
        return Err(GraphError::Cycle {
            cycle: cycle.into_iter().map(SpecId::new).collect(),
        });
    }
    Ok(finish(ranks, &by_rank, &order, &dependencies, &dependents))
}

/// The id of each rank.
fn invert(ranks: &[u32]) -> Result<Vec<u32>, GraphError> {
    let mut by_rank = vec![0; ranks.len()];
    let mut seen = FixedBitSet::with_capacity(ranks.len());
    for (position, &rank) in ranks.iter().enumerate() {
        if rank as usize >= ranks.len() || seen.put(rank as usize) {
            return Err(GraphError::RankNotUnique {
                id: spec_at(position),
                rank,
            });
        }
        by_rank[rank as usize] = spec_at(position).get();
    }
    Ok(by_rank)
}

/// The number of edges that arrive at each spec.
fn check_edges(
    spec_count: usize,
    edges: impl Iterator<Item = Edge>,
) -> Result<Vec<u32>, GraphError> {
    let mut in_degrees = vec![0; spec_count];
    let mut edge_count: u32 = 0;
    for (position, edge) in edges.enumerate() {
        for id in [edge.dependent, edge.dependency] {
            if id.index() >= spec_count {
                return Err(GraphError::EdgeOutOfRange {
                    edge: position,
                    source: OutOfRange { id, spec_count },
                });
            }
        }
        in_degrees[edge.dependency.index()] += 1;
        edge_count = edge_count.checked_add(1).ok_or(GraphError::TooManyEdges {
            limit: u32::MAX as usize,
        })?;
    }
    Ok(in_degrees)
}

/// Ids with dependencies before dependents; ids on cycles or above one are missing.
fn topological(by_rank: &[u32], dependencies: &Rows, dependents: &Rows) -> Vec<u32> {
    let mut waiting_for = dependencies.lengths();
    let mut order = Vec::with_capacity(by_rank.len());
    order.extend(by_rank.iter().filter(|&&id| waiting_for[id as usize] == 0));
    let mut head = 0;
    while head < order.len() {
        for hop in dependents.row(order[head] as usize) {
            let waiting = &mut waiting_for[hop.node() as usize];
            *waiting -= 1;
            if *waiting == 0 {
                order.push(hop.node());
            }
        }
        head += 1;
    }
    order
}

fn finish(
    ranks: &[u32],
    by_rank: &[u32],
    order: &[u32],
    dependencies: &Rows,
    dependents: &Rows,
) -> Graph {
    let mut place_of = vec![Place::new(0); order.len()];
    for (place, &id) in order.iter().enumerate() {
        place_of[id as usize] = Place::at(place);
    }
    let (dependencies, dependents) = rayon::join(
        || dependencies.renamed(order, &place_of),
        || dependents.renamed(order, &place_of),
    );
    let mut spliced = FixedBitSet::with_capacity(order.len());
    for place in 0..order.len() {
        let mut row = dependencies.row(place).iter();
        spliced.set(
            place,
            row.any(|hop| hop.kinds().intersects(EdgeKinds::SPLICE)),
        );
    }
    Graph {
        id_at: order.iter().map(|&id| SpecId::new(id)).collect(),
        rank_at: order.iter().map(|&id| ranks[id as usize]).collect(),
        place_by_rank: by_rank.iter().map(|&id| place_of[id as usize]).collect(),
        place_of,
        dependencies,
        dependents,
        spliced,
    }
}
