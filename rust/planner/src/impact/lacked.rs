//! The specs that others lack to be installed: their number for each root, the first of them, and
//! the number of roots that lack each.

use rayon::prelude::*;

use crate::error::TaskError;
use crate::graph::Direction;
use crate::graph::bitlanes::{Lanes, Tally};
use crate::graph::chunk::Chunk;
use crate::graph::closure::reached_places;
use crate::graph::id::{Place, SpecId};
use crate::graph::kinds::EdgeKinds;
use crate::impact::supply::{Supply, installed_with};
use crate::plan::task::check_specs;

/// The specs that roots lack to be installed.
///
/// The full lists for many roots can grow with the square of their number, so only the counts are
/// complete.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lacked {
    /// The specs that each root lacks, in the order in which roots were given.
    pub roots: Vec<LackedByRoot>,
    /// Each spec that any root lacks, in ascending rank, with the number of roots that lack it.
    pub specs: Vec<(SpecId, usize)>,
}

/// The specs that one root lacks to be installed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LackedByRoot {
    /// The number of specs that it lacks.
    pub count: usize,
    /// The first of them, in ascending rank.
    pub first: Vec<SpecId>,
}

impl Supply {
    /// The specs that each root lacks: the number of specs of its link and run closure, itself
    /// included, that are neither available nor external, and the first `most` of them. There are
    /// none exactly if the root installs from the cache alone.
    ///
    /// # Errors
    ///
    /// [`TaskError`] if a set or a root is not about the graph.
    ///
    /// # Complexity
    ///
    /// For r roots that lack something: O(n + m), the answer itself, and
    /// ceil(r / 256) walks over the part of the graph that lacks something; these walks share the
    /// threads. Memory: beside the answer, O(n + m), and 48 bytes a spec of that part and thread.
    pub fn lacked(&self, roots: &[SpecId], most: usize) -> Result<Lacked, TaskError> {
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
        let id = |spot: usize| graph.id_at(chunk.places()[spot]);

        let mut answers = vec![LackedByRoot::default(); columns.len()];
        let counted = columns
            .par_chunks(Lanes::COUNT)
            .zip(answers.par_chunks_mut(Lanes::COUNT))
            .fold(
                || vec![0; missing.len()],
                |mut counts: Vec<usize>, (columns, answers)| {
                    let mut lacked_by = vec![Lanes::NONE; chunk.len()];
                    let mut open = Lanes::NONE;
                    for (lane, &(_, root)) in columns.iter().enumerate() {
                        lacked_by[chunk.member(root)].set(lane);
                        open.set(lane);
                    }
                    steps.descend(&mut lacked_by);
                    if most == 0 {
                        open = Lanes::NONE;
                    }
                    let mut tally = Tally::default();
                    for (count, &spot) in counts.iter_mut().zip(&missing) {
                        let lanes = lacked_by[spot];
                        *count += lanes.count() as usize;
                        tally.add(lanes);
                        let mut full = Lanes::NONE;
                        for lane in lanes.common(open).ones() {
                            let first = &mut answers[lane].first;
                            first.push(id(spot));
                            if first.len() == most {
                                full.set(lane);
                            }
                        }
                        open = open.common(full.inverse());
                    }
                    for (lane, answer) in answers.iter_mut().enumerate() {
                        answer.count = tally.count(lane);
                    }
                    counts
                },
            )
            .reduce(
                || vec![0; missing.len()],
                |mut counts, others| {
                    for (count, other) in counts.iter_mut().zip(others) {
                        *count += other;
                    }
                    counts
                },
            );
        let mut lacked = Lacked {
            roots: vec![LackedByRoot::default(); roots.len()],
            specs: missing.iter().map(|&spot| id(spot)).zip(counted).collect(),
        };
        lacked.specs.retain(|&(_, count)| count > 0);
        for ((position, _), answer) in columns.into_iter().zip(answers) {
            lacked.roots[position] = answer;
        }
        Ok(lacked)
    }
}
