//! The new hashes alone, as a small graph of their own.

use std::sync::Arc;

use rayon::prelude::*;

use super::own_change::{ChangeOrigin, Comparison};
use crate::graph::Graph;
use crate::graph::id::{Place, SpecId};
use crate::graph::kinds::EdgeKinds;

/// The new hashes, numbered by place, so that dependencies have smaller numbers.
#[derive(Clone, Debug)]
pub(super) struct Fresh {
    graph: Arc<Graph>,
    /// By number, ascending.
    places: Vec<Place>,
    origins: Vec<ChangeOrigin>,
    /// The dependencies of number x are `below[first[x]..first[x + 1]]`.
    first: Vec<usize>,
    below: Vec<Below>,
    /// The own changes, in ascending rank.
    causes: Vec<u32>,
}

/// A dependency that is a new hash too.
#[derive(Clone, Copy, Debug)]
struct Below {
    number: u32,
    /// Whether the edge is a link or run edge.
    is_installed: bool,
}

/// The number of new hashes that an own change reaches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Reach {
    pub(super) over_all: usize,
    pub(super) over_link_run: usize,
}

/// The number of words of own changes that are followed at a time.
const BLOCK_WORDS: usize = 4;
const BLOCK_BITS: usize = BLOCK_WORDS * u64::BITS as usize;
type Block = [u64; BLOCK_WORDS];

impl Fresh {
    pub(super) fn new(comparison: &Comparison) -> Self {
        let graph = &comparison.graph;
        let mut old_contents: Vec<u32> = comparison
            .old
            .iter()
            .map(|id| comparison.own_content[id.index()])
            .collect();
        old_contents.sort_unstable();
        old_contents.dedup();

        let is_fresh = graph.places_of(&comparison.new.difference(&comparison.old));
        let places: Vec<Place> = is_fresh.ones().map(Place::at).collect();
        let mut number_at = vec![0; graph.spec_count()];
        for (number, place) in (0..).zip(&places) {
            number_at[place.index()] = number;
        }
        let mut fresh = Self {
            graph: Arc::clone(graph),
            origins: Vec::with_capacity(places.len()),
            first: vec![0],
            below: Vec::new(),
            causes: Vec::new(),
            places,
        };
        for (number, &place) in (0..).zip(&fresh.places) {
            let start = fresh.below.len();
            let row = graph.dependencies_at(place).iter();
            let row = row.filter(|hop| is_fresh.contains(hop.place().index()));
            fresh.below.extend(row.map(|hop| Below {
                number: number_at[hop.place().index()],
                is_installed: hop.kinds().intersects(EdgeKinds::INSTALL),
            }));
            fresh.first.push(fresh.below.len());

            let content = comparison.own_content[graph.id_at(place).index()];
            let origin = if old_contents.binary_search(&content).is_err() {
                ChangeOrigin::Content
            } else if fresh.below.len() == start {
                ChangeOrigin::Rewired
            } else {
                ChangeOrigin::Inherited
            };
            fresh.origins.push(origin);
            if origin.is_own_change() {
                fresh.causes.push(number);
            }
        }
        let places = &fresh.places;
        fresh
            .causes
            .sort_unstable_by_key(|&cause| graph.rank_at(places[cause as usize]));
        fresh
    }

    /// The number of new hashes.
    pub(super) fn len(&self) -> usize {
        self.places.len()
    }

    pub(super) fn id(&self, number: u32) -> SpecId {
        self.graph.id_at(self.places[number as usize])
    }

    pub(super) fn origins(&self) -> &[ChangeOrigin] {
        &self.origins
    }

    /// The own changes, in ascending rank.
    pub(super) fn causes(&self) -> &[u32] {
        &self.causes
    }

    pub(super) fn origin(&self, spec: SpecId) -> Option<ChangeOrigin> {
        Some(self.origins[self.number(spec)? as usize])
    }

    /// The new hashes, in ascending rank.
    pub(super) fn by_rank(&self) -> Vec<(SpecId, ChangeOrigin)> {
        let places = self
            .places
            .iter()
            .copied()
            .zip(self.origins.iter().copied());
        let mut ranked: Vec<(Place, ChangeOrigin)> = places.collect();
        ranked.sort_unstable_by_key(|&(place, _)| self.graph.rank_at(place));
        let ids = ranked.into_iter();
        ids.map(|(place, origin)| (self.graph.id_at(place), origin))
            .collect()
    }

    /// The numbers of the new hashes that a new hash depends on.
    pub(super) fn below(&self, number: u32) -> impl Iterator<Item = u32> + '_ {
        self.row(number).iter().map(|below| below.number)
    }

    fn row(&self, number: u32) -> &[Below] {
        &self.below[self.first[number as usize]..self.first[number as usize + 1]]
    }

    fn number(&self, spec: SpecId) -> Option<u32> {
        let place = self.graph.place_of(spec)?;
        let position = self.places.binary_search(&place).ok()?;
        Some(Place::at(position).get())
    }

    /// The own changes in the closure of a spec, in ascending rank.
    pub(super) fn causes_of(&self, spec: SpecId) -> Vec<SpecId> {
        let Some(number) = self.number(spec) else {
            return Vec::new();
        };
        let mut seen = vec![false; self.len()];
        seen[number as usize] = true;
        let mut stack = vec![number];
        while let Some(number) = stack.pop() {
            for below in self.below(number) {
                if !std::mem::replace(&mut seen[below as usize], true) {
                    stack.push(below);
                }
            }
        }
        let causes = self.causes.iter().filter(|&&cause| seen[cause as usize]);
        causes.map(|&cause| self.id(cause)).collect()
    }

    /// For each own change, how many new hashes it alone explains.
    ///
    /// Let a change enter the graph at a virtual node with an edge to every own change, and flow
    /// from dependencies to dependents. A spec is explained alone by the own change that dominates
    /// it (Prosser 1959): every way from the virtual node to the spec leads through it. Dominators
    /// form a tree, and own changes hang directly from its root, the virtual node. So a spec only
    /// needs its *branch*, the node below the root that dominates it:
    ///
    /// - an own change is its own branch;
    /// - an inherited one is in the branch of its new dependencies if they share one;
    /// - otherwise its nearest dominator is the root, and it is a branch of its own, which counts
    ///   for no own change.
    ///
    /// Complexity: O(n + m), one walk up.
    pub(super) fn explained_alone(&self) -> Vec<usize> {
        let mut branch: Vec<u32> = Vec::with_capacity(self.len());
        let mut size = vec![0; self.len()];
        for (number, origin) in (0..).zip(&self.origins) {
            let mut branches = self.below(number).map(|below| branch[below as usize]);
            let own = match branches.next() {
                Some(first) if !origin.is_own_change() && branches.all(|other| other == first) => {
                    first
                }
                _ => number,
            };
            branch.push(own);
            size[own as usize] += 1;
        }
        self.causes
            .iter()
            .map(|&cause| size[cause as usize])
            .collect()
    }

    /// For each own change, how many new hashes it reaches. See [`Difference::own_changes`].
    ///
    /// [`Difference::own_changes`]: super::Difference::own_changes
    pub(super) fn reach(&self) -> Vec<Reach> {
        let blocks = self.causes.par_chunks(BLOCK_BITS);
        blocks
            .flat_map_iter(|causes| self.reach_of_block(causes))
            .collect()
    }

    /// One walk up: the `causes` that reach a spec are those that reach its dependencies, and
    /// itself.
    fn reach_of_block(&self, causes: &[u32]) -> Vec<Reach> {
        let start = causes.iter().copied().min().unwrap_or(0) as usize;
        let mut over_all: Vec<Block> = vec![[0; BLOCK_WORDS]; self.len() - start];
        let mut over_link_run = over_all.clone();
        for (bit, &cause) in causes.iter().enumerate() {
            let (word, bit) = (bit / 64, bit % 64);
            over_all[cause as usize - start][word] |= 1 << bit;
            over_link_run[cause as usize - start][word] |= 1 << bit;
        }
        let mut reach = vec![Reach::default(); causes.len()];
        for number in start..self.len() {
            let mut all = over_all[number - start];
            let mut link_run = over_link_run[number - start];
            for below in self.row(Place::at(number).get()) {
                let Some(below_start) = (below.number as usize).checked_sub(start) else {
                    continue;
                };
                unite(&mut all, &over_all[below_start]);
                if below.is_installed {
                    unite(&mut link_run, &over_link_run[below_start]);
                }
            }
            for_each_bit(&all, |bit| reach[bit].over_all += 1);
            for_each_bit(&link_run, |bit| reach[bit].over_link_run += 1);
            over_all[number - start] = all;
            over_link_run[number - start] = link_run;
        }
        reach
    }
}

fn unite(block: &mut Block, other: &Block) {
    for (word, other) in block.iter_mut().zip(other) {
        *word |= other;
    }
}

fn for_each_bit(block: &Block, mut visit: impl FnMut(usize)) {
    for (word, &bits) in block.iter().enumerate() {
        let mut bits = bits;
        while bits != 0 {
            visit(word * 64 + bits.trailing_zeros() as usize);
            bits &= bits - 1;
        }
    }
}
