//! The builds that each build waits for.
//!
//! `needs(b)` is the set of builds reached from b by one edge that b demands, then any edges
//! demanded by specs that are not built. Following each build on its own is quadratic when many
//! builds look through the same available specs, so sets are shared:
//!
//! 1. A spec that is not built but lies above a build is a *carrier*. All others hide no builds and
//!    are never entered.
//! 2. In ascending places, a carrier with several dependents gets its set once; one with a single
//!    dependent is walked through from there, so that a chain costs its length and no more.
//! 3. The set of a carrier or build is the union of builds met and of sets of carriers met.
//!
//! Invariant: when a set is used it is complete, since what a spec demands has smaller places.
//! Builds use sets of carriers only, so that they are walked on all cores.
//!
//! Equal sets are stored once. In graphs without any neighbourhoods the sets, and the answer
//! itself, can grow with the square of the specs. So sets may hold no more numbers than [`Room`]
//! has, and making them may take no more steps than a few times that; beyond, the answer is counted
//! in blocks (`counting.rs`) and stored only if it has room; otherwise each build is walked when
//! its answer is requested.
//!
//! Complexity: O(n + m) and the sizes of the sets united, or O(n + m) for each 256 builds if these
//! outgrow the room. Memory: O(n + m).

mod counting;

use std::borrow::Cow;

use rayon::prelude::*;

use self::counting::Blocks;
use crate::graph::id::{Place, SpecId};
use crate::graph::shared_sets::{SetId, SharedSets, Union};
use crate::graph::{Graph, Places};
use crate::plan::rules::Rules;

/// For each build of a plan, the builds that it waits for.
#[derive(Clone, Debug)]
pub struct Needs {
    rules: Rules,
    builds: Places,
    answer: Answer,
}

#[derive(Clone, Debug)]
enum Answer {
    /// Sets of ranks, by place.
    Stored {
        set_of: Vec<SetId>,
        sets: SharedSets,
    },
    /// Their number, by place, and the carriers to walk through.
    Counted { len_of: Vec<u32>, carriers: Places },
}

/// The limits of storage and of time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Room {
    /// Numbers in sets.
    items: usize,
    /// Edges followed and numbers united, in one walk over the carriers or over a part of the
    /// builds.
    work: usize,
}

impl Room {
    /// 16 numbers a spec and edge, and 2^22 for small graphs, which may well be dense.
    fn of(graph: &Graph) -> Self {
        let items = 16 * (graph.spec_count() + graph.edge_count()) + (1 << 22);
        Self {
            items,
            work: 4 * items,
        }
    }
}

impl Needs {
    pub(crate) fn new(rules: &Rules, needed: &Places) -> Self {
        Self::within(rules, needed, Room::of(&rules.graph))
    }

    fn within(rules: &Rules, needed: &Places, room: Room) -> Self {
        let mut builds = needed.clone();
        let is_other = |&place: &usize| !rules.is_build(Place::at(place));
        for other in needed.ones().filter(is_other) {
            builds.remove(other);
        }
        let places: Vec<Place> = builds.ones().map(Place::at).collect();
        let (carriers, shared) = find_carriers(rules, needed);
        let answer = stored(rules, &places, &carriers, &shared, room)
            .unwrap_or_else(|| counted(rules, &places, carriers, room));
        Self {
            rules: rules.clone(),
            builds,
            answer,
        }
    }

    /// The builds that `build` waits for, in ascending rank; none for a spec that is not built.
    ///
    /// Complexity: O(1) and the answer; O(n + m) if all answers together were too large to be
    /// stored.
    pub fn of(&self, build: SpecId) -> impl Iterator<Item = SpecId> + '_ {
        let graph = &self.rules.graph;
        let ranks = match (self.build_place(build), &self.answer) {
            (None, _) => Cow::Borrowed(&[][..]),
            (Some(place), Answer::Stored { set_of, sets }) => {
                Cow::Borrowed(sets.get(set_of[place.index()]))
            }
            (Some(place), Answer::Counted { carriers, .. }) => {
                Cow::Owned(walked(&self.rules, carriers, place))
            }
        };
        (0..ranks.len()).map(move |at| graph.id_at(graph.place_by_rank(ranks[at])))
    }

    /// The number of builds that `build` waits for. Complexity: O(1).
    pub fn len_of(&self, build: SpecId) -> usize {
        match (self.build_place(build), &self.answer) {
            (None, _) => 0,
            (Some(place), Answer::Stored { set_of, sets }) => sets.get(set_of[place.index()]).len(),
            (Some(place), Answer::Counted { len_of, .. }) => len_of[place.index()] as usize,
        }
    }

    fn build_place(&self, build: SpecId) -> Option<Place> {
        let place = self.rules.graph.place_of(build)?;
        self.builds.contains(place.index()).then_some(place)
    }
}

/// The sets of all builds, or `None` if there is no room for them.
fn stored(
    rules: &Rules,
    builds: &[Place],
    carriers: &Places,
    shared: &Places,
    room: Room,
) -> Option<Answer> {
    let mut found = Carriers::new(rules, carriers, shared, room)?;
    let chunks = builds.par_chunks(builds.len().div_ceil(rayon::current_num_threads()).max(1));
    let parts: Option<Vec<(&[Place], Part)>> = chunks
        .map(|chunk| Some((chunk, Part::new(&found, chunk, room)?)))
        .collect();
    for (chunk, part) in parts? {
        let mut ranks = &part.ranks[..];
        for (build, answer) in chunk.iter().zip(part.answers) {
            found.set_of[build.index()] = answer.unwrap_or_else(|len| {
                let (own, others) = ranks.split_at(len);
                ranks = others;
                found.sets.push(own)
            });
        }
    }
    Some(Answer::Stored {
        set_of: found.set_of,
        sets: found.sets,
    })
}

/// The answer in blocks: its size, and the sets too if there is room for them.
fn counted(rules: &Rules, builds: &[Place], carriers: Places, room: Room) -> Answer {
    let blocks = Blocks::new(rules, builds, &carriers);
    let lens = blocks.lens();
    let total: usize = lens.iter().map(|&len| len as usize).sum();
    if total <= room.items {
        let mut set_of = vec![SetId::EMPTY; rules.graph.spec_count()];
        let mut sets = SharedSets::new();
        for (build, ranks) in builds.iter().zip(blocks.sets(&lens).iter_mut()) {
            ranks.sort_unstable();
            set_of[build.index()] = sets.push(ranks);
        }
        return Answer::Stored { set_of, sets };
    }
    let mut len_of = vec![0; rules.graph.spec_count()];
    for (build, len) in builds.iter().zip(lens) {
        len_of[build.index()] = len;
    }
    Answer::Counted { len_of, carriers }
}

/// The ranks of the builds that one build waits for, ascending, without any set.
fn walked(rules: &Rules, carriers: &Places, build: Place) -> Vec<u32> {
    let mut met = rules.graph.no_places();
    let mut ranks = Vec::new();
    let mut stack = vec![build];
    while let Some(place) = stack.pop() {
        for dependency in rules.demanded(place) {
            let is_build = rules.is_build(dependency);
            if (is_build || carriers.contains(dependency.index())) && !met.put(dependency.index()) {
                if is_build {
                    ranks.push(rules.graph.rank_at(dependency));
                } else {
                    stack.push(dependency);
                }
            }
        }
    }
    ranks.sort_unstable();
    ranks
}

/// The carriers of a plan, and the sets of those that share theirs.
struct Carriers<'r> {
    rules: &'r Rules,
    all: &'r Places,
    /// Carriers with a finished set.
    known: Places,
    /// The sets of carriers in `known`; later also those of builds.
    set_of: Vec<SetId>,
    sets: SharedSets,
}

impl<'r> Carriers<'r> {
    /// `None` if there is no room.
    fn new(rules: &'r Rules, all: &'r Places, shared: &Places, room: Room) -> Option<Self> {
        let graph = &rules.graph;
        let mut found = Self {
            rules,
            all,
            known: graph.no_places(),
            set_of: vec![SetId::EMPTY; graph.spec_count()],
            sets: SharedSets::new(),
        };
        let mut walk = Walk::new(graph.spec_count());
        for index in shared.ones() {
            found.set_of[index] = match walk.gather(&found, Place::at(index)) {
                Ok(set) => set,
                Err(ranks) => found.sets.intern(ranks),
            };
            found.known.insert(index);
            if found.sets.item_count() > room.items || walk.work > room.work {
                return None;
            }
        }
        Some(found)
    }
}

/// The carriers, and which of them have several dependents that demand them.
fn find_carriers(rules: &Rules, needed: &Places) -> (Places, Places) {
    let mut carriers = rules.graph.no_places();
    let mut demanded_once = rules.graph.no_places();
    let mut shared = rules.graph.no_places();
    for index in needed.ones() {
        let place = Place::at(index);
        let mut above_build = false;
        for dependency in rules.demanded(place) {
            if rules.is_build(dependency) {
                above_build = true;
            } else if carriers.contains(dependency.index()) {
                above_build = true;
                if demanded_once.put(dependency.index()) {
                    shared.insert(dependency.index());
                }
            }
        }
        if above_build && !rules.is_build(place) {
            carriers.insert(index);
        }
    }
    (carriers, shared)
}

/// The state of a walk, kept between walks so that the cost of each depends only on the specs it
/// visits.
struct Walk {
    union: Union,
    /// Carriers walked through in the round of the mark.
    marks: Vec<u32>,
    round: u32,
    stack: Vec<Place>,
    /// Edges followed and numbers united since the walk was made.
    work: usize,
}

impl Walk {
    fn new(spec_count: usize) -> Self {
        Self {
            union: Union::new(spec_count),
            marks: vec![0; spec_count],
            round: 0,
            stack: Vec::new(),
            work: 0,
        }
    }

    /// The builds met below `place`: an existing set, or ascending ranks.
    fn gather(&mut self, found: &Carriers<'_>, place: Place) -> Result<SetId, &[u32]> {
        let rules = found.rules;
        self.union.start();
        self.round += 1;
        self.stack.push(place);
        while let Some(place) = self.stack.pop() {
            for dependency in rules.demanded(place) {
                let position = dependency.index();
                self.work += 1;
                if rules.is_build(dependency) {
                    self.union.add(rules.graph.rank_at(dependency));
                } else if found.known.contains(position) {
                    let set = found.set_of[position];
                    self.work += found.sets.get(set).len();
                    self.union.add_set(set);
                } else if found.all.contains(position) && self.marks[position] != self.round {
                    self.marks[position] = self.round;
                    self.stack.push(dependency);
                }
            }
        }
        self.union.finish(&found.sets)
    }
}

/// The answers for a part of the builds: for each an existing set, or the number of its own entries
/// in `ranks`.
#[derive(Default)]
struct Part {
    answers: Vec<Result<SetId, usize>>,
    ranks: Vec<u32>,
}

impl Part {
    /// `None` if there is no room.
    fn new(found: &Carriers<'_>, builds: &[Place], room: Room) -> Option<Self> {
        let mut walk = Walk::new(found.set_of.len());
        let mut part = Self::default();
        for &build in builds {
            let answer = walk.gather(found, build).map_err(|ranks| {
                part.ranks.extend_from_slice(ranks);
                ranks.len()
            });
            part.answers.push(answer);
            if part.ranks.len() > room.items || walk.work > room.work {
                return None;
            }
        }
        Some(part)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::*;
    use crate::graph::Edge;
    use crate::graph::kinds::EdgeKinds;
    use crate::graph::set::SpecSet;

    const LARGE: Room = Room {
        items: usize::MAX,
        work: usize::MAX,
    };

    /// Some 300 specs, each of which runs with some smaller ones; every other one is available.
    fn rules(edges: &[(u32, u32)], available: &[bool]) -> Rules {
        let specs = available.len();
        let edges = edges.iter().map(|&(dependent, offset)| Edge {
            dependent: SpecId::new(dependent),
            dependency: SpecId::new(dependent - 1 - offset % dependent),
            kinds: EdgeKinds::RUN,
        });
        let graph = Graph::new(specs, edges).expect("edges lead down");
        let nothing = SpecSet::empty(specs);
        Rules::new(Arc::new(graph), &nothing, &SpecSet::from_flags(available))
    }

    proptest! {
        #[test]
        fn sets_blocks_and_walks_give_the_same_answer(
            edges in prop::collection::vec((1..700_u32, 0..700_u32), 0..3_000),
            available in prop::collection::vec(any::<bool>(), 700),
            items in 0..20_000_usize,
        ) {
            let rules = rules(&edges, &available);
            let mut needed = rules.graph.no_places();
            needed.insert_range(..);
            let plain = Needs::within(&rules, &needed, LARGE);
            let is_stored = matches!(plain.answer, Answer::Stored { .. });
            prop_assert!(is_stored);
            let in_blocks = Needs::within(&rules, &needed, Room { items: usize::MAX, work: 0 });
            let on_demand = Needs::within(&rules, &needed, Room { items: 0, work: 0 });
            let either = Needs::within(&rules, &needed, Room { items, work: 4 * items });
            for id in (0..700).map(SpecId::new) {
                let expected: Vec<SpecId> = plain.of(id).collect();
                for needs in [&plain, &in_blocks, &on_demand, &either] {
                    prop_assert_eq!(&needs.of(id).collect::<Vec<_>>(), &expected);
                    prop_assert_eq!(needs.len_of(id), expected.len());
                }
            }
        }
    }
}
