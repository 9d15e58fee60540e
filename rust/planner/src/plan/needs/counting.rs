//! The dependencies between builds if uniting sets takes too much: in blocks of builds, one lane
//! each.
//!
//! A *target* is a build that is reached through a carrier; there may be a number of targets for
//! each build that grows with the specs. For each block of [`Lanes::COUNT`] targets:
//!
//! 1. *Up*, from the smallest carrier: the lanes of a carrier are the targets of the block that it
//!    demands, and the lanes of the carriers that it demands.
//! 2. The lanes of a build are the same union over what it demands.
//!
//! Specs that a build demands itself and no carrier does are counted separately.

use rayon::prelude::*;

use crate::graph::Places;
use crate::graph::bitlanes::Lanes;
use crate::graph::chunk::{Chunk, Steps};
use crate::graph::id::Place;
use crate::plan::rules::Rules;

/// The edges that matter, cut out once for all blocks.
pub(crate) struct Blocks {
    targets: Chunk,
    target_ranks: Vec<u32>,
    /// By spot of the carriers.
    carrier_places: Vec<Place>,
    carrier_carriers: Steps,
    carrier_targets: Steps,
    /// By position of the builds.
    build_carriers: Steps,
    build_targets: Steps,
    /// The ranks of builds that a build demands and no carrier does.
    build_others: Vec<Vec<u32>>,
}

impl Blocks {
    pub(crate) fn new(rules: &Rules, builds: &[Place], carriers: &Places) -> Self {
        let graph = &rules.graph;
        let mut targets = graph.no_places();
        for carrier in carriers.ones().map(Place::at) {
            let below = rules.demanded(carrier);
            targets.extend(
                below
                    .filter(|&below| rules.is_build(below))
                    .map(Place::index),
            );
        }
        let carriers = Chunk::new(graph, carriers);
        let targets = Chunk::new(graph, &targets);
        let others = |&build: &Place| {
            let below = rules.demanded(build).filter(|&below| rules.is_build(below));
            let apart = below.filter(|&below| targets.spot_of(below).is_none());
            apart.map(|below| graph.rank_at(below)).collect()
        };
        Self {
            target_ranks: targets
                .places()
                .iter()
                .map(|&place| graph.rank_at(place))
                .collect(),
            carrier_carriers: carriers.steps(|place| rules.demanded(place)),
            carrier_targets: targets.steps_from(carriers.places(), |place| rules.demanded(place)),
            build_carriers: carriers.steps_from(builds, |place| rules.demanded(place)),
            build_targets: targets.steps_from(builds, |place| rules.demanded(place)),
            build_others: builds.iter().map(others).collect(),
            carrier_places: carriers.places().to_vec(),
            targets,
        }
    }

    /// The number of builds that each build waits for.
    pub(crate) fn lens(&self) -> Vec<u32> {
        let none = || vec![0_u32; self.build_others.len()];
        let lens = (0..self.block_count()).into_par_iter().fold(
            || (none(), self.no_lanes()),
            |(mut lens, mut lanes), block| {
                self.visit(block, &mut lanes, |build, found| {
                    lens[build] += found.count();
                });
                (lens, lanes)
            },
        );
        let mut lens = lens.map(|(lens, _)| lens).reduce(none, |mut sum, other| {
            for (len, other) in sum.iter_mut().zip(other) {
                *len += other;
            }
            sum
        });
        for (len, others) in lens.iter_mut().zip(&self.build_others) {
            *len += u32::try_from(others.len()).expect("there are fewer builds than specs");
        }
        lens
    }

    /// The ranks of the builds that each build waits for, unordered. `lens` are their numbers.
    pub(crate) fn sets(&self, lens: &[u32]) -> Vec<Vec<u32>> {
        let room = |(others, &len): (&Vec<u32>, &u32)| {
            let mut ranks = Vec::with_capacity(len as usize);
            ranks.extend_from_slice(others);
            ranks
        };
        let mut sets: Vec<Vec<u32>> = self.build_others.iter().zip(lens).map(room).collect();
        let mut lanes = self.no_lanes();
        for block in 0..self.block_count() {
            let first = block * Lanes::COUNT;
            self.visit(block, &mut lanes, |build, found| {
                let ranks = found.ones().map(|lane| self.target_ranks[first + lane]);
                sets[build].extend(ranks);
            });
        }
        sets
    }

    fn block_count(&self) -> usize {
        self.targets.len().div_ceil(Lanes::COUNT)
    }

    fn no_lanes(&self) -> Vec<Lanes> {
        vec![Lanes::NONE; self.carrier_places.len()]
    }

    /// Visits each build that waits for targets of a block, with their lanes.
    fn visit(&self, block: usize, lanes: &mut [Lanes], mut visit: impl FnMut(usize, Lanes)) {
        let first = block * Lanes::COUNT;
        let own = |steps: &Steps, row: usize| {
            let mut lanes = Lanes::NONE;
            for target in steps.from(row) {
                if let Some(lane) = target
                    .checked_sub(first)
                    .filter(|&lane| lane < Lanes::COUNT)
                {
                    lanes.set(lane);
                }
            }
            lanes
        };
        // A carrier of a smaller place than every target of the block is above none of them.
        let smallest = self.targets.places()[first];
        let start = self
            .carrier_places
            .partition_point(|&place| place < smallest);
        lanes[..start].fill(Lanes::NONE);
        for spot in start..lanes.len() {
            let mut found = own(&self.carrier_targets, spot);
            for below in self.carrier_carriers.from(spot) {
                found.unite(lanes[below]);
            }
            lanes[spot] = found;
        }
        for build in 0..self.build_others.len() {
            let mut found = own(&self.build_targets, build);
            for below in self.build_carriers.from(build) {
                found.unite(lanes[below]);
            }
            if !found.is_none() {
                visit(build, found);
            }
        }
    }
}
