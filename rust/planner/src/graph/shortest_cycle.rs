//! A shortest cycle, for the fault that names it.
//!
//! Invariant: of the nodes that are still alive, every one has a dependency and a dependent alive,
//! and no shorter cycle than the best one found leaves them.
//!
//! 1. Peel: drop what has no dependency or no dependent left, again and again. The rest lies on
//!    cycles or between them.
//! 2. Take the alive node of smallest rank. A breadth-first walk, cut at the best length so far,
//!    finds the shortest cycle through it.
//! 3. Drop that node, since all cycles through it are settled, peel, and go on.

use super::rows::Rows;

/// A shortest cycle of ids, each followed by one of its dependencies, starting at its smallest
/// rank; of several, the one whose smallest rank is smallest, then the first by ranks.
///
/// `by_rank` are all ids by rank, `acyclic` those known to lie on no cycle. At least one cycle
/// must exist.
pub(super) fn shortest(
    by_rank: &[u32],
    acyclic: &[u32],
    dependencies: &Rows,
    dependents: &Rows,
) -> Vec<u32> {
    let mut peeling = Peeling::new(acyclic, dependencies, dependents);
    let mut walk = Walk::new(by_rank.len());
    let mut best: Option<Vec<u32>> = None;
    for &start in by_rank {
        if !peeling.alive[start as usize] {
            continue;
        }
        let limit = best.as_ref().map_or(usize::MAX, |cycle| cycle.len() - 1);
        if let Some(cycle) = walk.cycle_through(start, limit, &peeling.alive, dependencies) {
            best = Some(cycle);
        }
        peeling.drop_node(start);
    }
    best.expect("a graph without topological order has a cycle")
}

struct Peeling<'r> {
    dependencies: &'r Rows,
    dependents: &'r Rows,
    alive: Vec<bool>,
    dependencies_left: Vec<u32>,
    dependents_left: Vec<u32>,
}

impl<'r> Peeling<'r> {
    fn new(acyclic: &[u32], dependencies: &'r Rows, dependents: &'r Rows) -> Self {
        let mut peeling = Self {
            dependencies,
            dependents,
            alive: vec![true; dependencies.row_count()],
            dependencies_left: dependencies.lengths(),
            dependents_left: dependents.lengths(),
        };
        for &node in acyclic {
            peeling.drop_node(node);
        }
        for node in 0..dependencies.row_count() {
            if peeling.dependents_left[node] == 0 {
                peeling.drop_node(crate::graph::id::Place::at(node).get());
            }
        }
        peeling
    }

    fn drop_node(&mut self, node: u32) {
        let mut dropped = vec![node];
        while let Some(node) = dropped.pop() {
            if !std::mem::replace(&mut self.alive[node as usize], false) {
                continue;
            }
            for hop in self.dependents.row(node as usize) {
                let left = &mut self.dependencies_left[hop.node() as usize];
                *left -= 1;
                if *left == 0 {
                    dropped.push(hop.node());
                }
            }
            for hop in self.dependencies.row(node as usize) {
                let left = &mut self.dependents_left[hop.node() as usize];
                *left -= 1;
                if *left == 0 {
                    dropped.push(hop.node());
                }
            }
        }
    }
}

/// The state of a breadth-first walk, kept between walks so that the cost of each depends only on
/// the nodes it visits.
struct Walk {
    parent: Vec<Option<u32>>,
    queue: Vec<u32>,
}

impl Walk {
    fn new(node_count: usize) -> Self {
        Self {
            parent: vec![None; node_count],
            queue: Vec::new(),
        }
    }

    /// The shortest cycle through `start` of at most `limit` nodes.
    fn cycle_through(
        &mut self,
        start: u32,
        limit: usize,
        alive: &[bool],
        dependencies: &Rows,
    ) -> Option<Vec<u32>> {
        self.queue.push(start);
        let mut found = None;
        let (mut head, mut level_end, mut length) = (0, 1, 1);
        'walk: while head < self.queue.len() && length <= limit {
            let node = self.queue[head];
            for hop in dependencies.row(node as usize) {
                let next = hop.node();
                if next == start {
                    found = Some(self.path_to(node));
                    break 'walk;
                }
                if alive[next as usize] && self.parent[next as usize].is_none() {
                    self.parent[next as usize] = Some(node);
                    self.queue.push(next);
                }
            }
            head += 1;
            if head == level_end {
                level_end = self.queue.len();
                length += 1;
            }
        }
        for node in self.queue.drain(..) {
            self.parent[node as usize] = None;
        }
        found
    }

    fn path_to(&self, end: u32) -> Vec<u32> {
        let mut path = vec![end];
        let mut node = end;
        while let Some(parent) = self.parent[node as usize] {
            path.push(parent);
            node = parent;
        }
        path.reverse();
        path
    }
}
