//! What there is to install from, and what specs lack.

use std::sync::Arc;

use rayon::prelude::*;

use crate::error::TaskError;
use crate::graph::bitlanes::Lanes;
use crate::graph::chunk::Chunk;
use crate::graph::closure::{installable, reached_places};
use crate::graph::id::{Place, SpecId};
use crate::graph::kinds::EdgeKinds;
use crate::graph::set::SpecSet;
use crate::graph::{Direction, Graph, Places};
use crate::plan::rules::Rules;
use crate::plan::task::{check_length, check_specs};

/// The binaries that there are for a graph of specs.
///
/// What the fields say of each other: an external counts as external even if it has a binary, and
/// a spec that nothing describes has no binary that counts.
///
/// # Example
///
/// `hdf5` links to `mpi`, which links to `numactl`; only `mpi` has a binary.
///
/// ```
/// use std::sync::Arc;
///
/// use specplan_planner::{Edge, EdgeKinds, Graph, Group, SpecId, SpecSet, Supply};
///
/// let [hdf5, mpi, numactl] = [0, 1, 2].map(SpecId::new);
/// let edge = |dependent, dependency| Edge { dependent, dependency, kinds: EdgeKinds::LINK };
/// let graph = Arc::new(Graph::new(3, [edge(hdf5, mpi), edge(mpi, numactl)])?);
/// let mut supply = Supply::new(graph);
/// supply.available = SpecSet::from_ids(3, [mpi])?;
///
/// assert_eq!(supply.lacking(&[hdf5, mpi])?, [vec![hdf5, numactl], vec![numactl]]);
///
/// let stack = Group {
///     gaps: vec![numactl, hdf5],
///     wants: vec![hdf5, mpi, numactl],
///     roots: vec![hdf5, mpi],
/// };
/// let [low, high] = supply.usefulness(&[stack])?[0][..] else { unreachable!() };
/// assert_eq!((low.blocked, low.roots_completed, low.buildable_now), (2, 1, true));
/// assert_eq!((high.blocked, high.roots_completed, high.buildable_now), (0, 2, false));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Supply {
    /// The specs and what they need.
    pub graph: Arc<Graph>,
    /// Specs with a binary in a cache.
    pub available: SpecSet,
    /// Specs that the system provides. What they depend on comes with them.
    pub external: SpecSet,
    /// Specs of which only the hash is known: what they need is not in the graph. Each counts as a
    /// spec that is missing.
    pub undescribed: SpecSet,
}

impl Supply {
    /// No binaries and no externals.
    pub fn new(graph: Arc<Graph>) -> Self {
        let nothing = SpecSet::empty(graph.spec_count());
        Self {
            graph,
            available: nothing.clone(),
            external: nothing.clone(),
            undescribed: nothing,
        }
    }

    /// For each root, in the order given, the specs of its link and run closure that are neither
    /// available nor external, itself included, in ascending rank. None are lacking exactly if the
    /// root installs from the cache alone.
    ///
    /// # Errors
    ///
    /// [`TaskError`] if a set or a root is not about the graph.
    ///
    /// # Complexity
    ///
    /// For r roots that lack something: O(n + m), the answer itself, and
    /// ceil(r / 256) walks over the part of the graph that lacks something; these walks share the
    /// threads. Memory: beside the answer, O(n + m), and 32 bytes a spec of that part and thread.
    pub fn lacking(&self, roots: &[SpecId]) -> Result<Vec<Vec<SpecId>>, TaskError> {
        let rules = self.rules()?;
        let graph = &self.graph;
        let places = check_specs(graph, "roots", roots)?;
        let installable = self.installable(&graph.no_places());
        let mut columns: Vec<(usize, Place)> = places.into_iter().enumerate().collect();
        columns.retain(|&(_, root)| !installable.contains(root.index()));

        let mut part = graph.no_places();
        part.extend(columns.iter().map(|&(_, root)| root.index()));
        part = reached_places(graph, part, Direction::Dependencies, EdgeKinds::INSTALL);
        part.difference_with(&installable);
        let chunk = Chunk::new(graph, &part);
        let steps = chunk.steps(|place| installed_with(graph, place));
        let mut missing: Vec<usize> = (0..chunk.len()).collect();
        missing.retain(|&spot| rules.standing(chunk.places()[spot]).is_missing());
        missing.sort_unstable_by_key(|&spot| graph.rank_at(chunk.places()[spot]));

        let answers = columns.par_chunks(Lanes::COUNT).flat_map_iter(|columns| {
            let mut lacked_by = vec![Lanes::NONE; chunk.len()];
            for (lane, &(_, root)) in columns.iter().enumerate() {
                lacked_by[chunk.member(root)].set(lane);
            }
            steps.descend(&mut lacked_by);
            let mut answers = vec![Vec::new(); columns.len()];
            for &spot in &missing {
                for lane in lacked_by[spot].ones() {
                    answers[lane].push(graph.id_at(chunk.places()[spot]));
                }
            }
            answers
        });
        let answers: Vec<Vec<SpecId>> = answers.collect();
        let mut lacking = vec![Vec::new(); roots.len()];
        for ((position, _), answer) in columns.into_iter().zip(answers) {
            lacking[position] = answer;
        }
        Ok(lacking)
    }

    /// The rules that hold with these binaries.
    pub(crate) fn rules(&self) -> Result<Rules, TaskError> {
        for (field, set) in [
            ("available", &self.available),
            ("external", &self.external),
            ("undescribed", &self.undescribed),
        ] {
            check_length(&self.graph, field, set.spec_count())?;
        }
        let available = self.available.difference(&self.undescribed);
        Ok(Rules::new(
            Arc::clone(&self.graph),
            &self.external,
            &available,
        ))
    }

    /// What would install from the cache alone without the binaries of `forgotten`.
    pub(crate) fn installable(&self, forgotten: &Places) -> Places {
        let graph = &self.graph;
        let mut available = graph.places_of(&self.available.difference(&self.undescribed));
        available.difference_with(forgotten);
        installable(graph, &available, &graph.places_of(&self.external))
    }
}

/// What a spec links to or runs with.
pub(crate) fn installed_with(graph: &Graph, place: Place) -> impl Iterator<Item = Place> + '_ {
    let row = graph.dependencies_at(place).iter();
    row.filter(|hop| hop.kinds().intersects(EdgeKinds::INSTALL))
        .map(|hop| hop.place())
}
