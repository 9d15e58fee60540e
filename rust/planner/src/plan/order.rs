//! When each build can run: stages and the critical path.
//!
//! ```text
//! ready(s) = 0 if s is external
//!            the largest ready of what s demands, if it is available or spliced
//!            1 + the largest ready of what s demands, if it is built
//! stage(b) = ready(b) - 1
//! ```
//!
//! One walk from the smallest place up, as dependencies have smaller places. A build thus waits for
//! builds that it reaches through available specs too.

use fixedbitset::FixedBitSet;

use crate::graph::id::{Place, SpecId};
use crate::graph::{Graph, Places};
use crate::plan::rules::{Rules, Standing};

/// The stage of every build.
#[derive(Clone, Debug)]
pub(crate) struct Order {
    /// By place; 0 for specs that are not needed.
    ready: Vec<u32>,
    /// The builds, by stage, then rank.
    builds: Vec<Place>,
    /// The starts of the stages in `builds`, and the end of the last one.
    starts: Vec<usize>,
}

impl Order {
    /// Complexity: O(n + m); where few specs wait for a build, O(n) and their edges.
    pub(crate) fn new(rules: &Rules, needed: &Places) -> Self {
        let mut ready = vec![0; rules.graph.spec_count()];
        let builds = rules.standing_among(needed, Standing::Absent);
        let mut sizes: Vec<usize> = Vec::new();
        let waiting = waiting(rules, needed, &builds);
        for index in waiting.as_ref().unwrap_or(needed).ones() {
            let place = Place::at(index);
            // Equals the largest ready of `rules.demanded(place)`, without a branch for each edge.
            let below = match rules.plainly_demanded(place) {
                Some(kinds) => largest(rules.graph.dependencies_at(place).iter().map(|hop| {
                    ready[hop.place().index()] * u32::from(hop.kinds().intersects(kinds))
                })),
                None => largest(rules.demanded(place).map(|below| ready[below.index()])),
            };
            ready[index] = below;
            if rules.standing(place) == Standing::Absent {
                ready[index] += 1;
                if sizes.len() == below as usize {
                    sizes.push(0);
                }
                sizes[below as usize] += 1;
            }
        }
        let (builds, starts) = sort_by_stage(&rules.graph, &builds, &ready, &sizes);
        Self {
            ready,
            builds,
            starts,
        }
    }

    pub(crate) fn builds(&self) -> &[Place] {
        &self.builds
    }

    pub(crate) fn stage_count(&self) -> usize {
        self.starts.len() - 1
    }

    /// The builds of a stage, in ascending rank.
    pub(crate) fn stage(&self, stage: usize) -> &[Place] {
        &self.builds[self.starts[stage]..self.starts[stage + 1]]
    }

    /// The stage of a build. Unspecified for any other spec.
    pub(crate) fn stage_of(&self, build: Place) -> u32 {
        self.ready[build.index()] - 1
    }
}

fn largest(values: impl Iterator<Item = u32>) -> u32 {
    values.fold(0, u32::max)
}

/// The builds and the specs that wait for one, or `None` if that is a large part of the needed
/// specs.
///
/// Specs that wait for nothing are ready at once. A climb from the builds visits rows at random
/// that a full walk reads in order, so it pays only for few specs, and is abandoned when it has met
/// too many.
fn waiting(rules: &Rules, needed: &Places, builds: &Places) -> Option<Places> {
    let most = needed.count_ones(..) / 4;
    let mut stack: Vec<Place> = builds.ones().map(Place::at).collect();
    let mut count = stack.len();
    let mut waiting = builds.clone();
    while count <= most {
        let Some(place) = stack.pop() else {
            return Some(waiting);
        };
        for hop in rules.graph.dependents_at(place) {
            let index = hop.place().index();
            if !waiting.contains(index)
                && needed.contains(index)
                && rules.demands(hop.place(), hop.kinds(), place)
            {
                waiting.insert(index);
                stack.push(hop.place());
                count += 1;
            }
        }
    }
    None
}

/// A counting sort: visits the builds by rank and drops each into its stage.
fn sort_by_stage(
    graph: &Graph,
    builds: &Places,
    ready: &[u32],
    sizes: &[usize],
) -> (Vec<Place>, Vec<usize>) {
    let mut starts = vec![0];
    for size in sizes {
        starts.push(starts[starts.len() - 1] + size);
    }
    let mut ranks = FixedBitSet::with_capacity(graph.spec_count());
    for place in builds.ones() {
        ranks.insert(graph.rank_at(Place::at(place)) as usize);
    }
    let by_rank = graph.places_by_rank();
    let mut next = starts.clone();
    let mut sorted = vec![Place::new(0); starts[sizes.len()]];
    for rank in ranks.ones() {
        let place = by_rank[rank];
        let slot = &mut next[ready[place.index()] as usize - 1];
        sorted[*slot] = place;
        *slot += 1;
    }
    (sorted, starts)
}

/// The most expensive chain of builds, each of which waits for the one before.
#[derive(Clone, Debug, PartialEq)]
pub struct CriticalPath {
    /// The total cost of the builds of the chain.
    pub cost: f64,
    /// The builds, in the order in which they run. Of several chains of the same cost, the one
    /// whose last build has the smallest rank, then the last but one, and so on.
    pub chain: Vec<SpecId>,
}

/// The cost of the most expensive chain of builds: the same cost as in [`critical_path`], without
/// the chain. Complexity: O(n + m).
pub(crate) fn critical_cost(rules: &Rules, needed: &Places, cost_of: impl Fn(Place) -> f64) -> f64 {
    let mut finish = vec![0.0_f64; rules.graph.spec_count()];
    let mut latest = 0.0_f64;
    for index in needed.ones() {
        let place = Place::at(index);
        let mut below = 0.0_f64;
        match rules.plainly_demanded(place) {
            Some(kinds) => {
                for hop in rules.graph.dependencies_at(place) {
                    let counts = f64::from(u8::from(hop.kinds().intersects(kinds)));
                    below = below.max(finish[hop.place().index()] * counts);
                }
            }
            None => {
                for dependency in rules.demanded(place) {
                    below = below.max(finish[dependency.index()]);
                }
            }
        }
        finish[index] = below;
        if rules.standing(place) == Standing::Absent {
            finish[index] += cost_of(place);
            latest = latest.max(finish[index]);
        }
    }
    latest
}

/// Finds the most expensive chain by dynamic programming from the smallest place up.
///
/// Invariant: `last[s]` is the last build of the most expensive chain that must run before s can be
/// installed; for a build that is itself. Complexity: O(n + m).
pub(crate) fn critical_path(
    rules: &Rules,
    needed: &Places,
    cost_of: impl Fn(Place) -> f64,
) -> CriticalPath {
    let graph = &rules.graph;
    let mut cost = vec![0.0_f64; graph.spec_count()];
    let mut last: Vec<Option<Place>> = vec![None; graph.spec_count()];
    let mut before: Vec<Option<Place>> = vec![None; graph.spec_count()];
    let dearer = |cost: &[f64], one: Option<Place>, other: Option<Place>| match (one, other) {
        (Some(a), Some(b)) => {
            let by_cost = cost[a.index()].total_cmp(&cost[b.index()]);
            let order = by_cost.then(graph.rank_at(b).cmp(&graph.rank_at(a)));
            if order.is_lt() { Some(b) } else { Some(a) }
        }
        (one, other) => one.or(other),
    };
    let mut end = None;
    for index in needed.ones() {
        let place = Place::at(index);
        let below = rules
            .demanded(place)
            .map(|dependency| last[dependency.index()])
            .fold(None, |best, next| dearer(&cost, best, next));
        if rules.standing(place) == Standing::Absent {
            before[index] = below;
            cost[index] = cost_of(place) + below.map_or(0.0, |build| cost[build.index()]);
            last[index] = Some(place);
            end = dearer(&cost, end, Some(place));
        } else {
            last[index] = below;
        }
    }
    let mut chain = Vec::new();
    let mut next = end;
    while let Some(build) = next {
        chain.push(graph.id_at(build));
        next = before[build.index()];
    }
    chain.reverse();
    CriticalPath {
        cost: end.map_or(0.0, |build| cost[build.index()]),
        chain,
    }
}
