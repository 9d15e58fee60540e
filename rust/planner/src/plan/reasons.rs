//! The reason for each build, as a shortest chain from a want.

use std::sync::Arc;

use crate::graph::id::{Place, SpecId};
use crate::graph::{Graph, Places};
use crate::plan::rules::Rules;

/// The cause of a build.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// It is named by the change itself.
    Changed,
    /// It had a binary, and depends on a changed spec.
    Stale,
    /// It never had a binary.
    Missing,
}

impl Cause {
    /// The word for it in documents: `changed`, `stale` or `missing`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Stale => "stale",
            Self::Missing => "missing",
        }
    }
}

/// For each needed spec, a shortest chain of demands from a want.
///
/// # Algorithm
///
/// A lexicographic breadth-first search. The wants enter the queue by rank; a spec taken from the
/// queue enters the specs that it demands and that were not entered yet, by rank.
///
/// Invariant: within each level the queue holds specs in the order of their least chains, comparing
/// ranks from the want on. The first to enter a spec therefore is the last but one link of the
/// least chain among the shortest, and the answer depends on ranks alone.
#[derive(Clone, Debug)]
pub struct Reasons {
    graph: Arc<Graph>,
    /// By place, the spec that entered it; itself for a want, `None` for specs that are not needed.
    entered_by: Vec<Option<Place>>,
    /// By place, the length of its chain; 0 for specs that are not needed.
    lens: Vec<u32>,
}

impl Reasons {
    /// Complexity: O(n + m), as rows are in ascending rank.
    pub(crate) fn new(rules: &Rules, wants: &Places) -> Self {
        let graph = &rules.graph;
        let mut entered_by = vec![None; graph.spec_count()];
        let mut lens = vec![0; graph.spec_count()];
        let mut queue: Vec<Place> = wants.ones().map(Place::at).collect();
        queue.sort_unstable_by_key(|&place| graph.rank_at(place));
        for &want in &queue {
            entered_by[want.index()] = Some(want);
            lens[want.index()] = 1;
        }
        let mut head = 0;
        while head < queue.len() {
            let place = queue[head];
            for dependency in rules.demanded(place) {
                let entered = &mut entered_by[dependency.index()];
                if entered.is_none() {
                    *entered = Some(place);
                    lens[dependency.index()] = lens[place.index()] + 1;
                    queue.push(dependency);
                }
            }
            head += 1;
        }
        Self {
            graph: Arc::clone(graph),
            entered_by,
            lens,
        }
    }

    /// A shortest chain from a want to `spec`, each link of which demands the next; of several,
    /// the one with the smallest ranks from the want on. A want is a chain of one. Empty for a
    /// spec that is not needed.
    pub fn because(&self, spec: SpecId) -> Vec<SpecId> {
        let mut chain = Vec::new();
        let mut next = self.graph.place_of(spec);
        while let Some(place) = next {
            let by = self.entered_by[place.index()];
            if by.is_some() {
                chain.push(self.graph.id_at(place));
            }
            next = by.filter(|&by| by != place);
        }
        chain.reverse();
        chain
    }

    /// The length of that chain. Complexity: O(1); the total length of all chains may grow with the
    /// square of the specs.
    pub fn len_of(&self, spec: SpecId) -> usize {
        let place = self.graph.place_of(spec);
        place.map_or(0, |place| self.lens[place.index()] as usize)
    }
}
