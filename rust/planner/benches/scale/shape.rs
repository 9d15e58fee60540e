//! Seeded random graphs in the shapes of real locks.
//!
//! The shape of real locks of compiled stacks: some 8 dependencies a spec; about half of the edges
//! only for building; a compiler, its wrapper, its runtime, the C library and `make` below nearly
//! every spec; chains of at most some 30 edges.

use specplan_planner::{Edge, EdgeKinds, SpecId};

/// A small generator of numbers (`SplitMix64`), so a seed always gives the same graph.
pub(crate) struct Random {
    state: u64,
}

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `limit`.
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    fn index(&mut self, limit: u32) -> u32 {
        u32::try_from(self.below(u64::from(limit))).expect("less than a u32")
    }
}

/// The dependencies between specs.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Shape {
    /// Environments of 1,000 specs, each with hubs of its own; a fifth of them share one library.
    /// The shape of the union of many locks.
    Environments,
    /// Every spec may need any of the specs before it: no neighbourhoods, the worst for caches.
    Tangle,
}

const ENVIRONMENT_SPECS: u32 = 1_000;
const HUBS: u32 = 8;
const LEVELS: u32 = 28;

impl Shape {
    /// Edges of a graph of `spec_count` specs, some 8 a spec, in random order of ids.
    pub(crate) fn edges(self, spec_count: u32) -> Vec<Edge> {
        let mut random = Random::new(42);
        let size = match self {
            Self::Environments => ENVIRONMENT_SPECS,
            Self::Tangle => spec_count,
        };
        let mut edges = Vec::new();
        for (number, first) in (0..spec_count).step_by(size as usize).enumerate() {
            let size = size.min(spec_count - first);
            let shared = (number % 5 == 1).then_some(HUBS);
            environment(&mut random, first, size, shared, &mut edges);
        }
        let names = shuffled(&mut random, spec_count);
        for edge in &mut edges {
            edge.dependent = names[edge.dependent.index()];
            edge.dependency = names[edge.dependency.index()];
        }
        edges
    }
}

/// Specs `first..first + size`: hubs, then levels that need specs of lower levels.
fn environment(
    random: &mut Random,
    first: u32,
    size: u32,
    shared: Option<u32>,
    edges: &mut Vec<Edge>,
) {
    let mut add = |dependent: u32, dependency: u32, kinds: EdgeKinds| {
        edges.push(Edge {
            dependent: SpecId::new(dependent),
            dependency: SpecId::new(dependency),
            kinds,
        });
    };
    let hub_kinds = [
        EdgeKinds::BUILD | EdgeKinds::COMPILER,
        EdgeKinds::BUILD,
        EdgeKinds::LINK,
        EdgeKinds::LINK,
        EdgeKinds::BUILD,
    ];
    let width = (size - HUBS) / LEVELS + 1;
    for spec in HUBS..size {
        let level = (spec - HUBS) / width;
        if random.below(100) < 68 {
            for (hub, kinds) in (0..).zip(hub_kinds) {
                add(first + spec, first + hub, kinds);
            }
        }
        let below = HUBS + level * width;
        if level > 0 {
            // One from the level below, the others from anywhere lower.
            add(
                first + spec,
                first + below - width + random.index(width),
                kinds(random),
            );
            for _ in 0..random.below(8) {
                add(first + spec, first + random.index(below), kinds(random));
            }
        } else if let Some(shared) = shared.filter(|&shared| shared < first && spec < 2 * HUBS) {
            add(first + spec, shared, EdgeKinds::BUILD | EdgeKinds::LINK);
        }
    }
}

/// The kinds in about the shares of real locks, hub edges apart.
fn kinds(random: &mut Random) -> EdgeKinds {
    match random.below(100) {
        0..42 => EdgeKinds::BUILD,
        42..57 => EdgeKinds::LINK,
        57..80 => EdgeKinds::BUILD | EdgeKinds::LINK,
        80..97 => EdgeKinds::BUILD | EdgeKinds::RUN,
        _ => EdgeKinds::RUN,
    }
}

/// The ids `0..count` in random order (Fisher and Yates).
fn shuffled(random: &mut Random, count: u32) -> Vec<SpecId> {
    let mut ids: Vec<SpecId> = (0..count).map(SpecId::new).collect();
    for last in (1..count).rev() {
        ids.swap(last as usize, random.index(last + 1) as usize);
    }
    ids
}
